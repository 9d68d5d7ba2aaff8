//! Jobs that Sidekiq starts: the schedule in `config/sidekiq.yml`, or that of sidekiq-cron in a file of its own.

use super::{Clock, Clocks, aside};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::value::Value;

pub(super) fn read(facts: &Facts<'_>, clocks: &mut Clocks) {
    const NAMES: &[&str] = &["sidekiq", "sidekiq_cron", "sidekiq_schedule", "sidekiq-cron", "sidekiq-schedule"];
    for file in facts.tree.files() {
        let stem = file.name().strip_suffix(".yml").or_else(|| file.name().strip_suffix(".yaml"));
        if !file.path.split('/').any(|part| part == "config") || !stem.is_some_and(|stem| NAMES.contains(&stem)) {
            continue;
        }
        let Some(root) = facts.parsed(&file.path).and_then(|parsed| parsed.first()) else { continue };
        let below = either(root, "scheduler").unwrap_or(root);
        let of_its_own = (stem != Some("sidekiq")).then_some(root);
        let jobs = either(below, "schedule").or(of_its_own).and_then(Value::as_map);
        for (name, field) in jobs.into_iter().flatten() {
            clocks.runs.extend(job(&file.path, name, &field.value));
        }
    }
}

/// The value of a key, written as text or as a symbol of Ruby.
fn either<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get(key).or_else(|| value.get(&format!(":{key}")))
}

fn job(path: &str, name: &str, value: &Value) -> Option<super::Run> {
    let written = |key: &str| {
        let time = either(value, key)?;
        // What stands behind the time says when it is first.
        time.as_list().map_or(Some(time), |list| list.first())?.scalar_text()
    };
    let expression = match written("cron") {
        Some(cron) => without_zone(&cron).to_owned(),
        None => format!("@every {}", written("every")?),
    };
    let class = either(value, "class");
    let mut clock = Clock::cron(&expression, format!("Sidekiq's job \"{name}\""));
    clock.aside = aside(path);
    let is_off = either(value, "enabled").and_then(Value::as_bool) == Some(false);
    clock.off = is_off.then(|| "it is disabled".to_owned());
    let words = vec![class.and_then(Value::as_str).unwrap_or(name).to_owned()];
    Some(clock.run(words, None, Place::at(path, class.unwrap_or(value).span), None))
}

/// A time without the zone behind it: `0 12 * * * Europe/London`.
fn without_zone(cron: &str) -> &str {
    let is_zone = |word: &str| word.starts_with(char::is_alphabetic);
    match cron.trim().rsplit_once(' ') {
        Some((time, last)) if time.split_whitespace().count() >= 5 && is_zone(last) => time,
        _ => cron,
    }
}
