//! Operations of JavaScript services: express and its kin by their routers, Nest by its decorators.

use super::outline::Outline;
use super::{Declared, Found, Operation, Shaped, path};
use crate::evidence::Place;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Routers mounted deeper than this are cut off.
const MAX_DEPTH: usize = 4;

/// What one file says about its routers.
#[derive(Default)]
struct File {
    /// Names that stand for a router or an application.
    routers: BTreeSet<String>,
    /// A router → the prefix that it is made with.
    own: BTreeMap<String, String>,
    /// Whether it is Koa that serves, whose paths need no slash before them.
    is_koa: bool,
    /// A name → the file that it is imported from.
    imports: BTreeMap<String, usize>,
    /// `(router, prefix, mounted name)`.
    mounts: Vec<(String, String, String)>,
    /// `(router, operation)`.
    declared: Vec<(String, Declared)>,
}

/// All operations of these files.
pub(super) fn operations(files: &[Shaped]) -> Found {
    // Nest puts what it is told once, anywhere, before the paths of all controllers.
    const BEFORE_ALL: &[&str] = &["setGlobalPrefix(", "RouterModule.register(", "enableVersioning("];
    let is_before = |file: &Shaped| BEFORE_ALL.iter().any(|call| file.outline.bare.contains(call));
    let has_prefix = files.iter().any(is_before);
    // Koa hands a whole application to another one, under a path: `app.use(mount("/api", api))`.
    let has_mount = files.iter().any(|file| file.outline.code.contains("koa-mount"));
    let read: Vec<File> = files.iter().map(|file| read(file, files)).collect();
    let mut found = Found::default();
    for (index, file) in read.iter().enumerate() {
        for (router, declared) in &file.declared {
            let own = file.own.get(router).map_or("", String::as_str);
            for prefix in prefixes(&read, index, router, MAX_DEPTH) {
                let path = path::join(&prefix, &format!("{own}/{}", declared.path));
                let place = Place::at(files[index].path.clone(), declared.span);
                found.operations.push(Operation {
                    is_below: has_prefix && router.is_empty() || has_mount && file.is_koa,
                    ..Operation::new(declared.method.clone(), path, place)
                });
            }
        }
    }
    found
}

/// The prefixes under which a router of a file is mounted.
fn prefixes(read: &[File], index: usize, router: &str, left: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (other, file) in read.iter().enumerate() {
        for (parent, prefix, mounted) in &file.mounts {
            let same = other == index && mounted == router;
            let imported = other != index && file.imports.get(mounted) == Some(&index);
            if (same || imported) && left > 0 {
                found.extend(
                    prefixes(read, other, parent, left - 1).into_iter().map(|outer| format!("{outer}/{prefix}")),
                );
            }
        }
    }
    if found.is_empty() {
        found.insert(String::new());
    }
    found
}

fn read(file: &Shaped, files: &[Shaped]) -> File {
    static ROUTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b(?:const|let|var)\s+(\w+)\s*(?::[^=\n]*)?=\s*(?:new\s+)?(?:express(?:\.Router)?|Router|[Ff]astify|Hono|polka|restify\.createServer|KoaRouter)\s*(?:<[^>]*>)?\(").ok()
    });
    static IMPORT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"(?:import\s+(?:\{\s*)?(?<a>\w+)(?:\s*\})?\s+from\s*|(?:const|let|var)\s+(?:\{\s*)?(?<b>\w+)(?:\s*\})?\s*=\s*require\(\s*)["'](?<path>\.[^"']*)["']"#).ok()
    });
    static LATER: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"\b(\w+)\.prefix\(\s*["'`]([^"'`$]*)["'`]\s*\)"#).ok());
    let outline = &file.outline;
    let is_koa = ["koa-router", "@koa/router"].iter().any(|name| outline.code.contains(name));
    let mut found = File { is_koa, ..File::default() };
    for one in ROUTER.iter().flat_map(|one| one.captures_iter(&outline.bare)) {
        let inside = one.get(0).and_then(|whole| outline.inside(whole.end() - 1));
        let prefix = inside.and_then(|inside| prefix_in(&outline.code[inside.range()]));
        found.own.extend(prefix.map(|prefix| (one[1].to_owned(), prefix)));
        found.routers.insert(one[1].to_owned());
    }
    let later = LATER.iter().filter(|_| found.is_koa).flat_map(|one| one.captures_iter(&outline.code));
    let later: Vec<_> = later.map(|one| (one[1].to_owned(), one[2].to_owned())).collect();
    found.own.extend(later);
    found.routers.extend(["app", "router", "server", "fastify"].map(str::to_owned));
    for import in IMPORT.iter().flat_map(|one| one.captures_iter(&outline.code)) {
        let name = import.name("a").or(import.name("b")).map_or("", |name| name.as_str());
        if let Some(index) = imported(&file.path, &import["path"], files) {
            found.imports.insert(name.to_owned(), index);
        }
    }
    calls(outline, &mut found);
    registered(outline, &mut found);
    nest(outline, &mut found);
    found
}

