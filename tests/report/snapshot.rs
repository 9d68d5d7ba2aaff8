//! The example through every writer, against texts that can be read: `tests/fixtures/report/`.
//!
//! `UPDATE=1 cargo test` writes them anew; then read the difference.

use super::{decided, example, item, run, seen};
use std::path::Path;
use tusk_check::evidence::Strength;
use tusk_check::report::terminal::{self, Look};
use tusk_check::report::{Bearing, ItemReport, Report, Unread, Verdict, json, markdown};

fn look(width: usize, verbose: bool) -> Look {
    Look { width, colour: false, verbose }
}

#[track_caller]
fn same(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/report").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{name} differs:\n{text}");
}

#[test]
fn terminal_of_80_columns() {
    same("terminal.txt", &terminal::write(&example(), look(80, false)));
}

#[test]
fn terminal_with_everything() {
    same("verbose.txt", &terminal::write(&example(), look(80, true)));
}

#[test]
fn markdown_for_a_release_manager() {
    same("report.md", &markdown::write(&example()));
}

#[test]
fn json_for_programs() {
    same("report.json", &json::write(&example()).unwrap());
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [80, 100, 120] {
        for verbose in [false, true] {
            let text = terminal::write(&example(), look(width, verbose));
            for line in text.lines() {
                assert!(textwrap::core::display_width(line) <= width, "{width} columns: {line}");
                assert_eq!(line, line.trim_end(), "blanks at a line's end");
            }
        }
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    let coloured = terminal::write(&example(), Look { colour: true, ..look(80, true) });
    assert!(coloured.contains("\u{1b}["), "no colours");
    let bare: String = coloured
        .split('\u{1b}')
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) })
        .collect();
    let lines = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(lines(&bare), lines(&terminal::write(&example(), look(80, true))));
    assert!(!terminal::write(&example(), look(80, true)).contains('\u{1b}'));
}

#[test]
fn every_link_of_the_markdown_report_leads_to_its_line() {
    let text = markdown::write(&example());
    assert!(text.contains("(configuration/production.yaml#L12)"), "{text}");
    assert!(text.contains("(coverage/lcov.info)"), "{text}");
}

#[test]
fn every_table_row_has_the_columns_of_its_head() {
    let text = markdown::write(&example());
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut head = 0;
    for line in text.lines() {
        if !line.starts_with('|') {
            head = 0;
        } else if head == 0 {
            head = cells(line);
        } else {
            assert_eq!(cells(line), head, "{line}");
        }
    }
}

#[test]
fn much_of_one_kind_is_counted() {
    let seen_at = |line| seen("src/a.rs", line, "a note", Strength::Configured, Bearing::Note);
    let unread_at = |line| Unread { path: Some("ci.yml".into()), line: Some(line), why: "a step of others".into() };
    let much = ItemReport {
        evidence: (1..=20).map(seen_at).collect(),
        unread: (1..=20).map(unread_at).collect(),
        ..decided(item("Code", "code.much", "true", 1), Verdict::Unmet, Some(Strength::Configured), "none")
    };
    let report = Report::new(run(1), vec![much], Vec::new(), Vec::new());
    for (verbose, shown, rest) in [
        (false, 3, "and 17 more like it (--verbose)"),
        (true, 12, "and 8 more like it (`check --format json` shows all)"),
    ] {
        let text = terminal::write(&report, look(80, verbose));
        assert_eq!(text.matches("a note").count(), shown, "{text}");
        assert_eq!(text.matches("a step of others").count(), shown, "{text}");
        assert_eq!(text.matches(rest).count(), 2, "{text}");
    }
}
