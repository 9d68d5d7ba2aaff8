//! Objectives whose generators make alerts on how fast their budget is spent: Sloth, Pyrra, `OpenSLO` and Grafana.
//!
//! What such an alert watches is told by the queries of its indicator, never by its name; an indicator on something that
//! no signal knows may be anything.

use super::compose::{Condition, binary};
use super::promql::{self, Expr};
use super::{Alert, Alerts, Make, Tier, labels};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::kubernetes::Object;
use crate::facts::production::Standing;
use crate::source::Span;
use crate::value::Value;

/// How many times faster than allowed a budget is spent when somebody is called: all of it in two days of thirty.
const FAST: f64 = 14.4;

/// Kinds of objects that are objectives.
const KINDS: &[&str] = &["PrometheusServiceLevel", "ServiceLevelObjective", "SLO"];

/// Objectives that are objects, or stand in Terraform.
pub(super) fn read(facts: &Facts<'_>, view: &mut Alerts) {
    for object in &facts.kubernetes().objects {
        let Some(spec) = object.value.get("spec").filter(|_| KINDS.contains(&object.kind.as_str())) else { continue };
        let at = |span| object.at(span);
        let found = match object.group.as_str() {
            "sloth.slok.dev" => sloth(spec, &at),
            "pyrra.dev" => pyrra(&object.name, spec, &at).into_iter().collect(),
            "openslo" | "openslo.com" => open_slo(facts, object, spec).into_iter().collect(),
            _ => continue,
        };
        view.rules.extend(found.into_iter().map(|alert| alert.standing_in(&object.standing)));
    }
    view.blind.extend(facts.kubernetes().unread(KINDS));
    for resource in facts.infra().resources.iter().filter(|resource| resource.is_kind("grafana_slo")) {
        let at = |span| resource.at(span);
        let alert = grafana(&resource.value, &at);
        view.rules.extend(alert.map(|alert| alert.standing_in(&resource.standing)));
    }
}

/// The share of failures, by queries for failures and for all, above what is left of an objective.
fn spent(failed: &str, all: &str, allowed: f64) -> Condition {
    let text = format!("{failed} / {all} > {allowed:.4}");
    match (promql::parse(failed), promql::parse(all)) {
        (Some(failed), Some(all)) => known(text, binary(">", binary("/", failed, all), Expr::Number(allowed))),
        _ => Condition::unread(text),
    }
}

/// The share of what went well, by queries for it and for all, below what an objective leaves.
fn kept(well: &str, all: &str, least: f64) -> Condition {
    let text = format!("{well} / {all} < {least:.4}");
    match (promql::parse(well), promql::parse(all)) {
        (Some(well), Some(all)) => known(text, binary("<", binary("/", well, all), Expr::Number(least))),
        _ => Condition::unread(text),
    }
}

/// A condition that is unread where no signal knows it.
fn known(text: String, expr: Expr) -> Condition {
    let condition = Condition::expr(text.clone(), expr, 0.0);
    if condition.watched().0.is_empty() { Condition::unread(text) } else { condition }
}

/// The part of requests that may fail before somebody is called, of an objective in percent or as a share.
fn allowed(objective: Option<&Value>) -> f64 {
    let number = objective.and_then(|value| value.as_number().or_else(|| value.as_str()?.trim().parse().ok()));
    let number = number.unwrap_or(f64::NAN);
    let share = if number > 1.0 { number / 100.0 } else { number };
    (1.0 - share) * FAST
}

