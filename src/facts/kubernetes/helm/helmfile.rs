//! Helmfile: which charts its releases install in production, and the values that they set over those of the chart.

use super::super::object::Object;
use super::chart::Loader;
use super::data::{self, Data, Entry, Item};
use super::objects::with_hidden_lines;
use super::render::{Library, Renderer};
use super::rope::{self, From, Rope};
use super::syntax;
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::containers::joined;
use crate::facts::format::{self, Format};
use crate::facts::production::{self, Stage};
use crate::source::{Source, Span};
use crate::tree::File;
use crate::tree::path::{folder_of, within};
use crate::value::{Field, Kind, Value};
use std::sync::Arc;

/// How many steps a file may take.
const MAX_WORK: usize = 2_000_000;
/// How many releases are looked at.
const MAX_RELEASES: usize = 500;
/// The number of a text that is no file of a chart's library.
const NO_FILE: u16 = u16::MAX;
/// What people call the environment that everybody uses.
const PRODUCTION: &[&str] = &["production", "prod", "prd", "live"];

/// A release of production.
#[derive(Debug)]
pub(super) struct Release {
    /// Its name.
    pub(super) name: String,
    /// The folder of its chart, or the name of a chart of others.
    pub(super) chart: Chart,
    /// Whether it is installed; `None` where the tree does not say.
    pub(super) installed: Option<bool>,
    /// Where it is declared.
    pub(super) place: Place,
    /// Whether what it is listed with is all that is installed.
    pub(super) is_listed: bool,
    /// What it sets, the later over the earlier.
    values: Vec<Given>,
    /// What its templates see beside its values.
    context: Item,
}

/// What a release installs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chart {
    /// A folder of the tree.
    Folder(String),
    /// The name of a chart that is kept elsewhere: `fluent-bit`.
    Other(String),
}

/// Values of a release.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// A file of the tree.
    File(String),
    /// Written where the release is.
    Inline(Value),
    /// A file that is named in a way nobody can follow here.
    Lost(String),
}

impl Release {
    /// A release of a chart of the tree that is installed as it is declared.
    pub(super) fn of_chart(name: &str, folder: &str, place: Place, values: Vec<Given>) -> Self {
        let (name, chart) = (name.to_owned(), Chart::Folder(folder.to_owned()));
        Self { name, chart, installed: Some(true), place, is_listed: false, values, context: Item::record([]) }
    }

    /// Whether it sets the same files and as many values as another one.
    pub(super) fn same_values(&self, other: &Self) -> bool {
        let files = |release: &Self| -> Vec<Option<String>> {
            let file = |given: &Given| match given {
                Given::File(path) | Given::Lost(path) => Some(path.clone()),
                Given::Inline(_) => None,
            };
            release.values.iter().map(file).collect()
        };
        files(self) == files(other)
    }

    /// What the release sets over the values of its chart; `Err` names what is not in the tree.
    pub(super) fn values(&self, loader: &mut Loader<'_, '_>) -> Result<Option<Item>, String> {
        let mut all: Option<Item> = None;
        for given in &self.values {
            let item = match given {
                Given::Inline(value) => Some(placeless(value)),
                Given::Lost(path) => return Err(path.clone()),
                Given::File(path) if is_template(path) => {
                    let source = loader.facts.tree.text(path).ok_or_else(|| path.clone())?;
                    let number = loader.library.add(source).ok_or_else(|| path.clone())?;
                    let rope = print(&loader.library, number, &self.context).ok_or_else(|| path.clone())?;
                    Some(item_of_rope(&rope).ok_or_else(|| path.clone())?)
                }
                Given::File(path) => loader.values_file(path),
            };
            let Some(item) = item else { continue };
            all = Some(all.map_or_else(|| item.clone(), |known| data::over(&known, &item)));
        }
        Ok(all)
    }

    /// Whether its chart is a folder of the tree.
    pub(super) fn installs(&self, folder: &str) -> bool {
        matches!(&self.chart, Chart::Folder(own) if own == folder)
    }

    /// Whether it sets any values.
    pub(super) fn sets_values(&self) -> bool {
        !self.values.is_empty()
    }

    /// The release of a chart of others as an object, for rules that know what such a chart does.
    pub(super) fn object(&self, chart: &str) -> Option<Object> {
        let span = self.place.span.unwrap_or_default();
        let text = |text: &str| Value::new(Kind::Str(text.to_owned()), span);
        let map = |entries: &[(&str, Value)]| {
            let field = |value: &Value| Field { key: span, value: value.clone() };
            Value::new(Kind::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), field(value))).collect()), span)
        };
        let named = map(&[("spec", map(&[("chart", text(chart))]))]);
        let document = map(&[
            ("apiVersion", text("helmfile.io/v1")),
            ("kind", text("Release")),
            ("metadata", map(&[("name", text(&self.name))])),
            ("spec", map(&[("chart", named)])),
        ]);
        Object::of(&self.place.path, &document)
    }
}

