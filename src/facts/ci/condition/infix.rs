//! Conditions written with operators: `build.branch == "main" && build.tag == null`, `type = push AND tag IS blank`.

use super::{Comparison, Condition, MAX_DEPTH, MAX_TEXT};

/// Reads a condition; what is not understood may hold.
pub(in crate::facts::ci) fn parse(text: &str) -> Condition {
    if text.len() > MAX_TEXT {
        return Condition::Unknown;
    }
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, at: 0 };
    let found = reader.any(0);
    // A tail that was not understood could say anything.
    if reader.at < tokens.len() { Condition::All(vec![found, Condition::Unknown]) } else { found }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Pattern,
    Sign(&'static str),
}

const SIGNS: &[&str] = &["&&", "||", "==", "!=", "=~", "!~", "=", "!", "(", ")", ","];

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(letter) = rest.chars().next() {
        if matches!(letter, '"' | '\'') {
            let inside = &rest[1..];
            let end = inside.find(letter).unwrap_or(inside.len());
            found.push(Token::Text(inside[..end].to_owned()));
            rest = inside.get(end + 1..).unwrap_or_default();
        } else if letter == '/' {
            let inside = &rest[1..];
            let end = inside.find('/').unwrap_or(inside.len());
            found.push(Token::Pattern);
            rest = inside.get(end + 1..).unwrap_or_default();
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            found.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '=' | '!' | '&' | '|' | '"' | '\''))
                .unwrap_or(rest.len())
                .max(letter.len_utf8());
            let name = &rest[..end];
            found.push(match name {
                "AND" | "and" => Token::Sign("&&"),
                "OR" | "or" => Token::Sign("||"),
                "NOT" | "not" => Token::Sign("!"),
                name => Token::Name(name.to_owned()),
            });
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    found
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn sign(&mut self, sign: &str) -> bool {
        let there = self.tokens.get(self.at).is_some_and(|token| matches!(token, Token::Sign(one) if *one == sign));
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str) -> bool {
        let there = self
            .tokens
            .get(self.at)
            .is_some_and(|token| matches!(token, Token::Name(one) if one.eq_ignore_ascii_case(word)));
        self.at += usize::from(there);
        there
    }

    fn any(&mut self, depth: usize) -> Condition {
        let mut parts = vec![self.all(depth)];
        while self.sign("||") {
            parts.push(self.all(depth));
        }
        if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) }
    }

    fn all(&mut self, depth: usize) -> Condition {
        let mut parts = vec![self.one(depth)];
        while self.sign("&&") {
            parts.push(self.one(depth));
        }
        if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) }
    }

    fn one(&mut self, depth: usize) -> Condition {
        if depth > MAX_DEPTH {
            self.at = self.tokens.len();
            return Condition::Unknown;
        }
        if self.sign("!") {
            return Condition::Not(Box::new(self.one(depth + 1)));
        }
        if self.sign("(") {
            let inner = self.any(depth + 1);
            self.sign(")");
            return inner;
        }
        let Some(left) = self.operand() else { return Condition::Unknown };
        self.comparison(left, depth)
    }

    fn operand(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?;
        if matches!(token, Token::Sign(_)) {
            return None;
        }
        self.at += 1;
        Some(token.clone())
    }

    fn comparison(&mut self, left: Token, depth: usize) -> Condition {
        if depth > MAX_DEPTH {
            self.at = self.tokens.len();
            return Condition::Unknown;
        }
        let Token::Name(name) = left else {
            // `"main" == branch` and patterns are not told apart.
            while self.tokens.get(self.at).is_some_and(|token| !matches!(token, Token::Sign("&&" | "||" | ")"))) {
                self.at += 1;
            }
            return Condition::Unknown;
        };
        if self.sign("(") {
            // A function of the system: `env(NAME)`, `changesInclude('x')`.
            self.any(depth + 1);
            while self.sign(",") {
                self.any(depth + 1);
            }
            self.sign(")");
            self.comparison(Token::Name(String::new()), depth + 1);
            return Condition::Unknown;
        }
        if self.sign("==") || self.sign("=") {
            return self.equals(name);
        }
        if self.sign("!=") {
            return Condition::Not(Box::new(self.equals(name)));
        }
        if self.sign("=~") || self.sign("!~") {
            self.operand();
            return Condition::Compares(name, Comparison::Matches, Vec::new());
        }
        if self.word("is") {
            let not = self.sign("!");
            let blank = !self.word("present") && self.word("blank");
            let present = Condition::Compares(name, Comparison::Present, Vec::new());
            return if not == blank { present } else { Condition::Not(Box::new(present)) };
        }
        let not = self.tokens.get(self.at) == Some(&Token::Sign("!"))
            && matches!(self.tokens.get(self.at + 1), Some(Token::Name(word)) if word.eq_ignore_ascii_case("in"));
        self.at += usize::from(not);
        if self.word("in") && self.sign("(") {
            let mut values = Vec::new();
            while let Some(token) = self.operand() {
                values.extend(text(token));
                self.sign(",");
            }
            self.sign(")");
            let among = Condition::Compares(name, Comparison::Equals, values);
            return if not { Condition::Not(Box::new(among)) } else { among };
        }
        match name.to_ascii_lowercase().as_str() {
            "true" => Condition::Is(true),
            "false" => Condition::Is(false),
            _ => Condition::Compares(name, Comparison::Present, Vec::new()),
        }
    }

    fn equals(&mut self, name: String) -> Condition {
        let value = self.operand().and_then(text);
        match value.as_deref() {
            None => Condition::Unknown,
            Some("null" | "") => Condition::Not(Box::new(Condition::Compares(name, Comparison::Present, Vec::new()))),
            Some(value) => Condition::Compares(name, Comparison::Equals, vec![value.to_owned()]),
        }
    }
}

fn text(token: Token) -> Option<String> {
    match token {
        Token::Name(text) | Token::Text(text) => Some(text),
        Token::Pattern | Token::Sign(_) => None,
    }
}
