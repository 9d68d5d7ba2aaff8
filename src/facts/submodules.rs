//! Submodules that were not checked out: the tree holds nothing of them.

use super::documents::has_folder;
use crate::source::Span;
use crate::tree::Tree;

/// The file that names them.
pub(super) const FILE: &str = ".gitmodules";

/// The folder of each, and where its path is named.
pub(super) fn absent(tree: &Tree) -> Vec<(&str, Span)> {
    let Some(source) = tree.text(FILE) else { return Vec::new() };
    let mut start = 0;
    let mut folders = Vec::new();
    for line in source.text().split_inclusive('\n') {
        let named = line.trim().strip_prefix("path").and_then(|rest| rest.trim_start().strip_prefix('='));
        if let Some(folder) = named.map(str::trim).filter(|folder| !folder.is_empty() && !has_folder(tree, folder)) {
            folders.push((folder, Span::new(start, start + line.trim_end().len())));
        }
        start += line.len();
    }
    folders
}
