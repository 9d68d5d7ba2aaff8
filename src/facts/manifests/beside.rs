//! What stands beside the service: crates that serve nothing, and programs of the workspace that no image of production starts.

use super::{Ecosystem, Package};
use crate::facts::Facts;
use crate::facts::production::Standing;
use crate::value::Value;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Tells what stands beside the service.
pub struct Beside<'f> {
    facts: &'f Facts<'f>,
    started: OnceLock<BTreeSet<String>>,
}

impl<'f> Beside<'f> {
    /// Of a tree.
    pub fn new(facts: &'f Facts<'f>) -> Self {
        Self { facts, started: OnceLock::new() }
    }

    /// Whether a file belongs to a crate that is no part of the service: a client, an installer, a tool for developers.
    pub fn holds(&self, path: &str) -> bool {
        let manifests = self.facts.manifests();
        manifests.is_beside_service(path) || manifests.crate_of(path).is_some_and(|own| self.is_not_started(own))
    }

    /// Whether a crate is a program alone, and production starts another program of the workspace.
    fn is_not_started(&self, package: &Package) -> bool {
        let file = |name: &str| self.facts.tree.file(&format!("{}{name}", package.folder())).is_some();
        if !file("src/main.rs") || file("src/lib.rs") {
            return false;
        }
        let started = self.started.get_or_init(|| started(self.facts));
        !started.is_empty() && !programs(self.facts, package).iter().any(|name| started.contains(name))
    }
}

/// The programs of the workspace that images of production start.
fn started(facts: &Facts<'_>) -> BTreeSet<String> {
    let crates = facts.manifests().packages.iter().filter(|package| package.ecosystem == Ecosystem::Cargo);
    let own: BTreeSet<String> = crates.flat_map(|package| programs(facts, package)).collect();
    let images = facts.containers().images.iter().filter(|image| image.standing == Standing::Production);
    let commands = images.flat_map(|image| {
        image.shipped.iter().flat_map(move |&stage| {
            ["ENTRYPOINT", "CMD"]
                .into_iter()
                .filter_map(move |keyword| Some(image.file.effective(stage, keyword)?.command()))
        })
    });
    let words = commands.flat_map(|line| {
        let words = line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&'));
        words.map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()).collect::<Vec<_>>()
    });
    words.filter(|word| own.contains(word)).collect()
}

/// The names of a crate's programs.
fn programs(facts: &Facts<'_>, package: &Package) -> Vec<String> {
    let manifest = facts.parsed(&package.path).and_then(|parsed| parsed.first());
    let bins = manifest.and_then(|root| root.get("bin")?.as_list()).unwrap_or(&[]);
    let named = bins.iter().filter_map(|bin| bin.get("name").and_then(Value::as_str)).map(str::to_owned);
    package.name.clone().into_iter().chain(named).collect()
}
