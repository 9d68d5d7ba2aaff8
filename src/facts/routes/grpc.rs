//! Methods of gRPC services: those of a `.proto` of the tree whose service the product serves.

use super::Operation;
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::code::{CodeFile, Hit, Language, Role, Scope};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// A service that a `.proto` of the tree declares.
struct Service<'f> {
    file: &'f CodeFile,
    package: String,
    name: String,
    /// Its methods stand here in the code text.
    body: Span,
}

/// The methods of the services that some product code serves.
pub(super) fn operations(facts: &Facts<'_>) -> Vec<Operation> {
    static METHOD: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\brpc\s+(\w+)\s*\(").ok());
    let services = services(facts);
    let patterns: Vec<String> = services.iter().map(|service| registration(&service.name)).collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let served = facts.code().find_all(facts, Scope::Product, &patterns);
    let mut operations = Vec::new();
    for (service, _) in services.iter().zip(served).filter(|(_, hits)| !hits.is_empty()) {
        let Some(text) = service.file.code(facts) else { continue };
        let body = &text.code[service.body.range()];
        for found in METHOD.iter().flat_map(|method| method.captures_iter(body)) {
            let Some(whole) = found.get(0) else { continue };
            let start = service.body.start as usize;
            let path = format!("/{}{}/{}", service.package, service.name, &found[1]);
            let span = Span::new(start + whole.start(), start + whole.end());
            operations.push(Operation::new("RPC".to_owned(), path, Place::at(service.file.path.clone(), span)));
        }
    }
    operations
}

/// The types of Rust that serve each service, by its name: `impl OrderService for Orders`.
pub(super) fn served_by(facts: &Facts<'_>) -> BTreeMap<String, Vec<String>> {
    let services = services(facts);
    let patterns: Vec<String> = services
        .iter()
        .map(|one| format!(r"\bimpl(?:<[^<>]*>)?\s+(?:\w+::)*{}\s+for\s+(?:\w+::)*(?<value>\w+)", one.name))
        .collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let found = facts.code().find_all(facts, Scope::Product, &patterns);
    let types = |hits: &Arc<Vec<Hit>>| hits.iter().filter_map(|hit| Some(hit.value.as_ref()?.0.clone())).collect();
    services.into_iter().zip(&found).map(|(service, hits)| (service.name, types(hits))).collect()
}

/// Services that Go code serves and no `.proto` of the tree declares: their methods stand in a module of their own.
pub(super) fn elsewhere(facts: &Facts<'_>) -> Vec<Blind> {
    const STANDARD: &[&str] = &["Health", "ServerReflection", "Channelz"];
    let served = facts.code().find_all(facts, Scope::Product, &[REGISTERED]);
    let mut hits = served.iter().flat_map(|hits| hits.iter()).peekable();
    if hits.peek().is_none() {
        return Vec::new();
    }
    let declared: Vec<String> = services(facts).into_iter().map(|service| service.name).collect();
    let foreign = hits.filter_map(|hit| {
        let (name, _) = hit.value.as_ref()?;
        let is_known = STANDARD.contains(&name.as_str()) || declared.contains(name);
        let why = format!("the methods of the gRPC service {name} are declared outside of the tree");
        (!is_known).then(|| Blind { place: Some(Place::at(hit.path.clone(), hit.span)), why })
    });
    foreign.collect()
}

/// How the code that is generated for Go takes what serves a service.
pub(crate) const REGISTERED: &str = r"\.Register(?<value>[A-Z]\w*?)Server\(\s*\w+\s*,";

fn services<'f>(facts: &'f Facts<'_>) -> Vec<Service<'f>> {
    static SERVICE: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\bservice\s+(\w+)\s*\{").ok());
    static PACKAGE: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"(?m)^\s*package\s+([\w.]+)\s*;").ok());
    let protos =
        facts.code().files().iter().filter(|file| file.language == Language::Proto && file.role == Role::Product);
    let mut services = Vec::new();
    for file in protos {
        let Some(text) = file.code(facts) else { continue };
        let package =
            PACKAGE.iter().find_map(|package| package.captures(&text.code)).map(|found| format!("{}.", &found[1]));
        let found: Vec<_> = SERVICE.iter().flat_map(|service| service.captures_iter(&text.code)).collect();
        let starts: Vec<usize> = found.iter().filter_map(|one| Some(one.get(0)?.end())).collect();
        for (index, one) in found.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(text.code.len());
            let body = Span::new(starts[index], end);
            services.push(Service {
                file,
                package: package.clone().unwrap_or_default(),
                name: one[1].to_owned(),
                body,
            });
        }
    }
    services
}

/// What product code that registers a service of this name looks like.
fn registration(service: &str) -> String {
    format!(
        r"\b{service}Server::(?:new|with_interceptor|from_arc)\b|Register{service}Server\(|add_{service}Servicer_to_server\(|\b{service}(?:Grpc\.{service})?ImplBase\b|\.addService\([^;]*\b{service}\.service|MapGrpcService<{service}"
    )
}
