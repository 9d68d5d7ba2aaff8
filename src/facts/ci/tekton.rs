//! Tekton: the runs of Pipelines as Code in `.tekton/`, and pipelines that something else starts.

use super::excerpt::Excerpt;
use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::path;
use super::plain::{self, Frame};
use crate::evidence::{Blind, Place};
use crate::facts::format::Parsed;
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// Tasks of the catalogue that check nothing.
const KNOWN: &[&str] = &["git-clone", "init", "summary", "show-summary"];

/// Reads the runs and pipelines of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let parsed = plain::files(walk, |path| {
        path::is_yaml(path)
            && path.split('/').rev().skip(1).any(|part| matches!(part, ".tekton" | "tekton"))
            && plain::is_ours(path)
    });
    let of_tekton = |document: &Value| {
        document.get("apiVersion").and_then(Value::as_str).is_some_and(|version| version.starts_with("tekton.dev/"))
    };
    let documents =
        parsed.iter().flat_map(|parsed| parsed.documents.iter().take(100).map(move |document| (*parsed, document)));
    let all: Vec<Document<'_>> = documents.filter(|(_, document)| of_tekton(document)).collect();
    let view = View { all: &all };
    let mut files: Vec<&str> = all.iter().map(|(parsed, _)| parsed.source.name()).collect();
    files.dedup();
    walk.ci.files.extend(files.into_iter().map(Place::file));
    let mut started: Vec<&str> = Vec::new();
    for (parsed, run) in view.of_kind("PipelineRun") {
        let triggers = triggers(parsed, run);
        let spec = run.at(&["spec", "pipelineSpec"]).map(|spec| (parsed, spec));
        let named = run.at(&["spec", "pipelineRef", "name"]).and_then(Value::as_str);
        let found = spec.or_else(|| {
            let (parsed, pipeline) = view.named("Pipeline", named?)?;
            Some((parsed, pipeline.get("spec")?))
        });
        if let Some((parsed, spec)) = found {
            started.extend(named);
            view.pipeline(walk, parsed, spec, &triggers);
        } else {
            let why = "the pipeline of this run is not in the tree".to_owned();
            walk.ci.blind.push(Blind { place: Some(plain::place(parsed, run.span)), why });
        }
    }
    for (parsed, pipeline) in view.of_kind("Pipeline") {
        let name = name_of(pipeline);
        let Some(spec) = pipeline.get("spec").filter(|_| !started.contains(&name)) else { continue };
        let event = Event::Other(format!("something {}", super::elsewhere::NOT_HERE));
        view.pipeline(walk, parsed, spec, &[Trigger { event, place: begin(parsed, pipeline) }]);
    }
}

type Document<'f> = (&'f Parsed, &'f Value);

struct View<'v, 'f> {
    all: &'v [Document<'f>],
}

fn name_of(document: &Value) -> &str {
    document.at(&["metadata", "name"]).and_then(Value::as_str).unwrap_or_default()
}

fn begin(parsed: &Parsed, value: &Value) -> Place {
    plain::place(parsed, Span { start: value.span.start, end: value.span.start })
}

/// What starts a run, by its annotations.
fn triggers(parsed: &Parsed, run: &Value) -> Vec<Trigger> {
    let of = |name: &str| {
        let key = format!("pipelinesascode.tekton.dev/{name}");
        run.at(&["metadata", "annotations", &key]).filter(|value| value.as_str().is_some())
    };
    let list = |value: &Value| -> Vec<String> {
        let text = value.as_str().unwrap_or_default().trim_matches(['[', ']']);
        text.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
    };
    let branches = of("on-target-branch").map(list).unwrap_or_default();
    let (tags, branches): (Vec<String>, Vec<String>) =
        branches.into_iter().partition(|one| one.starts_with("refs/tags/"));
    let branches: Vec<String> =
        branches.iter().map(|one| one.trim_start_matches("refs/heads/").to_owned()).filter(|one| one != "*").collect();
    let event = |name: &str| match name {
        "pull_request" => Event::PullRequest,
        "push" if !tags.is_empty() && branches.is_empty() => Event::Tag,
        "push" => Event::Push(branches.clone()),
        "incoming" => Event::Manual,
        other => Event::Other(other.to_owned()),
    };
    if let Some(events) = of("on-event") {
        let place = plain::place(parsed, events.span);
        return list(events).iter().map(|name| Trigger { event: event(name), place: place.clone() }).collect();
    }
    if let Some(condition) = of("on-cel-expression") {
        let place = plain::place(parsed, condition.span);
        let text: String =
            condition.as_str().unwrap_or_default().split_whitespace().collect::<String>().replace('\'', "\"");
        let asked = ["pull_request", "push"].into_iter().filter(|name| text.contains(&format!("event==\"{name}\"")));
        // On which branch, the expression may say in many ways.
        let found: Vec<Trigger> = asked.map(|name| Trigger { event: event(name), place: place.clone() }).collect();
        if !found.is_empty() {
            return found;
        }
    }
    let event = Event::Other(format!("something {}", super::elsewhere::NOT_HERE));
    vec![Trigger { event, place: begin(parsed, run) }]
}

