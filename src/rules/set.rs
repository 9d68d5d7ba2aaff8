//! The whole catalogue, and which of its rules asks for an item.

use super::load::{Fault, Reader, listed};
use super::names::Names;
use super::rule::{Class, Compare, Evidence, Operator, Proof, Rule};
use crate::checklist::{Expectation, Item, Phase};
use crate::diagnostic::Diagnostic;
use crate::probe;
use crate::quantity::Comparison;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All rules, with the names that they use.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
    names: Names,
    by_id: BTreeMap<String, usize>,
}

/// The rule that asks for an item, and under which word.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The word of `values:` that the item expects.
    pub word: Option<String>,
}

impl Binding {
    /// The evidence that counts for the item: that of its word, or the rule's.
    pub fn evidence(&self) -> &Evidence {
        self.word.as_ref().and_then(|word| self.rule.values.get(word)).map_or(&self.rule.evidence, |own| own)
    }

    /// For an exclusive rule: the words that mean something else than the expected one, each once.
    pub fn others(&self) -> impl Iterator<Item = (&str, &Evidence)> {
        let own = self.word.as_ref().filter(|_| self.rule.exclusive).and_then(|word| self.rule.values.get(word));
        let mut seen: Vec<&Arc<Evidence>> = own.into_iter().collect();
        let values = self.rule.values.iter().filter(move |_| own.is_some());
        values.filter_map(move |(word, evidence)| {
            let known = seen.iter().any(|other| Arc::ptr_eq(other, evidence));
            (!known).then(|| {
                seen.push(evidence);
                (word.as_str(), &**evidence)
            })
        })
    }
}

impl RuleSet {
    pub(super) fn new(rules: Vec<Rule>, names: Names) -> Self {
        let rules: Vec<Arc<Rule>> = rules.into_iter().map(Arc::new).collect();
        let ids = rules
            .iter()
            .enumerate()
            .flat_map(|(at, rule)| std::iter::once(&rule.id).chain(&rule.also).map(move |id| (id.clone(), at)));
        let by_id = ids.collect();
        Self { rules, names, by_id }
    }

