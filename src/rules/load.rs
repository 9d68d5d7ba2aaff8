//! Reads the catalogue: checks every key, probe, word, pattern and name, and says where each fault stands.

use super::rule::{Class, Compare, Effort, Evidence, Proof, Rule};
use super::scale::Scale;
use super::text::{GroupText, RuleText, ScaleText, Spanned, WordText};
use super::{RuleSet, names::Names};
use crate::checklist::Phase;
use crate::diagnostic::Diagnostic;
use crate::facts::code::Language;
use crate::facts::parallel;
use crate::source::{Source, Span};
use crate::tusk::{self, Section, de};
use indexmap::IndexMap;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// The words of a rule, each with what it stands for and its place.
type Words = IndexMap<String, (WordText, Span)>;

/// A fault of a rule file, with the file it stands in.
pub type Fault = (Source, Diagnostic);

/// Reads rule files together: lists, groups and scales of one serve the rules of all.
pub fn load(sources: &[Source]) -> (RuleSet, Vec<Fault>) {
    let (rules, mut faults) = read(sources, false);
    faults.append(&mut rules.check());
    (rules, faults)
}

/// The embedded catalogue. Its regular expressions are not compiled here: the tests did, and compiling all of them
/// takes longer than judging a small tree.
pub fn embedded() -> &'static RuleSet {
    static CATALOGUE: LazyLock<RuleSet> = LazyLock::new(read_embedded);
    &CATALOGUE
}

/// The embedded catalogue, read anew; [`embedded`] reads it once.
pub fn read_embedded() -> RuleSet {
    read(&super::sources(), true).0
}

fn read(sources: &[Source], trusted: bool) -> (RuleSet, Vec<Fault>) {
    let mut loader = Loader::default();
    let mut sections = Vec::new();
    for (source, (document, diagnostics)) in sources.iter().zip(parallel::map_each(sources, tusk::parse)) {
        loader.faults.extend(diagnostics.into_iter().map(|diagnostic| (source.clone(), diagnostic)));
        for (key, field) in &document.root {
            let message = format!("`{key}` stands outside every section; a rule file holds only sections");
            loader.fault(source, Diagnostic::error(field.key, message));
        }
        sections.extend(document.sections.into_iter().map(|section| (source.clone(), section)));
    }
    // Names first, whatever their order in the files: a rule may use a list of a later file.
    sections.retain(|(source, section)| !loader.name(source, section));
    let read = parallel::map(&sections, |(source, section)| rule(&loader.names, source, section, trusted));
    for ((source, section), (rule, faults)) in sections.iter().zip(read) {
        loader.keep(source, section, rule, faults);
    }
    loader.finish()
}

#[derive(Default)]
struct Loader {
    names: Names,
    rules: Vec<Rule>,
    /// The ids that have a rule, with its place among them.
    by_id: HashMap<String, usize>,
    faults: Vec<Fault>,
}

impl Loader {
    fn fault(&mut self, source: &Source, diagnostic: Diagnostic) {
        self.faults.push((source.clone(), diagnostic));
    }

    /// Reads a section of names (`list.`, `group.`, `scale.`); says whether it was one.
    fn name(&mut self, source: &Source, section: &Section) -> bool {
        let parts: Vec<&str> = section.parts().collect();
        match parts.as_slice() {
            ["list", family] => {
                for (key, field) in &section.body {
                    let name = format!("{family}.{key}");
                    if let Err(diagnostic) = self.names.add_list(name, field) {
                        self.fault(source, diagnostic);
                    }
                }
            }
            ["group", name] => match de::from_map::<GroupText>(&section.body, section.span) {
                Ok(group) => self.names.add_group((*name).to_owned(), source.clone(), group.proof),
                Err(diagnostic) => self.fault(source, diagnostic),
            },
            ["scale", name] => match de::from_map::<ScaleText>(&section.body, section.span) {
                Ok(text) => self.names.add_scale(Scale::from_text((*name).to_owned(), text)),
                Err(diagnostic) => self.fault(source, diagnostic),
            },
            _ => return false,
        }
        true
    }

    /// Keeps a rule, unless its id has one already.
    fn keep(&mut self, source: &Source, section: &Section, rule: Option<Rule>, mut faults: Vec<Fault>) {
        let id = section.name();
        if let Some(first) = self.by_id.get(&id).map(|&at| &self.rules[at]) {
            let at = first.source.line_col(first.span.start);
            let message = format!("`{id}` has a rule already, at {}:{}", first.source.name(), at.line);
            self.fault(source, Diagnostic::error(section.span, message));
            return;
        }
        self.faults.append(&mut faults);
        let Some(rule) = rule else { return };
        for id in rule.also.iter().cloned().chain([id]) {
            self.by_id.insert(id, self.rules.len());
        }
        self.rules.push(rule);
    }

    fn finish(self) -> (RuleSet, Vec<Fault>) {
        (RuleSet::new(self.rules, self.names), self.faults)
    }
}

/// Reads one rule, with what is wrong about it.
fn rule(names: &Names, source: &Source, section: &Section, trusted: bool) -> (Option<Rule>, Vec<Fault>) {
    let text = de::from_map::<RuleText>(&section.body, section.span).and_then(|text| Ok((text.words()?, text)));
    let (words, text) = match text {
        Ok(read) => read,
        Err(diagnostic) => return (None, vec![(source.clone(), diagnostic)]),
    };
    let mut reader = Reader::new(names, source, trusted);
    let rule = reader.rule(section.name(), section.span, text, words);
    (rule, reader.faults)
}

