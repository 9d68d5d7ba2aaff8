//! What a cloud moves by itself, as infrastructure code declares it: ECS, `CodeDeploy`, SAM, Cloud Deploy.

use super::steps::{Stage, Steps};
use super::word;
use crate::evidence::{Place, Sighting, Strength};
use crate::facts::infra::{Infra, Resource, written};
use crate::facts::kubernetes::path::Path;
use crate::pattern::{Regex, pattern};
use crate::value::Value;
use std::sync::LazyLock;

/// Kinds that say how a version is replaced.
pub(super) const KINDS: &[&str] = &[
    "aws_ecs_service",
    "aws_codedeploy_deployment_group",
    "aws_codedeploy_deployment_config",
    "aws_lambda_function",
    "google_clouddeploy_delivery_pipeline",
];

/// The names that `CodeDeploy` and SAM give to their configurations.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::constant(
        r"(?:^|\.)(?:ECS|Lambda)?(?:(?<linear>Linear)|(?<canary>Canary)|(?<once>AllAtOnce))(?:(?<percent>\d+)Percent(?:Every)?(?<minutes>\d+)Minutes?)?$",
    )
});

/// How each resource moves its traffic; those that move none are left out.
pub(super) fn steps(infra: &Infra) -> Vec<Steps<'static>> {
    infra.production().filter_map(|resource| of(infra, resource)).collect()
}

fn of(infra: &Infra, resource: &Resource) -> Option<Steps<'static>> {
    match resource.kind.as_str() {
        "aws_ecs_service" => ecs(resource),
        "aws_codedeploy_deployment_group" => code_deploy(infra, resource),
        "aws_lambda_function" => {
            let setting = resource.setting("deployment_preference.type")?;
            named(resource, &setting.text()?, &setting.place)
        }
        "google_clouddeploy_delivery_pipeline" => cloud_deploy(resource),
        _ => None,
    }
}

/// A configuration by its name.
fn named(resource: &Resource, name: &str, place: &Place) -> Option<Steps<'static>> {
    let found = NAMED.captures(name)?;
    let title = resource.title();
    if found.name("once").is_some() {
        return Some(at_once(title, place.clone()));
    }
    let number = |group: &str| found.name(group)?.as_str().parse::<f64>().ok();
    let (percent, minutes) = (number("percent")?, number("minutes")?);
    let is_linear = found.name("linear").is_some();
    Some(shifting(title, is_linear, percent, minutes * 60.0, place))
}

fn at_once(title: String, place: Place) -> Steps<'static> {
    Steps { title, object: None, stages: Vec::new(), at_once: Some(place) }
}

/// Equal steps up to full traffic, or one share and then everything.
fn shifting(title: String, is_linear: bool, percent: f64, window: f64, place: &Place) -> Steps<'static> {
    let stage = |weight: f64| Stage { weight: weight / 100.0, window: Some(window), place: place.clone() };
    let percent = percent.max(1.0);
    let stages = if is_linear {
        (1..=100_u32).map(|n| f64::from(n) * percent).take_while(|weight| *weight < 100.0).map(stage).collect()
    } else {
        Some(percent).filter(|percent| *percent < 100.0).map(stage).into_iter().collect()
    };
    Steps { title, object: None, stages, at_once: Some(place.clone()) }
}

/// A setting of an ECS service's deployment: `CloudFormation` and Terraform differ in the wrapper.
fn deployment(resource: &Resource, path: &str) -> Option<(String, Place)> {
    let wrapped = format!("deployment_configuration.{path}");
    let setting = resource.setting(&wrapped).or_else(|| resource.setting(path))?;
    Some((setting.text()?, setting.place.clone()))
}

fn ecs(service: &Resource) -> Option<Steps<'static>> {
    let (strategy, place) = deployment(service, "strategy")?;
    let number =
        |path: &str, default: f64| deployment(service, path).and_then(|(text, _)| text.parse().ok()).unwrap_or(default);
    let title = service.title();
    match strategy.to_ascii_uppercase().as_str() {
        "LINEAR" => {
            let percent = number("linear_configuration.step_percent", 10.0);
            let bake = number("linear_configuration.step_bake_time_in_minutes", 6.0);
            Some(shifting(title, true, percent, bake * 60.0, &place))
        }
        "CANARY" => {
            let percent = number("canary_configuration.canary_percent", 5.0);
            let bake = number("canary_configuration.canary_bake_time_in_minutes", 10.0);
            Some(shifting(title, false, percent, bake * 60.0, &place))
        }
        "BLUE_GREEN" => Some(at_once(title, place)),
        _ => None,
    }
}

/// A deployment group, by the name of its configuration or by the configuration that it refers to.
fn code_deploy(infra: &Infra, group: &Resource) -> Option<Steps<'static>> {
    let setting = group.setting("deployment_config_name")?;
    let text = written(&setting.value)?;
    if let Some(steps) = named(group, &text, &setting.place) {
        return Some(steps);
    }
    let refers = |config: &&Resource| {
        let own = config.setting("deployment_config_name").and_then(|name| name.text());
        own.is_some_and(|own| own == text) || config.is_named_in(&text)
    };
    let config = infra.of_kind("aws_codedeploy_deployment_config").find(refers)?;
    let number = |path: &str| config.setting(path)?.text()?.parse::<f64>().ok();
    let kind = config.setting("traffic_routing_config.type")?;
    let path = match kind.text()?.as_str() {
        "TimeBasedLinear" => "time_based_linear",
        "TimeBasedCanary" => "time_based_canary",
        "AllAtOnce" => return Some(at_once(group.title(), kind.place.clone())),
        _ => return None,
    };
    let percent = number(&format!("traffic_routing_config.{path}.percentage"))?;
    let interval = number(&format!("traffic_routing_config.{path}.interval"))?;
    Some(shifting(group.title(), path == "time_based_linear", percent, interval * 60.0, &kind.place))
}

