//! `cargo lint` by an alias of `.cargo/config.toml`, and `cargo xtask`.

use super::super::{path, tools};
use super::foreign::tests_by_name;
use super::{Call, Walk};
use crate::evidence::Place;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use crate::value::Value;
use std::sync::LazyLock;

/// Commands that a task's source spells out: `cmd!(sh, "cargo clippy …")`, `"cargo", "clippy"`, `["clippy", "--all"]`.
static SPELT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(r#"cmd!\s*\(\s*\w*\s*,?\s*(?:r#*)?"(?<whole>[^"]+)"|Command::new\(\s*"(?<program>[\w./-]+)"\s*\)(?<rest>[^;]{0,400})|"(?<line>(?:cargo|npm|make|docker) [^"\n]+)""#).ok()
});
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r#""([^"\n]*)""#).ok());

impl Walk<'_> {
    pub(super) fn cargo(&mut self, words: &[String], place: &Place, call: &Call) {
        let Some(at) = words.iter().skip(1).position(|word| !word.starts_with('-')).map(|at| at + 1) else { return };
        let name = &words[at];
        if let Some((file, expansion)) = self.alias(name, &call.dir) {
            if let Some(inner) = call.inside(format!("cargo {name}"), place, format!("{file}:alias {name}")) {
                let longer: Vec<String> = std::iter::once("cargo".to_owned())
                    .chain(expansion)
                    .chain(words[at + 1..].iter().cloned())
                    .collect();
                self.list(&longer, place, &inner);
                self.cargo(&longer, place, &inner);
                self.own_program(&longer, words, place);
            }
            return;
        }
        match name.as_str() {
            "run" | "r" => {
                let package = words
                    .iter()
                    .position(|word| matches!(word.as_str(), "-p" | "--package" | "--bin"))
                    .and_then(|at| words.get(at + 1));
                let manifest = words.iter().position(|word| word == "--manifest-path").and_then(|at| words.get(at + 1));
                let package = package
                    .cloned()
                    .or_else(|| words.iter().find_map(|word| word.strip_prefix("--package=").map(str::to_owned)));
                let folder = manifest.map(|manifest| path::join(&call.dir, path::folder(manifest)));
                if let Some(package) =
                    package.filter(|name| name.contains("task") || name.contains("ci") || name == "dev")
                {
                    self.tasks(&package, folder, words, place, call);
                } else if let Some(folder) = folder.filter(|folder| folder.contains("task")) {
                    self.tasks(folder.rsplit('/').next().unwrap_or_default(), Some(folder.clone()), words, place, call);
                }
            }
            "make" => self.cargo_make(&words[at + 1..], place, call),
            "xtask" => self.tasks("xtask", None, words, place, call),
            _ => {}
        }
    }

    /// What an alias starts of the tree itself may check anything, where it is told to check: `cargo dev lint`.
    fn own_program(&mut self, longer: &[String], words: &[String], place: &Place) {
        const CHECKS: &[&str] = &["audit", "check", "ci", "clippy", "coverage", "deny", "fmt", "lint", "verify"];
        let is_run = longer.get(1).is_some_and(|verb| matches!(verb.as_str(), "run" | "r"));
        let task = longer.iter().skip_while(|word| *word != "--").skip(1).find(|word| !word.starts_with('-'));
        let is_check = |task: &String| task.split(['-', '_', ':']).any(|word| CHECKS.contains(&word));
        // What such a program spells out is read where it is called after tasks.
        let is_read = longer.iter().take_while(|word| *word != "--").any(|word| word.contains("task"));
        if is_run && !is_read && task.is_some_and(is_check) {
            self.program(words, place);
        }
    }

    /// Whether a program is what an alias of Cargo starts, by its name: `vdev check` beside `cargo vdev check`.
    pub(super) fn is_alias_of_cargo(&self, program: &str, dir: &str) -> bool {
        self.alias(program, dir).is_some_and(|(_, words)| words.first().is_some_and(|verb| verb == "run"))
    }

    fn alias(&self, name: &str, dir: &str) -> Option<(String, Vec<String>)> {
        path::upwards(dir).find_map(|folder| {
            [".cargo/config.toml", ".cargo/config"].iter().find_map(|file| {
                let path = path::join(folder, file);
                let value = self.facts.parsed(&path)?.first()?.at(&["alias", name])?;
                let words = match value.as_list() {
                    Some(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                    None => value.as_str()?.split_whitespace().map(str::to_owned).collect(),
                };
                Some((path, words))
            })
        })
    }

    /// Commands that the source of a task crate spells out. Which task runs which is not followed, so none is sure.
    fn tasks(&mut self, package: &str, folder: Option<String>, words: &[String], place: &Place, call: &Call) {
        let (Some(spelt), Some(quoted)) = (&*SPELT, &*QUOTED) else { return };
        let key = format!("tasks {package}");
        let Some(mut inner) = call.inside(words.join(" ").chars().take(60).collect(), place, key) else { return };
        inner.sure = false;
        let folder = folder.unwrap_or_else(|| package.to_owned());
        let files = self.facts.tree.files().iter().filter(|file| {
            file.path.ends_with(".rs")
                && file.len < 1 << 20
                && (file.path.starts_with(&format!("{folder}/")) || file.path.contains(&format!("/{package}/")))
        });
        let mut found: Vec<(Vec<String>, Place)> = Vec::new();
        for file in files.take(60) {
            let Some(source) = file.text() else { continue };
            for captures in spelt.captures_iter(source.text()).take(400) {
                let Some(all) = captures.get(0) else { continue };
                let line = captures.name("whole").or_else(|| captures.name("line"));
                let words: Vec<String> = if let Some(line) = line {
                    line.as_str().split_whitespace().map(str::to_owned).collect()
                } else {
                    let program = captures.name("program").map_or("", |program| program.as_str());
                    let rest = captures.name("rest").map_or("", |rest| rest.as_str());
                    std::iter::once(program.to_owned())
                        .chain(quoted.captures_iter(rest).map(|word| word[1].to_owned()))
                        .collect()
                };
                found.push((words, Place::at(file.path.clone(), Span::new(all.start(), all.end()))));
            }
        }
        // What tests without a runner that is known makes requests of its own.
        let own = words.iter().position(|word| word == "--").unwrap_or(1) + 1;
        let is_for_tests =
            words[own..].iter().find(|word| !word.starts_with('-')).is_some_and(|task| tests_by_name(task));
        if is_for_tests && !found.iter().any(|(words, _)| tools::tests(words)) {
            self.foreign_tests(words, place, call);
        }
        for (words, place) in found {
            if words.first().map(String::as_str) != Some("cargo") || words.get(1).map(String::as_str) != Some("xtask") {
                self.list(&words, &place, &inner);
            }
        }
    }
}
