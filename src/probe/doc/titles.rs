//! Titles that tell what a section is about.

use crate::pattern::Lazy as Pattern;

/// A title.
#[derive(Debug)]
struct Phrase {
    words: Vec<String>,
    /// Whether they are capitals alone (RTO), which match as they are: `rto` hides in `itertools`.
    capitals: bool,
    /// Whether a heading must say nothing else (`=Production`).
    alone: bool,
}

impl Phrase {
    /// Whether the words of a heading are it, or hold it.
    fn is_in(&self, said: &[&str]) -> bool {
        let wanted = self.words.as_slice();
        let holds = || !wanted.is_empty() && said.windows(wanted.len()).any(|window| window == wanted);
        if self.alone { said == wanted } else { holds() }
    }
}

/// Titles as sequences of whole words; hyphens are spaces.
#[derive(Debug, Default)]
pub(super) struct Titles {
    phrases: Vec<Phrase>,
    pattern: Option<Pattern>,
}

impl Titles {
    /// The titles of these texts.
    pub(super) fn of<'t>(titles: impl IntoIterator<Item = &'t str>) -> Self {
        let phrases = titles.into_iter().map(|title| {
            let capitals = title.chars().all(|c| !c.is_lowercase()) && title.chars().any(char::is_uppercase);
            let lowered = if capitals { title.to_owned() } else { title.to_lowercase() };
            Phrase { words: parts(&lowered).map(str::to_owned).collect(), capitals, alone: title.starts_with('=') }
        });
        Self { phrases: phrases.collect(), pattern: None }
    }

    /// The titles that a regular expression gives.
    pub(super) fn matching(pattern: Pattern) -> Self {
        Self { phrases: Vec::new(), pattern: Some(pattern) }
    }

    /// Adds those that a regular expression gives.
    pub(super) fn add(&mut self, pattern: Pattern) {
        self.pattern = Some(pattern);
    }

    /// The regular expression, if there is one.
    pub(super) fn pattern(&self) -> Option<&Pattern> {
        self.pattern.as_ref()
    }

    /// Whether a heading is one of them.
    pub(super) fn matches(&self, heading: &str) -> bool {
        let lowered = heading.to_lowercase();
        let any = |heading: &str, capitals: bool| {
            let mut asked = self.phrases.iter().filter(|phrase| phrase.capitals == capitals).peekable();
            asked.peek().is_some() && {
                let said: Vec<&str> = parts(heading).collect();
                asked.any(|phrase| phrase.is_in(&said))
            }
        };
        any(&lowered, false)
            || any(heading, true)
            || self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(heading))
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}
