//! Python: fields of pydantic settings classes.

use super::rust_items::closing;
use super::{Bound, Field, Root, SettingsTypes, Shape};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{CodeFile, Language};
use crate::facts::production::is_in_class_aside;
use crate::pattern::compile;
use crate::pattern::{Captures, Regex};
use crate::source::Span;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static CLASS: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"(?m)^class\s+(?P<name>\w+)\((?P<bases>[^)]*)\)\s*:").ok());
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"(?m)^    (?P<name>[A-Za-z]\w*)\s*:\s*(?P<type>[^=\n]+?)(?:\s*=\s*(?P<value>[^\n]+))?$").ok()
});
static END: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"\b(?P<end>ge|gt|le|lt)\s*=\s*(?P<value>-?[\d_.]+)").ok());

/// What takes keys that no field has.
static EXTRA: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r#"\bextra["']?\s*[=:]\s*(?:["'](?:ignore|allow)["']|Extra\.(?:ignore|allow)\b)"#).ok());

/// The class of pydantic that settings derive from.
const BASE: &str = "BaseSettings";

/// How many classes may stand between one of settings and the base of them all.
const GENERATIONS: usize = 5;

/// Reads the settings classes of Python code.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    let python: Vec<&CodeFile> = facts.code().product(facts).filter(|file| file.language == Language::Python).collect();
    let says = |file: &CodeFile, names: &BTreeSet<String>| {
        let source = file.source(facts);
        source.is_some_and(|source| names.iter().any(|name| source.text().contains(name.as_str())))
    };
    let mut bases = BTreeSet::from([BASE.to_owned()]);
    let mut known = BTreeSet::new();
    for _ in 0..GENERATIONS {
        let mut found = BTreeSet::new();
        for file in python.iter().filter(|file| says(file, &bases)) {
            let Some(code) = file.code(facts) else { continue };
            for class in CLASS.iter().flat_map(|pattern| pattern.captures_iter(code.product())) {
                let named = |base: &str| bases.contains(base.rsplit('.').next().unwrap_or(base).trim());
                // The first generation may have any name for the base, as long as it is called settings.
                let is_called = bases.contains(BASE) && class["name"].ends_with("Settings");
                let is_new = class["bases"].split(',').any(named) || is_called;
                if is_new && known.insert((file.path.clone(), class["name"].to_owned())) {
                    read_class(file, code.product(), &class, types);
                    found.insert(class["name"].to_owned());
                }
            }
        }
        if found.is_empty() {
            return;
        }
        bases = found;
    }
}

/// One class: the place where settings are loaded, and its fields.
fn read_class(file: &CodeFile, code: &str, class: &Captures<'_>, types: &mut SettingsTypes) {
    let Some(whole) = class.get(0) else { return };
    let body = body(code, whole.end());
    // A check of all settings together; what only fills some of them in refuses nothing.
    let checks_all = ["@model_validator", "@root_validator"].iter().any(|mark| {
        body.split_once(mark).is_some_and(|(_, check)| {
            let end = check.find("\n    @").unwrap_or(check.len());
            check[..end].contains("raise ")
        })
    });
    let first = whole.end() + body.len() - body.trim_start().len();
    if is_in_class_aside(&file.path, code, first) {
        return;
    }
    let denies_unknown = !EXTRA.as_ref().is_some_and(|pattern| pattern.is_match(body));
    let place = Place::at(file.path.clone(), Span::new(whole.start(), whole.end()));
    types.roots.push(Root { name: class["name"].to_owned(), place, denies_unknown, is_untyped: false });
    for found in FIELD.iter().flat_map(|pattern| pattern.captures_iter(body)) {
        let text = |name: &str| found.name(name).map_or("", |part| part.as_str());
        let Some(part) = found.get(0).filter(|_| text("name") != "model_config") else { continue };
        let (written, value) = declared(body, &found);
        let start = whole.end() + part.start() + 4;
        let place = Place::at(file.path.clone(), Span::new(start, whole.end() + part.end()));
        let mut field = Field::new(text("name").to_owned(), written, place);
        let is_open = match value {
            "" => !(written.contains("Field(") && written.contains("default")),
            _ => value.starts_with("Field(") && !value.contains("default") && !starts_with_default(value),
        };
        let is_option = written.contains("Optional[") || written.contains("None");
        field.is_required = is_open && !(is_option && value == "None");
        field.default = (!is_open).then(|| value.split_whitespace().collect::<Vec<_>>().join(" "));
        field.bound = bound(&format!("{written} {value}"), field.bound);
        let is_validated = ['"', '\''].iter().any(|quote| {
            let mark = format!("validator({quote}{}{quote}", text("name"));
            body.match_indices(&mark).any(|(at, _)| may_refuse(&body[at..]))
        });
        if is_enum(code, written) {
            field.shape = Shape::Enum;
        }
        field.is_checked |= field.bound != Bound::of_type(written)
            || value.contains("pattern=")
            || is_validated
            || checks_all
            || field.shape.refuses_nonsense();
        types.fields.push(field);
    }
}

