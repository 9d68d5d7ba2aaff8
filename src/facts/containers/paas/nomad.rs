//! Nomad: job specifications, `shop.nomad.hcl`, `shop.nomad`.
//!
//! <https://developer.hashicorp.com/nomad/docs/job-specification>

use super::super::fields::Spec;
use super::super::{
    Fact, Health, HealthKind, Limit, Platform, Role, Scale, Service, health_command, role_of_name, third_party_image,
};
pub(in crate::facts) use super::standing;
use crate::evidence::Blind;
use crate::facts::Facts;
use crate::facts::infra::{LABEL, blocks_of_file};
use crate::facts::production::Standing;
use crate::source::Source;
use crate::tree::File;
use crate::value::Value;

/// The jobs of a tree, read once for what they run and when.
#[derive(Debug, Default)]
pub struct Jobs {
    /// Each with its file, as they stand there.
    pub(in crate::facts) jobs: Vec<(Source, Value)>,
    /// Files that could not be read.
    pub(in crate::facts) blind: Vec<Blind>,
}

/// Reads them.
pub(in crate::facts) fn read(facts: &Facts<'_>) -> Jobs {
    let mut found = Jobs::default();
    for source in facts.tree.files().iter().filter(|file| is_spec(file)).filter_map(File::text) {
        match blocks_of_file(source, "job") {
            Ok(jobs) => found.jobs.extend(jobs.into_iter().map(|job| (source.clone(), job))),
            Err(blind) => found.blind.push(blind),
        }
    }
    found
}

/// Whether a file holds jobs: by its name, or by a job at the start of a line.
fn is_spec(file: &File) -> bool {
    let name = file.name();
    let text = || file.text().map_or("", |source| source.text());
    let ends = [".nomad", ".nomad.hcl", ".nomad.tpl", ".nomad.tmpl", ".nomad.j2"];
    ends.iter().any(|end| name.ends_with(end))
        || name.rsplit_once('.').is_some_and(|(_, end)| end == "hcl")
            && text().lines().any(|line| line.starts_with("job \""))
}

/// The tasks of a job.
pub(super) fn services(facts: &Facts<'_>, source: &Source, job: &Value) -> Vec<Service> {
    let standing = standing(facts, source.name(), Some(label(job)));
    let spec = Spec(source.name().into());
    blocks(job, "group").flat_map(|group| tasks(&spec, job, group, &standing)).collect()
}

/// The blocks of a name in a body.
pub(in crate::facts) fn blocks<'v>(body: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    body.get(name).and_then(Value::as_list).unwrap_or_default().iter()
}

fn block<'v>(body: &'v Value, name: &str) -> Option<&'v Value> {
    blocks(body, name).next()
}

/// The label of a block: `web` of `task "web" { … }`.
pub(in crate::facts) fn label(body: &Value) -> &str {
    body.get(LABEL).and_then(Value::as_str).unwrap_or_default()
}

fn tasks(spec: &Spec, job: &Value, group: &Value, standing: &Standing) -> Vec<Service> {
    let listens =
        block(group, "service").is_some() || block(group, "network").is_some_and(|it| it.get("port").is_some());
    let mut found: Vec<Service> =
        blocks(group, "task").map(|task| service(spec, job, task, listens, standing)).collect();
    let own = found.iter().filter(|service| service.role == Role::Serving).count();
    for service in &mut found {
        // What the group announces is checked for the task that it names, or for the only one that can answer.
        let is_meant = |check: &Value| match check.get("task").and_then(Value::as_str) {
            Some(task) => task == service.name,
            None => own == 1 && service.role == Role::Serving,
        };
        let announced = blocks(group, "service").flat_map(|service| blocks(service, "check"));
        let checks: Vec<Health> = announced.filter(|check| is_meant(check)).map(|check| health(spec, check)).collect();
        service.health.extend(checks);
        if service.role == Role::Serving {
            service.scale = Some(scale(spec, job, group));
            (service.strategy, service.reverts) = update(spec, job, group);
        }
    }
    found
}

