//! `cargo make task`: the tasks of `Makefile.toml` and of what it extends.

use super::super::excerpt::Excerpt;
use super::super::path;
use super::super::shell::Settings;
use super::image::quoted;
use super::{Call, Walk};
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most files that one `Makefile.toml` extends, and how many tasks stand for one another.
const MAX_FILES: usize = 16;
const MAX_EXTENDED: usize = 8;

/// What tasks do that every project has, unless it says that it wants none of them.
const BUILT_IN: &[(&str, &str)] = &[
    ("build", "cargo build --all-features"),
    ("build-release", "cargo build --release --all-features"),
    ("test", "cargo test --all-features"),
    ("check-format", "cargo fmt -- --check"),
    ("clippy", "cargo clippy"),
    ("audit", "cargo audit"),
    ("docs", "cargo doc --no-deps"),
];

/// One `Makefile.toml`, and those that it extends after it.
struct Tasks<'f> {
    files: Vec<(String, &'f Parsed)>,
}

impl<'f> Tasks<'f> {
    /// A task, and the file that holds it; what a file says itself goes before what it extends.
    fn find(&self, name: &str) -> Option<(&'f Parsed, &str, &'f Value)> {
        self.files
            .iter()
            .find_map(|(path, parsed)| Some((*parsed, path.as_str(), parsed.first()?.at(&["tasks", name])?)))
    }

    fn wants_built_in(&self) -> bool {
        let skips = |(_, parsed): &(String, &Parsed)| {
            let flag = parsed.first().and_then(|root| root.at(&["config", "skip_core_tasks"]));
            flag.and_then(Value::as_bool) == Some(true)
        };
        !self.files.iter().any(skips)
    }
}

impl<'f> Walk<'f> {
    pub(super) fn cargo_make(&mut self, words: &[String], place: &Place, call: &Call) {
        let mut file = None;
        let mut name = None;
        let mut dir = call.dir.clone();
        let mut arguments = Vec::new();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--makefile" => file = rest.next().cloned(),
                "--cwd" => dir = path::join(&call.dir, rest.next().map_or("", String::as_str)),
                "-t" | "--task" => name = rest.next().cloned(),
                "-p" | "--profile" | "-e" | "--env" | "--env-file" | "-l" | "--loglevel" | "--output-format" => {
                    rest.next();
                }
                "--list-all-steps" | "--print-steps" | "--version" | "--help" | "--diff-steps" => return,
                option if option.starts_with('-') && name.is_none() => {}
                task if name.is_none() => name = Some(task.to_owned()),
                argument => arguments.push(argument.to_owned()),
            }
        }
        let path = match file {
            Some(file) => Some(path::join(&call.dir, &file)),
            None => self.nearest(&dir, &["Makefile.toml"]),
        };
        let mut tasks = Tasks { files: Vec::new() };
        if let Some(path) = &path {
            self.read_tasks(path, &mut tasks);
        }
        let mut call = call.clone();
        call.dir = path.as_deref().map_or(dir, |path| path::folder(path).to_owned());
        call.env = Arc::new(tasks.files.iter().fold((*call.env).clone(), |env, (_, parsed)| {
            let given = parsed.first().and_then(|root| root.get("env"));
            with_environment(env, given)
        }));
        self.cargo_task(&tasks, name.as_deref().unwrap_or("default"), &arguments, place, &call);
    }

    /// Reads a file and those that its `extend` names.
    fn read_tasks(&self, path: &str, tasks: &mut Tasks<'f>) {
        if tasks.files.len() >= MAX_FILES || tasks.files.iter().any(|(known, _)| known == path) {
            return;
        }
        let facts = self.facts;
        let Some(parsed) = facts.parsed(path) else { return };
        tasks.files.push((path.to_owned(), parsed));
        let Some(extend) = parsed.first().and_then(|root| root.get("extend")) else { return };
        for one in extend.as_list().unwrap_or(std::slice::from_ref(extend)) {
            if let Some(other) = one.as_str().or_else(|| one.get("path")?.as_str()) {
                self.read_tasks(&path::join(path::folder(path), other), tasks);
            }
        }
    }

    fn cargo_task(&mut self, tasks: &Tasks<'f>, name: &str, arguments: &[String], place: &Place, call: &Call) {
        let Some((parsed, path, task)) = tasks.find(name) else {
            let built_in = BUILT_IN.iter().find(|(known, _)| *known == name).filter(|_| tasks.wants_built_in());
            if let (Some((_, line)), Some(inner)) =
                (built_in, call.inside(format!("cargo make {name}"), place, format!("cargo make {name}")))
            {
                let anchored = Excerpt::anchored(place.path.clone(), place.span.unwrap_or_default(), *line);
                self.script(&anchored, &inner);
            }
            return;
        };
        let key = format!("{path}:{name} {}", arguments.join(" "));
        let Some(mut inner) = call.inside(format!("cargo make {name}"), place, key) else { return };
        let field = |name: &str| field(tasks, task, name);
        if field("disabled").and_then(Value::as_bool) == Some(true) {
            return;
        }
        inner.env = Arc::new(with_environment((*inner.env).clone(), field("env")));
        if let Some(dir) = field("cwd").and_then(Value::as_str) {
            inner.dir = path::join(path::folder(path), dir.trim_start_matches("${CARGO_MAKE_WORKING_DIRECTORY}/"));
        }
        let ignored = ["ignore_errors", "force"].iter().any(|name| field(name).and_then(Value::as_bool) == Some(true));
        let inner = inner.excused(ignored.then_some("`ignore_errors = true`"));
        for other in field("dependencies").into_iter().chain(field("alias")).chain(field("linux_alias")).flat_map(names)
        {
            self.cargo_task(tasks, other, &[], place, &inner);
        }
        self.cargo_command(parsed, [field("command"), field("args")], arguments, &inner);
        self.cargo_script(parsed, field("script"), field("script_runner"), place, &inner);
        for other in field("run_task").into_iter().flat_map(names) {
            self.cargo_task(tasks, other, arguments, place, &inner);
        }
    }

    /// `command = "cargo"` with `args = […]`.
    fn cargo_command(&mut self, parsed: &Parsed, said: [Option<&Value>; 2], arguments: &[String], call: &Call) {
        let [Some(command), listed] = said else { return };
        let Some(program) = command.as_str() else { return };
        let mut words = vec![program.to_owned()];
        for word in listed.and_then(Value::as_list).unwrap_or(&[]).iter().filter_map(Value::as_str) {
            // `${@}` is what stands behind the task on the line that calls it, divided at `;` where it says so.
            if word == "${@}" || word.starts_with("@@split(CARGO_MAKE_TASK_ARGS") {
                words.extend(arguments.iter().cloned());
            } else {
                words.push(filled(word, &call.env));
            }
        }
        let script = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
        let span = listed.map_or(command.span, |args| args.span);
        self.script(&Excerpt::anchored(parsed.source.name(), span, script), call);
    }

    /// `script = "…"` or its lines; a file of the tree; nothing for what no shell reads.
    fn cargo_script(
        &mut self,
        parsed: &Parsed,
        script: Option<&Value>,
        runner: Option<&Value>,
        place: &Place,
        call: &Call,
    ) {
        let Some(script) = script else { return };
        let is_shell = runner.and_then(Value::as_str).is_none_or(|runner| {
            let name = runner.rsplit('/').next().unwrap_or(runner);
            ["sh", "bash", "zsh", "dash", "@shell"].contains(&name)
        });
        if !is_shell {
            return;
        }
        let mut call = call.clone();
        // It is run so that the first command that fails ends it.
        call.settings = Settings { errexit: true, pipefail: false };
        if let Some(file) = script.get("file").and_then(Value::as_str) {
            let file = file.trim_start_matches("${CARGO_MAKE_WORKING_DIRECTORY}/");
            self.file(file, parsed.source.name(), Vec::new(), call.settings, place, &call);
            return;
        }
        if let Some(lines) = script.as_list() {
            let mut whole: Option<Excerpt> = None;
            for line in lines {
                let Some(text) = line.as_str() else { continue };
                let line = Excerpt::scalar(&parsed.source, line.span, text);
                match &mut whole {
                    None => whole = Some(line),
                    Some(whole) => whole.push_line(&line),
                }
            }
            if let Some(whole) = whole {
                self.script(&whole, &call);
            }
        } else if let Some(text) = script.as_str() {
            let is_of_shell = |first: &str| ["sh", "bash", "zsh"].iter().any(|shell| first.contains(shell));
            if text.trim_start().lines().next().is_none_or(|line| !line.starts_with("#!") || is_of_shell(line)) {
                self.script(&Excerpt::scalar(&parsed.source, script.span, text), &call);
            }
        }
    }
}

