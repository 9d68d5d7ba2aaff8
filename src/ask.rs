//! Asks the probes what a rule wants to know, and combines their answers.
//!
//! Four answers are possible, because "not there" and "cannot be seen" differ, and so do "not there" and "the opposite
//! was seen": see [`State`]. Equal questions are asked once, whoever asks.

use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::probe::{Question, Word};
use crate::quantity::{Comparison, Quantity};
use crate::rules::{Call, Operator, Proof};
use crate::source::Span;
use crate::value::{Field, Kind, Value};
use foldhash::fast::RandomState;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What became of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was seen.
    Holds,
    /// It was looked for and is not there.
    Absent,
    /// Something should have been looked at and could not be.
    Open,
    /// The opposite was seen; the sightings show it.
    Refuted,
}

/// A proof with what was seen.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What became of it.
    pub state: State,
    /// What was seen: the support when it holds, the contradiction when it is refuted.
    pub seen: Vec<Sighting>,
    /// What was seen and counts for nothing.
    pub notes: Vec<Sighting>,
    /// What could not be looked at.
    pub blind: Vec<Blind>,
    /// What would count if it were in date.
    pub expired: Vec<Sighting>,
    /// The items whose unknown verdicts leave it open.
    pub waits: Vec<String>,
    /// The strength of the whole: the weakest of parts that are all needed.
    pub strength: Option<Strength>,
}

/// Gives the outcome of other items, for `@item`; implemented where verdicts are made.
pub trait Verdicts: Sync {
    /// The verdict of an item, or of all under `section.*`, as outcomes: met holds, unmet is refuted, everything else
    /// is open.
    fn outcomes_of(&self, item: &str) -> Vec<Outcome>;
}

/// What the arguments of a rule may refer to: the item that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The text of the list entry (`$entry`).
    pub entry: Option<&'a str>,
    /// The texts of all entries of its list, with commas between (`$entries`).
    pub entries: &'a str,
    /// The item's value as written (`$expected`).
    pub expected: &'a str,
    /// Every id under which the same question is asked.
    pub ids: &'a [&'a str],
}

/// Asks, and remembers the answers.
pub struct Asker<'f> {
    facts: &'f Facts<'f>,
    answers: Mutex<HashMap<String, Arc<OnceLock<Answer>>, RandomState>>,
}

impl<'f> Asker<'f> {
    /// An asker over some facts.
    pub fn new(facts: &'f Facts<'f>) -> Self {
        Self { facts, answers: Mutex::default() }
    }

    /// The facts that are asked about.
    pub fn facts(&self) -> &'f Facts<'f> {
        self.facts
    }

    /// What becomes of a proof for a subject.
    pub fn outcome(&self, proof: &Proof, subject: Subject<'_>, verdicts: &dyn Verdicts) -> Outcome {
        match proof {
            Proof::Probe(call) => Outcome::of_answer(self.answer(call, subject)),
            Proof::Any(parts) => any(parts.iter().map(|part| self.outcome(part, subject, verdicts)).collect()),
            Proof::All(parts) => all(parts.iter().map(|part| self.outcome(part, subject, verdicts)).collect()),
            Proof::Not(part) => not(self.outcome(part, subject, verdicts)),
            Proof::Limit(part) => limit(self.outcome(part, subject, verdicts)),
            Proof::Items(items) => all(items.iter().flat_map(|item| verdicts.outcomes_of(item)).collect()),
            Proof::Where(part, operator, literal) => filter(self.outcome(part, subject, verdicts), *operator, literal),
        }
    }

    fn answer(&self, call: &Call, subject: Subject<'_>) -> Answer {
        let question = substituted(call, subject);
        let key = key(call.probe.name, &question);
        let slot = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.entry(key).or_default().clone()
        };
        slot.get_or_init(|| (call.probe.look)(self.facts, &question)).clone()
    }
}

