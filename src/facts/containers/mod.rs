//! Dockerfiles, compose files and platform specs.

mod compose;
mod developed;
pub mod dockerfile;
mod elsewhere;
mod fields;
mod from_source;
mod identity;
pub mod image;
mod mounted;
mod paas;
mod shell;
pub mod start;
pub mod watchers;

use super::Facts;
use super::production::Standing;
use crate::evidence::{Blind, Place};
pub(super) use compose::joined;
pub use compose::{IMAGE_FOLDERS, UNNAMED_COMPOSE};
pub use identity::{is_of_another_project, is_proxy, is_published_here, role_of_name, third_party_image, version_of};
use image::Image;
pub use mounted::{is_in_image_aside, is_mounted_aside};
pub use paas::environment_of_app;
pub(super) use paas::nomad;
use std::sync::Arc;

/// Dockerfiles, compose files and platform specs.
#[derive(Debug, Default)]
pub struct Containers {
    /// What Dockerfiles build, sorted by path.
    pub images: Vec<Image>,
    /// What compose files and platform specs run, sorted by path and then as they stand there.
    pub services: Vec<Service>,
    /// Files that could not be read.
    pub blind: Vec<Blind>,
}

/// Who runs a service that is declared in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// Docker Compose or a Swarm stack.
    Compose,
    /// `DigitalOcean` App Platform.
    AppPlatform,
    /// Fly.io.
    Fly,
    /// Render.
    Render,
    /// Heroku, or what reads a Procfile like it.
    Heroku,
    /// Google App Engine.
    AppEngine,
    /// An Amazon ECS task definition.
    Ecs,
    /// A job of Nomad.
    Nomad,
    /// Cloud Foundry.
    CloudFoundry,
}

impl Platform {
    /// Its name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "Docker Compose",
            Self::AppPlatform => "App Platform",
            Self::Fly => "Fly.io",
            Self::Render => "Render",
            Self::Heroku => "Heroku",
            Self::AppEngine => "App Engine",
            Self::Ecs => "Amazon ECS",
            Self::Nomad => "Nomad",
            Self::CloudFoundry => "Cloud Foundry",
        }
    }

    /// Whether it lets requests in and keeps the logs by itself; of the others, something else of production does.
    pub fn has_edge(self) -> bool {
        !matches!(self, Self::Compose | Self::Ecs | Self::Nomad)
    }
}

/// What a service is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It answers requests or does the product's work for as long as it lives.
    Serving,
    /// It takes no requests: a worker.
    Worker,
    /// It ends: a job, a migration, a seed, or it only makes load.
    Job,
    /// It is somebody else's software: a database, a proxy, a collector.
    ThirdParty,
}

/// One service as a compose file or a platform spec declares it.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name there.
    pub name: String,
    /// Who runs it.
    pub platform: Platform,
    /// Where it is declared.
    pub place: Place,
    /// Whether production runs it.
    pub standing: Standing,
    /// What it is for.
    pub role: Role,
    /// The image it names.
    pub image: Option<Fact<String>>,
    /// The Dockerfile of the tree that builds its image, if it says so.
    pub dockerfile: Option<Arc<str>>,
    /// Its health checks.
    pub health: Vec<Health>,
    /// Its environment.
    pub env: Vec<Env>,
    /// Whether more of it comes from a file that is not in the tree: an `env_file`, a mounted `.env`.
    pub borrows_env: bool,
    /// The command that replaces the image's own.
    pub command: Option<Fact<String>>,
    /// The user it runs as, where the declaration says so.
    pub user: Option<Fact<String>>,
    /// The most memory it may take, in bytes.
    pub memory_limit: Option<Fact<f64>>,
    /// Whether a push to the release branch deploys it.
    pub autodeploy: Option<Fact<bool>>,
    /// Whether its public entry point takes nothing but TLS.
    pub tls: Option<Fact<bool>>,
    /// How it replaces an old version, as the spec says: `rolling`, `blue_green`, `canary`, `recreate`.
    pub strategy: Option<Fact<&'static str>>,
    /// Whether a release that fails its checks is taken back without a person.
    pub reverts: Option<Fact<bool>>,
    /// Source folders of the project that are mounted into it.
    pub mounts_source: Option<Fact<String>>,
    /// Where its log goes: the driver of compose, the destinations of a platform.
    pub log: Option<Fact<String>>,
    /// How many of it run; `None` where the declaration has no word for it.
    pub scale: Option<Scale>,
}

/// How many instances of a service run.
#[derive(Clone, Debug)]
pub struct Scale {
    /// The fewest.
    pub min: Limit,
    /// The most.
    pub max: Limit,
    /// Where an autoscaler is declared; without one the number is fixed.
    pub automatic: Option<Place>,
    /// The percentage of CPU above which it adds instances.
    pub cpu: Option<Fact<f64>>,
    /// The percentage of memory.
    pub memory: Option<Fact<f64>>,
}

