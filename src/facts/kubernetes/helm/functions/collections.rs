//! Functions on lists and maps.

use super::super::data::{self, Data, Entry, Item, Map};
use super::{Exhausted, spend, text_of};

/// How long a list that is counted out may be.
const MAX_COUNT: i64 = 1_000;

/// Functions that do their work whether or not a part of what they take is hidden; fails when too few steps are left.
pub(super) fn keeping(name: &str, args: &[Item], work: &mut usize) -> Result<Option<Item>, Exhausted> {
    let size: usize = args.iter().map(length).sum();
    spend(work, size)?;
    Ok(match name {
        "list" | "tuple" => Some(Item::list(args.to_vec())),
        "dict" => Some(dict(args)),
        "get" => args.first().map(|map| map.get(&text_of(args, 1))),
        "index" => args.split_first().map(|(first, path)| index(first, path)),
        "dig" => Some(dig(args)),
        "append" | "prepend" | "push" | "mustAppend" => match args {
            [Item { data: Data::List(list), .. }, item] => {
                let mut longer = (**list).clone();
                let at = if name == "prepend" { 0 } else { longer.len() };
                longer.insert(at, item.clone());
                Some(Item::list(longer))
            }
            [Item { data: Data::Nil, .. }, item] => Some(Item::list(vec![item.clone()])),
            _ => Some(Item::hidden(name)),
        },
        "set" => match args {
            [map, key, value] => Some(set(map, key, value)),
            _ => Some(Item::hidden(name)),
        },
        "merge" | "mustMerge" | "mergeOverwrite" | "mustMergeOverwrite" => Some(merge(name, args, work)?),
        "deepCopy" | "mustDeepCopy" => args.first().cloned(),
        "first" | "last" | "mustFirst" | "mustLast" => args.first().filter(|list| !list.is_hidden()).map(|list| {
            let list = list.as_list().unwrap_or_default();
            let found = if name.ends_with("irst") { list.first() } else { list.last() };
            found.cloned().unwrap_or_else(Item::nil)
        }),
        _ => None,
    })
}

pub(super) fn call(name: &str, args: &[Item]) -> Option<Item> {
    Some(match name {
        "len" => match &args.first()?.data {
            Data::Text(rope) => count(rope.text().len()),
            Data::Nil => Item::int(0),
            _ => count(length(&args[0])),
        },
        "concat" => {
            let lists = args.iter().map(|list| list.as_list().unwrap_or_default());
            Item::list(lists.flatten().cloned().collect())
        }
        "rest" => Item::list(args.first()?.as_list()?.iter().skip(1).cloned().collect()),
        "initial" => {
            let list = args.first()?.as_list()?;
            Item::list(list[..list.len().saturating_sub(1)].to_vec())
        }
        "reverse" => Item::list(args.first()?.as_list()?.iter().rev().cloned().collect()),
        "compact" => {
            let kept = args.first()?.as_list()?.iter().filter(|item| item.truth() != Some(false));
            Item::list(kept.cloned().collect())
        }
        "uniq" | "sortAlpha" | "toStrings" => texts(name, args.first()?.as_list()?)?,
        "without" => {
            let (list, others) = args.split_first()?;
            let text = |item: &Item| item.printed().map(|rope| rope.text().to_owned());
            let others: Vec<Option<String>> = others.iter().map(text).collect();
            Item::list(list.as_list()?.iter().filter(|item| !others.contains(&text(item))).cloned().collect())
        }
        "keys" => {
            let maps = args.iter().filter_map(Item::as_map);
            Item::list(maps.flat_map(|map| map.iter()).map(|(key, entry)| Item::name(key, entry.key)).collect())
        }
        "values" => {
            let maps = args.iter().filter_map(Item::as_map);
            Item::list(maps.flat_map(|map| map.values()).map(|entry| entry.item.clone()).collect())
        }
        "pick" | "omit" => {
            let (map, keys) = args.split_first()?;
            let keys: Vec<String> = (0..keys.len()).map(|index| text_of(keys, index)).collect();
            let kept = map.as_map()?.iter().filter(|(key, _)| keys.contains(key) == (name == "pick"));
            Item::map(kept.map(|(key, entry)| (key.clone(), entry.clone())).collect())
        }
        "unset" => {
            let mut map = (**args.first()?.as_map()?).clone();
            map.shift_remove(&text_of(args, 1));
            Item::map(map)
        }
        "until" => Item::list((0..args.first()?.as_int()?.clamp(0, MAX_COUNT)).map(Item::int).collect()),
        _ => return None,
    })
}

