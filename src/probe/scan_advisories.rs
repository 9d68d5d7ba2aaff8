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
    summary: "known vulnerabilities of the packages that Cargo.lock names, by the database of `--advisory-db`; a database older than 90 days tells nothing",
    usage: "@scan.advisories() {open: 0}",
    arity: (0, 0),
    patterns_from: None,
    facts: &[],
    options: &["open"],
    look,
};

/// Older than this, the database knows too little.
const MOST_DAYS: i32 = 90;
/// Files in which a team accepts advisories, and the path of the list.
const ACCEPTED: &[&str] = &[".cargo/audit.toml", "audit.toml", "deny.toml", ".cargo/deny.toml"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
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

/// The advisories that the project accepts.
fn accepted(facts: &Facts<'_>) -> BTreeSet<String> {
    let lists =
        ACCEPTED.iter().filter_map(|path| facts.parsed(path)?.first()?.at(&["advisories", "ignore"])?.as_list());
    let id = |value: &Value| match &value.kind {
        Kind::Map(_) => value.get("id").and_then(Value::as_str).map(str::to_owned),
        _ => value.as_str().map(str::to_owned),
    };
    lists.flatten().filter_map(id).collect()
}
