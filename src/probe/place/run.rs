//! Places where production runs: workloads, entry points, release images, rollouts.

use super::{answer, here, infra};
use crate::evidence::{Answer, Blind, Place, Sighting};
use crate::facts::Facts;
use crate::facts::containers::{Platform, Role, Service};
use crate::facts::kubernetes::{Object, WORKLOADS};
use crate::facts::production::Standing;
use crate::probe::entry::is_internal;
use crate::probe::rollout::strategies;

/// Kinds that let traffic in.
const ENTRY_KINDS: &[&str] = &[
    "Ingress",
    "Gateway",
    "HTTPRoute",
    "GRPCRoute",
    "IngressRoute",
    "VirtualService",
    "Route.route.openshift.io",
    "HTTPProxy",
];

/// A workload of the project in the production set.
pub(super) fn work(facts: &Facts<'_>) -> Answer {
    let in_cluster = facts.kubernetes().own_workloads().next().map(|object| here(object.place(), object.title()));
    let service = || {
        let own = |service: &&Service| matches!(service.role, Role::Serving | Role::Worker);
        facts.containers().production().find(own).map(service_sighting)
    };
    let found = in_cluster.or_else(service);
    let blind = if found.is_some() { Vec::new() } else { unseen(facts) };
    Answer { blind, ..answer(found) }
}

fn service_sighting(service: &Service) -> Sighting {
    here(service.place.clone(), format!("{} service \"{}\"", service.platform.name(), service.name))
}

/// A workload of which the tree says who fills its environment: a Procfile, which anything may run, does not.
pub(super) fn environment(facts: &Facts<'_>) -> Answer {
    let in_cluster = facts.kubernetes().own_workloads().next().is_some();
    let own = |service: &&Service| matches!(service.role, Role::Serving | Role::Worker);
    let told = |service: &Service| match service.platform {
        Platform::Heroku => service.tls.is_some(),
        // Services that are bound to the app put theirs beside what its manifest says.
        Platform::CloudFoundry => false,
        _ => true,
    };
    let services: Vec<&Service> = facts.containers().production().filter(own).collect();
    match services.iter().find(|service| told(service)) {
        _ if in_cluster || services.is_empty() => work(facts),
        Some(service) => answer(Some(service_sighting(service))),
        None => {
            let first = services.first();
            let why = match first.map(|service| service.platform) {
                Some(Platform::CloudFoundry) => "services that are bound to the app fill its environment, too",
                _ => "a Procfile does not say which platform runs it, and so not what fills its environment",
            };
            let place = first.map(|service| service.place.clone());
            Answer { blind: vec![Blind { place, why: why.into() }], ..Answer::default() }
        }
    }
}

/// What may hold a workload and is not read, or may not be production.
fn unseen(facts: &Facts<'_>) -> Vec<Blind> {
    let mut blind = facts.kubernetes().unread(WORKLOADS);
    blind.extend(facts.containers().blind.iter().cloned());
    for service in &facts.containers().services {
        if let Standing::Uncertain(why) = &service.standing {
            let why = format!("{} may or may not be production: {why}", service.place.path);
            blind.push(Blind { place: Some(service.place.clone()), why });
        }
    }
    for object in facts.kubernetes().objects.iter().filter(|object| object.is_workload()) {
        if let Standing::Uncertain(why) = &object.standing {
            let why = format!("{} may or may not be production: {why}", object.title());
            blind.push(Blind { place: Some(object.place()), why });
        }
    }
    // What infrastructure code runs is a workload that questions about manifests do not see into.
    let declared = infra::first(facts, &["workload", "helm_release"]);
    blind.extend(
        declared
            .map(|found| Blind { place: Some(found.place), why: format!("{} outside of a manifest", found.message) }),
    );
    blind.extend(infra::unread(facts, &["workload"]));
    blind.sort();
    blind.dedup();
    blind
}

