//! Build tags of Go: which files a build leaves out because nobody turns their tag on.

use crate::facts::Facts;
use crate::facts::containers::image::{is_dockerfile, may_build};
use crate::pattern::pattern;
use std::collections::BTreeSet;

/// Tags that Go itself turns on: systems, processors, compilers.
#[rustfmt::skip]
const GIVEN: &[&str] = &[
    "unix", "linux", "darwin", "windows", "freebsd", "netbsd", "openbsd", "dragonfly", "solaris", "illumos", "aix",
    "android", "ios", "js", "plan9", "wasip1", "zos", "amd64", "arm64", "arm", "386", "wasm", "riscv64", "ppc64",
    "ppc64le", "s390x", "mips", "mipsle", "mips64", "mips64le", "loong64", "cgo", "gc", "gccgo", "race", "msan", "asan",
    "purego", "boringcrypto",
];

/// What a file of Go asks of a build before its package clause: `linux && !quick`; nobody writes a long one.
pub fn constraint(text: &str) -> Option<&str> {
    const LONG: usize = 500;
    let mut head = text.lines().take(80).take_while(|line| !line.starts_with("package "));
    let asked = head.find_map(|line| line.strip_prefix("//go:build ")).map(str::trim);
    asked.filter(|asked| asked.len() <= LONG)
}

/// Whether Go itself decides on a tag: a system, a processor, a version of the language.
pub fn is_given(tag: &str) -> bool {
    GIVEN.contains(&tag) || tag.starts_with("go1") || tag.starts_with("goexperiment")
}

/// Whether some build takes a file that asks for this, where only certain tags of the project's own are ever turned on.
pub(super) fn may_be_built(constraint: &str, is_named: &dyn Fn(&str) -> bool) -> bool {
    let may_hold = |term: &str| {
        let term = term.trim();
        match term.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inside) => may_be_built(inside, is_named),
            None => term.starts_with('!') || is_given(term) || is_named(term),
        }
    };
    parts(constraint, "||").into_iter().any(|any| parts(any, "&&").into_iter().all(may_hold))
}

/// The parts of a constraint between an operator, outside of parentheses.
fn parts<'t>(text: &'t str, operator: &str) -> Vec<&'t str> {
    let depth = |before: &str| before.matches('(').count().saturating_sub(before.matches(')').count());
    let ends = text.match_indices(operator).map(|(at, _)| at).filter(|&at| depth(&text[..at]) == 0);
    let mut found = Vec::new();
    let mut start = 0;
    for end in ends {
        found.push(&text[start..end]);
        start = end + operator.len();
    }
    found.push(&text[start..]);
    found
}

/// The words of whatever builds the project, where its tags stand among others; what runs tests and what somebody has to
/// ask `make` for is left out.
pub(super) fn named(facts: &Facts<'_>) -> BTreeSet<String> {
    let is_build = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        is_dockerfile(path) || may_build(path) || ["BUILD", "BUILD.bazel", "magefile.go"].contains(&name)
    };
    let files = facts.tree.files().iter().filter(|file| is_build(&file.path) || file.path.ends_with(".nix"));
    let speaks_of_tags = |text: &&str| text.contains("tags") || text.contains("TAGS");
    let texts = files.filter_map(|file| Some(file.text()?.text())).filter(speaks_of_tags);
    texts.flat_map(asked_for).flat_map(words).map(str::to_owned).collect()
}

/// The lines of a text that say how something other than tests is built, wherever nobody asks for more.
fn asked_for(text: &str) -> Vec<&str> {
    pattern!(ASKS, r"^(?:ifeq[ \t]*\(?[ \t]*[$][({](?P<equal>\w+)[)}]|ifdef[ \t]+(?P<defined>\w+))");
    const CHECKS: &[&str] = &["go test", "go vet", "golangci", "gotestsum", "describe --tags"];
    let set: BTreeSet<&str> = text.lines().filter_map(set_by).collect();
    // The conditions around a line, and whether each waits for what is given to `make`.
    let mut around: Vec<bool> = Vec::new();
    let mut kept = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(found) = ASKS.captures(line) {
            let name = found.name("equal").or_else(|| found.name("defined"));
            around.push(name.is_some_and(|name| !set.contains(name.as_str())));
        } else if ["ifeq", "ifneq", "ifdef", "ifndef"].iter().any(|word| line.starts_with(word)) {
            around.push(false);
        } else if line.starts_with("else") {
            if let Some(waits) = around.last_mut() {
                *waits = false;
            }
        } else if line == "endif" {
            around.pop();
        } else if !line.starts_with('#') && !around.contains(&true) && !CHECKS.iter().any(|word| line.contains(word)) {
            kept.push(line);
        }
    }
    kept
}

/// The variable that a line of a Makefile sets.
fn set_by(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("export ");
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    line[end..].trim_start().starts_with(['=', ':', '?', '+']).then_some(&line[..end])
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| c.is_whitespace() || "\"'`=,;()[]{}".contains(c));
    words.filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}
