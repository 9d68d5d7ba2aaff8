//! `.tusk-check/attestations.tsk` as whole runs see it: what breaks it, what is odd about it, that it was read.

use super::{Ran, folder, run};

fn ran(statements: &str, arguments: &[&str]) -> Ran {
    let project = folder(&[
        ("list.tsk", "[team]\nchangelog: @file(\"CHANGELOG.md\")\n"),
        ("app/CHANGELOG.md", "# Changelog\n"),
        ("app/.tusk-check/attestations.tsk", statements),
    ]);
    run(&project, &[&["app", "--checklist", "list.tsk", "--now", "2026-11-22"], arguments].concat())
}

#[test]
fn a_file_that_cannot_be_read_whole_is_2_with_the_place() {
    for (text, says) in [
        ("attestations:\n  - item: \"a.b\n", "attestations.tsk:2:11: "),
        ("attestations:\n  - item: \"a.b\"\n    resutl: \"failed\"\n", "attestations.tsk:3:5: unknown key `resutl`"),
        ("attestations:\n  - item: \"a.b\"\n    kind: \"dril\"\n", "attestations.tsk:3:11: unknown word `dril`"),
        ("attestations:\n  - item: \"a.b\"\n    open: { critical: -1, high: 0 }\n", "attestations.tsk:3:23: expected"),
        ("attestations:\n  - item: \"a.b\"\n    measured: 3\n", "attestations.tsk:3:15: expected a block of keys"),
        ("attestations:\n  - \"a.b\"\n", "attestations.tsk:2:5: expected"),
        ("attestations: \"all is well\"\n", "attestations.tsk:1:1: expected one list"),
        ("waivers:\n  - item: \"a.b\"\n", "attestations.tsk:1:1: expected one list"),
        ("attestations: []\nattestations: []\n", "attestations.tsk:2:1: key `attestations` stands twice"),
    ] {
        let ran = ran(text, &[]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{text}");
        let shown = ran.err.replace('\n', " ");
        let (place, message) = says.split_once(": ").unwrap_or((says, ""));
        assert!(shown.contains(place) && shown.contains(message), "want {says}, got {}", ran.err);
    }
}

#[test]
fn no_statement_at_all_is_fine() {
    for text in ["", "# none yet\n", "attestations:\n", "attestations: []\n"] {
        let ran = ran(text, &[]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{text}: {}", ran.out);
        assert!(ran.out.contains("read       .tusk-check/attestations.tsk"), "{}", ran.out);
        assert!(!ran.out.contains("Odd"), "{}", ran.out);
    }
}

#[test]
fn what_does_not_count_is_told_with_its_place() {
    let text = "attestations:\n  - item: \"team.changelgo\"\n    by: \"Jo\"\n    date: \"2026-13-01\"\n    kind: \"approval\"\n    role: \"owner\"\n    version: \"1\"\n";
    let ran = ran(text, &["--format", "json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let told: Vec<String> = report["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|odd| format!("{}:{} {}", odd["path"].as_str().unwrap(), odd["line"], odd["message"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ".tusk-check/attestations.tsk:4 `2026-13-01` is no date such as `2026-09-01`",
            ".tusk-check/attestations.tsk:2 no item `team.changelgo`; the nearest is `team.changelog`",
        ]
    );
    assert_eq!(report["own_files"][0], ".tusk-check/attestations.tsk");
}

#[test]
fn an_item_of_the_built_in_checklist_is_known_whatever_is_asked() {
    let text = "attestations:\n  - item: \"quality_checks.clippy\"\n    by: \"Jo\"\n    date: \"2026-11-01\"\n    kind: \"approval\"\n    role: \"owner\"\n    version: \"1\"\n";
    assert!(!ran(text, &[]).out.contains("no item"), "{}", ran(text, &[]).out);
}
