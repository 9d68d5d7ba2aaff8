//! Package manifests and lock files of every ecosystem: who depends directly on what, and for which purpose.

mod aside;
mod beside;
mod cargo;
mod features;
mod go;
mod jvm;
mod locks;
mod npm;
mod python;
mod ruby;
mod service;
mod support;
mod xml;

pub use beside::Beside;
pub use features::Features;
pub use locks::Lock;

use super::Facts;
use super::code::{Language, Role, role_of_path};
use crate::evidence::Blind;
use crate::source::Span;
use crate::tree::File;
use crate::tree::path::{folder_of, prefix_of, upwards, within};
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{Needs, only_in_tests};

/// Package manifests and lock files of every ecosystem.
#[derive(Debug, Default)]
pub struct Manifests {
    /// Packages, sorted by the path of their manifest.
    pub packages: Vec<Package>,
    /// Lock files, sorted by path.
    pub locks: Vec<Lock>,
    /// Manifests that could not be read.
    pub blind: Vec<Blind>,
    /// Cargo features that the build turns on.
    pub features: Features,
    /// Folders of crates that only tests use, by who depends on them.
    test_support: Vec<String>,
    /// What the crates are to the service.
    service: service::Service,
}

/// A registry and its manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ecosystem {
    /// Rust.
    Cargo,
    /// JavaScript.
    Npm,
    /// Python.
    Pypi,
    /// Go modules.
    Go,
    /// Maven and Gradle.
    Jvm,
    /// .NET.
    Nuget,
    /// Ruby.
    Gem,
    /// PHP.
    Composer,
}

/// One manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// The manifest's path.
    pub path: Arc<str>,
    /// Its registry.
    pub ecosystem: Ecosystem,
    /// The package's name.
    pub name: Option<String>,
    /// What it is for, by its place: a manifest under `examples/` is no product.
    pub role: Role,
    /// Direct dependencies, in the order of the text.
    pub dependencies: Vec<Dependency>,
    /// Cargo features and what they turn on.
    pub features: BTreeMap<String, Vec<String>>,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// The product runs with it.
    Runtime,
    /// Tests, linters, documentation.
    Dev,
    /// Build scripts.
    Build,
}

/// A direct dependency.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// The package's own name in its registry, also where the manifest renames it.
    pub name: String,
    /// The name by which the manifest knows it.
    pub alias: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The version or range.
    pub version: Option<String>,
    /// Cargo features or Python extras that are asked for.
    pub features: Vec<String>,
    /// Only there when a feature or an extra asks for it.
    pub optional: bool,
    /// Whether the defaults of the package are asked for too (Cargo).
    pub default_features: bool,
    /// Where it is declared in the manifest.
    pub span: Span,
}

impl Ecosystem {
    /// The word by which rules name it: `cargo:axum`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Pypi => "pypi",
            Self::Go => "go",
            Self::Jvm => "jvm",
            Self::Nuget => "nuget",
            Self::Gem => "gem",
            Self::Composer => "composer",
        }
    }

    /// The ecosystem of a word.
    pub fn of(word: &str) -> Option<Self> {
        use Ecosystem as E;
        let all = [E::Cargo, E::Npm, E::Pypi, E::Go, E::Jvm, E::Nuget, E::Gem, E::Composer];
        all.into_iter().find(|one| one.word() == word)
    }
}

impl Dependency {
    /// A dependency without anything but its name and place.
    fn new(name: impl Into<String>, purpose: Purpose, span: Span) -> Self {
        let name = name.into();
        Self {
            alias: name.clone(),
            name,
            purpose,
            version: None,
            features: Vec::new(),
            optional: false,
            default_features: true,
            span,
        }
    }

    /// Whether this is the package of a name: exactly, or a Go module by the end of its path.
    pub fn is(&self, ecosystem: Ecosystem, name: &str) -> bool {
        match ecosystem {
            Ecosystem::Go => go::names(&self.name, name),
            Ecosystem::Pypi => python::normal(&self.name) == python::normal(name),
            Ecosystem::Jvm => self.name == name || self.name.rsplit(':').next() == Some(name),
            Ecosystem::Nuget => self.name.eq_ignore_ascii_case(name),
            Ecosystem::Cargo => self.name == name || self.name.replace('_', "-") == name.replace('_', "-"),
            _ => self.name == name,
        }
    }
}

