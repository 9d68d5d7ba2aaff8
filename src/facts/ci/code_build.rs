//! AWS `CodeBuild`: `buildspec.yml` and its kin; a file is a job, what starts it stands in a webhook or a pipeline.

use super::follow::Walk;
use super::model::{Event, Job, Trigger};
use super::path;
use super::plain::{self, Frame};
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::facts::infra::{Resource, written};
use crate::source::Span;
use crate::value::{Kind, Value};
use std::collections::BTreeMap;

/// The phases in their order.
const PHASES: &[&str] = &["install", "pre_build", "build", "post_build"];

/// Reads the builds of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let parsed = plain::files(walk, |path| is_spec(path) && plain::is_ours(path));
    for parsed in parsed {
        let Some(root) = parsed.first() else { continue };
        if let Some(phases) = root.get("phases").filter(|phases| phases.as_map().is_some()) {
            Spec { parsed, root }.walk(walk, phases);
        }
    }
}

/// `buildspec.yml`, `buildspec-test.yaml`, `test.buildspec.yml`, `buildspecs/test.yml`, in any folder.
fn is_spec(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder = path.split('/').rev().nth(1).unwrap_or_default();
    let kin =
        name.starts_with("buildspec") || name.contains("buildspec.") || matches!(folder, "buildspec" | "buildspecs");
    kin && path::is_yaml(name)
}

struct Spec<'f> {
    parsed: &'f Parsed,
    root: &'f Value,
}

impl Spec<'_> {
    fn walk(&self, walk: &mut Walk<'_>, phases: &Value) {
        let file = self.parsed.source.name();
        let at = plain::place(self.parsed, Span { start: self.root.span.start, end: self.root.span.start });
        walk.ci.files.push(Place::file(file));
        let name = file.rsplit('/').next().unwrap_or(file);
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let triggers = triggers(walk, file, &at);
        let job = Job { workflow: file.to_owned(), ..Job::new(name, at, triggers) };
        let frame = Frame::of(walk, job, BTreeMap::from([("CODEBUILD_BUILD_ID".to_owned(), "set".to_owned())]));
        let frame = frame.with_env(plain::texts(self.root.get("env").and_then(|env| env.get("variables"))));
        for (order, phase) in PHASES.iter().enumerate() {
            let Some(body) = phases.get(phase) else { continue };
            let mut within = frame.clone();
            let goes_on = body.get("on-failure").and_then(Value::as_str);
            if goes_on.is_some_and(|word| word.eq_ignore_ascii_case("continue")) {
                within = within.excused(Some("`on-failure: CONTINUE`"));
            }
            let source = &self.parsed.source;
            if let Some(script) = body.get("commands").and_then(|commands| plain::script(source, commands)) {
                within.run(walk, &script, order * 2, Some(phase));
            }
            if let Some(script) = body.get("finally").and_then(|commands| plain::script(source, commands)) {
                within.excused(Some("it tidies up after the work")).run(walk, &script, order * 2 + 1, Some(phase));
            }
        }
    }
}

/// What starts a build: the webhook of the project that uses its file, or a pipeline that does; else something that is
/// not here.
fn triggers(walk: &Walk<'_>, file: &str, at: &Place) -> Vec<Trigger> {
    let infra = walk.facts.infra();
    let mut found = Vec::new();
    for project in plain::resources(infra, "aws_codebuild_project").filter(|project| uses(project, file)) {
        let address = project.name.rsplit('.').next().unwrap_or(&project.name);
        let name = project.setting("name").and_then(|one| one.text());
        // By its name, or by a reference: `aws_codebuild_project.test.name`, `{"Ref": "Test"}`.
        let is_named = |text: &String| {
            name.as_ref() == Some(text)
                || text == address
                || text.contains(&format!("aws_codebuild_project.{address}."))
        };
        for webhook in plain::resources(infra, "aws_codebuild_webhook") {
            if webhook.setting("project_name").and_then(|one| written(&one.value)).is_some_and(|text| is_named(&text)) {
                found.extend(events(webhook));
            }
        }
        for pipeline in plain::resources(infra, "aws_codepipeline") {
            if texts_in(&pipeline.value).iter().any(is_named) {
                found.push(Trigger { event: Event::Push(Vec::new()), place: pipeline.place() });
            }
        }
        if project.setting("triggers.webhook").is_some_and(|one| one.text().as_deref() == Some("true")) {
            let both = [Event::Push(Vec::new()), Event::PullRequest];
            found.extend(both.map(|event| Trigger { event, place: project.place() }));
        }
    }
    found.sort();
    found.dedup();
    if found.is_empty() {
        let event = Event::Other("a webhook or a pipeline of AWS that is not in the tree".into());
        found.push(Trigger { event, place: at.clone() });
    }
    found
}

/// Every scalar and expression of a value, as written; its depth is bounded by what read it.
fn texts_in(value: &Value) -> Vec<String> {
    match &value.kind {
        Kind::List(list) => list.iter().flat_map(texts_in).collect(),
        Kind::Map(map) => map.values().flat_map(|field| texts_in(&field.value)).collect(),
        _ => written(value).into_iter().collect(),
    }
}

/// Whether a project uses a file; one that names none uses `buildspec.yml` at the root.
fn uses(project: &Resource, file: &str) -> bool {
    let named = project.setting("source.buildspec").or_else(|| project.setting("source.build_spec"));
    match named.and_then(|one| one.text()) {
        Some(path) => path.trim_start_matches("./") == file,
        None => file == "buildspec.yml",
    }
}

/// `EVENT` filters of a webhook: pushes, and requests that are opened or updated.
fn events(webhook: &Resource) -> Vec<Trigger> {
    let said = texts_in(&webhook.value);
    let asks = |word: &str| said.iter().any(|text| text.split(',').any(|one| one.trim() == word));
    let (pushes, opened) = (asks("PUSH"), asks("PULL_REQUEST_CREATED") || asks("PULL_REQUEST_UPDATED"));
    let any = !pushes && !said.iter().any(|text| text.contains("PULL_REQUEST"));
    let mut found = Vec::new();
    if pushes || any {
        found.push(Trigger { event: Event::Push(Vec::new()), place: webhook.place() });
    }
    if opened || any {
        found.push(Trigger { event: Event::PullRequest, place: webhook.place() });
    }
    found
}
