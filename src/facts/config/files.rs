//! Which files are settings that production reads, and which layer each is.

use super::Layer;
use super::loaded::Loaded;
use super::shipped::Shipped;
use crate::facts::code::is_of_a_suite;
use crate::facts::disowned::{is_disowned, is_for_development};
use crate::facts::format::Format;
use crate::facts::kubernetes::is_template_of_a_chart;
use crate::facts::production::{self, Stage};
use crate::facts::secrets::is_translation;
use crate::source::head;
use crate::tree::Tree;
use crate::tree::path::within;
use crate::value::{Kind, Map, Value};

/// A file that holds settings.
pub(super) struct SettingsFile<'t> {
    pub(super) path: &'t str,
    pub(super) layer: Layer,
    pub(super) format: Format,
    /// The folder of the service that the settings belong to; empty at the root.
    pub(super) service: &'t str,
}

/// Folders that keep settings.
const FOLDERS: &[&str] = &[
    "config",
    "configuration",
    "configs",
    "conf",
    "settings",
    "etc",
    "deploy",
    "deployment",
    "environments",
    "environment",
    "env",
    "envs",
    "resources",
    "properties",
    "cfg",
];
/// In these an unmarked file is settings too.
const PLAIN_FOLDERS: &[&str] = &["config", "configuration", "configs", "conf", "settings"];
/// A folder with one of these is a service.
const MANIFESTS: &[&str] = &[
    "Cargo.toml",
    "package.json",
    "go.mod",
    "pyproject.toml",
    "requirements.txt",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "composer.json",
    "mix.exs",
    "Dockerfile",
];
/// Words of a file's name or folder that make it something else than the program's settings.
const OTHER: &[&str] = &[
    "locale",
    "locales",
    "i18n",
    "lang",
    "languages",
    "translation",
    "translations",
    "messages",
    "jest",
    "webpack",
    "babel",
    "eslint",
    "tslint",
    "tsconfig",
    "jsconfig",
    "prettier",
    "stylelint",
    "vite",
    "rollup",
    "karma",
    "cypress",
    "playwright",
    "prometheus",
    "grafana",
    "alertmanager",
    "loki",
    "tempo",
    "promtail",
    "otel",
    "otelcol",
    "collector",
    "dashboard",
    "dashboards",
    "renovate",
    "codecov",
    "linkcheck",
    "lychee",
    "mlc",
    "mkdocs",
    "jekyll",
    "netlify",
    "vercel",
    "lerna",
    "nx",
    "turbo",
    "sonar",
    "checkstyle",
    "pmd",
    "spotbugs",
    "rustfmt",
    "clippy",
    "deny",
    "cliff",
    "release",
    "schema",
    "schemas",
    "openapi",
    "swagger",
    "crd",
    "crds",
    "workflows",
    "target",
    "vendor",
    "node_modules",
    ".yarn",
    "cspell",
    "typos",
    "taplo",
    "lefthook",
    "skaffold",
    "kustomization",
    "chart",
    "compose",
    "buf",
    "sqlx",
    "launchsettings",
    // Agents that measure the program have an audit log and metrics of their own.
    "newrelic",
    "skylight",
    "appsignal",
    "scout_apm",
    "grype",
    "trivy",
    "syft",
    "semgrep",
    // What puts a load on the program is set up for that machine.
    "loadtest",
    "perftest",
    "benchmark",
    "benchmarks",
    "benchmarking",
    "k6",
    "locust",
    "gatling",
    "jmeter",
];
/// Names of frameworks that hold settings whatever the folder.
const WELL_KNOWN: &[&str] = &["rocket.toml", "peanut.tsk", "app.toml"];

/// The settings files of the tree, sorted by path.
pub(super) fn list<'t>(tree: &'t Tree, shipped: &Shipped, loaded: &Loaded) -> Vec<SettingsFile<'t>> {
    tree.files().iter().filter_map(|file| classify(tree, shipped, loaded, &file.path)).collect()
}

