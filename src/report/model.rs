//! The data of a report. The JSON writer prints exactly this, so these docs are the documentation of its fields.
//!
//! Fields appear in the order of the declarations. A field is never left out: what is missing is `null` or `[]`.
//! Within one [`SCHEMA_VERSION`] fields may be added, and none is renamed, removed or given another meaning.

use super::tally::{categories, to_do};
use crate::checklist::Phase;
use crate::evidence::Strength;
pub use crate::rules::Effort;
use serde::{Serialize, Serializer};

/// The version of the JSON document.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that one run found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The version of this shape: [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The program that wrote it.
    pub tool: Tool,
    /// The folder that was checked, as it was named.
    pub root: String,
    /// That folder's own name.
    pub project: String,
    /// The checklist.
    pub checklist: ChecklistReport,
    /// The phase that was checked; items of later phases are not due.
    pub phase: Phase,
    /// The moment that ages are counted from, RFC 3339, UTC.
    pub now: String,
    /// Whether unknown items were allowed to pass (`--allow-unknown`).
    pub allow_unknown: bool,
    /// The files of the project's own folder, `.tusk-check/`, that were read: its checklist, what people state.
    pub own_files: Vec<String>,
    /// The answer.
    pub outcome: Outcome,
    /// How many items of each verdict.
    pub summary: Summary,
    /// The same by category, in the order of the checklist.
    pub categories: Vec<CategoryReport>,
    /// Ids of the unmet items, cheapest to fix first; an item that only repeats another's question is left out.
    pub to_do: Vec<String>,
    /// The items, in the order of the checklist.
    pub items: Vec<ItemReport>,
    /// What should have been read and could not.
    pub unread: Vec<Unread>,
    /// What is odd and changes no verdict: a repeated section, a checklist block that is not TuskLang to its end.
    pub warnings: Vec<Warning>,
}

/// The program that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// `tusk-check`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Which checklist was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChecklistReport {
    /// Its name: that of a built-in one, or the file's.
    pub name: String,
    /// Its file; `null` for a built-in one.
    pub path: Option<String>,
    /// How many items it has.
    pub items: usize,
    /// How many of them were selected.
    pub selected: usize,
}

/// The answer of a run. Exit status 0, 1 and 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every item that is due holds.
    Ready,
    /// An item that is due does not hold, or nothing tells whether it does.
    NotReady,
    /// No item was checked: none selected, or none due.
    NothingChecked,
}

/// How many items of each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Items in all.
    pub total: usize,
    /// Shown to hold.
    pub met: usize,
    /// Shown not to hold.
    pub unmet: usize,
    /// Nothing tells.
    pub unknown: usize,
    /// Of a later phase.
    pub not_due: usize,
    /// The project says, with a reason, that it does not apply.
    pub not_applicable: usize,
    /// Of the unknown ones: those that no rule can judge yet.
    pub no_rule: usize,
    /// Of the unknown ones: those that only a person can know.
    pub person: usize,
    /// Of the met ones: those that were put to the test (`--falsify`).
    pub tried: usize,
    /// Of those: the ones that fall with what proved them.
    pub falls: usize,
    /// Of those: the ones that nothing proves.
    pub vacuous: usize,
}

/// The counts of one category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryReport {
    /// The heading; empty for items that stand under none.
    pub name: String,
    /// Its counts.
    pub summary: Summary,
}

/// What was found about one item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemReport {
    /// `section.key.path`, with the entry at the end for an entry of a list.
    pub id: String,
    /// The heading that its section stands under.
    pub category: String,
    /// The name of its section.
    pub section: String,
    /// The item in a few words.
    pub title: String,
    /// When it has to hold.
    pub phase: Phase,
    /// What the checklist asks for, as written there.
    pub expects: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How strong the evidence is that decided; `null` if nothing did.
    pub strength: Option<Strength>,
    /// Why this verdict, in one sentence without a final stop.
    pub reason: String,
    /// What an unknown item is waiting for; `null` for every other verdict.
    pub cause: Option<Cause>,
    /// What was seen: what decided comes first, notes last.
    pub evidence: Vec<EvidenceReport>,
    /// What should have been looked at for this item and could not.
    pub unread: Vec<Unread>,
    /// The line of the checklist that asks.
    pub demanded_by: PlaceReport,
    /// The question that the rule asks; `null` without a rule.
    pub question: Option<String>,
    /// Why the item matters; `null` if nobody says.
    pub why: Option<String>,
    /// What would prove it.
    pub would_prove: Option<String>,
    /// What to do about it.
    pub fix: Option<String>,
    /// How long the fix takes, roughly.
    pub effort: Option<Effort>,
    /// The id under which the same question was asked already in this run.
    pub same_as: Option<String>,
    /// What became of a met item when its evidence was taken away; `null` without `--falsify`, and if it is not met.
    pub falsified: Option<Falsified>,
}

