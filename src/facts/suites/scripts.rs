//! Whether a command runs tests of JavaScript: a runner, or a script of a package that says so.

use super::runs::{is_in_folder, names, paths_allow, values};
use super::{File, Suite, collected, projects};
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::facts::manifests::{Ecosystem, Package};
use crate::source::Source;
use crate::tree::path::{is_below, within};

/// Whether a command runs the tests of a file.
pub(super) fn run(facts: &Facts<'_>, command: &Command, words: &[&str], suite: Suite, file: &File) -> bool {
    let program = words.first().map_or("", |program| program.trim_start_matches("./"));
    if !in_workspace(facts, words, file)
        || !is_selected(words, file)
        || !projects::take(facts, words, file)
        || collected::is_ignored_by_jest(facts, words, file)
        || program == "node" && !starts_tests(words)
    {
        return false;
    }
    match suite {
        // What drives a browser and is not named for it is run with the other tests.
        Suite::E2e if super::named(&file.path) == Some(Suite::E2e) => {
            let line = command.line();
            let runners = ["playwright test", "cypress run", "wdio", "nightwatch", "testcafe"];
            let names_suite = || says_e2e(command) && is_e2e(&file.path) && is_in_folder(command, file);
            runners.iter().any(|runner| line.contains(runner)) && is_in_folder(command, file)
                || (is_script_runner(program)
                    && (is_here(command, file) && names(command, file) || names_suite())
                    && !does_less(words))
                || (is_suite_of_its_folder(program, command, file)
                    || takes_all_of_its_folder(facts, command, words, file))
                    && paths_allow(command, words, file)
        }
        _ if is_script_runner(program) => {
            says_e2e(command) == is_e2e(&file.path)
                && says_tests(facts, program, command, file)
                && paths_allow(command, words, file)
        }
        Suite::Load => names(command, file),
        _ => super::runs::speaks_of_tests(command) && names(command, file),
    }
}

fn is_script_runner(program: &str) -> bool {
    is_test_runner(program) || matches!(program, "node" | "npm" | "pnpm" | "yarn" | "bun" | "deno")
}

/// Whether what Node starts is called for tests, or Node is told to run them itself: a script that is handed the name of a
/// file of tests may do anything with it.
fn starts_tests(words: &[&str]) -> bool {
    const CALLED: &[&str] =
        &["test", "tests", "e2e", "spec", "jest", "vitest", "mocha", "integration", "playwright", "cypress"];
    if words.iter().any(|word| matches!(*word, "--test" | "--experimental-test-coverage")) {
        return true;
    }
    let is_text = words.iter().any(|word| matches!(*word, "-e" | "--eval" | "-p" | "--print"));
    let is_script = |word: &&&str| !word.starts_with('-') && word.contains(['/', '.']);
    let Some(script) = words.iter().skip(1).find(is_script).filter(|_| !is_text) else { return false };
    let mut parts = script.rsplit('/');
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_called = name.split(|letter: char| !letter.is_alphanumeric()).any(|word| CALLED.contains(&word));
    is_called || parts.next().is_some_and(|folder| CALLED.contains(&folder))
}

fn is_test_runner(program: &str) -> bool {
    matches!(program, "jest" | "vitest" | "mocha" | "ava" | "jasmine")
}

/// Whether a runner of tests works in a folder that is named for such a suite: `vitest run` in `packages/e2e_tests`.
fn is_suite_of_its_folder(program: &str, command: &Command, file: &File) -> bool {
    let dir = command.dir.trim_end_matches('/');
    is_test_runner(program) && is_below(&file.path, dir) && super::named(&within(dir, "tests")) == Some(Suite::E2e)
}

/// Whether a runner takes all tests of its package, journeys among them, by settings that say which it takes and leave none
/// of those out: `include: ["src/__tests__/**/*.spec.ts"]`. A browser's own tests are none of its.
fn takes_all_of_its_folder(facts: &Facts<'_>, command: &Command, words: &[&str], file: &File) -> bool {
    let Some(program) = words.first().copied().filter(|program| matches!(*program, "jest" | "vitest")) else {
        return false;
    };
    let dir = command.dir.trim_end_matches('/');
    let is_plain =
        words.iter().skip(1).all(|word| *word == "run" || word.starts_with("--coverage") || *word == "--run");
    let settings = ["ts", "js", "mts", "mjs", "cts", "cjs"].map(|end| within(dir, &format!("{program}.config.{end}")));
    let Some(text) = settings.iter().find_map(|path| facts.tree.text(path)).map(Source::text) else {
        return false;
    };
    let says = |part: &str| text.contains(part);
    let own = facts.tree.text(&file.path).map_or("", |source| source.text());
    is_plain
        && is_below(&file.path, dir)
        && (says("include:") || says("testMatch:"))
        && !["e2e", "end-to-end", "projects:", "workspace:"].into_iter().any(says)
        && !["@playwright/test", "cypress", "puppeteer"].into_iter().any(|driver| own.contains(driver))
}

