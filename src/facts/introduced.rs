//! What the document of a folder says at its beginning of the files beside it.

use super::Facts;
use crate::pattern::{Regex, pattern};
use crate::tree::File;
use crate::tree::path::{folder_of, within};
use std::sync::Arc;

/// The document of a folder and its introduction: what stands before its second heading, in lower case.
pub(in crate::facts) fn introduction(facts: &Facts<'_>, folder: &str) -> Option<(Arc<str>, String)> {
    const ENDS: &[&str] = &["md", "adoc", "asciidoc", "rst"];
    let file = ENDS.iter().find_map(|end| facts.tree.file(&format!("{folder}/README.{end}")))?;
    let text = file.text()?.text().trim_start();
    let second = ["\n#", "\n=="].iter().filter_map(|heading| text.find(heading)).min();
    let end = second.unwrap_or(text.len());
    Some((file.path.clone(), text[..end].to_lowercase()))
}

// `for illustration purposes only and should not be considered to be production-ready`
pattern!(
    DISOWNED,
    r"\bfor (?:illustrati(?:on|ve)|demonstration|demo|educational) purposes\b|\bnot (?:be )?(?:\w+ )?(?:to be |as |for )?production[- ]ready\b|\bnot (?:meant|intended|suitable|recommended) for (?:use in )?production\b"
);

/// Whether an introduction calls what stands beside it an example: `sample deployment`, `this example`; or says that it is
/// not for production. What is shown begins with one of some words.
pub(in crate::facts) fn is_of_an_example(introduction: &str, shown: &[&str]) -> bool {
    let words: Vec<&str> = introduction.split_whitespace().collect();
    DISOWNED.is_match(&words.join(" "))
        || words.windows(2).any(|pair| {
            matches!(pair[0], "sample" | "example" | "demo" | "demonstration")
                && shown.iter().any(|word| pair[1].starts_with(word))
        })
}

pattern!(CALLS, r"\b(?:is|as|are)\b[^.;:]*?\b(?:an?|the) (?:[\w-]+ ){0,3}?(?:example|sample)s?\b");

// What is said behind a name in backticks: "can serve as an example of these services".
pattern!(
    SERVES_AS,
    r"\b(?:is|as) (?:\w+ ){0,2}?an? (?:[\w-]+ ){0,3}?(?:example|sample)(?:[.,;:)]|$| (?:of|for|on|that|which|to|how|configuration|setup|deployment|compose|file)\b)"
);

/// The README at the root or one folder below, where a sentence that names the file calls it an example: "`app.yaml` is a
/// minimal example".
pub(in crate::facts) fn called_an_example(facts: &Facts<'_>, path: &str) -> Option<Arc<str>> {
    let is_near = |path: &str| path.matches('/').count() <= 1;
    let mut documents = facts.tree.files().iter().filter(|file| file.name() == "README.md" && is_near(&file.path));
    let calls = |file: &&File| {
        let Some(source) = file.text() else { return false };
        let folder = folder_of(&file.path);
        let linked = if folder.is_empty() { vec![format!("]({path})"), format!("](./{path})")] } else { Vec::new() };
        says_behind(source.text(), &linked, &CALLS)
            || says_behind(source.text(), &quoted(facts, folder, path), &SERVES_AS)
    };
    documents.find(calls).map(|file| file.path.clone())
}

/// How a document of a folder writes the name of a file in backticks, with either end of YAML: one beside it, or one at the
/// root that has no namesake there.
fn quoted(facts: &Facts<'_>, folder: &str, path: &str) -> Vec<String> {
    let stem = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml")).unwrap_or(path);
    let names = if stem == path { vec![path.to_owned()] } else { vec![format!("{stem}.yml"), format!("{stem}.yaml")] };
    let has_namesake = || names.iter().any(|name| facts.tree.file(&within(folder, name)).is_some());
    let written: Vec<String> = if folder.is_empty() || (!path.contains('/') && !has_namesake()) {
        names
    } else {
        names.iter().filter_map(|name| Some(name.strip_prefix(folder)?.strip_prefix('/')?.to_owned())).collect()
    };
    written.iter().map(|name| format!("`{name}`")).collect()
}

/// Whether a sentence goes on in a way behind one of some words.
fn says_behind(text: &str, words: &[String], way: &Regex) -> bool {
    let mut named = words.iter().flat_map(|word| text.match_indices(word.as_str()).map(|(at, word)| at + word.len()));
    named.any(|end| {
        let rest = text[end..].lines().next().unwrap_or_default();
        way.is_match(&rest.split(". ").next().unwrap_or_default().to_lowercase())
    })
}
