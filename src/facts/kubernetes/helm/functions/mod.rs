//! The functions of Helm's templates that manifests really use; the result of any other is hidden.

mod collections;
mod logic;
mod numbers;
mod text;

use super::data::{Data, Item};

/// Versions of Kubernetes' own interface that a current cluster serves.
const SERVED: &[&str] = &[
    "v1",
    "apps/v1",
    "batch/v1",
    "autoscaling/v1",
    "autoscaling/v2",
    "policy/v1",
    "networking.k8s.io/v1",
    "rbac.authorization.k8s.io/v1",
    "storage.k8s.io/v1",
    "apiextensions.k8s.io/v1",
    "admissionregistration.k8s.io/v1",
    "scheduling.k8s.io/v1",
    "discovery.k8s.io/v1",
    "coordination.k8s.io/v1",
];
/// Groups of which a current cluster serves nothing but what [`SERVED`] says.
const BUILT_IN: &[&str] = &[
    "apps",
    "batch",
    "autoscaling",
    "policy",
    "networking.k8s.io",
    "extensions",
    "rbac.authorization.k8s.io",
    "apiextensions.k8s.io",
    "admissionregistration.k8s.io",
];

/// Whether a cluster serves a version of an interface: known for what is built in.
pub(super) fn has_api(api: &str) -> Item {
    let (version, kind) = match api.split('/').collect::<Vec<_>>().as_slice() {
        [group, version, _kind] => (format!("{group}/{version}"), true),
        _ => (api.to_owned(), false),
    };
    let group = version.split('/').next().unwrap_or("");
    let alpha = kind && version.contains("alpha");
    if SERVED.contains(&version.as_str()) && !alpha {
        Item::bool(true)
    } else if BUILT_IN.contains(&group) {
        Item::bool(false)
    } else {
        Item::hidden("Capabilities.APIVersions")
    }
}

/// More steps would be needed than are left.
#[derive(Debug)]
pub(super) struct Exhausted;

fn spend(work: &mut usize, steps: usize) -> Result<(), Exhausted> {
    *work = work.checked_sub(steps).ok_or(Exhausted)?;
    Ok(())
}

/// The result of a function.
pub(super) fn call(name: &str, args: &[Item], work: &mut usize) -> Result<Item, Exhausted> {
    spend(work, 1)?;
    if let Some(result) = logic::call(name, args) {
        return Ok(result);
    }
    if let Some(result) = text::keeping(name, args) {
        return Ok(result);
    }
    if let Some(result) = collections::keeping(name, args, work)? {
        return Ok(result);
    }
    if let Some(hidden) = args.iter().find(|arg| arg.is_hidden()) {
        return Ok(match &hidden.data {
            Data::Hidden(what) => Item::hidden(what),
            _ => Item::hidden(name),
        });
    }
    let result = text::call(name, args).or_else(|| numbers::call(name, args));
    Ok(result.or_else(|| collections::call(name, args)).unwrap_or_else(|| Item::hidden(name)))
}

/// The text of an argument; empty for what has none.
fn text_of(args: &[Item], index: usize) -> String {
    args.get(index).and_then(Item::printed).map(|rope| rope.text().to_owned()).unwrap_or_default()
}
