//! What the systems share whose steps are lists of shell lines.

use super::excerpt::Excerpt;
use super::follow::{Call, Walk};
use super::model::{Job, Step, Trigger};
use super::shell::Settings;
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::code::{Role, folder_role};
use crate::facts::format::Parsed;
use crate::facts::infra::{Infra, Resource};
use crate::facts::production::{is_example, is_fixture};
use crate::source::{Source, Span};
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What holds around the steps of a job.
#[derive(Clone)]
pub(super) struct Frame {
    /// Its index.
    pub(super) job: usize,
    /// What runs it.
    pub(super) triggers: Vec<Trigger>,
    /// The environment.
    pub(super) env: Arc<BTreeMap<String, String>>,
    /// The folder.
    pub(super) dir: String,
    /// Why a failure does not fail the run.
    pub(super) excuse: Option<String>,
    /// It runs only when something before it failed.
    pub(super) on_failure: bool,
    /// How the shell is started.
    pub(super) settings: Settings,
    /// `false` when it is only supposed that it is reached.
    pub(super) sure: bool,
}

impl Frame {
    /// Lists a job and gives what holds around its steps; the shell stops at a failure.
    pub(super) fn of(walk: &mut Walk<'_>, job: Job, env: BTreeMap<String, String>) -> Self {
        let frame = Self {
            job: walk.ci.jobs.len(),
            triggers: job.triggers.clone(),
            env: Arc::new(env),
            dir: String::new(),
            excuse: job.excuse.clone(),
            on_failure: job.on_failure,
            settings: Settings { errexit: true, pipefail: false },
            sure: true,
        };
        walk.ci.jobs.push(job);
        frame
    }

    /// The same with a failure excused, unless it already is.
    pub(super) fn excused(mut self, why: Option<&str>) -> Self {
        if self.excuse.is_none() {
            self.excuse = why.map(str::to_owned);
        }
        self
    }

    /// The same with more of an environment.
    pub(super) fn with_env(mut self, more: BTreeMap<String, String>) -> Self {
        if !more.is_empty() {
            let mut env = (*self.env).clone();
            env.extend(more);
            self.env = Arc::new(env);
        }
        self
    }

    /// Walks a script as a step.
    pub(super) fn run(&self, walk: &mut Walk<'_>, script: &Excerpt, order: usize, name: Option<&str>) {
        if self.triggers.is_empty() {
            return;
        }
        let text = script.text();
        let first = text.len() - text.trim_start().len();
        let place = script.place(first..first + text.trim_start().lines().next().unwrap_or_default().len());
        walk.script(script, &self.call(order, name, place));
    }

    /// Walks a command that something else than a script stands for, and lists what stands for it.
    pub(super) fn stands_for(
        &self,
        walk: &mut Walk<'_>,
        used: (&str, BTreeMap<String, String>),
        command: Option<&str>,
        place: &Place,
        order: usize,
    ) {
        if self.triggers.is_empty() {
            return;
        }
        let call = self.call(order, None, place.clone());
        let (used, with) = used;
        let (name, version) = used.rsplit_once(['@', '#', ':']).unwrap_or((used, ""));
        walk.foreign_scan(name, &with, place, &call);
        walk.action(name, version, with, place.clone(), &call);
        if let Some(command) = command {
            let script = Excerpt::anchored(place.path.clone(), place.span.unwrap_or_default(), command);
            walk.script(&script, &call);
        }
    }

    /// Walks the hooks of a configuration of pre-commit, without some.
    pub(super) fn hooks(&self, walk: &mut Walk<'_>, file: &str, skip: &[String], place: &Place) {
        walk.hooks_of(file, None, None, skip, place, &self.call(0, None, place.clone()));
    }

