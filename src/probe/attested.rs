//! `@attested(cadence)`: what people state about an item, while it is in date.

use super::{Probe, Question};
use crate::checklist::Cadence;
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::attestations::{Attestation, Bound, Kind, Measured};
use crate::quantity::Quantity;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Duration, ToSpan as _};

/// `@attested`.
///
/// The newest statement of a kind decides: one that passed after one that failed mends it. A failure on record is seen
/// as `false`, whether or not it is in date or complete.
pub static PROBE: Probe = Probe {
    name: "attested",
    summary: "what people state about an item in .tusk-check/attestations.tsk, while it is in date; `release`: made for \
              this version; with `measured`, that value; failures on record contradict; `item` looks at those of other items",
    usage: "@attested(cadence | \"release\" | \"$expected\") {kind, measured, evidence, window: \"24 hours\", item: id…}",
    arity: (1, 1),
    patterns_from: None,
    facts: &[
        "release",
        "continuous",
        "hourly",
        "daily",
        "weekly",
        "monthly",
        "quarterly",
        "semi-annually",
        "annually",
        "$expected",
    ],
    options: &["kind", "measured", "evidence", "window", "item", "implied", "failures"],
    look,
};

/// How long an observation watches unless the rule says otherwise.
const DAY: f64 = 86_400.0;

/// How long a statement stands.
#[derive(Clone, Copy)]
enum Term {
    /// For this version.
    Release,
    /// For a time.
    For(Cadence),
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let term = question.arg(0).iter().find_map(|word| match &*word.text {
        "release" => Some(Term::Release),
        other => Cadence::of(other).map(Term::For),
    });
    let Some(term) = term else {
        let why = format!("`{}` is no cadence", question.fact());
        answer.blind.push(Blind { place: None, why });
        return answer;
    };
    let items = question.option_texts("item");
    let about = |entry: &&Attestation| entry.items.iter().any(|item| items.contains(item.get()));
    let mut entries: Vec<&Attestation> = facts.attestations().entries.iter().filter(about).collect();
    // Newest first; of one day, the later in the file.
    entries.reverse();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.date));
    let asked = Asked { facts, question, term, kinds: question.option_texts("kind") };
    let mut settled: Vec<Option<Kind>> = Vec::new();
    for entry in entries {
        let decided = settled.contains(&entry.kind);
        match asked.weigh(entry) {
            Weight::Failed(place, what) if !decided => {
                settled.push(entry.kind);
                let sighting = Sighting::new(place, strength(entry), format!("{} {what}", told(entry)));
                answer.seen.push(sighting.with(Observed::Flag(false)).deed());
            }
            Weight::Counts(until) if !decided => {
                settled.push(entry.kind);
                if !question.is_set("failures") {
                    answer.seen.push(asked.sighting(entry, &until));
                }
            }
            Weight::Expired(why) if !decided => {
                settled.push(entry.kind);
                if !question.is_set("failures") {
                    answer.expired.push(asked.sighting(entry, &why));
                }
            }
            Weight::Failed(place, what) => {
                let message = format!("{} {what}; a newer one passed", told(entry));
                answer.notes.push(Sighting::new(place, Strength::Attested, message));
            }
            Weight::Counts(why) | Weight::Expired(why) => {
                let message = format!("{}, {why}; a newer one decides", told(entry));
                answer.notes.push(Sighting::new(entry.place.clone(), Strength::Attested, message));
            }
            Weight::Unbound(why) => {
                settled.push(entry.kind);
                let message = format!("{} does not count: {why}", told(entry));
                answer.notes.push(Sighting::new(entry.place.clone(), Strength::Attested, message));
            }
            Weight::Nothing(place, why) => {
                let message = format!("{} does not count: {why}", told(entry));
                answer.notes.push(Sighting::new(place, Strength::Attested, message));
            }
        }
    }
    if question.is_set("failures") {
        answer.notes.clear();
    }
    answer
}

/// What one entry says to the question.
enum Weight {
    /// Something went wrong, where that is said, and what.
    Failed(Place, String),
    /// It holds, and until when.
    Counts(String),
    /// It held, and since when not any more.
    Expired(String),
    /// It holds, and for which version cannot be said, and why; it mends what failed before.
    Unbound(String),
    /// It does not count, and why.
    Nothing(Place, String),
}

struct Asked<'q> {
    facts: &'q Facts<'q>,
    question: &'q Question,
    term: Term,
    kinds: Vec<String>,
}