/// The prefix that the options of a router give: `{ prefix: '/orders' }`.
fn prefix_in(options: &str) -> Option<String> {
    static PREFIX: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r#"\bprefix\s*:\s*["'`]([^"'`$]*)["'`]"#).ok());
    PREFIX.as_ref()?.captures(options).map(|prefix| prefix[1].to_owned())
}

/// The prefix that a call of Fastify's `register` gives to all that its plugin declares.
fn prefix_of_call(outline: &Outline, open: usize) -> Option<String> {
    let arguments = outline.arguments(outline.inside(open)?);
    prefix_in(&outline.code[arguments.get(1)?.range()])
}

/// The prefixes of the plugins that are written out around an offset, the outermost first.
fn prefix_around(outline: &Outline, offset: usize) -> String {
    let around = outline.around(offset).filter(|open| outline.callee(*open).ends_with(".register"));
    let mut prefixes: Vec<String> = around.filter_map(|open| prefix_of_call(outline, open)).collect();
    prefixes.reverse();
    prefixes.join("/")
}

/// Plugins of Fastify that stand in files of their own: `server.register(orders, { prefix: '/orders' })`. Where several are
/// taken from one file, which operations are whose is not told.
fn registered(outline: &Outline, file: &mut File) {
    static REGISTER: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"\b(?<on>\w+)\s*\.\s*register\s*\(\s*(?<name>\w+)\s*[,)]").ok());
    let mut mounts: Vec<(String, String, String)> = Vec::new();
    for call in REGISTER.iter().flat_map(|one| one.captures_iter(&outline.bare)) {
        let (Some(whole), true) = (call.get(0), file.routers.contains(&call["on"])) else { continue };
        let Some(open) = whole.as_str().find('(').map(|at| whole.start() + at) else { continue };
        let own = prefix_of_call(outline, open).unwrap_or_default();
        let prefix = format!("{}/{own}", prefix_around(outline, whole.start()));
        mounts.push((call["on"].to_owned(), prefix, call["name"].to_owned()));
    }
    let of_file = |name: &str| file.imports.get(name).copied();
    let is_alone = |name: &str| {
        let own = of_file(name);
        own.is_some() && mounts.iter().all(|(.., other)| other == name || of_file(other) != own)
    };
    let kept: Vec<_> = mounts.iter().filter(|(.., name)| is_alone(name)).cloned().collect();
    file.mounts.extend(kept);
}

