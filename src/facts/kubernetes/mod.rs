//! Kubernetes objects: plain and multi-document files, and what Kustomize makes of them.

mod applied;
mod exporter;
mod helm;
mod kustomize;
mod mentioned;
mod object;
mod patch;
pub mod path;
mod shown;
mod unused;

pub use helm::{Dependency, Unread};
pub use object::{Container, Object, WORKLOADS};

use super::Facts;
use super::containers::{is_of_another_project, is_published_here, third_party_image};
use super::disowned::{AN_EXAMPLE, DISOWNED, is_an_example, is_disowned};
use super::format::Format;
use super::introduced::{called_an_example, introduction, is_of_an_example};
use super::production::{self, Stage, Standing};
use crate::evidence::Blind;
use crate::tree::path::{folder_of, is_below, upwards, within};
use crate::tree::{File, Tree};
use crate::value::{Kind, Value};
use applied::Applied;
use kustomize::Kustomizations;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many objects are kept; a tree that generates more is not a deployment.
const MAX_OBJECTS: usize = 20_000;

/// Kubernetes objects of the tree.
#[derive(Debug, Default)]
pub struct Kubernetes {
    /// The objects, those of one file in its order, files by path.
    pub objects: Vec<Object>,
    /// Files and templates of Helm charts that could not be turned into objects, and charts that are not in the tree.
    pub unread: Vec<Unread>,
    /// Charts of others that a chart of the project installs with it.
    pub dependencies: Vec<Dependency>,
    /// Files that could not be read.
    pub blind: Vec<Blind>,
    /// Files of charts that only templates take which make nothing.
    pub unused_files: BTreeSet<String>,
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

    /// What could not be read, or may or may not be production, and may hold what bears one of some words; without words,
    /// all that could not be read.
    pub fn unread(&self, words: &[&str]) -> Vec<Blind> {
        let uncertain = self.objects.iter().filter(|object| words.iter().any(|word| object.is_kind(word)));
        self.unreadable(words).into_iter().chain(uncertain.filter_map(Object::uncertainty)).collect()
    }

    /// What could not be read, and may hold what bears one of some words; without words, all of it.
    pub fn unreadable(&self, words: &[&str]) -> Vec<Blind> {
        let unread = self.unread.iter().filter(|unread| words.is_empty() || unread.may_hold(words));
        self.blind.iter().cloned().chain(unread.map(Unread::blind)).collect()
    }

    /// The production object of a kind and name.
    pub fn find(&self, kind: &str, name: &str) -> Option<&Object> {
        self.production().find(|object| object.kind == kind && object.name == name)
    }
}

/// The folders of charts whose values a helmfile sets, each with a slash at its end.
pub fn released_charts(facts: &Facts<'_>) -> Vec<String> {
    helm::released(facts)
}

/// Whether a file, or a folder, belongs to the templates of a Helm chart: what they make are objects of the cluster.
pub fn is_template_of_a_chart(tree: &Tree, path: &str) -> bool {
    let mut folders = upwards(path).filter(|folder| *folder == "templates" || folder.ends_with("/templates"));
    folders.any(|folder| tree.file(&within(folder_of(folder), "Chart.yaml")).is_some())
}

/// Reads every object of the tree and says which of them production applies.
pub fn read(facts: &Facts<'_>) -> Kubernetes {
    let mut charts = helm::read(facts);
    let mut view = Kubernetes {
        unread: std::mem::take(&mut charts.unread),
        dependencies: std::mem::take(&mut charts.dependencies),
        blind: std::mem::take(&mut charts.blind),
        unused_files: charts.unused_files(),
        ..Kubernetes::default()
    };
    let mut plain: Vec<(Object, bool)> = Vec::new();
    for file in facts.tree.files().iter().filter(|file| looks_like_manifest(file)) {
        if charts.owns(&file.path) || kustomize::is_kustomization(&file.path) {
            continue;
        }
        let (objects, unread) = objects_of(facts, &file.path);
        view.unread.extend(unread);
        let generated = file.text().is_some_and(|source| is_generated(source.text()));
        plain.extend(objects.into_iter().map(|object| (object, generated)));
        if plain.len() > MAX_OBJECTS {
            view.blind.push(Blind { place: None, why: format!("more than {MAX_OBJECTS} Kubernetes objects") });
            break;
        }
    }
    drop_copies(&mut plain, &charts.objects);
    let plain: Vec<Object> = plain.into_iter().map(|(object, _)| object).collect();
    let kustomizations = Kustomizations::read(facts);
    view.objects.append(&mut charts.objects);
    apply(facts, &mut view, plain, &kustomizations);
    object::resolve_references(&mut view.objects);
    unused::set_aside(facts, &mut view.objects);
    shown::set_aside(facts, &mut view.objects);
    view.objects.iter_mut().for_each(|object| note_own_images(facts, object));
    note_foreign_images(facts, &mut view.objects);
    view
}

