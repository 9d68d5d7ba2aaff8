//! Reads a shell script into its syntax. It never fails: what it cannot read becomes words.

mod compound;
mod simple;
mod word;

use super::syntax::{Body, Command, Join, Part, Pipeline, Statement, Word};
use std::ops::Range;

/// How deep commands nest before the rest is left out.
const MAX_DEPTH: usize = 40;

/// The statements of a script.
pub(super) fn parse(text: &str) -> Body {
    Parser { text, bytes: text.as_bytes(), pos: 0, end: text.len(), depth: 0, heredocs: Vec::new() }.body(&[])
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    end: usize,
    depth: usize,
    heredocs: Vec<(String, bool)>,
}

impl<'a> Parser<'a> {
    /// Statements up to one of the closing words (or `)`, `}`, `;;`), which is left unread.
    fn body(&mut self, closers: &[&str]) -> Body {
        let mut body = Body::new();
        self.depth += 1;
        loop {
            self.skip_separators(closers);
            if self.pos >= self.end || self.at_closer(closers) {
                break;
            }
            let before = self.pos;
            if self.depth <= MAX_DEPTH
                && let Some(statement) = self.statement()
            {
                body.push(statement);
            }
            if self.pos == before {
                // A stray operator or a closer without its opener.
                self.pos += self.char_len();
            }
        }
        self.depth -= 1;
        body
    }

    fn char_len(&self) -> usize {
        self.text[self.pos..].chars().next().map_or(1, char::len_utf8)
    }

    fn at_closer(&self, closers: &[&str]) -> bool {
        closers.iter().any(|closer| match *closer {
            ")" | ";;" => self.rest().starts_with(closer),
            word => self.at_keyword(word),
        })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.pos..self.end).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        (self.pos < self.end).then(|| self.bytes[self.pos])
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        (self.pos + ahead < self.end).then(|| self.bytes[self.pos + ahead])
    }

    /// Where a byte stands next; the end if nowhere.
    fn find(&self, byte: u8) -> usize {
        memchr::memchr(byte, &self.bytes[self.pos..self.end]).map_or(self.end, |at| self.pos + at)
    }

    fn at_keyword(&self, word: &str) -> bool {
        self.rest().strip_prefix(word).is_some_and(|rest| {
            rest.bytes().next().is_none_or(|next| next.is_ascii_whitespace() || b";&|()<>".contains(&next))
        })
    }

    fn keyword(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let here = self.at_keyword(word);
        if here {
            self.pos += word.len();
        }
        here
    }

    /// Spaces, tabs, continued lines and comments; not line ends.
    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.pos += 1,
                b'\\' if self.peek_at(1) == Some(b'\n') => self.pos += 2,
                b'\\' if self.peek_at(1) == Some(b'\r') && self.peek_at(2) == Some(b'\n') => self.pos += 3,
                b'#' if self.at_word_start() => {
                    self.pos = self.find(b'\n');
                }
                _ => break,
            }
        }
    }

    fn at_word_start(&self) -> bool {
        self.pos == 0
            || matches!(self.bytes[self.pos - 1], b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')')
    }

    /// Blanks, line ends (with the here-documents that begin there) and semicolons.
    fn skip_separators(&mut self, closers: &[&str]) {
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b'\n') => self.line_end(),
                Some(b';') if !(closers.contains(&";;") && self.peek_at(1) == Some(b';')) => self.pos += 1,
                _ => break,
            }
        }
    }

    fn line_end(&mut self) {
        self.pos += 1;
        for (delimiter, tabs) in std::mem::take(&mut self.heredocs) {
            while self.pos < self.end {
                let stop = self.find(b'\n');
                let line = self.text[self.pos..stop].trim_end_matches('\r');
                self.pos = (stop + 1).min(self.end);
                if (if tabs { line.trim_start() } else { line }) == delimiter {
                    break;
                }
            }
        }
    }

    fn statement(&mut self) -> Option<Statement> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        let mut background = false;
        loop {
            self.skip_blanks();
            let join = match (self.peek(), self.peek_at(1)) {
                (Some(b'&'), Some(b'&')) => Join::And,
                (Some(b'|'), Some(b'|')) => Join::Or,
                (Some(b'&'), _) => {
                    self.pos += 1;
                    background = true;
                    break;
                }
                _ => break,
            };
            self.pos += 2;
            self.skip_newlines();
            let Some(next) = self.pipeline() else { break };
            rest.push((join, next));
        }
        Some(Statement { first, rest, background })
    }

    fn skip_newlines(&mut self) {
        self.skip_blanks();
        while self.peek() == Some(b'\n') {
            self.line_end();
            self.skip_blanks();
        }
    }

    fn pipeline(&mut self) -> Option<Pipeline> {
        let mut negated = false;
        while self.keyword("!") {
            negated = !negated;
        }
        if self.keyword("time") {
            self.keyword("-p");
        }
        let mut stages = vec![self.command()?];
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'|') || self.peek_at(1) == Some(b'|') {
                break;
            }
            self.pos += 1 + usize::from(self.peek_at(1) == Some(b'&'));
            self.skip_newlines();
            let Some(next) = self.command() else { break };
            stages.push(next);
        }
        Some(Pipeline { negated, stages })
    }

    fn command(&mut self) -> Option<Command> {
        self.skip_blanks();
        let compound = match self.peek()? {
            b'(' if self.peek_at(1) == Some(b'(') => return Some(self.arithmetic()),
            b'(' => {
                self.pos += 1;
                let body = self.body(&[")"]);
                self.eat(")");
                Command::Subshell(body)
            }
            b'{' if self.keyword("{") => {
                let body = self.body(&["}"]);
                self.eat("}");
                Command::Group(body)
            }
            b'i' if self.keyword("if") => self.condition(),
            b'w' if self.keyword("while") => self.repeat(false),
            b'u' if self.keyword("until") => self.repeat(true),
            b'f' if self.keyword("for") => self.for_each(),
            b's' if self.keyword("select") => self.for_each(),
            b'c' if self.keyword("case") => self.case(),
            b'f' if self.keyword("function") => {
                self.skip_blanks();
                let name = self.word()?.literal()?;
                self.skip_blanks();
                if self.rest().starts_with("()") {
                    self.pos += 2;
                }
                return Some(self.function(name));
            }
            _ => return self.simple(),
        };
        self.redirects(&mut Vec::new());
        Some(compound)
    }

    fn eat(&mut self, token: &str) {
        self.skip_blanks();
        if self.rest().starts_with(token) {
            self.pos += token.len();
        }
    }
}

/// A word of plain text.
pub(super) fn text_word(text: &str, range: Range<usize>) -> Word {
    Word { parts: vec![Part::Text(text.to_owned())], quoted: false, range }
}
