//! `@container`: what Dockerfiles, compose files and platform specs of production say.

use super::k8s::{aside, env_sighting};
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::image::{Build, Image};
use crate::facts::containers::{
    Containers, Env, EnvValue, Fact, Health, HealthKind, Platform, Role, Service, Timing, start, watchers,
};
use crate::facts::kubernetes::path::glob;
use crate::facts::production::Standing;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::quantity::{Dimension, Quantity};
use crate::tree::path::{folder_of, within};
use std::sync::Arc;

/// `@container(fact)`.
pub static PROBE: Probe = Probe {
    name: "container",
    summary: "Release images, production compose files and platform specs: health check, user, build, limits, environment",
    usage: "@container(fact), @container(\"env\", NAME… | \"NAME~regex\"…) or @container(\"command\", ~\"regex\") {unit, each}",
    arity: (1, 2),
    patterns_from: None,
    facts: &[
        "healthcheck",
        "healthcheck_disabled",
        "health_interval",
        "health_timeout",
        "user",
        "release_build",
        "debug_build",
        "command",
        "watches",
        "env",
        "memory_limit",
        "tls",
        "autodeploy",
        "logs_shipped",
        "logs_dropped",
        "mounts_source",
        "start_checks",
    ],
    options: &["unit", "each"],
    look,
};

/// Log drivers that send lines away from the machine; the others keep them on its disk.
const SHIPPING: &[&str] =
    &["loki", "fluentd", "awslogs", "awsfirelens", "gcplogs", "gelf", "splunk", "syslog", "logentries", "datadog"];

/// What speaks against a service where it is found; where it is not, its standing decides nothing.
const AGAINST: &[&str] = &["healthcheck_disabled", "debug_build", "watches", "logs_dropped", "mounts_source"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let view = facts.containers();
    let mut answer = Answer { blind: view.blind.clone(), ..Answer::default() };
    let fact = question.fact();
    if fact == "start_checks" {
        start_checks(facts, &mut answer);
        return answer;
    }
    let mut lacking = false;
    for service in view.services.iter().filter(|service| matters(service, fact)) {
        if is_of_its_image(view, service, fact) {
            continue;
        }
        let mut found = of_service(facts, service, fact, question);
        found.retain(|one| fact != "command" || is_started(facts, question, one));
        lacking |= found.is_empty() && service.serves() && service.standing == Standing::Production;
        let is_unsaid = found.is_empty() && AGAINST.contains(&fact);
        if !is_unsaid {
            put(&mut answer, found, &service.standing, &service.place, &title(service));
        }
    }
    if fact == "autodeploy" && answer.seen.is_empty() {
        let service = view.production().find(|service| service.platform == Platform::Heroku && service.serves());
        answer.blind.extend(service.map(|service| Blind {
            place: Some(service.place.clone()),
            why: "whether each push is deployed is set on the platform: a Procfile has no word for it".to_owned(),
        }));
    }
    // `each`: what one service lacks is not proven for the project.
    if lacking && question.is_set("each") {
        answer.notes.append(&mut answer.seen);
    }
    if !reads_images(facts, fact) {
        return answer;
    }
    for image in &view.images {
        for &stage in &image.shipped {
            let mut found = of_image(facts, image, stage, fact, question);
            found.retain(|one| fact != "command" || is_started(facts, question, one));
            let place = image.at(image.file.stages[stage].span);
            if matches!(fact, "release_build" | "debug_build")
                && found.is_empty()
                && image.standing == Standing::Production
            {
                answer.blind.extend(image.undecided_build(stage).map(|place| Blind {
                    place: Some(place),
                    why: "a build argument from outside decides which of two builds goes into the image".to_owned(),
                }));
            }
            put(&mut answer, found, &image.standing, &place, &image.path);
        }
    }
    answer
}

/// Whether what a service starts, or runs as, is what its image says that production ships: then the image tells it, however
/// the service stands.
fn is_of_its_image(view: &Containers, service: &Service, fact: &str) -> bool {
    let stated = match fact {
        "command" | "watches" => service.command.as_ref(),
        "user" => service.user.as_ref(),
        _ => None,
    };
    let ships = |image: &Image| image.standing == Standing::Production;
    let is_uncertain = matches!(service.standing, Standing::Uncertain(_));
    is_uncertain && stated.is_some_and(|fact| view.images.iter().any(|one| ships(one) && one.path == fact.place.path))
}

