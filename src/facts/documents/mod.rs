//! Prose: headings, sections and their substance.
//!
//! Markdown, `AsciiDoc` and reStructuredText become one shape: a [`Document`] of [`Section`]s in the order of the text,
//! each with what stands under its own heading (words, steps, commands, table rows, links, placeholders). A document
//! also says whether it may speak for operations at all ([`Standing`]).

mod anchors;
mod builder;
mod components;
mod leads;
mod links;
mod markdown;
mod plain;
mod reference;
mod section;
pub mod site;
mod standing;
mod starter;
mod versions;

pub use leads::Lead;
pub(super) use leads::read as read_leads;
pub(crate) use links::address;
pub(super) use links::own_addresses;
pub use links::{Target, has_folder, resolve, resolve_at_root};
pub use reference::is_reference;
pub use section::{Block, BlockKind, Document, Link, Section};
pub use site::{Published, is_page};
pub use standing::{Standing, beside_the_team, may_say};

use super::{Facts, parallel};
use crate::evidence::{Blind, Place};
use crate::pattern::pattern;
use crate::tree::path::{folder_of, is_below};
use crate::tree::{Content, File};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Larger documents are data, not prose; they are listed as unread.
const MAX_DOCUMENT: u64 = 4 * 1024 * 1024;

/// Every document of the tree.
#[derive(Debug, Default)]
pub struct Documents {
    all: Vec<Document>,
    by_path: BTreeMap<Arc<str>, usize>,
    /// Documents that could not be read.
    pub blind: Vec<Blind>,
    /// Addresses under which this repository is published, such as `github.com/owner/name`.
    pub own_addresses: Vec<String>,
    /// The addresses at which folders of documents are published.
    pub own_sites: Vec<Published>,
}

impl Documents {
    /// All documents, sorted by path.
    pub fn all(&self) -> &[Document] {
        &self.all
    }

    /// The documents that may speak for the project: neither of a fixed kind (licence, changelog), nor a template, nor
    /// about the code's insides, nor somebody else's.
    pub fn of_project(&self) -> impl Iterator<Item = &Document> {
        self.all.iter().filter(|document| document.standing == Standing::Project)
    }

    /// The document at a path.
    pub fn at(&self, path: &str) -> Option<&Document> {
        self.by_path.get(path).map(|&index| &self.all[index])
    }
}

/// The markup of a document, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Markup {
    Markdown,
    AsciiDoc,
    Rst,
}

fn markup(file: &File) -> Option<Markup> {
    let name = file.name().strip_suffix(TEMPLATE).unwrap_or(file.name());
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    match extension.to_ascii_lowercase().as_str() {
        "md" | "markdown" | "mdx" | "mdown" => Some(Markup::Markdown),
        "adoc" | "asciidoc" => Some(Markup::AsciiDoc),
        "rst" => Some(Markup::Rst),
        "" | "txt" if matches!(stem, "README" | "RUNBOOK" | "DEPLOY" | "DEPLOYMENT" | "INSTALL" | "OPERATIONS") => {
            Some(Markup::Markdown)
        }
        _ => None,
    }
}

/// What the source of a chart's page ends with; where the page stands beside it, that is read.
const TEMPLATE: &str = ".gotmpl";
// What helm-docs fills in.
pattern!(ACTION, r"\{\{[^{}]*\}\}");

/// Whether a document is printed into one that stands beside it.
fn is_printed(facts: &Facts<'_>, file: &File) -> bool {
    file.path.strip_suffix(TEMPLATE).is_some_and(|page| facts.tree.file(page).is_some())
}

/// Reads every document of the tree.
pub fn read(facts: &Facts<'_>) -> Documents {
    let all = facts.tree.files().iter().filter(|file| !is_printed(facts, file));
    let files: Vec<(&File, Markup)> = all.filter_map(|file| Some((file, markup(file)?))).collect();
    let read: Vec<Result<Document, Blind>> = parallel::map(&files, |&(file, markup)| read_one(file, markup));
    let mut documents = Documents {
        own_addresses: links::own_addresses(facts),
        own_sites: site::published(facts.tree),
        ..Documents::default()
    };
    let before = versions::of_before(files.iter().map(|(file, _)| &file.path));
    let skills = skills(files.iter().map(|(file, _)| *file));
    let is_of_skill = |path: &str| skills.iter().any(|skill| is_below(path, skill));
    for result in read {
        match result {
            Ok(mut document) => {
                if facts.vendored().holds(&document.path) {
                    document.standing = Standing::Never("about a chart of another project");
                } else if before.iter().any(|folder| document.path.starts_with(folder.as_str())) {
                    document.standing = Standing::Never("about a release of before");
                } else if is_of_skill(&document.path) {
                    document.standing = Standing::Never("instructions for coding agents");
                }
                documents.all.push(document);
            }
            Err(blind) => documents.blind.push(blind),
        }
    }
    documents.by_path =
        documents.all.iter().enumerate().map(|(index, document)| (document.path.clone(), index)).collect();
    documents
}

/// The folders of what a coding agent or a model is taught: such a folder holds a `SKILL.md`, and is neither the whole tree
/// nor all of its documentation.
fn skills<'f>(files: impl Iterator<Item = &'f File>) -> Vec<&'f str> {
    let folders = files.filter(|file| file.name() == "SKILL.md").map(|file| folder_of(&file.path));
    let is_of_all = |folder: &str| ["", "doc", "docs", "documentation", "website"].contains(&folder);
    folders.filter(|folder| !is_of_all(folder)).collect()
}

fn read_one(file: &File, markup: Markup) -> Result<Document, Blind> {
    let unread = |why: String| Blind { place: Some(Place::file(file.path.clone())), why };
    if file.len > MAX_DOCUMENT {
        return Err(unread(format!("larger than {MAX_DOCUMENT} bytes")));
    }
    let source = match file.content() {
        Content::Text(source) => source,
        Content::Binary(_) => return Err(unread("not text".into())),
        Content::Unread(why) => return Err(unread(why.clone())),
    };
    let parsed = match markup {
        Markup::Markdown if file.name().ends_with(TEMPLATE) => {
            let blank = |action: &str| action.replace(|letter: char| letter != '\n', " ");
            markdown::read(&ACTION.replace_all(source.text(), |found| blank(&found[0])))
        }
        Markup::Markdown => markdown::read(source.text()),
        Markup::AsciiDoc => plain::asciidoc(source.text()),
        Markup::Rst => plain::rst(source.text()),
    };
    let standing = standing::of(&file.path, source.text(), &parsed);
    Ok(Document { path: file.path.clone(), source: source.clone(), standing, sections: parsed })
}
