//! Structs of Rust code: their fields with types and attributes, read from code text without comments.

use super::rust_defaults;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A struct or enum.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) attributes: String,
    pub(super) is_enum: bool,
    pub(super) fields: Vec<RustField>,
    /// The numbers among its fields that are there when nobody sets them.
    pub(super) defaults: BTreeMap<String, String>,
    /// What the variants of an enum hold: `Folder(FolderArgs)` is a field `Folder` of that type.
    pub(super) variants: Vec<RustField>,
}

/// A field of a struct.
#[derive(Debug)]
pub(super) struct RustField {
    pub(super) name: String,
    pub(super) written: String,
    pub(super) attributes: String,
    pub(super) span: Span,
}

/// A struct with more fields than this is data.
const MAX_FIELDS: usize = 400;

static ITEM: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"#!?\[|\b(struct|enum)\s+([A-Za-z_]\w*)").ok());

/// All structs and enums of a text.
pub(super) fn items(code: &str) -> Vec<Item> {
    let Some(pattern) = ITEM.as_ref() else { return Vec::new() };
    let mut items = Vec::new();
    let mut pending: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(found) = pattern.captures_at(code, at) {
        let Some(whole) = found.get(0) else { break };
        at = whole.end();
        let Some(name) = found.get(2) else {
            let end = closing(code, whole.end() - 1).unwrap_or(whole.end());
            let touches = |last: &(usize, usize)| code[last.1..whole.start()].trim().is_empty();
            if !pending.last().is_some_and(touches) {
                pending.clear();
            }
            pending.push((whole.start(), end));
            at = end;
            continue;
        };
        let belongs = |last: &&(usize, usize)| !code[last.1..whole.start()].contains(['{', '}', ';', '=']);
        let first = pending.first().filter(|_| pending.last().as_ref().is_some_and(belongs)).map(|first| first.0);
        let attributes = first.map_or("", |first| &code[first..whole.start()]).to_owned();
        pending.clear();
        let is_enum = found.get(1).is_some_and(|word| word.as_str() == "enum");
        let body = body(code, name.end());
        let pieces = body.map(|(start, end)| pieces(code, start, end)).unwrap_or_default();
        let read = if is_enum { variant } else { field };
        let read: Vec<RustField> =
            pieces.into_iter().take(MAX_FIELDS).filter_map(|(from, to)| read(code, from, to)).collect();
        let (fields, variants) = if is_enum { (Vec::new(), read) } else { (read, Vec::new()) };
        let defaults = rust_defaults::of(code, name.as_str(), &fields);
        items.push(Item { name: name.as_str().to_owned(), attributes, is_enum, fields, defaults, variants });
    }
    items
}

/// The braces behind a struct's name, past its generics and where clause.
fn body(code: &str, from: usize) -> Option<(usize, usize)> {
    let head = code.get(from..)?;
    let open = from + head.find(['{', ';', '('])?;
    if code.as_bytes()[open] != b'{' {
        return None;
    }
    Some((open + 1, closing(code, open)?.saturating_sub(1)))
}

fn field(code: &str, from: usize, to: usize) -> Option<RustField> {
    let (attributes, mut at) = attributes(code, from, to)?;
    if let Some(rest) = code[at..to].strip_prefix("pub") {
        at += 3;
        if rest.starts_with('(') {
            at = closing(code, at)?.min(to);
        }
        at = skip_blanks(code, at, to);
    }
    let (name, written) = code[at..to].split_once(':')?;
    let name = name.trim().trim_start_matches("r#");
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let span = Span::new(at, to.min(at + code[at..to].trim_end().len()));
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    is_name.then(|| RustField { name: name.to_owned(), written, attributes, span })
}

/// A variant of an enum that holds one value.
fn variant(code: &str, from: usize, to: usize) -> Option<RustField> {
    let (attributes, at) = attributes(code, from, to)?;
    let (name, held) = code[at..to].split_once('(')?;
    let written = held.trim_end().strip_suffix(')')?.trim().trim_end_matches(',').to_owned();
    let span = Span::new(at, to.min(at + code[at..to].trim_end().len()));
    (!written.contains(',')).then(|| RustField { name: name.trim().to_owned(), written, attributes, span })
}

/// The attributes at the beginning of a piece, and where it goes on.
fn attributes(code: &str, from: usize, to: usize) -> Option<(String, usize)> {
    let start = skip_blanks(code, from, to);
    let mut at = start;
    while code[at..to].starts_with("#[") {
        at = skip_blanks(code, closing(code, at + 1)?.min(to), to);
    }
    Some((code[start..at].to_owned(), at))
}

fn skip_blanks(code: &str, from: usize, to: usize) -> usize {
    from + code[from..to].len() - code[from..to].trim_start().len()
}

/// The pieces between commas at depth 0.
pub(super) fn pieces(code: &str, start: usize, end: usize) -> Vec<(usize, usize)> {
    let bytes = code.as_bytes();
    let mut pieces = Vec::new();
    let (mut depth, mut from, mut at) = (0_i32, start, start);
    while at < end {
        match bytes[at] {
            b'"' => at = string_end(bytes, at, end),
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b'>' if at > start && matches!(bytes[at - 1], b'-' | b'=') => {}
            b')' | b']' | b'}' | b'>' => depth -= 1,
            b',' if depth == 0 => {
                pieces.push((from, at));
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if from < end && !code[from..end].trim().is_empty() {
        pieces.push((from, end));
    }
    pieces
}

/// Just past the bracket that closes the one at `open`.
pub(super) fn closing(code: &str, open: usize) -> Option<usize> {
    let bytes = code.as_bytes();
    let (mut depth, mut at) = (0_usize, open);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = string_end(bytes, at, bytes.len()),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The closing quote of the string at `open`.
fn string_end(bytes: &[u8], open: usize, end: usize) -> usize {
    let mut at = open + 1;
    while at < end && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}
