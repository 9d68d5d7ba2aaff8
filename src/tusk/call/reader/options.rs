//! Options of a call, `{ within: 5, strict }`, and arguments in the shape of a value.

use super::super::{Term, TermKind};
use super::{Places, Read, Reader};
use crate::diagnostic::Diagnostic;
use crate::value::{ExprKind, Field, Kind, Map, Value};

impl Reader<'_> {
    pub(super) fn options(&mut self) -> Read<Map> {
        let open = self.at;
        self.at += 1;
        let mut options = Map::default();
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
    pub(super) fn option_value(&mut self) -> Read<Value> {
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

    pub(super) fn value_of(&self, term: Term) -> Value {
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
            TermKind::Number(number) => Kind::of_number(number),
            TermKind::Bool(flag) => Kind::Bool(flag),
            TermKind::Pattern(pattern) => Kind::expression(format!("~\"{pattern}\""), ExprKind::Expr),
            TermKind::Ref(path) => Kind::expression(format!("${path}"), ExprKind::Ref),
            TermKind::Query(query) => {
                let kind = if query.comparison.is_some() { ExprKind::Expr } else { ExprKind::Op(query.call.name) };
                Kind::expression(raw(), kind)
            }
            TermKind::List(items) => {
                Kind::List(items.into_iter().flat_map(|item| item.terms).map(|term| self.value_of(term)).collect())
            }
        };
        Value::new(kind, term.span)
    }

    pub(super) fn add_options(options: &mut Map, more: Map) -> Read<()> {
        for (name, field) in more {
            if let Some(first) = options.get(&name) {
                let error = Diagnostic::error(field.key, format!("option `{name}` stands twice"));
                return Err(error.and(first.key, "first stands here"));
            }
            options.insert(name, field);
        }
        Ok(())
    }
}
