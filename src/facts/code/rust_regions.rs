//! Regions of a Rust file that are not always built: tests, and what stands behind a feature.

use super::mask::Marks;
use crate::source::Span;

/// Parts of a Rust file that the attributes of the language set apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// Items that exist only in tests, attributes included; in order, without overlap.
    pub tests: Vec<Span>,
    /// Items that exist only with a feature, with its name.
    pub features: Vec<(Span, String)>,
    /// Items that exist only without a feature, with its name.
    pub without: Vec<(Span, String)>,
    /// Names of modules in other files that exist only in tests: `#[cfg(test)] mod support;`.
    pub test_modules: Vec<String>,
}

/// What one attribute says about the item under it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Test,
    Feature(String),
    Without(String),
}

/// Finds the regions of a file. `code` has its comments blanked; `marks` says where its strings are.
pub(super) fn find(code: &str, marks: &Marks) -> Regions {
    let bytes = code.as_bytes();
    let mut regions = Regions::default();
    // Nested items are read once a level; a hostile file would nest thousands.
    let mut budget = code.len().saturating_mul(32);
    let mut strings = marks.strings.iter().copied().peekable();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'#', &bytes[at..]) {
        let start = at + found;
        while strings.next_if(|span| (span.end as usize) <= start).is_some() {}
        if let Some(span) = strings.peek().filter(|span| (span.start as usize) <= start) {
            at = span.end as usize;
            continue;
        }
        at = start + 1;
        let is_inner = bytes.get(at) == Some(&b'!');
        let open = at + usize::from(is_inner);
        if bytes.get(open) != Some(&b'[') {
            continue;
        }
        let end = closing(bytes, open, marks);
        let Some(condition) = condition(&code[open + 1..end.saturating_sub(1).max(open + 1)]) else {
            at = end;
            continue;
        };
        let span = if is_inner { Span::new(0, code.len()) } else { Span::new(start, item_end(code, end, marks)) };
        let Some(left) = budget.checked_sub(span.range().len()) else { break };
        budget = left;
        match condition {
            Condition::Test => {
                if let Some(name) = module_elsewhere(&code[end..span.end as usize]) {
                    regions.test_modules.push(name);
                }
                regions.tests.push(span);
                at = span.end as usize;
            }
            Condition::Feature(name) => {
                regions.features.push((span, name));
                at = end;
            }
            Condition::Without(name) => {
                regions.without.push((span, name));
                at = end;
            }
        }
    }
    if regions.tests.iter().any(|span| span.start == 0 && span.end as usize == code.len()) {
        regions.tests = vec![Span::new(0, code.len())];
    }
    regions
}

/// What an attribute (the text between its brackets) says.
fn condition(attribute: &str) -> Option<Condition> {
    let attribute = attribute.trim();
    let path_end = attribute.find(['(', '=', ' ']).unwrap_or(attribute.len());
    let (path, rest) = attribute.split_at(path_end);
    let last = path.rsplit("::").next().unwrap_or(path);
    if matches!(last, "test" | "bench" | "rstest" | "test_case" | "quickcheck" | "wasm_bindgen_test" | "test_log") {
        return Some(Condition::Test);
    }
    (path == "cfg").then(|| predicate(rest.trim().strip_prefix('(')?.strip_suffix(')')?, 0)).flatten()
}

/// What a `cfg` predicate asks for. `any(test, feature = "x")` exists with the feature; `not(…)` of
/// anything but one feature asks for nothing.
fn predicate(text: &str, depth: usize) -> Option<Condition> {
    let text = text.trim().trim_end_matches(',').trim();
    if text == "test" || text == "doctest" {
        return Some(Condition::Test);
    }
    if let Some(value) = text.strip_prefix("feature") {
        let value = value.trim_start().strip_prefix('=')?.trim();
        return Some(Condition::Feature(value.trim_matches('"').to_owned()));
    }
    if depth > 8 {
        return None;
    }
    let inner = |prefix: &str| text.strip_prefix(prefix)?.trim_start().strip_prefix('(')?.strip_suffix(')');
    if let Some(part) = inner("not") {
        return match predicate(part, depth + 1) {
            Some(Condition::Feature(name)) if part.trim_start().starts_with("feature") => {
                Some(Condition::Without(name))
            }
            _ => None,
        };
    }
    if let Some(parts) = inner("all") {
        let found: Vec<Condition> =
            arguments(parts).into_iter().filter_map(|part| predicate(part, depth + 1)).collect();
        let needed = found.iter().find(|one| matches!(one, Condition::Feature(_)));
        return found.iter().find(|one| **one == Condition::Test).or(needed).or(found.first()).cloned();
    }
    if let Some(parts) = inner("any") {
        let found: Vec<Option<Condition>> =
            arguments(parts).into_iter().map(|part| predicate(part, depth + 1)).collect();
        if found.iter().any(|one| matches!(one, None | Some(Condition::Without(_)))) {
            return None;
        }
        let found: Vec<Condition> = found.into_iter().flatten().collect();
        return found.iter().find(|one| **one != Condition::Test).or(found.first()).cloned();
    }
    None
}

