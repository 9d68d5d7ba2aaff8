//! Literals that do not reach production: another part of the settings sets the name anew, or the file describes how
//! those who work on the product run it.

use super::literal::is_reference;
use super::names::Sort;
use super::{Finding, names};
use crate::facts::Facts;
use crate::facts::config::Held;
use crate::facts::containers::is_mounted_aside;
use crate::pattern::pattern;
use crate::source::Source;
use crate::tree::path::{folder_of, within};
use std::sync::Arc;

pattern!(LOCAL_CLUSTER, r"\b(?:minikube[ \t]+start|kind[ \t]+create[ \t]+cluster|k3d[ \t]+cluster[ \t]+create)\b");

/// Why a literal beside a name does not reach production, if something in the tree says so.
pub(super) fn why_aside(facts: &Facts<'_>, finding: &Finding) -> Option<&'static str> {
    let text = facts.tree.text(&finding.path)?.text();
    let before = text.get(..finding.span.range().start)?;
    let url = url_at_the_end(before);
    let name = name_at_the_end(url.map_or(before, |at| &before[..at]));
    // A key of somebody else's service is worth as much on the machine of a developer.
    let is_own = if url.is_some() {
        text.get(finding.span.range().end..).is_some_and(is_of_a_neighbour)
    } else {
        name.map_or_else(
            || is_in_sql(before),
            |name| names::sort_of(name) == Some(Sort::Password) || names::is_of_the_program(name),
        )
    };
    if is_own && is_of_a_composition_aside(facts, &finding.path) {
        return Some("in a composition that production does not run, as far as the tree tells");
    }
    let goes_with_it = || is_own || is_for_a_neighbour(text, finding.span.range().start);
    if goes_with_it() && is_mounted_aside(facts, &finding.path) {
        return Some("in a file that only such compositions mount");
    }
    if goes_with_it() && is_for_a_local_cluster(facts, &finding.path) {
        return Some("in a manifest that the page beside it applies to a cluster of one machine");
    }
    let name = name?;
    if is_taken_over_and_set(&finding.path, text, before, name) {
        return Some("in a section that production takes over, and sets anew");
    }
    (is_set_beside(facts, &finding.path, name) || is_overridden(facts, finding))
        .then_some("the settings of production set it anew")
}

/// Whether the page beside a manifest starts a cluster on the reader's own machine and applies the manifest there.
fn is_for_a_local_cluster(facts: &Facts<'_>, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let page = facts.tree.text(&within(folder, "README.md")).map(Source::text).unwrap_or_default();
    let applies = |line: &str| line.contains(" -f ") && line.split_whitespace().any(|word| word == name);
    LOCAL_CLUSTER.is_match(page) && page.lines().any(applies)
}

/// The name that a value is given to, in front of it: `SECRET_KEY = "`, `pass: `, `"token": "`.
fn name_at_the_end(before: &str) -> Option<&str> {
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let joint = line.trim_end_matches(['"', '\'', ' ', '\t']);
    let named = joint.strip_suffix(['=', ':'])?.trim_end_matches(['"', '\'', ' ', '\t']);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let name = &named[named.rfind(|letter| !is_part(letter)).map_or(0, |at| at + 1)..];
    (!name.is_empty()).then_some(name)
}

/// Where an address begins that goes on with the password of its user: `postgres://shop:`.
fn url_at_the_end(before: &str) -> Option<usize> {
    let joint = before.rfind("://")?;
    let user = before[joint + 3..].strip_suffix(':')?;
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.');
    let start = before[..joint].rfind(|letter| !is_part(letter)).map_or(0, |at| at + 1);
    user.chars().all(|letter| is_part(letter) || matches!(letter, '_' | '%')).then_some(start)
}

/// Whether the address behind a password is that of a machine without dots in its name: another service of the same
/// composition.
fn is_of_a_neighbour(after: &str) -> bool {
    let host = after.strip_prefix('@').and_then(|rest| rest.split(['/', ':', '"', '\'', '?', ' ', '\n', '\r']).next());
    host.is_some_and(|host| !host.is_empty() && !host.contains(['.', '$', '{', '[']))
}

/// Whether a statement of SQL ends right before a value that it makes the password of an account.
fn is_in_sql(before: &str) -> bool {
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let spoken = line.trim_end_matches(['"', '\'', ' ', '\t']).to_ascii_lowercase();
    spoken.ends_with("identified by") || spoken.ends_with(" password")
}

/// Whether a value stands beside the address of who checks it, and that is a name without dots: another service of the
/// same composition.
fn is_for_a_neighbour(text: &str, offset: usize) -> bool {
    const NEAR: usize = 3;
    let (Some(before), Some(after)) = (text.get(..offset), text.get(offset..)) else { return false };
    let mut lines = before.lines().rev().take(NEAR + 1).chain(after.lines().take(NEAR + 1));
    lines.any(|line| {
        let host = line.split_once("http://").and_then(|(_, rest)| rest.split(['/', ':', '"', '\'']).next());
        host.is_some_and(|host| !host.is_empty() && !host.contains('.'))
    })
}

/// Whether production runs none of what a compose file declares, or nothing tells that it does.
fn is_of_a_composition_aside(facts: &Facts<'_>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if !["docker-compose", "compose"].iter().any(|start| name.starts_with(start)) {
        return false;
    }
    let services = || facts.containers().services.iter().filter(|service| *service.place.path == *path);
    services().next().is_some() && services().all(|service| !service.is_production())
}

