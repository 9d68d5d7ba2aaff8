//! What Kustomize makes of a tree: only what the production overlay reaches, or with none the root (items-1.md §0.3).

use super::super::Facts;
use super::super::format::{self, Format};
use super::super::production::{self, Stage, Standing};
use super::mentioned::{is_deployed, is_named};
use super::object::{Object, string_map};
use super::patch;
use crate::evidence::{Blind, Place};
use crate::facts::own_name::OwnName;
use crate::pattern::compile;
use crate::source::{Source, Span};
use crate::tree::path::{folder_of, upwards, within};
use crate::value::{Field, Kind, Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How deep overlays may stand on each other.
const MAX_DEPTH: usize = 16;
/// How many folders one tree may build; overlays that list each other twice would otherwise double with every level.
const MAX_FOLDERS: usize = 2_000;

/// Whether a path is a kustomization.
pub(super) fn is_kustomization(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("kustomization.yaml" | "kustomization.yml"))
}

/// Every kustomization of the tree, by folder.
#[derive(Debug, Default)]
pub(super) struct Kustomizations {
    by_folder: BTreeMap<String, Kustomization>,
    roots: Vec<String>,
    patches: BTreeSet<String>,
    /// Folders and files that any kustomization lists, with the folder of one that does.
    listed: BTreeMap<String, String>,
    /// Folders that one lists in a comment: whoever wants them takes the mark away.
    left_out: BTreeSet<String>,
    /// Roots beside others that build on the same folder, where nothing in the tree says that anybody builds them.
    unnamed: BTreeSet<String>,
}

#[derive(Debug)]
struct Kustomization {
    path: Arc<str>,
    value: Value,
    is_component: bool,
}

impl Kustomizations {
    /// Reads them and chooses those that production applies.
    pub(super) fn read(facts: &Facts<'_>) -> Self {
        let mut all = Self::default();
        for file in facts.tree.files().iter().filter(|file| is_kustomization(&file.path)) {
            let Some(value) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
            let is_component = value.get("kind").and_then(Value::as_str) == Some("Component");
            // A Flux `Kustomization` object may live under the same file name; it lists no resources to build.
            let group = value.get("apiVersion").and_then(Value::as_str).unwrap_or("kustomize.config.k8s.io");
            if group.starts_with("kustomize.toolkit") {
                continue;
            }
            let folder = folder_of(&file.path).to_owned();
            let lines = file.text().map_or("", Source::text).lines();
            let left_out =
                lines.filter_map(|line| line.trim_start().strip_prefix('#')?.trim_start().strip_prefix("- "));
            all.left_out.extend(left_out.filter_map(|entry| resolve(&folder, entry.trim())));
            all.by_folder.insert(folder, Kustomization { path: file.path.clone(), value: value.clone(), is_component });
        }
        for (folder, kustomization) in &all.by_folder {
            for (listed, _) in entries(&kustomization.value, &["resources", "bases", "components"]) {
                if let Some(path) = resolve(folder, &listed) {
                    all.listed.entry(path).or_insert_with(|| folder.clone());
                }
            }
            let paths = patch_paths(&kustomization.value).into_iter();
            all.patches.extend(paths.filter_map(|path| resolve(folder, &path)));
        }
        all.roots = all.choose(facts);
        let unnamed =
            all.roots.iter().filter(|root| all.is_one_of_several(root, facts.own_name()) && !is_named(facts, root));
        all.unnamed = unnamed.cloned().collect();
        all
    }

    /// Whether a root that does not name production stands beside another folder that builds on what it builds on.
    fn is_one_of_several(&self, root: &str, own: &OwnName) -> bool {
        let parent = folder_of(root);
        let below = |folder: &str| self.reach(folder).into_iter().filter(|path| self.by_folder.contains_key(path));
        let bases: BTreeSet<String> = below(root).filter(|path| path != root).collect();
        let is_beside = |other: &&String| *other != root && folder_of(other) == parent;
        !parent.is_empty()
            && !bases.is_empty()
            && own.stage(&within(root, "x")) != Stage::Production
            && self.by_folder.keys().filter(is_beside).any(|other| below(other).any(|path| bases.contains(&path)))
    }

