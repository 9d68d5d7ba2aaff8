//! What sends messages of its own from inside a cluster: Flagger, Argo's notifications, Datadog's monitors as objects.

use super::{Config, End, Notify, State, cloud};
use crate::facts::Facts;
use crate::facts::kubernetes::Object;
use crate::value::Value;

/// Triggers of Argo that speak of something wrong; a deployment is a notice, not an alert.
const TRIGGERS: &[&str] = &["degraded", "failed", "error", "aborted", "unknown"];

/// How many are followed: each is looked for in all other objects.
const MOST: usize = 200;

/// Reads all of them.
pub(super) fn read(facts: &Facts<'_>, view: &mut Notify) {
    let is_one = |object: &&Object| {
        let holds = object.name.contains("notification") && object.kind == "ConfigMap";
        holds || matches!(object.kind.as_str(), "AlertProvider" | "DatadogMonitor")
    };
    for object in facts.kubernetes().objects.iter().filter(is_one).take(MOST) {
        let ends = match object.kind.as_str() {
            "AlertProvider" => flagger(facts, object),
            "DatadogMonitor" => datadog(object),
            _ => argo(facts, object),
        };
        if !ends.is_empty() {
            let (place, title, standing) = (object.place(), object.title(), object.standing.clone());
            view.configs.push(Config { place, title, standing, ends, routing: None });
        }
    }
}

fn end(object: &Object, channel: &str, value: &Value, state: State) -> End {
    let place = object.at(value.span);
    End { channel: channel.to_owned(), place, title: object.title(), state, is_leaked: false }
}

/// A provider of Flagger that the analysis of a canary names.
fn flagger(facts: &Facts<'_>, object: &Object) -> Vec<End> {
    let Some(kind) = object.value.at(&["spec", "type"]) else { return Vec::new() };
    let channel = match kind.as_str() {
        Some("slack") => "slack",
        Some("msteams") => "teams",
        Some("rocket") => "rocketchat",
        Some("discord") => "discord",
        _ => return Vec::new(),
    };
    let names = |canary: &Object| {
        let alerts =
            canary.value.at(&["spec", "analysis", "alerts"]).and_then(Value::as_list).unwrap_or_default().iter();
        alerts.filter_map(|alert| alert.at(&["providerRef", "name"])?.as_str()).any(|name| name == object.name)
    };
    let mut canaries = facts.kubernetes().production().filter(|other| other.kind == "Canary");
    let state = if canaries.any(names) {
        State::Reached { critical: true }
    } else {
        State::Silent("no canary names it".to_owned())
    };
    vec![end(object, channel, kind, state)]
}

/// Services of Argo's notifications that a subscription to something wrong names.
fn argo(facts: &Facts<'_>, object: &Object) -> Vec<End> {
    let data = object.value.get("data").and_then(Value::as_map).into_iter().flatten();
    let mut ends = Vec::new();
    for (key, field) in data {
        let Some(service) = key.strip_prefix("service.") else { continue };
        let word = service.split('.').next().unwrap_or(service);
        let channel = match word {
            "slack" | "email" | "opsgenie" | "teams" | "webhook" | "telegram" => word,
            "pagerduty" | "pagerdutyv2" => "pagerduty",
            "googlechat" => "google_chat",
            _ => continue,
        };
        let is_subscribed = |other: &Object| {
            let annotations =
                other.value.at(&["metadata", "annotations"]).and_then(Value::as_map).into_iter().flatten();
            annotations.filter_map(|(key, _)| key.strip_prefix("notifications.argoproj.io/subscribe.")).any(|name| {
                name.rsplit('.').next() == Some(word) && TRIGGERS.iter().any(|trigger| name.contains(trigger))
            })
        };
        let in_map = object.value.at(&["data", "subscriptions"]).and_then(Value::as_str).is_some_and(|text| {
            text.contains(&format!("{word}:")) && TRIGGERS.iter().any(|trigger| text.contains(trigger))
        });
        if in_map || facts.kubernetes().production().any(is_subscribed) {
            ends.push(end(object, channel, &field.value, State::Reached { critical: true }));
        }
    }
    ends
}

/// The handles of a monitor.
fn datadog(object: &Object) -> Vec<End> {
    let Some(message) = object.value.at(&["spec", "message"]) else { return Vec::new() };
    let found = cloud::handles(message.as_str().unwrap_or_default());
    found.into_iter().map(|(channel, critical)| end(object, channel, message, State::Reached { critical })).collect()
}
