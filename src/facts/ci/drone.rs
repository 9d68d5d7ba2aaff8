//! Drone and Woodpecker: `.drone.yml`, `.woodpecker.yml`, `.woodpecker/*.yml`; a pipeline is a job.

use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::pattern::glob;
use super::plain::{self, Frame};
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeMap;

/// Plugins that do what a command does.
const PLUGINS: &[(&str, &str)] = &[
    ("plugins/docker", "docker push {repo}"),
    ("plugins/ecr", "docker push {repo}"),
    ("plugins/gcr", "docker push {repo}"),
    ("plugins/acr", "docker push {repo}"),
    ("plugins/kaniko", "docker push {repo}"),
    ("plugins/buildx", "docker push {repo}"),
    ("thegeeklab/drone-docker-buildx", "docker push {repo}"),
    ("woodpeckerci/plugin-docker-buildx", "docker push {repo}"),
    ("woodpeckerci/plugin-docker", "docker push {repo}"),
    ("woodpeckerci/plugin-kaniko", "docker push {repo}"),
    ("plugins/github-release", "gh release create"),
    ("woodpeckerci/plugin-release", "gh release create"),
    ("plugins/gitea-release", "gh release create"),
    ("plugins/npm", "npm publish"),
    ("plugins/pypi", "twine upload"),
    ("plugins/heroku", "git push heroku {app}"),
    ("pelotech/drone-helm3", "helm upgrade {release} {chart} --namespace {namespace}"),
    ("appleboy/drone-ssh", "ssh {host} '{script}'"),
    ("plugins/ansible", "ansible-playbook {playbook}"),
    ("plugins/terraform", "terraform apply"),
];

/// Reads the pipelines of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let drone = plain::files(walk, |path| matches!(path, ".drone.yml" | ".drone.yaml"));
    let woodpecker = plain::files(walk, |path| {
        matches!(path, ".woodpecker.yml" | ".woodpecker.yaml")
            || path.strip_prefix(".woodpecker/").is_some_and(|name| !name.contains('/') && super::path::is_yaml(name))
    });
    let mut made: Vec<(String, usize, Vec<String>)> = Vec::new();
    for (parsed, is_drone) in
        drone.into_iter().map(|one| (one, true)).chain(woodpecker.into_iter().map(|one| (one, false)))
    {
        walk.ci.files.push(Place::file(parsed.source.name()));
        for root in parsed.documents.iter().take(100) {
            let is_pipeline = root.get("kind").and_then(Value::as_str).is_none_or(|kind| kind == "pipeline");
            if is_pipeline && (root.get("steps").is_some() || root.get("pipeline").is_some()) {
                let (name, index) = Pipeline { parsed, root, is_drone }.walk(walk);
                made.push((name, index, strings(root.get("depends_on"))));
            }
        }
    }
    for (_, index, wanted) in &made {
        let needs = made.iter().filter(|(name, ..)| wanted.contains(name)).map(|(_, other, _)| *other);
        walk.ci.jobs[*index].needs = needs.collect();
    }
}

struct Pipeline<'f> {
    parsed: &'f Parsed,
    root: &'f Value,
    is_drone: bool,
}

/// The names of the events, with what they are.
const EVENTS: &[(&str, Event)] = &[
    ("push", Event::Push(Vec::new())),
    ("pull_request", Event::PullRequest),
    ("tag", Event::Tag),
    ("release", Event::Tag),
    ("promote", Event::Manual),
    ("rollback", Event::Manual),
    ("deployment", Event::Manual),
    ("manual", Event::Manual),
    ("custom", Event::Manual),
];