/// What a chart brings along beside the project's workloads is not the project's.
fn note_foreign_images(facts: &Facts<'_>, objects: &mut [Object]) {
    let images_of = |object: &Object| -> Vec<String> {
        object.containers().iter().filter_map(|each| each.image().map(str::to_owned)).collect()
    };
    let workloads = objects.iter().filter(|object| object.is_workload() && object.standing == Standing::Production);
    let images: BTreeSet<String> = workloads.flat_map(images_of).collect();
    let images: Vec<String> = images.into_iter().collect();
    let foreign = images.iter().filter(|image| is_of_another_project(facts, image, &images));
    let foreign: BTreeSet<&String> = foreign.collect();
    for object in objects.iter_mut().filter(|_| !foreign.is_empty()) {
        let found: BTreeSet<String> = images_of(object).into_iter().filter(|image| foreign.contains(image)).collect();
        if let Some(template) = object.template.as_deref_mut() {
            template.foreign_images.clone_from(&found);
        }
        object.foreign_images = found;
    }
}

/// Who publishes the project under the roof of a known product (`grafana/oncall`) ships it all the same.
fn note_own_images(facts: &Facts<'_>, object: &mut Object) {
    let is_taken = |image: &str| third_party_image(image).is_some() && is_published_here(facts, image);
    let containers = object.containers();
    let images = containers.iter().filter_map(Container::image).filter(|image| is_taken(image));
    let named: BTreeSet<String> = images.map(str::to_owned).collect();
    if let Some(template) = object.template.as_deref_mut().filter(|_| !named.is_empty()) {
        template.named_images.clone_from(&named);
    }
    object.named_images = named;
}

/// The folders of plain manifests that declare a workload which an overlay of production declares too, each with the file
/// of production's: they are other ways to run the same thing.
fn flavours(
    facts: &Facts<'_>,
    plain: &[Object],
    rendered: &[Object],
    kustomizations: &Kustomizations,
) -> BTreeMap<String, Arc<str>> {
    if !kustomizations.names_production(facts.own_name()) {
        return BTreeMap::new();
    }
    let workloads = rendered.iter().filter(|object| object.is_workload());
    let production: BTreeMap<(&str, &str), &Arc<str>> =
        workloads.map(|object| ((object.kind.as_str(), &*object.name), &object.path)).collect();
    let reached: BTreeSet<&str> = rendered.iter().map(|object| folder_of(&object.path)).collect();
    let again = plain.iter().filter(|object| !reached.contains(folder_of(&object.path)));
    let again = again.filter_map(|object| {
        // What scales a workload of production, and is not listed with it, belongs to another flavour as well.
        let scaled = |key: &str| object.value.at(&["spec", "scaleTargetRef", key]).and_then(Value::as_str);
        let named = production.get(&(object.kind.as_str(), &*object.name));
        let file = named.or_else(|| production.get(&(scaled("kind").unwrap_or("Deployment"), scaled("name")?)))?;
        Some((folder_of(&object.path).to_owned(), (*file).clone()))
    });
    let mut flavours: BTreeMap<String, Arc<str>> = again.collect();
    let shared = shared_by_flavours(plain, &reached, &flavours);
    flavours.extend(shared);
    flavours
}

