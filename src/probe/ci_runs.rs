//! `@ci.runs`: the commands that CI really reaches.

mod shipped;

use super::{Probe, Question, Word};
use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::pattern::{Pattern, values_of};
use crate::facts::ci::{Ci, Command, Link, Step, tools};
use crate::facts::code::{Language, Role};
use crate::facts::manifests::Package;
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::quantity::Quantity;
use crate::tree::path::within;
use crate::value::Value;
use shipped::{Beside, is_beside_product};

/// `@ci.runs(command, word…)`.
pub static PROBE: Probe = Probe {
    name: "ci.runs",
    summary: "Commands that CI reaches, through recipes and scripts, and whose failure fails the run; yields the value of an option where one is asked for. `service` leaves open what a tool tells that does not read the language of the service; `excused` takes also what may fail; `shipped` leaves out what works in a folder of documents or examples",
    usage: "@ci.runs(command, word | \"NAME~regex\"…){gate, schedule, release, value: \"--option\", unit, then: [command…], after: [command…], step: \"regex\", services, service, excused, shipped}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &[
        "gate", "schedule", "release", "value", "unit", "then", "after", "step", "services", "service", "excused",
        "shipped",
    ],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let ci = facts.ci();
    let wanted = Wanted::of(question);
    let timing = Timing::of(question);
    let mut answer = Answer::default();
    let beside = Beside::of(ci, question.is_set("shipped"));
    let mut seen = Vec::new();
    for command in &ci.commands {
        let Some(said) = wanted.matches(command) else { continue };
        let message =
            format!("`{}` in {}{said}", shown(&command.line()), whence(facts, ci, &command.step, &command.chain));
        let sighting = Sighting::new(command.place.clone(), Strength::Enforced, message);
        if !command.sure {
            // Where it may be reached, it would not count.
            if let Some(why) = timing.reason(ci, &command.step) {
                answer.notes.push(with_reason(sighting, &why));
                continue;
            }
            let line = command.line();
            let why = match line.split_once(' ') {
                Some(("tests-of-another-repository", what)) => {
                    format!("`{}` runs tests that are not in this tree, or not read", shown(what))
                }
                Some(("scans-of-another-repository", what)) => {
                    format!(
                        "`{what}` scans by its name or has the key of a scanner; what it fails on is not in this tree"
                    )
                }
                _ => format!("`{}` may be reached; which task runs it is not followed", shown(&command.line())),
            };
            answer.blind.push(Blind { place: Some(command.place.clone()), why });
            continue;
        }
        // What may fail runs all the same.
        let reason = if question.is_set("excused") {
            timing.of_time(ci, &command.step)
        } else {
            command.excuse.clone().or_else(|| timing.reason(ci, &command.step))
        };
        let reason = reason.or_else(|| wanted.then_missing(ci, command));
        let reason = reason.or_else(|| wanted.before_missing(ci, command));
        let aside = question.is_set("shipped") && reason.is_none() && is_beside_product(command);
        let reason = reason.or_else(|| aside.then(|| "it builds nothing that ships, by its folder".to_owned()));
        // What says none of the value that is asked for tells nothing of it, whatever language it reads.
        let value = match wanted.value(command) {
            Some(Err(why)) if reason.is_none() => {
                answer.notes.push(with_reason(sighting, &why));
                continue;
            }
            value => value.and_then(Result::ok),
        };
        let bare = question.is_set("services") && ci.job(&command.step).services.is_empty();
        let reason = reason.or_else(|| bare.then(|| "no service containers run beside it".to_owned()));
        if reason.is_none()
            && question.is_set("service")
            && let Some(why) = of_another_language(facts, &command.words).or_else(|| of_other_crates(facts, command))
        {
            answer.blind.push(Blind { place: Some(command.place.clone()), why });
            continue;
        }
        let sighting = match value {
            Some(value) => sighting.with(value),
            None => sighting,
        };
        match reason {
            Some(why) => answer.notes.push(with_reason(sighting, &why)),
            None => seen.push((beside.rank(ci, command), sighting)),
        }
    }
    seen.sort_by_key(|(rank, _)| *rank);
    answer.seen = seen.into_iter().map(|(_, sighting)| sighting).collect();
    answer.seen.dedup_by(|a, b| a.place == b.place && a.value == b.value);
    answer.notes.dedup_by(|a, b| a.place == b.place);
    answer.blind.extend(timing.unseen(ci));
    answer.blind.extend(unseen_scans(ci, question));
    answer
}

