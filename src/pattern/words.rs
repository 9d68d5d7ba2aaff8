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
/// Marks fall on so many bits.
const BITS: u32 = 18;

/// Words to look for.
#[derive(Debug, Default)]
pub struct Words {
    list: Vec<String>,
    marks: OnceLock<Marks>,
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

/// What the words begin with.
#[derive(Debug)]
struct Marks {
    bits: Vec<u64>,
    long: ByMark,
    short: ByMark,
}

/// Mark → the words that begin with it, shorter ones first.
type ByMark = HashMap<u32, Vec<usize>, RandomState>;

impl Words {
    /// These words, in their order; a word of fewer than two bytes is nowhere.
    pub fn new(mut words: Vec<String>) -> Self {
        for word in &mut words {
            word.make_ascii_lowercase();
        }
        Self { list: words, ..Self::default() }
    }

    /// Every word in a text, those inside others too, by where they begin.
    pub fn find(&self, text: &str) -> Vec<Word> {
        let marks = self.marks.get_or_init(|| Marks::of(&self.list));
        // Words and texts are both lowered.
        let text = text.to_ascii_lowercase();
        let text = text.as_bytes();
        let mut found = Vec::new();
        for start in 0..text.len() {
            let rest = &text[start..];
            for index in marks.fitting(rest) {
                let word = self.list[index].as_bytes();
                if rest.starts_with(word) {
                    found.push(Word { index, start, end: start + word.len() });
                }
            }
        }
        found
    }
}

impl Marks {
    fn of(words: &[String]) -> Self {
        let mut marks = Self { bits: vec![0; 1 << (BITS - 6)], long: HashMap::default(), short: HashMap::default() };
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by_key(|&index| words[index].len());
        for index in order {
            let word = words[index].as_bytes();
            let (mark, of_length) = match (mark::<LONG>(word), mark::<SHORT>(word)) {
                (Some(mark), _) => (mark, &mut marks.long),
                (None, Some(mark)) => (mark, &mut marks.short),
                (None, None) => continue,
            };
            of_length.entry(mark).or_default().push(index);
            let (at, bit) = bit(mark);
            marks.bits[at] |= bit;
        }
        marks
    }

    /// The words whose mark a text begins with.
    fn fitting(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        let short = if self.short.is_empty() { &[] } else { self.with(mark::<SHORT>(text), &self.short) };
        short.iter().chain(self.with(mark::<LONG>(text), &self.long)).copied()
    }

    fn with<'m>(&'m self, mark: Option<u32>, words: &'m ByMark) -> &'m [usize] {
        let is_set = |mark: &u32| {
            let (at, bit) = bit(*mark);
            self.bits[at] & bit != 0
        };
        mark.filter(is_set).and_then(|mark| words.get(&mark)).map_or(&[], Vec::as_slice)
    }
}

/// The first bytes of a text as one number.
fn mark<const LENGTH: usize>(text: &[u8]) -> Option<u32> {
    let mut bytes = [0; LONG];
    bytes[..LENGTH].copy_from_slice(text.get(..LENGTH)?);
    Some(u32::from_le_bytes(bytes))
}

/// The bit that a mark falls on.
fn bit(mark: u32) -> (usize, u64) {
    let hash = mark.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS);
    ((hash >> 6) as usize, 1 << (hash & 63))
}
