//! Monitors of Datadog and alerts of Sentry, which name whom they call in a message or in actions.

use super::end;
use crate::evidence::Blind;
use crate::facts::infra::Resource;
use crate::facts::notify::{End, State, channel};
use crate::facts::production::Standing;
use crate::value::{Kind, Value};

/// Handles in the message of a monitor: `@pagerduty-shop`, `@slack-alerts`, `@ann@shop.io`.
pub(super) fn datadog(resource: &Resource, blind: &mut Vec<Blind>) -> Vec<End> {
    let Some(setting) = resource.setting("message") else { return Vec::new() };
    let text = match &setting.value.kind {
        Kind::Expr(expression) => expression.raw.clone(),
        _ => setting.text().unwrap_or_default(),
    };
    let found = handles(&text);
    let hides = setting.is_opaque() || text.contains("${");
    if hides && found.is_empty() && resource.standing == Standing::Production {
        let why = format!("whom {} notifies is not in the tree", resource.title());
        blind.push(Blind { place: Some(setting.place.clone()), why });
    }
    let state = |is_loud| State::Reached { critical: is_loud };
    found.into_iter().map(|(channel, is_loud)| end(resource, channel, setting.place.clone(), state(is_loud))).collect()
}

/// The channels of the handles in a text, each with whether an alert calls it, not only a warning or a recovery.
pub(in crate::facts) fn handles(text: &str) -> Vec<(&'static str, bool)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || ".@_-".contains(letter)) {
            continue;
        }
        let handle: String =
            text[at + 1..].chars().take_while(|letter| letter.is_alphanumeric() || "@.-_+".contains(*letter)).collect();
        let word = handle.split(['-', '@', '.']).next().unwrap_or_default();
        let channel = match word {
            _ if handle.contains('@') && handle.rsplit('@').next().is_some_and(|domain| domain.contains('.')) => {
                if channel::no_mailbox(&handle).is_some() {
                    continue;
                }
                "email"
            }
            "pagerduty" => "pagerduty",
            "slack" => "slack",
            "opsgenie" => "opsgenie",
            "victorops" => "splunk_on_call",
            "teams" => "teams",
            "webhook" => "webhook",
            "sns" => "sns",
            "oncall" => "datadog_oncall",
            _ => continue,
        };
        let is_inside = |block: &str| {
            let (open, close) = (format!("{{{{#{block}}}}}"), format!("{{{{/{block}}}}}"));
            text[..at].matches(&open).count() > text[..at].matches(&close).count()
        };
        let is_quiet =
            ["is_warning", "is_recovery", "is_no_data", "is_warning_recovery"].iter().any(|block| is_inside(block));
        if is_inside("is_recovery") {
            continue;
        }
        found.push((channel, !is_quiet));
    }
    found
}

/// Actions of an alert in Sentry, by their names.
pub(super) fn sentry(resource: &Resource) -> Vec<End> {
    let mut texts = Vec::new();
    collect(&resource.value, &mut texts);
    let has = |parts: &[&str]| texts.iter().any(|text| parts.iter().any(|part| text.contains(part)));
    let known: &[(&str, &[&str])] = &[
        ("slack", &["integrations.slack", "\"slack\"", "slack_notify_service"]),
        ("pagerduty", &["integrations.pagerduty", "\"pagerduty\"", "pagerduty_notify_service"]),
        ("email", &["mail.actions", "\"email\"", "notify_email"]),
        ("opsgenie", &["integrations.opsgenie", "\"opsgenie\"", "opsgenie_notify_team"]),
    ];
    let named = |channel: &str| texts.iter().any(|text| text == channel);
    let found = known.iter().filter(|(channel, parts)| has(parts) || named(channel));
    found.map(|(channel, _)| end(resource, channel, resource.place(), State::Reached { critical: true })).collect()
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match &value.kind {
        Kind::Expr(expression) => texts.push(expression.raw.clone()),
        Kind::Str(text) => texts.push(text.clone()),
        Kind::List(list) => list.iter().for_each(|inner| collect(inner, texts)),
        Kind::Map(map) => {
            for (key, field) in map {
                texts.push(key.to_string());
                collect(&field.value, texts);
            }
        }
        _ => {}
    }
}
