//! What the project says of itself: `.tusk-check/project.tsk`.
//!
//! ```text
//! not_applicable:
//!   - item: "canary_config"                  # an item of the checklist, a whole section, or a list of them
//!     because: "one instance, replaced at night: no share of the traffic can go to a new version"
//! production:
//!   - "docker-compose.yml"                   # what runs in production, or says how, where the tree leaves it open
//! ```
//!
//! Nothing else makes an item not applicable, and it takes a reason. A text that cannot be read whole is an error of the
//! file; a name that nobody knows is a diagnostic.

use super::Facts;
use super::own_files::{OwnFile, several, unknown_item};
use crate::diagnostic::Diagnostic;
use crate::evidence::{Place, Sighting, Strength};
use crate::tusk::de::{self, Spanned};
use crate::value::Value;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Where it stands.
pub const PATH: &str = ".tusk-check/project.tsk";

/// What the project says of itself.
#[derive(Debug, Default)]
pub struct Project {
    /// The file.
    pub file: OwnFile,
    exempt: Vec<Exempt>,
    production: Vec<Spanned<String>>,
    /// Files that it names and that are not there.
    missing: Vec<Diagnostic>,
}

/// Items that do not apply.
#[derive(Debug)]
struct Exempt {
    items: Vec<Spanned<String>>,
    because: String,
    place: Place,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    item: Value,
    because: Spanned<String>,
}

impl Project {
    /// That an item does not apply, and why.
    pub fn exempts(&self, id: &str) -> Option<Sighting> {
        let exempt = self.exempt.iter().find(|exempt| exempt.items.iter().any(|item| covers(item.as_str(), id)))?;
        Some(Sighting::new(exempt.place.clone(), Strength::Attested, exempt.because.clone()))
    }

    /// Whether it names a file as that of production.
    pub fn is_production(&self, path: &str) -> bool {
        self.production.iter().any(|named| named.as_str() == path)
    }

    /// The names that nobody knows, and what is odd about the text.
    pub fn diagnostics(&self, known: &BTreeSet<&str>) -> Vec<Diagnostic> {
        let named = self.exempt.iter().flat_map(|exempt| &exempt.items);
        let unknown = named.filter(|item| !known.iter().any(|id| covers(item.as_str(), id)));
        let unknown = unknown.map(|item| unknown_item(item, known));
        self.file.doubts().into_iter().chain(unknown).chain(self.missing.iter().cloned()).collect()
    }
}

/// Whether a name means an item: its id, or that of a section that it stands in.
fn covers(name: &str, id: &str) -> bool {
    id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Reads it.
pub fn read(facts: &Facts<'_>) -> Project {
    let (mut file, [not_applicable, production]) = OwnFile::read(facts, PATH, ["not_applicable", "production"]);
    let exempt = readable(&mut file, &not_applicable, entry);
    let production: Vec<Spanned<String>> = readable(&mut file, &production, de::from_value);
    let missing = production.iter().filter(|path| facts.tree.file(path.as_str()).is_none());
    let missing =
        missing.map(|path| Diagnostic::warning(path.span(), format!("no file `{}`", path.as_str()))).collect();
    Project { file, exempt, production, missing }
}

/// The entries that can be read; what is wrong with the others is an error of the file.
fn readable<T>(file: &mut OwnFile, list: &[Value], read: impl Fn(&Value) -> Result<T, Diagnostic>) -> Vec<T> {
    list.iter().filter_map(|value| read(value).map_err(|error| file.errors.push(error)).ok()).collect()
}

fn entry(value: &Value) -> Result<Exempt, Diagnostic> {
    let Text { item, because } = de::from_value(value)?;
    if because.trim().is_empty() {
        return Err(Diagnostic::error(because.span(), "say why it does not apply"));
    }
    let items = several(Some(&item), de::from_value)?;
    Ok(Exempt { items, because: because.into_inner(), place: Place::at(PATH, value.span) })
}
