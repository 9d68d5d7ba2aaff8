//! Alert rules that Grafana itself evaluates: steps that query, reduce, compute and compare, of which one is the condition.
//!
//! A condition holds where its value is not zero. The value of `up == 0` is 0 wherever it is there at all, so a rule with
//! that for its condition never fires; `up < 1` as a step of its own does.

use super::compose::{Condition, binary, call, plain_name, range_of, substitute};
use super::promql::{self, Expr};
use super::{Alert, Alerts, Make, labels, signals};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::format::{self, Format};
use crate::facts::production::Standing;
use crate::source::{Source, Span};
use crate::value::{Kind, Value};
use std::collections::BTreeMap;

const NEVER: &str = "it never fires: what it compares is filtered out before";
const NOTHING: &str = "its condition is the same whatever happens";

/// How many steps may lead to a condition one after another.
const MAX_DEPTH: usize = 12;

/// Rules that Terraform declares.
pub(super) fn read(facts: &Facts<'_>, view: &mut Alerts) {
    let infra = facts.infra();
    view.blind.extend(infra.unread(&["grafana_rule_group"]));
    for resource in infra.resources.iter().filter(|resource| resource.is_kind("grafana_rule_group")) {
        let rules = resource.value.get("rule").and_then(Value::as_list);
        if rules.is_none() && resource.standing == Standing::Production {
            let why = format!("the rules of {} are not in the tree", resource.title());
            view.blind.push(Blind { place: Some(resource.place()), why });
        }
        for rule in rules.unwrap_or_default() {
            let alert = self::rule(rule, &|span| resource.at(span));
            view.rules.extend(alert.map(|alert| alert.annotated(rule).standing_in(&resource.standing)));
        }
    }
}

/// A rule as provisioning files, objects and Terraform write it; none without steps or a condition.
pub(super) fn rule(rule: &Value, at: &dyn Fn(Span) -> Place) -> Option<Alert> {
    let either = |one: &str, other: &str| rule.get(one).or_else(|| rule.get(other));
    let condition = rule.get("condition")?;
    let steps = rule.get("data")?.as_list()?;
    let name = either("title", "name")?;
    let mut graph = Graph { steps: BTreeMap::new(), texts: Vec::new() };
    let mut place = None;
    for step in steps {
        let Some(id) = step.get("refId").or_else(|| step.get("ref_id")).and_then(Value::scalar_text) else { continue };
        let Some(model) = step.get("model") else { continue };
        let query = model.get("expr");
        if place.is_none() {
            place = query.map(|query| query.span);
        }
        graph.steps.insert(id, read_model(model));
    }
    let composed = condition.scalar_text().ok_or(Flaw::Unread).and_then(|id| graph.condition(&id));
    let text = graph.texts.join("; ");
    let range = range_of(graph.texts.iter().map(String::as_str));
    let (condition, flaw) = match composed {
        Ok(expr) if signals::is_constant(&expr) && text.trim() != "vector(1)" => {
            (Condition::unread(text), Some(NOTHING))
        }
        Ok(expr) => (of_expr(text, expr, range), None),
        Err(flaw) => (Condition::unread(text), (flaw == Flaw::Never).then_some(NEVER)),
    };
    let place = at(place.unwrap_or(name.span));
    let name = name.scalar_text().unwrap_or_else(|| "without a name".to_owned());
    let mut alert = Alert::new(name, place, condition, labels(rule.get("labels")));
    alert.make = Make::Grafana;
    if either("isPaused", "is_paused").and_then(Value::as_bool) == Some(true) {
        alert.standing = Standing::Aside("it is paused".to_owned());
    } else if let Some(why) = flaw {
        alert.standing = Standing::Aside(why.to_owned());
    }
    Some(alert)
}

/// A model in itself, or the JSON that it is written as.
fn read_model(model: &Value) -> Value {
    let Some(text) = model.as_str() else { return model.clone() };
    let parsed = format::read(Format::Json, &Source::new("", text));
    parsed.documents.into_iter().next().unwrap_or_else(|| model.clone())
}

