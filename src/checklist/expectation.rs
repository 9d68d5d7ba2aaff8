//! What an item asks for, parsed once into a type (DESIGN.md §3); past this file nobody inspects the text for meaning.

use super::Cadence;
use crate::quantity::{Bound, Quantity, looks_like_quantity};
use crate::value::{Kind, Value};
use std::fmt;

/// What an item asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// The thing holds, or must not hold.
    Flag(bool),
    /// `">=80%"`, `"alert > 80%"`, `"5%_error_rate"`.
    Bound(Bound),
    /// `"30s"`, `"within_24_hours"`, `10`, `"10%"`: the rule's `compare` says which side is fine.
    Quantity(Quantity),
    /// `"daily"`, `"quarterly"`.
    Cadence(Cadence),
    /// `"require"`, `"hashicorp_vault"`: a word on a scale, or one that the rule lists.
    Word(String),
    /// `"port: 1-65535"`: every field of that name lies inside.
    Range(Range),
    /// An entry of a list: the thing of that name.
    Entry(String),
    /// `@operator(...)`, unquoted: the probe itself is the expectation. The text as written.
    Probe(String),
    /// `"@env.secure('DB_PASSWORD')"`, quoted: production gets this secret by reference.
    Secret(Secret),
}

/// A range for a named field; both ends belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The field: `port`.
    pub field: String,
    /// The smallest value.
    pub low: i64,
    /// The largest value.
    pub high: i64,
}

/// How production is to get a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// From where.
    pub way: SecretWay,
    /// The name of the variable, or the path of the file or folder.
    pub name: String,
}

/// From where a secret is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretWay {
    /// `@env.secure(NAME)`: an environment variable.
    Environment,
    /// `@file.secure(path)`: a file that only the service can read.
    File,
}

impl Expectation {
    /// The expectation of a key's value. `key` gives a bare number its unit (`timeout_seconds: 30`) and a bare range
    /// its field. The error says what is wrong, without a place.
    pub fn of_value(key: &str, value: &Value) -> Result<Self, String> {
        match &value.kind {
            Kind::Bool(flag) => Ok(Self::Flag(*flag)),
            Kind::Int(number) => Self::number(key, *number as f64),
            Kind::Float(number) => Self::number(key, *number),
            Kind::Big(_) => Self::number(key, value.as_number().unwrap_or(f64::INFINITY)),
            Kind::Str(text) => Self::of_text(key, text),
            Kind::Range(low, high) => Range::new(key, *low, *high).map(Self::Range),
            Kind::Expr(expr) if expr.raw.starts_with('@') => Ok(Self::Probe(expr.raw.clone())),
            Kind::Expr(_) => {
                Err("an expression is never evaluated; expected a value, or an @operator that names a probe".into())
            }
            Kind::Null => Err("the item expects nothing; expected a value such as `true` or \">=80%\"".into()),
            Kind::List(_) | Kind::Map(_) => Err("expected a single value".into()),
        }
    }

    /// The expectation of one entry of a list: a word that names a thing, a range, a bound or an operator.
    pub fn of_entry(value: &Value) -> Result<Self, String> {
        let Some(text) = value.scalar_text() else {
            return Err("expected a word, a number or a range as the entry of a list".into());
        };
        let text = text.trim();
        if text.is_empty() {
            return Err("the entry is empty".into());
        }
        if text.starts_with('@') {
            return Secret::parse(text).map(Self::Secret);
        }
        if let Some(range) = Range::parse(text) {
            return range.map(Self::Range);
        }
        match Bound::parse(text) {
            Some(bound) => bound.map(Self::Bound),
            None => Ok(Self::Entry(text.to_owned())),
        }
    }

    fn number(key: &str, number: f64) -> Result<Self, String> {
        if !number.is_finite() {
            return Err("expected a finite number".into());
        }
        let count = Quantity::count(number);
        Ok(Self::Quantity(unit_of_key(key).map_or(Ok(count), |unit| count.counted_in(unit))?))
    }

