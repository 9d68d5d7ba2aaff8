//! What holds for every text and every value, tried on texts and values that a machine makes up.

use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;
use tusk_check::convert;
use tusk_check::diagnostic::Diagnostic;
use tusk_check::source::{Source, Span};
use tusk_check::tusk::{self, Document, write};
use tusk_check::value::{Field, Kind, Map, Value};

/// Parts of lines that the language knows, and some that it does not.
const PARTS: &[&str] = &[
    "[a]",
    "[a.b]",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    "key",
    "key:",
    "key =",
    "a.b:",
    "\"quoted\":",
    "$x:",
    "- ",
    "-",
    ": ",
    " = ",
    ",",
    ";",
    "true",
    "null",
    "1",
    "-2.5",
    "0x1f",
    "8000-9000",
    "\"text\"",
    "'raw'",
    "\"open",
    "word",
    "two words",
    "@env(\"X\", 1)",
    "@f(",
    "$z.y",
    "a ? b : c",
    " + ",
    " || ",
    "\\",
    "\"\"\"",
    "<<END",
    "END",
    "|",
    "# note",
    "#web /x {",
    "// note",
    "é",
    "\t",
];

/// A text of lines that are made of such parts.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let line = (0_usize..4, vec(proptest::sample::select(PARTS), 0..longest / 2));
    let line = line.prop_map(|(indent, parts)| format!("{:1$}{2}", "", indent * 2, parts.concat()));
    vec(line, 0..longest).prop_map(|lines| lines.join("\n"))
}

/// The lines, from 1, on which something begins or ends.
fn lines(source: &Source, document: &Document, problems: &[Diagnostic]) -> BTreeSet<u32> {
    let mut spans: Vec<(Span, bool)> = problems.iter().map(|problem| (problem.span, true)).collect();
    of_map(&document.root, &mut spans);
    for section in &document.sections {
        spans.push((section.span, true));
        of_map(&section.body, &mut spans);
    }
    let mut lines = BTreeSet::new();
    for (span, whole) in spans {
        let (first, last) = (source.line_col(span.start).line, source.line_col(span.end).line);
        // A block holds its lines only by what stands on them; its own are the first and the last.
        lines.extend(if whole { (first..=last).collect() } else { vec![first, last] });
    }
    lines
}

fn of_map(map: &Map, spans: &mut Vec<(Span, bool)>) {
    for field in map.values() {
        spans.push((field.key, true));
        of_value(&field.value, spans);
    }
}

fn of_value(value: &Value, spans: &mut Vec<(Span, bool)>) {
    match &value.kind {
        Kind::Map(map) => of_map(map, spans),
        Kind::List(list) => list.iter().for_each(|item| of_value(item, spans)),
        _ => {}
    }
    spans.push((value.span, !matches!(value.kind, Kind::Map(_) | Kind::List(_))));
}

/// Whether a line must leave a trace: not if it is blank, or a comment where it stands.
fn says_something(line: &str) -> bool {
    let line = line.trim_matches([' ', '\t', ';', ',']);
    !line.is_empty() && !line.starts_with("//") && !line.starts_with('#')
}

/// A value that text can hold.
fn value() -> impl Strategy<Value = Value> {
    let expressions =
        proptest::sample::select(&["@env(\"X\")", "$x.y", "f(1, 2)", "$a || $b", "@q(\n  1,\n2\n)", "$x ||\n$y"][..]);
    let leaf = prop_oneof![
        Just(Kind::Null),
        any::<bool>().prop_map(Kind::Bool),
        any::<i64>().prop_map(Kind::Int),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Kind::Float),
        (0_i64..100, 100_i64..200).prop_map(|(low, high)| Kind::Range(low, high)),
        "[ -~é\n\t\"\\\\]{0,12}".prop_map(Kind::Str),
        expressions.prop_map(|raw| {
            let (document, _) = tusk::parse_text(&format!("x: {raw}\n"));
            document.root["x"].value.kind.clone()
        }),
    ];
    let leaf = leaf.prop_map(|kind| Value::new(kind, Span::default()));
    leaf.prop_recursive(5, 60, 6, |inner| {
        let list = vec(inner.clone(), 0..6).prop_map(Kind::List);
        prop_oneof![list, map_of(inner).prop_map(Kind::Map)].prop_map(|kind| Value::new(kind, Span::default()))
    })
}

