//! `@rollout`: how production replaces an old version, whoever does it.

mod kept;
mod managed;
mod patched;
mod steps;
mod weights;

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::{Platform, Service};
use crate::facts::kubernetes::{Object, WORKLOADS};
use crate::source::Span;
use crate::value::Value;

/// `@rollout(fact)`.
pub static PROBE: Probe = Probe {
    name: "rollout",
    summary: "How production's own workloads are replaced: the strategy (recreate, rolling, blue_green, canary), what takes a \
              bad version back by itself, and what checks a new one; `kept`, where every Deployment keeps all of its pods meanwhile",
    usage: "@rollout(strategy|kept|auto_abort|no_abort|analysis|gradual|initial_weight|max_step|step_window|total_duration|switch_duration|error_threshold|success_threshold|no_error_metric)",
    arity: (1, 1),
    patterns_from: None,
    facts: &[
        "strategy",
        "kept",
        "auto_abort",
        "no_abort",
        "analysis",
        "gradual",
        "initial_weight",
        "max_step",
        "step_window",
        "total_duration",
        "switch_duration",
        "error_threshold",
        "success_threshold",
        "no_error_metric",
    ],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let objects: Vec<&Object> = facts.kubernetes().production().collect();
    let seen = match question.fact() {
        "strategy" => strategies(facts).into_iter().map(|(_, sighting)| sighting).collect(),
        "kept" => kept::kept(facts),
        "auto_abort" => {
            let of_objects = objects.iter().filter_map(|object| abort(object, &objects, true));
            let of_services = facts.containers().production().filter_map(|service| reverts(service, true));
            of_objects
                .chain(of_services)
                .chain(managed::abort(facts.infra(), true))
                .chain(patched::abort(facts))
                .collect()
        }
        "no_abort" => {
            let of_objects = objects.iter().filter_map(|object| abort(object, &objects, false));
            let of_services = facts.containers().production().filter_map(|service| reverts(service, false));
            of_objects.chain(of_services).chain(managed::abort(facts.infra(), false)).collect()
        }
        "analysis" => {
            let of_objects = objects.iter().filter_map(|object| analysis(object, &objects));
            let of_services = facts.containers().production().filter_map(gate);
            of_objects.chain(of_services).chain(managed::verified(facts.infra())).collect()
        }
        fact => steps::look(facts, fact),
    };
    let kinds: &[&str] = if matches!(question.fact(), "strategy" | "kept") {
        WORKLOADS
    } else {
        &["Rollout", "Canary", "HelmRelease", "argocd.argoproj.io/hook"]
    };
    let mut blind = facts.kubernetes().unread(kinds);
    // A module elsewhere could hold what replaces versions only where nothing here runs them.
    if seen.is_empty() && strategies(facts).is_empty() {
        blind.extend(facts.infra().unread(managed::KINDS));
    }
    if seen.is_empty() {
        blind.extend(facts.containers().production().find(|service| says_little(service)).map(|service| {
            let file = if service.platform == Platform::Heroku { "Procfile" } else { "manifest of Cloud Foundry" };
            let why = format!("a {file} has no word for how one version replaces another");
            Blind { place: Some(service.place.clone()), why }
        }));
    }
    Answer { seen, blind, ..Answer::default() }
}

fn says_little(service: &Service) -> bool {
    matches!(service.platform, Platform::Heroku | Platform::CloudFoundry) && service.serves()
}

/// The strategy of each own serving workload of production, with the place that says so.
pub(super) fn strategies(facts: &Facts<'_>) -> Vec<(&'static str, Sighting)> {
    let view = facts.kubernetes();
    let canaries: Vec<&Object> = view.production().filter(|object| object.is_kind("Canary.flagger.app")).collect();
    let rollouts: Vec<&Object> = view.production().filter(|object| object.is_kind("Rollout")).collect();
    let mut found: Vec<(&'static str, Sighting)> = Vec::new();
    for object in view.own_workloads() {
        let referred = rollouts.iter().any(|rollout| refers(rollout, &["spec", "workloadRef"], object));
        if referred {
            continue;
        }
        let canary = canaries.iter().find(|canary| refers(canary, &["spec", "targetRef"], object));
        let (strategy, place) = match canary {
            Some(canary) => (flagger(canary), canary.place()),
            None => own_strategy(object),
        };
        let message = format!("{} of {}", shown(strategy), object.title());
        found.push((strategy, word(place, message, strategy)));
    }
    for service in facts.containers().production().filter(|service| service.serves()) {
        // Compose stops the old container before it starts the new one.
        let by_default = (service.platform == Platform::Compose).then(|| ("recreate", service.place.clone()));
        let stated = service.strategy.as_ref().map(|fact| (fact.value, fact.place.clone()));
        if let Some((strategy, place)) = stated.or(by_default) {
            let message = format!("{} of \"{}\" on {}", shown(strategy), service.name, service.platform.name());
            found.push((strategy, word(place, message, strategy)));
        }
    }
    found.extend(managed::strategies(facts.infra()));
    found
}

fn word(place: crate::evidence::Place, message: String, word: &str) -> Sighting {
    Sighting::new(place, Strength::Configured, message).with(Observed::Word(word.to_owned()))
}

fn shown(strategy: &str) -> &'static str {
    match strategy {
        "blue_green" => "blue-green deployment",
        "canary" => "canary deployment",
        "recreate" => "stop-then-start replacement",
        "on_delete" => "replacement by hand",
        _ => "rolling replacement",
    }
}

