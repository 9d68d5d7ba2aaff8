//! Bitbucket Pipelines: `bitbucket-pipelines.yml`, its steps, stages, pipes and deployments.

use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::plain::{self, Frame};
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::source::Span;
use crate::value::{Map, Value};
use std::collections::BTreeMap;

/// Pipes that do what a command does; `KEY` in braces is a variable of the pipe.
const PIPES: &[(&str, &str)] = &[
    ("atlassian/aws-ecs-deploy", "aws ecs update-service --cluster {CLUSTER_NAME} --service {SERVICE_NAME}"),
    ("atlassian/aws-lambda-deploy", "aws lambda update-function-code --function-name {FUNCTION_NAME}"),
    ("atlassian/aws-elasticbeanstalk-deploy", "eb deploy {ENVIRONMENT_NAME}"),
    ("atlassian/aws-cloudformation-deploy", "aws cloudformation deploy --stack-name {STACK_NAME}"),
    ("atlassian/aws-code-deploy", "aws deploy create-deployment --application-name {APPLICATION_NAME}"),
    ("atlassian/aws-eks-kubectl-run", "kubectl {KUBECTL_COMMAND}"),
    ("atlassian/google-gke-kubectl-run", "kubectl {KUBECTL_COMMAND}"),
    ("atlassian/kubectl-run", "kubectl {KUBECTL_COMMAND}"),
    ("microsoft/azure-aks-deploy", "kubectl {KUBECTL_COMMAND}"),
    ("atlassian/google-app-engine-deploy", "gcloud app deploy"),
    ("atlassian/google-cloud-run-deploy", "gcloud run deploy {SERVICE}"),
    ("microsoft/azure-web-apps-deploy", "az webapp deploy --name {AZURE_APP_NAME}"),
    ("microsoft/azure-functions-deploy", "az functionapp deployment --name {FUNCTION_APP_NAME}"),
    ("atlassian/heroku-deploy", "git push heroku {HEROKU_APP_NAME}"),
    ("atlassian/firebase-deploy", "firebase deploy --project {PROJECT_ID}"),
    ("atlassian/serverless-deploy", "serverless deploy"),
    ("atlassian/netlify-deploy", "netlify deploy --prod"),
    ("atlassian/ssh-run", "ssh {SERVER} '{COMMAND}'"),
    ("atlassian/npm-publish", "npm publish"),
    ("atlassian/pypi-publish", "twine upload"),
    ("atlassian/aws-ecr-push-image", "docker push {IMAGE_NAME}"),
];

/// Reads the pipeline of the tree.
pub(super) fn read(walk: &mut Walk<'_>) {
    for parsed in plain::files(walk, |path| matches!(path, "bitbucket-pipelines.yml" | "bitbucket-pipelines.yaml")) {
        let Some(root) = parsed.first() else { continue };
        let Some(pipelines) = root.get("pipelines").and_then(Value::as_map) else { continue };
        walk.ci.files.push(Place::file(parsed.source.name()));
        let config = Config { parsed, root };
        for (kind, field) in pipelines {
            let event = |name: &str| match kind.as_str() {
                "branches" => Event::Push(branches(name)),
                "tags" => Event::Tag,
                "pull-requests" => Event::PullRequest,
                // Started by a person, or by a clock that is set on the host.
                _ => Event::Manual,
            };
            if kind == "default" {
                let at = config.place(field.key);
                let trigger = Trigger { event: Event::Push(Vec::new()), place: at };
                config.sequence(walk, "default", &field.value, &trigger);
                continue;
            }
            for (name, inner) in field.value.as_map().into_iter().flatten() {
                let trigger = Trigger { event: event(name), place: config.place(inner.key) };
                config.sequence(walk, &format!("{kind} {name}"), &inner.value, &trigger);
            }
        }
    }
}

/// `{main,release/*}` is two patterns; `**` names any branch.
fn branches(name: &str) -> Vec<String> {
    let inside = name.trim_matches(['{', '}']);
    inside.split(',').map(|one| one.trim().replace("**", "*")).filter(|one| one != "*").collect()
}

struct Config<'f> {
    parsed: &'f Parsed,
    root: &'f Value,
}

