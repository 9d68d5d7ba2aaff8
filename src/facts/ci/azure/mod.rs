//! Azure Pipelines: `azure-pipelines.yml`, its stages, jobs, deployments and templates of the tree.

mod governed;
mod steps;
mod tasks;
mod text;
mod triggers;

use super::condition::{self, Field, Words};
use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::path;
use super::plain::{self, Frame};
use crate::evidence::{Blind, Place};
use crate::facts::format::Parsed;
use crate::source::{Source, Span};
use crate::value::Value;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How deep templates use templates.
const MAX_DEPTH: usize = 8;
/// The most templates that one pipeline is followed into.
const MAX_TEMPLATES: usize = 1000;
/// The most jobs of one pipeline.
const MAX_JOBS: usize = 500;

static WORDS: Words = Words { field, kind, merges_into: false };

fn field(name: &str) -> Field {
    match name {
        "build.reason" => Field::Kind,
        "build.sourcebranch" | "build.sourcebranchname" => Field::Branch,
        "system.pullrequest.pullrequestid" => Field::PullRequest,
        _ => Field::Other,
    }
}

fn kind(event: &Event) -> &'static [&'static str] {
    match event {
        Event::Push(_) | Event::Tag => &["IndividualCI", "BatchedCI"],
        Event::PullRequest => &["PullRequest"],
        Event::Schedule(_) => &["Schedule"],
        Event::Manual => &["Manual"],
        _ => &[],
    }
}

/// Reads the pipelines of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let is_root = |path: &str| {
        matches!(path.trim_start_matches('.'), "azure-pipelines.yml" | "azure-pipelines.yaml" | "azure-pipeline.yml")
    };
    let is_beside = |path: &str| {
        let folder = path::folder(path).trim_start_matches('.').split('/').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or(path);
        path::is_yaml(path)
            && (matches!(folder, "azure-pipelines" | "azuredevops" | "pipelines" | "azure" | "devops" | "ado")
                || name.trim_start_matches('.').starts_with("azure-pipeline"))
    };
    let tree = walk.facts.tree;
    // A pipeline may have any name; at the root only Azure begins with what triggers it.
    let says_so = |path: &str| {
        let says =
            |source: &Source| source.text().lines().any(|line| line.starts_with("trigger:") || line.starts_with("pr:"));
        !path.contains('/') && !path.starts_with('.') && path::is_yaml(path) && tree.text(path).is_some_and(says)
    };
    for parsed in plain::files(walk, |path| is_root(path) || is_beside(path) || says_so(path)) {
        let Some(root) = parsed.first() else { continue };
        let runs = ["stages", "jobs", "steps", "extends"].iter().any(|key| root.get(key).is_some());
        // Without a word about what starts it, a file beside the root is a template.
        let starts = ["trigger", "pr", "schedules"].iter().any(|key| root.get(key).is_some())
            || root.at(&["resources", "pipelines"]).is_some();
        let is_another = ["kind", "workflow", "on"].iter().any(|key| root.get(key).is_some());
        if !runs || is_another || !(starts || is_root(parsed.source.name())) {
            continue;
        }
        walk.ci.files.push(Place::file(parsed.source.name()));
        let triggers = triggers::of(walk, parsed, root);
        let scope = Scope {
            parsed,
            parameters: text::defaults(root.get("parameters")),
            variables: BTreeMap::from([("tf_build".to_owned(), "True".to_owned())]),
            depth: 0,
            templates: Rc::default(),
        };
        let mut pipeline = Pipeline { workflow: parsed.source.name().to_owned(), jobs: 0 };
        pipeline.body(walk, &scope, root, &triggers, &[]);
    }
}

/// What is known where something is written.
#[derive(Clone)]
struct Scope<'f> {
    parsed: &'f Parsed,
    parameters: BTreeMap<String, String>,
    /// By their names in lower case.
    variables: BTreeMap<String, String>,
    depth: usize,
    /// How many templates were followed so far.
    templates: Rc<Cell<usize>>,
}

struct Pipeline {
    workflow: String,
    jobs: usize,
}

impl<'f> Scope<'f> {
    fn place(&self, span: Span) -> Place {
        plain::place(self.parsed, span)
    }

    fn fill(&self, text: &str) -> String {
        text::filled_text(text, self)
    }

