//! GitHub Actions (and the forges that read its files): workflows, reusable workflows, composite actions.

mod expression;
mod foreign;
mod known;
mod merged;
mod steps;
mod triggers;

use super::follow::Walk;
use super::model::{Event, Job, Trigger};
use super::path;
use crate::evidence::{Blind, Place};
use crate::facts::format::Parsed;
use crate::value::{Field, Map, Value};
use expression::Scope;
pub(super) use foreign::{Does, does};
pub(super) use known::Known;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The value of each key in one combination of a matrix.
type Combination = BTreeMap<String, String>;

/// The most combinations of a matrix that are walked.
const MAX_COMBINATIONS: usize = 24;
/// The most combinations of a matrix for which one workflow is called.
const MAX_CALLED: usize = 8;
/// How deep workflows call workflows.
const MAX_CALLS: usize = 4;

/// Reads the workflows of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let files: Vec<String> = walk
        .facts
        .tree
        .files()
        .iter()
        .map(|file| file.path.to_string())
        .filter(|path| {
            let workflow = [".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/"]
                .iter()
                .find_map(|folder| path.strip_prefix(folder));
            workflow.is_some_and(|name| !name.contains('/') && path::is_yaml(name))
        })
        .collect();
    let facts = walk.facts;
    let mut workflows = Vec::new();
    for path in files {
        let Some(parsed) = facts.parsed(&path) else {
            walk.ci
                .blind
                .push(Blind { place: Some(Place::file(path)), why: "the workflow could not be read as text".into() });
            continue;
        };
        walk.ci.blind.extend(parsed.blind());
        if let Some(root) = parsed.first().filter(|root| root.get("jobs").is_some()) {
            workflows.push((path, parsed, root));
        }
    }
    for (path, parsed, root) in &workflows {
        walk.ci.files.push(Place::file(path.as_str()));
        if triggers::are_partial(root) {
            walk.ci.partial.push(path.clone());
        }
        let triggers = triggers::of(parsed, root, &workflows);
        let reported = triggers.iter().find(|trigger| trigger.event == Event::Other("deployment_status".into()));
        walk.ci.deploys_unread.extend(reported.map(|trigger| Blind {
            place: Some(trigger.place.clone()),
            why: "a deployment that something outside of the tree makes starts the workflow".into(),
        }));
        let triggers: Vec<Trigger> =
            triggers.into_iter().filter(|trigger| trigger.event != Event::Other("workflow_call".into())).collect();
        if !triggers.is_empty() {
            let env = Arc::new(BTreeMap::from([("GITHUB_ACTIONS".to_owned(), "true".to_owned())]));
            workflow(walk, parsed, root, &triggers, &Known { env, ..Known::default() }, None, 0);
        }
    }
}

/// What a job that calls a reusable workflow hands on to its jobs.
struct Caller {
    name: String,
    needs: Vec<usize>,
    excuse: Option<String>,
    on_failure: bool,
}

/// Walks the jobs of a workflow.
fn workflow(
    walk: &mut Walk<'_>,
    parsed: &Parsed,
    root: &Value,
    triggers: &[Trigger],
    known: &Known,
    caller: Option<&Caller>,
    depth: usize,
) -> Vec<usize> {
    let Some(jobs) = root.get("jobs").and_then(Value::as_map) else { return Vec::new() };
    let file = parsed.source.name();
    let title = root
        .get("name")
        .and_then(Value::as_str)
        .map_or_else(|| file.rsplit('/').next().unwrap_or(file).to_owned(), str::to_owned);
    let mut known = known.clone();
    known.env = environment(&known, root.get("env"));
    let mut made: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut waiting: Vec<(usize, Vec<String>)> = Vec::new();
    let shell = default_of(root, "shell");
    let dir = default_of(root, "working-directory");
    let merged = merged::jobs(jobs, triggers, &known);
    for (id, field) in jobs.iter().take(500) {
        let place = Place::at(file, field.key);
        let indexes = job(
            walk,
            &Job0 {
                parsed,
                title: &title,
                id,
                place,
                field,
                triggers,
                known: &known,
                caller,
                shell: shell.as_deref(),
                dir: dir.as_deref(),
                merged: merged.contains(id.as_str()).then_some(root),
            },
            depth,
        );
        let needs = strings(field.value.get("needs"));
        waiting.extend(indexes.iter().map(|index| (*index, needs.clone())));
        made.insert(id, indexes);
    }
    for (index, needs) in waiting {
        let found: Vec<usize> = needs.iter().filter_map(|need| made.get(need.as_str())).flatten().copied().collect();
        walk.ci.jobs[index].needs.extend(found);
        if let Some(caller) = caller {
            walk.ci.jobs[index].needs.extend(&caller.needs);
        }
    }
    made.into_values().flatten().collect()
}

