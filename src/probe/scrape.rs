//! `@scrape`: whether something collects the metrics of the project's own workloads.

use super::{Probe, Question};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::{Platform, Service};
use crate::facts::format::Format;
use crate::facts::kubernetes::Object;
use crate::facts::production::{self, Stage};
use crate::pattern::AnyOf;
use crate::tree::File;
use crate::value::Value;
use std::collections::BTreeMap;

/// `@scrape(own|other|server)`.
pub static PROBE: Probe = Probe {
    name: "scrape",
    summary: "What collects metrics: monitors and annotations that reach an own workload (`own`), or that reach only others (`other`); or the settings of a Prometheus that production runs, whose text fits (`server`)",
    usage: "@scrape(own|other) or @scrape(server, pattern…)",
    arity: (1, 9),
    patterns_from: Some(1),
    facts: &["own", "other", "server"],
    options: &[],
    look,
};

/// Kinds whose `spec.selector` chooses Services, and those that choose pods.
const SERVICE_MONITORS: &[&str] = &["ServiceMonitor", "VMServiceScrape"];
const POD_MONITORS: &[&str] = &["PodMonitor", "VMPodScrape", "PodMonitoring", "ClusterPodMonitoring"];
const SCRAPE: &[&str] = &["prometheus.io/scrape", "prometheus.io.scrape", "k8s.grafana.com/scrape"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let words: Vec<&str> = [SERVICE_MONITORS, POD_MONITORS, SCRAPE, &["ad.datadoghq.com"]].concat();
    let mut answer = Answer { blind: facts.kubernetes().unread(&words), ..Answer::default() };
    if question.fact() == "server" {
        let scans = AnyOf::new(question.words_from(1).map(|word| &*word.text));
        servers(facts, &scans, &mut answer);
        return answer;
    }
    let own: Vec<&Object> = facts.kubernetes().own_workloads().collect();
    let mut reached = Vec::new();
    let mut others = Vec::new();
    for object in facts.kubernetes().production() {
        if let Some((sighting, is_own)) = monitor(facts, object, &own) {
            if is_own { reached.push(sighting) } else { others.push(sighting) }
        }
    }
    reached.extend(own.iter().filter_map(|object| annotated(facts, object)));
    reached.extend(static_targets(facts, &own, &mut answer.notes));
    answer.seen = match question.fact() {
        "own" => reached,
        _ if reached.is_empty() && !own.is_empty() => others,
        _ => Vec::new(),
    };
    answer
}

fn seen(place: Place, message: String) -> Sighting {
    Sighting::new(place, Strength::Configured, message)
}

/// A monitor and whether its selector reaches an own workload.
fn monitor(facts: &Facts<'_>, object: &Object, own: &[&Object]) -> Option<(Sighting, bool)> {
    let by_service = SERVICE_MONITORS.iter().any(|kind| object.is_kind(kind));
    if !by_service && !POD_MONITORS.iter().any(|kind| object.is_kind(kind)) {
        return None;
    }
    if probes_from_outside(object) {
        return None;
    }
    let selector = labels(object.value.at(&["spec", "selector", "matchLabels"]));
    let is_own = if by_service {
        services_of(facts, own)
            .iter()
            .any(|service| selects(&selector, &labels(service.value.at(&["metadata", "labels"]))))
    } else {
        own.iter().any(|workload| workload.is_selected_by(&selector))
    };
    let what = if is_own { "collects metrics of an own workload" } else { "collects metrics of something else" };
    Some((seen(object.place(), format!("{} {what}", object.title())), is_own))
}

/// Whether a monitor asks the blackbox exporter to try other addresses: what comes back are no metrics of any workload.
fn probes_from_outside(object: &Object) -> bool {
    let endpoints =
        ["endpoints", "podMetricsEndpoints"].iter().find_map(|key| object.value.at(&["spec", key])?.as_list());
    endpoints.is_some_and(|endpoints| {
        let is_probe = |endpoint: &Value| {
            endpoint.get("path").and_then(Value::as_str) == Some("/probe") && endpoint.get("params").is_some()
        };
        !endpoints.is_empty() && endpoints.iter().all(is_probe)
    })
}

