//! The paths that a repository tracks, as its index lists them: a commit carries them, whatever the ignore files say.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

/// A longer index is not read, nor one whose names are longer together.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What stands before the name of an entry: times, numbers of the file system, the object's id of 20 bytes, flags.
const BEFORE_NAME: usize = 62;

/// Paths under the root of the walk, with `/`.
#[derive(Default)]
pub(super) struct Tracked(BTreeSet<String>);

impl Tracked {
    /// Those of the repository that holds the root; none where there is no index, or one of a kind that is not known.
    pub(super) fn of(root: &Path) -> Self {
        let repository = root.ancestors().find(|folder| folder.join(".git").exists());
        let read = || {
            let repository = repository?;
            let above = root.strip_prefix(repository).ok()?.to_string_lossy().replace('\\', "/");
            let names = names(&bytes(&repository.join(".git/index"))?)?;
            let below = |name: String| match above.as_str() {
                "" => Some(name),
                above => name.strip_prefix(above)?.strip_prefix('/').map(str::to_owned),
            };
            Some(Self(names.into_iter().filter_map(below).collect()))
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

fn bytes(path: &Path) -> Option<Vec<u8>> {
    let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST_BYTES);
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok().filter(|_| is_file)?.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The names of an index of version 2, 3 or 4 (gitformat-index(5)); `None` where it ends too early.
fn names(index: &[u8]) -> Option<Vec<String>> {
    let number = |at: usize| Some(u32::from_be_bytes(index.get(at..at + 4)?.try_into().ok()?));
    let version = number(4).filter(|version| index.starts_with(b"DIRC") && (2..=4).contains(version))?;
    let (mut at, mut name, mut names) = (12, Vec::new(), Vec::new());
    let mut left = usize::try_from(MOST_BYTES).ok()?;
    for _ in 0..number(8)? {
        let is_extended = index.get(at + BEFORE_NAME - 2)? & 0x40 != 0;
        let start = at + BEFORE_NAME + if is_extended { 2 } else { 0 };
        let mut rest = index.get(start..)?;
        if version == 4 {
            let cut = varint(&mut rest)?;
            name.truncate(name.len().checked_sub(cut)?);
        } else {
            name.clear();
        }
        let end = memchr::memchr(0, rest)?;
        name.extend_from_slice(&rest[..end]);
        left = left.checked_sub(name.len())?;
        names.push(String::from_utf8_lossy(&name).into_owned());
        let read = index.len() - rest.len() + end + 1;
        // Before version 4 an entry fills whole blocks of eight bytes.
        at = if version == 4 { read } else { at + (read - at).next_multiple_of(8) };
    }
    Some(names)
}

/// A number of as many bytes as it needs, as packs write offsets.
fn varint(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    loop {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value = value.checked_shl(7)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1).filter(|&value| value <= usize::MAX >> 8)?;
    }
}
