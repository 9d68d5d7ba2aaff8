//! Bounds: `>=80%`, `alert > 80%`, `error_rate < 1%`, `5%_error_rate`.

use super::{Dimension, Mismatch, Quantity};
use std::cmp::Ordering;
use std::fmt;

/// How an observed amount has to stand to the stated one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Comparison {
    /// Spellings, longest first, so that `<=` is not read as `<`.
    const SPELLINGS: [(&'static str, Self); 8] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("==", Self::Equal),
        ("≤", Self::AtMost),
        ("≥", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::More),
        ("=", Self::Equal),
    ];

    /// Whether an order of observed to stated satisfies it.
    pub fn admits(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Equal => order.is_eq(),
            Self::AtLeast => order.is_ge(),
            Self::More => order.is_gt(),
        }
    }

    /// The sign, in ASCII.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }
}

/// An operator, an amount, and what it is an amount of, if that is said.
///
/// With a `signal`, the operator says when something happens (`alert > 80%`: alert above 80 %); what an observed
/// threshold has to be is then for the rule's `compare` to say. Without one, the observed amount itself must satisfy it.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// `alert`, `error_rate`; `None` if the amount stands alone.
    pub signal: Option<String>,
    /// The operator; `AtMost` for a threshold that is written without one (`5%_error_rate`).
    pub comparison: Comparison,
    /// The amount.
    pub amount: Quantity,
}

impl Bound {
    /// The bound that a text states: `None` if it holds no operator and no signal after an amount, so that it must be
    /// something else; an error if it does and cannot be read.
    pub fn parse(text: &str) -> Option<Result<Self, String>> {
        match operator(text) {
            Some((left, comparison, right)) => Some(Self::with_operator(text, left, comparison, right)),
            None => Self::with_signal_after(text).map(Ok),
        }
    }

    /// Whether an observed amount satisfies it.
    pub fn holds(&self, observed: Quantity) -> Result<bool, Mismatch> {
        Ok(self.comparison.admits(observed.compare(self.amount)?))
    }

    fn with_operator(text: &str, left: &str, comparison: Comparison, right: &str) -> Result<Self, String> {
        let signal = left.trim();
        if !signal.is_empty() && !is_signal(signal) {
            return Err(format!("`{text}` is no bound: before the operator stands a name or nothing, not `{signal}`"));
        }
        let amount = Quantity::parse(right)?;
        Ok(Self { signal: (!signal.is_empty()).then(|| signal.to_owned()), comparison, amount })
    }

    /// `5%_error_rate`: only a share is written this way (`7_years_minimum` would be read the wrong way round).
    fn with_signal_after(text: &str) -> Option<Self> {
        let (amount, rest) = Quantity::parse_start(text.trim()).ok()?;
        let signal = rest.strip_prefix(['_', ' '])?.trim();
        let is_name = amount.dimension == Dimension::Ratio && is_signal(signal) && Quantity::parse(text).is_err();
        is_name.then(|| Self { signal: Some(signal.to_owned()), comparison: Comparison::AtMost, amount })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(signal) = &self.signal {
            write!(out, "{signal} ")?;
        }
        write!(out, "{} {}", self.comparison.sign(), self.amount)
    }
}

/// Splits at the first operator. Arrows (`->`, `=>`) are none, and `=` is one only before a digit.
fn operator(text: &str) -> Option<(&str, Comparison, &str)> {
    let at = text.find(['<', '>', '=', '≤', '≥'])?;
    let (left, rest) = text.split_at(at);
    if left.ends_with('-') || rest.starts_with("=>") {
        return None;
    }
    let (sign, comparison) = Comparison::SPELLINGS.into_iter().find(|(sign, _)| rest.starts_with(sign))?;
    let right = &rest[sign.len()..];
    let digit = right.trim_start().starts_with(|first: char| first.is_ascii_digit());
    (comparison != Comparison::Equal || digit).then_some((left, comparison, right))
}

fn is_signal(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ' ' | '-'))
}
