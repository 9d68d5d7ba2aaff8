//! Words looked for all at once: where each of them stands in a text, in any case.
//!
//! An automaton of some thousand words takes longer to make than a small tree takes to search. Here the first bytes of the
//! words are marks in a small table, which a text is held against byte by byte; only where one fits the words that begin
//! so are compared.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::OnceLock;

/// So many bytes of a word are its mark; words that are shorter are marked by two.
const LONG: usize = 4;
const SHORT: usize = 2;
/// Marks fall on so many bits, in words of 64.
const BITS: u32 = 18;
const TABLE: usize = 1 << (BITS - 6);

/// Words to look for.
#[derive(Debug, Default)]
pub struct Words {
    list: Vec<String>,
    marks: OnceLock<(Marks<LONG>, Marks<SHORT>)>,
}

/// One of the words in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its position among the words.
    pub index: usize,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What some words begin with.
#[derive(Debug)]
struct Marks<const LENGTH: usize> {
    bits: Box<[u64; TABLE]>,
    /// The words that begin with a mark.
    words: HashMap<u32, Vec<usize>, RandomState>,
}

impl Words {
    /// These words, in their order; a word of fewer than two bytes is nowhere.
    pub fn new(mut words: Vec<String>) -> Self {
        for word in &mut words {
            word.make_ascii_lowercase();
        }
        Self { list: words, ..Self::default() }
    }

    /// Every word in a text, those inside others too: by where they begin, the shorter first.
    pub fn find(&self, text: &str) -> Vec<Word> {
        let (long, short) = self.marks.get_or_init(|| {
            let is_long = |word: &[u8]| word.len() >= LONG;
            (Marks::of(&self.list, is_long), Marks::of(&self.list, |word| !is_long(word)))
        });
        // Words and texts are both lowered.
        let text = text.to_ascii_lowercase();
        let mut found = Vec::new();
        long.find(&self.list, text.as_bytes(), &mut found);
        short.find(&self.list, text.as_bytes(), &mut found);
        found.sort_unstable_by_key(|word| (word.start, word.end));
        found
    }
}

impl<const LENGTH: usize> Marks<LENGTH> {
    /// Those of the words that are wanted.
    fn of(words: &[String], is_wanted: impl Fn(&[u8]) -> bool) -> Self {
        let mut marks = Self { bits: Box::new([0; TABLE]), words: HashMap::default() };
        for (index, word) in words.iter().map(String::as_bytes).enumerate() {
            let Some(first) = word.first_chunk().filter(|_| is_wanted(word)) else { continue };
            let mark = Self::mark(first);
            let (at, bit) = bit(mark);
            marks.bits[at] |= bit;
            marks.words.entry(mark).or_default().push(index);
        }
        marks
    }

    /// The words that stand in a text.
    fn find(&self, words: &[String], text: &[u8], found: &mut Vec<Word>) {
        if self.words.is_empty() {
            return;
        }
        for (start, first) in text.windows(LENGTH).enumerate() {
            let Some(mark) = first.first_chunk().map(Self::mark) else { return };
            let (at, bit) = bit(mark);
            if self.bits[at] & bit == 0 {
                continue;
            }
            for &index in self.words.get(&mark).map_or(&[][..], Vec::as_slice) {
                let word = words[index].as_bytes();
                if text[start..].starts_with(word) {
                    found.push(Word { index, start, end: start + word.len() });
                }
            }
        }
    }

    /// The first bytes of a text as one number.
    fn mark(first: &[u8; LENGTH]) -> u32 {
        first.iter().fold(0, |mark, &byte| mark << 8 | u32::from(byte))
    }
}

/// The bit that a mark falls on.
fn bit(mark: u32) -> (usize, u64) {
    let hash = mark.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS);
    ((hash >> 6) as usize, 1 << (hash & 63))
}