/// Why a tool tells nothing of the service: it reads none of the languages that the service is written in.
fn of_another_language(facts: &Facts<'_>, words: &[String]) -> Option<String> {
    if tools::reads_no_code(words) {
        return Some(format!("`{}` looks at what stands around the code", shown(&words.join(" "))));
    }
    let reads = tools::languages(words);
    let written = if reads.is_empty() { &[][..] } else { facts.code().languages(facts) };
    let names = |languages: &[Language]| languages.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
    let is_foreign = !written.is_empty() && !written.iter().any(|language| reads.contains(language));
    is_foreign.then(|| {
        let (reads, written) = (names(reads), names(written));
        format!("`{}` reads {reads}; the service is written in {written}", shown(&words.join(" ")))
    })
}

/// Why Cargo tells nothing of the service: all the crates that it is given, or the one in whose folder it works, stand beside
/// it.
fn of_other_crates(facts: &Facts<'_>, command: &Command) -> Option<String> {
    let (program, options) = command.words.split_first()?;
    if program != "cargo" {
        return None;
    }
    let manifests = facts.manifests();
    // The coverage of a part is not that of the whole.
    let measures = options.first().is_some_and(|act| matches!(act.as_str(), "llvm-cov" | "tarpaulin"));
    let is_beside = |own: &Package| {
        matches!(own.role, Role::Tooling | Role::Example)
            || manifests.is_beside_service(&own.path)
            || measures && manifests.answers_nothing(own)
    };
    let values: Vec<&str> = ["-p", "--package"].iter().flat_map(|name| values_of(options, name).flatten()).collect();
    let is_named_beside =
        |name: &&str| manifests.packages.iter().find(|own| own.name.as_deref() == Some(name)).is_some_and(is_beside);
    let reaches_out =
        || ["--workspace", "--all", "--manifest-path"].iter().any(|name| values_of(options, name).next().is_some());
    let is_here_beside =
        || !reaches_out() && manifests.crate_of(&within(&command.dir, "Cargo.toml")).is_some_and(is_beside);
    let all = if values.is_empty() { is_here_beside() } else { values.iter().all(is_named_beside) };
    all.then(|| format!("`{}` is about crates beside the service", shown(&command.line())))
}

/// A command as it is shown: on one line, not without end.
pub(super) fn shown(line: &str) -> String {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 120 { line } else { format!("{}…", line.chars().take(119).collect::<String>()) }
}

pub(super) fn with_reason(mut sighting: Sighting, why: &str) -> Sighting {
    sighting.message = format!("{}: {why}", sighting.message);
    sighting
}

/// The job that runs it and the way there: `job "lint" on pull request, by `make lint` (Makefile:3)`.
pub(super) fn whence(facts: &Facts<'_>, ci: &Ci, step: &Step, chain: &[Link]) -> String {
    let job = ci.job(step);
    let mut text = format!("job \"{}\"", job.name);
    let events: Vec<String> = step.triggers.iter().map(|trigger| trigger.event.name()).collect();
    if !events.is_empty() {
        text = format!("{text} on {}", events.join(", "));
    }
    let way: Vec<String> =
        chain.iter().map(|link| format!("`{}` ({})", shown(&link.what), line_of(facts, &link.place))).collect();
    if !way.is_empty() {
        text = format!("{text}, by {}", way.join(", "));
    }
    text
}

fn line_of(facts: &Facts<'_>, place: &crate::evidence::Place) -> String {
    match (place.span, facts.tree.text(&place.path)) {
        (Some(span), Some(source)) => format!("{}:{}", place.path, source.line_col(span.start).line),
        _ => place.path.to_string(),
    }
}

