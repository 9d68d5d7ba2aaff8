//! Reusable workflows of other repositories: whole jobs that this tree does not hold.

/// Repositories whose reusable workflows each do what their name says, and nothing else.
const KNOWN: &[&str] =
    &["google/osv-scanner-action/", "slsa-framework/slsa-github-generator/", "zizmorcore/", "github/"];

/// Words of workflows that tend issues, pull requests and releases, or tell about them.
const TENDING: &[&str] = &[
    "stale",
    "label",
    "labels",
    "labeler",
    "labeller",
    "lock",
    "issue",
    "issues",
    "triage",
    "assign",
    "welcome",
    "greet",
    "greetings",
    "backport",
    "cla",
    "changelog",
    "notify",
    "notification",
    "renovate",
    "dependabot",
    "automerge",
    "merge",
    "project",
    "projects",
    "sync",
    "pages",
    "dco",
    "title",
    "updater",
    "bump",
    "cancel",
    "first",
    "license",
    "licenses",
    "licence",
    "references",
    "scorecard",
    "scorecards",
    "slack",
    "draft",
    "drafter",
    "undraft",
    "readme",
    "claude",
    "copilot",
    "respond",
    "signal",
];

/// Words of workflows that look for weak places and do nothing else.
const SCANNING: &[&str] = &[
    "audit",
    "brakeman",
    "codeql",
    "gitleaks",
    "owasp",
    "sast",
    "scan",
    "scans",
    "scanning",
    "semgrep",
    "snyk",
    "trivy",
    "trufflehog",
    "veracode",
    "vulnerability",
    "zizmor",
];
/// Words of workflows that only bring out what others made.
const DEPLOYING: &[&str] = &["deploy", "deployment", "rollback"];
/// Words of workflows that make or check what is released, whatever else their names say.
const WORKING: &[&str] = &[
    "build", "check", "checks", "ci", "pipeline", "quality", "release", "test", "tests", "verify", "lint", "validate",
];

/// Words of workflows that check one thing, which another word names: `validate-schema`.
const CHECKING: &[&str] = &["check", "checks", "lint", "qa", "validate", "validation", "verify"];
/// Things beside the code that such workflows look at.
const THINGS: &[&str] = &[
    "schema",
    "schemas",
    "links",
    "spelling",
    "markdown",
    "commit",
    "commits",
    "typos",
    "whitespace",
    "filenames",
    "doc",
    "docs",
    "documentation",
];
/// Words that only say when such a workflow runs: `pull_request_docs_qa`.
const STARTING: &[&str] = &["on", "pr", "pull", "push", "request"];

/// What a workflow of another repository may do, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::facts::ci) enum Does {
    /// It tends issues, pull requests or releases, or what it does is known.
    Nothing,
    /// It scans: which weak places it looks for is not read.
    Scans,
    /// It deploys: how is not read.
    Deploys,
    /// It may build, test, scan or deploy, so that nothing is known to be missing.
    Anything,
}

/// What a workflow of another repository may do.
pub(in crate::facts::ci) fn does(name: &str) -> Does {
    let file = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let stem = file.trim_end_matches(".yaml").trim_end_matches(".yml");
    let has = |list: &[&str]| stem.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| list.contains(&word));
    let mut words = stem.split(|c: char| !c.is_ascii_alphanumeric());
    let checks_a_thing =
        has(THINGS) && words.all(|word| [THINGS, CHECKING, STARTING].iter().any(|list| list.contains(&word)));
    match () {
        () if checks_a_thing => Does::Nothing,
        () if has(TENDING) || KNOWN.iter().any(|known| name.starts_with(known)) => Does::Nothing,
        () if has(WORKING) || (has(SCANNING) && has(DEPLOYING)) => Does::Anything,
        () if has(SCANNING) || stem.contains("dependency-review") => Does::Scans,
        () if has(DEPLOYING) => Does::Deploys,
        () => Does::Anything,
    }
}
