//! The recursive-descent reader of queries.

mod options;
mod term;

use super::{Argument, Call, Comparison, Operator, Query};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tusk::scan;
use crate::value::{Field, Map, Value};

/// How deep calls and lists may nest.
const MAX_DEPTH: usize = 64;

/// How offsets of the text become places of the file.
#[derive(Clone, Copy)]
pub(super) enum Places {
    /// The text starts at this offset.
    From(usize),
    /// The text differs from the file (it had escapes): everything stands in this span.
    Whole(Span),
}

type Read<T> = Result<T, Diagnostic>;

pub(super) struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    places: Places,
}

/// One thing between the parentheses of a call.
enum Item {
    Argument(Argument),
    Option(String, Field),
    Options(Map),
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, places: Places) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, depth: 0, places }
    }

    /// The whole text as one query.
    pub(super) fn query_alone(mut self) -> Read<Query> {
        self.blanks();
        let query = self.query()?;
        self.blanks();
        if self.at < self.bytes.len() {
            return self.expected("a comparison or the end of the expression");
        }
        Ok(query)
    }

    fn query(&mut self) -> Read<Query> {
        let start = self.at;
        self.deeper(start)?;
        let call = self.call()?;
        let end = self.at;
        self.blanks();
        let comparison = self.comparison()?;
        if comparison.is_none() {
            self.at = end;
        }
        self.depth -= 1;
        Ok(Query { call, comparison, span: self.span(start, self.at) })
    }

    fn call(&mut self) -> Read<Call> {
        let start = self.at;
        if self.byte() != b'@' {
            return self.expected("a call such as `@file(\"README.md\")`");
        }
        self.at += 1;
        let name = self.path("a name after `@`")?.to_owned();
        let name_span = self.span(start, self.at);
        let mut call = Call { name, name_span, args: Vec::new(), options: Map::default(), span: name_span };
        if self.byte() == b'(' {
            self.arguments(&mut call)?;
        }
        let end = self.at;
        self.blanks();
        if self.byte() == b'{' {
            let options = self.options()?;
            Self::add_options(&mut call.options, options)?;
        } else {
            self.at = end;
        }
        call.span = self.span(start, self.at);
        Ok(call)
    }

    fn arguments(&mut self, call: &mut Call) -> Read<()> {
        let open = self.at;
        self.at += 1;
        loop {
            self.blanks();
            if self.byte() == b')' {
                self.at += 1;
                return Ok(());
            }
            match self.item()? {
                Item::Argument(argument) => call.args.push(argument),
                Item::Option(name, field) => Self::add_options(&mut call.options, Map::from_iter([(name, field)]))?,
                Item::Options(options) => Self::add_options(&mut call.options, options)?,
            }
            self.separator(open, b')')?;
        }
    }

    fn item(&mut self) -> Read<Item> {
        if self.byte() == b'{' {
            return self.options().map(Item::Options);
        }
        let start = self.at;
        if scan::is_name_start(self.byte()) {
            let end = self.name_end(start);
            if self.bytes.get(end) == Some(&b':') && self.is_blank(end + 1) {
                self.at = end + 1;
                self.blanks();
                let key = self.span(start, end);
                let value = self.option_value()?;
                return Ok(Item::Option(self.text[start..end].to_owned(), Field { key, value }));
            }
        }
        self.argument().map(Item::Argument)
    }

    /// After an item: a comma, or the closer, which stays.
    fn separator(&mut self, open: usize, closer: u8) -> Read<()> {
        self.blanks();
        match self.byte() {
            b',' => {
                self.at += 1;
                Ok(())
            }
            byte if byte == closer => Ok(()),
            0 if self.at >= self.bytes.len() => {
                let message =
                    format!("this `{}` is never closed; expected `{}`", self.bytes[open] as char, closer as char);
                Err(Diagnostic::error(self.span(open, open + 1), message))
            }
            _ => self.expected(&format!("`,` or `{}`", closer as char)),
        }
    }

    fn deeper(&mut self, open: usize) -> Read<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.span(open, open + 1);
            return Err(Diagnostic::error(span, format!("this nests more than {MAX_DEPTH} levels deep")));
        }
        Ok(())
    }

    fn comparison(&mut self) -> Read<Option<Comparison>> {
        let start = self.at;
        let rest = &self.text[start..];
        let Some((sign, operator)) = Operator::ALL.into_iter().find(|(sign, _)| rest.starts_with(sign)) else {
            return Ok(None);
        };
        self.at += sign.len();
        self.blanks();
        let from = self.at;
        let term = match self.byte() {
            b'~' | b'$' | b'@' | b'[' | b'{' => return self.expected("a string, a number, a boolean or a word"),
            _ => self.term()?,
        };
        let span = self.span(from, self.at);
        let value = Value::new(self.value_of(term).kind, span);
        Ok(Some(Comparison { operator, value, span: self.span(start, self.at) }))
    }

    /// A dotted name; the last parts may be `*`.
    fn path(&mut self, what: &str) -> Read<&'t str> {
        let start = self.at;
        loop {
            let from = self.at;
            self.at = if self.byte() == b'*' { from + 1 } else { self.name_end(from) };
            if self.at == from {
                return self.expected(what);
            }
            if self.byte() != b'.' {
                return Ok(&self.text[start..self.at]);
            }
            self.at += 1;
        }
    }

    fn name_end(&self, mut at: usize) -> usize {
        while self.bytes.get(at).is_some_and(|&byte| scan::is_name(byte)) {
            at += 1;
        }
        at
    }

    fn byte(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn is_blank(&self, at: usize) -> bool {
        self.bytes.get(at).is_none_or(u8::is_ascii_whitespace)
    }

    /// Moves over blanks, line ends and comments.
    fn blanks(&mut self) {
        loop {
            while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
                self.at += 1;
            }
            let commented = self.byte() == b'#' && self.at > 0 && self.is_blank(self.at - 1);
            if !commented {
                return;
            }
            self.at = memchr::memchr(b'\n', &self.bytes[self.at..]).map_or(self.bytes.len(), |length| self.at + length);
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        match self.places {
            Places::From(offset) => Span::new(offset + start, offset + end),
            Places::Whole(span) => span,
        }
    }

    fn expected<T>(&self, what: &str) -> Read<T> {
        let found = self.text[self.at..].chars().next();
        let span = self.span(self.at, self.at + found.map_or(0, char::len_utf8));
        let message = match found {
            Some(found) => format!("expected {what}, found `{found}`"),
            None => format!("expected {what}, found the end of the expression"),
        };
        Err(Diagnostic::error(span, message))
    }
}
