//! Whether a command runs a file of scenarios with Cucumber: the folder `features`, or the paths that it is given, and of
//! those what its tags leave.

use super::File;
use super::runs::{is_among, last_part, values};
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::pattern::{Captures, pattern};
use crate::source::Source;
use crate::tree::path::{is_at, within};

const TAGS: &[&str] = &["--tags", "-t"];

pattern!(ASKED, r#"--tags[ =](?:'(?P<single>[^'\n]*)'|"(?P<double>[^"\n]*)"|(?P<bare>[^\s'"]+))"#);
pattern!(SCENARIO, r"(?m)^[ \t]*Scenario\b");

/// Whether a command runs the scenarios of a file, or some of them.
pub(super) fn run(facts: &Facts<'_>, command: &Command, words: &[&str], file: &File) -> bool {
    let folder = command.dir.trim_end_matches('/');
    let Some(inside) = file.path.strip_prefix(folder).map(|rest| rest.trim_start_matches('/')) else { return false };
    let text = facts.tree.text(&file.path).map(Source::text).unwrap_or_default();
    let config = ["config/cucumber.yml", "cucumber.yml"].iter().find_map(|name| facts.tree.text(&within(folder, name)));
    let config = config.map(Source::text).unwrap_or_default();
    let surroundings = command.env.get("CUCUMBER_OPTS").map(String::as_str).unwrap_or_default();
    let Some(given) = given(facts, command, words).filter(|_| leave_the_process(facts, folder, text)) else {
        return false;
    };
    let profiles = values(given, &["--profile", "-p"]);
    let takes_part = ["--dry-run", "-d", "--name", "-n"].iter().any(|option| given.contains(option));
    let asked = values(given, TAGS).into_iter().chain(tags_of(surroundings));
    // What a profile asks for by itself may be another one's; what it leaves out seldom is.
    let left_out = tags_of(config).filter(|tags| is_negative(tags));
    !takes_part
        && profiles.iter().all(|profile| *profile == "default")
        && holds(&paths(given), inside)
        && asked.chain(left_out).all(|tags| leaves(tags, text))
}

/// Whether scenarios ask the application through a browser: Capybara stays in the process where no driver says otherwise, for
/// all of them or for those that ask for it.
fn leave_the_process(facts: &Facts<'_>, folder: &str, text: &str) -> bool {
    let support = within(folder, "features/support");
    let files = facts.tree.files().iter().filter(|file| file.path.ends_with(".rb") && is_at(&file.path, &support));
    let texts: Vec<&str> = files.filter_map(|file| Some(file.text()?.text())).collect();
    let says = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
    let is_capybara = says(&["cucumber/rails", "capybara"]);
    let by_default = says(&["default_driver = :"]) && !says(&["default_driver = :rack_test"]);
    let asks = ["@javascript", "@selenium", "@playwright"].iter().any(|tag| text.contains(tag));
    !is_capybara || by_default || asks
}

/// What Cucumber is given, where it is what a command starts: by itself, by its task of Rake, or by a program of the tree.
fn given<'w>(facts: &Facts<'_>, command: &Command, words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let (program, given) = words.split_first()?;
    let is_task = |word: &&str| matches!(*word, "cucumber" | "cucumber:ok" | "cucumber:all");
    let starts_it = || {
        let source = facts.tree.text(&within(command.dir.trim_end_matches('/'), program.trim_start_matches("./")));
        last_part(program).starts_with("cucumber")
            && source.is_some_and(|source| source.text().contains("\"cucumber\""))
    };
    match last_part(program) {
        "cucumber" | "cucumber-js" | "parallel_cucumber" => Some(given),
        "rake" | "rails" => given.iter().any(is_task).then_some(&[][..]),
        _ => starts_it().then_some(given),
    }
}

/// The paths among the words behind the program.
fn paths<'w>(given: &[&'w str]) -> Vec<&'w str> {
    const VALUED: &[&str] = &[
        "--tags",
        "-t",
        "--format",
        "-f",
        "--out",
        "-o",
        "--require",
        "-r",
        "--import",
        "-i",
        "--profile",
        "-p",
        "--parallel",
        "--retry",
        "--exclude",
        "-e",
        "--require-module",
        "--config",
        "-c",
    ];
    let is_value = |at: usize| at > 0 && VALUED.contains(&given[at - 1]);
    let named = given.iter().enumerate().filter(|(at, word)| !word.starts_with('-') && !is_value(*at));
    named.map(|(_, word)| word.trim_start_matches("./").trim_end_matches('/')).collect()
}

/// Whether the paths hold a file: without any it is the folder `features`; a single scenario, `some.feature:12`, is no file.
fn holds(paths: &[&str], inside: &str) -> bool {
    let is_held = |path: &&str| is_at(inside, path) || path.contains('*') && is_among(path, inside);
    if paths.is_empty() { is_at(inside, "features") } else { paths.iter().any(is_held) }
}

fn tags_of(text: &str) -> impl Iterator<Item = &str> {
    let named = |found: Captures<'_>| {
        ["single", "double", "bare"].iter().find_map(|name| found.name(name)).map(|found| found.range())
    };
    let found: Vec<_> = ASKED.captures_iter(text).filter_map(named).collect();
    found.into_iter().map(|range| &text[range])
}

fn is_negative(tags: &str) -> bool {
    tags.starts_with("not ") || tags.starts_with('~')
}

/// Whether an expression of tags leaves any scenario of a file; one that cannot be read leaves none.
fn leaves(tags: &str, text: &str) -> bool {
    let tags = tags.trim();
    if tags.contains(['(', '$', '{']) {
        return false;
    }
    if tags.contains(" or ") || tags.contains(',') {
        return tags.replace(" or ", ",").split(',').any(|part| leaves(part, text));
    }
    if tags.contains(" and ") {
        return tags.split(" and ").all(|part| leaves(part, text));
    }
    let lines = || text.lines().map(str::trim);
    let has = |line: &str, tag: &str| line.starts_with('@') && line.split_whitespace().any(|one| one == tag);
    let Some(tag) = tags.strip_prefix("not ").or_else(|| tags.strip_prefix('~')).map(str::trim) else {
        return lines().any(|line| has(line, tags));
    };
    let is_of_all = lines().take_while(|line| !line.starts_with("Feature:")).any(|line| has(line, tag));
    let tagged = lines().filter(|line| has(line, tag)).count();
    !is_of_all && (tagged == 0 || SCENARIO.find_iter(text).count() > tagged)
}
