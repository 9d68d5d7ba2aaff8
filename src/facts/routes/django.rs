//! Operations of Django: its lists of paths, lists inside of lists, and what cannot be followed.

use super::{Found, Operation, Shaped, path};
use crate::evidence::{Blind, Place};
use crate::pattern::compile;
use crate::pattern::{Captures, Regex};
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How deep lists are followed, and how many prefixes one place may get.
const MAX_DEPTH: usize = 6;
const MAX_PREFIXES: usize = 100;

/// What a file with `urlpatterns` declares; `included` has the prefixes under which others include it.
pub(super) fn declared(file: &Shaped, included: &BTreeMap<String, String>, found: &mut Found) {
    static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"\b(?<regex>re_)?path\(\s*r?["'](?<path>[^"']*)["']\s*,\s*(?<view>[\w.]+)(?<rest>(?:[^()]|\([^()]*\)){0,300})"#).ok()
    });
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r#"\bname\s*=\s*["']([\w:.-]+)["']"#).ok());
    if !file.outline.bare.contains("urlpatterns") {
        return;
    }
    let outer =
        included.iter().find(|(module, _)| file.path.ends_with(module.as_str())).map_or("", |(_, prefix)| prefix);
    let lists = lists(file);
    for one in PATH.iter().flat_map(|one| one.captures_iter(&file.outline.code)) {
        let (Some(view), Some(whole)) = (one.name("view").filter(|view| view.as_str() != "include"), one.get(0)) else {
            continue;
        };
        let place = Place::at(file.path.clone(), Span::new(whole.start(), view.end()));
        if let Some(name) = NAME.as_ref().and_then(|name| name.captures(&one["rest"])) {
            found.names.push((place.clone(), name[1].to_owned()));
        }
        for prefix in prefixes(&lists, whole.start(), 0) {
            let path = path::join(&format!("{outer}/{prefix}"), &written(&one));
            found.operations.push(Operation::new("*".to_owned(), path, place.clone()));
        }
    }
    found.blind.extend(viewsets(file));
}

/// `router.register("orders", OrderViewSet)`: which operations a set of views has is not followed.
fn viewsets(file: &Shaped) -> Vec<Blind> {
    static REGISTER: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r#"router\.register\(\s*r?["']"#).ok());
    let registered = REGISTER.iter().flat_map(|register| register.find_iter(&file.outline.code));
    let blind = |one: crate::pattern::Match<'_>| Blind {
        place: Some(Place::at(file.path.clone(), Span::new(one.start(), one.end()))),
        why: "the operations of sets of views that a router registers are not followed".to_owned(),
    };
    registered.map(blind).collect()
}

/// The path of `path("orders/<int:id>/", …)`, or what `re_path(r"^orders/(?P<id>\d+)/$", …)` matches.
fn written(one: &Captures<'_>) -> String {
    if one.name("regex").is_some() { matched(&one["path"]) } else { one["path"].to_owned() }
}

/// What a pattern matches, groups and classes as parameters.
fn matched(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut depth = 0_usize;
    let mut is_escaped = false;
    for letter in pattern.chars() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' | '[' => {
                if depth == 0 {
                    plain.push_str("{}");
                }
                depth += 1;
            }
            ')' | ']' => depth = depth.saturating_sub(1),
            '^' | '$' | '?' | '+' | '*' => {}
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

/// A list of paths that the same file includes under prefixes: `api_urls = [path(…)]` with `path("api/", include(api_urls))`,
/// or `path("api/", include([path(…)]))`.
struct List {
    span: Span,
    /// Where it is included, and under which prefix.
    under: Vec<(usize, String)>,
}

fn lists(file: &Shaped) -> Vec<List> {
    static LIST: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"(?m)^(\w+)\s*(?::[^=\n]+)?=\s*\[").ok());
    static INCLUDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"\b(?<regex>re_)?path\(\s*r?["'](?<path>[^"']*)["']\s*,\s*include\(\s*\(?\s*(?:(?<name>\w+)|(?<list>\[))"#).ok()
    });
    let code = &file.outline.code;
    let mut named: Vec<(usize, String, &str)> = Vec::new();
    let mut lists = Vec::new();
    for one in INCLUDE.iter().flat_map(|one| one.captures_iter(code)) {
        let Some(at) = one.get(0).map(|whole| whole.start()) else { continue };
        if let Some(name) = one.name("name") {
            named.push((at, written(&one), name.as_str()));
        } else if let Some(span) = one.name("list").and_then(|open| file.outline.inside(open.start())) {
            lists.push(List { span, under: vec![(at, written(&one))] });
        }
    }
    let all = LIST.iter().flat_map(|one| one.captures_iter(code)).filter_map(|one| {
        let span = file.outline.inside(one.get(0)?.end() - 1)?;
        let under = named.iter().filter(|(_, _, name)| *name == &one[1]);
        Some(List { span, under: under.map(|(at, prefix, _)| (*at, prefix.clone())).collect() })
    });
    lists.extend(all.filter(|list| !list.under.is_empty()));
    lists
}

/// Under which prefixes of its own file a place stands: by the innermost list around it, and by those around that.
fn prefixes(lists: &[List], at: usize, depth: usize) -> Vec<String> {
    let around = lists.iter().filter(|list| list.span.range().contains(&at));
    let Some(list) = around.min_by_key(|list| list.span.end - list.span.start).filter(|_| depth < MAX_DEPTH) else {
        return vec![String::new()];
    };
    let mut found = Vec::new();
    for (place, prefix) in list.under.iter().take(20) {
        found.extend(prefixes(lists, *place, depth + 1).iter().map(|outer| format!("{outer}/{prefix}")));
    }
    found.truncate(MAX_PREFIXES);
    found
}
