//! What infrastructure code tells to notify: subscriptions, channels, action groups, pagers and their people's rules.

mod monitors;
mod topics;

pub(in crate::facts) use monitors::handles;

use super::grafana::Point;
use super::receiver::{self, Context};
use super::{Config, End, Flaw, Notify, State, channel};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::infra::{Resource, Tool};
use crate::value::{Kind, Value};

/// Kinds that notify, whichever of them is read how.
const KINDS: &[&str] = &[
    "aws_sns_topic_subscription",
    "aws_chatbot_slack_channel_configuration",
    "aws_ssmcontacts_contact_channel",
    "google_monitoring_notification_channel",
    "azurerm_monitor_action_group",
    "pagerduty_service_integration",
    "pagerduty_user_notification_rule",
    "pagerduty_slack_connection",
    "opsgenie_*",
    "grafana_contact_point",
    "grafana_oncall_*",
    "datadog_monitor",
    "digitalocean_monitor_alert",
    "digitalocean_uptime_alert",
    "newrelic_notification_channel",
    "newrelic_alert_channel",
    "sentry_issue_alert",
    "sentry_metric_alert",
    "checkly_alert_channel",
    "statuscake_contact_group",
    "betteruptime_*",
];

/// How many of them are followed: each is looked for in everything else.
const MOST: usize = 500;

/// Words in the source of a module that may notify somebody; a network or a database does not.
const MODULES: &[&str] = &[
    "alarm", "alert", "chatbot", "incident", "monitor", "notif", "observab", "oncall", "opsgenie", "pager", "slack",
    "sns",
];

