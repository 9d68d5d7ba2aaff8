//! What the scan for secrets found: one pass over the bytes of every file that a commit would carry.
//!
//! Two kinds of instruments share the pass. *Detectors* (`src/rules/detectors.tsk`) know the format of a vendor's key;
//! the *assignment* reader knows names that mean a secret and judges the literal beside them. The value that was found
//! never leaves this module: a [`Finding`] keeps three characters of it and a digest.

mod among;
mod around;
mod assignment;
mod checks;
mod context;
mod detectors;
mod literal;
mod names;
mod overridden;
mod pair;
mod scan;

pub(crate) use checks::readable;
pub use context::is_key_of_ci;
pub(in crate::facts) use context::is_translation;
pub(in crate::facts) use literal::is_reference;
pub(crate) use literal::{is_called_so, is_placeholder, is_public_by_design, is_trivial};
pub(crate) use names::is_secret as names_a_secret;
pub(in crate::facts) use names::{is_secret, words};
pub(in crate::facts) use scan::hex_digest;

use super::code::is_of_another_environment;
use super::{Facts, parallel};
use crate::evidence::Blind;
use crate::evidence::Place;
use crate::source::Span;
use crate::tree::File;
use std::sync::Arc;

pub use detectors::{Detector, Detectors};

/// The detector of passwords in addresses.
const URLS: &str = "url_credentials";

/// What the scan for secrets found.
#[derive(Debug, Default)]
pub struct Secrets {
    /// Findings, by path and place.
    pub findings: Vec<Finding>,
    /// How many files were read.
    pub scanned: usize,
    /// Files that could not be read, and why.
    pub unread: Vec<Blind>,
}

/// How sure the scan is that a finding is a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A test value, an example, a token that is public by design: shown, and no leak by itself.
    Low,
    /// Looks like a real secret.
    Medium,
    /// A vendor's format, or a strong value in what production uses.
    High,
}

impl Confidence {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One secret that was found. The secret itself is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of the detector: `aws_access_key`, `assignment`.
    pub detector: Arc<str>,
    /// What it is, in words.
    pub what: Arc<str>,
    /// How sure.
    pub confidence: Confidence,
    /// Path of the file.
    pub path: Arc<str>,
    /// Where the value stands.
    pub span: Span,
    /// Stays the same when lines move: detector, path and digest of the value.
    pub fingerprint: String,
    /// First three characters and the length.
    pub preview: String,
    /// Why the confidence is low, where it is.
    pub why_low: Option<&'static str>,
}

impl Finding {
    /// Whether the finding makes the item unmet.
    pub fn is_leak(&self) -> bool {
        self.confidence >= Confidence::Medium
    }

    /// What a report says: never the value.
    pub fn message(&self) -> String {
        let Self { what, preview, confidence, fingerprint, .. } = self;
        let why = self.why_low.map(|why| format!(", {why}")).unwrap_or_default();
        format!("{what} {preview}, {} confidence{why} [{fingerprint}]", confidence.word())
    }
}

/// Scans every file of the tree.
pub fn read(facts: &Facts<'_>) -> Secrets {
    let scanner = scan::Scanner::shared();
    let manifests = facts.manifests();
    let scan = |file: &File| scanner.file(file, manifests.is_test_support(&file.path), facts.now);
    let per_file: Vec<scan::Scanned> = parallel::map(facts.tree.files(), scan);
    let mut secrets = Secrets::default();
    for (file, scanned) in facts.tree.files().iter().zip(per_file) {
        match scanned {
            scan::Scanned::Read(findings) => {
                secrets.scanned += 1;
                secrets.findings.extend(findings);
            }
            scan::Scanned::Unread(why) => {
                secrets.unread.push(Blind { place: Some(Place::file(file.path.clone())), why });
            }
        }
    }
    secrets.unread.extend(facts.tree.blind().iter().cloned());
    for finding in secrets.findings.iter_mut().filter(|finding| finding.is_leak()) {
        let is_aside = is_of_another_environment(facts, &finding.path);
        let why = is_aside.then_some("in the settings of another environment than production");
        let why =
            why.or_else(|| facts.test_data().holds(facts, &finding.path).then_some("in data that only tests read"));
        let why = why.or_else(|| facts.unpacked().holds(&finding.path).then_some("in vendored code"));
        let is_of_tests = || facts.code().is_imported_by_tests_alone(facts, &finding.path);
        let why = why.or_else(|| is_of_tests().then_some("in a package that only tests import"));
        let is_named = [scan::ASSIGNMENT, URLS].contains(&&*finding.detector);
        let why = why.or_else(|| is_named.then(|| overridden::why_aside(facts, finding)).flatten());
        if why.is_some() {
            (finding.confidence, finding.why_low) = (Confidence::Low, why);
        }
    }
    secrets
}
