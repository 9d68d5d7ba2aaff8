//! Places in the product itself: source, settings, manifests, documents.

use super::{answer, here};
use crate::evidence::{Answer, Blind, Place, Sighting};
use crate::facts::Facts;
use crate::facts::code::{Hit, Language, Role, Scope, is_end_of_a_pipe, serves_not};
use crate::facts::config::{in_a_file_by_default, not_chosen};
use crate::facts::manifests::{Dependency, Ecosystem, Package, Purpose};
use crate::source::Source;
use std::sync::Arc;

/// How source opens a port or declares a route, in the frameworks that people use.
pub(crate) const SERVES: &[&str] = &[
    r"\baxum::serve\(|\baxum::Server::|\bHttpServer::new\(|\brocket::build\(|\bwarp::serve\(|#\[launch\]",
    r"\bServer::builder\(\)|\bServer::bind\([^;{}]*\.serve\(|\bmake_service_fn\(|\bpoem::Server::new\(|\bsalvo::|\btide::new\(",
    // A path or what answers it: other programs have methods of that name.
    r#"\bRouter::new\(\)|\.route\(\s*(?:&?format!\(|web::|r?#?["'`]|[\w:]+\s*,\s*(?:\w+::)*(?:get|post|put|delete|patch|head|any|on)\w*\()"#,
    r"#\[(?:get|post|put|patch|delete|head)\(",
    r"\bhttp\.ListenAndServe(?:TLS)?\(|\bgrpc\.NewServer\(|\bgin\.(?:New|Default)\(\)|\becho\.New\(\)|\bchi\.NewRouter\(|\bmux\.NewRouter\(|\.HandleFunc\(",
    r"\bFastAPI\(|\bFlask\(__name__|\bStarlette\(|\bgrpc\.(?:aio\.)?server\(|\burlpatterns\s*=",
    r"\bexpress\(\)|\bfastify\(|\bnew Koa\(|\bNestFactory\.create\(|\bcreateServer\(|\bnew Hono\(|\bnew grpc\.Server\(",
    r"\bRails\.application\.routes\.draw\b|<\s*Sinatra::(?:Base|Application)\b|<\s*Grape::API\b",
    r"@(?:RestController|SpringBootApplication)\b|\bServerBuilder(?:::new|\.forPort)\(|\bWebApplication\.CreateBuilder\(|\bMapGrpcService<",
];

/// The product's source.
pub(super) fn source(facts: &Facts<'_>) -> Answer {
    let first = facts.code().product(facts).next();
    answer(first.map(|file| here(Place::file(file.path.clone()), "source code")))
}

/// Source of a network service: it opens a port or declares routes, and depends on one of the named libraries.
pub(super) fn service(facts: &Facts<'_>, servers: &[&str]) -> Answer {
    if is_a_framework(facts) {
        return Answer::default();
    }
    let found = facts.code().find_all(facts, Scope::Product, SERVES);
    // The surest sign first.
    let mut hits =
        serving(facts, &found).filter(|hit| !is_debug_listener(facts, hit) && !is_socket_of_a_command(facts, hit));
    let language = |hit: &Hit| facts.code().file(&hit.path).map(|file| file.language);
    let is_written = |hit: &Hit| language(hit).is_some_and(|one| facts.code().languages(facts).contains(&one));
    let mut spoken = hits.clone().filter(|hit| is_spoken(facts, hit));
    let Some(hit) = spoken.clone().find(|hit| is_written(hit)).or_else(|| spoken.next()) else {
        return Answer { blind: hits.next().map(unspoken).into_iter().collect(), ..Answer::default() };
    };
    // What a small service lacks says nothing of all the others beside it.
    if !is_written(hit)
        && let Some(other) = hits.find(|other| !is_spoken(facts, other) && is_written(other))
    {
        return Answer { blind: vec![unspoken(other)], ..Answer::default() };
    }
    let dependency = servers
        .iter()
        .flat_map(|name| facts.manifests().dependencies(name))
        .find(|(_, dependency)| dependency.purpose == Purpose::Runtime);
    // Go and Node serve with what comes with the language.
    let needs_none = [".go", ".js", ".ts"].iter().any(|end| hit.path.ends_with(end));
    if dependency.is_none() && !servers.is_empty() && !needs_none {
        return Answer::default();
    }
    let mut seen = answer(Some(here(Place::at(hit.path.clone(), hit.span), "source of a network service")));
    seen.seen.extend(dependency.map(|(package, dependency)| dependency_sighting(package, dependency)));
    seen
}

