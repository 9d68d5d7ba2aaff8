//! `@k8s`: what Kubernetes objects of production say at a path.

use super::lacking::Lacking;
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::{Env, EnvValue};
use crate::facts::kubernetes::path::{Path, glob};
use crate::facts::kubernetes::{Container, Object, WORKLOADS};
use crate::facts::production::Standing;
use crate::pattern::AnyOf;
use crate::quantity::{Dimension, Quantity};
use crate::value::{Kind, Value};

/// More sightings than this say nothing more.
const MOST: usize = 100;

/// `@k8s(kind…, path…)`.
pub static PROBE: Probe = Probe {
    name: "k8s",
    summary: "Kubernetes objects that production applies; yields the value at the path. The kind `workload` means \
              everything that keeps pods running; its paths start at the pod, unless at spec., metadata. or template.",
    usage: "@k8s(kind…, path…) {each, some, own, missing, default: value, unit: \"s\", where: \"spec.type=LoadBalancer\"}",
    arity: (1, 2),
    patterns_from: None,
    facts: &[],
    options: &["each", "some", "own", "missing", "default", "unit", "where"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let view = facts.kubernetes();
    let asked = Asked::of(question);
    let mut answer = Answer { blind: view.unreadable(&asked.words()), ..Answer::default() };
    // Where each object has to say it, one that says nothing is the answer.
    let asks_for_lack = ["each", "some", "missing"].iter().any(|option| question.is_set(option));
    let mut lacking = Vec::new();
    for object in view.objects.iter().filter(|object| asked.means(object)) {
        let found = asked.sightings(object);
        match &object.standing {
            Standing::Production => {}
            Standing::Aside(why) | Standing::Uncertain(why) => {
                let says = asks_for_lack || !found.is_empty();
                let uncertain = object.uncertainty().filter(|blind| says && !answer.blind.contains(blind));
                answer.blind.extend(uncertain);
                if let Some(first) = found.first().filter(|_| answer.notes.len() < MOST) {
                    let message = format!("{} does not count: {why}", object.title());
                    answer.notes.push(Sighting::new(first.place.clone(), Strength::Configured, message));
                }
                continue;
            }
        }
        if found.is_empty() {
            lacking.push(object);
        }
        answer.seen.extend(found.into_iter().take(MOST.saturating_sub(answer.seen.len())));
    }
    let what = asked.paths.iter().map(|(_, text)| short(text)).collect::<Vec<_>>().join(" or ");
    let lacking = lacking.iter().map(|object: &&Object| (object.place(), object.title()));
    Lacking::of(question).turn(&mut answer, lacking, &what);
    answer
}

/// What a question asks for.
struct Asked<'q> {
    kinds: &'q [Word],
    paths: Vec<(Path, String)>,
    patterns: AnyOf,
    condition: Option<(Path, String)>,
    own: bool,
    each: bool,
    unit: Option<&'q str>,
    default: Option<&'q Value>,
}

impl<'q> Asked<'q> {
    fn of(question: &'q Question) -> Self {
        let (patterns, paths): (Vec<&Word>, Vec<&Word>) = question.arg(1).iter().partition(|word| word.is_pattern);
        let condition = question.option_text("where").and_then(|text| text.split_once('='));
        Self {
            kinds: question.arg(0),
            paths: paths.into_iter().map(|word| (Path::parse(&word.text), word.text.to_string())).collect(),
            patterns: AnyOf::new(patterns.into_iter().map(|word| &*word.text)),
            condition: condition.map(|(path, wanted)| (Path::parse(path.trim()), wanted.trim().to_owned())),
            own: question.is_set("own"),
            each: question.is_set("each"),
            unit: question.option_text("unit"),
            default: question.option("default"),
        }
    }

    /// Words that a manifest must bear to answer: the names that a path ends in, or else the kinds.
    fn words(&self) -> Vec<&str> {
        let plain = |name: &'_ str| !name.contains('*');
        let named = self.paths.iter().map(|(path, _)| path.last_names());
        let named: Vec<&[String]> = named.collect();
        if !named.is_empty() && named.iter().all(|names| !names.is_empty() && names.iter().all(|name| plain(name))) {
            return named.into_iter().flatten().map(String::as_str).collect();
        }
        let kinds = self.kinds.iter().flat_map(|word| match &*word.text {
            "workload" => WORKLOADS.to_vec(),
            kind => vec![kind.split('.').next().unwrap_or(kind)],
        });
        kinds.collect()
    }

