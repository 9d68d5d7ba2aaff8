//! Stores in a cluster: objects of operators, workloads that run a database, and what backs them up.

use super::operators::{BACKERS, Backer, CLASSES, OPERATORS, PLACE_KEYS, PLACES, Row, TWO_PLACES};
use super::reading::{Fixed, NEVER, Read};
use super::{Backup, Engine, Property, Said, Store, Stores, aside, images, postgres};
use crate::evidence::{Blind, Observed, Place};
use crate::facts::Facts;
use crate::facts::containers::EnvValue;
use crate::facts::kubernetes::Object;
use crate::facts::kubernetes::path::Path;
use crate::facts::production::Standing;
use crate::quantity::Quantity;
use crate::value::Value;

/// Words of a chart that may declare a store.
const WORDS: &[&str] = &[
    "postgresql.cnpg.io",
    "acid.zalan.do",
    "crunchydata.com",
    "percona.com",
    "mysql.oracle.com",
    "k8s.mariadb.com",
    "image: postgres",
    "image: mysql",
    "image: mariadb",
    "image: mongo",
    "StatefulSet",
];

pub(super) fn read(facts: &Facts<'_>, view: &mut Stores, backups: &mut Vec<Backup>) {
    let cluster = facts.kubernetes();
    view.blind.extend(cluster.unread(WORDS));
    for object in &cluster.objects {
        let Some(mut store) = store_of(object) else { continue };
        store.namespace = namespace(object);
        match &object.standing {
            Standing::Production => view.stores.push(on_volumes(store)),
            standing => {
                if let Standing::Uncertain(why) = standing {
                    let why = format!("{} may or may not be production: {why}", store.title);
                    view.blind.push(Blind { place: Some(store.place.clone()), why });
                }
                view.notes.extend(aside(store.place, &store.title, standing));
            }
        }
    }
    for object in cluster.production() {
        if let Some(backer) = BACKERS.iter().find(|backer| object.is_kind(backer.kind)) {
            backups.extend(backup_of(object, backer));
        }
    }
    places(facts, view, backups);
    classes(facts, view);
}

fn namespace(object: &Object) -> Option<String> {
    object.value.at(&["metadata", "namespace"]).and_then(Value::scalar_text)
}

/// A store on volumes of the cluster or the machine.
pub(super) fn on_volumes(mut store: Store) -> Store {
    store.mute.push((Property::AtRest, "what its volumes are made of is not in the tree"));
    store
}

/// The store that an object declares.
fn store_of(object: &Object) -> Option<Store> {
    if let Some(operator) = OPERATORS.iter().find(|operator| object.is_kind(operator.kind)) {
        let mut store = Store::new(object.title(), object.place(), operator.engine);
        store.is_database = operator.is_database;
        for row in operator.says.iter().chain(operator.shares) {
            store.said.extend(said(object, row));
        }
        by_operator(object, operator.kind, &mut store);
        return Some(store);
    }
    if !object.is_workload() && !object.is_kind("Pod") {
        return None;
    }
    object.containers().into_iter().find_map(|container| {
        let (engine, keeps) = images::store(container.image()?)?;
        let mut store = Store::new(object.title(), object.place(), engine);
        store.is_database = keeps == images::Keeps::Database;
        if keeps == images::Keeps::Cache && (images::may_be_lost(&object.name) || !keeps_data(container.value)) {
            return None;
        }
        for entry in container.env() {
            let trusts = matches!(&entry.value, EnvValue::Literal(text) if text == "trust");
            if entry.name == "POSTGRES_HOST_AUTH_METHOD" && trusts {
                store.says(Property::Identity, entry.place, "no password asked for", Observed::Flag(false));
            }
        }
        let words: Vec<(&Value, String)> = ["command", "args"]
            .iter()
            .filter_map(|key| container.value.get(key)?.as_list())
            .flatten()
            .filter_map(|value| Some((value, value.scalar_text()?)))
            .collect();
        let settings =
            postgres::arguments(words.iter().map(|(value, text)| (text.as_str(), container.object.at(value.span))));
        store.said.extend(postgres::said(&settings, false));
        Some(store)
    })
}

