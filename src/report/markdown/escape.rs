//! Text from the tree as Markdown that shows it and does nothing else.

use crate::report::text::plain;
use std::fmt::Write;

/// A text in a paragraph: only its code spans (`` `…` ``) are markup; no other, no HTML and no line end survives.
pub(crate) fn text(text: &str) -> String {
    spans(text, code)
}

/// [`text`] in a table cell.
pub(super) fn cell(text: &str) -> String {
    spans(text, code_cell)
}

/// Words and code spans in turn, where the backticks pair.
fn spans(text: &str, code: fn(&str) -> String) -> String {
    let text = plain(text);
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|part| !part.trim().is_empty());
    if !paired {
        return words(&text);
    }
    parts.iter().enumerate().map(|(at, part)| if at % 2 == 1 { code(part) } else { words(part) }).collect()
}

fn words(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A mention would call somebody.
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '!' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    // A bare address would become a link.
    escaped.replace("://", "&#58;//").replace("www.", "www&#46;").replace("mailto:", "mailto&#58;")
}

/// A text in a code span.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text);
    let text = if text.is_empty() { "(empty)" } else { text.as_str() };
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A text in a code span in a table cell, where a pipe would end the cell.
pub(super) fn code_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A link to a line of a file, relative to the repository; what the history says has no file to link to.
pub(super) fn link(path: &str, line: Option<u32>) -> String {
    let label = words(&crate::report::text::place(path, line));
    if path == ".git" || path.starts_with(".git/") {
        return label;
    }
    let anchor = line.map(|line| format!("#L{line}")).unwrap_or_default();
    format!("[{label}]({}{anchor})", encoded(path))
}

/// A path as the target of a link: everything but letters, digits, `/`, `-`, `_`, `~` and `.` as percent codes.
fn encoded(path: &str) -> String {
    let mut target = String::new();
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => target.push(char::from(byte)),
            _ => {
                let _ = write!(target, "%{byte:02X}");
            }
        }
    }
    target
}
