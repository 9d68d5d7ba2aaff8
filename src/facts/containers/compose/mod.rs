//! Compose files and their services.

mod foreign;
mod standing;

use super::fields::{Spec, bytes};
use super::image::Image;
use super::{Containers, Env, EnvValue, Fact, Health, HealthKind, Limit, Platform, Role, Scale, Service};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{self, Stage, Standing};
use crate::tree::{Tree, path};
use crate::value::Value;
use std::sync::Arc;

/// Folders whose mounting is not the mounting of source.
const DATA_FOLDERS: &[&str] =
    &["migrations", "initdb", "init", "sql", "config", "conf", "certs", "nginx", "scripts", "data"];
const CODE: &[&str] = &["rs", "go", "py", "js", "ts", "tsx", "rb", "java", "kt", "cs", "php", "ex", "c", "cc", "cpp"];

/// Reads every compose file.
pub(super) fn read(facts: &Facts<'_>, containers: &mut Containers) {
    let paths = facts.tree.files().iter().map(|file| &file.path).filter(|path| is_compose(path));
    let mut changing: Vec<&Arc<str>> = Vec::new();
    for path in paths {
        let Some(parsed) = facts.parsed(path) else { continue };
        containers.blind.extend(parsed.blind());
        let Some(document) = parsed.first() else { continue };
        let Some(services) = document.get("services").and_then(Value::as_map) else { continue };
        let mut found: Vec<Service> = services
            .iter()
            .map(|(name, field)| {
                let spec = Spec(path.clone());
                let place = Place::at(path.clone(), field.key);
                let service = Service::new(name.to_string(), Platform::Compose, place, Standing::Production);
                fill(service, &spec, &field.value, facts, containers)
            })
            .collect();
        foreign::set_apart(facts, services, &mut found);
        if services.values().all(|field| ["image", "build", "extends"].iter().all(|key| field.value.get(key).is_none()))
        {
            changing.push(path);
        }
        let standing = standing::standing(facts, containers, path, document, &found);
        for service in &mut found {
            let is_asked_for = services.get(&service.name).is_some_and(|field| needs_profile(&field.value));
            service.standing = match &standing {
                Standing::Production if is_asked_for => Standing::Aside("only started with a profile".into()),
                _ => standing.clone(),
            };
        }
        containers.services.extend(found);
    }
    for path in changing {
        follow_base(path, &mut containers.services);
        take_over(path, &mut containers.services);
        mount_with_base(facts, path, &mut containers.services);
    }
}

/// A file that only changes what another one of its folder declares is no more production than that one.
fn follow_base(path: &Arc<str>, services: &mut [Service]) {
    if production::stage_of_path(path) == Stage::Production {
        return;
    }
    let own = |service: &Service| service.platform == Platform::Compose && service.place.path == *path;
    let changed = |service: &Service| services.iter().find(|other| own(service) && is_base(other, path, &service.name));
    let bases: Vec<&Service> = services.iter().filter_map(changed).collect();
    let Some((base, why)) = bases.iter().find_map(|base| match &base.standing {
        Standing::Aside(why) => Some((base.place.path.clone(), why.clone())),
        _ => None,
    }) else {
        return;
    };
    for service in services.iter_mut().filter(|service| own(service)) {
        service.standing = Standing::Aside(format!("it changes {base}: {why}"));
    }
}

/// Whether a service is what a file beside it changes under the same name. What developers lay over the same file is a
/// change of it, too.
fn is_base(service: &Service, changing: &str, name: &str) -> bool {
    let path = &service.place.path;
    service.platform == Platform::Compose
        && **path != *changing
        && path::folder_of(path) == path::folder_of(changing)
        && service.name == name
        && !path.to_lowercase().contains("override")
}

