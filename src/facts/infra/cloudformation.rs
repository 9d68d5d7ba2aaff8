//! `CloudFormation` and SAM templates: parameters and conditions folded, kinds and settings by Terraform's names.

use super::fold::{same, truth, unknown};
use super::kinds;
use super::names::snake;
use super::resource::{Resource, Tool};
use super::{Infra, MAX_RESOURCES};
use crate::facts::Facts;
use crate::facts::format::Format;
use crate::facts::production::{Stage, Standing, stage_of_path};
use crate::tree::File;
use crate::value::{ExprKind, Field, Kind, Map, Value};
use memchr::memmem;
use std::sync::Arc;

/// Folders with what CI uses itself.
const OF_CI: &[&str] = &[".github/", ".gitlab/", ".circleci/", ".buildkite/"];
/// How deep conditions may refer to conditions.
const MAX_DEPTH: usize = 16;

/// Reads every template.
pub(super) fn read(facts: &Facts<'_>, view: &mut Infra) {
    for file in facts.tree.files().iter().filter(|file| looks_like_template(file)) {
        let Some(parsed) = facts.parsed(&file.path) else { continue };
        view.blind.extend(parsed.blind());
        for document in &parsed.documents {
            template(&file.path, document, view);
        }
        if view.resources.len() > MAX_RESOURCES {
            return;
        }
    }
}

fn looks_like_template(file: &File) -> bool {
    if !matches!(Format::of(&file.path), Some(Format::Yaml | Format::Json)) || file.len > 2_000_000 {
        return false;
    }
    file.text().is_some_and(|source| {
        let text = source.text().as_bytes();
        memmem::find(text, b"Resources").is_some()
            && (memmem::find(text, b"AWSTemplateFormatVersion").is_some() || memmem::find(text, b"AWS::").is_some())
    })
}

fn template(path: &Arc<str>, document: &Value, view: &mut Infra) {
    let Some(resources) = document.get("Resources").and_then(Value::as_map) else { return };
    let template = Template { document };
    // `template.yaml` is what such a file is called; elsewhere the word marks what is only a pattern.
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let of_path = match stage_of_path(&format!("{folder}/{}", name.replace("template", "stack"))) {
        Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
        // What CI keeps for itself it often only tries: `sam local invoke`.
        _ if OF_CI.iter().any(|folder| path.starts_with(folder)) => {
            Standing::Uncertain("it stands among the files of CI".to_owned())
        }
        _ => Standing::Production,
    };
    for (name, field) in resources {
        let Some(declared) = field.value.get("Type").and_then(Value::as_str) else { continue };
        let kind = kinds::of_cloudformation(declared);
        let mut map = match field.value.get("Properties") {
            Some(properties) => template.properties(properties),
            None => Map::default(),
        };
        kinds::rename(kind, &mut map);
        let condition = field.value.get("Condition").and_then(Value::as_str);
        let holds = condition.map(|name| (name, template.condition(name, 0)));
        let standing = match (&of_path, holds) {
            (Standing::Production, Some((name, Some(false)))) => {
                Standing::Aside(format!("off by default: its condition {name} does not hold"))
            }
            (Standing::Production, Some((name, None))) => {
                Standing::Uncertain(format!("whether its condition {name} holds is not known here"))
            }
            _ => of_path.clone(),
        };
        view.resources.push(Resource {
            kind: kind.to_owned(),
            declared: declared.to_owned(),
            name: name.to_string(),
            tool: Tool::CloudFormation,
            path: path.clone(),
            span: field.key,
            value: Value::new(Kind::Map(map), field.key),
            standing,
            count: Some(1),
            origins: Vec::new(),
        });
    }
}

struct Template<'d> {
    document: &'d Value,
}

