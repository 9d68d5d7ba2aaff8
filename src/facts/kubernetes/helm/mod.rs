//! Helm charts of the project: what their templates make with the values of production.
//!
//! A chart is read as Helm would with `values.yaml` and, over it, the values files of production. What a template makes
//! keeps the place of every value: the line of the template, or the line of the values where it was filled in.

mod chart;
mod data;
mod functions;
mod gitops;
mod helmfile;
mod lexer;
mod objects;
mod others;
mod render;
mod rope;
mod syntax;
mod yaml;

pub use chart::Dependency;

use super::super::Facts;
use super::super::production::{Stage, Standing};
use super::object::Object;
use crate::evidence::{Blind, Place};
use crate::pattern::pattern;
use crate::tree::path::{folder_of, within};
use chart::{Chart, Loader};
use data::Item;
use helmfile::Release;
use render::{Renderer, Stop};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many steps all templates of one chart may take together; a large real chart takes a tenth of it.
const MAX_WORK: usize = 8_000_000;
/// How many releases of one chart are rendered.
const MAX_RELEASES: usize = 8;
/// How many charts of a tree are rendered.
const MAX_CHARTS: usize = 300;
/// What the charts of a tree make.
#[derive(Debug, Default)]
pub(super) struct Helm {
    /// The objects.
    pub(super) objects: Vec<Object>,
    /// What could not be turned into objects.
    pub(super) unread: Vec<Unread>,
    /// Charts of others that are installed with one of the project.
    pub(super) dependencies: Vec<Dependency>,
    /// Files that could not be read.
    pub(super) blind: Vec<Blind>,
    /// Files of charts that templates take which make something.
    taken: BTreeSet<String>,
    /// Files of charts that templates take which make nothing.
    left: BTreeSet<String>,
    /// The folders of all charts, also of those that are only shown or tested.
    folders: Vec<String>,
}

// What a template takes of its chart as it stands: `.Files.Get "files/site.conf"`.
pattern!(TAKES_FILE, r#"\.Files\.(?:Get|Lines|GetBytes)\s+["`](?<file>[^"`\n]+)["`]"#);

/// Something that may make objects and could not be turned into any.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Where.
    pub(super) place: Place,
    /// Why.
    pub(super) why: String,
    /// The text that would have to name what it makes; empty for what may make anything.
    pub(super) text: String,
}

impl Unread {
    /// Whether it may make something that bears one of some words.
    pub(super) fn may_hold(&self, words: &[&str]) -> bool {
        // `Service.serving.knative.dev` stands as a kind and a group, each in its own line.
        let needle = |word: &&str| match word.split_once('.') {
            Some((kind, group)) if kind.starts_with(char::is_uppercase) => group.to_owned(),
            _ => (*word).to_owned(),
        };
        let mut needles = words.iter().map(needle);
        self.text.is_empty() || self.text.contains("kind: {{") || needles.any(|needle| self.text.contains(&needle))
    }

    /// As something that could not be looked at.
    pub(super) fn blind(&self) -> Blind {
        Blind { place: Some(self.place.clone()), why: self.why.clone() }
    }
}

impl Helm {
    /// Whether a file is a template of a chart, or belongs to a chart that one carries along.
    pub(super) fn owns(&self, path: &str) -> bool {
        let inside =
            |folder: &String| ["templates/", "charts/"].iter().any(|part| path.starts_with(&within(folder, part)));
        self.folders.iter().any(inside)
    }

    /// The files of charts that only templates take which make nothing.
    pub(super) fn unused_files(&self) -> BTreeSet<String> {
        self.left.difference(&self.taken).cloned().collect()
    }
}

/// The folders of charts that releases of helmfiles set values for.
pub(super) fn released(facts: &Facts<'_>) -> Vec<String> {
    let releases = helmfile::read(facts);
    let folders = releases.iter().filter(|release| release.sets_values()).filter_map(|release| match &release.chart {
        helmfile::Chart::Folder(folder) => Some(within(folder, "")),
        helmfile::Chart::Other(_) => None,
    });
    folders.collect()
}

