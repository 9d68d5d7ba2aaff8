//! Where the project is given its names: manifests, the addresses in them, the README and the conditions of workflows.

use super::HEAD;
use crate::facts::Facts;
use crate::facts::documents::{address, own_addresses};
use crate::source::head;

/// The names that the manifests at the root give it, themselves or by its address.
pub(super) fn by_manifests(facts: &Facts<'_>) -> Vec<String> {
    let addresses = own_addresses(facts);
    let names = MANIFESTS.iter().filter_map(|(file, find)| find(facts.tree.text(file)?.text()));
    addresses.into_iter().chain(names).filter_map(|name| last(&name)).collect()
}

/// The names that the titles and badges of READMEs and the conditions of workflows give it.
pub(super) fn by_texts(facts: &Facts<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for file in facts.tree.files() {
        let lower = file.path.to_ascii_lowercase();
        if matches!(lower.as_str(), "readme.md" | "readme.rst" | "readme.adoc" | "readme" | "readme.markdown") {
            let text = file.text().map_or("", |source| head(source.text(), HEAD));
            names.extend(title(text));
            names.extend(badge(text));
        } else if lower.starts_with(".github/workflows/") {
            names.extend(file.text().into_iter().flat_map(|source| conditions(source.text())));
        }
    }
    names
}

/// Whether a file is one of the manifests at the root that name the project.
pub(super) fn is_manifest(path: &str) -> bool {
    MANIFESTS.iter().any(|(file, _)| *file == path)
}

/// The last part of an address, a scoped package or a module path; its major version is none.
fn last(name: &str) -> Option<String> {
    let parts = name.trim().trim_matches(['"', '\'']).split(['/', ':']).filter(|part| !part.is_empty());
    let is_version = |part: &&str| part.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    parts.rev().find(|part| !is_version(part)).map(str::to_owned)
}

type Find = fn(&str) -> Option<String>;

/// Manifests at the root, and how each names its package.
const MANIFESTS: &[(&str, Find)] = &[
    ("Cargo.toml", |text| after(text, "[package]", "name")),
    ("pyproject.toml", |text| after(text, "[project]", "name").or_else(|| after(text, "[tool.poetry]", "name"))),
    ("package.json", json_name),
    ("composer.json", json_name),
    ("settings.gradle", |text| after(text, "", "rootProject.name")),
    ("settings.gradle.kts", |text| after(text, "", "rootProject.name")),
    ("go.mod", |text| text.lines().find_map(|line| Some(line.strip_prefix("module ")?.trim().to_owned()))),
    ("pom.xml", |text| {
        let own = text.split_once("</parent>").map_or(text, |(_, own)| own);
        let value = own.split_once("<artifactId>")?.1.split_once("</artifactId>")?.0;
        Some(value.trim().to_owned())
    }),
];

fn json_name(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.get("name")?.as_str().map(str::to_owned)
}

/// The value of the first `key` behind a heading and before the next one.
fn after(text: &str, heading: &str, key: &str) -> Option<String> {
    let (_, body) = text.split_once(heading)?;
    let lines = body.lines().map(str::trim_start).take_while(|line| !line.starts_with('[')).take(60);
    let value = |line: &str| {
        let rest = line.strip_prefix(key)?.trim_start();
        let rest = rest.strip_prefix(['=', ':'])?;
        let text = rest.trim().trim_end_matches(',').trim_matches(['"', '\'']);
        (!text.is_empty()).then(|| text.to_owned())
    };
    lines.into_iter().find_map(value)
}

/// The text of a line that is a heading: marked, underlined, or an element.
fn heading(line: &str, is_underlined: bool) -> Option<&str> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("= "));
    let rest = rest.or_else(|| Some(line.split_once("<h1")?.1.split_once('>')?.1));
    rest.or_else(|| Some(line).filter(|line| is_underlined && line.starts_with(char::is_alphanumeric)))
}

/// The first heading of a README, without its markup.
fn title(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().take(40).map(str::trim).collect();
    let is_underlined =
        |at: usize| lines.get(at + 1).is_some_and(|next| next.len() >= 3 && next.replace('=', "").is_empty());
    let found = lines.iter().copied().enumerate().find_map(|(at, line)| heading(line, is_underlined(at)))?;
    // A badge behind the name is no part of it.
    let found = found.split("[![").next().filter(|name| !name.trim().is_empty()).unwrap_or(found);
    let mut plain = String::new();
    let mut depth = 0_usize;
    for letter in found.chars() {
        match letter {
            '<' | '(' => depth += 1,
            '>' | ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    // `Name: what it does` names it before the colon.
    let name = plain.split([':', '–', '—', '|']).next().unwrap_or_default().trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// The repository whose workflows the README shows a badge of first: its own.
fn badge(text: &str) -> Option<String> {
    text.match_indices("github.com/").take(200).find_map(|(at, start)| {
        let mut parts = text[at + start.len()..].splitn(4, '/');
        let (_, name, then) = (parts.next()?, parts.next()?, parts.next()?);
        let is_name = !name.is_empty() && name.len() < 100 && !name.contains(char::is_whitespace);
        (is_name && (then == "workflows" || then == "actions")).then(|| name.to_owned())
    })
}

/// The repositories that conditions of a workflow ask for: `github.repository == 'owner/name'`.
fn conditions(text: &str) -> Vec<String> {
    let found = text.match_indices("github.repository ").take(50).filter_map(|(at, start)| {
        let rest = text[at + start.len()..].trim_start().strip_prefix("==")?.trim_start().strip_prefix(['\'', '"'])?;
        let slug = rest.split(['\'', '"', '\n']).next()?;
        last(address(&format!("github.com/{slug}"))?.as_str())
    });
    found.collect()
}
