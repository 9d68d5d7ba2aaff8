//! `@schema`: what the types and schemas demand that settings are loaded into.

use super::config::spread;
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{Language, is_client, observe};
use crate::facts::config::{Key, squashed};
use crate::facts::manifests::Beside;
use crate::facts::settings_types::{Field, Root, Shape};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::quantity::{Dimension, Quantity};
use crate::source::Source;
use crate::value::{Map, Value};

/// `@schema(field…)`.
pub static PROBE: Probe = Probe {
    name: "schema",
    summary: "what the types and schemas demand that settings are loaded into; `*` is any field; \
              with `bounds` it yields the least and greatest value; `lacks` says that no field is of that type",
    usage: "@schema(field…) {required, optional, type: \"integer\", lacks: \"integer\", bounds, bounded, unbounded, checked, untyped, const, unit}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &[
        "required",
        "optional",
        "type",
        "lacks",
        "bounds",
        "bounded",
        "unbounded",
        "checked",
        "untyped",
        "const",
        "unit",
    ],
    look,
};

/// More sightings than this say nothing more.
const MOST: usize = 40;

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let types = facts.settings_types();
    // A client, an installer: what it must be told is not what the service must be told.
    let beside = Beside::new(facts);
    let is_beside = |place: &Place| beside.holds(&place.path) || is_client(facts, &place.path);
    let words: Vec<&Word> = question.words_from(0).collect();
    let is_any = words.iter().any(|word| &*word.text == "*");
    let mut answer = Answer::default();
    if question.is_set("untyped") {
        answer.seen =
            types.roots.iter().filter(|root| root.is_untyped && !is_beside(&root.place)).map(root_sighting).collect();
        return answer;
    }
    if is_any && question.options.is_empty() {
        let roots = types.roots.iter().filter(|root| !root.is_untyped && !is_beside(&root.place));
        answer.seen = roots.take(MOST).map(root_sighting).collect();
        return answer;
    }
    if let Some(missing) = question.option("lacks") {
        let has_one = types.fields.iter().any(|field| is_type(field, missing) && !is_beside(&field.place));
        let told = types.fields.iter().any(|field| !is_beside(&field.place)).then(|| sort_of(missing));
        let roots = types.roots.iter().filter(|root| !has_one && !root.is_untyped && !is_beside(&root.place));
        answer.seen = told.iter().flat_map(|sort| roots.clone().take(MOST).map(|root| lacking(root, sort))).collect();
        return answer;
    }
    let names: Vec<Name> = words.iter().map(|word| Name::of(word)).collect();
    // What must be given is a text or a number: a switch of that name says what to do with it.
    let asks_for_value = question.is_set("required") || question.is_set("optional");
    let is_named = |field: &Field| names.iter().any(|name| name.is_of(field));
    let fields: Vec<&Field> = types
        .fields
        .iter()
        .filter(|field| {
            is_any || field.written != "object" && !(asks_for_value && field.shape == Shape::Boolean) && is_named(field)
        })
        .collect();
    let (others, fields): (Vec<&Field>, Vec<&Field>) = fields.into_iter().partition(|field| is_beside(&field.place));
    if !is_any {
        let others = others.into_iter().take(MOST);
        answer
            .notes
            .extend(others.map(|field| sighting(field, Strength::Configured, "of a program that is not the service")));
    }
    let (fields, gated) = behind_features(facts, fields);
    if !is_any {
        answer
            .notes
            .extend(gated.into_iter().take(MOST).map(|(field, why)| sighting(field, Strength::Configured, &why)));
    }
    let none_required = fields.iter().all(|field| !field.is_required);
    if let Some(unit) = question.option_text("unit").filter(|_| question.is_set("bounds")) {
        answer.seen.extend(defaults(&fields, unit).into_iter().flatten().take(MOST));
    }
    for field in fields {
        if question.is_set("optional") && !is_read(facts, field) {
            answer.notes.push(sighting(field, Strength::Configured, "nothing reads it"));
            continue;
        }
        let is_of_code = |option: &&str| question.is_set(option);
        if field.is_open && ["required", "optional", "bounds", "bounded", "unbounded"].iter().any(is_of_code) {
            let why =
                "the type leaves open what may be missing or which values are refused: code says it, or which of several types is chosen".to_owned();
            answer.blind.push(Blind { place: Some(field.place.clone()), why });
            continue;
        }
        let sightings = sightings(field, question, none_required);
        if sightings.is_empty() && answer.notes.len() < MOST && !is_any {
            answer.notes.push(sighting(field, Strength::Configured, &why_not(field, question)));
        }
        if answer.seen.len() < MOST {
            answer.seen.extend(sightings);
        }
    }
    answer
}

