//! Walks a script the way a shell would and lists the programs it runs.

mod simple;
mod status;

use super::super::pattern::glob;
use super::expand::Variables;
use super::fate::{Fate, Outline, decided_so_far, pipelines};
use super::parse::parse;
use super::syntax::{Body, Command, Pipeline, Statement, Word};
use status::{asks_for_the_first, leaves, tells_of_failures};
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

const PIPED_ON: &str = "its output is piped on without `set -o pipefail`";
/// Why a command whose success a script asks for fails nothing.
pub const ASKED: &str = "it is the condition of an `if` that does not fail the script";

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
    /// Where its output goes to another program and its own end is lost: that program, and what its failure is excused by.
    pub piped_to: Option<PipedTo>,
    /// Variables that the script exports to it or sets before it on the line.
    pub env: BTreeMap<String, String>,
    /// The folder that the script has changed into, relative to where it began.
    pub dir: String,
    /// Variables that it writes to `$GITHUB_ENV`, for the steps that follow.
    pub published: Vec<(String, String)>,
}

/// The end of a pipe.
#[derive(Clone, Debug, PartialEq)]
pub struct PipedTo {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Why its failure does not fail the script; `None` when it does.
    pub excuse: Option<&'static str>,
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
        keeps_first: false,
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

impl Outcome {
    /// The same way after either.
    fn either(fate: Fate) -> Self {
        Self { when_true: fate, when_false: fate }
    }
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
    /// Whether the next statement looks at what the first command of a pipe came to.
    keeps_first: bool,
}

impl Shell<'_> {
    /// Walks statements; `outcome` is what the status of the last one comes to, `tested` that `set -e` is off here.
    fn body(&mut self, body: &Body, outcome: Outcome, tested: bool) {
        for (index, statement) in body.iter().enumerate() {
            let rest = &body[index + 1..];
            let mut here = outcome;
            if !rest.is_empty() {
                here = Outcome::either(self.outline.going_on(rest));
            }
            self.keeps_first = asks_for_the_first(rest);
            self.statement(statement, here, tested);
            self.keeps_first = false;
            if statement.rest.is_empty() && !statement.background && leaves(&statement.first) {
                break;
            }
            self.steps += 1;
            if self.is_spent() {
                break;
            }
        }
    }

    fn is_spent(&self) -> bool {
        self.runs.len() >= MAX_RUNS || self.steps >= MAX_STEPS
    }

    fn statement(&mut self, statement: &Statement, outcome: Outcome, tested: bool) {
        if statement.background {
            for pipeline in pipelines(statement) {
                self.pipeline(pipeline, Outcome::either(Some("runs in the background")), true);
            }
            return;
        }
        let errexit = self.settings.errexit && !tested;
        let count = statement.rest.len();
        for (index, pipeline) in pipelines(statement).enumerate() {
            let (here, tested) = if index == count {
                // Only the last pipeline of a list can end the script by itself.
                let ends = errexit && !pipeline.negated;
                (Outcome { when_false: if ends { None } else { outcome.when_false }, ..outcome }, tested)
            } else {
                (self.outline.in_list(pipeline, &statement.rest[index..], outcome), true)
            };
            self.pipeline(pipeline, here, tested);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, outcome: Outcome, tested: bool) {
        let mut outcome = outcome;
        if pipeline.negated {
            outcome = Outcome { when_true: outcome.when_false, when_false: outcome.when_true };
        }
        let last = pipeline.stages.len() - 1;
        let keeps_first = std::mem::take(&mut self.keeps_first);
        for (index, command) in pipeline.stages.iter().enumerate() {
            let mut here = outcome;
            let is_told = self.settings.pipefail || index == 0 && keeps_first || tells_of_failures(pipeline);
            let piped_on = index < last && !is_told;
            if piped_on {
                here.when_false = Some(PIPED_ON);
            } else if index > 0 && keeps_first {
                here.when_false = Some("the script looks at the first command of the pipe alone");
            }
            // What ends a group that is piped on ends no more than the group.
            let first = self.runs.len();
            self.command(command, here, tested || piped_on);
            if piped_on {
                self.piped(first, pipeline, outcome.when_false);
            }
        }
    }

    /// Notes on what was run since the first of a stage where its output ends up.
    fn piped(&mut self, first: usize, pipeline: &Pipeline, excuse: Fate) {
        let Some(Command::Simple(last)) = pipeline.stages.last() else { return };
        let words: Vec<String> = last.words.iter().flat_map(|word| self.variables.expand(word)).collect();
        for run in self.runs.iter_mut().skip(first).filter(|run| run.excuse == Some(PIPED_ON)) {
            run.piped_to = Some(PipedTo { words: words.clone(), excuse });
        }
    }

    fn command(&mut self, command: &Command, outcome: Outcome, tested: bool) {
        if self.is_spent() {
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
                self.body(condition, Outcome::either(fate), true);
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
            let next_fails = branches.get(index + 1).is_none() && self.outline.bites(otherwise);
            let excused = Some(ASKED);
            let here = Outcome {
                when_true: if self.outline.bites(then) { None } else { excused },
                when_false: if next_fails { None } else { excused },
            };
            self.body(condition, here, true);
            if value != Some(false) {
                // A switch that is off as long as nobody turns it on: what it would change is what it was.
                let is_off = value.is_none() && decided_so_far(condition, &self.variables) == Some(false);
                let before = is_off.then(|| self.variables.clone());
                self.body(then, outcome, tested);
                if let Some(before) = before {
                    self.variables.take_back(before);
                }
            }
            if value == Some(true) {
                return;
            }
        }
        self.body(otherwise, outcome, tested);
    }

    fn case(&mut self, subject: &Word, arms: &[(Vec<Word>, Body)], outcome: Outcome, tested: bool) {
        // Of a stand-in for what only a run knows, no arm is told.
        if let Some(known) = self.variables.known(subject).filter(|known| !known.contains("${")) {
            let chosen = arms.iter().find(|(patterns, _)| {
                patterns.iter().any(|pattern| pattern.literal().is_some_and(|text| glob(&text, &known)))
            });
            if let Some((_, body)) = chosen {
                self.body(body, outcome, tested);
            }
            return;
        }
        let before = self.variables.clone();
        for (_, body) in arms {
            self.body(body, outcome, tested);
        }
        // What any of them may have changed most likely is what it was.
        self.variables.take_back(before);
    }
}