/// Whether the tree is that of a framework, with which other people write services.
fn is_a_framework(facts: &Facts<'_>) -> bool {
    const FRAMEWORKS: &[(Ecosystem, &[&str])] = &[
        (Ecosystem::Cargo, &["actix-web", "axum", "gotham", "poem", "rocket", "salvo", "tide", "warp"]),
        (Ecosystem::Npm, &["@nestjs/core", "express", "fastify", "hono", "koa"]),
        (Ecosystem::Pypi, &["django", "fastapi", "flask", "sanic", "starlette", "tornado"]),
        (Ecosystem::Go, &["gin-gonic/gin", "go-chi/chi", "gofiber/fiber", "gorilla/mux", "labstack/echo"]),
    ];
    let is_one = |package: &Package| {
        let name = package.name.as_deref().unwrap_or_default().to_ascii_lowercase();
        let name = name.trim_start_matches("github.com/");
        // `go-chi/chi/v5`
        let fits = |known: &str| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with("/v"));
        FRAMEWORKS.iter().any(|(ecosystem, names)| *ecosystem == package.ecosystem && names.iter().any(|one| fits(one)))
    };
    facts.manifests().product().any(is_one)
}

/// The matches that are code, and not a text about it.
fn serving<'a>(facts: &'a Facts<'_>, found: &'a [Arc<Vec<Hit>>]) -> impl Iterator<Item = &'a Hit> + Clone {
    let mut hits = found.iter().flat_map(|hits| hits.iter());
    let is_other = hits.any(|hit| is_made_router(facts, hit)) && is_router_of_its_own(facts);
    let is_route = move |hit: &&Hit| !is_other || !is_made_router(facts, hit);
    found.iter().flat_map(|hits| hits.iter()).filter(|hit| !facts.code().is_quoted(facts, hit)).filter(is_route)
}

/// `Router::new()`
fn is_made_router(facts: &Facts<'_>, hit: &Hit) -> bool {
    let text = facts.tree.text(&hit.path).map(Source::text);
    text.and_then(|text| text.get(hit.span.range())).is_some_and(|text| text.starts_with("Router::new"))
}

/// Whether the only routers of Rust are what the tree itself calls so, and need route no requests: of statements, of messages.
fn is_router_of_its_own(facts: &Facts<'_>) -> bool {
    const FRAMEWORKS: &[&str] = &["axum", "salvo", "gotham", "router", "ohkami"];
    let mut packages = facts.manifests().product().filter(|package| package.ecosystem == Ecosystem::Cargo);
    let is_framework = |one: &Dependency| FRAMEWORKS.iter().any(|name| one.name.contains(name));
    !packages.any(|package| package.dependencies.iter().any(is_framework))
        && !facts.code().find(facts, r"\bstruct Router\b").is_empty()
}

