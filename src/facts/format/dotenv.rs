//! dotenv files: `KEY=value` lines, as a shell or a container engine reads them, and `KEY: value`.

use super::Problem;
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};

/// Reads every line; a later line wins over an earlier one of the same key.
pub(super) fn parse(text: &str) -> (Value, Vec<Problem>) {
    let mut map = Map::default();
    let mut problems = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        let next = match entry(text, at, end) {
            Line::Nothing => end,
            Line::Bad(span) => {
                problems.push(Problem::new(span, "neither a comment nor `KEY=value`"));
                end
            }
            Line::Pair { name, key, value, end } => {
                map.insert(name, Field { key, value });
                end
            }
        };
        at = text[next..].find('\n').map_or(text.len(), |length| next + length + 1);
    }
    (Value::new(Kind::Map(map), Span::new(0, text.len())), problems)
}

enum Line {
    Nothing,
    Bad(Span),
    Pair { name: String, key: Span, value: Value, end: usize },
}

fn entry(text: &str, start: usize, end: usize) -> Line {
    let line = &text[start..end];
    let mut body = line.trim_start();
    if body.trim_end().is_empty() || body.starts_with('#') {
        return Line::Nothing;
    }
    body = body.strip_prefix("export ").map_or(body, str::trim_start);
    let key_start = end - body.len();
    let Some(equals) = body.find('=').filter(|at| is_name(body[..*at].trim_end())).or_else(|| colon(body)) else {
        let whole = Span::new(key_start, key_start + body.trim_end().len());
        // A bare name passes the variable on from outside.
        return if is_name(body.trim_end()) { Line::Nothing } else { Line::Bad(whole) };
    };
    let name = body[..equals].trim_end();
    let key = Span::new(key_start, key_start + name.len());
    let after = key_start + equals + 1;
    let (value, end) = value(text, after, end);
    Line::Pair { name: name.to_owned(), key, value, end }
}

/// Where the colon of `KEY: value` stands, which several readers take as well.
fn colon(body: &str) -> Option<usize> {
    body.find(": ").or_else(|| body.trim_end().strip_suffix(':').map(str::len)).filter(|at| is_name(&body[..*at]))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:".contains(&byte))
}

/// The value from `start`, and where reading goes on; a quoted one may span lines.
fn value(text: &str, start: usize, line_end: usize) -> (Value, usize) {
    let rest = &text[start..line_end];
    let begin = start + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    match text.as_bytes().get(begin) {
        Some(quote @ (b'"' | b'\'')) if begin < line_end => {
            if let Some((content, end)) = quoted(text, begin, *quote) {
                return (Value::new(Kind::Str(content), Span::new(begin, end)), end);
            }
        }
        _ => {}
    }
    let raw = text[begin..line_end].trim_end();
    let bare = raw.find(" #").map_or(raw, |comment| raw[..comment].trim_end());
    let bare = if bare.starts_with('#') { "" } else { bare };
    (Value::new(Kind::Str(bare.to_owned()), Span::new(begin, begin + bare.len())), line_end)
}

/// The content between quotes and the offset after the closing one.
fn quoted(text: &str, begin: usize, quote: u8) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut chars = text[begin + 1..].char_indices();
    while let Some((at, c)) = chars.next() {
        if c == char::from(quote) {
            return Some((content, begin + 1 + at + 1));
        }
        if c == '\\' && quote == b'"' {
            match chars.next() {
                Some((_, 'n')) => content.push('\n'),
                Some((_, 't')) => content.push('\t'),
                Some((_, 'r')) => content.push('\r'),
                Some((_, escaped)) => content.push(escaped),
                None => return None,
            }
        } else {
            content.push(c);
        }
    }
    None
}
