//! What template expressions work with: values that remember where they were written.

use super::rope::{From, Origin, Rope};
use crate::source::Span;
use crate::value::{Kind, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// How deep lists and maps may nest.
const MAX_DEPTH: u8 = 200;

/// A value with where it was written.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) data: Data,
    pub(super) origin: Option<Origin>,
    depth: u8,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rope),
    List(Arc<Vec<Item>>),
    Map(Arc<Map>),
    /// This program cannot work it out; what it is about.
    Hidden(Arc<str>),
}

/// A mapping.
pub(super) type Map = IndexMap<String, Entry>;

/// One entry of a mapping.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Where its key stands.
    pub(super) key: Option<Origin>,
    pub(super) item: Item,
}

impl Item {
    /// A value that was computed.
    pub(super) fn new(data: Data) -> Self {
        Self { data, origin: None, depth: 0 }
    }

    pub(super) fn nil() -> Self {
        Self::new(Data::Nil)
    }

    pub(super) fn bool(flag: bool) -> Self {
        Self::new(Data::Bool(flag))
    }

    pub(super) fn int(number: i64) -> Self {
        Self::new(Data::Int(number))
    }

    pub(super) fn text(text: &str) -> Self {
        Self::new(Data::Text(Rope::of(text, From::Nowhere)))
    }

    /// A key as a value.
    pub(super) fn name(text: &str, origin: Option<Origin>) -> Self {
        Self::new(Data::Text(Rope::of(text, origin.map_or(From::Nowhere, From::Whole)))).at(origin)
    }

    pub(super) fn rope(rope: Rope) -> Self {
        Self::new(Data::Text(rope))
    }

    pub(super) fn hidden(what: &str) -> Self {
        Self::new(Data::Hidden(what.into()))
    }

    pub(super) fn list(list: Vec<Self>) -> Self {
        let depth = list.iter().map(|item| item.depth).max().unwrap_or(0).saturating_add(1);
        Self::container(Data::List(Arc::new(list)), depth)
    }

    pub(super) fn map(map: Map) -> Self {
        let depth = map.values().map(|entry| entry.item.depth).max().unwrap_or(0).saturating_add(1);
        Self::container(Data::Map(Arc::new(map)), depth)
    }

    fn container(data: Data, depth: u8) -> Self {
        if depth > MAX_DEPTH {
            return Self::hidden("nested");
        }
        Self { data, origin: None, depth }
    }

    /// A map of computed values.
    pub(super) fn record<const N: usize>(entries: [(&str, Self); N]) -> Self {
        let entries = entries.into_iter().map(|(key, item)| (key.to_owned(), Entry { key: None, item }));
        Self::map(entries.collect())
    }

    /// A value of a file; the reader of the file has bounded its depth.
    pub(super) fn of(value: &Value, file: u16) -> Self {
        let at = |span: Span| Some(Origin { file, span });
        let item = match &value.kind {
            Kind::Null => Self::nil(),
            Kind::Bool(flag) => Self::bool(*flag),
            Kind::Int(number) => Self::int(*number),
            Kind::Float(number) => Self::new(Data::Float(*number)),
            Kind::Big(_) => Self::new(Data::Float(value.as_number().unwrap_or(f64::INFINITY))),
            Kind::Str(text) => Self::rope(Rope::of(text, From::Whole(Origin { file, span: value.span }))),
            Kind::List(list) => Self::list(list.iter().map(|item| Self::of(item, file)).collect()),
            Kind::Map(map) => {
                let entry =
                    |field: &crate::value::Field| Entry { key: at(field.key), item: Self::of(&field.value, file) };
                Self::map(map.iter().map(|(key, field)| (key.to_string(), entry(field))).collect())
            }
            Kind::Range(..) | Kind::Expr(_) => Self::hidden("expression"),
        };
        Self { origin: at(value.span), ..item }
    }

    /// The value under a key; nothing where there is no such key, hidden where nobody knows.
    pub(super) fn get(&self, key: &str) -> Self {
        match &self.data {
            Data::Map(map) => map.get(key).map_or_else(Self::nil, |entry| entry.item.clone()),
            Data::Hidden(what) => Self::hidden(&format!("{what}.{key}")),
            _ => Self::nil(),
        }
    }

