//! Travis CI: `.travis.yml`, its phases, matrix, stages and deployments.

use super::condition::{self, Field, Words};
use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::path;
use super::plain::{self, Frame};
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeMap;

/// The phases of a job in order, and why a failure in one does not fail it.
const PHASES: &[(&str, Option<&str>)] = &[
    ("before_install", None),
    ("install", None),
    ("before_script", None),
    ("script", None),
    ("after_success", Some("`after_success` cannot fail the build")),
    ("after_failure", Some("`after_failure` cannot fail the build")),
    ("before_deploy", None),
    ("deploy", None),
    ("after_deploy", Some("`after_deploy` cannot fail the build")),
    ("after_script", Some("`after_script` cannot fail the build")),
];

/// What a language runs when no `script` is given.
const DEFAULTS: &[(&str, &[&str])] = &[
    ("rust", &["cargo build --verbose", "cargo test --verbose"]),
    ("node_js", &["npm test"]),
    ("go", &["go test ./..."]),
    ("ruby", &["rake"]),
    ("php", &["phpunit"]),
    ("elixir", &["mix test"]),
    ("scala", &["sbt test"]),
];

/// What a project of the JVM builds and tests with, by the file that is there first; none of them says how by itself.
const JVM: &[(&str, &str, &str)] = &[
    ("gradlew", "./gradlew assemble", "./gradlew check"),
    ("build.gradle", "gradle assemble", "gradle check"),
    ("build.gradle.kts", "gradle assemble", "gradle check"),
    ("mvnw", "./mvnw install -DskipTests=true -B", "./mvnw test -B"),
    ("pom.xml", "mvn install -DskipTests=true -B", "mvn test -B"),
];

/// Providers that do what a command does.
const PROVIDERS: &[(&str, &str)] = &[
    ("heroku", "git push heroku {app}"),
    ("elasticbeanstalk", "eb deploy {env}"),
    ("lambda", "aws lambda update-function-code --function-name {function_name}"),
    ("codedeploy", "aws deploy create-deployment --application-name {application}"),
    ("cloudformation", "aws cloudformation deploy --stack-name {stack_name}"),
    ("cloudfoundry", "cf push"),
    ("gae", "gcloud app deploy"),
    ("firebase", "firebase deploy"),
    ("netlify", "netlify deploy --prod"),
    ("helm", "helm upgrade {release} {chart}"),
    ("npm", "npm publish"),
    ("pypi", "twine upload"),
    ("cargo", "cargo publish"),
    ("rubygems", "gem push"),
    ("releases", "gh release create"),
];

static WORDS: Words = Words { field, kind, merges_into: true };

fn field(name: &str) -> Field {
    match name {
        "type" => Field::Kind,
        "branch" => Field::Branch,
        "tag" => Field::Tag,
        _ => Field::Other,
    }
}

fn kind(event: &Event) -> &'static [&'static str] {
    match event {
        Event::Push(_) | Event::Tag => &["push"],
        Event::PullRequest => &["pull_request"],
        Event::Schedule(_) => &["cron"],
        Event::Manual => &["api"],
        _ => &[],
    }
}

/// Reads the pipeline of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    for parsed in plain::files(walk, |path| matches!(path, ".travis.yml" | ".travis.yaml")) {
        let Some(root) = parsed.first().filter(|root| root.as_map().is_some()) else { continue };
        walk.ci.files.push(Place::file(parsed.source.name()));
        if root.get("import").is_some() {
            walk.ci.blind.push(crate::evidence::Blind {
                place: Some(plain::place(parsed, root.get("import").map_or(root.span, |value| value.span))),
                why: "it imports a configuration that is not read".into(),
            });
        }
        Build { parsed, root }.walk(walk);
    }
}

struct Build<'f> {
    parsed: &'f Parsed,
    root: &'f Value,
}

