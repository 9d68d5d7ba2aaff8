//! Whole projects against the production checklist: one that is ready, one that is bare, and one that only looks ready.
//!
//! Each lies in `tests/projects`, as a team would keep it. `ready` is judged with a history of its own, made in a
//! folder of its own, since reports and reviews are told by it.

mod voided;

use crate::facts::history::Repo;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tusk_check::check::{self, Check, Plan};
use tusk_check::checklist::{self, Phase};
use tusk_check::facts::Facts;
use tusk_check::falsify::{Fate, Trial};
use tusk_check::report::{self, ItemReport};
use tusk_check::rules::{self, RuleSet};
use tusk_check::tree::Tree;

/// The day of the judgement: two days after the release candidate of `ready` was approved.
const NOW: &str = "2026-11-22T12:00:00Z";

/// What `ready` cannot meet, and why. An item that becomes met fails the test.
const LEFT: &[(&str, &str)] = &[(
    "pipeline_stages.deploy",
    "it asks for blue-green where the canary sections ask for a canary of the same workload: the scale keeps them apart",
)];

/// Every file of a project, by its path in it.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects").join(name);
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
                continue;
            }
            let path = entry.path();
            let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            found.push((path, std::fs::read(entry.path()).unwrap()));
        }
    }
    found.sort();
    found
}

/// What every item of the production checklist gets.
fn judged(tree: &Tree, phase: Phase) -> Vec<ItemReport> {
    judged_only(tree, phase, |_| true)
}

/// What some items of the production checklist get.
fn judged_only(tree: &Tree, phase: Phase, wanted: impl Fn(&str) -> bool) -> Vec<ItemReport> {
    static RULES: LazyLock<RuleSet> = LazyLock::new(|| rules::load(&rules::sources()).0);
    let facts = Facts::new(tree, NOW.parse().unwrap());
    let broken = facts.attestations().file.broken();
    assert!(broken.is_none(), "{}", broken.map(|broken| broken.to_string()).unwrap_or_default());
    let production = checklist::production();
    let check = Check::new(&facts, &production, check::bind(&production, &RULES).unwrap(), phase);
    let all = check.run(|item| wanted(&item.id)).into_iter();
    all.map(|(item, binding, judgement)| report::build::item(&facts, item, binding, judgement)).collect()
}

/// An item with all that was seen, for whoever reads a failure.
fn told(item: &ItemReport) -> String {
    let mut told = format!("{} {}: {}", item.verdict.word(), item.id, item.reason);
    for seen in &item.evidence {
        let _ = write!(told, "\n    {:?} {}:{} {}", seen.supports, seen.path, seen.line.unwrap_or(0), seen.message);
    }
    told
}

#[test]
fn ready_meets_what_is_due_before_a_release() {
    let mut repo = Repo::new();
    for (path, bytes) in files("ready") {
        repo.write(&path, std::str::from_utf8(&bytes).unwrap());
    }
    for number in 1..=12 {
        repo.commit(&format!("Change number {number} (#{number})"));
    }
    let items = judged(&Tree::walk(repo.path()).unwrap(), Phase::PreRelease);
    let left: BTreeMap<&str, &str> = LEFT.iter().copied().collect();
    let met: BTreeSet<&str> =
        items.iter().filter(|item| item.verdict.word() == "met").map(|item| item.id.as_str()).collect();
    let due = items.iter().filter(|item| item.verdict.word() != "not due");
    let missing: Vec<String> =
        due.filter(|item| !met.contains(item.id.as_str()) && !left.contains_key(item.id.as_str())).map(told).collect();
    assert!(missing.is_empty(), "{} items are not met:\n{}", missing.len(), missing.join("\n"));
    let grown: Vec<&&str> = left.keys().filter(|id| met.contains(**id)).collect();
    assert!(grown.is_empty(), "these are met by now, take them off the table: {grown:?}");
    assert!(left.keys().all(|id| items.iter().any(|item| item.id == *id)), "the table names an item that is not there");
}

#[test]
fn nothing_that_is_met_of_ready_is_vacuous() {
    let tree = Tree::in_memory(files("ready"));
    let now = NOW.parse().unwrap();
    let production = checklist::production();
    let bindings = check::bind(&production, rules::embedded()).unwrap();
    let plan = Plan { checklist: &production, bindings, behind: None, phase: Phase::PreRelease };
    let patterns = Arc::new(plan.patterns());
    let facts = Facts::new(&tree, now).with_patterns(Arc::clone(&patterns));
    let check = plan.on(&facts);
    let trial = Trial { plan: &plan, tree: &tree, now, patterns, advisories: None };
    let fates = trial.run(&check.run(|_| true));
    assert!(fates.len() > 250, "{} items are met", fates.len());
    let vacuous: Vec<_> = fates.iter().filter(|(_, fate)| matches!(fate, Fate::Vacuous(..))).collect();
    assert!(vacuous.is_empty(), "{vacuous:#?}");
}

