//! Clocks of a cloud, as infrastructure code declares them: `EventBridge` rules and schedules, Cloud Scheduler jobs.

use super::{Clock, Clocks};
use crate::facts::Facts;
use crate::facts::ci::cron;
use crate::facts::infra::{Infra, Resource, written};
use crate::quantity::Quantity;
use crate::value::{Kind, Value};

const DEPTH: usize = 2;

/// Kinds that are a clock, and where each writes its time.
const KINDS: &[(&str, &str)] = &[
    ("aws_cloudwatch_event_rule", "schedule_expression"),
    ("aws_scheduler_schedule", "schedule_expression"),
    ("google_cloud_scheduler_job", "schedule"),
];

pub(super) fn read(facts: &Facts<'_>, clocks: &mut Clocks) {
    let infra = facts.infra();
    for (kind, key) in KINDS {
        for resource in infra.of_kind(kind) {
            let Some(expression) = resource.setting(key).and_then(|setting| setting.text()) else { continue };
            let mut clock = Clock::cron(&expression, resource.title());
            clock.gap = gap(&expression);
            clock.off = is_off(resource).then(|| "it is disabled".to_owned());
            for target in targets(infra, resource) {
                programs(facts, clocks, &clock, infra, target);
            }
        }
    }
    let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    let uncertain = infra.resources.iter().filter(|resource| kinds.iter().any(|kind| resource.is_kind(kind)));
    let uncertain = uncertain.filter_map(|resource| match &resource.standing {
        crate::facts::production::Standing::Uncertain(why) => Some(crate::evidence::Blind {
            place: Some(resource.place()),
            why: format!("{} may not be there: {why}", resource.title()),
        }),
        _ => None,
    });
    clocks.blind.extend(uncertain);
}

/// `rate(1 day)`, `cron(0 5 ? * MON *)` with the year last and Sunday as 1, or what cron itself reads.
pub(super) fn gap(expression: &str) -> Option<f64> {
    let inside = |name: &str| expression.trim().strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(rate) = inside("rate") {
        return Quantity::parse(rate.trim()).ok().map(|every| every.amount);
    }
    let Some(fields) = inside("cron") else { return cron::longest_gap(expression) };
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [minute, hour, day, month, weekday, _year] = fields.as_slice() else { return None };
    let weekday: String = weekday
        .chars()
        .map(|c| match c.to_digit(10) {
            Some(day @ 1..=7) => char::from_digit(day - 1, 10).unwrap_or(c),
            _ => c,
        })
        .collect();
    cron::longest_gap(&format!("{minute} {hour} {day} {month} {weekday}"))
}

fn is_off(resource: &Resource) -> bool {
    let says = |key: &str, wanted: &[&str]| {
        resource.setting(key).and_then(|setting| setting.text()).is_some_and(|text| wanted.contains(&text.as_str()))
    };
    says("state", &["DISABLED"]) || says("is_enabled", &["false"]) || says("paused", &["true"])
}

/// What the clock starts: its own parts, and the targets that name it.
fn targets<'i>(infra: &'i Infra, clock: &'i Resource) -> Vec<&'i Resource> {
    let names = |target: &&Resource| {
        target.setting("rule").and_then(|setting| written(&setting.value)).is_some_and(|rule| clock.is_named_in(&rule))
    };
    let apart = infra.of_kind("aws_cloudwatch_event_target").filter(names);
    std::iter::once(clock).chain(apart.filter(|_| clock.is_kind("aws_cloudwatch_event_rule"))).collect()
}

fn programs(facts: &Facts<'_>, clocks: &mut Clocks, clock: &Clock, infra: &Infra, target: &Resource) {
    let mut open = vec![("", &target.value)];
    let mut overridden = false;
    let mut tasks = Vec::new();
    while let Some((key, value)) = open.pop() {
        match (&value.kind, key) {
            (Kind::Map(map), _) => open.extend(map.iter().map(|(key, field)| (key.as_str(), &field.value))),
            (Kind::List(list), "command") => {
                let words = list.iter().filter_map(Value::scalar_text).collect();
                clocks.program(facts, clock, words, &target.at(value.span), None, None, DEPTH);
                overridden = true;
            }
            (Kind::List(list), key) => open.extend(list.iter().map(|value| (key, value))),
            (Kind::Str(text), "input") => {
                for words in commands(text) {
                    clocks.program(facts, clock, words, &target.at(value.span), None, None, DEPTH);
                    overridden = true;
                }
            }
            (Kind::Str(uri), "uri") => {
                clocks.runs.push(clock.run(vec![uri.clone()], None, target.at(value.span), None));
            }
            (_, "task_definition_arn") => tasks.extend(written(value)),
            _ => {}
        }
    }
    if !overridden {
        for reference in &tasks {
            task(facts, clocks, clock, infra, reference);
        }
    }
}

/// The commands that an input of ECS puts in the place of the containers' own.
fn commands(input: &str) -> Vec<Vec<String>> {
    let Ok(input) = serde_json::from_str::<serde_json::Value>(input) else { return Vec::new() };
    let overrides = input.get("containerOverrides").and_then(|list| list.as_array());
    let command = |container: &serde_json::Value| {
        let words = container.get("command")?.as_array()?.iter();
        Some(words.filter_map(|word| word.as_str().map(str::to_owned)).collect())
    };
    overrides.into_iter().flatten().filter_map(command).collect()
}

/// The commands, or else the images, of a task definition.
fn task(facts: &Facts<'_>, clocks: &mut Clocks, clock: &Clock, infra: &Infra, reference: &str) {
    let found = infra.of_kind("aws_ecs_task_definition").find(|task| task.is_named_in(reference));
    let Some(task) = found else { return };
    let Some(setting) = task.setting("container_definitions") else { return };
    for container in setting.value.as_list().unwrap_or_default() {
        let image = container.get("image").and_then(Value::scalar_text);
        let words = container.get("command").and_then(Value::as_list).unwrap_or_default();
        let words: Vec<String> = words.iter().filter_map(Value::scalar_text).collect();
        let place = task.at(container.span);
        if words.is_empty() {
            clocks.runs.push(clock.run(Vec::new(), image, place, None));
        } else {
            clocks.program(facts, clock, words, &place, image.as_deref(), None, DEPTH);
        }
    }
}
