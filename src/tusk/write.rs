//! The formatter: values as TuskLang text that reads back as the same values.
//!
//! Maps become blocks by indentation, lists stay on one line unless they hold maps, texts are quoted. Comments are no
//! values, so none is kept.

use super::document::{DIRECTIVES, Document, STATEMENTS};
use crate::value::{Field, Kind, Map, Value};
use smol_str::SmolStr;
use std::fmt::Write;

/// Blocks and dash lists count a level for the key above them too; from this depth on brackets save it.
const DEEP: usize = 100;

/// A document, section by section as it was written: a name that stands twice stays twice.
pub fn document(document: &Document) -> String {
    let mut text = String::new();
    entries(&mut text, &document.root, 0, 0);
    for section in &document.sections {
        let name: Vec<String> = section.parts().map(|part| name(part, is_word)).collect();
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}[{}]", name.join("."));
        entries(&mut text, &section.body, 0, name.len());
    }
    text
}

/// A map as a document: the maps at the end of it become sections. Whatever follows a section belongs to it, so they
/// begin where nothing else comes after.
pub fn map(map: &Map) -> String {
    let is_section = |key: &str, value: &Value| is_word(key) && block(value, 0).is_some();
    let rest = map.iter().rev().take_while(|(key, field)| is_section(key, &field.value)).count();
    let mut text = String::new();
    for (at, (key, field)) in map.iter().enumerate() {
        match block(&field.value, 0).filter(|_| at >= map.len() - rest) {
            Some(body) => {
                let gap = if text.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "{gap}[{key}]");
                entries(&mut text, body, 0, 1);
            }
            None => entry(&mut text, key, &field.value, 0, 0),
        }
    }
    text
}

fn entries(text: &mut String, map: &Map, indent: usize, depth: usize) {
    for (key, field) in map {
        entry(text, key, &field.value, indent, depth);
    }
}

fn entry(text: &mut String, key: &str, value: &Value, indent: usize, depth: usize) {
    let own = match key {
        DIRECTIVES => directives(value, indent, depth),
        STATEMENTS => statements(value, indent),
        _ => None,
    };
    if let Some(own) = own {
        text.push_str(&own);
        return;
    }
    let _ = write!(text, "{:indent$}{}:", "", name(key, |key| is_word(key.strip_prefix('$').unwrap_or(key))));
    if let Some(body) = block(value, depth) {
        text.push('\n');
        entries(text, body, indent + 2, depth + 1);
    } else if let Some(list) = dashes(value, depth) {
        text.push('\n');
        dash_list(text, list, indent + 2, depth + 1);
    } else {
        let _ = writeln!(text, " {}", inline(value, indent));
    }
}

fn dash_list(text: &mut String, list: &[Value], indent: usize, depth: usize) {
    for item in list {
        let _ = write!(text, "{:indent$}-", "");
        if let Some(body) = block(item, depth) {
            let mut pairs = String::new();
            entries(&mut pairs, body, indent + 2, depth + 1);
            // Beside the dash a statement that comes first would be read as the entry itself.
            let is_beside = body.first().is_none_or(|(key, _)| key != STATEMENTS);
            text.push(if is_beside { ' ' } else { '\n' });
            text.push_str(if is_beside { pairs.trim_start() } else { &pairs });
        } else if let Some(list) = dashes(item, depth) {
            text.push('\n');
            dash_list(text, list, indent + 2, depth + 1);
        } else {
            let _ = writeln!(text, " {}", inline(item, indent));
        }
    }
}

/// The map of a value that is written as a block: not an empty one.
fn block(value: &Value, depth: usize) -> Option<&Map> {
    value.as_map().filter(|map| depth < DEEP && !map.is_empty())
}

/// The list of a value that is written with a dash for each entry: one that holds what brackets cannot.
fn dashes(value: &Value, depth: usize) -> Option<&[Value]> {
    fn needs_dash(item: &Value) -> bool {
        match &item.kind {
            Kind::List(list) => list.iter().any(needs_dash),
            Kind::Map(map) => !map.is_empty(),
            Kind::Expr(expr) => !fits_in_brackets(&expr.raw),
            _ => false,
        }
    }
    value.as_list().filter(|list| depth < DEEP && list.iter().any(needs_dash))
}

