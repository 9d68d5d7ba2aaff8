//! Limits of nginx: `limit_req` counts where it stands before the whole service, not before one of its pages.

use crate::evidence::{Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::production::{self, Stage};
use crate::pattern::pattern;
use crate::quantity::{Dimension, Quantity};
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

// The paths under which a whole service may stand: the root, a version of its interface, the program itself.
pattern!(
    WHOLE,
    r"^(?:(?:~\*?|\^~)\s+)?(?:@[\w-]+|\^?/?\$?|\^?/(?:\(\.\*\)|\.\*)?\$?|\.\*|\^?/(?:api|rest|graphql|v\d+)(?:/(?:v\d+|graphql))?/?(?:\.\*|\(\.\*\))?|\\\.php\S*)$"
);

/// Limits of nginx's configurations.
#[derive(Debug, Default)]
pub(super) struct Limits {
    /// Those before the whole service.
    pub(super) whole: Vec<Sighting>,
    /// Those before a part of it.
    pub(super) partial: Vec<Sighting>,
}

/// One `limit_req`.
struct Use {
    place: Place,
    line: String,
    zone: String,
    /// The location that it stands in, where that is a part of the service.
    part: Option<String>,
}

/// One `limit_req_zone`.
struct Zone {
    place: Place,
    line: String,
    per_second: f64,
}

/// All limits, each as it is written.
pub(super) fn limits(facts: &Facts<'_>) -> Limits {
    let (uses, _) = read(facts);
    sorted(uses, |one| Some(Sighting::new(one.place.clone(), Strength::Configured, one.line.clone())))
}

/// The rates of the zones that limits use.
pub(super) fn rates(facts: &Facts<'_>) -> Limits {
    let (uses, zones) = read(facts);
    sorted(uses, |one| {
        let zone = zones.get(&one.zone)?;
        let rate = Observed::Quantity(Quantity::new(zone.per_second, Dimension::Rate));
        Some(Sighting::new(zone.place.clone(), Strength::Configured, zone.line.clone()).with(rate))
    })
}

fn sorted(uses: Vec<Use>, sighting: impl Fn(&Use) -> Option<Sighting>) -> Limits {
    let mut limits = Limits::default();
    for one in uses {
        let Some(mut seen) = sighting(&one) else { continue };
        match one.part {
            None => limits.whole.push(seen),
            Some(part) => {
                seen.message = format!("{} does not count: it limits `{part}` and nothing else", seen.message);
                seen.value = None;
                limits.partial.push(seen);
            }
        }
    }
    limits
}

fn read(facts: &Facts<'_>) -> (Vec<Use>, BTreeMap<String, Zone>) {
    let (mut uses, mut zones) = (Vec::new(), BTreeMap::new());
    for file in facts.tree.files().iter().filter(|file| is_nginx(&file.path)) {
        let Some(source) = file.text() else { continue };
        if memchr::memmem::find(source.text().as_bytes(), b"limit_req").is_some() {
            read_file(&file.path, source.text(), &mut uses, &mut zones);
        }
    }
    (uses, zones)
}

/// Whether a file is a configuration of nginx that production may use.
fn is_nginx(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = [".template", ".tmpl", ".j2", ".erb"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let extension = stem.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_named = extension == "nginx" || extension == "conf" && (stem.contains("nginx") || folders.contains("nginx"));
    is_named && !matches!(production::stage_of_path(path), Stage::Never(_))
}

fn read_file(path: &Arc<str>, text: &str, uses: &mut Vec<Use>, zones: &mut BTreeMap<String, Zone>) {
    // For each open block, the location that it is.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let code = line.split('#').next().unwrap_or("").trim();
        let lead = line.len() - line.trim_start().len();
        let place = || Place::at(path.clone(), Span::new(at + lead, at + lead + code.len()));
        if let Some(rest) = code.strip_prefix("limit_req_zone ") {
            let setting = |name: &str| rest.split([' ', ';']).find_map(|word| word.strip_prefix(name));
            let name = setting("zone=").and_then(|zone| zone.split(':').next());
            if let (Some(name), Some(per_second)) = (name, setting("rate=").and_then(per_second)) {
                zones.insert(name.to_owned(), Zone { place: place(), line: code.to_owned(), per_second });
            }
        } else if let Some(rest) = code.strip_prefix("limit_req ") {
            let zone = rest.split([' ', ';']).find_map(|word| word.strip_prefix("zone=")).unwrap_or("").to_owned();
            let part = open.iter().flatten().next_back().filter(|location| !WHOLE.is_match(location)).cloned();
            uses.push(Use { place: place(), line: code.to_owned(), zone, part });
        }
        for (offset, letter) in code.char_indices().filter(|(_, letter)| matches!(letter, '{' | '}')) {
            // A quantifier of a regular expression, or a variable: `[0-9]{2}`, `${host}`.
            let is_block =
                offset == 0 || code[..offset].ends_with([' ', '\t', ')']) || code[offset..].trim_end() == "{";
            match letter {
                '{' if is_block => {
                    let head = code[..offset].trim();
                    open.push(head.strip_prefix("location").map(|location| location.trim().to_owned()));
                }
                '}' if is_block || code[offset + 1..].trim().is_empty() => {
                    open.pop();
                }
                _ => {}
            }
        }
    }
}

/// `10r/s`, `600r/m`.
fn per_second(rate: &str) -> Option<f64> {
    let (amount, unit) = rate.split_once("r/")?;
    let amount: f64 = amount.parse().ok()?;
    match unit {
        "s" => Some(amount),
        "m" => Some(amount / 60.0),
        _ => None,
    }
}
