//! Operations that the service declares, and which of them its tests request.

mod asked;
mod calls;
mod constants;
mod django;
mod functions;
mod go;
mod grpc;
mod javascript;
mod joined;
mod listed;
mod mounts;
mod named;
mod outline;
mod path;
mod placed;
mod prefixes;
mod python;
mod receivers;
mod requests;
mod rust;
mod tables;

pub(crate) use grpc::REGISTERED;
pub use named::is_of_the_api;

use super::code::{CodeFile, Language, Role};
use super::manifests::{Beside, Ecosystem, Purpose};
use super::{Facts, parallel};
use crate::evidence::{Blind, Place};
use crate::source::Span;
use aho_corasick::AhoCorasick;
use outline::Outline;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Operations that the service declares.
#[derive(Debug, Default)]
pub struct Routes {
    /// The web frameworks among the direct dependencies, by name.
    pub frameworks: Vec<String>,
    /// The operations, sorted by path and method.
    pub operations: Vec<Operation>,
    /// Those that a framework makes of the places of files; their tests call the functions there, so that nobody knows by
    /// requests which of them are tested.
    pub placed: Vec<Operation>,
    /// Declarations whose path could not be read.
    pub blind: Vec<Blind>,
    /// Requests of tests for a path that is not written there: `client.get(path_of(order))`.
    pub unresolved: Vec<Place>,
    /// What writes further operations so that they are not seen, as a sentence says it: `a macro of this tree`.
    pub written_by: Option<&'static str>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST`, …; `*` for any; `RPC` for a method of gRPC.
    pub method: String,
    /// The full path, parameters as `{}`: `/admin/newsletters`, `/users/{}`.
    pub path: String,
    /// Where it is declared.
    pub place: Place,
    /// Whether it is declared on a router that the code around it was given: what stands before its path is not known.
    pub is_below: bool,
    /// How many parts of the path the callers of the code around it put before it: tests may mount it under less.
    pub given: usize,
    /// Whether what answers it shows the inside of the program, such as profiles, traces and counts, or only the cluster asks it.
    pub is_debug: bool,
    /// The function of Go that answers it, where it is named there.
    pub handler: Option<String>,
    /// A request in test code that reaches it.
    pub tested: Option<Place>,
}

impl Operation {
    /// An operation whose full path is known.
    fn new(method: String, path: String, place: Place) -> Self {
        Self { method, path, place, is_below: false, given: 0, is_debug: false, handler: None, tested: None }
    }

    /// `GET /users/{}`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it is for those who run the service, gives out files, or describes the others: health, metrics, profiles,
    /// `/openapi.json`.
    fn is_for_operators(&self) -> bool {
        const FIRST: &[&str] = &["debug", "static", "assets", "metrics", "actuator", "__debug__"];
        const WHOLE: &[&str] = &[
            "health",
            "healthz",
            "healthcheck",
            "health_check",
            "health-check",
            "livez",
            "readyz",
            "live",
            "ready",
            "alive",
            "liveness",
            "readiness",
            "_health",
            "_healthz",
            "_ready",
            "_live",
            "ping",
            "startup",
            "startupz",
            "quitquitquit",
            "__heartbeat__",
            "__lbheartbeat__",
            "__version__",
            "-/healthy",
            "-/ready",
            "-/live",
            "health/live",
            "health/ready",
            "health/liveness",
            "health/readiness",
            "favicon.ico",
            "robots.txt",
            "sitemap.xml",
        ];
        const CALLS: &[&str] = &["HealthCheck", "LivenessCheck", "ReadinessCheck", "Liveness", "Readiness", "Ping"];
        let path = self.path.trim_matches('/');
        if self.method == "RPC" {
            return path.starts_with("grpc.health.")
                || path.rsplit('/').next().is_some_and(|call| CALLS.contains(&call));
        }
        self.is_debug
            || WHOLE.contains(&path)
            || path.split('/').next().is_some_and(|part| FIRST.contains(&part))
            || is_of_the_documents(path)
    }
}

/// Whether a path is where the service shows what its operations are: `/api-doc/openapi.json`, `/swagger-ui/{*}`, `/docs`.
fn is_of_the_documents(path: &str) -> bool {
    const WHOLE: &[&str] = &["docs", "redoc", "api/docs", "api/redoc", "docs/oauth2-redirect"];
    const NAMES: &[&str] = &["openapi", "swagger"];
    const FOLDERS: &[&str] = &["swagger", "swagger-ui", "redoc", "rapidoc", "api-doc", "api-docs", "apidocs"];
    let last = path.rsplit('/').next().unwrap_or(path);
    let is_file = || {
        let name = last.rsplit_once('.').filter(|(_, end)| matches!(*end, "json" | "yaml" | "yml"));
        name.is_some_and(|(name, _)| NAMES.contains(&name))
    };
    WHOLE.contains(&path) || is_file() || path.split('/').next().is_some_and(|part| FOLDERS.contains(&part))
}

