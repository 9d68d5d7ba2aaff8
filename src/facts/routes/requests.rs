//! What test code requests, and which operations that reaches.
//!
//! A path counts when it stands in a request: an argument of a client's verb, of a function of the tests that makes
//! one, or a binding that is used in one. A path that is only compared (`assert_eq!(location, "/login")`), and one that
//! a mock server answers, is none. What stands in a function of the tests counts when a test reaches that function.

use super::asked::{asked, may_be_asked, said, whole};
use super::calls::{Calls, TestFile};
use super::constants::Constants;
use super::outline::{Outline, unquoted};
use super::{Operation, functions, grpc, joined, path};
use crate::evidence::Place;
use crate::facts::code::{CodeFile, Language, Role};
use crate::facts::{Facts, parallel};
use crate::pattern::{Captures, Regex, compile, pattern};
use crate::source::Span;
use crate::tree::path::folder_of;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A request that test code makes.
struct Request {
    /// `*` where it is not said.
    method: String,
    path: String,
    place: Place,
    /// The function of the tests around it, where there is one.
    function: Option<(usize, usize)>,
}

/// Notes on each operation the first request of a test that reaches it.
///
/// Gives the requests by names that belong to no operation which is known.
pub(super) fn mark(facts: &Facts<'_>, operations: &mut [Operation], names: &[(Place, String)]) -> Vec<Place> {
    if operations.is_empty() {
        return Vec::new();
    }
    let files = test_files(facts);
    let calls = Calls::of(&files);
    let constants = Constants::new(facts);
    let mut requests = Vec::new();
    for (index, file) in files.iter().enumerate() {
        requests.extend(requests_of(index, file, &calls));
        requests.extend(by_constant(file, &constants));
    }
    requests.retain(|request| request.function.is_none_or(|function| calls.reached.contains(&function)));
    let leads = leads(&requests, operations);
    let has_methods = operations.iter().any(|operation| operation.method == "RPC");
    let methods = if has_methods { methods_called(&files, |_, _| true) } else { BTreeMap::new() };
    let awaited = if has_methods { methods_called(&files, is_awaited) } else { BTreeMap::new() };
    let served_by = if has_methods { grpc::served_by(facts) } else { BTreeMap::new() };
    let in_client = |operation: &Operation, place: &Place| {
        let mut parts = operation.path.split(['/', '.']).rev();
        let service = parts.nth(1).unwrap_or("");
        files.iter().any(|file| file.path == place.path && file.outline.bare.contains(service))
    };
    // `Orders::new(store).create(request).await`: what serves it, asked in the same process.
    let in_process = |operation: &Operation, place: &Place| {
        let service = operation.path.split(['/', '.']).rev().nth(1).unwrap_or("");
        let types = served_by.get(service).map_or(&[][..], Vec::as_slice);
        files.iter().any(|file| file.path == place.path && types.iter().any(|one| makes(&file.outline.bare, one)))
    };
    for operation in operations.iter_mut() {
        operation.tested = if operation.method == "RPC" {
            let name = one_spelling(operation.path.rsplit('/').next().unwrap_or(""));
            let called = methods.get(&name).into_iter().flatten().find(|place| in_client(operation, place));
            let asked = || awaited.get(&name).into_iter().flatten().find(|place| in_process(operation, place));
            called.or_else(asked).cloned()
        } else {
            let mut asked = requests.iter().zip(&leads);
            let reaching = asked.find(|(request, least)| least.is_some() && lead(request, operation) == **least);
            reaching.map(|(request, _)| request.place.clone())
        };
    }
    let mut unresolved = Vec::new();
    let asked = by_name(&files);
    let listed = by_listed_name(&files, names);
    for (name, place) in asked.iter().chain(&listed) {
        let declared: Vec<&Place> =
            names.iter().filter(|(_, own)| is_name(own, name)).map(|(place, _)| place).collect();
        if declared.is_empty() {
            unresolved.push(place.clone());
        }
        for operation in operations.iter_mut().filter(|one| one.tested.is_none() && declared.contains(&&one.place)) {
            operation.tested = Some(place.clone());
        }
    }
    unresolved.extend(by_function(&files));
    unresolved.extend(by_client(facts, &files, operations));
    unresolved.extend(by_address(&files, operations));
    unresolved.extend(by_server(&files, operations));
    unresolved.extend(by_mention(&files, &calls, &requests, operations));
    unresolved
}