/// The percentages of the last stage that has some; how long each lasts is not written there.
fn cloud_deploy(pipeline: &Resource) -> Option<Steps<'static>> {
    let setting = pipeline.setting("serial_pipeline.stages.strategy.canary.canary_deployment.percentages")?;
    let weights = setting.value.as_list()?.iter().filter_map(Value::as_number).filter(|weight| *weight > 0.0);
    let stage = |weight: f64| Stage { weight: weight / 100.0, window: None, place: setting.place.clone() };
    let stages: Vec<Stage> = weights.filter(|weight| *weight < 100.0).map(stage).collect();
    Some(Steps { title: pipeline.title(), object: None, stages, at_once: None })
}

pattern!(FOR_PRODUCTION, r#"==\s*"prod\w*"\s*\?\s*true\b"#);

/// Pipelines of Cloud Deploy that run the verification of what they deployed, on one of their stages or on production.
pub(super) fn verified(infra: &Infra) -> Vec<Sighting> {
    let path = Path::parse("serial_pipeline.stages.strategy.standard.verify");
    let of = |pipeline: &Resource| {
        let settings = pipeline.settings(&path);
        let verifies = settings.iter().find(|setting| {
            let text = written(&setting.value).unwrap_or_default();
            text == "true" || FOR_PRODUCTION.is_match(&text)
        })?;
        let message = format!("{} runs a verification after it has deployed", pipeline.title());
        Some(Sighting::new(verifies.place.clone(), Strength::Configured, message))
    };
    infra.of_kind("google_clouddeploy_delivery_pipeline").filter_map(of).collect()
}

/// The strategy of each service of ECS and each deployment group.
pub(super) fn strategies(infra: &Infra) -> Vec<(&'static str, Sighting)> {
    let mut found = Vec::new();
    for resource in infra.production() {
        let title = resource.title();
        let (strategy, place) = match resource.kind.as_str() {
            "aws_ecs_service" => {
                let controller = resource.setting("deployment_controller.type").and_then(|setting| setting.text());
                if controller.is_some_and(|controller| controller != "ECS") {
                    continue;
                }
                match deployment(resource, "strategy") {
                    Some((text, place)) => match text.to_ascii_uppercase().as_str() {
                        "BLUE_GREEN" => ("blue_green", place),
                        "LINEAR" | "CANARY" => ("canary", place),
                        "ROLLING" => ("rolling", place),
                        _ => continue,
                    },
                    None => ("rolling", resource.place()),
                }
            }
            "aws_codedeploy_deployment_group" => match code_deploy(infra, resource) {
                Some(steps) if !steps.stages.is_empty() => ("canary", resource.place()),
                _ => {
                    let style = resource.setting("deployment_style.deployment_type").and_then(|style| style.text());
                    (if style.as_deref() == Some("BLUE_GREEN") { "blue_green" } else { "rolling" }, resource.place())
                }
            },
            _ => continue,
        };
        found.push((strategy, word(place, format!("{} of {title}", super::shown(strategy)), strategy)));
    }
    found
}

/// What takes a bad version back by itself (`wanted`), or is told not to.
pub(super) fn abort(infra: &Infra, wanted: bool) -> Vec<Sighting> {
    let kept = |resource: &Resource| if wanted { keeps_the_old(resource) } else { None };
    infra.production().filter_map(|resource| reverts(resource, wanted).or_else(|| kept(resource))).collect()
}

/// Platforms whose old revision goes on serving until the new one is healthy, where somebody says what healthy is.
fn keeps_the_old(resource: &Resource) -> Option<Sighting> {
    let containers = match resource.kind.as_str() {
        "azurerm_container_app" => {
            resource.setting("revision_mode").filter(|mode| mode.text().as_deref() == Some("Single"))?;
            "template.container"
        }
        "google_cloud_run_v2_service" => "template.containers",
        "google_cloud_run_service" => "template.spec.containers",
        _ => return None,
    };
    let probe = ["startup_probe", "readiness_probe", "liveness_probe"]
        .iter()
        .find_map(|probe| resource.setting(&format!("{containers}.{probe}")))?;
    let message = format!("{} leaves the old revision serving until the new one is healthy", resource.title());
    Some(word(probe.place.clone(), message, "automatic"))
}

fn reverts(resource: &Resource, wanted: bool) -> Option<Sighting> {
    let flag = |path: &str| {
        let setting = resource.setting(path)?;
        Some((setting.text()? == "true", setting.place.clone()))
    };
    let rule = match resource.kind.as_str() {
        "aws_ecs_service" => {
            let breaker = flag("deployment_circuit_breaker.rollback")
                .filter(|_| flag("deployment_circuit_breaker.enable").is_some_and(|(on, _)| on));
            let alarms = flag("alarms.rollback").filter(|_| flag("alarms.enable").is_some_and(|(on, _)| on));
            [breaker, alarms].into_iter().flatten().max_by_key(|(on, _)| *on)
        }
        "aws_codedeploy_deployment_group" => {
            let enabled = flag("auto_rollback_configuration.enabled");
            let events = resource.setting("auto_rollback_configuration.events");
            enabled.map(|(on, place)| (on && events.is_some(), place))
        }
        _ => None,
    };
    let (on, place) = rule.filter(|(on, _)| *on == wanted)?;
    let (message, value) =
        if on { ("goes back when a deployment fails", "automatic") } else { ("takes nothing back", "manual") };
    Some(word(place, format!("{} {message}", resource.title()), value))
}