/// Renders every chart that is the project's own.
pub(super) fn read(facts: &Facts<'_>) -> Helm {
    let manifests = facts.tree.files().iter().filter(|file| file.name() == "Chart.yaml");
    let folders: Vec<String> = manifests.map(|file| folder_of(&file.path).to_owned()).collect();
    let mut helm = Helm { folders, ..Helm::default() };
    let tops = tops(facts, &helm.folders);
    let mut releases = helmfile::read(facts);
    let is_listed = |folder: &&String| releases.iter().any(|release| release.installs(folder));
    let unlisted: Vec<String> = tops.iter().filter(|folder| !is_listed(folder)).cloned().collect();
    releases.extend(gitops::read(facts, &unlisted));
    for (index, folder) in tops.iter().enumerate() {
        if index >= MAX_CHARTS {
            let why = format!("more than {MAX_CHARTS} Helm charts");
            helm.blind.push(Blind { place: Some(Place::file(within(folder, "Chart.yaml"))), why });
            break;
        }
        match installed(facts, folder, &releases) {
            Installing::ByHand => top(facts, folder, tops.len() == 1, &mut helm),
            Installing::By(these) => these.iter().for_each(|release| by_release(facts, folder, release, &mut helm)),
            Installing::Never => {
                let made = helm.objects.len();
                top(facts, folder, false, &mut helm);
                let why = "no release of the helmfile installs its chart";
                set_aside(&mut helm.objects[made..], &Standing::Uncertain(why.into()));
            }
        }
    }
    others(&releases, &mut helm);
    helm.blind.sort();
    helm.blind.dedup();
    helm
}

/// The charts that are installed by themselves: not shown, not tested, not carried along by another one.
fn tops(facts: &Facts<'_>, folders: &[String]) -> Vec<String> {
    let own = facts.own_name();
    let ours = |folder: &&String| !matches!(own.stage(&within(folder, "Chart.yaml")), Stage::Never(_));
    let inside = |folder: &str| folders.iter().any(|other| folder.starts_with(&within(other, "charts/")));
    let ours: Vec<&String> = folders.iter().filter(ours).filter(|folder| !inside(folder)).collect();
    let carried: Vec<String> = ours.iter().flat_map(|folder| referred(facts, folder)).collect();
    ours.into_iter().filter(|folder| !carried.contains(folder)).cloned().collect()
}

/// The charts of the tree that a chart names as its dependencies.
fn referred(facts: &Facts<'_>, folder: &str) -> Vec<String> {
    let manifest = facts.parsed(&within(folder, "Chart.yaml")).and_then(|parsed| parsed.first());
    let list = manifest.and_then(|manifest| manifest.get("dependencies")?.as_list()).unwrap_or_default();
    let local = |entry: &crate::value::Value| {
        let path = entry.get("repository")?.as_str()?.strip_prefix("file://")?;
        super::super::containers::joined(folder, path)
    };
    list.iter().filter_map(local).collect()
}

/// Who installs a chart.
enum Installing<'r> {
    /// No helmfile has to do with the charts of the tree.
    ByHand,
    /// These releases do.
    By(Vec<&'r Release>),
    /// Helmfiles install others.
    Never,
}

fn installed<'r>(facts: &Facts<'_>, folder: &str, releases: &'r [Release]) -> Installing<'r> {
    let is_of = |release: &&Release| matches!(&release.chart, helmfile::Chart::Folder(path) if path == folder);
    // Together, or one by one: a chart that installs what releases install is another way to the same.
    let carried = referred(facts, folder);
    let installs =
        |release: &Release| matches!(&release.chart, helmfile::Chart::Folder(path) if carried.contains(path));
    let found: Vec<&Release> = releases.iter().filter(is_of).take(MAX_RELEASES).collect();
    let is_local = |release: &Release| matches!(release.chart, helmfile::Chart::Folder(_));
    match () {
        () if !found.is_empty() => Installing::By(found),
        () if releases.iter().any(installs) => Installing::ByHand,
        () if releases.iter().any(|release| release.is_listed && is_local(release)) => Installing::Never,
        () => Installing::ByHand,
    }
}

/// Renders one chart with everything that it carries along.
fn top(facts: &Facts<'_>, folder: &str, is_only: bool, helm: &mut Helm) {
    let mut loader = Loader::new(facts);
    let manifest = facts.parsed(&within(folder, "Chart.yaml")).and_then(|parsed| parsed.first());
    let name = manifest.and_then(|manifest| manifest.get("name")?.scalar_text()).unwrap_or_default();
    let overlays = chart::overlays(facts, folder, &name, is_only);
    let chart = loader.project(folder, &overlays);
    render(facts, chart, None, loader, helm);
}

