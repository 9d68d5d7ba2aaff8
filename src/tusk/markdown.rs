//! Checklists in Markdown: the fenced blocks of a document, each with the headings above it.
//!
//! A fence is TuskLang when its first statement is a section or a pair, whatever its tag says; other fences are left
//! alone. Where a fence turns into other code, a warning says `not TuskLang from line N`, and nothing is read from
//! there on. Spans are offsets into the Markdown file.

use super::document::{self, DIRECTIVES, Document, STATEMENTS, Section};
use super::scan::Parser;
use super::slip;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Source, Span};
use crate::value::{Field, Kind, Map, Value};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};
use smol_str::SmolStr;
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

/// The fences as one document: their sections in order, each with its headings as `$category` and `$title`.
///
/// A block without any section may be an example of something else, so its pairs are taken only where no block has
/// sections; otherwise a warning says that they are left out.
pub fn document(source: &Source) -> (Document, Vec<Diagnostic>) {
    let (fences, mut diagnostics) = fences(source);
    let mut whole = Document::default();
    let sections = fences.iter().any(|fence| !fence.document.sections.is_empty());
    let mut named = false;
    for fence in fences {
        if sections && fence.document.sections.is_empty() {
            let message = "this block has no `[section]`, so nothing of it is taken";
            diagnostics.push(Diagnostic::warning(fence.span, message));
            continue;
        }
        // A heading ends the one before it, so a block without one stands under none.
        let category = fence.category.or_else(|| named.then(|| Heading { text: String::new(), span: fence.span }));
        named |= category.is_some();
        let headings = [("$category", &category), ("$title", &fence.title)];
        for (key, field) in fence.document.root {
            match field.value.kind {
                // A block of pairs above the first section is a section too, under the same headings.
                Kind::Map(body) if sections && !key.starts_with('$') => {
                    let section = Section { path: vec![(key.into(), field.key)], span: field.key, body };
                    whole.sections.push(under(&headings, section));
                }
                _ => document::insert(&mut whole.root, key, field, &mut diagnostics),
            }
        }
        whole.sections.extend(fence.document.sections.into_iter().map(|section| under(&headings, section)));
    }
    if whole.root.is_empty() && whole.sections.is_empty() && !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.push(Diagnostic::error(Span::default(), "no block of this document is TuskLang"));
    }
    (whole, diagnostics)
}

/// A section with its headings, where it has none of its own.
fn under(headings: &[(&str, &Option<Heading>)], mut section: Section) -> Section {
    let mut body = Map::default();
    for (key, heading) in headings {
        if let Some(heading) = heading.as_ref().filter(|_| !section.body.contains_key(key)) {
            let value = Value::new(Kind::Str(heading.words().to_owned()), heading.span);
            body.insert((*key).to_owned(), Field { key: heading.span, value });
        }
    }
    body.extend(std::mem::take(&mut section.body));
    Section { body, ..section }
}

impl Heading {
    /// The text without the pictures in front of it.
    pub fn words(&self) -> &str {
        let text = self.text.trim();
        let start = text.find(char::is_alphanumeric).unwrap_or(0);
        let is_picture = !text[..start].contains(|c: char| c.is_ascii_punctuation());
        if is_picture { &text[start..] } else { text }
    }
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
        let before = parser.document();
        let is_first = before.root.is_empty() && before.sections.is_empty();
        if !slip::is_slip(masked, at..block.end(), margin, is_first) {
            document = before;
            diagnostics = parser.into_diagnostics();
            let number = source.line_col(at as u32).line;
            let message =
                format!("not TuskLang from line {number}; nothing is read from there to the end of the block");
            let end = masked[at..block.end()].find('\n').map_or(block.end(), |length| at + length);
            diagnostics.push(Diagnostic::warning(Span::new(at, end), message));
        }
    }
    if document.sections.is_empty() {
        // It may still be another language that begins with a pair: what is wrong here stops nobody.
        for diagnostic in &mut diagnostics {
            diagnostic.severity = Severity::Warning;
        }
    }
    begins(&document).then_some((document, diagnostics))
}

/// Whether the first statement of a block is a section or a pair.
fn begins(document: &Document) -> bool {
    match document.root.keys().next().map(SmolStr::as_str) {
        Some(key) => key != STATEMENTS && key != DIRECTIVES,
        None => !document.sections.is_empty(),
    }
}
