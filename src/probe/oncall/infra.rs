//! Escalations and schedules that Terraform declares.

use super::{Chain, Level, Rotation, named};
use crate::evidence::Blind;
use crate::facts::Facts;
use crate::facts::infra::Resource;
use crate::value::{Kind, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds that escalate or rotate; what could not be read of them leaves the answer open.
const KINDS: &[&str] = &[
    "pagerduty_escalation_policy",
    "pagerduty_schedule",
    "opsgenie_escalation",
    "opsgenie_schedule_rotation",
    "grafana_oncall_escalation",
    "grafana_oncall_on_call_shift",
    "incident_escalation_path",
    "incident_schedule",
];

pub(super) fn unread(facts: &Facts<'_>) -> Vec<Blind> {
    facts.infra().unread(KINDS)
}

pub(super) fn chains(facts: &Facts<'_>) -> Vec<Chain> {
    let mut chains = Vec::new();
    let mut by_chain: BTreeMap<String, Vec<&Resource>> = BTreeMap::new();
    for resource in facts.infra().production() {
        match resource.kind.as_str() {
            "pagerduty_escalation_policy" => chains.push(pagerduty(facts, resource)),
            "opsgenie_escalation" => chains.push(opsgenie(facts, resource)),
            "incident_escalation_path" => chains.push(incident(facts, resource)),
            "grafana_oncall_escalation" => {
                let chain = resource.value.get("escalation_chain_id").and_then(named).unwrap_or_default();
                by_chain.entry(chain).or_default().push(resource);
            }
            _ => {}
        }
    }
    chains.extend(by_chain.into_iter().filter_map(|(chain, steps)| grafana(facts, &chain, steps)));
    chains
}

/// Every block of a name, whether it is written once or several times.
fn blocks<'v>(value: &'v Value, name: &str) -> Vec<&'v Value> {
    match value.get(name).map(|value| (&value.kind, value)) {
        Some((Kind::List(list), _)) => list.iter().collect(),
        Some((Kind::Map(_), map)) => vec![map],
        _ => Vec::new(),
    }
}

/// Each rule waits before the next one is called.
fn pagerduty(facts: &Facts<'_>, resource: &Resource) -> Chain {
    let mut after = Some(0.0);
    let mut levels = Vec::new();
    for rule in blocks(&resource.value, "rule") {
        let target = target(&blocks(rule, "target"), &["id"]);
        levels.push(Level { target, after, place: resource.at(rule.span) });
        let delay = rule.get("escalation_delay_in_minutes").and_then(Value::as_number);
        after = after.zip(delay).map(|(after, delay)| after + 60.0 * delay);
    }
    chain(facts, resource, levels)
}

/// Each rule says how long after the alert it calls.
fn opsgenie(facts: &Facts<'_>, resource: &Resource) -> Chain {
    let rules = blocks(&resource.value, "rules").into_iter();
    let levels = rules.map(|rule| Level {
        target: target(&blocks(rule, "recipient"), &["id"]),
        after: rule.get("delay").and_then(Value::as_number).map(|minutes| 60.0 * minutes),
        place: resource.at(rule.span),
    });
    chain(facts, resource, levels.collect())
}

/// Levels of a path, each with the time to acknowledge before the next.
fn incident(facts: &Facts<'_>, resource: &Resource) -> Chain {
    let mut after = Some(0.0);
    let mut levels = Vec::new();
    for step in blocks(&resource.value, "path") {
        for level in blocks(step, "level") {
            levels.push(Level {
                target: target(&blocks(level, "targets"), &["id"]),
                after,
                place: resource.at(level.span),
            });
            let delay = level.get("time_to_ack_seconds").and_then(Value::as_number);
            after = after.zip(delay).map(|(after, delay)| after + delay);
        }
    }
    chain(facts, resource, levels)
}

fn chain(facts: &Facts<'_>, resource: &Resource, levels: Vec<Level>) -> Chain {
    let name = resource.value.get("name").and_then(named).map(|name| format!(" \"{name}\"")).unwrap_or_default();
    Chain {
        place: resource.place(),
        title: format!("{}{name}", resource.title()),
        levels,
        is_used: is_named(facts, resource),
    }
}

