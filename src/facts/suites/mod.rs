//! Test code by suite: which files hold tests of which kind, and how many.

mod browsers;
mod collected;
mod count;
mod dotnet;
mod features;
mod in_process;
mod interpreted;
mod left_out;
mod marks;
mod modules;
mod nextest;
mod no_run;
mod projects;
pub mod runs;
mod scenarios;
mod scripts;

use super::Facts;
use super::ci::Action;
use super::code::{CodeFile, Language, Role};
use super::manifests::Ecosystem;
use crate::evidence::Place;
use crate::pattern::pattern;
use crate::source::Span;
use crate::tree::path::{folder_of, within};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// A kind of tests (ruling 5: named paths decide first).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// Of one unit, in the process.
    Unit,
    /// Of the service with what it needs.
    Integration,
    /// Of a user's journey through the public interface.
    E2e,
    /// That what was deployed answers at all.
    Smoke,
    /// Under load.
    Load,
}

/// Test code by suite.
#[derive(Debug, Default)]
pub struct Suites {
    files: Vec<File>,
}

/// A file that may hold tests.
#[derive(Debug)]
pub struct File {
    /// Its path.
    pub path: Arc<str>,
    /// Its language; `None` for what a test runner reads by itself (`*.goml`, `*.feature`, `*.hurl`).
    pub language: Option<Language>,
    suite: Suite,
    tests: OnceLock<Tests>,
}

/// The tests of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tests {
    /// Tests that run.
    pub running: usize,
    /// Tests that are switched off.
    pub ignored: usize,
    /// The first one that runs, or that is switched off where none does.
    pub first: Option<Span>,
}

impl Suite {
    /// The suite of a word.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "unit" => Self::Unit,
            "integration" => Self::Integration,
            "e2e" => Self::E2e,
            "smoke" => Self::Smoke,
            "load" => Self::Load,
            _ => return None,
        })
    }
}

impl Suites {
    /// The files of a suite that hold tests, with their tests.
    pub fn of(&self, facts: &Facts<'_>, suite: Suite) -> Vec<(&File, &Tests)> {
        let files = self.files.iter().filter(|file| file.suite == suite);
        let counted = files.map(|file| (file, file.tests(facts)));
        counted.filter(|(_, tests)| tests.running + tests.ignored > 0).collect()
    }
}

impl File {
    /// Its tests, counted once.
    pub fn tests(&self, facts: &Facts<'_>) -> &Tests {
        self.tests.get_or_init(|| count::of(facts, self))
    }

    /// Its first test.
    pub fn place(&self, facts: &Facts<'_>) -> Place {
        match self.tests(facts).first {
            Some(span) => Place::at(self.path.clone(), span),
            None => Place::file(self.path.clone()),
        }
    }
}

/// Sorts the files of the tree into suites by their paths; what makes requests to the service is integration.
pub fn read(facts: &Facts<'_>) -> Suites {
    let tested = facts.routes().operations.iter().filter_map(|one| Some((one.method == "RPC", one.tested.as_ref()?)));
    // A method of a service may be called on the object itself, and of any other that has one of its name.
    let requests = tested.filter(|(is_call, place)| !is_call || speaks_grpc(facts, &place.path));
    let requesting: BTreeSet<&Arc<str>> = requests.map(|(_, place)| &place.path).collect();
    let helped = packages_of_helpers(facts, &requesting);
    let driving = browsers::packages(facts);
    let mut files = Vec::new();
    for file in facts.tree.files() {
        let code = facts.code().file(&file.path);
        let suite = match code {
            Some(code) => {
                let is_helped = code.language == Language::Go && helped.contains(folder_of(&file.path));
                of_code(facts, code, is_helped || requesting.contains(&file.path), &driving)
            }
            None => of_script(&file.path),
        };
        let other = code.zip(suite).and_then(|(code, suite)| also(facts, code, suite));
        for suite in suite.into_iter().chain(other) {
            let language = code.map(|code| code.language);
            files.push(File { path: file.path.clone(), language, suite, tests: OnceLock::new() });
        }
    }
    Suites { files }
}

/// Packages of Go whose requests stand beside their tests, in files that hold none: tables, and helpers that ask.
fn packages_of_helpers<'f>(facts: &Facts<'_>, requesting: &BTreeSet<&'f Arc<str>>) -> BTreeSet<&'f str> {
    let is_helper = |path: &&&Arc<str>| {
        let file = facts.code().file(path).filter(|file| file.language == Language::Go);
        let text = file.and_then(|file| file.source(facts)).map(crate::source::Source::text);
        text.is_some_and(|text| !text.contains("\nfunc Test"))
    };
    requesting.iter().filter(is_helper).map(|path| folder_of(path)).collect()
}

