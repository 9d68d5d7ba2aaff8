//! Which stage a path speaks for, by its words alone; the one place that decides it (items-1.md §0.3).

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

const PRODUCTION: &[&str] = &["prod", "production", "prd", "live"];
const BASE: &[&str] = &["base", "default", "defaults", "common", "global"];
/// These name the settings themselves, so they say something as a file stem and nothing as a folder.
const BASE_STEM: &[&str] = &["application", "appsettings", "settings", "config"];
/// `templates` is left out on purpose: it is where Helm charts keep their manifests.
const NEVER: &[&str] = &[
    "dev",
    "devel",
    "develop",
    "development",
    "local",
    "localhost",
    "ci",
    "staging",
    "stage",
    "stg",
    "qa",
    "uat",
    "sandbox",
    "preview",
    "preprod",
    "nonprod",
    "preproduction",
    "template",
    "dist",
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
];
const FIXTURE: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "testutil",
    "testutils",
    "testsuite",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "e2e",
    "bench",
    "benches",
    "benchmarks",
    "snapshots",
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
    let parts = Parts::of(path);
    if let Some(word) = parts.example().or_else(|| parts.fixture()) {
        return Stage::Never(word);
    }
    if !parts.can_be_settings() {
        return Stage::Unmarked;
    }
    if parts.file == ".env" {
        return Stage::Never(".env");
    }
    if let Some(word) = parts.any(NEVER).or_else(|| parts.negated()) {
        return Stage::Never(word);
    }
    if parts.names_production() {
        return Stage::Production;
    }
    let stem = parts.words.last().map_or(&[][..], Vec::as_slice);
    let base = parts.any(BASE).is_some() || stem.iter().any(|word| BASE_STEM.contains(&word.as_str()));
    if base { Stage::Base } else { Stage::Unmarked }
}

/// Whether a path belongs to tests: `tests/`, `fixtures/`, `testdata/`, `api_test.go`, `login.test.ts`.
pub fn is_fixture(path: &str) -> bool {
    Parts::of(path).fixture().is_some()
}

/// Whether a path belongs to documentation or to what is only shown: `docs/`, `examples/`, `.env.sample`.
pub fn is_example(path: &str) -> bool {
    Parts::of(path).example().is_some()
}

/// The words of a path, part by part; the last part is the file's stem.
struct Parts {
    words: Vec<Vec<String>>,
    file: String,
    extension: String,
}

impl Parts {
    fn of(path: &str) -> Self {
        let path = path.to_lowercase();
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let file = parts.pop().unwrap_or_default().to_owned();
        // `.env.production` and `compose.prod.yml`: the last word is an extension only where a stem stands before it.
        let (stem, extension) = match file.rsplit_once('.') {
            Some((stem, extension)) if !stem.trim_start_matches('.').is_empty() && !file.starts_with(".env") => {
                (stem, extension)
            }
            _ => (file.as_str(), ""),
        };
        // `Dockerfile.prod`, `app.toml.sample`: what looks like an extension is the mark itself.
        let is_marker = [PRODUCTION, NEVER, EXAMPLE, FIXTURE].iter().any(|list| list.contains(&extension));
        let stem = if is_marker { file.as_str() } else { stem };
        let words = parts.iter().copied().chain(std::iter::once(stem)).map(words_of).collect();
        let extension = extension.to_owned();
        Self { words, file, extension }
    }

    /// The first word of the list that stands anywhere in the path.
    fn any(&self, list: &[&'static str]) -> Option<&'static str> {
        self.words.iter().flatten().find_map(|word| list.iter().copied().find(|&listed| listed == word))
    }

    fn fixture(&self) -> Option<&'static str> {
        let by_name = || {
            let stem = self.words.last()?;
            (self.is_code() && stem.len() > 1 && stem.last().is_some_and(|word| word == "spec")).then_some("spec")
        };
        self.any(FIXTURE).or_else(by_name)
    }

    fn example(&self) -> Option<&'static str> {
        self.any(EXAMPLE)
    }

    fn negated(&self) -> Option<&'static str> {
        let negates =
            |pair: &[String]| NEGATING.contains(&pair[0].as_str()) && PRODUCTION[..3].contains(&pair[1].as_str());
        self.words.iter().any(|part| part.windows(2).any(negates)).then_some("preprod")
    }

    /// `live` speaks only at the end of a part: `values-live.yaml` is production, `live-activity/` is a feature.
    fn names_production(&self) -> bool {
        let in_part = |part: &Vec<String>| {
            part.iter().any(|word| PRODUCTION[..3].contains(&word.as_str()))
                || part.last().is_some_and(|word| word == "live")
        };
        self.words.iter().any(in_part)
    }

    fn is_code(&self) -> bool {
        let extension = self.extension.as_str();
        COMPILED.contains(&extension) || SCRIPTS.contains(&extension)
    }

    fn can_be_settings(&self) -> bool {
        let extension = self.extension.as_str();
        if COMPILED.contains(&extension) {
            return false;
        }
        let folders = &self.words[..self.words.len().saturating_sub(1)];
        let in_settings = || folders.iter().flatten().any(|word| SETTINGS_FOLDERS.contains(&word.as_str()));
        let angular = || self.file.starts_with("environment.");
        !SCRIPTS.contains(&extension) || in_settings() || angular()
    }
}

/// Words of one part; a number behind a word (`prod2`, `staging01`) is not part of it.
fn words_of(part: &str) -> Vec<String> {
    let words = part.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty());
    words
        .map(|word| match word.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
            "" => word.to_owned(),
            _ if word == "e2e" => word.to_owned(),
            bare => bare.to_owned(),
        })
        .collect()
}
