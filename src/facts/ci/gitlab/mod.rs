//! GitLab CI: `.gitlab-ci.yml` with what it includes from the tree.

mod rules;
mod templates;

use super::excerpt::Excerpt;
use super::follow::{Call, Walk};
use super::model::{Job, Step};
use super::path;
use super::shell::Settings;
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::source::Source;
use crate::value::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most files that are included.
const MAX_FILES: usize = 64;
/// How deep `extends` and `!reference` are followed.
const MAX_DEPTH: usize = 10;
/// Keys of the root that are no jobs.
const RESERVED: &[&str] = &[
    "stages",
    "variables",
    "default",
    "include",
    "workflow",
    "image",
    "services",
    "before_script",
    "after_script",
    "cache",
    "spec",
    "types",
];

/// A value and the file that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Found<'f> {
    source: &'f Source,
    value: &'f Value,
}

impl Found<'_> {
    fn place(&self) -> Place {
        Place::at(self.source.name(), self.value.span)
    }
}

/// The root keys of all files; of one key, the definitions in the order in which they are applied.
#[derive(Default)]
struct Pipeline<'f> {
    keys: Vec<(String, Vec<(Found<'f>, Place)>)>,
    blind: Vec<Blind>,
    templates: Vec<(String, Place)>,
    files: Vec<Place>,
}

/// Reads the pipeline of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let facts = walk.facts;
    let Some(entry) = [".gitlab-ci.yml", ".gitlab-ci.yaml"].into_iter().find(|path| facts.tree.file(path).is_some())
    else {
        return;
    };
    let mut pipeline = Pipeline::default();
    pipeline.add(facts, entry, 0);
    walk.ci.files.append(&mut pipeline.files);
    walk.ci.blind.append(&mut pipeline.blind);
    pipeline.walk(walk);
}

impl<'f> Pipeline<'f> {
    /// Reads a file after the files that it includes, so that what it says comes last and wins.
    fn add(&mut self, facts: &'f Facts<'f>, file: &str, depth: usize) {
        if depth > MAX_DEPTH || self.files.len() >= MAX_FILES || self.files.iter().any(|place| &*place.path == file) {
            return;
        }
        self.files.push(Place::file(file));
        let Some(parsed) = facts.parsed(file) else {
            self.blind.push(Blind { place: Some(Place::file(file)), why: "the pipeline could not be read".into() });
            return;
        };
        self.blind.extend(parsed.blind());
        for root in &parsed.documents {
            let Some(map) = root.as_map() else { continue };
            if let Some(include) = root.get("include") {
                self.include(facts, &parsed.source, include, depth);
            }
            for (key, field) in map {
                let found = Found { source: &parsed.source, value: &field.value };
                let place = Place::at(file, field.key);
                match self.keys.iter_mut().find(|(name, _)| name == key) {
                    Some((_, definitions)) => definitions.push((found, place)),
                    None => self.keys.push((key.to_string(), vec![(found, place)])),
                }
            }
        }
    }

    fn include(&mut self, facts: &'f Facts<'f>, source: &Source, include: &Value, depth: usize) {
        for item in include.as_list().unwrap_or(std::slice::from_ref(include)) {
            let place = Place::at(source.name(), item.span);
            let local = item
                .as_str()
                .filter(|path| !path.contains("://"))
                .or_else(|| item.get("local").and_then(Value::as_str));
            if let Some(local) = local {
                let pattern = path::join("", local);
                let files: Vec<String> = if pattern.contains('*') {
                    facts
                        .tree
                        .files()
                        .iter()
                        .map(|file| file.path.to_string())
                        .filter(|path| super::pattern::glob(&pattern, path))
                        .collect()
                } else {
                    vec![pattern]
                };
                for file in files {
                    if facts.tree.file(&file).is_some() {
                        self.add(facts, &file, depth + 1);
                    }
                }
            } else if let Some(template) = item.get("template").and_then(Value::as_str) {
                self.templates.push((template.to_owned(), place));
            } else {
                self.blind.push(Blind {
                    place: Some(place),
                    why: "it includes jobs from elsewhere, which are not in this tree".into(),
                });
            }
        }
    }

