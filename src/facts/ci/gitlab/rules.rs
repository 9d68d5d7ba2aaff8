//! When a GitLab job runs: `rules`, `only`, `except`, `when`, `allow_failure`.

use super::super::model::{Event, Trigger};
use super::Found;
use crate::evidence::Place;
use crate::value::Value;

/// What decides when a job runs.
pub(super) struct Fields<'f> {
    pub(super) rules: Option<Found<'f>>,
    pub(super) only: Option<Found<'f>>,
    pub(super) except: Option<Found<'f>>,
    pub(super) when: Option<Found<'f>>,
    pub(super) allow_failure: Option<Found<'f>>,
    pub(super) workflow: Option<&'f Value>,
}

/// When a job runs, and what its failure does.
#[derive(Default)]
pub(super) struct Running {
    pub(super) triggers: Vec<Trigger>,
    pub(super) manual: Option<Place>,
    pub(super) excuse: Option<String>,
    pub(super) on_failure: bool,
    /// Whether what comes after waits for a person to start it.
    pub(super) waits: bool,
}

/// A kind of pipeline, with what GitLab's variables say in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Branch,
    MergeRequest,
    Tag,
    Schedule,
}

const KINDS: [Kind; 4] = [Kind::Branch, Kind::MergeRequest, Kind::Tag, Kind::Schedule];

impl Kind {
    fn event(self) -> Event {
        match self {
            Self::Branch => Event::Push(Vec::new()),
            Self::MergeRequest => Event::PullRequest,
            Self::Tag => Event::Tag,
            Self::Schedule => Event::Schedule("set on the host".into()),
        }
    }

    /// The value of a variable: unset is empty, not known is `None`.
    fn variable(self, name: &str) -> Option<&'static str> {
        Some(match (name, self) {
            ("CI_PIPELINE_SOURCE", Self::Branch | Self::Tag) => "push",
            ("CI_PIPELINE_SOURCE", Self::MergeRequest) => "merge_request_event",
            ("CI_PIPELINE_SOURCE", Self::Schedule) => "schedule",
            ("CI_COMMIT_TAG", Self::Branch | Self::MergeRequest | Self::Schedule)
            | ("CI_COMMIT_BRANCH", Self::MergeRequest | Self::Tag)
            | ("CI_MERGE_REQUEST_IID" | "CI_MERGE_REQUEST_ID", Self::Branch | Self::Tag | Self::Schedule) => "",
            ("CI_COMMIT_TAG", Self::Tag) | ("CI_MERGE_REQUEST_IID" | "CI_MERGE_REQUEST_ID", Self::MergeRequest) => {
                "set"
            }
            _ => return None,
        })
    }
}

/// When a job runs.
pub(super) fn running(fields: &Fields<'_>, place: &Place) -> Running {
    let mut running = Running::default();
    let allowed = fields.allow_failure.is_some_and(|found| found.value.as_bool() == Some(true));
    let word = fields.when.and_then(|found| found.value.as_str()).unwrap_or("on_success");
    for kind in KINDS {
        if fields.workflow.is_some_and(|rules| by_rules(rules, kind).is_none_or(|rule| rule.when == "never")) {
            continue;
        }
        let chosen = match &fields.rules {
            Some(rules) => by_rules(rules.value, kind).map(|rule| (rule, rules.place())),
            None => by_refs(fields, kind)
                .then(|| (Rule { when: word.to_owned(), allow_failure: None, span: None }, place.clone())),
        };
        let Some((rule, mut at)) = chosen.filter(|(rule, _)| rule.when != "never") else { continue };
        if let (Some(span), Some(rules)) = (rule.span, &fields.rules) {
            at = Place::at(rules.source.name(), span);
        }
        let when = if rule.when == "on_success" { word } else { &rule.when };
        match when {
            "manual" => {
                running.manual = Some(at.clone());
                // What comes after waits for a manual job only if `rules` make it one, or if it may not fail.
                let stated = fields.allow_failure.and_then(|found| found.value.as_bool()).or(rule.allow_failure);
                running.waits = !stated.unwrap_or(rule.when != "manual" || fields.rules.is_none());
            }
            "on_failure" => running.on_failure = true,
            "never" => continue,
            _ => {}
        }
        if rule.allow_failure.unwrap_or(allowed) {
            running.excuse = Some("`allow_failure: true`".into());
        }
        running.triggers.push(Trigger { event: kind.event(), place: at });
    }
    running
}