fn classify<'t>(tree: &'t Tree, shipped: &Shipped, loaded: &Loaded, path: &'t str) -> Option<SettingsFile<'t>> {
    let format = Format::of_file(tree.file(path)?)?;
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = name.to_ascii_lowercase();
    if loaded.holds(path) || shipped.starts_with(path) {
        return Some(SettingsFile { path, layer: Layer::Base, format, service: service_of(folder) });
    }
    if folder.split('/').any(|part| part.starts_with('.')) || (lower.starts_with('.') && format != Format::Dotenv) {
        return None;
    }
    if is_template_of_a_chart(tree, folder) || is_of_a_suite(folder) || folder.split('/').any(is_translation) {
        return None;
    }
    let stage = production::stage_of_path(path);
    if matches!(stage, Stage::Never(_)) || production::is_fixture(path) || production::is_example(path) {
        return None;
    }
    let words = || path.split('/').flat_map(|part| part.split(['-', '_', '.'])).map(str::to_ascii_lowercase);
    let checks_links = ["link-check", "link_check"].iter().any(|name| lower.contains(name));
    if checks_links || words().any(|word| OTHER.contains(&word.as_str())) {
        return None;
    }
    let service = service_of(folder);
    if shipped.holds(path) {
        return Some(SettingsFile { path, layer: Layer::Production, format, service: "" });
    }
    let parts = || folder[service.len().min(folder.len())..].split('/').filter(|part| !part.is_empty());
    let in_folder = parts().any(|part| FOLDERS.contains(&part.to_ascii_lowercase().as_str()));
    let at_service = folder.is_empty() || is_service(tree, folder);
    let is_chart = tree.file(&within(folder, "Chart.yaml")).is_some();
    let layer = match stage {
        Stage::Production if format == Format::Dotenv || in_folder || at_service || is_chart => Layer::Production,
        Stage::Base if profile_of(&lower).is_some_and(|profile| !is_chosen(tree, profile)) => return None,
        Stage::Base if in_folder || at_service => Layer::Base,
        Stage::Unmarked if is_chart && lower == "values.yaml" => Layer::Base,
        Stage::Unmarked if WELL_KNOWN.contains(&lower.as_str()) && at_service => Layer::Base,
        Stage::Unmarked
            if parts().next_back().is_some_and(|part| PLAIN_FOLDERS.contains(&part)) && format != Format::Dotenv =>
        {
            Layer::Base
        }
        _ => return None,
    };
    // What production reads, for sure, is meant as it stands; the values of a chart are what it starts from, whatever
    // their first comment thinks of them.
    let is_aside = |text: &str| {
        production::is_filled_in_for_show(text) || (!is_chart && (is_disowned(text) || is_for_development(text)))
    };
    let is_of_others =
        || shipped.leaves_behind(path) || shipped.is_of_another(service) || production::is_in_tools(path);
    if layer == Layer::Base && !is_chart && is_of_others() {
        return None;
    }
    if layer == Layer::Base && tree.text(path).is_some_and(|source| is_aside(source.text())) {
        return None;
    }
    Some(SettingsFile { path, layer, format, service })
}

/// The profile that a file of .NET or Spring is read for alone: `appsettings.Docker.json`, `application-mysql.yml`.
fn profile_of(name: &str) -> Option<&str> {
    let (stem, _) = name.rsplit_once('.')?;
    let profile = stem.strip_prefix("appsettings.").or_else(|| stem.strip_prefix("application-"))?;
    (!["default", "base", "common", "shared", "global"].contains(&profile)).then_some(profile)
}

/// What names the profile that a program starts with.
const CHOICES: &[&str] =
    &["aspnetcore_environment", "dotnet_environment", "spring_profiles", "spring.profiles", "profiles:"];

/// Whether an image, a workload or the settings of every profile choose one.
fn is_chosen(tree: &Tree, profile: &str) -> bool {
    let may_choose = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let ends = [".yml", ".yaml", ".json", ".properties", ".sh", ".tf", ".tpl", ".bicep", ".env"];
        let starts = ["dockerfile", "containerfile", "procfile"];
        (ends.iter().any(|end| name.ends_with(end)) || starts.iter().any(|start| name.starts_with(start)))
            && !name.contains("override")
            && !matches!(production::stage_of_path(path), Stage::Never(_))
            && !path.split('/').any(|part| part.starts_with('.') && part != ".do")
    };
    tree.files().iter().filter(|file| may_choose(&file.path)).filter_map(|file| file.text()).any(|source| {
        let text = source.text().to_ascii_lowercase();
        let named = CHOICES.iter().flat_map(|choice| text.match_indices(*choice).map(|(at, choice)| at + choice.len()));
        named.into_iter().any(|at| {
            let behind = head(&text[at..], 120);
            behind.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').any(|word| word == profile)
        })
    })
}

/// Whether a folder holds the manifest of a program.
fn is_service(tree: &Tree, folder: &str) -> bool {
    let prefix = format!("{folder}/");
    let start = tree.files().partition_point(|file| *file.path < *prefix);
    let inside = tree.files()[start..].iter().take_while(|file| file.path.starts_with(&prefix)).take(MOST_FILES);
    inside
        .filter_map(|file| file.path.get(prefix.len()..))
        .any(|name| MANIFESTS.contains(&name) || name.ends_with(".csproj") || name.ends_with(".fsproj"))
}

/// How many files of a folder are looked at for a manifest.
const MOST_FILES: usize = 2000;