    /// The triggers on which a condition can hold, and whether it asks for a failure.
    fn held(&self, value: Option<&Value>, triggers: &[Trigger]) -> (Vec<Trigger>, bool) {
        let Some(value) = value else { return (triggers.to_vec(), false) };
        if value.as_bool() == Some(false) {
            return (Vec::new(), false);
        }
        let Some(text) = value.as_str() else { return (triggers.to_vec(), false) };
        condition::held(&condition::functions(&text::condition(text, self)), triggers, &WORDS)
    }

    /// The template that an entry names, with the parameters that it gets.
    fn template(&self, walk: &mut Walk<'f>, entry: &Value) -> Option<(Self, &'f Value)> {
        let written = entry.get("template")?;
        let name = self.fill(written.as_str()?);
        let blind = |why: &str| Blind { place: Some(self.place(written.span)), why: why.to_owned() };
        let file = match name.rsplit_once('@') {
            Some((file, "self")) => file,
            Some(_) => {
                walk.ci.blind.push(blind("it uses a template of another repository, which is not in this tree"));
                return None;
            }
            None => &name,
        };
        let facts = walk.facts;
        let beside = path::join(path::folder(self.parsed.source.name()), file);
        let found = [beside, path::join("", file)].into_iter().find_map(|path| facts.parsed(&path));
        let Some((parsed, root)) = found.and_then(|parsed| Some((parsed, parsed.first()?))) else {
            walk.ci.blind.push(blind("it uses a template that is not in this tree"));
            return None;
        };
        self.templates.set(self.templates.get() + 1);
        if self.depth >= MAX_DEPTH || self.templates.get() > MAX_TEMPLATES {
            return None;
        }
        let mut parameters = text::defaults(root.get("parameters"));
        for (key, value) in plain::texts(entry.get("parameters")) {
            parameters.insert(key, self.fill(&value));
        }
        Some((
            Self {
                parsed,
                parameters,
                variables: self.variables.clone(),
                depth: self.depth + 1,
                templates: self.templates.clone(),
            },
            root,
        ))
    }

    /// The scope with the variables that are set here.
    fn with_variables(&self, walk: &mut Walk<'f>, value: Option<&'f Value>) -> Self {
        let mut scope = self.clone();
        let Some(value) = value else { return scope };
        for (name, text) in plain::texts(Some(value)) {
            let text = scope.fill(&text);
            scope.variables.insert(name.to_lowercase(), text);
        }
        for entry in value.as_list().unwrap_or(&[]) {
            if let (Some(name), Some(text)) =
                (entry.get("name").and_then(Value::as_str), entry.get("value").and_then(Value::scalar_text))
            {
                let text = scope.fill(&text);
                scope.variables.insert(name.to_lowercase(), text);
            } else if let Some((inner, root)) = scope.template(walk, entry) {
                let inner = inner.with_variables(walk, root.get("variables"));
                scope.variables = inner.variables;
            }
        }
        scope
    }
}

