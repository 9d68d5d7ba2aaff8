//! Keys: how they are read, what may follow them, and where their values go.

use super::scan::{Parser, is_name_start};
use super::{document, text};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use std::borrow::Cow;

/// A key with its dots.
pub(super) struct Key<'t> {
    pub(super) first: (Cow<'t, str>, Span),
    pub(super) rest: Vec<(Cow<'t, str>, Span)>,
    pub(super) end: usize,
}

/// What stands after a key.
pub(super) enum Follows {
    /// `:` or `=`, and where the value may start.
    Value(usize),
    /// `{`.
    Brace(usize),
    /// `>` at the end of the line.
    Angle(usize),
}

impl<'t> Parser<'t> {
    pub(super) fn put(&mut self, map: &mut Map, key: Key<'t>, value: Value) {
        let whole = key.first.1.to(value.span);
        let mut target = map;
        let (mut name, mut span) = key.first;
        for next in key.rest {
            let implied = || Field { key: span, value: Value::new(Kind::Map(Map::default()), whole) };
            let field = target.or_insert_with(name.as_ref(), implied);
            let place = field.key;
            let Kind::Map(inner) = &mut field.value.kind else {
                let message = format!("key `{name}` holds a value already and can hold no other keys");
                self.report(Diagnostic::error(span, message).and(place, "it stands here"));
                return;
            };
            target = inner;
            (name, span) = next;
        }
        document::insert(target, name.into(), Field { key: span, value }, &mut self.diagnostics);
    }

    /// Reads a key at an offset, without moving.
    pub(super) fn key(&self, at: usize) -> Option<Key<'t>> {
        let first = self.key_part(at, true)?;
        let mut end = first.1.end as usize;
        let mut rest = Vec::new();
        while self.byte(end) == b'.' {
            let Some(part) = self.key_part(end + 1, false) else { break };
            end = part.1.end as usize;
            rest.push(part);
        }
        Some(Key { first, rest, end })
    }

    fn key_part(&self, at: usize, first: bool) -> Option<(Cow<'t, str>, Span)> {
        let byte = self.byte(at);
        if byte == b'"' || byte == b'\'' {
            let (text, end) = text::quoted(self.text, at)?;
            return Some((text, Span::new(at, end)));
        }
        let name = if byte == b'$' && first { at + 1 } else { at };
        if !(is_name_start(self.byte(name)) || (byte != b'$' && byte.is_ascii_digit())) {
            return None;
        }
        let end = self.name_end(name);
        Some((Cow::Borrowed(&self.text[at..end]), Span::new(at, end)))
    }

    pub(super) fn follows(&self, key: &Key<'t>) -> Option<Follows> {
        let at = self.skip_blanks(key.end);
        let next = self.byte(at + 1);
        match self.byte(at) {
            b':' if next != b':' && !self.starts(at + 1, b"//") => Some(Follows::Value(at + 1)),
            b'=' if !matches!(next, b'=' | b'>' | b'~') => Some(Follows::Value(at + 1)),
            b'{' => Some(Follows::Brace(at)),
            b'>' if self.is_line_end(at + 1) => Some(Follows::Angle(at)),
            _ => None,
        }
    }

    /// Whether a pair or a block begins at an offset. `spaced` asks for a blank after the `:`, to tell it from `12:30`.
    pub(super) fn is_pair(&self, at: usize, spaced: bool) -> bool {
        let Some(key) = self.key(at) else { return false };
        match self.follows(&key) {
            Some(Follows::Value(value)) if spaced => matches!(self.byte(value), b' ' | b'\t' | b'\r' | b'\n'),
            Some(Follows::Angle(_)) => !spaced,
            follows => follows.is_some(),
        }
    }
}
