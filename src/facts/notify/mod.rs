//! Where alerts go: receivers of Alertmanager and contact points of Grafana with the routes that lead to them, what a
//! cloud or a pager is told to notify, and what in a cluster sends messages of its own.
//!
//! A receiver that no route reaches notifies nobody, and neither does one without an integration. What may notify
//! somebody and cannot be told is kept apart ([`State::Unclear`]): it proves nothing and leaves an absence open.

mod alertmanager;
pub mod channel;
mod cloud;
mod cluster;
mod configuration;
mod grafana;
mod receiver;
pub mod routing;

pub(in crate::facts) use cloud::{handles, is_quiet};

use super::Facts;
use super::alerts::{Alert, Make};
use super::production::Standing;
use crate::evidence::{Blind, Place};
use std::collections::BTreeSet;

/// Alerts that fire all the time, to show that alerting itself works, or that only hold others back.
const WATCHDOGS: &[&str] = &[
    "Watchdog",
    "DeadMansSwitch",
    "DeadMansSnitch",
    "DeadManSwitch",
    "DeadMan",
    "Deadman",
    "Heartbeat",
    "InfoInhibitor",
];

/// Labels that say how loud an alert is.
const SEVERITY: &[&str] = &["severity", "level", "priority", "alert_severity", "sev"];

/// Everything that notifies somebody.
#[derive(Debug, Default)]
pub struct Notify {
    /// The configurations, by file and in the order of their text.
    pub configs: Vec<Config>,
    /// What may notify somebody and could not be read.
    pub blind: Vec<Blind>,
}

/// One configuration: a routing tree with its receivers, or one resource that notifies.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it begins.
    pub place: Place,
    /// What it is: `Alertmanager configuration`, `aws_sns_topic_subscription "page"`.
    pub title: String,
    /// Whether production uses it.
    pub standing: Standing,
    /// Its ends.
    pub ends: Vec<End>,
    /// Its routes, where it has any.
    pub routing: Option<Routing>,
}

/// One integration of a receiver.
#[derive(Clone, Debug)]
pub struct End {
    /// The channel: `pagerduty`, `slack`, `email`, `sms`, `phone`, or another tool's name.
    pub channel: String,
    /// Where it is declared.
    pub place: Place,
    /// Whose it is: `receiver "oncall"`.
    pub title: String,
    /// Whether alerts come to it.
    pub state: State,
    /// Its key stands in the tree for everybody to read.
    pub is_leaked: bool,
}

/// Whether alerts come to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// They do.
    Reached {
        /// Also those that page.
        critical: bool,
    },
    /// They do not, and why: no route leads to it, it stands for an address.
    Silent(String),
    /// The tree does not say, and why.
    Unclear(String),
}

/// A tree of routes and the receivers at its ends.
#[derive(Clone, Debug)]
pub struct Routing {
    route: routing::Route,
    /// Receivers that notify somebody, or may.
    live: BTreeSet<String>,
    /// The receiver that a route for the watchdog leads to, when it leads to none that notifies.
    pub muted_watchdog: Option<Place>,
}

/// An integration as a receiver declares it.
#[derive(Clone, Debug)]
struct Integration {
    channel: &'static str,
    place: Place,
    flaw: Option<Flaw>,
    is_leaked: bool,
}

/// What is wrong with an integration.
#[derive(Clone, Debug)]
enum Flaw {
    /// It reaches nobody, and why.
    Nobody(String),
    /// It may reach somebody: a part of it is not in the tree, and which.
    Unclear(String),
}

impl Config {
    /// Whether production uses it.
    pub fn counts(&self) -> bool {
        self.standing == Standing::Production
    }

    /// The channels that it brings alerts to.
    pub fn channels(&self) -> BTreeSet<&str> {
        let reached = self.ends.iter().filter(|end| matches!(end.state, State::Reached { .. }));
        reached.map(|end| end.channel.as_str()).collect()
    }
}

impl End {
    /// The end that an integration is under a receiver whose name is known to be reached by some alerts.
    fn of(integration: Integration, title: String, reached: State) -> Self {
        let state = match integration.flaw {
            Some(Flaw::Nobody(why)) => State::Silent(why),
            Some(Flaw::Unclear(why)) if matches!(reached, State::Reached { .. }) => State::Unclear(why),
            _ => reached,
        };
        let (channel, place) = (integration.channel.to_owned(), integration.place);
        Self { channel, place, title, state, is_leaked: integration.is_leaked }
    }
}

impl Routing {
    /// Whether an alert of some labels may come to a receiver that notifies somebody; labels that it does not have are
    /// empty if they say how loud it is, and unknown otherwise.
    pub fn takes(&self, rule: &Alert) -> bool {
        let label = |name: &str| match rule.labels.get(name) {
            Some(value) => routing::Label::Is(value),
            None if name == "alertname" => routing::Label::Is(&rule.name),
            None if SEVERITY.contains(&name) => routing::Label::Is(""),
            None => routing::Label::Free,
        };
        self.route.receivers(&label).iter().any(|name| self.live.contains(*name))
    }
}

impl Notify {
    /// The configurations that production uses.
    pub fn production(&self) -> impl Iterator<Item = &Config> {
        self.configs.iter().filter(|config| config.counts())
    }

    /// The rules of production whose alerts come to an Alertmanager, and that page somebody or say nothing of how loud
    /// they are.
    pub fn paging<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Alert> {
        let rules = facts.alerts().rules.iter();
        rules.filter(|rule| rule.standing == Standing::Production && rule.make == Make::Rule && pages(rule))
    }
}

fn pages(rule: &Alert) -> bool {
    let mut words = SEVERITY.iter().filter_map(|label| rule.labels.get(*label)).peekable();
    words.peek().is_none() || words.any(|word| alertmanager::pages(word))
}

/// Reads everything.
pub fn read(facts: &Facts<'_>) -> Notify {
    let mut view = Notify::default();
    configuration::read(facts, &mut view);
    cloud::read(facts, &mut view);
    cluster::read(facts, &mut view);
    view.configs.sort_by(|a, b| a.place.cmp(&b.place));
    view.blind.sort();
    view.blind.dedup();
    view
}
