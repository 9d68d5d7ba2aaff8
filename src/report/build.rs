//! Fills the report from judgements: the one place where verdicts become words and spans become lines.

use super::model::{self, Cause, EvidenceReport, Falsified, ItemReport, PlaceReport, Unread};
use crate::checklist::{Item, Phase};
use crate::evidence::{Blind, Observed, Place};
use crate::facts::Facts;
use crate::facts::manifests::Ecosystem;
use crate::falsify::Fate;
use crate::judge::{Bearing, Evidence, Judgement, Proven, Verdict};
use crate::rules::{Binding, Class, Rule};
use crate::tree::Tree;

/// The report of one item.
pub fn item(facts: &Facts<'_>, item: &Item, binding: Option<&Binding>, judgement: &Judgement) -> ItemReport {
    let tree = facts.tree;
    let rule = binding.map(|binding| &*binding.rule);
    let (verdict, proven, reason) = verdict(judgement);
    let deciding = proven.into_iter().flat_map(Proven::evidence);
    let at = item.line_col();
    let asked_first = rule.filter(|rule| rule.also.contains(&item.id)).map(|rule| rule.id.clone());
    ItemReport {
        id: item.id.clone(),
        category: item.category.clone(),
        section: item.section.clone(),
        title: item.title.clone(),
        phase: item.phase(rule.map_or(Phase::PreRelease, |rule| rule.phase)),
        expects: item.expected_text.clone(),
        verdict,
        strength: proven.map(|proven| proven.strength),
        reason,
        cause: cause(binding, judgement),
        evidence: once(deciding.chain(&judgement.notes).map(|evidence| seen(tree, evidence))),
        unread: judgement.blind.iter().map(|blind| unread(tree, blind)).collect(),
        demanded_by: PlaceReport { path: item.source.name().to_owned(), line: at.line },
        question: rule.map(|rule| rule.asks.clone()),
        why: item.why.clone(),
        would_prove: rule.and_then(|rule| rule.would_prove.clone()),
        fix: rule.and_then(|rule| fix(facts, rule)),
        effort: rule.and_then(|rule| rule.effort),
        same_as: asked_first,
        falsified: None,
    }
}

/// How to meet it, in the language of the tree.
fn fix(facts: &Facts<'_>, rule: &Rule) -> Option<String> {
    // What the tree is written in is asked only where it matters.
    let is_rust = || rule.fix_in.is_empty() || facts.manifests().has(Ecosystem::Cargo);
    let languages = if is_rust() { &[][..] } else { facts.code().languages(facts) };
    rule.fix_for(languages).map(str::to_owned)
}

/// The report of an item with what became of it when its evidence was taken away.
pub fn tried(tree: &Tree, report: ItemReport, fate: Option<&Fate>) -> ItemReport {
    let bare = |fate, held| Falsified { fate, held, path: None, line: None, message: None };
    let falsified = fate.map(|fate| match fate {
        Fate::Falls => bare(model::Fate::Falls, 0),
        Fate::OtherEvidence(times) => bare(model::Fate::OtherEvidence, *times),
        Fate::Vacuous(place, cause) => {
            let (path, line, _) = located(tree, place);
            let message = Some(cause.words().to_owned());
            Falsified { path: Some(path), line, message, ..bare(model::Fate::Vacuous, 0) }
        }
    });
    ItemReport { falsified, ..report }
}

/// Each observation once: what decided and was shown besides is not shown again.
fn once(all: impl Iterator<Item = EvidenceReport>) -> Vec<EvidenceReport> {
    let mut said = std::collections::BTreeSet::new();
    all.filter(|seen| said.insert((seen.path.clone(), seen.line, seen.column, seen.message.clone()))).collect()
}

/// The verdict as the report has it, what it stands on, and the sentence that says why.
fn verdict(judgement: &Judgement) -> (model::Verdict, Option<&Proven>, String) {
    let says = |proven: &Proven| {
        proven.evidence().next().map(|evidence| evidence.sighting.message.clone()).unwrap_or_default()
    };
    match &judgement.verdict {
        Verdict::Met(proven) => (model::Verdict::Met, Some(proven), says(proven)),
        Verdict::Unmet(proven) => (model::Verdict::Unmet, Some(proven), says(proven)),
        Verdict::Missing { searched, absence } => (model::Verdict::Unmet, Some(searched), absence.clone()),
        Verdict::Unknown { reason, .. } => (model::Verdict::Unknown, None, reason.clone()),
        Verdict::NotDue => (model::Verdict::NotDue, None, "due in a later phase".to_owned()),
        Verdict::NotApplicable { because } => (model::Verdict::NotApplicable, None, because.clone()),
    }
}

/// What an unknown item waits for.
fn cause(binding: Option<&Binding>, judgement: &Judgement) -> Option<Cause> {
    let Verdict::Unknown { no_rule, .. } = judgement.verdict else { return None };
    let by_person =
        binding.is_some_and(|binding| binding.rule.class == Class::Person || binding.rule.by_hand.is_some());
    Some(if no_rule {
        Cause::NoRule
    } else if judgement.expired {
        Cause::Inconclusive
    } else if !judgement.blind.is_empty() {
        Cause::Unreadable
    } else if by_person {
        Cause::Person
    } else if judgement.notes.iter().any(|note| note.sighting.value.is_some()) {
        Cause::Inconclusive
    } else {
        Cause::NothingToLookAt
    })
}

fn seen(tree: &Tree, evidence: &Evidence) -> EvidenceReport {
    let sighting = &evidence.sighting;
    let (path, line, column) = located(tree, &sighting.place);
    let message = match &sighting.default_of {
        Some(whose) if !sighting.message.contains(&format!("default of {whose}")) => {
            format!("{} (default of {whose})", sighting.message)
        }
        _ => sighting.message.clone(),
    };
    EvidenceReport {
        path,
        line,
        column,
        message,
        value: sighting.value.as_ref().map(shown),
        strength: sighting.strength,
        supports: match evidence.bearing {
            Bearing::Supports => model::Bearing::Supports,
            Bearing::Contradicts => model::Bearing::Contradicts,
            Bearing::Searched => model::Bearing::Searched,
            Bearing::Note => model::Bearing::Note,
        },
    }
}

fn shown(value: &Observed) -> String {
    match value {
        Observed::Flag(flag) => flag.to_string(),
        Observed::Quantity(quantity) => quantity.to_string(),
        Observed::Word(word) | Observed::Opaque(word) => word.clone(),
    }
}

/// What could not be looked at, with its line.
pub fn unread(tree: &Tree, blind: &Blind) -> Unread {
    let place = blind.place.as_ref().map(|place| located(tree, place));
    let line = place.as_ref().and_then(|(_, line, _)| *line);
    Unread { path: place.map(|(path, ..)| path), line, why: blind.why.clone() }
}

fn located(tree: &Tree, place: &Place) -> (String, Option<u32>, Option<u32>) {
    let at = place.span.and_then(|span| Some(tree.text(&place.path)?.line_col(span.start)));
    (place.path.to_string(), at.map(|at| at.line), at.map(|at| at.column))
}
