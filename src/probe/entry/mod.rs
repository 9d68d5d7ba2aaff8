//! `@entry`: where traffic enters production: whether over TLS, and whether within limits.

pub(super) mod infra;
mod limits;
mod nginx;
mod rates;

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::containers::{Platform, Service};
use crate::facts::kubernetes::Object;
use crate::facts::kubernetes::path::glob;
use crate::source::Span;
use crate::value::Value;

/// `@entry(tls|plain|limited|rates|source_rates)`.
pub static PROBE: Probe = Probe {
    name: "entry",
    summary: "Entry points of production: `tls` holds when every one of them takes TLS, `plain` names those that serve without; \
              `limited` names limits on how often a client may ask, `rates` and `source_rates` their numbers",
    usage: "@entry(tls|plain|limited|rates|source_rates)",
    arity: (1, 1),
    patterns_from: None,
    facts: &["tls", "plain", "limited", "rates", "source_rates"],
    options: &[],
    look,
};

/// Annotations that give a load balancer its certificate.
const CERTIFICATES: &[&str] = &[
    "alb.ingress.kubernetes.io/certificate-arn",
    "networking.gke.io/managed-certificates",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/certmap",
    "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
    "service.beta.kubernetes.io/do-loadbalancer-certificate-id",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
];

/// What is said of an entry whose certificate nobody has named yet.
const OPEN: &str = "which certificate it shows has still to be filled in";

/// How one entry takes its traffic.
enum Mode {
    Tls(Span, String),
    Plain(Span, String),
    /// It is an entry, and this tree does not show which.
    Unseen(String),
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = match question.fact() {
        "limited" => {
            let nginx = nginx::limits(facts);
            let seen = limits::limits(facts).into_iter().chain(infra::limits(facts)).chain(nginx.whole).collect();
            Answer { seen, notes: nginx.partial, blind: facts.kubernetes().unread(limits::WORDS), ..Answer::default() }
        }
        "rates" => {
            let nginx = nginx::rates(facts);
            let seen = rates::at_the_edge(facts).into_iter().chain(nginx.whole).collect();
            Answer { seen, notes: nginx.partial, blind: facts.kubernetes().unread(limits::WORDS), ..Answer::default() }
        }
        "source_rates" => return Answer { seen: rates::in_source(facts), ..Answer::default() },
        fact => encryption(facts, fact),
    };
    if question.fact() != "plain" {
        answer.blind.extend(facts.infra().unread(infra::KINDS));
    }
    answer
}

fn encryption(facts: &Facts<'_>, fact: &str) -> Answer {
    let kinds = ["Ingress", "Gateway", "HTTPProxy", "Route", "LoadBalancer"];
    let mut answer = Answer { blind: facts.kubernetes().unread(&kinds), ..Answer::default() };
    let (mut tls, mut plain) = (Vec::new(), Vec::new());
    for object in facts.kubernetes().production() {
        for mode in modes(object) {
            match mode {
                Mode::Tls(span, what) => tls.push(seen(object.at(span), format!("{what} of {}", object.title()))),
                Mode::Plain(span, what) => plain.push(seen(object.at(span), format!("{} {what}", object.title()))),
                Mode::Unseen(why) => {
                    let why = format!("{}: {why}", object.title());
                    answer.blind.push(Blind { place: Some(object.place()), why });
                }
            }
        }
    }
    for service in facts.containers().production().filter(|service| service.serves()) {
        match of_service(service) {
            Some((true, place)) => {
                tls.push(seen(place, format!("{} terminates TLS for \"{}\"", service.platform.name(), service.name)));
            }
            Some((false, place)) => plain.push(seen(
                place,
                format!("\"{}\" on {} also serves without TLS", service.name, service.platform.name()),
            )),
            None => {}
        }
    }
    for (mode, resource) in infra::modes(facts) {
        match mode {
            Mode::Tls(span, what) => tls.push(seen(resource.at(span), format!("{what} of {}", resource.title()))),
            Mode::Plain(span, what) => plain.push(seen(resource.at(span), format!("{} {what}", resource.title()))),
            Mode::Unseen(why) => {
                answer.blind.push(Blind { place: Some(resource.place()), why: format!("{}: {why}", resource.title()) });
            }
        }
    }
    if fact == "tls" && tls.is_empty() && plain.is_empty() {
        let mut unsaid = facts.containers().production();
        let is_silent = |platform| matches!(platform, Platform::Heroku | Platform::CloudFoundry);
        let unsaid = unsaid.find(|service| is_silent(service.platform) && service.serves());
        answer.blind.extend(unsaid.map(|service| Blind {
            place: Some(service.place.clone()),
            why: if service.platform == Platform::Heroku {
                "a Procfile does not say which platform runs it, and so not what takes TLS".into()
            } else {
                "what takes TLS is set where Cloud Foundry runs, and no manifest says it".into()
            },
        }));
    }
    match (fact, plain.is_empty()) {
        ("tls", true) => answer.seen = tls,
        ("tls", false) => {
            answer.notes = plain;
            answer.notes.extend(tls);
        }
        _ => answer.seen = plain,
    }
    answer
}