/// Whether a container is given a place of its own for its data.
fn keeps_data(container: &Value) -> bool {
    let mounts = container.get("volumeMounts").and_then(Value::as_list).unwrap_or_default();
    mounts.iter().any(|mount| {
        let path = mount.get("mountPath").and_then(Value::as_str).unwrap_or("");
        path.trim_end_matches('/').ends_with("data")
    })
}

/// What a row finds in an object.
fn said(object: &Object, (property, path, read): &Row) -> Vec<Said> {
    let found = Path::parse(path).find(&object.value);
    let is_count = matches!(read, Read::Members | Read::Quorum(_));
    if is_count && path.contains("[*]") && found.len() > 1 && path.contains("instances") {
        // Groups of instances of one cluster: together they are its members.
        let sum: f64 = found.iter().filter_map(|found| found.value.as_number()).sum();
        let first = &found[0];
        let value = read.of_text(&sum.to_string());
        let message = format!("{sum} instances in {}", object.title());
        return value.map(|value| Said::new(*property, object.at(first.span), message, value)).into_iter().collect();
    }
    let one = |found: &crate::facts::kubernetes::path::Found<'_>| {
        let value = read.of(found.value)?;
        let shown =
            found.value.scalar_text().map_or_else(|| found.key.clone(), |text| format!("{}: {text}", found.key));
        let title = object.title();
        Some(Said::new(*property, object.at(found.span), format!("{shown} in {title}"), value))
    };
    found.iter().filter_map(one).collect()
}

/// What takes more than a table to read.
fn by_operator(object: &Object, kind: &str, store: &mut Store) {
    let at = |path: &str| Path::parse(path).find(&object.value);
    match kind {
        "Cluster.postgresql.cnpg.io" => {
            store.said.extend(parameters(object, "spec.postgresql.parameters", true));
            let path = at("spec.backup.barmanObjectStore.destinationPath");
            let endpoint = at("spec.backup.barmanObjectStore.endpointURL");
            if let Some(path) =
                path.first().filter(|_| endpoint.is_empty() && store.about(Property::Encryption).next().is_none())
                && let Some(text) = path.value.as_str().filter(|text| by_provider(text))
            {
                let what = format!("backups at {text}, encrypted by its provider always, in the copy");
                store.says(Property::Encryption, object.at(path.span), &what, Observed::Word("AES256".into()));
            }
        }
        "postgresql.acid.zalan.do" => {
            store.said.extend(parameters(object, "spec.postgresql.parameters", false));
            let enabled = at("spec.enableLogicalBackup");
            let is_on = enabled.first().is_some_and(|found| found.value.as_bool() == Some(true));
            let rows = said(object, &(Property::Frequency, "spec.logicalBackupSchedule", Read::Cron));
            match enabled.first() {
                Some(found) if is_on && rows.is_empty() => {
                    let day = Observed::Quantity(Quantity::seconds(86_400.0));
                    store.says(
                        Property::Frequency,
                        object.at(found.span),
                        "enableLogicalBackup, daily by default,",
                        day,
                    );
                }
                _ if is_on => store.said.extend(rows),
                _ => {}
            }
        }
        "PostgresCluster.postgres-operator.crunchydata.com" | "PerconaPGCluster.pgv2.percona.com" => {
            store.said.extend(parameters(object, "spec.patroni.dynamicConfiguration.postgresql.parameters", false));
            store.said.extend(pgbackrest_retention(object));
        }
        "PerconaXtraDBCluster.pxc.percona.com" => store.said.extend(kept(object, "spec.backup.schedule[*]", "keep")),
        "PerconaServerMongoDB.psmdb.percona.com" => {
            store.said.extend(kept(object, "spec.backup.tasks[?enabled=true]", "keep"));
        }
        _ => {}
    }
}