/// The path up to the first settings folder.
fn service_of(folder: &str) -> &str {
    let mut end = 0;
    for part in folder.split('/') {
        let word = part.to_ascii_lowercase();
        if FOLDERS.contains(&word.as_str()) || word == "src" {
            return folder[..end].trim_end_matches('/');
        }
        end = (end + part.len() + 1).min(folder.len());
    }
    folder
}

/// Whether a document is something else than settings: a manifest, a composition, an interface, a tool's own file.
pub(super) fn is_other_document(document: &Value) -> bool {
    let Some(map) = document.as_map() else { return !matches!(document.kind, Kind::Null) };
    let has = |key: &str| map.contains_key(key);
    let is_map = |key: &str| document.get(key).is_some_and(|value| value.as_map().is_some());
    let is_list = |key: &str| document.get(key).is_some_and(|value| value.as_list().is_some());
    (has("apiVersion") && has("kind"))
        || (is_map("services") && composes(document))
        || (is_list("services") && (has("region") || has("name")))
        || [
            "openapi",
            "swagger",
            "asyncapi",
            "AWSTemplateFormatVersion",
            "scrape_configs",
            "rule_files",
            "compilerOptions",
            "lockfileVersion",
            "build-system",
            "runtimes",
            "runs",
        ]
        .iter()
        .any(|key| has(key))
        || (is_list("groups") && map.len() <= 2)
        || (has("route") && has("receivers"))
        || (is_map("receivers") && is_map("exporters"))
        || (is_map("jobs") && has("on"))
        || (is_map("package") && (has("dependencies") || has("lib") || has("bin") || has("features")))
        || (is_map("workspace") && is_list_in(document, "workspace", "members"))
        || (is_map("dependencies") && has("name"))
        || (is_map("tool") && has("project"))
        || (has("advisories") && has("licenses"))
        || (is_list("repos") && map.len() <= 6)
        || (has("$schema") && has("$id"))
}

fn composes(document: &Value) -> bool {
    let services = document.get("services").and_then(Value::as_map);
    services.is_some_and(|map| {
        map.values().any(|field| field.value.get("image").is_some() || field.value.get("build").is_some())
    })
}

fn is_list_in(document: &Value, section: &str, key: &str) -> bool {
    document.at(&[section, key]).is_some_and(|value| value.as_list().is_some())
}

/// What the top of a document says about environments.
pub(super) enum Sections {
    /// Nothing: it is of its file's layer.
    None,
    /// It is for an environment other than production.
    Never,
    /// It is for production.
    Production,
    /// It has one section for each environment.
    Each,
}

const PRODUCTION_NAMES: &[&str] = &["production", "prod", "release"];
const OTHER_NAMES: &[&str] = &["development", "dev", "test", "testing", "staging", "debug", "local"];
const SHARED_NAMES: &[&str] = &["default", "defaults", "global", "common", "shared", "all"];

/// How the document is divided.
pub(super) fn sections(document: &Value) -> Sections {
    let profile =
        document.at(&["spring", "config", "activate", "on-profile"]).or_else(|| document.at(&["spring", "profiles"]));
    if let Some(profile) = profile.and_then(Value::as_str) {
        let named = profile.split([',', '|', '&', ' ']).any(|name| PRODUCTION_NAMES.contains(&name));
        return if named { Sections::Production } else { Sections::Never };
    }
    let Some(map) = document.as_map() else { return Sections::None };
    let named =
        |names: &[&str]| map.iter().any(|(key, field)| is_section(names, key) && field.value.as_map().is_some());
    let others = map.iter().filter(|(key, _)| layer_of_section(key).is_none() && !is_section(OTHER_NAMES, key)).count();
    let divided = named(PRODUCTION_NAMES) || (named(OTHER_NAMES) && named(SHARED_NAMES));
    if divided && others <= map.len() / 2 { Sections::Each } else { Sections::None }
}

fn is_section(names: &[&str], key: &str) -> bool {
    names.contains(&key.to_ascii_lowercase().as_str())
}

/// The layer of a section named after an environment; `None` for another environment and for what is no section.
pub(super) fn layer_of_section(key: &str) -> Option<Layer> {
    if is_section(PRODUCTION_NAMES, key) {
        Some(Layer::Production)
    } else if is_section(SHARED_NAMES, key) {
        Some(Layer::Base)
    } else {
        None
    }
}

/// The sections of a divided document that production reads, base first.
pub(super) fn production_sections(map: &Map) -> Vec<(Layer, &Value)> {
    let mut found: Vec<_> =
        map.iter().filter_map(|(key, field)| Some((layer_of_section(key)?, &field.value))).collect();
    found.sort_by_key(|(layer, _)| *layer);
    found
}