fn calls(outline: &Outline, file: &mut File) {
    static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"\b(?<on>\w+)\s*\.\s*(?<what>get|post|put|delete|patch|all|use|route|register)\s*\(").ok()
    });
    static CHAINED: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"\.\s*(get|post|put|delete|patch|all)\s*\(").ok());
    for call in CALL.iter().flat_map(|one| one.captures_iter(&outline.bare)) {
        let (on, what) = (&call["on"], &call["what"]);
        let Some(open) = call.get(0).map(|whole| whole.end() - 1).filter(|_| file.routers.contains(on)) else {
            continue;
        };
        let Some(arguments) = outline.inside(open).map(|inside| outline.arguments(inside)) else { continue };
        let Some((text, span)) = outline.string_from(open + 1) else {
            if what == "use" && arguments.len() >= 2 && outline.bare[arguments[0].range()].contains('.') {
                file.mounts.extend(table(outline).into_iter().map(|(prefix, name)| (on.to_owned(), prefix, name)));
            }
            continue;
        };
        let names = || {
            arguments[1..].iter().map(|one| {
                outline.bare[one.range()].trim().trim_end_matches("()").trim_end_matches(".routes").to_owned()
            })
        };
        // What stands in a plugin that is written out is below its prefix.
        let around = if outline.bare.contains(".register(") { prefix_around(outline, open) } else { String::new() };
        let below = |text: &str| if around.is_empty() { text.to_owned() } else { format!("{around}/{text}") };
        match what {
            "use" => file.mounts.extend(names().map(|name| (on.to_owned(), text.to_owned(), name))),
            "register" => {}
            "route" => {
                let close = outline.partner(open).unwrap_or(open);
                let chain = &outline.bare[close..outline.chain_end(close)];
                for verb in CHAINED.iter().flat_map(|one| one.captures_iter(chain)) {
                    file.declared.push((on.to_owned(), declared(&verb[1], &below(text), span)));
                }
            }
            _ if arguments.len() >= 2 && text.starts_with(['/', '*']) => {
                file.declared.push((on.to_owned(), declared(what, &below(text), span)));
            }
            // Koa takes a name before the path, and a path without its slash.
            _ if arguments.len() >= 2 && file.is_koa && on != "app" && is_bare_path(text) => {
                let second = outline.string_from(arguments[1].start as usize).filter(|(text, _)| text.starts_with('/'));
                let (text, span) = second.unwrap_or((text, span));
                file.declared.push((on.to_owned(), declared(what, text, span)));
            }
            _ => {}
        }
    }
}

/// A path without a slash before it: `users/:id`.
fn is_bare_path(text: &str) -> bool {
    text.is_empty()
        || text.starts_with([':', '('])
        || text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-*".contains(c))
}

/// `[{ path: '/users', route: users }, …]`: what `use(one.path, one.route)` mounts in a loop.
fn table(outline: &Outline) -> Vec<(String, String)> {
    static ROW: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"\{\s*\w+\s*:\s*["'`](?<path>/[^"'`]*)["'`]\s*,\s*\w+\s*:\s*(?<name>\w+)\s*,?\s*\}"#).ok()
    });
    let rows = ROW.iter().flat_map(|one| one.captures_iter(&outline.code));
    rows.map(|row| (row["path"].to_owned(), row["name"].to_owned())).collect()
}

fn declared(verb: &str, path: &str, span: Span) -> Declared {
    let method = if verb == "all" { "*".to_owned() } else { verb.to_ascii_uppercase() };
    Declared { method, path: path.to_owned(), span, handler: None }
}

/// `@Controller('users')` over a class, `@Get(':id')` over its methods.
fn nest(outline: &Outline, file: &mut File) {
    static DECORATOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"@(?<what>Controller|Get|Post|Put|Delete|Patch|All)\(\s*(?:["'`](?<path>[^"'`]*)["'`])?[^)]*\)"#).ok()
    });
    let mut controller = None;
    for found in DECORATOR.iter().flat_map(|one| one.captures_iter(&outline.code)) {
        let path = found.name("path").map_or("", |path| path.as_str());
        let Some(whole) = found.get(0) else { continue };
        match (&found["what"], &controller) {
            ("Controller", _) => controller = Some(path.to_owned()),
            (verb, Some(prefix)) => {
                let full = format!("{prefix}/{path}");
                file.declared.push((
                    String::new(),
                    declared(&verb.to_ascii_lowercase(), &full, Span::new(whole.start(), whole.end())),
                ));
            }
            _ => {}
        }
    }
}

/// The file that a relative import names.
fn imported(from: &str, import: &str, files: &[Shaped]) -> Option<usize> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let base = parts.join("/");
    let base = base.trim_end_matches(".js").trim_end_matches(".ts");
    files.iter().position(|file| {
        let rest = file.path.strip_prefix(base).unwrap_or("-");
        let rest = rest.strip_prefix("/index").unwrap_or(rest);
        rest.starts_with('.') && !rest[1..].contains(['.', '/'])
    })
}
