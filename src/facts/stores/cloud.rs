//! Databases that infrastructure as code declares, by Terraform's names.

use super::Property::{
    self, AtRest, Audit, Encryption, Failover, Frequency, Identity, Insights, Location, Network, Pitr, Replicas,
    Retention, Tls,
};
use super::reading::Fixed::{Flag, Seconds, Silent, Word};
use super::reading::Read::{self, Days, On, Quorum, There};
use super::reading::{NEVER, aws_gap};
use super::{Backup, Engine, Said, Store, Stores, postgres};
use crate::evidence::Observed;
use crate::facts::Facts;
use crate::facts::infra::{Resource, Setting};
use crate::facts::kubernetes::path::Path;
use crate::quantity::Quantity;
use crate::value::Value;

const DAY: f64 = 86_400.0;
/// What the managed services say can be lost at most.
const FIVE_MINUTES: f64 = 300.0;

/// A kind of resource that is a store.
struct Cloud {
    kind: &'static str,
    engine: Engine,
    is_database: bool,
    /// A setting that makes it a replica of another one.
    replica: Option<&'static str>,
    says: &'static [(Property, &'static str, Read)],
    /// What its provider always does, whatever is written.
    always: &'static [(Property, Fixed, &'static str)],
}

type Fixed = super::reading::Fixed;

const BASE: Cloud = Cloud { kind: "", engine: Engine::Other, is_database: true, replica: None, says: &[], always: &[] };

