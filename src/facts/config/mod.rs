//! The effective settings of production, with their layers.
//!
//! Weakest first: what the program compiles in, base files, production files, the image's environment, the environment of
//! production's own workloads. Settings of development, test, example and sample files are not here at all.

pub mod argument;
pub(crate) mod chosen;
pub(crate) mod conditional;
mod environment;
mod files;
pub(crate) mod flags;
mod flatten;
mod held;
mod infrastructure;
mod key;
pub(crate) mod loaded;
mod named;
mod readers;
pub(crate) mod reads;
pub mod script;
mod shipped;
mod templates;
mod unparsed;
mod unread;
mod url;

pub use chosen::{in_a_file_by_default, is_connector, is_of_another_engine, not_chosen};
pub use held::{Held, Way};
pub use key::{Key, squashed};
pub use reads::EnvRead;
pub use unparsed::Unparsed;
pub use url::Connection;

use super::Facts;
use crate::evidence::{Blind, Place};
use std::collections::BTreeMap;
use std::sync::Arc;

/// More settings than this are not kept; the rest is named as not looked at.
const MOST: usize = 20_000;

/// The effective settings of production, with their layers.
#[derive(Debug, Default)]
pub struct Config {
    settings: Vec<Setting>,
    /// Where the program reads its environment.
    pub reads: Vec<EnvRead>,
    /// Settings that could not be looked at, whatever they are called.
    blind: Vec<Blind>,
    /// Settings files that could not be read.
    unparsed: Vec<Unparsed>,
}

/// Where a setting comes from, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// A default in the program's source.
    Program,
    /// A file that production inherits.
    Base,
    /// A file of production.
    Production,
    /// The environment that the image carries.
    Image,
    /// The environment of a workload of production.
    Environment,
}

impl Layer {
    /// What a message calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Program => "the program's default",
            Self::Base => "base settings",
            Self::Production => "production settings",
            Self::Image => "the image's environment",
            Self::Environment => "the environment of production",
        }
    }
}

/// One setting in one layer.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name as written: `database.ssl_mode`, `APP_DATABASE__SSL_MODE`.
    pub name: String,
    /// Its name as words.
    pub key: Key,
    /// What it holds.
    pub held: Held,
    /// Where its value stands.
    pub place: Place,
    /// Where it comes from.
    pub layer: Layer,
    /// The folder of the service, or the workload, that it belongs to.
    pub owner: Arc<str>,
    /// Whether it is an environment variable.
    pub is_variable: bool,
    /// Whether it belongs to software that the project did not write (the password of a database container).
    pub is_foreign: bool,
    /// The reference that it is the default of, as written: `${RUST_LOG:-info}`.
    pub default_in: Option<String>,
    /// The setting that it is a part of: the password of `database.url`.
    pub part_of: Option<Key>,
}

impl Setting {
    /// A variable of the environment, the project's own, that is set right there.
    fn variable(name: &str, held: Held, place: Place, layer: Layer, owner: Arc<str>) -> Self {
        Self {
            name: name.to_owned(),
            key: Key::of(name),
            held,
            place,
            layer,
            owner,
            is_variable: true,
            is_foreign: false,
            default_in: None,
            part_of: None,
        }
    }
}

/// Settings that match a question: those that count, and those that a stronger layer overrides.
#[derive(Debug, Default)]
pub struct Effective<'c> {
    /// The settings that production ends up with.
    pub winners: Vec<&'c Setting>,
    /// The settings that are overridden, each with what overrides it.
    pub overridden: Vec<(&'c Setting, &'c Setting)>,
}

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Config {
    let mut config = Config { reads: reads::read(facts), ..Config::default() };
    reads::defaults(&config.reads, &mut config.settings);
    flags::read(facts, &mut config.settings);
    script::read(facts, &mut config.settings);
    flatten::files(facts, &mut config);
    environment::read(facts, &mut config);
    infrastructure::read(facts, &mut config);
    reads::without_unchosen(&mut config);
    config.leave_out_values_not_given();
    if config.settings.len() > MOST {
        config.settings.truncate(MOST);
        config.blind.push(Blind { place: None, why: format!("more than {MOST} settings; the rest was not looked at") });
    }
    templates::read(facts, &mut config);
    config.resolve();
    config.blind.extend(config.settings.iter().filter_map(kept_elsewhere));
    config.settings.sort_by(|a, b| (a.layer, &a.place).cmp(&(b.layer, &b.place)));
    config
}

