//! One entry of the file, typed: what is written, before anybody asks whether it counts.

use super::PATH;
use crate::diagnostic::Diagnostic;
use crate::evidence::Place;
use crate::facts::own_files::several;
use crate::quantity::{Bound, Quantity};
use crate::source::Span;
use crate::tusk::de::{self, Spanned};
use crate::value::{Field, Kind as ValueKind, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

/// What kind of deed or statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something was tried for real: a restore, a rollback, a test alert.
    Drill,
    /// Somebody else looked and wrote down what they found.
    Report,
    /// Several people looked and decided what to do.
    Review,
    /// Somebody who may says yes.
    Approval,
    /// What was seen in operation, over a time.
    Observation,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It did what it should.
    Passed,
    /// It did not.
    Failed,
    /// Some of it did.
    Partial,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The items that it is about.
    pub items: Vec<Spanned<String>>,
    /// Who says so.
    pub by: Option<Spanned<String>>,
    /// When; `None` when it has no date that can be read.
    pub date: Option<Date>,
    /// Its kind; `None` when it says none.
    pub kind: Option<Kind>,
    /// The release that it is about.
    pub version: Option<Spanned<String>>,
    /// The commit that it is about.
    pub commit: Option<Spanned<String>>,
    /// What can be looked at.
    pub evidence: Vec<Evidence>,
    /// What was measured.
    pub measured: Vec<Measured>,
    /// From when to when it was watched.
    pub window: Option<Window>,
    /// How it went, if it says.
    pub result: Option<Spanned<Outcome>>,
    /// Where it stands.
    pub place: Place,
    /// What keeps it from counting, each with its place.
    pub faults: Vec<Diagnostic>,
    pub(super) text: Text,
    pub(super) actions: Option<Vec<Action>>,
    pub(super) results: Vec<(Spanned<String>, Outcome)>,
}

/// Something that can be looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// A file of the tree.
    pub file: Option<Spanned<String>>,
    /// Its digest.
    pub sha256: Option<Spanned<String>>,
    /// An address outside the tree.
    pub url: Option<Spanned<String>>,
    /// What kind of evidence it is: `penetration_test`.
    pub kind: Option<Spanned<String>>,
}

/// A measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its name: `rto`.
    pub name: String,
    /// The amount.
    pub value: Quantity,
    /// What it usually is.
    pub baseline: Option<Quantity>,
    /// What it should be.
    pub target: Option<Bound>,
    /// What explains it.
    pub comment: Option<String>,
    /// Where its name stands.
    pub span: Span,
}

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

impl Window {
    /// How long it is, in seconds.
    pub fn seconds(self) -> f64 {
        (self.to.as_second() - self.from.as_second()) as f64
    }
}

/// Something that a review decided to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub(super) what: Spanned<String>,
    #[serde(rename = "owner")]
    pub(super) _owner: Option<String>,
    pub(super) due: Option<Spanned<String>>,
    pub(super) severity: Option<String>,
    #[serde(default)]
    pub(super) done: bool,
}

/// What a report left open.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Open {
    pub(super) critical: u32,
    pub(super) high: u32,
    #[serde(default, rename = "medium")]
    pub(super) _medium: Option<u32>,
    #[serde(default, rename = "low")]
    pub(super) _low: Option<u32>,
}

/// An entry as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    item: Option<Value>,
    by: Option<Spanned<String>>,
    date: Option<Spanned<String>>,
    kind: Option<Spanned<Kind>>,
    version: Option<Spanned<String>>,
    commit: Option<Spanned<String>>,
    evidence: Option<Value>,
    measured: Option<Value>,
    window: Option<Spanned<WindowText>>,
    result: Option<Spanned<Outcome>>,
    results: Option<Value>,
    actions: Option<Value>,
    pub(super) environment: Option<Spanned<String>>,
    pub(super) performed_by: Option<Spanned<String>>,
    pub(super) scope: Option<Spanned<String>>,
    pub(super) open: Option<Spanned<Open>>,
    pub(super) attendees: Option<Spanned<Vec<String>>>,
    pub(super) reviewed_by: Option<Spanned<String>>,
    pub(super) role: Option<Spanned<String>>,
    /// The framework that was audited against, the tool, the testers, a remark: for people.
    #[serde(rename = "framework")]
    _framework: Option<String>,
    #[serde(rename = "auditor")]
    _auditor: Option<String>,
    #[serde(rename = "testers")]
    _testers: Option<Vec<String>>,
    #[serde(rename = "cadence")]
    _cadence: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowText {
    from: Spanned<String>,
    to: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasuredText {
    value: Value,
    baseline: Option<Value>,
    target: Option<Value>,
    comment: Option<String>,
}

/// Reads one entry; what cannot be read as a date or an amount is a fault of the entry, everything else of the file.
pub(super) fn read(value: &Value) -> Result<Attestation, Diagnostic> {
    let text: Text = de::from_value(value)?;
    let mut faults = Vec::new();
    let date = match &text.date {
        Some(text) => date(text).map_err(|fault| faults.push(fault)).ok(),
        None => None,
    };
    let window = match &text.window {
        Some(text) => window(text).map_err(|fault| faults.push(fault)).ok(),
        None => None,
    };
    Ok(Attestation {
        items: several(text.item.as_ref(), de::from_value)?,
        by: text.by.clone(),
        date,
        kind: text.kind.map(Spanned::into_inner),
        version: text.version.clone(),
        commit: text.commit.clone(),
        evidence: several(text.evidence.as_ref(), evidence)?,
        measured: measured(text.measured.as_ref(), &mut faults)?,
        window,
        result: text.result,
        actions: text.actions.as_ref().map(|actions| several(Some(actions), action)).transpose()?,
        results: named(text.results.as_ref(), |name, field| Ok((name, de::from_value(&field.value)?)))?,
        place: Place::at(PATH, value.span),
        faults,
        text,
    })
}

impl Attestation {
    /// Whether it states a window, readable or not.
    pub(super) fn says_window(&self) -> bool {
        self.text.window.is_some()
    }
}

/// The entries of a map, in its order.
fn named<T>(
    value: Option<&Value>,
    mut read: impl FnMut(Spanned<String>, &Field) -> Result<T, Diagnostic>,
) -> Result<Vec<T>, Diagnostic> {
    let Some(value) = value.filter(|value| value.kind != ValueKind::Null) else { return Ok(Vec::new()) };
    let map = value.as_map().ok_or_else(|| Diagnostic::error(value.span, "expected a block of keys"))?;
    map.iter().map(|(name, field)| read(Spanned::new(name.to_string(), field.key), field)).collect()
}

/// A map of `file` or `url`, or one of them alone.
fn evidence(value: &Value) -> Result<Evidence, Diagnostic> {
    let Some(text) = value.as_str() else { return de::from_value(value) };
    let text = Spanned::new(text.to_owned(), value.span);
    let (file, url) = if is_url(&text) { (None, Some(text)) } else { (Some(text), None) };
    Ok(Evidence { file, url, sha256: None, kind: None })
}

/// Whether a text is an address on the web.
pub(super) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.len() > 3 && !rest.contains(char::is_whitespace))
}

