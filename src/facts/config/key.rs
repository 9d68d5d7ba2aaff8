//! Names of settings as words, so that `DATABASE__SSL_MODE`, `database.ssl-mode` and `sslMode` under `database` are one.

/// A key as its words, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    words: Vec<String>,
}

impl Key {
    /// The words of a key: split at everything that is no letter or digit, and at camel humps.
    pub fn of(text: &str) -> Self {
        let mut words = Vec::new();
        for part in text.split(|c: char| !c.is_alphanumeric()) {
            humps(part, &mut words);
        }
        Self { words }
    }

    /// The key of an entry below this one.
    #[must_use]
    pub fn below(&self, name: &str) -> Self {
        let mut key = self.clone();
        key.words.extend(Self::of(name).words);
        key
    }

    /// The key without its last `count` words.
    #[must_use]
    pub fn above(&self, count: usize) -> Self {
        Self { words: self.words[..self.words.len().saturating_sub(count)].to_vec() }
    }

    /// Its words.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The words in one, without separators.
    pub fn squashed(&self) -> String {
        self.words.concat()
    }

    /// The words before a tail that spells `squashed`, if this key ends so.
    pub fn before_tail(&self, squashed: &str) -> Option<&[String]> {
        let mut left = squashed;
        let mut at = self.words.len();
        while !left.is_empty() {
            at = at.checked_sub(1)?;
            left = left.strip_suffix(self.words[at].as_str())?;
        }
        (at < self.words.len()).then(|| &self.words[..at])
    }

    /// Whether both name one setting: an environment variable may have the program's name before it, and may leave out a
    /// section that says nothing.
    pub fn same(&self, other: &Self) -> bool {
        let (long, short) = if self.words.len() >= other.words.len() { (self, other) } else { (other, self) };
        let Some(before) = long.before_tail(&short.squashed()) else { return false };
        before.is_empty() || short.words.len() > 1 || before.iter().all(|word| WRAPPERS.contains(&word.as_str()))
    }
}

/// The words of a key in one, without separators, as [`Key::squashed`] gives them.
pub fn squashed(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Sections that wrap settings without naming what they are about.
pub(super) const WRAPPERS: &[&str] =
    &["app", "application", "settings", "config", "configuration", "server", "service", "default", "global", "spring"];

/// `maxPoolSize` → max, pool, size; `HTTPPort` → http, port; `DATABASE` → database.
fn humps(part: &str, words: &mut Vec<String>) {
    let letters: Vec<char> = part.chars().collect();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let after_lower = at > 0 && (letters[at - 1].is_lowercase() || letters[at - 1].is_numeric());
        let before_lower = at > 0 && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_lower || (before_lower && letters[at - 1].is_uppercase())) {
            words.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
}
