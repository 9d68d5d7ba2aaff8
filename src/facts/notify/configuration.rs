//! Alertmanager's configuration and Grafana's, wherever they stand: files of their own, values of charts, objects, and
//! texts inside of them.

use super::receiver::{self, Context};
use super::routing::{Label, Route};
use super::{Config, End, Integration, Notify, Routing, SEVERITY, State, WATCHDOGS, channel};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::alerts::Tier;
use crate::facts::containers::Platform;
use crate::facts::format::{self, Format};
use crate::facts::kubernetes::Object;
use crate::facts::production::{self, Stage, Standing};
use crate::source::{Source, Span};
use crate::value::{Kind, Value};
use base64::Engine as _;
use memchr::memmem;
use std::collections::BTreeMap;

/// How deep a configuration may lie inside other values.
const MAX_DEPTH: usize = 24;

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
];

/// Where a value was read from.
struct Site<'s> {
    at: &'s dyn Fn(Span) -> Place,
    standing: Standing,
    /// `global` stands in another object.
    is_part: bool,
    depth: usize,
}

/// Contact points and policies of Grafana, which may stand in different files.
#[derive(Default)]
struct Grafana {
    points: Vec<Point>,
    policies: Vec<(Route, Standing)>,
    /// Receivers that rules name themselves.
    named: Vec<String>,
}

struct Point {
    name: String,
    place: Place,
    standing: Standing,
    integrations: Vec<Integration>,
}

struct Reader<'f, 't> {
    facts: &'f Facts<'t>,
    view: &'f mut Notify,
    grafana: Grafana,
}

