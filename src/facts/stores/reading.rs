//! How a written value becomes what it says about a store.

use crate::evidence::Observed;
use crate::facts::ci::cron;
use crate::quantity::Quantity;
use crate::value::{Kind, Value};

/// Longer than any period: it never happens.
pub const NEVER: f64 = f64::MAX;

const DAY: f64 = 86_400.0;

/// What a value means.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// A cron expression: its longest gap.
    Cron,
    /// A time: `30d`, `4w`, `720h`, or a number of days.
    Days,
    /// A number of members, of which one is not a replica.
    Members,
    /// A number of members; from this many on, another takes over by itself.
    Quorum(f64),
    /// A number above 0, or a flag that is on, means the first; anything else the second.
    On(Fixed, Fixed),
    /// That it is there at all.
    There(Fixed),
    /// The word as it is written.
    Word,
}

/// A value that something always means.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fixed {
    /// A time in seconds.
    Seconds(f64),
    /// A word.
    Word(&'static str),
    /// On or off.
    Flag(bool),
    /// It says nothing.
    Silent,
}

impl Fixed {
    pub(super) fn observed(self) -> Option<Observed> {
        Some(match self {
            Self::Seconds(seconds) => Observed::Quantity(Quantity::seconds(seconds)),
            Self::Word(word) => Observed::Word(word.to_owned()),
            Self::Flag(flag) => Observed::Flag(flag),
            Self::Silent => return None,
        })
    }
}

impl Read {
    /// What a value says; nothing when it cannot be read so.
    pub(super) fn of(self, value: &Value) -> Option<Observed> {
        if let Self::There(fixed) = self {
            let empty = match &value.kind {
                Kind::Null | Kind::Bool(false) => true,
                Kind::List(list) => list.is_empty(),
                Kind::Map(map) => map.is_empty(),
                _ => false,
            };
            return if empty { None } else { fixed.observed() };
        }
        self.of_text(value.scalar_text()?.trim())
    }

    /// What a text says.
    pub(super) fn of_text(self, text: &str) -> Option<Observed> {
        if text.contains("${") || text.contains("{{") {
            return Some(Observed::Opaque(text.to_owned()));
        }
        let number = text.parse::<f64>().ok();
        match self {
            Self::Cron => Some(Observed::Quantity(Quantity::seconds(cron::longest_gap(text)?))),
            Self::Days => days(text).map(|seconds| Observed::Quantity(Quantity::seconds(seconds))),
            Self::Members => Some(Observed::Quantity(Quantity::count((number? - 1.0).max(0.0)))),
            Self::Quorum(least) => Some(Observed::Word(if number? >= least { "automatic" } else { "none" }.to_owned())),
            Self::On(on, off) => {
                let is_on = match text.to_ascii_lowercase().as_str() {
                    "true" | "on" | "yes" | "enabled" => true,
                    "false" | "off" | "no" | "disabled" => false,
                    _ => number? > 0.0,
                };
                if is_on { on.observed() } else { off.observed() }
            }
            Self::There(fixed) => fixed.observed(),
            Self::Word => Some(Observed::Word(text.to_owned())),
        }
    }
}

/// The longest gap of a schedule as AWS writes it: `rate(1 day)`, `cron(0 5 ? * * *)` with minutes first and years last.
pub(super) fn aws_gap(text: &str) -> Option<f64> {
    if let Some(rate) = text.trim().strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')')) {
        return days(rate).or_else(|| {
            let (amount, unit) = rate.split_once(' ')?;
            let amount: f64 = amount.parse().ok()?;
            unit.starts_with("minute")
                .then_some(amount * 60.0)
                .or_else(|| unit.starts_with("hour").then_some(amount * 3600.0))
        });
    }
    let fields = text.trim().strip_prefix("cron(")?.strip_suffix(')')?;
    let five: Vec<&str> = fields.split_whitespace().take(5).collect();
    // AWS counts weekdays from 1 for Sunday.
    cron::longest_gap(&five.join(" ").replace('?', "*"))
}

/// Seconds of a period as backup tools write it: `30d`, `4w`, `6m` (months), `720h`, a bare number of days,
/// `RECOVERY WINDOW OF 30 DAYS`.
pub(super) fn days(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches(['"', '\'']).to_lowercase();
    let text = text.strip_prefix("recovery window of").unwrap_or(&text).trim();
    if let Ok(number) = text.parse::<f64>() {
        return (number >= 0.0).then_some(number * DAY);
    }
    // Go's durations: `720h0m0s`.
    let text = text.strip_suffix("0m0s").unwrap_or(text);
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let amount: f64 = text.get(..end)?.parse().ok()?;
    let unit = match text.get(end..)?.trim() {
        "s" => 1.0,
        "h" | "hours" => 3600.0,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7.0 * DAY,
        "m" | "mo" | "month" | "months" => 30.0 * DAY,
        "y" | "year" | "years" => 365.0 * DAY,
        _ => return None,
    };
    Some(amount * unit)
}
