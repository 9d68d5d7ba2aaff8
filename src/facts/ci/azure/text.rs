//! `${{ … }}`, `$( … )` and the entries that hang on a `${{ if … }}`.

use super::super::condition;
use super::super::excerpt::Excerpt;
use super::super::model::Trigger;
use super::{Scope, WORDS};
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// The most combinations of a matrix that are walked.
const MAX_COMBINATIONS: usize = 12;

/// The values that parameters have where nothing is given: of a list of declarations, or of a mapping.
pub(super) fn defaults(parameters: Option<&Value>) -> BTreeMap<String, String> {
    let mut found = super::plain::texts(parameters);
    for entry in parameters.and_then(Value::as_list).unwrap_or(&[]) {
        let name = entry.get("name").and_then(Value::as_str);
        if let (Some(name), Some(value)) = (name, entry.get("default").and_then(Value::scalar_text)) {
            found.insert(name.to_owned(), value);
        }
    }
    found
}

/// The text with what is known filled in; what is not becomes a variable of the shell.
pub(super) fn filled(excerpt: &Excerpt, scope: &Scope<'_>) -> Excerpt {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let text = excerpt.text();
    let mut at = 0;
    while let Some(next) = text[at..].find('$').map(|next| at + next) {
        at = next + 1;
        let rest = &text[next..];
        if let Some(inside) = rest.strip_prefix("${{") {
            let Some(end) = inside.find("}}") else { break };
            at = next + 3 + end + 2;
            found.push((next..at, value(inside[..end].trim(), scope)));
        } else if let Some(inside) = rest.strip_prefix("$(") {
            let Some(end) = inside.find(')') else { continue };
            let name = &inside[..end];
            // `$(command)` belongs to the shell; a variable is one word, known or with a dot.
            let word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
            let known = scope.variables.get(&name.to_lowercase());
            if word && (known.is_some() || name.contains('.') || name.contains('_')) {
                at = next + 2 + end + 1;
                found.push((
                    next..at,
                    known.filter(|text| text.len() < 16_384).cloned().unwrap_or_else(|| stand_in(name)),
                ));
            }
        }
    }
    excerpt.replaced(&found)
}

/// The same of a text without a place.
pub(super) fn filled_text(text: &str, scope: &Scope<'_>) -> String {
    if !text.contains('$') {
        return text.to_owned();
    }
    filled(&Excerpt::anchored("", Span::default(), text), scope).text().to_owned()
}

/// The value of a template expression that only names something.
fn value(expression: &str, scope: &Scope<'_>) -> String {
    let name = expression.replace(['[', '\''], ".").replace(']', "").replace("..", ".");
    let known = match name.split_once('.') {
        Some(("parameters", key)) => scope.parameters.get(key.trim_matches('.')),
        Some(("variables", key)) => scope.variables.get(&key.trim_matches('.').to_lowercase()),
        _ => None,
    };
    known.filter(|text| text.len() < 16_384).cloned().unwrap_or_else(|| stand_in(expression))
}

fn stand_in(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect();
    format!("${{{plain}}}")
}

/// A condition with parameters and known variables as literals.
pub(super) fn condition(text: &str, scope: &Scope<'_>) -> String {
    let mut text = text.replace("${{", "").replace("}}", "");
    for (name, value) in &scope.parameters {
        let value = value.replace('\'', "''");
        for written in [format!("parameters.{name}"), format!("parameters['{name}']")] {
            if text.contains(&written) && text.len() < 4096 && value.len() < 256 {
                text = replaced_whole(&text, &written, &format!("'{value}'"));
            }
        }
    }
    text
}

/// Replaces a name where it does not go on: `parameters.env` but not in `parameters.environment`.
fn replaced_whole(text: &str, name: &str, by: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let after = &rest[at + name.len()..];
        let goes_on =
            !name.ends_with(']') && after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        result.push_str(&rest[..at]);
        result.push_str(if goes_on { name } else { by });
        rest = after;
    }
    result + rest
}

/// The entries of a list, those under `${{ if … }}:` and `${{ each … }}:` among them, with the triggers on which they stand.
pub(super) fn entries<'f>(list: &'f Value, scope: &Scope<'_>, triggers: &[Trigger]) -> Vec<(&'f Value, Vec<Trigger>)> {
    let mut found = Vec::new();
    gather(list, scope, triggers, 0, &mut found);
    found
}

fn gather<'f>(
    list: &'f Value,
    scope: &Scope<'_>,
    triggers: &[Trigger],
    depth: usize,
    into: &mut Vec<(&'f Value, Vec<Trigger>)>,
) {
    for entry in list.as_list().unwrap_or(&[]).iter().take(500) {
        let hanging = entry.as_map().and_then(|map| map.first()).filter(|(key, _)| key.trim_start().starts_with("${{"));
        let Some((key, field)) = hanging.filter(|_| depth < super::MAX_DEPTH) else {
            into.push((entry, triggers.to_vec()));
            continue;
        };
        let inside = key.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
        let asked = ["if ", "elseif "].iter().find_map(|word| inside.strip_prefix(word));
        let kept = match asked {
            Some(asked) => condition::held(&condition::functions(&condition(asked, scope)), triggers, &WORDS).0,
            None => triggers.to_vec(),
        };
        if !kept.is_empty() {
            gather(&field.value, scope, &kept, depth + 1, into);
        }
    }
}

/// What a matrix sets, one combination after the other; one without anything when there is none.
pub(super) fn matrix(job: &Value) -> Vec<BTreeMap<String, String>> {
    let map = job.at(&["strategy", "matrix"]).and_then(Value::as_map);
    let found: Vec<BTreeMap<String, String>> = map
        .into_iter()
        .flatten()
        .take(MAX_COMBINATIONS)
        .map(|(_, field)| {
            super::plain::texts(Some(&field.value))
                .into_iter()
                .map(|(name, text)| (name.to_lowercase(), text))
                .collect()
        })
        .collect();
    if found.is_empty() { vec![BTreeMap::new()] } else { found }
}
