//! The files of `.tusk-check/` that hold lists: what people state, and what they say of their project.
//!
//! They are read like code: a text that is no TuskLang, or a key that nobody knows, is an error of the whole file.

use super::Facts;
use crate::checklist::Broken;
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::source::{Source, Span};
use crate::tree::Content;
use crate::tusk::{self, de::Spanned};
use crate::value::{Kind, Value};
use std::collections::BTreeSet;

/// More entries than this are not read; the file is then broken.
const MAX_ENTRIES: usize = 10_000;

/// One of these files, as far as it could be read.
#[derive(Debug, Default)]
pub struct OwnFile {
    /// Its text, if there is one.
    pub source: Option<Source>,
    /// What makes it unusable as a whole.
    pub(super) errors: Vec<Diagnostic>,
    /// What is odd about the text and stops nothing.
    doubts: Vec<Diagnostic>,
}

impl OwnFile {
    /// Reads the file at `path`, which holds nothing but a list under each of `keys`, and the entries of these lists.
    pub(super) fn read<const N: usize>(facts: &Facts<'_>, path: &str, keys: [&str; N]) -> (Self, [Vec<Value>; N]) {
        let mut lists = std::array::from_fn(|_| Vec::new());
        let Some(file) = facts.tree.file(path) else { return (Self::default(), lists) };
        let source = match file.content() {
            Content::Text(source) => source.clone(),
            Content::Binary(_) => return (Self::unusable(path, "it is no text"), lists),
            Content::Unread(why) => return (Self::unusable(path, why), lists),
        };
        let (document, mut problems) = tusk::parse(&source);
        let (root, of_merging) = document.into_merged();
        problems.extend(of_merging);
        let (mut errors, doubts): (Vec<_>, Vec<_>) = problems.into_iter().partition(Diagnostic::is_error);
        for (name, field) in root {
            let key = keys.iter().position(|key| *key == name);
            match (field.value.kind, key) {
                (Kind::List(list), Some(key)) => lists[key] = list,
                (Kind::Null, Some(_)) => {}
                _ => {
                    let expected = keys.map(|key| format!("`{key}:`")).join(" or ");
                    let message = format!("expected one list, {expected}, and nothing beside it");
                    errors.push(Diagnostic::error(field.key, message));
                }
            }
        }
        for list in &mut lists {
            if let Some(first) = list.get(MAX_ENTRIES) {
                let message = format!("more than {MAX_ENTRIES} entries; split off what has long expired");
                errors.push(Diagnostic::error(first.span, message));
                list.truncate(MAX_ENTRIES);
            }
        }
        (Self { source: Some(source), errors, doubts }, lists)
    }

    fn unusable(path: &str, why: &str) -> Self {
        let error = Diagnostic::error(Span::default(), format!("cannot be read: {why}"));
        Self { source: Some(Source::new(path, "")), errors: vec![error], doubts: Vec::new() }
    }

    /// What makes the file as a whole unusable.
    pub fn broken(&self) -> Option<Broken> {
        let source = self.source.clone()?;
        (!self.errors.is_empty()).then(|| Broken { source, diagnostics: self.errors.clone() })
    }

    /// What is odd about its text.
    pub(super) fn doubts(&self) -> Vec<Diagnostic> {
        self.doubts.clone()
    }
}

/// That no item has this name.
pub(super) fn unknown_item(name: &Spanned<String>, known: &BTreeSet<&str>) -> Diagnostic {
    let near = nearest(name.as_str(), known.iter().copied());
    let near = near.map(|near| format!("; the nearest is `{near}`")).unwrap_or_default();
    Diagnostic::warning(name.span(), format!("no item `{}`{near}", name.as_str()))
}

/// A list of values, or one alone.
pub(super) fn several<T>(
    value: Option<&Value>,
    read: impl Fn(&Value) -> Result<T, Diagnostic>,
) -> Result<Vec<T>, Diagnostic> {
    match value.map(|value| &value.kind) {
        None | Some(Kind::Null) => Ok(Vec::new()),
        Some(Kind::List(list)) => list.iter().map(read).collect(),
        Some(_) => value.into_iter().map(read).collect(),
    }
}