const RDS_CLUSTER: &[(Property, &str, Read)] = &[
    (Frequency, "backup_retention_period", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
    (Retention, "backup_retention_period", Days),
    (Pitr, "backup_retention_period", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
    (Encryption, "storage_encrypted", On(Word("aes_256"), Word("none"))),
    (AtRest, "storage_encrypted", On(Word("aes_256"), Word("none"))),
    (Identity, "iam_database_authentication_enabled", On(Flag(true), Silent)),
    (Insights, "performance_insights_enabled", On(Flag(true), Silent)),
];

const ALWAYS_ENCRYPTED: &[(Property, Fixed, &str)] = &[
    (AtRest, Word("aes_256"), "storage that its provider encrypts always"),
    (Encryption, Word("aes_256"), "backups that its provider encrypts always"),
];

const AZURE: &[(Property, &str, Read)] = &[
    (Frequency, "backup_retention_days", On(Seconds(DAY), Seconds(NEVER))),
    (Retention, "backup_retention_days", Days),
    (Pitr, "backup_retention_days", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
    (Location, "geo_redundant_backup_enabled", On(Word("multiple_regions"), Word("same_region"))),
    (Failover, "high_availability.mode", There(Word("automatic"))),
    (Network, "delegated_subnet_id", There(Flag(true))),
];

/// The kinds.
const CLOUDS: &[Cloud] = &[
    Cloud {
        kind: "aws_db_instance",
        engine: Engine::Postgres,
        replica: Some("replicate_source_db"),
        says: &[
            (Frequency, "backup_retention_period", On(Seconds(DAY), Seconds(NEVER))),
            (Retention, "backup_retention_period", Days),
            (Pitr, "backup_retention_period", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
            (Encryption, "storage_encrypted", On(Word("aes_256"), Word("none"))),
            (AtRest, "storage_encrypted", On(Word("aes_256"), Word("none"))),
            (Failover, "multi_az", On(Word("automatic"), Word("none"))),
            (Identity, "iam_database_authentication_enabled", On(Flag(true), Silent)),
            (Network, "publicly_accessible", On(Flag(false), Flag(true))),
            (Insights, "performance_insights_enabled", On(Flag(true), Silent)),
        ],
        ..BASE
    },
    Cloud { kind: "aws_rds_cluster", engine: Engine::Postgres, says: RDS_CLUSTER, ..BASE },
    Cloud { kind: "aws_docdb_cluster", engine: Engine::Mongo, says: RDS_CLUSTER, ..BASE },
    Cloud {
        kind: "aws_dynamodb_table",
        says: &[
            (Frequency, "point_in_time_recovery.enabled", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
            (Retention, "point_in_time_recovery.enabled", On(Seconds(35.0 * DAY), Seconds(0.0))),
            (Pitr, "point_in_time_recovery.enabled", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
        ],
        always: &[
            (AtRest, Word("aes_256"), "storage that its provider encrypts always"),
            (Encryption, Word("aes_256"), "backups that its provider encrypts always"),
            (Failover, Word("automatic"), "three zones of its provider"),
            (Tls, Flag(true), "an endpoint that takes nothing but TLS"),
        ],
        ..BASE
    },
    Cloud {
        kind: "google_sql_database_instance",
        engine: Engine::Postgres,
        replica: Some("master_instance_name"),
        says: &[
            (Frequency, "settings.backup_configuration.enabled", On(Seconds(DAY), Seconds(NEVER))),
            (Pitr, "settings.backup_configuration.point_in_time_recovery_enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Pitr, "settings.backup_configuration.binary_log_enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Retention, "settings.backup_configuration.backup_retention_settings.retained_backups", Days),
            (Network, "settings.ip_configuration.private_network", There(Flag(true))),
            (Insights, "settings.insights_config.query_insights_enabled", On(Flag(true), Silent)),
        ],
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud {
        kind: "google_alloydb_cluster",
        engine: Engine::Postgres,
        says: &[
            (Frequency, "continuous_backup_config.enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Pitr, "continuous_backup_config.enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Retention, "continuous_backup_config.recovery_window_days", Days),
        ],
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud {
        kind: "google_spanner_instance",
        always: &[
            (AtRest, Word("aes_256"), "storage that its provider encrypts always"),
            (Failover, Word("automatic"), "replicas that are part of the service"),
            (Property::Consistency, Word("strong"), "reads that see every write"),
            (Tls, Flag(true), "an endpoint that takes nothing but TLS"),
        ],
        ..BASE
    },
    Cloud {
        kind: "azurerm_postgresql_flexible_server",
        engine: Engine::Postgres,
        replica: Some("source_server_id"),
        says: AZURE,
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud {
        kind: "azurerm_mysql_flexible_server",
        engine: Engine::Mysql,
        replica: Some("source_server_id"),
        says: AZURE,
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud { kind: "azurerm_mssql_database", always: ALWAYS_ENCRYPTED, ..BASE },
    Cloud { kind: "azurerm_cosmosdb_account", engine: Engine::Mongo, always: ALWAYS_ENCRYPTED, ..BASE },
    Cloud {
        kind: "digitalocean_database_cluster",
        engine: Engine::Postgres,
        says: &[(Failover, "node_count", Quorum(2.0)), (Network, "private_network_uuid", There(Flag(true)))],
        always: &[
            (Frequency, Seconds(DAY), "a daily backup by the provider"),
            (Retention, Seconds(7.0 * DAY), "seven days, which the provider fixes"),
            (Pitr, Seconds(FIVE_MINUTES), "recovery to a point in time by the provider"),
            (AtRest, Word("aes_256"), "storage that its provider encrypts always"),
            (Encryption, Word("aes_256"), "backups that its provider encrypts always"),
        ],
        ..BASE
    },
    Cloud {
        kind: "mongodbatlas_advanced_cluster",
        engine: Engine::Mongo,
        says: &[
            (Frequency, "backup_enabled", On(Seconds(DAY), Seconds(NEVER))),
            (Pitr, "pit_enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Failover, "cluster_type", There(Word("automatic"))),
        ],
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud { kind: "neon_project", engine: Engine::Postgres, always: ALWAYS_ENCRYPTED, ..BASE },
    Cloud {
        kind: "aws_opensearch_domain",
        is_database: false,
        says: &[(AtRest, "encrypt_at_rest.enabled", On(Word("aes_256"), Word("none")))],
        always: &[
            (Frequency, Seconds(3600.0), "an hourly snapshot by the provider"),
            (Retention, Seconds(14.0 * DAY), "fourteen days, which the provider fixes"),
            (Encryption, Word("aes_256"), "snapshots that its provider encrypts always"),
        ],
        ..BASE
    },
];

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
    parameters(facts, backups);
    plans(facts, backups);
    copies(facts, backups);
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
        one.setting(path).is_some_and(|setting| {
            let raw = match &setting.value.kind {
                crate::value::Kind::Expr(expression) => expression.raw.clone(),
                _ => setting.text().unwrap_or_default(),
            };
            servers == 1 || raw.contains(&own_name)
        })
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

/// Settings of servers in parameter groups, flags and configurations.
fn parameters(facts: &Facts<'_>, backups: &mut Vec<Backup>) {
    let groups: &[(&str, &str)] = &[
        ("aws_db_parameter_group", "parameter"),
        ("aws_rds_cluster_parameter_group", "parameter"),
        ("google_sql_database_instance", "settings.database_flags"),
        ("azurerm_postgresql_flexible_server_configuration", ""),
    ];
    for (kind, path) in groups {
        for resource in facts.infra().of_kind(kind) {
            let mut settings: Vec<postgres::Setting> = Vec::new();
            let mut add = |value: &Value, place: crate::evidence::Place| {
                let text = |key: &str| value.get(key).and_then(Value::scalar_text);
                if let (Some(name), Some(value)) = (text("name"), text("value")) {
                    settings.push((name, value, place));
                }
            };
            if path.is_empty() {
                add(&resource.value, resource.place());
            }
            for setting in resource.settings(&Path::parse(path)).iter().filter(|_| !path.is_empty()) {
                let single = std::slice::from_ref(&*setting.value);
                for value in setting.value.as_list().unwrap_or(single) {
                    let place = crate::evidence::Place::at(resource.path.clone(), value.span);
                    add(value, place);
                }
            }
            let mut said = postgres::said(&settings, false);
            for (name, value, place) in &settings {
                if name == "cloudsql.iam_authentication" && value == "on" {
                    said.push(Said::new(Identity, place.clone(), format!("{name} = {value}"), Observed::Flag(true)));
                }
                if name == "cloudsql.enable_pgaudit" && value == "on" && !said.iter().any(|one| one.property == Audit) {
                    said.push(Said::new(
                        Audit,
                        place.clone(),
                        format!("{name} = {value}"),
                        Observed::Word("connections".into()),
                    ));
                }
            }
            let engine = resource.setting("family").and_then(|family| Engine::of(&family.text()?));
            if !said.is_empty() {
                backups.push(Backup::new(&[engine.unwrap_or(Engine::Postgres)], said));
            }
        }
    }
}

/// Backups of RDS and their log in another region: AWS takes no other destination.
fn copies(facts: &Facts<'_>, backups: &mut Vec<Backup>) {
    for copy in facts.infra().of_kind("aws_db_instance_automated_backups_replication") {
        let message = format!("backups are copied to another region by {}", copy.title());
        let value = Observed::Word("multiple_regions".to_owned());
        backups.push(Backup::new(&[], vec![Said::new(Location, copy.place(), message, value)]));
    }
}

/// Plans of AWS Backup, where a selection gives them something to save.
fn plans(facts: &Facts<'_>, backups: &mut Vec<Backup>) {
    let infra = facts.infra();
    if infra.of_kind("aws_backup_selection").next().is_none() {
        return;
    }
    for plan in infra.of_kind("aws_backup_plan") {
        let mut said_here = Vec::new();
        for setting in plan.settings(&Path::parse("rule.schedule")) {
            let gap = setting.text().and_then(|text| aws_gap(&text));
            let value = gap.map(|gap| Observed::Quantity(Quantity::seconds(gap)));
            let message = format!("{} in {}", setting.text().unwrap_or_default(), plan.title());
            said_here.extend(value.map(|value| Said::new(Frequency, setting.place.clone(), message, value)));
        }
        for (property, path, read) in [
            (Retention, "rule.lifecycle.delete_after", Days),
            (Pitr, "rule.enable_continuous_backup", On(Seconds(FIVE_MINUTES), Silent)),
        ] {
            for setting in plan.settings(&Path::parse(path)) {
                said_here.extend(said(plan, property, &setting, read));
            }
        }
        for setting in plan.settings(&Path::parse("rule.copy_action.destination_vault_arn")) {
            let raw = match &setting.value.kind {
                crate::value::Kind::Expr(expression) => expression.raw.clone(),
                _ => setting.text().unwrap_or_default(),
            };
            let message = format!("copies to {raw} in {}", plan.title());
            let value =
                if far(facts, &raw) { Observed::Word("multiple_regions".to_owned()) } else { Observed::Opaque(raw) };
            said_here.push(Said::new(Location, setting.place.clone(), message, value));
        }
        if infra.of_kind("aws_backup_vault").any(|vault| vault.setting("kms_key_arn").is_some()) {
            said_here.push(Said::new(
                Encryption,
                plan.place(),
                format!("a vault with a key for {}", plan.title()),
                Observed::Word("aws:kms".to_owned()),
            ));
        }
        backups.push(Backup::new(&[], said_here));
    }
}

/// Whether a vault is declared for another region: by a provider of its own.
fn far(facts: &Facts<'_>, raw: &str) -> bool {
    facts.infra().of_kind("aws_backup_vault").any(|vault| {
        let name = vault.name.rsplit('.').next().unwrap_or(&vault.name);
        raw.contains(&format!("aws_backup_vault.{name}"))
            && (vault.setting("provider").is_some() || vault.setting("region").is_some())
    })
}
