//! Tables, keys and indexes while the migrations run.

use super::sql::Token;
use super::statement::{Cursor, is_name};
use super::{Grant, Migrations, Seen};
use crate::evidence::Place;
use crate::source::Span;
use std::sync::Arc;

/// What stands so far.
#[derive(Debug, Default)]
pub(super) struct Schema {
    indexes: Vec<Index>,
    keys: Vec<ForeignKey>,
    grants: Vec<Grant>,
    destructive: Vec<Seen>,
    audits: Vec<Seen>,
    extensions: Vec<Seen>,
    /// The database, where the path says which.
    dialect: Option<&'static str>,
    /// Whether the statements are written as `MySQL` writes them.
    writes_mysql: bool,
}

#[derive(Debug)]
struct Index {
    name: String,
    table: String,
    columns: Vec<String>,
    /// Whether it finds a row by its first column.
    leads: bool,
    /// Whether it is the key of the table, which every table has.
    is_primary: bool,
    place: Place,
}

#[derive(Debug)]
struct ForeignKey {
    name: String,
    table: String,
    columns: Vec<String>,
    place: Place,
}

impl Index {
    /// Whether its first column is one of a foreign key's.
    fn leads_to(&self, key: &ForeignKey) -> bool {
        self.leads && self.table == key.table && self.columns.first().is_some_and(|first| key.columns.contains(first))
    }
}

impl Schema {
    /// Nothing yet, in a database of this name if it is known.
    pub(super) fn of(dialect: Option<&'static str>) -> Self {
        Self { dialect, ..Self::default() }
    }

    /// Whether every foreign key gets an index by itself.
    fn is_mysql(&self) -> bool {
        self.dialect.map_or(self.writes_mysql, |dialect| dialect == "mysql")
    }

    /// Applies one statement of a file.
    pub(super) fn apply(&mut self, path: &Arc<str>, tokens: &[Token]) {
        let at = |span: Span| Place::at(path.clone(), span);
        let whole = Cursor::new(tokens);
        let mut rest = whole;
        match () {
            () if rest.take(&["create"]) => self.create(rest, whole, &at),
            () if rest.take(&["alter", "table"]) => self.alter_table(rest, &at),
            () if rest.take(&["alter", "index"]) => self.rename_index(rest),
            () if rest.take(&["drop", "index"]) => self.drop_index(rest),
            () if rest.take(&["drop", "table"]) => self.drop_table(rest, &at),
            () if rest.take(&["truncate"]) => self.lose("truncate", at(whole.span())),
            () if rest.take(&["grant"]) => self.grant(rest, at(whole.span())),
            () if rest.take(&["alter", "role"]) || rest.take(&["alter", "user"]) => self.role(rest, at(whole.span())),
            () => {}
        }
    }

    /// What is left when all ran.
    pub(super) fn finish(self, view: &mut Migrations) {
        let is_mysql = self.is_mysql();
        let unindexed = self.keys.iter().filter(|key| !is_mysql && !self.is_led(key));
        view.unindexed.extend(
            unindexed.map(|key| Seen {
                what: format!("{}.{}", key.table, key.columns.join(", ")),
                place: key.place.clone(),
            }),
        );
        let made_by_itself = self.keys.iter().filter(|_| is_mysql);
        view.indexes.extend(made_by_itself.map(|key| Seen {
            what: format!("{} ({}), which MySQL makes for the foreign key", key.table, key.columns.join(", ")),
            place: key.place.clone(),
        }));
        // A primary key is there to tell rows apart; it shows care for queries where a foreign key leads it.
        let shown =
            self.indexes.iter().filter(|index| !index.is_primary || self.keys.iter().any(|key| index.leads_to(key)));
        view.indexes.extend(shown.map(|index| Seen {
            what: format!("{} ({})", index.table, index.columns.join(", ")),
            place: index.place.clone(),
        }));
        view.grants.extend(self.grants);
        view.destructive.extend(self.destructive);
        view.audits.extend(self.audits);
        view.extensions.extend(self.extensions);
    }

    /// Whether an index finds the rows that refer to one: its first column is one of the key's.
    fn is_led(&self, key: &ForeignKey) -> bool {
        self.indexes.iter().any(|index| index.leads_to(key))
    }

