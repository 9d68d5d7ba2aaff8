//! Alert rules: what the project has watched, and from which use on (Prometheus, Loki and Mimir rule files,
//! `PrometheusRule` and `VMRule` objects).
//!
//! An alert without an expression is none, and neither is a recording rule. Rules of tests and examples are none.

pub mod promql;
mod shape;
pub mod signals;

pub use signals::Watched;

use super::Facts;
use super::format::Format;
use super::production::{self, Stage, Standing};
use crate::evidence::{Blind, Place};
use crate::value::Value;
use memchr::memmem;

/// How many rules are kept.
const MAX_ALERTS: usize = 20_000;

/// The alert rules of the tree.
#[derive(Debug, Default)]
pub struct Alerts {
    /// The rules, by file and in the order of their text.
    pub rules: Vec<Alert>,
    /// What may hold alert rules and cannot be read.
    pub blind: Vec<Blind>,
}

/// One alert rule.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its name.
    pub name: String,
    /// Its expression.
    pub expr: String,
    /// Where its expression stands.
    pub place: Place,
    /// What it watches; empty when its expression is about something else.
    pub watched: Vec<Watched>,
    /// Whether its expression could not be read: it may watch anything.
    pub is_unread: bool,
    /// How loud it is.
    pub tier: Tier,
    /// Whether it is what production watches.
    pub standing: Standing,
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
    pub(in crate::facts) fn of(labels: Option<&Value>) -> Self {
        let word = ["severity", "level", "priority"]
            .iter()
            .find_map(|key| labels?.get(key)?.scalar_text())
            .map(|word| word.to_ascii_lowercase());
        match word.as_deref() {
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
}

/// Reads every alert rule.
pub fn read(facts: &Facts<'_>) -> Alerts {
    let mut view = Alerts { blind: facts.kubernetes().unread(&["PrometheusRule", "VMRule"]), ..Alerts::default() };
    for object in &facts.kubernetes().objects {
        if !object.is_kind("PrometheusRule") && !object.is_kind("VMRule") {
            continue;
        }
        let Some(groups) = object.value.at(&["spec", "groups"]) else { continue };
        rules(groups, &mut |rule, expr| {
            view.rules.extend(alert(rule, expr, object.at(expr.span), object.standing.clone()));
        });
    }
    for file in facts.tree.files() {
        let is_settings = matches!(Format::of(&file.path), Some(Format::Yaml | Format::Json));
        let path = facts.own_name().cleared(&file.path);
        let is_known = is_settings && !production::is_fixture(&path) && !production::is_example(&path);
        let holds = |text: &str| memmem::find(text.as_bytes(), b"alert:").is_some() || text.contains("\"alert\"");
        if !is_known || !file.text().is_some_and(|source| holds(source.text())) {
            continue;
        }
        let Some(parsed) = facts.parsed(&file.path) else { continue };
        view.blind.extend(parsed.blind());
        let standing = match production::stage_of_path(&path) {
            Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
            _ => Standing::Production,
        };
        for document in parsed.documents.iter().filter(|document| document.get("apiVersion").is_none()) {
            let Some(groups) = document.get("groups") else { continue };
            rules(groups, &mut |rule, expr| {
                let place = Place::at(file.path.clone(), expr.span);
                view.rules.extend(alert(rule, expr, place, standing.clone()));
            });
        }
    }
    view.blind.extend(unread(facts));
    if view.rules.len() > MAX_ALERTS {
        view.rules.truncate(MAX_ALERTS);
        view.blind.push(Blind { place: None, why: format!("more than {MAX_ALERTS} alert rules") });
    }
    view
}

/// Kinds of infrastructure code that declare alerts, which are not read yet.
const CLOUD: &[&str] = &[
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_composite_alarm",
    "google_monitoring_alert_policy",
    "azurerm_monitor_*",
    "datadog_monitor",
    "grafana_rule_group",
    "newrelic_*",
];

/// Alerts of other makes, which are not read yet: cloud alarms, Grafana's own rules, jsonnet sources.
fn unread(facts: &Facts<'_>) -> Vec<Blind> {
    let infra = facts.infra();
    let mut blind = infra.unread(CLOUD);
    let cloud = CLOUD.iter().filter_map(|kind| infra.of_kind(kind).next());
    blind.extend(cloud.map(|resource| Blind {
        place: Some(resource.place()),
        why: format!("{} may watch it and is not read yet", resource.title()),
    }));
    let files = facts
        .tree
        .files()
        .iter()
        .filter(|file| !production::is_fixture(&file.path) && !production::is_example(&file.path));
    for file in files {
        let is_jsonnet = file.path.ends_with(".jsonnet") || file.path.ends_with(".libsonnet");
        let is_yaml = Format::of(&file.path) == Some(Format::Yaml);
        if !is_jsonnet && !is_yaml {
            continue;
        }
        let Some(source) = file.text() else { continue };
        let has = |word: &str| memmem::find(source.text().as_bytes(), word.as_bytes()).is_some();
        if is_jsonnet && has("alert:") {
            let why = "alerts in jsonnet cannot be evaluated".to_owned();
            blind.push(Blind { place: Some(Place::file(file.path.clone())), why });
        } else if is_yaml && has("datasourceUid:") && has("condition:") && has("groups:") {
            let why = "alert rules of Grafana are not read yet".to_owned();
            blind.push(Blind { place: Some(Place::file(file.path.clone())), why });
        }
    }
    blind
}

/// Visits the rules of some groups that have an expression.
fn rules<'v>(groups: &'v Value, visit: &mut impl FnMut(&'v Value, &'v Value)) {
    let rules = groups.as_list().unwrap_or_default().iter().filter_map(|group| group.get("rules")?.as_list());
    for rule in rules.flatten() {
        if let Some(expr) = rule.get("expr") {
            visit(rule, expr);
        }
    }
}

fn alert(rule: &Value, expr: &Value, place: Place, standing: Standing) -> Option<Alert> {
    let name = rule.get("alert")?.scalar_text()?;
    let text = expr.scalar_text().filter(|text| !text.trim().is_empty() && !signals::looks_at_nothing(text))?;
    let watched = signals::classify(&text);
    let is_unread = watched.is_none();
    let watched = watched.unwrap_or_default();
    Some(Alert { name, expr: text, place, watched, is_unread, tier: Tier::of(rule.get("labels")), standing })
}
