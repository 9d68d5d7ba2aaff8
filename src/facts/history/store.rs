//! The objects of a repository, read with bounds.

use super::{Commit, History, MAX_COMMITS, MAX_READ, Person, mirrors};
use crate::tree::path::within;
use anyhow::{Context as _, Result, bail};
use gix::{ObjectId, Repository};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Larger commits and trees are not read.
const MAX_OBJECT: u64 = 16 * 1024 * 1024;
/// How many tags are looked at.
const MAX_TAGS: usize = 10_000;
/// How deep trees may nest.
const MAX_DEPTH: usize = 64;
/// How many changed entries of one commit are looked at.
const MAX_CHANGES: usize = 50_000;

/// A repository that can be opened. It is opened anew for each question: an open one belongs to one thread.
#[derive(Debug)]
pub(super) struct Store(PathBuf);

impl Store {
    /// The repository whose top folder this is, if it can be opened.
    pub(super) fn open(root: &Path) -> Result<Self> {
        let store = Self(root.to_owned());
        store.repository()?;
        Ok(store)
    }

    /// Opens it without any settings of the user or the system.
    fn repository(&self) -> Result<Repository> {
        let mut repository = gix::open_opts(&self.0, gix::open::Options::isolated())?;
        repository.object_cache_size_if_unset(4 * 1024 * 1024);
        Ok(repository)
    }

    /// The history from the head on.
    pub(super) fn history(self) -> Result<History> {
        let mut history = History::default();
        let repository = self.repository()?;
        history.is_shallow = repository.is_shallow().unwrap_or(false);
        let mut merged = Vec::new();
        if let Err(error) = walk(&repository, &mut history, &mut merged) {
            let why = format!("the git history cannot be read beyond {} commits: {error:#}", history.commits.len());
            history.blind.push(super::blind(&why));
        }
        history.mirrors = mirrors(&history.commits);
        history.branch = repository.head_name().ok().flatten().map(|name| name.shorten().to_string());
        let tags = tags(&repository).unwrap_or_default();
        let is_tagged = |commit: &Commit| tags.iter().any(|(_, id)| *id == commit.id);
        let on_line = history.commits.iter().skip(1).position(is_tagged).map(|at| at + 1);
        let tagged: BTreeSet<&str> = tags.iter().map(|(_, id)| id.as_str()).collect();
        let of_tag = |id: &&ObjectId| tagged.contains(id.to_string().as_str());
        let beside = merged.iter().filter(of_tag).filter_map(|id| leaves_line(&repository, *id, &history.commits));
        history.since_tag = beside.chain(on_line).filter(|at| *at > 0).min();
        let of_head = tags.iter().filter(|(_, id)| history.head() == Some(id));
        history.tags = of_head.map(|(name, _)| name.clone()).collect();
        history.store = Some(self);
        Ok(history)
    }

    /// Whether the newest commit holds a file of this path.
    pub(super) fn is_tracked(&self, commits: &[Commit], path: &str) -> bool {
        let find = || -> Result<bool> {
            let repository = self.repository()?;
            let head = commits.first().context("no commit")?;
            let tree = tree_of(&repository, &head.id)?.context("no tree")?;
            Ok(entry(&repository, tree, path)?.is_some())
        };
        find().unwrap_or(false)
    }

    /// The newest commit that changed a path that is meant, against its first parent.
    pub(super) fn newest_change<'c>(
        &self,
        commits: &'c [Commit],
        is_meant: impl Fn(&str) -> bool,
    ) -> Option<&'c Commit> {
        let repository = self.repository().ok()?;
        let mut pairs = commits.iter().zip(commits.iter().skip(1).map(Some).chain(std::iter::once(None)));
        let changed = pairs.find(|(commit, parent)| {
            let find = || -> Result<bool> {
                let new = tree_of(&repository, &commit.id)?;
                let old = match parent {
                    Some(parent) => tree_of(&repository, &parent.id)?,
                    // Whether the oldest commit that is here changed anything cannot be seen, unless it is the first.
                    None if repository
                        .find_commit(ObjectId::from_hex(commit.id.as_bytes())?)?
                        .parent_ids()
                        .next()
                        .is_some() =>
                    {
                        return Ok(false);
                    }
                    None => None,
                };
                let mut left = MAX_CHANGES;
                changes(&repository, old, new, "", 0, &mut left, &is_meant)
            };
            find().unwrap_or(false)
        });
        changed.map(|(commit, _)| commit)
    }
}

/// Where a line of first parents that begins beside the main one comes from it: the place of the first commit of both.
fn leaves_line(repository: &Repository, from: ObjectId, commits: &[Commit]) -> Option<usize> {
    let mut next = Some(from);
    for _ in 0..MAX_READ {
        let id = next?;
        let name = id.to_string();
        if let Some(at) = commits.iter().position(|commit| commit.id == name) {
            return Some(at);
        }
        bounded(repository, id).ok()?;
        next = repository.find_commit(id).ok()?.parent_ids().next().map(gix::Id::detach);
    }
    None
}

