//! When a condition on a signal holds: from which used share, delay or share of failures on.

use super::Watched;
use super::catalogue::{Sense, Signal};
use super::shape::{alternatives, calls, conditions, line, quotient, turned};
use crate::facts::alerts::promql::Expr;
use crate::facts::kubernetes::path::glob;
use crate::quantity::{Dimension, Quantity};

/// Labels that say whose a series is.
const OWNERS: &[&str] = &["job", "service", "app", "component", "container", "deployment", "statefulset", "target"];

/// Labels that hold the result of a request.
const RESULTS: &[&str] = &[
    "status",
    "code",
    "status_code",
    "http_status",
    "http_status_code",
    "http_response_status_code",
    "response_code",
    "response_code_class",
    "envoy_response_code_class",
    "http_status_class",
    "status_class",
    "grpc_code",
    "grpc_status",
    "outcome",
];

/// From this range on, a mean hides what happens now: an hour, in seconds.
const LONG_RANGE: f64 = 3600.0;

/// The shortest notice of an expiry that leaves time to act, in seconds.
const WEEK: f64 = 604_800.0;

/// A day, in seconds.
const DAY: f64 = 86_400.0;

/// A condition that is about a signal.
struct Fires {
    /// The used share, or the delay in seconds, above which it holds, where one can be told.
    above: Option<f64>,
    /// Whether it is a delay.
    is_time: bool,
}

impl Fires {
    fn unbounded() -> Self {
        Self { above: None, is_time: false }
    }

    fn quantity(&self) -> Option<Quantity> {
        let dimension = if self.is_time { Dimension::Time } else { Dimension::Ratio };
        Some(Quantity::new(self.above?, dimension))
    }
}

impl Signal {
    pub(super) fn watched(&self, expr: &Expr, range: f64) -> Option<Watched> {
        // Of alternatives, the one that holds first decides.
        let fires: Vec<Fires> =
            alternatives(expr).into_iter().filter_map(|branch| self.branch(branch, range)).collect();
        let bounds = fires.iter().filter_map(Fires::quantity);
        let lowest = bounds.min_by(|one, two| one.amount.total_cmp(&two.amount));
        (!fires.is_empty()).then(|| Watched { signal: self.name.clone(), above: lowest })
    }

    /// What a log query in lower case counts, when it fires on many such lines.
    pub(super) fn in_lines(&self, query: &str) -> Option<Watched> {
        let fires = query.contains('>') && self.lines.iter().any(|words| query.contains(words.as_str()));
        fires.then(|| Watched { signal: self.name.clone(), above: None })
    }

    /// When a conjunction about the signal fires.
    fn branch(&self, expr: &Expr, range: f64) -> Option<Fires> {
        let all = conditions(expr);
        let forecast = all.iter().any(|condition| calls(condition, "predict_linear"));
        let forecasts =
            || all.iter().any(|condition| calls(condition, "predict_linear") && self.sense(condition).is_some());
        let Some(fires) = all.iter().find_map(|condition| self.condition(condition)) else {
            return forecasts().then(Fires::unbounded);
        };
        let is_blurred = fires.is_time && range >= LONG_RANGE;
        Some(if forecast || is_blurred { Fires::unbounded() } else { fires })
    }

    /// The sense of the first family that an expression reads; none if it reads one that is never meant.
    fn sense(&self, expr: &Expr) -> Option<Sense> {
        let (mut sense, mut never) = (None, false);
        expr.each_series(&mut |name, labels| {
            never |= self.never.iter().any(|family| family.is(name, labels)) || belongs(labels, &self.other_jobs);
            let found = self.families.iter().find(|(_, family)| family.is(name, labels));
            let anybody = matches!(name, "up" | "probe_success") && !self.jobs.is_empty();
            let found = found.filter(|_| !anybody || belongs(labels, &self.jobs));
            sense = sense.or(found.map(|(sense, _)| *sense));
        });
        sense.filter(|_| !never)
    }

