//! Alert policies of Google Cloud Monitoring, on metrics and on objectives.

use super::{Alarm, all_text, block, blocks, is_false, number};
use crate::facts::Facts;
use crate::facts::alerts::compose::{Condition, binary, call, plain_name, range_of};
use crate::facts::alerts::promql::Expr;
use crate::facts::alerts::{Tier, labels};
use crate::facts::infra::Resource;
use crate::value::Value;

/// The alarms of a policy: one for each of its conditions, or one of all that have to hold together.
pub(super) fn policy(facts: &Facts<'_>, resource: &Resource) -> Vec<Alarm> {
    let value = &resource.value;
    let found: Vec<Condition> = blocks(value, "conditions").iter().map(|one| condition(facts, one)).collect();
    let spans = blocks(value, "conditions").iter().map(|one| one.span);
    let is_together = value.get("combiner").and_then(Value::as_str).is_some_and(|word| word.starts_with("AND"));
    let conditions = if is_together { vec![Condition::all(found)] } else { found };
    let channels = value.get("notification_channels");
    let silent = if is_false(value, "enabled") {
        Some("it is switched off")
    } else if channels.is_none_or(|channels| channels.as_list().is_some_and(<[Value]>::is_empty)) {
        Some("it calls nobody: it has no `notification_channels`")
    } else {
        None
    };
    let own = labels(Some(value));
    let alarms = conditions.into_iter().zip(spans).map(|(condition, span)| {
        let mut alarm = Alarm::new(resource, condition, span);
        alarm.tier = own.get("severity").map(|word| Tier::of_word(Some(word)));
        alarm.silent = silent.map(str::to_owned);
        alarm
    });
    alarms.collect()
}

fn condition(facts: &Facts<'_>, one: &Value) -> Condition {
    if let Some(inner) = block(one, "condition_prometheus_query_language") {
        let query = inner.get("query").and_then(Value::scalar_text);
        return query.map_or_else(|| Condition::unread(all_text(one)), Condition::text);
    }
    let found = if let Some(inner) = block(one, "condition_threshold") {
        threshold(facts, inner)
    } else if let Some(inner) = block(one, "condition_absent") {
        let filter = inner.get("filter").map(all_text).unwrap_or_default();
        metric(facts, &filter).map(|metric| Condition::expr(filter, call("absent", metric), 0.0))
    } else {
        None
    };
    found.unwrap_or_else(|| Condition::unread(all_text(one)))
}

fn threshold(facts: &Facts<'_>, inner: &Value) -> Option<Condition> {
    let filter = all_text(inner.get("filter")?);
    let sign = match inner.get("comparison").and_then(Value::scalar_text).as_deref() {
        Some("COMPARISON_LT") => "<",
        Some("COMPARISON_LE") => "<=",
        Some("COMPARISON_GE") => ">=",
        Some("COMPARISON_GT") | None => ">",
        Some(_) => return None,
    };
    // Without a bound, the bound is 0.
    let limit = inner.get("threshold_value").map_or(0.0, |limit| number(Some(limit)));
    if filter.contains("select_slo_") {
        return objective(facts, &filter, limit);
    }
    let steps = all_text(inner.get("aggregations").unwrap_or(inner));
    let mut value = metric(facts, &filter)?;
    if steps.contains("REDUCE_COUNT_FALSE") || steps.contains("ALIGN_COUNT_FALSE") {
        value = call("count", binary("==", value, Expr::Number(0.0)));
    }
    if let Some(below) = inner.get("denominator_filter").map(all_text).filter(|below| !below.is_empty()) {
        value = binary("/", value, metric(facts, &below)?);
    }
    let period = blocks(inner, "aggregations").iter().filter_map(|step| step.get("alignment_period")?.scalar_text());
    let periods: Vec<String> = period.map(|period| format!("[{period}]")).collect();
    let range = range_of(periods.iter().map(String::as_str));
    let text = format!("{} {sign} {limit}", filter.split_whitespace().collect::<Vec<_>>().join(" "));
    Some(Condition::expr(text, binary(sign, value, Expr::Number(limit)), range))
}

/// The metric that a filter chooses, with its labels.
fn metric(facts: &Facts<'_>, filter: &str) -> Option<Expr> {
    let mut name = None;
    let mut labels = Vec::new();
    for (key, sign, value) in comparisons(filter) {
        if key == "metric.type" {
            name = Some(value);
        } else {
            let label = key.rsplit('.').next().unwrap_or(&key).to_owned();
            labels.push((label, sign, value));
        }
    }
    let name = name?;
    // What Prometheus collected keeps its name between the service and the kind of the metric.
    if let Some(own) = name.strip_prefix("prometheus.googleapis.com/") {
        return Some(Expr::Series(own.split('/').next().unwrap_or(own).to_owned(), labels));
    }
    if let Some(own) = name.strip_prefix("logging.googleapis.com/user/") {
        let is_it = |metric: &&Resource| {
            metric.setting("name").and_then(|setting| setting.text()).as_deref() == Some(own) || metric.is_named_in(own)
        };
        let made = facts.infra().of_kind("google_logging_metric").find(is_it);
        let pattern = made.and_then(|metric| metric.value.get("filter")).map(all_text);
        labels.extend(pattern.map(|text| ("pattern".to_owned(), "=".to_owned(), text.to_lowercase())));
    }
    Some(Expr::Series(plain_name(&name), labels))
}

