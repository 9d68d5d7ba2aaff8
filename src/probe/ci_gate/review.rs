//! Reviews that settings-as-code demand: branch protection, rulesets, merge bots, owners.

use super::number;
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::prow;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use crate::value::Value;
use std::sync::LazyLock;

/// What a file says about reviews: how many approvals, and where.
struct Rule {
    approvals: f64,
    place: Place,
    what: String,
}

/// Reviews that must be given.
pub(super) fn required(facts: &Facts<'_>) -> Answer {
    let mut answer = Answer::default();
    for rule in rules(facts).into_iter().filter(|rule| rule.approvals >= 1.0) {
        answer.seen.push(Sighting::new(rule.place, Strength::Enforced, rule.what));
    }
    for (path, what) in [(".github/auto-approve.yml", "approves pull requests by itself")] {
        if facts.tree.file(path).is_some() {
            answer.notes.push(Sighting::new(Place::file(path), Strength::Configured, format!("{path} {what}")));
        }
    }
    answer
}

/// Reviews that are switched off: a required number of 0.
pub(super) fn waived(facts: &Facts<'_>) -> Answer {
    let rules = rules(facts);
    let mut answer = Answer::default();
    if rules.iter().any(|rule| rule.approvals >= 1.0) {
        return answer;
    }
    for rule in rules {
        answer.seen.push(Sighting::new(
            rule.place,
            Strength::Configured,
            format!("{}: no approval is required", rule.what),
        ));
    }
    answer
}

fn rules(facts: &Facts<'_>) -> Vec<Rule> {
    let mut found = Vec::new();
    for file in facts.tree.files().iter().filter(|file| file.len < 1 << 20) {
        let path = &*file.path;
        match file.name() {
            "settings.yml" | "settings.yaml" if path.starts_with(".github/") => settings(facts, path, &mut found),
            "bors.toml" => bors(facts, path, &mut found),
            ".mergify.yml" | "mergify.yml" => mergify(facts, path, &mut found),
            "branch_protection.yaml" if path.contains("allstar") => allstar(facts, path, &mut found),
            "OWNERS" if !path.contains('/') => owners(facts, &mut found),
            _ if has_extension(path, "json") && path.contains("rulesets/") => ruleset(facts, path, &mut found),
            _ if has_extension(path, "tf") => terraform(facts, path, &mut found),
            _ => {}
        }
    }
    found
}

fn root<'f>(facts: &'f Facts<'_>, path: &str) -> Option<&'f Value> {
    facts.parsed(path)?.first()
}

fn settings(facts: &Facts<'_>, path: &str, found: &mut Vec<Rule>) {
    for branch in root(facts, path).and_then(|root| root.get("branches")?.as_list()).unwrap_or(&[]) {
        let Some(reviews) = branch.at(&["protection", "required_pull_request_reviews"]) else { continue };
        let count = reviews.get("required_approving_review_count");
        let place = Place::at(path, count.unwrap_or(reviews).span);
        let approvals = number(count).unwrap_or(if reviews.as_map().is_some() { 1.0 } else { 0.0 });
        found.push(Rule { approvals, place, what: "branch protection asks for a review of each pull request".into() });
    }
}

fn bors(facts: &Facts<'_>, path: &str, found: &mut Vec<Rule>) {
    if let Some(value) = root(facts, path).and_then(|root| root.get("required_approvals")) {
        found.push(Rule {
            approvals: number(Some(value)).unwrap_or(0.0),
            place: Place::at(path, value.span),
            what: "bors merges with approvals only".into(),
        });
    }
}

fn mergify(facts: &Facts<'_>, path: &str, found: &mut Vec<Rule>) {
    let Some(source) = facts.tree.text(path) else { return };
    let Ok(regex) =
        compile(r"(?m)^[^#\n]*(?<rule>#(?:approved-reviews-by|review-approved)\s*(?:>=|>)\s*(?<count>\d+))")
    else {
        return;
    };
    for captures in regex.captures_iter(source.text()) {
        let (Some(rule), Some(count)) = (captures.name("rule"), captures.name("count")) else { continue };
        let above = if rule.as_str().contains(">=") { 0.0 } else { 1.0 };
        let approvals = count.as_str().parse::<f64>().unwrap_or(0.0) + above;
        found.push(Rule {
            approvals,
            place: Place::at(path, Span::new(rule.start(), rule.end())),
            what: "Mergify merges with approvals only".into(),
        });
    }
}

