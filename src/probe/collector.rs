//! `@collector`: pipelines of an OpenTelemetry collector that production runs.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::Service;
use crate::facts::format::{self, Format};
use crate::facts::kubernetes::Object;
use crate::facts::production::Stage;
use crate::pattern::Lazy;
use crate::source::Source;
use crate::tree::File;
use crate::value::Value;

/// `@collector(signal)`.
pub static PROBE: Probe = Probe {
    name: "collector",
    summary: "OpenTelemetry collector pipelines for a signal that end in a real backend (or in an exporter whose name holds a word); with `debug`, those that end nowhere else \
              than in the collector's own log; with `receivers`, those that take in what one of that name measures, wherever they end",
    usage: "@collector(logs|metrics|traces, exporter…) {debug, receivers: regex}",
    arity: (1, 2),
    patterns_from: None,
    facts: &["logs", "metrics", "traces"],
    options: &["debug", "receivers"],
    look,
};

/// Exporters that write into the collector's own log.
const NOWHERE: &[&str] = &["debug", "logging", "nop", "file"];

/// What is asked.
struct Asked<'q> {
    signal: &'q str,
    debug: bool,
    exporters: Vec<&'q str>,
    receivers: Option<Lazy>,
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let exporters: Vec<&str> = question.arg(1).iter().map(|word| &*word.text).collect();
    let receivers = question.option_text("receivers").map(Lazy::new);
    let asked = Asked { signal: question.fact(), debug: question.is_set("debug"), exporters, receivers };
    let mut answer = Answer { blind: facts.kubernetes().unread(&["pipelines:"]), ..Answer::default() };
    for object in facts.kubernetes().production() {
        answer.seen.extend(of_object(object, &asked));
    }
    let has_pipelines = |file: &&File| file.text().is_some_and(|source| source.text().contains("pipelines:"));
    let by_name = facts.files_of(&[Format::Yaml]).filter(has_pipelines);
    for file in by_name {
        let Some(document) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        if document.get("apiVersion").is_some() {
            continue;
        }
        let Some((span, message)) = pipeline(document, &asked) else { continue };
        let sighting = Sighting::new(Place::at(file.path.clone(), span), Strength::Configured, message);
        // A settings file alone runs nowhere: production must be named by its path, or by what starts it.
        let stage = facts.own_name().stage(&file.path);
        if stage == Stage::Production || is_mounted(facts, file.name()) {
            answer.seen.push(sighting);
        } else if asked.receivers.is_some() && !matches!(stage, Stage::Never(_)) {
            let why = format!("nothing says whether production runs this collector: {}", sighting.message);
            answer.blind.push(Blind { place: Some(sighting.place), why });
        } else {
            answer.notes.push(sighting);
        }
    }
    answer
}

/// Whether a production compose file names a file.
pub(super) fn is_mounted(facts: &Facts<'_>, name: &str) -> bool {
    is_named_beside(facts, facts.containers().production(), name)
}

/// Whether one of the files that declare some services names a file.
pub(super) fn is_named_beside<'s>(facts: &Facts<'_>, services: impl Iterator<Item = &'s Service>, name: &str) -> bool {
    let mut files: Vec<&str> = services.map(|service| &*service.place.path).collect();
    files.dedup();
    files.iter().any(|path| facts.tree.text(path).is_some_and(|source| source.text().contains(name)))
}

fn of_object(object: &Object, asked: &Asked<'_>) -> Vec<Sighting> {
    let seen = |span, message: String| {
        Sighting::new(object.at(span), Strength::Configured, format!("{message} in {}", object.title()))
    };
    if object.is_kind("OpenTelemetryCollector") {
        let Some(config) = object.value.at(&["spec", "config"]) else { return Vec::new() };
        // Until v1beta1 the settings were one text.
        return match config.as_str() {
            None => pipeline(config, asked).map(|(span, message)| seen(span, message)).into_iter().collect(),
            Some(text) => embedded(text, asked).map(|message| seen(config.span, message)).into_iter().collect(),
        };
    }
    if !object.is_kind("ConfigMap") {
        return Vec::new();
    }
    let data = object.value.get("data").and_then(Value::as_map).into_iter().flatten();
    data.filter_map(|(_, field)| {
        let text = field.value.as_str().filter(|text| text.contains("pipelines:"))?;
        Some(seen(field.key, embedded(text, asked)?))
    })
    .collect()
}

fn embedded(text: &str, asked: &Asked<'_>) -> Option<String> {
    let documents = format::parse(Format::Yaml, &Source::new("", text)).ok()?;
    Some(pipeline(documents.first()?, asked)?.1)
}

/// A pipeline of a signal (`logs`, `logs/app`) and where its exporters stand.
fn pipeline(config: &Value, asked: &Asked<'_>) -> Option<(crate::source::Span, String)> {
    let pipelines = config.at(&["service", "pipelines"])?.as_map()?;
    let mut of_signal = pipelines.iter().filter(|(name, _)| name.split('/').next() == Some(asked.signal));
    if let Some(receivers) = &asked.receivers {
        return of_signal.find_map(|(name, field)| {
            let taken = field.value.get("receivers")?.as_list()?.iter().filter_map(Value::as_str);
            let of_kind = |one: &&str| receivers.is_match(one.split('/').next().unwrap_or(one));
            let taken = taken.into_iter().find(of_kind)?;
            Some((field.span(), format!("pipeline {name} takes in what {taken} measures")))
        });
    }
    of_signal.find_map(|(name, field)| {
        let exporters = field.value.get("exporters")?.as_list()?;
        let names: Vec<&str> = exporters.iter().filter_map(Value::as_str).collect();
        let real = names.iter().any(|name| !NOWHERE.contains(&name.split('/').next().unwrap_or(name)));
        let wanted = asked.exporters.is_empty()
            || names.iter().any(|name| asked.exporters.iter().any(|word| name.contains(word)));
        (real != asked.debug && wanted && !names.is_empty())
            .then(|| (field.span(), format!("pipeline {name} exports to {}", names.join(", "))))
    })
}
