//! The functions of Terraform that settings are computed with; any other leaves the expression as it is.

use super::super::fold::{truth, unknown};
use crate::source::Span;
use crate::value::{ExprKind, Field, Kind, Map, Value};

/// How many entries a list may have.
const MAX_ENTRIES: usize = 10_000;

/// What a call comes to; `None` where that cannot be known. `spread` says that the last argument is a list of arguments.
pub(super) fn call(name: &str, mut arguments: Vec<Value>, spread: bool, raw: &str, span: Span) -> Option<Value> {
    if spread {
        match arguments.pop()?.kind {
            Kind::List(list) => arguments.extend(list),
            _ => return None,
        }
    }
    match name {
        "try" => return choose(arguments, |value| value.kind == Kind::Null),
        "coalesce" => {
            return choose(arguments, |value| matches!(&value.kind, Kind::Null) || value.as_str() == Some(""));
        }
        "coalescelist" => return choose(arguments, |value| value.as_list().is_some_and(<[Value]>::is_empty)),
        "sensitive" | "nonsensitive" | "tolist" | "toset" | "tomap" | "any" | "jsonencode" | "yamlencode"
        | "defaults" | "trimspace" | "tostring" => return arguments.into_iter().next(),
        _ => {}
    }
    if let Some(kind) = collection(name, &arguments).or_else(|| text(name, &arguments)) {
        return Some(Value::new(kind, span));
    }
    // The length of what is not known is hardly ever 0; what may be switched off stays so.
    let may_be_off =
        |value: &Value| matches!(&value.kind, Kind::Expr(expression) if expression.kind == ExprKind::Ternary);
    arguments.iter().any(may_be_off).then(|| unknown(raw, span, ExprKind::Ternary))
}

/// The first that is something; one that is not known hides the rest.
fn choose(arguments: Vec<Value>, is_nothing: impl Fn(&Value) -> bool) -> Option<Value> {
    let first = arguments.into_iter().find(|value| !is_nothing(value))?;
    (!matches!(first.kind, Kind::Expr(_))).then_some(first)
}

fn collection(name: &str, arguments: &[Value]) -> Option<Kind> {
    let first = arguments.first();
    Some(match name {
        "merge" => {
            let mut merged = Map::default();
            for argument in arguments {
                match &argument.kind {
                    Kind::Map(map) => merged.extend(map.clone()),
                    Kind::Null => {}
                    _ => return None,
                }
            }
            Kind::Map(merged)
        }
        "concat" | "setunion" => {
            let mut list = Vec::new();
            for argument in arguments {
                list.extend_from_slice(argument.as_list()?);
                if list.len() > MAX_ENTRIES {
                    return None;
                }
            }
            Kind::List(list)
        }
        "flatten" => Kind::List(flat(first?)?),
        "compact" => {
            let kept = |value: &&Value| value.kind != Kind::Null && value.as_str() != Some("");
            Kind::List(first?.as_list()?.iter().filter(kept).cloned().collect())
        }
        "distinct" | "reverse" | "sort" => Kind::List(first?.as_list()?.to_vec()),
        "length" => match &first?.kind {
            Kind::List(list) => count(list.len()),
            Kind::Map(map) => count(map.len()),
            Kind::Str(text) => count(text.chars().count()),
            _ => return None,
        },
        "keys" => Kind::List(
            first?.as_map()?.iter().map(|(key, field)| Value::new(Kind::Str(key.to_string()), field.key)).collect(),
        ),
        "values" => Kind::List(first?.as_map()?.values().map(|field| field.value.clone()).collect()),
        "lookup" => {
            let key = arguments.get(1)?.scalar_text()?;
            match first?.as_map()?.get(&key) {
                Some(field) => field.value.kind.clone(),
                None => arguments.get(2)?.kind.clone(),
            }
        }
        "element" => {
            let list = first?.as_list()?;
            let at = whole(arguments.get(1)?.as_number()?)?;
            list.get(at.checked_rem(list.len())?)?.kind.clone()
        }
        "one" => match first?.as_list()? {
            [] => Kind::Null,
            [only] => only.kind.clone(),
            _ => return None,
        },
        "contains" => {
            let wanted = arguments.get(1)?.scalar_text()?;
            let texts: Option<Vec<String>> = first?.as_list()?.iter().map(Value::scalar_text).collect();
            Kind::Bool(texts?.contains(&wanted))
        }
        "alltrue" => {
            Kind::Bool(first?.as_list()?.iter().map(truth).collect::<Option<Vec<bool>>>()?.iter().all(|&yes| yes))
        }
        "anytrue" => {
            Kind::Bool(first?.as_list()?.iter().map(truth).collect::<Option<Vec<bool>>>()?.iter().any(|&yes| yes))
        }
        "zipmap" => {
            let pairs = first?.as_list()?.iter().zip(arguments.get(1)?.as_list()?);
            let pair = |(key, value): (&Value, &Value)| {
                Some((key.scalar_text()?, Field { key: key.span, value: value.clone() }))
            };
            Kind::Map(pairs.map(pair).collect::<Option<_>>()?)
        }
        "max" | "min" => {
            let numbers: Option<Vec<f64>> = arguments.iter().map(Value::as_number).collect();
            let pick = if name == "max" { f64::max } else { f64::min };
            Kind::of_number(numbers?.into_iter().reduce(pick)?)
        }
        "ceil" => Kind::of_number(first?.as_number()?.ceil()),
        "floor" => Kind::of_number(first?.as_number()?.floor()),
        "abs" => Kind::of_number(first?.as_number()?.abs()),
        "tonumber" => Kind::of_number(first?.as_number().or_else(|| first?.as_str()?.parse().ok())?),
        "tobool" => Kind::Bool(truth(first?)?),
        _ => return None,
    })
}

