//! What an expression is about, and from which use on it fires; the families of metrics are data
//! (`src/rules/alert-signals.tsk`), each signal with examples both ways that it has to pass.

use super::promql::{self, Expr};
use crate::quantity::Quantity;
use crate::tusk;
use crate::value::Value;
use anyhow::{Context as _, Result, bail};
use std::sync::LazyLock;

const BUILT_IN: &str = include_str!("../../rules/alert-signals.tsk");

static SIGNALS: LazyLock<Vec<Signal>> = LazyLock::new(|| parse(BUILT_IN).unwrap_or_default());

/// One thing that can be watched.
#[derive(Debug)]
pub struct Signal {
    name: String,
    families: Vec<(Sense, Family)>,
    never: Vec<Family>,
    examples: Vec<String>,
    counterexamples: Vec<String>,
}

/// What a high value of a metric says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    Used,
    Available,
    Share,
    Percent,
    Zero,
    Present,
    Left,
}

const SENSES: &[(&str, Sense)] = &[
    ("used", Sense::Used),
    ("available", Sense::Available),
    ("share", Sense::Share),
    ("percent", Sense::Percent),
    ("zero", Sense::Zero),
    ("present", Sense::Present),
    ("left", Sense::Left),
];

/// A name with an optional label: `node_cpu_seconds_total{mode=idle}`.
#[derive(Debug)]
struct Family {
    name: String,
    label: Option<(String, bool, String)>,
}

/// What an expression watches.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// The signal: `cpu`, `disk`, `down`.
    pub signal: String,
    /// From which use on it fires, where the expression bounds it.
    pub above: Option<Quantity>,
}

/// Jobs of the machinery itself: their being up says nothing about the service.
const MACHINERY: &[&str] =
    &["node", "kubelet", "etcd", "apiserver", "prometheus", "alertmanager", "exporter", "cadvisor"];

/// The shortest notice of an expiry that leaves time to act, in seconds.
const WEEK: f64 = 604_800.0;

/// The signals of the catalogue by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    SIGNALS.iter().map(|signal| signal.name.as_str())
}

/// What an expression watches; nothing for one that cannot be read or is about something else.
pub fn classify(text: &str) -> Vec<Watched> {
    let Some(expr) = promql::parse(text) else { return Vec::new() };
    SIGNALS.iter().filter_map(|signal| signal.watched(&expr)).collect()
}

/// Runs every signal over its own examples; says which of them it fails.
pub fn fail_own_examples() -> Result<Vec<String>> {
    let mut failed = Vec::new();
    for signal in parse(BUILT_IN)? {
        let watched = |text: &str| promql::parse(text).map(|expr| signal.watched(&expr));
        for example in &signal.examples {
            let (text, wanted) = example.rsplit_once("=>").with_context(|| format!("no `=>` in {example}"))?;
            let wanted: Option<f64> = wanted.trim().parse().ok();
            let seen = watched(text).flatten().map(|watched| watched.above.map(|above| above.amount));
            let fits = matches!((seen, wanted), (Some(None), None))
                || matches!((seen, wanted), (Some(Some(seen)), Some(wanted)) if (seen - wanted).abs() < 1e-6);
            if !fits {
                failed.push(format!("{}: {example} (seen: {seen:?})", signal.name));
            }
        }
        for text in &signal.counterexamples {
            match watched(text) {
                None => failed.push(format!("{}: {text} cannot be read", signal.name)),
                Some(Some(watched)) => failed.push(format!("{}: {text} counts as {watched:?}", signal.name)),
                Some(None) => {}
            }
        }
    }
    Ok(failed)
}

fn parse(text: &str) -> Result<Vec<Signal>> {
    let (document, diagnostics) = tusk::parse_text(text);
    if let Some(diagnostic) = diagnostics.first() {
        bail!("{}", diagnostic.message);
    }
    let signals = document.sections.iter().map(|section| {
        let name = section.name();
        let name = name.strip_prefix("signal.").with_context(|| format!("[{name}] is no signal"))?;
        let texts = |key: &str| -> Vec<String> {
            let list = section.body.get(key).and_then(|field| field.value.as_list()).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let families = SENSES.iter().flat_map(|(key, sense)| {
            let families = texts(key);
            families.into_iter().map(|text| (*sense, Family::of(&text)))
        });
        Ok(Signal {
            name: name.to_owned(),
            families: families.collect(),
            never: texts("never").iter().map(|text| Family::of(text)).collect(),
            examples: texts("examples"),
            counterexamples: texts("counterexamples"),
        })
    });
    signals.collect()
}

impl Family {
    fn of(text: &str) -> Self {
        let (name, label) = text.split_once('{').unwrap_or((text, ""));
        let label = label.trim_end_matches('}').split_once('=').map(|(label, value)| {
            let label = label.trim_end_matches('!');
            (label.to_owned(), !text.contains("!="), value.to_owned())
        });
        Self { name: name.to_owned(), label }
    }

    fn is(&self, name: &str, labels: &[(String, String, String)]) -> bool {
        let named = match (self.name.strip_prefix('*'), self.name.strip_suffix('*')) {
            (Some(end), _) => name.ends_with(end),
            (_, Some(start)) => name.starts_with(start),
            _ => name == self.name,
        };
        named
            && self.label.as_ref().is_none_or(|(label, equal, value)| {
                let operator = if *equal { ["=", "=~"] } else { ["!=", "!~"] };
                labels.iter().any(|(own, sign, text)| own == label && operator.contains(&&**sign) && text == value)
            })
    }
}

/// `scale * core + offset`.
struct Line<'e> {
    scale: f64,
    offset: f64,
    core: Option<&'e Expr>,
}

