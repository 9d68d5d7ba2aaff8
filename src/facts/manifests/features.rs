//! Which Cargo features the product is built with.

use super::{Ecosystem, Package, Purpose};
use crate::facts::Facts;
use crate::facts::code::Role;
use crate::pattern::compile;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The features that are on, by package: the defaults, what other packages of the tree ask for, and what a release
/// build passes as `--features`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    on: BTreeMap<String, BTreeSet<String>>,
    all: bool,
}

impl Features {
    /// Follows them through the packages of the tree.
    pub(super) fn of(facts: &Facts<'_>, packages: &[Package]) -> Self {
        let crates: BTreeMap<&str, &Package> = packages
            .iter()
            .filter(|package| package.ecosystem == Ecosystem::Cargo && package.role == Role::Product)
            .filter_map(|package| Some((package.name.as_deref()?, package)))
            .collect();
        if crates.is_empty() {
            return Self::default();
        }
        let (passed, all) = passed(facts);
        let mut waiting: Vec<(String, String)> = Vec::new();
        for (&name, package) in &crates {
            waiting.push((name.to_owned(), "default".to_owned()));
            waiting.extend(
                passed
                    .iter()
                    .filter(|one| package.features.contains_key(*one))
                    .map(|one| (name.to_owned(), one.clone())),
            );
            for dependency in package.dependencies.iter().filter(|one| one.purpose == Purpose::Runtime) {
                waiting.extend(dependency.features.iter().map(|feature| (dependency.name.clone(), feature.clone())));
            }
        }
        let mut on: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        while let Some((name, feature)) = waiting.pop() {
            let Some(package) = crates.get(name.as_str()) else { continue };
            if !on.entry(name.clone()).or_default().insert(feature.clone()) {
                continue;
            }
            for part in package.features.get(&feature).into_iter().flatten() {
                match part.split_once('/') {
                    None => waiting.push((name.clone(), part.trim_start_matches("dep:").to_owned())),
                    Some((alias, wanted)) => {
                        let alias = alias.trim_end_matches('?');
                        let dependency = package.dependencies.iter().find(|one| one.alias == alias);
                        let other = dependency.map_or(alias, |one| &one.name);
                        waiting.push((other.to_owned(), wanted.to_owned()));
                        waiting.push((name.clone(), alias.to_owned()));
                    }
                }
            }
        }
        Self { on, all }
    }

    /// Whether a feature (or an optional dependency) of a package is on.
    pub fn is_on(&self, package: &str, feature: &str) -> bool {
        self.all || self.on.get(package).is_some_and(|features| features.contains(feature))
    }
}

/// Features that a release build passes, in images, recipes and CI.
fn passed(facts: &Facts<'_>) -> (BTreeSet<String>, bool) {
    static FLAG: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"(?:--features[ =]|-F ?)\s*["']?(?<list>[\w,/-]+(?: [\w/-]+)*)"#).ok());
    let (mut features, mut all) = (BTreeSet::new(), false);
    for file in facts.tree.files().iter().filter(|file| builds(&file.path)) {
        let (Some(source), Some(flag)) = (file.text(), FLAG.as_ref()) else { continue };
        let text = source.text().replace("\\\n", " ");
        for line in text.lines().filter(|line| line.contains("cargo ") || line.contains("cross ")) {
            let is_release =
                ["--release", "--profile", "cargo install", "cargo zigbuild"].iter().any(|word| line.contains(word));
            if line.trim_start().starts_with('#') || !is_release || !makes_a_program(line) {
                continue;
            }
            all |= line.contains("--all-features");
            for found in flag.captures_iter(line) {
                let names = found["list"].split([',', ' ']).filter(|name| !name.starts_with('-') && !name.is_empty());
                features.extend(names.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned()));
            }
        }
    }
    (features, all)
}

/// Whether a line calls Cargo for something else than to look at the code or to test it.
fn makes_a_program(line: &str) -> bool {
    const LOOKS: &[&str] = &[
        "clippy",
        "doc",
        "rustdoc",
        "test",
        "t",
        "nextest",
        "check",
        "c",
        "bench",
        "udeps",
        "llvm-cov",
        "tarpaulin",
        "miri",
        "fmt",
        "deny",
        "audit",
        "machete",
        "semver-checks",
        "hack",
        "mutants",
    ];
    let words =
        line.split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ';' | '&' | '(' | ')'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty() && !word.starts_with('+')).collect();
    let called = words.windows(2).filter(|pair| matches!(pair[0], "cargo" | "cross")).map(|pair| pair[1]);
    let called: Vec<&str> = called.collect();
    called.is_empty() || called.iter().any(|command| !LOOKS.contains(command))
}

/// Whether a file says how the product is built.
fn builds(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("dockerfile")
        || name.contains("containerfile")
        || matches!(name.as_str(), "makefile" | "justfile" | ".justfile" | ".gitlab-ci.yml" | "procfile")
        || path.starts_with(".github/workflows/")
}
