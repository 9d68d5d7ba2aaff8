//! Terraform's files, folder by folder: blocks with their labels, from HCL and from its JSON form.

use crate::evidence::{Blind, Place};
use crate::facts::format::{self, Format};
use crate::facts::infra::{Hides, Illegible};
use crate::facts::{Facts, parallel};
use crate::source::{Source, Span};
use crate::tree::File;
use crate::tree::path::folder_of;
use crate::value::{Kind, Value};
use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};
use std::collections::BTreeMap;

/// Files above this size are generated, not written.
const MAX_BYTES: u64 = 2_000_000;

/// A folder with Terraform files: one module.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// The texts that spans belong to.
    pub(super) files: Vec<Source>,
    /// The top-level blocks, in the order of files and texts.
    pub(super) blocks: Vec<Block>,
}

/// A top-level block: `resource "aws_db_instance" "main" { … }`.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) word: String,
    pub(super) labels: Vec<String>,
    /// Its heading.
    pub(super) span: Span,
    pub(super) content: Content,
    /// Index into the folder's files.
    pub(super) file: usize,
}

/// What stands in a block.
#[derive(Debug)]
pub(super) enum Content {
    Hcl(Body),
    Json(Value),
}

/// A value as written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node<'a> {
    Hcl(&'a Expression),
    Json(&'a Value),
}

impl Content {
    /// An attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<Node<'_>> {
        match self {
            Self::Hcl(body) => body.get_attribute(name).map(|attribute| Node::Hcl(&attribute.value)),
            Self::Json(value) => value.get(name).map(Node::Json),
        }
    }

    /// An attribute that is a plain text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.attribute(name)? {
            Node::Hcl(expression) => expression.as_str().map(str::to_owned),
            Node::Json(value) => value.as_str().map(str::to_owned),
        }
    }

    /// Every attribute with its name.
    pub(super) fn attributes(&self) -> Vec<(&str, Node<'_>)> {
        match self {
            Self::Hcl(body) => {
                body.attributes().map(|attribute| (attribute.key.as_str(), Node::Hcl(&attribute.value))).collect()
            }
            Self::Json(value) => value
                .as_map()
                .into_iter()
                .flatten()
                .map(|(name, field)| (name.as_str(), Node::Json(&field.value)))
                .collect(),
        }
    }

    /// Whether it is empty, or holds a nested block of some name.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Hcl(body) => body.is_empty(),
            Self::Json(value) => value.as_map().is_none_or(crate::value::Map::is_empty),
        }
    }

    /// The plain texts of some attributes in the nested blocks of a name.
    pub(super) fn texts_in(&self, block: &str, names: &[&str]) -> Vec<String> {
        match self {
            Self::Hcl(body) => {
                let text = |body: &Body, name: &str| Some(body.get_attribute(name)?.value.as_str()?.to_owned());
                let of = |body| names.iter().filter_map(move |name| text(body, name));
                body.get_blocks(block).flat_map(|block| of(&block.body)).collect()
            }
            Self::Json(value) => {
                let kinds = value.get(block).and_then(Value::as_map).into_iter().flatten().map(|(_, kind)| &kind.value);
                let text = |kind: &Value, name: &str| Some(kind.get(name)?.as_str()?.to_owned());
                kinds.flat_map(|kind| names.iter().filter_map(move |name| text(kind, name))).collect()
            }
        }
    }

    /// Whether a nested block of a name stands in it.
    pub(super) fn has_block(&self, name: &str) -> bool {
        match self {
            Self::Hcl(body) => body.has_blocks(name),
            Self::Json(value) => value.get(name).is_some(),
        }
    }
}

impl Node<'_> {
    pub(super) fn span(self) -> Span {
        match self {
            Self::Hcl(expression) => span_of(expression.span()),
            Self::Json(value) => value.span,
        }
    }
}

pub(super) fn span_of(range: Option<std::ops::Range<usize>>) -> Span {
    range.map_or(Span::default(), |range| Span::new(range.start, range.end))
}