/// A job as it is written, with what holds around it.
struct Job0<'a> {
    parsed: &'a Parsed,
    title: &'a str,
    id: &'a str,
    place: Place,
    field: &'a Field,
    triggers: &'a [Trigger],
    known: &'a Known,
    caller: Option<&'a Caller>,
    shell: Option<&'a str>,
    dir: Option<&'a str>,
    /// Its workflow, where it waits for the merge of a pull request.
    merged: Option<&'a Value>,
}

fn job(walk: &mut Walk<'_>, written: &Job0<'_>, depth: usize) -> Vec<usize> {
    let value = &written.field.value;
    let mut known = written.known.clone();
    known.env = environment(&known, value.get("env"));
    let (triggers, on_failure) = running(value.get("if"), written.triggers, &known);
    let triggers = match written.merged {
        Some(root) => merged::pushed(triggers, root),
        None => triggers,
    };
    let index = walk.ci.jobs.len();
    let name = value.get("name").and_then(Value::as_str).unwrap_or(written.id).to_owned();
    let excuse = excuse(value, &known).or_else(|| written.caller.and_then(|caller| caller.excuse.clone()));
    let named_environment = value.get("environment").and_then(|value| {
        let named = value.get("name").unwrap_or(value);
        Some((known.fill_text(named.as_str()?), Place::at(written.parsed.source.name(), named.span)))
    });
    let services =
        value.get("services").and_then(Value::as_map).into_iter().flat_map(Map::values).filter_map(|service| {
            let image = service.value.get("image").unwrap_or(&service.value);
            Some((known.fill_text(image.as_str()?), Place::at(written.parsed.source.name(), image.span)))
        });
    walk.ci.jobs.push(Job {
        name: written.caller.map_or_else(|| name.clone(), |caller| format!("{} / {name}", caller.name)),
        workflow: written.title.to_owned(),
        environment: named_environment,
        excuse: excuse.clone(),
        on_failure: on_failure || written.caller.is_some_and(|caller| caller.on_failure),
        services: services.collect(),
        ..Job::new(written.id, written.place.clone(), triggers.clone())
    });
    if triggers.is_empty() {
        return vec![index];
    }
    if let Some(target) = value.get("uses") {
        let mut indexes = vec![index];
        let mut all = combinations(value, written.parsed, &known);
        // Of too many, none is told apart.
        if all.len() > MAX_CALLED {
            all = vec![Combination::new()];
        }
        for combination in all {
            let known = Known { matrix: combination, ..known.clone() };
            indexes.extend(called(walk, written, target, &triggers, &known, index, excuse.clone(), depth));
        }
        return indexes;
    }
    let shell = default_of(value, "shell").or_else(|| written.shell.map(str::to_owned));
    let dir = default_of(value, "working-directory").or_else(|| written.dir.map(str::to_owned));
    let windows =
        value.get("runs-on").and_then(Value::as_str).is_some_and(|system| known.fill_text(system).contains("windows"));
    for combination in combinations(value, written.parsed, &known) {
        let mut known = known.clone();
        known.matrix = combination;
        known.env = environment(&known, value.get("env"));
        // One combination may be let off where the others are not.
        let excuse = excuse.clone().or_else(|| self::excuse(value, &known));
        let around = steps::Around {
            job: index,
            shell: shell.as_deref().or(windows.then_some("pwsh")),
            dir: dir.as_deref().unwrap_or(""),
            triggers: &triggers,
            on_failure: walk.ci.jobs[index].on_failure,
            excuse: &excuse,
        };
        steps::walk_steps(walk, written.parsed, value.get("steps"), &around, &known);
    }
    vec![index]
}

/// The path of a reusable workflow that stands in this tree: `./…`, or the whole name of its own repository.
fn of_this_tree<'n>(walk: &Walk<'_>, name: &'n str) -> Option<&'n str> {
    let named = || {
        let (repository, _) = name.split_once("/.github/")?;
        let path = name.strip_prefix(repository)?.strip_prefix('/')?;
        let is_here = walk.facts.tree.file(path.split('@').next()?).is_some();
        (is_here && walk.facts.own_name().is_image(repository)).then_some(path)
    };
    name.strip_prefix("./").or_else(named)
}