/// Where tests name the path of an operation that nothing is seen to request, once for each: it may stand below more than is
/// known of its router, or go to a request in a way that is not followed.
fn by_mention(files: &[TestFile], calls: &Calls, requests: &[Request], operations: &[Operation]) -> Vec<Place> {
    let mut missing: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for one in operations.iter().filter(|one| one.tested.is_none()) {
        if let Some(word) = path::last_word(&one.path) {
            missing.entry(word).or_default().push(one);
        }
    }
    let mut found = Vec::new();
    // What answers all paths is what nobody meant.
    let meant: Vec<&Operation> = operations.iter().filter(|one| path::last_word(&one.path).is_some()).collect();
    let is_stranger = |request: &&Request| !meant.iter().any(|operation| lead(request, operation).is_some());
    for request in requests.iter().filter(is_stranger) {
        note(&mut missing, request, &mut found);
    }
    for file in files {
        for (at, &span) in file.outline.strings.iter().enumerate() {
            let (text, _) = text_at(file, at);
            let is_short = text.len() <= 300 && text.contains('/');
            let Some(path) = Some(&*text).filter(|_| is_short).and_then(mentioned) else { continue };
            let is_one = path::last_word(&path).is_some_and(|word| missing.contains_key(word));
            if !is_one || asked(file, span, calls).is_some() || !may_be_asked(file, span) {
                continue;
            }
            let place = Place::at(file.path.clone(), span);
            note(&mut missing, &Request { method: "*".to_owned(), path, place, function: None }, &mut found);
        }
    }
    found
}

/// The path in a text of the tests, or the method of a service of gRPC: `shop.Orders/List`.
fn mentioned(text: &str) -> Option<String> {
    let is_name = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let is_call = |(service, method): (&str, &str)| {
        service.contains('.') && is_name(service) && !method.is_empty() && is_name(method) && !method.contains('.')
    };
    if text.split_once('/').is_some_and(is_call) {
        return Some(format!("/{text}"));
    }
    path::of_request(text)
}

/// Takes from the operations that are missing those that a text may ask for, with a place for each.
fn note(missing: &mut BTreeMap<&str, Vec<&Operation>>, request: &Request, found: &mut Vec<Place>) {
    const MOST: usize = 4;
    let Some(own) = path::last_word(&request.path).and_then(|word| missing.get_mut(word)) else { return };
    own.retain(|operation| {
        let is_method = [&request.method, &operation.method].into_iter().any(|one| one == "*" || one == "RPC")
            || request.method == operation.method;
        let declared = format!("/{}", operation.path.trim_start_matches('/'));
        let mut starts = memchr::memchr_iter(b'/', request.path.as_bytes()).take(MOST + 1);
        let is_it = is_method && starts.any(|at| path::reaches(&request.path[at..], &declared));
        if is_it {
            found.push(request.place.clone());
        }
        !is_it
    });
}

