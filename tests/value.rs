//! Mappings of few keys and of many.

use tusk_check::source::Span;
use tusk_check::value::{Field, Kind, Map, Value};

fn field(number: i64) -> Field {
    Field { key: Span::default(), value: Value::new(Kind::Int(number), Span::default()) }
}

fn map(size: i64) -> Map {
    (0..size).map(|number| (format!("key{number}"), field(number))).collect()
}

/// The keys in their order, each of which must also be found by its name.
fn keys(map: &Map) -> Vec<String> {
    for (key, field) in map {
        assert_eq!(map.get(key), Some(field), "{key}");
    }
    map.keys().map(ToString::to_string).collect()
}

#[test]
fn keys_keep_their_order_and_are_found_however_many_there_are() {
    for size in [0, 1, 11, 12, 13, 14, 40] {
        let map = map(size);
        assert_eq!(keys(&map), (0..size).map(|number| format!("key{number}")).collect::<Vec<_>>());
        assert_eq!((i64::try_from(map.len()), map.is_empty()), (Ok(size), size == 0));
        assert!(!map.contains_key("key"));
    }
}

#[test]
fn a_key_stands_once_and_those_behind_one_that_is_taken_out_move_up() {
    for size in [3, 13, 30] {
        let mut map = map(size);
        assert_eq!(map.insert("key1", field(100)), Some(field(1)));
        assert_eq!(map.add("key1", field(200)).map_err(|(first, _)| first.clone()), Err(field(100)));
        assert_eq!(map.or_insert_with("new", || field(7)), &field(7));
        assert_eq!(map.remove("key0"), Some(field(0)));
        assert_eq!(map.remove("key0"), None);
        assert_eq!(map.remove_first().map(|(key, _)| key.to_string()).as_deref(), Some("key1"));
        map.retain(|key, _| key != "key2");
        assert_eq!(i64::try_from(map.len()), Ok(size - 2));
        assert_eq!(keys(&map).last().map(String::as_str), Some("new"));
    }
}

#[test]
fn two_mappings_are_the_same_in_any_order() {
    for size in [3, 13] {
        let backwards: Map = (0..size).rev().map(|number| (format!("key{number}"), field(number))).collect();
        assert_eq!(map(size), backwards);
        assert_ne!(map(size), map(size + 1));
        let mut other = map(size);
        other.insert("key0", field(9));
        assert_ne!(map(size), other);
    }
}
