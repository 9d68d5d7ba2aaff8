//! One Kubernetes object, what it runs, and where each of its parts was written.

use super::super::containers::{self, Env, EnvValue, Role};
use super::super::production::Standing;
use crate::evidence::{Blind, Place};
use crate::source::Span;
use crate::value::{Kind, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The kinds that keep pods running (`$w` of items-1.md §0.1).
pub const WORKLOADS: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "Rollout", "Service.serving.knative.dev"];

/// A Kubernetes object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its kind.
    pub kind: String,
    /// Its API group; empty for the core group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// The file that declares it.
    pub path: Arc<str>,
    /// All of it, patches applied.
    pub value: Value,
    /// Whether production applies it.
    pub standing: Standing,
    /// Where spans of `value` lie: spans from an offset on belong to that file. Patches come from other files, and
    /// a span knows no file, so each file that a value was put together from gets a range of offsets of its own.
    pub(super) files: Vec<(u32, Arc<str>)>,
    /// The `data` of the config maps that its containers take their whole environment from.
    pub(super) borrowed: BTreeMap<String, Vec<Env>>,
    /// The pod template of the workload that a Rollout refers to, with its own files.
    pub(super) template: Option<Box<Object>>,
    /// Images in it that bear the project's own name, though their publisher is known for other products.
    pub(super) named_images: BTreeSet<String>,
    /// Images in it that are the work of another project, which nobody knows by name.
    pub(super) foreign_images: BTreeSet<String>,
}

/// One container of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Container<'o> {
    /// The object that declares it.
    pub object: &'o Object,
    /// Its declaration.
    pub value: &'o Value,
}

impl Object {
    /// The object that a document declares, if it declares one.
    pub(super) fn of(path: &str, document: &Value) -> Option<Self> {
        let version = document.get("apiVersion")?.as_str()?;
        let kind = document.get("kind")?.as_str()?.to_owned();
        let group = version.rsplit_once('/').map_or("", |(group, _)| group).to_owned();
        let name = document.at(&["metadata", "name"]).and_then(Value::scalar_text);
        // Some kinds that only tools read (`kind: Component`, `kind: Config`) have no name.
        let name = name.or_else(|| document.at(&["metadata", "generateName"]).and_then(Value::scalar_text))?;
        let path: Arc<str> = path.into();
        Some(Self {
            kind,
            group,
            name,
            files: vec![(0, path.clone())],
            path,
            value: document.clone(),
            standing: Standing::Production,
            borrowed: BTreeMap::new(),
            template: None,
            named_images: BTreeSet::new(),
            foreign_images: BTreeSet::new(),
        })
    }

    /// The place of a part of the object.
    pub fn at(&self, span: Span) -> Place {
        let index = self.files.partition_point(|(start, _)| *start <= span.start).saturating_sub(1);
        let (start, path) = &self.files[index];
        let span = Span { start: span.start - start, end: span.end.saturating_sub(*start) };
        Place::at(path.clone(), span)
    }

    /// Where it is declared: its name, or its kind where the name was filled in from another file.
    pub fn place(&self) -> Place {
        let parts = [self.value.at(&["metadata", "name"]), self.value.get("kind")];
        let mut places = parts.into_iter().flatten().map(|value| self.at(value.span));
        places.find(|place| place.path == self.path).unwrap_or_else(|| self.at(self.value.span))
    }

    /// Why it may or may not be production, as something that could not be looked at.
    pub fn uncertainty(&self) -> Option<Blind> {
        let Standing::Uncertain(why) = &self.standing else { return None };
        let why = format!("{} may or may not be production: {why}", self.title());
        Some(Blind { place: Some(self.place()), why })
    }

    /// `Deployment "web"`.
    pub fn title(&self) -> String {
        format!("{} \"{}\"", self.kind, self.name)
    }

    /// Whether a kind as rules write it (`Deployment`, `Cluster.postgresql.cnpg.io`, `postgresql.acid.zalan.do`) is meant.
    pub fn is_kind(&self, wanted: &str) -> bool {
        match wanted.split_once('.') {
            None => self.kind == wanted && !(wanted == "Service" && self.group == "serving.knative.dev"),
            Some((kind, group)) => {
                kind.eq_ignore_ascii_case(&self.kind)
                    && (self.group == group || self.group.ends_with(&format!(".{group}")))
            }
        }
    }

