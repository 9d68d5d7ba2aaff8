//! Operations of Rust services: axum, actix-web, rocket, warp, poem, salvo, tide, loco.

use super::outline::Outline;
use super::prefixes::{Container, Prefixes};
use super::{Declared, Found, Shaped, functions, resolved};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const VERBS: &str = "get|post|put|delete|patch|head|options|trace";

/// All operations of these files.
pub(super) fn operations(facts: &Facts<'_>, files: &[Shaped]) -> Found {
    let constants = LazyCell::new(|| constants(facts));
    let mounted: BTreeSet<String> = files.iter().flat_map(|file| described(&file.outline)).collect();
    let mut declared: BTreeMap<usize, Vec<Declared>> = BTreeMap::new();
    let mut containers = Vec::new();
    let mut blind = Vec::new();
    let constant = |name: &str| constants.get(name).cloned();
    let mut is_written_by_macros = false;
    for (index, file) in files.iter().enumerate() {
        let mut found = Declarations::new(&file.outline, &constant);
        found.calls();
        found.attributes();
        found.descriptions(&mounted);
        found.warp();
        found.leave_unknown();
        // What a macro of the tree writes stands nowhere: neither its paths nor how many there are.
        if !found.declared.is_empty() && writes_code(&file.outline) {
            is_written_by_macros = true;
            found.declared.clear();
        }
        blind.extend(found.unread.iter().map(|&span| Blind {
            place: Some(Place::at(file.path.clone(), span)),
            why: "the path of this route is not a literal".to_owned(),
        }));
        containers.push(found.containers);
        declared.insert(index, found.declared);
    }
    let named = files.iter().map(|file| functions::named(&file.outline)).collect();
    let prefixes = Prefixes::new(files, containers, named);
    Found { operations: resolved(files, declared, &prefixes), blind, is_written_by_macros, ..Found::default() }
}

/// What one file declares.
struct Declarations<'o> {
    outline: &'o Outline,
    /// The text of a constant of another file.
    constant: &'o dyn Fn(&str) -> Option<String>,
    declared: Vec<Declared>,
    containers: Vec<Container>,
    unread: Vec<Span>,
    /// Code under a path that is not written there.
    unknown: Vec<Span>,
}

