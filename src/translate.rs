//! The `convert` command: a file in one language, the same values in another.

mod tusk;

use crate::checklist::Broken;
use crate::cli::{ConvertArgs, Language};
use crate::convert;
use crate::diagnostic::Diagnostic;
use crate::facts::format::{self, Format};
use crate::source::{MAX_FILE, Source, Span};
use crate::value::{Kind, Map, Value};
use anyhow::{Context, bail};
use std::path::Path;

/// Reads the file and gives its text in the other language.
pub fn translate(asked: &ConvertArgs) -> anyhow::Result<String> {
    let name = asked.file.to_string_lossy();
    let from = asked.from.or_else(|| language_of(&asked.file));
    let from = from.with_context(|| format!("which language is `{name}`? say it with --from"))?;
    let meta = std::fs::metadata(&asked.file).with_context(|| format!("cannot read `{name}`"))?;
    if meta.len() > MAX_FILE {
        bail!("`{name}` is larger than {MAX_FILE} bytes");
    }
    let bytes = std::fs::read(&asked.file).with_context(|| format!("cannot read `{name}`"))?;
    let text = String::from_utf8(bytes).ok().with_context(|| format!("`{name}` is not text (UTF-8)"))?;
    let source = Source::new(name, text);
    write(&read(&source, from)?, asked.to)
}

fn language_of(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "tsk" => Some(Language::Tusk),
        "yaml" | "yml" => Some(Language::Yaml),
        "toml" => Some(Language::Toml),
        "json" => Some(Language::Json),
        _ => None,
    }
}

fn read(source: &Source, from: Language) -> Result<Value, Broken> {
    let broken = |diagnostics| Broken { source: source.clone(), diagnostics };
    let format = match from {
        Language::Tusk => return read_tusk(source),
        Language::Yaml => Format::Yaml,
        Language::Toml => Format::Toml,
        Language::Json => Format::Json,
    };
    let errors = |problems: Vec<format::Problem>| {
        let message = |problem: &format::Problem| format!("not valid {}: {}", format.name(), problem.message);
        problems.iter().map(|problem| Diagnostic::error(problem.span, message(problem))).collect()
    };
    let mut values = format::parse(format, source).map_err(|problems| broken(errors(problems)))?;
    match values.len() {
        0 => Ok(Value::new(Kind::Map(Map::new()), Span::default())),
        1 => Ok(values.remove(0)),
        _ => {
            Err(broken(vec![Diagnostic::error(values[1].span, "a second document begins here; one can be converted")]))
        }
    }
}

fn read_tusk(source: &Source) -> Result<Value, Broken> {
    let (document, mut diagnostics) = crate::tusk::parse(source);
    let (map, of_merging) = document.into_merged();
    diagnostics.extend(of_merging);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Broken { source: source.clone(), diagnostics });
    }
    Ok(Value::new(Kind::Map(map), Span::new(0, source.text().len())))
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
        Language::Tusk => Ok(tusk::text(map()?)),
    }
}
