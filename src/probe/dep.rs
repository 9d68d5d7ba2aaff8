//! `@dep`: what the product depends on directly.

use super::{Probe, Question, Word};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::is_end_of_a_pipe;
use crate::facts::manifests::{Dependency, Package, Purpose};
use crate::pattern::Regex;
use crate::pattern::compile;

/// `@dep(name…)`.
pub static PROBE: Probe = Probe {
    name: "dep",
    summary: "Direct dependencies of the product, by name (`axum`, `npm:express`, `go:gin-gonic/gin`), in every ecosystem",
    usage: "@dep(name…) {runtime, dev, features: regex}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &["runtime", "dev", "features"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let manifests = facts.manifests();
    let mut answer = Answer { blind: manifests.blind.clone(), ..Answer::default() };
    for word in question.words_from(0) {
        let wanted = features_of(word, question);
        for (package, dependency) in manifests.dependencies(&word.text) {
            let place = Place::at(package.path.clone(), dependency.span);
            let version = dependency.version.as_deref().unwrap_or("");
            let message = format!("depends on {} {version}", dependency.name).trim_end().to_owned();
            match aside(facts, question, package, dependency, wanted.as_ref()) {
                None => answer.seen.push(Sighting::new(place, Strength::Configured, message)),
                Some(why) => {
                    answer.notes.push(Sighting::new(place, Strength::Configured, format!("{message}, {why}")));
                }
            }
        }
    }
    answer
}

/// The features that must be asked for: those of the list's entry, or those of the question.
fn features_of(word: &Word, question: &Question) -> Option<Regex> {
    let own = word.attributes.get("features").and_then(|field| field.value.as_str());
    compile(own.or_else(|| question.option_text("features"))?).ok()
}

/// Why a dependency counts for nothing.
fn aside(
    facts: &Facts<'_>,
    question: &Question,
    package: &Package,
    dependency: &Dependency,
    wanted: Option<&Regex>,
) -> Option<String> {
    if question.is_set("runtime") && dependency.purpose != Purpose::Runtime {
        return Some("only for development or building".to_owned());
    }
    if question.is_set("runtime") && is_end_of_a_pipe(facts, &package.path) {
        return Some("of an end of a pipe that users lay".to_owned());
    }
    if question.is_set("dev") && dependency.purpose != Purpose::Dev {
        return Some("not for development".to_owned());
    }
    if wanted.is_some_and(|wanted| !dependency.features.iter().any(|feature| wanted.is_match(feature))) {
        return Some(format!("without the feature that counts ({})", dependency.features.join(", ")));
    }
    facts.manifests().left_out(package, dependency).map(str::to_owned)
}
