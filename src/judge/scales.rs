//! The two sides of a question: they fill with what was seen, and the heavier one is the verdict.

use super::{Bearing, Evidence, Fit, Judgement, Proven, Verdict, fit};
use crate::ask::{Outcome, State};
use crate::checklist::Expectation;
use crate::evidence::{Blind, Sighting, Strength};
use crate::facts::production::{is_example, is_fixture, is_in_tools};
use crate::rules::Rule;

/// The two sides while they fill.
#[derive(Debug, Default)]
pub(super) struct Scales {
    support: Option<Strength>,
    supports: Vec<Evidence>,
    contradiction: Option<Strength>,
    contradicts: Vec<Evidence>,
    /// Seen, and the comparison could not tell: an opaque value, a default that fits, a word off the scale.
    undecided: Vec<(Sighting, String)>,
    /// Good once, and not in date any more.
    expired: Vec<Sighting>,
    /// The same, of what only the end of every rule asks.
    pub(super) void: Vec<Sighting>,
    /// Other items that have to be known first.
    waits: Vec<String>,
    /// Whether a deed on record contradicts.
    overruled: bool,
    notes: Vec<Evidence>,
    blind: Vec<Blind>,
}

impl Scales {
    /// Puts an alternative on the scales; says whether its values decided.
    pub(super) fn weigh(&mut self, rule: &Rule, expects: &Expectation, outcome: Outcome, only_show: bool) -> bool {
        self.note(outcome.notes);
        self.blind.extend(outcome.blind);
        self.waits.extend(outcome.waits);
        for seen in outcome.expired {
            if seen.deed && fit(rule, expects, &seen) == Fit::No {
                self.add(Bearing::Contradicts, Some(seen.strength), vec![seen]);
            } else {
                self.expired.push(seen);
            }
        }
        match outcome.state {
            State::Holds => {}
            State::Refuted => {
                self.add(Bearing::Contradicts, outcome.strength, outcome.seen);
                return false;
            }
            State::Absent | State::Open => {
                self.note(outcome.seen);
                return false;
            }
        }
        let strength = outcome.strength;
        let mut decided = false;
        // A value that does not fit spoils the whole alternative: its other sightings are then no support.
        let fits: Vec<_> = outcome.seen.into_iter().map(|seen| (fit(rule, expects, &seen), seen)).collect();
        let spoiled = fits.iter().any(|(fit, _)| !matches!(fit, Fit::Present | Fit::Yes));
        for (fit, seen) in fits {
            let by_value = !matches!(fit, Fit::Present);
            let overrules = seen.deed && fit == Fit::No;
            if by_value && only_show && !overrules {
                self.note(vec![seen]);
                continue;
            }
            let says_nothing = fit == Fit::No && seen.only_proves.is_some();
            decided |= by_value && seen.default_of.is_none() && !says_nothing;
            match fit {
                Fit::Yes | Fit::Present if spoiled => self.note(vec![seen]),
                Fit::Yes | Fit::Present if seen.default_of.is_some() => {
                    let why = "a default fits today and nobody set it: state it".to_owned();
                    self.undecided.push((seen, why));
                }
                Fit::Yes | Fit::Present => self.add(Bearing::Supports, strength, vec![seen]),
                Fit::No if says_nothing => {
                    let why = seen.only_proves.clone().unwrap_or_default();
                    self.undecided.push((seen, why));
                }
                Fit::No => {
                    let own = Some(seen.strength);
                    self.add(Bearing::Contradicts, own, vec![seen]);
                }
                Fit::CannotTell(why) => self.undecided.push((seen, why)),
            }
        }
        decided
    }

    pub(super) fn contradict(&mut self, outcome: Outcome, word: Option<&str>) {
        self.note(outcome.notes);
        if outcome.state != State::Holds {
            self.note(outcome.seen);
            return;
        }
        let mut seen = outcome.seen;
        if let Some(word) = word {
            for sighting in &mut seen {
                sighting.message = format!("{} ({word})", sighting.message);
            }
        }
        self.add(Bearing::Contradicts, outcome.strength, seen);
    }

    fn add(&mut self, bearing: Bearing, strength: Option<Strength>, seen: Vec<Sighting>) {
        let (side, weight) = match bearing {
            Bearing::Supports => (&mut self.supports, &mut self.support),
            _ => (&mut self.contradicts, &mut self.contradiction),
        };
        *weight = (*weight).max(strength);
        for sighting in seen {
            self.overruled |= sighting.deed && bearing == Bearing::Contradicts;
            let evidence = Evidence { sighting, bearing };
            if !side.contains(&evidence) {
                side.push(evidence);
            }
        }
    }