/// Whether what listens gives out only what libraries put there for those who run the program: a listener of Go without
/// handlers of its own, beside an import of profiles, in a tree that declares nothing else.
fn is_debug_listener(facts: &Facts<'_>, hit: &Hit) -> bool {
    const IMPORTS: &[&str] = &[r#""net/http/pprof""#, r#""expvar""#, r#""golang.org/x/net/trace""#];
    let Some(text) = facts.code().file(&hit.path).and_then(|file| file.code(facts)) else { return false };
    let call = text.code.get(hit.span.start as usize..).and_then(|rest| rest.split(['{', ';', '\n']).next());
    let has_none = call.is_some_and(|call| call.starts_with("http.ListenAndServe(") && call.contains(", nil)"));
    has_none && IMPORTS.iter().any(|import| text.code.contains(import)) && {
        let routes = facts.routes();
        routes.served().next().is_none() && routes.blind.is_empty()
    }
}

/// Whether what listens is the bare socket of a program of Node that people install and type: `net.createServer(`, on which
/// it waits for what it has started.
fn is_socket_of_a_command(facts: &Facts<'_>, hit: &Hit) -> bool {
    let before = facts.tree.text(&hit.path).and_then(|source| source.text().get(..hit.span.start as usize));
    if !before.is_some_and(|before| before.ends_with("net.")) {
        return false;
    }
    let package = facts.manifests().nearest(&hit.path, |package| package.ecosystem == Ecosystem::Npm);
    let root = package.and_then(|package| facts.parsed(&package.path)?.first());
    root.is_some_and(|root| root.at(&["bin"]).is_some() && root.at(&["scripts", "start"]).is_none())
}

/// A service in a language whose routes are not read: what the others declare is not all that there is.
pub(crate) fn unspoken_service(facts: &Facts<'_>) -> Option<Blind> {
    let found = facts.code().find_all(facts, Scope::Product, SERVES);
    let hit = serving(facts, &found).find(|hit| !is_spoken(facts, hit))?;
    Some(unspoken(hit))
}

/// Languages in whose usual libraries the patterns of the catalogue are at home; not to find a thing in another one
/// says little.
const SPOKEN: &[Language] = &[Language::Rust, Language::Go, Language::Python, Language::JavaScript];

fn is_spoken(facts: &Facts<'_>, hit: &Hit) -> bool {
    facts.code().file(&hit.path).is_some_and(|file| SPOKEN.contains(&file.language))
}

fn unspoken(hit: &Hit) -> Blind {
    let why = format!("the service of {} is in a language whose libraries are known in part only", hit.path);
    Blind { place: Some(Place::at(hit.path.clone(), hit.span)), why }
}

fn dependency_sighting(package: &Package, dependency: &Dependency) -> Sighting {
    here(Place::at(package.path.clone(), dependency.span), format!("depends on {}", dependency.name))
}

/// Settings of production under one of some sections, or any.
pub(super) fn settings(facts: &Facts<'_>, sections: &[&str]) -> Answer {
    let found = facts.config().has_settings(sections);
    answer(found.map(|setting| here(setting.place.clone(), format!("settings with {}", setting.name))))
}

/// A manifest of the product, of one of some ecosystems or any.
pub(super) fn manifest(facts: &Facts<'_>, ecosystems: &[&str]) -> Answer {
    let wanted: Vec<Ecosystem> = ecosystems.iter().filter_map(|word| Ecosystem::of(word)).collect();
    let fits = |ecosystem: Ecosystem| ecosystems.is_empty() || wanted.contains(&ecosystem);
    let found = facts.manifests().product().find(|package| fits(package.ecosystem));
    let blind = if found.is_some() { Vec::new() } else { facts.manifests().blind.clone() };
    let found = found.map(|package| here(Place::file(package.path.clone()), "manifest of the product"));
    Answer { blind, ..answer(found) }
}

/// A lock file of the product, of one of some ecosystems or any.
pub(super) fn lock(facts: &Facts<'_>, ecosystems: &[&str]) -> Answer {
    let wanted: Vec<Ecosystem> = ecosystems.iter().filter_map(|word| Ecosystem::of(word)).collect();
    let fits = |ecosystem: Ecosystem| ecosystems.is_empty() || wanted.contains(&ecosystem);
    let locks = &facts.manifests().locks;
    let found = locks.iter().find(|lock| lock.role == Role::Product && fits(lock.ecosystem));
    answer(found.map(|lock| here(Place::file(lock.path.clone()), "lock file of the product")))
}

/// A document that may speak for the project.
pub(super) fn docs(facts: &Facts<'_>) -> Answer {
    /// So many are named.
    const NAMED: usize = 3;
    let paths: Vec<_> = facts.documents().of_project().map(|document| &document.path).collect();
    let named = paths.iter().take(NAMED).map(|path| &***path).collect::<Vec<_>>().join(", ");
    let found = match paths.as_slice() {
        [] => None,
        [only] => Some(here(
            Place::file((*only).clone()),
            "the only document of the project that is not about its code alone",
        )),
        _ => {
            let more = paths.len().saturating_sub(NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            Some(here(Place::file("."), format!("{} documents of the project: {named}{more}", paths.len())))
        }
    };
    answer(found)
}

/// A database client among the runtime dependencies that source really uses.
pub(super) fn client(facts: &Facts<'_>, names: &[&str]) -> Answer {
    let dependencies = names.iter().flat_map(|name| facts.manifests().dependencies(name));
    let runtime = dependencies.filter(|(package, dependency)| {
        dependency.purpose == Purpose::Runtime && !is_end_of_a_pipe(facts, &package.path)
    });
    let mut blind = Vec::new();
    let used = runtime.into_iter().find_map(|(package, dependency)| {
        let hit = uses(facts, package, dependency)?;
        if let Some(why) = facts.manifests().left_out(package, dependency) {
            blind.push(Blind { place: Some(hit.place), why: format!("{} is {why}", dependency.name) });
            return None;
        }
        if matches!(package.ecosystem, Ecosystem::Cargo | Ecosystem::Go | Ecosystem::Pypi | Ecosystem::Npm) {
            return Some([dependency_sighting(package, dependency), hit]);
        }
        let why = format!("what {} does by itself is not known", dependency.name);
        blind.push(Blind { place: Some(hit.place), why });
        None
    });
    let mut seen: Vec<Sighting> = used.into_iter().flatten().collect();
    if !seen.is_empty() {
        blind.clear();
        if let Some(read) = in_a_file_by_default(facts.config()) {
            let why = format!("the program keeps its data in a file of SQLite unless `{}` says otherwise", read.name);
            blind.push(Blind { place: Some(read.place.clone()), why });
            seen.clear();
        }
    }
    Answer { seen, blind, ..Answer::default() }
}

/// What a crate of a database has for types that may be kept in one, whoever connects to it.
const DESCRIBE: &[(&str, &[&str])] = &[
    (
        "sqlx",
        &[
            "Type",
            "FromRow",
            "Encode",
            "Decode",
            "Database",
            "Postgres",
            "Sqlite",
            "MySql",
            "Error",
            "types",
            "encode",
            "decode",
            "error",
            "database",
            "postgres::Pg",
            "sqlite::Sqlite",
            "mysql::MySql",
        ],
    ),
    ("diesel", &["Queryable", "Insertable", "sql_types", "serialize", "deserialize", "backend"]),
    ("mongodb", &["bson", "error"]),
    ("tokio_postgres", &["types"]),
    ("postgres", &["types"]),
];

/// Whether all that is taken from a crate at a place only describes types: `sqlx::Type`, `use sqlx::{FromRow, Type};`.
fn only_describes(name: &str, rest: &str) -> bool {
    let Some((_, known)) = DESCRIBE.iter().find(|(known, _)| *known == name) else { return false };
    let is_known = |taken: &str| {
        let path: String = taken.trim().chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
        let first = path.split("::").next().unwrap_or_default();
        // `sqlx::postgres::PgTypeInfo` is a type, `sqlx::postgres::PgPool` connects.
        let connects = ["Pool", "Connect", "Options", "Listener", "Transaction"].iter().any(|word| path.contains(word));
        !connects && known.iter().any(|known| *known == first || known.contains("::") && path.starts_with(known))
    };
    match rest.strip_prefix('{').and_then(|list| list.split_once('}')) {
        Some((list, _)) => list.split(',').filter(|taken| !taken.trim().is_empty()).all(is_known),
        None => is_known(rest),
    }
}

/// Where source names a dependency.
fn uses(facts: &Facts<'_>, package: &Package, dependency: &Dependency) -> Option<Sighting> {
    let name = match package.ecosystem {
        Ecosystem::Cargo => dependency.alias.replace('-', "_"),
        Ecosystem::Go => dependency.name.clone(),
        _ => dependency.alias.clone(),
    };
    let quoted = crate::pattern::escape(&name);
    let pattern = match package.ecosystem {
        Ecosystem::Cargo => format!(r"\b{quoted}::"),
        Ecosystem::Pypi => format!(r"\b(?:import|from)\s+{}\b", quoted.replace('-', "_")),
        _ => format!(r#"["']{quoted}["'/]|\b{quoted}\b"#),
    };
    let found = facts.code().find_all(facts, Scope::Product, &[&pattern]).pop()?;
    let describes = |hit: &Hit| {
        let rest = facts.tree.text(&hit.path).and_then(|source| source.text().get(hit.span.end as usize..));
        package.ecosystem == Ecosystem::Cargo && rest.is_some_and(|rest| only_describes(&name, rest))
    };
    // A framework may load a driver that only a command of its own names.
    let is_beside = |hit: &Hit| package.ecosystem == Ecosystem::Go && serves_not(facts, &hit.path);
    let is_of_a_tool =
        |hit: &Hit| not_chosen(facts, &hit.path).is_some() || is_beside(hit) || is_end_of_a_pipe(facts, &hit.path);
    let hit = found.iter().find(|hit| !is_of_a_tool(hit) && !describes(hit))?;
    Some(here(Place::at(hit.path.clone(), hit.span), format!("uses {}", dependency.name)))
}
