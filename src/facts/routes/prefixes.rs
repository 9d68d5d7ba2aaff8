//! Which prefixes stand before a path: those of the scopes around it, and those under which its function is mounted.

use super::Shaped;
use super::outline::Named;
use crate::source::Span;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Routers that are mounted deeper, or oftener, are cut off here.
const MAX_DEPTH: usize = 6;
const MAX_SITES: usize = 8;

/// Where a name is used: file and offset.
type Sites = Vec<(usize, usize)>;

/// Code under a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) span: Span,
    pub(super) prefix: String,
}

/// What is known of the prefixes in some files.
pub(super) struct Prefixes<'f> {
    files: &'f [Shaped],
    containers: Vec<Vec<Container>>,
    named: Vec<Vec<Named>>,
    by_name: BTreeMap<String, Vec<(usize, usize)>>,
    /// Uses that were already looked for: a router of many routes is asked about once for each.
    known: RefCell<BTreeMap<(usize, Span), Sites>>,
}

impl<'f> Prefixes<'f> {
    /// Knows the containers and the named functions of each file.
    pub(super) fn new(files: &'f [Shaped], containers: Vec<Vec<Container>>, named: Vec<Vec<Named>>) -> Self {
        let mut by_name: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for (file, all) in named.iter().enumerate() {
            for (index, one) in all.iter().enumerate().filter(|(_, one)| !one.is_local) {
                by_name.entry(one.name.clone()).or_default().push((file, index));
            }
        }
        Self { files, containers, named, by_name, known: RefCell::default() }
    }

    /// The prefixes under which code at an offset is mounted; at least one, which may be empty.
    pub(super) fn at(&self, file: usize, offset: usize) -> Vec<String> {
        let found: BTreeSet<String> = self.walk(file, offset, MAX_DEPTH).into_iter().collect();
        found.into_iter().take(MAX_SITES).collect()
    }

    /// The prefixes under which a handler of a file is mounted.
    pub(super) fn of_name(&self, file: usize, name: &str) -> Vec<String> {
        let own = self.named.get(file).and_then(|all| all.iter().find(|one| !one.is_local && one.name == name));
        let sites = own.map(|own| self.sites(file, own)).unwrap_or_default();
        let mut found = BTreeSet::new();
        for (site_file, offset) in sites {
            found.extend(self.walk(site_file, offset, MAX_DEPTH));
        }
        if found.is_empty() { vec![String::new()] } else { found.into_iter().take(MAX_SITES).collect() }
    }

    fn walk(&self, file: usize, offset: usize, left: usize) -> Vec<String> {
        let around = |span: Span| (span.start as usize) <= offset && offset < span.end as usize;
        let containers =
            self.containers[file].iter().filter(|one| around(one.span)).map(|one| (one.span, Some(one), None));
        let named = self.named[file].iter().filter(|one| around(one.span)).map(|one| (one.span, None, Some(one)));
        let mut levels: Vec<_> = containers.chain(named).collect();
        levels.sort_by_key(|(span, ..)| (span.range().len(), span.start));
        let mut path = String::new();
        for (_, container, named) in levels {
            if let Some(container) = container {
                path = format!("{}/{path}", container.prefix);
            }
            let Some(named) = named.filter(|_| left > 0) else { continue };
            let sites = self.sites(file, named);
            if !sites.is_empty() {
                let prefixes = sites.into_iter().flat_map(|(file, offset)| self.walk(file, offset, left - 1));
                return prefixes.map(|prefix| format!("{prefix}/{path}")).take(MAX_SITES).collect();
            }
        }
        vec![path]
    }

    /// Where a name is used: a binding in its own function, a function wherever its name means it.
    fn sites(&self, file: usize, named: &Named) -> Vec<(usize, usize)> {
        if let Some(found) = self.known.borrow().get(&(file, named.span)) {
            return found.clone();
        }
        let found = self.look_for(file, named);
        self.known.borrow_mut().insert((file, named.span), found.clone());
        found
    }

