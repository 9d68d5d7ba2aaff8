//! `@scan.permissions(path…)`: private keys that lie in the tree, and modes that let others read them.

use super::file::Globs;
use super::{Probe, Question};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::production::{is_example, is_fixture};
use crate::tree::{Content, File};

/// `@scan.permissions(path…)`.
pub static PROBE: Probe = Probe {
    name: "scan.permissions",
    summary: "private keys in files of these paths outside tests and examples; without `private`, those that others may read \
              in a tree that is no git checkout (git stores no 0600)",
    usage: "@scan.permissions(glob…) {private}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &["private"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let globs = Globs::of(question.words_from(0));
    let tracked_only = question.is_set("private");
    let mut answer = Answer::default();
    for file in globs.files(facts).map(|(_, file)| file) {
        if !holds_private_key(file) {
            continue;
        }
        let place = Place::file(file.path.clone());
        if is_fixture(&file.path) || is_example(&file.path) || facts.test_data().holds(facts, &file.path) {
            answer.notes.push(Sighting::new(place, Strength::Measured, "private key of tests or examples"));
        } else if tracked_only {
            answer.seen.push(Sighting::new(place, Strength::Measured, "private key in the tree"));
        } else if let Some(mode) = readable_by_others(facts, &file.path) {
            answer.seen.push(Sighting::new(place, Strength::Measured, format!("private key with mode {mode:04o}")));
        }
    }
    answer
}

/// Whether a file holds a private key, or is a store of them.
pub(super) fn holds_private_key(file: &File) -> bool {
    let bytes = match file.content() {
        Content::Text(source) => source.text().as_bytes(),
        Content::Binary(bytes) => bytes,
        Content::Unread(_) => return false,
    };
    let is_store = [".p12", ".pfx", ".jks"].iter().any(|extension| file.path.to_ascii_lowercase().ends_with(extension));
    memchr::memmem::find(bytes, b"PRIVATE KEY-----").is_some() || is_store && !bytes.is_empty()
}

/// The mode of a file that its group or others may read; git keeps no such modes, so a checkout tells nothing.
#[cfg(unix)]
fn readable_by_others(facts: &Facts<'_>, path: &str) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let root = facts.tree.root();
    if root.as_os_str().is_empty() || root.join(".git").exists() {
        return None;
    }
    let mode = std::fs::symlink_metadata(root.join(path)).ok()?.permissions().mode() & 0o777;
    (mode & 0o044 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn readable_by_others(_: &Facts<'_>, _: &str) -> Option<u32> {
    None
}
