//! Images that are built for developers: only services into which the source is mounted run them.

use super::image::{holds_a_program, may_build};
use super::{Containers, compose};
use crate::facts::Facts;
use crate::facts::production::Standing;
use crate::tree::path::folder_of;

/// Sets aside every image that nothing but such services builds, where the project's own image lies in a folder above, or in
/// one beside it that something else builds.
pub(super) fn set_aside(facts: &Facts<'_>, containers: &mut Containers) {
    let mut found = Vec::new();
    for (index, image) in containers.images.iter().enumerate() {
        let folder = folder_of(&image.path);
        let is_above = |other: &str| other.is_empty() && !folder.is_empty() || folder.starts_with(&format!("{other}/"));
        let is_built_beside = |other: &str| {
            other != folder
                && !folder.is_empty()
                && folder_of(other) == folder_of(folder)
                && is_built_elsewhere(facts, other)
        };
        let mut others = containers.images.iter().filter(|other| other.standing == Standing::Production);
        let is_asked = image.standing == Standing::Production
            && !facts.project().is_production(&image.path)
            && !holds_a_program(facts, folder)
            && others.any(|other| is_above(folder_of(&other.path)) || is_built_beside(folder_of(&other.path)));
        let users = || containers.services.iter().filter(|service| service.dockerfile.as_ref() == Some(&image.path));
        let is_developed = |service: &super::Service| {
            service.mounts_source.is_some() && matches!(service.standing, Standing::Aside(_))
        };
        if let Some(user) = users().next()
            && is_asked
            && users().all(is_developed)
            && !is_built_elsewhere(facts, folder)
        {
            let place = &user.place.path;
            let why = format!("only {place} builds it, where \"{}\" runs on the mounted source", user.name);
            found.push((index, why));
        }
    }
    for (index, why) in found {
        containers.images[index].standing = Standing::Aside(why);
    }
}

/// Whether CI, a script or a recipe names the folder.
fn is_built_elsewhere(facts: &Facts<'_>, folder: &str) -> bool {
    let mut files = facts.tree.files().iter().filter(|file| may_build(&file.path) && !compose::is_compose(&file.path));
    files.any(|file| {
        file.text().is_some_and(|source| {
            source.text().match_indices(folder).any(|(at, _)| {
                let rest = &source.text()[at + folder.len()..];
                let inside = rest.strip_prefix('/');
                let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'');
                let below = inside.unwrap_or(rest);
                below.is_empty()
                    || below.starts_with(is_end)
                    || inside.is_some_and(|inside| inside.split(is_end).next().is_some_and(super::image::is_dockerfile))
            })
        })
    })
}
