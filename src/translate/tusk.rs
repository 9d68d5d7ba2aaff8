//! Values as TuskLang text that reads back as the same values.

use crate::value::{Kind, Map, Value};
use std::fmt::Write;

/// A map as a text: maps at the end of it become sections, inner ones blocks by indentation, lists stay on one line.
pub(super) fn text(map: &Map) -> String {
    let is_section = |key: &str, value: &Value| is_word(key) && block(value).is_some();
    // Whatever follows a section belongs to it, so sections begin where nothing else comes after.
    let rest = map.iter().rev().take_while(|(key, field)| is_section(key, &field.value)).count();
    let first = map.len() - rest;
    let mut text = String::new();
    for (at, (key, field)) in map.iter().enumerate() {
        match block(&field.value).filter(|_| at >= first) {
            Some(body) => {
                let gap = if text.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "{gap}[{key}]");
                entries(&mut text, body, 0);
            }
            None => entry(&mut text, key, &field.value, 0),
        }
    }
    text
}

fn entries(text: &mut String, map: &Map, indent: usize) {
    for (key, field) in map {
        entry(text, key, &field.value, indent);
    }
}

fn entry(text: &mut String, key: &str, value: &Value, indent: usize) {
    let key = if is_word(key) { key.to_owned() } else { quoted(key) };
    let _ = write!(text, "{:indent$}{key}:", "");
    match block(value) {
        Some(body) => {
            text.push('\n');
            entries(text, body, indent + 2);
        }
        None => {
            let _ = writeln!(text, " {}", inline(value));
        }
    }
}

/// The map of a value that is written as a block: not an empty one, and none that stands for an expression.
fn block(value: &Value) -> Option<&Map> {
    value.as_map().filter(|map| !map.is_empty() && special(value).is_none())
}

fn inline(value: &Value) -> String {
    if let Some(text) = special(value) {
        return text;
    }
    match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(flag) => flag.to_string(),
        Kind::Int(number) => number.to_string(),
        Kind::Float(number) if number.is_finite() => format!("{number:?}"),
        Kind::Float(number) => quoted(&number.to_string()),
        Kind::Str(text) => quoted(text),
        Kind::Range(low, high) => format!("{low}-{high}"),
        Kind::Expr(expr) => expr.raw.clone(),
        Kind::List(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Kind::Map(map) => {
            let pair =
                |(key, field): (&String, &crate::value::Field)| format!("{}: {}", quoted(key), inline(&field.value));
            format!("{{{}}}", map.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    }
}

/// What `--to json` writes for expressions and ranges, back as such.
fn special(value: &Value) -> Option<String> {
    if let Some(raw) = value.get("$expr").and_then(Value::as_str) {
        return Some(raw.to_owned());
    }
    match value.get("$range")?.as_list()? {
        [low, high] => Some(format!("{}-{}", low.scalar_text()?, high.scalar_text()?)),
        _ => None,
    }
}

fn is_word(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character.is_control() => {
                let _ = write!(quoted, "\\u{{{:x}}}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
