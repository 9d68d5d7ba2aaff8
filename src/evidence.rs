//! What a probe saw: sightings, their strength, their places, and the answer they make up.

use crate::source::Span;
use std::sync::Arc;

/// How strongly an observation speaks, weakest first, so that `Ord` is strength (DESIGN.md §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// A person says so, with a date, and it has not expired.
    Attested,
    /// A document with substance says so.
    Documented,
    /// A person's dated record of a deed, with measured values and evidence in the tree.
    Demonstrated,
    /// The setting or manifest that production uses says so.
    Configured,
    /// A gate that stops a release says so.
    Enforced,
    /// A scan that this run made itself, or a tool's fresh report.
    Measured,
}

impl Strength {
    /// The word of DESIGN.md.
    pub fn word(self) -> &'static str {
        match self {
            Self::Attested => "attested",
            Self::Documented => "documented",
            Self::Demonstrated => "demonstrated",
            Self::Configured => "configured",
            Self::Enforced => "enforced",
            Self::Measured => "measured",
        }
    }
}

/// Where something was seen: a path relative to the root, with `/`, and where in that file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path; `.git` for what the history says.
    pub path: Arc<str>,
    /// Where in the file; `None` when the file as a whole is meant.
    pub span: Option<Span>,
}

impl Place {
    /// A span in a file.
    pub fn at(path: impl Into<Arc<str>>, span: Span) -> Self {
        Self { path: path.into(), span: Some(span) }
    }

    /// A file as a whole.
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), span: None }
    }
}

/// A value that was observed, typed, so that the judge can compare it with the expectation.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed {
    /// On or off.
    Flag(bool),
    /// An amount in base units (`quantity::Dimension`): 0.8 of a ratio, seconds, bytes, per second, or a bare count.
    Quantity(crate::quantity::Quantity),
    /// A word: a level, a mode, a strategy, a backend.
    Word(String),
    /// It is set, and its value stands elsewhere (`${VAR}`, a secret reference): enough for presence, for nothing else.
    Opaque(String),
}

/// One observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// Where.
    pub place: Place,
    /// What was seen, in a few words, without a final stop: `cargo clippy -- -D warnings in job "lint"`.
    pub message: String,
    /// The value, where there is one to compare.
    pub value: Option<Observed>,
    /// How strongly it speaks.
    pub strength: Strength,
    /// Set when this is a default that nobody wrote down (`sqlx`): it may contradict a bound and never proves.
    pub default_of: Option<String>,
    /// Set when its value can only prove, and why one that does not fit says nothing: a limit that lies beyond the bound.
    pub only_proves: Option<String>,
    /// The outcome of a deed on record: where it contradicts, it does so whatever promises outweigh it, and `false` is
    /// that it failed.
    pub deed: bool,
}

impl Sighting {
    /// An observation without a value: its presence is what it says.
    pub fn new(place: Place, strength: Strength, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), value: None, strength, default_of: None, only_proves: None, deed: false }
    }

    /// The same with a value.
    #[must_use]
    pub fn with(mut self, value: Observed) -> Self {
        self.value = Some(value);
        self
    }

    /// The same, as a value that can only prove; `why` says what one that does not fit means.
    #[must_use]
    pub fn only_proving(mut self, why: impl Into<String>) -> Self {
        self.only_proves = Some(why.into());
        self
    }

    /// The same, marked as the outcome of a deed on record.
    #[must_use]
    pub fn deed(mut self) -> Self {
        self.deed = true;
        self
    }

    /// The same, marked as a default of `whose`.
    #[must_use]
    pub fn default_of(mut self, whose: impl Into<String>) -> Self {
        self.default_of = Some(whose.into());
        self
    }
}

/// What a probe answers.
///
/// `seen` are the observations that count. `notes` were seen and count for nothing (a step that cannot fail, a stale
/// report, a development file), each with the reason in its message; they are shown. `blind` says what the probe
/// should have looked at and could not: with nothing seen, the answer is then unknown instead of unmet. So it is with
/// `expired`: what would count if it were in date.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Observations that count.
    pub seen: Vec<Sighting>,
    /// Observations that are shown and count for nothing.
    pub notes: Vec<Sighting>,
    /// What could not be looked at.
    pub blind: Vec<Blind>,
    /// Observations that were good and are not in date any more; the message says since when.
    pub expired: Vec<Sighting>,
}

/// Something that a probe should have looked at and could not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Blind {
    /// Where, if it has a place.
    pub place: Option<Place>,
    /// Why: `not valid YAML: …`, `CI seems to run elsewhere (OWNERS)`.
    pub why: String,
}

impl Answer {
    /// Adds everything of another answer.
    pub fn extend(&mut self, other: Self) {
        self.seen.extend(other.seen);
        self.notes.extend(other.notes);
        self.blind.extend(other.blind);
        self.expired.extend(other.expired);
    }
}
