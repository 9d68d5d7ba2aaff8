//! The cursor: blanks, comments, line ends, columns, names. Works on bytes; every byte that decides is ASCII.

use super::{MAX_DEPTH, MAX_DIAGNOSTICS};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use std::ops::Range;

/// What stands around a value, and so what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// Nothing: the end of the line.
    Line,
    /// `{ … }`: also `,`, `;` and `}`.
    Brace,
    /// `[ … ]`: also `,` and `]`.
    Array,
}

/// The state of one reading.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    /// Where the cursor stands.
    pub(super) at: usize,
    /// Where the current line starts.
    pub(super) line: usize,
    /// Whether only blanks stand between the start of the line and the cursor (set by [`Parser::trivia`]).
    pub(super) fresh: bool,
    /// The column of the statement that is being read.
    pub(super) base: usize,
    pub(super) inside: Inside,
    /// How many `{` and `name >` are open.
    pub(super) braces: usize,
    pub(super) angles: usize,
    /// How deep the value nests.
    pub(super) depth: usize,
    /// Set when the nesting is too deep: everything open is left, and reading goes on at the next line.
    pub(super) abandoned: bool,
    /// Where the last statement ended, before the blanks and comments after it.
    pub(super) content: usize,
    /// Where the first statement stands that is none of this language, or that holds such a one in its brackets.
    pub(super) strange: Option<usize>,
    /// Where the statement of the document began that is being read.
    pub(super) top: usize,
    /// Where the text starts and how far it stands to the right.
    start: usize,
    margin: usize,
    /// How many bytes were looked through in vain for the end of something that has none.
    wasted: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
    hidden: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, part: Range<usize>, margin: usize) -> Self {
        let text = &text[..part.end];
        let start = if part.start == 0 && text.starts_with('\u{FEFF}') { 3 } else { part.start };
        Self {
            text,
            bytes: text.as_bytes(),
            at: start,
            line: start,
            fresh: true,
            base: 0,
            inside: Inside::Line,
            braces: 0,
            angles: 0,
            depth: 0,
            abandoned: false,
            strange: None,
            top: start,
            content: start,
            start,
            margin,
            wasted: 0,
            diagnostics: Vec::new(),
            hidden: 0,
        }
    }

    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        if self.hidden > 0 {
            let span = self.diagnostics.last().map_or(Span::default(), |last| last.span);
            self.diagnostics.push(Diagnostic::error(span, format!("{} more problems follow", self.hidden)));
        }
        self.diagnostics
    }

    /// Keeps a problem; its place is cut to whole characters of the text, as some are found just past its end.
    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        let floor = |mut at: u32| {
            at = at.min(self.text.len() as u32);
            while !self.text.is_char_boundary(at as usize) {
                at -= 1;
            }
            at
        };
        diagnostic.span = Span { start: floor(diagnostic.span.start), end: floor(diagnostic.span.end) };
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        } else {
            self.hidden += 1;
        }
    }

    pub(super) fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.report(Diagnostic::error(Span::new(span.start, span.end), message));
    }

    /// The byte at an offset; a line end at the end of the text, which is how most things end.
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn starts(&self, at: usize, what: &[u8]) -> bool {
        self.bytes.get(at..).is_some_and(|rest| rest.starts_with(what))
    }

    /// Offset of the first byte from `at` on that is no blank; a carriage return is one, so CRLF needs no thought.
    pub(super) fn skip_blanks(&self, mut at: usize) -> usize {
        while matches!(self.bytes.get(at), Some(b' ' | b'\t' | b'\r')) {
            at += 1;
        }
        at
    }

    /// Offset of the line end (or of the end of the text) from `at` on.
    pub(super) fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[at.min(self.bytes.len())..]).map_or(self.bytes.len(), |length| at + length)
    }

    /// Whether nothing but blanks and a comment stand between `at` and the end of the line.
    pub(super) fn is_line_end(&self, at: usize) -> bool {
        let next = self.skip_blanks(at);
        match self.byte(next) {
            b'\n' => true,
            b'#' => next > at || at == self.start || self.is_blank_before(at),
            _ => false,
        }
    }

    /// Whether a blank or a line start stands right before `at`.
    pub(super) fn is_blank_before(&self, at: usize) -> bool {
        at == self.start || matches!(self.bytes[at - 1], b' ' | b'\t' | b'\r' | b'\n')
    }

    /// The column of an offset: a tab counts up to the next multiple of four.
    pub(super) fn column(&self, line: usize, at: usize) -> usize {
        let mut column: usize = 0;
        for &byte in &self.bytes[line..at] {
            column = if byte == b'\t' { (column / 4 + 1) * 4 } else { column + 1 };
        }
        column.saturating_sub(self.margin)
    }

    /// The column of the cursor.
    pub(super) fn here(&self) -> usize {
        self.column(self.line, self.at)
    }

    /// Moves to the start of the next line.
    pub(super) fn next_line(&mut self) {
        self.at = self.line_end(self.at);
        if !self.is_end() {
            self.at += 1;
        }
        self.line = self.at;
        self.fresh = true;
    }

    /// Moves over blanks, line ends and comments to the next thing that says something.
    pub(super) fn trivia(&mut self) {
        loop {
            let blanks = self.at;
            self.at = self.skip_blanks(self.at);
            let Some(&byte) = self.bytes.get(self.at) else { return };
            match byte {
                b'\n' => self.next_line(),
                b'#' if self.fresh => {
                    if self.inside != Inside::Array && self.directive_head(self.at).is_some() {
                        return;
                    }
                    self.at = self.line_end(self.at);
                }
                b'#' if self.at > blanks || self.is_blank_before(self.at) => self.at = self.line_end(self.at),
                b'/' if self.fresh && self.starts(self.at, b"//") => self.at = self.line_end(self.at),
                b'/' if self.fresh && self.starts(self.at, b"/*") => self.block_comment(),
                _ => return,
            }
        }
    }

    fn block_comment(&mut self) {
        let open = self.at;
        if let Some(close) = self.find(open + 2, b"*/") {
            let comment = open..close + 2;
            if let Some(last) = memchr::memrchr(b'\n', &self.bytes[comment.clone()]) {
                self.line = open + last + 1;
            }
            self.at = comment.end;
        } else {
            self.error(open..open + 2, "this comment is never closed; expected `*/`");
            self.at = self.line_end(open);
        }
    }

    /// Offset of `what` from `from` on. Looking in vain costs, and is paid from a budget, so that a text full of things
    /// that are never closed still takes linear time.
    pub(super) fn find(&mut self, from: usize, what: &[u8]) -> Option<usize> {
        if !self.may_look() {
            return None;
        }
        let found = memchr::memmem::find(self.bytes.get(from..)?, what).map(|length| from + length);
        if found.is_none() {
            self.waste(self.bytes.len() - from);
        }
        found
    }

    pub(super) fn may_look(&self) -> bool {
        self.wasted <= 8 * (self.bytes.len() - self.start)
    }

    pub(super) fn waste(&mut self, bytes: usize) {
        self.wasted += bytes;
    }

    /// If the line at `#` is a hash directive (`#web /hello {`), the offset of its `{`.
    pub(super) fn directive_head(&self, at: usize) -> Option<usize> {
        if !is_name_start(self.byte(at + 1)) {
            return None;
        }
        let end = self.line_end(at);
        let mut last = end;
        while last > at && matches!(self.bytes[last - 1], b' ' | b'\t' | b'\r') {
            last -= 1;
        }
        (self.bytes[last - 1] == b'{').then_some(last - 1)
    }

    /// Offset just past a name (letters, digits, `_`, `-`, anything that is not ASCII) that starts at `at`.
    pub(super) fn name_end(&self, mut at: usize) -> usize {
        while self.bytes.get(at).is_some_and(|&byte| is_name(byte)) {
            at += 1;
        }
        at
    }

    /// Whether a section header stands at `at`, which is a line start: used where one ends what was never closed.
    pub(super) fn is_header(&self, at: usize) -> bool {
        if self.byte(at) != b'[' || !is_name_start(self.byte(at + 1)) {
            return false;
        }
        let mut end = at + 1;
        while self.bytes.get(end).is_some_and(|&byte| is_name(byte) || byte == b'.') {
            end += 1;
        }
        self.byte(end) == b']' && self.is_line_end(end + 1)
    }

    /// Remembers that something stands here that looks like another language.
    pub(super) fn is_strange(&mut self, at: usize) {
        let nested = self.braces > 0 || self.angles > 0 || self.inside != Inside::Line;
        let place = if nested { self.top } else { at };
        self.strange.get_or_insert(place);
    }

    /// Goes one level deeper; reports and gives up the whole statement when that is too deep.
    pub(super) fn enter(&mut self, open: usize) -> bool {
        if self.depth >= MAX_DEPTH {
            self.too_deep(open..open + 1);
            return false;
        }
        self.depth += 1;
        true
    }

    /// Reports that something nests too deep, and gives up the whole statement.
    pub(super) fn too_deep(&mut self, place: Range<usize>) {
        self.error(place, format!("this nests more than {MAX_DEPTH} levels deep"));
        self.abandoned = true;
    }
}

/// Whether a byte may stand in a name.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80
}

/// Whether a byte may begin a name that is not a number.
pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}
