//! One walk over the folder: ignore rules honoured but for what is tracked, symbolic links never followed, everything sorted.

use super::index::Tracked;
use super::{File, Tree};
use crate::evidence::{Blind, Place};
use anyhow::{Context, Result, bail};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use walkdir::{DirEntry, WalkDir};

/// More files than this are not looked at; the report says so.
pub const MAX_FILES: usize = 500_000;

/// Deeper folders than this are not entered.
const MAX_DEPTH: usize = 128;

/// How documents end that readers open first.
const DOCUMENTS: &[&str] = &["md", "mdx", "rst", "adoc"];

impl Tree {
    /// Lists the files under `root` that a commit would carry.
    ///
    /// What cannot be entered or read is listed in [`Tree::blind`], never an error; only the root itself must be a
    /// readable folder.
    pub fn walk(root: &Path) -> Result<Self> {
        let shown = root.display().to_string();
        let root = root.canonicalize().with_context(|| format!("cannot read `{shown}`"))?;
        if !root.is_dir() {
            bail!("`{shown}` is not a folder; give the folder that holds the project");
        }
        std::fs::read_dir(&root).with_context(|| format!("cannot list `{shown}`"))?;
        let ignores = Ignores::above(&root);
        let tracked = OnceCell::new();
        let (files, links, blind) = (Vec::new(), Vec::new(), Vec::new());
        let mut walk = Walk { ignores, tracked, ignored_above: None, files, links, blind, root: &root };
        walk.run();
        walk.name_again();
        let Walk { files, mut blind, .. } = walk;
        blind.sort();
        Ok(Self::from_files(root, files, blind))
    }
}

struct Walk<'r> {
    root: &'r Path,
    ignores: Ignores,
    /// What is tracked; read where the ignore files leave anything out.
    tracked: OnceCell<Tracked>,
    /// How deep the ignored folder lies that the walk is in, for what is tracked there.
    ignored_above: Option<usize>,
    files: Vec<File>,
    /// Documents at the root that are links, each with the path in the tree that it leads to.
    links: Vec<(String, String)>,
    blind: Vec<Blind>,
}

