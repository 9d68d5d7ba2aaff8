//! The exit status says what the report says, in every format.

use super::{folder, project, run};

#[test]
fn a_project_that_holds_everything_is_ready() {
    let ran = run(&project(), &["app", "--checklist", "met.tsk"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("Ready: all 1 item hold"), "{}", ran.out);
}

#[test]
fn an_unmet_item_is_not_ready_in_every_format() {
    let project = project();
    for format in ["terminal", "markdown", "json"] {
        let ran = run(&project, &["check", "app", "--checklist", "unmet.tsk", "--format", format]);
        assert_eq!((ran.status, ran.err.as_str()), (1, ""), "{format}: {}", ran.out);
        assert!(ran.out.contains("team.notice"), "{format}: {}", ran.out);
    }
}

#[test]
fn an_unknown_item_passes_only_when_allowed() {
    let project = project();
    assert_eq!(run(&project, &["app", "--checklist", "unknown.tsk"]).status, 1);
    assert_eq!(run(&project, &["app", "--checklist", "unknown.tsk", "--allow-unknown"]).status, 0);
    assert_eq!(run(&project, &["app", "--checklist", "unmet.tsk", "--allow-unknown"]).status, 1);
}

#[test]
fn nothing_selected_is_nothing_checked() {
    let ran = run(&project(), &["app", "--checklist", "met.tsk", "--section", "team", "--item", "team.changelog"]);
    assert_eq!(ran.status, 0);
    let two = folder(&[("l.tsk", "[a]\nx: @file(\"l.tsk\")\n[b]\ny: @file(\"l.tsk\")\n")]);
    let ran = run(&two, &["--checklist", "l.tsk", "--section", "a", "--item", "b.y"]);
    assert_eq!((ran.status, ran.err.as_str()), (3, ""), "{}", ran.out);
    assert!(ran.out.contains("Nothing was checked"), "{}", ran.out);
}

#[test]
fn what_could_not_be_checked_is_2() {
    let project = project();
    for arguments in [
        &["nowhere", "--checklist", "met.tsk"][..],
        &["met.tsk", "--checklist", "met.tsk"],
        &["app", "--checklist", "missing.tsk"],
        &["app", "--checklist", "app"],
        &["app", "--checklist", "app/src/main.rs"],
        &["app", "--item", "team.nothing"],
        &["app", "--nonsense"],
        &["list", "nonsense"],
    ] {
        let ran = run(&project, arguments);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.starts_with("error: "), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn the_default_is_the_current_folder_and_the_production_checklist() {
    let ran = run(&folder(&[("README.md", "# A\n")]), &["--format", "json", "--now", "2026-01-31"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["items"].as_array().unwrap().len(), 293);
    assert_eq!(report["checklist"]["name"], "production");
    assert_eq!(report["now"], "2026-01-31T00:00:00Z");
}

#[test]
fn two_runs_print_the_same_bytes() {
    let project = project();
    let arguments = ["app", "--format", "json", "--now", "2026-01-31T12:00:00Z"];
    assert_eq!(run(&project, &arguments).out, run(&project, &arguments).out);
}

#[test]
fn what_proves_the_met_items_is_taken_away_when_asked() {
    let folder = folder(&[("list.tsk", "[own]\nlog: @file(\"CHANGELOG.md\")\n"), ("CHANGELOG.md", "# Changes\n")]);
    let ran = run(&folder, &["--checklist", "list.tsk", "--falsify"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("1 fall with their evidence, 0 stand on more, 0 vacuous"), "{}", ran.out);
    let ran = run(&folder, &["--checklist", "list.tsk", "--falsify", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["items"][0]["falsified"]["fate"], "falls");
    assert_eq!(report["summary"]["tried"], 1);
}

#[test]
fn settings_that_cannot_be_read_are_listed_though_no_item_asks_for_them() {
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &["ba", "cb", "dc", "ed", "fe"]
            .map(|pair| {
                format!("{}: &{} [{}]\n", &pair[..1], &pair[..1], vec![format!("*{}", &pair[1..]); 10].join(", "))
            })
            .concat();
    let ran = run(&folder(&[("config/production.yml", &bomb)]), &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let unread = report["unread"].as_array().unwrap();
    let why = unread.iter().find(|one| one["path"] == "config/production.yml").map(|one| one["why"].as_str().unwrap());
    assert!(why.is_some_and(|why| why.contains("aliases expand")), "{unread:?}");
}