/// Whether a script of a package can run what stands in a file: its own, not that of the package beside it.
fn is_here(command: &Command, file: &File) -> bool {
    let dir = command.dir.trim_end_matches('/');
    command.chain.is_empty() || dir.is_empty() || is_below(&file.path, dir)
}

/// Whether what runs scripts is told to run tests: `yarn format` formats them. What a script of the tree does, its own
/// commands say.
fn says_tests(facts: &Facts<'_>, program: &str, command: &Command, file: &File) -> bool {
    const SAYS: &[&str] = &["test", "spec", "jest", "vitest", "mocha", "coverage", "e2e", "cypress", "playwright"];
    const WHOLE: &[&str] = &["check", "verify", "validate"];
    let says = |text: &str| SAYS.iter().any(|word| text.contains(word));
    is_test_runner(program)
        || says(&command.line().to_ascii_lowercase())
        || command.words.iter().any(|word| WHOLE.contains(&word.as_str()) && !is_script(facts, word, file))
        || command.chain.iter().any(|link| says(&link.what.to_ascii_lowercase()))
}

/// Whether a package that a file stands in has a script of this name.
fn is_script(facts: &Facts<'_>, name: &str, file: &File) -> bool {
    let mut packages = facts.manifests().packages.iter().filter(|package| package.ecosystem == Ecosystem::Npm);
    packages.any(|package| {
        let declares =
            || facts.parsed(&package.path).and_then(|parsed| parsed.first()?.at(&["scripts", name])).is_some();
        file.path.starts_with(package.folder()) && declares()
    })
}

/// Whether a command, or the way to it, speaks of end-to-end tests.
fn says_e2e(command: &Command) -> bool {
    command.words.iter().any(|word| word.contains("e2e")) || command.chain.iter().any(|link| link.what.contains("e2e"))
}

/// Whether the name of a file of tests says that they are end to end.
fn is_e2e(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains("e2e"))
}

/// Whether a file is among those that Jest is told to run: `--testPathPatterns=orders`. What only an expression decides is.
fn is_selected(words: &[&str], file: &File) -> bool {
    let told = values(words, &["--testPathPattern", "--testPathPatterns"]);
    let is_it = |part: &str| {
        let part = part.trim_matches(['"', '\'', '^', '$', '/']);
        part.contains(['*', '[', '(', '+', '?', '\\', '$']) || file.path.contains(part)
    };
    told.is_empty() || told.iter().any(|pattern| pattern.split('|').any(is_it))
}

/// Whether a command that names packages of the tree (`--filter=@shop/api`, `yarn workspace @shop/api`) names that of a file.
fn in_workspace(facts: &Facts<'_>, words: &[&str], file: &File) -> bool {
    let mut named = values(words, &["--filter", "-F", "--workspace", "-w", "--scope", "--projects"]);
    if words.get(1) == Some(&"workspace") {
        named.extend(words.get(2));
    }
    let packages = &facts.manifests().packages;
    let folder = |name: &str| {
        let path = name.trim_matches(['{', '}']).trim_start_matches("./").trim_end_matches('/');
        let is_it = |package: &&Package| {
            package.ecosystem == Ecosystem::Npm
                && (package.name.as_deref() == Some(name) || package.folder().strip_suffix('/') == Some(path))
        };
        packages.iter().find(is_it).map(Package::folder)
    };
    let folders: Vec<&str> = named.iter().filter_map(|name| folder(name)).collect();
    folders.is_empty() || folders.iter().any(|folder| file.path.starts_with(folder))
}

/// `pnpm --dir web build`, `npm run test:unit`: no journey is made in the folder that is named.
fn does_less(words: &[&str]) -> bool {
    const ACTS: &[&str] =
        &["build", "open", "install", "start", "stop", "verify", "seed", "db-seed", "db:seed", "cache", "info"];
    if words.iter().skip(2).any(|word| ACTS.contains(word)) {
        return true;
    }
    let says = |parts: &[&str]| words.iter().any(|word| parts.iter().any(|part| word.contains(part)));
    let prepares = says(&["build", "install", "ci", "lint", "start", "dev", "deploy", "wait"]) && !says(&["test"]);
    (prepares || says(&["unit"])) && !says(&["e2e", "spec", "cypress", "playwright", "journey", "integration"])
}
