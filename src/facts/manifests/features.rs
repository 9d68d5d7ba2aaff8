//! Which Cargo features the product is built with.

use super::{Dependency, Ecosystem, Package, Purpose};
use crate::facts::Facts;
use crate::facts::code::Role;
use crate::pattern::Regex;
use crate::pattern::compile;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The features that are on, by package: the defaults, what other packages of the tree ask for, and what a release
/// build passes as `--features`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    on: BTreeMap<String, BTreeSet<String>>,
    /// Those of them that no release build goes without.
    always: BTreeMap<String, BTreeSet<String>>,
    /// Packages that are built with all of theirs; an empty name is every package.
    whole: BTreeSet<String>,
}

impl Features {
    /// Follows them through the packages of the tree.
    pub(super) fn of(facts: &Facts<'_>, packages: &[Package]) -> Self {
        let crates: BTreeMap<&str, &Package> = packages
            .iter()
            .filter(|package| package.ecosystem == Ecosystem::Cargo && package.role == Role::Product)
            .filter_map(|package| Some((package.name.as_deref()?, package)))
            .collect();
        if crates.is_empty() {
            return Self::default();
        }
        let Passed { features: passed, whole, common, is_bare } = passed(facts);
        let dependencies = || {
            let all = crates.values().flat_map(|package| &package.dependencies);
            all.filter(|one| one.purpose == Purpose::Runtime)
        };
        let asked = |of: &mut dyn Iterator<Item = &Dependency>| -> Vec<(String, String)> {
            of.flat_map(|one| one.features.iter().map(|feature| (one.name.clone(), feature.clone()))).collect()
        };
        let given = |features: &BTreeSet<String>| -> Vec<(String, String)> {
            let known = |package: &Package, one: &String| package.features.contains_key(one);
            let of = |(name, package): (&&str, &&Package)| {
                let features = features.iter().filter(|one| known(package, one));
                features.map(|one| ((*name).to_owned(), one.clone())).collect::<Vec<_>>()
            };
            crates.iter().flat_map(of).collect()
        };
        let default = |name: &str| (name.to_owned(), "default".to_owned());
        let mut waiting = given(&passed);
        waiting.extend(crates.keys().map(|name| default(name)));
        waiting.extend(asked(&mut dependencies()));
        let on = follow(&crates, waiting);

        let mut waiting = given(&common.unwrap_or_default());
        waiting.extend(crates.keys().filter_map(|name| {
            let mut asking = dependencies().filter(|one| one.name == *name).peekable();
            let has_it = if asking.peek().is_some() { asking.all(|one| one.default_features) } else { !is_bare };
            has_it.then(|| default(name))
        }));
        waiting.extend(asked(&mut dependencies().filter(|one| !one.optional)));
        let always = follow(&crates, waiting);
        Self { on, always, whole }
    }

    /// Whether a feature (or an optional dependency) of a package is on.
    pub fn is_on(&self, package: &str, feature: &str) -> bool {
        let whole = |name: &str| self.whole.contains(name);
        whole("") || whole(package) || self.on.get(package).is_some_and(|features| features.contains(feature))
    }

    /// Whether no release build goes without a feature of a package, as far as the tree says.
    pub fn is_always_on(&self, package: &str, feature: &str) -> bool {
        self.always.get(package).is_some_and(|features| features.contains(feature))
    }
}

/// The features that some features of packages turn on, and these themselves.
fn follow(crates: &BTreeMap<&str, &Package>, mut waiting: Vec<(String, String)>) -> BTreeMap<String, BTreeSet<String>> {
    let mut on: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    while let Some((name, feature)) = waiting.pop() {
        let Some(package) = crates.get(name.as_str()) else { continue };
        if !on.entry(name.clone()).or_default().insert(feature.clone()) {
            continue;
        }
        for part in package.features.get(&feature).into_iter().flatten() {
            match part.split_once('/') {
                None => waiting.push((name.clone(), part.trim_start_matches("dep:").to_owned())),
                Some((alias, wanted)) => {
                    let alias = alias.trim_end_matches('?');
                    let dependency = package.dependencies.iter().find(|one| one.alias == alias);
                    let other = dependency.map_or(alias, |one| &one.name);
                    waiting.push((other.to_owned(), wanted.to_owned()));
                    waiting.push((name.clone(), alias.to_owned()));
                }
            }
        }
    }
    on
}

/// What release builds pass.
#[derive(Debug, Default)]
struct Passed {
    features: BTreeSet<String>,
    whole: BTreeSet<String>,
    /// What every release build of the tree's own packages passes; `None` without such a build.
    common: Option<BTreeSet<String>>,
    /// Whether one is made without the default features.
    is_bare: bool,
}

impl Passed {
    /// Takes in what one more release build passes.
    fn narrow(&mut self, features: BTreeSet<String>) {
        self.common = Some(match self.common.take() {
            Some(common) => common.intersection(&features).cloned().collect(),
            None => features,
        });
    }
}

