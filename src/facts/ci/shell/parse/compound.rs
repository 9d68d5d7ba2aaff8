//! Compound commands: conditions, loops, `case`, functions, arithmetic.

use super::super::syntax::{Body, Command, Part, Pipeline, Simple, Statement, Word};
use super::{MAX_DEPTH, Parser, text_word};

impl Parser<'_> {
    pub(super) fn condition(&mut self) -> Command {
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

    pub(super) fn repeat(&mut self, until: bool) -> Command {
        let condition = self.body(&["do", "done"]);
        self.keyword("do");
        let body = self.body(&["done"]);
        self.keyword("done");
        Command::While { until, condition, body }
    }

    pub(super) fn for_each(&mut self) -> Command {
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

    pub(super) fn case(&mut self) -> Command {
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

    pub(super) fn function(&mut self, name: String) -> Command {
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

    /// `(( … ))`: one word, because only its status matters.
    pub(super) fn arithmetic(&mut self) -> Command {
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
}

/// The names that an arithmetic expression mentions, as variables.
pub(super) fn names_in(text: &str) -> Vec<Part> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        .map(|name| Part::Variable { name: name.to_owned(), default: None, cut: None, quoted: true })
        .collect()
}
