//! Variables that Terraform gives to a program whose own container it does not spell out: a map of settings that a
//! module or a loop hands on. Only names that the program reads are looked for.

use super::flatten::push;
use super::{Config, Held, Layer, Setting, Way};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::infra;
use crate::pattern::pattern;
use crate::source::{Span, head};
use std::collections::{BTreeMap, BTreeSet};

pattern!(NAME, r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b");
// `"NAME" = "text"`, `name = "NAME"` with `value = "text"` behind it, and `NAME=text` of a script in Terraform.
pattern!(
    LITERAL,
    r#"^(?:"?\s*[=:]\s*|"\s*,?\s*"?value"?\s*[=:]\s*)(?:"(?<text>[^"\n$]*)"|(?<bare>true|false|-?\d[\w.]*)\s*(?:[,}\n]|$))|^=(?<raw>[^\s"'$\\]+)(?:\s|$)"#
);

/// How far behind a name its value is looked for.
const REACH: usize = 200;

/// Reads them.
pub(super) fn read(facts: &Facts<'_>, config: &mut Config) {
    let known: BTreeSet<&str> = config
        .settings
        .iter()
        .filter(|setting| setting.layer >= Layer::Image && !setting.is_foreign)
        .map(|setting| setting.name.as_str())
        .collect();
    let wanted: BTreeSet<&str> =
        config.reads.iter().map(|read| read.name.as_str()).filter(|name| !known.contains(name)).collect();
    if wanted.is_empty() {
        return;
    }
    let mut found: BTreeMap<&str, Vec<(Held, Place)>> = BTreeMap::new();
    for file in facts.tree.files().iter().filter(|file| infra::may_be_production(&file.path)) {
        let Some(source) = file.text() else { continue };
        let text = source.text();
        for (name, _) in NAME.find_all(text) {
            let Some(&wanted) = wanted.get(name.as_str()) else { continue };
            if is_given(text, name.start()) {
                let place = Place::at(file.path.clone(), Span::new(name.start(), name.end()));
                found.entry(wanted).or_default().push((held(name.as_str(), &text[name.end()..]), place));
            }
        }
    }
    let given: Vec<(String, Held, Place)> = found
        .into_iter()
        .filter_map(|(name, all)| {
            let plain = |one: &&(Held, Place)| matches!(one.0, Held::Plain(_));
            let (held, place) = all.iter().find(plain).or_else(|| all.first())?.clone();
            let differs = all.iter().filter(plain).any(|other| other.0 != held);
            let held = if differs { elsewhere(name) } else { held };
            Some((name.to_owned(), held, place))
        })
        .collect();
    for (name, held, place) in given {
        push(&mut config.settings, Setting::variable(&name, held, place, Layer::Environment, "".into()));
    }
}

/// Whether a name stands where a variable of the environment is named: not in a comment, not as Terraform's own.
fn is_given(text: &str, at: usize) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or("");
    let before = line.trim_start();
    let is_own = ["variable ", "var.", "local.", "TF_VAR_"].iter().any(|own| before.ends_with(own))
        || before.starts_with("variable ")
        || before.ends_with('.')
        || before.ends_with("${");
    !before.starts_with(['#', '/', '*']) && !is_own && !before.contains(" # ")
}

fn held(name: &str, behind: &str) -> Held {
    let found = LITERAL.captures(head(behind, REACH));
    let literal =
        found.and_then(|found| found.name("text").or_else(|| found.name("bare")).or_else(|| found.name("raw")));
    literal.map_or_else(|| elsewhere(name), |literal| Held::of_text(literal.as_str()).0)
}

fn elsewhere(name: &str) -> Held {
    Held::Elsewhere(Way::Env(Some(name.to_owned())), format!("${{{name}}}"))
}