impl Manifests {
    /// Manifests of the product.
    pub fn product(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.role == Role::Product)
    }

    /// Whether the product has a manifest of an ecosystem.
    pub fn has(&self, ecosystem: Ecosystem) -> bool {
        self.product().any(|package| package.ecosystem == ecosystem)
    }

    /// Why the build leaves a dependency out.
    pub fn left_out(&self, package: &Package, dependency: &Dependency) -> Option<&'static str> {
        let name = package.name.as_deref().unwrap_or("");
        match package.ecosystem {
            Ecosystem::Cargo if dependency.optional && !self.features.is_on(name, &dependency.alias) => {
                Some("optional, and no feature that the build turns on asks for it")
            }
            Ecosystem::Pypi if dependency.optional => Some("only with an extra"),
            _ => None,
        }
    }

    /// The Cargo package that a source file belongs to.
    pub fn crate_of(&self, path: &str) -> Option<&Package> {
        self.nearest(path, |one| one.ecosystem == Ecosystem::Cargo && one.name.is_some())
    }

    /// The package of some kind that a file belongs to: the one whose folder is the nearest above it.
    pub fn nearest(&self, path: &str, is_wanted: impl Fn(&Package) -> bool) -> Option<&Package> {
        let around = self.packages.iter().filter(|one| is_wanted(one) && path.starts_with(one.folder()));
        around.max_by_key(|one| one.folder().len())
    }

    /// Whether a file belongs to a crate that only tests of other crates use, or to a .NET project of tests.
    pub fn is_test_support(&self, path: &str) -> bool {
        self.test_support.iter().any(|folder| !folder.is_empty() && path.starts_with(folder.as_str()))
    }

    /// Whether a file belongs to a crate that is no part of the service: a client, an installer.
    pub fn is_beside_service(&self, path: &str) -> bool {
        let own = || self.crate_of(path).map(Package::folder);
        !self.service.beside.is_empty() && own().is_some_and(|own| self.service.beside.iter().any(|one| one == own))
    }

    /// Whether a crate is another than those that answer the requests of the service, where there are such.
    pub fn answers_nothing(&self, package: &Package) -> bool {
        let answering = &self.service.answering;
        !answering.is_empty() && !answering.iter().any(|folder| folder == package.folder())
    }

    /// The manifest of the workspace that a Cargo manifest belongs to: itself, or the nearest one above.
    pub fn workspace_of(&self, facts: &Facts<'_>, path: &str) -> Option<String> {
        cargo::workspace(facts, path).map(|(path, _)| path)
    }

    /// The direct dependencies of the product that are the package of a name (`axum`, `npm:express`).
    pub fn dependencies<'m>(&'m self, name: &'m str) -> impl Iterator<Item = (&'m Package, &'m Dependency)> {
        let (ecosystem, name) = match name.split_once(':') {
            Some((prefix, rest)) if Ecosystem::of(prefix).is_some() => (Ecosystem::of(prefix), rest),
            _ => (None, name),
        };
        let packages = self.product().filter(move |package| ecosystem.is_none_or(|one| one == package.ecosystem));
        packages.flat_map(move |package| {
            let found = package.dependencies.iter().filter(move |one| one.is(package.ecosystem, name));
            found.map(move |dependency| (package, dependency))
        })
    }
}

