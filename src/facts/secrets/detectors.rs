//! The detectors as data: `src/rules/detectors.tsk`, each with examples both ways that it has to pass.

use super::checks::{self, Check, Outcome};
use crate::pattern::{Captures, Lazy};
use crate::tusk;
use crate::value::{Map, Value};
use anyhow::{Context as _, Result, bail, ensure};
use std::sync::Arc;

/// The built-in detectors.
const BUILT_IN: &str = include_str!("../../rules/detectors.tsk");

/// The longest window that a detector may ask for, in bytes.
const MAX_REACH: usize = 16_000;

/// A set of detectors.
#[derive(Debug)]
pub struct Detectors {
    all: Vec<Detector>,
}

/// What the leaked key of one vendor looks like.
#[derive(Debug)]
pub struct Detector {
    /// Its id.
    pub id: Arc<str>,
    /// What it finds, in words.
    pub what: Arc<str>,
    pub(super) anchors: Vec<String>,
    pub(super) reach: usize,
    pub(super) before: usize,
    pub(super) is_public: bool,
    pattern: Lazy,
    checks: Vec<Check>,
    never: Vec<String>,
    examples: Vec<String>,
    counterexamples: Vec<String>,
}

/// What a detector saw in a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) outcome: Outcome,
}

/// The keys of a detector.
const KEYS: &[&str] = &[
    "what",
    "anchors",
    "short_anchor",
    "pattern",
    "checks",
    "never",
    "public",
    "reach",
    "before",
    "examples",
    "counterexamples",
];

/// A detector as it is written.
struct Written<'d> {
    body: &'d Map,
}

impl Detectors {
    /// The built-in detectors.
    pub fn built_in() -> Result<Self> {
        Self::parse(BUILT_IN).context("src/rules/detectors.tsk")
    }

    /// Reads detectors from TuskLang; one without examples or with a short anchor is an error.
    pub fn parse(text: &str) -> Result<Self> {
        let (document, diagnostics) = tusk::parse_text(text);
        if let Some(diagnostic) = diagnostics.first() {
            bail!("{}", diagnostic.message);
        }
        let all = document.sections.iter().map(|section| {
            let name = section.name();
            let id = name.strip_prefix("detector.").with_context(|| format!("[{name}] is no detector"))?;
            Detector::new(id, &Written { body: &section.body }).with_context(|| format!("detector {id}"))
        });
        Ok(Self { all: all.collect::<Result<_>>()? })
    }

    /// The detectors themselves.
    pub(super) fn into_all(self) -> Vec<Detector> {
        self.all
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Detector] {
        &self.all
    }

    /// Runs every detector over its own examples; says which of them it fails.
    pub fn fail_own_examples(&self) -> Vec<String> {
        self.all.iter().flat_map(Detector::fail_own_examples).collect()
    }
}

impl Written<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.body.get(key).map(|field| &field.value)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(Value::as_str)
    }

    fn number(&self, key: &str) -> Option<usize> {
        self.value(key).and_then(Value::scalar_text).and_then(|number| number.parse().ok())
    }

    fn texts(&self, key: &str) -> Vec<String> {
        let list = self.value(key).and_then(Value::as_list).unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Texts, and lists of pieces, each list joined into one text.
    fn joined(&self, key: &str) -> Vec<String> {
        let lists = self.value(key).and_then(Value::as_list).unwrap_or_default();
        let pieces = |list: &Value| match list.as_list() {
            Some(pieces) => pieces.iter().filter_map(Value::as_str).collect(),
            None => list.as_str().unwrap_or_default().to_owned(),
        };
        lists.iter().map(pieces).collect()
    }
}

