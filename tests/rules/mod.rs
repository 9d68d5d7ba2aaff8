//! Tests of `src/rules`: each rule against its fixture, `tests/rules/<item id>.md`.

mod catalogue;
pub(crate) mod fixture;
pub(crate) mod fixtures;
mod load;

use std::path::{Path, PathBuf};

/// All fixtures, sorted.
pub(crate) fn fixture_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|kind| kind == "md")).collect();
    files.sort();
    files
}
