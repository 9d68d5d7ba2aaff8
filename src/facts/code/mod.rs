//! Source code without comments and tests, and the search for patterns in it.
//!
//! A file's code text is made only when something needs it. The patterns of all rules are looked for in one pass: their
//! literals say which pattern may match which file, and only there a comment is told from code.

mod build_tags;
mod callers;
mod comments;
mod constant;
mod gates;
mod go_programs;
mod language;
mod literal;
mod mask;
mod program;
mod role;
mod rust_regions;
mod serving;
mod setups;
mod switches;
mod text;

pub use build_tags::{constraint as build_constraint, is_given as is_given_tag};
pub use comments::without_comments;
pub use constant::{observe, written};
pub use language::Language;
pub use literal::{fallback_of, literal_of};
pub(in crate::facts) use program::is_of_another_environment;
pub use program::{is_client, is_of_a_client_library, is_of_a_typed_module, is_of_another_command, serves_not};
pub(in crate::facts) use role::of_path as role_of_path;
pub use role::{Role, folder_role, is_left_behind, is_of_a_suite};
pub use rust_regions::Regions;
pub(in crate::facts) use serving::pipes;
pub use serving::{fills_or_dumps, is_end_of_a_pipe, serves_nothing};
pub use text::CodeText;

use super::{Facts, parallel};
use crate::pattern::{Lazy, PatternSet, Regex, compile};
use crate::source::{Source, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

/// A pattern that matches oftener in one file says nothing more.
const MOST_HITS: usize = 200;

/// Source code without comments and tests.
#[derive(Debug, Default)]
pub struct Code {
    files: Vec<CodeFile>,
    test_modules: OnceLock<BTreeSet<Arc<str>>>,
    build_tags: OnceLock<BTreeSet<String>>,
    setups: OnceLock<BTreeSet<String>>,
    starts_outside_tools: OnceLock<bool>,
    behind_command_lines: OnceLock<BTreeSet<String>>,
    unused_libraries: OnceLock<BTreeSet<String>>,
    imported_by_tests: OnceLock<BTreeSet<String>>,
    languages: OnceLock<Vec<Language>>,
    gathered: OnceLock<Vec<Arc<Vec<Hit>>>>,
    asked: Mutex<BTreeMap<(Scope, String), Hits>>,
    around: Mutex<BTreeMap<String, Arc<Around>>>,
}

/// A pattern that is looked for in single files.
#[derive(Debug)]
struct Around {
    set: PatternSet,
    hits: Mutex<BTreeMap<Arc<str>, Hits>>,
}

/// One source file.
#[derive(Debug)]
pub struct CodeFile {
    /// Its path.
    pub path: Arc<str>,
    /// Its language.
    pub language: Language,
    /// What its path says it is for; [`Code::role`] also looks inside.
    pub role: Role,
    index: usize,
    inside: OnceLock<Option<Role>>,
    left_out: OnceLock<bool>,
    text: OnceLock<Option<CodeText>>,
    /// Why a release leaves the whole module out.
    gate: OnceLock<Option<String>>,
}

/// The matches of one pattern, shared by all who ask.
type Hits = Arc<Vec<Hit>>;

/// One match of a pattern in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The file.
    pub path: Arc<str>,
    /// Where the match stands.
    pub span: Span,
    /// What the group `value` captured, and where.
    pub value: Option<(String, Span)>,
}

/// Which code is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Code that ships.
    Product,
    /// Test files, and test items inside product files.
    Tests,
}

/// Lists the source files of the tree; reads none of them.
pub fn read(facts: &Facts<'_>) -> Code {
    let own = facts.own_name();
    let files = facts.tree.files().iter().enumerate().filter_map(|(index, file)| {
        let language = Language::of(&file.path)?;
        let role = role::of_path(&own.cleared(&file.path), language);
        let path = file.path.clone();
        let (inside, left_out) = (OnceLock::new(), OnceLock::new());
        let (text, gate) = (OnceLock::new(), OnceLock::new());
        Some(CodeFile { path, language, role, index, inside, left_out, text, gate })
    });
    Code { files: files.collect(), ..Code::default() }
}

