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

/// Folders at the root in which a program carries its libraries, and some that everybody knows.
const CARRIERS: &[&str] = &["lib", "libs", "ext", "deps"];
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "certifi", "idna", "requests", "urllib3", "bs4", "mako", "chardet", "charset_normalizer", "pytz", "dateutil", "jwt",
    "werkzeug", "jinja2",
];

/// So many of those that everybody knows tell such a folder.
const LEAST_KNOWN: usize = 3;

/// The folders with such packages.
#[derive(Clone, Debug, Default)]
pub struct Unpacked {
    folders: Vec<String>,
    carriers: Vec<&'static str>,
}

impl Unpacked {
    /// Whether a file belongs to an unpacked package.
    pub fn holds(&self, path: &str) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder))
    }

    /// Whether a file stands in a folder of libraries that the program carries.
    pub fn carries(&self, path: &str) -> bool {
        path.split_once('/').is_some_and(|(folder, _)| self.carriers.contains(&folder))
    }
}

/// Finds them.
pub fn read(facts: &Facts<'_>) -> Unpacked {
    let is_there = |folder: &str, name: &str| facts.tree.file(&format!("{folder}/{name}/__init__.py")).is_some();
    let is_carrier = |folder: &&str| KNOWN.iter().filter(|name| is_there(folder, name)).count() >= LEAST_KNOWN;
    let carriers = CARRIERS.iter().copied().filter(is_carrier).collect();
    Unpacked { folders: folders(facts), carriers }
}

/// The folders below which the packages lie that the manifests depend on.
fn folders(facts: &Facts<'_>) -> Vec<String> {
    let plain = |name: &str| name.to_ascii_lowercase().replace('-', "_");
    let packages = || facts.manifests().packages.iter().filter(|package| package.ecosystem == Ecosystem::Pypi);
    let own: BTreeSet<String> = packages().filter_map(|package| Some(plain(package.name.as_deref()?))).collect();
    let asked = packages().flat_map(|package| package.dependencies.iter().map(|one| plain(&one.name)));
    let asked: BTreeSet<String> = asked.filter(|name| !own.contains(name)).collect();
    if asked.len() < LEAST {
        return Vec::new();
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
    let found = inside.iter().filter(|(parent, names)| !parent.is_empty() && holds_them(names));
    found.map(|(parent, _)| (*parent).to_owned()).collect()
}
