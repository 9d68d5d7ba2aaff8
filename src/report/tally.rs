//! What follows from the items of a report: the counts, the outcome, the order of work.

use super::{CategoryReport, Cause, Fate, ItemReport, Outcome, Summary, Verdict};
use indexmap::IndexMap;
use std::collections::BTreeSet;

impl Summary {
    /// Counts items.
    pub fn of<'i>(items: impl Iterator<Item = &'i ItemReport>) -> Self {
        let mut summary = Self::default();
        for item in items {
            summary.total += 1;
            match item.verdict {
                Verdict::Met => summary.met += 1,
                Verdict::Unmet => summary.unmet += 1,
                Verdict::Unknown => summary.unknown += 1,
                Verdict::NotDue => summary.not_due += 1,
                Verdict::NotApplicable => summary.not_applicable += 1,
            }
            match item.cause {
                Some(Cause::NoRule) => summary.no_rule += 1,
                Some(Cause::Person) => summary.person += 1,
                _ => {}
            }
            if let Some(falsified) = &item.falsified {
                summary.tried += 1;
                summary.falls += usize::from(falsified.fate == Fate::Falls);
                summary.vacuous += usize::from(falsified.fate == Fate::Vacuous);
            }
        }
        summary
    }

    pub(super) fn outcome(self, allow_unknown: bool) -> Outcome {
        if self.met + self.unmet + self.unknown == 0 {
            Outcome::NothingChecked
        } else if self.unmet > 0 || self.vacuous > 0 || (self.unknown > 0 && !allow_unknown) {
            Outcome::NotReady
        } else {
            Outcome::Ready
        }
    }
}

/// The counts of each category, in the order in which the items first name them.
pub(super) fn categories(items: &[ItemReport]) -> Vec<CategoryReport> {
    let mut groups: IndexMap<&str, Vec<&ItemReport>> = IndexMap::new();
    for item in items {
        groups.entry(&item.category).or_default().push(item);
    }
    groups
        .into_iter()
        .map(|(name, items)| CategoryReport { name: name.to_owned(), summary: Summary::of(items.into_iter()) })
        .collect()
}

/// Unmet items, cheapest first; those without an effort last; otherwise in the order of the checklist.
pub(super) fn to_do(items: &[ItemReport]) -> Vec<String> {
    let unmet = |item: &&ItemReport| item.verdict == Verdict::Unmet;
    let listed: BTreeSet<&str> = items.iter().filter(unmet).map(|item| item.id.as_str()).collect();
    let repeats = |item: &ItemReport| item.same_as.as_deref().is_some_and(|first| listed.contains(first));
    let mut work: Vec<&ItemReport> = items.iter().filter(unmet).filter(|item| !repeats(item)).collect();
    work.sort_by_key(|item| (item.effort.is_none(), item.effort));
    work.into_iter().map(|item| item.id.clone()).collect()
}