    fn look_for(&self, file: usize, named: &Named) -> Vec<(usize, usize)> {
        if named.is_local {
            let function = self.named[file].iter().filter(|one| !one.is_local && contains(one.span, named.span));
            let end = function.map(|one| one.span.end as usize).min().unwrap_or(self.files[file].outline.bare.len());
            let from = named.span.end as usize;
            return self.uses(file, &named.name, from, end).take(MAX_SITES).map(|at| (file, at)).collect();
        }
        let definitions = self.by_name.get(&named.name).map_or(&[][..], Vec::as_slice);
        let mut found = Vec::new();
        for other in 0..self.files.len() {
            let length = self.files[other].outline.bare.len();
            for at in self.uses(other, &named.name, 0, length) {
                let inside = other == file && (named.start..named.span.end as usize).contains(&at);
                if !inside && self.means(other, at, file, definitions) && found.len() < MAX_SITES {
                    found.push((other, at));
                }
            }
        }
        found
    }

    /// Offsets at which a name stands as a value: no declaration, no method, no import.
    fn uses<'a>(&'a self, file: usize, name: &'a str, from: usize, to: usize) -> impl Iterator<Item = usize> + 'a {
        let outline = &self.files[file].outline;
        let bare = &outline.bare;
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let range = bare.get(from..to).unwrap_or("");
        memchr::memmem::find_iter(range.as_bytes(), name).map(move |at| from + at).filter(move |&at| {
            let (before, after) = (&bare.as_bytes()[..at], &bare.as_bytes()[at + name.len()..]);
            let whole = !before.last().copied().is_some_and(is_word) && !after.first().copied().is_some_and(is_word);
            let declared = bare[..at].trim_end().ends_with("fn") || bare[..at].trim_end().ends_with("mod");
            if !whole || declared || before.last() == Some(&b'.') || after.starts_with(b"::") {
                return false;
            }
            // `use handlers::{statics::{router}}`: names in braces behind `::` are imported, not used.
            let mut around = outline.around(at).take(4);
            if around.any(|open| bare[..open].trim_end().ends_with("::")) {
                return false;
            }
            let statement = outline.statement(at);
            let start = bare[statement.range()].trim_start();
            !["use ", "pub use ", "pub(crate) use ", "pub(super) use "].iter().any(|word| start.starts_with(word))
        })
    }

    /// Whether a file takes the name that some text begins with, or all names, out of another module.
    fn brings_in(&self, file: usize, text: &str) -> bool {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let name = &text[..text.find(|letter| !is_word(letter)).unwrap_or(text.len())];
        let bare = &self.files[file].outline.bare;
        bare.match_indices("use ").any(|(at, _)| {
            let taken = bare[at..].split(';').next().unwrap_or("");
            taken.contains('*') || taken.split(|letter| !is_word(letter)).any(|word| word == name)
        })
    }

    /// Whether the name at a place in `user` means the definition in `owner`.
    fn means(&self, user: usize, at: usize, owner: usize, definitions: &[(usize, usize)]) -> bool {
        let before = &self.files[user].outline.bare[..at];
        let Some(path) = before.strip_suffix("::") else {
            let elsewhere = definitions.iter().any(|&(file, _)| file == user);
            return user == owner
                || (!elsewhere
                    && definitions.len() == 1
                    && self.brings_in(user, &self.files[user].outline.bare[at..]));
        };
        let start = path.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
        let qualifier = &path[start..];
        if matches!(qualifier, "Self" | "self") {
            return user == owner;
        }
        if qualifier.starts_with(char::is_uppercase) {
            return self.files[owner].outline.bare.contains(&format!("impl {qualifier}"));
        }
        let module = module_of(&self.files[owner].path);
        qualifier == module || definitions.len() == 1
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The module that a file is: its stem, or its folder for `mod.rs` and `lib.rs`.
fn module_of(path: &str) -> &str {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    match name {
        "mod" | "lib" | "main" => folder.rsplit('/').find(|part| *part != "src").unwrap_or(folder),
        _ => name,
    }
}
