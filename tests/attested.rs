//! What people state: which statements count, for how long, and what they outweigh.

use std::fmt::Write as _;
use tusk_check::check::{self, Check};
use tusk_check::checklist::{self, Form, Phase};
use tusk_check::facts::Facts;
use tusk_check::report::{self, ItemReport};
use tusk_check::rules;
use tusk_check::source::Source;
use tusk_check::tree::Tree;

const RULES: &str = r#"
[team.restore]
asks: "Was a restore tried?"
class: "person"
by_hand: "only a person knows"
proof:
  - @attested("$expected"){kind: "drill"}

[team.rto]
asks: "How long does a restore take?"
class: "person"
compare: "at_most"
proof:
  - @file("promise.yaml")
  - @attested("quarterly"){kind: "drill", measured: "rto", item: "team.restore"}

[team.plan]
asks: "Is there a plan?"
class: "document"
also: ["team.plan_twin"]
proof:
  - @file("PLAN.md")
refuted_by:
  - @file("NO-PLAN.md")
unmet_where: @file("ci.yml")
absence: "no plan"

[team.speed]
asks: "How fast is it?"
class: "report"
compare: "at_most"
proof:
  - @file("speed.json")

[team.report]
asks: "Did somebody else look?"
class: "person"
by_hand: "only a person knows"
proof:
  - @attested("annually"){kind: "report", evidence: "penetration_test"}

[team.watch]
asks: "Was it watched?"
class: "after-release"
by_hand: "only a person knows"
proof:
  - @attested("release"){kind: "observation", window: "7 days"}
"#;

const CHECKLIST: &str = r#"
[team]
restore: "quarterly"
rto: "4_hours"
plan: true
plan_twin: true
speed: "<100ms"
report: true
watch: true
"#;

/// `printf hello | sha256sum`
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/// The report of one item over some files, with statements.
fn judged(id: &str, entries: &str, files: &[(&str, &str)]) -> ItemReport {
    let (rules, faults) = rules::load(&[Source::new("r.tsk", RULES)]);
    assert!(faults.is_empty(), "{faults:?}");
    let list = checklist::read(&Source::new("c.tsk", CHECKLIST), Form::Tusk, "c").unwrap().checklist;
    let stated = format!("attestations:\n{}", entries.replace("HELLO", HELLO));
    let own = [
        (".tusk-check/attestations.tsk", stated.as_str()),
        ("drill.md", "hello"),
        ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.2.0\"\n"),
    ];
    let tree = Tree::in_memory(own.iter().chain(files).map(|(path, text)| (*path, text.as_bytes())));
    let facts = Facts::new(&tree, "2026-11-22T12:00:00Z".parse().unwrap());
    let broken = facts.attestations().file.broken();
    assert!(broken.is_none(), "{}", broken.map(|broken| broken.to_string()).unwrap_or_default());
    let bindings = check::bind(&list, &rules).unwrap_or_else(|faults| panic!("{faults:?}"));
    let check = Check::new(&facts, &list, bindings, Phase::PostRelease);
    let (item, binding, judgement) = check.run(|item| item.id == id).pop().unwrap();
    report::build::item(&facts, item, binding, judgement)
}

#[track_caller]
fn verdict(id: &str, entries: &str, expected: &str) {
    verdict_with(id, entries, &[], expected);
}

/// `expected` is the verdict and its strength, then words that must be among the reason and the evidence.
#[track_caller]
fn verdict_with(id: &str, entries: &str, files: &[(&str, &str)], expected: &str) {
    let report = judged(id, entries, files);
    let strength = report.strength.map(|strength| format!(" {}", strength.word())).unwrap_or_default();
    let mut told = format!("{}{strength}: {}", report.verdict.word(), report.reason);
    for seen in &report.evidence {
        let _ = write!(told, "\n{}:{} {}", seen.path, seen.line.unwrap_or(0), seen.message);
    }
    let (start, words) = expected.split_once(": ").unwrap_or((expected, ""));
    assert!(told.starts_with(&format!("{start}: ")), "want {expected}, got {told}");
    assert!(told.contains(words), "want {expected}, got {told}");
}

