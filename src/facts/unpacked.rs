//! Packages of Python that were unpacked into the tree: other people's code under a folder of any name, beside the list that
//! asks for it.

use super::Facts;
use super::manifests::Ecosystem;
use crate::tree::path::{folder_of, prefix_of};
use std::collections::{BTreeMap, BTreeSet};

/// So many packages of a folder have to be asked for by name.
const LEAST: usize = 4;

/// Of those in a folder, one in so many is asked for by name: the others are what these need.
const SHARE: usize = 4;

/// The folders with such packages.
#[derive(Clone, Debug, Default)]
pub struct Unpacked {
    folders: Vec<String>,
}

impl Unpacked {
    /// Whether a file belongs to an unpacked package.
    pub fn holds(&self, path: &str) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder))
    }
}

/// Finds the folders below which the packages lie that the manifests depend on.
pub fn read(facts: &Facts<'_>) -> Unpacked {
    let plain = |name: &str| name.to_ascii_lowercase().replace('-', "_");
    let packages = || facts.manifests().packages.iter().filter(|package| package.ecosystem == Ecosystem::Pypi);
    let own: BTreeSet<String> = packages().filter_map(|package| Some(plain(package.name.as_deref()?))).collect();
    let asked = packages().flat_map(|package| package.dependencies.iter().map(|one| plain(&one.name)));
    let asked: BTreeSet<String> = asked.filter(|name| !own.contains(name)).collect();
    if asked.len() < LEAST {
        return Unpacked::default();
    }
    let mut inside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in facts.tree.files().iter().filter(|file| file.name() == "__init__.py") {
        let package = folder_of(&file.path);
        let parent = prefix_of(package);
        inside.entry(parent).or_default().insert(&package[parent.len()..]);
    }
    let holds_them = |names: &BTreeSet<&str>| {
        let found = names.iter().filter(|name| asked.contains(&plain(name))).count();
        found >= LEAST && found * SHARE >= names.len()
    };
    let folders = inside.iter().filter(|(parent, names)| !parent.is_empty() && holds_them(names));
    Unpacked { folders: folders.map(|(parent, _)| (*parent).to_owned()).collect() }
}