/// Fills in the commits of the first-parent line, and what else they merged into it.
fn walk(repository: &Repository, history: &mut History, merged: &mut Vec<ObjectId>) -> Result<()> {
    let mut next = Some(repository.head_id().context("no commit on this branch")?.detach());
    let mut by_people = 0;
    while let Some(id) = next {
        if by_people == MAX_COMMITS || history.commits.len() == MAX_READ {
            break;
        }
        if history.is_shallow && repository.try_find_header(id)?.is_none() {
            break;
        }
        bounded(repository, id)?;
        let commit = repository.find_commit(id)?;
        let mut parents = commit.parent_ids().map(gix::Id::detach);
        next = parents.next();
        merged.extend(parents);
        let commit = read(&commit)?;
        by_people += usize::from(!commit.is_by_bot());
        history.commits.push(commit);
    }
    Ok(())
}

fn read(commit: &gix::Commit<'_>) -> Result<Commit> {
    let person = |signature: gix::actor::SignatureRef<'_>| Person {
        name: signature.name.to_string().trim().to_owned(),
        email: signature.email.to_string().trim().to_owned(),
    };
    let time = commit.time()?.seconds;
    Ok(Commit {
        id: commit.id.to_string(),
        time: jiff::Timestamp::from_second(time).context("a commit from no time")?,
        author: person(commit.author()?),
        committer: person(commit.committer()?),
        message: commit.message_raw()?.to_string(),
    })
}

/// The tags, each with the id of what it names.
fn tags(repository: &Repository) -> Result<Vec<(String, String)>> {
    let references = repository.references()?;
    let mut names = Vec::new();
    for reference in references.tags()?.take(MAX_TAGS) {
        let Ok(mut reference) = reference else { continue };
        let name = reference.name().shorten().to_string();
        if let Ok(id) = reference.peel_to_id() {
            names.push((name, id.to_string()));
        }
    }
    names.sort();
    Ok(names)
}

fn tree_of(repository: &Repository, id: &str) -> Result<Option<ObjectId>> {
    let id = ObjectId::from_hex(id.as_bytes())?;
    bounded(repository, id)?;
    Ok(Some(repository.find_commit(id)?.tree_id()?.detach()))
}

/// Whether two trees differ in a path that is meant. Equal folders are passed over without being read.
fn changes(
    repository: &Repository,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
    folder: &str,
    depth: usize,
    left: &mut usize,
    is_meant: &impl Fn(&str) -> bool,
) -> Result<bool> {
    if old == new || depth > MAX_DEPTH {
        return Ok(false);
    }
    let (old, new) = (entries(repository, old)?, entries(repository, new)?);
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        let (before, after) = (old.get(name), new.get(name));
        if before == after {
            continue;
        }
        *left = left.saturating_sub(1);
        if *left == 0 {
            return Ok(true);
        }
        let path = within(folder, name);
        let tree = |entry: Option<&(bool, ObjectId)>| entry.filter(|(is_tree, _)| *is_tree).map(|&(_, id)| id);
        let (tree_before, tree_after) = (tree(before), tree(after));
        let is_file = |entry: Option<&(bool, ObjectId)>| entry.is_some_and(|(is_tree, _)| !is_tree);
        if (is_file(before) || is_file(after)) && is_meant(&path) {
            return Ok(true);
        }
        if (tree_before.is_some() || tree_after.is_some())
            && changes(repository, tree_before, tree_after, &path, depth + 1, left, is_meant)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The entries of a tree: name → whether it is a tree, and its id.
type Entries = std::collections::BTreeMap<String, (bool, ObjectId)>;

fn entries(repository: &Repository, tree: Option<ObjectId>) -> Result<Entries> {
    let Some(id) = tree else { return Ok(Entries::new()) };
    bounded(repository, id)?;
    let tree = repository.find_tree(id)?;
    let entries = tree.iter().map(|entry| {
        let entry = entry?;
        Ok((entry.filename().to_string(), (entry.mode().is_tree(), entry.object_id())))
    });
    entries.collect()
}

fn entry(repository: &Repository, tree: ObjectId, path: &str) -> Result<Option<ObjectId>> {
    let mut id = tree;
    for part in path.split('/') {
        match entries(repository, Some(id))?.remove(part) {
            Some((_, found)) => id = found,
            None => return Ok(None),
        }
    }
    Ok(Some(id))
}

/// Refuses objects that would be unpacked into more than fits.
fn bounded(repository: &Repository, id: ObjectId) -> Result<()> {
    let size = repository.find_header(id)?.size();
    if size > MAX_OBJECT {
        bail!("the object {id} is larger than {MAX_OBJECT} bytes");
    }
    Ok(())
}
