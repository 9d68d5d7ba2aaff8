//! Operations of Python services: `FastAPI`, Flask and Starlette by their decorators, Django by its lists of paths.

use super::{Found, Operation, Shaped, django, path};
use crate::evidence::Place;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// All operations of these files.
pub(super) fn operations(files: &[Shaped]) -> Found {
    let blueprints = blueprints(files);
    let included = included(files, &blueprints);
    let defined: Vec<BTreeMap<String, String>> = files.iter().map(own_prefixes).collect();
    let mut found = Found::default();
    for (index, file) in files.iter().enumerate() {
        let own = with_imported(file, &defined[index], &defined);
        decorated(file, &own, &included, &blueprints, &mut found);
        resources(file, &mut found);
        django::declared(file, &included, &mut found);
    }
    if files.iter().any(takes_a_prefix) {
        found.operations.iter_mut().for_each(|operation| operation.is_below = true);
    }
    found
}

/// Whether a router is included below what only a name says: `include_router(api, prefix=settings.API)`.
fn takes_a_prefix(file: &Shaped) -> bool {
    static GIVEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"(?:include_router|register_blueprint)\((?:[^()]|\([^()]*\))*?(?:url_)?prefix\s*=\s*(?:[A-Za-z_][\w.]*\s*[,)]|f["'])"#)
            .ok()
    });
    GIVEN.as_ref().is_some_and(|given| given.is_match(&file.outline.code))
}

/// Prefixes that a router gives itself: `APIRouter(prefix="/x")`, `Blueprint(…, url_prefix="/x")`.
fn own_prefixes(file: &Shaped) -> BTreeMap<String, String> {
    static ROUTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"(?m)^\s*(\w+)\s*=\s*(?:\w+\.)*\w*(?:APIRouter|Blueprint)\((?:[^()]|\([^()]*\))*?(?:url_)?prefix\s*=\s*["']([^"']*)["']"#).ok()
    });
    let all = ROUTER.iter().flat_map(|one| one.captures_iter(&file.outline.code));
    all.map(|one| (one[1].to_owned(), one[2].to_owned())).collect()
}

/// The prefixes of a file's routers, with those of routers that other files define and this one imports:
/// `from app.v2.orders import orders_blueprint`.
fn with_imported(
    file: &Shaped,
    own: &BTreeMap<String, String>,
    defined: &[BTreeMap<String, String>],
) -> BTreeMap<String, String> {
    static ON: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"(?m)^\s*@(\w+)\.\w+\(").ok());
    let mut all = own.clone();
    let code = &file.outline.code;
    for on in ON.iter().flat_map(|on| on.captures_iter(code)).filter_map(|on| on.get(1)).map(|on| on.as_str()) {
        if all.contains_key(on) || code.contains(&format!("{on} = ")) {
            continue;
        }
        let prefixes: BTreeSet<&String> = defined.iter().filter_map(|other| other.get(on)).collect();
        // Of several routers of one name, which one it is would be a guess.
        if let (Some(&prefix), 1) = (prefixes.first(), prefixes.len()) {
            all.insert(on.to_owned(), prefix.clone());
        }
    }
    all
}

/// Prefixes that a function of the project is given beside a blueprint:
/// `register_notify_blueprint(application, user_blueprint, requires_admin, "/user")`.
fn handed_over(file: &Shaped) -> Vec<(String, String)> {
    static CALL: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"\bregister_\w+\((?<before>[^()"']*)["'](?<prefix>/[^"']*)["'],?\s*\)"#).ok());
    static ALIAS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r"(?:\bfrom\s+\.*(?<module>[\w.]+)\s+import\s+)?\b(?<name>\w+)\s+as\s+(?<alias>\w+)").ok()
    });
    let code = &file.outline.code;
    let aliases: BTreeMap<&str, (&str, Option<&str>)> = ALIAS
        .iter()
        .flat_map(|alias| alias.captures_iter(code))
        .filter_map(|one| {
            let module = one.name("module").map(|module| module.as_str());
            Some((one.name("alias")?.as_str(), (one.name("name")?.as_str(), module)))
        })
        .collect();
    // Where several modules call theirs alike, `from app.orders import bp as orders_bp`, the module tells whose it is.
    let are_several = |name: &str| aliases.values().filter(|(one, _)| *one == name).count() > 1;
    let mut found = Vec::new();
    for call in CALL.iter().flat_map(|call| call.captures_iter(code)) {
        let Some(before) = call.name("before") else { continue };
        // `url_prefix="/x"`, or an argument of its own.
        for name in before.as_str().split(',').map(str::trim).filter(|name| !name.is_empty() && !name.contains('=')) {
            let key = match aliases.get(name) {
                Some((own, Some(module))) if are_several(own) => format!("{}:{own}", module.replace('.', "/")),
                Some((own, _)) => (*own).to_owned(),
                None => name.to_owned(),
            };
            found.push((key, call["prefix"].to_owned()));
        }
    }
    found
}

