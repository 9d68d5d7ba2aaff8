//! What a path says about a literal in it: which grammar it stands in, and how much it weighs there.

use crate::facts::production::{Stage, TESTS, is_example, is_fixture, is_settings_aside, stage_of_path};

/// The grammar of a file, as far as assignments are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    /// A programming language: a value is a quoted literal.
    Code,
    /// JSON, TOML, HCL: a value is quoted too, and there are no expressions.
    Quoted,
    /// YAML, dotenv, INI, properties, shell: a value may be bare.
    Bare,
    /// Prose, with anything in it.
    Prose,
    /// XML and HTML.
    Markup,
    /// Lock files, translations, style sheets, bundles: no assignment in there is a secret.
    Other,
}

/// How much a literal weighs where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Tests, examples, documents, vendored code.
    Aside(&'static str),
    /// What only a machine of CI reads beside its own definition: its databases and their passwords live as long as a run.
    Ci,
    /// Settings of a development machine, definitions of CI.
    Development,
    /// Source or settings of no named stage.
    Plain,
    /// Production settings.
    Production,
}

const CODE: &[&str] = &[
    "rs", "go", "py", "js", "mjs", "cjs", "jsx", "ts", "tsx", "java", "kt", "kts", "scala", "groovy", "gradle", "c",
    "h", "cc", "cpp", "hpp", "cs", "fs", "vb", "m", "mm", "swift", "rb", "erb", "php", "pl", "pm", "lua", "dart", "ex",
    "exs", "erl", "clj", "cljs", "hs", "ml", "r", "jl", "sol", "vue", "svelte", "sql", "pas", "f90", "zig", "nim",
    "proto", "ipynb", "cr", "y", "yy", "jsp", "aspx", "cshtml", "coffee", "rake", "gemspec", "phtml",
];
const QUOTED: &[&str] =
    &["json", "json5", "jsonc", "toml", "tf", "tfvars", "hcl", "tfstate", "bicep", "cue", "tsk", "nix"];
const BARE: &[&str] = &[
    "yaml",
    "yml",
    "env",
    "ini",
    "cfg",
    "conf",
    "cnf",
    "config",
    "properties",
    "props",
    "sh",
    "bash",
    "zsh",
    "fish",
    "ps1",
    "psm1",
    "bat",
    "cmd",
    "service",
    "j2",
    "tpl",
    "tmpl",
    "inc",
    "netrc",
    "pgpass",
    "npmrc",
    "pypirc",
    "http",
    "rest",
    "log",
    "envrc",
    "secret",
    "secrets",
    "creds",
    "credentials",
    "settings",
    "pem",
    "key",
    "exp",
    "list",
];
const PROSE: &[&str] = &["md", "markdown", "mdx", "rst", "adoc", "asciidoc", "txt", "text", "org", "tex", "textile"];
const MARKUP: &[&str] =
    &["xml", "html", "htm", "xhtml", "csproj", "plist", "xaml", "wsdl", "xsd", "svg", "resx", "pom"];
const OTHER: &[&str] = &[
    "lock", "css", "scss", "less", "sass", "svg", "map", "po", "pot", "mo", "xlf", "xliff", "strings", "arb", "snap",
    "csv", "tsv", "patch", "diff", "sum", "ics", "crt", "cer", "pub", "asc", "sig", "min", "graphql", "gql", "resx",
    "xsd", "d2", "puml",
];
const LOCKS: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "go.sum",
    "composer.lock",
    "poetry.lock",
    "packages.lock.json",
    "Package.resolved",
    "bun.lock",
    "checksums.txt",
    "CHANGELOG.md",
    "flake.lock",
    ".terraform.lock.hcl",
];
const TRANSLATIONS: &[&str] = &[
    "locale",
    "locales",
    "i18n",
    "intl",
    "l10n",
    "lang",
    "langs",
    "language",
    "languages",
    "translation",
    "translations",
    "nls",
];
const VENDORED: &[&str] =
    &["vendor", "vendored", "node_modules", "third_party", "thirdparty", "bower_components", "external", ".yarn"];
const GENERATED: &[&str] = &[".sqlx", "cassettes", "__snapshots__"];
/// More words of tests than [`TESTS`].
const SPECS: &[&str] =
    &["spec", "specs", "expected", "expectedoutput", "cypress", "playwright", "phpunit", "conformance"];
/// Files of clients that send requests by hand.
const REQUESTS: &[&str] = &[".http", ".rest", ".bru", ".gor", ".postman_collection.json"];
const DEV_FILES: &[&str] = &[
    ".travis.yml",
    ".gitlab-ci.yml",
    "appveyor.yml",
    ".appveyor.yml",
    "wercker.yml",
    "circle.yml",
    "Vagrantfile",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    ".env",
    "skaffold.yaml",
    "Tiltfile",
    "Justfile",
    "justfile",
    "Makefile",
];

