//! What the classes of a pattern mean.

use tusk_check::pattern::{compile, compile_lines};

fn found(pattern: &str, text: &str) -> Option<String> {
    compile(pattern).unwrap().find(text).map(|found| found.as_str().to_owned())
}

#[test]
fn words_and_digits_are_ascii() {
    assert_eq!(found(r"\w+", "été").as_deref(), Some("t"));
    assert_eq!(found(r"[\w-]+", "–a-b_9é").as_deref(), Some("a-b_9"));
    assert_eq!(found(r"[^\W\d]+", "1é9ab2").as_deref(), Some("ab"));
    assert_eq!(found(r"\D\d{2}", "٣a42").as_deref(), Some("a42"));
    assert_eq!(found(r"\bab\b", "éab é").as_deref(), Some("ab"));
}

#[test]
fn spaces_are_those_that_people_write() {
    assert_eq!(found(r"4\sh", "4\u{a0}h").as_deref(), Some("4\u{a0}h"));
}

#[test]
fn a_bracket_that_stands_first_belongs_to_its_class() {
    assert_eq!(found(r"[]\w]+", "é]a").as_deref(), Some("]a"));
    assert_eq!(found(r"[^]\w]+\w", "]ab…–c").as_deref(), Some("…–c"));
    assert_eq!(found(r"\[\w\]", "[é][a]").as_deref(), Some("[a]"));
}

#[test]
fn any_letter_may_be_written_as_a_class() {
    assert_eq!(found(r"(?i)a[\s\S]b", "A\nB").as_deref(), Some("A\nB"));
}

#[test]
fn ends_of_lines_are_asked_for() {
    assert!(compile_lines("^b$").unwrap().is_match("a\nb\nc"));
    assert!(!compile("^b$").unwrap().is_match("a\nb\nc"));
}

#[test]
fn a_broken_pattern_is_an_error() {
    assert!(compile("(").is_err());
    assert!(compile("a\\").is_err());
}
