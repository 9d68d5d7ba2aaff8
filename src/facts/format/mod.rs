//! The settings and data formats of the tree, each read into [`Value`]s with places; each file once.
//!
//! Line formats (INI, dotenv, properties) have readers of their own here because evidence needs places, which the
//! libraries for them do not keep.

mod dotenv;
mod ini;
mod json;
mod lenient;
mod properties;
mod toml;
mod yaml;

use super::Facts;
use crate::diagnostic::Diagnostic;
use crate::evidence::{Blind, Place};
use crate::source::{Source, Span};
use crate::tree::File;
use crate::value::{Kind, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// How deep containers may nest before a file is refused.
const MAX_DEPTH: usize = 128;

/// A format that can be read into values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// YAML 1.2, one or more documents.
    Yaml,
    /// TOML.
    Toml,
    /// JSON, also with comments and trailing commas.
    Json,
    /// INI and its kin: `setup.cfg`, `my.cnf`, systemd units.
    Ini,
    /// `KEY=value` lines as a shell or a container engine reads them.
    Dotenv,
    /// Java properties.
    Properties,
    /// TuskLang.
    Tusk,
}

/// Why a text, or a part of it, could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What is wrong, in lower case, without a final stop.
    pub message: String,
}

impl Problem {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into() }
    }
}

/// What a file holds, as far as it could be read.
#[derive(Debug)]
pub struct Parsed {
    /// The text.
    pub source: Source,
    /// Its format.
    pub format: Format,
    /// The values: one for each document of a YAML stream, else at most one.
    pub documents: Vec<Value>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// The first document.
    pub fn first(&self) -> Option<&Value> {
        self.documents.first()
    }

    /// A value as it was written: `1.10`, not `1.1`.
    pub fn raw(&self, value: &Value) -> &str {
        self.source.text().get(value.span.range()).unwrap_or("")
    }

    /// The problems as things that could not be looked at.
    pub fn blind(&self) -> impl Iterator<Item = Blind> + '_ {
        self.problems.iter().map(|problem| Blind {
            place: Some(Place::at(self.source.name(), problem.span)),
            why: format!("not valid {}: {}", self.format.name(), problem.message),
        })
    }
}

impl Format {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Yaml, Self::Toml, Self::Json, Self::Ini, Self::Dotenv, Self::Properties, Self::Tusk];

    /// The format that a path's name promises.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        if name == ".env" || name.starts_with(".env.") || name == ".envrc" || name == ".flaskenv" {
            return Some(Self::Dotenv);
        }
        if matches!(name.as_str(), "cargo.lock" | "poetry.lock" | "uv.lock" | "pipfile" | "pdm.lock") {
            return Some(Self::Toml);
        }
        if matches!(name.as_str(), ".clang-tidy" | ".clang-format" | ".sops") {
            return Some(Self::Yaml);
        }
        Some(match name.rsplit_once('.')?.1 {
            "yaml" | "yml" => Self::Yaml,
            "toml" => Self::Toml,
            "json" | "jsonc" | "json5" | "sarif" | "webmanifest" => Self::Json,
            "ini" | "cnf" | "service" | "timer" | "socket" => Self::Ini,
            "cfg" if name == "setup.cfg" || name == "tox.cfg" => Self::Ini,
            // Rules of Prometheus; those of firewalls, devices and Firebase end so, too.
            "rules" if name.contains("alert") || path.to_ascii_lowercase().contains("prometheus") => Self::Yaml,
            "env" => Self::Dotenv,
            "properties" => Self::Properties,
            "tsk" => Self::Tusk,
            _ => return None,
        })
    }

    /// The format of a file: what its name promises, or for settings under a name of no format what they can be read as
    /// whole.
    pub fn of_file(file: &File) -> Option<Self> {
        Self::of(&file.path).or_else(|| is_toml(file).then_some(Self::Toml))
    }

    /// Its name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Json => "JSON",
            Self::Ini => "INI",
            Self::Dotenv => "dotenv",
            Self::Properties => "properties",
            Self::Tusk => "TuskLang",
        }
    }
}

/// Whether `server.cfg` or `server.conf` is TOML: all of it, with a table, which no other format writes just so.
fn is_toml(file: &File) -> bool {
    const MAX_BYTES: u64 = 200_000;
    let is_settings = file.name().rsplit_once('.').is_some_and(|(_, kind)| matches!(kind, "cfg" | "conf"));
    if !is_settings || file.len > MAX_BYTES {
        return false;
    }
    let holds_table =
        |value: Value| value.as_map().is_some_and(|map| map.values().any(|field| field.value.as_map().is_some()));
    let text = file.text().map(Source::text).filter(|text| text.contains('['));
    text.is_some_and(|text| toml::parse(text).is_ok_and(holds_table))
}

