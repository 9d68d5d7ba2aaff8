//! Commands that run no tests though they speak of them: they print, copy, upload, install or build.

use super::runs::{last_part, values};
use crate::facts::Facts;

/// Options with which a runner of tests only says what there is.
const SHOWS: &[&str] = &[
    "--no-run",
    "--help",
    "--list",
    "--list-tests",
    "--listTests",
    "--collect-only",
    "--co",
    "--markers",
    "--fixtures",
    "--version",
];

/// Whether a command runs no tests whatever it names.
pub(super) fn is(program: &str, words: &[&str]) -> bool {
    const NO: &[&str] = &[
        "echo",
        "printf",
        "cp",
        "mv",
        "ls",
        "cat",
        "cd",
        "mkdir",
        "rm",
        "git",
        "chmod",
        "tar",
        "export",
        "test",
        "[",
        "find",
        "grep",
        "kubectl",
        "helm",
        "curl",
        "psql",
        "mysql",
        "gcloud",
        "aws",
        "prettier",
        "eslint",
        "biome",
        "oxlint",
        "stylelint",
        "tsc",
        "taplo",
        "rustfmt",
        "black",
        "isort",
        "ruff",
        "flake8",
        "mypy",
        "pylint",
        "gofmt",
        "shellcheck",
        "yamllint",
        "codespell",
        "typos",
        "sed",
        "awk",
        "touch",
        "tee",
        "diff",
        "zip",
        "unzip",
        "wc",
        "head",
        "tail",
        "gh",
        "glab",
        "wget",
        "scp",
        "rsync",
        "cosign",
        "crane",
        "skopeo",
        "ko",
        "goreleaser",
        "syft",
        "trivy",
        "grype",
        "buf",
        "protoc",
        "golangci-lint",
    ];
    NO.contains(&program)
        || program == "go" && words.contains(&"-list")
        // It says which files there are, and which of them are this machine's.
        || program == "circleci" && words.get(2).is_some_and(|act| matches!(*act, "glob" | "split"))
        || matches!(program, "pwsh" | "powershell") && words.contains(&"install")
        || is_tool(program) && builds_only(words)
        || words.iter().take(2).any(|word| is_build_script(word)) && !words.iter().any(|word| is_test(word))
        || matches!(program, "docker" | "podman")
            && words.get(1).is_some_and(|act| ["push", "pull", "tag", "login", "save", "load", "inspect"].contains(act))
        // What is started and left alone tells nobody what came of it.
        || matches!(program, "docker" | "podman")
            && words.get(1) == Some(&"run")
            && words.iter().any(|word| matches!(*word, "-d" | "--detach"))
        || words.iter().any(|word| SHOWS.contains(word))
        || (words.len() > 1
            && ["install", "i", "ci", "add", "build", "fmt", "lint"].contains(&verb(words))
            && !matches!(program, "cargo" | "gradle" | "gradlew" | "mvn" | "mvnw"))
        || words.get(1).is_some_and(|word| matches!(*word, "publish" | "push" | "buildx" | "login" | "sign"))
        || words.windows(2).any(|pair| {
            matches!(pair[0], "run" | "run-script")
                && ["build", "lint", "format", "compile", "start", "dev", "typecheck", "generate"].iter().any(|name| {
                    pair[1] == *name || pair[1].strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '-']))
                })
        })
}

/// What a program is asked to do: `ci` in `npm --prefix web ci`.
fn verb<'w>(words: &[&'w str]) -> &'w str {
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        match *word {
            "--prefix" | "-C" | "--dir" | "--cwd" | "--filter" | "-w" | "--workspace" => drop(rest.next()),
            option if option.starts_with('-') => {}
            word => return word,
        }
    }
    ""
}

/// Programs that start what a recipe of the tree says.
fn is_tool(program: &str) -> bool {
    const TOOLS: &[&str] =
        &["make", "just", "task", "mage", "bazel", "bazelisk", "buck2", "earthly", "dagger", "nix", "tilt", "ctest"];
    TOOLS.contains(&program)
}

/// The targets that a tool is given: `e2e-image` in `make -j4 -C images e2e-image`.
fn targets<'w>(words: &[&'w str]) -> impl Iterator<Item = &'w str> {
    let is_value = |at: usize| matches!(words[at], "-C" | "--directory" | "-f" | "--file");
    let given: Vec<&str> =
        words.iter().enumerate().skip(1).filter(|(at, _)| !is_value(at - 1)).map(|(_, word)| *word).collect();
    given.into_iter().filter(|word| !word.starts_with('-') && !word.contains('='))
}

fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '_', '.', ':', '/', '+'])
}

fn is_test(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "test" | "tests")
}

