//! Weights that a manifest states as they are: what a canary's route gets. They say how much, never that it moves.

use crate::evidence::{Observed, Sighting, Strength};
use crate::facts::infra::{Infra, Resource};
use crate::facts::kubernetes::Object;
use crate::quantity::Quantity;
use crate::source::Span;
use crate::value::Value;

/// The share of traffic that a route gives to a canary; none where it gives nothing, or everything.
pub(super) fn initial(object: &Object) -> Option<Sighting> {
    let (span, share) = match &*object.kind {
        "Ingress" => nginx(object),
        "VirtualService" => routes(object, &["http", "route"]),
        "HTTPRoute" | "GRPCRoute" => routes(object, &["rules", "backendRefs"]),
        "TrafficSplit" => split(object.value.at(&["spec", "backends"])?.as_list()?),
        _ => None,
    }?;
    let message = format!("{} sends {:.0} % to the canary", object.title(), share * 100.0);
    let sighting = Sighting::new(object.at(span), Strength::Configured, message);
    Some(sighting.with(Observed::Quantity(Quantity::ratio(share))))
}

/// The share that a service of Cloud Run gives to one of two revisions or more: the newest, or else the one that gets least.
pub(super) fn of_cloud_run(infra: &Infra) -> Vec<Sighting> {
    let services = infra
        .production()
        .filter(|one| one.is_kind("google_cloud_run_service") || one.is_kind("google_cloud_run_v2_service"));
    let told = |service: &Resource| {
        let parts = service.value.get("traffic")?.as_list()?;
        let share =
            |part: &Value| part.get("percent").and_then(Value::as_number).filter(|one| *one > 0.0 && *one < 100.0);
        let is_newest = |part: &&Value| {
            let says = |key: &str| part.get(key).and_then(Value::scalar_text).unwrap_or_default();
            says("latest_revision") == "true" || says("type").ends_with("_LATEST")
        };
        let shares: Vec<(&Value, f64)> = parts.iter().filter_map(|part| Some((part, share(part)?))).collect();
        if shares.len() < 2 || shares.len() != parts.len() {
            return None;
        }
        let newest = shares.iter().find(|(part, _)| is_newest(part));
        let (part, share) = newest.or_else(|| shares.iter().min_by(|a, b| a.1.total_cmp(&b.1)))?;
        let place = service.at(part.get("percent")?.span);
        let message = format!("{} sends {share:.0} % to one revision", service.title());
        let sighting = Sighting::new(place, Strength::Configured, message);
        Some(sighting.with(Observed::Quantity(Quantity::ratio(share / 100.0))))
    };
    services.filter_map(told).collect()
}

/// `canary: "true"` with `canary-weight`, out of `canary-weight-total`.
fn nginx(object: &Object) -> Option<(Span, f64)> {
    let annotations = object.value.at(&["metadata", "annotations"])?;
    let text = |name: &str| {
        let value = annotations.as_map()?.get(format!("nginx.ingress.kubernetes.io/{name}").as_str())?;
        Some((value.span(), value.value.scalar_text()?))
    };
    if text("canary")?.1 != "true" {
        return None;
    }
    let (span, weight) = text("canary-weight")?;
    let total = text("canary-weight-total").and_then(|(_, total)| total.parse().ok()).unwrap_or(100.0);
    let share = weight.parse::<f64>().ok()? / total;
    (share > 0.0 && share < 1.0).then_some((span, share))
}

/// The first list of destinations with a canary among them.
fn routes(object: &Object, [rules, destinations]: &[&str; 2]) -> Option<(Span, f64)> {
    let rules = object.value.at(&["spec", rules])?.as_list()?;
    rules.iter().filter_map(|rule| rule.get(destinations)?.as_list()).find_map(split)
}

/// Of two destinations or more with weights, the share of the one that is called a canary.
fn split(destinations: &[Value]) -> Option<(Span, f64)> {
    let weight = |value: &Value| value.get("weight").and_then(Value::as_number);
    let total: f64 = destinations.iter().filter_map(weight).sum();
    let canary = destinations.iter().find(|destination| is_canary(destination))?;
    let written = canary.get("weight")?;
    let share = written.as_number()? / total;
    (destinations.len() > 1 && share > 0.0 && share < 1.0).then_some((written.span, share))
}

fn is_canary(destination: &Value) -> bool {
    let paths: [&[&str]; 4] = [&["name"], &["service"], &["destination", "host"], &["destination", "subset"]];
    paths.iter().any(|path| destination.at(path).and_then(Value::as_str).is_some_and(|name| name.contains("canary")))
}
