//! How many requests limits let one client make, as rates.

use super::infra::protects;
use crate::evidence::{Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::Scope;
use crate::facts::infra::Resource;
use crate::facts::kubernetes::Object;
use crate::facts::kubernetes::path::Path;
use crate::quantity::{Dimension, Quantity};
use crate::value::Value;

/// Rates of the limits at production's entry points.
pub(super) fn at_the_edge(facts: &Facts<'_>) -> Vec<Sighting> {
    let objects = facts.kubernetes().production().flat_map(of_object);
    let all: Vec<&Resource> = facts.infra().production().collect();
    let resources = all.iter().flat_map(|resource| of_resource(resource, &all));
    objects.chain(resources).collect()
}

fn sighting(place: Place, per_second: f64, what: &str, title: &str) -> Sighting {
    let shown = per_second * 60.0;
    let message = format!("{what}: {} requests a minute in {title}", (shown * 100.0).round() / 100.0);
    let rate = Observed::Quantity(Quantity::new(per_second, Dimension::Rate));
    Sighting::new(place, Strength::Configured, message).with(rate)
}

fn number(value: &Value) -> Option<f64> {
    value.as_number().or_else(|| value.as_str()?.trim().parse().ok())
}

fn seconds(text: &str) -> Option<f64> {
    Quantity::parse(text).ok().filter(|quantity| quantity.dimension == Dimension::Time).map(|quantity| quantity.amount)
}

fn of_object(object: &Object) -> Vec<Sighting> {
    let title = object.title();
    let mut found = Vec::new();
    let mut add = |path: &str, what: &str, rate: &dyn Fn(f64) -> Option<f64>| {
        for hit in Path::parse(path).find(&object.value) {
            if let Some(rate) = number(hit.value).and_then(rate) {
                found.push(sighting(object.at(hit.span), rate, what, &title));
            }
        }
    };
    match object.kind.as_str() {
        "Ingress" => {
            add(
                "metadata.annotations[nginx.ingress.kubernetes.io/limit-rps|haproxy-ingress.github.io/limit-rps]",
                "limit-rps",
                &Some,
            );
            add("metadata.annotations[nginx.ingress.kubernetes.io/limit-rpm]", "limit-rpm", &|amount| {
                Some(amount / 60.0)
            });
        }
        "Middleware" => {
            let period = object.value.at(&["spec", "rateLimit", "period"]).and_then(Value::scalar_text);
            let period = period.map_or(Some(1.0), |text| seconds(&text));
            // An average of 0 is no limit.
            add("spec.rateLimit.average", "average", &|amount| (amount > 0.0).then(|| Some(amount / period?))?);
        }
        "KongPlugin" | "KongClusterPlugin" => {
            for (path, length) in [("config.second", 1.0), ("config.minute", 60.0), ("config.hour", 3600.0)] {
                add(path, path.trim_start_matches("config."), &|amount| Some(amount / length));
            }
        }
        "BackendTrafficPolicy" => {
            for kind in ["global", "local"] {
                for rule in Path::parse(&format!("spec.rateLimit.{kind}.rules[*].limit")).find(&object.value) {
                    let unit = rule
                        .value
                        .get("unit")
                        .and_then(Value::as_str)
                        .and_then(|unit| seconds(&format!("1 {}", unit.to_lowercase())));
                    if let (Some(amount), Some(unit)) = (rule.value.get("requests").and_then(number), unit) {
                        found.push(sighting(object.at(rule.span), amount / unit, "limit", &title));
                    }
                }
            }
        }
        "EnvoyFilter" => {
            for bucket in buckets(&object.value) {
                let interval = bucket.get("fill_interval").and_then(Value::scalar_text).and_then(|text| seconds(&text));
                let filled = bucket.get("tokens_per_fill").and_then(number).unwrap_or(1.0);
                if let Some(interval) = interval.filter(|interval| *interval > 0.0) {
                    found.push(sighting(object.at(bucket.span), filled / interval, "token bucket", &title));
                }
            }
        }
        _ => {}
    }
    found
}

/// Every `token_bucket` below a value.
fn buckets(value: &Value) -> Vec<&Value> {
    let mut open = vec![value];
    let mut found = Vec::new();
    while let Some(value) = open.pop() {
        if let Some(map) = value.as_map() {
            found.extend(map.get("token_bucket").map(|field| &field.value));
            open.extend(map.values().map(|field| &field.value));
        }
        open.extend(value.as_list().unwrap_or_default());
    }
    found
}

fn of_resource(resource: &Resource, all: &[&Resource]) -> Vec<Sighting> {
    let title = resource.title();
    let mut found = Vec::new();
    let mut add = |path: &str, what: &str, seconds: f64| {
        for setting in resource.settings(&Path::parse(path)) {
            match number(&setting.value) {
                Some(amount) => found.push(sighting(setting.place.clone(), amount / seconds, what, &title)),
                None if setting.is_opaque() => {
                    let opaque = Observed::Opaque(format!("the {what} of {title}"));
                    let message = format!("{what} of {title} is not known here");
                    found.push(Sighting::new(setting.place.clone(), Strength::Configured, message).with(opaque));
                }
                None => {}
            }
        }
    };
    match resource.kind.as_str() {
        "aws_wafv2_web_acl" if protects(resource, all) => {
            let window = resource.setting("rule.statement.rate_based_statement.evaluation_window_sec");
            let window = window.and_then(|window| number(&window.value)).unwrap_or(300.0);
            add("rule.statement.rate_based_statement.limit", "limit per address", window);
        }
        "aws_api_gateway_method_settings" => add("settings.throttling_rate_limit", "throttling", 1.0),
        "aws_apigatewayv2_stage" => add("default_route_settings.throttling_rate_limit", "throttling", 1.0),
        "google_compute_security_policy" => {
            let interval = resource.setting("rule.rate_limit_options.rate_limit_threshold.interval_sec");
            if let Some(interval) =
                interval.and_then(|interval| number(&interval.value)).filter(|interval| *interval > 0.0)
            {
                add("rule.rate_limit_options.rate_limit_threshold.count", "limit per client", interval);
            }
        }
        _ => {}
    }
    found
}

/// Limiters in source, each with how its numbers make a rate.
#[rustfmt::skip]
const LIMITERS: &[(&str, How)] = &[
    (r"\bQuota::per_(?<unit>second|minute|hour)\(\s*(?:nonzero!\()?(?:NonZeroU32::new\()?\s*(?<amount>[\d_]+)", How::Each),
    // `.per_second(n)` of tower_governor and actix-governor is one request every n seconds.
    (r"\bGovernorConfigBuilder\b[^;]{0,300}?\.per_(?<unit>second|millisecond|minute)\(\s*(?<amount>[\d_]+)\s*\)", How::Every),
    (r"\bGovernorConfigBuilder\b[^;]{0,300}?\.seconds_per_request\(\s*(?<amount>[\d_]+)\s*\)", How::Every),
    (r"\bGovernorConfigBuilder\b[^;]{0,300}?\.requests_per_(?<unit>second|minute)\(\s*(?<amount>[\d_]+)\s*\)", How::Each),
    (r#"\b(?:limit|Limiter|default_limits|DEFAULT_THROTTLE_RATES)\b[^;\n]{0,80}?["'](?<amount>\d+)\s*/\s*(?<unit>minute|second|hour|min|sec)"#, How::Each),
    (r"\brateLimit\(\s*\{[^}]{0,200}?\bwindowMs:\s*(?<window>[\d_* ]+)[^}]{0,200}?\b(?:max|limit):\s*(?<amount>[\d_]+)", How::Window),
    (r"\brateLimit\(\s*\{[^}]{0,200}?\b(?:max|limit):\s*(?<amount>[\d_]+)[^}]{0,200}?\bwindowMs:\s*(?<window>[\d_* ]+)", How::Window),
    // By the address of whoever asks, whatever the path.
    (r#"\bthrottle\(?\s*["'][^"'\n]+["']\s*,\s*limit:\s*(?<amount>[\d_]+)\s*,\s*period:\s*(?<times>\d+)(?:\.(?<unit>second|minute|hour|day)s?)?(?:\.to_i)?\s*\)?\s*(?:\{|do)\s*\|\w+\|\s*\w+\.(?:remote_)?ip\s*(?:[}\n]|unless\b)"#, How::Each),
    (r"\bhttprate\.Limit(?:ByIP|All)?\(\s*(?<amount>\d+)\s*,\s*(?:(?<times>\d+)\s*\*\s*)?time\.(?<unit>Second|Minute|Hour)", How::Each),
];

#[derive(Clone, Copy)]
enum How {
    /// So many in each unit.
    Each,
    /// One every so many units.
    Every,
    /// So many in a window of milliseconds.
    Window,
}

/// Rates of limiters in the service's own source.
pub(super) fn in_source(facts: &Facts<'_>) -> Vec<Sighting> {
    let patterns: Vec<&str> = LIMITERS.iter().map(|(pattern, _)| *pattern).collect();
    let hits = facts.code().find_all(facts, Scope::Product, &patterns);
    let mut found = Vec::new();
    for (hits, (pattern, how)) in hits.iter().zip(LIMITERS).filter(|(hits, _)| !hits.is_empty()) {
        let Ok(pattern) = crate::pattern::compile(pattern) else { continue };
        for hit in hits.iter() {
            let text = facts.tree.text(&hit.path).and_then(|source| source.text().get(hit.span.range()));
            let rate = text.and_then(|text| rate(*how, &pattern.captures(text)?));
            let place = Place::at(hit.path.clone(), hit.span);
            found.extend(rate.map(|rate| sighting(place, rate, "limiter", "source")));
        }
    }
    found
}

fn rate(how: How, captures: &crate::pattern::Captures<'_>) -> Option<f64> {
    let number = |name: &str| captures.name(name)?.as_str().replace('_', "").trim().parse::<f64>().ok();
    let amount = number("amount").filter(|amount| *amount > 0.0)?;
    let unit =
        captures.name("unit").map_or(Some(1.0), |unit| seconds(&format!("1 {}", unit.as_str().to_lowercase())))?;
    let unit = unit * number("times").unwrap_or(1.0);
    match how {
        How::Each => Some(amount / unit),
        How::Every => Some(1.0 / (amount * unit)),
        How::Window => {
            let factors = captures
                .name("window")?
                .as_str()
                .split('*')
                .map(|factor| factor.replace('_', "").trim().parse::<f64>().ok());
            let window: f64 = factors.product::<Option<f64>>()?;
            (window > 0.0).then(|| amount / (window / 1000.0))
        }
    }
}
