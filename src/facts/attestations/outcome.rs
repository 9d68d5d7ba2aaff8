//! Whether what is on record went wrong: a failed drill, a critical finding left open, a value beyond its bound.

use super::entry::{Attestation, Measured, Outcome};
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::source::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How far a value may leave its baseline without a comment.
const DRIFT: f64 = 1.5;

/// Names of values of which more is better.
const MORE_IS_BETTER: &[&str] = &["availability", "throughput", "uptime", "success", "score", "conversion", "coverage"];

impl Attestation {
    /// What went wrong, and where it is said; whether the entry counts otherwise does not matter: a person may state
    /// a failure with nothing beside it.
    pub fn failure(&self, facts: &Facts<'_>) -> Option<(Span, String)> {
        if let Some(result) = self.result.filter(|result| *result.get() != Outcome::Passed) {
            let how = if *result.get() == Outcome::Failed { "failed" } else { "passed in part only" };
            return Some((result.span(), how.to_owned()));
        }
        if let Some(open) = self.text.open.filter(|open| open.critical > 0) {
            return Some((open.span(), format!("left {} critical findings open", open.critical)));
        }
        if let Some((name, _)) = self.results.iter().find(|(_, outcome)| *outcome != Outcome::Passed) {
            return Some((name.span(), format!("`{}` did not pass", name.as_str())));
        }
        self.overdue(facts).or_else(|| self.measured.iter().find_map(|one| Some((one.span, one.is_off()?))))
    }

    /// A report that leaves high findings open is no clean one.
    pub fn high_findings(&self) -> u32 {
        self.text.open.map_or(0, |open| open.high)
    }

    /// A grave action that is open past its date.
    fn overdue(&self, facts: &Facts<'_>) -> Option<(Span, String)> {
        let today = facts.now.to_zoned(TimeZone::UTC).date();
        self.actions.iter().flatten().find_map(|action| {
            let severity = action.severity.as_deref()?.to_lowercase();
            let grave = ["critical", "major", "blocker"].contains(&severity.as_str());
            let due: Date = action.due.as_ref()?.parse().ok()?;
            let late = grave && !action.done && due < today;
            late.then(|| (action.what.span(), format!("left a {severity} action open, due {due}")))
        })
    }

    /// What keeps it from counting, in one line.
    pub fn fault(&self) -> Option<&Diagnostic> {
        self.faults.first()
    }
}

impl Measured {
    /// Why the value is not what it should be, unless somebody explained it.
    fn is_off(&self) -> Option<String> {
        if self.comment.as_ref().is_some_and(|comment| !comment.trim().is_empty()) {
            return None;
        }
        let Self { name, value, .. } = self;
        if let Some(target) = &self.target {
            let order = value.compare(target.amount).ok()?;
            return (!target.comparison.admits(order)).then(|| {
                format!("measured {name} of {value}, and the target is {} {}", target.comparison.sign(), target.amount)
            });
        }
        // Of new kinds of errors every one needs its explanation.
        if name.starts_with("new_") && value.amount > 0.0 {
            return Some(format!("measured {name} of {value}, without a comment that explains them"));
        }
        let baseline = self.baseline?;
        value.compare(baseline).ok()?;
        let more_is_better = MORE_IS_BETTER.iter().any(|word| name.to_lowercase().contains(word));
        let off = if more_is_better {
            value.amount * DRIFT < baseline.amount
        } else {
            value.amount > baseline.amount * DRIFT
        };
        off.then(|| format!("measured {name} of {value}, far from its usual {baseline}, without a comment"))
    }
}
