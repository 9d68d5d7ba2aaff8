//! Routes that a framework makes of the places of files: `app/api/health/route.ts` of Next serves `/api/health`.

use crate::evidence::{Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{CodeFile, Role};
use crate::source::Span;

/// A framework that makes routes of files.
struct Framework {
    packages: &'static [&'static str],
    /// The folder that holds them, and what it stands for.
    folders: &'static [(&'static str, &'static str)],
    /// The name of a file that serves its folder; without one the file's own name is part of the path.
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

/// The file that serves a path, where a framework of the product makes routes of files.
pub(super) fn serving(facts: &Facts<'_>, path: &str, is_own: impl Fn(&str) -> bool) -> Option<Sighting> {
    let wanted = path.trim_end_matches('/');
    let in_use = |framework: &&Framework| {
        framework.packages.iter().any(|name| facts.manifests().dependencies(name).next().is_some())
    };
    let frameworks: Vec<&Framework> = FRAMEWORKS.iter().filter(in_use).collect();
    if wanted.is_empty() || frameworks.is_empty() {
        return None;
    }
    let code = facts.code();
    let serves = |file: &CodeFile| {
        let by_place = |framework: &&Framework| routes(framework, &file.path).any(|own| own == wanted);
        let framework = frameworks.iter().copied().find(by_place)?;
        // A file that serves its folder has a function for each method.
        let source = file.source(facts).filter(|_| is_own(&file.path) && code.role(facts, file) == Role::Product)?;
        (framework.file.is_none() || source.text().contains("GET")).then(|| file.path.clone())
    };
    let place = Place::at(code.files().iter().find_map(serves)?, Span::new(0, 0));
    Some(Sighting::new(place, Strength::Configured, format!("serves {path}, by its place")))
}

/// The paths that a file may serve.
fn routes(framework: &Framework, file: &str) -> impl Iterator<Item = String> {
    let stem = file.rsplit_once('.').filter(|(_, end)| matches!(*end, "ts" | "js" | "tsx" | "jsx" | "mjs" | "mts"));
    let stem = stem.map_or("", |(stem, _)| stem);
    framework.folders.iter().flat_map(move |(folder, prefix)| {
        below(stem, folder).filter_map(move |rest| route(framework.file, prefix, rest))
    })
}

/// The path that a file serves from its place below the folder of routes.
fn route(wanted: Option<&str>, prefix: &str, rest: &str) -> Option<String> {
    let (folders, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    let own = match wanted {
        Some(wanted) if name != wanted => return None,
        Some(_) => "",
        // Nuxt says the method behind the name: `health.get.ts`.
        None => name.strip_suffix(".get").unwrap_or(name),
    };
    let mut path = prefix.to_owned();
    // A group in brackets is no part of the path.
    for part in folders.split('/').filter(|part| !part.is_empty() && !part.starts_with('(')) {
        path.push('/');
        path.push_str(part);
    }
    if !matches!(own, "" | "index") {
        path.push('/');
        path.push_str(&own.replace('.', "/"));
    }
    Some(path)
}

/// What of a path stands below a folder, wherever that is: `src/app/…` and `web/app/…` too.
fn below<'p>(path: &'p str, folder: &str) -> impl Iterator<Item = &'p str> {
    path.match_indices(folder).filter_map(|(at, found)| {
        let opens = at == 0 || path[..at].ends_with('/');
        path[at + found.len()..].strip_prefix('/').filter(|_| opens)
    })
}
