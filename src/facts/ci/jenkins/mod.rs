//! Jenkins: declarative pipelines, and of scripted ones, which are programs, what can be followed.

mod groovy;
mod scripted;
mod when;

use super::excerpt::Excerpt;
use super::follow::Walk;
use super::model::{Event, Job, Trigger};
use super::path;
use super::plain::Frame;
use crate::evidence::{Blind, Place};
use crate::source::{Source, Span};
use groovy::{Kind, Statement};
use std::collections::BTreeMap;
use std::ops::Range;

/// How deep stages and steps nest.
const MAX_DEPTH: usize = 24;
/// The most calls of functions of the file that are followed.
const MAX_CALLS: usize = 500;

/// Reads the pipelines of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let facts = walk.facts;
    let paths: Vec<String> = facts
        .tree
        .files()
        .iter()
        .map(|file| file.path.to_string())
        .filter(|path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let folder = path::folder(path);
            is_of_pipelines(folder) && is_pipeline(name)
        })
        .take(50)
        .collect();
    for path in paths {
        let Some(source) = facts.tree.text(&path) else {
            walk.ci
                .blind
                .push(Blind { place: Some(Place::file(path)), why: "the pipeline could not be read as text".into() });
            continue;
        };
        walk.ci.files.push(Place::file(path.as_str()));
        let statements = groovy::parse(source.text());
        let mut file = File { source, stages: Vec::new(), depth: 0, known: Vec::new(), calls: 0, is_scripted: false };
        let pipeline = statements.iter().find(|statement| statement.name() == "pipeline" && statement.block.is_some());
        let Some(pipeline) = pipeline else {
            file.known = functions(&statements);
            file.scripted(walk, &statements);
            continue;
        };
        if let Some(library) = statements.iter().find(|one| one.name() == "@Library" || one.name() == "library") {
            let why = "it uses a shared library, which is not in this tree";
            walk.ci.elsewhere.push(Blind { place: Some(file.place(library.range())), why: why.into() });
        }
        file.known = functions(&statements);
        file.pipeline(walk, pipeline.block.as_deref().unwrap_or(&[]));
    }
}

/// Whether a file is a pipeline by its name: `Jenkinsfile`, `Jenkinsfile.release`, `Jenkinsfile_CNP`.
fn is_pipeline(name: &str) -> bool {
    let rest = name.strip_prefix("Jenkinsfile");
    let is_switched_off = || ["disabled", ".bak", ".old"].iter().any(|word| name.ends_with(word));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '_', '-']) && !is_switched_off())
        || path::has_extension(name, "jenkinsfile")
}

/// Whether a folder is one where teams keep their pipelines: `ci/`, `.jenkins/`, `jenkins-ci/`.
fn is_of_pipelines(folder: &str) -> bool {
    let word = |word: &str| matches!(word, "ci" | "cicd" | "jenkins" | "pipeline" | "pipelines");
    matches!(folder, "" | "build" | ".github")
        || (!folder.contains('/') && folder.split(['-', '_', '.']).any(|part| word(&part.to_ascii_lowercase())))
}

/// The functions that the file defines: `def build() { … }`.
fn functions(statements: &[Statement]) -> Vec<(String, &[Statement])> {
    let named = |statement: &Statement| {
        let [first, second, third, ..] = &statement.words[..] else { return None };
        let Kind::Name(keyword) = &first.kind else { return None };
        let Kind::Name(name) = &second.kind else { return None };
        (matches!(keyword.as_str(), "def" | "void") && third.kind == Kind::Sign('(')).then(|| name.clone())
    };
    statements.iter().filter_map(|statement| Some((named(statement)?, statement.block.as_deref()?))).collect()
}

struct File<'a> {
    source: &'a Source,
    /// The jobs that the next stage waits for.
    stages: Vec<usize>,
    depth: usize,
    known: Vec<(String, &'a [Statement])>,
    calls: usize,
    /// Whether the file is a program, and no declarative pipeline.
    is_scripted: bool,
}

/// The block of a directive.
fn block<'a>(statements: &'a [Statement], name: &str) -> Option<&'a [Statement]> {
    statements.iter().find(|statement| statement.name() == name)?.block.as_deref()
}

/// `NAME = 'value'` lines; a call such as `credentials('x')` has no value here.
fn environment(statements: Option<&[Statement]>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for statement in statements.unwrap_or(&[]) {
        if let [name, sign, value] = &statement.words[..]
            && let (Kind::Name(name), Kind::Sign('='), Kind::Text(value)) = (&name.kind, &sign.kind, &value.kind)
        {
            found.insert(name.clone(), value.clone());
        }
    }
    found
}