    /// Whether it keeps pods running.
    pub fn is_workload(&self) -> bool {
        WORKLOADS.iter().any(|kind| self.is_kind(kind))
    }

    /// The pod template with the object that wrote it: `metadata` and `spec` of the pods.
    pub fn pod(&self) -> Option<(&Self, &Value)> {
        if let Some(template) = &self.template {
            return template.pod();
        }
        let value = match self.kind.as_str() {
            "Pod" => &self.value,
            "CronJob" => self.value.at(&["spec", "jobTemplate", "spec", "template"])?,
            _ => self.value.at(&["spec", "template"])?,
        };
        value.at(&["spec", "containers"]).map(|_| (self, value))
    }

    /// The containers of its pods.
    pub fn containers(&self) -> Vec<Container<'_>> {
        let Some((object, pod)) = self.pod() else { return Vec::new() };
        let list = pod.at(&["spec", "containers"]).and_then(Value::as_list).unwrap_or_default();
        list.iter().map(|value| Container { object, value }).collect()
    }

    /// The containers of the project itself: those that listen, or all if none says that it does.
    pub fn own_containers(&self) -> Vec<Container<'_>> {
        let own: Vec<Container<'_>> = self.containers().into_iter().filter(Container::is_own).collect();
        let listening: Vec<Container<'_>> =
            own.iter().copied().filter(|each| each.value.get("ports").is_some()).collect();
        if listening.is_empty() { own } else { listening }
    }

    /// Whether any of its containers is the project's own software (items-1.md §0.3). What only stands beside the software
    /// of others that the workload is named after, and listens to nothing, helps that.
    pub fn is_own(&self) -> bool {
        let containers = self.containers();
        let own: Vec<&Container<'_>> = containers.iter().filter(|each| each.is_own()).collect();
        let listens = || own.iter().any(|each| each.value.get("ports").is_some());
        !own.is_empty() && (listens() || self.led_by().is_none())
    }

    /// The software of others that it is named after: its own containers only help that.
    pub fn led_by(&self) -> Option<Container<'_>> {
        self.containers().into_iter().filter(|each| !each.is_own()).find(|each| {
            let name = image_name(each.image().unwrap_or_default());
            !containers::is_proxy(name) && self.name.split(['-', '.']).any(|word| word == name)
        })
    }

    /// Whether a text is an image in it that bears the project's own name.
    pub fn is_own_image(&self, text: &str) -> bool {
        self.named_images.contains(text)
    }

    /// Whether it answers for as long as it lives; load generators and workers that listen to nothing do not.
    pub fn serves(&self) -> bool {
        let listens = self.containers().iter().any(|container| container.value.get("ports").is_some());
        containers::role_of_name(&self.name, listens) == Role::Serving && !self.makes_load()
    }

    fn makes_load(&self) -> bool {
        self.containers().iter().any(|container| {
            let image = container.image().unwrap_or_default();
            containers::role_of_name(image_name(image), false) == Role::Job
        })
    }

    /// The labels of its pods, or its own.
    pub fn labels(&self) -> BTreeMap<String, String> {
        let labels = match self.pod() {
            Some((_, pod)) => pod.at(&["metadata", "labels"]),
            None => self.value.at(&["metadata", "labels"]),
        };
        string_map(labels)
    }

    /// Whether a selector (a map of labels) chooses its pods.
    pub fn is_selected_by(&self, selector: &BTreeMap<String, String>) -> bool {
        let labels = self.labels();
        !selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
    }
}

