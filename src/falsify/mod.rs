//! `--falsify`: takes away what proved an item, in memory, and judges again.
//!
//! A met item has to fall when its evidence is gone, or to stand on other evidence that is named instead. One that
//! stays met by the very place that was emptied was met by nothing: a file's mere name, a value that nobody compared, a
//! statement that never grows old. It is vacuous, and a fault of its rule or probe.
//!
//! Each round takes away what the item stands on: first the lines, then, where the item still points there, all that
//! the file says; the file itself stays. So proofs that lie one behind the other are taken away one after the other.

mod flip;
mod taken;

use crate::check::Plan;
use crate::checklist::{Expectation, Item};
use crate::evidence::{Place, Sighting, Strength};
use crate::facts::advisories::AdvisoryDb;
use crate::facts::{Facts, Patterns, parallel};
use crate::judge::{Judgement, Proven, Verdict};
use crate::rules::Binding;
use crate::tree::Tree;
use jiff::ToSpan;
use std::collections::BTreeMap;
use std::sync::Arc;
use taken::Taken;

/// Further proofs than these are not taken away; an item with so many of them stands on more than one leg.
const MAX_ROUNDS: u32 = 12;

/// A statement of people is out of date by then, whatever its cadence.
const LATER: i32 = 30;

/// What became of a met item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It falls with what proved it.
    Falls,
    /// Other evidence held it, so many times, before it fell or the trial ended.
    OtherEvidence(u32),
    /// It stays met by a place that does not prove it any more.
    Vacuous(Place, Cause),
}

/// In which way a place proved nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The file is empty now, and is still named as the proof.
    Emptied,
    /// The value there is another one now.
    Flipped,
    /// It is thirty years old now.
    Aged,
}

impl Cause {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Emptied => "still met by this file when it says nothing any more",
            Self::Flipped => "still met by this line when its value is another one",
            Self::Aged => "still met by this statement when it is thirty years old",
        }
    }
}

/// A run whose met items are put to the test.
#[derive(Debug)]
pub struct Trial<'c> {
    /// What was judged.
    pub plan: &'c Plan<'c>,
    /// The tree on which it was judged.
    pub tree: &'c Tree,
    /// The moment that ages were counted from.
    pub now: jiff::Timestamp,
    /// What the rules look for.
    pub patterns: Arc<Patterns>,
    /// The advisory database.
    pub advisories: Option<Arc<AdvisoryDb>>,
}

/// A met item of the run.
pub type Found<'c> = (&'c Item, Option<&'c Binding>, &'c Judgement);

/// An item that has not fallen yet.
struct Open<'c> {
    id: &'c str,
    taken: Taken,
    cited: Vec<Place>,
}

