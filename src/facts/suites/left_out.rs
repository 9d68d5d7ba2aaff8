//! Tests of Go that a command does not run: their package is taken out of the list, `go test $(go list ./... | grep -v /e2e)`,
//! or neither their label nor their name is asked for.

use super::File;
use super::runs::values;
use crate::facts::Facts;
use crate::facts::manifests::Ecosystem;
use crate::pattern::{Regex, compile};
use crate::tree::path::folder_of;

/// Whether the list of a command has lost the package of a file.
pub(super) fn is(facts: &Facts<'_>, words: &[&str], file: &File) -> bool {
    let lists = words.iter().filter(|word| word.contains("go list") && word.contains("grep"));
    // `go list` writes the path of the module before the folder.
    let package = package_of(facts, &file.path);
    lists.flat_map(|list| filters(list)).any(|filter| filter.takes_out(&package))
}

/// The package that a file of Go is of, as its module names it.
fn package_of(facts: &Facts<'_>, path: &str) -> String {
    let module = facts.manifests().nearest(path, |package| package.ecosystem == Ecosystem::Go);
    let (name, root) = module.map_or(("module", ""), |one| (one.name.as_deref().unwrap_or("module"), one.folder()));
    let folder = folder_of(path);
    format!("{name}/{}", folder.strip_prefix(root).unwrap_or(folder).trim_matches('/'))
}

/// Whether the labels that Ginkgo is asked for leave out the suite of a file: `--label-filter=!e2e`. What is made of several
/// labels may be any of them.
pub(super) fn by_label(facts: &Facts<'_>, words: &[&str], file: &File) -> bool {
    let filters = values(words, &["--label-filter", "-label-filter", "--ginkgo.label-filter", "-ginkgo.label-filter"]);
    let Some(filter) = filters.last() else { return false };
    let (is_left_out, label) = filter.strip_prefix('!').map_or((false, *filter), |label| (true, label.trim()));
    let is_word = |label: &str| label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if label.is_empty() || !is_word(label) {
        return false;
    }
    let folder = folder_of(&file.path);
    let worn = format!("Label(\"{label}\"");
    // Of a suite with labels on single tests, the others still run.
    let wears =
        |text: &str| text.lines().any(|line| line.contains(&worn) && (!is_left_out || line.contains("RunSpecs(")));
    let mut beside =
        facts.tree.files().iter().filter(|one| one.path.ends_with("_test.go") && folder_of(&one.path) == folder);
    let is_it = beside.any(|one| facts.tree.text(&one.path).is_some_and(|source| wears(source.text())));
    is_it == is_left_out
}

/// Whether `-run` asks for names that no test of a file bears: `go test -run=^$` only compiles.
pub(super) fn by_name(facts: &Facts<'_>, words: &[&str], file: &File) -> bool {
    wanted(words).is_some_and(|names| !has_one(facts, &file.path, &names))
}

/// Whether a command of Go runs the tests of no file of the tree, for none bears the name that it asks for; what measures
/// benchmarks or feeds fuzz targets runs those.
pub(super) fn is_nobodys_name(facts: &Facts<'_>, words: &[&str]) -> bool {
    let others = &["-bench", "--bench", "-test.bench", "-fuzz", "--fuzz", "-test.fuzz"];
    let runs_others = !values(words, others).is_empty();
    let of_go = || facts.tree.files().iter().filter(|file| file.path.ends_with("_test.go"));
    !runs_others && wanted(words).is_some_and(|names| !of_go().any(|file| has_one(facts, &file.path, &names)))
}

/// The names that `-run` asks for; `None` where all are run, or a variable says which.
fn wanted(words: &[&str]) -> Option<Vec<Regex>> {
    let asked = *values(words, &["-run", "--run", "-test.run"]).last()?;
    if holds_variable(asked) {
        return None;
    }
    // Behind the slash stand the names of what a test runs one by one.
    let alternatives: Vec<&str> = if asked.contains('(') { vec![asked] } else { asked.split('|').collect() };
    alternatives.into_iter().map(|one| compile(one.split('/').next().unwrap_or(one)).ok()).collect()
}