impl Routes {
    /// Whether an operation of this method and the end of this path is declared; what stands before the last two parts
    /// may be the prefix of a proxy.
    pub fn declares(&self, method: &str, path: &str) -> bool {
        let wanted = path::normal(path);
        let tail = |path: &str| path.rsplit('/').take(2).map(str::to_owned).collect::<Vec<_>>();
        let ends = tail(&wanted);
        let same_method = |own: &str| own == "*" || method == "*" || own.eq_ignore_ascii_case(method);
        // `app/api/auth/[...rest]/route.ts` answers all below it.
        let fits = |own: &Operation| tail(&own.path) == ends || path::reaches(&wanted, &own.path);
        self.operations.iter().chain(&self.placed).any(|own| same_method(&own.method) && fits(own))
    }

    /// The operations that the service is there for; `OPTIONS` is what a browser asks before one, `HEAD` asks for less of
    /// what `GET` gives.
    pub fn served(&self) -> impl Iterator<Item = &Operation> {
        let is_own = |operation: &&Operation| !matches!(operation.method.as_str(), "OPTIONS" | "HEAD");
        self.operations.iter().filter(|operation| !operation.is_for_operators()).filter(is_own)
    }
}

/// An operation as one file declares it, before the prefixes of other places are known.
#[derive(Clone, Debug)]
struct Declared {
    method: String,
    path: String,
    span: Span,
    /// The name by which other code mounts it, where that is not the code around it (an attribute on a handler).
    handler: Option<String>,
}

/// Frameworks whose declarations are understood, by registry.
const FRAMEWORKS: &[(Ecosystem, Language, &[&str])] = &[
    (
        Ecosystem::Cargo,
        Language::Rust,
        &["axum", "actix-web", "rocket", "warp", "poem", "salvo", "ntex", "tide", "tonic", "loco-rs", "utoipa-axum"],
    ),
    (
        Ecosystem::Npm,
        Language::JavaScript,
        &["express", "fastify", "koa", "@koa/router", "koa-router", "hono", "@nestjs/core", "restify", "polka"],
    ),
    (Ecosystem::Pypi, Language::Python, &["fastapi", "flask", "starlette", "django", "aiohttp", "sanic", "litestar"]),
    (
        Ecosystem::Go,
        Language::Go,
        &["gin-gonic/gin", "go-chi/chi", "labstack/echo", "gofiber/fiber", "gorilla/mux", "julienschmidt/httprouter"],
    ),
];

/// Words of which a file that declares or mounts operations contains one, by language.
const WORDS: &[(Language, &[&str])] = &[
    (
        Language::Rust,
        &[
            "#[get(",
            "#[post(",
            "#[put(",
            "#[delete(",
            "#[patch(",
            "Router",
            "web::",
            "warp::",
            "routes!",
            "utoipa",
            "actix_web",
            "axum",
            "rocket",
            "poem",
            "salvo",
            "tide",
            "loco_rs",
            "ntex",
        ],
    ),
    (Language::JavaScript, &["express", "Router", "fastify", "Hono", "@nestjs", "koa", "restify", "polka"]),
    (
        Language::Python,
        &[
            "fastapi",
            "FastAPI",
            "APIRouter",
            "flask",
            "Flask",
            "Blueprint",
            "starlette",
            "urlpatterns",
            "aiohttp",
            "sanic",
            "litestar",
        ],
    ),
    (Language::Go, &["net/http", "gin.", "chi.", "echo.", "fiber.", "mux.", "httprouter"]),
];

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Routes {
    let mut routes = Routes { placed: placed::operations(facts), ..Routes::default() };
    let grpc = grpc::operations(facts);
    let in_use = languages(facts, &mut routes.frameworks);
    if in_use.contains(&Language::Go) {
        routes.blind.extend(grpc::elsewhere(facts));
    }
    if in_use.is_empty() && grpc.is_empty() {
        return routes;
    }
    let mut names = Vec::new();
    for &(language, words) in WORDS.iter().filter(|(language, _)| in_use.contains(language)) {
        let files = files_of(facts, language, words);
        let found = match language {
            Language::Rust => rust::operations(facts, &files),
            Language::JavaScript => javascript::operations(&files),
            Language::Python => python::operations(&files),
            _ => go::operations(facts, &files),
        };
        routes.operations.extend(found.operations);
        names.extend(found.names);
        routes.blind.extend(found.blind);
        if found.is_written_by_macros {
            routes.written_by = Some("a macro of this tree");
        }
    }
    routes.written_by = routes.written_by.or_else(|| contract(facts));
    routes.operations.extend(grpc);
    let mut seen = BTreeSet::new();
    routes.operations.retain(|one| seen.insert((one.path.clone(), one.method.clone())));
    routes.operations.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    routes.unresolved = requests::mark(facts, &mut routes.operations, &names);
    routes
}

/// Its queries and mutations all stand behind one path.
const GRAPHQL: &str = "a schema of GraphQL";

