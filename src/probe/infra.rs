//! `@infra`: what Terraform, `CloudFormation` and Pulumi declare for production.

use super::k8s::typed;
use super::lacking::Lacking;
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::infra::{Resource, Setting};
use crate::facts::kubernetes::path::{Path, glob};
use crate::facts::production::Standing;
use crate::quantity::Quantity;
use crate::value::{Kind, Value};

/// More sightings than this say nothing more.
const MOST: usize = 100;

/// `@infra(resource…, attribute…)`.
pub static PROBE: Probe = Probe {
    name: "infra",
    summary: "Resources that Terraform, CloudFormation or Pulumi declare for production, by Terraform's names; yields the value \
              of an attribute, or the provider's default. `each` of them must have it, `missing` names those without it, \
              `count` counts them; `way` keeps values that are literals, or references to something outside",
    usage: "@infra(resource…, attribute…) {each, some, missing, count, default: value, unit: \"days\", where: \"engine=postgres*&port!=80\", way: literal|reference}",
    arity: (1, 2),
    patterns_from: None,
    facts: &[],
    options: &["each", "some", "missing", "count", "default", "unit", "where", "way"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let view = facts.infra();
    let asked = Asked::of(question);
    let mut answer = Answer { blind: view.unread(&asked.kinds), ..Answer::default() };
    let mut lacking = Vec::new();
    let mut amount = 0;
    for resource in view.resources.iter().filter(|resource| asked.means(resource)) {
        match &resource.standing {
            Standing::Production => {}
            Standing::Aside(why) | Standing::Uncertain(why) => {
                if answer.notes.len() < MOST {
                    let message = format!("{} does not count: {why}", resource.title());
                    answer.notes.push(Sighting::new(resource.place(), Strength::Configured, message));
                }
                continue;
            }
        }
        let found = asked.sightings(resource);
        amount += resource.count.unwrap_or(1);
        if found.is_empty() {
            lacking.push(resource);
        }
        answer.seen.extend(found.into_iter().take(MOST.saturating_sub(answer.seen.len())));
    }
    let what = asked.paths.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(" or ");
    let lacking = lacking.iter().map(|resource: &&Resource| (resource.place(), resource.title()));
    let is_turned = Lacking::of(question).turn(&mut answer, lacking, &what);
    if question.is_set("count") && !is_turned { counted(answer, amount) } else { answer }
}

/// `path=glob` or `path!=glob`; a setting that is not there differs from everything.
struct Condition<'q> {
    path: Path,
    wanted: &'q str,
    differs: bool,
}

impl<'q> Condition<'q> {
    fn of(text: &'q str) -> Option<Self> {
        let (path, wanted) = text.split_once('=')?;
        let (path, differs) = path.strip_suffix('!').map_or((path, false), |path| (path, true));
        Some(Self { path: Path::parse(path.trim()), wanted: wanted.trim(), differs })
    }

    fn holds(&self, resource: &Resource) -> bool {
        let found = resource.settings(&self.path);
        let mut texts =
            found.iter().flat_map(scalars).filter_map(|value| value.scalar_text().or_else(|| template(value)));
        texts.any(|text| glob(self.wanted, &text)) != self.differs
    }
}

/// A text that is known in part, with a mark for each part that is not: `"${var.project}-state"`.
fn template(value: &Value) -> Option<String> {
    let Kind::Expr(expression) = &value.kind else { return None };
    let mut rest = expression.raw.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    while let Some((before, inside)) = rest.split_once("${") {
        text.extend([before, "\u{fffd}"]);
        rest = inside.split_once('}')?.1;
    }
    Some(text + rest)
}

/// What a question asks for.
struct Asked<'q> {
    kinds: Vec<&'q str>,
    paths: Vec<(Path, &'q str)>,
    conditions: Vec<Condition<'q>>,
    way: Option<&'q str>,
    unit: Option<&'q str>,
    default: Option<&'q Value>,
}

