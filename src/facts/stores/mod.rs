//! The durable stores of production, and what the tree says about each: backups, replicas, failover, encryption.
//!
//! A store is declared by an operator's object, a workload or service that runs a database, a platform's spec or a
//! resource of infrastructure as code. What backs a store up is often declared beside it (a `ScheduledBackup`, a
//! scheduled `pg_dump`) and is put on every store that it reaches here, so that a probe asks one thing.

mod cloud;
mod compose;
mod images;
mod jobs;
mod kubernetes;
mod operators;
mod platforms;
mod postgres;
mod reading;
mod tools;

pub use reading::NEVER;

use super::Facts;
use super::production::Standing;
use crate::evidence::{Blind, Observed, Place, Sighting, Strength};
use std::collections::BTreeSet;

/// The stores of production.
#[derive(Debug, Default)]
pub struct Stores {
    /// Each store with what is said about it, by place.
    pub stores: Vec<Store>,
    /// What is said about the backups of a store that the tree does not declare.
    pub loose: Vec<Said>,
    /// Stores that do not count, each with the reason.
    pub notes: Vec<Sighting>,
    /// What may declare a store and could not be read.
    pub blind: Vec<Blind>,
}

/// One store.
#[derive(Clone, Debug)]
pub struct Store {
    /// What a message calls it: `Cluster "orders"`.
    pub title: String,
    /// Where it is declared.
    pub place: Place,
    /// What it speaks.
    pub engine: Engine,
    /// Whether it is a database; other stores keep files, indexes, queues.
    pub is_database: bool,
    /// What is said about it.
    pub said: Vec<Said>,
    /// The namespace of a store in a cluster, where it is written.
    pub namespace: Option<String>,
    /// What cannot be said where it is declared, and why.
    pub mute: Vec<(Property, &'static str)>,
}

/// What a store speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `PostgreSQL` and what speaks like it.
    Postgres,
    /// `MySQL`, `MariaDB`, `Percona`.
    Mysql,
    /// `MongoDB`.
    Mongo,
    /// `Redis` and what speaks like it.
    Redis,
    /// `SQLite` in a file.
    Sqlite,
    /// Another one, or one that is not named.
    Other,
}

/// What can be said about a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// The longest time between two backups.
    Frequency,
    /// How long a backup is kept.
    Retention,
    /// How much time can be lost when a point in time is restored.
    Pitr,
    /// The algorithm that encrypts the backups.
    Encryption,
    /// Where the backups are.
    Location,
    /// That backups are checked, and how often.
    Verified,
    /// That a restore really runs, and how often.
    Restored,
    /// Readable replicas.
    Replicas,
    /// Who takes over when it fails.
    Failover,
    /// What a reader may see.
    Consistency,
    /// Whether the server takes nothing but TLS.
    Tls,
    /// The algorithm that encrypts the data.
    AtRest,
    /// What the server writes down about those who use it.
    Audit,
    /// Whether slow statements are found.
    Insights,
    /// Who may connect: roles of their own.
    Identity,
    /// From where one may connect.
    Network,
}

/// One thing that is said.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// About what.
    pub property: Property,
    /// What, and where.
    pub sighting: Sighting,
}

impl Said {
    fn new(property: Property, place: Place, message: impl Into<String>, value: Observed) -> Self {
        Self { property, sighting: Sighting::new(place, Strength::Configured, message).with(value) }
    }

    fn default_of(mut self, whose: &str) -> Self {
        self.sighting = self.sighting.default_of(whose);
        self
    }
}

impl Store {
    fn new(title: impl Into<String>, place: Place, engine: Engine) -> Self {
        Self {
            title: title.into(),
            place,
            engine,
            is_database: true,
            said: Vec::new(),
            namespace: None,
            mute: Vec::new(),
        }
    }

    fn says(&mut self, property: Property, place: Place, what: &str, value: Observed) {
        let message = format!("{what} of {}", self.title);
        self.said.push(Said::new(property, place, message, value));
    }

    /// What is said about one property.
    pub fn about(&self, property: Property) -> impl Iterator<Item = &Sighting> {
        self.said.iter().filter(move |said| said.property == property).map(|said| &said.sighting)
    }
}

