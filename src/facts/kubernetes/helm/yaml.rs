//! `toYaml`: values as text, each letter with the place where the value was written.

use super::data::{Data, Item};
use super::rope::{self, From, Rope, TooLong};
use crate::source::Span;

/// A value as Helm's `toYaml` writes it.
pub(super) fn write(item: &Item) -> Result<Rope, TooLong> {
    let mut out = Rope::default();
    node(item, 0, &mut out)?;
    Ok(out)
}

/// Writes a value where its first line already has its blanks.
fn node(item: &Item, indent: usize, out: &mut Rope) -> Result<(), TooLong> {
    match &item.data {
        Data::Map(map) if !map.is_empty() => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            for (index, (key, entry)) in entries.into_iter().enumerate() {
                if index > 0 {
                    line(indent, out)?;
                }
                out.push(&scalar(key), entry.key.map_or(From::Nowhere, From::Whole), None)?;
                out.push(":", From::Nowhere, None)?;
                match &entry.item.data {
                    Data::Map(map) if !map.is_empty() => {
                        line(indent + 2, out)?;
                        node(&entry.item, indent + 2, out)?;
                    }
                    Data::List(list) if !list.is_empty() => {
                        line(indent, out)?;
                        node(&entry.item, indent, out)?;
                    }
                    _ => {
                        out.push(" ", From::Nowhere, None)?;
                        node(&entry.item, indent, out)?;
                    }
                }
            }
            Ok(())
        }
        Data::List(list) if !list.is_empty() => {
            for (index, item) in list.iter().enumerate() {
                if index > 0 {
                    line(indent, out)?;
                }
                out.push("- ", From::Nowhere, None)?;
                node(item, indent + 2, out)?;
            }
            Ok(())
        }
        _ => leaf(item, out),
    }
}

fn line(indent: usize, out: &mut Rope) -> Result<(), TooLong> {
    out.push("\n", From::Nowhere, None)?;
    out.push(&" ".repeat(indent), From::Nowhere, None)
}

fn leaf(item: &Item, out: &mut Rope) -> Result<(), TooLong> {
    let from = item.origin.map_or(From::Nowhere, From::Whole);
    match &item.data {
        Data::Map(_) => out.push("{}", from, None),
        Data::List(_) => out.push("[]", from, None),
        Data::Nil => out.push("null", from, None),
        Data::Text(rope) => {
            let origin = item.origin.or_else(|| rope.origin(Span::new(0, rope.text().len())));
            out.push(&scalar(rope.text()), origin.map_or(From::Nowhere, From::Whole), None)
        }
        Data::Hidden(what) => out.append(&Rope::hidden(what, from), From::Nowhere, None),
        Data::Bool(_) | Data::Int(_) | Data::Float(_) => match item.printed() {
            Some(rope) => out.append(&rope, From::Nowhere, None),
            None => Ok(()),
        },
    }
}

/// A text as it must be written to stay a text.
fn scalar(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '/' | '-');
    let is_word = text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/')
        && text.chars().all(plain)
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    if is_word || rope::is_all_hidden(text) { text.to_owned() } else { quoted(text) }
}

/// A text between quotes, as JSON and YAML both read it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
