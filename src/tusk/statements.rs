//! Statements: sections, pairs, blocks by braces, by angles and by indentation, dash lists, directives.

use super::document::{self, DIRECTIVES, Document, STATEMENTS, Section};
use super::scan::{Inside, Parser, is_name_start};
use super::{MAX_DEPTH, text};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use std::borrow::Cow;

/// What ends a body.
#[derive(Clone, Copy)]
pub(super) enum Until {
    /// The next section header.
    Header,
    /// The `}` of the `{` at this offset.
    Brace(usize),
    /// The `<` of the `>` at this offset.
    Angle(usize),
    /// A line that does not stand to the right of this column.
    Column(usize),
}

/// What a body reads as.
struct Body {
    map: Map,
    /// Where it starts and where its last statement ends.
    span: Span,
    /// The header that ended it.
    header: Option<Header>,
}

type Part = (String, Span);

struct Header {
    path: Vec<Part>,
    span: Span,
}

/// A key with its dots.
struct Key<'t> {
    first: (Cow<'t, str>, Span),
    rest: Vec<(Cow<'t, str>, Span)>,
    end: usize,
}

/// What stands after a key.
enum Follows {
    /// `:` or `=`, and where the value may start.
    Value(usize),
    /// `{`.
    Brace(usize),
    /// `>` at the end of the line.
    Angle(usize),
}

impl<'t> Parser<'t> {
    pub(super) fn document(&mut self) -> Document {
        let body = self.body(Until::Header, None);
        let mut document = Document { root: body.map, sections: Vec::new() };
        let mut next = body.header;
        while let Some(header) = next {
            let body = self.body(Until::Header, None);
            document.sections.push(Section { path: header.path, span: header.span, body: body.map });
            next = body.header;
        }
        document
    }

    /// Reads statements up to what ends them. `column` is where the first one stands, when it stands in mid-line.
    fn body(&mut self, until: Until, mut column: Option<usize>) -> Body {
        let mut body = Body { map: Map::new(), span: Span::new(self.at, self.at), header: None };
        loop {
            self.trivia();
            if self.is_end() {
                self.unclosed(until);
                break;
            }
            if self.at_header(until) {
                if !matches!(until, Until::Header) {
                    self.unclosed(until);
                    break;
                }
                body.header = self.header();
                if body.header.is_some() {
                    break;
                }
                continue;
            }
            match self.closer(until) {
                Closer::Ends => break,
                Closer::Stray => continue,
                Closer::None => {}
            }
            if self.fresh {
                let here = self.here();
                if matches!(until, Until::Column(parent) if here <= parent) {
                    break;
                }
                self.indentation(until, &mut column, here);
                self.base = here;
            }
            if matches!(until, Until::Header) {
                self.top = self.at;
            }
            if body.map.is_empty() {
                body.span.start = self.at as u32;
            }
            self.statement(&mut body.map);
            if self.abandoned {
                if self.inside == Inside::Line && self.braces == 0 && self.angles == 0 {
                    self.abandoned = false;
                    self.next_line();
                    continue;
                }
                break;
            }
            self.finish();
            body.span.end = self.content as u32;
        }
        body
    }

    fn unclosed(&mut self, until: Until) {
        match until {
            Until::Brace(open) => self.error(open..open + 1, "this `{` is never closed; expected `}`"),
            Until::Angle(open) => self.error(open..open + 1, "this `>` is never closed; expected a line with `<`"),
            Until::Header | Until::Column(_) => {}
        }
    }

    /// Whether what stands at the cursor begins a section, or means to; within braces only what certainly does.
    fn at_header(&self, until: Until) -> bool {
        if !self.fresh || self.bytes[self.at] != b'[' {
            return false;
        }
        match until {
            Until::Header => self.here() == 0 || self.is_header(self.at),
            Until::Brace(_) | Until::Angle(_) => self.here() == 0 && self.is_header(self.at),
            Until::Column(_) => false,
        }
    }

    /// Handles `}` and a lone `<`.
    fn closer(&mut self, until: Until) -> Closer {
        let at = self.at;
        let what = match self.bytes[at] {
            b'}' => "}",
            b'<' if self.fresh && self.is_line_end(at + 1) => "<",
            _ => return Closer::None,
        };
        match (until, what) {
            (Until::Brace(_), "}") | (Until::Angle(_), "<") => {
                self.at += 1;
                self.fresh = false;
                Closer::Ends
            }
            (Until::Column(_), _) => Closer::Ends,
            (_, "}") if self.braces > 0 => {
                self.unclosed(until);
                Closer::Ends
            }
            (_, "<") if self.angles > 0 => {
                self.unclosed(until);
                Closer::Ends
            }
            _ => {
                self.is_strange(at);
                self.error(at..at + 1, format!("nothing is open that this `{what}` could close"));
                self.at += 1;
                self.fresh = false;
                Closer::Stray
            }
        }
    }

    /// Reports a line that stands at another column than its siblings.
    fn indentation(&mut self, until: Until, column: &mut Option<usize>, here: usize) {
        let expected = *column.get_or_insert(here);
        let span = Span::new(self.line, self.at);
        match until {
            Until::Header if here > expected => self.report(Diagnostic::warning(
                span,
                "this line stands further right than the one that it follows, and is read as its sibling",
            )),
            Until::Header => *column = Some(here),
            Until::Column(_) if here != expected => self.report(Diagnostic::error(
                span,
                format!("expected {expected} columns of indentation as in the lines before, found {here}"),
            )),
            Until::Column(_) | Until::Brace(_) | Until::Angle(_) => {}
        }
    }

    /// Reads `[name.name]`; `None` when it is none, which is reported.
    fn header(&mut self) -> Option<Header> {
        let open = self.at;
        if self.here() != 0 {
            self.error(self.line..open, "a section header must stand at the start of its line");
        }
        let mut path = Vec::new();
        let mut at = self.skip_blanks(open + 1);
        loop {
            let Some((part, end)) = self.header_part(at) else {
                let found = at..at + self.text[at..].chars().next().map_or(0, char::len_utf8);
                self.is_strange(open);
                self.error(found, "expected a section name: letters, digits, `_`, `-`, with dots between");
                self.next_line();
                return None;
            };
            path.push(part);
            at = self.skip_blanks(end);
            match self.byte(at) {
                b'.' if path.len() < MAX_DEPTH => at = self.skip_blanks(at + 1),
                b']' => break,
                _ => {
                    self.is_strange(open);
                    self.error(at..at + 1, "expected `.` or `]` in this section header");
                    self.next_line();
                    return None;
                }
            }
        }
        at += 1;
        let span = Span::new(open, at);
        if self.byte(at) == b';' {
            at += 1;
        }
        if !self.is_line_end(at) {
            let end = self.line_end(at);
            self.error(at..end, "expected the end of the line after a section header");
        }
        self.at = at;
        self.next_line();
        Some(Header { path, span })
    }

    fn header_part(&self, at: usize) -> Option<(Part, usize)> {
        match self.byte(at) {
            b'*' => Some((("*".to_owned(), Span::new(at, at + 1)), at + 1)),
            b'"' | b'\'' => {
                let (value, end) = text::quoted(self.text, at)?;
                Some(((value.into_owned(), Span::new(at, end)), end))
            }
            _ => {
                let end = self.name_end(at);
                (end > at).then(|| ((self.text[at..end].to_owned(), Span::new(at, end)), end))
            }
        }
    }

    /// Reads one statement into the map.
    fn statement(&mut self, map: &mut Map) {
        let fresh = std::mem::replace(&mut self.fresh, false);
        match self.bytes[self.at] {
            b'#' => return self.directive(map),
            b'-' if fresh && self.is_dash(self.at) => return self.stray_dash(map),
            b';' => return,
            b',' if self.inside != Inside::Line => return,
            _ => {}
        }
        let Some(key) = self.key(self.at) else { return self.bare(map) };
        let Some(follows) = self.follows(&key) else { return self.bare(map) };
        let value = match follows {
            Follows::Value(at) => {
                self.at = at;
                self.pair_value()
            }
            Follows::Brace(at) => {
                self.at = at;
                self.braces()
            }
            Follows::Angle(at) => {
                self.at = at;
                self.angles()
            }
        };
        self.put(map, key, value);
    }

    /// Whether a list entry begins at this `-`.
    pub(super) fn is_dash(&self, at: usize) -> bool {
        self.byte(at) == b'-' && matches!(self.byte(at + 1), b' ' | b'\t' | b'\r' | b'\n')
    }

    fn stray_dash(&mut self, map: &mut Map) {
        let end = self.line_end(self.at);
        self.error(self.at..self.at + 1, "a list entry must stand under a key with `:`");
        self.keep(
            map,
            STATEMENTS,
            Value::new(Kind::Str(self.text[self.at..end].trim().to_owned()), Span::new(self.at, end)),
        );
        self.at = end;
    }

    /// `#web /hello { … }`.
    fn directive(&mut self, map: &mut Map) {
        let start = self.at;
        let open = self.directive_head(start).unwrap_or(start);
        let head = self.text[start..open].trim_end();
        self.at = open;
        let body = self.braces();
        let span = Span::new(start, self.at);
        let head_span = Span::new(start, start + head.len());
        let mut entry = Map::new();
        let text = Value::new(Kind::Str(head.to_owned()), head_span);
        entry.insert("directive".to_owned(), Field { key: head_span, value: text });
        entry.insert("body".to_owned(), Field { key: Span::new(open, open + 1), value: body });
        self.keep(map, DIRECTIVES, Value::new(Kind::Map(entry), span));
    }

    /// A statement that is neither pair nor block. An operator or a call may stand alone; anything else is an error.
    fn bare(&mut self, map: &mut Map) {
        let start = self.at;
        let value = self.expression(start);
        if self.at == start {
            self.at += self.text[start..].chars().next().map_or(1, char::len_utf8);
        }
        if !matches!(value.kind, Kind::Expr(_)) {
            self.is_strange(start);
            let key = self.key(start);
            let (span, message) = match &key {
                Some(key) => (
                    key.first.1.start as usize..key.end,
                    format!("expected `:`, `=` or `{{` after `{}`", &self.text[start..key.end]),
                ),
                None => (start..self.at, "expected a key with a value, a section or a comment".to_owned()),
            };
            self.error(span, message);
        }
        self.keep(map, STATEMENTS, value);
    }

    /// Adds to one of the lists that the reader keeps itself.
    fn keep(&mut self, map: &mut Map, list: &str, value: Value) {
        let span = value.span;
        let field = Field { key: span, value: Value::new(Kind::List(vec![value]), span) };
        document::insert(map, list.to_owned(), field, &mut self.diagnostics);
    }

    fn put(&mut self, map: &mut Map, key: Key<'t>, value: Value) {
        let whole = key.first.1.to(value.span);
        let mut target = map;
        let (mut name, mut span) = key.first;
        for next in key.rest {
            let implied = || Field { key: span, value: Value::new(Kind::Map(Map::new()), whole) };
            let field = target.entry(name.clone().into_owned()).or_insert_with(implied);
            let place = field.key;
            let Kind::Map(inner) = &mut field.value.kind else {
                let message = format!("key `{name}` holds a value already and can hold no other keys");
                self.report(Diagnostic::error(span, message).and(place, "it stands here"));
                return;
            };
            target = inner;
            (name, span) = next;
        }
        document::insert(target, name.into_owned(), Field { key: span, value }, &mut self.diagnostics);
    }

    /// Reads a key at an offset, without moving.
    fn key(&self, at: usize) -> Option<Key<'t>> {
        let first = self.key_part(at, true)?;
        let mut end = first.1.end as usize;
        let mut rest = Vec::new();
        while self.byte(end) == b'.' && rest.len() < MAX_DEPTH {
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

    fn follows(&self, key: &Key<'t>) -> Option<Follows> {
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

    /// The value after `:` or `=`.
    fn pair_value(&mut self) -> Value {
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
        if self.enter(self.at) {
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
    fn angles(&mut self) -> Value {
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

    /// Checks that a statement ended where one may end, and skips the rest of the line when it did not.
    fn finish(&mut self) {
        if self.fresh {
            return;
        }
        self.content = self.at;
        let mut at = self.skip_blanks(self.at);
        let byte = self.byte(at);
        let separated = byte == b';' || (byte == b',' && (self.inside == Inside::Brace || self.is_line_end(at + 1)));
        if separated && !self.is_end() {
            at += 1;
        }
        let may_end = separated || self.is_line_end(self.at) || (byte == b'}' && self.braces > 0);
        self.at = at;
        if !may_end {
            let mut end = self.line_end(at);
            if self.inside == Inside::Brace {
                let stop = self.bytes[at..end].iter().position(|byte| matches!(byte, b',' | b';' | b'}'));
                end = stop.map_or(end, |length| at + length);
            }
            self.error(at..end.max(at + 1), "expected the end of the line");
            self.at = end;
        }
    }
}

enum Closer {
    Ends,
    Stray,
    None,
}
