//! What a receiver is made of: integrations, each with what it still lacks.

use super::channel;
use super::{Flaw, Integration};
use crate::evidence::Place;
use crate::facts::config::Held;
use crate::facts::secrets::{is_placeholder, is_reference};
use crate::source::Span;
use crate::value::{Field, Kind, Value};

/// How a configuration is written down.
pub(super) struct Context<'c> {
    /// Where a span of it lies.
    pub(super) at: &'c dyn Fn(Span) -> Place,
    /// `global` of the configuration.
    pub(super) global: Option<&'c Value>,
    /// Whether `global` stands in another object.
    pub(super) is_part: bool,
}

/// The integrations of a receiver.
pub(super) fn integrations(receiver: &Value, context: &Context<'_>) -> Vec<Integration> {
    let mut found = Vec::new();
    for (key, field) in receiver.as_map().into_iter().flatten() {
        let entries = field.value.as_list().unwrap_or_default();
        if matches!(key.as_str(), "grafana_managed_receiver_configs" | "receivers" | "grafanaManagedReceiverConfigs") {
            found.extend(entries.iter().filter_map(|entry| grafana(entry, context)));
        } else if key.to_ascii_lowercase().ends_with("configs") {
            let Some(word) = channel::of_integration(key) else { continue };
            found.extend(entries.iter().map(|entry| integration(word, entry, key_span(entry, field), context)));
        }
    }
    found
}

/// The first line of an entry, or its key.
fn key_span(entry: &Value, field: &Field) -> Span {
    entry.as_map().and_then(|map| map.values().next()).map_or(field.key, |first| first.key)
}

/// An integration of Grafana: a type and its settings.
pub(super) fn grafana(value: &Value, context: &Context<'_>) -> Option<Integration> {
    let kind = value.get("type")?;
    let word = channel::of_integration(&kind.scalar_text()?).unwrap_or("another tool");
    let settings = value.get("settings").unwrap_or(value);
    // What Grafana fills in from a secret is not written under the settings.
    let is_filled =
        ["valuesFrom", "secure_settings", "secureSettings", "settingsFrom"].iter().any(|key| value.get(key).is_some());
    let mut found =
        integration(word, settings, kind.span, &Context { is_part: is_filled || context.is_part, ..*context });
    if word == "email" && settings.get("addresses").is_none() && !is_filled {
        found.flaw = Some(Flaw::Nobody("no address".to_owned()));
    }
    Some(found)
}