/// What the first rule that can match says.
struct Rule {
    when: String,
    allow_failure: Option<bool>,
    span: Option<crate::source::Span>,
}

fn by_rules(rules: &Value, kind: Kind) -> Option<Rule> {
    for rule in rules.as_list()? {
        let condition = rule.get("if").and_then(Value::as_str);
        let holds = condition.map_or(Some(true), |condition| holds(condition, kind));
        let when = rule.get("when").and_then(Value::as_str).unwrap_or("on_success");
        let certain = holds == Some(true) && rule.get("changes").is_none() && rule.get("exists").is_none();
        // A rule that only may match keeps a job out only if it surely does.
        if holds == Some(false) || (when == "never" && !certain) {
            continue;
        }
        return Some(Rule {
            when: when.to_owned(),
            allow_failure: rule.get("allow_failure").and_then(Value::as_bool),
            span: Some(rule.span),
        });
    }
    None
}

/// `only` and `except`; without either, branches and tags, on a schedule too when it says so.
fn by_refs(fields: &Fields<'_>, kind: Kind) -> bool {
    let refs = |found: &Found<'_>| super::super::github::strings(Some(found.value.get("refs").unwrap_or(found.value)));
    let named = |word: &str| match kind {
        Kind::Branch => !matches!(
            word,
            "tags"
                | "merge_requests"
                | "schedules"
                | "web"
                | "triggers"
                | "api"
                | "external_pull_requests"
                | "pipelines"
        ),
        Kind::MergeRequest => word == "merge_requests",
        Kind::Tag => word == "tags" || word.starts_with("/^v") || word.starts_with("/v"),
        Kind::Schedule => word == "schedules",
    };
    let only = fields.only.as_ref().map(refs).filter(|refs| !refs.is_empty());
    let included = only.map_or(matches!(kind, Kind::Branch | Kind::Tag), |refs| refs.iter().any(|word| named(word)));
    // Only a keyword keeps a whole kind of pipeline out; `except: [wip]` leaves the release branch.
    let whole = |word: &str| match kind {
        Kind::Branch => word == "branches",
        _ => named(word),
    };
    included && !fields.except.as_ref().is_some_and(|found| refs(found).iter().any(|word| whole(word)))
}

/// Whether an `if` can hold: `&&` and `||` of comparisons; `None` if it cannot be known.
fn holds(condition: &str, kind: Kind) -> Option<bool> {
    if condition.len() > 4096 {
        return None;
    }
    // With parentheses the parts are not told apart; it may hold.
    if condition.contains('(') && !condition.contains("=~") {
        return None;
    }
    let any: Vec<Option<bool>> = condition
        .split("||")
        .map(|part| {
            let all: Vec<Option<bool>> = part.split("&&").map(|part| compares(part.trim(), kind)).collect();
            settled(&all, false)
        })
        .collect();
    settled(&any, true)
}

/// What parts come to of which one `decisive` one is enough; `None` if that is not known.
fn settled(parts: &[Option<bool>], decisive: bool) -> Option<bool> {
    if parts.contains(&Some(decisive)) {
        return Some(decisive);
    }
    if parts.contains(&None) { None } else { Some(!decisive) }
}

fn compares(text: &str, kind: Kind) -> Option<bool> {
    for (operator, equal) in [("==", true), ("!=", false)] {
        let Some((left, right)) = text.split_once(operator) else { continue };
        let (left, right) = (side(left, kind), side(right, kind));
        return match (left, right) {
            (Some(left), Some(right)) => Some((left == right) == equal),
            _ => None,
        };
    }
    for (operator, matches) in [("=~", true), ("!~", false)] {
        let Some((left, _)) = text.split_once(operator) else { continue };
        // What is not set matches no pattern.
        return if side(left, kind)?.is_empty() { Some(!matches) } else { None };
    }
    side(text, kind).map(|value| !value.is_empty())
}

fn side(text: &str, kind: Kind) -> Option<String> {
    let text = text.trim();
    if let Some(name) = text.strip_prefix('$') {
        return kind.variable(name.trim_matches(['{', '}'])).map(str::to_owned);
    }
    if text == "null" {
        return Some(String::new());
    }
    Some(text.trim_matches(['"', '\'']).to_owned())
}
