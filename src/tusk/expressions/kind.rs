//! What an unquoted text looks like from outside: which operators stand in it.

use crate::tusk::scan::{is_name, is_name_start};
use crate::tusk::{text, values};
use crate::value::ExprKind;

/// What an unquoted text looks like from outside; `None` for a word.
pub(in crate::tusk) fn expression_kind(raw: &str) -> Option<ExprKind> {
    let bytes = raw.as_bytes();
    let shape = Shape::of(bytes);
    if shape.ternary {
        return Some(ExprKind::Ternary);
    }
    if shape.logic || (shape.arithmetic && operands(raw)) {
        return Some(ExprKind::Expr);
    }
    if shape.concat {
        return Some(ExprKind::Concat);
    }
    match bytes.first()? {
        b'$' => (path_end(bytes, 1)? == bytes.len()).then_some(ExprKind::Ref),
        b'@' => {
            let end = path_end(bytes, 1)?;
            let rest = raw[end..].trim_start();
            (rest.is_empty() || rest.starts_with(['(', '{', '[', '.'])).then(|| ExprKind::Op(raw[1..end].to_owned()))
        }
        b'!' if bytes.len() > 1 && matches!(bytes[1], b'$' | b'@' | b'(') => Some(ExprKind::Expr),
        b'(' => raw.ends_with(')').then_some(ExprKind::Expr),
        first if is_name_start(*first) => {
            let end = path_end(bytes, 0)?;
            (bytes.get(end) == Some(&b'(') && shape.blank.is_none() && raw.ends_with(')')).then_some(ExprKind::Call)
        }
        _ => None,
    }
}

/// Offset just past a dotted name that starts at an offset.
fn path_end(bytes: &[u8], from: usize) -> Option<usize> {
    let name = |from: usize| from + bytes[from..].iter().take_while(|byte| is_name(**byte)).count();
    if !bytes.get(from).is_some_and(|byte| is_name_start(*byte)) {
        return None;
    }
    let mut end = name(from);
    while bytes.get(end) == Some(&b'.') && name(end + 1) > end + 1 {
        end = name(end + 1);
    }
    Some(end)
}

/// Which operators stand outside all quotes and brackets of a text.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent observations of one text, not a state")]
struct Shape {
    ternary: bool,
    /// `||`, `&&`, `??`, `==`, `!=`, `<=`, `>=`, `=>`.
    logic: bool,
    /// ` - `, ` * `, ` / `, ` % `, ` < `, ` > `: words have them as well.
    arithmetic: bool,
    concat: bool,
    /// Where the first blank stands.
    blank: Option<usize>,
}

impl Shape {
    fn of(bytes: &[u8]) -> Self {
        let mut shape = Self::default();
        let mut depth = 0usize;
        let mut question = false;
        let mut at = 0;
        let blank = |at: usize| bytes.get(at).is_none_or(u8::is_ascii_whitespace);
        while at < bytes.len() {
            let byte = bytes[at];
            match byte {
                b'"' | b'\'' if byte == b'"' || at == 0 || !is_name(bytes[at - 1]) => {
                    at = if bytes[at..].starts_with(&[byte; 3]) {
                        memchr::memmem::find(&bytes[at + 3..], &[byte; 3]).map_or(bytes.len(), |length| at + length + 6)
                    } else if depth > 0 {
                        text::quoted_end_in_brackets(bytes, at).unwrap_or(at + 1)
                    } else {
                        text::quoted_end(bytes, at).unwrap_or(at + 1)
                    };
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                b' ' | b'\t' | b'\n' => shape.blank = shape.blank.or(Some(at)),
                _ if at == 0 => {}
                b'|' | b'&' if bytes.get(at + 1) == Some(&byte) => shape.logic = true,
                b'?' if bytes.get(at + 1) == Some(&b'?') => {
                    shape.logic = true;
                    at += 1;
                }
                // At the very end it is no operator but the padding of Base64.
                b'=' | b'!' | b'<' | b'>' if bytes.get(at + 1) == Some(&b'=') => shape.logic |= at + 2 < bytes.len(),
                b'=' if bytes.get(at + 1) == Some(&b'>') => shape.logic = true,
                b'?' if blank(at - 1) && blank(at + 1) => question = true,
                b':' if question && blank(at + 1) => shape.ternary = true,
                b'+' if is_concat(bytes, at) => shape.concat = true,
                b'-' | b'*' | b'/' | b'%' | b'<' | b'>' if blank(at - 1) && blank(at + 1) => shape.arithmetic = true,
                _ => {}
            }
            at += 1;
        }
        shape
    }
}

/// Whether the `+` joins: blanks around it, or a quote or bracket on a side.
fn is_concat(bytes: &[u8], at: usize) -> bool {
    let (before, after) = (bytes[at - 1], bytes.get(at + 1).copied().unwrap_or(b' '));
    (before.is_ascii_whitespace() && after.is_ascii_whitespace())
        || matches!(before, b'"' | b'\'' | b')')
        || (matches!(after, b'"' | b'\'' | b'$' | b'@') && !is_name(before))
}

/// Whether what stands around the arithmetic operators of a text can be calculated with.
fn operands(raw: &str) -> bool {
    if raw.starts_with(['$', '@', '"', '\'', '(']) {
        return true;
    }
    raw.split([' ', '\t', '\n'])
        .filter(|part| !part.is_empty() && !matches!(*part, "-" | "*" | "/" | "%" | "<" | ">" | "+"))
        .all(|part| {
            part.starts_with(['$', '@', '"', '\'', '(']) || part.ends_with(')') || values::number(part).is_some()
        })
}