    fn of_text(key: &str, text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the item expects nothing; expected a value such as `true` or \">=80%\"".into());
        }
        if text.starts_with('@') {
            return Secret::parse(text).map(Self::Secret);
        }
        if let Some(range) = Range::parse(text).or_else(|| Range::parse(&format!("{key}: {text}"))) {
            return range.map(Self::Range);
        }
        if let Some(bound) = Bound::parse(text) {
            return bound.map(Self::Bound);
        }
        if let Some(cadence) = Cadence::of(text) {
            return Ok(Self::Cadence(cadence));
        }
        if let Ok(quantity) = Quantity::parse(text) {
            return Self::named_quantity(key, quantity);
        }
        if looks_like_quantity(text) || text.starts_with(['<', '>', '=', '≤', '≥']) {
            return Err(Quantity::parse(text).err().unwrap_or_else(|| format!("`{text}` is no quantity")));
        }
        Ok(Self::Word(text.to_owned()))
    }

    /// A quoted number is a number (`"30"`), with the unit that its key names.
    fn named_quantity(key: &str, quantity: Quantity) -> Result<Self, String> {
        Ok(Self::Quantity(unit_of_key(key).map_or(Ok(quantity), |unit| quantity.counted_in(unit))?))
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(out, "{flag}"),
            Self::Bound(bound) => write!(out, "{bound}"),
            Self::Quantity(quantity) => write!(out, "{quantity}"),
            Self::Cadence(cadence) => out.write_str(cadence.word()),
            Self::Word(text) | Self::Entry(text) | Self::Probe(text) => out.write_str(text),
            Self::Range(range) => write!(out, "{}: {}-{}", range.field, range.low, range.high),
            Self::Secret(secret) => write!(out, "@{}.secure('{}')", secret.way.word(), secret.name),
        }
    }
}

impl Range {
    fn new(field: &str, low: i64, high: i64) -> Result<Self, String> {
        if low > high {
            return Err(format!("the range {low}-{high} is empty: its low end is above its high end"));
        }
        Ok(Self { field: field.to_owned(), low, high })
    }

    /// `port: 1-65535`; `None` if the text has another shape.
    fn parse(text: &str) -> Option<Result<Self, String>> {
        let (field, ends) = text.split_once(':')?;
        let field = field.trim();
        let is_name = !field.is_empty() && field.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let (low, high) = ends.trim().split_once('-')?;
        let is_number = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
        if !is_name || !is_number(low.trim()) || !is_number(high.trim()) {
            return None;
        }
        let (Ok(low), Ok(high)) = (low.trim().parse(), high.trim().parse()) else {
            return Some(Err(format!("an end of the range `{}` is too large", ends.trim())));
        };
        Some(Self::new(field, low, high))
    }
}

impl SecretWay {
    fn word(self) -> &'static str {
        match self {
            Self::Environment => "env",
            Self::File => "file",
        }
    }
}

impl Secret {
    /// `@env.secure('NAME')` or `@file.secure("path")`.
    fn parse(text: &str) -> Result<Self, String> {
        let known = || {
            format!("`{text}` names no way to get a secret; expected `@env.secure('NAME')` or `@file.secure('path')`")
        };
        let (operator, argument) = text.strip_suffix(')').and_then(|text| text.split_once('(')).ok_or_else(known)?;
        let way = match operator.trim() {
            "@env.secure" => SecretWay::Environment,
            "@file.secure" => SecretWay::File,
            _ => return Err(known()),
        };
        let argument = argument.trim();
        let quoted = |quote: char| argument.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        let name = quoted('\'').or_else(|| quoted('"')).ok_or_else(known)?;
        if name.trim().is_empty() || name.contains(['\'', '"']) {
            return Err(known());
        }
        Ok(Self { way, name: name.to_owned() })
    }
}

/// The unit that a key names at its end: `timeout_seconds`, `cpu_percent`.
fn unit_of_key(key: &str) -> Option<&'static str> {
    let (_, last) = key.rsplit_once('_')?;
    Some(match last {
        "ms" | "millis" | "milliseconds" => "ms",
        "seconds" | "secs" | "sec" => "s",
        "minutes" | "mins" => "min",
        "hours" => "h",
        "days" => "days",
        "weeks" => "weeks",
        "months" => "months",
        "years" => "years",
        "percent" | "percentage" | "pct" => "%",
        "bytes" => "B",
        "kb" => "kB",
        "mb" => "MB",
        "gb" => "GB",
        "rps" => "rps",
        "rpm" => "rpm",
        _ => return None,
    })
}
