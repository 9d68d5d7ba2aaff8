//! Alarms of Amazon `CloudWatch`, rules of `EventBridge` and subscriptions to events of a database.

use super::{Alarm, all_text, block, blocks, is_false, moving, number, series};
use crate::facts::Facts;
use crate::facts::alerts::Tier;
use crate::facts::alerts::compose::{Condition, binary, substitute};
use crate::facts::alerts::promql::{self, Expr};
use crate::facts::infra::{Resource, written};
use crate::facts::notify;
use crate::value::{Kind, Value};

/// An alarm on a metric, or on a formula of metrics.
pub(super) fn metric_alarm(facts: &Facts<'_>, resource: &Resource) -> Alarm {
    let value = &resource.value;
    let word = |key: &str| value.get(key).and_then(Value::scalar_text);
    let queries = ["metric_query", "metrics", "metric_queries"].iter().find(|key| value.get(key).is_some());
    let watched = match queries {
        Some(key) => formula(facts, blocks(value, key)),
        None => metric(facts, value, word("statistic").or_else(|| word("extended_statistic"))),
    };
    let told = value.get("metric_name").or_else(|| queries.and_then(|key| value.get(key)));
    let span = told.map_or(resource.span, |told| told.span);
    let operator = word("comparison_operator").unwrap_or_default();
    let sign = match operator.as_str() {
        "LessThanThreshold" | "LessThanLowerThreshold" => "<",
        "LessThanOrEqualToThreshold" => "<=",
        "GreaterThanOrEqualToThreshold" => ">=",
        "GreaterThanThreshold" | "GreaterThanUpperThreshold" | "LessThanLowerOrGreaterThanUpperThreshold" => ">",
        _ => "",
    };
    let condition = match watched.filter(|_| !sign.is_empty()) {
        Some((name, expr)) => {
            let is_usual = value.get("threshold_metric_id").is_some();
            let limit = number(value.get("threshold"));
            let text = if is_usual { format!("{name} {sign} usual") } else { format!("{name} {sign} {limit}") };
            let range = number(value.get("period")).max(0.0);
            if is_usual {
                Condition::expr(text, moving(sign, expr), range)
            } else {
                of_storage(facts, value, text, expr, sign, limit, range)
            }
        }
        None => Condition::unread(all_text(value)),
    };
    let mut alarm = Alarm::new(resource, condition, span);
    let called = called(facts, resource);
    if called.as_ref().is_ok_and(|actions| !actions.is_empty() && actions.iter().all(|name| notify::is_quiet(name))) {
        alarm.tier = Some(Tier::Ticket);
    }
    alarm.silent = called.err();
    alarm
}

/// Free bytes are a share where the size of the database is in the tree; elsewhere the bound is not.
fn of_storage(
    facts: &Facts<'_>,
    value: &Value,
    text: String,
    expr: Expr,
    sign: &str,
    limit: f64,
    range: f64,
) -> Condition {
    if !matches!(&expr, Expr::Series(name, _) if name == "FreeStorageSpace") {
        return Condition::expr(text, binary(sign, expr, Expr::Number(limit)), range);
    }
    let named = value.get("dimensions").map(all_text).unwrap_or_default();
    let is_meant = |database: &&Resource| {
        let name = database.setting("identifier").and_then(|setting| setting.text());
        database.is_named_in(&named) || name.is_some_and(|name| named.lines().any(|line| line == name))
    };
    let database = facts.infra().of_kind("aws_db_instance").find(is_meant);
    let gigabytes = database.map_or(f64::NAN, |database| number(database.value.get("allocated_storage")));
    let share = binary("/", expr, series("allocated_storage", &[]));
    Condition::expr(text, binary(sign, share, Expr::Number(limit / (gigabytes * 1_073_741_824.0))), range)
}

