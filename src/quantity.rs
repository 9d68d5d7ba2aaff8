//! Amounts with a dimension, in base units, so that `512MB`, `0.8` and `1000 req/min` can be compared.

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

/// An amount in the base unit of its dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The amount in base units.
    pub amount: f64,
    /// What it measures.
    pub dimension: Dimension,
}

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
}
