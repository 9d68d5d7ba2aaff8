//! Network policies of Kubernetes: which of them keep traffic from the project's pods.

use crate::evidence::{Answer, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::kubernetes::Object;
use crate::value::Value;
use std::collections::BTreeMap;

/// The kinds that are policies.
pub(super) const KINDS: &[&str] =
    &["NetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy"];

/// What a policy does with incoming traffic.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It is about other traffic.
    None,
    /// Nothing comes in.
    Denies,
    /// Named traffic comes in.
    Restricts,
    /// Everything comes in.
    AllowsAll,
}

/// Policies that keep traffic out.
pub(super) fn filtered(facts: &Facts<'_>, answer: &mut Answer) {
    for policy in policies(facts) {
        match effect(policy) {
            Effect::Denies => answer.seen.push(seen(policy, "lets nothing in by default")),
            Effect::Restricts => answer.seen.push(seen(policy, "lets in only named traffic")),
            Effect::AllowsAll => answer.notes.push(seen(policy, "lets everything in")),
            Effect::None => {}
        }
    }
    for policy in facts.kubernetes().objects.iter().filter(|policy| KINDS.contains(&policy.kind.as_str())) {
        answer.notes.extend(crate::probe::k8s::aside(policy.place(), &policy.title(), &policy.standing));
    }
}

/// Policies for all pods that let nothing in.
pub(super) fn default_deny(facts: &Facts<'_>, answer: &mut Answer) {
    for policy in policies(facts).into_iter().filter(|policy| selects_all(policy) && effect(policy) == Effect::Denies) {
        answer.seen.push(seen(policy, "lets nothing in by default"));
    }
}

/// Policies that let everything in, where there are no others.
pub(super) fn allow_all(facts: &Facts<'_>, answer: &mut Answer) {
    let effects: Vec<(&Object, Effect)> = policies(facts).into_iter().map(|policy| (policy, effect(policy))).collect();
    let about: Vec<_> = effects.iter().filter(|(_, effect)| *effect != Effect::None).collect();
    if about.iter().all(|(_, effect)| *effect == Effect::AllowsAll) {
        answer.seen.extend(about.iter().map(|(policy, _)| seen(policy, "lets everything in")));
    }
}

/// Policies of production that choose pods of the project, as far as the tree shows its pods.
fn policies<'f>(facts: &'f Facts<'_>) -> Vec<&'f Object> {
    let workloads: Vec<&Object> = facts.kubernetes().own_workloads().collect();
    let ours = |policy: &&Object| {
        let selector = selector(policy);
        workloads.is_empty() || selects_all(policy) || workloads.iter().any(|workload| workload.is_selected_by(&selector))
            // Expressions are not weighed: they may choose it.
            || policy.value.at(&["spec", "podSelector", "matchExpressions"]).is_some() || policy.kind != "NetworkPolicy"
    };
    facts.kubernetes().production().filter(|object| KINDS.contains(&object.kind.as_str())).filter(ours).collect()
}

fn selector(policy: &Object) -> BTreeMap<String, String> {
    let labels = policy.value.at(&["spec", "podSelector", "matchLabels"]).and_then(Value::as_map);
    labels
        .into_iter()
        .flatten()
        .filter_map(|(key, field)| Some((key.to_string(), field.value.scalar_text()?)))
        .collect()
}

fn selects_all(policy: &Object) -> bool {
    let selector = policy.value.at(&["spec", "podSelector"]).or_else(|| policy.value.at(&["spec", "endpointSelector"]));
    selector.is_none_or(|selector| selector.as_map().is_none_or(crate::value::Map::is_empty))
}

fn effect(policy: &Object) -> Effect {
    let Some(spec) = policy.value.get("spec") else { return Effect::None };
    if policy.kind != "NetworkPolicy" {
        let rules = spec.get("ingress").or_else(|| spec.get("ingressDeny"));
        return if rules.is_some() { Effect::Restricts } else { Effect::None };
    }
    let types = spec.get("policyTypes").or_else(|| spec.get("types")).and_then(Value::as_list);
    let about_ingress = types.is_none_or(|types| types.iter().any(|kind| kind.as_str() == Some("Ingress")));
    let rules = spec.get("ingress").and_then(Value::as_list).unwrap_or_default();
    if !about_ingress {
        return Effect::None;
    }
    match rules {
        [] => Effect::Denies,
        rules if rules.iter().any(is_everything) => Effect::AllowsAll,
        _ => Effect::Restricts,
    }
}

/// `{}`, or everybody's address on every port.
fn is_everything(rule: &Value) -> bool {
    let Some(map) = rule.as_map() else { return rule.kind == crate::value::Kind::Null };
    let has_ports = map.get("ports").is_some_and(|ports| ports.value.as_list().is_some_and(|list| !list.is_empty()));
    let sources = map.get("from").and_then(|from| from.value.as_list()).unwrap_or_default();
    let world = |source: &Value| source.at(&["ipBlock", "cidr"]).and_then(Value::as_str).is_some_and(super::is_world);
    !has_ports && (sources.is_empty() || sources.iter().any(world))
}

fn seen(policy: &Object, what: &str) -> Sighting {
    let spec = policy.value.as_map().and_then(|map| map.get("spec"));
    let place = spec.map_or_else(|| policy.place(), |spec| policy.at(spec.key));
    Sighting::new(place, Strength::Configured, format!("{} {what}", policy.title()))
}