/// The releases of every helmfile of the tree.
pub(super) fn read(facts: &Facts<'_>) -> Vec<Release> {
    let own = facts.own_name();
    let ours = |file: &&File| {
        is_helmfile(&file.path) && !is_variation(facts, &file.path) && !matches!(own.stage(&file.path), Stage::Never(_))
    };
    let mut releases = Vec::new();
    for file in facts.tree.files().iter().filter(ours) {
        if let Some(source) = file.text() {
            of_file(facts, &file.path, source, &mut releases);
        }
    }
    releases.truncate(MAX_RELEASES);
    releases
}

fn is_helmfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_yaml = [".yaml", ".yml", ".yaml.gotmpl"].iter().any(|end| name.ends_with(end));
    is_yaml && (name.starts_with("helmfile.") || path.split('/').any(|folder| folder == "helmfile.d"))
}

/// `helmfile.slim.yaml` beside `helmfile.yaml`, unless it names production.
fn is_variation(facts: &Facts<'_>, path: &str) -> bool {
    let (folder, name) = (folder_of(path), path.rsplit('/').next().unwrap_or(path));
    let plain = ["helmfile.yaml", "helmfile.yml", "helmfile.yaml.gotmpl"];
    let is_named = name.starts_with("helmfile.") && !plain.contains(&name);
    is_named
        && production::stage_of_path(path) != Stage::Production
        && plain.iter().any(|plain| facts.tree.file(&within(folder, plain)).is_some())
}

fn is_template(path: &str) -> bool {
    path.ends_with(".gotmpl")
}

/// The releases of one helmfile, with the environment of production.
fn of_file(facts: &Facts<'_>, path: &Arc<str>, source: &Source, releases: &mut Vec<Release>) {
    let mut library = Library::default();
    let Some(number) = library.add(source) else { return };
    let unknown = context(Item::hidden("Environment.Name"), &Item::hidden("Values"), Item::hidden("Release"));
    let Some(first) = print(&library, number, &unknown) else { return };
    let documents = documents(&first);
    let (name, state) = environment(facts, path, &documents);
    let known = context(name.clone(), &state, Item::hidden("Release"));
    let Some(rope) = print(&library, number, &known) else { return };
    let folder = folder_of(path);
    for document in self::documents(&rope) {
        let list = document.get("releases").and_then(Value::as_list).unwrap_or_default();
        for entry in list {
            let text = |key: &str| entry.get(key).and_then(Value::scalar_text);
            let (Some(called), Some(chart)) = (text("name"), text("chart")) else { continue };
            let span = rope.origin(entry.span).map_or(Span::new(0, 0), |origin| origin.span);
            let release = Item::record([
                ("Name", Item::text(&called)),
                ("Namespace", text("namespace").map_or_else(|| Item::hidden("Namespace"), |name| Item::text(&name))),
            ]);
            releases.push(Release {
                chart: chart_of(facts, folder, &chart),
                installed: installed(entry, &state),
                place: Place::at(path.clone(), span),
                is_listed: true,
                values: given(facts, folder, entry),
                context: context(name.clone(), &state, release),
                name: called,
            });
        }
    }
}

/// The environment that is production, and the values that it has.
fn environment(facts: &Facts<'_>, path: &str, documents: &[Value]) -> (Item, Item) {
    let mut known = documents.iter().filter_map(|document| document.get("environments")?.as_map());
    let Some(environments) = known.next() else {
        return (Item::text("default"), Item::record([]));
    };
    let is = |name: &&&str| environments.contains_key(name);
    let only_default = environments.keys().all(|name| name == "default").then_some(&"default");
    let Some(name) = PRODUCTION.iter().find(is).or(only_default) else {
        return (Item::hidden("Environment.Name"), Item::hidden("Values"));
    };
    let entry = environments.get(name).map(|field| &field.value);
    let list = entry.and_then(|entry| entry.get("values")?.as_list()).unwrap_or_default();
    let mut state = Item::record([]);
    for value in list {
        let values = match value.as_str() {
            None => Some(value.clone()),
            Some(relative) => joined(folder_of(path), relative).and_then(|path| {
                let source = facts.tree.text(&path).filter(|_| !is_template(&path))?;
                format::read(Format::Yaml, source).documents.into_iter().next()
            }),
        };
        match values {
            Some(values) => state = data::over(&state, &placeless(&values)),
            None => return (Item::text(name), Item::hidden("Values")),
        }
    }
    (Item::text(name), state)
}

fn context(environment: Item, values: &Item, release: Item) -> Item {
    Item::record([
        ("Environment", Item::record([("Name", environment), ("Values", values.clone())])),
        ("Values", values.clone()),
        ("StateValues", values.clone()),
        ("Namespace", release.get("Namespace")),
        ("Release", release),
    ])
}

