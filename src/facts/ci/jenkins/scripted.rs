//! Scripted pipelines: programs, of which stages, shells and blocks are followed; what else is called is blind.

use super::File;
use super::groovy::{Kind, Statement};
use crate::evidence::Blind;
use crate::facts::ci::excerpt::Excerpt;
use crate::facts::ci::follow::Walk;
use crate::facts::ci::model::{Event, Job, Trigger};
use crate::facts::ci::plain::Frame;
use crate::source::Span;
use std::collections::BTreeMap;

/// Steps and words of the language that run nothing of the project.
const NOTHING: &[&str] = &[
    "",
    "checkout",
    "git",
    "scm",
    "echo",
    "print",
    "println",
    "junit",
    "xunit",
    "archiveArtifacts",
    "archive",
    "stash",
    "unstash",
    "deleteDir",
    "cleanWs",
    "properties",
    "milestone",
    "mail",
    "emailext",
    "slackSend",
    "publishHTML",
    "cobertura",
    "jacoco",
    "recordIssues",
    "recordCoverage",
    "publishCoverage",
    "step",
    "error",
    "throw",
    "return",
    "sleep",
    "input",
    "def",
    "import",
    "fingerprint",
    "setBuildStatus",
    "githubNotify",
    "updateGitlabCommitStatus",
    "readFile",
    "writeFile",
    "readJSON",
    "readYaml",
    "writeJSON",
    "fileExists",
    "pwd",
    "isUnix",
    "tool",
    "string",
    "credentials",
    "usernamePassword",
    "file",
    "buildDiscarder",
    "library",
    "break",
    "continue",
    "assert",
    "unstable",
    "case",
    "default",
    "final",
    "static",
    "String",
    "Boolean",
    "int",
    "boolean",
    "parallel",
    "else",
    "if",
    "case",
    "params",
    "ansiColor",
    "disableConcurrentBuilds",
    "parameters",
    "choice",
    "booleanParam",
];

impl File<'_> {
    /// Follows a program; on what it is started, the host decides: as usual, on pushes, requests and tags.
    pub(super) fn scripted(&mut self, walk: &mut Walk<'_>, statements: &[Statement]) {
        self.is_scripted = true;
        let start = self.place(0..0);
        let name = self.source.name().rsplit('/').next().unwrap_or_default().to_owned();
        let mut triggers = Vec::new();
        let mut clocks = clocks(statements, 0);
        if name == "Jenkinsfile" || clocks.is_empty() {
            let gate = [Event::Push(Vec::new()), Event::PullRequest, Event::Tag];
            triggers.extend(gate.map(|event| Trigger { event, place: start.clone() }));
        }
        let clock = |(cron, range)| Trigger { event: Event::Schedule(cron), place: self.place(range) };
        triggers.extend(clocks.drain(..).map(clock));
        if let Some(library) = statements.iter().find(|one| one.name() == "@Library" || one.name() == "library") {
            let why = "it uses a shared library, which is not in this tree";
            walk.ci.blind.push(Blind { place: Some(self.place(library.range())), why: why.into() });
        }
        let job = Job { workflow: self.source.name().to_owned(), ..Job::new(name.as_str(), start, triggers) };
        let mut frame = Frame::of(walk, job, BTreeMap::from([("JENKINS_URL".to_owned(), "set".to_owned())]));
        // What a function does is done where it is called.
        let functions: Vec<&str> = self.known.iter().map(|(name, _)| name.as_str()).collect();
        let defines = |one: &Statement| {
            let is_name = |at: usize| matches!(one.words.get(at).map(|token| &token.kind), Some(Kind::Name(name)) if functions.contains(&name.as_str()));
            matches!(one.name(), "def" | "void") && is_name(1) && one.block.is_some()
        };
        let body: Vec<Statement> = statements.iter().filter(|one| !defines(one)).cloned().collect();
        self.steps(walk, &body, &mut frame, &mut 0);
    }

    /// A stage: a job that waits for what came before it.
    pub(super) fn opened(&self, walk: &mut Walk<'_>, stage: &Statement, frame: &Frame) -> usize {
        let title = stage.text().map_or("stage", |(text, _)| text);
        let job = Job {
            workflow: self.source.name().to_owned(),
            needs: vec![frame.job],
            excuse: frame.excuse.clone(),
            ..Job::new(title, self.place(stage.range()), frame.triggers.clone())
        };
        walk.ci.jobs.push(job);
        walk.ci.jobs.len() - 1
    }

    /// A statement without a block and without a shell: images that are built and pushed, calls that nobody here knows.
    pub(super) fn other(&self, walk: &mut Walk<'_>, statement: &Statement, frame: &Frame, order: &mut usize) {
        for (at, token) in statement.words.iter().enumerate() {
            let Kind::Name(name) = &token.kind else { continue };
            let calls = statement.words.get(at + 1).is_some_and(|next| next.kind == Kind::Sign('('));
            let command = match name.as_str() {
                "docker.build" => "docker build .",
                name if calls && name.rsplit_once('.').is_some_and(|(_, method)| method == "push") => "docker push",
                _ => continue,
            };
            let span = Span::new(token.range.start, token.range.end);
            frame.run(walk, &Excerpt::anchored(self.source.name(), span, command), *order, None);
        }
        let name = statement.name();
        let second = statement.words.get(1).map(|token| &token.kind);
        let calls = matches!(second, None | Some(Kind::Sign('(') | Kind::Text(_)));
        let is_ours = self.known.iter().any(|(known, _)| known == name);
        if calls && !is_ours && !name.contains('.') && !name.starts_with('@') && !NOTHING.contains(&name) {
            let place = self.place(statement.range());
            let why = format!("`{name}` is called, and what it does is not in this file");
            if !walk.ci.blind.iter().any(|one| one.why == why) {
                walk.ci.blind.push(Blind { place: Some(place), why });
            }
        }
    }
}

/// The clocks of `properties([pipelineTriggers([cron('…')])])`, wherever they stand.
fn clocks(statements: &[Statement], depth: usize) -> Vec<(String, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    for statement in statements {
        for (at, token) in statement.words.iter().enumerate() {
            let text = statement.words.get(at + 2).map(|token| (&token.kind, token.range.clone()));
            if let (Kind::Name(name), Some((Kind::Text(cron), range))) = (&token.kind, text)
                && matches!(name.as_str(), "cron" | "parameterizedCron")
            {
                found.push((cron.trim().to_owned(), range));
            }
        }
        if depth < 20 {
            found.extend(clocks(statement.block.as_deref().unwrap_or(&[]), depth + 1));
        }
    }
    found
}