impl<'o> Declarations<'o> {
    fn new(outline: &'o Outline, constant: &'o dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            outline,
            constant,
            declared: Vec::new(),
            containers: Vec::new(),
            unread: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// Calls that declare a route or put a prefix before others.
    fn calls(&mut self) {
        static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
            compile(
                r"(?:\.\s*(?:api_)?(?<method>route(?:_[a-z]\w*)?|at|add|nest|nest_service|nest_api_service|mount|prefix)|(?:::|\b)(?<function>scope|resource|with_path)|\b(?<kind>Scope|Resource)::new)\s*\(",
            )
            .ok()
        });
        let Some(call) = CALL.as_ref() else { return };
        let outline = self.outline;
        for found in call.captures_iter(&outline.bare) {
            let Some(open) = found.get(0).map(|whole| whole.end() - 1) else { continue };
            let Some(inside) = outline.inside(open) else { continue };
            let name =
                found.name("method").or(found.name("function")).or(found.name("kind")).map_or("", |name| name.as_str());
            let arguments = outline.arguments(inside);
            match name {
                "route" if arguments.len() == 1 => self.unnamed_route(arguments[0], open),
                "route" | "route_service" if arguments.len() >= 2 => self.route(&arguments, open, true),
                // Projects wrap `route` in methods of their own: `route_with_tsr`; `route_layer` is none.
                _ if name.starts_with("route_") && arguments.len() >= 2 => self.route(&arguments, open, false),
                "at" | "add" if arguments.len() >= 2 => self.route(&arguments, open, false),
                "nest" | "nest_service" | "nest_api_service" | "mount" if arguments.len() >= 2 => {
                    let prefix = self.text(arguments[0]);
                    self.unread.extend(prefix.is_none().then_some(arguments[0]));
                    self.containers.push(Container { span: inside, prefix: prefix.unwrap_or_default() });
                }
                "scope" | "Scope" | "resource" | "Resource" | "with_path" | "prefix" | "at" if arguments.len() == 1 => {
                    self.chain(inside, arguments[0], name);
                }
                _ => {}
            }
        }
    }

    /// `.route("/path", get(handler).post(other))`.
    fn route(&mut self, arguments: &[Span], open: usize, is_certain: bool) {
        let methods = self.verbs(arguments[1], open);
        if methods.is_empty() && !is_certain {
            return;
        }
        let Some(path) = self.text(arguments[0]) else {
            self.unread.push(arguments[0]);
            return;
        };
        if !path.is_empty() && !path.starts_with('/') && !is_certain {
            return;
        }
        self.declare(methods, &path, arguments[0]);
    }

    /// `.route(web::get().to(handler))`: the path is that of the resource around it.
    fn unnamed_route(&mut self, argument: Span, open: usize) {
        let methods = self.verbs(argument, open);
        if !methods.is_empty() {
            self.declare(methods, "", argument);
        }
    }

    /// A prefix for the calls that follow in the chain; verbs called in it are operations of its path.
    fn chain(&mut self, inside: Span, argument: Span, name: &str) {
        static VERB: LazyLock<Option<Regex>> =
            LazyLock::new(|| compile(&format!(r"\.\s*(?<verb>{VERBS}|to|goal)\s*\(")).ok());
        let close = inside.end as usize;
        let end = self.outline.chain_end(close);
        let Some(prefix) = self.text(argument) else {
            if name != "at" && name != "prefix" && name != "resource" {
                self.unread.push(argument);
            }
            self.unknown.push(Span::new(close + 1, end.max(close + 1)));
            return;
        };
        if end == close + 1 {
            return;
        }
        let span = Span::new(close + 1, end);
        self.containers.push(Container { span, prefix: prefix.clone() });
        if matches!(name, "scope" | "Scope" | "prefix") {
            return;
        }
        let own = self.outline.around(close + 1).next();
        let Some(verb) = VERB.as_ref() else { return };
        let found: Vec<(String, usize)> = verb
            .captures_iter(&self.outline.bare[span.range()])
            .filter_map(|found| Some((found["verb"].to_owned(), span.start as usize + found.get(0)?.start())))
            .filter(|&(_, at)| self.outline.around(at).next() == own)
            .collect();
        for (verb, at) in found {
            let method = if verb == "to" || verb == "goal" { "*".to_owned() } else { verb.to_ascii_uppercase() };
            let span = Span::new(at, at + verb.len() + 1);
            self.declared.push(Declared { method, path: String::new(), span, handler: None });
        }
    }

    /// The verbs at the top level of an argument of the call that opens at `open`.
    fn verbs(&self, argument: Span, open: usize) -> Vec<String> {
        static VERB: LazyLock<Option<Regex>> = LazyLock::new(|| {
            compile(&format!(r"\b(?<verb>{VERBS}|any)(?:_\w+)?\s*(?:::<[^>]*>)?\s*\(|MethodFilter::(?<filter>[A-Z]+)|Method::(?<constant>[A-Z]+)")).ok()
        });
        let Some(verb) = VERB.as_ref() else { return Vec::new() };
        let mut methods = Vec::new();
        for found in verb.captures_iter(&self.outline.bare[argument.range()]) {
            let at = argument.start as usize + found.get(0).map_or(0, |whole| whole.start());
            let is_top = self.outline.around(at).next() == Some(open);
            let word = found.name("verb").filter(|_| is_top).or(found.name("filter")).or(found.name("constant"));
            let Some(word) = word else { continue };
            let method = if word.as_str() == "any" { "*".to_owned() } else { word.as_str().to_ascii_uppercase() };
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        methods
    }

    /// Drops the operations without a path of their own that stand under a path that is not written there.
    fn leave_unknown(&mut self) {
        let unknown = std::mem::take(&mut self.unknown);
        let under = |span: Span| unknown.iter().find(|outer| outer.start <= span.start && span.end <= outer.end);
        let left = self.declared.iter().filter(|one| one.path.is_empty()).filter_map(|one| under(one.span));
        let left: BTreeSet<Span> = left.copied().collect();
        self.declared.retain(|one| !one.path.is_empty() || under(one.span).is_none());
        self.unread.extend(left);
    }

    fn declare(&mut self, methods: Vec<String>, path: &str, span: Span) {
        if self.is_of_development(span.start as usize) {
            return;
        }
        let methods = if methods.is_empty() { vec!["*".to_owned()] } else { methods };
        let lead = self.outline.code[span.range()].len() - self.outline.code[span.range()].trim_start().len();
        let span = Span::new(span.start as usize + lead, span.end as usize);
        self.declared.extend(methods.into_iter().map(|method| Declared {
            method,
            path: path.to_owned(),
            span,
            handler: None,
        }));
    }

    /// Whether what stands here is only done on a developer's machine: `if env == Env::Development { … }`.
    fn is_of_development(&self, offset: usize) -> bool {
        static ASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
            compile(
                r"^\s*if\s+(?:[^|]*==\s*(?:\w+::)*(?:Dev|Development|Local)\b[^|]*|(?:[^|]*&&\s*)?cfg!\(\s*debug_assertions\s*\)[^|]*|[^|!=]*\bis_(?:dev|development|local)(?:_\w+)?\(\)[^|]*)$",
            )
            .ok()
        });
        let bare = &self.outline.bare;
        let condition =
            |open: usize| bare[..open].rfind([';', '{', '}']).map_or(&bare[..open], |at| &bare[at + 1..open]);
        let mut blocks = self.outline.around(offset).filter(|&open| bare.as_bytes()[open] == b'{');
        ASKED.as_ref().is_some_and(|asked| blocks.any(|open| asked.is_match(condition(open))))
    }

    /// The text of an argument: a literal, or a constant of this file.
    fn text(&self, argument: Span) -> Option<String> {
        if let Some((text, span)) = self.outline.string_from(argument.start as usize) {
            let rest = &self.outline.bare[span.end as usize..(argument.end as usize).max(span.end as usize)];
            return rest.trim().is_empty().then(|| text.to_owned());
        }
        let name = self.outline.bare[argument.range()].trim().trim_start_matches('&');
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
        let name = name.rsplit("::").next().filter(|_| is_name)?;
        let constant = compile(&format!(r#"\b(?:const|static)\s+{name}\s*:[^=]*=\s*"(?<text>[^"]*)""#)).ok()?;
        let here = constant.captures(&self.outline.code).map(|found| found["text"].to_owned());
        here.or_else(|| (self.constant)(name).filter(|_| name.chars().all(|c| !c.is_lowercase())))
    }

    /// `#[utoipa::path(get, path = "/users")]` above a handler that `routes!(…)` mounts (utoipa-axum); a handler that
    /// is only described is declared elsewhere.
    fn descriptions(&mut self, mounted: &BTreeSet<String>) {
        static DESCRIBED: LazyLock<Option<Regex>> = LazyLock::new(|| {
            compile(&format!(
                r#"#\[\s*(?:utoipa::)?path\(\s*(?<verb>{VERBS})\s*,(?<rest>[^#]*?\bpath\s*=\s*(?:"(?<path>[^"]*)"|(?<name>[\w:]+)))"#
            ))
            .ok()
        });
        static HANDLER: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\bfn\s+(\w+)").ok());
        if mounted.is_empty() {
            return;
        }
        let (Some(described), Some(handler)) = (DESCRIBED.as_ref(), HANDLER.as_ref()) else { return };
        for found in described.captures_iter(&self.outline.code) {
            let Some(whole) = found.get(0) else { continue };
            let name = handler.captures(&self.outline.bare[whole.end()..]).map(|found| found[1].to_owned());
            let Some(name) = name.filter(|name| mounted.contains(name)) else { continue };
            let path = match (found.name("path"), found.name("name")) {
                (Some(path), _) => Some(path.as_str().to_owned()),
                (None, Some(name)) => self.text(Span::new(name.start(), name.end())),
                (None, None) => None,
            };
            let span = Span::new(whole.start(), whole.end());
            let Some(path) = path else {
                self.unread.push(span);
                continue;
            };
            let method = found["verb"].to_ascii_uppercase();
            self.declared.push(Declared { method, path, span, handler: Some(name) });
        }
    }

    /// `#[get("/path")]` above a handler (actix-web, rocket, ntex).
    fn attributes(&mut self) {
        static ATTRIBUTE: LazyLock<Option<Regex>> = LazyLock::new(|| {
            compile(
                r#"#\[\s*(?:\w+::)*(?<verb>get|post|put|delete|patch|head|options|route)\s*\(\s*(?:(?<method>[A-Z]+)\s*,\s*)?(?:uri\s*=\s*)?"(?<path>[^"]*)"(?<rest>[^\]]*)\]"#,
            )
            .ok()
        });
        static HANDLER: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\bfn\s+(\w+)").ok());
        static METHOD: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r#"method\s*=\s*"(\w+)""#).ok());
        let (Some(attribute), Some(handler), Some(method)) = (ATTRIBUTE.as_ref(), HANDLER.as_ref(), METHOD.as_ref())
        else {
            return;
        };
        for found in attribute.captures_iter(&self.outline.code) {
            let Some(whole) = found.get(0) else { continue };
            let name = handler.captures(&self.outline.bare[whole.end()..]).map(|found| found[1].to_owned());
            let named = found.name("method").map(|method| method.as_str().to_owned());
            let mut methods: Vec<String> = named.into_iter().collect();
            if &found["verb"] == "route" {
                methods.extend(method.captures_iter(&found["rest"]).map(|found| found[1].to_ascii_uppercase()));
            } else {
                methods.push(found["verb"].to_ascii_uppercase());
            }
            for method in methods {
                let span = Span::new(whole.start(), whole.end());
                self.declared.push(Declared { method, path: found["path"].to_owned(), span, handler: name.clone() });
            }
        }
    }

    /// `warp::path!("users" / u32).and(warp::get())`, a statement at a time.
    fn warp(&mut self) {
        static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
            compile(r#"warp::path!\s*\((?<pattern>[^)]*)\)|(?:warp::)?\bpath\(\s*"(?<part>[^"]*)"\s*\)|path::param|path::end|path::tail"#).ok()
        });
        static VERB: LazyLock<Option<Regex>> =
            LazyLock::new(|| compile(&format!(r"warp::(?:method::)?(?<verb>{VERBS})\s*\(")).ok());
        let (Some(part), Some(verb)) = (PART.as_ref(), VERB.as_ref()) else { return };
        let mut done = 0;
        for found in memchr::memmem::find_iter(self.outline.bare.as_bytes(), b"warp::path") {
            if found < done {
                continue;
            }
            let statement = self.outline.statement(found);
            done = statement.end as usize;
            let text = &self.outline.code[statement.range()];
            let mut path = String::new();
            for found in part.captures_iter(text) {
                let piece = match (found.name("pattern"), found.name("part")) {
                    (Some(pattern), _) => pattern.as_str().split('/').map(segment).collect::<Vec<_>>().join("/"),
                    (None, Some(part)) => part.as_str().to_owned(),
                    (None, None) if &found[0] == "path::end" => continue,
                    (None, None) => "{}".to_owned(),
                };
                path = format!("{path}/{piece}");
            }
            let methods: Vec<String> =
                verb.captures_iter(text).map(|found| found["verb"].to_ascii_uppercase()).collect();
            self.declare(methods.into_iter().take(1).collect(), &path, Span::new(found, found + "warp::path".len()));
        }
    }
}

