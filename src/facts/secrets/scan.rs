//! The pass over one file: every anchor of every detector and of the assignment reader in one automaton.

use super::around;
use super::assignment;
use super::checks::{self, Outcome};
use super::context::{self, Grammar, Weight};
use super::detectors::{Detector, Detectors};
use super::literal::Grade;
use super::names;
use super::{Confidence, Finding};
use crate::facts::disowned::is_for_development;
use crate::facts::production::{is_in_class_aside, section_aside};
use crate::pattern::Words;
use crate::source::{Span, floor};
use crate::tree::{Content, File};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// What finds a literal beside a name that means a secret.
pub(super) const ASSIGNMENT: &str = "assignment";

/// More findings than this in one file are a word list or a dump, not leaks one could read.
const MAX_PER_FILE: usize = 2_000;
/// Assignments on a longer line are in a bundle or in data.
const MAX_LINE: usize = 4_000;

/// The anchors and what each of them belongs to.
#[derive(Debug)]
pub(super) struct Scanner {
    anchors: Words,
    owners: Vec<Owner>,
    detectors: Vec<Detector>,
    assignment: Arc<str>,
}

#[derive(Clone, Copy, Debug)]
enum Owner {
    Detector(usize),
    Name,
}

/// What scanning a file gave.
#[derive(Debug)]
pub(super) enum Scanned {
    /// It was read.
    Read(Vec<Finding>),
    /// It could not be read, and why.
    Unread(String),
}

/// A value in a text, before it becomes a finding.
#[derive(Debug)]
struct Raw {
    id: Arc<str>,
    what: Arc<str>,
    confidence: Confidence,
    why_low: Option<&'static str>,
    start: usize,
    end: usize,
}

