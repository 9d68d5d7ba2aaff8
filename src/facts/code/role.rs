//! What a source file is for: only product code says what the product does.

use super::language::Language;
use crate::facts::production::{TESTS, is_in_integration, is_settings_aside, is_test_support};
use crate::pattern::pattern;
use crate::source;

/// What a source file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Code that ships.
    Product,
    /// Tests and what only tests use.
    Test,
    /// Benchmarks.
    Bench,
    /// Examples, samples, demos and snippets of documentation.
    Example,
    /// Inputs of tests.
    Fixture,
    /// Other people's code, kept in the tree.
    Vendored,
    /// Written by a tool.
    Generated,
    /// Build scripts and the repository's own tooling.
    Tooling,
}

/// Folder names that decide, wherever they stand in the path.
const FOLDERS: &[(&str, Role)] = &[
    ("vendor", Role::Vendored),
    ("node_modules", Role::Vendored),
    ("third_party", Role::Vendored),
    ("third-party", Role::Vendored),
    ("thirdparty", Role::Vendored),
    ("bower_components", Role::Vendored),
    ("site-packages", Role::Vendored),
    (".venv", Role::Vendored),
    (".yarn", Role::Vendored),
    ("Pods", Role::Vendored),
    ("__generated__", Role::Generated),
    ("generated", Role::Generated),
    ("dist", Role::Generated),
    ("target", Role::Generated),
    ("fixtures", Role::Fixture),
    ("fixture", Role::Fixture),
    ("__fixtures__", Role::Fixture),
    ("testdata", Role::Fixture),
    ("test-data", Role::Fixture),
    ("test_data", Role::Fixture),
    ("snapshots", Role::Fixture),
    ("__snapshots__", Role::Fixture),
    ("__tests__", Role::Test),
    ("__mocks__", Role::Test),
    ("mockserver", Role::Test),
    ("testfixtures", Role::Fixture),
    ("testfixture", Role::Fixture),
    ("testfiles", Role::Fixture),
    ("testassets", Role::Fixture),
    ("testcerts", Role::Fixture),
    ("spec", Role::Test),
    ("specs", Role::Test),
    ("step_definitions", Role::Test),
    ("e2e", Role::Test),
    ("suites", Role::Test),
    ("acceptance", Role::Test),
    ("cypress", Role::Test),
    ("playwright", Role::Test),
    ("enos", Role::Test),
    ("fuzz", Role::Test),
    ("fuzzing", Role::Test),
    ("fuzz_targets", Role::Test),
    ("androidTest", Role::Test),
    ("benches", Role::Bench),
    ("bench", Role::Bench),
    ("benchmarks", Role::Bench),
    ("benchmark", Role::Bench),
    ("benchmarking", Role::Bench),
    ("k6", Role::Bench),
    ("examples", Role::Example),
    ("example", Role::Example),
    ("samples", Role::Example),
    ("sample", Role::Example),
    ("demo", Role::Example),
    ("demos", Role::Example),
    ("tutorial", Role::Example),
    ("tutorials", Role::Example),
    ("playground", Role::Example),
    ("sandbox", Role::Example),
    ("docs", Role::Example),
    ("doc", Role::Example),
    ("xtask", Role::Tooling),
    ("magefiles", Role::Tooling),
    ("hack", Role::Tooling),
    (".github", Role::Tooling),
    (".ci", Role::Tooling),
    (".devcontainer", Role::Tooling),
    (".vscode", Role::Tooling),
];

