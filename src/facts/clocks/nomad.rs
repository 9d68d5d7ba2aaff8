//! Periodic jobs of Nomad.

use super::{Clock, Clocks};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::ci::excerpt::Excerpt;
use crate::facts::containers::nomad::{blocks, label, standing};
use crate::facts::infra::LABEL;
use crate::facts::production::Standing;
use crate::source::Source;
use crate::value::Value;

/// How deep scripts are followed.
const DEPTH: usize = 3;

pub(super) fn read(facts: &Facts<'_>, clocks: &mut Clocks) {
    let nomad = facts.nomad();
    clocks.blind.extend(nomad.blind.iter().cloned());
    for (source, job) in &nomad.jobs {
        read_job(facts, clocks, source, job);
    }
}

fn read_job(facts: &Facts<'_>, clocks: &mut Clocks, source: &Source, job: &Value) {
    let Some(periodic) = blocks(job, "periodic").next() else { return };
    let first = || periodic.get("crons")?.as_list()?.first()?.scalar_text();
    let Some(expression) = periodic.get("cron").and_then(Value::scalar_text).or_else(first) else { return };
    let title = format!("periodic job \"{}\" of Nomad", label(job));
    let mut clock = Clock::cron(&five_fields(&expression), title.clone());
    clock.expression = expression;
    let enabled = periodic.get("enabled").and_then(Value::as_bool);
    clock.off = (enabled == Some(false)).then(|| "it is not enabled".to_owned());
    match standing(facts, source.name(), Some(label(job))) {
        Standing::Production => {}
        Standing::Aside(why) => clock.aside = Some(why),
        Standing::Uncertain(why) => {
            let told = format!("{title} may or may not be production: {why}");
            clocks.blind.push(Blind { place: Some(Place::at(source.name(), job.span)), why: told });
            clock.aside = Some(why);
        }
    }
    for task in blocks(job, "group").flat_map(|group| blocks(group, "task")) {
        read_task(facts, clocks, &clock, source, task);
    }
}

/// The program of a task; a script that a template of the task writes is read there.
fn read_task(facts: &Facts<'_>, clocks: &mut Clocks, clock: &Clock, source: &Source, task: &Value) {
    let Some(config) = blocks(task, "config").next() else { return };
    let image = config.get("image").and_then(Value::as_str);
    let list = |key: &str| match config.get(key) {
        Some(value) => value.as_list().map_or_else(|| vec![value], |list| list.iter().collect()),
        None => Vec::new(),
    };
    let values: Vec<&Value> = ["command", "entrypoint", "args"].into_iter().flat_map(list).collect();
    let words: Vec<String> = values.iter().filter_map(|value| value.scalar_text()).collect();
    let at = |value: &Value| Place::at(source.name(), value.span);
    let Some(first) = values.first() else {
        let named = config.get("image").or_else(|| task.get(LABEL)).unwrap_or(task);
        clocks.runs.push(clock.run(Vec::new(), image.map(str::to_owned), at(named), None));
        return;
    };
    for template in blocks(task, "template") {
        let name = template.get("destination").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        let data = template.get("data").and_then(|data| Some((data, data.as_str()?)));
        let (Some(name), Some((value, text))) = (name, data) else { continue };
        let starts = words.iter().any(|word| word.split([' ', '/']).any(|part| part == name));
        if starts && name.rsplit_once('.').is_none_or(|(_, end)| matches!(end, "sh" | "bash")) {
            clocks.script(facts, clock, &Excerpt::scalar(source, value.span, text), image, DEPTH);
        }
    }
    clocks.program(facts, clock, words, &at(first), image, None, DEPTH);
}

/// Nomad also takes six fields, the last one the year, and seven, the first one the seconds.
fn five_fields(expression: &str) -> String {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    match fields.as_slice() {
        [five @ .., _] | [_, five @ .., _] if five.len() == 5 => five.join(" "),
        _ => expression.to_owned(),
    }
}