/// Replaces `$entry`, `$entries` and `$expected` inside words and options by what they stand for; a probe that may be asked about other items
/// (`item`) is told which one this is.
fn substituted<'c>(call: &'c Call, subject: Subject<'_>) -> Cow<'c, Question> {
    let own = &call.question;
    let wants_ids = call.probe.options.contains(&"item") && !own.options.contains_key("item");
    let refers = |word: &Word| word.text.contains('$');
    // Most questions ask every item the same, and their lists are long.
    if !wants_ids && !own.options.values().any(|field| expects(&field.value)) && !own.args.iter().flatten().any(refers)
    {
        return Cow::Borrowed(own);
    }
    let mut question = own.clone();
    if wants_ids {
        let text = |text: &str| Value::new(Kind::Str(text.to_owned()), Span::default());
        let ids = Value::new(Kind::List(subject.ids.iter().map(|id| text(id)).collect()), Span::default());
        question.options.insert("item".to_owned(), Field { key: Span::default(), value: ids });
    }
    for word in question.args.iter_mut().flatten().filter(|word| refers(word)) {
        if let Some(entry) = subject.entry {
            word.text = word.text.replace("$entries", subject.entries).replace("$entry", entry).into();
        }
        word.text = word.text.replace("$expected", subject.expected).into();
    }
    for field in question.options.values_mut() {
        expect(&mut field.value, subject.expected);
    }
    Cow::Owned(question)
}

/// Whether an option names `$expected`.
fn expects(value: &Value) -> bool {
    match &value.kind {
        Kind::Str(text) => text == "$expected",
        Kind::List(list) => list.iter().any(expects),
        _ => false,
    }
}

/// Replaces `$expected` in an option: a text, or a list of them.
fn expect(value: &mut Value, expected: &str) {
    match &mut value.kind {
        Kind::Str(text) if text == "$expected" => expected.clone_into(text),
        Kind::List(list) => list.iter_mut().for_each(|inner| expect(inner, expected)),
        _ => {}
    }
}

/// One text for equal questions; places do not matter.
fn key(probe: &str, question: &Question) -> String {
    let mut key = probe.to_owned();
    for arg in &question.args {
        key.push('\u{1}');
        for word in arg {
            key.push_str(if word.is_pattern { "\u{2}~" } else { "\u{2}" });
            key.push_str(&word.text);
            attributes(&mut key, &word.attributes);
        }
    }
    attributes(&mut key, &question.options);
    key
}

fn attributes(key: &mut String, map: &crate::value::Map) {
    for (name, field) in map {
        key.push('\u{3}');
        key.push_str(name);
        key.push('=');
        describe(key, &field.value);
    }
}

fn describe(key: &mut String, value: &Value) {
    match &value.kind {
        Kind::List(list) => list.iter().for_each(|part| {
            key.push('\u{4}');
            describe(key, part);
        }),
        Kind::Map(map) => attributes(key, map),
        Kind::Expr(expr) => key.push_str(&expr.raw),
        Kind::Null => key.push_str("null"),
        _ => key.push_str(&value.scalar_text().unwrap_or_default()),
    }
}

impl Outcome {
    /// A state with nothing seen.
    pub fn bare(state: State) -> Self {
        Self {
            state,
            seen: Vec::new(),
            notes: Vec::new(),
            blind: Vec::new(),
            expired: Vec::new(),
            waits: Vec::new(),
            strength: None,
        }
    }

    /// Open until an item is known.
    pub fn waiting(item: &str) -> Self {
        Self { waits: vec![item.to_owned()], ..Self::bare(State::Open) }
    }

    fn of_answer(answer: Answer) -> Self {
        let Answer { seen, notes, blind, expired } = answer;
        let state = match (seen.is_empty(), blind.is_empty() && expired.is_empty()) {
            (false, _) => State::Holds,
            (true, false) => State::Open,
            (true, true) => State::Absent,
        };
        let strength = seen.iter().map(|sighting| sighting.strength).max();
        Self { state, seen, notes, blind, expired, waits: Vec::new(), strength }
    }

    /// Takes over what another outcome saw.
    fn absorb(&mut self, other: Self) {
        self.seen.extend(other.seen);
        self.notes.extend(other.notes);
        self.blind.extend(other.blind);
        self.expired.extend(other.expired);
        self.waits.extend(other.waits);
    }
}

/// The first that holds, or else the best of the rest: open before refuted before absent.
fn any(parts: Vec<Outcome>) -> Outcome {
    let mut result = Outcome::bare(State::Absent);
    for part in &parts {
        result.strength = result.strength.max(if part.state == State::Holds { part.strength } else { None });
    }
    let state = |wanted| parts.iter().any(|part| part.state == wanted);
    result.state = if state(State::Holds) {
        State::Holds
    } else if state(State::Open) {
        State::Open
    } else if !parts.is_empty() && parts.iter().all(|part| part.state == State::Refuted) {
        result.strength = parts.iter().filter_map(|part| part.strength).max();
        State::Refuted
    } else {
        State::Absent
    };
    merge(result, parts)
}

