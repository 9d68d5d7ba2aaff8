//! What installs charts of the tree beside helmfiles: applications of Argo CD, releases of Flux, deploy commands of CI.
//!
//! A release for another environment than production is none here; one that says nothing of its environment counts where
//! the tree holds no values of production for its chart.

use super::chart;
use super::helmfile::{Given, Release, nested};
use super::rope::{From, Rope};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::facts::containers::joined;
use crate::facts::format::{self, Format};
use crate::facts::production::Stage;
use crate::source::{Source, Span};
use crate::tree::path::within;
use crate::value::{Kind, Value};

/// How many files of manifests are looked at.
const MAX_FILES: usize = 2_000;

/// A release and whether something says that it is for production.
struct Found {
    folder: String,
    is_marked: bool,
    release: Release,
}

/// The releases of charts in some folders.
pub(super) fn read(facts: &Facts<'_>, folders: &[String]) -> Vec<Release> {
    if folders.is_empty() {
        return Vec::new();
    }
    let mut found = manifests(facts, folders);
    found.extend(facts.ci().commands.iter().filter_map(|command| of_command(facts, folders, command)));
    let marked: Vec<String> = found.iter().filter(|one| one.is_marked).map(|one| one.folder.clone()).collect();
    let mut kept: Vec<Found> = Vec::new();
    for one in found {
        let is_chosen = if marked.contains(&one.folder) { one.is_marked } else { !has_overlays(facts, &one.folder) };
        let is_known = |other: &Found| other.folder == one.folder && other.release.same_values(&one.release);
        if is_chosen && !kept.iter().any(is_known) {
            kept.push(one);
        }
    }
    kept.into_iter().map(|one| one.release).collect()
}

fn has_overlays(facts: &Facts<'_>, folder: &str) -> bool {
    let manifest = facts.parsed(&within(folder, "Chart.yaml")).and_then(|parsed| parsed.first());
    let name = manifest.and_then(|manifest| manifest.get("name")?.scalar_text()).unwrap_or_default();
    !chart::overlays(facts, folder, &name, false).is_empty()
}

/// What some words say of the environment: `Err` for another one than production, else whether they name production.
fn marked(facts: &Facts<'_>, words: &[&str]) -> Result<bool, ()> {
    let mut is_marked = false;
    for word in words.iter().filter(|word| !word.is_empty()) {
        match facts.own_name().stage(word) {
            Stage::Never(_) => return Err(()),
            Stage::Production => is_marked = true,
            Stage::Base | Stage::Unmarked => {}
        }
    }
    Ok(is_marked)
}

/// The folder of a chart of the tree.
fn chart_at(folders: &[String], path: &str) -> Option<String> {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    folders.iter().find(|folder| *folder == path).cloned()
}

fn manifests(facts: &Facts<'_>, folders: &[String]) -> Vec<Found> {
    let holds = |text: &str, word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let files = facts.files_of(&[Format::Yaml]).filter(|file| {
        let text = || file.text().map_or("", |source| source.text());
        !file.path.split('/').any(|part| part == "templates")
            && (holds(text(), "kind: Application\n") || holds(text(), "kind: HelmRelease"))
    });
    let documents = files.take(MAX_FILES).filter_map(|file| Some((&*file.path, facts.parsed(&file.path)?)));
    let all: Vec<(&str, &Value)> =
        documents.flat_map(|(path, parsed)| parsed.documents.iter().map(move |document| (path, document))).collect();
    let kind = |document: &Value| document.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for &(path, document) in &all {
        match kind(document).as_str() {
            "Application" => found.extend(of_application(facts, folders, path, document)),
            "HelmRelease" => found.extend(of_flux(facts, folders, path, document, &all)),
            _ => {}
        }
    }
    found
}

fn text_at<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    value.at(path).and_then(Value::as_str).unwrap_or_default()
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_str).collect()
}