/// A number of instances.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    /// Somebody wrote it.
    Written(Fact<f64>),
    /// Nobody did; the platform then takes this.
    Default(f64),
    /// The platform decides, or it stands elsewhere, and what that is.
    Unknown(&'static str),
}

impl Scale {
    /// A number that only a person changes.
    fn fixed(count: Limit) -> Self {
        Self { min: count.clone(), max: count, automatic: None, cpu: None, memory: None }
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub place: Place,
}

impl<T> Fact<T> {
    /// A value at a place.
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }
}

/// One entry of an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Env {
    /// Its name.
    pub name: String,
    /// What it is set to.
    pub value: EnvValue,
    /// Where.
    pub place: Place,
}

/// What an environment entry is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// A text that stands in the tree.
    Literal(String),
    /// Something that stands elsewhere, as it is written: `${newsletter.PASSWORD}`, `secretKeyRef app/password`.
    Reference(String),
    /// A reference with a text for when it is not set: `${RUST_LOG:-info}`.
    Default(String),
}

/// A health check that the platform makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// What it does.
    pub kind: HealthKind,
    /// Where it is declared.
    pub place: Place,
    /// Seconds between two checks, and whether somebody wrote it down.
    pub interval: Timing,
    /// Seconds after which one check has failed.
    pub timeout: Timing,
}

/// What a health check does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthKind {
    /// Requests a path.
    Http(String),
    /// Runs a command in the container.
    Command(String),
    /// Opens a connection.
    Tcp,
    /// Asks the gRPC health service.
    Grpc,
    /// Is switched off, or cannot fail.
    Disabled,
}

/// A number of seconds, written down or the platform's default.
#[derive(Clone, Debug, PartialEq)]
pub enum Timing {
    /// Somebody wrote it.
    Written(Fact<f64>),
    /// Nobody did; the declared check then takes this.
    Default(f64),
    /// It is written and cannot be read, or the platform states no default.
    Unknown,
}

impl Service {
    /// A service of which nothing but its name is known yet.
    fn new(name: String, platform: Platform, place: Place, standing: Standing) -> Self {
        Self {
            name,
            platform,
            place,
            standing,
            role: Role::Serving,
            image: None,
            dockerfile: None,
            health: Vec::new(),
            env: Vec::new(),
            borrows_env: false,
            command: None,
            user: None,
            memory_limit: None,
            autodeploy: None,
            tls: None,
            strategy: None,
            reverts: None,
            mounts_source: None,
            log: None,
            scale: None,
        }
    }

    /// Whether production runs it.
    pub fn is_production(&self) -> bool {
        self.standing == Standing::Production
    }

    /// Whether it is the project's own and answers for as long as it lives.
    pub fn serves(&self) -> bool {
        self.role == Role::Serving
    }
}

impl EnvValue {
    /// A value as compose and the platforms write it.
    pub fn of(text: &str) -> Self {
        let Some(inner) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else {
            return match text.strip_prefix('$') {
                Some(name) if name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_') => {
                    Self::Reference(text.to_owned())
                }
                _ if text.contains("${") => Self::Reference(text.to_owned()),
                _ => Self::Literal(text.to_owned()),
            };
        };
        let default = inner.split_once(":-").or_else(|| inner.split_once('-'));
        match default {
            Some((_, default)) if !inner.contains("${") => Self::Default(default.to_owned()),
            _ => Self::Reference(text.to_owned()),
        }
    }
}

impl Containers {
    /// What production runs.
    pub fn production(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(|service| service.is_production())
    }
}

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Containers {
    let mut containers = Containers { images: image::read(facts), ..Containers::default() };
    paas::read(facts, &mut containers);
    compose::read(facts, &mut containers);
    developed::set_aside(facts, &mut containers);
    from_source::set_aside(facts, &mut containers);
    containers.services.sort_by(|a, b| a.place.cmp(&b.place));
    containers
}

/// A duration as Docker, compose and the platforms write it (`30s`, `1m30s`, `500ms`, a bare number of seconds).
pub fn duration(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0).then_some(seconds);
    }
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let number_end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let amount: f64 = rest[..number_end].parse().ok()?;
        let unit_end =
            rest[number_end..].find(|letter: char| letter.is_ascii_digit()).map_or(rest.len(), |end| number_end + end);
        total += amount
            * match rest[number_end..unit_end].trim() {
                "ns" => 1e-9,
                "us" | "µs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                "d" => 86400.0,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    (!text.is_empty()).then_some(total)
}

/// What a health command does; one that cannot fail checks nothing.
pub fn health_command(command: &str) -> HealthKind {
    let bare = command.trim().trim_start_matches("CMD-SHELL").trim_start_matches("CMD").trim();
    let cannot_fail = ["", "true", "/bin/true", ":", "exit 0", "NONE"].contains(&bare)
        || [" || true", " || exit 0", " || :", "; exit 0", "; true"].iter().any(|end| bare.ends_with(end));
    if cannot_fail { HealthKind::Disabled } else { HealthKind::Command(bare.to_owned()) }
}
