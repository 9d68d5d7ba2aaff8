//! JSON with places; comments and trailing commas are read, as many tools do for their settings.

use super::{MAX_DEPTH, Problem};
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// Reads a text; an empty one holds no value.
pub(super) fn parse(text: &str) -> Result<Option<Value>, Problem> {
    let options = ParseOptions { allow_missing_commas: false, ..ParseOptions::default() };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options)
        .map_err(|error| Problem::new(span(error.range()), error.kind().to_string().to_lowercase()))?;
    parsed.value.map(|value| convert(value, 0)).transpose()
}

fn span(range: Range) -> Span {
    Span::new(range.start, range.end)
}

fn convert(value: ast::Value<'_>, depth: usize) -> Result<Value, Problem> {
    let at = span(value.range());
    if depth >= MAX_DEPTH && matches!(value, ast::Value::Array(_) | ast::Value::Object(_)) {
        return Err(Problem::new(at, "nested too deeply"));
    }
    let kind = match value {
        ast::Value::StringLit(text) => Kind::Str(text.value.into_owned()),
        ast::Value::NumberLit(number) => {
            super::yaml::number(number.value).unwrap_or_else(|| Kind::Str(number.value.to_owned()))
        }
        ast::Value::BooleanLit(flag) => Kind::Bool(flag.value),
        ast::Value::NullKeyword(_) => Kind::Null,
        ast::Value::Array(array) => {
            Kind::List(array.elements.into_iter().map(|item| convert(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        ast::Value::Object(object) => Kind::Map(convert_object(object, depth)?),
    };
    Ok(Value::new(kind, at))
}

fn convert_object(object: ast::Object<'_>, depth: usize) -> Result<Map, Problem> {
    let mut map = Map::with_capacity(object.properties.len());
    for property in object.properties {
        let key = match &property.name {
            ast::ObjectPropName::String(text) => span(text.range),
            ast::ObjectPropName::Word(word) => span(word.range),
        };
        let value = convert(property.value, depth + 1)?;
        map.insert(property.name.into_string(), Field { key, value });
    }
    Ok(map)
}