/// Objectives of Sloth, as a file (`version: prometheus/v1`) or as an object.
pub(super) fn sloth(spec: &Value, at: &dyn Fn(Span) -> Place) -> Vec<Alert> {
    let objectives = spec.get("slos").and_then(Value::as_list).unwrap_or_default().iter();
    let alerts = objectives.filter_map(|slo| {
        let sli = slo.get("sli")?;
        let either = |value: &Value, one: &str, other: &str| {
            value
                .get(one)
                .or_else(|| value.get(other))
                .map(|found| (found.span, found.scalar_text().unwrap_or_default()))
        };
        let events = sli.get("events");
        let failed = events.and_then(|events| either(events, "error_query", "errorQuery"));
        let all = events.and_then(|events| either(events, "total_query", "totalQuery"));
        let ratio = sli.get("raw").and_then(|raw| either(raw, "error_ratio_query", "errorRatioQuery"));
        let limit = allowed(slo.get("objective"));
        let (span, condition) = match (failed, all, ratio) {
            (Some((span, failed)), Some((_, all)), _) => (span, spent(&failed, &all, limit)),
            (_, _, Some((span, ratio))) => {
                let text = format!("{ratio} > {limit:.4}");
                let expr = promql::parse(&ratio).map(|ratio| binary(">", ratio, Expr::Number(limit)));
                (span, expr.map_or_else(|| Condition::unread(text.clone()), |expr| known(text.clone(), expr)))
            }
            _ => (sli.span, Condition::unread("an indicator of a plugin".to_owned())),
        };
        let alerting = slo.get("alerting");
        let part = |one: &str, other: &str| alerting.and_then(|part| part.get(one).or_else(|| part.get(other)));
        let (page, ticket) = (part("page_alert", "pageAlert"), part("ticket_alert", "ticketAlert"));
        let is_off =
            |part: Option<&Value>| part.and_then(|part| part.get("disable")).and_then(Value::as_bool) == Some(true);
        let mut own = labels(alerting.and_then(|alerting| alerting.get("labels")));
        own.extend(labels(if is_off(page) { ticket } else { page }.and_then(|part| part.get("labels"))));
        let name = alerting.and_then(|alerting| alerting.get("name")).or_else(|| slo.get("name"));
        let name = name.and_then(Value::scalar_text).unwrap_or_default();
        let mut alert = Alert::new(name, at(span), condition, own);
        alert.tier = if is_off(page) { Tier::Ticket } else { Tier::Page };
        if is_off(page) && is_off(ticket) {
            alert.standing = Standing::Aside("its alerts are switched off".to_owned());
        }
        Some(alert)
    });
    alerts.collect()
}

/// An objective of Pyrra, which makes alerts that page and alerts that warn.
fn pyrra(name: &str, spec: &Value, at: &dyn Fn(Span) -> Place) -> Option<Alert> {
    let indicator = spec.get("indicator")?;
    let metric = |path: &[&str]| indicator.at(path).map(|found| (found.span, found.scalar_text().unwrap_or_default()));
    let limit = allowed(spec.get("target"));
    let (span, condition) = if let Some((span, failed)) = metric(&["ratio", "errors", "metric"]) {
        let (_, all) = metric(&["ratio", "total", "metric"])?;
        (span, spent(&failed, &all, limit))
    } else if let Some((span, fast)) = metric(&["latency", "success", "metric"]) {
        let (_, all) = metric(&["latency", "total", "metric"])?;
        (span, kept(&fast, &all, 1.0 - limit))
    } else if let Some((span, gauge)) = metric(&["bool_gauge", "metric"]).or_else(|| metric(&["boolGauge", "metric"])) {
        let text = format!("{gauge} == 0");
        let expr = promql::parse(&text);
        (span, expr.map_or_else(|| Condition::unread(text.clone()), |expr| known(text.clone(), expr)))
    } else {
        let (span, all) = metric(&["latencyNative", "total", "metric"])?;
        let text = format!("{all} > {}", metric(&["latencyNative", "latency"]).map_or(String::new(), |found| found.1));
        let expr = promql::parse(&all).map(|all| binary(">", all, Expr::Number(f64::INFINITY)));
        (span, expr.map_or_else(|| Condition::unread(text.clone()), |expr| known(text.clone(), expr)))
    };
    let alert_name = spec.at(&["alerting", "name"]).and_then(Value::scalar_text);
    let mut alert = Alert::new(alert_name.unwrap_or_else(|| name.to_owned()), at(span), condition, labels(None));
    alert.tier = Tier::Page;
    alert.labels.insert("severity".to_owned(), "critical".to_owned());
    let is = |key: &str, wanted: bool| spec.at(&["alerting", key]).and_then(Value::as_bool) == Some(wanted);
    if is("disabled", true) || is("burnrates", false) {
        alert.standing = Standing::Aside("its alerts are switched off".to_owned());
    }
    Some(alert)
}