fn chart_of(facts: &Facts<'_>, folder: &str, chart: &str) -> Chart {
    let local = joined(folder, chart).filter(|path| facts.tree.file(&within(path, "Chart.yaml")).is_some());
    local.map_or_else(|| Chart::Other(chart.rsplit('/').next().unwrap_or(chart).to_owned()), Chart::Folder)
}

/// `installed: false`, or `condition: shop.enabled` by the values of the environment.
fn installed(entry: &Value, state: &Item) -> Option<bool> {
    let said = entry.get("installed");
    let hidden = said.and_then(Value::as_str).is_some_and(rope::is_hidden);
    let condition = entry.get("condition").and_then(Value::as_str);
    let holds =
        condition.map_or(Some(true), |path| path.split('.').fold(state.clone(), |item, key| item.get(key)).truth());
    match said.and_then(Value::scalar_text).as_deref() {
        Some("false") => Some(false),
        _ if hidden => None,
        _ => holds,
    }
}

fn given(facts: &Facts<'_>, folder: &str, entry: &Value) -> Vec<Given> {
    let list = entry.get("values").and_then(Value::as_list).unwrap_or_default();
    let values = list.iter().map(|value| match value.as_str() {
        None => Given::Inline(value.clone()),
        Some(text) => {
            let path = (!rope::is_hidden(text)).then(|| joined(folder, text)).flatten();
            let there = path.filter(|path| facts.tree.file(path).is_some());
            there.map_or_else(|| Given::Lost(rope::shown(text)), Given::File)
        }
    });
    let set = entry.get("set").and_then(Value::as_list).unwrap_or_default().iter().filter_map(|one| {
        let name = one.get("name")?.as_str()?;
        let value = one.get("value").cloned().unwrap_or_else(|| Value::new(Kind::Str(String::new()), one.span));
        nested(name, value).map(Given::Inline)
    });
    values.chain(set).collect()
}

/// A value under a path of keys, `image.tag`; none for what Helm's own notation says of lists and dots.
pub(super) fn nested(name: &str, value: Value) -> Option<Value> {
    let nest = |inner: Value, key: &str| {
        let span = inner.span;
        Value::new(Kind::Map([(key.to_owned(), Field { key: span, value: inner })].into_iter().collect()), span)
    };
    let is_plain = !name.is_empty() && !name.contains(['[', ']', '{', '}', '\\']);
    is_plain.then(|| name.rsplit('.').fold(value, nest))
}

fn print(library: &Library, number: u16, context: &Item) -> Option<Rope> {
    let template = syntax::parse(library.file(number)?.text()).ok()?;
    let mut work = MAX_WORK;
    let printed = Renderer::new(library, number, &mut work).run(&template.body, context).ok()?;
    Some(with_hidden_lines(&printed))
}

fn documents(rope: &Rope) -> Vec<Value> {
    format::read(Format::Yaml, &Source::new("", rope.text())).documents
}

/// The values that a printed text holds, each where it was written.
fn item_of_rope(rope: &Rope) -> Option<Item> {
    let parsed = format::read(Format::Yaml, &Source::new("", rope.text()));
    if !parsed.problems.is_empty() {
        return None;
    }
    let doubts: Vec<Span> = rope.doubts().into_iter().map(|(span, _)| span).collect();
    Some(parsed.documents.first().map_or_else(|| Item::record([]), |value| item(value, rope, &doubts)))
}

/// The same for a value that stands in no file of the chart: it is shown where a template fills it in.
fn placeless(value: &Value) -> Item {
    item(value, &Rope::default(), &[])
}

fn item(value: &Value, rope: &Rope, doubts: &[Span]) -> Item {
    let origin = rope.origin(value.span);
    let mut made = match &value.kind {
        Kind::Str(text) if rope::is_all_hidden(text) => Item::hidden(&rope::shown(text)),
        Kind::Str(text) => Item::rope(Rope::of(text, origin.map_or(From::Nowhere, From::Whole))),
        Kind::List(list) if list.iter().any(|one| one.as_str().is_some_and(rope::is_hidden_line)) => {
            Item::hidden("list")
        }
        Kind::List(list) => Item::list(list.iter().map(|one| item(one, rope, doubts)).collect()),
        Kind::Map(map) => {
            let known = map.iter().filter(|(key, _)| !rope::is_hidden(key));
            let entries = known.map(|(key, field)| {
                let (from, to) = (field.key.start, field.value.span.end);
                let doubtful = doubts.iter().any(|doubt| doubt.start < to && from < doubt.end);
                let inner = item(&field.value, rope, doubts);
                let inner = if doubtful && inner.as_map().is_none() { Item::hidden(key) } else { inner };
                (key.to_string(), Entry { key: rope.origin(field.key), item: inner })
            });
            Item::map(entries.collect())
        }
        Kind::Null => Item::new(Data::Nil),
        _ => Item::of(value, NO_FILE),
    };
    made.origin = origin;
    made
}