impl<'c> Trial<'c> {
    /// The fate of every met item, by its id.
    pub fn run(&self, found: &[Found<'c>]) -> BTreeMap<&'c str, Fate> {
        let mut fates = self.emptied(found);
        for (id, place, cause) in self.flipped(found).into_iter().chain(self.aged(found)) {
            fates.insert(id, Fate::Vacuous(place, cause));
        }
        fates
    }

    /// Takes away, round after round, what each item stands on.
    fn emptied(&self, found: &[Found<'c>]) -> BTreeMap<&'c str, Fate> {
        let mut fates = BTreeMap::new();
        let opened = found.iter().filter_map(|&(item, _, judgement)| {
            let taken = Taken::nothing(matches!(item.expects, Expectation::Probe(_)));
            Some(Open { id: item.id.as_str(), taken, cited: places(met(judgement)?) })
        });
        let mut open: Vec<Open<'c>> = opened.collect();
        for round in 0..MAX_ROUNDS {
            let mut groups: BTreeMap<Taken, Vec<&'c str>> = BTreeMap::new();
            for Open { id, mut taken, cited } in open {
                match taken.take(self.tree, &cited) {
                    Ok(()) => groups.entry(taken).or_default().push(id),
                    Err(place) => {
                        fates.insert(id, Fate::Vacuous(place, Cause::Emptied));
                    }
                }
            }
            let groups: Vec<(Taken, Vec<&'c str>)> = groups.into_iter().collect();
            let judged = parallel::map_each(&groups, |(taken, ids)| self.judge(&taken.from(self.tree), self.now, ids));
            open = Vec::new();
            for ((taken, ids), answers) in groups.into_iter().zip(judged) {
                for (id, answer) in ids.into_iter().zip(answers) {
                    let fate = if round == 0 { Fate::Falls } else { Fate::OtherEvidence(round) };
                    fates.insert(id, fate);
                    if let Some(proven) = answer {
                        open.push(Open { id, taken: taken.clone(), cited: places(&proven) });
                    }
                }
            }
        }
        for Open { id, .. } in open {
            fates.insert(id, Fate::OtherEvidence(MAX_ROUNDS));
        }
        fates
    }

    /// Items that stay met by a place whose value was made another one, in every way that was tried.
    fn flipped(&self, found: &[Found<'c>]) -> Vec<(&'c str, Place, Cause)> {
        let trials: Vec<(&'c str, &Place, Vec<Tree>)> = found
            .iter()
            .filter_map(|&(item, binding, judgement)| {
                let seen = first(met(judgement)?);
                let trees = flip::trees(self.tree, &binding?.rule, item, seen);
                (!trees.is_empty()).then_some((item.id.as_str(), &seen.place, trees))
            })
            .collect();
        let stays = parallel::map_each(&trials, |(id, place, trees)| {
            trees
                .iter()
                .all(|tree| self.judge(tree, self.now, &[id]).iter().flatten().any(|proven| cites(proven, place)))
        });
        let stays = trials.into_iter().zip(stays).filter(|(_, stays)| *stays);
        stays.map(|((id, place, _), _)| (id, place.clone(), Cause::Flipped)).collect()
    }

    /// Items that a statement of people still proves when it is very old. One about a release is as good as the release.
    fn aged(&self, found: &[Found<'c>]) -> Vec<(&'c str, Place, Cause)> {
        let facts = Facts::new(self.tree, self.now);
        let of_a_release = |place: &Place| {
            let start = |place: &Place| place.span.map(|span| span.start);
            let entries = facts.attestations().entries.iter();
            let entry = entries.rev().find(|entry| start(&entry.place) <= start(place));
            entry.is_some_and(|entry| entry.version.is_some() || entry.commit.is_some())
        };
        let dated = |proven: &Proven| {
            let seen = first(proven);
            seen.strength == Strength::Attested && !of_a_release(&seen.place)
        };
        let old: Vec<(&'c str, &Place)> = found
            .iter()
            .filter_map(|&(item, _, judgement)| {
                let proven = met(judgement).filter(|proven| dated(proven))?;
                Some((item.id.as_str(), &first(proven).place))
            })
            .collect();
        let ids: Vec<&str> = old.iter().map(|(id, _)| *id).collect();
        let zoned = self.now.to_zoned(jiff::tz::TimeZone::UTC).checked_add(LATER.years());
        let Some(later) = zoned.ok().filter(|_| !ids.is_empty()) else { return Vec::new() };
        let answers = self.judge(self.tree, later.timestamp(), &ids);
        let stays = old
            .into_iter()
            .zip(answers)
            .filter(|((_, place), answer)| answer.as_ref().is_some_and(|proven| dated(proven) && cites(proven, place)));
        stays.map(|((id, place), _)| (id, place.clone(), Cause::Aged)).collect()
    }

    /// What the items with these ids stand on, on another tree or at another time; `None` for one that is not met.
    fn judge(&self, tree: &Tree, now: jiff::Timestamp, ids: &[&str]) -> Vec<Option<Proven>> {
        let facts =
            Facts::new(tree, now).with_advisories(self.advisories.clone()).with_patterns(Arc::clone(&self.patterns));
        if facts.attestations().file.broken().is_some() {
            // A run on such a tree ends with that error; nothing is met there.
            return vec![None; ids.len()];
        }
        let check = self.plan.on(&facts);
        let judged = check.run(|item| ids.contains(&item.id.as_str()));
        let of = |id: &&str| judged.iter().find(|(item, ..)| item.id == **id);
        ids.iter().map(|id| met(of(id)?.2).cloned()).collect()
    }
}

fn met(judgement: &Judgement) -> Option<&Proven> {
    match &judgement.verdict {
        Verdict::Met(proven) => Some(proven),
        _ => None,
    }
}

fn first(proven: &Proven) -> &Sighting {
    &proven.deciding().sighting
}

fn places(proven: &Proven) -> Vec<Place> {
    proven.evidence().map(|evidence| evidence.sighting.place.clone()).collect()
}

/// Whether a proof names the place, which may have grown longer or shorter.
fn cites(proven: &Proven, place: &Place) -> bool {
    let start = |place: &Place| place.span.map(|span| span.start);
    proven.evidence().any(|evidence| {
        let cited = &evidence.sighting.place;
        cited.path == place.path && start(cited) == start(place)
    })
}
