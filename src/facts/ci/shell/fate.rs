//! Where a failure goes: does it fail the script, or does something excuse it?

use super::expand::Variables;
use super::syntax::{Body, Command, Part, Pipeline, Simple, Statement, Word};
use std::collections::{BTreeMap, BTreeSet};

/// How deep functions that call functions are followed here.
const MAX_CALLS: usize = 8;

/// What a failure of a command does: `None` fails the script, `Some(why)` is excused.
pub(super) type Fate = Option<&'static str>;

/// What is known of a script before it is walked.
#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    /// Its functions.
    pub(super) functions: BTreeMap<&'a str, &'a Body>,
    /// Variables whose value decides how the script ends: `exit "$status"`, `[ $failed -eq 0 ] || exit 1`.
    pub(super) decisive: BTreeSet<&'a str>,
    /// `trap 'exit 0' EXIT`.
    pub(super) trapped: bool,
    /// Variables that are set more than once or only on some paths, so that no test of them is decided.
    unsettled: BTreeSet<&'a str>,
}

impl<'a> Outline<'a> {
    pub(super) fn of(body: &'a Body) -> Self {
        let mut outline = Self::default();
        outline.functions_of(body);
        outline.settle(body);
        outline.gather(body);
        if let Some(last) = body.last() {
            outline.test_at_end(last);
        }
        outline
    }

    fn functions_of(&mut self, body: &'a Body) {
        visit(body, &mut |command| {
            if let Command::Function { name, body } = command {
                self.functions.insert(name, body);
            }
        });
    }

