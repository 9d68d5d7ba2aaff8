//! The path language of `@k8s`: `spec.tls[*].secretName`, `metadata.annotations[a/b|c/d]`, `metrics[?type=Resource].name`.

use crate::source::Span;
use crate::value::{Kind, Value};

/// A path into an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<Step>);

/// One step of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A key; `a|b` is either.
    Keys(Vec<String>),
    /// `[*]` or `[]`: every entry of a list or a map.
    Each,
    /// `[0]`.
    Index(usize),
    /// `[a/b|c*]`: entries of a map by name, entries of a list by their `name`.
    Named(Vec<String>),
    /// `[?key=value&other=value]`: entries of a list in which dotted keys have these values, or lists with them.
    Where(Vec<(String, String)>),
}

/// What a path found.
#[derive(Clone, Debug)]
pub struct Found<'v> {
    /// The value.
    pub value: &'v Value,
    /// Key and value together.
    pub span: Span,
    /// The name under which it stood last.
    pub key: String,
}

/// How many values one path may yield.
const MAX_FOUND: usize = 10_000;

impl Path {
    /// Reads a path. Dots inside brackets belong to the name.
    pub fn parse(text: &str) -> Self {
        let mut steps = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let close = inner.find(']').unwrap_or(inner.len());
                steps.push(bracket(&inner[..close]));
                rest = inner.get(close + 1..).unwrap_or("");
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                if end > 0 {
                    steps.push(Step::Keys(rest[..end].split('|').map(str::to_owned).collect()));
                }
                rest = &rest[end..];
                rest = rest.strip_prefix('.').unwrap_or(rest);
            }
        }
        Self(steps)
    }

    /// The first key, if the path begins with one.
    pub fn first(&self) -> Option<&str> {
        match self.0.first()? {
            Step::Keys(keys) => keys.first().map(String::as_str),
            _ => None,
        }
    }

    /// The path without its first step.
    #[must_use]
    pub fn tail(&self) -> Self {
        Self(self.0.get(1..).unwrap_or_default().to_vec())
    }

    /// The path without its last step.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    /// Whether it leads nowhere: the value itself.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names that the first step chooses by, if it is `[A|B]`.
    pub fn names(&self) -> Option<&[String]> {
        match self.0.first()? {
            Step::Named(names) => Some(names),
            _ => None,
        }
    }

    /// The names that the last step chooses by, if it is `[A|B]`.
    pub fn last_names(&self) -> &[String] {
        match self.0.last() {
            Some(Step::Named(names)) => names,
            _ => &[],
        }
    }

    /// The path as plain keys with dots between; `None` if a step has alternatives or is a bracket other than `[*]`.
    pub fn dotted(&self) -> Option<String> {
        let keys = self.0.iter().filter(|step| **step != Step::Each).map(|step| match step {
            Step::Keys(keys) if keys.len() == 1 => keys.first().map(String::as_str),
            _ => None,
        });
        let keys: Option<Vec<&str>> = keys.collect();
        keys.filter(|keys| !keys.is_empty()).map(|keys| keys.join("."))
    }

    /// Everything that the path leads to, in the order of the text.
    pub fn find<'v>(&self, root: &'v Value) -> Vec<Found<'v>> {
        self.follow(root, false)
    }

    /// The same, where a key also reaches into the entries of a list, as nested blocks of Terraform are.
    pub fn find_through_lists<'v>(&self, root: &'v Value) -> Vec<Found<'v>> {
        self.follow(root, true)
    }

    fn follow<'v>(&self, root: &'v Value, through_lists: bool) -> Vec<Found<'v>> {
        let mut found = vec![Found { value: root, span: root.span, key: String::new() }];
        for step in &self.0 {
            if through_lists && matches!(step, Step::Keys(_)) {
                found = found.iter().flat_map(entries).take(MAX_FOUND).collect();
            }
            found = found.iter().flat_map(|at| step.from(at)).take(MAX_FOUND).collect();
        }
        found.retain(|found| found.value.kind != Kind::Null);
        found
    }
}

/// The entries of a list, or what is none.
fn entries<'v>(at: &Found<'v>) -> Vec<Found<'v>> {
    match &at.value.kind {
        Kind::List(list) => {
            list.iter().map(|item| Found { value: item, span: item.span, key: at.key.clone() }).collect()
        }
        _ => vec![at.clone()],
    }
}

fn bracket(text: &str) -> Step {
    let text = text.trim();
    if text.is_empty() || text == "*" {
        return Step::Each;
    }
    if let Some(condition) = text.strip_prefix('?') {
        let parts = condition.split('&').filter_map(|part| part.split_once('='));
        let clean = |text: &str| text.trim_matches(['=', ' ', '"', '\'']).to_owned();
        return Step::Where(parts.map(|(key, value)| (clean(key), clean(value))).collect());
    }
    match text.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Named(text.split('|').map(|name| name.trim().to_owned()).collect()),
    }
}

impl Step {
    fn from<'v>(&self, at: &Found<'v>) -> Vec<Found<'v>> {
        match (self, &at.value.kind) {
            (Self::Keys(keys), Kind::Map(map)) => keys
                .iter()
                .filter_map(|key| {
                    let field = map.get(key)?;
                    Some(Found { value: &field.value, span: field.span(), key: key.clone() })
                })
                .collect(),
            (Self::Each, Kind::Map(map)) => map
                .iter()
                .map(|(key, field)| Found { value: &field.value, span: field.span(), key: key.to_string() })
                .collect(),
            (Self::Named(names), Kind::Map(map)) => map
                .iter()
                .filter(|(key, _)| names.iter().any(|name| glob(name, key)))
                .map(|(key, field)| Found { value: &field.value, span: field.span(), key: key.to_string() })
                .collect(),
            (_, Kind::List(list)) => list
                .iter()
                .enumerate()
                .filter(|(index, item)| self.takes(*index, item))
                .map(|(_, item)| Found { value: item, span: item.span, key: at.key.clone() })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn takes(&self, index: usize, item: &Value) -> bool {
        match self {
            Self::Each => true,
            Self::Index(wanted) => *wanted == index,
            Self::Named(names) => {
                let own = item.get("name").and_then(Value::scalar_text);
                own.is_some_and(|own| names.iter().any(|name| glob(name, &own)))
            }
            Self::Where(conditions) => conditions.iter().all(|(key, wanted)| {
                let keys: Vec<&str> = key.split('.').collect();
                let is_wanted = |value: &Value| value.scalar_text().is_some_and(|text| text == *wanted);
                let has_it = |value: &Value| value.as_list().is_some_and(|list| list.iter().any(is_wanted));
                item.at(&keys).is_some_and(|value| is_wanted(value) || has_it(value))
            }),
            Self::Keys(_) => false,
        }
    }
}

/// Whether a name fits, where `*` stands for anything at its start or end; case counts.
pub fn glob(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        _ if pattern == "*" => true,
        (Some(rest), Some(_)) => name.contains(&rest[..rest.len().saturating_sub(1)]),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}