/// A workload that the project runs itself, not a platform, with something that watches it.
pub(super) fn self_run(facts: &Facts<'_>) -> Answer {
    let in_cluster = facts.kubernetes().own_workloads().next().map(|object| here(object.place(), object.title()));
    let compose = || {
        let own = |service: &&Service| service.platform == Platform::Compose && service.serves();
        facts.containers().production().find(own).map(service_sighting)
    };
    let Some(workload) = in_cluster.or_else(compose) else {
        return Answer { seen: Vec::new(), ..work(facts) };
    };
    let watcher = facts
        .kubernetes()
        .production()
        .find(|object| watches(object))
        .map(|object| here(object.place(), object.title()));
    let by_compose = || {
        let monitors = |service: &&Service| {
            let image = service.image.as_ref().map_or("", |image| image.value.as_str());
            ["prometheus", "grafana", "victoria-metrics", "otel", "opentelemetry"]
                .iter()
                .any(|name| image.contains(name))
        };
        facts.containers().production().find(monitors).map(service_sighting)
    };
    // A cluster or a log group that infrastructure code declares may ship the logs by itself.
    let elsewhere =
        ["cluster", "aws_cloudwatch_log_group", "google_logging_*", "azurerm_log_analytics_*", "helm_release"];
    if let Some(ships) = infra::first(facts, &elsewhere) {
        let blind = Blind { place: Some(ships.place), why: format!("{}: it may ship the logs", ships.message) };
        return Answer { blind: vec![blind], ..Answer::default() };
    }
    let unread = infra::unread(facts, &elsewhere);
    if !unread.is_empty() {
        return Answer { blind: unread, ..Answer::default() };
    }
    match watcher.or_else(by_compose) {
        Some(watcher) => Answer { seen: vec![workload, watcher], ..Answer::default() },
        None => Answer::default(),
    }
}

/// Whether an object is part of what watches the cluster. That a service may be scraped (a `ServiceMonitor`) says that somebody
/// does, who may run the cluster and ship its logs as well.
fn watches(object: &Object) -> bool {
    let kinds =
        ["Prometheus", "PrometheusAgent", "Alertmanager", "VMAgent", "VMSingle", "VMCluster", "OpenTelemetryCollector"];
    // Their publishers publish other things as well: `grafana/k6-operator`.
    let names = [
        "prometheus",
        "grafana",
        "grafana-oss",
        "grafana-enterprise",
        "agent",
        "alloy",
        "promtail",
        "loki",
        "mimir",
        "tempo",
        "alertmanager",
        "victoria-metrics",
        "vmagent",
        "vmsingle",
    ];
    let is_watcher = |image: &str| {
        let name = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or_default();
        let is_owned =
            ["prom/", "prometheus/", "grafana/", "victoriametrics/"].iter().any(|owner| image.contains(owner));
        image.contains("otel/") || (is_owned && names.contains(&name))
    };
    let by_image = || object.containers().iter().filter_map(|container| container.image()).any(is_watcher);
    kinds.iter().any(|kind| object.is_kind(kind)) || (object.is_workload() && by_image())
}

/// A release image or a file that runs one.
pub(super) fn container(facts: &Facts<'_>) -> Answer {
    let view = facts.containers();
    let image = view.images.iter().find(|image| image.standing == Standing::Production);
    let image = image.map(|image| here(Place::file(image.path.clone()), "release image"));
    let service = || view.production().find(|service| service.role != Role::ThirdParty).map(service_sighting);
    let found = image.or_else(service);
    let blind = if found.is_some() { Vec::new() } else { view.blind.clone() };
    Answer { blind, ..answer(found) }
}

/// An entry point of production.
pub(super) fn edge(facts: &Facts<'_>) -> Answer {
    let object = facts.kubernetes().production().find(|object| lets_in(object));
    let object = object.map(|object| here(object.place(), format!("{} lets traffic in", object.title())));
    let service = || {
        let public = |service: &&Service| service.serves() && service.platform.has_edge();
        facts.containers().production().find(public).map(service_sighting)
    };
    let found = object.or_else(service).or_else(|| infra::entry(facts));
    let blind = if found.is_some() {
        Vec::new()
    } else {
        unseen(facts).into_iter().chain(infra::unread(facts, &["lb", "cdn"])).collect()
    };
    Answer { blind, ..answer(found) }
}

fn lets_in(object: &Object) -> bool {
    if ENTRY_KINDS.iter().any(|kind| object.is_kind(kind)) {
        return true;
    }
    let kind = object.value.at(&["spec", "type"]).and_then(crate::value::Value::as_str);
    object.is_kind("Service") && matches!(kind, Some("LoadBalancer" | "NodePort")) && !is_internal(object)
}

/// A progressive delivery object of one of some strategies, or any.
pub(super) fn rollout(facts: &Facts<'_>, wanted: &[&str]) -> Answer {
    let progressive = ["canary", "blue_green"];
    let found = strategies(facts)
        .into_iter()
        .find(|(strategy, _)| progressive.contains(strategy) && (wanted.is_empty() || wanted.contains(strategy)));
    let blind = if found.is_some() { Vec::new() } else { facts.kubernetes().unread(&["Rollout", "Canary"]) };
    Answer { blind, ..answer(found.map(|(_, sighting)| sighting)) }
}

/// An alert rule of production.
pub(super) fn alerts(facts: &Facts<'_>) -> Answer {
    let view = facts.alerts();
    let found = view.rules.iter().find(|alert| alert.standing == Standing::Production);
    let found = found.map(|alert| here(alert.place.clone(), format!("alert rules, such as {}", alert.name)));
    Answer { blind: view.blind.clone(), ..answer(found) }
}
