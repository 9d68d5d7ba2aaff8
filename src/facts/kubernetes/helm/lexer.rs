//! The words of one action of a Go template, `{{ … }}`.

use super::syntax::Fault;

/// A word of an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `.`, `.Values.a.b`: the names behind the dots.
    Field(Vec<String>),
    /// `$`, `$x.a`: the name and the fields behind it.
    Variable(String, Vec<String>),
    /// A keyword or the name of a function.
    Word(String),
    /// A quoted text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// `(`
    Open,
    /// `)`, with the fields directly behind it.
    Close(Vec<String>),
    /// `|`
    Pipe,
    /// `:=`
    Declare,
    /// `=`
    Assign,
    /// `,`
    Comma,
}

/// An action as it stands in a text.
#[derive(Debug)]
pub(super) struct Action {
    /// Its words.
    pub(super) tokens: Vec<Token>,
    /// The offset behind its closing braces.
    pub(super) end: usize,
    /// Whether it takes the blanks behind it away.
    pub(super) trims: bool,
}

/// Reads the action whose inside begins at an offset.
pub(super) fn action(text: &str, start: usize) -> Result<Action, Fault> {
    let mut lexer = Lexer { text, at: start };
    let mut tokens = Vec::new();
    loop {
        let blank = lexer.skip_blanks();
        let rest = lexer.rest();
        if rest.starts_with("}}") {
            return Ok(Action { tokens, end: lexer.at + 2, trims: false });
        }
        if blank && rest.starts_with("-}}") {
            return Ok(Action { tokens, end: lexer.at + 3, trims: true });
        }
        tokens.push(lexer.token()?);
    }
}

/// The end of a comment that begins at an offset (`/*`), and whether it takes the blanks behind it away.
pub(super) fn comment(text: &str, start: usize) -> Result<(usize, bool), Fault> {
    let rest = text.get(start..).unwrap_or("");
    let close = memchr::memmem::find(rest.as_bytes(), b"*/").ok_or(Fault::new(start, "a comment is never closed"))?;
    let behind = rest.get(close + 2..).unwrap_or("");
    let blanks = behind.len() - behind.trim_start().len();
    let end = start + close + 2 + blanks;
    match behind.trim_start() {
        tail if tail.starts_with("}}") => Ok((end + 2, false)),
        tail if tail.starts_with("-}}") => Ok((end + 3, true)),
        _ => Err(Fault::new(end, "a comment must be all of its action")),
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_blanks(&mut self) -> bool {
        let rest = self.rest();
        let blanks = rest.len() - rest.trim_start().len();
        self.at += blanks;
        blanks > 0
    }

    fn fault(&self, what: &str) -> Fault {
        Fault::new(self.at, what)
    }

    fn token(&mut self) -> Result<Token, Fault> {
        let bytes = self.rest().as_bytes();
        let Some(&first) = bytes.first() else { return Err(self.fault("an action is never closed")) };
        let second = bytes.get(1).copied().unwrap_or(0);
        let digit_next = second.is_ascii_digit();
        Ok(match first {
            b'(' => self.single(Token::Open),
            b')' => {
                self.at += 1;
                Token::Close(self.fields())
            }
            b'|' => self.single(Token::Pipe),
            b',' => self.single(Token::Comma),
            b'=' => self.single(Token::Assign),
            b':' if second == b'=' => {
                self.at += 2;
                Token::Declare
            }
            b'"' => self.quoted()?,
            b'`' => self.raw()?,
            b'\'' => self.letter()?,
            b'$' => {
                self.at += 1;
                let name = self.name();
                Token::Variable(name, self.fields())
            }
            b'.' if !digit_next => match self.fields() {
                fields if fields.is_empty() => self.single(Token::Field(Vec::new())),
                fields => Token::Field(fields),
            },
            b'-' | b'+' if digit_next => self.number()?,
            b'0'..=b'9' | b'.' => self.number()?,
            _ => {
                let name = self.name();
                if name.is_empty() {
                    return Err(self.fault("an action has a letter that means nothing"));
                }
                Token::Word(name)
            }
        })
    }

    fn single(&mut self, token: Token) -> Token {
        self.at += 1;
        token
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        self.at += end;
        name
    }

    /// `.a.b`
    fn fields(&mut self) -> Vec<String> {
        let mut fields = Vec::new();
        while self.rest().starts_with('.') {
            self.at += 1;
            let name = self.name();
            if name.is_empty() {
                self.at -= 1;
                break;
            }
            fields.push(name);
        }
        fields
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let rest = self.rest();
        let is_part = |(at, letter): (usize, char)| {
            letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_') || (at == 0 && matches!(letter, '-' | '+'))
        };
        let end = rest.char_indices().find(|&each| !is_part(each)).map_or(rest.len(), |(at, _)| at);
        let digits = rest[..end].replace('_', "");
        let token = digits.parse().map(Token::Int).or_else(|_| digits.parse().map(Token::Float));
        let token = token.map_err(|_| self.fault("this is no number"))?;
        self.at += end;
        Ok(token)
    }

    fn quoted(&mut self) -> Result<Token, Fault> {
        let rest = self.rest();
        let mut text = String::new();
        let mut letters = rest.char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at += at + 1;
                    return Ok(Token::Text(text));
                }
                '\n' => break,
                '\\' => match letters.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    // `\d` of a regular expression in a quoted text is an error of Go; other escapes are letters.
                    Some((_, other)) => text.push(other),
                    None => break,
                },
                other => text.push(other),
            }
        }
        Err(self.fault("a quoted text is never closed"))
    }

    fn raw(&mut self) -> Result<Token, Fault> {
        let inside = &self.rest()[1..];
        let end = inside.find('`').ok_or_else(|| self.fault("a quoted text is never closed"))?;
        let text = inside[..end].to_owned();
        self.at += end + 2;
        Ok(Token::Text(text))
    }

    /// A single letter is its number.
    fn letter(&mut self) -> Result<Token, Fault> {
        let inside = &self.rest()[1..];
        let end = inside.find('\'').ok_or_else(|| self.fault("a quoted letter is never closed"))?;
        let code = inside[..end].chars().last().map_or(0, |letter| i64::from(u32::from(letter)));
        self.at += end + 2;
        Ok(Token::Int(code))
    }
}
