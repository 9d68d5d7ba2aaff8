//! A piece of a file as a program sees it, in which every byte still knows where it stands in the file.
//!
//! A step's script is unfolded and dedented by YAML, then `${{ matrix.x }}` is filled in, then a shell reads it: an
//! [`Excerpt`] goes through all of that and can still point at the line.

use crate::evidence::Place;
use crate::source::{Source, Span};
use std::ops::Range;
use std::sync::Arc;

/// Text with, for each byte, the offset in the file that it came from.
#[derive(Clone, Debug)]
pub struct Excerpt {
    path: Arc<str>,
    text: String,
    at: Vec<u32>,
}

impl Excerpt {
    /// A span of a file, as it stands.
    pub fn verbatim(source: &Source, span: Span) -> Self {
        let range = span.start as usize..(span.end as usize).min(source.text().len());
        let text = source.text().get(range.clone()).unwrap_or_default().to_owned();
        let at = (range.start..=range.start + text.len()).map(|offset| offset as u32).collect();
        Self { path: source.name().into(), text, at }
    }

    /// A scalar of a settings file: `decoded` is what the format reader made of the text at `span`.
    ///
    /// The two are aligned by their visible characters, which unfolding, dedenting and unescaping keep in order.
    pub fn scalar(source: &Source, span: Span, decoded: &str) -> Self {
        let raw = source.text().as_bytes();
        let end = (span.end as usize).min(raw.len());
        let mut from = (span.start as usize).min(end);
        if matches!(raw.get(from), Some(b'|' | b'>')) {
            from = memchr::memchr(b'\n', &raw[from..end]).map_or(from, |line| from + line);
        }
        let mut at = Vec::with_capacity(decoded.len() + 1);
        for &byte in decoded.as_bytes() {
            if !byte.is_ascii_whitespace() {
                // A byte that the text does not hold (an escape such as \x41) stays where the last one was.
                let ahead = (from + 4096).min(end);
                if let Some(skip) = memchr::memchr(byte, &raw[from..ahead]) {
                    from += skip;
                    at.push(from as u32);
                    from += 1;
                    continue;
                }
            }
            at.push(from as u32);
        }
        at.push(from as u32);
        Self { path: source.name().into(), text: decoded.to_owned(), at }
    }

    /// A text that stands nowhere word by word: all of it points at one place.
    pub fn anchored(path: impl Into<Arc<str>>, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        let at = vec![span.start; text.len() + 1];
        Self { path: path.into(), text, at }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// Where a range of the text stands in the file.
    pub fn place(&self, range: Range<usize>) -> Place {
        let last = self.at.len() - 1;
        let start = self.at[range.start.min(last)];
        let end = if range.end > range.start { self.at[(range.end - 1).min(last)] + 1 } else { start };
        Place::at(self.path.clone(), Span { start, end: end.max(start) })
    }

    /// The same with ranges (sorted, apart) replaced; the replacement points at what it replaced.
    #[must_use]
    pub fn replaced(&self, replacements: &[(Range<usize>, String)]) -> Self {
        if replacements.is_empty() {
            return self.clone();
        }
        let mut text = String::with_capacity(self.text.len());
        let mut at = Vec::with_capacity(self.at.len());
        let mut done = 0;
        for (range, by) in replacements {
            text.push_str(&self.text[done..range.start]);
            at.extend_from_slice(&self.at[done..range.start]);
            text.push_str(by);
            at.extend(std::iter::repeat_n(self.at[range.start], by.len()));
            done = range.end;
        }
        text.push_str(&self.text[done..]);
        at.extend_from_slice(&self.at[done..]);
        Self { path: self.path.clone(), text, at }
    }

    /// A part of it.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let at = self.at[range.start..=range.end].to_vec();
        Self { path: self.path.clone(), text: self.text[range].to_owned(), at }
    }

    /// Appends a line end and another excerpt of the same file.
    pub fn push_line(&mut self, other: &Self) {
        self.text.push('\n');
        self.text.push_str(&other.text);
        self.at.extend_from_slice(&other.at);
    }
}