/// Whether an expression reads as itself in a list on one line.
fn fits_in_brackets(raw: &str) -> bool {
    let (document, problems) = super::parse_text(&format!("x: [{raw}]"));
    let list = document.root.get("x").and_then(|field| field.value.as_list());
    problems.is_empty()
        && matches!(list, Some([Value { kind: Kind::Expr(expr), .. }]) if document.root.len() == 1 && expr.raw == raw)
}

fn inline(value: &Value, indent: usize) -> String {
    match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(flag) => flag.to_string(),
        Kind::Int(number) => number.to_string(),
        Kind::Big(digits) => digits.clone(),
        Kind::Float(number) if number.is_finite() => format!("{number:?}"),
        Kind::Float(number) => quoted(&number.to_string()),
        Kind::Str(text) => quoted(text),
        Kind::Range(low, high) => format!("{low}-{high}"),
        Kind::Expr(expr) => hung(&expr.raw, indent, true),
        Kind::List(list) => {
            format!("[{}]", list.iter().map(|item| inline(item, indent)).collect::<Vec<_>>().join(", "))
        }
        Kind::Map(map) => {
            let pair = |(key, field): (&SmolStr, &Field)| format!("{}: {}", quoted(key), inline(&field.value, indent));
            format!("{{{}}}", map.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    }
}

/// An expression as written, behind a key or as a statement. Later lines that would not be read as part of it where it
/// stands now are moved to the right.
fn hung(raw: &str, indent: usize, has_key: bool) -> String {
    let raw = raw.replace("\r\n", "\n");
    if !raw.contains('\n') || reads_as_itself(&raw, indent, has_key) {
        return raw;
    }
    raw.replace('\n', &format!("\n{:1$}", "", indent + 2))
}

/// Whether an expression of several lines is read back as it is, at that indentation and with a pair behind it.
fn reads_as_itself(raw: &str, indent: usize, has_key: bool) -> bool {
    let parent = if indent == 0 { "" } else { "p:\n" };
    let key = if has_key { "x: " } else { "" };
    let (document, problems) = super::parse_text(&format!("{parent}{:indent$}{key}{raw}\n{:indent$}y: 1\n", "", ""));
    let root = if indent == 0 { Some(&document.root) } else { document.root.get("p").and_then(|it| it.value.as_map()) };
    let first = root.filter(|map| map.len() == 2).and_then(|map| map.first()).map(|(_, field)| &field.value);
    let value = if has_key { first } else { first.and_then(|list| list.as_list()?.first()) };
    problems.is_empty() && value.is_some_and(|value| matches!(&value.kind, Kind::Expr(expr) if expr.raw == raw))
}

/// `#web /hello { … }`, where the list is what the reader makes of such.
fn directives(value: &Value, indent: usize, depth: usize) -> Option<String> {
    let mut text = String::new();
    for entry in value.as_list()? {
        let (head, body) = (entry.get("directive")?.as_str()?, entry.get("body")?.as_map()?);
        let plain = head.starts_with('#') && !head.contains(['\n', '{']) && entry.as_map()?.len() == 2;
        if !plain || depth >= DEEP {
            return None;
        }
        let _ = writeln!(text, "{:indent$}{head} {{", "");
        entries(&mut text, body, indent + 2, depth + 1);
        let _ = writeln!(text, "{:indent$}}}", "");
    }
    Some(text)
}

/// Operators and calls that stand alone, where the list holds nothing else.
fn statements(value: &Value, indent: usize) -> Option<String> {
    let mut text = String::new();
    for entry in value.as_list()? {
        let Kind::Expr(expr) = &entry.kind else { return None };
        let _ = writeln!(text, "{:indent$}{}", "", hung(&expr.raw, indent, false));
    }
    Some(text)
}

fn name(key: &str, is_plain: impl Fn(&str) -> bool) -> String {
    if is_plain(key) { key.to_owned() } else { quoted(key) }
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