/// Whether a file is a macro's that writes code: `quote! { .route(…) }`.
fn writes_code(outline: &Outline) -> bool {
    outline.bare.contains("quote!") && (outline.bare.contains("proc_macro") || outline.bare.contains("syn::"))
}

/// The handlers that `routes!(…)` of utoipa-axum mounts.
fn described(outline: &Outline) -> Vec<String> {
    let mut found = Vec::new();
    if !outline.bare.contains("OpenApiRouter") && !outline.bare.contains(".routes(") {
        return found;
    }
    for (at, call) in outline.bare.match_indices("routes!(") {
        let Some(inside) = outline.inside(at + call.len() - 1) else { continue };
        let names = outline.bare[inside.range()].split(',').map(|path| path.rsplit("::").next().unwrap_or(path).trim());
        found.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
    }
    found
}

/// Constants of the tree that are paths; one name with two texts stands for neither.
fn constants(facts: &Facts<'_>) -> BTreeMap<String, String> {
    const PATHS: &str =
        r#"\b(?:const|static)\s+[A-Z][A-Z0-9_]*\s*:\s*&\s*(?:'static\s+)?str\s*=\s*"(?<value>/[^"\n]*)""#;
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    for hit in facts.code().find(facts, PATHS).iter() {
        let code = facts.code().file(&hit.path).and_then(|file| file.code(facts));
        let text = code.and_then(|code| code.product().get(hit.span.range())).unwrap_or_default();
        let name = text.split(':').next().and_then(|head| head.split_whitespace().last()).unwrap_or_default();
        let Some((path, _)) = &hit.value else { continue };
        let known = found.entry(name.to_owned()).or_insert_with(|| Some(path.clone()));
        if known.as_ref() != Some(path) {
            *known = None;
        }
    }
    found.into_iter().filter_map(|(name, path)| Some((name, path?))).collect()
}

/// One part of `warp::path!`: a literal, or a type.
fn segment(part: &str) -> String {
    let part = part.trim();
    part.strip_prefix('"').and_then(|part| part.strip_suffix('"')).map_or_else(|| "{}".to_owned(), str::to_owned)
}
