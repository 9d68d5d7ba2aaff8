//! Cron tasks of Ansible: `ansible.builtin.cron` with a job and its time.

use super::{Clock, Clocks, aside};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::ci::excerpt::Excerpt;
use crate::value::{Kind, Value};

pub(super) fn read(facts: &Facts<'_>, clocks: &mut Clocks) {
    for file in facts.tree.files() {
        let is_yaml = file.path.ends_with(".yml") || file.path.ends_with(".yaml");
        if !is_yaml || file.len > 1_000_000 {
            continue;
        }
        let names = |text: &str| text.contains("cron:") && text.contains("job:");
        if !file.text().is_some_and(|source| names(source.text())) {
            continue;
        }
        let Some(parsed) = facts.parsed(&file.path) else { continue };
        for document in &parsed.documents {
            tasks(facts, clocks, &file.path, document, 0);
        }
    }
}

/// Tasks stand in lists, in plays, and in blocks of either.
fn tasks(facts: &Facts<'_>, clocks: &mut Clocks, path: &str, value: &Value, depth: usize) {
    if depth > 6 {
        return;
    }
    for entry in value.as_list().unwrap_or_default() {
        let Some(map) = entry.as_map() else { continue };
        for key in ["cron", "ansible.builtin.cron"] {
            if let Some(field) = map.get(key) {
                task(facts, clocks, path, entry, &field.value);
            }
        }
        for key in ["tasks", "pre_tasks", "post_tasks", "block", "handlers"] {
            if let Some(field) = map.get(key) {
                tasks(facts, clocks, path, &field.value, depth + 1);
            }
        }
    }
}

fn task(facts: &Facts<'_>, clocks: &mut Clocks, path: &str, task: &Value, cron: &Value) {
    let text = |key: &str| cron.get(key).and_then(Value::scalar_text);
    let Some(job) = cron.get("job") else { return };
    let Kind::Str(command) = &job.kind else { return };
    let expression = match text("special_time") {
        Some(special) => format!("@{special}"),
        None => ["minute", "hour", "day", "month", "weekday"]
            .map(|key| text(key).unwrap_or_else(|| "*".to_owned()))
            .join(" "),
    };
    let name = task.get("name").and_then(Value::scalar_text).unwrap_or_else(|| "cron".to_owned());
    let mut clock = Clock::cron(&expression, format!("Ansible task \"{name}\""));
    clock.aside = aside(path);
    let gone = text("state").is_some_and(|state| state == "absent")
        || text("disabled").is_some_and(|off| off == "true" || off == "yes");
    clock.off = gone.then(|| "it is taken away or disabled".to_owned());
    let place = Place::at(path, job.span);
    let excerpt = match facts.tree.text(path) {
        Some(source) => Excerpt::scalar(source, job.span, command),
        None => Excerpt::anchored(place.path.clone(), job.span, command.as_str()),
    };
    clocks.script(facts, &clock, &excerpt, None, 2);
}
