//! The project tree: walked once, sorted, each file read at most once.

mod altered;
mod index;
pub mod path;
mod walk;

pub use walk::MAX_FILES;

use crate::evidence::Blind;
use crate::source::Source;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The files that a commit would carry, sorted by path.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    files: Vec<File>,
    blind: Vec<Blind>,
    /// What lies in the folder and outside the listed files, and is to be taken as gone.
    hidden: BTreeSet<Arc<str>>,
}

/// One file of the tree; its bytes are read on first use and shared.
#[derive(Clone, Debug)]
pub struct File {
    /// Path relative to the root, with `/`.
    pub path: Arc<str>,
    /// Length in bytes.
    pub len: u64,
    /// Whether any executable bit is set.
    pub executable: bool,
    content: OnceLock<Content>,
    on_disk: Option<PathBuf>,
}

/// What reading a file gave.
#[derive(Clone, Debug)]
pub enum Content {
    /// Text (UTF-8).
    Text(Source),
    /// Bytes that are not text.
    Binary(Arc<[u8]>),
    /// Not read, and why: no permission, too large, gone.
    Unread(String),
}

impl Tree {
    /// A tree held in memory, for fixtures: `(path, bytes)`.
    pub fn in_memory<P: AsRef<str>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        let files = files.into_iter().map(|(path, bytes)| {
            let path: Arc<str> = path.as_ref().into();
            let bytes = bytes.into();
            let file = File {
                path: path.clone(),
                len: bytes.len() as u64,
                executable: false,
                content: OnceLock::new(),
                on_disk: None,
            };
            file.content.get_or_init(|| Content::from_bytes(&path, bytes));
            file
        });
        Self::from_files(PathBuf::new(), files.collect(), Vec::new())
    }

    fn from_files(root: PathBuf, mut files: Vec<File>, blind: Vec<Blind>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { root, files, blind, hidden: BTreeSet::new() }
    }

    /// The folder on disk; empty for a tree in memory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All files, sorted by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        let index = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        self.files.get(index)
    }

    /// The text of the file at a path; `None` if it is not there, not text, or could not be read.
    pub fn text(&self, path: &str) -> Option<&Source> {
        self.file(path)?.text()
    }

    /// Whether a path that lies in the folder and not among the files (`.git`, a report that git ignores) is taken as
    /// gone; see [`Tree::altered`].
    pub fn hides(&self, path: &str) -> bool {
        self.hidden.contains(path)
    }

    /// Folders and links that could not be looked into.
    pub fn blind(&self) -> &[Blind] {
        &self.blind
    }
}

impl File {
    /// The last part of the path.
    pub fn name(&self) -> &str {
        let start = memchr::memrchr(b'/', self.path.as_bytes()).map_or(0, |slash| slash + 1);
        &self.path[start..]
    }

    /// What reading gives; the first caller reads.
    pub fn content(&self) -> &Content {
        self.content.get_or_init(|| match &self.on_disk {
            None => Content::Unread("not on disk".into()),
            Some(path) if self.len > crate::source::MAX_FILE => {
                Content::Unread(format!("{} is larger than {} bytes", path.display(), crate::source::MAX_FILE))
            }
            Some(path) => match std::fs::read(path) {
                Ok(bytes) => Content::from_bytes(&self.path, bytes),
                Err(error) => Content::Unread(error.to_string()),
            },
        })
    }

    /// Why there is no text; `None` if there is.
    pub fn no_text(&self) -> Option<String> {
        match self.content() {
            Content::Text(_) => None,
            Content::Binary(_) => Some("not a text".to_owned()),
            Content::Unread(why) => Some(format!("cannot be read: {why}")),
        }
    }

    /// The text, if it is text.
    pub fn text(&self) -> Option<&Source> {
        match self.content() {
            Content::Text(source) => Some(source),
            Content::Binary(_) | Content::Unread(_) => None,
        }
    }
}

impl Content {
    fn from_bytes(path: &str, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => Self::Text(Source::new(path, text)),
            Ok(text) => Self::Binary(text.into_bytes().into()),
            Err(error) => Self::Binary(error.into_bytes().into()),
        }
    }
}
