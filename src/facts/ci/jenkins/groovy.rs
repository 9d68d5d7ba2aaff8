//! As much of Groovy as declarative pipelines are written in: statements with arguments and blocks.

use std::ops::Range;

/// How deep blocks nest.
const MAX_DEPTH: usize = 64;
/// The most statements that are read.
const MAX_STATEMENTS: usize = 20_000;

/// A statement: what stands before its block or its end.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    /// Its tokens.
    pub(super) words: Vec<Token>,
    /// Its block.
    pub(super) block: Option<Vec<Statement>>,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// Where; of a text, without its quotes.
    pub(super) range: Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, with dots: `env.BRANCH_NAME`.
    Name(String),
    /// A text, escapes resolved.
    Text(String),
    /// A sign.
    Sign(char),
}

impl Statement {
    /// Its first word, if that is a name.
    pub(super) fn name(&self) -> &str {
        match self.words.first().map(|token| &token.kind) {
            Some(Kind::Name(name)) => name,
            _ => "",
        }
    }

    /// The first text among its arguments.
    pub(super) fn text(&self) -> Option<(&str, Range<usize>)> {
        self.words.iter().find_map(|token| match &token.kind {
            Kind::Text(text) => Some((text.as_str(), token.range.clone())),
            _ => None,
        })
    }

    /// The value of a named argument: `script: 'x'`.
    pub(super) fn named(&self, name: &str) -> Option<&Token> {
        let at = self.words.windows(2).position(|pair| {
            matches!(&pair[0].kind, Kind::Name(one) if one == name) && pair[1].kind == Kind::Sign(':')
        })?;
        self.words.get(at + 2)
    }

    /// Where it begins.
    pub(super) fn range(&self) -> Range<usize> {
        self.words.first().map_or(0..0, |token| token.range.clone())
    }
}

/// Reads a file; what is not balanced ends where the file ends.
pub(super) fn parse(text: &str) -> Vec<Statement> {
    let mut reader = Reader { text, at: 0, count: 0 };
    reader.block(0)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    count: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn block(&mut self, depth: usize) -> Vec<Statement> {
        let mut found = Vec::new();
        let mut current = Statement::default();
        let mut brackets = 0_usize;
        loop {
            if self.count > MAX_STATEMENTS {
                self.at = self.text.len();
            }
            let Some(letter) = self.rest().chars().next() else { break };
            if letter == '\n' || letter == ';' {
                self.at += 1;
                let goes_on =
                    matches!(current.words.last().map(|token| &token.kind), Some(Kind::Sign(',' | ':' | '=')));
                if brackets == 0 && !goes_on {
                    self.end(&mut current, &mut found);
                }
                continue;
            }
            if letter.is_whitespace() {
                self.at += letter.len_utf8();
                continue;
            }
            if self.comment() {
                continue;
            }
            match letter {
                '{' => {
                    self.at += 1;
                    if depth >= MAX_DEPTH {
                        self.at = self.text.len();
                        break;
                    }
                    let inner = self.block(depth + 1);
                    if brackets == 0 {
                        current.block = Some(inner);
                        self.end(&mut current, &mut found);
                    } else {
                        // A closure among arguments: its statements stand for themselves.
                        found.extend(inner);
                    }
                }
                '}' => {
                    self.at += 1;
                    break;
                }
                _ => {
                    let token = self.token(letter);
                    match token.kind {
                        Kind::Sign('(' | '[') => brackets += 1,
                        Kind::Sign(')' | ']') => brackets = brackets.saturating_sub(1),
                        _ => {}
                    }
                    current.words.push(token);
                }
            }
        }
        self.end(&mut current, &mut found);
        found
    }

    fn end(&mut self, current: &mut Statement, found: &mut Vec<Statement>) {
        if !current.words.is_empty() || current.block.is_some() {
            self.count += 1;
            found.push(std::mem::take(current));
        }
    }

    fn comment(&mut self) -> bool {
        let rest = self.rest();
        let length = if rest.starts_with("//") || rest.starts_with("#!") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            return false;
        };
        self.at += length;
        true
    }

    fn token(&mut self, letter: char) -> Token {
        let start = self.at;
        for quote in ["'''", "\"\"\"", "'", "\""] {
            if self.rest().starts_with(quote) {
                return self.quoted(quote);
            }
        }
        if letter.is_alphanumeric() || letter == '_' || letter == '$' || letter == '@' {
            let rest = self.rest();
            let length =
                rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '@'))).unwrap_or(rest.len());
            let name = rest[..length].to_owned();
            self.at += length;
            return Token { kind: Kind::Name(name), range: start..self.at };
        }
        self.at += letter.len_utf8();
        Token { kind: Kind::Sign(letter), range: start..self.at }
    }

    fn quoted(&mut self, quote: &str) -> Token {
        let start = self.at + quote.len();
        let mut text = String::new();
        self.at = start;
        let double = quote.starts_with('"');
        while let Some(letter) = self.rest().chars().next() {
            if self.rest().starts_with(quote) || (quote.len() == 1 && letter == '\n') {
                break;
            }
            self.at += letter.len_utf8();
            if letter != '\\' {
                text.push(letter);
                continue;
            }
            let Some(next) = self.rest().chars().next() else { break };
            self.at += next.len_utf8();
            match next {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                // A line that goes on.
                '\n' => {}
                // `\$` is a dollar for the shell.
                '$' if !double => text.push_str("\\$"),
                other => text.push(other),
            }
        }
        let end = self.at;
        if self.rest().starts_with(quote) {
            self.at += quote.len();
        }
        Token { kind: Kind::Text(text), range: start..end }
    }
}
