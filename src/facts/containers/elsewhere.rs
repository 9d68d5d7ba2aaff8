//! Other files of the tree that declare how production runs, beside the one that is asked about.

use super::compose::is_compose;
use crate::facts::Facts;
use crate::facts::format::Format;
use crate::facts::production::Stage;
use crate::tree::File;
use crate::tree::path::folder_of;
use std::sync::Arc;

/// Every file but `path` that declares how production runs, with the stage that its own path speaks for.
pub(super) fn definitions<'f>(facts: &'f Facts<'_>, path: &'f str) -> impl Iterator<Item = (&'f Arc<str>, Stage)> {
    let files = facts.tree.files().iter().filter(move |file| &*file.path != path);
    files.filter_map(move |file| {
        let stage = facts.own_name().stage(&file.path);
        let is_format = |format| Format::of(&file.path) == Some(format);
        let says = |test: fn(&str) -> bool| file.text().is_some_and(|text| test(text.text()));
        let declares = match stage {
            Stage::Never(_) => false,
            Stage::Production if is_compose(&file.path) => true,
            _ if DEFINITIONS.contains(&file.name()) => true,
            _ => {
                (is_format(Format::Yaml) && says(declares_workload))
                    || (is_format(Format::Json)
                        && file.name().contains("task")
                        && says(|text| text.contains("ontainerDefinitions")))
            }
        };
        declares.then_some((&file.path, stage))
    })
}

/// The unit of systemd by which the project runs on a server of its own: it stands in a folder of the deployment, and starts
/// a program of the project. One that starts containers, or a program that ends, is none.
pub(super) fn unit<'f>(facts: &'f Facts<'_>) -> Option<&'f Arc<str>> {
    let is_meant = |file: &&File| {
        file.path.ends_with(".service")
            && is_of_deployment(folder_of(&file.path))
            && !matches!(facts.own_name().stage(&file.path), Stage::Never(_))
    };
    let starts_it = |line: &str| {
        line.trim_start().strip_prefix("ExecStart=").is_some_and(|command| {
            !["docker", "podman"].iter().any(|runner| command.contains(runner))
                && facts.own_name().is_in(command) != Some(false)
        })
    };
    let serves = |text: &str| !text.contains("Type=oneshot") && text.lines().any(starts_it);
    let mut units = facts.tree.files().iter().filter(is_meant);
    units.find(|file| file.text().is_some_and(|source| serves(source.text()))).map(|file| &file.path)
}

/// Whether a folder, or one around it, says by its name that the project is deployed by what it holds.
pub(super) fn is_of_deployment(folder: &str) -> bool {
    const DEPLOYS: &[&str] =
        &["deploy", "deployment", "deployments", "hosting", "infra", "ops", "release", "self-host"];
    folder.split('/').any(|part| DEPLOYS.contains(&part.to_lowercase().as_str()))
}

/// Files that are such a declaration by their names.
const DEFINITIONS: &[&str] =
    &["azure.yaml", "main.bicep", "Chart.yaml", "kustomization.yaml", "kustomization.yml", "skaffold.yaml"];

fn declares_workload(text: &str) -> bool {
    let kinds = ["kind: Deployment", "kind: StatefulSet", "kind: Rollout"];
    text.contains("apiVersion:") && kinds.iter().any(|kind| text.contains(kind))
}
