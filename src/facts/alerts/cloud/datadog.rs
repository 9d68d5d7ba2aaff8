//! Monitors of Datadog, in Terraform and as objects of its operator.

use super::{Alarm, number, series};
use crate::facts::Facts;
use crate::facts::alerts::compose::{Condition, binary, call, substitute};
use crate::facts::alerts::promql::{self, Expr};
use crate::facts::alerts::{Alert, Alerts, Make, Tier};
use crate::facts::infra::{Resource, written};
use crate::facts::notify;
use crate::facts::production::{Stage, Standing, stage_of_path};
use crate::value::{Kind, Value};

/// The alarms of a monitor: at its bound, and at the one that only warns.
pub(super) fn monitor(facts: &Facts<'_>, resource: &Resource) -> Vec<Alarm> {
    let value = &resource.value;
    let query = value.get("query");
    let text = query.and_then(written).unwrap_or_default();
    let kind = value.get("type").and_then(Value::scalar_text).unwrap_or_default();
    let is_noted = facts.infra().of_kind("datadog_monitor_notification_rule").next().is_some();
    let message = value.get("message");
    let message = message.filter(|message| !matches!(message.kind, Kind::Expr(_))).and_then(Value::as_str);
    let (mut silent, tier) = heard(message, is_noted, number(value.get("priority")));
    if value.get("draft_status").and_then(Value::as_str) == Some("draft") {
        silent = Some("it is a draft".to_owned());
    }
    let warning = ["monitor_thresholds", "thresholds"].iter().find_map(|key| super::block(value, key)?.get("warning"));
    let made = |condition: Condition, tier: Option<Tier>, stage: &Option<String>| {
        let mut alarm = Alarm::new(resource, condition, query.map_or(resource.span, |query| query.span));
        alarm.tier = tier;
        alarm.silent = silent.clone().or_else(|| stage.clone());
        alarm
    };
    let (condition, stage, warns) = read(&text, &kind, warning.map(|warning| number(Some(warning))));
    let mut alarms = vec![made(condition, tier, &stage)];
    alarms.extend(warns.map(|warns| made(warns, Some(Tier::Ticket), &stage)));
    alarms
}

/// Monitors as objects.
pub(super) fn objects(facts: &Facts<'_>, view: &mut Alerts) {
    for object in facts.kubernetes().objects.iter().filter(|object| object.kind == "DatadogMonitor") {
        let Some(spec) = object.value.get("spec") else { continue };
        let Some(query) = spec.get("query") else { continue };
        let word = |key: &str| spec.get(key).and_then(Value::scalar_text).unwrap_or_default();
        let (silent, tier) = heard(Some(&word("message")), false, number(spec.get("priority")));
        let (condition, stage, _) = read(&query.scalar_text().unwrap_or_default(), &word("type"), None);
        let mut alert = Alert::new(word("name"), object.at(query.span), condition, super::labels(None));
        alert.make = Make::Cloud;
        alert.tier = tier.unwrap_or(alert.tier);
        alert.standing = match (&object.standing, silent.or(stage)) {
            (Standing::Production, Some(why)) => Standing::Aside(why),
            (standing, _) => standing.clone(),
        };
        view.rules.push(alert);
    }
    view.blind.extend(facts.kubernetes().unread(&["DatadogMonitor"]));
}

/// Why a monitor tells nobody anything, and how loud it is.
fn heard(message: Option<&str>, is_noted: bool, priority: f64) -> (Option<String>, Option<Tier>) {
    let tier = match priority {
        _ if priority <= 2.0 => Some(Tier::Page),
        _ if priority <= 4.0 => Some(Tier::Ticket),
        _ if priority <= 5.0 => Some(Tier::Info),
        _ => None,
    };
    let Some(message) = message.filter(|text| !text.contains("${")) else { return (None, tier) };
    let handles = notify::handles(message);
    if handles.is_empty() && !message.contains('@') && !is_noted {
        return (Some("it calls nobody: its message names nobody".to_owned()), tier);
    }
    let is_quiet = !handles.is_empty() && handles.iter().all(|(_, is_loud)| !is_loud);
    (None, tier.or(is_quiet.then_some(Tier::Ticket)))
}

