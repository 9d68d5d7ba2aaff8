//! Charts that the project makes for others to install, whatever their folder is called.

use crate::facts::Facts;
use crate::facts::production::{Stage, is_example, is_fixture, stage_of_path};
use crate::pattern::pattern;
use crate::tree::path::folder_of;

pattern!(PUBLISHES, r"\bhelm[ \t]+(?:cm-push|push|package|s3[ \t]+push)\b[^\n|;&]*");

/// The folders of charts that a workflow packages or pushes, and whose path would set them aside.
pub(super) fn published(facts: &Facts<'_>) -> Vec<String> {
    let charts = facts.tree.files().iter().filter(|file| file.name() == "Chart.yaml");
    let aside =
        charts.map(|file| folder_of(&file.path)).filter(|folder| matches!(stage_of_path(folder), Stage::Never(_)));
    let aside: Vec<&str> = aside.filter(|folder| !is_example(folder) && !is_fixture(folder)).collect();
    if aside.is_empty() {
        return Vec::new();
    }
    let workflows = facts.tree.files().iter().filter(|file| file.path.starts_with(".github/workflows/"));
    let texts = workflows.filter_map(|file| Some(file.text()?.text()));
    let commands: Vec<&str> = texts.flat_map(|text| PUBLISHES.find_iter(text)).map(|found| found.as_str()).collect();
    let is_named = |folder: &&str| {
        let mut words = commands.iter().flat_map(|command| command.split_whitespace());
        words.any(|word| word.trim_matches(['"', '\'']).trim_start_matches("./").trim_end_matches('/') == *folder)
    };
    aside.into_iter().filter(is_named).map(|folder| format!("{folder}/")).collect()
}