/// Steps in the order of their positions: calls, and waits between them.
fn grafana(facts: &Facts<'_>, chain: &str, mut steps: Vec<&Resource>) -> Option<Chain> {
    let position = |step: &Resource| step.value.get("position").and_then(Value::as_number).unwrap_or(0.0);
    steps.sort_by(|one, other| position(one).total_cmp(&position(other)));
    let mut after = Some(0.0);
    let mut levels = Vec::new();
    for step in &steps {
        if step.value.get("type").and_then(Value::as_str) == Some("wait") {
            let wait = step.value.get("duration").and_then(Value::as_number);
            after = after.zip(wait).map(|(after, wait)| after + wait);
        } else {
            let keys =
                ["persons_to_notify", "notify_on_call_from_schedule", "group_to_notify", "notify_to_team_members"];
            let target = target(&[&step.value], &keys);
            levels.push(Level { target, after, place: step.place() });
        }
    }
    let name = chain.trim_end_matches(".id");
    let used = others(facts).any(|other| other.kind != "grafana_oncall_escalation" && mentions(&other.value, name));
    let place = steps.first()?.place();
    Some(Chain { place, title: format!("escalation chain {name}"), levels, is_used: used || name.is_empty() })
}

/// Who is called: the values of some keys, together.
fn target(values: &[&Value], keys: &[&str]) -> String {
    let texts = values.iter().flat_map(|value| keys.iter().filter_map(|key| value.get(key)));
    let texts: Vec<String> = texts.flat_map(everything).collect();
    if texts.is_empty() { "somebody".to_owned() } else { texts.join(", ") }
}

fn everything(value: &Value) -> Vec<String> {
    match &value.kind {
        Kind::List(list) => list.iter().filter_map(named).collect(),
        _ => named(value).into_iter().collect(),
    }
}

fn others<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = &'f Resource> {
    const PAGERS: &[&str] = &["pagerduty_", "opsgenie_", "grafana_oncall_", "incident_"];
    facts.infra().production().filter(|resource| PAGERS.iter().any(|pager| resource.kind.starts_with(pager)))
}

/// Whether another resource of a pager names this one.
fn is_named(facts: &Facts<'_>, resource: &Resource) -> bool {
    let address = resource.name.rsplit('.').next().unwrap_or(&resource.name);
    let address = format!("{}.{address}", resource.kind);
    others(facts).any(|other| other.name != resource.name && mentions(&other.value, &address))
}

fn mentions(value: &Value, address: &str) -> bool {
    match &value.kind {
        Kind::Expr(expression) => expression.raw.contains(address),
        Kind::Str(text) => text.contains(address),
        Kind::List(list) => list.iter().any(|inner| mentions(inner, address)),
        Kind::Map(map) => map.values().any(|field| mentions(&field.value, address)),
        _ => false,
    }
}

pub(super) fn rotations(facts: &Facts<'_>) -> Vec<Rotation> {
    facts.infra().production().filter_map(rotation).collect()
}

fn rotation(resource: &Resource) -> Option<Rotation> {
    let value = &resource.value;
    let people: BTreeSet<String> = match resource.kind.as_str() {
        "pagerduty_schedule" => {
            blocks(value, "layer").into_iter().filter_map(|layer| layer.get("users")).flat_map(everything).collect()
        }
        "opsgenie_schedule_rotation" => {
            let participants = blocks(value, "participant").into_iter();
            participants.filter_map(|one| one.get("id").or_else(|| one.get("username")).and_then(named)).collect()
        }
        "grafana_oncall_on_call_shift" => {
            let keys = ["users", "rolling_users"];
            let listed = keys.iter().filter_map(|key| value.get(key).and_then(Value::as_list)).flatten();
            listed.flat_map(everything).collect()
        }
        "incident_schedule" => {
            let rotations = blocks(value, "rotations").into_iter().flat_map(|one| blocks(one, "versions"));
            rotations.filter_map(|version| version.get("users")).flat_map(everything).collect()
        }
        _ => return None,
    };
    Some(Rotation { place: resource.place(), title: resource.title(), people })
}
