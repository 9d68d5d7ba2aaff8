//! Which crates of a workspace the service is made of, by who depends on whom.

use super::{Ecosystem, Package, Purpose};
use crate::facts::Facts;
use crate::facts::code::{Language, Role};
use crate::pattern::pattern;
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

// Routes, handlers, and what listens. A library may know a framework for its error type or its headers alone.
pattern!(
    ANSWERS,
    r"\b(?:\w*Router|HttpServer|ServiceConfig|RpcModule|ServerBuilder|OpenApiService|Rocket|FromRequest\w*)\b|\b\w*Server::(?:builder|new|bind)\b|\.add_service\(|\bserve\w*\(|#\[(?:\w+::)*(?:get|post|put|patch|delete|head|launch|handler|endpoint|route|rpc|OpenApi|async_trait)\b|\b\w+_server::|\b(?:warp|tide|rocket|poem|salvo|ntex|lambda_http|actix_web)::|\baxum::(?:routing|serve|extract|middleware)"
);

/// Folders of the crates of a workspace, by what they are to the service.
#[derive(Debug, Default)]
pub(super) struct Service {
    /// Those that answer its requests.
    pub(super) answering: Vec<String>,
    /// Those that serve nothing, that nothing which serves depends on, and that do not start it.
    pub(super) beside: Vec<String>,
}

/// What the crates are to the service.
pub(super) fn of(facts: &Facts<'_>, packages: &[Package]) -> Service {
    let is_ours = |package: &&Package| package.ecosystem == Ecosystem::Cargo && package.role == Role::Product;
    let crates: Vec<&Package> = packages.iter().filter(is_ours).filter(|package| package.name.is_some()).collect();
    let needs = |package: &Package, name: &str| {
        package.dependencies.iter().any(|one| one.purpose == Purpose::Runtime && one.name == name)
    };
    let knows = |at: &usize| SERVERS.iter().any(|server| needs(crates[*at], server));
    let knowing: BTreeSet<usize> = (0..crates.len()).filter(knows).collect();
    if knowing.is_empty() {
        return Service::default();
    }
    let answering: BTreeSet<usize> = knowing.iter().copied().filter(|at| answers(facts, crates[*at])).collect();
    let servers = if answering.is_empty() { knowing } else { answering };
    let depends = |from: usize, on: usize| crates[on].name.as_deref().is_some_and(|name| needs(crates[from], name));
    let parts = closure(&servers, crates.len(), depends);
    let starters = closure(&servers, crates.len(), |known, other| depends(other, known));
    let is_beside = |at: &usize| !parts.contains(at) && !starters.contains(at);
    let folder = |at: usize| crates[at].folder().to_owned();
    let beside = (0..crates.len()).filter(is_beside).map(folder).collect();
    Service { answering: servers.iter().copied().map(folder).collect(), beside }
}

/// Whether the code of a crate answers requests.
fn answers(facts: &Facts<'_>, package: &Package) -> bool {
    let folder = package.folder();
    let is_code = |path: &str| path.starts_with(folder) && Language::of(path) == Some(Language::Rust);
    let code = facts.tree.files().iter().filter(|file| is_code(&file.path)).filter_map(|file| file.text());
    code.into_iter().any(|source| ANSWERS.is_match(source.text()))
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
