//! Words looked for all at once: where each of them stands in a text, in any case.
//!
//! An automaton of some thousand words takes longer to make than a small tree takes to search. At first, the first bytes of
//! the words are marks in a small table, which a text is held against byte by byte, and only where one fits the words that
//! begin so are compared; the automaton takes over once much was searched.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// From so many bytes on, the automaton is worth the milliseconds that it takes to make.
const MUCH: usize = 1 << 19;

/// So many bytes of a word are its mark; words that are shorter are marked by two.
const LONG: usize = 4;
const SHORT: usize = 2;
/// Marks of four bytes fall on so many bits, those of two on one each.
const BITS: u32 = 18;

/// Words to look for.
#[derive(Debug, Default)]
pub struct Words {
    list: Vec<String>,
    marks: OnceLock<Marks>,
    automaton: OnceLock<Option<AhoCorasick>>,
    /// Bytes looked through so far.
    read: AtomicUsize,
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
    long_bits: Vec<u64>,
    short_bits: Vec<u64>,
    /// The words that begin with a mark.
    long: ByMark,
    short: ByMark,
}

type ByMark = HashMap<u32, Vec<usize>, RandomState>;

impl Words {
    /// These words, in their order; a word of fewer than two bytes is nowhere.
    pub fn new(mut words: Vec<String>) -> Self {
        for word in &mut words {
            word.make_ascii_lowercase();
        }
        Self { list: words, ..Self::default() }
    }

    /// Every word in a text, those inside others too, in any order.
    pub fn find(&self, text: &str) -> Vec<Word> {
        let is_much = self.read.fetch_add(text.len(), Ordering::Relaxed) >= MUCH;
        // Words and texts are both lowered: an automaton that ignores case is twice as large.
        let text = text.to_ascii_lowercase();
        match is_much.then(|| self.automaton()).flatten() {
            Some(automaton) => automaton
                .find_overlapping_iter(&text)
                .map(|hit| Word { index: hit.pattern().as_usize(), start: hit.start(), end: hit.end() })
                .collect(),
            None => self.marked(text.as_bytes()),
        }
    }

    fn marked(&self, text: &[u8]) -> Vec<Word> {
        let marks = self.marks.get_or_init(|| Marks::of(&self.list));
        let mut found = Vec::new();
        let mut keep = |start: usize, indexes: Option<&Vec<usize>>| {
            for &index in indexes.into_iter().flatten() {
                let word = self.list[index].as_bytes();
                if text[start..].starts_with(word) {
                    found.push(Word { index, start, end: start + word.len() });
                }
            }
        };
        // The last four bytes as one number.
        let mut mark = 0;
        for (at, &byte) in text.iter().enumerate() {
            mark = mark << 8 | u32::from(byte);
            if is_set(&marks.long_bits, long_bit(mark)) && at + 1 >= LONG {
                keep(at + 1 - LONG, marks.long.get(&mark));
            }
            let mark = mark & 0xFFFF;
            if is_set(&marks.short_bits, mark) && at + 1 >= SHORT {
                keep(at + 1 - SHORT, marks.short.get(&mark));
            }
        }
        found
    }

    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = || {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::Standard).kind(Some(AhoCorasickKind::DFA));
            builder.build(&self.list).ok()
        };
        self.automaton.get_or_init(build).as_ref()
    }
}

impl Marks {
    fn of(words: &[String]) -> Self {
        let mut marks = Self {
            long_bits: vec![0; 1 << (BITS - 6)],
            short_bits: vec![0; 1 << (8 * SHORT - 6)],
            long: HashMap::default(),
            short: HashMap::default(),
        };
        for (index, word) in words.iter().map(String::as_bytes).enumerate() {
            if let Some(first) = word.first_chunk::<LONG>() {
                let mark = u32::from_be_bytes(*first);
                set(&mut marks.long_bits, long_bit(mark));
                marks.long.entry(mark).or_default().push(index);
            } else if let Some(first) = word.first_chunk::<SHORT>() {
                let mark = u32::from(u16::from_be_bytes(*first));
                set(&mut marks.short_bits, mark);
                marks.short.entry(mark).or_default().push(index);
            }
        }
        marks
    }
}

/// The bit that a mark of four bytes falls on.
fn long_bit(mark: u32) -> u32 {
    mark.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)
}

fn is_set(bits: &[u64], bit: u32) -> bool {
    bits.get((bit >> 6) as usize).is_some_and(|word| word >> (bit & 63) & 1 != 0)
}

fn set(bits: &mut [u64], bit: u32) {
    if let Some(word) = bits.get_mut((bit >> 6) as usize) {
        *word |= 1 << (bit & 63);
    }
}