fn service(spec: &Spec, job: &Value, task: &Value, listens: bool, standing: &Standing) -> Service {
    let place = spec.entry_of(task, LABEL).unwrap_or_else(|| spec.at(task));
    let mut service = Service::new(label(task).to_owned(), Platform::Nomad, place, standing.clone());
    let config = block(task, "config");
    service.image = config.and_then(|config| spec.text(config, "image"));
    let listens = listens || block(task, "service").is_some();
    let ends = matches!(job.get("type").and_then(Value::as_str), Some("batch" | "sysbatch"))
        || block(task, "lifecycle").is_some_and(|cycle| cycle.get("sidecar").and_then(Value::as_bool) != Some(true));
    let is_foreign = service.image.as_ref().is_some_and(|image| third_party_image(&image.value).is_some());
    service.role = match () {
        () if ends => Role::Job,
        () if is_foreign || block(task, "lifecycle").is_some() => Role::ThirdParty,
        () => match role_of_name(&service.name, listens) {
            // Nothing announces it and it opens no port.
            Role::Serving if !listens => Role::Worker,
            role => role,
        },
    };
    service.health =
        blocks(task, "service").flat_map(|service| blocks(service, "check")).map(|check| health(spec, check)).collect();
    service.env = block(task, "env").map(|map| spec.env_map(map)).unwrap_or_default();
    let fills = |template: &Value| template.get("env").and_then(Value::as_bool) == Some(true);
    service.borrows_env = blocks(task, "template").any(fills);
    service.command = config.and_then(|config| command(spec, config));
    service.user = spec.text(task, "user");
    let memory = block(task, "resources")
        .and_then(|resources| spec.number(resources, "memory_max").or_else(|| spec.number(resources, "memory")));
    service.memory_limit = memory.map(|fact| Fact::new(fact.value * 1024.0 * 1024.0, fact.place));
    service.log = config.and_then(|config| block(config, "logging")).and_then(|log| spec.text(log, "type"));
    service
}

fn command(spec: &Spec, config: &Value) -> Option<Fact<String>> {
    let program = spec.command(config, "command").or_else(|| spec.command(config, "entrypoint"));
    match (program, spec.command(config, "args")) {
        (Some(program), Some(args)) => Some(Fact::new(format!("{} {}", program.value, args.value), program.place)),
        (program, args) => program.or(args),
    }
}

fn health(spec: &Spec, check: &Value) -> Health {
    let place = spec.entry_of(check, "path").or_else(|| spec.entry_of(check, "type")).unwrap_or_else(|| spec.at(check));
    let kind = match check.get("type").and_then(Value::as_str) {
        Some("http") => HealthKind::Http(check.get("path").and_then(Value::scalar_text).unwrap_or_else(|| "/".into())),
        Some("grpc") => HealthKind::Grpc,
        Some("script") => {
            let command = command(spec, check).map_or_else(String::new, |command| command.value);
            health_command(&command)
        }
        _ => HealthKind::Tcp,
    };
    let timing = |key| spec.seconds(check, key, None);
    Health { kind, place, interval: timing("interval"), timeout: timing("timeout") }
}

/// `count` instances, one without it, unless a `scaling` block lets an autoscaler choose.
fn scale(spec: &Spec, job: &Value, group: &Value) -> Scale {
    if job.get("type").and_then(Value::as_str) == Some("system") {
        return Scale::fixed(Limit::Unknown("one on each machine"));
    }
    let count = spec.limit(group, "count", Limit::Default(1.0));
    let is_on = |scaling: &&Value| scaling.get("enabled").and_then(Value::as_bool) != Some(false);
    let Some(scaling) = block(group, "scaling").filter(is_on) else { return Scale::fixed(count) };
    let target = |word: &str| {
        let checks = blocks(scaling, "policy").flat_map(|policy| blocks(policy, "check"));
        let mut named = checks.filter(|check| {
            check.get("query").and_then(Value::scalar_text).is_some_and(|query| query.to_lowercase().contains(word))
        });
        spec.number(block(named.next()?, "strategy")?, "target")
    };
    Scale {
        min: spec.limit(scaling, "min", count),
        max: spec.limit(scaling, "max", Limit::Unknown("it is not stated")),
        automatic: Some(spec.at(scaling)),
        cpu: target("cpu"),
        memory: target("memory"),
    }
}

/// How a group is updated, and whether a failed update is taken back: what its `update` block says, else the job's.
fn update(spec: &Spec, job: &Value, group: &Value) -> (Option<Fact<&'static str>>, Option<Fact<bool>>) {
    let field = |key: &str| [group, job].into_iter().find_map(|body| spec.text(block(body, "update")?, key));
    let number = |key: &str| field(key).and_then(|fact| Some((fact.value.parse::<f64>().ok()?, fact.place)));
    let count = match spec.limit(group, "count", Limit::Default(1.0)) {
        Limit::Written(fact) => Some(fact.value),
        Limit::Default(count) => Some(count),
        Limit::Unknown(_) => None,
    };
    let here = || spec.entry_of(group, LABEL).unwrap_or_else(|| spec.at(group));
    let strategy = match (number("canary"), number("max_parallel")) {
        // As many new instances as there are old ones.
        (Some((canary, place)), _) if canary > 0.0 && count.is_some_and(|count| count > 1.0 && canary >= count) => {
            Fact::new("blue_green", place)
        }
        (Some((canary, place)), _) if canary > 0.0 => Fact::new("canary", place),
        (_, Some((0.0, place))) => Fact::new("recreate", place),
        (_, parallel) => Fact::new("rolling", parallel.map_or_else(here, |(_, place)| place)),
    };
    let reverts = field("auto_revert").and_then(|fact| Some(Fact::new(fact.value.parse().ok()?, fact.place)));
    (Some(strategy), reverts)
}
