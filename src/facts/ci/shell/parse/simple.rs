//! Simple commands: assignments, words and redirections.

use super::super::syntax::{Assignment, Command, Simple, Word};
use super::{Parser, text_word};

impl Parser<'_> {
    pub(super) fn simple(&mut self) -> Option<Command> {
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
    pub(super) fn redirects(&mut self, into: &mut Vec<(String, Word)>) -> bool {
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
