//! TuskLang's values in the form of other formats, and back.

use crate::tusk;
use crate::value::{ExprKind, Kind, Map, Value};
use serde_json::{Value as Json, json};

/// A map as JSON, in the form that LANGUAGE gives: expressions are `{"$expr": …, "kind": …}`, ranges `{"$range": […]}`.
pub fn json(map: &Map) -> Json {
    Json::Object(map.iter().map(|(key, field)| (key.to_string(), json_value(&field.value))).collect())
}

/// [`json()`] for one value.
pub fn json_value(value: &Value) -> Json {
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(flag) => json!(flag),
        Kind::Int(number) => json!(number),
        Kind::Float(number) => json!(number),
        // What no integer of JSON's usual readers holds is a float to them, and so here.
        Kind::Big(digits) => digits.parse::<u64>().map_or_else(|_| json!(value.as_number()), |number| json!(number)),
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

/// The other way: what [`json_value`] writes for expressions and ranges becomes such again, wherever it reads as what it
/// says. Anything else stays as it is.
pub fn restore(value: &mut Value) {
    if let Some(kind) = restored(value) {
        value.kind = kind;
        return;
    }
    match &mut value.kind {
        Kind::List(list) => list.iter_mut().for_each(restore),
        Kind::Map(map) => map.values_mut().for_each(|field| restore(&mut field.value)),
        _ => {}
    }
}

fn restored(value: &Value) -> Option<Kind> {
    let raw = match value.get("$expr") {
        Some(raw) => raw.as_str()?.to_owned(),
        None => match value.get("$range")?.as_list()? {
            [low, high] => format!("{}-{}", low.scalar_text()?, high.scalar_text()?),
            _ => return None,
        },
    };
    let (mut document, problems) = tusk::parse_text(&format!("x: {raw}"));
    let kind = document.root.remove("x")?.value.kind;
    let same = match &kind {
        Kind::Expr(expr) => expr.raw == raw,
        Kind::Range(..) => true,
        _ => false,
    };
    (same && document.root.is_empty() && problems.is_empty()).then_some(kind)
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