/// What a source file is for, as its path says.
pub(in crate::facts) fn of_path(path: &str, language: Language) -> Role {
    let mut parts = path.split('/');
    let name = parts.next_back().unwrap_or(path);
    let mut role = Role::Product;
    let package =
        path.find("src/main/").filter(|_| is_of_the_jvm(language)).map(|at| path[..at].matches('/').count() + 3);
    for (depth, part) in parts.enumerate() {
        let is_of_the_whole = depth == 0 && is_in_integration(path);
        let found = if is_of_the_whole { Role::Test } else { folder_role(part) };
        // What is vendored or generated stays so, whatever stands around it; a fixture stays a fixture inside tests.
        if matches!(found, Role::Vendored | Role::Generated) {
            return found;
        }
        // Below `src/main/java` folders are packages: `com.example.demo` is what a generator calls every new service.
        if package.is_some_and(|first| depth >= first) {
            continue;
        }
        if role == Role::Product || found == Role::Fixture {
            role = if found == Role::Product { role } else { found };
        }
    }
    if is_generated_name(name) {
        return Role::Generated;
    }
    if role != Role::Product {
        return role;
    }
    // Cucumber keeps what its steps need there.
    if is_test_name(name, language) || path.starts_with("features/support/") || path.contains("/features/support/") {
        return Role::Test;
    }
    // What Rake is asked for by hand; no server of Ruby loads it.
    if language == Language::Ruby && (path.starts_with("lib/tasks/") || path.contains("/lib/tasks/")) {
        return Role::Tooling;
    }
    // What makes a release runs on the machine of who makes it.
    if path.starts_with("bin/release/") {
        return Role::Tooling;
    }
    // Alembic's own program: it runs the migrations and nothing else.
    if name == "env.py"
        && path.rsplit('/').nth(1).is_some_and(|folder| ["migrations", "migration", "alembic"].contains(&folder))
    {
        return Role::Tooling;
    }
    if is_settings_aside(path) {
        return Role::Tooling;
    }
    let tests = ["playwright.config.", "jest.", "vitest.", "cypress.config.", "karma.conf.", ".mocharc."];
    match (name, language) {
        (_, Language::JavaScript) if tests.iter().any(|start| name.starts_with(start)) => Role::Test,
        (_, Language::JavaScript) if is_of_the_bundler(name) => Role::Tooling,
        (_, Language::JavaScript) if is_for_developers(name) => Role::Tooling,
        // What grafanalib makes dashboards and alerts of.
        (script, Language::Python) if script.ends_with(".dashboard.py") || script.ends_with(".alertgroup.py") => {
            Role::Tooling
        }
        ("build.rs", _) => Role::Tooling,
        (script, _) if script.ends_with(".gradle") || script.ends_with(".gradle.kts") => Role::Tooling,
        // What Alembic runs when it migrates.
        ("env.py", Language::Python) if is_of_migrations(path) => Role::Tooling,
        (_, Language::JavaScript) if name.contains(".stories.") => Role::Example,
        (_, Language::JavaScript) if name.contains(".bench.") => Role::Bench,
        _ => Role::Product,
    }
}

fn is_of_migrations(path: &str) -> bool {
    path.rsplit('/').nth(1).is_some_and(|folder| ["alembic", "migration", "migrations"].contains(&folder))
}

/// Settings of what builds and checks JavaScript, and what runs while packages are installed; a framework's own (`next.config.js`) say what the service does.
fn is_of_the_bundler(name: &str) -> bool {
    const TOOLS: &[&str] = &[
        "webpack",
        "rollup",
        "rspack",
        "esbuild",
        "babel",
        "postcss",
        "tailwind",
        "eslint",
        "prettier",
        "stylelint",
        "craco",
        "metro",
        "commitlint",
        "lint-staged",
        "tsup",
        "vite",
    ];
    let is_config = name.contains(".config.") || name.contains("rc.") || name.starts_with("webpack.");
    let stem = name.trim_start_matches('.');
    matches!(stem.split('.').next(), Some("gulpfile" | "Gruntfile" | "preinstall" | "postinstall"))
        || (is_config && TOOLS.iter().any(|tool| stem.starts_with(tool)))
}

/// Whether a script starts the program for those who work on it, or writes the description of its interface: `dev.ts`,
/// `openapi-generator.ts`.
fn is_for_developers(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let words = || stem.split(['-', '_']);
    matches!(stem, "dev" | "dev-server")
        || words().any(|word| matches!(word, "generate" | "generator" | "gen"))
            && words().any(|word| matches!(word, "openapi" | "swagger"))
}

fn is_of_the_jvm(language: Language) -> bool {
    matches!(language, Language::Java | Language::Kotlin | Language::Scala)
}

/// Whether a folder of a path is one of tests or of what they read.
pub fn is_of_a_suite(path: &str) -> bool {
    path.split('/').any(|part| matches!(folder_role(part), Role::Test | Role::Fixture))
}

