//! Objects that run nowhere as they stand, though nothing in their path says so.

use super::super::production::Standing;
use super::object::{Container, Object};
use super::{is_template_of_a_chart, mentioned};
use crate::facts::Facts;
use crate::tree::path::folder_of;
use crate::value::{Kind, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Takes from production what runs nothing, and what somebody has yet to fill in.
pub(super) fn set_aside(facts: &Facts<'_>, objects: &mut [Object]) {
    set_replaced_aside(facts, objects);
    set_stopped_aside(objects);
    set_older_releases_aside(objects);
    set_forms_aside(objects);
    set_unread_secrets_aside(objects);
    set_doubtful_twins_aside(objects);
}

/// What no cluster of today accepts for a workload.
const REMOVED: &[&str] = &["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"];

/// Plain manifests that nothing in the tree names, written for clusters of before, beside a chart that production
/// installs.
fn set_replaced_aside(facts: &Facts<'_>, objects: &mut [Object]) {
    let is_of_a_chart = |object: &Object| is_template_of_a_chart(facts.tree, &object.path);
    let runs = |object: &Object| object.standing == Standing::Production && object.is_workload();
    let is_old = |object: &Object| {
        let version = object.value.get("apiVersion").and_then(Value::as_str);
        version.is_some_and(|version| REMOVED.contains(&version))
    };
    let old = objects.iter().filter(|object| runs(object) && is_old(object) && !is_of_a_chart(object));
    let old: BTreeSet<&str> = old.map(|object| folder_of(&object.path)).collect();
    let old = old.into_iter().filter(|folder| !mentioned::is_named(facts, folder));
    let old: BTreeSet<String> = old.map(str::to_owned).collect();
    let is_installed = |object: &Object| runs(object) && object.is_own() && !is_old(object) && is_of_a_chart(object);
    if old.is_empty() || !objects.iter().any(is_installed) {
        return;
    }
    for object in objects.iter_mut().filter(|object| old.contains(folder_of(&object.path))) {
        object.standing = Standing::Aside("production installs a chart instead".into());
    }
}

/// So many folders or files named by versions, one beside the other, are an archive of releases.
const ARCHIVE: usize = 3;

/// Of an archive of releases, `install/v1.2.0/`, `install/v1.3.0/` or `releases/shop-1.2.0.yaml` and so on, the newest is
/// what runs.
fn set_older_releases_aside(objects: &mut [Object]) {
    let mut archives: BTreeMap<String, BTreeSet<Version>> = BTreeMap::new();
    for object in objects.iter() {
        if let Some((folder, version)) = release_of(&object.path) {
            archives.entry(folder.to_owned()).or_default().insert(version);
        }
    }
    archives.retain(|_, versions| versions.len() >= ARCHIVE);
    for object in objects.iter_mut().filter(|object| object.standing == Standing::Production) {
        let Some((folder, version)) = release_of(&object.path) else { continue };
        let newest = archives.get(folder).and_then(BTreeSet::last);
        if newest.is_some_and(|newest| version < *newest) {
            object.standing = Standing::Aside("a newer release stands beside it".into());
        }
    }
}

/// The numbers of a version, and whether it is one that is out: `v1.3.0-rc1` comes before `v1.3.0`.
type Version = (Vec<u64>, bool, String);

/// The folder of an archive that a path may stand in, or the start of the names of its files, and the version that it
/// belongs to.
fn release_of(path: &str) -> Option<(&str, Version)> {
    let mut start = 0;
    for part in path.split('/') {
        if let Some(version) = version(part).filter(|_| start + part.len() < path.len()) {
            return Some((&path[..start], version));
        }
        start += part.len() + 1;
    }
    let (name, _) = path.rsplit_once('.')?;
    let folder = folder_of(path).len();
    let dashes = name[folder..].match_indices('-').map(|(at, _)| folder + at + 1);
    dashes.into_iter().find_map(|at| Some((&path[..at], version(&name[at..])?)))
}

fn version(name: &str) -> Option<Version> {
    let bare = name.strip_prefix('v').unwrap_or(name);
    let (numbers, rest) = bare.split_once('-').unwrap_or((bare, ""));
    let numbers: Option<Vec<u64>> = numbers.split('.').map(|number| number.parse().ok()).collect();
    Some((numbers.filter(|numbers| numbers.len() >= 2)?, rest.is_empty(), rest.to_owned()))
}

/// What somebody has yet to fill in runs nowhere as it stands, nor does what stands with it in one file.
fn set_forms_aside(objects: &mut [Object]) {
    let is_form = |object: &&Object| object.standing == Standing::Production && asks(object);
    let forms: BTreeSet<Arc<str>> = objects.iter().filter(is_form).map(|object| object.path.clone()).collect();
    for object in objects.iter_mut().filter(|object| forms.contains(&object.path)) {
        object.standing = Standing::Uncertain("a value in it is yet to be filled in".to_owned());
    }
}

/// Whether an image, a setting of a container or an entry of a map is yet to be filled in where the object is declared.
fn asks(object: &Object) -> bool {
    let containers = object.containers();
    let image = containers.iter().filter_map(Container::image).any(is_asked);
    let settings = containers.iter().flat_map(|each| ["env", "args", "command"].map(|key| each.value.get(key)));
    let is_map = object.is_kind("ConfigMap") || object.is_kind("Secret");
    let entries = ["data", "stringData"].map(|key| object.value.get(key).filter(|_| is_map));
    image || settings.chain(entries).flatten().any(|value| has_asked(object, value))
}

/// Whether a text below a value, in the file of its object, is yet to be filled in.
fn has_asked(object: &Object, value: &Value) -> bool {
    match &value.kind {
        Kind::Str(text) if text.contains('<') => {
            let is_line = !text.trim_end().contains('\n');
            object.at(value.span).path == object.path && (is_line && is_asked(text) || text.lines().any(sets_asked))
        }
        Kind::List(list) => list.iter().any(|item| has_asked(object, item)),
        Kind::Map(map) => map.values().any(|field| has_asked(object, &field.value)),
        _ => false,
    }
}

/// `ghcr.io/acme/shop:<the latest version>`, `<your-key>`. A word such as `<TAG>` may be one that a pipeline replaces.
fn is_asked(text: &str) -> bool {
    let asked = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    asked.is_some_and(|(asked, _)| {
        let is_words = asked.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" '_.-".contains(&byte));
        is_words && (asked.contains(' ') || asked.to_ascii_lowercase().starts_with("your"))
    })
}