    fn lose(&mut self, what: &str, place: Place) {
        self.destructive.push(Seen { what: what.to_owned(), place });
    }

    fn create(&mut self, mut rest: Cursor<'_>, whole: Cursor<'_>, at: &impl Fn(Span) -> Place) {
        for word in ["or", "replace", "temp", "temporary", "global", "local", "unlogged", "constraint", "foreign"] {
            rest.take(&[word]);
        }
        if rest.take(&["table"]) {
            self.table(rest, at);
        } else if rest.take(&["unique", "index"]) || rest.take(&["index"]) {
            self.index(rest, at(whole.span()));
        } else if rest.take(&["trigger"]) {
            if keeps_a_record(rest) {
                self.audits.push(Seen { what: "trigger".to_owned(), place: at(whole.span()) });
            }
        } else if rest.take(&["extension"]) {
            rest.take(&["if", "not", "exists"]);
            if let Some(name) = rest.next() {
                self.extensions.push(Seen { what: name.text.clone(), place: at(whole.span()) });
            }
        } else if rest.take(&["role"]) || rest.take(&["user"]) {
            self.role(rest, at(whole.span()));
        }
    }

    fn table(&mut self, mut rest: Cursor<'_>, at: &impl Fn(Span) -> Place) {
        rest.take(&["if", "not", "exists"]);
        let Some(name) = rest.name() else { return };
        let table = name.text.clone();
        let Some(inside) = rest.group() else { return };
        for part in inside.parts() {
            self.column_or_constraint(part, &table, at);
        }
        self.writes_mysql |= rest.has("engine") || inside.has("auto_increment");
    }

    /// One entry of a table: a column with its constraints, or a constraint of the table.
    fn column_or_constraint(&mut self, part: Cursor<'_>, table: &str, at: &impl Fn(Span) -> Place) {
        let mut rest = part;
        let mut name = String::new();
        if rest.take(&["constraint"]) {
            name = rest.name().map(|token| token.text.clone()).unwrap_or_default();
        }
        if self.table_constraint(rest, &name, table, at(part.span())) || !name.is_empty() {
            return;
        }
        let Some(column) = rest.name() else { return };
        let columns = vec![column.text.clone()];
        if column.is("like") || column.is("exclude") || column.is("check") {
            return;
        }
        let mut kinds = rest;
        let is_primary = kinds.skip_to("primary") && kinds.take(&["key"]);
        if is_primary || rest.has("unique") {
            let kind = if is_primary { "pkey".to_owned() } else { format!("{}_key", column.text) };
            self.indexes.push(Index {
                name: format!("{table}_{kind}"),
                table: table.to_owned(),
                columns: columns.clone(),
                leads: true,
                is_primary,
                place: at(part.span()),
            });
        }
        if rest.has("references") {
            let name = format!("{table}_{}_fkey", column.text);
            self.keys.push(ForeignKey { name, table: table.to_owned(), columns, place: at(part.span()) });
        }
    }

    /// A key of the table; says whether it was one.
    fn table_constraint(&mut self, mut rest: Cursor<'_>, name: &str, table: &str, place: Place) -> bool {
        let named = |default: String| if name.is_empty() { default } else { name.to_owned() };
        let is_primary = rest.take(&["primary", "key"]);
        if is_primary
            || rest.take(&["unique", "key"])
            || rest.take(&["unique", "index"])
            || rest.take(&["unique"])
            || rest.take(&["key"])
            || rest.take(&["index"])
        {
            // A name may stand before the columns (MySQL), or `NULLS NOT DISTINCT`.
            while rest.peek().is_some_and(|token| !token.is("(")) {
                rest.next();
            }
            let Some(inside) = rest.group() else { return false };
            let columns = columns(inside);
            // A column that is called so, with the length of its type: `index numeric(10, 2)`.
            if columns.iter().any(|column| column.starts_with(|first: char| first.is_ascii_digit())) {
                return false;
            }
            let default =
                if is_primary { format!("{table}_pkey") } else { format!("{table}_{}_key", columns.join("_")) };
            let (name, table) = (named(default), table.to_owned());
            self.indexes.push(Index { name, table, columns, leads: true, is_primary, place });
            return true;
        }
        if rest.take(&["foreign", "key"]) {
            while rest.peek().is_some_and(|token| !token.is("(")) {
                rest.next();
            }
            let Some(inside) = rest.group() else { return false };
            let columns = columns(inside);
            let default = format!("{table}_{}_fkey", columns.join("_"));
            self.keys.push(ForeignKey { name: named(default), table: table.to_owned(), columns, place });
            return true;
        }
        false
    }

