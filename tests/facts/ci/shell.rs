//! What a script runs, and whether a failure of it fails the script.

use tusk_check::facts::ci::shell::{Run, Settings, Variables, run};

const GITHUB: Settings = Settings { errexit: true, pipefail: false };
const PIPEFAIL: Settings = Settings { errexit: true, pipefail: true };
const PLAIN: Settings = Settings { errexit: false, pipefail: false };

fn runs(script: &str, settings: Settings) -> Vec<Run> {
    run(script, settings, Variables::new([("CI", "true"), ("GITHUB_ACTIONS", "true")], None))
}

/// Lines of what runs, builtins left out: `+` can fail the script, `-` cannot.
#[track_caller]
fn check(script: &str, settings: Settings, expected: &str) {
    let found: Vec<String> = runs(script, settings)
        .iter()
        .filter(|run| !["echo", "exit", "[", "[[", "((", "true", ":", "trap"].contains(&run.words[0].as_str()))
        .map(|run| format!("{} {}", if run.excuse.is_none() { '+' } else { '-' }, run.words.join(" ")))
        .collect();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(found, expected, "{script}");
}

#[test]
fn every_line_counts_under_errexit_and_only_the_last_without() {
    check("cargo test\ncargo clippy", GITHUB, "+ cargo test\n+ cargo clippy");
    check("cargo test\ncargo clippy", PLAIN, "- cargo test\n+ cargo clippy");
    check("set -e\ncargo test\ncargo clippy", PLAIN, "+ cargo test\n+ cargo clippy");
    check("set -euo pipefail\ncargo test | tee log\ntrue", PLAIN, "+ cargo test\n+ tee log");
    check("set +e\ncargo test\necho done", GITHUB, "- cargo test");
    check("cargo test | tee log\nexit ${PIPESTATUS[0]}", PLAIN, "+ cargo test\n- tee log");
    check("cargo test | tee log\necho ${PIPESTATUS[0]}", PLAIN, "- cargo test\n- tee log");
    check("cargo test | tee log | cargo fmt\nexit $?", PLAIN, "- cargo test\n- tee log\n+ cargo fmt");
    check("cargo test; exit 0", PLAIN, "- cargo test");
}

#[test]
fn excuses_are_seen() {
    check("cargo audit || true", GITHUB, "- cargo audit");
    check("cargo audit || :", GITHUB, "- cargo audit");
    check("cargo audit; true", PLAIN, "- cargo audit");
    check("cargo audit | tee audit.log", GITHUB, "- cargo audit\n+ tee audit.log");
    check("{ cargo audit; cargo deny check; } | tee log", GITHUB, "- cargo audit\n- cargo deny check\n+ tee log");
    check("cargo audit | tee audit.log", PIPEFAIL, "+ cargo audit\n+ tee audit.log");
    check("cargo audit || echo 'found some'", GITHUB, "- cargo audit");
    check("cargo audit &", GITHUB, "- cargo audit");
    check("echo $(cargo audit)", GITHUB, "- cargo audit");
    check("! cargo audit", GITHUB, "- cargo audit");
    check("if cargo audit; then echo fine; fi", GITHUB, "- cargo audit");
    check("trap 'exit 0' EXIT\ncargo audit", GITHUB, "- cargo audit");
    check("(set +e; cargo audit; echo)\ncargo test", GITHUB, "- cargo audit\n+ cargo test");
}

#[test]
fn a_failure_inside_a_list_ends_the_script_only_at_its_end() {
    check("cargo fmt --check && cargo clippy", GITHUB, "+ cargo fmt --check\n+ cargo clippy");
    check("cargo fmt --check && cargo clippy\necho", GITHUB, "- cargo fmt --check\n+ cargo clippy");
    check("cargo test || cargo test", GITHUB, "+ cargo test\n+ cargo test");
    check("cargo test || cargo test || true", GITHUB, "- cargo test\n- cargo test");
    check("cargo test || cargo test --lib", GITHUB, "- cargo test\n+ cargo test --lib");
    check("tool --help || cargo install tool", GITHUB, "- tool --help\n+ cargo install tool");
}

#[test]
fn failures_that_are_collected_count() {
    check(
        "exit_code=0\ncargo fmt --check || exit_code=1\ncargo clippy || exit_code=$?\nexit \"$exit_code\"",
        PLAIN,
        "+ cargo fmt --check\n+ cargo clippy",
    );
    check("cargo test || failed=1\nif [ -n \"$failed\" ]; then\n exit 1\nfi", PLAIN, "+ cargo test");
    check("set +e\ncargo test\nstatus=$?\ncleanup\nexit $status", GITHUB, "+ cargo test\n- cleanup");
    check("cargo test || ((failures++))\n[ $failures -eq 0 ]", PLAIN, "+ cargo test");
    check("cargo test || ignored=1\necho", PLAIN, "- cargo test");
}

