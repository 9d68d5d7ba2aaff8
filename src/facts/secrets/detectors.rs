//! The detectors as data: `src/rules/detectors.tsk`, each with examples both ways that it has to pass.

use super::checks::{self, Check, Outcome};
use anyhow::{Context as _, Result, bail, ensure};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

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
    pattern: String,
    compiled: OnceLock<Option<Regex>>,
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

#[derive(serde::Deserialize)]
struct File {
    detector: BTreeMap<String, Written>,
}

/// A detector as it is written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    what: String,
    anchors: Vec<String>,
    pattern: String,
    #[serde(default)]
    checks: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    public: bool,
    reach: Option<usize>,
    before: Option<usize>,
    /// Why an anchor of three bytes is enough here.
    short_anchor: Option<String>,
    examples: Vec<Vec<String>>,
    counterexamples: Vec<Vec<String>>,
}

impl Detectors {
    /// The built-in detectors.
    pub fn built_in() -> Result<Self> {
        Self::parse(BUILT_IN).context("src/rules/detectors.tsk")
    }

    /// Reads detectors from TuskLang; one without examples or with a short anchor is an error.
    pub fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let all = file.detector.into_iter().map(|(id, written)| {
            let context = format!("detector {id}");
            Detector::new(&id, written).context(context)
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

impl Detector {
    fn new(id: &str, written: Written) -> Result<Self> {
        ensure!(!written.examples.is_empty(), "has no examples");
        ensure!(!written.counterexamples.is_empty(), "has no counterexamples");
        ensure!(!written.anchors.is_empty(), "has no anchors");
        let least = if written.short_anchor.is_some() { 3 } else { 4 };
        if let Some(short) = written.anchors.iter().find(|anchor| anchor.len() < least) {
            bail!("anchor `{short}` is shorter than {least} bytes");
        }
        ensure!(written.pattern.contains("(?P<value>"), "the pattern has no capture named `value`");
        let checks = written.checks.iter().map(|word| Check::parse(word).with_context(|| format!("no check `{word}`")));
        let joined = |pieces: Vec<Vec<String>>| pieces.iter().map(|pieces| pieces.concat()).collect();
        Ok(Self {
            id: id.into(),
            what: written.what.into(),
            anchors: written.anchors,
            reach: written.reach.unwrap_or(400).min(MAX_REACH),
            before: written.before.unwrap_or(64).min(MAX_REACH),
            is_public: written.public,
            pattern: written.pattern,
            compiled: OnceLock::new(),
            checks: checks.collect::<Result<_>>()?,
            never: written.never,
            examples: joined(written.examples),
            counterexamples: joined(written.counterexamples),
        })
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&self.pattern).ok()).as_ref()
    }

    /// The first value in a window of text that the pattern and the checks accept, after `from`.
    pub(super) fn find(&self, window: &str) -> Option<Hit> {
        let captures = self.regex()?.captures(window)?;
        let value = captures.name("value")?;
        let outcome = self.judge(value.as_str(), &captures);
        (outcome != Outcome::Failed).then(|| Hit { start: value.start(), end: value.end(), outcome })
    }

    /// Whether a value is a published one that opens nothing: an emulator's key, a document's example.
    pub(super) fn is_known(&self, value: &str) -> bool {
        self.never.iter().any(|known| value.starts_with(known.as_str()))
    }

    fn judge(&self, value: &str, captures: &regex::Captures<'_>) -> Outcome {
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
            return super::literal::judge_url(captures);
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
        if self.regex().is_none() {
            return vec![format!("{}: the pattern does not compile", self.id)];
        }
        let found = |text: &str| has_anchor(text) && self.find(text).is_some();
        let missed = self.examples.iter().enumerate().filter(|(_, text)| !found(text));
        let cried = self.counterexamples.iter().enumerate().filter(|(_, text)| found(text));
        let missed = missed.map(|(at, _)| format!("{}: misses example {at}", self.id));
        missed.chain(cried.map(|(at, _)| format!("{}: finds counterexample {at}", self.id))).collect()
    }
}