impl Pipeline<'_> {
    fn place(&self, span: Span) -> Place {
        plain::place(self.parsed, span)
    }

    fn walk(&self, walk: &mut Walk<'_>) -> (String, usize) {
        let file = self.parsed.source.name();
        let stem = file.rsplit('/').next().unwrap_or(file).trim_start_matches('.');
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let name = self.root.get("name").and_then(Value::as_str).unwrap_or(stem).to_owned();
        let at = self.place(Span { start: self.root.span.start, end: self.root.span.start });
        let all: Vec<Trigger> = ["push", "pull_request", "tag"]
            .iter()
            .filter_map(|name| EVENTS.iter().find(|(one, _)| one == name))
            .map(|(_, event)| Trigger { event: event.clone(), place: at.clone() })
            .collect();
        let (triggers, on_failure) = self.held(self.root.get(if self.is_drone { "trigger" } else { "when" }), &all);
        let services = entries(self.root.get("services")).filter_map(|(_, service)| {
            let image = service.get("image")?;
            Some((image.as_str()?.to_owned(), self.place(image.span)))
        });
        let variable = if self.is_drone { "DRONE" } else { "CI_WOODPECKER" };
        let job = Job {
            workflow: file.to_owned(),
            on_failure,
            services: services.collect(),
            ..Job::new(name.as_str(), at, triggers)
        };
        let frame = Frame::of(walk, job, BTreeMap::from([(variable.to_owned(), "true".to_owned())]));
        let frame = frame.with_env(plain::texts(self.root.get("environment")));
        let steps = self.root.get("steps").or_else(|| self.root.get("pipeline"));
        for (order, (name, step)) in entries(steps).take(500).enumerate() {
            self.step(walk, &frame, order, name, step);
        }
        (name, frame.job)
    }

    fn step(&self, walk: &mut Walk<'_>, around: &Frame, order: usize, name: Option<&str>, step: &Value) {
        let mut frame = around.clone().with_env(plain::texts(step.get("environment")));
        let (triggers, on_failure) = self.held(step.get("when"), &around.triggers);
        frame.triggers = triggers;
        frame.on_failure |= on_failure;
        let flag = |key: &str| step.get(key).and_then(Value::as_bool) == Some(true);
        if step.get("failure").and_then(Value::as_str) == Some("ignore") {
            frame = frame.excused(Some("`failure: ignore`"));
        }
        if flag("detach") {
            frame = frame.excused(Some("runs in the background"));
        }
        if let Some(dir) = step.get("directory").and_then(Value::as_str) {
            frame.dir = super::path::join("", dir);
        }
        let name = step.get("name").and_then(Value::as_str).or(name);
        if let Some(script) = step.get("commands").and_then(|commands| plain::script(&self.parsed.source, commands)) {
            frame.run(walk, &script, order, name);
        } else if let Some(image) = step.get("image").filter(|_| step.get("settings").is_some()) {
            let used = image.as_str().unwrap_or_default().trim_start_matches("docker.io/");
            let mut with = plain::texts(step.get("settings"));
            for (key, field) in step.get("settings").and_then(Value::as_map).into_iter().flatten() {
                let parts = strings(Some(&field.value));
                if !parts.is_empty() {
                    with.insert(key.to_string(), parts.join("\n"));
                }
            }
            let dry =
                ["dry_run", "dry-run", "no_push"].iter().any(|key| with.get(*key).is_some_and(|value| value == "true"));
            let image_name = used.rsplit_once(':').map_or(used, |(name, _)| name);
            let command = PLUGINS.iter().find(|(plugin, _)| *plugin == image_name && !dry);
            let command = command.map(|(_, command)| plain::filled(command, &with));
            frame.stands_for(walk, (used, with), command.as_deref(), &self.place(image.span), order);
        }
    }

    /// The triggers that conditions leave, and whether they ask for a failure; a list means any of its conditions.
    fn held(&self, when: Option<&Value>, triggers: &[Trigger]) -> (Vec<Trigger>, bool) {
        let Some(when) = when else { return (triggers.to_vec(), false) };
        let list = when.as_list().unwrap_or(std::slice::from_ref(when));
        let mut found: Vec<Trigger> = Vec::new();
        let mut on_failure = !list.is_empty();
        for condition in list {
            let status = strings(condition.get("status"));
            let failed = !status.is_empty() && status.iter().all(|word| word == "failure");
            on_failure &= failed;
            for trigger in self.one(condition, triggers) {
                if !found.contains(&trigger) {
                    found.push(trigger);
                }
            }
        }
        (found, on_failure)
    }

    fn one(&self, condition: &Value, triggers: &[Trigger]) -> Vec<Trigger> {
        let place = self.place(condition.span);
        let (events, not) = included(condition.get("event"));
        let mut found: Vec<Trigger> = Vec::new();
        if events.is_empty() {
            let kept = triggers.iter().filter(|trigger| {
                !EVENTS.iter().any(|(name, event)| not.iter().any(|one| one == name) && same(event, &trigger.event))
            });
            found.extend(kept.cloned());
        } else {
            for name in &events {
                let event = match EVENTS.iter().find(|(one, _)| one == name) {
                    Some((_, event)) => event.clone(),
                    None if name == "cron" => Event::Schedule("set on the host".into()),
                    None => Event::Other(name.clone()),
                };
                // A step asks for an event that its pipeline does not exclude.
                let known = triggers.iter().find(|trigger| same(&trigger.event, &event));
                let extra = !event.is_gate() && !triggers.is_empty();
                match known {
                    Some(trigger) => found.push(trigger.clone()),
                    None if extra => found.push(Trigger { event, place: place.clone() }),
                    None => {}
                }
            }
        }
        let (mut branches, not) = included(condition.get("branch"));
        for branch in &mut branches {
            if branch.contains("CI_REPO_DEFAULT_BRANCH") || branch.contains("DRONE_REPO_BRANCH") {
                *branch = "main".into();
            }
        }
        branches.extend(
            included(condition.get("ref"))
                .0
                .iter()
                .filter_map(|one| one.strip_prefix("refs/heads/"))
                .map(str::to_owned),
        );
        let tags_only =
            included(condition.get("ref")).0.iter().any(|one| one.starts_with("refs/tags/")) && branches.is_empty();
        found.retain(|trigger| !tags_only || trigger.event == Event::Tag);
        let released = |name: &String| matches!(name.as_str(), "main" | "master" | "*" | "**");
        found.retain(|trigger| !(matches!(trigger.event, Event::Push(_)) && not.iter().any(released)));
        for trigger in &mut found {
            let Event::Push(known) = &trigger.event else { continue };
            if !branches.is_empty() {
                let both = branches
                    .iter()
                    .filter(|name| known.is_empty() || known.iter().any(|one| glob(one, name) || glob(name, one)));
                trigger.event = Event::Push(both.filter(|name| *name != "*").cloned().collect());
            }
        }
        // Branches of which none is left: it never runs.
        let asked = branches.iter().any(|name| name != "*");
        found.retain(|trigger| !(asked && trigger.event == Event::Push(Vec::new())));
        found
    }
}

fn same(one: &Event, other: &Event) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// What a condition includes and what it excludes.
fn included(value: Option<&Value>) -> (Vec<String>, Vec<String>) {
    match value {
        Some(value) if value.as_map().is_some() => (strings(value.get("include")), strings(value.get("exclude"))),
        value => (strings(value), Vec::new()),
    }
}

/// The entries of a list, or of a mapping with their names.
fn entries(value: Option<&Value>) -> impl Iterator<Item = (Option<&str>, &Value)> {
    let list = value.and_then(Value::as_list).unwrap_or(&[]).iter().map(|entry| (None, entry));
    let map = value.and_then(Value::as_map).into_iter().flatten();
    list.chain(map.map(|(name, field)| (Some(name.as_str()), &field.value)))
}
