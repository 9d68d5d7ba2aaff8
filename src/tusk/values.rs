//! Values: which kind begins here, where it ends, arrays, and what unquoted text means.

use super::scan::{Inside, Parser};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::value::{Kind, Value};

impl Parser<'_> {
    /// The value at the cursor, which stands at its first byte.
    pub(super) fn value(&mut self) -> Value {
        let start = self.at;
        let reported = self.diagnostics.len();
        let value = match self.byte(start) {
            b'"' | b'\'' => self.string(),
            b'[' => self.array(),
            b'{' => self.braces(),
            b'<' => match self.heredoc() {
                Some(text) => text,
                None => return self.expression(start),
            },
            b'|' if self.is_line_end(start + 1) => self.block(),
            _ => return self.expression(start),
        };
        if self.abandoned || self.fresh || self.value_ends(self.at) {
            return value;
        }
        // More follows, as in `"a" + $b` or `[1, 2].length`: the whole is an expression.
        self.diagnostics.truncate(reported);
        let whole = self.expression(start);
        let opens = self.byte(start);
        if matches!(whole.kind, Kind::Str(_)) && matches!(opens, b'[' | b'{') {
            let what = if opens == b'[' { "list" } else { "map" };
            let message = format!("expected the end of the line or an operator after this {what}");
            self.error(whole.span.range(), message);
        }
        whole
    }

    /// Whether a value may end at an offset.
    fn value_ends(&self, at: usize) -> bool {
        let next = self.skip_blanks(at);
        match self.byte(next) {
            b'\n' => !self.goes_on(next),
            b'#' => next > at,
            b',' => self.inside != Inside::Line || self.is_line_end(next + 1),
            b';' => self.ends_at_semicolon(next),
            b'}' => self.inside == Inside::Brace,
            b']' => self.inside == Inside::Array,
            _ => false,
        }
    }

    /// Whether a `;` ends the value before it: always in braces, else when nothing or a pair follows.
    pub(super) fn ends_at_semicolon(&self, at: usize) -> bool {
        match self.inside {
            Inside::Brace => true,
            Inside::Array => false,
            Inside::Line => self.is_line_end(at + 1) || self.is_pair(self.skip_blanks(at + 1), false),
        }
    }

    /// Whether the expression before a line end goes on in the next line, which must be deeper and begin with an
    /// operator.
    pub(super) fn goes_on(&self, line_end: usize) -> bool {
        let line = line_end + 1;
        let at = self.skip_blanks(line);
        let next = self.byte(at + 1);
        let stands_alone = at + 1 >= self.bytes.len() || next.is_ascii_whitespace();
        let begins = match self.byte(at) {
            b'|' => next == b'|',
            b'&' => next == b'&',
            b'?' => next == b'?' || stands_alone,
            b'+' | b':' => stands_alone,
            b'.' => super::scan::is_name_start(next),
            _ => false,
        };
        begins && self.column(line, at) > self.base
    }

    fn array(&mut self) -> Value {
        let open = self.at;
        self.at += 1;
        let mut items = Vec::new();
        if !self.enter(open) {
            return Value::new(Kind::Null, Span::new(open, open + 1));
        }
        let inside = std::mem::replace(&mut self.inside, Inside::Array);
        self.fresh = false;
        self.elements(open, &mut items);
        self.inside = inside;
        self.depth -= 1;
        Value::new(Kind::List(items), Span::new(open, self.at.max(open + 1)))
    }

    fn elements(&mut self, open: usize, items: &mut Vec<Value>) {
        loop {
            self.trivia();
            let at = self.at;
            if self.is_end() || self.leaves_array(items.is_empty()) {
                let place = Span::new(at, (at + 1).min(self.bytes.len()));
                let error = Diagnostic::error(Span::new(open, open + 1), "this `[` is never closed; expected `]`");
                self.report(error.and(place, "before this"));
                return;
            }
            self.fresh = false;
            match self.bytes[at] {
                b']' => {
                    self.at += 1;
                    return;
                }
                b',' => {
                    self.error(at..at + 1, "expected a value before this `,`");
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            items.push(self.value());
            if self.abandoned {
                return;
            }
            if self.at == at {
                self.at += 1;
            }
            let next = self.skip_blanks(self.at);
            match self.byte(next) {
                b',' => self.at = next + 1,
                b']' => self.at = next,
                _ if self.fresh || self.is_line_end(self.at) => {}
                _ => {
                    self.error(next..next + 1, "expected `,` or `]` after this value");
                    self.at = next;
                }
            }
        }
    }

    /// Whether the cursor stands at something that can be in no array, so that the `]` must be missing.
    fn leaves_array(&self, is_empty: bool) -> bool {
        let at = self.at;
        if self.bytes[at] == b'}' {
            return self.braces > 0;
        }
        self.fresh && (self.is_pair(at, true) || (!is_empty && self.here() == 0 && self.is_header_after_gap(at)))
    }

    /// Whether a section header stands here and no comma before it asks for another element.
    fn is_header_after_gap(&self, at: usize) -> bool {
        let before = self.text[..at].trim_end();
        !before.ends_with([',', '[']) && self.is_header(at)
    }
}

/// The number that an unquoted text is.
pub(super) fn number(text: &str) -> Option<Kind> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    if !digits.bytes().next()?.is_ascii_digit() {
        return None;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            let rest = plain_digits(rest)?;
            let number = i128::from_str_radix(&rest, radix).ok().filter(|_| !rest.starts_with(['+', '-']))?;
            return Some(whole(if negative { -number } else { number }));
        }
    }
    let plain = plain_digits(digits)?;
    if plain.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = if negative { std::borrow::Cow::Owned(format!("-{plain}")) } else { plain };
        return match digits.parse() {
            Ok(number) => Some(Kind::Int(number)),
            Err(_) => digits.parse().is_ok_and(f64::is_finite).then(|| Kind::Big(digits.into_owned())),
        };
    } else if !is_float(plain.as_bytes()) {
        return None;
    }
    let number: f64 = plain.parse().ok().filter(|number: &f64| number.is_finite())?;
    Some(Kind::Float(if negative { -number } else { number }))
}

fn whole(number: i128) -> Kind {
    i64::try_from(number).map_or_else(|_| Kind::Big(number.to_string()), Kind::Int)
}

/// Digits without the `_` that may stand between two of them.
fn plain_digits(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let bytes = text.as_bytes();
    let misplaced = text.starts_with('_') || text.ends_with('_') || bytes.windows(2).any(|pair| pair == b"__");
    (!misplaced).then(|| text.replace('_', "").into())
}

/// `1.5`, `1e3`, `1.5e-3`.
fn is_float(bytes: &[u8]) -> bool {
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = digits(0);
    if bytes.get(at) == Some(&b'.') {
        let end = digits(at + 1);
        if end == at + 1 {
            return false;
        }
        at = end;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let from = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = digits(from.min(bytes.len()));
        if end == from {
            return false;
        }
        at = end;
    }
    at == bytes.len()
}

/// The range that an unquoted text is: `8000-9000`.
pub(super) fn range(text: &str) -> Option<Kind> {
    let (low, high) = text.split_once('-')?;
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(low) || !plain(high) {
        return None;
    }
    Some(Kind::Range(low.parse().ok()?, high.parse().ok()?))
}
