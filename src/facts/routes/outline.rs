//! The shape of a source file as far as calls go: brackets, call chains, named functions and bindings.

use crate::facts::code::CodeText;
use crate::source::Span;

/// How far a search for what encloses an offset goes, in steps.
const MAX_STEPS: usize = 4_000;

/// Code whose strings are blanked too, so that every bracket in it is one.
#[derive(Debug)]
pub(super) struct Outline {
    /// The code, comments and the insides of strings blanked.
    pub(super) bare: String,
    /// The same with its strings.
    pub(super) code: String,
    /// Where the strings stand, quotes included.
    pub(super) strings: Vec<Span>,
    partners: Vec<u32>,
}

/// A function or a binding: what stands in `span` is known by `name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    /// The body; for a binding the statement.
    pub(super) span: Span,
    /// Whether the name is that of a local binding, known only in its own function.
    pub(super) is_local: bool,
    /// Where the declaration begins.
    pub(super) start: usize,
}

impl Outline {
    /// The shape of `code`, which is some part of a file's code text.
    pub(super) fn of(text: &CodeText, code: &str) -> Self {
        let bytes = code.as_bytes();
        let strings: Vec<Span> = text
            .strings
            .iter()
            .copied()
            .filter(|span| !bytes[span.range()].iter().all(u8::is_ascii_whitespace))
            .collect();
        let mut bare = code.as_bytes().to_vec();
        for span in &strings {
            for byte in &mut bare[span.range()] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        let bare = String::from_utf8(bare).unwrap_or_default();
        let partners = partners(bare.as_bytes());
        Self { bare, code: code.to_owned(), strings, partners }
    }

    /// The offset of the bracket that matches the one at `at`.
    pub(super) fn partner(&self, at: usize) -> Option<usize> {
        self.partners.get(at).copied().filter(|&found| found != u32::MAX).map(|found| found as usize)
    }

    /// The inside of the brackets that open at `at`.
    pub(super) fn inside(&self, at: usize) -> Option<Span> {
        Some(Span::new(at + 1, self.partner(at)?))
    }

    /// The text of the string literal that begins at or after `at`, with only blanks, `&` and a prefix before it.
    pub(super) fn string_from(&self, at: usize) -> Option<(&str, Span)> {
        let index = self.strings.partition_point(|span| (span.end as usize) <= at);
        let span = *self.strings.get(index)?;
        let before = self.bare.get(at..span.start as usize)?;
        if !before.bytes().all(|byte| byte.is_ascii_whitespace() || byte == b'&') {
            return None;
        }
        Some((unquoted(&self.code[span.range()]), span))
    }

    /// The only string literal in a span, as in `base + "/users"`.
    pub(super) fn string_in(&self, span: Span) -> Option<(&str, Span)> {
        let index = self.strings.partition_point(|one| one.end <= span.start);
        let found = *self.strings.get(index).filter(|one| one.end <= span.end)?;
        let is_only = self.strings.get(index + 1).is_none_or(|next| next.start >= span.end);
        is_only.then(|| (unquoted(&self.code[found.range()]), found))
    }

    /// Splits the arguments of a call at their own commas.
    pub(super) fn arguments(&self, inside: Span) -> Vec<Span> {
        let bytes = self.bare.as_bytes();
        let (mut parts, mut from) = (Vec::new(), inside.start as usize);
        let mut at = from;
        while at < inside.end as usize {
            match bytes[at] {
                b'(' | b'[' | b'{' => at = self.partner(at).unwrap_or(at),
                b',' => {
                    parts.push(Span::new(from, at));
                    from = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        parts.push(Span::new(from, inside.end as usize));
        parts.retain(|part| !self.code[part.range()].trim().is_empty());
        parts
    }

    /// The end of the chain of method calls that goes on after a closing bracket: `web::scope("/a").route(…).service(…)`.
    pub(super) fn chain_end(&self, close: usize) -> usize {
        let bytes = self.bare.as_bytes();
        let mut end = close + 1;
        loop {
            let mut at = end;
            while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                at += 1;
            }
            if bytes.get(at) != Some(&b'.') {
                return end;
            }
            at += 1;
            while bytes.get(at).is_some_and(|&byte| is_word(byte) || byte == b':' || byte == b'<' || byte == b'>') {
                at += 1;
            }
            if bytes.get(at) == Some(&b'(') {
                let Some(close) = self.partner(at) else { return end };
                end = close + 1;
            } else if at > end + 1 {
                end = at;
            } else {
                return end;
            }
        }
    }

    /// The opening brackets around an offset, innermost first.
    pub(super) fn around(&self, offset: usize) -> impl Iterator<Item = usize> + '_ {
        let mut at = offset;
        let steps = (0..MAX_STEPS).map_while(move |_| {
            at = at.checked_sub(1)?;
            let byte = self.bare.as_bytes()[at];
            if matches!(byte, b')' | b']' | b'}') {
                at = self.partner(at).unwrap_or(at);
            }
            Some(matches!(byte, b'(' | b'[' | b'{').then_some(at))
        });
        steps.flatten()
    }

    /// The name before an opening bracket, with its path: `web::scope`, `.route`, `format!`.
    pub(super) fn callee(&self, open: usize) -> &str {
        let bytes = self.bare.as_bytes();
        let mut end = open;
        while end > 0 && bytes[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
        // `get::<Type>(`: the types are no part of the name.
        if end > 0 && bytes[end - 1] == b'>' {
            let types = self.bare[..end].rfind("::<");
            end = types.filter(|&at| !self.bare[at..end].contains([';', '{', '}'])).unwrap_or(end);
        }
        let mut start = end;
        while start > 0 && (is_word(bytes[start - 1]) || matches!(bytes[start - 1], b':' | b'!' | b'.' | b'@')) {
            start -= 1;
        }
        self.bare.get(start..end).unwrap_or("")
    }

    /// The statement that holds an offset: from the last `;`, `{` or `}` before it to the next `;` of the same level, or the
    /// bracket that closes around it.
    pub(super) fn statement(&self, offset: usize) -> Span {
        let bytes = self.bare.as_bytes();
        let mut start = offset;
        let floor = offset.saturating_sub(MAX_STEPS);
        while start > floor && !matches!(bytes[start - 1], b';' | b'{' | b'}') {
            start -= 1;
            if matches!(bytes[start], b')' | b']') {
                start = self.partner(start).unwrap_or(start);
            }
        }
        let mut end = offset;
        for _ in 0..MAX_STEPS {
            if end >= bytes.len() || bytes[end] == b';' {
                break;
            }
            match bytes[end] {
                b'(' | b'[' | b'{' => end = self.partner(end).unwrap_or(end),
                b')' | b']' | b'}' => break,
                _ => {}
            }
            end += 1;
        }
        Span::new(start, end.min(bytes.len()))
    }
}

/// The text between the quotes of a literal, as written.
pub(super) fn unquoted(literal: &str) -> &str {
    literal
        .trim_start_matches(['r', 'b', 'f', 'u', 'R', 'F', '#', '@', '$'])
        .trim_end_matches('#')
        .trim_matches(['"', '\'', '`'])
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// For each bracket the offset of its partner; `u32::MAX` for everything else.
fn partners(bytes: &[u8]) -> Vec<u32> {
    let mut partners = vec![u32::MAX; bytes.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, &byte) in bytes.iter().enumerate() {
        let wanted = match byte {
            b'(' | b'[' | b'{' => {
                open.push(at);
                continue;
            }
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => continue,
        };
        let Some(last) = open.pop_if(|last| bytes[*last] == wanted) else { continue };
        partners[last] = at as u32;
        partners[at] = last as u32;
    }
    partners
}
