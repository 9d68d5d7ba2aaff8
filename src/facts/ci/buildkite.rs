//! Buildkite: `.buildkite/pipeline.yml` and the pipelines that it uploads; a command step is a job.

use super::condition::{self, Field, Words};
use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::path;
use super::plain::{self, Frame};
use crate::evidence::{Blind, Place};
use crate::facts::format::Parsed;
use crate::source::Span;
use crate::value::{Map, Value};
use std::collections::BTreeMap;

/// The most pipelines that are read.
const MAX_FILES: usize = 50;

static WORDS: Words = Words { field, kind, merges_into: false };

fn field(name: &str) -> Field {
    match name.trim_start_matches("build.") {
        "branch" => Field::Branch,
        "tag" => Field::Tag,
        "source" => Field::Kind,
        "pull_request.id" | "pull_request" | "pull_request.base_branch" => Field::PullRequest,
        _ => Field::Other,
    }
}

fn kind(event: &Event) -> &'static [&'static str] {
    match event {
        Event::Push(_) | Event::Tag | Event::PullRequest => &["webhook"],
        Event::Schedule(_) => &["schedule"],
        Event::Manual => &["ui", "api"],
        _ => &[],
    }
}

/// Pipelines in another folder: they run, and what starts them is set on their host.
fn elsewhere(walk: &mut Walk<'_>) {
    let in_folder = |path: &str| {
        let mut folders = path.split('/').rev().skip(1);
        path::is_yaml(path)
            && folders.any(|folder| matches!(folder, "ci" | "buildkite" | ".ci"))
            && plain::is_ours(path)
    };
    for parsed in plain::files(walk, in_folder) {
        let steps = parsed.first().and_then(|root| root.get("steps")?.as_list()).unwrap_or_default();
        let is_pipeline = steps.iter().any(|step| {
            let has = |key: &str| step.get(key).is_some();
            has("label") && (has("command") || has("commands")) && (has("plugins") || has("agents"))
        });
        if is_pipeline {
            let why = "a pipeline of Buildkite; when it runs is set on its host".to_owned();
            walk.ci.blind.push(Blind { place: Some(Place::file(parsed.source.name())), why });
        }
    }
}

/// Reads the pipelines of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let names = ["pipeline.yml", "pipeline.yaml", "pipeline.json"];
    let known = |path: &str| {
        path.strip_prefix(".buildkite/").is_some_and(|name| names.contains(&name)) || path == "buildkite.yml"
    };
    elsewhere(walk);
    let mut queue: Vec<(&Parsed, Vec<Trigger>)> = Vec::new();
    for parsed in plain::files(walk, known) {
        let place = Place::file(parsed.source.name());
        let triggers =
            [Event::Push(Vec::new()), Event::PullRequest].map(|event| Trigger { event, place: place.clone() });
        queue.push((parsed, triggers.to_vec()));
    }
    let mut at = 0;
    while at < queue.len() && at < MAX_FILES {
        let (parsed, triggers) = queue[at].clone();
        at += 1;
        walk.ci.files.push(Place::file(parsed.source.name()));
        let mut pipeline = Pipeline {
            parsed,
            triggers,
            uploads: Vec::new(),
            before: Vec::new(),
            barrier: Vec::new(),
            keys: Vec::new(),
        };
        pipeline.walk(walk);
        let facts = walk.facts;
        for (file, triggers) in pipeline.uploads {
            if queue.iter().any(|(parsed, _)| parsed.source.name() == file) {
                continue;
            }
            if let Some(parsed) = facts.parsed(&file) {
                walk.ci.blind.extend(parsed.blind());
                queue.push((parsed, triggers));
            }
        }
    }
}

struct Pipeline<'f> {
    parsed: &'f Parsed,
    triggers: Vec<Trigger>,
    /// The pipelines that a step uploads.
    uploads: Vec<(String, Vec<Trigger>)>,
    /// The jobs since the last barrier.
    before: Vec<usize>,
    /// The jobs before it.
    barrier: Vec<usize>,
    /// Keys of jobs, with what they ask for.
    keys: Vec<(String, usize, Vec<String>)>,
}

