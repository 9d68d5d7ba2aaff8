//! Settings files as single settings: every scalar and list under its path of keys, and the parts of connection texts.

use super::files::{self, Sections, SettingsFile};
use super::loaded::Loaded;
use super::named;
use super::readers;
use super::shipped::Shipped;
use super::{Config, Connection, Held, Key, Layer, Setting, Unparsed};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::containers::third_party_image;
use crate::facts::format::{Format, Parsed};
use crate::facts::own_name::OwnName;
use crate::facts::production::is_in_tools;
use crate::tree::Tree;
use crate::tree::path::{folder_of, within};
use crate::value::{Kind, Value};
use std::sync::Arc;

/// Reads every settings file of production into single settings.
pub(super) fn files(facts: &Facts<'_>, config: &mut Config) {
    for file in files::list(facts.tree, &Shipped::read(facts), &Loaded::read(facts)) {
        // What production does with a chart's values then stands in its objects.
        let is_overlaid = || facts.released_charts().iter().any(|folder| file.path.starts_with(folder.as_str()));
        if facts.vendored().holds(file.path) || facts.manifests().is_test_support(file.path) || is_overlaid() {
            continue;
        }
        let Some(parsed) = facts.parsed(file.path) else {
            let unread = facts.tree.file(file.path).filter(|file| file.text().is_none());
            config.blind.extend(unread.map(|file| Blind {
                place: Some(Place::file(file.path.clone())),
                why: "settings that could not be read as text".to_owned(),
            }));
            continue;
        };
        config.unparsed.extend(parsed.blind().map(|blind| Unparsed::new(blind, parsed.source.text())));
        let is_chart = facts.tree.file(&within(folder_of(file.path), "Chart.yaml")).is_some();
        let (owner, settings) = (file.service.into(), &mut config.settings);
        let is_foreign = is_chart && is_one_of_many(facts, folder_of(file.path));
        // Files of production laid over it may turn on what is off there.
        let is_alone = is_chart && !has_overlay(facts, folder_of(file.path));
        Reader {
            file: &file,
            parsed,
            owner,
            settings,
            own: facts.own_name(),
            tree: facts.tree,
            is_chart,
            is_alone,
            is_foreign,
        }
        .read();
    }
}

/// Whether values of production lie beside those of a chart.
fn has_overlay(facts: &Facts<'_>, chart: &str) -> bool {
    let is_one = |name: &str| name.starts_with("values") && name != "values.yaml" && name.contains("prod");
    facts.tree.files().iter().any(|file| is_one(file.name()) && folder_of(&file.path) == chart)
}

/// So many charts side by side, and no program, are a collection for others to choose from: what one of them sets says
/// nothing of the rest, nor of whose production takes it.
const COLLECTION: usize = 4;

/// Whether a chart is one of a collection.
fn is_one_of_many(facts: &Facts<'_>, chart: &str) -> bool {
    let (around, _) = chart.rsplit_once('/').unwrap_or_default();
    let beside = facts.tree.files().iter().filter(|file| {
        let folder = folder_of(&file.path);
        file.name() == "Chart.yaml" && folder.rsplit_once('/').unwrap_or_default().0 == around
    });
    let mut packages = facts.manifests().packages.iter();
    beside.take(COLLECTION).count() == COLLECTION && packages.all(|package| is_in_tools(&package.path))
}

