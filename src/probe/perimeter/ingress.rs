//! Rules of firewalls that infrastructure code declares, in one shape: who may reach which ports.

use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::infra::Resource;
use crate::facts::kubernetes::path::Path;
use crate::value::{Kind, Value};

/// One rule that lets traffic in, or keeps it out.
#[derive(Debug)]
pub(in crate::probe) struct Rule {
    /// Where it stands.
    pub(in crate::probe) place: Place,
    /// The resource that it belongs to.
    pub(in crate::probe) title: String,
    /// The ranges that it names, as written.
    pub(in crate::probe) ranges: Vec<String>,
    /// Whether it also names groups, tags or what is not known here.
    pub(in crate::probe) names_others: bool,
    /// The ports, both ends included; empty for all.
    pub(in crate::probe) ports: Vec<(u16, u16)>,
    /// Whether the ports are known.
    pub(in crate::probe) ports_known: bool,
    /// The protocol in lower case, by name or number; empty where none is written.
    pub(in crate::probe) protocol: String,
    /// Whether it lets in.
    pub(in crate::probe) allows: bool,
}

impl Rule {
    /// Whether it lets the whole world in.
    pub(in crate::probe) fn is_world(&self) -> bool {
        self.allows && self.ranges.iter().any(|range| is_world(range))
    }

    /// Whether it is how the public comes in: to the web, or by datagrams to what plays, calls or answers names.
    pub(in crate::probe) fn is_for_the_public(&self) -> bool {
        /// What answers to the machines beside it alone: files at the start, clocks, devices, directories, caches.
        const INSIDE: &[u16] = &[69, 111, 123, 161, 389, 1900, 11211];
        let is_web = |ports: &(u16, u16)| matches!(ports, (80, 80) | (443, 443));
        let is_public = |(low, high): &(u16, u16)| !INSIDE.iter().any(|port| (low..=high).contains(&port));
        let is_udp = matches!(self.protocol.as_str(), "udp" | "17");
        let fits = |ports: &(u16, u16)| is_web(ports) || is_udp && is_public(ports);
        self.ports_known && !self.ports.is_empty() && self.ports.iter().all(fits)
    }

    /// Whether a port is among its ports.
    pub(in crate::probe) fn covers(&self, port: u16) -> bool {
        self.ports_known
            && (self.ports.is_empty() || self.ports.iter().any(|(low, high)| (*low..=*high).contains(&port)))
    }
}

/// Whether a range is everybody.
pub(in crate::probe) fn is_world(range: &str) -> bool {
    matches!(range.trim(), "0.0.0.0/0" | "::/0" | "*" | "Internet" | "Any" | "any")
}

/// Where ranges, groups and ports stand in one kind of resource.
struct Shape {
    kind: &'static str,
    /// The nested block with the rules; empty where the resource itself is one.
    block: &'static str,
    ranges: &'static [&'static str],
    others: &'static [&'static str],
    ports: Ports,
    /// A setting and the word that it must have for the rule to be about incoming traffic.
    incoming: Option<(&'static str, &'static str)>,
    /// A setting and the word with which it keeps out.
    denies: Option<(&'static str, &'static str)>,
}

