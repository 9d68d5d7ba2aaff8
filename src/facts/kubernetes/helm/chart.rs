//! A chart with its values and the charts that it carries along.

use super::super::super::Facts;
use super::super::super::format::Format;
use super::super::super::production::{self, Stage};
use super::data::{self, Data, Item, Map};
use super::render::Library;
use crate::evidence::{Blind, Place};
use crate::tree::path::{folder_of, within};
use crate::value::Value;
use std::sync::Arc;

/// How deep charts may carry each other along.
const MAX_DEPTH: usize = 6;
/// How many charts one chart may carry along, all levels together.
const MAX_CHARTS: usize = 200;

/// A chart, ready to be rendered.
#[derive(Debug)]
pub(super) struct Chart {
    /// The folder of its `Chart.yaml`.
    pub(super) folder: String,
    /// Its name.
    pub(super) name: String,
    /// What its `Chart.yaml` says, as templates see it.
    pub(super) about: Item,
    /// Its values, those of production over its own.
    pub(super) values: Item,
    /// The charts that it carries along and that are on, by the name that its values call them.
    pub(super) children: Vec<Chart>,
    /// It makes nothing itself.
    pub(super) is_library: bool,
}

/// A chart of somebody else that a chart of the project installs with it.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Its name: `postgresql`.
    pub name: String,
    /// Where it is declared.
    pub place: Place,
    /// The folder of the chart that installs it.
    pub chart: Arc<str>,
    /// What the values of that chart say to it, with their file; empty when they say nothing.
    pub values: Vec<(Arc<str>, Value)>,
}

/// Reads charts into one library.
pub(super) struct Loader<'f, 't> {
    pub(super) facts: &'f Facts<'t>,
    pub(super) library: Library,
    /// The charts of others that are on.
    pub(super) dependencies: Vec<Dependency>,
    /// What could not be read.
    pub(super) blind: Vec<Blind>,
    charts: usize,
}

impl<'f, 't> Loader<'f, 't> {
    pub(super) fn new(facts: &'f Facts<'t>) -> Self {
        Self { facts, library: Library::default(), dependencies: Vec::new(), blind: Vec::new(), charts: 0 }
    }

    /// A chart of the project with what production sets; `overlays` are the files that do.
    pub(super) fn project(&mut self, folder: &str, overlays: &[String]) -> Option<Chart> {
        let given = self.given(overlays);
        self.load(folder, given, 0)
    }

    /// A chart with the values that are set over its own.
    pub(super) fn with(&mut self, folder: &str, given: Option<Item>) -> Option<Chart> {
        self.load(folder, given, 0)
    }

    fn given(&mut self, overlays: &[String]) -> Option<Item> {
        let mut given: Option<Item> = None;
        for path in overlays {
            let Some(values) = self.values_file(path) else { continue };
            given = Some(given.map_or_else(|| values.clone(), |known| data::beside(&known, &values)));
        }
        given
    }

    /// Reads a chart; `given` is what the one above, or production, sets over its own values.
    fn load(&mut self, folder: &str, given: Option<Item>, depth: usize) -> Option<Chart> {
        self.charts += 1;
        let path = within(folder, "Chart.yaml");
        if depth > MAX_DEPTH || self.charts > MAX_CHARTS {
            self.blind.push(Blind { place: Some(Place::file(path)), why: "too many charts in each other".into() });
            return None;
        }
        let manifest = self.facts.parsed(&path)?.first()?;
        let name = manifest.get("name").and_then(Value::scalar_text).unwrap_or_default();
        let about = self.about(&path, manifest);
        let own = self.values_file(&within(folder, "values.yaml")).unwrap_or_else(|| Item::map(Map::new()));
        let mut values = given.map_or_else(|| own.clone(), |given| data::over(&own, &given));
        let mut children = Vec::new();
        for wanted in self.wanted(folder, manifest) {
            if !wanted.is_on(&values) {
                continue;
            }
            let Some(inside) = wanted.folder.as_deref() else {
                self.dependencies.push(self.dependency(folder, &path, &wanted, &values));
                continue;
            };
            let mut given = values.get(&wanted.called);
            if let Data::Map(_) = values.get("global").data {
                let globals = Item::record([("global", values.get("global"))]);
                given = if given.as_map().is_some() { data::over(&given, &globals) } else { globals };
            }
            let given = given.as_map().is_some().then_some(given);
            let Some(child) = self.load(inside, given, depth + 1) else { continue };
            let seen = Item::record([(wanted.called.as_str(), child.values.clone())]);
            values = data::over(&seen, &values);
            children.push(child);
        }
        let is_library = manifest.get("type").and_then(Value::as_str) == Some("library");
        Some(Chart { folder: folder.to_owned(), name, about, values, children, is_library })
    }

    /// `.Chart` with the names that templates use.
    fn about(&mut self, path: &str, manifest: &Value) -> Item {
        let number = self.number(path);
        let field = |key: &str| match (manifest.get(key), number) {
            (Some(value), Some(number)) => Item::of(value, number),
            _ => Item::nil(),
        };
        Item::record([
            ("Name", field("name")),
            ("Version", field("version")),
            ("AppVersion", field("appVersion")),
            ("Type", field("type")),
            ("Description", field("description")),
            ("KubeVersion", field("kubeVersion")),
            ("Home", field("home")),
            ("Annotations", field("annotations")),
            ("IsRoot", Item::hidden("Chart.IsRoot")),
        ])
    }

    fn number(&mut self, path: &str) -> Option<u16> {
        self.library.add(self.facts.tree.text(path)?)
    }

