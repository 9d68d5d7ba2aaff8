//! What becomes of met items when their evidence is taken away.

use std::sync::Arc;
use tusk_check::check::{self, Plan};
use tusk_check::checklist::{self, Form, Phase};
use tusk_check::facts::Facts;
use tusk_check::falsify::{Cause, Fate, Trial};
use tusk_check::rules;
use tusk_check::source::Source;
use tusk_check::tree::Tree;

/// The fates of the met items of a checklist over some files, as `id fate`; `catalogue` holds the rules.
fn fates(catalogue: &str, items: &str, files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let (rules, faults) = rules::load(&[Source::new("rules.tsk", catalogue)]);
    assert!(faults.is_empty(), "{faults:?}");
    let checklist = checklist::read(&Source::new("own.tsk", items), Form::Tusk, "own").unwrap().checklist;
    let bindings = check::bind(&checklist, &rules).unwrap();
    let plan = Plan { checklist: &checklist, bindings, behind: None, phase: Phase::PreRelease };
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let facts = Facts::new(&tree, now);
    let check = plan.on(&facts);
    let trial = Trial { plan: &plan, tree: &tree, now, patterns: Arc::default(), advisories: None };
    let told = |(id, fate): (&str, Fate)| match fate {
        Fate::Falls => format!("{id} falls"),
        Fate::OtherEvidence(times) => format!("{id} held {times}"),
        Fate::Vacuous(place, Cause::Emptied) => format!("{id} vacuous by {}", place.path),
        Fate::Vacuous(place, Cause::Flipped) => format!("{id} vacuous by the value in {}", place.path),
        Fate::Vacuous(place, Cause::Aged) => format!("{id} vacuous by the age of {}", place.path),
    };
    trial.run(&check.run(|_| true)).into_iter().map(told).collect()
}

fn rule(proof: &str) -> String {
    format!("[a.b]\nasks: \"?\"\nclass: \"tree\"\nproof:\n  - {proof}\n")
}

const ITEM: &str = "[a]\nb: true\n";

#[test]
fn an_item_falls_with_the_line_that_proved_it() {
    let files = [("notes.md", "# Notes\n\nWe deploy on Mondays.\n")];
    assert_eq!(fates(&rule("@text(\"*.md\", 'Mondays')"), ITEM, &files), ["a.b falls"]);
}

#[test]
fn other_evidence_is_taken_away_too() {
    // A probe names fifty files at most; the others hold the item when these are gone.
    let paths: Vec<String> = (0..60).map(|number| format!("notes/{number}.md")).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "# Notes\n")).collect();
    assert_eq!(fates(&rule("@file(\"x\")"), "[own]\nnotes: @file(\"notes/*.md\")\n", &files), ["own.notes held 1"]);
}

#[test]
fn a_mere_name_proves_nothing() {
    let files = [("runbook.md", "# Runbook\n\nRestart it.\n")];
    assert_eq!(fates(&rule("@file(\"runbook.md\")"), ITEM, &files), ["a.b vacuous by runbook.md"]);
}

#[test]
fn an_item_that_asks_for_a_file_falls_when_it_is_empty() {
    let files = [("CHANGELOG.md", "# Changes\n")];
    assert_eq!(fates(&rule("@file(\"x\")"), "[own]\nlog: @file(\"CHANGELOG.md\")\n", &files), ["own.log falls"]);
}

#[test]
fn the_value_decides_and_not_that_there_is_one() {
    let files = [("config/production.toml", "[database]\npool_size = 20\ntls = true\n")];
    let compared = format!("{}compare: \"at_least\"\n", rule("@config(\"database.pool_size\")"));
    assert_eq!(fates(&compared, "[a]\nb: 10\n", &files), ["a.b falls"]);
    assert_eq!(fates(&rule("@config(\"database.tls\")"), ITEM, &files), ["a.b falls"]);
}

#[test]
fn what_is_not_met_is_not_tried() {
    let files = [("notes.md", "# Notes\n")];
    assert!(fates(&rule("@text(\"*.md\", 'Mondays')"), ITEM, &files).is_empty());
}
