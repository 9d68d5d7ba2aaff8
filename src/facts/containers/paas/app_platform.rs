//! `DigitalOcean` App Platform: `.do/app.yaml`, `spec.yaml`.
//!
//! What the platform does by itself: TLS at its edge, a new version takes traffic only when its health check passes
//! and otherwise the old one stays, a check every 10 s that may take 1 s
//! (<https://docs.digitalocean.com/products/app-platform/reference/app-spec/>).

use super::super::fields::{Spec, bytes};
use super::super::{EnvValue, Fact, Health, HealthKind, Limit, Platform, Role, Scale, Service};
use crate::facts::production::Standing;
use crate::value::Value;

/// Whether a text has the shape of an app spec.
pub(super) fn is_spec(text: &str) -> bool {
    let component = ["services:", "workers:", "static_sites:", "jobs:"].iter().any(|key| text.contains(key));
    let shape = [
        "instance_size_slug:",
        "http_port:",
        "dockerfile_path:",
        "deploy_on_push:",
        "source_dir:",
        "environment_slug:",
    ];
    component && shape.iter().any(|key| text.contains(key))
}

pub(super) fn services(spec: &Spec, document: &Value, standing: &Standing) -> Vec<Service> {
    let root = document.get("spec").unwrap_or(document);
    let shared = root.get("envs").map(|list| spec.env_list(list, "key", "value")).unwrap_or_default();
    let kinds =
        [("services", Role::Serving), ("workers", Role::Worker), ("jobs", Role::Job), ("static_sites", Role::Serving)];
    let mut found = Vec::new();
    for (kind, role) in kinds {
        for component in root.get(kind).and_then(Value::as_list).unwrap_or_default() {
            let name = component.get("name").and_then(Value::scalar_text).unwrap_or_else(|| kind.to_owned());
            let place = spec.entry_of(component, "name").unwrap_or_else(|| spec.at(component));
            let mut service = Service::new(name, Platform::AppPlatform, place.clone(), standing.clone());
            service.role = role;
            fill(&mut service, spec, component);
            for entry in &shared {
                if !service.env.iter().any(|own| own.name == entry.name) {
                    service.env.push(entry.clone());
                }
            }
            if kind == "services" {
                service.tls = Some(Fact::new(true, place.clone()));
                service.strategy = Some(Fact::new("rolling", place));
                service.reverts = service.health.first().map(|health| Fact::new(true, health.place.clone()));
            }
            // Files that a platform serves itself need no check of their own.
            if kind != "static_sites" {
                found.push(service);
            }
        }
    }
    found
}

fn fill(service: &mut Service, spec: &Spec, component: &Value) {
    if let Some(check) = component.get("health_check") {
        let kind = match check.get("http_path").and_then(Value::scalar_text) {
            Some(path) => HealthKind::Http(path),
            None => HealthKind::Tcp,
        };
        let place = check.as_map().and_then(|map| map.get("http_path")).map(|field| spec.entry(field));
        service.health.push(Health {
            kind,
            place: place.or_else(|| spec.entry_of(component, "health_check")).unwrap_or_else(|| spec.at(check)),
            interval: spec.seconds(check, "period_seconds", Some(10.0)),
            timeout: spec.seconds(check, "timeout_seconds", Some(1.0)),
        });
    }
    service.env = component.get("envs").map(|list| spec.env_list(list, "key", "value")).unwrap_or_default();
    for entry in &mut service.env {
        let is_bindable = matches!(&entry.value, EnvValue::Literal(text) if text.starts_with("EV["));
        if is_bindable {
            entry.value = EnvValue::Reference("encrypted by App Platform".into());
        }
    }
    service.command = spec.command(component, "run_command");
    service.dockerfile =
        component.get("dockerfile_path").and_then(Value::as_str).map(|path| path.trim_start_matches('/').into());
    service.autodeploy = ["github", "gitlab", "bitbucket", "image"].iter().find_map(|source| {
        let source = component.get(source)?;
        spec.flag(source, "deploy_on_push").or_else(|| spec.flag(source.get("deploy_on_push")?, "enabled"))
    });
    service.memory_limit = spec
        .text(component, "instance_size_slug")
        .and_then(|slug| Some(Fact::new(slug_memory(&slug.value)?, slug.place)));
    service.scale = Some(scale(spec, component));
    service.log = component.get("log_destinations").and_then(|list| {
        let name = list.as_list()?.first()?.get("name")?.scalar_text()?;
        Some(Fact::new(name, spec.entry_of(component, "log_destinations")?))
    });
}

fn scale(spec: &Spec, component: &Value) -> Scale {
    let Some(scaling) = component.get("autoscaling") else {
        return Scale::fixed(spec.limit(component, "instance_count", Limit::Default(1.0)));
    };
    let metric = |name: &str| spec.number(scaling.at(&["metrics", name])?, "percent");
    Scale {
        min: spec.limit(scaling, "min_instance_count", Limit::Unknown("the platform's own")),
        max: spec.limit(scaling, "max_instance_count", Limit::Unknown("the platform's own")),
        automatic: spec.entry_of(component, "autoscaling"),
        cpu: metric("cpu"),
        memory: metric("memory"),
    }
}

/// Memory of an instance size: `apps-s-1vcpu-0.5gb`, or one of the older names.
fn slug_memory(slug: &str) -> Option<f64> {
    let gigabytes = match slug {
        "basic-xxs" => "512mb",
        "basic-xs" | "professional-xs" => "1gb",
        "basic-s" | "professional-s" => "2gb",
        "basic-m" | "professional-m" | "professional-1l" => "4gb",
        "professional-l" => "8gb",
        other => other.rsplit('-').find(|part| part.ends_with("gb"))?,
    };
    bytes(gigabytes, 1.0)
}