    /// A file of values; what is there and cannot be read is blind.
    pub(super) fn values_file(&mut self, path: &str) -> Option<Item> {
        let parsed = self.facts.parsed(path)?;
        self.blind.extend(parsed.blind());
        let value = parsed.first().filter(|value| value.as_map().is_some())?;
        let number = self.number(path)?;
        Some(Item::of(value, number))
    }

    /// What a chart carries along: what it names, and what stands in its `charts/`.
    fn wanted(&self, folder: &str, manifest: &Value) -> Vec<Wanted> {
        let requirements = self.facts.parsed(&within(folder, "requirements.yaml")).and_then(|parsed| parsed.first());
        let lists = [Some(manifest), requirements];
        let named = lists.iter().flatten().filter_map(|document| document.get("dependencies")?.as_list()).flatten();
        let mut found: Vec<Wanted> = named.take(MAX_CHARTS).filter_map(|entry| self.named(folder, entry)).collect();
        let prefix = within(folder, "charts/");
        let start = self.facts.tree.files().partition_point(|file| *file.path < *prefix);
        let inside = self.facts.tree.files()[start..].iter().take_while(|file| file.path.starts_with(&prefix));
        for file in inside.filter(|file| file.name() == "Chart.yaml") {
            let own = folder_of(&file.path);
            let is_direct = own.strip_prefix(&prefix).is_some_and(|rest| !rest.contains('/'));
            if is_direct && !found.iter().any(|known| known.folder.as_deref() == Some(own)) {
                let manifest = self.facts.parsed(&file.path).and_then(|parsed| parsed.first());
                let name = manifest.and_then(|manifest| manifest.get("name")?.scalar_text()).unwrap_or_default();
                found.push(Wanted { called: name.clone(), name, folder: Some(own.to_owned()), ..Wanted::default() });
            }
        }
        found
    }

    fn named(&self, folder: &str, entry: &Value) -> Option<Wanted> {
        let text = |key: &str| entry.get(key).and_then(Value::scalar_text);
        let name = text("name")?;
        let is_chart = |folder: &String| self.facts.tree.file(&within(folder, "Chart.yaml")).is_some();
        let local = text("repository").and_then(|repository| {
            super::super::super::containers::joined(folder, repository.strip_prefix("file://")?)
        });
        let inside = Some(within(folder, &format!("charts/{name}"))).filter(is_chart).or(local.filter(is_chart));
        let tags = entry.get("tags").and_then(Value::as_list).unwrap_or_default();
        Some(Wanted {
            called: text("alias").unwrap_or_else(|| name.clone()),
            condition: text("condition").unwrap_or_default(),
            tags: tags.iter().filter_map(Value::scalar_text).collect(),
            folder: inside,
            span: Some(entry.span),
            name,
        })
    }

    fn dependency(&self, folder: &str, path: &str, wanted: &Wanted, values: &Item) -> Dependency {
        let place = wanted.span.map_or_else(|| Place::file(path), |span| Place::at(path, span));
        let told = values.get(&wanted.called);
        let file = told.origin.and_then(|origin| self.library.file(origin.file));
        let said = file.and_then(|file| {
            let value = self.facts.parsed(file.name())?.first()?.get(&wanted.called)?;
            Some((Arc::from(file.name()), value.clone()))
        });
        Dependency { name: wanted.name.clone(), place, chart: folder.into(), values: said.into_iter().collect() }
    }
}

/// A chart that another one names.
#[derive(Debug, Default)]
struct Wanted {
    name: String,
    /// The name under which the values speak to it.
    called: String,
    condition: String,
    tags: Vec<String>,
    /// Its folder, if it is in the tree.
    folder: Option<String>,
    span: Option<crate::source::Span>,
}

impl Wanted {
    /// Whether the values switch it on: the first condition that they answer decides, then the tags.
    fn is_on(&self, values: &Item) -> bool {
        let at = |path: &str| path.split('.').fold(values.clone(), |item, key| item.get(key));
        let answers = |path: &str| match at(path.trim()).data {
            Data::Bool(flag) => Some(flag),
            _ => None,
        };
        if let Some(flag) = self.condition.split(',').filter(|path| !path.trim().is_empty()).find_map(answers) {
            return flag;
        }
        let tags: Vec<bool> = self.tags.iter().filter_map(|tag| answers(&format!("tags.{tag}"))).collect();
        tags.is_empty() || tags.contains(&true)
    }
}

/// The files that set a chart's values for production: beside its own, and elsewhere in the tree where their path names
/// the chart or there is only one.
pub(super) fn overlays(facts: &Facts<'_>, folder: &str, name: &str, is_only: bool) -> Vec<String> {
    let inside = within(folder, "");
    let speaks = |path: &str| {
        let file = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        if Format::of(&file) != Some(Format::Yaml) || production::stage_of_path(path) != Stage::Production {
            return false;
        }
        let own = path.strip_prefix(&inside).or_else(|| folder.is_empty().then_some(path));
        if let Some(own) = own {
            let first = own.split('/').next().unwrap_or("");
            let is_values = file.contains("values") || own.split('/').any(|part| part == "values");
            return is_values && !matches!(first, "templates" | "charts" | "crds" | "ci");
        }
        let names_it = path.split(['/', '.']).any(|part| part == name);
        (file.starts_with("values") || file.contains(".values.")) && (is_only || names_it)
    };
    facts.tree.files().iter().map(|file| &*file.path).filter(|path| speaks(path)).map(str::to_owned).collect()
}
