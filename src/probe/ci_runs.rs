//! `@ci.runs`: the commands that CI really reaches.

mod shipped;
mod trial;
mod wanted;

use super::{Probe, Question, left_out, scan_scope};
use crate::evidence::{Answer, Blind, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::pattern::values_of;
use crate::facts::ci::{Ci, Command, Link, Step, tools};
use crate::facts::code::{Language, Role};
use crate::facts::manifests::Package;
use crate::facts::suites::runs::is_of_no_test;
use crate::quantity::Quantity;
use crate::tree::path::within;
use shipped::{Beside, is_beside_product};
use wanted::Wanted;

/// `@ci.runs(command, word…)`.
pub static PROBE: Probe = Probe {
    name: "ci.runs",
    summary: "Commands that CI reaches, through recipes and scripts, and whose failure fails the run; yields the value of an option where one is asked for. `service` leaves open what a tool tells that does not read the language of the service; `excused` takes also what may fail; `shipped` leaves out what works in a folder of documents or examples; `manifests` leaves out a scan of a folder where nothing stands that ships, `libraries` one that leaves out what the program is built with; `apart` leaves out what the program of the project does, and what follows one of those commands in its job; `definition` asks what the file or the workflow is called; `here` asks nothing of definitions that are not read; `beside` takes files of the folder that it runs in, and what one of them says; `nearest` takes names of a file of settings, and what the first one has to say that the tool finds from there upwards, or that it is given",
    usage: "@ci.runs(command, word | \"NAME~regex\"…){gate, schedule, release, value: \"--option\", unit, then: [command…], after: [command…], step: \"regex\", job: \"regex\", definition: \"regex\", services, services: \"regex\", beside: [name…, \"regex\"], nearest: [name…, \"regex\"], service, excused, shipped, here, manifests, libraries, apart: [command…]}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &[
        "gate",
        "schedule",
        "release",
        "beside",
        "nearest",
        "value",
        "unit",
        "then",
        "after",
        "step",
        "job",
        "definition",
        "here",
        "services",
        "service",
        "excused",
        "shipped",
        "manifests",
        "libraries",
        "apart",
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
        let Some(said) = wanted.matches(ci, command) else { continue };
        let message =
            format!("`{}` in {}{said}", shown(&command.line()), whence(facts, ci, &command.step, &command.chain));
        let sighting = Sighting::new(command.place.clone(), Strength::Enforced, message);
        if !command.sure {
            // Where it may be reached, it would not count.
            if let Some(why) = timing.reason(ci, &command.step) {
                answer.notes.push(with_reason(sighting, &why));
                continue;
            }
            answer.blind.push(unsure(ci, command));
            continue;
        }
        if let Some(blind) = timing.unstarted(ci, command) {
            answer.blind.push(blind);
            continue;
        }
        // What may fail runs all the same.
        let reason = if question.is_set("excused") {
            timing.of_time(ci, &command.step)
        } else {
            command.excuse.clone().or_else(|| timing.reason(ci, &command.step))
        };
        let of_less = || question.is_set("manifests").then(|| scan_scope::of_command(facts, command)).flatten();
        let of_parts = || question.is_set("libraries").then(|| left_out::of_command(facts, command)).flatten();
        let of_trial = || wanted.tried_only(facts, command);
        let reason = reason.or_else(of_less).or_else(of_parts).or_else(of_trial);
        let reason = reason.or_else(|| wanted.then_missing(ci, command));
        let reason = reason.or_else(|| wanted.before_missing(ci, command));
        let reason = reason.or_else(|| wanted.unsaid_beside(facts, command));
        let reason = reason.or_else(|| wanted.nearest.as_ref()?.unsaid_by_command(facts, command));
        let is_idle = || is_of_no_test(facts, &command.words).then(|| "no test has the name that it runs".to_owned());
        let reason = reason.or_else(is_idle);
        let aside = question.is_set("shipped") && reason.is_none() && is_beside_product(facts, command);
        let reason = reason.or_else(|| aside.then(|| "it builds nothing that ships, by its folder".to_owned()));
        // What says none of the value that is asked for tells nothing of it, whatever language it reads.
        let value = match wanted.value(command) {
            Some(Err(why)) if reason.is_none() => {
                answer.notes.push(with_reason(sighting, &why));
                continue;
            }
            value => value.and_then(Result::ok),
        };
        let bare = question.is_set("services") && !wanted.has_services(ci, command);
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
    if !question.is_set("here") {
        answer.blind.extend(timing.unseen(ci));
        answer.blind.extend(unseen_scans(ci, question));
    }
    answer
}

/// What a command leaves open of which it is only supposed that it is reached.
pub(super) fn unsure(ci: &Ci, command: &Command) -> Blind {
    let line = command.line();
    let why = match line.split_once(' ') {
        Some(("tests-of-another-repository", what)) => {
            format!("`{}` runs tests that are not in this tree, or not read", shown(what))
        }
        Some(("builds-of-another-repository", what)) => {
            format!("`{what}` may build, and is not in this tree, or not read")
        }
        Some(("scans-of-another-repository", what)) => {
            format!("`{what}` scans by its name or has the key of a scanner; what it fails on is not in this tree")
        }
        _ => match ci.stopped.get(&command.step.job) {
            Some(why) => format!("`{}`: {why}", shown(&line)),
            None => format!("`{}` may be reached; which task runs it is not followed", shown(&line)),
        },
    };
    Blind { place: Some(command.place.clone()), why }
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

    /// What a command leaves open that would count, if it were told what starts its job.
    fn unstarted(&self, ci: &Ci, command: &Command) -> Option<Blind> {
        let triggers = &command.step.triggers;
        let asked = self.gate || self.schedule;
        let is_unseen = !triggers.is_empty() && triggers.iter().all(|trigger| trigger.event.is_unseen());
        if !asked || !is_unseen || command.excuse.is_some() || ci.job(&command.step).excuse.is_some() {
            return None;
        }
        let why = format!("`{}` is started by {}", shown(&command.line()), triggers[0].event.name());
        Some(Blind { place: Some(command.place.clone()), why })
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
