//! Prow, which tests and merges the changes of whoever keeps its files on owners here.

use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::format::{Format, parse};
use crate::pattern::compile;

const OWNERS: &str = "OWNERS";

/// Those who approve a change, by the root's `OWNERS`, where Prow reads it.
pub fn approvers(facts: &Facts<'_>) -> Option<Place> {
    let source = facts.tree.text(OWNERS)?;
    let values = parse(Format::Yaml, source).ok()?;
    let root = values.first()?;
    let everywhere = root.get("filters").and_then(|filters| filters.get(".*").or_else(|| filters.get("\\.*")));
    let approvers = root.get("approvers").or_else(|| everywhere.and_then(|all| all.get("approvers")))?;
    let are_some = approvers.as_list().is_some_and(|list| !list.is_empty());
    (are_some && is_read(facts, source.text())).then(|| Place::at(OWNERS, approvers.span))
}

/// Whether anything beside the form of `OWNERS`, which others have taken over, says that Prow reads it: its aliases, its
/// settings, its manual, or the words by which people tell it what to do.
fn is_read(facts: &Facts<'_>, owners: &str) -> bool {
    const MANUAL: &str = r"(?i)go\.k8s\.io/owners|/guide/owners|\bprow\b";
    const WORDS: &str = r"(?i)\bprow\b|(?:^|[\s`(])/(?:lgtm|approve|ok-to-test)\b";
    let says = |pattern: &str, text: &str| compile(pattern).is_ok_and(|pattern| pattern.is_match(text));
    let tree = facts.tree;
    let files = ["OWNERS_ALIASES", ".prow.yaml", ".ci-operator.yaml"];
    let guides = || {
        let is_guide = |name: &str| ["README", "CONTRIBUTING"].iter().any(|start| name.starts_with(start));
        let is_near = |path: &str| !path.contains('/') || path.starts_with(".github/") || path.starts_with("docs/");
        tree.files().iter().filter(move |file| is_guide(file.name()) && is_near(&file.path))
    };
    files.iter().any(|path| tree.file(path).is_some())
        || says(MANUAL, owners)
        || guides().any(|file| file.text().is_some_and(|source| says(WORDS, source.text())))
}
