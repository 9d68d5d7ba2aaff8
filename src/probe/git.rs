//! `@git(fact)`: what the history says about how changes come in.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::history::{Commit, ENOUGH_COMMITS, History};
use crate::pattern::pattern;
use crate::quantity::Quantity;

/// `@git`.
pub static PROBE: Probe = Probe {
    name: "git",
    summary: "the last 100 first-parent commits by people: the share that came by pull request or carries an approval; the tag, branch and commit that are checked out; `since_tag` takes those above the last tag where there is one",
    usage: "@git(\"via_pr\" | \"reviewed\" | \"pushed_directly\" | \"tag\" | \"branch\" | \"head\"){since_tag}",
    arity: (1, 1),
    patterns_from: None,
    facts: &["via_pr", "reviewed", "pushed_directly", "tag", "branch", "head"],
    options: &["since_tag"],
    look,
};

/// Applied by others on this share of the commits, a history is one of rebase merges, which leave no mark (ruling 9).
const REBASED: f64 = 0.2;

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let history = facts.history();
    let mut answer = Answer { blind: history.blind.clone(), ..Answer::default() };
    if !history.is_there() {
        return answer;
    }
    for word in question.arg(0) {
        match &*word.text {
            "tag" => {
                let tags = history.tags.iter();
                answer.seen.extend(tags.map(|tag| sighting(format!("this commit is tagged {tag}"), tag)));
            }
            "branch" => answer.seen.extend(history.branch.iter().map(|name| sighting(format!("on {name}"), name))),
            "head" => answer.seen.extend(history.head().map(|id| sighting(format!("commit {id}"), id))),
            "via_pr" | "pushed_directly" if !leave_no_mark(facts).is_empty() => {
                answer.blind.extend(leave_no_mark(facts));
            }
            fact => shares(history, fact, question.is_set("since_tag"), &mut answer),
        }
    }
    answer
}

/// What merges pull requests by moving the branch on: their commits stay as they were, and bear no mark of it.
fn leave_no_mark(facts: &Facts<'_>) -> Vec<Blind> {
    let moves_on = |name: &str| name.rsplit('/').next().is_some_and(|own| own.contains("fast-forward"));
    let actions = facts.ci().actions.iter().filter(|action| moves_on(&action.name));
    let actions = actions.map(|action| (action.place.clone(), action.name.as_str()));
    let says = |path: &&str| facts.tree.text(path).is_some_and(|source| MOVES_ON.is_match(source.text()));
    let bots = [".mergify.yml", ".github/mergify.yml", "mergify.yml"].into_iter().filter(says);
    let bots = bots.map(|path| (Place::file(path), "Mergify"));
    let blind = |(place, what): (Place, &str)| Blind {
        place: Some(place),
        why: format!("{what} merges pull requests by fast-forward, which leaves no mark in the history"),
    };
    actions.chain(bots).take(1).map(blind).collect()
}

pattern!(MOVES_ON, r"(?m)^[^#\n]*\b(?:merge_method|method):\s*[\x22']?fast-forward\b");

fn sighting(message: String, word: &str) -> Sighting {
    Sighting::new(Place::file(".git"), Strength::Measured, message).with(Observed::Word(word.to_owned()))
}

/// The facts that are shares of the commits by people.
fn shares(history: &History, fact: &str, is_since_tag: bool, answer: &mut Answer) {
    let range = history.since_tag.filter(|_| is_since_tag).unwrap_or(history.commits.len());
    let mut commits: Vec<&Commit> = history.by_people_of(range).collect();
    // How changes came in of late is told by those before, too, where a release is young; who pushed them is not.
    if commits.len() < ENOUGH_COMMITS && fact != "pushed_directly" {
        commits = history.by_people().take(ENOUGH_COMMITS).collect();
    }
    if commits.len() < ENOUGH_COMMITS {
        let clone = if history.is_shallow { " (a shallow clone)" } else { "" };
        let why = format!("only {} commits by people are here{clone}", commits.len());
        answer.blind.push(Blind { place: Some(Place::file(".git")), why });
        return;
    }
    let share = |is: &dyn Fn(&&&Commit) -> bool| commits.iter().filter(is).count();
    let count = commits.len();
    let by_request = share(&|commit| commit.is_by_request());
    let applied = share(&|commit| !commit.is_by_request() && commit.is_applied_by_other());
    let is_rebased = applied as f64 >= REBASED * count as f64;
    match fact {
        "reviewed" => {
            let reviewed = share(&|commit| commit.is_reviewed());
            let message = format!("{reviewed} of the last {count} commits by people say who approved them");
            answer.seen.push(measured(reviewed, count, message));
        }
        "via_pr" if is_rebased && by_request * 10 < count * 9 => answer.blind.push(rebased(applied, count)),
        "via_pr" => {
            let message = format!("{by_request} of the last {count} commits by people came by pull request");
            answer.seen.push(measured(by_request, count, message));
        }
        "pushed_directly" if is_rebased => answer.blind.push(rebased(applied, count)),
        "pushed_directly" => {
            let direct =
                share(&|commit| !commit.is_by_request() && !commit.is_reviewed() && !commit.is_applied_by_other());
            let message = format!(
                "{direct} of the last {count} commits by people were pushed by their author, without a pull request"
            );
            let measured = measured(direct, count, message);
            if direct * 2 > count { answer.seen.push(measured) } else { answer.notes.push(measured) }
        }
        _ => {}
    }
}

fn measured(part: usize, whole: usize, message: String) -> Sighting {
    let share = Quantity::ratio(part as f64 / whole as f64);
    Sighting::new(Place::file(".git"), Strength::Measured, message).with(Observed::Quantity(share))
}

fn rebased(applied: usize, count: usize) -> Blind {
    let why = format!(
        "{applied} of {count} commits were applied by somebody else than their author: rebased pull requests leave no mark"
    );
    Blind { place: Some(Place::file(".git")), why }
}
