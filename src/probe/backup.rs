//! `@backup`: what backs production's stores up, store by store.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::stores::{NEVER, Property, Said, Store};
use crate::quantity::Quantity;

/// `@backup(fact)`.
pub static PROBE: Probe = Probe {
    name: "backup",
    summary: "What backs the durable stores of production up, store by store; where one is backed up and another is not, the other is said to have none",
    usage: "@backup(frequency|retention|strategy|encryption|cipher|location|pitr|loss|verified|restored|automation) {databases}",
    arity: (1, 1),
    patterns_from: None,
    facts: &[
        "frequency",
        "retention",
        "strategy",
        "encryption",
        "cipher",
        "location",
        "pitr",
        "loss",
        "verified",
        "restored",
        "automation",
    ],
    options: &["databases"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let fact = question.fact();
    let without = match fact {
        "frequency" | "pitr" | "loss" => Some(seconds(NEVER)),
        "retention" => Some(seconds(0.0)),
        "strategy" | "encryption" => Some(Observed::Flag(false)),
        "cipher" | "location" | "verified" | "automation" => Some(Observed::Word("none".to_owned())),
        _ => None,
    };
    let property = match fact {
        "encryption" | "cipher" => Some(Property::Encryption),
        "location" => Some(Property::Location),
        _ => None,
    };
    let is_flag = matches!(fact, "strategy" | "encryption");
    let asked = Asked { databases: question.is_set("databases"), without, property, is_flag, what: fact };
    look_at(facts, &asked, |store| of_store(fact, &store.said))
}

/// What is asked about stores.
pub(in crate::probe) struct Asked<'q> {
    /// Databases alone, or every store.
    pub(in crate::probe) databases: bool,
    /// What is said of a store that has nothing where another one has something.
    pub(in crate::probe) without: Option<Observed>,
    /// The property that a store may have no word for.
    pub(in crate::probe) property: Option<Property>,
    /// Whether the answer is yes or no: what stands elsewhere then says neither.
    pub(in crate::probe) is_flag: bool,
    /// What messages call it.
    pub(in crate::probe) what: &'q str,
}

/// Asks each store; what is said of stores that the tree does not declare counts where it declares none.
pub(in crate::probe) fn look_at(facts: &Facts<'_>, asked: &Asked<'_>, of: impl Fn(&Store) -> Vec<Sighting>) -> Answer {
    let view = facts.stores();
    let mut answer = Answer { notes: view.notes.clone(), blind: view.blind.clone(), ..Answer::default() };
    let mut bare: Vec<&Store> = Vec::new();
    let mut open: Vec<Sighting> = Vec::new();
    let mut there = 0;
    for store in view.stores.iter().filter(|store| store.is_database || !asked.databases) {
        there += 1;
        let found = of(store);
        let mute = asked.property.and_then(|property| store.mute.iter().find(|(own, _)| *own == property));
        match mute {
            Some((_, why)) if found.is_empty() => {
                let why = format!("{}: {why}", store.title);
                open.push(
                    Sighting::new(store.place.clone(), Strength::Configured, why.clone()).with(Observed::Opaque(why)),
                );
            }
            // What is never made has no cipher, not a weak one.
            _ if asked.property == Some(Property::Encryption) && store.about(Property::Frequency).any(is_never) => {}
            _ if found.is_empty() => bare.push(store),
            _ => {}
        }
        for sighting in found {
            let elsewhere = matches!(sighting.value, Some(Observed::Opaque(_)));
            if elsewhere { open.push(sighting) } else { answer.seen.push(sighting) }
        }
    }
    if there == 0 && !view.loose.is_empty() {
        let place = view.loose[0].sighting.place.clone();
        let store = Store {
            title: "a store outside this tree".to_owned(),
            place,
            engine: crate::facts::stores::Engine::Other,
            is_database: true,
            said: view.loose.clone(),
            namespace: None,
            mute: Vec::new(),
        };
        // A dump on a clock bounds the loss from above: what is not read may recover a point in time.
        let is_bound = asked.what == "loss" && !view.blind.is_empty() && store.about(Property::Pitr).next().is_none();
        let kept = if is_bound { &mut answer.notes } else { &mut answer.seen };
        kept.extend(of(&store));
    }
    if !answer.seen.is_empty() {
        for store in bare {
            let message = format!("nothing says anything of {} for {}", asked.what.replace('_', " "), store.title);
            let sighting = Sighting::new(store.place.clone(), Strength::Configured, message);
            answer.seen.extend(asked.without.clone().map(|value| sighting.with(value)));
        }
    }
    leave_open(&mut answer, open, asked.is_flag);
    answer.seen.dedup();
    answer
}

