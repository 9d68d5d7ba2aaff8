//! Which operations a text names by their paths.

use super::{Routes, path};
use std::collections::BTreeSet;

impl Routes {
    /// The paths of what is served, and those of them that some texts name. A text may leave out what stands before a
    /// path, or write more: the address of a proxy, a version.
    pub fn named_in<'t>(&self, texts: impl Iterator<Item = &'t str>) -> (BTreeSet<&str>, BTreeSet<&str>) {
        let served: BTreeSet<&str> = self.served().map(|one| one.path.as_str()).collect();
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for written in texts.filter(|text| text.contains('/')).flat_map(paths) {
            named.extend(served.iter().filter(|path| ends_alike(&written, path)));
        }
        (named, served)
    }
}

/// Whether a path says that it is one of the service's own API: `/v1/orders`, `/api/orders`.
pub fn is_of_the_api(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or("");
    let is_version = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    first == "api" || first.strip_prefix('v').is_some_and(is_version)
}

/// What looks like the path of an operation in prose or in a command.
fn paths(text: &str) -> impl Iterator<Item = String> {
    let is_between =
        |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | '|' | ',' | '(' | ')');
    text.split(is_between).filter_map(|word| {
        let word = word.trim_end_matches(['.', ':', ';', '\\']);
        let at = word.find('/')?;
        let (host, rest) = word
            .split_once("://")
            .map_or((&word[..at], &word[at..]), |(_, rest)| rest.split_at(rest.find('/').unwrap_or(rest.len())));
        // `SITE_ROOT/api/orders`: a name in capitals stands for one.
        let stands_for_one = host.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let is_host = stands_for_one || host.starts_with(['$', '{', '<']) || host.contains(['.', ':']);
        (is_host && rest.len() > 1).then(|| path::normal(rest))
    })
}

/// Whether the shorter of two paths is the end of the other, and both have a word in common there.
fn ends_alike(written: &str, declared: &str) -> bool {
    fn parts(path: &str) -> impl Iterator<Item = &str> {
        path.rsplit('/').filter(|part| !part.is_empty())
    }
    let both = || parts(written).zip(parts(declared));
    both().any(|(one, other)| one == other && one != "{}") && both().all(|(one, other)| other == "{}" || one == other)
}
