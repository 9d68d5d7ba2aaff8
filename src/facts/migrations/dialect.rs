//! Which database a migration is written for, where its path says so: `migrations/mysql/0001.sql`, `0001.sqlite3.up.sql`.

use crate::tree::File;
use std::collections::{BTreeMap, BTreeSet};

/// A database's own words, all of one name.
const DIALECTS: &[(&str, &str)] = &[
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("postgres", "postgres"),
    ("postgresql", "postgres"),
    ("pg", "postgres"),
    ("pgsql", "postgres"),
    ("cockroach", "cockroach"),
    ("cockroachdb", "cockroach"),
    ("crdb", "cockroach"),
    ("sqlite", "sqlite"),
    ("sqlite3", "sqlite"),
    ("mssql", "mssql"),
    ("sqlserver", "mssql"),
    ("oracle", "oracle"),
    ("clickhouse", "clickhouse"),
];

/// One database's way through the migrations of a folder.
pub(super) struct History<'f> {
    /// The database, if its name is said.
    pub(super) dialect: Option<&'static str>,
    /// Its files.
    pub(super) files: Vec<&'f File>,
}

/// The database that a word names.
pub(super) fn named(word: &str) -> Option<&'static str> {
    DIALECTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|&(_, dialect)| dialect)
}

/// The database that a part of a folder's name is: `mysql`, `shop-postgres`.
fn of_folder(folder: &str) -> Option<&'static str> {
    folder.split(['/', '-', '_', '.']).rev().find_map(named)
}

/// The database that a file's name says, and the name without it: `0002_orders.mysql.up.sql`.
fn of_name(path: &str) -> (Option<&'static str>, String) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let dialect = name.split('.').skip(1).find_map(named);
    let rest: Vec<&str> = name
        .split('.')
        .enumerate()
        .filter(|(index, part)| *index == 0 || named(part).is_none())
        .map(|(_, part)| part)
        .collect();
    (dialect, format!("{folder}/{}", rest.join(".")))
}

/// The histories of one folder: one for each database that its files are named after, each with the files that are for
/// all of them, unless it has its own in their place.
pub(super) fn histories<'f>(root: &str, files: Vec<&'f File>) -> Vec<History<'f>> {
    let mut own: BTreeMap<&'static str, Vec<(String, &'f File)>> = BTreeMap::new();
    let mut shared: Vec<(String, &'f File)> = Vec::new();
    for &file in &files {
        match of_name(&file.path) {
            (Some(dialect), rest) => own.entry(dialect).or_default().push((rest, file)),
            (None, rest) => shared.push((rest, file)),
        }
    }
    if own.is_empty() {
        return vec![History { dialect: of_folder(root), files }];
    }
    let only_mysql = own.keys().all(|&dialect| dialect == "mysql");
    let rest = (only_mysql && !shared.is_empty())
        .then(|| History { dialect: None, files: shared.iter().map(|&(_, file)| file).collect() });
    let of_one = own.into_iter().map(|(dialect, own)| {
        let replaced: BTreeSet<&str> = own.iter().map(|(rest, _)| rest.as_str()).collect();
        let kept = shared.iter().filter(|(rest, _)| !replaced.contains(rest.as_str())).map(|&(_, file)| file);
        let files = kept.chain(own.iter().map(|&(_, file)| file)).collect();
        History { dialect: Some(dialect), files }
    });
    of_one.chain(rest).collect()
}