impl Engine {
    /// The engine that a word names: an image, an `engine` attribute, a file.
    fn of(word: &str) -> Option<Self> {
        const NAMES: &[(&str, Engine)] = &[
            ("postgres", Engine::Postgres),
            ("postgis", Engine::Postgres),
            ("timescale", Engine::Postgres),
            ("pgvector", Engine::Postgres),
            ("mysql", Engine::Mysql),
            ("mariadb", Engine::Mysql),
            ("percona", Engine::Mysql),
            ("mongo", Engine::Mongo),
            ("redis", Engine::Redis),
            ("valkey", Engine::Redis),
            ("sqlite", Engine::Sqlite),
        ];
        let word = word.to_lowercase();
        if word == "pg" {
            return Some(Self::Postgres);
        }
        NAMES.iter().find(|(name, _)| word.contains(name)).map(|(_, engine)| *engine)
    }
}

/// What backs up stores that are declared elsewhere.
struct Backup {
    /// The engines it can back up; none means that it takes whatever has a volume.
    engines: Vec<Engine>,
    /// The store it names, if it names one.
    store: Option<String>,
    /// The namespaces it is bound to, if it is.
    namespaces: Option<Vec<String>>,
    said: Vec<Said>,
}

impl Backup {
    fn new(engines: &[Engine], said: Vec<Said>) -> Self {
        Self { engines: engines.to_vec(), store: None, namespaces: None, said }
    }

    /// How long a weekly copy is kept says nothing of the days between; of several words on one backup the shortest holds.
    fn keep_what_holds_every_day(&mut self) {
        let amount = |said: &Said| match &said.sighting.value {
            Some(Observed::Quantity(quantity)) => quantity.amount,
            _ => f64::INFINITY,
        };
        let of = |said: &[Said], property: Property| {
            said.iter().filter(|one| one.property == property).map(amount).fold(f64::INFINITY, f64::min)
        };
        let gap = of(&self.said, Property::Frequency);
        let kept = of(&self.said, Property::Retention);
        let is_rare = gap.is_finite() && gap > 1.05 * 86_400.0;
        self.said.retain(|one| one.property != Property::Retention || (!is_rare && amount(one) <= kept));
    }

    fn reaches(&self, store: &Store) -> bool {
        let by_engine = self.engines.is_empty() || self.engines.contains(&store.engine);
        let by_namespace = match (&self.namespaces, &store.namespace) {
            (Some(bound), Some(own)) => bound.iter().any(|name| name == own || name == "*"),
            _ => true,
        };
        by_engine && by_namespace && self.store.as_ref().is_none_or(|name| store.title.contains(&format!("\"{name}\"")))
    }
}

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Stores {
    let mut view = Stores::default();
    let mut backups = Vec::new();
    kubernetes::read(facts, &mut view, &mut backups);
    compose::read(facts, &mut view, &mut backups);
    platforms::read(facts, &mut view);
    cloud::read(facts, &mut view, &mut backups);
    tools::read(facts, &mut view, &mut backups);
    jobs::read(facts, &mut backups);
    for mut backup in backups {
        backup.keep_what_holds_every_day();
        let mut reached = false;
        for store in view.stores.iter_mut().filter(|store| backup.reaches(store)) {
            store.said.extend(backup.said.iter().cloned());
            reached = true;
        }
        if !reached {
            view.loose.extend(backup.said);
        }
    }
    for store in &mut view.stores {
        asynchronous(store);
        store.said.sort_by(|a, b| (a.property, &a.sighting.place).cmp(&(b.property, &b.sighting.place)));
        store.said.dedup();
    }
    view.stores.sort_by(|a, b| a.place.cmp(&b.place));
    let mut told = BTreeSet::new();
    view.blind.retain(|blind| told.insert(blind.clone()));
    view
}

/// A store that replicates and says nothing of waiting for it is read with a delay.
fn asynchronous(store: &mut Store) {
    let copies = store.about(Property::Replicas).chain(store.about(Property::Failover)).find(|sighting| {
        matches!(&sighting.value, Some(Observed::Quantity(count)) if count.amount >= 1.0)
            || matches!(&sighting.value, Some(Observed::Word(word)) if word == "automatic")
    });
    let Some(place) = copies.map(|sighting| sighting.place.clone()) else { return };
    if store.about(Property::Consistency).next().is_none() {
        store.says(
            Property::Consistency,
            place,
            "replication without a word on waiting for it",
            Observed::Word("eventual".into()),
        );
    }
}

/// What keeps something from counting as production's, as a note.
fn aside(place: Place, title: &str, standing: &Standing) -> Option<Sighting> {
    match standing {
        Standing::Production => None,
        Standing::Aside(why) | Standing::Uncertain(why) => {
            Some(Sighting::new(place, Strength::Configured, format!("{title} does not count: {why}")))
        }
    }
}
