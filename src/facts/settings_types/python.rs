//! Python: fields of pydantic settings classes.

use super::{Bound, Field, Root, SettingsTypes};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::Language;
use crate::pattern::compile;
use crate::source::Span;
use regex::Regex;
use std::sync::LazyLock;

static CLASS: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"(?m)^class\s+(?P<name>\w+)\((?P<bases>[^)]*)\)\s*:").ok());
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r"(?m)^    (?P<name>[A-Za-z]\w*)\s*:\s*(?P<type>[^=\n]+?)(?:\s*=\s*(?P<value>[^\n]+))?$").ok()
});
static END: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"\b(?P<end>ge|gt|le|lt)\s*=\s*(?P<value>-?[\d_.]+)").ok());

/// Reads the settings classes of Python code.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    for file in facts.code().product(facts).filter(|file| file.language == Language::Python) {
        let Some(source) = file.source(facts) else { continue };
        if !source.text().contains("BaseSettings") {
            continue;
        }
        let Some(code) = file.code(facts) else { continue };
        let code = code.product();
        for class in CLASS.iter().flat_map(|pattern| pattern.captures_iter(code)) {
            let text = |name: &str| class.name(name).map_or("", |part| part.as_str());
            let Some(whole) =
                class.get(0).filter(|_| text("bases").contains("BaseSettings") || text("name").ends_with("Settings"))
            else {
                continue;
            };
            let body = body(code, whole.end());
            let denies_unknown = !body.contains("extra=\"ignore\"") && !body.contains("extra = \"ignore\"");
            let place = Place::at(file.path.clone(), Span::new(whole.start(), whole.end()));
            types.roots.push(Root { name: text("name").to_owned(), place, denies_unknown, is_untyped: false });
            for found in FIELD.iter().flat_map(|pattern| pattern.captures_iter(body)) {
                let text = |name: &str| found.name(name).map_or("", |part| part.as_str());
                let Some(part) = found.get(0).filter(|_| text("name") != "model_config") else { continue };
                let start = whole.end() + part.start() + 4;
                let place = Place::at(file.path.clone(), Span::new(start, whole.end() + part.end()));
                let mut field = Field::new(text("name").to_owned(), text("type"), place);
                let value = text("value").trim();
                let is_field = value.starts_with("Field(") || text("type").contains("Field(");
                let is_open = value.is_empty()
                    || is_field
                        && !value.contains("default")
                        && (value.starts_with("Field(...") || !value.contains("Field(") || !starts_with_default(value));
                let is_option = text("type").contains("Optional[") || text("type").contains("None");
                field.is_required = is_open && !(is_option && value == "None");
                field.default = (!is_open).then(|| value.to_owned());
                field.bound = bound(&format!("{} {value}", text("type")), field.bound);
                let is_validated = body.contains(&format!("validator(\"{}\"", text("name")))
                    || body.contains(&format!("validator('{}'", text("name")));
                field.is_checked |=
                    field.bound != Bound::of_type(text("type")) || value.contains("pattern=") || is_validated;
                types.fields.push(field);
            }
        }
    }
}

/// `Field(5432, ge=1)`: the first argument is a value and no name.
fn starts_with_default(value: &str) -> bool {
    let first = value.trim_start_matches("Field(").split(',').next().unwrap_or_default();
    !first.contains('=') && !first.trim_end_matches(')').trim().is_empty() && first.trim() != "..."
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
