//! A local copy of the RustSec advisory database, and what it says about lock files.
//!
//! The program never fetches one: `--advisory-db FOLDER` names a clone of it (`cargo audit` keeps one in
//! `~/.cargo/advisory-db`). Its age is that of its newest advisory; several are published every month.

use super::Facts;
use super::code::Role;
use super::manifests::{Ecosystem, Lock};
use crate::evidence::Place;
use crate::source::{Source, Span};
use anyhow::{Context, bail};
use jiff::civil::Date;
use rustsec::{Database, Lockfile};
use std::path::Path;

/// The database.
#[derive(Debug)]
pub struct AdvisoryDb {
    database: Database,
    /// The day of its newest advisory.
    pub newest: Date,
}

/// A locked package with a known vulnerability.
#[derive(Debug)]
pub struct Affected {
    /// Where the lock file names it.
    pub place: Place,
    /// The advisory's id.
    pub advisory: String,
    /// Package and version.
    pub package: String,
}

impl AdvisoryDb {
    /// Opens a clone of the database; one without an advisory is none.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let context = || format!("cannot read the advisory database `{}`", path.display());
        if !path.is_dir() {
            bail!("{}: no such folder", context());
        }
        let database = Database::open(path).with_context(context)?;
        let newest = database.iter().filter_map(|advisory| advisory.metadata.date.as_str().parse::<Date>().ok()).max();
        let Some(newest) = newest else { bail!("{}: it holds no advisory", context()) };
        Ok(Self { database, newest })
    }

    /// Its age in days.
    pub fn days_old(&self, now: jiff::Timestamp) -> i32 {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        self.newest.until(today).map_or(0, |span| span.get_days())
    }

    /// The locked packages of a lock file that have a known vulnerability.
    pub fn affected(&self, lock: &Source) -> Result<Vec<Affected>, String> {
        let parsed: Lockfile = lock.text().parse().map_err(|error| format!("not a lock file of Cargo: {error}"))?;
        let found = self.database.vulnerabilities(&parsed).into_iter().map(|found| {
            let (name, version) = (found.package.name.to_string(), found.package.version.to_string());
            Affected {
                place: place(lock, &name, &version),
                advisory: found.advisory.id.to_string(),
                package: format!("{name} {version}"),
            }
        });
        Ok(found.collect())
    }
}

/// Cargo's lock files of the product.
pub fn locks<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = &'f Lock> {
    facts.manifests().locks.iter().filter(|lock| lock.ecosystem == Ecosystem::Cargo && lock.role == Role::Product)
}

/// Where a lock file names a package of a version.
fn place(lock: &Source, name: &str, version: &str) -> Place {
    let wanted = format!("name = \"{name}\"\nversion = \"{version}\"");
    match lock.text().find(&wanted) {
        Some(start) => Place::at(lock.name(), Span::new(start, start + wanted.len())),
        None => Place::file(lock.name()),
    }
}
