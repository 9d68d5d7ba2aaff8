//! `docker buildx bake lint`: the Dockerfiles that a bake file names say what may run; which of them a target takes is not
//! followed.

use super::image::script_of;
use super::{Call, Excerpt, Walk};
use crate::evidence::Place;
use crate::facts::containers::dockerfile::Dockerfile;
use crate::facts::containers::image::is_dockerfile;
use crate::source::Span;
use hcl_edit::expr::ObjectKey;
use hcl_edit::parser::parse_body;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most calls of one tree that are followed, and the most ways to fill in one instruction.
const MOST: usize = 12;

impl Walk<'_> {
    /// Lists what the Dockerfiles of the bake files run, never as what surely runs.
    pub(super) fn bake(&mut self, place: &Place, call: &Call) {
        let inner = call.inside("bake".to_owned(), place, "bake".to_owned()).filter(|_| self.bakes < MOST);
        let Some(mut inner) = inner else { return };
        self.bakes += 1;
        inner.sure = false;
        let facts = self.facts;
        let is_bake = |name: &str| {
            name.rsplit_once('.').is_some_and(|(stem, end)| stem.contains("bake") && matches!(end, "hcl" | "json"))
        };
        let files = || facts.tree.files().iter();
        let bakes: Vec<&str> =
            files().filter(|file| is_bake(file.name())).filter_map(|file| Some(file.text()?.text())).collect();
        let given: Vec<BTreeMap<String, String>> = bakes.iter().flat_map(|text| arguments(text)).collect();
        let names: BTreeSet<String> = given.iter().flat_map(|one| one.keys().cloned()).collect();
        let is_named = |name: &str| bakes.iter().any(|text| text.contains(name));
        for file in files().filter(|file| is_dockerfile(&file.path) && is_named(file.name())) {
            let Some(source) = file.text() else { continue };
            let parsed = Dockerfile::parse_leaving(source.text(), &names);
            for run in parsed.stages.iter().flat_map(|stage| &stage.instructions).filter(|each| each.keyword == "RUN") {
                let script = script_of(run);
                let span = Span::new(run.span.start as usize, run.span.end as usize);
                for filled in ways(&script, &given) {
                    let mut env = (*call.env).clone();
                    env.extend(filled);
                    inner.env = Arc::new(env);
                    self.script(&Excerpt::anchored(file.path.clone(), span, script.clone()), &inner);
                }
            }
        }
    }
}

/// The arguments that each target of a bake file gives.
fn arguments(text: &str) -> Vec<BTreeMap<String, String>> {
    let Ok(body) = parse_body(text) else { return Vec::new() };
    let targets = body.get_blocks("target").filter_map(|target| target.body.get_attribute("args")?.value.as_object());
    let given = |key: &ObjectKey| match key {
        ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(name) => name.as_str().map(str::to_owned),
    };
    targets
        .map(|args| {
            let pairs = args.iter().filter_map(|(key, value)| Some((given(key)?, value.expr().as_str()?.to_owned())));
            pairs.collect()
        })
        .collect()
}

/// The ways to fill in what an instruction names of the arguments; one, and nothing in it, where it names none.
fn ways(script: &str, given: &[BTreeMap<String, String>]) -> BTreeSet<BTreeMap<String, String>> {
    let is_used = |name: &str| script.contains(&format!("${name}")) || script.contains(&format!("${{{name}"));
    let used = given.iter().map(|one| {
        let pairs = one.iter().filter(|(name, _)| is_used(name));
        pairs.map(|(name, value)| (name.clone(), value.clone())).collect::<BTreeMap<_, _>>()
    });
    let mut ways: BTreeSet<_> = used.filter(|one| !one.is_empty()).take(MOST * MOST).collect();
    if ways.is_empty() {
        ways.insert(BTreeMap::new());
    }
    ways
}