/// What a query watches, why it is not production's, and the same at the bound that only warns.
fn read(text: &str, kind: &str, warning: Option<f64>) -> (Condition, Option<String>, Option<Condition>) {
    let stage = staged(text);
    if kind == "service check" || text.trim_start_matches('"').starts_with("\\\"") {
        let name = text.split(['"', '\\']).find(|part| part.contains('.')).unwrap_or_default();
        let expr = binary("==", series(name, &[]), Expr::Number(0.0));
        return (Condition::expr(text.to_owned(), expr, 0.0), stage, None);
    }
    match translated(text) {
        Some((plain, expr)) => {
            let warns = warning.filter(|warning| warning.is_finite()).and_then(|warning| match &expr {
                Expr::Binary(sign, left, _) => {
                    let expr = binary(sign, (**left).clone(), Expr::Number(warning));
                    Some(Condition::expr(plain.clone(), expr, 0.0))
                }
                _ => None,
            });
            (Condition::expr(plain, expr, 0.0), stage, warns)
        }
        None => (Condition::unread(text.to_owned()), stage, None),
    }
}

/// A query that only looks at another environment than production.
fn staged(text: &str) -> Option<String> {
    let environments = text.split("env:").skip(1).map(|rest| {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '_');
        rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest)
    });
    let mut stages = environments.filter(|name| !name.is_empty()).map(|name| (name, stage_of_path(name))).peekable();
    stages.peek()?;
    let mut first = None;
    for (name, stage) in stages {
        if !matches!(stage, Stage::Never(_)) {
            return None;
        }
        first = first.or(Some(name));
    }
    first.map(|name| format!("it looks at {name} only"))
}

/// How the values of a metric are put together, before its name.
const AGGREGATIONS: &[&str] = &["avg", "sum", "max", "min", "count", "last"];

/// `avg(last_5m):avg:system.cpu.user{env:prod} by {host} > 80` as an expression, and in a line.
fn translated(text: &str) -> Option<(String, Expr)> {
    let text = open(text.trim().trim_matches('"'));
    let (window, body) = text.split_once("):")?;
    let is_change = window.contains("change(");
    let mut metrics = Vec::new();
    let mut plain = String::new();
    let mut rest = body;
    while let Some(first) = rest.chars().next() {
        let length =
            rest.find(|letter: char| !letter.is_alphanumeric() && !"_.".contains(letter)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let after = rest.get(length..).unwrap_or_default();
        let is_quantile = word.strip_prefix('p').is_some_and(|digits| digits.parse::<u32>().is_ok());
        if let Some(metric) = after.strip_prefix(':').filter(|_| is_quantile || AGGREGATIONS.contains(&word)) {
            let end = metric.find(|letter: char| !letter.is_alphanumeric() && !"_.".contains(letter));
            let (name, tail) = metric.split_at_checked(end.unwrap_or(metric.len()))?;
            plain.push_str("metric:");
            plain.push_str(&metrics.len().to_string());
            metrics.push(series(name.trim_end_matches('.'), &[]));
            rest = without_suffixes(tail);
        } else if length > 0 {
            plain.push_str(word);
            rest = after;
        } else {
            plain.push(first);
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    let expr = substitute(&promql::parse(&plain)?, &mut |name| {
        let index: usize = name.strip_prefix("metric:")?.parse().ok()?;
        metrics.get(index).cloned().map(Some)
    })?;
    let expr = match expr {
        Expr::Binary(sign, left, right) if is_change => binary(&sign, call("delta", *left), *right),
        // What is compared with its usual course has no bound of its own.
        Expr::Binary(_, left, _) if ["anomalies", "outliers", "forecast"].iter().any(|name| body.contains(name)) => {
            super::moving(">", *left)
        }
        other => other,
    };
    Some((body.replace('.', "_"), expr))
}

/// A text with what variables fill in left open.
fn open(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once("${") {
        out.push_str(before);
        out.push_str("NaN");
        rest = inner.split_once('}').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// What stands behind a metric: `{env:prod} by {host}.as_rate().rollup(avg, 60)`.
fn without_suffixes(text: &str) -> &str {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start();
        let behind = if trimmed.starts_with('{') {
            trimmed.find('}').and_then(|end| trimmed.get(end + 1..))
        } else if let Some(grouped) =
            trimmed.strip_prefix("by ").filter(|grouped| grouped.trim_start().starts_with('{'))
        {
            Some(grouped)
        } else if trimmed.starts_with('.') {
            trimmed.find(')').and_then(|end| trimmed.get(end + 1..))
        } else {
            None
        };
        let Some(behind) = behind else { return rest };
        rest = behind;
    }
}
