//! Databases that a platform's spec declares, with what the platform does for each plan.
//!
//! <https://docs.digitalocean.com/products/app-platform/how-to/manage-databases/>,
//! <https://docs.digitalocean.com/products/databases/postgresql/details/features/>,
//! <https://render.com/docs/postgresql-backups>, <https://devcenter.heroku.com/articles/heroku-postgres-plans>,
//! <https://fly.io/docs/volumes/snapshots/>.

use super::Property::{AtRest, Encryption, Failover, Frequency, Pitr, Replicas, Retention};
use super::reading::NEVER;
use super::{Engine, Property, Store, Stores, aside};
use crate::evidence::{Observed, Place};
use crate::facts::Facts;
use crate::facts::ci::deploy::Act;
use crate::facts::containers::{self, Containers, Platform, Service};
use crate::facts::production::{Stage, Standing};
use crate::quantity::Quantity;
use crate::tree::path::{folder_of, within};
use crate::value::{Field, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

const DAY: f64 = 86_400.0;

pub(super) fn read(facts: &Facts<'_>, view: &mut Stores) {
    for (path, (platform, standing)) in specs(facts.containers()) {
        let Some(document) = facts.parsed(&path).and_then(|parsed| parsed.first()) else { continue };
        let found = match platform {
            Platform::AppPlatform => app_platform(&path, document),
            Platform::Render => render(&path, document),
            Platform::Fly => fly(facts, &path, document),
            _ => continue,
        };
        for store in found {
            keep(view, store, &standing);
        }
    }
    for file in facts.tree.files().iter().filter(|file| file.name() == "app.json") {
        let Some(document) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        let standing = match facts.own_name().stage(&file.path) {
            Stage::Never(word) => Standing::Aside(format!("\"{word}\" in its path")),
            _ => match containers::environment_of_app(document) {
                Standing::Production => beside_others(facts, &file.path),
                standing => standing,
            },
        };
        for store in heroku(&file.path, document) {
            keep(view, store, &standing);
        }
    }
}

/// What an `app.json` is beside the Procfile of its folder, or beside what CI and Terraform put into production by other
/// means than Heroku's.
fn beside_others(facts: &Facts<'_>, path: &str) -> Standing {
    let is_of_heroku = |text: &str| ["heroku", "dokku"].iter().any(|word| text.to_lowercase().contains(word));
    let procfile = within(folder_of(path), "Procfile");
    if let Some(service) = facts.containers().services.iter().find(|service| *service.place.path == *procfile) {
        return service.standing.clone();
    }
    let deployments = facts.ci().deployments();
    let mut deployments = deployments.iter().filter(|one| one.act == Act::Deploy && one.counts()).peekable();
    if let Some(first) = deployments.peek().map(|one| one.what.clone())
        && !deployments.any(|one| is_of_heroku(&one.what))
    {
        return Standing::Uncertain(format!("CI deploys by `{first}`"));
    }
    let infra = facts.infra();
    let declared = infra.production().map(|resource| &*resource.path).next();
    let called = || infra.remote.iter().map(|remote| &*remote.place.path).next();
    match declared.or_else(called) {
        Some(other) if !infra.production().any(|resource| resource.is_kind("heroku_*")) => {
            Standing::Uncertain(format!("{other} declares how the project runs, too"))
        }
        _ => Standing::Production,
    }
}

fn keep(view: &mut Stores, mut store: Store, standing: &Standing) {
    match aside(store.place.clone(), &store.title, standing) {
        None => {
            // What a spec has no word for cannot be missing from it.
            let mute = [AtRest, Property::Audit, Encryption, Property::Location];
            store.mute.extend(mute.into_iter().map(|property| (property, "the platform's spec cannot state it")));
            view.stores.push(store);
        }
        Some(note) => view.notes.push(note),
    }
}

/// The specs of platforms by path.
fn specs(containers: &Containers) -> BTreeMap<Arc<str>, (Platform, Standing)> {
    let wanted =
        |service: &&Service| matches!(service.platform, Platform::AppPlatform | Platform::Render | Platform::Fly);
    let services = containers.services.iter().filter(wanted);
    services.map(|service| (service.place.path.clone(), (service.platform, service.standing.clone()))).collect()
}

fn seconds(amount: f64) -> Observed {
    Observed::Quantity(Quantity::seconds(amount))
}

fn count(amount: f64) -> Observed {
    Observed::Quantity(Quantity::count(amount))
}

fn word(text: &str) -> Observed {
    Observed::Word(text.to_owned())
}

/// Nothing is ever saved and nothing stands by.
fn without_anything(store: &mut Store, place: &Place, what: &str) {
    store.says(Frequency, place.clone(), &format!("no backups: {what}"), seconds(NEVER));
    store.says(Retention, place.clone(), &format!("no backups: {what}"), seconds(0.0));
    store.says(Pitr, place.clone(), &format!("no backups: {what}"), seconds(NEVER));
    store.says(Encryption, place.clone(), &format!("no backups: {what}"), word("none"));
    store.says(Property::Location, place.clone(), &format!("no backups: {what}"), word("none"));
}

fn entry(path: &str, field: &Field) -> Place {
    Place::at(path, field.span())
}

fn entries<'v>(document: &'v Value, key: &str) -> &'v [Value] {
    document.get(key).and_then(Value::as_list).unwrap_or_default()
}

