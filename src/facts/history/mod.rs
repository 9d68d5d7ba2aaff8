//! The last commits on the first-parent line, read from the objects themselves: no git program runs, no settings of
//! the user or the system are read, no hook and no filter is known.

mod commit;
mod store;

pub use commit::{Commit, Person};

use super::Facts;
use crate::evidence::{Blind, Place};
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::Store;

/// How many commits by people are looked at, and within how many the newest change of a file is.
pub const MAX_COMMITS: usize = 100;

/// How many commits are read for them: between those of people stand those of bots.
const MAX_READ: usize = 2000;

/// With fewer commits by people than this, a share of them says nothing.
pub const ENOUGH_COMMITS: usize = 10;

/// The last commits on the first-parent line.
#[derive(Debug, Default)]
pub struct History {
    /// The commits, newest first, until [`MAX_COMMITS`] of them are by people.
    pub commits: Vec<Commit>,
    /// Addresses of authors who nearly always write the same line: programs that copy another repository here.
    mirrors: Vec<String>,
    /// The branch that is checked out; `None` on a detached head.
    pub branch: Option<String>,
    /// Tags of the newest commit.
    pub tags: Vec<String>,
    /// How many of the commits stand above the last release: the nearest one below the newest that has a tag, or from
    /// which a line with a tag goes out that was merged since.
    pub since_tag: Option<usize>,
    /// Whether the clone ends before the first commit.
    pub is_shallow: bool,
    /// Why the history is not, or not wholly, readable.
    pub blind: Vec<Blind>,
    store: Option<Store>,
}

/// Whether something that another tool left in the tree is as new as the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It is newer than the newest change of the source.
    Fresh,
    /// It is older, and why that is known.
    Stale(String),
    /// Nothing tells, and why.
    Unknown(String),
}

impl History {
    /// The id of the newest commit.
    pub fn head(&self) -> Option<&str> {
        self.commits.first().map(|commit| commit.id.as_str())
    }

    /// Whether there is a repository.
    pub fn is_there(&self) -> bool {
        self.store.is_some()
    }

    /// The commits by people: what bots write nobody reviews as a person's change.
    pub fn by_people(&self) -> impl Iterator<Item = &Commit> {
        self.by_people_of(self.commits.len())
    }

    /// The same of the newest commits, so many of them.
    pub fn by_people_of(&self, range: usize) -> impl Iterator<Item = &Commit> {
        let is_person = |commit: &&Commit| !commit.is_by_bot() && !self.mirrors.contains(&commit.author.email);
        self.commits.iter().take(range).filter(is_person)
    }

    /// The newest commits, in which a change of a file is looked for.
    fn recent(&self) -> &[Commit] {
        &self.commits[..self.commits.len().min(MAX_COMMITS)]
    }

    /// When the newest commit was made that changed more than documents and reports.
    pub fn newest_source_change(&self) -> Option<Timestamp> {
        self.newest_source_commit().map(|commit| commit.time)
    }

    /// The newest commit that changed more than documents and reports; the oldest that is looked at if none did.
    pub fn newest_source_commit(&self) -> Option<&Commit> {
        let store = self.store.as_ref()?;
        let at = store.newest_change(self.recent(), |path| !is_beside_source(path));
        at.or_else(|| self.recent().last())
    }

