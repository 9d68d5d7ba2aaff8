//! For which version a statement was made, and whether that is the one in the tree.

use super::entry::{Attestation, Kind};
use crate::facts::Facts;
use crate::value::Value;
use jiff::tz::TimeZone;

/// Whether a statement is about what is in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// It is, and how that is said: `version 1.2.0`.
    This(String),
    /// It is about something else, and what.
    Other(String),
    /// It does not say.
    Unsaid,
    /// Nothing in the tree says which version it is.
    CannotTell(String),
}

/// Manifests at the root that state a version, and where in them it stands.
const STATED: &[(&str, &[&[&str]])] = &[
    ("Cargo.toml", &[&["package", "version"], &["workspace", "package", "version"]]),
    ("package.json", &[&["version"]]),
    ("pyproject.toml", &[&["project", "version"], &["tool", "poetry", "version"]]),
    ("Chart.yaml", &[&["appVersion"], &["version"]]),
    ("composer.json", &[&["version"]]),
];

impl Attestation {
    /// Whether it is about the version in the tree.
    ///
    /// A commit counts while nothing but documents, reports and statements changed since; a version counts when a tag
    /// of the newest commit or a manifest at the root has it. An approval by the manifest's version alone is void once
    /// the source changed after its day.
    pub fn bound(&self, facts: &Facts<'_>) -> Bound {
        match (&self.commit, &self.version) {
            (Some(commit), _) => of_commit(facts, commit.trim()),
            (None, Some(version)) => self.of_version(facts, version.trim()),
            (None, None) => Bound::Unsaid,
        }
    }

    fn of_version(&self, facts: &Facts<'_>, version: &str) -> Bound {
        let tags = &facts.history().tags;
        if tags.iter().any(|tag| is_tag_of(tag, version)) {
            return Bound::This(format!("version {version}"));
        }
        let stated = versions(facts);
        if !stated.iter().any(|own| plain(own) == plain(version)) {
            let own: Vec<&str> = tags.iter().chain(&stated).map(String::as_str).collect();
            return if own.is_empty() {
                Bound::CannotTell("no tag and no manifest at the root says which version this is".to_owned())
            } else {
                Bound::Other(format!("for version {version}, and this is {}", own.join(", ")))
            };
        }
        if self.kind == Some(Kind::Approval)
            && let Some(date) = self.date
            && let Some(changed) = facts.history().newest_source_change()
            && changed.to_zoned(TimeZone::UTC).date() > date
        {
            let changed = changed.to_zoned(TimeZone::UTC).date();
            return Bound::Other(format!("of {date}, and the source changed after it, on {changed}"));
        }
        Bound::This(format!("version {version}"))
    }
}

fn of_commit(facts: &Facts<'_>, commit: &str) -> Bound {
    const SHORTEST: usize = 7;
    let history = facts.history();
    if history.commits.is_empty() {
        return Bound::CannotTell("there is no history to find its commit in".to_owned());
    }
    let wanted = commit.to_ascii_lowercase();
    let at = history.commits.iter().position(|one| wanted.len() >= SHORTEST && one.id.starts_with(&wanted));
    match (at, history.newest_source_commit()) {
        (Some(0), _) => Bound::This(format!("commit {commit}")),
        (Some(at), Some(newest)) if history.commits.iter().take(at).all(|one| one.id != newest.id) => {
            Bound::This(format!("commit {commit}, since when the source has not changed"))
        }
        (Some(_), _) => Bound::Other(format!("for commit {commit}, and the source changed since")),
        (None, _) => Bound::Other(format!("for commit {commit}, which is none of the last ones here")),
    }
}

/// The versions that manifests at the root state.
fn versions(facts: &Facts<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (manifest, paths) in STATED {
        let Some(root) = facts.parsed(manifest).and_then(|parsed| parsed.first()) else { continue };
        found.extend(paths.iter().find_map(|path| root.at(path).and_then(Value::scalar_text)));
    }
    if let Some(source) = facts.tree.text("VERSION") {
        let first = source.line(1).trim();
        found.extend((!first.is_empty() && first.len() <= 64).then(|| first.to_owned()));
    }
    found
}

fn plain(version: &str) -> &str {
    version.trim().trim_start_matches(['v', 'V'])
}

/// `v1.2.0`, `shop-v1.2.0` and `release/1.2.0` are tags of 1.2.0.
fn is_tag_of(tag: &str, version: &str) -> bool {
    let last = tag.rsplit('/').next().unwrap_or(tag);
    let ends = || last.strip_suffix(plain(version)).is_some_and(|name| name.ends_with('-') || name.ends_with("-v"));
    !plain(version).is_empty() && (tag == version || plain(last) == plain(version) || ends())
}
