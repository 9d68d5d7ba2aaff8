//! `@dashboard`: dashboards whose panels ask for something.

use super::{Probe, Question};
use crate::evidence::{Answer, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::third_party_image;
use crate::pattern::{AnyOf, pattern};

// `{pod=~"loki.*"}`: whose containers a query is about.
pattern!(CONTAINERS, r#"\b(?:pod|container)(?:_name)?\s*=~?\s*"\^?(?<value>[\w-]+)"#);

/// More sightings than this say nothing more.
const MOST: usize = 20;

/// `@dashboard(fact, pattern…)`.
pub static PROBE: Probe = Probe {
    name: "dashboard",
    summary: "Dashboards of Grafana with a panel that has a query (`query`), by pattern one of whose queries fits, unless it names a container of a product of others; or those whose \
              panels have none (`empty`)",
    usage: "@dashboard(query|empty, pattern…)",
    arity: (1, 9),
    patterns_from: Some(1),
    facts: &["query", "empty"],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let view = facts.dashboards();
    let wants_empty = question.fact() == "empty";
    let scans = AnyOf::new(question.words_from(1).map(|word| &*word.text));
    let mut answer = Answer { blind: view.blind.clone(), ..Answer::default() };
    for dashboard in &view.all {
        let is_empty = dashboard.queries.is_empty();
        let fitting = dashboard
            .queries
            .iter()
            .find(|query| scans.is_empty() || scans.is_match(&query.text) && !is_about_others(&query.text));
        let place = match (wants_empty, fitting) {
            (true, _) if is_empty => &dashboard.place,
            (false, Some(query)) => &query.place,
            _ => continue,
        };
        let what = match (is_empty, dashboard.queries.len()) {
            (true, _) => "no panel of which has a query".to_owned(),
            (_, 1) => "with 1 query".to_owned(),
            (_, count) => format!("with {count} queries"),
        };
        let message = format!("dashboard \"{}\" {what}", dashboard.title);
        match &dashboard.aside {
            Some(why) if answer.notes.len() < MOST => {
                let message = format!("{message}, which does not count: {why}");
                answer.notes.push(Sighting::new(place.clone(), Strength::Configured, message));
            }
            None if answer.seen.len() < MOST => {
                answer.seen.push(Sighting::new(place.clone(), Strength::Configured, message));
            }
            _ => {}
        }
    }
    answer
}

/// Whether a query is about the containers of products that others make, by name.
fn is_about_others(query: &str) -> bool {
    let mut named = CONTAINERS.find_all(query).filter_map(|(_, value)| value).peekable();
    named.peek().is_some() && named.all(|name| third_party_image(name.as_str().trim_end_matches('-')).is_some())
}
