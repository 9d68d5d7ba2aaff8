//! Texts of test code that are put together by `+`: `base + "/orders/" + id + "/status"`.

use super::outline::{Outline, unquoted};

/// The most parts of one text.
const MOST: usize = 12;

/// The text that begins with the string at an index, with `{}` for each part that is none, and the index of its last
/// string. What cannot be told apart from a part of its own, such as a query, ends it.
pub(super) fn from(outline: &Outline, index: usize) -> (String, usize) {
    let Some(first) = outline.strings.get(index) else { return (String::new(), index) };
    let mut text = unquoted(&outline.code[first.range()]).to_owned();
    let (mut last, mut at) = (index, first.end as usize);
    for _ in 0..MOST {
        let Some(part) = behind_a_plus(outline, at) else { break };
        let next = outline.strings.get(last + 1).filter(|next| next.start as usize == part);
        match next {
            Some(span) => {
                text.push_str(unquoted(&outline.code[span.range()]));
                (last, at) = (last + 1, span.end as usize);
            }
            None if text.ends_with(['/', '=', '-']) => {
                let end = end_of_operand(outline, part);
                // What a call is given may be the path: `"http://" + path.Join(host, "/orders")`.
                if outline.strings.get(last + 1).is_some_and(|next| (next.start as usize) < end) {
                    break;
                }
                text.push_str("{}");
                at = end;
            }
            None => break,
        }
    }
    (text, last)
}

/// Where the operand behind a `+` begins, if one follows.
fn behind_a_plus(outline: &Outline, at: usize) -> Option<usize> {
    let bytes = outline.bare.as_bytes();
    let plus = past_blanks(outline, at);
    (bytes.get(plus) == Some(&b'+') && !matches!(bytes.get(plus + 1), Some(b'+' | b'=')))
        .then(|| past_string_blanks(outline, plus + 1))
}

/// The next byte that is none; a string, whose inside is blank here, ends the search.
fn past_string_blanks(outline: &Outline, from: usize) -> usize {
    let next = outline.strings.partition_point(|span| (span.start as usize) < from);
    let limit = outline.strings.get(next).map_or(outline.bare.len(), |span| span.start as usize);
    past_blanks(outline, from).min(limit)
}

fn past_blanks(outline: &Outline, from: usize) -> usize {
    let blanks = outline.bare.as_bytes().iter().skip(from).take_while(|byte| byte.is_ascii_whitespace()).count();
    from + blanks
}

/// The end of a name, a field, a call or an index: `created.ID`, `strconv.Itoa(id)`.
fn end_of_operand(outline: &Outline, from: usize) -> usize {
    let bytes = outline.bare.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'(' | b'[' => match outline.partner(at) {
                Some(close) => at = close + 1,
                None => break,
            },
            b'.' | b'_' => at += 1,
            byte if byte.is_ascii_alphanumeric() => at += 1,
            _ => break,
        }
    }
    at
}