/// Whether a section of YAML that others take over (`defaults: &defaults`) holds the value, and each one for production
/// that takes it over (`<<: *defaults`) gives the name a reference.
fn is_taken_over_and_set(path: &str, text: &str, before: &str, name: &str) -> bool {
    if !path.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "yml" | "yaml")) {
        return false;
    }
    let is_head = |line: &&str| line.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    let anchor = before.lines().rev().find(is_head).and_then(|head| head.split_once('&')).map(|(_, anchor)| anchor);
    let Some(anchor) = anchor.and_then(|anchor| anchor.split_whitespace().next()) else { return false };
    let lines: Vec<&str> = text.lines().collect();
    let heads = lines.iter().enumerate().filter(|(_, line)| is_head(line));
    let productions = heads
        .filter(|(_, line)| names::words(line.split(':').next().unwrap_or("")).iter().any(|word| is_production(word)));
    let body = |at: usize| lines[at + 1..].iter().take_while(|line| !is_head(line));
    let takes_it =
        |line: &&str| line.trim_start().starts_with("<<:") && line.trim_end().ends_with(&format!("*{anchor}"));
    // To Rails the address of a database says more than its parts.
    let names = [Some(name), path.ends_with("database.yml").then_some("url")];
    let set_anew = |line: &str| {
        names
            .iter()
            .flatten()
            .find_map(|name| Some(line.strip_prefix(name)?.trim_start().strip_prefix(':')?.trim().to_owned()))
    };
    let mut takers = productions.filter(|(at, _)| body(*at).any(takes_it)).peekable();
    takers.peek().is_some()
        && takers.all(|(at, _)| {
            let mut values = body(at).filter_map(|line| set_anew(line.trim_start()));
            values.any(|value| is_reference(value.trim_matches(['"', '\''])))
        })
}

fn is_production(word: &str) -> bool {
    matches!(word, "production" | "prod" | "live")
}

/// Whether a script of settings that production takes over (`settings/base.py`, `config/config.exs`) has one for production
/// beside it that computes the same name.
fn is_set_beside(facts: &Facts<'_>, path: &str, name: &str) -> bool {
    const TAKEN_OVER: &[&str] = &["base", "common", "default", "defaults", "settings", "config", "__init__"];
    let (Some((start, end)), folder) = (path.rsplit_once('.'), folder_of(path)) else { return false };
    let stem = start.rsplit('/').next().unwrap_or(start);
    if !matches!(end, "py" | "exs") || !TAKEN_OVER.contains(&stem) {
        return false;
    }
    let is_for_production = |other: &str| {
        let words = names::words(other.rsplit('/').next().unwrap_or(other));
        words.iter().any(|word| is_production(word)) || end == "exs" && words.iter().any(|word| word == "runtime")
    };
    let sets = |text: &str| {
        let mut values = text.lines().filter_map(|line| {
            let rest = line.trim_start().strip_prefix(name)?.trim_start();
            rest.strip_prefix(if end == "py" { '=' } else { ':' }).map(str::trim_start)
        });
        values.any(|value| !value.starts_with(['"', '\'', '=']) && !value.is_empty())
    };
    let is_beside = |other: &&Arc<str>| {
        folder_of(other) == folder
            && other.rsplit_once('.').is_some_and(|(start, kind)| kind == end && is_for_production(start))
    };
    let mut beside = facts.tree.files().iter().map(|file| &file.path).filter(is_beside);
    beside.any(|other| facts.tree.text(other).is_some_and(|source| sets(source.text())))
}

/// Whether the effective settings have a reference of a stronger layer for the setting whose value this is.
fn is_overridden(facts: &Facts<'_>, finding: &Finding) -> bool {
    let config = facts.config();
    let holds = |setting: &&crate::facts::config::Setting| {
        setting.place.path == finding.path
            && setting.place.span.is_some_and(|span| span.range().contains(&finding.span.range().start))
    };
    let mut settings = config.settings().iter().filter(holds).peekable();
    settings.peek().is_some()
        && settings.all(|setting| {
            config.stronger(setting).is_some_and(|stronger| matches!(stronger.held, Held::Elsewhere(..)))
        })
}
