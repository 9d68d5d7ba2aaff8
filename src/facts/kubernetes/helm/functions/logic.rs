//! Conditions and choices; each says itself what a hidden argument makes of it.

use super::super::data::{Data, Item};
use super::text_of;
use std::cmp::Ordering;

pub(super) fn call(name: &str, args: &[Item]) -> Option<Item> {
    Some(match name {
        "and" => and(args),
        "or" => or(args),
        "not" => known(args.first(), |truth| Item::bool(!truth)),
        "empty" => known(args.first(), |truth| Item::bool(!truth)),
        "default" | "dflt" => match args {
            [fallback, value, ..] => match value.truth() {
                Some(false) => fallback.clone(),
                Some(true) | None => value.clone(),
            },
            [fallback] => fallback.clone(),
            [] => Item::nil(),
        },
        "coalesce" => coalesce(args),
        "ternary" => match args {
            [yes, no, condition] => match condition.truth() {
                Some(true) => yes.clone(),
                Some(false) => no.clone(),
                None => hidden(condition, name),
            },
            _ => Item::hidden(name),
        },
        "required" => match args.get(1) {
            Some(value) if !matches!(value.data, Data::Nil) && value.truth() != Some(false) => value.clone(),
            Some(Item { data: Data::Bool(flag), .. }) => Item::bool(*flag),
            _ => Item::hidden("required"),
        },
        // With these values the chart does not install; those that production gives it are not in the tree.
        "fail" => Item::text(""),
        "eq" => eq(args),
        "ne" => match args {
            [left, right] => same(left, right).map_or_else(|| hidden_of(args, name), |same| Item::bool(!same)),
            _ => Item::hidden(name),
        },
        "lt" | "le" | "gt" | "ge" => compare(name, args),
        "hasKey" => match (args.first().map(|map| &map.data), args.get(1).is_some_and(Item::is_hidden)) {
            (Some(Data::Map(map)), false) => Item::bool(map.contains_key(&text_of(args, 1))),
            (Some(Data::Hidden(what)), _) => Item::hidden(what),
            (_, true) => Item::hidden(name),
            _ => Item::bool(false),
        },
        "has" => match args {
            [needle, Item { data: Data::List(list), .. }] => any_same(needle, list.iter(), name),
            [_, list] if list.is_hidden() => Item::hidden(name),
            _ => Item::bool(false),
        },
        "kindIs" | "typeIs" | "typeIsLike" => match args {
            [wanted, value] if !value.is_hidden() => {
                wanted.printed().map_or_else(|| Item::hidden(name), |wanted| Item::bool(is_kind(value, wanted.text())))
            }
            _ => Item::hidden(name),
        },
        "kindOf" | "typeOf" => match args.first() {
            Some(value) if !value.is_hidden() => Item::text(kind(value)),
            _ => Item::hidden(name),
        },
        _ => return None,
    })
}

fn hidden(item: &Item, name: &str) -> Item {
    match &item.data {
        Data::Hidden(what) => Item::hidden(what),
        _ => Item::hidden(name),
    }
}

fn hidden_of(args: &[Item], name: &str) -> Item {
    args.iter().find(|arg| arg.is_hidden()).map_or_else(|| Item::hidden(name), |arg| hidden(arg, name))
}

fn known(arg: Option<&Item>, result: impl Fn(bool) -> Item) -> Item {
    let Some(arg) = arg else { return result(false) };
    arg.truth().map_or_else(|| hidden(arg, "condition"), result)
}

/// The first false one, or the last; one that is false decides whatever the hidden ones are.
fn and(args: &[Item]) -> Item {
    let mut unknown = None;
    for arg in args {
        match arg.truth() {
            Some(false) => return arg.clone(),
            Some(true) => {}
            None => unknown = unknown.or(Some(arg)),
        }
    }
    unknown.map(|arg| hidden(arg, "and")).or_else(|| args.last().cloned()).unwrap_or_else(Item::nil)
}

