//! The workloads that must be checked, and the checks that they have, in one shape.

use super::ecs;
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::ci::deploy::Deployment;

use crate::facts::code::Language;
use crate::facts::containers::image::Image;
use crate::facts::containers::{self, Fact, Health, HealthKind, IMAGE_FOLDERS, Platform, Service, Timing, version_of};
use crate::facts::kubernetes::{Container, Object, WORKLOADS};
use crate::facts::own_name::OwnName;
use crate::facts::production::Standing;
use crate::tree::path::{folder_of, is_below};
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A workload that must be checked.
#[derive(Debug)]
pub(super) struct Subject {
    /// `Deployment "web"`.
    pub(super) title: String,
    /// Where it is declared.
    pub(super) place: Place,
    /// What it should have: `readinessProbe`, `health check`.
    pub(super) wanted: &'static str,
    /// What it has.
    pub(super) checks: Vec<Check>,
    /// Why its declaration could not state a check at all.
    pub(super) silent: Option<String>,
    /// The folder of its source, where the tree shows which it is.
    pub(super) folder: Option<Arc<str>>,
    /// The image that it runs; empty where none is named.
    pub(super) image: String,
}

impl Subject {
    /// Whether its image is released apart from that of the project, under a version of its own, and nothing here builds it:
    /// its source is not in the tree.
    pub(super) fn is_built_elsewhere(&self, all: &[Self], own: &OwnName) -> bool {
        let Some(version) = version_of(&self.image).filter(|_| self.folder.is_none() && !own.is_image(&self.image))
        else {
            return false;
        };
        let others = all.iter().filter(|other| own.is_image(&other.image));
        others.filter_map(|other| version_of(&other.image)).any(|other| other != version)
    }
}

/// One check.
#[derive(Debug)]
pub(super) struct Check {
    /// `readinessProbe`, `health check`.
    pub(super) what: &'static str,
    pub(super) kind: HealthKind,
    pub(super) place: Place,
    pub(super) interval: Timing,
    pub(super) timeout: Timing,
    /// Whether it decides if the workload takes traffic.
    pub(super) admits: bool,
}

/// Every own serving workload of production; with none but those of a Procfile, the release images that check themselves.
pub(super) fn subjects(facts: &Facts<'_>) -> Vec<Subject> {
    let own: Vec<&Object> = facts.kubernetes().own_workloads().filter(|object| !object.exports_metrics()).collect();
    let listening: Vec<&Object> = own.iter().copied().filter(|object| listens(facts, object)).collect();
    let objects = if listening.is_empty() { own } else { listening };
    let mut found: Vec<Subject> = objects.into_iter().map(|object| of_object(facts, object)).collect();
    let services = facts.containers().production().filter(|service| service.serves());
    let (of_procfile, others): (Vec<&Service>, Vec<&Service>) =
        services.partition(|service| service.platform == Platform::Heroku);
    found.extend(others.into_iter().map(|service| of_service(facts, service)));
    found.extend(ecs::subjects(facts));
    if found.is_empty() {
        let images = || facts.containers().images.iter().filter(|image| image.standing == Standing::Production);
        found.extend(images().filter_map(|image| of_image(facts, image)));
        if !found.is_empty() {
            found.extend(images().filter_map(|image| unchecked_image(facts, image)));
        }
        let deployed = passes_over(facts).map(|one| format!("`{}` deploys it", one.what));
        let why = deployed.or_else(|| in_unread_manifest(facts)).filter(|_| !found.is_empty());
        if let Some(why) = why {
            let why = format!("{why} where nothing asks the HEALTHCHECK of an image");
            for subject in &mut found {
                subject.silent = Some(why.clone());
            }
        }
    }
    // A Procfile has no word for it; the image that is published beside it may have one.
    if found.is_empty() {
        found.extend(of_procfile.into_iter().map(|service| of_service(facts, service)));
    }
    found
}

/// A deployment to a platform that makes its own checks and passes over those of images: its settings stand elsewhere.
fn passes_over<'f>(facts: &'f Facts<'_>) -> Option<&'f Deployment> {
    facts.ci().deployments().iter().find(|deployment| deployment.counts() && deployment.ignores_image_checks())
}