    fn means(&self, object: &Object) -> bool {
        let is_kind = self.kinds.iter().any(|word| match &*word.text {
            "workload" => object.is_workload(),
            kind => object.is_kind(kind),
        });
        let is_own = || !self.own || (object.serves() && object.is_own()) || object.pod().is_none();
        let holds = || {
            self.condition.as_ref().is_none_or(|(path, wanted)| {
                let found = path.find(&object.value);
                found.iter().any(|found| found.value.scalar_text().is_some_and(|text| glob(wanted, &text)))
            })
        };
        is_kind && is_own() && holds()
    }

    /// What one object says.
    fn sightings(&self, object: &Object) -> Vec<Sighting> {
        if self.paths.is_empty() && self.patterns.is_empty() {
            return vec![Sighting::new(object.place(), Strength::Configured, object.title())];
        }
        let mut found: Vec<Sighting> = self.paths.iter().flat_map(|(path, text)| self.at(object, path, text)).collect();
        if let Some(sighting) = self.mention(object) {
            found.push(sighting);
        }
        found
    }

    fn at(&self, object: &Object, path: &Path, text: &str) -> Vec<Sighting> {
        let pod_relative = object.pod().is_some() && !matches!(path.first(), Some("spec" | "metadata" | "template"));
        if !pod_relative {
            let path = match path.first() {
                Some("template") => Path::parse(&format!("spec.{text}")),
                _ => path.clone(),
            };
            return self.values(object, object, &object.value, &path, "");
        }
        let containers = || if self.own { object.own_containers() } else { object.containers() };
        match path.first() {
            Some("env") => {
                let names = path.tail();
                let names = names.names().unwrap_or_default().to_vec();
                containers().iter().flat_map(|container| self.env(object, container, &names)).collect()
            }
            Some("containers") => {
                // `containers[*].x`: the bracket is a step of its own.
                let inside = path.tail().tail();
                let containers = containers();
                let of = |container: &Container<'_>| {
                    let label = format!(" of container \"{}\"", container.name());
                    self.values(object, container.object, container.value, &inside, &label)
                };
                // The first is the service itself; what only another container of the pod has does not make it so.
                if self.each && containers.first().is_some_and(|first| of(first).is_empty()) {
                    return Vec::new();
                }
                containers.iter().flat_map(of).collect()
            }
            _ => {
                let Some((owner, pod)) = object.pod() else { return Vec::new() };
                let Some(spec) = pod.get("spec") else { return Vec::new() };
                self.values(object, owner, spec, path, "")
            }
        }
    }

    fn values(&self, object: &Object, owner: &Object, root: &Value, path: &Path, label: &str) -> Vec<Sighting> {
        let found = path.find(root);
        let defaulted = || {
            let default = self.default?;
            let parents = path.parent().find(root);
            (found.is_empty() && !path.is_empty()).then_some(())?;
            let value = typed(default, "", self.unit)?;
            let sighting = |place| {
                let message = format!("{}{label}: Kubernetes takes {}", object.title(), plain(default));
                Sighting::new(place, Strength::Configured, message).with(value.clone())
            };
            Some(parents.into_iter().map(|parent| sighting(owner.at(parent.span))).collect::<Vec<_>>())
        };
        if let Some(sightings) = defaulted() {
            return sightings;
        }
        let sighting = |found: &crate::facts::kubernetes::path::Found<'_>| {
            let what = match found.value.scalar_text() {
                Some(text) => format!("{}: {text}", found.key),
                None => found.key.clone(),
            };
            let place = owner.at(found.span);
            let sighting = Sighting::new(place, Strength::Configured, format!("{what}{label} in {}", object.title()));
            match typed(found.value, &found.key, self.unit) {
                Some(value) => sighting.with(value),
                None => sighting,
            }
        };
        found.iter().map(sighting).collect()
    }

    fn env(&self, object: &Object, container: &Container<'_>, names: &[String]) -> Vec<Sighting> {
        let entries = container.env();
        let wanted = entries.iter().filter(|entry| names.iter().any(|name| glob(name, &entry.name)));
        wanted.map(|entry| env_sighting(entry, &object.title(), self.unit)).collect()
    }

    /// The first text anywhere in the object that a pattern matches.
    fn mention(&self, object: &Object) -> Option<Sighting> {
        if self.patterns.is_empty() {
            return None;
        }
        let mut open = vec![&object.value];
        while let Some(value) = open.pop() {
            match &value.kind {
                Kind::List(list) => open.extend(list.iter().rev()),
                Kind::Map(map) => open.extend(map.values().rev().map(|field| &field.value)),
                // A product is not what it is watched by, whatever its image is called.
                Kind::Str(text) if self.patterns.is_match(text) && !object.is_own_image(text) => {
                    // A text of many lines: a settings file in a ConfigMap, where a comment is none of what it says.
                    let mut saying = text.lines().filter(|line| self.patterns.is_match(line)).peekable();
                    let is_split = saying.peek().is_none();
                    let line = saying.find(|line| !line.trim_start().starts_with('#'));
                    let first = || text.lines().find(|_| is_split);
                    let Some(line) = line.or_else(first) else { continue };
                    let message = format!("{} names {}", object.title(), line.trim());
                    return Some(Sighting::new(object.at(value.span), Strength::Configured, message));
                }
                _ => {}
            }
        }
        None
    }
}

