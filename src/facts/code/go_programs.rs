//! Packages of Go that serve nobody: those which only programs for a command line import, and those of a library in the
//! tree which no program imports.

use super::program::{is_of_a_command_line, is_start};
use super::{Code, CodeFile, Language, Role};
use crate::facts::Facts;
use crate::source;
use crate::tree::path::{folder_of, is_at};
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

    /// Whether a file of Go belongs to a module of libraries and to a package of it that no program of the tree imports.
    pub(super) fn is_of_an_unused_library(&self, facts: &Facts<'_>, path: &str) -> bool {
        Language::of(path) == Some(Language::Go)
            && self.unused_libraries.get_or_init(|| self.unused_libraries(facts)).contains(folder_of(path))
    }

    /// Whether a file of Go belongs to a package that only tests, and what helps them, import.
    pub(in crate::facts) fn is_imported_by_tests_alone(&self, facts: &Facts<'_>, path: &str) -> bool {
        Language::of(path) == Some(Language::Go)
            && self.imported_by_tests.get_or_init(|| self.imported_by_tests(facts)).contains(folder_of(path))
    }

    fn imported_by_tests(&self, facts: &Facts<'_>) -> BTreeSet<String> {
        let modules = Modules::of(facts);
        let (mut by_tests, mut by_others) = (BTreeSet::new(), BTreeSet::new());
        for file in self.files.iter().filter(|file| file.language == Language::Go) {
            let by = if file.role == Role::Test { &mut by_tests } else { &mut by_others };
            let own = folder_of(&file.path);
            by.extend(modules.imports(facts, file).into_iter().filter(|other| other != own));
        }
        &by_tests - &by_others
    }

    fn unused_libraries(&self, facts: &Facts<'_>) -> BTreeSet<String> {
        let modules = Modules::of(facts);
        let (mut imports, mut starts) = (Imports::new(), BTreeSet::new());
        if modules.0.len() < 2 {
            return BTreeSet::new();
        }
        for file in self.files.iter().filter(|file| file.language == Language::Go) {
            let folder = folder_of(&file.path);
            if is_start(facts, file) {
                starts.insert(folder);
            }
            imports.entry(folder).or_default().extend(modules.imports(facts, file));
        }
        let used = reached(&imports, &starts, &BTreeSet::new());
        let begun: BTreeSet<&str> = starts.iter().filter_map(|folder| modules.of_folder(folder)).collect();
        // A library may have a small program of its own; then programs of other modules say that it is one.
        let is_shared = |module: &str| {
            let others = starts.iter().copied().filter(|folder| modules.of_folder(folder) != Some(module)).collect();
            let reached = reached(&imports, &others, &BTreeSet::new());
            reached.iter().any(|folder| modules.of_folder(folder) == Some(module))
        };
        let libraries = modules.0.iter().map(|(_, folder)| folder.as_str());
        let libraries: BTreeSet<&str> = libraries.filter(|one| !begun.contains(one) || is_shared(one)).collect();
        let is_of_a_library = |folder: &str| modules.of_folder(folder).is_some_and(|module| libraries.contains(module));
        let unused = imports.keys().filter(|folder| is_of_a_library(folder) && !used.contains(**folder));
        if begun.is_empty() { BTreeSet::new() } else { unused.map(|&folder| folder.to_owned()).collect() }
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
        let (mut imports, mut typed, mut starts) = (Imports::new(), BTreeSet::new(), BTreeSet::new());
        let modules = Modules::of(facts);
        for file in self.product(facts).filter(|file| file.language == Language::Go) {
            let folder = folder_of(&file.path);
            if is_typed(&file.path) {
                typed.insert(folder);
            } else if is_start(facts, file) {
                starts.insert(folder);
            }
            imports.entry(folder).or_default().extend(modules.imports(facts, file));
        }
        let others = reached(&imports, &starts, &typed);
        if starts.is_empty() { BTreeSet::new() } else { &reached(&imports, &typed, &BTreeSet::new()) - &others }
    }
}

/// The folders that each folder's files import.
type Imports<'p> = BTreeMap<&'p str, BTreeSet<String>>;

/// Some folders, and all that they import, through whatever is none of those left out.
fn reached(imports: &Imports<'_>, from: &BTreeSet<&str>, but: &BTreeSet<&str>) -> BTreeSet<String> {
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

    /// The folder of the module that a folder belongs to.
    fn of_folder(&self, folder: &str) -> Option<&str> {
        let folders = self.0.iter().map(|(_, of_module)| of_module.as_str());
        folders.filter(|of_module| of_module.is_empty() || is_at(folder, of_module)).max_by_key(|name| name.len())
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
