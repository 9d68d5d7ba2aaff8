//! `@tests`: test code by suite, and whether a gate runs it.

use super::ci_runs::{Timing, shown, unsure, whence};
use super::{Probe, Question};
use crate::evidence::{Answer, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::facts::suites::{File, Suite, Tests, runs};

/// More files than this are not shown one by one.
const MOST: usize = 10;

/// `@tests(suite)`.
pub static PROBE: Probe = Probe {
    name: "tests",
    summary: "Test code of a suite; with `{gate}` only what a gate of CI runs and whose failure fails it",
    usage: "@tests(suite){gate, release}",
    arity: (1, 1),
    patterns_from: None,
    facts: &["unit", "integration", "e2e", "smoke", "load"],
    options: &["gate", "release", "schedule"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let Some(suite) = Suite::of(question.fact()) else { return answer };
    let is_gated = ["gate", "release", "schedule"].iter().any(|option| question.is_set(option));
    let are_on = |(file, tests): &(&File, &Tests)| {
        tests.running > 0
            || is_gated && facts.ci().commands.iter().any(|command| runs(facts, command, suite, file, tests))
    };
    let (running, off): (Vec<_>, Vec<_>) = facts.suites().of(facts, suite).into_iter().partition(are_on);
    for (file, tests) in off.iter().take(MOST) {
        let message = format!("{} tests, all switched off", tests.ignored);
        answer.notes.push(Sighting::new(file.place(facts), Strength::Configured, message));
    }
    if !is_gated {
        let shown = running.iter().take(MOST);
        answer
            .seen
            .extend(shown.map(|(file, tests)| Sighting::new(file.place(facts), Strength::Configured, told(tests))));
        return answer;
    }
    gated(facts, question, suite, &running, &mut answer);
    answer
}

/// Which of the files some command of the right time runs.
fn gated(facts: &Facts<'_>, question: &Question, suite: Suite, files: &[(&File, &Tests)], answer: &mut Answer) {
    let ci = facts.ci();
    let timing = Timing::of(question);
    let mut unreached = Vec::new();
    let mut open = Vec::new();
    for (file, tests) in files {
        let mut reason = None;
        let mut counts = None;
        let mut supposed = None;
        for command in ci.commands.iter().filter(|command| runs(facts, command, suite, file, tests)) {
            let why = command.excuse.clone().or_else(|| timing.reason(ci, &command.step));
            let way = format!("`{}` in {}", shown(&command.line()), whence(facts, ci, &command.step, &command.chain));
            match why {
                None if !command.sure => supposed = supposed.or_else(|| Some(unsure(ci, command))),
                None => {
                    counts = Some((command, way));
                    break;
                }
                Some(why) => reason = Some(format!("{way}: {why}")),
            }
        }
        match (counts, reason) {
            (Some((command, way)), _) if answer.seen.len() < MOST => {
                let message = format!("{}, run by {way}", told(tests));
                answer.seen.push(Sighting::new(file.place(facts), Strength::Enforced, message));
                if answer.seen.len() == 1 {
                    answer.seen.push(Sighting::new(
                        command.place.clone(),
                        Strength::Enforced,
                        format!("runs {}", file.path),
                    ));
                }
            }
            (Some(_), _) => {}
            (None, _) if supposed.is_some() => open.extend(supposed),
            (None, Some(why)) => unreached.push((file, tests, why)),
            (None, None) => unreached.push((file, tests, "no gate runs them".to_owned())),
        }
    }
    for (file, tests, why) in unreached.into_iter().take(MOST) {
        answer.notes.push(Sighting::new(file.place(facts), Strength::Configured, format!("{}; {why}", told(tests))));
    }
    if answer.seen.is_empty() {
        answer.blind.extend(open);
        answer.blind.extend(timing.unseen(ci));
    }
}

/// Whether a command runs tests of a file: what is switched off runs where the command asks for it.
fn runs(facts: &Facts<'_>, command: &Command, suite: Suite, file: &File, tests: &Tests) -> bool {
    let is_any = match runs::ignored(command, file) {
        runs::Ignored::Left => tests.running > 0,
        runs::Ignored::Only => tests.ignored > 0,
        runs::Ignored::Also => tests.running + tests.ignored > 0,
    };
    is_any && runs::reaches(facts, command, suite, file)
}

fn told(tests: &Tests) -> String {
    let plural = if tests.running == 1 { "" } else { "s" };
    match tests.ignored {
        off if tests.running == 0 => format!("{off} that are switched off unless they are asked for"),
        0 => format!("{} test{plural}", tests.running),
        off => format!("{} test{plural} and {off} switched off", tests.running),
    }
}
