//! Documentation that a site keeps for every release: what stands in `docs/v1.2/` speaks of that release, not of this one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a site calls the documentation of what is being worked on, or of the newest release.
const CURRENT: &[&str] =
    &["main", "master", "latest", "next", "current", "edge", "devel", "develop", "unreleased", "stable", "trunk"];
/// So many releases beside each other are a site that keeps them, even if none is called the newest.
const ENOUGH: usize = 3;

/// The folders, with a slash behind, that hold the documentation of releases of before.
pub(super) fn of_before<'p>(paths: impl Iterator<Item = &'p Arc<str>>) -> Vec<String> {
    let mut beside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for path in paths {
        let mut start = 0;
        for (at, _) in path.match_indices('/') {
            beside.entry(&path[..start]).or_default().insert(&path[start..at]);
            start = at + 1;
        }
    }
    let mut before = Vec::new();
    for (parent, folders) in beside {
        // Docusaurus keeps every release here, and what is next in `docs/`.
        if folders.contains("versioned_docs") {
            before.push(format!("{parent}versioned_docs/"));
        }
        let mut releases: Vec<(Reverse<Vec<u64>>, &str)> =
            folders.iter().filter_map(|folder| Some((Reverse(release(folder)?), *folder))).collect();
        releases.sort();
        let older = match folders.iter().any(|folder| CURRENT.contains(folder)) {
            true => releases.as_slice(),
            false if releases.len() >= ENOUGH => &releases[1..],
            false => &[],
        };
        before.extend(older.iter().map(|(_, folder)| format!("{parent}{folder}/")));
    }
    before
}

/// The numbers of a release, `v1.2`, `1.2.3` or `2.x`; a bare `v1` is as likely the version of an API.
fn release(folder: &str) -> Option<Vec<u64>> {
    let number = folder.strip_prefix("version-").or_else(|| folder.strip_prefix('v')).unwrap_or(folder);
    let parts: Vec<&str> = number.split('.').collect();
    let of = |part: &&str| if *part == "x" { Some(u64::MAX) } else { part.parse().ok() };
    (parts.len() > 1).then(|| parts.iter().map(of).collect::<Option<Vec<u64>>>()).flatten()
}