/// Whether a start command, or a script of the tree that it runs, is one that the question asks for.
fn is_started(facts: &Facts<'_>, question: &Question, command: &Sighting) -> bool {
    let patterns: Vec<Regex> = question.arg(1).iter().filter_map(|word| compile(&word.text).ok()).collect();
    let Some(Observed::Word(command)) = &command.value else { return patterns.is_empty() };
    let is_asked = |text: &str| patterns.iter().any(|pattern| pattern.is_match(text));
    let in_script = |text: &str| text.lines().any(|line| !line.trim_start().starts_with('#') && is_asked(line));
    patterns.is_empty()
        || is_asked(command)
        || start::scripts(facts, command).any(|file| file.text().is_some_and(|source| in_script(source.text())))
}

/// What the starts of production's programs do with their stores before they serve.
fn start_checks(facts: &Facts<'_>, answer: &mut Answer) {
    let view = facts.containers();
    let is_own = |service: &&Service| service.role != Role::ThirdParty && service.standing == Standing::Production;
    for check in view.services.iter().filter(is_own).filter_map(|service| start::held_back(facts, service)) {
        answer.seen.push(seen(&check.place, format!("the service waits: `{}`", check.line)));
    }
    let services = view.services.iter().filter(is_own).filter_map(|service| {
        Some((service.command.clone()?, service.platform == Platform::Heroku && service.name == "release"))
    });
    let images = view.images.iter().filter(|image| image.standing == Standing::Production);
    let of_images = images.flat_map(|image| image.shipped.iter().filter_map(|&stage| image.command(stage)));
    for (command, alone) in services.chain(of_images.map(|command| (command, false))) {
        for check in start::checks(facts, &command, alone) {
            if check.is_sure {
                answer.seen.push(seen(&check.place, format!("the start runs `{}`", check.line)));
            } else {
                let why = format!("a condition decides whether the start runs `{}`", check.line);
                answer.blind.push(Blind { place: Some(check.place), why });
            }
        }
    }
}

/// Databases and proxies say nothing about the project; jobs and workers have no health check and no entry point.
fn matters(service: &Service, fact: &str) -> bool {
    match fact {
        "healthcheck" | "healthcheck_disabled" | "health_interval" | "health_timeout" | "tls" => service.serves(),
        _ => service.role != Role::ThirdParty,
    }
}

/// A compose service has taken over what its image says; Kubernetes and most platforms ignore `HEALTHCHECK`.
fn reads_images(facts: &Facts<'_>, fact: &str) -> bool {
    match fact {
        "healthcheck" | "healthcheck_disabled" | "health_interval" | "health_timeout" => {
            let elsewhere = facts.containers().production().any(Service::serves);
            !elsewhere && facts.kubernetes().own_workloads().next().is_none()
        }
        "release_build" | "debug_build" | "user" | "command" | "watches" | "env" => true,
        _ => false,
    }
}

fn put(answer: &mut Answer, found: Vec<Sighting>, standing: &Standing, place: &Place, title: &str) {
    match standing {
        Standing::Production => answer.seen.extend(found),
        Standing::Aside(_) => {
            if let Some(first) = found.into_iter().next() {
                answer.notes.extend(aside(first.place, title, standing));
            }
        }
        Standing::Uncertain(why) => {
            let why = format!(
                "{title} may or may not be production ({why}): name it under `production` in .tusk-check/project.tsk"
            );
            answer.blind.push(Blind { place: Some(place.clone()), why });
        }
    }
}

fn title(service: &Service) -> String {
    format!("{} service \"{}\"", service.platform.name(), service.name)
}

fn seen(place: &Place, message: String) -> Sighting {
    Sighting::new(place.clone(), Strength::Configured, message)
}

