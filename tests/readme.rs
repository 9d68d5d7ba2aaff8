//! What the README shows works.

#[allow(unreachable_pub, reason = "as it would stand in the program")]
#[path = "readme/probe.rs"]
mod probe;

use crate::rules::{fixture, fixtures};
use tusk_check::check;
use tusk_check::checklist::{self, Form};
use tusk_check::evidence::Observed;
use tusk_check::facts::Facts;
use tusk_check::probe::Question;
use tusk_check::rules;
use tusk_check::source::Source;
use tusk_check::tree::Tree;

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// The README shows this text, as a block of code by its indentation.
#[track_caller]
fn shows(text: &str) {
    let indented = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    let block: Vec<String> = text.lines().map(indented).collect();
    assert!(readme().contains(&block.join("\n")), "the README does not show\n{text}");
}

#[test]
fn its_checklist_reads_and_binds() {
    let source = Source::new("README.md", readme());
    let checklist = checklist::read(&source, Form::Markdown, "readme").unwrap().checklist;
    let ids: Vec<&str> = checklist.items().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["team_checks.changelog", "team_checks.ssl_mode", "team_checks.no_unsafe", "team_checks.gate"]);
    let bindings = check::bind(&checklist, rules::embedded()).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert!(bindings.iter().all(Option::is_some));
}

#[test]
fn its_rule_gives_the_verdicts_of_its_cases() {
    let (rule, cases) = (include_str!("readme/rule.tsk"), include_str!("readme/cases.md"));
    shows(rule);
    shows(cases);
    let (rules, faults) = rules::load(&[Source::new("rule.tsk", rule)]);
    let book = fixtures::Book::of(rules);
    assert!(faults.is_empty(), "{faults:?}");
    let (id, cases) = fixture::parse(cases).unwrap();
    for case in cases {
        assert_eq!(fixtures::fault(&book, &id, &case), None);
    }
}

#[test]
fn its_probe_sees_the_newest_release() {
    shows(include_str!("readme/probe.rs"));
    let answer = |text: &[u8]| {
        let tree = Tree::in_memory([("CHANGELOG.md", text)]);
        (probe::PROBE.look)(&Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH), &Question::default())
    };
    let seen = answer(b"# Changes\n\n## Unreleased\n\n## [1.4.0] - 2026-11-01\n\n## 1.3.0\n").seen;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].value, Some(Observed::Word("1.4.0".to_owned())));
    assert!(answer(b"## Unreleased\n").seen.is_empty());
    assert_eq!(answer(b"\xff\xfe").blind.len(), 1);
}