impl File<'_> {
    fn place(&self, range: Range<usize>) -> Place {
        Place::at(self.source.name(), Span::new(range.start, range.end))
    }

    fn pipeline(&mut self, walk: &mut Walk<'_>, body: &[Statement]) {
        let start = self.place(0..0);
        let mut triggers = Vec::new();
        let name = self.source.name().rsplit('/').next().unwrap_or_default();
        let mut clocks = Vec::new();
        for trigger in block(body, "triggers").unwrap_or(&[]) {
            if matches!(trigger.name(), "cron" | "parameterizedCron")
                && let Some((text, range)) = trigger.text()
            {
                let cron = text
                    .lines()
                    .map(str::trim)
                    .find(|line| !line.is_empty() && !line.starts_with("TZ"))
                    .unwrap_or_default();
                clocks.push(Trigger { event: Event::Schedule(cron.to_owned()), place: self.place(range) });
            }
        }
        // A file beside the main one that has a clock is for that clock.
        if name == "Jenkinsfile" || clocks.is_empty() {
            let gate = [Event::Push(Vec::new()), Event::PullRequest, Event::Tag];
            triggers.extend(gate.map(|event| Trigger { event, place: start.clone() }));
        }
        triggers.append(&mut clocks);
        let env = BTreeMap::from([("JENKINS_URL".to_owned(), "set".to_owned())]);
        let mut around = Around { triggers, env, excuse: None };
        around.env.extend(environment(block(body, "environment")));
        self.stages(walk, block(body, "stages").unwrap_or(&[]), &around);
        let after = self.stages.clone();
        if let Some(post) = block(body, "post") {
            let job = Job {
                workflow: self.source.name().to_owned(),
                needs: after,
                ..Job::new("post", self.place(post.first().map_or(0..0, Statement::range)), around.triggers.clone())
            };
            let frame = Frame::of(walk, job, around.env.clone());
            self.post(walk, post, &frame, &mut 0);
        }
    }

    fn stages(&mut self, walk: &mut Walk<'_>, list: &[Statement], around: &Around) {
        for stage in list.iter().filter(|statement| statement.name() == "stage").take(500) {
            self.stage(walk, stage, around);
        }
    }

    fn stage(&mut self, walk: &mut Walk<'_>, stage: &Statement, around: &Around) {
        self.depth += 1;
        let body = stage.block.as_deref().unwrap_or(&[]);
        let title = stage.text().map_or("stage", |(text, _)| text);
        let mut around = around.clone();
        around.env.extend(environment(block(body, "environment")));
        if let Some(conditions) = block(body, "when") {
            around.triggers = when::held(conditions, &around.triggers);
        }
        let asks = body.iter().find(|statement| statement.name() == "input");
        let first = walk.ci.jobs.len();
        if self.depth > MAX_DEPTH {
            // Too deep to be written by people.
        } else if let Some(inner) = block(body, "stages") {
            self.stages(walk, inner, &around);
        } else if let Some(inner) = block(body, "parallel") {
            let before = self.stages.clone();
            let mut made = Vec::new();
            for stage in inner.iter().filter(|statement| statement.name() == "stage").take(200) {
                self.stages.clone_from(&before);
                self.stage(walk, stage, &around);
                made.append(&mut self.stages);
            }
            self.stages = made;
        } else if let Some(matrix) = block(body, "matrix") {
            self.stages(walk, block(matrix, "stages").unwrap_or(&[]), &around);
        } else {
            let job = Job {
                workflow: self.source.name().to_owned(),
                needs: self.stages.clone(),
                excuse: around.excuse.clone(),
                ..Job::new(title, self.place(stage.range()), around.triggers.clone())
            };
            let mut frame = Frame::of(walk, job, around.env.clone());
            let mut order = 0;
            self.steps(walk, block(body, "steps").unwrap_or(&[]), &mut frame, &mut order);
            if let Some(post) = block(body, "post") {
                self.post(walk, post, &frame, &mut order);
            }
            self.stages = vec![frame.job];
        }
        if let Some(asks) = asks {
            for job in walk.ci.jobs.iter_mut().skip(first) {
                job.manual = Some(Place::at(self.source.name(), Span::new(asks.range().start, asks.range().end)));
                job.waits = true;
            }
        }
        self.depth -= 1;
    }

    /// What follows a stage or the whole: its failure tells nothing of what came before.
    fn post(&mut self, walk: &mut Walk<'_>, post: &[Statement], frame: &Frame, order: &mut usize) {
        for outcome in post {
            let mut frame = frame.clone();
            frame.on_failure |=
                matches!(outcome.name(), "failure" | "unsuccessful" | "unstable" | "aborted" | "regression");
            if matches!(outcome.name(), "always" | "cleanup") {
                frame = frame.excused(Some("it tidies up after the work"));
            }
            self.steps(walk, outcome.block.as_deref().unwrap_or(&[]), &mut frame, order);
        }
    }

    fn steps(&mut self, walk: &mut Walk<'_>, list: &[Statement], frame: &mut Frame, order: &mut usize) {
        self.depth += 1;
        for (index, statement) in list.iter().enumerate().take(2000) {
            if self.depth > MAX_DEPTH {
                break;
            }
            *order += 1;
            if statement.name() == "try" && caught(list.get(index + 1)) {
                let mut within = frame.clone().excused(Some("its failure is caught"));
                self.step(walk, statement, &mut within, order);
                frame.job = within.job;
            } else if let Some(condition) = when::asked(statement, index.checked_sub(1).and_then(|at| list.get(at))) {
                let mut within = frame.clone();
                within.triggers = when::left(&condition, &frame.triggers);
                self.steps(walk, statement.block.as_deref().unwrap_or(&[]), &mut within, order);
                frame.job = within.job;
            } else {
                self.step(walk, statement, frame, order);
            }
        }
        self.depth -= 1;
    }

    fn step(&mut self, walk: &mut Walk<'_>, statement: &Statement, frame: &mut Frame, order: &mut usize) {
        let call = statement.words.iter().find_map(|token| match &token.kind {
            Kind::Name(name) if matches!(name.as_str(), "sh" | "bat" | "powershell" | "pwsh") => Some(name.as_str()),
            _ => None,
        });
        if let Some(shell) = call.filter(|_| statement.block.is_none()) {
            self.script(walk, statement, shell, frame, order);
            return;
        }
        let Some(inner) = statement.block.as_deref() else {
            if self.is_scripted {
                self.other(walk, statement, frame, order);
            }
            if statement.name() == "input" {
                self.asked(walk, statement, frame);
            } else if let Some((_, body)) = self.known.iter().find(|(name, _)| name == statement.name()).cloned()
                && self.calls < MAX_CALLS
            {
                self.calls += 1;
                self.steps(walk, body, frame, order);
            }
            return;
        };
        let mut within = frame.clone();
        match statement.name() {
            "stage" => within.job = self.opened(walk, statement, frame),
            "dir" => {
                if let Some((dir, _)) = statement.text() {
                    within.dir = path::join(&frame.dir, dir);
                }
            }
            "catchError" | "warnError" => within = within.excused(Some("its failure is caught")),
            "catch" => within.on_failure = true,
            // Whether it comes to pass is decided by a program.
            "if" | "else" | "for" | "while" | "switch" => within.sure = false,
            "withEnv" => {
                for token in &statement.words {
                    if let Kind::Text(text) = &token.kind
                        && let Some((name, value)) = text.split_once('=')
                    {
                        within = within.with_env(BTreeMap::from([(name.to_owned(), value.to_owned())]));
                    }
                }
            }
            _ => {}
        }
        self.steps(walk, inner, &mut within, order);
        // A question inside a block goes for what follows the block, too.
        if within.job != frame.job {
            frame.job = within.job;
        }
    }

    fn script(&self, walk: &mut Walk<'_>, statement: &Statement, shell: &str, frame: &Frame, order: &mut usize) {
        let token = statement.named("script").filter(|token| matches!(token.kind, Kind::Text(_)));
        let found = token.and_then(|token| match &token.kind {
            Kind::Text(text) => Some((text.as_str(), token.range.clone())),
            _ => None,
        });
        let Some((text, range)) = found.or_else(|| statement.text()) else { return };
        let span = Span::new(range.start, range.end);
        let script = Excerpt::scalar(self.source, span, text);
        let mut frame = frame.clone();
        if shell != "sh" {
            frame.settings.errexit = false;
        }
        let asks = matches!(statement.named("returnStatus").map(|token| &token.kind), Some(Kind::Name(word)) if word == "true");
        if asks {
            frame = frame.excused(Some("its status is returned to the pipeline"));
        }
        let label = match statement.named("label").map(|token| &token.kind) {
            Some(Kind::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        frame.run(walk, &script, *order, label);
    }

    /// A question to a person: what follows is a job of its own that waits for the answer.
    fn asked(&mut self, walk: &mut Walk<'_>, statement: &Statement, frame: &mut Frame) {
        let Some(before) = walk.ci.jobs.get(frame.job).cloned() else { return };
        let job = Job { needs: vec![frame.job], manual: Some(self.place(statement.range())), waits: true, ..before };
        frame.job = walk.ci.jobs.len();
        walk.ci.jobs.push(job);
    }
}

/// Whether what follows a `try` keeps its failure from going on: a `catch` that neither throws nor fails the build.
fn caught(next: Option<&Statement>) -> bool {
    let Some(body) = next.filter(|next| next.name() == "catch").and_then(|next| next.block.as_deref()) else {
        return false;
    };
    let fails = |statement: &Statement| {
        matches!(statement.name(), "throw" | "error")
            || (statement.name() == "currentBuild.result"
                && statement.text().is_some_and(|(text, _)| text == "FAILURE"))
    };
    !body.iter().any(fails)
}

/// What holds around a stage.
#[derive(Clone)]
struct Around {
    triggers: Vec<Trigger>,
    env: BTreeMap<String, String>,
    excuse: Option<String>,
}