/// What a folder of a name holds; `Product` when the name says nothing.
pub fn folder_role(part: &str) -> Role {
    const TOOLS: &[&str] = &[
        "-gen",
        "-codegen",
        "-docgen",
        "-scripts",
        "-suites",
        "-devtools",
        "devtool",
        "-dev-server",
        "loadtest",
        "loadgen",
    ];
    const PLUGINS: &[&str] =
        &["eslint-plugin", "eslint-config", "stylelint-", "babel-plugin", "babel-preset", "postcss-"];
    if let Some(&(_, role)) = FOLDERS.iter().find(|(name, _)| *name == part) {
        return role;
    }
    let lower = part.to_ascii_lowercase();
    if is_left_behind(&lower) {
        return Role::Example;
    }
    // `cmd/shop-gen`, `cmd/shop-scripts`: programs that only developers run.
    if TOOLS.iter().any(|suffix| lower.ends_with(suffix)) || PLUGINS.iter().any(|prefix| lower.starts_with(prefix)) {
        return Role::Tooling;
    }
    // `benchmark_runner`, `shop-benchmarks`: measures the product, or its rivals.
    if lower.split(['-', '_', '.']).any(|word| matches!(word, "benchmark" | "benchmarks" | "benchmarking" | "sysbench"))
    {
        return Role::Bench;
    }
    let mut words = lower.split(['-', '_', '.']);
    let of_tests = |word: Option<&str>| word.is_some_and(|word| TESTS.contains(&word));
    let is_test = of_tests(words.next())
        || of_tests(words.next_back())
        || ["testutil", "testutils", "integrationtest", "integrationtests"].iter().any(|end| lower.ends_with(end))
        || is_test_support(part);
    if is_test { Role::Test } else { Role::Product }
}

/// Whether a folder's name, in lower case, says that its documents, and what lies among them, are those of before:
/// `old-docs`, `docs_archive`.
pub fn is_left_behind(folder: &str) -> bool {
    let old = ["old", "legacy", "archive", "archived", "deprecated", "obsolete", "outdated"];
    let words = || folder.split(['-', '_', '.']);
    words().any(|word| matches!(word, "doc" | "docs" | "documentation"))
        && words().any(|word| old.contains(&word))
        && words().all(|word| matches!(word, "doc" | "docs" | "documentation") || old.contains(&word))
}

fn is_generated_name(name: &str) -> bool {
    const SUFFIXES: &[&str] = &[
        ".pb.go",
        ".pb.cc",
        ".pb.h",
        ".pb.rs",
        "_pb2.py",
        "_pb2_grpc.py",
        "_pb.js",
        "_pb.d.ts",
        ".min.js",
        ".bundle.js",
        ".g.cs",
        ".designer.cs",
        ".pb.gw.go",
        "_grpc.pb.go",
        ".min.mjs",
    ];
    let lower = name.to_ascii_lowercase();
    SUFFIXES.iter().any(|suffix| lower.ends_with(suffix)) || lower.starts_with("zz_generated")
}

/// Whether a file's name is that of a test by the convention of its language.
fn is_test_name(name: &str, language: Language) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    match language {
        Language::Rust => {
            matches!(stem, "tests" | "test" | "test_util" | "test_utils" | "testutil" | "testing")
                || stem.ends_with("_test")
                || stem.ends_with("_tests")
        }
        // `mock_oidc_server.go`, `store_mock.go`: stands in for a part of the program, for its tests.
        Language::Go => {
            let mut words = stem.split('_');
            // `testutils.go`, `test_helper.go`: what the tests of other packages call.
            let helps = stem.strip_prefix("test").map(|rest| rest.trim_start_matches('_').trim_end_matches('s'));
            stem.ends_with("_test")
                || matches!(helps, Some("util" | "helper"))
                || (stem.contains('_') && (words.next() == Some("mock") || words.next_back() == Some("mock")))
        }
        Language::Elixir => stem.ends_with("_test"),
        Language::JavaScript => [".test.", ".spec.", ".cy.", ".e2e."].iter().any(|mark| name.contains(mark)),
        Language::Python => stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest",
        Language::Ruby => stem.ends_with("_spec") || stem.ends_with("_test"),
        Language::Java | Language::Kotlin | Language::Scala | Language::CSharp | Language::Php | Language::Swift => {
            ["Test", "Tests", "IT", "Spec", "TestCase"].iter().any(|suffix| ends_camel(stem, suffix))
        }
        Language::C => stem.ends_with("_test") || stem.ends_with("_unittest"),
        Language::Shell | Language::Proto => false,
    }
}

