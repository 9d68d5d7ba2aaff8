//! Rust: which types a loader of any type is meant for: `fn read_config<C: BinaryConfig>(path: &Path) -> Result<C>`.

use super::rust::{RESULT, enclosing_trait};
use crate::facts::Facts;
use crate::facts::code::CodeFile;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::{Span, floor};
use std::sync::{Arc, LazyLock};

/// A loader that is asked for a type: its own name, and the traits that the type must have.
pub(super) struct Parameter {
    /// None for what a trait does for every type that has it.
    function: Option<String>,
    bounds: Vec<String>,
}

/// Whether a name is a parameter of the function around a call, and what is said of it there.
pub(super) fn bounds_of(code: &str, call: Span, name: &str) -> Option<Parameter> {
    static FUNCTION: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"^fn\s+(?P<name>\w+)\s*<(?P<parameters>(?:[^<>]|<[^<>]*>)*)>").ok());
    let at = call.end as usize;
    if name == "Self" {
        return Some(Parameter { function: None, bounds: vec![enclosing_trait(code, at)?] });
    }
    let at = call.start as usize;
    let from = floor(code, at.saturating_sub(4_000));
    let signature = RESULT.as_ref()?.find_iter(&code[from..at]).last()?.as_str();
    let function = FUNCTION.as_ref()?.captures(signature)?;
    let parameters = function.name("parameters")?.as_str();
    let is_it = |part: &str| part.split([':', '=']).next().is_some_and(|one| one.trim() == name);
    if !parameters.split(',').any(is_it) {
        return None;
    }
    let wherever = signature.rsplit_once("where").map_or("", |(_, rest)| rest.trim_end_matches('{'));
    let said = parameters.split(',').chain(wherever.split(',')).filter(|part| is_it(part));
    let bounds = said.filter_map(|part| part.split_once(':')).flat_map(|(_, bounds)| bounds.split('+'));
    let bounds = bounds.map(|bound| bound.split('<').next().unwrap_or(bound).trim().rsplit("::").next().unwrap_or(""));
    let is_own = |bound: &&str| bound.starts_with(|letter: char| letter.is_ascii_uppercase());
    let bounds = bounds.filter(is_own).map(str::to_owned).collect();
    Some(Parameter { function: Some(function.name("name")?.as_str().to_owned()), bounds })
}

/// Traits that other crates implement for whatever is derived.
const FOREIGN: &[&str] = &["DeserializeOwned", "Deserialize", "Debug", "Default", "Clone", "Send", "Sync", "Sized"];

/// The types that the tree has for a parameter, each with a file to look for it near: those that have its trait, or
/// those for which its function is called by name.
pub(super) fn meant(facts: &Facts<'_>, files: &[&CodeFile], parameter: &Parameter) -> Vec<(String, Arc<str>)> {
    let own: Vec<String> = parameter.bounds.iter().filter(|one| !FOREIGN.contains(&one.as_str())).cloned().collect();
    let called = parameter.function.as_deref().map(|function| {
        let function = crate::pattern::escape(function);
        compile(&format!(
            r"\b{function}::<\s*(?:\w+::)*(?P<type>[A-Z]\w*)\b|:\s*(?:\w+::)*(?P<bound>[A-Z]\w*)\s*=\s*(?:\w+::)*{function}\("
        ))
    });
    let has = own.iter().map(|one| crate::pattern::escape(one)).collect::<Vec<_>>().join("|");
    let has =
        (!own.is_empty()).then(|| compile(&format!(r"\bimpl\s+(?:\w+::)*(?:{has})\s+for\s+(?P<type>[A-Z]\w*)\b")));
    let words: Vec<&str> = own.iter().map(String::as_str).chain(parameter.function.as_deref()).collect();
    let mut found = Vec::new();
    for file in files {
        let text = file.source(facts).map_or("", |source| source.text());
        if !words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some()) {
            continue;
        }
        let Some(code) = file.code(facts) else { continue };
        for pattern in has.iter().chain(&called).filter_map(|pattern| pattern.as_ref().ok()) {
            let names = pattern
                .captures_iter(code.product())
                .filter_map(|one| one.name("type").or(one.name("bound")).map(|name| name.as_str().to_owned()));
            found.extend(names.map(|name| (name, file.path.clone())));
        }
    }
    found
}