/// One integration, with what is wrong with it.
pub(super) fn integration(word: &'static str, value: &Value, span: Span, context: &Context<'_>) -> Integration {
    let own = |keys: &[&'static str]| find(value, keys);
    let global = |keys: &[&'static str]| context.global.and_then(|global| find(global, keys));
    let mut channel = word;
    let mut asked: Option<(&str, &Value)> = None;
    let mut flaw = None;
    let lacks = |what: &str| (!context.is_part).then(|| Flaw::Unclear(format!("{what} is not in the tree")));
    match word {
        "pagerduty" => {
            asked = own(&["routing_key", "service_key", "integration_key", "routing_key_file", "service_key_file"]);
            flaw = if asked.is_none() { lacks("its routing key") } else { None };
        }
        "slack" => {
            asked = own(&["api_url", "api_url_file", "url", "token", "app_token", "http_config"]).or_else(|| {
                global(&["slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file"])
            });
            flaw = if asked.is_none() { lacks("the address of its Slack hook") } else { None };
            if let Some(address) = asked.and_then(|(_, value)| value.as_str()).filter(|text| text.starts_with("http")) {
                // Others speak Slack's protocol.
                let whose = channel::of_address(address);
                let hides = is_reference(address) || address.contains(['$', '{']);
                channel = if whose == "webhook" && !hides {
                    "another chat that speaks Slack's protocol"
                } else if whose == "webhook" {
                    "slack"
                } else {
                    whose
                };
            }
        }
        "email" => {
            flaw = email(own(&["to", "addresses"]).map(|(_, value)| value));
            let host = own(&["smarthost"]).or_else(|| global(&["smtp_smarthost"]));
            let is_alertmanager = value.get("addresses").is_none();
            if flaw.is_none() && host.is_none() && is_alertmanager {
                flaw = lacks("the mail server");
            }
            let is_hole = |text: &str| channel::is_loopback(text) || text.contains("example.");
            if let Some(host) = host.and_then(|(_, value)| value.as_str()).filter(|host| is_hole(host)) {
                flaw = flaw.or_else(|| Some(Flaw::Unclear(format!("its mail server {host} only stands for one"))));
            }
        }
        "webhook" => (channel, flaw) = webhook(own(&["url", "url_file", "urlsecret"]).map(|(_, value)| value)),
        "sns" if own(&["phone_number"]).is_some() => channel = "sms",
        _ => {}
    }
    let mut is_leaked = false;
    if let Some((key, value)) = asked {
        let written = Written::of(key, value);
        is_leaked = written == Written::Literal;
        if written == Written::Placeholder {
            flaw = Some(Flaw::Unclear(format!("`{key}` only stands for its value")));
        }
    }
    Integration { channel, place: (context.at)(span), flaw, is_leaked }
}

/// Where a hook leads.
fn webhook(url: Option<&Value>) -> (&'static str, Option<Flaw>) {
    let Some(text) = url.and_then(Value::as_str) else { return ("webhook", None) };
    if let Some(why) = channel::nowhere(text) {
        return ("webhook", Some(Flaw::Nobody(why)));
    }
    (channel::of_address(text), None)
}

/// Who gets a mail: one address that is more than an example will do.
fn email(to: Option<&Value>) -> Option<Flaw> {
    let Some(to) = to else { return Some(Flaw::Nobody("no address".to_owned())) };
    let texts: Vec<String> = match &to.kind {
        Kind::List(list) => list.iter().filter_map(Value::scalar_text).collect(),
        Kind::Str(text) => {
            text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
        _ => return None,
    };
    let mut holes = texts.iter().map(|text| channel::no_mailbox(text));
    match texts.first() {
        None if to.as_list().is_some_and(|list| !list.is_empty()) => None,
        None => Some(Flaw::Nobody("no address".to_owned())),
        Some(_) => {
            holes.clone().all(|hole| hole.is_some()).then(|| holes.find_map(|hole| hole)).flatten().map(Flaw::Nobody)
        }
    }
}

/// How a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Elsewhere,
    Placeholder,
    Literal,
}

impl Written {
    fn of(key: &str, value: &Value) -> Self {
        let Some(text) = value.as_str().filter(|_| !key.ends_with("file") && !key.ends_with("File")) else {
            return Self::Elsewhere;
        };
        let held = Held::of_text(text).0;
        let Some(plain) = held.plain() else { return Self::Elsewhere };
        // `PAGERDUTY_KEY`, which a script replaces.
        let is_name = !plain.bytes().any(|byte| byte.is_ascii_lowercase()) && plain.contains('_');
        let last = plain.rsplit('/').next().unwrap_or(plain);
        if is_name || plain.is_empty() || is_placeholder(plain, key) || plain.to_ascii_lowercase().contains("your") {
            Self::Placeholder
        } else if plain.starts_with("http") {
            let is_random = last.len() >= 16 && last.bytes().any(|byte| byte.is_ascii_digit());
            let is_hook = plain.contains("/services/") || plain.contains("/hooks/");
            if !is_hook {
                Self::Elsewhere
            } else if is_random {
                Self::Literal
            } else {
                Self::Placeholder
            }
        } else if is_reference(plain) || plain.starts_with("ENC[") {
            Self::Elsewhere
        } else if plain.len() >= 16 && plain.bytes().any(|byte| byte.is_ascii_digit()) {
            Self::Literal
        } else {
            Self::Placeholder
        }
    }
}

/// The first setting under one of some names, in any spelling.
fn find<'v>(value: &'v Value, keys: &[&'static str]) -> Option<(&'static str, &'v Value)> {
    let map = value.as_map()?;
    let plain = |key: &str| key.replace('_', "").to_ascii_lowercase();
    keys.iter().find_map(|&wanted| {
        let field =
            map.get(wanted).or_else(|| map.iter().find(|(key, _)| plain(key) == plain(wanted)).map(|(_, field)| field));
        let is_empty = |value: &Value| matches!(&value.kind, Kind::Null) || value.as_str() == Some("");
        field.map(|field| (wanted, &field.value)).filter(|(_, value)| !is_empty(value))
    })
}