/// The type and the value of a field, to the ends of the brackets that they open: `Field(` with its arguments below.
fn declared<'b>(body: &'b str, found: &Captures<'b>) -> (&'b str, &'b str) {
    let whole = |start: usize, end: usize| {
        let open = body[start..end].find(['(', '[']).map(|at| start + at);
        open.and_then(|open| closing(body, open)).map_or(end, |past| past.max(end))
    };
    let (Some(written), value) = (found.name("type"), found.name("value")) else { return ("", "") };
    let type_end = if value.is_some() { written.end() } else { whole(written.start(), written.end()) };
    let value = value.map(|value| (value.start(), value.end())).or_else(|| {
        let behind = body[type_end..].trim_start_matches(' ').strip_prefix('=')?;
        let start = body.len() - behind.len();
        Some((start, start + behind.lines().next().map_or(0, str::len)))
    });
    let value = value.map_or("", |(start, end)| &body[start..whole(start, end)]);
    (body[written.start()..type_end].trim(), value.trim())
}

/// Whether a type is a class of words in the same file: `class Stage(str, Enum):`.
fn is_enum(code: &str, written: &str) -> bool {
    let name = written.trim().trim_start_matches("Optional[").trim_end_matches(']');
    let mut classes = CLASS.iter().flat_map(|pattern| pattern.captures_iter(code));
    classes.any(|class| &class["name"] == name && class["bases"].contains("Enum"))
}

/// `Field(5432, ge=1)`: the first argument is a value and no name.
fn starts_with_default(value: &str) -> bool {
    let first = value.trim_start_matches("Field(").split(',').next().unwrap_or_default();
    let first = first.trim_end_matches(')').trim();
    !first.contains('=') && !first.is_empty() && first != "..."
}

/// The indented lines behind a class.
fn body(code: &str, from: usize) -> &str {
    let rest = &code[from..];
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if end > 0 && !line.trim().is_empty() && !line.starts_with([' ', '\t']) {
            break;
        }
        end += line.len();
    }
    &rest[..end]
}

fn bound(written: &str, of_type: Bound) -> Bound {
    let mut bound = of_type;
    for found in END.iter().flat_map(|pattern| pattern.captures_iter(written)) {
        let value = found.name("value").and_then(|value| value.as_str().replace('_', "").parse().ok());
        match found.name("end").map(|end| end.as_str()) {
            Some("ge" | "gt") => bound.min = value.or(bound.min),
            _ => bound.max = value.or(bound.max),
        }
    }
    bound
}

/// Whether the validator that a text begins with may refuse a value: one that only trims it takes them all.
fn may_refuse(text: &str) -> bool {
    let from = text.find("def ").unwrap_or(0);
    let end = ["\n    @", "\n    def ", "\n    async def "].iter().filter_map(|next| text[from..].find(next)).min();
    let check = &text[..end.map_or(text.len(), |end| from + end)];
    ["raise ", "assert ", "validat", "check", "parse", "Adapter", "int(", "float(", "Url(", "UUID("]
        .iter()
        .any(|word| check[from..].contains(word))
}
