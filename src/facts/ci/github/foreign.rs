//! Reusable workflows of other repositories: whole jobs that this tree does not hold.

/// Repositories whose reusable workflows each do what their name says, and nothing else.
const KNOWN: &[&str] =
    &["google/osv-scanner-action/", "slsa-framework/slsa-github-generator/", "zizmorcore/", "github/"];

/// Words of workflows that tend issues, pull requests and releases.
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
    "draft",
    "drafter",
    "undraft",
];

/// Whether a workflow of another repository may build, test, scan or deploy, so that nothing is known to be missing.
pub(super) fn may_do_anything(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let stem = file.trim_end_matches(".yaml").trim_end_matches(".yml");
    let tends = stem.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| TENDING.contains(&word));
    !tends && !KNOWN.iter().any(|known| name.starts_with(known))
}
