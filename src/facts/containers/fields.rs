//! Fields of a parsed spec as facts with places.

use super::{Env, EnvValue, Fact, Limit, Timing, duration};
use crate::evidence::Place;
use crate::value::{Field, Value};
use std::sync::Arc;

/// A spec's path: what turns a value of it into a fact.
#[derive(Clone, Debug)]
pub(super) struct Spec(pub(super) Arc<str>);

impl Spec {
    pub(super) fn at(&self, value: &Value) -> Place {
        Place::at(self.0.clone(), value.span)
    }

    /// A key and its value.
    pub(super) fn entry(&self, field: &Field) -> Place {
        Place::at(self.0.clone(), field.span())
    }

    /// The place of the entry under a key.
    pub(super) fn entry_of(&self, parent: &Value, key: &str) -> Option<Place> {
        Some(self.entry(parent.as_map()?.get(key)?))
    }

    /// A scalar under a key, as text.
    pub(super) fn text(&self, parent: &Value, key: &str) -> Option<Fact<String>> {
        let field = parent.as_map()?.get(key)?;
        Some(Fact::new(field.value.scalar_text()?, self.entry(field)))
    }

    /// A boolean under a key; `"yes"` and `"always"` are true, `"no"`, `"off"` and `"never"` are false.
    pub(super) fn flag(&self, parent: &Value, key: &str) -> Option<Fact<bool>> {
        let field = parent.as_map()?.get(key)?;
        let value = match field.value.scalar_text()?.to_lowercase().as_str() {
            "true" | "yes" | "always" | "on" | "commit" | "checkspass" => true,
            "false" | "no" | "never" | "off" => false,
            _ => return None,
        };
        Some(Fact::new(value, self.entry(field)))
    }

    /// Seconds under a key, or what the platform then takes.
    pub(super) fn seconds(&self, parent: &Value, key: &str, default: Option<f64>) -> Timing {
        match self.text(parent, key) {
            Some(fact) => {
                duration(&fact.value).map_or(Timing::Unknown, |value| Timing::Written(Fact::new(value, fact.place)))
            }
            None => default.map_or(Timing::Unknown, Timing::Default),
        }
    }

    /// A number under a key.
    pub(super) fn number(&self, parent: &Value, key: &str) -> Option<Fact<f64>> {
        let text = self.text(parent, key)?;
        Some(Fact::new(text.value.trim().parse().ok()?, text.place))
    }

    /// A number of instances under a key, or what is taken without one.
    pub(super) fn limit(&self, parent: &Value, key: &str, default: Limit) -> Limit {
        match (self.number(parent, key), parent.get(key)) {
            (Some(fact), _) => Limit::Written(fact),
            (None, Some(_)) => Limit::Unknown("it stands elsewhere"),
            (None, None) => default,
        }
    }

    /// A command under a key: a text, or a list of words.
    pub(super) fn command(&self, parent: &Value, key: &str) -> Option<Fact<String>> {
        let field = parent.as_map()?.get(key)?;
        let text = match field.value.as_list() {
            Some(words) => words.iter().filter_map(Value::scalar_text).collect::<Vec<_>>().join(" "),
            None => field.value.scalar_text()?,
        };
        Some(Fact::new(text, self.entry(field)))
    }

    /// A mapping of names to values.
    pub(super) fn env_map(&self, map: &Value) -> Vec<Env> {
        let Some(map) = map.as_map() else { return Vec::new() };
        map.iter()
            .map(|(name, field)| Env {
                name: name.to_string(),
                value: match field.value.scalar_text() {
                    Some(text) => EnvValue::of(&text),
                    // `KEY:` alone takes the value from whoever starts it.
                    None => EnvValue::Reference(format!("${{{name}}}")),
                },
                place: self.entry(field),
            })
            .collect()
    }

    /// A list of mappings with a name under one key and a value under another; no value means it stands elsewhere.
    pub(super) fn env_list(&self, list: &Value, name_key: &str, value_key: &str) -> Vec<Env> {
        let entries = list.as_list().unwrap_or_default().iter();
        entries
            .filter_map(|entry| {
                let name = entry.get(name_key)?.scalar_text()?;
                let value = match entry.get(value_key).and_then(Value::scalar_text) {
                    Some(text) => EnvValue::of(&text),
                    None => EnvValue::Reference(format!("set outside ({name})")),
                };
                Some(Env { name, value, place: self.at(entry) })
            })
            .collect()
    }
}

/// Bytes of `512mb`, `1g`, `0.5gb`, `512MiB`; a bare number is taken times `bare`.
pub(super) fn bytes(text: &str, bare: f64) -> Option<f64> {
    let text = text.trim().to_lowercase();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let amount: f64 = text[..end].parse().ok()?;
    // Docker, Fly and the others count in powers of two whatever the letter case says.
    let unit = match text[end..].trim() {
        "" => bare,
        "b" => 1.0,
        "k" | "kb" | "ki" | "kib" => 1024.0,
        "m" | "mb" | "mi" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gi" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(amount * unit)
}
