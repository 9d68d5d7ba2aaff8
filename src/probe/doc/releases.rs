//! Headings that are no more than the number of a release: what stands under one of before tells what changed then.

use crate::facts::documents::Section;
use std::collections::BTreeMap;

/// What must not change between two releases for one to speak of the other: the major number, and before the first of
/// these the minor one.
type Line = (u64, u64);

/// The newest of the releases that head the sections beside each other, by the section that they stand in.
pub(super) struct Newest(BTreeMap<Option<usize>, Line>);

/// The newest releases in a section and its subsections.
pub(super) fn newest(tree: &[Section]) -> Newest {
    let mut newest = BTreeMap::new();
    for section in tree {
        if let Some(line) = line(&section.title) {
            let of_beside = newest.entry(section.parent).or_insert(line);
            *of_beside = line.max(*of_beside);
        }
    }
    Newest(newest)
}

impl Newest {
    /// Whether a section is headed by a release before the newest one beside it.
    pub(super) fn is_after(&self, section: &Section) -> bool {
        !self.0.is_empty() && line(&section.title).is_some_and(|own| self.0.get(&section.parent) > Some(&own))
    }
}

/// The release that a heading names and nothing else: `0.4.0-sandbox`, `Version 2.1`, `[1.3.0] (2024-05-02)`.
fn line(title: &str) -> Option<Line> {
    let title = title.trim_start_matches("Version ").trim_start_matches("Release ").trim_start_matches(['v', '[']);
    let (number, rest) = title.split_once(char::is_whitespace).unwrap_or((title, ""));
    let mut parts = number.trim_end_matches(']').split(['.', '-', '+']);
    let major: u64 = parts.next()?.parse().ok()?;
    let minor: u64 = parts.next().map(|part| if part == "x" { "0" } else { part })?.parse().ok()?;
    let is_all = rest.is_empty() || rest.starts_with(['(', '-', '–', '—']);
    is_all.then_some((major, if major == 0 { minor } else { 0 }))
}
