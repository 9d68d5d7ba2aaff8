//! JSON Schema files of the settings: `values.schema.json`, `config.schema.json`.

use super::{Bound, Field, Root, SettingsTypes, Shape};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::format::Parsed;
use crate::facts::production::{is_example, is_fixture};
use crate::tree::File;
use crate::value::{Kind, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Schemas nest no deeper than this.
const MAX_DEPTH: usize = 12;

/// Reads the schema files of the tree.
pub(super) fn read(facts: &Facts<'_>, types: &mut SettingsTypes) {
    let files = facts.tree.files().iter().filter(|file| is_schema(facts, file));
    let schemas: Vec<(&Arc<str>, &Value)> = files
        .filter_map(|file| {
            let root = facts.parsed(&file.path).and_then(Parsed::first)?;
            root.get("properties").is_some().then_some((&file.path, root))
        })
        .collect();
    let named = schemas.iter().filter_map(|&schema| Some((schema.1.get("$id")?.as_str()?, schema)));
    let named: BTreeMap<&str, (&Arc<str>, &Value)> = named.collect();
    for &(path, root) in &schemas {
        let denies_unknown = root.get("additionalProperties").and_then(Value::as_bool) == Some(false);
        let place = Place::at(path.clone(), root.get("properties").map_or(root.span, |properties| properties.span));
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        types.roots.push(Root { name, place, denies_unknown, is_untyped: false });
        let mut reader = Reader { path, root, named: &named, types };
        reader.object(root, "", true, 0);
    }
}

/// Whether a file is a schema of settings that ship, by its name and place.
fn is_schema(facts: &Facts<'_>, file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    let is_named = |word: &str| ["values", "config", "settings", "configuration", "env"].contains(&word);
    let is_schema = name.ends_with(".schema.json")
        && name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(is_named)
        || matches!(
            name.as_str(),
            "config-schema.json" | "config_schema.json" | "settings-schema.json" | "settings_schema.json"
        );
    is_schema && !facts.vendored().holds(&file.path) && !is_fixture(&file.path) && !is_example(&file.path)
}

struct Reader<'r> {
    path: &'r Arc<str>,
    root: &'r Value,
    /// The schemas that have an `$id`, by it.
    named: &'r BTreeMap<&'r str, (&'r Arc<str>, &'r Value)>,
    types: &'r mut SettingsTypes,
}

impl<'r> Reader<'r> {
    fn object(&mut self, object: &Value, prefix: &str, is_reached: bool, depth: usize) {
        let Some(properties) = object.get("properties").and_then(Value::as_map) else { return };
        let required: Vec<&str> = object
            .get("required")
            .and_then(Value::as_list)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        for (name, entry) in properties {
            let full = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
            let schema = self.resolved(&entry.value).clone();
            let is_required = is_reached && required.contains(&name.as_str());
            if let Some((path, root)) = self.elsewhere(&entry.value).filter(|_| depth < MAX_DEPTH) {
                let mut reader = Reader { path, root, named: self.named, types: &mut *self.types };
                reader.object(root, &full, is_required, depth + 1);
                continue;
            }
            if schema.get("properties").is_some() && depth < MAX_DEPTH {
                self.object(&schema, &full, is_required, depth + 1);
                continue;
            }
            let kinds = schema
                .get("type")
                .map(|kind| kind.as_list().map_or_else(|| vec![kind.clone()], <[Value]>::to_vec))
                .unwrap_or_default();
            let written = kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("any");
            let mut field = Field::new(full, written, Place::at(self.path.clone(), entry.key.to(entry.value.span)));
            let number = |key: &str| schema.get(key).and_then(Value::as_number);
            field.bound = Bound {
                min: number("minimum").or(number("exclusiveMinimum")),
                max: number("maximum").or(number("exclusiveMaximum")),
            };
            if let Some(values) = schema.get("enum").or(schema.get("const")) {
                field.shape = Shape::Enum;
                field.default = matches!(values.kind, Kind::Bool(_))
                    .then(|| format!("const {}", values.scalar_text().unwrap_or_default()));
            }
            field.is_required = is_required;
            field.is_checked = field.shape == Shape::Enum
                || field.bound != Bound::default()
                || schema.get("pattern").is_some()
                || schema.get("format").is_some();
            self.types.fields.push(field);
        }
    }

    /// The other schema of the tree that a `$ref` means by its `$id`.
    fn elsewhere(&self, schema: &Value) -> Option<(&'r Arc<str>, &'r Value)> {
        let target = schema.get("$ref")?.as_str()?.trim_end_matches('#');
        self.named.get(target).copied().filter(|(path, _)| *path != self.path)
    }

    /// Follows `#/definitions/x` once.
    fn resolved<'v>(&'v self, schema: &'v Value) -> &'v Value {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/"));
        let found = target.and_then(|path| self.root.at(&path.split('/').collect::<Vec<_>>()));
        found.unwrap_or(schema)
    }
}