/// A block, the channel that it is, and the setting that holds its address.
type Block = (&'static str, &'static str, &'static str);

/// Kinds whose blocks are channels.
#[rustfmt::skip]
const BLOCKS: &[(&str, &[Block])] = &[
    ("azurerm_monitor_action_group", &[
        ("email_receiver", "email", "email_address"), ("sms_receiver", "sms", ""), ("voice_receiver", "phone", ""),
        ("webhook_receiver", "webhook", "service_uri"), ("azure_app_push_receiver", "mobile_push", ""),
        ("logic_app_receiver", "function", ""), ("azure_function_receiver", "function", ""), ("event_hub_receiver", "queue", ""),
        ("arm_role_receiver", "email", ""),
    ]),
    ("digitalocean_monitor_alert", &[("alerts.email", "email", ""), ("alerts.slack", "slack", "")]),
    ("digitalocean_uptime_alert", &[("notifications.email", "email", ""), ("notifications.slack", "slack", "")]),
    ("statuscake_contact_group", &[("email_addresses", "email", ""), ("mobile_numbers", "sms", ""), ("ping_url", "webhook", "")]),
    ("checkly_alert_channel", &[
        ("email", "email", "address"), ("slack", "slack", ""), ("sms", "sms", ""), ("call", "phone", ""),
        ("pagerduty", "pagerduty", ""), ("opsgenie", "opsgenie", ""), ("webhook", "webhook", "url"),
    ]),
    ("betteruptime_monitor", &[("sms", "sms", ""), ("call", "phone", ""), ("email", "email", "")]),
];

/// The words for channels that settings of other kinds use.
#[rustfmt::skip]
const TYPES: &[(&str, &str)] = &[
    ("email", "email"), ("sms", "sms"), ("pagerduty", "pagerduty"), ("slack", "slack"), ("webhook", "webhook"),
    ("webhook_tokenauth", "webhook"), ("webhook_basicauth", "webhook"), ("pubsub", "queue"), ("google_chat", "google_chat"),
    ("pagerduty_account_integration", "pagerduty"), ("pagerduty_service_integration", "pagerduty"), ("opsgenie", "opsgenie"),
    ("victorops", "splunk_on_call"), ("voice", "phone"), ("sms_contact_method", "sms"), ("phone_contact_method", "phone"),
    ("email_contact_method", "email"), ("push_notification_contact_method", "mobile_push"), ("mobile", "mobile_push"),
    ("notify_by_sms", "sms"), ("notify_by_phone_call", "phone"), ("notify_by_slack", "slack"), ("notify_by_email", "email"),
    ("campfire", "campfire"), ("msteams", "teams"), ("event_bridge", "queue"), ("slack_legacy", "slack"), ("user", "email"),
];

/// Reads all of it.
pub(super) fn read(facts: &Facts<'_>, view: &mut Notify) {
    let infra = facts.infra();
    let may_notify = |blind: &Blind| {
        let Some(source) = blind.why.strip_prefix("the module ") else { return true };
        let is_address = !source.contains("::") && !source.contains("git") && !source.contains("http");
        !is_address || MODULES.iter().any(|word| source.contains(word))
    };
    view.blind.extend(infra.unread(KINDS).into_iter().filter(may_notify));
    view.blind.extend(elsewhere(facts));
    let mut found = 0;
    for resource in &infra.resources {
        let ends = match resource.kind.as_str() {
            "aws_sns_topic_subscription" => topics::subscription(facts, resource),
            "aws_sns_topic" => topics::inline(facts, resource),
            kind if kind.contains("chatbot_slack") || kind == "AWS::Chatbot::SlackChannelConfiguration" => {
                vec![end(resource, "slack", resource.place(), State::Reached { critical: true })]
            }
            "datadog_monitor" => monitors::datadog(resource, &mut view.blind),
            "sentry_issue_alert" | "sentry_metric_alert" => monitors::sentry(resource),
            kind => match BLOCKS.iter().find(|(known, _)| *known == kind) {
                Some((_, blocks)) => of_blocks(facts, resource, blocks),
                None => by_type(facts, resource).map_or_else(Vec::new, |found| with_taker(resource, found)),
            },
        };
        if found > MOST {
            view.blind.push(Blind { place: None, why: format!("more than {MOST} channels are declared") });
            break;
        }
        if !ends.is_empty() {
            found += 1;
            let (place, title, standing) = (resource.place(), resource.title(), resource.standing.clone());
            view.configs.push(Config { place, title, standing, ends, routing: None });
        }
    }
}

/// Alerts that call what stands outside of the tree.
fn elsewhere(facts: &Facts<'_>) -> Option<Blind> {
    const CALLS: &[(&str, &str)] = &[
        ("aws_cloudwatch_metric_alarm", "alarm_actions"),
        ("aws_cloudwatch_composite_alarm", "alarm_actions"),
        ("google_monitoring_alert_policy", "notification_channels"),
        ("azurerm_monitor_*", "action.action_group_id"),
    ];
    CALLS.iter().find_map(|(kind, path)| {
        let path = crate::facts::kubernetes::path::Path::parse(path);
        facts.infra().of_kind(kind).find_map(|resource| {
            let setting = resource.settings(&path).into_iter().find(|setting| {
                ["var.", "data.", "module."].iter().any(|start| mentions_start(&setting.value, start))
            })?;
            let why = format!("whom {} notifies is not in the tree", resource.title());
            Some(Blind { place: Some(setting.place), why })
        })
    })
}

fn mentions_start(value: &Value, start: &str) -> bool {
    match &value.kind {
        Kind::Expr(expression) => expression.raw.starts_with(start),
        Kind::List(list) => list.iter().any(|inner| mentions_start(inner, start)),
        _ => false,
    }
}

fn end(resource: &Resource, channel: &str, place: Place, state: State) -> End {
    End { channel: channel.to_owned(), place, title: resource.title(), state, is_leaked: false }
}

/// Kinds that say in one setting which channel they are.
fn by_type(facts: &Facts<'_>, resource: &Resource) -> Option<End> {
    let (key, mut state) = match resource.kind.as_str() {
        "google_monitoring_notification_channel" | "newrelic_notification_channel" | "newrelic_alert_channel" => {
            ("type", named(facts, resource))
        }
        "pagerduty_user_notification_rule" => ("contact_method.type", State::Reached { critical: true }),
        "opsgenie_notification_rule" => ("steps.contact.method", State::Reached { critical: true }),
        "opsgenie_user_contact" => ("method", State::Reached { critical: true }),
        "aws_ssmcontacts_contact_channel" | "grafana_oncall_user_notification_rule" => {
            ("type", State::Reached { critical: true })
        }
        "pagerduty_slack_connection" => {
            return Some(end(resource, "slack", resource.place(), State::Reached { critical: true }));
        }
        "pagerduty_service_integration" | "opsgenie_api_integration" | "opsgenie_email_integration" => {
            let channel = if resource.kind.starts_with("pagerduty") { "pagerduty" } else { "opsgenie" };
            let state = match named(facts, resource) {
                State::Silent(_) => State::Unclear("what sends alerts to it is not in the tree".to_owned()),
                state => state,
            };
            return Some(end(resource, channel, resource.place(), state));
        }
        "grafana_oncall_integration" => {
            return Some(end(resource, "grafana_oncall", resource.place(), State::Reached { critical: true }));
        }
        _ => return None,
    };
    let setting = resource.setting(key)?;
    let Some(word) = setting.text().map(|word| word.to_ascii_lowercase()) else {
        let why = "its type is not in the tree".to_owned();
        return Some(end(resource, "webhook", setting.place, State::Unclear(why)));
    };
    let channel = TYPES.iter().find(|(known, _)| *known == word).map_or("another tool", |(_, channel)| *channel);
    if resource.setting("enabled").and_then(|setting| setting.value.as_bool()) == Some(false) {
        state = State::Silent("it is switched off".to_owned());
    }
    if channel == "email" {
        let address = ADDRESSES.iter().find_map(|path| resource.setting(path)?.text());
        if let Some(why) = address.and_then(|address| channel::no_mailbox(&address)) {
            state = State::Silent(why);
        }
    }
    if resource.setting("urgency").and_then(|setting| setting.text()).as_deref() == Some("low") {
        state = State::Reached { critical: false };
    }
    Some(end(resource, channel, setting.place, state))
}

/// Kinds whose blocks are channels.
fn of_blocks(facts: &Facts<'_>, resource: &Resource, blocks: &[Block]) -> Vec<End> {
    let is_alert = ["digitalocean_", "betteruptime_"].iter().any(|start| resource.kind.starts_with(start));
    let is_off = resource.setting("enabled").and_then(|setting| setting.value.as_bool()) == Some(false);
    let reached = match is_off {
        true => State::Silent("it is switched off".to_owned()),
        false if is_alert => State::Reached { critical: true },
        false => named(facts, resource),
    };
    let mut ends = Vec::new();
    for (block, channel, address) in blocks {
        let path = crate::facts::kubernetes::path::Path::parse(block);
        for setting in resource.settings(&path).iter().filter(|setting| setting.default_of.is_none()) {
            let value: &Value = &setting.value;
            let is_empty = value.as_list().is_some_and(<[Value]>::is_empty) || value.as_bool() == Some(false);
            if is_empty || matches!(value.kind, Kind::Null) {
                continue;
            }
            for entry in value.as_list().unwrap_or(std::slice::from_ref(value)) {
                let text = entry.get(address).and_then(Value::scalar_text).or_else(|| entry.scalar_text());
                let mut channel = *channel;
                if channel == "webhook" {
                    channel = text.as_deref().map_or("webhook", channel::of_address);
                }
                let hole = text.and_then(|text| match channel {
                    "email" => channel::no_mailbox(&text),
                    "webhook" => channel::nowhere(&text),
                    _ => None,
                });
                // The mailbox of a chat or a pager: mail to it is read there.
                let whose = entry.get(address).unwrap_or(entry);
                let taker = (channel == "email").then(|| channel::of_mailbox(&topics::written(whose))).flatten();
                let hides = matches!(entry.kind, Kind::Expr(_)) && !address.is_empty();
                let state = match hole {
                    Some(why) => State::Silent(why),
                    None if hides => State::Unclear("whom it names is not in the tree".to_owned()),
                    None => reached.clone(),
                };
                let place = if entry.as_map().is_some() { resource.at(entry.span) } else { setting.place.clone() };
                ends.extend(taker.map(|taker| end(resource, taker, place.clone(), state.clone())));
                ends.push(end(resource, channel, place, beside(taker, state)));
            }
        }
    }
    ends
}

/// Where kinds that [`by_type`] reads keep an address.
const ADDRESSES: &[&str] = &["labels.email_address", "config.recipients", "delivery_address.simple_address"];

/// An end, and the chat or pager that takes its mail.
fn with_taker(resource: &Resource, found: End) -> Vec<End> {
    let setting = || ADDRESSES.iter().find_map(|path| resource.setting(path));
    let address = (found.channel == "email").then(setting).flatten();
    match address.and_then(|address| channel::of_mailbox(&topics::written(&address.value))) {
        Some(taker) => {
            let mail = End { state: beside(Some(taker), found.state.clone()), ..found.clone() };
            vec![End { channel: taker.to_owned(), ..found }, mail]
        }
        None => vec![found],
    }
}

/// What a mail says of mailboxes: where a chat or a pager takes it, whether people read it as mail cannot be told.
pub(super) fn beside(taker: Option<&str>, state: State) -> State {
    taker.map_or(state, |taker| State::Unclear(format!("its address is one of {taker}, where mail becomes a message")))
}

/// Whether something else leads to a resource: it is reached then. What only an output or a module passes on may be.
fn named(facts: &Facts<'_>, resource: &Resource) -> State {
    let address = address(resource);
    // A budget that is spent is no alert.
    let is_other = |other: &&Resource| other.name != resource.name || other.kind != resource.kind;
    let others = facts.infra().production().filter(|other| is_other(other) && !other.kind.contains("budget"));
    if others.into_iter().any(|other| mentions(&other.value, &address)) {
        return State::Reached { critical: !is_quiet(&resource.name) };
    }
    let is_written = facts.tree.files().iter().filter(|file| file.path.ends_with(".tf")).any(|file| {
        file.text().is_some_and(|source| {
            source.text().match_indices(&address).any(|(at, _)| ends_there(source.text(), at + address.len()))
        })
    });
    if is_written && resource.tool == Tool::Terraform {
        State::Unclear("it is passed on, and what takes it is not in the tree".to_owned())
    } else {
        State::Silent("nothing leads to it".to_owned())
    }
}

/// How other resources call one: `aws_sns_topic.alerts`, or its name alone in other tools.
fn address(resource: &Resource) -> String {
    let label = resource.name.rsplit('.').next().unwrap_or(&resource.name);
    let label = label.split('[').next().unwrap_or(label);
    if resource.tool == Tool::Terraform { format!("{}.{label}", resource.kind) } else { label.to_owned() }
}

fn mentions(value: &Value, address: &str) -> bool {
    let is_in = |text: &str| text.match_indices(address).any(|(at, _)| ends_there(text, at + address.len()));
    match &value.kind {
        Kind::Expr(expression) => is_in(&expression.raw),
        Kind::Str(text) => is_in(text),
        Kind::List(list) => list.iter().any(|inner| mentions(inner, address)),
        // What only waits for a resource does not lead to it.
        Kind::Map(map) => map.iter().any(|(key, field)| key != "depends_on" && mentions(&field.value, address)),
        _ => false,
    }
}

/// Whether a name ends at an offset: `topic.ops` is not `topic.ops_low`.
fn ends_there(text: &str, at: usize) -> bool {
    !text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .is_some_and(|next| next.is_alphanumeric() || next == '_' || next == '-')
}

/// Whether a name says that it is for what can wait.
pub(in crate::facts) fn is_quiet(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["warn", "info", "low"].iter().any(|word| name.split(['_', '-', '.']).any(|part| part.starts_with(word)))
        && !["critical", "page", "high"].iter().any(|word| name.contains(word))
}

/// Contact points of Grafana, as Terraform writes them: a block for each integration.
pub(super) fn contact_points(facts: &Facts<'_>) -> Vec<Point> {
    let resources = facts.infra().resources.iter().filter(|resource| resource.kind == "grafana_contact_point");
    let point = |resource: &Resource| {
        let at = |span| resource.at(span);
        let context = Context { at: &at, global: None, is_part: true };
        let mut integrations = Vec::new();
        for (block, field) in resource.value.as_map().into_iter().flatten() {
            let Some(channel) = channel::of_integration(block) else { continue };
            let entries = field.value.as_list().unwrap_or(std::slice::from_ref(&field.value)).iter();
            integrations.extend(entries.map(|entry| receiver::integration(channel, entry, field.key, &context)));
        }
        let name = resource.setting("name").and_then(|setting| setting.text());
        let names = [address(resource)].into_iter().chain(name).collect();
        Point { names, place: resource.place(), standing: resource.standing.clone(), integrations }
    };
    resources.map(point).collect()
}

/// An end that a protocol and an address make.
fn by_protocol(protocol: &str, address: Option<&str>) -> (&'static str, Option<Flaw>) {
    match protocol {
        "email" | "email-json" => ("email", address.and_then(channel::no_mailbox).map(Flaw::Nobody)),
        "sms" => ("sms", None),
        "http" | "https" => (address.map_or("webhook", channel::of_address), None),
        "lambda" => ("function", None),
        "application" => ("mobile_push", None),
        _ => ("queue", None),
    }
}
