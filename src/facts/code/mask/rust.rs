//! Rust: nested block comments, raw strings, byte strings, and lifetimes that are no characters.

use super::{Marks, line_end, past, past_block, past_quoted};
use crate::source::Span;

/// Comments and strings of Rust.
pub(super) fn scan(text: &str) -> Marks {
    let bytes = text.as_bytes();
    let mut marks = Marks::default();
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'/', b'"', b'\'', &bytes[at..]) {
        let start = at + found;
        at = match (bytes[start], bytes.get(start + 1)) {
            (b'/', Some(b'/')) => comment(&mut marks, start, line_end(bytes, start)),
            (b'/', Some(b'*')) => comment(&mut marks, start, past_block(bytes, start, true)),
            (b'"', _) => {
                let (open, end) = string(bytes, start);
                marks.strings.push(Span::new(open, end));
                end
            }
            (b'\'', _) => match character(text, start) {
                Some(end) => {
                    marks.strings.push(Span::new(start, end));
                    end
                }
                None => start + 1,
            },
            _ => start + 1,
        };
    }
    marks
}

fn comment(marks: &mut Marks, start: usize, end: usize) -> usize {
    marks.comments.push(Span::new(start, end));
    end
}

/// A string whose quote stands at `quote`: where it opens (its `r##` belongs to it) and where it ends.
fn string(bytes: &[u8], quote: usize) -> (usize, usize) {
    let hashes = bytes[..quote].iter().rev().take(255).take_while(|&&byte| byte == b'#').count();
    let before = quote - hashes;
    let is_raw = before > 0 && bytes[before - 1] == b'r' && {
        let prefix = before - 1;
        let at = if prefix > 0 && matches!(bytes[prefix - 1], b'b' | b'c') { prefix - 1 } else { prefix };
        at == 0 || !is_word(bytes[at - 1])
    };
    if !is_raw {
        return (quote, past_quoted(bytes, quote, true));
    }
    let mut close = vec![b'"'];
    close.extend(std::iter::repeat_n(b'#', hashes));
    (before - 1, past(bytes, quote + 1, &close))
}

/// Where the character literal that opens at `quote` ends; `None` for a lifetime or a label.
fn character(text: &str, quote: usize) -> Option<usize> {
    let rest = text.get(quote + 1..)?;
    let first = rest.chars().next()?;
    if first == '\\' {
        let close = rest.bytes().skip(2).take(12).position(|byte| byte == b'\'')?;
        return Some(quote + 1 + 2 + close + 1);
    }
    let after = first.len_utf8();
    (rest.as_bytes().get(after) == Some(&b'\'')).then_some(quote + 1 + after + 1)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
