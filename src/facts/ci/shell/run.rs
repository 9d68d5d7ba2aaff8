//! Walks a script the way a shell would and lists the programs it runs.

use super::expand::Variables;
use super::fate::{Fate, Outline, pipelines, program};
use super::parse::parse;
use super::syntax::{Body, Command, Join, Part, Pipeline, Simple, Statement, Word};
use std::collections::BTreeMap;
use std::ops::Range;

/// The most programs that one script is taken to run.
const MAX_RUNS: usize = 2000;
/// The most statements that are walked, loops counted each time round.
const MAX_STEPS: usize = 20_000;
/// How deep functions are followed.
const MAX_CALLS: usize = 12;
/// The most values of a loop that are gone through one by one.
const MAX_ITEMS: usize = 12;

/// How the shell was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `set -e`: a failing command ends the script.
    pub errexit: bool,
    /// `set -o pipefail`: a failing command in a pipe fails the pipe.
    pub pipefail: bool,
}

/// One program that a script runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Where it stands in the script.
    pub range: Range<usize>,
    /// Why its failure does not fail the script; `None` when it does.
    pub excuse: Option<&'static str>,
    /// Variables that the script exports to it or sets before it on the line.
    pub env: BTreeMap<String, String>,
    /// The folder that the script has changed into, relative to where it began.
    pub dir: String,
    /// Variables that it writes to `$GITHUB_ENV`, for the steps that follow.
    pub published: Vec<(String, String)>,
}

/// The programs that a script runs, in order.
pub fn run(text: &str, settings: Settings, variables: Variables) -> Vec<Run> {
    let body = parse(text);
    let outline = Outline::of(&body);
    let mut shell = Shell {
        outline: &outline,
        settings,
        variables,
        exported: BTreeMap::new(),
        dir: String::new(),
        runs: Vec::new(),
        calls: Vec::new(),
        steps: 0,
    };
    let end = outline.trapped.then_some("a trap ends the script with exit 0");
    shell.body(&body, Outcome { when_true: Some("it succeeded"), when_false: end }, false);
    if let Some(why) = end {
        for run in &mut shell.runs {
            run.excuse = Some(why);
        }
    }
    shell.runs
}

/// Where the script goes after a command that succeeded, and after one that failed.
#[derive(Clone, Copy)]
struct Outcome {
    when_true: Fate,
    when_false: Fate,
}

struct Shell<'a> {
    outline: &'a Outline<'a>,
    settings: Settings,
    variables: Variables,
    exported: BTreeMap<String, String>,
    dir: String,
    runs: Vec<Run>,
    calls: Vec<String>,
    steps: usize,
}

