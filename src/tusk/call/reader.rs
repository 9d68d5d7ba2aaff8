//! The recursive-descent reader of queries.

use super::{Argument, Call, Comparison, Operator, Query, Term, TermKind};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tusk::{scan, text, values};
use crate::value::{Expr, ExprKind, Field, Kind, Map, Value};

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
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.span(start, start + 1);
            return Err(Diagnostic::error(span, format!("this nests more than {MAX_DEPTH} levels deep")));
        }
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
        let mut call = Call { name, name_span, args: Vec::new(), options: Map::new(), span: name_span };
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

    fn add_options(options: &mut Map, more: Map) -> Read<()> {
        for (name, field) in more {
            if let Some(first) = options.get(&name) {
                let error = Diagnostic::error(field.key, format!("option `{name}` stands twice"));
                return Err(error.and(first.key, "first stands here"));
            }
            options.insert(name, field);
        }
        Ok(())
    }

    fn options(&mut self) -> Read<Map> {
        let open = self.at;
        self.at += 1;
        let mut options = Map::new();
        loop {
            self.blanks();
            if self.byte() == b'}' {
                self.at += 1;
                return Ok(options);
            }
            let start = self.at;
            let name = if matches!(self.byte(), b'"' | b'\'') {
                self.quoted()?
            } else {
                self.path("the name of an option")?.to_owned()
            };
            let key = self.span(start, self.at);
            self.blanks();
            let value = if matches!(self.byte(), b':' | b'=') {
                self.at += 1;
                self.blanks();
                self.option_value()?
            } else {
                Value::new(Kind::Bool(true), key)
            };
            Self::add_options(&mut options, Map::from_iter([(name, Field { key, value })]))?;
            self.separator(open, b'}')?;
        }
    }

    /// An argument in the shape of a value.
    fn option_value(&mut self) -> Read<Value> {
        if self.byte() == b'{' {
            let start = self.at;
            self.deeper(start)?;
            let map = self.options()?;
            self.depth -= 1;
            return Ok(Value::new(Kind::Map(map), self.span(start, self.at)));
        }
        let start = self.at;
        let mut values: Vec<Value> = self.argument()?.terms.into_iter().map(|term| self.value_of(term)).collect();
        let span = self.span(start, self.at);
        Ok(if values.len() == 1 { values.swap_remove(0) } else { Value::new(Kind::List(values), span) })
    }

    fn value_of(&self, term: Term) -> Value {
        let raw = || match self.places {
            Places::From(offset) => {
                self.text[term.span.start as usize - offset..term.span.end as usize - offset].to_owned()
            }
            Places::Whole(_) => self.text.to_owned(),
        };
        let kind = match term.kind {
            TermKind::Text(text) => Kind::Str(text),
            TermKind::Word(word) if word == "null" => Kind::Null,
            TermKind::Word(word) => Kind::Str(word),
            TermKind::Number(number) => number_kind(number),
            TermKind::Bool(flag) => Kind::Bool(flag),
            TermKind::Pattern(pattern) => Kind::Expr(Expr { raw: format!("~\"{pattern}\""), kind: ExprKind::Expr }),
            TermKind::Ref(path) => Kind::Expr(Expr { raw: format!("${path}"), kind: ExprKind::Ref }),
            TermKind::Query(query) => {
                let kind = if query.comparison.is_some() { ExprKind::Expr } else { ExprKind::Op(query.call.name) };
                Kind::Expr(Expr { raw: raw(), kind })
            }
            TermKind::List(items) => {
                Kind::List(items.into_iter().flat_map(|item| item.terms).map(|term| self.value_of(term)).collect())
            }
        };
        Value::new(kind, term.span)
    }

    fn argument(&mut self) -> Read<Argument> {
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

    fn term(&mut self) -> Read<Term> {
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

    fn quoted(&mut self) -> Read<String> {
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

fn number_kind(number: f64) -> Kind {
    let whole = number.fract() == 0.0 && number.abs() < 9e15;
    #[expect(clippy::cast_possible_truncation, reason = "whole and small, as just checked")]
    if whole { Kind::Int(number as i64) } else { Kind::Float(number) }
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