// The end of a path that is added to an address: `url+"orders"`.
pattern!(ADDED, r#"\b\w*(?:[uU][rR][lL]|[bB]ase|[aA]ddr|[eE]ndpoint)\w*\s*\+\s*["'](?<end>[a-z][\w-]*)["'?/]"#);

// A path that stands elsewhere under a name and is put behind an address: `Sprintf("http://%s%s", host, OrdersPath)`.
pattern!(GIVEN, r#"Sprintf\(\s*"[^"\n]*%s[^"\n]*"[^\n]*?\b(?<name>[A-Z]\w*(?:Path|Route|Endpoint))\b"#);

/// Where tests add the end of an operation's path, or a name for one, each once, to an address that ends in a slash, or
/// does not: who knows.
fn by_address(files: &[TestFile], operations: &[Operation]) -> Vec<Place> {
    let missing = operations.iter().filter(|one| one.tested.is_none()).filter_map(|one| one.path.rsplit('/').next());
    let mut missing: BTreeSet<&str> = missing.collect();
    let (mut named, mut found) = (BTreeSet::new(), Vec::new());
    let place = |file: &TestFile, captures: &Captures<'_>| {
        let whole = captures.whole();
        Place::at(file.path.clone(), Span::new(whole.start(), whole.end()))
    };
    for file in files {
        for added in ADDED.captures_iter(&file.outline.code).filter(|added| missing.remove(&added["end"])) {
            found.push(place(file, &added));
        }
        for given in GIVEN.captures_iter(&file.outline.code) {
            if named.insert(given["name"].to_owned()) {
                found.push(place(file, &given));
            }
        }
    }
    found
}

/// What a client that stands in the tree as a package of its own asks for, where tests of Go use it: for each operation
/// that nothing else requests, the address in the client. Which of its functions a test calls is not followed.
fn by_client(facts: &Facts<'_>, files: &[TestFile], operations: &[Operation]) -> Vec<Place> {
    let missing: Vec<&Operation> =
        operations.iter().filter(|one| one.tested.is_none() && one.method != "RPC").collect();
    let tests: Vec<&TestFile> = files.iter().filter(|file| file.language == Language::Go).collect();
    if missing.is_empty() || tests.is_empty() {
        return Vec::new();
    }
    let code = facts.code();
    let is_client = |file: &CodeFile| {
        let folder = folder_of(&file.path).trim_end_matches('/');
        let import = format!("/{folder}\"");
        file.language == Language::Go
            && folder.ends_with("client")
            && code.role(facts, file) == Role::Product
            && tests.iter().any(|test| test.outline.code.contains(&import))
    };
    let mut requests = Vec::new();
    for file in code.files().iter().filter(|file| is_client(file)) {
        let Some(client) = super::shaped(facts, file) else { continue };
        for &place in &client.outline.strings {
            let text = unquoted(&client.outline.code[place.range()]);
            let path = Some(text).filter(|text| text.starts_with('/')).and_then(path::of_request);
            let place = Place::at(file.path.clone(), place);
            requests.extend(path.map(|path| Request { method: "*".to_owned(), path, place, function: None }));
        }
    }
    let asking = |operation: &&Operation| requests.iter().find(|request| lead(request, operation).is_some());
    missing.iter().filter_map(asking).map(|request| request.place.clone()).collect()
}

/// For each operation that nothing requests, where a test of Go makes a server of the function that answers it: which paths
/// are asked of that server, only the function knows. `server := httptest.NewServer(http.HandlerFunc(api.ListOrders))`.
fn by_server(files: &[TestFile], operations: &[Operation]) -> Vec<Place> {
    let missing = operations.iter().filter(|one| one.tested.is_none()).filter_map(|one| one.handler.as_deref());
    let is_one = |file: &&TestFile| file.language == Language::Go && file.outline.bare.contains("httptest.New");
    let tests: Vec<&TestFile> = files.iter().filter(is_one).collect();
    missing.filter_map(|name| tests.iter().find_map(|file| handed_to_a_server(file, name))).collect()
}

/// Where a function is handed to one that makes a server of it.
fn handed_to_a_server(file: &TestFile, name: &str) -> Option<Place> {
    let outline = &file.outline;
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let makes = |open: usize| outline.callee(open).to_ascii_lowercase().ends_with("server");
    let mut found = memchr::memmem::find_iter(outline.bare.as_bytes(), name.as_bytes());
    let at = found.find(|&at| {
        let is_whole = !outline.bare[..at].ends_with(is_word) && outline.bare[at + name.len()..].starts_with(')');
        is_whole && outline.around(at).take(2).any(makes)
    })?;
    Some(Place::at(file.path.clone(), Span::new(at, at + name.len())))
}

/// Requests of Rust for what a function outside of the tests makes: `.uri(task.upload_uri().path())`; and of Python for
/// what a module keeps under a name: `client.get(paths.orders)`, `client.get(paths.order(id))`.
fn by_function(files: &[TestFile]) -> Vec<Place> {
    const MOST: usize = 1000;
    static KEPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b\w*client\w*\.(?:get|post|put|delete|patch)\(\s*(?<module>\w+)\.(?<name>[A-Za-z_]\w*)\s*[(,)]").ok()
    });
    static MADE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r"\.(?:uri|get|post|put|delete|patch|head)\(\s*&?(?:\w+(?:\.|::))+(?<name>\w+_(?:uri|url|path|endpoint|route))\(",
        )
        .ok()
    });
    let own: BTreeSet<&str> =
        files.iter().flat_map(|file| &file.functions).map(|function| function.name.as_str()).collect();
    let mut found = Vec::new();
    for file in files {
        let pattern = match file.language {
            Language::Rust => &MADE,
            Language::Python => &KEPT,
            _ => continue,
        };
        for one in pattern.iter().flat_map(|made| made.captures_iter(&file.outline.bare)) {
            let is_imported = one.name("module").is_none_or(|module| imports(&file.outline.bare, module.as_str()));
            let is_new = |name: &crate::pattern::Match<'_>| found.len() < MOST && !own.contains(name.as_str());
            let made = one.name("name").filter(|name| is_imported && is_new(name));
            found.extend(made.map(|name| Place::at(file.path.clone(), Span::new(name.start(), name.end()))));
        }
    }
    found
}

