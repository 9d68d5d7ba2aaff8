//! `make target`: the recipes of its prerequisites, then its own.

use super::super::excerpt::Excerpt;
use super::super::path;
use super::make_file::{Given, Makefile, Target, read};
use super::{Call, Walk};
use crate::evidence::Place;
use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet};

impl Walk<'_> {
    pub(super) fn make(&mut self, words: &[String], place: &Place, call: &Call) {
        let mut call = call.clone();
        let mut file = None;
        let mut targets = Vec::new();
        let mut named = BTreeMap::new();
        let mut rest = words[1..].iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "-C" | "--directory" => call.dir = path::join(&call.dir, rest.next().map_or("", String::as_str)),
                "-f" | "--file" | "--makefile" => file = rest.next().cloned(),
                "-j" | "-l" | "-o" | "-W" | "-I" => {
                    if word != "-j" || rest.clone().next().is_some_and(|next| next.parse::<u32>().is_ok()) {
                        rest.next();
                    }
                }
                "-n" | "--dry-run" | "--version" | "--help" | "-q" => return,
                "-i" | "--ignore-errors" => call = call.excused(Some("`make -i` ignores failures")),
                option if option.starts_with("-C") => call.dir = path::join(&call.dir, &option[2..]),
                option if option.starts_with("--directory=") => {
                    call.dir = path::join(&call.dir, &option["--directory=".len()..]);
                }
                option if option.starts_with("--file=") || option.starts_with("--makefile=") => {
                    file = option.split_once('=').map(|(_, file)| file.to_owned());
                }
                option if option.starts_with('-') => {}
                pair if pair.contains('=') => {
                    named.extend(pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
                }
                target => targets.push(target.to_owned()),
            }
        }
        let path = match file {
            Some(file) => Some(path::join(&call.dir, &file)),
            None => ["GNUmakefile", "makefile", "Makefile"]
                .iter()
                .map(|name| path::join(&call.dir, name))
                .find(|path| self.facts.tree.file(path).is_some()),
        };
        let Some(path) = path else {
            if call.dir.contains('$') {
                self.unread_recipe(&targets, words, place, &call);
            }
            return;
        };
        let make = read(self.facts, &call.dir, &path, Given::new(&call.env, named));
        if targets.is_empty() {
            let goal = make.variables.get(".DEFAULT_GOAL").map(|goal| make.expand(goal).trim().to_owned());
            targets.extend(goal.filter(|goal| !goal.is_empty()).or_else(|| make.first.clone()));
        }
        let mut done = BTreeSet::new();
        for target in targets {
            let is_a_file = || target.contains('.') || self.facts.tree.file(&path::join(&call.dir, &target)).is_some();
            if make.found(&target).is_none() && !make.targets.is_empty() && !is_a_file() {
                self.unread_recipe(std::slice::from_ref(&target), words, place, &call);
            }
            let key = format!("{path}:{target}");
            if let Some(inner) = call.inside(format!("make {target}"), place, key) {
                self.target(&make, &target, &inner, &mut done, 0);
            }
        }
    }

    fn target(&mut self, make: &Makefile<'_>, name: &str, call: &Call, done: &mut BTreeSet<String>, depth: usize) {
        if depth > 40 || !done.insert(name.to_owned()) {
            return;
        }
        let Some((target, stem)) = make.found(name) else { return };
        let own = Own { target: name, stem, first: target.prerequisites.first().map_or("", String::as_str) };
        for need in &target.prerequisites {
            self.target(make, &need.replacen('%', stem, 1), call, done, depth + 1);
        }
        if make.one_shell {
            self.one_shell(make, &target.recipe, &own, call);
            return;
        }
        for (file, span) in &target.recipe {
            let Some(source) = self.facts.tree.text(file) else { continue };
            self.recipe_line(make, source, *span, call, (&own, &[]));
        }
    }

    /// Leaves open what a call of make runs whose recipe is not in the tree: where its targets are called after tests, what
    /// they test; where they are called after other checks, those.
    fn unread_recipe(&mut self, targets: &[String], words: &[String], place: &Place, call: &Call) {
        const TESTS: &[&str] = &["test", "cover", "e2e"];
        const CHECKS: &[&str] = &["check", "lint", "verify", "validate", "audit", "scan", "ci"];
        let is_called = |names: &[&str], target: &String| {
            let mut parts = target.split(|letter: char| !letter.is_ascii_alphanumeric());
            parts.any(|part| names.iter().any(|word| part == *word || word.len() > 3 && part.starts_with(word)))
        };
        // An image has the folders that it is given, which are not those of the tree.
        let is_in_image = call
            .chain
            .iter()
            .any(|link| ["build of ", "image of ", "service "].iter().any(|way| link.what.starts_with(way)));
        if is_in_image {
            return;
        }
        if targets.iter().any(|target| is_called(TESTS, target)) {
            self.foreign_tests(words, place, call);
        }
        if targets.iter().any(|target| is_called(CHECKS, target)) && call.step.is_gate() && call.excuse.is_none() {
            let line: String = words.join(" ").chars().take(60).collect();
            self.unread(format!("what `{line}` runs cannot be told: its recipe is not found"), place);
        }
    }

    /// Walks a line of a recipe, or each line of what it stands for; `given` is the target that it is of, and what a call hands on.
    fn recipe_line(
        &mut self,
        make: &Makefile<'_>,
        source: &Source,
        span: crate::source::Span,
        call: &Call,
        (own, given): (&Own<'_>, &[String]),
    ) {
        let line = Excerpt::verbatim(source, span);
        let (line, ignored) = without_prefix(&line);
        let line = line.replaced(&numbered(line.text(), given));
        let line = line.replaced(&own.named(line.text()));
        if let Some((name, arguments)) = called(line.text()).filter(|(name, _)| make.defined.contains_key(*name)) {
            let place = line.place(0..line.text().len());
            let key = format!("define {name} {}", arguments.join(" "));
            let Some(mut inner) = call.inside(String::new(), &place, key) else { return };
            inner.chain.clone_from(&call.chain);
            for (file, span) in &make.defined[name] {
                let Some(source) = self.facts.tree.text(file) else { continue };
                self.recipe_line(make, source, *span, &inner, (own, &arguments));
            }
            return;
        }
        let line = line.replaced(&make.references(line.text(), 0));
        let mut call = call.clone().excused(ignored.then_some("`-` before it makes `make` ignore its failure"));
        flags(make, &mut call);
        self.script(&line, &call);
    }

    /// `.ONESHELL`: the whole recipe is one script, and without `-e` only its last command can fail.
    fn one_shell(&mut self, make: &Makefile<'_>, recipe: &[(String, crate::source::Span)], own: &Own<'_>, call: &Call) {
        let mut whole: Option<Excerpt> = None;
        let mut ignored_first = false;
        for (index, (file, span)) in recipe.iter().enumerate() {
            let Some(source) = self.facts.tree.text(file) else { continue };
            let (line, ignored) = without_prefix(&Excerpt::verbatim(source, *span));
            ignored_first |= index == 0 && ignored;
            let line = line.replaced(&own.named(line.text()));
            let line = line.replaced(&make.references(line.text(), 0));
            match &mut whole {
                None => whole = Some(line),
                Some(whole) if whole.path() == line.path() => whole.push_line(&line),
                Some(_) => {}
            }
        }
        if let Some(whole) = whole {
            let mut call =
                call.clone().excused(ignored_first.then_some("`-` before it makes `make` ignore its failure"));
            flags(make, &mut call);
            self.script(&whole, &call);
        }
    }
}

