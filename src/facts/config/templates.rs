//! Variables that a deployment sets in templates which nobody renders here: `web.yaml.erb`, `app.env.j2`. What stands
//! there is not known, and what the program falls back to without it says nothing any more.

use super::{Config, Held, Layer, Setting, Way};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{self, Stage};
use crate::pattern::pattern;
use crate::source::{Source, Span};
use std::collections::BTreeSet;

pattern!(
    SETS,
    r#"(?m)^\s*(?:-\s+)?(?:export\s+|Environment=)?["']?(?<value>[A-Z][A-Z0-9_]{2,})["']?(?:\s*:(?:\s|$)|=)"#
);
pattern!(NAMES, r#"["']?\bname["']?\s*[:=]\s*["']?(?<value>[A-Z][A-Z0-9_]{2,})\b"#);

/// Endings of templates that a deployment fills.
const TEMPLATES: &[&str] =
    &["erb", "j2", "jinja", "jinja2", "tmpl", "tpl", "tftpl", "gotmpl", "mustache", "hbs", "jsonnet", "libsonnet"];

/// What such a template becomes.
const SETTINGS: &[&str] = &[
    "yaml",
    "yml",
    "json",
    "env",
    "conf",
    "cfg",
    "ini",
    "toml",
    "service",
    "sh",
    "hcl",
    "nomad",
    "libsonnet",
    "jsonnet",
];

/// Adds them, where the program has a default that they may replace and nothing else of production sets them.
pub(super) fn read(facts: &Facts<'_>, config: &mut Config) {
    let replaced = |setting: &Setting| {
        let is_variable = setting.layer == Layer::Program && setting.is_variable;
        let reference = || setting.default_in.as_deref().and_then(|text| text.strip_prefix("${"));
        let named = |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().map(str::to_owned);
        if is_variable { Some(setting.name.clone()) } else { reference().and_then(named) }
    };
    let mut open: BTreeSet<String> = config.settings.iter().filter_map(replaced).collect();
    for setting in config.settings.iter().filter(|setting| setting.layer >= Layer::Image) {
        open.remove(&setting.name);
    }
    for file in facts.tree.files() {
        if open.is_empty() || !is_template(&file.path) {
            continue;
        }
        let Some(text) = file.text().map(Source::text) else { continue };
        for (_, name) in SETS.find_all(text).chain(NAMES.find_all(text)) {
            let is_open = |name: &str| open.contains(name);
            let Some(name) = name.filter(|name| is_open(name.as_str()) && !is_left_to_others(&text[..name.start()]))
            else {
                continue;
            };
            open.remove(name.as_str());
            let held = Held::Elsewhere(Way::Computed, "filled in by the deployment".to_owned());
            let place = Place::at(file.path.clone(), Span::new(name.start(), name.end()));
            config.settings.push(Setting::variable(name.as_str(), held, place, Layer::Environment, "".into()));
        }
    }
}

fn is_template(path: &str) -> bool {
    let Some((stem, ending)) = path.rsplit_once('.') else { return false };
    let name = stem.rsplit('/').next().unwrap_or(stem);
    let inner = name.rsplit('.').next().unwrap_or(name);
    TEMPLATES.contains(&ending)
        && (SETTINGS.contains(&inner) || SETTINGS.contains(&ending) || ending == "tftpl")
        && !matches!(production::stage_of_path(path), Stage::Never(_))
        && !production::is_in_tools(path)
}

/// Whether the text before a place ends inside of a branch that another environment takes: `<% if environment ==
/// 'staging' %>`.
fn is_left_to_others(before: &str) -> bool {
    let mut closed = 0_usize;
    for line in before.lines().rev() {
        let Some(at) = ["<%", "{%", "{{", "%{"].iter().find_map(|mark| line.find(mark)) else { continue };
        let mut words =
            line[at + 2..].split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        match words.next() {
            Some("end" | "endif") => closed += 1,
            Some("else" | "elsif" | "elif") if closed == 0 => return false,
            Some("if") if closed > 0 => closed -= 1,
            Some("if") => return words.any(|word| matches!(production::stage_of_path(word), Stage::Never(_))),
            _ => {}
        }
    }
    false
}