/// The folders without a workload that stand beside flavours alone: what those share, such as their rights.
fn shared_by_flavours(
    plain: &[Object],
    reached: &BTreeSet<&str>,
    flavours: &BTreeMap<String, Arc<str>>,
) -> BTreeMap<String, Arc<str>> {
    let mut shared = BTreeMap::new();
    let parents: BTreeMap<&str, &Arc<str>> = flavours.iter().map(|(folder, file)| (folder_of(folder), file)).collect();
    for (parent, file) in parents.into_iter().filter(|(parent, _)| !parent.is_empty()) {
        let below = || plain.iter().filter(|object| is_below(folder_of(&object.path), parent));
        let is_flavour = |object: &Object| flavours.contains_key(folder_of(&object.path));
        if reached.iter().any(|folder| is_below(folder, parent))
            || below().any(|object| object.is_workload() && !is_flavour(object))
        {
            continue;
        }
        let others = below().filter(|object| !is_flavour(object));
        shared.extend(others.map(|object| (folder_of(&object.path).to_owned(), file.clone())));
    }
    shared
}

/// Whether an object is a way in from outside, or a part of one.
fn leads_in(object: &Object) -> bool {
    matches!(&*object.kind, "Ingress" | "Gateway" | "HTTPRoute" | "VirtualService" | "Service")
}

/// Puts the standing on every object: by Kustomize where a kustomization is responsible, else by the path.
fn apply(facts: &Facts<'_>, view: &mut Kubernetes, plain: Vec<Object>, kustomizations: &Kustomizations) {
    let rendered = kustomizations.render(facts, &plain, &mut view.blind);
    let flavours = flavours(facts, &plain, &rendered, kustomizations);
    let reached: BTreeSet<Arc<str>> = rendered.iter().map(|object| object.path.clone()).collect();
    let has_entry = kustomizations.names_production(facts.own_name()) && rendered.iter().any(leads_in);
    let applied = if plain.is_empty() { Applied::default() } else { Applied::read(facts) };
    for mut object in plain {
        if reached.contains(&object.path) || kustomizations.is_patch(&object.path) {
            continue;
        }
        if object.standing == Standing::Production {
            object.standing = match facts.own_name().stage(&object.path) {
                Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
                Stage::Production => kustomizations.unreached(&object.path),
                _ if facts.tree.text(&object.path).is_some_and(|source| is_disowned(source.text())) => {
                    Standing::Aside(DISOWNED.to_owned())
                }
                _ if facts.tree.text(&object.path).is_some_and(|source| is_an_example(source.text())) => {
                    Standing::Uncertain(AN_EXAMPLE.to_owned())
                }
                _ => match kustomizations.unreached(&object.path) {
                    Standing::Production if production::is_in_tools(&object.path) => {
                        Standing::Uncertain("it stands in a folder of tools".to_owned())
                    }
                    // Production's way in is listed; one that stands by itself may belong to another way to run it.
                    Standing::Production if has_entry && leads_in(&object) => {
                        Standing::Uncertain("the overlays of production do not list it".to_owned())
                    }
                    Standing::Production => match is_shown(facts, &object.path) {
                        Some(document) => Standing::Uncertain(format!("{document} calls it an example")),
                        None => match applied.only_by(facts, &object.path) {
                            Some(script) => {
                                Standing::Uncertain(format!("{script} applies what stands there for developers alone"))
                            }
                            None => Standing::Production,
                        },
                    },
                    standing => standing,
                },
            };
        }
        if object.standing == Standing::Production
            && let Some(other) = flavours.get(folder_of(&object.path))
        {
            object.standing = Standing::Aside(format!("production's is declared in {other}"));
        }
        view.objects.push(object);
    }
    view.objects.extend(rendered);
    if facts.own_name().teaches() {
        for object in view.objects.iter_mut().filter(|object| object.standing == Standing::Production) {
            object.standing = Standing::Uncertain("the project is a course, by its name".to_owned());
        }
    }
    view.objects.sort_by(|a, b| a.path.cmp(&b.path).then(a.value.span.cmp(&b.value.span)));
}

