//! Entry points that infrastructure code declares: listeners, proxies, distributions, gateways, and their limits.

use super::Mode;
use crate::evidence::{Sighting, Strength};
use crate::facts::Facts;
use crate::facts::infra::{Resource, Setting};
use crate::facts::kubernetes::path::Path;
use crate::probe::place::infra::is_internal;
use crate::value::{Kind, Value};

/// The kinds that may terminate TLS or limit requests.
pub(super) const KINDS: &[&str] = &[
    "aws_lb_listener",
    "aws_alb_listener",
    "aws_wafv2_web_acl",
    "aws_api_gateway_*",
    "aws_apigatewayv2_*",
    "aws_cloudfront_distribution",
    "google_compute_target_http_proxy",
    "google_compute_target_https_proxy",
    "google_compute_security_policy",
    "google_cloud_run_service",
    "google_cloud_run_v2_service",
    "azurerm_application_gateway",
    "azurerm_cdn_frontdoor_*",
    "digitalocean_loadbalancer",
    "digitalocean_app",
    "cloudflare_ruleset",
];

/// Platforms whose edge always takes TLS.
const ALWAYS: &[&str] = &[
    "aws_apigatewayv2_api",
    "aws_api_gateway_rest_api",
    "aws_lambda_function_url",
    "aws_apprunner_service",
    "google_cloud_run_service",
    "google_cloud_run_v2_service",
    "digitalocean_app",
];

/// How each entry takes its traffic.
pub(super) fn modes<'f>(facts: &'f Facts<'_>) -> Vec<(Mode, &'f Resource)> {
    let all: Vec<&Resource> = facts.infra().production().collect();
    all.iter().flat_map(|resource| of(resource, &all).into_iter().map(|mode| (mode, *resource))).collect()
}

fn of(resource: &Resource, all: &[&Resource]) -> Vec<Mode> {
    match resource.kind.as_str() {
        "aws_lb_listener" | "aws_alb_listener" => listener(resource, all).into_iter().collect(),
        "google_compute_target_https_proxy" => vec![Mode::Tls(resource.span, "TLS".into())],
        "google_compute_target_http_proxy" => google_plain(resource, all).into_iter().collect(),
        "aws_cloudfront_distribution" => distribution(resource),
        "azurerm_application_gateway" => protocols(resource, "http_listener.protocol"),
        "digitalocean_loadbalancer" => protocols(resource, "forwarding_rule.entry_protocol"),
        kind if ALWAYS.contains(&kind) => {
            let inside =
                text(resource, "ingress").is_some_and(|ingress| ingress.starts_with("INGRESS_TRAFFIC_INTERNAL"));
            if inside { Vec::new() } else { vec![Mode::Tls(resource.span, "TLS at the edge".into())] }
        }
        _ => Vec::new(),
    }
}

fn text(resource: &Resource, path: &str) -> Option<String> {
    resource.setting(path)?.text()
}