fn own_strategy(object: &Object) -> (&'static str, crate::evidence::Place) {
    let strategy = object.value.at(&["spec", "strategy"]).or_else(|| object.value.at(&["spec", "updateStrategy"]));
    let part = |key: &str| strategy.and_then(|strategy| strategy.as_map()?.get(key));
    for (key, word) in [("blueGreen", "blue_green"), ("canary", "canary")] {
        if let Some(field) = part(key).filter(|_| object.kind == "Rollout") {
            let steps = field.value.get("steps").and_then(Value::as_list).is_some_and(|steps| !steps.is_empty());
            // A canary without steps is Argo's rolling update.
            let word = if word == "canary" && !steps { "rolling" } else { word };
            return (word, object.at(field.key));
        }
    }
    match part("type") {
        Some(field) => {
            let word = match field.value.as_str() {
                Some("Recreate") => "recreate",
                Some("OnDelete") => "on_delete",
                _ => "rolling",
            };
            (word, object.at(field.span()))
        }
        None => ("rolling", object.place()),
    }
}

/// Iterations without weights are a switch of all traffic at once; weights are a canary.
fn flagger(canary: &Object) -> &'static str {
    let analysis = canary.value.at(&["spec", "analysis"]);
    let has = |key: &str| analysis.is_some_and(|analysis| analysis.get(key).is_some());
    let weighted = ["maxWeight", "stepWeight", "stepWeights"].iter().any(|key| has(key));
    if has("iterations") && !weighted && !has("match") { "blue_green" } else { "canary" }
}

fn refers(owner: &Object, path: &[&str], object: &Object) -> bool {
    let reference = owner.value.at(path);
    let part = |key: &str| reference.and_then(|reference| reference.get(key)).and_then(Value::as_str);
    part("kind") == Some(&*object.kind) && part("name") == Some(&*object.name)
}

/// What takes a bad version back by itself (`wanted`), or is told not to.
fn abort(object: &Object, all: &[&Object], wanted: bool) -> Option<Sighting> {
    let automatic = |span, message: String| word(object.at(span), message, "automatic");
    let manual = |span, message: String| word(object.at(span), message, "manual");
    let title = object.title();
    if object.is_kind("Canary.flagger.app") {
        let skips = object.value.at(&["spec", "skipAnalysis"]).filter(|flag| flag.as_bool() == Some(true));
        return match (skips, wanted) {
            (Some(flag), false) => Some(manual(flag.span, format!("{title} skips its analysis"))),
            (None, true) => {
                Some(word(object.place(), format!("{title}: Flagger goes back when its analysis fails"), "automatic"))
            }
            _ => None,
        };
    }
    if object.is_kind("Rollout.argoproj.io") {
        let checked = analysed(object, all);
        let deadline = object.value.at(&["spec", "progressDeadlineAbort"]);
        return match (checked, deadline.and_then(Value::as_bool), wanted) {
            (Some(span), _, true) => Some(automatic(span, format!("{title} aborts when its analysis fails"))),
            (None, Some(true), true) => Some(automatic(deadline?.span, format!("{title} aborts at its deadline"))),
            (None, Some(false), false) => Some(manual(deadline?.span, format!("{title} neither analyses nor aborts"))),
            _ => None,
        };
    }
    if object.is_kind("HelmRelease.helm.toolkit.fluxcd.io") {
        let remedy = remedy(&object.value)?;
        return match (remedy.works, remedy.retries, wanted) {
            (true, _, true) => Some(automatic(remedy.span, format!("{title} rolls a failed upgrade back"))),
            (false, Some(0.0), false) => {
                Some(manual(remedy.span, format!("{title} retries nothing and rolls nothing back")))
            }
            _ => None,
        };
    }
    None
}

/// What a release of Flux does about an upgrade that fails.
struct Remedy {
    works: bool,
    retries: Option<f64>,
    span: Span,
}

fn remedy(release: &Value) -> Option<Remedy> {
    let remediation = release.at(&["spec", "upgrade", "remediation"])?;
    let retries = remediation.get("retries").and_then(Value::as_number);
    let last = remediation.get("remediateLastFailure").and_then(Value::as_bool);
    let strategy = remediation.get("strategy").and_then(Value::as_str).unwrap_or("rollback");
    let works = last == Some(true) && strategy == "rollback" && retries.is_none_or(|retries| retries != 0.0);
    Some(Remedy { works, retries, span: remediation.span })
}

