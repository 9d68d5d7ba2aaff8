//! What the model works out for every writer.

use super::{decided, example, item, open, run};
use tusk_check::report::{Cause, Effort, ItemReport, Outcome, Report, Verdict};

fn report(items: Vec<ItemReport>, allow_unknown: bool) -> Report {
    let mut run = run(items.len());
    run.allow_unknown = allow_unknown;
    Report::new(run, items, Vec::new(), Vec::new())
}

fn with(verdict: Verdict) -> ItemReport {
    decided(item("A", "a.b", "true", 1), verdict, None, "")
}

#[test]
fn the_outcome_follows_from_the_verdicts() {
    use Verdict::{Met, NotApplicable, NotDue, Unknown, Unmet};
    for (verdicts, allow_unknown, outcome) in [
        (&[Met, Met][..], false, Outcome::Ready),
        (&[Met, NotDue, NotApplicable], false, Outcome::Ready),
        (&[Met, Unknown], false, Outcome::NotReady),
        (&[Met, Unknown], true, Outcome::Ready),
        (&[Unknown], true, Outcome::Ready),
        (&[Met, Unmet], true, Outcome::NotReady),
        (&[], false, Outcome::NothingChecked),
        (&[NotDue, NotApplicable], true, Outcome::NothingChecked),
    ] {
        let items = verdicts.iter().map(|verdict| with(*verdict)).collect();
        assert_eq!(report(items, allow_unknown).outcome, outcome, "{verdicts:?}");
    }
}

#[test]
fn work_is_listed_cheapest_first_and_each_question_once() {
    let work = |id: &str, effort, same_as: Option<&str>| ItemReport {
        id: id.into(),
        effort,
        same_as: same_as.map(str::to_owned),
        ..with(Verdict::Unmet)
    };
    let items = vec![
        work("unsaid", None, None),
        work("days", Some(Effort::Days), None),
        work("minutes", Some(Effort::Minutes), None),
        work("twin", Some(Effort::Minutes), Some("minutes")),
        work("orphan", Some(Effort::Minutes), Some("not selected")),
    ];
    assert_eq!(report(items, false).to_do, ["minutes", "orphan", "days", "unsaid"]);
}

#[test]
fn counts_add_up_in_all_and_by_category() {
    let report = example();
    let summary = report.summary;
    assert_eq!((summary.total, summary.met, summary.unmet, summary.unknown), (11, 1, 3, 5));
    assert_eq!((summary.not_due, summary.not_applicable, summary.no_rule, summary.person), (1, 1, 1, 1));
    let totals: usize = report.categories.iter().map(|category| category.summary.total).sum();
    assert_eq!(totals, summary.total);
    let names: Vec<&str> = report.categories.iter().map(|category| category.name.as_str()).collect();
    assert_eq!(names[..2], ["Pre-Deployment Checklist", "Configuration Management"]);
}

#[test]
fn an_observation_says_true_false_or_null() {
    let report = serde_json::to_value(example()).unwrap();
    let supports = |item: usize, at: usize| report["items"][item]["evidence"][at]["supports"].clone();
    assert_eq!(supports(2, 0), true);
    assert_eq!(supports(0, 0), false);
    assert!(supports(0, 1).is_null());
    assert_eq!(report["now"], "2026-11-22T23:30:00Z");
    let unknown = open(with(Verdict::Unknown), Cause::NothingToLookAt, "", None);
    assert_eq!(serde_json::to_value(unknown).unwrap()["cause"], "nothing_to_look_at");
}

#[test]
fn an_observation_that_was_made_twice_is_shown_once() {
    use tusk_check::checklist::production;
    use tusk_check::evidence::{Place, Sighting, Strength};
    use tusk_check::judge::{self, Evidence, Judgement};
    let note = |message: &str| Evidence {
        sighting: Sighting::new(Place::file("a.yaml"), Strength::Configured, message),
        bearing: judge::Bearing::Note,
    };
    let verdict = judge::Verdict::Unknown { reason: "it cannot be told".into(), no_rule: false };
    let judgement = Judgement { notes: vec![note("one"), note("two"), note("one")], ..Judgement::bare(verdict) };
    let tree = tusk_check::tree::Tree::in_memory([("a.yaml", "x: 1\n")]);
    let list = production();
    let facts = tusk_check::facts::Facts::new(&tree, "2026-11-22T12:00:00Z".parse().unwrap());
    let item = tusk_check::report::build::item(&facts, list.items().next().unwrap(), None, &judgement);
    let messages: Vec<&str> = item.evidence.iter().map(|seen| seen.message.as_str()).collect();
    assert_eq!(messages, ["one", "two"]);
}
