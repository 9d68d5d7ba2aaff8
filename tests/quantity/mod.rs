//! Tests of `src/quantity`.

use proptest::prelude::*;
use std::cmp::Ordering;
use tusk_check::quantity::{Bound, Comparison, Dimension, Quantity, looks_like_quantity};

fn parsed(text: &str) -> Quantity {
    Quantity::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"))
}

#[test]
fn amounts_are_read_into_base_units() {
    use Dimension::{Count, Data, Rate, Ratio, Time};
    for (text, amount, dimension) in [
        ("80%", 0.8, Ratio),
        ("99.9 %", 0.999, Ratio),
        ("0.5 percent", 0.005, Ratio),
        ("30s", 30.0, Time),
        ("100ms", 0.1, Time),
        ("5m", 300.0, Time),
        ("15_minutes", 900.0, Time),
        ("24h", 86_400.0, Time),
        ("1_hour", 3600.0, Time),
        ("4_hours", 14_400.0, Time),
        ("within_24_hours", 86_400.0, Time),
        ("Within 2 days", 172_800.0, Time),
        ("30_days", 2_592_000.0, Time),
        ("30-day", 2_592_000.0, Time),
        ("7_years", 220_752_000.0, Time),
        ("2 weeks", 1_209_600.0, Time),
        ("3 h 10 min", 11_400.0, Time),
        ("1h30m", 5400.0, Time),
        ("1gb", 1e9, Data),
        ("512MB", 512e6, Data),
        ("512Mi", 536_870_912.0, Data),
        ("1 GiB", 1_073_741_824.0, Data),
        ("64kB", 64e3, Data),
        ("1000 req/s", 1000.0, Rate),
        ("1000 req/min", 1000.0 / 60.0, Rate),
        ("1000 req/min per client", 1000.0 / 60.0, Rate),
        ("60 requests per minute", 1.0, Rate),
        ("100/s", 100.0, Rate),
        ("5r/s", 5.0, Rate),
        ("200rps", 200.0, Rate),
        ("10", 10.0, Count),
        ("1_000", 1000.0, Count),
        ("0.8", 0.8, Count),
    ] {
        let quantity = parsed(text);
        assert_eq!(quantity.dimension, dimension, "{text}");
        assert!((quantity.amount - amount).abs() <= 1e-9 * amount, "{text}: {}", quantity.amount);
    }
}

#[test]
fn what_is_not_understood_is_an_error_that_says_what() {
    for (text, part) in [
        ("80%%", "`%` after `80 %` is not understood"),
        ("100mss", "`mss` is no unit that I know; the nearest is `ms`"),
        ("30 dyas", "the nearest is `day"),
        ("80,5%", "`,5%` after `80` is not understood"),
        ("1.2.3", "two points"),
        ("5M", "`M` is no unit that I know"),
        ("10 MB/s", "`/s` after `10 MB` is not understood"),
        ("", "is no number"),
        ("many", "`many` is no number"),
        ("-5s", "is no number"),
        ("5 req/s per moon", "not understood"),
    ] {
        let why = Quantity::parse(text).expect_err(text);
        assert!(why.contains(part), "{text}: {why}");
    }
    assert!(Quantity::parse(&"9".repeat(400)).expect_err("inf").contains("too large"));
}

#[test]
fn amounts_are_shown_as_people_write_them() {
    for (text, shown) in [
        ("80%", "80 %"),
        ("99.95%", "99.95 %"),
        ("512MB", "512 MB"),
        ("512Mi", "512 MiB"),
        ("1500 MB", "1500 MB"),
        ("1000 req/min", "16.67 req/s"),
        ("30_days", "30 days"),
        ("1 day", "1 day"),
        ("300s", "5 min"),
        ("90s", "90 s"),
        ("3h10m", "190 min"),
        ("100ms", "100 ms"),
        ("7_years", "7 years"),
        ("12", "12"),
        ("0.0004", "0.0004"),
    ] {
        assert_eq!(parsed(text).to_string(), shown, "{text}");
    }
}

#[test]
fn units_are_converted_before_comparing() {
    for (left, right, order) in [
        ("80%", "0.8", Ordering::Equal),
        ("80%", "80", Ordering::Equal),
        ("100%", "1", Ordering::Equal),
        ("1%", "1", Ordering::Less),
        ("512MB", "512MiB", Ordering::Less),
        ("1000 req/min", "1000 req/s", Ordering::Less),
        ("60 req/min", "1 req/s", Ordering::Equal),
        ("30_days", "1 month", Ordering::Equal),
        ("0.1s", "100ms", Ordering::Equal),
    ] {
        assert_eq!(parsed(left).compare(parsed(right)), Ok(order), "{left} to {right}");
    }
}

