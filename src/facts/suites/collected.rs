//! Which files a runner of tests takes by their names and paths, as its settings say.

use super::File;
use super::projects::told;
use super::runs::values;
use crate::facts::Facts;
use crate::facts::manifests::Ecosystem;
use crate::pattern::{Globs, compile, pattern};
use crate::tree::path::{folder_of, upwards, within};

pattern!(PYTHON_FILES, r"(?m)^python_files[ \t]*=(?<value>[^\n]*(?:\n[ \t]+[^\n]+)*)");
pattern!(IGNORED, r"\btestPathIgnorePatterns[\x22']?\s*:\s*\[(?<list>[^\[\]]*)\]");
pattern!(QUOTED, r#"["'`](?<text>[^"'`\n]+)["'`]"#);
pattern!(
    TESTS_OF_GRADLE,
    r#"(?m)^[ \t]*(?:tasks\.)?(?:test|named\(["']test["']\)|named<Test>\(\s*"test"\s*\))\s*\{(?<body>[^{}]*)\}"#
);
pattern!(EXCLUDED, r"\bexclude\b(?<list>[^\n]*)");

/// Whether pytest takes a file by its name: of the patterns that the command gives, or the nearest settings. What the command
/// names itself it always takes.
pub(super) fn by_pytest(facts: &Facts<'_>, words: &[&str], file: &File) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    if words.iter().any(|word| word.split("::").next().is_some_and(|path| path.ends_with(name))) {
        return true;
    }
    let given = values(words, &["-o", "--override-ini"]);
    let given = given.iter().find_map(|option| option.strip_prefix("python_files=")).map(str::to_owned);
    let Some(patterns) = given.or_else(|| python_files(facts, &file.path)) else { return true };
    let is_between = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ',' | '[' | ']');
    let patterns: Vec<String> = patterns.split(is_between).filter(|one| !one.is_empty()).map(str::to_owned).collect();
    patterns.is_empty() || Globs::new(patterns).is_match(name)
}

/// The names of files of tests, as the settings that are nearest above a file write them.
fn python_files(facts: &Facts<'_>, path: &str) -> Option<String> {
    const SETTINGS: &[&str] = &["pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"];
    let mut all = upwards(folder_of(path)).flat_map(|folder| SETTINGS.iter().map(move |name| within(folder, name)));
    all.find_map(|path| {
        let found = PYTHON_FILES.captures(facts.tree.text(&path)?.text())?;
        Some(found["value"].to_owned())
    })
}

/// Whether Jest passes over a file, as the command or the nearest package says.
pub(super) fn is_ignored_by_jest(facts: &Facts<'_>, words: &[&str], file: &File) -> bool {
    let told = told(facts, words, file);
    let is_jest = told.iter().any(|word| word.rsplit('/').next() == Some("jest"));
    // Settings that the command names are other ones.
    if !is_jest || !values(&told, &["--config", "-c"]).is_empty() {
        return false;
    }
    let mut patterns: Vec<String> =
        values(&told, &["--testPathIgnorePatterns"]).into_iter().map(str::to_owned).collect();
    patterns.extend(ignored_by_package(facts, &file.path));
    let path = format!("/{}", file.path);
    let is_it = |pattern: &String| compile(&pattern.replace("<rootDir>", "")).is_ok_and(|one| one.is_match(&path));
    patterns.iter().any(is_it)
}

/// The paths that the settings of Jest beside the nearest package leave out.
fn ignored_by_package(facts: &Facts<'_>, path: &str) -> Vec<String> {
    const ENDS: &[&str] = &["js", "cjs", "mjs", "ts", "json"];
    let Some(package) = facts.manifests().nearest(path, |package| package.ecosystem == Ecosystem::Npm) else {
        return Vec::new();
    };
    let own = facts.parsed(&package.path).and_then(|parsed| parsed.first()?.at(&["jest", "testPathIgnorePatterns"]));
    if let Some(list) = own.and_then(crate::value::Value::as_list) {
        return list.iter().filter_map(|one| Some(one.as_str()?.to_owned())).collect();
    }
    let folder = package.folder().trim_end_matches('/');
    let mut files = ENDS.iter().map(|end| within(folder, &format!("jest.config.{end}")));
    let text = files.find_map(|path| Some(facts.tree.text(&path)?.text()));
    let list = text.and_then(|text| IGNORED.captures(text)).map(|one| one["list"].to_owned()).unwrap_or_default();
    QUOTED.captures_iter(&list).map(|one| one["text"].replace("\\\\", "\\")).collect()
}

/// Whether the task `test` of the nearest build of Gradle leaves the class of a file out: `exclude("**/*IT.class")`.
pub(super) fn is_excluded_by_gradle(facts: &Facts<'_>, file: &File) -> bool {
    let is_source = |part: &&str| matches!(*part, "java" | "kotlin" | "groovy" | "scala");
    let parts: Vec<&str> = file.path.split('/').collect();
    let Some(at) = parts.iter().position(|part| *part == "src") else { return false };
    let Some(root) = parts.get(at + 2).filter(|part| is_source(part)).map(|_| at + 3) else { return false };
    let class = parts[root..].join("/");
    let class = format!("{}.class", class.rsplit_once('.').map_or(class.as_str(), |(stem, _)| stem));
    let folder = parts[..at].join("/");
    let mut files = ["build.gradle", "build.gradle.kts"].iter().map(|name| within(&folder, name));
    let Some(text) = files.find_map(|path| Some(facts.tree.text(&path)?.text())) else { return false };
    let blocks = TESTS_OF_GRADLE.captures_iter(text);
    let lists = blocks
        .flat_map(|block| EXCLUDED.captures_iter(&block["body"]).map(|one| one["list"].to_owned()).collect::<Vec<_>>());
    let globs: Vec<String> = lists
        .flat_map(|list| QUOTED.captures_iter(&list).map(|one| one["text"].to_owned()).collect::<Vec<_>>())
        .collect();
    !globs.is_empty() && Globs::new(globs).is_match(&class)
}