    /// All rules, in the order of their files.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|rule| &**rule)
    }

    /// The lists and scales.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Every pattern that the rules look for in source code, so that one pass over the code serves them all.
    pub fn source_patterns(&self) -> BTreeSet<String> {
        let mut patterns = BTreeSet::new();
        for rule in &self.rules {
            rule.each_proof(&mut |proof| {
                if let Proof::Probe(call) = proof
                    && call.probe.name == probe::source::PROBE.name
                {
                    patterns.extend(call.question.words_from(0).map(|word| word.text.to_string()));
                }
            });
        }
        patterns
    }

    /// What only shows when all rules are known: ids asked twice, items composed in a circle.
    pub(super) fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (at, rule) in self.rules.iter().enumerate() {
            for id in std::iter::once(&rule.id).chain(&rule.also) {
                if self.by_id.get(id) != Some(&at) {
                    faults.push((
                        rule.source.clone(),
                        Diagnostic::error(rule.span, format!("`{id}` is asked by two rules")),
                    ));
                }
            }
            if self.reaches(at, at, &mut vec![false; self.rules.len()]) {
                let message = format!("`{}` is composed of itself, by way of `@item`", rule.id);
                faults.push((rule.source.clone(), Diagnostic::error(rule.span, message)));
            }
        }
        faults
    }

    /// Whether the rule `from` is composed, directly or not, of the rule `to`.
    fn reaches(&self, from: usize, to: usize, visited: &mut Vec<bool>) -> bool {
        if std::mem::replace(&mut visited[from], true) {
            return false;
        }
        let mut parts = Vec::new();
        self.rules[from].each_proof(&mut |proof| {
            if let Proof::Items(items) = proof {
                for item in items {
                    match item.strip_suffix('*') {
                        None => parts.extend(self.by_id.get(item)),
                        Some(prefix) => {
                            let under = self.by_id.range(prefix.to_owned()..);
                            parts.extend(under.take_while(|(id, _)| id.starts_with(prefix)).map(|(_, at)| at));
                        }
                    }
                }
            }
        });
        parts.into_iter().any(|part| part == to || self.reaches(part, to, visited))
    }

    /// The rule for an id: its own, that of its entry's name, or that of every entry of its list.
    pub fn of_item(&self, item: &Item) -> Option<&Arc<Rule>> {
        let of_entry = || {
            let entry = item.entry.as_deref()?;
            let list = item.id.strip_suffix(entry)?;
            let name = entry.split(':').next().unwrap_or(entry).trim();
            self.by_id.get(&format!("{list}{name}")).or_else(|| self.by_id.get(&format!("{list}*")))
        };
        self.by_id.get(&item.id).or_else(of_entry).map(|&at| &self.rules[at])
    }

    /// Binds an item; the error says which of its words no rule knows.
    pub fn bind(&self, item: &Item) -> Result<Option<Binding>, Diagnostic> {
        if let Expectation::Probe(text) = &item.expects {
            return self.own_rule(item, text).map(|rule| Some(Binding { rule: Arc::new(rule), word: None }));
        }
        let Some(rule) = self.of_item(item) else { return Ok(None) };
        let word = match &item.expects {
            Expectation::Word(word) => Some(word.as_str()),
            // `true` asks for the first, plainest meaning of the question.
            Expectation::Flag(true) if rule.evidence.proof.is_empty() => rule.values.keys().next().map(String::as_str),
            _ => None,
        };
        let Some(word) = word else { return Ok(Some(Binding { rule: rule.clone(), word: None })) };
        let known = |words: String| {
            Diagnostic::error(item.span, format!("no rule knows the word `{word}` here; expected one of {words}"))
        };
        match &rule.compare {
            _ if rule.values.contains_key(word) => {
                Ok(Some(Binding { rule: rule.clone(), word: Some(word.to_owned()) }))
            }
            _ if !rule.values.is_empty() => Err(known(listed(rule.values.keys().map(String::as_str)))),
            Compare::Scale { scale, .. } if scale.rank(word).is_none() => Err(known(listed(scale.words()))),
            Compare::Scale { .. } => Ok(Some(Binding { rule: rule.clone(), word: None })),
            _ => Err(Diagnostic::error(
                item.span,
                format!("the rule for this item knows no words such as `{word}`; expected `true`"),
            )),
        }
    }

    /// The rule of an item that names its probe itself: the probe's right place decides what an absence means.
    fn own_rule(&self, item: &Item, text: &str) -> Result<Rule, Diagnostic> {
        let mut reader = Reader::new(&self.names, &item.source, false);
        let proof = reader.expression(text, item.span);
        if let Some((_, fault)) = reader.faults.into_iter().next() {
            return Err(fault);
        }
        let proof = proof.ok_or_else(|| Diagnostic::error(item.span, "expected the call of a probe"))?;
        let refuted_by = opposite(&proof).into_iter().collect();
        let mut unmet_where = None;
        proof.each(&mut |part| {
            if let Proof::Probe(call) = part {
                unmet_where = unmet_where.take().or_else(|| super::places::right_place(call.probe));
            }
        });
        Ok(Rule {
            id: item.id.clone(),
            also: Vec::new(),
            asks: format!("Does `{text}` hold?"),
            class: Class::Tree,
            compare: Compare::Presence,
            values: IndexMap::new(),
            exclusive: false,
            evidence: Evidence { proof: vec![proof], refuted_by },
            shown: Vec::new(),
            unmet_where,
            absence: Some(format!("`{text}` was not found")),
            would_prove: Some(format!("`{text}`")),
            fix: None,
            fix_in: IndexMap::new(),
            effort: None,
            phase: Phase::PreRelease,
            by_hand: None,
            source: item.source.clone(),
            span: item.span,
        })
    }
}

/// A value that was seen and compares otherwise contradicts a comparison.
fn opposite(proof: &Proof) -> Option<Proof> {
    let Proof::Where(part, operator, literal) = proof else { return None };
    let opposite = match operator {
        Operator::Differs => Operator::Is(Comparison::Equal),
        Operator::Is(Comparison::Equal) => Operator::Differs,
        Operator::Is(Comparison::Less) => Operator::Is(Comparison::AtLeast),
        Operator::Is(Comparison::AtMost) => Operator::Is(Comparison::More),
        Operator::Is(Comparison::AtLeast) => Operator::Is(Comparison::Less),
        Operator::Is(Comparison::More) => Operator::Is(Comparison::AtMost),
    };
    Some(Proof::Where(part.clone(), opposite, literal.clone()))
}
