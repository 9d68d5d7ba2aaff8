//! Amounts with a dimension, in base units, so that `512MB`, `0.8` and `1000 req/min` can be compared.

mod bound;
mod parse;
mod show;

pub use bound::{Bound, Comparison};
pub use parse::looks_like_quantity;

use std::cmp::Ordering;
use std::fmt;

/// What an amount measures; amounts of different dimensions do not compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// A share: base unit 1 (0.8 is 80 %).
    Ratio,
    /// Time: base unit the second.
    Time,
    /// Data: base unit the byte.
    Data,
    /// Frequency: base unit 1 per second.
    Rate,
    /// A bare number.
    Count,
}

impl Dimension {
    /// What messages call an amount of it: `a share`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Ratio => "a share",
            Self::Time => "a time",
            Self::Data => "a size",
            Self::Rate => "a rate",
            Self::Count => "a bare number",
        }
    }
}

/// An amount in the base unit of its dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The amount in base units.
    pub amount: f64,
    /// What it measures.
    pub dimension: Dimension,
}

/// Two amounts that do not compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mismatch(pub Quantity, pub Quantity);

impl fmt::Display for Mismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(left, right) = self;
        let (one, other) = (left.dimension.noun(), right.dimension.noun());
        write!(out, "{one} (`{left}`) and {other} (`{right}`) do not compare")
    }
}

impl std::error::Error for Mismatch {}

impl Quantity {
    /// An amount of a dimension, in its base unit.
    pub fn new(amount: f64, dimension: Dimension) -> Self {
        Self { amount, dimension }
    }

    /// A bare number.
    pub fn count(amount: f64) -> Self {
        Self::new(amount, Dimension::Count)
    }

    /// A time in seconds.
    pub fn seconds(amount: f64) -> Self {
        Self::new(amount, Dimension::Time)
    }

    /// A share, 0 to 1.
    pub fn ratio(amount: f64) -> Self {
        Self::new(amount, Dimension::Ratio)
    }

    /// A size in bytes.
    pub fn bytes(amount: f64) -> Self {
        Self::new(amount, Dimension::Data)
    }

    /// A rate per second.
    pub fn per_second(amount: f64) -> Self {
        Self::new(amount, Dimension::Rate)
    }

    /// Orders two amounts.
    ///
    /// A bare number compares with a share: above 1 it is read as percent (80 is 80 %), otherwise as the share itself
    /// (0.8 is 80 %, and 1 is all of it). Every other pair of different dimensions is an error, and so is a number that
    /// is none. Amounts that differ by less than rounding are equal.
    pub fn compare(self, other: Self) -> Result<Ordering, Mismatch> {
        let (left, right) = self.alike(other)?;
        if (left - right).abs() <= 1e-9 * left.abs().max(right.abs()) {
            return Ok(Ordering::Equal);
        }
        left.partial_cmp(&right).ok_or(Mismatch(self, other))
    }

    /// Whether two amounts are the same for people: a span of four weeks and more may differ by 1 %, because months
    /// and years are not all of one length (7 years are 2555 to 2557 days).
    pub fn same(self, other: Self) -> Result<bool, Mismatch> {
        const FOUR_WEEKS: f64 = 28.0 * 86_400.0;
        let equal = self.compare(other)? == Ordering::Equal;
        let calendar = self.dimension == Dimension::Time && self.amount.min(other.amount) >= FOUR_WEEKS;
        Ok(equal || calendar && (self.amount - other.amount).abs() <= 0.01 * self.amount.max(other.amount))
    }

    /// A bare number as so many of a unit (`30` counted in `s`); an amount that has a dimension keeps it.
    pub fn counted_in(self, unit: &str) -> Result<Self, String> {
        if self.dimension != Dimension::Count {
            return Ok(self);
        }
        let one = Self::parse(&format!("1 {unit}"))?;
        Ok(Self::new(self.amount * one.amount, one.dimension))
    }

    /// Both amounts in one dimension.
    fn alike(self, other: Self) -> Result<(f64, f64), Mismatch> {
        let share = |amount: f64| if amount.abs() > 1.0 { amount / 100.0 } else { amount };
        match (self.dimension, other.dimension) {
            (one, two) if one == two => Ok((self.amount, other.amount)),
            (Dimension::Count, Dimension::Ratio) => Ok((share(self.amount), other.amount)),
            (Dimension::Ratio, Dimension::Count) => Ok((self.amount, share(other.amount))),
            _ => Err(Mismatch(self, other)),
        }
    }
}
