//! What a layer below gives: a settings file that the loader of the type brings along.

use super::{Field, SettingsTypes};
use crate::facts::Facts;
use crate::facts::code::Language;
use crate::pattern::pattern;
use crate::tree::path::{folder_of, join, upwards};
use crate::value::{Kind, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

pattern!(
    COMPILED_IN,
    r#"(?:\b(?:const|static|let)\s+(?P<name>\w+)[^=;\n]*=\s*|(?P<merged>\b(?:Toml|Yaml|Json)::string\(|\bFile::from_str\()\s*)include_str!\(\s*"(?P<path>[^"\n]+\.(?:toml|ya?ml|json))""#
);
pattern!(MERGED, r"(?:\b(?:Toml|Yaml|Json)::string|\bFile::from_str)\(\s*&?(?P<name>\w+)\b");
pattern!(DYNACONF, r"\bDynaconf\((?P<rest>(?:[^()]|\([^()]*\))*)\)");
pattern!(FILES, r#"\bsettings_files?\s*=\s*(?:[\[(](?P<list>[^\])]*)[\])]|(?P<one>["'][^"'\n]+["']))"#);
pattern!(FOLDER, r#"\broot_path\s*=\s*["'](?P<path>[\w./-]+)["']"#);

/// Settings that stand in a file, with its path.
type Layer<'f> = (String, &'f Value);

/// No longer demands what such a file gives.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    let mut layers: BTreeMap<Arc<str>, Vec<Layer<'_>>> = BTreeMap::new();
    for field in types.fields.iter_mut().filter(|field| field.is_required) {
        let path = &field.place.path;
        let layers = layers.entry(path.clone()).or_insert_with(|| layers_of(facts, path));
        let given = layers.iter().find(|(_, settings)| holds(settings, field));
        if let Some((file, _)) = given {
            field.default = Some(format!("what `{file}` gives"));
            field.is_required = false;
        }
    }
}

/// Whether settings have a key for a field; where the field is checked, an empty text there is refused.
fn holds(settings: &Value, field: &Field) -> bool {
    let mut names = field.name.split('.');
    let given = names.try_fold(settings, |value, name| match &value.kind {
        Kind::Map(map) => map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, field)| &field.value),
        _ => None,
    });
    given.is_some_and(|value| !(field.is_checked && value.as_str() == Some("")))
}

/// The files that the loader in a file of code brings along.
fn layers_of<'f>(facts: &'f Facts<'_>, path: &str) -> Vec<Layer<'f>> {
    let Some(file) = facts.code().file(path) else { return Vec::new() };
    let Some(code) = file.code(facts) else { return Vec::new() };
    match file.language {
        Language::Rust => compiled_in(facts, path, code.product()),
        Language::Python => of_dynaconf(facts, path, code.product()),
        _ => Vec::new(),
    }
}

/// Texts that a program of Rust has inside, where they are merged into its settings.
fn compiled_in<'f>(facts: &'f Facts<'_>, path: &str, code: &str) -> Vec<Layer<'f>> {
    let is_merged = |name: &str| MERGED.captures_iter(code).any(|found| &found["name"] == name);
    let files = COMPILED_IN.captures_iter(code).filter(|found| {
        found.name("merged").is_some() || found.name("name").is_some_and(|name| is_merged(name.as_str()))
    });
    files.filter_map(|found| layer(facts, join(folder_of(path), &found["path"])?)).collect()
}

/// The files of Dynaconf, of which the part for every environment counts.
fn of_dynaconf<'f>(facts: &'f Facts<'_>, path: &str, code: &str) -> Vec<Layer<'f>> {
    let Some(call) = DYNACONF.captures(code) else { return Vec::new() };
    let rest = &call["rest"];
    let Some(files) = FILES.captures(rest) else { return Vec::new() };
    let files = files.name("list").or(files.name("one")).map_or("", |files| files.as_str());
    let root = FOLDER.captures(rest).map(|found| found["path"].to_owned());
    let has_environments = rest.contains("environments=True") || rest.contains("environments = True");
    let names = files.split(',').map(|name| name.trim().trim_matches(['"', '\''])).filter(|name| !name.is_empty());
    let found = names.filter_map(|name| {
        let name = root.as_ref().map_or_else(|| name.to_owned(), |root| format!("{root}/{name}"));
        upwards(folder_of(path)).find_map(|folder| layer(facts, join(folder, &name)?))
    });
    let of_all = found.filter_map(|(file, settings)| {
        let settings = if has_environments { settings.get("default")? } else { settings };
        Some((file, settings))
    });
    of_all.collect()
}

/// The settings in a file.
fn layer<'f>(facts: &'f Facts<'_>, path: String) -> Option<Layer<'f>> {
    let settings = facts.parsed(&path)?.first()?;
    Some((path, settings))
}
