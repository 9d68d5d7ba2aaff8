//! Reads a shell script into its syntax. It never fails: what it cannot read becomes words.

use super::syntax::{Assignment, Body, Command, Join, Part, Pipeline, Simple, Statement, Word};
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
                    self.pos =
                        memchr::memchr(b'\n', &self.bytes[self.pos..self.end]).map_or(self.end, |n| self.pos + n);
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
                let stop = memchr::memchr(b'\n', &self.bytes[self.pos..self.end]).map_or(self.end, |n| self.pos + n);
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

    fn function(&mut self, name: String) -> Command {
        self.skip_newlines();
        self.depth += 1;
        let command = if self.depth > MAX_DEPTH { None } else { self.command() };
        self.depth -= 1;
        let body = match command {
            Some(Command::Group(body) | Command::Subshell(body)) => body,
            Some(other) => {
                vec![Statement {
                    first: Pipeline { negated: false, stages: vec![other] },
                    rest: vec![],
                    background: false,
                }]
            }
            None => Body::new(),
        };
        Command::Function { name, body }
    }

    fn condition(&mut self) -> Command {
        let mut branches = Vec::new();
        let mut otherwise = Body::new();
        loop {
            let condition = self.body(&["then", "fi", "else", "elif"]);
            self.keyword("then");
            let body = self.body(&["elif", "else", "fi"]);
            branches.push((condition, body));
            if self.keyword("elif") {
                continue;
            }
            if self.keyword("else") {
                otherwise = self.body(&["fi"]);
            }
            self.keyword("fi");
            break;
        }
        Command::If { branches, otherwise }
    }

    fn repeat(&mut self, until: bool) -> Command {
        let condition = self.body(&["do", "done"]);
        self.keyword("do");
        let body = self.body(&["done"]);
        self.keyword("done");
        Command::While { until, condition, body }
    }

    fn for_each(&mut self) -> Command {
        self.skip_blanks();
        let mut name = String::new();
        let mut items = Vec::new();
        if self.rest().starts_with("((") {
            self.arithmetic();
        } else {
            name = self.word().and_then(|word| word.literal()).unwrap_or_default();
            self.skip_newlines();
            if self.keyword("in") {
                self.skip_blanks();
                while let Some(word) = self.word() {
                    items.push(word);
                    self.skip_blanks();
                }
            }
        }
        self.skip_separators(&[]);
        self.keyword("do");
        let body = self.body(&["done"]);
        self.keyword("done");
        Command::For { name, items, body }
    }

    fn case(&mut self) -> Command {
        self.skip_blanks();
        let subject = self.word().unwrap_or_default();
        self.skip_newlines();
        self.keyword("in");
        let mut arms = Vec::new();
        loop {
            self.skip_newlines();
            if self.pos >= self.end || self.keyword("esac") {
                break;
            }
            let before = self.pos;
            self.eat("(");
            let mut patterns = Vec::new();
            self.skip_blanks();
            while let Some(pattern) = self.word() {
                patterns.push(pattern);
                self.skip_blanks();
                if self.peek() == Some(b'|') {
                    self.pos += 1;
                    self.skip_blanks();
                }
            }
            self.eat(")");
            let body = self.body(&[";;", "esac"]);
            arms.push((patterns, body));
            self.eat(";;");
            if self.pos == before {
                self.pos += self.char_len();
            }
        }
        Command::Case { subject, arms }
    }

    /// `(( … ))`: one word, because only its status matters.
    fn arithmetic(&mut self) -> Command {
        let start = self.pos;
        let stop = self.rest().find("))").map_or(self.end, |at| self.pos + at + 2);
        self.pos = stop;
        let mut word = Word { quoted: true, range: start..stop, parts: Vec::new() };
        word.parts = names_in(&self.text[start..stop]);
        Command::Simple(Simple {
            words: vec![text_word("((", start..start), word],
            range: start..stop,
            ..Simple::default()
        })
    }

    fn simple(&mut self) -> Option<Command> {
        let start = self.pos;
        let mut simple = Simple::default();
        loop {
            self.skip_blanks();
            if self.redirects(&mut simple.redirects) {
                continue;
            }
            if simple.words.is_empty()
                && let Some(assignment) = self.assignment()
            {
                simple.assignments.push(assignment);
                continue;
            }
            if simple.words.is_empty() && self.at_keyword("[[") {
                simple.words = self.double_bracket();
                continue;
            }
            let Some(word) = self.word() else { break };
            if simple.words.is_empty() && simple.assignments.is_empty() && self.rest().starts_with('(') {
                let name = word.literal();
                let close = self.rest()[1..].trim_start().starts_with(')');
                if let (Some(name), true) = (name, close) {
                    self.pos += self.rest().find(')').map_or(1, |at| at + 1);
                    return Some(self.function(name));
                }
            }
            simple.words.push(word);
        }
        simple.range = start..self.trimmed_end(start);
        let empty = simple.words.is_empty() && simple.assignments.is_empty() && simple.redirects.is_empty();
        (!empty).then_some(Command::Simple(simple))
    }

    fn trimmed_end(&self, start: usize) -> usize {
        start + self.text[start..self.pos].trim_end().len()
    }

    /// `[[ … ]]`, in which `&&`, `<` and `(` are no operators of the shell.
    fn double_bracket(&mut self) -> Vec<Word> {
        let mut words = Vec::new();
        while self.pos < self.end {
            self.skip_newlines();
            if let Some(word) = self.word() {
                let done = word.literal().as_deref() == Some("]]");
                words.push(word);
                if done {
                    break;
                }
            } else if matches!(self.peek(), Some(b'&' | b'|' | b'<' | b'>' | b'(' | b')')) {
                let start = self.pos;
                self.pos += 1;
                words.push(text_word(&self.text[start..self.pos], start..self.pos));
            } else {
                break;
            }
        }
        words
    }

    fn assignment(&mut self) -> Option<Assignment> {
        let rest = self.rest();
        let name_len = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if name_len == 0 || rest.as_bytes()[0].is_ascii_digit() {
            return None;
        }
        let mut after = &rest[name_len..];
        let mut skip = name_len;
        if after.starts_with('[') {
            let close = after.find(']')?;
            if after[..close].contains(['\n', ' ']) {
                return None;
            }
            skip += close + 1;
            after = &rest[skip..];
        }
        let append = after.starts_with("+=");
        if !append && !after.starts_with('=') {
            return None;
        }
        let name = rest[..name_len].to_owned();
        self.pos += skip + 1 + usize::from(append);
        if self.peek() == Some(b'(') {
            self.pos += 1;
            let mut value = Vec::new();
            loop {
                self.skip_newlines();
                let Some(word) = self.word() else { break };
                value.push(word);
            }
            self.eat(")");
            return Some(Assignment { name, append, value, array: true });
        }
        let value = self.word().into_iter().collect();
        Some(Assignment { name, append, value, array: false })
    }

    /// Reads redirections that stand here; says whether there was one.
    fn redirects(&mut self, into: &mut Vec<(String, Word)>) -> bool {
        let mut any = false;
        loop {
            self.skip_blanks();
            let rest = self.rest();
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let after = &rest[digits..];
            let Some(operator) = ["&>>", "&>", "<<<", "<<-", "<<", ">>", ">|", ">&", "<&", "<>", "<(", ">(", ">", "<"]
                .into_iter()
                .find(|operator| after.starts_with(operator))
            else {
                return any;
            };
            if matches!(operator, "<(" | ">(") {
                return any;
            }
            any = true;
            self.pos += digits + operator.len();
            self.skip_blanks();
            let Some(word) = self.word() else { continue };
            if operator.starts_with("<<") && operator != "<<<" {
                self.heredocs.push((word.literal().unwrap_or_default(), operator == "<<-"));
            } else {
                into.push((operator.to_owned(), word));
            }
        }
    }
}

/// A word of plain text.
pub(super) fn text_word(text: &str, range: Range<usize>) -> Word {
    Word { parts: vec![Part::Text(text.to_owned())], quoted: false, range }
}

/// The names that an arithmetic expression mentions, as variables.
fn names_in(text: &str) -> Vec<Part> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        .map(|name| Part::Variable { name: name.to_owned(), default: None, quoted: true })
        .collect()
}

mod word;
