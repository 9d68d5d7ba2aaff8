//! Google App Engine: `app.yaml`.

use super::super::fields::Spec;
use super::super::{Fact, Health, HealthKind, Platform, Service};
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
    vec![service]
}