/// Whether a file has a test of one of these names.
fn has_one(facts: &Facts<'_>, path: &str, names: &[Regex]) -> bool {
    let text = facts.tree.text(path).map_or("", |source| source.text());
    let tests = text.lines().filter_map(|line| line.strip_prefix("func ")?.split('(').next());
    let mut tests =
        tests.map(str::trim).filter(|name| ["Test", "Fuzz", "Example"].iter().any(|one| name.starts_with(one)));
    tests.any(|name| names.iter().any(|wanted| wanted.is_match(name)))
}

/// Whether a pattern holds a variable of the shell, and not only the end of a text.
fn holds_variable(pattern: &str) -> bool {
    let mut after = pattern.split('$').skip(1);
    after.any(|rest| rest.starts_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '{' | '(')))
}

/// A `grep` that a list goes through.
#[derive(Debug, Default)]
struct Filter {
    inverted: bool,
    extended: bool,
    fixed: bool,
    patterns: Vec<String>,
}

impl Filter {
    fn takes_out(&self, package: &str) -> bool {
        let matches = |pattern: &String| {
            if self.fixed {
                return package.contains(pattern.as_str());
            }
            let pattern = if self.extended { pattern.clone() } else { extended(pattern) };
            // A path from the module's root is told by the end that the folder is.
            compile(&pattern).is_ok_and(|pattern| pattern.is_match(package))
        };
        let is_told = !self.patterns.is_empty() && !self.patterns.iter().any(|pattern| holds_variable(pattern));
        if self.inverted { self.patterns.iter().any(matches) } else { is_told && !self.patterns.iter().any(matches) }
    }
}

/// A pattern of `grep` without `-E` as one with it: there a bare sign is itself, and `\(`, `\)` and `\|` are what they are here.
fn extended(pattern: &str) -> String {
    let (mut text, mut letters) = (String::new(), pattern.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(sign @ ('(' | ')' | '|' | '{' | '}' | '+' | '?')) => text.push(sign),
                Some(other) => text.extend(['\\', other]),
                None => {}
            },
            '(' | ')' | '|' | '{' | '}' | '+' | '?' => text.extend(['\\', letter]),
            other => text.push(other),
        }
    }
    text
}

/// The filters that a list goes through.
fn filters(list: &str) -> Vec<Filter> {
    let mut found = Vec::new();
    let mut words = split(list).into_iter().peekable();
    while let Some(word) = words.next() {
        let extended = match word.as_str() {
            "grep" => false,
            "egrep" => true,
            _ => continue,
        };
        let mut filter = Filter { extended, ..Filter::default() };
        while let Some(word) = words.next_if(|word| word != "|") {
            match word.as_str() {
                "--invert-match" => filter.inverted = true,
                "--extended-regexp" | "--perl-regexp" => filter.extended = true,
                "--fixed-strings" => filter.fixed = true,
                option if option.len() > 1 && option.starts_with('-') && !option.starts_with("--") => {
                    filter.inverted |= option.contains('v');
                    filter.extended |= option.contains(['E', 'P']);
                    filter.fixed |= option.contains('F');
                    if option.ends_with('e') {
                        filter.patterns.extend(words.next());
                    }
                }
                option if option.starts_with("--") => {}
                pattern if filter.patterns.is_empty() => filter.patterns.push(pattern.to_owned()),
                _ => {}
            }
        }
        found.push(filter);
    }
    found
}

/// The words of a command in `$( … )`, its quotes taken away; `|` is a word.
fn split(list: &str) -> Vec<String> {
    let list = list.trim_start_matches(['"', '\'']).trim_end_matches(['"', '\'']);
    let list = list.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(list).trim_matches('`');
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    for letter in list.chars() {
        match letter {
            _ if quote == Some(letter) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(letter),
            _ if quote.is_some() => word.push(letter),
            '|' if !word.ends_with('\\') => {
                end(&mut word);
                end(&mut "|".to_owned());
            }
            _ if letter.is_whitespace() => end(&mut word),
            _ => word.push(letter),
        }
    }
    end(&mut word);
    words
}
