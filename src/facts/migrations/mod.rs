//! Migrations in SQL, and what Rails writes down after its own: what stands after all of them ran in order.
//!
//! A full parser of every dialect would refuse whole files for one statement that it does not know. The reader here
//! takes the few statements that change tables, keys, indexes and rights, and passes over the rest.

mod dialect;
mod rails;
mod schema;
mod sql;
mod statement;

use super::Facts;
use super::code::{Role, folder_role};
use crate::evidence::{Blind, Place};
use crate::pattern::{Captures, pattern};
use crate::tree::File;
use dialect::History;
use schema::Schema;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A longer migration is a dump of data.
const LONGEST: u64 = 2_000_000;
/// More files than this are not a history that anybody keeps.
const MOST: usize = 5000;

/// What the migrations of the tree come to.
#[derive(Debug, Default)]
pub struct Migrations {
    /// The files that go forward, each with the file that takes it back.
    pub files: Vec<(Arc<str>, Option<Arc<str>>)>,
    /// Indexes and unique keys that stand at the end, and the primary keys that a foreign key leads.
    pub indexes: Vec<Seen>,
    /// Foreign keys that stand at the end and whose column leads no index; not for `MySQL`, which makes one by itself.
    pub unindexed: Vec<Seen>,
    /// Rights that are given: what, and to whom.
    pub grants: Vec<Grant>,
    /// Steps that lose data: a table or a column dropped.
    pub destructive: Vec<Seen>,
    /// Triggers that write an audit table.
    pub audits: Vec<Seen>,
    /// Extensions that are created.
    pub extensions: Vec<Seen>,
    /// Files that could not be read.
    pub blind: Vec<Blind>,
}

/// Something in a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What: `orders.customer_id`, the name of an extension.
    pub what: String,
    /// Where.
    pub place: Place,
}

/// A right that is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The rights, in lower case: `select`, `insert`, `all`, `superuser`.
    pub rights: Vec<String>,
    /// To whom.
    pub to: String,
    /// Where.
    pub place: Place,
}

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Migrations {
    let mut roots: BTreeMap<String, Vec<&File>> = BTreeMap::new();
    let embedded = embedded(facts);
    for file in facts.tree.files().iter().filter(|file| is_sql(&file.path)) {
        let named = || embedded.iter().find(|folder| file.path.starts_with(folder.as_str())).cloned();
        if let Some(root) = root_of(&file.path).or_else(named) {
            roots.entry(root).or_default().push(file);
        }
    }
    let mut view = Migrations::default();
    for (root, files) in roots {
        for history in dialect::histories(&root, files) {
            one_history(facts, &mut view, history);
        }
    }
    let is_dump = |path: &str| path == "db/schema.rb" || path.ends_with("/db/schema.rb");
    let is_product = |path: &str| path.rsplit_once('/').is_some_and(|(folder, _)| is_of_product(folder));
    for file in facts.tree.files().iter().filter(|file| is_dump(&file.path) && is_product(&file.path)) {
        file.text().into_iter().for_each(|source| rails::read(source, &mut view));
    }
    view.keep_each_once();
    view
}

impl Migrations {
    /// What is for several databases stands once.
    fn keep_each_once(&mut self) {
        let mut paths = BTreeSet::new();
        self.files.retain(|(path, _)| paths.insert(path.clone()));
        for list in
            [&mut self.indexes, &mut self.unindexed, &mut self.destructive, &mut self.audits, &mut self.extensions]
        {
            let mut seen = BTreeSet::new();
            list.retain(|one| seen.insert((one.place.clone(), one.what.clone())));
        }
    }
}

fn one_history(facts: &Facts<'_>, view: &mut Migrations, History { dialect, mut files }: History<'_>) {
    files.sort_by_cached_key(|file| order(&file.path));
    let downs: Vec<&File> = files.iter().copied().filter(|file| takes_back(&file.path)).collect();
    let mut schema = Schema::of(dialect);
    for file in files.into_iter().filter(|file| !takes_back(&file.path)).take(MOST) {
        let down = downs.iter().find(|down| is_pair(&file.path, &down.path)).map(|down| down.path.clone());
        view.files.push((file.path.clone(), down));
        if file.len > LONGEST {
            let why = "a migration that is too long to read".to_owned();
            view.blind.push(Blind { place: Some(Place::file(file.path.clone())), why });
            continue;
        }
        let Some(source) = facts.tree.text(&file.path) else { continue };
        let text = up_part(source.text());
        for statement in sql::statements(text) {
            schema.apply(&file.path, &statement);
        }
    }
    schema.finish(view);
}

fn is_sql(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("sql"))
        && path.rsplit_once('/').is_some_and(|(folder, _)| is_of_product(folder))
}