/// A drill of a day, with more lines.
fn drill(date: &str, more: &str) -> String {
    format!(
        "  - item: \"team.restore\"\n    by: \"Jo\"\n    date: \"{date}\"\n    kind: \"drill\"\n    environment: \"staging\"\n\
         \x20   evidence: {{ url: \"https://tickets.example.org/1\" }}\n{more}"
    )
}

const PASSED: &str = "    measured: { rto: \"3 h 10 min\" }\n    result: \"passed\"\n";
const SLOW: &str = "    measured: { rto: \"6 h\" }\n    result: \"passed\"\n";
const FAILED: &str = "    measured: { rto: \"3 h\" }\n    result: \"failed\"\n";

#[test]
fn a_statement_in_date_is_attested_and_shows_its_days() {
    verdict("team.restore", &drill("2026-09-01", PASSED), "met attested: in date until 2026-12-10, 18 days left");
    verdict("team.restore", &drill("2026-08-14", PASSED), "met attested: in date until 2026-11-22, its last day");
    verdict(
        "team.restore",
        &drill("2026-08-13", PASSED),
        "unknown: drill of 2026-08-13 by Jo, expired since 2026-11-22",
    );
    verdict("team.restore", "", "unknown: only a person knows");
}

#[test]
fn measured_values_and_evidence_in_the_tree_demonstrate() {
    let evidence = drill("2026-09-01", PASSED)
        .replace("url: \"https://tickets.example.org/1\"", "file: \"drill.md\", sha256: \"HELLO\"");
    verdict("team.restore", &evidence, "met demonstrated");
    let wrong = evidence.replace("HELLO", &"0".repeat(64));
    verdict("team.restore", &wrong, "unknown: `drill.md` has another digest: 2cf24d");
    verdict("team.restore", &evidence.replace(", sha256: \"HELLO\"", ""), "unknown: it needs the digest of `drill.md`");
    verdict("team.restore", &evidence.replace("drill.md", "gone.md"), "unknown: `gone.md` is not in the tree");
    let itself = evidence.replace("drill.md", ".tusk-check/attestations.tsk");
    verdict("team.restore", &itself, "unknown: this file cannot prove itself");
}

#[test]
fn what_lacks_a_field_does_not_count() {
    let whole = drill("2026-09-01", PASSED);
    for (line, says) in [
        ("    by: \"Jo\"\n", "`by` is missing"),
        ("    environment: \"staging\"\n", "`environment` is missing"),
        ("    result: \"passed\"\n", "`result` is missing"),
        ("    kind: \"drill\"\n", "`kind` is missing"),
        ("    measured: { rto: \"3 h 10 min\" }\n", "`measured` is missing"),
        ("    evidence: { url: \"https://tickets.example.org/1\" }\n", "`evidence` is missing"),
        ("    date: \"2026-09-01\"\n", "`date` is missing"),
    ] {
        assert!(whole.contains(line), "{line}");
        verdict("team.restore", &whole.replace(line, ""), &format!("unknown: {says}"));
    }
    verdict("team.restore", &whole.replace("\"Jo\"", "\"TBD\""), "unknown: `by` says nothing");
    verdict(
        "team.restore",
        &whole.replace("https://tickets.example.org/1", "see chat"),
        "unknown: expected an address",
    );
}

#[test]
fn a_date_that_is_none_or_yet_to_come_does_not_count() {
    verdict("team.restore", &drill("2026-11-23", PASSED), "unknown: it is dated 2026-11-23, which is yet to come");
    verdict("team.restore", &drill("2026-02-30", PASSED), "unknown: `2026-02-30` is no date");
    verdict("team.restore", &drill("yesterday", PASSED), "unknown: `yesterday` is no date");
    let amount = drill("2026-09-01", PASSED).replace("3 h 10 min", "quick");
    verdict("team.restore", &amount, "unknown: `quick` is no quantity");
}

