//! Conditions written as functions, as Azure Pipelines does: `and(succeeded(), eq(variables['Build.Reason'], 'Manual'))`.

use super::{Comparison, Condition, MAX_DEPTH, MAX_TEXT};

/// Reads a condition; what is not understood may hold.
pub(in crate::facts::ci) fn parse(text: &str) -> Condition {
    if text.len() > MAX_TEXT { Condition::Unknown } else { condition(text, 0) }
}

fn condition(text: &str, depth: usize) -> Condition {
    let text = text.trim();
    if depth > MAX_DEPTH {
        return Condition::Unknown;
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => return Condition::Is(true),
        "false" => return Condition::Is(false),
        _ => {}
    }
    let Some((name, inside)) =
        text.split_once('(').and_then(|(name, rest)| Some((name.trim(), rest.strip_suffix(')')?)))
    else {
        return Condition::Unknown;
    };
    let parts = arguments(inside);
    let all = || parts.iter().map(|part| condition(part, depth + 1)).collect();
    match name.to_ascii_lowercase().as_str() {
        "and" => Condition::All(all()),
        "or" => Condition::Any(all()),
        "not" => Condition::Not(Box::new(parts.first().map_or(Condition::Unknown, |part| condition(part, depth + 1)))),
        "succeeded" | "always" | "succeededorfailed" => Condition::Is(true),
        "failed" => Condition::Failed,
        "eq" | "in" => compare(&parts, Comparison::Equals),
        "ne" | "notin" => Condition::Not(Box::new(compare(&parts, Comparison::Equals))),
        "startswith" => compare(&parts, Comparison::Begins),
        _ => Condition::Unknown,
    }
}

fn compare(parts: &[&str], how: Comparison) -> Condition {
    let literal = |part: &str| {
        let inside = part.strip_prefix('\'')?.strip_suffix('\'')?;
        Some(inside.replace("''", "'"))
    };
    let Some((first, rest)) = parts.split_first() else { return Condition::Unknown };
    let values: Vec<String> = rest.iter().filter_map(|part| literal(part)).collect();
    if let (Some(left), true) = (literal(first), values.len() == rest.len()) {
        // Both sides are known once parameters are filled in.
        return Condition::Is(match how {
            Comparison::Begins => values.iter().any(|value| left.to_lowercase().starts_with(&value.to_lowercase())),
            _ => values.iter().any(|value| value.eq_ignore_ascii_case(&left)),
        });
    }
    if literal(first).is_some() && rest.len() == 1 {
        return compare(&[rest[0], first], how);
    }
    if values.len() != rest.len() {
        return Condition::Unknown;
    }
    Condition::Compares(variable(first), how, values)
}

/// `variables['Build.Reason']` and `variables.x` by the name alone.
fn variable(text: &str) -> String {
    let inner = text.strip_prefix("variables").unwrap_or(text);
    inner.trim_matches(['[', ']', '\'', '.', '$', '(', ')']).to_ascii_lowercase()
}

/// What stands between commas that are in no brackets and no quotes.
fn arguments(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut from) = (0_usize, false, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    let last = text[from..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}
