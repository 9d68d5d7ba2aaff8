//! `docker build`, `docker run` and `docker compose run`: what the instructions of an image of the tree run.

use super::super::excerpt::Excerpt;
use super::super::model::Command;
use super::super::wrap::{CONTAINER_BARE, holds_options};
use super::super::{path, tools};
use super::foreign::tests_by_name;
use super::{Call, Walk};
use crate::evidence::Place;
use crate::facts::containers::dockerfile::{Dockerfile, Instruction, split_words};
use crate::facts::containers::{UNNAMED_COMPOSE, third_party_image};
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeMap;

/// The program that tests are listed as which one container makes of another; the lists of tests in the rules name it.
const STARTED: &str = "tests-of-a-started-service";

/// Options of a build that take a value of their own.
const BUILD_VALUED: &[&str] = &[
    "-f",
    "--file",
    "-t",
    "--tag",
    "--target",
    "--build-arg",
    "--platform",
    "--cache-from",
    "--cache-to",
    "--label",
    "--secret",
    "--ssh",
    "--progress",
    "--network",
    "-o",
    "--output",
    "--build-context",
    "--iidfile",
    "--builder",
    "--memory",
    "-m",
    "--shm-size",
    "--ulimit",
    "--add-host",
    "--metadata-file",
    "--attest",
    "--allow",
];
/// Options of Compose, before and behind its verb, that take a value.
const COMPOSE_VALUED: &[&str] = &[
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--profile",
    "--env-file",
    "--project-directory",
    "--ansi",
    "--progress",
    "--parallel",
    "-e",
    "--env",
    "-v",
    "--volume",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--name",
    "--entrypoint",
    "--exit-code-from",
    "--scale",
    "-l",
    "--label",
    "-t",
    "--timeout",
    "--wait-timeout",
    "--build-arg",
    "--pull",
];

/// Words taken apart: options with their values, and the rest.
struct Words<'w> {
    options: Vec<(&'w str, &'w str)>,
    rest: Vec<&'w str>,
}

impl<'w> Words<'w> {
    /// All words; options may stand among the others.
    fn of(words: &'w [String], takes_value: impl Fn(&str) -> bool) -> Self {
        let mut found = Self { options: Vec::new(), rest: Vec::new() };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if !word.starts_with('-') || word == "-" {
                found.rest.push(word);
            } else if let Some((name, value)) = word.split_once('=') {
                found.options.push((name, value));
            } else if takes_value(word) {
                found.options.push((word, words.next().unwrap_or_default()));
            } else {
                found.options.push((word, ""));
            }
        }
        found
    }

    fn all<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = &'w str> + 's {
        self.options.iter().filter(|(name, _)| names.contains(name)).map(|(_, value)| *value)
    }

    fn has(&self, names: &[&str]) -> bool {
        self.all(names).next().is_some()
    }
}

/// An image that is built from the tree: its Dockerfile and the stage.
struct Built {
    file: String,
    target: Option<String>,
}

