//! Whether the source serves what a health check asks.

use super::checks::{Check, Subject};
use crate::evidence::{Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{Hit, Scope, serves_nothing};
use crate::facts::containers::HealthKind;
use crate::facts::production::Stage;
use crate::facts::routes::Operation;
use crate::pattern::pattern;
use crate::source::{Source, Span};
use crate::tree::File;
use crate::tree::path::is_below;

/// What became of a check's question.
#[derive(Debug)]
pub(super) enum Served {
    /// Source serves it.
    Here(Sighting),
    /// The check asks no route.
    NotAsked,
    /// Nothing in the source that was read serves it.
    Unseen(String),
}

/// How source serves the gRPC health protocol, in the libraries that people use.
const GRPC: &str = r"\btonic_health\b|grpcio_health|\bgrpc[._/-]?health|\bhealth_pb2(?:_grpc)?\b|\bHealthServicer\b|\bRegisterHealthServer\b|\bHealthStatusManager\b|\bHealthServiceImpl\b|\bMapGrpcHealthChecksService\b|grpc-health-check|health/grpc_health_v1|grpc\.health\.v1|\bHealthCheckResponse\b|\bHealthImplementation\b";

/// Routes that a library serves by itself, and the dependencies that do.
const BY_LIBRARY: &[(&str, &[&str])] = &[
    ("/actuator/health", &["jvm:spring-boot-starter-actuator"]),
    ("/q/health", &["jvm:quarkus-smallrye-health"]),
    ("/health", &["jvm:micronaut-management"]),
    ("/up", &["gem:rails"]),
];

/// Routes that a call of a library serves without naming them, and the call: the gateway of gRPC, controller-runtime, the
/// API machinery of Kubernetes, the middleware of go-pkgz.
const BY_CALL: &[(&str, &str)] = &[
    (
        "/healthz",
        r"\.WithHealthzEndpoint\(|\.AddHealthzCheck\(|\bhealthz\.InstallHandler\(|\.AddHealthChecks\(|\bGenericAPIServer\b",
    ),
    ("/readyz", r"\.AddReadyzCheck\(|\bhealthz\.InstallReadyzHandler\(|\.AddReadyzChecks\(|\bGenericAPIServer\b"),
    ("/livez", r"\bhealthz\.InstallLivezHandler\(|\.AddLivezChecks\(|\bGenericAPIServer\b"),
    ("/ping", r"\.Use\([^\n]*\b(?:R|rest)\.Ping\b"),
];

// A call that asks a route of somebody.
pattern!(
    REQUEST,
    r"\b(?:fetch|useFetch|useSWR|(?:axios|ky|got|superagent|requests|httpx|grequests|reqwest|ureq)(?:\.\w+|::\w+)*|urlopen|http\.(?:Get|NewRequest\w*)|getForObject|getForEntity|GetAsync|file_get_contents)\s*[(<]"
);

/// Whether the source of a workload serves what a check asks.
pub(super) fn by_source(facts: &Facts<'_>, subject: &Subject, check: &Check) -> Served {
    match asked(&check.kind) {
        Asked::Nothing => Served::NotAsked,
        Asked::Grpc => match first(facts, subject, GRPC) {
            Some(hit) => Served::Here(sighting(&hit, "serves the gRPC health protocol".into())),
            None => Served::Unseen("the gRPC health protocol".into()),
        },
        Asked::Path(path) => match route(facts, subject, &path) {
            Some(found) => Served::Here(found),
            None => Served::Unseen(path),
        },
    }
}

/// The path that a check asks and that nothing serves, where every operation of the service is known.
pub(super) fn is_refuted(facts: &Facts<'_>, subject: &Subject, check: &Check) -> Option<String> {
    let Asked::Path(path) = asked(&check.kind) else { return None };
    let routes = facts.routes();
    // The methods of gRPC say nothing of the routes beside them.
    let is_route = |operation: &Operation| operation.method != "RPC" && inside(subject, &operation.place.path);
    let known = routes.blind.is_empty() && routes.operations.iter().any(is_route);
    // What somebody in the tree asks, or a test of it, is served somewhere.
    let asks = literal_of(path.trim_end_matches('/'));
    let is_asked = || {
        let by_tests = facts.code().find_all(facts, Scope::Tests, &[&asks]);
        first(facts, subject, &asks).is_some() || by_tests.iter().any(|hits| !hits.is_empty())
    };
    (known && route(facts, subject, &path).is_none() && !is_asked()).then_some(path)
}

fn inside(subject: &Subject, path: &str) -> bool {
    subject.folder.as_deref().is_none_or(|folder| is_below(path, folder))
}

/// An operation that the service declares at that path.
fn declared(facts: &Facts<'_>, subject: &Subject, path: &str) -> Option<Sighting> {
    let wanted = path.trim_end_matches('/');
    let fits = |operation: &&Operation| {
        matches!(operation.method.as_str(), "GET" | "*" | "HEAD")
            && is_at(operation, wanted)
            && inside(subject, &operation.place.path)
    };
    let routes = facts.routes();
    let operation = routes.operations.iter().chain(&routes.placed).find(fits)?;
    Some(Sighting::new(operation.place.clone(), Strength::Configured, format!("serves {}", operation.name())))
}

/// Whether an operation answers at a path; one on a router that its code was given may stand deeper than it says.
fn is_at(operation: &Operation, wanted: &str) -> bool {
    let own = operation.path.trim_end_matches('/');
    own == wanted || (operation.is_below && !own.is_empty() && wanted.ends_with(own))
}

enum Asked {
    Nothing,
    Grpc,
    Path(String),
}

fn asked(kind: &HealthKind) -> Asked {
    match kind {
        HealthKind::Http(path) => Asked::Path(bare(path)),
        HealthKind::Grpc => Asked::Grpc,
        HealthKind::Command(command)
            if command.contains("grpc_health_probe") || command.contains("grpc-health-probe") =>
        {
            Asked::Grpc
        }
        HealthKind::Command(command) => match url_path(command) {
            Some(path) => Asked::Path(path),
            None => Asked::Nothing,
        },
        HealthKind::Tcp | HealthKind::Disabled => Asked::Nothing,
    }
}

/// The path of the URL that a command requests.
fn url_path(command: &str) -> Option<String> {
    let at = command
        .find("://")
        .map(|at| at + 3)
        .or_else(|| ["localhost", "127.0.0.1", "0.0.0.0"].iter().find_map(|host| command.find(host)))?;
    let rest = &command[at..];
    let end = rest.find([' ', '"', '\'', ')', ';', '|', ',']).unwrap_or(rest.len());
    let path = rest[..end].find('/').map_or("/", |slash| &rest[slash..end]);
    Some(bare(path))
}

/// Without query and fragment, and with one slash at its front.
fn bare(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    format!("/{}", path.trim_start_matches('/'))
}

fn route(facts: &Facts<'_>, subject: &Subject, path: &str) -> Option<Sighting> {
    declared(facts, subject, path)
        .or_else(|| literal(facts, subject, path))
        .or_else(|| library(facts, path))
        .or_else(|| additional(facts, path))
        .or_else(|| called(facts, subject, path))
}

/// A call that serves the path.
fn called(facts: &Facts<'_>, subject: &Subject, path: &str) -> Option<Sighting> {
    let (_, pattern) = BY_CALL.iter().find(|(served, _)| *served == path.trim_end_matches('/'))?;
    let hit = first(facts, subject, pattern)?;
    Some(sighting(&hit, format!("serves {path}")))
}

/// A route written in source: the whole path as a literal, or its parts one by one (`"/health"` nests `"/live"`). Who asks
/// it, from a page or by a call, does not serve it.
fn literal(facts: &Facts<'_>, subject: &Subject, path: &str) -> Option<Sighting> {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        // The root is served by nearly everything that serves; a literal "/" in a route is what there is to see.
        let hit = first(facts, subject, r#"(?:route|get|Get|GET|HandleFunc|at|path)\w*\(?\s*\(?["']/["']"#)?;
        return Some(sighting(&hit, "serves /".into()));
    }
    if let Some(hit) = route_at(facts, subject, &literal_of(trimmed)) {
        return Some(sighting(&hit, format!("serves {path}")));
    }
    let parts: Vec<&str> = trimmed.trim_start_matches('/').split('/').collect();
    // One part may also be written without its slash where only paths are: `warp::path!("health" / "live")`.
    let hits: Option<Vec<Hit>> = parts.iter().map(|part| route_at(facts, subject, &part_pattern(part))).collect();
    let hit = hits?.pop()?;
    Some(sighting(&hit, format!("serves {path}, in parts")))
}

/// The first place of a literal that is no request.
fn route_at(facts: &Facts<'_>, subject: &Subject, pattern: &str) -> Option<Hit> {
    let hits = facts.code().find_all(facts, Scope::Product, &[pattern]).pop()?;
    let asks = |hit: &Hit, source: &Source| {
        // A workload whose folder is named after pages may well serve from it.
        let below = subject.folder.as_deref().and_then(|folder| hit.path.strip_prefix(folder)).unwrap_or(&hit.path);
        let is_page = serves_nothing(below) && !source.text().contains(".listen(");
        is_page || REQUEST.is_match(source.line(source.line_col(hit.span.start).line))
    };
    let asks = |hit: &Hit| facts.tree.text(&hit.path).is_some_and(|source| asks(hit, source));
    hits.iter().find(|hit| inside(subject, &hit.path) && !asks(hit)).cloned()
}

/// A path as a literal.
fn literal_of(path: &str) -> String {
    format!(r#"["'`]{}/?["'`]"#, crate::pattern::escape(path))
}

fn part_pattern(part: &str) -> String {
    let part = crate::pattern::escape(part);
    format!(r#"["'`]/{part}/?["'`]|\bpath!?\([^)\n]*"{part}"|@\w+\(["']{part}["']"#)
}

fn library(facts: &Facts<'_>, path: &str) -> Option<Sighting> {
    let served = BY_LIBRARY.iter().filter(|(prefix, _)| path == *prefix || path.starts_with(&format!("{prefix}/")));
    let (package, dependency) =
        served.flat_map(|(_, names)| *names).find_map(|name| facts.manifests().dependencies(name).next())?;
    let place = Place::at(package.path.clone(), dependency.span);
    Some(Sighting::new(place, Strength::Configured, format!("{} serves {path}", dependency.name)))
}

// `management.endpoint.health.probes.add-additional-paths=true`, or the last part of it alone in YAML.
pattern!(
    ADDITIONAL_PATHS,
    r#"(?i)\badd-?additional-?paths["']?\s*[:=]\s*["']?true\b|\bMANAGEMENT_ENDPOINT_HEALTH_PROBES_ADD_?ADDITIONAL_?PATHS["']?\s*(?:[:=]|\n\s*value:)\s*["']?true\b"#
);

/// What Spring Boot serves on the port of the service when a setting says so.
fn additional(facts: &Facts<'_>, path: &str) -> Option<Sighting> {
    if !matches!(path.trim_end_matches('/'), "/livez" | "/readyz") {
        return None;
    }
    facts.manifests().dependencies("jvm:spring-boot-starter-actuator").next()?;
    let is_aside = |path: &str| matches!(facts.own_name().stage(path), Stage::Never(_));
    let is_setting = |file: &&File| {
        let end = file.name().rsplit_once('.').map_or("", |(_, end)| end);
        ["yml", "yaml", "properties"].contains(&end) && !is_aside(&file.path)
    };
    let mut settings = facts.tree.files().iter().filter(is_setting).filter_map(File::text);
    settings.find_map(|source| {
        let (text, named) = (source.text(), ADDITIONAL_PATHS.find(source.text())?);
        let line = text[..named.start()].rfind('\n').map_or(0, |end| end + 1);
        let is_comment = text[line..].trim_start().starts_with('#');
        let place = Place::at(source.name(), Span::new(named.start(), named.end()));
        (!is_comment).then(|| Sighting::new(place, Strength::Configured, format!("Spring Boot serves {path}")))
    })
}

fn first(facts: &Facts<'_>, subject: &Subject, pattern: &str) -> Option<Hit> {
    let hits = facts.code().find_all(facts, Scope::Product, &[pattern]).pop()?;
    hits.iter().find(|hit| inside(subject, &hit.path)).cloned()
}

fn sighting(hit: &Hit, message: String) -> Sighting {
    Sighting::new(Place::at(hit.path.clone(), hit.span), Strength::Configured, message)
}
