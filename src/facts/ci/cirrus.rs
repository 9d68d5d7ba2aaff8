//! Cirrus CI: `.cirrus.yml`; its tasks are jobs.

use super::condition::{self, Field, Words};
use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::path;
use super::plain::{self, Frame};
use crate::evidence::{Blind, Place};
use crate::facts::format::{self, Format, Parsed};
use crate::source::{Source, Span};
use crate::value::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What stands beside the scripts of a task and runs nothing.
const SETTINGS: &[&str] = &["always", "on_failure", "on_timeout", "matrix", "name", "env", "environment"];

const WORDS: Words = Words {
    field: |name| match name.trim_start_matches('$').trim_matches(['{', '}']) {
        "CIRRUS_BRANCH" => Field::Branch,
        "CIRRUS_TAG" => Field::Tag,
        "CIRRUS_PR" => Field::PullRequest,
        _ => Field::Other,
    },
    kind: |_| &[],
    merges_into: false,
};

/// Reads the tasks of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let facts = walk.facts;
    for path in [".cirrus.yml", ".cirrus.yaml"] {
        let Some(file) = facts.tree.file(path) else { continue };
        let Some(source) = file.text() else {
            let why = "the pipeline could not be read as text".into();
            walk.ci.blind.push(Blind { place: Some(Place::file(path)), why });
            continue;
        };
        let source = with_tasks_apart(source);
        let parsed = format::read(Format::Yaml, &source);
        walk.ci.blind.extend(parsed.blind());
        walk.ci.files.push(Place::file(path));
        if let Some(root) = parsed.first().and_then(Value::as_map) {
            Config { parsed: &parsed, root }.walk(walk);
        }
    }
}

/// The text with every further `task:` under a key of its own, of the same length: a file may say it many times.
fn with_tasks_apart(source: &Source) -> Source {
    let mut text = String::with_capacity(source.text().len());
    let mut count = 0;
    for line in source.text().split_inclusive('\n') {
        match line.strip_prefix("task:") {
            Some(rest) if count < 1000 => {
                let _ = write!(text, "t{count:03}:{rest}");
                count += 1;
            }
            _ => text.push_str(line),
        }
    }
    Source::new(source.name(), text)
}

/// Whether a key at the top opens a task.
fn is_task(key: &str) -> bool {
    let numbered =
        key.strip_prefix('t').is_some_and(|rest| rest.len() == 3 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    numbered || key == "task" || key.ends_with("_task") || key == "docker_builder" || key.ends_with("_docker_builder")
}

struct Config<'f> {
    parsed: &'f Parsed,
    root: &'f Map,
}

impl Config<'_> {
    fn place(&self, span: Span) -> Place {
        plain::place(self.parsed, span)
    }

    fn walk(&self, walk: &mut Walk<'_>) {
        let mut made: Vec<(Vec<String>, usize, Vec<String>)> = Vec::new();
        for (key, field) in self.root.iter().filter(|(key, _)| is_task(key)).take(200) {
            if field.value.as_map().is_some() {
                made.push(self.task(walk, key, field.key, &field.value));
            }
        }
        for (_, index, wanted) in &made {
            let named = |names: &Vec<String>| names.iter().any(|name| wanted.contains(name));
            let needs = made.iter().filter(|(names, ..)| named(names)).map(|(_, other, _)| *other);
            walk.ci.jobs[*index].needs = needs.collect();
        }
    }

    fn task(&self, walk: &mut Walk<'_>, key: &str, at: Span, task: &Value) -> (Vec<String>, usize, Vec<String>) {
        let of_key = key.strip_suffix("_task").unwrap_or("task").to_owned();
        let name = task.get("name").and_then(Value::as_str).map_or_else(|| of_key.clone(), str::to_owned);
        let place = self.place(at);
        let all = [Event::Push(Vec::new()), Event::PullRequest, Event::Tag];
        let mut triggers = all.map(|event| Trigger { event, place: place.clone() }).to_vec();
        if let Some(text) = task.get("only_if").and_then(Value::scalar_text) {
            triggers = if on_a_clock(&text) {
                vec![Trigger { event: Event::Schedule("set on the host".into()), place: place.clone() }]
            } else {
                condition::held(&condition::infix(&text), &triggers, &WORDS).0
            };
        }
        let excuse = match task.get("allow_failures") {
            Some(value) if value.as_bool() == Some(true) => Some("`allow_failures: true`".to_owned()),
            Some(value) if value.as_str().is_some() => Some("`allow_failures` under a condition".to_owned()),
            _ => None,
        };
        let manual = task.get("trigger_type").filter(|value| value.as_str() == Some("manual"));
        let manual = manual.map(|value| self.place(value.span));
        let job = Job {
            workflow: self.parsed.source.name().to_owned(),
            waits: manual.is_some(),
            manual,
            excuse,
            ..Job::new(name.as_str(), place, triggers)
        };
        let frame = Frame::of(walk, job, BTreeMap::from([("CIRRUS_CI".to_owned(), "true".to_owned())]));
        let env = |map: Option<&Value>| plain::texts(map);
        let mut frame = frame
            .with_env(env(self.root.get("env").map(|field| &field.value)))
            .with_env(env(task.get("env").or_else(|| task.get("environment"))));
        if let Some(dir) = frame.env.get("CIRRUS_WORKING_DIR").filter(|dir| !dir.contains('$')) {
            frame.dir = path::join("", dir);
        }
        let mut order = 0;
        self.scripts(walk, &frame, task, &mut order);
        for part in task.get("matrix").and_then(Value::as_list).unwrap_or(&[]).iter().take(50) {
            self.scripts(walk, &frame, part, &mut order);
        }
        if let Some(after) = task.get("always") {
            self.scripts(walk, &frame.clone().excused(Some("it tidies up after the work")), after, &mut order);
        }
        if let Some(after) = task.get("on_failure") {
            frame.on_failure = true;
            self.scripts(walk, &frame, after, &mut order);
        }
        (vec![name, of_key], frame.job, strings(task.get("depends_on")))
    }

    /// What a task, or a part of it, runs.
    fn scripts(&self, walk: &mut Walk<'_>, frame: &Frame, task: &Value, order: &mut usize) {
        for (key, field) in task.as_map().into_iter().flatten() {
            if SETTINGS.contains(&key.as_str()) || !(key == "script" || key.ends_with("_script")) {
                continue;
            }
            let Some(script) = plain::script(&self.parsed.source, &field.value) else { continue };
            let mut frame = frame.clone();
            if key.ends_with("_background_script") {
                frame = frame.excused(Some("runs in the background"));
            }
            *order += 1;
            frame.run(walk, &script, *order, Some(key));
        }
    }
}

/// Whether a condition asks for a clock: `$CIRRUS_CRON == 'nightly'`, `$CIRRUS_CRON != ''`.
fn on_a_clock(text: &str) -> bool {
    let Some((_, after)) = text.split_once("CIRRUS_CRON") else { return false };
    let after: String = after.chars().filter(|c| !c.is_whitespace() && *c != '}').take(4).collect();
    let named = after.starts_with("==") && !after.starts_with("==''") && !after.starts_with("==\"\"");
    let any = after.starts_with("!=''") || after.starts_with("!=\"\"");
    (named || any) && !text.contains("||")
}