/// Reads all of them.
pub(super) fn read(facts: &Facts<'_>, view: &mut Notify) {
    let mut reader = Reader { facts, view, grafana: Grafana::default() };
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
        let site = Site { at: &at, standing: resource.standing.clone(), is_part: false, depth: 0 };
        reader.value(&resource.value, &site);
        reader.hidden_values(resource);
    }
    let grafana = std::mem::take(&mut reader.grafana);
    let view = reader.view;
    overlay(&mut view.configs);
    super::configuration::grafana(facts, grafana, view);
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
        let is_part = object.kind.ends_with("AlertmanagerConfig");
        let at = |span| object.at(span);
        let site = Site { at: &at, standing: object.standing.clone(), is_part, depth: 0 };
        match object.kind.as_str() {
            "GrafanaContactPoint" => {
                let Some(spec) = object.value.get("spec") else { return };
                let name = spec.get("name").and_then(Value::scalar_text).unwrap_or_else(|| object.name.clone());
                self.point(name, spec, &site);
            }
            "GrafanaNotificationPolicy" => {
                let route = object.value.at(&["spec", "route"]).and_then(Route::of);
                self.grafana.policies.extend(route.map(|route| (route, object.standing.clone())));
            }
            "Secret" => {
                self.value(&object.value, &site);
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
                    self.text(&text, &|_| place.clone(), &site);
                }
            }
            _ => self.value(&object.value, &site),
        }
    }

    /// A secret that a controller opens may hold the configuration.
    fn sealed(&mut self, object: &Object) {
        if !matches!(object.standing, Standing::Aside(_)) && object.name.contains("alertmanager") {
            let why = format!("{} may hold the configuration of Alertmanager", object.title());
            self.view.blind.push(Blind { place: Some(object.place()), why });
        }
    }

    /// Values of a chart that a Terraform expression hides.
    fn hidden_values(&mut self, resource: &crate::facts::infra::Resource) {
        let Some(values) = resource.value.get("values").filter(|_| resource.standing == Standing::Production) else {
            return;
        };
        let hides = |value: &Value| matches!(&value.kind, Kind::Expr(expression) if expression.raw.contains("alertmanager") || expression.raw.contains("receivers"));
        if hides(values) || values.as_list().unwrap_or_default().iter().any(hides) {
            let why = format!("the values of {} cannot be read", resource.title());
            self.view.blind.push(Blind { place: Some(resource.at(values.span)), why });
        }
    }

    fn file(&mut self, path: &str) {
        let Some(source) = self.facts.tree.text(path).filter(|source| may_route(source.text())) else { return };
        let name = path.rsplit('/').next().unwrap_or(path);
        if path.ends_with(".jsonnet") || path.ends_with(".libsonnet") {
            if source.text().contains("_configs") && !is_shown(path) {
                let why = "routes in jsonnet cannot be evaluated".to_owned();
                self.view.blind.push(Blind { place: Some(Place::file(path)), why });
            }
            return;
        }
        if self.is_template_of_chart(path) {
            return;
        }
        let extension = name.rsplit('.').next().unwrap_or("");
        let is_template = ["j2", "tpl", "tmpl", "erb", "gotmpl"].contains(&extension) && name.contains("alertmanager");
        let (documents, blind): (Vec<Value>, Vec<Blind>) = match Format::of(path) {
            Some(Format::Yaml | Format::Json) => {
                let Some(parsed) = self.facts.parsed(path) else { return };
                (parsed.documents.clone(), parsed.blind().collect())
            }
            _ if is_template => {
                let parsed = format::read(Format::Yaml, source);
                let blind =
                    parsed.blind().take(1).map(|blind| Blind { place: Some(Place::file(path)), ..blind }).collect();
                (parsed.documents, blind)
            }
            _ => return,
        };
        if is_shown(path) {
            return;
        }
        if memmem::find(source.text().as_bytes(), b"_configs").is_some() {
            self.view.blind.extend(blind);
        }
        let standing = self.standing(path, name);
        let at = |span| Place::at(path, span);
        for document in documents.iter().filter(|document| document.get("kind").is_none()) {
            self.value(document, &Site { at: &at, standing: standing.clone(), is_part: false, depth: 0 });
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

    fn is_template_of_chart(&self, path: &str) -> bool {
        let mut rest = path;
        while let Some((before, _)) =
            rest.rsplit_once("/templates/").or_else(|| rest.strip_prefix("templates/").map(|_| ("", "")))
        {
            let chart = if before.is_empty() { "Chart.yaml".to_owned() } else { format!("{before}/Chart.yaml") };
            if self.facts.tree.text(&chart).is_some() {
                return true;
            }
            rest = before;
        }
        false
    }

    /// A text that is a configuration in itself.
    fn text(&mut self, text: &str, place: &dyn Fn(usize) -> Place, site: &Site<'_>) {
        if site.depth >= MAX_DEPTH || !may_route(text) {
            return;
        }
        let parsed = format::read(Format::Yaml, &Source::new("", text));
        if !parsed.problems.is_empty() && text.contains("_configs") {
            let why = "a configuration of Alertmanager cannot be read".to_owned();
            self.view.blind.push(Blind { place: Some(place(0)), why });
        }
        let at = |span: Span| place(text.get(..span.start as usize).map_or(0, |before| before.matches('\n').count()));
        for document in &parsed.documents {
            let inner = Site { at: &at, standing: site.standing.clone(), is_part: site.is_part, depth: site.depth + 1 };
            self.value(document, &inner);
        }
    }

    /// Looks for configurations in a value and below.
    fn value(&mut self, value: &Value, site: &Site<'_>) {
        if site.depth >= MAX_DEPTH {
            return;
        }
        match &value.kind {
            Kind::Str(text) if text.len() > 40 && text.contains('\n') => {
                let outer = (site.at)(value.span);
                let facts = self.facts;
                self.text(text, &|line| line_of(facts, &outer, line), site);
            }
            Kind::List(list) => list.iter().for_each(|inner| self.value(inner, &deeper(site, false))),
            Kind::Map(map) => {
                let is_off = value.get("enabled").and_then(Value::as_bool) == Some(false);
                let site = deeper(site, is_off);
                if self.configuration(value, &site) {
                    return;
                }
                for (key, field) in map {
                    match (key.as_str(), field.value.as_list()) {
                        ("contactPoints", Some(points)) => {
                            for point in points {
                                let name = point.get("name").and_then(Value::scalar_text).unwrap_or_default();
                                self.point(name, point, &site);
                            }
                        }
                        ("policies", Some(policies))
                            if policies.iter().any(|policy| policy.get("receiver").is_some()) =>
                        {
                            let routes = policies.iter().filter_map(Route::of);
                            self.grafana.policies.extend(routes.map(|route| (route, site.standing.clone())));
                        }
                        ("notification_settings", None) => {
                            self.grafana.named.extend(field.value.get("receiver").and_then(Value::scalar_text));
                        }
                        _ => self.value(&field.value, &site),
                    }
                }
            }
            _ => {}
        }
    }

    fn point(&mut self, name: String, value: &Value, site: &Site<'_>) {
        let context = Context { at: site.at, global: None, is_part: true };
        let mut integrations = receiver::integrations(value, &context);
        if value.get("type").is_some() {
            integrations.extend(receiver::grafana(value, &context));
        }
        let place = (site.at)(value.get("name").map_or(value.span, |name| name.span));
        self.grafana.points.push(Point { name, place, standing: site.standing.clone(), integrations });
    }

    /// A map that is a configuration of Alertmanager.
    fn configuration(&mut self, value: &Value, site: &Site<'_>) -> bool {
        let key = |plain: &str, role: &str| value.get(plain).or_else(|| value.get(role));
        let receivers = key("receivers", "alertmanager_receivers").and_then(Value::as_list).unwrap_or_default();
        let is_receiver = |one: &Value| one.get("name").is_some();
        if receivers.is_empty() || !receivers.iter().all(is_receiver) {
            return false;
        }
        let written = key("route", "alertmanager_route").filter(|route| route.as_map().is_some());
        let has_integration =
            |one: &Value| one.as_map().is_some_and(|map| map.keys().any(|key| key.ends_with("_configs")));
        if written.is_none() && !receivers.iter().any(has_integration) {
            return false;
        }
        let is_role = value.get("alertmanager_receivers").is_some();
        let context = Context { at: site.at, global: value.get("global"), is_part: site.is_part || is_role };
        let route = written.and_then(Route::of);
        let heard = route.as_ref().map(Heard::of);
        let mut config = Config {
            place: (site.at)(
                written.map_or(value.span, |route| route.get("receiver").map_or(route.span, |name| name.span)),
            ),
            title: "the configuration of Alertmanager".to_owned(),
            standing: site.standing.clone(),
            ends: Vec::new(),
            routing: None,
        };
        let mut live = std::collections::BTreeSet::new();
        let mut empty = Vec::new();
        for one in receivers {
            let name = one.get("name").and_then(Value::scalar_text).unwrap_or_default();
            let state = heard.as_ref().map_or_else(
                || State::Unclear("its routes do not stand beside it".to_owned()),
                |heard| heard.state(&name),
            );
            let integrations = receiver::integrations(one, &context);
            if integrations.is_empty() {
                empty.push((name.clone(), one.get("name").map_or(one.span, |name| name.span)));
            }
            for integration in integrations {
                let mut state = state.clone();
                if integration.channel == channel::HEARTBEAT
                    && heard.as_ref().is_some_and(|heard| heard.watchdog.contains(&name))
                {
                    state = State::Reached { critical: false };
                }
                let end = End::of(integration, format!("receiver \"{name}\""), state);
                if !matches!(end.state, State::Silent(_)) {
                    live.insert(name.clone());
                }
                config.ends.push(end);
            }
        }
        config.routing = route.map(|route| {
            let muted = route.named_for("alertname", WATCHDOGS);
            let muted = muted.and_then(|muted| empty.iter().find(|(name, _)| name == muted));
            Routing { muted_watchdog: muted.map(|(_, span)| (site.at)(*span)), route, live }
        });
        self.view.configs.push(config);
        true
    }
}

/// Which receivers hear of which alerts.
struct Heard {
    critical: Vec<String>,
    others: Vec<String>,
    watchdog: Vec<String>,
}

impl Heard {
    fn of(route: &Route) -> Self {
        let mut words = Vec::new();
        route.values_of(SEVERITY, &mut words);
        let (mut loud, mut quiet): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| pages(word));
        if loud.is_empty() {
            loud.push("critical");
        }
        quiet.extend(["warning", "info", ""]);
        let heard = |words: &[&str], name: Label<'static>| -> Vec<String> {
            let of_word = |word: &&str| {
                let label = |label: &str| match label {
                    "alertname" => name,
                    _ if SEVERITY.contains(&label) => Label::Is(*word),
                    _ => Label::Free,
                };
                route.receivers(&label).into_iter().map(str::to_owned).collect::<Vec<_>>()
            };
            words.iter().flat_map(of_word).collect()
        };
        let usual = Label::Other(WATCHDOGS);
        Self {
            critical: heard(&loud, usual),
            others: heard(&quiet, usual),
            watchdog: heard(&["none", ""], Label::Is("Watchdog")),
        }
    }

    fn state(&self, name: &str) -> State {
        let heard = |list: &[String]| list.iter().any(|one| one == name);
        if heard(&self.critical) {
            State::Reached { critical: true }
        } else if heard(&self.others) {
            State::Reached { critical: false }
        } else if heard(&self.watchdog) {
            State::Silent("only the watchdog leads to it".to_owned())
        } else {
            State::Silent("no route leads to it".to_owned())
        }
    }
}

