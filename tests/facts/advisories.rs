//! A local advisory database, and what it says about a lock file.

use std::path::Path;
use tusk_check::evidence::{Answer, Observed};
use tusk_check::facts::Facts;
use tusk_check::facts::advisories::AdvisoryDb;
use tusk_check::probe::{self, Question};
use tusk_check::tree::Tree;

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"shop\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"smallvec\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"ab6c02d6f0b8cfe0ddb0a98b2f6ac1d1b1d5f9b9e3f1d0a1a2e0a3a4a5a6a7a8\"\n";

fn database(folder: &Path, package: &str, date: &str) {
    let folder = folder.join("crates").join(package);
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2026-0001\"\npackage = \"{package}\"\ndate = \"{date}\"\n\n[versions]\npatched = [\">= 1.6.1\"]\n```\n\n# It overflows\n\nIt does.\n"
    );
    std::fs::write(folder.join("RUSTSEC-2026-0001.md"), text).unwrap();
}

/// What the probe says of a lock file on 22 November 2026.
fn scan(package: &str, date: &str, files: &[(&str, &str)]) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    database(folder.path(), package, date);
    let tree = Tree::in_memory(files.iter().copied().map(|(path, text)| (path, text.as_bytes())));
    let facts = Facts::new(&tree, "2026-11-22T12:00:00Z".parse().unwrap())
        .with_advisories(Some(AdvisoryDb::open(folder.path()).unwrap().into()));
    (probe::find("scan.advisories").unwrap().look)(&facts, &Question::default())
}

fn count(answer: &Answer) -> Option<f64> {
    match &answer.seen.first()?.value {
        Some(Observed::Quantity(quantity)) => Some(quantity.amount),
        _ => None,
    }
}

#[test]
fn a_locked_package_with_an_advisory_is_found_at_its_line() {
    let answer = scan("smallvec", "2026-11-01", &[("Cargo.lock", LOCK)]);
    assert_eq!(count(&answer), Some(1.0));
    let seen = &answer.seen[0];
    assert_eq!(seen.message, "1 open vulnerabilities by a database 21 days old: RUSTSEC-2026-0001 of smallvec 1.0.0");
    let span = seen.place.span.unwrap();
    assert_eq!(LOCK[..span.start as usize].matches('\n').count() + 1, 8);
}

#[test]
fn nothing_is_open_where_no_package_is_named() {
    assert_eq!(count(&scan("libother", "2026-11-01", &[("Cargo.lock", LOCK)])), Some(0.0));
}

#[test]
fn an_accepted_advisory_is_shown_and_not_open() {
    let accepted = "[advisories]\nignore = [{ id = \"RUSTSEC-2026-0001\", reason = \"not reached\" }]\n";
    let answer = scan("smallvec", "2026-11-01", &[("Cargo.lock", LOCK), ("deny.toml", accepted)]);
    assert_eq!(count(&answer), Some(0.0));
    assert_eq!(answer.notes.len(), 1);
}

#[test]
fn an_old_database_tells_nothing() {
    let answer = scan("smallvec", "2026-07-01", &[("Cargo.lock", LOCK)]);
    assert!(answer.seen.is_empty());
    assert_eq!(answer.blind[0].why, "the advisory database is 144 days old: update it");
}

#[test]
fn a_lock_file_that_cannot_be_read_leaves_it_open() {
    let answer = scan("smallvec", "2026-11-01", &[("Cargo.lock", "not a lock file")]);
    assert!(answer.seen.is_empty() && answer.blind.len() == 1);
}

#[test]
fn a_folder_without_advisories_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    assert!(AdvisoryDb::open(folder.path()).is_err());
    assert!(AdvisoryDb::open(&folder.path().join("missing")).is_err());
}
