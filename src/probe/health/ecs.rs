//! Services of ECS that infrastructure code declares: what their containers and their target groups check.

use super::checks::{Check, Subject};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::containers::{Fact, HealthKind, Platform, Timing, health_command};
use crate::facts::infra::{Infra, Resource, Setting, written};
use crate::value::{Field, Kind, Value};

/// Every service that something can reach.
pub(super) fn subjects(facts: &Facts<'_>) -> Vec<Subject> {
    // A task definition of its own, in JSON, is read where containers are.
    let apart = facts.containers().production().any(|service| service.platform == Platform::Ecs);
    let infra = facts.infra();
    let found = infra.of_kind("aws_ecs_service").filter_map(|service| subject(infra, service));
    found.filter(|subject| !apart || subject.silent.is_none()).collect()
}

fn subject(infra: &Infra, service: &Resource) -> Option<Subject> {
    let subject = |checks: Vec<Check>, silent: Option<&str>| Subject {
        title: service.title(),
        place: service.place(),
        wanted: "health check, neither of its containers nor of a target group",
        checks,
        silent: silent.map(str::to_owned),
        folder: None,
        image: String::new(),
    };
    let balancer = service.setting("load_balancer");
    let mut checks = balancer.as_ref().map(|balancer| of_target_group(infra, balancer)).unwrap_or_default();
    if balancer.is_some() && checks.is_empty() {
        return Some(subject(Vec::new(), Some("its target group checks it, and is not in the tree")));
    }
    let own = service.setting("container_definitions").map(|setting| (service, setting));
    let Some((owner, definitions)) = own.or_else(|| of_task(infra, service)) else {
        return Some(subject(checks, Some("its task definition is not in the tree")).with_checks());
    };
    let Some(containers) = containers(&definitions) else {
        return Some(subject(checks, Some("its container definitions are not in the tree")).with_checks());
    };
    checks.extend(containers.iter().filter_map(|container| of_container(owner, container)));
    let listens = |container: &&Value| {
        let ports = container.get("port_mappings").or_else(|| container.get("portMappings"));
        ports.is_some_and(|ports| ports.as_list().is_none_or(|list| !list.is_empty()))
    };
    (balancer.is_some() || containers.iter().any(listens)).then(|| subject(checks, None))
}

impl Subject {
    /// What is checked already leaves nothing open.
    fn with_checks(mut self) -> Self {
        if !self.checks.is_empty() {
            self.silent = None;
        }
        self
    }
}

/// The task definition that a service refers to.
fn of_task<'i>(infra: &'i Infra, service: &Resource) -> Option<(&'i Resource, Setting<'i>)> {
    let reference = written(&service.setting("task_definition")?.value)?;
    let task = infra.of_kind("aws_ecs_task_definition").find(|task| task.is_named_in(&reference))?;
    Some((task, task.setting("container_definitions")?))
}

/// The definitions as maps: a list of them, or a map by name.
fn containers<'s>(definitions: &'s Setting<'_>) -> Option<Vec<&'s Value>> {
    let maps = |values: Vec<&'s Value>| values.iter().all(|value| value.as_map().is_some()).then_some(values);
    match &definitions.value.kind {
        Kind::List(list) => maps(list.iter().collect()),
        Kind::Map(map) => maps(map.values().map(|field| &field.value).collect()),
        _ => None,
    }
}

fn of_container(owner: &Resource, container: &Value) -> Option<Check> {
    let map = container.as_map()?;
    let field = map.get("health_check").or_else(|| map.get("healthCheck"))?;
    let command = field.value.get("command")?;
    let words: Vec<String> = match command.as_list() {
        Some(list) => list.iter().filter_map(Value::scalar_text).collect(),
        None => command.scalar_text().into_iter().collect(),
    };
    Some(Check {
        what: "health check of the container",
        kind: health_command(&words.join(" ")),
        place: owner.at(field.key),
        interval: timing(owner, field.value.as_map().and_then(|map| map.get("interval")), 30.0),
        timeout: timing(owner, field.value.as_map().and_then(|map| map.get("timeout")), 5.0),
        admits: true,
    })
}

fn timing(owner: &Resource, written: Option<&Field>, default: f64) -> Timing {
    match written {
        Some(field) => field
            .value
            .as_number()
            .map_or(Timing::Unknown, |seconds| Timing::Written(Fact::new(seconds, owner.at(field.span())))),
        None => Timing::Default(default),
    }
}

/// The check of the target group that a balancer's block names; every target group has one.
fn of_target_group(infra: &Infra, balancer: &Setting<'_>) -> Vec<Check> {
    let mut open = vec![&*balancer.value];
    let mut references = Vec::new();
    while let Some(value) = open.pop() {
        match &value.kind {
            Kind::Map(map) => open.extend(map.values().map(|field| &field.value)),
            Kind::List(list) => open.extend(list),
            _ => references.extend(written(value)),
        }
    }
    let named = |group: &&Resource| references.iter().any(|reference| group.is_named_in(reference));
    infra.of_kind("aws_lb_target_group").filter(named).map(target_group).collect()
}

fn target_group(group: &Resource) -> Check {
    let seconds = |path: &str, default: f64| match group.setting(path) {
        Some(setting) if setting.default_of.is_none() => setting
            .text()
            .and_then(|text| text.parse().ok())
            .map_or(Timing::Unknown, |seconds| Timing::Written(Fact::new(seconds, setting.place.clone()))),
        _ => Timing::Default(default),
    };
    let path = group.setting("health_check.path");
    let place: Place = path.as_ref().map_or_else(|| group.place(), |setting| setting.place.clone());
    let off = group.setting("health_check.enabled").and_then(|setting| setting.text()).is_some_and(|on| on == "false");
    let tcp =
        group.setting("health_check.protocol").and_then(|setting| setting.text()).is_some_and(|word| word == "TCP");
    let kind = match (off, tcp) {
        (true, _) => HealthKind::Disabled,
        (_, true) => HealthKind::Tcp,
        _ => HealthKind::Http(path.and_then(|setting| setting.text()).unwrap_or_else(|| "/".into())),
    };
    Check {
        what: "health check of the target group",
        kind,
        place,
        interval: seconds("health_check.interval", 30.0),
        timeout: seconds("health_check.timeout", 5.0),
        admits: true,
    }
}
