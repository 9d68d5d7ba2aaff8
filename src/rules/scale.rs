//! Scales: words in order of strength, ties, and other spellings of the same word.

use super::text::ScaleText;
use indexmap::IndexMap;

/// An ordered set of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scale {
    /// Its name: `ssl_mode`.
    pub name: String,
    /// Weakest first; the words of one step are equal in rank.
    pub steps: Vec<Vec<String>>,
    /// Other spelling (lower case) → the word.
    pub same: IndexMap<String, String>,
    /// Whether the words of one step are different ways, none of which proves another (blue-green and canary).
    pub ties_differ: bool,
}

impl Scale {
    pub(super) fn from_text(name: String, text: ScaleText) -> Self {
        let same = text
            .same
            .into_iter()
            .flat_map(|(word, others)| others.into_iter().map(move |other| (other.text, word.clone())));
        Self {
            name,
            steps: text.order.into_iter().map(|step| step.0).collect(),
            same: same.collect(),
            ties_differ: text.ties_differ,
        }
    }

    /// The rank of a word or of one of its other spellings, whatever its case and separators.
    pub fn rank(&self, word: &str) -> Option<usize> {
        let word = self.canonical(word)?;
        self.steps.iter().position(|step| step.iter().any(|known| known == word))
    }

    /// The scale's own spelling of a word.
    pub fn canonical(&self, word: &str) -> Option<&str> {
        let wanted = plain(word);
        let own = self.steps.iter().flatten().find(|known| plain(known) == wanted);
        let same = || self.same.iter().find(|(other, _)| plain(other) == wanted).map(|(_, word)| word);
        own.or_else(same).map(String::as_str)
    }

    /// Every word, weakest first.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().flatten().map(String::as_str)
    }
}

/// `VerifyFull`, `verify-full` and `VERIFY_FULL` are one word.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
