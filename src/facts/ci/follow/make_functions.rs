//! The functions of make that give words: `$(wildcard */)`, `$(filter-out a,b)`, `$(dir …)`.

use super::super::path;
use crate::facts::Facts;
use crate::facts::ci::pattern::glob;
use crate::tree::Tree;
use std::collections::BTreeSet;

/// The most words that a pattern of files stands for.
const MAX_WORDS: usize = 1000;

/// Where make runs.
pub(super) struct Place<'t> {
    tree: &'t Tree,
    /// The folder that make runs in, which its relative paths start from.
    folder: String,
    /// The makefile that it was given.
    file: String,
}

impl<'t> Place<'t> {
    /// The place of a makefile that make is given in a folder.
    pub(super) fn of(facts: &Facts<'t>, folder: &str, file: &str) -> Self {
        Self { tree: facts.tree, folder: folder.to_owned(), file: file.to_owned() }
    }

    /// The files and folders that a pattern names: `*/`, `common/*`, `*/Makefile`.
    fn matching(&self, pattern: &str) -> Vec<String> {
        let parts: Vec<&str> = pattern.trim_start_matches("./").trim_end_matches('/').split('/').collect();
        let start = if self.folder.is_empty() { String::new() } else { format!("{}/", self.folder) };
        let below = self.tree.files().iter().filter_map(|file| file.path.strip_prefix(start.as_str()));
        let named = below.filter_map(|path| {
            let names: Vec<&str> = path.split('/').take(parts.len()).collect();
            let is_folder = path.split('/').nth(parts.len()).is_some();
            let fits_all = names.len() == parts.len() && parts.iter().zip(&names).all(|(part, name)| fits(part, name));
            let wants_folder = pattern.ends_with('/');
            let end = if wants_folder { "/" } else { "" };
            (fits_all && (is_folder || !wants_folder)).then(|| format!("{}{end}", names.join("/")))
        });
        let named: BTreeSet<String> = named.collect();
        named.into_iter().take(MAX_WORDS).collect()
    }

    /// A path from the root of the tree, written as one from that of the machine.
    fn whole(&self, word: &str) -> String {
        format!("/{}", path::join(&self.folder, word))
    }

    /// What a function gives for its arguments, each with its own variables filled in; nothing for one that is not known, and
    /// for what only the machine can tell.
    pub(super) fn value(&self, function: &str, arguments: &[String]) -> Option<String> {
        let last = arguments.last()?;
        if arguments.iter().any(|argument| argument.contains(['$', '`'])) {
            return None;
        }
        let words: Vec<&str> = last.split_whitespace().collect();
        let each =
            |change: &dyn Fn(&str) -> String| words.iter().map(|word| change(word)).collect::<Vec<_>>().join(" ");
        let first = || arguments.first().map(|first| first.split_whitespace().collect::<Vec<_>>());
        Some(match (function, arguments.len()) {
            ("wildcard", 1) => words.iter().flat_map(|word| self.matching(word)).collect::<Vec<_>>().join(" "),
            ("filter" | "filter-out", 2) => {
                let wanted = first()?;
                let is_wanted = |word: &&&str| wanted.iter().any(|pattern| glob(&pattern.replacen('%', "*", 1), word));
                let keeps = function == "filter";
                let left: Vec<&str> = words.iter().filter(|word| is_wanted(word) == keeps).copied().collect();
                left.join(" ")
            }
            ("patsubst", 3) => each(&|word| substituted(arguments[0].trim(), arguments[1].trim(), word)),
            ("subst", 3) => last.replace(arguments[0].as_str(), &arguments[1]),
            ("addprefix", 2) => each(&|word| format!("{}{word}", arguments[0].trim())),
            ("addsuffix", 2) => each(&|word| format!("{word}{}", arguments[0].trim())),
            ("dir", 1) => each(&|word| word.rfind('/').map_or("./".to_owned(), |at| word[..=at].to_owned())),
            ("notdir", 1) => each(&|word| word.rsplit('/').next().unwrap_or(word).to_owned()),
            ("realpath" | "abspath", 1) => each(&|word| self.whole(word)),
            ("firstword", 1) => words.first().map(|word| (*word).to_owned()).unwrap_or_default(),
            ("lastword", 1) => words.last().map(|word| (*word).to_owned()).unwrap_or_default(),
            ("sort", 1) => words.iter().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" "),
            ("strip", 1) => words.join(" "),
            ("shell", 1) => match words[..] {
                ["dirname", path] => folder_of(path).to_owned(),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// `$(MAKEFILE_LIST)`, of which the first is the makefile that make was given.
    pub(super) fn makefiles(&self) -> String {
        format!("/{}", self.file)
    }
}

/// Whether a part of a pattern stands for a name; what begins with a dot is named by it.
fn fits(pattern: &str, name: &str) -> bool {
    glob(pattern, name) && (!name.starts_with('.') || pattern.starts_with('.'))
}

fn folder_of(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => ".",
    }
}

/// A word with `%` of one pattern put into the other.
fn substituted(from: &str, to: &str, word: &str) -> String {
    let stem = match from.split_once('%') {
        Some((start, end)) => word.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)),
        None => (from == word).then_some(""),
    };
    stem.map_or_else(|| word.to_owned(), |stem| to.replacen('%', stem, 1))
}

/// A call of a function at the start of a text, `$(dir $(A))`: its name, its arguments as they are written, and its length.
pub(super) fn call(text: &str) -> Option<(&str, Vec<&str>, usize)> {
    let inner = text.strip_prefix("$(")?;
    let name_length = inner.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'-').count();
    let (name, rest) = inner.split_at(name_length);
    if name.is_empty() || !rest.starts_with([' ', '\t']) {
        return None;
    }
    let (mut open, mut parts, mut from) = (0_usize, Vec::new(), 0);
    // The last argument that a function takes has the commas that are left: `$(addprefix ,,$(TAGS))`.
    let most = match name {
        "addprefix" | "addsuffix" | "filter" | "filter-out" => 2,
        "subst" | "patsubst" => 3,
        _ => 1,
    };
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'(' | b'{' => open += 1,
            b')' if open == 0 => {
                parts.push(rest[from..at].trim_start());
                return Some((name, parts, "$(".len() + name_length + at + 1));
            }
            b')' | b'}' => open = open.saturating_sub(1),
            b',' if open == 0 && parts.len() + 1 < most => {
                parts.push(rest[from..at].trim_start());
                from = at + 1;
            }
            _ => {}
        }
    }
    None
}