#[test]
fn a_failed_deed_contradicts_until_one_passes() {
    verdict("team.restore", &drill("2026-09-01", FAILED), "unmet attested: drill of 2026-09-01 by Jo failed");
    verdict("team.restore", &drill("2025-01-01", FAILED), "unmet attested: failed");
    let later = format!("{}{}", drill("2026-09-01", FAILED), drill("2026-10-01", PASSED));
    verdict("team.restore", &later, "met attested: a newer one passed");
    let earlier = format!("{}{}", drill("2026-10-01", FAILED), drill("2026-09-01", PASSED));
    verdict("team.restore", &earlier, "unmet attested: failed");
    // Whoever states a failure need not prove it.
    let bare =
        "  - { item: \"team.restore\", by: \"Jo\", date: \"2026-09-01\", kind: \"drill\", result: \"failed\" }\n";
    verdict("team.restore", bare, "unmet attested: failed");
}

#[test]
fn a_slow_deed_outweighs_every_promise() {
    let promise = [("promise.yaml", "rto: 1h\n")];
    verdict_with("team.rto", &drill("2026-09-01", SLOW), &promise, "unmet attested: measured rto of 6 h");
    verdict_with("team.rto", &drill("2026-01-01", SLOW), &promise, "unmet attested: expired since");
    verdict_with("team.rto", &drill("2026-09-01", FAILED), &promise, "unmet attested: failed");
    verdict_with("team.rto", &drill("2026-09-01", PASSED), &promise, "met configured: promise.yaml");
    verdict("team.rto", &drill("2026-09-01", PASSED), "met attested: measured rto of 190 min");
    verdict("team.rto", &drill("2026-01-01", PASSED), "unknown: expired since");
}

fn approval(more: &str) -> String {
    format!(
        "  - item: \"team.plan\"\n    by: \"Jo\"\n    date: \"2026-11-01\"\n    kind: \"approval\"\n    role: \"owner\"\n{more}"
    )
}

#[test]
fn every_rule_ends_with_a_statement_for_this_version() {
    let this = approval("    version: \"v1.2.0\"\n");
    verdict("team.plan", &this, "met attested: approval of 2026-11-01 by Jo, for version v1.2.0");
    verdict("team.plan_twin", &this, "met attested");
    verdict_with("team.plan", &this, &[("NO-PLAN.md", "x")], "unmet documented");
    let other = approval("    version: \"1.1.0\"\n");
    verdict("team.plan", &other, "unknown: void for this version: it is for version 1.1.0, and this is 1.2.0");
    verdict_with("team.plan", &other, &[("ci.yml", "x")], "unmet configured: no plan");
    verdict("team.plan", &approval(""), "unknown: `version` or `commit` is missing");
    verdict("team.plan", &approval("    commit: \"0123456789\"\n"), "unknown: there is no history");
    verdict("team.plan", &this.replace("    role: \"owner\"\n", ""), "unknown: `role` is missing");
    // It takes what the rule takes, and nothing else.
    let drill_by_approval = this.replace("team.plan", "team.restore");
    verdict("team.restore", &drill_by_approval, "unknown: it is no `drill`");
}

