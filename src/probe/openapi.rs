//! `@openapi()`: documents that describe an API: `OpenAPI`, Swagger 2.0, `AsyncAPI`.

use super::place::code::unspoken_service;
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::format::{self, Format};
use crate::pattern::{Regex, compile, pattern};
use crate::quantity::Quantity;
use crate::source::{Source, Span};
use crate::tree::File;
use crate::value::{Map, Value};
use memchr::memmem;
use std::sync::LazyLock;

/// `@openapi`.
pub static PROBE: Probe = Probe {
    name: "openapi",
    summary: "OpenAPI, Swagger and AsyncAPI documents of this project's own API, by the number of their operations, or of those \
              whose path or security matches; `operation_scopes` means the operations that ask for a scope, `unserved` those \
              that no route serves, where all routes are known",
    usage: "@openapi(path…) {kind: \"openapi\" | \"asyncapi\", security: regex, operation_scopes: regex, unserved}",
    arity: (0, 16),
    patterns_from: Some(0),
    facts: &[],
    options: &["kind", "security", "operation_scopes", "unserved"],
    look,
};

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Tests, mocks and what clients are generated from: somebody else's API, or nobody's.
static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)(?:^|/)(?:tests?|testdata|test[-_]data|fixtures?|__tests__|__mocks__|mocks?|examples?|samples?|snapshots?|vendor|third[-_]?party|node_modules|external|clients?|sdks?|upstream)/|(?i)(?:mock|petstore|sample|example)[^/]*$")
        .expect("a constant pattern")
});

/// Whether the place of a document is that of a client, where what the service itself serves may stand as well.
fn is_of_clients(place: &str) -> bool {
    place.to_ascii_lowercase().contains("client")
}

/// Titles of APIs that everybody copies or calls.
static FOREIGN: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)\bpet ?store\b|^(?:stripe|github(?: v3)?(?: rest)?|gitlab|slack(?: web)?|twilio|kubernetes|docker engine|sendgrid|postmark|openai|discord|pagerduty|cloudflare|digitalocean)\b.*\bapi\b|^(?:kubernetes|stripe api|sample api|simple api|example api|my api)$")
        .expect("a constant pattern")
});

// An action of a template within a line.
pattern!(ACTION, r"\{\{[^{}\n]*\}\}");
// An operation that the routes of Rails declare one by one.
pattern!(OF_RAILS, r"(?m)^\s*(?:get|post|put|patch|delete)[ (]\s*[\x22':]");

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    for file in facts.tree.files() {
        let Some((kind, source)) = described(file) else { continue };
        if question.option_text("kind").is_some_and(|wanted| wanted != kind) {
            continue;
        }
        answer.extend(read(facts, file, kind, source, question));
    }
    let is_whole = question.args.is_empty()
        && ["security", "operation_scopes", "unserved"].iter().all(|one| !question.is_set(one));
    // Where the form alone is asked for, only a leftover among very many is none.
    let many = if question.is_set("kind") { 20 } else { 6 };
    if is_whole && let Some(why) = is_leftover(facts, &answer.seen, many) {
        let place = answer.seen.first().map(|one| one.place.clone());
        answer.notes.append(&mut answer.seen);
        answer.blind.push(Blind { place, why });
    }
    answer
}

/// Why documents are no description of the API: all of them together name few of the many operations that the source
/// declares. What the others are (pages, an API of their own) cannot be told from here.
fn is_leftover(facts: &Facts<'_>, seen: &[Sighting], many: usize) -> Option<String> {
    const PART: f64 = 5.0;
    let count = |one: &Sighting| match &one.value {
        Some(Observed::Quantity(count)) => count.amount,
        _ => 0.0,
    };
    let named: f64 = seen.iter().map(count).sum();
    let routes = facts.routes();
    let in_rails = facts.tree.text("config/routes.rb").map_or(0, |source| OF_RAILS.find_iter(source.text()).count());
    let read = routes.served().filter(|operation| operation.method != "RPC").count();
    let declared = read + routes.blind.len() + in_rails;
    let is_small = named > 0.0 && declared >= many && named * PART < declared as f64;
    is_small.then(|| format!("the documents name {named} operations, and the source declares {declared}"))
}