#[test]
fn a_condition_that_fails_the_script_counts() {
    check(
        "if ! cargo fmt --check; then\n  cargo fmt\n  exit 1\nfi\necho fine",
        PLAIN,
        "+ cargo fmt --check\n+ cargo fmt",
    );
    check("cargo deny check || { echo bad; exit 1; }\necho", PLAIN, "+ cargo deny check");
    check("fail() { echo \"$1\"; exit 1; }\ncargo deny check || fail no\necho", PLAIN, "+ cargo deny check");
}

#[test]
fn what_ci_decides_is_decided() {
    let script = "if [ \"${GITHUB_ACTIONS:-}\" = \"true\" ]; then\n  just clippy\nelse\n  just clippy-fix\nfi";
    check(script, PIPEFAIL, "+ just clippy");
    check("if [[ -z $CI ]]; then cargo fmt; fi", GITHUB, "");
    check("if [ \"$OS\" = x ]; then a; else b; fi", GITHUB, "+ a\n+ b");
    check("exit 0\ncargo test", GITHUB, "");
}

#[test]
fn variables_functions_and_loops_are_followed() {
    let script =
        "LINTS=(\n -D warnings \\\n -A clippy::x # why\n)\nLINTS+=(-D clippy::y)\ncargo clippy -- \"${LINTS[@]}\"";
    check(script, GITHUB, "+ cargo clippy -- -D warnings -A clippy::x -D clippy::y");
    check("for d in a b; do cargo test -p \"$d\"; done", GITHUB, "+ cargo test -p a\n+ cargo test -p b");
    check("lint() { cargo clippy \"$@\"; }\nlint -- -D warnings", GITHUB, "+ cargo clippy -- -D warnings");
    check("unused() { cargo clippy; }", GITHUB, "");
    check("case lint in\n lint) cargo clippy ;;\n test) cargo test ;;\nesac", GITHUB, "+ cargo clippy");
    // Which options are given only a run knows: what they change is what it was.
    check(
        "GO=go\nwhile getopts n-: OPT; do\n case \"$OPT\" in\n n) GO=gotip ;;\n esac\ndone\n\"$GO\" test ./...",
        GITHUB,
        "- getopts n-: OPT\n+ go test ./...",
    );
    let switch = |default: &str| {
        format!(
            "COVER={default}\nFLAGS=(-v)\ncase \"$1\" in\n -c) COVER=true ;;\nesac\nif [ \"$COVER\" = true ]; then\n FLAGS+=(-cover)\nfi\ngo test \"${{FLAGS[@]}}\" ./..."
        )
    };
    check(&switch("false"), GITHUB, "+ go test -v ./...");
    check(&switch("true"), GITHUB, "+ go test -v -cover ./...");
    check("cat <<EOF | kubectl apply -f -\ncargo clippy\nEOF\necho", GITHUB, "- cat\n+ kubectl apply -f -");
    check("cargo \\\n  clippy \\\n  -- -D warnings # cargo test", GITHUB, "+ cargo clippy -- -D warnings");
    check("# cargo clippy\n", GITHUB, "");
}

#[test]
fn where_and_with_what_it_runs() {
    let found = runs(
        "export RUSTFLAGS='-D warnings'\n(cd sub && cargo test)\nA=1 cargo build\necho \"X=y\" >> $GITHUB_ENV",
        GITHUB,
    );
    assert_eq!(found[0].dir, "sub");
    assert_eq!(found[0].env["RUSTFLAGS"], "-D warnings");
    assert_eq!(found[1].dir, "");
    assert_eq!(found[1].env["A"], "1");
    assert_eq!(found[2].published, [("X".to_owned(), "y".to_owned())]);
    let script = "cargo \\\n test";
    assert_eq!(&script[runs(script, GITHUB)[0].range.clone()], script);
}

#[test]
fn nothing_makes_it_panic_or_hang() {
    for script in [
        "$(",
        "${",
        "\"",
        "'",
        "`",
        "((",
        "[[ a",
        "if",
        "case x in",
        "a() b() c()",
        "{ (",
        "<<",
        "<<E",
        "&&",
        "é$(é`é",
        "for",
        "$((",
        "}",
        ";;",
        "x=(",
        "a | ",
        "!",
    ] {
        runs(script, GITHUB);
        runs(&script.repeat(3000), GITHUB);
    }
    let loops = "for a in 1 2 3 4 5 6 7 8 9; do ".repeat(30) + "x" + &"; done".repeat(30);
    assert!(runs(&loops, GITHUB).len() <= 2000);
}
