//! Envoy by its own configuration: the clusters with several endpoints.

use super::{Layer, Told};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::format::Format;
use crate::facts::production::{self, Stage};
use crate::value::Value;

pub(super) fn layers(facts: &Facts<'_>) -> Vec<Layer> {
    let mut found = Vec::new();
    for file in facts.files_of(&[Format::Yaml, Format::Json]) {
        let says = || file.text().is_some_and(|source| source.text().contains("static_resources"));
        if matches!(production::stage_of_path(&file.path), Stage::Never(_)) || !says() {
            continue;
        }
        let Some(document) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        let clusters = document.at(&["static_resources", "clusters"]).and_then(Value::as_list).unwrap_or_default();
        found.extend(clusters.iter().filter_map(|one| cluster(&file.path, one)));
    }
    found
}

/// A cluster; one fixed address alone is nothing to balance.
fn cluster(path: &str, cluster: &Value) -> Option<Layer> {
    let text = |key: &str| cluster.get(key).and_then(Value::as_str);
    let groups = cluster.at(&["load_assignment", "endpoints"]).and_then(Value::as_list).unwrap_or_default();
    let endpoints =
        groups.iter().filter_map(|group| group.get("lb_endpoints")?.as_list()).map(<[Value]>::len).sum::<usize>();
    // A name may stand for many addresses.
    let is_found = matches!(text("type"), Some("STRICT_DNS" | "EDS"));
    if endpoints < 2 && !is_found {
        return None;
    }
    let title = format!("cluster {}", text("name").unwrap_or_default());
    let place = Place::at(path, cluster.span);
    let algorithm = match cluster.get("lb_policy").and_then(|value| Some((value.as_str()?, value.span))) {
        Some((word, span)) => {
            let word = match word {
                "RING_HASH" | "MAGLEV" => "consistent_hash".to_owned(),
                word => word.to_lowercase(),
            };
            Told::Is(word.clone(), Place::at(path, span), format!("{word} of {title}"))
        }
        None if cluster.get("load_balancing_policy").is_some() => {
            Told::Unknown(format!("{title} balances by a policy of its own"))
        }
        None => Told::Is("round_robin".into(), place.clone(), format!("{title} says nothing: round_robin")),
    };
    let checks = cluster.get("health_checks").filter(|list| list.as_list().is_some_and(|list| !list.is_empty()));
    let affinity = Told::Is(false, place.clone(), format!("{title} keeps no client at one server"));
    let affinity = match &algorithm {
        Told::Is(word, ..) if word != "consistent_hash" => affinity,
        _ => Told::Unknown(format!("{title} may keep a client at one server")),
    };
    let checks = checks.map(|list| (true, Place::at(path, list.span)));
    Some(Layer { title, place, algorithm, affinity, checks, behind: Vec::new() })
}
