//! The same tree with other contents, in memory: what the files would prove if they said something else.

use super::{Content, File, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Tree {
    /// A copy in which some files have other bytes, and some paths are gone: folders with what they hold, and what is
    /// no file of the tree (`.git`, a report that git ignores). Everything else is shared with this tree; the disk is not touched.
    #[must_use]
    pub fn altered(&self, contents: &BTreeMap<Arc<str>, Vec<u8>>, hidden: BTreeSet<Arc<str>>) -> Self {
        let is_gone = |file: &&File| hidden.iter().any(|folder| is_below(&file.path, folder));
        let files = self.files.iter().filter(|file| !is_gone(file)).map(|file| match contents.get(&file.path) {
            None => file.clone(),
            Some(bytes) => File {
                path: file.path.clone(),
                len: bytes.len() as u64,
                executable: file.executable,
                content: Content::from_bytes(&file.path, bytes.clone()).into(),
                on_disk: file.on_disk.clone(),
            },
        });
        let files = files.collect();
        Self { root: self.root.clone(), files, blind: self.blind.clone(), hidden }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    let below = || path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'));
    matches!(folder, "" | ".") || below()
}