impl Walk<'_> {
    /// Follows a command of a container program.
    pub(super) fn image(&mut self, words: &[String], place: &Place, call: &Call) {
        let is_compose = words[0] == "docker-compose" || words.get(1).is_some_and(|word| word == "compose");
        let behind = if is_compose { 1 + usize::from(words[0] != "docker-compose") } else { 1 };
        let rest = words.get(behind..).unwrap_or_default();
        if is_compose {
            return self.compose(rest, place, call);
        }
        if let Some(built) = self.built_by(words, &call.dir) {
            return self.build(&built, place, call);
        }
        let at = rest.iter().position(|word| word == "run").filter(|at| *at <= 1);
        if let Some(run) = at.and_then(|at| rest.get(at + 1..)) {
            self.run_image(run, place, call);
        }
    }

    /// An image that an action builds.
    pub(super) fn image_of_action(&mut self, with: &BTreeMap<String, String>, place: &Place, call: &Call) {
        let input = |name: &str| with.get(name).map_or("", |value| value.trim());
        let context = path::join("", input("context"));
        let file =
            if input("file").is_empty() { path::join(&context, "Dockerfile") } else { path::join("", input("file")) };
        let target = Some(input("target").to_owned()).filter(|target| !target.is_empty());
        if self.facts.tree.file(&file).is_some() {
            self.build(&Built { file, target }, place, call);
        }
    }

    /// Whether a bake file, named or found by its usual name, sends what it builds to a registry.
    pub(super) fn bakes_to_registry(&self, with: &BTreeMap<String, String>) -> bool {
        let folder = with.get("workdir").or_else(|| with.get("source")).map_or("", |value| value.trim());
        let named = with.get("files").map_or("", String::as_str).split(['\n', ',']).map(str::trim);
        let named: Vec<&str> = named.filter(|name| !name.is_empty()).collect();
        let usual = ["docker-bake.hcl", "docker-bake.json", "docker-bake.override.hcl", "docker-bake.override.json"];
        let files = if named.is_empty() { usual.to_vec() } else { named };
        let code = |line: &&str| !line.trim_start().starts_with(['#', '/']);
        let sends = |line: &str| line.contains("type=registry") || line.contains("push=true");
        files
            .iter()
            .filter_map(|file| self.facts.tree.text(&path::join(folder, file)))
            .any(|source| source.text().lines().filter(code).any(sends))
    }

    /// What `docker build …` builds, where its Dockerfile is in the tree.
    fn built_by(&self, words: &[String], dir: &str) -> Option<Built> {
        let at = words.iter().take(4).position(|word| word == "build" || word == "bud")?;
        let known = ["docker", "podman", "nerdctl", "buildah", "buildx", "image", "builder"];
        // `--check` reads the Dockerfile and builds nothing.
        if !words[..at].iter().all(|word| known.contains(&word.as_str())) || words.iter().any(|word| word == "--check")
        {
            return None;
        }
        let words = Words::of(&words[at + 1..], |option| BUILD_VALUED.contains(&option));
        let context = path::join(dir, words.rest.last()?);
        let file = match words.all(&["-f", "--file"]).last() {
            Some(file) => path::join(dir, file),
            None => path::join(&context, "Dockerfile"),
        };
        let target = words.all(&["--target"]).last().map(str::to_owned);
        self.facts.tree.file(&file).map(|_| Built { file, target })
    }

    /// Lists what a build compiles and tests: a stage that fails fails the build, one that is not needed is not built.
    fn build(&mut self, built: &Built, place: &Place, call: &Call) {
        let Some((dockerfile, stage)) = self.stage(built) else { return };
        let key = format!("{} {:?}", built.file, built.target);
        let Some(inner) = call.inside(format!("build of {}", built.file), place, key) else { return };
        let before = self.ci.commands.len();
        for index in dockerfile.needed(stage) {
            for run in dockerfile.stages[index].instructions.iter().filter(|each| each.keyword == "RUN") {
                let span = Span::new(run.span.start as usize, run.span.end as usize);
                self.script(&Excerpt::anchored(built.file.as_str(), span, script_of(run)), &inner);
            }
        }
        // What else a build does (installing, downloading) is no stage of the pipeline.
        let made = self.ci.commands.split_off(before);
        let kept = |words: &[String]| tools::builds_or_tests(words) || tools::tests(words);
        self.ci.commands.extend(made.into_iter().filter(|command| kept(&command.words)));
    }

    fn stage(&self, built: &Built) -> Option<(Dockerfile, usize)> {
        let file = Dockerfile::parse(self.facts.tree.text(&built.file)?.text());
        let stage = match built.target.as_deref() {
            Some(target) => file.stage(target)?,
            None => file.last()?,
        };
        Some((file, stage))
    }

    /// What the last of some commands has built under the name of an image.
    fn built_as(&self, image: &str, counts: impl Fn(&Command) -> bool) -> Option<Built> {
        self.ci.commands.iter().rev().filter(|command| counts(command)).find_map(|command| {
            let options = Words::of(&command.words, |option| BUILD_VALUED.contains(&option));
            let is_it = options.all(&["-t", "--tag"]).any(|tag| tag == image);
            is_it.then(|| self.built_by(&command.words, &command.dir)).flatten()
        })
    }

    /// `docker run IMAGE` of an image that the job has built: its entry point and command.
    fn run_image(&mut self, words: &[String], place: &Place, call: &Call) {
        let mut at = 0;
        let mut call = call.clone();
        while let Some(word) = words.get(at) {
            if !word.starts_with('-') && !holds_options(word, words.get(at + 1)) {
                break;
            }
            if matches!(word.as_str(), "-d" | "--detach") {
                call = call.excused(Some("runs in the background"));
            }
            if word.starts_with("--entrypoint") {
                return;
            }
            let stands_alone = word.starts_with('$') || CONTAINER_BARE.contains(&word.as_str()) || word.contains('=');
            at += if stands_alone { 1 } else { 2 };
        }
        let Some(image) = words.get(at) else { return };
        let Some(built) = self.built_as(image, |command| command.step.job == call.step.job) else { return };
        self.start(&built, None, &words[at + 1..], place, &call);
    }

    /// What a container of an image starts, with another entry point and other arguments where they are given.
    fn start(&mut self, built: &Built, entry: Option<String>, arguments: &[String], place: &Place, call: &Call) {
        let Some((dockerfile, stage)) = self.stage(built) else { return };
        let of_image = |keyword: &str| dockerfile.effective(stage, keyword).map(script_of);
        let own_entry = entry.is_none();
        let entry = entry.or_else(|| of_image("ENTRYPOINT"));
        let arguments = if arguments.is_empty() {
            of_image("CMD").filter(|_| own_entry).into_iter().collect()
        } else {
            arguments.iter().map(|word| quoted(word)).collect::<Vec<_>>()
        };
        let script = entry.into_iter().chain(arguments).collect::<Vec<_>>().join(" ");
        let Some(inner) = call.inside(format!("image of {}", built.file), place, format!("start {script}")) else {
            return;
        };
        self.script(&Excerpt::anchored(place.path.clone(), place.span.unwrap_or_default(), script), &inner);
    }

    fn compose(&mut self, words: &[String], place: &Place, call: &Call) {
        let words = Words::of(words, |option| COMPOSE_VALUED.contains(&option));
        let Some((verb, rest)) = words.rest.split_first() else { return };
        let named: Vec<String> = words.all(&["-f", "--file"]).map(|file| path::join(&call.dir, file)).collect();
        let files =
            if named.is_empty() { self.nearest(&call.dir, UNNAMED_COMPOSE).into_iter().collect() } else { named };
        match *verb {
            "run" if !words.has(&["--entrypoint"]) => {
                let call = call.clone().excused(words.has(&["-d", "--detach"]).then_some("runs in the background"));
                if let Some(name) = rest.first() {
                    self.service(&files, name, place, &call);
                }
            }
            // It ends as the service that is named does, or as the container that ends first where the end of one ends all.
            // Otherwise the containers' own failures are not those of the command.
            "up" => {
                self.stop_without_service(&files, rest, call);
                let decides: Vec<&str> = words.all(&["--exit-code-from"]).collect();
                for name in &decides {
                    let before = self.ci.commands.len();
                    self.service(&files, name, place, call);
                    let is_read = self.ci.commands[before..].iter().any(|command| tools::tests(&command.words));
                    if is_read {
                        self.suite_of_another(&files, name, place, call);
                    } else {
                        self.suite_of_image(&files, name, place, call);
                    }
                }
                let ends =
                    decides.is_empty() && words.has(&["--abort-on-container-exit", "--abort-on-container-failure"]);
                for name in self.services(&files).into_iter().filter(|_| ends) {
                    self.suite_of_service(&files, &name, place, call);
                    let image = self.of_service(&files, &name, "image").and_then(|(_, image)| image.as_str());
                    if [Some(name.as_str()), image].into_iter().flatten().any(tests_by_name) {
                        self.suite_of_image(&files, &name, place, call);
                    }
                }
            }
            "build" => {
                for name in
                    self.services(&files).into_iter().filter(|name| rest.is_empty() || rest.contains(&name.as_str()))
                {
                    if let Some(built) = self.built_service(&files, &name) {
                        self.build(&built, place, call);
                    }
                }
            }
            _ => {}
        }
    }

    /// The script of the tree that `docker compose run SERVICE …` starts, with the words behind the service as its arguments:
    /// the entry point of an image that is built here, for this service or for another one of the same image.
    pub(super) fn entry_of_service(&self, words: &[String], call: &Call) -> Option<(String, Vec<String>)> {
        let is_compose = words[0] == "docker-compose" || words.get(1).is_some_and(|word| word == "compose");
        let at = words.iter().position(|word| word == "run").filter(|_| is_compose)?;
        let before = Words::of(&words[..at], |option| COMPOSE_VALUED.contains(&option));
        let mut rest = &words[at + 1..];
        while let Some((word, behind)) = rest.split_first().filter(|(word, _)| word.starts_with('-')) {
            if word.starts_with("--entrypoint") {
                return None;
            }
            let takes_value = COMPOSE_VALUED.contains(&word.as_str()) && !matches!(word.as_str(), "-t" | "-l");
            rest = if takes_value { behind.get(1..)? } else { behind };
        }
        let (name, arguments) = rest.split_first()?;
        if arguments.is_empty() || tools::builds_or_tests(arguments) {
            return None;
        }
        let named: Vec<String> = before.all(&["-f", "--file"]).map(|file| path::join(&call.dir, file)).collect();
        let files =
            if named.is_empty() { self.nearest(&call.dir, UNNAMED_COMPOSE).into_iter().collect() } else { named };
        let said = self.of_service(&files, name, "entrypoint").map(|(_, entry)| line(entry));
        let entry = said.or_else(|| self.entry_of_image(&files, name))?;
        let script = |word: &String| path::has_extension(word, "sh") || path::has_extension(word, "bash");
        let at = entry.iter().position(script)?;
        Some((entry[at].clone(), entry[at + 1..].iter().chain(arguments).cloned().collect()))
    }

    /// The entry point of the image of a service, which is built here for it or for another service.
    fn entry_of_image(&self, files: &[String], name: &str) -> Option<Vec<String>> {
        let image = |name: &str| self.of_service(files, name, "image").and_then(|(_, image)| image.as_str());
        let own = image(name);
        let other = || {
            let same = self.services(files).into_iter().filter(|other| own.is_some() && image(other) == own);
            same.into_iter().find_map(|other| self.built_service(files, &other))
        };
        let (dockerfile, stage) = self.stage(&self.built_service(files, name).or_else(other)?)?;
        dockerfile.effective(stage, "ENTRYPOINT")?.exec()
    }

    /// Lists what a service that is built here starts, where that runs tests: what serves does not end by itself.
    fn suite_of_service(&mut self, files: &[String], name: &str, place: &Place, call: &Call) {
        if self.built_service(files, name).is_none() {
            return;
        }
        let before = self.ci.commands.len();
        self.service(files, name, place, call);
        if !self.ci.commands[before..].iter().any(|command| tools::tests(&command.words)) {
            self.ci.commands.truncate(before);
            return;
        }
        self.suite_of_another(files, name, place, call);
    }

    /// Lists that the tests of a service ask another one, which holds what the tree builds and is no part of the tests: they
    /// stand outside of it, as its users do.
    fn suite_of_another(&mut self, files: &[String], name: &str, place: &Place, call: &Call) {
        let Some(own) = self.built_service(files, name) else { return };
        let is_of_tests = |file: &str| {
            let words = file.split(|letter: char| !letter.is_alphanumeric());
            words.into_iter().any(|word| ["test", "tests", "mock", "mocks", "fake", "stub"].contains(&word))
        };
        let is_other = |built: &Built| built.file != own.file && !is_of_tests(&built.file);
        let asked = self.waits_for(files, name).into_iter().find(|other| {
            let image = || self.of_service(files, other, "image").and_then(|(_, image)| image.as_str());
            let built = self.built_service(files, other).or_else(|| self.built_as(image()?, |_| true));
            built.as_ref().is_some_and(is_other)
        });
        if let Some(asked) = asked {
            self.list(&[STARTED.to_owned(), name.to_owned(), asked], place, call);
        }
    }

    /// The services that a service of Compose waits for.
    fn waits_for(&self, files: &[String], name: &str) -> Vec<String> {
        let Some((_, waits)) = self.of_service(files, name, "depends_on") else { return Vec::new() };
        match waits.as_map() {
            Some(map) => map.keys().map(ToString::to_string).collect(),
            None => waits.as_list().unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }

    pub(super) fn services(&self, files: &[String]) -> Vec<String> {
        let services = files.iter().filter_map(|file| self.facts.parsed(file)?.first()?.get("services")?.as_map());
        let mut names: Vec<String> =
            services.flat_map(|services| services.keys().map(ToString::to_string)).take(500).collect();
        names.sort();
        names.dedup();
        names
    }

    /// A key of a service, in the last of the files that has it, and that file.
    fn of_service<'s>(&self, files: &'s [String], name: &str, key: &str) -> Option<(&'s str, &Value)> {
        let facts = self.facts;
        files
            .iter()
            .rev()
            .find_map(|file| Some((file.as_str(), facts.parsed(file)?.first()?.at(&["services", name, key])?)))
    }

    fn built_service(&self, files: &[String], name: &str) -> Option<Built> {
        let (file, build) = self.of_service(files, name, "build")?;
        let text = |key: &str| build.get(key).and_then(Value::as_str);
        let context = build.as_str().or_else(|| text("context")).unwrap_or(".");
        let context = path::join(path::folder(file), context);
        let file = path::join(&context, text("dockerfile").unwrap_or("Dockerfile"));
        self.facts.tree.file(&file).map(|_| Built { file, target: text("target").map(str::to_owned) })
    }

    /// Lists the suite that a service of Compose brings in an image from elsewhere, where it waits for what is built here.
    fn suite_of_image(&mut self, files: &[String], name: &str, place: &Place, call: &Call) {
        let own = self.facts.own_name();
        let is_elsewhere = |image: &&str| third_party_image(image).is_none() && !own.is_image(image);
        let image = self.of_service(files, name, "image").and_then(|(_, image)| image.as_str()).filter(is_elsewhere);
        let is_built = |name: &str| self.of_service(files, name, "build").is_some();
        let asks_own = self.waits_for(files, name).iter().any(|other| is_built(other));
        let suite = image.filter(|_| asks_own && !is_built(name)).map(str::to_owned);
        if let Some(image) = suite {
            self.foreign_tests(&[image], place, call);
        }
    }

    /// What a service of Compose starts, where nothing else was asked of it.
    fn service(&mut self, files: &[String], name: &str, place: &Place, call: &Call) {
        let said = |key: &str| self.of_service(files, name, key).map(|(_, value)| line(value));
        let (entry, command) = (said("entrypoint"), said("command"));
        let arguments: Vec<String> = command.into_iter().flatten().collect();
        let entry = entry.map(|words| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "));
        if let Some(built) = self.built_service(files, name) {
            return self.start(&built, entry, &arguments, place, call);
        }
        let script = entry.into_iter().chain(arguments.iter().map(|word| quoted(word)));
        let script = script.collect::<Vec<_>>().join(" ");
        if let Some(inner) = call.inside(format!("service {name}"), place, format!("service {name}")) {
            let excerpt = Excerpt::anchored(place.path.clone(), place.span.unwrap_or_default(), script);
            self.script(&excerpt, &inner);
        }
    }
}

/// The words of a list, or of a line that a shell would split.
fn line(value: &Value) -> Vec<String> {
    match value.as_list() {
        Some(list) => list.iter().filter_map(Value::scalar_text).collect(),
        None => split_words(value.as_str().unwrap_or_default()),
    }
}

/// An instruction as a shell would read it.
pub(super) fn script_of(instruction: &Instruction) -> String {
    match instruction.exec() {
        Some(words) => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
        None => document(instruction.text.trim()).unwrap_or(instruction.text.trim()).to_owned(),
    }
}

/// The script that an instruction gives as a document, `RUN <<EOF`; none of it where another program reads it than a shell.
fn document(text: &str) -> Option<&str> {
    let (head, body) = text.strip_prefix("<<")?.split_once('\n')?;
    let is_alone = head.split_whitespace().count() == 1;
    let begins = body.lines().next().filter(|line| line.starts_with("#!"));
    let is_shell = begins.is_none_or(|line| line.trim_end().split(' ').any(|word| word.ends_with("sh")));
    is_alone.then_some(if is_shell { body } else { "" })
}

/// A word as a shell must be given it.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
