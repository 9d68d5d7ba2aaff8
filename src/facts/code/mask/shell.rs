//! Shell: `#` at the start of a word, quotes, and here-documents, whose bodies are text.

use super::{Marks, line_end, past_quoted};
use crate::source::Span;

/// Comments and strings of a shell script.
pub(super) fn scan(text: &str) -> Marks {
    let bytes = text.as_bytes();
    let mut marks = Marks::default();
    // Words that end the here-documents which the current line opened.
    let mut pending: Vec<String> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = match bytes[at] {
            b'#' if at == 0 || b" \t\n;(&|".contains(&bytes[at - 1]) => {
                let end = line_end(bytes, at);
                marks.comments.push(Span::new(at, end));
                end
            }
            b'\\' => at + 2,
            b'\'' => {
                let end = memchr::memchr(b'\'', &bytes[at + 1..]).map_or(bytes.len(), |found| at + found + 2);
                marks.strings.push(Span::new(at, end));
                end
            }
            b'"' => {
                let end = past_quoted(bytes, at, true);
                marks.strings.push(Span::new(at, end));
                end
            }
            b'<' if bytes[at..].starts_with(b"<<") && !bytes[at..].starts_with(b"<<<") => match here_word(text, at + 2)
            {
                Some((word, end)) => {
                    pending.push(word);
                    end
                }
                None => at + 2,
            },
            b'\n' if !pending.is_empty() => {
                let end = past_here(text, at + 1, &pending);
                pending.clear();
                if end > at + 1 {
                    marks.strings.push(Span::new(at + 1, end));
                }
                end
            }
            _ => at + 1,
        };
    }
    marks
}

/// The word that ends a here-document, and the offset just past where it is named.
fn here_word(text: &str, at: usize) -> Option<(String, usize)> {
    let rest = text.get(at..)?;
    let trimmed = rest.trim_start_matches(['-', '~']).trim_start_matches([' ', '\t']);
    let lead = rest.len() - trimmed.len();
    let length = trimmed.find(|c: char| c.is_whitespace() || ";|&)<>".contains(c)).unwrap_or(trimmed.len());
    let word = trimmed[..length].trim_matches(['"', '\'', '\\']);
    let is_word = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    is_word.then(|| (word.to_owned(), at + lead + length))
}

/// The offset of the line end after the last of these words that stands alone on a line; where it began, if there is
/// no such line (`1 << x` in arithmetic).
fn past_here(text: &str, from: usize, words: &[String]) -> usize {
    let mut waiting = words.iter();
    let mut word = waiting.next();
    let mut at = from.min(text.len());
    for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        if word.is_some_and(|word| line.trim() == word) {
            word = waiting.next();
        }
        let ended = word.is_none();
        at += if ended { line.trim_end_matches('\n').len() } else { line.len() };
        if ended {
            return at;
        }
    }
    from
}