impl Config<'_> {
    fn place(&self, span: Span) -> Place {
        plain::place(self.parsed, span)
    }

    /// The steps of a pipeline; each waits for those before it.
    fn sequence(&self, walk: &mut Walk<'_>, workflow: &str, list: &Value, trigger: &Trigger) {
        let mut before: Vec<usize> = Vec::new();
        for entry in list.as_list().unwrap_or(&[]).iter().take(500) {
            let Some((kind, field)) = entry.as_map().and_then(Map::first) else { continue };
            let mut made = Vec::new();
            match kind.as_str() {
                "step" => made.push(self.step(walk, workflow, &field.value, None, &before, trigger)),
                "parallel" => {
                    for inner in steps_of(&field.value) {
                        made.push(self.step(walk, workflow, inner, None, &before, trigger));
                    }
                }
                "stage" => {
                    for inner in steps_of(&field.value) {
                        let after = made.last().map_or_else(|| before.clone(), |last| vec![*last]);
                        made.push(self.step(walk, workflow, inner, Some(&field.value), &after, trigger));
                    }
                }
                _ => {}
            }
            if !made.is_empty() {
                before = made;
            }
        }
    }

    fn step(
        &self,
        walk: &mut Walk<'_>,
        workflow: &str,
        step: &Value,
        stage: Option<&Value>,
        needs: &[usize],
        trigger: &Trigger,
    ) -> usize {
        let either = |key: &str| step.get(key).or_else(|| stage?.get(key));
        let name = step.get("name").and_then(Value::as_str).unwrap_or("step");
        let manual = either("trigger").filter(|value| value.as_str() == Some("manual"));
        let ignored = step.at(&["on-fail", "strategy"]).and_then(Value::as_str) == Some("ignore");
        let services = strings(step.get("services")).into_iter().filter_map(|service| {
            let image = self.root.at(&["definitions", "services", &service, "image"])?;
            let text = image.as_str().or_else(|| image.get("name")?.as_str())?;
            Some((text.to_owned(), self.place(image.span)))
        });
        let environment =
            either("deployment").and_then(|value| Some((value.as_str()?.to_owned(), self.place(value.span))));
        let job = Job {
            workflow: workflow.to_owned(),
            needs: needs.to_vec(),
            environment,
            manual: manual.map(|value| self.place(value.span)),
            waits: manual.is_some(),
            excuse: ignored.then(|| "`on-fail: strategy: ignore`".to_owned()),
            services: services.collect(),
            ..Job::new(name, self.place(step.span), vec![trigger.clone()])
        };
        let env = BTreeMap::from([("BITBUCKET_BUILD_NUMBER".to_owned(), "1".to_owned())]);
        let frame = Frame::of(walk, job, env);
        let mut order = 0;
        self.script(walk, step.get("script"), &frame, &mut order);
        let after = frame.clone().excused(Some("`after-script` cannot fail the step"));
        self.script(walk, step.get("after-script"), &after, &mut order);
        frame.job
    }

    /// Lines between pipes are one script each.
    fn script(&self, walk: &mut Walk<'_>, script: Option<&Value>, frame: &Frame, order: &mut usize) {
        let source = &self.parsed.source;
        let mut pending: Option<super::excerpt::Excerpt> = None;
        for item in script.and_then(Value::as_list).unwrap_or(&[]).iter().take(1000) {
            if let Some(line) = plain::script(source, item) {
                match &mut pending {
                    Some(script) => script.push_line(&line),
                    None => pending = Some(line),
                }
            } else if let Some(pipe) = item.get("pipe").and_then(Value::as_str) {
                *order += 1;
                if let Some(script) = pending.take() {
                    frame.run(walk, &script, *order, None);
                }
                *order += 1;
                let with = plain::texts(item.get("variables"));
                let used = pipe.trim_start_matches("docker://");
                let name = used.rsplit_once(':').map_or(used, |(name, _)| name);
                let command =
                    PIPES.iter().find(|(pipe, _)| *pipe == name).map(|(_, command)| plain::filled(command, &with));
                frame.stands_for(walk, (used, with), command.as_deref(), &self.place(item.span), *order);
            }
        }
        if let Some(script) = pending {
            *order += 1;
            frame.run(walk, &script, *order, None);
        }
    }
}

/// The steps of a group: a list, or `steps:` of a mapping.
fn steps_of(group: &Value) -> impl Iterator<Item = &Value> {
    let list = group.as_list().or_else(|| group.get("steps")?.as_list()).unwrap_or(&[]);
    list.iter().filter_map(|entry| entry.get("step"))
}