/// The kind of API document that a file says to be at its top level.
fn described(file: &File) -> Option<(&'static str, &Source)> {
    let extension = file.name().rsplit_once('.').map_or("", |(_, extension)| extension);
    if !matches!(extension, "yaml" | "yml" | "json") {
        return None;
    }
    let source = file.text()?;
    let mut end = source.text().len().min(64 * 1024);
    while !source.text().is_char_boundary(end) {
        end -= 1;
    }
    let head = &source.text()[..end];
    let names = [("openapi", "openapi"), ("swagger", "openapi"), ("asyncapi", "asyncapi")];
    names.into_iter().find_map(|(key, kind)| {
        let at_top = |line: &str| {
            let line = line.strip_prefix(['"', '\'']).unwrap_or(line);
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
        };
        let is_there = if extension == "json" {
            memmem::find(head.as_bytes(), format!("\"{key}\"").as_bytes()).is_some()
        } else {
            // A generator that sorts its keys puts this one behind what it describes.
            head.lines().any(at_top) || memmem::find(source.text().as_bytes(), format!("\n{key}:").as_bytes()).is_some()
        };
        is_there.then_some((kind, source))
    })
}

fn read(facts: &Facts<'_>, file: &File, kind: &str, source: &Source, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let Some(parsed) = facts.parsed(&file.path) else { return answer };
    let printed = if parsed.documents.is_empty() { without_template(source) } else { Vec::new() };
    let Some(root) = parsed.first().or_else(|| printed.first()).and_then(Value::as_map) else {
        // A YAML that says `openapi:` and cannot be parsed may well be the document.
        if !file.name().ends_with("json") && !ASIDE.is_match(&file.path) {
            answer.blind.extend(parsed.blind());
        }
        return answer;
    };
    let Some((version, field)) =
        ["openapi", "swagger", "asyncapi"].iter().find_map(|key| root.get(key).map(|field| (*key, field)))
    else {
        return answer;
    };
    let number = field.value.scalar_text().unwrap_or_default();
    let name = match version {
        "swagger" => format!("Swagger {number}"),
        "asyncapi" => format!("AsyncAPI {number}"),
        _ => format!("OpenAPI {number}"),
    };
    let operations = operations(root, kind);
    let matching = match question.option_text("operation_scopes").and_then(|pattern| compile(pattern).ok()) {
        Some(pattern) => with_scopes(root, &pattern),
        None => matching(&operations, root, question),
    };
    let title = root.get("info").and_then(|info| info.value.get("title")).and_then(Value::as_str).unwrap_or("");
    let asks_for_some = !question.args.is_empty() || question.is_set("security") || question.is_set("operation_scopes");
    let span = matching.first().map_or(field.key, |(_, span)| *span);
    let place = Place::at(file.path.clone(), if asks_for_some { span } else { field.span() });
    let sighting = |message: String| Sighting::new(place.clone(), Strength::Documented, message);
    let base = base(root);
    let own = is_own(facts, kind, &operations, &base);
    let bears_name = bears_own_name(facts, title);
    let is_aside = ASIDE.find_iter(&file.path).any(|one| own != Some(true) || !is_of_clients(one.as_str()));
    let aside = if is_aside {
        Some("by its place a test's, a client's or an example".to_owned())
    } else if !bears_name && FOREIGN.is_match(title.trim()) {
        Some(format!("\"{title}\" is somebody else's"))
    } else if own != Some(true)
        && !bears_name
        && !is_of_own_service(facts, &file.path)
        && is_client_input(facts, &file.path)
    {
        Some("a client is generated from it".to_owned())
    } else if operations.is_empty() {
        Some("it names no operation".to_owned())
    } else {
        None
    };
    if question.is_set("unserved") {
        let found = unserved(facts, &operations, &base).filter(|_| aside.is_none() && own == Some(true));
        answer.seen.extend(found.map(|(what, span)| {
            let place = Place::at(file.path.clone(), span);
            Sighting::new(place, Strength::Documented, format!("{name} \"{title}\" names {what}"))
        }));
        return answer;
    }
    match aside {
        Some(why) => answer.notes.push(sighting(format!("{name} does not count: {why}"))),
        None if own == Some(false) => {
            let why = format!("{name} \"{title}\" describes none of the operations that the source declares");
            answer.blind.push(Blind { place: Some(place.clone()), why });
        }
        // Whoever shows nothing is let in too: what is shown proves nothing of the others.
        None if question.is_set("security")
            && !matching.is_empty()
            && !matching.iter().any(|(of, _)| requires(root, of)) =>
        {
            let why = format!("{name} \"{title}\" declares it, and no operation requires it");
            answer.blind.push(Blind { place: Some(place.clone()), why });
        }
        None if matching.is_empty() => {
            answer
                .notes
                .push(sighting(format!("{name} \"{title}\": {} operations, none of them asked for", operations.len())));
        }
        None => {
            let count = Observed::Quantity(Quantity::count(matching.len() as f64));
            let message = format!("{name} \"{title}\" with {} operations", matching.len());
            answer.seen.push(sighting(message).with(count));
        }
    }
    if source.text().is_empty() {
        answer.blind.push(Blind { place: Some(place), why: "empty".into() });
    }
    answer
}

