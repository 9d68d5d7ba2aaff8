//! Patterns of commands, as rules and lists write them.
//!
//! A pattern is words with blanks between them, matched against a command whose wrappers (`sudo`, `env X=1`, `npx`,
//! `cargo +nightly`, `poetry run`, …) are already taken away:
//!
//! | written | matches |
//! |---|---|
//! | `cargo clippy` | the program and its words, in order; options (with their value) may stand between them |
//! | `…` | any words in between |
//! | `--check`, `-f` | the option anywhere after the program: `--check`, `--check=x`; `-f` also in `-fsSL` |
//! | `--exit-code 1`, `--exit-code=1` | the option with that value, either way of writing it |
//! | `-D warnings` | the same, for a short option |
//! | `{a\|b}` | any of them, as a whole word or a part of one |
//! | `*` | any characters inside a word |
//! | `!--no-run`, `!licenses` | not if the command has this option or word |
//! | `!--exit-code=0` | not if the command has this option with this value |
//!
//! A pattern that begins with an option asks for options alone: `-D warnings` as a further argument of `@ci.runs`.

/// A pattern, read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    words: Vec<Piece>,
    options: Vec<(Vec<String>, Option<Vec<String>>)>,
    without: Vec<(Vec<String>, Option<Vec<String>>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Word(Vec<String>),
    Any,
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str) -> Self {
        let mut pattern = Self { words: Vec::new(), options: Vec::new(), without: Vec::new() };
        let mut tokens = text.split_whitespace().peekable();
        while let Some(token) = tokens.next() {
            if token == "…" || token == "..." {
                pattern.words.push(Piece::Any);
            } else if let Some(token) = token.strip_prefix('!') {
                pattern.without.push(option(token));
            } else if token.starts_with('-') || token.starts_with("{-") {
                let (names, mut value) = option(token);
                if value.is_none()
                    && token != "--"
                    && let Some(next) = tokens.peek()
                    && !next.starts_with(['-', '!', '…'])
                    && !next.starts_with("{-")
                {
                    value = Some(alternatives(next));
                    tokens.next();
                }
                pattern.options.push((names, value));
            } else if let Some(rest) = token.strip_prefix('…') {
                pattern.words.push(Piece::Any);
                pattern.words.push(Piece::Word(alternatives(rest)));
            } else {
                pattern.words.push(Piece::Word(alternatives(token)));
            }
        }
        pattern
    }

    /// Whether a command matches.
    pub fn matches(&self, words: &[String]) -> bool {
        let Some(after) = self.position(words) else { return false };
        let rest = &words[after..];
        let letters = Letters::of(words);
        self.options.iter().all(|(names, value)| has_option(rest, letters, names, value.as_deref()))
            && !self.without.iter().any(|(names, value)| excluded(rest, letters, names, value.as_deref()))
    }

    /// Where the arguments begin when the program and its words match.
    fn position(&self, words: &[String]) -> Option<usize> {
        if self.words.is_empty() {
            return Some(usize::from(!words.is_empty()));
        }
        let mut at = 0;
        let mut any = false;
        let mut first_end = 0;
        for (index, piece) in self.words.iter().enumerate() {
            match piece {
                Piece::Any => any = true,
                Piece::Word(alternatives) => {
                    at = find(words, at, alternatives, any, index == 0)?;
                    if index == 0 {
                        first_end = at;
                    }
                    any = false;
                }
            }
        }
        Some(first_end)
    }
}

/// The index after the next word that one of the alternatives matches.
fn find(words: &[String], from: usize, alternatives: &[String], any: bool, first: bool) -> Option<usize> {
    let mut at = from;
    let mut after_option = false;
    while let Some(word) = words.get(at) {
        if alternatives.iter().any(|alternative| glob(alternative, word)) {
            return Some(at + 1);
        }
        let is_option = word.starts_with('-') && word != "--";
        if !any && (first || !(is_option || after_option)) {
            return None;
        }
        after_option = is_option && !word.contains('=');
        at += 1;
    }
    None
}

/// An option and the value it must have.
fn option(token: &str) -> (Vec<String>, Option<Vec<String>>) {
    match token.split_once('=') {
        Some((name, value)) if token.starts_with('-') => (alternatives(name), Some(alternatives(value))),
        _ => (alternatives(token), None),
    }
}

/// What `-count` is: letters, each an option of its own or one with its value, or one option, as Go's tools read it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    Apart,
    Whole,
}

impl Letters {
    fn of(words: &[String]) -> Self {
        if words.first().is_some_and(|program| program == "go") { Self::Whole } else { Self::Apart }
    }
}

fn has_option(words: &[String], letters: Letters, names: &[String], value: Option<&[String]>) -> bool {
    names.iter().any(|name| {
        occurrences(words, letters, name).any(|found| {
            value.is_none_or(|wanted| found.is_some_and(|found| wanted.iter().any(|wanted| glob(wanted, found))))
        })
    })
}

fn excluded(words: &[String], letters: Letters, names: &[String], value: Option<&[String]>) -> bool {
    names.iter().any(|name| {
        if name.starts_with('-') {
            has_option(words, letters, std::slice::from_ref(name), value)
        } else {
            words.iter().any(|word| glob(name, word))
        }
    })
}

/// Each occurrence of an option, with its value if it has one: `--name=value`, `--name value`, `-Dvalue`, `-D value`.
pub fn values_of<'a>(words: &'a [String], name: &'a str) -> impl Iterator<Item = Option<&'a str>> {
    occurrences(words, Letters::Apart, name)
}

fn occurrences<'a>(words: &'a [String], letters: Letters, name: &'a str) -> impl Iterator<Item = Option<&'a str>> {
    let is_letter = |letter: &&str| letter.chars().count() == 1 && !letter.starts_with('-');
    let letter = name.strip_prefix('-').filter(is_letter).filter(|_| letters == Letters::Apart);
    words.iter().enumerate().filter_map(move |(index, word)| {
        let next = words.get(index + 1).map(String::as_str);
        if word == name || (name.contains('*') && glob(name, word)) {
            return Some(next);
        }
        if let Some(rest) = word.strip_prefix(name)
            && let Some(value) = rest.strip_prefix('=')
        {
            return Some(Some(value));
        }
        let letter = letter?;
        let cluster = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
        if let Some(value) = cluster.strip_prefix(letter) {
            return Some(Some(value));
        }
        (cluster.contains(letter) && cluster.chars().all(char::is_alphabetic)).then_some(next)
    })
}

/// `{a|b}` written out.
fn alternatives(token: &str) -> Vec<String> {
    let Some((before, rest)) = token.split_once('{') else { return vec![token.to_owned()] };
    let Some((inside, after)) = rest.split_once('}') else { return vec![token.to_owned()] };
    let tails = alternatives(after);
    inside.split('|').flat_map(|one| tails.iter().map(move |tail| [before, one, tail].concat())).collect()
}

/// Whether a text matches a pattern in which `*` stands for any characters.
pub fn glob(pattern: &str, text: &str) -> bool {
    // Nearly every pair that is compared differs in its first letter.
    let first = pattern.as_bytes().first().filter(|&&letter| letter != b'*');
    if first.is_some_and(|letter| text.as_bytes().first() != Some(letter)) {
        return false;
    }
    let Some((start, pieces)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(start) else { return false };
    let mut last = None;
    for piece in pieces.split('*') {
        if let Some(middle) = last.replace(piece) {
            match rest.find(middle) {
                Some(at) => rest = &rest[at + middle.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |tail| rest.ends_with(tail))
}