fn map_of(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Map> {
    let key = prop_oneof!["[a-z_][a-z0-9_-]{0,6}", "[ -~é]{0,8}"];
    let key =
        key.prop_filter("kept by the reader for itself", |key| !["$directives", "$statements"].contains(&key.as_str()));
    let field = |value| Field { key: Span::default(), value };
    vec((key, values), 0..6).prop_map(move |pairs| pairs.into_iter().map(|(key, value)| (key, field(value))).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn no_line_is_lost(text in text(12)) {
        let source = Source::new("a.tsk", text.as_str());
        let (document, problems) = tusk::parse(&source);
        // What stands under a key for the second time is named by the key alone.
        let is_dropped = |text: &str| text.contains("stands twice") || text.contains("holds a value already");
        prop_assume!(problems.iter().all(|problem| !is_dropped(&problem.message)));
        let seen = lines(&source, &document, &problems);
        for (number, line) in (1..).zip(text.lines()) {
            let lost = says_something(line) && !seen.contains(&number);
            prop_assert!(!lost, "line {number} of\n{text}\n{document:#?}\n{problems:#?}");
        }
    }

    #[test]
    fn any_bytes_read_without_a_panic(text in "\\PC{0,200}|[\\x00-\\x7f]{0,200}") {
        let (document, problems) = tusk::parse_text(&text);
        for span in problems.iter().map(|problem| problem.span) {
            prop_assert!(text.get(span.range()).is_some(), "{span:?} of {text:?}");
        }
        let _ = write::document(&document);
    }

    #[test]
    fn what_is_written_reads_back(map in map_of(value())) {
        let written = write::map(&map);
        let (document, problems) = tusk::parse_text(&written);
        prop_assert!(problems.is_empty(), "{written}\n{problems:#?}");
        let (read, problems) = document.into_merged();
        prop_assert!(problems.is_empty(), "{written}\n{problems:#?}");
        prop_assert_eq!(convert::json(&read), convert::json(&map), "{}", written);
    }

    #[test]
    fn a_text_without_faults_is_written_as_it_was_meant(text in text(6)) {
        let (document, problems) = tusk::parse_text(&text);
        if !problems.is_empty() {
            return Ok(());
        }
        let written = write::document(&document);
        let (again, problems) = tusk::parse_text(&written);
        prop_assert!(problems.is_empty(), "{text}\n--\n{written}\n{problems:#?}");
        prop_assert_eq!(convert::json(&again.merged().0), convert::json(&document.merged().0), "{}\n--\n{}", text, written);
    }
}

#[test]
fn a_block_of_one_statement_in_a_list_stays_a_block() {
    let (document, _) = tusk::parse_text("key:\n- \n  $z.y\n");
    let written = write::document(&document);
    let (again, problems) = tusk::parse_text(&written);
    assert!(problems.is_empty(), "{written}");
    assert_eq!(convert::json(&again.merged().0), convert::json(&document.merged().0), "{written}");
}

#[test]
fn separators_without_a_statement_between_end_a_value_once() {
    for text in [
        "b: ??????????aw`:\0\t\t;\t;\t\t",
        "b: $a;\t;\nc: 1\n",
        "b: ? a`:\t;\t;\t\u{9}c: 1\n",
        "b: x ;;; c: 1\n",
        "a { b: $a; ; c: 1 }\n",
    ] {
        let (document, problems) = tusk::parse_text(text);
        assert!(problems.is_empty(), "{text}: {problems:?}");
        let (again, problems) = tusk::parse_text(&tusk::write::document(&document));
        assert!(problems.is_empty(), "{text}: {problems:?}");
        assert_eq!(convert::json(&again.merged().0), convert::json(&document.merged().0), "{text}");
    }
}