/// The grammar of a path.
pub(super) fn grammar(path: &str) -> Grammar {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let folders = || path.split('/').rev().skip(1);
    if LOCKS.contains(&name) || lower.contains(".min.") || folders().any(|part| GENERATED.contains(&part)) {
        return Grammar::Other;
    }
    let is_translation = folders().any(|part| TRANSLATIONS.contains(&part.to_ascii_lowercase().as_str()))
        || lower.starts_with("messages") && lower.ends_with(".properties")
        || name.split_once('.').is_some_and(|(stem, end)| is_locale(stem) && matches!(end, "json" | "yml" | "yaml"));
    let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
    let in_list = |list: &[&str]| list.contains(&extension);
    match () {
        () if is_translation && !in_list(&["go", "rs", "java"]) => Grammar::Other,
        () if in_list(OTHER) => Grammar::Other,
        () if lower.starts_with(".env") || lower.starts_with("dockerfile") || in_list(BARE) => Grammar::Bare,
        () if in_list(CODE) => Grammar::Code,
        () if in_list(QUOTED) => Grammar::Quoted,
        () if in_list(PROSE) => Grammar::Prose,
        () if in_list(MARKUP) => Grammar::Markup,
        () => Grammar::Bare,
    }
}

/// `pt-BR`, `zh_CN`: a language and its country.
fn is_locale(stem: &str) -> bool {
    let [a, b, between, c, d] = stem.as_bytes() else { return false };
    [a, b].iter().all(|byte| byte.is_ascii_lowercase())
        && b"-_".contains(between)
        && [c, d].iter().all(|byte| byte.is_ascii_uppercase())
}

/// The weight of a path.
pub(super) fn weight(path: &str) -> Weight {
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.split('/').any(|part| VENDORED.contains(&part)) {
        return Weight::Aside("in vendored code");
    }
    if is_fixture(path) || has_test_word(path) {
        return Weight::Aside("in a test");
    }
    if is_example(path) {
        return Weight::Aside("in an example or document");
    }
    if matches!(grammar(path), Grammar::Prose) {
        return Weight::Aside("in a document");
    }
    if REQUESTS.iter().any(|end| name.ends_with(end)) {
        return Weight::Aside("a request of a client that tries the API");
    }
    if name.contains(".story.") || name.contains(".stories.") {
        return Weight::Aside("shown in a book of components");
    }
    if is_beside_ci(path) {
        return Weight::Ci;
    }
    if DEV_FILES.contains(&name)
        || name.starts_with(".env")
        || path.starts_with(".github/")
        || path.starts_with(".circleci/")
    {
        return Weight::Development;
    }
    match stage_of_path(path) {
        Stage::Production => Weight::Production,
        Stage::Never("template") => Weight::Aside("in a template"),
        Stage::Never("ci") => Weight::Ci,
        Stage::Never(_) => Weight::Aside("in what is not for production"),
        Stage::Base | Stage::Unmarked if is_settings_aside(path) || is_of_seeds(name) => {
            Weight::Aside("in what is not for production")
        }
        Stage::Base | Stage::Unmarked => Weight::Plain,
    }
}

/// Files in a folder of CI that are not its definition: compose files, accounts of a store that is started for the tests.
fn is_beside_ci(path: &str) -> bool {
    let is_defined = || ["workflows/", "actions/"].iter().any(|folder| path.starts_with(&format!(".github/{folder}")));
    ["ci/", ".ci/", ".buildkite/"].iter().any(|folder| path.starts_with(folder))
        || path.starts_with(".github/") && !is_defined()
}

/// `seeds.rb`, `dev_seeds.exs`: fill a database for those who try the program out.
fn is_of_seeds(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    super::names::words(stem).iter().any(|word| matches!(word.as_str(), "seed" | "seeds" | "dummy"))
}

fn is_test_word(word: &str) -> bool {
    TESTS.contains(&word) || SPECS.contains(&word)
}

/// `LoginTest.java`, `test_login.py`, `TestUtils/`, `spec/support/`: words in camel case too, which paths of stages have not.
fn has_test_word(path: &str) -> bool {
    path.split('/').any(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        super::names::words(stem).iter().any(|word| is_test_word(word))
    })
}

/// Whether a value stands in a script of a package that tests it, by the script's name or the program that it runs.
pub(super) fn is_in_a_test_script(path: &str, text: &str, offset: usize) -> bool {
    const ALSO: &[&str] = &["e2e", "jest", "vitest", "mocha", "newman"];
    let is_package = path == "package.json" || path.ends_with("/package.json");
    let Some(before) = text.get(..offset).filter(|_| is_package) else { return false };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or_default().trim_start();
    let Some((name, script)) = line.strip_prefix('"').and_then(|rest| rest.split_once('"')) else { return false };
    let program = script.trim_start_matches([':', ' ', '"']).split_whitespace().next().unwrap_or_default();
    let mut words = name.split([':', '-', '_', '.']).chain(std::iter::once(program));
    words.any(|word| is_test_word(word) || ALSO.contains(&word))
}

