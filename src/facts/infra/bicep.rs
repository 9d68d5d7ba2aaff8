//! Bicep, Azure's own language: no more of it is read than what it declares, which limits what it can hide.
//!
//! `resource NAME 'Microsoft.Cache/redis@2024-03-01'` names a type; `module NAME 'network.bicep'` calls another file of the
//! tree, which is looked at by itself, and `module NAME 'br/public:avm/res/cache/redis:0.9.0'` one of Azure's own registry,
//! which is named after what it makes. Everything else may declare anything.

use super::azure::Services;
use super::{Hides, Illegible};
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::production::{Stage, stage_of_path};
use crate::pattern::pattern;
use crate::tree::path::{folder_of, join};

// What stands in a comment or a text is taken for a declaration too: it hides more, and never less.
pattern!(DECLARES, r"\b(?<word>resource|module)[ \t]+\w+[ \t]+'(?<what>[^'\n]+)'");
// What begins like one, in whatever way it goes on; and extensions, which declare what is none of Azure's.
pattern!(BEGINS, r"(?m)^[ \t]*(?:resource|module)[ \t]+\w");
pattern!(EXTENDS, r"(?m)^[ \t]*(?:(?:extension|provider)[ \t]+\S|import[ \t]+')");

/// A parameter of Azure's modules that has them write the keys of what they make to a vault.
const EXPORTS: &str = "secretsExport";

/// Looks at every file.
pub(super) fn read(facts: &Facts<'_>) -> Vec<Illegible> {
    let files = facts.tree.files().iter().filter(|file| may_count(&file.path));
    let one = |path: &std::sync::Arc<str>| {
        let blind = Blind { place: Some(Place::file(path.clone())), why: "Bicep is not read".into() };
        let text = facts.tree.text(path).map(crate::source::Source::text);
        let services = text.and_then(|text| services(facts, path, text));
        Illegible { blind, hides: services.map_or(Hides::Anything, Hides::Azure) }
    };
    files.map(|file| one(&file.path)).collect()
}

/// Whether a path is of a file of Bicep that may speak for production.
fn may_count(path: &str) -> bool {
    path.strip_suffix(".bicep").is_some() && !matches!(stage_of_path(path), Stage::Never(_))
}

/// What a file declares; `None` where it may declare anything.
fn services(facts: &Facts<'_>, path: &str, text: &str) -> Option<Services> {
    let declared: Vec<crate::pattern::Captures<'_>> = DECLARES.captures_iter(text).collect();
    if EXTENDS.is_match(text) || BEGINS.find_iter(text).count() > declared.len() {
        return None;
    }
    let mut services = Services::default();
    for found in declared {
        let what = found["what"].split('@').next().unwrap_or_default().trim().to_owned();
        match &found["word"] {
            "module" => call(facts, path, &what, &mut services)?,
            // A resource in another one is of its service: `resource rule 'firewallRules@2024-08-01'`.
            _ if !what.split('/').next().unwrap_or_default().contains('.') => {}
            _ => services.declare(&what)?,
        }
    }
    if text.contains(EXPORTS) {
        services.declare("Microsoft.KeyVault/vaults")?;
    }
    Some(services)
}

fn call(facts: &Facts<'_>, path: &str, source: &str, services: &mut Services) -> Option<()> {
    if let Some((_, address)) = source.split_once(":avm/res/").filter(|(registry, _)| registry.starts_with("br")) {
        return services.call(address.split(':').next().unwrap_or(address));
    }
    let target = join(folder_of(path), source).filter(|target| may_count(target))?;
    facts.tree.file(&target).map(|_| ())
}