impl Build<'_> {
    fn place(&self, span: Span) -> Place {
        plain::place(self.parsed, span)
    }

    /// What starts a build: pushes and pull requests; a schedule is set on the host.
    fn triggers(&self) -> Vec<Trigger> {
        let branches = self.root.get("branches");
        let only: Vec<String> = strings(branches.and_then(|branches| branches.get("only")));
        let except = strings(branches.and_then(|branches| branches.get("except")));
        let place = self.place(branches.map_or(Span { end: self.root.span.start, ..self.root.span }, |one| one.span));
        let one = |event: Event| Trigger { event, place: place.clone() };
        let (patterns, plain): (Vec<String>, Vec<String>) = only.into_iter().partition(|name| name.starts_with('/'));
        let mut found = Vec::new();
        if plain.is_empty() && patterns.iter().any(|name| name.contains('v')) {
            found.push(one(Event::Tag));
        } else {
            let released = |name: &String| matches!(name.as_str(), "main" | "master");
            if !except.iter().any(released) {
                found.push(one(Event::Push(plain)));
            }
            found.push(one(Event::PullRequest));
            found.push(one(Event::Tag));
        }
        self.held(self.root.get("if"), found)
    }

    fn held(&self, when: Option<&Value>, mut triggers: Vec<Trigger>) -> Vec<Trigger> {
        let Some(value) = when else { return triggers };
        let Some(text) = value.as_str() else {
            return if value.as_bool() == Some(false) { Vec::new() } else { triggers };
        };
        // A clock and a person count only where a condition asks for them.
        let place = self.place(value.span);
        if text.contains("cron") {
            triggers.push(Trigger { event: Event::Schedule("set on the host".into()), place: place.clone() });
        }
        if text.contains("api") {
            triggers.push(Trigger { event: Event::Manual, place });
        }
        condition::held(&condition::infix(text), &triggers, &WORDS).0
    }

    fn walk(&self, walk: &mut Walk<'_>) {
        let triggers = self.triggers();
        let jobs = self.root.get("jobs").or_else(|| self.root.get("matrix"));
        let include = jobs.and_then(|jobs| jobs.as_list().or_else(|| jobs.get("include")?.as_list())).unwrap_or(&[]);
        let allowed = jobs.and_then(|jobs| jobs.get("allow_failures")?.as_list()).unwrap_or(&[]);
        let mut stages: Vec<(String, Vec<usize>)> = Vec::new();
        // The root is a job of its own only where it spans a matrix or nothing else is there.
        let spans = ["rust", "node_js", "python", "go", "ruby", "php", "jdk", "os", "compiler"];
        let matrix = spans.iter().any(|key| self.root.get(key).is_some_and(|value| value.as_list().is_some()));
        if include.is_empty()
            || matrix
            || self.root.at(&["env", "jobs"]).is_some()
            || self.root.at(&["env", "matrix"]).is_some()
        {
            let excuse = self.root_allowed(allowed).then(|| "`allow_failures`".to_owned());
            let index = self.job(walk, "test", None, &triggers, excuse);
            stages.push(("test".into(), vec![index]));
        }
        let mut stage = "test".to_owned();
        for (number, entry) in include.iter().take(500).enumerate() {
            if let Some(named) = entry.get("stage") {
                stage = named.as_str().or_else(|| named.get("name")?.as_str()).unwrap_or("test").to_lowercase();
            }
            let name = entry
                .get("name")
                .and_then(Value::as_str)
                .map_or_else(|| format!("{stage} {}", number + 1), str::to_owned);
            let excuse = allowed.iter().any(|one| self.matches(one, entry)).then(|| "`allow_failures`".to_owned());
            let stages_of = self.root.get("stages").and_then(Value::as_list).unwrap_or(&[]);
            let named = stages_of.iter().find(|one| stage_name(one).as_ref() == Some(&stage));
            let triggers = self.held(named.and_then(|one| one.get("if")), triggers.clone());
            let index = self.job(walk, &name, Some(entry), &triggers, excuse);
            match stages.iter_mut().find(|(name, _)| *name == stage) {
                Some((_, jobs)) => jobs.push(index),
                None => stages.push((stage.clone(), vec![index])),
            }
        }
        self.order(walk, stages);
    }

    /// Each stage waits for the one before it, in the order that `stages` gives.
    fn order(&self, walk: &mut Walk<'_>, mut stages: Vec<(String, Vec<usize>)>) {
        let named = self.root.get("stages").and_then(Value::as_list).unwrap_or(&[]);
        stages.sort_by_key(|(stage, _)| named.iter().position(|one| stage_name(one).as_ref() == Some(stage)));
        let mut before: Vec<usize> = Vec::new();
        for (_, jobs) in stages {
            for job in &jobs {
                walk.ci.jobs[*job].needs.clone_from(&before);
            }
            before = jobs;
        }
    }

    /// Whether every job that the root's matrix makes is allowed to fail.
    fn root_allowed(&self, allowed: &[Value]) -> bool {
        allowed.iter().any(|one| {
            one.as_map().is_some_and(|map| {
                map.iter().all(|(key, field)| {
                    let wanted = field.value.scalar_text();
                    let values = strings(self.root.get(key));
                    wanted.is_some() && !values.is_empty() && values.iter().all(|value| Some(value) == wanted.as_ref())
                })
            })
        })
    }

    fn matches(&self, allowed: &Value, entry: &Value) -> bool {
        let text = |value: Option<&Value>| {
            let value = value?;
            value.scalar_text().or_else(|| value.as_list()?.first()?.scalar_text())
        };
        allowed.as_map().is_some_and(|map| {
            !map.is_empty()
                && map.iter().all(|(key, field)| {
                    let wanted = text(Some(&field.value));
                    let own = entry.get(key).or_else(|| self.root.get(key));
                    wanted.is_some() && text(own) == wanted
                })
        })
    }

    fn job(
        &self,
        walk: &mut Walk<'_>,
        name: &str,
        entry: Option<&Value>,
        triggers: &[Trigger],
        excuse: Option<String>,
    ) -> usize {
        let either = |key: &str| entry.and_then(|entry| entry.get(key)).or_else(|| self.root.get(key));
        let at = self.place(entry.map_or(Span { end: self.root.span.start, ..self.root.span }, |entry| entry.span));
        let triggers = self.held(entry.and_then(|entry| entry.get("if")), triggers.to_vec());
        let services = strings(either("services")).into_iter().map(|name| (name, at.clone()));
        let job = Job {
            workflow: ".travis.yml".into(),
            excuse,
            services: services.collect(),
            ..Job::new(name, at.clone(), triggers)
        };
        let mut env = BTreeMap::from([("TRAVIS".to_owned(), "true".to_owned())]);
        for value in [self.root.get("env"), entry.and_then(|entry| entry.get("env"))].into_iter().flatten() {
            env.extend(variables(value));
        }
        let frame = Frame::of(walk, job, env);
        self.defaults(walk, &frame, either("language"), either("install").is_none(), either("script").is_none());
        for (order, (phase, excuse)) in PHASES.iter().enumerate() {
            let Some(value) =
                either(phase).filter(|value| value.as_bool() != Some(false) && value.as_str() != Some("skip"))
            else {
                continue;
            };
            let mut frame = frame.clone().excused(*excuse);
            frame.on_failure |= *phase == "after_failure";
            // Each line is a command of its own: a shell that goes on, whose status is looked at.
            frame.settings.errexit = false;
            if *phase == "deploy" {
                for deploy in value.as_list().unwrap_or(std::slice::from_ref(value)) {
                    self.deploy(walk, &frame, deploy, order);
                }
                continue;
            }
            for line in plain::lines(&self.parsed.source, value) {
                let text = line.text().trim();
                if let Some(dir) = text.strip_prefix("cd ").filter(|dir| !dir.contains([' ', ';', '&', '$'])) {
                    frame.dir = path::join(&frame.dir, dir);
                }
                frame.run(walk, &line, order, None);
            }
        }
        frame.job
    }

    /// What is run for a language where the file says nothing of a phase.
    fn defaults(&self, walk: &mut Walk<'_>, frame: &Frame, language: Option<&Value>, install: bool, script: bool) {
        let Some(language) = language else { return };
        let named = language.as_str().unwrap_or_default();
        let is_jvm = matches!(named, "java" | "groovy" | "kotlin");
        let jvm = JVM.iter().find(|(file, ..)| is_jvm && walk.facts.tree.file(file).is_some());
        let known = DEFAULTS.iter().find(|(name, _)| *name == named).map_or(&[][..], |(_, commands)| commands);
        let commands = (install.then_some(1).zip(jvm.map(|(_, install, _)| *install)).into_iter())
            .chain(known.iter().copied().chain(jvm.map(|(.., script)| *script)).filter(|_| script).map(|one| (3, one)));
        for (order, command) in commands {
            let place = self.place(language.span);
            let text = super::excerpt::Excerpt::anchored(place.path.clone(), language.span, command);
            frame.run(walk, &text, order, None);
        }
    }

    /// A deployment: by default only from the repository's main branch.
    fn deploy(&self, walk: &mut Walk<'_>, frame: &Frame, deploy: &Value, order: usize) {
        let Some(provider) =
            deploy.get("provider").or(Some(deploy)).and_then(|value| value.as_str().map(|text| (text, value)))
        else {
            return;
        };
        let on = deploy.get("on");
        let get = |key: &str| on.and_then(|on| on.get(key));
        let place = self.place(on.map_or(deploy.span, |on| on.span));
        let tags = get("tags").and_then(Value::as_bool) == Some(true);
        let mut frame = frame.clone();
        let wanted: Vec<Event> = if tags {
            vec![Event::Tag]
        } else if get("all_branches").and_then(Value::as_bool) == Some(true) {
            vec![Event::Push(Vec::new())]
        } else {
            let branches = strings(get("branch"));
            vec![Event::Push(if branches.is_empty() { vec!["main".into(), "master".into()] } else { branches })]
        };
        // A deployment never runs on a pull request.
        let runs = frame.triggers.iter().any(|trigger| matches!(trigger.event, Event::Push(_) | Event::Tag));
        frame.triggers = if runs {
            wanted.into_iter().map(|event| Trigger { event, place: place.clone() }).collect()
        } else {
            frame.triggers.into_iter().filter(|trigger| trigger.event != Event::PullRequest).collect()
        };
        let (name, value) = provider;
        let script = deploy.get("script").filter(|_| name == "script");
        if let Some(script) = script.and_then(|script| plain::script(&self.parsed.source, script)) {
            frame.run(walk, &script, order, None);
            return;
        }
        let with = plain::texts(Some(deploy));
        let command = PROVIDERS.iter().find(|(one, _)| *one == name).map(|(_, command)| plain::filled(command, &with));
        frame.stands_for(walk, (&format!("travis/{name}"), with), command.as_deref(), &self.place(value.span), order);
    }
}

/// The name of a stage in `stages:`.
fn stage_name(value: &Value) -> Option<String> {
    Some(value.as_str().or_else(|| value.get("name")?.as_str())?.to_lowercase())
}

/// `env:` as a mapping, as `NAME=value` lines, or under `global:`; of a matrix only what is the same in all of it.
fn variables(env: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = Vec::new();
    match (env.as_str(), env.as_list(), env.as_map()) {
        (Some(text), ..) => lines.push(text.to_owned()),
        (_, Some(list), _) if list.len() == 1 => lines.extend(list[0].as_str().map(str::to_owned)),
        (.., Some(map)) => {
            match map.get("global") {
                Some(global) if global.value.as_map().is_some() => found.extend(plain::texts(Some(&global.value))),
                Some(global) => lines.extend(strings(Some(&global.value))),
                None => found.extend(plain::texts(Some(env))),
            }
            found.remove("global");
        }
        _ => {}
    }
    for line in lines {
        for (name, value) in line.split_whitespace().filter_map(|pair| pair.split_once('=')) {
            found.insert(name.to_owned(), value.trim_matches(['"', '\'']).to_owned());
        }
    }
    found
}
