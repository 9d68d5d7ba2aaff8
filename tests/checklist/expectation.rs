//! Every value form of a checklist, and every form that must be refused.

use proptest::prelude::*;
use tusk_check::checklist::{Cadence, Expectation, Range, Secret, SecretWay};
use tusk_check::quantity::{Bound, Comparison, Quantity};
use tusk_check::source::Span;
use tusk_check::value::{Expr, ExprKind, Kind, Value};

fn value(kind: Kind) -> Value {
    Value::new(kind, Span::default())
}

fn text(text: &str) -> Value {
    value(Kind::Str(text.into()))
}

fn of(key: &str, kind: Kind) -> Expectation {
    Expectation::of_value(key, &value(kind)).expect("an expectation")
}

fn of_text(text: &str) -> Expectation {
    of("key", Kind::Str(text.into()))
}

#[test]
fn each_value_form_has_its_type() {
    assert_eq!(of("key", Kind::Bool(false)), Expectation::Flag(false));
    assert_eq!(of("initial_traffic", Kind::Int(10)), Expectation::Quantity(Quantity::count(10.0)));
    assert_eq!(of_text("30_days"), Expectation::Quantity(Quantity::seconds(2_592_000.0)));
    assert_eq!(of_text("within_24_hours"), Expectation::Quantity(Quantity::seconds(86_400.0)));
    assert_eq!(of_text("1gb"), Expectation::Quantity(Quantity::bytes(1e9)));
    assert_eq!(of_text("10%"), Expectation::Quantity(Quantity::ratio(0.1)));
    assert_eq!(of_text("1000 req/min"), Expectation::Quantity(Quantity::per_second(1000.0 / 60.0)));
    assert_eq!(of_text("quarterly"), Expectation::Cadence(Cadence::Quarterly));
    assert_eq!(of_text("regular"), Expectation::Cadence(Cadence::Quarterly));
    assert_eq!(of_text("tls_1_3"), Expectation::Word("tls_1_3".into()));
    assert_eq!(of_text("verify-full"), Expectation::Word("verify-full".into()));
    let bound = |signal: Option<&str>, comparison, amount| {
        Expectation::Bound(Bound { signal: signal.map(str::to_owned), comparison, amount })
    };
    assert_eq!(of_text(">=80%"), bound(None, Comparison::AtLeast, Quantity::ratio(0.8)));
    assert_eq!(of_text("alert > 80%"), bound(Some("alert"), Comparison::More, Quantity::ratio(0.8)));
    assert_eq!(of_text("5%_error_rate"), bound(Some("error_rate"), Comparison::AtMost, Quantity::ratio(0.05)));
    let probe = Expr { raw: "@file(\"CHANGELOG.md\")".into(), kind: ExprKind::Op("file".into()) };
    assert_eq!(of("changelog", Kind::Expr(probe.into())), Expectation::Probe("@file(\"CHANGELOG.md\")".into()));
}

#[test]
fn a_key_that_names_its_unit_gives_it_to_a_bare_number() {
    assert_eq!(of("timeout_seconds", Kind::Int(30)), Expectation::Quantity(Quantity::seconds(30.0)));
    assert_eq!(of("cpu_percent", Kind::Int(80)), Expectation::Quantity(Quantity::ratio(0.8)));
    assert_eq!(of("timeout_seconds", Kind::Str("2 min".into())), Expectation::Quantity(Quantity::seconds(120.0)));
    assert_eq!(of("connection_pool_size", Kind::Int(100)), Expectation::Quantity(Quantity::count(100.0)));
}

#[test]
fn ranges_name_their_field() {
    let range = |field: &str, low, high| Expectation::Range(Range { field: field.into(), low, high });
    let entry = |written: &str| Expectation::of_entry(&text(written));
    assert_eq!(entry("port: 1-65535"), Ok(range("port", 1, 65535)));
    assert_eq!(of("port", Kind::Range(1, 65535)), range("port", 1, 65535));
    assert_eq!(of("port", Kind::Str("1-65535".into())), range("port", 1, 65535));
    assert!(entry("port: 9-1").expect_err("empty").contains("low end is above its high end"));
    assert!(entry("port: 1-99999999999999999999").expect_err("large").contains("too large"));
}

#[test]
fn entries_are_words_unless_they_say_otherwise() {
    for word in ["service_down", "10.0.0.0/8", "2fa", "daily"] {
        assert_eq!(Expectation::of_entry(&text(word)), Ok(Expectation::Entry(word.into())), "{word}");
    }
    assert!(matches!(Expectation::of_entry(&text("error_rate < 1%")), Ok(Expectation::Bound(_))));
    assert!(Expectation::of_entry(&text("error_rate < 1%%")).is_err());
    assert!(Expectation::of_entry(&text(" ")).is_err());
    assert!(Expectation::of_entry(&value(Kind::Null)).is_err());
}

#[test]
fn quoted_operators_say_how_a_secret_arrives() {
    let secret = |way, name: &str| Expectation::Secret(Secret { way, name: name.into() });
    assert_eq!(of_text("@env.secure('DB_PASSWORD')"), secret(SecretWay::Environment, "DB_PASSWORD"));
    assert_eq!(of_text("@file.secure(\"certs/\")"), secret(SecretWay::File, "certs/"));
    for broken in ["@env.secure(DB)", "@env.secure('')", "@env.secret('X')", "@env.secure('X'", "@"] {
        let why = Expectation::of_value("key", &text(broken)).expect_err(broken);
        assert!(why.contains("expected `@env.secure('NAME')`"), "{broken}: {why}");
    }
}

#[test]
fn a_broken_quantity_is_never_a_word() {
    for (broken, part) in [
        (">=80%%", "not understood"),
        ("80%%", "not understood"),
        ("<100mss", "the nearest is `ms`"),
        ("30_dayz", "the nearest is `day"),
        ("=< 5", "is no"),
        ("> fast", "is no"),
        ("80,5%", "not understood"),
        ("within_24_moons", "no unit that I know"),
        ("3 tiers", "no unit that I know"),
    ] {
        let why = Expectation::of_value("key", &text(broken)).expect_err(broken);
        assert!(why.contains(part), "{broken}: {why}");
    }
}

#[test]
fn nothing_and_expressions_are_refused() {
    for kind in [Kind::Null, Kind::Str(String::new()), Kind::Float(f64::NAN)] {
        assert!(Expectation::of_value("key", &value(kind.clone())).is_err(), "{kind:?}");
    }
    let reference = Expr { raw: "$x".into(), kind: ExprKind::Ref };
    assert!(
        Expectation::of_value("key", &value(Kind::Expr(reference.into())))
            .expect_err("ref")
            .contains("never evaluated")
    );
}

proptest! {
    #[test]
    fn no_text_panics(key in "\\PC{0,8}", written in "\\PC{0,24}") {
        let _ = Expectation::of_value(&key, &text(&written));
        let _ = Expectation::of_entry(&text(&written));
    }
}