/// A reusable workflow: of the tree, or elsewhere (then it is listed as an action).
#[allow(clippy::too_many_arguments, reason = "what a call hands on is what holds around the job")]
fn called(
    walk: &mut Walk<'_>,
    written: &Job0<'_>,
    target: &Value,
    triggers: &[Trigger],
    known: &Known,
    index: usize,
    excuse: Option<String>,
    depth: usize,
) -> Vec<usize> {
    let Some(name) = target.as_str() else { return Vec::new() };
    let with = inputs_of(written.field.value.get("with"), known);
    let place = Place::at(written.parsed.source.name(), target.span);
    let Some(local) = of_this_tree(walk, name) else {
        let around = steps::Around { job: index, shell: None, dir: "", triggers, on_failure: false, excuse: &excuse };
        let call = steps::call(&around, known, 0, None, place.clone(), &with);
        let (name, version) = name.rsplit_once('@').unwrap_or((name, ""));
        // What only comments, labels and the like start guards no merge and no release, whatever it does.
        let counts =
            triggers.iter().any(|trigger| !matches!(trigger.event, Event::Other(_)) || trigger.event.is_unseen());
        let does = does(name);
        if counts && does != Does::Nothing {
            let why = format!("job \"{}\" is the workflow {name}, which is not in this tree", walk.ci.jobs[index].name);
            let guards_nothing = !triggers.is_empty()
                && triggers.iter().all(|one| matches!(one.event, Event::Schedule(_) | Event::Manual));
            let list = match does {
                Does::Scans => &mut walk.ci.scans_unread,
                Does::Deploys => &mut walk.ci.deploys_unread,
                _ if guards_nothing => &mut walk.ci.blind_aside,
                _ => &mut walk.ci.blind,
            };
            list.push(Blind { place: Some(place.clone()), why });
        }
        walk.action(name, version, with, place, &call);
        return Vec::new();
    };
    let local = path::join("", local.split('@').next().unwrap_or(local));
    let facts = walk.facts;
    let Some((parsed, root)) = facts.parsed(&local).and_then(|parsed| Some((parsed, parsed.first()?))) else {
        return Vec::new();
    };
    if depth >= MAX_CALLS {
        return Vec::new();
    }
    let declared =
        root.at(&["on", "workflow_call", "inputs"]).or_else(|| root.at(&["true", "workflow_call", "inputs"]));
    let env = Arc::new(BTreeMap::from([("GITHUB_ACTIONS".to_owned(), "true".to_owned())]));
    let mut inner = Known { inputs: defaults(declared), env, ..Known::default() };
    inner.inputs.extend(with);
    let caller = Caller {
        name: walk.ci.jobs[index].name.clone(),
        needs: vec![index],
        excuse,
        on_failure: walk.ci.jobs[index].on_failure,
    };
    workflow(walk, parsed, root, triggers, &inner, Some(&caller), depth + 1)
}

/// The triggers on which a condition can hold, and whether it holds only after a failure.
fn running(condition: Option<&Value>, triggers: &[Trigger], known: &Known) -> (Vec<Trigger>, bool) {
    let Some(text) = condition.and_then(Value::scalar_text) else { return (triggers.to_vec(), false) };
    let lookup = |name: &str| known.get(name);
    let holds = |event, failed| expression::holds(&text, &Scope { known: &lookup, event: Some(event), failed });
    let sound: Vec<Trigger> =
        triggers.iter().filter(|trigger| holds(&trigger.event, false) != Some(false)).cloned().collect();
    if !sound.is_empty() {
        return (sound, false);
    }
    let failed: Vec<Trigger> =
        triggers.iter().filter(|trigger| holds(&trigger.event, true) != Some(false)).cloned().collect();
    let any = !failed.is_empty();
    (failed, any)
}

/// `continue-on-error: true`, also by an expression that is known.
fn excuse(value: &Value, known: &Known) -> Option<String> {
    let text = known.fill_text(&value.get("continue-on-error")?.scalar_text()?);
    (text == "true").then(|| "`continue-on-error: true`".to_owned())
}

fn environment(known: &Known, value: Option<&Value>) -> Arc<BTreeMap<String, String>> {
    let Some(map) = value.and_then(Value::as_map) else { return known.env.clone() };
    let mut env = (*known.env).clone();
    for (name, field) in map {
        if let Some(text) = field.value.scalar_text() {
            env.insert(name.to_string(), known.fill_text(&text));
        }
    }
    Arc::new(env)
}