#[test]
fn nothing_that_ready_states_is_odd() {
    let tree = Tree::in_memory(files("ready"));
    let facts = Facts::new(&tree, NOW.parse().unwrap());
    let faults = facts.attestations().entries.iter().flat_map(|entry| &entry.faults);
    let faults: Vec<String> = faults.map(|fault| format!("{fault:?}")).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The items that are met, whatever the phase, with what was seen.
fn met(tree: &Tree) -> BTreeMap<String, String> {
    let items = judged(tree, Phase::PostRelease).into_iter().filter(|item| item.verdict.word() == "met");
    items.map(|item| (item.id.clone(), told(&item))).collect()
}

fn shown(met: &BTreeMap<String, String>) -> String {
    met.values().cloned().collect::<Vec<_>>().join("\n")
}

#[test]
fn an_empty_folder_meets_nothing() {
    let met = met(&Tree::in_memory(Vec::<(String, Vec<u8>)>::new()));
    assert!(met.is_empty(), "{}", shown(&met));
}

#[test]
fn bare_meets_nothing_but_that_it_holds_no_secret() {
    let met = met(&Tree::in_memory(files("bare")));
    assert_eq!(met.keys().collect::<Vec<_>>(), ["security_checks.secret_scan"], "{}", shown(&met));
}

#[test]
fn hostile_meets_nothing() {
    let met = met(&Tree::in_memory(files("hostile")));
    assert!(met.is_empty(), "{} items are met:\n{}", met.len(), shown(&met));
}

/// `ready` with each path and text changed; a text of `None` drops the file.
fn ready_but(change: impl Fn(&str, &str) -> Option<(String, String)>) -> BTreeMap<String, String> {
    let changed = files("ready").into_iter().filter_map(|(path, bytes)| {
        let (path, text) = change(&path, std::str::from_utf8(&bytes).unwrap())?;
        Some((path, text.into_bytes()))
    });
    met(&Tree::in_memory(changed))
}

/// What is true of any tree, also of one that says nothing.
const TRUE_OF_ANY: &[&str] = &["security_checks.secret_scan"];

fn only_what_is_true_of_any(what: &str, mut met: BTreeMap<String, String>) {
    met.retain(|id, _| !TRUE_OF_ANY.contains(&id.as_str()));
    assert!(met.is_empty(), "{what}: {} items are met:\n{}", met.len(), shown(&met));
}

#[test]
fn what_is_only_shown_tried_or_borrowed_meets_nothing() {
    let places = [
        "examples/parcel",
        "tests/fixtures/parcel",
        "vendor/parcel",
        "docs/samples",
        "third_party/parcel",
        "node_modules/parcel",
    ];
    for place in places {
        let met = ready_but(|path, text| Some((format!("{place}/{path}"), text.to_owned())));
        only_what_is_true_of_any(place, met);
    }
}

#[test]
fn what_is_commented_out_meets_nothing() {
    let met = ready_but(|path, text| {
        let extension = path.rsplit('.').next().unwrap_or(path);
        let mark = match extension {
            "rs" | "js" => "// ",
            "sql" => "-- ",
            "json" | "md" | "xml" | "info" => return None,
            _ => "# ",
        };
        Some((path.to_owned(), each_line(text, |line| format!("{mark}{line}"))))
    });
    only_what_is_true_of_any("commented out", met);
}

#[test]
fn headings_without_anything_below_them_meet_nothing() {
    let met = ready_but(|path, text| {
        let heading = |line: &str| {
            if line.starts_with('#') {
                format!(
                    "{line}

TODO
"
                )
            } else {
                String::new()
            }
        };
        (path.rsplit('.').next() == Some("md")).then(|| (path.to_owned(), each_line(text, heading)))
    });
    only_what_is_true_of_any("headings", met);
}

/// A text with each of its lines changed.
fn each_line(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    let mut changed = String::with_capacity(text.len());
    for line in text.lines() {
        changed.push_str(&change(line));
        changed.push('\n');
    }
    changed
}
