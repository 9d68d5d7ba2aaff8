//! `@cargo.bench(fact)`: benchmark targets of Cargo manifests, and whether their files are there.

use super::{Probe, Question};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::Role;
use crate::facts::manifests::{Ecosystem, Package};
use crate::value::Value;

/// `@cargo.bench`.
pub static PROBE: Probe = Probe {
    name: "cargo.bench",
    summary: "`[[bench]]` targets with a harness of their own: those whose file is there, or those whose file is missing; \
              with the former, crates named for it that are programs",
    usage: "@cargo.bench(\"kept\" | \"missing\")",
    arity: (1, 1),
    patterns_from: None,
    facts: &["kept", "missing"],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let wants_missing = question.fact() == "missing";
    let packages = facts.manifests().packages.iter();
    let is_ours = |package: &&Package| matches!(package.role, Role::Product | Role::Bench);
    for package in packages.filter(|package| package.ecosystem == Ecosystem::Cargo).filter(is_ours) {
        answer.seen.extend(program(facts, package).filter(|_| !wants_missing));
        let root = facts.parsed(&package.path).and_then(|parsed| parsed.first());
        for target in root.and_then(|root| root.get("bench")?.as_list()).into_iter().flatten() {
            let Some((name, file)) = place_of(facts, package, target) else { continue };
            let place = Place::at(package.path.clone(), target.get("name").map_or(target.span, |name| name.span));
            let seen = |message: String| Sighting::new(place.clone(), Strength::Configured, message);
            match file {
                None if wants_missing => answer.seen.push(seen(format!("benchmark \"{name}\" has no file"))),
                None => answer.notes.push(seen(format!("benchmark \"{name}\" has no file"))),
                Some(_) if wants_missing => {}
                // The harness of the standard library needs a nightly compiler and an unstable feature.
                Some(file) if target.get("harness").and_then(Value::as_bool) == Some(false) => {
                    answer.seen.push(seen(format!("benchmark \"{name}\" in {file}")));
                }
                Some(file) => {
                    answer.notes.push(seen(format!("benchmark \"{name}\" in {file} needs a nightly compiler")));
                }
            }
        }
    }
    answer
}

/// A crate that is a program which measures the others, by its name: `shop-bench`.
fn program(facts: &Facts<'_>, package: &Package) -> Option<Sighting> {
    const WORDS: &[&str] = &["bench", "benches", "benchmark", "benchmarks"];
    let name = package.name.as_deref()?;
    let measures = name.split(['-', '_']).any(|word| WORDS.contains(&word));
    let main = format!("{}src/main.rs", package.folder());
    facts.tree.file(&main).filter(|file| measures && file.len > 0)?;
    let named = facts.parsed(&package.path)?.first()?.at(&["package", "name"])?;
    let message = format!("the crate \"{name}\" is a program that measures, in {main}");
    Some(Sighting::new(Place::at(package.path.clone(), named.span), Strength::Configured, message))
}

/// The name of a target and the file that it is compiled from, if it is there.
fn place_of(facts: &Facts<'_>, package: &Package, target: &Value) -> Option<(String, Option<String>)> {
    let name = target.get("name")?.as_str()?;
    let folder = package.folder();
    let candidates = match target.get("path").and_then(Value::as_str) {
        Some(path) => vec![format!("{folder}{}", path.trim_start_matches("./"))],
        None => vec![format!("{folder}benches/{name}.rs"), format!("{folder}benches/{name}/main.rs")],
    };
    let found = candidates.into_iter().find(|path| facts.tree.file(path).is_some_and(|file| file.len > 0));
    Some((name.to_owned(), found))
}