/// What a file leaves unsaid of what it changes stands in the file of production that declares it.
fn take_over(path: &Arc<str>, services: &mut [Service]) {
    let bases: Vec<Service> = services.iter().filter(|service| service.is_production()).cloned().collect();
    let own = |service: &&mut Service| service.platform == Platform::Compose && service.place.path == *path;
    for service in services.iter_mut().filter(own) {
        let Some(base) = bases.iter().find(|base| is_base(base, path, &service.name)).cloned() else { continue };
        service.role = base.role;
        service.image = service.image.take().or(base.image);
        service.dockerfile = service.dockerfile.take().or(base.dockerfile);
        service.command = service.command.take().or(base.command);
        service.user = service.user.take().or(base.user);
        service.memory_limit = service.memory_limit.take().or(base.memory_limit);
        service.log = service.log.take().or(base.log);
        service.strategy = service.strategy.take().or(base.strategy);
        service.reverts = service.reverts.take().or(base.reverts);
        service.borrows_env |= base.borrows_env;
        if service.health.is_empty() {
            service.health = base.health;
        }
        let names: Vec<String> = service.env.iter().map(|entry| entry.name.clone()).collect();
        service.env.extend(base.env.into_iter().filter(|entry| !names.contains(&entry.name)));
    }
}

/// What production lays over another file of its folder keeps the source that is mounted there.
fn mount_with_base(facts: &Facts<'_>, path: &Arc<str>, services: &mut [Service]) {
    if production::stage_of_path(path) != Stage::Production {
        return;
    }
    let mounted = |base: &Service| Some((base.name.clone(), base.place.path.clone(), base.mounts_source.clone()?));
    let is_beside = |base: &&Service| {
        let other = &base.place.path;
        base.platform == Platform::Compose && *other != *path && path::folder_of(other) == path::folder_of(path)
    };
    let mounts: Vec<_> = services.iter().filter(is_beside).filter_map(mounted).collect();
    for (name, base, mount) in mounts {
        let own = |service: &&mut Service| service.place.path == *path && service.name == name;
        // Volumes of its own may take the place of that mount.
        let is_bare = facts
            .parsed(path)
            .and_then(|parsed| parsed.first()?.at(&["services", &name]))
            .is_some_and(|service| service.get("volumes").is_none());
        if is_bare && is_laid_over(facts, path, &base) {
            services.iter_mut().filter(own).for_each(|service| service.mounts_source = Some(mount.clone()));
        }
    }
}

/// Whether a script, a document or CI starts the two files together: `docker compose -f BASE -f OVER up`.
fn is_laid_over(facts: &Facts<'_>, over: &str, base: &str) -> bool {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let (over, base) = (name(over), name(base));
    let names = |line: &str, file: &str| {
        line.split(|c: char| c.is_whitespace() || "\"'`=".contains(c)).any(|word| name(word) == file)
    };
    let may_start =
        |path: &str| super::image::may_build(path) || ["package.json", ".md"].iter().any(|end| path.ends_with(end));
    let mut files = facts.tree.files().iter().filter(|file| may_start(&file.path));
    files.any(|file| {
        file.text().is_some_and(|source| {
            source.text().lines().any(|line| line.contains("compose") && names(line, &over) && names(line, &base))
        })
    })
}

/// The files that Compose takes where none is named.
pub const UNNAMED_COMPOSE: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// `compose.yaml`, `docker-compose.prod.yml`, `docker-stack.yml`.
pub(super) fn is_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let Some(stem) = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")) else { return false };
    stem.split(['.', '-', '_']).any(|word| word == "compose") || is_stack(stem)
}

fn is_stack(stem: &str) -> bool {
    stem.starts_with("docker-stack") || stem == "stack"
}

fn fill(mut service: Service, spec: &Spec, value: &Value, facts: &Facts<'_>, containers: &Containers) -> Service {
    service.image = spec.text(value, "image");
    service.dockerfile = match value.get("build") {
        Some(build) => built_by(spec, build, facts),
        None => service.image.as_ref().and_then(|image| published_from(&image.value, &spec.0, facts, containers)),
    };
    service.role = role(&service, value, facts);
    service.health = health(spec, value).into_iter().collect();
    service.env = environment(spec, value, facts);
    service.borrows_env = borrows(spec, value, facts);
    service.command = spec.command(value, "command").or_else(|| spec.command(value, "entrypoint"));
    service.user = spec.text(value, "user");
    service.memory_limit = memory(spec, value);
    service.scale = Some(scale(spec, value));
    service.log = value.get("logging").and_then(|logging| spec.text(logging, "driver"));
    service.mounts_source = mounted_source(spec, value, facts.tree);
    service.strategy = update_order(spec, value);
    service.tls = by_traefik(spec, value, facts);
    service.reverts = value.at(&["deploy", "update_config"]).and_then(|update| {
        let action = spec.text(update, "failure_action")?;
        Some(Fact::new(action.value == "rollback", action.place))
    });
    inherit(&mut service, value, containers);
    service
}

