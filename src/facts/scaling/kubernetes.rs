//! Replicas of Kubernetes workloads, and the autoscalers that name them.

use super::super::Facts;
use super::super::kubernetes::{Object, WORKLOADS};
use super::super::production::{self, Stage};
use super::{Amount, Bound, Scaled, Scaler, Scaling};
use crate::evidence::{Blind, Place};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use crate::value::{Field, Kind, Value};
use std::sync::LazyLock;

/// Kinds that change the number of replicas.
const SCALERS: &[&str] = &["HorizontalPodAutoscaler", "ScaledObject.keda.sh"];

/// Reads them.
pub(super) fn read(facts: &Facts<'_>, view: &mut Scaling) {
    let cluster = facts.kubernetes();
    let kinds: Vec<&str> = WORKLOADS.iter().chain(SCALERS).copied().collect();
    view.blind.extend(cluster.unread(&kinds));
    let scalers: Vec<&Object> =
        cluster.production().filter(|object| SCALERS.iter().any(|kind| object.is_kind(kind))).collect();
    // One on every node has no number of its own.
    let own: Vec<&Object> =
        cluster.own_workloads().filter(|object| !object.is_kind("DaemonSet") && !object.exports_metrics()).collect();
    if !own.is_empty() {
        view.blind.extend(by_command(facts));
    }
    view.workloads.extend(own.iter().map(|workload| {
        let of_canary =
            || by_canary(facts, workload).and_then(|name| scalers.iter().find(|scaler| scaler.name == name));
        let scaler = of_canary().or_else(|| scalers.iter().find(|scaler| is_for(scaler, workload, &own)));
        scaled(workload, scaler.copied())
    }));
}

/// Scripts that make autoscalers by a command; whether anybody runs them is not in the tree.
fn by_command(facts: &Facts<'_>) -> impl Iterator<Item = Blind> {
    static COMMAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"(?m)^[^#\n]*\b(?:kubectl|oc)\s[^#\n]*\bautoscale\s+(?:deployment|deploy|rs|sts|statefulset|rc|dc|-f)\b",
        )
        .ok()
    });
    let is_script = |name: &str| {
        matches!(name, "Makefile" | "justfile" | "Justfile")
            || name.rsplit_once('.').is_some_and(|(_, end)| end == "sh")
    };
    let scripts = facts.tree.files().iter().filter(move |file| is_script(file.name()));
    scripts.filter_map(|file| {
        let source = file.text().filter(|source| source.text().contains("autoscale"))?;
        let found = COMMAND.as_ref()?.find(source.text())?;
        let place = Place::at(file.path.clone(), Span::new(found.start(), found.end()));
        let why = "a command makes autoscalers, and whether it was run is not in the tree".to_owned();
        (!matches!(production::stage_of_path(&file.path), Stage::Never(_))).then_some(Blind { place: Some(place), why })
    })
}

/// The autoscaler that Flagger keeps for a workload, which its canary names, whatever that one says that it is for.
fn by_canary(facts: &Facts<'_>, workload: &Object) -> Option<String> {
    let canaries = facts.kubernetes().production().filter(|object| object.is_kind("Canary.flagger.app"));
    let text = |object: &Object, key: &str| object.value.at(&["spec", key, "name"]).and_then(Value::scalar_text);
    let mut own = canaries.filter(|canary| text(canary, "targetRef").as_deref() == Some(&*workload.name));
    let namespace = |object: &Object| object.value.at(&["metadata", "namespace"]).and_then(Value::scalar_text);
    own.find(|canary| namespace(canary) == namespace(workload)).and_then(|canary| text(canary, "autoscalerRef"))
}

/// Whether an autoscaler is for a workload: it names it, and of several of that name this is the one nearest to it.
fn is_for(scaler: &Object, workload: &Object, all: &[&Object]) -> bool {
    let Some(reference) = scaler.value.at(&["spec", "scaleTargetRef"]) else { return false };
    let text = |key: &str| reference.get(key).and_then(Value::scalar_text);
    let kind = text("kind").unwrap_or_else(|| "Deployment".into());
    let Some(name) = text("name") else { return false };
    let is_paused = scaler.value.at(&["metadata", "annotations", "autoscaling.keda.sh/paused"]);
    if is_paused.and_then(Value::scalar_text).as_deref() == Some("true") {
        return false;
    }
    let names = |object: &Object| object.kind == kind && object.name == name;
    let near = |object: &Object| shared(&object.path, &scaler.path);
    let nearest = all.iter().filter(|object| names(object)).map(|object| near(object)).max();
    names(workload) && nearest == Some(near(workload))
}

