//! Which stage a path speaks for, by its words alone; the one place that decides it (items-1.md §0.3).

mod clusters;
mod mode;
mod sections;
mod support;

pub use clusters::local_cluster;
pub use mode::is_mode;
pub use sections::{is_in_class_aside, is_in_table_aside, section_aside};
pub use support::is_test_support;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The stage that a path speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Production names it: `config/production.yaml`, `overlays/prod/`.
    Production,
    /// Production inherits it: `config/base.yaml`, `application.toml`.
    Base,
    /// Never production, and the word that says so: `dev`, `example`, `.env`.
    Never(&'static str),
    /// The path says nothing either way.
    Unmarked,
}

/// Whether what a file declares is what production runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Production runs it.
    Production,
    /// It is something else, and why: a development file, an overlay that nothing applies.
    Aside(String),
    /// Both readings are possible: it proves nothing, contradicts nothing, and makes an absence unknown (ruling 2).
    Uncertain(String),
}

/// Folders of programs for those who work on the product.
const TOOL_FOLDERS: &[&str] = &["tools", "scripts", "script", "hack", "contrib", "devtools", "tooling"];

const PRODUCTION: &[&str] = &["prod", "production", "prd", "live"];
const BASE: &[&str] = &["base", "default", "defaults", "common", "global"];
/// These name the settings themselves, so they say something as a file stem and nothing as a folder.
const BASE_STEM: &[&str] = &["application", "appsettings", "settings", "config"];
/// `templates` is left out on purpose: it is where Helm charts keep their manifests.
#[rustfmt::skip]
const NEVER: &[&str] = &[
    "dev", "devel", "develop", "development", "local", "localhost", "ci", "staging", "stage", "stg", "qa", "uat",
    "sandbox", "preview", "preprod", "nonprod", "preproduction", "template", "dist", "interop", "training",
    "prow", "pocs", "prototype", "prototypes", "ddev", "lando", "devcontainer", "gitpod", "codespaces", "dockerdev",
    "reviewapp", "reviewapps",
];
const EXAMPLE: &[&str] = &[
    "example",
    "examples",
    "sample",
    "samples",
    "tutorial",
    "tutorials",
    "doc",
    "docs",
    "documentation",
    "playground",
    "demo",
    "demos",
    "quickstart",
    "poc",
    "workshop",
    "workshops",
    "lesson",
    "lessons",
    "exercise",
    "exercises",
];
/// Folders at the root of a tree with what was thought of before it was made.
const DRAFTS: &[&str] = &["design", "designs", "rfcs", "enhancements"];
/// Words of what stands in for something in a test, wherever they are in a name.
pub const TESTS: &[&str] = &["test", "tests", "testing", "mock", "mocks", "fake", "fakes", "stub", "stubs"];
/// More words of tests, of what they are given and what they leave.
const FIXTURE: &[&str] = &[
    "testdata",
    "testrig",
    "testutil",
    "testutils",
    "testresource",
    "testresources",
    "testfiles",
    "testfixtures",
    "testassets",
    "testcerts",
    "testsuite",
    "suites",
    "fixture",
    "fixtures",
    "e2e",
    "fuzz",
    "bench",
    "benches",
    "benchmarks",
    "benchmarking",
    "snapshots",
    "integrationtest",
    "integrationtests",
    "functionaltest",
    "functionaltests",
    "systemtest",
    "systemtests",
    "acceptance",
    "acceptancetest",
    "acceptancetests",
    "unittest",
    "unittests",
    "conformance",
    "enos",
    "complement",
];
/// What stands behind `sample`, `example` and `demo` in one word with them.
const SHOWN: &[&str] = &[
    "app",
    "application",
    "apps",
    "chart",
    "client",
    "code",
    "config",
    "configs",
    "data",
    "plugin",
    "plugins",
    "project",
    "projects",
    "server",
    "service",
    "services",
    "values",
    "webhook",
];
/// Folders with other people's trees; a whole name, since `vendor` may be a word of the trade.
const VENDORED: &[&str] = &[
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "node_modules",
    "bower_components",
    "site-packages",
    ".yarn",
];
/// Words that turn the `prod` behind them into its opposite: `pre-prod`, `non_production`.
const NEGATING: &[&str] = &["pre", "non", "not", "no"];
/// Compiled code: its file and module names speak about the program, not about where it runs.
const COMPILED: &[&str] =
    &["rs", "go", "java", "kt", "kts", "scala", "c", "h", "cc", "cpp", "hpp", "cs", "swift", "proto", "sql"];
