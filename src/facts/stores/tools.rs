//! Configuration files of servers and of backup tools.

use super::Property::{Audit, Encryption, Frequency, Identity, Location, Pitr, Retention, Tls, Verified};
use super::reading::days;
use super::{Backup, Engine, Property, Said, Store, Stores, postgres};
use crate::evidence::{Observed, Place};
use crate::facts::Facts;
use crate::facts::containers::is_mounted_aside;
use crate::facts::production::{self, Stage};
use crate::quantity::Quantity;
use crate::source::Span;
use crate::tree::File;
use crate::value::Value;

pub(super) fn read(facts: &Facts<'_>, view: &mut Stores, backups: &mut Vec<Backup>) {
    for file in facts.tree.files() {
        let (engine, said) = match file.name() {
            "postgresql.conf" | "postgresql.auto.conf" | "postgres.conf" => {
                (Engine::Postgres, postgres::said(&lines(file), false))
            }
            "my.cnf" | "mysqld.cnf" | "mariadb.cnf" => (Engine::Mysql, postgres::said(&lines(file), false)),
            "pgbackrest.conf" => (Engine::Postgres, pgbackrest(&lines(file))),
            "barman.conf" => (Engine::Postgres, barman(&lines(file))),
            "pg_hba.conf" => (Engine::Postgres, host_access(file)),
            "mongod.conf" => (Engine::Mongo, mongod(file)),
            "litestream.yml" | "litestream.yaml" => {
                if !is_aside(facts, file) {
                    view.stores.extend(litestream(facts, file));
                }
                continue;
            }
            _ => continue,
        };
        if said.is_empty() || is_aside(facts, file) {
            continue;
        }
        backups.push(Backup::new(&[engine], said));
    }
}

fn is_aside(facts: &Facts<'_>, file: &File) -> bool {
    matches!(production::stage_of_path(&file.path), Stage::Never(_)) || is_mounted_aside(facts, &file.path)
}

/// `name = value` and `name value` lines without comments; sections do not matter.
fn lines(file: &File) -> Vec<postgres::Setting> {
    let Some(source) = file.text() else { return Vec::new() };
    let mut found = Vec::new();
    let mut offset = 0;
    for line in source.text().split_inclusive('\n') {
        let span = Span::new(offset, offset + line.trim_end().len());
        offset += line.len();
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';', '[', '!']) {
            continue;
        }
        // A comment behind a value begins after a blank, outside quotes.
        let line = match line.find(" #").or_else(|| line.find("\t#")) {
            Some(at) if line.get(..at).is_some_and(|head| head.matches('\'').count() % 2 == 0) => &line[..at],
            _ => line,
        };
        let (name, value) =
            line.split_once('=').or_else(|| line.split_once(char::is_whitespace)).unwrap_or((line, "on"));
        found.push((name.trim().replace('-', "_"), value.trim().to_owned(), Place::at(file.path.clone(), span)));
    }
    found
}

fn word(text: &str) -> Observed {
    Observed::Word(text.to_owned())
}

fn seconds(amount: f64) -> Observed {
    Observed::Quantity(Quantity::seconds(amount))
}

