//! SQL as words and signs: comments and bodies of functions are passed over, names lose their quotes.

use crate::source::Span;

/// More tokens than this in one statement are data.
const MOST: usize = 20_000;

/// A word or a sign of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The text: a name in lower case, one sign, or empty for a literal text.
    pub(super) text: String,
    /// Where.
    pub(super) span: Span,
    /// Whether it was quoted as a name: then it is no keyword.
    pub(super) quoted: bool,
}

impl Token {
    /// Whether it is a keyword.
    pub(super) fn is(&self, word: &str) -> bool {
        !self.quoted && self.text == word
    }
}

/// The statements of a text, each as its tokens.
pub(super) fn statements(text: &str) -> Vec<Vec<Token>> {
    let mut found = Vec::new();
    let mut open: Vec<Token> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |line| at + line);
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len(), |end| at + end + 2);
            }
            b'\'' => {
                at = end_of_quoted(bytes, at, b'\'');
                push(&mut open, "", start, at, true);
            }
            b'"' | b'`' => {
                at = end_of_quoted(bytes, at, byte);
                let inner = text.get(start + 1..at.saturating_sub(1)).unwrap_or("").to_lowercase();
                push(&mut open, &inner, start, at, true);
            }
            b'$' => match end_of_dollar(bytes, at) {
                Some(end) => {
                    at = end;
                    push(&mut open, "", start, at, true);
                }
                None => at += 1,
            },
            b'{' if bytes.get(at + 1) == Some(&b'{') => {
                at = end_of_template(bytes, at);
                let inner = text.get(start..at).unwrap_or("").to_lowercase();
                if !is_control(&inner) {
                    push(&mut open, &inner, start, at, true);
                }
            }
            b';' => {
                at += 1;
                if !open.is_empty() {
                    found.push(std::mem::take(&mut open));
                }
            }
            _ if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => {
                while bytes.get(at).is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$' || b >= 0x80) {
                    at += 1;
                }
                let word = text.get(start..at).unwrap_or("").to_lowercase();
                push(&mut open, &word, start, at, false);
            }
            _ if byte.is_ascii_whitespace() => at += 1,
            _ => {
                at += 1;
                push(&mut open, text.get(start..at).unwrap_or(""), start, at, false);
            }
        }
    }
    if !open.is_empty() {
        found.push(open);
    }
    found
}

fn push(open: &mut Vec<Token>, text: &str, start: usize, end: usize, quoted: bool) {
    if open.len() < MOST {
        open.push(Token { text: text.to_owned(), span: Span::new(start, end), quoted });
    }
}

/// Behind the quote that ends what begins at `at`; a doubled quote is part of it.
fn end_of_quoted(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut from = at + 1;
    loop {
        match memchr::memchr(quote, bytes.get(from..).unwrap_or_default()) {
            None => return bytes.len(),
            Some(end) if bytes.get(from + end + 1) == Some(&quote) => from += end + 2,
            Some(end) => return from + end + 1,
        }
    }
}

/// Behind `$tag$ … $tag$`, if such a quote begins here.
fn end_of_dollar(bytes: &[u8], at: usize) -> Option<usize> {
    let tag_end = memchr::memchr(b'$', bytes.get(at + 1..at + 64.min(bytes.len() - at))?)? + at + 2;
    let tag = bytes.get(at..tag_end)?;
    let is_tag = tag[1..tag.len() - 1].iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_tag {
        return None;
    }
    let end = memchr::memmem::find(bytes.get(tag_end..)?, tag)?;
    Some(tag_end + end + tag.len())
}

/// The end of a name that a template fills in, and of what is written behind it: `{{ index .Options "Namespace" }}`,
/// `{{ .Prefix }}users`.
fn end_of_template(bytes: &[u8], start: usize) -> usize {
    let mut at = memchr::memmem::find(&bytes[start..], b"}}").map_or(bytes.len(), |end| start + end + 2);
    while bytes.get(at).is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_') {
        at += 1;
    }
    at
}

/// Whether a template only says whether what follows is there: `{{ if .Audited }}`, `{{- end }}`.
fn is_control(template: &str) -> bool {
    let word = template.trim_start_matches(['{', '-', '%', ' ']).split([' ', '}', '\n']).next().unwrap_or_default();
    matches!(word, "if" | "else" | "end" | "range" | "with" | "define" | "template" | "block") || word.starts_with("/*")
}
