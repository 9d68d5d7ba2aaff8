//! Texts: quoted strings with their escapes, triple quotes, heredocs and blocks after `|`.

use super::scan::Parser;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Kind, Value};
use std::borrow::Cow;

/// Reads a `"…"` or `'…'` that starts at an offset and ends on its line: its text and the offset just past it.
pub(super) fn quoted(text: &str, at: usize) -> Option<(Cow<'_, str>, usize)> {
    let end = quoted_end(text.as_bytes(), at)?;
    let inner = &text[at + 1..end - 1];
    Some((if text.as_bytes()[at] == b'"' { unescape(inner) } else { unescape_single(inner) }, end))
}

/// Offset just past the `"…"` or `'…'` that starts at an offset; `None` if it does not end on its line.
pub(super) fn quoted_end(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr3(quote, b'\\', b'\n', bytes.get(from..)?)?;
        match bytes[found] {
            b'\\' => from = found + 1 + usize::from(bytes.get(found + 1).is_some_and(|&next| next != b'\n')),
            b'\n' => return None,
            _ => return Some(found + 1),
        }
    }
}

/// [`quoted_end`] within brackets, where a string whose first line is empty may go on over lines:
/// `@graphql("` and the query below it.
pub(super) fn quoted_end_in_brackets(bytes: &[u8], at: usize) -> Option<usize> {
    if let Some(end) = quoted_end(bytes, at) {
        return Some(end);
    }
    let first_line = bytes[at + 1..].split(|&byte| byte == b'\n').next()?;
    if !first_line.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(bytes[at], b'\\', bytes.get(from..)?)?;
        if bytes[found] != b'\\' {
            return Some(found + 1);
        }
        from = found + 2;
    }
}

/// Text between `'`: only `\'` is an escape.
pub(super) fn unescape_single(text: &str) -> Cow<'_, str> {
    if text.contains("\\'") { Cow::Owned(text.replace("\\'", "'")) } else { Cow::Borrowed(text) }
}

/// Text between `"`, with its escapes read. An unknown escape stays as written.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = escape(rest).unwrap_or({
            // The backslash stays, and so does what follows it, whatever it is.
            ('\\', 1)
        });
        out.push(character);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of the escape that a text starts with, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let simple = |character| Some((character, 2));
    match bytes.get(1)? {
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'0' => simple('\0'),
        b'"' => simple('"'),
        b'\\' => simple('\\'),
        b'/' => simple('/'),
        b'$' => simple('$'),
        b'x' => Some((hex(text.get(2..4)?)?, 4)),
        b'u' if bytes.get(2) == Some(&b'{') => {
            let close = text.get(3..)?.bytes().take(7).position(|byte| byte == b'}')?;
            Some((hex(text.get(3..3 + close)?)?, close + 4))
        }
        b'u' => {
            let first = hex_number(text.get(2..6)?)?;
            if !(0xD800..0xDC00).contains(&first) {
                return Some((char::from_u32(first)?, 6));
            }
            // Beyond the first plane a character is written as two escapes.
            let second = text.get(6..8).filter(|start| *start == "\\u").and_then(|_| hex_number(text.get(8..12)?))?;
            let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
            Some((char::from_u32(0x10000 + ((first - 0xD800) << 10) + low)?, 12))
        }
        _ => None,
    }
}

fn hex(digits: &str) -> Option<char> {
    char::from_u32(hex_number(digits)?)
}

