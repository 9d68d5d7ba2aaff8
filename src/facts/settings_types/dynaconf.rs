//! Python: what Dynaconf's validators demand of each setting.

use super::{Field, Root, SettingsTypes};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::Language;
use crate::pattern::pattern;
use crate::source::Span;
use std::collections::BTreeMap;

pattern!(
    VALIDATOR,
    r#"\bValidator\(\s*(?P<names>["'][\w.-]+["'](?:\s*,\s*["'][\w.-]+["'])*)(?P<rest>(?:[^()]|\([^()]*\))*)\)"#
);
pattern!(
    DEMAND,
    r"\b(?P<name>is_type_of|must_exist|gte|lte|gt|lt|ne|len_min|len_eq|is_in|condition|default|cont|startswith)\s*=\s*(?P<value>[^,\n)]+)"
);
pattern!(HELD, r"\bDynaconf\((?:[^()]|\([^()]*\))*?\bvalidators\s*=|\.validators\.(?:register|validate)\(");

/// Reads the validators of settings that Dynaconf loads and checks.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    let says = |text: &str, word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let files = facts.code().product(facts).filter(|file| file.language == Language::Python);
    for file in files {
        let named = file
            .source(facts)
            .is_some_and(|source| says(source.text(), "ynaconf") && says(source.text(), "Validator("));
        let Some(code) = file.code(facts).filter(|_| named) else { continue };
        let code = code.product();
        let Some(held) = HELD.find(code) else { continue };
        let place = Place::at(file.path.clone(), Span::new(held.start(), held.end()));
        types.roots.push(Root { name: "Dynaconf".to_owned(), place, denies_unknown: false, is_untyped: false });
        for found in VALIDATOR.captures_iter(code) {
            let Some(whole) = found.get(0) else { continue };
            for name in found["names"].split(',').map(|name| name.trim().trim_matches(['"', '\''])) {
                let place = Place::at(file.path.clone(), Span::new(whole.start(), whole.end()));
                types.fields.push(demanded(name, &found["rest"], place));
            }
        }
    }
}

/// One setting and what its validator demands.
fn demanded(name: &str, rest: &str, place: Place) -> Field {
    const CHECKS: &[&str] =
        &["gte", "lte", "gt", "lt", "ne", "len_min", "len_eq", "is_in", "condition", "cont", "startswith"];
    let pairs = DEMAND.captures_iter(rest).filter_map(|found| Some((found.name("name")?, found.name("value")?)));
    // Where a demand stands twice, the first counts.
    let mut demands = BTreeMap::new();
    for (asked, value) in pairs {
        demands.entry(asked.as_str()).or_insert(value.as_str().trim());
    }
    let number = |names: [&str; 2]| names.iter().find_map(|name| demands.get(name)?.replace('_', "").parse().ok());
    let mut field = Field::new(name.to_owned(), demands.get("is_type_of").unwrap_or(&""), place);
    field.is_required = demands.get("must_exist") == Some(&"True");
    field.default = demands.get("default").map(|&value| value.to_owned());
    field.bound.min = number(["gte", "gt"]).or(field.bound.min);
    field.bound.max = number(["lte", "lt"]).or(field.bound.max);
    field.is_checked |= CHECKS.iter().any(|check| demands.contains_key(check));
    field
}