impl Pipeline {
    /// Stages, jobs or steps, whichever there are; gives the jobs that were made.
    fn body<'f>(
        &mut self,
        walk: &mut Walk<'f>,
        scope: &Scope<'f>,
        root: &'f Value,
        triggers: &[Trigger],
        needs: &[usize],
    ) -> Vec<usize> {
        let scope = scope.with_variables(walk, root.get("variables"));
        let mut made: Vec<Made> = Vec::new();
        if let Some(stages) = root.get("stages") {
            self.stages(walk, &scope, stages, triggers, needs, &mut made);
        } else if let Some(jobs) = root.get("jobs") {
            self.jobs(walk, &scope, jobs, triggers, needs, &mut made);
            connect(walk, &made);
        } else if let Some(extends) = root.get("extends") {
            if let Some(given) = governed::given(walk, &scope, extends) {
                return self.body(walk, &scope, given, triggers, needs);
            }
            if let Some((inner, root)) = scope.template(walk, extends) {
                return self.body(walk, &inner, root, triggers, needs);
            }
        } else if root.get("steps").is_some() {
            self.job(walk, &scope, root, triggers, needs, &mut made);
        }
        made.into_iter().flat_map(|one| one.jobs).collect()
    }

    fn stages<'f>(
        &mut self,
        walk: &mut Walk<'f>,
        scope: &Scope<'f>,
        list: &'f Value,
        triggers: &[Trigger],
        needs: &[usize],
        made: &mut Vec<Made>,
    ) {
        for (entry, triggers) in text::entries(list, scope, triggers) {
            if entry.get("template").is_some() {
                if let Some((inner, root)) = scope.template(walk, entry)
                    && let Some(list) = root.get("stages")
                {
                    self.stages(walk, &inner, list, &triggers, needs, made);
                }
                continue;
            }
            let Some(name) = entry.get("stage").and_then(Value::as_str).map(|name| scope.fill(name)) else { continue };
            let (triggers, _) = scope.held(entry.get("condition"), &triggers);
            // A stage waits for the one before it unless it says for which.
            let mut before = match entry.get("dependsOn") {
                Some(wanted) => {
                    let wanted = strings(Some(wanted));
                    made.iter().filter(|one| wanted.contains(&one.name)).flat_map(|one| one.jobs.clone()).collect()
                }
                None => made.last().map(|one| one.jobs.clone()).unwrap_or_default(),
            };
            before.extend(needs);
            let jobs = self.body(walk, scope, entry, &triggers, &before);
            if entry.get("trigger").and_then(Value::as_str) == Some("manual") {
                for job in &jobs {
                    walk.ci.jobs[*job].manual = Some(scope.place(entry.span));
                    walk.ci.jobs[*job].waits = true;
                }
            }
            made.push(Made { name, jobs, wants: Vec::new() });
        }
    }

    fn jobs<'f>(
        &mut self,
        walk: &mut Walk<'f>,
        scope: &Scope<'f>,
        list: &'f Value,
        triggers: &[Trigger],
        needs: &[usize],
        made: &mut Vec<Made>,
    ) {
        for (entry, triggers) in text::entries(list, scope, triggers) {
            if entry.get("template").is_some() {
                if let Some((inner, root)) = scope.template(walk, entry)
                    && let Some(list) = root.get("jobs")
                {
                    self.jobs(walk, &inner, list, &triggers, needs, made);
                }
            } else {
                self.job(walk, scope, entry, &triggers, needs, made);
            }
        }
    }

    fn job<'f>(
        &mut self,
        walk: &mut Walk<'f>,
        scope: &Scope<'f>,
        entry: &'f Value,
        triggers: &[Trigger],
        needs: &[usize],
        made: &mut Vec<Made>,
    ) {
        self.jobs += 1;
        if self.jobs > MAX_JOBS {
            return;
        }
        let scope = scope.with_variables(walk, entry.get("variables"));
        let name = ["job", "deployment"].iter().find_map(|key| entry.get(key)?.as_str()).unwrap_or("job");
        let shown = entry.get("displayName").and_then(Value::as_str).unwrap_or(name);
        let (triggers, on_failure) = scope.held(entry.get("condition"), triggers);
        let environment = entry.get("environment").and_then(|value| {
            let named = value.get("name").unwrap_or(value);
            let text = scope.fill(named.as_str()?);
            Some((text.split('.').next().unwrap_or_default().to_owned(), scope.place(named.span)))
        });
        let job = Job {
            name: scope.fill(shown),
            workflow: self.workflow.clone(),
            needs: needs.to_vec(),
            environment,
            excuse: excuse(entry, &scope),
            on_failure,
            ..Job::new(scope.fill(name), scope.place(entry.span), triggers)
        };
        let id = job.id.clone();
        let mut env: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &scope.variables {
            env.insert(name.to_uppercase().replace('.', "_"), value.clone());
        }
        let mut frame = Frame::of(walk, job, env);
        // A script's status is that of its last command.
        frame.settings.errexit = false;
        frame.dir = scope.fill(entry.at(&["workspace", "dir"]).and_then(Value::as_str).unwrap_or_default());
        for matrix in text::matrix(entry) {
            let mut scope = scope.clone();
            scope.variables.extend(matrix);
            steps::walk_job(walk, &scope, entry, &frame);
        }
        made.push(Made { name: id, jobs: vec![frame.job], wants: strings(entry.get("dependsOn")) });
    }
}

/// Jobs that were made under a name, and the names that they wait for.
struct Made {
    name: String,
    jobs: Vec<usize>,
    wants: Vec<String>,
}

fn connect(walk: &mut Walk<'_>, made: &[Made]) {
    for one in made {
        for other in made.iter().filter(|other| one.wants.contains(&other.name)) {
            for job in &one.jobs {
                walk.ci.jobs[*job].needs.extend(&other.jobs);
            }
        }
    }
}

/// Why a failure does not fail the run.
fn excuse(value: &Value, scope: &Scope<'_>) -> Option<String> {
    let written = value.get("continueOnError")?;
    let on = written.as_bool() == Some(true)
        || written.as_str().is_some_and(|text| scope.fill(text).eq_ignore_ascii_case("true"));
    on.then(|| "`continueOnError: true`".to_owned())
}
