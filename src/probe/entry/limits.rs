//! Limits on how often a client may ask, where traffic enters.

use crate::evidence::{Sighting, Strength};
use crate::facts::Facts;
use crate::facts::kubernetes::Object;
use crate::source::Span;
use crate::value::{Kind, Value};

const ANNOTATIONS: &[&str] = &[
    "nginx.ingress.kubernetes.io/limit-rps",
    "nginx.ingress.kubernetes.io/limit-rpm",
    "nginx.ingress.kubernetes.io/limit-connections",
    "haproxy.org/rate-limit-requests",
    "haproxy-ingress.github.io/limit-rps",
];

/// Words without which no template can make a limit.
pub(super) const WORDS: &[&str] =
    &["limit-rps", "limit-rpm", "limit-connections", "rate-limit", "rateLimit", "RateLimit", "ratelimit"];

/// Limits that production's entry points enforce.
pub(super) fn limits(facts: &Facts<'_>) -> Vec<Sighting> {
    let objects: Vec<&Object> = facts.kubernetes().production().collect();
    objects.iter().filter_map(|object| limit(object, &objects)).collect()
}

fn limit(object: &Object, all: &[&Object]) -> Option<Sighting> {
    let seen = |span: Span, what: &str| {
        Some(Sighting::new(object.at(span), Strength::Configured, format!("{what} in {}", object.title())))
    };
    let at = |path: &[&str]| object.value.at(path).map(|value| value.span);
    match object.kind.as_str() {
        "Ingress" => {
            let annotations = object.value.at(&["metadata", "annotations"])?.as_map()?;
            let (name, field) = annotations.iter().find(|(key, _)| ANNOTATIONS.contains(&key.as_str()))?;
            seen(field.span(), name)
        }
        "BackendTrafficPolicy" => seen(at(&["spec", "rateLimit"])?, "a rate limit"),
        "RateLimitPolicy" => seen(at(&["spec", "limits"]).or_else(|| at(&["spec", "defaults"]))?, "limits"),
        "EnvoyFilter" => {
            let filter = text(&object.value, &|text| {
                matches!(text, "envoy.filters.http.local_ratelimit" | "envoy.filters.http.ratelimit")
            })?;
            seen(filter, "a rate limit filter")
        }
        // Both count only where a route names them.
        "Middleware" => {
            let span = at(&["spec", "rateLimit"])?;
            is_named(object, all, &["IngressRoute", "Ingress"]).then(|| seen(span, "a rate limit"))?
        }
        "KongPlugin" | "KongClusterPlugin" => {
            let plugin = object
                .value
                .get("plugin")
                .filter(|plugin| plugin.as_str().is_some_and(|name| name.starts_with("rate-limiting")))?;
            let global = object.value.at(&["metadata", "labels", "global"]).and_then(Value::scalar_text).as_deref()
                == Some("true");
            (global || is_named(object, all, &["Ingress", "Service", "HTTPRoute"]))
                .then(|| seen(plugin.span, "a rate limit"))?
        }
        _ => None,
    }
}

/// Whether an object of one of some kinds has the name of this one as a text of its own, or in an annotation's list.
fn is_named(object: &Object, all: &[&Object], kinds: &[&str]) -> bool {
    let names = |text: &str| {
        text == object.name
            || text.split(',').map(str::trim).any(|part| {
                part.split('@')
                    .next()
                    .is_some_and(|part| part == object.name || part.ends_with(&format!("-{}", object.name)))
            })
    };
    let users = all.iter().filter(|other| kinds.contains(&other.kind.as_str()));
    users.into_iter().any(|user| {
        let routes = user.value.get("spec").filter(|_| user.kind == "IngressRoute");
        let annotations = user.value.at(&["metadata", "annotations"]);
        routes.into_iter().chain(annotations).any(|part| text(part, &names).is_some())
    })
}

/// Where a text inside a value passes a test; the depth was bounded when the file was read.
fn text(value: &Value, passes: &dyn Fn(&str) -> bool) -> Option<Span> {
    match &value.kind {
        Kind::Str(text) => passes(text).then_some(value.span),
        Kind::List(list) => list.iter().find_map(|item| text(item, passes)),
        Kind::Map(map) => map.values().find_map(|field| text(&field.value, passes)),
        _ => None,
    }
}