fn selects(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> bool {
    !selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}

fn labels(value: Option<&Value>) -> BTreeMap<String, String> {
    let map = value.and_then(Value::as_map).into_iter().flatten();
    map.filter_map(|(key, field)| Some((key.to_string(), field.value.scalar_text()?))).collect()
}

/// The Services that select one of some workloads.
fn services_of<'f>(facts: &'f Facts<'_>, own: &[&Object]) -> Vec<&'f Object> {
    let services = facts.kubernetes().production().filter(|object| object.is_kind("Service"));
    services
        .filter(|service| {
            let selector = labels(service.value.at(&["spec", "selector"]));
            own.iter().any(|workload| workload.is_selected_by(&selector))
        })
        .collect()
}

/// An annotation on the pods, or on a Service of theirs, that asks for collection.
fn annotated(facts: &Facts<'_>, object: &Object) -> Option<Sighting> {
    let on_pods = || {
        let (owner, pod) = object.pod()?;
        annotation(owner, pod.at(&["metadata", "annotations"])?)
    };
    let on_service = || {
        services_of(facts, &[object])
            .into_iter()
            .find_map(|service| annotation(service, service.value.at(&["metadata", "annotations"])?))
    };
    on_pods().or_else(on_service)
}

fn annotation(owner: &Object, annotations: &Value) -> Option<Sighting> {
    annotations.as_map()?.iter().find_map(|(key, field)| {
        let asks = SCRAPE.contains(&key.as_str()) && field.value.scalar_text().as_deref() == Some("true");
        let datadog = key.starts_with("ad.datadoghq.com/") && (key.ends_with(".checks") || key.ends_with(".instances"));
        (asks || datadog).then(|| seen(owner.at(field.span()), format!("{key} on {}", owner.title())))
    })
}

/// Prometheus files of production whose targets name an own service.
fn static_targets(facts: &Facts<'_>, own: &[&Object], notes: &mut Vec<Sighting>) -> Vec<Sighting> {
    let services: Vec<&Service> = facts.containers().production().filter(|service| service.serves()).collect();
    let mut names: Vec<&str> = own.iter().map(|object| &*object.name).collect();
    names.extend(services.iter().map(|service| &*service.name));
    let names_targets = |file: &&File| file.text().is_some_and(|source| source.text().contains("scrape_configs:"));
    let files = facts.files_of(&[Format::Yaml]).filter(names_targets);
    let mut found = Vec::new();
    for file in files {
        let Some(document) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        let Some(target) = own_target(document, &names) else { continue };
        let place = Place::at(file.path.clone(), target.span);
        let text = target.scalar_text().unwrap_or_default();
        if let Stage::Never(word) = production::stage_of_path(&file.path) {
            notes.push(seen(place, format!("the target {text} does not count: \"{word}\" in the path")));
        } else if is_started_aside(facts, file) {
            notes.push(seen(place, format!("the target {text} does not count: nothing in production starts it")));
        } else {
            found.push(seen(place, format!("Prometheus collects from {text}")));
        }
    }
    found
}

/// An agent that reads the settings of a Prometheus and sends what it collects elsewhere.
const AGENTS: &[&str] = &["cloudwatch-agent", "aws-otel-collector", "opentelemetry-collector", "otelcol", "datadog"];

/// The image of the agent that mounts a config map, if an agent does and no other workload.
fn other_reader(facts: &Facts<'_>, map: &str) -> Option<String> {
    let mounts = |object: &&Object| {
        let volumes = object.pod().and_then(|(_, pod)| pod.at(&["spec", "volumes"])?.as_list());
        let name = |volume: &Value| volume.at(&["configMap", "name"]).and_then(Value::scalar_text);
        volumes.unwrap_or_default().iter().any(|volume| name(volume).as_deref() == Some(map))
    };
    let readers: Vec<&Object> = facts.kubernetes().production().filter(mounts).collect();
    let images = |object: &&Object| -> Option<String> {
        let containers = object.containers();
        let mut images = containers.iter().filter_map(|container| container.image().map(str::to_owned));
        images.find(|image| AGENTS.iter().any(|agent| image.contains(agent)))
    };
    let found: Vec<String> = readers.iter().filter_map(images).collect();
    (found.len() == readers.len()).then(|| found.into_iter().next()).flatten()
}

/// Settings of a Prometheus that production runs: in a `ConfigMap`, under a production path, or named by its compose file.
fn servers(facts: &Facts<'_>, scans: &AnyOf, answer: &mut Answer) {
    let fits = |text: &str| {
        if !text.contains("scrape_configs:") {
            return false;
        }
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let text: String = lines.flat_map(|line| [line, "\n"]).collect();
        text.contains("scrape_configs:") && (scans.is_empty() || scans.is_match(&text))
    };
    for object in facts.kubernetes().production().filter(|object| object.is_kind("ConfigMap")) {
        let data = object.value.get("data").and_then(Value::as_map).into_iter().flatten();
        let settings = data.filter(|(_, field)| field.value.as_str().is_some_and(fits));
        let reader = other_reader(facts, &object.name);
        let settings = settings.map(|(_, field)| object.at(field.key));
        if let Some(reader) = reader {
            let message = format!("{} holds what {reader} collects, which is no Prometheus", object.title());
            answer.notes.extend(settings.map(|place| seen(place, message.clone())));
        } else {
            let message = format!("{} holds the settings of a Prometheus", object.title());
            answer.seen.extend(settings.map(|place| seen(place, message.clone())));
        }
    }
    for file in facts.files_of(&[Format::Yaml]) {
        if !file.text().is_some_and(|source| fits(source.text())) {
            continue;
        }
        let Some(document) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        let Some(configs) = document.get("scrape_configs") else { continue };
        let place = Place::at(file.path.clone(), configs.span);
        if is_started(facts, file) {
            answer.seen.push(seen(place, "settings of a Prometheus".to_owned()));
        } else {
            let message = "settings of a Prometheus that nothing in production starts".to_owned();
            answer.notes.push(seen(place, message));
        }
    }
}

/// Whether something of production starts a Prometheus with a file of settings.
fn is_started(facts: &Facts<'_>, file: &File) -> bool {
    production::stage_of_path(&file.path) == Stage::Production || super::collector::is_mounted(facts, file.name())
}

/// Whether compositions alone name a file of settings, and none of production.
fn is_started_aside(facts: &Facts<'_>, file: &File) -> bool {
    let composed = facts.containers().services.iter().filter(|service| service.platform == Platform::Compose);
    super::collector::is_named_beside(facts, composed, file.name()) && !is_started(facts, file)
}

/// The first target whose host is one of some services (`web:80`, `web.shop.svc:80`).
fn own_target<'v>(document: &'v Value, names: &[&str]) -> Option<&'v Value> {
    let jobs = document.get("scrape_configs")?.as_list()?.iter();
    let configs = jobs.filter_map(|job| job.get("static_configs")?.as_list()).flatten();
    let mut targets = configs.filter_map(|config| config.get("targets")?.as_list()).flatten();
    targets.find(|target| {
        let host = target.as_str().unwrap_or("").split([':', '.']).next().unwrap_or("");
        names.contains(&host)
    })
}
