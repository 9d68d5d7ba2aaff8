//! Google App Engine: `app.yaml`.

use super::super::fields::Spec;
use super::super::{Fact, Health, HealthKind, Limit, Platform, Scale, Service};
use crate::facts::production::Standing;
use crate::value::Value;

/// Whether a text has the shape of an App Engine descriptor.
pub(super) fn is_spec(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("runtime:")) && !text.contains("apiVersion:")
}

pub(super) fn services(spec: &Spec, document: &Value, standing: &Standing) -> Vec<Service> {
    let name = document.get("service").and_then(Value::scalar_text).unwrap_or_else(|| "default".into());
    let place = spec.entry_of(document, "runtime").unwrap_or_else(|| spec.at(document));
    let mut service = Service::new(name, Platform::AppEngine, place, standing.clone());
    // Declared checks take 5 s and 4 s unless they say otherwise, in the flexible environment.
    for key in ["readiness_check", "liveness_check"] {
        let Some(check) = document.get(key) else { continue };
        let path = spec.text(check, "path");
        let default = if key == "readiness_check" { 5.0 } else { 30.0 };
        service.health.push(Health {
            kind: path.as_ref().map_or(HealthKind::Tcp, |path| HealthKind::Http(path.value.clone())),
            place: path.map_or_else(|| spec.at(check), |path| path.place),
            interval: spec.seconds(check, "check_interval_sec", Some(default)),
            timeout: spec.seconds(check, "timeout_sec", Some(4.0)),
        });
    }
    service.env = document.get("env_variables").map(|map| spec.env_map(map)).unwrap_or_default();
    service.command = spec.command(document, "entrypoint");
    service.memory_limit = document.get("resources").and_then(|resources| {
        let gigabytes = spec.text(resources, "memory_gb")?;
        Some(Fact::new(gigabytes.value.parse::<f64>().ok()? * 1024.0 * 1024.0 * 1024.0, gigabytes.place))
    });
    let handlers = document.get("handlers").and_then(Value::as_list).unwrap_or_default();
    service.tls = handlers.iter().find_map(|handler| spec.flag(handler, "secure"));
    service.scale = Some(scale(spec, document));
    vec![service]
}

/// Automatic unless the descriptor says otherwise; the keys of the two environments differ.
fn scale(spec: &Spec, document: &Value) -> Scale {
    if let Some(manual) = document.get("manual_scaling") {
        return Scale::fixed(spec.limit(manual, "instances", Limit::Unknown("the platform's own")));
    }
    let section = ["automatic_scaling", "basic_scaling"].iter().find(|key| document.get(key).is_some());
    let scaling = section.and_then(|key| document.get(key));
    let limit = |keys: [&str; 2]| {
        let written = scaling.and_then(|scaling| keys.iter().find_map(|key| spec.number(scaling, key)));
        written.map_or(Limit::Unknown("the platform's own"), Limit::Written)
    };
    let share = |fact: Fact<f64>| Fact::new(fact.value * 100.0, fact.place);
    let cpu = scaling.and_then(|scaling| {
        let flexible = || spec.number(scaling.get("cpu_utilization")?, "target_utilization");
        spec.number(scaling, "target_cpu_utilization").or_else(flexible)
    });
    Scale {
        min: limit(["min_instances", "min_num_instances"]),
        max: limit(["max_instances", "max_num_instances"]),
        automatic: section.and_then(|key| spec.entry_of(document, key)).or_else(|| spec.entry_of(document, "runtime")),
        cpu: cpu.map(share),
        memory: None,
    }
}