pattern!(
    GRPC,
    r"\bbufconn\b|\bgrpc\.(?:NewServer|Dial\w*|NewClient|aio\b)|\b(?:in)?secure_channel\(|\btonic::transport\b|\b\w+_client::|\b(?:\w+\.)?New\w+Client\(\s*(?:conn|cc|c|client)\w*\s*\)|\bnew \w+Client\(|\b\w+Stub\("
);

pattern!(
    ASKS_IN_PHP,
    r#"\$(?:this|client)->(?:\w+\([^;\n]{0,120}\)->){0,4}(?:(?:get|post|put|patch|delete)(?:Json)?\(\s*["'$]|(?:json|call|request)\(\s*["'](?:GET|POST|PUT|PATCH|DELETE)\b)"#
);

// A test that puts something else in the place of the service's store asks one part of it alone.
pattern!(
    REPLACES_STORE,
    r#"\b(?:patch|jest\.mock|vi\.mock|jest\.unstable_mockModule)\(\s*["'](?:[\w.@/-]*?[a-z./_-])?(?:[dD]b|DB|[dD]atabase|[rR]epo(?:sitor(?:y|ies))?|[pP]risma|[mM]ongo(?:ose)?|[eE]ngine)(?:\.[jt]s)?["']"#
);

/// Whether a test calls a service over a connection.
fn speaks_grpc(facts: &Facts<'_>, path: &str) -> bool {
    let text = facts.code().file(path).and_then(|file| file.source(facts)).map_or("", |source| source.text());
    GRPC.is_match(text)
}

/// The suite of a source file; `None` when it cannot hold tests.
fn of_code(facts: &Facts<'_>, file: &CodeFile, requests: bool, driving: &BTreeSet<&str>) -> Option<Suite> {
    if matches!(file.language, Language::Proto | Language::Shell) {
        return None;
    }
    if tests_a_script(facts, file) {
        return None;
    }
    match file.role {
        Role::Test => {}
        Role::Product if file.language == Language::Rust => return Some(Suite::Unit),
        // A load script of k6 stands where it likes; its folder says what it is.
        Role::Product | Role::Bench | Role::Tooling => return named(&file.path).filter(|suite| *suite == Suite::Load),
        _ => return None,
    }
    let is_of_a_module =
        |suite| suite == Suite::E2e && file.language == Language::Rust && is_module_of_a_crate(facts, &file.path);
    // One file of a package that only calls functions beside it makes no journey, whatever it is called.
    let is_named_alone = |suite: &Suite| {
        let asks_nothing = || match file.language {
            Language::Go => !browsers::asks_what_runs(facts, &file.path),
            _ => in_process::replaces_parts(facts, file),
        };
        *suite == Suite::E2e && named(&within(folder_of(&file.path), "x.go")) != Some(Suite::E2e) && asks_nothing()
    };
    if let Some(suite) = named(&file.path).filter(|suite| !is_named_alone(suite)) {
        // What tests inside of the process makes no journey, whatever it is called: a module of the crate itself, and what
        // builds the application of Nest.
        let is_in_process =
            || is_of_nest(&file.path) && in_process::builds(facts, file) && !browsers::drives(facts, file);
        // Specifications of Ruby that accept something may well be those of one class.
        let drives = || file.source(facts).is_some_and(|source| browsers::are_driven_by_capybara(source.text()));
        let is_of_a_class = || file.language == Language::Ruby && file.path.contains("/acceptance/") && !drives();
        // A module of a crate that is called functional is what it does.
        let is_called_functional = || {
            file.language == Language::Rust
                && file.path.contains("functional")
                && is_module_of_a_crate(facts, &file.path)
                && !requests
                && !file.source(facts).is_some_and(|source| starts_what_it_needs(source.text()))
        };
        return Some(match suite {
            Suite::E2e if is_of_a_module(suite) => Suite::Unit,
            Suite::Integration if is_called_functional() => Suite::Unit,
            Suite::E2e if is_of_a_class() && requests => Suite::Integration,
            Suite::E2e if is_of_a_class() => Suite::Unit,
            Suite::E2e if is_in_process() => Suite::Integration,
            suite => suite,
        });
    }
    if file.language == Language::Ruby
        && let Some(suite) = of_rails(&file.path)
    {
        let drives = || file.source(facts).is_some_and(|source| browsers::are_driven_by_capybara(source.text()));
        return Some(if file.path.contains("/features/") && drives() { Suite::E2e } else { suite });
    }
    if file.language == Language::Python
        && file.source(facts).is_some_and(|source| source.text().contains("from locust"))
    {
        return Some(Suite::Load);
    }
    if browsers::drives(facts, file) || file.language == Language::Go && driving.contains(folder_of(&file.path)) {
        return Some(Suite::E2e);
    }
    // Laravel's own name for tests that go through the router to the database.
    let asks = || file.source(facts).is_some_and(|source| ASKS_IN_PHP.is_match(source.text()));
    if file.language == Language::Php && (file.path.split('/').any(|part| part == "Feature") || asks()) {
        return Some(Suite::Integration);
    }
    let of_crate = file.language == Language::Rust && {
        let folder = facts.manifests().crate_of(&file.path).map_or("", super::manifests::Package::folder);
        file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with("tests/"))
    };
    let of_module = file.language == Language::Go && stands_apart(facts, &file.path);
    let is_java_integration = file.path.ends_with("IT.java") || file.path.ends_with("IT.kt");
    let starts_all = || file.source(facts).is_some_and(|source| starts_what_it_needs(source.text()));
    let requests = requests && !file.source(facts).is_some_and(|source| REPLACES_STORE.is_match(source.text()));
    Some(if of_crate || of_module || requests || is_java_integration || starts_all() {
        Suite::Integration
    } else {
        Suite::Unit
    })
}