    fn index(&mut self, mut rest: Cursor<'_>, place: Place) {
        rest.take(&["concurrently"]);
        rest.take(&["if", "not", "exists"]);
        let name = if rest.peek().is_some_and(|token| token.is("on")) {
            String::new()
        } else {
            rest.name().map(|token| token.text.clone()).unwrap_or_default()
        };
        if !rest.take(&["on"]) {
            return;
        }
        rest.take(&["only"]);
        let Some(table) = rest.name().map(|token| token.text.clone()) else { return };
        let method = if rest.take(&["using"]) { rest.next().map(|token| token.text.clone()) } else { None };
        let Some(inside) = rest.group() else { return };
        let columns = columns(inside);
        let by_row = method.as_deref().is_none_or(|method| matches!(method, "btree" | "hash"));
        let mut predicate = rest;
        // A partial index serves only where its predicate is the column's own IS NOT NULL (ruling 13).
        let whole = !predicate.skip_to("where") || {
            let words: Vec<&str> = predicate.words().filter(|word| !matches!(*word, "(" | ")")).collect();
            words.len() == 4
                && columns.first().is_some_and(|first| first == words[0])
                && words[1..] == ["is", "not", "null"]
        };
        self.indexes.push(Index { name, table, columns, leads: by_row && whole, is_primary: false, place });
    }

    fn alter_table(&mut self, mut rest: Cursor<'_>, at: &impl Fn(Span) -> Place) {
        rest.take(&["if", "exists"]);
        rest.take(&["only"]);
        let Some(table) = rest.name().map(|token| token.text.clone()) else { return };
        for action in rest.parts() {
            self.action(action, &table, at);
        }
    }

    fn action(&mut self, mut rest: Cursor<'_>, table: &str, at: &impl Fn(Span) -> Place) {
        let whole = rest.span();
        if rest.take(&["add"]) {
            rest.take(&["column"]);
            rest.take(&["if", "not", "exists"]);
            self.column_or_constraint(rest, table, at);
        } else if rest.take(&["drop", "constraint"]) {
            rest.take(&["if", "exists"]);
            if let Some(name) = rest.name() {
                self.indexes.retain(|index| index.name != name.text);
                self.keys.retain(|key| key.name != name.text || key.table != table);
            }
        } else if rest.take(&["drop"]) {
            rest.take(&["column"]);
            rest.take(&["if", "exists"]);
            if let Some(column) = rest.name().filter(|token| !token.is("default") && !token.is("not")) {
                self.indexes.retain(|index| index.table != table || !index.columns.contains(&column.text));
                self.keys.retain(|key| key.table != table || !key.columns.contains(&column.text));
                self.lose(&format!("{table}.{}", column.text), at(whole));
            }
        } else if rest.take(&["rename", "to"]) {
            if let Some(name) = rest.name() {
                self.rename_table(table, &name.text);
            }
        } else if rest.take(&["rename", "constraint"]) {
            let old = rest.name().map(|token| token.text.clone());
            if let (Some(old), true) = (old, rest.take(&["to"])) {
                self.rename(&old, rest);
            }
        } else if rest.take(&["rename"]) {
            rest.take(&["column"]);
            let old = rest.name().map(|token| token.text.clone());
            if let (Some(old), true, Some(new)) = (old, rest.take(&["to"]), rest.name()) {
                self.rename_column(table, &old, &new.text);
            }
        }
    }

    fn rename_table(&mut self, old: &str, new: &str) {
        let tables = self.indexes.iter_mut().map(|index| &mut index.table);
        for table in tables.chain(self.keys.iter_mut().map(|key| &mut key.table)).filter(|table| *table == old) {
            new.clone_into(table);
        }
    }

    fn rename_column(&mut self, table: &str, old: &str, new: &str) {
        let indexes = self.indexes.iter_mut().filter(|index| index.table == table).flat_map(|index| &mut index.columns);
        let keys = self.keys.iter_mut().filter(|key| key.table == table).flat_map(|key| &mut key.columns);
        for column in indexes.chain(keys).filter(|column| *column == old) {
            new.clone_into(column);
        }
    }

