//! Errors of use, and what the program says about itself.

use super::{folder, project, run, run_with};

#[track_caller]
fn says(arguments: &[&str], words: &str) {
    let ran = run(&project(), arguments);
    assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.err);
    assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
}

#[test]
fn wrong_names_get_the_nearest_one() {
    says(&["chek"], "no folder `chek`, and no command of that name; the nearest is `check`");
    says(&["--section", "quality_cheks"], "the nearest is `quality_checks`");
    says(&["--category", "Databse Checklist"], "the nearest is `Database Checklist`");
    says(&["--item", "clipy"], "the nearest is `quality_checks.clippy`");
    says(&["--checklist", "prodction"], "the nearest is `production`");
    says(&["--phase", "releas"], "the nearest is `release`");
    says(&["--format", "jsn"], "tip: a similar value exists: 'json'");
    says(&["--fromat", "json"], "tip: a similar argument exists: '--format'");
    says(&["explain", "rustfm"], "the nearest is `quality_checks.rustfmt`");
    says(&["list", "rule"], "tip: a similar value exists: 'rules'");
}

#[test]
fn a_wrong_time_is_refused() {
    says(&["--now", "yesterday"], "expected a day such as 2026-01-31");
    says(&["--now", "2026-02-30"], "expected a day such as 2026-01-31");
}

#[test]
fn a_broken_checklist_is_shown_with_its_lines() {
    let folder = folder(&[("l.tsk", "[a]\ncoverage: \">=80%%\"\nx: true\nwait: \"5 parsecs\"\n")]);
    let ran = run(&folder, &["--checklist", "l.tsk"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    for words in ["l.tsk:2:11", "`80%%` is no quantity", "l.tsk:4:7", "`parsecs` is no unit"] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
}

#[test]
fn a_word_that_no_rule_knows_is_an_error_with_the_known_words() {
    let folder = folder(&[("l.tsk", "[environment_config]\nproduction:\n  database:\n    ssl_mode: \"requirre\"\n")]);
    let ran = run(&folder, &["--checklist", "l.tsk"]);
    assert_eq!(ran.status, 2, "{}", ran.out);
    assert!(ran.err.contains("requirre") && ran.err.contains("`verify-full`"), "{}", ran.err);
}

#[test]
fn an_unknown_probe_in_a_checklist_is_an_error_with_its_place() {
    let folder = folder(&[("l.tsk", "[a]\nx: @flie(\"README.md\")\n")]);
    let ran = run(&folder, &["--checklist", "l.tsk"]);
    assert_eq!(ran.status, 2, "{}", ran.out);
    assert!(ran.err.contains("l.tsk:2:") && ran.err.contains("flie"), "{}", ran.err);
}

#[test]
fn help_and_version_go_to_standard_output() {
    let project = project();
    for arguments in [&["--help"][..], &["--version"], &["check", "--help"], &["explain", "--help"]] {
        let ran = run(&project, arguments);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{arguments:?}");
        assert!(!ran.out.is_empty(), "{arguments:?}");
        for line in ran.out.lines() {
            assert!(line.chars().count() <= 100, "{arguments:?}: {line}");
        }
    }
}

#[test]
fn lists_name_what_there_is() {
    let project = project();
    let items = run(&project, &["list", "items"]);
    assert!(items.out.contains("quality_checks.clippy") && items.out.contains("no_warnings"), "{}", items.out);
    let ids = items.out.lines().filter(|line| line.starts_with("  ")).count();
    assert_eq!(ids, 293);
    assert!(run(&project, &["list", "items", "--checklist", "met.tsk"]).out.contains("team.changelog"));
    assert!(run(&project, &["list", "probes"]).out.contains("@file("));
    assert!(run(&project, &["list", "checklists"]).out.contains("production"));
    assert!(run(&project, &["list", "rules"]).out.contains("environment_config.production.database.ssl_mode"));
    let reference = run(&project, &["list", "rules", "--format", "markdown"]).out;
    assert!(reference.contains("### `quality_checks.clippy`\n\nDoes"), "{}", reference.lines().count());
    assert!(reference.contains("- fix: "));
    assert_eq!(run(&project, &["list", "items", "--format", "markdown"]).status, 2);
}

#[test]
fn an_item_is_explained() {
    let project = project();
    let ran = run(&project, &["explain", "team.notice", "app", "--checklist", "unmet.tsk"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    for words in ["team.notice", "expects   @file(\"NOTICE.md\")", "found in app", "unmet", "unmet.tsk:3"] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let ran = run(&project, &["explain", "environment_config.production.database.ssl_mode", "app"]);
    for words in ["or stronger", "verify-full", "proof", "unknown"] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
}

#[test]
fn colours_follow_the_environment_and_the_option() {
    let project = project();
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let all = [&["app", "--checklist", "unmet.tsk"], arguments].concat();
        run_with(project.path(), &all, environment).out.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "a pipe is no terminal");
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), "forbidding wins");
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")]), "an empty NO_COLOR is none");
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]), "the option wins");
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["--format", "json"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn an_advisory_database_that_is_none_is_an_error() {
    let project = project();
    let ran = run(&project, &["check", "--checklist", "met.tsk", "--advisory-db", "missing", "app"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert_eq!(ran.err, "error: cannot read the advisory database `missing`: no such folder\n");
}