impl Code {
    /// All source files, sorted by path.
    pub fn files(&self) -> &[CodeFile] {
        &self.files
    }

    /// The source file at a path.
    pub fn file(&self, path: &str) -> Option<&CodeFile> {
        let index = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        self.files.get(index)
    }

    /// What a file is for, by its path, its first lines, and who declares it as a module.
    pub fn role(&self, facts: &Facts<'_>, file: &CodeFile) -> Role {
        let role = match file.role {
            Role::Product => file.says(facts).unwrap_or(Role::Product),
            Role::Generated if role::may_be_kept(&file.path) => file.says(facts).unwrap_or(Role::Generated),
            role => role,
        };
        if role == Role::Product {
            let in_tests =
                || facts.manifests().is_test_support(&file.path) || self.test_modules(facts).contains(&file.path);
            if file.language == Language::Rust && in_tests() {
                return Role::Test;
            }
            if file.language == Language::Go && self.is_left_out(facts, file) {
                return Role::Tooling;
            }
            let unpacked = || facts.unpacked().holds(&file.path) || facts.unpacked().carries(&file.path);
            if file.language == Language::Python && unpacked() {
                return Role::Vendored;
            }
            if file.language == Language::JavaScript && self.is_setup_of_tests(facts, &file.path) {
                return Role::Test;
            }
            let is_aside = file.language == Language::Elixir && program::is_of_another_environment(facts, &file.path);
            let is_app = file.language == Language::Rust && program::is_of_a_desktop_app(facts, &file.path);
            if is_aside || is_app || program::is_tool(facts, &file.path) {
                return Role::Tooling;
            }
        }
        role
    }

