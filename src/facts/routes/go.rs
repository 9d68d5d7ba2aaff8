//! Operations of Go services: gin, echo, fiber and chi by their routers, gorilla and net/http by their handlers.

use super::constants::{Constants, imported_path};
use super::outline::Outline;
use super::receivers::{Held, containers, fields, given, group, groups, receiver, root};
use super::{Found, Operation, Shaped, listed, mounts, path};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::secrets::words;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use crate::tree::path::folder_of;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// All operations of these files; a router is known within its own file.
pub(super) fn operations(facts: &Facts<'_>, files: &[Shaped]) -> Found {
    let mut found = Found::default();
    let constants = Constants::new(facts);
    let fields = fields(files, &constants);
    for file in files {
        declared(file, files, &constants, &fields, &mut found);
        found.blind.extend(listed::unread(file));
        found.blind.extend(told_apart_by_hand(file));
        found.blind.extend(registered_by_a_function(file));
    }
    found
}

/// Paths that a function inside of another is given together with what answers them: what it puts before them, and for
/// which methods, stands in its own way. `register := func(r *mux.Router, path string, h http.HandlerFunc) { … }`.
fn registered_by_a_function(file: &Shaped) -> Vec<Blind> {
    static MADE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"\b(?<name>\w+)\s*:=\s*func\([^{]*?\b(?:path|pattern|route|endpoint)\w*(?:\s*,\s*\w+)?\s+string\b[^{]*\bhttp\.(?:HandlerFunc|Handler|ResponseWriter)\b[^{]*\{",
        )
        .ok()
    });
    let outline = &file.outline;
    let mut found = Vec::new();
    for made in MADE.iter().flat_map(|one| one.captures_iter(&outline.bare)) {
        let call = format!("{}(", &made["name"]);
        for (at, _) in outline.bare.match_indices(&call) {
            let is_whole =
                !outline.bare[..at].ends_with(|letter: char| letter.is_alphanumeric() || "_.".contains(letter));
            let arguments =
                outline.inside(at + call.len() - 1).map(|inside| outline.arguments(inside)).unwrap_or_default();
            let mut paths = arguments.iter().filter_map(|one| outline.string_in(*one));
            let path = paths.find(|(text, _)| is_whole && text.starts_with('/'));
            let why =
                "an operation is declared by a function that stands beside it: what is before its path is not read";
            found.extend(
                path.map(|(_, span)| Blind { place: Some(Place::at(file.path.clone(), span)), why: why.to_owned() }),
            );
        }
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

fn declared(
    file: &Shaped,
    files: &[Shaped],
    constants: &Constants<'_, '_>,
    fields: &BTreeMap<String, Held>,
    found: &mut Found,
) {
    static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"[\w)](?<dot>\s*\.)\s*(?<what>GET|POST|PUT|DELETE|PATCH|HEAD|Any|Get|Post|Put|Delete|Patch|Head|All|HandleFunc|Handle|Match|Method|MethodFunc|HandlerFunc|Add)\s*\(").ok()
    });
    let outline = &file.outline;
    let groups = groups(outline);
    let containers = containers(outline);
    let given = given(outline);
    let mounted: Vec<Vec<String>> = given.iter().map(|one| mounts::prefixes(files, &file.path, one)).collect();
    for call in CALL.iter().flat_map(|one| one.captures_iter(&outline.bare)) {
        let (Some(whole), Some(dot)) = (call.get(0), call.name("dot")) else { continue };
        let open = whole.end() - 1;
        let Some(receiver) = receiver(outline, dot.start()) else { continue };
        let Some(mut arguments) = outline.inside(open).map(|inside| outline.arguments(inside)) else { continue };
        let router = root(&groups, receiver.name);
        let in_given = given.iter().position(|one| one.body.range().contains(&open) && one.router == router);
        let is_router = receiver.is_router || in_given.is_some() || groups.contains_key(receiver.name);
        let is_client = matches!(receiver.name, "client" | "resty" | "req") && !is_router;
        let listed = arguments.first().map(|first| methods_in(&outline.code[first.range()])).unwrap_or_default();
        if !listed.is_empty() && arguments.len() > 2 {
            arguments.remove(0);
        } else if is_method_before_path(&call["what"]) {
            continue;
        }
        if arguments.len() < 2 || is_client {
            continue;
        }
        let what = &call["what"];
        let blind = |span: Span| {
            let why = "an operation is declared by a path that stands elsewhere".to_owned();
            Blind { place: Some(Place::at(file.path.clone(), span)), why }
        };
        // What a constant stands for may be asked for as well: of a cache, of a client.
        let is_declared = |one: &Written| !one.is_named || what.starts_with("Handle");
        let Some(written) = written(file, constants, &arguments).filter(is_declared) else {
            let is_inner = shows_the_inside(&outline.code, &outline.bare[arguments[1].range()]);
            if let Some(path) = unread(outline, what, open, &arguments, is_router).filter(|_| !is_inner) {
                found.blind.push(blind(path));
            }
            continue;
        };
        let Written { text, span, is_below, .. } = written;
        // What is called there may as well ask for the path.
        let is_followed = is_router || outline.bare[..dot.start()].ends_with(|letter: char| letter != ')');
        if !is_followed && !what.starts_with("Handle") {
            if text.starts_with('/') && is_handler(&outline.bare[arguments[1].range()]) {
                found.blind.push(blind(span));
            }
            continue;
        }
        let (verb, own) = match text.split_once(' ') {
            Some((verb, path)) if verb.bytes().all(|byte| byte.is_ascii_uppercase()) => (Some(verb), path.trim()),
            _ => (None, text.as_str()),
        };
        // gin and echo need no slash in front; what is put behind a name has one.
        let is_whole = || outline.bare[span.end as usize..arguments[0].end as usize].trim().is_empty();
        let is_relative = matches!(what, "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD")
            && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/.:*".contains(&byte))
            && is_whole();
        let own = if is_relative { own } else { own.find('/').map_or("", |slash| &own[slash..]) };
        if own.is_empty() && !text.is_empty() || is_handed_on(outline, what, own, arguments[1]) {
            continue;
        }
        let methods = match verb {
            Some(verb) => vec![verb.to_owned()],
            None if !listed.is_empty() => listed,
            None => methods(outline, what, open),
        };
        let lexical = containers.iter().filter(|one| one.span.range().contains(&open));
        let lexical: Vec<&str> = lexical.map(|one| one.prefix.as_str()).collect();
        let held = fields.get(receiver.name).filter(|_| receiver.is_field && !groups.contains_key(receiver.name));
        let of_field = held.map_or("", |held| held.prefix.as_str());
        let of_group = group(&groups, receiver.name);
        let before = format!("{}/{of_field}/{of_group}/{}", lexical.join("/"), receiver.path);
        let full = path::join(&before, own);
        let is_debug = shows_the_inside(&outline.code, &outline.bare[arguments[1].range()])
            || is_asked_by_the_cluster(&outline.code, &full)
            || is_for_debugging(&file.path);
        let handler = named_handler(&outline.bare[arguments[1].range()]);
        let place = Place::at(file.path.clone(), span);
        let prefixes = in_given.map_or(&[][..], |given| &mounted[given]);
        for method in methods {
            let own = || Operation {
                is_debug,
                handler: handler.clone(),
                ..Operation::new(method.clone(), full.clone(), place.clone())
            };
            if prefixes.is_empty() {
                found.operations.push(Operation {
                    is_below: is_below || in_given.is_some() || held.is_some_and(|held| held.is_below),
                    ..own()
                });
            }
            found.operations.extend(prefixes.iter().map(|prefix| Operation {
                path: path::join(prefix, &full),
                given: path::parts(prefix),
                ..own()
            }));
        }
    }
}

