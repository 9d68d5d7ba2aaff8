//! Names that links use to reach a heading.

/// The anchor of a heading or of a fragment, reduced to letters and digits: renderers differ in how they treat dots,
/// repeated dashes and punctuation, and a link that reaches its heading in one of them is not broken.
pub(super) fn slug(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether one of the anchors is meant by a fragment; `heading-1` also means a second heading of the same name.
pub(super) fn reaches<'a>(anchors: impl IntoIterator<Item = &'a String>, fragment: &str) -> bool {
    let wanted = slug(fragment);
    let without_number = slug(fragment.trim_end_matches(|character: char| character.is_ascii_digit()));
    let is_line = fragment.starts_with('L') && fragment[1..].starts_with(|character: char| character.is_ascii_digit());
    is_line || anchors.into_iter().any(|anchor| *anchor == wanted || *anchor == without_number)
}
