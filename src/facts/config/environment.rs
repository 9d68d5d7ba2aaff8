//! The environment that images and workloads of production give to the program.

use super::flatten::push;
use super::unread::is_unread;
use super::{Config, Connection, Held, Layer, Setting, Way};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::containers::{Env, EnvValue, Role};
use crate::facts::kubernetes::Object;
use crate::facts::production::Standing;
use crate::value::Value;

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
                    entry(config, &env, &object.name, !container.is_own());
                }
            }
        }
        if object.is_kind("Secret") {
            secret(config, object);
        }
    }
}

fn entry(config: &mut Config, env: &Env, owner: &str, is_foreign: bool) {
    let (held, default_in) = held(env);
    let setting = Setting::variable(&env.name, held, env.place.clone(), Layer::Environment, owner.into());
    let setting = Setting { default_in, ..setting };
    push(&mut config.settings, Setting { is_foreign, ..setting });
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
