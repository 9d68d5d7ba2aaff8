//! Operations of Go services: gin, echo, fiber and chi by their routers, gorilla and net/http by their handlers.

use super::outline::Outline;
use super::prefixes::Container;
use super::{Found, Operation, Shaped, mounts, path};
use crate::evidence::{Blind, Place};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Groups of groups deeper than this are cut off.
const MAX_DEPTH: usize = 6;

/// All operations of these files; a router is known within its own file.
pub(super) fn operations(files: &[Shaped]) -> Found {
    let mut found = Found::default();
    for file in files {
        declared(file, files, &mut found);
        found.blind.extend(told_apart_by_hand(file));
    }
    found
}

/// Where a handler of all paths compares them itself: `case strings.HasPrefix(r.URL.Path, "/db/query"):`. A few such
/// comparisons are made by what stands before the handlers: to let the health check pass, to send a path elsewhere.
fn told_apart_by_hand(file: &Shaped) -> Vec<Blind> {
    const FEW: usize = 4;
    static COMPARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"\b\w+\.URL\.Path\s*==|==\s*\w+\.URL\.Path\b|\b(?:HasPrefix|HasSuffix)\(\s*\w+\.URL\.Path,|\.MatchString\(\s*\w+\.URL\.Path\s*\)",
        )
        .ok()
    });
    let compared = COMPARED.iter().flat_map(|one| one.find_iter(&file.outline.bare));
    let places: Vec<Place> =
        compared.map(|one| Place::at(file.path.clone(), Span::new(one.start(), one.end()))).collect();
    if places.len() <= FEW {
        return Vec::new();
    }
    let why = "a handler tells the paths apart by itself: which operations there are cannot be read";
    places.into_iter().map(|place| Blind { place: Some(place), why: why.to_owned() }).collect()
}

fn declared(file: &Shaped, files: &[Shaped], found: &mut Found) {
    static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b(?<on>\w+)\s*\.\s*(?<what>GET|POST|PUT|DELETE|PATCH|HEAD|Any|Get|Post|Put|Delete|Patch|Head|All|HandleFunc|Handle)\s*\(").ok()
    });
    static METHODS: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\.Methods\(([^)]*)\)").ok());
    let outline = &file.outline;
    let groups = groups(outline);
    let containers = containers(outline);
    let given = given(outline);
    let mounted: Vec<Vec<String>> = given.iter().map(|one| mounts::prefixes(files, &file.path, one)).collect();
    for call in CALL.iter().flat_map(|one| one.captures_iter(&outline.bare)) {
        let Some(open) = call.get(0).map(|whole| whole.end() - 1) else { continue };
        let Some(arguments) = outline.inside(open).map(|inside| outline.arguments(inside)) else { continue };
        let Some((text, span)) = arguments.first().and_then(|first| outline.string_in(*first)) else {
            let named = || arguments.iter().take(2).find(|argument| names_a_path(&outline.bare[argument.range()]));
            if let ("HandleFunc" | "Handle", Some(path)) = (&call["what"], named()) {
                let why = "an operation is declared by a path that stands elsewhere".to_owned();
                found.blind.push(Blind { place: Some(Place::at(file.path.clone(), *path)), why });
            }
            continue;
        };
        if arguments.len() < 2 || matches!(&call["on"], "client" | "resty" | "req") {
            continue;
        }
        let (verb, own) = match text.split_once(' ') {
            Some((verb, path)) if verb.bytes().all(|byte| byte.is_ascii_uppercase()) => (Some(verb), path.trim()),
            _ => (None, text),
        };
        // gin and echo need no slash in front; what is put behind a name has one.
        let is_whole =
            || arguments.first().is_some_and(|one| outline.bare[span.end as usize..one.end as usize].trim().is_empty());
        let is_relative = matches!(&call["what"], "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD")
            && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/.:*".contains(&byte))
            && is_whole();
        let own = if is_relative { own } else { own.find('/').map_or("", |slash| &own[slash..]) };
        if own.is_empty() && !text.is_empty() {
            continue;
        }
        // All paths, handed to the router that declares them.
        let is_router = |argument: &Span| {
            let name = outline.bare[argument.range()].trim().to_ascii_lowercase();
            name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && (name.ends_with("router") || name.ends_with("mux"))
        };
        if &call["what"] == "Handle" && own == "/" && arguments.get(1).is_some_and(is_router) {
            continue;
        }
        // A tree of paths that is handed to something else: a gateway, a folder of files.
        let is_mount = || arguments.get(1).is_some_and(|one| !outline.bare[one.range()].contains("HandlerFunc"));
        if &call["what"] == "Handle" && own.len() > 1 && own.ends_with('/') && is_mount() {
            continue;
        }
        let methods = match (&call["what"], verb) {
            (_, Some(verb)) => vec![verb.to_owned()],
            ("Any" | "All", None) => vec!["*".to_owned()],
            ("HandleFunc" | "Handle", None) => {
                let close = outline.partner(open).unwrap_or(open);
                let chain = &outline.code[close..outline.chain_end(close)];
                let listed = METHODS.as_ref().and_then(|methods| methods.captures(chain)).map(|one| one[1].to_owned());
                let names = listed
                    .iter()
                    .flat_map(|list| list.split(','))
                    .map(|one| one.trim().trim_matches('"').trim_start_matches("http.Method").to_ascii_uppercase());
                let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
                if names.is_empty() { vec!["*".to_owned()] } else { names }
            }
            (verb, None) => vec![verb.to_ascii_uppercase()],
        };
        let lexical = containers.iter().filter(|one| one.span.range().contains(&open));
        let lexical: Vec<&str> = lexical.map(|one| one.prefix.as_str()).collect();
        let full = path::join(&format!("{}/{}", lexical.join("/"), group(&groups, &call["on"])), own);
        let is_debug = arguments.get(1).is_some_and(|handler| shows_the_inside(&outline.bare[handler.range()]));
        let router = root(&groups, &call["on"]);
        let given = given.iter().position(|one| one.body.range().contains(&open) && one.router == router);
        let place = Place::at(file.path.clone(), span);
        let prefixes = given.map_or(&[][..], |given| &mounted[given]);
        for method in methods {
            let own = || Operation { is_debug, ..Operation::new(method.clone(), full.clone(), place.clone()) };
            if prefixes.is_empty() {
                found.operations.push(Operation { is_below: given.is_some(), ..own() });
            }
            found.operations.extend(prefixes.iter().map(|prefix| Operation {
                path: path::join(prefix, &full),
                given: path::parts(prefix),
                ..own()
            }));
        }
    }
}