/// Scans that could not be read, where one of those is asked for.
pub(super) fn unseen_scans(ci: &Ci, question: &Question) -> Vec<Blind> {
    let asks = !ci.scans_unread.is_empty() && question.words_from(0).any(|word| tools::may_scan(&word.text));
    if asks { ci.scans_unread.clone() } else { Vec::new() }
}

/// When what was found must run: `{gate}`, `{schedule}`, both meaning either, and `{release}`.
pub(super) struct Timing {
    gate: bool,
    schedule: bool,
    release: bool,
}

impl Timing {
    pub(super) fn of(question: &Question) -> Self {
        Self {
            gate: question.is_set("gate"),
            schedule: question.is_set("schedule"),
            release: question.is_set("release"),
        }
    }

    /// What could not be read and may hold what is asked for.
    pub(super) fn unseen(&self, ci: &Ci) -> Vec<Blind> {
        if (self.gate || self.release) && !self.schedule { ci.unseen_gates() } else { ci.unseen() }
    }

    /// Why a step does not count.
    pub(super) fn reason(&self, ci: &Ci, step: &Step) -> Option<String> {
        ci.job(step).excuse.clone().or_else(|| self.of_time(ci, step))
    }

    /// The same, by when it runs alone.
    fn of_time(&self, ci: &Ci, step: &Step) -> Option<String> {
        let job = ci.job(step);
        if step.triggers.is_empty() {
            return Some("the job never runs".into());
        }
        if step.on_failure {
            return Some("runs only after a failure".into());
        }
        let gate = step.is_gate()
            && (job.manual.is_none()
                || step.triggers.iter().any(|trigger| trigger.event == crate::facts::ci::Event::Tag));
        let scheduled = step.schedules().next().is_some();
        if (self.gate || self.schedule) && !(self.gate && gate || self.schedule && scheduled) {
            return Some(match (self.gate, self.schedule, scheduled) {
                (true, false, true) => "runs on a schedule only, which guards no merge and no release".into(),
                (true, ..) => "runs by hand or on events that guard no merge and no release".into(),
                _ => "runs on no schedule".into(),
            });
        }
        if self.release && !ci.release_waits_for(step) {
            return Some("no deploy or publish job waits for it".into());
        }
        None
    }
}

/// The command that is asked for, with its further words.
struct Wanted {
    commands: Vec<One>,
    words: Vec<Vec<One>>,
    value: Option<String>,
    unit: Option<String>,
    then: Vec<Pattern>,
    after: Vec<Pattern>,
    step: Option<Regex>,
}

enum One {
    Command(Pattern),
    Text(Regex),
    Env(String, Regex),
    Never,
}

impl One {
    fn of(word: &Word) -> Self {
        let regex = |text: &str| compile(text).ok();
        if word.is_pattern {
            return regex(&word.text).map_or(Self::Never, Self::Text);
        }
        match word.text.split_once('~') {
            Some((name, pattern))
                if name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
                    && !name.is_empty() =>
            {
                regex(pattern).map_or(Self::Never, |regex| Self::Env(name.to_owned(), regex))
            }
            _ => Self::Command(Pattern::new(&word.text)),
        }
    }

    /// What matched: in words where it is not the command itself, else nothing to say.
    fn matches(&self, command: &Command) -> Option<String> {
        match self {
            Self::Command(pattern) => pattern.matches(&command.words).then(String::new),
            Self::Text(regex) => regex.is_match(&command.line()).then(String::new),
            Self::Env(name, regex) => {
                let value = command.env.get(name)?;
                regex.is_match(value).then(|| format!(", with {name}={}", shown(value)))
            }
            Self::Never => None,
        }
    }
}

