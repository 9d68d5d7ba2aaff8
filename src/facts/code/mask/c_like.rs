//! Languages with `//` and `/* */`: Go, JavaScript, Java, Kotlin, C#, C, PHP and their kin.

use super::{Marks, line_end, past, past_block, past_quoted};
use crate::facts::code::language::Language;
use crate::source::Span;

/// What a backtick opens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backtick {
    Nothing,
    /// A string without escapes (Go).
    Raw,
    /// A template with `${…}` (JavaScript).
    Template,
}

/// In what the languages of the family differ.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is one independent trait of a language")]
pub(super) struct Dialect {
    backtick: Backtick,
    /// `#` begins a comment (PHP).
    hash: bool,
    /// Block comments nest.
    nested: bool,
    /// `/…/` may be a regular expression.
    regex: bool,
    /// `"""` opens a text block.
    triple: bool,
    /// `@"…"` has no escapes (C#).
    verbatim: bool,
    /// Quoted strings may span lines.
    multi_line: bool,
}

impl Dialect {
    /// The dialect of a language.
    pub(super) fn of(language: Language) -> Self {
        use Language as L;
        Self {
            backtick: match language {
                L::Go => Backtick::Raw,
                L::JavaScript => Backtick::Template,
                _ => Backtick::Nothing,
            },
            hash: language == L::Php,
            nested: matches!(language, L::Kotlin | L::Scala | L::Swift),
            regex: language == L::JavaScript,
            triple: matches!(language, L::Java | L::Kotlin | L::Scala | L::Swift | L::CSharp),
            verbatim: language == L::CSharp,
            multi_line: language == L::Php,
        }
    }
}

/// Comments and strings of a language of the family.
pub(super) fn scan(dialect: Dialect, text: &str) -> Marks {
    let bytes = text.as_bytes();
    let mut marks = Marks::default();
    // Where the text of each open template goes on: the depth of braces inside its `${…}`.
    let mut templates: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied();
        at = match bytes[at] {
            b'/' if next == Some(b'/') => comment(&mut marks, at, line_end(bytes, at)),
            b'/' if next == Some(b'*') => comment(&mut marks, at, past_block(bytes, at, dialect.nested)),
            b'#' if dialect.hash && next != Some(b'[') => comment(&mut marks, at, line_end(bytes, at)),
            b'/' if dialect.regex => match regex_end(bytes, at) {
                Some(end) => string(&mut marks, at, end),
                None => at + 1,
            },
            b'"' | b'\'' => {
                let end = quoted_end(dialect, bytes, at);
                string(&mut marks, at, end)
            }
            b'`' => match dialect.backtick {
                Backtick::Nothing => at + 1,
                Backtick::Raw => string(&mut marks, at, past(bytes, at + 1, b"`")),
                Backtick::Template => template(&mut marks, &mut templates, bytes, at),
            },
            b'{' => {
                if let Some(depth) = templates.last_mut() {
                    *depth += 1;
                }
                at + 1
            }
            b'}' => match templates.last_mut() {
                Some(0) => {
                    templates.pop();
                    template(&mut marks, &mut templates, bytes, at)
                }
                Some(depth) => {
                    *depth -= 1;
                    at + 1
                }
                None => at + 1,
            },
            _ => at + 1,
        };
    }
    marks
}

fn comment(marks: &mut Marks, start: usize, end: usize) -> usize {
    marks.comments.push(Span::new(start, end));
    end
}

fn string(marks: &mut Marks, start: usize, end: usize) -> usize {
    marks.strings.push(Span::new(start, end));
    end
}

/// Passes the text of a template from its backtick, or from the `}` of its last `${…}`, to its end or its next `${`.
fn template(marks: &mut Marks, templates: &mut Vec<usize>, bytes: &[u8], at: usize) -> usize {
    let mut index = at + 1;
    while let Some(&byte) = bytes.get(index) {
        match byte {
            b'\\' => index += 2,
            b'`' => return string(marks, at, index + 1),
            b'$' if bytes.get(index + 1) == Some(&b'{') => {
                templates.push(0);
                return string(marks, at, index + 2);
            }
            _ => index += 1,
        }
    }
    string(marks, at, bytes.len())
}

fn quoted_end(dialect: Dialect, bytes: &[u8], at: usize) -> usize {
    if bytes[at] == b'"' {
        if dialect.triple && bytes[at..].starts_with(b"\"\"\"") {
            return past(bytes, at + 3, b"\"\"\"");
        }
        if dialect.verbatim && bytes[..at].iter().rev().take(2).any(|&byte| byte == b'@') {
            return past(bytes, at + 1, b"\"");
        }
        let raw = if bytes[..at].ends_with(b"R") { cpp_raw_end(bytes, at) } else { None };
        if let Some(end) = raw {
            return end;
        }
    }
    past_quoted(bytes, at, dialect.multi_line)
}

/// Where `R"mark(…)mark"` ends.
fn cpp_raw_end(bytes: &[u8], at: usize) -> Option<usize> {
    let open = bytes[at + 1..].iter().take(17).position(|&byte| byte == b'(')?;
    let mark = &bytes[at + 1..at + 1 + open];
    let close = [b")", mark, b"\""].concat();
    Some(past(bytes, at + 1 + open, &close))
}

/// No regular expression that people write is longer; a bound keeps a hostile line from being read once a slash.
const LONGEST_REGEX: usize = 1000;

/// Where the regular expression that may open at `at` ends; `None` if the slash divides.
fn regex_end(bytes: &[u8], at: usize) -> Option<usize> {
    let before = bytes[..at].trim_ascii_end();
    let opens = match before.last() {
        None => true,
        Some(byte) if b"(,=:[!&|?{};+-*%<>^~".contains(byte) => true,
        Some(_) => [b"return".as_slice(), b"typeof", b"case"].iter().any(|word| before.ends_with(word)),
    };
    if !opens {
        return None;
    }
    let mut in_class = false;
    let mut index = at + 1;
    while let Some(&byte) = bytes.get(index).filter(|_| index < at + LONGEST_REGEX) {
        match byte {
            b'\n' => return None,
            b'\\' => index += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(index + 1),
            _ => {}
        }
        index += 1;
    }
    None
}