    /// Whether a folder is a variant of the one beside it that is called production: its name goes on, it builds on the
    /// same base, and nothing deploys it.
    fn is_variant(&self, facts: &Facts<'_>, folder: &str) -> bool {
        let parent = folder_of(folder);
        let name = folder[parent.len()..].trim_start_matches('/');
        let reached = self.reach(folder);
        let is_variant_of = |exact: &str| {
            let plain = within(parent, exact);
            name.strip_prefix(exact).is_some_and(|rest| rest.starts_with(['-', '_', '.']))
                && self.by_folder.contains_key(&plain)
                && !reached.contains(&plain)
                && !self.reach(&plain).is_disjoint(&reached)
        };
        ["production", "prod"].into_iter().any(is_variant_of) && !is_deployed(facts, folder)
    }

    fn choose(&self, facts: &Facts<'_>) -> Vec<String> {
        let stage = |folder: &str| facts.own_name().stage(&within(folder, "x"));
        let built = || self.by_folder.iter().filter(|(_, each)| !each.is_component).map(|(folder, _)| folder);
        let is_production = |folder: &&String| stage(folder) == Stage::Production && !self.is_variant(facts, folder);
        let production: Vec<String> = built().filter(is_production).cloned().collect();
        let is_root = |folder: &&String| {
            !self.listed.contains_key(*folder)
                && !self.left_out.contains(*folder)
                && !matches!(stage(folder), Stage::Never(_))
        };
        // Another root beside the production overlays is another deployment, unless it is one more overlay of theirs.
        let used: BTreeSet<String> = production.iter().flat_map(|folder| self.reach(folder)).collect();
        let others = built().filter(is_root).filter(|folder| self.reach(folder).is_disjoint(&used)).cloned();
        production.iter().cloned().chain(others).collect()
    }

    /// A folder and everything that its kustomization lists, and theirs.
    fn reach(&self, folder: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open = vec![folder.to_owned()];
        while let Some(path) = open.pop() {
            if !reached.insert(path.clone()) {
                continue;
            }
            let Some(kustomization) = self.by_folder.get(&path) else { continue };
            let listed = entries(&kustomization.value, &["resources", "bases", "components"]);
            open.extend(listed.iter().filter_map(|(entry, _)| resolve(&path, entry)));
        }
        reached
    }

    /// Whether one of the folders that are built names production.
    pub(super) fn names_production(&self, own: &OwnName) -> bool {
        self.roots.iter().any(|root| own.stage(&within(root, "x")) == Stage::Production)
    }

    /// Whether a file is a patch: part of other objects, none of its own.
    pub(super) fn is_patch(&self, path: &str) -> bool {
        self.patches.contains(path)
    }

    /// The standing of a file that no chosen kustomization reaches.
    pub(super) fn unreached(&self, path: &str) -> Standing {
        let Some(responsible) = upwards(folder_of(path)).find_map(|folder| self.by_folder.get(folder)) else {
            return Standing::Production;
        };
        let lister = self.listed.get(path).or_else(|| self.listed.get(folder_of(path)));
        match lister {
            Some(folder) if !self.by_folder[folder].is_component && self.roots.is_empty() => {
                Standing::Uncertain(format!("only {} lists it, which is not production", self.by_folder[folder].path))
            }
            Some(_) => Standing::Aside("no kustomization of production lists it".into()),
            None => Standing::Aside(format!("{} does not list it", responsible.path)),
        }
    }

