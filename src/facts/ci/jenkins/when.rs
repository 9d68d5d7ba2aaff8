//! `when { … }`: on which events a stage runs.

use super::super::condition::{self, Comparison, Condition, Field, Words};
use super::super::model::{Event, Trigger};
use super::groovy::{Kind, Statement};

static WORDS: Words = Words { field, kind, merges_into: false };

fn field(name: &str) -> Field {
    match name {
        "branch" | "env.BRANCH_NAME" | "BRANCH_NAME" => Field::Branch,
        "tag" | "env.TAG_NAME" | "TAG_NAME" => Field::Tag,
        "change" | "env.CHANGE_ID" | "CHANGE_ID" => Field::PullRequest,
        "cause" => Field::Kind,
        _ => Field::Other,
    }
}

fn kind(event: &Event) -> &'static [&'static str] {
    match event {
        Event::Schedule(_) => &["TimerTrigger"],
        Event::Manual => &["UserIdCause"],
        Event::Push(_) | Event::Tag | Event::PullRequest => &["SCMTrigger", "BranchEventCause", "GitHubPushCause"],
        _ => &[],
    }
}

/// The triggers on which all conditions can hold.
pub(super) fn held(conditions: &[Statement], triggers: &[Trigger]) -> Vec<Trigger> {
    condition::held(&all(conditions, 0), triggers, &WORDS).0
}

/// What an `if` or an `else` of a program asks for, where the event of the run decides it; `before` is the statement before it.
pub(super) fn asked(statement: &Statement, before: Option<&Statement>) -> Option<Condition> {
    let own = || {
        let inside = statement.words.iter().skip_while(|token| token.kind != Kind::Sign('('));
        let text = inside.map(|token| match &token.kind {
            Kind::Name(name) => format!(" {name} "),
            Kind::Text(text) => format!("'{}'", text.replace('\'', "")),
            Kind::Sign(sign) => sign.to_string(),
        });
        let condition = condition::infix(&text.collect::<String>());
        condition::is_decided(&condition, &WORDS).then_some(condition)
    };
    match statement.name() {
        "if" => own(),
        "else" => {
            let not = Condition::Not(Box::new(asked(before?, None)?));
            let more =
                matches!(statement.words.get(1).map(|token| &token.kind), Some(Kind::Name(word)) if word == "if");
            if more { Some(Condition::All(vec![not, own()?])) } else { Some(not) }
        }
        _ => None,
    }
}

/// The triggers on which a condition can hold.
pub(super) fn left(condition: &Condition, triggers: &[Trigger]) -> Vec<Trigger> {
    condition::held(condition, triggers, &WORDS).0
}

fn all(list: &[Statement], depth: usize) -> Condition {
    Condition::All(list.iter().take(100).map(|statement| one(statement, depth)).collect())
}

fn one(statement: &Statement, depth: usize) -> Condition {
    if depth > 16 {
        return Condition::Unknown;
    }
    let inner = statement.block.as_deref();
    let text = || statement.text().map(|(text, _)| text.to_owned());
    let compares = |name: &str, how: Comparison, values: Vec<String>| Condition::Compares(name.into(), how, values);
    match (statement.name(), inner) {
        ("allOf", Some(inner)) => all(inner, depth + 1),
        ("anyOf", Some(inner)) => {
            Condition::Any(inner.iter().take(100).map(|statement| one(statement, depth + 1)).collect())
        }
        ("not", Some(inner)) => Condition::Not(Box::new(all(inner, depth + 1))),
        ("branch", None) => {
            let regular = statement.named("comparator").is_some_and(|token| token.kind == Kind::Text("REGEXP".into()));
            match text() {
                Some(name) if !regular => compares("branch", Comparison::Equals, vec![name.replace("**", "*")]),
                _ => compares("branch", Comparison::Matches, Vec::new()),
            }
        }
        ("tag" | "buildingTag", None) => compares("tag", Comparison::Present, Vec::new()),
        ("changeRequest", None) => compares("change", Comparison::Present, Vec::new()),
        ("triggeredBy", None) => {
            text().map_or(Condition::Unknown, |cause| compares("cause", Comparison::Equals, vec![cause]))
        }
        ("expression", Some(inner)) => expression(inner),
        ("beforeAgent" | "beforeInput" | "beforeOptions", None) => Condition::Is(true),
        _ => Condition::Unknown,
    }
}

/// `return false` and comparisons of the branch's name are understood, other programs may hold.
fn expression(body: &[Statement]) -> Condition {
    let [statement] = body else { return Condition::Unknown };
    let words: Vec<&Kind> = statement.words.iter().map(|token| &token.kind).collect();
    let words = match words[..] {
        [Kind::Name(first), ref rest @ ..] if first == "return" => rest.to_vec(),
        ref all => all.to_vec(),
    };
    match words[..] {
        [Kind::Name(word)] if word == "false" => Condition::Is(false),
        [Kind::Name(word)] if word == "true" => Condition::Is(true),
        [Kind::Name(name), Kind::Sign(first), Kind::Sign('='), Kind::Text(value)]
            if matches!(name.as_str(), "env.BRANCH_NAME" | "BRANCH_NAME" | "env.GIT_BRANCH" | "GIT_BRANCH") =>
        {
            let value = value.trim_start_matches("origin/").to_owned();
            let equal = Condition::Compares("branch".into(), Comparison::Equals, vec![value]);
            if *first == '!' { Condition::Not(Box::new(equal)) } else { equal }
        }
        _ => Condition::Unknown,
    }
}
