//! Pulumi programs in YAML, by Terraform's names; programs in a language, and other tools, are named as unread.

use super::Infra;
use super::fold::unknown;
use super::kinds;
use super::names::snake;
use super::resource::{Resource, Tool};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::production::{Stage, Standing, stage_of_path};
use crate::tree::path::folder_of;
use crate::value::{ExprKind, Field, Kind, Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads every program.
pub(super) fn read(facts: &Facts<'_>, view: &mut Infra) {
    for file in facts.tree.files() {
        let stage = || stage_of_path(&file.path);
        match file.name() {
            "Pulumi.yaml" | "Pulumi.yml" => project(facts, &file.path, view),
            "cdk.json" if !matches!(stage(), Stage::Never(_)) => {
                let why = "the AWS CDK's program is not read".to_owned();
                view.blind.push(Blind { place: Some(Place::file(file.path.clone())), why });
            }
            _ => {}
        }
    }
}

fn project(facts: &Facts<'_>, path: &Arc<str>, view: &mut Infra) {
    let standing = match stage_of_path(path) {
        Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
        _ => Standing::Production,
    };
    let Some(parsed) = facts.parsed(path) else { return };
    view.blind.extend(parsed.blind());
    let Some(document) = parsed.first() else { return };
    let runtime =
        document.get("runtime").and_then(|runtime| runtime.as_str().or_else(|| runtime.get("name")?.as_str()));
    if runtime.is_some_and(|runtime| runtime != "yaml") && standing == Standing::Production {
        let why = format!("a Pulumi program in {} is not read", runtime.unwrap_or_default());
        view.blind.push(Blind { place: Some(Place::file(path.clone())), why });
    }
    let config = config(facts, path, document);
    for (name, field) in document.get("resources").and_then(Value::as_map).into_iter().flatten() {
        let Some(declared) = field.value.get("type").and_then(Value::as_str) else { continue };
        let kind = kinds::of_pulumi(declared);
        let properties = field.value.get("properties").and_then(Value::as_map);
        let mut map: Map = properties.into_iter().flatten().map(|(key, field)| entry(&config, key, field)).collect();
        kinds::rename(&kind, &mut map);
        view.resources.push(Resource {
            kind,
            declared: declared.to_owned(),
            name: name.to_string(),
            tool: Tool::Pulumi,
            path: path.clone(),
            span: field.key,
            value: Value::new(Kind::Map(map), field.key),
            standing: standing.clone(),
            count: Some(1),
            origins: Vec::new(),
        });
    }
}

/// The settings that production is given: defaults, and `Pulumi.prod.yaml` over them.
fn config(facts: &Facts<'_>, path: &str, document: &Value) -> BTreeMap<String, Value> {
    let mut config = BTreeMap::new();
    for section in ["config", "configuration"] {
        for (name, field) in document.get(section).and_then(Value::as_map).into_iter().flatten() {
            let default = field.value.get("default").or_else(|| field.value.get("value"));
            let value = default.or_else(|| field.value.scalar_text().map(|_| &field.value));
            config.extend(value.map(|value| (name.to_string(), value.clone())));
        }
    }
    let folder = folder_of(path);
    for stack in facts.tree.files() {
        let here = folder_of(&stack.path) == folder;
        let is_stack = here && stack.name().starts_with("Pulumi.") && stage_of_path(&stack.path) == Stage::Production;
        let values = if is_stack { facts.parsed(&stack.path).and_then(|parsed| parsed.first()) } else { None };
        for (name, field) in values.and_then(|values| values.get("config")?.as_map()).into_iter().flatten() {
            let name = name.rsplit(':').next().unwrap_or(name);
            config.insert(name.to_owned(), field.value.clone());
        }
    }
    config
}

fn entry(config: &BTreeMap<String, Value>, key: &str, field: &Field) -> (String, Field) {
    (snake(key), Field { key: field.key, value: fold(config, &field.value) })
}

fn fold(config: &BTreeMap<String, Value>, value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::Str(text) if text.contains("${") => {
            let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
            match name.and_then(|name| config.get(name)).filter(|value| value.scalar_text().is_some()) {
                Some(value) => value.kind.clone(),
                None => return unknown(text, value.span, ExprKind::Ref),
            }
        }
        Kind::Map(map) if map.len() == 1 && map.keys().any(|key| key.starts_with("fn::")) => {
            return unknown(map.keys().next().map_or("", |key| key.as_str()), value.span, ExprKind::Ref);
        }
        Kind::Map(map) => Kind::Map(map.iter().map(|(key, field)| entry(config, key, field)).collect()),
        Kind::List(list) => Kind::List(list.iter().map(|item| fold(config, item)).collect()),
        other => other.clone(),
    };
    Value::new(kind, value.span)
}