    /// The objects that the chosen kustomizations build.
    pub(super) fn render(&self, facts: &Facts<'_>, plain: &[Object], blind: &mut Vec<Blind>) -> Vec<Object> {
        let mut by_path: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
        for object in plain {
            by_path.entry(&object.path).or_default().push(object);
        }
        let mut rendering = Rendering { all: self, facts, plain: by_path, folders: 0, blind };
        self.roots.iter().flat_map(|root| rendering.folder(root, Vec::new(), 0)).collect()
    }
}

/// One run of Kustomize.
struct Rendering<'r, 'f> {
    all: &'r Kustomizations,
    facts: &'r Facts<'f>,
    plain: BTreeMap<&'r str, Vec<&'r Object>>,
    folders: usize,
    blind: &'r mut Vec<Blind>,
}

impl Rendering<'_, '_> {
    /// Builds a folder on top of the objects that are there already (for a component, those of its user).
    fn folder(&mut self, folder: &str, mut objects: Vec<Object>, depth: usize) -> Vec<Object> {
        let Some(kustomization) = self.all.by_folder.get(folder) else { return objects };
        self.folders += 1;
        if depth > MAX_DEPTH || self.folders > MAX_FOLDERS {
            self.blind.push(blind(kustomization, kustomization.value.span, "overlays are nested too deeply"));
            return objects;
        }
        for (entry, span) in entries(&kustomization.value, &["resources", "bases"]) {
            let Some(path) = resolve(folder, &entry) else {
                if !is_of_definitions(&entry) {
                    self.blind.push(blind(kustomization, span, "a base outside the tree cannot be read offline"));
                }
                continue;
            };
            if let Some(found) = self.plain.get(path.as_str()) {
                // What an operator ships as a sample of its resources is composed for its catalogue, and runs nowhere.
                let standing = if production::is_example(&self.facts.own_name().cleared(&path)) {
                    Standing::Aside("an example in its path".into())
                } else if self.all.unnamed.contains(folder) {
                    Standing::Uncertain(format!("nothing says that {} is the one to build", kustomization.path))
                } else {
                    Standing::Production
                };
                objects.extend(found.iter().map(|object| Object { standing: standing.clone(), ..(*object).clone() }));
            } else if self.all.by_folder.contains_key(&path) {
                objects.extend(self.folder(&path, Vec::new(), depth + 1));
            }
        }
        if let Some(charts) = kustomization.value.get("helmCharts") {
            self.blind.push(blind(kustomization, charts.span, "a chart that Kustomize inflates is not rendered"));
        }
        objects.extend(self.generated(kustomization));
        for (entry, _) in entries(&kustomization.value, &["components"]) {
            if let Some(path) = resolve(folder, &entry) {
                objects = self.folder(&path, objects, depth + 1);
            }
        }
        self.patch(folder, kustomization, &mut objects);
        scale(kustomization, &mut objects);
        objects
    }

    /// Maps that `configMapGenerator` makes of literals and env files.
    fn generated(&self, kustomization: &Kustomization) -> Vec<Object> {
        let generators = kustomization.value.get("configMapGenerator").and_then(Value::as_list).unwrap_or_default();
        let folder = folder_of(&kustomization.path);
        generators.iter().filter_map(|generator| self.config_map(kustomization, folder, generator)).collect()
    }

