//! What rules refer to by name: lists of arguments, groups of evidence, scales.

use super::rule::Proof;
use super::scale::Scale;
use super::text::Spanned;
use crate::diagnostic::Diagnostic;
use crate::probe::Word;
use crate::source::Source;
use crate::value::{Field, Kind, Map, Value};
use indexmap::IndexMap;
use std::sync::{Arc, OnceLock};

/// A list that names lists that name lists … ends here.
const MAX_NESTING: usize = 8;

/// The named lists, groups and scales of a catalogue.
#[derive(Debug, Default)]
pub struct Names {
    lists: IndexMap<String, Vec<Word>>,
    groups: IndexMap<String, Group>,
    scales: IndexMap<String, Arc<Scale>>,
}

/// Evidence that several rules share.
#[derive(Debug)]
pub(super) struct Group {
    /// The file that it stands in.
    pub(super) source: Source,
    /// Its proofs as written.
    pub(super) texts: Vec<Spanned>,
    /// Its proofs, read for the first rule that names it.
    pub(super) proofs: OnceLock<Arc<[Proof]>>,
}

impl Names {
    pub(super) fn add_list(&mut self, name: String, field: &Field) -> Result<(), Diagnostic> {
        if self.lists.contains_key(&name) {
            return Err(Diagnostic::error(field.key, format!("the list `${name}` stands twice; a list is said once")));
        }
        let entries = match &field.value.kind {
            Kind::List(entries) => entries.as_slice(),
            _ => std::slice::from_ref(&field.value),
        };
        let words = entries.iter().map(word).collect::<Result<Vec<_>, _>>()?;
        self.lists.insert(name, words);
        Ok(())
    }

    pub(super) fn add_group(&mut self, name: String, source: Source, proof: Vec<Spanned>) {
        self.groups.insert(name, Group { source, texts: proof, proofs: OnceLock::new() });
    }

    pub(super) fn add_scale(&mut self, scale: Scale) {
        self.scales.insert(scale.name.clone(), Arc::new(scale));
    }

    /// The words of `$name`, lists that it names included; `None` if a list is not there or goes round in circles.
    pub fn list(&self, name: &str) -> Option<Vec<Word>> {
        self.expand(name, 0)
    }

    fn expand(&self, name: &str, depth: usize) -> Option<Vec<Word>> {
        let mut words = Vec::new();
        for word in self.lists.get(name).filter(|_| depth < MAX_NESTING)? {
            match word.text.strip_prefix('$') {
                Some(other) if self.lists.contains_key(other) => words.extend(self.expand(other, depth + 1)?),
                _ => words.push(word.clone()),
            }
        }
        Some(words)
    }

    /// The names of all lists.
    pub fn list_names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    pub(super) fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }

    pub(super) fn group_names(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    /// The scale of a name.
    pub fn scale(&self, name: &str) -> Option<Arc<Scale>> {
        self.scales.get(name).cloned()
    }

    /// The names of all scales.
    pub fn scale_names(&self) -> impl Iterator<Item = &str> {
        self.scales.keys().map(String::as_str)
    }
}

/// An entry of a list: a text, or a map whose first value is the text.
fn word(entry: &Value) -> Result<Word, Diagnostic> {
    let (text, attributes) = match &entry.kind {
        Kind::Map(map) => {
            let mut attributes: Map = map.clone();
            let first = attributes.remove_first().and_then(|(_, field)| text_of(&field.value));
            (first, Arc::new(attributes))
        }
        _ => (text_of(entry), Arc::default()),
    };
    match text {
        Some(text) => Ok(Word { text: text.into(), is_pattern: false, attributes }),
        None => Err(Diagnostic::error(entry.span, "expected a word, or a map whose first value is the word")),
    }
}

fn text_of(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Expr(expr) => Some(expr.raw.clone()),
        _ => value.scalar_text(),
    }
}
