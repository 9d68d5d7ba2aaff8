//! Google Cloud Build: `cloudbuild.yaml` and its kin; a file is a job, what starts it stands in a trigger elsewhere.

use super::excerpt::Excerpt;
use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::path;
use super::plain::{self, Frame};
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::facts::infra::Resource;
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeMap;

/// Images whose entry point is a program, by the last part of their name.
const PROGRAMS: &[(&str, &str)] = &[
    ("docker", "docker"),
    ("compose", "docker-compose"),
    ("gcloud", "gcloud"),
    ("gcloud-slim", "gcloud"),
    ("kubectl", "kubectl"),
    ("gsutil", "gsutil"),
    ("git", "git"),
    ("go", "go"),
    ("npm", "npm"),
    ("yarn", "yarn"),
    ("mvn", "mvn"),
    ("gradle", "gradle"),
    ("bazel", "bazel"),
    ("curl", "curl"),
    ("wget", "wget"),
    ("dotnet", "dotnet"),
    ("helm", "helm"),
    ("terraform", "terraform"),
    ("opentofu", "tofu"),
    ("trivy", "trivy"),
    ("grype", "grype"),
    ("gitleaks", "gitleaks"),
    ("hadolint", "hadolint"),
    ("checkov", "checkov"),
    ("tfsec", "tfsec"),
    ("cosign", "cosign"),
    ("firebase", "firebase"),
    ("pack", "pack"),
    ("ko", "ko"),
    ("make", "make"),
    ("gke-deploy", "gke-deploy"),
];

/// Reads the builds of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let parsed = plain::files(walk, |path| is_build(path) && plain::is_ours(path));
    for parsed in parsed {
        let Some(root) = parsed.first() else { continue };
        let steps = root.get("steps").and_then(Value::as_list).unwrap_or(&[]);
        if steps.iter().any(|step| step.get("name").is_some()) {
            Build { parsed, root }.walk(walk, steps);
        }
    }
}

/// `cloudbuild.yaml`, `cloudbuild-deploy.yml`, `release.cloudbuild.yaml`, in any folder.
fn is_build(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known = ["cloudbuild", ".cloudbuild"].iter().any(|start| name.starts_with(start));
    let kin = known || name.contains(".cloudbuild.") || name.contains("-cloudbuild.");
    kin && (path::is_yaml(name) || path::has_extension(name, "json"))
}

struct Build<'f> {
    parsed: &'f Parsed,
    root: &'f Value,
}

impl Build<'_> {
    fn place(&self, span: Span) -> Place {
        plain::place(self.parsed, span)
    }

    fn walk(&self, walk: &mut Walk<'_>, steps: &[Value]) {
        let file = self.parsed.source.name();
        let at = self.place(Span { start: self.root.span.start, end: self.root.span.start });
        walk.ci.files.push(Place::file(file));
        let name = file.rsplit('/').next().unwrap_or(file);
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let triggers = triggers(walk, file, &at);
        let job = Job { workflow: file.to_owned(), ..Job::new(name, at, triggers) };
        let mut env = BTreeMap::from([("BUILD_ID".to_owned(), "set".to_owned())]);
        env.extend(plain::texts(self.root.get("substitutions")));
        let frame = Frame::of(walk, job, env).with_env(pairs(self.root.get("options").and_then(|all| all.get("env"))));
        for (order, step) in steps.iter().enumerate().take(500) {
            self.step(walk, &frame, order, step);
        }
        for (at, image) in self.root.get("images").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
            if let Some(name) = image.as_str() {
                let push = Excerpt::anchored(file, image.span, quoted(&["docker".into(), "push".into(), name.into()]));
                frame.run(walk, &push, steps.len() + at, None);
            }
        }
    }

    fn step(&self, walk: &mut Walk<'_>, around: &Frame, order: usize, step: &Value) {
        let mut frame = around.clone().with_env(pairs(step.get("env")));
        if let Some(dir) = step.get("dir").and_then(Value::as_str) {
            frame.dir = path::join("", dir);
        }
        if step.get("allowFailure").and_then(Value::as_bool) == Some(true) {
            frame = frame.excused(Some("`allowFailure: true`"));
        }
        if step.get("allowExitCodes").is_some() {
            frame = frame.excused(Some("`allowExitCodes`"));
        }
        let name = step.get("id").and_then(Value::as_str);
        let source = &self.parsed.source;
        if let Some(script) = step.get("script").and_then(|script| plain::script(source, script)) {
            // Without `#!` it is a shell that stops at nothing.
            frame.settings.errexit = false;
            frame.run(walk, &script, order, name);
            return;
        }
        let Some(image) = step.get("name").filter(|image| image.as_str().is_some()) else { return };
        let args = step.get("args");
        let words = match args {
            Some(value) if value.as_list().is_none() => value.scalar_text().into_iter().collect(),
            args => strings(args),
        };
        let entry = step.get("entrypoint").and_then(Value::as_str);
        let shell = entry.or_else(|| words.first().map(String::as_str)).is_some_and(is_shell);
        if shell && let Some(script) = args.and_then(Value::as_list).and_then(script_of) {
            frame.settings.errexit = words.iter().any(|word| is_flag(word) && word.contains('e'));
            frame.settings.pipefail = words.iter().any(|word| word == "pipefail");
            frame.run(walk, &Excerpt::scalar(source, script.span, script.as_str().unwrap_or_default()), order, name);
            return;
        }
        let program = entry.or_else(|| program_of(image.as_str().unwrap_or_default()));
        let words: Vec<String> = program.map(str::to_owned).into_iter().chain(words).collect();
        let Some(first) = args.and_then(Value::as_list).and_then(|list| list.first()).or(args).or(Some(image)) else {
            return;
        };
        if !words.is_empty() {
            frame.run(walk, &Excerpt::anchored(source.name(), first.span, quoted(&words)), order, name);
        }
    }
}