fn named(path: &str, value: &Value, kind: &str, engine: Option<Engine>) -> Store {
    let name = value.as_map().and_then(|map| map.get("name"));
    let title = name.and_then(|field| field.value.scalar_text()).unwrap_or_else(|| "db".to_owned());
    let place = name.map_or_else(|| Place::at(path, value.span), |field| entry(path, field));
    Store::new(format!("{kind} \"{title}\""), place, engine.unwrap_or(Engine::Postgres))
}

fn app_platform(path: &str, document: &Value) -> Vec<Store> {
    let root = document.get("spec").unwrap_or(document);
    let one = |value: &Value| {
        let text = |key: &str| value.get(key).and_then(Value::scalar_text);
        let field = |key: &str| value.as_map().and_then(|map| map.get(key)).map(|field| entry(path, field));
        let mut store = named(path, value, "database", text("engine").and_then(|engine| Engine::of(&engine)));
        let is_dev = text("size").is_some_and(|size| size.contains("dev-database"))
            || match text("production") {
                Some(production) => production != "true",
                None => text("cluster_name").is_none(),
            };
        let place = field("size").or_else(|| field("production")).unwrap_or_else(|| store.place.clone());
        if is_dev {
            without_anything(&mut store, &place, "a development database of App Platform");
        } else {
            let place = field("production").unwrap_or_else(|| place.clone());
            store.says(Frequency, place.clone(), "a daily backup by the platform", seconds(DAY));
            store.says(Retention, place.clone(), "seven days, which the platform fixes,", seconds(7.0 * DAY));
            store.says(Pitr, place, "recovery to a point in time by the platform", seconds(300.0));
        }
        if let Some(nodes) = text("num_nodes").and_then(|nodes| nodes.parse::<f64>().ok()) {
            let place = field("num_nodes").unwrap_or_else(|| store.place.clone());
            let what = format!("num_nodes: {nodes}");
            // Standby nodes of the platform take over; nobody reads from them.
            store.says(Replicas, place.clone(), &what, count(0.0));
            store.says(Failover, place, &what, word(if nodes >= 2.0 { "automatic" } else { "none" }));
        } else if is_dev {
            store.says(Failover, place.clone(), "one node", word("none"));
            store.says(Replicas, place, "one node", count(0.0));
        }
        store
    };
    entries(root, "databases").iter().map(one).collect()
}

fn render(path: &str, document: &Value) -> Vec<Store> {
    let one = |value: &Value| {
        let field = |key: &str| value.as_map().and_then(|map| map.get(key));
        let mut store = named(path, value, "Render database", Some(Engine::Postgres));
        let plan = field("plan").and_then(|field| Some((field.value.scalar_text()?, entry(path, field))));
        match &plan {
            Some((name, place)) if name == "free" => without_anything(&mut store, place, "the free plan"),
            _ => {
                let place = plan.map_or_else(|| store.place.clone(), |(_, place)| place);
                store.says(Frequency, place.clone(), "continuous backup by the platform", seconds(300.0));
                store.says(Retention, place.clone(), "at most seven days of it", seconds(7.0 * DAY));
                store.says(Pitr, place.clone(), "recovery to a point in time by the platform", seconds(300.0));
                store.says(Encryption, place.clone(), "backups that the platform encrypts", word("aes_256"));
                store.says(AtRest, place, "disks that the platform encrypts", word("aes_256"));
            }
        }
        let replicas = field("readReplicas").and_then(|field| Some((field.value.as_list()?.len(), entry(path, field))));
        let standby = field("highAvailability")
            .and_then(|field| Some((field.value.get("enabled")?.as_bool()?, entry(path, field))));
        match replicas {
            Some((number, place)) => store.says(Replicas, place, "readReplicas", count(number as f64)),
            None => store.says(Replicas, store.place.clone(), "no readReplicas", count(0.0)),
        }
        if let Some((is_on, place)) = standby {
            store.says(Failover, place, "highAvailability", word(if is_on { "automatic" } else { "none" }));
        }
        store
    };
    entries(document, "databases").iter().map(one).collect()
}