impl Walk<'_> {
    fn run(&mut self) {
        // `max_open(1)` keeps one folder open at a time, however deep a hostile tree is.
        let mut entries = WalkDir::new(self.root)
            .follow_links(false)
            .max_depth(MAX_DEPTH)
            .max_open(1)
            .sort_by_file_name()
            .into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.note(error.path().unwrap_or(self.root), reason(&error));
                    continue;
                }
            };
            let is_dir = entry.file_type().is_dir();
            if self.skips(&entry, is_dir) {
                if is_dir {
                    entries.skip_current_dir();
                }
                continue;
            }
            if is_dir {
                self.ignores.enter(entry.path(), entry.depth());
                if entry.depth() == MAX_DEPTH {
                    self.note(entry.path(), format!("folders nested deeper than {MAX_DEPTH} are not entered"));
                }
                continue;
            }
            if self.files.len() == MAX_FILES {
                self.note(self.root, format!("more than {MAX_FILES} files: the rest was not looked at"));
                return;
            }
            self.add(&entry);
        }
    }

    fn skips(&mut self, entry: &DirEntry, is_dir: bool) -> bool {
        if entry.depth() == 0 {
            return false;
        }
        if entry.file_name() == ".git" {
            return true;
        }
        let depth = entry.depth();
        self.ignored_above = self.ignored_above.filter(|&above| depth > above);
        if !self.ignores.ignores(entry.path(), depth, is_dir) && self.ignored_above.is_none() {
            return false;
        }
        let path = self.relative(entry.path());
        let tracked = self.tracked.get_or_init(|| Tracked::of(self.root));
        if is_dir && tracked.holds_below(&path) {
            self.ignored_above.get_or_insert(depth);
            return false;
        }
        !tracked.holds(&path)
    }

    fn add(&mut self, entry: &DirEntry) {
        let kind = entry.file_type();
        if kind.is_symlink() {
            self.note_link(entry.path(), entry.depth());
            return;
        }
        if !kind.is_file() {
            // A socket or a pipe would block the reader for ever.
            self.note(entry.path(), "neither a file nor a folder".to_owned());
            return;
        }
        match entry.metadata() {
            Ok(metadata) => self.files.push(File {
                path: self.relative(entry.path()).into(),
                len: metadata.len(),
                executable: is_executable(&metadata),
                content: OnceLock::new(),
                on_disk: Some(entry.path().to_owned()),
            }),
            Err(error) => self.note(entry.path(), reason(&error)),
        }
    }

    /// A link inside the tree leads to a file that is listed under its own name, and a document at the root is also known
    /// by the link's; one that leads out is named.
    fn note_link(&mut self, path: &Path, depth: usize) {
        let Ok(target) = path.canonicalize() else { return };
        if !target.starts_with(self.root) {
            self.note(path, "a symbolic link out of the tree is not followed".to_owned());
        } else if depth == 1 && path.extension().is_some_and(|end| DOCUMENTS.iter().any(|document| end == *document)) {
            self.links.push((self.relative(path), self.relative(&target)));
        }
    }

    /// Lists the files again that documents at the root lead to, under the names of these.
    fn name_again(&mut self) {
        for (name, target) in std::mem::take(&mut self.links) {
            let file = self.files.iter().find(|file| *file.path == *target).cloned();
            self.files.extend(file.map(|file| File { path: name.into(), ..file }));
        }
    }

    fn note(&mut self, path: &Path, why: String) {
        self.blind.push(Blind { place: Some(Place::file(self.relative(path))), why });
    }

    fn relative(&self, path: &Path) -> String {
        let relative = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        if relative.is_empty() { ".".to_owned() } else { relative }
    }
}

fn reason(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    false
}

/// The ignore files in force, outermost first, each with the depth of its folder under the root.
struct Ignores(Vec<(usize, Gitignore)>);

impl Ignores {
    /// Those of the folders above the root, up to the repository that holds it, and its `info/exclude`.
    fn above(root: &Path) -> Self {
        let Some(repository) = root.ancestors().find(|folder| folder.join(".git").exists()) else {
            return Self(Vec::new());
        };
        let exclude = Gitignore::new(repository.join(".git/info/exclude")).0;
        let between: Vec<PathBuf> =
            root.ancestors().skip(1).take_while(|folder| folder.starts_with(repository)).map(Path::to_owned).collect();
        let outer = between.iter().rev().filter_map(|folder| of_folder(folder));
        Self(std::iter::once(exclude).chain(outer).map(|rules| (0, rules)).collect())
    }

    fn enter(&mut self, folder: &Path, depth: usize) {
        self.leave(depth);
        if let Some(rules) = of_folder(folder) {
            self.0.push((depth, rules));
        }
    }

    /// Forgets the folders that the walk has left when it stands at `depth`. Depth 0 also marks those above the root.
    fn leave(&mut self, depth: usize) {
        while self.0.last().is_some_and(|&(of, _)| of >= depth && of > 0) {
            self.0.pop();
        }
    }

    fn ignores(&mut self, path: &Path, depth: usize, is_dir: bool) -> bool {
        self.leave(depth);
        let verdict = self.0.iter().rev().map(|(_, rules)| rules.matched(path, is_dir)).find(|found| !found.is_none());
        verdict.is_some_and(|found| found.is_ignore())
    }
}

fn of_folder(folder: &Path) -> Option<Gitignore> {
    let path = folder.join(".gitignore");
    // A link could lead out of the tree.
    if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    // A broken line of an ignore file ignores nothing; git does the same.
    let _ = builder.add(path);
    builder.build().ok().filter(|rules| !rules.is_empty())
}
