//! Words in one automaton: where each of them stands in a text, in any case.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// From so many bytes on, the faster automaton is worth the milliseconds that it takes to make.
const MUCH: usize = 1 << 19;

/// Words to look for.
#[derive(Debug, Default)]
pub struct Words {
    list: Vec<String>,
    small: OnceLock<Option<AhoCorasick>>,
    fast: OnceLock<Option<AhoCorasick>>,
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

impl Words {
    /// These words, in their order.
    pub fn new(mut words: Vec<String>) -> Self {
        for word in &mut words {
            word.make_ascii_lowercase();
        }
        Self { list: words, ..Self::default() }
    }

    /// Whether the words can be looked for at all: some, and not too many.
    pub fn can_search(&self) -> bool {
        self.small().is_some()
    }

    /// Every word in a text, those inside others too, by their ends.
    pub fn find(&self, text: &str) -> impl Iterator<Item = Word> + use<'_> {
        let read = self.read.fetch_add(text.len(), Ordering::Relaxed);
        let automaton = if read < MUCH { self.small() } else { self.fast().or_else(|| self.small()) };
        let mut state = OverlappingState::start();
        // Words and texts are both lowered: an automaton that ignores case is twice as large.
        let text = automaton.map(|_| text.to_ascii_lowercase()).unwrap_or_default();
        std::iter::from_fn(move || {
            automaton?.find_overlapping(&text, &mut state);
            let hit = state.get_match()?;
            Some(Word { index: hit.pattern().as_usize(), start: hit.start(), end: hit.end() })
        })
    }

    fn small(&self) -> Option<&AhoCorasick> {
        self.small.get_or_init(|| self.build(AhoCorasickKind::NoncontiguousNFA)).as_ref()
    }

    fn fast(&self) -> Option<&AhoCorasick> {
        self.fast.get_or_init(|| self.build(AhoCorasickKind::DFA)).as_ref()
    }

    fn build(&self, kind: AhoCorasickKind) -> Option<AhoCorasick> {
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::Standard).kind(Some(kind));
        if self.list.is_empty() { None } else { builder.build(&self.list).ok() }
    }
}
