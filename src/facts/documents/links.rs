//! Where a link goes: into the tree, out of it, or nowhere.

use super::section::Document;
use super::{Documents, anchors};
use crate::facts::Facts;
use crate::tree::Tree;
use crate::tree::path::{folder_of, join, upwards, within};

/// Where a link goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file or folder of the tree, or a heading in one.
    Inside(String),
    /// An address outside the tree, which cannot be read offline.
    Outside,
    /// A path or an anchor that the tree lacks.
    Broken(&'static str),
    /// Mail, images and paths that only a published site knows.
    Other,
}

/// Where a link of a document goes.
pub fn resolve(tree: &Tree, documents: &Documents, from: &Document, url: &str) -> Target {
    let url = url.trim();
    if let Some(path) = own_path(&documents.own_addresses, url) {
        return inside(tree, documents, "", path).unwrap_or(Target::Other);
    }
    if let Some(page) = documents.own_sites.iter().find_map(|site| site.page(url)) {
        return page_of_site(tree, documents, page).unwrap_or(Target::Outside);
    }
    if url.starts_with("http://") || url.starts_with("https://") || url.starts_with("//") {
        return Target::Outside;
    }
    let has_scheme = url.split_once(':').is_some_and(|(scheme, _)| scheme.chars().all(char::is_alphanumeric));
    let is_mail = url.contains('@') && !url.contains('/');
    if url.is_empty() || has_scheme || is_mail || url.contains("{{") || url.contains("{%") || url.contains('<') {
        return Target::Other;
    }
    if let Some(fragment) = url.strip_prefix('#') {
        let found = anchors::reaches(from.sections.iter().flat_map(|section| &section.anchors), fragment);
        let is_top = fragment.is_empty() || fragment == "top";
        if found || is_top {
            return Target::Inside(from.path.to_string());
        }
        return in_book(documents, from, fragment).map_or(Target::Broken("no such heading"), Target::Inside);
    }
    if let Some(page) = url.strip_prefix("@/") {
        return of_zola(tree, documents, from, page).unwrap_or(Target::Other);
    }
    if let Some(rooted) = url.strip_prefix('/') {
        // A site decides what its root is: found in the tree it counts, otherwise nothing can be said.
        return inside(tree, documents, "", rooted).unwrap_or(Target::Other);
    }
    let here = inside(tree, documents, folder_of(&from.path), url);
    let found = here.or_else(|| inside(tree, documents, folder_on_site(&from.path)?, url));
    let label = || is_label(tree, from, url).then_some(Target::Other);
    found.or_else(label).unwrap_or(Target::Broken("no such file"))
}

/// The folder that a site takes for that of a page: one of the page's own name for Hugo and the like, which serve
/// `guide/start.md` at `guide/start/`, and that of all pages of a module for Antora.
fn folder_on_site(path: &str) -> Option<&str> {
    match path.rsplit_once('.')? {
        (page, "md" | "mdx") => Some(page),
        (page, "adoc") => page.find("/pages/").map(|at| &page[..at + "/pages".len()]),
        _ => None,
    }
}

/// Whether a page is of a site that Sphinx builds, where a word alone names a label on any page, or a part of the code.
fn is_label(tree: &Tree, from: &Document, url: &str) -> bool {
    let is_file = || [".md", ".rst", ".html"].iter().any(|end| url.contains(end));
    !url.contains('/') && !is_file() && upwards(&from.path).any(|at| tree.file(&within(at, "conf.py")).is_some())
}

/// The document of `AsciiDoc` that bears an anchor: what a book includes is one text with all else that it includes.
fn in_book(documents: &Documents, from: &Document, fragment: &str) -> Option<String> {
    let is_of_book = |path: &str| [".adoc", ".asciidoc"].iter().any(|end| path.ends_with(end));
    let wanted = anchors::slug(fragment);
    // `[id='metrics-{context}']` ends in what the book that includes it is called.
    let is_of_any = |anchor: &String| anchor.strip_suffix("context").is_some_and(|stem| wanted.starts_with(stem));
    let bears = |document: &&Document| {
        let anchors = || document.sections.iter().flat_map(|section| &section.anchors);
        is_of_book(&document.path) && (anchors::reaches(anchors(), fragment) || anchors().any(is_of_any))
    };
    let mut all = documents.all().iter().filter(|_| is_of_book(&from.path));
    all.find(bears).map(|document| document.path.to_string())
}

/// Where `@/guide/page.md` of Zola leads: below `content`, or below a folder above the page that a site takes in, under a
/// name of the site's own.
fn of_zola(tree: &Tree, documents: &Documents, from: &Document, page: &str) -> Option<Target> {
    let below = page.split_once('/').map(|(_, below)| below);
    let folders = from.path.match_indices('/').map(|(at, _)| &from.path[..at]);
    let folders: Vec<&str> = folders.collect();
    let mut rooted = folders.iter().rev().filter(|folder| folder.ends_with("content"));
    let rooted = rooted.find_map(|folder| inside(tree, documents, folder, page));
    let taken = || folders.iter().find_map(|folder| inside(tree, documents, folder, below?));
    rooted.or_else(taken)
}