    pub(super) fn as_map(&self) -> Option<&Arc<Map>> {
        match &self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn as_list(&self) -> Option<&[Self]> {
        match &self.data {
            Data::List(list) => Some(list),
            _ => None,
        }
    }

    pub(super) fn as_int(&self) -> Option<i64> {
        match &self.data {
            Data::Int(number) => Some(*number),
            Data::Float(number) if number.is_finite() => Some(*number as i64),
            Data::Text(rope) => rope.text().trim().parse().ok(),
            Data::Bool(flag) => Some(i64::from(*flag)),
            Data::Nil => Some(0),
            _ => None,
        }
    }

    /// Whether nobody knows what it is, or a part of it.
    pub(super) fn is_hidden(&self) -> bool {
        match &self.data {
            Data::Hidden(_) => true,
            Data::Text(rope) => rope.is_hidden(),
            _ => false,
        }
    }

    /// Whether a condition on it holds, as Go's templates see it; `None` where nobody knows.
    pub(super) fn truth(&self) -> Option<bool> {
        Some(match &self.data {
            Data::Nil => false,
            Data::Bool(flag) => *flag,
            Data::Int(number) => *number != 0,
            Data::Float(number) => *number != 0.0,
            Data::Text(rope) => {
                // A hidden part may be empty, what stands around it is not.
                if super::rope::is_all_hidden(rope.text().trim()) {
                    return None;
                }
                !rope.text().is_empty()
            }
            Data::List(list) => !list.is_empty(),
            Data::Map(map) => !map.is_empty(),
            Data::Hidden(_) => return None,
        })
    }

    /// A scalar as a template prints it; `None` for what has no such form.
    pub(super) fn printed(&self) -> Option<Rope> {
        let from = self.origin.map_or(From::Nowhere, From::Whole);
        let text = match &self.data {
            Data::Nil => String::new(),
            Data::Bool(flag) => flag.to_string(),
            Data::Int(number) => number.to_string(),
            Data::Float(number) => number.to_string(),
            Data::Text(rope) => return Some(rope.clone()),
            Data::Hidden(what) => return Some(Rope::hidden(what, from)),
            Data::List(_) | Data::Map(_) => return None,
        };
        Some(Rope::of(&text, from))
    }

    /// The same value, written where another one was.
    #[must_use]
    pub(super) fn at(mut self, origin: Option<Origin>) -> Self {
        self.origin = self.origin.or(origin);
        self
    }
}

/// One value over another, as Helm merges values: maps by key, everything else replaced, null takes away.
pub(super) fn over(base: &Item, top: &Item) -> Item {
    let (Data::Map(below), Data::Map(above)) = (&base.data, &top.data) else { return top.clone() };
    let mut map = (**below).clone();
    for (key, entry) in above.iter() {
        match map.get_mut(key) {
            _ if matches!(entry.item.data, Data::Nil) => drop(map.shift_remove(key)),
            Some(known) => *known = Entry { key: entry.key, item: over(&known.item, &entry.item) },
            None => drop(map.insert(key.clone(), entry.clone())),
        }
    }
    let origin = top.origin;
    Item { origin, ..Item::map(map) }
}

/// Two files that both speak for production: where they say different things, nobody knows which one is meant.
pub(super) fn beside(one: &Item, other: &Item) -> Item {
    match (&one.data, &other.data) {
        (Data::Map(left), Data::Map(right)) => {
            let mut map = (**left).clone();
            for (key, entry) in right.iter() {
                match map.get_mut(key) {
                    Some(known) => known.item = beside(&known.item, &entry.item),
                    None => drop(map.insert(key.clone(), entry.clone())),
                }
            }
            Item { origin: one.origin, ..Item::map(map) }
        }
        (Data::List(left), Data::List(right)) if left.len() == right.len() => {
            let list = left.iter().zip(right.iter()).map(|(left, right)| beside(left, right)).collect();
            Item { origin: one.origin, ..Item::list(list) }
        }
        _ => {
            let text = |item: &Item| item.printed().map(|rope| rope.text().to_owned());
            let same = text(one).is_some_and(|own| text(other) == Some(own));
            if same { one.clone() } else { Item::hidden("differs").at(one.origin) }
        }
    }
}