/// A line through an expression: constants folded, aggregations that keep the scale looked through.
fn line(expr: &Expr, depth: usize) -> Option<Line<'_>> {
    let whole = || Some(Line { scale: 1.0, offset: 0.0, core: Some(expr) });
    if depth > 40 {
        return None;
    }
    match expr {
        Expr::Number(number) => Some(Line { scale: 0.0, offset: *number, core: None }),
        Expr::Call(name, args) if KEEPING.contains(&name.as_str()) => {
            let inner = line(args.last()?, depth + 1)?;
            inner.core.is_some().then_some(inner)
        }
        Expr::Binary(operator, left, right) => {
            let (one, two) = (line(left, depth + 1)?, line(right, depth + 1)?);
            match (operator.as_str(), one.core, two.core) {
                ("+", Some(_), None) => Some(Line { offset: one.offset + two.offset, ..one }),
                ("+", None, Some(_)) => Some(Line { offset: one.offset + two.offset, ..two }),
                ("-", Some(_), None) => Some(Line { offset: one.offset - two.offset, ..one }),
                ("-", None, Some(_)) => Some(Line { scale: -two.scale, offset: one.offset - two.offset, ..two }),
                ("*", Some(_), None) => {
                    Some(Line { scale: one.scale * two.offset, offset: one.offset * two.offset, ..one })
                }
                ("*", None, Some(_)) => {
                    Some(Line { scale: two.scale * one.offset, offset: two.offset * one.offset, ..two })
                }
                ("/", Some(_), None) => {
                    Some(Line { scale: one.scale / two.offset, offset: one.offset / two.offset, ..one })
                }
                // `avail * 100 / size`: the factors of a quotient stand before it.
                ("/", Some(_), Some(_)) if one.offset == 0.0 && two.offset == 0.0 => {
                    Some(Line { scale: one.scale / two.scale, offset: 0.0, core: Some(expr) })
                }
                (_, None, None) => {
                    let folded = match operator.as_str() {
                        "+" => one.offset + two.offset,
                        "-" => one.offset - two.offset,
                        "*" => one.offset * two.offset,
                        "/" => one.offset / two.offset,
                        "^" => one.offset.powf(two.offset),
                        _ => return None,
                    };
                    Some(Line { scale: 0.0, offset: folded, core: None })
                }
                _ => whole(),
            }
        }
        _ => whole(),
    }
}

/// Functions after which a share is still a share.
const KEEPING: &[&str] =
    &["avg", "min", "max", "avg_over_time", "min_over_time", "max_over_time", "last_over_time", "clamp_min", "round"];

/// The conditions that all have to hold, when an expression is a conjunction.
fn conditions(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Binary(operator, left, right) if operator == "and" => [conditions(left), conditions(right)].concat(),
        Expr::Binary(operator, left, _) if operator == "unless" => conditions(left),
        _ => vec![expr],
    }
}

/// A condition that is about a signal.
struct Fires {
    /// The used share above which it holds, where one can be told.
    above: Option<f64>,
}

impl Signal {
    fn watched(&self, expr: &Expr) -> Option<Watched> {
        let all = conditions(expr);
        let forecast = all.iter().any(|condition| calls(condition, "predict_linear"));
        let found = all.iter().find_map(|condition| self.condition(condition));
        let forecasts =
            || all.iter().any(|condition| calls(condition, "predict_linear") && self.sense(condition).is_some());
        let above = match found {
            Some(fires) => fires.above.filter(|_| !forecast),
            None if forecasts() => None,
            None => return None,
        };
        Some(Watched { signal: self.name.clone(), above: above.map(Quantity::ratio) })
    }