impl<'f> View<'_, 'f> {
    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = Document<'f>> {
        self.all.iter().copied().filter(move |(_, one)| one.get("kind").and_then(Value::as_str) == Some(kind))
    }

    fn named(&self, kind: &'static str, name: &str) -> Option<Document<'f>> {
        self.of_kind(kind).find(|(_, one)| name_of(one) == name)
    }

    /// The tasks of a pipeline, each a job; those at its end are run whatever became of the others.
    fn pipeline(&self, walk: &mut Walk<'_>, parsed: &Parsed, spec: &Value, triggers: &[Trigger]) {
        let params = defaults(spec);
        let mut made: Vec<(String, usize, Vec<String>)> = Vec::new();
        for (list, is_last) in [("tasks", false), ("finally", true)] {
            for task in spec.get(list).and_then(Value::as_list).unwrap_or(&[]).iter().take(200) {
                let name = task.get("name").and_then(Value::as_str).unwrap_or("task").to_owned();
                let excuse = match task.get("onError").and_then(Value::as_str) {
                    Some("continue") => Some("`onError: continue`".to_owned()),
                    _ => is_last.then(|| "it follows the end of the run".to_owned()),
                };
                let job = Job {
                    workflow: parsed.source.name().to_owned(),
                    excuse,
                    ..Job::new(name.as_str(), begin(parsed, task), triggers.to_vec())
                };
                let frame = Frame::of(walk, job, BTreeMap::new());
                let after = strings(task.get("runAfter"));
                made.push((name, frame.job, after));
                self.task(walk, parsed, task, &frame, &params);
            }
        }
        for (_, index, wanted) in &made {
            let needs = made.iter().filter(|(name, ..)| wanted.contains(name)).map(|(_, other, _)| *other);
            walk.ci.jobs[*index].needs = needs.collect();
        }
    }

    fn task(
        &self,
        walk: &mut Walk<'_>,
        parsed: &Parsed,
        task: &Value,
        frame: &Frame,
        outer: &BTreeMap<String, String>,
    ) {
        let reference = task.get("taskRef").and_then(|one| one.get("name")).and_then(Value::as_str);
        let inside = task.get("taskSpec").map(|spec| (parsed, spec));
        let found = inside.or_else(|| {
            let (parsed, task) = self.named("Task", reference?)?;
            Some((parsed, task.get("spec")?))
        });
        let Some((parsed, spec)) = found else {
            let place = begin(parsed, task);
            let params = task.get("taskRef").and_then(|one| one.get("params")).and_then(Value::as_list).unwrap_or(&[]);
            let of_hub = params.iter().find(|one| one.get("name").and_then(Value::as_str) == Some("name"));
            let name = reference.or_else(|| of_hub?.get("value")?.as_str()).unwrap_or("task");
            if !KNOWN.contains(&name) {
                let why = format!("the task \"{name}\" is not in the tree");
                walk.ci.blind.push(Blind { place: Some(place), why });
            }
            return;
        };
        let mut params = outer.clone();
        params.extend(defaults(spec));
        for given in task.get("params").and_then(Value::as_list).unwrap_or(&[]) {
            let name = given.get("name").and_then(Value::as_str);
            if let (Some(name), Some(value)) = (name, given.get("value").and_then(Value::scalar_text)) {
                params.insert(name.to_owned(), value);
            }
        }
        for (order, step) in spec.get("steps").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate().take(200) {
            step_of(walk, parsed, step, frame, order, &params);
        }
    }
}

/// The parameters that have a default.
fn defaults(spec: &Value) -> BTreeMap<String, String> {
    let list = spec.get("params").and_then(Value::as_list).unwrap_or(&[]).iter();
    list.filter_map(|one| Some((one.get("name")?.as_str()?.to_owned(), one.get("default")?.scalar_text()?))).collect()
}

fn step_of(
    walk: &mut Walk<'_>,
    parsed: &Parsed,
    step: &Value,
    frame: &Frame,
    order: usize,
    params: &BTreeMap<String, String>,
) {
    let mut frame = frame.clone();
    if step.get("onError").and_then(Value::as_str) == Some("continue") {
        frame = frame.excused(Some("`onError: continue`"));
    }
    let name = step.get("name").and_then(Value::as_str);
    if let Some(script) = step.get("script").and_then(|script| plain::script(&parsed.source, script)) {
        // What has no `#!` of its own stops at a failure.
        frame.settings.errexit = !script.text().starts_with("#!");
        frame.run(walk, &filled(&script, params), order, name);
        return;
    }
    let command = strings(step.get("command"));
    let args = strings(step.get("args"));
    let Some(at) = step.get("command").or_else(|| step.get("args")) else { return };
    let is_shell = command.first().is_some_and(|word| matches!(word.rsplit('/').next().unwrap_or(word), "sh" | "bash"));
    let words: Vec<String> = command.into_iter().chain(args).collect();
    let text = match words.iter().position(|word| word.starts_with('-') && word.ends_with('c')) {
        Some(flag) if is_shell => words.get(flag + 1).cloned().unwrap_or_default(),
        _ => super::cloud_build::quoted(&words),
    };
    frame.run(walk, &filled(&Excerpt::anchored(parsed.source.name(), at.span, text), params), order, name);
}

/// A script with its `$(params.x)` filled in; what is not known becomes a variable of the shell.
fn filled(script: &Excerpt, params: &BTreeMap<String, String>) -> Excerpt {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let text = script.text();
    for (at, _) in text.match_indices("$(") {
        let Some(length) = text[at..].find(')') else { break };
        let inside = &text[at + 2..at + length];
        let known = ["params.", "inputs.params.", "workspaces.", "context.", "tasks.", "results.", "steps."];
        let Some(start) = known.iter().find(|start| inside.starts_with(**start)) else { continue };
        if inside.contains(char::is_whitespace) || found.last().is_some_and(|(range, _)| range.end > at) {
            continue;
        }
        let name = &inside[start.len()..];
        let value = params.get(name).filter(|_| start.ends_with("params."));
        let value = value
            .cloned()
            .unwrap_or_else(|| format!("${{{}}}", inside.replace(|c: char| !c.is_ascii_alphanumeric(), "_")));
        found.push((at..at + length + 1, value));
    }
    script.replaced(&found)
}