    /// The files that ship, sorted by path.
    pub fn product<'a>(&'a self, facts: &'a Facts<'_>) -> impl Iterator<Item = &'a CodeFile> {
        self.files.iter().filter(|file| self.role(facts, file) == Role::Product)
    }

    /// Where a pattern matches in code that ships, by path and offset.
    pub fn find(&self, facts: &Facts<'_>, pattern: &str) -> Arc<Vec<Hit>> {
        self.find_all(facts, Scope::Product, &[pattern]).pop().unwrap_or_default()
    }

    /// Where each of some patterns matches; those that were not gathered in one more pass over the files. The answers
    /// are kept.
    pub fn find_all(&self, facts: &Facts<'_>, scope: Scope, patterns: &[&str]) -> Vec<Arc<Vec<Hit>>> {
        let gathered = |pattern: &str| self.gathered(facts, scope, pattern);
        let key = |pattern: &str| (scope, pattern.to_owned());
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = patterns
            .iter()
            .filter(|pattern| !asked.contains_key(&key(pattern)) && !Self::is_gathered(facts, scope, pattern));
        let set = PatternSet::new(missing);
        if !set.is_empty() {
            drop(asked);
            let found = self.search(facts, scope, &set);
            asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            for (position, hits) in found.into_iter().enumerate() {
                if let Some(pattern) = set.get(position) {
                    asked.insert(key(pattern.text()), Arc::new(hits));
                }
            }
        }
        let kept: Vec<_> = patterns.iter().map(|pattern| asked.get(&key(pattern)).cloned()).collect();
        drop(asked);
        let answers = patterns.iter().zip(kept);
        answers.map(|(pattern, kept)| kept.or_else(|| gathered(pattern)).unwrap_or_default()).collect()
    }

    /// Where a pattern matches in one file that ships: for what is only asked where something else was found.
    pub fn find_in(&self, facts: &Facts<'_>, path: &str, pattern: &str) -> Arc<Vec<Hit>> {
        let Some(file) = self.file(path).filter(|file| self.role(facts, file) == Role::Product) else {
            return Arc::default();
        };
        let new = || Around { set: PatternSet::new([pattern]), hits: Mutex::default() };
        let mut known = self.around.lock().unwrap_or_else(PoisonError::into_inner);
        let around = Arc::clone(known.entry(pattern.to_owned()).or_insert_with(|| Arc::new(new())));
        drop(known);
        if let Some(hits) = around.hits.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Arc::clone(hits);
        }
        let found = file.search(facts, Scope::Product, false, &around.set);
        let hits = Arc::new(found.into_iter().map(|(_, hit)| hit).collect());
        let mut all = around.hits.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(file.path.clone()).or_insert(hits))
    }

    fn is_gathered(facts: &Facts<'_>, scope: Scope, pattern: &str) -> bool {
        scope == Scope::Product && facts.patterns.code.position(pattern).is_some()
    }

    /// The answer for a pattern that was gathered before; the first one to ask searches for them all.
    fn gathered(&self, facts: &Facts<'_>, scope: Scope, pattern: &str) -> Option<Arc<Vec<Hit>>> {
        let position = facts.patterns.code.position(pattern).filter(|_| scope == Scope::Product)?;
        let all = self.gathered.get_or_init(|| {
            self.search(facts, Scope::Product, &facts.patterns.code).into_iter().map(Arc::new).collect()
        });
        all.get(position).cloned()
    }

    /// Whether a match is a part of a text, which does nothing.
    pub fn is_quoted(&self, facts: &Facts<'_>, hit: &Hit) -> bool {
        let code = self.file(&hit.path).and_then(|file| file.code(facts));
        let text = code.and_then(|code| code.string_at(hit.span.start));
        text.is_some_and(|text| text.start < hit.span.start && hit.span.end < text.end)
    }

    /// Whether a match stands among the lines of code that the program only prints for others, as their beginning: a text
    /// of several lines with a call that is ended there.
    pub fn is_printed(&self, facts: &Facts<'_>, hit: &Hit) -> bool {
        let Some(code) = self.file(&hit.path).and_then(|file| file.code(facts)) else { return false };
        let Some(text) = code.string_at(hit.span.start).filter(|text| text.start < hit.span.start) else {
            return false;
        };
        let line = code.product().get(text.range()).unwrap_or_default().split_once('\n').map(|(line, _)| line);
        line.is_some_and(|line| {
            let starts = ["let ", "const ", "var ", "import ", "use ", "from "];
            let code = line.trim_start_matches(['r', '#', '"', '`', '\'', ' ']);
            starts.iter().any(|start| code.starts_with(start))
        })
    }

    /// One pass of a set of patterns over all files of a scope.
    fn search(&self, facts: &Facts<'_>, scope: Scope, set: &PatternSet) -> Vec<Vec<Hit>> {
        // The first file that a pattern may match in takes much longer than the others: it compiles the pattern.
        let by_file = parallel::map_each(&self.files, |file| {
            let whole_test = match (scope, self.role(facts, file)) {
                (_, Role::Product) => false,
                (Scope::Tests, Role::Test) => true,
                _ => return Vec::new(),
            };
            file.search(facts, scope, whole_test, set)
        });
        let mut by_pattern = vec![Vec::new(); set.len()];
        for (position, hit) in by_file.into_iter().flatten() {
            by_pattern[position].push(hit);
        }
        by_pattern
    }

    /// Whether a file of Go asks for a tag that no build of the project turns on.
    fn is_left_out(&self, facts: &Facts<'_>, file: &CodeFile) -> bool {
        let is_named = |tag: &str| self.build_tags.get_or_init(|| build_tags::named(facts)).contains(tag);
        *file.left_out.get_or_init(|| {
            let constraint = file.source(facts).and_then(|source| build_constraint(source.text()));
            constraint.is_some_and(|constraint| !build_tags::may_be_built(constraint, &is_named))
        })
    }

    /// Files that hold a Rust module which exists only in tests.
    fn test_modules(&self, facts: &Facts<'_>) -> &BTreeSet<Arc<str>> {
        self.test_modules.get_or_init(|| {
            let rust: Vec<&CodeFile> = self.files.iter().filter(|file| file.language == Language::Rust).collect();
            let mut found = BTreeSet::new();
            for stem in parallel::map(&rust, |file| file.test_modules(facts)).into_iter().flatten() {
                let folder = format!("{stem}/");
                let file = format!("{stem}.rs");
                let first = self.files.partition_point(|one| *one.path < *folder);
                let inside = self.files[first..].iter().take_while(|one| one.path.starts_with(&folder));
                found.extend(inside.chain(self.file(&file)).map(|one| one.path.clone()));
            }
            found
        })
    }
}

