//! Images that others publish, in a composition that runs an image of the project's own, too.

use super::super::image::may_build;
use super::super::{Role, Service};
use super::is_compose;
use crate::facts::Facts;
use crate::value::{Map, Value};

/// Where images are published for everybody; what a registry of one's own holds may be the project's.
const PUBLIC: &[&str] =
    &["docker.io", "index.docker.io", "ghcr.io", "quay.io", "lscr.io", "public.ecr.aws", "mcr.microsoft.com", "gcr.io"];

/// Gives the images of other people their role: none of their words is the project's, and nothing here builds them.
pub(super) fn set_apart(facts: &Facts<'_>, declared: &Map, services: &mut [Service]) {
    let built = |service: &Service| declared.get(&service.name).is_some_and(|field| is_built(&field.value));
    let bears = |service: &Service| {
        service.image.as_ref().is_some_and(|image| facts.own_name().is_in(&image.value) == Some(true))
    };
    if !services.iter().any(|service| built(service) || bears(service)) {
        return;
    }
    for service in services.iter_mut().filter(|service| service.role != Role::ThirdParty) {
        let published = service.image.as_ref().and_then(|image| publication(&image.value));
        let is_foreign = !built(service)
            && service.dockerfile.is_none()
            && published.is_some_and(|name| facts.own_name().is_in(name) == Some(false) && !is_made_here(facts, name));
        if is_foreign {
            service.role = Role::ThirdParty;
        }
    }
}

fn is_built(service: &Value) -> bool {
    service.get("build").is_some()
}

/// The owner and the name of an image that anybody can pull: `search/engine` of `docker.io/search/engine:v1`.
fn publication(image: &str) -> Option<&str> {
    if image.contains('$') {
        return None;
    }
    let name = image.split('@').next().unwrap_or(image);
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    let (first, rest) = name.split_once('/')?;
    if first.contains(['.', ':']) {
        return PUBLIC.contains(&first).then_some(rest).filter(|rest| rest.contains('/'));
    }
    Some(name)
}

/// Whether CI, a script or a recipe names the image other than to run it.
fn is_made_here(facts: &Facts<'_>, name: &str) -> bool {
    let mut files = facts.tree.files().iter().filter(|file| may_build(&file.path) && !is_compose(&file.path));
    files.any(|file| {
        let runs = |line: &str| ["image:", " run ", " pull ", "FROM "].iter().any(|word| line.contains(word));
        file.text().is_some_and(|source| source.text().lines().any(|line| line.contains(name) && !runs(line)))
    })
}