/// `zpages.NewTracezHandler(…)`, `promhttp.Handler()`: a handler of a library for those who run the program.
fn shows_the_inside(handler: &str) -> bool {
    const LIBRARIES: &[&str] = &["pprof.", "zpages.", "expvar.", "promhttp.", "statsviz."];
    LIBRARIES.iter().any(|library| handler.trim_start().trim_start_matches("http.HandlerFunc(").starts_with(library))
}

/// `newAccountPath`: a name that code gives to a path.
fn names_a_path(argument: &str) -> bool {
    let name = argument.trim();
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    is_name && ["path", "route", "endpoint"].iter().any(|end| name.to_ascii_lowercase().ends_with(end))
}

/// `v1 := r.Group("/v1")`, `s := r.PathPrefix("/s").Subrouter()`: name → parent and prefix.
pub(super) fn groups(outline: &Outline) -> BTreeMap<String, (String, String)> {
    static GROUP: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"\b(\w+)\s*:?=\s*(\w+)\.(?:Group|PathPrefix)\(\s*"([^"]*)""#).ok());
    let all = GROUP.iter().flat_map(|one| one.captures_iter(&outline.code));
    all.map(|one| (one[1].to_owned(), (one[2].to_owned(), one[3].to_owned()))).collect()
}

pub(super) fn group(groups: &BTreeMap<String, (String, String)>, name: &str) -> String {
    let (mut prefix, mut name) = (String::new(), name.to_owned());
    for _ in 0..MAX_DEPTH {
        let Some((parent, own)) = groups.get(&name) else { break };
        prefix = format!("{own}/{prefix}");
        name.clone_from(parent);
    }
    prefix
}

/// The router at the root of a group.
pub(super) fn root<'n>(groups: &'n BTreeMap<String, (String, String)>, name: &'n str) -> &'n str {
    let mut name = name;
    for _ in 0..MAX_DEPTH {
        let Some((parent, _)) = groups.get(name) else { break };
        name = parent;
    }
    name
}

/// A router that a function is given by its caller, who may have mounted it anywhere.
pub(super) struct Given {
    pub(super) function: String,
    /// Whether the function belongs to a type, so that its name alone says little.
    pub(super) is_method: bool,
    /// Which of the parameters it is.
    pub(super) position: usize,
    pub(super) router: String,
    pub(super) body: Span,
}

/// `func (h *Handler) Register(group *gin.RouterGroup) { … }`.
pub(super) fn given(outline: &Outline) -> Vec<Given> {
    static GIVEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"\bfunc\s*(?<of>\([^)]*\)\s*)?(?<function>\w+)\s*\((?<before>(?:[^)]*,)?)\s*(?<name>\w+)\s+\*?(?:gin\.I?Routes|(?:\w+\.)?\w*Router(?:Group)?|(?:\w+\.)?RouteGroup|echo\.Group)\b[^)]*\)[^{\n]*\{",
        )
        .ok()
    });
    let functions = GIVEN.iter().flat_map(|one| one.captures_iter(&outline.bare));
    functions
        .filter_map(|one| {
            Some(Given {
                function: one["function"].to_owned(),
                is_method: one.name("of").is_some(),
                position: one["before"].matches(',').count(),
                router: one["name"].to_owned(),
                body: outline.inside(one.get(0)?.end() - 1)?,
            })
        })
        .collect()
}

/// `r.Route("/users", func(r chi.Router) { … })`, outermost first.
pub(super) fn containers(outline: &Outline) -> Vec<Container> {
    static ROUTE: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\.Route\s*\(").ok());
    let calls = ROUTE.iter().flat_map(|one| one.find_iter(&outline.bare));
    calls
        .filter_map(|call| {
            let open = call.end() - 1;
            let (text, _) = outline.string_from(open + 1)?;
            let inside: Span = outline.inside(open)?;
            Some(Container { span: inside, prefix: text.to_owned() })
        })
        .collect()
}