/// What became of a met item when what proved it was taken away, in memory, and it was judged again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Falsified {
    /// Its fate.
    pub fate: Fate,
    /// How many times other evidence still held it.
    pub held: u32,
    /// For a vacuous item: the place that still proves it and should not.
    pub path: Option<String>,
    /// The line there, from 1; `null` when the file as a whole is meant.
    pub line: Option<u32>,
    /// For a vacuous item: what is wrong with that.
    pub message: Option<String>,
}

/// The fate of a met item whose evidence was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is not met any more.
    Falls,
    /// Other evidence held it.
    OtherEvidence,
    /// It stays met by what is not there any more: nothing proves it. A fault of its rule.
    Vacuous,
}

/// One observation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvidenceReport {
    /// The file, relative to the root, with `/`; `.git` for what the history says.
    pub path: String,
    /// The line, from 1; `null` when the file as a whole is meant.
    pub line: Option<u32>,
    /// The column in characters, from 1.
    pub column: Option<u32>,
    /// What was seen, in a few words.
    pub message: String,
    /// The value that was seen, as people write it; `null` where presence is what counts.
    pub value: Option<String>,
    /// How strongly it speaks.
    pub strength: Strength,
    /// What it says about the item.
    pub supports: Bearing,
}

/// What an observation says about an item. In JSON: `true`, `false`, and `null` for a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// It supports the expectation.
    Supports,
    /// It contradicts the expectation.
    Contradicts,
    /// It is the right place, and what should be there is not: its absence contradicts.
    Searched,
    /// It is shown and counts for nothing; the message says why.
    Note,
}

impl Serialize for Bearing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Supports => serializer.serialize_some(&true),
            Self::Contradicts | Self::Searched => serializer.serialize_some(&false),
            Self::Note => serializer.serialize_none(),
        }
    }
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaceReport {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
}

/// Something that should have been read and could not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unread {
    /// The file or folder; `null` if it has no place.
    pub path: Option<String>,
    /// The line, from 1, if the trouble has one.
    pub line: Option<u32>,
    /// Why it could not be read.
    pub why: String,
}

/// Something odd that changes no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column in characters, from 1.
    pub column: Option<u32>,
    /// What is odd.
    pub message: String,
}

/// The verdict on an item (DESIGN.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The strongest evidence supports the expectation.
    Met,
    /// Evidence contradicts it, or the right place was searched and it is not there.
    Unmet,
    /// Nothing to look at, nothing readable, or only a person can know.
    Unknown,
    /// An item of a later phase.
    NotDue,
    /// The project says so, with a reason.
    NotApplicable,
}

impl Verdict {
    /// The word that people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Unmet => "unmet",
            Self::Unknown => "unknown",
            Self::NotDue => "not due",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// What an unknown item is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Something was seen that cannot decide: a value that stands elsewhere, a default that fits, a stale report.
    Inconclusive,
    /// A file that this item needs could not be read or parsed.
    Unreadable,
    /// The tree holds nothing that the question could be answered from.
    NothingToLookAt,
    /// Only a person can know, and nobody has stated it.
    Person,
    /// No rule can judge this item yet.
    NoRule,
}

/// What a report says about its run; everything else follows from the items.
#[derive(Clone, Debug)]
pub struct Run {
    /// The folder that was checked, as it was named.
    pub root: String,
    /// That folder's own name.
    pub project: String,
    /// The checklist.
    pub checklist: ChecklistReport,
    /// The phase that was checked.
    pub phase: Phase,
    /// The moment that ages are counted from.
    pub now: jiff::Timestamp,
    /// Whether unknown items may pass.
    pub allow_unknown: bool,
    /// The files of the project's own folder that were read.
    pub own_files: Vec<String>,
}

impl Report {
    /// The report of a run: counts, outcome and the order of work are worked out here, once, for every writer.
    pub fn new(run: Run, items: Vec<ItemReport>, unread: Vec<Unread>, warnings: Vec<Warning>) -> Self {
        let summary = Summary::of(items.iter());
        let now = jiff::Timestamp::from_second(run.now.as_second()).unwrap_or(run.now);
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool { name: "tusk-check".into(), version: env!("CARGO_PKG_VERSION").into() },
            root: run.root,
            project: run.project,
            checklist: run.checklist,
            phase: run.phase,
            now: now.to_string(),
            allow_unknown: run.allow_unknown,
            own_files: run.own_files,
            outcome: summary.outcome(run.allow_unknown),
            summary,
            categories: categories(&items),
            to_do: to_do(&items),
            items,
            unread,
            warnings,
        }
    }

    /// The item of an id.
    pub fn item(&self, id: &str) -> Option<&ItemReport> {
        self.items.iter().find(|item| item.id == id)
    }
}

impl ItemReport {
    /// Whether an observation that decided says the reason in the same words, so that it need not be said twice.
    pub fn is_said_by_evidence(&self) -> bool {
        let decides = |seen: &&EvidenceReport| seen.supports != Bearing::Note;
        self.evidence.iter().find(decides).is_some_and(|seen| seen.message.starts_with(&self.reason))
    }
}
