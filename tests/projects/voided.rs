//! What `ready` meets is void where the files that meet it are switched off, emptied or out of date.

use super::{each_line, files, judged, judged_only, met, told};
use crate::facts::history::Repo;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use tusk_check::checklist::Phase;
use tusk_check::report::{Bearing, ItemReport};
use tusk_check::tree::Tree;

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
    let of_tests =
        ["deployment_pipeline.ci_cd", "deployment_pipeline.testing", "pipeline_stages.build", "pipeline_stages.test"];
    let ships = |item: &ItemReport, _: &str| !of_tests.contains(&&*item.id);
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
