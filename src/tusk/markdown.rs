//! Checklists in Markdown: the fenced blocks of a document, each with the headings above it.
//!
//! A fence is TuskLang when its first statement is a section or a pair, whatever its tag says; other fences are left
//! alone. Where a fence turns into other code, a warning says `not TuskLang from line N`, and nothing is read from
//! there on. Spans are offsets into the Markdown file.

use super::document::{DIRECTIVES, Document, STATEMENTS};
use super::scan::Parser;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Source, Span};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};
use std::ops::Range;

/// One fenced block in TuskLang.
#[derive(Clone, Debug, PartialEq)]
pub struct Fence {
    /// The nearest `##` heading above it: its category.
    pub category: Option<Heading>,
    /// The `###` heading above it, if it stands under that `##`: its title.
    pub title: Option<Heading>,
    /// What the block says.
    pub document: Document,
    /// Where its content stands.
    pub span: Span,
}

/// A heading: its text without markup, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The text.
    pub text: String,
    /// Where it stands, with its `#`.
    pub span: Span,
}

/// Reads every TuskLang fence of a Markdown document, in order.
pub fn fences(source: &Source) -> (Vec<Fence>, Vec<Diagnostic>) {
    let blocks = blocks(source.text());
    let masked = masked(source.text(), &blocks);
    let mut fences = Vec::new();
    let mut diagnostics = Vec::new();
    for block in blocks {
        if let Some((document, problems)) = read(&masked, source, &block) {
            let span = Span::new(block.start(), block.end());
            fences.push(Fence { category: block.category, title: block.title, document, span });
            diagnostics.extend(problems);
        }
    }
    (fences, diagnostics)
}

/// A fence before it is read: its headings and the pieces of its content, without what its containers put before
/// each line (`> `, the indentation of a list).
struct Block {
    category: Option<Heading>,
    title: Option<Heading>,
    pieces: Vec<Range<usize>>,
}

impl Block {
    fn start(&self) -> usize {
        self.pieces.first().map_or(0, |piece| piece.start)
    }

    fn end(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.end)
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut category, mut title) = (None, None);
    let mut heading: Option<(HeadingLevel, Heading)> = None;
    let mut pieces: Option<Vec<Range<usize>>> = None;
    for (event, range) in pulldown_cmark::Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                heading = Some((level, Heading { text: String::new(), span: Span::new(range.start, range.end) }));
            }
            Event::End(TagEnd::Heading(_)) => {
                let Some((level, mut heading)) = heading.take() else { continue };
                heading.text = String::from(heading.text.trim());
                match level {
                    HeadingLevel::H1 => (category, title) = (None, None),
                    HeadingLevel::H2 => (category, title) = (Some(heading), None),
                    HeadingLevel::H3 => title = Some(heading),
                    _ => {}
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => pieces = Some(Vec::new()),
            Event::End(TagEnd::CodeBlock) => {
                let Some(pieces) = pieces.take().filter(|pieces| !pieces.is_empty()) else { continue };
                blocks.push(Block { category: category.clone(), title: title.clone(), pieces });
            }
            Event::Text(words) => match (&mut pieces, &mut heading) {
                (Some(pieces), _) => pieces.push(range),
                (None, Some((_, heading))) => heading.text.push_str(&words),
                (None, None) => {}
            },
            Event::Code(words) => {
                if let Some((_, heading)) = &mut heading {
                    heading.text.push_str(&words);
                }
            }
            _ => {}
        }
    }
    blocks
}

/// The text with everything blank except line ends and the pieces, each at its own offset.
fn masked(text: &str, blocks: &[Block]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    let blank = |masked: &mut String, part: &str| {
        masked.extend(part.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    };
    for piece in blocks.iter().flat_map(|block| &block.pieces) {
        blank(&mut masked, &text[done..piece.start]);
        masked.push_str(&text[piece.clone()]);
        done = piece.end;
    }
    blank(&mut masked, &text[done..]);
    masked
}

/// Reads one block; `None` if it is no TuskLang.
fn read(masked: &str, source: &Source, block: &Block) -> Option<(Document, Vec<Diagnostic>)> {
    let line = masked[..block.start()].rfind('\n').map_or(0, |at| at + 1);
    let margin = block.start() - line;
    let mut parser = Parser::new(masked, line..block.end(), margin);
    let mut document = parser.document();
    let strange = parser.strange;
    let mut diagnostics = parser.into_diagnostics();
    if let Some(at) = strange {
        let cut = masked[..at].rfind('\n').map_or(0, |at| at + 1).max(line);
        let mut parser = Parser::new(masked, line..cut, margin);
        document = parser.document();
        diagnostics = parser.into_diagnostics();
        let number = source.line_col(at as u32).line;
        let message = format!("not TuskLang from line {number}; nothing is read from there to the end of the block");
        let end = masked[at..block.end()].find('\n').map_or(block.end(), |length| at + length);
        diagnostics.push(Diagnostic::warning(Span::new(at, end), message));
    }
    let first = document.root.keys().next().map(String::as_str);
    let begins = match first {
        Some(key) => key != STATEMENTS && key != DIRECTIVES,
        None => !document.sections.is_empty(),
    };
    if document.sections.is_empty() {
        // It may still be another language that begins with a pair: what is wrong here stops nobody.
        for diagnostic in &mut diagnostics {
            diagnostic.severity = Severity::Warning;
        }
    }
    begins.then_some((document, diagnostics))
}