/// A condition; a query of logs stands as a text in it.
fn of_expr(text: String, expr: Expr, range: f64) -> Condition {
    if let Expr::Binary(operator, left, right) = &expr
        && let (Some(query), Expr::Number(limit)) = (log_query(left), &**right)
    {
        return Condition::text(format!("{query} {operator} {limit}"));
    }
    if log_query(&expr).is_some() {
        return Condition::unread(text);
    }
    Condition::expr(text, expr, range)
}

fn log_query(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Text(text) => signals::is_log_query(text).then_some(text.as_str()),
        Expr::Call(_, args) => args.iter().find_map(log_query),
        Expr::Binary(_, left, right) => log_query(left).or_else(|| log_query(right)),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Unread,
    /// What it asks for cannot come about.
    Never,
}

type Composed = Result<Expr, Flaw>;

/// The steps of a rule by their letters.
struct Graph {
    steps: BTreeMap<String, Value>,
    /// The queries that were walked through.
    texts: Vec<String>,
}

impl Graph {
    fn condition(&mut self, id: &str) -> Composed {
        match self.value(id, 0)? {
            Expr::Call(name, args) if name == BOOLEAN => args.into_iter().next().ok_or(Flaw::Unread),
            value => holds(value, "!=", 0.0),
        }
    }

    /// The value of a step.
    fn value(&mut self, id: &str, depth: usize) -> Composed {
        let model = self.steps.get(id).filter(|_| depth < MAX_DEPTH).ok_or(Flaw::Unread)?.clone();
        let word = |key: &str| model.get(key).and_then(Value::scalar_text);
        if let Some(query) = word("expr") {
            return self.query(query);
        }
        if let (Some(namespace), Some(metric)) = (word("namespace"), word("metricName")) {
            self.texts.push(format!("{namespace} {metric}"));
            let namespace = ("namespace".to_owned(), "=".to_owned(), namespace);
            return Ok(Expr::Series(plain_name(&metric), vec![namespace]));
        }
        let expression = word("expression");
        let input = expression.as_deref().map(|text| text.trim().trim_start_matches(['$', '{']).trim_end_matches('}'));
        match (word("type").as_deref(), input) {
            (Some("reduce"), Some(input)) => Ok(reduced(self.value(input, depth + 1)?, word("reducer").as_deref())),
            (Some("resample"), Some(input)) => self.value(input, depth + 1),
            (Some("threshold"), Some(input)) => {
                let value = self.value(input, depth + 1)?;
                let condition = model.get("conditions").and_then(Value::as_list).and_then(<[Value]>::first);
                let condition = condition.and_then(|condition| condition.get("evaluator")).ok_or(Flaw::Unread)?;
                Ok(call(BOOLEAN, evaluated(value, condition)?))
            }
            (Some("math"), _) => self.math(&expression.ok_or(Flaw::Unread)?, depth),
            (Some("classic_conditions"), _) => self.classic(&model, depth),
            _ => Err(Flaw::Unread),
        }
    }