impl Scanner {
    /// The scanner of the built-in detectors, built once.
    pub(super) fn shared() -> &'static Self {
        static SHARED: OnceLock<Scanner> = OnceLock::new();
        SHARED.get_or_init(|| {
            // The detectors are compiled in and a test loads them; without them the assignment reader still looks.
            let detectors = Detectors::built_in().map(Detectors::into_all).unwrap_or_default();
            Self::new(detectors)
        })
    }

    fn new(detectors: Vec<Detector>) -> Self {
        let mut anchors: Vec<&str> = Vec::new();
        let mut owners = Vec::new();
        for (index, detector) in detectors.iter().enumerate() {
            anchors.extend(detector.anchors.iter().map(String::as_str));
            owners.resize(anchors.len(), Owner::Detector(index));
        }
        anchors.extend(names::ANCHORS);
        owners.resize(anchors.len(), Owner::Name);
        let anchors = Words::new(anchors.into_iter().map(str::to_owned).collect());
        Self { anchors, owners, detectors, assignment: ASSIGNMENT.into() }
    }

    /// Scans one file, which may belong to a project that only tests use.
    pub(super) fn file(&self, file: &File, is_of_tests: bool, now: Timestamp) -> Scanned {
        match file.content() {
            Content::Text(source) => Scanned::Read(self.text(&file.path, source.text(), is_of_tests, now)),
            Content::Binary(bytes) => Scanned::Read(self.binary(&file.path, bytes, is_of_tests, now)),
            Content::Unread(why) => Scanned::Unread(format!("not scanned for secrets: {why}")),
        }
    }

    /// Text in another encoding is read with its other bytes blanked, so that places stay; true binaries only by magic.
    fn binary(&self, path: &Arc<str>, bytes: &[u8], is_of_tests: bool, now: Timestamp) -> Vec<Finding> {
        let is_store = bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || is_pkcs12(path, bytes);
        if is_store {
            let weight = context::weight(path, is_of_tests);
            let why_low =
                aside(weight).or(is_made_by_an_editor(path).then_some("made by an editor, for builds on one machine"));
            let confidence = if why_low.is_some() { Confidence::Low } else { Confidence::Medium };
            return vec![finding(path, "", &store(bytes.len(), confidence, why_low), &hex_digest(bytes))];
        }
        let has_nul = bytes.iter().take(8_000).any(|&byte| byte == 0);
        if has_nul && memchr::memmem::find(bytes, b"PRIVATE KEY-----").is_none() {
            return Vec::new();
        }
        let text: String =
            bytes.iter().map(|&byte| if byte.is_ascii() && byte != 0 { char::from(byte) } else { '?' }).collect();
        self.text(path, &text, is_of_tests, now)
    }

    /// Scans a text.
    fn text(&self, path: &Arc<str>, text: &str, is_of_tests: bool, now: Timestamp) -> Vec<Finding> {
        let setting = Setting::new(path, text, is_of_tests, now);
        let mut raws: Vec<Raw> = Vec::new();
        let mut read_to = vec![0; self.detectors.len()];
        let mut name_end = 0;
        let mut hits = self.anchors.find(text);
        hits.sort_unstable_by_key(|hit| (hit.start, hit.end));
        for hit in hits {
            if raws.len() >= MAX_PER_FILE {
                break;
            }
            match self.owners[hit.index] {
                Owner::Detector(index) => {
                    let found = self.detect(index, &setting, hit.start, hit.end, read_to[index]);
                    if let Some(raw) = found {
                        read_to[index] = raw.end;
                        raws.push(raw);
                    }
                }
                Owner::Name if hit.start >= name_end => {
                    if let Some((end, raw)) = self.assign(&setting, hit.start, hit.end) {
                        name_end = end;
                        raws.extend(raw);
                    }
                }
                Owner::Name => {}
            }
        }
        without_overlaps(raws).iter().map(|raw| finding(path, &text[raw.start..raw.end], raw, "")).collect()
    }

    fn detect(&self, index: usize, setting: &Setting<'_>, start: usize, end: usize, read_to: usize) -> Option<Raw> {
        let detector = &self.detectors[index];
        let text = setting.text;
        if start < read_to {
            return None;
        }
        let from = floor(text, start.saturating_sub(detector.before).max(read_to));
        let to = floor(text, (end + detector.reach).min(text.len()));
        let hit = detector.find(&text[from..to])?;
        let (start, end) = (from + hit.start, from + hit.end);
        let weight = setting.weight_at(start);
        let aside = aside(weight).or((weight == Weight::Ci && detector.is_of_urls()).then_some("for a run of CI"));
        let is_help = || setting.grammar() == Grammar::Code && around::is_in_an_escaped_sample(text, start);
        let (confidence, why_low) = match (hit.outcome, aside) {
            _ if around::stands_by_its_pattern(detector, text, start) => {
                (Confidence::Low, Some("beside the pattern that finds it"))
            }
            _ if has_expired(detector, &text[start..end], setting.now) => (Confidence::Low, Some("it has expired")),
            _ if detector.is_jwt() && checks::is_jwt_of_one_machine(&text[start..end]) => {
                (Confidence::Low, Some("made by and for the machine itself alone"))
            }
            _ if around::is_an_example(text, start) => (Confidence::Low, Some("named an example")),
            _ if is_help() => (Confidence::Low, Some("in a sample inside of a text")),
            _ if detector.is_of_apps() && around::goes_to_browsers("apiKey", text, start) => {
                (Confidence::Low, Some("every browser is given it"))
            }
            _ if !detector.is_of_keys() && around::is_said_to_be_public(text, start) => {
                (Confidence::Low, Some("said to be for everybody"))
            }
            (Outcome::Proven, _) => (Confidence::High, None),
            (Outcome::Doubtful, _) => (Confidence::Low, Some("its checksum is wrong")),
            _ if detector.is_public => (Confidence::Low, Some("made for tests or for publishing")),
            (_, Some(why)) => (Confidence::Low, Some(why)),
            (_, None) if detector.is_of_keys() && around::is_named_for_tests(text, start) => {
                (Confidence::Low, Some("for tests, by its name"))
            }
            (_, None) => (Confidence::High, None),
        };
        let end = start + value_len(&text[start..end]);
        Some(Raw { id: detector.id.clone(), what: detector.what.clone(), confidence, why_low, start, end })
    }

    /// Reads the assignment around a name; gives where the name ends and the value, if it is a secret.
    fn assign(&self, setting: &Setting<'_>, start: usize, end: usize) -> Option<(usize, Option<Raw>)> {
        let text = setting.text;
        if setting.grammar() == Grammar::Other || line_is_long(text, start) {
            return None;
        }
        let found = assignment::read(text, start, end, setting.grammar())?;
        let is_known = |value: &str| self.detectors.iter().any(|detector| detector.is_known(value));
        let Some(literal) = found.literal.filter(|literal| !is_known(&text[literal.start..literal.end])) else {
            return Some((found.name_end, None));
        };
        let name = &text[found.name_start..found.name_end];
        let weight = setting.weight_at(literal.start);
        let is_sample = || {
            setting.grammar() == Grammar::Code
                && (around::is_typed_at_a_prompt(text, literal.start)
                    || around::is_in_a_fenced_sample(text, literal.start)
                    || around::is_in_an_escaped_sample(text, literal.start))
                || around::is_in_a_long_text(setting.path, text, literal.start)
                || around::is_shown_on_a_page(setting.path, text, literal.start)
        };
        let is_left = || {
            literal.is_commented
                && (around::is_of_a_generator(setting.path) || around::is_shown_in_a_comment(text, literal.start))
        };
        let is_built = || around::is_in_a_build_step(setting.path, text, literal.start);
        let weight = match weight {
            Weight::Development | Weight::Plain if is_sample() => Weight::Aside("in a sample of code inside of a text"),
            Weight::Development | Weight::Plain if literal.is_sample || is_left() => {
                Weight::Aside("in a sample that is commented out")
            }
            Weight::Development | Weight::Plain if around::is_for_a_throwaway(text, literal.start) => {
                Weight::Aside("for a container that is thrown away")
            }
            Weight::Development | Weight::Plain if is_built() => Weight::Aside("only there while the image is built"),
            Weight::Development if around::serves_a_test_run(setting.path, text, literal.start) => {
                Weight::Aside("for a run of tests")
            }
            Weight::Development | Weight::Plain if names::is_of_tests(name) => Weight::Aside("for tests, by its name"),
            Weight::Development | Weight::Plain => around::class_aside(setting.path, text, literal.start, name)
                .or_else(|| section_aside(setting.path, text, literal.start))
                .map_or(weight, Weight::Aside),
            Weight::Aside(_) | Weight::Ci | Weight::Production => weight,
        };
        let is_shown =
            around::goes_to_browsers(name, text, literal.start) || around::is_said_to_be_public(text, literal.start);
        let grade = if is_shown { Grade::Public } else { literal.grade };
        let raw = confidence(grade, weight, literal.is_commented).map(|(confidence, why_low)| Raw {
            id: self.assignment.clone(),
            what: format!("literal of `{}`", shown(name)).into(),
            confidence,
            why_low,
            start: literal.start,
            end: literal.end,
        });
        Some((found.name_end, raw))
    }
}