#[test]
fn a_measured_value_is_compared_at_the_end_of_every_rule() {
    let seen = |value: &str| {
        format!(
            "  - item: \"team.speed\"\n    by: \"Jo\"\n    date: \"2026-11-10\"\n    kind: \"observation\"\n    version: \"1.2.0\"\n    \
             window: {{ from: \"2026-11-01\", to: \"2026-11-09\" }}\n    measured: {{ p95: \"{value}\" }}\n    \
             evidence: \"https://grafana.example.org/d/1\"\n"
        )
    };
    verdict("team.speed", &seen("80ms"), "met attested: measured p95 of 80 ms");
    verdict("team.speed", &seen("180ms"), "unmet attested: measured p95 of 180 ms");
    verdict_with("team.speed", &seen("180ms"), &[("speed.json", "{}")], "unmet attested");
    verdict("team.speed", &seen("80%"), "unknown: do not compare");
    let watch = |window: &str| seen("80ms").replace("team.speed", "team.watch").replace("from: \"2026-11-01\"", window);
    verdict("team.watch", &watch("from: \"2026-11-01\""), "met attested");
    verdict("team.watch", &watch("from: \"2026-11-08\""), "unknown: it watched for 1 day, and this takes 7 days");
    verdict("team.watch", &watch("from: \"2026-11-10\""), "unknown: the window ends before it begins");
    let drifted = |more: &str| {
        let value = format!("{{ value: \"90ms\", baseline: \"50ms\"{more} }}");
        watch("from: \"2026-11-01\"").replace("\"80ms\"", &value)
    };
    verdict("team.watch", &drifted(""), "unmet attested: far from its usual 50 ms");
    verdict("team.watch", &drifted(", comment: \"twice the traffic\""), "met attested");
}

#[test]
fn a_report_is_by_somebody_else_and_leaves_nothing_grave_open() {
    let report = |open: &str| {
        format!(
            "  - item: [\"team.report\", \"team.plan\"]\n    by: \"Jo\"\n    date: \"2026-03-01\"\n    kind: \"report\"\n    \
             performed_by: \"Some Security Ltd\"\n    scope: \"the shop and its API\"\n    open: {open}\n    \
             evidence:\n      - {{ file: \"drill.md\", sha256: \"HELLO\", kind: \"penetration_test\" }}\n"
        )
    };
    let clean = report("{ critical: 0, high: 0 }");
    verdict("team.report", &clean, "met demonstrated: in date until 2027-03-16");
    verdict("team.report", &report("{ critical: 0, high: 2 }"), "unknown: it leaves 2 high findings open");
    verdict("team.report", &report("{ critical: 1, high: 2 }"), "unmet demonstrated: left 1 critical findings open");
    verdict("team.report", &clean.replace("penetration_test", "code_audit"), "unknown: of the kind `penetration_test`");
    verdict("team.plan", &clean, "unknown: it names no `version` or `commit`");
}

#[test]
fn a_review_takes_two_people_and_says_what_is_to_be_done() {
    let review = |more: &str| {
        format!(
            "  - item: \"team.plan\"\n    by: \"Jo\"\n    date: \"2026-11-01\"\n    kind: \"review\"\n    version: \"1.2.0\"\n    \
             evidence: \"https://wiki.example.org/1\"\n{more}"
        )
    };
    verdict("team.plan", &review("    attendees: [\"Jo\", \"Max\"]\n    actions: []\n"), "met attested");
    verdict(
        "team.plan",
        &review("    attendees: [\"Jo\", \"jo \"]\n    actions: []\n"),
        "unknown: a review takes two people",
    );
    verdict("team.plan", &review("    reviewed_by: \"Max\"\n    actions: []\n"), "met attested");
    verdict("team.plan", &review("    reviewed_by: \"Jo\"\n    actions: []\n"), "unknown: a review takes two people");
    verdict("team.plan", &review("    reviewed_by: \"Max\"\n"), "unknown: `actions` is missing");
    let action = |done: &str| {
        format!(
            "    reviewed_by: \"Max\"\n    actions:\n      - {{ what: \"rotate\", severity: \"critical\", due: \"2026-11-10\"{done} }}\n"
        )
    };
    verdict("team.plan", &review(&action("")), "unmet attested: left a critical action open, due 2026-11-10");
    verdict("team.plan", &review(&action(", done: true")), "met attested");
}
