//! Checklists from text: built in or from a file, in TuskLang, Markdown, YAML or TOML.

use super::build::{Draft, build};
use super::{Broken, Checklist};
use crate::convert;
use crate::diagnostic::Diagnostic;
use crate::facts::format;
use crate::nearest::hint;
use crate::source::{MAX_FILE, Source, Span};
use crate::tusk;
use crate::value::{Kind, Map, Value};
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

/// A checklist that comes with the program.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its name, as `--checklist` takes it.
    pub name: &'static str,
    /// What it is about, in one sentence.
    pub about: &'static str,
    /// Its text, in TuskLang.
    pub text: &'static str,
}

/// The checklists that come with the program; the first one is the default.
pub static BUILT_IN: &[BuiltIn] = &[BuiltIn {
    name: "production",
    about: "what a service has to satisfy before people depend on it",
    text: include_str!("../../checklists/production.tsk"),
}];

/// How a checklist is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// TuskLang.
    Tusk,
    /// The fenced blocks of a Markdown document.
    Markdown,
    /// YAML of the same shape.
    Yaml,
    /// TOML of the same shape.
    Toml,
}

impl Form {
    /// The form of a file, by the end of its name.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "tsk" => Some(Self::Tusk),
            "md" | "markdown" => Some(Self::Markdown),
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

/// A checklist and what is odd about its text.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The checklist.
    pub checklist: Checklist,
    /// Its text.
    pub source: Source,
    /// What is odd and stops nothing.
    pub warnings: Vec<Diagnostic>,
}

/// Loads a checklist by the name of a built-in one or by a path. What is wrong in its text is a [`Broken`] error.
pub fn load(name: &str) -> anyhow::Result<Loaded> {
    if let Some(built_in) = BUILT_IN.iter().find(|built_in| built_in.name == name) {
        let source = Source::new(format!("{name}.tsk"), built_in.text);
        let mut loaded = read(&source, Form::Tusk, name)?;
        loaded.checklist.path = None;
        return Ok(loaded);
    }
    let path = Path::new(name);
    let names = BUILT_IN.iter().map(|built_in| built_in.name).collect();
    let meta = std::fs::metadata(path)
        .with_context(|| format!("no checklist `{name}`: it is no built-in one{} and no file", hint(name, &names)))?;
    if !meta.is_file() {
        bail!("the checklist `{name}` is no file");
    }
    if meta.len() > MAX_FILE {
        bail!("the checklist `{name}` is larger than {MAX_FILE} bytes");
    }
    let form = Form::of(path)
        .with_context(|| format!("the checklist `{name}` is none of .tsk, .md, .yaml and .toml, by its name"))?;
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the checklist `{name}`"))?;
    let text = String::from_utf8(bytes).ok().with_context(|| format!("the checklist `{name}` is not text (UTF-8)"))?;
    let stem = path.file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok(read(&Source::new(name, text), form, &stem)?)
}

/// The production checklist.
///
/// # Panics
/// Never: a test reads the embedded text.
pub fn production() -> Checklist {
    load(BUILT_IN[0].name).expect("the embedded checklist reads").checklist
}

/// Reads a checklist from a text; `name` is what it is called if it does not say so itself.
pub fn read(source: &Source, form: Form, name: &str) -> Result<Loaded, Broken> {
    let mut draft = match form {
        Form::Tusk => of_tusk(source),
        Form::Markdown => super::markdown::sections(source),
        Form::Yaml => of_values(source, format::Format::Yaml),
        Form::Toml => of_values(source, format::Format::Toml),
    };
    let (sections, diagnostics) = build(source, draft.sections);
    draft.diagnostics.extend(diagnostics);
    if sections.iter().all(|section| section.items.is_empty()) && !draft.diagnostics.iter().any(Diagnostic::is_error) {
        draft.diagnostics.push(Diagnostic::error(Span::default(), "the checklist holds no items"));
    }
    if draft.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Broken { source: source.clone(), diagnostics: draft.diagnostics });
    }
    let name = draft.name.unwrap_or_else(|| name.to_owned());
    let checklist = Checklist { name, path: Some(source.name().to_owned()), sections };
    Ok(Loaded { checklist, source: source.clone(), warnings: draft.diagnostics })
}

/// Whether a text is a checklist like the built-in ones: it has at least three of their sections. A checklist asks and
/// proves nothing, wherever it stands.
pub fn is_checklist(text: &str) -> bool {
    static HEADERS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
        let lines = BUILT_IN.iter().flat_map(|built_in| built_in.text.lines());
        lines.filter(|line| line.starts_with('[') && line.ends_with(']')).collect()
    });
    text.lines().map(str::trim).filter(|line| HEADERS.contains(line)).take(3).count() == 3
}

/// A document cut into sections.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) name: Option<String>,
    pub(super) sections: Vec<Draft>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

fn of_tusk(source: &Source) -> Document {
    let (parsed, diagnostics) = tusk::parse(source);
    let mut document = Document { diagnostics, ..Document::default() };
    document.add_root(parsed.root);
    document.sections.extend(parsed.sections.into_iter().map(section));
    document
}

/// A section of TuskLang without headings around it.
pub(super) fn section(section: tusk::Section) -> Draft {
    Draft { category: None, title: None, name: section.name(), span: section.span, body: section.body }
}

/// YAML or TOML: a map of sections.
fn of_values(source: &Source, format: format::Format) -> Document {
    let mut document = Document::default();
    match format::parse(format, source) {
        Ok(values) => values.into_iter().for_each(|value| document.add_value(value)),
        Err(problems) => {
            let errors = problems.into_iter().map(|problem| {
                Diagnostic::error(problem.span, format!("not valid {}: {}", format.name(), problem.message))
            });
            document.diagnostics.extend(errors);
        }
    }
    document
}

impl Document {
    fn add_value(&mut self, mut value: Value) {
        convert::restore(&mut value);
        match value.kind {
            Kind::Map(map) => self.add_root(map),
            Kind::Null => {}
            _ => self.diagnostics.push(Diagnostic::error(value.span, "expected sections, each with its items")),
        }
    }

    /// Maps above the first section are sections too; nothing else may stand there but the checklist's name.
    pub(super) fn add_root(&mut self, root: Map) {
        for (key, field) in root {
            let text = field.value.as_str().map(str::to_owned);
            match (key.as_str(), field.value.kind) {
                ("$name", _) if text.is_some() => self.name = text,
                (_, Kind::Map(body)) if !key.starts_with('$') => {
                    self.sections.push(Draft { category: None, title: None, name: key.into(), span: field.key, body });
                }
                _ => {
                    let message = format!("`{key}` stands in no section; expected `[section]` above it");
                    self.diagnostics.push(Diagnostic::error(field.key, message));
                }
            }
        }
    }
}