    fn call(&self, order: usize, name: Option<&str>, place: Place) -> Call {
        let step = Step {
            job: self.job,
            order,
            name: name.map(str::to_owned),
            place,
            triggers: self.triggers.clone(),
            on_failure: self.on_failure,
            env: self.env.clone(),
            with: BTreeMap::new(),
        };
        Call {
            step: Arc::new(step),
            chain: Vec::new(),
            dir: self.dir.clone(),
            env: self.env.clone(),
            excuse: self.excuse.clone(),
            settings: self.settings,
            arguments: None,
            sure: self.sure,
            stack: Vec::new(),
        }
    }
}

/// The files of the tree that a system reads, parsed; what could not be read is listed as blind.
pub(super) fn files<'f>(walk: &mut Walk<'f>, mut named: impl FnMut(&str) -> bool) -> Vec<&'f Parsed> {
    let facts: &'f Facts<'f> = walk.facts;
    let paths =
        facts.tree.files().iter().map(|file| file.path.to_string()).filter(|path| named(path) && !is_in_vendored(path));
    let mut found = Vec::new();
    for path in paths.take(200).collect::<Vec<_>>() {
        match facts.parsed(&path) {
            Some(parsed) => {
                walk.ci.blind.extend(parsed.blind());
                found.push(parsed);
            }
            None => walk
                .ci
                .blind
                .push(Blind { place: Some(Place::file(path)), why: "the pipeline could not be read as text".into() }),
        }
    }
    found
}

/// Whether a definition in any folder is the project's own: neither somebody else's nor a test's or an example's.
pub(super) fn is_ours(path: &str) -> bool {
    let is_generated = |part: &str| folder_role(part) == Role::Generated;
    !is_fixture(path) && !is_example(path) && !is_in_vendored(path) && !path.split('/').any(is_generated)
}

/// Whether a definition came with somebody else's code.
fn is_in_vendored(path: &str) -> bool {
    path.split('/').any(|part| folder_role(part) == Role::Vendored)
}

/// The resources of a kind; what runs CI is no part of production and may well stand in a folder of its name.
pub(super) fn resources<'i>(infra: &'i Infra, kind: &'i str) -> impl Iterator<Item = &'i Resource> {
    infra.resources.iter().filter(move |one| one.is_kind(kind) && one.count != Some(0) && is_ours(&one.path))
}

/// A text, or a list of texts that a shell reads one after the other.
pub(super) fn script(source: &Source, value: &Value) -> Option<Excerpt> {
    lines(source, value).into_iter().reduce(|mut script, line| {
        script.push_line(&line);
        script
    })
}

/// A text, or the texts of a list, each by itself; lists in lists are flattened as YAML anchors make them.
pub(super) fn lines(source: &Source, value: &Value) -> Vec<Excerpt> {
    let mut found = Vec::new();
    gather(source, value, 0, &mut found);
    found
}

fn gather(source: &Source, value: &Value, depth: usize, into: &mut Vec<Excerpt>) {
    if let Some(list) = value.as_list().filter(|_| depth < 8) {
        for item in list.iter().take(1000) {
            gather(source, item, depth + 1, into);
        }
    } else if let Some(text) = value.scalar_text() {
        into.push(Excerpt::scalar(source, value.span, &text));
    }
}

/// The scalars of a mapping.
pub(super) fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let map = value.and_then(Value::as_map);
    map.into_iter().flatten().filter_map(|(name, field)| Some((name.to_string(), field.value.scalar_text()?))).collect()
}

/// A place in a parsed file.
pub(super) fn place(parsed: &Parsed, span: Span) -> Place {
    Place::at(parsed.source.name(), span)
}

/// A command with `{NAME}` filled in; what is not known becomes a variable of the shell.
pub(super) fn filled(command: &str, with: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    let mut rest = command;
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(a, b)| Some((a, b.split_once('}')?))) {
        text.push_str(before);
        match with.get(name) {
            Some(value) => text.push_str(value),
            None => text.extend(["${", name, "}"]),
        }
        rest = after;
    }
    text + rest
}
