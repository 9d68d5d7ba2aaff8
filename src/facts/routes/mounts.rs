//! Under which paths code of Go mounts a function that declares operations on the router it is given:
//! `users.Register(v1.Group("/users"))`.

use super::Shaped;
use super::outline::Outline;
use super::receivers::{Given, containers, given, group, groups, root};
use crate::source::Span;
use crate::tree::path::folder_of;
use memchr::memmem;
use std::collections::BTreeSet;

/// A function that is mounted oftener is cut off here.
const MOST: usize = 8;

/// The prefixes under which the callers of a function mount it; none where one of them cannot be read.
pub(super) fn prefixes(files: &[Shaped], own: &str, mounted: &Given) -> Vec<String> {
    let mut found = BTreeSet::new();
    for file in files {
        for (open, qualifier) in calls(&file.outline, &mounted.function) {
            if !means(file, qualifier, own, mounted, files) {
                continue;
            }
            let outline = &file.outline;
            let arguments = outline.inside(open).map(|inside| outline.arguments(inside)).unwrap_or_default();
            let Some(prefix) = arguments.get(mounted.position).and_then(|one| prefix(outline, *one)) else {
                return Vec::new();
            };
            found.insert(prefix);
        }
    }
    found.into_iter().take(MOST).collect()
}

/// The calls of a function: where their brackets open, and what stands before the dot.
fn calls<'o>(outline: &'o Outline, function: &str) -> Vec<(usize, Option<&'o str>)> {
    let text = &outline.bare;
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let written = format!("{function}(");
    let places = memmem::find_iter(text.as_bytes(), written.as_bytes());
    places
        .filter_map(|at| {
            let before = &text[..at];
            let declares = before.trim_end().ends_with("func") || before.trim_end().ends_with(')');
            if declares || before.ends_with(is_word) {
                return None;
            }
            let qualifier = before.strip_suffix('.').map(|path| {
                let start = path.rfind(|letter| !is_word(letter)).map_or(0, |at| at + 1);
                path.get(start..).unwrap_or("")
            });
            Some((at + function.len(), qualifier))
        })
        .collect()
}

/// Whether a call means the function of a file: by its package, or because no other has that name.
fn means(caller: &Shaped, qualifier: Option<&str>, own: &str, mounted: &Given, files: &[Shaped]) -> bool {
    let package = folder_of(own).trim_end_matches('/');
    match qualifier {
        Some(_) if mounted.is_method => {
            let named = files.iter().flat_map(|file| given(&file.outline));
            named.filter(|one| one.function == mounted.function).count() == 1
        }
        Some(qualifier) => package.rsplit('/').next() == Some(qualifier),
        None => folder_of(&caller.path).trim_end_matches('/') == package,
    }
}

/// The path of a router that is handed on: of a group, of one that is made there, or of the application's own.
fn prefix(outline: &Outline, argument: Span) -> Option<String> {
    let written = outline.bare[argument.range()].trim_end();
    let start = argument.start as usize + written.len() - written.trim_start().len();
    let name = written.trim_start().split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next()?;
    let groups = groups(outline);
    let router = root(&groups, name);
    let is_given = given(outline).iter().any(|one| one.body.range().contains(&start) && one.router == router);
    if name.is_empty() || is_given {
        return None;
    }
    let around = containers(outline).into_iter().filter(|one| one.span.range().contains(&start));
    let mut path = around.map(|one| one.prefix).collect::<Vec<_>>().join("/");
    path = format!("{path}/{}", group(&groups, name));
    let mut at = start + name.len();
    let end = argument.start as usize + written.len();
    while at < end {
        let open = at + ".Group".len();
        if outline.bare.get(at..=open)? != ".Group(" {
            return None;
        }
        path = format!("{path}/{}", outline.string_from(open + 1)?.0);
        at = outline.partner(open)? + 1;
    }
    Some(path)
}
