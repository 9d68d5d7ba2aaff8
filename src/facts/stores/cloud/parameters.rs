//! Settings of servers in parameter groups, flags and configurations.

use super::super::Property::{Audit, Identity};
use super::super::{Backup, Engine, Said, postgres};
use crate::evidence::{Observed, Place};
use crate::facts::Facts;
use crate::facts::infra::Resource;
use crate::facts::kubernetes::path::Path;
use crate::value::Value;

/// Kinds of resources with the path to their parameters; the empty path is the resource itself.
const GROUPS: &[(&str, &str)] = &[
    ("aws_db_parameter_group", "parameter"),
    ("aws_rds_cluster_parameter_group", "parameter"),
    ("google_sql_database_instance", "settings.database_flags"),
    ("azurerm_postgresql_flexible_server_configuration", ""),
];

/// Adds what the parameters say.
pub(super) fn read(facts: &Facts<'_>, backups: &mut Vec<Backup>) {
    for (kind, path) in GROUPS {
        for resource in facts.infra().of_kind(kind) {
            let settings = settings_of(resource, path);
            let mut said = postgres::said(&settings, false);
            of_cloud_sql(&settings, &mut said);
            let engine = resource.setting("family").and_then(|family| Engine::of(&family.text()?));
            if !said.is_empty() {
                backups.push(Backup::new(&[engine.unwrap_or(Engine::Postgres)], said));
            }
        }
    }
}

fn settings_of(resource: &Resource, path: &str) -> Vec<postgres::Setting> {
    let setting = |value: &Value, place: Place| {
        let text = |key: &str| value.get(key).and_then(Value::scalar_text);
        Some((text("name")?, text("value")?, place))
    };
    if path.is_empty() {
        return setting(&resource.value, resource.place()).into_iter().collect();
    }
    let mut settings = Vec::new();
    for group in resource.settings(&Path::parse(path)) {
        let single = std::slice::from_ref(&*group.value);
        let values = group.value.as_list().unwrap_or(single).iter();
        settings.extend(values.filter_map(|value| setting(value, Place::at(resource.path.clone(), value.span))));
    }
    settings
}

/// What flags say that only Cloud SQL has.
fn of_cloud_sql(settings: &[postgres::Setting], said: &mut Vec<Said>) {
    for (name, value, place) in settings.iter().filter(|(_, value, _)| value == "on") {
        let (property, seen) = match name.as_str() {
            "cloudsql.iam_authentication" => (Identity, Observed::Flag(true)),
            // The settings of pgaudit say more.
            "cloudsql.enable_pgaudit" if !said.iter().any(|one| one.property == Audit) => {
                (Audit, Observed::Word("connections".into()))
            }
            _ => continue,
        };
        said.push(Said::new(property, place.clone(), format!("{name} = {value}"), seen));
    }
}
