//! Alarms of clouds and of monitoring services, as infrastructure code declares them.
//!
//! Such an alarm says itself whom it calls. One that calls nobody, or that only scales, tells nobody anything and is kept
//! apart; whom a variable names is somebody.

mod aws;
mod azure;
mod datadog;
mod google;
mod uptime;

use super::compose::{Condition, binary, plain_name};
use super::promql::Expr;
use super::{Alert, Alerts, Make, Tier, labels};
use crate::evidence::Blind;
use crate::facts::Facts;
use crate::facts::infra::{Resource, written};
use crate::facts::production::Standing;
use crate::source::Span;
use crate::value::{Kind, Value};
use std::collections::BTreeMap;

/// Kinds that are alarms.
const KINDS: &[&str] = &[
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_event_rule",
    "aws_db_event_subscription",
    "google_monitoring_alert_policy",
    "azurerm_monitor_metric_alert",
    "datadog_monitor",
];

/// Kinds that are alarms too, and are not read.
const UNREAD: &[&str] = &[
    "azurerm_monitor_scheduled_query_rules_*",
    "azurerm_monitor_alert_prometheus_rule_group",
    "newrelic_nrql_alert_condition",
    "newrelic_alert_condition",
    "newrelic_infra_alert_condition",
    "signalfx_detector",
    "dynatrace_*",
    "honeycombio_trigger",
    "elasticstack_kibana_alerting_rule",
    "logzio_*",
];

/// An alarm that was read.
struct Alarm {
    condition: Condition,
    /// Where the condition stands.
    span: Span,
    name: String,
    labels: BTreeMap<String, String>,
    /// How loud it is, where something else than a label says so.
    tier: Option<Tier>,
    /// Why it tells nobody anything.
    silent: Option<String>,
}

impl Alarm {
    fn new(resource: &Resource, condition: Condition, span: Span) -> Self {
        let mut names = ["alarm_name", "display_name", "name"].iter().filter_map(|key| resource.value.get(key));
        let name = names.find_map(Value::scalar_text).unwrap_or_else(|| resource.name.clone());
        let tags = resource.value.get("tags").or_else(|| resource.value.get("user_labels"));
        Self { condition, span, name, labels: labels(tags), tier: None, silent: None }
    }

    fn into_alert(self, resource: &Resource) -> Alert {
        let mut alert = Alert::new(self.name, resource.at(self.span), self.condition, self.labels);
        alert.make = Make::Cloud;
        alert.tier = self.tier.unwrap_or(alert.tier);
        alert.standing = match (&resource.standing, self.silent) {
            (Standing::Production, Some(why)) => Standing::Aside(why),
            (standing, _) => standing.clone(),
        };
        alert
    }
}

/// Reads all of them.
pub(super) fn read(facts: &Facts<'_>, view: &mut Alerts) {
    let infra = facts.infra();
    for resource in &infra.resources {
        let alarms = match resource.kind.as_str() {
            "aws_cloudwatch_metric_alarm" => vec![aws::metric_alarm(facts, resource)],
            "aws_cloudwatch_event_rule" => aws::event_rule(facts, resource).into_iter().collect(),
            "aws_db_event_subscription" => aws::event_subscription(resource).into_iter().collect(),
            "google_monitoring_alert_policy" => google::policy(facts, resource),
            "azurerm_monitor_metric_alert" => vec![azure::metric_alert(resource)],
            "datadog_monitor" => datadog::monitor(facts, resource),
            "digitalocean_monitor_alert" => vec![uptime::machine(resource)],
            kind if kind.starts_with("azurerm_sentinel_alert_rule_") => vec![azure::sentinel(resource)],
            _ => uptime::check(resource).into_iter().collect(),
        };
        view.rules.extend(alarms.into_iter().map(|alarm| alarm.into_alert(resource)));
    }
    datadog::objects(facts, view);
    view.blind.extend(infra.unread(KINDS));
    let unread = UNREAD.iter().filter_map(|kind| infra.of_kind(kind).next());
    view.blind.extend(unread.map(|resource| Blind {
        place: Some(resource.place()),
        why: format!("{} may watch it and is not read yet", resource.title()),
    }));
}

/// A number, also one in quotes; not a number where the tree does not show it.
fn number(value: Option<&Value>) -> f64 {
    let found = value.and_then(|value| value.as_number().or_else(|| value.as_str()?.trim().parse().ok()));
    found.unwrap_or(f64::NAN)
}

/// A nested block, which may be written as a list of one.
fn block<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    let block = value.get(key)?;
    match block.as_list() {
        Some(list) => list.first(),
        None => Some(block).filter(|block| block.as_map().is_some()),
    }
}

/// All blocks of a name.
fn blocks<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    let Some(block) = value.get(key) else { return &[] };
    block.as_list().unwrap_or(std::slice::from_ref(block))
}

/// The texts, names and expressions of a value, one a line.
fn all_text(value: &Value) -> String {
    match &value.kind {
        Kind::List(list) => list.iter().map(all_text).collect::<Vec<_>>().join("\n"),
        Kind::Map(map) => {
            let entries = map.iter().map(|(key, field)| format!("{key}\n{}", all_text(&field.value)));
            entries.collect::<Vec<_>>().join("\n")
        }
        _ => written(value).unwrap_or_default(),
    }
}

fn is_false(value: &Value, key: &str) -> bool {
    let found = value.get(key);
    found.and_then(Value::as_bool) == Some(false) || found.and_then(Value::as_str) == Some("false")
}

/// A metric with labels, its name as `PromQL` can bear it.
fn series(name: &str, labels: &[(&str, &str)]) -> Expr {
    let labels = labels.iter().map(|(label, value)| ((*label).to_owned(), "=".to_owned(), (*value).to_owned()));
    Expr::Series(plain_name(name), labels.collect())
}

/// A value beside a bound that moves with it.
fn moving(operator: &str, value: Expr) -> Expr {
    binary(operator, value, series("usual_band", &[]))
}
