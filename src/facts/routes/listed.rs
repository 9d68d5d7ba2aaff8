//! Operations of Go that stand in a list of values, `{Methods: []string{http.MethodGet}, Route: "orders/{id}", Handler: show}`,
//! which a loop hands to a router: what it puts before their paths, and whether it takes them all, is not followed.

use super::Shaped;
use super::go::methods_in;
use crate::evidence::{Blind, Place};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// One for each operation of the lists of a file.
pub(super) fn unread(file: &Shaped) -> Vec<Blind> {
    static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\b(?:Route|Path|Pattern|Endpoint)\s*:").ok());
    let outline = &file.outline;
    let paths = PATH.iter().flat_map(|one| one.find_iter(&outline.bare));
    let paths = paths.filter_map(|one| outline.string_from(one.end()));
    paths.flat_map(|(_, span)| entry(file, span)).collect()
}

/// The operations of the entry that holds a path: one for each method, where the entry says what answers it too.
fn entry(file: &Shaped, span: Span) -> Vec<Blind> {
    const HANDLERS: &[&str] = &["Handler", "HandlerFunc", "HandleFunc", "Func"];
    let outline = &file.outline;
    let Some(open) = outline.around(span.start as usize).next().filter(|open| outline.bare.as_bytes()[*open] == b'{')
    else {
        return Vec::new();
    };
    let fields = outline.inside(open).map(|inside| outline.arguments(inside)).unwrap_or_default();
    let fields: Vec<(&str, &str)> =
        fields.iter().filter_map(|field| outline.code[field.range()].split_once(':')).collect();
    if !fields.iter().any(|(name, _)| HANDLERS.contains(&name.trim())) {
        return Vec::new();
    }
    let methods = fields.iter().find(|(name, _)| matches!(name.trim(), "Method" | "Methods"));
    let methods = methods.map(|(_, value)| methods_in(value)).unwrap_or_default();
    let why = "an operation stands in a list of values, which a loop declares";
    let unread = |_| Blind { place: Some(Place::at(file.path.clone(), span)), why: why.to_owned() };
    methods.into_iter().map(unread).collect()
}
