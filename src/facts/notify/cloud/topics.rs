//! Topics of Amazon SNS: a subscription notifies somebody of alerts when its topic is one that alarms publish to.

use super::{address, by_protocol, end, ends_there, is_quiet, mentions};
use crate::facts::Facts;
use crate::facts::infra::Resource;
use crate::facts::notify::{End, Flaw, State, channel};
use crate::value::{Kind, Value};

/// Kinds that publish to a topic when something is wrong.
const ALARMS: &[&str] = &[
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_event_rule",
    "aws_db_event_subscription",
    "aws_autoscaling_notification",
    "aws_guardduty_*",
    "aws_route53_health_check",
    "aws_ssmincidents_response_plan",
];

/// Words of a topic's name that say what it is for.
const WORDS: &[&str] =
    &["alarm", "alert", "critical", "incident", "monitor", "oncall", "on-call", "on_call", "outage", "pager"];

/// A subscription of its own.
pub(super) fn subscription(facts: &Facts<'_>, resource: &Resource) -> Vec<End> {
    let Some(topic) = resource.value.get("topic_arn") else { return Vec::new() };
    let topic = written(topic);
    let state = match purpose(facts, &topic) {
        Purpose::Alarms => State::Reached { critical: !is_quiet(&topic) },
        Purpose::Unclear => State::Unclear("what its topic is for is not in the tree".to_owned()),
        Purpose::Other => return Vec::new(),
    };
    let endpoint = resource.value.get("endpoint").map(written);
    of_protocol(resource, &resource.value, endpoint.as_deref(), state)
}

/// Subscriptions that stand in the topic itself, as `CloudFormation` writes them.
pub(super) fn inline(facts: &Facts<'_>, resource: &Resource) -> Vec<End> {
    let Some(subscriptions) = resource.value.get("subscription").and_then(Value::as_list) else { return Vec::new() };
    if purpose(facts, &address(resource)) != Purpose::Alarms && !is_named_so(resource) {
        return Vec::new();
    }
    let state = State::Reached { critical: !is_quiet(&resource.name) };
    let ends = subscriptions.iter().flat_map(|one| {
        let endpoint = one.get("endpoint").map(written);
        of_protocol(resource, one, endpoint.as_deref(), state.clone())
    });
    ends.collect()
}

fn of_protocol(resource: &Resource, value: &Value, endpoint: Option<&str>, state: State) -> Vec<End> {
    let Some(protocol) = value.get("protocol") else { return Vec::new() };
    let place = resource.at(protocol.span);
    let Some(word) = protocol.scalar_text() else {
        let why = "its protocol is not in the tree".to_owned();
        return vec![end(resource, "webhook", place, State::Unclear(why))];
    };
    let (channel, flaw) = by_protocol(&word.to_ascii_lowercase(), endpoint);
    let state = match flaw {
        Some(Flaw::Nobody(why)) => State::Silent(why),
        _ => state,
    };
    // The mailbox of a chat or a pager: mail to it is read there.
    let taker = endpoint.filter(|_| channel == "email").and_then(channel::of_mailbox);
    let mut ends: Vec<End> =
        taker.map(|taker| end(resource, taker, place.clone(), state.clone())).into_iter().collect();
    ends.push(end(resource, channel, place, super::beside(taker, state)));
    ends
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Alarms,
    Unclear,
    Other,
}

/// What a topic is for, by its address or its name.
fn purpose(facts: &Facts<'_>, topic: &str) -> Purpose {
    let lower = topic.to_ascii_lowercase();
    if WORDS.iter().any(|word| lower.contains(word)) {
        return Purpose::Alarms;
    }
    let trimmed = topic.trim_end_matches(".arn").trim_end_matches(".id").replace("[0]", "");
    let alarms = facts.infra().production().filter(|other| ALARMS.iter().any(|kind| other.is_kind(kind)));
    if !trimmed.is_empty() && alarms.into_iter().any(|alarm| mentions(&alarm.value, &trimmed)) {
        return Purpose::Alarms;
    }
    let declared = facts.infra().production().filter(|other| other.kind == "aws_sns_topic");
    let mut declared = declared.filter(|other| {
        let address = address(other);
        topic.match_indices(&address).any(|(at, _)| ends_there(topic, at + address.len()))
    });
    match declared.next() {
        Some(declared) if is_named_so(declared) => Purpose::Alarms,
        None if ["var.", "local.", "data.", "module.", "each."].iter().any(|start| topic.contains(start)) => {
            Purpose::Unclear
        }
        _ => Purpose::Other,
    }
}

/// Whether the name of a topic says that alarms publish to it.
fn is_named_so(resource: &Resource) -> bool {
    let names = ["name", "display_name", "topic_name", "name_prefix"]
        .iter()
        .filter_map(|key| resource.value.get(key))
        .map(written);
    names.chain([resource.name.clone()]).any(|name| {
        let lower = name.to_ascii_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    })
}

pub(super) fn written(value: &Value) -> String {
    match &value.kind {
        Kind::Expr(expression) => expression.raw.clone(),
        _ => value.scalar_text().unwrap_or_default(),
    }
}
