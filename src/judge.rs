//! Weighs what was seen against what is expected: pure, nothing is read here.
//!
//! Contradiction wins over support of equal or lower strength; higher strength wins over lower (DESIGN.md §5). A
//! [`Verdict::Met`] cannot be built without a sighting.

mod fit;
mod scales;

pub use fit::{Fit, fit};

use crate::ask::{Outcome, State};
use crate::checklist::Expectation;
use crate::evidence::{Blind, Sighting, Strength};
use crate::rules::Rule;
use scales::Scales;

/// What the probes answered to one rule, for one item.
#[derive(Debug, Default)]
pub struct Asked {
    /// The alternatives, in the rule's order.
    pub proof: Vec<Outcome>,
    /// The contradictions of their own.
    pub refuted_by: Vec<Outcome>,
    /// For an exclusive rule: the proofs of the words that are not expected.
    pub others: Vec<(String, Vec<Outcome>)>,
    /// What people state about the item, where the rule does not ask for it itself.
    pub attested: Option<Outcome>,
    /// Seen and shown.
    pub shown: Vec<Outcome>,
    /// The right place.
    pub place: Option<Outcome>,
}

/// Which way a sighting points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bearing {
    /// It proves the expectation.
    Supports,
    /// It contradicts it.
    Contradicts,
    /// It is where the probe searched in vain.
    Searched,
    /// It is shown and counts for nothing.
    Note,
}

/// A sighting and which way it points.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What was seen.
    pub sighting: Sighting,
    /// Which way it points.
    pub bearing: Bearing,
}

/// The answer for one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The verdict with its proof.
    pub verdict: Verdict,
    /// What was seen besides, and counts for nothing here.
    pub notes: Vec<Evidence>,
    /// What could not be looked at.
    pub blind: Vec<Blind>,
    /// Whether it is unknown because what was seen is not in date any more.
    pub expired: bool,
}

/// The verdict with what it stands on.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The strongest sightings support the expectation.
    Met(Proven),
    /// A sighting contradicts it.
    Unmet(Proven),
    /// The right place was searched, and the thing is not there.
    Missing {
        /// Where was searched.
        searched: Proven,
        /// What is not there.
        absence: String,
    },
    /// Nothing to look at, nothing readable, or only a person can know.
    Unknown {
        /// Why.
        reason: String,
        /// Whether no rule of the catalogue asks for this item yet.
        no_rule: bool,
    },
    /// Due in a later phase.
    NotDue,
    /// The project says that it does not apply, and why.
    NotApplicable {
        /// Why.
        because: String,
    },
}

/// At least one sighting, and how strongly it speaks as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Proven {
    /// The strength of the verdict.
    pub strength: Strength,
    first: Evidence,
    more: Vec<Evidence>,
}

impl Proven {
    fn new(strength: Strength, mut evidence: Vec<Evidence>) -> Option<Self> {
        evidence.dedup();
        if evidence.is_empty() {
            return None;
        }
        let first = evidence.remove(0);
        Some(Self { strength, first, more: evidence })
    }

    /// The sighting that decided.
    pub fn deciding(&self) -> &Evidence {
        &self.first
    }

    /// The sightings, the deciding one first.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl Judgement {
    /// A verdict that nothing was asked for.
    pub fn bare(verdict: Verdict) -> Self {
        Self { verdict, notes: Vec::new(), blind: Vec::new(), expired: false }
    }

    /// That the project says so.
    pub fn not_applicable(said: Sighting) -> Self {
        let verdict = Verdict::NotApplicable { because: said.message.clone() };
        Self { notes: vec![Evidence { sighting: said, bearing: Bearing::Note }], ..Self::bare(verdict) }
    }

    /// As the outcome that a composed item sees.
    pub fn outcome(&self) -> Outcome {
        let (state, proven) = match &self.verdict {
            Verdict::Met(proven) => (State::Holds, Some(proven)),
            Verdict::Unmet(proven) => (State::Refuted, Some(proven)),
            Verdict::Missing { searched, .. } => (State::Refuted, Some(searched)),
            Verdict::Unknown { .. } | Verdict::NotDue | Verdict::NotApplicable { .. } => (State::Open, None),
        };
        let mut outcome = Outcome::bare(state);
        outcome.strength = proven.map(|proven| proven.strength);
        outcome.seen =
            proven.into_iter().flat_map(Proven::evidence).map(|evidence| evidence.sighting.clone()).collect();
        if let Verdict::Missing { absence, .. } = &self.verdict {
            for (at, sighting) in outcome.seen.iter_mut().enumerate() {
                let said = &sighting.message;
                let message =
                    if at == 0 { format!("{absence} (searched: {said})") } else { format!("searched: {said}") };
                sighting.message = message;
            }
        }
        outcome.blind.clone_from(&self.blind);
        outcome
    }
}

/// Judges what was asked.
pub fn judge(rule: &Rule, expects: &Expectation, asked: Asked) -> Judgement {
    let mut scale = Scales::default();
    let mut decided_by_value = false;
    for outcome in asked.proof {
        decided_by_value |= scale.weigh(rule, expects, outcome, decided_by_value);
    }
    if let Some(mut attested) = asked.attested {
        // A statement of old says nothing where the right place was searched in vain.
        scale.void = std::mem::take(&mut attested.expired);
        scale.weigh(rule, expects, attested, decided_by_value);
    }
    for outcome in asked.refuted_by {
        scale.contradict(outcome, None);
    }
    for (word, outcomes) in asked.others {
        for outcome in outcomes {
            scale.contradict(outcome, Some(&word));
        }
    }
    for outcome in asked.shown {
        scale.note(outcome.seen);
        scale.note(outcome.notes);
    }
    scale.decide(rule, asked.place)
}