/// A metric, with what makes it where that is a pattern in logs.
fn metric(facts: &Facts<'_>, value: &Value, statistic: Option<String>) -> Option<(String, Expr)> {
    let name = value.get("metric_name")?.scalar_text()?;
    let namespace = value.get("namespace").and_then(Value::scalar_text).unwrap_or_default();
    let mut labels = vec![("namespace", namespace.as_str())];
    let statistic = statistic.unwrap_or_default();
    labels.push(("statistic", &statistic));
    let makes = |filter: &&Resource| {
        let made = filter.setting("metric_transformation.name");
        made.is_some_and(|made| made.text().as_deref() == Some(name.as_str()))
    };
    let filter = facts.infra().of_kind("aws_cloudwatch_log_metric_filter").find(makes);
    let pattern = filter.and_then(|filter| written(filter.value.get("pattern")?)).map(|text| text.to_lowercase());
    labels.extend(pattern.as_deref().map(|pattern| ("pattern", pattern)));
    Some((format!("{namespace} {name}"), series(&name, &labels)))
}

/// The query of several that is compared: the one that returns its data.
fn formula(facts: &Facts<'_>, queries: &[Value]) -> Option<(String, Expr)> {
    let id = |query: &Value| query.get("id").and_then(Value::scalar_text);
    let returns = |query: &&Value| {
        let flag = query.get("return_data").and_then(Value::scalar_text);
        flag.as_deref() == Some("true")
    };
    let is_kept = |query: &&Value| !is_false(query, "return_data");
    let chosen = queries.iter().find(returns).or_else(|| queries.iter().find(is_kept))?;
    let mut names = Vec::new();
    let expr = query(facts, queries, &id, chosen, &mut names, 0)?;
    let text = chosen.get("expression").and_then(Value::scalar_text).unwrap_or_default();
    Some((format!("{text} of {}", names.join(", ")), expr))
}

fn query(
    facts: &Facts<'_>,
    queries: &[Value],
    id: &dyn Fn(&Value) -> Option<String>,
    one: &Value,
    names: &mut Vec<String>,
    depth: usize,
) -> Option<Expr> {
    if depth > 8 {
        return None;
    }
    if let Some(outer) = block(one, "metric").or_else(|| block(one, "metric_stat")) {
        let inner = block(outer, "metric").unwrap_or(outer);
        let statistic = outer.get("stat").and_then(Value::scalar_text);
        let (name, expr) = metric(facts, inner, statistic)?;
        names.push(name);
        return Some(expr);
    }
    let text = one.get("expression")?.scalar_text()?;
    let parsed = simple(promql::parse(&text.replace(['[', ']'], " "))?);
    substitute(&parsed, &mut |name| {
        let found = queries.iter().find(|query| id(query).as_deref() == Some(name))?;
        Some(query(facts, queries, id, found, names, depth + 1))
    })
}

/// Without what only fills gaps: `IF(m1 > 0, m2 / m1, 0)` and `FILL(m1, 0)`.
fn simple(expr: Expr) -> Expr {
    match expr {
        Expr::Call(name, mut args) => match (name.as_str(), args.len()) {
            ("if", 3) => simple(args.swap_remove(1)),
            ("fill" | "abs" | "ceil" | "floor", 1 | 2) => simple(args.swap_remove(0)),
            _ => Expr::Call(name, args.into_iter().map(simple).collect()),
        },
        Expr::Binary(operator, left, right) => binary(&operator, simple(*left), simple(*right)),
        other => other,
    }
}

