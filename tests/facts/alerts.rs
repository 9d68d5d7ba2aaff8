//! Alert rules: what their expressions are about.

use tusk_check::facts::alerts::{promql, signals};

#[test]
fn every_signal_passes_its_own_examples() {
    let failed = signals::fail_own_examples().expect("the signals load");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(signals::names().count() > 4);
}

#[test]
fn hostile_expressions_are_refused() {
    assert_eq!(promql::parse(&"(".repeat(10_000)), None);
    assert_eq!(promql::parse(&"-".repeat(10_000)), None);
    assert_eq!(promql::parse(&"1+".repeat(9_000)), None);
    assert_eq!(promql::parse("up == "), None);
    assert_eq!(promql::parse("up{job=\"web"), None);
}
