//! Instances that infrastructure code declares: ECS services, machine groups, Cloud Run, Container Apps.

use super::super::Facts;
use super::super::infra::{Infra, Resource, Setting};
use super::{Amount, Bound, Scaled, Scaler, Scaling};

/// Kinds that run a service.
const SERVICES: &[&str] = &[
    "aws_ecs_service",
    "aws_autoscaling_group",
    "google_cloud_run_v2_service",
    "google_cloud_run_service",
    "google_compute_region_instance_group_manager",
    "google_compute_instance_group_manager",
    "azurerm_container_app",
];
/// Kinds that scale one.
const SCALERS: &[&str] = &[
    "aws_appautoscaling_target",
    "aws_appautoscaling_policy",
    "aws_autoscaling_policy",
    "google_compute_region_autoscaler",
    "google_compute_autoscaler",
];

/// Kinds of which the platform starts as many as are called.
const FUNCTIONS: &[&str] = &["aws_lambda_function", "google_cloudfunctions2_function", "azurerm_*function_app*"];

/// Reads them.
pub(super) fn read(facts: &Facts<'_>, view: &mut Scaling) {
    let infra = facts.infra();
    let before = view.workloads.len();
    for kind in SERVICES {
        view.workloads.extend(infra.of_kind(kind).map(|service| scaled(infra, service)));
    }
    // Beside a service they only help it.
    if view.workloads.is_empty() {
        view.workloads.extend(FUNCTIONS.iter().flat_map(|kind| infra.of_kind(kind)).map(function));
    }
    // What could hide a workload matters where none is known, what could hide an autoscaler where one could have it.
    let kinds: Vec<&str> = if view.workloads.is_empty() {
        SERVICES.iter().chain(SCALERS).copied().chain(["helm_release", "kubernetes_deployment*"]).collect()
    } else if view.workloads.len() > before {
        SCALERS.to_vec()
    } else {
        return;
    };
    view.blind.extend(infra.unread(&kinds));
}

fn scaled(infra: &Infra, service: &Resource) -> Scaled {
    match service.kind.as_str() {
        "aws_ecs_service" => ecs(infra, service),
        "aws_autoscaling_group" => group(infra, service),
        "google_cloud_run_v2_service" => {
            own(service, ("template.scaling.min_instance_count", 0.0), ("template.scaling.max_instance_count", 100.0))
        }
        "google_cloud_run_service" => own(
            service,
            ("template.metadata.annotations[autoscaling.knative.dev/minScale]", 0.0),
            ("template.metadata.annotations[autoscaling.knative.dev/maxScale]", 100.0),
        ),
        "azurerm_container_app" => own(service, ("template.min_replicas", 0.0), ("template.max_replicas", 10.0)),
        _ => managed(infra, service),
    }
}

/// A setting of a resource, or what its provider takes.
fn bound(resource: &Resource, path: &str, default: Amount) -> Bound {
    let what =
        format!("{} of {}", path.rsplit(['.', '/']).next().unwrap_or(path).trim_end_matches(']'), resource.title());
    match resource.setting(path) {
        Some(setting) => Bound::new(amount(&setting), setting.place.clone(), what),
        None => Bound::new(default, resource.place(), what),
    }
}

fn amount(setting: &Setting<'_>) -> Amount {
    let text = setting.text().unwrap_or_else(|| "an expression".into());
    match (setting.is_opaque(), text.parse::<f64>()) {
        (false, Ok(number)) if setting.default_of.is_some() => Amount::Default(number),
        (false, Ok(number)) => Amount::Written(number),
        _ => Amount::Unknown(text),
    }
}

/// A service that its platform scales by itself between two numbers.
fn own(service: &Resource, min: (&str, f64), max: (&str, f64)) -> Scaled {
    let scaler = Scaler {
        title: format!("the autoscaling of {}", service.title()),
        place: service.place(),
        cpu: None,
        memory: None,
        states: &[],
        broken: None,
    };
    Scaled {
        title: service.title(),
        place: service.place(),
        min: bound(service, min.0, Amount::Default(min.1)),
        max: bound(service, max.0, Amount::Default(max.1)),
        scaler: Some(scaler),
        refused: None,
    }
}

/// A function, whose platform starts as many as are called.
fn function(function: &Resource) -> Scaled {
    let unsaid = || Amount::Unknown("as many as are called".into());
    let (least, most) = match function.kind.as_str() {
        "google_cloudfunctions2_function" => ("service_config.min_instance_count", "service_config.max_instance_count"),
        _ => ("provisioned_concurrent_executions", "reserved_concurrent_executions"),
    };
    Scaled {
        min: bound(function, least, unsaid()),
        max: bound(function, most, unsaid()),
        ..own(function, (least, 0.0), (most, 0.0))
    }
}

