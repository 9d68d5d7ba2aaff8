//! `.tusk-check/project.tsk` as whole runs see it: what does not apply, why, what is production, and what breaks the
//! file.

use super::{Ran, folder, run};
use serde_json::Value;

const LIST: &str = "\
[team]
changelog: @file(\"CHANGELOG.md\")
canary: @file(\"canary.yaml\")
canary_steps: @file(\"steps.yaml\")
all: @item(\"team.changelog\")
both: @all(@item(\"team.changelog\"), @item(\"team.canary\"))

[release]
steps: @file(\"steps.yaml\")
plan: @file(\"plan.md\")
";

fn ran(project: &str, arguments: &[&str]) -> Ran {
    let tree =
        folder(&[("list.tsk", LIST), ("app/CHANGELOG.md", "# Changelog\n"), ("app/.tusk-check/project.tsk", project)]);
    run(&tree, &[&["app", "--checklist", "list.tsk", "--now", "2026-11-22"], arguments].concat())
}

/// Each item with its verdict.
fn verdicts(report: &Value) -> Vec<(&str, &str)> {
    let items = report["items"].as_array().unwrap();
    items.iter().map(|item| (item["id"].as_str().unwrap(), item["verdict"].as_str().unwrap())).collect()
}

const STATED: &str = "\
not_applicable:
  - item: \"team.canary\"
    because: \"one instance, replaced at night\"
  - item: [\"release\"]
    because: \"nothing is released from here\"
";

#[test]
fn an_item_and_a_section_do_not_apply_and_nothing_else_does() {
    let ran = ran(STATED, &["--format", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        verdicts(&report),
        [
            ("team.changelog", "met"),
            ("team.canary", "not_applicable"),
            // A name is no beginning of another name.
            ("team.canary_steps", "unmet"),
            ("team.all", "met"),
            // What does not apply proves nothing of what is composed of it.
            ("team.both", "unknown"),
            ("release.steps", "not_applicable"),
            ("release.plan", "not_applicable"),
        ]
    );
    let canary = &report["items"][1];
    assert_eq!(canary["reason"], "one instance, replaced at night");
    assert_eq!(canary["evidence"][0]["path"], ".tusk-check/project.tsk");
    assert_eq!(canary["evidence"][0]["line"], 2);
    assert_eq!(report["summary"]["not_applicable"], 3);
    assert_eq!(report["own_files"][0], ".tusk-check/project.tsk");
    assert_eq!(ran.status, 1, "what is unmet stays so");
}

#[test]
fn without_the_file_they_are_judged() {
    for text in ["", "not_applicable:\n", "not_applicable: []\n"] {
        let ran = ran(text, &["--format", "json"]);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["summary"]["not_applicable"], 0, "{text}");
        assert_eq!(report["summary"]["unmet"], 5, "{text}: {:?}", verdicts(&report));
    }
}

#[test]
fn where_nothing_applies_nothing_was_checked() {
    let all = "not_applicable:\n  - { item: [\"team\", \"release\"], because: \"a library\" }\n";
    assert_eq!(ran(all, &[]).status, 3);
}

#[test]
fn a_name_that_nobody_knows_is_told() {
    let text = "not_applicable:\n  - { item: \"team.cannary\", because: \"none\" }\n";
    let ran = ran(text, &["--format", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["warnings"][0]["message"], "no item `team.cannary`; the nearest is `team.canary`");
    assert_eq!(report["warnings"][0]["line"], 2);
}

#[test]
fn a_file_of_production_that_is_not_there_is_told() {
    let ran = ran("production:\n  - \"compose.yml\"\n  - \"CHANGELOG.md\"\n", &["--format", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["warnings"].as_array().unwrap().len(), 1, "{}", report["warnings"]);
    assert_eq!(report["warnings"][0]["message"], "no file `compose.yml`");
}

#[test]
fn a_file_that_cannot_be_read_whole_is_2_with_the_place() {
    for (text, says) in [
        ("not_applicable:\n  - item: \"a.b\n", "project.tsk:2:11"),
        ("not_applicable:\n  - { item: \"a.b\" }\n", "`because`"),
        ("not_applicable:\n  - { item: \"a.b\", because: \" \" }\n", "say why it does not apply"),
        ("not_applicable:\n  - { item: \"a.b\", reason: \"x\" }\n", "unknown key `reason`"),
        ("applies: []\n", "expected one list, `not_applicable:` or `production:`"),
        ("production:\n  - { a: 1 }\n", "project.tsk:2:5"),
    ] {
        let ran = ran(text, &[]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{text}");
        assert!(ran.err.contains(says), "want {says}, got {}", ran.err);
    }
}
