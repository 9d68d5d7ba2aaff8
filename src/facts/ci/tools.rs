//! What is known of tools by name: which of them build or test.

use super::pattern::Pattern;
use crate::facts::code::Language::{
    self, C, CSharp, Elixir, Go, Java, JavaScript, Kotlin, Php, Python, Ruby, Rust, Scala, Shell,
};
use std::sync::LazyLock;

static BUILDS_OR_TESTS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    [
        "cargo {build|b|check|c|test|t|nextest|llvm-cov|tarpaulin|hack|zigbuild|lambda|leptos|doc|run|bench|miri|careful|xtask|make}",
        "{cross|trunk|wasm-pack|maturin|tox|nox|pytest|nosetests|nosetests3|nose2|trial|twisted.trial|vitest|jest|jasmine|mocha|ava|ginkgo|tsc|webpack|vite|rspec|phpunit|ctest|ninja|meson|bazel|bazelisk|buck2|sbt|lein|mix|rebar3|stack|cabal|dune|swift|xcodebuild|flutter|zig|dist|goreleaser|skaffold|tilt|earthly|ko|gradle|gradlew|./gradlew|mvn|mvnw|./mvnw}",
        "go {build|test|install|vet}",
        "dotnet {build|test|publish|pack}",
        "{npm|pnpm|yarn|bun} {test|t|build}",
        "{npm|pnpm|yarn|bun} run {test*|build*|ci*|check*}",
        "{turbo|nx|lerna} … {build|test}",
        "docker … build !--check",
        "docker buildx bake",
        "nix {build|flake}",
        "nix-build",
        "make {test*|build*|check*|all|ci*}",
        "cmake --build",
        "python* … unittest",
        "coverage run … {pytest|unittest|test}",
        "cypress run",
        "playwright test",
        "rake {test|spec}",
        "rails … {test|test:*|spec} !test:prepare",
        "composer {test|check}",
    ]
    .map(Pattern::new)
    .to_vec()
});

/// Parts of the names of what looks for faults, secrets, vulnerabilities and licences, or holds things to a policy.
#[rustfmt::skip]
const SCANS: &[&str] = &[
    "audit", "deny", "vuln", "advisor", "osv", "trivy", "grype", "snyk", "clair", "anchore", "syft", "sbom", "depend", "codeql",
    "sarif", "semgrep", "sast", "secure", "security", "gosec", "bandit", "brakeman", "analy", "secret", "gitleaks", "truffle",
    "checkov", "tfsec", "terrascan", "kics", "kubeconform", "kubesec", "kubescape", "conftest", "regula", "policy", "complian", "inspec", "openscap", "prowler",
    "fossa", "licen", "reuse", "scorecard", "safety", "dockle", "zaproxy", "nuclei",
];

/// Whether the name of a command or an action, as a rule asks for it, may be that of a scanner.
pub fn may_scan(name: &str) -> bool {
    // What a pattern leaves out is not what it asks for: `tox !-e=safety`.
    let name = name.split(" !").next().unwrap_or(name).to_ascii_lowercase();
    SCANS.iter().any(|part| name.contains(part))
}

/// Whether a command builds or tests the project.
pub fn builds_or_tests(words: &[String]) -> bool {
    BUILDS_OR_TESTS.iter().any(|pattern| pattern.matches(words)) && !only_plugins(words)
}

/// Whether Maven runs goals of plugins alone that neither compile nor test: `mvn license:format`.
fn only_plugins(words: &[String]) -> bool {
    const WORK: &[&str] =
        &["compiler", "surefire", "failsafe", "jib", "spring-boot", "docker", "jar", "war", "quarkus"];
    const PHASES: &[&str] =
        &["compile", "test-compile", "test", "package", "integration-test", "verify", "install", "deploy"];
    let is_maven = words.first().is_some_and(|program| program.trim_start_matches("./").starts_with("mvn"));
    let plugin = |word: &String| word.split_once(':').map(|(plugin, _)| plugin.to_owned());
    let is_work = |word: &String| {
        PHASES.contains(&word.as_str()) || plugin(word).is_some_and(|plugin| WORK.contains(&plugin.as_str()))
    };
    is_maven && words.iter().any(|word| plugin(word).is_some()) && !words.iter().any(is_work)
}

