//! Other files of the tree that declare how production runs, beside the one that is asked about.

use super::compose::is_compose;
use crate::facts::Facts;
use crate::facts::format::Format;
use crate::facts::production::Stage;
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

/// Files that are such a declaration by their names.
const DEFINITIONS: &[&str] =
    &["azure.yaml", "main.bicep", "Chart.yaml", "kustomization.yaml", "kustomization.yml", "skaffold.yaml"];

fn declares_workload(text: &str) -> bool {
    let kinds = ["kind: Deployment", "kind: StatefulSet", "kind: Rollout"];
    text.contains("apiVersion:") && kinds.iter().any(|kind| text.contains(kind))
}