/// Turns the text of one rule into a [`Rule`].
pub(super) struct Reader<'a> {
    pub(super) names: &'a Names,
    pub(super) source: &'a Source,
    pub(super) faults: Vec<Fault>,
    /// How many groups lead here.
    pub(super) depth: usize,
    /// Whether the regular expressions are known to be good.
    pub(super) trusted: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(names: &'a Names, source: &'a Source, trusted: bool) -> Self {
        Self { names, source, faults: Vec::new(), depth: 0, trusted }
    }

    pub(super) fn fault(&mut self, diagnostic: Diagnostic) {
        self.faults.push((self.source.clone(), diagnostic));
    }

    fn rule(&mut self, id: String, span: Span, text: RuleText, words: Words) -> Option<Rule> {
        let compare = self.compare(text.compare.as_ref(), text.least)?;
        let class: Class = self.word(&text.class, "class", Class::ALL)?;
        let effort = text.effort.as_ref().and_then(|word| self.word(word, "effort", Effort::ALL));
        let phase = match &text.phase {
            None => Phase::PreRelease,
            Some(word) => self.word(word, "phase", &Phase::ALL.map(|phase| (phase.word(), phase)))?,
        };
        let evidence = Evidence { proof: self.proofs(&text.proof), refuted_by: self.proofs(&text.refuted_by) };
        let values = self.values(words);
        let by_person = text.by_hand.is_some();
        if evidence.proof.is_empty() && values.is_empty() && !by_person {
            self.fault(Diagnostic::error(
                span,
                "a rule needs `proof:`, `values:` or, if only a person can know, `by_hand:`",
            ));
        }
        let unmet_where = text.unmet_where.as_ref().and_then(|place| self.expression(&place.text, place.span));
        if unmet_where.is_some() && text.absence.is_none() {
            self.fault(Diagnostic::error(span, "`unmet_where:` needs `absence:`, which says what is not there"));
        }
        if let Some(name) = text.fix_in.keys().find(|name| *name != "other" && !Language::is_name(name)) {
            self.fault(Diagnostic::error(span, format!("`fix_in:` names `{name}`, which is no language")));
        }
        Some(Rule {
            id,
            also: text.also,
            asks: text.asks,
            class,
            compare,
            values,
            exclusive: text.exclusive,
            evidence,
            shown: self.proofs(&text.shown),
            unmet_where,
            absence: text.absence,
            would_prove: text.would_prove,
            fix: text.fix,
            fix_in: text.fix_in,
            effort,
            phase,
            by_hand: text.by_hand,
            source: self.source.clone(),
            span,
        })
    }

    fn word<T: Copy>(&mut self, word: &Spanned, key: &str, known: &[(&'static str, T)]) -> Option<T> {
        let found = known.iter().find(|(name, _)| *name == word.text).map(|&(_, value)| value);
        if found.is_none() {
            let names = known.iter().map(|&(name, _)| name);
            let message = format!("`{}` is no {key}; expected one of {}", word.text, listed(names));
            self.fault(Diagnostic::error(word.span, message));
        }
        found
    }

    fn compare(&mut self, text: Option<&Spanned>, least: Option<String>) -> Option<Compare> {
        let Some(word) = text else { return Some(Compare::Presence) };
        if let Some(name) = word.text.strip_prefix("scale:") {
            let Some(scale) = self.names.scale(name) else {
                let message = format!("no scale `{name}`; expected one of {}", listed(self.names.scale_names()));
                self.fault(Diagnostic::error(word.span, message));
                return None;
            };
            if let Some(least) = least.as_ref().filter(|least| scale.rank(least).is_none()) {
                let message =
                    format!("`{least}` is no word of the scale {name}; expected one of {}", listed(scale.words()));
                self.fault(Diagnostic::error(word.span, message));
            }
            return Some(Compare::Scale { scale, least });
        }
        let known = [
            ("presence", Compare::Presence),
            ("exactly", Compare::Exactly),
            ("at_least", Compare::AtLeast),
            ("at_most", Compare::AtMost),
            ("range", Compare::Range),
            ("cadence", Compare::Cadence),
        ];
        if let Some((_, compare)) = known.iter().find(|(name, _)| *name == word.text) {
            return Some(compare.clone());
        }
        let names = known.iter().map(|&(name, _)| name).chain(std::iter::once("scale:NAME"));
        let message = format!("`{}` compares nothing; expected one of {}", word.text, listed(names));
        self.fault(Diagnostic::error(word.span, message));
        None
    }

    /// Words that equal another word share its evidence; chains of them are not followed.
    fn values(&mut self, texts: Words) -> IndexMap<String, Arc<Evidence>> {
        let mut values: IndexMap<String, Arc<Evidence>> = IndexMap::new();
        let mut same = Vec::new();
        for (word, (text, span)) in texts {
            match text {
                WordText::Own(own) => {
                    let evidence =
                        Evidence { proof: self.proofs(&own.proof), refuted_by: self.proofs(&own.refuted_by) };
                    values.insert(word, Arc::new(evidence));
                }
                WordText::Same(other) => same.push((word, other, span)),
            }
        }
        for (word, other, span) in same {
            if let Some(evidence) = values.get(&other).cloned() {
                values.insert(word, evidence);
            } else {
                let message = format!("`{word}` is said to equal `{other}`, which has no proof of its own here");
                self.fault(Diagnostic::error(span, message));
            }
        }
        values
    }

    pub(super) fn proofs(&mut self, texts: &[Spanned]) -> Vec<Proof> {
        texts.iter().filter_map(|text| self.expression(&text.text, text.span)).collect()
    }
}

/// `a, b or c`, each in backticks.
pub(super) fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