/// What declares operations as values of the program, each of them a field of an object: which there are is not read.
fn contract(facts: &Facts<'_>) -> Option<&'static str> {
    const CONTRACTS: &[(&str, &str, &str)] = &[
        ("npm:@trpc/server", r"\binitTRPC\b", "a router of tRPC"),
        ("npm:@ts-rest/core", r"\binitContract\(", "a contract of ts-rest"),
        ("npm:@orpc/server", r#"["']@orpc/server["']"#, "a router of oRPC"),
        ("npm:@apollo/server", r"\bnew ApolloServer\b", GRAPHQL),
        ("npm:apollo-server", r"\bnew ApolloServer\b", GRAPHQL),
        ("npm:apollo-server-express", r"\bnew ApolloServer\b", GRAPHQL),
        ("npm:graphql-yoga", r"\bcreateYoga\(", GRAPHQL),
        ("npm:express-graphql", r"\bgraphqlHTTP\(", GRAPHQL),
        ("npm:@nestjs/graphql", r"\bGraphQLModule\b", GRAPHQL),
        ("npm:mercurius", r"\bmercurius\b", GRAPHQL),
        ("pypi:graphene", r"\b(?:graphene\.)?(?:ObjectType|Schema|Mutation)\b", GRAPHQL),
        ("pypi:graphene-django", r"\bDjangoObjectType\b", GRAPHQL),
        ("pypi:strawberry-graphql", r"\bstrawberry\.(?:type|Schema)\b", GRAPHQL),
        ("pypi:ariadne", r"\bmake_executable_schema\(", GRAPHQL),
        ("go:99designs/gqlgen", r"\bNewExecutableSchema\(", GRAPHQL),
        ("go:graph-gophers/graphql-go", r"\bgraphql\.(?:MustParseSchema|ParseSchema)\(", GRAPHQL),
        ("go:graphql-go/graphql", r"\bgraphql\.NewSchema\(", GRAPHQL),
        ("cargo:async-graphql", r"\b(?:EmptySubscription|EmptyMutation|Schema::build)\b", GRAPHQL),
        ("cargo:juniper", r"\b(?:EmptySubscription|EmptyMutation|RootNode)\b", GRAPHQL),
    ];
    let depends = |name| facts.manifests().dependencies(name).any(|(_, one)| one.purpose == Purpose::Runtime);
    let used =
        CONTRACTS.iter().find(|(name, pattern, _)| depends(name) && !facts.code().find(facts, pattern).is_empty());
    used.map(|(_, _, what)| *what)
}

/// What the files of one language declare.
#[derive(Debug, Default)]
struct Found {
    operations: Vec<Operation>,
    /// The names by which code asks for the path of what is declared there.
    names: Vec<(Place, String)>,
    blind: Vec<Blind>,
    is_written_by_macros: bool,
}

/// A source file and its shape.
struct Shaped {
    path: Arc<str>,
    outline: Outline,
}

/// The product's files of a language that contain one of some words, with their shapes.
fn files_of(facts: &Facts<'_>, language: Language, words: &[&str]) -> Vec<Shaped> {
    let Ok(words) = AhoCorasick::new(words) else { return Vec::new() };
    let code = facts.code();
    let beside = Beside::new(facts);
    let found = parallel::map(code.files(), |file| {
        let is_wanted = file.language == language && code.role(facts, file) == Role::Product;
        let is_wanted = is_wanted && !(language == Language::Rust && beside.holds(&file.path));
        let source = file.source(facts).filter(|_| is_wanted)?;
        words.find(source.text()).and_then(|_| shaped(facts, file))
    });
    found.into_iter().flatten().collect()
}

fn shaped(facts: &Facts<'_>, file: &CodeFile) -> Option<Shaped> {
    let text = file.code(facts)?;
    Some(Shaped { path: file.path.clone(), outline: Outline::of(text, text.product()) })
}

/// The languages in which the product uses a framework that is understood.
fn languages(facts: &Facts<'_>, frameworks: &mut Vec<String>) -> BTreeSet<Language> {
    let mut found = BTreeSet::new();
    for &(ecosystem, language, names) in FRAMEWORKS {
        for name in names {
            let prefixed = format!("{}:{name}", ecosystem.word());
            let runs = facts.manifests().dependencies(&prefixed).any(|(_, one)| one.purpose == Purpose::Runtime);
            if runs {
                found.insert(language);
                frameworks.push((*name).to_owned());
            }
        }
    }
    // Go's own server needs no module.
    if facts.manifests().has(Ecosystem::Go) {
        found.insert(Language::Go);
    }
    found
}

/// Resolves what files declare into operations with their full paths.
fn resolved(
    files: &[Shaped],
    declared: BTreeMap<usize, Vec<Declared>>,
    prefixes: &prefixes::Prefixes<'_>,
) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (index, all) in declared {
        for one in all {
            let place = Place::at(files[index].path.clone(), one.span);
            let paths = match &one.handler {
                Some(handler) => prefixes.of_name(index, handler),
                None => prefixes.at(index, one.span.start as usize),
            };
            let full = paths.iter().map(|prefix| path::join(prefix, &one.path));
            operations.extend(full.map(|path| Operation::new(one.method.clone(), path, place.clone())));
        }
    }
    operations
}
