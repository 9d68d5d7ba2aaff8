//! Runs of tests, as JUnit XML tells them.

use crate::source::Span;
use roxmltree::Node;

/// A run of tests.
#[derive(Debug, Default)]
pub struct TestRun {
    /// Names of its suites.
    pub suites: Vec<String>,
    /// How many tests ran, skipped ones included.
    pub total: u64,
    /// How many failed or broke.
    pub failed: u64,
    /// How many were skipped.
    pub skipped: u64,
    /// How long the run took on the wall, in seconds.
    pub seconds: Option<f64>,
    /// Whether that is the time on the wall; otherwise it is the sum of the tests, which may have run side by side.
    pub is_wall: bool,
    /// Where the report begins.
    pub span: Span,
    /// Where the first failed test stands.
    pub first_failure: Option<Span>,
}

/// A JUnit report.
pub(super) fn junit(root: Node<'_, '_>) -> Option<TestRun> {
    if !matches!(root.tag_name().name(), "testsuites" | "testsuite") {
        return None;
    }
    let start = root.range().start;
    let mut run = TestRun { span: Span::new(start, start + root.tag_name().name().len() + 1), ..TestRun::default() };
    let mut sum = 0.0;
    for suite in root.descendants().filter(|node| node.has_tag_name("testsuite")) {
        run.suites.extend(suite.attribute("name").map(str::to_owned));
        let cases = suite.children().filter(|node| node.has_tag_name("testcase"));
        for case in cases {
            run.total += 1;
            let has = |name: &str| case.children().any(|node| node.has_tag_name(name));
            if has("failure") || has("error") {
                run.failed += 1;
                let at = case.range().start;
                run.first_failure.get_or_insert(Span::new(at, at + "<testcase".len()));
            } else if has("skipped") {
                run.skipped += 1;
            }
            sum += seconds(case).unwrap_or(0.0);
        }
    }
    // A summary without cases still counts what it says.
    let said = |name: &str| root.attribute(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    run.total = run.total.max(said("tests"));
    run.failed = run.failed.max(said("failures").saturating_add(said("errors")));
    // The root's time is the wall; the sum of the tests is only an upper bound of it when they run side by side.
    run.is_wall = seconds(root).is_some();
    run.seconds = seconds(root).or((sum > 0.0).then_some(sum));
    Some(run)
}

fn seconds(node: Node<'_, '_>) -> Option<f64> {
    node.attribute("time")?.replace(',', "").parse::<f64>().ok().filter(|time| time.is_finite() && *time >= 0.0)
}