impl Package {
    /// The folder of the manifest, with a `/` at its end; empty at the root.
    pub fn folder(&self) -> &str {
        prefix_of(&self.path)
    }
}

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Manifests {
    let mut manifests = Manifests::default();
    for file in facts.tree.files() {
        let path = &*file.path;
        let name = file.name();
        let role = locks::role(path);
        if role == Role::Vendored || role == Role::Generated || role == Role::Fixture {
            continue;
        }
        if let Some(ecosystem) = locks::ecosystem(name) {
            if !file.text().is_some_and(|source| locks::is_empty(name, source.text())) {
                manifests.locks.push(Lock { path: file.path.clone(), ecosystem, role });
            }
            continue;
        }
        let read: Option<fn(&Facts<'_>, &str) -> Found> = match name {
            "Cargo.toml" => Some(cargo::read),
            "package.json" => Some(npm::read),
            "composer.json" => Some(npm::read_composer),
            "pyproject.toml" => Some(python::read_pyproject),
            "Pipfile" => Some(python::read_pipfile),
            "setup.cfg" => Some(python::read_setup),
            "go.mod" => Some(go::read),
            "pom.xml" => Some(jvm::read_maven),
            "build.gradle" | "build.gradle.kts" => Some(jvm::read_gradle),
            "Gemfile" => Some(ruby::read),
            _ if name.ends_with(".csproj") || name.ends_with(".fsproj") => Some(xml::read_dotnet),
            _ if name.ends_with(".gemspec") => Some(ruby::read),
            _ if python::is_requirements(path) => Some(python::read_requirements),
            _ => None,
        };
        let Some(read) = read else { continue };
        match read(facts, path) {
            Found::Package(mut package) => {
                package.role = role;
                manifests.packages.push(*package);
            }
            Found::Nothing => {}
            Found::Blind(_) if name == "Cargo.toml" && is_below_a_whole_one(facts, path) => {}
            Found::Blind(_) if is_template(file) => {}
            Found::Blind(blind) => manifests.blind.extend(blind),
        }
    }
    go::mark_tests(facts, &mut manifests.packages);
    mark_test_support(facts, &mut manifests);
    mark_tooling(facts, &mut manifests);
    manifests.service = service::of(facts, &manifests.packages);
    manifests.features = Features::of(facts, &manifests.packages);
    manifests
}

/// Whether a manifest is yet to be filled in: it stands below a folder of templates, with marks of what goes there.
fn is_template(file: &File) -> bool {
    let mut folders = file.path.split('/').rev().skip(1);
    folders.any(|folder| matches!(folder, "template" | "templates" | "skeleton" | "skeletons"))
        && file.text().is_some_and(|source| ["{{", "<%", "{%"].iter().any(|mark| source.text().contains(mark)))
}

/// Gives lock files of Python and npm the role of tooling where their project names nothing that it runs with, or nothing
/// takes it in: they hold its linters, what builds its documents, and pages to try it out.
fn mark_tooling(facts: &Facts<'_>, manifests: &mut Manifests) {
    let own = |lock: &Lock| {
        let folder = prefix_of(&lock.path);
        let mut packages = manifests.packages.iter().filter(|one| one.ecosystem == lock.ecosystem);
        packages.find(|one| one.folder() == folder && says_all(facts, one))
    };
    let runs_with_nothing = |package: &Package| {
        package.dependencies.iter().all(|one| one.purpose != Purpose::Runtime)
            || package.ecosystem == Ecosystem::Npm && !is_taken_from(facts, manifests, package)
    };
    let tools: Vec<usize> = (0..manifests.locks.len())
        .filter(|&at| {
            let lock = &manifests.locks[at];
            matches!(lock.ecosystem, Ecosystem::Pypi | Ecosystem::Npm)
                && (own(lock).is_some_and(runs_with_nothing) || aside::is(facts, &lock.path))
        })
        .collect();
    for at in tools {
        manifests.locks[at].role = Role::Tooling;
    }
}

/// Whether a manifest names everything that its project runs with: what a bundler takes in is often listed among the tools,
/// and other manifests may say more.
fn says_all(facts: &Facts<'_>, package: &Package) -> bool {
    const BUNDLED: &[&str] =
        &["build", "start", "dev", "serve", "bundle", "dist", "compile", "watch", "prepublishOnly"];
    const SHIPPED: &[&str] = &["workspaces", "main", "module", "exports", "bin", "files"];
    const WORKSPACES: &[&str] = &["pnpm-workspace.yaml", "lerna.json", "rush.json"];
    let Some(root) = facts.parsed(&package.path).and_then(|parsed| parsed.first()) else { return false };
    if package.path.ends_with("pyproject.toml") {
        return root.at(&["project", "dynamic"]).is_none();
    }
    let scripts = root.at(&["scripts"]).and_then(Value::as_map);
    let is_built = |name: &str| !name.starts_with("test") && name.split([':', '-']).any(|verb| BUNDLED.contains(&verb));
    // The packages of a workspace are named beside the manifest, too.
    let is_workspace =
        || WORKSPACES.iter().any(|name| facts.tree.file(&within(folder_of(&package.path), name)).is_some());
    package.path.ends_with("package.json")
        && !is_workspace()
        && SHIPPED.iter().all(|key| root.at(&[key]).is_none())
        && scripts.is_none_or(|scripts| scripts.iter().all(|(name, _)| !is_built(name.as_str())))
}

