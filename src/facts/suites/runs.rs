//! Whether a command of CI runs the tests of a file.

use super::{
    File, Suite, collected, dotnet, features, interpreted, left_out, marks, modules, nextest, no_run, scenarios,
    scripts,
};
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::facts::code::Language;
use crate::pattern::Globs;
use crate::tree::path::{folder_of, is_at, upwards, within};

/// What a command does with tests that are switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// It leaves them out.
    Left,
    /// It runs nothing else.
    Only,
    /// It runs them beside the others.
    Also,
}

/// What a command does with the tests of a file that are switched off: `cargo test -- --ignored`.
pub fn ignored(command: &Command, file: &File) -> Ignored {
    let is_cargo = matches!(command.words.first().map(String::as_str), Some("cargo" | "cross"));
    if file.language != Some(Language::Rust) || !is_cargo {
        return Ignored::Left;
    }
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    match values(&words, &["--run-ignored"]).last().copied() {
        Some("all") => return Ignored::Also,
        Some("only" | "ignored-only") => return Ignored::Only,
        _ => {}
    }
    let given = words.iter().skip_while(|word| **word != "--");
    given.fold(Ignored::Left, |found, word| match *word {
        "--include-ignored" => Ignored::Also,
        "--ignored" => Ignored::Only,
        _ => found,
    })
}

/// Whether a command runs the tests of a file of a suite.
pub fn reaches(facts: &Facts<'_>, command: &Command, suite: Suite, file: &File) -> bool {
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    let Some(&program) = words.first() else { return false };
    let program = program.trim_start_matches("./");
    if no_run::is(program, &words) || is_another_of_its_name(facts, &words, command, file) {
        return false;
    }
    match (file.language, suite) {
        (Some(Language::Rust), _) if matches!(program, "cargo" | "cross") => cargo(facts, command, &words, file),
        (Some(Language::Rust), _) if program.starts_with('$') => unsaid(facts, command, file),
        // Whatever else is run: the name of a crate's folder is the product's, and stands in many a command.
        (Some(Language::Rust), _) => names_file(command, file),
        (Some(Language::Python), _) if matches!(program, "pytest" | "tox" | "nox" | "trial" | "twisted.trial") => {
            pytest_allows(facts, command, &words, file)
                && marks::allow(facts, &words, file)
                && (program != "pytest" || collected::by_pytest(facts, &words, file))
        }
        (Some(Language::Python), _) if program == "coverage" => {
            let runner = words.iter().position(|word| matches!(*word, "pytest" | "unittest" | "test"));
            runner.is_some_and(|at| {
                words[at] != "pytest"
                    || pytest_allows(facts, command, &words[at..], file) && marks::allow(facts, &words[at..], file)
            })
        }
        // What the entry point of an image of tests is given: `docker compose run server tests --junitxml=junit.xml`.
        (Some(Language::Python), _) if matches!(program, "test" | "tests" | "run-tests") => {
            let is_of_pytest =
                |word: &&str| ["--junitxml", "--junit-xml", "--cov"].iter().any(|one| word.starts_with(one));
            words.iter().any(is_of_pytest) && paths_allow(command, &words, file)
        }
        // A program in the same folder is not its tests.
        (Some(Language::Python), _) if program.starts_with("python") => {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            words.iter().any(|word| matches!(*word, "test" | "unittest" | "pytest") || word.ends_with(name))
        }
        (Some(Language::Go), _) if is_go_test(program, &words) => {
            let paths = modules::from_its_folder(facts, command, &words, file);
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            features::tag_is_on(facts, command, &words, file)
                && paths_allow(command, &paths, file)
                && !left_out::is(facts, &words, file)
                && !left_out::by_label(facts, &words, file)
                && !left_out::by_name(facts, &words, file)
                && modules::hold(facts, command, &words, file)
                && !no_run::only_compiles(facts, &words)
        }
        // Words that Cargo takes for the names of its tests start nothing.
        (Some(Language::JavaScript | Language::Python), _) if program == "cargo" => false,
        (Some(Language::JavaScript), _) => scripts::run(facts, command, &words, suite, file),
        (Some(Language::Java | Language::Kotlin | Language::Scala), _) => jvm(facts, program, &words, suite, file),
        (Some(Language::CSharp), _) => program == "dotnet" && dotnet::tests(facts, command, &words, file),
        (Some(Language::Elixir), _) if program == "mix" => {
            let runs = |task: &&str| *task == "test" || task.starts_with("coveralls");
            words.get(1).is_some_and(runs) && paths_allow(command, &words, file) && is_of_mix(facts, command, file)
        }
        (Some(Language::Ruby), _) => interpreted::ruby(command, &words, file),
        (Some(Language::Php), _) => interpreted::php(command, &words, file),
        (None, _) if file.path.ends_with(".hurl") => program == "hurl" && words.contains(&"--test"),
        // Scenarios that the build of a project makes tests of.
        (None, _) if program == "dotnet" && file.path.ends_with(".feature") => {
            dotnet::is_of_a_project(facts, file) && dotnet::tests(facts, command, &words, file)
        }
        (None, _) if file.path.ends_with(".feature") && file.path.contains("src/test/") && is_of_jvm(program) => {
            jvm(facts, program, &words, suite, file)
        }
        (None, _) if file.path.ends_with(".feature") && scenarios::run(facts, command, &words, file) => true,
        // What a runner of its language would be given to a load tool or a runner of its own is named to it.
        (None, _) | (_, Suite::Load) => names(command, file),
        // The program itself stands in the folder of its tests, and starting it tests nothing.
        (Some(Language::Go), _) => no_run::starts_others(&words) && speaks_of_tests(command) && names(command, file),
        _ => speaks_of_tests(command) && names(command, file),
    }
}