fn of_service(facts: &Facts<'_>, service: &Service, fact: &str, question: &Question) -> Vec<Sighting> {
    let title = title(service);
    let flag = |fact: &Option<Fact<bool>>, what: &str| -> Vec<Sighting> {
        let of = |fact: &Fact<bool>| seen(&fact.place, format!("{what} of {title}")).with(Observed::Flag(fact.value));
        fact.iter().map(of).collect()
    };
    let word = |fact: &Option<Fact<String>>, what: &str| -> Vec<Sighting> {
        let of = |fact: &Fact<String>| {
            seen(&fact.place, format!("{what} {} of {title}", fact.value)).with(Observed::Word(fact.value.clone()))
        };
        fact.iter().map(of).collect()
    };
    match fact {
        "healthcheck" | "healthcheck_disabled" | "health_interval" | "health_timeout" => {
            service.health.iter().filter_map(|health| of_health(health, fact, &title)).collect()
        }
        "user" => word(&service.user, "user"),
        "command" => word(&service.command, "command"),
        "watches" => service.command.iter().filter_map(|command| watches(facts, command, &title)).collect(),
        "env" => of_env(&service.env, &title, question),
        "memory_limit" => {
            let of = |limit: &Fact<f64>| {
                let value = Observed::Quantity(Quantity::new(limit.value, Dimension::Data));
                seen(&limit.place, format!("memory limit of {title}")).with(value)
            };
            service.memory_limit.iter().map(of).collect()
        }
        "tls" => flag(&service.tls, "TLS at the entry point"),
        "autodeploy" => flag(&service.autodeploy, "deploy on push"),
        "logs_shipped" => logs(service, |driver| SHIPPING.contains(&driver) || service.platform.has_edge(), &title),
        "logs_dropped" => logs(service, |driver| driver == "none", &title),
        "mounts_source" => word(&service.mounts_source, "mounted source"),
        _ => Vec::new(),
    }
}

fn logs(service: &Service, wanted: impl Fn(&str) -> bool, title: &str) -> Vec<Sighting> {
    let log = service.log.iter().filter(|log| wanted(&log.value.to_lowercase()));
    log.map(|log| seen(&log.place, format!("{title} logs to {}", log.value))).collect()
}

/// The script that an image starts with, where it gives the rights of root away before it starts the program.
fn hands_over(facts: &Facts<'_>, image: &Image, stage: usize) -> Option<Arc<str>> {
    const TOOLS: &[&str] = &["gosu", "su-exec", "setpriv", "runuser", "s6-setuidgid", "setuidgid"];
    let command = image.command(stage)?.value;
    let words = command.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | ']'));
    let names: Vec<&str> = words.filter_map(|word| word.rsplit('/').next()).filter(|name| !name.is_empty()).collect();
    if names.iter().any(|name| TOOLS.contains(name)) {
        return Some(image.path.clone());
    }
    let scripts = facts.tree.files().iter().filter(|file| names.contains(&file.name()));
    let gives_away = |text: &str| {
        let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
        lines.into_iter().any(|line| line.split_whitespace().take(3).any(|word| TOOLS.contains(&word)))
    };
    scripts
        .into_iter()
        .find(|file| file.text().is_some_and(|text| gives_away(text.text())))
        .map(|file| file.path.clone())
}

fn of_image(facts: &Facts<'_>, image: &Image, stage: usize, fact: &str, question: &Question) -> Vec<Sighting> {
    let title = format!("the image of {}", image.path);
    match fact {
        "healthcheck" | "healthcheck_disabled" | "health_interval" | "health_timeout" => {
            image.health(stage).iter().filter_map(|health| of_health(health, fact, &title)).collect()
        }
        "user" => {
            let place = image.at(image.file.stages[stage].span);
            match image.user(stage) {
                Some(user) if user.value.contains('$') => {
                    let message = format!("{title} runs as {}, which is set elsewhere", user.value);
                    vec![seen(&user.place, message).with(Observed::Opaque(user.value))]
                }
                Some(user)
                    if user.value == "root"
                        && let Some(script) = hands_over(facts, image, stage) =>
                {
                    let message = format!("{title} starts as root, and {script} hands over to another user");
                    vec![seen(&user.place, message).with(Observed::Opaque("the user that the script names".to_owned()))]
                }
                Some(user) => {
                    vec![seen(&user.place, format!("{title} runs as {}", user.value)).with(Observed::Word(user.value))]
                }
                None => {
                    let message = format!("{title} runs as whom the image that it starts from says");
                    vec![seen(&place, message).with(Observed::Opaque("the base image's user".to_owned()))]
                }
            }
        }
        "release_build" => builds(facts, image, stage, Build::Release, "a release build"),
        "debug_build" => builds(facts, image, stage, Build::Debug, "a debug build"),
        "command" => {
            let command = image.command(stage).filter(|fact| !is_bare_shell(&fact.value));
            command
                .map(|fact| {
                    seen(&fact.place, format!("{title} starts {}", fact.value)).with(Observed::Word(fact.value))
                })
                .into_iter()
                .collect()
        }
        "watches" => image.command(stage).iter().filter_map(|command| watches(facts, command, &title)).collect(),
        "env" => {
            let env = image.file.environment(stage).into_iter();
            let env: Vec<Env> = env
                .map(|(name, value, span)| Env { name, value: EnvValue::of(&value), place: image.at(span) })
                .collect();
            of_env(&env, &title, question)
        }
        _ => Vec::new(),
    }
}

