//! Helm charts of the project: their templates are not read yet, only searched for words that they would have to bear.

use super::super::Facts;
use super::super::format::Format;
use super::super::production::{self, Stage};
use super::{folder_of, join};
use crate::evidence::{Blind, Place};
use crate::source::Source;
use std::sync::Arc;

/// A Helm chart.
#[derive(Debug)]
pub struct Chart {
    /// The folder of its `Chart.yaml`.
    pub folder: Arc<str>,
    /// Its templates and values.
    texts: Vec<Source>,
    /// It takes templates from other charts, which are not in the tree.
    has_dependencies: bool,
}

impl Chart {
    /// Whether its templates may make something that bears one of some words.
    pub(super) fn may_hold(&self, words: &[&str]) -> bool {
        // `Service.serving.knative.dev` stands as a kind and a group, each in its own line.
        let needle = |word: &&str| match word.split_once('.') {
            Some((kind, group)) if kind.starts_with(char::is_uppercase) => group.to_owned(),
            _ => (*word).to_owned(),
        };
        let needles: Vec<String> = words.iter().map(needle).collect();
        let holds = |text: &str| text.contains("kind: {{") || needles.iter().any(|needle| text.contains(needle));
        self.has_dependencies || self.texts.iter().any(|source| holds(source.text()))
    }

    /// The chart as something that could not be looked at.
    pub(super) fn blind(&self) -> Blind {
        let place = Some(Place::file(join(&self.folder, "templates")));
        Blind { place, why: "Helm templates are not read yet".into() }
    }

    /// Whether a file is one of its templates, or of a chart that it carries along.
    pub(super) fn owns(&self, path: &str) -> bool {
        ["templates/", "charts/"].iter().any(|inside| path.starts_with(&join(&self.folder, inside)))
    }
}

/// Folders that hold a `Chart.yaml` and templates, and are not for tests or examples.
pub(super) fn charts(facts: &Facts<'_>) -> Vec<Chart> {
    let manifests = facts.tree.files().iter().filter(|file| file.name() == "Chart.yaml");
    let ours = manifests.filter(|file| !matches!(production::stage_of_path(&file.path), Stage::Never(_)));
    ours.filter_map(|file| {
        let folder = folder_of(&file.path);
        let templates = files_under(facts, &join(folder, "templates/"));
        if templates.is_empty() {
            return None;
        }
        let mut texts = templates;
        texts.extend(files_under(facts, &join(folder, "charts/")));
        texts.extend(files_under(facts, &join(folder, "values")));
        let manifest = facts.parsed(&file.path).and_then(|parsed| parsed.first());
        let has_dependencies = manifest
            .and_then(|manifest| manifest.get("dependencies")?.as_list())
            .is_some_and(|dependencies| !dependencies.is_empty());
        Some(Chart { folder: folder.into(), texts, has_dependencies })
    })
    .collect()
}

/// Texts whose path begins so; notes for people among them say nothing.
fn files_under(facts: &Facts<'_>, prefix: &str) -> Vec<Source> {
    let start = facts.tree.files().partition_point(|file| *file.path < *prefix);
    let inside = facts.tree.files()[start..].iter().take_while(|file| file.path.starts_with(prefix));
    let manifests = inside.filter(|file| Format::of(&file.path).is_some() || file.path.ends_with(".tpl"));
    manifests.filter_map(|file| file.text().cloned()).collect()
}