/// The resource that a setting refers to: `aws_lb.main.arn`, `aws_lb.main[0].arn`.
fn referred<'a>(setting: &Setting<'_>, all: &[&'a Resource]) -> Option<&'a Resource> {
    let Kind::Expr(expression) = &setting.value.kind else { return None };
    let plain: String = expression.raw.split('[').next().unwrap_or("").to_owned();
    let mut parts = plain.trim_start_matches("${").split('.');
    let address = format!("{}.{}", parts.next()?, parts.next()?);
    all.iter().find(|resource| resource.name == address || resource.name.ends_with(&format!(".{address}"))).copied()
}

fn listener(resource: &Resource, all: &[&Resource]) -> Option<Mode> {
    // A listener of the registry's module stands in the module's own inputs.
    let (module, input) = match resource.name.rsplit_once('.') {
        Some((module, input)) if input.contains("listeners[") => (Some(module), input),
        _ => (None, ""),
    };
    let of_module = || all.iter().find(|other| Some(other.name.as_str()) == module).copied();
    let balancer = resource.setting("load_balancer_arn").and_then(|setting| referred(&setting, all)).or_else(of_module);
    if balancer.is_some_and(is_internal) {
        return None;
    }
    // A certificate says TLS where the protocol is left to a variable.
    let protocol = resource.setting("protocol")?;
    if input.starts_with("https_listeners[") && protocol.default_of.is_some() {
        return Some(Mode::Tls(resource.span, "a listener for TLS".into()));
    }
    let span = protocol.place.span.unwrap_or(resource.span);
    let redirects = || {
        ["default_action.type", "action_type"]
            .iter()
            .any(|path| text(resource, path).is_some_and(|kind| kind == "redirect"))
            || text(resource, "default_action.redirect.protocol").is_some_and(|to| to == "HTTPS")
            || text(resource, "redirect.protocol").is_some_and(|to| to == "HTTPS")
    };
    match protocol.text().map(|text| text.to_uppercase()).as_deref() {
        Some("HTTPS" | "TLS") => Some(Mode::Tls(span, "a listener for TLS".into())),
        Some("HTTP") if redirects() => None,
        Some("HTTP") if balancer.is_none() => {
            Some(Mode::Unseen("it serves plain HTTP, and whether the world reaches its balancer is not here".into()))
        }
        Some("HTTP") => Some(Mode::Plain(span, "serves plain HTTP".into())),
        // Plain TCP may carry TLS that the program terminates.
        Some("TCP" | "UDP" | "TCP_UDP") => {
            Some(Mode::Unseen("whether the program behind it speaks TLS is not here".into()))
        }
        Some(_) => None,
        None => Some(Mode::Unseen("its protocol is not known here".into())),
    }
}

/// A proxy for plain HTTP is fine where its map only redirects.
fn google_plain(resource: &Resource, all: &[&Resource]) -> Option<Mode> {
    let map = resource.setting("url_map").and_then(|setting| referred(&setting, all));
    let redirects = map.and_then(|map| text(map, "default_url_redirect.https_redirect"));
    match (map, redirects.as_deref()) {
        (_, Some("true")) => None,
        (Some(_), _) => Some(Mode::Plain(resource.span, "serves plain HTTP".into())),
        (None, _) => Some(Mode::Unseen("its map of addresses is not in the tree".into())),
    }
}

fn distribution(resource: &Resource) -> Vec<Mode> {
    let mode = |setting: Setting<'_>| {
        let span = setting.place.span.unwrap_or(resource.span);
        match setting.text().as_deref() {
            Some("redirect-to-https" | "https-only") => Some(Mode::Tls(span, "TLS only".into())),
            Some("allow-all") => Some(Mode::Plain(span, "also serves plain HTTP (`allow-all`)".into())),
            _ => None,
        }
    };
    ["default_cache_behavior.viewer_protocol_policy", "ordered_cache_behavior.viewer_protocol_policy"]
        .iter()
        .flat_map(|path| resource.settings(&Path::parse(path)))
        .filter_map(mode)
        .collect()
}

/// Listeners in one resource: plain HTTP is fine beside TLS, where it usually only redirects.
fn protocols(resource: &Resource, path: &str) -> Vec<Mode> {
    let found = resource.settings(&Path::parse(path));
    let of = |wanted: &[&str]| {
        let fits =
            |setting: &&Setting<'_>| setting.text().is_some_and(|text| wanted.contains(&text.to_lowercase().as_str()));
        found.iter().find(fits).map(|setting| setting.place.span.unwrap_or(resource.span))
    };
    match (of(&["https", "http2", "http3", "tls"]), of(&["http"])) {
        (Some(span), _) => vec![Mode::Tls(span, "a listener for TLS".into())],
        (None, Some(span)) => vec![Mode::Plain(span, "serves plain HTTP".into())],
        (None, None) => Vec::new(),
    }
}