/// Whom an alarm calls, or why it calls nobody.
fn called(facts: &Facts<'_>, resource: &Resource) -> Result<Vec<String>, String> {
    let value = &resource.value;
    if is_false(value, "actions_enabled") {
        return Err("its actions are switched off".to_owned());
    }
    let name = value.get("alarm_name").and_then(Value::scalar_text);
    let is_part = |composite: &Resource| {
        let rule = composite.value.get("alarm_rule").map(all_text).unwrap_or_default();
        let is_meant = resource.is_named_in(&rule) || name.as_ref().is_some_and(|name| rule.contains(name.as_str()));
        is_meant && !is_false(&composite.value, "actions_enabled") && !actions(&composite.value).is_empty()
    };
    if facts.infra().of_kind("aws_cloudwatch_composite_alarm").any(is_part) {
        return Ok(Vec::new());
    }
    let actions = actions(value);
    if actions.is_empty() {
        return Err("it calls nobody: it has no `alarm_actions`".to_owned());
    }
    let acts = |action: &String| {
        let action = action.to_ascii_lowercase();
        ["scaling", "scale", ":automate:", "swf:action"].iter().any(|word| action.contains(word))
    };
    if actions.iter().all(acts) {
        return Err("it scales or restarts, and tells nobody".to_owned());
    }
    Ok(actions)
}

fn actions(value: &Value) -> Vec<String> {
    let Some(actions) = value.get("alarm_actions") else { return Vec::new() };
    match &actions.kind {
        Kind::List(list) => list.iter().filter_map(written).filter(|action| !action.is_empty()).collect(),
        _ => written(actions).into_iter().filter(|action| !action.is_empty() && action != "null").collect(),
    }
}

/// A rule that passes findings of a detector on, or the coming end of a certificate.
pub(super) fn event_rule(facts: &Facts<'_>, resource: &Resource) -> Option<Alarm> {
    let pattern = resource.value.get("event_pattern")?;
    let text = all_text(pattern);
    let signal = if ["aws.guardduty", "aws.securityhub"].iter().any(|source| text.contains(source)) {
        "security"
    } else if text.contains("ACM Certificate Approaching Expiration") {
        "cert"
    } else {
        return None;
    };
    let mut alarm = Alarm::new(resource, Condition::known(signal, text), pattern.span);
    let name = resource.value.get("name").and_then(Value::scalar_text);
    let leads = |target: &Resource| {
        let rule = target.value.get("rule").map(all_text).unwrap_or_default();
        resource.is_named_in(&rule) || name.as_ref() == Some(&rule)
    };
    let tells = |arn: &str| {
        let arn = arn.to_ascii_lowercase();
        !arn.is_empty() && !["log", "firehose", "kinesis", "s3"].iter().any(|store| arn.contains(store))
    };
    let inner = blocks(&resource.value, "targets").iter();
    let outer = facts.infra().of_kind("aws_cloudwatch_event_target").filter(|target| leads(target));
    let mut arns = inner.chain(outer.map(|target| &target.value)).map(|target| {
        let arn = target.get("arn").map(all_text);
        arn.unwrap_or_default()
    });
    let is_off = is_false(&resource.value, "is_enabled")
        || resource.value.get("state").and_then(Value::as_str) == Some("DISABLED");
    if is_off {
        alarm.silent = Some("it is switched off".to_owned());
    } else if !arns.any(|arn| tells(&arn)) {
        alarm.silent = Some("it has no target that tells somebody".to_owned());
    }
    Some(alarm)
}

/// A subscription to events that say that a database is not available.
pub(super) fn event_subscription(resource: &Resource) -> Option<Alarm> {
    let value = &resource.value;
    let categories = value.get("event_categories").map(all_text).unwrap_or_default();
    let is_about = categories.is_empty() || ["availability", "fail"].iter().any(|word| categories.contains(word));
    let kind = value.get("source_type").and_then(Value::scalar_text).unwrap_or_default();
    let is_database = kind.is_empty() || ["db-instance", "db-cluster"].contains(&kind.as_str());
    if !is_about || !is_database {
        return None;
    }
    let span = value.get("event_categories").map_or(resource.span, |categories| categories.span);
    let mut alarm = Alarm::new(resource, Condition::known("db_down", categories), span);
    if is_false(value, "enabled") {
        alarm.silent = Some("it is switched off".to_owned());
    }
    Some(alarm)
}
