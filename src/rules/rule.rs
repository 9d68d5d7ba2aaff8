//! A rule: the question, what proves it, what contradicts it, where its absence would show, and how to fix it.

use super::scale::Scale;
use crate::checklist::{Item, Phase};
use crate::facts::code::Language;
use crate::probe::{Probe, Question};
use crate::quantity::Comparison;
use crate::source::{Source, Span};
use indexmap::IndexMap;
use std::fmt;
use std::sync::Arc;

/// One rule of the catalogue, names resolved and arguments checked.
#[derive(Debug)]
pub struct Rule {
    /// The item it binds: an id, or an id that ends in `.*` for every entry of a list.
    pub id: String,
    /// Further ids with the same question.
    pub also: Vec<String>,
    /// The question, in words.
    pub asks: String,
    /// The cheapest kind of evidence that decides both ways.
    pub class: Class,
    /// How a typed value is compared with the expectation.
    pub compare: Compare,
    /// The words that the item may expect.
    pub values: IndexMap<String, Arc<Evidence>>,
    /// With several words: whether the proof of another word contradicts the expected one.
    pub exclusive: bool,
    /// What proves and contradicts it, when no word of `values` does.
    pub evidence: Evidence,
    /// Seen and shown, never deciding.
    pub shown: Vec<Proof>,
    /// The right place: where it is there and nothing was found, the item is unmet.
    pub unmet_where: Option<Proof>,
    /// What an unmet verdict by absence says.
    pub absence: Option<String>,
    /// What an unknown verdict asks for.
    pub would_prove: Option<String>,
    /// How to meet it.
    pub fix: Option<String>,
    /// How to meet it in a tree without Rust: by the name of a language in lower case, or `other`.
    pub fix_in: IndexMap<String, String>,
    /// How long the fix takes.
    pub effort: Option<Effort>,
    /// From which phase on it is due.
    pub phase: Phase,
    /// Why no tool can know.
    pub by_hand: Option<String>,
    /// Where the rule stands.
    pub source: Source,
    /// Its heading.
    pub span: Span,
}

/// Proofs and contradictions.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Alternatives, strongest first.
    pub proof: Vec<Proof>,
    /// Contradictions of their own.
    pub refuted_by: Vec<Proof>,
}

/// What would be evidence.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A probe says so.
    Probe(Call),
    /// Any of these.
    Any(Arc<[Proof]>),
    /// All of these.
    All(Vec<Proof>),
    /// Not this; it proves only beside something that was seen.
    Not(Box<Proof>),
    /// The verdicts of other items, all of them.
    Items(Vec<String>),
    /// An upper limit: it proves what it lies within, and one beyond the bound says nothing.
    Limit(Box<Proof>),
    /// The sightings of a proof whose values compare so.
    Where(Box<Proof>, Operator, crate::value::Value),
}

impl Proof {
    /// Visits this proof and every part of it.
    pub fn each<'p>(&'p self, visit: &mut impl FnMut(&'p Self)) {
        visit(self);
        match self {
            Self::Any(parts) => parts.iter().for_each(|part| part.each(visit)),
            Self::All(parts) => parts.iter().for_each(|part| part.each(visit)),
            Self::Not(part) | Self::Limit(part) | Self::Where(part, ..) => part.each(visit),
            Self::Probe(_) | Self::Items(_) => {}
        }
    }
}

/// As a rule writes it.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = |f: &mut fmt::Formatter<'_>, name: &str, parts: &[Self]| {
            write!(f, "@{name}(")?;
            for (at, part) in parts.iter().enumerate() {
                write!(f, "{}{part}", if at == 0 { "" } else { ", " })?;
            }
            f.write_str(")")
        };
        match self {
            Self::Probe(call) => f.write_str(&call.text),
            Self::Any(parts) => several(f, "any", parts),
            Self::All(parts) => several(f, "all", parts),
            Self::Not(part) => several(f, "not", std::slice::from_ref(part)),
            Self::Limit(part) => several(f, "limit", std::slice::from_ref(part)),
            Self::Items(items) => write!(f, "@item({})", items.join(", ")),
            Self::Where(part, operator, literal) => {
                let sign = match operator {
                    Operator::Is(Comparison::Equal) => "==",
                    Operator::Is(comparison) => comparison.sign(),
                    Operator::Differs => "!=",
                };
                write!(f, "{part} {sign} {}", literal.scalar_text().unwrap_or_default())
            }
        }
    }
}