/// A text and what its path says, which most texts need not know.
struct Setting<'t> {
    path: &'t str,
    text: &'t str,
    grammar: OnceCell<Grammar>,
    weight: OnceCell<Weight>,
    tests_from: OnceCell<usize>,
    is_of_tests: bool,
    now: Timestamp,
}

impl<'t> Setting<'t> {
    fn new(path: &'t str, text: &'t str, is_of_tests: bool, now: Timestamp) -> Self {
        let (grammar, weight, tests_from) = Default::default();
        Self { path, text, grammar, weight, tests_from, is_of_tests, now }
    }

    fn grammar(&self) -> Grammar {
        *self.grammar.get_or_init(|| context::grammar(self.path))
    }

    fn weight_at(&self, offset: usize) -> Weight {
        if offset >= *self.tests_from.get_or_init(|| tests_from(self.path, self.text)) {
            return Weight::Aside("in a test");
        }
        if around::is_in_a_test_script(self.path, self.text, offset) {
            return Weight::Aside("in a script that tests");
        }
        if around::is_a_constant_of_tests(self.path, self.text, offset) {
            return Weight::Aside("in a test");
        }
        if around::is_in_a_test_function(self.path, self.text, offset) {
            return Weight::Aside("in a function for tests or samples");
        }
        if self.grammar() == Grammar::Code && around::is_in_test_cases(self.text, offset) {
            return Weight::Aside("in a list of test cases");
        }
        if around::is_shown_in_a_schema(self.path, self.text, offset) {
            return Weight::Aside("an example in a description of an API");
        }
        let weight = *self.weight.get_or_init(|| match context::weight(self.path, self.is_of_tests) {
            Weight::Plain if self.grammar() != Grammar::Code && is_for_development(self.text) => Weight::Development,
            Weight::Plain if around::is_of_tests_in_go(self.path, self.text) => Weight::Aside("in a test"),
            weight => weight,
        });
        if is_in_class_aside(self.path, self.text, offset) { weight.min(Weight::Development) } else { weight }
    }
}

/// How sure a literal of a grade is where it stands; `None` when it is not worth showing.
fn confidence(grade: Grade, weight: Weight, is_commented: bool) -> Option<(Confidence, Option<&'static str>)> {
    let low = |why| Some((Confidence::Low, Some(why)));
    match (grade, weight) {
        (Grade::Public, _) => low("made to be published or only to write"),
        (Grade::Trivial, Weight::Aside(_) | Weight::Ci | Weight::Development | Weight::Plain) => None,
        (_, Weight::Aside(why)) => low(why),
        (_, Weight::Ci) => low("for a run of CI"),
        (Grade::Strong, Weight::Production) => Some((Confidence::High, None)),
        (Grade::Strong, _) | (Grade::Fair | Grade::Weak | Grade::Trivial, Weight::Production) => {
            Some((Confidence::Medium, None))
        }
        (Grade::Fair | Grade::Weak, Weight::Development) => low("for development or CI"),
        (Grade::Fair, Weight::Plain) if is_commented => low("in a comment"),
        (Grade::Fair, Weight::Plain) => Some((Confidence::Medium, None)),
        (Grade::Weak, Weight::Plain) => low("a weak literal"),
    }
}

