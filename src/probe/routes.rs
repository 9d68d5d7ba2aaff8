//! `@routes`: which operations the service declares, and the share of them that tests request.

use super::place::code::unspoken_service;
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::quantity::Quantity;

/// More operations than this are not listed one by one.
const MOST: usize = 40;

/// `@routes()`.
pub static PROBE: Probe = Probe {
    name: "routes",
    summary: "The share of the service's operations (method and full path) that test code requests; the missing ones are noted; \
              `most` counts requests whose path cannot be read as if each asked for one that is missing; \
              `partly` looks also where other services are in a language whose routes are not read",
    usage: "@routes() {declared, most, partly}",
    arity: (0, 0),
    patterns_from: None,
    facts: &[],
    options: &["declared", "most", "partly"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let routes = facts.routes();
    let mut answer = Answer { blind: routes.blind.clone(), ..Answer::default() };
    if question.is_set("declared") {
        let seen = routes.operations.iter().take(MOST);
        answer.seen.extend(seen.map(|one| Sighting::new(one.place.clone(), Strength::Configured, one.name())));
        return answer;
    }
    let all = routes.served().count();
    if routes.is_written_by_macros {
        let why = "a macro of this tree writes the routes: which there are cannot be read".to_owned();
        answer.blind.push(Blind { place: routes.operations.first().map(|one| one.place.clone()), why });
        return answer;
    }
    if all == 0 {
        return answer;
    }
    if let Some(blind) = unspoken_service(facts).filter(|_| !question.is_set("partly")) {
        answer.blind.push(blind);
        return answer;
    }
    // Any of the missing ones may be what a request asks for whose path is not written there.
    let unresolved = if question.is_set("most") { routes.unresolved.len() } else { 0 };
    let tested = routes.served().filter(|one| one.tested.is_some()).count();
    let share = ((tested + unresolved) as f64 / all as f64).min(1.0);
    let missing: Vec<_> = routes.served().filter(|one| one.tested.is_none()).collect();
    // Where some paths could not be read, nobody knows whether these are all.
    if missing.is_empty() && !routes.blind.is_empty() {
        return answer;
    }
    let mut message = format!("tests request {tested} of {all} operations");
    if let Some(first) = missing.first() {
        let rest = if missing.len() > 1 { format!(" and {} more", missing.len() - 1) } else { String::new() };
        message = format!("{message}; not {}{rest}", first.name());
    }
    // What is missing is where to begin; with nothing missing, a test shows that it is so.
    if unresolved > 0 {
        message = format!("{message}; {unresolved} requests name no path");
    }
    let place = missing.first().map(|one| one.place.clone());
    let place = place.or_else(|| routes.served().find_map(|one| one.tested.clone()));
    let Some(place) = place else { return answer };
    let sighting = Sighting::new(place, Strength::Configured, message).with(Observed::Quantity(Quantity::ratio(share)));
    answer.seen.push(sighting);
    answer.notes.extend(
        missing.into_iter().take(MOST).map(|one| {
            Sighting::new(one.place.clone(), Strength::Configured, format!("no test requests {}", one.name()))
        }),
    );
    answer
}
