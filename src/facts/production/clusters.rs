//! Clusters that run on one machine, for those who work on the product.

use super::{Parts, TOOL_FOLDERS, lowered};

/// Folders of what sets up such a cluster.
const LOCAL: &[&str] = &["minikube", "k3d"];
/// The same among programs for those who work on the product; elsewhere `kind` is a word, and `k3s` runs production too.
const LOCAL_AMONG_TOOLS: &[&str] = &["kind", "k3s", "microk8s", "kwok"];

/// Folders that have one for each place where a cluster may run; there `kind` is the one on this machine.
const PLACES: &[&str] = &["provider", "providers"];

/// What sets up the cluster on one machine that a file, not of code, is for.
pub fn local_cluster(path: &str) -> Option<&'static str> {
    let path = lowered(path);
    let parts = Parts::of(&path);
    of_folders(parts.folders).filter(|_| parts.can_be_settings())
}

/// What sets up the local cluster that some folders are for: `minikube/`, `hack/kind/`.
pub(super) fn of_folders(folders: &str) -> Option<&'static str> {
    let named = |list: &[&'static str], part: &str| list.iter().find(|tool| **tool == part).copied();
    let (mut among_tools, mut among_places) = (false, false);
    folders.split('/').find_map(|part| {
        let found = named(LOCAL, part);
        let found = found.or_else(|| named(LOCAL_AMONG_TOOLS, part).filter(|_| among_tools));
        let found = found.or_else(|| named(&["kind"], part).filter(|_| among_places));
        among_tools |= TOOL_FOLDERS.contains(&part);
        among_places = PLACES.contains(&part);
        found
    })
}
