//! CircleCI: `.circleci/config.yml`, its workflows, jobs, commands and orbs.

use super::excerpt::Excerpt;
use super::follow::{Call, Walk};
use super::github::strings;
use super::model::{Event, Job, Step, Trigger};
use super::path;
use super::shell::Settings;
use crate::evidence::{Blind, Place};
use crate::facts::format::Parsed;
use crate::source::Source;
use crate::tree::path::is_at;
use crate::value::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How deep commands use commands.
const MAX_DEPTH: usize = 8;

/// Reads the pipeline of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let facts = walk.facts;
    let files: Vec<String> = facts
        .tree
        .files()
        .iter()
        .map(|file| file.path.to_string())
        .filter(|path| path.starts_with(".circleci/") && path::is_yaml(path))
        .collect();
    let Some(entry) = files.iter().find(|path| path.ends_with("/config.yml") || path.ends_with("/config.yaml")) else {
        return;
    };
    // A setup workflow only chooses which of the other files goes on.
    let is_setup = facts.parsed(entry).and_then(|parsed| parsed.first()?.get("setup")?.as_bool()) == Some(true);
    let mut any = false;
    for file in files.iter().filter(|file| *file == entry || is_setup) {
        let Some(parsed) = facts.parsed(file) else { continue };
        walk.ci.blind.extend(parsed.blind());
        let Some(root) = parsed.first() else { continue };
        walk.ci.files.push(Place::file(file.as_str()));
        any |= file != entry;
        Config { parsed, root }.walk(walk);
    }
    if is_setup && !any {
        walk.ci.blind.push(Blind {
            place: Some(Place::file(entry.as_str())),
            why: "a setup workflow goes on with a configuration that is not in this tree".into(),
        });
    }
}

struct Config<'f> {
    parsed: &'f Parsed,
    root: &'f Value,
}

/// What holds around the steps of a job.
struct Around<'a> {
    index: usize,
    triggers: &'a [Trigger],
    env: Arc<BTreeMap<String, String>>,
    places: Places,
    shell: Option<String>,
}

/// Where a job works, and where the tree lies there; `~` begins what lies in the home folder.
struct Places {
    work: String,
    root: String,
}

impl Places {
    /// By the job's own folder, and by where its steps put the tree: in that folder, unless they say another.
    fn new(work: Option<&str>, steps: &Checkout<'_>) -> Self {
        const USUAL: &str = "~/project";
        let work = placed("~", work.unwrap_or(USUAL));
        let root = match steps {
            Checkout::At(path) => placed(&work, path),
            Checkout::InPlace => work.clone(),
            // What another job has left may be put anywhere; here it counts where the job works inside of it.
            Checkout::Attached(path) => {
                let root = path.map(|path| placed(&work, path)).filter(|root| is_at(&work, root));
                root.unwrap_or_else(|| if is_at(&work, USUAL) { USUAL.to_owned() } else { work.clone() })
            }
        };
        Self { work, root }
    }

    /// The folder of the tree that a step works in; what lies elsewhere is taken for its root.
    fn folder(&self, said: Option<&str>) -> String {
        let dir = said.map_or_else(|| self.work.clone(), |said| placed(&self.work, said));
        dir.strip_prefix(&self.root).and_then(|rest| rest.strip_prefix('/')).map_or_else(String::new, str::to_owned)
    }
}

