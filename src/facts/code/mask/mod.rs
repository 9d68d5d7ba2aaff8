//! Code text: the source with its comments blanked, at the same length and the same offsets.
//!
//! A scanner for each family of languages tells comments and strings apart. It is no parser: what it must get right is
//! where a comment begins, so that `"https://x"` stays and `// ssl_mode: require` goes.

mod c_like;
mod python;
mod ruby;
mod rust;
mod shell;

use super::language::Language;
use crate::source::Span;

/// Where the comments and the strings of a text stand, in order, without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Comments, docstrings among them.
    pub comments: Vec<Span>,
    /// String and character literals, with their quotes.
    pub strings: Vec<Span>,
}

/// Where the comments and strings of a text in a language stand.
pub(super) fn scan(language: Language, text: &str) -> Marks {
    match language {
        Language::Rust => rust::scan(text),
        Language::Python => python::scan(text),
        Language::Ruby | Language::Elixir => ruby::scan(text),
        Language::Shell => shell::scan(text),
        _ => c_like::scan(c_like::Dialect::of(language), text),
    }
}

/// The text with some of its spans blanked: every byte but line ends becomes a space.
pub(super) fn blank(text: &str, spans: &[Span]) -> String {
    split(text, spans, blank_into, String::push_str)
}

/// The text with everything but some spans blanked.
pub(super) fn keep(text: &str, spans: &[Span]) -> String {
    split(text, spans, String::push_str, blank_into)
}

/// Writes what stands in some spans one way, and what stands between them another.
fn split(text: &str, spans: &[Span], inside: fn(&mut String, &str), between: fn(&mut String, &str)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        let range = span.range();
        if range.start < at || range.end > text.len() {
            continue;
        }
        between(&mut out, &text[at..range.start]);
        inside(&mut out, &text[range.clone()]);
        at = range.end;
    }
    between(&mut out, &text[at..]);
    out
}

/// Appends a blank of the same length, with the same line ends.
fn blank_into(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(newline) = memchr::memchr(b'\n', rest.as_bytes()) {
        out.extend(std::iter::repeat_n(' ', newline));
        out.push('\n');
        rest = &rest[newline + 1..];
    }
    out.extend(std::iter::repeat_n(' ', rest.len()));
}

/// The offset of the end of the line that holds `at`, without its line end.
fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length)
}

/// The offset just past the next `needle` from `at` on, or the end of the text.
fn past(bytes: &[u8], at: usize, needle: &[u8]) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memmem::find(rest, needle).map_or(bytes.len(), |found| at + found + needle.len())
}

/// The offset just past a quoted string that opens at `at`: backslashes escape, and a string that may not span lines
/// ends before the line end.
fn past_quoted(bytes: &[u8], at: usize, multi_line: bool) -> usize {
    let quote = bytes[at];
    let mut index = at + 1;
    while let Some(&byte) = bytes.get(index) {
        match byte {
            b'\\' => index += 1,
            b'\n' if !multi_line => return index,
            _ if byte == quote => return index + 1,
            _ => {}
        }
        index += 1;
    }
    bytes.len()
}

/// The offset just past a block comment that opens at `at` with `/*`; nested ones count if the language nests them.
fn past_block(bytes: &[u8], at: usize, nested: bool) -> usize {
    if !nested {
        return past(bytes, at + 2, b"*/");
    }
    let mut depth = 1_usize;
    let mut index = at + 2;
    while index < bytes.len() {
        match (bytes[index], bytes.get(index + 1)) {
            (b'*', Some(b'/')) => {
                depth -= 1;
                index += 2;
                if depth == 0 {
                    return index;
                }
            }
            (b'/', Some(b'*')) => {
                depth += 1;
                index += 2;
            }
            _ => index += 1,
        }
    }
    bytes.len()
}
