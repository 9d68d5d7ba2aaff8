//! `go.mod`: what is required directly; what stands there for others (`// indirect`) is left out.

use super::{Dependency, Ecosystem, Found, Purpose};
use crate::facts::Facts;
use crate::source::Span;

/// Reads a `go.mod`.
pub(super) fn read(facts: &Facts<'_>, path: &str) -> Found {
    let Some(source) = facts.tree.text(path) else { return Found::Nothing };
    let mut name = None;
    let mut dependencies = Vec::new();
    let mut in_block = false;
    let mut at = 0;
    for line in source.text().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words = code.split_whitespace();
        let module = match (words.next(), in_block) {
            (Some("module"), false) => {
                name = words.next().map(str::to_owned);
                continue;
            }
            (Some("require"), false) => match words.next() {
                Some("(") | None => {
                    in_block = true;
                    continue;
                }
                Some(module) => module,
            },
            (Some(")"), true) => {
                in_block = false;
                continue;
            }
            (Some(module), true) => module,
            _ => continue,
        };
        if comment.contains("indirect") {
            continue;
        }
        let lead = code.find(module).unwrap_or(0);
        let span = Span::new(start + lead, start + lead + module.len());
        let mut dependency = Dependency::new(module, Purpose::Runtime, span);
        dependency.version = words.next().map(str::to_owned);
        dependencies.push(dependency);
    }
    Found::package(path, Ecosystem::Go, name, dependencies)
}

/// Whether a module is meant by the end of a path (`gin-gonic/gin`), or by a package inside it (`x/time/rate`).
pub(super) fn names(module: &str, word: &str) -> bool {
    let is_version = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    let module = module.rsplit_once('/').filter(|(_, last)| is_version(last)).map_or(module, |(rest, _)| rest);
    if module == word || module.strip_suffix(word).is_some_and(|before| before.ends_with('/')) {
        return true;
    }
    let parts: Vec<&str> = module.split('/').collect();
    (2..parts.len()).any(|count| {
        let tail = parts[parts.len() - count..].join("/");
        word.strip_prefix(&tail).is_some_and(|rest| rest.starts_with('/'))
    })
}