fn inputs_of(with: Option<&Value>, known: &Known) -> BTreeMap<String, String> {
    let map = with.and_then(Value::as_map);
    map.into_iter()
        .flatten()
        .filter_map(|(name, field)| Some((name.to_string(), known.fill_text(&field.value.scalar_text()?))))
        .collect()
}

fn defaults(inputs: Option<&Value>) -> BTreeMap<String, String> {
    let map = inputs.and_then(Value::as_map);
    map.into_iter()
        .flatten()
        .filter_map(|(name, field)| Some((name.to_string(), field.value.get("default")?.scalar_text()?)))
        .collect()
}

fn default_of(value: &Value, key: &str) -> Option<String> {
    value.at(&["defaults", "run", key])?.as_str().map(str::to_owned)
}

/// One string, or a list of them.
pub(super) fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(value) => match value.as_list() {
            Some(list) => list.iter().filter_map(Value::scalar_text).collect(),
            None => value.scalar_text().into_iter().collect(),
        },
        None => Vec::new(),
    }
}

/// The combinations of a matrix, cut down to the keys that the job mentions.
fn combinations(job: &Value, parsed: &Parsed, known: &Known) -> Vec<BTreeMap<String, String>> {
    let Some(matrix) = job.at(&["strategy", "matrix"]).and_then(Value::as_map) else { return vec![BTreeMap::new()] };
    let text = parsed.raw(job);
    let mentioned = |key: &str| text.contains(&format!("matrix.{key}"));
    let mut all: Vec<BTreeMap<String, String>> = vec![BTreeMap::new()];
    for (key, field) in matrix.iter().filter(|(key, _)| !matches!(key.as_str(), "include" | "exclude")) {
        let Some(values) = field.value.as_list() else { continue };
        let values: Vec<BTreeMap<String, String>> = values.iter().map(|value| flat(key, value, known)).collect();
        if values.is_empty() || !mentioned(key) {
            continue;
        }
        all = all
            .iter()
            .flat_map(|base| {
                values.iter().map(move |more| base.iter().chain(more).map(|(k, v)| (k.clone(), v.clone())).collect())
            })
            .take(MAX_COMBINATIONS)
            .collect();
    }
    let includes = matrix.get("include").and_then(|field| field.value.as_list()).unwrap_or(&[]);
    let includes = includes.iter().filter_map(Value::as_map).map(|map| {
        let said = map.iter().filter(|(key, _)| mentioned(key));
        let is_of_some = map.keys().any(|key| !mentioned(key) && matrix.contains_key(key));
        (said.flat_map(|(key, field)| flat(key, &field.value, known)).collect(), is_of_some)
    });
    all = with_includes(all, includes.collect());
    if matrix.values().all(|field| field.value.as_list().is_some()) {
        with_absent(&mut all);
    }
    all.dedup();
    all.truncate(MAX_COMBINATIONS);
    all
}

/// The combinations with what `include` adds: to those that it does not contradict, to some of them only (`true`), or as
/// combinations of their own.
fn with_includes(all: Vec<Combination>, includes: Vec<(Combination, bool)>) -> Vec<Combination> {
    if includes.is_empty() {
        return all;
    }
    if all.iter().all(Combination::is_empty) {
        return includes.into_iter().map(|(more, _)| more).collect();
    }
    let mut found = all.clone();
    for (more, is_of_some) in includes {
        let fits = |base: &Combination| more.iter().all(|(key, value)| base.get(key).is_none_or(|own| own == value));
        let fitting: Vec<usize> = (0..all.len()).filter(|at| fits(&all[*at])).collect();
        if fitting.is_empty() {
            found.push(more);
            continue;
        }
        for at in fitting {
            let both = found[at].clone().into_iter().chain(more.clone()).collect();
            if is_of_some {
                found.push(both);
            } else {
                found[at] = both;
            }
        }
    }
    found
}

/// Gives every combination the keys that only others have: they are the empty text there.
fn with_absent(all: &mut [Combination]) {
    let keys: BTreeSet<String> = all.iter().flat_map(Combination::keys).cloned().collect();
    for combination in all {
        for key in &keys {
            combination.entry(key.clone()).or_default();
        }
    }
}

/// A matrix value under its key; a mapping under `key.name` for each of its names.
fn flat(key: &str, value: &Value, known: &Known) -> BTreeMap<String, String> {
    match value.as_map() {
        Some(map) => map
            .iter()
            .filter_map(|(name, field)| Some((format!("{key}.{name}"), known.fill_text(&field.value.scalar_text()?))))
            .collect(),
        None => value.scalar_text().map(|text| (key.to_owned(), known.fill_text(&text))).into_iter().collect(),
    }
}