/// The path that a declaration writes.
struct Written {
    text: String,
    span: Span,
    /// Whether constants stand for it.
    is_named: bool,
    /// Whether more may stand before it: `handle(prefixed(OrdersPath), …)`.
    is_below: bool,
}

/// The path that stands in the first argument, or that the constants in it stand for.
fn written(file: &Shaped, constants: &Constants<'_, '_>, arguments: &[Span]) -> Option<Written> {
    let (outline, first) = (&file.outline, *arguments.first()?);
    if let Some((text, span)) = outline.string_in(first) {
        // `OrdersPath+"/open"`: what the name says stands before the text.
        let before = outline.bare[first.start as usize..span.start as usize].trim_end().strip_suffix('+');
        let front = before.and_then(|names| constants.of_names(&file.path, &outline.code, names));
        let is_below = before.is_some() && front.is_none();
        return Some(Written { text: front.unwrap_or_default() + text, span, is_named: false, is_below });
    }
    let bare = &outline.bare[first.range()];
    let parts = constants.in_expression(&file.path, &outline.code, bare);
    let is_name = bare.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let start = first.start as usize + bare.len() - bare.trim_start().len();
    let span = Span::new(start, start + bare.trim().len());
    (!parts.is_empty()).then(|| Written { text: parts.join("/"), span, is_named: true, is_below: !is_name })
}

/// Verbs of routers that are given the methods before the path: `Match([]string{"GET", "HEAD"}, "/orders", list)`.
fn is_method_before_path(what: &str) -> bool {
    matches!(what, "Match" | "Method" | "MethodFunc" | "HandlerFunc" | "Add")
}

/// The methods that an argument lists, where it does nothing else: `"GET"`, `http.MethodGet`, `[]string{"GET", "HEAD"}`.
pub(super) fn methods_in(argument: &str) -> Vec<String> {
    static LIST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r#"^\s*(?:\[\]string\s*\{)?(?:\s*(?:"[A-Z]+"|\w+\.Method(?:Get|Post|Put|Delete|Patch|Head|Options))\s*,?)+\}?\s*$"#,
        )
        .ok()
    });
    static METHOD: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"(?i)(?:"|\.Method)(?<method>GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)\b"#).ok());
    if !LIST.as_ref().is_some_and(|list| list.is_match(argument)) {
        return Vec::new();
    }
    let methods = METHOD.iter().flat_map(|one| one.captures_iter(argument));
    methods.map(|one| one["method"].to_ascii_uppercase()).collect()
}

