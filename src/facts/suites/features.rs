//! Which features or tags the tests of a file need, and whether a command turns them on.

use super::File;
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::facts::code::{build_constraint, is_given_tag};
use crate::facts::manifests::Package;
use crate::value::Value;
use std::collections::BTreeSet;

/// Whether a command builds the tests of a file at all, or leaves them out for want of a feature.
pub(super) fn are_on(facts: &Facts<'_>, package: &Package, words: &[&str], file: &File) -> bool {
    let needed = needed(facts, package, file);
    if needed.is_empty() || words.contains(&"--all-features") {
        return true;
    }
    let passed = super::runs::values(words, &["--features", "-F"]);
    let passed = passed.iter().flat_map(|list| list.split([',', ' '])).filter(|one| !one.is_empty());
    let passed: Vec<&str> = passed.map(|one| one.rsplit('/').next().unwrap_or(one)).collect();
    // A variable may hold any of them.
    if passed.iter().any(|one| one.contains('$')) {
        return true;
    }
    let name = package.name.as_deref().unwrap_or("");
    // What other packages ask of this one, they ask for its tests too.
    let asked = facts.manifests().dependencies(name).flat_map(|(_, dependency)| &dependency.features);
    let default = (!words.contains(&"--no-default-features")).then_some("default");
    let mut waiting: Vec<&str> = passed.into_iter().chain(asked.map(String::as_str)).chain(default).collect();
    let mut on: BTreeSet<&str> = BTreeSet::new();
    while let Some(feature) = waiting.pop() {
        if on.insert(feature) {
            waiting.extend(package.features.get(feature).into_iter().flatten().map(String::as_str));
        }
    }
    needed.iter().all(|feature| on.contains(feature.as_str()))
}

/// `#![cfg(feature = "x")]` over a file, and `required-features` of its target.
fn needed(facts: &Facts<'_>, package: &Package, file: &File) -> Vec<String> {
    const WHOLE: &str = "#![cfg(feature = \"";
    let text = facts.tree.text(&file.path).map_or("", |source| source.text());
    let whole = text.lines().take(200).filter_map(|line| line.strip_prefix(WHOLE)?.strip_suffix("\")]"));
    let mut needed: Vec<String> = whole.map(str::to_owned).collect();
    let inside = file.path.strip_prefix(package.folder()).unwrap_or(&file.path);
    let manifest = facts.parsed(&package.path).and_then(|parsed| parsed.first());
    let targets = manifest.and_then(|root| root.get("test")?.as_list()).unwrap_or_default();
    for target in targets {
        let text = |key: &str| target.get(key).and_then(Value::as_str).unwrap_or("");
        let (path, name) = (text("path"), text("name"));
        let own = inside.strip_prefix("tests/").and_then(|rest| rest.split(['/', '.']).next());
        if path == inside || path.is_empty() && own == Some(name) {
            let features = target.get("required-features").and_then(Value::as_list).unwrap_or_default();
            needed.extend(features.iter().filter_map(Value::as_str).map(str::to_owned));
        }
    }
    needed
}

/// Whether a command of Go builds the tests of a file: `//go:build e2e` asks for `-tags e2e`, and `//go:build !quick` for no
/// `-tags quick`.
pub(super) fn tag_is_on(facts: &Facts<'_>, command: &Command, words: &[&str], file: &File) -> bool {
    let Some((tag, is_needed)) = tag_of(facts, file) else { return true };
    let flags: Vec<&str> = command.env.get("GOFLAGS").map_or("", String::as_str).split_whitespace().collect();
    let mut passed = super::runs::values(words, &["-tags", "--tags"]);
    passed.extend(super::runs::values(&flags, &["-tags", "--tags"]));
    let mut passed = passed.iter().flat_map(|list| list.split([',', ' ']));
    if !is_needed {
        return !passed.any(|one| one == tag);
    }
    passed.any(|one| one == tag || one.contains('$')) || may_pass_flags(words)
}

/// Whether a word of a command of Go is a variable that may hold flags: the value of another flag is none, and what lists
/// packages gives packages.
fn may_pass_flags(words: &[&str]) -> bool {
    const VALUED: &[&str] = &[
        "run",
        "skip",
        "timeout",
        "coverprofile",
        "coverpkg",
        "covermode",
        "count",
        "cpu",
        "parallel",
        "p",
        "o",
        "bench",
        "benchtime",
        "cpuprofile",
        "memprofile",
        "outputdir",
        "mod",
        "modfile",
        "ldflags",
        "gcflags",
        "exec",
        "C",
    ];
    let takes_next = |word: &str| word.starts_with('-') && VALUED.contains(&word.trim_start_matches('-'));
    let is_packages =
        |word: &str| word.trim_start_matches('$').starts_with("(go") || word.to_ascii_lowercase().contains("package");
    let mut before = "";
    words.iter().any(|&word| {
        let is_value = takes_next(std::mem::replace(&mut before, word));
        word.starts_with('$') && !is_value && !is_packages(word)
    })
}

/// The one tag that a file of tests is built with, or without it where the second is false; what names a system or several
/// tags is left alone.
fn tag_of<'f>(facts: &'f Facts<'_>, file: &File) -> Option<(&'f str, bool)> {
    let asked = build_constraint(facts.tree.text(&file.path)?.text())?;
    let (tag, is_needed) = asked.strip_prefix('!').map_or((asked, true), |tag| (tag, false));
    let is_word = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_word && !is_given_tag(tag)).then_some((tag, is_needed))
}
