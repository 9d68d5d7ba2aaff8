//! The languages that the service is written in, and code that serves nobody.

use super::{Code, Language};
use crate::facts::Facts;
use std::collections::{BTreeMap, BTreeSet};

/// What is smaller than one part in so many of the largest language is written beside the service.
const SMALLEST_PART: u64 = 4;

impl Code {
    /// The languages that what ships is written in, the largest first: pages for a browser count when nothing else does, scripts
    /// of a shell never.
    pub fn languages(&self, facts: &Facts<'_>) -> &[Language] {
        self.languages.get_or_init(|| {
            let sizes = |pages: bool| {
                let mut sizes: BTreeMap<Language, u64> = BTreeMap::new();
                for file in self.product(facts).filter(|file| pages || !serves_nothing(&file.path)) {
                    if !matches!(file.language, Language::Shell | Language::Proto) {
                        *sizes.entry(file.language).or_default() += facts.tree.files()[file.index].len;
                    }
                }
                sizes
            };
            let served = sizes(false);
            let sizes = if served.is_empty() { sizes(true) } else { served };
            let largest = sizes.values().copied().max().unwrap_or(0);
            let mut written: Vec<(Language, u64)> =
                sizes.into_iter().filter(|(_, size)| size * SMALLEST_PART >= largest).collect();
            written.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
            written.into_iter().map(|(language, _)| language).collect()
        })
    }
}

/// Whether code runs in a browser, a terminal or a shell, or beside the service, by its path: what a page hides from a
/// user the service may still do.
pub fn serves_nothing(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "webapp",
        "frontend",
        "front-end",
        "client",
        "ui",
        "web",
        "webui",
        "static",
        "public",
        "assets",
        "spa",
        "mobile",
        "webpack",
    ];
    const ENDS: &[&str] = &[".sh", ".tsx", ".jsx", ".vue", ".svelte", ".astro"];
    const SCRIPTS: &[&str] = &[".ts", ".js", ".mjs"];
    let ends = |list: &[&str]| list.iter().any(|end| path.ends_with(end));
    let name = path.rsplit('/').next().unwrap_or(path);
    let builds_a_page = ["vite.config.", "webpack.config."].iter().any(|start| name.starts_with(start));
    let in_folder = |names: &[&str]| path.split('/').any(|part| names.contains(&part));
    ends(ENDS) || builds_a_page || fills_or_dumps(path) || in_folder(&["tui"]) || ends(SCRIPTS) && in_folder(FOLDERS)
}

/// Whether a file stands at an end of a pipe, where what users have described is read or filled: `connectors/sinks/postgres/`,
/// `src/sinks/` beside `src/sources/`.
pub fn is_end_of_a_pipe(facts: &Facts<'_>, path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1).skip_while(|part| !matches!(*part, "sinks" | "sources"));
    folders.any(|part| matches!(part, "connectors" | "connector"))
        || above_an_end(path).is_some_and(|(pipe, _)| facts.pipes().contains(pipe))
}

/// The folders that hold both ends of pipes, with code in each.
pub(in crate::facts) fn pipes(facts: &Facts<'_>) -> BTreeSet<String> {
    let mut ends: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (pipe, end) in facts.code().product(facts).filter_map(|file| above_an_end(&file.path)) {
        ends.entry(pipe).or_default().insert(end);
    }
    ends.into_iter().filter(|(_, found)| found.len() > 1).map(|(pipe, _)| pipe.to_owned()).collect()
}

/// The folder above the end of a pipe that a file stands in, and which end that is.
fn above_an_end(path: &str) -> Option<(&str, &'static str)> {
    let find = |end: &'static str| {
        let at = path.find(end).filter(|at| *at == 0 || path[..*at].ends_with('/'))?;
        Some((&path[..at], end))
    };
    find("sinks/").or_else(|| find("sources/"))
}

/// Whether code is none of the service's, by its path: it fills an empty database, or is a task that somebody runs beside
/// it. `db/seeds.rb`, `dev_seeds.exs`, `seeders/`, `lib/mix/tasks/`, `users.rake`.
pub fn fills_or_dumps(path: &str) -> bool {
    let seeds = |word: &str| matches!(word, "seed" | "seeds" | "seeder" | "seeders");
    let is_seed = |part: &str| part.split(['_', '-', '.']).any(|word| seeds(&word.to_ascii_lowercase()));
    path.contains("mix/tasks/")
        || path.rsplit_once('.').is_some_and(|(_, kind)| kind == "rake")
        || path.split('/').any(is_seed)
}