/// Whether a file of Python imports something under a name: `from tests.utils import paths`.
fn imports(code: &str, name: &str) -> bool {
    let words = |line: &str| line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name);
    code.lines().filter(|line| line.starts_with("import ") || line.starts_with("from ")).any(words)
}

/// Whether tests that ask for a name mean what is declared under one: Django's may stand in a namespace.
fn is_name(declared: &str, asked: &str) -> bool {
    declared == asked || asked.rsplit_once(':').is_some_and(|(_, last)| last == declared)
}

/// The names by which the tests ask for a path, or make a request at once: `url_for("orders.list")`, `reverse("order")`,
/// `admin.get("orders.list")`.
fn by_name(files: &[TestFile]) -> BTreeMap<&str, Place> {
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(
            r#"(?:\b(?:url_for|reverse|reverse_lazy|url_path_for|app_url)|\b\w*(?:request|client)\w*\.(?:get|post|put|delete|patch|head))\(\s*["'](?<name>[A-Za-z][\w:.-]*)["']"#,
        )
        .ok()
    });
    let mut found = BTreeMap::new();
    for file in files.iter().filter(|file| file.language == Language::Python) {
        for one in NAMED.iter().flat_map(|one| one.captures_iter(&file.outline.code)) {
            let Some(name) = one.name("name") else { continue };
            let place = Place::at(file.path.clone(), Span::new(name.start(), name.end()));
            found.entry(name.as_str()).or_insert(place);
        }
    }
    found
}

