//! `@perimeter`: who reaches what from where: firewalls, and the ways to what only operators should reach.

pub(super) mod ingress;
mod policies;
mod shield;

use super::{Probe, Question};
use crate::evidence::{Answer, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::infra::Resource;
use crate::facts::kubernetes::Object;
use crate::facts::kubernetes::path::Path;
use crate::value::Value;
use ingress::{Rule, is_world};

/// `@perimeter(fact)`.
pub static PROBE: Probe = Probe {
    name: "perimeter",
    summary: "The network around production: `filtered` names policies and firewall rules that keep traffic out, `default_deny` those \
              that let nothing in by default; `open` names ways that stand open to everybody; `public_admin` and `private_admin` \
              name the planes that operators use, by who reaches them; `shielded` and `unshielded` name web firewalls before public \
              entries, by whether they block",
    usage: "@perimeter(filtered|default_deny|open|public_admin|private_admin|bastion|shielded|unshielded)",
    arity: (1, 1),
    patterns_from: None,
    facts: &["filtered", "default_deny", "open", "public_admin", "private_admin", "bastion", "shielded", "unshielded"],
    options: &[],
    look,
};

/// Ports that nobody outside should reach: shells, desktops, databases, caches, searches, their tools.
const GUARDED: &[(u16, &str)] = &[
    (22, "SSH"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (3306, "MySQL"),
    (6379, "Redis"),
    (27017, "MongoDB"),
    (9200, "Elasticsearch"),
    (2379, "etcd"),
    (8200, "Vault"),
    (9090, "Prometheus"),
];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let rules = ingress::rules(facts);
    let mut answer = Answer::default();
    match question.fact() {
        "filtered" => {
            policies::filtered(facts, &mut answer);
            let kept = rules.iter().filter(|rule| !rule.is_world() && (rule.names_others || !rule.ranges.is_empty()));
            answer.seen.extend(
                kept.map(|rule| seen(rule, if rule.allows { "lets in only named sources" } else { "keeps out" })),
            );
            answer.seen.extend(inside(facts));
            answer.blind = facts.infra().unread(&ingress::kinds());
            answer.blind.extend(facts.kubernetes().unread(policies::KINDS));
        }
        "default_deny" => policies::default_deny(facts, &mut answer),
        "open" => {
            answer.seen.extend(rules.iter().filter_map(open));
            policies::allow_all(facts, &mut answer);
        }
        "public_admin" => {
            let shell = |rule: &&Rule| rule.is_world() && rule.covers(22);
            answer.seen.extend(rules.iter().filter(shell).map(|rule| seen(rule, "lets everybody reach SSH")));
            answer.seen.extend(facts.infra().production().filter_map(public_plane));
            answer.seen.extend(facts.kubernetes().production().filter_map(bare_tool));
        }
        "private_admin" => answer.seen.extend(facts.infra().production().filter_map(private_plane)),
        "shielded" => shield::firewalls(facts, true, &mut answer),
        "unshielded" => shield::firewalls(facts, false, &mut answer),
        "bastion" => {
            let shell = |rule: &&Rule| rule.allows && !rule.is_world() && !rule.ports.is_empty() && rule.covers(22);
            answer.seen.extend(rules.iter().filter(shell).map(|rule| seen(rule, "lets only named sources reach SSH")));
        }
        _ => {}
    }
    answer
}

fn seen(rule: &Rule, what: &str) -> Sighting {
    let ranges = if rule.ranges.is_empty() { String::new() } else { format!(" ({})", rule.ranges.join(", ")) };
    Sighting::new(rule.place.clone(), Strength::Configured, format!("{} {what}{ranges}", rule.title))
}

/// A rule that lets everybody reach what should be guarded, or everything.
fn open(rule: &Rule) -> Option<Sighting> {
    if !rule.is_world() || !rule.ports_known {
        return None;
    }
    if rule.ports.is_empty() {
        return Some(seen(rule, "lets everybody reach every port"));
    }
    let (_, what) = GUARDED.iter().find(|(port, _)| rule.covers(*port))?;
    Some(seen(rule, &format!("lets everybody reach {what}")))
}

/// Services that take traffic from inside of their network only.
fn inside(facts: &Facts<'_>) -> Vec<Sighting> {
    let services = ["google_cloud_run_service", "google_cloud_run_v2_service"];
    let all = services.iter().flat_map(|kind| facts.infra().of_kind(kind));
    let internal = all.filter_map(|service| {
        let ingress = service
            .setting("ingress")
            .filter(|ingress| ingress.text().is_some_and(|text| text.contains("INTERNAL")))?;
        Some(Sighting::new(
            ingress.place.clone(),
            Strength::Configured,
            format!("{} takes traffic from inside only", service.title()),
        ))
    });
    internal.collect()
}

fn texts(resource: &Resource, path: &str) -> Vec<String> {
    let found = resource.settings(&Path::parse(path));
    found
        .iter()
        .flat_map(|setting| match setting.value.as_list() {
            Some(list) => list.iter().filter_map(Value::scalar_text).collect(),
            None => setting.text().into_iter().collect::<Vec<_>>(),
        })
        .collect()
}

/// A control plane that the whole world reaches.
fn public_plane(resource: &Resource) -> Option<Sighting> {
    if !resource.is_kind("aws_eks_cluster") {
        return None;
    }
    let public = resource.setting("vpc_config.endpoint_public_access")?;
    let ranges = texts(resource, "vpc_config.public_access_cidrs");
    let is_open = public.text().as_deref() == Some("true") && ranges.iter().any(|range| is_world(range));
    let message = format!("the API of {} is open to 0.0.0.0/0", resource.title());
    is_open.then(|| {
        let sighting = Sighting::new(public.place.clone(), Strength::Configured, message);
        match public.default_of {
            Some(whose) => sighting.default_of(whose),
            None => sighting,
        }
    })
}

/// A control plane that only its network, or named networks, reach.
fn private_plane(resource: &Resource) -> Option<Sighting> {
    let is =
        |path: &str, wanted: &str| resource.setting(path).filter(|setting| setting.text().as_deref() == Some(wanted));
    let private = match resource.kind.as_str() {
        "aws_eks_cluster" => {
            is("vpc_config.endpoint_public_access", "false").filter(|setting| setting.default_of.is_none())
        }
        "google_container_cluster" => is("private_cluster_config.enable_private_endpoint", "true").or_else(|| {
            is("private_cluster_config.enable_private_nodes", "true")?;
            let networks = texts(resource, "master_authorized_networks_config.cidr_blocks.cidr_block");
            (!networks.is_empty() && !networks.iter().any(|network| is_world(network)))
                .then(|| resource.setting("master_authorized_networks_config"))?
        }),
        "azurerm_kubernetes_cluster" => is("private_cluster_enabled", "true"),
        _ => None,
    }?;
    Some(Sighting::new(
        private.place.clone(),
        Strength::Configured,
        format!("the API of {} is private", resource.title()),
    ))
}

/// Whether a service is a tool of operators by its name: `prometheus-server`, `shop-grafana`. What goes on with another
/// word is another program: `argocd-image-updater`.
fn is_tool(name: &str) -> bool {
    const TOOLS: &[&str] = &["grafana", "prometheus", "kibana", "argocd", "argo-cd", "alertmanager"];
    const PARTS: &[&str] = &[
        "server",
        "service",
        "svc",
        "ui",
        "web",
        "http",
        "https",
        "frontend",
        "dashboard",
        "k8s",
        "kb",
        "main",
        "operated",
        "stack",
        "community",
        "external",
        "internal",
        "public",
        "lb",
        "np",
        "nodeport",
        "clusterip",
        "port",
    ];
    let is_part = |word: &str| PARTS.contains(&word) || word.chars().all(|letter| letter.is_ascii_digit());
    TOOLS.iter().any(|tool| {
        let mut rests = name.match_indices(tool).map(|(at, _)| (&name[..at], &name[at + tool.len()..]));
        rests.any(|(before, after)| {
            (before.is_empty() || before.ends_with('-'))
                && (after.is_empty() || after.strip_prefix('-').is_some_and(|after| after.split('-').all(is_part)))
        })
    })
}

/// An Ingress for a tool of operators, with neither a login before it nor a list of who may come.
fn bare_tool(object: &Object) -> Option<Sighting> {
    const GUARDS: &[&str] = &[
        "auth-url",
        "auth-type",
        "auth-signin",
        "auth-tls-secret",
        "whitelist-source-range",
        "allowlist-source-range",
        "inbound-cidrs",
        "auth-idp-",
        "router.middlewares",
    ];
    if object.kind != "Ingress" {
        return None;
    }
    let rules = Path::parse("spec.rules[*].http.paths[*].backend.service.name").find(&object.value);
    let backend = rules.iter().find_map(|found| {
        let name = found.value.as_str()?;
        is_tool(name).then_some((name, found.span))
    });
    let (name, span) = backend?;
    let annotations = object.value.at(&["metadata", "annotations"]).and_then(Value::as_map);
    let guarded = annotations.into_iter().flatten().any(|(key, _)| GUARDS.iter().any(|guard| key.contains(guard)));
    let message = format!("{} leads to {name} without a login or a list of who may come", object.title());
    (!guarded).then(|| Sighting::new(object.at(span), Strength::Configured, message))
}
