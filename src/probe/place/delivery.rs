//! Places of delivery: CI, what runs on a clock, what deploys.

use super::{answer, here};
use crate::evidence::{Answer, Sighting};
use crate::facts::Facts;
use crate::facts::ci::Event;
use crate::facts::ci::deploy::Act;

/// A gate that builds or tests; where CI is visibly elsewhere, its absence here says nothing (ruling 1).
pub(super) fn ci(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    match ci.building_gate() {
        Some(command) => {
            let job = &ci.job(&command.step).name;
            answer(Some(here(command.place.clone(), format!("job \"{job}\" runs {}", command.line()))))
        }
        None => Answer { blind: ci.unseen(), ..Answer::default() },
    }
}

/// CI with a clock, or a `CronJob` of production.
pub(super) fn schedule(facts: &Facts<'_>) -> Answer {
    let found = ci(facts);
    let triggers = facts.ci().jobs.iter().flat_map(|job| &job.triggers);
    let cron = triggers.filter(|_| !found.seen.is_empty()).find_map(|trigger| match &trigger.event {
        Event::Schedule(cron) => Some(here(trigger.place.clone(), format!("a schedule: {cron}"))),
        _ => None,
    });
    let job = || {
        let object = facts.kubernetes().production().find(|object| object.is_kind("CronJob"))?;
        Some(here(object.place(), object.title()))
    };
    Answer { blind: found.blind, ..answer(cron.or_else(job)) }
}

/// Something that deploys: a job that does, an object that deploys from Git, a platform that deploys on push.
pub(super) fn deploy(facts: &Facts<'_>) -> Answer {
    let found = job(facts).or_else(|| gitops(facts)).or_else(|| platform(facts)).or_else(|| rollout(facts));
    let blind = if found.is_some() { Vec::new() } else { facts.ci().unseen() };
    Answer { blind, ..answer(found) }
}

/// A job that puts something into service; one for test, preview or staging is none (ruling 38).
fn job(facts: &Facts<'_>) -> Option<Sighting> {
    let ci = facts.ci();
    let deployment =
        ci.deployments().into_iter().find(|deployment| deployment.act == Act::Deploy && deployment.counts())?;
    let job = &ci.job(&deployment.step).name;
    Some(here(deployment.place, format!("job \"{job}\" deploys with `{}`", deployment.what)))
}

fn gitops(facts: &Facts<'_>) -> Option<Sighting> {
    let kinds = [
        "Application.argoproj.io",
        "ApplicationSet.argoproj.io",
        "Kustomization.kustomize.toolkit.fluxcd.io",
        "HelmRelease.helm.toolkit.fluxcd.io",
    ];
    let object = facts.kubernetes().production().find(|object| kinds.iter().any(|kind| object.is_kind(kind)))?;
    Some(here(object.place(), format!("{} deploys from Git", object.title())))
}

fn platform(facts: &Facts<'_>) -> Option<Sighting> {
    let service =
        facts.containers().production().find(|service| service.autodeploy.as_ref().is_some_and(|fact| fact.value))?;
    let place = service.autodeploy.as_ref()?.place.clone();
    Some(here(place, format!("{} deploys \"{}\" on push", service.platform.name(), service.name)))
}

fn rollout(facts: &Facts<'_>) -> Option<Sighting> {
    let kinds = ["Rollout.argoproj.io", "Canary.flagger.app"];
    let object = facts.kubernetes().production().find(|object| kinds.iter().any(|kind| object.is_kind(kind)))?;
    Some(here(object.place(), object.title()))
}
