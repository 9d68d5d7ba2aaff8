//! Switches among the values of a chart that say nothing of the program: who may read its metrics, and who collects them.

use crate::pattern::pattern;
use crate::source::Source;
use crate::tree::Tree;
use crate::tree::path::within;

// An argument that lets somebody in: `- --authorization-always-allow-paths=/metrics`.
pattern!(LETS_IN, r#"^-\s*["']?--[\w-]*auth[\w-]*(?:[=\s"']|$)"#);
pattern!(KIND, r#"(?m)^kind:\s*["']?(?<value>\w+)"#);

/// Objects that tell a monitor whom to ask and what to make of the answers.
const COLLECTORS: &[&str] = &[
    "ServiceMonitor",
    "PodMonitor",
    "PrometheusRule",
    "ScrapeConfig",
    "VMServiceScrape",
    "VMPodScrape",
    "VMRule",
    "GrafanaDashboard",
];

/// Whether all that a value turns on in the templates of its chart is for those who read what the program tells.
pub(super) fn is_for_readers(tree: &Tree, chart: &str, name: &str) -> bool {
    let prefix = within(chart, "templates/");
    let start = tree.files().partition_point(|file| *file.path < *prefix);
    let inside = tree.files()[start..].iter().take_while(|file| file.path.starts_with(&prefix));
    let mut uses = inside.filter_map(|file| file.text()).flat_map(|source| uses(source, name)).peekable();
    uses.peek().is_some() && uses.all(|guarded| guarded.is_some_and(is_of_readers))
}

/// Where a template uses a value: what stands there only while the value is on, `None` where it is used otherwise.
fn uses<'t>(source: &'t Source, name: &str) -> Vec<Option<&'t str>> {
    let text = source.text();
    let value = format!(".Values.{name}");
    let found = text.match_indices(&value).map(|(at, _)| (at, at + value.len()));
    let is_whole = |behind: &str| !behind.starts_with(|next: char| next.is_alphanumeric() || "_.".contains(next));
    found.filter(|&(_, end)| is_whole(&text[end..])).map(|(at, end)| guarded(text, at, end)).collect()
}

/// What stands behind a condition that needs a value, from the value's place up to the end of the branch.
fn guarded(text: &str, at: usize, end: usize) -> Option<&str> {
    let condition = action(&text[text[..at].rfind("{{")?..])?;
    let needs_it =
        condition.starts_with("if ") && !["or ", "not ", "eq ", "ne "].iter().any(|word| condition.contains(word));
    let body = &text[end + text[end..].find("}}")? + 2..];
    let mut depth = 0_usize;
    for (at, _) in body.match_indices("{{").filter(|_| needs_it) {
        match action(&body[at..])?.split_whitespace().next()? {
            "if" | "with" | "range" | "define" | "block" => depth += 1,
            "end" if depth == 0 => return Some(&body[..at]),
            "end" => depth -= 1,
            "else" if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// What an action at the start of a text says.
fn action(text: &str) -> Option<&str> {
    let (inside, _) = text.strip_prefix("{{")?.split_once("}}")?;
    Some(inside.trim_start_matches('-').trim())
}

/// Whether a part of a template makes objects of those who collect, or gives arguments that let somebody in.
fn is_of_readers(part: &str) -> bool {
    let mut kinds = KIND.find_all(part).filter_map(|(_, kind)| kind).peekable();
    if kinds.peek().is_some() {
        return kinds.all(|kind| COLLECTORS.contains(&kind.as_str()));
    }
    let mut lines = part.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("{{")).peekable();
    lines.peek().is_some() && lines.all(|line| LETS_IN.is_match(line))
}
