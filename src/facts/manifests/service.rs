//! Which crates of a workspace the service is made of, by who depends on whom.

use super::{Ecosystem, Package, Purpose};
use crate::facts::code::Role;
use std::collections::BTreeSet;

/// Frameworks that answer requests; a client of gRPC depends on its framework too, and counts as well.
const SERVERS: &[&str] = &[
    "actix-web",
    "axum",
    "grpcio",
    "jsonrpsee",
    "lambda_http",
    "loco-rs",
    "ntex",
    "poem",
    "poem-openapi",
    "rocket",
    "salvo",
    "tide",
    "tonic",
    "warp",
];

/// The folders of the crates that serve nothing, that nothing which serves depends on, and that do not start it.
pub(super) fn beside(packages: &[Package]) -> Vec<String> {
    let is_ours = |package: &&Package| package.ecosystem == Ecosystem::Cargo && package.role == Role::Product;
    let crates: Vec<&Package> = packages.iter().filter(is_ours).filter(|package| package.name.is_some()).collect();
    let needs = |package: &Package, name: &str| {
        package.dependencies.iter().any(|one| one.purpose == Purpose::Runtime && one.name == name)
    };
    let answers = |at: &usize| SERVERS.iter().any(|server| needs(crates[*at], server));
    let servers: BTreeSet<usize> = (0..crates.len()).filter(answers).collect();
    if servers.is_empty() {
        return Vec::new();
    }
    let depends = |from: usize, on: usize| crates[on].name.as_deref().is_some_and(|name| needs(crates[from], name));
    let parts = closure(&servers, crates.len(), depends);
    let starters = closure(&servers, crates.len(), |known, other| depends(other, known));
    let is_beside = |at: &usize| !parts.contains(at) && !starters.contains(at);
    (0..crates.len()).filter(is_beside).map(|at| crates[at].folder().to_owned()).collect()
}

/// All that can be reached from some, one step after the other.
pub(super) fn closure(from: &BTreeSet<usize>, count: usize, is_step: impl Fn(usize, usize) -> bool) -> BTreeSet<usize> {
    let mut known = from.clone();
    let mut open: Vec<usize> = from.iter().copied().collect();
    while let Some(at) = open.pop() {
        for next in (0..count).filter(|next| is_step(at, *next)) {
            if known.insert(next) {
                open.push(next);
            }
        }
    }
    known
}
