//! A parameter's value, one call up: the literal that callers hand to it (ruling 31 of items-0.md).

use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::Scope;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// How far back the head of the function may stand.
const REACH: usize = 20_000;

/// The head of a function up to its parameters.
static HEAD: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"\b(?:fn|func|def|function)\s+(?:\([^()]*\)\s*)?(?<name>\w+)\s*(?:<[^(){}]*>)?\(").ok());

/// The text literals that callers give for a parameter named `name` at an offset of a file, each with its place; empty if
/// it is no parameter there, or if any caller gives something else.
pub fn literals(facts: &Facts<'_>, path: &str, offset: u32, name: &str) -> Vec<(String, Place)> {
    let found = parameter(facts, path, offset, name).and_then(|(function, index)| callers(facts, &function, index));
    found.unwrap_or_default()
}

/// The function around an offset that has a parameter of this name, and its position among the parameters.
fn parameter(facts: &Facts<'_>, path: &str, offset: u32, name: &str) -> Option<(String, usize)> {
    let code = facts.code().file(path)?.code(facts)?.product();
    let end = offset as usize;
    let start = (end.saturating_sub(REACH)..=end).find(|&at| code.is_char_boundary(at))?;
    let head = HEAD.as_ref()?.captures_iter(code.get(start..end)?).last()?;
    let parameters = arguments(code.get(start + head.get(0)?.end()..)?);
    let own: Vec<&str> = parameters
        .iter()
        .map(|(_, text)| text.trim())
        .filter(|text| !matches!(*text, "self" | "&self" | "&mut self" | "mut self" | "cls"))
        .collect();
    let is_named = |text: &&str| {
        let declared = text.split([':', '=', ' ']).next().unwrap_or(text);
        let declared = if declared == "mut" { text.split([' ', ':']).nth(1).unwrap_or("") } else { declared };
        declared == name
    };
    Some((head["name"].to_owned(), own.iter().position(is_named)?))
}

fn callers(facts: &Facts<'_>, function: &str, index: usize) -> Option<Vec<(String, Place)>> {
    let pattern = format!(r"(?:\bfn\s+|\bfunc\s+|\bdef\s+|\bfunction\s+)?\b{function}\(");
    let hits = facts.code().find_all(facts, Scope::Product, &[pattern.as_str()]).pop()?;
    let mut found = Vec::new();
    for hit in hits.iter() {
        let code = facts.code().file(&hit.path)?.code(facts)?.product();
        let call = code.get(hit.span.range())?;
        if ["fn ", "func ", "def ", "function "].iter().any(|keyword| call.starts_with(keyword)) {
            continue;
        }
        let given = arguments(code.get(hit.span.end as usize..)?);
        let (at, text) = given.get(index)?;
        let start = hit.span.end as usize + at + (text.len() - text.trim_start().len());
        let text = text.trim();
        let quoted = text.strip_prefix('"').and_then(|rest| rest.split_once('"'))?.0;
        found.push((quoted.to_owned(), Place::at(hit.path.clone(), Span::new(start, start + text.len()))));
    }
    Some(found)
}

/// The arguments up to the closing parenthesis, each with its offset.
fn arguments(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut quote = None;
    let mut start = 0;
    for (at, letter) in text.char_indices().take(4000) {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"') => quote = Some('"'),
            (None, '(' | '[' | '{' | '<') => depth += 1,
            (None, ')') if depth == 0 => {
                if !text[start..at].trim().is_empty() {
                    found.push((start, &text[start..at]));
                }
                return found;
            }
            (None, ')' | ']' | '}' | '>') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                found.push((start, &text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    Vec::new()
}
