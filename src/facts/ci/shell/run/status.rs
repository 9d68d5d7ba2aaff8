//! What becomes of the status of a command, by what the script does after it.

use super::super::fate::{Fate, Outline, pipelines, program};
use super::super::syntax::{Body, Command, Join, Pipeline, Statement, Word};
use super::Outcome;
use crate::facts::ci::pattern::values_of;

impl Outline<'_> {
    /// What becomes of a failure that the script walks on from.
    pub(super) fn going_on(&self, rest: &[Statement]) -> Fate {
        if let Some(first) = rest.first()
            && first.rest.is_empty()
            && takes_status(&first.first)
            && self.notes_failure(&first.first)
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
        if last.is_some_and(|pipeline| self.pipeline_exits(pipeline, 0) == Some(true) && literal_exit(pipeline)) {
            return None;
        }
        Some("the script goes on after it and ends with the status of another command")
    }

    /// What becomes of the status of a pipeline that others follow in its list.
    pub(super) fn in_list(&self, pipeline: &Pipeline, rest: &[(Join, Pipeline)], outcome: Outcome) -> Outcome {
        let mut fate = outcome;
        // A failure skips every `&&` up to the next `||`, and the other way round.
        let next_or = rest.iter().position(|(join, _)| *join == Join::Or);
        if let Some(at) = next_or {
            let other = &rest[at].1;
            // `A || A` tries again: the second time decides, as it would alone.
            fate.when_false = if is_same(pipeline, other) {
                self.in_list(other, &rest[at + 1..], outcome).when_false
            } else {
                self.caught_by(other)
            };
        }
        let next_and = rest.iter().find(|(join, _)| *join == Join::And);
        if let Some((_, other)) = next_and
            && self.pipeline_fails(other, 0)
        {
            fate.when_true = None;
        }
        fate
    }

    /// What becomes of a failure that `|| other` catches.
    fn caught_by(&self, other: &Pipeline) -> Fate {
        if self.pipeline_fails(other, 0) || self.notes_failure(other) {
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
            [Command::Group(body) | Command::Subshell(body)] if self.body_notes_failure(body) => None,
            _ => Some("`||` runs something else when it fails"),
        }
    }

    pub(super) fn bites(&self, body: &Body) -> bool {
        self.fails(body, 0) || self.body_notes_failure(body)
    }
}

/// Whether a pipeline leaves this body for good.
pub(super) fn leaves(pipeline: &Pipeline) -> bool {
    matches!(&pipeline.stages[..], [Command::Simple(simple)] if matches!(program(simple).as_deref(), Some("exit" | "return")))
}

/// Whether two pipelines run the same commands with the same words.
fn is_same(one: &Pipeline, other: &Pipeline) -> bool {
    let words = |pipeline: &Pipeline| -> Option<Vec<String>> {
        let [Command::Simple(simple)] = &pipeline.stages[..] else { return None };
        simple.words.iter().map(Word::literal).collect()
    };
    one.negated == other.negated && words(one).is_some_and(|own| words(other).is_some_and(|its| own == its))
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

/// What Bash keeps of the commands of a pipe.
const OF_A_PIPE: &str = "PIPESTATUS";

/// `exit ${PIPESTATUS[0]}` behind a pipe: the status of its first command.
pub(super) fn asks_for_the_first(rest: &[Statement]) -> bool {
    let asks = |command: &Command| match command {
        Command::Simple(simple) => {
            let mut words = simple.words.iter();
            looks_at_status(command) && words.any(|word| word.mentions(OF_A_PIPE))
        }
        _ => false,
    };
    rest.first().is_some_and(|next| next.rest.is_empty() && next.first.stages.iter().any(asks))
}

/// `exit $?`, `if [ $? -ne 0 ]; then exit 1; fi`.
fn looks_at_status(command: &Command) -> bool {
    match command {
        Command::Simple(simple) => {
            matches!(program(simple).as_deref(), Some("exit" | "return" | "[" | "[[" | "test"))
                && simple.words.iter().any(|word| word.mentions("?") || word.mentions(OF_A_PIPE))
        }
        Command::If { branches, .. } => branches.first().is_some_and(|(condition, then)| {
            condition.iter().flat_map(pipelines).flat_map(|pipeline| &pipeline.stages).any(looks_at_status)
                && then.iter().flat_map(pipelines).any(leaves)
        }),
        _ => false,
    }
}

/// Whether the end of a pipe fails where what it reads tells of failures: `go test -json ./... | gotestfmt`,
/// `phpstan analyse --error-format=checkstyle | cs2pr`.
pub(super) fn tells_of_failures(pipeline: &Pipeline) -> bool {
    let Some(Command::Simple(last)) = pipeline.stages.last() else { return false };
    let words: Vec<String> = last.words.iter().filter_map(Word::literal).collect();
    let has = |option: &str| words.iter().any(|word| word.trim_start_matches('-') == option);
    match words.first().and_then(|program| program.rsplit('/').next()) {
        Some("gotestfmt") => !has("nofail"),
        Some("tparse") => true,
        Some("go-junit-report") => has("set-exit-code"),
        // Errors that it takes for warnings may be excused with them.
        Some("cs2pr") => !has("errors-as-warnings"),
        Some("reviewdog") => {
            let option =
                |spelt: [&'static str; 2]| spelt.into_iter().find_map(|name| values_of(&words, name).flatten().next());
            has("fail-on-error")
                || option(["-fail-on-error", "--fail-on-error"]) == Some("true")
                || option(["-fail-level", "--fail-level"]).is_some_and(|level| level != "none")
        }
        _ => false,
    }
}