/// Renders one chart as a release of a helmfile installs it.
fn by_release(facts: &Facts<'_>, folder: &str, release: &Release, helm: &mut Helm) {
    let mut loader = Loader::new(facts);
    let (given, lost) = match release.values(&mut loader) {
        Ok(given) => (given, None),
        Err(path) => (None, Some(path)),
    };
    let chart = loader.with(folder, given);
    let made = helm.objects.len();
    render(facts, chart, Some(&release.name), loader, helm);
    let standing = match (release.installed, lost) {
        (Some(false), _) => Standing::Aside(format!("{} does not install it in production", release.place.path)),
        (None, _) => Standing::Uncertain(format!("whether {} installs it, the tree does not say", release.place.path)),
        (_, Some(path)) => {
            Standing::Uncertain(format!("{} sets its values by {path}, which cannot be read", release.place.path))
        }
        (Some(true), None) => return,
    };
    set_aside(&mut helm.objects[made..], &standing);
}

fn set_aside(objects: &mut [Object], standing: &Standing) {
    for object in objects.iter_mut().filter(|object| object.standing == Standing::Production) {
        object.standing = standing.clone();
    }
}

/// The charts of others that releases install: each is an object for the rules, and what it makes is not known here.
fn others(releases: &[Release], helm: &mut Helm) {
    for release in releases {
        let helmfile::Chart::Other(name) = &release.chart else { continue };
        let standing = match release.installed {
            Some(true) => Standing::Production,
            Some(false) => continue,
            None => Standing::Uncertain("whether the helmfile installs it, the tree does not say".into()),
        };
        if let Some(mut object) = release.object(name) {
            object.standing = standing;
            helm.objects.push(object);
        }
        let why = format!("the chart \"{name}\" that this release installs is not in the tree");
        helm.unread.extend(others::unseen(name, &release.place, why));
    }
}

/// Prints the templates of a chart; the release bears its name where nobody gives it another one.
fn render(facts: &Facts<'_>, chart: Option<Chart>, release: Option<&str>, mut loader: Loader<'_, '_>, helm: &mut Helm) {
    if let Some(chart) = chart.filter(|chart| !chart.is_library) {
        let mut bodies = Vec::new();
        compile(facts, &chart, &mut loader, &mut bodies, &mut helm.unread);
        let release = release.unwrap_or(&chart.name);
        let mut work = MAX_WORK;
        for body in &bodies {
            print(body, release, &loader, &mut work, helm);
        }
        helm.unread.extend(loader.dependencies.iter().filter_map(|dependency| {
            let why = format!("the chart \"{}\" that this one installs with it is not in the tree", dependency.name);
            others::unseen(&dependency.name, &dependency.place, why)
        }));
    }
    helm.blind.append(&mut loader.blind);
    helm.dependencies.append(&mut loader.dependencies);
}

/// A template with the context that it is printed in.
struct Body {
    file: u16,
    path: Arc<str>,
    /// The folder of its chart.
    folder: Arc<str>,
    nodes: Arc<Vec<syntax::Node>>,
    about: Item,
    values: Item,
    base: String,
}

