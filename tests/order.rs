//! The order of files, of rules and of threads changes nothing: not a byte of the report.

use crate::rules::{fixture, fixture_files};
use proptest::prelude::*;
use std::collections::BTreeMap;
use tusk_check::check::{self, Plan};
use tusk_check::checklist::{self, Phase};
use tusk_check::facts::Facts;
use tusk_check::report;
use tusk_check::rules;
use tusk_check::source::Source;
use tusk_check::tree::Tree;

/// The files of many cases in one tree; of those with one path, the last.
fn files() -> Vec<(String, String)> {
    let mut files = BTreeMap::new();
    for path in fixture_files().iter().step_by(5) {
        let (_, cases) = fixture::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
        files.extend(cases.into_iter().flat_map(|case| case.files));
    }
    files.into_iter().collect()
}

/// What is said about every item.
fn report(files: &[(String, String)], catalogue: &[Source]) -> String {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let (rules, faults) = rules::load(catalogue);
    assert!(faults.is_empty());
    let checklist = checklist::production();
    let bindings = check::bind(&checklist, &rules).unwrap();
    let plan = Plan { checklist: &checklist, bindings, behind: None, phase: Phase::PostRelease };
    let facts = Facts::new(&tree, "2026-11-22T12:00:00Z".parse().unwrap()).with_patterns(plan.patterns());
    let check = plan.on(&facts);
    let items = check.run(|_| true).into_iter().map(|(item, binding, judgement)| {
        serde_json::to_string_pretty(&report::build::item(&facts, item, binding, judgement)).unwrap()
    });
    items.collect::<Vec<_>>().join("\n")
}

#[test]
fn order_changes_nothing() {
    let (files, catalogue) = (files(), rules::sources());
    assert!(files.len() > 100, "{} files", files.len());
    let expected = report(&files, &catalogue);
    assert!(expected.contains("\"met\"") && expected.contains("\"unmet\""));
    let shuffled = (Just(files).prop_shuffle(), Just(catalogue).prop_shuffle());
    let config =
        ProptestConfig { cases: 4, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() };
    proptest!(config, |((files, catalogue) in shuffled)| {
        let got = report(&files, &catalogue);
        let differs = expected.lines().zip(got.lines()).find(|(want, got)| want != got);
        prop_assert!(got == expected, "{differs:?}");
    });
}
