//! The right place of each probe (PROBES.md): where an absence is a proof, for items that name their probe themselves.

use super::rule::{Call, Proof};
use crate::probe::{self, Probe, Question, Word};
use crate::value::Map;

/// Probe (or the family before its dot) and the arguments of `@place`; a probe that stands in none has no place whose
/// emptiness would prove anything.
const RIGHT_PLACES: &[(&str, &[&str])] = &[
    ("file", &["tree"]),
    ("text", &["tree"]),
    ("source", &["source"]),
    ("config", &["settings"]),
    ("dep", &["manifest"]),
    ("cargo", &["manifest", "cargo"]),
    ("ci", &["ci"]),
    ("container", &["container"]),
    ("infra", &["iac"]),
    ("k8s", &["work"]),
    ("doc", &["docs"]),
    ("openapi", &["service"]),
    ("tests", &["source"]),
    ("scan", &["tree"]),
];

/// The place that a probe searches, as a proof that it is there.
pub(super) fn right_place(probe: &Probe) -> Option<Proof> {
    let family = probe.name.split('.').next().unwrap_or(probe.name);
    let (_, arguments) = RIGHT_PLACES.iter().find(|(name, _)| *name == probe.name || *name == family)?;
    let word = |text: &&str| vec![Word { text: (*text).into(), ..Word::default() }];
    let question = Question { args: arguments.iter().map(word).collect(), options: Map::default() };
    let text = format!("@place({})", arguments.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", "));
    Some(Proof::Probe(Call { probe: probe::find("place")?, question, text: text.into() }))
}