    fn rename_index(&mut self, mut rest: Cursor<'_>) {
        rest.take(&["if", "exists"]);
        let old = rest.name().map(|token| token.text.clone());
        if let (Some(old), true) = (old, rest.take(&["rename", "to"])) {
            self.rename(&old, rest);
        }
    }

    fn rename(&mut self, old: &str, mut rest: Cursor<'_>) {
        let Some(new) = rest.name() else { return };
        let indexes = self.indexes.iter_mut().map(|index| &mut index.name);
        for name in indexes.chain(self.keys.iter_mut().map(|key| &mut key.name)).filter(|name| *name == old) {
            new.text.clone_into(name);
        }
    }

    fn drop_index(&mut self, mut rest: Cursor<'_>) {
        rest.take(&["concurrently"]);
        rest.take(&["if", "exists"]);
        for mut part in rest.parts() {
            if let Some(name) = part.name() {
                self.indexes.retain(|index| index.name != name.text);
            }
        }
    }

    fn drop_table(&mut self, mut rest: Cursor<'_>, at: &impl Fn(Span) -> Place) {
        rest.take(&["if", "exists"]);
        let place = at(rest.span());
        for mut part in rest.parts() {
            if let Some(name) = part.name() {
                self.indexes.retain(|index| index.table != name.text);
                self.keys.retain(|key| key.table != name.text);
                self.lose(&name.text, place.clone());
            }
        }
    }

    /// `GRANT SELECT, INSERT ON t TO app`.
    fn grant(&mut self, rest: Cursor<'_>, place: Place) {
        let words: Vec<&str> = rest.words().collect();
        let end = words.iter().position(|word| matches!(*word, "on" | "to")).unwrap_or(words.len());
        let to = words.iter().rposition(|word| *word == "to").and_then(|at| words.get(at + 1)).copied().unwrap_or("");
        let rights =
            words[..end].iter().filter(|word| word.chars().all(char::is_alphabetic)).map(|&word| word.to_owned());
        self.grants.push(Grant { rights: rights.collect(), to: to.to_owned(), place });
    }

    /// `ALTER ROLE app SUPERUSER`.
    fn role(&mut self, mut rest: Cursor<'_>, place: Place) {
        let Some(name) = rest.name().map(|token| token.text.clone()) else { return };
        let rights: Vec<String> = rest.words().filter(|word| RIGHTS.contains(word)).map(str::to_owned).collect();
        if !rights.is_empty() {
            self.grants.push(Grant { rights, to: name, place });
        }
    }
}

/// What a role may be made to hold beside grants.
const RIGHTS: &[&str] = &["superuser", "createdb", "createrole", "bypassrls", "replication"];

/// The columns of an index or key; an expression is none, and an index that begins with one leads with no column.
fn columns(inside: Cursor<'_>) -> Vec<String> {
    inside
        .parts()
        .into_iter()
        .map(|mut part| {
            let first = part.next().filter(|token| is_name(token));
            let is_call = part.peek().is_some_and(|token| token.is("("));
            first.filter(|_| !is_call).map_or_else(String::new, |token| token.text.clone())
        })
        .collect()
}

/// Whether a trigger keeps a record of who changed what, by its own name and what it runs: the table it stands on may
/// be called anything.
fn keeps_a_record(trigger: Cursor<'_>) -> bool {
    let mut rest = trigger;
    rest.skip_to("on");
    rest.name();
    trigger.words().take_while(|word| !word.eq_ignore_ascii_case("on")).chain(rest.words()).any(names_a_record)
}

/// `write_audit`, `log_changes`, `activity_log`; the log that a product keeps as its data is none.
fn names_a_record(word: &str) -> bool {
    const RECORDED: &[&str] = &[
        "change",
        "changes",
        "activity",
        "activities",
        "event",
        "events",
        "action",
        "actions",
        "access",
        "operations",
    ];
    let word = word.to_ascii_lowercase();
    let parts: Vec<&str> = word.split(['_', '.']).collect();
    let is_log = parts.first() == Some(&"log") || parts.last() == Some(&"log");
    word.contains("audit") || is_log && parts.iter().any(|part| RECORDED.contains(part))
}