/// The fields of these names that the program reads from its environment, and does not start without.
pub(super) fn required<'f>(facts: &'f Facts<'_>, words: &[&Word]) -> Vec<&'f Field> {
    let names: Vec<Name> = words.iter().map(|word| Name::of(word)).collect();
    let of_pydantic = |field: &Field| {
        let text = facts.tree.text(&field.place.path).map_or("", Source::text);
        // What the program fills in by itself, `"SECRET": made(folder)`, it does not read.
        Language::of(&field.place.path) == Some(Language::Python)
            && text.contains("BaseSettings")
            && !text.contains(&format!("\"{}\":", field.name))
    };
    let fields = facts.settings_types().fields.iter().filter(|field| {
        field.is_required
            && !field.is_open
            && field.shape != Shape::Boolean
            && names.iter().any(|name| name.is_of(field))
            && (field.variable.is_some() || of_pydantic(field))
    });
    behind_features(facts, fields.collect()).0
}

/// The fields that a release has, and those that it leaves out with their features, each with why.
fn behind_features<'f>(facts: &Facts<'_>, fields: Vec<&'f Field>) -> (Vec<&'f Field>, Vec<(&'f Field, String)>) {
    let mut gated = Vec::new();
    let kept = fields.into_iter().filter(|field| {
        let why = field.place.span.and_then(|span| facts.code().left_out(facts, &field.place.path, span.start));
        let is_kept = why.is_none();
        gated.extend(why.map(|why| (*field, why)));
        is_kept
    });
    let kept = kept.collect();
    (kept, gated)
}

/// What a field says to the question; nothing when it does not answer it.
fn sightings(field: &Field, question: &Question, none_required: bool) -> Vec<Sighting> {
    let asked = |option: &str| question.is_set(option);
    let one = |holds: bool, strength: Strength, what: &str| {
        if holds { vec![sighting(field, strength, what)] } else { Vec::new() }
    };
    if let Some(wanted) = question.option("type") {
        return one(is_type(field, wanted), Strength::Enforced, &format!("typed `{}`", field.written));
    }
    match () {
        () if asked("required") => one(field.is_required, Strength::Enforced, "required"),
        () if asked("optional") => one(none_required, Strength::Enforced, &absent_means(field)),
        () if asked("const") => one(field.default.as_deref() == Some("const true"), Strength::Enforced, "must be true"),
        () if asked("checked") => {
            one(field.is_checked, Strength::Enforced, &format!("`{}` is checked when it is loaded", field.written))
        }
        () if asked("bounded") => {
            one(field.bound.is_closed(), Strength::Configured, &format!("`{}` bounds it", field.written))
        }
        () if asked("unbounded") => {
            one(is_unbounded(field), Strength::Configured, &format!("`{}` has no bounds", field.written))
        }
        () if asked("bounds") => bounds(field, question.option_text("unit")),
        () => one(true, Strength::Enforced, &format!("typed `{}`", field.written)),
    }
}

fn is_type(field: &Field, wanted: &Value) -> bool {
    let is = |word: &str| {
        field.shape.word() == word || word == "integer" && field.shape == Shape::Float && field.written == "number"
    };
    wanted.as_str().is_some_and(is)
        || wanted.as_list().is_some_and(|list| list.iter().filter_map(Value::as_str).any(is))
}

/// A number or a text that nothing keeps inside bounds.
fn is_unbounded(field: &Field) -> bool {
    let is_open = matches!(field.shape, Shape::String | Shape::Integer | Shape::Float | Shape::Any);
    is_open && !field.bound.is_closed() && !field.is_checked
}

/// The bounds that an attribute states; those of the type alone (`u16`) leave 0 inside and are no answer.
fn bounds(field: &Field, unit: Option<&str>) -> Vec<Sighting> {
    let (Some(min), Some(max)) = (field.bound.min, field.bound.max) else { return Vec::new() };
    if min <= 0.0 && max >= 65535.0 {
        return Vec::new();
    }
    let scale = unit.map_or(1.0, |_| seconds_each(field));
    let dimension = if unit.is_some() { Dimension::Time } else { Dimension::Count };
    let end = |amount: f64, what: &str| {
        let value = Observed::Quantity(Quantity::new(amount * scale, dimension));
        sighting(field, Strength::Enforced, &format!("{what} {amount}")).with(value)
    };
    vec![end(min, "at least"), end(max, "at most")]
}

/// A bare number of so many may count milliseconds, where its name does not say what it counts.
const MANY: f64 = 1000.0;

/// What the fields are when nobody sets them, where each that nothing bounds has such a number.
fn defaults(fields: &[&Field], unit: &str) -> Option<Vec<Sighting>> {
    let open = fields.iter().filter(|field| bounds(field, Some(unit)).is_empty());
    open.map(|field| default(field)).collect()
}

/// What a field is when nobody sets it, in time.
fn default(field: &Field) -> Option<Sighting> {
    let text = field.default.as_deref()?;
    let Observed::Quantity(stated) = observe("", text, None) else { return None };
    let seconds = match stated.dimension {
        Dimension::Time => stated,
        Dimension::Count if stated.amount < MANY || names_unit(field) => {
            Quantity::seconds(stated.amount * seconds_each(field))
        }
        _ => return None,
    };
    let told = sighting(field, Strength::Configured, &format!("{text} where nobody sets it"));
    Some(told.with(Observed::Quantity(seconds)).default_of("the program"))
}

