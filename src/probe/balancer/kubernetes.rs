//! What balances in a cluster: Services that the world reaches, Ingresses with their controller's annotations, meshes.

use super::{Layer, Told};
use crate::evidence::{Answer, Place};
use crate::facts::Facts;
use crate::facts::kubernetes::Object;
use crate::probe::entry::is_internal;
use crate::source::Source;
use crate::value::{Field, Kind, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds that spread requests, or say how another object does.
const KINDS: &[&str] = &[
    "Ingress",
    "HTTPRoute",
    "GRPCRoute",
    "VirtualService",
    "DestinationRule",
    "IngressRoute.traefik.io",
    "IngressRoute.traefik.containo.us",
    "HTTPProxy",
    "BackendTrafficPolicy",
    "BackendConfig.cloud.google.com",
];

pub(super) fn layers(facts: &Facts<'_>, answer: &mut Answer) -> Vec<Layer> {
    let cluster = facts.kubernetes();
    let mut words = KINDS.to_vec();
    words.extend(["LoadBalancer", "Canary"]);
    answer.blind.extend(cluster.unread(&words));
    let services: Vec<&Object> = cluster.production().filter(|object| object.is_kind("Service")).collect();
    let tells = |object: &&Object| {
        KINDS.iter().any(|kind| object.is_kind(kind))
            || (object.is_kind("Service") && is_public(object))
            || leads_in(object)
    };
    // What another object of the same kind of edge says, it does not say itself.
    let has = |kind: &str| cluster.production().any(|object| object.is_kind(kind));
    let of_google = has("BackendConfig.cloud.google.com");
    let has_rule = has("DestinationRule") || has("BackendTrafficPolicy") || of_google;
    let said_elsewhere = |object: &&Object| (has_rule && is_plain(object)) || (of_google && object.kind == "Ingress");
    let found = cluster.production().filter(tells).filter(|object| !said_elsewhere(object));
    found.map(|object| layer(facts, object, &services)).collect()
}

/// Whether Flagger makes the route from the way in to the workload of a canary: `gateways` other than the mesh's own, or an
/// Ingress.
fn leads_in(object: &Object) -> bool {
    if !object.is_kind("Canary.flagger.app") {
        return false;
    }
    let gateways = object.value.at(&["spec", "service", "gateways"]).and_then(Value::as_list).unwrap_or_default();
    gateways.iter().any(|gateway| gateway.as_str().is_some_and(|name| name != "mesh"))
        || object
            .value
            .at(&["spec", "service", "gatewayRefs"])
            .and_then(Value::as_list)
            .is_some_and(|refs| !refs.is_empty())
        || object.value.at(&["spec", "ingressRef", "name"]).is_some()
}

fn is_public(service: &Object) -> bool {
    let kind = service.value.at(&["spec", "type"]).and_then(Value::as_str);
    matches!(kind, Some("LoadBalancer" | "NodePort")) && !is_internal(service)
}

/// Whether it is a route of a mesh or gateway, whose balancing a policy beside it states.
fn is_plain(object: &Object) -> bool {
    matches!(object.kind.as_str(), "VirtualService" | "HTTPRoute" | "GRPCRoute")
}

fn layer(facts: &Facts<'_>, object: &Object, services: &[&Object]) -> Layer {
    let title = object.title();
    Layer {
        algorithm: algorithm(facts, object),
        affinity: affinity(object, services),
        checks: None,
        behind: behind(facts, object, services),
        place: object.place(),
        title,
    }
}

fn annotation<'o>(object: &'o Object, name: &str) -> Option<(&'o Field, String)> {
    let field = object.value.at(&["metadata", "annotations"])?.as_map()?.get(name)?;
    Some((field, field.value.scalar_text()?))
}

fn is<T>(value: T, place: Place, message: impl Into<String>) -> Told<T> {
    Told::Is(value, place, message.into())
}