enum Ports {
    /// Two settings.
    Between(&'static str, &'static str),
    /// One setting with `22`, `8000-9000`, `*`.
    Listed(&'static str),
}

const PAIR: Ports = Ports::Between("from_port", "to_port");
const AWS_RANGES: &[&str] =
    &["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6", "cidr_block", "ipv6_cidr_block"];
const AWS_OTHERS: &[&str] = &[
    "security_groups",
    "source_security_group_id",
    "referenced_security_group_id",
    "prefix_list_ids",
    "prefix_list_id",
    "self",
];

#[rustfmt::skip]
const SHAPES: &[Shape] = &[
    Shape { kind: "aws_security_group", block: "ingress", ranges: AWS_RANGES, others: AWS_OTHERS, ports: PAIR, incoming: None, denies: None },
    Shape { kind: "aws_security_group_rule", block: "", ranges: AWS_RANGES, others: AWS_OTHERS, ports: PAIR, incoming: Some(("type", "ingress")), denies: None },
    Shape { kind: "aws_vpc_security_group_ingress_rule", block: "", ranges: AWS_RANGES, others: AWS_OTHERS, ports: PAIR, incoming: None, denies: None },
    Shape { kind: "aws_network_acl", block: "ingress", ranges: AWS_RANGES, others: &[], ports: PAIR, incoming: None, denies: Some(("action", "deny")) },
    Shape { kind: "aws_network_acl_rule", block: "", ranges: AWS_RANGES, others: &[], ports: PAIR, incoming: Some(("egress", "false")), denies: Some(("rule_action", "deny")) },
    Shape { kind: "google_compute_firewall", block: "allow", ranges: &[], others: &[], ports: Ports::Listed("ports"), incoming: None, denies: None },
    Shape { kind: "google_compute_firewall", block: "deny", ranges: &[], others: &[], ports: Ports::Listed("ports"), incoming: None, denies: None },
    Shape { kind: "azurerm_network_security_group", block: "security_rule", ranges: &["source_address_prefix", "source_address_prefixes"], others: &["source_application_security_group_ids"], ports: Ports::Listed("destination_port_range|destination_port_ranges"), incoming: Some(("direction", "Inbound")), denies: Some(("access", "Deny")) },
    Shape { kind: "azurerm_network_security_rule", block: "", ranges: &["source_address_prefix", "source_address_prefixes"], others: &["source_application_security_group_ids"], ports: Ports::Listed("destination_port_range|destination_port_ranges"), incoming: Some(("direction", "Inbound")), denies: Some(("access", "Deny")) },
    Shape { kind: "digitalocean_firewall", block: "inbound_rule", ranges: &["source_addresses"], others: &["source_droplet_ids", "source_load_balancer_uids", "source_tags"], ports: Ports::Listed("port_range"), incoming: None, denies: None },
    Shape { kind: "hcloud_firewall", block: "rule", ranges: &["source_ips"], others: &[], ports: Ports::Listed("port"), incoming: Some(("direction", "in")), denies: None },
    Shape { kind: "openstack_networking_secgroup_rule_v2", block: "", ranges: &["remote_ip_prefix"], others: &["remote_group_id"], ports: Ports::Between("port_range_min", "port_range_max"), incoming: Some(("direction", "ingress")), denies: None },
];

/// The kinds that hold such rules.
pub(in crate::probe) fn kinds() -> Vec<&'static str> {
    SHAPES.iter().map(|shape| shape.kind).collect()
}

/// Every rule for incoming traffic of production.
pub(in crate::probe) fn rules(facts: &Facts<'_>) -> Vec<Rule> {
    let mut found = Vec::new();
    for resource in facts.infra().production() {
        for shape in SHAPES.iter().filter(|shape| resource.is_kind(shape.kind)) {
            let whole = shape.block.is_empty();
            let path = Path::parse(shape.block);
            let blocks = if whole { Vec::new() } else { path.find_through_lists(&resource.value) };
            let listed = blocks.iter().flat_map(|block| match &block.value.kind {
                Kind::List(list) => list.iter().collect(),
                _ => vec![block.value],
            });
            let each: Vec<&Value> = if whole { vec![&resource.value] } else { listed.collect() };
            found.extend(each.into_iter().filter_map(|rule| of(resource, shape, rule)));
        }
        found.extend(of_module(resource));
    }
    found
}

