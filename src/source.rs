//! Texts, byte offsets inside them, and the line and column numbers that people read.
//!
//! Everything in the program carries byte offsets ([`Span`]); [`Source::line_col`] is the one place that adds 1.

use std::sync::{Arc, OnceLock};

/// The largest text that is read whole, in bytes; larger files are listed as unread.
pub const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The nearest place at or before `at` that lies between two characters of a text.
pub fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The lines that stand around the end of a text, as their indentation shows it, the nearest first. Where one only ends
/// what a line above it began (`) -> Result<()> {`, `}: Options) {`, a brace of its own), that line follows.
pub fn enclosing(before: &str) -> impl Iterator<Item = &str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let goes_on = |line: &str| {
        let line = line.trim();
        line.starts_with([')', ']'])
            || line.starts_with("}:")
            || line.starts_with("})")
            || line == "{"
            || line == "where"
    };
    let mut lines = before.rsplit('\n');
    let mut depth = lines.next().map_or(0, indent);
    let mut is_begun_above = false;
    let mut lines = lines.filter(|line| !line.trim().is_empty());
    std::iter::from_fn(move || {
        let line = match (is_begun_above, depth) {
            (true, _) => lines.find(|line| indent(line) <= depth),
            (false, 0) => None,
            (false, _) => lines.find(|line| indent(line) < depth),
        }?;
        is_begun_above = goes_on(line);
        depth = indent(line);
        Some(line)
    })
}

/// What a text begins with: `length` bytes, or a little less, so as to cut no character.
pub fn head(text: &str, length: usize) -> &str {
    &text[..floor(text, length)]
}

/// A half-open range of byte offsets into one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// As a range of `usize`, to index the text with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people write it: both numbers start at 1; the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A text with the name that messages give it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    text: String,
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// A text under the name (usually a path relative to the root, with `/`) that messages will show.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self(Arc::new(Inner { name: name.into(), text: text.into(), lines: OnceLock::new() }))
    }

    /// The name that messages show.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    fn lines(&self) -> &[u32] {
        self.0.lines.get_or_init(|| {
            let newlines = memchr::memchr_iter(b'\n', self.text().as_bytes()).map(|at| at as u32 + 1);
            std::iter::once(0).chain(newlines).collect()
        })
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn line_col(&self, offset: u32) -> LineCol {
        let text = self.text();
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let lines = self.lines();
        let line = lines.partition_point(|&start| start as usize <= offset) - 1;
        let column = text[lines[line] as usize..offset].chars().count();
        LineCol { line: line as u32 + 1, column: column as u32 + 1 }
    }

    /// The text of a line (from 1) without its line end; empty for a line that is not there.
    pub fn line(&self, line: u32) -> &str {
        let lines = self.lines();
        let index = line.saturating_sub(1) as usize;
        let Some(&start) = lines.get(index) else { return "" };
        let end = lines.get(index + 1).map_or(self.text().len(), |&next| next as usize);
        self.text()[start as usize..end].trim_end_matches(['\n', '\r'])
    }
}