static TESTS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    [
        "cargo {test|t|nextest|llvm-cov|tarpaulin} !--no-run",
        "cargo hack test",
        "{npm|pnpm|yarn|bun} {test|t}",
        "{npm|pnpm|yarn|bun} run test*",
        "pytest !-k !--collect-only !--co !--markers !--fixtures",
        "{vitest|jest} !-t !--testNamePattern",
        "{tox|nox|mocha|jasmine|ava|rspec|phpunit|ctest|nosetests|nosetests3|nose2}",
        "ginkgo !build !bootstrap !generate !labels !outline !unfocus !version !--dry-run",
        "coverage run … {pytest|unittest|test}",
        "go test !-run",
        "dotnet test",
        "{mvn|mvnw|./mvnw} … {test|verify}",
        "{gradle|gradlew|./gradlew} … {test|check}",
        "make {test*|check}",
        "{rake|rails|composer|mix|sbt|bazel|swift} … test",
        "python* … unittest",
        "{trial|twisted.trial}",
    ]
    .map(Pattern::new)
    .to_vec()
});

/// Whether a command tests the project: a few tests picked by their names are not the suite, nor are
/// smoke tests.
pub fn tests(words: &[String]) -> bool {
    let is_smoke = words.iter().any(|word| !word.starts_with('-') && word.to_ascii_lowercase().contains("smoke"));
    !is_smoke && TESTS.iter().any(|pattern| pattern.matches(words))
}

/// Tools that read one language, or one family of them.
const READERS: &[(&[&str], &[Language])] = &[
    (&["cargo", "cross", "grcov"], &[Rust, C]),
    (&["go", "gotestsum", "ginkgo", "gosec", "govulncheck", "golangci-lint", "staticcheck", "revive"], &[Go]),
    (
        &[
            "bandit",
            "pytest",
            "nosetests",
            "nosetests3",
            "nose2",
            "coverage",
            "tox",
            "nox",
            "ruff",
            "flake8",
            "pylint",
            "mypy",
            "pyright",
            "basedpyright",
            "ty",
        ],
        &[Python],
    ),
    (
        &[
            "brakeman",
            "rspec",
            "parallel_rspec",
            "rails",
            "rake",
            "simplecov",
            "rubocop",
            "standardrb",
            "erb_lint",
            "erblint",
        ],
        &[Ruby],
    ),
    (
        &[
            "nyc",
            "c8",
            "jasmine",
            "jest",
            "vitest",
            "karma",
            "njsscan",
            "eslint",
            "oxlint",
            "biome",
            "stylelint",
            "xo",
            "next",
            "ng",
        ],
        &[JavaScript],
    ),
    (&["gradle", "gradlew", "./gradlew", "mvn", "mvnw", "./mvnw"], &[Java, Kotlin, Scala]),
    (&["dotnet"], &[CSharp]),
    (&["phpunit", "phpstan", "psalm", "phpcs"], &[Php]),
    (&["cppcheck", "clang-tidy"], &[C]),
    (&["mix"], &[Elixir]),
    (&["shellcheck"], &[Shell]),
];

/// Tools that look at what stands around the code: images, workflows, infrastructure.
const AROUND: &[&str] = &["hadolint", "actionlint", "tflint", "ansible-lint", "yamllint"];

/// Whether a tool reads no code of any service.
pub fn reads_no_code(words: &[String]) -> bool {
    words.first().is_some_and(|program| AROUND.contains(&program.as_str()))
}

/// The languages that a tool reads; none are named where it reads many, or where that is not known.
pub fn languages(words: &[String]) -> &'static [Language] {
    let program = words.first().map_or("", String::as_str);
    READERS.iter().find(|(names, _)| names.contains(&program)).map_or(&[], |(_, languages)| languages)
}