pub(super) fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether Mix takes a file for tests: by its name in the folder `test`, or as its project says.
fn is_of_mix(facts: &Facts<'_>, command: &Command, file: &File) -> bool {
    let says = |text: &str| ["test_paths", "test_pattern", "test_load_filters"].iter().any(|key| text.contains(key));
    let mut manifests = facts.tree.files().iter().filter(|file| file.name() == "mix.exs");
    file.path.ends_with("_test.exs") && file.path.split('/').rev().skip(1).any(|part| part == "test")
        || names(command, file)
        || manifests.any(|manifest| manifest.text().is_some_and(|source| says(source.text())))
}

fn is_of_jvm(program: &str) -> bool {
    matches!(program, "mvn" | "mvnw" | "gradle" | "gradlew")
}

/// Maven and Gradle, unless they are told to leave the tests out.
fn jvm(facts: &Facts<'_>, program: &str, words: &[&str], suite: Suite, file: &File) -> bool {
    // With the last two Maven succeeds where tests fail.
    const LEAVES_OUT: &[&str] = &[
        "-DskipTests",
        "-Dmaven.test.skip",
        "-Dmaven.test.skip.exec",
        "-Dmaven.test.failure.ignore",
        "-DtestFailureIgnore",
    ];
    match program {
        "mvn" | "mvnw" => {
            let is_left_out = |word: &&str| {
                let (name, value) = word.split_once('=').unwrap_or((word, "true"));
                LEAVES_OUT.contains(&name) && value == "true" || matches!(*word, "-fn" | "--fail-never")
            };
            !words.iter().any(is_left_out)
                && words.iter().any(|word| {
                    matches!(*word, "verify" | "install" | "deploy")
                        || matches!(*word, "test" | "package") && is_of_surefire(suite, file)
                })
        }
        "gradle" | "gradlew" => {
            let left_out = values(words, &["-x", "--exclude-task"]);
            let is_own = |word: &str| task_of_gradle(word).1 == "integrationTest";
            words.iter().any(|word| {
                is_test_task(word, file)
                    && !left_out.iter().any(|task| leaves_out(task, word, file))
                    && (is_own(word) || !collected::is_excluded_by_gradle(facts, file))
            })
        }
        _ => false,
    }
}

/// The folder of the project that a task of Gradle is of, and its name: `:shop:orders:test`.
fn task_of_gradle(task: &str) -> (Option<&str>, &str) {
    let (projects, name) = task.rsplit_once(':').unwrap_or(("", task));
    (projects.rsplit(':').next().filter(|project| !project.is_empty()), name)
}

fn is_in_project(project: Option<&str>, file: &File) -> bool {
    project.is_none_or(|project| file.path.split('/').any(|part| part == project))
}

/// Whether a word asks Gradle for the tests of the project that a file is in.
fn is_test_task(word: &str, file: &File) -> bool {
    let (project, name) = task_of_gradle(word);
    matches!(name, "test" | "check" | "build" | "integrationTest") && is_in_project(project, file)
}

/// Whether a task that is left out is the one that would run a file.
fn leaves_out(left_out: &str, word: &str, file: &File) -> bool {
    let (project, name) = task_of_gradle(left_out);
    let (_, task) = task_of_gradle(word);
    let is_below = matches!(task, "check" | "build") && matches!(name, "test" | "check");
    (name == task || is_below) && is_in_project(project, file)
}

