//! `@ci.gate`: who must agree before a change is merged or a release goes out.

mod review;
mod stages;

use super::ci_runs::{shown, whence, with_reason};
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::deploy::{Act, Deployment, Target};
use crate::facts::ci::{Event, Step, tools};
use crate::value::Value;

/// `@ci.gate(kind)`.
pub static PROBE: Probe = Probe {
    name: "ci.gate",
    summary: "Approvals: of a change (review), of a production deploy (approval), environments that deploys name, and tests that a deploy waits for",
    usage: "@ci.gate(\"approval\" | \"review\" | \"no_review\" | \"environment\" | \"tests_before_deploy\")",
    arity: (1, 1),
    patterns_from: None,
    facts: &["approval", "review", "no_review", "environment", "tests_before_deploy"],
    options: &[],
    look,
};

/// Actions that stop a job until a person agrees.
const APPROVALS: &[&str] = &["trstringer/manual-approval", "cyberark/action-manual-approval", "slackapi/approval"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    match question.fact() {
        "review" => review::required(facts),
        "no_review" => review::waived(facts),
        "environment" => environments(facts),
        "tests_before_deploy" => tests_before(facts),
        _ => approvals(facts),
    }
}

/// Why a deployment does not start by itself, or may not; `None` if it does.
pub(super) fn attended(facts: &Facts<'_>, deployment: &Deployment) -> Option<String> {
    let ci = facts.ci();
    let job = ci.job(&deployment.step);
    if let Some((name, _)) = &job.environment {
        return Some(format!("environment `{name}` may ask for approval"));
    }
    approval_of(facts, deployment).map(|(_, why)| why)
}

/// What a deployment waits for that a person must give: where, and in words.
fn approval_of(facts: &Facts<'_>, deployment: &Deployment) -> Option<(Place, String)> {
    let ci = facts.ci();
    let step = &deployment.step;
    if let Some(place) = stages::moved_on_by_hand(facts, deployment) {
        return Some((place, "it reaches the first stage, and a person moves it on".to_owned()));
    }
    let before: Vec<usize> = ci.ancestors(step.job);
    for index in std::iter::once(step.job).chain(before.iter().copied()) {
        let job = &ci.jobs[index];
        if let Some(place) = job.manual.as_ref().filter(|_| index == step.job || job.waits) {
            return Some((place.clone(), format!("job \"{}\" waits for a person", job.name)));
        }
        if job.is_approval && index != step.job {
            return Some((job.place.clone(), format!("approval job \"{}\" stands before it", job.name)));
        }
    }
    let action = ci.actions.iter().find(|action| {
        APPROVALS.contains(&action.name.as_str())
            && action.excuse.is_none()
            && (before.contains(&action.step.job) || action.step.job == step.job && action.step.order < step.order)
    });
    if let Some(action) = action {
        return Some((action.place.clone(), format!("{} stands before it", action.name)));
    }
    let by_hand = !step.triggers.is_empty()
        && step.triggers.iter().all(|trigger| matches!(trigger.event, Event::Manual | Event::Other(_)));
    let trigger = step.triggers.iter().find(|trigger| trigger.event == Event::Manual)?;
    by_hand.then(|| (trigger.place.clone(), "it starts by hand only".to_owned()))
}

/// What is handed to production by its name, where an approval job stands before all of it: `docker push shop:prod-1`.
fn approved_images(facts: &Facts<'_>) -> Vec<Sighting> {
    let ci = facts.ci();
    let to_production = ci.deployments().iter().filter(|deployment| deployment.target == Target::Production);
    let approved = to_production.map(|deployment| {
        let before = ci.ancestors(deployment.step.job);
        let job = before.iter().map(|index| &ci.jobs[*index]).find(|job| job.is_approval)?;
        let what = shown(&deployment.what);
        let message = format!("approval job \"{}\" stands before `{what}`", job.name);
        Some(Sighting::new(job.place.clone(), Strength::Enforced, message))
    });
    approved.collect::<Option<Vec<Sighting>>>().unwrap_or_default()
}