/// Whether every target is one that makes what is tested, or what tests it: `make image e2e-image`, `make e2e-build`.
fn builds_only(words: &[&str]) -> bool {
    const MAKES: &[&str] = &["build", "builds", "compile"];
    const PREPARES: &[&str] = &["image", "images", "binary", "binaries", "push", "deps", "install", "clean", "setup"];
    let only_makes = |target: &str| {
        let has = |names: &[&str]| parts(target).any(|part| names.contains(&part));
        // `test-images` may try them out; `test-e2e-images` are those of the journeys.
        let are_made = has(&["e2e"]) && parts(target).last().is_some_and(|last| PREPARES[..4].contains(&last));
        !has(&["and", "run"]) && (has(MAKES) || has(PREPARES) && !parts(target).any(is_test) || are_made)
    };
    let mut targets = targets(words).peekable();
    targets.peek().is_some() && targets.all(only_makes)
}

/// Whether a script is called for building: `hack/build_image.py`.
fn is_build_script(word: &str) -> bool {
    let name = last_part(word);
    let stem = name.rsplit_once('.').filter(|(_, end)| matches!(*end, "sh" | "bash" | "py" | "js" | "mjs" | "rb"));
    stem.is_some_and(|(stem, _)| {
        parts(stem).any(|part| part == "build")
            && !parts(stem).any(|part| is_test(part) || matches!(part, "and" | "run"))
    })
}

/// Whether a script is called for what comes before and after tests: `setup-cluster.sh`, `collect_logs.sh`,
/// `kind-load-image.sh`, `e2e-cluster-setup.sh`.
fn prepares(name: &str) -> bool {
    const BESIDE: &[&str] = &[
        "setup", "install", "teardown", "cleanup", "clean", "lint", "format", "generate", "gen", "prepare", "download",
        "wait", "logs", "collect", "deploy", "undeploy", "image", "images",
    ];
    // A journey may well be that of an installation; to set something up for one is none.
    const AROUND: &[&str] = &["setup", "teardown", "cleanup", "clean", "prepare", "logs", "image", "images"];
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let has = |names: &[&str]| parts(stem).any(|part| names.contains(&part));
    let ends = [parts(stem).next(), parts(stem).last()];
    let is_around = ends.iter().flatten().any(|part| AROUND.contains(part));
    has(BESIDE) && !has(&["and", "run"]) && !parts(stem).any(is_test) && (is_around || !has(&["e2e"]))
}

fn says_tests(word: &str) -> bool {
    ["test", "e2e", "integration", "acceptance", "smoke", "spec"].iter().any(|says| word.contains(says))
}

/// Whether a name says that something is checked which is no test: `verify-schema.sh`.
fn is_another_check(name: &str) -> bool {
    let checked = ["verify", "check"].iter().find_map(|word| name.strip_prefix(word)?.strip_prefix(['-', '_', ':']));
    checked.is_some_and(|thing| !says_tests(thing))
}

/// Whether a command starts tests that stand elsewhere: a script, a rule of a build tool, a container.
pub(super) fn starts_others(words: &[&str]) -> bool {
    let program = words.first().copied().unwrap_or("");
    let says = |word: &str| ["check", "verify"].iter().any(|one| word.contains(one)) || says_tests(word);
    // The folder is named for the tests, and so is all that stands in it: `./e2e/matrix.py`.
    let is_for_them = |word: &str| says(last_part(word)) || last_part(word).starts_with("run");
    let is_script = || {
        words.iter().take(2).any(|word| {
            let is_shell = word.rsplit_once('.').is_some_and(|(_, end)| end == "sh");
            (word.starts_with("./") && is_for_them(word) || is_shell)
                && !prepares(last_part(word))
                && !is_another_check(last_part(word))
        })
    };
    let is_container = || matches!(program, "docker" | "podman" | "docker-compose") && words.contains(&"run");
    // What a container is told to run, its own command taken away: `integration-tests`.
    let is_suite = || program.split(['-', '_', '.']).any(|part| matches!(part, "test" | "tests" | "e2e"));
    // A target is named for the product too: `make shop-cli`.
    let is_target = || targets(words).any(|target| says(target) && !is_another_check(target));
    is_tool(program) && is_target() || is_script() || is_container() || is_suite()
}

/// Whether `go test -c` makes a program of the tests that no command starts.
pub(super) fn only_compiles(facts: &Facts<'_>, words: &[&str]) -> bool {
    let made = values(words, &["-o"]).first().map(|path| last_part(path));
    let is_it = |program: &str| {
        made.map_or(program.rsplit_once('.').is_some_and(|(_, end)| end == "test"), |made| program == made)
    };
    // Ginkgo is given the programs that it starts.
    let starts = |other: &[String]| {
        let mut programs = other.iter().map(|word| last_part(word));
        programs.next().is_some_and(|program| is_it(program) || program == "ginkgo" && programs.any(is_it))
    };
    words.contains(&"-c") && !facts.ci().commands.iter().any(|other| starts(&other.words))
}