impl Shell<'_> {
    /// Walks statements; `outcome` is what the status of the last one comes to, `tested` that `set -e` is off here.
    fn body(&mut self, body: &Body, outcome: Outcome, tested: bool) {
        for (index, statement) in body.iter().enumerate() {
            let rest = &body[index + 1..];
            let mut here = outcome;
            if !rest.is_empty() {
                let fate = self.going_on(rest);
                here = Outcome { when_true: fate, when_false: fate };
            }
            self.statement(statement, here, tested);
            if statement.rest.is_empty() && !statement.background && leaves(&statement.first) {
                break;
            }
            self.steps += 1;
            if self.runs.len() >= MAX_RUNS || self.steps >= MAX_STEPS {
                break;
            }
        }
    }

    /// What becomes of a failure that the script walks on from.
    fn going_on(&self, rest: &[Statement]) -> Fate {
        if let Some(first) = rest.first()
            && first.rest.is_empty()
            && takes_status(&first.first)
            && self.outline.notes_failure(&first.first)
        {
            return None;
        }
        // `exit $?` and a test of `$?` look at the status of this very command.
        if let Some(first) = rest.first()
            && pipelines(first).flat_map(|pipeline| &pipeline.stages).any(looks_at_status)
        {
            return None;
        }
        let last = rest.last().map(|statement| &statement.first);
        if last.is_some_and(|pipeline| self.outline.pipeline_exits(pipeline, 0) == Some(true) && literal_exit(pipeline))
        {
            return None;
        }
        Some("the script goes on after it and ends with the status of another command")
    }

    fn statement(&mut self, statement: &Statement, outcome: Outcome, tested: bool) {
        if statement.background {
            let fate = Some("runs in the background");
            for pipeline in pipelines(statement) {
                self.pipeline(pipeline, Outcome { when_true: fate, when_false: fate }, true);
            }
            return;
        }
        let errexit = self.settings.errexit && !tested;
        let count = statement.rest.len();
        for (index, pipeline) in pipelines(statement).enumerate() {
            let (here, tested) = if index == count {
                // Only the last pipeline of a list can end the script by itself.
                let ends = errexit && !pipeline.negated;
                (
                    Outcome { when_true: outcome.when_true, when_false: if ends { None } else { outcome.when_false } },
                    tested,
                )
            } else {
                (self.in_list(&statement.rest[index..], outcome), true)
            };
            self.pipeline(pipeline, here, tested);
        }
    }

    /// What becomes of the status of a pipeline that others follow in its list.
    fn in_list(&self, rest: &[(Join, Pipeline)], outcome: Outcome) -> Outcome {
        let mut fate = Outcome { when_true: outcome.when_true, when_false: outcome.when_false };
        // A failure skips every `&&` up to the next `||`, and the other way round.
        let next_or = rest.iter().find(|(join, _)| *join == Join::Or);
        if let Some((_, other)) = next_or {
            fate.when_false = self.caught_by(other);
        }
        let next_and = rest.iter().find(|(join, _)| *join == Join::And);
        if let Some((_, other)) = next_and
            && self.outline.pipeline_fails(other, 0)
        {
            fate.when_true = None;
        }
        fate
    }

    /// What becomes of a failure that `|| other` catches.
    fn caught_by(&self, other: &Pipeline) -> Fate {
        if self.outline.pipeline_fails(other, 0) || self.outline.notes_failure(other) {
            return None;
        }
        match &other.stages[..] {
            [Command::Simple(simple)] => match program(simple).as_deref() {
                Some("true" | ":") => Some("`|| true` excuses it"),
                Some("exit" | "return") => Some("`|| exit 0` excuses it"),
                Some("echo" | "printf") => Some("`|| echo` excuses it"),
                None if !simple.assignments.is_empty() => {
                    Some("its failure is kept in a variable that decides nothing")
                }
                _ => Some("`||` runs something else when it fails"),
            },
            [Command::Group(body) | Command::Subshell(body)] if self.outline.body_notes_failure(body) => None,
            _ => Some("`||` runs something else when it fails"),
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, outcome: Outcome, tested: bool) {
        let mut outcome = outcome;
        if pipeline.negated {
            outcome = Outcome { when_true: outcome.when_false, when_false: outcome.when_true };
        }
        let last = pipeline.stages.len() - 1;
        for (index, command) in pipeline.stages.iter().enumerate() {
            let mut here = outcome;
            let piped_on = index < last && !self.settings.pipefail;
            if piped_on {
                here.when_false = Some("its output is piped on without `set -o pipefail`");
            }
            // What ends a group that is piped on ends no more than the group.
            self.command(command, here, tested || piped_on);
        }
    }

    fn command(&mut self, command: &Command, outcome: Outcome, tested: bool) {
        if self.runs.len() >= MAX_RUNS || self.steps >= MAX_STEPS {
            return;
        }
        match command {
            Command::Simple(simple) => self.simple(simple, outcome, tested),
            Command::Group(body) => self.body(body, outcome, tested),
            Command::Subshell(body) => {
                let (settings, variables) = (self.settings, self.variables.clone());
                let (dir, exported) = (self.dir.clone(), self.exported.clone());
                self.body(body, outcome, tested);
                (self.settings, self.variables, self.dir, self.exported) = (settings, variables, dir, exported);
            }
            Command::If { branches, otherwise } => self.condition(branches, otherwise, outcome, tested),
            Command::While { until, condition, body } => {
                let fate = if *until { None } else { Some("it is the condition of a loop") };
                self.body(condition, Outcome { when_true: fate, when_false: fate }, true);
                self.body(body, outcome, tested);
            }
            Command::For { name, items, body } => {
                let items: Vec<String> = items.iter().flat_map(|item| self.variables.expand(item)).collect();
                let known =
                    !items.is_empty() && items.len() <= MAX_ITEMS && !items.iter().any(|item| item.contains('$'));
                if known && self.calls.len() < 3 {
                    for item in items {
                        self.variables.set(name, vec![item]);
                        self.body(body, outcome, tested);
                    }
                } else {
                    self.variables.forget(name);
                    self.body(body, outcome, tested);
                }
            }
            Command::Case { subject, arms } => self.case(subject, arms, outcome, tested),
            Command::Function { .. } => {}
        }
    }

    fn condition(&mut self, branches: &[(Body, Body)], otherwise: &Body, outcome: Outcome, tested: bool) {
        for (index, (condition, then)) in branches.iter().enumerate() {
            let value = self.outline.decided(condition, &self.variables);
            let next_fails = branches.get(index + 1).is_none() && self.bites(otherwise);
            let excused = Some("it is the condition of an `if` that does not fail the script");
            let here = Outcome {
                when_true: if self.bites(then) { None } else { excused },
                when_false: if next_fails { None } else { excused },
            };
            self.body(condition, here, true);
            if value != Some(false) {
                self.body(then, outcome, tested);
            }
            if value == Some(true) {
                return;
            }
        }
        self.body(otherwise, outcome, tested);
    }

    fn bites(&self, body: &Body) -> bool {
        self.outline.fails(body, 0) || self.outline.body_notes_failure(body)
    }

    fn case(&mut self, subject: &Word, arms: &[(Vec<Word>, Body)], outcome: Outcome, tested: bool) {
        if let Some(known) = self.variables.known(subject) {
            let chosen = arms.iter().find(|(patterns, _)| {
                patterns.iter().any(|pattern| pattern.literal().is_some_and(|text| wildcard(&text, &known)))
            });
            if let Some((_, body)) = chosen {
                self.body(body, outcome, tested);
            }
            return;
        }
        for (_, body) in arms {
            self.body(body, outcome, tested);
        }
    }

    fn simple(&mut self, simple: &Simple, outcome: Outcome, tested: bool) {
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
        match program.as_str() {
            "set" => return self.set(&words[1..]),
            "cd" | "pushd" => return self.change_dir(words.get(1).map_or("", String::as_str)),
            "export" | "declare" | "local" | "typeset" | "readonly" => {
                return self.declare(&program, &words[1..]);
            }
            "shift" => {
                let mut arguments = self.variables.replace_arguments(None);
                if let Some(list) = &mut arguments
                    && !list.is_empty()
                {
                    list.remove(0);
                }
                self.variables.replace_arguments(arguments);
                return;
            }
            "unset" => {
                for name in &words[1..] {
                    self.variables.forget(name);
                    self.exported.remove(name);
                }
                return;
            }
            _ => {}
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
            env,
            dir: self.dir.clone(),
            published,
        };
        self.runs.push(run);
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
                    let fate = Outcome { when_true: fate, when_false: fate };
                    self.body(body, fate, tested || fate.when_false.is_some());
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
        if to.starts_with('/') || to == "-" || to.contains('$') {
            // `cd "$(dirname "$0")/.."` and the like: most often the root of the tree.
            self.dir.clear();
        } else if !to.is_empty() {
            self.dir = super::super::path::join(&self.dir, to);
        }
    }
}

