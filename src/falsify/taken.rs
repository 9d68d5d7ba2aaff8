//! What is taken away: lines of files, all that a file says, or something that stands beside the files.

use crate::evidence::Place;
use crate::source::{Source, Span};
use crate::tree::{Content, File, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// The parts of a tree that are taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Taken {
    files: BTreeMap<Arc<str>, Part>,
    /// Paths that are no files of the tree: a folder with all that it holds, `.git`, a report that git ignores.
    beside: BTreeSet<Arc<str>>,
    /// Whether a file that is taken away whole still says a word. An item that asks for the file itself falls when the
    /// file is empty; nothing else may be met by a file that is there and says nothing.
    says_a_word: bool,
}

/// How much of a file is taken away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// The lines of these ranges of bytes.
    Lines(BTreeSet<(usize, usize)>),
    /// All of it; a file of that name stays.
    Whole,
}

impl Taken {
    /// Nothing yet, for an item that asks for a file itself, or for what files say.
    pub(super) fn nothing(asks_for_the_file: bool) -> Self {
        Self { says_a_word: !asks_for_the_file, ..Self::default() }
    }

    /// Takes away the places too; fails with the first one that nothing is left of.
    pub(super) fn take(&mut self, tree: &Tree, places: &[Place]) -> Result<(), Place> {
        let before = self.clone();
        for place in places {
            if let Some(file) = tree.file(&place.path) {
                self.take_in(file, place, &before)?;
                continue;
            }
            if before.beside.contains(&place.path) {
                return Err(place.clone());
            }
            self.beside.insert(place.path.clone());
        }
        Ok(())
    }

    fn take_in(&mut self, file: &File, place: &Place, before: &Self) -> Result<(), Place> {
        let lines = place.span.zip(file.text()).map(|(span, source)| lines_of(source, span));
        let part = match (before.files.get(&file.path), lines) {
            (Some(Part::Whole), _) => return Err(place.clone()),
            // The item points at a line that is not there any more: something else of the file is what holds it.
            (Some(Part::Lines(gone)), Some(lines))
                if gone.iter().any(|gone| gone.0 <= lines.0 && lines.1 <= gone.1) =>
            {
                Part::Whole
            }
            (_, Some(lines)) => match self.files.remove(&file.path) {
                Some(Part::Lines(mut gone)) => {
                    gone.insert(lines);
                    Part::Lines(gone)
                }
                Some(Part::Whole) => Part::Whole,
                None => Part::Lines(BTreeSet::from([lines])),
            },
            (_, None) => Part::Whole,
        };
        self.files.insert(file.path.clone(), part);
        Ok(())
    }

    /// The tree without them.
    pub(super) fn from(&self, tree: &Tree) -> Tree {
        let emptied = self.files.iter().filter_map(|(path, part)| {
            let bytes = match (part, tree.file(path)?.content()) {
                (Part::Lines(ranges), Content::Text(source)) => {
                    let mut bytes = source.text().as_bytes().to_vec();
                    for &(start, end) in ranges {
                        blank(&mut bytes, start..end);
                    }
                    bytes
                }
                (_, Content::Text(source)) => {
                    let mut bytes = source.text().as_bytes().to_vec();
                    blank(&mut bytes, 0..source.text().len());
                    if let Some(byte) = bytes.iter_mut().find(|byte| **byte == b' ').filter(|_| self.says_a_word) {
                        *byte = b'x';
                    }
                    bytes
                }
                _ => Vec::new(),
            };
            Some((path.clone(), bytes))
        });
        tree.altered(&emptied.collect(), self.beside.clone())
    }
}

/// Puts blanks in the place of everything but line ends, so that every other place stays where it is.
fn blank(bytes: &mut [u8], range: Range<usize>) {
    for byte in bytes.get_mut(range).into_iter().flatten() {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

/// The bytes of the lines of a span, with the lines below them that are indented deeper and so belong to them.
fn lines_of(source: &Source, span: Span) -> (usize, usize) {
    let text = source.text();
    let at = |offset: u32| (offset as usize).min(text.len());
    let start = text.as_bytes()[..at(span.start)].iter().rposition(|&byte| byte == b'\n').map_or(0, |found| found + 1);
    let last = at(span.end.max(span.start + 1)).saturating_sub(1).max(start);
    let mut end = line_end(text, last);
    let depth = indent(text.get(start..).unwrap_or_default());
    while end < text.len() {
        let next = end + 1;
        let line = text.get(next..line_end(text, next)).unwrap_or_default();
        if !line.trim().is_empty() && indent(line) <= depth {
            break;
        }
        end = line_end(text, next);
    }
    (start, end)
}

/// Where the line of an offset ends: its line end, or the end of the text.
fn line_end(text: &str, offset: usize) -> usize {
    let rest = text.as_bytes().get(offset..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |found| offset + found)
}

fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}
