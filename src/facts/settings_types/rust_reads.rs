//! Rust: settings that a function parses one by one from the environment.

use super::rust::{Structs, enclosing_impl};
use super::{Field, Root, SettingsTypes, rust_items};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{CodeFile, CodeText};
use crate::facts::config::Key;
use crate::pattern::{Captures, Regex, compile};
use crate::source::{Span, enclosing};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A function that parses an environment variable into whatever type is asked for.
static TYPED_READ: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r"\bfn\s+(?P<name>\w+)\s*<\s*(?P<type>[A-Z]\w*)[^(]*\(\s*\w+\s*:\s*(?:&(?:'\w+\s+)?str|impl\s+AsRef<str>|String)\s*(?P<rest>[^)]*)\)\s*->\s*(?P<result>[^{]+?)\{";
    compile(pattern).ok()
});

/// A function that gives a variable, or what stands in for it, as text.
static TEXT_READ: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r"\bfn\s+(?P<name>\w+)\s*\(\s*\w+\s*:\s*&str\s*(?:,\s*\w+\s*:\s*&str\s*)?,?\s*\)\s*->\s*String\s*\{\s*(?:std::)?env::var\(";
    compile(pattern).ok()
});

/// Settings that functions such as `env<T: FromStr>(name, default)` parse one by one into the fields of a struct.
pub(super) fn read(facts: &Facts<'_>, files: &[&CodeFile], structs: &Structs, types: &mut SettingsTypes) {
    read_texts(facts, files, structs, types);
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
            let owner = enclosing_impl(code.product(), whole.start()).unwrap_or_else(|| "settings".to_owned());
            add_root(types, file, owner, Span::new(whole.start(), whole.end()));
        }
    }
}

/// The type whose fields a file fills.
fn add_root(types: &mut SettingsTypes, file: &CodeFile, name: String, span: Span) {
    if types.roots.iter().all(|root| root.place.path != file.path) {
        let place = Place::at(file.path.clone(), span);
        types.roots.push(Root { name, place, denies_unknown: false, is_untyped: false });
    }
}

/// Fields of a struct that texts of the environment are parsed into, each with an error of its own: `port: env_or("PORT",
/// "8000").parse()?`; beside such ones those that stay texts. What takes another value for one that cannot be parsed refuses
/// nothing.
fn read_texts(facts: &Facts<'_>, files: &[&CodeFile], structs: &Structs, types: &mut SettingsTypes) {
    let names: BTreeSet<String> = files.iter().flat_map(|file| text_readers(facts, file)).collect();
    if names.is_empty() {
        return;
    }
    let readers = names.iter().map(|name| crate::pattern::escape(name)).collect::<Vec<_>>().join("|");
    let pattern = format!(
        r#"\b(?P<field>\w+)\s*:\s*(?:\w+::)*(?:{readers})\(\s*"(?P<name>[A-Z][A-Z0-9_]*)"\s*(?:,\s*"(?P<default>[^"\n]*)"\s*)?,?\s*\)(?P<parsed>\s*\.parse(?:::<[^>\n]*>)?\(\)[^;{{}}?]{{0,160}}?(?:\?|\.expect\([^()]*\)|\.unwrap\(\)))?\s*,"#
    );
    let Ok(pattern) = compile(&pattern) else { return };
    for file in files {
        let reads = file.source(facts).is_some_and(|source| names.iter().any(|name| source.text().contains(name)));
        let Some(code) = file.code(facts).filter(|_| reads).map(CodeText::product) else { continue };
        let items = rust_items::items(code);
        let declared = |at: usize, field: &str| {
            let owner = literal_around(code, at)?;
            items.iter().find(|item| item.name == owner)?.fields.iter().find(|known| known.name == field)
        };
        let found: Vec<_> = pattern.captures_iter(code).collect();
        if !found.iter().any(|one: &Captures<'_>| one.name("parsed").is_some()) {
            continue;
        }
        for one in &found {
            let (Some(field), Some(name), Some(whole)) = (one.name("field"), one.name("name"), one.get(0)) else {
                continue;
            };
            let Some(known) = declared(whole.start(), field.as_str()) else { continue };
            let span = Span::new(whole.start(), whole.end());
            let mut setting = Field::new(known.name.clone(), &known.written, Place::at(file.path.clone(), span));
            structs.fill(&mut setting, &file.path, &known.attributes);
            setting.variable = Some(Key::of(name.as_str()));
            setting.default = one.name("default").map(|default| default.as_str().to_owned());
            setting.is_required = setting.default.is_none();
            types.fields.push(setting);
            add_root(types, file, literal_around(code, whole.start()).unwrap_or("settings").to_owned(), span);
        }
    }
}

/// The type of the literal whose fields are given at a place: `application: ApplicationSettings {`.
fn literal_around(code: &str, at: usize) -> Option<&str> {
    let head = enclosing(code.get(..at)?).next()?.trim_end().strip_suffix('{')?;
    head.trim_end().rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next()
}

/// The functions of a file that give a variable as text.
fn text_readers(facts: &Facts<'_>, file: &CodeFile) -> Vec<String> {
    let reads = file.source(facts).is_some_and(|source| source.text().contains("env::var("));
    let Some(code) = file.code(facts).filter(|_| reads) else { return Vec::new() };
    let found = TEXT_READ.iter().flat_map(|pattern| pattern.captures_iter(code.product()));
    found.filter_map(|one| Some(one.name("name")?.as_str().to_owned())).collect()
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
