//! `@cargo.lint`: lints that stop the build of every crate of the product.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::manifests::{Ecosystem, Package};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use crate::value::Value;
use std::sync::LazyLock;

/// `@cargo.lint(lint, level)`.
pub static PROBE: Probe = Probe {
    name: "cargo.lint",
    summary: "A lint at a level or stronger in every crate: `[lints]`, `#![deny(…)]`, `rustflags` of .cargo/config.toml",
    usage: "@cargo.lint(lint…, level)",
    arity: (2, 2),
    patterns_from: None,
    facts: &[],
    options: &[],
    look,
};

const LEVELS: &[&str] = &["allow", "warn", "deny", "forbid"];

/// A level that was found, and where.
struct Found {
    level: usize,
    place: Place,
    how: String,
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let wanted = question.arg(1).first().and_then(|word| level(&word.text)).unwrap_or(2);
    for lint in question.arg(0) {
        answer.extend(one(facts, &lint.text, wanted));
    }
    answer
}

/// Seen when every crate has it; else a note for each crate that does.
fn one(facts: &Facts<'_>, lint: &str, wanted: usize) -> Answer {
    let crates: Vec<&Package> =
        facts.manifests().product().filter(|one| one.ecosystem == Ecosystem::Cargo && one.name.is_some()).collect();
    let config = cargo_config(facts, lint);
    let mut found: Vec<(&Package, Found)> = Vec::new();
    for package in &crates {
        let best = [in_manifest(facts, package, lint), in_roots(facts, package, lint), config_of(config.as_ref())];
        if let Some(best) = best.into_iter().flatten().max_by_key(|found| found.level) {
            found.push((package, best));
        }
    }
    let mut answer = Answer::default();
    let bound = found.iter().filter(|(_, found)| found.level >= wanted).count();
    let all = bound == crates.len() && bound > 0;
    let mut places = Vec::new();
    for (_, found) in found {
        if places.contains(&found.place) {
            continue;
        }
        places.push(found.place.clone());
        let word = LEVELS[found.level].to_owned();
        let reaches = found.level >= wanted;
        let message = format!("{lint} is at {word} in {}", found.how);
        let sighting = Sighting::new(found.place, Strength::Enforced, message);
        if all {
            answer.seen.push(sighting.with(Observed::Word(word)));
        } else {
            let why = if reaches {
                format!("binds {bound} of {} crates", crates.len())
            } else {
                format!("{} is asked for", LEVELS[wanted])
            };
            let message = format!("{} ({why})", sighting.message);
            answer.notes.push(Sighting { message, ..sighting });
        }
    }
    answer
}

fn level(word: &str) -> Option<usize> {
    LEVELS.iter().position(|level| *level == word)
}

/// Whether a lint that is set decides about the one asked for: `warnings` holds what warns by default.
fn covers(set: &str, asked: &str) -> bool {
    let normal = |lint: &str| lint.replace('-', "_");
    normal(set) == normal(asked) || (set == "warnings" && asked == "clippy::all")
}

fn in_manifest(facts: &Facts<'_>, package: &Package, lint: &str) -> Option<Found> {
    let root = facts.parsed(&package.path)?.first()?;
    let own = root.get("lints")?;
    if own.get("workspace").and_then(Value::as_bool) == Some(true) {
        let path = facts.manifests().workspace_of(facts, &package.path)?;
        let shared = facts.parsed(&path)?.first()?.at(&["workspace", "lints"])?;
        return in_table(shared, &path, lint, "[workspace.lints]");
    }
    in_table(own, &package.path, lint, "[lints]")
}

fn in_table(lints: &Value, path: &str, asked: &str, how: &str) -> Option<Found> {
    let mut best: Option<Found> = None;
    for (tool, field) in lints.as_map()? {
        for (name, field) in field.value.as_map().into_iter().flatten() {
            let full = if tool == "rust" { name.to_string() } else { format!("{tool}::{name}") };
            let word = field.value.as_str().or_else(|| field.value.get("level").and_then(Value::as_str));
            let Some(level) = word.and_then(level).filter(|_| covers(&full, asked)) else { continue };
            if best.as_ref().is_none_or(|best| best.level < level) {
                let place = Place::at(path, field.span());
                best = Some(Found { level, place, how: how.to_owned() });
            }
        }
    }
    best
}

