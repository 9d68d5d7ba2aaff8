//! What words become when variables are filled in.

use super::syntax::{Part, Word};
use std::collections::BTreeMap;

/// The longest text that filling in may make of one word.
const MAX_WORD: usize = 16 * 1024;

/// Variables and their values, one for a plain variable, several for an array.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    values: BTreeMap<String, Vec<String>>,
    /// `$1`, `$2`, …; `None` when nobody knows how the script is called.
    arguments: Option<Vec<String>>,
}

impl Variables {
    /// Variables of an environment, and the arguments of the script.
    pub fn new<'a>(env: impl IntoIterator<Item = (&'a str, &'a str)>, arguments: Option<Vec<String>>) -> Self {
        let values = env.into_iter().map(|(name, value)| (name.to_owned(), vec![value.to_owned()])).collect();
        Self { values, arguments }
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: Vec<String>) {
        self.values.insert(name.to_owned(), value);
    }

    /// Adds to a variable: words to an array, text to a plain one.
    pub(super) fn append(&mut self, name: &str, value: Vec<String>, array: bool) {
        let old = self.values.entry(name.to_owned()).or_default();
        if array || old.is_empty() {
            if old.len() + value.len() <= 4096 {
                old.extend(value);
            }
        } else if let Some(first) = old.first_mut()
            && first.len() < MAX_WORD
        {
            first.push_str(&value.concat());
        }
    }

    /// The value of a plain variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(|values| values.first()).map(String::as_str)
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.values.remove(name);
    }

    /// Gives the variables that had a value before that value again.
    pub(super) fn take_back(&mut self, before: Self) {
        self.values.extend(before.values);
    }

    pub(super) fn replace_arguments(&mut self, arguments: Option<Vec<String>>) -> Option<Vec<String>> {
        std::mem::replace(&mut self.arguments, arguments)
    }

    /// The values of a name; `None` if it is not known.
    fn lookup(&self, name: &str) -> Option<Vec<String>> {
        match name {
            "@" | "*" => self.arguments.clone(),
            "#" => self.arguments.as_ref().map(|arguments| vec![arguments.len().to_string()]),
            _ => {
                if let Ok(index) = name.parse::<usize>() {
                    let arguments = self.arguments.as_ref()?;
                    let value = index.checked_sub(1).and_then(|index| arguments.get(index))?;
                    return Some(vec![value.clone()]);
                }
                self.values.get(name).cloned()
            }
        }
    }

    /// What a word becomes: no, one or several arguments. What is not known stays as it is written.
    pub(super) fn expand(&self, word: &Word) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        let mut current = String::new();
        let mut some = word.quoted;
        for part in &word.parts {
            match part {
                Part::Text(text) => {
                    current.push_str(text);
                    some = true;
                }
                Part::Output { raw, .. } => {
                    current.push_str(raw);
                    some = true;
                }
                Part::Variable { name, default, cut, quoted } => {
                    let known = self
                        .lookup(name)
                        .map(|values| shorter(values, cut.as_ref()))
                        .filter(|values| !(default.is_some() && values.concat().is_empty()));
                    let values = match (known, default) {
                        (Some(values), _) => values,
                        (None, Some(default)) => vec![plain(default)],
                        (None, None) if self.unset(name) => Vec::new(),
                        (None, None) => vec![format!("${{{name}}}")],
                    };
                    let pieces: Vec<String> = if *quoted {
                        if values.is_empty() && word.parts.len() == 1 && name == "@" {
                            some = false;
                        }
                        values
                    } else {
                        values.iter().flat_map(|value| value.split_whitespace()).map(str::to_owned).collect()
                    };
                    for (index, piece) in pieces.into_iter().enumerate() {
                        if index > 0 {
                            fields.push(std::mem::take(&mut current));
                        }
                        if current.len() + piece.len() <= MAX_WORD {
                            current.push_str(&piece);
                        }
                        some = true;
                    }
                }
            }
        }
        if some && (!current.is_empty() || word.quoted || !fields.is_empty()) {
            fields.push(current);
        }
        fields
    }

    /// Whether a positional argument is known not to be given.
    fn unset(&self, name: &str) -> bool {
        self.arguments.is_some() && (name.parse::<usize>().is_ok() || name == "@" || name == "*")
    }

    /// The word as one text.
    pub(super) fn text(&self, word: &Word) -> String {
        self.expand(word).join(" ")
    }

    /// The word as one text, if everything in it is known.
    pub(super) fn known(&self, word: &Word) -> Option<String> {
        let known = word.parts.iter().all(|part| match part {
            Part::Text(_) => true,
            Part::Variable { name, .. } => self.lookup(name).is_some() || self.unset(name),
            Part::Output { .. } => false,
        });
        known.then(|| self.text(word)).filter(|text| !text.contains("${{") && !text.contains("$("))
    }
}

fn plain(parts: &[Part]) -> String {
    parts.iter().map(|part| if let Part::Text(text) = part { text.as_str() } else { "" }).collect()
}

/// Values without what is taken off their starts or ends.
fn shorter(values: Vec<String>, cut: Option<&(String, bool)>) -> Vec<String> {
    let Some((taken, from_end)) = cut else { return values };
    let cut = |value: String| {
        let rest = if *from_end { value.strip_suffix(taken.as_str()) } else { value.strip_prefix(taken.as_str()) };
        rest.map(str::to_owned).unwrap_or(value)
    };
    values.into_iter().map(cut).collect()
}
