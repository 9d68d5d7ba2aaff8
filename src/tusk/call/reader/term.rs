//! Arguments and the terms that `|` joins in them: strings, patterns, words, numbers, references, lists, calls.

use super::super::{Argument, Term, TermKind};
use super::{Read, Reader};
use crate::diagnostic::Diagnostic;
use crate::tusk::{text, values};
use crate::value::Kind;

impl Reader<'_> {
    pub(super) fn argument(&mut self) -> Read<Argument> {
        let start = self.at;
        let mut terms = vec![self.term()?];
        let mut end = self.at;
        loop {
            self.blanks();
            if self.byte() != b'|' {
                break;
            }
            self.at += 1;
            self.blanks();
            terms.push(self.term()?);
            end = self.at;
        }
        self.at = end;
        Ok(Argument { terms, span: self.span(start, end) })
    }

    pub(super) fn term(&mut self) -> Read<Term> {
        let start = self.at;
        let kind = match self.byte() {
            b'"' | b'\'' => TermKind::Text(self.quoted()?),
            b'~' => TermKind::Pattern(self.pattern()?),
            b'$' => {
                self.at += 1;
                TermKind::Ref(self.path("a name after `$`")?.to_owned())
            }
            b'@' => TermKind::Query(Box::new(self.query()?)),
            b'[' => TermKind::List(self.list()?),
            _ => self.word()?,
        };
        Ok(Term { kind, span: self.span(start, self.at) })
    }

    fn list(&mut self) -> Read<Vec<Argument>> {
        let open = self.at;
        self.deeper(open)?;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.byte() == b']' {
                self.at += 1;
                self.depth -= 1;
                return Ok(items);
            }
            items.push(self.argument()?);
            self.separator(open, b']')?;
        }
    }

    pub(super) fn quoted(&mut self) -> Read<String> {
        let start = self.at;
        let Some(end) = text::quoted_end_in_brackets(self.bytes, start) else {
            return Err(self.unclosed_string(start));
        };
        self.at = end;
        let inner = &self.text[start + 1..end - 1];
        let text = if self.bytes[start] == b'"' { text::unescape(inner) } else { text::unescape_single(inner) };
        Ok(text.into_owned())
    }

    fn pattern(&mut self) -> Read<String> {
        self.at += 1;
        let start = self.at;
        if !matches!(self.byte(), b'"' | b'\'') {
            return self.expected("a quoted regular expression after `~`");
        }
        let Some(end) = text::quoted_end(self.bytes, start) else { return Err(self.unclosed_string(start)) };
        self.at = end;
        let inner = &self.text[start + 1..end - 1];
        Ok(if self.bytes[start] == b'"' { unescape_pattern(inner) } else { inner.replace("\\'", "'") })
    }

    fn unclosed_string(&self, start: usize) -> Diagnostic {
        let quote = self.bytes[start] as char;
        let message = format!("this string is never closed; expected `{quote}` before the end of its line");
        Diagnostic::error(self.span(start, start + 1), message)
    }

    /// A bare word, a number or a boolean.
    fn word(&mut self) -> Read<TermKind> {
        let start = self.at;
        let ends = |at: usize| match self.bytes.get(at) {
            None | Some(b',' | b'|' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'\'' | b'=') => true,
            Some(b':') => self.is_blank(at + 1),
            Some(byte) => byte.is_ascii_whitespace() || byte.is_ascii_control(),
        };
        let mut end = start;
        while !ends(end) {
            end += 1;
        }
        if end == start {
            return self.expected("an argument: a string, a number, a word, `$name`, `~\"regex\"`, a list or a call");
        }
        self.at = end;
        let word = &self.text[start..end];
        Ok(match word {
            "true" => TermKind::Bool(true),
            "false" => TermKind::Bool(false),
            _ => match values::number(word) {
                Some(Kind::Int(number)) => TermKind::Number(number as f64),
                Some(Kind::Float(number)) => TermKind::Number(number),
                _ => TermKind::Word(word.to_owned()),
            },
        })
    }
}

/// A regular expression between `"`: `\\` and `\"` are escapes, the rest belongs to it.
fn unescape_pattern(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some(&next @ ('\\' | '"'))) => {
                characters.next();
                out.push(next);
            }
            ('\\', Some(&next)) => {
                characters.next();
                out.extend(['\\', next]);
            }
            _ => out.push(character),
        }
    }
    out
}