/// Whether a word of a severity label pages somebody.
pub(super) fn pages(word: &str) -> bool {
    let value = Value::new(Kind::Str(word.to_owned()), Span::default());
    let field = crate::value::Field { key: Span::default(), value };
    let labels = Value::new(Kind::Map([("severity".to_owned(), field)].into_iter().collect()), Span::default());
    Tier::of(Some(&labels)) == Tier::Page
}

/// Contact points with the policies that lead to them.
fn grafana(facts: &Facts<'_>, mut grafana: Grafana, view: &mut Notify) {
    super::cloud::grafana(facts, &mut |name, place, integrations, standing| {
        grafana.points.push(Point { name, place, standing, integrations });
    });
    for resource in facts.infra().of_kind("grafana_notification_policy") {
        grafana.policies.extend(Route::of(&resource.value).map(|route| (route, Standing::Production)));
    }
    let production = grafana.policies.iter().filter(|(_, standing)| *standing == Standing::Production);
    let policies: Vec<(&Route, Heard)> = production.map(|(route, _)| (route, Heard::of(route))).collect();
    for point in grafana.points {
        let named = grafana.named.contains(&point.name) || point.name.starts_with("grafana-default-email");
        let states = policies.iter().map(|(_, heard)| heard.state(&point.name));
        let best = states.reduce(|best, state| match (&best, &state) {
            (State::Reached { critical: true }, _) => best,
            (State::Reached { .. }, State::Silent(_)) => best,
            _ => state,
        });
        let state = match best {
            _ if named => State::Reached { critical: true },
            Some(state) => state,
            None => State::Unclear("no notification policy of the tree says what it is for".to_owned()),
        };
        let title = format!("contact point \"{}\"", point.name);
        let ends: Vec<End> = point
            .integrations
            .into_iter()
            .map(|integration| End::of(integration, title.clone(), state.clone()))
            .collect();
        view.configs.push(Config { place: point.place, title, standing: point.standing, ends, routing: None });
    }
}