fn approvals(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    let mut answer = Answer::default();
    let guarded = review::environments(facts);
    for deployment in ci.deployments().iter().filter(|deployment| deployment.act == Act::Deploy) {
        let what = format!("`{}` in {}", shown(&deployment.what), whence(facts, ci, &deployment.step, &[]));
        if let Some((place, why)) = approval_of(facts, deployment) {
            let sighting = Sighting::new(place, Strength::Enforced, format!("{what}: {why}"));
            match &deployment.target {
                Target::Aside(aside) => answer.notes.push(with_reason(sighting, &format!("not production ({aside})"))),
                Target::Production | Target::Unmarked => answer.seen.push(sighting),
            }
            continue;
        }
        let Some((name, place)) = ci.job(&deployment.step).environment.clone().filter(|_| deployment.counts()) else {
            continue;
        };
        if let Some((_, guard)) = guarded.iter().find(|(environment, _)| *environment == name) {
            answer.seen.push(Sighting::new(
                guard.clone(),
                Strength::Enforced,
                format!("environment `{name}` asks for reviewers; {what} waits for it"),
            ));
        } else {
            let export = if place.path.starts_with(".github/") {
                "export it as `github_repository_environment`, or attest it"
            } else {
                "attest it"
            };
            let why = format!(
                "environment `{name}` names a place; whether it asks for approval is set on the host: {export}"
            );
            answer.blind.push(Blind { place: Some(place), why });
        }
    }
    // One way into production that asks says nothing of another that starts by itself.
    if ci.deployments().iter().any(|deployment| starts_by_itself(deployment) && !is_agreed(facts, deployment, &guarded))
    {
        answer.notes.append(&mut answer.seen);
    }
    answer.seen.extend(stages::approved(facts));
    if ci.deployments().iter().all(|deployment| deployment.act == Act::Publish) {
        answer.seen.extend(approved_images(facts));
    }
    answer.seen.dedup_by(|a, b| a.place == b.place);
    answer.blind.dedup();
    answer.blind.extend(ci.unseen_deployments());
    answer
}

/// Whether a push, a tag or a clock puts it into production; a job that is not in this tree may ask somebody by itself.
fn starts_by_itself(deployment: &Deployment) -> bool {
    let is_event = |event: &Event| matches!(event, Event::Push(_) | Event::Tag | Event::Schedule(_));
    deployment.act == Act::Deploy
        && deployment.counts()
        && !deployment.is_elsewhere
        && deployment.step.triggers.iter().any(|trigger| is_event(&trigger.event))
}

/// Whether a person must agree to it, by what stands in the tree.
fn is_agreed(facts: &Facts<'_>, deployment: &Deployment, guarded: &[(String, Place)]) -> bool {
    let environment = facts.ci().job(&deployment.step).environment.as_ref();
    environment.is_some_and(|(name, _)| guarded.iter().any(|(other, _)| other == name))
        || approval_of(facts, deployment).is_some()
}

fn environments(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    let mut answer = Answer::default();
    for deployment in ci.deployments() {
        if let Some((name, place)) = &ci.job(&deployment.step).environment {
            let sighting = Sighting::new(
                place.clone(),
                Strength::Configured,
                format!("environment `{name}` in {}", whence(facts, ci, &deployment.step, &[])),
            );
            match &deployment.target {
                Target::Aside(why) => answer.notes.push(with_reason(sighting, &format!("not production: {why}"))),
                Target::Production | Target::Unmarked => answer.seen.push(sighting),
            }
        }
    }
    answer.seen.dedup_by(|a, b| a.place == b.place);
    answer.blind.extend(ci.unseen_deployments());
    answer
}

/// Tests that a production deploy or a publication waits for: before it in its job, or in a job that it needs.
fn tests_before(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    let mut answer = Answer::default();
    let mut published = Vec::new();
    for deployment in ci.deployments().iter().filter(|deployment| deployment.counts()) {
        let before = ci.ancestors(deployment.step.job);
        let test = ci.commands.iter().find(|command| {
            let earlier = command.step.job == deployment.step.job
                && command.step.order < deployment.step.order
                && run_together(&command.step, &deployment.step);
            // What is only supposed to be reached tests nothing before a release.
            command.sure
                && command.excuse.is_none()
                && tools::tests(&command.words)
                && (earlier || before.contains(&command.step.job))
        });
        if let Some(test) = test {
            let message = format!(
                "`{}` before `{}` in {}",
                shown(&test.line()),
                shown(&deployment.what),
                whence(facts, ci, &test.step, &test.chain)
            );
            answer.seen.push(Sighting::new(test.place.clone(), Strength::Enforced, message));
        } else {
            let message = format!("`{}` waits for no test", shown(&deployment.what));
            let notes = if deployment.act == Act::Deploy { &mut answer.notes } else { &mut published };
            notes.push(Sighting::new(deployment.place.clone(), Strength::Enforced, message));
        }
    }
    // One release that waits says nothing about another that does not; what is handed on to a deploy is released by it.
    let deploys = ci.deployments().iter().any(|deployment| deployment.counts() && deployment.act == Act::Deploy);
    if !answer.notes.is_empty() || !deploys && !published.is_empty() {
        answer.notes.append(&mut answer.seen);
    }
    answer.notes.append(&mut published);
    answer.seen.dedup_by(|a, b| a.place == b.place);
    answer.blind.extend(ci.unseen_deployments());
    answer
}

/// Whether something starts both steps of a job: what only pull requests run comes before no release of a tag.
fn run_together(one: &Step, other: &Step) -> bool {
    one.triggers.is_empty() || one.triggers.iter().any(|own| other.triggers.iter().any(|its| its.event == own.event))
}

/// A number that a value states.
fn number(value: Option<&Value>) -> Option<f64> {
    value.and_then(|value| value.as_number().or_else(|| value.as_str()?.parse().ok()))
}
