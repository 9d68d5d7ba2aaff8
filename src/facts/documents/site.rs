//! Where the documentation is published, and whether it is built from this tree.

use crate::facts::Facts;
use crate::pattern::{Regex, pattern};
use crate::tree::path::{folder_of, join, within};
use crate::tree::{File, Tree};

pattern!(MKDOCS_URL, r#"(?m)^site_url:[ \t]*["']?https?://([^\s"']+)"#);
pattern!(MKDOCS_FOLDER, r#"(?m)^docs_dir:[ \t]*["']?([\w./-]+)"#);
pattern!(DOCUSAURUS_URL, r#"(?m)^\s*url:\s*["'`]https?://([^\s"'`]+)["'`]"#);
pattern!(DOCUSAURUS_BASE, r#"(?m)^\s*baseUrl:\s*["'`]([\w./-]+)["'`]"#);
pattern!(DOCUSAURUS_PAGES, r#"(?m)^\s*routeBasePath:\s*["'`]([\w./-]+)["'`]"#);

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

/// A folder of documents, and the address at which it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The address without its scheme: `docs.shop.example/guide`.
    address: String,
    /// The folder whose pages stand there.
    folder: String,
}

impl Published {
    fn new(address: &str, folder: Option<String>) -> Option<Self> {
        let address = address.trim().trim_matches('/').to_ascii_lowercase();
        (address.contains('.') && !address.contains(char::is_whitespace)).then_some(Self { address, folder: folder? })
    }

    /// The folder, and the page in it that an address names.
    pub(super) fn page<'u>(&self, url: &'u str) -> Option<(&str, &'u str)> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let (start, page) = rest.split_at_checked(self.address.len())?;
        (start.eq_ignore_ascii_case(&self.address) && page.starts_with('/')).then_some((self.folder.as_str(), page))
    }
}

/// The folders of documents that the tree says are published, each with its address.
pub(super) fn published(tree: &Tree) -> Vec<Published> {
    let sites = tree.files().iter().filter_map(|file| {
        let folder = folder_of(&file.path);
        let read: fn(&str, &str) -> Option<Published> = match file.name() {
            "CNAME" if matches!(folder, "docs" | "doc") => |text, folder| Published::new(text, Some(folder.to_owned())),
            "mkdocs.yml" | "mkdocs.yaml" => mkdocs,
            name if name.starts_with("docusaurus.config.") => docusaurus,
            _ => return None,
        };
        read(file.text()?.text(), folder)
    });
    sites.collect()
}

/// What the first group of a pattern holds in a text.
fn first<'t>(pattern: &Regex, text: &'t str) -> Option<&'t str> {
    pattern.captures(text).and_then(|found| found.get(1)).map(|group| group.as_str())
}

fn mkdocs(text: &str, folder: &str) -> Option<Published> {
    Published::new(first(&MKDOCS_URL, text)?, join(folder, first(&MKDOCS_FOLDER, text).unwrap_or("docs")))
}

fn docusaurus(text: &str, folder: &str) -> Option<Published> {
    let base = first(&DOCUSAURUS_BASE, text).unwrap_or_default().trim_matches('/');
    let pages = first(&DOCUSAURUS_PAGES, text).unwrap_or("docs").trim_matches('/');
    let parts = [first(&DOCUSAURUS_URL, text)?.trim_matches('/'), base, pages];
    let address = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
    Published::new(&address, Some(within(folder, "docs")))
}