/// Whether no part of a folder says that it is of the tests or an example.
fn is_of_product(folder: &str) -> bool {
    // `sample_data/` beside the steps of the schema fills a database for those who try the program out.
    let fills = |word: &str| ["sample", "samples", "demo", "seed", "seeds"].contains(&word);
    folder.split('/').all(|part| folder_role(part) == Role::Product && !part.split(['_', '-', '.']).any(fills))
}

/// The folders that programs of Rust are built with: `embed_migrations!("./schema/steps")`.
fn embedded(facts: &Facts<'_>) -> BTreeSet<String> {
    let hits = facts.code().find(facts, r#"\b(?:embed_migrations|migrate)!\(\s*"(?<value>[^"\n]+)""#);
    let folder = |path: &str, named: &str| {
        let named = named.trim_start_matches("./").trim_end_matches('/');
        let is_crate = |folder: &&str| facts.tree.text(&format!("{folder}Cargo.toml")).is_some();
        let above = path.rmatch_indices('/').map(|(at, _)| &path[..=at]).chain([""]);
        let crate_folder = above.into_iter().find(is_crate)?;
        (!named.is_empty() && !named.contains("..")).then(|| format!("{crate_folder}{named}/"))
    };
    hits.iter().filter_map(|hit| folder(&hit.path, &hit.value.as_ref()?.0)).collect()
}

/// The folder that holds a history: everything below `migrations/`, `migrate/`, `migrations_postgres/`, or below a
/// database's own folder there.
fn root_of(path: &str) -> Option<String> {
    const FOLDERS: &[&str] = &["migrations", "migration", "migrate", "db_migrations", "sqlx_migrations"];
    // What Rails writes down after its migrations, where SQL says more than its own dump can.
    if path == "db/structure.sql" || path.ends_with("/db/structure.sql") {
        return Some(path.to_owned());
    }
    let mut folder = String::new();
    let mut root = None;
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in parts {
        folder.push_str(part);
        folder.push('/');
        let is_of_one = root.is_some() && dialect::named(part).is_some();
        let lower = part.to_ascii_lowercase();
        let of_one = lower.rsplit_once(['_', '-']).filter(|(_, database)| dialect::named(database).is_some());
        let name = of_one.map_or(lower.as_str(), |(name, _)| name);
        if is_of_one || (root.is_none() && FOLDERS.contains(&name)) {
            root = Some(folder.clone());
        }
    }
    root
}

/// `down.sql`, `0001_x.down.sql`, Flyway's `U1__x.sql`.
fn takes_back(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name == "down.sql"
        || name.ends_with(".down.sql")
        || name.ends_with("_down.sql")
        || name.ends_with(".rollback.sql")
        || (name.starts_with('u') && name.contains("__") && name.chars().nth(1).is_some_and(|c| c.is_ascii_digit()))
}

fn is_pair(up: &str, down: &str) -> bool {
    let stem = |path: &str| {
        let path = path.to_ascii_lowercase();
        let cut = [".down.sql", ".up.sql", "_down.sql", "_up.sql", ".rollback.sql", "down.sql", "up.sql", ".sql"];
        cut.iter().find_map(|end| path.strip_suffix(end)).map_or(path.clone(), str::to_owned)
    };
    let flyway = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        format!("{folder}/{}", name.get(1..).unwrap_or(name))
    };
    stem(up) == stem(down) || (down.contains("__") && flyway(up) == flyway(down))
}

pattern!(DATE, r"(?:19|20)\d\d[-_]?[01]\d[-_]?[0-3]\d(?:[-_]?\d{6})?");

/// Numbers in a name sort as numbers: `V2__x` comes before `V10__x`, and a date is one number in whatever form:
/// `20141007`, `2021-04-24-101500`. A file in a folder of its own sorts by the folder.
fn order(path: &str) -> Vec<(u64, String)> {
    let date = |found: &Captures<'_>| format!("{:0<14}", found.whole().as_str().replace(['-', '_'], ""));
    let path = DATE.replace_all(path, date);
    let mut key = Vec::new();
    let mut digits = String::new();
    let mut other = String::new();
    for letter in path.chars() {
        if letter.is_ascii_digit() {
            if !other.is_empty() {
                key.push((0, std::mem::take(&mut other)));
            }
            digits.push(letter);
        } else {
            if !digits.is_empty() {
                key.push((digits.parse().unwrap_or(u64::MAX), String::new()));
                digits.clear();
            }
            other.push(letter);
        }
    }
    if !digits.is_empty() {
        key.push((digits.parse().unwrap_or(u64::MAX), String::new()));
    }
    key.push((0, other));
    key
}

/// dbmate, goose and sql-migrate keep both ways in one file: what follows the mark of the way back is none of it.
fn up_part(text: &str) -> &str {
    const MARKS: &[&str] =
        &["-- migrate:down", "-- +goose Down", "-- +goose down", "-- +migrate Down", "--//@UNDO", "-- +micrate Down"];
    let end = MARKS.iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}