    /// The sense of the first family that an expression reads; none if it reads one that is never meant.
    fn sense(&self, expr: &Expr) -> Option<Sense> {
        let (mut sense, mut never) = (None, false);
        expr.each_series(&mut |name, labels| {
            never |= self.never.iter().any(|family| family.is(name, labels));
            let found = self.families.iter().find(|(_, family)| family.is(name, labels));
            let machinery = name == "up"
                && labels.iter().any(|(label, sign, value)| {
                    label == "job"
                        && !sign.starts_with('!')
                        && value.split('|').all(|job| MACHINERY.iter().any(|word| job.contains(word)))
                });
            sense = sense.or(found.filter(|_| !machinery).map(|(sense, _)| *sense));
        });
        sense.filter(|_| !never)
    }

    /// Whether a condition is about the signal, and from which share on it holds.
    fn condition(&self, expr: &Expr) -> Option<Fires> {
        let sense = self.sense(expr)?;
        if let Expr::Call(name, _) = expr {
            return (matches!(name.as_str(), "absent" | "absent_over_time") && sense == Sense::Zero)
                .then_some(Fires { above: None });
        }
        let Expr::Binary(operator, left, right) = expr else { return None };
        let (left, right, mut operator) = match (&**left, &**right) {
            (Expr::Number(_), other) => (other, &**left, turned(operator)),
            (other, _) => (other, &**right, operator.as_str()),
        };
        let (one, two) = (line(left, 0)?, line(right, 0)?);
        let core = one.core?;
        if sense == Sense::Zero {
            let limit = two.core.is_none().then_some(two.offset);
            let fires = match operator {
                "==" => limit == Some(0.0),
                "<" => limit.is_none_or(|limit| limit <= 1.0),
                "!=" => limit == Some(1.0) || limit.is_none(),
                _ => false,
            };
            return fires.then_some(Fires { above: None });
        }
        if !matches!(operator, ">" | ">=" | "<" | "<=" | "==") {
            return None;
        }
        if sense == Sense::Present {
            return (operator.starts_with('>') || operator == "==" && two.offset > 0.0)
                .then_some(Fires { above: None });
        }
        if sense == Sense::Left {
            // `expiry - time() < 14 d`, also `expiry < time() + 14 d`; less than a week leaves no time to act.
            let lead = if two.core.is_some() { two.offset } else { (two.offset - one.offset) / one.scale };
            return (operator.starts_with('<') && lead >= WEEK).then_some(Fires { above: None });
        }
        // A limit that is itself a metric divides: `used > limit * 0.9`.
        let divided = two.core.is_some();
        let limit = if divided {
            (two.offset == 0.0 && one.offset == 0.0).then_some(two.scale / one.scale)?
        } else {
            (two.offset - one.offset) / one.scale
        };
        if one.scale < 0.0 {
            operator = turned(operator);
        }
        let above = operator.starts_with('>');
        let (quotient, complement) = quotient(core);
        // A complement of available is used, and the other way round.
        let shrinks = (sense == Sense::Available) != complement;
        if above == shrinks {
            return None;
        }
        let is_share = quotient || divided || sense == Sense::Share || is_idle_share(core, sense);
        let share = match sense {
            _ if !limit.is_finite() => None,
            Sense::Percent => Some(limit / 100.0),
            _ if is_share && calls(core, "delta") => None,
            _ if is_share => Some(if shrinks { 1.0 - limit } else { limit }),
            _ => None,
        };
        Some(Fires { above: share.filter(|share| (0.0..=1.0).contains(share)) })
    }
}

/// The mean rate of the idle time is a share by itself; its sum is not.
fn is_idle_share(core: &Expr, sense: Sense) -> bool {
    sense == Sense::Available && matches!(core, Expr::Call(name, _) if matches!(name.as_str(), "rate" | "irate"))
}

/// Whether a core is a quotient of two metrics, and whether of a difference: `(size - avail) / size`.
fn quotient(core: &Expr) -> (bool, bool) {
    match core {
        Expr::Binary(operator, left, right) if operator == "/" => {
            let two_metrics = line(right, 0).is_some_and(|line| line.core.is_some());
            let minuend = match &**left {
                Expr::Binary(operator, minuend, _) if operator == "-" => {
                    line(minuend, 0).is_some_and(|line| line.core.is_some())
                }
                _ => false,
            };
            (two_metrics, minuend)
        }
        _ => (false, false),
    }
}

fn turned(operator: &str) -> &str {
    match operator {
        ">" => "<",
        "<" => ">",
        ">=" => "<=",
        "<=" => ">=",
        same => same,
    }
}

/// Whether a function is called anywhere inside.
fn calls(expr: &Expr, wanted: &str) -> bool {
    match expr {
        Expr::Call(name, args) => name == wanted || args.iter().any(|arg| calls(arg, wanted)),
        Expr::Binary(_, left, right) => calls(left, wanted) || calls(right, wanted),
        _ => false,
    }
}