    /// Whether a condition is about the signal, and from which share on it holds.
    fn condition(&self, expr: &Expr) -> Option<Fires> {
        let sense = self.sense(expr)?;
        if let Expr::Call(name, _) = expr {
            let absent = matches!(name.as_str(), "absent" | "absent_over_time") && sense == Sense::Zero;
            return absent.then_some(Fires::unbounded());
        }
        let Expr::Binary(operator, left, right) = expr else { return None };
        let (left, right, mut operator) = match (&**left, &**right) {
            (Expr::Number(_), other) => (other, &**left, turned(operator)),
            (one, other) if self.sense(one).is_none() => (other, one, turned(operator)),
            (one, other) => (one, other, operator.as_str()),
        };
        let (one, two) = (line(left, 0)?, line(right, 0)?);
        let core = one.core?;
        if sense == Sense::Zero {
            let limit = two.core.is_none().then_some(two.offset);
            let fires = match operator {
                "==" => limit == Some(0.0),
                "<" => limit.is_none_or(|limit| limit <= 1.0),
                "<=" => limit.is_some_and(|limit| (0.0..1.0).contains(&limit)),
                "!=" => limit == Some(1.0) || limit.is_none(),
                _ => false,
            };
            let counts = operator.starts_with('>') && self.counts_zeros(core);
            return (fires || counts).then_some(Fires::unbounded());
        }
        if !matches!(operator, ">" | ">=" | "<" | "<=" | "==") {
            return None;
        }
        if sense == Sense::Present {
            return (operator.starts_with('>') || operator == "==" && two.offset > 0.0).then_some(Fires::unbounded());
        }
        if sense == Sense::Alive {
            return (operator.starts_with('<') || operator == "==" && two.offset <= 0.0).then_some(Fires::unbounded());
        }
        if matches!(sense, Sense::Left | Sense::DaysLeft) {
            // `expiry - time() < 14 d`, also `expiry < time() + 14 d`; less than a week leaves no time to act.
            let lead = if two.core.is_some() { two.offset } else { (two.offset - one.offset) / one.scale };
            let lead = if sense == Sense::DaysLeft { lead * DAY } else { lead };
            return (operator.starts_with('<') && lead >= WEEK).then_some(Fires::unbounded());
        }
        if one.scale < 0.0 {
            operator = turned(operator);
        }
        if matches!(sense, Sense::Failed | Sense::Errors | Sense::Faults) {
            return self.failures(core, operator, (two.offset - one.offset) / one.scale, two.core.is_some());
        }
        if matches!(sense, Sense::Seconds | Sense::Milliseconds) {
            return delay(sense, core, operator, (two.offset - one.offset) / one.scale, two.core.is_some());
        }
        // A limit that is itself a metric divides: `used > limit * 0.9`.
        let divided = two.core.is_some();
        let limit = if divided {
            (two.offset == 0.0 && one.offset == 0.0).then_some(two.scale / one.scale)?
        } else {
            (two.offset - one.offset) / one.scale
        };
        let above = operator.starts_with('>');
        let (quotient, complement) = quotient(core);
        // A complement of available is used, and the other way round.
        let is_left = matches!(sense, Sense::Available | Sense::Spare | Sense::SparePercent);
        let shrinks = is_left != complement;
        if above == shrinks {
            return None;
        }
        let is_share =
            quotient || divided || matches!(sense, Sense::Share | Sense::Spare) || is_idle_share(core, sense);
        let share = match sense {
            _ if !limit.is_finite() => None,
            Sense::Percent => Some(limit / 100.0),
            Sense::SparePercent => Some(1.0 - limit / 100.0),
            _ if is_share && calls(core, "delta") => None,
            _ if is_share => Some(if shrinks { 1.0 - limit } else { limit }),
            _ => None,
        };
        Some(Fires { above: share.filter(|share| (0.0..=1.0).contains(share)), is_time: false })
    }

