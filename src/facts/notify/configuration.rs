//! Alertmanager's configuration and Grafana's, wherever they stand: files of their own, values of charts, objects, and
//! texts inside of them.

use super::grafana::Grafana;
use super::{Config, Notify, alertmanager};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::containers::Platform;
use crate::facts::embedded::{self, Look, Site};
use crate::facts::format::{self, Format};
use crate::facts::infra::Resource;
use crate::facts::kubernetes::{Object, is_template_of_a_chart};
use crate::facts::production::{self, Stage, Standing};
use crate::value::{Kind, Value};
use base64::Engine as _;
use memchr::memmem;
use std::collections::BTreeMap;

/// Kinds of objects that hold configurations, in themselves or as text.
const KINDS: &[&str] = &[
    "AlertmanagerConfig",
    "VMAlertmanagerConfig",
    "ConfigMap",
    "Secret",
    "HelmRelease",
    "HelmChart",
    "Application",
    "GrafanaContactPoint",
    "GrafanaNotificationPolicy",
    "GrafanaAlertRuleGroup",
    "Alertmanager",
];

struct Reader<'f, 't> {
    facts: &'f Facts<'t>,
    view: &'f mut Notify,
    grafana: Grafana,
    /// Whether `global` stands in another object than what is read.
    is_part: bool,
    /// Secrets whose keys do not show, and that may hold a configuration.
    sealed: Vec<Blind>,
}

/// Reads all of them.
pub(super) fn read(facts: &Facts<'_>, view: &mut Notify) {
    let mut reader = Reader { facts, view, grafana: Grafana::default(), is_part: false, sealed: Vec::new() };
    for object in &facts.kubernetes().objects {
        if KINDS.iter().any(|kind| object.kind == *kind) {
            reader.object(object);
        } else if matches!(object.kind.as_str(), "SealedSecret" | "ExternalSecret") {
            reader.sealed(object);
        }
    }
    let words = ["receivers:", "AlertmanagerConfig", "contactPoints"];
    reader.view.blind.extend(facts.kubernetes().unread(&words));
    for file in facts.tree.files() {
        reader.file(&file.path);
    }
    for resource in facts.infra().resources.iter().filter(|resource| resource.is_kind("helm_release")) {
        let at = |span| resource.at(span);
        embedded::walk(facts, &mut reader, "", &resource.value, &Site::new(&at, resource.standing.clone()));
        reader.hidden_values(resource);
    }
    let Reader { grafana, view, sealed, .. } = reader;
    // Without a configuration in the tree, what is sealed may be the one.
    if !view.configs.iter().any(|config| config.counts() && config.routing.is_some()) {
        view.blind.extend(sealed);
    }
    overlay(&mut view.configs);
    grafana.join(facts, view);
}

/// Values of production replace those of the same chart.
fn overlay(configs: &mut [Config]) {
    let folder =
        |config: &Config| config.place.path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let is_values = |config: &Config| {
        config
            .place
            .path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("values") || name.ends_with("values.yaml"))
    };
    let replaced: BTreeMap<String, String> = configs
        .iter()
        .filter(|config| is_values(config) && production::stage_of_path(&config.place.path) == Stage::Production)
        .map(|config| (folder(config), config.place.path.to_string()))
        .collect();
    for config in configs.iter_mut().filter(|config| is_values(config) && config.counts()) {
        let by = replaced.get(&folder(config));
        if let Some(path) = by.filter(|_| production::stage_of_path(&config.place.path) != Stage::Production) {
            config.standing = Standing::Aside(format!("{path} replaces it"));
        }
    }
}

