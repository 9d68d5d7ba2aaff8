//! From a checklist and a tree to judgements: every item is bound to its rule, asked, and judged.

use crate::ask::{Asker, Outcome, State, Subject, Verdicts};
use crate::checklist::{Checklist, Item, Phase};
use crate::diagnostic::Diagnostic;
use crate::facts::config;
use crate::facts::parallel;
use crate::facts::routes;
use crate::facts::{Facts, Patterns};
use crate::judge::{Asked, Judgement, Verdict, judge};
use crate::pattern::PatternSet;
use crate::probe;
use crate::rules::{Binding, Evidence, Proof, Rule, RuleSet, last_proof};
use crate::source::Source;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::OnceLock;

/// What is to be judged, the same on every tree: the items, each with the rule that asks for it.
#[derive(Debug)]
pub struct Plan<'c> {
    /// The checklist.
    pub checklist: &'c Checklist,
    /// Which rule asks for each of its items.
    pub bindings: Vec<Option<Binding>>,
    /// Another checklist behind it, for what its items are composed of and it leaves out.
    pub behind: Option<(&'c Checklist, Vec<Option<Binding>>)>,
    /// The phase.
    pub phase: Phase,
}

impl<'c> Plan<'c> {
    /// Prepares to judge what is planned by what is known of a tree.
    pub fn on<'f>(&self, facts: &'f Facts<'f>) -> Check<'f>
    where
        'c: 'f,
    {
        let check = Check::new(facts, self.checklist, self.bindings.clone(), self.phase);
        match &self.behind {
            Some((behind, bindings)) => check.backed_by(behind, bindings.clone()),
            None => check,
        }
    }

    /// What the rules, and the probes that they ask, look for: one pass over a file serves them all.
    pub fn patterns(&self) -> Patterns {
        patterns(self.bindings.iter().chain(self.behind.iter().flat_map(|(_, bindings)| bindings)))
    }
}

/// Judges the items of a checklist, each once, also when another item is composed of it.
pub struct Check<'c> {
    asker: Asker<'c>,
    phase: Phase,
    items: Vec<Slot<'c>>,
    /// How many of them are the checklist's own; those behind are only there to be composed of.
    shown: usize,
    by_id: BTreeMap<&'c str, usize>,
}

struct Slot<'c> {
    item: &'c Item,
    binding: Option<Binding>,
    judgement: OnceLock<Judgement>,
}

impl<'c> Check<'c> {
    /// Prepares to judge the items of a checklist; `bindings` says which rule asks for each, in the items' order.
    pub fn new(facts: &'c Facts<'c>, checklist: &'c Checklist, bindings: Vec<Option<Binding>>, phase: Phase) -> Self {
        let slots = checklist.items().zip(bindings);
        let items: Vec<_> = slots.map(|(item, binding)| Slot { item, binding, judgement: OnceLock::new() }).collect();
        let by_id = items.iter().enumerate().map(|(at, slot)| (slot.item.id.as_str(), at)).collect();
        let shown = items.len();
        Self { asker: Asker::new(facts), phase, items, shown, by_id }
    }

    /// The same, with the items of another checklist behind it: an item that is composed of items which this
    /// checklist leaves out takes them from there. They are judged only then, and never shown.
    #[must_use]
    pub fn backed_by(mut self, checklist: &'c Checklist, bindings: Vec<Option<Binding>>) -> Self {
        for (item, binding) in checklist.items().zip(bindings) {
            if let Entry::Vacant(slot) = self.by_id.entry(item.id.as_str()) {
                slot.insert(self.items.len());
                self.items.push(Slot { item, binding, judgement: OnceLock::new() });
            }
        }
        self
    }

    /// The judgements of the items that `wanted` picks, in the order of the checklist.
    pub fn run(&self, wanted: impl Fn(&Item) -> bool) -> Vec<(&'c Item, Option<&Binding>, &Judgement)> {
        let picked: Vec<usize> = (0..self.shown).filter(|&at| wanted(self.items[at].item)).collect();
        parallel::map(&picked, |&at| {
            self.judgement(at);
        });
        picked
            .into_iter()
            .map(|at| (self.items[at].item, self.items[at].binding.as_ref(), self.judgement(at)))
            .collect()
    }

    /// The items that `@item("id")` or `@item("section.*")` means; those behind only where the checklist has none.
    fn parts(&self, id: &str) -> Vec<usize> {
        let Some(prefix) = id.strip_suffix('*') else { return self.by_id.get(id).copied().into_iter().collect() };
        let under = self.by_id.range(prefix..).take_while(|(id, _)| id.starts_with(prefix));
        let (own, behind): (Vec<usize>, Vec<usize>) = under.map(|(_, &at)| at).partition(|&at| at < self.shown);
        let mut parts = if own.is_empty() { behind } else { own };
        parts.sort_unstable();
        parts
    }

