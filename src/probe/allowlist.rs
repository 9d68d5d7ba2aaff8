//! `@allowlist`: the ranges of addresses that may reach production where a list says so, and whether each lies in the
//! ranges that the question names.

use super::config::spread;
use super::perimeter::ingress::{self, is_world};
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::config::{Held, Key, Layer, squashed};
use crate::facts::containers::is_mounted_aside;
use crate::facts::infra::Resource;
use crate::facts::kubernetes::Object;
use crate::facts::kubernetes::path::Path;
use crate::facts::production::{Stage, stage_of_path};
use crate::source::Span;
use crate::value::{Kind, Value};
use std::net::IpAddr;

/// More sightings than this say nothing more.
const MOST: usize = 100;

/// `@allowlist(range…, settings key…)`.
pub static PROBE: Probe = Probe {
    name: "allowlist",
    summary: "Ranges of addresses that lists of production let in: true for one inside of the ranges that the question names \
              (several in one word with commas between), false for one outside; `empty` names lists with nothing in them",
    usage: "@allowlist(range…, settings key…) {empty}",
    arity: (1, 2),
    patterns_from: None,
    facts: &[],
    options: &["empty"],
    look,
};

/// A range that a list lets in, or a list that fails to keep the rest out.
struct Listed {
    place: Place,
    what: String,
    /// `None` for a list without an end: what it does not name comes in too.
    range: Option<String>,
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let wanted: Vec<Range> =
        question.arg(0).iter().flat_map(|word| word.text.split(',')).filter_map(Range::of).collect();
    let keys: Vec<&str> = question.arg(1).iter().map(|word| &*word.text).collect();
    let mut listed = Vec::new();
    let mut empty = Vec::new();
    for object in facts.kubernetes().production() {
        of_object(object, &mut listed);
    }
    for rule in ingress::rules(facts).into_iter().filter(|rule| rule.allows) {
        let public = rule.is_for_the_public();
        for range in rule.ranges.iter().filter(|range| !(public && is_world(range))) {
            listed.push(Listed { place: rule.place.clone(), what: rule.title.clone(), range: Some(range.clone()) });
        }
    }
    for resource in facts.infra().production() {
        of_resource(resource, &mut listed);
    }
    servers(facts, &mut listed);
    settings(facts, &keys, &mut listed, &mut empty);
    if question.is_set("empty") {
        return Answer { seen: empty, ..Answer::default() };
    }
    let mut answer = Answer { blind: facts.infra().unread(&ingress::kinds()), ..Answer::default() };
    for Listed { place, what, range } in listed.into_iter().take(MOST) {
        let Some(text) = range else {
            let message = format!("{what} lets in what it does not name");
            answer.seen.push(Sighting::new(place, Strength::Configured, message).with(Observed::Flag(false)));
            continue;
        };
        let Some(range) = Range::of(&text) else {
            answer.blind.push(Blind {
                place: Some(place),
                why: format!("who may come in by {what} stands elsewhere ({text})"),
            });
            continue;
        };
        let inside = wanted.iter().any(|wanted| wanted.holds(&range));
        let sighting = Sighting::new(place, Strength::Configured, format!("{text} may come in by {what}"));
        answer.seen.push(sighting.with(Observed::Flag(inside)));
    }
    answer
}

/// A range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    address: IpAddr,
    length: u8,
}

impl Range {
    fn of(text: &str) -> Option<Self> {
        let text = match text.trim() {
            "*" | "Internet" | "Any" | "any" | "all" => "0.0.0.0/0",
            text => text,
        };
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Some(most), |length| length.parse().ok())?;
        (length <= most).then_some(Self { address, length })
    }

    /// Whether another range lies inside of this one.
    fn holds(&self, other: &Self) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(four) => u128::from(u32::from(four)) << 96,
            IpAddr::V6(six) => u128::from(six),
        };
        let same_family = self.address.is_ipv4() == other.address.is_ipv4();
        let differing = bits(self.address) ^ bits(other.address);
        same_family
            && other.length >= self.length
            && (self.length == 0 || differing >> (128 - u32::from(self.length)) == 0)
    }
}

/// Where kinds of Kubernetes keep their lists.
const LISTS: &[(&str, &str)] = &[
    (
        "Ingress",
        "metadata.annotations[nginx.ingress.kubernetes.io/whitelist-source-range|nginx.ingress.kubernetes.io/allowlist-source-range|alb.ingress.kubernetes.io/inbound-cidrs|haproxy.org/allow-list]",
    ),
    ("Service", "spec.loadBalancerSourceRanges[*]"),
    ("Middleware", "spec.ipAllowList.sourceRange[*]"),
    ("Middleware", "spec.ipWhiteList.sourceRange[*]"),
    ("AuthorizationPolicy", "spec.rules[*].from[*].source.ipBlocks[*]"),
    ("AuthorizationPolicy", "spec.rules[*].from[*].source.remoteIpBlocks[*]"),
    ("NetworkPolicy", "spec.ingress[*].from[*].ipBlock.cidr"),
    ("SecurityPolicy", "spec.authorization.rules[*].principal.clientCIDRs[*]"),
];

