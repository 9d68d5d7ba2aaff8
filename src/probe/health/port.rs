//! Whether the program listens on the port that the check of its image asks.

use super::checks::{Check, Subject};
use crate::facts::Facts;
use crate::facts::code::Scope;
use crate::facts::containers::HealthKind;
use crate::pattern::pattern;
use crate::tree::path::is_below;
use std::collections::BTreeSet;

// An address of the container itself, as a check asks it.
pattern!(
    ASKED,
    r"\b(?<scheme>https?)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(?<port>\d{1,5}))?(?:[/\s\x22'`|;]|$)"
);

// The port behind an address that a program binds.
pattern!(BOUND, r"(?:\.0\b|[:,(\]])\s*(?<port>\d{2,5})\b\W*$");

/// How source binds an address that it writes out.
const WRITTEN: &str = r#"\[\s*0\s*,\s*0\s*,\s*0\s*,\s*0\s*\]\s*,\s*\d{2,5}\b|["'](?:0\.0\.0\.0|\[::\])?:\d{2,5}["']|\.listen\(\s*\d{2,5}\b"#;

/// How source takes the port from elsewhere.
const TAKEN: &str = r#"(?i)["'](?:\w+[_.-])?port["']|\b\w*port:?\s*:?\s*(?:option<)?(?:u?int(?:16|32)?|u16|u32|number|str|string|integer)\b|\w\.\w*port\b|\w_port\b"#;

/// What stands before a program in its image and listens for it.
const PROXIES: &[&str] = &["nginx", "caddy", "envoy", "apache", "httpd", "traefik", "haproxy", "proxy", "supervisor"];

/// The port that a check asks and the one that the program listens on instead, where it writes out all that it binds.
pub(super) fn other(facts: &Facts<'_>, subject: &Subject, check: &Check) -> Option<(String, String)> {
    let HealthKind::Command(command) = &check.kind else { return None };
    let url = ASKED.captures(command)?;
    let default = if url.name("scheme")?.as_str() == "https" { "443" } else { "80" };
    let asked = url.name("port").map_or(default, |port| port.as_str());
    let image = facts.tree.text(&check.place.path)?.text().to_lowercase();
    if PROXIES.iter().any(|proxy| image.contains(proxy)) {
        return None;
    }
    let found = facts.code().find_all(facts, Scope::Product, &[WRITTEN, TAKEN]);
    let inside = |path: &str| subject.folder.as_deref().is_none_or(|folder| is_below(path, folder));
    let [written, taken] = found.as_slice() else { return None };
    if taken.iter().any(|hit| inside(&hit.path)) {
        return None;
    }
    let text = |path: &str, range| facts.tree.text(path).and_then(|source| source.text().get(range));
    let ports: BTreeSet<&str> = written
        .iter()
        .filter(|hit| inside(&hit.path))
        .filter_map(|hit| BOUND.captures(text(&hit.path, hit.span.range())?)?.name("port").map(|port| port.as_str()))
        .collect();
    let first = ports.first().filter(|_| !ports.contains(asked))?;
    Some((asked.to_owned(), (*first).to_owned()))
}