    pub(super) fn note(&mut self, seen: Vec<Sighting>) {
        for sighting in seen {
            let evidence = Evidence { sighting, bearing: Bearing::Note };
            if !self.notes.contains(&evidence) {
                self.notes.push(evidence);
            }
        }
    }

    pub(super) fn decide(mut self, rule: &Rule, place: Option<Outcome>) -> Judgement {
        let contradicted = self.overruled || self.contradiction >= self.support;
        let mut contradicts = std::mem::take(&mut self.contradicts);
        let mut supports = std::mem::take(&mut self.supports);
        contradicts.sort_by_key(prominence);
        supports.sort_by_key(prominence);
        if let (Some(strength), true) = (self.contradiction, contradicted) {
            self.notes.splice(0..0, supports.iter().cloned().map(as_note));
            if let Some(proven) = Proven::new(strength, contradicts) {
                return self.judgement(Verdict::Unmet(proven));
            }
        } else if let Some(strength) = self.support {
            self.notes.splice(0..0, contradicts.iter().cloned().map(as_note));
            if let Some(proven) = Proven::new(strength, supports) {
                return self.judgement(Verdict::Met(proven));
            }
        }
        self.without_evidence(rule, place)
    }

    /// Nothing decided: unmet where the right place was searched in vain, unknown otherwise.
    fn without_evidence(mut self, rule: &Rule, place: Option<Outcome>) -> Judgement {
        if let Some((_, why)) = self.undecided.first() {
            let reason = why.clone();
            let undecided = std::mem::take(&mut self.undecided);
            let shown = undecided.into_iter().map(|(sighting, _)| Evidence { sighting, bearing: Bearing::Note });
            self.notes.splice(0..0, shown);
            return self.judgement(Verdict::Unknown { reason, no_rule: false });
        }
        if let Some(blind) = self.blind.first() {
            let reason = blind.why.clone();
            return self.judgement(Verdict::Unknown { reason, no_rule: false });
        }
        let expired = std::mem::take(&mut self.expired);
        if !expired.is_empty() {
            return self.out_of_date(expired);
        }
        if let Some(place) = place {
            self.note(place.notes);
            if place.state == State::Holds {
                let searched = place.seen.into_iter().map(|sighting| Evidence { sighting, bearing: Bearing::Searched });
                let strength = place.strength.unwrap_or(Strength::Configured);
                if let Some(searched) = Proven::new(strength, searched.collect()) {
                    let absence = rule.absence.clone().unwrap_or_else(|| "nothing of it was found".to_owned());
                    return self.judgement(Verdict::Missing { searched, absence });
                }
            }
            if let Some(blind) = place.blind.first() {
                let reason = blind.why.clone();
                self.blind.extend(place.blind);
                return self.judgement(Verdict::Unknown { reason, no_rule: false });
            }
        }
        let void = std::mem::take(&mut self.void);
        if !void.is_empty() {
            return self.out_of_date(void);
        }
        self.waits.dedup();
        if let Some((first, more)) = self.waits.split_first() {
            let others = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
            let reason = format!("`{first}`{others} of what it is composed of cannot be told");
            return self.judgement(Verdict::Unknown { reason, no_rule: false });
        }
        let by_hand = rule.by_hand.as_ref();
        let reason = by_hand
            .cloned()
            .unwrap_or_else(|| "nothing in the tree says it, and there is no place that should".to_owned());
        self.judgement(Verdict::Unknown { reason, no_rule: false })
    }

    /// Unknown since the newest statement ran out.
    fn out_of_date(mut self, expired: Vec<Sighting>) -> Judgement {
        let reason = expired.first().map(|seen| seen.message.clone()).unwrap_or_default();
        let shown = expired.into_iter().map(|sighting| Evidence { sighting, bearing: Bearing::Note });
        self.notes.splice(0..0, shown);
        let judgement = self.judgement(Verdict::Unknown { reason, no_rule: false });
        Judgement { expired: true, ..judgement }
    }

    /// The verdict with everything that is shown besides.
    fn judgement(mut self, verdict: Verdict) -> Judgement {
        let leftover = std::mem::take(&mut self.expired).into_iter().chain(std::mem::take(&mut self.void));
        self.note(leftover.collect());
        Judgement { verdict, notes: self.notes, blind: self.blind, expired: false }
    }
}

/// What is read first: the strongest, and of that what stands in the product itself, not among its tools and tests.
fn prominence(evidence: &Evidence) -> (std::cmp::Reverse<Strength>, bool) {
    let path = &evidence.sighting.place.path;
    (std::cmp::Reverse(evidence.sighting.strength), is_in_tools(path) || is_fixture(path) || is_example(path))
}

fn as_note(evidence: Evidence) -> Evidence {
    Evidence { bearing: Bearing::Note, ..evidence }
}
