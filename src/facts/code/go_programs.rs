//! Packages of Go that only a command line needs: what its programs import, and no other program does.

use super::program::{is_of_a_command_line, is_start};
use super::{Code, CodeFile, Language};
use crate::facts::Facts;
use crate::source;
use crate::tree::path::folder_of;
use std::collections::{BTreeMap, BTreeSet};

/// The imports of a file stand in its beginning.
const HEAD: usize = 16 * 1024;

/// Folders beside `cmd/cli/` with what a program does when it serves.
const SERVING: &[&str] =
    &["server", "serve", "serving", "service", "daemon", "controller", "operator", "agent", "nodeagent", "node-agent"];

impl Code {
    /// Whether a file of Go belongs to a package that only programs for a command line import.
    pub(super) fn is_behind_a_command_line(&self, facts: &Facts<'_>, path: &str) -> bool {
        Language::of(path) == Some(Language::Go)
            && self.behind_command_lines.get_or_init(|| self.behind_command_lines(facts)).contains(folder_of(path))
    }

    fn behind_command_lines(&self, facts: &Facts<'_>) -> BTreeSet<String> {
        let go = || self.files.iter().filter(|file| file.language == Language::Go);
        let serves = |below: &str| below.split_once('/').is_some_and(|(folder, _)| SERVING.contains(&folder));
        let below = go().filter_map(|file| below_cmd(&file.path));
        let serving: BTreeSet<&str> = below.filter(|(_, below)| serves(below)).map(|(cmd, _)| cmd).collect();
        let is_beside =
            |path: &str| below_cmd(path).is_some_and(|(cmd, below)| below.starts_with("cli/") && serving.contains(cmd));
        let is_typed = |path: &str| is_of_a_command_line(path) || is_beside(path);
        if !go().any(|file| is_typed(&file.path)) {
            return BTreeSet::new();
        }
        let (mut imports, mut typed, mut starts) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let modules = Modules::of(facts);
        for file in self.product(facts).filter(|file| file.language == Language::Go) {
            let folder = folder_of(&file.path);
            if is_typed(&file.path) {
                typed.insert(folder);
            } else if is_start(facts, file) {
                starts.insert(folder);
            }
            imports.entry(folder).or_insert_with(BTreeSet::new).extend(modules.imports(facts, file));
        }
        let reached = |from: &BTreeSet<&str>, but: &BTreeSet<&str>| {
            let mut seen: BTreeSet<String> = from.iter().map(|&folder| folder.to_owned()).collect();
            let mut open: Vec<String> = seen.iter().cloned().collect();
            while let Some(folder) = open.pop() {
                for other in imports.get(folder.as_str()).into_iter().flatten() {
                    if !but.contains(other.as_str()) && seen.insert(other.clone()) {
                        open.push(other.clone());
                    }
                }
            }
            seen
        };
        let others = reached(&starts, &typed);
        if starts.is_empty() { BTreeSet::new() } else { &reached(&typed, &BTreeSet::new()) - &others }
    }
}

/// A folder `cmd/`, and what of a path stands below it.
fn below_cmd(path: &str) -> Option<(&str, &str)> {
    let at = if path.starts_with("cmd/") { 4 } else { path.find("/cmd/")? + 5 };
    Some(path.split_at(at))
}

/// The modules of a tree: the path that each is imported by, and its folder.
struct Modules(Vec<(String, String)>);

impl Modules {
    fn of(facts: &Facts<'_>) -> Self {
        let manifests = facts.tree.files().iter().filter(|file| file.path.rsplit('/').next() == Some("go.mod"));
        let modules = manifests.filter_map(|file| {
            let name = file.text()?.text().lines().find_map(|line| line.strip_prefix("module "))?.trim();
            Some((name.trim_matches('"').to_owned(), folder_of(&file.path).to_owned()))
        });
        Self(modules.collect())
    }

    /// The folders of the tree that a file imports.
    fn imports(&self, facts: &Facts<'_>, file: &CodeFile) -> BTreeSet<String> {
        let text = file.source(facts).map_or("", |source| source::head(source.text(), HEAD));
        let head = text.split("\nfunc ").next().unwrap_or_default();
        let quoted = head.lines().filter_map(|line| line.split('"').nth(1));
        quoted.filter_map(|import| self.folder(import)).collect()
    }

    fn folder(&self, import: &str) -> Option<String> {
        let inside = |module: &str| import.strip_prefix(module).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let found = self.0.iter().filter_map(|(module, folder)| Some((module.len(), folder, inside(module)?)));
        let (_, folder, rest) = found.max_by_key(|(length, ..)| *length)?;
        let rest = rest.trim_start_matches('/');
        Some(match (folder.is_empty(), rest.is_empty()) {
            (true, _) => rest.to_owned(),
            (false, true) => folder.clone(),
            (false, false) => format!("{folder}/{rest}"),
        })
    }
}
