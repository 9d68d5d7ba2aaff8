//! `nix build .#x`, `nix flake check`: the expressions of the tree say what they run; which of them is reached is not followed.

use super::{Call, Walk};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::without_comments;
use std::collections::BTreeSet;

/// The most files of expressions that are looked at.
const MAX_FILES: usize = 200;

/// What stands in an expression where a tool is run by it, and does not only lie in the shell of developers, and the
/// command that this comes to. Which tests a measurement of coverage runs is not said: it is listed as its report.
const RUN: &[(&[&str], &str)] = &[
    (&["cargoLlvmCov", " llvm-cov "], "cargo llvm-cov report"),
    (&["cargoTarpaulin", "cargo tarpaulin"], "cargo tarpaulin report"),
    // A package of Rust runs its tests when it is built, unless it says that it does not.
    (
        &["cargoTest", "cargoNextest", "cargo test", "cargo nextest", "buildRustPackage", "mode = \"test\""],
        "cargo test",
    ),
    (&["cargoClippy", "cargo clippy", "clippy.enable", "clippy = {"], "cargo clippy -- -D warnings"),
    // So does one of Go.
    (&["buildGoModule", "goTest", "go test"], "go test ./..."),
    (&["bun test", "npm test", "pnpm test", "yarn test", "vitest run"], "npm test"),
    (&["pytestCheckHook", "/bin/pytest", "pytest "], "pytest"),
    (&["goLint", "golangci-lint run", "golangci-lint.enable"], "golangci-lint run"),
    (&["cargoFmt", "cargo fmt", "rustfmt.enable", "rustfmt = {"], "cargo fmt --check"),
    (&["cargoAudit", "cargo audit", "cargo-audit.enable"], "cargo audit"),
    (&["cargoDeny", "cargo deny", "cargo-deny.enable"], "cargo deny check"),
    (&["/bin/trivy", "trivy image"], "trivy image nix"),
    (&["/bin/grype"], "grype nix"),
    (&["hadolint.enable", "/bin/hadolint"], "hadolint Dockerfile"),
    (&["gitleaks.enable", "/bin/gitleaks"], "gitleaks detect"),
];

/// What an output is called that does one thing only, `.#clippy`, `.#web-test`, and the command that this may come to.
const NAMED: &[(&str, &str)] = &[
    ("test", "cargo test"),
    ("tests", "cargo test"),
    ("nextest", "cargo test"),
    ("clippy", "cargo clippy -- -D warnings"),
    ("fmt", "cargo fmt --check"),
    ("rustfmt", "cargo fmt --check"),
    ("audit", "cargo audit"),
    ("deny", "cargo deny check"),
    ("coverage", "cargo llvm-cov report"),
    ("gotest", "go test ./..."),
    ("golangci", "golangci-lint run"),
    ("pytest", "pytest"),
    ("eslint", "eslint ."),
];

impl Walk<'_> {
    /// Lists what the expressions of the tree may run, never as what surely runs.
    pub(super) fn nix(&mut self, words: &[String], place: &Place, call: &Call) {
        if !evaluates_the_tree(words) {
            return;
        }
        let facts = self.facts;
        let spelt = self.nix.get_or_insert_with(|| spelt(facts)).clone();
        let run: BTreeSet<&str> = spelt.into_iter().chain(named(words)).collect();
        let call = Call { sure: false, ..call.clone() };
        for command in run {
            let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
            self.list(&words, place, &call);
        }
    }
}

/// What the outputs that are built may run, by their names.
fn named(words: &[String]) -> impl Iterator<Item = &'static str> {
    let outputs = words.iter().filter_map(|word| word.split_once('#')).map(|(_, output)| output);
    let parts = outputs.flat_map(|output| output.rsplit('.').next().unwrap_or_default().split(['-', '_']));
    parts.filter_map(|part| NAMED.iter().find(|(name, _)| *name == part)).map(|(_, command)| *command)
}

/// The commands that stand in the expressions of the tree.
fn spelt(facts: &Facts<'_>) -> Vec<&'static str> {
    let files = facts.tree.files().iter().filter(|file| file.path.ends_with(".nix")).take(MAX_FILES);
    let texts: Vec<_> = files.filter_map(|file| Some(without_comments(&file.path, file.text()?.text()))).collect();
    let stands = |marks: &[&str]| texts.iter().any(|text| marks.iter().any(|mark| text.contains(mark)));
    RUN.iter().filter(|(marks, _)| stands(marks)).map(|(_, command)| *command).collect()
}

/// Whether a command evaluates what stands in the tree: `nix build nixpkgs#jq` fetches a program of somebody else.
fn evaluates_the_tree(words: &[String]) -> bool {
    let [program, rest @ ..] = words else { return false };
    match program.as_str() {
        "nix-build" => true,
        "nix" if rest.iter().any(|word| word == "flake") => rest.iter().any(|word| word == "check"),
        "nix" if rest.iter().any(|word| matches!(word.as_str(), "build" | "run")) => {
            let named = rest.iter().find(|word| word.contains('#') || word.contains(':'));
            named.is_none_or(|word| word.starts_with(".#") || word.starts_with("./"))
        }
        _ => false,
    }
}
