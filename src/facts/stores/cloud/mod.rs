//! Databases that infrastructure as code declares, by Terraform's names.

mod backups;
mod kinds;
mod parameters;

use super::Property::{self, Failover, Location, Network, Replicas, Retention, Tls};
use super::reading::Read::{self, There};
use super::{Backup, Engine, Said, Store, Stores};
use crate::evidence::Observed;
use crate::facts::Facts;
use crate::facts::infra::{Resource, Setting, written};
use crate::facts::kubernetes::path::Path;
use crate::quantity::Quantity;
use kinds::{CLOUDS, Cloud};

pub(super) fn read(facts: &Facts<'_>, view: &mut Stores, backups: &mut Vec<Backup>) {
    let infra = facts.infra();
    let kinds: Vec<&str> = CLOUDS.iter().map(|cloud| cloud.kind).collect();
    view.blind.extend(infra.unread(&kinds));
    for cloud in CLOUDS {
        for resource in infra.of_kind(cloud.kind) {
            if is_replica(resource, cloud) {
                continue;
            }
            let mut store = store_of(resource, cloud);
            replicas(facts, cloud, resource, &mut store);
            view.stores.push(store);
        }
    }
    parameters::read(facts, backups);
    backups::plans(facts, backups);
    backups::copies(facts, backups);
}

fn is_replica(resource: &Resource, cloud: &Cloud) -> bool {
    cloud.replica.is_some_and(|path| resource.setting(path).is_some_and(|setting| setting.default_of.is_none()))
}

fn store_of(resource: &Resource, cloud: &Cloud) -> Store {
    let engine = resource.setting("engine").and_then(|setting| Engine::of(&setting.text()?));
    let version = || resource.setting("database_version").and_then(|setting| Engine::of(&setting.text()?));
    let mut store = Store::new(resource.title(), resource.place(), engine.or_else(version).unwrap_or(cloud.engine));
    store.is_database = cloud.is_database;
    for (property, path, read) in cloud.says {
        for setting in resource.settings(&Path::parse(path)) {
            store.said.extend(said(resource, *property, &setting, *read));
        }
    }
    for (property, fixed, what) in cloud.always {
        if let Some(value) = fixed.observed() {
            store.says(*property, resource.place(), what, value);
        }
    }
    by_kind(resource, cloud.kind, &mut store);
    store
}

/// What a setting says; a default is marked as one.
fn said(resource: &Resource, property: Property, setting: &Setting<'_>, read: Read) -> Option<Said> {
    if property == Network && setting.default_of.is_some() {
        // Nobody said so: it closes no question.
        return None;
    }
    let value = if setting.is_opaque() {
        // That a network or a key is referred to says that there is one.
        match read {
            There(fixed) => fixed.observed()?,
            _ => Observed::Opaque(format!("{} of {}", setting.key, resource.title())),
        }
    } else {
        read.of(&setting.value)?
    };
    let shown = setting.text().map_or_else(|| setting.key.clone(), |text| format!("{} = {text}", setting.key));
    let said = Said::new(property, setting.place.clone(), format!("{shown} in {}", resource.title()), value);
    Some(match setting.default_of {
        Some(whose) => said.default_of(whose),
        None => said,
    })
}

/// What takes more than a table to read.
fn by_kind(resource: &Resource, kind: &str, store: &mut Store) {
    let text = |path: &str| resource.setting(path).and_then(|setting| Some((setting.text()?, setting.place)));
    match kind {
        "google_sql_database_instance" => {
            let regional = text("settings.availability_type");
            if let Some((word, place)) = regional {
                let value = if word == "REGIONAL" { "automatic" } else { "none" };
                let what = format!("availability_type = {word}");
                store.says(Failover, place, &what, Observed::Word(value.to_owned()));
            }
            if let Some((mode, place)) = text("settings.ip_configuration.ssl_mode") {
                let on = matches!(mode.as_str(), "ENCRYPTED_ONLY" | "TRUSTED_CLIENT_CERTIFICATE_REQUIRED");
                store.says(Tls, place, &format!("ssl_mode = {mode}"), Observed::Flag(on));
            }
            if let Some((region, place)) = text("settings.backup_configuration.location") {
                let word =
                    if matches!(region.as_str(), "us" | "eu" | "asia") { "multiple_regions" } else { "same_region" };
                store.says(Location, place, &format!("location = {region}"), Observed::Word(word.to_owned()));
            }
            // Backups that are off keep nothing.
            if text("settings.backup_configuration.enabled").is_some_and(|(on, _)| on == "false") {
                store.said.retain(|said| said.property != Retention);
            }
        }
        // Since PostgreSQL 15 the default group of RDS refuses connections in the clear.
        "aws_db_instance" if store.engine == Engine::Postgres => {
            let major = text("engine_version")
                .and_then(|(version, place)| Some((version.split('.').next()?.parse::<u32>().ok()?, place)));
            if let Some((_, place)) = major.filter(|(major, _)| *major >= 15) {
                let said =
                    Said::new(Tls, place, "rds.force_ssl is on unless a group turns it off", Observed::Flag(true));
                store.said.push(said.default_of("RDS for PostgreSQL 15 and later"));
            }
        }
        "azurerm_postgresql_flexible_server" | "azurerm_mysql_flexible_server"
            if store.about(Failover).next().is_none() =>
        {
            store.says(Failover, resource.place(), "no high_availability", Observed::Word("none".to_owned()));
        }
        _ => {}
    }
}

/// The replicas that refer to a server, and the members of a cluster beside its writer.
fn replicas(facts: &Facts<'_>, cloud: &Cloud, resource: &Resource, store: &mut Store) {
    let infra = facts.infra();
    let own_name = resource.name.rsplit('.').next().unwrap_or(&resource.name).to_owned();
    let number = |resources: Vec<&Resource>| resources.iter().map(|one| one.count.unwrap_or(1)).sum::<usize>() as f64;
    let servers = infra.of_kind(cloud.kind).filter(|one| !is_replica(one, cloud)).count();
    // An expression names the server that it copies; with one server, no other can be meant.
    let refers = |one: &&Resource, path: &str| {
        one.setting(path)
            .is_some_and(|setting| servers == 1 || written(&setting.value).unwrap_or_default().contains(&own_name))
    };
    if let Some(path) = cloud.replica {
        let copies: Vec<&Resource> =
            infra.of_kind(cloud.kind).filter(|one| is_replica(one, cloud)).filter(|one| refers(one, path)).collect();
        let place = copies.first().map_or_else(|| resource.place(), |first| first.place());
        let count = number(copies);
        store.says(Replicas, place, &format!("{count} replicas"), Observed::Quantity(Quantity::count(count)));
    }
    let members = match cloud.kind {
        "aws_rds_cluster" => "aws_rds_cluster_instance",
        "aws_docdb_cluster" => "aws_docdb_cluster_instance",
        "digitalocean_database_cluster" => "digitalocean_database_replica",
        _ => return,
    };
    let found: Vec<&Resource> =
        infra.of_kind(members).filter(|one| refers(one, "cluster_identifier") || refers(one, "cluster_id")).collect();
    let Some(place) = found.first().map(|first| first.place()) else { return };
    let total = number(found);
    let readers = if members == "digitalocean_database_replica" { total } else { (total - 1.0).max(0.0) };
    store.says(Replicas, place.clone(), &format!("{readers} readers"), Observed::Quantity(Quantity::count(readers)));
    if members != "digitalocean_database_replica" {
        let word = if total >= 2.0 { "automatic" } else { "none" };
        store.says(Failover, place, &format!("{total} members"), Observed::Word(word.to_owned()));
    }
}