/// Reads the templates of a chart and of those that it carries along into one library, as Helm does.
fn compile(
    facts: &Facts<'_>,
    chart: &Chart,
    loader: &mut Loader<'_, '_>,
    bodies: &mut Vec<Body>,
    unread: &mut Vec<Unread>,
) {
    for child in &chart.children {
        compile(facts, child, loader, bodies, unread);
    }
    let prefix = within(&chart.folder, "templates/");
    let start = facts.tree.files().partition_point(|file| *file.path < *prefix);
    let inside = facts.tree.files()[start..].iter().take_while(|file| file.path.starts_with(&prefix));
    for file in inside {
        let is_yaml = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
        let Some(source) = file.text().filter(|_| is_yaml || file.path.ends_with(".tpl")) else { continue };
        if is_definition(source.text()) {
            continue;
        }
        let Some(number) = loader.library.add(source) else { continue };
        let template = match syntax::parse(source.text()) {
            Ok(template) => template,
            Err(fault) => {
                let span = crate::source::Span::new(fault.at, fault.at);
                let why = format!("this Helm template cannot be read: {}", fault.what);
                unread.push(Unread { place: Place::at(file.path.clone(), span), why, text: source.text().to_owned() });
                continue;
            }
        };
        for define in template.defines {
            loader.library.defines.insert(define.name, (number, define.body));
        }
        let nodes = Arc::new(template.body);
        let base = format!("{}/templates", chart.name);
        let own = &file.path[prefix.len()..];
        loader.library.defines.insert(format!("{base}/{own}"), (number, nodes.clone()));
        // Parts (`_helpers.tpl`) make nothing by themselves, tests are not installed.
        let is_part = file.name().starts_with('_') || !is_yaml || chart.is_library || own.starts_with("tests/");
        if !is_part {
            let (about, values) = (chart.about.clone(), chart.values.clone());
            let folder = Arc::from(chart.folder.as_str());
            bodies.push(Body { file: number, path: file.path.clone(), folder, nodes, about, values, base });
        }
    }
}

/// Whether a template does nothing but define kinds, which is long and answers no question.
fn is_definition(text: &str) -> bool {
    let kinds = || text.lines().filter(|line| line.starts_with("kind:"));
    text.contains("CustomResourceDefinition")
        && kinds().next().is_some()
        && kinds().all(|line| line.ends_with("CustomResourceDefinition"))
}

/// Prints a template and takes what it makes.
fn print(body: &Body, release: &str, loader: &Loader<'_, '_>, work: &mut usize, helm: &mut Helm) {
    let context = context(body, release);
    let mut renderer = Renderer::new(&loader.library, body.file, work);
    match renderer.run(&body.nodes, &context) {
        Ok(rope) => {
            let made = objects::read(&rope, &loader.library, body.file);
            let makes_nothing = made.objects.is_empty() && made.unread.is_empty();
            let files = if makes_nothing { &mut helm.left } else { &mut helm.taken };
            files.extend(files_of(body, loader));
            let stage = loader.facts.own_name().stage(&body.path);
            for mut object in made.objects {
                if let Stage::Never(word) = stage {
                    object.standing = Standing::Aside(format!("\"{word}\" in its path"));
                }
                helm.objects.push(object);
            }
            helm.unread.extend(made.unread);
        }
        Err(Stop(why)) => {
            helm.taken.extend(files_of(body, loader));
            let text = loader.library.file(body.file).map_or("", |source| source.text()).to_owned();
            let why = format!("this Helm template cannot be rendered: {why}");
            helm.unread.push(Unread { place: Place::file(body.path.clone()), why, text });
        }
    }
}

/// The files of its chart that a template names to take them as they stand.
fn files_of<'b>(body: &'b Body, loader: &'b Loader<'_, '_>) -> impl Iterator<Item = String> {
    let text = loader.library.file(body.file).map_or("", |source| source.text());
    TAKES_FILE.captures_iter(text).filter_map(|found| Some(within(&body.folder, found.name("file")?.as_str())))
}

/// What `.` is in a template: the release bears the name of the chart, the cluster is a current one.
fn context(body: &Body, release: &str) -> Item {
    let version = Item::text("v1.33.0");
    Item::record([
        ("Values", body.values.clone()),
        ("Chart", body.about.clone()),
        (
            "Release",
            Item::record([
                ("Name", Item::text(release)),
                ("Namespace", Item::text(release)),
                ("Service", Item::text("Helm")),
                ("Revision", Item::int(1)),
                ("IsInstall", Item::hidden("Release.IsInstall")),
                ("IsUpgrade", Item::hidden("Release.IsUpgrade")),
            ]),
        ),
        (
            "Capabilities",
            Item::record([
                (
                    "KubeVersion",
                    Item::record([
                        ("Version", version.clone()),
                        ("GitVersion", version),
                        ("Major", Item::text("1")),
                        ("Minor", Item::text("33")),
                    ]),
                ),
                ("APIVersions", Item::hidden("Capabilities.APIVersions")),
            ]),
        ),
        ("Template", Item::record([("Name", Item::text(&body.path)), ("BasePath", Item::text(&body.base))])),
        ("Files", Item::hidden("Files")),
        ("Subcharts", Item::hidden("Subcharts")),
    ])
}