impl Pipeline<'_> {
    fn place(&self, span: Span) -> Place {
        plain::place(self.parsed, span)
    }

    fn walk(&mut self, walk: &mut Walk<'_>) {
        let parsed = self.parsed;
        let Some(root) = parsed.first() else { return };
        let env = plain::texts(root.get("env"));
        let triggers = self.triggers.clone();
        let steps = root.get("steps").unwrap_or(root);
        self.steps(walk, steps, &triggers, &env, None);
        for (_, index, wanted) in &self.keys {
            let needs = self.keys.iter().filter(|(key, ..)| wanted.contains(key)).map(|(_, other, _)| *other);
            walk.ci.jobs[*index].needs.extend(needs);
        }
    }

    fn steps(
        &mut self,
        walk: &mut Walk<'_>,
        steps: &Value,
        triggers: &[Trigger],
        env: &BTreeMap<String, String>,
        group: Option<&str>,
    ) {
        for step in steps.as_list().unwrap_or(&[]).iter().take(500) {
            let word = step.as_str();
            let get = |key: &str| step.get(key);
            if word == Some("wait") || word == Some("waiter") || get("wait").is_some() || get("waiter").is_some() {
                let goes_on = get("continue_on_failure").and_then(Value::as_bool) == Some(true);
                self.barrier = if goes_on { Vec::new() } else { std::mem::take(&mut self.before) };
                self.before.clear();
                continue;
            }
            let triggers = self.held(step, triggers);
            if word == Some("block") || get("block").is_some() || get("manual").is_some() {
                let title = get("block").and_then(Value::as_str).unwrap_or("block").to_owned();
                let index = self.job(walk, step, &title, &triggers);
                walk.ci.jobs[index].is_approval = true;
                // What stands below waits for it.
                self.barrier = vec![index];
                self.before.clear();
            } else if get("input").is_some() {
                let title = get("input").and_then(Value::as_str).unwrap_or("input").to_owned();
                self.job(walk, step, &title, &triggers);
            } else if let Some(inner) = get("steps") {
                let title = get("group").and_then(Value::as_str).or(group);
                self.steps(walk, inner, &triggers, env, title);
            } else if word.is_none() && get("trigger").is_none() {
                self.command(walk, step, &triggers, env);
            }
        }
    }

    fn job(&mut self, walk: &mut Walk<'_>, step: &Value, title: &str, triggers: &[Trigger]) -> usize {
        let key = step.get("key").or_else(|| step.get("id")).or_else(|| step.get("identifier")).and_then(Value::as_str);
        let index = walk.ci.jobs.len();
        let depends = step.get("depends_on");
        let wanted = depends.map(|value| match value.as_list() {
            Some(list) => list
                .iter()
                .filter_map(|one| one.as_str().or_else(|| one.get("step")?.as_str()))
                .map(str::to_owned)
                .collect(),
            None => strings(Some(value)),
        });
        let soft = match step.get("soft_fail") {
            Some(value) if value.as_bool() == Some(true) => true,
            Some(value) => statuses(value).any(|status| matches!(status.as_str(), "*" | "1")),
            None => false,
        };
        walk.ci.jobs.push(Job {
            name: title.to_owned(),
            workflow: self.parsed.source.name().to_owned(),
            needs: if wanted.is_some() { Vec::new() } else { self.barrier.clone() },
            excuse: soft.then(|| "`soft_fail`".to_owned()),
            ..Job::new(key.unwrap_or(title), self.place(step.span), triggers.to_vec())
        });
        self.keys.push((key.unwrap_or_default().to_owned(), index, wanted.unwrap_or_default()));
        self.before.push(index);
        index
    }

    fn command(&mut self, walk: &mut Walk<'_>, step: &Value, triggers: &[Trigger], env: &BTreeMap<String, String>) {
        let command = step.get("command").or_else(|| step.get("commands"));
        let title = step.get("label").or_else(|| step.get("name")).and_then(Value::as_str);
        let first = command.and_then(|value| value.as_str().or_else(|| value.as_list()?.first()?.as_str()));
        let title = title.or(first).unwrap_or("step").lines().next().unwrap_or_default().to_owned();
        let index = self.job(walk, step, &title, triggers);
        let job = walk.ci.jobs.pop();
        let Some(job) = job else { return };
        let mut all = BTreeMap::from([("BUILDKITE".to_owned(), "true".to_owned())]);
        all.extend(env.clone());
        all.extend(plain::texts(step.get("env")));
        let frame = Frame::of(walk, job, all);
        debug_assert_eq!(frame.job, index, "the job stands where it stood");
        for plugin in step.get("plugins").into_iter().flat_map(plugins) {
            let (name, options, span) = plugin;
            let place = self.place(span);
            frame.stands_for(walk, (&name, plain::texts(options)), None, &place, 0);
        }
        let Some(script) = command.and_then(|command| plain::script(&self.parsed.source, command)) else { return };
        let text = script.text().replace("$$", "$");
        let script = if text.len() == script.text().len() { script } else { doubled(&script) };
        let script = step.get("soft_fail").map_or(script.clone(), |soft| passed_over(&script, soft));
        frame.run(walk, &script, 1, None);
        self.uploaded(walk, &frame);
    }

    /// Follows `buildkite-agent pipeline upload FILE`; a pipeline that a program makes cannot be read.
    fn uploaded(&mut self, walk: &mut Walk<'_>, frame: &Frame) {
        let mut generated = None;
        for command in walk.ci.commands.iter().filter(|command| command.step.job == frame.job) {
            let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
            let ["buildkite-agent", "pipeline", "upload", rest @ ..] = &words[..] else { continue };
            match rest.iter().find(|word| !word.starts_with('-')) {
                Some(file) if !file.contains('$') => {
                    self.uploads.push((path::join(&command.dir, file), frame.triggers.clone()));
                }
                // Without a file it is this pipeline, or one that comes through a pipe.
                None if !piped(walk, &command.place) => {}
                _ => generated = Some(command.place.clone()),
            }
        }
        if let Some(place) = generated {
            walk.ci
                .blind
                .push(Blind { place: Some(place), why: "a program makes the pipeline that is uploaded here".into() });
        }
    }

    /// What runs a step: `if`, `branches`, `skip`.
    fn held(&self, step: &Value, triggers: &[Trigger]) -> Vec<Trigger> {
        if step.get("skip").is_some_and(|skip| skip.as_bool() != Some(false) && skip.as_str() != Some("")) {
            return Vec::new();
        }
        let mut found = triggers.to_vec();
        if let Some(value) = step.get("branches") {
            let names: Vec<String> =
                strings(Some(value)).iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
            let (not, names): (Vec<String>, Vec<String>) = names.into_iter().partition(|name| name.starts_with('!'));
            let released = not.iter().any(|name| matches!(name.as_str(), "!main" | "!master"));
            found.retain(|trigger| match trigger.event {
                Event::Push(_) => !released,
                Event::PullRequest => names.is_empty() || names.iter().any(|name| name == "*"),
                _ => true,
            });
            for trigger in &mut found {
                if matches!(trigger.event, Event::Push(_)) {
                    trigger.event = Event::Push(names.iter().filter(|name| *name != "*").cloned().collect());
                }
            }
        }
        let Some(value) = step.get("if") else { return found };
        let text = value.as_str().map_or_else(|| self.parsed.raw(value).to_owned(), str::to_owned);
        let held = |triggers: &[Trigger]| condition::held(&condition::infix(&text), triggers, &WORDS).0;
        let kept = held(&found);
        if !kept.is_empty() || found.is_empty() {
            return kept;
        }
        // Tags, clocks and people start builds only where the host says so: a step that asks for them shows it.
        let place = self.place(value.span);
        let rare = [Event::Tag, Event::Schedule("set on the host".into()), Event::Manual];
        held(&rare.map(|event| Trigger { event, place: place.clone() }))
    }
}

