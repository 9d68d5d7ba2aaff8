//! Ruby and Elixir: `#` outside strings, `=begin` … `=end`, and texts for people between `<<~MD` and `MD`.

use super::{Marks, line_end, past, past_quoted};
use crate::source::Span;
use std::ops::Range;

/// A quote that finds no partner within this many bytes is taken for an apostrophe.
const LONGEST_STRING: usize = 2000;

/// Tags of texts that people read: the description of a command, and no query and no page.
const PROSE: &[&str] = &["MD", "MARKDOWN", "TEXT", "TXT", "DOC", "DOCS", "DESC", "DESCRIPTION", "HELP", "USAGE"];

/// Comments and strings of Ruby.
pub(super) fn scan(text: &str) -> Marks {
    let bytes = text.as_bytes();
    let mut marks = Marks::default();
    let mut prose: Option<Range<usize>> = None;
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
            b'<' if bytes[at..].starts_with(b"<<") => {
                prose = text_for_people(text, at).or(prose);
                at + 2
            }
            // What stands behind the tag on its line is code.
            b'\n' if prose.as_ref().is_some_and(|prose| prose.start == at + 1) => {
                let end = prose.take().map_or(at + 1, |prose| prose.end);
                marks.comments.push(Span::new(at + 1, end));
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

/// The lines of the text that begins below `<<~MD` at `at`, up to its end mark.
fn text_for_people(text: &str, at: usize) -> Option<Range<usize>> {
    let head = text.get(at + 2..)?.trim_start_matches(['~', '-']).trim_start_matches(['"', '\'']);
    let tag = &head[..head.find(|letter: char| !letter.is_ascii_uppercase()).unwrap_or(head.len())];
    if !PROSE.contains(&tag) {
        return None;
    }
    let start = line_end(text.as_bytes(), at) + 1;
    let mut end = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        if line.trim() == tag {
            return Some(start..end);
        }
        end += line.len();
    }
    None
}
