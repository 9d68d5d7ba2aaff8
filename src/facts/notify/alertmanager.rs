//! A configuration of Alertmanager: which receiver hears of which alerts, and what each is made of.

use super::receiver::{self, Context};
use super::routing::{Label, Route};
use super::{Config, End, Integration, Routing, SEVERITY, State, WATCHDOGS, channel};
use crate::evidence::Place;
use crate::facts::alerts::Tier;
use crate::facts::production::Standing;
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeSet;

/// A map that is a configuration, under Alertmanager's own keys or under those of an Ansible role.
pub(super) fn read(value: &Value, at: &dyn Fn(Span) -> Place, standing: &Standing, is_part: bool) -> Option<Config> {
    let key = |plain: &str, role: &str| value.get(plain).or_else(|| value.get(role));
    let receivers = key("receivers", "alertmanager_receivers").and_then(Value::as_list).unwrap_or_default();
    if receivers.is_empty() || !receivers.iter().all(|one| one.get("name").is_some()) {
        return None;
    }
    let written = key("route", "alertmanager_route").filter(|route| route.as_map().is_some());
    let has_integration = |one: &Value| one.as_map().is_some_and(|map| map.keys().any(|key| key.ends_with("_configs")));
    // Whatever else has receivers and a route, that of Alertmanager begins at one of them.
    let begins = written.is_some_and(|route| route.get("receiver").is_some());
    if !begins && !receivers.iter().any(has_integration) {
        return None;
    }
    let is_role = value.get("alertmanager_receivers").is_some();
    let context = Context { at, global: value.get("global"), is_part: is_part || is_role };
    let route = written.and_then(Route::of);
    let heard = route.as_ref().map(Heard::of);
    let start = written.map_or(value.span, |route| route.get("receiver").map_or(route.span, |name| name.span));
    let mut ends = Vec::new();
    let mut live = BTreeSet::new();
    let mut empty: Vec<(String, Span)> = Vec::new();
    for one in receivers {
        let name = one.get("name").and_then(Value::scalar_text).unwrap_or_default();
        let integrations = receiver::integrations(one, &context);
        if integrations.is_empty() {
            empty.push((name.clone(), one.get("name").map_or(one.span, |name| name.span)));
        }
        for integration in integrations {
            let end = end(integration, &name, heard.as_ref());
            if !matches!(end.state, State::Silent(_)) {
                live.insert(name.clone());
            }
            ends.push(end);
        }
    }
    if let Some(why) = receivers.iter().find_map(refused) {
        doubt(&mut ends, &why);
    }
    let routing = route.map(|route| {
        let muted = route.named_for("alertname", WATCHDOGS);
        let muted = muted.and_then(|muted| empty.iter().find(|(name, _)| name == muted));
        Routing { muted_watchdog: muted.map(|(_, span)| at(*span)), route, live }
    });
    let title = "the configuration of Alertmanager".to_owned();
    Some(Config { place: at(start), title, standing: standing.clone(), ends, routing })
}

/// The end that an integration of a receiver is.
fn end(mut integration: Integration, name: &str, heard: Option<&Heard>) -> End {
    let title = format!("receiver \"{name}\"");
    let Some(heard) = heard else {
        return End::of(integration, title, State::Unclear("its routes do not stand beside it".to_owned()));
    };
    let state = heard.state(name);
    // Whatever only the watchdog calls is told when it falls silent.
    let is_for_watchdog = matches!(state, State::Silent(_)) && heard.watchdog.contains(name);
    if is_for_watchdog && matches!(integration.channel, "webhook" | channel::HEARTBEAT) {
        integration.channel = channel::HEARTBEAT;
        return End::of(integration, title, State::Reached { critical: false });
    }
    End::of(integration, title, state)
}

/// Why Alertmanager would not start with a receiver: it knows no `subject` beside `to`.
fn refused(receiver: &Value) -> Option<String> {
    let mails = receiver.get("email_configs")?.as_list()?.iter();
    let unknown = mails.filter_map(|mail| ["subject", "body", "title"].into_iter().find(|key| mail.get(key).is_some()));
    let key = unknown.into_iter().next()?;
    Some(format!(
        "Alertmanager refuses a configuration with `{key}` in `email_configs` (it belongs under `headers`, or is `text`)"
    ))
}

fn doubt(ends: &mut [End], why: &str) {
    for end in ends.iter_mut().filter(|end| matches!(end.state, State::Reached { .. })) {
        end.state = State::Unclear(why.to_owned());
    }
}

/// Which receivers hear of which alerts.
#[derive(Default)]
pub(super) struct Heard {
    critical: BTreeSet<String>,
    others: BTreeSet<String>,
    watchdog: BTreeSet<String>,
}

impl Heard {
    /// Sends alerts of every severity that the routes know through them.
    pub(super) fn of(route: &Route) -> Self {
        let mut words = Vec::new();
        route.values_of(SEVERITY, &mut words);
        let (mut loud, mut quiet): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| pages(word));
        if loud.is_empty() {
            loud.push("critical");
        }
        quiet.extend(["warning", "info", ""]);
        let heard = |words: &[&str], name: Label<'static>| -> BTreeSet<String> {
            let of_word = |word: &&str| {
                let label = |label: &str| match label {
                    "alertname" => name,
                    _ if SEVERITY.contains(&label) => Label::Is(word),
                    _ => Label::Free,
                };
                route.receivers(&label).into_iter().map(str::to_owned).collect::<Vec<_>>()
            };
            words.iter().flat_map(of_word).collect()
        };
        let usual = Label::Other(WATCHDOGS);
        Self {
            critical: heard(&loud, usual),
            others: heard(&quiet, usual),
            watchdog: heard(&["none", ""], Label::Is("Watchdog")),
        }
    }

    /// Adds what other routes lead to.
    pub(super) fn add(&mut self, other: Self) {
        self.critical.extend(other.critical);
        self.others.extend(other.others);
        self.watchdog.extend(other.watchdog);
    }

    /// What comes to a receiver.
    pub(super) fn state(&self, name: &str) -> State {
        if self.critical.contains(name) {
            State::Reached { critical: true }
        } else if self.others.contains(name) {
            State::Reached { critical: false }
        } else if self.watchdog.contains(name) {
            State::Silent("only the watchdog leads to it".to_owned())
        } else {
            State::Silent("no route leads to it".to_owned())
        }
    }
}

/// Whether a word of a severity label pages somebody.
pub(super) fn pages(word: &str) -> bool {
    Tier::of_word(Some(word)) == Tier::Page
}
