//! Log levels as settings write them.

use super::short;
use crate::evidence::Observed;
use crate::facts::Facts;

/// Levels, most verbose first.
const LEVELS: &[&str] = &["trace", "debug", "info", "warn", "error", "off"];

/// A log level; of a list of filters, the most verbose that is in force for the program's own code.
pub(in crate::probe) fn level(facts: &Facts<'_>, text: &str) -> Observed {
    if text.contains(['{', '}']) {
        return Observed::Opaque(short(text));
    }
    if let Some(verbosity) = verbosity(facts, text) {
        return Observed::Word(verbosity.to_owned());
    }
    if !text.contains([',', '=']) {
        return Observed::Word(text.to_owned());
    }
    let own = own_crates(facts);
    let directives: Vec<(Option<&str>, String)> = text
        .split(',')
        .map(str::trim)
        .filter(|directive| !directive.is_empty())
        .map(|directive| match directive.split_once('=') {
            Some((target, level)) => (Some(target), level.trim().to_ascii_lowercase()),
            None if LEVELS.contains(&directive.to_ascii_lowercase().as_str()) => (None, directive.to_ascii_lowercase()),
            // A bare target lets everything of it through.
            None => (Some(directive), "trace".to_owned()),
        })
        .collect();
    let is_own = |target: Option<&str>| {
        let root = target.map(|target| target.split([':', '[']).next().unwrap_or(target));
        // A filter speaks of whatever begins with its target: `shop=info` of the crate `shop_api`, too.
        root.is_none_or(|root| own.iter().any(|name| name.starts_with(root)))
    };
    let rank = |level: &String| LEVELS.iter().position(|known| known == level).unwrap_or(LEVELS.len());
    let for_own =
        directives.iter().filter(|(target, _)| is_own(*target)).map(|(_, level)| level).min_by_key(|level| rank(level));
    let any = || directives.iter().map(|(_, level)| level).min_by_key(|level| rank(level));
    for_own.or_else(any).map_or_else(|| Observed::Word(text.to_owned()), |level| Observed::Word(level.clone()))
}

/// What a number lets through where klog or glog writes the log, which programs copy into their trees: it counts upwards with
/// the detail, and whatever it is, lines of the level `info` are written.
fn verbosity(facts: &Facts<'_>, text: &str) -> Option<&'static str> {
    let number: u8 = text.parse().ok()?;
    let manifests = facts.manifests();
    let libraries = ["k8s.io/klog", "k8s.io/klog/v2", "github.com/golang/glog"];
    let writes = libraries.iter().any(|name| manifests.dependencies(name).next().is_some())
        || facts.code().product(facts).any(|file| file.path.starts_with("glog/") || file.path.contains("/glog/"));
    writes.then_some(if number < 4 { "info" } else { "debug" })
}

/// The names of the tree's own crates, as filters spell them.
fn own_crates(facts: &Facts<'_>) -> Vec<String> {
    let manifests = facts.tree.files().iter().filter(|file| file.name() == "Cargo.toml");
    let names = manifests
        .filter_map(|file| facts.parsed(&file.path)?.first()?.at(&["package", "name"])?.as_str().map(str::to_owned));
    names.map(|name| name.replace('-', "_")).collect()
}
