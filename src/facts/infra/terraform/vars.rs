//! The values that production gives to the variables of a stack: `terraform.tfvars`, `*.auto.tfvars`, `prod.tfvars`.

use super::super::fold::{respan, unknown};
use super::scope::{Input, Scope};
use super::source::{Folder, hcl, span_of};
use crate::evidence::Blind;
use crate::facts::Facts;
use crate::facts::format::{self, Format};
use crate::facts::production::{Stage, stage_of_path};
use crate::source::Source;
use crate::tree::File;
use crate::tree::path::{folder_of, upwards};
use crate::value::{ExprKind, Value};
use hcl_edit::Span as _;
use std::cell::Cell;
use std::collections::BTreeMap;

/// How much a file of variables says about production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Given by hand, and to what stage its name does not say.
    Perhaps,
    /// Taken by itself, whatever the stage.
    Always,
    /// Production's own.
    Production,
}

/// What production gives to the variables of each stack, by its folder.
pub(super) fn read(
    facts: &Facts<'_>,
    stacks: &[&str],
    blind: &mut Vec<Blind>,
) -> BTreeMap<String, BTreeMap<String, Input>> {
    let mut found: Vec<(Weight, &File, Vec<&str>)> = Vec::new();
    for file in facts.tree.files().iter().filter(|file| is_tfvars(&file.path)) {
        let Some(weight) = weight(&file.path) else { continue };
        found.push((weight, file, stacks_of(&file.path, stacks)));
    }
    found.sort_by_key(|(weight, file, _)| (*weight, file.path.clone()));
    let mut values: BTreeMap<String, BTreeMap<String, Input>> = BTreeMap::new();
    for (weight, file, stacks) in found {
        match read_file(file) {
            Ok(read) => {
                for stack in stacks {
                    let into = values.entry(stack.to_owned()).or_default();
                    for (name, input) in &read {
                        put(into, weight, name.clone(), input.clone());
                    }
                }
            }
            Err(problem) => blind.push(problem),
        }
    }
    values
}

fn put(into: &mut BTreeMap<String, Input>, weight: Weight, name: String, mut input: Input) {
    let differs = |known: &Input| known.value.kind != input.value.kind;
    // Two files for production (of two regions, say), or one that may be for it: which holds is not here.
    let unclear = weight == Weight::Perhaps
        || (weight == Weight::Production
            && into
                .get(&name)
                .is_some_and(|known| differs(known) && stage_of_path(&known.origin) == Stage::Production));
    if unclear {
        input.value = unknown(&format!("var.{name} of {}", input.origin), input.value.span, ExprKind::Ternary);
    }
    into.insert(name, input);
}

fn is_tfvars(path: &str) -> bool {
    path.ends_with(".tfvars") || path.ends_with(".tfvars.json")
}

fn weight(path: &str) -> Option<Weight> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let by_itself = name == "terraform.tfvars" || name == "terraform.tfvars.json" || name.contains(".auto.tfvars");
    match stage_of_path(path) {
        Stage::Never(_) => None,
        Stage::Production => Some(Weight::Production),
        Stage::Base => Some(Weight::Always),
        Stage::Unmarked => Some(if by_itself { Weight::Always } else { Weight::Perhaps }),
    }
}

/// The stacks that a file of variables is for: the nearest folder above it; else, for a file that stands apart
/// (`variables/production/rds.tfvars`), the stacks of its name (`deployments/rds`), or all.
fn stacks_of<'s>(path: &str, stacks: &[&'s str]) -> Vec<&'s str> {
    if let Some(stack) = upwards(folder_of(path)).find_map(|folder| stacks.iter().find(|stack| **stack == folder)) {
        return vec![stack];
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let called = |stack: &&&str| stack.rsplit('/').next() == Some(stem);
    let named: Vec<&str> = stacks.iter().filter(called).copied().collect();
    if named.is_empty() { stacks.to_vec() } else { named }
}

fn read_file(file: &File) -> Result<BTreeMap<String, Input>, Blind> {
    let Some(source) = file.text().filter(|_| file.len <= 2_000_000) else { return Ok(BTreeMap::new()) };
    let values = if file.path.ends_with(".json") { json(source) } else { of_hcl(source)? };
    let line = |value: &Value| source.line_col(value.span.start).line;
    let input = |value: Value| {
        let origin = format!("{}:{}", source.name(), line(&value));
        Input { value, origin }
    };
    Ok(values.into_iter().map(|(name, value)| (name, input(value))).collect())
}

fn json(source: &Source) -> BTreeMap<String, Value> {
    let documents = format::parse(Format::Json, source).unwrap_or_default();
    let fields = documents.iter().filter_map(Value::as_map).flatten();
    fields.map(|(name, field)| (name.to_string(), field.value.clone())).collect()
}

fn of_hcl(source: &Source) -> Result<BTreeMap<String, Value>, Blind> {
    let body = hcl(source)?;
    let (folder, budget) = (Folder::default(), Cell::new(100_000));
    let scope = Scope::new(&folder, &budget);
    let value = |attribute: &hcl_edit::structure::Attribute| {
        let mut value = scope.eval(source.text(), &attribute.value);
        respan(&mut value, span_of(attribute.span()));
        (attribute.key.to_string(), value)
    };
    Ok(body.attributes().map(value).collect())
}
