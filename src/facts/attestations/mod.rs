//! What people state: `.tusk-check/attestations.tsk`, entry by entry, with what keeps an entry from counting.
//!
//! ```text
//! attestations:
//!   - item: "disaster_recovery.testing"          # an id of the checklist, or a list of ids
//!     by: "Jo Example"
//!     date: "2026-09-01"                         # UTC
//!     kind: "drill"                              # drill, report, review, approval, observation
//!     environment: "staging, restored from production's backup of that night"
//!     measured: { rto: "3 h 10 min", rpo: "4 min" }
//!     result: "passed"
//!     evidence:
//!       - file: "docs/drills/2026-09-01.md"      # in this tree, with the digest that it has
//!         sha256: "…64 hexadecimal digits…"
//!       - url: "https://tickets.example.org/4711"
//! ```
//!
//! | kind | beside `item`, `by`, `date` it must carry |
//! |---|---|
//! | `drill` | `environment`, `evidence`, `measured`, `result` |
//! | `report` | `performed_by` (nobody who wrote the code), `scope`, `evidence`, `open: { critical, high }` |
//! | `review` | two `attendees`, or `reviewed_by` somebody else than `by`; `evidence`; `actions` (may be empty: `[]`) |
//! | `approval` | `role`, and `version` or `commit`; `by` must not be the only author of the change |
//! | `observation` | `window: { from, to }`, `measured`, `evidence` |
//!
//! A measured value is an amount (`"3 h 10 min"`, `"0.2 %"`, `12`) or a map of `value`, `baseline`, `target` and
//! `comment`. An action is a text or a map of `what`, `owner`, `due`, `severity` and `done`. `results` names what was
//! tried and whether it `passed` or `failed`. `kind` beside a `file` or `url` says what kind of evidence it is
//! (`penetration_test`, `benchmark`, …). A statement for one release names its `version` or `commit`.
//!
//! Three things may be wrong, and each costs something else. A text that is no TuskLang, an unknown key or a value of
//! the wrong type is an error of the file: nothing is checked, because a failed deed may stand in the part that could
//! not be read. An entry that lacks what its kind must carry, that is dated in the future or not at all, or whose
//! evidence is not in the tree with that digest, does not count and is a diagnostic. An entry for an item that is not
//! there is a diagnostic too.

mod entry;
mod faults;
mod outcome;
mod version;

pub use entry::{Attestation, Evidence, Kind, Measured, Outcome, Window};
pub use version::Bound;

use super::Facts;
use super::own_files::{OwnFile, unknown_item};
use super::secrets::hex_digest;
use crate::diagnostic::Diagnostic;
use crate::tree::Content;
use crate::tusk;
use std::collections::{BTreeMap, BTreeSet};

/// Where attestations stand.
pub const PATH: &str = ".tusk-check/attestations.tsk";

/// The attestations of the tree.
#[derive(Debug, Default)]
pub struct Attestations {
    /// The entries, in the order of the file.
    pub entries: Vec<Attestation>,
    /// The file.
    pub file: OwnFile,
}

impl Attestations {
    /// Why entries do not count, and which items nobody knows.
    pub fn diagnostics(&self, known: &BTreeSet<&str>) -> Vec<Diagnostic> {
        let mut found = self.file.doubts();
        for entry in &self.entries {
            found.extend(entry.faults.iter().cloned());
            for item in entry.items.iter().filter(|item| !known.contains(item.as_str())) {
                if found.len() >= tusk::MAX_DIAGNOSTICS {
                    return found;
                }
                found.push(unknown_item(item, known));
            }
        }
        found
    }
}

/// Reads the attestations of the tree.
pub fn read(facts: &Facts<'_>) -> Attestations {
    let (mut file, [listed]) = OwnFile::read(facts, PATH, ["attestations"]);
    let mut digests = Digests::default();
    let mut entries = Vec::new();
    for value in &listed {
        match entry::read(value) {
            Ok(mut entry) => {
                entry.faults.extend(faults::find(facts, &entry, &mut digests));
                entries.push(entry);
            }
            Err(error) => file.errors.push(error),
        }
    }
    Attestations { entries, file }
}

/// The digests of files of the tree, each worked out once.
#[derive(Default)]
struct Digests(BTreeMap<String, Option<String>>);

impl Digests {
    /// The SHA-256 of a file of the tree, in lower-case hexadecimal; `None` if it is not there or cannot be read.
    fn of(&mut self, facts: &Facts<'_>, path: &str) -> Option<&str> {
        let digest = self.0.entry(path.to_owned()).or_insert_with(|| match facts.tree.file(path)?.content() {
            Content::Text(source) => Some(hex_digest(source.text().as_bytes())),
            Content::Binary(bytes) => Some(hex_digest(bytes)),
            Content::Unread(_) => None,
        });
        digest.as_deref()
    }
}