fn seen(place: Place, message: String) -> Sighting {
    Sighting::new(place, Strength::Configured, message)
}

fn modes(object: &Object) -> Vec<Mode> {
    match object.kind.as_str() {
        "Ingress" => vec![ingress(object)],
        "Gateway" if object.group == "networking.istio.io" => istio(object),
        "Gateway" => gateway(object),
        "IngressRoute" | "HTTPProxy" => route(object),
        "Route" if object.group == "route.openshift.io" => {
            vec![match object.value.at(&["spec", "tls", "termination"]) {
                Some(value) => Mode::Tls(value.span, "TLS termination".into()),
                None => Mode::Plain(object.value.span, "has no TLS".into()),
            }]
        }
        "Service" if object.group.is_empty() => balancer(object).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Where an object is given a certificate of its cloud, and whether that has still to be filled in.
fn certificate(object: &Object) -> Option<(Span, bool)> {
    let annotations = object.value.at(&["metadata", "annotations"])?.as_map()?;
    let found = annotations.iter().find(|(key, _)| CERTIFICATES.iter().any(|known| glob(known, key)));
    found.map(|(_, field)| (field.span(), is_to_be_filled_in(&field.value)))
}

/// Whether a text has a place for what somebody has to know: `arn:aws:acm:eu-west-1:XXXXXXXX:certificate/XXXX`, `<arn>`.
fn is_to_be_filled_in(value: &Value) -> bool {
    value.scalar_text().is_some_and(|text| text.to_uppercase().contains("XXXX") || text.contains('<'))
}

fn name_span(object: &Object) -> Span {
    object.value.at(&["metadata", "name"]).map_or(object.value.span, |name| name.span)
}

fn ingress(object: &Object) -> Mode {
    let spec = object.value.get("spec").and_then(Value::as_map);
    let tls = spec
        .and_then(|spec| spec.get("tls"))
        .filter(|field| field.value.as_list().is_some_and(|list| !list.is_empty()));
    let redirect = object.value.at(&["metadata", "annotations", "nginx.ingress.kubernetes.io/ssl-redirect"]);
    if let Some(off) = redirect.filter(|value| value.scalar_text().as_deref() == Some("false")) {
        return Mode::Plain(off.span, "serves plain HTTP beside TLS (`ssl-redirect: \"false\"`)".into());
    }
    let certificate = certificate(object);
    if tls.is_none() && certificate.is_some_and(|(_, is_open)| is_open) {
        return Mode::Unseen(OPEN.into());
    }
    match tls.map(|field| field.key).or(certificate.map(|(span, _)| span)) {
        Some(span) => match outside(object).filter(|_| certificate.is_none()) {
            Some(host) => Mode::Plain(host, "has a host that its `tls` does not name".into()),
            None => Mode::Tls(span, "TLS".into()),
        },
        None => Mode::Plain(name_span(object), "has no `tls`".into()),
    }
}

/// The first host of the rules that no entry of `tls` names, where each of them names its hosts.
fn outside(object: &Object) -> Option<Span> {
    let is_host =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.*".contains(&b));
    let entries = object.value.at(&["spec", "tls"])?.as_list()?;
    let mut named = Vec::new();
    for entry in entries {
        let hosts = entry.get("hosts").and_then(Value::as_list).filter(|hosts| !hosts.is_empty())?;
        for host in hosts {
            named.push(host.scalar_text().filter(|text| is_host(text))?);
        }
    }
    let covers = |named: &str, host: &str| {
        let below = named.strip_prefix('*').and_then(|domain| host.strip_suffix(domain));
        named == host || below.is_some_and(|label| !label.is_empty() && !label.contains('.'))
    };
    let rules = object.value.at(&["spec", "rules"])?.as_list()?;
    let hosts = rules.iter().filter_map(|rule| rule.get("host"));
    let mut outside = hosts.filter(|host| {
        let text = host.scalar_text().unwrap_or_default();
        is_host(&text) && !named.iter().any(|one| covers(one, &text))
    });
    outside.next().map(|host| host.span)
}

/// Gateway API: a listener for HTTP is fine beside one for HTTPS, where it usually only redirects.
fn gateway(object: &Object) -> Vec<Mode> {
    let listeners = object.value.at(&["spec", "listeners"]).and_then(Value::as_list).unwrap_or_default();
    let protocol = |listener: &Value| listener.get("protocol").and_then(Value::scalar_text).unwrap_or_default();
    let secure = listeners.iter().find(|listener| matches!(protocol(listener).as_str(), "HTTPS" | "TLS"));
    let plain = listeners.iter().find(|listener| protocol(listener) == "HTTP");
    match (secure, plain) {
        (Some(listener), _) => vec![Mode::Tls(listener.span, "a listener for TLS".into())],
        (None, Some(listener)) => vec![Mode::Plain(listener.span, "listens for plain HTTP only".into())],
        (None, None) => Vec::new(),
    }
}

/// Istio: plain HTTP is fine where it only redirects.
fn istio(object: &Object) -> Vec<Mode> {
    let servers = object.value.at(&["spec", "servers"]).and_then(Value::as_list).unwrap_or_default();
    servers
        .iter()
        .filter_map(|server| {
            let mode = server.at(&["tls", "mode"]).and_then(Value::as_str).unwrap_or("");
            let redirects = server.at(&["tls", "httpsRedirect"]).and_then(Value::as_bool) == Some(true);
            let protocol =
                server.at(&["port", "protocol"]).and_then(Value::scalar_text).unwrap_or_default().to_uppercase();
            match (mode, protocol.as_str()) {
                ("SIMPLE" | "MUTUAL" | "OPTIONAL_MUTUAL" | "PASSTHROUGH" | "ISTIO_MUTUAL" | "AUTO_PASSTHROUGH", _) => {
                    Some(Mode::Tls(server.span, format!("a server with TLS mode {mode}")))
                }
                _ if redirects => None,
                (_, "HTTP" | "HTTP2" | "GRPC" | "HTTP-WEB") => {
                    Some(Mode::Plain(server.span, "serves plain HTTP".into()))
                }
                _ => None,
            }
        })
        .collect()
}

/// Traefik and Contour.
fn route(object: &Object) -> Vec<Mode> {
    let tls = object.value.at(&["spec", "tls"]).or_else(|| object.value.at(&["spec", "virtualhost", "tls"]));
    let points = object.value.at(&["spec", "entryPoints"]).and_then(Value::as_list).unwrap_or_default();
    let redirecting = points.iter().any(|point| point.as_str() == Some("web")) && tls.is_none();
    // Middlewares that redirect are named by the route; which one does is in the middleware.
    let has_middleware = || {
        let routes = object.value.at(&["spec", "routes"]).and_then(Value::as_list).unwrap_or_default();
        routes.iter().any(|route| route.get("middlewares").is_some())
    };
    match tls {
        Some(tls) => vec![Mode::Tls(tls.span, "TLS".into())],
        None if redirecting && has_middleware() => Vec::new(),
        None if object.value.at(&["spec", "virtualhost"]).is_none() && object.kind == "HTTPProxy" => Vec::new(),
        None => vec![Mode::Plain(name_span(object), "has no `tls`".into())],
    }
}

/// Whether the cloud is told to keep a load balancer inside its network.
pub(super) fn is_internal(object: &Object) -> bool {
    let annotations = object.value.at(&["metadata", "annotations"]).and_then(Value::as_map);
    annotations.into_iter().flatten().any(|(key, field)| {
        let says = field.value.scalar_text().unwrap_or_default().to_lowercase();
        key.contains("internal") && says == "true" || key.ends_with("load-balancer-type") && says == "internal"
    })
}

/// A Service that the world reaches directly.
fn balancer(object: &Object) -> Option<Mode> {
    let kind = object.value.at(&["spec", "type"]).and_then(Value::as_str)?;
    if kind != "LoadBalancer" || is_internal(object) {
        return None;
    }
    if let Some((span, is_open)) = certificate(object) {
        return Some(if is_open { Mode::Unseen(OPEN.into()) } else { Mode::Tls(span, "a certificate".into()) });
    }
    let ports = object.value.at(&["spec", "ports"]).and_then(Value::as_list).unwrap_or_default();
    let plain = ports.iter().find(|port| {
        matches!(port.get("port").and_then(Value::as_number), Some(number) if [80.0, 8080.0, 8000.0, 3000.0].contains(&number))
    });
    let has = |wanted: f64| ports.iter().any(|port| port.get("port").and_then(Value::as_number) == Some(wanted));
    Some(match plain {
        // A proxy that ends TLS itself answers on the plain port with where to go, or with what a certificate is asked for.
        Some(_) if has(80.0) && has(443.0) => {
            Mode::Unseen("what the program answers on port 80, beside 443, is not in its manifest".into())
        }
        Some(port) => Mode::Plain(port.span, "lets plain HTTP in".into()),
        None => Mode::Unseen("whether the program behind this load balancer speaks TLS is not in its manifest".into()),
    })
}

fn of_service(service: &Service) -> Option<(bool, Place)> {
    // A proxy beside the service may take TLS for it, too.
    if !service.platform.has_edge() && service.platform != Platform::Compose {
        return None;
    }
    let fact = service.tls.as_ref()?;
    Some((fact.value, fact.place.clone()))
}
