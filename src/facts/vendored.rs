//! Charts that were copied from other projects: what their documents, schemas and values say is not about this one.

use super::Facts;
use super::documents::address;
use crate::tree::path::{folder_of, within};
use crate::value::Value;

/// The folders of copied charts.
#[derive(Clone, Debug, Default)]
pub struct Vendored {
    folders: Vec<String>,
}

impl Vendored {
    /// Whether a file belongs to a copied chart.
    pub fn holds(&self, path: &str) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder))
    }
}

/// Finds the charts that name the repository of another project as their source, beside charts that name none.
pub fn read(facts: &Facts<'_>) -> Vendored {
    let charts: Vec<_> = facts.tree.files().iter().filter(|file| file.name() == "Chart.yaml").collect();
    let is_copied = |path: &str| {
        let document = facts.parsed(path).and_then(|parsed| parsed.first());
        let sources = document.map(sources).unwrap_or_default();
        !sources.is_empty() && sources.iter().all(|source| facts.own_name().is_in(source) == Some(false))
    };
    let (copied, own): (Vec<_>, Vec<_>) = charts.into_iter().partition(|file| is_copied(&file.path));
    if own.is_empty() {
        // A collection of charts for the programs of many others.
        return Vendored::default();
    }
    let folders = copied.iter().map(|file| within(folder_of(&file.path), "")).filter(|folder| !folder.is_empty());
    Vendored { folders: folders.collect() }
}

/// The repositories that a chart names, without the host.
fn sources(manifest: &Value) -> Vec<String> {
    let list = manifest.get("sources").and_then(Value::as_list).unwrap_or_default();
    let written = list.iter().chain(manifest.get("home")).filter_map(Value::as_str);
    let addresses = written.filter_map(address);
    let known = addresses
        .filter(|one| ["github.com/", "gitlab.com/", "codeberg.org/"].iter().any(|host| one.starts_with(host)));
    known.filter_map(|one| Some(one.split_once('/')?.1.to_owned())).collect()
}