/// Whether a command starts a shell and tells it nothing: what runs is said where the image is used.
fn is_bare_shell(command: &str) -> bool {
    let shells = ["sh", "bash", "ash", "zsh"];
    command.split_whitespace().all(|word| word == "-c" || shells.contains(&word.rsplit('/').next().unwrap_or(word)))
}

/// A release build only counts when no debug build goes into the same image.
fn builds(facts: &Facts<'_>, image: &Image, stage: usize, wanted: Build, what: &str) -> Vec<Sighting> {
    let mut all = image.builds(stage);
    // What CMake builds is this project where its list stands beside the Dockerfile.
    if facts.tree.file(&within(folder_of(&image.path), "CMakeLists.txt")).is_some() {
        all.extend(image.cmake_builds(stage));
    }
    if wanted == Build::Release && all.iter().any(|build| build.value == Build::Debug) {
        return Vec::new();
    }
    // What is only built and run there, and started by nobody, is no image of the service.
    let is_started = wanted == Build::Release || image.command(stage).is_some() || image.copies_a_build(stage);
    let found = all.into_iter().filter(|build| build.value == wanted && is_started);
    found.map(|build| seen(&build.place, format!("{what} in {}", image.path))).collect()
}

fn of_env(env: &[Env], title: &str, question: &Question) -> Vec<Sighting> {
    let unit = question.option_text("unit");
    let says = |entry: &Env, pattern: &str| {
        let (EnvValue::Literal(text) | EnvValue::Default(text)) = &entry.value else { return false };
        compile(pattern).is_ok_and(|pattern| pattern.is_match(text))
    };
    let wanted = |entry: &&Env| {
        question.arg(1).iter().any(|word| match word.text.split_once('~') {
            Some((name, pattern)) => glob(name, &entry.name) && says(entry, pattern),
            None => glob(&word.text, &entry.name),
        })
    };
    env.iter().filter(wanted).map(|entry| env_sighting(entry, title, unit)).collect()
}

fn of_health(health: &Health, fact: &str, title: &str) -> Option<Sighting> {
    let disabled = health.kind == HealthKind::Disabled;
    if disabled != (fact == "healthcheck_disabled") {
        return None;
    }
    let (timing, what) = match fact {
        "healthcheck_disabled" => {
            return Some(seen(&health.place, format!("the health check of {title} is switched off or cannot fail")));
        }
        "healthcheck" => return Some(seen(&health.place, format!("{} checks {title}", kind(&health.kind)))),
        "health_interval" => (&health.interval, "interval"),
        _ => (&health.timeout, "timeout"),
    };
    Some(timing_sighting(timing, what, health, title))
}

/// A number of a declared check; the platform's own number for one that is not written counts as declared.
pub(super) fn timing_sighting(timing: &Timing, what: &str, health: &Health, title: &str) -> Sighting {
    let value = |seconds: f64| Observed::Quantity(Quantity::seconds(seconds));
    match timing {
        Timing::Written(fact) => {
            seen(&fact.place, format!("health check {what} {} s of {title}", fact.value)).with(value(fact.value))
        }
        Timing::Default(seconds) => {
            let message = format!("health check {what} of {title} is not written: the platform takes {seconds} s");
            seen(&health.place, message).with(value(*seconds))
        }
        Timing::Unknown => seen(&health.place, format!("health check {what} of {title} is not stated"))
            .with(Observed::Opaque(format!("the platform's own {what}"))),
    }
}

/// What a check does, in words.
pub(super) fn kind(kind: &HealthKind) -> String {
    match kind {
        HealthKind::Http(path) => format!("GET {path}"),
        HealthKind::Command(command) => format!("`{command}`"),
        HealthKind::Tcp => "a TCP connection".into(),
        HealthKind::Grpc => "gRPC health".into(),
        HealthKind::Disabled => "nothing".into(),
    }
}

fn watches(facts: &Facts<'_>, command: &Fact<String>, title: &str) -> Option<Sighting> {
    let (place, watcher) = watchers::watcher(facts, command)?;
    Some(seen(&place, format!("{title} starts `{watcher}`")))
}