/// Every folder with Terraform files, by path, and what could not be read.
pub(super) fn folders(facts: &Facts<'_>) -> (BTreeMap<String, Folder>, Vec<Illegible>) {
    let files: Vec<&File> = facts.tree.files().iter().filter(|file| is_terraform(&file.path)).collect();
    // `x.tofu` stands in place of `x.tf`.
    let replaced = |file: &File| {
        file.path.strip_suffix(".tf").is_some_and(|stem| facts.tree.file(&format!("{stem}.tofu")).is_some())
    };
    let files: Vec<&File> = files.into_iter().filter(|file| !replaced(file)).collect();
    let read = parallel::map(&files, |file| blocks_of(file));
    let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
    let mut illegible = Vec::new();
    for (file, read) in files.into_iter().zip(read) {
        match read {
            Ok((source, blocks)) => {
                let folder = folders.entry(folder_of(&file.path).to_owned()).or_default();
                let index = folder.files.len();
                folder.files.push(source);
                folder.blocks.extend(blocks.into_iter().map(|block| Block { file: index, ..block }));
            }
            Err(blind) => {
                let hides = match file.text() {
                    Some(source) if !source.text().is_empty() => Hides::Named(source.text().to_owned()),
                    _ => Hides::Anything,
                };
                illegible.push(Illegible { blind, hides });
            }
        }
    }
    (folders, illegible)
}

fn is_terraform(path: &str) -> bool {
    let named = [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|end| path.ends_with(end));
    named && !path.split('/').any(|part| part == ".terraform")
}

fn blocks_of(file: &File) -> Result<(Source, Vec<Block>), Blind> {
    let unread = |why: String| Blind { place: Some(Place::file(file.path.clone())), why };
    if file.len > MAX_BYTES {
        return Err(unread(format!("larger than {MAX_BYTES} bytes")));
    }
    let source = file.text().ok_or_else(|| unread("not text".into()))?;
    let blocks = if file.path.ends_with(".json") { json_blocks(source)? } else { hcl_blocks(hcl(source)?) };
    Ok((source.clone(), blocks))
}

/// Reads a text in HCL.
pub(super) fn hcl(source: &Source) -> Result<Body, Blind> {
    hcl_edit::parser::parse_body(source.text()).map_err(|error| {
        let at = error.location().offset();
        let place = Place::at(source.name(), Span::new(at, at));
        Blind { place: Some(place), why: format!("not valid HCL: {}", error.message()) }
    })
}

pub(super) fn hcl_blocks(body: Body) -> Vec<Block> {
    let blocks = body.into_iter().filter_map(|structure| match structure {
        Structure::Block(block) => Some(block),
        Structure::Attribute(_) => None,
    });
    blocks
        .map(|block| {
            let heading = span_of(block.ident.span());
            let span = block.labels.iter().fold(heading, |span, label| span.to(span_of(label.span())));
            let labels = block.labels.iter().map(|label| label.as_str().to_owned()).collect();
            Block { word: block.ident.to_string(), labels, span, content: Content::Hcl(block.body), file: 0 }
        })
        .collect()
}

/// How many labels blocks of a word have; others hold nothing that is read.
fn labels_of(word: &str) -> Option<usize> {
    match word {
        "resource" | "data" => Some(2),
        "module" | "variable" | "provider" => Some(1),
        "locals" | "terraform" => Some(0),
        _ => None,
    }
}

fn json_blocks(source: &Source) -> Result<Vec<Block>, Blind> {
    let documents = format::parse(Format::Json, source).map_err(|problems| {
        let problem = problems.into_iter().next();
        let why = problem.as_ref().map_or(String::new(), |problem| problem.message.clone());
        let place = problem.map_or(Place::file(source.name()), |problem| Place::at(source.name(), problem.span));
        Blind { place: Some(place), why: format!("not valid JSON: {why}") }
    })?;
    let mut blocks = Vec::new();
    for (word, field) in documents.iter().filter_map(Value::as_map).flatten() {
        if let Some(depth) = labels_of(word) {
            json_bodies(word, depth, &mut Vec::new(), field.key, &field.value, &mut blocks);
        }
    }
    Ok(blocks)
}

/// Labels are keys of nested objects; a list of bodies is several blocks.
fn json_bodies(word: &str, depth: usize, labels: &mut Vec<String>, key: Span, value: &Value, blocks: &mut Vec<Block>) {
    match &value.kind {
        Kind::List(list) => {
            for item in list.iter().filter(|item| item.as_map().is_some()) {
                json_bodies(word, depth, labels, key, item, blocks);
            }
        }
        Kind::Map(map) if depth > 0 => {
            for (label, field) in map {
                labels.push(label.to_string());
                json_bodies(word, depth - 1, labels, field.key, &field.value, blocks);
                labels.pop();
            }
        }
        Kind::Map(_) => blocks.push(Block {
            word: word.to_owned(),
            labels: labels.clone(),
            span: key,
            content: Content::Json(value.clone()),
            file: 0,
        }),
        _ => {}
    }
}