/// Scripts are settings only where frameworks look for settings (Django, Rails, node-config, Phoenix).
const SCRIPTS: &[&str] = &["py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "rb", "ex", "exs", "php", "html", "css"];
const SETTINGS_FOLDERS: &[&str] = &["config", "configuration", "configs", "settings", "environments", "env"];

/// The stage that the words of a path speak for.
///
/// Words are the parts of the path split at `-`, `_` and `.`, in any case; the extension is none. A word that rules
/// production out wins over one that names it, since `examples/production.yaml` is an example.
pub fn stage_of_path(path: &str) -> Stage {
    let path = lowered(path);
    let parts = Parts::of(&path);
    let signs = parts.signs();
    if let Some(word) = signs.example.or(signs.fixture).or_else(|| parts.vendored()) {
        return Stage::Never(word);
    }
    if !parts.can_be_settings() {
        return Stage::Unmarked;
    }
    // What is shown while the service is away.
    let is_page = |part: &str| {
        let part = part.replace('-', "_");
        matches!(part.as_str(), "maintenance_page" | "service_unavailable_page" | "unavailable_page" | "paas_failwhale")
    };
    if (path.contains("page") || path.contains("failwhale")) && path.split('/').any(is_page) {
        return Stage::Never("maintenance page");
    }
    if parts.file == ".env" {
        return Stage::Never(".env");
    }
    if let Some(tool) = clusters::of_folders(parts.folders) {
        return Stage::Never(tool);
    }
    if let Some(word) = signs.never.or(signs.negated.then_some("preprod")) {
        return Stage::Never(word);
    }
    if signs.production {
        return Stage::Production;
    }
    if path.split('/').flat_map(words_of).any(|word| word == "extras") {
        return Stage::Never("extras");
    }
    if is_of_an_action(&path) {
        return Stage::Never(".github/actions");
    }
    let base = signs.base || words_of(parts.stem).any(|word| BASE_STEM.contains(&word));
    if base { Stage::Base } else { Stage::Unmarked }
}

/// Whether a file belongs to an action of the forge: the cluster that it sets up for tests. What else stands beside the
/// workflows may be what they release.
fn is_of_an_action(path: &str) -> bool {
    [".github/actions/", ".gitea/actions/", ".forgejo/actions/"].iter().any(|folder| path.starts_with(folder))
}

/// Whether a script holds the settings of an environment that is not production, or only shows how settings are
/// written: `config/environments/test.rb`, `config/dev.exs`, `settings/local.py`, `settings_test.py`,
/// `configuration_example.py`.
pub fn is_settings_aside(path: &str) -> bool {
    let path = lowered(path);
    let parts = Parts::of(&path);
    if !SCRIPTS.contains(&parts.extension) {
        return false;
    }
    let folder = parts.folders.rsplit('/').next().unwrap_or("");
    let names_settings = |word: &str| matches!(word, "settings" | "config" | "configuration");
    let says = |word: &str| {
        (NEVER.contains(&word) && !matches!(word, "template" | "dist"))
            || matches!(word, "test" | "testing" | "example" | "sample")
    };
    let mut words = words_of(parts.stem);
    let is_settings = SETTINGS_FOLDERS.contains(&folder) || words.clone().any(names_settings);
    is_settings && words.clone().any(says) && words.all(|word| says(word) || names_settings(word))
}

/// Whether a file stands in a folder of tools.
pub fn is_in_tools(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|part| TOOL_FOLDERS.contains(&part))
}

/// Whether a file of settings shows what could stand in it: paths of nobody's machine (`/path/to/key.pem`).
pub fn is_filled_in_for_show(text: &str) -> bool {
    let shown = |line: &str| line.contains("/path/to/") && !line.trim_start().starts_with(['#', ';']);
    text.contains("/path/to/") && text.lines().any(shown)
}