/// A store of which nothing can be told leaves the whole open, whatever the others have; only a contradiction stands.
fn leave_open(answer: &mut Answer, open: Vec<Sighting>, is_flag: bool) {
    if !is_flag {
        answer.seen.extend(open);
        return;
    }
    if open.is_empty() {
        return;
    }
    let is_off = |sighting: &Sighting| sighting.value == Some(Observed::Flag(false));
    let (off, on): (Vec<Sighting>, Vec<Sighting>) = std::mem::take(&mut answer.seen).into_iter().partition(is_off);
    answer.seen = off;
    answer.notes.extend(on);
    answer.blind.extend(open.into_iter().map(|sighting| Blind {
        place: Some(sighting.place),
        why: match sighting.value {
            Some(Observed::Opaque(why)) if why == sighting.message => why,
            _ => format!("{}: its value stands elsewhere", sighting.message),
        },
    }));
}

fn seconds(amount: f64) -> Observed {
    Observed::Quantity(Quantity::seconds(amount))
}

fn amount(sighting: &Sighting) -> Option<f64> {
    match &sighting.value {
        Some(Observed::Quantity(quantity)) => Some(quantity.amount),
        _ => None,
    }
}

/// What is said about one fact of one store.
fn of_store(fact: &str, said: &[Said]) -> Vec<Sighting> {
    let about = |property: Property| -> Vec<Sighting> {
        said.iter().filter(|said| said.property == property).map(|said| said.sighting.clone()).collect()
    };
    match fact {
        "frequency" => least(about(Property::Frequency)),
        "retention" => most(about(Property::Retention)),
        "strategy" => strategy(about(Property::Frequency), &about(Property::Retention)),
        // A provider that encrypts every backup encrypts none where none is made.
        "encryption" if about(Property::Frequency).iter().any(is_never) => about(Property::Frequency)
            .into_iter()
            .filter(is_never)
            .map(|never| never.with(Observed::Flag(false)))
            .collect(),
        "encryption" => about(Property::Encryption).into_iter().map(super::db::is_encrypted).collect(),
        "cipher" if about(Property::Frequency).iter().any(is_never) => Vec::new(),
        "cipher" => about(Property::Encryption),
        "location" => location(about(Property::Location)),
        "pitr" => least(about(Property::Pitr)),
        "loss" => least(about(Property::Pitr).into_iter().chain(about(Property::Frequency)).collect()),
        "verified" => least(about(Property::Restored).into_iter().chain(about(Property::Verified)).collect())
            .into_iter()
            .map(by_itself)
            .collect(),
        "restored" => least(about(Property::Restored)),
        "automation" => least(about(Property::Frequency)).into_iter().map(by_itself).collect(),
        _ => Vec::new(),
    }
}

fn is_never(sighting: &Sighting) -> bool {
    sighting.value.as_ref() == Some(&seconds(NEVER))
}

/// The least amount alone: the most frequent backup, the shortest time that every copy is kept. Without a readable
/// amount, all of them.
fn least(all: Vec<Sighting>) -> Vec<Sighting> {
    let best = all.iter().filter_map(amount).fold(f64::INFINITY, f64::min);
    if best.is_infinite() {
        return all;
    }
    all.into_iter().find(|sighting| amount(sighting) == Some(best)).into_iter().collect()
}

/// The greatest amount alone: of several daily copies, the one that is kept longest.
fn most(all: Vec<Sighting>) -> Vec<Sighting> {
    match all.iter().filter_map(amount).reduce(f64::max) {
        None => all,
        best => all.into_iter().find(|sighting| amount(sighting) == best).into_iter().collect(),
    }
}

/// What runs on a clock runs by itself; what never runs does not.
fn by_itself(sighting: Sighting) -> Sighting {
    if matches!(sighting.value, Some(Observed::Opaque(_))) {
        return sighting;
    }
    let word = match amount(&sighting) {
        Some(NEVER) => "none",
        _ => "automatic",
    };
    sighting.with(Observed::Word(word.to_owned()))
}

/// Backups that are made and kept.
fn strategy(frequency: Vec<Sighting>, retention: &[Sighting]) -> Vec<Sighting> {
    let mut found = least(frequency);
    if found.first().is_some_and(|first| amount(first).is_none()) {
        return found;
    }
    let is_made = found.first().is_some_and(|first| amount(first) != Some(NEVER));
    let is_kept = retention.iter().any(|kept| amount(kept) != Some(0.0));
    if is_made && !is_kept && retention.is_empty() {
        return Vec::new();
    }
    for sighting in &mut found {
        sighting.value = Some(Observed::Flag(is_made && is_kept));
    }
    if is_made && is_kept {
        let kept = retention.iter().find(|kept| amount(kept) != Some(0.0)).cloned();
        found.extend(kept.map(|kept| kept.with(Observed::Flag(true))));
    }
    found
}

/// Copies in two regions are in two regions, wherever the first is.
fn location(all: Vec<Sighting>) -> Vec<Sighting> {
    let far = |sighting: &Sighting| matches!(&sighting.value, Some(Observed::Word(word)) if word == "multiple_regions");
    if all.iter().any(far) { all.into_iter().filter(far).collect() } else { all }
}