/// The analysis that a Rollout refers to, if the tree or the cluster has it by that reference.
fn analysed(object: &Object, all: &[&Object]) -> Option<crate::source::Span> {
    let strategy = object.value.at(&["spec", "strategy"])?;
    let blue_green =
        ["prePromotionAnalysis", "postPromotionAnalysis"].iter().find_map(|key| strategy.at(&["blueGreen", key]));
    let background = || strategy.at(&["canary", "analysis"]);
    let steps = || strategy.at(&["canary", "steps"])?.as_list()?.iter().find_map(|step| step.get("analysis"));
    let analysis = blue_green.or_else(background).or_else(steps)?;
    let templates = analysis.get("templates").and_then(Value::as_list).unwrap_or_default();
    // A template that is not in the tree may stand in the cluster; one that is here must exist by that name.
    let known: Vec<&str> =
        all.iter().filter(|other| other.kind.ends_with("AnalysisTemplate")).map(|other| &*other.name).collect();
    let named = templates.iter().filter_map(|template| template.get("templateName")?.as_str());
    let resolves = |name: &str| known.is_empty() || known.contains(&name);
    (named.clone().next().is_some() && named.into_iter().all(resolves)).then_some(analysis.span)
}

/// What checks a new version before or after it takes traffic.
fn analysis(object: &Object, all: &[&Object]) -> Option<Sighting> {
    let title = object.title();
    let seen = |span, message: String| Sighting::new(object.at(span), Strength::Configured, message);
    if object.is_kind("Rollout.argoproj.io") {
        return analysed(object, all).map(|span| seen(span, format!("{title} is analysed")));
    }
    if object.is_kind("Canary.flagger.app") {
        let hooks = object.value.at(&["spec", "analysis", "webhooks"])?.as_list()?;
        let hook = hooks.iter().find(|hook| {
            matches!(hook.get("type").and_then(Value::as_str), Some("pre-rollout" | "rollout" | "post-rollout"))
        })?;
        return Some(seen(hook.span, format!("a webhook checks {title}")));
    }
    if object.is_kind("HelmRelease.helm.toolkit.fluxcd.io") {
        let test = object.value.at(&["spec", "test", "enable"]).filter(|flag| flag.as_bool() == Some(true))?;
        return Some(seen(test.span, format!("{title} runs its Helm tests")));
    }
    if object.is_kind("DeliveryPipeline") {
        let stages = object.value.at(&["serialPipeline", "stages"])?.as_list()?;
        let verify = |stage: &'_ Value| {
            stage.at(&["strategy", "standard", "verify"]).filter(|one| one.as_bool() == Some(true)).map(|one| one.span)
        };
        let span = stages.iter().find_map(verify)?;
        return Some(seen(span, format!("{title} runs a verification after it has deployed")));
    }
    let hook = object.value.at(&["metadata", "annotations"])?.get("argocd.argoproj.io/hook")?;
    let runs = object.is_kind("Job") && hook.as_str().is_some_and(|hook| hook.contains("PostSync"));
    let idles = object.containers().iter().all(|container| is_idle(container.value));
    (runs && !idles).then(|| seen(hook.span, format!("{title} runs after each sync")))
}

/// Whether a container only waits or speaks: `sleep 10`, `sh -c "echo done"`.
fn is_idle(container: &Value) -> bool {
    let list = |key: &str| container.get(key).and_then(Value::as_list).unwrap_or_default();
    let words: Vec<String> = list("command").iter().chain(list("args")).filter_map(Value::scalar_text).collect();
    let line = words.join(" ");
    let line = ["sh -c ", "/bin/sh -c ", "bash -c "].iter().find_map(|shell| line.strip_prefix(shell)).unwrap_or(&line);
    let mut commands = line.split([';', '&', '\n']).map(str::trim).filter(|command| !command.is_empty()).peekable();
    let idles =
        |command: &str| matches!(command.split(' ').next(), Some("sleep" | "echo" | "printf" | "true" | "date"));
    commands.peek().is_some() && commands.all(idles)
}

fn reverts(service: &Service, wanted: bool) -> Option<Sighting> {
    let fact = service.reverts.as_ref().filter(|fact| fact.value == wanted)?;
    let (message, value) = if wanted {
        ("leaves the old version serving when a release fails", "automatic")
    } else {
        ("takes nothing back", "manual")
    };
    let message = format!("{} {message} (\"{}\")", service.platform.name(), service.name);
    Some(word(fact.place.clone(), message, value))
}

/// A platform that lets a new version take traffic only when it is healthy.
fn gate(service: &Service) -> Option<Sighting> {
    let gates = matches!(service.platform, Platform::AppPlatform | Platform::Render | Platform::Fly | Platform::Nomad);
    let health = service.health.first().filter(|_| gates && service.serves())?;
    let message = format!("{} waits for the health check of \"{}\"", service.platform.name(), service.name);
    Some(Sighting::new(health.place.clone(), Strength::Configured, message))
}
