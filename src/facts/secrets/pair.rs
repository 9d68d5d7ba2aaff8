//! Values that stand in a field of their own, beside the one that holds the name.

/// `<password>value</password>`, `name="password" value="value"`.
pub(super) fn markup_value(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    if rest.starts_with('>') {
        return Some(at + 1);
    }
    let after = rest.strip_prefix("value=").or_else(|| rest.strip_prefix("value ="))?;
    Some(text.len() - after.len())
}

/// `- name: DB_PASSWORD` with `value: x` on the next line, and `{"name": "X", "value": "y"}`.
pub(super) fn value_of_pair(text: &str, name: (usize, usize), at: usize) -> Option<usize> {
    let line = text[..name.0].rfind('\n').map_or(0, |at| at + 1);
    let before = text.get(line..name.0)?.trim_end_matches(['"', '\'', ' ']);
    let is_pair = before.ends_with("name:")
        || before.ends_with("key:")
        || before.ends_with("name\":")
        || before.ends_with("name=")
        || before.ends_with("Name\":")
        || before.ends_with("key=");
    if !is_pair {
        return None;
    }
    let rest = text.get(at..)?;
    let trimmed = rest.trim_start_matches([',', ' ', '\t', '\r', '\n', '"', '\'']);
    if rest.len() - trimmed.len() > 200 {
        return None;
    }
    let after = ["value", "Value"].iter().find_map(|word| trimmed.strip_prefix(word))?;
    let after = after.trim_start_matches(['"', '\'', ' ']);
    let after = after.strip_prefix([':', '='])?.trim_start_matches(' ');
    Some(text.len() - after.len())
}
