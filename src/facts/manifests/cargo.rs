//! `Cargo.toml`: dependency tables, targets, renamed packages, and what a workspace gives its members.

use super::{Dependency, Ecosystem, Found, Purpose, document};
use crate::facts::Facts;
use crate::tree::path;
use crate::value::{Field, Map, Value};

const TABLES: &[(&str, Purpose)] = &[
    ("dependencies", Purpose::Runtime),
    ("dev-dependencies", Purpose::Dev),
    ("dev_dependencies", Purpose::Dev),
    ("build-dependencies", Purpose::Build),
    ("build_dependencies", Purpose::Build),
];

/// Reads one manifest; a virtual workspace is a package without a name.
pub(super) fn read(facts: &Facts<'_>, path: &str) -> Found {
    let root = match document(facts, path) {
        Ok(root) => root,
        Err(found) => return found,
    };
    let shared = workspace_dependencies(facts, path);
    let mut dependencies = Vec::new();
    tables(root, shared, &mut dependencies);
    if let Some(targets) = root.get("target").and_then(Value::as_map) {
        for target in targets.values() {
            tables(&target.value, shared, &mut dependencies);
        }
    }
    let name = root.at(&["package", "name"]).and_then(Value::as_str).map(str::to_owned);
    match Found::package(path, Ecosystem::Cargo, name, dependencies) {
        Found::Package(mut package) => {
            for (feature, field) in root.get("features").and_then(Value::as_map).into_iter().flatten() {
                package.features.insert(feature.to_string(), texts(&field.value));
            }
            Found::Package(package)
        }
        other => other,
    }
}

/// Whether a crate builds something that can be started.
pub(super) fn is_program(facts: &Facts<'_>, package: &super::Package) -> bool {
    let folder = package.folder();
    let listed =
        || facts.parsed(&package.path).and_then(|parsed| parsed.first()).is_some_and(|root| root.get("bin").is_some());
    let main = || facts.tree.file(&format!("{folder}src/main.rs")).is_some();
    let others = format!("{folder}src/bin/");
    main() || listed() || facts.tree.files().iter().any(|file| file.path.starts_with(&others))
}

/// Whether a crate is made to be published and is no help for tests: it describes itself, and nothing keeps it back.
pub(super) fn is_published(facts: &Facts<'_>, package: &super::Package) -> bool {
    const HELPS: &[&str] = &["test", "mock", "fixture", "fake", "stub", "bench", "fuzz", "harness", "internal"];
    let Some(root) = facts.parsed(&package.path).and_then(|parsed| parsed.first()) else { return false };
    let said = |key: &str| root.at(&["package", key]);
    let is_kept = said("publish").is_some_and(|publish| match publish.as_list() {
        Some(registries) => registries.is_empty(),
        None => publish.as_bool() != Some(true),
    });
    let helps = |text: &str| HELPS.iter().any(|word| text.to_ascii_lowercase().contains(word));
    let describes = said("description").and_then(Value::as_str).is_some_and(|text| !text.is_empty() && !helps(text));
    !is_kept && describes && !package.name.as_deref().is_some_and(helps)
}

fn tables(table: &Value, shared: Option<&Map>, into: &mut Vec<Dependency>) {
    for &(name, purpose) in TABLES {
        let entries = table.get(name).and_then(Value::as_map).into_iter().flatten();
        into.extend(entries.map(|(alias, field)| dependency(alias, field, purpose, shared)));
    }
}

fn dependency(alias: &str, field: &Field, purpose: Purpose, shared: Option<&Map>) -> Dependency {
    let mut found = Dependency::new(alias, purpose, field.span());
    let inherits = field.value.get("workspace").and_then(Value::as_bool) == Some(true);
    if let Some(base) = shared.filter(|_| inherits).and_then(|shared| shared.get(alias)) {
        apply(&mut found, &base.value);
    }
    apply(&mut found, &field.value);
    found
}

/// What an entry says about its dependency; a later entry adds features and overrides the rest.
fn apply(dependency: &mut Dependency, entry: &Value) {
    if let Some(version) = entry.as_str().or_else(|| entry.get("version").and_then(Value::as_str)) {
        dependency.version = Some(version.to_owned());
    }
    if let Some(name) = entry.get("package").and_then(Value::as_str) {
        name.clone_into(&mut dependency.name);
    }
    if let Some(features) = entry.get("features") {
        dependency.features.extend(texts(features));
    }
    if let Some(optional) = entry.get("optional").and_then(Value::as_bool) {
        dependency.optional = optional;
    }
    let defaults = entry.get("default-features").or_else(|| entry.get("default_features"));
    if let Some(defaults) = defaults.and_then(Value::as_bool) {
        dependency.default_features = defaults;
    }
}

/// The table that members inherit from: that of the nearest workspace above.
fn workspace_dependencies<'f>(facts: &'f Facts<'_>, path: &str) -> Option<&'f Map> {
    workspace(facts, path)?.1.at(&["workspace", "dependencies"])?.as_map()
}

/// The manifest of the workspace that a manifest belongs to, itself included.
pub(super) fn workspace<'f>(facts: &'f Facts<'_>, path: &str) -> Option<(String, &'f Value)> {
    path::upwards(path::folder_of(path)).find_map(|folder| {
        let manifest = path::within(folder, "Cargo.toml");
        let root = facts.parsed(&manifest)?.first()?;
        root.get("workspace").is_some().then_some((manifest, root))
    })
}

fn texts(list: &Value) -> Vec<String> {
    list.as_list().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
