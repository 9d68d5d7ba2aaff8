//! What the manifests and the README say that the program is.

use super::{HEAD, OwnName, given};
use crate::facts::Facts;
use crate::source::{Source, head};

/// Words that a sentence has at least.
const SENTENCE: usize = 5;

/// What the manifests at the root and the project's own charts say that the program is.
pub(super) fn of_manifests(facts: &Facts<'_>, own: &OwnName) -> Vec<String> {
    let is_manifest = |path: &str| given::is_manifest(path);
    let is_chart = |path: &str| path.rsplit('/').next() == Some("Chart.yaml");
    let files = facts.tree.files().iter().filter(|file| is_manifest(&file.path) || is_chart(&file.path));
    let texts = files.filter_map(|file| Some((is_chart(&file.path), head(file.text()?.text(), HEAD))));
    let value = |text: &str, key: &str| {
        text.lines().find_map(|line| {
            let rest = line.trim_start().trim_start_matches('"').strip_prefix(key)?.trim_start_matches(['"', ' ']);
            Some(rest.strip_prefix([':', '='])?.trim().to_owned())
        })
    };
    let is_own = |text: &str| value(text, "name").is_some_and(|name| own.is_in(&name) == Some(true));
    let said = texts.filter(|&(is_chart, text)| !is_chart || is_own(text));
    said.filter_map(|(_, text)| value(text, "description")).collect()
}

/// The first sentence of the README: `Keeper gives you tools to back up your cluster`.
pub(super) fn of_readme(facts: &Facts<'_>) -> Option<String> {
    let readme = readme(facts)?;
    let is_prose = |line: &&str| {
        line.starts_with(|letter: char| letter.is_alphanumeric() || "*_`".contains(letter))
            && !line.starts_with("* ")
            && line.split_whitespace().count() >= SENTENCE
    };
    let lines = head(readme.text(), HEAD).lines().map(str::trim);
    let mut lines = lines.skip_while(|line| !is_prose(line)).take_while(|line| !line.is_empty());
    let paragraph = lines.by_ref().collect::<Vec<_>>().join(" ");
    paragraph.split(". ").next().filter(|sentence| !sentence.is_empty()).map(str::to_owned)
}

/// The README at the root.
pub(super) fn readme<'f>(facts: &'f Facts<'_>) -> Option<&'f Source> {
    ["README.md", "Readme.md", "readme.md"].iter().find_map(|name| facts.tree.text(name))
}