/// A volume of Fly with `SQLite` on it: a snapshot a day, kept for five days unless the mount says otherwise.
fn fly(facts: &Facts<'_>, path: &str, document: &Value) -> Vec<Store> {
    let Some(mounts) = document.get("mounts").or_else(|| document.get("mount")) else { return Vec::new() };
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let litefs = ["litefs.yml", "litefs.yaml", "litestream.yml", "etc/litefs.yml", "etc/litestream.yml"]
        .iter()
        .any(|name| facts.tree.file(&format!("{folder}{name}")).is_some());
    let in_env = document.get("env").and_then(Value::as_map).is_some_and(|env| {
        env.values().any(|field| {
            field.value.scalar_text().is_some_and(|text| {
                text.contains("sqlite") || text.rsplit_once('.').is_some_and(|(_, end)| end == "db")
            })
        })
    });
    if !(litefs || in_env) {
        return Vec::new();
    }
    let single = std::slice::from_ref(mounts);
    let list = mounts.as_list().unwrap_or(single);
    let one = |value: &Value| {
        let source = value.as_map().and_then(|map| map.get("source"));
        let title = source.and_then(|field| field.value.scalar_text()).unwrap_or_else(|| "data".to_owned());
        let place = source.map_or_else(|| Place::at(path, value.span), |field| entry(path, field));
        let mut store = Store::new(format!("SQLite on volume \"{title}\""), place.clone(), Engine::Sqlite);
        let kept = value.get("snapshot_retention").and_then(Value::as_number);
        store.says(Frequency, place.clone(), "a daily snapshot by the platform", seconds(DAY));
        store.says(Retention, place.clone(), "snapshots that are kept", seconds(kept.unwrap_or(5.0) * DAY));
        store.says(Encryption, place.clone(), "snapshots that the platform encrypts", word("aes_256"));
        store.says(AtRest, place, "the volume, which the platform encrypts", word("aes_256"));
        store
    };
    list.iter().map(one).collect()
}

/// Add-ons of Heroku's PostgreSQL, by plan.
fn heroku(path: &str, document: &Value) -> Vec<Store> {
    let one = |value: &Value| {
        let plan = value.scalar_text().or_else(|| value.get("plan")?.scalar_text())?;
        if !plan.starts_with("heroku-postgresql") {
            return None;
        }
        let place = Place::at(path, value.span);
        let mut store = Store::new(format!("add-on \"{plan}\""), place.clone(), Engine::Postgres);
        let Some(tier) = plan.split(':').nth(1) else {
            let all = [Frequency, Retention, Pitr, Replicas, Failover, Property::Consistency];
            store.mute.extend(all.into_iter().map(|property| (property, "the add-on names no plan")));
            return Some(store);
        };
        let is_dev = ["hobby", "mini", "basic", "essential"].iter().any(|small| tier.starts_with(small));
        if is_dev {
            without_anything(&mut store, &place, "a plan for development");
            store.says(Failover, place.clone(), "a plan without a standby", word("none"));
            store.says(Replicas, place, "a plan without followers", count(0.0));
        } else {
            store.says(Frequency, place.clone(), "continuous protection by the platform", seconds(300.0));
            store.says(Pitr, place.clone(), "recovery to a point in time by the platform", seconds(300.0));
            store.says(Encryption, place.clone(), "backups that the platform encrypts", word("aes_256"));
            store.says(AtRest, place.clone(), "disks that the platform encrypts", word("aes_256"));
            let days = if tier.starts_with("standard") { 4.0 } else { 7.0 };
            store.says(Retention, place.clone(), "days that can be rolled back", seconds(days * DAY));
            let failover = if tier.starts_with("standard") { "none" } else { "automatic" };
            store.says(Failover, place, "the plan's standby", word(failover));
        }
        Some(store)
    };
    entries(document, "addons").iter().filter_map(one).collect()
}