/// Prefixes under which others include a router: by the module or the name that they include.
fn included(files: &[Shaped], blueprints: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    static INCLUDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"(?:include_router|register_blueprint)\(\s*([\w.]+)\s*,(?:[^()]|\([^()]*\))*?(?:url_)?prefix\s*=\s*["']([^"']*)["']"#).ok()
    });
    static DJANGO: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"\b(?:re_)?path\(\s*r?["']\^?([^"']*)["']\s*,\s*include\(\s*\(?\s*["']([\w.]+)["']"#).ok()
    });
    let mut found = BTreeMap::new();
    for file in files {
        found.extend(
            handed_over(file)
                .into_iter()
                .filter(|(key, _)| blueprints.contains_key(key.rsplit(':').next().unwrap_or(key))),
        );
        for one in INCLUDE.iter().flat_map(|one| one.captures_iter(&file.outline.code)) {
            // `users.router` is the module `users`; a bare `users_router` is known by its name.
            let key = one[1].rsplit('.').find(|part| *part != "router" && *part != "bp").unwrap_or(&one[1]).to_owned();
            found.insert(key, one[2].to_owned());
        }
        for one in DJANGO.iter().flat_map(|one| one.captures_iter(&file.outline.code)) {
            let module = one[2].replace('.', "/");
            found.insert(format!("{module}.py"), one[1].to_owned());
        }
    }
    found
}

/// The prefix of a router: by the module or package that it is imported from, else by its name, else by that of its file.
fn outer<'i>(included: &'i BTreeMap<String, String>, file: &str, on: &str) -> &'i str {
    let stem = stem(file);
    let by_module =
        || packages(stem).find_map(|package| ends(package).find_map(|end| included.get(&format!("{end}:{on}"))));
    let module = stem.rsplit('/').next().unwrap_or(stem);
    let found = by_module().or_else(|| included.get(on)).or_else(|| included.get(module).filter(|_| on != "app"));
    found.map_or("", String::as_str)
}

/// The names that Flask's blueprints give themselves, by their variables: `orders = Blueprint("orders", __name__)`.
fn blueprints(files: &[Shaped]) -> BTreeMap<String, String> {
    let of_file = |file: &Shaped| {
        let stem = stem(&file.path).to_owned();
        let own = blueprints_of(file).into_iter();
        own.flat_map(move |(name, called)| [(format!("{stem}:{name}"), called.clone()), (name, called)])
    };
    files.iter().flat_map(of_file).collect()
}

/// The module that a file is.
fn stem(file: &str) -> &str {
    file.trim_end_matches(".py").trim_end_matches("/__init__")
}

/// A module and the packages around it.
fn packages(module: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(module), |path| path.rsplit_once('/').map(|(folder, _)| folder))
}

/// A path, and what is left of it without the folders before.
fn ends(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.split_once('/').map(|(_, rest)| rest))
}

/// What the blueprint of a variable calls itself, which the file or a package around it makes; else any of that variable.
fn called<'b>(blueprints: &'b BTreeMap<String, String>, file: &str, on: &str) -> Option<&'b String> {
    packages(stem(file)).find_map(|package| blueprints.get(&format!("{package}:{on}"))).or_else(|| blueprints.get(on))
}

/// Those of one file: several files may call theirs `bp`.
fn blueprints_of(file: &Shaped) -> BTreeMap<String, String> {
    static BLUEPRINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"(?m)^\s*(\w+)\s*=\s*(?:\w+\.)*Blueprint\(\s*(?:name\s*=\s*)?["']([\w.-]+)["']"#).ok()
    });
    let all = BLUEPRINT.iter().flat_map(|one| one.captures_iter(&file.outline.code));
    all.map(|one| (one[1].to_owned(), one[2].to_owned())).collect()
}