/// Whether a value stands under `example:`, `examples:` or samples of code in a description of an API.
pub(super) fn is_shown_in_a_schema(path: &str, text: &str, offset: usize) -> bool {
    let is_data = [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end));
    let Some(before) = text.get(..offset).filter(|_| is_data) else { return false };
    let says = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    if !["openapi", "swagger", "asyncapi", "$schema"].iter().any(|mark| says(mark)) {
        return false;
    }
    let is_example = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ").trim_start_matches('"');
        let key = line.split(['"', ':']).next().unwrap_or("");
        ["example", "examples", "x-codeSamples", "x-code-samples"].contains(&key)
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let own = text[start..].lines().next().unwrap_or("");
    let mut level = indent(own);
    let mut levels = 0;
    if is_example(own) {
        return true;
    }
    for line in text[..start].lines().rev().take(200).filter(|line| !line.trim().is_empty()) {
        // A list may stand as deep as the key that it belongs to.
        let encloses = indent(line) < level
            || indent(line) == level
                && own.trim_start().starts_with("- ")
                && levels == 0
                && !line.trim_start().starts_with("- ");
        if encloses {
            if is_example(line) {
                return true;
            }
            level = indent(line);
            levels += 1;
        }
        if levels > 6 || level == 0 {
            return false;
        }
    }
    false
}

/// Whether a value stands in a fenced sample of code that is written into a text of the program: the description of an API.
pub(super) fn is_in_a_fenced_sample(text: &str, offset: usize) -> bool {
    let Some(before) = text.get(..offset) else { return false };
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    line.contains("\\n") && line.matches("```").count() % 2 == 1
}

/// Whether a value stands beside the key `example`, on its line or on the one before.
pub(super) fn is_an_example(text: &str, offset: usize) -> bool {
    let Some(before) = text.get(..offset) else { return false };
    let before = before.trim_end_matches(|letter: char| letter != '\n' && !matches!(letter, ':' | '=' | '>'));
    let key = before.trim_end().trim_end_matches(['>', '=', ':']).trim_end().trim_end_matches(['"', '\'']);
    let word = key.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap_or_default();
    matches!(word, "example" | "examples" | "sample")
}

/// Whether a value stands in a text of several lines that a script holds: a description with a sample in it.
pub(super) fn is_in_a_long_text(path: &str, text: &str, offset: usize) -> bool {
    let has_long_texts = [".py", ".ex", ".exs"].iter().any(|end| path.ends_with(end));
    has_long_texts && text.get(..offset).is_some_and(|before| before.matches("\"\"\"").count() % 2 == 1)
}

/// Whether a value stands in a command that only runs while an image is built: `RUN SECRET_KEY=x manage.py …`.
pub(super) fn is_in_a_build_step(path: &str, text: &str, offset: usize) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_recipe =
        name.starts_with("dockerfile") || name.starts_with("containerfile") || name.ends_with(".dockerfile");
    let Some(before) = text.get(..offset).filter(|_| is_recipe) else { return false };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let mut lines = before[..start].lines().rev();
    let own = before[start..].trim_start();
    let first = if lines.clone().next().is_some_and(|line| line.trim_end().ends_with('\\')) {
        let goes_on = |line: &&str| line.trim_end().ends_with('\\') || line.trim_start().starts_with('#');
        lines.by_ref().take_while(goes_on).last().unwrap_or_default().trim_start()
    } else {
        own
    };
    first.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("run "))
}

/// Whether a value of a CI file only serves a run of tests: the environment around it says so, or the job's name.
///
/// A job that also deploys is none.
pub(super) fn serves_a_test_run(path: &str, text: &str, offset: usize) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_ci = path.starts_with(".github/workflows/") || path.starts_with(".circleci/") || name == ".gitlab-ci.yml";
    let Some(before) = text.get(..offset).filter(|_| is_ci) else { return false };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let counts = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut below = text[start..].lines().filter(counts);
    let Some(own) = below.next() else { return false };
    let level = indent(own);
    let above = || text[..start].lines().rev().filter(counts);
    let is_sibling = |line: &&str| indent(line) >= level;
    if above()
        .take_while(is_sibling)
        .chain(below.take_while(is_sibling))
        .any(|line| indent(line) == level && is_test_mode(line))
    {
        return true;
    }
    let mut least = level;
    let mut enclosing: Vec<&str> = Vec::new();
    for line in above() {
        if indent(line) < least {
            least = indent(line);
            enclosing.push(line.trim());
        }
    }
    let is_jobs = enclosing.last().is_some_and(|top| *top == "jobs:");
    let Some(job) = enclosing.iter().rev().nth(1).filter(|_| is_jobs) else { return false };
    let words = super::names::words(job);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    words.iter().any(|word| is_test_word(word)) && !has(&["deploy", "release", "publish", "production", "prod"])
}

/// `NODE_ENV: test`.
fn is_test_mode(line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else { return false };
    let value = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    let modes = ["NODE_ENV", "RAILS_ENV", "RACK_ENV", "APP_ENV", "MIX_ENV", "DJANGO_ENV", "FLASK_ENV", "GO_ENV"];
    modes.contains(&name.trim()) && ["test", "testing"].contains(&value)
}