/// The arguments of a list, split at its own commas.
fn arguments(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect()
}

/// The offset just past the bracket that closes the one at `open`, strings left out.
fn closing(bytes: &[u8], open: usize, marks: &Marks) -> usize {
    let mut depth = 0_usize;
    walk(bytes, open, marks, |at, byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(at + 1)
    })
}

/// Calls `step` on each byte from `from` on that is in no string, until it gives an offset.
fn walk(bytes: &[u8], from: usize, marks: &Marks, mut step: impl FnMut(usize, u8) -> Option<usize>) -> usize {
    let first = marks.strings.partition_point(|span| (span.end as usize) <= from);
    let mut strings = marks.strings[first..].iter().peekable();
    let mut at = from;
    while at < bytes.len() {
        while strings.next_if(|span| (span.end as usize) <= at).is_some() {}
        if let Some(span) = strings.peek().filter(|span| (span.start as usize) <= at) {
            at = span.end as usize;
            continue;
        }
        if let Some(end) = step(at, bytes[at]) {
            return end;
        }
        at += 1;
    }
    bytes.len()
}

/// How the item under an attribute ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// With the block that it opens, or a semicolon before it: `fn`, `mod`, `impl`, …
    Block,
    /// With its semicolon: `use`, `static`, `let`, …
    Semicolon,
    /// With a comma, a semicolon or its block: a field, a variant, an arm, an expression.
    Comma,
}

/// The offset just past the item that follows an attribute's end.
fn item_end(code: &str, attribute_end: usize, marks: &Marks) -> usize {
    let bytes = code.as_bytes();
    let mut at = attribute_end;
    loop {
        at += code[at..].len() - code[at..].trim_start().len();
        if !code[at..].starts_with("#[") {
            break;
        }
        at = closing(bytes, at + 1, marks);
    }
    let ending = ending(&code[at..]);
    let mut depth = 0_usize;
    walk(bytes, at, marks, |at, byte| match byte {
        b'(' | b'[' | b'{' => {
            depth += 1;
            None
        }
        b')' | b']' | b'}' => {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
            (depth == 0 && byte == b'}' && ending != Ending::Semicolon).then_some(at + 1)
        }
        b';' if depth == 0 => Some(at + 1),
        b',' if depth == 0 && ending == Ending::Comma => Some(at + 1),
        _ => None,
    })
}

fn ending(item: &str) -> Ending {
    let words = item.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '!')).filter(|word| !word.is_empty());
    for word in words.take(8) {
        match word {
            "fn" | "mod" | "impl" | "struct" | "enum" | "trait" | "union" | "macro_rules!" => return Ending::Block,
            "use" | "static" | "let" | "type" | "const" if is_item_const(item, word) => return Ending::Semicolon,
            "pub" | "crate" | "super" | "self" | "in" | "async" | "unsafe" | "extern" | "const" | "default" | "C" => {}
            _ => return Ending::Comma,
        }
    }
    Ending::Comma
}

/// `const` begins an item of its own unless it only qualifies a function.
fn is_item_const(item: &str, word: &str) -> bool {
    let after = item.split_once("const").map_or("", |(_, after)| after.trim_start());
    word != "const" || !["fn ", "unsafe ", "async ", "extern "].iter().any(|next| after.starts_with(next))
}

/// The name in `mod name;`: its code stands in another file.
fn module_elsewhere(item: &str) -> Option<String> {
    let declaration = item.trim().strip_suffix(';')?;
    let (before, name) = declaration.rsplit_once(char::is_whitespace)?;
    let is_module = before.trim_end().ends_with("mod") && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_module.then(|| name.to_owned())
}
