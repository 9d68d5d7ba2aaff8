//! Files that the program writes: whole or not at all.

use anyhow::Context;
use std::io::Write;
use std::path::Path;

/// Writes a file by way of a temporary one in the same folder, so that nobody ever reads a half of it.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let context = || format!("cannot write `{}`", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tusk-check-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(folder).with_context(context)?;
    temporary.write_all(text.as_bytes()).with_context(context)?;
    temporary.persist(path).with_context(context)?;
    Ok(())
}
