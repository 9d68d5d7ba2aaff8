//! What stands below or within a statement: blocks by indentation, by braces and by angles, dash lists.

use super::MAX_DEPTH;
use super::document::STATEMENTS;
use super::scan::{Inside, Parser};
use super::statements::Until;
use crate::source::Span;
use crate::value::{Kind, Map, Value};

impl Parser<'_> {
    /// The value after `:` or `=`.
    pub(super) fn pair_value(&mut self) -> Value {
        let after = self.at;
        self.at = self.skip_blanks(after);
        if self.is_line_end(self.at) {
            self.content = after;
            let base = self.base;
            return self.nested(base, base).unwrap_or_else(|| Value::new(Kind::Null, Span::new(after, after)));
        }
        let byte = self.byte(self.at);
        let empty = match self.inside {
            Inside::Brace => matches!(byte, b',' | b';' | b'}'),
            Inside::Line | Inside::Array => matches!(byte, b',' | b';') && self.is_line_end(self.at + 1),
        };
        if empty { Value::new(Kind::Null, Span::new(after, after)) } else { self.value() }
    }

    /// What stands on the lines under a key or a dash: a dash list from column `dashes` on, or a block to the right of
    /// `parent`.
    fn nested(&mut self, parent: usize, dashes: usize) -> Option<Value> {
        self.trivia();
        if self.is_end() || !self.fresh {
            return None;
        }
        let here = self.here();
        if here >= dashes && self.is_dash(self.at) {
            return self.deeper(parent, |parser| parser.dash_list(dashes));
        }
        let closes = self.bytes[self.at] == b'}' || (self.bytes[self.at] == b'<' && self.is_line_end(self.at + 1));
        if here <= parent || closes {
            return None;
        }
        self.deeper(parent, |parser| {
            let body = parser.body(Until::Column(parent), None);
            Value::new(Kind::Map(body.map), body.span)
        })
    }

    /// One level deeper by indentation; too deep, the lines of the block are left out and reported as one.
    fn deeper(&mut self, parent: usize, read: impl FnOnce(&mut Self) -> Value) -> Option<Value> {
        // The key or the dash that this stands under is a level of its own.
        if self.depth + 1 >= MAX_DEPTH {
            self.too_deep(self.at..self.at + 1);
        } else if self.enter(self.at) {
            let base = self.base;
            let value = read(self);
            self.base = base;
            self.depth -= 1;
            return Some(value);
        }
        self.abandoned = false;
        while !self.is_end() && self.fresh && self.here() > parent {
            self.next_line();
            self.trivia();
        }
        None
    }

    fn dash_list(&mut self, dashes: usize) -> Value {
        let start = self.at;
        let column = self.here();
        let mut items = Vec::new();
        loop {
            let here = self.here();
            if here != column {
                let message = format!("expected this `-` at column {} as those before it", column + 1);
                self.error(self.line..self.at, message);
            }
            let item = self.dash_item(here);
            items.push(item);
            if self.abandoned {
                break;
            }
            self.finish();
            self.trivia();
            if self.is_end() || !self.fresh || !self.is_dash(self.at) || self.here() < dashes {
                break;
            }
        }
        Value::new(Kind::List(items), Span::new(start, self.content.max(start)))
    }

    fn dash_item(&mut self, dash: usize) -> Value {
        self.fresh = false;
        self.base = dash;
        let after = self.at + 1;
        self.content = after;
        self.at = self.skip_blanks(after);
        if self.is_line_end(self.at) {
            return self.nested(dash, dash + 1).unwrap_or_else(|| Value::new(Kind::Null, Span::new(after, after)));
        }
        if self.is_pair(self.at, false) {
            let column = self.here();
            self.base = column;
            let item = self.deeper(dash, |parser| {
                let body = parser.body(Until::Column(dash), Some(column));
                Value::new(Kind::Map(body.map), body.span)
            });
            return item.unwrap_or_else(|| Value::new(Kind::Null, Span::new(after, after)));
        }
        self.value()
    }

    /// Whether a list entry begins at this `-`.
    pub(super) fn is_dash(&self, at: usize) -> bool {
        self.byte(at) == b'-' && matches!(self.byte(at + 1), b' ' | b'\t' | b'\r' | b'\n')
    }

    pub(super) fn stray_dash(&mut self, map: &mut Map) {
        let end = self.line_end(self.at);
        self.error(self.at..self.at + 1, "a list entry must stand under a key with `:`");
        self.keep(
            map,
            STATEMENTS,
            Value::new(Kind::Str(self.text[self.at..end].trim().to_owned()), Span::new(self.at, end)),
        );
        self.at = end;
    }

    /// `{ … }` as a map; the cursor stands at the `{`.
    pub(super) fn braces(&mut self) -> Value {
        let open = self.at;
        self.at += 1;
        if !self.enter(open) {
            return Value::new(Kind::Null, Span::new(open, open + 1));
        }
        let inside = std::mem::replace(&mut self.inside, Inside::Brace);
        let base = self.base;
        self.braces += 1;
        self.fresh = false;
        let body = self.body(Until::Brace(open), None);
        self.braces -= 1;
        self.base = base;
        self.inside = inside;
        self.depth -= 1;
        Value::new(Kind::Map(body.map), Span::new(open, self.at.max(open + 1)))
    }

    /// `name > … <`; the cursor stands at the `>`.
    pub(super) fn angles(&mut self) -> Value {
        let open = self.at;
        self.at += 1;
        if !self.enter(open) {
            return Value::new(Kind::Null, Span::new(open, open + 1));
        }
        let inside = std::mem::replace(&mut self.inside, Inside::Line);
        self.angles += 1;
        let body = self.body(Until::Angle(open), None);
        self.angles -= 1;
        self.inside = inside;
        self.depth -= 1;
        Value::new(Kind::Map(body.map), Span::new(open, self.at.max(open + 1)))
    }
}