impl Wanted {
    fn of(question: &Question) -> Self {
        let all = |words: &[Word]| words.iter().map(One::of).collect::<Vec<_>>();
        Self {
            commands: all(question.arg(0)),
            words: question.args.iter().skip(1).map(|arg| all(arg)).collect(),
            value: question.option_text("value").map(str::to_owned),
            unit: question.option_text("unit").map(str::to_owned),
            then: strings(question.option("then")).iter().map(|text| Pattern::new(text)).collect(),
            after: strings(question.option("after")).iter().map(|text| Pattern::new(text)).collect(),
            step: question.option_text("step").and_then(|text| compile(text).ok()),
        }
    }

    /// What matched beside the command itself, in words.
    fn matches(&self, command: &Command) -> Option<String> {
        if let Some(step) = &self.step
            && !command.step.name.as_deref().is_some_and(|name| step.is_match(name))
        {
            return None;
        }
        let mut said = self.commands.iter().find_map(|one| one.matches(command))?;
        for words in &self.words {
            said.push_str(&words.iter().find_map(|one| one.matches(command))?);
        }
        Some(said)
    }

    /// Why it does not count: nothing of `then` follows it in its job.
    fn then_missing(&self, ci: &Ci, command: &Command) -> Option<String> {
        if self.then.is_empty() {
            return None;
        }
        let mut after = ci.commands.iter().skip_while(|other| !std::ptr::eq(*other, command)).skip(1);
        let follows = after.any(|other| {
            other.step.job == command.step.job
                && other.excuse.is_none()
                && self.then.iter().any(|pattern| pattern.matches(&other.words))
        });
        (!follows).then(|| "nothing after it fails on what it changed".to_owned())
    }

    /// Why it does not count: nothing of `after`, a command or an action, stands before it in its job.
    fn before_missing(&self, ci: &Ci, command: &Command) -> Option<String> {
        let mut before = ci.commands.iter().take_while(|other| !std::ptr::eq(*other, command));
        let is_one = |words: &[String]| self.after.iter().any(|pattern| pattern.matches(words));
        let precedes = self.after.is_empty()
            || before.any(|other| other.step.job == command.step.job && is_one(&other.words))
            || ci.actions.iter().any(|action| {
                action.step.job == command.step.job
                    && action.step.order <= command.step.order
                    && is_one(std::slice::from_ref(&action.name))
            });
        (!precedes).then(|| "nothing was deployed before it in its job".to_owned())
    }

    /// The value of the option that is asked for; an error says why there is none.
    fn value(&self, command: &Command) -> Option<Result<Observed, String>> {
        let name = self.value.as_deref()?;
        let Some(text) = values_of(&command.words, name).last() else { return Some(Err(format!("sets no {name}"))) };
        let text = text.unwrap_or_default();
        Some(observed(text, self.unit.as_deref()).ok_or_else(|| format!("{name} has no value")))
    }
}

/// One text, or a list of them.
fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(value) => match value.as_list() {
            Some(list) => list.iter().filter_map(Value::scalar_text).collect(),
            None => value.scalar_text().into_iter().collect(),
        },
        None => Vec::new(),
    }
}

/// A typed value of a text: an amount (of the unit, for a bare number), something set elsewhere, or a word.
pub(super) fn observed(text: &str, unit: Option<&str>) -> Option<Observed> {
    let text = text.trim().trim_matches(['"', '\'']);
    if text.is_empty() {
        return None;
    }
    if text.contains('$') {
        return Some(Observed::Opaque(text.to_owned()));
    }
    if let (Ok(number), Some("%")) = (text.trim_end_matches('%').parse::<f64>(), unit) {
        // 0.8 is 80 %, and so is 80.
        return Some(Observed::Quantity(Quantity::ratio(if number <= 1.0 && !text.ends_with('%') {
            number
        } else {
            number / 100.0
        })));
    }
    let with_unit = unit.filter(|_| text.parse::<f64>().is_ok()).map(|unit| format!("{text}{unit}"));
    match Quantity::parse(with_unit.as_deref().unwrap_or(text)) {
        Ok(quantity) => Some(Observed::Quantity(quantity)),
        Err(_) => Some(Observed::Word(text.to_owned())),
    }
}
