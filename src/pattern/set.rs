//! Many patterns over many files: their literals say which pattern may match where, and only there it is compiled.

use super::literals::{self, Needs};
use super::{Lazy, Words};
use crate::facts::parallel;
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Patterns that one pass over a text looks for; `^` and `$` are those of a line.
#[derive(Debug, Default)]
pub struct PatternSet {
    patterns: Vec<Lazy>,
    /// By its text; these are long, and begin alike.
    index: HashMap<String, usize, RandomState>,
    anchors: OnceLock<Anchors>,
}

/// The literals of all patterns.
#[derive(Debug)]
struct Anchors {
    literals: Words,
    /// Literal → itself, when it must stand as written; otherwise any case will do.
    written: Vec<Option<String>>,
    /// Literal → the patterns that need it, and for which of their needs.
    owners: Vec<Vec<(usize, u8)>>,
    /// Pattern → its needs as bits; 0 for one that every text may match.
    needs: Vec<u8>,
}

impl PatternSet {
    /// A set of these patterns, each once.
    pub fn new(patterns: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut set = Self::default();
        for text in patterns {
            let text = text.as_ref();
            // Most stand in lists that many rules share.
            if !set.index.contains_key(text) {
                set.index.insert(text.to_owned(), set.patterns.len());
                set.patterns.push(Lazy::of_lines(text));
            }
        }
        set
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The position of a pattern.
    pub fn position(&self, pattern: &str) -> Option<usize> {
        self.index.get(pattern).copied()
    }

    /// The pattern at a position.
    pub fn get(&self, position: usize) -> Option<&Lazy> {
        self.patterns.get(position)
    }

    /// Gathers the literals of the patterns, once.
    pub fn prepare(&self) {
        self.anchors();
    }

    fn anchors(&self) -> &Anchors {
        self.anchors.get_or_init(|| Anchors::of(&self.patterns))
    }

    /// The patterns that may match in a text, by their literals, in order.
    pub fn candidates(&self, text: &str) -> Vec<usize> {
        let anchors = self.anchors();
        let mut open = anchors.needs.clone();
        let mut seen = vec![false; anchors.owners.len()];
        for literal in anchors.literals.find(text) {
            let written = anchors.written[literal.index].as_deref();
            if written.is_some_and(|word| text.get(literal.start..literal.end) != Some(word)) {
                continue;
            }
            if !std::mem::replace(&mut seen[literal.index], true) {
                for &(pattern, need) in &anchors.owners[literal.index] {
                    open[pattern] &= !need;
                }
            }
        }
        open.iter().enumerate().filter_map(|(pattern, &open)| (open == 0).then_some(pattern)).collect()
    }
}

impl Anchors {
    fn of(patterns: &[Lazy]) -> Self {
        let mut literals: IndexMap<(String, bool), Vec<(usize, u8)>, RandomState> = IndexMap::default();
        let mut needs = vec![0; patterns.len()];
        let needed = parallel::map(patterns, |pattern| literals::needed(pattern.text()));
        for (position, Needs { all, as_written }) in needed.into_iter().enumerate() {
            for (bit, words) in all.into_iter().enumerate() {
                let bit = 1 << bit;
                needs[position] |= bit;
                for word in words {
                    let word = if as_written { word } else { word.to_ascii_lowercase() };
                    literals.entry((word, as_written)).or_default().push((position, bit));
                }
            }
        }
        let (words, owners): (Vec<_>, _) = literals.into_iter().unzip();
        let written = words.iter().map(|(word, as_written)| as_written.then(|| word.clone())).collect();
        let literals = Words::new(words.into_iter().map(|(word, _)| word).collect());
        Self { literals, written, owners, needs }
    }
}
