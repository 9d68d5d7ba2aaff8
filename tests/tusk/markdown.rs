//! Fences of Markdown documents.

use tusk_check::source::Source;
use tusk_check::tusk::markdown::{self, Fence};
use tusk_check::tusk::{self};

fn read(text: &str) -> (Source, Vec<Fence>, Vec<String>) {
    let source = Source::new("list.md", text);
    let (fences, diagnostics) = markdown::fences(&source);
    let shown =
        diagnostics.iter().map(|it| format!("{}: {}", source.line_col(it.span.start).line, it.message)).collect();
    (source, fences, shown)
}

#[test]
fn headings_fences_and_places() {
    let text = "# Title\n\n## 🔒 Security *checks*\n\n```rust\n[a]\nx: true\n```\n\n### The `second`\n\nProse.\n\n~~~\n[b]\ny: \"é\"\n\n[b]\nz: 1\n~~~\n\n## Later\n\n```toml\n[c]\nk = 2\n```\n";
    let (source, fences, shown) = read(text);
    assert_eq!(shown, Vec::<String>::new());
    let heads: Vec<_> = fences
        .iter()
        .map(|fence| {
            let head = |heading: &Option<markdown::Heading>| heading.as_ref().map(|it| it.text.clone());
            let names = fence.document.sections.iter().map(tusk::Section::name).collect::<Vec<_>>().join(" ");
            (head(&fence.category), head(&fence.title), names)
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        heads,
        [
            (some("🔒 Security checks"), None, "a".to_owned()),
            (some("🔒 Security checks"), some("The second"), "b b".to_owned()),
            (some("Later"), None, "c".to_owned()),
        ]
    );
    let y = &fences[1].document.sections[0].body["y"];
    assert_eq!((&text[y.key.range()], &text[y.value.span.range()]), ("y", "\"é\""));
    let place = source.line_col(y.key.start);
    assert_eq!((place.line, place.column), (16, 1));
}

#[test]
fn other_code_is_left_alone() {
    for code in [
        "fn main() {\n    let x = 5;\n}",
        "use std::io;",
        "{\n  \"a\": 1\n}",
        "[1, 2, 3]",
        "[[bin]]\nname = \"x\"",
        "$ cargo run",
        "docker run -p 80:80 x",
        "<html>",
        "- a\n- b",
        "",
        "# only a comment",
        "export A=1",
        "println!(\"x: 1\");",
        "}",
    ] {
        let (_, fences, shown) = read(&format!("## A\n\n```\n{code}\n```\n"));
        assert_eq!((fences, shown), (Vec::new(), Vec::new()), "for {code}");
    }
    let (_, fences, _) = read("    [a]\n    x: 1\n");
    assert_eq!(fences, [], "an indented block is no fence");
}

#[test]
fn a_block_that_turns_into_other_code_is_read_up_to_there() {
    let text = "```rust\n[a]\nx: true\n\nfn main() {\n    y: 1;\n}\n\n[b]\nz: true\n```\n";
    let (_, fences, shown) = read(text);
    assert_eq!(shown, ["5: not TuskLang from line 5; nothing is read from there to the end of the block"]);
    assert_eq!(fences[0].document.sections.len(), 1);
    assert_eq!(fences[0].document.sections[0].body.keys().collect::<Vec<_>>(), ["x"]);

    let (_, fences, shown) = read("```\n[a]\nx: true\nif y {\n  let z = 1\n}\nw: 1\n```\n");
    assert_eq!(shown, ["4: not TuskLang from line 4; nothing is read from there to the end of the block"]);
    assert_eq!(fences[0].document.sections[0].body.keys().collect::<Vec<_>>(), ["x"]);

    let (_, _, shown) = read("```\n[a]\nloop {\n  let z = 1\n}\n```\n");
    assert_eq!(shown, ["3: not TuskLang from line 3; nothing is read from there to the end of the block"]);
}

#[test]
fn a_mistake_in_a_checklist_is_an_error_with_its_place_in_the_document() {
    let source = Source::new("a.md", "text\n\n```\n[a]\nx: \"open\ny: 1\n```\n");
    let (fences, diagnostics) = markdown::fences(&source);
    assert_eq!(diagnostics.len(), 1);
    assert!(diagnostics[0].is_error());
    assert_eq!(source.line_col(diagnostics[0].span.start).line, 5);
    assert_eq!(fences[0].document.sections[0].body["y"].value.as_number(), Some(1.0));
}

#[test]
fn fences_in_lists_and_quotes_keep_their_places() {
    let text = "- one\n\n  ```\n  [a]\n  b:\n    c: 1\n  ```\n\n> quoted\n>\n> ```\n> [d]\n> e:\n>   - f\n> ```\n";
    let (_, fences, shown) = read(text);
    assert_eq!(shown, Vec::<String>::new());
    let c = fences[0].document.sections[0].body["b"].value.as_map().unwrap()["c"].clone();
    assert_eq!((&text[c.key.range()], &text[c.value.span.range()]), ("c", "1"));
    let f = &fences[1].document.sections[0].body["e"].value.as_list().unwrap()[0];
    assert_eq!(&text[f.span.range()], "f");
}

#[test]
fn line_ends_of_windows_and_fences_that_never_end() {
    let text = "## A\r\n\r\n```\r\n[a]\r\nx: \"y\"\r\nz: 1\r\n";
    let (_, fences, shown) = read(text);
    assert_eq!(shown, Vec::<String>::new());
    assert_eq!(fences[0].category.as_ref().unwrap().text, "A");
    assert_eq!(fences[0].document.sections[0].body["x"].value.as_str(), Some("y"));
    assert_eq!(fences[0].document.sections[0].body.len(), 2);
}

#[test]
fn a_slip_in_a_checklist_is_an_error_and_not_the_end_of_its_block() {
    for (slip, expected) in [
        ("clippy \"no_warnings\"", "expected `:`, `=` or `{` after `clippy`"),
        ("debug_enabled false  # off", "expected `:`, `=` or `{` after `debug_enabled`"),
        ("timeout_seconds 30,", "expected `:`, `=` or `{` after `timeout_seconds`"),
        ("coverage -> \">=80%\"", "expected `:`, `=` or `{` after `coverage`"),
        ("test coverage: \">=80%\"", "expected `:`, `=` or `{` after `test`"),
        ("[security checks]", "expected `.` or `]` in this section header"),
        ("[security_checks", "expected `.` or `]` in this section header"),
    ] {
        let source = Source::new("a.md", format!("```\n[a]\nx: true\n{slip}\n```\n"));
        let (fences, diagnostics) = markdown::fences(&source);
        assert_eq!(diagnostics.len(), 1, "{slip}: {diagnostics:?}");
        let problem = &diagnostics[0];
        assert!(problem.is_error() && problem.message == expected, "{slip}: {problem:?}");
        assert_eq!(source.line_col(problem.span.start).line, 4, "{slip}");
        assert!(fences[0].document.sections[0].body.contains_key("x"), "{slip}");
    }
}

#[test]
fn whatever_it_is_a_line_with_a_checklist_behind_it_is_an_error() {
    let source = Source::new("a.md", "```\n[a]\nx: true\nAnd now for the rest\ny: true\n\n[b]\nz: 1\n```\n");
    let (fences, diagnostics) = markdown::fences(&source);
    assert_eq!((diagnostics.len(), diagnostics[0].is_error()), (1, true), "{diagnostics:?}");
    assert_eq!(fences[0].document.sections.len(), 2, "reading goes on behind it");
}

#[test]
fn commands_of_other_languages_are_no_slips() {
    for code in ["echo \"done\"", "import \"fmt\"", "EXPOSE 8080", "return true", "let x = 5;", "<br>"] {
        let (_, fences, shown) = read(&format!("```\n[a]\nx: true\n{code}\n```\n"));
        assert_eq!(
            shown,
            ["4: not TuskLang from line 4; nothing is read from there to the end of the block"],
            "{code}"
        );
        assert_eq!(fences.len(), 1, "{code}");
    }
}

#[test]
fn a_block_whose_first_line_is_a_section_gone_wrong_is_told() {
    let (_, fences, shown) = read("```\n[security checks]\nclippy: true\n```\n");
    assert_eq!(shown, ["2: expected `.` or `]` in this section header"]);
    assert_eq!(fences.len(), 1);
    let (_, fences, shown) = read("```\n[remote \"origin\"]\nurl = x\n```\n");
    assert_eq!((fences.len(), shown.len()), (0, 0), "the settings of something else");
}