/// `password <the key of the store>`, `host = <your-host>`: a line of settings with a key and nothing to stand for it.
fn sets_asked(line: &str) -> bool {
    let line = line.trim().trim_end_matches([';', ',', '"', '\'']);
    let key = line.split('<').next().unwrap_or(line).trim_end_matches(['"', '\'']).trim_end();
    let key = key.trim_end_matches([':', '=']).trim_end();
    let is_key = |key: &str| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    !key.is_empty() && is_key(key) && line.ends_with('>') && is_asked(line)
}

/// A Secret that is only read by workloads beside it which do not count says no more about production than they do.
fn set_unread_secrets_aside(objects: &mut [Object]) {
    let is_secret = |object: &Object| object.is_kind("Secret") && object.standing == Standing::Production;
    let found: Vec<(usize, Standing)> = (0..objects.len())
        .filter(|&index| is_secret(&objects[index]))
        .filter_map(|index| Some((index, standing_of_readers(objects, &objects[index])?)))
        .collect();
    for (index, standing) in found {
        objects[index].standing = standing;
    }
}

/// The standing of the workloads beside a Secret that read it, where none of production does.
fn standing_of_readers(objects: &[Object], secret: &Object) -> Option<Standing> {
    let reads = |object: &&Object| object.pod().is_some() && names_secret(&object.value, &secret.name);
    let readers: Vec<&Object> = objects.iter().filter(reads).collect();
    if readers.iter().any(|reader| reader.standing == Standing::Production) {
        return None;
    }
    let reader = readers.into_iter().find(|reader| folder_of(&reader.path) == folder_of(&secret.path))?;
    let why = |reason: &String| format!("{} reads it: {reason}", reader.title());
    match &reader.standing {
        Standing::Uncertain(reason) => Some(Standing::Uncertain(why(reason))),
        Standing::Aside(reason) => Some(Standing::Aside(why(reason))),
        Standing::Production => None,
    }
}

/// A workload that may or may not be production, and that production declares in another file, is another way to run it.
fn set_doubtful_twins_aside(objects: &mut [Object]) {
    let production = objects.iter().filter(|object| object.is_workload() && object.standing == Standing::Production);
    let declared: BTreeMap<(String, String), Arc<str>> =
        production.map(|object| ((object.kind.clone(), object.name.clone()), object.path.clone())).collect();
    for object in objects.iter_mut().filter(|object| matches!(object.standing, Standing::Uncertain(_))) {
        if let Some(file) = declared.get(&(object.kind.clone(), object.name.clone())) {
            object.standing = Standing::Aside(format!("production's is declared in {file}"));
        }
    }
}

/// Whether something below a value takes its text from the Secret of a name.
fn names_secret(value: &Value, name: &str) -> bool {
    match &value.kind {
        Kind::List(list) => list.iter().any(|item| names_secret(item, name)),
        Kind::Map(map) => map.iter().any(|(key, field)| {
            let is_name = |key: &str| field.value.get(key).and_then(Value::as_str) == Some(name);
            match key.as_str() {
                "secretRef" | "secretKeyRef" => is_name("name"),
                "secret" => is_name("secretName") || is_name("name"),
                _ => names_secret(&field.value, name),
            }
        }),
        _ => false,
    }
}

/// A workload without replicas runs nothing, unless something else gives it some.
fn set_stopped_aside(objects: &mut [Object]) {
    const REFERENCES: &[&[&str]] =
        &[&["spec", "scaleTargetRef", "name"], &["spec", "targetRef", "name"], &["spec", "workloadRef", "name"]];
    let is_stopped = |object: &Object| {
        object.is_workload() && object.value.at(&["spec", "replicas"]).and_then(Value::as_number) == Some(0.0)
    };
    if !objects.iter().any(is_stopped) {
        return;
    }
    let named = objects.iter().flat_map(|object| {
        let names = REFERENCES.iter().filter_map(|path| object.value.at(path));
        names.filter_map(Value::scalar_text).collect::<Vec<_>>()
    });
    let named: BTreeSet<String> = named.collect();
    let stopped = objects.iter_mut().filter(|object| is_stopped(object) && !named.contains(&object.name));
    for object in stopped.filter(|object| object.standing == Standing::Production) {
        object.standing = Standing::Aside("it runs no replica".to_owned());
    }
}
