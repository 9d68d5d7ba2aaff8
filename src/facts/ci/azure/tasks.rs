//! Tasks: what they run, as the command that does the same.

use super::super::excerpt::Excerpt;
use super::super::follow::Walk;
use super::super::plain::{self, Frame};
use super::{Scope, steps, text};
use crate::value::Value;
use std::collections::BTreeMap;

/// Tasks that do what a command does; `NAME` in braces is an input, by its name in lower case.
const TASKS: &[(&str, &str)] = &[
    ("dotnetcorecli", "dotnet {command} {projects} {arguments}"),
    ("vstest", "dotnet test"),
    ("vsbuild", "msbuild {solution} {msbuildargs}"),
    ("msbuild", "msbuild {solution} {msbuildarguments}"),
    ("maven", "mvn {options} {goals}"),
    ("gradle", "./gradlew {options} {tasks}"),
    ("go", "go {command} {arguments}"),
    ("docker", "docker {command} {repository}"),
    ("dockercompose", "docker compose {action}"),
    ("kubernetes", "kubectl {command} {arguments}"),
    ("kubernetesmanifest", "kubectl apply -f {manifests} --namespace {namespace}"),
    ("helmdeploy", "helm {command} {releasename} {chartname} {arguments} --namespace {namespace}"),
    ("azurewebapp", "az webapp deploy --name {appname} --slot {slotname}"),
    ("azurewebappcontainer", "az webapp deploy --name {appname} --slot {slotname}"),
    ("azurermwebappdeployment", "az webapp deploy --name {webappname} --slot {slotname}"),
    ("azurefunctionapp", "az functionapp deployment --name {appname}"),
    ("azurefunctionappcontainer", "az functionapp deployment --name {appname}"),
    ("azurecontainerapps", "az containerapp update --name {containerappname}"),
    ("terraformtaskv4", "terraform {command} {commandoptions}"),
    ("terraformtaskv3", "terraform {command} {commandoptions}"),
    ("terraformtaskv2", "terraform {command} {commandoptions}"),
    ("terraformtaskv1", "terraform {command} {commandoptions}"),
    ("terraformcli", "terraform {command} {commandoptions}"),
    ("nugetcommand", "dotnet nuget {command}"),
    ("twineauthenticate", ""),
];

/// Walks a task step.
pub(super) fn walk_task<'f>(
    walk: &mut Walk<'f>,
    scope: &Scope<'f>,
    (step, task): (&'f Value, &str),
    frame: &Frame,
    order: usize,
    name: Option<&str>,
) {
    let (short, _) = task.split_once('@').unwrap_or((task, ""));
    let short = short.rsplit('.').next().unwrap_or(short).to_lowercase();
    let inputs = step.get("inputs");
    let with: BTreeMap<String, String> =
        plain::texts(inputs).into_iter().map(|(name, value)| (name.to_lowercase(), scope.fill(&value))).collect();
    let get = |key: &str| with.get(key).map(String::as_str);
    let place = scope.place(step.span);
    if short == "manualvalidation" && get("ontimeout") != Some("resume") && !frame.triggers.is_empty() {
        walk.ci.jobs[frame.job].is_approval = true;
    }
    let mut frame = frame.clone();
    if let Some(dir) = get("workingdirectory").or(get("workingdir")).or(get("cwd")) {
        frame.dir = steps::folder(dir);
    }
    let inline = ["script", "inlineScript", "inline"].iter().find_map(|key| inputs?.get(key));
    let runs_scripts =
        ["bash", "cmdline", "powershell", "shellscript", "azurecli", "azurepowershell", "awsshellscript"];
    if runs_scripts.contains(&short.as_str()) {
        frame.stands_for(walk, (task, with.clone()), None, &place, order);
        if let Some(value) = inline
            && let Some(written) = value.as_str()
        {
            let excerpt = text::filled(&Excerpt::scalar(&scope.parsed.source, value.span, written), scope);
            frame.run(walk, &excerpt, order, name);
        } else if let Some(file) = get("filepath").or(get("scriptpath")) {
            let command = format!("bash {} {}", steps::folder(file), get("arguments").unwrap_or_default());
            let excerpt = Excerpt::anchored(place.path.clone(), step.span, command);
            frame.run(walk, &excerpt, order, name);
        }
        return;
    }
    let command = match short.as_str() {
        "npm" => Some(match get("command") {
            Some("custom") => format!("npm {}", get("customcommand").unwrap_or_default()),
            Some(command) => format!("npm {command}"),
            None => "npm install".to_owned(),
        }),
        "docker" if get("command") == Some("buildAndPush") || get("command").is_none() => {
            Some(plain::filled("docker build --tag {repository} .\ndocker push {repository}", &with))
        }
        "kubernetesmanifest" if get("action").is_some_and(|action| !matches!(action, "deploy" | "promote")) => None,
        _ => TASKS.iter().find(|(name, _)| *name == short).map(|(_, command)| filled(command, &with)),
    };
    frame.stands_for(walk, (task, with.clone()), command.as_deref().filter(|text| !text.is_empty()), &place, order);
}

/// The command with its inputs; what was not given is left out, its option too.
fn filled(command: &str, with: &BTreeMap<String, String>) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in command.split(' ') {
        match word.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => match with.get(name).filter(|value| !value.is_empty()) {
                Some(value) => words.push(value.replace('\n', " ")),
                None => {
                    words.pop_if(|word| word.starts_with("--"));
                }
            },
            None => words.push(word.to_owned()),
        }
    }
    words.join(" ")
}
