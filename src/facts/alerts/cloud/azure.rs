//! Alerts of Azure Monitor and rules of Microsoft Sentinel.

use super::{Alarm, all_text, block, blocks, is_false, moving, number, series};
use crate::facts::alerts::Tier;
use crate::facts::alerts::compose::{Condition, binary};
use crate::facts::alerts::promql::Expr;
use crate::facts::infra::Resource;
use crate::value::Value;

/// An alert on one metric, or on several that all have to be so.
pub(super) fn metric_alert(resource: &Resource) -> Alarm {
    let value = &resource.value;
    let window = value.get("window_size").and_then(Value::scalar_text).unwrap_or_default();
    let range = if window.contains(['H', 'D']) { 3600.0 } else { 300.0 };
    let mut span = resource.span;
    let mut whole: Option<Expr> = None;
    let mut texts = Vec::new();
    let steps = blocks(value, "criteria").iter().chain(blocks(value, "dynamic_criteria"));
    for one in steps {
        let Some((text, expr)) = criterion(one) else {
            whole = None;
            break;
        };
        span = one.get("metric_name").map_or(span, |name| name.span);
        texts.push(text);
        whole = Some(match whole {
            Some(before) => binary("and", before, expr),
            None => expr,
        });
    }
    let condition = match whole {
        Some(expr) => Condition::expr(texts.join(" and "), expr, range),
        None if block(value, "application_insights_web_test_location_availability_criteria").is_some() => {
            Condition::known("down", "application_insights_web_test_location_availability_criteria".to_owned())
        }
        None => Condition::unread(all_text(value)),
    };
    let mut alarm = Alarm::new(resource, condition, span);
    let level = value.get("severity").map(|level| number(Some(level)));
    alarm.tier = level.and_then(|level| match level {
        _ if level <= 1.0 => Some(Tier::Page),
        _ if level <= 3.0 => Some(Tier::Ticket),
        _ if level <= 4.0 => Some(Tier::Info),
        _ => None,
    });
    if is_false(value, "enabled") {
        alarm.silent = Some("it is switched off".to_owned());
    } else if blocks(value, "action").is_empty() {
        alarm.silent = Some("it calls nobody: it has no `action`".to_owned());
    }
    alarm
}

fn criterion(one: &Value) -> Option<(String, Expr)> {
    let word = |key: &str| one.get(key).and_then(Value::scalar_text);
    let (name, namespace) = (word("metric_name")?, word("metric_namespace").unwrap_or_default());
    let metric = series(&name, &[("namespace", &namespace)]);
    let sign = match word("operator")?.as_str() {
        "GreaterThan" | "GreaterOrLessThan" => ">",
        "GreaterThanOrEqual" => ">=",
        "LessThan" => "<",
        "LessThanOrEqual" => "<=",
        "Equals" => "==",
        "NotEquals" => "!=",
        _ => return None,
    };
    if one.get("alert_sensitivity").is_some() {
        return Some((format!("{namespace} {name} {sign} usual"), moving(sign, metric)));
    }
    let limit = number(one.get("threshold"));
    Some((format!("{namespace} {name} {sign} {limit}"), binary(sign, metric, Expr::Number(limit))))
}

/// A rule of the detection of intrusions.
pub(super) fn sentinel(resource: &Resource) -> Alarm {
    let text = resource.value.get("query").map(all_text).unwrap_or_default();
    let mut alarm = Alarm::new(resource, Condition::known("security", text), resource.span);
    if is_false(&resource.value, "enabled") {
        alarm.silent = Some("it is switched off".to_owned());
    }
    alarm
}