/// Whether Maven runs a file in its phase `test`: what it knows by the name of a test, whatever the test starts.
fn is_of_surefire(suite: Suite, file: &File) -> bool {
    let stem = file.path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    suite == Suite::Unit || file.path.contains("src/test/") && (stem.ends_with("Test") || stem.ends_with("Tests"))
}

/// `go test`, and what runs it.
fn is_go_test(program: &str, words: &[&str]) -> bool {
    const RUNNERS: &[&str] = &["gotestsum", "richgo", "gotest", "ginkgo", "gotesplit"];
    // A tool that is kept in the tree is called by its version: `bin/gotesplit-v0.2.1`.
    let name = last_part(program);
    let name = name.rsplit_once("-v").filter(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()));
    let name = name.map_or(last_part(program), |(name, _)| name);
    program == "go" && words.get(1) == Some(&"test") || RUNNERS.contains(&name)
}

/// Whether a command is one of `go test` that runs nothing, for no test of the tree bears the name that it asks for.
pub fn is_of_no_test(facts: &Facts<'_>, words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.first().is_some_and(|program| is_go_test(program, &words)) && left_out::is_nobodys_name(facts, &words)
}

/// Whether a program that only a recipe's variable names runs a crate's tests: in the folder of the crate, by a recipe that
/// is called for tests.
fn unsaid(facts: &Facts<'_>, command: &Command, file: &File) -> bool {
    let package = facts.manifests().crate_of(&file.path);
    let is_here = package.is_some_and(|own| own.folder().trim_end_matches('/') == command.dir.trim_end_matches('/'));
    let is_for_tests = command.chain.last().is_some_and(|link| link.what.contains("test"));
    is_here && is_for_tests && !command.words.iter().any(|word| matches!(word.as_str(), "build" | "fmt" | "clippy"))
}

/// Whether a command in a container names a file that may be another one: its folders are not those of the tree.
fn is_another_of_its_name(facts: &Facts<'_>, words: &[&str], command: &Command, file: &File) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    let mut ways = command.chain.iter().map(|link| link.what.as_str());
    words.contains(&name)
        && ways.any(|way| way.starts_with("service ") || way.starts_with("image of "))
        && facts.tree.files().iter().any(|other| other.name() == name && other.path != file.path)
}

/// Whether a command names the file itself.
fn names_file(command: &Command, file: &File) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    command.words.iter().any(|word| word.rsplit('/').next() == Some(name))
}

/// Whether a command, or the way to it, says that it tests or checks something.
pub(super) fn speaks_of_tests(command: &Command) -> bool {
    const SAYS: &[&str] =
        &["test", "spec", "e2e", "check", "verify", "smoke", "integration", "acceptance", "scenario", "journey"];
    let line = command.line().to_ascii_lowercase();
    let mut ways = command.chain.iter().map(|link| link.what.to_ascii_lowercase());
    SAYS.iter().any(|word| line.contains(word)) || ways.any(|way| SAYS.iter().any(|word| way.contains(word)))
}

/// Whether a command, or the way to it, names the folder that the tests stand in, or the file itself.
pub(super) fn names(command: &Command, file: &File) -> bool {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    // What stands above a folder of tests is named for the product.
    let is_tests = |part: &str| matches!(part, "tests" | "test" | "spec" | "specs" | "e2e" | "integration");
    let is_runner = |part: &&str| matches!(*part, "cypress" | "playwright");
    let runner = folder.split('/').find(is_runner);
    let below = folder.split('/').skip_while(|part| !is_tests(part)).chain(runner);
    let parts: Vec<&str> = if folder.split('/').any(is_tests) { below.collect() } else { folder.split('/').collect() };
    // Folders of these names stand in every tree, and in many a command.
    let is_anybodys = |part: &str| {
        matches!(part, "" | "tests" | "test" | "src" | "scripts" | "script" | "bin" | "lib" | "app" | "pkg" | "cmd")
    };
    // A program that bears the name of the product, as its folders do, is told nothing of tests by it.
    let is_own = |part: &str| command.words.first().is_some_and(|program| program == part) && !part.contains("test");
    let folders = parts.into_iter().filter(|part| !is_anybodys(part) && !is_own(part));
    let mut wanted: Vec<String> = folders.map(str::to_owned).collect();
    wanted.push(name.to_owned());
    // An image is built from a folder, which says nothing of the tests in it.
    let ways = command.chain.iter().map(|link| link.what.as_str()).filter(|what| !what.starts_with("build of "));
    let line = command.line();
    let said: Vec<&str> = ways.chain(std::iter::once(line.as_str())).collect();
    let spelled = |word: &str| word.replace('_', "-");
    wanted.iter().any(|word| word.len() > 2 && said.iter().any(|said| is_named_in(&spelled(word), &spelled(said))))
}