/// The function under a decorator, as `url_for` names it.
fn endpoint(code: &str, from: usize, blueprint: Option<&String>) -> Option<String> {
    static FUNCTION: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"(?m)^\s*(?:async\s+)?def\s+(\w+)").ok());
    let function = FUNCTION.as_ref()?.captures(code.get(from..)?)?.get(1)?.as_str();
    Some(blueprint.map_or_else(|| function.to_owned(), |blueprint| format!("{blueprint}.{function}")))
}

/// The name that a decorator gives its operation: `@router.post("", status_code=201, name="orders:create")`.
fn stated_name(file: &Shaped, open: usize) -> Option<String> {
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"\b(?:name|endpoint)\s*=\s*["']([A-Za-z][\w:.-]*)["']"#).ok());
    let arguments = file.outline.inside(open)?;
    Some(NAME.as_ref()?.captures(file.outline.code.get(arguments.range())?)?[1].to_owned())
}

fn decorated(
    file: &Shaped,
    own: &BTreeMap<String, String>,
    included: &BTreeMap<String, String>,
    blueprints: &BTreeMap<String, String>,
    found: &mut Found,
) {
    static DECORATOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"(?m)^\s*@(?:\w+\.)*?(?<on>\w+)\.(?<what>get|post|put|delete|patch|route|api_route)\(\s*["'](?<path>(?:/[^"']*)?)["'](?<rest>[^\n]*)"#).ok()
    });
    static METHOD: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r#"["'](GET|POST|PUT|DELETE|PATCH)["']"#).ok());
    for one in DECORATOR.iter().flat_map(|one| one.captures_iter(&file.outline.code)) {
        let Some(whole) = one.get(0) else { continue };
        let on = &one["on"];
        let outer = outer(included, &file.path, on);
        let inner = own.get(on).map_or("", String::as_str);
        let methods: Vec<String> = match &one["what"] {
            "route" | "api_route" => {
                let listed = METHOD.iter().flat_map(|method| method.captures_iter(&one["rest"]));
                let listed: Vec<String> = listed.map(|method| method[1].to_owned()).collect();
                if listed.is_empty() { vec!["GET".to_owned()] } else { listed }
            }
            verb => vec![verb.to_ascii_uppercase()],
        };
        let lead = whole.as_str().len() - whole.as_str().trim_start().len();
        let span = Span::new(whole.start() + lead, whole.end());
        let place = Place::at(file.path.clone(), span);
        if let Some(name) = endpoint(&file.outline.code, whole.end(), called(blueprints, &file.path, on)) {
            found.names.push((place.clone(), name));
        }
        if let Some(name) = stated_name(file, whole.start() + whole.as_str().find('(').unwrap_or(0)) {
            found.names.push((place.clone(), name));
        }
        for method in methods {
            let path = path::join(&format!("{outer}/{inner}"), &one["path"]);
            found.operations.push(Operation::new(method, path, place.clone()));
        }
    }
}

/// Classes of Flask-RESTful, whose methods answer at the paths that they are registered under:
/// `api.add_resource(Orders, "/orders", "/orders/<int:id>")`, and helpers of that name.
fn resources(file: &Shaped, found: &mut Found) {
    static REGISTERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        compile(r#"\.add_(?:\w+_)?resource\(\s*[\w.]+\s*,(?<paths>(?:\s*["']/[^"'\n]*["']\s*,?)+)"#).ok()
    });
    static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r#"["'](/[^"'\n]*)["']"#).ok());
    for one in REGISTERED.iter().flat_map(|one| one.captures_iter(&file.outline.code)) {
        let Some(paths) = one.name("paths") else { continue };
        for text in PATH.iter().flat_map(|path| path.captures_iter(paths.as_str())).filter_map(|path| path.get(1)) {
            let span = Span::new(paths.start() + text.start(), paths.start() + text.end());
            let place = Place::at(file.path.clone(), span);
            found.operations.push(Operation::new("*".to_owned(), path::join("", text.as_str()), place));
        }
    }
}