struct Reader<'r> {
    file: &'r SettingsFile<'r>,
    parsed: &'r Parsed,
    owner: Arc<str>,
    settings: &'r mut Vec<Setting>,
    own: &'r OwnName,
    tree: &'r Tree,
    /// Whether they are the values of a chart.
    is_chart: bool,
    /// Whether they are those of production, and none lie over them.
    is_alone: bool,
    /// Whether what is read is for a program of somebody else.
    is_foreign: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        for document in &self.parsed.documents {
            if files::is_other_document(document) {
                continue;
            }
            match files::sections(document) {
                Sections::Never => {}
                Sections::None => self.walk(document, &Key::default(), "", self.file.layer),
                Sections::Production => self.walk(document, &Key::default(), "", Layer::Production),
                Sections::Each => {
                    let Some(map) = document.as_map() else { continue };
                    for (layer, section) in files::production_sections(map) {
                        self.walk(section, &Key::default(), "", layer);
                    }
                }
            }
        }
    }

    /// Whether the file only says which variable holds which setting: node-config's `custom-environment-variables.json`.
    fn names_variables(&self) -> bool {
        let name = self.file.path.rsplit('/').next().unwrap_or_default();
        name.starts_with("custom-environment-variables.")
    }

    /// The depth is bounded by that of the parsed value.
    fn walk(&mut self, value: &Value, key: &Key, name: &str, layer: Layer) {
        if let Some((held, default_in)) = self.held(value).filter(|_| !name.is_empty()) {
            let held = held.plain().and_then(|text| named::held(name, text)).unwrap_or(held);
            let held = if self.names_variables() { held.into_variable() } else { held };
            let setting = Setting {
                name: name.to_owned(),
                key: key.clone(),
                held,
                place: Place::at(self.file.path, value.span),
                layer,
                owner: self.owner.clone(),
                is_variable: self.file.format == Format::Dotenv,
                is_foreign: self.is_foreign || self.is_for_readers(value, name),
                default_in,
                part_of: None,
            };
            push(self.settings, setting);
            return;
        }
        match &value.kind {
            Kind::Map(map) => {
                let around = self.is_foreign;
                let is_values = self.is_chart || is_of_values(self.file.path);
                let runs_another = is_values && runs_another(value, self.own);
                // What belongs to a part that is off is in nobody's way.
                let is_off =
                    self.is_alone && !name.is_empty() && value.get("enabled").and_then(Value::as_bool) == Some(false);
                for (part, field) in map.iter().filter(|(part, _)| !is_off || *part == "enabled") {
                    // Whether a section is on at all is said to the chart.
                    self.is_foreign = around || runs_another && (name.is_empty() || part != "enabled");
                    let name = if name.is_empty() { part.to_string() } else { format!("{name}.{part}") };
                    self.walk(&field.value, &key.below(part), &name, layer);
                }
                self.is_foreign = around;
            }
            Kind::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.walk(item, key, &format!("{name}[{at}]"), layer);
                }
            }
            _ => {}
        }
    }

    /// Whether a switch of the chart is only for those who read what the program tells.
    fn is_for_readers(&self, value: &Value, name: &str) -> bool {
        let is_switch = self.is_chart && value.as_bool().is_some();
        is_switch && readers::is_for_readers(self.tree, folder_of(self.file.path), name)
    }

    fn held(&self, value: &Value) -> Option<(Held, Option<String>)> {
        let held = Held::of(value, self.parsed.raw(value));
        match held {
            // Behind a colon Spring reads `-1` as the number that it is; a shell would read 1.
            Some((Held::Plain(default), Some(text))) if text.contains(":-") && is_of_spring(self.file.path) => {
                Some((Held::Plain(format!("-{default}")), Some(text)))
            }
            held => held,
        }
    }
}

/// Whether Spring reads a file, by its name.
fn is_of_spring(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    matches!(extension, "properties" | "yml" | "yaml")
        && ["application", "bootstrap"]
            .iter()
            .any(|own| stem.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

/// Whether a file is given to a chart that may be kept elsewhere, by its name: `queue-values.yaml`.
fn is_of_values(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| stem.split(['-', '_', '.']).any(|word| word == "values"))
}

/// Whether the values of a chart, or a section of them, are for an image of somebody else. What `helm create` writes,
/// `nginx`, stands for the image to come.
fn runs_another(values: &Value, own: &OwnName) -> bool {
    let Some(image) = values.get("image") else { return false };
    let name = image.as_str().or_else(|| image.get("repository").or_else(|| image.get("name"))?.as_str());
    name.is_some_and(|name| name != "nginx" && third_party_image(name).is_some() && own.is_in(name) != Some(true))
}

/// Adds a setting, and the parts of the connection text that it holds.
pub(super) fn push(settings: &mut Vec<Setting>, setting: Setting) {
    let connection = setting.held.plain().and_then(Connection::parse);
    if let Some(connection) = connection {
        let parts = parts(&setting, &connection);
        settings.push(setting);
        settings.extend(parts);
    } else {
        settings.push(setting);
    }
}

/// `database.url: postgres://u:p@h/db?sslmode=require` also says `database.user`, `.password`, `.host` and `.sslmode`.
fn parts(setting: &Setting, connection: &Connection) -> Vec<Setting> {
    let named = ["url", "uri", "dsn", "string", "connectionstring"];
    let last = setting.key.words().last().map_or("", String::as_str);
    let mut parent = setting.key.above(usize::from(named.contains(&last)));
    if parent.words().last().is_some_and(|word| word == "connection") {
        parent = parent.above(1);
    }
    let tells =
        |key: &Key| key.words().iter().any(|word| ["database", "db", "postgres", "mysql"].contains(&word.as_str()));
    let is_store =
        connection.is_database() && !["redis", "rediss", "amqp", "amqps"].contains(&connection.scheme.as_str());
    if !tells(&parent) && (is_store || connection.scheme.is_empty()) {
        parent = parent.below("database");
    }
    let own = [("user", &connection.user), ("password", &connection.password), ("host", &connection.host)];
    let own = own.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
    let given = connection.parameters.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    own.chain(given)
        .map(|(name, text)| {
            let (held, default_in) = Held::of_text(text);
            Setting {
                name: format!("{} ({name})", setting.name),
                key: parent.below(name),
                held,
                default_in: default_in.or_else(|| setting.default_in.clone()),
                part_of: Some(setting.key.clone()),
                ..setting.clone()
            }
        })
        .collect()
}