/// The names of operations that stand in a file whose tests ask for a path by a variable:
/// `parametrize("route_name", ("orders:get", "orders:delete"))`, `client.get(app.url_path_for(route_name))`.
fn by_listed_name<'f>(files: &'f [TestFile], names: &[(Place, String)]) -> BTreeMap<&'f str, Place> {
    static VARIABLE: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"\b(?:url_for|reverse|reverse_lazy|url_path_for)\(\s*[a-z_]\w*\s*[,)]").ok());
    let known: BTreeSet<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
    let asks = |file: &&TestFile| {
        file.language == Language::Python && VARIABLE.as_ref().is_some_and(|one| one.is_match(&file.outline.bare))
    };
    let mut found = BTreeMap::new();
    for file in files.iter().filter(asks) {
        for &span in &file.outline.strings {
            let text = unquoted(&file.outline.code[span.range()]);
            if text.contains([':', '.', '-']) && known.contains(text) {
                found.entry(text).or_insert_with(|| Place::at(file.path.clone(), span));
            }
        }
    }
    found
}

/// For each request the least that stands before the path of an operation that it reaches: what is declared with more of
/// the path is what was asked.
fn leads(requests: &[Request], operations: &[Operation]) -> Vec<Option<usize>> {
    if !operations.iter().any(|operation| operation.is_below || operation.given > 0) {
        return vec![Some(0); requests.len()];
    }
    requests.iter().map(|one| operations.iter().filter_map(|operation| lead(one, operation)).min()).collect()
}

/// How many parts of a request's path stand before that of the operation it reaches: none, where the whole path is known.
fn lead(request: &Request, operation: &Operation) -> Option<usize> {
    const MOST: usize = 4;
    let is_method = request.method == "*" || operation.method == "*" || operation.method == request.method;
    if !is_method {
        return None;
    }
    let most = if operation.is_below { MOST } else { 0 };
    let starts = memchr::memchr_iter(b'/', request.path.as_bytes()).take(most + 1).enumerate();
    let mut ends = starts.map(|(parts, at)| (parts, &request.path[at..]));
    let under_less =
        |parts: &usize| path::without(&operation.path, *parts).is_some_and(|rest| path::reaches(&request.path, &rest));
    ends.find(|(_, end)| path::reaches(end, &operation.path))
        .map(|(parts, _)| parts)
        .or_else(|| (1..=operation.given).find(under_less))
}

/// Test files, and the test items of product files that hold any.
fn test_files(facts: &Facts<'_>) -> Vec<TestFile> {
    let code = facts.code();
    let shaped = |file: &CodeFile| {
        let text = file.code(facts)?;
        let outline = match code.role(facts, file) {
            Role::Test => Outline::of(text, &text.code),
            Role::Product if !text.regions.tests.is_empty() => Outline::of(text, &text.tests()),
            _ => return None,
        };
        let functions = if file.language == Language::Rust { functions::named(&outline) } else { Vec::new() };
        Some(TestFile { path: file.path.clone(), language: file.language, outline, functions })
    };
    let made = parallel::map(code.files(), |file| if mentions_path(facts, file) { shaped(file) } else { None });
    made.into_iter().flatten().collect()
}

/// Whether a file can hold a request in a test at all; asked of the raw text, so that few files are masked.
fn mentions_path(facts: &Facts<'_>, file: &CodeFile) -> bool {
    if !matches!(file.role, Role::Test | Role::Product) || matches!(file.language, Language::Proto | Language::Shell) {
        return false;
    }
    let Some(source) = file.source(facts) else { return false };
    let bytes = source.text().as_bytes();
    file.role == Role::Test
        || (file.language == Language::Rust
            && (memchr::memmem::find(bytes, b"test]").is_some()
                || memchr::memmem::find(bytes, b"cfg(test)").is_some()
                || memchr::memmem::find(bytes, b"cfg(all(test").is_some()))
}

/// A text of Python that goes on behind a path which the file keeps under a name: `f"{self.ORDERS}{id}/"`.
fn behind_a_name(outline: &Outline, at: usize, text: &str) -> Option<String> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let (name, rest) = text.strip_prefix('{')?.split_once('}')?;
    let name = name.strip_prefix("self.").unwrap_or(name);
    let given = Some(format!("{name} = ")).filter(|_| name.chars().all(is_word))?;
    let mut above = outline.code[..at].rmatch_indices(&given).map(|(at, _)| at);
    let start = above.find(|&at| !outline.code[..at].ends_with(is_word))? + given.len();
    let (path, _) = outline.string_from(start)?;
    path.starts_with('/').then(|| format!("{path}{rest}"))
}