impl Rule {
    /// The words that an item may expect; none where it expects something else than a word.
    pub fn words(&self) -> Vec<&str> {
        match &self.compare {
            _ if !self.values.is_empty() => self.values.keys().map(String::as_str).collect(),
            Compare::Scale { scale, .. } => scale.words().collect(),
            _ => Vec::new(),
        }
    }

    /// How to meet it in a tree that is written in some languages, the largest first.
    pub fn fix_for(&self, languages: &[Language]) -> Option<&str> {
        let is_rust = languages.is_empty() || languages.contains(&Language::Rust);
        let mut names = languages.iter().map(|language| language.name().to_ascii_lowercase());
        let own = names.find_map(|name| self.fix_in.get(&name)).or_else(|| self.fix_in.get("other"));
        own.filter(|_| !is_rust).or(self.fix.as_ref()).map(String::as_str)
    }

    /// The ids under which its question is asked: those of a rule for every entry of a list are questions of their own.
    pub fn ids_of<'a>(&'a self, item: &'a Item) -> Vec<&'a str> {
        let mut ids = vec![item.id.as_str()];
        if !self.id.ends_with(".*") {
            ids.extend(std::iter::once(&self.id).chain(&self.also).map(String::as_str).filter(|id| *id != item.id));
        }
        ids
    }

    /// Visits every proof of the rule, whatever it is for, and every part of it.
    pub fn each_proof<'r>(&'r self, visit: &mut impl FnMut(&'r Proof)) {
        let evidence = std::iter::once(&self.evidence).chain(self.values.values().map(|own| &**own));
        let proofs = evidence.flat_map(|evidence| evidence.proof.iter().chain(&evidence.refuted_by));
        for proof in proofs.chain(&self.shown).chain(&self.unmet_where) {
            proof.each(visit);
        }
    }
}

/// One call of a probe.
#[derive(Clone, Debug)]
pub struct Call {
    /// The instrument.
    pub probe: &'static Probe,
    /// Its arguments.
    pub question: Question,
    /// The call as written, for `explain` and `list rules`.
    pub text: Arc<str>,
}

/// How the values of sightings have to stand to a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`, `>=`, `>`, `<=`, `<`
    Is(Comparison),
    /// `!=`
    Differs,
}

impl Operator {
    /// Whether an order of observed to stated satisfies it.
    pub fn admits(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Is(comparison) => comparison.admits(order),
            Self::Differs => order.is_ne(),
        }
    }
}

/// How a typed value meets the expectation.
#[derive(Clone, Debug)]
pub enum Compare {
    /// It is there; a flag must be the expected flag.
    Presence,
    /// It is the expected value.
    Exactly,
    /// It is at least the expected amount.
    AtLeast,
    /// It is at most the expected amount.
    AtMost,
    /// It lies inside the expected range.
    Range,
    /// It recurs at least as often as expected.
    Cadence,
    /// It stands at least as high on a scale; `least` replaces the expected word.
    Scale {
        /// The scale.
        scale: Arc<Scale>,
        /// The lowest word that does, when the item's value is no word of the scale.
        least: Option<String>,
    },
}

impl Compare {
    /// What a value must be, in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Presence => "its presence decides".to_owned(),
            Self::Exactly => "the expected value".to_owned(),
            Self::AtLeast => "the expected amount or more".to_owned(),
            Self::AtMost => "the expected amount or less".to_owned(),
            Self::Range => "within the expected range".to_owned(),
            Self::Cadence => "as often as expected, or more".to_owned(),
            Self::Scale { least: None, .. } => "the expected word or a stronger one".to_owned(),
            Self::Scale { least: Some(word), .. } => format!("`{word}` or stronger"),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }
        impl $name {
            /// Every value with its word, in order.
            pub const ALL: &[(&'static str, Self)] = &[$(($word, Self::$variant)),*];
            /// The word that rules and reports use.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// The cheapest kind of evidence that can decide an item both ways.
    Class {
        /// The files of the tree.
        Tree = "tree",
        /// A tool's report.
        Report = "report",
        /// A document.
        Document = "document",
        /// A person's statement.
        Person = "person",
        /// What only shows in operation, after the release.
        AfterRelease = "after-release",
    }
}

words! {
    /// The order of magnitude of a fix.
    Effort {
        /// Minutes.
        Minutes = "minutes",
        /// Hours.
        Hours = "hours",
        /// Days.
        Days = "days",
        /// Weeks.
        Weeks = "weeks",
    }
}