/// The comparisons of a filter: `metric.labels.code = "500"`, `… >= 500`, `… = starts_with("5")`.
fn comparisons(filter: &str) -> Vec<(String, String, String)> {
    let words = words(filter);
    let mut found = Vec::new();
    for index in 1..words.len() {
        let sign = words[index].as_str();
        if !matches!(sign, "=" | "!=" | ">=" | "<=" | ">" | "<" | ":" | "=~" | "!=~") {
            continue;
        }
        let function = words.get(index + 2).is_some_and(|next| next == "(");
        let value = words.get(if function { index + 3 } else { index + 1 });
        let is_not = index >= 2 && words[index - 2] == "NOT";
        let sign = match (sign, is_not) {
            ("=" | ":" | "=~", true) => "!=",
            ("!=~", false) => "!~",
            (":", false) => "=",
            (sign, _) => sign,
        };
        found.extend(value.map(|value| (words[index - 1].clone(), sign.to_owned(), value.clone())));
    }
    found
}

/// The words of a filter: names, signs, and texts without their quotes.
fn words(filter: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut letters = filter.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut word = String::new();
        if letter == '"' {
            while let Some(inner) = letters.next().filter(|inner| *inner != '"') {
                word.push(if inner == '\\' { letters.next().unwrap_or_default() } else { inner });
            }
            // `metric.labels."code"`
            if found.last().is_some_and(|before| before.ends_with('.')) {
                if let Some(before) = found.last_mut() {
                    before.push_str(&word);
                }
                continue;
            }
        } else if letter.is_whitespace() {
            continue;
        } else if "=!<>:~".contains(letter) {
            word.push(letter);
            while let Some(next) = letters.next_if(|next| "=~".contains(*next)) {
                word.push(next);
            }
        } else if letter.is_alphanumeric() || letter == '_' {
            word.push(letter);
            while let Some(next) = letters.next_if(|next| next.is_alphanumeric() || "_-./".contains(*next)) {
                word.push(next);
            }
        } else {
            word.push(letter);
        }
        found.push(word);
    }
    found
}

/// How fast the budget of an objective is spent: of failed requests, or of slow ones.
fn objective(facts: &Facts<'_>, filter: &str, limit: f64) -> Option<Condition> {
    let slo = facts.infra().of_kind("google_monitoring_slo").find(|slo| {
        let id = slo.setting("slo_id").and_then(|setting| setting.text());
        slo.is_named_in(filter) || id.is_some_and(|id| filter.contains(&id))
    })?;
    let value = &slo.value;
    let text = format!("{} of {}", filter.split_whitespace().collect::<Vec<_>>().join(" "), slo.title());
    if let Some(basic) = block(value, "basic_sli") {
        let is_latency = !blocks(basic, "latency").is_empty();
        return Some(Condition::known(if is_latency { "latency" } else { "error_rate" }, text));
    }
    let request = block(value, "request_based_sli").or_else(|| {
        let windows = block(value, "windows_based_sli")?;
        block(block(windows, "good_total_ratio_threshold")?, "performance")
    })?;
    let filter_of = |block: &Value, key: &str| block.get(key).map(all_text).filter(|text| !text.is_empty());
    if let Some(cut) = block(request, "distribution_cut") {
        let metric = metric(facts, &filter_of(cut, "distribution_filter")?)?;
        return Some(Condition::expr(text, binary(">", metric, Expr::Number(f64::INFINITY)), 0.0));
    }
    let ratio = block(request, "good_total_ratio")?;
    let of = |key: &str| filter_of(ratio, key).and_then(|filter| metric(facts, &filter));
    let (good, bad, total) = (of("good_service_filter"), of("bad_service_filter"), of("total_service_filter"));
    let allowed = (1.0 - number(value.get("goal"))) * limit;
    let spent = match (good, bad, total) {
        (_, Some(bad), Some(total)) => binary(">", binary("/", bad, total), Expr::Number(allowed)),
        (Some(good), _, Some(total)) => binary("<", binary("/", good, total), Expr::Number(1.0 - allowed)),
        (Some(good), Some(bad), None) => {
            binary(">", binary("/", bad.clone(), binary("+", bad, good)), Expr::Number(allowed))
        }
        _ => return None,
    };
    Some(Condition::expr(text, spent, 0.0))
}