/// A token that says until when it is good, and that is past.
fn has_expired(detector: &Detector, value: &str, now: Timestamp) -> bool {
    let end = || checks::jwt_expiry(value).and_then(|seconds| Timestamp::from_second(seconds).ok());
    detector.is_jwt() && end().is_some_and(|end| end < now)
}

fn aside(weight: Weight) -> Option<&'static str> {
    match weight {
        Weight::Aside(why) => Some(why),
        _ => None,
    }
}

/// Where the tests inside a Rust file begin.
fn tests_from(path: &str, text: &str) -> usize {
    let is_rust = std::path::Path::new(path).extension().is_some_and(|kind| kind == "rs");
    if !is_rust {
        return usize::MAX;
    }
    let begins = |line: &str| around::item(line).starts_with("mod ");
    let is_module = |&at: &usize| text[at..].lines().take(4).any(begins);
    memchr::memmem::find_iter(text.as_bytes(), b"#[cfg(test)]").find(is_module).unwrap_or(usize::MAX)
}

fn line_is_long(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let from = at.saturating_sub(MAX_LINE);
    let to = (at + MAX_LINE).min(bytes.len());
    let start = memchr::memrchr(b'\n', &bytes[from..at]);
    let end = memchr::memchr(b'\n', &bytes[at..to]);
    let before = start.map_or(at - from, |start| at - from - start);
    let after = end.unwrap_or(to - at);
    before + after >= MAX_LINE
}

/// Of values that overlap, a vendor's format wins over an assignment, and the first over the later.
fn without_overlaps(mut raws: Vec<Raw>) -> Vec<Raw> {
    raws.sort_by_key(|raw| (raw.id.as_ref() == ASSIGNMENT, raw.start));
    let mut kept: Vec<Raw> = Vec::new();
    let mut taken = std::collections::BTreeMap::<usize, usize>::new();
    for raw in raws {
        let overlaps = taken.range(..raw.end).next_back().is_some_and(|(_, &end)| end > raw.start);
        if !overlaps {
            taken.insert(raw.start, raw.end);
            kept.push(raw);
        }
    }
    kept.sort_by_key(|raw| raw.start);
    kept
}

fn finding(path: &Arc<str>, value: &str, raw: &Raw, digest: &str) -> Finding {
    let digest = if digest.is_empty() { hex_digest(value.as_bytes()) } else { digest.to_owned() };
    let fingerprint = hex_digest(format!("{}\0{path}\0{digest}", raw.id).as_bytes())[..16].to_owned();
    let head: Cow<'_, str> = value.chars().take(3).filter(|c| !c.is_control()).collect::<String>().into();
    Finding {
        detector: raw.id.clone(),
        what: raw.what.clone(),
        confidence: raw.confidence,
        path: path.clone(),
        span: Span::new(raw.start, raw.end),
        fingerprint,
        // Where the file as a whole is the secret, there is no value of it to show.
        preview: if value.is_empty() {
            "(the whole file)".to_owned()
        } else {
            format!("{head}… ({} characters)", value.chars().count())
        },
        why_low: raw.why_low,
    }
}

fn store(len: usize, confidence: Confidence, why_low: Option<&'static str>) -> Raw {
    Raw { id: "key_store".into(), what: "key store".into(), confidence, why_low, start: 0, end: len }
}

/// `Shop_TemporaryKey.pfx`: what Visual Studio signs a package with until there is a certificate.
fn is_made_by_an_editor(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with("_temporarykey.pfx")
}

/// A DER sequence that begins with version 3, under a name that says PKCS#12.
fn is_pkcs12(path: &str, bytes: &[u8]) -> bool {
    let named = [".p12", ".pfx"].iter().any(|extension| path.to_ascii_lowercase().ends_with(extension));
    named && bytes.first() == Some(&0x30) && bytes.windows(3).take(8).any(|window| window == [2, 1, 3])
}

/// The SHA-256 of some bytes, in lower-case hexadecimal.
pub(in crate::facts) fn hex_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A key block ends at its own end mark.
fn value_len(value: &str) -> usize {
    value.find("-----").unwrap_or(value.trim_end().len()).max(1)
}

/// A name for a message: short and without control characters.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}