/// Whether a pipeline leaves this body for good.
fn leaves(pipeline: &Pipeline) -> bool {
    matches!(&pipeline.stages[..], [Command::Simple(simple)] if matches!(program(simple).as_deref(), Some("exit" | "return")))
}

fn literal_exit(pipeline: &Pipeline) -> bool {
    matches!(&pipeline.stages[..], [Command::Simple(simple)]
        if program(simple).as_deref() == Some("exit") && simple.words.get(1).is_some_and(|word| word.literal().is_some()))
}

/// `status=$?`
fn takes_status(pipeline: &Pipeline) -> bool {
    matches!(&pipeline.stages[..], [Command::Simple(simple)]
        if simple.assignments.iter().any(|a| a.value.iter().any(|word| word.mentions("?"))))
}

/// `exit $?`, `if [ $? -ne 0 ]; then exit 1; fi`.
fn looks_at_status(command: &Command) -> bool {
    match command {
        Command::Simple(simple) => {
            matches!(program(simple).as_deref(), Some("exit" | "return" | "[" | "[[" | "test"))
                && simple.words.iter().any(|word| word.mentions("?"))
        }
        Command::If { branches, .. } => branches.first().is_some_and(|(condition, then)| {
            condition.iter().flat_map(pipelines).flat_map(|pipeline| &pipeline.stages).any(looks_at_status)
                && then.iter().flat_map(pipelines).any(leaves)
        }),
        _ => false,
    }
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

/// Whether a pattern of `case` matches; only `*` is special.
fn wildcard(pattern: &str, text: &str) -> bool {
    super::super::pattern::glob(pattern, text)
}
