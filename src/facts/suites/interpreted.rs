//! Whether a command runs tests of Ruby or PHP: their runners, with the suites, the folders and the patterns that they are given.

use super::File;
use super::runs::{last_part, paths_allow, under, values};
use crate::facts::ci::Command;
use crate::pattern::pattern;

/// `rspec` with its folders and patterns, the tests of Rails and of Rake; `rails db:setup` runs none.
pub(super) fn ruby(command: &Command, words: &[&str], file: &File) -> bool {
    if leaves_type_out(words, file) {
        return false;
    }
    match words.first().map(|program| program.rsplit('/').next().unwrap_or(program)) {
        Some("rspec" | "parallel_rspec" | "turbo_tests" | "knapsack_pro") => {
            let patterns = values(words, &["--pattern", "-P"]);
            let without = values(words, &["--exclude-pattern"]);
            let held = |patterns: &[&str]| patterns.iter().any(|pattern| under(pattern, &file.path));
            (patterns.is_empty() || held(&patterns))
                && !held(&without)
                && paths_allow(command, &positional(words), file)
        }
        Some("rake" | "rails") => words[1..].iter().any(|word| {
            let (task, rest) = word.split_once(':').unwrap_or((word, ""));
            match task.split('[').next().unwrap_or(task) {
                // What drives a browser runs by its own task, or with all others.
                "test" if rest.is_empty() => !file.path.contains("test/system/"),
                "test" | "spec" | "default" | "cucumber" => !rest.starts_with("prepare"),
                "knapsack" | "knapsack_pro" => !rest.starts_with("retry"),
                "parallel" => ["spec", "test", "features"].iter().any(|kind| rest.starts_with(kind)),
                _ => false,
            }
        }),
        Some("minitest" | "m" | "cucumber") => paths_allow(command, words, file),
        _ => false,
    }
}

pattern!(TYPE, r"(?:--tag|-t)[ =](?<not>~?)type:(?<type>\w+)");

/// Whether a command leaves the type of a file out, `--tag ~type:feature`, or asks for others: the runner takes the folder for it.
fn leaves_type_out(words: &[&str], file: &File) -> bool {
    let folder = file.path.split('/').skip_while(|part| *part != "spec").nth(1).unwrap_or_default();
    let own = folder.strip_suffix('s').unwrap_or(folder);
    let line = words.join(" ");
    let mut asked = TYPE.captures_iter(&line).filter_map(|found| {
        let (not, kind) = (found.name("not")?, found.name("type")?);
        Some((!not.as_str().is_empty(), kind.as_str() == own))
    });
    asked.any(|(is_left_out, is_it)| is_left_out == is_it)
}

/// `phpunit` and what runs it, with the suites and the paths that it is given.
pub(super) fn php(command: &Command, words: &[&str], file: &File) -> bool {
    let runner = words.iter().position(|word| matches!(last_part(word), "phpunit" | "paratest" | "pest"));
    let artisan = words.windows(2).position(|pair| last_part(pair[0]) == "artisan" && pair[1] == "test");
    let Some(at) = runner.or(artisan.map(|at| at + 1)) else { return false };
    let dir = if command.dir.is_empty() { String::new() } else { format!("{}/", command.dir.trim_end_matches('/')) };
    let Some(inside) = file.path.strip_prefix(&dir) else { return false };
    let rest = &words[at + 1..];
    let suites = values(rest, &["--testsuite"]);
    let is_of = |suite: &&str| {
        suite.split(',').any(|name| inside.split('/').any(|folder| folder.eq_ignore_ascii_case(name.trim())))
    };
    let paths = positional(rest).into_iter().filter(|word| !word.starts_with('-') && word.contains("ests"));
    let paths: Vec<&str> = paths.map(|path| path.trim_start_matches("./").trim_end_matches('/')).collect();
    (suites.is_empty() || suites.iter().any(is_of))
        && (paths.is_empty() || paths.iter().any(|path| inside.starts_with(path)))
}

/// The words of a command without its options and their values.
fn positional<'w>(words: &[&'w str]) -> Vec<&'w str> {
    const VALUED: &[&str] =
        &["--pattern", "-P", "--exclude-pattern", "--tag", "-t", "--format", "-f", "--out", "-o", "-r", "--require"];
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if VALUED.contains(word) {
            words.next();
        } else {
            kept.push(*word);
        }
    }
    kept
}
