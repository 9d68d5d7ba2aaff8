//! Whether a rolling replacement keeps as many pods serving as there were.

use super::refers;
use crate::evidence::{Sighting, Strength};
use crate::facts::Facts;
use crate::facts::kubernetes::Object;

/// What Kubernetes takes for both bounds of a rolling update that are not written.
const DEFAULT: &str = "25%";

/// The own workloads of production, where each waits for a new pod before it takes an old one away.
pub(super) fn kept(facts: &Facts<'_>) -> Vec<Sighting> {
    let view = facts.kubernetes();
    let scalers: Vec<&Object> = view.production().filter(|object| object.is_kind("HorizontalPodAutoscaler")).collect();
    let is_scaled = |object: &Object| scalers.iter().any(|scaler| refers(scaler, &["spec", "scaleTargetRef"], object));
    let found: Option<Vec<Sighting>> =
        view.own_workloads().map(|object| if is_scaled(object) { None } else { of_deployment(object) }).collect();
    found.unwrap_or_default()
}

/// A part of the pods that may be gone is rounded down, one that may be added is rounded up: of up to three pods a quarter is
/// none. Where both come to nothing, Kubernetes takes one away all the same.
fn of_deployment(object: &Object) -> Option<Sighting> {
    let replicas = object.value.at(&["spec", "replicas"]).filter(|_| object.is_kind("Deployment"))?;
    let pods = replicas.as_number()?;
    let bound = |key: &str| match object.value.at(&["spec", "strategy", "rollingUpdate", key]) {
        Some(value) => pods_of(&value.scalar_text()?, pods),
        None => pods_of(DEFAULT, pods),
    };
    let (gone, added) = (bound("maxUnavailable")?.floor(), bound("maxSurge")?.ceil());
    let is_kept = gone == 0.0 && added > 0.0;
    let message = format!("{} keeps its {pods} pods while they are replaced one by one", object.title());
    is_kept.then(|| Sighting::new(object.at(replicas.span), Strength::Configured, message))
}

/// A number of pods, or a share of all of them.
fn pods_of(bound: &str, pods: f64) -> Option<f64> {
    match bound.trim().strip_suffix('%') {
        Some(share) => share.trim().parse::<f64>().ok().map(|share| pods * share / 100.0),
        None => bound.trim().parse().ok(),
    }
}