/// How a job comes by the tree.
enum Checkout<'a> {
    At(&'a str),
    InPlace,
    /// From a job before it, with the folder that this is put in.
    Attached(Option<&'a str>),
}

/// A folder in one spelling: `~/…` in the home folder, `/…` elsewhere.
fn placed(base: &str, path: &str) -> String {
    const HOMES: &[&str] = &["$HOME", "${HOME}", "/home/circleci", "/root", "~"];
    let home =
        HOMES.iter().find_map(|home| path.strip_prefix(home).filter(|rest| rest.is_empty() || rest.starts_with('/')));
    match (home, path.strip_prefix('/')) {
        (Some(rest), _) => path::join("~", rest.trim_start_matches('/')),
        (None, Some(rest)) => format!("/{}", path::join("", rest)),
        (None, None) if base.starts_with('/') => format!("/{}", path::join(base, path)),
        (None, None) => path::join(base, path),
    }
}

impl<'f> Config<'f> {
    fn source(&self) -> &'f Source {
        &self.parsed.source
    }

    fn place(&self, span: crate::source::Span) -> Place {
        Place::at(self.parsed.source.name(), span)
    }

    fn walk(&self, walk: &mut Walk<'_>) {
        let workflows = self.root.get("workflows").and_then(Value::as_map);
        for (name, field) in workflows.into_iter().flatten().filter(|(name, _)| *name != "version") {
            self.workflow(walk, name, &field.value);
        }
        if workflows.is_none()
            && let Some(job) = self.root.at(&["jobs", "build"])
        {
            let triggers = vec![Trigger { event: Event::Push(Vec::new()), place: self.place(job.span) }];
            self.job(walk, "build", "build", "", &triggers, &BTreeMap::new(), &self.place(job.span));
        }
    }

    fn workflow(&self, walk: &mut Walk<'_>, title: &str, workflow: &Value) {
        let mut clocks = Vec::new();
        for trigger in workflow.get("triggers").and_then(Value::as_list).unwrap_or(&[]) {
            if let Some(cron) = trigger.at(&["schedule", "cron"]) {
                clocks.push(Trigger {
                    event: Event::Schedule(cron.scalar_text().unwrap_or_default()),
                    place: self.place(cron.span),
                });
            }
        }
        if let Some(when) = workflow.get("when") {
            if when.as_bool() == Some(false) {
                return;
            }
            let text = self.parsed.raw(when);
            if text.contains("scheduled_pipeline") && !text.contains("not:") {
                clocks.push(Trigger { event: Event::Schedule("set on the host".into()), place: self.place(when.span) });
            }
        }
        let mut made: Vec<(String, usize, Vec<String>)> = Vec::new();
        for entry in workflow.get("jobs").and_then(Value::as_list).unwrap_or(&[]) {
            let (name, options) = match (entry.as_str(), entry.as_map().and_then(Map::first)) {
                (Some(name), _) => (name, None),
                (None, Some((name, field))) => (name.as_str(), Some(&field.value)),
                (None, None) => continue,
            };
            let get = |key: &str| options.and_then(|options| options.get(key));
            let place = self.place(entry.span);
            let triggers = if clocks.is_empty() {
                filtered(get("filters"), &place, |span| self.place(span))
            } else {
                clocks.clone()
            };
            let shown = get("name").and_then(Value::as_str).unwrap_or(name);
            let parameters: BTreeMap<String, String> = options
                .and_then(Value::as_map)
                .into_iter()
                .flatten()
                .filter_map(|(key, field)| Some((key.to_string(), field.value.scalar_text()?)))
                .collect();
            let index = walk.ci.jobs.len();
            self.job(walk, name, shown, title, &triggers, &parameters, &place);
            walk.ci.jobs[index].is_approval = get("type").and_then(Value::as_str) == Some("approval");
            made.push((shown.to_owned(), index, strings(get("requires"))));
        }
        for (_, index, requires) in &made {
            let needs = made.iter().filter(|(name, ..)| requires.contains(name)).map(|(_, other, _)| *other);
            walk.ci.jobs[*index].needs = needs.collect();
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a job is what the workflow says of it")]
    fn job(
        &self,
        walk: &mut Walk<'_>,
        name: &str,
        shown: &str,
        workflow: &str,
        triggers: &[Trigger],
        given: &BTreeMap<String, String>,
        place: &Place,
    ) {
        let index = walk.ci.jobs.len();
        let definition = self.root.at(&["jobs", name]);
        let images = definition.and_then(|job| job.get("docker")?.as_list()).unwrap_or(&[]);
        let services = images.iter().skip(1).filter_map(|image| {
            let image = image.get("image")?;
            Some((image.as_str()?.to_owned(), self.place(image.span)))
        });
        walk.ci.jobs.push(Job {
            name: shown.to_owned(),
            workflow: workflow.to_owned(),
            services: services.collect(),
            ..Job::new(name, place.clone(), triggers.to_vec())
        });
        if triggers.is_empty() {
            return;
        }
        let mut env: BTreeMap<String, String> = BTreeMap::from([("CIRCLECI".to_owned(), "true".to_owned())]);
        let text = |key: &str| definition.and_then(|job| job.get(key)?.as_str()).map(str::to_owned);
        let executor = definition.and_then(|job| job.get("executor"));
        let executor = executor.and_then(|one| one.as_str().or_else(|| one.get("name")?.as_str()));
        let executor = executor.and_then(|name| self.root.at(&["executors", name]));
        let mut known = BTreeMap::new();
        if let Some(job) = definition {
            known = defaults(job.get("parameters"));
            env.extend(texts(job.get("environment")));
            if let Some(executor) = executor {
                env.extend(texts(executor.get("environment")));
            }
        }
        known.extend(given.clone());
        let work =
            text("working_directory").or_else(|| executor?.get("working_directory")?.as_str().map(str::to_owned));
        let work = work.map(|work| fill_text(&work, &known));
        let steps = definition.and_then(|job| job.get("steps"));
        let checkout = self.checkout(steps, 0).unwrap_or(Checkout::Attached(None));
        let around = Around {
            index,
            triggers,
            env: Arc::new(env),
            places: Places::new(work.as_deref(), &checkout),
            shell: text("shell"),
        };
        let mut order = 0;
        if let Some(job) = definition {
            self.steps(walk, job.get("steps"), &around, &known, &mut order, 0, &[]);
        } else if let Some((name, version)) = self.orb(name) {
            let entry = call(&around, 0, None, place.clone());
            walk.action(&name, &version, given.clone(), place.clone(), &entry);
            walk.foreign_job(&name, place, &entry);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "steps are walked with what holds around them")]
    fn steps(
        &self,
        walk: &mut Walk<'_>,
        steps: Option<&'f Value>,
        around: &Around<'_>,
        known: &BTreeMap<String, String>,
        order: &mut usize,
        depth: usize,
        within: &[&str],
    ) {
        if depth > MAX_DEPTH {
            return;
        }
        for step in steps.and_then(Value::as_list).unwrap_or(&[]).iter().take(500) {
            *order += 1;
            let (name, options) = match (step.as_str(), step.as_map().and_then(Map::first)) {
                (Some(name), _) => (name, None),
                (None, Some((name, field))) => (name.as_str(), Some(&field.value)),
                (None, None) => continue,
            };
            match (name, options) {
                ("run", Some(run)) => self.run(walk, run, around, known, *order),
                ("when" | "unless", Some(inner)) => {
                    let never = inner.get("condition").and_then(Value::as_bool) == Some(name == "unless");
                    if !never {
                        self.steps(walk, inner.get("steps"), around, known, order, depth + 1, within);
                    }
                }
                _ => {
                    if let Some(command) = self.root.at(&["commands", name])
                        && !within.contains(&name)
                    {
                        let mut inner = defaults(command.get("parameters"));
                        inner.extend(texts(options).map(|(key, value)| (key, fill_text(&value, known))));
                        let within: Vec<&str> = within.iter().copied().chain([name]).collect();
                        self.steps(walk, command.get("steps"), around, &inner, order, depth + 1, &within);
                        self.handed(walk, options, around, known, order, depth + 1, &within);
                    } else if let Some((name, version)) = self.orb(name) {
                        let place = self.place(step.span);
                        let entry = call(around, *order, None, place.clone());
                        let with = texts(options).map(|(key, value)| (key, fill_text(&value, known))).collect();
                        walk.action(&name, &version, with, place, &entry);
                        self.handed(walk, options, around, known, order, depth + 1, within);
                    }
                }
            }
        }
    }

    /// Steps that a command is given as an argument, which it runs among its own.
    #[allow(clippy::too_many_arguments, reason = "steps are walked with what holds around them")]
    fn handed(
        &self,
        walk: &mut Walk<'_>,
        options: Option<&'f Value>,
        around: &Around<'_>,
        known: &BTreeMap<String, String>,
        order: &mut usize,
        depth: usize,
        within: &[&str],
    ) {
        let given = options.and_then(Value::as_map).into_iter().flatten();
        for (_, field) in given.filter(|(name, _)| name.ends_with("steps")) {
            self.steps(walk, Some(&field.value), around, known, order, depth, within);
        }
    }

    /// How steps, or the commands that they use, come by the tree.
    fn checkout(&self, steps: Option<&'f Value>, depth: usize) -> Option<Checkout<'f>> {
        let steps = steps.and_then(Value::as_list).unwrap_or(&[]).iter().take(500).filter(|_| depth <= MAX_DEPTH);
        let mut attached = None;
        for step in steps {
            let entry = step.as_map().and_then(Map::first);
            let (name, options) = match (step.as_str(), entry) {
                (Some(name), _) => (name, None),
                (None, Some((name, field))) => (name.as_str(), Some(&field.value)),
                (None, None) => continue,
            };
            let said = |key: &str| options.and_then(|options| options.get(key)?.as_str());
            let found = match name {
                "checkout" => Some(said("path").map_or(Checkout::InPlace, Checkout::At)),
                "attach_workspace" => Some(Checkout::Attached(said("at"))),
                "when" | "unless" => self.checkout(options.and_then(|inner| inner.get("steps")), depth + 1),
                _ => self.root.at(&["commands", name, "steps"]).and_then(|steps| self.checkout(Some(steps), depth + 1)),
            };
            match found {
                Some(Checkout::Attached(at)) => attached = attached.or(Some(Checkout::Attached(at))),
                Some(found) => return Some(found),
                None => {}
            }
        }
        attached
    }

    /// `node/test` with the name and version of the orb that `node` stands for.
    fn orb(&self, name: &str) -> Option<(String, String)> {
        let (alias, part) = name.split_once('/')?;
        let orb = self.root.at(&["orbs", alias])?.as_str()?;
        let (orb, version) = orb.split_once('@').unwrap_or((orb, ""));
        Some((format!("{orb}/{part}"), version.to_owned()))
    }

    fn run(
        &self,
        walk: &mut Walk<'_>,
        run: &'f Value,
        around: &Around<'_>,
        known: &BTreeMap<String, String>,
        order: usize,
    ) {
        let command = run.get("command").unwrap_or(run);
        let Some(text) = command.as_str() else { return };
        let script = Excerpt::scalar(self.source(), command.span, text);
        let script = script.replaced(&parameters(script.text(), known));
        let get = |key: &str| run.get(key).and_then(Value::as_str);
        let place = script.place(0..script.text().lines().next().unwrap_or_default().len());
        let mut call = call(around, order, get("name").map(str::to_owned), place);
        if let Some(dir) = get("working_directory") {
            call.dir = around.places.folder(Some(&fill_text(dir, known)));
        }
        let mut env = (*call.env).clone();
        env.extend(texts(run.get("environment")));
        call.env = Arc::new(env);
        if get("when") == Some("on_fail") {
            let mut step = (*call.step).clone();
            step.on_failure = true;
            call.step = Arc::new(step);
        }
        if let Some(shell) = get("shell").or(around.shell.as_deref()) {
            call.settings.errexit =
                shell.split(' ').any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('e'));
            call.settings.pipefail = shell.contains("pipefail");
        }
        let background = run.get("background").and_then(Value::as_bool) == Some(true);
        walk.script(&script, &call.excused(background.then_some("runs in the background")));
    }
}

/// The call of a step.
fn call(around: &Around<'_>, order: usize, name: Option<String>, place: Place) -> Call {
    let step = Step {
        job: around.index,
        order,
        name,
        place,
        triggers: around.triggers.to_vec(),
        on_failure: false,
        env: around.env.clone(),
        with: BTreeMap::new(),
    };
    Call {
        step: Arc::new(step),
        chain: Vec::new(),
        dir: around.places.folder(None),
        env: around.env.clone(),
        excuse: None,
        settings: Settings { errexit: true, pipefail: true },
        arguments: None,
        sure: true,
        stack: Vec::new(),
    }
}

/// What starts a job of a workflow: without filters every branch; tags only when they are named.
fn filtered(filters: Option<&Value>, place: &Place, at: impl Fn(crate::source::Span) -> Place) -> Vec<Trigger> {
    let branches = filters.and_then(|filters| filters.get("branches"));
    let tags = filters.and_then(|filters| filters.get("tags"));
    let mut found = Vec::new();
    let ignored = strings(branches.and_then(|branches| branches.get("ignore")));
    let only = strings(branches.and_then(|branches| branches.get("only")));
    if !ignored.iter().any(|pattern| matches!(pattern.as_str(), "/.*/" | ".*" | "/^.*/" | "/.+/")) {
        let place = branches.map_or_else(|| place.clone(), |branches| at(branches.span));
        found.push(Trigger { event: Event::Push(only), place });
    }
    if let Some(tags) = tags.filter(|tags| tags.get("only").is_some()) {
        found.push(Trigger { event: Event::Tag, place: at(tags.span) });
    }
    found
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = (String, String)> {
    value
        .and_then(Value::as_map)
        .into_iter()
        .flatten()
        .filter_map(|(name, field)| Some((name.to_string(), field.value.scalar_text()?)))
}

fn defaults(parameters: Option<&Value>) -> BTreeMap<String, String> {
    let map = parameters.and_then(Value::as_map);
    map.into_iter()
        .flatten()
        .filter_map(|(name, field)| Some((name.to_string(), field.value.get("default")?.scalar_text()?)))
        .collect()
}

/// `<< parameters.x >>` with what it becomes.
fn parameters(text: &str, known: &BTreeMap<String, String>) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("<<") {
        let start = at + open;
        let Some(close) = text[start..].find(">>") else { break };
        let inner = text[start + 2..start + close].trim();
        at = start + close + 2;
        if let Some(name) = inner.strip_prefix("parameters.") {
            let value = known.get(name).cloned().unwrap_or_else(|| format!("${{{name}}}"));
            if value.len() < 16_384 {
                found.push((start..at, value));
            }
        } else if inner.starts_with("pipeline.") {
            found.push((start..at, format!("${{{}}}", inner.replace(['.', '-'], "_"))));
        } else {
            // A here-document, not a parameter.
            at = start + 2;
        }
    }
    found
}

fn fill_text(text: &str, known: &BTreeMap<String, String>) -> String {
    Excerpt::anchored("", crate::source::Span::default(), text).replaced(&parameters(text, known)).text().to_owned()
}