fn allstar(facts: &Facts<'_>, path: &str, found: &mut Vec<Rule>) {
    if let Some(value) = root(facts, path).and_then(|root| root.get("requireApproval")) {
        let approvals = if value.as_bool() == Some(true) { 1.0 } else { 0.0 };
        found.push(Rule {
            approvals,
            place: Place::at(path, value.span),
            what: "Allstar asks for an approval of each change".into(),
        });
    }
}

/// Prow merges what an approver of `OWNERS` approved.
fn owners(facts: &Facts<'_>, found: &mut Vec<Rule>) {
    found.extend(prow::approvers(facts).map(|place| Rule {
        approvals: 1.0,
        place,
        what: "Prow merges what an approver of OWNERS approved".into(),
    }));
}

fn ruleset(facts: &Facts<'_>, path: &str, found: &mut Vec<Rule>) {
    let Some(root) = root(facts, path) else { return };
    if root.get("enforcement").and_then(Value::as_str).is_some_and(|state| state != "active") {
        return;
    }
    for rule in root.get("rules").and_then(Value::as_list).unwrap_or(&[]) {
        if rule.get("type").and_then(Value::as_str) != Some("pull_request") {
            continue;
        }
        let count = rule.at(&["parameters", "required_approving_review_count"]);
        let place = Place::at(path, count.unwrap_or(rule).span);
        found.push(Rule {
            approvals: number(count).unwrap_or(0.0),
            place,
            what: "a ruleset asks for a reviewed pull request".into(),
        });
    }
}

fn terraform(facts: &Facts<'_>, path: &str, found: &mut Vec<Rule>) {
    let Some(source) = facts.tree.text(path) else { return };
    let text = source.text();
    for (name, start, end) in blocks(text) {
        let counted = match name {
            "github_branch_protection"
            | "github_branch_protection_v3"
            | "github_repository_ruleset"
            | "github_organization_ruleset" => "required_approving_review_count",
            "gitlab_project_approval_rule" => "approvals_required",
            _ => continue,
        };
        let Ok(regex) = compile(&format!(r"(?m)^[^#\n]*\b{counted}\s*=\s*(?<count>\d+)")) else { continue };
        if let Some(count) = regex.captures(&text[start..end]).and_then(|captures| captures.name("count")) {
            let span = Span::new(start + count.start(), start + count.end());
            found.push(Rule {
                approvals: count.as_str().parse().unwrap_or(0.0),
                place: Place::at(path, span),
                what: format!("{name} asks for reviews ({counted})"),
            });
        }
    }
}

/// Environments that ask for reviewers, with where it is written.
pub(super) fn environments(facts: &Facts<'_>) -> Vec<(String, Place)> {
    const SETTINGS: &str = ".github/settings.yml";
    let declared = facts.infra().of_kind("github_repository_environment").filter_map(|resource| {
        let name = resource.setting("environment")?.text()?;
        Some((name, resource.setting("reviewers")?.place))
    });
    let mut found: Vec<(String, Place)> = declared.collect();
    for environment in root(facts, SETTINGS).and_then(|root| root.get("environments")?.as_list()).unwrap_or(&[]) {
        let reviewers = environment.get("reviewers").filter(|list| list.as_list().is_some_and(|list| !list.is_empty()));
        if let (Some(name), Some(reviewers)) = (environment.get("name").and_then(Value::as_str), reviewers) {
            found.push((name.to_owned(), Place::at(SETTINGS, reviewers.span)));
        }
    }
    found
}

/// The resources of a Terraform file: their type and where their body stands.
fn blocks(text: &str) -> Vec<(&str, usize, usize)> {
    static HEAD: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r#"(?m)^resource\s+"(?<kind>[\w-]+)"\s+"[^"]*"\s*\{"#).ok());
    let Some(head) = HEAD.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for captures in head.captures_iter(text) {
        let (Some(whole), Some(kind)) = (captures.get(0), captures.name("kind")) else { continue };
        // A resource ends at the next closing brace in the first column.
        let end = text[whole.end()..].find("\n}").map_or(text.len(), |at| whole.end() + at);
        let is_none = |line: &str| line.replace(' ', "") == "count=0";
        if !text[whole.end()..end].lines().any(is_none) {
            found.push((kind.as_str(), whole.end(), end));
        }
    }
    found
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == extension)
}
