//! Maven and Gradle, as far as they can be read without running them.

use super::xml::Element;
use super::{Dependency, Ecosystem, Found, Purpose};
use crate::facts::Facts;
use crate::facts::code::without_comments;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// Reads a `pom.xml`; what only manages versions is no dependency.
pub(super) fn read_maven(facts: &Facts<'_>, path: &str) -> Found {
    let Some(source) = facts.tree.text(path) else { return Found::Nothing };
    let document = match super::xml::parse(path, source.text()) {
        Ok(document) => document,
        Err(found) => return found,
    };
    let root = document.root_element();
    let lists = root.children().filter(|node| node.has_tag_name_of("dependencies"));
    let mut dependencies = Vec::new();
    for node in lists.flat_map(|list| list.children().filter(|node| node.has_tag_name_of("dependency"))) {
        let (Some(group), Some(artifact)) = (node.text_of("groupId"), node.text_of("artifactId")) else { continue };
        let purpose = if node.text_of("scope") == Some("test") { Purpose::Dev } else { Purpose::Runtime };
        let range = node.range();
        let mut dependency = Dependency::new(format!("{group}:{artifact}"), purpose, Span::new(range.start, range.end));
        dependency.version = node.text_of("version").map(str::to_owned);
        dependencies.push(dependency);
    }
    let name = root.text_of("artifactId").map(str::to_owned);
    Found::package(path, Ecosystem::Jvm, name, dependencies)
}

/// Reads a `build.gradle` or `build.gradle.kts`: coordinates written out, and aliases of the version catalogue.
/// `compile` and `runtime` are the words of Gradle before its seventh version.
pub(super) fn read_gradle(facts: &Facts<'_>, path: &str) -> Found {
    static DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r#"(?m)^\s*(?<how>implementation|api|runtimeOnly|compileOnly|testImplementation|testRuntimeOnly|developmentOnly|kapt|ksp|annotationProcessor|compile|runtime|testCompile|testRuntime)[ (]+(?:platform\()?(?:["'](?<name>[\w.-]+:[\w.-]+)(?::(?<version>[^"':$]*(?:\$[^"':]*)?))?[^"'\n]*["']|libs\.(?<alias>[\w.]+))"#,
        )
        .ok()
    });
    let (Some(source), Some(declared)) = (facts.tree.text(path), DECLARED.as_ref()) else { return Found::Nothing };
    let text =
        without_comments(if path.rsplit('.').next() == Some("kts") { "a.kts" } else { "a.gradle" }, source.text());
    let mut dependencies = Vec::new();
    for found in declared.captures_iter(&text) {
        let name = match (found.name("name"), found.name("alias")) {
            (Some(name), _) => name.as_str().to_owned(),
            (None, Some(alias)) => catalogued(facts, alias.as_str()).unwrap_or_else(|| alias.as_str().to_owned()),
            (None, None) => continue,
        };
        let is_dev = found["how"].starts_with("test") || &found["how"] == "developmentOnly";
        let purpose = if is_dev { Purpose::Dev } else { Purpose::Runtime };
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        let lead = text[whole.clone()].len() - text[whole.clone()].trim_start().len();
        let mut dependency = Dependency::new(name, purpose, Span::new(whole.start + lead, whole.end));
        dependency.version = found.name("version").map(|version| version.as_str().to_owned());
        dependencies.push(dependency);
    }
    Found::package(path, Ecosystem::Jvm, None, dependencies)
}

/// The coordinates that an alias stands for in `gradle/libs.versions.toml`.
fn catalogued(facts: &Facts<'_>, alias: &str) -> Option<String> {
    let root = facts.parsed("gradle/libs.versions.toml")?.first()?;
    let libraries = root.get("libraries")?.as_map()?;
    let (_, field) = libraries.iter().find(|(key, _)| key.replace(['-', '_'], ".") == alias)?;
    if let Some(module) = field.value.get("module").and_then(|module| module.as_str()) {
        return Some(module.to_owned());
    }
    if let Some(coordinates) = field.value.as_str() {
        return Some(coordinates.splitn(3, ':').take(2).collect::<Vec<_>>().join(":"));
    }
    Some(format!("{}:{}", field.value.get("group")?.as_str()?, field.value.get("name")?.as_str()?))
}
