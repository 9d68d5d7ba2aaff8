//! `@collector`: pipelines of an OpenTelemetry collector that production runs.

use super::{Probe, Question};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::format::{self, Format};
use crate::facts::kubernetes::Object;
use crate::facts::production::{self, Stage};
use crate::source::Source;
use crate::value::Value;

/// `@collector(signal)`.
pub static PROBE: Probe = Probe {
    name: "collector",
    summary: "OpenTelemetry collector pipelines for a signal that end in a real backend; with `debug`, those that end nowhere else \
              than in the collector's own log",
    usage: "@collector(logs|metrics|traces) {debug}",
    arity: (1, 1),
    patterns_from: None,
    facts: &["logs", "metrics", "traces"],
    options: &["debug"],
    look,
};

/// Exporters that write into the collector's own log.
const NOWHERE: &[&str] = &["debug", "logging", "nop", "file"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let (signal, debug) = (question.fact(), question.is_set("debug"));
    let mut answer = Answer { blind: facts.kubernetes().unread(&["pipelines:"]), ..Answer::default() };
    for object in facts.kubernetes().production() {
        answer.seen.extend(of_object(object, signal, debug));
    }
    let by_name = facts.tree.files().iter().filter(|file| {
        Format::of(&file.path) == Some(Format::Yaml)
            && file.text().is_some_and(|source| source.text().contains("pipelines:"))
    });
    for file in by_name {
        let Some(document) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        if document.get("apiVersion").is_some() {
            continue;
        }
        let Some((span, message)) = pipeline(document, signal, debug) else { continue };
        let sighting = Sighting::new(Place::at(file.path.clone(), span), Strength::Configured, message);
        // A settings file alone runs nowhere: production must be named by its path, or by what starts it.
        let production = production::stage_of_path(&file.path) == Stage::Production || is_mounted(facts, file.name());
        if production { answer.seen.push(sighting) } else { answer.notes.push(sighting) }
    }
    answer
}

/// Whether a production compose file names a file.
fn is_mounted(facts: &Facts<'_>, name: &str) -> bool {
    let mut files: Vec<&str> = facts.containers().production().map(|service| &*service.place.path).collect();
    files.dedup();
    files.iter().any(|path| facts.tree.text(path).is_some_and(|source| source.text().contains(name)))
}

fn of_object(object: &Object, signal: &str, debug: bool) -> Vec<Sighting> {
    let seen = |span, message: String| {
        Sighting::new(object.at(span), Strength::Configured, format!("{message} in {}", object.title()))
    };
    if object.is_kind("OpenTelemetryCollector") {
        let Some(config) = object.value.at(&["spec", "config"]) else { return Vec::new() };
        // Until v1beta1 the settings were one text.
        return match config.as_str() {
            None => pipeline(config, signal, debug).map(|(span, message)| seen(span, message)).into_iter().collect(),
            Some(text) => embedded(text, signal, debug).map(|message| seen(config.span, message)).into_iter().collect(),
        };
    }
    if !object.is_kind("ConfigMap") {
        return Vec::new();
    }
    let data = object.value.get("data").and_then(Value::as_map).into_iter().flatten();
    data.filter_map(|(_, field)| {
        let text = field.value.as_str().filter(|text| text.contains("pipelines:"))?;
        Some(seen(field.key, embedded(text, signal, debug)?))
    })
    .collect()
}

fn embedded(text: &str, signal: &str, debug: bool) -> Option<String> {
    let documents = format::parse(Format::Yaml, &Source::new("", text)).ok()?;
    Some(pipeline(documents.first()?, signal, debug)?.1)
}

/// A pipeline of a signal (`logs`, `logs/app`) and where its exporters stand.
fn pipeline(config: &Value, signal: &str, debug: bool) -> Option<(crate::source::Span, String)> {
    let pipelines = config.at(&["service", "pipelines"])?.as_map()?;
    let mut of_signal = pipelines.iter().filter(|(name, _)| name.split('/').next() == Some(signal));
    of_signal.find_map(|(name, field)| {
        let exporters = field.value.get("exporters")?.as_list()?;
        let names: Vec<&str> = exporters.iter().filter_map(Value::as_str).collect();
        let real = names.iter().any(|name| !NOWHERE.contains(&name.split('/').next().unwrap_or(name)));
        (real != debug && !names.is_empty())
            .then(|| (field.span(), format!("pipeline {name} exports to {}", names.join(", "))))
    })
}