impl Config {
    /// All settings, weakest layer first, then by place.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The settings whose name ends in a tail (`database.ssl_mode`), each with the words before it.
    pub fn ending_in<'c>(&'c self, tail: &str) -> impl Iterator<Item = (&'c Setting, &'c [String])> {
        let squashed = squashed(tail);
        self.settings.iter().filter_map(move |setting| Some((setting, setting.key.before_tail(&squashed)?)))
    }

    /// What production ends up with, of some settings.
    pub fn effective<'c>(&'c self, matching: &[&'c Setting]) -> Effective<'c> {
        let mut effective = Effective::default();
        for &setting in matching {
            match self.stronger(setting) {
                Some(stronger) => effective.overridden.push((setting, stronger)),
                None => effective.winners.push(setting),
            }
        }
        effective
    }

    /// The setting of the strongest layer that overrides this one.
    pub fn stronger(&self, setting: &Setting) -> Option<&Setting> {
        let overrides = |other: &&Setting| {
            other.layer > setting.layer
                && !other.is_foreign
                && (other.key.same(&setting.key) || setting.part_of.as_ref().is_some_and(|whole| other.key.same(whole)))
                && self.shares(setting, other)
        };
        // Sorted by layer: behind the first that is no stronger, none is.
        self.settings.iter().rev().take_while(|other| other.layer > setting.layer).find(overrides)
    }

    /// Whether a setting counts instead of another that answers the same question under another name.
    pub fn outranks(&self, stronger: &Setting, weaker: &Setting) -> bool {
        stronger.layer > weaker.layer && self.shares(weaker, stronger)
    }

    /// Whether a setting file or variable serves the same program as another: one of them stands at the root, or both
    /// name the same service.
    fn shares(&self, weaker: &Setting, stronger: &Setting) -> bool {
        let (one, two) = (service_name(&weaker.owner), service_name(&stronger.owner));
        one.is_empty() || two.is_empty() || one == two || self.has_one_service()
    }

    /// Whether all settings files belong to one folder.
    fn has_one_service(&self) -> bool {
        let mut owners = self.settings.iter().filter(|setting| !setting.is_variable).map(|setting| &setting.owner);
        let Some(first) = owners.next() else { return true };
        owners.all(|owner| owner == first)
    }

    /// A setting of a file or of an own workload under a section of one of these names (`database`): where a setting that
    /// is not there would stand. Without names, any.
    pub fn has_settings(&self, sections: &[&str]) -> Option<&Setting> {
        let squashed: Vec<String> = sections.iter().map(|name| squashed(name)).collect();
        // A data source of Grafana is where its dashboards look, and none of the service's own; what Spring's actuator
        // keeps is an answer on the program's state.
        let of_another = |words: &[String]| {
            words.iter().any(|word| word == "grafana") || words.first().is_some_and(|word| word == "management")
        };
        let inside = |setting: &&Setting| {
            squashed.is_empty() || stands_under(setting, &squashed) && !of_another(setting.key.words())
        };
        let in_tree = |setting: &&Setting| setting.layer > Layer::Program && !setting.is_foreign;
        self.settings.iter().rev().filter(in_tree).find(inside)
    }

    /// Takes away the values of charts that are empty where the program has a default of that name: `rateLimit: ""` leaves
    /// it to the program.
    fn leave_out_values_not_given(&mut self) {
        let of_program = |setting: &&Setting| setting.layer == Layer::Program && setting.held != Held::Empty;
        let defaults: Vec<Key> = self.settings.iter().filter(of_program).map(|setting| setting.key.clone()).collect();
        self.settings.retain(|setting| {
            let is_empty = setting.layer == Layer::Base && setting.held == Held::Empty;
            let is_value = || setting.place.path.rsplit('/').next() == Some("values.yaml");
            !(is_empty && is_value() && defaults.iter().any(|default| default.same(&setting.key)))
        });
    }

    /// Gives every reference to a variable the text that the environment of production has for it.
    fn resolve(&mut self) {
        let variables: BTreeMap<String, (Held, Place, Layer)> = self
            .settings
            .iter()
            .filter(|setting| setting.layer >= Layer::Image && !setting.is_foreign && setting.part_of.is_none())
            .map(|setting| (setting.name.clone(), (setting.held.clone(), setting.place.clone(), setting.layer)))
            .collect();
        for setting in self.settings.iter_mut().filter(|setting| setting.layer < Layer::Image) {
            let named = match (&setting.held, &setting.default_in) {
                (Held::Elsewhere(Way::Env(Some(name)), _), _) => name.clone(),
                (_, Some(reference)) => reference
                    .trim_start_matches("${")
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect(),
                _ => continue,
            };
            // `${billing-api.key}` of Spring is the variable `BILLING_API_KEY`.
            let spelled = || named.replace(['.', '-'], "_").to_ascii_uppercase();
            if let Some((held, place, layer)) = variables.get(&named).or_else(|| variables.get(&spelled())) {
                setting.held = held.clone();
                setting.place = place.clone();
                setting.layer = *layer;
                setting.default_in = None;
            }
        }
    }
}

