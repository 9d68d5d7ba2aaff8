//! `mix do compile, test` and the aliases of `mix.exs`: the tasks one by one.

use super::{Call, Walk};
use crate::evidence::Place;
use crate::pattern::pattern;

pattern!(ALIASES, r"(?m)^[ \t]*defp?[ \t]+aliases\b[^\n]*\n(?P<body>(?:[^\n]*\n)*?)[ \t]*end\b");
pattern!(
    ALIAS,
    r#"(?m)^[ \t]*\[?[ \t]*["']?(?P<name>[a-z][\w.]*)["']?:[ \t]*(?:\[(?P<list>[^\]]*)\]|"(?P<one>[^"\n]*)")"#
);
pattern!(QUOTED, r#""(?P<task>[^"\n]*)""#);

impl Walk<'_> {
    /// Lists the tasks that a call of Mix names in a row, and those that an alias of the project stands for.
    pub(super) fn mix(&mut self, words: &[String], place: &Place, call: &Call) {
        let Some((task, given)) = words[1..].split_first() else { return };
        let tasks = if task == "do" { in_a_row(given) } else { self.alias_of_mix(task, call) };
        if tasks.is_empty() {
            return;
        }
        let Some(inner) = call.inside(format!("mix {task}"), place, format!("mix {task} in {}", call.dir)) else {
            return;
        };
        for words in tasks {
            self.list(&words, place, &inner);
            self.mix(&words, place, &inner);
        }
    }

    /// What an alias of the nearest project stands for.
    fn alias_of_mix(&self, name: &str, call: &Call) -> Vec<Vec<String>> {
        let source = self.nearest(&call.dir, &["mix.exs"]).and_then(|file| self.facts.tree.text(&file));
        let text = source.map_or("", |source| source.text());
        let Some(aliases) = ALIASES.captures(text) else { return Vec::new() };
        let Some(alias) = ALIAS.captures_iter(&aliases["body"]).find(|alias| &alias["name"] == name) else {
            return Vec::new();
        };
        let list = alias.name("list").map_or("", |list| list.as_str());
        let several = QUOTED.captures_iter(list).map(|quoted| quoted["task"].to_owned());
        let tasks = several.chain(alias.name("one").map(|one| one.as_str().to_owned()));
        tasks.filter_map(|task| task_of_mix(&task)).collect()
    }
}

/// A task as an alias writes it: `credo --strict`, `do format, test`, or a command of the system, `cmd npm test`.
fn task_of_mix(task: &str) -> Option<Vec<String>> {
    let words: Vec<String> = task.split_whitespace().map(str::to_owned).collect();
    match words.first()?.as_str() {
        "cmd" => (words.len() > 1).then(|| words[1..].to_vec()),
        _ => Some(std::iter::once("mix".to_owned()).chain(words).collect()),
    }
}

/// The tasks behind `mix do`, which commas and plus signs part.
fn in_a_row(given: &[String]) -> Vec<Vec<String>> {
    let mut tasks = vec![vec!["mix".to_owned()]];
    for word in given {
        let name = word.trim_end_matches(',');
        let ends = name.len() < word.len() || word == "+";
        if let Some(last) = tasks.last_mut().filter(|_| !name.is_empty() && word != "+") {
            last.push(name.to_owned());
        }
        if ends {
            tasks.push(vec!["mix".to_owned()]);
        }
    }
    tasks.retain(|task| task.len() > 1);
    tasks
}
