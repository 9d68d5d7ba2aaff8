//! Sections and items: what a checklist says, as types.

use super::{Expectation, Phase};
use crate::source::{LineCol, Source, Span};

/// A document of sections; what a release must satisfy.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// Its name: that of a built-in one, what the document calls itself, or the file's.
    pub name: String,
    /// The file it was read from; `None` for a built-in one.
    pub path: Option<String>,
    /// Its sections, in the order of the document; a name may stand twice.
    pub sections: Vec<Section>,
}

impl Checklist {
    /// All items, in the order of the document.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }

    /// The item of an id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items().find(|item| item.id == id)
    }
}

/// `[security_checks]`: an ordered list of items under a heading.
#[derive(Clone, Debug)]
pub struct Section {
    /// The heading that it stands under; empty for none.
    pub category: String,
    /// Its own title; its name in words where it has none.
    pub title: String,
    /// Its name.
    pub name: String,
    /// Its items.
    pub items: Vec<Item>,
}

/// One thing that must hold.
#[derive(Clone, Debug)]
pub struct Item {
    /// `section.key.path`, with the entry at the end for an entry of a list. No other item of the checklist has it.
    pub id: String,
    /// The heading that its section stands under.
    pub category: String,
    /// The name of its section.
    pub section: String,
    /// The entry's text, for an entry of a list.
    pub entry: Option<String>,
    /// The item in words.
    pub title: String,
    /// Why it matters, if the checklist says.
    pub why: Option<String>,
    /// What it asks for.
    pub expects: Expectation,
    /// The same as written.
    pub expected_text: String,
    /// When it has to hold, if the checklist says; otherwise its rule does.
    pub stated_phase: Option<Phase>,
    /// The document.
    pub source: Source,
    /// Where the item stands in it.
    pub span: Span,
}

impl Item {
    /// When it has to hold: what the checklist says, or else what its rule says.
    pub fn phase(&self, of_rule: Phase) -> Phase {
        self.stated_phase.unwrap_or(of_rule)
    }

    /// The line and column that ask for it.
    pub fn line_col(&self) -> LineCol {
        self.source.line_col(self.span.start)
    }
}