fn snake(word: &str) -> String {
    let mut out = String::new();
    for (index, letter) in word.chars().enumerate() {
        if letter.is_uppercase() && index > 0 && !out.ends_with('_') && word.chars().any(char::is_lowercase) {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

fn algorithm(facts: &Facts<'_>, object: &Object) -> Told<String> {
    let written = |path: &[&str], prefix: &str| {
        let value = object.value.at(path)?;
        let word = snake(&value.scalar_text()?);
        Some(is(
            word.trim_start_matches(prefix).to_owned(),
            object.at(value.span),
            format!("{word} of {}", object.title()),
        ))
    };
    match object.kind.as_str() {
        "Ingress" => ingress_algorithm(facts, object),
        kind @ ("DestinationRule" | "Canary") => {
            let within: &[&str] = if kind == "Canary" { &["spec", "service"] } else { &["spec"] };
            let path = |last: &'static str| [within, &["trafficPolicy", "loadBalancer", last]].concat();
            let hash = object.value.at(&path("consistentHash"));
            let hashed = hash.map(|hash| {
                is("consistent_hash".to_owned(), object.at(hash.span), format!("consistent hash of {}", object.title()))
            });
            written(&path("simple"), "").or(hashed).unwrap_or_else(|| match kind {
                "Canary" => Told::Unknown("what the mesh or the Ingress takes by itself is not in the tree".into()),
                _ => Told::Unknown("what Istio takes by itself depends on its version".into()),
            })
        }
        "HTTPProxy" => {
            let routes = object.value.at(&["spec", "routes"]).and_then(Value::as_list).unwrap_or_default();
            let policy = routes.iter().find_map(|route| route.at(&["loadBalancerPolicy", "strategy"]));
            match policy.and_then(|policy| Some((policy, policy.scalar_text()?))) {
                Some((policy, word)) => {
                    is(snake(&word), object.at(policy.span), format!("{word} of {}", object.title()))
                }
                None => is("round_robin".into(), object.place(), format!("{}: Contour takes turns", object.title())),
            }
        }
        "BackendTrafficPolicy" => written(&["spec", "loadBalancer", "type"], "").unwrap_or_else(|| {
            is("least_requests".into(), object.place(), "Envoy Gateway asks the one with the fewest requests")
        }),
        "Service" => Told::Unknown("behind a Service kube-proxy decides who is asked".into()),
        _ => Told::Unknown(format!("{} does not say how it balances", object.title())),
    }
}

/// The controller reads only its own annotations.
fn ingress_algorithm(facts: &Facts<'_>, object: &Object) -> Told<String> {
    let class = object.value.at(&["spec", "ingressClassName"]).and_then(Value::scalar_text);
    let class = class.or_else(|| annotation(object, "kubernetes.io/ingress.class").map(|(_, class)| class));
    let told = |name: &str| {
        let (field, word) = annotation(object, name)?;
        Some((object.at(field.span()), word))
    };
    for name in ["nginx.org/lb-method", "haproxy.org/load-balance", "haproxy-ingress.github.io/balance-algorithm"] {
        if let Some((place, word)) = told(name) {
            return is(first_word(&word), place, format!("{word} of {}", object.title()));
        }
    }
    let attributes = told("alb.ingress.kubernetes.io/target-group-attributes");
    let listed =
        attributes.as_ref().and_then(|(place, text)| Some((place, attribute(text, "load_balancing.algorithm.type")?)));
    if let Some((place, word)) = listed {
        return is(word.to_owned(), place.clone(), format!("{word} of {}", object.title()));
    }
    if let Some((place, word)) = told("nginx.ingress.kubernetes.io/load-balance") {
        // This controller knows two words and passes over every other.
        let known = ["round_robin", "ewma"].contains(&word.as_str());
        let message = if known { word.clone() } else { format!("ingress-nginx does not know {word} and takes turns") };
        return is(if known { word } else { "round_robin".into() }, place, message);
    }
    match class.as_deref() {
        Some(class) if class.contains("nginx") => nginx_algorithm(facts, object, class),
        Some(class) if ["alb", "haproxy", "traefik"].iter().any(|known| class.contains(known)) => is(
            "round_robin".into(),
            object.place(),
            format!("{}: {class} takes turns unless told otherwise", object.title()),
        ),
        _ => Told::Unknown(format!("which controller serves {} is not in the tree", object.title())),
    }
}

/// Two controllers bear the class `nginx`: that of Kubernetes takes turns, that of NGINX Inc. asks the less busy one of two.
fn nginx_algorithm(facts: &Facts<'_>, object: &Object, class: &str) -> Told<String> {
    let kubernetes = facts.kubernetes();
    let bears = |prefixes: &[&str]| {
        let annotations =
            kubernetes.objects.iter().filter_map(|one| one.value.at(&["metadata", "annotations"])?.as_map());
        annotations.flatten().any(|(key, _)| prefixes.iter().any(|prefix| key.starts_with(prefix)))
    };
    let installs = |name: &str, by_company: bool| {
        kubernetes.dependencies.iter().filter(|one| one.name == name).any(|one| {
            let text = facts.tree.text(&one.place.path).map(Source::text).unwrap_or_default();
            text.contains("helm.nginx.com") == by_company
        })
    };
    let runs = |images: &[&str]| {
        let mut containers = kubernetes.objects.iter().flat_map(Object::containers);
        containers.any(|one| one.image().is_some_and(|image| images.iter().any(|part| image.contains(part))))
    };
    if bears(&["nginx.org/", "nginx.com/"])
        || installs("nginx-ingress", true)
        || runs(&["nginx/nginx-ingress", "nginx-ic/nginx", "nginxinc/kubernetes-ingress"])
    {
        let why = "the controller of NGINX Inc. asks the less busy one of two, unless its own settings say otherwise";
        return Told::Unknown(why.into());
    }
    let is_of_kubernetes = bears(&["nginx.ingress.kubernetes.io/"])
        || installs("ingress-nginx", false)
        || installs("nginx-ingress", false)
        || runs(&["ingress-nginx/controller", "nginx-ingress-controller"]);
    if !is_of_kubernetes {
        let why = format!("two controllers serve the class {class}, and which of them this is, is not in the tree");
        return Told::Unknown(why);
    }
    is("round_robin".into(), object.place(), format!("{}: {class} takes turns unless told otherwise", object.title()))
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or(text).to_owned()
}

/// `key=value,key=value`
fn attribute<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.split(',')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim())
}

fn affinity(object: &Object, services: &[&Object]) -> Told<bool> {
    let stands = |place: Place, what: &str| is(true, place, format!("{what} of {}", object.title()));
    let at = |path: &[&str]| object.value.at(path);
    let sticky_annotations = [
        ("nginx.ingress.kubernetes.io/affinity", "cookie"),
        ("haproxy.org/cookie-persistence", ""),
        ("haproxy-ingress.github.io/affinity", "cookie"),
        ("traefik.ingress.kubernetes.io/service.sticky.cookie", "true"),
    ];
    for (name, wanted) in sticky_annotations {
        if let Some((field, word)) = annotation(object, name)
            && (wanted.is_empty() || word == wanted)
        {
            return stands(object.at(field.span()), name);
        }
    }
    if let Some((field, text)) = annotation(object, "alb.ingress.kubernetes.io/target-group-attributes")
        && attribute(&text, "stickiness.enabled") == Some("true")
    {
        return stands(object.at(field.span()), "stickiness");
    }
    let session = at(&["spec", "sessionAffinity"]);
    if let Some(session) = session {
        // `ClientIP` of a Service; a map of GKE's BackendConfig.
        let word = session.scalar_text().or_else(|| session.get("affinityType")?.scalar_text()).unwrap_or_default();
        let on = !["", "None", "NONE"].contains(&word.as_str());
        return is(on, object.at(session.span), format!("sessionAffinity {word} of {}", object.title()));
    }
    let deep = find_key(&object.value, &["httpCookie", "sticky", "sessionPersistence"]);
    if let Some(field) = deep {
        return stands(object.at(field.span()), "a sticky cookie");
    }
    // The Services that it sends to may keep a client by themselves.
    let names = texts(&object.value);
    let kept =
        services.iter().filter(|service| names.contains(service.name.as_str()) && !std::ptr::eq(**service, object));
    for service in kept {
        let value = service.value.at(&["spec", "sessionAffinity"]);
        if let Some(value) = value.filter(|value| value.as_str() == Some("ClientIP")) {
            return is(true, service.at(value.span), format!("sessionAffinity ClientIP of {}", service.title()));
        }
    }
    is(false, object.place(), format!("{} keeps no client at one instance", object.title()))
}

/// The first entry of one of some names, however deep; the reader has bounded the depth.
fn find_key<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Field> {
    match &value.kind {
        Kind::List(list) => list.iter().find_map(|item| find_key(item, names)),
        Kind::Map(map) => {
            let own = map.iter().find(|(key, _)| names.contains(&key.as_str())).map(|(_, field)| field);
            own.or_else(|| map.values().find_map(|field| find_key(&field.value, names)))
        }
        _ => None,
    }
}

/// Every text under `spec`; of a host name its first label too.
fn texts(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Value> = value.get("spec").into_iter().collect();
    while let Some(value) = open.pop() {
        match &value.kind {
            Kind::List(list) => open.extend(list),
            Kind::Map(map) => open.extend(map.values().map(|field| &field.value)),
            Kind::Str(text) => {
                found.extend(text.split_once('.').map(|(label, _)| label.to_owned()));
                found.insert(text.clone());
            }
            _ => {}
        }
    }
    found
}

/// The own workloads that it sends requests to.
fn behind(facts: &Facts<'_>, object: &Object, services: &[&Object]) -> Vec<Place> {
    let names = texts(&object.value);
    let targets = services.iter().copied().filter(|service| names.contains(service.name.as_str()));
    let targets: Vec<&Object> = if object.is_kind("Service") { vec![object] } else { targets.collect() };
    let own: Vec<&Object> = facts.kubernetes().own_workloads().collect();
    let target = |key: &str| object.value.at(&["spec", "targetRef", key]).and_then(Value::as_str);
    if object.is_kind("Canary.flagger.app") {
        let is_target =
            |workload: &&Object| Some(&*workload.name) == target("name") && Some(&*workload.kind) == target("kind");
        return own.into_iter().filter(is_target).map(Object::place).collect();
    }
    let answers = |workload: &&Object| targets.iter().any(|service| answers_to(workload, service, &own));
    own.iter().copied().filter(answers).map(Object::place).collect()
}

/// Whether a Service sends requests to the pods of a workload: its selector chooses them, and they have the port that it
/// names, where others of the chosen have it (a metrics exporter with the labels of the release has not).
fn answers_to(workload: &Object, service: &Object, own: &[&Object]) -> bool {
    let selector = selector(service);
    let ports = service.value.at(&["spec", "ports"]).and_then(Value::as_list).unwrap_or_default();
    let names: Vec<&str> = ports.iter().filter_map(|port| port.get("targetPort")?.as_str()).collect();
    let has_port = |workload: &Object| {
        workload.containers().iter().any(|container| {
            let ports = container.value.get("ports").and_then(Value::as_list).unwrap_or_default();
            ports.iter().filter_map(|port| port.get("name")?.as_str()).any(|name| names.contains(&name))
        })
    };
    let mut chosen = own.iter().filter(|other| other.is_selected_by(&selector));
    workload.is_selected_by(&selector)
        && (names.is_empty() || has_port(workload) || !chosen.any(|other| has_port(other)))
}

fn selector(service: &Object) -> BTreeMap<String, String> {
    let map = service.value.at(&["spec", "selector"]).and_then(Value::as_map);
    map.into_iter().flatten().filter_map(|(key, field)| Some((key.to_string(), field.value.scalar_text()?))).collect()
}