/// Whether a test asks one of the scripts of developers and CI, beside which it stands: `scripts/compare_runs_test.py`.
fn tests_a_script(facts: &Facts<'_>, file: &CodeFile) -> bool {
    let is_script = matches!(file.language, Language::Python | Language::JavaScript);
    if file.role != Role::Test || !is_script || !is_among_scripts(&file.path) {
        return false;
    }
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let ends = ["_test", ".test", ".spec", "-test"].iter().find_map(|end| stem.strip_suffix(end));
    let subject = ends.or_else(|| stem.strip_prefix("test_"));
    subject.is_some_and(|subject| facts.tree.file(&within(folder, &format!("{subject}.{extension}"))).is_some())
}

/// Whether a file stands where developers and CI keep what they run themselves; below the product, such a folder is its own.
fn is_among_scripts(path: &str) -> bool {
    path.split('/')
        .next()
        .is_some_and(|first| matches!(first, "scripts" | "script" | "hack" | "ci" | ".ci" | ".github"))
}

/// Whether a test of Go stands below the `tests/` of its module in a package of tests alone: what it tests is elsewhere, and
/// is asked as others ask it.
fn stands_apart(facts: &Facts<'_>, path: &str) -> bool {
    let Some(module) = facts.manifests().nearest(path, |package| package.ecosystem == Ecosystem::Go) else {
        return false;
    };
    let is_below = path
        .strip_prefix(module.folder())
        .is_some_and(|rest| rest.split_once('/').is_some_and(|(first, rest)| first == "tests" && rest.contains('/')));
    let is_beside = |file: &&CodeFile| folder_of(&file.path) == folder_of(path) && file.language == Language::Go;
    is_below && facts.code().files().iter().filter(is_beside).all(|file| file.path.ends_with("_test.go"))
}

/// Whether a test stands among the sources of a crate that is not itself one of journeys.
fn is_module_of_a_crate(facts: &Facts<'_>, path: &str) -> bool {
    let Some(package) = facts.manifests().crate_of(path) else { return false };
    let inside = path.strip_prefix(package.folder()).is_some_and(|rest| rest.starts_with("src/"));
    let is_for_journeys = |name: &str| name.contains("e2e") || name.contains("end-to-end") || name.contains("test");
    inside && !is_for_journeys(package.folder()) && !package.name.as_deref().is_some_and(is_for_journeys)
}

/// Whether a test starts the service as a whole, or real stores for it.
fn starts_what_it_needs(text: &str) -> bool {
    const SIGNS: &[&str] = &[
        "testcontainers",
        "dockertest",
        "WebEnvironment.RANDOM_PORT",
        "WebEnvironment.DEFINED_PORT",
        "WebApplicationFactory<",
        "@QuarkusTest",
        "@MicronautTest",
        // The API of a cluster and its store, for what extends it.
        "envtest.Environment{",
        // The cases of Phoenix whose requests go through the endpoint.
        "Web.ConnCase",
        "Web.ChannelCase",
    ];
    SIGNS.iter().any(|sign| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some())
}