    /// Whether the series that are down are counted: `count(up == 0)`.
    fn counts_zeros(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Binary(operator, left, right) if operator == "or" => {
                self.counts_zeros(left) || self.counts_zeros(right)
            }
            Expr::Call(name, args) if matches!(name.as_str(), "count" | "sum") => {
                args.iter().any(|arg| self.condition(arg).is_some())
            }
            _ => false,
        }
    }

    /// Whether failed requests are many: their share, or their rate; or those that went well are few.
    fn failures(&self, core: &Expr, operator: &str, limit: f64, moving: bool) -> Option<Fires> {
        let (mut failed, mut well, mut errors, mut all, mut is_slow) = (false, false, false, false, false);
        core.each_series(&mut |name, labels| {
            is_slow |= labels.iter().any(|(label, _, value)| label == "le" && value != "+Inf");
            let sense = self.families.iter().find(|(_, family)| family.is(name, labels)).map(|(sense, _)| *sense);
            let result = labels.iter().filter(|(label, ..)| RESULTS.contains(&label.as_str())).find_map(result);
            match (sense, result) {
                (Some(Sense::Failed), Some(false)) | (Some(Sense::Faults), _) => failed = true,
                (Some(Sense::Failed), Some(true)) => well = true,
                (Some(Sense::Failed), None) => all = true,
                (Some(Sense::Errors), _) => errors = true,
                _ => {}
            }
        });
        let is_share = quotient(core).0;
        // The share of requests that were fast enough says nothing of those that failed.
        let fires = match operator.get(..1) {
            _ if is_slow => false,
            Some(">") => failed || errors && is_share && all,
            Some("<") => well && is_share && !failed,
            _ => false,
        };
        let share = if failed || errors { limit } else { 1.0 - limit };
        let share = (is_share && !moving && share.is_finite()).then_some(share);
        fires.then_some(Fires { above: share.filter(|share| (0.0..=1.0).contains(share)), is_time: false })
    }
}

/// From which delay on a condition holds; the share of fast requests (`le`) bounds none.
fn delay(sense: Sense, core: &Expr, operator: &str, limit: f64, moving: bool) -> Option<Fires> {
    let (mut within, mut counts_only, mut sums_only) = (false, true, true);
    core.each_series(&mut |name, labels| {
        within |= labels.iter().any(|(label, ..)| label == "le");
        counts_only &= name.ends_with("_count");
        sums_only &= name.ends_with("_sum");
    });
    // What all requests took together grows with their number.
    if counts_only || sums_only {
        return None;
    }
    if within && quotient(core).0 && matches!(operator.get(..1), Some("<" | ">")) {
        return Some(Fires::unbounded());
    }
    let seconds = if sense == Sense::Milliseconds { limit / 1000.0 } else { limit };
    let above = (!moving && seconds.is_finite() && seconds > 0.0).then_some(seconds);
    operator.starts_with('>').then_some(Fires { above, is_time: true })
}

/// Whether a matcher chooses requests that went well or that failed; `None` for neither.
fn result((_, sign, value): &(String, String, String)) -> Option<bool> {
    let value = value.trim_start_matches(['^', '(']);
    let lower = value.to_ascii_lowercase();
    let (is_failed, is_well) = (
        value.starts_with('5')
            || lower.contains("internal")
            || lower.contains("unavailable")
            || lower == "server_error",
        value.starts_with('2') || matches!(lower.as_str(), "ok" | "0" | "success"),
    );
    match (sign.starts_with('!'), is_failed, is_well) {
        (false, true, _) | (true, _, true) => Some(false),
        (true, true, _) | (false, _, true) => Some(true),
        _ => None,
    }
}

/// Whether every owner that some labels name is one of some patterns.
fn belongs(labels: &[(String, String, String)], patterns: &[String]) -> bool {
    let owners = labels.iter().filter(|(label, sign, _)| OWNERS.contains(&label.as_str()) && !sign.starts_with('!'));
    let mut words = owners
        .flat_map(|(_, _, value)| value.split('|'))
        .map(|word| word.trim_matches(|each: char| !each.is_alphanumeric()).to_ascii_lowercase());
    let is_one = |word: String| patterns.iter().any(|pattern| glob(pattern, &word));
    words.next().is_some_and(is_one) && words.all(is_one)
}

/// The mean rate of the idle time is a share by itself; its sum is not.
fn is_idle_share(core: &Expr, sense: Sense) -> bool {
    sense == Sense::Available && matches!(core, Expr::Call(name, _) if matches!(name.as_str(), "rate" | "irate"))
}
