//! Rust: what attributes say of a field.

use super::Bound;
use super::rust_items;
use crate::pattern::Regex;
use crate::pattern::compile;
use std::sync::LazyLock;

/// Whether an attribute says a word: `#[serde(default)]`.
pub(super) fn has_word(attributes: &str, attribute: &str, word: &str) -> bool {
    let mut rest = attributes;
    while let Some(at) = rest.find(&format!("{attribute}(")) {
        let open = at + attribute.len();
        let end = rust_items::closing(rest, open).unwrap_or(rest.len());
        let inside = &rest[open + 1..end.saturating_sub(1).max(open + 1)];
        if rust_items::pieces(inside, 0, inside.len())
            .iter()
            .any(|&(from, to)| inside[from..to].trim().split(['=', '(']).next().is_some_and(|head| head.trim() == word))
        {
            return true;
        }
        rest = &rest[end..];
    }
    false
}

/// The value of the first of some keys in attributes: `env = "PORT"`, `default_value_t = 10`.
pub(super) fn attribute(attributes: &str, keys: &[&str]) -> Option<String> {
    let mut rest = attributes;
    while let Some(open) = rest.find('(') {
        let end = rust_items::closing(rest, open).unwrap_or(rest.len());
        let inside = &rest[open + 1..end.saturating_sub(1).max(open + 1)];
        for (from, to) in rust_items::pieces(inside, 0, inside.len()) {
            let (key, value) = inside[from..to].split_once('=').unwrap_or((&inside[from..to], ""));
            if keys.contains(&key.trim()) && !value.trim().is_empty() {
                return Some(value.trim().trim_matches('"').to_owned());
            }
        }
        rest = &rest[end..];
    }
    None
}

/// The name that `rename` gives.
pub(super) fn renamed(attributes: &str) -> Option<String> {
    if !attributes.contains("rename") {
        return None;
    }
    attribute(attributes, &["rename"]).filter(|name| !name.is_empty())
}

/// `validate(range(min = 1, max = 300))`, `value_parser = clap::value_parser!(u16).range(1..=65535)`.
pub(super) fn stated_bound(attributes: &str) -> Bound {
    static ENDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"\b(?P<end>min|max)\s*=\s*(?P<value>[\d_.]+)|range\((?P<from>[\d_]+)?\.\.(?P<closed>=?)(?P<to>[\d_]+)?",
        )
        .ok()
    });
    let mut bound = Bound::default();
    let number = |text: &str| text.replace('_', "").parse::<f64>().ok();
    for found in ENDS.iter().flat_map(|pattern| pattern.captures_iter(attributes)) {
        let text = |name: &str| found.name(name).map(|text| text.as_str());
        match text("end") {
            Some("min") => bound.min = text("value").and_then(number),
            Some(_) => bound.max = text("value").and_then(number),
            None => {
                bound.min = text("from").and_then(number);
                let open = if text("closed") == Some("=") { 0.0 } else { 1.0 };
                bound.max = text("to").and_then(number).map(|to| to - open);
            }
        }
    }
    bound
}
