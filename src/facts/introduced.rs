//! What the document of a folder says at its beginning of the files beside it.

use super::Facts;
use crate::pattern::pattern;
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

/// The README at the root, where a sentence that links a file calls it an example: "`app.yaml` is a minimal example".
pub(in crate::facts) fn called_an_example(facts: &Facts<'_>, path: &str) -> Option<Arc<str>> {
    let file = facts.tree.file("README.md")?;
    let text = file.text()?.text();
    let links = [format!("]({path})"), format!("](./{path})")];
    let mut named = links.iter().flat_map(|link| text.match_indices(link.as_str()).map(|(at, link)| at + link.len()));
    let is_called = named.any(|end| {
        let rest = text[end..].lines().next().unwrap_or_default();
        let sentence = rest.split(". ").next().unwrap_or_default().to_lowercase();
        CALLS.is_match(&sentence)
    });
    is_called.then(|| file.path.clone())
}