/// The script behind `-c`.
fn script_of(args: &[Value]) -> Option<&Value> {
    let at = args.iter().position(|arg| arg.as_str().is_some_and(|word| is_flag(word) && word.contains('c')))?;
    args.get(at + 1).filter(|script| script.as_str().is_some())
}

fn is_flag(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|rest| rest.len() <= 6 && rest.bytes().all(|byte| byte.is_ascii_lowercase()))
}

fn is_shell(word: &str) -> bool {
    matches!(word.rsplit('/').next().unwrap_or(word), "sh" | "bash" | "ash")
}

/// The program that an image runs with its arguments; none where the arguments name it themselves.
fn program_of(image: &str) -> Option<&'static str> {
    let name = image.split('@').next().unwrap_or(image);
    let last = name.rsplit('/').next().unwrap_or(name);
    let last = last.split(':').next().unwrap_or(last);
    PROGRAMS.iter().find(|(known, _)| *known == last).map(|(_, program)| *program)
}

/// `NAME=value` entries of a list.
fn pairs(value: Option<&Value>) -> BTreeMap<String, String> {
    let entries = strings(value);
    entries.iter().filter_map(|one| one.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

/// Words as a shell reads them; variables are still filled in.
pub(super) fn quoted(words: &[String]) -> String {
    let quote = |word: &String| {
        let plain =
            !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "\"'`\\;&|<>()*?[]#~!{}".contains(c));
        if plain {
            word.clone()
        } else {
            format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('`', "\\`"))
        }
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// What starts a build: the triggers that infrastructure code declares for its file, or something that is not here.
fn triggers(walk: &Walk<'_>, file: &str, at: &Place) -> Vec<Trigger> {
    let infra = walk.facts.infra();
    let declared = plain::resources(infra, "google_cloudbuild_trigger").filter(|one| names(one, file));
    let mut found: Vec<Trigger> = declared.flat_map(events).collect();
    found.sort();
    found.dedup();
    if found.is_empty() {
        let event = Event::Other("a trigger of Cloud Build that is not in the tree".into());
        found.push(Trigger { event, place: at.clone() });
    }
    found
}

/// Whether a trigger runs a file: by its path, or by a path whose beginning or middle is a variable.
fn names(trigger: &Resource, file: &str) -> bool {
    let paths = ["filename", "git_file_source.path"].iter().filter_map(|key| trigger.setting(key)?.text());
    paths.map(|path| path.trim_start_matches("./").to_owned()).any(|path| path == file)
}

fn events(trigger: &Resource) -> Vec<Trigger> {
    if trigger.setting("disabled").is_some_and(|one| one.text().as_deref() == Some("true")) {
        return Vec::new();
    }
    let branch = |text: Option<String>| {
        let name = text.unwrap_or_default();
        let name = name.trim_start_matches('^').trim_end_matches('$').replace(".*", "*");
        if name.is_empty() || name == "*" { Vec::new() } else { vec![name] }
    };
    let pushes = [
        "github.push.branch",
        "trigger_template.branch_name",
        "repository_event_config.push.branch",
        "bitbucket_server_trigger_config.push.branch",
    ];
    let requests = ["github.pull_request.branch", "repository_event_config.pull_request.branch"];
    let tags = ["github.push.tag", "trigger_template.tag_name", "repository_event_config.push.tag"];
    let mut found = Vec::new();
    let mut each = |keys: &[&str], event: &dyn Fn(Option<String>) -> Event| {
        for setting in keys.iter().filter_map(|key| trigger.setting(key)) {
            if setting.default_of.is_none() {
                found.push(Trigger { event: event(setting.text()), place: setting.place.clone() });
            }
        }
    };
    each(&pushes, &|text| Event::Push(branch(text)));
    each(&requests, &|_| Event::PullRequest);
    each(&tags, &|_| Event::Tag);
    found
}