#[test]
fn different_dimensions_are_an_error_and_not_false() {
    for (left, right) in [("100ms", "80%"), ("30", "30s"), ("1gb", "1"), ("10 req/s", "10")] {
        assert!(parsed(left).compare(parsed(right)).is_err(), "{left} to {right}");
    }
    let why = parsed("100ms").compare(parsed("80%")).expect_err("mismatch").to_string();
    assert_eq!(why, "a time (`100 ms`) and a share (`80 %`) do not compare");
    assert!(Quantity::seconds(f64::NAN).compare(Quantity::seconds(1.0)).is_err());
}

#[test]
fn calendar_spans_are_the_same_within_one_percent() {
    assert_eq!(parsed("7_years").same(parsed("2557 days")), Ok(true));
    assert_eq!(parsed("30 days").same(parsed("31 days")), Ok(false));
    assert_eq!(parsed("100 s").same(parsed("100.5 s")), Ok(false));
}

#[test]
fn a_bare_number_can_be_counted_in_a_unit() {
    assert_eq!(Quantity::count(30.0).counted_in("s"), Ok(Quantity::seconds(30.0)));
    assert_eq!(Quantity::count(10.0).counted_in("%"), Ok(Quantity::ratio(0.1)));
    assert_eq!(Quantity::seconds(3.0).counted_in("min"), Ok(Quantity::seconds(3.0)));
    assert!(Quantity::count(1.0).counted_in("furlong").is_err());
}

fn bound(text: &str) -> Bound {
    Bound::parse(text).unwrap_or_else(|| panic!("{text}: no bound")).unwrap_or_else(|why| panic!("{text}: {why}"))
}

#[test]
fn bounds_have_an_operator_an_amount_and_perhaps_a_signal() {
    use Comparison::{AtLeast, AtMost, Less, More};
    for (text, signal, comparison, amount) in [
        (">=80%", None, AtLeast, "80%"),
        ("≥ 80 %", None, AtLeast, "80%"),
        ("<100ms", None, Less, "100ms"),
        (">1000 req/s", None, More, "1000 req/s"),
        ("<512MB", None, Less, "512MB"),
        ("alert > 80%", Some("alert"), More, "80%"),
        ("error_rate < 1%", Some("error_rate"), Less, "1%"),
        ("5%_error_rate", Some("error_rate"), AtMost, "5%"),
        ("<= 5m", None, AtMost, "5m"),
    ] {
        let expected = Bound { signal: signal.map(str::to_owned), comparison, amount: parsed(amount) };
        assert_eq!(bound(text), expected, "{text}");
    }
    assert_eq!(bound("alert > 80%").to_string(), "alert > 80 %");
}

#[test]
fn a_broken_bound_is_an_error_and_a_word_is_none() {
    for text in [">=80%%", "<fast", "80% < x", ">", "x < y", "1 < x < 5", "<<5"] {
        assert!(matches!(Bound::parse(text), Some(Err(_))), "{text}");
    }
    for text in ["require", "a -> b", "a => b", "key=value", "30_days", "7_years_minimum", "10.0.0.0/8"] {
        assert!(Bound::parse(text).is_none(), "{text}");
    }
}

#[test]
fn a_bound_holds_on_its_own_side_only() {
    assert_eq!(bound(">=80%").holds(parsed("0.8")), Ok(true));
    assert_eq!(bound(">80%").holds(parsed("80")), Ok(false));
    assert_eq!(bound("<100ms").holds(parsed("0.0999 s")), Ok(true));
    assert!(bound("<100ms").holds(parsed("80%")).is_err());
}

#[test]
fn addresses_dates_and_versions_are_words() {
    for text in ["10.0.0.0/8", "2026-01-01", "1.2.3", "1-65535", "12:30", "word", "tls_1_3", "aes_256"] {
        assert!(!looks_like_quantity(text), "{text}");
    }
    for text in ["80%%", "3 tiers", "2fa", "80,5%", "eighty%", "within 3 moons", "-5s", ".5%"] {
        assert!(looks_like_quantity(text), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,24}") {
        let _ = Quantity::parse(&text);
        let _ = Bound::parse(&text);
        let _ = looks_like_quantity(&text);
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same_amount(amount in 0u32..10_000_000, unit in 0usize..5) {
        let unit = ["ms", "s", "MB", "KiB", ""][unit];
        let quantity = parsed(&format!("{amount}{unit}"));
        let shown = quantity.to_string();
        let again = Quantity::parse(&shown).map_err(TestCaseError::fail)?;
        prop_assert!((quantity.amount - again.amount).abs() <= 0.01 * quantity.amount, "{} {}", amount, shown);
        prop_assert_eq!(quantity.dimension, again.dimension);
    }
}

#[test]
fn what_never_ends_is_no_number_of_years() {
    assert_eq!(tusk_check::quantity::Quantity::seconds(f64::MAX).to_string(), "without end");
    assert_eq!(tusk_check::quantity::Quantity::seconds(7.0 * 31_536_000.0).to_string(), "7 years");
}
