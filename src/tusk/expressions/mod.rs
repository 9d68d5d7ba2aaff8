//! Unquoted text: where it ends, and whether it is a literal, an expression or a word. Nothing is evaluated.

mod kind;

pub(super) use kind::expression_kind;

use super::scan::{Inside, Parser, is_name};
use super::{MAX_DEPTH, text, values};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Kind, Value};

/// Why a raw text could not be followed to its end.
enum Broken {
    /// This bracket is never closed.
    Open(usize),
    /// This closer does not fit the bracket that is open.
    Mismatch(usize, u8),
    /// This string is never closed on its line.
    Quote(usize),
    /// Here it nests too deep.
    Deep(usize),
}

impl Parser<'_> {
    /// Unquoted text from `start` to the end of its line, or to what ends its container.
    pub(super) fn expression(&mut self, start: usize) -> Value {
        let end = match self.raw_end(start) {
            Ok(end) => end,
            Err(broken) => return self.broken(start, &broken),
        };
        self.at = end;
        let raw = &self.text[start..end];
        let span = Span::new(start, end);
        if asks_for_more(raw.as_bytes()) {
            self.error(end - 1..end, "expected something after this operator");
        }
        match literal(raw) {
            Some(kind) => Value::new(kind, span),
            None => match expression_kind(raw).filter(|_| !raw.starts_with('#')) {
                Some(kind) => Value::new(Kind::expression(raw, kind), span),
                None => self.word(raw, span),
            },
        }
    }

    /// A bare word; one that begins with a whole quoted string has something too much behind it.
    fn word(&mut self, raw: &str, span: Span) -> Value {
        let start = span.start as usize;
        if raw.starts_with(['"', '\''])
            && let Some((inner, end)) = text::quoted(self.text, start)
        {
            let rest = self.skip_blanks(end);
            self.error(
                rest..(span.end as usize).max(rest),
                "expected the end of the line or an operator after this string",
            );
            return Value::new(Kind::Str(inner.into_owned()), Span::new(start, end));
        }
        Value::new(Kind::Str(raw.to_owned()), span)
    }

    /// Reports why a text could not be read, and reads its first line as a word.
    fn broken(&mut self, start: usize, broken: &Broken) -> Value {
        match *broken {
            Broken::Open(open) => {
                let closer = closer_of(self.bytes[open]) as char;
                let message = format!("this `{}` is never closed; expected `{closer}`", self.bytes[open] as char);
                self.error(open..open + 1, message);
            }
            Broken::Mismatch(at, expected) => {
                self.error(
                    at..at + 1,
                    format!("expected `{}` before this `{}`", expected as char, self.bytes[at] as char),
                );
            }
            Broken::Quote(at) => {
                self.error(at..at + 1, "this string is never closed; expected `\"` before the end of its line");
            }
            Broken::Deep(at) => {
                self.report(Diagnostic::error(
                    Span::new(at, at + 1),
                    format!("this nests more than {MAX_DEPTH} levels deep"),
                ));
            }
        }
        let end = self.line_end(start);
        self.at = end;
        let raw = self.text[start..end].trim_end();
        Value::new(Kind::Str(raw.to_owned()), Span::new(start, start + raw.len()))
    }

    /// Offset just past the last byte of the unquoted text that starts at an offset.
    fn raw_end(&mut self, start: usize) -> Result<usize, Broken> {
        let mut open: Vec<usize> = Vec::new();
        let mut at = start;
        let mut last = start;
        while at < self.bytes.len() {
            let byte = self.bytes[at];
            match byte {
                b' ' | b'\t' | b'\r' => {
                    at += 1;
                    continue;
                }
                b'\n' => match self.over_line(at, start, last, &open)? {
                    Some(next) => {
                        at = next;
                        continue;
                    }
                    None => break,
                },
                b'#' if at > start && self.is_blank_before(at) => {
                    at = self.line_end(at);
                    continue;
                }
                b'"' | b'\'' if byte == b'"' || at == start || !is_name(self.bytes[at - 1]) => {
                    at = self.over_quote(at, &open)?;
                    last = at;
                    continue;
                }
                b'(' | b'[' | b'{' => {
                    if open.len() >= MAX_DEPTH {
                        return Err(Broken::Deep(at));
                    }
                    open.push(at);
                }
                b')' | b']' | b'}' => match open.last() {
                    Some(&bracket) if closer_of(self.bytes[bracket]) == byte => {
                        open.pop();
                    }
                    Some(&bracket) => return Err(Broken::Mismatch(at, closer_of(self.bytes[bracket]))),
                    None if self.closes_container(byte) => break,
                    None => {}
                },
                b',' if open.is_empty() && (self.inside != Inside::Line || self.is_line_end(at + 1)) => break,
                b';' if open.is_empty() && self.ends_at_semicolon(at) => {
                    // `a; ;`: nothing stands between the two.
                    while last > start && matches!(self.bytes[last - 1], b';' | b' ' | b'\t' | b'\r') {
                        last -= 1;
                    }
                    break;
                }
                _ => {}
            }
            at += 1;
            last = at;
        }
        match open.first() {
            Some(&bracket) => {
                self.waste(at - start);
                Err(Broken::Open(bracket))
            }
            None => Ok(last),
        }
    }

    fn closes_container(&self, byte: u8) -> bool {
        match self.inside {
            Inside::Brace => byte == b'}',
            Inside::Array => byte == b']',
            Inside::Line => byte == b'}' && self.braces > 0,
        }
    }

    /// Just past the string that starts at a quote within unquoted text. An apostrophe may be just that.
    fn over_quote(&mut self, at: usize, open: &[usize]) -> Result<usize, Broken> {
        let quote = self.bytes[at];
        if self.starts(at, &[quote; 3]) {
            return match self.find(at + 3, &[quote; 3]) {
                Some(close) => Ok(close + 3),
                None => Err(Broken::Quote(at)),
            };
        }
        if let Some(end) = text::quoted_end(self.bytes, at) {
            return Ok(end);
        }
        if !open.is_empty() && self.may_look() {
            if let Some(end) = text::quoted_end_in_brackets(self.bytes, at) {
                return Ok(end);
            }
            self.waste(self.bytes.len() - at);
        }
        match quote {
            b'\'' if open.is_empty() => Ok(at + 1),
            _ => Err(Broken::Quote(at)),
        }
    }

    /// Where unquoted text goes on after the line end at an offset; `None` if it ends there.
    fn over_line(
        &mut self,
        line_end: usize,
        start: usize,
        last: usize,
        open: &[usize],
    ) -> Result<Option<usize>, Broken> {
        if let Some(&bracket) = open.last() {
            let next = self.skip_blanks(line_end + 1);
            if !self.may_look() || self.leaves_bracket(line_end + 1, next, bracket) {
                self.waste(next - start);
                return Err(Broken::Open(bracket));
            }
            let is_comment = self.byte(next) == b'#' || self.starts(next, b"//");
            return Ok(Some(if is_comment { self.line_end(next) } else { next }));
        }
        let goes_on = asks_for_more(&self.bytes[start..last]) || self.goes_on(line_end);
        if !goes_on {
            return Ok(None);
        }
        let mut next = self.skip_blanks(line_end + 1);
        while self.byte(next) == b'#' && next < self.bytes.len() {
            next = self.skip_blanks((self.line_end(next) + 1).min(self.bytes.len()));
        }
        Ok((next < self.bytes.len() && self.bytes[next] != b'\n').then_some(next))
    }

    /// Whether a line cannot belong to an open bracket: a section, or a pair at or left of the statement's own column
    /// where no `{` is open.
    fn leaves_bracket(&self, line: usize, at: usize, bracket: usize) -> bool {
        match self.byte(at) {
            b'[' => {
                self.column(line, at) == 0
                    && self.is_header(at)
                    && !matches!(self.bytes[self.before(line)], b',' | b'(' | b'[')
            }
            _ => {
                self.bytes[bracket] != b'{'
                    && self.inside == Inside::Line
                    && self.column(line, at) <= self.base
                    && self.is_pair(at, true)
            }
        }
    }

    /// Offset of the last byte before `at` that is no blank and no line end.
    fn before(&self, at: usize) -> usize {
        let mut before = at.saturating_sub(1);
        while before > 0 && self.bytes[before].is_ascii_whitespace() {
            before -= 1;
        }
        before
    }
}

fn closer_of(bracket: u8) -> u8 {
    match bracket {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

/// Whether a text ends with an operator, so that the next line belongs to it.
fn asks_for_more(text: &[u8]) -> bool {
    let spaced = |length: usize| {
        text.len() > length
            && !is_name(text[text.len() - length - 1])
            && text[text.len() - length - 1] != text[text.len() - 1]
    };
    match text {
        [.., b'|', b'|'] | [.., b'&', b'&'] | [.., b'?', b'?'] | [.., b'\\'] => true,
        [.., b'+' | b'?'] => spaced(1),
        _ => false,
    }
}

/// `null`, a boolean, a number or a range.
fn literal(raw: &str) -> Option<Kind> {
    match raw {
        "null" => Some(Kind::Null),
        "true" => Some(Kind::Bool(true)),
        "false" => Some(Kind::Bool(false)),
        _ if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
            values::number(raw).or_else(|| values::range(raw))
        }
        _ => None,
    }
}