/// Whether the product takes something from a package of npm: code in the folder of the package takes in modules, or a page,
/// a stylesheet or a program takes files out of what is installed.
fn is_taken_from(facts: &Facts<'_>, manifests: &Manifests, package: &Package) -> bool {
    const TAKES: &[&str] = &[".html", ".css", ".scss", ".sass", ".less", ".twig", ".erb", ".cshtml", "Dockerfile"];
    const MODULES: &[&str] = &["from \"", "from '", "require(", "import \"", "import '", "import("];
    let is_own = |path: &str| {
        let nearest = manifests.nearest(path, |one| one.ecosystem == Ecosystem::Npm);
        nearest.is_some_and(|own| own.path == package.path)
    };
    facts.tree.files().iter().filter(|file| file.path.starts_with(package.folder())).any(|file| {
        let language = Language::of(&file.path);
        let is_product = language.is_some_and(|language| role_of_path(&file.path, language) == Role::Product);
        if !is_product && !TAKES.iter().any(|end| file.path.ends_with(end)) {
            return false;
        }
        let says =
            |parts: &[&str]| file.text().is_some_and(|source| parts.iter().any(|part| source.text().contains(part)));
        says(&["node_modules"])
            || language == Some(Language::JavaScript) && is_product && is_own(&file.path) && says(MODULES)
    })
}

/// Gives the crates that only tests use, and the .NET projects that are tests, the role of tests.
fn mark_test_support(facts: &Facts<'_>, manifests: &mut Manifests) {
    let crates = manifests.packages.iter().filter(|package| package.ecosystem == Ecosystem::Cargo);
    let needs = crates.filter_map(|package| {
        let names = |in_tests: bool| {
            let wanted = package.dependencies.iter().filter(move |one| (one.purpose == Purpose::Dev) == in_tests);
            wanted.map(|one| one.name.as_str()).collect()
        };
        Some(Needs {
            name: package.name.as_deref()?,
            is_program: cargo::is_program(facts, package),
            is_published: cargo::is_published(facts, package),
            is_aside: package.role != Role::Product,
            product: names(false),
            tests: names(true),
        })
    });
    let needs: Vec<Needs<'_>> = needs.collect();
    let support: Vec<String> = only_in_tests(&needs).into_iter().map(str::to_owned).collect();
    for package in manifests.packages.iter_mut().filter(|package| package.role == Role::Product) {
        let is_support = package.name.as_ref().is_some_and(|name| support.contains(name));
        if package.ecosystem == Ecosystem::Cargo && is_support || xml::is_of_tests(package) {
            package.role = Role::Test;
            manifests.test_support.push(package.folder().to_owned());
        }
    }
}

/// What reading one manifest gave.
enum Found {
    Package(Box<Package>),
    /// A file of that name that declares no package.
    Nothing,
    Blind(Vec<Blind>),
}

impl Found {
    fn package(path: &str, ecosystem: Ecosystem, name: Option<String>, dependencies: Vec<Dependency>) -> Self {
        let package = Package {
            path: path.into(),
            ecosystem,
            name,
            role: Role::Product,
            dependencies,
            features: BTreeMap::new(),
        };
        Self::Package(Box::new(package))
    }
}

/// Whether a manifest of Cargo stands below another one that can be read: with a broken member Cargo builds nothing at all,
/// so that one which cannot be read is no part of what is built there.
fn is_below_a_whole_one(facts: &Facts<'_>, path: &str) -> bool {
    let is_whole = |folder: &str| {
        let above = within(folder, "Cargo.toml");
        above != path && facts.parsed(&above).is_some_and(|parsed| parsed.first().is_some())
    };
    facts.parsed(path).is_some() && upwards(folder_of(path)).any(is_whole)
}

/// The one document of a manifest, or why there is none.
fn document<'f>(facts: &'f Facts<'_>, path: &str) -> Result<&'f crate::value::Value, Found> {
    let Some(parsed) = facts.parsed(path) else {
        let why = facts.tree.file(path).and_then(File::no_text).unwrap_or_else(|| "cannot be read".to_owned());
        let place = Some(crate::evidence::Place::file(path));
        return Err(Found::Blind(vec![Blind { place, why }]));
    };
    parsed.first().ok_or_else(|| Found::Blind(parsed.blind().collect()))
}