/// The last part of a path, as people call it.
fn short(path: &str) -> String {
    let last = path.trim_end_matches(']').rsplit(['.', '[']).next().unwrap_or(path);
    match path {
        _ if path.contains("resources.limits.") => format!("limit of {last}"),
        _ if path.contains("resources.requests.") => format!("request for {last}"),
        _ => last.to_owned(),
    }
}

/// An environment entry as an observation.
pub(super) fn env_sighting(entry: &Env, owner: &str, unit: Option<&str>) -> Sighting {
    let (value, shown) = match &entry.value {
        EnvValue::Literal(text) => (typed_text(text, &entry.name, unit), text.clone()),
        EnvValue::Default(text) => (typed_text(text, &entry.name, unit), format!("{text} (unless set outside)")),
        EnvValue::Reference(text) => (Observed::Opaque(text.clone()), text.clone()),
    };
    let message = format!("{}={shown} in {owner}", entry.name);
    Sighting::new(entry.place.clone(), Strength::Configured, message).with(value)
}

fn plain(value: &Value) -> String {
    value.scalar_text().unwrap_or_default()
}

/// A scalar of a manifest as an observation; `None` for what is no scalar.
pub(super) fn typed(value: &Value, key: &str, unit: Option<&str>) -> Option<Observed> {
    Some(match &value.kind {
        Kind::Bool(flag) => Observed::Flag(*flag),
        Kind::Int(_) | Kind::Big(_) | Kind::Float(_) => number(value.as_number()?, unit),
        Kind::Str(text) => typed_text(text, key, unit),
        _ => return None,
    })
}

fn number(amount: f64, unit: Option<&str>) -> Observed {
    let with_unit = unit.and_then(|unit| Quantity::parse(&format!("{amount}{unit}")).ok());
    Observed::Quantity(with_unit.unwrap_or(Quantity::count(amount)))
}

fn typed_text(text: &str, key: &str, unit: Option<&str>) -> Observed {
    let text = text.trim();
    // What a Helm template could not work out.
    if text.contains("${") {
        return Observed::Opaque(text.to_owned());
    }
    match text.to_lowercase().as_str() {
        "true" => return Observed::Flag(true),
        "false" => return Observed::Flag(false),
        _ => {}
    }
    if let Ok(amount) = text.parse::<f64>() {
        return number(amount, unit);
    }
    if let Some(percent) = text.strip_suffix('%').and_then(|percent| percent.parse::<f64>().ok()) {
        return Observed::Quantity(Quantity::ratio(percent / 100.0));
    }
    if matches!(key, "memory" | "storage" | "ephemeral-storage")
        && let Some(bytes) = memory(text)
    {
        return Observed::Quantity(Quantity::new(bytes, Dimension::Data));
    }
    if key == "cpu"
        && let Some(millis) = text.strip_suffix('m').and_then(|millis| millis.parse::<f64>().ok())
    {
        return Observed::Quantity(Quantity::count(millis / 1000.0));
    }
    match unit.and(Quantity::parse(text).ok()) {
        Some(quantity) => Observed::Quantity(quantity),
        None => Observed::Word(text.to_owned()),
    }
}

/// Bytes as Kubernetes writes them: `128Mi` is 2^20 each, `128M` is 10^6 each.
pub(super) fn memory(text: &str) -> Option<f64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let amount: f64 = text[..end].parse().ok()?;
    let scale = match &text[end..] {
        "" => 1.0,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(amount * scale)
}

/// The place of a standing that is not production, as a note.
pub(super) fn aside(place: Place, what: &str, standing: &Standing) -> Option<Sighting> {
    match standing {
        Standing::Production => None,
        Standing::Aside(why) | Standing::Uncertain(why) => {
            Some(Sighting::new(place, Strength::Configured, format!("{what} does not count: {why}")))
        }
    }
}
