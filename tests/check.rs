//! Whole checks of small checklists that name their probes themselves.

use tusk_check::check::{self, Check};
use tusk_check::checklist::{self, Form, Phase};
use tusk_check::facts::Facts;
use tusk_check::report;
use tusk_check::rules;
use tusk_check::source::Source;
use tusk_check::tree::Tree;

/// The verdicts of a checklist over some files, as `key verdict`.
fn verdicts(checklist: &str, files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let facts = Facts::new(&tree, "2026-11-22T12:00:00Z".parse().unwrap());
    let rules = rules::embedded();
    let source = Source::new("own.tsk", checklist);
    let checklist = checklist::read(&source, Form::Tusk, "own").unwrap().checklist;
    let bindings = check::bind(&checklist, &rules).unwrap_or_else(|faults| panic!("{faults:?}"));
    let check = Check::new(&facts, &checklist, bindings, Phase::PreRelease);
    let judged = check.run(|_| true);
    judged
        .into_iter()
        .map(|(item, binding, judgement)| {
            let report = report::build::item(&tree, item, binding, judgement);
            format!("{} {}", item.id.trim_start_matches("own."), report.verdict.word())
        })
        .collect()
}

const FILES: &[(&str, &str)] = &[
    ("CHANGELOG.md", "# Changelog\n"),
    ("config/production.toml", "[database]\nssl_mode = \"require\"\npool_size = 20\n"),
    ("Dockerfile", "FROM scratch\nCMD [\"/app\"]\n"),
];

#[test]
fn a_probe_call_as_a_value_is_judged_by_that_probe() {
    let checklist = "[own]\nchangelog: @file(\"CHANGELOG.md\")\nnotice: @file(\"NOTICE\")\n";
    assert_eq!(verdicts(checklist, FILES), ["changelog met", "notice unmet"]);
}

#[test]
fn any_all_and_not_combine_probes() {
    let checklist = "[own]
any: @any(@file(\"NOTICE\"), @file(\"CHANGELOG.md\"))
all: @all(@file(\"NOTICE\"), @file(\"CHANGELOG.md\"))
without: @all(@file(\"CHANGELOG.md\"), @not(@file(\"NOTICE\")))
";
    assert_eq!(verdicts(checklist, FILES), ["any met", "all unmet", "without met"]);
}

#[test]
fn comparisons_look_at_the_value() {
    let checklist = "[own]
same: @config(\"database.ssl_mode\") == \"require\"
other: @config(\"database.ssl_mode\") == \"verify-full\"
differs: @config(\"database.ssl_mode\") != \"disable\"
enough: @config(\"database.pool_size\") >= 20
more: @config(\"database.pool_size\") > 20
";
    assert_eq!(verdicts(checklist, FILES), ["same met", "other unmet", "differs met", "enough met", "more unmet"]);
}

#[test]
fn a_call_that_is_none_is_an_error_of_the_checklist() {
    let source = Source::new("own.tsk", "[own]\na: @fiel(\"x\")\n");
    let checklist = checklist::read(&source, Form::Tusk, "own").unwrap().checklist;
    let faults = check::bind(&checklist, &rules::embedded()).unwrap_err();
    assert!(faults[0].1.message.contains("did you mean `file`"), "{faults:?}");
    assert_eq!(faults[0].0.line_col(faults[0].1.span.start).line, 2);
}
