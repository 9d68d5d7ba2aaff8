//! Values into typed structs.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tusk_check::source::Span;
use tusk_check::tusk::{self, de, de::Spanned};
use tusk_check::value::{Map, Value};

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct Rule {
    asks: Spanned<String>,
    #[serde(default)]
    class: Class,
    effort: Option<String>,
    #[serde(default)]
    values: IndexMap<Spanned<String>, Value>,
    #[serde(default)]
    proof: Vec<Value>,
    share: Option<Share>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Class {
    #[default]
    Tree,
    AfterRelease,
    Custom(u8),
    Sized {
        low: i64,
    },
}

#[derive(Debug, Deserialize, PartialEq)]
struct Share(f64);

fn read<T: DeserializeOwned>(text: &str) -> Result<T, tusk_check::diagnostic::Diagnostic> {
    let (document, diagnostics) = tusk::parse_text(text);
    assert_eq!(diagnostics, [], "for {text}");
    de::from_map(&document.root, Span::new(0, text.len()))
}

#[test]
fn everything_that_rules_need_is_read() {
    let text = "asks: \"why?\"\nclass: after-release\neffort: null\nshare: 1.5\nproof:\n  - @x(\"a\"){gate}\n  - [1, {a: 8-9}]\nvalues:\n  clean: \"none\"\n  strict:\n    proof: [$x, true]\n";
    let rule: Rule = read(text).unwrap();
    let (document, _) = tusk::parse_text(text);
    assert_eq!(rule.asks.get(), "why?");
    assert_eq!(&text[rule.asks.span().range()], "\"why?\"");
    assert_eq!((rule.class, rule.effort, rule.share), (Class::AfterRelease, None, Some(Share(1.5))));
    assert_eq!(Some(rule.proof.as_slice()), document.root["proof"].value.as_list(), "values come as they stand");
    let (key, meaning) = rule.values.get_index(1).unwrap();
    assert_eq!((key.get().as_str(), &text[key.span().range()]), ("strict", "strict"));
    assert_eq!(Some(meaning), document.root["values"].value.get("strict"));
}

#[test]
fn variants_may_hold_something() {
    let class = |text: &str| read::<IndexMap<String, Class>>(text).map(|map| map.into_values().next().unwrap());
    assert_eq!(class("c: {custom: 7}").unwrap(), Class::Custom(7));
    assert_eq!(class("c:\n  sized:\n    low: 1").unwrap(), Class::Sized { low: 1 });
}

/// A text, the text that its error must stand on, and the message.
const ERRORS: &[(&str, &str, &str)] = &[
    ("asks: 5", "5", "expected a string, found the number 5"),
    ("asks: @x()", "@x()", "expected a string, found an expression"),
    ("asks: [a]", "[a]", "expected a string, found a list"),
    ("asks: 1-2", "1-2", "expected a string, found a range"),
    ("class: tree", "class: tree", "key `asks` is missing"),
    (
        "asks: a\neffrot: b",
        "effrot",
        "unknown key `effrot`; expected one of `asks`, `class`, `effort`, `values`, `proof`, `share`",
    ),
    (
        "asks: a\nclass: treee",
        "treee",
        "unknown word `treee`; expected one of `tree`, `after-release`, `custom`, `sized`",
    ),
    (
        "asks: a\nclass: {custom: 999}",
        "999",
        "expected a whole number that is not negative and fits, found the number 999",
    ),
    ("asks: a\nclass: {custom: 1, sized: 2}", "{custom: 1, sized: 2}", "expected one key, which says what this is"),
    ("asks: a\nclass: [x]", "[x]", "expected a word, found a list"),
    ("asks: a\nproof: x", "x", "expected a list, found the text `x`"),
    ("asks: a\nshare: x", "x", "expected a number, found the text `x`"),
    ("asks: a\nvalues: 1", "1", "expected a block of keys, found the number 1"),
];

#[test]
fn errors_have_places() {
    for (text, place, message) in ERRORS {
        let error = read::<Rule>(text).expect_err(text);
        assert_eq!((&text[error.span.range()], error.message.as_str()), (*place, *message), "for {text}");
    }
}

#[test]
fn a_misspelt_word_is_answered_with_the_nearest() {
    assert_eq!(read::<Rule>("asks: a\neffrot: b").unwrap_err().help.as_deref(), Some("did you mean `effort`?"));
    assert_eq!(read::<Rule>("asks: a\nclass: treee").unwrap_err().help.as_deref(), Some("did you mean `tree`?"));
    assert_eq!(read::<Rule>("asks: a\ncompletely_else: b").unwrap_err().help, None);
}

#[test]
fn a_captured_value_equals_the_original() {
    let text = "a: [null, true, -5, 1.5, \"t\", 8-9, $x, @o.p(1), f(2), 1 == 1 ? 2 : 3, \"a\" + \"b\", $a || $b, {k: {l: []}}]\nb:\n  c: d\n";
    let (document, diagnostics) = tusk::parse_text(text);
    assert_eq!(diagnostics, []);
    let captured: IndexMap<Spanned<String>, Value> = de::from_map(&document.root, Span::default()).unwrap();
    let again: Map = captured
        .into_iter()
        .map(|(key, value)| (key.get().clone(), tusk_check::value::Field { key: key.span(), value }))
        .collect();
    assert_eq!(again, document.root);
}

#[test]
fn other_formats_do_not_pretend_to_have_places() {
    assert!(serde_json::from_str::<Spanned<String>>("\"a\"").is_err());
    assert!(serde_json::from_str::<Value>("[1, 2]").is_err());
}
