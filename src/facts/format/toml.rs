//! TOML with places.

use super::{MAX_DEPTH, Problem};
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use toml::de::{DeTable, DeValue};

/// How many dots one key may have: deeper nesting by dots is refused before the parser recurses into it.
const MAX_DOTS: usize = 32;

/// Reads a document.
pub(super) fn parse(text: &str) -> Result<Value, Problem> {
    if let Some(at) = too_deep(text) {
        return Err(Problem::new(Span::new(at, at), "a key nests too deeply"));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or(0..0);
        Problem::new(Span::new(at.start, at.end), error.message().to_lowercase())
    })?;
    let map = convert_table(table.get_ref(), 0)?;
    Ok(Value::new(Kind::Map(map), Span::new(0, text.len())))
}

/// The offset of a run of dotted names that is longer than any real key, outside of strings.
fn too_deep(text: &str) -> Option<usize> {
    let mut dots = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'.' => dots += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'"' | b'\'' | b' ' | b'\t' => {}
            _ => dots = 0,
        }
        if dots > MAX_DOTS && !is_dotty(text, at) {
            return Some(at);
        }
    }
    None
}

/// Dots in a row (`.....`) are prose, not a key.
fn is_dotty(text: &str, at: usize) -> bool {
    at > 0 && text.as_bytes()[at - 1] == b'.'
}

fn convert_table(table: &DeTable<'_>, depth: usize) -> Result<Map, Problem> {
    let mut map = Map::with_capacity(table.len());
    for (key, value) in table {
        let span = Span::new(key.span().start, key.span().end);
        let value = convert(value.get_ref(), Span::new(value.span().start, value.span().end), depth + 1)?;
        map.insert(key.get_ref().to_string(), Field { key: span, value });
    }
    Ok(map)
}

fn convert(value: &DeValue<'_>, span: Span, depth: usize) -> Result<Value, Problem> {
    if depth > MAX_DEPTH {
        return Err(Problem::new(span, "nested too deeply"));
    }
    let kind = match value {
        DeValue::String(text) => Kind::Str(text.to_string()),
        DeValue::Boolean(flag) => Kind::Bool(*flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Kind::Int(number),
            Err(_) if number.radix() == 10 => Kind::Big(number.as_str().to_owned()),
            Err(_) => Kind::Str(number.as_str().to_owned()),
        },
        DeValue::Float(number) => number.as_str().parse().map_or(Kind::Null, Kind::Float),
        DeValue::Datetime(moment) => Kind::Str(moment.to_string()),
        DeValue::Array(array) => Kind::List(
            array
                .iter()
                .map(|item| convert(item.get_ref(), Span::new(item.span().start, item.span().end), depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => Kind::Map(convert_table(table, depth)?),
    };
    Ok(Value::new(kind, span))
}
