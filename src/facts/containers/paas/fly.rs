//! Fly.io: `fly.toml`, `fly.production.toml`.

use super::super::fields::{Spec, bytes};
use super::super::{Fact, Health, HealthKind, Limit, Platform, Role, Scale, Service};
use crate::facts::production::Standing;
use crate::value::Value;

/// Whether a text, whatever its file is called, is such a spec: `deploy/fly/prod.toml`.
pub(super) fn is_spec(text: &str) -> bool {
    let begins = |word: &str| text.lines().any(|line| line.starts_with(word));
    text.contains("internal_port") && begins("app =") && (begins("[http_service]") || begins("[[services]]"))
}

pub(super) fn services(spec: &Spec, document: &Value, standing: &Standing) -> Vec<Service> {
    let name = document.get("app").and_then(Value::scalar_text).unwrap_or_else(|| "app".into());
    let place = spec.entry_of(document, "app").unwrap_or_else(|| spec.at(document));
    let mut service = Service::new(name, Platform::Fly, place, standing.clone());
    service.health = checks(spec, document);
    service.env = document.get("env").map(|map| spec.env_map(map)).unwrap_or_default();
    service.dockerfile =
        document.at(&["build", "dockerfile"]).and_then(Value::as_str).map(|path| path.trim_start_matches("./").into());
    service.image = document.get("build").and_then(|build| spec.text(build, "image"));
    service.memory_limit = memory(spec, document);
    service.scale = scale(spec, document);
    service.strategy = strategy(spec, document);
    // Only these two keep the old machines until the new ones are healthy.
    service.reverts = service.strategy.as_ref().filter(|strategy| strategy.value != "rolling").and_then(|strategy| {
        let checked = !service.health.is_empty() && matches!(strategy.value, "blue_green" | "canary");
        checked.then(|| Fact::new(true, strategy.place.clone()))
    });
    let http = document.get("http_service");
    service.tls = http.and_then(|http| spec.flag(http, "force_https")).or_else(|| ports(spec, document));
    if http.is_none() && document.get("services").is_none() {
        service.role = Role::Worker;
    }
    vec![service]
}

fn checks(spec: &Spec, document: &Value) -> Vec<Health> {
    let http = document.at(&["http_service", "checks"]).and_then(Value::as_list).unwrap_or_default();
    let services = document.get("services").and_then(Value::as_list).unwrap_or_default();
    let of_kind =
        |kind: &'static str| services.iter().filter_map(move |service| service.get(kind)?.as_list()).flatten();
    let mut found: Vec<Health> =
        http.iter().chain(of_kind("http_checks")).map(|check| health(spec, check, "http")).collect();
    found.extend(of_kind("tcp_checks").map(|check| health(spec, check, "tcp")));
    if let Some(named) = document.get("checks").and_then(Value::as_map) {
        for field in named.values() {
            let kind = field.value.get("type").and_then(Value::as_str).unwrap_or("tcp");
            found.push(health(spec, &field.value, kind));
        }
    }
    found
}

fn health(spec: &Spec, check: &Value, kind: &str) -> Health {
    let path = spec.text(check, "path");
    let place = path.as_ref().map_or_else(|| spec.at(check), |path| path.place.clone());
    let kind = match path {
        Some(path) if kind == "http" => HealthKind::Http(path.value),
        None if kind == "http" => HealthKind::Http("/".into()),
        _ => HealthKind::Tcp,
    };
    Health {
        kind,
        place,
        interval: spec.seconds(check, "interval", None),
        timeout: spec.seconds(check, "timeout", None),
    }
}

/// What `[[services.ports]]` say: one that takes HTTP without TLS serves it, unless it sends everybody on to HTTPS.
fn ports(spec: &Spec, document: &Value) -> Option<Fact<bool>> {
    let services = document.get("services")?.as_list()?;
    let ports: Vec<&Value> = services.iter().filter_map(|service| service.get("ports")?.as_list()).flatten().collect();
    let handles = |port: &Value, word: &str| {
        let handlers = port.get("handlers").and_then(Value::as_list).unwrap_or_default();
        handlers.iter().any(|handler| handler.as_str() == Some(word))
    };
    let here = |port: &Value| spec.entry_of(port, "handlers").unwrap_or_else(|| spec.at(port));
    let plain = ports.iter().filter(|port| handles(port, "http") && !handles(port, "tls"));
    let told: Vec<Fact<bool>> =
        plain.map(|port| spec.flag(port, "force_https").unwrap_or_else(|| Fact::new(false, here(port)))).collect();
    let secure = || ports.iter().find(|port| handles(port, "tls")).map(|port| Fact::new(true, here(port)));
    let open = told.iter().position(|fact| !fact.value);
    told.into_iter().nth(open.unwrap_or(0)).or_else(secure)
}

fn memory(spec: &Spec, document: &Value) -> Option<Fact<f64>> {
    let machines = document.get("vm")?;
    let machine = machines.as_list().map_or(Some(machines), |list| list.first())?;
    let text = spec.text(machine, "memory").or_else(|| spec.text(machine, "memory_mb"))?;
    Some(Fact::new(bytes(&text.value, 1024.0 * 1024.0)?, text.place))
}

/// Machines are created by hand; the spec says how many of them stay up, and whether more are started.
fn scale(spec: &Spec, document: &Value) -> Option<Scale> {
    let services = document.get("services").and_then(Value::as_list).and_then(|list| list.first());
    let http = document.get("http_service").or(services)?;
    let stops = spec.text(http, "auto_stop_machines").is_some_and(|stop| stop.value != "off" && stop.value != "false");
    let default = if stops { Limit::Default(0.0) } else { Limit::Unknown("as many machines as were created") };
    Some(Scale {
        min: spec.limit(http, "min_machines_running", default),
        max: Limit::Unknown("as many machines as were created"),
        automatic: spec.flag(http, "auto_start_machines").filter(|fact| fact.value && stops).map(|fact| fact.place),
        cpu: None,
        memory: None,
    })
}

/// Rolling unless the spec says otherwise.
fn strategy(spec: &Spec, document: &Value) -> Option<Fact<&'static str>> {
    let Some(written) = document.get("deploy").and_then(|deploy| spec.text(deploy, "strategy")) else {
        return Some(Fact::new("rolling", spec.entry_of(document, "app").unwrap_or_else(|| spec.at(document))));
    };
    let word = match written.value.as_str() {
        "bluegreen" => "blue_green",
        "canary" => "canary",
        "immediate" => "recreate",
        "rolling" => "rolling",
        _ => return None,
    };
    Some(Fact::new(word, written.place))
}
