//! `@dashboard`: dashboards whose panels ask for something.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::third_party_image;
use crate::facts::dashboards::Query;
use crate::pattern::{AnyOf, pattern};

// `{pod=~"loki.*"}`: whose containers a query is about.
pattern!(CONTAINERS, r#"\b(?:pod|container)(?:_name)?\s*=~?\s*"\^?(?<value>[\w-]+)"#);

// `{name="orders"}`: the one container or pod that a query asks for.
pattern!(ONE, r#"\b(?:name|(?:pod|container)(?:_name)?)\s*=\s*\\?["'](?<value>[\w.-]+)\\?["']"#);

/// More sightings than this say nothing more.
const MOST: usize = 20;

/// `@dashboard(fact, pattern…)`.
pub static PROBE: Probe = Probe {
    name: "dashboard",
    summary: "Dashboards of Grafana with a panel that has a query (`query`), by pattern one of whose queries fits, unless it names a container of a product of others, or one that nothing in the tree is; or those whose \
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
        let mut fitting = dashboard
            .queries
            .iter()
            .filter(|query| scans.is_empty() || scans.is_match(&query.text) && !is_about_others(&query.text))
            .peekable();
        let first = fitting.peek().copied();
        let strange = |query: &Query| (!scans.is_empty()).then(|| strange(facts, &query.text)).flatten();
        let fitting = fitting.find(|query| strange(query).is_none());
        if let (None, Some(query)) = (fitting, first)
            && let Some(name) = strange(query).filter(|_| dashboard.aside.is_none() && !wants_empty)
        {
            let why =
                format!("dashboard \"{}\" asks for {name:?}, and nothing in the tree is called so", dashboard.title);
            answer.blind.push(Blind { place: Some(query.place.clone()), why });
        }
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

/// The name of the one container or pod that a query asks for, where nothing in the tree is called so: left over from the
/// project whose dashboard this was.
fn strange(facts: &Facts<'_>, query: &str) -> Option<String> {
    let mut named = ONE.find_all(query).filter_map(|(_, value)| value).map(|value| value.as_str());
    named.find(|name| !is_known(facts, name)).map(str::to_owned)
}

/// Whether the project, one of its workloads, or a folder or file of the tree bears a name.
fn is_known(facts: &Facts<'_>, name: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', '.'], "");
    let name = plain(name);
    let bears = |other: &str| {
        let other = plain(other);
        !other.is_empty() && (name.contains(&other) || other.contains(&name))
    };
    facts.own_name().is_in(&name) == Some(true)
        || facts.containers().services.iter().any(|service| bears(&service.name))
        || facts
            .kubernetes()
            .objects
            .iter()
            .filter(|object| object.is_workload())
            .any(|object| bears(&object.name) || object.containers().iter().any(|container| bears(container.name())))
        || facts
            .tree
            .files()
            .iter()
            .any(|file| file.path.split('/').any(|part| plain(part.split('.').next().unwrap_or(part)) == name))
}
