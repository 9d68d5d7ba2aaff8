//! Whole projects against the production checklist: one that is ready, one that is bare, and one that only looks ready.
//!
//! Each lies in `tests/projects`, as a team would keep it. `ready` is judged with a history of its own, made in a
//! folder of its own, since reports and reviews are told by it.

use crate::facts::history::Repo;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tusk_check::check::{self, Check, Plan};
use tusk_check::checklist::{self, Phase};
use tusk_check::facts::Facts;
use tusk_check::falsify::{Fate, Trial};
use tusk_check::report::{self, Bearing, ItemReport};
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
    let broken = facts.attestations().broken();
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

/// Nothing is met by anything in the files below a path, after a change that voids those files.
#[track_caller]
fn voided(below: &str, counts: impl Fn(&ItemReport, &str) -> bool, change: impl Fn(&str, &str) -> String) {
    let met = still_met(below, counts, change);
    assert!(met.is_empty(), "{} items are met by {below}:\n{}", met.len(), met.join("\n"));
}

/// The items that are met by something in the files below a path, after a change of those files.
fn still_met(
    below: &str,
    counts: impl Fn(&ItemReport, &str) -> bool,
    change: impl Fn(&str, &str) -> String,
) -> Vec<String> {
    let changed = files("ready").into_iter().map(|(path, bytes)| {
        let text = String::from_utf8(bytes).unwrap();
        let text = if path.starts_with(below) { change(&path, &text) } else { text };
        (path, text.into_bytes())
    });
    let rests_on_it = |item: &ItemReport| supports(item, below).any(|path| counts(item, path));
    // Nothing that rests on other files is worth the time.
    let suspects: BTreeSet<&str> =
        READY.iter().filter(|item| supports(item, below).next().is_some()).map(|item| item.id.as_str()).collect();
    let tree = Tree::in_memory(changed);
    let items = judged_only(&tree, Phase::PostRelease, |id| suspects.contains(id)).into_iter();
    let items = items.filter(|item| item.verdict.word() == "met" && rests_on_it(item));
    items.map(|item| told(&item)).collect()
}

/// What `ready` gets as it is.
static READY: LazyLock<Vec<ItemReport>> =
    LazyLock::new(|| judged(&Tree::in_memory(files("ready")), Phase::PostRelease));