/// Storage that its provider always encrypts.
fn by_provider(path: &str) -> bool {
    path.starts_with("s3://") || path.starts_with("gs://") || path.contains(".blob.core.windows.net")
}

fn parameters(object: &Object, path: &str, loads_itself: bool) -> Vec<Said> {
    let found = Path::parse(path).find(&object.value);
    let Some(map) = found.first().and_then(|found| found.value.as_map()) else { return Vec::new() };
    let settings: Vec<postgres::Setting> = map
        .iter()
        .filter_map(|(name, field)| Some((name.to_string(), field.value.scalar_text()?, object.at(field.span()))))
        .collect();
    postgres::said(&settings, loads_itself)
}

/// Full backups that are kept: so many days, or so many times the gap between two.
fn pgbackrest_retention(object: &Object) -> Vec<Said> {
    let global = Path::parse("spec.backups.pgbackrest.global").find(&object.value);
    let Some(map) = global.first().and_then(|found| found.value.as_map()) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, field) in map.iter().filter(|(name, _)| name.ends_with("-retention-full")) {
        let Some(count) = field.value.scalar_text().and_then(|text| text.parse::<f64>().ok()) else { continue };
        let by_time = map.get(&format!("{name}-type")).and_then(|field| field.value.as_str()) == Some("time");
        let repo = name.trim_end_matches("-retention-full");
        let schedule =
            Path::parse(&format!("spec.backups.pgbackrest.repos[{repo}].schedules.full")).find(&object.value);
        let gap = schedule.first().and_then(|found| match Read::Cron.of(found.value)? {
            Observed::Quantity(gap) => Some(gap.amount),
            _ => None,
        });
        let Some(seconds) = (if by_time { Some(count * 86_400.0) } else { gap.map(|gap| gap * count) }) else {
            continue;
        };
        let message = format!("{name}: {count} in {}", object.title());
        let value = Observed::Quantity(Quantity::seconds(seconds));
        found.push(Said::new(Property::Retention, object.at(field.span()), message, value));
    }
    found
}

/// Copies that are kept, times the gap between two.
fn kept(object: &Object, tasks: &str, key: &str) -> Vec<Said> {
    let tasks = Path::parse(tasks).find(&object.value);
    let one = |task: &crate::facts::kubernetes::path::Found<'_>| {
        let field = task.value.as_map()?.get(key)?;
        let count = field.value.as_number()?;
        let Observed::Quantity(gap) = Read::Cron.of(task.value.get("schedule")?)? else { return None };
        let message = format!("{key}: {count} in {}", object.title());
        let value = Observed::Quantity(Quantity::seconds(gap.amount * count));
        Some(Said::new(Property::Retention, object.at(field.span()), message, value))
    };
    tasks.iter().filter_map(one).collect()
}

/// What an object that makes backups says, and which stores it reaches.
fn backup_of(object: &Object, backer: &Backer) -> Option<Backup> {
    let named = backer.store.and_then(|path| {
        let found = Path::parse(path).find(&object.value);
        found.first().and_then(|found| found.value.scalar_text())
    });
    let mut rows: Vec<Said> = backer.says.iter().flat_map(|row| said(object, row)).collect();
    if backer.kind == "Schedule.velero.io" {
        if keeps_manifests_alone(object) {
            return None;
        }
        let frequency = rows.iter().find(|said| said.property == Property::Frequency).cloned();
        if let (Some(frequency), false) = (frequency, rows.iter().any(|said| said.property == Property::Retention)) {
            let value = Fixed::Seconds(30.0 * 86_400.0).observed()?;
            let message = format!("{} keeps each backup for 30 days", object.title());
            rows.push(Said::new(Property::Retention, frequency.sighting.place, message, value).default_of("Velero"));
        }
    }
    let suspended = backer.suspended.iter().find_map(|path| {
        let found = Path::parse(path).find(&object.value);
        let on = found.into_iter().find(|found| found.value.as_bool() == Some(true))?;
        Some(object.at(on.span))
    });
    if let Some(place) = suspended {
        let message = format!("{} is suspended", object.title());
        rows = vec![Said::new(Property::Frequency, place, message, never())];
    }
    let bound = Path::parse("spec.template.includedNamespaces[*]").find(&object.value);
    let bound: Vec<String> = bound.iter().filter_map(|found| found.value.scalar_text()).collect();
    // k8up and VolSync save the volumes of their own namespace.
    let own =
        || matches!(backer.kind, "Schedule.k8up.io" | "ReplicationSource.volsync.backube").then(|| namespace(object));
    let namespaces = if bound.is_empty() { own().flatten().map(|own| vec![own]) } else { Some(bound) };
    Some(Backup { engines: backer.engines.to_vec(), store: named, namespaces, said: rows })
}

