//! `@migrations`: what the SQL migrations of the tree come to, all of them run in order.

use super::{Probe, Question};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::migrations::{Grant, Seen};

/// More sightings than this say nothing more.
const MOST: usize = 50;

/// `@migrations(fact)`.
pub static PROBE: Probe = Probe {
    name: "migrations",
    summary: "The net state of SQL migrations in order: indexes, foreign keys whose column leads none, rights given, steps that lose data, files with a way back",
    usage: "@migrations(files|indexes|unindexed|narrow_grants|wide_grants|destructive|down|audit|extension, name…)",
    arity: (1, 8),
    patterns_from: None,
    facts: &[
        "files",
        "indexes",
        "unindexed",
        "narrow_grants",
        "wide_grants",
        "destructive",
        "down",
        "audit",
        "extension",
    ],
    options: &[],
    look,
};

/// Rights that a service needs for its daily work.
const NARROW: &[&str] =
    &["select", "insert", "update", "delete", "usage", "execute", "connect", "references", "sequences"];
/// Rights that make an administrator.
const WIDE: &[&str] =
    &["all", "superuser", "createdb", "createrole", "bypassrls", "rds_superuser", "cloudsqlsuperuser", "db_owner"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let view = facts.migrations();
    let seen = |list: &[Seen], what: &str| -> Vec<Sighting> {
        list.iter().take(MOST).map(|seen| sighting(seen.place.clone(), format!("{what} {}", seen.what))).collect()
    };
    let grants = |wanted: fn(&Grant) -> bool| -> Vec<Sighting> {
        let shown = |grant: &Grant| {
            let message = format!("grants {} to {}", grant.rights.join(", "), grant.to);
            sighting(grant.place.clone(), message)
        };
        view.grants.iter().filter(|grant| wanted(grant)).take(MOST).map(shown).collect()
    };
    let found = match question.fact() {
        "files" => match view.files.first() {
            Some((path, _)) => {
                vec![sighting(Place::file(path.clone()), format!("{} migrations", view.files.len()))]
            }
            None => Vec::new(),
        },
        "indexes" => seen(&view.indexes, "an index of"),
        "unindexed" => seen(&view.unindexed, "no index leads with the foreign key"),
        "narrow_grants" => grants(is_narrow),
        "wide_grants" => grants(is_wide),
        "destructive" => seen(&view.destructive, "loses"),
        "down" => {
            let back = view.files.iter().filter_map(|(up, down)| Some((up, down.as_ref()?)));
            back.take(MOST).map(|(up, down)| sighting(Place::file(down.clone()), format!("takes {up} back"))).collect()
        }
        "audit" => seen(&view.audits, "an audit"),
        "extension" => {
            let wanted = |seen: &&Seen| question.words_from(1).any(|word| *word.text == *seen.what);
            let named: Vec<Seen> = view.extensions.iter().filter(wanted).cloned().collect();
            seen(&named, "the extension")
        }
        _ => Vec::new(),
    };
    Answer { seen: found, blind: view.blind.clone(), ..Answer::default() }
}

fn sighting(place: Place, message: String) -> Sighting {
    Sighting::new(place, Strength::Configured, message)
}

/// Rights for daily work and no others, to a role of its own.
fn is_narrow(grant: &Grant) -> bool {
    !grant.rights.is_empty()
        && grant.rights.iter().all(|right| NARROW.contains(&right.as_str()))
        && grant.to != "public"
}

fn is_wide(grant: &Grant) -> bool {
    grant.rights.iter().any(|right| WIDE.contains(&right.as_str()))
}
