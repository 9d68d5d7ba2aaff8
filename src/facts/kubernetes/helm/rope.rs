//! A rendered text that remembers where each of its letters was written.

use crate::source::Span;
use std::sync::Arc;

/// How long one rendered text may be.
const MAX_LEN: usize = 1 << 20;
/// What stands in a rendered text for a value that this program cannot work out; plain to YAML in every place.
const HIDDEN: &str = "TUSKHIDDEN_";
const HIDDEN_END: &str = "_TUSKEND";
/// What it begins with when it stands for a whole line.
const LINE: &str = "LINE_";

/// Where something was written: a file of the rendering, by number, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The number of the file.
    pub(super) file: u16,
    /// Where in it.
    pub(super) span: Span,
}

/// A text and where it comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Rope {
    text: String,
    pieces: Vec<Piece>,
}

/// A part of a text, from the end of the part before.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    end: u32,
    from: From,
    /// Why nobody knows whether this part is there.
    doubt: Option<Arc<str>>,
}

/// Where a part comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// Nobody wrote it: it was computed.
    Nowhere,
    /// It was copied letter by letter; its first one stands there.
    Copied(Origin),
    /// The whole part stands for what was written there.
    Whole(Origin),
}

/// The text is longer than any manifest.
#[derive(Debug)]
pub(super) struct TooLong;

impl Rope {
    /// A text.
    pub(super) fn of(text: &str, from: From) -> Self {
        let mut rope = Self::default();
        // A text of the tree is shorter than what offsets can hold.
        let _ = rope.push(text, from, None);
        rope
    }

    /// A text that stands for a value nobody can work out here.
    pub(super) fn hidden(what: &str, from: From) -> Self {
        let plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
        let what: String = what.chars().filter(plain).take(60).collect();
        Self::of(&format!("{HIDDEN}{what}{HIDDEN_END}"), from)
    }

    /// A line that stands for any number of entries that nobody can work out.
    pub(super) fn hidden_line(number: usize, what: &str) -> Self {
        let what = what.replace(HIDDEN, "").replace(HIDDEN_END, "");
        Self::of(&format!("{HIDDEN}{LINE}{number}.{what}{HIDDEN_END}"), From::Nowhere)
    }

    /// Its letters.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a part of it could not be worked out.
    pub(super) fn is_hidden(&self) -> bool {
        is_hidden(&self.text)
    }

    /// Adds a part.
    pub(super) fn push(&mut self, text: &str, from: From, doubt: Option<&Arc<str>>) -> Result<(), TooLong> {
        if self.text.len() + text.len() > MAX_LEN {
            return Err(TooLong);
        }
        if !text.is_empty() {
            self.text.push_str(text);
            self.pieces.push(Piece { end: self.text.len() as u32, from, doubt: doubt.cloned() });
        }
        Ok(())
    }

    /// Adds another text; what comes from nowhere there comes from `else_from`, what is certain is as doubtful as said.
    pub(super) fn append(&mut self, other: &Self, else_from: From, doubt: Option<&Arc<str>>) -> Result<(), TooLong> {
        for (text, piece) in other.parts() {
            let from = if piece.from == From::Nowhere { else_from } else { piece.from };
            self.push(text, from, doubt.or(piece.doubt.as_ref()))?;
        }
        Ok(())
    }

    /// Its parts in order.
    fn parts(&self) -> impl Iterator<Item = (&str, &Piece)> {
        let mut start = 0;
        self.pieces.iter().map(move |piece| {
            let text = &self.text[start..piece.end as usize];
            start = piece.end as usize;
            (text, piece)
        })
    }

    /// A part of it; both ends must be between two letters.
    pub(super) fn slice(&self, range: std::ops::Range<usize>) -> Self {
        let mut found = Self::default();
        let first = self.pieces.partition_point(|piece| piece.end as usize <= range.start);
        let mut start = first.checked_sub(1).map_or(0, |before| self.pieces[before].end as usize);
        for piece in &self.pieces[first..] {
            if start >= range.end {
                break;
            }
            let (from, to) = (start.max(range.start), (piece.end as usize).min(range.end));
            let origin = match piece.from {
                From::Copied(Origin { file, span }) => {
                    let begin = span.start + (from - start) as u32;
                    From::Copied(Origin { file, span: Span { start: begin, end: span.end.max(begin) } })
                }
                other => other,
            };
            let _ = found.push(self.text.get(from..to).unwrap_or(""), origin, piece.doubt.as_ref());
            start = piece.end as usize;
        }
        found
    }

    /// Where a stretch of it was written, quotes around a single value left out.
    pub(super) fn origin(&self, span: Span) -> Option<Origin> {
        let first = self.pieces.partition_point(|piece| piece.end <= span.start);
        let start_of = |index: usize| index.checked_sub(1).map_or(0, |before| self.pieces[before].end);
        let inside = |index: &usize| start_of(*index) < span.end.max(span.start + 1);
        let indices: Vec<usize> = (first..self.pieces.len()).take_while(inside).take(8).collect();
        let quotes = |index: usize| {
            let (from, to) = (start_of(index).max(span.start), self.pieces[index].end.min(span.end));
            self.text
                .get(from as usize..to as usize)
                .is_some_and(|text| text.trim().trim_matches(['"', '\'']).is_empty())
        };
        let telling: Vec<usize> = indices.iter().copied().filter(|&index| !quotes(index)).collect();
        let chosen = match (telling.as_slice(), indices.as_slice()) {
            ([only], _) | ([], [only, ..]) => *only,
            _ => *indices.iter().find(|&&index| self.pieces[index].from != From::Nowhere)?,
        };
        match self.pieces[chosen].from {
            From::Nowhere => None,
            From::Whole(origin) => Some(origin),
            From::Copied(Origin { file, span: copied }) => {
                let begin = copied.start + span.start.saturating_sub(start_of(chosen));
                let end = copied.start + span.end.min(self.pieces[chosen].end).saturating_sub(start_of(chosen));
                Some(Origin { file, span: Span { start: begin, end: end.max(begin) } })
            }
        }
    }

    /// The stretches that may not be there, each with why.
    pub(super) fn doubts(&self) -> Vec<(Span, Arc<str>)> {
        let mut found: Vec<(Span, Arc<str>)> = Vec::new();
        let mut start = 0;
        for piece in &self.pieces {
            if let Some(doubt) = &piece.doubt {
                match found.last_mut() {
                    Some((span, why)) if span.end == start && why == doubt => span.end = piece.end,
                    _ => found.push((Span { start, end: piece.end }, doubt.clone())),
                }
            }
            start = piece.end;
        }
        found
    }
}

/// Whether a text holds something that could not be worked out.
pub(super) fn is_hidden(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), HIDDEN.as_bytes()).is_some()
}

/// Whether a text is one value that could not be worked out, and nothing else.
pub(super) fn is_all_hidden(text: &str) -> bool {
    let inner = text.strip_prefix(HIDDEN).and_then(|rest| rest.strip_suffix(HIDDEN_END));
    inner.is_some_and(|inner| !inner.contains('_'))
}

/// Whether a text stands for any number of entries.
pub(super) fn is_hidden_line(text: &str) -> bool {
    text.strip_prefix(HIDDEN).is_some_and(|rest| rest.starts_with(LINE))
}

/// The text as people may read it: `${.Values.host}` for what could not be worked out.
pub(super) fn shown(text: &str) -> String {
    if is_hidden_line(text)
        && let Some((_, what)) = text.split_once('.')
    {
        return what.replace(HIDDEN_END, "");
    }
    text.replace(HIDDEN, "${").replace(HIDDEN_END, "}")
}
