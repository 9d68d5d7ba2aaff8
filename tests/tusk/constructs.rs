//! The grammar, case by case, as data: `tests/tusk/constructs/*.md`.
//!
//! A case is a heading, a `tsk` block, what it reads as (`json`), and what is wrong with it (`problems`, one a line:
//! `line:column error: message`). A case without `problems` has none. `UPDATE=1 cargo test constructs` writes what is
//! read into the files; then read the difference.

use std::fmt::Write;
use std::path::Path;
use tusk_check::convert;
use tusk_check::source::Source;
use tusk_check::tusk;

#[test]
fn constructs_read_as_they_must() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tusk/constructs");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut anew = String::new();
        for (at, case) in text.split("\n## ").enumerate() {
            if at == 0 {
                anew.push_str(case.trim_end());
                continue;
            }
            let title = case.lines().next().unwrap_or_default();
            let input = block(case, "tsk").unwrap_or_else(|| panic!("{}: no input: {title}", file.display()));
            let _ = write!(anew, "\n\n## {title}\n\n````tsk\n{input}````\n\n{}", read(&input).trim_end());
            cases += 1;
        }
        anew.push('\n');
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &anew).unwrap();
        } else {
            assert!(anew == text, "{} reads as\n{anew}", file.display());
        }
    }
    assert!(cases > 60, "{cases} cases");
}

fn block(case: &str, tag: &str) -> Option<String> {
    let start = case.find(&format!("````{tag}\n"))? + tag.len() + 5;
    let end = case.get(start..)?.find("````")?;
    Some(case.get(start..start + end)?.to_owned())
}

fn read(input: &str) -> String {
    let source = Source::new("case.tsk", input);
    let (document, mut problems) = tusk::parse(&source);
    let (map, of_merging) = document.into_merged();
    problems.extend(of_merging);
    let mut text = format!("````json\n{}\n````\n\n", serde_json::to_string(&convert::json(&map)).unwrap());
    if !problems.is_empty() {
        text.push_str("````problems\n");
        for problem in problems {
            let place = source.line_col(problem.span.start);
            let word = if problem.is_error() { "error" } else { "warning" };
            let _ = write!(text, "{}:{} {word}: {}", place.line, place.column, problem.message);
            for (span, what) in problem.related {
                let place = source.line_col(span.start);
                let _ = write!(text, " [{}:{} {what}]", place.line, place.column);
            }
            text.push('\n');
        }
        text.push_str("````\n");
    }
    text
}