impl CodeFile {
    /// The source, if it can be read as text.
    pub fn source<'f>(&self, facts: &Facts<'f>) -> Option<&'f Source> {
        facts.tree.files().get(self.index)?.text()
    }

    /// The code text, made once and kept.
    pub fn code(&self, facts: &Facts<'_>) -> Option<&CodeText> {
        self.text.get_or_init(|| Some(CodeText::new(self.language, self.source(facts)?.text()))).as_ref()
    }

    /// What its text says that it is for.
    fn says(&self, facts: &Facts<'_>) -> Option<Role> {
        *self.inside.get_or_init(|| role::of_text(self.source(facts)?.text(), self.language))
    }

    /// The matches of a set in this file. Its code text is kept only if somebody asked for it before.
    fn search(&self, facts: &Facts<'_>, scope: Scope, whole: bool, set: &PatternSet) -> Vec<(usize, Hit)> {
        let Some(source) = self.source(facts) else { return Vec::new() };
        let made;
        let code = match self.text.get().and_then(Option::as_ref) {
            Some(code) => code,
            // To make the code text costs more than to look for literals twice.
            None if set.candidates(source.text()).is_empty() => return Vec::new(),
            None => {
                made = CodeText::new(self.language, source.text());
                &made
            }
        };
        let test_items;
        let text = match scope {
            Scope::Tests if whole => &code.code,
            Scope::Tests => {
                test_items = code.tests();
                &test_items
            }
            Scope::Product => code.product(),
        };
        let mut hits = Vec::new();
        for position in set.candidates(text) {
            let Some(scan) = set.get(position).and_then(Lazy::scan) else { continue };
            hits.extend(self.matches(scan, text).map(|hit| (position, hit)));
        }
        hits
    }

    fn matches<'a>(&'a self, scan: &'a Regex, text: &'a str) -> impl Iterator<Item = Hit> + 'a {
        scan.find_all(text).take(MOST_HITS).map(move |(found, value)| {
            let value = value.map(|value| (value.as_str().to_owned(), Span::new(value.start(), value.end())));
            Hit { path: self.path.clone(), span: Span::new(found.start(), found.end()), value }
        })
    }

    /// Paths (without `.rs`) of the modules in other files that this one declares for tests only.
    fn test_modules(&self, facts: &Facts<'_>) -> Vec<String> {
        static DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
            let pattern = r"#\[cfg\((?:test|all\(test\b[^\]\n]*\)|any\(test\s*,\s*feature\s*=\s*.[\w-]*test[\w-]*.\))\)\]\s*(?:#\[[^\]\n]*\]\s*)*(?:pub(?:\([^)\n]*\))?\s+)?mod\s+(\w+)\s*;";
            compile(pattern).ok()
        });
        let (Some(source), Some(declared)) = (self.source(facts), DECLARED.as_ref()) else { return Vec::new() };
        if memchr::memmem::find(source.text().as_bytes(), b"cfg(").is_none() {
            return Vec::new();
        }
        let stem = self.path.trim_end_matches(".rs");
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let base = if matches!(name, "mod" | "lib" | "main") { folder } else { stem };
        let prefix = if base.is_empty() { String::new() } else { format!("{base}/") };
        declared.captures_iter(source.text()).map(|found| format!("{prefix}{}", &found[1])).collect()
    }
}
