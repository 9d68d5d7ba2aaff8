//! `@ci.uses`: the actions, orbs and templates that CI uses.

use super::ci_runs::{Timing, shown, unseen_scans, whence, with_reason};
use super::nearest::Nearest;
use super::{Probe, Question, Word, left_out, scan_scope};
use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::pattern::glob;
use crate::facts::ci::{Action, codeql};
use crate::pattern::compile;
use crate::value::Value;

/// `@ci.uses(action…)`.
pub static PROBE: Probe = Probe {
    name: "ci.uses",
    summary: "Actions, orbs and templates that CI uses and whose failure fails the run; yields the version if `version` is set; `service` leaves out CodeQL where it reads other languages than the service's, `manifests` a scan of a folder where nothing stands that ships, `libraries` one that leaves out what the program is built with; `nearest` takes names of a file of settings, and what the first one has to say that the tool finds upwards from where it works, or that it is given",
    usage: "@ci.uses(action…){gate, schedule, release, with: {input: \"value\"}, nearest: [name…, \"regex\"], version, service, manifests, libraries}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &["gate", "schedule", "release", "with", "nearest", "version", "service", "manifests", "libraries"],
    look,
};

/// Actions that on a schedule write issues about what they find, and succeed.
const WRITES_ISSUES: &[&str] = &["rustsec/audit-check", "actions-rs/audit-check"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let ci = facts.ci();
    let timing = Timing::of(question);
    let nearest = Nearest::of(question);
    let mut answer = Answer::default();
    for action in &ci.actions {
        let Some(fits) = fit(question.words_from(0), question.option("with"), action) else {
            answer.blind.extend(scan_of_another(question, action));
            continue;
        };
        let version = if action.version.is_empty() { String::new() } else { format!("@{}", shown(&action.version)) };
        let mut message = format!("{}{version} in {}", action.name, whence(facts, ci, &action.step, &action.chain));
        let strength = if fails_nothing(action) { Strength::Configured } else { Strength::Enforced };
        if strength == Strength::Configured {
            message.push_str(", where it writes issues and fails nothing");
        }
        let mut sighting = Sighting::new(action.place.clone(), strength, message);
        if question.is_set("version") && !action.version.is_empty() {
            sighting = sighting.with(Observed::Word(action.version.clone()));
        }
        let of_others = || question.is_set("service").then(|| codeql::reads_others(facts, action)).flatten();
        let reason = fits.err().or_else(|| action.excuse.clone()).or_else(|| timing.reason(ci, &action.step));
        let of_less = || question.is_set("manifests").then(|| scan_scope::of_action(facts, action)).flatten();
        let of_parts = || question.is_set("libraries").then(|| left_out::of_action(facts, action)).flatten();
        let unsaid = || nearest.as_ref()?.unsaid_by_action(facts, action);
        match reason.or_else(of_others).or_else(of_less).or_else(of_parts).or_else(unsaid) {
            Some(why) => answer.notes.push(with_reason(sighting, &why)),
            None => answer.seen.push(sighting),
        }
    }
    answer.seen.dedup_by(|a, b| a.place == b.place);
    answer.notes.dedup_by(|a, b| a.place == b.place);
    answer.blind.extend(timing.unseen(ci));
    answer.blind.extend(unseen_scans(ci, question));
    answer
}

/// Whether an action only tells what it finds, by what starts it.
fn fails_nothing(action: &Action) -> bool {
    WRITES_ISSUES.contains(&action.name.as_str()) && !action.step.is_gate() && action.step.schedules().next().is_some()
}

/// An action that another repository keeps in a folder named after a scanner that is asked for, `acme/actions/codeql`: what
/// it does cannot be read.
fn scan_of_another(question: &Question, action: &Action) -> Option<Blind> {
    const SCANNERS: &[&str] = &["codeql", "semgrep", "gosec", "trivy", "grype", "govulncheck", "zizmor", "gitleaks"];
    let [_, _, .., folder] = action.name.split('/').collect::<Vec<_>>()[..] else { return None };
    let is_meant = |scanner: &&&str| {
        folder.split(['-', '_']).any(|word| word.eq_ignore_ascii_case(scanner))
            && question.words_from(0).any(|word| word.text.to_ascii_lowercase().contains(**scanner))
    };
    SCANNERS.iter().find(is_meant).map(|scanner| Blind {
        place: Some(action.place.clone()),
        why: format!("{} names {scanner}, and its steps are in another repository", shown(&action.name)),
    })
}

/// Whether words of a rule name an action: nothing if none does, else why its inputs are not what each of those asks for.
pub(super) fn fit<'w>(
    words: impl Iterator<Item = &'w Word>,
    also: Option<&Value>,
    action: &Action,
) -> Option<Result<(), String>> {
    let mut found = None;
    for word in words.filter(|word| named(word, &action.name)) {
        let conditions = word.attributes.get("with").map(|field| &field.value);
        let failed = conditions.into_iter().chain(also).find_map(|conditions| unmet(conditions, action));
        match failed {
            Some(why) => found = Some(Err(why)),
            None => return Some(Ok(())),
        }
    }
    found
}

/// Whether a word of the rule names this action; `*` stands for any characters, letters match in either case.
fn named(word: &Word, name: &str) -> bool {
    if word.is_pattern {
        return compile(&word.text).is_ok_and(|regex| regex.is_match(name));
    }
    glob(&word.text.to_ascii_lowercase(), &name.to_ascii_lowercase())
}

/// The first condition on its inputs that an action does not satisfy, in words.
///
/// A condition is a value that the input must have, with `*` for any characters, or a list of them; `!x` is a value
/// that it must not have, and `""` that it is not set.
fn unmet(conditions: &Value, action: &Action) -> Option<String> {
    for (input, field) in conditions.as_map()? {
        let given = action.with.get(input.as_str()).map_or("", String::as_str).trim();
        let wanted: Vec<String> = match field.value.as_list() {
            Some(list) => list.iter().filter_map(Value::scalar_text).collect(),
            None => field.value.scalar_text().into_iter().collect(),
        };
        let forbidden = wanted.iter().filter_map(|one| one.strip_prefix('!')).any(|one| glob(one, given));
        let mut allowed = wanted.iter().filter(|one| !one.starts_with('!')).peekable();
        let fits = allowed.peek().is_none() || allowed.any(|one| glob(one, given));
        if forbidden || !fits {
            let is = if given.is_empty() { "is not set".to_owned() } else { format!("is `{}`", shown(given)) };
            return Some(format!("its input `{input}` {is}"));
        }
    }
    None
}
