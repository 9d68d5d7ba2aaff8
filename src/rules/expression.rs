//! From the text of a proof to a [`Proof`]: probes, lists and groups found, arguments and patterns checked.

use super::load::{Reader, listed};
use super::rule::{Call, Operator, Proof};
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::pattern::compile;
use crate::probe::{self, Arg, Probe, Question, Word};
use crate::quantity::Comparison;
use crate::source::Span;
use crate::tusk::call::{self, Argument, Term, TermKind};
use std::sync::Arc;

/// Groups may name groups; deeper than this they go round in circles.
const MAX_GROUPS: usize = 8;

impl Reader<'_> {
    /// Reads a proof; faults are collected, and a proof with a fault is none.
    pub(super) fn expression(&mut self, text: &str, span: Span) -> Option<Proof> {
        match call::parse(text, span.start) {
            Ok(expression) => {
                let proof = self.comparison(&expression, text, span)?;
                if let Some(at) = proves_nothing_seen(&proof) {
                    let message = format!("{at} proves only beside something that was seen, inside `@all(…)`");
                    self.fault(Diagnostic::error(span, message));
                    return None;
                }
                Some(proof)
            }
            Err(diagnostic) => {
                self.fault(diagnostic);
                None
            }
        }
    }

    fn comparison(&mut self, expression: &call::Query, text: &str, span: Span) -> Option<Proof> {
        let proof = self.call(&expression.call, text, span)?;
        let Some(comparison) = &expression.comparison else { return Some(proof) };
        let operator = match comparison.operator {
            call::Operator::Equal => Operator::Is(Comparison::Equal),
            call::Operator::NotEqual => Operator::Differs,
            call::Operator::AtLeast => Operator::Is(Comparison::AtLeast),
            call::Operator::AtMost => Operator::Is(Comparison::AtMost),
            call::Operator::Above => Operator::Is(Comparison::More),
            call::Operator::Below => Operator::Is(Comparison::Less),
        };
        Some(Proof::Where(Box::new(proof), operator, comparison.value.clone()))
    }

    fn call(&mut self, call: &call::Call, text: &str, whole: Span) -> Option<Proof> {
        match call.name.as_str() {
            "any" => self.parts(call, text, whole).map(|parts| Proof::Any(parts.into())),
            "all" => self.parts(call, text, whole).map(Proof::All),
            "not" => self.part(call, text, whole).map(|part| Proof::Not(Box::new(part))),
            "limit" => self.part(call, text, whole).map(|part| Proof::Limit(Box::new(part))),
            "item" => self
                .words(call)
                .map(|words| Proof::Items(words.into_iter().map(|word| word.text.to_string()).collect())),
            "group" => self.group(call),
            name => self.probe(name, call, text, whole),
        }
    }

    /// The only proof that a call takes.
    fn part(&mut self, call: &call::Call, text: &str, whole: Span) -> Option<Proof> {
        let mut parts = self.parts(call, text, whole)?;
        if parts.len() != 1 {
            self.fault(Diagnostic::error(call.span, format!("`@{}` takes one proof", call.name)));
            return None;
        }
        parts.pop()
    }

    fn parts(&mut self, call: &call::Call, text: &str, whole: Span) -> Option<Vec<Proof>> {
        let mut parts = Vec::new();
        for term in call.args.iter().flat_map(|argument| &argument.terms) {
            let TermKind::Query(inner) = &term.kind else {
                let message = format!("`@{}` takes proofs, such as `@file(\"…\")`", call.name);
                self.fault(Diagnostic::error(term.span, message));
                return None;
            };
            parts.push(self.comparison(inner, text, whole)?);
        }
        if parts.is_empty() {
            self.fault(Diagnostic::error(call.span, format!("`@{}` needs at least one proof", call.name)));
            return None;
        }
        Some(parts)
    }

    fn group(&mut self, call: &call::Call) -> Option<Proof> {
        let name = self.words(call)?.into_iter().next().map(|word| word.text).unwrap_or_default();
        let Some(group) = self.names.group(&name) else {
            let message = format!("no group `{name}`; expected one of {}", listed(self.names.group_names()));
            self.fault(Diagnostic::error(call.span, message));
            return None;
        };
        if self.depth >= MAX_GROUPS {
            self.fault(Diagnostic::error(call.span, format!("the group `{name}` goes round in circles")));
            return None;
        }
        if let Some(proofs) = group.proofs.get() {
            return Some(Proof::Any(Arc::clone(proofs)));
        }
        // A fault inside the group is told once, where the group stands.
        let mut inner = Reader { depth: self.depth + 1, ..Reader::new(self.names, &group.source, self.trusted) };
        let proofs: Arc<[Proof]> = inner.proofs(&group.texts).into();
        self.faults.append(&mut inner.faults);
        Some(Proof::Any(Arc::clone(group.proofs.get_or_init(|| proofs))))
    }

    fn probe(&mut self, name: &str, call: &call::Call, text: &str, whole: Span) -> Option<Proof> {
        let Some(probe) = probe::find(name) else {
            let names =
                probe::ALL.iter().map(|probe| probe.name).chain(["any", "all", "not", "limit", "item", "group"]);
            let near = nearest(name, names).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            self.fault(Diagnostic::error(call.span, format!("no probe `{name}`{near}")));
            return None;
        };
        let mut args: Vec<Arg> = Vec::new();
        for argument in &call.args {
            args.push(self.argument(argument)?);
        }
        self.check(probe, call, &mut args)?;
        let from = (call.span.start - whole.start) as usize;
        let to = (call.span.end - whole.start) as usize;
        let text = text.get(from..to).unwrap_or(text);
        Some(Proof::Probe(Call {
            probe,
            question: Question { args, options: call.options.clone() },
            text: text.into(),
        }))
    }

    fn words(&mut self, call: &call::Call) -> Option<Vec<Word>> {
        let mut words = Vec::new();
        for argument in &call.args {
            words.extend(self.argument(argument)?);
        }
        Some(words)
    }

    fn argument(&mut self, argument: &Argument) -> Option<Arg> {
        let mut words = Vec::new();
        for term in &argument.terms {
            self.term(term, &mut words)?;
        }
        Some(words)
    }

    fn term(&mut self, term: &Term, words: &mut Vec<Word>) -> Option<()> {
        let word = |text: &str, is_pattern| Word { text: text.into(), is_pattern, ..Word::default() };
        match &term.kind {
            TermKind::Text(text) | TermKind::Word(text) => words.push(word(text, false)),
            TermKind::Number(number) => words.push(word(&number.to_string(), false)),
            TermKind::Bool(flag) => words.push(word(&flag.to_string(), false)),
            TermKind::Pattern(pattern) => words.push(word(pattern, true)),
            TermKind::List(list) => {
                for term in list.iter().flat_map(|entry| &entry.terms) {
                    self.term(term, words)?;
                }
            }
            TermKind::Ref(name) => match (name.as_str(), self.names.list(name)) {
                ("entry" | "expected", None) => words.push(word(&format!("${name}"), false)),
                (_, Some(list)) => words.extend(list),
                (_, None) => {
                    let near = nearest(name, self.names.list_names());
                    let near = near.map(|near| format!("; did you mean `${near}`?")).unwrap_or_default();
                    self.fault(Diagnostic::error(term.span, format!("no list `${name}`{near}")));
                    return None;
                }
            },
            TermKind::Query(_) => {
                self.fault(Diagnostic::error(term.span, "expected a word here, not a call"));
                return None;
            }
        }
        Some(())
    }

    /// Checks a call against what its probe understands, and marks the words that are patterns.
    fn check(&mut self, probe: &'static Probe, call: &call::Call, args: &mut [Arg]) -> Option<()> {
        let (least, most) = probe.arity;
        let mut wrong = Vec::new();
        if args.len() < least || args.len() > most {
            wrong.push(format!("`@{}` does not take {} arguments: {}", probe.name, args.len(), probe.usage));
        }
        if let Some(first) = args.first().filter(|_| !probe.facts.is_empty()) {
            let unknown = first.iter().find(|word| !probe.facts.contains(&&*word.text));
            wrong.extend(unknown.map(|word| {
                format!(
                    "`@{}` knows no `{}`; expected one of {}",
                    probe.name,
                    word.text,
                    listed(probe.facts.iter().copied())
                )
            }));
        }
        let unknown = call.options.keys().find(|option| !probe.options.contains(&option.as_str()));
        wrong.extend(unknown.map(|option| {
            format!(
                "`@{}` has no option `{option}`; expected one of {}",
                probe.name,
                listed(probe.options.iter().copied())
            )
        }));
        for word in args.iter_mut().skip(probe.patterns_from.unwrap_or(usize::MAX)).flatten() {
            word.is_pattern = true;
        }
        for word in args.iter().flatten().filter(|word| word.is_pattern && !self.trusted) {
            if let Err(error) = compile(&word.text) {
                wrong.push(format!("`{}` is no regular expression: {error}", word.text));
            }
        }
        let fine = wrong.is_empty();
        for message in wrong {
            self.fault(Diagnostic::error(call.span, message));
        }
        fine.then_some(())
    }
}

/// What a proof consists of if it could hold with nothing seen: a negation, alone or as an alternative.
fn proves_nothing_seen(proof: &Proof) -> Option<&'static str> {
    match proof {
        Proof::Not(_) => Some("`@not`"),
        Proof::Any(parts) => parts.iter().find_map(proves_nothing_seen),
        Proof::All(parts) => {
            let empty = parts.iter().all(|part| proves_nothing_seen(part).is_some());
            empty.then_some("`@all` of nothing but `@not`")
        }
        Proof::Where(part, ..) | Proof::Limit(part) => proves_nothing_seen(part),
        Proof::Probe(_) | Proof::Items(_) => None,
    }
}
