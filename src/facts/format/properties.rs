//! Java properties: `key=value`, `key: value` or `key value`, with `\` at a line's end to go on.

use super::Problem;
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};

/// Reads every line; keys keep their dots, and a later line wins.
pub(super) fn parse(text: &str) -> (Value, Vec<Problem>) {
    let mut map = Map::default();
    let mut at = 0;
    while at < text.len() {
        let end = logical_end(text, at);
        if let Some((name, field)) = entry(text, at, end) {
            map.insert(name, field);
        }
        at = end + 1;
    }
    (Value::new(Kind::Map(map), Span::new(0, text.len())), Vec::new())
}

/// The offset of the line break that ends the logical line.
fn logical_end(text: &str, start: usize) -> usize {
    let mut at = start;
    loop {
        let Some(length) = text[at..].find('\n') else { return text.len() };
        let end = at + length;
        let line = text[at..end].trim_end_matches('\r');
        let comment = text[start..end].trim_start().starts_with(['#', '!']);
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        if comment || backslashes.is_multiple_of(2) {
            return end;
        }
        at = end + 1;
    }
}

fn entry(text: &str, start: usize, end: usize) -> Option<(String, Field)> {
    let line = &text[start..end];
    let body = line.trim();
    if body.is_empty() || body.starts_with(['#', '!']) {
        return None;
    }
    let at = start + (line.len() - line.trim_start().len());
    let name_end = separator(body);
    let rest = body[name_end..].trim_start();
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start();
    let key = Span::new(at, at + name_end);
    let value_at = at + body.len() - rest.len();
    let value = Value::new(Kind::Str(unescaped(rest)), Span::new(value_at, at + body.len()));
    Some((unescaped(&body[..name_end]), Field { key, value }))
}

fn separator(body: &str) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        if !escaped && matches!(c, '=' | ':' | ' ' | '\t') {
            return at;
        }
        escaped = c == '\\' && !escaped;
    }
    body.len()
}

fn unescaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('u') => {
                let digits: String = std::iter::from_fn(|| chars.next_if(char::is_ascii_hexdigit)).take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                out.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some('\r' | '\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}
