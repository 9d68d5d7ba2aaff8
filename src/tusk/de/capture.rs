//! What serde's data model cannot carry: places, and whole values.
//!
//! Both go through it as a sequence behind a struct name that only this module knows. Another format's deserializer
//! answers such a name with an error, never with a wrong value.

use super::Error;
use super::deserializer::{Deserializer, small};
use crate::source::Span;
use crate::value::{ExprKind, Field, Kind, Map, Value};
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

pub(super) const SPANNED: &str = "$tusk::Spanned";
pub(super) const VALUE: &str = "$tusk::Value";

/// A typed value and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    value: T,
    span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The value.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// The value, taken out.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.span
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Parts<T> {
            type Value = Spanned<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value with its place")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Spanned<T>, A::Error> {
                let span = Span { start: part(&mut parts)?, end: part(&mut parts)? };
                Ok(Spanned { span, value: part(&mut parts)? })
            }
        }

        deserializer.deserialize_struct(SPANNED, &[], Parts(PhantomData))
    }
}

fn part<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(parts: &mut A) -> Result<T, A::Error> {
    parts.next_element()?.ok_or_else(|| A::Error::custom("only TuskLang values have places"))
}

/// A span, then the value itself.
pub(super) struct SpannedParts<D> {
    places: std::array::IntoIter<u32, 2>,
    value: Option<D>,
}

impl<D> SpannedParts<D> {
    pub(super) fn new(span: Span, value: D) -> Self {
        Self { places: [span.start, span.end].into_iter(), value: Some(value) }
    }
}

impl<'de, D: de::Deserializer<'de, Error = Error>> SeqAccess<'de> for SpannedParts<D> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if let Some(place) = self.places.next() {
            return seed.deserialize(small(place)).map(Some);
        }
        self.value.take().map(|value| seed.deserialize(value)).transpose()
    }
}

/// The parts that a whole value goes through serde as: start, end, a number for its kind, then what that kind holds.
pub(super) struct ValueParts<'v> {
    value: &'v Value,
    next: u8,
}

impl<'v> ValueParts<'v> {
    pub(super) fn new(value: &'v Value) -> Self {
        Self { value, next: 0 }
    }
}

mod tag {
    pub(super) const NULL: u32 = 0;
    pub(super) const BOOL: u32 = 1;
    pub(super) const INT: u32 = 2;
    pub(super) const FLOAT: u32 = 3;
    pub(super) const STR: u32 = 4;
    pub(super) const RANGE: u32 = 5;
    pub(super) const EXPR: u32 = 6;
    pub(super) const LIST: u32 = 7;
    pub(super) const MAP: u32 = 8;
    pub(super) const BIG: u32 = 9;
}

fn tag_of(kind: &Kind) -> u32 {
    match kind {
        Kind::Null => tag::NULL,
        Kind::Bool(_) => tag::BOOL,
        Kind::Int(_) => tag::INT,
        Kind::Big(_) => tag::BIG,
        Kind::Float(_) => tag::FLOAT,
        Kind::Str(_) => tag::STR,
        Kind::Range(..) => tag::RANGE,
        Kind::Expr(_) => tag::EXPR,
        Kind::List(_) => tag::LIST,
        Kind::Map(_) => tag::MAP,
    }
}

/// The kinds of expressions in the order of their numbers; operators, which have a name, come after.
const EXPRESSIONS: [ExprKind; 5] = [ExprKind::Ref, ExprKind::Call, ExprKind::Ternary, ExprKind::Concat, ExprKind::Expr];

impl<'de> SeqAccess<'de> for ValueParts<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let step = self.next;
        self.next += 1;
        let number = |number: u32, seed: S| seed.deserialize(small(number)).map(Some);
        let whole = |number: i64, seed: S| {
            let number: de::value::I64Deserializer<Error> = number.into_deserializer();
            seed.deserialize(number).map(Some)
        };
        let text = |text: &str, seed: S| {
            let text: de::value::StrDeserializer<'_, Error> = text.into_deserializer();
            seed.deserialize(text).map(Some)
        };
        match (step, &self.value.kind) {
            (0, _) => number(self.value.span.start, seed),
            (1, _) => number(self.value.span.end, seed),
            (2, kind) => number(tag_of(kind), seed),
            (3, Kind::Range(low, _)) => whole(*low, seed),
            (4, Kind::Range(_, high)) => whole(*high, seed),
            (3, Kind::Expr(expr)) => text(&expr.raw, seed),
            (3, Kind::Big(digits)) => text(digits, seed),
            (4, Kind::Expr(expr)) => {
                let index = EXPRESSIONS.iter().position(|kind| *kind == expr.kind).unwrap_or(EXPRESSIONS.len());
                number(index as u32, seed)
            }
            (5, Kind::Expr(expr)) => match &expr.kind {
                ExprKind::Op(name) => text(name, seed),
                _ => Ok(None),
            },
            (3, Kind::Null) => Ok(None),
            (3, _) => seed.deserialize(Deserializer::new(self.value)).map(Some),
            _ => Ok(None),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;

        impl<'de> Visitor<'de> for Parts {
            type Value = Value;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
                let span = Span { start: part(&mut parts)?, end: part(&mut parts)? };
                let kind = match part(&mut parts)? {
                    tag::NULL => Kind::Null,
                    tag::BOOL => Kind::Bool(part(&mut parts)?),
                    tag::INT => Kind::Int(part(&mut parts)?),
                    tag::BIG => Kind::Big(part(&mut parts)?),
                    tag::FLOAT => Kind::Float(part(&mut parts)?),
                    tag::STR => Kind::Str(part(&mut parts)?),
                    tag::RANGE => Kind::Range(part(&mut parts)?, part(&mut parts)?),
                    tag::EXPR => {
                        let raw: String = part(&mut parts)?;
                        let index: usize = part(&mut parts)?;
                        let kind = match EXPRESSIONS.get(index) {
                            Some(kind) => kind.clone(),
                            None => ExprKind::Op(part(&mut parts)?),
                        };
                        Kind::expression(raw, kind)
                    }
                    tag::LIST => Kind::List(part(&mut parts)?),
                    tag::MAP => Kind::Map(part::<Captured, _>(&mut parts)?.0),
                    _ => return Err(A::Error::custom("only TuskLang values can be taken as they stand")),
                };
                Ok(Value { kind, span })
            }
        }

        deserializer.deserialize_struct(VALUE, &[], Parts)
    }
}

/// A map with the places of its keys.
struct Captured(Map);

impl<'de> Deserialize<'de> for Captured {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Captured;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a block of keys")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Captured, A::Error> {
                let mut map = Map::default();
                while let Some((key, value)) = entries.next_entry::<Spanned<String>, Value>()? {
                    map.insert(key.value, Field { key: key.span, value });
                }
                Ok(Captured(map))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