/// Whether a file pipes something into an upload.
fn piped(walk: &Walk<'_>, place: &Place) -> bool {
    let text = walk.facts.tree.text(&place.path).map_or("", |source| source.text());
    text.contains("| buildkite-agent pipeline") || text.contains("|buildkite-agent pipeline")
}

/// `$$NAME` is `$NAME` once the pipeline is uploaded.
fn doubled(script: &super::excerpt::Excerpt) -> super::excerpt::Excerpt {
    let text = script.text();
    let found: Vec<_> = text.match_indices("$$").map(|(at, both)| (at..at + both.len(), "$".to_owned())).collect();
    script.replaced(&found)
}

/// The exit statuses that `soft_fail` names.
fn statuses(soft: &Value) -> impl Iterator<Item = String> {
    let list = soft.as_list().unwrap_or_default().iter();
    list.filter_map(|one| one.get("exit_status")?.scalar_text())
}

/// A script in which the exit statuses that `soft_fail` lets pass are those of success.
fn passed_over(script: &super::excerpt::Excerpt, soft: &Value) -> super::excerpt::Excerpt {
    let text = script.text();
    let is_end = |at: usize| !text[at..].starts_with(|next: char| next.is_ascii_alphanumeric());
    let mut found: Vec<_> = Vec::new();
    for exit in statuses(soft).map(|status| format!("exit {status}")) {
        let ends = text.match_indices(&exit).map(|(at, _)| at..at + exit.len());
        found.extend(ends.filter(|range| is_end(range.end)).map(|range| (range, "exit 0".to_owned())));
    }
    found.sort_by_key(|(range, _)| range.start);
    script.replaced(&found)
}

/// The plugins of a step: a list of names or of names with options, or a mapping.
fn plugins(value: &Value) -> Vec<(String, Option<&Value>, Span)> {
    let of_map = |map: &'_ Map| map.iter().map(|(name, field)| (name.clone(), field.key)).collect::<Vec<_>>();
    let mut found = Vec::new();
    for one in value.as_list().unwrap_or(std::slice::from_ref(value)) {
        if let Some(name) = one.as_str() {
            found.push((name.to_owned(), None, one.span));
        } else if let Some(map) = one.as_map() {
            found.extend(of_map(map).into_iter().map(|(name, span)| {
                let options = one.get(&name);
                (name.to_string(), options, span)
            }));
        }
    }
    found
}
