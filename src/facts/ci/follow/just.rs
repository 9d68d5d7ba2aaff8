//! `just recipe`: its dependencies, its own lines, and what runs after.

use super::super::excerpt::Excerpt;
use super::super::path;
use super::super::shell::Settings;
use super::just_file::{Justfile, Recipe, evaluated, read, unquoted};
use super::{Call, Walk};
use crate::evidence::Place;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

const NAMES: &[&str] = &["justfile", "Justfile", ".justfile", "JUSTFILE"];

impl Walk<'_> {
    pub(super) fn just(&mut self, words: &[String], place: &Place, call: &Call) {
        let mut file = None;
        let mut dir = call.dir.clone();
        let mut rest = words[1..].iter().peekable();
        let mut arguments: Vec<String> = Vec::new();
        let mut overrides = Vec::new();
        while let Some(word) = rest.next() {
            if !arguments.is_empty() {
                arguments.push(word.clone());
                continue;
            }
            match word.as_str() {
                "-f" | "--justfile" => file = rest.next().cloned(),
                "-d" | "--working-directory" => dir = path::join(&call.dir, rest.next().map_or("", String::as_str)),
                "--set" => {
                    let name = rest.next();
                    overrides.extend(name.zip(rest.next()).map(|(name, value)| (name.clone(), value.clone())));
                }
                "--list" | "-l" | "--fmt" | "--summary" | "--dump" | "--evaluate" | "-n" | "--dry-run"
                | "--version" | "--help" => return,
                "--shell" | "--shell-arg" | "--color" | "--dotenv-path" | "-E" | "--dotenv-filename" => {
                    rest.next();
                }
                option if option.starts_with('-') => {}
                pair if pair.contains('=') => {
                    overrides.extend(pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
                }
                _ => arguments.push(word.clone()),
            }
        }
        let path = match file {
            Some(file) => Some(path::join(&call.dir, &file)),
            None => self.nearest(&dir, NAMES),
        };
        let Some(path) = path else { return };
        let mut just = read(self.facts, &path);
        just.variables.extend(overrides);
        let mut call = call.clone();
        path::folder(&path).clone_into(&mut call.dir);
        self.recipes(&just, &path, arguments, place, &call);
    }

    /// Runs recipes one after the other; each takes as many of the words as it has parameters.
    fn recipes(&mut self, just: &Justfile, path: &str, arguments: Vec<String>, place: &Place, call: &Call) {
        let mut words = arguments.into_iter().peekable();
        if words.peek().is_none()
            && let Some(first) = &just.first
        {
            self.recipe(just, path, first, Vec::new(), place, call);
        }
        while let Some(name) = words.next() {
            let (module, inner) =
                name.split_once("::").map_or((name.as_str(), None), |(module, inner)| (module, Some(inner.to_owned())));
            if let Some(file) = just.modules.get(module) {
                let module = read(self.facts, file);
                let mut call = call.clone();
                path::folder(file).clone_into(&mut call.dir);
                let rest: Vec<String> = inner.into_iter().chain(words).collect();
                if call.stack.len() < 10 {
                    call.stack.push(format!("mod {file} {}", rest.join(" ")));
                    self.recipes(&module, file, rest, place, &call);
                }
                return;
            }
            let target = just.aliases.get(&name).unwrap_or(&name).clone();
            let mut given = Vec::new();
            if let Some(recipe) = just.recipes.get(&target) {
                for parameter in &recipe.parameters {
                    if parameter.variadic {
                        given.extend(words.by_ref());
                    } else if let Some(word) = words.next() {
                        given.push(word);
                    }
                }
            }
            self.recipe(just, path, &target, given, place, call);
        }
    }

    fn recipe(&mut self, just: &Justfile, path: &str, name: &str, given: Vec<String>, place: &Place, call: &Call) {
        let Some(recipe) = just.recipes.get(name) else { return };
        let key = format!("{path}:{name} {}", given.join(" "));
        let Some(mut inner) = call.inside(format!("just {name}"), place, key) else { return };
        let values = bound(just, recipe, given);
        let here = self
            .facts
            .tree
            .text(&recipe.file)
            .zip(recipe.body.first())
            .map_or_else(|| place.clone(), |(source, span)| Place::at(source.name(), *span));
        for (dependency, arguments) in &recipe.dependencies {
            let arguments = arguments.iter().map(|word| value(word, &values)).collect();
            self.recipe(just, path, just.aliases.get(dependency).unwrap_or(dependency), arguments, place, &inner);
        }
        let folder = path::folder(path).to_owned();
        inner.dir = if recipe.no_cd { inner.dir } else { path::join(&folder, recipe.dir.as_deref().unwrap_or("")) };
        let exported: BTreeMap<String, String> =
            just.exported.iter().filter_map(|name| Some((name.clone(), just.variables.get(name)?.clone()))).collect();
        if !exported.is_empty() {
            let mut env = exported;
            env.extend((*inner.env).clone());
            inner.env = Arc::new(env);
        }
        self.body(just, recipe, &values, &inner);
        for (next, arguments) in &recipe.after {
            let arguments = arguments.iter().map(|word| value(word, &values)).collect();
            self.recipe(just, path, just.aliases.get(next).unwrap_or(next), arguments, &here, &inner);
        }
    }

    fn body(&mut self, just: &Justfile, recipe: &Recipe, values: &BTreeMap<String, String>, call: &Call) {
        let Some(source) = self.facts.tree.text(&recipe.file) else { return };
        let (Some(first), Some(last)) = (recipe.body.first(), recipe.body.last()) else { return };
        let first_line = source.text()[first.range()].trim();
        if let Some(shebang) = first_line.strip_prefix("#!") {
            if !shebang.split(['/', ' ']).any(|word| matches!(word, "sh" | "bash" | "zsh" | "dash")) {
                return;
            }
            let mut call = call.clone();
            call.settings.errexit =
                shebang.split(' ').skip(1).any(|flags| flags.starts_with('-') && flags.contains('e'));
            let text = Excerpt::verbatim(source, first.to(*last));
            self.script(&text.replaced(&interpolations(text.text(), just, values)), &call);
            return;
        }
        let settings = Settings {
            errexit: just
                .shell
                .iter()
                .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('e')),
            pipefail: just.shell.iter().any(|word| word == "pipefail"),
        };
        for span in joined(source.text(), &recipe.body) {
            let text = Excerpt::verbatim(source, span);
            let prefix = text.text().len() - text.text().trim_start_matches([' ', '\t', '@', '-']).len();
            let ignored = text.text()[..prefix].contains('-');
            let text = text.slice(prefix..text.text().len());
            let mut call = call.clone().excused(ignored.then_some("`-` before it makes `just` ignore its failure"));
            call.settings = settings;
            self.script(&text.replaced(&interpolations(text.text(), just, values)), &call);
        }
    }
}