    fn settle(&mut self, body: &'a Body) {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        visit(body, &mut |command| {
            for name in assigned(command) {
                *times.entry(name).or_default() += 1;
            }
        });
        let plainly: BTreeSet<&str> = body
            .iter()
            .filter(|statement| statement.rest.is_empty())
            .flat_map(|statement| &statement.first.stages)
            .flat_map(assigned)
            .collect();
        self.unsettled = times
            .into_iter()
            .filter(|(name, times)| *times > 1 || !plainly.contains(name))
            .map(|(name, _)| name)
            .collect();
    }

    /// What a condition comes to that CI or the arguments decide: `[ "$CI" = true ]`; `None` if it is not known.
    pub(super) fn decided(&self, condition: &Body, variables: &Variables) -> Option<bool> {
        let simple = only(condition)?;
        if simple.words.iter().any(|word| self.unsettled.iter().any(|name| word.mentions(name))) {
            return None;
        }
        decided_so_far(condition, variables)
    }

    fn gather(&mut self, body: &'a Body) {
        let mut statements = Vec::new();
        each_statement(body, &mut |statement| statements.push(statement));
        for statement in statements {
            for command in pipelines(statement).flat_map(|pipeline| &pipeline.stages) {
                match command {
                    Command::Simple(simple) => self.gather_simple(simple),
                    Command::If { branches, otherwise } => {
                        for (condition, then) in branches {
                            if self.fails(then, 0) || self.fails(otherwise, 0) {
                                self.mentioned(condition);
                            }
                        }
                    }
                    _ => {}
                }
            }
            if statement.rest.iter().any(|(_, pipeline)| self.pipeline_fails(pipeline, 0)) {
                for command in &statement.first.stages {
                    self.mentioned_in(command);
                }
            }
        }
    }

    fn gather_simple(&mut self, simple: &'a Simple) {
        match program(simple).as_deref() {
            Some("exit" | "return") => self.mention(simple.words.iter().skip(1)),
            Some("trap") => {
                let action = simple.words.get(1).and_then(Word::literal).unwrap_or_default();
                let on_exit = simple
                    .words
                    .iter()
                    .skip(2)
                    .any(|word| matches!(word.literal().as_deref(), Some("EXIT" | "ERR" | "0")));
                self.trapped |= on_exit && action.contains("exit 0");
            }
            _ => {}
        }
    }

    fn test_at_end(&mut self, statement: &'a Statement) {
        if statement.rest.is_empty()
            && let [Command::Simple(simple)] = &statement.first.stages[..]
            && matches!(program(simple).as_deref(), Some("[" | "[[" | "test" | "(("))
        {
            self.mention(&simple.words);
        }
    }

    fn mentioned(&mut self, body: &'a Body) {
        for command in body.iter().flat_map(pipelines).flat_map(|pipeline| &pipeline.stages) {
            self.mentioned_in(command);
        }
    }

    fn mentioned_in(&mut self, command: &'a Command) {
        if let Command::Simple(simple) = command
            && matches!(program(simple).as_deref(), Some("[" | "[[" | "test" | "(("))
        {
            self.mention(&simple.words);
        }
    }

    fn mention(&mut self, words: impl IntoIterator<Item = &'a Word>) {
        for part in words.into_iter().flat_map(|word| &word.parts) {
            if let Part::Variable { name, .. } = part {
                self.decisive.insert(name);
            }
        }
    }

    /// Whether a body, once entered, ends the script as failed.
    pub(super) fn fails(&self, body: &Body, calls: usize) -> bool {
        body.iter()
            .any(|statement| statement.rest.is_empty() && self.pipeline_exits(&statement.first, calls) == Some(true))
            || body.last().is_some_and(|statement| self.statement_fails(statement, calls))
    }

    fn statement_fails(&self, statement: &Statement, calls: usize) -> bool {
        match statement.rest.last() {
            None => self.pipeline_fails(&statement.first, calls),
            Some((_, last)) => self.pipeline_fails(last, calls),
        }
    }

    /// Whether a pipeline never succeeds: `exit 1`, `false`, a function that ends so.
    pub(super) fn pipeline_fails(&self, pipeline: &Pipeline, calls: usize) -> bool {
        if pipeline.negated || pipeline.stages.len() != 1 {
            return false;
        }
        match &pipeline.stages[0] {
            Command::Group(body) | Command::Subshell(body) => self.fails(body, calls),
            Command::Simple(simple) => {
                if matches!(program(simple).as_deref(), Some("false")) {
                    return true;
                }
                self.pipeline_exits(pipeline, calls) == Some(true)
            }
            _ => false,
        }
    }

    /// Whether a pipeline leaves the script, and then whether as failed.
    pub(super) fn pipeline_exits(&self, pipeline: &Pipeline, calls: usize) -> Option<bool> {
        let [Command::Simple(simple)] = &pipeline.stages[..] else { return None };
        let name = program(simple)?;
        match name.as_str() {
            "exit" | "return" => Some(simple.words.get(1).and_then(Word::literal).is_none_or(|status| status != "0")),
            "kill" => simple.words.iter().any(|word| word.mentions("$")).then_some(true),
            _ if calls < MAX_CALLS => {
                let body = self.functions.get(name.as_str())?;
                self.fails(body, calls + 1).then_some(true)
            }
            _ => None,
        }
    }

    /// Whether a pipeline is an assignment (`failed=1`, `((failed++))`) to a variable that decides the end.
    pub(super) fn notes_failure(&self, pipeline: &Pipeline) -> bool {
        let mut noted = false;
        for command in &pipeline.stages {
            match command {
                Command::Simple(simple) => {
                    noted |=
                        simple.assignments.iter().any(|assignment| self.decisive.contains(assignment.name.as_str()));
                    if matches!(program(simple).as_deref(), Some("((" | "let" | "export" | "declare" | "local")) {
                        noted |= self.decisive.iter().any(|name| {
                            simple.words.iter().skip(1).any(|word| {
                                word.mentions(name)
                                    || word.literal().is_some_and(|text| text.starts_with(&format!("{name}=")))
                            })
                        });
                    }
                }
                Command::Group(body) | Command::Subshell(body) => {
                    noted |=
                        body.iter().any(|statement| statement.rest.is_empty() && self.notes_failure(&statement.first));
                }
                _ => {}
            }
        }
        noted
    }

    /// Whether a body notes a failure in a variable that decides the end.
    pub(super) fn body_notes_failure(&self, body: &Body) -> bool {
        body.iter().any(|statement| pipelines(statement).any(|pipeline| self.notes_failure(pipeline)))
    }
}

