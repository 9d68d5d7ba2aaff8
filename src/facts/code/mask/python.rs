//! Python: `#`, and strings that stand alone where a statement would.

use super::{Marks, line_end, past_quoted};
use crate::source::Span;

/// Comments (docstrings among them) and strings of Python.
pub(super) fn scan(text: &str) -> Marks {
    let bytes = text.as_bytes();
    let mut marks = Marks::default();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        at = match bytes[at] {
            b'#' => {
                let end = line_end(bytes, at);
                marks.comments.push(Span::new(at, end));
                end
            }
            b'"' | b'\'' => {
                let triple = [bytes[at]; 3];
                let is_triple = bytes[at..].starts_with(&triple);
                let end = if is_triple { triple_end(bytes, at) } else { past_quoted(bytes, at, false) };
                let span = Span::new(at, end);
                if is_triple && depth == 0 && stands_alone(bytes, at) {
                    marks.comments.push(span);
                } else {
                    marks.strings.push(span);
                }
                end
            }
            b'(' | b'[' | b'{' => {
                depth += 1;
                at + 1
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            _ => at + 1,
        };
    }
    marks
}

/// The offset just past the three quotes that close what opens at `at`.
fn triple_end(bytes: &[u8], at: usize) -> usize {
    let close = [bytes[at]; 3];
    let mut index = at + 3;
    while index < bytes.len() {
        if bytes[index] == b'\\' {
            index += 2;
        } else if bytes[index..].starts_with(&close) {
            return index + 3;
        } else {
            index += 1;
        }
    }
    bytes.len()
}

/// Whether only blanks and a string prefix stand before `at` on its line, and the line before does not go on.
fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let lead = bytes[line..at].trim_ascii_start();
    let is_prefix = lead.len() <= 2 && lead.iter().all(|byte| b"rRuUbBfF".contains(byte));
    is_prefix && !bytes[..line].trim_ascii_end().ends_with(b"\\")
}
