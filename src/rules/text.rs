//! The sections of a rule file as they are written, before names are resolved.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Kind, Map, Value};
use indexmap::IndexMap;

/// A text and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A rule.
#[derive(Debug)]
pub(super) struct RuleText {
    pub(super) asks: String,
    pub(super) class: Spanned,
    pub(super) also: Vec<String>,
    pub(super) compare: Option<Spanned>,
    pub(super) least: Option<String>,
    pub(super) exclusive: bool,
    pub(super) values: IndexMap<String, (WordText, Span)>,
    pub(super) proof: Vec<Spanned>,
    pub(super) refuted_by: Vec<Spanned>,
    pub(super) shown: Vec<Spanned>,
    pub(super) unmet_where: Option<Spanned>,
    pub(super) absence: Option<String>,
    pub(super) would_prove: Option<String>,
    pub(super) fix: Option<String>,
    pub(super) effort: Option<Spanned>,
    pub(super) phase: Option<Spanned>,
    pub(super) by_hand: Option<String>,
}

/// What a word of `values:` stands for.
#[derive(Debug)]
pub(super) enum WordText {
    /// The same as another word.
    Same(String),
    /// Evidence of its own: proof, contradictions.
    Own(Vec<Spanned>, Vec<Spanned>),
}

/// A scale.
#[derive(Debug)]
pub(super) struct ScaleText {
    pub(super) order: Vec<Vec<String>>,
    pub(super) same: IndexMap<String, Vec<String>>,
    pub(super) ties_differ: bool,
}

type Result<T> = std::result::Result<T, Diagnostic>;

/// Takes the known keys out of a map; what is left over is unknown.
struct Fields<'m> {
    map: &'m Map,
    span: Span,
    known: Vec<&'static str>,
}

impl<'m> Fields<'m> {
    fn new(map: &'m Map, span: Span) -> Self {
        Self { map, span, known: Vec::new() }
    }

    fn take(&mut self, key: &'static str) -> Option<&'m Value> {
        self.known.push(key);
        self.map.get(key).map(|field| &field.value)
    }

    fn spanned(&mut self, key: &'static str) -> Result<Option<Spanned>> {
        self.take(key).map(spanned).transpose()
    }

    fn text(&mut self, key: &'static str) -> Result<Option<String>> {
        Ok(self.spanned(key)?.map(|text| text.text))
    }

    fn required(&mut self, key: &'static str) -> Result<Spanned> {
        let missing = Diagnostic::error(self.span, format!("expected the key `{key}:` here"));
        self.spanned(key)?.ok_or(missing)
    }

    fn list(&mut self, key: &'static str) -> Result<Vec<Spanned>> {
        self.take(key).map_or(Ok(Vec::new()), list)
    }

    fn flag(&mut self, key: &'static str) -> Result<bool> {
        let Some(value) = self.take(key) else { return Ok(false) };
        value.as_bool().ok_or_else(|| Diagnostic::error(value.span, "expected `true` or `false`"))
    }

    fn end(self) -> Result<()> {
        let Some((key, field)) = self.map.iter().find(|(key, _)| !self.known.contains(&key.as_str())) else {
            return Ok(());
        };
        let expected = super::load::listed(self.known.iter().copied());
        Err(Diagnostic::error(field.key, format!("unknown key `{key}`; expected one of {expected}")))
    }
}

fn spanned(value: &Value) -> Result<Spanned> {
    let text = match &value.kind {
        Kind::Expr(expr) => Some(expr.raw.clone()),
        _ => value.scalar_text(),
    };
    let text = text.ok_or_else(|| Diagnostic::error(value.span, "expected a text"))?;
    Ok(Spanned { text, span: value.span })
}

fn list(value: &Value) -> Result<Vec<Spanned>> {
    let entries = value.as_list().ok_or_else(|| Diagnostic::error(value.span, "expected a list"))?;
    entries.iter().map(spanned).collect()
}

fn map(value: &Value) -> Result<&Map> {
    value.as_map().ok_or_else(|| Diagnostic::error(value.span, "expected a map"))
}

impl RuleText {
    pub(super) fn read(body: &Map, span: Span) -> Result<Self> {
        let mut fields = Fields::new(body, span);
        let rule = Self {
            asks: fields.required("asks")?.text,
            class: fields.required("class")?,
            also: fields.list("also")?.into_iter().map(|id| id.text).collect(),
            compare: fields.spanned("compare")?,
            least: fields.text("least")?,
            exclusive: fields.flag("exclusive")?,
            values: fields.take("values").map_or(Ok(IndexMap::new()), words)?,
            proof: fields.list("proof")?,
            refuted_by: fields.list("refuted_by")?,
            shown: fields.list("shown")?,
            unmet_where: fields.spanned("unmet_where")?,
            absence: fields.text("absence")?,
            would_prove: fields.text("would_prove")?,
            fix: fields.text("fix")?,
            effort: fields.spanned("effort")?,
            phase: fields.spanned("phase")?,
            by_hand: fields.text("by_hand")?,
        };
        fields.end()?;
        Ok(rule)
    }
}

fn words(value: &Value) -> Result<IndexMap<String, (WordText, Span)>> {
    let word = |(word, field): (&String, &crate::value::Field)| {
        let text = match &field.value.kind {
            Kind::Map(body) => {
                let mut fields = Fields::new(body, field.key);
                let own = WordText::Own(fields.list("proof")?, fields.list("refuted_by")?);
                fields.end()?;
                own
            }
            _ => WordText::Same(spanned(&field.value)?.text),
        };
        Ok((word.clone(), (text, field.key)))
    };
    map(value)?.iter().map(word).collect()
}

/// The proof of a group.
pub(super) fn group(body: &Map, span: Span) -> Result<Vec<Spanned>> {
    let mut fields = Fields::new(body, span);
    let proof = fields.list("proof")?;
    fields.end()?;
    Ok(proof)
}

impl ScaleText {
    pub(super) fn read(body: &Map, span: Span) -> Result<Self> {
        let mut fields = Fields::new(body, span);
        let order = fields.take("order").and_then(Value::as_list);
        let order =
            order.ok_or_else(|| Diagnostic::error(span, "expected `order:` with a list of words, weakest first"))?;
        let step = |step: &Value| match step.as_list() {
            Some(tie) => tie.iter().map(|word| Ok(spanned(word)?.text)).collect(),
            None => Ok(vec![spanned(step)?.text]),
        };
        let order = order.iter().map(step).collect::<Result<_>>()?;
        let mut same = IndexMap::new();
        if let Some(value) = fields.take("same") {
            for (word, field) in map(value)? {
                same.insert(word.clone(), list(&field.value)?.into_iter().map(|other| other.text).collect());
            }
        }
        let ties_differ = fields.flag("ties_differ")?;
        fields.end()?;
        Ok(Self { order, same, ties_differ })
    }
}
