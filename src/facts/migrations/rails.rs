//! What Rails writes down after its migrations ran, `db/schema.rb`: tables, indexes and foreign keys, each on one line.

use super::{Migrations, Seen};
use crate::evidence::{Blind, Place};
use crate::pattern::pattern;
use crate::source::{Source, Span};
use std::collections::{BTreeMap, BTreeSet};

pattern!(TABLE, r#"^\s*create_table\s+"(?<table>\w+)"(?<rest>[^\n]*)"#);
pattern!(COLUMN, r#"^\s*t\.(?:\w+)\s+"(?<column>\w+)""#);
pattern!(
    INDEX,
    r#"^\s*(?:t\.index|add_index\s+"(?<table>\w+)",)\s*\[?\s*"(?<column>\w+)"(?<others>[^\]\n]*)(?<rest>[^\n]*)"#
);
pattern!(KEY, r#"^\s*add_foreign_key\s+"(?<table>\w+)",\s*"(?<to>\w+)"(?<rest>[^\n]*)"#);
pattern!(NAMED, r#"\b(?:column|primary_key):\s*"(?<column>\w+)""#);

/// What a dump holds so far.
#[derive(Default)]
struct Dump {
    table: String,
    columns: BTreeMap<String, BTreeSet<String>>,
    /// Tables with the first columns of their indexes.
    leading: BTreeSet<(String, String)>,
    is_mysql: bool,
}

/// Reads a dump into a view.
pub(super) fn read(source: &Source, view: &mut Migrations) {
    let mut dump = Dump::default();
    let mut keys = Vec::new();
    let mut at = 0;
    for line in source.text().split_inclusive('\n') {
        let body = line.trim();
        let start = at + line.len() - line.trim_start().len();
        let place = Place::at(source.name(), Span::new(start, start + body.len()));
        at += line.len();
        let text = |found: &crate::pattern::Captures<'_>, name: &str| {
            found.name(name).map(|one| one.as_str().to_owned()).unwrap_or_default()
        };
        if let Some(found) = TABLE.captures(line) {
            dump.begins(text(&found, "table"), &text(&found, "rest"));
        } else if let Some(found) = INDEX.captures(line) {
            let table = Some(text(&found, "table")).filter(|table| !table.is_empty());
            let (table, column) = (table.unwrap_or_else(|| dump.table.clone()), text(&found, "column"));
            // One with a condition leads only where the condition is that the column is there.
            let is_whole = |rest: &str| !rest.contains("where:") || rest.contains(&format!("({column} IS NOT NULL)"));
            if is_whole(&text(&found, "rest")) && is_whole(&text(&found, "others")) {
                view.indexes.push(Seen { what: format!("{table} ({column})"), place });
                dump.leading.insert((table, column));
            }
        } else if let Some(found) = KEY.captures(line) {
            keys.push((text(&found, "table"), text(&found, "to"), text(&found, "rest"), place));
        } else if let Some(found) = COLUMN.captures(line) {
            dump.columns.entry(dump.table.clone()).or_default().insert(text(&found, "column"));
        }
    }
    for (table, to, rest, place) in keys.into_iter().filter(|_| !dump.is_mysql) {
        match dump.column_of(&table, &to, &rest) {
            None => {
                let why = format!("which column of {table} names a row of {to} cannot be told");
                view.blind.push(Blind { place: Some(place), why });
            }
            Some(column) if dump.leading.contains(&(table.clone(), column.clone())) => {}
            Some(column) => view.unindexed.push(Seen { what: format!("{table}.{column}"), place }),
        }
    }
}

impl Dump {
    fn begins(&mut self, table: String, rest: &str) {
        // Only MySQL has a character set for each table; it indexes the column of a foreign key by itself.
        self.is_mysql |= rest.contains("charset:") || rest.contains("ENGINE=");
        if let Some(key) = NAMED.captures(rest).and_then(|found| found.name("column")) {
            self.leading.insert((table.clone(), key.as_str().to_owned()));
        }
        self.table = table;
    }

    /// The column of a foreign key: the one that it names, or the singular of the other table with `_id`.
    fn column_of(&self, table: &str, to: &str, rest: &str) -> Option<String> {
        if let Some(named) = NAMED.captures(rest).filter(|_| rest.contains("column:")) {
            return Some(named.name("column")?.as_str().to_owned());
        }
        let names = |column: &&String| column.strip_suffix("_id").is_some_and(|one| is_plural(one, to));
        self.columns.get(table)?.iter().find(names).cloned()
    }
}

/// Whether a word is the plural of another, as Rails forms most of them.
fn is_plural(one: &str, many: &str) -> bool {
    let of_y = || one.strip_suffix('y').is_some_and(|stem| many == format!("{stem}ies"));
    one == many || many.strip_prefix(one).is_some_and(|end| matches!(end, "s" | "es")) || of_y()
}