impl Container<'_> {
    /// Its image.
    pub fn image(&self) -> Option<&str> {
        self.value.get("image").and_then(Value::as_str)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.value.get("name").and_then(Value::as_str).unwrap_or("")
    }

    /// Whether it is not an image of others.
    pub fn is_own(&self) -> bool {
        let is_named = |image: &str| self.object.named_images.contains(image);
        let is_foreign =
            |image: &str| containers::third_party_image(image).is_some() || self.object.foreign_images.contains(image);
        self.image().is_none_or(|image| !is_foreign(image) || is_named(image))
    }

    /// Its environment, entries of config maps of the tree included.
    pub fn env(&self) -> Vec<Env> {
        let list = self.value.get("env").and_then(Value::as_list).unwrap_or_default();
        let mut found: Vec<Env> = list.iter().filter_map(|entry| self.entry(entry)).collect();
        let borrowed = self.value.get("envFrom").and_then(Value::as_list).unwrap_or_default();
        for source in borrowed {
            let map = source.at(&["configMapRef", "name"]).and_then(Value::scalar_text);
            let secret = source.at(&["secretRef", "name"]).and_then(Value::scalar_text);
            let name = map.or_else(|| secret.map(|name| secret_name(&name)));
            let prefix = source.get("prefix").and_then(Value::as_str).unwrap_or("");
            for entry in name.and_then(|name| self.object.borrowed.get(&name)).into_iter().flatten() {
                let name = format!("{prefix}{}", entry.name);
                if !found.iter().any(|known| known.name == name) {
                    found.push(Env { name, ..entry.clone() });
                }
            }
        }
        self.put_together(found)
    }

    /// Entries with what they take from others of the same container, `$(NAME)`, filled in where a text stands there. What
    /// a chart makes is whole: an entry that names none of the container's leads nowhere, and is left out.
    fn put_together(&self, entries: Vec<Env>) -> Vec<Env> {
        let known = entries.clone();
        let is_whole = self.object.path.contains("templates/") && self.value.get("envFrom").is_none();
        let fill = |mut entry: Env| {
            let EnvValue::Reference(text) = &entry.value else { return Some(entry) };
            let mut filled = text.clone();
            for name in taken(text) {
                let stated = known.iter().find(|other| other.name == name).map(|other| &other.value);
                match stated {
                    Some(EnvValue::Literal(text)) => filled = filled.replace(&format!("$({name})"), text),
                    None if is_whole && !is_of_a_service(name) => return None,
                    _ => {}
                }
            }
            if filled != *text {
                entry.value = if filled.contains("$(") { EnvValue::Reference(filled) } else { EnvValue::of(&filled) };
            }
            Some(entry)
        };
        entries.into_iter().filter_map(fill).collect()
    }

    fn entry(&self, entry: &Value) -> Option<Env> {
        let name = entry.get("name")?.scalar_text()?;
        let place = self.object.at(entry.span);
        if let Some(from) = entry.get("valueFrom") {
            if let Some(found) = self.looked_up(from) {
                return Some(Env { name, ..found });
            }
            return Some(Env { name, value: EnvValue::Reference(reference(from)), place });
        }
        let value = entry.get("value").and_then(Value::scalar_text).unwrap_or_default();
        // `$(OTHER)` is put together from other entries; that is no text to compare.
        let value = if value.contains("$(") { EnvValue::Reference(value) } else { EnvValue::of(&value) };
        Some(Env { name, value, place })
    }

    fn looked_up(&self, from: &Value) -> Option<Env> {
        let reference = from.get("configMapKeyRef")?;
        let entries = self.object.borrowed.get(reference.get("name")?.as_str()?)?;
        let key = reference.get("key")?.as_str()?;
        entries.iter().find(|entry| entry.name == key).cloned()
    }
}

/// The names in capitals that a text takes from its container: `redis://:$(REDIS_PASSWORD)@cache`.
fn taken(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let names = text.split("$(").skip(1).filter_map(|rest| rest.split_once(')').map(|(name, _)| name));
    names.filter(move |name| !name.is_empty() && name.bytes().all(is_part))
}

/// Variables by which the cluster tells a container where its services are.
fn is_of_a_service(name: &str) -> bool {
    name.ends_with("_SERVICE_HOST") || name.contains("_SERVICE_PORT") || name.contains("_PORT_")
}

/// `secretKeyRef app/password`.
fn reference(from: &Value) -> String {
    let Some((kind, field)) = from.as_map().and_then(|map| map.first()) else { return "valueFrom".into() };
    let part = |key: &str| field.value.get(key).and_then(Value::scalar_text);
    match (part("name"), part("key")) {
        (Some(name), Some(key)) => format!("{kind} {name}/{key}"),
        _ => kind.to_string(),
    }
}

fn image_name(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split([':', '@']).next().unwrap_or(last)
}

/// A map of texts.
pub(super) fn string_map(value: Option<&Value>) -> BTreeMap<String, String> {
    let Some(map) = value.and_then(Value::as_map) else { return BTreeMap::new() };
    map.iter().filter_map(|(key, field)| Some((key.to_string(), field.value.scalar_text()?))).collect()
}