/// The document of a folder above a manifest that says that the manifests there are an example, or the README that says so
/// of this one.
fn is_shown(facts: &Facts<'_>, path: &str) -> Option<Arc<str>> {
    const SHOWN: &[&str] = &["kubernetes", "k8s", "manifest", "configuration", "deployment", "setup", "resources"];
    let above = upwards(folder_of(path)).filter(|folder| !folder.is_empty()).find_map(|folder| {
        let (document, introduction) = introduction(facts, folder)?;
        is_of_an_example(&introduction, SHOWN).then_some(document)
    });
    above.or_else(|| called_an_example(facts, path))
}

/// The objects of a file, each still counted as production, and what in it could not be read, unless its path says that it
/// is none of production.
fn objects_of(facts: &Facts<'_>, path: &str) -> (Vec<Object>, Vec<Unread>) {
    let Some(parsed) = facts.parsed(path) else { return (Vec::new(), Vec::new()) };
    let mut found = Vec::new();
    let text = parsed.source.text();
    let mut documents = Cow::from(&parsed.documents);
    if memchr::memmem::find(text.as_bytes(), YTT.as_bytes()).is_some() {
        documents.to_mut().iter_mut().for_each(|document| fill_by_ytt(document, text));
    }
    for document in documents.iter() {
        each_object(document, |value| found.extend(Object::of(path, value)));
    }
    let is_aside = matches!(production::stage_of_path(path), Stage::Never(_));
    let unread = parsed
        .blind()
        .filter(|_| !is_aside)
        .filter_map(|blind| Some(Unread { place: blind.place?, why: blind.why, text: text.to_owned() }));
    (found, unread.collect())
}

/// How the value of a key begins that ytt fills in: `memory: #@ data.values.memory`.
const YTT: &str = ": #@ ";

/// Puts in what ytt fills in, which stands in comments: it is there, and not known.
fn fill_by_ytt(value: &mut Value, text: &str) {
    match &mut value.kind {
        Kind::Null => {
            let line = text.get(value.span.start as usize..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            if let Some(expression) = line.trim_start_matches([':', ' ']).strip_prefix("#@ ") {
                value.kind = Kind::Str(format!("${{{}}}", expression.trim()));
            }
        }
        Kind::List(list) => list.iter_mut().for_each(|item| fill_by_ytt(item, text)),
        Kind::Map(map) => map.values_mut().for_each(|field| fill_by_ytt(&mut field.value, text)),
        _ => {}
    }
}

/// A document, or each entry of a `List`.
fn each_object(document: &Value, mut visit: impl FnMut(&Value)) {
    let is_list = document.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("List"));
    match document.get("items").and_then(Value::as_list) {
        Some(items) if is_list => items.iter().for_each(visit),
        _ => visit(document),
    }
}

/// A cheap look before parsing.
fn looks_like_manifest(file: &File) -> bool {
    if !matches!(Format::of(&file.path), Some(Format::Yaml | Format::Json)) || file.len > 4_000_000 {
        return false;
    }
    file.text().is_some_and(|source| source.text().contains("apiVersion") && source.text().contains("kind"))
}

/// Whether the head of a text says that a tool wrote it.
fn is_generated(text: &str) -> bool {
    let head = text.lines().take(40).filter(|line| line.trim_start().starts_with('#'));
    let says = |line: &str| {
        // What `helm template` writes above each object.
        if line.starts_with("# Source: ") && line.contains("/templates/") {
            return true;
        }
        let line = line.to_lowercase();
        ["autogenerated", "auto-generated", "automatically generated", "code generated", "generated by", "do not edit"]
            .iter()
            .any(|words| line.contains(words))
    };
    head.into_iter().any(says)
}

/// A generated object that is also in the tree as written is counted once: the source wins.
fn drop_copies(objects: &mut [(Object, bool)], rendered: &[Object]) {
    let mut written: BTreeMap<(String, String), Arc<str>> = BTreeMap::new();
    let plain = objects.iter().map(|(object, generated)| (object, *generated));
    let all = plain.chain(rendered.iter().map(|object| (object, false)));
    for (object, generated) in all.filter(|(object, _)| !is_never(&object.path)) {
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