impl Template<'_> {
    /// The properties with names as Terraform spells them and what can be folded folded.
    fn properties(&self, value: &Value) -> Map {
        match self.fold(value, 0).kind {
            Kind::Map(map) => map,
            _ => Map::default(),
        }
    }

    fn fold(&self, value: &Value, depth: usize) -> Value {
        let kind = match &value.kind {
            Kind::Map(map) => {
                if let Some((function, argument)) = function(map) {
                    return self.call(function, argument, value, depth);
                }
                let entries = map.iter().filter_map(|(key, field)| {
                    let value = self.fold(&field.value, depth);
                    // `AWS::NoValue` takes the property away.
                    (value.kind != Kind::Null).then(|| (snake(key), Field { key: field.key, value }))
                });
                Kind::Map(entries.collect())
            }
            Kind::List(list) => Kind::List(list.iter().map(|item| self.fold(item, depth)).collect()),
            other => other.clone(),
        };
        Value::new(kind, value.span)
    }

    fn call(&self, function: &str, argument: &Value, whole: &Value, depth: usize) -> Value {
        let open = || {
            unknown(&format!("{function} {}", argument.scalar_text().unwrap_or_default()), whole.span, ExprKind::Ref)
        };
        if depth > MAX_DEPTH {
            return open();
        }
        let value = match function {
            "Ref" => self.reference(argument, depth),
            "Sub" => argument
                .as_str()
                .and_then(|text| self.substituted(text))
                .map(|text| Value::new(Kind::Str(text), whole.span)),
            "If" => self.choice(argument, depth),
            "FindInMap" => self.mapped(argument, depth),
            _ => None,
        };
        value.map_or_else(open, |value| Value { span: whole.span, ..value })
    }

    /// A parameter's default; what another resource is called is not known.
    fn reference(&self, argument: &Value, depth: usize) -> Option<Value> {
        let name = argument.as_str()?;
        if name == "AWS::NoValue" {
            return Some(Value::new(Kind::Null, argument.span));
        }
        let default = self.document.at(&["Parameters", name, "Default"])?;
        // What a template takes for development is not what production is given.
        let is_dev = default.as_str().is_some_and(|text| matches!(stage_of_path(text), Stage::Never(_)));
        (!is_dev).then(|| self.fold(default, depth + 1))
    }

    fn substituted(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            out.push_str(rest.get(..at)?);
            let inner = rest.get(at + 2..)?;
            let end = inner.find('}')?;
            let default = self.document.at(&["Parameters", inner.get(..end)?, "Default"])?;
            out.push_str(&default.scalar_text()?);
            rest = inner.get(end + 1..)?;
            if out.len() > 64 * 1024 {
                return None;
            }
        }
        out.push_str(rest);
        Some(out)
    }

    fn choice(&self, argument: &Value, depth: usize) -> Option<Value> {
        let [name, yes, no] = argument.as_list()? else { return None };
        let chosen = if self.condition(name.as_str()?, depth + 1)? { yes } else { no };
        Some(self.fold(chosen, depth + 1))
    }

    fn mapped(&self, argument: &Value, depth: usize) -> Option<Value> {
        let [name, first, second, ..] = argument.as_list()? else { return None };
        let (first, second) = (self.fold(first, depth + 1), self.fold(second, depth + 1));
        let found = self.document.at(&["Mappings", name.as_str()?, &first.scalar_text()?, &second.scalar_text()?])?;
        Some(self.fold(found, depth + 1))
    }

    /// Whether a condition holds, where that can be known.
    fn condition(&self, name: &str, depth: usize) -> Option<bool> {
        self.holds(self.document.at(&["Conditions", name])?, depth + 1)
    }

    fn holds(&self, value: &Value, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        let Some((function, argument)) = value.as_map().and_then(function) else { return truth(value) };
        let parts = || argument.as_list().unwrap_or_default().iter().map(|part| self.holds(part, depth + 1));
        match function {
            "Condition" => self.condition(argument.as_str()?, depth),
            "Equals" => {
                let [left, right] = argument.as_list()? else { return None };
                same(&self.named(left, depth), &self.named(right, depth))
            }
            "Not" => parts().next()?.map(|holds| !holds),
            "And" => parts().try_fold(true, |all, part| part.map(|part| all && part)),
            "Or" => parts().try_fold(false, |any, part| part.map(|part| any || part)),
            _ => None,
        }
    }

    /// A value that keeps the name of a parameter that is not known, so that the environment is read as production's.
    fn named(&self, value: &Value, depth: usize) -> Value {
        let folded = self.fold(value, depth);
        let parameter = value.as_map().and_then(function).filter(|(function, _)| *function == "Ref");
        match (&folded.kind, parameter.and_then(|(_, argument)| argument.as_str())) {
            (Kind::Expr(_), Some(name)) => unknown(&snake(name), value.span, ExprKind::Ref),
            _ => folded,
        }
    }
}

/// The intrinsic function that a map with one key is: `Fn::If`, `!If`, `Ref`.
fn function(map: &Map) -> Option<(&str, &Value)> {
    let (key, field) = map.first().filter(|_| map.len() == 1)?;
    let name = key.strip_prefix("Fn::").or_else(|| key.strip_prefix('!'));
    let name = name.or_else(|| matches!(key.as_str(), "Ref" | "Condition").then_some(key.as_str()))?;
    Some((name, &field.value))
}