/// The text of a string with what is added to it; of Go the number of the last string in it, too.
fn text_at(file: &TestFile, at: usize) -> (Cow<'_, str>, Option<usize>) {
    let text = whole(&file.outline, at);
    if file.language != Language::Go || !text.contains('/') {
        return (text, None);
    }
    let (joined, last) = joined::from(&file.outline, at);
    (joined.into(), Some(last))
}

/// The requests of one file.
fn requests_of(index: usize, file: &TestFile, calls: &Calls) -> Vec<Request> {
    let mut found = Vec::new();
    let mut used = None;
    for (at, &span) in file.outline.strings.iter().enumerate() {
        // What goes on with a text that began before is no path by itself.
        if used.is_some_and(|last| at <= last) {
            continue;
        }
        let (mut text, last) = text_at(file, at);
        used = last.or(used);
        if file.language == Language::Python
            && let Some(full) = behind_a_name(&file.outline, span.start as usize, &text)
        {
            text = full.into();
        }
        if text.len() > 300 || !text.contains('/') {
            continue;
        }
        let Some(path) = path::of_request(&text) else { continue };
        let Some(method) = asked(file, span, calls) else { continue };
        if file.language == Language::Go && handed_to_a_handler(&file.outline, Some(span)) {
            continue;
        }
        let offset = span.start as usize;
        let around =
            file.functions.iter().enumerate().filter(|(_, one)| !one.is_local && one.span.range().contains(&offset));
        let function = around.min_by_key(|(_, one)| one.span.range().len()).map(|(function, _)| (index, function));
        found.push(Request { method, path, place: Place::at(file.path.clone(), span), function });
    }
    found
}

/// Whether the request that is made at a span goes to the function that answers it, past the routes:
/// `request := httptest.NewRequest("GET", "/orders", nil)`, `api.OrdersHandler(recorder, request)`.
fn handed_to_a_handler(outline: &Outline, span: Option<Span>) -> bool {
    const MADE: &str = "httptest.NewRequest";
    static BOUND: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"(?<name>\w+)(?:\s*,\s*\w+)?\s*:?=\s*$").ok());
    let Some(offset) = span.map(|span| span.start as usize) else { return false };
    let made = outline.around(offset).find(|&open| outline.callee(open).starts_with(MADE));
    let Some((open, close)) = made.and_then(|open| Some((open, outline.partner(open)?))) else { return false };
    let before =
        outline.bare[..open].trim_end().trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == '.');
    // What is only called `handle` may answer all paths, and tell them apart by itself.
    let says_which = |name: &str| {
        let rest = name.strip_suffix("handler").or_else(|| name.strip_prefix("handle"));
        rest.is_some_and(|rest| !matches!(rest, "" | "r" | "all" | "request" | "requests" | "func" | "http"))
    };
    let answers = |open: usize| {
        let callee = outline.callee(open).to_ascii_lowercase();
        let name = callee.rsplit('.').next().unwrap_or_default();
        let is_routed = matches!(name, "servehttp" | "do" | "test");
        (is_routed || says_which(name)).then_some(!is_routed)
    };
    let Some(name) = BOUND.as_ref().and_then(|bound| bound.captures(before)).map(|one| one["name"].to_owned()) else {
        return outline.around(open).next().and_then(answers) == Some(true);
    };
    let rest = &outline.bare[close..];
    let rest = &rest[..rest.find("\nfunc ").unwrap_or(rest.len())];
    let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    let whole = memchr::memmem::find_iter(rest.as_bytes(), name.as_bytes())
        .filter(|&at| !rest[..at].ends_with(is_word) && !rest[at + name.len()..].starts_with(is_word));
    let mut calls = whole.filter_map(|at| outline.around(close + at).next());
    calls.find_map(answers) == Some(true)
}

