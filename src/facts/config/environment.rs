//! The environment that images and workloads of production give to the program.

use super::flatten::push;
use super::unread::is_unread;
use super::{Config, Connection, Held, Layer, Setting, Way};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::containers::{Env, EnvValue, Role};
use crate::facts::kubernetes::{Container, Object};
use crate::facts::production::Standing;
use crate::facts::secrets::{is_called_so, is_placeholder};
use crate::source::Span;
use crate::value::Value;
use base64::Engine as _;

/// Reads it.
pub(super) fn read(facts: &Facts<'_>, config: &mut Config) {
    let containers = facts.containers();
    for image in containers.images.iter().filter(|image| image.standing == Standing::Production) {
        let folder = image.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for &stage in &image.shipped {
            for (name, value, span) in image.file.environment(stage) {
                if is_unread(facts, &name) {
                    continue;
                }
                let (held, default_in) = Held::of_text(&value);
                // A reference of an image is filled in when it is built, and stays in it for everybody to read.
                let held = match held {
                    Held::Elsewhere(Way::Env(_), text) => Held::Elsewhere(Way::Computed, text),
                    held => held,
                };
                let place = Place::at(image.path.clone(), span);
                push(
                    &mut config.settings,
                    Setting { default_in, ..Setting::variable(&name, held, place, Layer::Image, folder.into()) },
                );
            }
        }
    }
    for service in containers.production() {
        for env in &service.env {
            let is_foreign = service.role == Role::ThirdParty;
            entry(config, env, &service.name, is_foreign);
        }
    }
    for object in facts.kubernetes().production() {
        if object.is_workload() && object.serves() {
            for container in object.containers() {
                for env in container.env() {
                    let env = in_clear(facts, &env).unwrap_or(env);
                    entry(config, &env, &object.name, !container.is_own());
                }
                if container.is_own() {
                    arguments(config, object, &container);
                }
            }
        }
        if object.is_kind("Secret") {
            secret(config, object);
        }
    }
}

/// A variable that a Secret of the tree fills with a text that stands there for everybody; base64 hides nothing.
fn in_clear(facts: &Facts<'_>, env: &Env) -> Option<Env> {
    let EnvValue::Reference(reference) = &env.value else { return None };
    let (name, key) = reference.strip_prefix("secretKeyRef ")?.split_once('/')?;
    let mut secrets = facts.kubernetes().production().filter(|object| object.is_kind("Secret") && object.name == name);
    secrets.find_map(|object| {
        ["stringData", "data"].iter().find_map(|&section| {
            let value = object.value.get(section)?.get(key)?;
            let written = value.scalar_text()?;
            let text = if section == "data" { decoded(&written)? } else { written };
            // A word for a password is one that everybody guesses, where nothing fills in another.
            let is_given = !is_placeholder(&text, key) || is_called_so(&text);
            let is_said = matches!(Held::of_text(&text).0, Held::Plain(_)) && is_given;
            let place = object.at(value.span);
            is_said.then(|| Env { name: env.name.clone(), value: EnvValue::Literal(text), place })
        })
    })
}

fn decoded(text: &str) -> Option<String> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
    String::from_utf8(bytes).ok().map(|text| text.trim_end().to_owned())
}

fn entry(config: &mut Config, env: &Env, owner: &str, is_foreign: bool) {
    let (held, default_in) = held(env);
    let setting = Setting::variable(&env.name, held, env.place.clone(), Layer::Environment, owner.into());
    let setting = Setting { default_in, ..setting };
    push(&mut config.settings, Setting { is_foreign, ..setting });
}

/// Flags that a library defines: that of the loggers of Kubernetes' controllers.
const OF_LIBRARIES: &[&str] = &["zap-log-level"];

/// The flags that a container's program is started with, of those that the program or a library defines: `--tls-enabled`,
/// `--log-level=warn`. A switch that is named is on.
fn arguments(config: &mut Config, object: &Object, container: &Container<'_>) {
    let lists = ["command", "args"].iter().filter_map(|key| container.value.get(key)?.as_list());
    let words: Vec<(String, Span)> =
        lists.flatten().filter_map(|word| Some((word.scalar_text()?, word.span))).collect();
    let mut given = Vec::new();
    for (at, (word, span)) in words.iter().enumerate() {
        let Some(flag) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else { continue };
        let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
        let is_defined = |setting: &&Setting| {
            setting.layer == Layer::Program && !setting.is_variable && setting.default_in.as_deref() == Some(name)
        };
        let defined = config.settings.iter().find(is_defined);
        if defined.is_none() && !OF_LIBRARIES.contains(&name) {
            continue;
        }
        let switches =
            |defined: &Setting| matches!(&defined.held, Held::Plain(text) if text == "true" || text == "false");
        let is_switch = defined.is_some_and(switches);
        let next = words.get(at + 1).map(|(next, _)| next.as_str()).filter(|next| !next.starts_with('-'));
        let value = value.or(if is_switch { Some("true") } else { next });
        let Some((held, default_in)) = value.map(Held::of_text) else { continue };
        given.push(Setting {
            default_in,
            is_variable: false,
            ..Setting::variable(name, held, object.at(*span), Layer::Environment, object.name.as_str().into())
        });
    }
    config.settings.extend(given);
}

/// What a Kubernetes Secret carries in clear (base64 hides nothing); nobody reads it by its name, so no setting of the
/// program is overridden by it.
fn secret(config: &mut Config, object: &Object) {
    for section in ["data", "stringData"] {
        for (name, field) in object.value.get(section).and_then(Value::as_map).into_iter().flatten() {
            let Some(text) = field.value.scalar_text() else { continue };
            let (held, default_in) = Held::of_text(&text);
            let place = object.at(field.span());
            let owner = object.name.as_str().into();
            let setting = Setting { default_in, ..Setting::variable(name, held, place, Layer::Environment, owner) };
            config.settings.push(Setting { is_foreign: true, ..setting });
        }
    }
}

fn held(env: &Env) -> (Held, Option<String>) {
    match &env.value {
        EnvValue::Literal(text) => Held::of_text(text),
        EnvValue::Reference(text) => match Held::of_text(text).0 {
            Held::Elsewhere(way, text) => (Held::Elsewhere(way, text), None),
            // Only a part of it stands elsewhere: `postgres://app:${PASSWORD}@db/app?sslmode=require`.
            Held::Plain(text) if Connection::parse(&text).is_some() => (Held::Plain(text), None),
            _ => (Held::Elsewhere(Way::Env(None), text.clone()), None),
        },
        EnvValue::Default(text) => {
            let held = if text.is_empty() { Held::Empty } else { Held::Plain(text.clone()) };
            (held, Some(format!("${{{}:-{text}}}", env.name)))
        }
    }
}
