//! Kubernetes `CronJob`s, and Argo's `CronWorkflow`s.

use super::{Clock, Clocks};
use crate::facts::Facts;
use crate::facts::ci::excerpt::Excerpt;
use crate::facts::kubernetes::Object;
use crate::facts::production::Standing;
use crate::value::{Kind, Value};

/// How deep scripts are followed.
const DEPTH: usize = 3;

pub(super) fn read(facts: &Facts<'_>, clocks: &mut Clocks) {
    let view = facts.kubernetes();
    clocks.blind.extend(view.unread(&["CronJob", "CronWorkflow"]));
    for object in view.objects.iter().filter(|object| object.is_kind("CronJob") || object.is_kind("CronWorkflow")) {
        let Some(schedule) = schedule(object) else { continue };
        let mut clock = Clock::cron(&schedule, object.title());
        let suspended = object.value.at(&["spec", "suspend"]).and_then(Value::as_bool);
        clock.off = (suspended == Some(true)).then(|| "it is suspended".to_owned());
        clock.aside = match &object.standing {
            Standing::Production => None,
            Standing::Aside(why) | Standing::Uncertain(why) => Some(why.clone()),
        };
        if let Standing::Uncertain(why) = &object.standing {
            let why = format!("{} may or may not be production: {why}", object.title());
            clocks.blind.push(crate::evidence::Blind { place: Some(object.place()), why });
        }
        for container in object.containers() {
            programs(facts, clocks, &clock, object, container.value);
        }
        if object.is_kind("CronWorkflow") {
            let templates = object.value.at(&["spec", "workflowSpec", "templates"]).and_then(Value::as_list);
            for template in templates.unwrap_or_default() {
                let container = template.get("container").or_else(|| template.get("script"));
                if let Some(container) = container {
                    programs(facts, clocks, &clock, object, container);
                }
            }
        }
    }
}

fn schedule(object: &Object) -> Option<String> {
    let spec = object.value.get("spec")?;
    let first = || spec.get("schedules")?.as_list()?.first()?.scalar_text();
    spec.get("schedule").and_then(Value::scalar_text).or_else(first)
}

/// The programs of a container: its command and arguments, or what its image is for.
fn programs(facts: &Facts<'_>, clocks: &mut Clocks, clock: &Clock, object: &Object, container: &Value) {
    let image = container.get("image").and_then(Value::as_str);
    let list = |key: &str| container.get(key).and_then(Value::as_list).unwrap_or_default();
    let words: Vec<&Value> = list("command").iter().chain(list("args")).collect();
    if let Some(source) = container.get("source").and_then(Value::as_str) {
        script(facts, clocks, clock, object, (container, source), image);
    }
    let texts: Vec<String> = words.iter().filter_map(|value| value.scalar_text()).collect();
    // `sh -c` with its text: the lines of the text are the places. Its own options come before it.
    let shell =
        texts.first().is_some_and(|word| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash")));
    let inline = texts.iter().position(|word| word.starts_with('-') && !word.starts_with("--") && word.ends_with('c'));
    if let (true, Some(at)) = (shell, inline)
        && let Some(value) = words.get(at + 1)
        && let Kind::Str(text) = &value.kind
    {
        let strict = texts[..=at].iter().any(|word| word.starts_with('-') && word.contains('e'));
        let pipefail = texts[..=at].iter().any(|word| word == "pipefail");
        let head = if strict { "set -e\n" } else { "" };
        let head = if pipefail { "set -o pipefail\n" } else { head };
        if head.is_empty() {
            script(facts, clocks, clock, object, (value, text), image);
        } else {
            let place = object.at(value.span);
            let excerpt =
                Excerpt::anchored(place.path.clone(), place.span.unwrap_or_default(), format!("{head}{text}"));
            clocks.script(facts, clock, &excerpt, image, DEPTH);
        }
        return;
    }
    if let Some(first) = words.first() {
        let place = object.at(first.span);
        clocks.program(facts, clock, texts, &place, image, None, DEPTH);
    } else if let Some(image_value) = container.get("image") {
        let run = clock.run(Vec::new(), image.map(str::to_owned), object.at(image_value.span), None);
        clocks.runs.push(run);
    }
}

fn script(
    facts: &Facts<'_>,
    clocks: &mut Clocks,
    clock: &Clock,
    object: &Object,
    (value, text): (&Value, &str),
    image: Option<&str>,
) {
    let place = object.at(value.span);
    let excerpt = match facts.tree.text(&place.path) {
        Some(source) => Excerpt::scalar(source, place.span.unwrap_or_default(), text),
        None => Excerpt::anchored(place.path.clone(), place.span.unwrap_or_default(), text),
    };
    clocks.script(facts, clock, &excerpt, image, DEPTH);
}