    fn config_map(&self, kustomization: &Kustomization, folder: &str, generator: &Value) -> Option<Object> {
        let name = generator.get("name")?.clone();
        let mut data = Map::default();
        for literal in generator.get("literals").and_then(Value::as_list).unwrap_or_default() {
            let text = literal.scalar_text()?;
            let (key, value) = text.split_once('=')?;
            data.insert(key.to_owned(), text_field(value.trim_matches(['"', '\'']), literal.span));
        }
        let field = |value: Value| Field { key: value.span, value };
        let span = generator.span;
        let text = |text: &str| Value::new(Kind::Str(text.into()), span);
        let metadata = Map::from_iter([("name".to_owned(), field(name))]);
        let document = Map::from_iter([
            ("apiVersion".to_owned(), field(text("v1"))),
            ("kind".to_owned(), field(text("ConfigMap"))),
            ("metadata".to_owned(), field(Value::new(Kind::Map(metadata), span))),
            ("data".to_owned(), field(Value::new(Kind::Map(data), span))),
        ]);
        let mut object = Object::of(&kustomization.path, &Value::new(Kind::Map(document), span))?;
        let files =
            generator.get("envs").and_then(Value::as_list).unwrap_or_default().iter().chain(generator.get("env"));
        for path in files.filter_map(|file| resolve(folder, file.as_str()?)) {
            let Some(parsed) = self.facts.parsed(&path) else { continue };
            let lines = Map::from_iter([("data".to_owned(), field(parsed.first()?.clone()))]);
            let lines = Value::new(Kind::Map(lines), parsed.first()?.span);
            let adopted = object.adopt(&path.as_str().into(), &lines, parsed.source.text().len() as u32);
            if let Some(lines) = adopted {
                patch::merge(&mut object.value, lines);
            }
        }
        Some(object)
    }

    fn patch(&mut self, folder: &str, kustomization: &Kustomization, objects: &mut [Object]) {
        let list = |key: &str| kustomization.value.get(key).and_then(Value::as_list).unwrap_or_default();
        for entry in list("patchesStrategicMerge") {
            self.one_patch(folder, kustomization, entry, None, objects);
        }
        for entry in list("patches").iter().chain(list("patchesJson6902")) {
            let body = entry.get("patch").or_else(|| entry.get("path"));
            if let Some(body) = body {
                self.one_patch(folder, kustomization, body, entry.get("target"), objects);
            }
        }
    }

    /// A patch given as a path or as inline text, for what it names itself or for a target.
    fn one_patch(
        &mut self,
        folder: &str,
        owner: &Kustomization,
        body: &Value,
        target: Option<&Value>,
        objects: &mut [Object],
    ) {
        let Some(text) = body.as_str() else { return };
        let inline = text.contains('\n') || text.contains(": ");
        let (path, documents, length) = if inline {
            let source = Source::new(&*owner.path, text);
            let mut documents = format::parse(Format::Yaml, &source).unwrap_or_default();
            for document in &mut documents {
                set_span(document, body.span);
            }
            (owner.path.clone(), documents, body.span.end)
        } else {
            let parsed = resolve(folder, text).and_then(|path| self.facts.parsed(&path));
            let Some(parsed) = parsed.filter(|parsed| !parsed.documents.is_empty()) else {
                self.blind.push(blind(owner, body.span, "a patch cannot be read"));
                return;
            };
            (parsed.source.name().into(), parsed.documents.clone(), parsed.source.text().len() as u32)
        };
        for document in &documents {
            for object in objects.iter_mut().filter(|object| is_target(object, target, document)) {
                let Some(adopted) = object.adopt(&path, document, length) else { continue };
                match adopted.as_list() {
                    None => patch::merge(&mut object.value, adopted),
                    Some(operations) => operations.iter().for_each(|each| operate(&mut object.value, each)),
                }
            }
        }
    }
}

fn operate(base: &mut Value, operation: &Value) {
    let text = |key: &str| operation.get(key).and_then(Value::as_str);
    if let (Some(kind), Some(path)) = (text("op"), text("path")) {
        // An operation that does not fit is Kustomize's error to report; here it changes nothing.
        let _ = patch::operate(base, kind, path, operation.get("value").cloned());
    }
}