/// How many folders two paths have in common.
fn shared(one: &str, other: &str) -> usize {
    let folders = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let (one, other) = (folders(one), folders(other));
    one.split('/').zip(other.split('/')).take_while(|(left, right)| left == right).count()
}

fn scaled(workload: &Object, scaler: Option<&Object>) -> Scaled {
    let (title, place) = (workload.title(), workload.place());
    if workload.is_kind("Service.serving.knative.dev") {
        return knative(workload);
    }
    let Some(scaler) = scaler else {
        let fixed = replicas(workload);
        return Scaled { title, place, min: fixed.clone(), max: fixed, scaler: None, refused: None };
    };
    let is_keda = scaler.is_kind("ScaledObject.keda.sh");
    let named = |key: &str, default: Amount| bound(scaler, &["spec"], key, default);
    let (min, max) = if is_keda {
        (named("minReplicaCount", Amount::Default(0.0)), named("maxReplicaCount", Amount::Default(100.0)))
    } else {
        (named("minReplicas", Amount::Default(1.0)), named("maxReplicas", Amount::Unknown("maxReplicas".into())))
    };
    let metrics = if is_keda { triggers(scaler, workload) } else { metrics(scaler, workload) };
    let needs = |bound: &Option<Bound>| bound.as_ref().is_some_and(|bound| bound.amount.number().is_some());
    let broken = (needs(&metrics.cpu) && metrics.is_share && request(workload, "cpu").is_none()).then(|| {
        let what =
            format!("{} scales on a share of the CPU that {title} requests, which requests none", scaler.title());
        (scaler.place(), what)
    });
    let scaler = Scaler {
        title: scaler.title(),
        place: scaler.place(),
        cpu: metrics.cpu,
        memory: metrics.memory,
        states: &["cpu", "memory"],
        broken,
    };
    Scaled { title, place, min, max, scaler: Some(scaler), refused: None }
}

/// The fixed count of a workload; Kubernetes takes 1.
fn replicas(workload: &Object) -> Bound {
    let found = bound(workload, &["spec"], "replicas", Amount::Default(1.0));
    Bound { what: format!("replicas of {}", workload.title()), ..found }
}

fn bound(object: &Object, parents: &[&str], key: &str, default: Amount) -> Bound {
    let field = object.value.at(parents).and_then(Value::as_map).and_then(|map| map.get(key));
    let field = field.filter(|field| field.value.kind != Kind::Null);
    let what = format!("{key} of {}", object.title());
    match field {
        Some(field) => Bound::new(amount(&field.value), object.at(field.span()), what),
        None => Bound::new(default, object.place(), what),
    }
}

fn amount(value: &Value) -> Amount {
    let text = value.scalar_text().unwrap_or_default();
    let number = value.as_number().or_else(|| text.trim().trim_end_matches('%').parse().ok());
    number.map_or(Amount::Unknown(text), Amount::Written)
}

/// What an autoscaler watches.
#[derive(Default)]
struct Metrics {
    cpu: Option<Bound>,
    memory: Option<Bound>,
    /// The CPU threshold is a share of what the pods request.
    is_share: bool,
}

impl Metrics {
    fn put(&mut self, resource: &str, bound: Bound, is_share: bool) {
        match resource {
            "cpu" => {
                self.cpu.get_or_insert(bound);
                self.is_share |= is_share;
            }
            "memory" => drop(self.memory.get_or_insert(bound)),
            _ => {}
        }
    }
}

/// `spec.metrics` in both of its shapes, and the one number of `autoscaling/v1`; with none of them CPU at 80 %.
fn metrics(scaler: &Object, workload: &Object) -> Metrics {
    let mut found = Metrics::default();
    let list = scaler.value.at(&["spec", "metrics"]).and_then(Value::as_list).unwrap_or_default();
    for metric in list {
        let Some(source) = metric.get("resource").or_else(|| metric.get("containerResource")) else { continue };
        let resource = source.get("name").and_then(Value::scalar_text).unwrap_or_default();
        let target = source.get("target").unwrap_or(source);
        let field = |key: &str| target.as_map().and_then(|map| map.get(key));
        let what = format!("{resource} threshold of {}", scaler.title());
        if let Some(share) = field("averageUtilization").or_else(|| field("targetAverageUtilization")) {
            found.put(&resource, Bound::new(amount(&share.value), at(scaler, share), what), true);
        } else if let Some(value) = field("averageValue").or_else(|| field("targetAverageValue")) {
            let amount = share_of_request(&value.value, workload, &resource);
            found.put(&resource, Bound::new(amount, at(scaler, value), what), false);
        }
    }
    if list.is_empty() {
        let what = format!("cpu threshold of {}", scaler.title());
        let written = bound(scaler, &["spec"], "targetCPUUtilizationPercentage", Amount::Default(80.0));
        found.put("cpu", Bound { what, ..written }, true);
    }
    found
}