impl Detector {
    fn new(id: &str, written: &Written<'_>) -> Result<Self> {
        if let Some(unknown) = written.body.keys().find(|key| !KEYS.contains(&key.as_str())) {
            bail!("no key `{unknown}`");
        }
        let anchors = written.texts("anchors");
        let pattern = written.text("pattern").unwrap_or_default();
        let (examples, counterexamples) = (written.joined("examples"), written.joined("counterexamples"));
        ensure!(!examples.is_empty(), "has no examples");
        ensure!(!counterexamples.is_empty(), "has no counterexamples");
        ensure!(!anchors.is_empty(), "has no anchors");
        let least = if written.text("short_anchor").is_some() { 3 } else { 4 };
        if let Some(short) = anchors.iter().find(|anchor| anchor.len() < least) {
            bail!("anchor `{short}` is shorter than {least} bytes");
        }
        ensure!(pattern.contains("(?P<value>"), "the pattern has no capture named `value`");
        let words = written.texts("checks");
        let checks = words.iter().map(|word| Check::parse(word).with_context(|| format!("no check `{word}`")));
        Ok(Self {
            id: id.into(),
            what: written.text("what").context("does not say what it finds")?.into(),
            anchors,
            reach: written.number("reach").unwrap_or(400).min(MAX_REACH),
            before: written.number("before").unwrap_or(64).min(MAX_REACH),
            is_public: written.value("public").and_then(Value::as_bool) == Some(true),
            pattern: Lazy::new(pattern),
            checks: checks.collect::<Result<_>>()?,
            never: written.joined("never"),
            examples,
            counterexamples,
        })
    }

    /// The first value in a window of text that the pattern and the checks accept, after `from`.
    pub(super) fn find(&self, window: &str) -> Option<Hit> {
        let groups = self.pattern.scan()?.captures(window)?;
        let value = groups.name("value")?;
        let outcome = self.judge(value.as_str(), &groups);
        (outcome != Outcome::Failed).then_some(Hit { start: value.start(), end: value.end(), outcome })
    }

    /// Whether a value is a published one that opens nothing: an emulator's key, a document's example.
    pub(super) fn is_known(&self, value: &str) -> bool {
        self.never.iter().any(|known| value.starts_with(known.as_str()))
    }

    /// Whether it finds JSON web tokens.
    pub(super) fn is_jwt(&self) -> bool {
        self.checks.contains(&Check::Jwt)
    }

    /// Whether it finds passwords in URLs, which are as good as any other password.
    pub(super) fn is_of_urls(&self) -> bool {
        self.checks.contains(&Check::Url)
    }

    /// Whether it finds keys that an app of Firebase shows to everybody.
    pub(super) fn is_of_apps(&self) -> bool {
        *self.id == *"google_api_key"
    }

    /// Whether it finds private keys, whatever they are for.
    pub(super) fn is_of_keys(&self) -> bool {
        self.id.ends_with("private_key")
    }

    fn judge(&self, value: &str, groups: &Captures<'_>) -> Outcome {
        let head = value.get(..200).unwrap_or(value);
        // Blocks have a structure of their own, and long runs of zero bytes in it.
        let is_block = [Check::Pem, Check::Pgp, Check::Putty].iter().any(|block| self.checks.contains(block));
        if !is_block && checks::is_vendor_placeholder(head) || self.is_known(value) {
            return Outcome::Failed;
        }
        let mut best = Outcome::Passed;
        for check in &self.checks {
            match check.look(value) {
                Outcome::Failed => return Outcome::Failed,
                Outcome::Passed => {}
                other => best = other,
            }
        }
        if self.checks.contains(&Check::Url) {
            return super::literal::judge_url(groups);
        }
        if self.checks.contains(&Check::Basic) {
            return super::literal::judge_basic(value);
        }
        best
    }

    fn fail_own_examples(&self) -> Vec<String> {
        let has_anchor = |text: &str| {
            let lower = text.to_ascii_lowercase();
            self.anchors.iter().any(|anchor| lower.contains(&anchor.to_ascii_lowercase()))
        };
        if self.pattern.scan().is_none() {
            return vec![format!("{}: the pattern does not compile", self.id)];
        }
        let found = |text: &str| has_anchor(text) && self.find(text).is_some();
        let missed = self.examples.iter().enumerate().filter(|(_, text)| !found(text));
        let cried = self.counterexamples.iter().enumerate().filter(|(_, text)| found(text));
        let missed = missed.map(|(at, _)| format!("{}: misses example {at}", self.id));
        missed.chain(cried.map(|(at, _)| format!("{}: finds counterexample {at}", self.id))).collect()
    }
}