fn text(name: &str, arguments: &[Value]) -> Option<Kind> {
    let first = || arguments.first()?.scalar_text();
    let second = || arguments.get(1)?.scalar_text();
    Some(match name {
        "lower" => Kind::Str(first()?.to_lowercase()),
        "upper" => Kind::Str(first()?.to_uppercase()),
        "startswith" => Kind::Bool(first()?.starts_with(&second()?)),
        "endswith" => Kind::Bool(first()?.ends_with(&second()?)),
        "strcontains" => Kind::Bool(first()?.contains(&second()?)),
        "join" => {
            let parts: Option<Vec<String>> = arguments.get(1)?.as_list()?.iter().map(Value::scalar_text).collect();
            Kind::Str(bounded(parts?.join(&first()?))?)
        }
        "split" => {
            let (separator, text) = (first()?, second()?);
            if separator.is_empty() {
                return None;
            }
            let span = arguments.get(1)?.span;
            let parts = text.split(&separator).take(MAX_ENTRIES);
            Kind::List(parts.map(|part| Value::new(Kind::Str(part.to_owned()), span)).collect())
        }
        "format" => Kind::Str(bounded(format(&first()?, arguments.get(1..)?)?)?),
        _ => return None,
    })
}

fn bounded(text: String) -> Option<String> {
    (text.len() <= 64 * 1024).then_some(text)
}

/// `%s`, `%d` and `%v` only.
fn format(pattern: &str, arguments: &[Value]) -> Option<String> {
    let mut arguments = arguments.iter();
    let mut out = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => match letters.next()? {
                's' | 'd' | 'v' => out.push_str(&arguments.next()?.scalar_text()?),
                '%' => out.push('%'),
                _ => return None,
            },
            letter => out.push(letter),
        }
    }
    Some(out)
}

/// A number as a position or a count.
pub(super) fn whole(amount: f64) -> Option<usize> {
    (0.0..1e9).contains(&amount).then(|| format!("{amount:.0}").parse().ok())?
}

fn count(amount: usize) -> Kind {
    Kind::Int(i64::try_from(amount).unwrap_or(i64::MAX))
}

fn flat(value: &Value) -> Option<Vec<Value>> {
    let mut out = Vec::new();
    let mut open: Vec<&Value> = value.as_list()?.iter().rev().collect();
    while let Some(value) = open.pop() {
        match &value.kind {
            Kind::List(list) => open.extend(list.iter().rev()),
            Kind::Expr(_) => return None,
            _ => out.push(value.clone()),
        }
        if out.len() > MAX_ENTRIES {
            return None;
        }
    }
    Some(out)
}
