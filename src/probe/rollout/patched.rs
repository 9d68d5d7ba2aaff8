//! What Flux lays over every release that it installs: a patch of a `Kustomization`, also one inside of another.

use super::{remedy, word};
use crate::evidence::Sighting;
use crate::facts::Facts;
use crate::facts::format::{self, Format};
use crate::source::Source;
use crate::value::Value;

/// Patches inside of patches; two are what people write.
const MAX_DEPTH: usize = 4;

/// The patches that let every release of a folder go back when its upgrade fails.
pub(super) fn abort(facts: &Facts<'_>) -> Vec<Sighting> {
    let kustomizations =
        facts.kubernetes().production().filter(|object| object.is_kind("Kustomization.kustomize.toolkit.fluxcd.io"));
    let found = kustomizations.filter_map(|object| {
        let patches = object.value.at(&["spec", "patches"])?;
        goes_back(patches, 0).then(|| {
            let message = format!("{} lets every release roll a failed upgrade back", object.title());
            word(object.at(patches.span), message, "automatic")
        })
    });
    found.collect()
}

/// Whether one of these patches is for every release, and remedies a failed upgrade.
fn goes_back(patches: &Value, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    patches.as_list().unwrap_or_default().iter().any(|patch| {
        let target = |key: &str| patch.get("target").and_then(|target| target.get(key));
        let is_for_all =
            ["name", "labelSelector", "annotationSelector", "namespace"].iter().all(|key| target(key).is_none());
        let Some(text) = patch.get("patch").and_then(Value::as_str).filter(|_| is_for_all) else { return false };
        let documents = format::parse(Format::Yaml, &Source::new("patch", text)).unwrap_or_default();
        documents.iter().any(|document| match document.get("kind").and_then(Value::as_str) {
            Some("HelmRelease") => remedy(document).is_some_and(|remedy| remedy.works),
            Some("Kustomization") => document.at(&["spec", "patches"]).is_some_and(|inner| goes_back(inner, depth + 1)),
            _ => false,
        })
    })
}