/// How a Secret is called among the borrowed maps: a config map may have the same name.
fn secret_name(name: &str) -> String {
    format!("secret/{name}")
}

/// Lends config maps to the workloads that name them, and pod templates to the Rollouts that refer to them.
pub(super) fn resolve_references(objects: &mut [Object]) {
    let mut maps = config_maps(objects);
    maps.extend(filled_secrets(objects));
    let templates: BTreeMap<(String, String), Object> = objects
        .iter()
        .filter(|object| object.is_kind("Deployment") && object.standing == Standing::Production)
        .map(|object| ((object.kind.clone(), object.name.clone()), object.clone()))
        .collect();
    for object in objects.iter_mut() {
        if object.pod().is_some() {
            object.borrowed = named_maps(&object.value, &maps);
        }
        let referred = object.value.at(&["spec", "workloadRef"]).and_then(|reference| {
            let part = |key: &str| reference.get(key).and_then(Value::scalar_text);
            templates.get(&(part("kind")?, part("name")?))
        });
        if object.kind == "Rollout" {
            object.template = referred.cloned().map(Box::new);
        }
    }
}

type Maps = BTreeMap<String, Vec<Env>>;

fn config_maps(objects: &[Object]) -> Maps {
    let maps = objects.iter().filter(|object| object.is_kind("ConfigMap") && object.standing == Standing::Production);
    maps.map(|object| {
        let data = object.value.get("data").and_then(Value::as_map);
        let entries = data.into_iter().flatten().filter_map(|(name, field)| {
            let value = EnvValue::Literal(field.value.scalar_text()?);
            Some(Env { name: name.to_string(), value, place: object.at(field.span()) })
        });
        (object.name.clone(), entries.collect())
    })
    .collect()
}

/// Secrets that something outside of the tree fills, by the entries that it is told to fill.
fn filled_secrets(objects: &[Object]) -> Maps {
    let mut maps = Maps::new();
    for object in objects.iter().filter(|object| object.standing == Standing::Production) {
        let target = object.value.at(&["spec", "target", "name"]).and_then(Value::scalar_text);
        let name = target.unwrap_or_else(|| object.name.clone());
        let keys: Vec<(String, Span)> = if object.is_kind("ExternalSecret") {
            let data = object.value.at(&["spec", "data"]).and_then(Value::as_list).unwrap_or_default();
            let key = |entry: &Value| Some((entry.get("secretKey")?.scalar_text()?, entry.span));
            data.iter().filter_map(key).collect()
        } else if object.is_kind("SealedSecret") {
            let data = object.value.at(&["spec", "encryptedData"]).and_then(Value::as_map);
            data.into_iter().flatten().map(|(key, field)| (key.to_string(), field.key)).collect()
        } else {
            continue;
        };
        let entries = keys.into_iter().map(|(key, span)| {
            let value = EnvValue::Reference(format!("secretKeyRef {name}/{key}"));
            Env { name: key, value, place: object.at(span) }
        });
        maps.entry(secret_name(&name)).or_default().extend(entries);
    }
    maps
}

/// The config maps that a pod names for its environment; each object keeps only those it uses.
fn named_maps(value: &Value, maps: &Maps) -> Maps {
    let mut names = Vec::new();
    collect_names(value, &mut names);
    let used = names.into_iter().filter_map(|name| Some((name.clone(), maps.get(&name)?.clone())));
    used.collect()
}

/// Names under `configMapRef`, `configMapKeyRef` and `secretRef`; the depth is bounded by the reader of the format.
fn collect_names(value: &Value, names: &mut Vec<String>) {
    match &value.kind {
        Kind::List(list) => list.iter().for_each(|item| collect_names(item, names)),
        Kind::Map(map) => {
            for (key, field) in map {
                if matches!(key.as_str(), "configMapRef" | "configMapKeyRef") {
                    names.extend(field.value.get("name").and_then(Value::scalar_text));
                } else if key == "secretRef" {
                    names.extend(field.value.get("name").and_then(Value::scalar_text).map(|name| secret_name(&name)));
                } else {
                    collect_names(&field.value, names);
                }
            }
        }
        _ => {}
    }
}
