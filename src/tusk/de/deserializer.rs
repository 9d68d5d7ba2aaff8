//! serde's view of a [`Value`].

use super::{Error, capture};
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use serde::de::value::{StrDeserializer, U64Deserializer};
use serde::de::{
    self, DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

/// One value.
#[derive(Clone, Copy)]
pub(super) struct Deserializer<'v> {
    value: &'v Value,
}

impl<'v> Deserializer<'v> {
    pub(super) fn new(value: &'v Value) -> Self {
        Self { value }
    }

    fn unexpected(self) -> Unexpected<'v> {
        match &self.value.kind {
            Kind::Null => Unexpected::Other("nothing"),
            Kind::Bool(flag) => Unexpected::Bool(*flag),
            Kind::Int(number) => Unexpected::Signed(*number),
            Kind::Big(_) => Unexpected::Other("a number beyond 64 bits"),
            Kind::Float(number) => Unexpected::Float(*number),
            Kind::Str(text) => Unexpected::Str(text),
            Kind::Range(..) => Unexpected::Other("a range"),
            Kind::Expr(_) => Unexpected::Other("an expression"),
            Kind::List(_) => Unexpected::Other("a list"),
            Kind::Map(_) => Unexpected::Other("a block of keys"),
        }
    }
}

impl<'de> de::Deserializer<'de> for Deserializer<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let read = match &self.value.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(flag) => visitor.visit_bool(*flag),
            Kind::Int(number) => visitor.visit_i64(*number),
            Kind::Big(digits) => match digits.parse() {
                Ok(number) => visitor.visit_u64(number),
                Err(_) => visitor.visit_f64(self.value.as_number().unwrap_or(f64::NAN)),
            },
            Kind::Float(number) => visitor.visit_f64(*number),
            Kind::Str(text) => visitor.visit_str(text),
            Kind::List(list) => visitor.visit_seq(Items { items: list.iter() }),
            Kind::Map(map) => visitor.visit_map(Entries::new(map)),
            Kind::Range(..) | Kind::Expr(_) => Err(Error::invalid_type(self.unexpected(), &visitor)),
        };
        read.map_err(|error| error.at(self.value.span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.kind == Kind::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self).map_err(|error| error.at(self.value.span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let read = match name {
            capture::SPANNED => visitor.visit_seq(capture::SpannedParts::new(self.value.span, self)),
            capture::VALUE => visitor.visit_seq(capture::ValueParts::new(self.value)),
            _ if self.value.as_map().is_none() => Err(Error::invalid_type(self.unexpected(), &visitor)),
            _ => self.deserialize_any(visitor),
        };
        read.map_err(|error| error.at(self.value.span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let read = match &self.value.kind {
            Kind::Str(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            Kind::Map(map) => match map.first() {
                Some((word, field)) if map.len() == 1 => visitor.visit_enum(Variant { word, field }),
                _ => Err(Error::custom("expected one key, which says what this is")),
            },
            _ => Err(Error::invalid_type(self.unexpected(), &"a word")),
        };
        read.map_err(|error| error.at(self.value.span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

/// A map that stands in no value: the body of a section, a whole document.
pub(super) struct MapDeserializer<'v> {
    map: &'v Map,
    span: Span,
}

impl<'v> MapDeserializer<'v> {
    pub(super) fn new(map: &'v Map, span: Span) -> Self {
        Self { map, span }
    }
}

impl<'de> de::Deserializer<'de> for MapDeserializer<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries::new(self.map)).map_err(|error| error.at(self.span))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Items<'v> {
    items: std::slice::Iter<'v, Value>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(value) = self.items.next() else { return Ok(None) };
        seed.deserialize(Deserializer { value }).map(Some).map_err(|error| error.at(value.span))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries<'v> {
    fields: crate::value::Entries<'v>,
    value: Option<&'v Value>,
}

impl<'v> Entries<'v> {
    fn new(map: &'v Map) -> Self {
        Self { fields: map.iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((name, field)) = self.fields.next() else { return Ok(None) };
        self.value = Some(&field.value);
        seed.deserialize(Key { name, span: field.key }).map(Some).map_err(|error| error.at(field.key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let value = self.value.take().ok_or_else(|| Error::custom("a value was asked for before its key"))?;
        seed.deserialize(Deserializer { value }).map_err(|error| error.at(value.span))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

/// A key, which may be wanted with its place.
struct Key<'v> {
    name: &'v str,
    span: Span,
}

impl<'de> de::Deserializer<'de> for Key<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.name)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == capture::SPANNED {
            let text: StrDeserializer<'_, Error> = self.name.into_deserializer();
            return visitor.visit_seq(capture::SpannedParts::new(self.span, text));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.name.into_deserializer())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map identifier ignored_any
    }
}

/// `word: content` as a variant of an enumeration.
struct Variant<'v> {
    word: &'v str,
    field: &'v Field,
}

impl<'de, 'v> EnumAccess<'de> for Variant<'v> {
    type Error = Error;
    type Variant = Deserializer<'v>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), Error> {
        let word: StrDeserializer<'_, Error> = self.word.into_deserializer();
        let variant = seed.deserialize(word).map_err(|error| error.at(self.field.key))?;
        Ok((variant, Deserializer { value: &self.field.value }))
    }
}

impl<'de> VariantAccess<'de> for Deserializer<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.value.kind {
            Kind::Null => Ok(()),
            _ => Err(Error::invalid_type(self.unexpected(), &"nothing").at(self.value.span)),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self).map_err(|error| error.at(self.value.span))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }
}

/// A small number, for the parts of a captured value.
pub(super) fn small(number: u32) -> U64Deserializer<Error> {
    u64::from(number).into_deserializer()
}
