//! The valid name nearest to a wrong one.

use std::collections::BTreeSet;

/// The name that is nearest to a word, if one is near enough to be worth saying.
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let word = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for name in names {
        let near = strsim::jaro_winkler(&word, &name.to_lowercase());
        if near >= 0.7 && best.is_none_or(|(so_far, _)| near > so_far) {
            best = Some((near, name));
        }
    }
    best.map(|(_, name)| name)
}

/// What to append to an error about a wrong name: `; the nearest is …`, or all the names where they are few.
pub fn hint(word: &str, names: &BTreeSet<&str>) -> String {
    if let Some(name) = nearest(word, names.iter().copied()) {
        return format!("; the nearest is `{name}`");
    }
    let all: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if all.is_empty() || all.len() > 12 { String::new() } else { format!("; expected one of {}", all.join(", ")) }
}
