//! One shape for every settings format: a value with a span on each node.
//!
//! `.tsk`, TOML, YAML, JSON, dotenv, INI and properties files all become a [`Value`], so that a probe reads one thing
//! and evidence always has a place.

mod map;

pub use map::{Entries, Map};

use crate::source::Span;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in its text.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`, or nothing after the key.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that 64 bits cannot hold: its digits, with a `-` before them.
    Big(String),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// Text, unescaped.
    Str(String),
    /// `8000-9000`, unquoted (TuskLang only).
    Range(i64, i64),
    /// An expression, never evaluated (TuskLang only).
    Expr(Box<Expr>),
    /// A sequence.
    List(Vec<Value>),
    /// A mapping, in the order of its text.
    Map(Map),
}

/// An expression as written, with what it looks like from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// The raw text.
    pub raw: String,
    /// Its kind.
    pub kind: ExprKind,
}

/// What an expression looks like from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// `@name(...)`, with the dotted name.
    Op(String),
    /// `$x` or `$x.y`.
    Ref,
    /// `f(...)`.
    Call,
    /// `a ? b : c`.
    Ternary,
    /// `a + b`.
    Concat,
    /// Anything else with operators.
    Expr,
}

/// One entry of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Where the key stands.
    pub key: Span,
    /// The value.
    pub value: Value,
}

impl Field {
    /// Where the entry stands: key and value together, or the value alone where another file has filled it in (then
    /// their offsets are further apart than those of one manifest).
    pub fn span(&self) -> Span {
        let apart = self.key.start.abs_diff(self.value.span.start);
        if u64::from(apart) > crate::source::MAX_FILE / 2 { self.value.span } else { self.key.to(self.value.span) }
    }
}

impl Kind {
    /// An expression as written.
    pub fn expression(raw: impl Into<String>, kind: ExprKind) -> Self {
        Self::Expr(Box::new(Expr { raw: raw.into(), kind }))
    }

    /// An amount, as a whole number where it is one.
    pub fn of_number(amount: f64) -> Self {
        if amount.fract() == 0.0 && amount.abs() < 9.0e15 { Self::Int(amount as i64) } else { Self::Float(amount) }
    }
}

impl Value {
    /// A value at a place.
    pub fn new(kind: Kind, span: Span) -> Self {
        Self { kind, span }
    }

    /// The text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if it is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// The number, whole or not.
    pub fn as_number(&self) -> Option<f64> {
        match self.kind {
            Kind::Int(number) => Some(number as f64),
            Kind::Float(number) => Some(number),
            Kind::Big(ref digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The mapping, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The sequence, if it is one.
    pub fn as_list(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(list) => Some(list),
            _ => None,
        }
    }

    /// The value under a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key).map(|field| &field.value)
    }

    /// The value under a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// A scalar as its plain text (`true`, `8080`, `warn`); `None` for null, lists, maps and expressions.
    pub fn scalar_text(&self) -> Option<String> {
        match &self.kind {
            Kind::Bool(flag) => Some(flag.to_string()),
            Kind::Int(number) => Some(number.to_string()),
            Kind::Float(number) => Some(number.to_string()),
            Kind::Str(text) | Kind::Big(text) => Some(text.clone()),
            Kind::Range(low, high) => Some(format!("{low}-{high}")),
            Kind::Null | Kind::Expr(_) | Kind::List(_) | Kind::Map(_) => None,
        }
    }
}