    fn definitions(&self, name: &str) -> &[(Found<'f>, Place)] {
        self.keys.iter().find(|(key, _)| key == name).map_or(&[], |(_, definitions)| definitions)
    }

    /// A key of a job: its own, else that of what it extends, the last named first.
    fn field(&self, job: &str, key: &str, depth: usize) -> Option<Found<'f>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let own = self
            .definitions(job)
            .iter()
            .rev()
            .find_map(|(found, _)| Some(Found { source: found.source, value: found.value.get(key)? }));
        if own.is_some() {
            return own;
        }
        let parents = self.definitions(job).iter().rev().find_map(|(found, _)| found.value.get("extends"));
        let parents = super::github::strings(parents);
        parents.iter().rev().find_map(|parent| self.field(parent, key, depth + 1))
    }

    /// A key of a job, with what `default:` and the root say where the job says nothing.
    fn inherited(&self, job: &str, key: &str) -> Option<Found<'f>> {
        let default = || {
            let (found, _) =
                self.definitions("default").iter().rev().find(|(found, _)| found.value.get(key).is_some())?;
            Some(Found { source: found.source, value: found.value.get(key)? })
        };
        let root = || self.definitions(key).last().map(|(found, _)| *found);
        self.field(job, key, 0).or_else(default).or_else(root)
    }

    fn walk(&self, walk: &mut Walk<'_>) {
        let stages = self.definitions("stages").last().map_or_else(
            || ["build", "test", "deploy"].map(str::to_owned).to_vec(),
            |(found, _)| super::github::strings(Some(found.value)),
        );
        let first = walk.ci.jobs.len();
        let mut names: Vec<(String, usize)> = Vec::new();
        for (name, definitions) in &self.keys {
            let Some((_, place)) = definitions.last() else { continue };
            let runs = self.field(name, "script", 0).is_some()
                || self.field(name, "trigger", 0).is_some()
                || self.field(name, "run", 0).is_some();
            if name.starts_with('.') || RESERVED.contains(&name.as_str()) || !runs {
                continue;
            }
            let stage =
                self.field(name, "stage", 0).and_then(|found| found.value.as_str()).unwrap_or("test").to_owned();
            let rank = match stage.as_str() {
                ".pre" => 0,
                ".post" => usize::MAX,
                stage => stages.iter().position(|one| one == stage).map_or(1, |at| at + 1),
            };
            names.push((name.clone(), rank));
            self.job(walk, name, place);
        }
        for (at, (name, rank)) in names.iter().enumerate() {
            let needs = match self.field(name, "needs", 0) {
                Some(needs) => {
                    let list = needs.value.as_list().unwrap_or(&[]);
                    let wanted: Vec<&str> =
                        list.iter().filter_map(|need| need.as_str().or_else(|| need.get("job")?.as_str())).collect();
                    names
                        .iter()
                        .enumerate()
                        .filter(|(_, (other, _))| wanted.contains(&other.as_str()))
                        .map(|(index, _)| first + index)
                        .collect()
                }
                None => names
                    .iter()
                    .enumerate()
                    .filter(|(_, (_, other))| other < rank)
                    .map(|(index, _)| first + index)
                    .collect(),
            };
            walk.ci.jobs[first + at].needs = needs;
        }
        templates::walk(&self.templates, walk);
    }

    fn job(&self, walk: &mut Walk<'_>, name: &str, place: &Place) {
        let running = self.running(name, place);
        let environment = self.field(name, "environment", 0).and_then(|found| {
            let stops = found.value.get("action").and_then(Value::as_str).is_some_and(|action| action == "stop");
            let named = found.value.get("name").unwrap_or(found.value);
            let text = named.as_str().filter(|_| !stops)?;
            Some((text.to_owned(), Place::at(found.source.name(), named.span)))
        });
        let services = self.inherited(name, "services");
        let services = services.iter().flat_map(|found| {
            let list = found.value.as_list().unwrap_or(&[]);
            list.iter().filter_map(|item| {
                Some((
                    item.as_str().or_else(|| item.get("name")?.as_str())?.to_owned(),
                    Place::at(found.source.name(), item.span),
                ))
            })
        });
        let index = walk.ci.jobs.len();
        walk.ci.jobs.push(Job {
            environment,
            manual: running.manual.clone(),
            waits: running.waits,
            excuse: running.excuse.clone(),
            on_failure: running.on_failure,
            services: services.collect(),
            ..Job::new(name, place.clone(), running.triggers.clone())
        });
        if running.triggers.is_empty() {
            return;
        }
        let mut env = self.variables(name);
        env.insert("GITLAB_CI".into(), "true".into());
        let env = Arc::new(env);
        let parts =
            [("before_script", None), ("script", None), ("after_script", Some("`after_script` cannot fail the job"))];
        for (order, (key, excuse)) in parts.into_iter().enumerate() {
            let found = if key == "script" { self.field(name, key, 0) } else { self.inherited(name, key) };
            let Some(found) = found else { continue };
            let mut lines = Vec::new();
            self.lines(found, 0, &mut lines);
            for script in joined(lines) {
                let step = Step {
                    job: index,
                    order,
                    name: None,
                    place: script.place(0..script.text().lines().next().unwrap_or_default().len()),
                    triggers: running.triggers.clone(),
                    on_failure: running.on_failure,
                    env: env.clone(),
                    with: BTreeMap::new(),
                };
                let call = Call {
                    step: Arc::new(step),
                    chain: Vec::new(),
                    dir: String::new(),
                    env: env.clone(),
                    excuse: running.excuse.clone(),
                    settings: Settings { errexit: true, pipefail: true },
                    arguments: None,
                    sure: true,
                    stack: Vec::new(),
                };
                if let Some(place) = self.coverage(name).filter(|_| key == "script") {
                    walk.action("gitlab:coverage", "", BTreeMap::new(), place, &call);
                }
                walk.script(&script, &call.excused(excuse));
            }
        }
    }

    /// Where a job says which of its output is the coverage of the tests, or in which report it stands.
    fn coverage(&self, name: &str) -> Option<Place> {
        let pattern = self.field(name, "coverage", 0).filter(|found| found.value.as_str().is_some());
        let report = || {
            let found = self.field(name, "artifacts", 0)?;
            found.value.at(&["reports", "coverage_report"]).map(|value| Found { source: found.source, value })
        };
        let found = pattern.or_else(report)?;
        Some(Place::at(found.source.name(), found.value.span))
    }

    /// The lines of a script, nested lists and references resolved.
    fn lines(&self, found: Found<'f>, depth: usize, into: &mut Vec<Excerpt>) {
        if depth > MAX_DEPTH || into.len() > 2000 {
            return;
        }
        if let Some(text) = found.value.as_str() {
            into.push(Excerpt::scalar(found.source, found.value.span, text));
        } else if let Some(list) = found.value.as_list() {
            for item in list {
                self.lines(Found { source: found.source, value: item }, depth + 1, into);
            }
        } else if let Some(reference) = found.value.get("!reference") {
            let names = super::github::strings(Some(reference));
            if let [job, key] = &names[..]
                && let Some(target) = self.field(job, key, 0)
            {
                self.lines(target, depth + 1, into);
            }
        }
    }

    /// The variables that a job sees: those of the root, of what it extends, its own.
    fn variables(&self, job: &str) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let mut chain = vec![job.to_owned()];
        let mut at = 0;
        while at < chain.len() && chain.len() < MAX_DEPTH {
            let parents = self.definitions(&chain[at]).iter().rev().find_map(|(found, _)| found.value.get("extends"));
            chain.extend(super::github::strings(parents).into_iter().rev());
            at += 1;
        }
        let of_root = self.definitions("variables").iter().map(|(found, _)| found.value);
        let of_jobs = chain
            .iter()
            .rev()
            .flat_map(|name| self.definitions(name))
            .filter_map(|(found, _)| found.value.get("variables"));
        for map in of_root.chain(of_jobs).filter_map(Value::as_map) {
            all.extend(texts(map));
        }
        all
    }

    fn running(&self, name: &str, place: &Place) -> rules::Running {
        let workflow = self.definitions("workflow").last().and_then(|(found, _)| found.value.get("rules"));
        let fields = rules::Fields {
            rules: self.field(name, "rules", 0),
            only: self.field(name, "only", 0),
            except: self.field(name, "except", 0),
            when: self.field(name, "when", 0),
            allow_failure: self.field(name, "allow_failure", 0),
            workflow,
        };
        rules::running(&fields, place)
    }
}

fn texts(map: &Map) -> impl Iterator<Item = (String, String)> {
    map.iter().filter_map(|(name, field)| {
        let value = field.value.get("value").unwrap_or(&field.value);
        Some((name.to_string(), value.scalar_text()?))
    })
}

/// Lines of one file that follow each other make one script.
fn joined(lines: Vec<Excerpt>) -> Vec<Excerpt> {
    let mut scripts: Vec<Excerpt> = Vec::new();
    for line in lines {
        match scripts.last_mut() {
            Some(last) if last.path() == line.path() => last.push_line(&line),
            _ => scripts.push(line),
        }
    }
    scripts
}
