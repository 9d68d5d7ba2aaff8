//! The steps of a job, and the phases of a deployment.

use super::super::excerpt::Excerpt;
use super::super::follow::Walk;
use super::super::model::Trigger;
use super::super::path;
use super::super::plain::{self, Frame};
use super::{Scope, excuse, tasks, text};
use crate::value::Value;

/// The phases of a deployment, in order.
const PHASES: &[&str] = &["preDeploy", "deploy", "routeTraffic", "postRouteTraffic"];

/// Walks a job: its steps, or those of its deployment.
pub(super) fn walk_job<'f>(walk: &mut Walk<'f>, scope: &Scope<'f>, job: &'f Value, frame: &Frame) {
    let mut order = 0;
    let triggers = frame.triggers.clone();
    if let Some(steps) = job.get("steps") {
        walk_steps(walk, scope, steps, frame, &triggers, &mut order);
    }
    let strategy = job.get("strategy");
    for kind in ["runOnce", "rolling", "canary"] {
        let Some(phases) = strategy.and_then(|strategy| strategy.get(kind)) else { continue };
        for phase in PHASES {
            if let Some(steps) = phases.at(&[phase, "steps"]) {
                walk_steps(walk, scope, steps, frame, &triggers, &mut order);
            }
        }
        for (outcome, failed) in [("success", false), ("failure", true)] {
            if let Some(steps) = phases.at(&["on", outcome, "steps"]) {
                let mut frame = frame.clone();
                frame.on_failure |= failed;
                walk_steps(walk, scope, steps, &frame, &triggers, &mut order);
            }
        }
    }
}

fn walk_steps<'f>(
    walk: &mut Walk<'f>,
    scope: &Scope<'f>,
    list: &'f Value,
    frame: &Frame,
    triggers: &[Trigger],
    order: &mut usize,
) {
    for (step, triggers) in text::entries(list, scope, triggers) {
        *order += 1;
        if *order > 2000 {
            return;
        }
        if step.get("template").is_some() {
            if let Some((inner, root)) = scope.template(walk, step)
                && let Some(list) = root.get("steps")
            {
                walk_steps(walk, &inner, list, frame, &triggers, order);
            }
            continue;
        }
        if step.get("enabled").and_then(Value::as_bool) == Some(false) {
            continue;
        }
        let (triggers, on_failure) = scope.held(step.get("condition"), &triggers);
        let mut frame = frame.clone();
        frame.triggers = triggers;
        frame.on_failure |= on_failure;
        frame = frame.excused(excuse(step, scope).as_deref());
        let env = plain::texts(step.get("env")).into_iter().map(|(name, value)| (name, scope.fill(&value)));
        let env = env.filter(|(_, value)| !value.contains("$(")).collect();
        frame = frame.with_env(env);
        if let Some(dir) = step.get("workingDirectory").and_then(Value::as_str) {
            frame.dir = folder(&scope.fill(dir));
        }
        let name = step.get("displayName").and_then(Value::as_str).map(|name| scope.fill(name));
        let script = ["script", "bash", "pwsh", "powershell"].iter().find_map(|key| step.get(key));
        if let Some(value) = script
            && let Some(written) = value.as_str()
        {
            let excerpt = text::filled(&Excerpt::scalar(&scope.parsed.source, value.span, written), scope);
            frame.run(walk, &excerpt, *order, name.as_deref());
        } else if let Some(task) = step.get("task").and_then(|task| task.as_str()) {
            tasks::walk_task(walk, scope, (step, task), &frame, *order, name.as_deref());
        }
    }
}

/// The root of the sources is the root of the tree.
pub(super) fn folder(dir: &str) -> String {
    let known = [
        "${Build_SourcesDirectory}",
        "${System_DefaultWorkingDirectory}",
        "${Pipeline_Workspace}",
        "${Agent_BuildDirectory}/s",
    ];
    let dir = known.iter().find_map(|root| dir.strip_prefix(root)).unwrap_or(dir);
    path::join("", dir)
}
