//! Stores that a compose file of production runs, and the services beside them that back them up.

use super::reading::{NEVER, Read, days};
use super::{Backup, Property, Said, Store, Stores, aside, images, kubernetes, postgres};
use crate::evidence::{Blind, Observed, Place};
use crate::facts::Facts;
use crate::facts::containers::{EnvValue, Platform, Service};
use crate::facts::production::Standing;
use crate::quantity::Quantity;

pub(super) fn read(facts: &Facts<'_>, view: &mut Stores, backups: &mut Vec<Backup>) {
    view.blind.extend(facts.containers().blind.iter().cloned());
    for service in facts.containers().services.iter().filter(|service| service.platform == Platform::Compose) {
        let Some(image) = &service.image else { continue };
        if let Some(engines) = images::backs_up(&image.value) {
            if service.standing == Standing::Production {
                backups.push(Backup::new(engines, by_image(service, &image.value)));
            }
            continue;
        }
        let Some((engine, keeps)) = images::store(&image.value) else { continue };
        let mut store = Store::new(format!("service \"{}\"", service.name), service.place.clone(), engine);
        store.is_database = keeps == images::Keeps::Database;
        if keeps == images::Keeps::Cache {
            continue;
        }
        match &service.standing {
            Standing::Production => {
                by_service(service, &mut store);
                view.stores.push(kubernetes::on_volumes(store));
            }
            standing => {
                if let Standing::Uncertain(why) = standing {
                    let why = format!("{} may or may not be production: {why}", store.title);
                    view.blind.push(Blind { place: Some(store.place.clone()), why });
                }
                view.notes.extend(aside(store.place, &store.title, standing));
            }
        }
    }
}

fn by_service(service: &Service, store: &mut Store) {
    for entry in &service.env {
        if entry.name == "POSTGRES_HOST_AUTH_METHOD" && entry.value == EnvValue::Literal("trust".into()) {
            store.says(Property::Identity, entry.place.clone(), "no password asked for", Observed::Flag(false));
        }
    }
    if let Some(command) = &service.command {
        let words = command.value.split_whitespace().map(|word| (word, command.place.clone()));
        store.said.extend(postgres::said(&postgres::arguments(words), false));
    }
}

/// What the variables of a service say that is there to make backups.
fn by_image(service: &Service, image: &str) -> Vec<Said> {
    let set = |names: &[&str]| {
        service.env.iter().find(|entry| names.contains(&entry.name.as_str())).map(|entry| {
            let text = match &entry.value {
                EnvValue::Literal(text) | EnvValue::Default(text) | EnvValue::Reference(text) => text.clone(),
            };
            (text, entry.place.clone())
        })
    };
    let mut said = Vec::new();
    let title = format!("service \"{}\"", service.name);
    let mut add = |property: Property, place: Place, what: String, value: Option<Observed>| {
        said.extend(value.map(|value| Said::new(property, place, format!("{what} in {title}"), value)));
    };
    let seconds = |amount: f64| Some(Observed::Quantity(Quantity::seconds(amount)));
    let schedule =
        set(&["SCHEDULE", "BACKUP_CRON_EXPRESSION", "CRON_TIME", "BACKUP_CRON", "DB_DUMP_CRON", "CRON_SCHEDULE"]);
    let every = set(&["DB_BACKUP_INTERVAL", "DEFAULT_BACKUP_INTERVAL", "DB_DUMP_FREQUENCY"]);
    match (schedule, every) {
        (Some((text, place)), _) => {
            add(Property::Frequency, place, format!("backups at {text}"), Read::Cron.of_text(&text));
        }
        (None, Some((text, place))) => {
            let minutes = text.parse::<f64>().ok().map(|minutes| Observed::Quantity(Quantity::seconds(minutes * 60.0)));
            add(Property::Frequency, place, format!("a backup every {text} minutes"), minutes);
        }
        // Without a schedule of its own this one runs once and ends.
        (None, None) if image.contains("-s3") => {
            add(Property::Frequency, service.place.clone(), "one backup at its start".into(), seconds(NEVER));
        }
        (None, None) => {
            add(Property::Frequency, service.place.clone(), "daily backups by default".into(), seconds(86_400.0));
        }
    }
    let keep = set(&["BACKUP_KEEP_DAYS", "BACKUP_RETENTION_DAYS", "REMOVE_BEFORE", "BACKUP_KEEP_DAILY"]);
    let kept = |text: &str| days(text).map(|kept| Observed::Quantity(Quantity::seconds(kept)));
    match keep {
        Some((text, place)) => add(Property::Retention, place, format!("kept for {text} days"), kept(&text)),
        None if image.contains("postgres-backup-local") => {
            add(Property::Retention, service.place.clone(), "kept for 7 days by default".into(), kept("7"));
        }
        None => {}
    }
    let cipher = set(&["PASSPHRASE", "GPG_PASSPHRASE", "ENCRYPT_PASSPHRASE", "AGE_PUBLIC_KEYS", "RESTIC_PASSWORD"]);
    match cipher {
        Some((_, place)) => {
            add(Property::Encryption, place, "a passphrase encrypts them".into(), Some(word("aes_256")));
        }
        None if image.contains("restic") => {
            add(Property::Encryption, service.place.clone(), "restic encrypts them".into(), Some(word("aes_256_ctr")));
        }
        None if image.contains("-local") || image.contains("kartoza") || image.contains("cron-backup") => {
            add(Property::Encryption, service.place.clone(), "plain dumps on a volume".into(), Some(word("none")));
        }
        None => {}
    }
    said
}

fn word(text: &str) -> Observed {
    Observed::Word(text.to_owned())
}