/// Requests of Go whose path a constant holds: `http.NewRequest(http.MethodPost, server.URL+api.OrdersPath, body)`.
fn by_constant(file: &TestFile, constants: &Constants<'_, '_>) -> Vec<Request> {
    static CALL: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"\b(?:NewRequest(?:WithContext)?|http\.(?<verb>Get|Post|Head))\s*\(").ok());
    let outline = &file.outline;
    let mut found = Vec::new();
    let calls = CALL.iter().flat_map(|one| one.captures_iter(&outline.bare));
    for call in calls.filter(|_| file.language == Language::Go) {
        let Some(open) = call.get(0).map(|whole| whole.end() - 1) else { continue };
        let arguments = outline.inside(open).map(|inside| outline.arguments(inside)).unwrap_or_default();
        // The method and the context stand before the address, the body behind it.
        let together = arguments.iter().take(3).find_map(|one| {
            let written = &outline.code[one.range()];
            Some((*one, constants.put_together(&file.path, &outline.code, written)?))
        });
        let named = || {
            arguments.iter().take(3).filter(|one| outline.string_in(**one).is_none()).find_map(|one| {
                let texts = constants.in_expression(&file.path, &outline.code, &outline.bare[one.range()]);
                texts.last().filter(|text| text.starts_with('/')).map(|_| (*one, texts.join("/")))
            })
        };
        let texts = together.or_else(named);
        let Some((span, path)) = texts.and_then(|(span, text)| Some((span, path::of_request(&text)?))) else {
            continue;
        };
        let method = match call.name("verb") {
            Some(verb) => Some(verb.as_str().to_ascii_uppercase()),
            None => outline.inside(open).and_then(|inside| said(&outline.code[inside.range()])),
        };
        let method = method.unwrap_or_else(|| "*".to_owned());
        found.push(Request { method, path, place: Place::at(file.path.clone(), span), function: None });
    }
    found.retain(|request| !handed_to_a_handler(outline, request.place.span));
    found
}

/// The first call of each method in each file, of those that count, by its name in one spelling: clients say `AddItem` or
/// `add_item`.
fn methods_called(files: &[TestFile], counts: impl Fn(&TestFile, usize) -> bool) -> BTreeMap<String, Vec<Place>> {
    static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\.(\w+)\s*\(").ok());
    let mut found: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for file in files {
        let calls = CALL.iter().flat_map(|call| call.captures_iter(&file.outline.bare));
        for call in calls.filter(|call| call.get(0).is_some_and(|whole| counts(file, whole.end() - 1))) {
            let Some(name) = call.get(1) else { continue };
            let places = found.entry(one_spelling(name.as_str())).or_default();
            if places.last().is_none_or(|last| last.path != file.path) {
                places.push(Place::at(file.path.clone(), Span::new(name.start(), name.end())));
            }
        }
    }
    found
}

/// Whether the answer of a call of Rust is awaited, in a file that makes requests of gRPC.
fn is_awaited(file: &TestFile, open: usize) -> bool {
    let rest = file.outline.partner(open).and_then(|close| file.outline.bare.get(close + 1..));
    file.language == Language::Rust
        && rest.is_some_and(|rest| rest.trim_start().starts_with(".await"))
        && file.outline.bare.contains("Request::new(")
}

/// Whether code makes a value of a type: `Orders::new(…)`, `Orders { … }`.
fn makes(code: &str, name: &str) -> bool {
    memchr::memmem::find_iter(code.as_bytes(), name.as_bytes()).any(|at| {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let rest = code[at + name.len()..].trim_start();
        !code[..at].ends_with(is_part) && (rest.starts_with("::") || rest.starts_with('{'))
    })
}

fn one_spelling(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}