/// The methods that a declaration says by its own name, or in the calls behind it: `HandleFunc("/orders", list).Methods("GET")`.
fn methods(outline: &Outline, what: &str, open: usize) -> Vec<String> {
    static METHODS: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\.Methods\(([^)]*)\)").ok());
    if !matches!(what, "HandleFunc" | "Handle") {
        let is_any = matches!(what, "Any" | "All");
        return vec![if is_any { "*".to_owned() } else { what.to_ascii_uppercase() }];
    }
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

/// Whether all paths below one are handed to something else: to the router that declares them, a gateway, a folder of files.
fn is_handed_on(outline: &Outline, what: &str, own: &str, to: Span) -> bool {
    let to = outline.bare[to.range()].trim();
    let name = to.to_ascii_lowercase();
    let is_router =
        name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && (name.ends_with("router") || name.ends_with("mux"));
    let is_tree = own.len() > 1 && own.ends_with('/') && !to.contains("HandlerFunc");
    what == "Handle" && (own == "/" && is_router || is_tree)
}

/// Where a declaration has a path that cannot be read. What only hands its own argument on declares nothing:
/// `func (m *Mux) HandleFunc(pattern string, …) { m.inner.HandleFunc(pattern, …) }`.
fn unread(outline: &Outline, what: &str, open: usize, arguments: &[Span], is_router: bool) -> Option<Span> {
    let first = *arguments.first()?;
    let hands_on = || {
        let head = outline.bare[..open].rfind("\nfunc ").map(|at| &outline.bare[at..open]);
        let name = outline.bare[first.range()].trim();
        head.and_then(|head| head.split_once('{')).is_some_and(|(head, _)| {
            head.to_ascii_lowercase().contains(&format!("{}(", what.to_ascii_lowercase())) && head.contains(name)
        })
    };
    let path = match what {
        "HandleFunc" => Some(first),
        "Handle" => arguments.iter().take(2).find(|argument| names_a_path(&outline.bare[argument.range()])).copied(),
        _ => Some(first).filter(|_| is_router),
    };
    path.filter(|_| !hands_on())
}

/// Whether an argument is a function that answers: `orders.List`, `func(c *gin.Context) { … }`, `listHandler`.
fn is_handler(argument: &str) -> bool {
    let argument = argument.trim();
    let is_method = argument.rsplit_once('.').is_some_and(|(_, name)| {
        name.starts_with(|letter: char| letter.is_ascii_uppercase())
            && argument.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
    });
    argument.starts_with("func(") || is_method || argument.to_ascii_lowercase().contains("handle")
}

/// The name of the function that an argument hands over, where it says more than a word: `admission.serveOrders`.
fn named_handler(argument: &str) -> Option<String> {
    const SHORT: usize = 6;
    let argument = argument.trim();
    let inside = argument.strip_prefix("http.HandlerFunc(").and_then(|rest| rest.strip_suffix(')'));
    let name = inside.unwrap_or(argument).rsplit('.').next()?;
    let is_name = name.len() > SHORT && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| name.to_owned())
}

/// `zpages.NewTracezHandler(…)`, `promhttp.Handler()`: a handler of a library for those who run the program.
/// The package may go by another name in the file.
fn shows_the_inside(code: &str, handler: &str) -> bool {
    const LIBRARIES: &[&str] = &["pprof", "zpages", "expvar", "promhttp", "statsviz"];
    let handler = handler.trim_start().trim_start_matches("http.HandlerFunc(");
    let Some((package, _)) = handler.split_once('.') else { return false };
    let is_name = package.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let last = || imported_path(code, package).and_then(|path| path.rsplit('/').next());
    LIBRARIES.contains(&package) || is_name && last().is_some_and(|last| LIBRARIES.contains(&last))
}

/// Whether a file is of a package that shows the inside of a program to those who look for faults in it.
fn is_for_debugging(file: &str) -> bool {
    folder_of(file).rsplit('/').next() == Some("debug")
}

/// Whether a path is where Kubernetes asks whether an object may be stored, and nobody else does: `/mutate`,
/// `/validate-apps-v1-deployment` beside a use of the API of such questions.
fn is_asked_by_the_cluster(code: &str, path: &str) -> bool {
    const QUESTIONS: &[&str] = &["mutate", "validate", "convert"];
    const APIS: &[&str] = &["k8s.io/api/admission", "k8s.io/kubernetes/pkg/apis/admission"];
    let first = path.trim_matches('/').split(['/', '-']).next().unwrap_or_default();
    QUESTIONS.contains(&first) && APIS.iter().any(|api| code.contains(api))
}

/// `newAccountPath`, `prefixed(api.OrdersPath)`: an expression with a name that code gives to a path.
fn names_a_path(argument: &str) -> bool {
    let names = argument.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    names.flat_map(words).any(|word| matches!(word.as_str(), "path" | "route" | "endpoint" | "url" | "pattern"))
}
