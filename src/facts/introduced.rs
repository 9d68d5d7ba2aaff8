//! What the document of a folder says at its beginning of the files beside it.

use super::Facts;
use std::sync::Arc;

/// The document of a folder and its introduction: what stands before its second heading, in lower case.
pub(in crate::facts) fn introduction(facts: &Facts<'_>, folder: &str) -> Option<(Arc<str>, String)> {
    let file = facts.tree.file(&format!("{folder}/README.md"))?;
    let text = file.text()?.text().trim_start();
    let end = text.match_indices("\n#").next().map_or(text.len(), |(at, _)| at);
    Some((file.path.clone(), text[..end].to_lowercase()))
}

/// Whether an introduction calls what stands beside it an example: `sample deployment`, `this example`. What is shown
/// begins with one of some words.
pub(in crate::facts) fn is_of_an_example(introduction: &str, shown: &[&str]) -> bool {
    let words: Vec<&str> = introduction.split_whitespace().collect();
    words.windows(2).any(|pair| {
        matches!(pair[0], "sample" | "example" | "demo" | "demonstration")
            && shown.iter().any(|word| pair[1].starts_with(word))
    })
}