impl<'q> Asked<'q> {
    fn of(question: &'q Question) -> Self {
        let path = |word: &'q Word| (Path::parse(&word.text), &*word.text);
        let conditions = question.option_text("where").unwrap_or_default().split('&').filter_map(Condition::of);
        Self {
            kinds: question.arg(0).iter().map(|word| &*word.text).collect(),
            paths: question.arg(1).iter().map(path).collect(),
            conditions: conditions.collect(),
            way: question.option_text("way"),
            unit: question.option_text("unit"),
            default: question.option("default"),
        }
    }

    fn means(&self, resource: &Resource) -> bool {
        self.kinds.iter().any(|kind| resource.is_kind(kind))
            && self.conditions.iter().all(|condition| condition.holds(resource))
    }

    /// What one resource says.
    fn sightings(&self, resource: &Resource) -> Vec<Sighting> {
        if self.paths.is_empty() {
            return vec![Sighting::new(resource.place(), Strength::Configured, resource.title())];
        }
        let at = |(path, text): &(Path, &str)| {
            let found: Vec<Sighting> =
                resource.settings(path).iter().flat_map(|setting| self.values(resource, setting)).collect();
            if found.is_empty() { self.defaulted(resource, text).into_iter().collect() } else { found }
        };
        self.paths.iter().flat_map(at).collect()
    }

    /// The value of a setting; of a list of scalars, each of them.
    fn values(&self, resource: &Resource, setting: &Setting<'_>) -> Vec<Sighting> {
        let sighting = |value: &Value| {
            let shown = match &value.kind {
                Kind::Expr(expression) => format!(" = {}", short(&expression.raw)),
                _ => value.scalar_text().map_or(String::new(), |text| format!(" = {text}")),
            };
            let origin = setting.origin.map_or(String::new(), |origin| format!(" ({origin})"));
            let message = format!("{}{shown} in {}{origin}", setting.key, resource.title());
            let mut sighting = Sighting::new(setting.place.clone(), Strength::Configured, message);
            sighting.default_of = setting.default_of.map(str::to_owned);
            let observed = match &value.kind {
                Kind::Expr(expression) => Some(Observed::Opaque(short(&expression.raw).to_owned())),
                _ => typed(value, &setting.key, self.unit),
            };
            Sighting { value: observed, ..sighting }
        };
        let kept = |value: &&Value| match self.way {
            Some("literal") => !matches!(value.kind, Kind::Expr(_)) && setting.default_of.is_none(),
            Some("reference") => matches!(value.kind, Kind::Expr(_)),
            _ => true,
        };
        scalars(setting).filter(kept).map(sighting).collect()
    }

    /// What the question says is taken where nothing is written.
    fn defaulted(&self, resource: &Resource, path: &str) -> Option<Sighting> {
        let default = self.default?;
        let message = format!("{} is not set in {}: {}", path, resource.title(), default.scalar_text()?);
        Some(Sighting::new(resource.place(), Strength::Configured, message).with(typed(default, "", self.unit)?))
    }
}

/// An answer of one sighting, which counts them all.
fn counted(mut answer: Answer, amount: usize) -> Answer {
    if answer.seen.is_empty() {
        return answer;
    }
    let first = answer.seen.remove(0);
    answer.notes.append(&mut answer.seen);
    let message = format!("{amount} declared, the first is {}", first.message);
    answer.seen = vec![Sighting { message, ..first }.with(Observed::Quantity(Quantity::count(amount as f64)))];
    answer
}

/// The values of a setting, entries of a list one by one.
fn scalars<'s>(setting: &'s Setting<'_>) -> impl Iterator<Item = &'s Value> {
    let value = &*setting.value;
    let is_block = |value: &Value| value.as_map().is_some();
    let entries = value.as_list().filter(|list| !list.iter().any(is_block));
    let whole = entries.is_none().then_some(value);
    entries.unwrap_or_default().iter().chain(whole)
}

fn short(raw: &str) -> &str {
    raw.lines().next().unwrap_or(raw).trim()
}