/// What a template of Go prints with all of its conditions true: lines that hold an action alone are blank, and an action
/// in a line is text. Every byte keeps its place.
fn without_template(source: &Source) -> Vec<Value> {
    if !source.text().contains("{{") {
        return Vec::new();
    }
    let is_action = |line: &str| line.trim_start().starts_with("{{") && line.trim_end().ends_with("}}");
    let blank = |line: &str| format!("{:1$}\n", "", line.trim_end_matches('\n').len());
    let said = |line| ACTION.replace_all(line, |action| action[0].replace("{{", "__").replace("}}", "__")).into_owned();
    let lines = source.text().split_inclusive('\n').map(|line| if is_action(line) { blank(line) } else { said(line) });
    let text: String = lines.collect();
    format::parse(Format::Yaml, &Source::new(source.name(), &text)).unwrap_or_default()
}

/// Whether a document is called as the project is: its own page may be a client of it.
fn bears_own_name(facts: &Facts<'_>, title: &str) -> bool {
    let words: Vec<&str> = title.split_whitespace().filter(|word| !matches!(*word, "API" | "Api" | "REST")).collect();
    !words.is_empty() && facts.own_name().is_image(&words.join("-").to_lowercase())
}

/// The operations: `GET /orders` and where it stands.
fn operations(root: &Map, kind: &str) -> Vec<(String, Span)> {
    let of = |key: &str| root.get(key).and_then(|field| field.value.as_map());
    if kind == "asyncapi" {
        let listed = of("operations").or_else(|| of("channels"));
        return listed.into_iter().flatten().map(|(name, field)| (name.to_string(), field.key)).collect();
    }
    let items = [of("paths"), of("webhooks")].into_iter().flatten().flatten();
    let mut operations = Vec::new();
    for (path, item) in items {
        let Some(item_map) = item.value.as_map() else { continue };
        let methods = item_map.iter().filter(|(name, _)| METHODS.contains(&name.to_ascii_lowercase().as_str()));
        operations.extend(methods.map(|(method, field)| (format!("{} {path}", method.to_uppercase()), field.key)));
        // A path that is kept in a file of its own is at least one operation.
        if item_map.contains_key("$ref") {
            operations.push((format!("* {path}"), item.key));
        }
    }
    operations
}

/// The operations whose own security names a scope.
fn with_scopes(root: &Map, pattern: &Regex) -> Vec<(String, Span)> {
    let paths = root.get("paths").and_then(|field| field.value.as_map());
    let items = paths.into_iter().flatten().filter_map(|(path, item)| Some((path, item.value.as_map()?)));
    let each = items.flat_map(|(path, item)| {
        let methods = item.iter().filter(|(name, _)| METHODS.contains(&name.to_ascii_lowercase().as_str()));
        methods.map(move |(method, field)| (format!("{} {path}", method.to_uppercase()), field))
    });
    let asks = |operation: &Value| {
        let schemes = operation.get("security").and_then(Value::as_list).unwrap_or_default();
        let scopes = schemes.iter().filter_map(Value::as_map).flatten().filter_map(|(_, field)| field.value.as_list());
        scopes.flatten().filter_map(Value::as_str).any(|scope| pattern.is_match(scope))
    };
    each.filter(|(_, field)| asks(&field.value)).map(|(name, field)| (name, field.key)).collect()
}