/// Features that a release build passes, in images, recipes and CI. A recipe that only people call builds no release where
/// images or CI build one themselves.
fn passed(facts: &Facts<'_>) -> Passed {
    let (mut shipped, mut by_hand) = (Passed::default(), Passed::default());
    let (mut ships, mut calls_recipes) = (false, false);
    for file in facts.tree.files().iter().filter(|file| builds(&file.path)) {
        let Some(source) = file.text() else { continue };
        let text = source.text().replace("\\\n", " ");
        if holds_recipes(&file.path) {
            read_builds(&text, &mut by_hand);
        } else {
            ships |= read_builds(&text, &mut shipped);
            calls_recipes |= text.lines().any(calls_a_recipe);
        }
    }
    if !ships || calls_recipes {
        shipped.features.append(&mut by_hand.features);
        shipped.whole.append(&mut by_hand.whole);
        shipped.is_bare |= by_hand.is_bare;
        if let Some(common) = by_hand.common {
            shipped.narrow(common);
        }
    }
    shipped
}

/// Adds what the release builds of a file pass, and says whether there are any.
fn read_builds(text: &str, passed: &mut Passed) -> bool {
    static FLAG: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"(?:--features[ =]|-F ?)\s*["']?(?<list>[\w,/-]+(?: [\w/-]+)*)"#).ok());
    static PACKAGE: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"\s(?:-p|--package)[ =]\s*["']?(?<name>[\w-]+)"#).ok());
    static GIVEN: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"(?:--features[ =]|-F ?)\s*["']?\$\{?(?P<name>\w+)"#).ok());
    let mut ships = false;
    for line in text.lines().filter(|line| line.contains("cargo ") || line.contains("cross ")) {
        let is_release =
            ["--release", "--profile", "cargo install", "cargo zigbuild"].iter().any(|word| line.contains(word));
        if line.trim_start().starts_with('#') || !is_release || !makes_a_program(line) {
            continue;
        }
        ships = true;
        if line.contains("--all-features") {
            let captures = PACKAGE.iter().flat_map(|package| package.captures_iter(line));
            let mut named: Vec<String> = captures.map(|found| found["name"].to_owned()).collect();
            if named.is_empty() {
                named.push(String::new());
            }
            passed.whole.extend(named);
        }
        let mut features = BTreeSet::new();
        for found in FLAG.iter().flat_map(|flag| flag.captures_iter(line)) {
            features.extend(listed(&found["list"]));
        }
        for found in GIVEN.iter().flat_map(|flag| flag.captures_iter(line)) {
            features.extend(default_of(text, &found["name"]).into_iter().flat_map(listed));
        }
        passed.features.extend(features.iter().cloned());
        // `cargo install sqlx-cli`: somebody else's program.
        let is_own = !line.contains("cargo install") || line.contains("--path");
        if is_own && !line.contains("--all-features") {
            passed.is_bare |= line.contains("--no-default-features");
            passed.narrow(features);
        }
    }
    ships
}

/// The features of a list, without the packages that they belong to.
fn listed(list: &str) -> impl Iterator<Item = String> {
    let names = list.split([',', ' ']).filter(|name| !name.starts_with('-') && !name.is_empty());
    names.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned())
}

/// What a Dockerfile gives to an argument that nobody passes: `ARG FEATURES=tls,mimalloc`.
fn default_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let value = text.lines().find_map(|line| {
        let declared = line.trim_start().strip_prefix("ARG ").or_else(|| line.trim_start().strip_prefix("ENV "))?;
        declared.trim_start().strip_prefix(name)?.strip_prefix('=')
    })?;
    let value = value.trim().trim_matches(['"', '\'']);
    value.chars().all(|letter| letter.is_alphanumeric() || "_-,/ ".contains(letter)).then_some(value)
}

/// `run: make release`, `RUN just build`, `cd src && make`.
fn calls_a_recipe(line: &str) -> bool {
    let is_tool = |word: &str| matches!(word, "make" | "gmake" | "just");
    line.split("&&").any(|command| {
        let mut words = command.split_whitespace().skip_while(|word| matches!(*word, "-" | "run:" | "RUN" | "sudo"));
        words.next().is_some_and(is_tool)
    })
}

/// Whether a file holds recipes, which run when they are called.
fn holds_recipes(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(name.as_str(), "makefile" | "justfile" | ".justfile")
}

/// Whether a line calls Cargo for something else than to look at the code or to test it.
fn makes_a_program(line: &str) -> bool {
    const LOOKS: &[&str] = &[
        "clippy",
        "doc",
        "rustdoc",
        "test",
        "t",
        "nextest",
        "check",
        "c",
        "bench",
        "udeps",
        "llvm-cov",
        "tarpaulin",
        "miri",
        "fmt",
        "deny",
        "audit",
        "machete",
        "semver-checks",
        "hack",
        "mutants",
    ];
    let words =
        line.split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ';' | '&' | '(' | ')'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty() && !word.starts_with('+')).collect();
    let called = words.windows(2).filter(|pair| matches!(pair[0], "cargo" | "cross")).map(|pair| pair[1]);
    let called: Vec<&str> = called.collect();
    called.is_empty() || called.iter().any(|command| !LOOKS.contains(command))
}

/// Whether a file says how the product is built.
fn builds(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("dockerfile")
        || name.contains("containerfile")
        || matches!(name.as_str(), "makefile" | "justfile" | ".justfile" | ".gitlab-ci.yml" | "procfile")
        || path.starts_with(".github/workflows/")
}