/// An objective of `OpenSLO` with a policy that says when somebody is called.
fn open_slo(facts: &Facts<'_>, object: &Object, spec: &Value) -> Option<Alert> {
    let policies = spec.get("alertPolicies").and_then(Value::as_list).filter(|policies| !policies.is_empty())?;
    let find = |kind: &str, name: &Value| facts.kubernetes().find(kind, name.as_str()?)?.value.get("spec");
    let policy = policies.iter().find_map(|policy| {
        let named = policy.get("alertPolicyRef").unwrap_or(policy);
        policy.get("spec").or_else(|| find("AlertPolicy", named))
    });
    let objective = spec.get("objectives").and_then(Value::as_list).and_then(<[Value]>::first);
    let indicator = spec
        .at(&["indicator", "spec"])
        .or_else(|| find("SLI", spec.get("indicatorRef")?))
        .or_else(|| objective?.at(&["indicator", "spec"]));
    let ratio = indicator
        .and_then(|indicator| indicator.get("ratioMetric"))
        .or_else(|| objective.and_then(|objective| objective.get("ratioMetrics")));
    let query = |part: &str| {
        let part = ratio?.get(part)?;
        let source = part.at(&["metricSource", "spec"]).unwrap_or(part);
        source.get("query").or_else(|| source.get("promql"))?.scalar_text()
    };
    let target = objective.and_then(|objective| objective.get("target").or_else(|| objective.get("targetPercent")));
    let condition = match (query("bad"), query("good"), query("total"), policy) {
        (Some(bad), _, Some(total), Some(_)) => spent(&bad, &total, allowed(target)),
        (_, Some(good), Some(total), Some(_)) => kept(&good, &total, 1.0 - allowed(target)),
        _ => Condition::unread("an indicator or a policy that is not in the tree".to_owned()),
    };
    let name = object.name.clone();
    let mut alert = Alert::new(name, object.at(policies[0].span), condition, labels(None));
    let conditions = policy.and_then(|policy| policy.get("conditions")).and_then(Value::as_list).unwrap_or_default();
    let words = conditions.iter().filter_map(|one| one.at(&["spec", "severity"])?.scalar_text());
    alert.tier = words.map(|word| Tier::of_word(Some(&word))).max().unwrap_or(Tier::Unlabelled);
    if policy.and_then(|policy| policy.get("alertWhenBreaching")).and_then(Value::as_bool) == Some(false) {
        alert.standing = Standing::Aside("its policy does not speak when it is broken".to_owned());
    }
    Some(alert)
}

/// An objective of Grafana; without `alerting` it calls nobody.
fn grafana(value: &Value, at: &dyn Fn(Span) -> Place) -> Option<Alert> {
    let first = |value: &Value| value.as_list().map_or_else(|| Some(value.clone()), |list| list.first().cloned());
    let query = first(value.get("query")?)?;
    let objective = value.get("objectives").and_then(first);
    let limit = allowed(objective.as_ref().and_then(|objective| objective.get("value")));
    let ratio = query.get("ratio").and_then(first);
    let word = |key: &str| ratio.as_ref().and_then(|ratio| ratio.get(key)).and_then(Value::scalar_text);
    let condition = match (word("success_metric"), word("total_metric")) {
        (Some(good), Some(all)) => kept(&good, &all, 1.0 - limit),
        _ => Condition::unread("an indicator of its own form".to_owned()),
    };
    let name = value.get("name").and_then(Value::scalar_text).unwrap_or_default();
    let mut alert = Alert::new(name, at(query.span), condition, labels(None));
    alert.make = Make::Grafana;
    if value.get("alerting").is_none() {
        alert.standing = Standing::Aside("it has no `alerting`".to_owned());
    }
    Some(alert)
}