/// The weakest of the crate's roots: each must say it.
fn in_roots(facts: &Facts<'_>, package: &Package, lint: &str) -> Option<Found> {
    let source = format!("{}src/", package.folder());
    let roots = facts.code().files().iter().filter(|file| {
        let rest = file.path.strip_prefix(&source).unwrap_or_default();
        rest == "lib.rs"
            || rest == "main.rs"
            || rest.strip_prefix("bin/").is_some_and(|rest| {
                !rest.contains('/') && std::path::Path::new(rest).extension().is_some_and(|kind| kind == "rs")
            })
    });
    let mut weakest: Option<Found> = None;
    for root in roots {
        // Most crates have no such attribute, and need not be taken apart to see that.
        memchr::memmem::find(root.source(facts)?.text().as_bytes(), b"#![")?;
        let found = in_attributes(&root.path, root.code(facts)?.product(), lint)?;
        if weakest.as_ref().is_none_or(|weakest| found.level < weakest.level) {
            weakest = Some(found);
        }
    }
    weakest
}

fn in_attributes(path: &str, code: &str, asked: &str) -> Option<Found> {
    static ATTRIBUTE: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"#!\[\s*(warn|deny|forbid)\s*\(([^)]*)\)\s*\]").ok());
    let found = ATTRIBUTE.as_ref()?.captures_iter(code).filter_map(|found| {
        let names = found[2].split(',').map(str::trim).any(|name| covers(name, asked));
        let whole = found.get(0)?;
        let place = Place::at(path, Span::new(whole.start(), whole.end()));
        Some(Found { level: level(&found[1])?, place, how: format!("{path}, for the whole crate") }).filter(|_| names)
    });
    found.max_by_key(|found| found.level)
}

/// What `.cargo/config.toml` gives to every crate.
fn cargo_config(facts: &Facts<'_>, lint: &str) -> Option<Found> {
    let path = [".cargo/config.toml", ".cargo/config"].into_iter().find(|path| facts.tree.file(path).is_some())?;
    let build = facts.parsed(path)?.first()?.get("build")?;
    if let Some(warnings) = build.get("warnings").filter(|_| covers("warnings", lint)) {
        let level = warnings.as_str().and_then(level)?;
        let place = Place::at(path, warnings.span);
        return Some(Found { level, place, how: "build.warnings".to_owned() });
    }
    let flags = build.get("rustflags")?;
    let listed = flags.as_list().map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "));
    let text = listed.or_else(|| flags.as_str().map(str::to_owned))?;
    let level = in_flags(&text, lint)?;
    Some(Found { level, place: Place::at(path, flags.span), how: "build.rustflags".to_owned() })
}

fn config_of(config: Option<&Found>) -> Option<Found> {
    config.map(|found| Found { level: found.level, place: found.place.clone(), how: found.how.clone() })
}

/// The level that compiler flags give a lint: `-D warnings`, `-Dwarnings`, `--deny=warnings`.
pub(super) fn in_flags(flags: &str, lint: &str) -> Option<usize> {
    const FLAGS: &[(&str, &str)] =
        &[("-D", "deny"), ("--deny", "deny"), ("-F", "forbid"), ("--forbid", "forbid"), ("-W", "warn")];
    let mut best = None;
    let mut words = flags.split(|c: char| c.is_whitespace() || c == '\u{1f}').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        for (flag, name) in FLAGS {
            let value = if word == *flag {
                words.clone().next()
            } else {
                word.strip_prefix(flag).map(|rest| rest.trim_start_matches('='))
            };
            if value.is_some_and(|value| covers(value, lint)) {
                best = best.max(level(name));
            }
        }
    }
    best
}