    /// An item that is composed, directly or not, of itself, or over more steps than anybody follows.
    pub fn circle(&self) -> Option<&'c Item> {
        /// Longer chains of compositions than this are no composition any more.
        const MAX_STEPS: usize = 64;
        let mut done = vec![false; self.items.len()];
        let mut open = vec![false; self.items.len()];
        for start in 0..self.items.len() {
            let mut path = vec![(start, self.composed_of(start))];
            while let Some((at, parts)) = path.last_mut() {
                let at = *at;
                open[at] = true;
                match parts.pop() {
                    Some(part) if open[part] || path.len() > MAX_STEPS => return Some(self.items[at].item),
                    Some(part) if !done[part] => path.push((part, self.composed_of(part))),
                    Some(_) => {}
                    None => {
                        (open[at], done[at]) = (false, true);
                        path.pop();
                    }
                }
            }
        }
        None
    }

    /// The items that an item's rule names.
    fn composed_of(&self, at: usize) -> Vec<usize> {
        let mut parts = Vec::new();
        if let Some(binding) = &self.items[at].binding {
            binding.rule.each_proof(&mut |proof| {
                if let Proof::Items(items) = proof {
                    parts.extend(items.iter().flat_map(|item| self.parts(item)));
                }
            });
        }
        parts
    }

    fn judgement(&self, at: usize) -> &Judgement {
        let slot = &self.items[at];
        slot.judgement.get_or_init(|| {
            if let Some(said) = self.asker.facts().project().exempts(&slot.item.id) {
                return Judgement::not_applicable(said);
            }
            let Some(binding) = &slot.binding else {
                return Judgement::bare(Verdict::Unknown {
                    reason: "no rule asks for this yet".to_owned(),
                    no_rule: true,
                });
            };
            if slot.item.phase(binding.rule.phase) > self.phase {
                return Judgement::bare(Verdict::NotDue);
            }
            judge(&binding.rule, &slot.item.expects, self.ask(slot.item, binding))
        })
    }

    /// The entries of the list that an item is one of, with commas between.
    fn entries_beside(&self, item: &Item) -> String {
        let list = |item: &Item| Some(item.id.strip_suffix(item.entry.as_deref()?)?.to_owned());
        let Some(own) = list(item) else { return String::new() };
        let beside = self.items.iter().map(|slot| slot.item).filter(|other| list(other).as_ref() == Some(&own));
        beside.filter_map(|item| item.entry.as_deref()).collect::<Vec<_>>().join(",")
    }

    fn ask(&self, item: &Item, binding: &Binding) -> Asked {
        let rule: &Rule = &binding.rule;
        let ids = rule.ids_of(item);
        let entries = self.entries_beside(item);
        let subject =
            Subject { entry: item.entry.as_deref(), entries: &entries, expected: &item.expected_text, ids: &ids };
        let ask = |proofs: &[Proof]| -> Vec<Outcome> {
            proofs.iter().map(|proof| self.asker.outcome(proof, subject, self)).collect()
        };
        let evidence: &Evidence = binding.evidence();
        let is_stated = !self.asker.facts().attestations().entries.is_empty();
        let others = binding.others().map(|(word, other)| (word.to_owned(), ask(&other.proof)));
        Asked {
            proof: ask(&evidence.proof),
            // A word's own contradictions stand beside those of the whole rule.
            refuted_by: [
                ask(&evidence.refuted_by),
                if binding.word.is_some() { ask(&rule.evidence.refuted_by) } else { Vec::new() },
            ]
            .concat(),
            others: others.collect(),
            attested: is_stated.then(|| self.asker.outcome(&last_proof(item, evidence), subject, self)),
            shown: ask(&rule.shown),
            place: rule.unmet_where.as_ref().map(|place| self.asker.outcome(place, subject, self)),
        }
    }
}

impl Verdicts for Check<'_> {
    fn outcomes_of(&self, item: &str) -> Vec<Outcome> {
        // What does not apply is no part of anything.
        let mut parts = self.parts(item);
        parts.retain(|&at| !matches!(self.judgement(at).verdict, Verdict::NotApplicable { .. }));
        if parts.is_empty() {
            return vec![Outcome::waiting(item)];
        }
        let outcome = |at: usize| {
            let outcome = self.judgement(at).outcome();
            if outcome.state == State::Open {
                Outcome { waits: vec![self.items[at].item.id.clone()], ..outcome }
            } else {
                outcome
            }
        };
        parts.into_iter().map(outcome).collect()
    }
}

fn patterns<'b>(bindings: impl IntoIterator<Item = &'b Option<Binding>>) -> Patterns {
    let (mut code, mut text) = (Vec::new(), Vec::new());
    for binding in bindings.into_iter().flatten() {
        binding.rule.each_proof(&mut |proof| {
            let Proof::Probe(call) = proof else { return };
            let (name, question) = (call.probe.name, &call.question);
            if name == probe::source::PROBE.name {
                code.extend(probe::source::patterns(question));
            } else if name == probe::db::PROBE.name {
                code.extend(probe::db::patterns(question));
            } else if name == probe::logger::PROBE.name {
                code.extend(probe::logger::patterns());
            } else if name == probe::text::PROBE.name {
                text.extend(question.words_from(1).map(|word| &*word.text));
            }
        });
    }
    let fixed = [
        config::reads::READS,
        config::reads::UNNAMED,
        config::flags::FLAGS,
        config::loaded::LOADS,
        config::chosen::CLIENTS,
        probe::place::code::SERVES,
        &[routes::REGISTERED],
    ]
    .concat();
    code.extend(fixed);
    Patterns { code: PatternSet::new(code), text: PatternSet::new(text) }
}

/// Which rule asks for each item of a checklist.
///
/// An item whose value is a probe call brings its own rule. An item whose word its rule does not know is an error of
/// the checklist.
pub fn bind(checklist: &Checklist, rules: &RuleSet) -> Result<Vec<Option<Binding>>, Vec<(Source, Diagnostic)>> {
    let mut faults = Vec::new();
    let mut bindings = Vec::new();
    for item in checklist.items() {
        match rules.bind(item) {
            Ok(binding) => bindings.push(binding),
            Err(fault) => faults.push((item.source.clone(), fault)),
        }
    }
    if faults.is_empty() { Ok(bindings) } else { Err(faults) }
}
