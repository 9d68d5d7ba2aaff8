//! Services that look at an address from outside, and alerts of a host on its machines.

use super::{Alarm, blocks, is_false, number, series};
use crate::facts::alerts::compose::{Condition, binary};
use crate::facts::alerts::promql::Expr;
use crate::facts::infra::Resource;
use crate::facts::notify;
use crate::value::Value;

/// Kinds of checks, and the settings of which one names whom they call; none where the service itself knows.
const CHECKS: &[(&str, &[&str])] = &[
    ("betteruptime_monitor", &[]),
    ("better_uptime_monitor", &[]),
    ("checkly_check", &["alert_channel_subscription"]),
    ("datadog_synthetics_test", &[]),
    ("digitalocean_uptime_alert", &["notifications"]),
    ("pingdom_check", &["userids", "teamids", "integrationids"]),
    ("statuscake_uptime_check", &["contact_groups"]),
    ("uptimerobot_monitor", &["alert_contact"]),
];

/// A check that calls somebody when an address does not answer.
pub(super) fn check(resource: &Resource) -> Option<Alarm> {
    let (_, calls) = CHECKS.iter().find(|(kind, _)| resource.is_kind(kind))?;
    let value = &resource.value;
    let word = |key: &str| value.get(key).and_then(Value::scalar_text);
    if resource.kind == "digitalocean_uptime_alert" && !word("type").is_some_and(|kind| kind.starts_with("down")) {
        return None;
    }
    let is_on = |key: &&str| value.get(key).and_then(Value::as_bool) == Some(true);
    let is_off = ["paused", "muted"].iter().any(is_on)
        || is_false(value, "activated")
        || word("status").as_deref() == Some("paused");
    let is_told = |key: &&str| !blocks(value, key).is_empty();
    let message = word("message").filter(|_| resource.kind == "datadog_synthetics_test");
    let names_nobody = message.is_some_and(|text| !text.contains("${") && notify::handles(&text).is_empty());
    let condition = Condition::known("down", resource.kind.clone());
    let mut alarm = Alarm::new(resource, condition, resource.span);
    if is_off {
        alarm.silent = Some(OFF.to_owned());
    } else if names_nobody || !calls.is_empty() && !calls.iter().any(is_told) {
        alarm.silent = Some(NOBODY.to_owned());
    }
    Some(alarm)
}

const NOBODY: &str = "it calls nobody";
const OFF: &str = "it is paused";

/// An alert of `DigitalOcean` on its machines.
pub(super) fn machine(resource: &Resource) -> Alarm {
    let value = &resource.value;
    let word = |key: &str| value.get(key).and_then(Value::scalar_text).unwrap_or_default();
    let (name, limit) = (word("type"), number(value.get("value")));
    let sign = if word("compare") == "LessThan" { "<" } else { ">" };
    let expr = binary(sign, series(&name, &[]), Expr::Number(limit));
    let span = value.get("type").map_or(resource.span, |kind| kind.span);
    let mut alarm = Alarm::new(resource, Condition::expr(format!("{name} {sign} {limit}"), expr, 0.0), span);
    if is_false(value, "enabled") {
        alarm.silent = Some(OFF.to_owned());
    } else if blocks(value, "alerts").is_empty() {
        alarm.silent = Some(NOBODY.to_owned());
    }
    alarm
}
