//! One item on its own: the question as its rule has it, and what was found. For `explain`.

use super::item;
use super::page::{Look, Page, Tone};
use crate::report::ItemReport;
use crate::report::text::plain;

/// The width of the labels.
const COLUMN: usize = 10;

/// Items, each with its question and its answer.
#[derive(Debug)]
pub struct Card {
    page: Page,
}

impl Card {
    /// An empty card.
    pub fn new(look: Look) -> Self {
        Self { page: Page::new(Look { verbose: true, ..look }) }
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.page.into_text()
    }

    /// Begins an item.
    pub fn title(&mut self, id: &str, category: &str) {
        self.page.blank();
        self.page.line(0, &[(&plain(id), Tone::Heading), ("  ", Tone::Plain), (&plain(category), Tone::Faint)]);
    }

    /// A labelled paragraph.
    pub fn row(&mut self, label: &str, text: &str) {
        self.page.labelled(2, label, COLUMN, &plain(text), Tone::Plain);
    }

    /// A labelled list, one paragraph an entry; nothing for an empty one.
    pub fn list(&mut self, label: &str, entries: impl IntoIterator<Item = String>) {
        for (at, entry) in entries.into_iter().enumerate() {
            self.row(if at == 0 { label } else { "" }, &entry);
        }
    }

    /// What was found in a folder.
    pub fn found(&mut self, found: &ItemReport, root: &str) {
        self.page.blank();
        self.page.line(2, &[("found in ", Tone::Faint), (&plain(root), Tone::Plain)]);
        item::answer(&mut self.page, found);
    }
}