/// The label by which Traefik takes TLS for a service, in a file that also has it send plain requests there.
fn by_traefik(spec: &Spec, value: &Value, facts: &Facts<'_>) -> Option<Fact<bool>> {
    let is_tls = |label: &str| {
        let of_router = label.strip_prefix("traefik.http.routers.").and_then(|rest| rest.split_once('.'));
        of_router.is_some_and(|(_, what)| matches!(what, "tls" | "tls.certresolver"))
    };
    let labels = value.get("labels")?;
    let listed = labels.as_list().unwrap_or_default().iter().filter_map(|label| {
        let text = label.scalar_text()?;
        let (name, set) = text.split_once('=')?;
        (is_tls(name) && set != "false").then(|| spec.at(label))
    });
    let mapped = labels.as_map().into_iter().flatten().filter_map(|(name, field)| {
        let is_on = is_tls(name) && field.value.scalar_text().is_some_and(|set| set != "false");
        is_on.then(|| spec.at(&field.value))
    });
    let place = listed.chain(mapped).next()?;
    let text = facts.tree.text(&spec.0)?.text().to_lowercase();
    (text.contains("redirections") || text.contains("redirectscheme")).then(|| Fact::new(true, place))
}

/// What the image built here says where the compose file says nothing.
fn inherit(service: &mut Service, value: &Value, containers: &Containers) {
    let Some(path) = &service.dockerfile else { return };
    let Some(image) = containers.images.iter().find(|image| image.path == *path) else { return };
    let target = value.at(&["build", "target"]).and_then(Value::scalar_text);
    let stage = match target {
        Some(name) => image.file.stage(&name),
        None => image.file.last(),
    };
    let Some(stage) = stage else { return };
    if service.health.is_empty() {
        // Which stage is published is written elsewhere.
        let published = || image.offered().find_map(|stage| image.health(stage));
        let is_built = value.get("build").is_some();
        service.health.extend(image.health(stage).or_else(|| if is_built { None } else { published() }));
    }
    service.command = service.command.take().or_else(|| image.command(stage));
    service.user = service.user.take().or_else(|| image.own_user(stage));
    for (name, value, span) in image.file.environment(stage) {
        if !service.env.iter().any(|entry| entry.name == name) {
            service.env.push(Env { name, value: EnvValue::of(&value), place: image.at(span) });
        }
    }
}

fn built_by(spec: &Spec, build: &Value, facts: &Facts<'_>) -> Option<Arc<str>> {
    facts.tree.file(&build_file(&spec.0, build)?).map(|file| file.path.clone())
}

/// Where the file must stand that a service of a compose file is built by; `None` if the tree cannot tell.
fn build_file(path: &str, build: &Value) -> Option<String> {
    let context = match build.as_str() {
        Some(context) => context.to_owned(),
        None => build.get("context").and_then(Value::scalar_text).unwrap_or_else(|| ".".into()),
    };
    let name = build.get("dockerfile").and_then(Value::scalar_text).unwrap_or_else(|| "Dockerfile".into());
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    joined(&joined(folder, &context)?, &name)
}

/// Folders where the Dockerfile of the whole project stands, the top among them.
pub const IMAGE_FOLDERS: &[&str] = &["", "docker", "build", "container", "deploy", "packaging"];

/// What the name of a file adds to what its kind is called: `prod` of `docker-compose.prod.yml` and of `Dockerfile.prod`.
fn addition(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let words = name.split(['.', '-', '_']);
    let kinds = ["docker", "compose", "dockerfile", "containerfile", "yml", "yaml"];
    words.filter(|word| !kinds.contains(word)).collect::<Vec<_>>().join("-")
}

