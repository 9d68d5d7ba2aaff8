//! Operations that a framework makes of the places of files: `app/api/health/route.ts` of Next serves `/api/health`.

use super::Operation;
use super::path::normal;
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{CodeFile, Role};
use crate::pattern::{Regex, compile};
use crate::source::Span;
use std::sync::LazyLock;

/// A framework that makes routes of files.
struct Framework {
    packages: &'static [&'static str],
    /// The folder that holds them, and what it stands for.
    folders: &'static [(&'static str, &'static str)],
    /// The name of a file that serves its folder, with a function for each method; without one the file's own name is
    /// part of the path.
    file: Option<&'static str>,
}

const FRAMEWORKS: &[Framework] = &[
    Framework { packages: &["npm:next"], folders: &[("app", "")], file: Some("route") },
    Framework { packages: &["npm:next"], folders: &[("pages/api", "/api")], file: None },
    Framework { packages: &["npm:@sveltejs/kit"], folders: &[("src/routes", "")], file: Some("+server") },
    Framework {
        packages: &["npm:nuxt", "npm:nitropack", "npm:nitro"],
        folders: &[("server/api", "/api"), ("server/routes", "")],
        file: None,
    },
    Framework {
        packages: &["npm:@remix-run/node", "npm:@remix-run/react", "npm:@react-router/node"],
        folders: &[("app/routes", "")],
        file: None,
    },
    Framework { packages: &["npm:astro"], folders: &[("src/pages", "")], file: None },
];

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// What the frameworks in use make of the product's files.
pub(super) fn operations(facts: &Facts<'_>) -> Vec<Operation> {
    let depends = |name: &&str| facts.manifests().dependencies(name).next().is_some();
    let frameworks: Vec<&Framework> = FRAMEWORKS.iter().filter(|one| one.packages.iter().any(depends)).collect();
    if frameworks.is_empty() {
        return Vec::new();
    }
    let code = facts.code();
    let of_file = |file: &CodeFile| {
        let found: Vec<(String, String)> = frameworks.iter().flat_map(|one| of(facts, one, file)).collect();
        let is_product = !found.is_empty() && code.role(facts, file) == Role::Product;
        let place = Place::at(file.path.clone(), Span::new(0, 0));
        let made = found.into_iter().filter(move |_| is_product);
        made.map(move |(method, path)| Operation::new(method, path, place.clone()))
    };
    code.files().iter().flat_map(of_file).collect()
}

/// The methods and paths that a file may serve.
fn of(facts: &Facts<'_>, framework: &Framework, file: &CodeFile) -> Vec<(String, String)> {
    let (stem, end) = file.path.rsplit_once('.').unwrap_or_default();
    if !matches!(end, "ts" | "js" | "tsx" | "jsx" | "mjs" | "mts") {
        return Vec::new();
    }
    let places =
        framework.folders.iter().flat_map(|(folder, prefix)| below(stem, folder).map(move |rest| (rest, prefix)));
    let routes = places.filter_map(|(rest, prefix)| route(framework.file, prefix, rest));
    routes
        .flat_map(|(method, path)| {
            let methods = match (framework.file, method) {
                (Some(_), _) => exported(facts, file),
                (None, method) => vec![method.unwrap_or("*").to_ascii_uppercase()],
            };
            methods.into_iter().map(move |method| (method, path.clone()))
        })
        .collect()
}

/// The methods for which a file gives out a function: `export async function GET`, `export { handler as POST }`.
fn exported(facts: &Facts<'_>, file: &CodeFile) -> Vec<String> {
    static EXPORT: LazyLock<Option<Regex>> = LazyLock::new(|| compile(r"\bexport\b(?:\s*\{[^}]*\}|[^;=(\n]*)").ok());
    let (Some(text), Some(export)) = (file.code(facts), EXPORT.as_ref()) else { return Vec::new() };
    let given: Vec<&str> =
        export.find_iter(&text.code).flat_map(|one| one.as_str().split(|c: char| !c.is_ascii_alphanumeric())).collect();
    METHODS.iter().filter(|method| given.contains(method)).map(|method| (*method).to_owned()).collect()
}

/// The method and the path that a file serves from its place below the folder of routes.
fn route<'r>(wanted: Option<&str>, prefix: &str, rest: &'r str) -> Option<(Option<&'r str>, String)> {
    let (folders, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    let (own, method) = match wanted {
        Some(wanted) if name != wanted => return None,
        Some(_) => ("", None),
        // Nuxt says the method behind the name: `health.get.ts`.
        None => match name.rsplit_once('.') {
            Some((name, method)) if METHODS.iter().any(|one| one.eq_ignore_ascii_case(method)) => (name, Some(method)),
            _ => (name, None),
        },
    };
    let own = own.replace('.', "/");
    let own = own.split('/').filter(|part| *part != "index");
    // A group in brackets is no part of the path.
    let folders = folders.split('/').filter(|part| !part.starts_with('('));
    let parts: Vec<String> = folders.chain(own).map(spelled).collect();
    Some((method, normal(&format!("{prefix}/{}", parts.join("/")))))
}

/// A part of a path as other routes are written: `[id]` is `{id}`, `[...rest]` and `[[...rest]]` are what is left.
fn spelled(part: &str) -> String {
    let Some(name) = part.strip_prefix('[') else { return part.replace("%5F", "_") };
    let name = name.trim_matches(['[', ']']);
    match name.strip_prefix("...") {
        Some(rest) => format!("{{*{rest}}}"),
        None => format!("{{{name}}}"),
    }
}

/// What of a path stands below a folder, wherever that is: `src/app/…` and `web/app/…` too.
fn below<'p>(path: &'p str, folder: &str) -> impl Iterator<Item = &'p str> {
    path.match_indices(folder).filter_map(|(at, found)| {
        let opens = at == 0 || path[..at].ends_with('/');
        path[at + found.len()..].strip_prefix('/').filter(|_| opens)
    })
}
