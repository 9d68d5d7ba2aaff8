//! How often something has to happen.

use crate::quantity::Quantity;

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;

/// A cadence: the longest gap between two runs, and the age up to which a dated record still stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cadence {
    /// Streaming, or on every change, or at least every hour.
    Continuous,
    /// Every hour.
    Hourly,
    /// Every day; weekdays alone are not every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every quarter; also what `regular` is read as.
    Quarterly,
    /// Twice a year.
    SemiAnnually,
    /// Every year.
    Annually,
}

impl Cadence {
    /// The words of each cadence; the first one is the one that messages show.
    const WORDS: &'static [(Self, &'static [&'static str])] = &[
        (Self::Continuous, &["continuous"]),
        (Self::Hourly, &["hourly"]),
        (Self::Daily, &["daily"]),
        (Self::Weekly, &["weekly"]),
        (Self::Monthly, &["monthly"]),
        (Self::Quarterly, &["quarterly", "regular"]),
        (Self::SemiAnnually, &["semi-annually", "semi_annually", "half-yearly", "half_yearly"]),
        (Self::Annually, &["annually", "yearly", "annual"]),
    ];

    /// The cadence of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(cadence, _)| *cadence)
    }

    /// The word that messages show.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(cadence, _)| *cadence == self).map_or("", |(_, words)| words[0])
    }

    /// The longest gap between two runs that still keeps the cadence.
    pub fn interval(self) -> Quantity {
        Quantity::seconds(match self {
            Self::Continuous | Self::Hourly => HOUR,
            Self::Daily => DAY,
            Self::Weekly => 7.0 * DAY,
            Self::Monthly => 31.0 * DAY,
            Self::Quarterly => 92.0 * DAY,
            Self::SemiAnnually => 184.0 * DAY,
            Self::Annually => 366.0 * DAY,
        })
    }

    /// How old a dated record may be: the period and its grace.
    pub fn max_age(self) -> Quantity {
        Quantity::seconds(match self {
            Self::Continuous => DAY,
            Self::Hourly => 2.0 * HOUR,
            Self::Daily => 2.0 * DAY,
            Self::Weekly => 9.0 * DAY,
            Self::Monthly => 35.0 * DAY,
            Self::Quarterly => 100.0 * DAY,
            Self::SemiAnnually => 200.0 * DAY,
            Self::Annually => 380.0 * DAY,
        })
    }
}
