//! Paths relative to the root of the tree.

pub(super) use crate::tree::path::{folder_of as folder, upwards};

/// A folder and a path relative to it, with `.` and `..` resolved; what would leave the tree stays at its root.
pub(super) fn join(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { base };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether a path ends as YAML files do.
pub(super) fn is_yaml(path: &str) -> bool {
    has_extension(path, "yml") || has_extension(path, "yaml")
}

/// Whether a path ends with `.` and an extension.
pub(super) fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == extension)
}