/// An application of Argo CD: files of values, then values, then parameters.
fn of_application(facts: &Facts<'_>, folders: &[String], path: &str, document: &Value) -> Vec<Found> {
    let sources = document.at(&["spec", "sources"]).and_then(Value::as_list).unwrap_or_default();
    let sources = sources.iter().chain(document.at(&["spec", "source"]));
    let one = |source: &Value| {
        let folder = chart_at(folders, source.get("path")?.as_str()?)?;
        let helm = source.get("helm")?;
        let files = texts(helm.get("valueFiles"));
        let mut words = vec![
            path,
            text_at(document, &["metadata", "name"]),
            text_at(document, &["spec", "destination", "namespace"]),
            text_at(document, &["spec", "destination", "name"]),
            text_at(helm, &["releaseName"]),
        ];
        words.extend(&files);
        let is_marked = marked(facts, &words).ok()?;
        let may_lack = helm.get("ignoreMissingValueFiles").and_then(Value::as_bool) == Some(true);
        let mut values = Vec::new();
        for file in files {
            let there = if let Some(rest) = file.strip_prefix('$') {
                rest.split_once('/').map(|(_, rest)| rest.to_owned())
            } else if let Some(rest) = file.strip_prefix('/') {
                Some(rest.to_owned())
            } else {
                joined(&folder, file)
            };
            match there.filter(|file| facts.tree.file(file).is_some()) {
                Some(there) => values.push(Given::File(there)),
                None if may_lack => {}
                None => values.push(Given::Lost(file.to_owned())),
            }
        }
        values.extend(helm.get("values").and_then(Value::as_str).and_then(inline));
        values.extend(helm.get("valuesObject").cloned().map(Given::Inline));
        for parameter in helm.get("parameters").and_then(Value::as_list).unwrap_or_default() {
            let value = parameter.get("value").cloned();
            values.extend(nested(text_at(parameter, &["name"]), value?).map(Given::Inline));
        }
        let name = [text_at(helm, &["releaseName"]), text_at(document, &["metadata", "name"])];
        let name = name.into_iter().find(|name| !name.is_empty())?;
        (!values.is_empty()).then(|| found(folder, is_marked, name, Place::at(path, begin(document)), values))
    };
    sources.filter_map(one).collect()
}

fn begin(document: &Value) -> Span {
    Span { start: document.span.start, end: document.span.start }
}

fn found(folder: String, is_marked: bool, name: &str, place: Place, values: Vec<Given>) -> Found {
    let release = Release::of_chart(name, &folder, place, values);
    Found { folder, is_marked, release }
}

/// A text of YAML that holds values.
fn inline(text: &str) -> Option<Given> {
    format::read(Format::Yaml, &Source::new("", text)).documents.into_iter().next().map(Given::Inline)
}

/// A release of Flux whose chart is a folder of this repository, with the patches that production's overlay lays over it.
fn of_flux(
    facts: &Facts<'_>,
    folders: &[String],
    path: &str,
    document: &Value,
    all: &[(&str, &Value)],
) -> Option<Found> {
    let spec = document.at(&["spec", "chart", "spec"])?;
    if text_at(spec, &["sourceRef", "kind"]) != "GitRepository" {
        return None;
    }
    let folder = chart_at(folders, text_at(spec, &["chart"]))?;
    let name = text_at(document, &["metadata", "name"]);
    let files = texts(spec.get("valuesFiles"));
    let mut words = vec![path, name, text_at(document, &["metadata", "namespace"])];
    words.extend(&files);
    let mut is_marked = marked(facts, &words).ok()?;
    let mut values: Vec<Given> = Vec::new();
    for file in files {
        let file = file.trim_start_matches("./");
        let is_there = facts.tree.file(file).is_some();
        values.push(if is_there { Given::File(file.to_owned()) } else { Given::Lost(file.to_owned()) });
    }
    for one in document.at(&["spec", "valuesFrom"]).and_then(Value::as_list).unwrap_or_default() {
        values.push(Given::Lost(format!("{} {}", text_at(one, &["kind"]), text_at(one, &["name"]))));
    }
    values.extend(document.at(&["spec", "values"]).cloned().map(Given::Inline));
    let patches = all.iter().filter(|(_, other)| {
        other.get("kind").and_then(Value::as_str) == Some("HelmRelease")
            && text_at(other, &["metadata", "name"]) == name
            && other.at(&["spec", "chart"]).is_none()
    });
    for (other, patch) in patches {
        if marked(facts, &[other]) == Ok(true) {
            is_marked = true;
            values.extend(patch.at(&["spec", "values"]).cloned().map(Given::Inline));
        }
    }
    (!values.is_empty()).then(|| found(folder, is_marked, name, Place::at(path, begin(document)), values))
}

