//! A document as a tree of sections, kept flat in the order of the text.

use super::Standing;
use crate::pattern::pattern;
use crate::source::{Source, Span};
use std::sync::Arc;

// A symbol of the code, called or of three words at least, and what it does: `OnGroupCompleted runs`, `load_all(root) walks`.
pattern!(
    ACT_OF_CODE,
    r"^(?:\w+(?:\.|::))*(?:(?:[A-Z][a-z0-9]+){3,}|\w*[a-z](?:_[a-z0-9]+)+\([^()\n]*\)|\w*[a-z][A-Z]\w*\([^()\n]*\)|\w+::\w+)\s+(?:\([^()\n]*\)\s+)?[a-z]+s\b"
);

/// One document.
#[derive(Debug)]
pub struct Document {
    /// Its path.
    pub path: Arc<str>,
    /// Its text.
    pub source: Source,
    /// Whether it may speak for operations.
    pub standing: Standing,
    /// Its sections in the order of the text. The first is the document itself: what stands before the first heading,
    /// titled by the front matter if there is one.
    pub sections: Vec<Section>,
}

/// One heading and what stands under it, up to the next heading of any level.
#[derive(Debug, Default)]
pub struct Section {
    /// The text of the heading.
    pub title: String,
    /// What the front matter says that the document is for.
    pub description: String,
    /// 1 for the largest heading; 0 for the document itself.
    pub level: u8,
    /// Where the heading stands.
    pub heading: Span,
    /// From the heading to the end of its last subsection.
    pub span: Span,
    /// The section that this one stands in.
    pub parent: Option<usize>,
    /// The index after its last subsection: `sections[i + 1..end]` are the subsections of section `i`.
    pub end: usize,
    /// Words of prose directly under this heading, without code.
    pub words: usize,
    /// What stands directly under this heading, in order.
    pub blocks: Vec<Block>,
    /// Links directly under this heading, and in it.
    pub links: Vec<Link>,
    /// Marks of unfinished work (`TODO`, `TBD`, `coming soon`, `{{name}}`).
    pub placeholders: Vec<Span>,
    /// Names that a link may use to reach this section.
    pub anchors: Vec<String>,
}

/// A paragraph, list item, table row or piece of code.
#[derive(Debug)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands.
    pub span: Span,
    /// Its plain text; the cells of a row joined by ` | `.
    pub text: String,
    /// A piece of inline code that looks like a command, or a command block that belongs to this item.
    pub commands: bool,
    /// The inline code that looks like commands, one a line.
    pub inline: String,
    /// The words that a paragraph or item begins with in bold or before a colon: `Severity` in `**Severity:** …`.
    pub label: Option<String>,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// A list item; `ordered` if its list is numbered; `depth` counts from 0.
    Item {
        /// Whether its list is numbered.
        ordered: bool,
        /// How deep it is nested, from 0.
        depth: u8,
    },
    /// A row of a table.
    Row {
        /// The cells, as plain text.
        cells: Vec<String>,
        /// The heading row.
        header: bool,
    },
    /// A block of code that a shell or an operator's tool would take.
    Command,
    /// Any other block of code, with its language.
    Code(String),
}

/// A link.
#[derive(Debug)]
pub struct Link {
    /// Its text.
    pub text: String,
    /// Where it goes, as written.
    pub url: String,
    /// Where it stands.
    pub span: Span,
}

impl Document {
    /// A section and its subsections.
    pub fn tree(&self, index: usize) -> &[Section] {
        &self.sections[index..self.sections[index].end]
    }

    /// The sections that a section stands in, nearest first.
    pub fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.sections[index].parent, |&parent| self.sections[parent].parent)
    }

    /// The section that a link's fragment reaches; the whole of it without one.
    pub fn reached(&self, fragment: &str) -> Option<usize> {
        let is_meant = |section: &Section| super::anchors::reaches(&section.anchors, fragment);
        if fragment.is_empty() { Some(0) } else { self.sections.iter().position(is_meant) }
    }

    /// Whether it is the one that a visitor sees first.
    pub fn is_readme(&self) -> bool {
        !self.path.contains('/') && self.path.to_ascii_lowercase().starts_with("readme")
    }

    /// The title that readers see: that of the front matter, else the first heading, else the file's name.
    pub fn title(&self) -> &str {
        let first = self.sections.iter().map(|section| section.title.as_str()).find(|title| !title.is_empty());
        first.unwrap_or_else(|| self.path.rsplit('/').next().unwrap_or(&self.path))
    }

    /// The line of an offset, from 1.
    pub fn line(&self, span: Span) -> u32 {
        self.source.line_col(span.start).line
    }
}

impl Section {
    /// Items of numbered lists directly under this heading, nested ones left out, and those that say what the code does.
    pub fn steps(&self) -> impl Iterator<Item = &Block> {
        let items =
            self.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Item { ordered: true, depth: 0 }));
        items.filter(|block| !ACT_OF_CODE.is_match(&block.text))
    }

    /// Whether a command stands directly under this heading.
    pub fn has_command(&self) -> bool {
        self.blocks.iter().any(|block| block.kind == BlockKind::Command)
    }

    /// Whether steps or commands stand directly under this heading.
    pub fn acts(&self) -> bool {
        self.steps().next().is_some() || self.blocks.iter().any(|block| block.commands)
    }

    /// Whether the heading carries the number of a step: `3. Check`, `Step 3: Check`.
    pub fn is_numbered(&self) -> bool {
        super::builder::NUMBERED.is_match(&self.title)
    }

    /// Whether nothing stands directly under this heading.
    pub fn is_bare(&self) -> bool {
        self.words == 0 && self.blocks.is_empty()
    }
}
