//! A line of a Markdown fence that is no statement: a slip of the pen in a checklist, or the beginning of other code?
//!
//! What is taken for other code gives no items from there on, so a slip must not be taken for it.

use super::scan::{Parser, is_name, is_name_start};
use super::text;
use std::ops::Range;

/// Whether what stands from the start of a range, which ends with its block, is a statement gone wrong: it has the shape
/// of one, or everything behind it is this language again. As the first thing of a block it must have the shape of a
/// section, as nothing before it says which language this is.
pub(super) fn is_slip(text: &str, rest: Range<usize>, margin: usize, is_first: bool) -> bool {
    let line_end = text[rest.clone()].find('\n').map_or(rest.end, |length| rest.start + length);
    let line = text[rest.start..line_end].trim();
    let next = (line_end + 1).min(rest.end)..rest.end;
    is_header(line) || (!is_first && (is_pair(line) || goes_on(text, next, margin)))
}

/// Whether the rest of a block is TuskLang, and says something.
fn goes_on(text: &str, rest: Range<usize>, margin: usize) -> bool {
    let mut parser = Parser::new(text, rest, margin);
    let document = parser.document();
    let says = !document.root.is_empty() || !document.sections.is_empty();
    says && parser.strange.is_none() && parser.diagnostics.iter().all(|problem| !problem.is_error())
}

/// `[security checks]`, `[security_checks`: words in brackets, or in one.
fn is_header(line: &str) -> bool {
    let Some(inside) = line.strip_prefix('[') else { return false };
    let inside = inside.strip_suffix(']').unwrap_or(inside);
    inside.bytes().next().is_some_and(is_name_start)
        && inside.bytes().all(|byte| is_name(byte) || matches!(byte, b'.' | b' '))
}

/// Words of other languages that a value may follow.
const COMMANDS: [&str; 26] = [
    "await", "break", "case", "cd", "continue", "default", "echo", "exit", "export", "goto", "import", "include",
    "package", "print", "puts", "raise", "require", "return", "run", "set", "sleep", "source", "throw", "unset", "use",
    "yield",
];

/// `clippy "no_warnings"`, `clippy -> true`, `test coverage: ">=80%"`: a key and a plain value with something wrong
/// between them, or a key with blanks in it.
fn is_pair(line: &str) -> bool {
    let name = line.bytes().take_while(|byte| is_name(*byte) || *byte == b'.').count();
    let (key, rest) = line.split_at(name);
    let is_key = key.bytes().next().is_some_and(is_name_start)
        && key.bytes().any(|byte| byte.is_ascii_lowercase())
        && !COMMANDS.contains(&key);
    if !is_key {
        return false;
    }
    let between = rest.trim_start();
    let value = ["->", "::", "~", ";", "-"].iter().find_map(|mark| between.strip_prefix(mark));
    if is_value(value.unwrap_or(between).trim_start()) {
        return true;
    }
    let words = between.split_once(": ");
    words.is_some_and(|(words, value)| {
        words.bytes().all(|byte| is_name(byte) || byte == b' ') && is_value(value.trim_start())
    })
}

/// A string, a number or a truth value, up to the end of the line.
fn is_value(text: &str) -> bool {
    let end = if text.starts_with(['"', '\'']) {
        text::quoted_end(text.as_bytes(), 0)
    } else {
        let end = text.find([' ', '\t', ',', ';', '#']).unwrap_or(text.len());
        let word = &text[..end];
        (matches!(word, "true" | "false") || super::values::number(word).is_some()).then_some(end)
    };
    let rest = end.and_then(|end| text.get(end..)).map(|rest| rest.trim_start_matches([',', ';']).trim_start());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
}
