//! Platform specs: one file of the tree that tells a platform how to run the service.

mod app_engine;
mod app_platform;
mod cloud_foundry;
mod ecs;
mod fly;
mod heroku;
pub(in crate::facts) mod nomad;
mod render;

use super::elsewhere::definitions;
use super::fields::Spec;
use super::{Containers, Platform, Service};
use crate::facts::Facts;
use crate::facts::format::Format;
use crate::facts::production::{self, Stage, Standing};
use crate::tree::File;
use crate::tree::path::{folder_of, is_below};
use crate::value::Value;
pub use heroku::environment_of_app;

/// Reads every spec of every platform.
pub(super) fn read(facts: &Facts<'_>, containers: &mut Containers) {
    for file in facts.tree.files() {
        let Some(found) = services(facts, file, containers) else { continue };
        containers.services.extend(found);
    }
    let nomad = facts.nomad();
    containers.services.extend(nomad.jobs.iter().flat_map(|(source, job)| nomad::services(facts, source, job)));
    containers.blind.extend(nomad.blind.iter().cloned());
    let standings: Vec<Standing> =
        containers.services.iter().map(|service| beside_others(facts, containers, service)).collect();
    for (service, standing) in containers.services.iter_mut().zip(standings) {
        service.standing = standing;
    }
}

/// What a spec that a button can start is where the tree declares production in another way, too: nothing says which of
/// them runs, unless the path of one does. Nor does one say how the product runs that has a program of its own beside
/// that of the root.
fn beside_others(facts: &Facts<'_>, containers: &Containers, service: &Service) -> Standing {
    let all = &containers.services;
    let is_button = |platform| {
        use Platform::{AppPlatform, CloudFoundry, Fly, Heroku, Render};
        matches!(platform, AppPlatform | CloudFoundry | Fly | Heroku | Render)
    };
    let path = &*service.place.path;
    let stage = |path: &str| facts.own_name().stage(path);
    let is_told = || facts.project().is_production(path) || stage(path) == Stage::Production;
    if !service.is_production() || !is_button(service.platform) || is_told() {
        return service.standing.clone();
    }
    let rivals = all.iter().filter(|other| other.platform != service.platform && other.is_production());
    let rivals = rivals.map(|other| (&other.place.path, stage(&other.place.path)));
    let mut rivals: Vec<_> = rivals.chain(definitions(facts, path)).collect();
    rivals.sort_by_key(|(path, stage)| (*stage != Stage::Production, *path));
    match rivals.first() {
        None => match image_of_the_root(containers, service) {
            Some(root) => Standing::Uncertain(format!("{root} builds the product, and this is a program beside it")),
            None => Standing::Production,
        },
        Some((other, Stage::Production)) => Standing::Aside(format!("production is declared in {other}")),
        Some((other, _)) => Standing::Uncertain(format!("{other} declares how the project runs, too")),
    }
}

/// The Dockerfile at the root of the tree, where a spec stands in a folder with a Dockerfile of its own and the root has
/// no spec.
fn image_of_the_root<'c>(containers: &'c Containers, service: &Service) -> Option<&'c str> {
    let (folder, _) = service.place.path.rsplit_once('/')?;
    let is_below = |path: &str| is_below(path, folder);
    let is_at_the_root = |path: &str| !path.contains('/');
    let builds_its_own = service.dockerfile.as_deref().is_none_or(|path| !path.starts_with("../"))
        && containers.images.iter().any(|image| is_below(&image.path));
    let is_declared =
        containers.services.iter().any(|other| other.is_production() && is_at_the_root(&other.place.path));
    let root =
        containers.images.iter().find(|image| is_at_the_root(&image.path) && image.standing == Standing::Production)?;
    (builds_its_own && !is_declared).then_some(&*root.path)
}

fn services(facts: &Facts<'_>, file: &File, containers: &mut Containers) -> Option<Vec<Service>> {
    let name = file.name();
    if name == "Procfile" {
        return Some(heroku::services(facts, file, &containers.images));
    }
    if cloud_foundry::is_spec(file) {
        let parsed = facts.parsed(&file.path)?;
        return Some(cloud_foundry::services(facts, file, parsed.first()?));
    }
    let reader = reader_of(file)?;
    let parsed = facts.parsed(&file.path)?;
    containers.blind.extend(parsed.blind());
    let document = parsed.first()?;
    let spec = Spec(file.path.clone());
    Some(reader(&spec, document, &standing(facts, &file.path, app_of(document))))
}

/// The name that a spec gives its app.
fn app_of(document: &Value) -> Option<&str> {
    let named = |key| document.get(key).or_else(|| document.at(&["spec", key]));
    ["name", "app"].into_iter().find_map(|key| named(key).and_then(Value::as_str))
}

type Reader = fn(&Spec, &Value, &Standing) -> Vec<Service>;

/// The reader for a file, by its name and by words that only such a spec has.
fn reader_of(file: &File) -> Option<Reader> {
    let name = file.name();
    let text = || file.text().map_or("", |source| source.text());
    let format = Format::of(name)?;
    if format == Format::Toml && (name.split('.').next() == Some("fly") || fly::is_spec(text())) {
        return Some(fly::services);
    }
    if name == "render.yaml" || name == "render.yml" {
        return Some(render::services);
    }
    if format == Format::Json && file.len < 1_000_000 && text().contains("\"containerDefinitions\"") {
        return Some(ecs::services);
    }
    if format != Format::Yaml {
        return None;
    }
    let in_folder = file.path.starts_with(".do/") || file.path.contains("/.do/");
    if in_folder || matches!(name, "spec.yaml" | "spec.yml" | "app.yaml" | "app.yml" | "app-spec.yaml" | "app-spec.yml")
    {
        let text = text();
        if app_platform::is_spec(text) {
            return Some(app_platform::services);
        }
        if app_engine::is_spec(text) {
            return Some(app_engine::services);
        }
    }
    None
}

/// A spec is production unless its path, or the name that it gives its app, says otherwise (ruling 2).
pub(in crate::facts) fn standing(facts: &Facts<'_>, path: &str, app: Option<&str>) -> Standing {
    if facts.project().is_production(path) {
        return Standing::Production;
    }
    if let Stage::Never(word) = production::stage_of_path(path) {
        return Standing::Aside(format!("\"{word}\" in its path"));
    }
    if production::is_in_tools(path) {
        return Standing::Uncertain("it stands in a folder of tools".to_owned());
    }
    if publishes_pages(facts, folder_of(path)) {
        return Standing::Aside("its folder holds the pages of a site".to_owned());
    }
    match app.map(last_word) {
        Some(word)
            if ["dev", "development", "staging", "stage", "preview", "test", "qa", "uat", "sandbox"]
                .contains(&word) =>
        {
            Standing::Aside(format!("its app is named for \"{word}\""))
        }
        _ => Standing::Production,
    }
}

/// Whether a folder is called for a site, and most likely publishes what is written about the product: many pages lie in it.
fn publishes_pages(facts: &Facts<'_>, folder: &str) -> bool {
    const PAGES: usize = 10;
    let is_page = |file: &&File| file.path.ends_with(".md") && is_below(&file.path, folder);
    matches!(folder.rsplit('/').next(), Some("site" | "website"))
        && facts.tree.files().iter().filter(is_page).take(PAGES).count() == PAGES
}

fn last_word(name: &str) -> &str {
    name.rsplit(['-', '_']).next().unwrap_or(name)
}