/// The triggers of KEDA that are resources.
fn triggers(scaler: &Object, workload: &Object) -> Metrics {
    let mut found = Metrics::default();
    for trigger in scaler.value.at(&["spec", "triggers"]).and_then(Value::as_list).unwrap_or_default() {
        let resource = trigger.get("type").and_then(Value::scalar_text).unwrap_or_default();
        let Some(value) = trigger.get("metadata").and_then(Value::as_map).and_then(|map| map.get("value")) else {
            continue;
        };
        let way = trigger.get("metricType").or_else(|| trigger.at(&["metadata", "type"])).and_then(Value::scalar_text);
        let what = format!("{resource} threshold of {}", scaler.title());
        let is_share = way.as_deref() != Some("AverageValue");
        let amount = if is_share { amount(&value.value) } else { share_of_request(&value.value, workload, &resource) };
        found.put(&resource, Bound::new(amount, at(scaler, value), what), is_share);
    }
    found
}

fn at(object: &Object, field: &Field) -> crate::evidence::Place {
    object.at(field.span())
}

/// An amount as a share of what the containers of a workload request.
fn share_of_request(value: &Value, workload: &Object, resource: &str) -> Amount {
    let text = value.scalar_text().unwrap_or_default();
    let share = request(workload, resource)
        .filter(|request| *request > 0.0)
        .and_then(|request| Some(measure(&text)? / request * 100.0));
    share.map_or_else(|| Amount::Unknown(format!("{text}, of which the workload states no request")), Amount::Written)
}

/// What all containers of a workload request together; `None` when one of them requests nothing.
fn request(workload: &Object, resource: &str) -> Option<f64> {
    let containers = workload.containers();
    let one = |container: &crate::facts::kubernetes::Container<'_>| {
        let asked = container.value.at(&["resources", "requests", resource]);
        // A limit without a request is the request.
        let asked = asked.or_else(|| container.value.at(&["resources", "limits", resource]))?;
        measure(&asked.scalar_text()?)
    };
    let sum: Option<f64> = containers.iter().map(one).sum();
    sum.filter(|_| !containers.is_empty())
}

/// `500m` of a core, `128Mi` of memory, or a bare number; in cores and bytes.
fn measure(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let amount: f64 = text[..end].parse().ok()?;
    let power = |base: f64, exponent: i32| base.powi(exponent);
    Some(
        amount
            * match &text[end..] {
                "" => 1.0,
                "m" => 1e-3,
                "k" => 1e3,
                "M" => 1e6,
                "G" => 1e9,
                "Ki" => 1024.0,
                "Mi" => power(1024.0, 2),
                "Gi" => power(1024.0, 3),
                "Ti" => power(1024.0, 4),
                _ => return None,
            },
    )
}

/// Knative scales by itself; its limits are annotations of the revision.
fn knative(workload: &Object) -> Scaled {
    let notes = workload.value.at(&["spec", "template", "metadata", "annotations"]).and_then(Value::as_map);
    let note = |names: [&str; 2]| notes.and_then(|notes| names.iter().find_map(|name| notes.get(name)));
    let limit = |names: [&str; 2], default: Amount| {
        let what = format!("{} of {}", names[0], workload.title());
        match note(names) {
            Some(field) => Bound::new(amount(&field.value), at(workload, field), what),
            None => Bound::new(default, workload.place(), what),
        }
    };
    let min = limit(["autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale"], Amount::Default(0.0));
    let mut max = limit(["autoscaling.knative.dev/max-scale", "autoscaling.knative.dev/maxScale"], Amount::Unbounded);
    if max.amount == Amount::Written(0.0) {
        max.amount = Amount::Unbounded;
    }
    let metric = note(["autoscaling.knative.dev/metric"; 2]).and_then(|field| field.value.scalar_text());
    let target = note(["autoscaling.knative.dev/target"; 2]).map(|field| {
        Bound::new(amount(&field.value), at(workload, field), format!("threshold of {}", workload.title()))
    });
    let of = |resource: &str| target.clone().filter(|_| metric.as_deref() == Some(resource));
    let scaler = Scaler {
        title: "the autoscaler of Knative".into(),
        place: workload.place(),
        cpu: of("cpu"),
        memory: None,
        states: &["cpu"],
        broken: None,
    };
    Scaled { title: workload.title(), place: workload.place(), min, max, scaler: Some(scaler), refused: None }
}