/// Whether any code of the product takes the value of a field, as far as its language shows it: Rust names a field where
/// it is read.
fn is_read(facts: &Facts<'_>, field: &Field) -> bool {
    let path = &field.place.path;
    let declared = field.place.span.and_then(|span| facts.tree.text(path)?.text().get(span.range()));
    let name = declared.and_then(|declared| declared.split(':').next()).map_or("", str::trim);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if Language::of(path) != Some(Language::Rust) || !is_name {
        return true;
    }
    // `name: None` gives it a value, and its declaration a type.
    let hits = facts.code().find(facts, &format!(r"\b{name}\b\s*(?:[^:\s]|::)"));
    hits.iter().any(|hit| !facts.code().is_quoted(facts, hit))
}

/// Whether the end of a field's name says what its numbers count.
fn names_unit(field: &Field) -> bool {
    const UNITS: &[&str] =
        &["s", "sec", "secs", "seconds", "ms", "millis", "milliseconds", "min", "mins", "minutes", "hours"];
    field.key.words().last().is_some_and(|last| UNITS.contains(&last.as_str()))
}

/// How many seconds one of a field's numbers is, by the end of its name.
fn seconds_each(field: &Field) -> f64 {
    match field.key.words().last().map_or("", String::as_str) {
        "ms" | "millis" | "milliseconds" | "millisecond" => 0.001,
        "min" | "mins" | "minutes" => 60.0,
        "h" | "hours" => 3600.0,
        _ => 1.0,
    }
}

fn why_not(field: &Field, question: &Question) -> String {
    if question.is_set("required") { absent_means(field) } else { format!("typed `{}`", field.written) }
}

fn absent_means(field: &Field) -> String {
    match &field.default {
        Some(default) if !default.is_empty() => format!("not required: {default} without it"),
        _ => "not required".to_owned(),
    }
}

fn sighting(field: &Field, strength: Strength, what: &str) -> Sighting {
    Sighting::new(field.place.clone(), strength, format!("setting `{}`: {what}", field.name))
}

/// A type that settings are loaded into, none of which is of some sort.
fn lacking(root: &Root, sort: &str) -> Sighting {
    let found = root_sighting(root);
    Sighting { message: format!("{}; no {sort} among them", found.message), ..found }
}

/// The first of the words for a sort of values.
fn sort_of(wanted: &Value) -> &str {
    let first = wanted.as_list().and_then(|list| list.first()).unwrap_or(wanted);
    first.as_str().unwrap_or_default()
}

fn root_sighting(root: &Root) -> Sighting {
    let place: Place = root.place.clone();
    let message = match root {
        Root { is_untyped: true, name, .. } => format!("settings are loaded into `{name}`, which takes anything"),
        Root { denies_unknown: true, name, .. } => {
            format!("settings are loaded into `{name}`, which refuses unknown keys")
        }
        Root { name, .. } => format!("settings are loaded into `{name}`"),
    };
    Sighting::new(place, Strength::Enforced, message)
}

/// A word that names fields: by the tail of their path or of their variable; `*` stands for any words at either end.
enum Name<'w> {
    /// What only its value would tell cannot be told by a name.
    None,
    Pattern(Option<Regex>),
    Tails {
        tails: Vec<Tail>,
        attributes: &'w Map,
    },
}

/// The end of a key.
struct Tail {
    squashed: String,
    open_start: bool,
    open_end: bool,
}

impl<'w> Name<'w> {
    fn of(word: &'w Word) -> Self {
        if word.attributes.contains_key("only") {
            return Self::None;
        }
        if word.is_pattern {
            return Self::Pattern(compile(&word.text).ok());
        }
        let tails = spread(&word.text).into_iter().map(|text| Tail {
            squashed: squashed(&text),
            open_start: text.starts_with('*'),
            open_end: text.ends_with('*'),
        });
        Self::Tails { tails: tails.collect(), attributes: &word.attributes }
    }

    fn is_of(&self, field: &Field) -> bool {
        let keys = || [Some(&field.key), field.variable.as_ref()].into_iter().flatten();
        let (tails, attributes) = match self {
            Self::None | Self::Pattern(None) => return false,
            Self::Pattern(Some(pattern)) => return keys().any(|key| pattern.is_match(&key.words().join("_"))),
            Self::Tails { tails, attributes } => (tails, attributes),
        };
        let before = tails.iter().find_map(|tail| keys().find_map(|key| tail.before(key)));
        let Some(before) = before else { return false };
        let texts = |name: &str| super::config::texts(attributes, name);
        let barred = texts("not_under").is_some_and(|list| super::config::is_barred(&list, before));
        let under = texts("under").is_none_or(|list| {
            before.last().map_or_else(|| list.iter().any(String::is_empty), |last| list.contains(last))
        });
        !barred && under
    }
}

impl Tail {
    /// The words before the part of a key that it names.
    fn before<'k>(&self, key: &'k Key) -> Option<&'k [String]> {
        if !self.open_end {
            let before = key.before_tail(&self.squashed)?;
            return (!self.open_start || !before.is_empty()).then_some(before);
        }
        let words = key.words();
        (0..words.len()).find_map(|at| {
            let matches = (at + 1..=words.len()).any(|to| words[at..to].concat() == self.squashed);
            matches.then(|| &words[..at])
        })
    }
}