/// The other suite of tests that are of two: they start the whole service with what it needs, and ask it from outside.
fn also(facts: &Facts<'_>, file: &CodeFile, suite: Suite) -> Option<Suite> {
    match (file.language, suite) {
        // Nest's own name for tests that make requests to all of its modules.
        (Language::JavaScript, Suite::E2e) if is_of_nest(&file.path) => Some(Suite::Integration),
        (Language::Rust, Suite::Integration) => {
            let text = file.source(facts).map_or("", |source| source.text());
            let head = text.lines().take(40).take_while(|line| line.starts_with("//!") || line.is_empty());
            let says = |line: &str| {
                let line = line.to_ascii_lowercase();
                ["end-to-end test", "end to end test", "e2e test"].iter().any(|words| line.contains(words))
                    && !line.contains("not ")
            };
            head.into_iter().any(says).then_some(Suite::E2e)
        }
        // What is accepted is what was started beside the tests, with what it asks.
        (Language::CSharp, Suite::E2e) => {
            let is_acceptance =
                file.path.to_ascii_lowercase().split(['/', '.']).any(|part| part.starts_with("acceptance"));
            (is_acceptance && dotnet::hosts(facts, &file.path)).then_some(Suite::Integration)
        }
        (Language::Go, Suite::Integration) => starts_what_is_built(facts, file).then_some(Suite::E2e),
        _ => None,
    }
}

// The image of a container that a test starts, as the clients of Docker are given it.
pattern!(STARTED, r#"\b(?:(?:Image|Repository):|pool\.Run\()\s*"(?<image>[^"\s]+)""#);

/// Whether a test starts a container of an image that CI builds, by its name.
fn starts_what_is_built(facts: &Facts<'_>, file: &CodeFile) -> bool {
    let text = file.source(facts).map_or("", |source| source.text());
    let images: BTreeSet<&str> =
        STARTED.captures_iter(text).filter_map(|one| Some(one.name("image")?.as_str())).collect();
    let is_one =
        |tag: &str| images.contains(tag.trim()) || images.contains(tag.trim().split(':').next().unwrap_or(tag));
    let ci = facts.ci();
    let builds = |words: &[String]| {
        let is_build = matches!(words.first().map(String::as_str), Some("docker" | "podman"));
        let mut pairs = words.windows(2).filter(|pair| matches!(pair[0].as_str(), "-t" | "--tag"));
        is_build && words.iter().take(3).any(|word| word == "build") && pairs.any(|pair| is_one(&pair[1]))
    };
    let is_built = |action: &Action| {
        action.name == "docker/build-push-action"
            && action.with.get("tags").is_some_and(|tags| tags.split([',', '\n']).any(is_one))
    };
    !images.is_empty() && (ci.commands.iter().any(|one| builds(&one.words)) || ci.actions.iter().any(is_built))
}

/// `orders.e2e-spec.ts`.
fn is_of_nest(path: &str) -> bool {
    path.contains(".e2e-spec.") || path.contains(".e2e-test.")
}

/// The suite of a test by the folders of Rails: requests and controllers go through the router to the database, system tests
/// drive a browser.
fn of_rails(path: &str) -> Option<Suite> {
    let mut folders = path.split('/').skip_while(|part| !matches!(*part, "spec" | "test")).skip(1);
    match folders.next()? {
        "requests" | "controllers" | "features" | "api" => Some(Suite::Integration),
        "system" => Some(Suite::E2e),
        _ => None,
    }
}

/// The suite of a file that a runner reads by itself.
fn of_script(path: &str) -> Option<Suite> {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "goml" => Some(Suite::E2e),
        "feature" => Some(named(path).unwrap_or(Suite::E2e)),
        "hurl" => Some(named(path).unwrap_or(Suite::Integration)),
        "jmx" => Some(Suite::Load),
        _ => None,
    }
}

/// Ends of names in which the words are not kept apart.
const ENDS: &[(&str, Suite)] = &[
    ("unittest", Suite::Unit),
    ("integrationtest", Suite::Integration),
    ("functionaltest", Suite::Integration),
    ("testintegration", Suite::Integration),
    ("endtoendtest", Suite::E2e),
    ("e2etest", Suite::E2e),
    ("smoketest", Suite::Smoke),
    ("testsmoke", Suite::Smoke),
];

/// Whether a test of Cypress mounts a component, by where it stands and how it is called.
fn is_of_a_component(folders: &str, name: &str) -> bool {
    let in_folder =
        folders.split('/').skip_while(|folder| *folder != "cypress").any(|folder| folder.starts_with("component"));
    in_folder || [".cy.tsx", ".cy.jsx"].iter().any(|end| name.ends_with(end)) && !folders.contains("e2e")
}

