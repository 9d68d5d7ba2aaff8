//! The sections of a rule file as they are written, before names are resolved.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tusk::de;
use crate::value::{Kind, Map, Value};
use indexmap::IndexMap;
use serde::Deserialize;
use smol_str::SmolStr;

/// A text and where it stands; a probe call is its raw text.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Spanned {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A rule; its words are still values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleText {
    pub(super) asks: String,
    pub(super) class: Spanned,
    #[serde(default)]
    pub(super) also: Vec<String>,
    pub(super) compare: Option<Spanned>,
    pub(super) least: Option<String>,
    #[serde(default)]
    pub(super) exclusive: bool,
    pub(super) values: Option<Value>,
    #[serde(default)]
    pub(super) proof: Vec<Spanned>,
    #[serde(default)]
    pub(super) refuted_by: Vec<Spanned>,
    #[serde(default)]
    pub(super) shown: Vec<Spanned>,
    pub(super) unmet_where: Option<Spanned>,
    pub(super) absence: Option<String>,
    pub(super) would_prove: Option<String>,
    pub(super) fix: Option<String>,
    #[serde(default)]
    pub(super) fix_in: IndexMap<String, String>,
    pub(super) effort: Option<Spanned>,
    pub(super) phase: Option<Spanned>,
    pub(super) by_hand: Option<String>,
}

/// What a word of `values:` stands for.
#[derive(Debug)]
pub(super) enum WordText {
    /// The same as another word.
    Same(String),
    /// Evidence of its own.
    Own(EvidenceText),
}

/// Proof and contradictions of one word.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceText {
    #[serde(default)]
    pub(super) proof: Vec<Spanned>,
    #[serde(default)]
    pub(super) refuted_by: Vec<Spanned>,
}

/// A group of evidence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupText {
    pub(super) proof: Vec<Spanned>,
}

/// A scale.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScaleText {
    pub(super) order: Vec<Step>,
    #[serde(default)]
    pub(super) same: IndexMap<String, Vec<Spanned>>,
    #[serde(default)]
    pub(super) ties_differ: bool,
}

/// One step of a scale: a word, or words of equal rank.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Step(pub(super) Vec<String>);

impl TryFrom<Value> for Spanned {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let text = match &value.kind {
            Kind::Expr(expr) => Some(expr.raw.clone()),
            _ => value.scalar_text(),
        };
        Ok(Self { text: text.ok_or("expected a text")?, span: value.span })
    }
}

impl TryFrom<Value> for Step {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let words = match value.kind {
            Kind::List(words) => words,
            _ => vec![value],
        };
        let texts = words.into_iter().map(|word| Ok(Spanned::try_from(word)?.text));
        texts.collect::<Result<_, _>>().map(Self)
    }
}

impl RuleText {
    /// The words of `values:`, each with its place; the places inside them would not survive an untagged enum.
    pub(super) fn words(&self) -> Result<IndexMap<String, (WordText, Span)>, Diagnostic> {
        let Some(value) = &self.values else { return Ok(IndexMap::new()) };
        let words: &Map = value.as_map().ok_or_else(|| Diagnostic::error(value.span, "expected a map of words"))?;
        let word = |(word, field): (&SmolStr, &crate::value::Field)| {
            let text = match &field.value.kind {
                Kind::Map(_) => WordText::Own(de::from_value(&field.value)?),
                _ => WordText::Same(de::from_value::<Spanned>(&field.value)?.text),
            };
            Ok((word.to_string(), (text, field.key)))
        };
        words.iter().map(word).collect()
    }
}
