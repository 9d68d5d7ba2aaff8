//! `@schedule`: what runs on a clock.

use super::ci_runs::{shown, unseen_scans, whence, with_reason};
use super::ci_uses::fit;
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::pattern::{Pattern, glob};
use crate::facts::ci::{Ci, Event, Link, Step, cron};
use crate::pattern::AnyOf;
use crate::quantity::Quantity;

/// `@schedule(command, action or image…)`.
pub static PROBE: Probe = Probe {
    name: "schedule",
    summary: "Commands, actions and images that run on a clock: CI, Kubernetes, systemd, crontab, Ansible, EventBridge, Cloud Scheduler, Sidekiq, the program itself; yields the longest gap between two runs",
    usage: "@schedule(command | action | ~\"regex\"…)",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let ci = facts.ci();
    let (patterns, words): (Vec<&Word>, Vec<&Word>) = question.words_from(0).partition(|word| word.is_pattern);
    let patterns = AnyOf::new(patterns.into_iter().map(|word| &*word.text));
    let words: Vec<(&str, Pattern)> = words.into_iter().map(|word| (&*word.text, Pattern::new(&word.text))).collect();
    let matching = |line: &str, split: &[String]| {
        let is_one = |(text, pattern): &(&str, Pattern)| pattern.matches(split) || glob(text, line);
        patterns.is_match(line) || words.iter().any(is_one)
    };
    let mut answer = Answer::default();
    for command in ci.commands.iter().filter(|command| command.sure && matching(&command.line(), &command.words)) {
        let what = format!("`{}`", shown(&command.line()));
        add(&mut answer, facts, &what, &command.place, &command.step, &command.chain, command.excuse.as_deref());
    }
    for command in ci.commands.iter().filter(|command| !command.sure && matching(&command.line(), &command.words)) {
        if command.step.schedules().next().is_some() && command.words.len() == 2 {
            let why = format!("`{}` scans; what it fails on is not in this tree", shown(&command.words[1]));
            answer.blind.push(Blind { place: Some(command.place.clone()), why });
        }
    }
    for action in &ci.actions {
        let Some(fits) = fit(question.words_from(0), None, action) else { continue };
        let failed = fits.err();
        let excuse = failed.as_deref().or(action.excuse.as_deref());
        add(&mut answer, facts, &action.name, &action.place, &action.step, &action.chain, excuse);
    }
    for run in &facts.clocks().runs {
        let line = run.words.join(" ");
        let by_image = run.image.as_ref().is_some_and(|image| matching(image, std::slice::from_ref(image)));
        if !by_image && (run.words.is_empty() || !matching(&line, &run.words)) {
            continue;
        }
        let what = if run.words.is_empty() { run.image.clone().unwrap_or_default() } else { line };
        let message = format!("`{}` at `{}` in {}", shown(&what), shown(&run.expression), run.whence);
        let sighting = Sighting::new(run.place.clone(), Strength::Enforced, message);
        match (&run.excuse, run.gap) {
            (Some(why), _) => answer.notes.push(with_reason(sighting, why)),
            (None, Some(gap)) => answer.seen.push(sighting.with(Observed::Quantity(Quantity::seconds(gap)))),
            (None, None) => answer.notes.push(with_reason(sighting, "its clock cannot be read")),
        }
    }
    if answer.seen.is_empty() {
        answer.blind.extend(ci.unseen().into_iter().filter(|blind| may_run_on_a_clock(ci, blind)));
        answer.blind.extend(unseen_scans(ci, question));
        answer.blind.extend(facts.clocks().blind.iter().cloned());
    }
    answer
}

/// Whether something that is not read may be started by a clock. A workflow says all that starts it; other systems are told so
/// where they run.
fn may_run_on_a_clock(ci: &Ci, blind: &Blind) -> bool {
    let Some(place) = blind.place.as_ref().filter(|place| place.path.starts_with(".github/workflows/")) else {
        return true;
    };
    let jobs: Vec<_> = ci.jobs.iter().filter(|job| job.place.path == place.path).collect();
    let is_clock = |event: &Event| matches!(event, Event::Schedule(_)) || event.is_unseen();
    jobs.is_empty() || jobs.iter().any(|job| job.triggers.iter().any(|trigger| is_clock(&trigger.event)))
}

fn add(
    answer: &mut Answer,
    facts: &Facts<'_>,
    what: &str,
    place: &Place,
    step: &Step,
    chain: &[Link],
    excuse: Option<&str>,
) {
    let ci = facts.ci();
    for (expression, _) in step.schedules() {
        let message = format!("{what} at `{}` in {}", shown(expression), whence(facts, ci, step, chain));
        let sighting = Sighting::new(place.clone(), Strength::Enforced, message);
        let excuse =
            excuse.or(ci.job(step).excuse.as_deref()).or(step.on_failure.then_some("runs only after a failure"));
        match (excuse, cron::longest_gap(expression)) {
            (Some(why), _) => answer.notes.push(with_reason(sighting, why)),
            (None, Some(gap)) => answer.seen.push(sighting.with(Observed::Quantity(Quantity::seconds(gap)))),
            (None, None) => answer.notes.push(with_reason(sighting, "its clock cannot be read")),
        }
    }
}
