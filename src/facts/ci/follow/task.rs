//! `task name`: the commands of a Taskfile.

use super::super::excerpt::Excerpt;
use super::super::path;
use super::super::pattern::values_of;
use super::node::text_of;
use super::{Call, Walk};
use crate::evidence::Place;
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// The variables of a task: those that its call gives it.
type Given = BTreeMap<String, String>;

impl Walk<'_> {
    pub(super) fn task(&mut self, words: &[String], place: &Place, call: &Call) {
        let own: Vec<&str> = words[1..].iter().take_while(|word| *word != "--").map(String::as_str).collect();
        let names: Vec<&str> =
            own.iter().copied().filter(|word| !word.starts_with('-') && !word.contains('=')).collect();
        let settings = own.iter().filter(|word| !word.starts_with('-')).filter_map(|word| word.split_once('='));
        let given: Given = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let files = [
            "Taskfile.yml",
            "Taskfile.yaml",
            "taskfile.yml",
            "taskfile.yaml",
            "Taskfile.dist.yml",
            "Taskfile.dist.yaml",
        ];
        let dir = ["-d", "--dir"].iter().find_map(|name| values_of(words, name).flatten().next());
        let names: Vec<&str> = names.into_iter().filter(|name| Some(*name) != dir).collect();
        let dir = dir.map_or_else(|| call.dir.clone(), |dir| path::join(&call.dir, dir));
        let Some(path) = self.nearest(&dir, &files) else { return };
        for name in if names.is_empty() { vec!["default"] } else { names } {
            self.taskfile(&path, name, &given, place, call);
        }
    }

    fn taskfile(&mut self, path: &str, name: &str, given: &Given, place: &Place, call: &Call) {
        let facts = self.facts;
        let Some(parsed) = facts.parsed(path) else { return };
        let Some(task) = parsed.first().and_then(|root| root.at(&["tasks", name])) else { return };
        let Some(mut inner) = call.inside(format!("task {name}"), place, format!("{path}:{name}")) else { return };
        inner.dir = path::join(path::folder(path), text_of(task.get("dir")).unwrap_or(""));
        let ignored = task.get("ignore_error").and_then(Value::as_bool) == Some(true);
        let inner = inner.excused(ignored.then_some("`ignore_error: true`"));
        for need in task.get("deps").and_then(Value::as_list).unwrap_or(&[]) {
            if let Some(name) = need.as_str().or_else(|| text_of(need.get("task"))) {
                self.taskfile(path, name, &handed_on(need, given), place, &inner);
            }
        }
        let commands = task.get("cmds").or_else(|| task.get("cmd")).unwrap_or(task);
        let list = commands.as_list().unwrap_or(std::slice::from_ref(commands));
        for command in list {
            if let Some(other) = text_of(command.get("task")) {
                self.taskfile(path, other, &handed_on(command, given), place, &inner);
                continue;
            }
            let Some(value) = Some(command).filter(|value| value.as_str().is_some()).or_else(|| command.get("cmd"))
            else {
                continue;
            };
            let Some(text) = value.as_str() else { continue };
            let ignored = command.get("ignore_error").and_then(Value::as_bool) == Some(true);
            let call = inner.clone().excused(ignored.then_some("`ignore_error: true`"));
            let script = Excerpt::scalar(&parsed.source, value.span, text);
            let script = script.replaced(&filled(script.text(), given));
            self.script(&script, &call);
        }
    }
}

/// The variables that the call of another task hands on, filled in from those of the task that calls.
fn handed_on(call: &Value, given: &Given) -> Given {
    let vars = call.get("vars").and_then(Value::as_map).into_iter().flatten();
    let vars = vars.filter_map(|(name, field)| Some((name.to_string(), field.value.scalar_text()?)));
    vars.map(|(name, text)| {
        let script = Excerpt::anchored("", Span::default(), text);
        let text = script.replaced(&filled(script.text(), given)).text().to_owned();
        (name, text)
    })
    .collect()
}

/// What the templates of a text stand for that are known: `{{.NAME}}`, and `{{exeExt}}`, which is nothing but on Windows.
fn filled(text: &str, given: &Given) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|open| at + open) {
        let Some(close) = text[open..].find("}}").map(|close| open + close + 2) else { break };
        let inside = text[open + 2..close - 2].trim();
        let value = match inside.strip_prefix('.') {
            Some(name) => given.get(name).cloned(),
            None => (inside == "exeExt").then(String::new),
        };
        found.extend(value.map(|value| (open..close, value)));
        at = close;
    }
    found
}