/// Limits at these entries. A firewall's rule that only counts limits nothing, and one that nothing is put behind neither.
pub(super) fn limits(facts: &Facts<'_>) -> Vec<Sighting> {
    let all: Vec<&Resource> = facts.infra().production().collect();
    all.iter().filter_map(|resource| limit(resource, &all)).collect()
}

fn limit(resource: &Resource, all: &[&Resource]) -> Option<Sighting> {
    let seen = |setting: Setting<'_>, what: &str| {
        let message = format!("{what} in {}", resource.title());
        Sighting::new(setting.place.clone(), Strength::Configured, message)
    };
    match resource.kind.as_str() {
        "aws_wafv2_web_acl" => {
            let rules = resource.settings(&Path::parse("rule"));
            let lists = rules.iter().filter_map(|setting| setting.value.as_list()).flatten();
            let blocks = lists.filter(|rule| holds(rule, "rate_based_statement") && !holds(rule, "count")).count();
            let limit = resource.setting("rule.statement.rate_based_statement.limit")?;
            (blocks > 0 && protects(resource, all)).then(|| seen(limit, "a limit per client"))
        }
        "aws_api_gateway_method_settings" => {
            resource.setting("settings.throttling_rate_limit").map(|setting| seen(setting, "a limit on requests"))
        }
        "aws_api_gateway_usage_plan" => {
            resource.setting("throttle_settings.rate_limit").map(|setting| seen(setting, "a limit per key"))
        }
        "aws_apigatewayv2_stage" => resource
            .setting("default_route_settings.throttling_rate_limit")
            .map(|setting| seen(setting, "a limit on requests")),
        "google_compute_security_policy" => {
            let limited = resource.setting("rule.rate_limit_options")?;
            names(resource, all, "security_policy").then(|| seen(limited, "a limit per client"))
        }
        "cloudflare_ruleset" => resource
            .setting("phase")
            .filter(|phase| phase.text().as_deref() == Some("http_ratelimit"))
            .map(|phase| seen(phase, "rate limiting rules")),
        "cloudflare_rate_limit" => resource.setting("threshold").map(|setting| seen(setting, "a rate limit")),
        kind if kind.starts_with("azurerm_") && kind.contains("firewall_policy") => resource
            .settings(&Path::parse("custom_rules.rule_type"))
            .into_iter()
            .chain(resource.settings(&Path::parse("custom_rule.type")))
            .find(|setting| setting.text().as_deref() == Some("RateLimitRule"))
            .map(|setting| seen(setting, "a rate limit")),
        _ => None,
    }
}

/// Whether something is put behind a web access list: an association, or a distribution that names it.
pub(in crate::probe) fn protects(acl: &Resource, all: &[&Resource]) -> bool {
    all.iter().any(|other| match other.kind.as_str() {
        "aws_wafv2_web_acl_association" => refers(other, "web_acl_arn", acl, all),
        "aws_cloudfront_distribution" => refers(other, "web_acl_id", acl, all),
        _ => false,
    })
}

fn names(resource: &Resource, all: &[&Resource], path: &str) -> bool {
    all.iter().any(|other| refers(other, path, resource, all))
}

/// Whether a setting refers to a resource; one whose target is not known here may.
fn refers(from: &Resource, path: &str, to: &Resource, all: &[&Resource]) -> bool {
    let found = from.settings(&Path::parse(path));
    found.iter().any(|setting| match referred(setting, all) {
        Some(target) => target.name == to.name,
        None => setting.is_opaque(),
    })
}

/// Whether a map has a key anywhere below.
pub(in crate::probe) fn holds(value: &Value, key: &str) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match &value.kind {
            Kind::Map(map) => {
                if map.contains_key(key) {
                    return true;
                }
                open.extend(map.values().map(|field| &field.value));
            }
            Kind::List(list) => open.extend(list),
            _ => {}
        }
    }
    false
}
