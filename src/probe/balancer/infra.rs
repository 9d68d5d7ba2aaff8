//! Load balancers of a cloud, as infrastructure code declares them.

use super::{Layer, Told};
use crate::evidence::Answer;
use crate::facts::Facts;
use crate::facts::infra::Resource;

/// Kinds that balance, and where each says how: algorithm, its default; stickiness, the word for off; health check.
const KINDS: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "aws_lb_target_group",
        "load_balancing_algorithm_type",
        "round_robin",
        "stickiness.enabled",
        "false",
        "health_check.enabled",
    ),
    (
        "aws_alb_target_group",
        "load_balancing_algorithm_type",
        "round_robin",
        "stickiness.enabled",
        "false",
        "health_check.enabled",
    ),
    (
        "google_compute_backend_service",
        "locality_lb_policy",
        "ROUND_ROBIN",
        "session_affinity",
        "NONE",
        "health_checks",
    ),
    (
        "google_compute_region_backend_service",
        "locality_lb_policy",
        "ROUND_ROBIN",
        "session_affinity",
        "NONE",
        "health_checks",
    ),
    (
        "azurerm_application_gateway",
        "",
        "round_robin",
        "backend_http_settings.cookie_based_affinity",
        "Disabled",
        "probe.path",
    ),
    ("google_cloud_run_v2_service", "", "", "template.session_affinity", "false", ""),
];

pub(super) fn layers(facts: &Facts<'_>, answer: &mut Answer) -> Vec<Layer> {
    let infra = facts.infra();
    let mut layers = Vec::new();
    for kind in KINDS {
        layers.extend(infra.of_kind(kind.0).map(|resource| layer(facts, resource, *kind)));
    }
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.0).collect();
    answer.blind.extend(infra.unread(&kinds));
    layers
}

fn layer(
    facts: &Facts<'_>,
    resource: &Resource,
    (_, algorithm, default, sticky, off, health): (&str, &str, &str, &str, &str, &str),
) -> Layer {
    let title = resource.title();
    let algorithm = match (algorithm, default) {
        ("", "") => Told::Unknown(format!("{title} decides how it balances")),
        ("", word) => Told::Is(word.to_owned(), resource.place(), format!("{title} takes turns")),
        (path, word) => match resource.setting(path) {
            Some(setting) if setting.is_opaque() => Told::Unknown(format!("the algorithm of {title} stands elsewhere")),
            Some(setting) => {
                let word = setting.text().unwrap_or_default().to_lowercase();
                Told::Is(word.clone(), setting.place, format!("{word} of {title}"))
            }
            None => {
                Told::Is(word.to_lowercase(), resource.place(), format!("{title} takes turns unless told otherwise"))
            }
        },
    };
    let affinity = match resource.setting(sticky) {
        Some(setting) if setting.is_opaque() => Told::Unknown(format!("the stickiness of {title} stands elsewhere")),
        Some(setting) => {
            let word = setting.text().unwrap_or_default();
            Told::Is(word != off, setting.place, format!("{} = {word} of {title}", setting.key))
        }
        None => Told::Is(false, resource.place(), format!("{title} keeps no client at one instance")),
    };
    let checks = (!health.is_empty()).then(|| resource.setting(health)).flatten();
    let block = health.split('.').next().unwrap_or(health);
    let declared = || resource.setting(block).map(|setting| (true, setting.place));
    let checks = checks.map(|setting| (setting.text().as_deref() != Some("false"), setting.place)).or_else(declared);
    // Which service stands behind a target group is the service's to say; with one of them there is no doubt.
    let workloads = &facts.scaling().workloads;
    let own: Vec<_> = workloads.iter().filter(|workload| workload.place.path.ends_with(".tf")).collect();
    let behind = if own.len() == 1 { own.iter().map(|workload| workload.place.clone()).collect() } else { Vec::new() };
    Layer { title, place: resource.place(), algorithm, affinity, checks, behind }
}
