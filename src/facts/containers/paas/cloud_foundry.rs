//! Cloud Foundry: `manifest.yml`, with the file of variables that a push for production fills it in with.
//!
//! Its autoscaler is a service beside the app: of the scale a manifest says nothing for certain (ruling 2).

use super::super::fields::{Spec, bytes};
use super::super::{Env, EnvValue, Fact, Health, HealthKind, Platform, Role, Service};
use super::standing;
use crate::facts::Facts;
use crate::facts::production::{Stage, stage_of_path};
use crate::tree::File;
use crate::value::Value;

/// Whether a file is a manifest, by its name and by the list that one begins with.
pub(super) fn is_spec(file: &File) -> bool {
    let is_named = file.name().starts_with("manifest") && [".yml", ".yaml"].iter().any(|end| file.path.ends_with(end));
    is_named && file.text().is_some_and(|source| source.text().lines().any(|line| line.starts_with("applications:")))
}

pub(super) fn services(facts: &Facts<'_>, file: &File, document: &Value) -> Vec<Service> {
    let spec = Spec(file.path.clone());
    let apps = document.get("applications").and_then(Value::as_list).unwrap_or_default();
    apps.iter().flat_map(|app| services_of(facts, &spec, app)).collect()
}

/// An app, or each of its processes.
fn services_of(facts: &Facts<'_>, spec: &Spec, app: &Value) -> Vec<Service> {
    let name = app.get("name").and_then(Value::scalar_text).unwrap_or_else(|| "app".into());
    let standing = standing(facts, &spec.0, Some(&name));
    let env = env(facts, spec, app);
    let process = |value: &Value, kind: &str| {
        let name = if kind == "web" { name.clone() } else { format!("{name} {kind}") };
        let mut service = Service::new(name, Platform::CloudFoundry, spec.at(value), standing.clone());
        service.role = if kind == "web" { Role::Serving } else { Role::Worker };
        service.env.clone_from(&env);
        // Bound services put theirs beside it.
        service.borrows_env = true;
        service.command = spec.command(value, "command").or_else(|| spec.command(app, "command"));
        let filled = |key: &str| {
            let text = spec.text(value, key)?;
            Some(Fact::new(filled_in(facts, &text.value)?, text.place))
        };
        service.memory_limit =
            filled("memory").and_then(|memory| Some(Fact::new(bytes(&memory.value, 1.0)?, memory.place)));
        service.health = health(spec, value).into_iter().collect();
        service
    };
    match app.get("processes").and_then(Value::as_list) {
        Some(processes) => processes
            .iter()
            .map(|value| {
                process(value, &value.get("type").and_then(Value::scalar_text).unwrap_or_else(|| "web".into()))
            })
            .collect(),
        None => vec![process(app, "web")],
    }
}

fn health(spec: &Spec, process: &Value) -> Option<Health> {
    let kind = spec.text(process, "health-check-type")?;
    let path = || spec.text(process, "health-check-http-endpoint").map_or_else(|| "/".into(), |path| path.value);
    let does = match kind.value.as_str() {
        "http" => HealthKind::Http(path()),
        "port" => HealthKind::Tcp,
        _ => return None,
    };
    Some(Health {
        kind: does,
        place: kind.place,
        interval: spec.seconds(process, "health-check-interval", Some(30.0)),
        timeout: spec.seconds(process, "health-check-invocation-timeout", Some(1.0)),
    })
}

/// The environment of an app, with `((name))` filled in.
fn env(facts: &Facts<'_>, spec: &Spec, app: &Value) -> Vec<Env> {
    let mut env = app.get("env").map(|map| spec.env_map(map)).unwrap_or_default();
    for entry in &mut env {
        let EnvValue::Literal(text) = &entry.value else { continue };
        if text.contains("((") {
            let filled = filled_in(facts, text);
            entry.value = filled.map_or_else(|| EnvValue::Reference(text.clone()), EnvValue::Literal);
        }
    }
    env
}

/// A text with the variables of production in it; `None` where one of them is not in the tree.
fn filled_in(facts: &Facts<'_>, text: &str) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("((") {
        let (name, after) = behind.split_once("))")?;
        filled.push_str(before);
        filled.push_str(&variable(facts, name.trim())?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// What the one file of variables for production says: `vars/production.yml`, `vars-prod.yml`.
fn variable(facts: &Facts<'_>, name: &str) -> Option<String> {
    let is_of_variables = |file: &&File| {
        let mut words = file.path.split(['/', '-', '_', '.']);
        let is_yaml = [".yml", ".yaml"].iter().any(|end| file.path.ends_with(end));
        is_yaml && words.any(|word| word == "vars") && stage_of_path(&file.path) == Stage::Production
    };
    let files = facts.tree.files().iter().filter(is_of_variables);
    let mut values = files.filter_map(|file| facts.parsed(&file.path)?.first()?.get(name)?.scalar_text());
    let value = values.next()?;
    values.all(|other| other == value).then_some(value)
}
