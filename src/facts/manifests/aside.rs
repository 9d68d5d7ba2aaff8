//! Folders of the tree that nothing which ships takes in: pages and programs to try the product out.

use crate::facts::Facts;
use crate::tree::path::is_below;

/// Whether a file stands in such a folder: the one image leaves it out, and no code, build or pipeline names it.
pub(super) fn is(facts: &Facts<'_>, path: &str) -> bool {
    let Some(list) = facts.tree.text(".dockerignore").filter(|_| facts.tree.file("Dockerfile").is_some()) else {
        return false;
    };
    let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
    let mut left_out = folders.filter(|folder| leaves_out(list.text(), folder));
    left_out.any(|folder| !ships_itself(facts, folder) && !is_named(facts, folder))
}

/// Whether `.dockerignore` leaves a folder out, but for documents.
fn leaves_out(list: &str, folder: &str) -> bool {
    let bare = |line: &'_ str| line.trim_start_matches('/').trim_end_matches("/**").trim_end_matches('/').to_owned();
    let lines = || list.lines().map(str::trim);
    let is_back = |line: &str| {
        let back = line.strip_prefix('!').map(|line| line.trim_start_matches('/'));
        back.is_some_and(|back| back.starts_with(folder) && back.rsplit('.').next() != Some("md"))
    };
    lines().any(|line| bare(line) == folder) && !lines().any(is_back)
}

/// Whether a folder has an image of its own, or is put on a host of pages by its own settings.
fn ships_itself(facts: &Facts<'_>, folder: &str) -> bool {
    const SETTINGS: &[&str] =
        &["vercel.json", "netlify.toml", "fly.toml", "wrangler.toml", "firebase.json", "app.yaml"];
    let ships = |name: &str| name.contains("Dockerfile") || SETTINGS.contains(&name);
    facts.tree.files().iter().any(|file| is_below(&file.path, folder) && ships(file.name()))
}

/// Whether a file outside of a folder names it, other than documents and lists for tools that read all of the tree.
fn is_named(facts: &Facts<'_>, folder: &str) -> bool {
    const LISTS: &[&str] = &["CODEOWNERS", "dependabot.yml", "dependabot.yaml", "renovate.json", "renovate.json5"];
    const DOCUMENTS: &[&str] = &[".md", ".mdx", ".rst", ".adoc", ".txt", "ignore"];
    let is_list = |name: &str| LISTS.contains(&name) || DOCUMENTS.iter().any(|end| name.ends_with(end));
    let last = folder.rsplit('/').next().unwrap_or(folder).as_bytes();
    let names = |text: &str| memchr::memmem::find(text.as_bytes(), last).is_some();
    let others = facts.tree.files().iter().filter(|file| !is_below(&file.path, folder) && !is_list(file.name()));
    others.into_iter().any(|file| file.text().is_some_and(|source| names(source.text())))
}