/// Whether a path belongs to tests: `tests/`, `fixtures/`, `testdata/`, `api_test.go`, `login.test.ts`.
pub fn is_fixture(path: &str) -> bool {
    Parts::of(&lowered(path)).signs().fixture.is_some()
}

/// Whether a path leads through a folder `integration/` at the top, where the tests of the whole are kept; with `src/main/`
/// below it, it is a module of the product.
pub fn is_in_integration(path: &str) -> bool {
    let mut folders = path.split('/');
    folders.next() == Some("integration") && !(folders.any(|part| part == "src") && folders.next() == Some("main"))
}

/// Whether folders hold what specifications are run with: their settings, their help, an application made for them,
/// `spec/configs/`, `shop/spec/dummy/`. The description of an interface stands in `spec/` itself.
fn is_in_specs(folders: &str) -> bool {
    const OF_SPECS: &[&str] = &["config", "configs", "dummy", "support", "helpers", "internal"];
    folders
        .split('/')
        .zip(folders.split('/').skip(1))
        .any(|(outer, inner)| outer == "spec" && OF_SPECS.contains(&inner))
}

/// Whether a path belongs to documentation or to what is only shown: `docs/`, `examples/`, `.env.sample`.
pub fn is_example(path: &str) -> bool {
    Parts::of(&lowered(path)).signs().example.is_some()
}

fn lowered(path: &str) -> Cow<'_, str> {
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) { path.to_ascii_lowercase().into() } else { path.into() }
}

/// What one word says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Production,
    Base,
    Never,
    Example,
    Fixture,
}

/// Every word that says something: each path of a large tree is asked about, often.
static SIGNS: LazyLock<HashMap<&'static str, Sign>> = LazyLock::new(|| {
    let lists = [
        (PRODUCTION, Sign::Production),
        (BASE, Sign::Base),
        (NEVER, Sign::Never),
        (EXAMPLE, Sign::Example),
        (TESTS, Sign::Fixture),
        (FIXTURE, Sign::Fixture),
    ];
    lists.into_iter().flat_map(|(list, sign)| list.iter().map(move |&word| (word, sign))).collect()
});

fn sign(word: &str) -> Option<(&'static str, Sign)> {
    // Most words of most paths are longer or shorter than all of these.
    let could_be = (2..=16).contains(&word.len());
    let known = could_be.then(|| SIGNS.get_key_value(word).map(|(&word, &sign)| (word, sign))).flatten();
    // `e2eutil/`, `e2etests/`.
    let known = known.or_else(|| word.starts_with("e2e").then_some(("e2e", Sign::Fixture)));
    // `samplewebhook/`, `exampleapp/`.
    let shows = |mark: &'static str| word.strip_prefix(mark).filter(|rest| SHOWN.contains(rest)).map(|_| mark);
    known.or_else(|| ["sample", "example", "demo"].into_iter().find_map(shows).map(|mark| (mark, Sign::Example)))
}

/// What the words of a path say, each by its first word.
#[derive(Default)]
struct Signs {
    example: Option<&'static str>,
    fixture: Option<&'static str>,
    never: Option<&'static str>,
    base: bool,
    negated: bool,
    production: bool,
}

/// A path in lower case, taken apart.
struct Parts<'p> {
    folders: &'p str,
    file: &'p str,
    stem: &'p str,
    extension: &'p str,
}

impl<'p> Parts<'p> {
    fn of(path: &'p str) -> Self {
        let path = path.trim_end_matches('/');
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        // `.env.production` and `compose.prod.yml`: the last word is an extension only where a stem stands before it.
        let (stem, extension) = match file.rsplit_once('.') {
            Some((stem, extension)) if !stem.trim_start_matches('.').is_empty() && !file.starts_with(".env") => {
                (stem, extension)
            }
            _ => (file, ""),
        };
        // `Dockerfile.prod`, `Dockerfile.e2e_runner`, `app.toml.sample`: what looks like an extension is the mark itself.
        let is_marker = words_of(extension).any(|word| sign(word).is_some_and(|(_, sign)| sign != Sign::Base));
        Self { folders, file, stem: if is_marker { file } else { stem }, extension }
    }

