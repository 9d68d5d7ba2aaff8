//! Words: quotes, variables and substitutions.

use super::compound::names_in;
use super::{Parser, Part, Word};

impl Parser<'_> {
    /// The word that stands here; `None` at an operator, a line end or the end.
    pub(super) fn word(&mut self) -> Option<Word> {
        let start = self.pos;
        let mut word = Word::default();
        let mut text = String::new();
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'|' | b')' | b'&' | b'(' => break,
                b'<' | b'>' => {
                    if self.peek_at(1) != Some(b'(') {
                        break;
                    }
                    self.pos += 1;
                    self.output(&mut word, &mut text);
                }
                b'\\' => match self.peek_at(1) {
                    Some(b'\n') => self.pos += 2,
                    Some(_) => {
                        self.pos += 1;
                        self.push_char(&mut text);
                    }
                    None => {
                        self.pos += 1;
                    }
                },
                b'\'' => {
                    word.quoted = true;
                    self.pos += 1;
                    let stop = self.find(b'\'');
                    text.push_str(&self.text[self.pos..stop]);
                    self.pos = (stop + 1).min(self.end);
                }
                b'"' => {
                    word.quoted = true;
                    self.pos += 1;
                    self.double_quoted(&mut word, &mut text);
                }
                b'$' => self.dollar(&mut word, &mut text, false),
                b'`' => self.backquoted(&mut word, &mut text),
                _ => self.push_char(&mut text),
            }
        }
        flush(&mut word, &mut text);
        word.range = start..self.pos;
        (self.pos > start).then_some(word)
    }

    fn push_char(&mut self, text: &mut String) {
        let len = self.char_len();
        text.push_str(&self.text[self.pos..(self.pos + len).min(self.end)]);
        self.pos += len;
    }

    fn double_quoted(&mut self, word: &mut Word, text: &mut String) {
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.pos += 1;
                    return;
                }
                b'\\' => match self.peek_at(1) {
                    Some(b'\n') => self.pos += 2,
                    Some(b'"' | b'\\' | b'$' | b'`') => {
                        self.pos += 1;
                        self.push_char(text);
                    }
                    _ => self.push_char(text),
                },
                b'$' => self.dollar(word, text, true),
                b'`' => self.backquoted(word, text),
                _ => self.push_char(text),
            }
        }
    }

    fn dollar(&mut self, word: &mut Word, text: &mut String, quoted: bool) {
        match self.peek_at(1) {
            Some(b'(') => {
                self.pos += 1;
                self.output(word, text);
            }
            Some(b'{') => {
                let stop = self.matching(self.pos + 1, b'{', b'}');
                let inner = &self.text[self.pos + 2..stop.max(self.pos + 2)];
                flush(word, text);
                word.parts.push(braced(inner, quoted));
                self.pos = (stop + 1).min(self.end);
            }
            Some(b'\'') if !quoted => self.pos += 1,
            Some(next) if next.is_ascii_alphabetic() || next == b'_' => {
                self.pos += 1;
                let len = self.rest().bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
                let name = self.rest()[..len].to_owned();
                self.pos += len;
                flush(word, text);
                word.parts.push(Part::Variable { name, default: None, cut: None, quoted });
            }
            Some(next) if next.is_ascii_digit() || b"@*#?!$-".contains(&next) => {
                let name = char::from(next).to_string();
                self.pos += 2;
                flush(word, text);
                word.parts.push(Part::Variable { name, default: None, cut: None, quoted });
            }
            _ => self.push_char(text),
        }
    }

    /// `(…)` after `$`, `<` or `>`: a command, or arithmetic when it doubles.
    fn output(&mut self, word: &mut Word, text: &mut String) {
        let open = self.pos;
        let stop = self.matching(open, b'(', b')');
        flush(word, text);
        let raw = self.text[open..(stop + 1).min(self.end)].to_owned();
        if raw.starts_with("((") {
            word.parts.push(Part::Text("$".into()));
            word.parts.extend(names_in(&raw));
            self.pos = (stop + 1).min(self.end);
            return;
        }
        let body = self.inner(open + 1, stop);
        word.parts.push(Part::Output { body, raw: format!("${raw}") });
        self.pos = (stop + 1).min(self.end);
    }

    fn backquoted(&mut self, word: &mut Word, text: &mut String) {
        self.pos += 1;
        let stop = self.find(b'`');
        flush(word, text);
        let raw = self.text[self.pos..stop].to_owned();
        let body = self.inner(self.pos, stop);
        word.parts.push(Part::Output { body, raw: format!("$({raw})") });
        self.pos = (stop + 1).min(self.end);
    }

    /// Statements of a part of the text, with offsets that stay those of the whole.
    fn inner(&mut self, start: usize, stop: usize) -> super::Body {
        let mut inner = Parser {
            text: self.text,
            bytes: self.bytes,
            pos: start.min(stop),
            end: stop,
            depth: self.depth,
            heredocs: Vec::new(),
        };
        if self.depth >= super::MAX_DEPTH { super::Body::new() } else { inner.body(&[]) }
    }

    /// Where the bracket that opens at `open` closes, minding quotes; the end if it does not.
    fn matching(&self, open: usize, opener: u8, closer: u8) -> usize {
        let mut depth = 0usize;
        // In double quotes only `$(` opens a bracket that must close.
        let mut quoted: Vec<usize> = Vec::new();
        let mut at = open;
        while at < self.end {
            let byte = self.bytes[at];
            let inside = quoted.last() == Some(&depth);
            match byte {
                b'\\' => at += 1,
                b'"' if inside => {
                    quoted.pop();
                }
                b'"' => quoted.push(depth),
                b'\'' if opener == b'(' && !inside => {
                    at = memchr::memchr(b'\'', &self.bytes[at + 1..self.end]).map_or(self.end, |n| at + 1 + n);
                }
                _ if byte == opener && (!inside || self.bytes[at - 1] == b'$') => depth += 1,
                _ if byte == closer && !inside => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return at;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.end
    }
}

/// What stands inside `${…}`.
fn braced(inner: &str, quoted: bool) -> Part {
    let body = inner.trim_start_matches(['!', '#']);
    let len = body
        .char_indices()
        .find(|(index, c)| !(c.is_ascii_alphanumeric() || *c == '_' || (*index == 0 && "@*#?".contains(*c))))
        .map_or(body.len(), |(index, _)| index);
    let name = body[..len].to_owned();
    let mut rest = &body[len..];
    if rest.starts_with('[') {
        rest = rest.find(']').map_or("", |close| &rest[close + 1..]);
    }
    let default = [":-", ":=", "-", "="]
        .iter()
        .find_map(|operator| rest.strip_prefix(operator))
        .map(|text| vec![Part::Text(text.trim_matches('"').to_owned())]);
    let cut = ["##", "#", "%%", "%"].iter().find_map(|operator| {
        let taken = rest.strip_prefix(operator)?.trim_matches('"');
        let is_plain = !taken.is_empty() && !taken.contains(['*', '?', '[', '$', '\\']);
        is_plain.then(|| (taken.to_owned(), operator.starts_with('%')))
    });
    Part::Variable { name, default, cut, quoted }
}

fn flush(word: &mut Word, text: &mut String) {
    if !text.is_empty() {
        word.parts.push(Part::Text(std::mem::take(text)));
    }
}
