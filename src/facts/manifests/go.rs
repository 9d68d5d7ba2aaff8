//! `go.mod`: what is required directly; what stands there for others (`// indirect`) is left out.

use super::{Dependency, Ecosystem, Found, Package, Purpose};
use crate::facts::Facts;
use crate::facts::code::{Language, Role};
use crate::source::{Span, head};
use std::collections::BTreeSet;

/// The imports of a file stand in its beginning.
const HEAD: usize = 16 * 1024;

/// Reads a `go.mod`.
pub(super) fn read(facts: &Facts<'_>, path: &str) -> Found {
    let Some(source) = facts.tree.text(path) else { return Found::Nothing };
    let mut name = None;
    let mut dependencies = Vec::new();
    let mut in_block = false;
    let mut at = 0;
    for line in source.text().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words = code.split_whitespace();
        let module = match (words.next(), in_block) {
            (Some("module"), false) => {
                name = words.next().map(str::to_owned);
                continue;
            }
            (Some("require"), false) => match words.next() {
                Some("(") | None => {
                    in_block = true;
                    continue;
                }
                Some(module) => module,
            },
            (Some(")"), true) => {
                in_block = false;
                continue;
            }
            (Some(module), true) => module,
            _ => continue,
        };
        if comment.contains("indirect") {
            continue;
        }
        let lead = code.find(module).unwrap_or(0);
        let span = Span::new(start + lead, start + lead + module.len());
        let mut dependency = Dependency::new(module, Purpose::Runtime, span);
        dependency.version = words.next().map(str::to_owned);
        dependencies.push(dependency);
    }
    Found::package(path, Ecosystem::Go, name, dependencies)
}

/// Gives what only tests, examples and tools import the purpose of development: `go.mod` does not tell them apart.
pub(super) fn mark_tests(facts: &Facts<'_>, packages: &mut [Package]) {
    let folders: Vec<String> = of_go(packages).map(|package| package.folder().to_owned()).collect();
    for package in packages.iter_mut().filter(|package| package.ecosystem == Ecosystem::Go) {
        let folder = package.folder().to_owned();
        let is_inner =
            |path: &str| folders.iter().any(|one| one.len() > folder.len() && path.starts_with(one.as_str()));
        let (mut shipped, mut aside) = (BTreeSet::new(), BTreeSet::new());
        for file in facts.code().files().iter().filter(|file| file.language == Language::Go) {
            if !file.path.starts_with(&folder) || is_inner(&file.path) {
                continue;
            }
            let ships = matches!(file.role, Role::Product | Role::Generated | Role::Vendored);
            let found = if ships { &mut shipped } else { &mut aside };
            found.extend(imports(file.source(facts).map_or("", |source| source.text())).map(str::to_owned));
        }
        for dependency in &mut package.dependencies {
            let is_imported = |found: &BTreeSet<String>| found.iter().any(|import| is_of(import, &dependency.name));
            if !is_imported(&shipped) && is_imported(&aside) {
                dependency.purpose = Purpose::Dev;
            }
        }
    }
}

fn of_go(packages: &[Package]) -> impl Iterator<Item = &Package> {
    packages.iter().filter(|package| package.ecosystem == Ecosystem::Go)
}

/// The paths that a file imports.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let before = head(text, HEAD).split("\nfunc ").next().unwrap_or_default();
    before.lines().filter_map(|line| line.split('"').nth(1)).filter(|import| import.contains('/'))
}

/// Whether a package belongs to a module.
fn is_of(import: &str, module: &str) -> bool {
    import.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a module is meant by the end of a path (`gin-gonic/gin`), or by a package inside it (`x/time/rate`).
pub(super) fn names(module: &str, word: &str) -> bool {
    let is_version = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    let module = module.rsplit_once('/').filter(|(_, last)| is_version(last)).map_or(module, |(rest, _)| rest);
    if module == word || module.strip_suffix(word).is_some_and(|before| before.ends_with('/')) {
        return true;
    }
    let parts: Vec<&str> = module.split('/').collect();
    (2..parts.len()).any(|count| {
        let tail = parts[parts.len() - count..].join("/");
        word.strip_prefix(&tail).is_some_and(|rest| rest.starts_with('/'))
    })
}
