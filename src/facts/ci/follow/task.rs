//! `task name`: the commands of a Taskfile.

use super::super::excerpt::Excerpt;
use super::super::path;
use super::super::pattern::values_of;
use super::node::text_of;
use super::{Call, Walk};
use crate::evidence::Place;

impl Walk<'_> {
    pub(super) fn task(&mut self, words: &[String], place: &Place, call: &Call) {
        let names: Vec<&str> = words[1..]
            .iter()
            .take_while(|word| *word != "--")
            .filter(|word| !word.starts_with('-') && !word.contains('='))
            .map(String::as_str)
            .collect();
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
            self.taskfile(&path, name, place, call);
        }
    }

    fn taskfile(&mut self, path: &str, name: &str, place: &Place, call: &Call) {
        let facts = self.facts;
        let Some(parsed) = facts.parsed(path) else { return };
        let Some(task) = parsed.first().and_then(|root| root.at(&["tasks", name])) else { return };
        let Some(mut inner) = call.inside(format!("task {name}"), place, format!("{path}:{name}")) else { return };
        inner.dir = path::join(path::folder(path), text_of(task.get("dir")).unwrap_or(""));
        let ignored = task.get("ignore_error").and_then(crate::value::Value::as_bool) == Some(true);
        let inner = inner.excused(ignored.then_some("`ignore_error: true`"));
        for need in task.get("deps").and_then(crate::value::Value::as_list).unwrap_or(&[]) {
            if let Some(need) = need.as_str().or_else(|| text_of(need.get("task"))) {
                self.taskfile(path, need, place, &inner);
            }
        }
        let commands = task.get("cmds").or_else(|| task.get("cmd")).unwrap_or(task);
        let list = commands.as_list().unwrap_or(std::slice::from_ref(commands));
        for command in list {
            if let Some(other) = text_of(command.get("task")) {
                self.taskfile(path, other, place, &inner);
                continue;
            }
            let Some(value) = Some(command).filter(|value| value.as_str().is_some()).or_else(|| command.get("cmd"))
            else {
                continue;
            };
            let Some(text) = value.as_str() else { continue };
            let ignored = command.get("ignore_error").and_then(crate::value::Value::as_bool) == Some(true);
            let call = inner.clone().excused(ignored.then_some("`ignore_error: true`"));
            let script = Excerpt::scalar(&parsed.source, value.span, text);
            // What programs are called on Windows: nothing anywhere else.
            let found: Vec<_> = script
                .text()
                .match_indices("{{exeExt}}")
                .map(|(at, end)| (at..at + end.len(), String::new()))
                .collect();
            let script = script.replaced(&found);
            self.script(&script, &call);
        }
    }
}
