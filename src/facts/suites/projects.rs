//! The projects that Vitest is told to run: `vitest run --project server`, each with the files that it takes.

use super::File;
use super::runs::values;
use crate::facts::Facts;
use crate::facts::manifests::Ecosystem;
use crate::pattern::{Globs, Regex, compile};
use crate::tree::path::{folder_of, upwards, within};
use std::sync::LazyLock;

/// Whether a file is of a project that a command runs, or that the script runs which it calls; what says nothing of its
/// files may take it.
pub(super) fn take(facts: &Facts<'_>, words: &[&str], file: &File) -> bool {
    let told = told(facts, words, file);
    let projects = values(&told, &["--project"]);
    let is_of_vitest = told.iter().any(|word| word.ends_with("vitest"));
    projects.is_empty() || !is_of_vitest || projects.iter().any(|name| takes(facts, name, file) != Some(false))
}

/// The words of a command, or of the script that it calls.
pub(super) fn told<'w>(facts: &'w Facts<'_>, words: &[&'w str], file: &File) -> Vec<&'w str> {
    match words.iter().skip(1).find_map(|word| script(facts, word, file)) {
        Some(text) => text.split_whitespace().collect(),
        None => words.to_vec(),
    }
}

/// The text of a script of the nearest package around a file.
fn script<'f>(facts: &'f Facts<'_>, name: &str, file: &File) -> Option<&'f str> {
    let package = facts.manifests().nearest(&file.path, |package| package.ecosystem == Ecosystem::Npm)?;
    facts.parsed(&package.path)?.first()?.at(&["scripts", name])?.as_str()
}

/// Whether a project of the nearest configuration takes a file, where that says which it takes.
fn takes(facts: &Facts<'_>, project: &str, file: &File) -> Option<bool> {
    const NAMES: &[&str] = &["vitest.config", "vitest.workspace", "vite.config"];
    const ENDS: &[&str] = &["ts", "mts", "js", "mjs"];
    static PROJECT: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r#"\bname:\s*["'](?<name>[^"'\n]+)["']"#).ok());
    static INCLUDE: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\binclude:\s*\[(?<globs>[^\[\]]*)\]").ok());
    let folders = upwards(folder_of(&file.path));
    let mut all = folders.flat_map(|folder| {
        NAMES
            .iter()
            .flat_map(move |name| ENDS.iter().map(move |end| (folder, within(folder, &format!("{name}.{end}")))))
    });
    let (folder, text) = all.find_map(|(folder, path)| Some((folder, facts.tree.text(&path)?.text())))?;
    let named: Vec<_> = PROJECT.as_ref()?.captures_iter(text).collect();
    let at = named.iter().position(|one| &one["name"] == project)?;
    let start = named[at].get(0)?.end();
    let end = named.get(at + 1).and_then(|next| next.get(0)).map_or(text.len(), |next| next.start());
    let included = INCLUDE.as_ref()?.captures(text.get(start..end)?)?;
    let globs = included["globs"].split('"').flat_map(|part| part.split('\'')).map(str::trim);
    let globs: Vec<String> = globs
        .filter(|glob| glob.contains(['*', '/']))
        .map(|glob| within(folder, glob.trim_start_matches("./")))
        .collect();
    (!globs.is_empty()).then(|| Globs::new(globs).is_match(&file.path))
}
