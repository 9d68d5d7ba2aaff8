//! What the README shows works.

use tusk_check::check;
use tusk_check::checklist::{self, Form};
use tusk_check::rules;
use tusk_check::source::Source;

#[test]
fn its_checklist_reads_and_binds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let source = Source::new("README.md", std::fs::read_to_string(path).unwrap());
    let checklist = checklist::read(&source, Form::Markdown, "readme").unwrap().checklist;
    let ids: Vec<&str> = checklist.items().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["team_checks.changelog", "team_checks.ssl_mode", "team_checks.no_unsafe", "team_checks.gate"]);
    let bindings = check::bind(&checklist, &rules::embedded()).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert!(bindings.iter().all(Option::is_some));
}