/// Whether a text holds a word that begins there, and ends there or goes on with `test`: `lease` is none in `release`.
fn is_named_in(word: &str, text: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = &text[at + word.len()..];
        !before.is_some_and(char::is_alphanumeric)
            && (behind.to_ascii_lowercase().starts_with("test") || !behind.starts_with(char::is_alphanumeric))
    })
}

/// Whether a file lies in the folder that a command is run in, or in one that the command names.
pub(super) fn is_in_folder(command: &Command, file: &File) -> bool {
    let inside = file.path.strip_prefix(command.dir.trim_end_matches('/'));
    command.dir.is_empty() || inside.is_some_and(|rest| rest.starts_with('/')) || names(command, file)
}

/// Whether the path arguments of a runner, if it has any, hold the file.
pub(super) fn paths_allow(command: &Command, words: &[&str], file: &File) -> bool {
    let dir = if command.dir.is_empty() { String::new() } else { format!("{}/", command.dir.trim_end_matches('/')) };
    let Some(inside) = file.path.strip_prefix(&dir) else { return false };
    // `go test`, `npm test`: there it is what the program is to do.
    let is_asked = matches!(words.first(), Some(&("go" | "mix" | "npm" | "pnpm" | "yarn" | "bun" | "deno")));
    let given = &words[if is_asked { 2 } else { 1 }.min(words.len())..];
    // `$(circleci tests glob "spec/**/*_spec.rb" | …)` names files of its patterns; what else such a command prints may be any.
    if let Some(at) = given.iter().position(|word| word.starts_with("$(")) {
        let parts = given[at..].iter().flat_map(|word| word.split([' ', '"', '\'', '(', ')']));
        let globs: Vec<&str> = parts.filter(|part| part.contains('*')).collect();
        return globs.is_empty() || globs.iter().any(|glob| under(glob, inside));
    }
    // `go test . ./internal/...`: the folder alone, without what lies below it.
    if words.first() == Some(&"go") && given.contains(&".") && !inside.contains('/') {
        return true;
    }
    let paths: Vec<&str> = given
        .iter()
        .copied()
        .filter(|word| !word.starts_with('-') && (word.contains('/') || *word == "tests" || *word == "test"))
        .map(|word| word.trim_start_matches("./").trim_end_matches("...").trim_end_matches('/'))
        .collect();
    let is_above = |path: &str| is_at(inside, path);
    // In a container the tree stands under a folder of its own: `/app/tests`.
    let holds = |path: &&str| match path.strip_prefix('/') {
        Some(whole) => memchr::memchr_iter(b'/', whole.as_bytes()).take(3).any(|at| is_above(&whole[at + 1..])),
        None => path.is_empty() || is_above(path) || path.contains('*') && is_among(path, inside),
    };
    paths.is_empty() || paths.iter().any(holds)
}

/// Whether the path arguments of pytest hold the file; a bare name that stands in the tree is one: `pytest backend workers`.
fn pytest_allows(facts: &Facts<'_>, command: &Command, words: &[&str], file: &File) -> bool {
    let is_there = |word: &str| {
        let path = within(command.dir.trim_end_matches('/'), word);
        facts.tree.files().iter().any(|file| is_at(&file.path, &path))
    };
    let told = words.iter().enumerate().map(|(at, word)| {
        let before = at.checked_sub(1).map(|before| words[before]);
        let may_be_path = before.is_some_and(|before| !before.starts_with('-') || is_switch_of_pytest(before));
        let is_path = may_be_path && !word.starts_with(['-', '/', '$']) && is_there(word);
        if is_path { format!("./{word}") } else { (*word).to_owned() }
    });
    let told: Vec<String> = told.collect();
    paths_allow(command, &told.iter().map(String::as_str).collect::<Vec<_>>(), file)
}

/// Whether an option of pytest takes no word behind it for its value: `-vv`, `-rA`, `--exitfirst`, `--cov=backend`.
fn is_switch_of_pytest(option: &str) -> bool {
    const LONG: &[&str] = &["--verbose", "--quiet", "--exitfirst", "--no-cov", "--showlocals", "--strict-markers"];
    let is_short = option.strip_prefix('-').is_some_and(|letters| letters.chars().all(|one| "vqsxl".contains(one)));
    is_short || option.starts_with("-r") || option.contains('=') || LONG.contains(&option)
}

/// Whether a glob of the shell names a file, or a folder that it stands in: `tests/*.py`.
pub(super) fn is_among(glob: &str, path: &str) -> bool {
    let globs = Globs::new(vec![glob.to_owned()]);
    globs.is_match(path) || upwards(folder_of(path)).any(|folder| globs.is_match(folder.trim_end_matches('/')))
}

