//! `pre-commit run`: the hooks of `.pre-commit-config.yaml`.

use super::super::excerpt::Excerpt;
use super::super::wrap::{self, Inner};
use super::node::text_of;
use super::{Call, Walk};
use crate::evidence::Place;
use crate::value::Value;

/// What a known hook runs, where its name alone does not say so.
const KNOWN: &[(&str, &str)] = &[
    ("fmt", "cargo fmt --check"),
    ("cargo-fmt", "cargo fmt --check"),
    ("rustfmt", "cargo fmt --check"),
    ("clippy", "cargo clippy"),
    ("cargo-clippy", "cargo clippy"),
    ("cargo-check", "cargo check"),
    ("cargo-test", "cargo test"),
    ("cargo-deny", "cargo deny"),
    ("cargo-audit", "cargo audit"),
    ("ruff", "ruff check"),
    ("ruff-check", "ruff check"),
    ("golangci-lint", "golangci-lint run"),
    ("bandit", "bandit -r"),
    ("detect-secrets", "detect-secrets-hook"),
    ("gitleaks-docker", "gitleaks"),
    ("trufflehog", "trufflehog"),
    ("terraform_checkov", "checkov"),
    ("terraform_tfsec", "tfsec"),
    ("zizmor", "zizmor"),
];

/// How the names of hooks begin that come in several kinds: `go-vet-mod`, `go-vet-repo-mod`.
const KINDS: &[(&str, &str)] = &[
    ("go-vet-", "go vet"),
    ("go-staticcheck-", "staticcheck"),
    ("go-sec-", "gosec"),
    ("go-test-", "go test"),
    ("golangci-lint-", "golangci-lint run"),
    ("shellcheck-", "shellcheck"),
    ("clang-tidy-", "clang-tidy"),
];

/// What a hook runs, by its name.
fn command_of(id: &str) -> &str {
    let known = KNOWN.iter().find(|(name, _)| *name == id);
    let kind = || KINDS.iter().find(|(start, _)| id.starts_with(start) || start.strip_suffix('-') == Some(id));
    known.or_else(kind).map_or(id, |(_, command)| command)
}

/// The hook that a call names, behind `run` and what belongs to its options.
fn hook_named(words: &[String]) -> Option<&str> {
    const WITH_VALUE: &[&str] = &[
        "--hook-stage",
        "--config",
        "-c",
        "--from-ref",
        "--source",
        "-s",
        "--to-ref",
        "--origin",
        "-o",
        "--color",
        "--remote-branch",
        "--local-branch",
        "--remote-name",
        "--remote-url",
        "--directory",
        "-d",
        "--skip",
    ];
    let mut rest = words.iter().skip(1).map(String::as_str).skip_while(|word| *word == "run");
    while let Some(word) = rest.next() {
        match word {
            // Any number of them may follow.
            "--files" => return None,
            word if WITH_VALUE.contains(&word) => {
                rest.next();
            }
            word if word.starts_with('-') => {}
            word => return Some(word),
        }
    }
    None
}

impl Walk<'_> {
    pub(super) fn hooks(&mut self, words: &[String], place: &Place, call: &Call) {
        if words.get(1).map(String::as_str) != Some("run") && words[0] == "pre-commit" {
            return;
        }
        let value_of = |name: &str| super::super::pattern::values_of(words, name).flatten().next().map(str::to_owned);
        let stage = value_of("--hook-stage");
        let only = hook_named(words);
        let file = value_of("-c").or_else(|| value_of("--config")).unwrap_or_else(|| ".pre-commit-config.yaml".into());
        self.hooks_of(&file, only, stage.as_deref(), &[], place, call);
    }

    /// Lists what the hooks of a configuration run.
    pub(in super::super) fn hooks_of(
        &mut self,
        file: &str,
        only: Option<&str>,
        stage: Option<&str>,
        skip: &[String],
        place: &Place,
        call: &Call,
    ) {
        let facts = self.facts;
        let Some(parsed) = self.nearest(&call.dir, &[file]).and_then(|path| facts.parsed(&path)) else { return };
        let Some(root) = parsed.first() else { return };
        let default_stages = root.get("default_stages");
        let Some(inner) =
            call.inside(format!("pre-commit run {}", only.unwrap_or("--all-files")), place, format!("hooks {only:?}"))
        else {
            return;
        };
        for repo in root.get("repos").and_then(Value::as_list).unwrap_or(&[]) {
            for hook in repo.get("hooks").and_then(Value::as_list).unwrap_or(&[]) {
                let Some(id_value) = hook.get("id") else { continue };
                let Some(id) = id_value.as_str() else { continue };
                let stages = hook.get("stages").or(default_stages).and_then(Value::as_list);
                let wanted = stage.unwrap_or("pre-commit");
                let runs = stages.is_none_or(|stages| {
                    stages
                        .iter()
                        .filter_map(Value::as_str)
                        .any(|name| name == wanted || format!("pre-{name}") == wanted)
                });
                let alias = text_of(hook.get("alias"));
                if !runs
                    || skip.iter().any(|skipped| skipped == id)
                    || only.is_some_and(|only| only != id && Some(only) != alias)
                {
                    continue;
                }
                let arguments = hook
                    .get("args")
                    .and_then(Value::as_list)
                    .unwrap_or(&[])
                    .iter()
                    .filter_map(Value::scalar_text)
                    .collect::<Vec<_>>()
                    .join(" ");
                let local = text_of(repo.get("repo")) == Some("local");
                let entry = if local { hook.get("entry") } else { None };
                let command = match entry.and_then(Value::as_str) {
                    Some(entry) => entry.to_owned(),
                    None => command_of(id).to_owned(),
                };
                let span = entry.unwrap_or(id_value).span;
                // A hook fails where it changes a file.
                let command = match command.split_once("cargo fmt") {
                    Some((before, behind)) if !behind.contains("--check") => {
                        format!("{before}cargo fmt --check{behind}")
                    }
                    _ => command,
                };
                let excerpt = Excerpt::anchored(parsed.source.name(), span, format!("{command} {arguments}"));
                if entry.is_some() {
                    self.script(&excerpt, &inner);
                } else {
                    let words: Vec<String> = excerpt.text().split_whitespace().map(str::to_owned).collect();
                    if let Inner::Words(words) = wrap::unwrap(words) {
                        self.list(&words, &excerpt.place(0..0), &inner);
                    }
                }
            }
        }
    }
}
