//! Balancers that are configured by text: nginx, `HAProxy`, Caddy.

use super::{Layer, Told};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{self, Stage};
use crate::source::Span;

/// Words for the algorithm, each with its name on the scale.
const NGINX: &[(&str, &str)] = &[
    ("least_conn;", "least_connections"),
    ("ip_hash;", "ip_hash"),
    ("random", "random"),
    ("hash ", "consistent_hash"),
];

pub(super) fn layers(facts: &Facts<'_>) -> Vec<Layer> {
    let mut found = Vec::new();
    for file in facts.tree.files() {
        let name = file.name();
        let stem = name.strip_suffix(".template").unwrap_or(name);
        let extension = stem.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_nginx = extension == "conf" && (name.contains("nginx") || file.path.contains("nginx/"));
        let is_haproxy = name.starts_with("haproxy") && extension == "cfg";
        let is_caddy = name == "Caddyfile" || name.ends_with(".Caddyfile");
        if !(is_nginx || is_haproxy || is_caddy) || matches!(production::stage_of_path(&file.path), Stage::Never(_)) {
            continue;
        }
        let Some(source) = file.text() else { continue };
        let lines = Lines { path: &file.path, text: source.text() };
        if is_nginx {
            lines.nginx(&mut found);
        } else if is_haproxy {
            lines.haproxy(&mut found);
        } else {
            lines.caddy(&mut found);
        }
    }
    found
}

struct Lines<'t> {
    path: &'t str,
    text: &'t str,
}

impl<'t> Lines<'t> {
    /// Every line without its comment, with its place.
    fn each(&self) -> impl Iterator<Item = (&'t str, Place)> {
        let (text, path) = (self.text, self.path);
        text.split_inclusive('\n').scan(0, move |at, line| {
            let start = *at;
            *at += line.len();
            let code = line.split('#').next().unwrap_or("").trim();
            Some((code, Place::at(path, Span::new(start, start + line.trim_end().len()))))
        })
    }

    /// `upstream web { … }` with two servers or more.
    fn nginx(&self, found: &mut Vec<Layer>) {
        let mut open: Option<Section> = None;
        for (code, place) in self.each() {
            if let Some(name) = code.strip_prefix("upstream ") {
                open = Some(Section::new(&format!("upstream {}", name.trim_end_matches(['{', ' '])), place));
                continue;
            }
            let Some(section) = &mut open else { continue };
            if code.starts_with('}') {
                found.extend(open.take().and_then(Section::finish));
            } else if code.starts_with("server ") {
                section.servers += 1;
                // Passive: a server that fails is left out for a while.
                if code.contains("max_fails=0") {
                    section.checks = Some((false, place));
                } else if code.contains("max_fails=") {
                    section.checks.get_or_insert((true, place));
                }
            } else if code.starts_with("sticky") {
                section.sticky = Some(place);
            } else if let Some((_, word)) = NGINX.iter().find(|(start, _)| code.starts_with(start)) {
                if ["ip_hash", "consistent_hash"].contains(word) {
                    section.sticky = Some(place.clone());
                }
                section.algorithm = Some(((*word).to_owned(), place));
            }
        }
    }

    /// `backend web` with two servers or more.
    fn haproxy(&self, found: &mut Vec<Layer>) {
        let mut open: Option<Section> = None;
        for (code, place) in self.each() {
            let word = code.split_whitespace().next().unwrap_or("");
            if ["backend", "listen", "frontend", "defaults", "global"].contains(&word) {
                found.extend(open.take().and_then(Section::finish));
                open = ["backend", "listen"].contains(&word).then(|| Section::new(code, place));
                continue;
            }
            let Some(section) = &mut open else { continue };
            match word {
                "server" => {
                    section.servers += 1;
                    if code.split_whitespace().any(|word| word == "check") {
                        section.checks.get_or_insert((true, place));
                    }
                }
                "server-template" => section.servers += 2,
                "balance" => {
                    let algorithm = code.split_whitespace().nth(1).unwrap_or("").to_owned();
                    if algorithm == "source" {
                        section.sticky = Some(place.clone());
                    }
                    section.algorithm = Some((algorithm, place));
                }
                "cookie" | "stick" => section.sticky = Some(place),
                _ => {}
            }
        }
        found.extend(open.take().and_then(Section::finish));
    }

    /// `reverse_proxy a:80 b:80 { lb_policy least_conn }`
    fn caddy(&self, found: &mut Vec<Layer>) {
        let mut open: Option<Section> = None;
        for (code, place) in self.each() {
            if let Some(targets) = code.strip_prefix("reverse_proxy ") {
                found.extend(open.take().and_then(Section::finish));
                let mut section = Section::new("reverse_proxy", place);
                section.default = "random";
                section.servers =
                    targets.split_whitespace().filter(|word| word.contains(':') || word.contains('.')).count();
                open = Some(section);
                continue;
            }
            let Some(section) = &mut open else { continue };
            let mut words = code.split_whitespace();
            match (words.next(), words.next()) {
                (Some("lb_policy"), Some(word)) => {
                    if ["cookie", "ip_hash", "client_ip_hash"].contains(&word) {
                        section.sticky = Some(place.clone());
                    }
                    section.algorithm = Some((word.to_owned(), place));
                }
                (Some("health_uri" | "health_path"), _) => section.checks = Some((true, place)),
                _ => {}
            }
        }
        found.extend(open.take().and_then(Section::finish));
    }
}

/// A group of servers while it is read.
struct Section {
    title: String,
    place: Place,
    servers: usize,
    algorithm: Option<(String, Place)>,
    sticky: Option<Place>,
    checks: Option<(bool, Place)>,
    default: &'static str,
}

impl Section {
    fn new(title: &str, place: Place) -> Self {
        let title = title.trim_end_matches('{').trim().to_owned();
        Self { title, place, servers: 0, algorithm: None, sticky: None, checks: None, default: "round_robin" }
    }

    /// As a layer; one server alone is nothing to balance.
    fn finish(self) -> Option<Layer> {
        if self.servers < 2 {
            return None;
        }
        let title = self.title;
        let algorithm = match self.algorithm {
            Some((word, place)) => Told::Is(word.clone(), place, format!("{word} of {title}")),
            None => {
                Told::Is(self.default.into(), self.place.clone(), format!("{title} says nothing: {}", self.default))
            }
        };
        let affinity = match self.sticky {
            Some(place) => Told::Is(true, place, format!("{title} keeps a client at one server")),
            None => Told::Is(false, self.place.clone(), format!("{title} keeps no client at one server")),
        };
        Some(Layer { title, place: self.place, algorithm, affinity, checks: self.checks, behind: Vec::new() })
    }
}