/// pgBackRest: whether its repositories are encrypted, how long fulls are kept when counted by time, where they are.
fn pgbackrest(settings: &[postgres::Setting]) -> Vec<Said> {
    let mut said = Vec::new();
    let get = |name: &str| settings.iter().find(|(own, ..)| own == name);
    let repositories: Vec<&postgres::Setting> =
        settings.iter().filter(|(name, ..)| name.starts_with("repo") && name.ends_with("_path")).collect();
    let mut regions: Vec<&str> = Vec::new();
    for (name, path, place) in &repositories {
        let repo = name.trim_end_matches("_path");
        let kind = get(&format!("{repo}_type")).map_or("posix", |(_, kind, _)| kind.as_str());
        match get(&format!("{repo}_cipher_type")) {
            Some((own, cipher, place)) => {
                said.push(Said::new(Encryption, place.clone(), format!("{own} = {cipher}"), word(cipher)));
            }
            None if kind == "posix" || kind == "sftp" => {
                let message = format!("{name} = {path} without a cipher: pgBackRest encrypts nothing by default");
                said.push(Said::new(Encryption, place.clone(), message, word("none")));
            }
            None => {
                let message = format!("{repo} of type {kind}, encrypted by its provider always");
                said.push(Said::new(Encryption, place.clone(), message, word("AES256")));
            }
        }
        let by_time = get(&format!("{repo}_retention_full_type")).is_some_and(|(_, kind, _)| kind == "time");
        if let Some((own, count, place)) = get(&format!("{repo}_retention_full")).filter(|_| by_time)
            && let Some(kept) = days(count)
        {
            said.push(Said::new(Retention, place.clone(), format!("{own} = {count} days"), seconds(kept)));
        }
        let region = ["s3_region", "s3_endpoint", "gcs_bucket", "azure_account"]
            .iter()
            .find_map(|key| get(&format!("{repo}_{key}")))
            .map_or(kind, |(_, region, _)| region.as_str());
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    if let Some((name, _, place)) = repositories.last() {
        let place_word = if regions.len() > 1 { "multiple_regions" } else { "same_region" };
        said.push(Said::new(Location, place.clone(), format!("{name}, of {} places", regions.len()), word(place_word)));
    }
    said
}

fn barman(settings: &[postgres::Setting]) -> Vec<Said> {
    let kept = settings.iter().filter(|(name, ..)| name == "retention_policy");
    kept.filter_map(|(name, value, place)| {
        Some(Said::new(Retention, place.clone(), format!("{name} = {value}"), seconds(days(value)?)))
    })
    .collect()
}

/// Who may connect, and whether in the clear.
fn host_access(file: &File) -> Vec<Said> {
    let Some(source) = file.text() else { return Vec::new() };
    let mut said = Vec::new();
    let (mut offset, mut encrypted, mut clear): (usize, Option<Place>, Option<(Place, String)>) = (0, None, None);
    for line in source.text().split_inclusive('\n') {
        let place = Place::at(file.path.clone(), Span::new(offset, offset + line.trim_end().len()));
        offset += line.len();
        let fields: Vec<&str> = line.split_whitespace().collect();
        let Some(kind) = fields.first().copied().filter(|kind| kind.starts_with("host")) else { continue };
        let method = fields.get(4).copied().unwrap_or("");
        let address = fields.get(3).copied().unwrap_or("");
        let is_local = address.starts_with("127.")
            || address.starts_with("::1")
            || address == "localhost"
            || address == "samehost";
        if method == "reject" || is_local {
            continue;
        }
        if method == "trust" {
            let message = format!("`{}` asks for no password", line.trim());
            said.push(Said::new(Identity, place.clone(), message, Observed::Flag(false)));
        }
        match kind {
            "hostssl" | "hostgssenc" => encrypted = encrypted.or(Some(place)),
            _ => clear = clear.or_else(|| Some((place, line.trim().to_owned()))),
        }
    }
    match (clear, encrypted) {
        (Some((place, line)), _) => {
            said.push(Said::new(
                Tls,
                place,
                format!("`{line}` lets connections in without TLS"),
                Observed::Flag(false),
            ));
        }
        (None, Some(place)) => {
            said.push(Said::new(Tls, place, "nothing but hostssl lets a connection in", Observed::Flag(true)));
        }
        (None, None) => {}
    }
    said
}

fn mongod(file: &File) -> Vec<Said> {
    let Some(source) = file.text() else { return Vec::new() };
    // Its name promises no format; it is YAML.
    let yaml = crate::source::Source::new(file.path.as_ref(), source.text());
    let Ok(documents) = crate::facts::format::parse(crate::facts::format::Format::Yaml, &yaml) else {
        return Vec::new();
    };
    let Some(document) = documents.first() else { return Vec::new() };
    let mut said = Vec::new();
    let mut add = |path: &[&str], property: Property, of: fn(&str) -> Option<Observed>| {
        let Some(value) = document.at(path) else { return };
        let Some(text) = value.scalar_text() else { return };
        let message = format!("{}: {text}", path.join("."));
        said.extend(
            of(&text).map(|observed| Said::new(property, Place::at(file.path.clone(), value.span), message, observed)),
        );
    };
    add(&["net", "tls", "mode"], Tls, |text| Some(Observed::Flag(text == "requireTLS")));
    add(&["security", "authorization"], Identity, |text| (text == "disabled").then_some(Observed::Flag(false)));
    add(&["security", "enableEncryption"], Property::AtRest, |text| {
        Some(word(if text == "true" { "aes_256" } else { "none" }))
    });
    let filtered = document.at(&["auditLog", "filter"]).is_some();
    let whole: fn(&str) -> Option<Observed> = |_| Some(word("all_queries"));
    let part: fn(&str) -> Option<Observed> = |_| Some(word("writes"));
    add(&["auditLog", "destination"], Audit, if filtered { part } else { whole });
    said
}

/// Litestream: the file that it copies as it is written, and where to.
fn litestream(facts: &Facts<'_>, file: &File) -> Vec<Store> {
    let Some(document) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { return Vec::new() };
    let mut stores = Vec::new();
    for database in document.get("dbs").and_then(Value::as_list).unwrap_or_default() {
        let Some(path) = database.get("path").and_then(Value::scalar_text) else { continue };
        let place = Place::at(file.path.clone(), database.get("path").map_or(database.span, |path| path.span));
        let mut store = Store::new(format!("SQLite \"{path}\""), place.clone(), Engine::Sqlite);
        let single = database.get("replica").map(std::slice::from_ref);
        let replicas = database.get("replicas").and_then(Value::as_list).or(single).unwrap_or_default();
        let Some(first) = replicas.first() else { continue };
        let at = Place::at(file.path.clone(), first.span);
        let text = |key: &str| first.get(key).or_else(|| document.get(key)).and_then(Value::scalar_text);
        store.says(Frequency, at.clone(), "a copy as it is written", seconds(60.0));
        let sync = text("sync-interval").and_then(|text| crate::facts::containers::duration(&text)).unwrap_or(1.0);
        store.says(Pitr, at.clone(), "a copy as it is written", seconds(sync));
        let kept = text("retention").and_then(|text| crate::facts::containers::duration(&text));
        store.says(Retention, at.clone(), "copies that are kept", seconds(kept.unwrap_or(86_400.0)));
        if let Some(checked) = text("validation-interval").and_then(|text| crate::facts::containers::duration(&text)) {
            store.says(Verified, at.clone(), "validation-interval", seconds(checked));
        }
        let url = text("url").unwrap_or_default();
        let by_s3 = url.starts_with("s3://")
            || text("type").is_some_and(|kind| kind == "s3" || kind == "gs" || kind == "gcs" || kind == "abs");
        if by_s3 && text("endpoint").is_none() {
            store.says(
                Encryption,
                at.clone(),
                "a bucket that its provider encrypts always, for the copy",
                word("AES256"),
            );
        }
        let place_word = if replicas.len() > 1 { "multiple_regions" } else { "same_region" };
        store.says(Location, at, "replicas", word(place_word));
        stores.push(store);
    }
    stores
}
