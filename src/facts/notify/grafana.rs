//! Contact points of Grafana and the policies that lead to them, which may stand in different files.

use super::alertmanager::Heard;
use super::receiver::{self, Context};
use super::routing::Route;
use super::{Config, End, Integration, Notify, State};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::Standing;
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeSet;

/// What a tree tells Grafana.
#[derive(Default)]
pub(super) struct Grafana {
    points: Vec<Point>,
    policies: Vec<(Route, Standing)>,
    /// Contact points that rules name themselves.
    named: BTreeSet<String>,
}

/// A contact point.
pub(super) struct Point {
    /// What policies may call it: its name, its address in Terraform.
    pub(super) names: Vec<String>,
    /// Where it is declared.
    pub(super) place: Place,
    /// Whether production has it.
    pub(super) standing: Standing,
    /// What it is made of.
    pub(super) integrations: Vec<Integration>,
}

impl Grafana {
    /// Takes a contact point as provisioning files and objects write it.
    pub(super) fn point(&mut self, name: String, value: &Value, at: &dyn Fn(Span) -> Place, standing: &Standing) {
        let context = Context { at, global: None, is_part: true };
        let mut integrations = receiver::integrations(value, &context);
        if value.get("type").is_some() {
            integrations.extend(receiver::grafana(value, &context));
        }
        // `contactPoints` are also the nodes of a Cassandra cluster.
        if integrations.is_empty() {
            return;
        }
        let place = at(value.get("name").map_or(value.span, |name| name.span));
        self.points.push(Point { names: vec![name], place, standing: standing.clone(), integrations });
    }

    /// Takes a tree of policies.
    pub(super) fn policy(&mut self, value: &Value, standing: &Standing) {
        self.policies.extend(Route::of(value).map(|route| (route, standing.clone())));
    }

    /// Takes the contact point that a rule names.
    pub(super) fn named(&mut self, settings: &Value) {
        self.named.extend(settings.get("receiver").and_then(Value::scalar_text));
    }

    /// Says which contact points alerts come to.
    pub(super) fn join(mut self, facts: &Facts<'_>, view: &mut Notify) {
        self.points.extend(super::cloud::contact_points(facts));
        for resource in facts.infra().of_kind("grafana_notification_policy") {
            self.policy(&resource.value, &Standing::Production);
        }
        let production = self.policies.iter().filter(|(_, standing)| *standing == Standing::Production);
        let heard = production.map(|(route, _)| Heard::of(route)).reduce(|mut all, heard| {
            all.add(heard);
            all
        });
        for point in self.points {
            let state = state(&point, heard.as_ref(), &self.named);
            let title = format!("contact point \"{}\"", point.names.last().map_or("", String::as_str));
            let end = |integration| End::of(integration, title.clone(), state.clone());
            let ends: Vec<End> = point.integrations.into_iter().map(end).collect();
            view.configs.push(Config { place: point.place, title, standing: point.standing, ends, routing: None });
        }
    }
}

/// What the policies together bring to a contact point.
fn state(point: &Point, heard: Option<&Heard>, named: &BTreeSet<String>) -> State {
    // Grafana's own policy leads to the contact point of this name.
    let is_default = |name: &String| name.starts_with("grafana-default-email");
    if point.names.iter().any(|name| named.contains(name) || is_default(name)) {
        return State::Reached { critical: true };
    }
    let Some(heard) = heard else {
        return State::Unclear("no notification policy of the tree says what it is for".to_owned());
    };
    let states = point.names.iter().map(|name| heard.state(name));
    let best = states.reduce(|best, state| match (&best, &state) {
        (State::Reached { critical: true }, _) | (State::Reached { .. }, State::Silent(_)) => best,
        _ => state,
    });
    best.unwrap_or_else(|| State::Silent("it has no name".to_owned()))
}
