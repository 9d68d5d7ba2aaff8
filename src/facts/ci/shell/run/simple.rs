//! A simple command: what the shell does itself, the script's own functions, and the programs that it starts.

use super::super::expand::Variables;
use super::super::syntax::{Part, Simple, Word};
use super::{MAX_CALLS, Outcome, Run, Shell};
use crate::facts::ci::path;

impl Shell<'_> {
    pub(super) fn simple(&mut self, simple: &Simple, outcome: Outcome, tested: bool) {
        self.outputs(simple, outcome, tested);
        let assigned: Vec<(String, Vec<String>, bool, bool)> = simple
            .assignments
            .iter()
            .map(|a| (a.name.clone(), self.values(&a.value, a.array), a.append, a.array))
            .collect();
        if simple.words.is_empty() {
            for (name, values, append, array) in assigned {
                self.assign(&name, values, append, array);
            }
            return;
        }
        let words: Vec<String> = simple.words.iter().flat_map(|word| self.variables.expand(word)).collect();
        let Some(program) = words.first().cloned() else { return };
        if self.built_in(&program, &words[1..]) {
            return;
        }
        let body = self.outline.functions.get(program.as_str()).copied();
        if let Some(body) = body
            && self.calls.len() < MAX_CALLS
            && !self.calls.contains(&program)
        {
            self.calls.push(program);
            let before = self.variables.replace_arguments(Some(words[1..].to_vec()));
            self.body(body, outcome, tested);
            self.variables.replace_arguments(before);
            self.calls.pop();
            return;
        }
        let mut env = self.exported.clone();
        for (name, values, ..) in assigned {
            env.insert(name, values.concat());
        }
        let published = published(simple, &words, &self.variables);
        let run = Run {
            words,
            range: simple.range.clone(),
            excuse: outcome.when_false,
            piped_to: None,
            env,
            dir: self.dir.clone(),
            published,
        };
        self.runs.push(run);
    }

    /// Does what the shell does itself; says whether the program is one of that.
    fn built_in(&mut self, program: &str, arguments: &[String]) -> bool {
        match program {
            "set" => self.set(arguments),
            "cd" | "pushd" => self.change_dir(arguments.first().map_or("", String::as_str)),
            "export" | "declare" | "local" | "typeset" | "readonly" => self.declare(program, arguments),
            "shift" => {
                let mut arguments = self.variables.replace_arguments(None);
                if let Some(list) = &mut arguments
                    && !list.is_empty()
                {
                    list.remove(0);
                }
                self.variables.replace_arguments(arguments);
            }
            "unset" => {
                for name in arguments {
                    self.variables.forget(name);
                    self.exported.remove(name);
                }
            }
            _ => return false,
        }
        true
    }

    /// Commands inside `$(…)`: the status of `x=$(command)` is the command's, that of `echo $(command)` is not.
    fn outputs(&mut self, simple: &Simple, outcome: Outcome, tested: bool) {
        let lost = Some("only its output is used");
        let own = if simple.words.is_empty() { outcome.when_false } else { lost };
        let values = simple.assignments.iter().flat_map(|assignment| &assignment.value).map(|word| (word, own));
        let words = simple.words.iter().map(|word| (word, lost));
        for (word, fate) in values.chain(words) {
            for part in &word.parts {
                if let Part::Output { body, .. } = part
                    && self.calls.len() < MAX_CALLS
                {
                    self.calls.push(String::new());
                    self.body(body, Outcome::either(fate), tested || fate.is_some());
                    self.calls.pop();
                }
            }
        }
    }

    fn values(&self, words: &[Word], array: bool) -> Vec<String> {
        if array {
            return words.iter().flat_map(|word| self.variables.expand(word)).collect();
        }
        vec![words.iter().map(|word| self.variables.text(word)).collect()]
    }

    fn assign(&mut self, name: &str, values: Vec<String>, append: bool, array: bool) {
        if append {
            self.variables.append(name, values, array);
        } else {
            self.variables.set(name, values);
        }
        if let Some(exported) = self.exported.get_mut(name) {
            self.variables.get(name).unwrap_or_default().clone_into(exported);
        }
    }

    fn declare(&mut self, program: &str, words: &[String]) {
        let export = program == "export" || words.iter().any(|word| word.starts_with('-') && word.contains('x'));
        for word in words.iter().filter(|word| !word.starts_with('-')) {
            let name = match word.split_once('=') {
                Some((name, value)) => {
                    self.variables.set(name, vec![value.to_owned()]);
                    name
                }
                None => word,
            };
            if export && let Some(value) = self.variables.get(name) {
                self.exported.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn set(&mut self, words: &[String]) {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let on = word.starts_with('-');
            if !on && !word.starts_with('+') {
                break;
            }
            for flag in word[1..].chars() {
                match flag {
                    'e' => self.settings.errexit = on,
                    'o' => match words.next().map(String::as_str) {
                        Some("errexit") => self.settings.errexit = on,
                        Some("pipefail") => self.settings.pipefail = on,
                        _ => {}
                    },
                    _ => {}
                }
            }
        }
    }

    fn change_dir(&mut self, to: &str) {
        if is_made_for_the_run(to) {
            to.trim_matches(['$', '{', '(']).clone_into(&mut self.dir);
        } else if to.starts_with('/') || to == "-" || to.contains('$') {
            // `cd "$(dirname "$0")/.."` and the like: most often the root of the tree.
            self.dir.clear();
        } else if !to.is_empty() {
            self.dir = path::join(&self.dir, to);
        }
    }
}

/// Whether a folder is one that the run has made for itself, where nothing of the tree stands: `$RUNNER_TEMP/shop`.
fn is_made_for_the_run(folder: &str) -> bool {
    let name = folder.trim_start_matches(['$', '{', '(', ' ']);
    folder.starts_with('$')
        && ["RUNNER_TEMP", "runner.temp", "runner_temp", "mktemp"].iter().any(|made| name.starts_with(made))
}

/// `echo "NAME=value" >> "$GITHUB_ENV"`
fn published(simple: &Simple, words: &[String], variables: &Variables) -> Vec<(String, String)> {
    let to_env =
        simple.redirects.iter().any(|(_, to)| to.mentions("GITHUB_ENV") || variables.text(to).contains("GITHUB_ENV"));
    if !to_env || !matches!(words[0].as_str(), "echo" | "printf") {
        return Vec::new();
    }
    let pair = words[1..].join(" ");
    pair.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).into_iter().collect()
}