fn matching(operations: &[(String, Span)], root: &Map, question: &Question) -> Vec<(String, Span)> {
    if let Some(pattern) = question.option_text("security").and_then(|pattern| compile(pattern).ok()) {
        let schemes = root.get("components").and_then(|field| field.value.get("securitySchemes"));
        let schemes = schemes.or_else(|| root.get("securityDefinitions").map(|field| &field.value));
        let schemes = schemes.and_then(Value::as_map).into_iter().flatten();
        let said = schemes.map(|(name, field)| (scheme(&field.value), name, field.key));
        return said
            .filter(|(text, ..)| pattern.is_match(text))
            .map(|(_, name, span)| (name.to_string(), span))
            .collect();
    }
    let patterns: Vec<Regex> = question.words_from(0).filter_map(|word| compile(&word.text).ok()).collect();
    let is_asked = |name: &str| patterns.is_empty() || patterns.iter().any(|pattern| pattern.is_match(name));
    operations.iter().filter(|(name, _)| is_asked(name)).cloned().collect()
}

/// Whether some operation lets nobody in without a security scheme. A document without any `security` says nothing of it.
fn requires(root: &Map, scheme: &str) -> bool {
    let paths = root.get("paths").and_then(|field| field.value.as_map()).into_iter().flatten();
    let items = paths.filter_map(|(_, item)| item.value.as_map()).flatten();
    let own = items.filter_map(|(_, operation)| operation.value.get("security"));
    let mut said = root.get("security").map(|field| &field.value).into_iter().chain(own).peekable();
    let names = |list: &Value| {
        let alternatives: Vec<&Map> = list.as_list().unwrap_or_default().iter().filter_map(Value::as_map).collect();
        let is_open = alternatives.iter().any(|one| one.iter().next().is_none());
        !is_open && alternatives.iter().any(|one| one.contains_key(scheme))
    };
    said.peek().is_none() || said.any(names)
}

/// A security scheme as one line: `type: http, scheme: bearer, bearerFormat: JWT`.
fn scheme(value: &Value) -> String {
    let fields = value.as_map().into_iter().flatten();
    let said = fields.filter_map(|(key, field)| Some(format!("{key}: {}", field.value.scalar_text()?)));
    said.collect::<Vec<_>>().join(", ")
}

/// Build files in which a generator may be set up.
const BUILDS: &[&str] = &[
    "build.gradle",
    "build.gradle.kts",
    "pom.xml",
    "package.json",
    "Makefile",
    "justfile",
    "Taskfile.yml",
    "nswag.json",
    "kubb.config.ts",
    "openapi-ts.config.js",
    "openapi-ts.config.mjs",
    "codegen.yml",
    "codegen.yaml",
    "project.json",
];

/// Configurations of generators that make clients.
const CONFIGURATIONS: &[&str] = &[
    "build.rs",
    "openapitools.json",
    "openapi-generator.yaml",
    "openapi-generator-config.yaml",
    "orval.config.ts",
    "orval.config.js",
    "openapi-ts.config.ts",
];

/// How a build file names a generator that makes clients or models.
static GENERATES: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)openapi[-_.]?generator|openapitools|openapi-typescript|openapi-ts\b|\borval\b|\bkubb\b|swagger-codegen|swagger-typescript-api|openapi-python-client|\bprogenitor\b|oapi-codegen|\bnswag\b|\bkiota\b|OpenApiReference|\bautorest\b|openapi-zod-client")
        .expect("a constant pattern")
});