/// Whether a file lies under the plain folders that a glob begins with: `spec/models/**/*_spec.rb`.
pub(super) fn under(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./");
    let folder = pattern.find(['*', '{', '[', '?']).map_or(pattern, |at| &pattern[..at]);
    path.starts_with(folder)
}

/// Cargo and what it wraps: the target, the package and the folder decide.
fn cargo(facts: &Facts<'_>, command: &Command, words: &[&str], file: &File) -> bool {
    // `cargo +nightly --locked nextest run`
    let mut asked = words.iter().copied().skip(1).skip_while(|word| word.starts_with(['-', '+']));
    let runs = match asked.next().unwrap_or("") {
        "test" | "t" | "tarpaulin" | "careful" => true,
        // `cargo llvm-cov show-env` only tells how; what runs stands in another command.
        "llvm-cov" => !asked.next().is_some_and(|act| matches!(act, "clean" | "report" | "show-env")),
        "nextest" => words.contains(&"run"),
        // What takes every new snapshot for right checks none.
        "insta" => words.contains(&"test") && !words.contains(&"--accept"),
        "hack" | "make" => words.contains(&"test") || words.contains(&"nextest"),
        _ => false,
    };
    if !runs || words.iter().any(|word| matches!(*word, "--doc" | "report")) {
        return false;
    }
    let Some(package) = facts.manifests().crate_of(&file.path) else { return false };
    if !features::are_on(facts, package, words, file) {
        return false;
    }
    let target = file.path.strip_prefix(package.folder()).and_then(|rest| rest.strip_prefix("tests/"));
    let own = target.and_then(|rest| rest.split(['/', '.']).next());
    let stand = nextest::Stand { package: package.name.as_deref().unwrap_or(""), target: own };
    if nextest::leave_out(words, &stand) {
        return false;
    }
    if !selects(words, own) {
        return false;
    }
    let name = package.name.as_deref().unwrap_or("");
    let packages = values(words, &["-p", "--package"]);
    if !packages.is_empty() {
        return packages.contains(&name);
    }
    if values(words, &["--exclude"]).contains(&name) {
        return false;
    }
    let manifest = values(words, &["--manifest-path"]);
    let dir = manifest.first().map_or(command.dir.as_str(), |path| folder_of(path));
    in_reach(facts, dir.trim_end_matches('/'), words, &package.path, package.folder())
}

/// Whether Cargo tests a target, by its name below `tests/` where it stands there: all of them where none is selected, and
/// each of those that are, for one does not take another away.
fn selects(words: &[&str], target: Option<&str>) -> bool {
    const SELECTING: &[&str] = &["--lib", "--bins", "--bin", "--examples", "--example", "--benches", "--bench"];
    let options: Vec<&str> = words.iter().copied().take_while(|word| *word != "--").collect();
    let has = |list: &[&str]| options.iter().any(|word| list.contains(word));
    let named = values(&options, &["--test"]);
    let is_selective = has(SELECTING) || !named.is_empty();
    if !is_selective || has(&["--tests", "--all-targets"]) {
        return true;
    }
    match target {
        Some(own) => named.iter().any(|name| {
            *name == "*" || *name == own || name.strip_suffix('*').is_some_and(|start| own.starts_with(start))
        }),
        None => has(&["--lib", "--bins", "--bin"]),
    }
}

/// Whether Cargo, run in a folder, tests a package: its own, or with `--workspace` or a virtual manifest all of them.
fn in_reach(facts: &Facts<'_>, dir: &str, words: &[&str], manifest: &str, folder: &str) -> bool {
    let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
    if folder == prefix {
        return true;
    }
    let here = format!("{prefix}Cargo.toml");
    let root = facts.parsed(&here).and_then(|parsed| parsed.first());
    let whole = words.iter().any(|word| matches!(*word, "--workspace" | "--all"));
    let is_virtual = root.is_some_and(|root| root.get("package").is_none());
    let same = facts.manifests().workspace_of(facts, manifest).is_some_and(|workspace| workspace == here);
    same && (whole || is_virtual)
}

/// The values of an option: `--test api`, `--test=api`.
pub(super) fn values<'w>(words: &[&'w str], options: &[&str]) -> Vec<&'w str> {
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        for option in options {
            if word == option {
                found.extend(words.get(index + 1).map(|value| value.trim_matches(['\'', '"'])));
            } else if let Some(value) = word.strip_prefix(option).and_then(|rest| rest.strip_prefix('=')) {
                found.push(value.trim_matches(['\'', '"']));
            }
        }
    }
    found
}
