//! Reports in files: several in one run, whole or not at all.

use super::{Ran, project, run};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn check(project: &TempDir, arguments: &[&str]) -> Ran {
    run(project, &[&["app", "--checklist", "unmet.tsk"], arguments].concat())
}

fn read(project: &TempDir, name: &str) -> String {
    std::fs::read_to_string(project.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_file_takes_the_format_before_it() {
    let project = project();
    let ran = check(&project, &["--format", "json", "--output", "a.txt", "--format", "terminal", "-o", "b.json"]);
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (1, "", ""));
    assert!(read(&project, "a.txt").starts_with('{'));
    assert!(read(&project, "b.json").starts_with("tusk-check"));
}

#[test]
fn a_format_without_a_file_goes_to_standard_output() {
    let project = project();
    let ran = check(&project, &["--format", "terminal", "--format", "json", "--output", "a.json", "--output", "b.md"]);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    assert!(ran.out.starts_with("tusk-check"), "{}", ran.out);
    assert!(read(&project, "a.json").starts_with('{'));
    assert!(read(&project, "b.md").starts_with("# Production readiness of app\n"));
}

#[test]
fn the_end_of_a_name_tells_the_format() {
    let project = project();
    assert_eq!(check(&project, &["--output", "a.json"]).out, "");
    assert!(read(&project, "a.json").starts_with('{'));
    let ran = check(&project, &["--output", "report"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("which format is `report`?"), "{}", ran.err);
}

#[test]
fn two_reports_need_two_places() {
    let project = project();
    let ran = check(&project, &["--format", "json", "--format", "markdown"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("two reports for standard output"), "{}", ran.err);
    let ran = check(&project, &["--output", "a.json", "--output", "a.json"]);
    assert!(ran.status == 2 && ran.err.contains("two reports for one file"), "{}", ran.err);
    let ran = run(&project, &["app", "--output", "a.json", "--output", "./a.json"]);
    assert!(ran.status == 2 && ran.err.contains("two reports for one file"), "{}", ran.err);
}

#[test]
fn a_file_is_replaced_whole_and_nothing_is_left_behind() {
    let project = project();
    std::fs::write(project.path().join("a.json"), "x".repeat(100_000)).unwrap();
    check(&project, &["--output", "a.json"]);
    let report: serde_json::Value = serde_json::from_str(&read(&project, "a.json")).unwrap();
    assert_eq!(report["outcome"], "not_ready");
    let names: Vec<_> = std::fs::read_dir(project.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with(".tusk-check-")), "{names:?}");
}

#[cfg(unix)]
#[test]
fn a_report_may_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let project = project();
    check(&project, &["--output", "a.json"]);
    let mode = std::fs::metadata(project.path().join("a.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o444, 0o444 & !umask(), "{mode:o}");
}

/// The umask of this process, as an ordinary new file shows it.
#[cfg(unix)]
fn umask() -> u32 {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("probe");
    std::fs::write(&path, "").unwrap();
    0o666 & !std::fs::metadata(path).unwrap().permissions().mode()
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let ran = check(&project(), &["--output", "no/such/folder/a.json"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("cannot write `no/such/folder/a.json`"), "{}", ran.err);
}

#[test]
fn lines_of_json_lead_to_the_text() {
    let project = project();
    let ran = check(&project, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let asked = &report["items"][1]["demanded_by"];
    let line = usize::try_from(asked["line"].as_u64().unwrap()).unwrap();
    let text = read(&project, asked["path"].as_str().unwrap());
    assert_eq!(text.lines().nth(line - 1), Some("notice: @file(\"NOTICE.md\")"));
    let seen = &report["items"][0]["evidence"][0];
    assert!(Path::new(&project.path().join("app").join(seen["path"].as_str().unwrap())).is_file());
}

#[test]
fn a_closed_pipe_is_silent() {
    let project = project();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tusk-check"))
        .current_dir(project.path())
        .args(["list", "items"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
}
