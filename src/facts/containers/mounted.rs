//! Files of the tree that compositions mount into their services.

use super::{Platform, compose::joined, image::is_dockerfile};
use crate::facts::Facts;
use crate::facts::production::{Stage, stage_of_path};
use crate::tree::File;
use crate::tree::path::{folder_of, is_at};

/// Whether only compositions that are not production take a file: the settings of a server that developers start.
pub fn is_mounted_aside(facts: &Facts<'_>, path: &str) -> bool {
    let composed = facts.containers().services.iter().filter(|service| service.platform == Platform::Compose);
    let mut takers = composed.filter(|service| mounts(facts, &service.place.path, path)).peekable();
    takers.peek().is_some() && takers.all(|service| !service.is_production()) && !is_taken_otherwise(facts, path)
}

/// Whether a file goes into an image that production does not run: the Dockerfile beside it takes it.
pub fn is_in_image_aside(facts: &Facts<'_>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let takes = |file: &&File| file.text().is_some_and(|source| source.text().contains(name));
    let beside = facts.tree.files().iter().filter(|file| folder_of(&file.path) == folder_of(path));
    let mut images = beside.filter(|file| is_dockerfile(&file.path)).filter(takes).peekable();
    let runs = |image: &File| {
        let mut own = facts.containers().production().filter_map(|service| service.dockerfile.as_deref());
        own.any(|one| one == &*image.path)
    };
    images.peek().is_some() && !images.any(runs)
}

/// Whether a volume of a compose file is the file or a folder around it.
fn mounts(facts: &Facts<'_>, compose: &str, path: &str) -> bool {
    volumes(facts, compose).any(|mounted| is_at(path, &mounted))
}

/// The files and folders of the tree that the volumes of a compose file are.
pub(super) fn volumes<'f>(facts: &'f Facts<'_>, compose: &'f str) -> impl Iterator<Item = String> + 'f {
    let lines = facts.tree.text(compose).into_iter().flat_map(|source| source.text().lines());
    lines.filter_map(move |line| {
        let entry = line.trim().trim_start_matches("- ").trim_start();
        let (host, is_spelt) = match entry.strip_prefix("source:") {
            Some(host) => (host.trim().trim_matches(['"', '\'']), true),
            None => (entry.trim_matches(['"', '\'']).split_once(":/").map_or("", |(host, _)| host), false),
        };
        // What is no path is the name of a volume.
        let is_path = host.starts_with('.') || is_spelt && host.contains('/');
        is_path.then(|| joined(folder_of(compose), host)).flatten()
    })
}

/// Whether an image or a kustomization, which may be production's, names the file too.
fn is_taken_otherwise(facts: &Facts<'_>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    facts.tree.files().iter().any(|file| {
        (is_dockerfile(&file.path) || file.name().starts_with("kustomization."))
            && !matches!(stage_of_path(&file.path), Stage::Never(_))
            && file.text().is_some_and(|source| source.text().contains(name))
    })
}
