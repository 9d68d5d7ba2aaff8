//! Who owns the repository.

use super::{HEAD, OwnName, introduction, plain};
use crate::facts::Facts;
use crate::facts::documents::{address, own_addresses};
use crate::source::head;

/// Who owns the repository, in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Owners {
    /// By the addresses that the manifests give for it.
    by_manifests: Vec<String>,
    /// By an address in the README that bears the project's whole name: what is to be cloned.
    by_readme: Option<String>,
}

impl Owners {
    /// Those that the manifests name.
    pub(super) fn by_manifests(&self) -> impl Iterator<Item = &str> {
        self.by_manifests.iter().map(String::as_str)
    }

    /// Whether any of them is called so, whatever joins the parts.
    pub(super) fn any(&self, word: &str) -> bool {
        self.by_manifests.iter().chain(&self.by_readme).any(|owner| plain(owner) == plain(word))
    }
}

/// Reads who owns the repository.
pub(super) fn read(facts: &Facts<'_>, own: &OwnName) -> Owners {
    let owner = |address: &str| Some(address.split('/').nth(1)?.to_ascii_lowercase());
    let by_manifests = own_addresses(facts).iter().filter_map(|address| owner(address)).collect();
    let text = introduction::readme(facts).map_or("", |readme| head(readme.text(), HEAD));
    let by_readme = text.match_indices("github.com").take(200).find_map(|(at, _)| {
        let written = text[at..].split(|c: char| c.is_whitespace() || "()<>[]\"'#?`".contains(c)).next()?;
        owner(&address(written).filter(|address| own.is_image(address))?)
    });
    Owners { by_manifests, by_readme }
}