/// What a task says: for Linux first, then itself, then the task that it extends.
fn field<'f>(tasks: &Tasks<'f>, task: &'f Value, name: &str) -> Option<&'f Value> {
    let mut task = task;
    for _ in 0..MAX_EXTENDED {
        if let Some(value) = task.at(&["linux", name]).or_else(|| task.get(name)) {
            return Some(value);
        }
        task = tasks.find(task.get("extend")?.as_str()?)?.2;
    }
    None
}

/// The tasks that a value names: `"a"`, `["a", {name = "b"}]`, `{name = ["a", "b"]}`.
fn names(value: &Value) -> Vec<&str> {
    let each = value.as_list().unwrap_or(std::slice::from_ref(value));
    let named = each.iter().map(|one| one.get("name").unwrap_or(one));
    named.flat_map(|one| one.as_list().unwrap_or(std::slice::from_ref(one))).filter_map(Value::as_str).collect()
}

/// The environment with what an `env` table gives; what is only given where nothing is set leaves that.
fn with_environment(mut env: BTreeMap<String, String>, given: Option<&Value>) -> BTreeMap<String, String> {
    for (name, field) in given.and_then(Value::as_map).into_iter().flatten() {
        let only_unset = field.value.at(&["condition", "env_not_set"]).is_some();
        let text = field.value.scalar_text().or_else(|| field.value.get("value")?.scalar_text());
        if let Some(text) = text.filter(|_| !(only_unset && env.contains_key(name.as_str()))) {
            let text = filled(&text, &env);
            env.insert(name.to_string(), text);
        }
    }
    env
}

/// A text with `${NAME}` as the environment has it, where it does.
fn filled(text: &str, env: &BTreeMap<String, String>) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let Some(end) = rest[at..].find('}') else { break };
        let name = &rest[at + 2..at + end];
        done.push_str(&rest[..at]);
        match env.get(name).filter(|value| value.len() + done.len() < 16_384) {
            Some(value) => done.push_str(value),
            None => done.push_str(&rest[at..=at + end]),
        }
        rest = &rest[at + end + 1..];
    }
    done + rest
}
