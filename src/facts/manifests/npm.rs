//! `package.json` and `composer.json`.

use super::{Dependency, Ecosystem, Found, Purpose, document};
use crate::facts::Facts;
use crate::value::Value;

/// Reads a `package.json`.
pub(super) fn read(facts: &Facts<'_>, path: &str) -> Found {
    const TABLES: &[(&str, Purpose)] = &[
        ("dependencies", Purpose::Runtime),
        ("optionalDependencies", Purpose::Runtime),
        ("peerDependencies", Purpose::Runtime),
        ("devDependencies", Purpose::Dev),
    ];
    read_tables(facts, path, Ecosystem::Npm, TABLES)
}

/// Reads a `composer.json`.
pub(super) fn read_composer(facts: &Facts<'_>, path: &str) -> Found {
    read_tables(facts, path, Ecosystem::Composer, &[("require", Purpose::Runtime), ("require-dev", Purpose::Dev)])
}

fn read_tables(facts: &Facts<'_>, path: &str, ecosystem: Ecosystem, tables: &[(&str, Purpose)]) -> Found {
    let root = match document(facts, path) {
        Ok(root) => root,
        Err(found) => return found,
    };
    let mut dependencies = Vec::new();
    for &(table, purpose) in tables {
        for (name, field) in root.get(table).and_then(Value::as_map).into_iter().flatten() {
            let mut dependency = Dependency::new(name.as_str(), purpose, field.span());
            dependency.version = field.value.as_str().map(str::to_owned);
            dependencies.push(dependency);
        }
    }
    let name = root.get("name").and_then(Value::as_str).map(str::to_owned);
    Found::package(path, ecosystem, name, dependencies)
}
