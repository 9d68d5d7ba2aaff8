//! Dashboards of Grafana: files, `ConfigMaps` and `GrafanaDashboard` objects, with the queries of their panels.
//!
//! A dashboard has no environment, so one that only a development compose file mounts counts too; one of an example,
//! a test or a demonstration does not. A panel without a query shows nothing.

use super::Facts;
use super::documents::{Target, resolve};
use super::format::{self, Format};
use super::production::{self, Stage, Standing};
use crate::evidence::{Blind, Place};
use crate::source::Source;
use crate::tree::path::folder_of;
use crate::value::Value;

/// How many dashboards are kept.
const MAX_DASHBOARDS: usize = 5_000;
/// How many queries of one dashboard are kept.
const MAX_QUERIES: usize = 5_000;
/// How deep panels may stand in each other.
const MAX_DEPTH: usize = 8;

/// Settings of a target that hold what it asks for.
const QUERIES: &[&str] = &[
    "expr",
    "query",
    "rawSql",
    "rawQuery",
    "queryText",
    "expression",
    "metricName",
    "target",
    "filters",
    "queryType",
    "gremlin",
    "azureMonitor",
    "timeSeriesList",
];

/// Kinds that are dashboards or hold them.
const KINDS: &[&str] = &["GrafanaDashboard", "ConfigMap"];

/// The dashboards of the tree.
#[derive(Debug, Default)]
pub struct Dashboards {
    /// Those that were read.
    pub all: Vec<Dashboard>,
    /// What may be one and could not be read.
    pub blind: Vec<Blind>,
}

/// One dashboard.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Its title.
    pub title: String,
    /// Where it stands: its first query, or it as a whole.
    pub place: Place,
    /// What its panels ask for.
    pub queries: Vec<Query>,
    /// Why it does not count, if it does not.
    pub aside: Option<String>,
}