/// An ECS service with the scalable target that names it, and the policies of that target.
fn ecs(infra: &Infra, service: &Resource) -> Scaled {
    let (title, place) = (service.title(), service.place());
    let fixed = bound(service, "desired_count", Amount::Default(1.0));
    let target = infra
        .of_kind("aws_appautoscaling_target")
        .find(|target| names(target, "resource_id", service, infra, "aws_ecs_service"));
    if let Some(target) = target {
        let policies = infra.of_kind("aws_appautoscaling_policy");
        let mine: Vec<&Resource> = policies
            .filter(|policy| {
                names(policy, "resource_id", target, infra, "aws_appautoscaling_target")
                    || names(policy, "resource_id", service, infra, "aws_ecs_service")
            })
            .collect();
        let configuration = "target_tracking_scaling_policy_configuration";
        let metric = format!("{configuration}.predefined_metric_specification.predefined_metric_type");
        let of = |wanted: &str| {
            mine.iter().find_map(|policy| {
                let is_wanted = policy.setting(&metric)?.text()?.contains(wanted);
                is_wanted.then(|| {
                    bound(policy, &format!("{configuration}.target_value"), Amount::Unknown("no target".into()))
                })
            })
        };
        let scaler = Scaler {
            title: target.title(),
            place: target.place(),
            cpu: of("CPUUtilization"),
            memory: of("MemoryUtilization"),
            states: &["cpu", "memory"],
            broken: mine.is_empty().then(|| (target.place(), format!("no policy scales {}", target.title()))),
        };
        let unknown = || Amount::Unknown("not stated".into());
        let (min, max) = (bound(target, "min_capacity", unknown()), bound(target, "max_capacity", unknown()));
        return Scaled { title, place, min, max, scaler: Some(scaler), refused: None };
    }
    // The module terraform-aws-modules/ecs scales by itself unless told otherwise.
    let off = service.setting("enable_autoscaling").filter(|setting| setting.text().as_deref() == Some("false"));
    if service.declared.contains("modules/ecs") && off.is_none() {
        let scaler = Scaler {
            title: format!("the autoscaling of {title}"),
            place: place.clone(),
            cpu: None,
            memory: None,
            states: &[],
            broken: None,
        };
        let min = bound(service, "autoscaling_min_capacity", Amount::Default(1.0));
        let max = bound(service, "autoscaling_max_capacity", Amount::Default(10.0));
        return Scaled { title, place, min, max, scaler: Some(scaler), refused: None };
    }
    let refused = off.map(|setting| setting.place);
    Scaled { title, place, min: fixed.clone(), max: fixed, scaler: None, refused }
}

/// Whether a setting of one resource refers to another: by its address, or because there is only one of its kind.
fn names(resource: &Resource, path: &str, wanted: &Resource, infra: &Infra, kind: &str) -> bool {
    let is_only = infra.of_kind(kind).count() == 1;
    let address = wanted.name.rsplit('.').next().unwrap_or(&wanted.name);
    let refers = resource.setting(path).is_some_and(|setting| match &setting.value.kind {
        crate::value::Kind::Expr(expression) => expression.raw.contains(&format!(".{address}")),
        _ => setting.text().is_some_and(|text| text.split('/').any(|part| part == address)),
    });
    refers || is_only
}

fn group(infra: &Infra, service: &Resource) -> Scaled {
    let unknown = || Amount::Unknown("not stated".into());
    let policy = infra
        .of_kind("aws_autoscaling_policy")
        .find(|policy| names(policy, "autoscaling_group_name", service, infra, "aws_autoscaling_group"));
    let scaler = policy.map(|policy| {
        let configuration = "target_tracking_configuration";
        let metric = policy.setting(&format!("{configuration}.predefined_metric_specification.predefined_metric_type"));
        let is_cpu = metric.and_then(|metric| metric.text()).is_some_and(|metric| metric.contains("CPUUtilization"));
        let target = || bound(policy, &format!("{configuration}.target_value"), unknown());
        Scaler {
            title: policy.title(),
            place: policy.place(),
            cpu: is_cpu.then(target),
            memory: None,
            states: &["cpu"],
            broken: None,
        }
    });
    Scaled {
        title: service.title(),
        place: service.place(),
        min: bound(service, "min_size", unknown()),
        max: bound(service, "max_size", unknown()),
        scaler,
        refused: None,
    }
}

/// A group of machines of Google's with the autoscaler that names it.
fn managed(infra: &Infra, service: &Resource) -> Scaled {
    let kind =
        if service.kind.contains("region") { "google_compute_region_autoscaler" } else { "google_compute_autoscaler" };
    let unknown = || Amount::Unknown("not stated".into());
    let (title, place) = (service.title(), service.place());
    let Some(scaler) = infra.of_kind(kind).find(|scaler| names(scaler, "target", service, infra, &service.kind)) else {
        let fixed = bound(service, "target_size", unknown());
        return Scaled { title, place, min: fixed.clone(), max: fixed, scaler: None, refused: None };
    };
    let cpu = scaler.setting("autoscaling_policy.cpu_utilization.target").map(|setting| {
        let amount = match amount(&setting) {
            Amount::Written(share) if share <= 1.0 => Amount::Written(share * 100.0),
            other => other,
        };
        Bound::new(amount, setting.place.clone(), format!("cpu threshold of {}", scaler.title()))
    });
    Scaled {
        title,
        place,
        min: bound(scaler, "autoscaling_policy.min_replicas", unknown()),
        max: bound(scaler, "autoscaling_policy.max_replicas", unknown()),
        scaler: Some(Scaler {
            title: scaler.title(),
            place: scaler.place(),
            cpu,
            memory: None,
            states: &["cpu"],
            broken: None,
        }),
        refused: None,
    }
}
