//! A cursor over the tokens of one statement.

use super::sql::Token;
use crate::source::Span;

/// Where in a statement the reader is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    tokens: &'t [Token],
}

impl<'t> Cursor<'t> {
    pub(super) fn new(tokens: &'t [Token]) -> Self {
        Self { tokens }
    }

    pub(super) fn peek(&self) -> Option<&'t Token> {
        self.tokens.first()
    }

    pub(super) fn next(&mut self) -> Option<&'t Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// Takes these keywords if they come next.
    pub(super) fn take(&mut self, words: &[&str]) -> bool {
        let fits =
            self.tokens.len() >= words.len() && words.iter().zip(self.tokens).all(|(word, token)| token.is(word));
        if fits {
            self.tokens = self.tokens.get(words.len()..).unwrap_or_default();
        }
        fits
    }

    /// Whether a keyword stands anywhere from here on.
    pub(super) fn has(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token.is(word))
    }

    /// A name, its schema left out.
    pub(super) fn name(&mut self) -> Option<&'t Token> {
        let mut name = self.next().filter(|token| is_name(token))?;
        while self.take(&["."]) {
            name = self.next()?;
        }
        Some(name)
    }

    /// The inside of the parentheses that come next.
    pub(super) fn group(&mut self) -> Option<Self> {
        if !self.peek()?.is("(") {
            return None;
        }
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate() {
            match () {
                () if token.is("(") => depth += 1,
                () if token.is(")") => {
                    depth -= 1;
                    if depth == 0 {
                        let inside = Self { tokens: self.tokens.get(1..at)? };
                        self.tokens = self.tokens.get(at + 1..).unwrap_or_default();
                        return Some(inside);
                    }
                }
                () => {}
            }
        }
        None
    }

    /// Parts between commas that stand in no parentheses.
    pub(super) fn parts(&self) -> Vec<Self> {
        let mut found = Vec::new();
        let (mut depth, mut from) = (0_usize, 0);
        for (at, token) in self.tokens.iter().enumerate() {
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth = depth.saturating_sub(1);
            } else if token.is(",") && depth == 0 {
                found.push(Self { tokens: self.tokens.get(from..at).unwrap_or_default() });
                from = at + 1;
            }
        }
        found.push(Self { tokens: self.tokens.get(from..).unwrap_or_default() });
        found
    }

    /// Skips to behind the first of a keyword.
    pub(super) fn skip_to(&mut self, word: &str) -> bool {
        while let Some(token) = self.next() {
            if token.is(word) {
                return true;
            }
        }
        false
    }

    /// Where all of it stands.
    pub(super) fn span(&self) -> Span {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        }
    }

    /// The keywords and names that are left.
    pub(super) fn words(&self) -> impl Iterator<Item = &'t str> {
        self.tokens.iter().map(|token| token.text.as_str())
    }
}

/// Whether a token can be a name.
pub(super) fn is_name(token: &Token) -> bool {
    token.quoted || token.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