/// The Dockerfile of an image that bears the project's whole name: the one that stands beside the file and is called as
/// it is; where only one is shipped, that; or the only one that stands where that of a whole project does.
fn published_from(image: &str, asked_by: &str, facts: &Facts<'_>, containers: &Containers) -> Option<Arc<str>> {
    if !facts.own_name().is_image(image) {
        return None;
    }
    let is_main = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let lower = name.to_lowercase();
        let among = lower.strip_suffix(".dockerfile").or_else(|| lower.strip_prefix("dockerfile."));
        let is_first = || among.is_some_and(|which| matches!(which, "default" | "main" | "release" | "production"));
        IMAGE_FOLDERS.contains(&folder) && (matches!(&*lower, "dockerfile" | "containerfile") || is_first())
    };
    let mut shipped: Vec<&Image> =
        containers.images.iter().filter(|image| image.standing == Standing::Production).collect();
    let own = addition(asked_by);
    let is_called_so =
        |image: &&&Image| path::folder_of(&image.path) == path::folder_of(asked_by) && addition(&image.path) == own;
    if let Some(image) = shipped.iter().find(is_called_so).filter(|_| !own.is_empty()) {
        return Some(image.path.clone());
    }
    if shipped.len() > 1 {
        shipped.retain(|image| is_main(&image.path));
    }
    match shipped.as_slice() {
        [one] => Some(one.path.clone()),
        _ => None,
    }
}

/// A relative path from a folder of the tree; `None` if it leaves the tree or is not relative.
pub(in crate::facts) fn joined(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with(['/', '~', '$']) || relative.contains("://") {
        return None;
    }
    path::join(folder, relative)
}

fn role(service: &Service, value: &Value, facts: &Facts<'_>) -> Role {
    let is_foreign = |image: &str| super::third_party_image(image).is_some() && !super::is_published_here(facts, image);
    if service.image.as_ref().is_some_and(|image| is_foreign(&image.value)) && value.get("build").is_none() {
        return Role::ThirdParty;
    }
    let mode = value.at(&["deploy", "mode"]).and_then(Value::as_str);
    if mode.is_some_and(|mode| mode.ends_with("-job")) {
        return Role::Job;
    }
    super::role_of_name(&service.name, value.get("ports").is_some() || value.get("expose").is_some())
}

fn health(spec: &Spec, value: &Value) -> Option<Health> {
    let check = value.get("healthcheck")?;
    let place = spec.entry_of(value, "healthcheck")?;
    let disabled = check.get("disable").and_then(Value::as_bool) == Some(true);
    let kind = match spec.command(check, "test") {
        _ if disabled => HealthKind::Disabled,
        Some(test) => super::health_command(&test.value),
        // An image's own check with other numbers: whether there is one is not known here.
        None => return None,
    };
    let (interval, timeout) = (spec.seconds(check, "interval", Some(30.0)), spec.seconds(check, "timeout", Some(30.0)));
    Some(Health { kind, place, interval, timeout })
}

fn environment(spec: &Spec, value: &Value, facts: &Facts<'_>) -> Vec<Env> {
    let mut entries = match value.get("environment") {
        Some(list) if list.as_list().is_some() => listed_env(spec, list),
        Some(map) => spec.env_map(map),
        None => Vec::new(),
    };
    let folder = path::folder_of(&spec.0);
    // The later file wins over the earlier, and `environment` over both.
    for path in env_files(value).iter().rev().filter_map(|file| joined(folder, file)) {
        let Some(map) = facts.parsed(&path).and_then(|parsed| parsed.first()) else { continue };
        for entry in Spec(path.as_str().into()).env_map(map) {
            if !entries.iter().any(|known| known.name == entry.name) {
                entries.push(entry);
            }
        }
    }
    entries
}

/// The files that a service takes its environment from.
fn env_files(value: &Value) -> Vec<String> {
    let path = |file: &Value| file.get("path").unwrap_or(file).scalar_text();
    let Some(files) = value.get("env_file") else { return Vec::new() };
    files.as_list().map_or_else(|| path(files).into_iter().collect(), |list| list.iter().filter_map(path).collect())
}

