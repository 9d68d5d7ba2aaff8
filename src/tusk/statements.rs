//! Statements: what a body is made of, where it ends, and the statements that are neither pair nor block.

use super::MAX_DEPTH;
use super::document::{self, DIRECTIVES, Document, STATEMENTS, Section};
use super::headers::Header;
use super::keys::Follows;
use super::scan::{Inside, Parser};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};

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
pub(super) struct Body {
    pub(super) map: Map,
    /// Where it starts and where its last statement ends.
    pub(super) span: Span,
    /// The header that ended it.
    header: Option<Header>,
}

impl Parser<'_> {
    pub(super) fn document(&mut self) -> Document {
        let body = self.body(Until::Header, None);
        let mut document = Document { root: body.map, sections: Vec::new() };
        let mut next = body.header;
        while let Some(header) = next {
            // What stands in `[a.b]` is one level deeper than what stands in `[a]` or above all sections.
            self.depth = header.path.len() - 1;
            let body = self.body(Until::Header, None);
            document.sections.push(Section { path: header.path, span: header.span, body: body.map });
            next = body.header;
        }
        document
    }

    /// Reads statements up to what ends them. `column` is where the first one stands, when it stands in mid-line.
    pub(super) fn body(&mut self, until: Until, mut column: Option<usize>) -> Body {
        let mut body = Body { map: Map::with_capacity(1), span: Span::new(self.at, self.at), header: None };
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
        // Each dot of a key is a level.
        let dots = key.rest.len();
        if dots > 0 && self.depth + dots >= MAX_DEPTH {
            return self.too_deep(key.first.1.start as usize..key.end);
        }
        self.depth += dots;
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
        self.depth -= dots;
        self.put(map, key, value);
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
        let mut entry = Map::default();
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
        // What begins like a section or a list, or with a closer, is a slip, whatever operators follow.
        if !matches!(value.kind, Kind::Expr(_)) || matches!(self.byte(start), b'[' | b']' | b')' | b'}') {
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
    pub(super) fn keep(&mut self, map: &mut Map, list: &str, value: Value) {
        let span = value.span;
        let field = Field { key: span, value: Value::new(Kind::List(vec![value]), span) };
        document::insert(map, list.into(), field, &mut self.diagnostics);
    }

    /// Checks that a statement ended where one may end, and skips the rest of the line when it did not.
    pub(super) fn finish(&mut self) {
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
