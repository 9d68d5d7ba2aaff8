//! Images beside a spec by which a platform builds the same folder from its source: nobody builds them for production.

use super::Containers;
use super::compose::{is_compose, joined};
use super::image::{holds_a_program, is_dockerfile, may_build};
use crate::facts::Facts;
use crate::facts::production::{Stage, Standing};
use crate::tree::File;
use crate::tree::path::folder_of;
use crate::value::Value;
use std::sync::Arc;

/// Sets aside every image of such a folder that no composition in effect uses, where nothing of the tree builds images.
pub(super) fn set_aside(facts: &Facts<'_>, containers: &mut Containers) {
    let specs: Vec<(Arc<str>, String)> = facts.tree.files().iter().flat_map(|file| folders(facts, file)).collect();
    if specs.is_empty() || builds_images(facts) {
        return;
    }
    for image in containers.images.iter_mut().filter(|image| image.standing == Standing::Production) {
        let folder = folder_of(&image.path);
        let covers = |root: &str| root.is_empty() || folder == root || folder.starts_with(&format!("{root}/"));
        let mut users = containers.services.iter().filter(|service| service.dockerfile.as_ref() == Some(&image.path));
        let is_used = users.any(|user| !matches!(user.standing, Standing::Aside(_)));
        let spec = specs.iter().find(|(_, root)| covers(root));
        if let Some((spec, _)) = spec.filter(|_| !is_used && !facts.project().is_production(&image.path)) {
            image.standing =
                Standing::Aside(format!("{spec} has the platform build the source, and nothing builds it"));
        }
    }
}

/// The folders that a platform builds from their source, by one spec.
fn folders(facts: &Facts<'_>, file: &File) -> Vec<(Arc<str>, String)> {
    let (name, folder) = (file.name(), folder_of(&file.path));
    let is_azure = matches!(name, "azure.yaml" | "azure.yml");
    let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
    let is_foundry = name.starts_with("manifest") && matches!(kind, "yml" | "yaml");
    let is_aside = || matches!(facts.own_name().stage(&file.path), Stage::Never(_));
    if !(is_azure || is_foundry) || is_aside() {
        return Vec::new();
    }
    let Some(document) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { return Vec::new() };
    let found: Vec<String> = if is_azure {
        let services = document.get("services").and_then(Value::as_map);
        let of_source = |service: &Value| {
            let text = |key: &str| service.get(key).and_then(Value::as_str);
            let takes_source = matches!(text("host")?, "appservice" | "function" | "staticwebapp");
            (takes_source && service.get("docker").is_none()).then(|| joined(folder, text("project")?)).flatten()
        };
        services.into_iter().flatten().filter_map(|(_, field)| of_source(&field.value)).collect()
    } else {
        let apps = document.get("applications").and_then(Value::as_list).unwrap_or_default().iter();
        let is_built = |app: &&Value| {
            ["buildpack", "buildpacks"].iter().any(|key| app.get(key).is_some()) && app.get("docker").is_none()
        };
        apps.filter(is_built).filter_map(|app| pushed(facts, folder, app)).collect()
    };
    found.into_iter().map(|root| (file.path.clone(), root)).collect()
}

/// The folder that Cloud Foundry is given: the one that is named, else where the program is.
fn pushed(facts: &Facts<'_>, folder: &str, app: &Value) -> Option<String> {
    match app.get("path").and_then(Value::as_str) {
        Some(path) => joined(folder, path),
        None if holds_a_program(facts, folder) => Some(folder.to_owned()),
        None => holds_a_program(facts, "").then(String::new),
    }
}

/// Whether CI, a script or a recipe builds images.
fn builds_images(facts: &Facts<'_>) -> bool {
    const WORDS: &[&str] = &[
        "docker build",
        "buildx",
        "build-push-action",
        "kaniko",
        "acr build",
        "podman build",
        "buildah",
        "docker push",
    ];
    let builds = |path: &str| may_build(path) || path.ends_with("package.json");
    let mut files = facts.tree.files().iter().filter(|file| builds(&file.path));
    files.any(|file| {
        !is_compose(&file.path)
            && !is_dockerfile(&file.path)
            && file.text().is_some_and(|source| WORDS.iter().any(|word| source.text().contains(word)))
    })
}
