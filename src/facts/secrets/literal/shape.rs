//! What a literal is made of: its classes of characters, whether it reads as words, whether it looks random.

use super::Grade;
use crate::facts::secrets::{checks, names};

/// What a value is made of.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent observations of one text, not a state")]
pub(super) struct Shape {
    len: usize,
    pub(super) letters: bool,
    upper: bool,
    lower: bool,
    pub(super) digits: bool,
    pub(super) symbols: bool,
    is_hex: bool,
    entropy: f64,
    switches: usize,
    wordy: bool,
    is_name: bool,
}

impl Shape {
    pub(super) fn of(value: &str) -> Self {
        let has = |kind: fn(&u8) -> bool| value.bytes().any(|byte| kind(&byte));
        let class = |byte: u8| match byte {
            b'0'..=b'9' => 0,
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            _ => 3,
        };
        let parts = names::words(value);
        let wordy =
            parts.iter().filter(|word| reads_as_word(word)).map(String::len).sum::<usize>() * 10 >= value.len() * 6;
        Self {
            len: value.len(),
            letters: has(u8::is_ascii_alphabetic),
            upper: has(u8::is_ascii_uppercase),
            lower: has(u8::is_ascii_lowercase),
            digits: has(u8::is_ascii_digit),
            symbols: has(u8::is_ascii_punctuation),
            is_hex: value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit()),
            entropy: checks::entropy(value),
            switches: value.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count(),
            wordy,
            is_name: wordy && value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
        }
    }

    pub(super) fn is_word(&self) -> bool {
        !self.digits && !self.symbols && self.len < 20
    }

    pub(super) fn is_words(&self) -> bool {
        !self.digits && self.wordy
    }

    pub(super) fn looks_random(&self) -> bool {
        let mixed = self.digits && self.letters;
        let hex = self.is_hex && mixed && self.entropy >= 2.8;
        let long = self.len >= 16 && mixed && self.entropy >= 3.3 && self.switches * 5 >= self.len && !self.wordy;
        let classes = [self.upper, self.lower, self.digits, self.symbols].iter().filter(|has| **has).count();
        let short = self.len >= 8 && classes >= 3 && self.entropy >= 2.7 && self.switches >= 3 && !self.wordy;
        let letters = self.len >= 24
            && self.upper
            && self.lower
            && self.entropy >= 4.0
            && self.switches * 3 >= self.len
            && !self.wordy;
        hex || long || short || letters
    }

    pub(super) fn password_grade(&self) -> Grade {
        match () {
            () if self.looks_random() => Grade::Strong,
            // `pending_provisioning`: a word of the program, as names are joined.
            () if self.is_name => Grade::Weak,
            () if self.letters && (self.digits || self.symbols && self.len >= 8) && self.len >= 5 => Grade::Fair,
            () => Grade::Weak,
        }
    }

    /// A key of words is the name of a key.
    pub(super) fn key_grade(&self) -> Option<Grade> {
        match () {
            () if self.looks_random() && self.len >= 12 => Some(Grade::Strong),
            () if self.letters && self.digits && self.len >= 10 && self.entropy >= 2.8 && !self.wordy => {
                Some(Grade::Fair)
            }
            () => None,
        }
    }
}

/// Whether a run of letters could be a word: vowels and consonants take turns.
fn reads_as_word(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let vowels = word.bytes().filter(|byte| b"aeiouy".contains(byte)).count();
    let longest_consonants = word
        .bytes()
        .fold((0, 0), |(best, run), byte| {
            let run = if byte.is_ascii_alphabetic() && !b"aeiouy".contains(&byte) { run + 1 } else { 0 };
            (std::cmp::max(best, run), run)
        })
        .0;
    letters == word.len()
        && (3..=16).contains(&letters)
        && vowels * 5 >= letters
        && vowels * 3 <= letters * 2
        && longest_consonants <= 4
}