fn of(resource: &Resource, shape: &Shape, rule: &Value) -> Option<Rule> {
    let text =
        |path: &str| Path::parse(path).find_through_lists(rule).first().and_then(|found| found.value.scalar_text());
    if let Some((path, wanted)) = shape.incoming
        && !text(path).unwrap_or_else(|| wanted.to_owned()).eq_ignore_ascii_case(wanted)
    {
        return None;
    }
    let is_google = shape.kind == "google_compute_firewall";
    if is_google && resource.setting("direction").and_then(|setting| setting.text()).is_some_and(|way| way == "EGRESS")
    {
        return None;
    }
    let denies =
        shape.denies.is_some_and(|(path, word)| text(path).is_some_and(|text| text.eq_ignore_ascii_case(word)));
    // Ranges of Google's stand beside the blocks with the ports.
    let (root, ranges, others): (&Value, &[&str], &[&str]) = if is_google {
        (&resource.value, &["source_ranges"], &["source_tags", "source_service_accounts"])
    } else {
        (rule, shape.ranges, shape.others)
    };
    let (mut names, mut names_others) = (Vec::new(), false);
    for value in ranges.iter().flat_map(|path| values(root, path)) {
        match value.scalar_text() {
            Some(text) => names.push(text),
            None => names_others = true,
        }
    }
    names_others |= others.iter().flat_map(|path| values(root, path)).any(|value| value.as_bool() != Some(false));
    if is_google && names.is_empty() && !names_others {
        // What names no source means everybody.
        names.push("0.0.0.0/0".to_owned());
    }
    let (ports, ports_known) = ports(&shape.ports, rule);
    let protocol = text("protocol").or_else(|| text("ip_protocol")).unwrap_or_default().to_ascii_lowercase();
    let all = matches!(protocol.as_str(), "-1" | "all");
    let span = if shape.block.is_empty() { resource.span } else { rule.span };
    Some(Rule {
        place: resource.at(span),
        title: resource.title(),
        ranges: names,
        names_others,
        ports: if all { Vec::new() } else { ports },
        ports_known: all || ports_known,
        protocol,
        allows: !(denies || shape.block == "deny"),
    })
}

/// The registry's module for security groups.
fn of_module(resource: &Resource) -> Option<Rule> {
    if resource.declared != "terraform-aws-modules/security-group/aws" {
        return None;
    }
    let ranges = values(&resource.value, "ingress_cidr_blocks");
    let groups = [
        "ingress_with_source_security_group_id",
        "computed_ingress_with_source_security_group_id",
        "ingress_with_self",
    ];
    let names_others = groups.iter().any(|path| !values(&resource.value, path).is_empty())
        || ranges.iter().any(|range| range.scalar_text().is_none());
    let ranges: Vec<String> = ranges.iter().filter_map(|range| range.scalar_text()).collect();
    (names_others || !ranges.is_empty()).then(|| Rule {
        place: resource.place(),
        title: resource.title(),
        ranges,
        names_others,
        ports: Vec::new(),
        ports_known: false,
        protocol: String::new(),
        allows: true,
    })
}

/// The values at a path, entries of a list one by one.
fn values<'v>(root: &'v Value, path: &str) -> Vec<&'v Value> {
    let found = Path::parse(path).find_through_lists(root);
    found
        .into_iter()
        .flat_map(|found| match &found.value.kind {
            Kind::List(list) => list.iter().collect(),
            _ => vec![found.value],
        })
        .collect()
}

fn ports(shape: &Ports, rule: &Value) -> (Vec<(u16, u16)>, bool) {
    match shape {
        Ports::Between(from, to) => {
            let port = |path: &str| {
                values(rule, path).first().map(|value| value.as_number().or_else(|| value.as_str()?.parse().ok()))
            };
            match (port(from), port(to)) {
                (Some(Some(low)), Some(Some(high))) if low <= 0.0 && (high <= 0.0 || high >= 65535.0) => {
                    (Vec::new(), true)
                }
                (Some(Some(low)), Some(Some(high))) => (vec![(to_port(low), to_port(high))], true),
                (Some(Some(low)), None) => (vec![(to_port(low), to_port(low))], true),
                (None, None) => (Vec::new(), true),
                _ => (Vec::new(), false),
            }
        }
        Ports::Listed(path) => {
            let listed = values(rule, path);
            let range = |value: &&Value| {
                let text = value.scalar_text()?;
                if matches!(text.as_str(), "*" | "all" | "any") {
                    return Some((0, u16::MAX));
                }
                let (low, high) = text.split_once('-').unwrap_or((&text, &text));
                Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
            };
            let ranges: Option<Vec<(u16, u16)>> = listed.iter().map(range).collect();
            (ranges.clone().unwrap_or_default(), ranges.is_some())
        }
    }
}

fn to_port(number: f64) -> u16 {
    format!("{:.0}", number.clamp(0.0, 65535.0)).parse().unwrap_or(u16::MAX)
}
