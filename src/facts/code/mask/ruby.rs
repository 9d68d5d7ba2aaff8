//! Ruby and Elixir: `#` outside strings, and `=begin` … `=end`.

use super::{Marks, line_end, past, past_quoted};
use crate::source::Span;

/// A quote that finds no partner within this many bytes is taken for an apostrophe.
const LONGEST_STRING: usize = 2000;

/// Comments and strings of Ruby.
pub(super) fn scan(text: &str) -> Marks {
    let bytes = text.as_bytes();
    let mut marks = Marks::default();
    let mut at = 0;
    while at < bytes.len() {
        let at_line_start = at == 0 || bytes[at - 1] == b'\n';
        at = match bytes[at] {
            b'=' if at_line_start && bytes[at..].starts_with(b"=begin") => {
                let end = past(bytes, at, b"\n=end");
                marks.comments.push(Span::new(at, end));
                end
            }
            b'#' => {
                let end = line_end(bytes, at);
                marks.comments.push(Span::new(at, end));
                end
            }
            b'\\' => at + 2,
            b'?' if matches!(bytes.get(at + 1), Some(b'"' | b'\'' | b'#')) => at + 2,
            b'"' | b'\'' | b'`' => {
                let window = &bytes[..bytes.len().min(at + LONGEST_STRING)];
                let end = past_quoted(window, at, true);
                if end == window.len() && window.last() != Some(&bytes[at]) {
                    at + 1
                } else {
                    marks.strings.push(Span::new(at, end));
                    end
                }
            }
            _ => at + 1,
        };
    }
    marks
}