fn of_object(object: &Object, listed: &mut Vec<Listed>) {
    let denies = object.value.at(&["spec", "action"]).and_then(Value::as_str).is_some_and(|action| action == "DENY");
    for (_, path) in LISTS.iter().filter(|(kind, _)| *kind == object.kind && !denies) {
        for found in Path::parse(path).find(&object.value) {
            let Some(text) = found.value.scalar_text() else { continue };
            for range in text.split(',').map(str::trim).filter(|range| !range.is_empty()) {
                listed.push(Listed {
                    place: object.at(found.span),
                    what: object.title(),
                    range: Some(range.to_owned()),
                });
            }
        }
    }
}

/// Where other resources keep theirs.
const RESOURCES: &[(&str, &str)] = &[
    ("aws_eks_cluster", "vpc_config.public_access_cidrs"),
    ("google_container_cluster", "master_authorized_networks_config.cidr_blocks.cidr_block"),
    ("google_sql_database_instance", "settings.ip_configuration.authorized_networks.value"),
    ("google_compute_security_policy", "rule.match.config.src_ip_ranges"),
    ("azurerm_kubernetes_cluster", "api_server_access_profile.authorized_ip_ranges"),
    ("aws_wafv2_ip_set", "addresses"),
];

fn of_resource(resource: &Resource, listed: &mut Vec<Listed>) {
    for (kind, path) in RESOURCES.iter().filter(|(kind, _)| resource.is_kind(kind)) {
        let mut found = Vec::new();
        for setting in resource.settings(&Path::parse(path)).iter().filter(|setting| setting.default_of.is_none()) {
            let entries = setting.value.as_list().map_or(vec![&*setting.value], |list| list.iter().collect());
            for entry in entries {
                let range = match &entry.kind {
                    Kind::Expr(expression) => expression.raw.clone(),
                    _ => entry.scalar_text().unwrap_or_default(),
                };
                found.push(Listed { place: setting.place.clone(), what: resource.title(), range: Some(range) });
            }
        }
        // Each policy of Cloud Armor ends with a rule for everybody; one that names nobody else filters by other things.
        let is_list = |one: &Listed| one.range.as_deref().is_some_and(|range| range != "*" && !is_world(range));
        if *kind != "google_compute_security_policy" || found.iter().any(is_list) {
            listed.extend(found);
        }
    }
}

/// Lists of nginx and of PostgreSQL.
fn servers(facts: &Facts<'_>, listed: &mut Vec<Listed>) {
    for file in facts.tree.files() {
        let name = file.name();
        let is_postgres = name == "pg_hba.conf";
        let is_nginx = match name.rsplit_once('.') {
            Some((_, "conf")) => file.path.contains("nginx"),
            Some((_, extension)) => extension == "nginx",
            None => false,
        };
        if !(is_postgres || is_nginx) || matches!(stage_of_path(&file.path), Stage::Never(_)) || file.len > 1_000_000 {
            continue;
        }
        let Some(source) = file.text() else { continue };
        if is_mounted_aside(facts, &file.path) {
            continue;
        }
        if is_postgres {
            host_based(&file.path, source.text(), listed);
        } else {
            nginx(&file.path, source.text(), listed);
        }
    }
}

/// Lines with their offsets, comments taken off.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        let code = line.split('#').next().unwrap_or("");
        Some((start + (code.len() - code.trim_start().len()), code.trim()))
    })
}

fn host_based(path: &str, text: &str, listed: &mut Vec<Listed>) {
    for (at, line) in lines(text).filter(|(_, line)| line.starts_with("host")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (Some(address), Some(method)) = (words.get(3), words.get(4)) else { continue };
        if *method != "reject" && Range::of(address).is_some_and(|range| !range.address.is_loopback()) {
            let place = Place::at(path, Span::new(at, at + line.len()));
            listed.push(Listed { place, what: "pg_hba.conf".into(), range: Some((*address).to_owned()) });
        }
    }
}

