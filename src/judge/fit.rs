//! Whether one observed value meets the expectation.

use crate::checklist::Expectation;
use crate::evidence::{Observed, Sighting};
use crate::quantity::{Comparison, Dimension, Mismatch, Quantity};
use crate::rules::{Compare, Rule, Scale};

/// How a sighting meets the expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It has no value to compare: that it is there is what counts.
    Present,
    /// Its value meets the expectation.
    Yes,
    /// Its value contradicts it.
    No,
    /// Its value cannot be compared, and why.
    CannotTell(String),
}

impl From<bool> for Fit {
    fn from(fits: bool) -> Self {
        if fits { Self::Yes } else { Self::No }
    }
}

/// How a sighting meets the expectation of an item under its rule.
pub fn fit(rule: &Rule, expects: &Expectation, sighting: &Sighting) -> Fit {
    let Some(value) = &sighting.value else { return Fit::Present };
    if sighting.deed && *value == Observed::Flag(false) {
        return Fit::No;
    }
    match (expects, &rule.compare) {
        (Expectation::Flag(wanted), compare) => flag(value, *wanted, matches!(compare, Compare::Presence)),
        // "alert > 80%": what is seen is a threshold, and the rule says which side of the stated one is fine.
        (Expectation::Bound(bound), Compare::AtMost) if bound.signal.is_some() => {
            amount(value, Comparison::AtMost, bound.amount)
        }
        (Expectation::Bound(bound), Compare::AtLeast) if bound.signal.is_some() => {
            amount(value, Comparison::AtLeast, bound.amount)
        }
        (Expectation::Bound(bound), _) => amount(value, bound.comparison, bound.amount),
        (_, Compare::Scale { scale, least }) => {
            let wanted = least.as_deref().or(match expects {
                Expectation::Word(word) | Expectation::Entry(word) => Some(word.as_str()),
                _ => None,
            });
            on_scale(scale, wanted, value)
        }
        (_, Compare::Presence) | (Expectation::Probe(_) | Expectation::Secret(_), _) => flag(value, true, true),
        (Expectation::Cadence(cadence), _) => amount(value, Comparison::AtMost, cadence.interval()),
        (Expectation::Quantity(wanted), compare) => match compare {
            Compare::AtLeast => amount(value, Comparison::AtLeast, *wanted),
            Compare::AtMost => amount(value, Comparison::AtMost, *wanted),
            _ => equal(value, *wanted),
        },
        (Expectation::Range(range), _) => {
            let low = amount(value, Comparison::AtLeast, Quantity::new(range.low as f64, dimension(value)));
            if low == Fit::Yes {
                amount(value, Comparison::AtMost, Quantity::new(range.high as f64, dimension(value)))
            } else {
                low
            }
        }
        (Expectation::Word(word) | Expectation::Entry(word), _) => match value {
            Observed::Word(seen) => seen.eq_ignore_ascii_case(word).into(),
            Observed::Opaque(what) => elsewhere(what),
            Observed::Flag(_) | Observed::Quantity(_) => Fit::CannotTell(format!("expected the word `{word}`")),
        },
    }
}

fn elsewhere(what: &str) -> Fit {
    Fit::CannotTell(format!("its value stands elsewhere ({what})"))
}

/// `loosely`: a number or a word is no flag, its presence is what counts; otherwise 0, `off` and `none` are false.
fn flag(value: &Observed, wanted: bool, loosely: bool) -> Fit {
    let is = match value {
        Observed::Flag(flag) => *flag,
        Observed::Opaque(_) if wanted => return Fit::Present,
        Observed::Opaque(what) => return elsewhere(what),
        Observed::Quantity(_) | Observed::Word(_) if loosely => return Fit::Present,
        Observed::Quantity(quantity) => quantity.amount > 0.0,
        Observed::Word(word) => !["", "0", "off", "no", "none", "false", "disabled"].contains(&&*word.to_lowercase()),
    };
    (is == wanted).into()
}

fn dimension(value: &Observed) -> Dimension {
    match value {
        Observed::Quantity(quantity) => quantity.dimension,
        _ => Dimension::Count,
    }
}

fn amount(value: &Observed, comparison: Comparison, wanted: Quantity) -> Fit {
    quantity(value, |seen| Ok(comparison.admits(seen.compare(wanted)?)))
}

fn equal(value: &Observed, wanted: Quantity) -> Fit {
    quantity(value, |seen| seen.same(wanted))
}

fn quantity(value: &Observed, fits: impl Fn(Quantity) -> Result<bool, Mismatch>) -> Fit {
    match value {
        Observed::Quantity(seen) => {
            fits(*seen).map_or_else(|mismatch| Fit::CannotTell(mismatch.to_string()), Fit::from)
        }
        Observed::Opaque(what) => elsewhere(what),
        Observed::Flag(_) | Observed::Word(_) => Fit::CannotTell("it says nothing about the amount".to_owned()),
    }
}

fn on_scale(scale: &Scale, wanted: Option<&str>, value: &Observed) -> Fit {
    let seen = match value {
        Observed::Word(word) => word.clone(),
        Observed::Flag(flag) => flag.to_string(),
        Observed::Quantity(quantity) => quantity.amount.to_string(),
        Observed::Opaque(what) => return elsewhere(what),
    };
    match (wanted.and_then(|word| scale.rank(word)), scale.rank(&seen)) {
        (Some(wanted_rank), Some(rank)) => {
            // Words of one step are different ways, not more and less: blue-green and canary.
            let other = wanted.and_then(|word| scale.canonical(word)) != scale.canonical(&seen);
            (rank > wanted_rank || (rank == wanted_rank && !(other && scale.ties_differ))).into()
        }
        (None, _) => Fit::CannotTell(format!("the scale {} does not know the expected word", scale.name)),
        (_, None) => Fit::CannotTell(format!("`{seen}` is no word of the scale {}", scale.name)),
    }
}
