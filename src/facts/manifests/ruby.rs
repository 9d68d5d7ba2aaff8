//! `Gemfile` and `*.gemspec`, line by line.

use super::{Dependency, Ecosystem, Found, Purpose};
use crate::facts::Facts;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// Reads the gems; those in a group for development or test are not for running.
pub(super) fn read(facts: &Facts<'_>, path: &str) -> Found {
    static GEM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r#"^\s*(?:gem|\w+\.(?<how>add_dependency|add_runtime_dependency|add_development_dependency))[ (]+["'](?<name>[^"']+)["'](?:\s*,\s*["'](?<version>[^"']+)["'])?(?<rest>[^#]*)"#,
        )
        .ok()
    });
    let (Some(source), Some(gem)) = (facts.tree.text(path), GEM.as_ref()) else { return Found::Nothing };
    let is_dev = |text: &str| [":development", ":test"].iter().any(|group| text.contains(group));
    let mut dependencies = Vec::new();
    let mut in_dev_group = false;
    let mut at = 0;
    for line in source.text().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed.starts_with("group ") {
            in_dev_group = is_dev(trimmed) && !trimmed.contains(":production");
        } else if trimmed == "end" {
            in_dev_group = false;
        }
        let Some(found) = gem.captures(line) else { continue };
        let own = found.name("how").map(|how| how.as_str());
        let dev = in_dev_group || own == Some("add_development_dependency") || is_dev(&found["rest"]);
        let lead = line.len() - line.trim_start().len();
        let span = Span::new(start + lead, start + line.trim_end().len());
        let purpose = if dev { Purpose::Dev } else { Purpose::Runtime };
        let mut dependency = Dependency::new(&found["name"], purpose, span);
        dependency.version = found.name("version").map(|version| version.as_str().to_owned());
        dependencies.push(dependency);
    }
    Found::package(path, Ecosystem::Gem, None, dependencies)
}
