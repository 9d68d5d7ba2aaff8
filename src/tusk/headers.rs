//! Section headers: `[name.name]`.

use super::scan::Parser;
use super::statements::Until;
use super::{MAX_DEPTH, text};
use crate::source::Span;

type Part = (String, Span);

pub(super) struct Header {
    pub(super) path: Vec<Part>,
    pub(super) span: Span,
}

impl Parser<'_> {
    /// Whether what stands at the cursor begins a section, or means to; within braces only what certainly does.
    pub(super) fn at_header(&self, until: Until) -> bool {
        if !self.fresh || self.bytes[self.at] != b'[' {
            return false;
        }
        match until {
            Until::Header => self.here() == 0 || self.is_header(self.at),
            Until::Brace(_) | Until::Angle(_) => self.here() == 0 && self.is_header(self.at),
            Until::Column(_) => false,
        }
    }

    /// Reads `[name.name]`; `None` when it is none, which is reported.
    pub(super) fn header(&mut self) -> Option<Header> {
        let open = self.at;
        if self.here() != 0 {
            self.error(self.line..open, "a section header must stand at the start of its line");
        }
        let mut path = Vec::new();
        let mut at = self.skip_blanks(open + 1);
        loop {
            let Some((part, end)) = self.header_part(at) else {
                let found = at..at + self.text[at..].chars().next().map_or(0, char::len_utf8);
                self.is_strange(open);
                self.error(found, "expected a section name: letters, digits, `_`, `-`, with dots between");
                self.next_line();
                return None;
            };
            path.push(part);
            at = self.skip_blanks(end);
            match self.byte(at) {
                b'.' => at = self.skip_blanks(at + 1),
                b']' => break,
                _ => {
                    self.is_strange(open);
                    self.error(at..at + 1, "expected `.` or `]` in this section header");
                    self.next_line();
                    return None;
                }
            }
        }
        at += 1;
        let span = Span::new(open, at);
        if path.len() > MAX_DEPTH {
            self.error(span.range(), format!("this nests more than {MAX_DEPTH} levels deep"));
            self.next_line();
            return None;
        }
        if self.byte(at) == b';' {
            at += 1;
        }
        if !self.is_line_end(at) {
            let end = self.line_end(at);
            self.error(at..end, "expected the end of the line after a section header");
        }
        self.at = at;
        self.next_line();
        Some(Header { path, span })
    }

    fn header_part(&self, at: usize) -> Option<(Part, usize)> {
        match self.byte(at) {
            b'*' => Some((("*".to_owned(), Span::new(at, at + 1)), at + 1)),
            b'"' | b'\'' => {
                let (value, end) = text::quoted(self.text, at)?;
                Some(((value.into_owned(), Span::new(at, end)), end))
            }
            _ => {
                let end = self.name_end(at);
                (end > at).then(|| ((self.text[at..end].to_owned(), Span::new(at, end)), end))
            }
        }
    }
}
