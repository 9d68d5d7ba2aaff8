//! Amazon ECS task definitions as JSON files.

use super::super::fields::Spec;
use super::super::{
    Env, EnvValue, Fact, Health, Platform, Role, Service, health_command, role_of_name, third_party_image,
};
use crate::facts::production::Standing;
use crate::value::Value;

pub(super) fn services(spec: &Spec, document: &Value, standing: &Standing) -> Vec<Service> {
    let root = document.get("taskDefinition").unwrap_or(document);
    let list = root.get("containerDefinitions").and_then(Value::as_list).unwrap_or_default();
    list.iter().map(|container| service(spec, root, container, standing)).collect()
}

fn service(spec: &Spec, task: &Value, container: &Value, standing: &Standing) -> Service {
    let name = container.get("name").and_then(Value::scalar_text).unwrap_or_else(|| "container".into());
    let place = spec.entry_of(container, "name").unwrap_or_else(|| spec.at(container));
    let mut service = Service::new(name, Platform::Ecs, place, standing.clone());
    service.image = spec.text(container, "image");
    service.role = match &service.image {
        Some(image) if third_party_image(&image.value).is_some() => Role::ThirdParty,
        _ if container.get("essential").and_then(Value::as_bool) == Some(false) => Role::ThirdParty,
        _ => role_of_name(&service.name, container.get("portMappings").is_some()),
    };
    if let Some(check) = container.get("healthCheck") {
        let command = spec.command(check, "command").map_or_else(String::new, |command| command.value);
        service.health.push(Health {
            kind: health_command(&command),
            place: spec.entry_of(container, "healthCheck").unwrap_or_else(|| spec.at(check)),
            interval: spec.seconds(check, "interval", Some(30.0)),
            timeout: spec.seconds(check, "timeout", Some(5.0)),
        });
    }
    service.env = container.get("environment").map(|list| spec.env_list(list, "name", "value")).unwrap_or_default();
    service.env.extend(secrets(spec, container));
    service.command = spec.command(container, "command").or_else(|| spec.command(container, "entryPoint"));
    service.user = spec.text(container, "user");
    // A container's `memory` is its hard limit in MiB; without one the task's bounds it.
    let memory = spec.text(container, "memory").or_else(|| spec.text(task, "memory"));
    service.memory_limit =
        memory.and_then(|text| Some(Fact::new(text.value.parse::<f64>().ok()? * 1024.0 * 1024.0, text.place)));
    service.log = container.get("logConfiguration").and_then(|log| spec.text(log, "logDriver"));
    service
}

fn secrets(spec: &Spec, container: &Value) -> Vec<Env> {
    let list = container.get("secrets").and_then(Value::as_list).unwrap_or_default();
    list.iter()
        .filter_map(|entry| {
            let name = entry.get("name")?.scalar_text()?;
            let from = entry.get("valueFrom").and_then(Value::scalar_text).unwrap_or_default();
            Some(Env { name, value: EnvValue::Reference(from), place: spec.at(entry) })
        })
        .collect()
}
