//! TuskLang as other formats, and other formats as TuskLang.

use crate::value::{ExprKind, Kind, Map, Value};
use serde_json::{Value as Json, json};

/// A map as JSON, in the form that LANGUAGE gives: expressions are `{"$expr": …, "kind": …}`, ranges `{"$range": […]}`.
pub fn json(map: &Map) -> Json {
    Json::Object(map.iter().map(|(key, field)| (key.clone(), json_value(&field.value))).collect())
}

/// [`json()`] for one value.
pub fn json_value(value: &Value) -> Json {
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(flag) => json!(flag),
        Kind::Int(number) => json!(number),
        Kind::Float(number) => json!(number),
        Kind::Str(text) => json!(text),
        Kind::Range(low, high) => json!({"$range": [low, high]}),
        Kind::Expr(expr) => {
            let raw = expr.raw.replace("\r\n", "\n");
            match &expr.kind {
                ExprKind::Op(name) => json!({"$expr": raw, "kind": "op", "op": name}),
                kind => json!({"$expr": raw, "kind": kind_word(kind)}),
            }
        }
        Kind::List(list) => Json::Array(list.iter().map(json_value).collect()),
        Kind::Map(map) => json(map),
    }
}

fn kind_word(kind: &ExprKind) -> &'static str {
    match kind {
        ExprKind::Op(_) => "op",
        ExprKind::Ref => "ref",
        ExprKind::Call => "call",
        ExprKind::Ternary => "ternary",
        ExprKind::Concat => "concat",
        ExprKind::Expr => "expr",
    }
}
