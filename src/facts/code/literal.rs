//! The literal that an expression of source stands for, wherever the tree holds it: on the spot, or behind the name of a
//! constant in this file or in another one.

use super::{Hit, Language};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::config::Layer;
use crate::pattern::{escape, pattern};
use crate::source::{Span, enclosing};
use crate::tree::path::folder_of;

/// What is shorter is no key.
const LEAST: usize = 4;

// A text with nothing computed beside it: `"…"`, `[]byte("…")`, `b"…"`, `Buffer.from('…')`.
pattern!(
    LITERAL,
    r#"^(?:\[\]byte\(|new\s+TextEncoder\(\)\.encode\(|Buffer\.from\(|&|b)*\s*(?:"(?<double>[^"\n]{4,})"|'(?<single>[^'\n]{4,})'|`(?<back>[^`\n$]{4,})`)(?:\s*,\s*["']\w+["']\s*\))?(?:\.\w+\(\))*[\s);,]*$"#
);

/// Where the literal stands that the group `value` of a match amounts to where production's environment gives nothing, on
/// the spot or as a property of an object: `config.server.secret`, with `secret: process.env.SECRET || 'text'`.
pub fn fallback_of(facts: &Facts<'_>, hit: &Hit) -> Option<Place> {
    let (expression, span) = hit.value.as_ref()?;
    literal_of(facts, hit).or_else(|| falls_back(facts, &hit.path, *span)).or_else(|| property(facts, expression))
}

/// The text that stands in for a variable of the environment between two places of a file, where nothing of production sets
/// the variable.
fn falls_back(facts: &Facts<'_>, path: &str, span: Span) -> Option<Place> {
    let config = facts.config();
    let is_given = |name: &str| {
        config.settings().iter().any(|one| one.is_variable && one.name == name && one.layer > Layer::Program)
    };
    let is_inside = |place: &Place| {
        *place.path == *path && place.span.is_some_and(|at| span.start <= at.start && at.end <= span.end)
    };
    let read = config.reads.iter().find(|read| is_inside(&read.place))?;
    let is_text = read.default.as_deref().is_some_and(|text| text.len() >= LEAST);
    (is_text && !is_given(&read.name)).then(|| read.place.clone())
}

/// The text that a property of an object amounts to, or falls back to, wherever JavaScript declares the object: that around
/// the property bears the name which stands before it.
fn property(facts: &Facts<'_>, expression: &str) -> Option<Place> {
    let mut parts = expression.trim().rsplit('.');
    let (name, object) = (parts.next()?, parts.next().filter(|object| object.len() > 2)?.to_ascii_lowercase());
    let found = facts.code().find(facts, &format!(r"(?m)^[ \t]*{}\s*:\s*(?<value>[^\n]+)", escape(name)));
    let is_declared = |hit: &&Hit| {
        let at = hit.value.as_ref().map_or(hit.span.start, |(_, span)| span.start) as usize;
        let text = facts.tree.text(&hit.path).and_then(|source| source.text().get(..at));
        let around = text.and_then(|text| enclosing(text).next()).map(str::to_ascii_lowercase);
        Language::of(&hit.path) == Some(Language::JavaScript)
            && around
                .is_some_and(|line| line.contains(&object) && !line.contains("interface ") && !line.contains("type "))
    };
    let mut values = found.iter().filter(is_declared).map(|hit| {
        let (text, span) = hit.value.as_ref()?;
        let here = inside(text).map(|at| Place::at(hit.path.clone(), shifted(*span, at)));
        here.or_else(|| falls_back(facts, &hit.path, *span))
    });
    let first = values.next()??;
    values.all(|place| place.is_some()).then_some(first)
}

/// Where the literal stands that the group `value` of a match amounts to; `None` where anything else may be meant.
pub fn literal_of(facts: &Facts<'_>, hit: &Hit) -> Option<Place> {
    let (expression, span) = hit.value.as_ref()?;
    if let Some(inside) = inside(expression) {
        return Some(Place::at(hit.path.clone(), shifted(*span, inside)));
    }
    let mut parts = expression.rsplit(['.', ':']);
    let name = parts.next().filter(|name| name.len() > 2)?;
    // What the environment says is said when the program starts, whatever some other program writes there for itself.
    if parts.next() == Some("env") || is_parameter(facts, hit, name) {
        return None;
    }
    // Every line that gives the name something: one of them that is no literal leaves open which of them counts.
    let pattern = format!(
        r"(?m)^[^\n=(]{{0,100}}\b{}\b(?:\[u8;\s*\d+\]|[^=!<>\n;(]){{0,60}}:?=(?<value>[^=\n][^\n]*)",
        escape(name)
    );
    let found = facts.code().find(facts, &pattern);
    let is_here = |other: &&Hit| other.path == hit.path;
    // A package of Go is its folder.
    let is_beside = |other: &&Hit| hit.path.ends_with(".go") && folder_of(&other.path) == folder_of(&hit.path);
    // Another module hands on what bears the name of a constant.
    let is_handed_on = |_: &&Hit| name.starts_with(|first: char| first.is_ascii_uppercase());
    let scopes: [&dyn Fn(&&Hit) -> bool; 3] = [&is_here, &is_beside, &is_handed_on];
    let bound = scopes.iter().map(|scope| found.iter().filter(|other| scope(other)).collect::<Vec<_>>());
    let bound = bound.into_iter().find(|bound| !bound.is_empty())?;
    let mut literals = bound.iter().map(|other| {
        let (text, span) = other.value.as_ref()?;
        let lead = text.len() - text.trim_start().len();
        Some(Place::at(other.path.clone(), shifted(*span, lead + inside(text.trim_start())?)))
    });
    let first = literals.next()??;
    literals.all(|place| place.is_some()).then_some(first)
}

/// Where the text of a literal begins; `None` for what is no secret to anybody, as a public key, or no literal.
fn inside(expression: &str) -> Option<usize> {
    let found = LITERAL.captures(expression.trim_end())?;
    let text = found.name("double").or_else(|| found.name("single")).or_else(|| found.name("back"))?;
    let is_public =
        ["-----BEGIN PUBLIC", "-----BEGIN CERTIFICATE"].iter().any(|start| text.as_str().starts_with(start));
    (!is_public).then(|| text.start())
}

/// The end of a span, from so many bytes behind its start.
fn shifted(span: Span, bytes: usize) -> Span {
    Span::new(span.start as usize + bytes, span.end as usize)
}

/// Whether a function of the file takes the name as a parameter.
fn is_parameter(facts: &Facts<'_>, hit: &Hit, name: &str) -> bool {
    let name = escape(name);
    let pattern = format!(
        r"\b(?:func|fn|function|def)\b[^\n{{]*[(,]\s*(?:mut\s+)?{name}\b|\b\w+\([^(){{}}\n]*\b{name}\??\s*:\s*\w|[(,]\s*{name}\b[^()\n]*\)\s*(?::[^\n={{]{{1,40}})?=>"
    );
    !facts.code().find_in(facts, &hit.path, &pattern).is_empty()
}
