//! How the answers of probes combine.

use tusk_check::ask::{Asker, Outcome, State, Subject, Verdicts};
use tusk_check::facts::Facts;
use tusk_check::rules::{self, Proof};
use tusk_check::source::Source;
use tusk_check::tree::Tree;

struct Nobody;

impl Verdicts for Nobody {
    fn outcomes_of(&self, item: &str) -> Vec<Outcome> {
        vec![Outcome::waiting(item)]
    }
}

/// The outcome of a proof over a tree with the file `there` and a workflow that is no YAML.
fn outcome(proof: &str) -> Outcome {
    let text = format!("[a.b]\nasks: \"?\"\nclass: \"tree\"\nproof:\n  - {proof}\n");
    let (rules, faults) = rules::load(&[Source::new("r.tsk", text)]);
    assert!(faults.is_empty(), "{faults:?}");
    let tree = Tree::in_memory([("there", "x"), (".github/workflows/ci.yml", "a: [\n")]);
    let facts = Facts::new(&tree, "2026-11-22T12:00:00Z".parse().unwrap());
    let proof: &Proof = &rules.rules().next().unwrap().evidence.proof[0];
    Asker::new(&facts).outcome(proof, Subject { entry: None, entries: "", expected: "true", ids: &[] }, &Nobody)
}

#[track_caller]
fn check(proof: &str, state: State) {
    assert_eq!(outcome(proof).state, state, "{proof}");
}

#[test]
fn one_that_holds_is_enough_for_any_and_too_little_for_all() {
    check("@any(@file(\"there\"), @file(\"gone\"))", State::Holds);
    check("@all(@file(\"there\"), @file(\"gone\"))", State::Absent);
    check("@all(@file(\"there\"), @not(@file(\"gone\")))", State::Holds);
    check("@all(@file(\"there\"), @not(@file(\"there\")))", State::Absent);
}

#[test]
fn what_cannot_be_seen_leaves_open_what_it_could_change() {
    let blind = "@ci.runs(\"cargo test\")";
    check(blind, State::Open);
    check(&format!("@any(@file(\"gone\"), {blind})"), State::Open);
    check(&format!("@any(@file(\"there\"), {blind})"), State::Holds);
    check(&format!("@all(@file(\"there\"), {blind})"), State::Open);
    check(&format!("@all(@file(\"there\"), @not({blind}))"), State::Open);
    check("@all(@file(\"there\"), @item(\"x.y\"))", State::Open);
    let decided = outcome(&format!("@all(@file(\"gone\"), {blind})"));
    assert_eq!((decided.state, decided.blind.len()), (State::Absent, 0));
}