fn count(length: usize) -> Item {
    Item::int(i64::try_from(length).unwrap_or(i64::MAX))
}

fn length(item: &Item) -> usize {
    match &item.data {
        Data::List(list) => list.len(),
        Data::Map(map) => map.len(),
        _ => 0,
    }
}

fn dict(args: &[Item]) -> Item {
    let mut map = Map::new();
    for pair in args.chunks(2) {
        let Some(key) = pair[0].printed() else { return Item::hidden("dict") };
        let item = pair.get(1).cloned().unwrap_or_else(Item::nil);
        map.insert(key.text().to_owned(), Entry { key: item.origin, item });
    }
    Item::map(map)
}

fn set(map: &Item, key: &Item, value: &Item) -> Item {
    let (Data::Map(_) | Data::Nil, Some(key)) = (&map.data, key.printed()) else { return Item::hidden("set") };
    let mut changed = map.as_map().map(|map| (**map).clone()).unwrap_or_default();
    changed.insert(key.text().to_owned(), Entry { key: value.origin, item: value.clone() });
    Item::map(changed)
}

fn index(first: &Item, path: &[Item]) -> Item {
    let mut found = first.clone();
    for step in path {
        found = match &found.data {
            Data::List(list) => {
                let at = step.as_int().and_then(|at| usize::try_from(at).ok());
                at.and_then(|at| list.get(at)).cloned().unwrap_or_else(Item::nil)
            }
            _ => match step.printed() {
                Some(key) if !key.is_hidden() => found.get(key.text()),
                _ => Item::hidden("index"),
            },
        };
    }
    found
}

/// `dig "a" "b" default map`
fn dig(args: &[Item]) -> Item {
    let Some((map, rest)) = args.split_last() else { return Item::nil() };
    let Some((default, path)) = rest.split_last() else { return Item::nil() };
    let mut found = map.clone();
    for key in path {
        let Some(key) = key.printed() else { return Item::hidden("dig") };
        match &found.data {
            Data::Map(map) if !map.contains_key(key.text()) => return default.clone(),
            Data::Map(_) | Data::Hidden(_) => found = found.get(key.text()),
            _ => return default.clone(),
        }
    }
    found
}

/// Several maps in one: of `merge` the first wins, of `mergeOverwrite` the last.
fn merge(name: &str, args: &[Item], work: &mut usize) -> Result<Item, Exhausted> {
    let mut maps: Vec<&Item> = args.iter().filter(|arg| !matches!(arg.data, Data::Nil)).collect();
    if let Some(hidden) = maps.iter().find(|map| map.is_hidden()) {
        return Ok((*hidden).clone());
    }
    if !name.contains("Overwrite") {
        maps.reverse();
    }
    let mut merged = Item::map(Map::new());
    for map in maps {
        let weight = weight(map, *work);
        spend(work, weight)?;
        merged = data::over(&merged, map);
    }
    Ok(merged)
}

/// How many values a map holds, counted no further than a limit.
fn weight(item: &Item, limit: usize) -> usize {
    let mut count = 0;
    let mut open = vec![item];
    while let Some(item) = open.pop() {
        count += 1;
        if count > limit {
            break;
        }
        match &item.data {
            Data::List(list) => count += list.len(),
            Data::Map(map) => open.extend(map.values().map(|entry| &entry.item)),
            _ => {}
        }
    }
    count
}

/// Lists of texts, sorted, each once, or as they are.
fn texts(name: &str, list: &[Item]) -> Option<Item> {
    let mut texts: Vec<(String, Item)> = Vec::new();
    for item in list {
        texts.push((item.printed()?.text().to_owned(), item.clone()));
    }
    match name {
        "sortAlpha" => texts.sort_by(|(left, _), (right, _)| left.cmp(right)),
        "uniq" => {
            let mut known = std::collections::BTreeSet::new();
            texts.retain(|(text, _)| known.insert(text.clone()));
        }
        _ => return Some(Item::list(texts.into_iter().map(|(text, _)| Item::text(&text)).collect())),
    }
    Some(Item::list(texts.into_iter().map(|(_, item)| item).collect()))
}
