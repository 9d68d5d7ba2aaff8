//! Kustomize patches applied to an object: strategic merges and JSON patches.

use super::object::Object;
use crate::source::Span;
use crate::value::{Field, Kind, Value};
use std::sync::Arc;

/// How many files one object may be put together from.
const MAX_FILES: usize = 64;

impl Object {
    /// A value of another file, with its spans moved to a range of their own; `None` when there are too many files.
    pub(super) fn adopt(&mut self, path: &Arc<str>, value: &Value, text_len: u32) -> Option<Value> {
        if self.files.len() >= MAX_FILES {
            return None;
        }
        let known = self.files.iter().find(|(_, known)| known == path).map(|&(start, _)| start);
        let start = if let Some(start) = known {
            start
        } else {
            // Texts are at most 64 MiB; the sum of a few dozen of them still has to fit into 32 bits.
            let (last, _) = self.files.last()?;
            let start = last.checked_add(crate::source::MAX_FILE as u32 + 1)?;
            start.checked_add(text_len)?;
            self.files.push((start, path.clone()));
            start
        };
        let mut value = value.clone();
        shift(&mut value, start);
        Some(value)
    }
}

/// Moves every span; the depth was bounded when the file was read.
fn shift(value: &mut Value, by: u32) {
    let moved = |span: Span| Span { start: span.start.saturating_add(by), end: span.end.saturating_add(by) };
    value.span = moved(value.span);
    match &mut value.kind {
        Kind::List(list) => list.iter_mut().for_each(|item| shift(item, by)),
        Kind::Map(map) => {
            for field in map.values_mut() {
                field.key = moved(field.key);
                shift(&mut field.value, by);
            }
        }
        _ => {}
    }
}

/// Merges a patch the way the API server does: maps by key, lists of named things by name, other lists replaced.
pub(super) fn merge(base: &mut Value, patch: Value) {
    let Kind::Map(patch_map) = patch.kind else {
        *base = patch;
        return;
    };
    let Kind::Map(map) = &mut base.kind else {
        base.kind = Kind::Map(patch_map);
        base.span = patch.span;
        return;
    };
    for (key, field) in patch_map {
        if key == "$patch" || field.value.kind == Kind::Null || is_delete(&field.value) {
            if key != "$patch" {
                map.remove(&key);
            }
            continue;
        }
        match map.get_mut(&key) {
            None => drop(map.insert(key, field)),
            Some(known) => match (&mut known.value.kind, field.value) {
                (Kind::List(known), Value { kind: Kind::List(patch), .. }) if is_named(known) && is_named(&patch) => {
                    merge_named(known, patch);
                }
                (_, value) => merge(&mut known.value, value),
            },
        }
    }
}

fn is_delete(value: &Value) -> bool {
    value.get("$patch").and_then(Value::as_str) == Some("delete")
}

fn is_named(list: &[Value]) -> bool {
    list.iter().all(|item| item.get("name").is_some())
}

fn merge_named(known: &mut Vec<Value>, patch: Vec<Value>) {
    for item in patch {
        let name = item.get("name").and_then(Value::scalar_text);
        let at = known.iter().position(|known| known.get("name").and_then(Value::scalar_text) == name);
        match at {
            Some(at) if is_delete(&item) => drop(known.remove(at)),
            Some(at) => merge(&mut known[at], item),
            None if is_delete(&item) => {}
            None => known.push(item),
        }
    }
}

/// Applies one operation of a JSON patch; one that does not fit changes nothing.
pub(super) fn operate(base: &mut Value, operation: &str, path: &str, value: Option<Value>) -> Option<()> {
    let parts: Vec<String> =
        path.strip_prefix('/')?.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    let (end, parents) = parts.split_last()?;
    let mut target = base;
    for part in parents {
        target = match &mut target.kind {
            Kind::Map(map) => &mut map.get_mut(part)?.value,
            Kind::List(list) => list.get_mut(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    match (&mut target.kind, operation) {
        (Kind::Map(map), "remove") => drop(map.remove(end)?),
        (Kind::Map(map), "add" | "replace") => {
            let value = value?;
            map.insert(end.clone(), Field { key: value.span, value });
        }
        (Kind::List(list), "remove") => {
            let index = end.parse::<usize>().ok().filter(|&index| index < list.len())?;
            list.remove(index);
        }
        (Kind::List(list), "add") if end == "-" => list.push(value?),
        (Kind::List(list), "add") => {
            let index = end.parse::<usize>().ok().filter(|&index| index <= list.len())?;
            list.insert(index, value?);
        }
        (Kind::List(list), "replace") => *list.get_mut(end.parse::<usize>().ok()?)? = value?,
        _ => return None,
    }
    Some(())
}
