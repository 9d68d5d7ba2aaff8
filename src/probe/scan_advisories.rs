//! `@scan.advisories()`: lock files against a local copy of the RustSec advisory database.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::advisories::{Affected, locks};
use crate::quantity::Quantity;
use crate::value::{Kind, Value};
use std::collections::BTreeSet;

/// `@scan.advisories`.
pub static PROBE: Probe = Probe {
    name: "scan.advisories",
    summary: "known vulnerabilities of the packages that Cargo.lock names, by the database of `--advisory-db`; a database older than 90 days tells nothing. `unexplained`: advisories that the project accepts without a word why",
    usage: "@scan.advisories(\"unexplained\") {open: 0}",
    arity: (0, 1),
    patterns_from: None,
    facts: &["unexplained"],
    options: &["open"],
    look,
};

/// Older than this, the database knows too little.
const MOST_DAYS: i32 = 90;
/// Files in which a team accepts advisories, and the path of the list.
const ACCEPTED: &[&str] = &[".cargo/audit.toml", "audit.toml", "deny.toml", ".cargo/deny.toml"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    if question.fact() == "unexplained" {
        return Answer { seen: unexplained(facts), ..Answer::default() };
    }
    let mut answer = Answer::default();
    let Some(database) = &facts.advisory_db else { return answer };
    let days = database.days_old(facts.now);
    let accepted = accepted(facts);
    for lock in locks(facts) {
        let Some(source) = facts.tree.text(&lock.path) else { continue };
        let place = Some(Place::file(lock.path.clone()));
        if days > MOST_DAYS {
            let why = format!("the advisory database is {days} days old: update it");
            answer.blind.push(Blind { place, why });
            continue;
        }
        match database.affected(source) {
            Err(why) => answer.blind.push(Blind { place, why }),
            Ok(affected) => {
                let (ignored, open): (Vec<_>, Vec<_>) =
                    affected.into_iter().partition(|one| accepted.contains(&one.advisory));
                answer.notes.extend(ignored.iter().map(|one| told(one, "accepted in the tree")));
                answer.seen.push(verdict(&lock.path, days, &open, question));
            }
        }
    }
    answer
}

fn told(one: &Affected, what: &str) -> Sighting {
    let message = format!("{} of {}: {what}", one.advisory, one.package);
    Sighting::new(one.place.clone(), Strength::Measured, message)
}

fn verdict(path: &str, days: i32, open: &[Affected], question: &Question) -> Sighting {
    let first = open.first().map_or(String::new(), |one| format!(": {} of {}", one.advisory, one.package));
    let message = format!("{} open vulnerabilities by a database {days} days old{first}", open.len());
    let place = open.first().map_or_else(|| Place::file(path), |one| one.place.clone());
    let value = match question.option("open").and_then(Value::as_number) {
        Some(most) => Observed::Flag(open.len() as f64 <= most),
        None => Observed::Quantity(Quantity::count(open.len() as f64)),
    };
    Sighting::new(place, Strength::Measured, message).with(value)
}

/// The lists of advisories that the project accepts, with their files.
fn lists<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = (&'static str, &'f [Value])> {
    ACCEPTED
        .iter()
        .filter_map(|path| Some((*path, facts.parsed(path)?.first()?.at(&["advisories", "ignore"])?.as_list()?)))
}

/// The id of an entry of such a list.
fn id(entry: &Value) -> Option<&str> {
    match &entry.kind {
        Kind::Map(_) => entry.get("id").and_then(Value::as_str),
        _ => entry.as_str(),
    }
}

/// The advisories that the project accepts.
fn accepted(facts: &Facts<'_>) -> BTreeSet<String> {
    lists(facts).flat_map(|(_, list)| list).filter_map(id).map(str::to_owned).collect()
}

/// Lists in which nothing says why: no entry has a reason, and no remark stands among them or right above.
fn unexplained(facts: &Facts<'_>) -> Vec<Sighting> {
    let bare = |(path, list): (&'static str, &[Value])| {
        let text = facts.tree.text(path)?.text();
        let (first, last) = (list.first()?, list.last()?);
        // From the line above the key to the end of the line on which the list ends.
        let key = text.get(..first.span.range().start)?.rfind("ignore")?;
        let mut lines = text[..key].rmatch_indices('\n').map(|(at, _)| at);
        let from = lines.nth(1).unwrap_or_default();
        let after = |at: usize, end: char| text[at..].find(end).map_or(text.len(), |more| at + more);
        let to = after(after(last.span.range().end, ']'), '\n');
        let is_told = list.iter().any(|entry| entry.get("reason").is_some()) || text.get(from..to)?.contains('#');
        let message = format!("{} is accepted, and nothing says why", id(first)?);
        (!is_told).then(|| Sighting::new(Place::at(path, first.span), Strength::Measured, message))
    };
    lists(facts).filter_map(bare).collect()
}