/// Where an address leads that stands in no document, such as the runbook of an alert: a path begins at the root.
pub fn resolve_at_root(tree: &Tree, documents: &Documents, url: &str) -> Target {
    let url = url.trim();
    if url.is_empty() || url.contains("{{") {
        return Target::Other;
    }
    let own = own_path(&documents.own_addresses, url);
    if own.is_none() && url.contains("://") {
        return Target::Outside;
    }
    let path = own.unwrap_or_else(|| url.trim_start_matches('/'));
    inside(tree, documents, "", path).unwrap_or(Target::Broken("no such file"))
}

/// The path within the repository that one of its own published addresses names.
fn own_path<'u>(addresses: &[String], url: &'u str) -> Option<&'u str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    addresses.iter().find_map(|address| {
        let after = rest.get(..address.len()).filter(|start| start.eq_ignore_ascii_case(address));
        let after = after.map(|_| &rest[address.len()..])?.strip_prefix('/')?;
        let after = after.strip_prefix("-/").unwrap_or(after);
        let after = after.strip_prefix("blob/").or_else(|| after.strip_prefix("tree/"))?;
        after.split_once('/').map(|(_branch, path)| path)
    })
}

/// The document that is published at a page of a site; the site has anchors of its own.
fn page_of_site(tree: &Tree, documents: &Documents, (folder, page): (&str, &str)) -> Option<Target> {
    let page = page.split(['#', '?']).next().unwrap_or(page).trim_matches('/');
    // What the site begins with introduces all of it.
    let found = inside(tree, documents, folder, page).filter(|_| !page.is_empty())?;
    matches!(&found, Target::Inside(path) if documents.at(path).is_some()).then_some(found)
}

/// The file or folder of the tree that a path means, read as documentation sites read it.
fn inside(tree: &Tree, documents: &Documents, folder: &str, url: &str) -> Option<Target> {
    let (path, fragment) = url.split_once('#').unwrap_or((url, ""));
    let path = path.split('?').next().unwrap_or(path).replace("%20", " ");
    let path = join(folder, &path)?;
    let stem = path.strip_suffix(".html").unwrap_or(&path);
    let candidates = [
        path.clone(),
        format!("{stem}.md"),
        format!("{stem}.mdx"),
        format!("{stem}.adoc"),
        format!("{stem}.rst"),
        format!("{path}/README.md"),
        format!("{path}/index.md"),
        format!("{path}/_index.md"),
    ];
    if let Some(found) = candidates.iter().find(|candidate| tree.file(candidate).is_some()) {
        let anchors = documents.at(found).map(|document| document.sections.iter().flat_map(|section| &section.anchors));
        let reached = fragment.is_empty() || anchors.is_none_or(|mut all| anchors::reaches(all.by_ref(), fragment));
        return Some(if reached { Target::Inside(found.clone()) } else { Target::Broken("no such heading") });
    }
    has_folder(tree, &path).then_some(Target::Inside(path))
}

/// Whether the tree holds a folder of this path.
pub fn has_folder(tree: &Tree, path: &str) -> bool {
    if path.is_empty() {
        return true;
    }
    let prefix = format!("{path}/");
    let at = tree.files().partition_point(|file| &*file.path < prefix.as_str());
    tree.files().get(at).is_some_and(|file| file.path.starts_with(&prefix))
}

/// The addresses that the manifests and the history give for this repository, without scheme and `.git`.
pub(in crate::facts) fn own_addresses(facts: &Facts<'_>) -> Vec<String> {
    let mut addresses = Vec::new();
    for (path, key) in [
        ("Cargo.toml", "repository"),
        ("package.json", "\"url\""),
        ("package.json", "\"repository\""),
        ("pyproject.toml", "epository"),
    ] {
        let Some(source) = facts.tree.text(path) else { continue };
        let lines = source.text().lines().filter(|line| line.trim_start().starts_with(key));
        addresses.extend(lines.filter_map(|line| address(line.split_once(['=', ':'])?.1)));
    }
    addresses.extend(module_address(facts));
    addresses.sort();
    addresses.dedup();
    addresses
}

/// The address that a module of Go is named after.
fn module_address(facts: &Facts<'_>) -> Option<String> {
    let source = facts.tree.text("go.mod")?;
    let module = source.text().lines().find_map(|line| line.strip_prefix("module "))?;
    address(&format!("https://{}", module.trim()))
}

/// `github.com/owner/name` of any of the ways to write a repository's address.
pub(crate) fn address(written: &str) -> Option<String> {
    let written = written.trim().trim_matches(['"', '\'', ',', ' ']);
    let written = written.strip_prefix("git+").unwrap_or(written);
    let rest = written.split_once("://").map_or(written, |(_, rest)| rest);
    let rest = rest.strip_prefix("git@").unwrap_or(rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host).replacen(':', "/", 1);
    let rest = rest.trim_end_matches('/').trim_end_matches(".git");
    let parts: Vec<&str> = rest.split('/').collect();
    (parts.len() >= 3 && parts[0].contains('.')).then(|| parts[..3].join("/"))
}