/// A manifest of Kubernetes that cannot be read, and may run what is built here.
fn in_unread_manifest(facts: &Facts<'_>) -> Option<String> {
    let unread = facts.kubernetes().unread(WORKLOADS);
    let place = unread.into_iter().find_map(|blind| blind.place)?;
    Some(format!("{} may run it", place.path))
}

/// Whether anything can reach it: it names a port, or a Service selects it.
fn listens(facts: &Facts<'_>, object: &Object) -> bool {
    let ports = object.own_containers().iter().any(|container| container.value.get("ports").is_some());
    ports
        || facts.kubernetes().production().filter(|service| service.is_kind("Service")).any(|service| {
            let selector = service.value.at(&["spec", "selector"]).and_then(Value::as_map);
            let selector: BTreeMap<String, String> = selector
                .into_iter()
                .flatten()
                .filter_map(|(key, field)| Some((key.to_string(), field.value.scalar_text()?)))
                .collect();
            object.is_selected_by(&selector)
        })
}

fn of_object(facts: &Facts<'_>, object: &Object) -> Subject {
    let own = object.own_containers();
    let first = own.first();
    let image = first.and_then(|container| container.image()).unwrap_or_default();
    let checks = first.map(probes).filter(|checks| !checks.is_empty());
    let checks = checks.or_else(|| object.led_by().as_ref().map(probes)).unwrap_or_default();
    Subject {
        title: object.title(),
        place: object.place(),
        wanted: "readinessProbe",
        checks,
        silent: None,
        folder: source_folder(facts, &[image_name(image), &object.name]),
        image: image.to_owned(),
    }
}

/// What the kubelet asks; its defaults are 10 s and 1 s.
fn probes(container: &Container<'_>) -> Vec<Check> {
    ["readinessProbe", "livenessProbe"]
        .into_iter()
        .filter_map(|what| {
            let field = container.value.as_map()?.get(what)?;
            let probe = &field.value;
            let text = |keys: &[&str]| probe.at(keys).and_then(Value::scalar_text);
            let command = || {
                let words = probe.at(&["exec", "command"])?.as_list()?;
                Some(words.iter().filter_map(Value::scalar_text).collect::<Vec<_>>().join(" "))
            };
            let kind = if probe.get("httpGet").is_some() {
                HealthKind::Http(text(&["httpGet", "path"]).unwrap_or_else(|| "/".into()))
            } else if probe.get("grpc").is_some() {
                HealthKind::Grpc
            } else if probe.get("tcpSocket").is_some() {
                HealthKind::Tcp
            } else {
                containers::health_command(&command()?)
            };
            let timing = |key: &str, default: f64| match probe.as_map().and_then(|map| map.get(key)) {
                Some(field) => field.value.as_number().map_or(Timing::Unknown, |seconds| {
                    Timing::Written(Fact::new(seconds, container.object.at(field.span())))
                }),
                None => Timing::Default(default),
            };
            let place = container.object.at(field.key);
            let (interval, timeout) = (timing("periodSeconds", 10.0), timing("timeoutSeconds", 1.0));
            Some(Check { what, kind, place, interval, timeout, admits: what == "readinessProbe" })
        })
        .collect()
}

fn of_service(facts: &Facts<'_>, service: &Service) -> Subject {
    let title = format!("{} service \"{}\"", service.platform.name(), service.name);
    // These have no word for it; what they cannot say is no absence (ruling 2).
    let silent = match service.platform {
        Platform::Heroku => Some("a Procfile has no word for a health check".to_owned()),
        Platform::Ecs if service.health.is_empty() && balanced(facts) => {
            Some("a load balancer in Terraform may check it".to_owned())
        }
        Platform::AppEngine if service.health.is_empty() => {
            Some("App Engine checks its instances by itself".to_owned())
        }
        Platform::CloudFoundry if service.health.is_empty() => {
            Some("Cloud Foundry checks the port of its instances by itself".to_owned())
        }
        _ => None,
    };
    let folder = service.dockerfile.as_deref().map(folder_of).filter(|folder| !is_of_images(facts, folder));
    Subject {
        title,
        place: service.place.clone(),
        wanted: "health check",
        checks: service.health.iter().map(check).collect(),
        silent,
        folder: folder.map(Arc::from).or_else(|| source_folder(facts, &[&service.name])),
        image: String::new(),
    }
}

