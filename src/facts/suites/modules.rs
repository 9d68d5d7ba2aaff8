//! Whether a command of Go runs what stands in a module: each folder with a `go.mod` of its own is left out by those above it.

use super::File;
use super::runs::values;
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::facts::manifests::{Ecosystem, Package};

/// Whether the module that a command is run in is that of a file, or the command names the other one.
pub(super) fn hold(facts: &Facts<'_>, command: &Command, words: &[&str], file: &File) -> bool {
    let dir = command.dir.trim_end_matches('/');
    let dir = if dir.is_empty() { String::new() } else { format!("{dir}/") };
    let (Some(own), Some(here)) = (module_of(facts, &file.path), module_of(facts, &dir)) else { return true };
    own == here
        || is_in_workspace(facts, words, own)
        || words.iter().skip(2).any(|word| names_module(word, &dir, own))
        || goes_from_folder_to_folder(facts, command)
}

/// The folder of the nearest `go.mod`, with a `/` at its end.
fn module_of<'f>(facts: &'f Facts<'_>, path: &str) -> Option<&'f str> {
    facts.manifests().nearest(path, |package| package.ecosystem == Ecosystem::Go).map(Package::folder)
}

/// The words of a command that is run in the folder of a file's module, with the module's own path in them as that of the
/// folder: `acme.dev/shop/api/...` is `./api/...`.
pub(super) fn from_its_folder(facts: &Facts<'_>, command: &Command, words: &[&str], file: &File) -> Vec<String> {
    let module = facts.manifests().nearest(&file.path, |package| package.ecosystem == Ecosystem::Go);
    let is_here = |package: &&Package| package.folder().trim_end_matches('/') == command.dir.trim_end_matches('/');
    let name = module.filter(is_here).and_then(|package| package.name.as_deref());
    let below = |word: &str| {
        let rest = word.strip_prefix(name?)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("./{}", rest.trim_start_matches('/')))
    };
    words.iter().map(|word| below(word).unwrap_or_else(|| (*word).to_owned())).collect()
}

/// `go test work`: all modules of the workspace, without those that a command has taken out of it.
fn is_in_workspace(facts: &Facts<'_>, words: &[&str], module: &str) -> bool {
    let is_it = |folder: &&str| folder.trim_start_matches("./").trim_end_matches('/') == module.trim_end_matches('/');
    let takes_out = |command: &Command| {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        values(&words, &["-dropuse"]).iter().any(is_it)
    };
    words.contains(&"work") && !facts.ci().commands.iter().any(takes_out)
}

/// `./api/...`
fn names_module(word: &str, dir: &str, module: &str) -> bool {
    let path = word.trim_start_matches("./").trim_end_matches("...").trim_end_matches('/');
    let path = format!("{dir}{path}/");
    !word.starts_with('-') && word.contains('/') && path.starts_with(module)
}

/// Whether the script that holds a command goes through folders that stand in a variable.
fn goes_from_folder_to_folder(facts: &Facts<'_>, command: &Command) -> bool {
    const BEFORE: usize = 400;
    let Some(source) = facts.tree.text(&command.place.path) else { return false };
    let at = command.place.span.map_or(0, |span| span.range().start);
    let text = source.text().as_bytes();
    let before = &text[at.saturating_sub(BEFORE).min(text.len())..at.min(text.len())];
    let line = text[at.min(text.len())..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    [before, line].iter().any(|text| {
        ["cd $", "cd \"$", "cd '$", "pushd $", "pushd \"$", "-C $", "-C \"$", "cd {"]
            .iter()
            .any(|mark| memchr::memmem::find(text, mark.as_bytes()).is_some())
    })
}