/// All hold, or else the worst: one refuted refutes, one open leaves open, one absent is absent.
fn all(parts: Vec<Outcome>) -> Outcome {
    let mut result = Outcome::bare(State::Holds);
    let state = |wanted| parts.iter().any(|part| part.state == wanted);
    result.state =
        [State::Refuted, State::Absent, State::Open].into_iter().find(|&bad| state(bad)).unwrap_or(State::Holds);
    result.strength = match result.state {
        State::Holds => parts.iter().filter_map(|part| part.strength).min(),
        State::Refuted => {
            parts.iter().filter(|part| part.state == State::Refuted).filter_map(|part| part.strength).max()
        }
        State::Absent | State::Open => None,
    };
    merge(result, parts)
}

/// Sightings that made the state count; those of the other parts become notes.
fn merge(mut result: Outcome, parts: Vec<Outcome>) -> Outcome {
    for mut part in parts {
        if part.state != result.state {
            part.notes.append(&mut part.seen);
        }
        // What could not be seen matters only while it could still change the answer.
        if result.state != State::Open {
            part.blind.clear();
            part.notes.append(&mut part.expired);
            part.waits.clear();
        }
        result.absorb(part);
    }
    if matches!(result.state, State::Absent | State::Open) {
        let mut seen = std::mem::take(&mut result.seen);
        result.notes.append(&mut seen);
    }
    result
}

/// The opposite. What was seen stays as a note: it is why the negation does not hold.
fn not(mut part: Outcome) -> Outcome {
    let state = match part.state {
        State::Holds => State::Absent,
        State::Absent | State::Refuted => State::Holds,
        State::Open => State::Open,
    };
    part.notes.append(&mut part.seen);
    Outcome { state, strength: None, ..part }
}

/// What was seen is an upper limit.
fn limit(mut part: Outcome) -> Outcome {
    let why = "a limit beyond the bound proves nothing and contradicts nothing: measure it";
    part.seen = part.seen.into_iter().map(|sighting| sighting.only_proving(why)).collect();
    part
}

/// Keeps the sightings whose value compares so; the others become notes.
fn filter(mut part: Outcome, operator: Operator, literal: &Value) -> Outcome {
    if part.state != State::Holds {
        return part;
    }
    let (kept, dropped): (Vec<_>, Vec<_>) = std::mem::take(&mut part.seen)
        .into_iter()
        .partition(|sighting| sighting.value.as_ref().is_some_and(|value| compares(value, operator, literal)));
    // What is set elsewhere may compare so: it is neither seen nor absent.
    let elsewhere = dropped.iter().filter(|sighting| matches!(sighting.value, Some(Observed::Opaque(_))));
    let elsewhere: Vec<Blind> = elsewhere
        .map(|sighting| Blind {
            place: Some(sighting.place.clone()),
            why: format!("{}: its value is not in the tree", sighting.message),
        })
        .collect();
    if kept.is_empty() && !elsewhere.is_empty() {
        part.notes.extend(dropped);
        part.blind.extend(elsewhere);
        return Outcome { state: State::Open, seen: Vec::new(), strength: None, ..part };
    }
    part.notes.extend(dropped);
    part.strength = kept.iter().map(|sighting| sighting.strength).max();
    part.state = if kept.is_empty() { State::Absent } else { State::Holds };
    // The rule has compared the value itself: what it says now is that it was seen.
    part.seen = kept.into_iter().map(|sighting| Sighting { value: None, ..sighting }).collect();
    part
}

fn compares(value: &Observed, operator: Operator, literal: &Value) -> bool {
    let order = match value {
        Observed::Flag(flag) => literal.as_bool().map(|wanted| flag.cmp(&wanted)),
        Observed::Quantity(seen) => {
            let wanted = literal.scalar_text().and_then(|text| Quantity::parse(&text).ok());
            wanted.and_then(|wanted| seen.compare(wanted).ok())
        }
        // Words have no order: only `==` and `!=` tell anything about them.
        Observed::Word(word) => literal.scalar_text().map(|wanted| word.to_lowercase().cmp(&wanted.to_lowercase())),
        Observed::Opaque(_) => None,
    };
    let unordered =
        matches!(value, Observed::Word(_)) && !matches!(operator, Operator::Differs | Operator::Is(Comparison::Equal));
    order.is_some_and(|order| !unordered && operator.admits(order))
}
