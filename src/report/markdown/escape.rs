//! Text from the tree as Markdown that shows it and does nothing else.

use crate::report::text::plain;
use std::fmt::Write;

/// A text in a paragraph or a table cell: no markup, no HTML, no line end survives.
pub(super) fn text(text: &str) -> String {
    let mut escaped = String::new();
    for character in plain(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A mention would call somebody, a bare address would become a link.
            '@' => escaped.push_str("&#64;"),
            ':' => escaped.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|' | '~' | '$' | '=' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped.replace("www.", "www&#46;")
}

/// A text in a code span, also inside a table.
pub(super) fn code(text: &str) -> String {
    let text = plain(text);
    let text = if text.trim().is_empty() { "(empty)" } else { text.trim() };
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{}{blank}{fence}", text.replace('|', "\\|"))
}

/// A link to a line of a file, relative to the repository; what the history says has no file to link to.
pub(super) fn link(path: &str, line: Option<u32>) -> String {
    let label = text(&crate::report::text::place(path, line));
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
