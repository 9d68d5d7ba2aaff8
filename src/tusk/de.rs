//! Values into typed structs, by serde, with the place of every error.
//!
//! ```
//! use tusk_check::tusk::{self, de::{self, Spanned}};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Waiver { item: Spanned<String>, reason: String, days: Option<u32> }
//!
//! let (document, _) = tusk::parse_text("item: \"a.b\"\nreason: \"later\"");
//! let waiver: Waiver = de::from_map(&document.root, tusk_check::source::Span::default()).unwrap();
//! assert_eq!((waiver.item.get().as_str(), waiver.item.span().start), ("a.b", 6));
//!
//! let (document, _) = tusk::parse_text("item: \"a.b\"\nraeson: \"later\"");
//! let error = de::from_map::<Waiver>(&document.root, Default::default()).err().unwrap();
//! assert_eq!(error.message, "unknown key `raeson`; expected one of `item`, `reason`, `days`");
//! assert_eq!(error.help.as_deref(), Some("did you mean `reason`?"));
//! assert_eq!(error.span.start, 12);
//! ```
//!
//! A field of type [`Value`] takes any value as it stands, spans and expressions and all; [`Spanned`] adds the place
//! to a typed one. Neither goes through `#[serde(untagged)]` or `#[serde(flatten)]`, whose buffers keep no places: take
//! a [`Value`] there, and look at its kind.

mod capture;
mod deserializer;

pub use capture::Spanned;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Map, Value};
use serde::de::{self, DeserializeOwned, Expected, Unexpected};
use std::fmt;

/// Reads a typed value.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Diagnostic> {
    T::deserialize(deserializer::Deserializer::new(value)).map_err(|error| error.at(value.span).into_diagnostic())
}

/// Reads a typed value from a map; `span` is the place of what the map lacks.
pub fn from_map<T: DeserializeOwned>(map: &Map, span: Span) -> Result<T, Diagnostic> {
    T::deserialize(deserializer::MapDeserializer::new(map, span)).map_err(|error| error.at(span).into_diagnostic())
}

/// What went wrong, and where, as soon as somebody knows.
#[derive(Debug)]
pub(super) struct Error {
    message: String,
    help: Option<String>,
    span: Option<Span>,
}

impl Error {
    /// The same, at a place, if it has none yet: the innermost place is the best.
    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    fn into_diagnostic(self) -> Diagnostic {
        Diagnostic { help: self.help, ..Diagnostic::error(self.span.unwrap_or_default(), self.message) }
    }

    fn unknown(what: &str, word: &str, known: &[&str]) -> Self {
        let list = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let expected = match known {
            [] => "none is expected here".to_owned(),
            [_] => format!("expected {list}"),
            _ => format!("expected one of {list}"),
        };
        let help = crate::nearest::nearest(word, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        Self { message: format!("unknown {what} `{word}`; {expected}"), help, span: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), help: None, span: None }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {}, found {}", plain(expected), describe(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {expected}, found {length}"))
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("key", field, known)
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("word", word, known)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format_args!("key `{field}` is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::custom(format_args!("key `{field}` stands twice"))
    }
}

/// What was found, in the words of the language instead of serde's.
fn describe(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(flag) => format!("`{flag}`"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Str(text) if text.chars().nth(40).is_some() => "a text".to_owned(),
        Unexpected::Str(text) => format!("the text `{text}`"),
        Unexpected::Unit => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a block of keys".to_owned(),
        other => other.to_string(),
    }
}

/// What was expected, likewise.
fn plain(expected: &dyn Expected) -> String {
    match expected.to_string().as_str() {
        "a sequence" => "a list".to_owned(),
        "a map" => "a block of keys".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative and fits".to_owned(),
        "i8" | "i16" | "i32" | "i64" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        text => text.strip_prefix("struct ").map_or_else(|| text.to_owned(), |_| "a block of keys".to_owned()),
    }
}