/// What a panel asks for.
#[derive(Clone, Debug)]
pub struct Query {
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// Reads every dashboard.
pub fn read(facts: &Facts<'_>) -> Dashboards {
    let mut view = Dashboards::default();
    of_files(facts, &mut view);
    of_objects(facts, &mut view);
    of_infra(facts, &mut view);
    if view.all.len() > MAX_DASHBOARDS {
        view.all.truncate(MAX_DASHBOARDS);
        view.blind.push(Blind { place: None, why: format!("more than {MAX_DASHBOARDS} dashboards") });
    }
    view
}

fn of_files(facts: &Facts<'_>, view: &mut Dashboards) {
    for file in facts.tree.files() {
        let is_json = Format::of(&file.path) == Some(Format::Json);
        let is_jsonnet = file.path.ends_with(".jsonnet") || file.path.ends_with(".libsonnet");
        if !is_json && !is_jsonnet {
            continue;
        }
        let Some(source) = file.text() else { continue };
        let path = facts.own_name().cleared(&file.path);
        let is_aside = production::is_fixture(&path) || production::is_example(&path);
        if is_jsonnet && !is_aside && (source.text().contains("dashboard.new(") || source.text().contains("grafonnet"))
        {
            let why = "dashboards in jsonnet cannot be evaluated".to_owned();
            view.blind.push(Blind { place: Some(Place::file(file.path.clone())), why });
        }
        if !is_json || !looks_like_one(source.text()) {
            continue;
        }
        let Some(parsed) = facts.parsed(&file.path) else { continue };
        view.blind.extend(parsed.blind().filter(|_| !is_aside));
        let Some(document) = parsed.first() else { continue };
        // An export by the interface of Grafana wraps it.
        let document = document.get("dashboard").unwrap_or(document);
        let place = |value: Option<&Value>| match value {
            Some(value) => Place::at(file.path.clone(), value.span),
            None => Place::file(file.path.clone()),
        };
        let aside = aside(&path, || is_told_of(facts, &file.path))
            .or_else(|| is_aside.then(|| "an example or a test".to_owned()));
        view.all.extend(dashboard(document, &place, aside));
    }
}

/// Whether a document of the project, in another folder, sends its readers to a file.
fn is_told_of(facts: &Facts<'_>, path: &str) -> bool {
    let documents = facts.documents();
    let folder = format!("{}/", folder_of(path));
    let others = documents.of_project().filter(|document| !document.path.starts_with(&folder));
    let end = format!("/{path}");
    let mut links = others.flat_map(|document| {
        document.sections.iter().flat_map(|section| &section.links).map(move |link| (document, &*link.url))
    });
    links.any(|(document, url)| {
        let inside = || resolve(facts.tree, documents, document, url) == Target::Inside(path.to_owned());
        url.ends_with(&end) || url.contains("contrib") && inside()
    })
}

/// Why the path of a dashboard makes it somebody else's; what was contributed is the project's where that is told.
fn aside(path: &str, is_told_of: impl FnOnce() -> bool) -> Option<String> {
    match production::stage_of_path(path) {
        // What watches a stage watches production, too; what stands among the tools of developers watches their machines.
        Stage::Never(word)
            if !matches!(word, "dev" | "development" | "local" | "staging" | "stage")
                || production::is_in_tools(path) =>
        {
            Some(format!("\"{word}\" in its path"))
        }
        _ if path.split('/').any(|part| part == "contrib") && !is_told_of() => {
            Some("a sample that whoever installs the product adapts".to_owned())
        }
        _ => None,
    }
}

/// A cheap look before parsing.
fn looks_like_one(text: &str) -> bool {
    text.contains("\"panels\"") && (text.contains("\"schemaVersion\"") || text.contains("\"targets\""))
}

fn of_objects(facts: &Facts<'_>, view: &mut Dashboards) {
    let kubernetes = facts.kubernetes();
    for object in kubernetes.objects.iter().filter(|object| KINDS.iter().any(|kind| object.is_kind(kind))) {
        let texts: Vec<&Value> = if object.is_kind("ConfigMap") {
            object
                .value
                .get("data")
                .and_then(Value::as_map)
                .into_iter()
                .flatten()
                .map(|(_, field)| &field.value)
                .collect()
        } else {
            object.value.at(&["spec", "json"]).into_iter().collect()
        };
        let why = match &object.standing {
            Standing::Production => None,
            Standing::Aside(why) | Standing::Uncertain(why) => Some(why.clone()),
        };
        for value in texts {
            let Some(text) = value.as_str().filter(|text| looks_like_one(text)) else { continue };
            let Ok(documents) = format::parse(Format::Json, &Source::new("", text)) else {
                let why = format!("a dashboard in {} is not valid JSON", object.title());
                view.blind.push(Blind { place: Some(object.at(value.span)), why });
                continue;
            };
            let place = |_: Option<&Value>| object.at(value.span);
            view.all.extend(documents.first().and_then(|document| dashboard(document, &place, why.clone())));
        }
        let elsewhere = ["url", "jsonnet", "gzipJson", "configMapRef", "grafanaCom", "jsonnetLib"];
        if object.is_kind("GrafanaDashboard") && object.value.at(&["spec", "json"]).is_none() && why.is_none() {
            let named = elsewhere.iter().find(|key| object.value.at(&["spec", key]).is_some());
            view.blind.extend(named.filter(|key| **key != "grafanaCom").map(|key| Blind {
                place: Some(object.place()),
                why: format!("the dashboard of {} stands elsewhere ({key})", object.title()),
            }));
        }
    }
}

/// Dashboards of Terraform: their text, where it is in the tree.
fn of_infra(facts: &Facts<'_>, view: &mut Dashboards) {
    for resource in facts.infra().of_kind("grafana_dashboard") {
        let setting = resource.setting("config_json");
        let text = setting.as_ref().filter(|setting| !setting.is_opaque()).and_then(super::infra::Setting::text);
        let documents = text.and_then(|text| format::parse(Format::Json, &Source::new("", text.as_str())).ok());
        let Some(documents) = documents else {
            let why = format!("the text of {} is not in it", resource.title());
            view.blind.push(Blind { place: Some(resource.place()), why });
            continue;
        };
        let place = |_: Option<&Value>| resource.place();
        view.all.extend(documents.first().and_then(|document| dashboard(document, &place, None)));
    }
}

fn dashboard(document: &Value, place: &dyn Fn(Option<&Value>) -> Place, aside: Option<String>) -> Option<Dashboard> {
    let mut queries = Vec::new();
    let panels = document.get("panels").or_else(|| document.get("rows"))?;
    collect(panels, place, 0, &mut queries);
    if let Some(rows) = document.get("rows") {
        collect(rows, place, 0, &mut queries);
    }
    let title = document.get("title").and_then(Value::as_str).unwrap_or("without a title").to_owned();
    let own = queries.first().map_or_else(|| place(Some(panels)), |query: &Query| query.place.clone());
    Some(Dashboard { title, place: own, queries, aside })
}

/// The queries of some panels, and of those inside them.
fn collect(panels: &Value, place: &dyn Fn(Option<&Value>) -> Place, depth: usize, queries: &mut Vec<Query>) {
    if depth > MAX_DEPTH {
        return;
    }
    for panel in panels.as_list().unwrap_or_default() {
        if let Some(inner) = panel.get("panels") {
            collect(inner, place, depth + 1, queries);
        }
        for target in panel.get("targets").and_then(Value::as_list).unwrap_or_default() {
            let found = QUERIES.iter().find_map(|key| target.get(key).filter(|value| !is_empty(value)));
            if let Some(value) = found.filter(|_| queries.len() < MAX_QUERIES) {
                queries.push(Query { text: value.scalar_text().unwrap_or_default(), place: place(Some(value)) });
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match (value.as_list(), value.as_map()) {
        (Some(list), _) => list.is_empty(),
        (_, Some(map)) => map.is_empty(),
        _ => value.scalar_text().is_none_or(|text| text.trim().is_empty()),
    }
}
