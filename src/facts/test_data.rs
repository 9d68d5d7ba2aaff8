//! Folders of data that only the tests of a Go package read: they stand beside its code, under any name.

use super::Facts;
use super::production::is_fixture;
use crate::tree::File;
use crate::tree::path::prefix_of;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Such folders, each looked at when it is first asked for.
#[derive(Debug, Default)]
pub struct TestData {
    /// Folders, with a `/` at their end, in which tests of Go stand.
    packages: BTreeSet<String>,
    known: Mutex<BTreeMap<String, bool>>,
}

/// Reads where the tests of Go stand.
pub fn read(facts: &Facts<'_>) -> TestData {
    let tests = facts.tree.files().iter().filter(|file| file.path.ends_with("_test.go"));
    TestData { packages: tests.map(|file| prefix_of(&file.path).to_owned()).collect(), known: Mutex::default() }
}

impl TestData {
    /// Whether a file stands in a folder that the tests of its package name, and nothing else does.
    pub fn holds(&self, facts: &Facts<'_>, path: &str) -> bool {
        let Some((package, data)) = self.data_of(path) else { return false };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(data).copied();
        known.unwrap_or_else(|| {
            let found = is_of_tests_alone(facts, package, data);
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(data.to_owned(), found);
            found
        })
    }

    /// The nearest package with tests above a file's folder, and the folder right below it that leads to the file.
    fn data_of<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let mut data = prefix_of(path);
        loop {
            let package = prefix_of(data.trim_end_matches('/'));
            if package.is_empty() {
                return None;
            }
            if self.packages.contains(package) {
                return Some((package, data));
            }
            data = package;
        }
    }
}

/// Whether tests of a package name a folder of data, and neither its code nor anything else of the tree does.
fn is_of_tests_alone(facts: &Facts<'_>, package: &str, data: &str) -> bool {
    let below = &data[package.len()..];
    let whole = data.trim_end_matches('/');
    let says = |file: &File, what: &str| {
        file.text().is_some_and(|source| memchr::memmem::find(source.text().as_bytes(), what.as_bytes()).is_some())
    };
    let is_beside = |file: &File| prefix_of(&file.path) == package && file.path.ends_with(".go");
    let mut named = false;
    for file in facts.tree.files().iter().filter(|file| !file.path.starts_with(data)) {
        if is_fixture(&file.path) {
            named |= is_beside(file) && says(file, below);
        } else if says(file, whole) || is_beside(file) && says(file, below.trim_end_matches('/')) && reads(file, below)
        {
            return false;
        }
    }
    named
}

/// Whether code names a folder as a path, or takes it into the program.
fn reads(file: &File, below: &str) -> bool {
    let name = below.trim_end_matches('/');
    let marks = [format!("\"{name}"), format!("`{name}"), format!("./{name}"), format!("/{below}"), below.to_owned()];
    let takes = |line: &str| line.starts_with("//go:embed") && line.contains(name);
    file.text().is_some_and(|source| {
        let text = source.text();
        marks.iter().any(|mark| text.contains(mark.as_str())) || text.lines().any(takes)
    })
}
