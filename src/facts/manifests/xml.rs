//! XML manifests: how their elements are asked, and the project files of .NET.

use super::{Dependency, Ecosystem, Found, Package, Purpose};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::source::Span;
use roxmltree::Node;

/// Questions to an element, its namespace left aside.
pub(super) trait Element<'a> {
    /// Whether this is an element of a name.
    fn has_tag_name_of(&self, name: &str) -> bool;
    /// The trimmed text of a child element.
    fn text_of(&self, child: &str) -> Option<&'a str>;
}

impl<'a> Element<'a> for Node<'a, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }

    fn text_of(&self, child: &str) -> Option<&'a str> {
        let found = self.children().find(|node| node.has_tag_name_of(child))?;
        found.text().map(str::trim)
    }
}

/// The document, or what to say of a file that is none.
pub(super) fn parse<'t>(path: &str, text: &'t str) -> Result<roxmltree::Document<'t>, Found> {
    roxmltree::Document::parse(text).map_err(|error| {
        Found::Blind(vec![Blind { place: Some(Place::file(path)), why: format!("not valid XML: {error}") }])
    })
}

/// Reads the package references of a `.csproj`.
pub(super) fn read_dotnet(facts: &Facts<'_>, path: &str) -> Found {
    let Some(source) = facts.tree.text(path) else { return Found::Nothing };
    let document = match parse(path, source.text()) {
        Ok(document) => document,
        Err(found) => return found,
    };
    let mut dependencies = Vec::new();
    for node in document.descendants().filter(|node| node.has_tag_name_of("PackageReference")) {
        let Some(name) = node.attribute("Include") else { continue };
        let range = node.range();
        let mut dependency = Dependency::new(name, Purpose::Runtime, Span::new(range.start, range.end));
        dependency.version = node.attribute("Version").map(str::to_owned);
        dependencies.push(dependency);
    }
    let stem = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(stem, _)| stem.to_owned());
    Found::package(path, Ecosystem::Nuget, stem, dependencies)
}

/// Whether a project of .NET is one of tests: it is called so, or takes what runs them.
pub(super) fn is_of_tests(package: &Package) -> bool {
    const RUNNERS: &[&str] = &["microsoft.net.test.sdk", "xunit", "nunit", "mstest", "tunit"];
    let is_called_so = package.name.as_deref().is_some_and(|name| name.ends_with("Test") || name.ends_with("Tests"));
    let mut names = package.dependencies.iter().map(|dependency| dependency.name.to_ascii_lowercase());
    package.ecosystem == Ecosystem::Nuget
        && (is_called_so || names.any(|name| RUNNERS.iter().any(|runner| name.starts_with(runner))))
}
