//! Rust: settings that a function parses one by one from the environment.

use super::rust::{Structs, enclosing_impl};
use super::{Field, Root, SettingsTypes, rust_items};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::CodeFile;
use crate::facts::config::Key;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A function that parses an environment variable into whatever type is asked for.
static TYPED_READ: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r"\bfn\s+(?P<name>\w+)\s*<\s*(?P<type>[A-Z]\w*)[^(]*\(\s*\w+\s*:\s*(?:&(?:'\w+\s+)?str|impl\s+AsRef<str>|String)\s*(?P<rest>[^)]*)\)\s*->\s*(?P<result>[^{]+?)\{";
    compile(pattern).ok()
});

/// Settings that functions such as `env<T: FromStr>(name, default)` parse one by one into the fields of a struct.
pub(super) fn read(facts: &Facts<'_>, files: &[&CodeFile], structs: &Structs, types: &mut SettingsTypes) {
    let readers = typed_readers(facts, files);
    if readers.is_empty() {
        return;
    }
    let names = readers.keys().map(|name| crate::pattern::escape(name)).collect::<Vec<_>>().join("|");
    let pattern = format!(
        r#"(?:\b(?P<field>\w+)\s*(?::|=|\()\s*)?(?:\w+::)*\b(?P<reader>{names})(?:::<(?P<type>[^>]+)>)?\(\s*"(?P<name>[A-Za-z][A-Za-z0-9_]*)"\s*(?:,\s*(?P<default>[^)]*))?"#
    );
    let Ok(pattern) = compile(&pattern) else { return };
    for file in files {
        let Some(source) = file.source(facts) else { continue };
        if !readers.keys().any(|name| source.text().contains(name.as_str())) {
            continue;
        }
        let Some(code) = file.code(facts) else { continue };
        let items = rust_items::items(code.product());
        for found in pattern.captures_iter(code.product()) {
            let Some(reader) = found.name("reader").and_then(|name| readers.get(name.as_str())) else { continue };
            let (Some(name), Some(whole)) = (found.name("name"), found.get(0)) else { continue };
            let field = found.name("field").map_or("", |field| field.as_str().trim_start_matches("maybe_"));
            let declared = items.iter().flat_map(|item| &item.fields).find(|known| known.name == field);
            let written = found
                .name("type")
                .map(|written| written.as_str())
                .or(declared.map(|field| field.written.as_str()))
                .unwrap_or("FromStr");
            let start = found.name("field").or(found.name("reader")).map_or(whole.start(), |part| part.start());
            let place = Place::at(file.path.clone(), Span::new(start, whole.end()));
            let key = if declared.is_some() { field } else { name.as_str() };
            let mut setting = Field::new(key.to_owned(), written, place);
            structs.fill(&mut setting, &file.path, "");
            setting.variable = Some(Key::of(name.as_str()));
            setting.default =
                found.name("default").map(|default| default.as_str().trim().to_owned()).filter(|_| reader.has_default);
            setting.is_required = !reader.is_optional && !reader.has_default;
            types.fields.push(setting);
            let is_new = types.roots.iter().all(|root| root.place.path != file.path);
            if is_new {
                let span = Span::new(whole.start(), whole.end());
                let owner = enclosing_impl(code.product(), whole.start()).unwrap_or_else(|| "settings".to_owned());
                types.roots.push(Root {
                    name: owner,
                    place: Place::at(file.path.clone(), span),
                    denies_unknown: false,
                    is_untyped: false,
                });
            }
        }
    }
}

/// A function that parses an environment variable.
struct Reader {
    is_optional: bool,
    has_default: bool,
}

fn typed_readers(facts: &Facts<'_>, files: &[&CodeFile]) -> BTreeMap<String, Reader> {
    let mut readers = BTreeMap::new();
    for file in files {
        let Some(source) = file.source(facts) else { continue };
        if !source.text().contains("FromStr") || !source.text().contains("env::var") && !source.text().contains("var(")
        {
            continue;
        }
        let Some(code) = file.code(facts) else { continue };
        for found in TYPED_READ.iter().flat_map(|pattern| pattern.captures_iter(code.product())) {
            let text = |name: &str| found.name(name).map_or("", |part| part.as_str());
            let whole = found.get(0).map_or("", |whole| whole.as_str());
            if !whole.contains("FromStr") || !text("result").contains(text("type")) {
                continue;
            }
            let is_optional = text("result").contains("Option<");
            let has_default = !text("rest").trim().trim_matches(',').trim().is_empty();
            readers.insert(text("name").to_owned(), Reader { is_optional, has_default });
        }
    }
    readers
}
