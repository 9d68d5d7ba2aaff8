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
    let bindings = check::bind(&checklist, rules).unwrap_or_else(|faults| panic!("{faults:?}"));
    let check = Check::new(&facts, &checklist, bindings, Phase::PreRelease);
    let judged = check.run(|_| true);
    judged
        .into_iter()
        .map(|(item, binding, judgement)| {
            let report = report::build::item(&facts, item, binding, judgement);
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
    let faults = check::bind(&checklist, rules::embedded()).unwrap_err();
    assert!(faults[0].1.message.contains("did you mean `file`"), "{faults:?}");
    assert_eq!(faults[0].0.line_col(faults[0].1.span.start).line, 2);
}

#[test]
fn an_item_may_be_composed_of_all_of_a_section() {
    let whole = |second: &str| {
        format!("[own]\nall: @item(\"parts.*\")\n[parts]\none: @file(\"CHANGELOG.md\")\ntwo: {second}\n")
    };
    assert_eq!(verdicts(&whole("@file(\"Dockerfile\")"), FILES), ["all met", "parts.one met", "parts.two met"]);
    assert_eq!(verdicts(&whole("@file(\"NOTICE\")"), FILES), ["all unmet", "parts.one met", "parts.two unmet"]);
    assert_eq!(verdicts(&whole("true"), FILES), ["all unknown", "parts.one met", "parts.two unknown"]);
    assert_eq!(verdicts("[own]\nall: @item(\"nothing.*\")\n", FILES), ["all unknown"]);
}

#[test]
fn items_composed_of_each_other_are_found_before_anybody_waits_for_them() {
    let circle = |checklist: &str| {
        let tree = Tree::in_memory([("a", "b")]);
        let facts = Facts::new(&tree, "2026-11-22T12:00:00Z".parse().unwrap());
        let source = Source::new("own.tsk", checklist);
        let checklist = checklist::read(&source, Form::Tusk, "own").unwrap().checklist;
        let bindings = check::bind(&checklist, rules::embedded()).unwrap();
        Check::new(&facts, &checklist, bindings, Phase::PreRelease).circle().map(|item| item.id.clone())
    };
    assert_eq!(circle("[own]\na: @file(\"a\")\nb: @item(\"own.a\")\nc: @item(\"own.a\", \"own.b\")\n"), None);
    assert_eq!(circle("[own]\na: @item(\"own.b\")\nb: @item(\"own.a\")\n").as_deref(), Some("own.b"));
    assert_eq!(circle("[own]\na: @item(\"own.a\")\n").as_deref(), Some("own.a"));
    assert_eq!(circle("[own]\na: @item(\"own.*\")\nb: @file(\"a\")\n").as_deref(), Some("own.a"));
    let long: Vec<String> = (0..1000).map(|at| format!("i{at}: @item(\"own.i{}\")", at + 1)).collect();
    assert!(circle(&format!("[own]\n{}\ni1000: true\n", long.join("\n"))).is_some(), "chains end somewhere");
}
