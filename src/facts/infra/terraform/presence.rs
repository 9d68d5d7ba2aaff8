//! Whether a block is there and how often: what `count` and `for_each` come to.

use super::functions;
use super::scope::{Scope, each};
use super::source::Block;
use crate::facts::infra::fold::{entries, is_off};
use crate::facts::production::Standing;
use crate::value::{ExprKind, Kind, Value};

/// How many entries of a `for_each` become resources of their own.
pub(super) const MAX_EACH: usize = 50;

/// Whether a resource is there, and how many of it.
pub(super) type Presence = (Standing, Option<usize>);

/// The instances that `count` and `for_each` make, each with what it binds.
pub(super) fn presences(scope: &Scope<'_>, block: &Block) -> Vec<(Option<(&'static str, Value)>, Presence)> {
    let text = scope.text_of(block);
    let (word, node) = match (block.content.attribute("count"), block.content.attribute("for_each")) {
        (Some(node), _) => ("count", node),
        (None, Some(node)) => ("for_each", node),
        (None, None) => return vec![(None, (Standing::Production, Some(1)))],
    };
    let value = scope.node(text, node);
    let origins = scope.take_origins();
    let from = origins.first().map_or(String::new(), |(_, origin)| format!(" ({origin})"));
    match &value.kind {
        Kind::Expr(expr) if expr.kind == ExprKind::Ternary => {
            let why = format!("its `{word}` is `{}`, and that is not known here{from}", short(&expr.raw));
            vec![(None, (Standing::Uncertain(why), None))]
        }
        Kind::Expr(_) => vec![(None, (Standing::Production, None))],
        _ if is_off(&value) => {
            vec![(None, (Standing::Aside(format!("off by default: its `{word}` comes to none{from}")), Some(0)))]
        }
        _ if word == "count" => {
            let amount = value.as_number().and_then(functions::whole);
            vec![(None, (Standing::Production, amount))]
        }
        _ => for_each(&value),
    }
}

fn for_each(value: &Value) -> Vec<(Option<(&'static str, Value)>, Presence)> {
    let all = entries(value).unwrap_or_default();
    if all.len() > MAX_EACH {
        return vec![(None, (Standing::Production, Some(all.len())))];
    }
    let is_set = value.as_list().is_some();
    all.into_iter()
        .map(|(key, value)| {
            let key = if is_set { value.clone() } else { key };
            let span = value.span;
            (Some(("each", each(key, value, span))), (Standing::Production, Some(1)))
        })
        .collect()
}

pub(super) fn bind(scope: &Scope<'_>, bound: Option<(&'static str, Value)>, run: impl FnOnce()) {
    match bound {
        Some((name, value)) => scope.with(name, value, run),
        None => run(),
    }
}

/// The standing that says less for production.
pub(super) fn weaker(first: Standing, second: Standing) -> Standing {
    match (&first, &second) {
        (Standing::Production, _) | (Standing::Uncertain(_), Standing::Aside(_)) => second,
        _ => first,
    }
}

fn short(raw: &str) -> &str {
    raw.lines().next().unwrap_or(raw).trim()
}
