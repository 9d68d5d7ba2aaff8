//! What folding needs to know of values: whether they are equal, true, off, and what an unknown one is.

use crate::facts::production::{Stage, stage_of_path};
use crate::source::Span;
use crate::value::{ExprKind, Kind, Value};

/// An expression that stays as it is written.
pub(in crate::facts::infra) fn unknown(raw: &str, span: Span, kind: ExprKind) -> Value {
    Value::new(Kind::expression(raw, kind), span)
}

/// Keys and values of a collection; of a list, positions and values.
pub(in crate::facts::infra) fn entries(value: &Value) -> Option<Vec<(Value, Value)>> {
    match &value.kind {
        Kind::Map(map) => Some(
            map.iter()
                .map(|(key, field)| (Value::new(Kind::Str(key.to_string()), field.key), field.value.clone()))
                .collect(),
        ),
        Kind::List(list) => Some(
            list.iter()
                .enumerate()
                .map(|(at, item)| {
                    (Value::new(Kind::Int(i64::try_from(at).unwrap_or(i64::MAX)), item.span), item.clone())
                })
                .collect(),
        ),
        Kind::Null => Some(Vec::new()),
        _ => None,
    }
}

/// Whether a name speaks of the environment that a stack is for.
pub(in crate::facts::infra) fn is_environment(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name).to_lowercase();
    ["environment", "env", "stage", "workspace", "environment_name", "env_name", "deploy_env", "deployment_environment"]
        .contains(&last.as_str())
}

/// Whether two values are equal, where that can be known. An unknown environment is production: that is what is asked.
pub(in crate::facts::infra) fn same(left: &Value, right: &Value) -> Option<bool> {
    match (&left.kind, &right.kind) {
        (Kind::Expr(expression), Kind::Str(word)) | (Kind::Str(word), Kind::Expr(expression)) => {
            match stage_of_path(word) {
                Stage::Production if is_environment(&expression.raw) => Some(true),
                Stage::Never(_) if is_environment(&expression.raw) => Some(false),
                _ => None,
            }
        }
        (Kind::Expr(_), _) | (_, Kind::Expr(_)) => None,
        (Kind::Map(_) | Kind::List(_), Kind::Map(_) | Kind::List(_)) if holds_unknown(left) || holds_unknown(right) => {
            None
        }
        (Kind::Map(left), Kind::Map(right)) => Some(
            left.len() == right.len()
                && left.iter().all(|(key, field)| {
                    right.get(key).is_some_and(|other| same(&field.value, &other.value) == Some(true))
                }),
        ),
        (Kind::List(left), Kind::List(right)) => Some(
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right) == Some(true)),
        ),
        _ => match (left.as_number(), right.as_number()) {
            (Some(left), Some(right)) => Some(left.total_cmp(&right).is_eq()),
            _ => Some(left.kind == right.kind),
        },
    }
}

fn holds_unknown(value: &Value) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match &value.kind {
            Kind::Expr(_) => return true,
            Kind::List(list) => open.extend(list),
            Kind::Map(map) => open.extend(map.values().map(|field| &field.value)),
            _ => {}
        }
    }
    false
}

/// Whether a value is a truth, texts of one included.
pub(in crate::facts::infra) fn truth(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Bool(flag) => Some(*flag),
        Kind::Str(text) => text.parse().ok(),
        _ => None,
    }
}

pub(in crate::facts::infra) fn as_number(value: &Value) -> Option<f64> {
    value.as_number().or_else(|| value.as_str()?.parse().ok())
}

/// Whether a value as `count` or `for_each` means none, or may.
pub(in crate::facts::infra) fn is_off(value: &Value) -> bool {
    match &value.kind {
        Kind::Null => true,
        Kind::Bool(flag) => !flag,
        Kind::Int(number) => *number == 0,
        Kind::Str(text) => text.is_empty() || text == "0" || text == "false",
        Kind::List(list) => list.is_empty(),
        Kind::Map(map) => map.is_empty(),
        Kind::Expr(expression) => expression.kind == ExprKind::Ternary,
        _ => false,
    }
}

/// What copying a value costs, and how deep it is.
pub(in crate::facts::infra) fn extent(value: &Value) -> (usize, usize) {
    let mut open = vec![(value, 1)];
    let (mut size, mut deepest) = (0, 0);
    while let Some((value, depth)) = open.pop() {
        size += 1;
        deepest = deepest.max(depth);
        match &value.kind {
            Kind::Str(text) => size += text.len() / 64,
            Kind::List(list) => open.extend(list.iter().map(|item| (item, depth + 1))),
            Kind::Map(map) => open.extend(map.values().map(|field| (&field.value, depth + 1))),
            _ => {}
        }
    }
    (size, deepest)
}

/// Puts a value that was written elsewhere at the place that refers to it; the depth of values is bounded by their text.
pub(in crate::facts::infra) fn respan(value: &mut Value, span: Span) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        value.span = span;
        match &mut value.kind {
            Kind::List(list) => open.extend(list),
            Kind::Map(map) => {
                for field in map.values_mut() {
                    field.key = span;
                    open.push(&mut field.value);
                }
            }
            _ => {}
        }
    }
}