/// Options of Helm that take no value.
const SWITCHES: &[&str] = &[
    "-i",
    "--install",
    "--wait",
    "--atomic",
    "--rollback-on-failure",
    "--create-namespace",
    "--debug",
    "--force",
    "--reset-values",
    "--reuse-values",
    "--reset-then-reuse-values",
    "--cleanup-on-fail",
    "--dependency-update",
    "--wait-for-jobs",
    "--devel",
    "--skip-crds",
    "--no-hooks",
    "--render-subchart-notes",
    "--hide-notes",
    "--take-ownership",
];

/// `helm upgrade NAME CHART -f FILE --set KEY=VALUE`, where CI says which files they are.
fn of_command(facts: &Facts<'_>, folders: &[String], command: &Command) -> Option<Found> {
    let words = &command.words;
    let is_upgrade = words.first().is_some_and(|word| word == "helm")
        && words.get(1).is_some_and(|word| word == "upgrade" || word == "install");
    let is_dry = words.iter().any(|word| word.starts_with("--dry-run"));
    if !is_upgrade || is_dry || !command.sure || command.excuse.is_some() || command.step.triggers.is_empty() {
        return None;
    }
    if facts.ci().own_cluster(command.step.job).is_some() {
        return None;
    }
    let (mut plain, mut values, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = words.iter().skip(2);
    while let Some(word) = rest.next() {
        if !word.starts_with('-') {
            plain.push(word.as_str());
            continue;
        }
        if SWITCHES.contains(&word.as_str()) {
            continue;
        }
        let (option, value) = match word.split_once('=') {
            Some((option, value)) => (option, value),
            None => (word.as_str(), rest.next()?.as_str()),
        };
        match option {
            "-f" | "--values" => {
                for file in value.split(',') {
                    let there = joined(&command.dir, file).filter(|file| facts.tree.file(file).is_some())?;
                    names.push(there.clone());
                    values.push(Given::File(there));
                }
            }
            "--set" | "--set-string" => values.extend(value.split(',').filter_map(|one| set(one, option == "--set"))),
            "-n" | "--namespace" | "--kube-context" => names.push(value.to_owned()),
            _ => {}
        }
    }
    let &[name, chart] = plain.get(..2)? else { return None };
    let folder = chart_at(folders, &joined(&command.dir, chart)?)?;
    names.push(name.to_owned());
    names.extend(facts.ci().job(&command.step).environment.iter().map(|(name, _)| name.clone()));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let is_marked = marked(facts, &names).ok()?;
    (!values.is_empty()).then(|| found(folder, is_marked, name, command.place.clone(), values))
}

/// `image.tag=1.2`; a value that only the run knows is hidden.
fn set(text: &str, is_typed: bool) -> Option<Given> {
    let (key, value) = text.split_once('=')?;
    let text = |text: &str| Value::new(Kind::Str(text.to_owned()), Span::default());
    let value = match value {
        value if value.contains('$') => text(Rope::hidden(key, From::Nowhere).text()),
        value if is_typed => format::read(Format::Yaml, &Source::new("", value)).documents.into_iter().next()?,
        value => text(value),
    };
    nested(key, value).map(Given::Inline)
}