/// Reads a text; what a strict format cannot read whole is refused whole, with the places.
pub fn parse(format: Format, source: &Source) -> Result<Vec<Value>, Vec<Problem>> {
    let parsed = read(format, source);
    if parsed.documents.is_empty() && !parsed.problems.is_empty() { Err(parsed.problems) } else { Ok(parsed.documents) }
}

/// Reads a text, and says what could not be read.
pub fn read(format: Format, source: &Source) -> Parsed {
    let full = source.text();
    let text = full.strip_prefix('\u{feff}').unwrap_or(full);
    let (mut documents, mut problems) = match format {
        Format::Yaml => strict(yaml::parse(text)),
        Format::Toml => strict(toml::parse(text).map(|value| vec![value])),
        Format::Json => strict(json::parse(text).map(|value| value.into_iter().collect())),
        Format::Ini => lines(ini::parse(text)),
        Format::Dotenv => lines(dotenv::parse(text)),
        Format::Properties => lines(properties::parse(text)),
        Format::Tusk => tusk(text),
    };
    let byte_order_mark = (full.len() - text.len()) as u32;
    if byte_order_mark > 0 {
        for value in &mut documents {
            shift(value, byte_order_mark);
        }
        for problem in &mut problems {
            problem.span = moved(problem.span, byte_order_mark);
        }
    }
    Parsed { source: source.clone(), format, documents, problems }
}

fn strict(result: Result<Vec<Value>, Problem>) -> (Vec<Value>, Vec<Problem>) {
    match result {
        Ok(documents) => (documents, Vec::new()),
        Err(problem) => (Vec::new(), vec![problem]),
    }
}

fn lines((value, problems): (Value, Vec<Problem>)) -> (Vec<Value>, Vec<Problem>) {
    (vec![value], problems)
}

fn tusk(text: &str) -> (Vec<Value>, Vec<Problem>) {
    let (document, mut diagnostics) = crate::tusk::parse_text(text);
    let (map, merging) = document.into_merged();
    diagnostics.extend(merging);
    let errors = diagnostics.into_iter().filter(Diagnostic::is_error);
    let problems = errors.map(|error| Problem::new(error.span, error.message)).collect();
    (vec![Value::new(Kind::Map(map), Span::new(0, text.len()))], problems)
}

fn moved(span: Span, by: u32) -> Span {
    Span { start: span.start + by, end: span.end + by }
}

/// Moves every span; the depth is bounded by [`MAX_DEPTH`].
fn shift(value: &mut Value, by: u32) {
    value.span = moved(value.span, by);
    match &mut value.kind {
        Kind::List(list) => list.iter_mut().for_each(|item| shift(item, by)),
        Kind::Map(map) => map.values_mut().for_each(|field| {
            field.key = moved(field.key, by);
            shift(&mut field.value, by);
        }),
        _ => {}
    }
}

/// Every file of the tree whose name promises a known format; each is read on first use.
#[derive(Debug, Default)]
pub struct Files {
    by_path: BTreeMap<Arc<str>, (Format, OnceLock<Option<Parsed>>)>,
    /// The formats with the positions of their files in the tree, in order.
    by_format: Vec<(Format, usize)>,
}

/// Lists them.
pub fn list(facts: &Facts<'_>) -> Files {
    let mut files = Files::default();
    for (position, file) in facts.tree.files().iter().enumerate() {
        if let Some(format) = Format::of_file(file) {
            files.by_path.insert(file.path.clone(), (format, OnceLock::new()));
            files.by_format.push((format, position));
        }
    }
    files
}

impl Facts<'_> {
    /// The files of some formats, in order.
    pub fn files_of<'f>(&'f self, formats: &'f [Format]) -> impl Iterator<Item = &'f File> {
        let known = self.parsed_files().by_format.iter().filter(|(format, _)| formats.contains(format));
        known.filter_map(|(_, position)| self.tree.files().get(*position))
    }

    /// A file of a known format, read once; `None` if it is not there, not of a known format, or not text.
    pub fn parsed(&self, path: &str) -> Option<&Parsed> {
        let (format, slot) = self.parsed_files().by_path.get(path)?;
        slot.get_or_init(|| Some(read(*format, self.tree.text(path)?))).as_ref()
    }
}