/// Whether a file of its environment is not here: an `env_file`, or a `.env` that is mounted.
fn borrows(spec: &Spec, value: &Value, facts: &Facts<'_>) -> bool {
    let folder = path::folder_of(&spec.0);
    let is_away = |file: &str| joined(folder, file).is_none_or(|path| facts.tree.file(&path).is_none());
    let volumes = value.get("volumes").and_then(Value::as_list).unwrap_or_default().iter();
    let mounted = volumes.filter_map(|volume| volume.as_str()?.split(':').next());
    env_files(value).iter().any(|file| is_away(file))
        || mounted.into_iter().any(|host| host.rsplit('/').next() == Some(".env") && is_away(host))
}

/// Whether a service starts only with a profile; one without a name (`${WEB_PROFILE:-}`) keeps nothing back.
fn needs_profile(service: &Value) -> bool {
    let is_empty = |name: &Value| match name.scalar_text().map(|text| EnvValue::of(&text)) {
        Some(EnvValue::Literal(name) | EnvValue::Default(name)) => name.is_empty(),
        _ => false,
    };
    service.get("profiles").is_some_and(|profiles| match profiles.as_list() {
        Some(list) => !list.is_empty() && !list.iter().any(is_empty),
        None => !is_empty(profiles),
    })
}

/// `- KEY=value`, or `- KEY` for a value from whoever starts it.
fn listed_env(spec: &Spec, list: &Value) -> Vec<Env> {
    let entries = list.as_list().unwrap_or_default().iter();
    entries
        .filter_map(|entry| {
            let text = entry.scalar_text()?;
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, EnvValue::of(value)),
                None => (text.as_str(), EnvValue::Reference(format!("${{{text}}}"))),
            };
            Some(Env { name: name.to_owned(), value, place: spec.at(entry) })
        })
        .collect()
}

/// Nothing but a person changes how many containers of a service run; one unless it says otherwise.
fn scale(spec: &Spec, value: &Value) -> Scale {
    let deploy = value.get("deploy").filter(|deploy| deploy.get("replicas").is_some());
    let count = match deploy {
        Some(deploy) => spec.limit(deploy, "replicas", Limit::Default(1.0)),
        None => spec.limit(value, "scale", Limit::Default(1.0)),
    };
    Scale::fixed(count)
}

fn memory(spec: &Spec, value: &Value) -> Option<Fact<f64>> {
    let limits = value.at(&["deploy", "resources", "limits"]);
    let text = limits.and_then(|limits| spec.text(limits, "memory")).or_else(|| spec.text(value, "mem_limit"))?;
    Some(Fact::new(bytes(&text.value, 1.0)?, text.place))
}

/// Swarm stops the old task first unless told otherwise.
fn update_order(spec: &Spec, value: &Value) -> Option<Fact<&'static str>> {
    let update = value.at(&["deploy", "update_config"])?;
    let order = spec.text(update, "order");
    let place = order.as_ref().map(|order| order.place.clone()).or_else(|| Some(spec.at(update)))?;
    let starts_first = order.is_some_and(|order| order.value == "start-first");
    let replicas = value.at(&["deploy", "replicas"]).and_then(Value::as_number).unwrap_or(1.0);
    Some(Fact::new(if starts_first || replicas > 1.0 { "rolling" } else { "recreate" }, place))
}

/// A bind mount of a folder that holds source code.
fn mounted_source(spec: &Spec, value: &Value, tree: &Tree) -> Option<Fact<String>> {
    let folder = spec.0.rsplit_once('/').map_or("", |(folder, _)| folder);
    value.get("volumes")?.as_list()?.iter().find_map(|volume| {
        let host = match volume.as_str() {
            Some(text) => text.split(':').next()?.to_owned(),
            None => volume.get("source")?.scalar_text()?,
        };
        if !host.starts_with('.') {
            return None;
        }
        let path = joined(folder, &host)?;
        let data = path.rsplit('/').next().is_some_and(|name| DATA_FOLDERS.contains(&name));
        (!data && holds_source(tree, &path)).then(|| Fact::new(host, spec.at(volume)))
    })
}

fn holds_source(tree: &Tree, folder: &str) -> bool {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let start = tree.files().partition_point(|file| *file.path < *prefix);
    let inside = tree.files()[start..].iter().take_while(|file| file.path.starts_with(&prefix));
    inside.take(5000).any(|file| file.path.rsplit_once('.').is_some_and(|(_, end)| CODE.contains(&end)))
}