    /// One pass over all words.
    fn signs(&self) -> Signs {
        let mut signs = Signs::default();
        let in_tools = self.folders.split('/').any(|part| TOOL_FOLDERS.contains(&part));
        for part in self.folders.split('/').chain(Some(self.stem).filter(|_| !self.is_step())) {
            let mut before = "";
            // `default-with-profiling/` is one choice of several, and so is a longer name among tools.
            let mut words = words_of(part);
            let is_choice =
                words.clone().any(|word| matches!(word, "with" | "without")) || (in_tools && words.nth(1).is_some());
            for word in words_of(part) {
                let names_production = is_production(word);
                if before == "fault" && word.starts_with("inject") {
                    signs.never = signs.never.or(Some("fault injection"));
                }
                if before == "review" && matches!(word, "app" | "apps") {
                    signs.never = signs.never.or(Some("review apps"));
                }
                signs.negated |= names_production && NEGATING.contains(&before);
                match sign(word) {
                    Some((word, Sign::Example)) => signs.example = signs.example.or(Some(word)),
                    Some((word, Sign::Fixture)) => signs.fixture = signs.fixture.or(Some(word)),
                    Some((word, Sign::Never)) => signs.never = signs.never.or(Some(word)),
                    Some((_, Sign::Base)) => signs.base |= !is_choice,
                    Some((_, Sign::Production)) => signs.production |= names_production,
                    None => {}
                }
                before = word;
            }
            // `live` speaks only at the end of a part: `values-live.yaml` is production, `live-activity/` is a feature.
            signs.production |= before == "live";
        }
        let root = self.folders.split('/').next().unwrap_or("");
        signs.example = signs.example.or_else(|| DRAFTS.iter().find(|draft| **draft == root).copied());
        let by_name = || {
            let mut words = words_of(self.stem);
            let first = words.next();
            self.is_code() && first.is_some() && words.last().is_some_and(|word| word == "spec")
        };
        signs.fixture = signs.fixture.or_else(|| by_name().then_some("spec"));
        signs.fixture = signs.fixture.or_else(|| is_in_integration(self.folders).then_some("integration"));
        signs.fixture = signs.fixture.or_else(|| is_in_specs(self.folders).then_some("spec"));
        let glued = || self.folders.split('/').any(support::is_glued) || support::are_test_keys(root, self.extension);
        signs.fixture = signs.fixture.or_else(|| glued().then_some("test"));
        signs
    }

    /// Whether it is a step of a history, `migrate/20240102030405_add_doc_id_to_notes`: its name says what it changes.
    fn is_step(&self) -> bool {
        self.stem.starts_with(|first: char| first.is_ascii_digit())
            && self.folders.split('/').any(|folder| folder.starts_with("migrat"))
    }

    fn vendored(&self) -> Option<&'static str> {
        let known = |folder: &str| VENDORED.iter().find(|name| **name == folder).copied();
        self.folders.split('/').find_map(known)
    }

    fn is_code(&self) -> bool {
        COMPILED.contains(&self.extension) || SCRIPTS.contains(&self.extension)
    }

    fn can_be_settings(&self) -> bool {
        if COMPILED.contains(&self.extension) {
            return false;
        }
        let in_settings = || self.folders.split('/').flat_map(words_of).any(|word| SETTINGS_FOLDERS.contains(&word));
        let angular = || self.file.starts_with("environment.");
        !SCRIPTS.contains(&self.extension) || in_settings() || angular()
    }
}

/// `prod`, `production`, `prd`; `live` alone says less.
fn is_production(word: &str) -> bool {
    PRODUCTION[..3].contains(&word)
}

/// Words of one part; a number behind a word (`prod2`, `staging01`) is not part of it.
fn words_of(part: &str) -> impl Iterator<Item = &str> + Clone {
    let words = part.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty());
    words.map(|word| match word.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
        "" => word,
        _ if word == "e2e" => word,
        bare => bare,
    })
}
