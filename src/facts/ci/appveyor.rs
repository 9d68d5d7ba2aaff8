//! The builds of `appveyor.yml`; the phases of a build are the steps of one job.

use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::plain::{self, Frame};
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::source::Span;
use crate::value::Value;
use std::collections::BTreeMap;

/// The phases in their order; what follows the end of the build tells nothing of it.
const PHASES: &[&str] = &[
    "init",
    "install",
    "before_build",
    "build_script",
    "after_build",
    "before_test",
    "test_script",
    "after_test",
    "before_package",
    "before_deploy",
    "deploy_script",
    "after_deploy",
    "on_success",
    "on_failure",
    "on_finish",
];

/// Providers of `deploy:` that do what a command does.
const PROVIDERS: &[(&str, &str)] = &[
    ("GitHub", "gh release create"),
    ("NuGet", "dotnet nuget push"),
    ("AzureWebApp", "az webapp deploy --name {website}"),
    ("AzureAppServiceZipDeploy", "az webapp deploy --name {website}"),
    ("WebDeploy", "az webapp deploy --name {website}"),
    ("CodeDeploy", "aws deploy create-deployment --application-name {application}"),
    ("ElasticBeanstalk", "eb deploy {environment_name}"),
    ("S3", "aws s3 sync . s3://{bucket}"),
    ("Environment", "appveyor deploy {name}"),
];

/// Reads the builds of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    let named = |path: &str| {
        matches!(path, "appveyor.yml" | ".appveyor.yml" | "appveyor.yaml" | ".appveyor.yaml" | "ci/appveyor.yml")
    };
    for parsed in plain::files(walk, named) {
        let Some(root) = parsed.first() else { continue };
        if root.as_map().is_some() {
            walk.ci.files.push(Place::file(parsed.source.name()));
            Config { parsed, root }.walk(walk);
        }
    }
}

struct Config<'f> {
    parsed: &'f Parsed,
    root: &'f Value,
}

impl Config<'_> {
    fn place(&self, span: Span) -> Place {
        plain::place(self.parsed, span)
    }

    fn walk(&self, walk: &mut Walk<'_>) {
        let file = self.parsed.source.name();
        let at = self.place(Span { start: self.root.span.start, end: self.root.span.start });
        let is = |key: &str| self.root.get(key).and_then(Value::as_bool) == Some(true);
        let branches = strings(self.root.get("branches").and_then(|all| all.get("only")));
        let branches = if branches.iter().any(|name| name.starts_with('/')) { Vec::new() } else { branches };
        let mut events = vec![Event::Push(branches), Event::PullRequest, Event::Tag];
        if is("skip_non_tags") {
            events = vec![Event::Tag];
        } else if is("skip_tags") {
            events.pop();
        }
        let triggers = events.into_iter().map(|event| Trigger { event, place: at.clone() }).collect();
        let job = Job { workflow: file.to_owned(), ..Job::new("appveyor", at, triggers) };
        let environment = self.root.get("environment");
        let env = BTreeMap::from([("APPVEYOR".to_owned(), "True".to_owned())]);
        let frame = Frame::of(walk, job, env);
        let frame = frame
            .with_env(plain::texts(environment))
            .with_env(plain::texts(environment.and_then(|all| all.get("global"))));
        for (order, phase) in PHASES.iter().enumerate() {
            let Some(value) = self.root.get(phase) else { continue };
            let mut frame = frame.clone();
            frame.on_failure |= *phase == "on_failure";
            if matches!(*phase, "on_success" | "on_finish") {
                frame = frame.excused(Some("it follows the end of the build"));
            }
            self.phase(walk, &frame, order * 100, phase, value);
        }
        self.deploys(walk, &frame);
        // Builds of their own for some of the matrix, over what stands above.
        for (number, part) in self.root.get("for").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate().take(20) {
            for phase in PHASES {
                if let Some(value) = part.get(phase) {
                    self.phase(walk, &frame, 2000 + number, phase, value);
                }
            }
        }
    }

    /// Each line is a command of its own, for one of the shells.
    fn phase(&self, walk: &mut Walk<'_>, frame: &Frame, first: usize, name: &str, value: &Value) {
        let list = value.as_list().unwrap_or(std::slice::from_ref(value));
        for (order, entry) in list.iter().enumerate().take(100) {
            let inner = ["cmd", "sh", "ps", "pwsh"].iter().find_map(|shell| Some((*shell, entry.get(shell)?)));
            let (shell, text) = inner.unwrap_or(("cmd", entry));
            let Some(script) = plain::script(&self.parsed.source, text) else { continue };
            let mut frame = frame.clone();
            // PowerShell goes on when a program fails.
            frame.settings.errexit = !matches!(shell, "ps" | "pwsh");
            frame.run(walk, &script, first + order, Some(name));
        }
    }

    fn deploys(&self, walk: &mut Walk<'_>, frame: &Frame) {
        let Some(value) = self.root.get("deploy") else { return };
        let list = value.as_list().unwrap_or(std::slice::from_ref(value));
        for (order, entry) in list.iter().enumerate().take(50) {
            let Some(provider) = entry.get("provider") else { continue };
            let name = provider.as_str().unwrap_or_default();
            let with = plain::texts(Some(entry));
            let mut frame = frame.clone();
            let on = entry.get("on");
            let branches = strings(on.and_then(|on| on.get("branch")));
            if !branches.is_empty() {
                let place = self.place(provider.span);
                frame.triggers = vec![Trigger { event: Event::Push(branches), place }];
            }
            let tags = on.and_then(|on| on.get("APPVEYOR_REPO_TAG").or_else(|| on.get("appveyor_repo_tag")));
            if tags.and_then(Value::scalar_text).as_deref() == Some("true") {
                frame.triggers.retain(|trigger| trigger.event == Event::Tag);
            }
            let command = PROVIDERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            let command = command.map(|(_, command)| plain::filled(command, &with));
            frame.stands_for(walk, (name, with), command.as_deref(), &self.place(provider.span), 1090 + order);
        }
    }
}
