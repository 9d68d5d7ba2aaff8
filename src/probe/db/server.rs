//! The server's side: what the objects, specs and settings that declare production's databases say.

use crate::evidence::{Answer, Observed, Sighting};
use crate::facts::Facts;
use crate::facts::stores::Property;
use crate::probe::backup::{Asked, look_at};

/// Words of an audit log, weakest first.
const AUDIT: &[&str] = &["none", "connections", "ddl", "writes", "all_queries"];
/// Words of what readers may see, weakest first.
const CONSISTENCY: &[&str] = &["eventual", "bounded_staleness", "session", "synchronous", "strong"];
/// Words of who takes over, weakest first.
const FAILOVER: &[&str] = &["none", "manual", "semi_automatic", "automatic"];

/// What several sightings of one store add up to.
type Combine = fn(Vec<Sighting>) -> Vec<Sighting>;

/// The answer to a fact about servers; `None` for the facts of clients.
pub(super) fn look(facts: &Facts<'_>, fact: &str) -> Option<Answer> {
    let (property, combine): (Property, Combine) = match fact {
        "replicas" => (Property::Replicas, |all| all),
        "replicated" => return Some(replicated(facts)),
        "failover" => (Property::Failover, |all| strongest(all, FAILOVER)),
        "consistency" => (Property::Consistency, |all| strongest(all, CONSISTENCY)),
        "tls" => (Property::Tls, |all| all),
        "at_rest" => (Property::AtRest, |all| all.into_iter().map(is_encrypted).collect()),
        "cipher" => (Property::AtRest, |all| all),
        "audit" => (Property::Audit, |all| strongest(all, AUDIT)),
        "audited" => (Property::Audit, |all| strongest(all, AUDIT).into_iter().map(is_encrypted).collect()),
        "insights" => (Property::Insights, on_if_any),
        "identity" => (Property::Identity, |all| all),
        "network" => (Property::Network, |all| all),
        _ => return None,
    };
    let without = match fact {
        "replicas" => Some(Observed::Quantity(crate::quantity::Quantity::count(0.0))),
        "failover" | "cipher" | "audit" | "consistency" => Some(Observed::Word("none".to_owned())),
        "tls" | "at_rest" | "audited" | "insights" | "identity" | "network" => Some(Observed::Flag(false)),
        _ => None,
    };
    let is_flag = matches!(without, Some(Observed::Flag(_)));
    let asked = Asked { databases: true, without, property: Some(property), is_flag, what: fact };
    Some(look_at(facts, &asked, |store| combine(store.about(property).cloned().collect())))
}

/// Whether each database has a second copy that lives: a replica, or a standby that takes over.
fn replicated(facts: &Facts<'_>) -> Answer {
    let asked = Asked {
        databases: true,
        without: Some(Observed::Flag(false)),
        property: Some(Property::Replicas),
        is_flag: true,
        what: "replication",
    };
    look_at(facts, &asked, |store| {
        let said: Vec<Sighting> =
            store.about(Property::Replicas).chain(store.about(Property::Failover)).cloned().collect();
        let copies = said.into_iter().map(|mut sighting| {
            sighting.value = Some(match sighting.value.take() {
                Some(Observed::Quantity(count)) => Observed::Flag(count.amount >= 1.0),
                Some(Observed::Word(word)) => Observed::Flag(word == "automatic"),
                Some(other) => other,
                None => Observed::Flag(true),
            });
            sighting
        });
        on_if_any(copies.collect())
    })
}

/// The sightings of the strongest word; several ways to one thing add up to the strongest.
fn strongest(all: Vec<Sighting>, order: &[&str]) -> Vec<Sighting> {
    let rank = |sighting: &Sighting| match &sighting.value {
        Some(Observed::Word(word)) => order.iter().position(|known| known == word),
        _ => None,
    };
    let best = all.iter().filter_map(rank).max();
    match best {
        None => all,
        best => all.into_iter().filter(|sighting| rank(sighting) == best).collect(),
    }
}

/// One that is on is enough; off counts only alone.
fn on_if_any(all: Vec<Sighting>) -> Vec<Sighting> {
    let on = |sighting: &Sighting| sighting.value == Some(Observed::Flag(true));
    if all.iter().any(on) { all.into_iter().filter(on).collect() } else { all }
}

/// A word as the question whether there is any at all.
pub(in crate::probe) fn is_encrypted(mut sighting: Sighting) -> Sighting {
    if let Some(Observed::Word(word)) = &sighting.value {
        sighting.value = Some(Observed::Flag(!matches!(word.as_str(), "none" | "plaintext" | "false" | "off")));
    }
    sighting
}
