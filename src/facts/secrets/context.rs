//! What a path says about a literal in it: which grammar it stands in, and how much it weighs there.

use crate::facts::code::Language;
use crate::facts::production::{
    Stage, TESTS, is_example, is_fixture, is_settings_aside, is_test_support, stage_of_path,
};

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

/// Code beside that of a [`Language`].
const CODE: &[&str] = &[
    "groovy", "gradle", "fs", "vb", "m", "mm", "erb", "pl", "pm", "lua", "dart", "erl", "clj", "cljs", "hs", "ml", "r",
    "jl", "sol", "sql", "pas", "f90", "zig", "nim", "ipynb", "cr", "y", "yy", "jsp", "aspx", "cshtml", "coffee",
    "rake", "gemspec", "phtml",
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
    &["spec", "specs", "expected", "expectedoutput", "cypress", "playwright", "phpunit", "conformance", "jepsen"];
/// Files of clients that send requests by hand.
const REQUESTS: &[&str] = &[".http", ".rest", ".bru", ".gor", ".postman_collection.json"];
const DEV_FILES: &[&str] = &[
    ".travis.yml",
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
/// Settings of what runs the tests.
const RUNNERS: &[&str] = &["tox.ini", "noxfile.py", "pytest.ini"];

/// The grammar of a path.
pub(super) fn grammar(path: &str) -> Grammar {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let folders = || path.split('/').rev().skip(1);
    if LOCKS.contains(&name) || lower.contains(".min.") || folders().any(|part| GENERATED.contains(&part)) {
        return Grammar::Other;
    }
    let is_translation = folders().any(is_translation)
        || lower.starts_with("messages") && lower.ends_with(".properties")
        || name.split_once('.').is_some_and(|(stem, end)| is_locale(stem) && matches!(end, "json" | "yml" | "yaml"));
    // `README.md.tpl` is prose, whatever fills it.
    let made = [".tpl", ".tmpl", ".gotmpl", ".j2", ".in"].iter().find_map(|end| lower.strip_suffix(end));
    let extension = made.unwrap_or(&lower).rsplit_once('.').map_or("", |(_, extension)| extension);
    let in_list = |list: &[&str]| list.contains(&extension);
    match () {
        () if is_translation && !in_list(&["go", "rs", "java"]) => Grammar::Other,
        () if in_list(OTHER) => Grammar::Other,
        () if lower.starts_with(".env") || lower.starts_with("dockerfile") || in_list(BARE) => Grammar::Bare,
        () if in_list(CODE) || Language::of(name).is_some() => Grammar::Code,
        () if in_list(QUOTED) => Grammar::Quoted,
        () if in_list(PROSE) || is_page_of_the_manual(path, extension) => Grammar::Prose,
        () if in_list(MARKUP) => Grammar::Markup,
        () => Grammar::Bare,
    }
}

/// Whether a folder of this name holds the texts of a program in several languages.
pub(in crate::facts) fn is_translation(folder: &str) -> bool {
    TRANSLATIONS.contains(&folder.to_ascii_lowercase().as_str())
}

/// `man/shop.7`, `man1/shop.1m`: a page as `man` shows it. What a log leaves behind has a number for its end, too.
fn is_page_of_the_manual(path: &str, extension: &str) -> bool {
    let is_section = |text: &str| matches!(text.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'a'..=b'z']);
    let is_manual = |folder: &str| {
        folder.strip_prefix("man").is_some_and(|rest| matches!(rest, "" | "page" | "pages") || is_section(rest))
    };
    is_section(extension) && path.split('/').rev().skip(1).any(is_manual)
}

/// `pt-BR`, `zh_CN`: a language and its country.
fn is_locale(stem: &str) -> bool {
    let [a, b, between, c, d] = stem.as_bytes() else { return false };
    [a, b].iter().all(|byte| byte.is_ascii_lowercase())
        && b"-_".contains(between)
        && [c, d].iter().all(|byte| byte.is_ascii_uppercase())
}

/// The weight of a path, which may belong to a project that only tests use.
pub(super) fn weight(path: &str, is_of_tests: bool) -> Weight {
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.split('/').any(|part| VENDORED.contains(&part)) {
        return Weight::Aside("in vendored code");
    }
    // A definition of CI runs with what stands in it, whatever it runs.
    let is_called_so = || is_fixture(path) || has_test_word(path) || path.split('/').any(is_test_support);
    if !is_defined_ci(path) && (is_of_tests || is_called_so()) {
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
    if is_key_of_ci(path) {
        return Weight::Aside("the key of a server that only a run of CI starts");
    }
    if is_of_chart_tests(path) {
        return Weight::Aside("what a chart is tried out with");
    }
    if is_beside_ci(path) || RUNNERS.contains(&name) {
        return Weight::Ci;
    }
    let stage = stage_of_path(path);
    if DEV_FILES.contains(&name) && !matches!(stage, Stage::Never(_))
        || name.starts_with(".env")
        || name.ends_with(".gitlab-ci.yml")
        || path.starts_with(".github/")
        || path.starts_with(".circleci/")
    {
        return Weight::Development;
    }
    match stage {
        Stage::Production => Weight::Production,
        Stage::Never("template") => Weight::Aside("in a template"),
        Stage::Never("ci") => Weight::Ci,
        Stage::Never(_) => Weight::Aside("in what is not for production"),
        Stage::Base | Stage::Unmarked
            if is_settings_aside(path) || is_of_seeds(path) || is_data_for_development(path) =>
        {
            Weight::Aside("in what is not for production")
        }
        Stage::Base | Stage::Unmarked => Weight::Plain,
    }
}

/// Definitions of what the forge runs.
fn is_defined_ci(path: &str) -> bool {
    [".github/workflows/", ".github/actions/"].iter().any(|folder| path.starts_with(folder))
}

/// Files in a folder of CI that are not its definition: compose files, accounts of a store that is started for the tests.
fn is_beside_ci(path: &str) -> bool {
    ["ci/", ".ci/", ".buildkite/"].iter().any(|folder| path.starts_with(folder))
        || path.starts_with(".github/") && !is_defined_ci(path)
}

/// Whether a path is the key or the certificate of a server that a run of CI starts: `.circleci/server.key`. A key that lets
/// CI in somewhere else, `.circleci/deploy.key`, is none.
pub fn is_key_of_ci(path: &str) -> bool {
    const FOLDERS: &[&str] = &["ci", ".ci", ".circleci", ".travis", ".buildkite", ".github", ".gitlab", ".semaphore"];
    const SERVERS: &[&str] = &["server", "tls", "ssl", "localhost"];
    let Some((folders, name)) = path.rsplit_once('/') else { return false };
    let Some((stem, "key" | "pem" | "crt")) = name.rsplit_once('.') else { return false };
    if !FOLDERS.contains(&folders.split('/').next().unwrap_or("")) {
        return false;
    }
    let words = super::names::words(stem);
    words.iter().any(|word| SERVERS.contains(&word.as_str()))
        && !words.iter().any(|word| matches!(word.as_str(), "ssh" | "deploy" | "prod" | "production" | "live"))
}

/// `charts/shop/ci/tls-values.yaml`: what the tester of charts installs one with.
fn is_of_chart_tests(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    let is_values = ["values.yaml", "values.yml"].iter().any(|end| name.ends_with(end));
    is_values && parts.next() == Some("ci") && parts.next().is_some()
}

/// `seeds.rb`, `dev_seeds.exs`, `src/seed/users.ts`: fill a database for those who try the program out; so does what makes
/// the rows in Elixir, `lib/shop/factory.ex`.
fn is_of_seeds(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let says = |word: &str| matches!(word, "seed" | "seeds" | "seeder" | "seeders");
    folders.split('/').any(|folder| says(&folder.to_ascii_lowercase()))
        || super::names::words(stem).iter().any(|word| says(word) || word == "dummy")
        || matches!(name, "factory.ex" | "factory.exs")
}

/// `dev/db/users.sql`: rows for the database of those who work on the program; `scripts/dev/send-order.ts`: what they try it
/// with.
fn is_data_for_development(path: &str) -> bool {
    let is_data = path.rsplit_once('.').is_some_and(|(_, end)| end == "sql");
    let is_script = ["scripts/dev/", "script/dev/"].iter().any(|folder| path.contains(folder));
    is_script
        || is_data && path.split('/').rev().skip(1).any(|folder| matches!(folder, "dev" | "development" | "local"))
}

pub(super) fn is_test_word(word: &str) -> bool {
    TESTS.contains(&word) || SPECS.contains(&word)
}

/// `LoginTest.java`, `test_login.py`, `TestUtils/`, `spec/support/`: words in camel case too, which paths of stages have not.
fn has_test_word(path: &str) -> bool {
    path.split('/').any(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        super::names::words(stem).iter().any(|word| is_test_word(word))
    })
}