/// A cheap look before parsing.
fn may_route(text: &str) -> bool {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    (has("receivers") && (has("route") || has("_configs")))
        || has("contactPoints")
        || (has("policies") && has("receiver"))
        || has("notification_settings")
}

fn is_shown(path: &str) -> bool {
    production::is_fixture(path) || production::is_example(path)
}

fn deeper<'s>(site: &Site<'s>, is_off: bool) -> Site<'s> {
    let standing = if is_off { Standing::Aside("it is switched off".to_owned()) } else { site.standing.clone() };
    Site { at: site.at, standing, is_part: site.is_part, depth: site.depth + 1 }
}

/// The place of a line inside a text that stands in a file as a block.
fn line_of(facts: &Facts<'_>, outer: &Place, line: usize) -> Place {
    let found = outer.span.and_then(|span| {
        let source = facts.tree.text(&outer.path)?;
        let raw = source.text().get(span.range())?;
        let mut start = span.start as usize;
        let is_header = |text: &str| text.trim_start().starts_with(['|', '>']);
        let mut lines = raw.split_inclusive('\n');
        if raw.lines().next().is_some_and(is_header) {
            start += lines.next().map_or(0, str::len);
        }
        for (number, text) in lines.enumerate() {
            if number == line {
                let indent = text.len() - text.trim_start().len();
                return Some(Span::new(start + indent, start + text.trim_end().len().max(indent)));
            }
            start += text.len();
        }
        None
    });
    found.map_or_else(|| outer.clone(), |span| Place::at(outer.path.clone(), span))
}