impl Makefile<'_> {
    /// The rule that makes a target, and what `%` stands for in it.
    fn found<'m>(&'m self, name: &'m str) -> Option<(&'m Target, &'m str)> {
        let explicit = self.targets.get(name).map(|target| (target, ""));
        explicit.or_else(|| by_pattern(self, name))
    }
}

/// What a recipe knows of the target that it is run for.
struct Own<'t> {
    /// `$@`
    target: &'t str,
    /// `$*`
    stem: &'t str,
    /// `$<`
    first: &'t str,
}

impl Own<'_> {
    /// `$@`, `$*` and `$<` in a line, with what they become.
    fn named(&self, line: &str) -> Vec<(std::ops::Range<usize>, String)> {
        let places = memchr::memchr_iter(b'$', line.as_bytes()).filter(|at| !line[..*at].ends_with('$'));
        let found = places.filter_map(|at| {
            let value = match line.as_bytes().get(at + 1)? {
                b'@' => self.target,
                b'*' => self.stem,
                b'<' => self.first,
                _ => return None,
            };
            (!value.is_empty()).then(|| (at..at + 2, value.to_owned()))
        });
        found.collect()
    }
}

/// The rule for a pattern that makes a target, and what `%` stands for in it. What such a rule needs is there, or has a
/// rule of its own: `%: common-%` makes `build` where somebody says how to make `common-build`.
fn by_pattern<'m, 'n>(make: &'m Makefile<'_>, name: &'n str) -> Option<(&'m Target, &'n str)> {
    make.targets.iter().find_map(|(pattern, target)| {
        let (start, end) = pattern.split_once('%')?;
        let stem = name.strip_prefix(start)?.strip_suffix(end)?;
        let is_known = |need: &String| !need.contains('%') || make.targets.contains_key(&need.replacen('%', stem, 1));
        (!stem.is_empty() && target.prerequisites.iter().all(is_known)).then_some((target, stem))
    })
}

/// What a line stands for that is nothing but a name: `$(call test_core)`, `$(call publish,api,latest)`, `$(test_core)`.
fn called(line: &str) -> Option<(&str, Vec<String>)> {
    let line = line.trim();
    let inside = line
        .strip_prefix("$(")
        .and_then(|rest| rest.strip_suffix(')'))
        .or_else(|| line.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')))?;
    let inside = inside.strip_prefix("call ").map_or(inside, str::trim_start);
    let mut parts = inside.split(',').map(str::trim);
    let name = parts.next().filter(|name| !name.contains(['$', ' ', '(']))?;
    Some((name, parts.map(str::to_owned).collect()))
}

/// `$(1)` and `$1` in a line of what was called, with what they become.
fn numbered(line: &str, given: &[String]) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (index, argument) in given.iter().enumerate().take(9) {
        let number = index + 1;
        for form in [format!("$({number})"), format!("${{{number}}}"), format!("${number}")] {
            let places = line.match_indices(&form).filter(|(at, _)| !line[..*at].ends_with('$'));
            found.extend(places.map(|(at, form)| (at..at + form.len(), argument.clone())));
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// What `.SHELLFLAGS` switches on.
fn flags(make: &Makefile<'_>, call: &mut Call) {
    if let Some(flags) = make.variables.get(".SHELLFLAGS") {
        call.settings.errexit = flags.split_whitespace().any(|flag| flag.starts_with('-') && flag.contains('e'));
        call.settings.pipefail = flags.contains("pipefail");
    }
}

/// A recipe line without `@`, `-` and `+`, and whether `-` was among them.
fn without_prefix(line: &Excerpt) -> (Excerpt, bool) {
    let text = line.text();
    let prefix = text.len() - text.trim_start_matches([' ', '\t', '@', '-', '+']).len();
    (line.slice(prefix..text.len()), text[..prefix].contains('-'))
}
