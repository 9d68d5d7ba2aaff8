//! Rust: what the numbers among the settings are when nobody sets them.

use super::rust_attributes::attribute;
use super::rust_items::{self, RustField};
use crate::evidence::Observed;
use crate::facts::code::{observe, written};
use crate::pattern::compile;
use std::collections::BTreeMap;

/// The numbers and durations that a type of some code has by default, each by the name of its field: from
/// `impl Default for Settings`, or from the function that `#[serde(default = "…")]` names.
pub(super) fn of(code: &str, name: &str, fields: &[RustField]) -> BTreeMap<String, String> {
    let mut defaults = implemented(code, name).unwrap_or_default();
    for field in fields {
        let number = attribute(&field.attributes, &["default"]).and_then(|function| answered(code, &function));
        defaults.extend(number.map(|number| (field.name.clone(), number)));
    }
    defaults
}

/// What `impl Default` of a type gives its fields.
fn implemented(code: &str, name: &str) -> Option<BTreeMap<String, String>> {
    let says = |text: &str| memchr::memmem::find(code.as_bytes(), text.as_bytes()).is_some();
    if !says("Default for ") {
        return None;
    }
    let pattern = compile(&format!(r"\bDefault for {name}\s*\{{")).ok()?;
    let found = pattern.find(code)?;
    let body = code.get(found.end()..rust_items::closing(code, found.end() - 1)?)?;
    // What `-> Settings {` opens is the function.
    let literal = compile(&format!(r"(?:->\s*)?\b(?:Self|{name})\s*\{{")).ok()?;
    let literal = literal.find_iter(body).find(|literal| !literal.as_str().starts_with("->"))?;
    let end = rust_items::closing(body, literal.end() - 1)?;
    let pieces = rust_items::pieces(body, literal.end(), end - 1);
    let given = pieces.into_iter().filter_map(|(from, to)| body[from..to].split_once(':'));
    Some(given.filter_map(|(field, value)| Some((field.trim().to_owned(), number(code, value)?))).collect())
}

/// The number that a function answers with, whose body is nothing else.
fn answered(code: &str, function: &str) -> Option<String> {
    let name =
        function.rsplit("::").next().filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))?;
    let found = compile(&format!(r"\bfn {name}\(\)\s*->[^{{;]*\{{")).ok()?.find(code)?;
    let end = rust_items::closing(code, found.end() - 1)?;
    number(code, code.get(found.end()..end - 1)?)
}

/// A number or a duration, as settings write it.
fn number(code: &str, expression: &str) -> Option<String> {
    let is_number = matches!(observe(code, expression, None), Observed::Quantity(_));
    is_number.then(|| written(code, expression)).flatten()
}
