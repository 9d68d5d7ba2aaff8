//! The environment that images and workloads of production give to the program.

use super::flatten::push;
use super::{Config, Held, Key, Layer, Setting, Way};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::containers::{Env, EnvValue, Role};
use crate::facts::production::Standing;
use std::sync::Arc;

/// Reads it.
pub(super) fn read(facts: &Facts<'_>, config: &mut Config) {
    let containers = facts.containers();
    for image in containers.images.iter().filter(|image| image.standing == Standing::Production) {
        let folder = image.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for &stage in &image.shipped {
            for (name, value, span) in image.file.environment(stage) {
                let (held, default_in) = Held::of_text(&value);
                let place = Place::at(image.path.clone(), span);
                push(&mut config.settings, variable(&name, held, default_in, place, Layer::Image, folder.into()));
            }
        }
    }
    for service in containers.services.iter().filter(|service| service.standing == Standing::Production) {
        for env in &service.env {
            let (held, default_in) = held(env);
            let owner: Arc<str> = service.name.as_str().into();
            let setting = variable(&env.name, held, default_in, env.place.clone(), Layer::Environment, owner);
            let is_foreign = service.role == Role::ThirdParty;
            push(&mut config.settings, Setting { is_foreign, ..setting });
        }
    }
}

fn held(env: &Env) -> (Held, Option<String>) {
    match &env.value {
        EnvValue::Literal(text) => Held::of_text(text),
        EnvValue::Reference(text) => match Held::of_text(text).0 {
            Held::Elsewhere(way, text) => (Held::Elsewhere(way, text), None),
            _ => (Held::Elsewhere(Way::Env(None), text.clone()), None),
        },
        EnvValue::Default(text) => {
            let held = if text.is_empty() { Held::Empty } else { Held::Plain(text.clone()) };
            (held, Some(format!("${{{}:-{text}}}", env.name)))
        }
    }
}

fn variable(
    name: &str,
    held: Held,
    default_in: Option<String>,
    place: Place,
    layer: Layer,
    owner: Arc<str>,
) -> Setting {
    Setting {
        name: name.to_owned(),
        key: Key::of(name),
        held,
        place,
        layer,
        owner,
        is_variable: true,
        is_foreign: false,
        default_in,
        part_of: None,
    }
}
