//! Files that the program writes: whole or not at all.

use anyhow::anyhow;
use std::io::{Error, Write};
use std::path::Path;

/// Writes a file by way of a temporary one in the same folder, so that nobody ever reads a half of it.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let failed = |error: &std::io::Error| {
        // The temporary file's own name would only confuse.
        let why =
            error.raw_os_error().map_or_else(|| error.to_string(), |code| Error::from_raw_os_error(code).to_string());
        anyhow!("cannot write `{}`: {why}", path.display())
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tusk-check-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(folder).map_err(|error| failed(&error))?;
    temporary.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
    temporary.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}
