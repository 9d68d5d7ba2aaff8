//! Kubernetes objects: plain and multi-document files, and what Kustomize makes of them.

mod kustomize;
mod object;
mod patch;
pub mod path;

pub use object::{Container, Object, WORKLOADS};

use super::Facts;
use super::format::Format;
use super::production::{self, Stage, Standing};
use crate::evidence::{Blind, Place};
use crate::tree::File;
use crate::value::Value;
use kustomize::Kustomizations;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many objects are kept; a tree that generates more is not a deployment.
const MAX_OBJECTS: usize = 20_000;

/// Kubernetes objects of the tree.
#[derive(Debug, Default)]
pub struct Kubernetes {
    /// The objects, those of one file in its order, files by path.
    pub objects: Vec<Object>,
    /// Folders with a Helm chart of the project.
    pub charts: Vec<Arc<str>>,
    /// What could not be read.
    pub blind: Vec<Blind>,
}

impl Kubernetes {
    /// The objects that production applies.
    pub fn production(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.standing == Standing::Production)
    }

    /// The project's own serving workloads of production.
    pub fn own_workloads(&self) -> impl Iterator<Item = &Object> {
        self.production().filter(|object| object.is_workload() && object.serves() && object.is_own())
    }

    /// The production object of a kind and name.
    pub fn find(&self, kind: &str, name: &str) -> Option<&Object> {
        self.production().find(|object| object.kind == kind && object.name == name)
    }
}

/// Reads every object of the tree and says which of them production applies.
pub fn read(facts: &Facts<'_>) -> Kubernetes {
    let mut view = Kubernetes { charts: charts(facts), ..Kubernetes::default() };
    for chart in &view.charts {
        let place = Some(Place::file(format!("{chart}/templates")));
        view.blind.push(Blind { place, why: "Helm templates are not read yet".into() });
    }
    let mut plain: Vec<(Object, bool)> = Vec::new();
    for file in facts.tree.files().iter().filter(|file| looks_like_manifest(file)) {
        if in_templates(&file.path, &view.charts) || kustomize::is_kustomization(&file.path) {
            continue;
        }
        let (objects, blind) = objects_of(facts, &file.path);
        view.blind.extend(blind);
        let generated = file.text().is_some_and(|source| is_generated(source.text()));
        plain.extend(objects.into_iter().map(|object| (object, generated)));
        if plain.len() > MAX_OBJECTS {
            view.blind.push(Blind { place: None, why: format!("more than {MAX_OBJECTS} Kubernetes objects") });
            break;
        }
    }
    drop_copies(&mut plain);
    let plain: Vec<Object> = plain.into_iter().map(|(object, _)| object).collect();
    let kustomizations = Kustomizations::read(facts);
    apply(facts, &mut view, plain, &kustomizations);
    object::resolve_references(&mut view.objects);
    view
}

/// Puts the standing on every object: by Kustomize where a kustomization is responsible, else by the path.
fn apply(facts: &Facts<'_>, view: &mut Kubernetes, plain: Vec<Object>, kustomizations: &Kustomizations) {
    let rendered = kustomizations.render(facts, &plain, &mut view.blind);
    let reached: BTreeSet<Arc<str>> = rendered.iter().map(|object| object.path.clone()).collect();
    for mut object in plain {
        if reached.contains(&object.path) || kustomizations.is_patch(&object.path) {
            continue;
        }
        if object.standing == Standing::Production {
            object.standing = match production::stage_of_path(&object.path) {
                Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
                _ => kustomizations.unreached(&object.path),
            };
        }
        view.objects.push(object);
    }
    view.objects.extend(rendered);
    view.objects.sort_by(|a, b| a.path.cmp(&b.path).then(a.value.span.cmp(&b.value.span)));
}

/// The objects of a file, each still counted as production.
fn objects_of(facts: &Facts<'_>, path: &str) -> (Vec<Object>, Vec<Blind>) {
    let Some(parsed) = facts.parsed(path) else { return (Vec::new(), Vec::new()) };
    let mut found = Vec::new();
    for document in &parsed.documents {
        let is_list = document.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("List"));
        match document.get("items").and_then(Value::as_list) {
            Some(items) if is_list => found.extend(items.iter().filter_map(|item| Object::of(path, item))),
            _ => found.extend(Object::of(path, document)),
        }
    }
    (found, parsed.blind().collect())
}

/// A cheap look before parsing.
fn looks_like_manifest(file: &File) -> bool {
    if !matches!(Format::of(&file.path), Some(Format::Yaml | Format::Json)) || file.len > 4_000_000 {
        return false;
    }
    file.text().is_some_and(|source| source.text().contains("apiVersion") && source.text().contains("kind"))
}

/// Folders that hold a `Chart.yaml` and templates.
fn charts(facts: &Facts<'_>) -> Vec<Arc<str>> {
    let manifests = facts.tree.files().iter().filter(|file| file.name() == "Chart.yaml");
    let folders = manifests.map(|file| folder_of(&file.path));
    let ours = folders.filter(|folder| !matches!(production::stage_of_path(&format!("{folder}/x")), Stage::Never(_)));
    let has_templates = |folder: &&str| {
        let prefix = join(folder, "templates/");
        let start = facts.tree.files().partition_point(|file| *file.path < *prefix);
        facts.tree.files().get(start).is_some_and(|file| file.path.starts_with(&prefix))
    };
    ours.filter(has_templates).map(Arc::from).collect()
}

fn in_templates(path: &str, charts: &[Arc<str>]) -> bool {
    charts.iter().any(|chart| {
        let inside = path.strip_prefix(&**chart).map(|rest| rest.trim_start_matches('/'));
        inside.is_some_and(|rest| rest.starts_with("templates/") || rest.starts_with("charts/"))
    })
}

/// Whether the head of a text says that a tool wrote it.
fn is_generated(text: &str) -> bool {
    let head = text.lines().take(40).filter(|line| line.trim_start().starts_with('#'));
    let says = |line: &str| {
        let line = line.to_lowercase();
        ["autogenerated", "auto-generated", "automatically generated", "code generated", "generated by", "do not edit"]
            .iter()
            .any(|words| line.contains(words))
    };
    head.into_iter().any(says)
}

/// A generated object that is also in the tree as written is counted once: the source wins.
fn drop_copies(objects: &mut [(Object, bool)]) {
    let mut written: BTreeMap<(String, String), Arc<str>> = BTreeMap::new();
    for (object, generated) in objects.iter().filter(|(object, _)| !is_never(&object.path)) {
        if !generated {
            written.entry((object.kind.clone(), object.name.clone())).or_insert_with(|| object.path.clone());
        }
    }
    for (object, _) in objects.iter_mut().filter(|(_, generated)| *generated) {
        if let Some(source) = written.get(&(object.kind.clone(), object.name.clone())) {
            object.standing = Standing::Aside(format!("generated from {source}"));
        }
    }
}

fn is_never(path: &str) -> bool {
    matches!(production::stage_of_path(path), Stage::Never(_))
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