    /// Whether a file is as new as the source.
    ///
    /// A file that git tracks is as old as the commit that last touched it within the last [`MAX_COMMITS`]; one that
    /// git does not track, as its time of change on the disk. Without a history, the file must be newer than every
    /// source file on the disk, since checkouts and archives give all files one time. In a tree that is held in memory
    /// whoever built it vouches for it.
    pub fn freshness(&self, facts: &Facts<'_>, path: &str) -> Freshness {
        if facts.tree.root().as_os_str().is_empty() {
            return Freshness::Fresh;
        }
        let Some(store) = &self.store else { return on_disk_alone(facts, path) };
        let Some(source) = self.newest_source_change() else {
            return Freshness::Unknown("the repository has no commit".into());
        };
        if store.is_tracked(&self.commits, path) {
            return match store.newest_change(self.recent(), |changed| changed == path) {
                Some(commit) if commit.time >= source => Freshness::Fresh,
                Some(commit) => Freshness::Stale(format!(
                    "committed in {} at {}, the source changed at {source}",
                    commit.short_id(),
                    commit.time
                )),
                None => Freshness::Stale(format!("not touched by the last {} commits", self.recent().len())),
            };
        }
        match modified(facts, path) {
            Some(time) if time >= source => Freshness::Fresh,
            Some(time) => Freshness::Stale(format!("from {time}, the source changed at {source}")),
            None => Freshness::Unknown("its time of change cannot be read".into()),
        }
    }
}

/// The addresses of authors nearly all of whose commits bear one line of several words: `Synchronize from upstream`.
fn mirrors(commits: &[Commit]) -> Vec<String> {
    let mut subjects: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for commit in commits {
        *subjects.entry(&commit.author.email).or_default().entry(commit.subject()).or_default() += 1;
    }
    let is_one = |subjects: &BTreeMap<&str, usize>| {
        let all: usize = subjects.values().sum();
        let most = subjects.iter().max_by_key(|(_, count)| **count);
        most.is_some_and(|(subject, count)| {
            *count >= ENOUGH_COMMITS && count * 10 >= all * 9 && subject.split_whitespace().count() > 2
        })
    };
    subjects.iter().filter(|(_, subjects)| is_one(subjects)).map(|(email, _)| (*email).to_owned()).collect()
}

/// Paths whose change does not make a report about the source old.
fn is_beside_source(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let is_document = matches!(extension.as_str(), "md" | "mdx" | "adoc" | "rst" | "txt" | "png" | "svg" | "jpg");
    let is_report =
        matches!(extension.as_str(), "lcov" | "sarif") || name == "lcov.info" || name.starts_with("cobertura");
    let folder = |word: &str| path.split('/').any(|part| part.eq_ignore_ascii_case(word));
    is_document || is_report || ["reports", "coverage", "test-results", ".tusk-check"].iter().any(|word| folder(word))
}

/// Freshness without a history.
fn on_disk_alone(facts: &Facts<'_>, path: &str) -> Freshness {
    let Some(own) = modified(facts, path) else {
        return Freshness::Unknown("its time of change cannot be read".into());
    };
    let sources = facts.tree.files().iter().filter(|file| !is_beside_source(&file.path) && &*file.path != path);
    let is_newest = sources.filter_map(|file| modified(facts, &file.path)).all(|time| time < own);
    if is_newest {
        Freshness::Fresh
    } else {
        Freshness::Unknown("there is no history, and it is not newer than every source file".into())
    }
}

fn modified(facts: &Facts<'_>, path: &str) -> Option<Timestamp> {
    let metadata = std::fs::symlink_metadata(facts.tree.root().join(path)).ok()?;
    Timestamp::try_from(metadata.modified().ok()?).ok()
}

/// Reads the history of the repository whose top folder is the tree's.
pub fn read(facts: &Facts<'_>) -> History {
    let root = facts.tree.root();
    let has_none = || std::fs::symlink_metadata(root.join(".git")).is_err();
    if root.as_os_str().is_empty() || facts.tree.hides(".git") || has_none() {
        return History { blind: vec![blind("no git history here")], ..History::default() };
    }
    match Store::open(root).and_then(Store::history) {
        Ok(history) => history,
        Err(error) => {
            History { blind: vec![blind(&format!("the git history cannot be read: {error:#}"))], ..History::default() }
        }
    }
}

fn blind(why: &str) -> Blind {
    Blind { place: Some(Place::file(".git")), why: why.to_owned() }
}