/// A generator of servers: the document is where the own API is written down first.
static SERVES: LazyLock<Regex> = LazyLock::new(|| {
    compile(r#"(?i)(?:generatorName(?:\.set\(|\s*=|\s*>|\s*:)?|\s-g|--generator-name)[\s"'=]*(?:kotlin-)?(?:spring|[\w-]*server[\w-]*|jaxrs[\w-]*|aspnetcore|python-(?:fastapi|flask)|rust-axum|php-[\w-]+|ktor)\b|oapi-codegen[^\n]*\b(?:server|gin|echo|fiber|chi|iris)\b|\b(?:chi|echo|gin|fiber|std-http|iris)-server:\s*true"#)
        .expect("a constant pattern")
});

/// Whether a generator of clients reads the document.
fn is_client_input(facts: &Facts<'_>, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // `"$projectDir/openapi-specs/$name.json"`: all documents of a folder that is made for them.
    let folder = folder.rsplit('/').next().unwrap_or(folder);
    let is_made_for_them = ["spec", "openapi", "swagger", "contract"].iter().any(|word| folder.contains(word));
    let names = |text: &str| text.contains(name) || is_made_for_them && text.contains(&format!("{folder}/"));
    facts.tree.files().iter().any(|file| {
        let is_configuration = CONFIGURATIONS.contains(&file.name());
        if !is_configuration && !BUILDS.contains(&file.name()) && !file.name().ends_with(".csproj") {
            return false;
        }
        let Some(text) = file.text().map(Source::text).filter(|text| names(text)) else { return false };
        let makes = ["progenitor", "generator", "orval", "openapi-ts", "client"];
        is_configuration && makes.iter().any(|word| text.contains(word))
            || (text.contains("spring-cloud") || !SERVES.is_match(text)) && GENERATES.is_match(text)
    })
}

/// Whether a document is made of a file beside it whose methods the source serves: `orders.swagger.json` of `orders.proto`.
fn is_of_own_service(facts: &Facts<'_>, path: &str) -> bool {
    path.strip_suffix(".swagger.json").is_some_and(|stem| {
        let source = format!("{stem}.proto");
        facts.routes().served().any(|operation| *operation.place.path == source)
    })
}

/// What the source says of whose API a document describes.
fn is_own(facts: &Facts<'_>, kind: &str, operations: &[(String, Span)], base: &str) -> Option<bool> {
    let routes = facts.routes();
    // Where files are routes, what they are made for may well be the pages of a service in another language.
    let placed = if unspoken_service(facts).is_none() { routes.placed.len() } else { 0 };
    let known = routes.served().filter(|operation| operation.method != "RPC").count() + placed;
    if kind != "openapi" || known < FEWEST_ROUTES {
        return None;
    }
    if operations.iter().any(|(name, _)| is_served(facts, name, base)) {
        Some(true)
    } else {
        routes.blind.is_empty().then_some(false)
    }
}

/// Whether a route serves an operation, `GET /orders`, alone or below the path that the document gives all of them.
fn is_served(facts: &Facts<'_>, name: &str, base: &str) -> bool {
    let declares = |method: &str, path: &str| facts.routes().declares(method, path);
    name.split_once(' ')
        .is_some_and(|(method, path)| declares(method, path) || declares(method, &format!("{base}{path}")))
}

/// The path that stands before all operations: `basePath`, or that of the first server.
fn base(root: &Map) -> String {
    let own = root.get("basePath").and_then(|field| field.value.as_str());
    let server = || root.get("servers")?.value.as_list()?.first()?.get("url")?.as_str();
    let address = own.or_else(server).unwrap_or_default();
    let path = address.split_once("://").map_or(address, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    path.trim_end_matches('/').to_owned()
}

/// What a document describes and no route serves, in words, and the first of it; only where the source was read well enough
/// to find most of the others.
fn unserved(facts: &Facts<'_>, operations: &[(String, Span)], base: &str) -> Option<(String, Span)> {
    const FEWEST: usize = 3;
    let routes = facts.routes();
    if !routes.blind.is_empty() || routes.written_by.is_some() || unspoken_service(facts).is_some() {
        return None;
    }
    let missing: Vec<_> = operations.iter().filter(|(name, _)| !is_served(facts, name, base)).collect();
    let (first, span) = missing.first()?;
    let is_known = missing.len() >= FEWEST && missing.len() * 5 <= operations.len();
    is_known.then(|| (format!("{first} and {} more that no route serves", missing.len() - 1), *span))
}

/// With fewer routes than these it is not known what the service answers.
const FEWEST_ROUTES: usize = 3;