/// Whether a patch is for an object: by its target, or by the kind and name that it gives itself.
fn is_target(object: &Object, target: Option<&Value>, document: &Value) -> bool {
    let text = |value: Option<&Value>, key: &str| value.and_then(|value| value.get(key)).and_then(Value::scalar_text);
    match target {
        Some(_) => {
            let fits = |key: &str, actual: &str| text(target, key).is_none_or(|wanted| matches_name(&wanted, actual));
            let labels = text(target, "labelSelector").is_none_or(|selector| {
                let own = string_map(object.value.at(&["metadata", "labels"]));
                selector.split(',').all(|part| {
                    part.split_once('=').is_none_or(|(key, value)| {
                        own.get(key.trim()).is_some_and(|own| own == value.trim_start_matches('=').trim())
                    })
                })
            });
            fits("kind", &object.kind) && fits("name", &object.name) && labels
        }
        None => {
            text(Some(document), "kind").is_some_and(|kind| kind == object.kind)
                && text(document.get("metadata"), "name").is_some_and(|name| name == object.name)
        }
    }
}

/// Kustomize matches target names as anchored regular expressions; plain names and `.*` are what people write.
fn matches_name(wanted: &str, actual: &str) -> bool {
    wanted == actual || compile(&format!("^(?:{wanted})$")).is_ok_and(|pattern| pattern.is_match(actual))
}

/// `replicas: [{name, count}]`.
fn scale(kustomization: &Kustomization, objects: &mut [Object]) {
    for entry in kustomization.value.get("replicas").and_then(Value::as_list).unwrap_or_default() {
        let name = entry.get("name").and_then(Value::scalar_text);
        let Some(count) = entry.get("count") else { continue };
        let wanted = objects.iter_mut().filter(|object| Some(&object.name) == name.as_ref() && object.is_workload());
        for object in wanted {
            if let Some(count) = object.adopt(&kustomization.path, count, count.span.end) {
                let _ = patch::operate(&mut object.value, "add", "/spec/replicas", Some(count));
            }
        }
    }
}

/// Whether a base outside the tree is a folder of definitions of kinds, of which nothing runs:
/// `github.com/acme/shop/config/crd?ref=v1`.
fn is_of_definitions(entry: &str) -> bool {
    let address = entry.split('?').next().unwrap_or(entry);
    address.split('/').skip(3).any(|part| matches!(part, "crd" | "crds"))
}

fn blind(kustomization: &Kustomization, span: Span, why: &str) -> Blind {
    Blind { place: Some(Place::at(kustomization.path.clone(), span)), why: why.to_owned() }
}

/// The texts of some lists, with their places.
fn entries(value: &Value, keys: &[&str]) -> Vec<(String, Span)> {
    let lists = keys.iter().filter_map(|key| value.get(key)?.as_list()).flatten();
    lists.filter_map(|entry| Some((entry.as_str()?.to_owned(), entry.span))).collect()
}

fn patch_paths(value: &Value) -> Vec<String> {
    let mut found: Vec<String> = entries(value, &["patchesStrategicMerge"]).into_iter().map(|(text, _)| text).collect();
    for key in ["patches", "patchesJson6902"] {
        let list = value.get(key).and_then(Value::as_list).unwrap_or_default();
        found.extend(list.iter().filter_map(|entry| entry.get("path")?.scalar_text()));
    }
    found
}

/// The path in the tree that an entry of a folder's kustomization means; `None` for what lies elsewhere.
fn resolve(folder: &str, entry: &str) -> Option<String> {
    let remote = entry.contains("://")
        || entry.contains("?ref=")
        || entry.starts_with("github.com/")
        || entry.starts_with("git@");
    if remote { None } else { super::super::containers::joined(folder, entry) }
}

fn text_field(text: &str, span: Span) -> Field {
    Field { key: span, value: Value::new(Kind::Str(text.to_owned()), span) }
}

/// Gives every part of an inline patch the place of the whole; its depth was bounded when it was read.
fn set_span(value: &mut Value, span: Span) {
    value.span = span;
    match &mut value.kind {
        Kind::List(list) => list.iter_mut().for_each(|item| set_span(item, span)),
        Kind::Map(map) => {
            for field in map.values_mut() {
                field.key = span;
                set_span(&mut field.value, span);
            }
        }
        _ => {}
    }
}