impl Reader<'_, '_> {
    fn object(&mut self, object: &Object) {
        let facts = self.facts;
        let at = |span| object.at(span);
        let site = Site::new(&at, object.standing.clone());
        match object.kind.as_str() {
            "GrafanaContactPoint" => {
                let Some(spec) = object.value.get("spec") else { return };
                let name = spec.get("name").and_then(Value::scalar_text).unwrap_or_else(|| object.name.clone());
                self.grafana.point(name, spec, site.at, &site.standing);
            }
            "GrafanaNotificationPolicy" => {
                let route = object.value.at(&["spec", "route"]);
                if let Some(route) = route {
                    self.grafana.policy(route, &object.standing);
                }
            }
            "Secret" => {
                embedded::walk(facts, self, "", &object.value, &site);
                let data = object.value.get("data").and_then(Value::as_map).into_iter().flatten();
                for (key, field) in data.filter(|(key, _)| key.contains("alertmanager") && key.contains(".y")) {
                    let bytes = field.value.as_str().map(|text| text.replace(char::is_whitespace, ""));
                    let bytes = bytes.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
                    let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
                        let why = format!("`{key}` of {} cannot be read", object.title());
                        self.view.blind.push(Blind { place: Some(object.at(field.key)), why });
                        continue;
                    };
                    let place = object.at(field.key);
                    embedded::text(facts, self, &text, &|_| place.clone(), &site);
                }
            }
            kind => {
                self.is_part = kind.ends_with("AlertmanagerConfig");
                embedded::walk(facts, self, "", &object.value, &site);
                self.is_part = false;
            }
        }
    }

    /// A secret that a controller opens may hold the configuration.
    fn sealed(&mut self, object: &Object) {
        if matches!(object.standing, Standing::Aside(_)) || !object.name.contains("alertmanager") {
            return;
        }
        let maps = [["spec", "encryptedData"].as_slice(), &["spec", "target", "template", "data"]];
        let keys = maps
            .iter()
            .filter_map(|path| object.value.at(path)?.as_map())
            .flat_map(|map| map.keys().map(ToString::to_string));
        let entries = object.value.at(&["spec", "data"]).and_then(Value::as_list).unwrap_or_default().iter();
        let keys: Vec<String> = keys.chain(entries.filter_map(|entry| entry.get("secretKey")?.scalar_text())).collect();
        let why = format!("{} may hold the configuration of Alertmanager", object.title());
        let blind = Blind { place: Some(object.place()), why };
        if keys.is_empty() {
            self.sealed.push(blind);
        } else if keys.iter().any(|key| key.contains(".y")) {
            self.view.blind.push(blind);
        }
    }

    /// Values of a chart that a Terraform expression holds: a text with variables in it, or a file of the tree.
    fn hidden_values(&mut self, resource: &Resource) {
        let Some(values) = resource.value.get("values") else { return };
        for value in values.as_list().unwrap_or(std::slice::from_ref(values)) {
            let Kind::Expr(expression) = &value.kind else { continue };
            let raw = expression.raw.trim();
            let is_file = raw.starts_with("file(") || raw.starts_with("templatefile(");
            let named = raw.split('"').nth(1).and_then(|path| path.rsplit('/').next()).filter(|_| is_file);
            let is_there = |name: &str| self.facts.tree.files().iter().any(|file| file.name() == name);
            if !raw.contains("alertmanager") && !raw.contains("receivers") || named.is_some_and(is_there) {
                continue;
            }
            let place = resource.at(value.span);
            let standing = resource.standing.clone();
            let body = raw
                .strip_prefix("<<")
                .and_then(|text| text.split_once('\n'))
                .and_then(|(_, text)| text.rsplit_once('\n'));
            let before = self.view.configs.len();
            if let Some((text, _)) = body {
                let at = |_| place.clone();
                let site = Site::new(&at, standing.clone());
                embedded::text(self.facts, self, text, &|_| place.clone(), &site);
            }
            if self.view.configs.len() == before && standing == Standing::Production {
                let why = format!("the values of {} cannot be read", resource.title());
                self.view.blind.push(Blind { place: Some(place), why });
            }
        }
    }

    fn file(&mut self, path: &str) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit('.').next().unwrap_or("");
        let is_jsonnet = ["jsonnet", "libsonnet"].contains(&extension);
        let is_template = ["j2", "tpl", "tmpl", "tftpl", "erb", "gotmpl"].contains(&extension)
            && ["alertmanager", "prometheus", "values"].iter().any(|word| name.contains(word));
        let is_settings = matches!(Format::of(path), Some(Format::Yaml | Format::Json));
        if !(is_settings || is_template || is_jsonnet) || is_shown(path) {
            return;
        }
        let Some(source) = self.facts.tree.text(path).filter(|source| may_route(source.text())) else { return };
        let has_receivers = memmem::find(source.text().as_bytes(), b"_configs").is_some();
        if is_jsonnet {
            if has_receivers {
                let why = "routes in jsonnet cannot be evaluated".to_owned();
                self.view.blind.push(Blind { place: Some(Place::file(path)), why });
            }
            return;
        }
        if is_template_of_a_chart(self.facts.tree, path) {
            return;
        }
        let read;
        let parsed = if is_template {
            read = format::read(Format::Yaml, source);
            &read
        } else {
            let Some(parsed) = self.facts.parsed(path) else { return };
            parsed
        };
        if has_receivers {
            let file =
                |blind: Blind| Blind { place: blind.place.map(|place| Place { path: path.into(), ..place }), ..blind };
            self.view.blind.extend(parsed.blind().map(file));
        }
        let standing = self.standing(path, name);
        let at = |span| Place::at(path, span);
        for document in parsed.documents.iter().filter(|document| document.get("kind").is_none()) {
            embedded::walk(self.facts, self, "", document, &Site::new(&at, standing.clone()));
        }
    }

    /// A file that only a development composition mounts is not production's.
    fn standing(&self, path: &str, name: &str) -> Standing {
        if let Stage::Never(word) = production::stage_of_path(path) {
            return Standing::Aside(format!("\"{word}\" in its path"));
        }
        let folder = path.rsplit('/').nth(1).unwrap_or(name);
        let mounts = |compose: &str| {
            self.facts
                .tree
                .text(compose)
                .is_some_and(|source| source.text().contains(name) || source.text().contains(&format!("/{folder}")))
        };
        let watches = |service: &&crate::facts::containers::Service| {
            service.platform == Platform::Compose
                && (service.name.contains("alertmanager") || service.name.contains("grafana"))
                && mounts(&service.place.path)
        };
        let services: Vec<_> = self.facts.containers().services.iter().filter(watches).collect();
        let production = services.iter().any(|service| service.standing == Standing::Production);
        match services.first() {
            Some(first) if !production => first.standing.clone(),
            _ => Standing::Production,
        }
    }

    /// The secret that holds the configuration, when it is not in the tree.
    fn named_secret(&mut self, name: &Value, standing: &Standing) {
        let Some(name) = name.as_str().filter(|name| !name.is_empty() && *standing == Standing::Production) else {
            return;
        };
        if self.facts.kubernetes().find("Secret", name).is_none() && !is_generated(self.facts, name) {
            let why = format!("the configuration of Alertmanager is in the secret {name}, which is not in the tree");
            self.view.blind.push(Blind { place: None, why });
        }
    }
}

