//! The pattern language of commands.

use tusk_check::facts::ci::pattern::{Pattern, glob};

#[track_caller]
fn check(pattern: &str, matching: &[&str], not: &[&str]) {
    let read = Pattern::new(pattern);
    let words = |command: &str| command.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for command in matching {
        assert!(read.matches(&words(command)), "{pattern} should match {command}");
    }
    for command in not {
        assert!(!read.matches(&words(command)), "{pattern} should not match {command}");
    }
}

#[test]
fn words_stand_in_order_with_options_between() {
    check(
        "cargo test",
        &["cargo test", "cargo --locked test -p x", "cargo --config a.b=c test", "cargo --color always test"],
        &["cargo build test", "cargo", "xcargo test", "cargo run -p x test", "sh cargo test"],
    );
    check(
        "cargo deny … check",
        &["cargo deny check", "cargo deny --all-features check x", "cargo deny a check"],
        &["cargo deny"],
    );
    check("go test ./...", &["go test ./..."], &["go test ./x"]);
}

#[test]
fn options_stand_anywhere() {
    check(
        "cargo fmt --check",
        &["cargo fmt --check", "cargo fmt --all -- --check"],
        &["cargo fmt", "cargo fmt --check-only"],
    );
    check(
        "trivy {fs|repo} --exit-code 1",
        &["trivy fs --exit-code 1 .", "trivy --exit-code=1 repo ."],
        &["trivy fs .", "trivy fs --exit-code 0", "trivy image --exit-code 1"],
    );
    check("curl {-f|--fail}", &["curl -fsSL x", "curl --fail x"], &["curl -sSL x", "curl x/f"]);
    check(
        "-D warnings",
        &["cargo clippy -- -D warnings", "cargo clippy -- -Dwarnings"],
        &["cargo clippy -- -W warnings", "cargo clippy -- -D clippy::all"],
    );
    check("-Dwarnings", &["cargo clippy -- -Dwarnings"], &["cargo clippy"]);
}

#[test]
fn exclusions_exclude() {
    check("cargo bench !--no-run", &["cargo bench"], &["cargo bench --no-run"]);
    check(
        "cargo deny … check !licenses !bans",
        &["cargo deny check", "cargo deny check --show-stats"],
        &["cargo deny check licenses"],
    );
    check(
        "gitleaks detect !--exit-code=0",
        &["gitleaks detect", "gitleaks detect --exit-code 1"],
        &["gitleaks detect --exit-code=0", "gitleaks detect --exit-code 0"],
    );
}

#[test]
fn stars_stand_for_any_characters() {
    check("mvn *dependency-check*:check", &["mvn org.owasp:dependency-check-maven:12.1:check"], &["mvn check"]);
    assert!(glob("a*b*c", "aXbYc") && glob("*", "") && glob("a*", "a") && !glob("a*a", "a") && !glob("ab", "abc"));
}
