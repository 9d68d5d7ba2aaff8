//! Places of delivery: CI, what runs on a clock, what deploys.

use super::{answer, code, here};
use crate::evidence::{Answer, Place, Sighting};
use crate::facts::Facts;
use crate::facts::ci::deploy::Act;
use crate::facts::ci::tools::builds_or_tests;
use crate::facts::ci::{Ci, Event};
use crate::facts::kubernetes::Object;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A gate that builds or tests; where CI is visibly elsewhere, its absence here says nothing (ruling 1).
pub(super) fn ci(facts: &Facts<'_>) -> Answer {
    let ci = facts.ci();
    if ci.building_gate().is_none() {
        return Answer { blind: ci.unseen_gates(), ..Answer::default() };
    }
    Answer { seen: searched(ci), ..Answer::default() }
}

/// The definitions that guard a merge or a release, those first that build or test, with how much of each was read.
fn searched(ci: &Ci) -> Vec<Sighting> {
    let steps = || ci.commands.iter().map(|command| &command.step).chain(ci.actions.iter().map(|action| &action.step));
    let all: BTreeSet<(usize, usize)> = steps().map(|step| (step.job, step.order)).collect();
    let builds = ci.commands.iter().filter(|command| command.step.is_gate() && builds_or_tests(&command.words));
    let building: BTreeSet<usize> = builds.map(|command| command.step.job).collect();
    let guarding: BTreeSet<usize> = steps().filter(|step| step.is_gate()).map(|step| step.job).collect();
    let mut files: BTreeMap<&Arc<str>, Read<'_>> = BTreeMap::new();
    for (index, job) in ci.jobs.iter().enumerate() {
        let path = &job.place.path;
        let file = files.entry(path).or_insert(Read { path, guards: false, builds: false, jobs: 0, steps: 0 });
        file.jobs += 1;
        file.steps += all.range((index, 0)..=(index, usize::MAX)).count();
        file.guards |= guarding.contains(&index);
        file.builds |= building.contains(&index);
    }
    let mut files: Vec<Read<'_>> = files.into_values().collect();
    files.sort_by_key(|file| (!file.guards, !file.builds, file.path.clone()));
    let guarding = files.iter().filter(|file| file.guards).count();
    let (jobs, steps): (usize, usize) =
        (files.iter().map(|file| file.jobs).sum(), files.iter().map(|file| file.steps).sum());
    let total = format!(
        "{} of CI read, {guarding} of them on pushes, pull requests or tags: {}, {}",
        counted(files.len(), "file"),
        counted(jobs, "job"),
        counted(steps, "step")
    );
    let of_file = |(index, file): (usize, &Read<'_>)| {
        let own = format!("{}, {}", counted(file.jobs, "job"), counted(file.steps, "step"));
        here(Place::file(file.path.clone()), if index == 0 { total.clone() } else { own })
    };
    files.iter().filter(|file| file.guards).enumerate().map(of_file).collect()
}

/// How much of a definition of CI was read.
struct Read<'c> {
    path: &'c Arc<str>,
    guards: bool,
    builds: bool,
    jobs: usize,
    steps: usize,
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
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
    let blind = if found.is_some() { Vec::new() } else { facts.ci().unseen_deployments() };
    Answer { blind, ..answer(found) }
}

/// A job that puts something into service; one for test, preview or staging is none (ruling 38).
fn job(facts: &Facts<'_>) -> Option<Sighting> {
    let ci = facts.ci();
    let deployment = ci.deployments().iter().find(|deployment| deployment.act == Act::Deploy && deployment.counts())?;
    let job = &ci.job(&deployment.step).name;
    Some(here(deployment.place.clone(), format!("job \"{job}\" deploys with `{}`", deployment.what)))
}

fn gitops(facts: &Facts<'_>) -> Option<Sighting> {
    let kinds = [
        "Application.argoproj.io",
        "ApplicationSet.argoproj.io",
        "Kustomization.kustomize.toolkit.fluxcd.io",
        "HelmRelease.helm.toolkit.fluxcd.io",
    ];
    let mut objects = facts.kubernetes().production().filter(|object| kinds.iter().any(|kind| object.is_kind(kind)));
    let object = objects.find(|object| !brings_something_else(facts, object))?;
    Some(here(object.place(), format!("{} deploys from Git", object.title())))
}

/// Whether a release of Flux takes its chart from somebody's repository of charts, in a tree whose product is another one: it
/// brings what the service stands on.
fn brings_something_else(facts: &Facts<'_>, object: &Object) -> bool {
    let chart = object.value.at(&["spec", "chart", "spec"]);
    let text = |path: &[&str]| chart.and_then(|chart| chart.at(path)).and_then(Value::as_str).unwrap_or_default();
    let is_own = || facts.own_name().is_in(text(&["chart"])) != Some(false);
    text(&["sourceRef", "kind"]) == "HelmRepository" && !is_own() && !code::source(facts).seen.is_empty()
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
