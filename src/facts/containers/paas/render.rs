//! Render: `render.yaml` blueprints.

use super::super::fields::Spec;
use super::super::{Fact, Health, HealthKind, Limit, Platform, Role, Scale, Service, Timing};
use crate::facts::production::Standing;
use crate::value::Value;

pub(super) fn services(spec: &Spec, document: &Value, standing: &Standing) -> Vec<Service> {
    let list = document.get("services").and_then(Value::as_list).unwrap_or_default();
    list.iter().filter_map(|entry| service(spec, entry, standing)).collect()
}

fn service(spec: &Spec, entry: &Value, standing: &Standing) -> Option<Service> {
    let kind = entry.get("type")?.scalar_text()?;
    let is_static = entry.get("runtime").or_else(|| entry.get("env")).and_then(Value::as_str) == Some("static");
    let role = match kind.as_str() {
        "web" if is_static => return None,
        "web" | "pserv" => Role::Serving,
        "worker" => Role::Worker,
        "cron" => Role::Job,
        "redis" | "keyvalue" => Role::ThirdParty,
        _ => return None,
    };
    let name = entry.get("name").and_then(Value::scalar_text).unwrap_or(kind.clone());
    let place = spec.entry_of(entry, "name").unwrap_or_else(|| spec.at(entry));
    let mut service = Service::new(name, Platform::Render, place.clone(), standing.clone());
    service.role = role;
    if let Some(path) = spec.text(entry, "healthCheckPath") {
        // Its interval and timeout are the platform's own and not stated.
        let kind = HealthKind::Http(path.value);
        service.health.push(Health { kind, place: path.place, interval: Timing::Unknown, timeout: Timing::Unknown });
    }
    service.env = entry.get("envVars").map(|list| spec.env_list(list, "key", "value")).unwrap_or_default();
    service.command = spec.command(entry, "dockerCommand").or_else(|| spec.command(entry, "startCommand"));
    service.dockerfile =
        entry.get("dockerfilePath").and_then(Value::as_str).map(|path| path.trim_start_matches("./").into());
    service.image = entry.get("image").and_then(|image| spec.text(image, "url"));
    service.autodeploy = spec
        .flag(entry, "autoDeployTrigger")
        .or_else(|| spec.flag(entry, "autoDeploy"))
        .or_else(|| (role != Role::ThirdParty).then(|| Fact::new(true, place.clone())));
    service.scale = Some(scale(spec, entry));
    if kind == "web" {
        service.tls = Some(Fact::new(true, place.clone()));
        service.strategy = Some(Fact::new(if entry.get("disk").is_some() { "recreate" } else { "rolling" }, place));
        service.reverts = service.health.first().map(|health| Fact::new(true, health.place.clone()));
    }
    Some(service)
}

fn scale(spec: &Spec, entry: &Value) -> Scale {
    let Some(scaling) = entry.get("scaling") else {
        return Scale::fixed(spec.limit(entry, "numInstances", Limit::Default(1.0)));
    };
    Scale {
        min: spec.limit(scaling, "minInstances", Limit::Unknown("the platform's own")),
        max: spec.limit(scaling, "maxInstances", Limit::Unknown("the platform's own")),
        automatic: spec.entry_of(entry, "scaling"),
        cpu: spec.number(scaling, "targetCPUPercent"),
        memory: spec.number(scaling, "targetMemoryPercent"),
    }
}