fn action(value: &Value) -> Result<Action, Diagnostic> {
    match value.as_str() {
        Some(text) => {
            let what = Spanned::new(text.to_owned(), value.span);
            Ok(Action { what, _owner: None, due: None, severity: None, done: false })
        }
        None => de::from_value(value),
    }
}

fn measured(value: Option<&Value>, faults: &mut Vec<Diagnostic>) -> Result<Vec<Measured>, Diagnostic> {
    let read = named(value, |name, field| {
        let text = match &field.value.kind {
            ValueKind::Map(_) => de::from_value(&field.value)?,
            _ => MeasuredText { value: field.value.clone(), baseline: None, target: None, comment: None },
        };
        let amounts = || -> Result<Measured, Diagnostic> {
            let amount = |value: &Value| read_amount(value, Quantity::parse);
            let target = |value: &Value| {
                read_amount(value, |text| {
                    let bare = text.starts_with(|c: char| c.is_ascii_digit());
                    let bound = if bare { Bound::parse(&format!(">= {text}")) } else { Bound::parse(text) };
                    bound.unwrap_or_else(|| Err(format!("`{text}` is no bound such as `>= 100`")))
                })
            };
            Ok(Measured {
                value: amount(&text.value)?,
                baseline: text.baseline.as_ref().map(amount).transpose()?,
                target: text.target.as_ref().map(target).transpose()?,
                comment: text.comment.clone(),
                span: name.span(),
                name: name.to_string(),
            })
        };
        Ok(amounts())
    })?;
    Ok(read.into_iter().filter_map(|one| one.map_err(|fault| faults.push(fault)).ok()).collect())
}

fn read_amount<T>(value: &Value, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, Diagnostic> {
    let text = value.scalar_text().ok_or_else(|| Diagnostic::error(value.span, "expected an amount"))?;
    parse(&text).map_err(|why| Diagnostic::warning(value.span, why))
}

fn date(text: &Spanned<String>) -> Result<Date, Diagnostic> {
    let read = text.parse::<Date>().ok().filter(|_| text.len() == "2026-09-01".len());
    read.ok_or_else(|| Diagnostic::warning(text.span(), format!("`{}` is no date such as `2026-09-01`", text.as_str())))
}

/// A day, as its midnight in UTC, or a moment.
fn moment(text: &Spanned<String>) -> Result<Timestamp, Diagnostic> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let midnight = date(text)?.to_zoned(jiff::tz::TimeZone::UTC);
    midnight
        .map(|midnight| midnight.timestamp())
        .map_err(|_| Diagnostic::warning(text.span(), format!("`{}` is out of range", text.as_str())))
}

fn window(text: &Spanned<WindowText>) -> Result<Window, Diagnostic> {
    let window = Window { from: moment(&text.from)?, to: moment(&text.to)? };
    if window.from >= window.to {
        return Err(Diagnostic::warning(text.span(), "the window ends before it begins"));
    }
    Ok(window)
}

impl Kind {
    /// Every kind with its word.
    pub const ALL: &[(&'static str, Self)] = &[
        ("drill", Self::Drill),
        ("report", Self::Report),
        ("review", Self::Review),
        ("approval", Self::Approval),
        ("observation", Self::Observation),
    ];

    /// The word that the file uses.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|&(_, kind)| kind)
    }
}