    fn query(&mut self, query: String) -> Composed {
        let is_log = signals::is_log_query(&query);
        let parsed = if is_log { Some(Expr::Text(query.clone())) } else { promql::parse(&query) };
        let is_boolean = query.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "bool");
        self.texts.push(query);
        let parsed = parsed.ok_or(Flaw::Unread)?;
        Ok(if is_boolean { call(BOOLEAN, parsed) } else { parsed })
    }

    /// `$B > 70 && $C > 0`, `${B} / $C * 100`.
    fn math(&mut self, text: &str, depth: usize) -> Composed {
        let text = text.replace("&&", " and ").replace("||", " or ");
        let text: String = text.replace("${", STEP).replace('}', "").replace('$', STEP);
        let parsed = promql::parse(&text).ok_or(Flaw::Unread)?;
        let is_comparison = is_condition(&parsed);
        let mut flaw = None;
        let composed = substitute(&parsed, &mut |name| {
            let value = self.value(name.strip_prefix(STEP)?, depth + 1);
            Some(value.map_err(|found| flaw = Some(found)).ok())
        });
        let composed = composed.ok_or(flaw.unwrap_or(Flaw::Unread))?;
        if is_comparison { Ok(call(BOOLEAN, settled(composed)?)) } else { Ok(composed) }
    }

    /// Conditions of the old kind, each on a step of its own.
    fn classic(&mut self, model: &Value, depth: usize) -> Composed {
        let mut whole: Option<Expr> = None;
        for condition in model.get("conditions").and_then(Value::as_list).unwrap_or_default() {
            let id = condition.at(&["query", "params"]).and_then(Value::as_list).and_then(<[Value]>::first);
            let id = id.and_then(Value::scalar_text).ok_or(Flaw::Unread)?;
            let reducer = condition.at(&["reducer", "type"]).and_then(Value::scalar_text);
            let value = reduced(self.value(&id, depth + 1)?, reducer.as_deref());
            let one = evaluated(value, condition.get("evaluator").ok_or(Flaw::Unread)?)?;
            let operator = condition.at(&["operator", "type"]).and_then(Value::scalar_text);
            let operator = if operator.as_deref() == Some("or") { "or" } else { "and" };
            whole = Some(match whole {
                Some(before) => binary(operator, before, one),
                None => one,
            });
        }
        whole.map(|whole| call(BOOLEAN, whole)).ok_or(Flaw::Unread)
    }
}

/// What marks a value that says whether something holds.
const BOOLEAN: &str = "is";
/// What stands before the letter of a step.
const STEP: &str = "step:";

/// One value of many.
fn reduced(value: Expr, reducer: Option<&str>) -> Expr {
    let name = match reducer {
        Some("min") => "min_over_time",
        Some("max") => "max_over_time",
        Some("sum") => "sum_over_time",
        Some("count" | "count_non_null") => "count_over_time",
        Some("diff" | "diff_abs" | "percent_diff" | "percent_diff_abs") => "delta",
        Some("last") => "last_over_time",
        _ => "avg_over_time",
    };
    match value {
        // What only says whether something holds stays so.
        Expr::Call(ref inner, _) if inner == BOOLEAN && name != "delta" => value,
        value => call(name, value),
    }
}

/// A value compared as a step asks for.
fn evaluated(value: Expr, evaluator: &Value) -> Composed {
    let params = evaluator.get("params").and_then(Value::as_list).unwrap_or_default();
    let number = |index: usize| match params.get(index).map(|param| (&param.kind, param.as_number())) {
        Some((Kind::Expr(_), _)) => f64::NAN,
        Some((_, Some(number))) => number,
        _ => 0.0,
    };
    let kind = evaluator.get("type").and_then(Value::scalar_text).unwrap_or_default();
    let (low, high) = (number(0), number(1));
    match kind.as_str() {
        "gt" => holds(value, ">", low),
        "gte" => holds(value, ">=", low),
        "lt" => holds(value, "<", low),
        "lte" => holds(value, "<=", low),
        "eq" => holds(value, "==", low),
        "ne" => holds(value, "!=", low),
        "within_range" | "within_range_included" => {
            Ok(binary("and", holds(value.clone(), ">", low)?, holds(value, "<", high)?))
        }
        "outside_range" | "outside_range_included" => {
            Ok(binary("or", holds(value.clone(), "<", low)?, holds(value, ">", high)?))
        }
        "no_value" => Ok(call("absent", value)),
        _ => Err(Flaw::Unread),
    }
}

fn is_comparison(operator: &str) -> bool {
    matches!(operator, ">" | "<" | ">=" | "<=" | "==" | "!=")
}

fn is_condition(expr: &Expr) -> bool {
    matches!(expr, Expr::Binary(operator, ..) if is_comparison(operator) || matches!(operator.as_str(), "and" | "or"))
}

