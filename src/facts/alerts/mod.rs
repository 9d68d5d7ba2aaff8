//! Alerts: what the project has watched, from which use on somebody hears of it, and how loud: rules of Prometheus, Loki
//! and Mimir, rules of Grafana, alarms of the clouds, and objectives whose generators make alerts.
//!
//! An alert without a condition is none, and neither is a recording rule. Alerts of tests and examples are none, and
//! those that are paused, or that call nobody by their own settings, are kept apart ([`Standing::Aside`]).

mod cloud;
mod compose;
mod grafana;
pub mod promql;
mod rules;
pub mod signals;
mod slo;

pub use signals::Watched;

use super::Facts;
use super::production::Standing;
use crate::evidence::{Blind, Place};
use crate::value::Value;
use compose::Condition;
use std::collections::BTreeMap;

/// How many alerts are kept.
const MAX_ALERTS: usize = 20_000;

/// The alerts of the tree.
#[derive(Debug, Default)]
pub struct Alerts {
    /// The alerts, by file and in the order of their text.
    pub rules: Vec<Alert>,
    /// What may hold alerts and cannot be read.
    pub blind: Vec<Blind>,
}

/// One alert.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its name.
    pub name: String,
    /// Its condition, as far as it can be written in a line.
    pub expr: String,
    /// Where its condition stands.
    pub place: Place,
    /// What it watches; empty when its condition is about something else.
    pub watched: Vec<Watched>,
    /// Whether its condition could not be read: it may watch anything.
    pub is_unread: bool,
    /// Whether the bound of its condition is not in the tree.
    pub is_open: bool,
    /// Its labels, which routes ask about.
    pub labels: BTreeMap<String, String>,
    /// Where it says that its runbook is.
    pub runbook: Option<String>,
    /// How loud it is.
    pub tier: Tier,
    /// Whether it is what production watches.
    pub standing: Standing,
    /// Who looks at its condition.
    pub make: Make,
}

/// Who looks at the condition of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Make {
    /// Prometheus and its kin, which send alerts to an Alertmanager.
    Rule,
    /// Grafana, which has routes of its own.
    Grafana,
    /// A cloud or a monitoring service, whose alerts name whom they call.
    Cloud,
}

/// Whom an alert disturbs (`scale:severity`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Nobody: information.
    Info,
    /// Somebody, at working hours.
    Ticket,
    /// Somebody, at once.
    Page,
    /// It bears no label that says so.
    Unlabelled,
}

impl Tier {
    /// What a word of a severity label says.
    pub(in crate::facts) fn of_word(word: Option<&str>) -> Self {
        match word.map(str::to_ascii_lowercase).as_deref() {
            None => Self::Unlabelled,
            Some(
                "critical" | "crit" | "emergency" | "page" | "pager" | "p0" | "p1" | "sev0" | "sev1" | "disaster"
                | "fatal" | "high" | "error",
            ) => Self::Page,
            Some("warning" | "warn" | "ticket" | "medium" | "minor" | "p2" | "p3" | "sev2" | "sev3" | "average") => {
                Self::Ticket
            }
            Some(_) => Self::Info,
        }
    }

    fn of(labels: &BTreeMap<String, String>) -> Self {
        let word = ["severity", "level", "priority"].iter().find_map(|key| labels.get(*key));
        Self::of_word(word.map(String::as_str))
    }
}

/// The labels of an alert as a map of scalars gives them.
fn labels(value: Option<&Value>) -> BTreeMap<String, String> {
    let entries = value.and_then(Value::as_map).into_iter().flatten();
    entries.filter_map(|(key, field)| Some((key.to_string(), field.value.scalar_text()?))).collect()
}

impl Alert {
    /// An alert of a name at a place that fires on a condition; how loud it is is told by its labels.
    fn new(name: String, place: Place, condition: Condition, labels: BTreeMap<String, String>) -> Self {
        let (watched, is_unread) = condition.watched();
        let tier = Tier::of(&labels);
        Self {
            name,
            expr: condition.text,
            place,
            watched,
            is_unread,
            is_open: condition.is_open,
            labels,
            runbook: None,
            tier,
            standing: Standing::Production,
            make: Make::Rule,
        }
    }

    /// The same with the runbook that its annotations name.
    fn annotated(self, rule: &Value) -> Self {
        const KEYS: &[&str] = &["runbook_url", "runbook", "runbookUrl", "runbookURL"];
        let annotations = rule.get("annotations");
        let runbook = KEYS.iter().find_map(|key| annotations?.get(key)?.scalar_text());
        Self { runbook, ..self }
    }

    /// The same with the standing of what it stands in, unless it has one of its own.
    fn standing_in(self, standing: &Standing) -> Self {
        match self.standing {
            Standing::Production => Self { standing: standing.clone(), ..self },
            _ => self,
        }
    }
}

/// Reads every alert.
pub fn read(facts: &Facts<'_>) -> Alerts {
    let mut view = Alerts::default();
    rules::read(facts, &mut view);
    grafana::read(facts, &mut view);
    slo::read(facts, &mut view);
    cloud::read(facts, &mut view);
    view.rules.sort_by(|one, two| one.place.cmp(&two.place));
    view.blind.sort();
    view.blind.dedup();
    if view.rules.len() > MAX_ALERTS {
        view.rules.truncate(MAX_ALERTS);
        view.blind.push(Blind { place: None, why: format!("more than {MAX_ALERTS} alert rules") });
    }
    view
}
