//! What stands beside the service: crates that serve nothing, and programs of the workspace that no image of production starts.

use super::service::closure;
use super::{Dependency, Ecosystem, Package, Purpose};
use crate::facts::Facts;
use crate::facts::code::Language;
use crate::facts::production::Standing;
use crate::value::Value;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Tells what stands beside the service.
pub struct Beside<'f> {
    facts: &'f Facts<'f>,
    started: OnceLock<Started>,
}

/// What images of production start.
#[derive(Debug, Default)]
struct Started {
    /// The programs of the workspace among it.
    programs: BTreeSet<String>,
    /// The folders of their crates and of all that these are made of, where every image starts one of them.
    made_of: Option<BTreeSet<String>>,
}

impl<'f> Beside<'f> {
    /// Of a tree.
    pub fn new(facts: &'f Facts<'f>) -> Self {
        Self { facts, started: OnceLock::new() }
    }

    /// Whether a file belongs to a crate that is no part of the service: a client, an installer, a tool for developers.
    pub fn holds(&self, path: &str) -> bool {
        let manifests = self.facts.manifests();
        manifests.is_beside_service(path)
            || manifests.crate_of(path).is_some_and(|own| self.is_not_started(own) || self.is_of_no_image(own))
            || self.is_for_assistants(path)
            || self.is_of_a_site(path)
    }

    /// Whether a file belongs to the pages about a product that is written in another language: a package that builds a
    /// site of texts, or one in a folder that is called so.
    fn is_of_a_site(&self, path: &str) -> bool {
        const BUILDERS: &[&str] =
            &["@next/mdx", "next-mdx-remote", "nextra", "astro", "gatsby", "vitepress", "vuepress"];
        const FAMILIES: &[&str] =
            &["@docusaurus/", "@nuxt/content", "@astrojs/", "fumadocs-", "@11ty/", "contentlayer"];
        const FOLDERS: &[&str] = &["website", "landing", "landing-page", "marketing", "homepage"];
        let is_script = |path: &str| Language::of(path) == Some(Language::JavaScript);
        let is_npm = |package: &Package| package.ecosystem == Ecosystem::Npm && !package.folder().is_empty();
        let Some(package) = self.facts.manifests().nearest(path, is_npm).filter(|_| is_script(path)) else {
            return false;
        };
        let name = package.folder().trim_end_matches('/').rsplit('/').next().unwrap_or("");
        let builds = |one: &Dependency| {
            BUILDERS.contains(&one.name.as_str()) || FAMILIES.iter().any(|family| one.name.starts_with(family))
        };
        let written = self.facts.code().languages(self.facts);
        (FOLDERS.contains(&name) || package.dependencies.iter().any(builds))
            && !written.is_empty()
            && !written.contains(&Language::JavaScript)
    }

    /// Whether a file belongs to a package that offers another one of the tree to assistants (`mcp/`).
    fn is_for_assistants(&self, path: &str) -> bool {
        let Some((folder, _)) = path.split_once('/') else { return false };
        let is_in = |package: &Package| package.path.split('/').next() == Some(folder);
        matches!(folder, "mcp" | "mcp-server" | "mcp_server" | "mcp-servers")
            && self.facts.manifests().product().any(is_in)
            && self.facts.manifests().product().any(|package| !is_in(package) && !package.dependencies.is_empty())
    }

    /// Whether every image of production starts a program of the workspace, and a crate is a part of none of these.
    fn is_of_no_image(&self, package: &Package) -> bool {
        self.started().made_of.as_ref().is_some_and(|folders| !folders.contains(package.folder()))
    }

    fn started(&self) -> &Started {
        self.started.get_or_init(|| started(self.facts))
    }

    /// Whether a crate is a program alone, and production starts another program of the workspace.
    fn is_not_started(&self, package: &Package) -> bool {
        let file = |name: &str| self.facts.tree.file(&format!("{}{name}", package.folder())).is_some();
        if !file("src/main.rs") || file("src/lib.rs") {
            return false;
        }
        let started = &self.started().programs;
        !started.is_empty() && !programs(self.facts, package).iter().any(|name| started.contains(name))
    }
}

/// What the images of production start of the workspace.
fn started(facts: &Facts<'_>) -> Started {
    let is_ours = |package: &&Package| package.ecosystem == Ecosystem::Cargo && package.name.is_some();
    let crates: Vec<&Package> = facts.manifests().packages.iter().filter(is_ours).collect();
    let own: Vec<Vec<String>> = crates.iter().map(|package| programs(facts, package)).collect();
    let mut found = Started::default();
    let mut all = true;
    for image in facts.containers().images.iter().filter(|image| image.standing == Standing::Production) {
        let commands = image.shipped.iter().flat_map(|&stage| {
            ["ENTRYPOINT", "CMD"]
                .into_iter()
                .filter_map(move |keyword| Some(image.file.effective(stage, keyword)?.command()))
        });
        let words: BTreeSet<String> = commands
            .flat_map(|line| {
                let words = line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&'));
                words.map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()).collect::<Vec<_>>()
            })
            .filter(|word| own.iter().flatten().any(|name| name == word))
            .collect();
        all &= !words.is_empty();
        found.programs.extend(words);
    }
    if all && !found.programs.is_empty() {
        let starts = |at: &usize| own[*at].iter().any(|name| found.programs.contains(name));
        let from = (0..crates.len()).filter(starts).collect();
        let needed = closure(&from, crates.len(), |from, on| needs(crates[from], crates[on]));
        found.made_of = Some(needed.into_iter().map(|at| crates[at].folder().to_owned()).collect());
    }
    found
}

/// Whether a crate is made of another.
fn needs(package: &Package, other: &Package) -> bool {
    let is_it = |name: &str| other.name.as_deref() == Some(name);
    package.dependencies.iter().any(|one| one.purpose == Purpose::Runtime && is_it(&one.name))
}

/// The names of a crate's programs.
fn programs(facts: &Facts<'_>, package: &Package) -> Vec<String> {
    let manifest = facts.parsed(&package.path).and_then(|parsed| parsed.first());
    let bins = manifest.and_then(|root| root.get("bin")?.as_list()).unwrap_or(&[]);
    let named = bins.iter().filter_map(|bin| bin.get("name").and_then(Value::as_str)).map(str::to_owned);
    package.name.clone().into_iter().chain(named).collect()
}
