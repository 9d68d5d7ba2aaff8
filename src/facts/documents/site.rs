//! Where the documentation is published, and whether it is built from this tree.

use crate::facts::Facts;
use crate::tree::File;

/// Pages in folders of documentation that are a site of their own.
const A_SITE: usize = 20;

/// Whether a path is a folder of documentation or leads through one.
pub fn is_page(path: &str) -> bool {
    path.split('/').any(|part| ["doc", "docs", "documentation", "book"].contains(&part))
}

/// The site of the documentation.
#[derive(Debug)]
pub struct Site {
    /// Whether it is built from this tree, so that what stands there stands here.
    pub is_built_here: bool,
}

/// Looks for what builds it.
pub fn read(facts: &Facts<'_>) -> Site {
    const BUILDERS: &[&str] = &[
        "mkdocs.yml",
        "mkdocs.yaml",
        "docusaurus.config.",
        "antora.yml",
        "book.toml",
        ".readthedocs.",
        "hugo.toml",
        "zensical.toml",
    ];
    const IN_THEIR_FOLDER: &[&str] = &["astro.config.", "mint.json", "conf.py"];
    // A program among the sources may build a site of something else.
    let is_builder = |file: &&File| {
        let named = |names: &[&str]| names.iter().any(|name| file.name().starts_with(name));
        (named(BUILDERS) || named(IN_THEIR_FOLDER) && is_page(&file.path))
            && !file.path.split('/').any(|part| part == "src")
    };
    let mut files = facts.tree.files().iter();
    let is_built_here = files.any(|file| is_builder(&file) || file.path.contains(".vitepress/config."))
        || facts.documents().of_project().filter(|document| is_page(&document.path)).count() >= A_SITE;
    Site { is_built_here }
}