/// The files below a path that support a verdict by what they hold; that a file is there says nothing.
fn supports<'i>(item: &'i ItemReport, below: &'i str) -> impl Iterator<Item = &'i str> {
    let support = item.evidence.iter().filter(|seen| seen.supports == Bearing::Supports && seen.line.is_some());
    support.map(|seen| &*seen.path).filter(move |path| path.starts_with(below))
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

/// Every line that fits, with something before and behind it.
fn around(text: &str, fits: impl Fn(&str) -> bool, before: &str, behind: &str) -> String {
    each_line(text, |line| if fits(line) { format!("{before}{line}{behind}") } else { line.to_owned() })
}

#[test]
fn jobs_that_cannot_fail_enforce_nothing() {
    let jobs = |line: &str| line.starts_with("    runs-on:") || line.starts_with("    uses:");
    // The way back, and the message to the team, are gone through whatever becomes of the job.
    let enforces = |item: &ItemReport| {
        !["deployment_pipeline.rollback", "go_live_checklist.deployment.team_notified"].contains(&item.id.as_str())
    };
    let counts = |item: &ItemReport, _: &str| enforces(item);
    voided(".github/workflows/", counts, |_, text| around(text, jobs, "", "\n    continue-on-error: true"));
}

#[test]
fn jobs_that_never_run_enforce_nothing() {
    let jobs = |line: &str| line.starts_with("    runs-on:") || line.starts_with("    uses:");
    voided(".github/workflows/", |_, _| true, |_, text| around(text, jobs, "", "\n    if: false"));
}

#[test]
fn jobs_of_another_branch_enforce_nothing() {
    // Who reads new issues is no gate.
    let gates = |item: &ItemReport, _: &str| item.id != "improvement_config.user_feedback";
    voided(".github/workflows/", gates, |_, text| {
        let jobs = text.find("jobs:").map_or("", |at| &text[at..]);
        format!("on:\n  push:\n    branches: [experiments/try]\n\n{jobs}")
    });
}

#[test]
fn resources_that_are_counted_to_zero_are_not_there() {
    let resources = |line: &str| line.starts_with("resource \"") && line.ends_with('{');
    voided("infra/", |_, _| true, |_, text| around(text, resources, "", "\n  count = 0"));
}

#[test]
fn objects_that_no_kustomization_lists_are_not_there() {
    // A configuration file of Alertmanager is no object: it counts where it lies.
    let is_object = |path: &str| path.rsplit('.').next() == Some("yaml") && !path.ends_with("/alertmanager.yaml");
    voided(
        "deploy/",
        |_, path| is_object(path),
        |path, text| {
            if path.ends_with("kustomization.yaml") {
                return "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n".to_owned();
            }
            text.to_owned()
        },
    );
}

#[test]
fn code_that_only_tests_compile_does_nothing() {
    // Tests are tests in a module of tests, too.
    let ships = |item: &ItemReport, _: &str| item.id != "pipeline_stages.build";
    voided("src/", ships, |_, text| {
        let text = each_line(text, |line| if line.starts_with("//!") { String::new() } else { line.to_owned() });
        format!("#[cfg(test)]\nmod hidden {{\n{text}\n}}\n")
    });
}

#[test]
fn code_that_stands_in_a_text_does_nothing() {
    voided(
        "src/",
        |_, _| true,
        |_, text| format!("/// Shown to whoever asks.\npub const TEXT: &str = r####\"{text}\"####;\n"),
    );
}

#[test]
fn tests_that_are_switched_off_test_nothing() {
    let tests = |line: &str| line.contains("#[tokio::test]") || line.contains("#[test]");
    voided("tests/", |_, _| true, |_, text| around(text, tests, "", "\n#[ignore]"));
}

#[test]
fn statements_that_are_old_or_yet_to_come_state_nothing() {
    // An approval is bound to its version and not to a time.
    let others = |item: &ItemReport, _: &str| {
        !item.id.starts_with("final_checklist.business.") && item.id != "security_checks.permission_review"
    };
    voided(".tusk-check/", others, |_, text| text.replace("date: \"2026-", "date: \"2023-"));
    voided(".tusk-check/", |_, _| true, |_, text| text.replace("date: \"2026-", "date: \"2031-"));
}

#[test]
fn approvals_of_another_version_approve_nothing() {
    let counts = |item: &ItemReport, _: &str| item.id.starts_with("final_checklist.business.");
    voided(".tusk-check/", counts, |_, text| text.replace("1.4.0", "1.3.2"));
}

#[test]
fn statements_without_their_author_state_nothing() {
    voided(
        ".tusk-check/",
        |_, _| true,
        |_, text| around(text, |line| line.trim_start().starts_with("by:"), "    # ", ""),
    );
}

#[test]
fn statements_whose_evidence_was_changed_state_nothing() {
    let whole = ["stakeholder_approval"];
    voided(
        ".tusk-check/",
        |_, _| true,
        |_, text| {
            let entries: Vec<&str> =
                text.split("\n\n").filter(|entry| !whole.iter().any(|id| entry.contains(id))).collect();
            entries.join("\n\n").replace("sha256: \"", "sha256: \"0")
        },
    );
}

#[test]
fn documents_that_are_a_comment_or_a_quotation_of_code_say_nothing() {
    let is_document = |_: &ItemReport, path: &str| path.rsplit('.').next() == Some("md");
    voided("docs/", is_document, |_, text| format!("<!--\n{text}\n-->\n"));
    voided("docs/", is_document, |_, text| format!("~~~~~~\n{text}\n~~~~~~\n"));
}

#[test]
fn alerts_that_can_never_fire_alert_nobody() {
    // That rules are written for Prometheus says where metrics are kept, whatever they say.
    let watches = |item: &ItemReport, _: &str| item.id != "monitoring_config.metrics_backend";
    voided("deploy/monitoring/rules.yaml", watches, |_, text| {
        let mut goes_on = false;
        each_line(text, |line| {
            let begins = line.trim_start().starts_with("expr:");
            let skipped = in_expression_after(&mut goes_on, line, begins);
            match (begins, skipped) {
                (true, _) => format!("{}expr: vector(0)", &line[..line.len() - line.trim_start().len()]),
                (false, true) => String::new(),
                (false, false) => line.to_owned(),
            }
        })
    });
}

/// Whether a line still belongs to an expression of several lines.
fn in_expression_after(in_expression: &mut bool, line: &str, begins: bool) -> bool {
    *in_expression = (begins && line.trim_end().ends_with('|')) || (*in_expression && line.starts_with("            "));
    *in_expression && !begins
}

#[test]
fn reports_about_nothing_measure_nothing() {
    voided(
        "reports/",
        |_, _| true,
        |path, text| match path {
            "reports/lcov.info" => "TN:\nSF:src/lib.rs\nLF:0\nLH:0\nend_of_record\n".to_owned(),
            path if path.contains("junit") => text.replace("</testcase>", "<skipped/></testcase>"),
            _ => text.replace("\"count\": 719964", "\"count\": 0").replace("\"count\": 4731208", "\"count\": 0"),
        },
    );
}

#[test]
fn what_nobody_applies_is_not_production() {
    let moves = [
        ("infra/production/", "infra/modules/everything/"),
        ("infra/production/", "infra/staging/"),
        ("deploy/overlays/production/", "deploy/overlays/staging/"),
    ];
    for (from, to) in moves {
        let below = from.split('/').next().unwrap();
        // A folder with a backend of its own is applied, whatever it is called.
        let changed = files("ready").into_iter().filter(|(path, _)| path != "infra/production/main.tf");
        let changed = changed.map(|(path, bytes)| (path.replace(from, to), bytes));
        let tree = Tree::in_memory(changed);
        let met = judged(&tree, Phase::PostRelease).into_iter().filter(|item| item.verdict.word() == "met");
        let scopes: &[&str] = if below == "infra" { &["infra/"] } else { &["deploy/base/", "deploy/overlays/"] };
        let by_it = |item: &ItemReport| scopes.iter().any(|scope| supports(item, scope).next().is_some());
        let met: Vec<String> = met.filter(by_it).map(|item| told(&item)).collect();
        assert!(met.is_empty(), "{} items are met by {to}:\n{}", met.len(), met.join("\n"));
    }
}

#[test]
fn operations_and_panels_that_are_not_there_document_nothing() {
    voided("openapi.yaml", |_, _| true, |_, text| format!("{}paths: {{}}\n", text.split("paths:").next().unwrap()));
    voided(
        "deploy/monitoring/parcel-dashboard.json",
        |_, _| true,
        |_, _| {
            "{\"title\": \"Parcel\", \"panels\": [{\"id\": 1, \"title\": \"Requests\", \"targets\": []}]}\n".to_owned()
        },
    );
}

#[test]
fn an_image_without_a_release_in_it_ships_none() {
    // What any build shows, of whatever profile: that CI builds, and that lints which deny fail it.
    let any_build = ["code_quality.static_analysis", "pipeline_stages.build"];
    voided(
        "Dockerfile",
        |item, _| item.id != "environment_config.production.hot_reload" && !any_build.contains(&&*item.id),
        |_, text| text.replace(" --release", "").replace("/release/", "/debug/"),
    );
}

#[test]
fn records_of_years_ago_show_nothing() {
    let changed = files("ready").into_iter().filter_map(|(path, bytes)| {
        let is_record = path.starts_with("docs/reviews/") || path.starts_with("docs/postmortems/");
        let text = String::from_utf8(bytes).unwrap();
        let (path, text) =
            if is_record { (path.replace("2026", "2023"), text.replace("2026", "2023")) } else { (path, text) };
        (!path.starts_with(".tusk-check/")).then(|| (path, text.into_bytes()))
    });
    let met = met(&Tree::in_memory(changed));
    for id in [
        "continuous_improvement.optimization_opportunities",
        "improvement_config.performance_review",
        "improvement_config.optimization_planning",
        "regular_reviews.security_review",
        "regular_reviews.performance_review",
        "regular_reviews.architecture_review",
        "regular_reviews.compliance_review",
        "protection_config.compliance_audit",
        "disaster_recovery.testing",
    ] {
        assert!(!met.contains_key(id), "{}", met[id]);
    }
}

#[test]
fn reports_that_are_older_than_the_source_measure_nothing() {
    let mut repo = Repo::new();
    for (path, bytes) in files("ready") {
        repo.write(&path, std::str::from_utf8(&bytes).unwrap());
    }
    repo.commit("Everything (#1)");
    repo.write("src/later.rs", "//! Written after the reports.\n");
    repo.commit("Something later (#2)");
    let items = judged(&Tree::walk(repo.path()).unwrap(), Phase::PreRelease);
    let by_report = |item: &&ItemReport| {
        let mut support = item.evidence.iter().filter(|seen| seen.supports == Bearing::Supports);
        item.verdict.word() == "met" && support.any(|seen| seen.path.starts_with("reports/"))
    };
    let met: Vec<String> = items.iter().filter(by_report).map(told).collect();
    assert!(met.is_empty(), "{}", met.join("\n"));
}

/// Ways in which a step names a command and does not depend on it: what it is called, before and behind the command.
const TOOTHLESS: &[(&str, &str, &str)] = &[
    ("excused", "", " || true"),
    ("excused by a colon", "", " || :"),
    ("excused with a message", "", " || echo \"::warning::it failed\""),
    ("excused after a success", "", " && echo fine || echo bad"),
    ("in the background", "", " &"),
    ("only said", "echo '", "'"),
    ("only printed", "printf '%s\\n' '", "'"),
    ("in a function that nobody calls", "check() {\n", "\n}"),
    ("in a text for a file", "cat > later.sh <<'END'\n", "\nEND"),
    ("under a condition that is false", "if false; then\n", "\nfi"),
    ("behind the end of the script", "exit 0\n", ""),
    ("without -e, and something behind it", "set +e\n", "\necho done"),
    ("in a subshell that is excused", "(\n", "\n) || true"),
    ("as a condition", "if ", "; then echo good; else echo bad; fi"),
    ("behind a pipe", "", " 2>&1 | tee log.txt"),
    ("in a comment behind a command", "true # ", ""),
    ("as the argument of another", "true ", " "),
    ("asked for its help", "", " --help"),
    ("asked for its version", "", " --version"),
    ("assigned to a variable", "later='", "'"),
    ("never reached", "false && ", " || true"),
    ("when a thing is there that never is", "[ -e /nonexistent ] && ", " || true"),
];

/// A workflow with each of its scripts put between two texts, and with no action that checks anything.
fn scripts_between(text: &str, before: &str, behind: &str) -> String {
    let mut lines = text.lines().peekable();
    let mut out = String::new();
    while let Some(line) = lines.next() {
        let Some((head, command)) = line.split_once("run: ") else {
            let uses = line.contains("uses: ") && !line.contains("./");
            let line = if uses {
                line.split("uses: ").next().unwrap_or("").to_owned() + "uses: actions/checkout@v5"
            } else {
                line.to_owned()
            };
            out.push_str(&line);
            out.push('\n');
            continue;
        };
        let inner = " ".repeat(head.len() + 2);
        let mut script = command.to_owned();
        if command == "|" {
            let mut block = Vec::new();
            while let Some(next) = lines.next_if(|next| next.starts_with(&inner)) {
                block.push(next.trim().trim_end_matches('\\').to_owned());
            }
            script = format!("{{ {} ; }}", block.join(" ; "));
            // A group is no argument, and takes none.
            if before == "true " || behind.starts_with(" --") {
                script.clear();
            }
        }
        let script = script.replace('\'', "\"");
        out.push_str(head);
        out.push_str("run: |\n");
        for part in format!("{before}{script}{behind}").lines() {
            out.push_str(&inner);
            out.push_str(part);
            out.push('\n');
        }
    }
    out
}

#[test]
fn commands_that_a_step_does_not_depend_on_enforce_nothing() {
    // Who approves is asked before any step, and the way back is gone whether or not it can fail the job.
    let steps = |item: &ItemReport, _: &str| {
        !["deployment_pipeline.approval", "deployment_pipeline.rollback"].contains(&item.id.as_str())
    };
    let still = TOOTHLESS.iter().flat_map(|&(name, before, behind)| {
        let met = still_met(".github/workflows/", steps, |_, text| scripts_between(text, before, behind));
        met.into_iter().map(move |item| format!("{name}: {item}"))
    });
    let still: Vec<String> = still.collect();
    assert!(still.is_empty(), "{} items are met by commands that enforce nothing:\n{}", still.len(), still.join("\n"));
}