/// Whether Terraform declares a load balancer, which checks its targets.
fn balanced(facts: &Facts<'_>) -> bool {
    let files = facts.tree.files().iter().filter(|file| file.path.ends_with(".tf"));
    files.into_iter().any(|file| file.text().is_some_and(|source| source.text().contains("aws_lb_target_group")))
}

/// An image proves only what it says itself: one without a check is checked by whoever runs it, if at all.
fn of_image(facts: &Facts<'_>, image: &Image) -> Option<Subject> {
    let health = image.shipped.iter().find_map(|&stage| image.health(stage))?;
    Some(Subject {
        title: format!("the image of {}", image.path),
        place: health.place.clone(),
        wanted: "health check",
        checks: vec![check(&health)],
        silent: None,
        folder: Some(folder_of(&image.path)).filter(|folder| holds_source(facts, folder)).map(Arc::from),
        image: String::new(),
    })
}

/// An image beside those that check themselves that listens and does not: what runs it may ask, and nobody can tell.
fn unchecked_image(facts: &Facts<'_>, image: &Image) -> Option<Subject> {
    let exposed = |&&stage: &&usize| image.file.effective(stage, "EXPOSE").is_some() && image.health(stage).is_none();
    let stage = image.shipped.iter().find(exposed)?;
    let title = format!("the image of {}", image.path);
    Some(Subject {
        silent: Some(format!("nothing in the tree checks {title}; what runs it may")),
        title,
        place: image.at(image.file.effective(*stage, "EXPOSE")?.span),
        wanted: "health check",
        checks: Vec::new(),
        folder: Some(folder_of(&image.path)).filter(|folder| holds_source(facts, folder)).map(Arc::from),
        image: String::new(),
    })
}

/// Whether the folder of an image is that of its source: the only image of a tree may stand in one for files of its kind,
/// `.github/files/Dockerfile`, `build/Dockerfile`.
fn holds_source(facts: &Facts<'_>, folder: &str) -> bool {
    let is_shipped = |image: &&Image| image.standing == Standing::Production && !image.shipped.is_empty();
    let is_alone = || facts.containers().images.iter().filter(is_shipped).count() == 1;
    !is_of_images(facts, folder) && (!is_alone() || holds_code(facts, folder))
}

/// Whether a folder is where images are built, and their source stands elsewhere: `docker/default.Dockerfile`.
fn is_of_images(facts: &Facts<'_>, folder: &str) -> bool {
    IMAGE_FOLDERS.contains(&folder) && !holds_code(facts, folder)
}

/// Whether code that ships lies in a folder; scripts that build and start an image are none.
fn holds_code(facts: &Facts<'_>, folder: &str) -> bool {
    facts.code().product(facts).any(|file| file.language != Language::Shell && is_below(&file.path, folder))
}

fn check(health: &Health) -> Check {
    Check {
        what: "health check",
        kind: health.kind.clone(),
        place: health.place.clone(),
        interval: health.interval.clone(),
        timeout: health.timeout.clone(),
        admits: true,
    }
}

/// The folder of source that builds an image of one of some names: the part of a Dockerfile's path that bears it.
fn source_folder(facts: &Facts<'_>, names: &[&str]) -> Option<Arc<str>> {
    let paths = || facts.containers().images.iter().map(|image| folder_of(&image.path));
    names.iter().filter(|name| !name.is_empty()).find_map(|name| {
        paths().find_map(|folder| {
            let parts: Vec<&str> = folder.split('/').collect();
            let at = parts.iter().position(|part| part == name)?;
            Some(Arc::from(parts[..=at].join("/")))
        })
    })
}

pub(super) fn image_name(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split([':', '@']).next().unwrap_or(last)
}