/// Whether a setting stands under one of some sections: a section of its file is called so (`database.host`), or its own
/// name begins so (`DATABASE_HOST`), in the environment of a workload behind the name of the program (`SHOP_DATABASE_HOST`).
/// `PIP_NO_CACHE_DIR` is nothing of a cache, and an image is built with variables of many tools.
fn stands_under(setting: &Setting, sections: &[String]) -> bool {
    let parts: Vec<Key> = setting.name.split('.').flat_map(|part| part.split("__")).map(Key::of).collect();
    let is_section = |word: &String| sections.contains(word);
    let words = parts.last().map_or(&[][..], Key::words);
    let is_wrapper = |word: &&String| key::WRAPPERS.contains(&word.as_str()) && !is_section(word);
    let wrapped = words.iter().take_while(is_wrapper).count();
    let named = usize::from(setting.is_variable && setting.layer != Layer::Image);
    let mut leading = words.iter().rev().skip(1).rev().skip(wrapped).take(1 + named);
    parts.iter().any(|part| is_section(&part.squashed())) || leading.any(is_section)
}

/// What a setting says of a server that keeps further settings: what is not in the tree may be there.
fn kept_elsewhere(setting: &Setting) -> Option<Blind> {
    let servers =
        ["configserver:", "consul:", "vault:", "nacos:", "zookeeper:", "aws-parameterstore:", "aws-secretsmanager:"];
    let name = setting.key.words().join(".");
    let imports = || match &setting.held {
        Held::Plain(text) | Held::Elsewhere(_, text) => servers.iter().any(|server| text.contains(server)),
        Held::List(list) => list.iter().any(|text| servers.iter().any(|server| text.contains(server))),
        Held::Empty => false,
    };
    let asks = name == "spring.config.import" && imports() || name == "spring.cloud.config.uri";
    let why = || "further settings come from a server of configuration that is not in the tree".to_owned();
    asks.then(|| Blind { place: Some(setting.place.clone()), why: why() })
}

/// The last part of a service's folder or the workload's name, without what names usually carry.
fn service_name(owner: &str) -> String {
    let last = owner.rsplit('/').next().unwrap_or(owner);
    last.trim_end_matches("-service").trim_end_matches("service").replace(['-', '_'], "").to_ascii_lowercase()
}