/// Whether a CamelCase name ends in a word of its own: `UserTest`, not `latest`.
fn ends_camel(stem: &str, word: &str) -> bool {
    let Some(rest) = stem.strip_suffix(word) else { return false };
    rest.chars().next_back().is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
}

/// Whether a file among generated ones may be one that was generated once and is written on by hand: `go-swagger`'s
/// `configure_shop.go`.
pub(super) fn may_be_kept(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("configure_") && Language::of(name) == Some(Language::Go)
}

/// What a text says that it is for; `None` where it says nothing.
pub(super) fn of_text(text: &str, language: Language) -> Option<Role> {
    let head = source::head(text, 2048);
    let is_kept = |line: &str| line.contains("safe to edit") && !line.contains("not safe");
    match language {
        Language::Go if head.lines().take(20).any(is_kept) => Some(Role::Product),
        _ if is_generated_text(text) => Some(Role::Generated),
        Language::Go if is_help_of_tests(text) => Some(Role::Test),
        Language::JavaScript if is_release_of_a_library(head) => Some(Role::Vendored),
        Language::JavaScript if declares_tests(text) => Some(Role::Test),
        _ => None,
    }
}

/// Whether a file of JavaScript begins with the banner that libraries keep in what they release: name, version, licence.
fn is_release_of_a_library(head: &str) -> bool {
    pattern!(VERSION, r"\bv?\d+\.\d+\.\d+\b");
    pattern!(ORIGIN, r"(?i)https?://|\blicen[cs]ed?\b|\bcopyright\b|\(c\)");
    let banner = head.trim_start().strip_prefix("/*!").and_then(|rest| rest.split("*/").next());
    banner.is_some_and(|banner| VERSION.is_match(banner) && ORIGIN.is_match(banner))
}

/// Whether a file of JavaScript declares tests outside every function, whatever it is called: `integration/login.js`.
fn declares_tests(text: &str) -> bool {
    const CALLS: &[&str] = &["describe(", "test(", "it(", "test.describe("];
    text.lines().any(|line| {
        let named = CALLS.iter().find_map(|call| line.strip_prefix(call));
        named.is_some_and(|rest| rest.is_empty() || rest.starts_with(['"', '\'', '`']))
    })
}

/// Whether a file of Go imports the package for tests and a good part of its functions are handed a test; a program may
/// have one such function among many.
fn is_help_of_tests(text: &str) -> bool {
    let imports = source::head(text, 4096).split("\nfunc ").next().unwrap_or_default();
    let is_import = |line: &str| matches!(line.trim(), "\"testing\"" | "import \"testing\"");
    if imports.contains("package main\n") || !imports.lines().any(is_import) {
        return false;
    }
    let functions: Vec<&str> = text.lines().filter(|line| line.starts_with("func ")).collect();
    let handed = functions.iter().filter(|line| line.contains(" testing.") || line.contains("*testing."));
    handed.count() * 4 >= functions.len()
}

/// Whether the first lines of a text say that a tool wrote it, or its lines are a machine's.
fn is_generated_text(text: &str) -> bool {
    const MARKS: &[&str] =
        &["@generated", "DO NOT EDIT", "Do not edit the class manually", "file is automatically generated"];
    let head = source::head(text, 2048);
    // Inside of code it is a remark: what a macro writes is not pleasing to a linter.
    let begins = |line: &str| {
        line.trim_start_matches(['/', '#', '*', '-', '<', '!']).trim_start().starts_with("Code generated by")
            && !line.starts_with("    ")
    };
    let marked = head.lines().take(20).any(|line| begins(line) || MARKS.iter().any(|mark| line.contains(mark)));
    marked || is_one_line(text)
}

/// Whether what stands below the remarks that a text begins with, such as a licence, is one line that nobody would write.
fn is_one_line(text: &str) -> bool {
    const NOBODYS: usize = 4096;
    let mut rest = text.trim_start();
    while let Some(end) = end_of_remark(rest) {
        rest = rest[end..].trim_start();
    }
    rest.lines().next().is_some_and(|line| line.len() >= NOBODYS)
}

/// Where the remark ends that a text begins with, if it begins with one.
fn end_of_remark(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then(|| text.find("*/").map_or(text.len(), |end| end + 2))
}