impl Look for Reader<'_, '_> {
    fn may_be_in(&self, text: &str) -> bool {
        may_route(text)
    }

    /// A configuration of Alertmanager, or a part of one of Grafana.
    fn take(&mut self, key: &str, value: &Value, site: &Site<'_>) -> bool {
        match (key, value.as_list()) {
            ("contactPoints", Some(points)) => {
                for point in points {
                    let name = point.get("name").and_then(Value::scalar_text).unwrap_or_default();
                    self.grafana.point(name, point, site.at, &site.standing);
                }
            }
            ("policies", Some(policies)) if policies.iter().any(|policy| policy.get("receiver").is_some()) => {
                for policy in policies {
                    self.grafana.policy(policy, &site.standing);
                }
            }
            ("notification_settings", None) => self.grafana.named(value),
            ("configSecret", None) => self.named_secret(value, &site.standing),
            _ => {
                let config =
                    value.as_map().and_then(|_| alertmanager::read(value, site.at, &site.standing, self.is_part));
                let is_one = config.is_some();
                self.view.configs.extend(config);
                return is_one;
            }
        }
        true
    }

    fn unreadable(&mut self, text: &str, place: Place) {
        if text.contains("_configs") {
            let why = "a configuration of Alertmanager cannot be read".to_owned();
            self.view.blind.push(Blind { place: Some(place), why });
        }
    }
}

/// A cheap look before parsing: all but one of them speak of receivers.
fn may_route(text: &str) -> bool {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let words = ["route", "_configs", "contactPoints", "policies", "notification_settings"];
    (has("receiver") && words.into_iter().any(has)) || has("configSecret")
}

fn is_shown(path: &str) -> bool {
    production::is_fixture(path) || production::is_example(path)
}

/// Whether a kustomization makes a secret of files of the tree, which are then read where they lie.
fn is_generated(facts: &Facts<'_>, name: &str) -> bool {
    let is_kustomization =
        |path: &str| matches!(path.rsplit('/').next(), Some("kustomization.yaml" | "kustomization.yml"));
    let kustomizations = facts.tree.files().iter().filter(|file| is_kustomization(&file.path));
    let mut generators =
        kustomizations.filter_map(|file| facts.parsed(&file.path)?.first()?.get("secretGenerator")?.as_list());
    generators.any(|list| {
        list.iter().any(|secret| {
            let files = secret.get("files").and_then(Value::as_list).unwrap_or_default();
            secret.get("name").and_then(Value::as_str) == Some(name) && !files.is_empty()
        })
    })
}
