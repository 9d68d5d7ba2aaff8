//! Whether anything in the tree says that a folder of manifests is built.

use crate::facts::Facts;
use crate::facts::production;
use crate::tree::path::folder_of;

/// Whether a document, a script or a definition of CI or of a deployment names a folder by its last two parts.
pub(super) fn is_named(facts: &Facts<'_>, folder: &str) -> bool {
    is_named_by(facts, folder, |_| true)
}

/// Whether anything but a document and a choice of Skaffold's, which somebody has to make, names a folder.
pub(super) fn is_deployed(facts: &Facts<'_>, folder: &str) -> bool {
    let is_choice = |path: &str| path.rsplit('/').next().is_some_and(|file| file.starts_with("skaffold"));
    let is_document = |path: &str| [".md", ".rst", ".adoc"].iter().any(|end| path.ends_with(end));
    is_named_by(facts, folder, |path| !is_choice(path) && !is_document(path))
}

/// Whether anything but a script names a folder.
pub(super) fn is_named_outside_of_scripts(facts: &Facts<'_>, folder: &str) -> bool {
    is_named_by(facts, folder, |path| !is_script(path))
}

/// Whether a file is a script of the shell, or holds the recipes of `make` or `just`.
pub(super) fn is_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    matches!(end, "sh" | "bash" | "mk" | "just") || RECIPES.contains(&name)
}

/// Names of files that hold recipes.
const RECIPES: &[&str] = &["Makefile", "GNUmakefile", "justfile", "Justfile"];

/// Whether one of the files that could name a folder, and that count here, does.
fn is_named_by(facts: &Facts<'_>, folder: &str, counts: impl Fn(&str) -> bool) -> bool {
    let start = folder_of(folder_of(folder)).len();
    let name = folder[start..].trim_start_matches('/');
    // `overlays/eu/web.yaml` is a file that somebody writes to, or reads.
    let is_whole = |rest: &str| {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        rest.chars().next().is_none_or(|next| !next.is_alphanumeric() && !matches!(next, '-' | '_' | '.'))
    };
    let names = |text: &str| text.match_indices(name).any(|(at, _)| is_whole(&text[at + name.len()..]));
    let could_name = |path: &str| {
        let file = path.rsplit('/').next().unwrap_or(path);
        let end = file.rsplit_once('.').map_or("", |(_, end)| end);
        matches!(
            end,
            "md" | "rst" | "adoc" | "sh" | "yaml" | "yml" | "json" | "toml" | "tf" | "mk" | "go" | "py" | "ts"
        ) || RECIPES.contains(&file)
            || matches!(file, "Tiltfile" | "Earthfile" | "Jenkinsfile")
    };
    let files = facts.tree.files().iter().filter(|file| could_name(&file.path) && counts(&file.path));
    let mut files = files.filter(|file| !production::is_example(&facts.own_name().cleared(&file.path)));
    files.any(|file| file.text().is_some_and(|source| names(source.text())))
}
