//! The paths that a repository tracks, as its index lists them: a commit carries them, whatever the ignore files say.

use gix::hash::Kind;
use gix::index::File;
use gix::index::decode::Options;
use std::collections::BTreeSet;
use std::path::Path;

/// A longer index is not read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Paths under the root of the walk, with `/`.
#[derive(Default)]
pub(super) struct Tracked(BTreeSet<String>);

impl Tracked {
    /// Those of the repository that holds the root; none where there is no index that can be read.
    pub(super) fn of(root: &Path) -> Self {
        let repository = root.ancestors().find(|folder| folder.join(".git").exists());
        let read = || {
            let repository = repository?;
            let path = repository.join(".git/index");
            let metadata = path.symlink_metadata().ok()?;
            let is_read = metadata.is_file() && metadata.len() <= MOST_BYTES;
            let index = is_read.then(|| File::at(&path, Kind::Sha1, true, Options::default()))?.ok()?;
            let above = root.strip_prefix(repository).ok()?.to_string_lossy().replace('\\', "/");
            let below = |name: &str| match above.as_str() {
                "" => Some(name.to_owned()),
                above => name.strip_prefix(above)?.strip_prefix('/').map(str::to_owned),
            };
            let names = index.entries().iter().map(|entry| entry.path(&index).to_string());
            Some(Self(names.filter_map(|name| below(&name)).collect()))
        };
        read().unwrap_or_default()
    }

    /// Whether a file is tracked.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.0.contains(path)
    }

    /// Whether anything in a folder is tracked.
    pub(super) fn holds_below(&self, folder: &str) -> bool {
        let prefix = format!("{folder}/");
        self.0.range(prefix.clone()..).next().is_some_and(|path| path.starts_with(&prefix))
    }
}