/// Whether a test in Go is one of what the journeys are written with: `test/e2e/util/…`.
fn is_of_what_helps_journeys(folders: &str, name: &str) -> bool {
    const HELPERS: &[&str] = &["util", "utils", "helper", "helpers", "framework", "testutil"];
    let mut below = folders.split('/').skip_while(|part| *part != "e2e");
    name.ends_with("_test.go") && below.any(|part| HELPERS.contains(&part))
}

/// Whether a folder holds what the service has promised to those who ask it: `tests/contract`, `test-engineering/contract`,
/// `contract-tests`.
fn is_of_a_contract(folders: &str) -> bool {
    let is_test = |folder: &str| folder.split(['-', '_']).any(|word| matches!(word, "test" | "tests"));
    let mut above = "";
    folders.split('/').any(|folder| {
        let is_it = matches!(folder, "contract-tests" | "contract_tests" | "contract-test" | "contract_test")
            || folder == "contract" && is_test(above);
        above = folder;
        is_it
    })
}

/// The suite that a folder or a file name says.
fn named(path: &str) -> Option<Suite> {
    const NAMES: &[(Suite, &[&str])] = &[
        (
            Suite::E2e,
            &[
                "e2e",
                "end-to-end",
                "end_to_end",
                "acceptance",
                "acceptance-tests",
                "acceptance_tests",
                "playwright",
                "gui-tests",
                "gui_tests",
                "journeys",
            ],
        ),
        (Suite::Smoke, &["smoke", "smoke-tests", "smoke_tests"]),
        (
            Suite::Load,
            &["k6", "load", "load-tests", "load_tests", "loadtest", "loadtests", "stress", "gatling", "locust"],
        ),
        (Suite::Integration, &["integration", "integrations-tests", "api-tests", "scenarii", "inttest"]),
        (Suite::Unit, &["unit", "unit-tests", "unit_tests"]),
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let words = folders.split('/').rev().chain(std::iter::once(stem));
    // A runner's own folder says more than the folders in it: `cypress/integration`. It runs scripts and nothing else.
    let is_script = name.rsplit_once('.').is_some_and(|(_, end)| end.contains("js") || end.contains("ts"));
    // A component that is mounted alone has no service behind it: `Button.cy.tsx`, `cypress/component/…`.
    if is_script && is_of_a_component(folders, name) {
        return Some(Suite::Unit);
    }
    if is_script && folders.split('/').any(|folder| folder == "cypress") {
        return Some(Suite::E2e);
    }
    if is_of_a_contract(folders) {
        return Some(Suite::Integration);
    }
    if is_of_what_helps_journeys(folders, name) {
        return Some(Suite::Unit);
    }
    // The kind that stands right below the tests is theirs; the folders in it are named for what they test.
    let mut parts = folders.split('/').skip_while(|part| !matches!(*part, "tests" | "test" | "spec"));
    match parts.nth(1) {
        Some("unit" | "unit-tests" | "unit_tests") => return Some(Suite::Unit),
        Some("functional") => return Some(Suite::Integration),
        _ => {}
    }
    for word in words {
        let lower = word.to_ascii_lowercase();
        if let Some((suite, _)) = NAMES.iter().find(|(_, names)| names.contains(&lower.as_str())) {
            return Some(*suite);
        }
        let is = |part: &str| {
            lower.starts_with(&format!("{part}_"))
                || lower.ends_with(&format!("_{part}"))
                || lower.ends_with(&format!("-{part}"))
        };
        if is("e2e") || name.contains(".e2e.") || name.contains(".cy.") || is_of_nest(name) {
            return Some(Suite::E2e);
        }
        let ends = [
            "integration-tests",
            "integration_tests",
            "integration-test",
            "integration_test",
            "api-tests",
            "api_tests",
        ];
        if ends.iter().any(|end| lower.ends_with(end)) {
            return Some(Suite::Integration);
        }
        // `Orders.FunctionalTests`, `src/integrationTest`, `OrdersIntegrationTest`.
        let joined = lower.replace(['.', '-', '_'], "");
        let joined = joined.strip_suffix('s').unwrap_or(&joined);
        if let Some((_, suite)) = ENDS.iter().find(|(end, _)| joined.ends_with(end)) {
            return Some(*suite);
        }
        if lower == "locustfile" {
            return Some(Suite::Load);
        }
    }
    None
}
