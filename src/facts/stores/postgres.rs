//! Server settings of PostgreSQL, `MySQL` and `MariaDB`, from wherever they are written: a configuration file, an operator's
//! parameters, the arguments of a container, a parameter group.

use super::Property::{self, AtRest, Audit, Consistency, Insights, Pitr, Tls};
use super::Said;
use crate::evidence::{Observed, Place};
use crate::quantity::Quantity;

/// A setting: its name, its value, where it stands.
pub(super) type Setting = (String, String, Place);

/// `-c name=value`, `-cname=value` and `--name=value` among the words of a command line.
pub(super) fn arguments<'a>(words: impl Iterator<Item = (&'a str, Place)>) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut after_c = false;
    for (word, place) in words {
        let text = match word {
            "-c" => {
                after_c = true;
                continue;
            }
            _ if after_c => word,
            _ => match word.strip_prefix("-c").or_else(|| word.strip_prefix("--")) {
                Some(rest) => rest,
                None => continue,
            },
        };
        after_c = false;
        if let Some((name, value)) = text.split_once('=') {
            found.push((name.replace('-', "_"), value.to_owned(), place));
        }
    }
    found
}

/// What settings say. `loads_itself`: whether a library is loaded because its settings are there.
pub(super) fn said(settings: &[Setting], loads_itself: bool) -> Vec<Said> {
    let value = |name: &str| settings.iter().find(|(own, ..)| normal(own) == name).map(|(_, value, _)| plain(value));
    let libraries = value("shared_preload_libraries");
    let loaded = |library: &str| loads_itself || libraries.as_ref().is_none_or(|list| list.contains(library));
    let archives = !matches!(value("archive_mode").as_deref(), Some("off"));
    let mut found = Vec::new();
    for (name, written, place) in settings {
        let value = plain(written);
        let on = is_on(&value);
        let mut add = |property: Property, observed: Observed| {
            found.push(Said::new(property, place.clone(), format!("{name} = {written}"), observed));
        };
        match normal(name).as_str() {
            "log_statement" => add(
                Audit,
                word(match value.as_str() {
                    "all" => "all_queries",
                    "mod" => "writes",
                    "ddl" => "ddl",
                    _ => "none",
                }),
            ),
            "pgaudit.log" if loaded("pgaudit") => add(Audit, word(pgaudit(&value))),
            "log_connections" => add(Audit, word(if on || value.contains("all") { "connections" } else { "none" })),
            "server_audit_events" if value.contains("query") => add(Audit, word("all_queries")),
            "server_audit_logging" | "audit_log_policy" if on || value == "all" => add(Audit, word("all_queries")),
            "general_log" if on => add(Audit, word("all_queries")),
            "log_min_duration_statement" => add(Insights, Observed::Flag(!value.starts_with('-'))),
            "slow_query_log" => add(Insights, Observed::Flag(on)),
            "shared_preload_libraries" if value.contains("pg_stat_statements") => add(Insights, Observed::Flag(true)),
            "pg_stat_statements.track" if loads_itself => add(Insights, Observed::Flag(value != "none")),
            "rds.force_ssl" | "require_secure_transport" => add(Tls, Observed::Flag(on)),
            "synchronous_standby_names" if !value.is_empty() => add(Consistency, word("synchronous")),
            "default_table_encryption" => add(AtRest, word(if on { "aes_256" } else { "none" })),
            "archive_command" if archives && ships(&value) => {
                add(Pitr, Observed::Quantity(Quantity::seconds(archive_timeout(settings))));
            }
            _ => {}
        }
    }
    found
}

fn word(text: &str) -> Observed {
    Observed::Word(text.to_owned())
}

fn normal(name: &str) -> String {
    name.trim().to_lowercase()
}

fn plain(value: &str) -> String {
    value.trim().trim_matches(['\'', '"']).trim().to_lowercase()
}

fn is_on(value: &str) -> bool {
    matches!(value, "on" | "true" | "yes" | "1" | "enabled")
}

fn pgaudit(classes: &str) -> &'static str {
    let has = |class: &str| classes.split(',').any(|one| one.trim() == class);
    match () {
        () if has("all") || (has("read") && has("write")) => "all_queries",
        () if has("write") => "writes",
        () if has("ddl") || has("role") => "ddl",
        () => "none",
    }
}

/// Whether a command that archives the log really takes it somewhere.
fn ships(command: &str) -> bool {
    !matches!(command, "" | "true" | "/bin/true" | ":" | "exit 0" | "(disabled)")
}

/// How long a segment may stay where it is: the timeout, or five minutes where nothing is said.
fn archive_timeout(settings: &[Setting]) -> f64 {
    let written =
        settings.iter().find(|(name, ..)| normal(name) == "archive_timeout").map(|(_, value, _)| plain(value));
    let seconds = written.and_then(|text| {
        let text = text.replace("min", "m");
        crate::facts::containers::duration(&text)
    });
    seconds.filter(|seconds| *seconds > 0.0).unwrap_or(300.0)
}