/// The values that a recipe's body sees: variables, and parameters over them.
fn bound(just: &Justfile, recipe: &Recipe, given: Vec<String>) -> BTreeMap<String, String> {
    let mut values = just.variables.clone();
    let mut given = given.into_iter();
    for parameter in &recipe.parameters {
        let value = if parameter.variadic {
            let rest: Vec<String> = given.by_ref().collect();
            if rest.is_empty() { parameter.default.clone() } else { Some(rest.join(" ")) }
        } else {
            given.next().or_else(|| parameter.default.clone())
        };
        if let Some(value) = value {
            values.insert(parameter.name.clone(), value);
        }
    }
    values
}

/// An argument of a dependency: quoted text, or the name of a variable.
fn value(word: &str, values: &BTreeMap<String, String>) -> String {
    if word.starts_with(['"', '\'']) {
        unquoted(word)
    } else {
        values.get(word).cloned().unwrap_or_else(|| word.to_owned())
    }
}

/// `{{ name }}` with what it becomes.
fn interpolations(text: &str, just: &Justfile, values: &BTreeMap<String, String>) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let trimmed = text.trim();
    let whole = trimmed.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    if let Some(choice) = whole.and_then(|name| just.choices.get(name.trim())) {
        let start = text.len() - text.trim_start().len();
        return vec![(start..start + trimmed.len(), choice.clone())];
    }
    let mut at = 0;
    while let Some(open) = text[at..].find("{{") {
        let start = at + open;
        let Some(close) = text[start..].find("}}") else { break };
        at = start + close + 2;
        let expression = &text[start + 2..at - 2];
        let known = evaluated(expression, values, 0).or_else(|| just.parts.get(expression.trim()).cloned());
        let known = known.filter(|value| value.len() < 16_384);
        // What only just can work out must stay one word for the shell.
        found.push((start..at, known.unwrap_or_else(|| "${just}".to_owned())));
    }
    found
}

/// Lines, with those that `\` continues joined.
fn joined(text: &str, lines: &[crate::source::Span]) -> Vec<crate::source::Span> {
    let mut found: Vec<crate::source::Span> = Vec::new();
    let mut open = false;
    for span in lines {
        match found.last_mut() {
            Some(last) if open => *last = last.to(*span),
            _ => found.push(*span),
        }
        open = text[span.range()].ends_with('\\');
    }
    found
}
