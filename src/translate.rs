//! The `convert` command: a file in one language, the same values in another.

use crate::checklist::Broken;
use crate::cli::{ConvertArgs, From, Language};
use crate::convert;
use crate::diagnostic::Diagnostic;
use crate::facts::format::{self, Format};
use crate::source::{MAX_FILE, Source, Span};
use crate::tusk::{self, Document, markdown};
use crate::value::{Kind, Map, Value};
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads the file and gives its text in the other language, and what is odd about it, as people read it.
pub fn translate(asked: &ConvertArgs) -> anyhow::Result<(String, String)> {
    let source = text_of(&asked.file)?;
    let from = asked.from.or_else(|| language_of(&asked.file));
    let from = from.with_context(|| format!("which language is `{}`? say it with --from", source.name()))?;
    let mut odd = Vec::new();
    let text = match read(&source, from, &mut odd)? {
        Read::Document(document) if asked.to == Language::Tusk => {
            // A section may stand twice here; what would be wrong in every language is wrong in this one.
            merged(&source, document.clone(), &mut Vec::new())?;
            tusk::write::document(&document)
        }
        Read::Document(document) => write(&merged(&source, document, &mut odd)?, asked.to)?,
        Read::Value(mut value) => {
            finite(&source, &value)?;
            convert::restore(&mut value);
            write(&value, asked.to)?
        }
    };
    let odd: Vec<String> = odd.iter().map(|warning| warning.render(&source, false) + "\n").collect();
    Ok((text, odd.concat()))
}

fn text_of(path: &Path) -> anyhow::Result<Source> {
    let name = path.to_string_lossy();
    let meta = std::fs::metadata(path).with_context(|| format!("cannot read `{name}`"))?;
    if !meta.is_file() {
        bail!("`{name}` is no file");
    }
    if meta.len() > MAX_FILE {
        bail!("`{name}` is larger than {MAX_FILE} bytes");
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{name}`"))?;
    let text = String::from_utf8(bytes).ok().with_context(|| format!("`{name}` is not text (UTF-8)"))?;
    Ok(Source::new(name, text))
}

fn language_of(path: &Path) -> Option<From> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "tsk" => Some(From::Tusk),
        "md" | "markdown" => Some(From::Markdown),
        "yaml" | "yml" => Some(From::Yaml),
        "toml" => Some(From::Toml),
        "json" => Some(From::Json),
        _ => None,
    }
}

/// What was read: TuskLang keeps its sections apart until it is known whether the other language can.
enum Read {
    Document(Document),
    Value(Value),
}

fn read(source: &Source, from: From, odd: &mut Vec<Diagnostic>) -> Result<Read, Broken> {
    let format = match from {
        From::Tusk => {
            let (document, problems) = tusk::parse(source);
            return sound(source, problems, odd).map(|()| Read::Document(document));
        }
        From::Markdown => {
            let (document, problems) = markdown::document(source);
            return sound(source, problems, odd).map(|()| Read::Document(document));
        }
        From::Yaml => Format::Yaml,
        From::Toml => Format::Toml,
        From::Json => Format::Json,
    };
    let broken = |diagnostics| Broken { source: source.clone(), diagnostics };
    let errors = |problems: Vec<format::Problem>| {
        let message = |problem: &format::Problem| format!("not valid {}: {}", format.name(), problem.message);
        problems.iter().map(|problem| Diagnostic::error(problem.span, message(problem))).collect()
    };
    let mut values = format::parse(format, source).map_err(|problems| broken(errors(problems)))?;
    match values.len() {
        0 => Ok(Read::Value(Value::new(Kind::Map(Map::default()), Span::default()))),
        1 => Ok(Read::Value(values.remove(0))),
        _ => {
            Err(broken(vec![Diagnostic::error(values[1].span, "a second document begins here; one can be converted")]))
        }
    }
}

/// Nothing, if none of the problems is an error; the others are kept.
fn sound(source: &Source, problems: Vec<Diagnostic>, odd: &mut Vec<Diagnostic>) -> Result<(), Broken> {
    if problems.iter().any(Diagnostic::is_error) {
        return Err(Broken { source: source.clone(), diagnostics: problems });
    }
    odd.extend(problems);
    Ok(())
}

/// The document as one map, for languages in which a name can stand only once.
fn merged(source: &Source, mut document: Document, odd: &mut Vec<Diagnostic>) -> Result<Value, Broken> {
    one_heading_each(&mut document, odd);
    let (map, problems) = document.into_merged();
    sound(source, problems, odd)?;
    Ok(Value::new(Kind::Map(map), Span::new(0, source.text().len())))
}

/// A section that stands twice keeps its first heading: what a checklist says *about* a section is no item, and
/// must not keep its items from being read as one.
fn one_heading_each(document: &mut Document, odd: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<(String, &str), Value> = BTreeMap::new();
    for section in &mut document.sections {
        let name = section.name();
        for heading in ["$category", "$title"] {
            let Some(field) = section.body.get(heading) else { continue };
            let Some(earlier) = first.get(&(name.clone(), heading)) else {
                first.insert((name.clone(), heading), field.value.clone());
                continue;
            };
            if earlier.kind != field.value.kind {
                let message = format!("`{heading}` of the second `[{name}]` is left out: only TuskLang keeps both");
                odd.push(Diagnostic::warning(field.value.span, message).and(earlier.span, "this one is kept"));
            }
            section.body.remove(heading);
        }
    }
}

/// No language here but TOML and YAML can say "infinite" or "not a number", and they are written by way of JSON.
fn finite(source: &Source, value: &Value) -> Result<(), Broken> {
    match &value.kind {
        Kind::Float(number) if !number.is_finite() => {
            let error = Diagnostic::error(value.span, "a number that is not finite cannot be converted");
            Err(Broken { source: source.clone(), diagnostics: vec![error] })
        }
        Kind::List(list) => list.iter().try_for_each(|item| finite(source, item)),
        Kind::Map(map) => map.values().try_for_each(|field| finite(source, &field.value)),
        _ => Ok(()),
    }
}

fn write(value: &Value, to: Language) -> anyhow::Result<String> {
    let json = convert::json_value(value);
    let map = || {
        value.as_map().context("only keys with values can be written in this language, and this is a list or a word")
    };
    match to {
        Language::Json => Ok(serde_json::to_string_pretty(&json)? + "\n"),
        Language::Yaml => Ok(serde_yaml::to_string(&json)?),
        Language::Toml => {
            map()?;
            toml::to_string_pretty(&json).context("cannot be written as TOML (it has no null, for one)")
        }
        Language::Tusk => Ok(tusk::write::map(map()?)),
    }
}