/// `allow 10.0.0.0/8; deny all;` in one block; without the end, everybody else comes in too.
fn nginx(path: &str, text: &str, listed: &mut Vec<Listed>) {
    /// The place of the last `allow` of a block, and whether the block ends with `deny all`.
    #[derive(Default)]
    struct Block {
        last: Option<Span>,
        denies: bool,
    }
    let close = |block: Block, listed: &mut Vec<Listed>| {
        if let (Some(span), false) = (block.last, block.denies) {
            listed.push(Listed {
                place: Place::at(path, span),
                what: "nginx, without `deny all`,".into(),
                range: None,
            });
        }
    };
    let mut open = vec![Block::default()];
    for (at, line) in lines(text) {
        let span = Span::new(at, at + line.len());
        for part in line.split_inclusive(['{', '}', ';']) {
            let directive = part.trim().trim_end_matches(['{', '}', ';']).trim();
            let mut words = directive.split_whitespace();
            match (words.next(), words.next()) {
                (Some("allow"), Some(range)) if range != "all" => {
                    listed.push(Listed {
                        place: Place::at(path, span),
                        what: "nginx".into(),
                        range: Some(range.to_owned()),
                    });
                    if let Some(block) = open.last_mut() {
                        block.last = Some(span);
                    }
                }
                (Some("deny"), Some("all")) => {
                    if let Some(block) = open.last_mut() {
                        block.denies = true;
                    }
                }
                _ => {}
            }
            if part.ends_with('{') && open.len() < 100 {
                open.push(Block::default());
            } else if part.ends_with('}')
                && let Some(block) = open.pop()
            {
                close(block, listed);
            }
        }
    }
    while let Some(block) = open.pop() {
        close(block, listed);
    }
}

/// Settings of the program itself.
fn settings(facts: &Facts<'_>, keys: &[&str], listed: &mut Vec<Listed>, empty: &mut Vec<Sighting>) {
    let config = facts.config();
    let tails: Vec<String> = keys.iter().flat_map(|key| spread(key)).collect();
    let matching: Vec<_> = tails.iter().flat_map(|key| config.ending_in(key)).map(|(setting, _)| setting).collect();
    for setting in config.effective(&matching).winners.into_iter().filter(|setting| {
        let name = &setting.name;
        !is_of_a_limiter(name) && !leads_out(name) && !is_of_proxies(name) && !lets_in_others(&setting.key)
    }) {
        let entry = |range: &str| Listed {
            place: setting.place.clone(),
            what: setting.name.clone(),
            range: Some(range.trim().to_owned()),
        };
        let bare = match &setting.held {
            Held::Plain(text) => text.trim_matches(['[', ']', '{', '}', '(', ')', ' ']),
            Held::Empty => "",
            _ => "-",
        };
        // An empty default is what nobody has set yet.
        if bare.is_empty() && setting.layer == Layer::Program {
            listed.push(Listed {
                place: setting.place.clone(),
                what: setting.name.clone(),
                range: Some("whatever its variable names".to_owned()),
            });
            continue;
        }
        match &setting.held {
            Held::Plain(text) => {
                listed.extend(text.split([',', ' ', ';']).filter(|part| !part.trim().is_empty()).map(entry));
            }
            Held::List(texts) => listed.extend(texts.iter().map(|text| entry(text))),
            Held::Elsewhere(_, text) => listed.push(entry(text)),
            Held::Empty => {
                let message = format!("{} is an empty list", setting.name);
                empty.push(Sighting::new(setting.place.clone(), Strength::Configured, message));
            }
        }
    }
}

/// Whether a list, by its name, says where the service itself may send requests: `LOCAL_NETWORK_ALLOWLIST` of webhooks.
fn leads_out(name: &str) -> bool {
    says(name, &["localnetwork", "webhook", "outbound", "outgoing", "egress", "ssrf", "callback"])
}

/// Who may say in a header where a request or its user comes from: `HEADER_LOGIN_TRUSTED_IPS`.
fn is_of_proxies(name: &str) -> bool {
    says(name, &["trustedip"]) && says(name, &["header", "proxy", "proxies", "forwarded", "sso"])
}

/// Whom a limiter lets ask as often as they like: everybody else comes in as well.
fn is_of_a_limiter(name: &str) -> bool {
    says(name, &["ratelimit", "throttl"])
}

/// Other things than addresses that a list may let in: `APPS_ALLOWLIST`.
fn lets_in_others(key: &Key) -> bool {
    #[rustfmt::skip]
    const OTHERS: &[&str] = &[
        "apps", "plugin", "plugins", "extension", "extensions", "module", "modules", "domain", "domains", "email",
        "emails", "image", "images", "model", "models", "command", "commands", "tag", "tags", "hostname",
        "hostnames", "import", "imports", "redirect", "redirects", "url", "urls", "uri", "uris", "scheme", "schemes",
        "protocol", "protocols", "header", "headers", "field", "fields", "file", "files", "path", "paths", "mime",
        "metric", "metrics", "user", "users", "tool", "tools", "provider", "providers", "repository", "repositories", "namespace", "namespaces",
    ];
    key.words().iter().any(|word| OTHERS.contains(&word.as_str()))
}

/// Whether a name says one of these words, however it is written.
fn says(name: &str, words: &[&str]) -> bool {
    let letters = squashed(name);
    words.iter().any(|word| letters.contains(word))
}