/// The program that a simple command names, if it is plain text.
pub(super) fn program(simple: &Simple) -> Option<String> {
    simple.words.first().and_then(Word::literal)
}

/// The pipelines of a statement, in order.
pub(super) fn pipelines(statement: &Statement) -> impl Iterator<Item = &Pipeline> {
    std::iter::once(&statement.first).chain(statement.rest.iter().map(|(_, pipeline)| pipeline))
}

fn bodies(command: &Command) -> Vec<&Body> {
    match command {
        Command::Simple(_) => Vec::new(),
        Command::Group(body) | Command::Subshell(body) | Command::For { body, .. } | Command::Function { body, .. } => {
            vec![body]
        }
        Command::If { branches, otherwise } => {
            branches.iter().flat_map(|(condition, then)| [condition, then]).chain([otherwise]).collect()
        }
        Command::While { condition, body, .. } => vec![condition, body],
        Command::Case { arms, .. } => arms.iter().map(|(_, body)| body).collect(),
    }
}

fn visit<'a>(body: &'a Body, see: &mut impl FnMut(&'a Command)) {
    each_statement(body, &mut |statement| {
        for command in pipelines(statement).flat_map(|pipeline| &pipeline.stages) {
            see(command);
        }
    });
}

fn each_statement<'a>(body: &'a Body, see: &mut impl FnMut(&'a Statement)) {
    let mut queue: Vec<&Body> = vec![body];
    while let Some(body) = queue.pop() {
        for statement in body {
            see(statement);
            for command in pipelines(statement).flat_map(|pipeline| &pipeline.stages) {
                queue.extend(bodies(command));
            }
        }
    }
}

fn assigned(command: &Command) -> impl Iterator<Item = &str> {
    let assignments = match command {
        Command::Simple(simple) => &simple.assignments[..],
        _ => &[],
    };
    assignments.iter().map(|assignment| assignment.name.as_str())
}

/// Whether a condition holds with the values that its variables have here, though what failed elsewhere may change them.
pub(super) fn decided_so_far(condition: &Body, variables: &Variables) -> Option<bool> {
    let value = test(only(condition)?, variables)?;
    Some(value != condition.first()?.first.negated)
}

/// The command that a condition is, if it is one alone.
fn only(condition: &Body) -> Option<&Simple> {
    let [statement] = &condition[..] else { return None };
    if !statement.rest.is_empty() || statement.background {
        return None;
    }
    let [Command::Simple(simple)] = &statement.first.stages[..] else { return None };
    Some(simple)
}

fn test(simple: &Simple, variables: &Variables) -> Option<bool> {
    let closing = match program(simple)?.as_str() {
        "[" => "]",
        "[[" => "]]",
        "test" => "",
        "true" | ":" => return Some(true),
        "false" => return Some(false),
        _ => return None,
    };
    let mut words = &simple.words[1..];
    if !closing.is_empty() {
        let (last, rest) = words.split_last()?;
        if last.literal()? != closing {
            return None;
        }
        words = rest;
    }
    let mut negated = false;
    if let Some((first, rest)) = words.split_first()
        && first.literal().as_deref() == Some("!")
    {
        negated = true;
        words = rest;
    }
    let value = match words {
        [operator, operand] => {
            let operand = variables.known(operand)?;
            match operator.literal()?.as_str() {
                "-n" => !operand.is_empty(),
                "-z" => operand.is_empty(),
                _ => return None,
            }
        }
        [left, operator, right] => {
            let (left, right) = (variables.known(left)?, variables.known(right)?);
            match operator.literal()?.as_str() {
                "=" | "==" if !right.contains(['*', '?', '[']) => left == right,
                "!=" if !right.contains(['*', '?', '[']) => left != right,
                _ => return None,
            }
        }
        [word] => !variables.known(word)?.is_empty(),
        _ => return None,
    };
    Some(value != negated)
}
