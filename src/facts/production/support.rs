//! Packages that only tests use, by their names.

use super::{lowered, words_of};

/// What stands behind the word `test` in the name of a package that only tests use: `shop_test_db`, `test-server`.
const TEST_SUPPORT: &[&str] = &[
    "app", "common", "data", "db", "database", "env", "fixture", "fixtures", "harness", "helper", "helpers", "kit",
    "lib", "macro", "macros", "server", "support", "tool", "tools", "util", "utils",
];
/// The same in one word.
const TEST_SUPPORT_WORDS: &[&str] = &[
    "testkit",
    "testlib",
    "testsupport",
    "testutil",
    "testutils",
    "testhelper",
    "testhelpers",
    "testdb",
    "testenv",
    "testharness",
];
/// What stands before `testing` where it is no test of the program: a word, or something that a product does.
const NOT_BEFORE_TESTING: &[&str] =
    &["con", "at", "pro", "de", "ab", "split", "load", "pen", "stress", "speed", "user"];
/// What stands before `test` in words that have nothing to do with tests, and in what products test for their users:
/// `latest`, `speedtest`. In every other name it says that tests use what is in it: `httptest`, `tlstest`.
const NOT_BEFORE_TEST: &[&str] = &[
    "la", "con", "at", "pro", "de", "grea", "fas", "shor", "ab", "speed", "back", "pen", "hit", "self", "nex", "load",
];

/// Whether the name of a folder or of a package says that only tests use what is in it: `crates/shop_test_db`,
/// `grpctesting`.
pub fn is_test_support(name: &str) -> bool {
    let name = lowered(name);
    let words: Vec<&str> = words_of(&name).collect();
    let pairs = words.windows(2).any(|pair| {
        matches!(pair[0], "test" | "tests" | "testing" | "mock" | "mocks") && TEST_SUPPORT.contains(&pair[1])
    });
    pairs || words.iter().any(|word| TEST_SUPPORT_WORDS.contains(word) || is_glued(word))
}

/// Whether keys and certificates lie in a folder at the root that is named after the runs which need them: `integration/`.
pub(super) fn are_test_keys(root: &str, extension: &str) -> bool {
    root == "integration" && matches!(extension, "pem" | "key" | "crt" | "cert" | "p12" | "pfx")
}

/// Whether one word is what is tested and the word `testing`, `test` or `tests`.
pub(super) fn is_glued(word: &str) -> bool {
    let subject = |end: &str| word.strip_suffix(end).filter(|subject| !subject.is_empty());
    subject("testing").is_some_and(|subject| !NOT_BEFORE_TESTING.contains(&subject))
        || subject("test").or_else(|| subject("tests")).is_some_and(|subject| !NOT_BEFORE_TEST.contains(&subject))
}