fn never() -> Observed {
    Observed::Quantity(Quantity::seconds(NEVER))
}

/// Velero without volumes saves what the cluster is told, not what the stores hold.
fn keeps_manifests_alone(object: &Object) -> bool {
    let flag = |path: &str| Path::parse(path).find(&object.value).first().and_then(|found| found.value.as_bool());
    flag("spec.template.snapshotVolumes") == Some(false) && flag("spec.template.defaultVolumesToFsBackup") != Some(true)
}

/// Where backups go: two places in different regions are two regions, one is one.
fn places(facts: &Facts<'_>, view: &Stores, backups: &mut Vec<Backup>) {
    let (property, word) = TWO_PLACES;
    for (kind, path) in PLACES {
        let objects: Vec<&Object> = facts.kubernetes().production().filter(|object| object.is_kind(kind)).collect();
        let mut regions: Vec<(String, Place, String)> = Vec::new();
        for object in &objects {
            for found in Path::parse(path).find(&object.value) {
                let Some(region) = found.value.scalar_text() else { continue };
                if !regions.iter().any(|(known, ..)| *known == region) {
                    regions.push((region, object.at(found.span), object.title()));
                }
            }
        }
        let engines = if kind.starts_with("ObjectStore") { vec![Engine::Postgres] } else { Vec::new() };
        let mut said: Vec<Said> =
            objects.iter().flat_map(|object| PLACE_KEYS.iter().flat_map(|row| self::said(object, row))).collect();
        if let [.., (region, place, title)] = &regions[..] {
            let word = if regions.len() > 1 && kind.starts_with("Backup") { word } else { "same_region" };
            let message = format!("{region} in {title}, of {} places", regions.len());
            said.push(Said::new(property, place.clone(), message, Observed::Word(word.to_owned())));
        }
        // A place without anything that writes to it keeps nothing.
        let used = view.stores.iter().any(|store| engines.is_empty() || engines.contains(&store.engine));
        if !said.is_empty() && (used || backups.iter().any(|backup| backup.engines == engines)) {
            backups.push(Backup::new(&engines, said));
        }
    }
}

/// What the class of a store's volumes says.
fn classes(facts: &Facts<'_>, view: &mut Stores) {
    let classes: Vec<&Object> =
        facts.kubernetes().production().filter(|object| object.is_kind("StorageClass")).collect();
    for store in &mut view.stores {
        let object = facts.kubernetes().production().find(|object| object.place() == store.place);
        let named = [
            "spec.storage.storageClass",
            "spec.volume.storageClass",
            "spec.volumeClaimTemplates[*].spec.storageClassName",
        ]
        .iter()
        .find_map(|path| Path::parse(path).find(&object?.value).first()?.value.scalar_text());
        let Some(class) = named.and_then(|name| classes.iter().find(|class| class.name == name)) else { continue };
        store.said.extend(CLASSES.iter().flat_map(|row| said(class, row)));
    }
}
