//! Which of the patterns that `@text` looks for may match in which file: one pass over a file serves all questions.

use super::Facts;
use crate::pattern::PatternSet;
use std::sync::OnceLock;

/// The files of the tree, each with the patterns that may match in it.
#[derive(Debug, Default)]
pub struct Texts(Vec<OnceLock<Vec<usize>>>);

/// Lists the files; reads none of them.
pub fn read(facts: &Facts<'_>) -> Texts {
    Texts(facts.tree.files().iter().map(|_| OnceLock::new()).collect())
}

impl Texts {
    /// Those of `positions` in the gathered patterns that may match in a file.
    pub fn candidates(&self, set: &PatternSet, file: usize, text: &str, positions: &[usize]) -> Vec<usize> {
        let Some(slot) = self.0.get(file) else { return positions.to_vec() };
        let found = slot.get_or_init(|| set.candidates(text));
        positions.iter().copied().filter(|position| found.binary_search(position).is_ok()).collect()
    }
}
