//! `@ci.deploys`: what CI deploys, and what follows a deploy.

use super::ci_runs::{Timing, shown, whence, with_reason};
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::deploy::{
    Act, Deployment, Target, action_notifies, action_verifies, action_waits, notifies, puts_any_version, rolls_back,
    strategy, verifies,
};
use crate::facts::ci::shell::ASKED;
use crate::facts::ci::{Action, Ci, Event, Step};

/// `@ci.deploys(fact)`.
pub static PROBE: Probe = Probe {
    name: "ci.deploys",
    summary: "What CI puts into production (any), hands to users (publish), checks afterwards (verify), takes back on failure (rollback), by which strategy, what starts by itself (unattended), and who is told of a deploy that goes well (notify)",
    usage: "@ci.deploys(\"any\" | \"publish\" | \"verify\" | \"rollback\" | \"strategy\" | \"unattended\" | \"notify\"){gate, schedule, release}",
    arity: (1, 1),
    patterns_from: None,
    facts: &["any", "publish", "verify", "rollback", "strategy", "unattended", "notify"],
    options: &["gate", "schedule", "release"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let ci = facts.ci();
    let mut answer = match question.fact() {
        "publish" => deployments(facts, Act::Publish, question),
        "verify" => verified(facts),
        "rollback" => rolled_back(facts),
        "strategy" => strategies(facts),
        "unattended" => unattended(facts),
        "notify" => notified(facts),
        _ => deployments(facts, Act::Deploy, question),
    };
    answer.seen.dedup_by(|a, b| a.place == b.place);
    answer.notes.dedup_by(|a, b| a.place == b.place);
    answer.blind.extend(ci.unseen_deployments());
    if answer.seen.is_empty() && matches!(question.fact(), "any" | "publish") {
        answer.blind.extend(ci.unknown_deployments().map(|action| {
            let why = format!("`{}` seems to deploy or release, and is not in this tree", shown(&action.name));
            Blind { place: Some(action.place.clone()), why }
        }));
    }
    answer
}

fn sighting(facts: &Facts<'_>, deployment: &Deployment) -> Sighting {
    let ci = facts.ci();
    let message = format!("`{}` in {}", shown(&deployment.what), whence(facts, ci, &deployment.step, &[]));
    Sighting::new(deployment.place.clone(), Strength::Enforced, message)
}

fn deployments(facts: &Facts<'_>, act: Act, question: &Question) -> Answer {
    let ci = facts.ci();
    let timing = Timing::of(question);
    let mut answer = Answer::default();
    for deployment in ci.deployments().iter().filter(|deployment| deployment.act == act) {
        let aside = match &deployment.target {
            Target::Aside(why) => Some(format!("not production: {why}")),
            Target::Production | Target::Unmarked => None,
        };
        // A clock that publishes nightly builds releases nothing.
        let nightly = deployment
            .step
            .triggers
            .iter()
            .all(|trigger| matches!(trigger.event, Event::Schedule(_) | Event::Other(_)));
        let reason = aside
            // What a script asks for the success of is done all the same.
            .or_else(|| deployment.excuse.clone().filter(|why| why != ASKED))
            .or_else(|| nightly.then(|| "runs on a schedule only".to_owned()))
            .or_else(|| timing.reason(ci, &deployment.step));
        // Who pushes what builds need pushes the service's own image, too; it was not seen.
        if deployment.is_of_a_tool() && reason.as_ref().is_some_and(|why| why.starts_with("not production")) {
            let why = format!(
                "`{}` pushes an image for something else, the service's own is not seen",
                shown(&deployment.what)
            );
            answer.blind.push(Blind { place: Some(deployment.place.clone()), why });
        }
        let sighting = sighting(facts, deployment);
        match reason {
            Some(why) => answer.notes.push(with_reason(sighting, &why)),
            None => answer.seen.push(sighting),
        }
    }
    if !answer.seen.is_empty() {
        answer.blind.clear();
    }
    answer
}

/// Whether a step comes after a deployment: later in its job, or in a job that waits for it.
fn follows(ci: &Ci, step: &Step, order: usize, deployment: &Deployment) -> bool {
    if step.job != deployment.step.job {
        return ci.ancestors(step.job).contains(&deployment.step.job);
    }
    if step.order != deployment.step.order {
        return step.order > deployment.step.order;
    }
    deployment.command.is_some_and(|command| order >= command)
}

/// What is put into service.
fn deploys(ci: &Ci) -> Vec<&Deployment> {
    ci.deployments().iter().filter(|deployment| deployment.act == Act::Deploy).collect()
}

fn verified(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    let deployments = deploys(ci);
    let mut answer = Answer::default();
    let commands = ci.commands.iter().enumerate().filter(|(_, command)| verifies(&command.words));
    let commands = commands.map(|(order, command)| {
        (order, command.line(), &command.place, &command.step, &command.excuse, &command.chain)
    });
    let actions = ci.actions.iter().filter(|action| action_verifies(action));
    let actions = actions
        .map(|action| (usize::MAX, action.name.clone(), &action.place, &action.step, &action.excuse, &action.chain));
    for (order, line, place, step, excuse, chain) in commands.chain(actions) {
        let after: Vec<&Deployment> =
            deployments.iter().copied().filter(|deployment| follows(ci, step, order, deployment)).collect();
        if after.is_empty() {
            continue;
        }
        let sighting = Sighting::new(
            place.clone(),
            Strength::Enforced,
            format!("`{}` after the deploy in {}", shown(&line), whence(facts, ci, step, chain)),
        );
        let production = after.iter().find(|deployment| deployment.counts());
        let reason = match (production, &after[0].target) {
            (None, Target::Aside(why)) => Some(format!("not production: {why}")),
            _ => None,
        };
        let reason = reason
            .or_else(|| excuse.clone())
            .or_else(|| ci.job(step).excuse.clone())
            .or_else(|| step.on_failure.then(|| "runs only after a failure".to_owned()));
        match reason {
            Some(why) => answer.notes.push(with_reason(sighting, &why)),
            None => answer.seen.push(sighting),
        }
    }
    for deployment in deployments.iter().filter(|deployment| waits(ci, deployment)) {
        let mut sighting = sighting(facts, deployment);
        sighting.message.push_str(" waits until what it has deployed serves");
        let reason = match &deployment.target {
            Target::Aside(why) => Some(format!("not production: {why}")),
            Target::Production | Target::Unmarked => deployment.excuse.clone(),
        };
        match reason.or_else(|| ci.job(&deployment.step).excuse.clone()) {
            Some(why) => answer.notes.push(with_reason(sighting, &why)),
            None => answer.seen.push(sighting),
        }
    }
    answer
}

/// Whether the action that makes a deployment waits for it by itself.
fn waits(ci: &Ci, deployment: &Deployment) -> bool {
    let is_it = |action: &&Action| action.place == deployment.place && deployment.command.is_none();
    ci.actions.iter().find(is_it).is_some_and(action_waits)
}

/// Whether what is said about a command speaks of going back.
fn names_the_way_back(said: &str) -> bool {
    let said = said.to_lowercase();
    ["rollback", "roll back", "roll-back", "rolls back", "revert", "previous"].iter().any(|word| said.contains(word))
}

fn rolled_back(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    let deployments = deploys(ci);
    let mut answer = Answer::default();
    for (order, command) in ci.commands.iter().enumerate().filter(|(_, command)| rolls_back(&command.words)) {
        let step = &command.step;
        let message = format!("`{}` in {}", shown(&command.line()), whence(facts, ci, step, &command.chain));
        let sighting = Sighting::new(command.place.clone(), Strength::Enforced, message);
        // A deploy command that goes back by itself (`helm upgrade --atomic`) is its own deployment.
        let after: Vec<&Deployment> =
            deployments.iter().copied().filter(|deployment| follows(ci, step, order, deployment)).collect();
        let own = after.iter().any(|deployment| deployment.command == Some(order));
        let by_itself = own && !command.words.iter().any(|word| word == "update-service");
        let production = after.iter().any(|deployment| deployment.counts());
        let on_failure = step.on_failure
            || ci.job(step).on_failure
            || by_itself
            || (!own && after.iter().any(|deployment| deployment.step.job == step.job));
        if own && !by_itself && !step.on_failure {
            continue;
        }
        let fails_first = step.on_failure || ci.job(step).on_failure;
        if !fails_first && puts_any_version(&command.words) && !names_the_way_back(&sighting.message) {
            answer
                .notes
                .push(with_reason(sighting, "puts a version into place, and nothing says that it is the one before"));
            continue;
        }
        if after.is_empty() {
            if step.triggers.iter().any(|trigger| trigger.event == Event::Manual) {
                answer.seen.push(sighting.with(Observed::Word("scripted".into())));
            } else {
                answer.notes.push(with_reason(sighting, "follows no deploy"));
            }
        } else if !production {
            answer.notes.push(with_reason(sighting, "not production"));
        } else if on_failure {
            answer.seen.push(sighting.with(Observed::Word("automatic".into())));
        } else {
            answer.seen.push(sighting.with(Observed::Word("scripted".into())));
        }
    }
    answer
}

fn strategies(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    let mut answer = Answer::default();
    let deployments = ci.deployments();
    // The switch of a blue-green deploy is no deploy command of its own.
    let switches =
        ci.commands.iter().filter(|command| strategy(&command.words) == Some("blue_green") && command.excuse.is_none());
    for command in switches {
        let colours = ["blue", "green"].iter().any(|colour| command.line().contains(colour));
        let of_deploy =
            deployments.iter().any(|deployment| deployment.step.job == command.step.job && deployment.counts());
        let certain = colours || !command.words[0].contains("kubectl");
        let message = format!("`{}` in {}", shown(&command.line()), whence(facts, ci, &command.step, &command.chain));
        let sighting = Sighting::new(command.place.clone(), Strength::Configured, message);
        if of_deploy && certain {
            answer.seen.push(sighting.with(Observed::Word("blue_green".into())));
        } else {
            answer.notes.push(with_reason(sighting, "switches no production traffic between two versions"));
        }
    }
    for deployment in deployments.iter().filter(|deployment| deployment.act == Act::Deploy) {
        let action = ci.actions.iter().find(|action| action.place == deployment.place && deployment.command.is_none());
        let said = action.and_then(|action| match action.with.get("strategy").map(String::as_str) {
            Some("blue-green") => Some("blue_green"),
            Some("canary") => Some("canary"),
            _ => None,
        });
        let word = deployment.command.and_then(|index| strategy(&ci.commands[index].words)).or(said);
        let Some(word) = word else { continue };
        let sighting = sighting(facts, deployment);
        match &deployment.target {
            Target::Aside(why) => answer.notes.push(with_reason(sighting, &format!("not production: {why}"))),
            Target::Production | Target::Unmarked => {
                let mut sighting = sighting.with(Observed::Word(word.into()));
                sighting.strength = Strength::Configured;
                answer.seen.push(sighting);
            }
        }
    }
    answer
}

/// Production deployments that a push, a tag or a clock starts, in a job that names no environment and waits for nobody.
fn unattended(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    let mut answer = Answer::default();
    for deployment in ci.deployments().iter().filter(|deployment| deployment.act == Act::Deploy && deployment.counts())
    {
        let by_itself =
            deployment.step.triggers.iter().any(|trigger| matches!(trigger.event, Event::Push(_) | Event::Schedule(_)));
        // A job that is not in this tree may ask somebody by itself.
        if !by_itself || deployment.is_elsewhere {
            continue;
        }
        match super::ci_gate::attended(facts, deployment) {
            Some(why) => answer.notes.push(with_reason(sighting(facts, deployment), &why)),
            None => answer.seen.push(sighting(facts, deployment)),
        }
    }
    answer
}

/// Messages that the job of a production deploy, or one beside it, sends whether or not something failed.
fn notified(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    let deployments = deploys(ci);
    let mut answer = Answer::default();
    let commands = ci.commands.iter().filter(|command| notifies(&command.words));
    let commands = commands.map(|command| (command.line(), &command.place, &command.step, &command.chain));
    let actions = ci.actions.iter().filter(|action| action_notifies(action));
    let actions = actions.map(|action| (action.name.clone(), &action.place, &action.step, &action.chain));
    for (line, place, step, chain) in commands.chain(actions) {
        let beside = |deployment: &&Deployment| {
            let (one, other) = (step.job, deployment.step.job);
            one == other || ci.ancestors(one).contains(&other) || ci.ancestors(other).contains(&one)
        };
        let of: Vec<&Deployment> = deployments.iter().copied().filter(beside).collect();
        let message = format!("`{}` in {}", shown(&line), whence(facts, ci, step, chain));
        let sighting = Sighting::new(place.clone(), Strength::Enforced, message);
        let reason = if of.is_empty() {
            Some("no deploy is near it")
        } else if !of.iter().any(|deployment| deployment.counts()) {
            Some("not production")
        } else if step.on_failure || ci.job(step).on_failure {
            Some("it is sent after a failure only")
        } else {
            None
        };
        match reason {
            Some(why) => answer.notes.push(with_reason(sighting, why)),
            None => answer.seen.push(sighting),
        }
    }
    answer
}