/// The first true one, or the last; behind a hidden one, which value it is stays open unless it is plainly true.
fn or(args: &[Item]) -> Item {
    let mut unknown = None;
    for arg in args {
        match arg.truth() {
            Some(true) => {
                return match (unknown, &arg.data) {
                    (Some(hiding), data) if !matches!(data, Data::Bool(_)) => hidden(hiding, "or"),
                    _ => arg.clone(),
                };
            }
            Some(false) => {}
            None => unknown = unknown.or(Some(arg)),
        }
    }
    unknown.map(|arg| hidden(arg, "or")).or_else(|| args.last().cloned()).unwrap_or_else(Item::nil)
}

fn coalesce(args: &[Item]) -> Item {
    for arg in args {
        match arg.truth() {
            Some(true) => return arg.clone(),
            Some(false) => {}
            None => return hidden(arg, "coalesce"),
        }
    }
    Item::nil()
}

fn eq(args: &[Item]) -> Item {
    match args.split_first() {
        Some((first, rest)) if !rest.is_empty() => any_same(first, rest.iter(), "eq"),
        _ => Item::hidden("eq"),
    }
}

fn any_same<'i>(needle: &Item, list: impl Iterator<Item = &'i Item>, name: &str) -> Item {
    let mut unknown = None;
    for item in list {
        match same(needle, item) {
            Some(true) => return Item::bool(true),
            Some(false) => {}
            None => unknown = Some(if needle.is_hidden() { hidden(needle, name) } else { hidden(item, name) }),
        }
    }
    unknown.unwrap_or_else(|| Item::bool(false))
}

/// Whether two scalars are the same; `None` where nobody knows.
fn same(left: &Item, right: &Item) -> Option<bool> {
    if left.is_hidden() || right.is_hidden() {
        return None;
    }
    let number = |item: &Item| match &item.data {
        Data::Int(number) => Some(*number as f64),
        Data::Float(number) => Some(*number),
        _ => None,
    };
    Some(match (&left.data, &right.data) {
        (Data::Text(left), Data::Text(right)) => left.text() == right.text(),
        (Data::Bool(left), Data::Bool(right)) => left == right,
        (Data::Nil, Data::Nil) => true,
        (Data::List(_) | Data::Map(_), _) | (_, Data::List(_) | Data::Map(_)) => return None,
        _ => matches!((number(left), number(right)), (Some(left), Some(right)) if left.total_cmp(&right).is_eq()),
    })
}

fn compare(name: &str, args: &[Item]) -> Item {
    let [left, right] = args else { return Item::hidden(name) };
    if left.is_hidden() || right.is_hidden() {
        return hidden_of(args, name);
    }
    let order = match (&left.data, &right.data) {
        (Data::Text(left), Data::Text(right)) => left.text().cmp(right.text()),
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => left.total_cmp(&right),
            _ => return Item::hidden(name),
        },
    };
    Item::bool(match name {
        "lt" => order == Ordering::Less,
        "le" => order != Ordering::Greater,
        "gt" => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

fn number(item: &Item) -> Option<f64> {
    match &item.data {
        Data::Int(number) => Some(*number as f64),
        Data::Float(number) => Some(*number),
        Data::Nil => Some(0.0),
        _ => None,
    }
}

fn kind(item: &Item) -> &'static str {
    match &item.data {
        Data::Nil => "invalid",
        Data::Bool(_) => "bool",
        Data::Int(_) | Data::Float(_) => "float64",
        Data::Text(_) | Data::Hidden(_) => "string",
        Data::List(_) => "slice",
        Data::Map(_) => "map",
    }
}

fn is_kind(item: &Item, wanted: &str) -> bool {
    let is_number = matches!(item.data, Data::Int(_) | Data::Float(_));
    kind(item) == wanted
        || (is_number && matches!(wanted, "int" | "int64"))
        || (matches!(item.data, Data::List(_)) && wanted.starts_with("[]"))
        || (matches!(item.data, Data::Map(_)) && wanted.starts_with("map["))
}
