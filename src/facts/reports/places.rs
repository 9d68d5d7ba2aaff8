//! Where reports are: in the tree, and where tools write them although git ignores them.

use super::MAX_REPORT;
use crate::facts::Facts;
use crate::source::Source;
use crate::tree::Content;
use std::path::Path;
use std::sync::Arc;

/// Folders and files, relative to the root, that tools write reports to and that git usually ignores.
const WRITTEN: &[&str] = &[
    "lcov.info",
    "coverage.xml",
    "cobertura.xml",
    "coverage.json",
    "tarpaulin-report.json",
    "junit.xml",
    "audit.json",
    "clippy.sarif",
    "results.sarif",
    "coverage",
    "reports",
    "report",
    "test-results",
    "target/llvm-cov",
    "target/nextest",
    "target/coverage",
    "target/tarpaulin",
    "target/reports",
    "build/reports",
    "build/test-results",
    "target/site/jacoco",
    "target/surefire-reports",
    "playwright-report",
    "target/criterion",
    "dhat-heap.json",
    "bench-results",
    "load-results",
];
/// How many files outside the tree are looked at, and how deep.
const MAX_FILES: usize = 2_000;
const MAX_DEPTH: usize = 5;

/// A tool's own data: tests, fixtures, examples, other people's trees.
#[rustfmt::skip]
const NOT_OURS: &[&str] = &[
    "test", "tests", "testdata", "test-data", "test_data", "testing", "fixture", "fixtures", "__tests__",
    "__fixtures__", "__mocks__", "mock", "mocks", "demo", "demos", "example", "examples", "sample", "samples", "snapshot", "snapshots",
    "vendor", "third-party", "third_party", "thirdparty", "node_modules", "doc", "docs", "corpus", "benches", "src",
    "resources", "assets", "static", "public", "schema", "schemas",
];

/// A file that may be a report.
pub(super) struct Candidate {
    /// Its path, relative to the root.
    pub(super) path: Arc<str>,
    /// Its text, or why it cannot be read.
    pub(super) source: Result<Source, String>,
    /// Whether the tree holds it.
    pub(super) in_tree: bool,
}

fn may_be_report(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let is_kind = matches!(extension.as_str(), "info" | "lcov" | "xml" | "json" | "jsonl" | "ndjson" | "sarif");
    let is_told = || matches!(extension.as_str(), "txt" | "csv" | "log" | "jtl") && tells_numbers(path);
    (is_kind || is_told()) && (!is_of_a_tool(path) || is_result(path))
}

fn is_of_a_tool(path: &str) -> bool {
    let mut folders = path.rsplit_once('/').map_or("", |(folders, _)| folders).split('/');
    folders.any(|folder| NOT_OURS.iter().any(|word| folder.eq_ignore_ascii_case(word)))
}

/// Whether the path of a plain text says that it may hold what a tool measured.
fn tells_numbers(path: &str) -> bool {
    const WORDS: &[&str] =
        &["load", "perf", "bench", "stress", "locust", "wrk", "jmeter", "usage", "memory", "report", "result", "stats"];
    let path = path.to_ascii_lowercase();
    WORDS.iter().any(|word| path.contains(word))
}

/// Load tests keep their results beside their scripts, and those often under `tests/`.
fn is_result(path: &str) -> bool {
    let folders: Vec<String> = path.split('/').map(str::to_ascii_lowercase).collect();
    let of_load = |part: &String| {
        ["load", "perf", "stress", "k6", "locust", "gatling", "jmeter"].iter().any(|word| part.starts_with(word))
    };
    let tests = folders.iter().position(of_load);
    tests
        .is_some_and(|at| folders[at + 1..].iter().any(|part| part.starts_with("result") || part.starts_with("report")))
}

/// Every file that may be a report, sorted by path.
pub(super) fn candidates(facts: &Facts<'_>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for file in facts.tree.files().iter().filter(|file| may_be_report(&file.path)) {
        if file.len > MAX_REPORT {
            continue;
        }
        if let Content::Text(source) = file.content() {
            found.push(Candidate { path: file.path.clone(), source: Ok(source.clone()), in_tree: true });
        }
    }
    let root = facts.tree.root();
    if !root.as_os_str().is_empty() {
        found.extend(WRITTEN.iter().flat_map(|place| outside(facts, root, place)));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    found
}

/// Reports at one of the usual places that the tree leaves out.
fn outside(facts: &Facts<'_>, root: &Path, place: &str) -> Vec<Candidate> {
    let start = root.join(place);
    if !std::fs::symlink_metadata(&start).is_ok_and(|metadata| !metadata.file_type().is_symlink())
        || leads_out(root, place)
    {
        return Vec::new();
    }
    let walk = walkdir::WalkDir::new(&start).max_depth(MAX_DEPTH).follow_links(false).sort_by_file_name();
    let mut found = Vec::new();
    for entry in walk.into_iter().flatten().take(MAX_FILES).filter(|entry| entry.file_type().is_file()) {
        let Some(path) = entry.path().strip_prefix(root).ok().and_then(Path::to_str) else { continue };
        let path = path.replace('\\', "/");
        let in_place = path.strip_prefix(place).unwrap_or(&path);
        if facts.tree.file(&path).is_some()
            || facts.tree.hides(&path)
            || !may_be_report(in_place) && !may_be_report(&path)
        {
            continue;
        }
        let length = entry.metadata().map_or(0, |metadata| metadata.len());
        let source = match std::fs::read_to_string(entry.path()) {
            _ if length > MAX_REPORT => Err(format!("larger than {MAX_REPORT} bytes")),
            Ok(text) => Ok(Source::new(path.as_str(), text)),
            Err(error) => Err(error.to_string()),
        };
        found.push(Candidate { path: path.into(), source, in_tree: false });
    }
    found
}

/// Whether a folder on the way is a link, which could lead out of the root.
fn leads_out(root: &Path, place: &str) -> bool {
    let mut path = root.to_owned();
    place.split('/').any(|part| {
        path.push(part);
        std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.file_type().is_symlink())
    })
}