fn hex_number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// Lines with CRLF as LF.
fn lines(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

impl Parser<'_> {
    /// A quoted string, triple or not; the cursor stands at its quote.
    pub(super) fn string(&mut self) -> Value {
        let start = self.at;
        let quote = self.bytes[start];
        if self.starts(start, &[quote; 3]) {
            return self.triple();
        }
        if let Some((text, end)) = quoted(self.text, start) {
            self.at = end;
            return Value::new(Kind::Str(text.into_owned()), Span::new(start, end));
        }
        let quote = quote as char;
        self.error(
            start..start + 1,
            format!("this string is never closed; expected `{quote}` before the end of its line"),
        );
        self.rest_of_line(start, start + 1)
    }

    /// What is left of a line as a text, after an error.
    fn rest_of_line(&mut self, start: usize, content: usize) -> Value {
        self.at = self.line_end(start);
        let text = self.text[content..self.at].trim();
        Value::new(Kind::Str(text.to_owned()), Span::new(start, self.at))
    }

    fn triple(&mut self) -> Value {
        let start = self.at;
        let quotes = [self.bytes[start]; 3];
        let Some(close) = self.find(start + 3, &quotes) else {
            let quotes = String::from_utf8_lossy(&quotes).into_owned();
            self.error(start..start + 3, format!("this text is never closed; expected `{quotes}`"));
            return self.rest_of_line(start, start + 3);
        };
        self.at = close + 3;
        let inner = lines(&self.text[start + 3..close]).into_owned();
        Value::new(Kind::Str(between_lines(&inner).to_owned()), Span::new(start, self.at))
    }

    /// A heredoc at `<<`; `None` if it is none.
    pub(super) fn heredoc(&mut self) -> Option<Value> {
        let start = self.at;
        if !self.starts(start, b"<<") {
            return None;
        }
        let mut at = start + 2;
        if self.byte(at) == b'<' {
            at += 1;
            if self.is_line_end(at) {
                return Some(self.arrows(start, at));
            }
        }
        let quote = Some(self.byte(at)).filter(|byte| matches!(byte, b'"' | b'\''));
        at += usize::from(quote.is_some());
        let end = self.name_end(at);
        let after = end + usize::from(quote.is_some());
        if end == at || quote.is_some_and(|quote| self.byte(end) != quote) || !self.is_line_end(after) {
            return None;
        }
        let tag = &self.bytes[at..end];
        let first = self.line_end(after) + 1;
        let mut from = first;
        while let Some(found) = self.find(from, tag) {
            let mut line = found;
            while line > first && matches!(self.bytes[line - 1], b' ' | b'\t') {
                line -= 1;
            }
            let past = found + tag.len();
            let ends = self.is_line_end(past) || (matches!(self.byte(past), b';' | b',') && self.is_line_end(past + 1));
            if (line == first || self.bytes[line - 1] == b'\n') && ends {
                self.at = past;
                let text = lines(&self.text[first..line.max(first + 1) - 1]).trim_end_matches('\r').to_owned();
                return Some(Value::new(Kind::Str(text), Span::new(start, past)));
            }
            // The tag stands here and ends nothing: this stretch was looked through in vain.
            self.waste(past - from);
            from = past;
        }
        let tag = String::from_utf8_lossy(tag).into_owned();
        self.error(start..end, format!("this text is never closed; expected a line with `{tag}`"));
        Some(self.rest_of_line(start, after))
    }

    /// `<<<` … `>>>`, dedented.
    fn arrows(&mut self, start: usize, after: usize) -> Value {
        let Some(close) = self.find(after, b">>>") else {
            self.error(start..after, "this text is never closed; expected `>>>`");
            return self.rest_of_line(start, after);
        };
        self.at = close + 3;
        let inner = lines(&self.text[after..close]).into_owned();
        Value::new(Kind::Str(dedent(between_lines(&inner))), Span::new(start, self.at))
    }

    /// The lines under a `|` that stand to the right of the key.
    pub(super) fn block(&mut self) -> Value {
        let start = self.at;
        let mut end = self.line_end(start);
        let first = end;
        let mut next = end + 1;
        while next < self.bytes.len() {
            let word = self.skip_blanks(next);
            let line_end = self.line_end(next);
            if word < line_end {
                if self.column(next, word) <= self.base {
                    break;
                }
                end = line_end;
            }
            next = line_end + 1;
        }
        self.at = end;
        if end == first {
            self.report(
                Diagnostic::warning(Span::new(start, start + 1), "no text follows this `|`")
                    .help("indent the text's lines deeper than the key"),
            );
            return Value::new(Kind::Str(String::new()), Span::new(start, start + 1));
        }
        let text = lines(&self.text[first + 1..end]).into_owned();
        Value::new(Kind::Str(dedent(text.trim_end_matches('\r'))), Span::new(start, end))
    }
}

/// Without the line end right after the opening and the blanks of the last line.
fn between_lines(text: &str) -> &str {
    let text = text.trim_start_matches([' ', '\t']).strip_prefix('\n').unwrap_or(text);
    match text.rfind('\n') {
        Some(last) if text[last..].trim().is_empty() => &text[..last],
        None if text.trim().is_empty() => "",
        _ => text,
    }
}

/// Without the blanks that all lines begin with.
fn dedent(text: &str) -> String {
    let margin = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = text.lines().filter(|line| !line.trim().is_empty()).map(margin).min().unwrap_or(0);
    let lines: Vec<&str> = text.split('\n').map(|line| line.get(common..).unwrap_or("")).collect();
    lines.join("\n")
}