/// Every comparison of a computed step with a number, settled against what its value is.
fn settled(expr: Expr) -> Composed {
    match expr {
        Expr::Binary(operator, left, right) if matches!(operator.as_str(), "and" | "or") => {
            Ok(binary(&operator, settled(*left)?, settled(*right)?))
        }
        Expr::Binary(operator, left, right) if is_comparison(&operator) => match *right {
            Expr::Number(limit) => holds(*left, &operator, limit),
            right => Ok(binary(&operator, *left, right)),
        },
        other => holds(other, "!=", 0.0),
    }
}

/// When a value compares so with a number; a value that a query has filtered is only there where the filter let it pass.
fn holds(value: Expr, operator: &str, limit: f64) -> Composed {
    match value {
        Expr::Call(name, args) if name == BOOLEAN => {
            let is_true = compare(1.0, operator, limit) && !compare(0.0, operator, limit);
            args.into_iter().next().filter(|_| is_true).ok_or(Flaw::Unread)
        }
        Expr::Call(name, mut args) if args.len() == 1 && (name.ends_with("_over_time") && is_condition(&args[0])) => {
            let inner = args.remove(0);
            if name == "count_over_time" { Err(Flaw::Unread) } else { holds(inner, operator, limit) }
        }
        Expr::Call(name, args) if name.starts_with("absent") => {
            if compare(1.0, operator, limit) {
                Ok(Expr::Call(name, args))
            } else {
                Err(Flaw::Never)
            }
        }
        Expr::Binary(joint, left, right) if joint == "or" => {
            match (holds(*left, operator, limit), holds(*right, operator, limit)) {
                (Ok(one), Ok(other)) => Ok(binary("or", one, other)),
                (Ok(one), Err(Flaw::Never)) | (Err(Flaw::Never), Ok(one)) => Ok(one),
                (Err(flaw), _) | (_, Err(flaw)) => Err(flaw),
            }
        }
        Expr::Binary(joint, left, right) if matches!(joint.as_str(), "and" | "unless") => {
            Ok(binary(&joint, holds(*left, operator, limit)?, *right))
        }
        Expr::Binary(filter, left, right) if is_comparison(&filter) => {
            filtered(&filter, *left, *right, operator, limit)
        }
        value if operator == "!=" && limit == 0.0 => Ok(binary(">", value, Expr::Number(0.0))),
        value => Ok(binary(operator, value, Expr::Number(limit))),
    }
}

/// What comes of a comparison with a value that another one has let pass.
fn filtered(filter: &str, left: Expr, right: Expr, operator: &str, limit: f64) -> Composed {
    let Expr::Number(bound) = right else {
        // Whatever passes `used > size * 0.9` is more than nothing.
        let passes = compare(1.0, operator, limit) && filter.starts_with('>');
        return if passes { Ok(binary(filter, left, right)) } else { Err(Flaw::Unread) };
    };
    let (asked, let_pass) = (operator.get(..1), filter.get(..1));
    match filter {
        "==" if compare(bound, operator, limit) => Ok(binary(filter, left, right)),
        "==" => Err(Flaw::Never),
        // The stricter of two bounds in the same direction.
        _ if asked == let_pass && asked != Some("!") => {
            let is_stricter = if asked == Some(">") { limit > bound } else { limit < bound };
            Ok(if is_stricter { binary(operator, left, Expr::Number(limit)) } else { binary(filter, left, right) })
        }
        ">" | ">=" if operator == "!=" && bound >= 0.0 => Ok(binary(filter, left, right)),
        // A share between two bounds; of something that is 0 or 1 nothing lies between.
        "<" | "<=" if limit <= 0.0 && matches!(operator, ">" | ">=" | "!=") && !is_plain(&left) => {
            Ok(binary(filter, left, right))
        }
        _ => Err(Flaw::Unread),
    }
}

fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Series(..) => true,
        Expr::Call(_, args) => args.iter().all(is_plain),
        _ => false,
    }
}

fn compare(value: f64, operator: &str, limit: f64) -> bool {
    match operator {
        ">" => value > limit,
        ">=" => value >= limit,
        "<" => value < limit,
        "<=" => value <= limit,
        "==" => (value - limit).abs() < f64::EPSILON,
        _ => (value - limit).abs() >= f64::EPSILON,
    }
}