impl Asked<'_> {
    fn weigh(&self, entry: &Attestation) -> Weight {
        let place = |span| Place::at(entry.place.path.clone(), span);
        let today = self.facts.now.to_zoned(TimeZone::UTC).date();
        let bound = match (self.term, &entry.version, &entry.commit) {
            (Term::For(_), None, None) => Bound::Unsaid,
            _ => entry.bound(self.facts),
        };
        if let Some((span, what)) = entry.failure(self.facts) {
            let of_another = matches!((self.term, &bound), (Term::Release, Bound::Other(_)));
            let said = entry.date.is_some_and(|date| date <= today) && entry.by.is_some();
            if said && !of_another {
                return Weight::Failed(place(span), what);
            }
        }
        if let Some(fault) = entry.fault() {
            return Weight::Nothing(place(fault.span), fault.message.clone());
        }
        if let Some(why) = self.misses(entry) {
            return Weight::Nothing(entry.place.clone(), why);
        }
        match (self.term, bound) {
            (Term::Release, Bound::This(how)) => Weight::Counts(format!("for {how}")),
            (Term::Release, Bound::Other(what)) => Weight::Expired(format!("void for this version: it is {what}")),
            (Term::Release, Bound::Unsaid) => Weight::Unbound("it names no `version` or `commit`".to_owned()),
            (Term::Release, Bound::CannotTell(why)) => Weight::Unbound(why),
            (Term::For(cadence), _) => match entry.date.and_then(|date| last_day(date, cadence)) {
                None => Weight::Nothing(entry.place.clone(), "its last day is out of range".to_owned()),
                Some(last) if last < today => {
                    let since = last.checked_add(1.day()).unwrap_or(last);
                    Weight::Expired(format!("expired since {since} ({})", cadence.word()))
                }
                Some(last) => {
                    let left = last.since(today).map_or(0, |left| left.get_days());
                    Weight::Counts(format!("in date until {last}, {}", days(left)))
                }
            },
        }
    }

    /// What the question asks for and this entry does not have.
    fn misses(&self, entry: &Attestation) -> Option<String> {
        let kind = entry.kind.map_or("", Kind::word);
        if !self.kinds.is_empty() && !self.kinds.iter().any(|wanted| wanted == kind) {
            return Some(format!("it is no {}", listed(&self.kinds)));
        }
        let evidence = self.question.option_texts("evidence");
        let says =
            |wanted: &String| entry.evidence.iter().any(|one| one.kind.as_ref().is_some_and(|k| k.get() == wanted));
        if !evidence.is_empty() && !evidence.iter().any(says) {
            return Some(format!("none of its evidence is of the kind {}", listed(&evidence)));
        }
        let high = entry.high_findings();
        if high > 0 {
            return Some(format!("it leaves {high} high findings open"));
        }
        if let Some(window) = entry.window {
            let wanted = self.question.option_text("window").and_then(|text| Quantity::parse(text).ok());
            let wanted = wanted.unwrap_or_else(|| Quantity::seconds(DAY));
            if window.seconds() < wanted.amount {
                let seen = Quantity::seconds(window.seconds());
                return Some(format!("it watched for {seen}, and this takes {wanted}"));
            }
        }
        let measured = self.question.option_texts("measured");
        if !measured.is_empty() && !self.question.is_set("implied") && self.measured(entry).is_none() {
            return Some(format!("it measured no {}", listed(&measured)));
        }
        None
    }

    /// The value that is asked for. What every rule asks at its end takes the only one there is.
    fn measured<'e>(&self, entry: &'e Attestation) -> Option<&'e Measured> {
        let wanted = self.question.option_texts("measured");
        let named = entry.measured.iter().find(|one| wanted.iter().any(|name| name.eq_ignore_ascii_case(&one.name)));
        let only = || entry.measured.first().filter(|_| self.question.is_set("implied") && entry.measured.len() == 1);
        named.or_else(|| if wanted.is_empty() { None } else { only() })
    }

    fn sighting(&self, entry: &Attestation, when: &str) -> Sighting {
        let told = told(entry);
        match self.measured(entry) {
            Some(one) => {
                let place = Place::at(entry.place.path.clone(), one.span);
                let message = format!("{told} measured {} of {}, {when}", one.name, one.value);
                let sighting = Sighting::new(place, strength(entry), message);
                sighting.with(Observed::Quantity(one.value)).deed()
            }
            None => Sighting::new(entry.place.clone(), strength(entry), format!("{told}, {when}")),
        }
    }
}

/// A deed whose outcome was measured and can be looked at in this tree is more than a statement.
fn strength(entry: &Attestation) -> Strength {
    let here = entry.evidence.iter().any(|one| one.file.is_some());
    let measured = !entry.measured.is_empty() || entry.kind == Some(Kind::Report);
    if here && measured && entry.faults.is_empty() { Strength::Demonstrated } else { Strength::Attested }
}

/// `drill of 2026-09-01 by Jo Example`.
fn told(entry: &Attestation) -> String {
    let kind = entry.kind.map_or("statement", Kind::word);
    let date = entry.date.map(|date| format!(" of {date}")).unwrap_or_default();
    let by = entry.by.as_ref().map(|by| format!(" by {}", by.trim())).unwrap_or_default();
    format!("{kind}{date}{by}")
}

/// The last day on which a statement stands, inclusive.
fn last_day(date: Date, cadence: Cadence) -> Option<Date> {
    let days = (cadence.max_age().amount / DAY).ceil() as i64;
    date.checked_add(Duration::new().try_days(days).ok()?).ok()
}

fn days(left: i32) -> String {
    match left {
        0 => "its last day".to_owned(),
        1 => "1 day left".to_owned(),
        _ => format!("{left} days left"),
    }
}

fn listed(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}
