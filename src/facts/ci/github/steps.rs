//! The steps of a job or of a composite action.

use super::super::excerpt::Excerpt;
use super::super::follow::{Call, Walk};
use super::super::model::{Step, Trigger};
use super::super::path;
use super::super::shell::Settings;
use super::{Known, defaults, environment, excuse, inputs_of, running};
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most steps of one job that are walked.
const MAX_STEPS: usize = 500;

/// Actions that run a command of the workflow again until it passes.
const RETRYING: &[&str] = &["nick-fields/retry", "nick-invision/retry", "Wandalen/wretry.action"];

/// Actions that call Cargo with the command and the arguments that they are given.
const CARGO: &[&str] = &["actions-rs/cargo", "clechasseur/rs-cargo", "houseabsolute/actions-rust-cross"];

/// Actions that call a program with what some of their inputs say.
const CALLING: &[(&str, &str, &[&str])] = &[
    ("gradle/gradle-build-action", "gradle", &["arguments"]),
    ("gradle/actions/setup-gradle", "gradle", &["arguments"]),
    ("eskatos/gradle-command-action", "gradle", &["arguments"]),
    ("burrunan/gradle-cache-action", "gradle", &["arguments"]),
    ("magefile/mage-action", "mage", &["args"]),
    ("dagger/dagger-for-github", "dagger", &["verb", "args", "call"]),
    ("borales/actions-yarn", "yarn", &["cmd"]),
];

/// What holds around the steps.
pub(super) struct Around<'a> {
    pub(super) job: usize,
    pub(super) shell: Option<&'a str>,
    pub(super) dir: &'a str,
    pub(super) triggers: &'a [Trigger],
    pub(super) on_failure: bool,
    pub(super) excuse: &'a Option<String>,
}

/// Walks the steps of a job.
pub(super) fn walk_steps(
    walk: &mut Walk<'_>,
    parsed: &Parsed,
    steps: Option<&Value>,
    around: &Around<'_>,
    known: &Known,
) {
    let mut known = known.clone();
    let mut order = 0;
    list(walk, parsed, steps, around, &mut known, &mut order, None);
}

/// The call that a step makes.
pub(super) fn call(
    around: &Around<'_>,
    known: &Known,
    order: usize,
    name: Option<String>,
    place: Place,
    with: &BTreeMap<String, String>,
) -> Call {
    let step = Step {
        job: around.job,
        order,
        name,
        place,
        triggers: around.triggers.to_vec(),
        on_failure: around.on_failure,
        env: known.env.clone(),
        with: with.clone(),
    };
    Call {
        step: Arc::new(step),
        chain: Vec::new(),
        dir: path::join("", around.dir),
        env: known.env.clone(),
        excuse: around.excuse.clone(),
        settings: Settings { errexit: true, pipefail: false },
        arguments: None,
        sure: true,
        stack: Vec::new(),
    }
}

#[allow(clippy::too_many_arguments, reason = "composite actions walk their steps with what holds outside")]
fn list(
    walk: &mut Walk<'_>,
    parsed: &Parsed,
    steps: Option<&Value>,
    around: &Around<'_>,
    known: &mut Known,
    order: &mut usize,
    outer: Option<&Call>,
) {
    let steps = steps.and_then(Value::as_list).unwrap_or(&[]);
    for (at, step) in steps.iter().enumerate().take(MAX_STEPS) {
        *order += 1;
        let mut own = known.clone();
        own.env = environment(known, step.get("env"));
        let (triggers, on_failure) = running(step.get("if"), around.triggers, &own);
        if triggers.is_empty() {
            continue;
        }
        let later = || steps.get(at + 1..).unwrap_or_default();
        let excuse =
            around.excuse.clone().or_else(|| excuse(step, &own).filter(|_| !is_called_to_account(step, later())));
        let excuse = excuse.or_else(|| tries_out(step, &own));
        let name = step.get("name").and_then(Value::as_str).map(|name| own.fill_text(name));
        let dir = step
            .get("working-directory")
            .and_then(Value::as_str)
            .map_or_else(|| around.dir.to_owned(), |dir| own.fill_text(dir));
        let dir = dir.trim_start_matches("${github_workspace}").to_owned();
        let here = Around {
            dir: &dir,
            triggers: &triggers,
            on_failure: around.on_failure || on_failure,
            excuse: &excuse,
            ..*around
        };
        if let Some(script) = step.get("run") {
            let published = run(walk, parsed, step, script, &here, &own, *order, name, outer);
            if !published.is_empty() {
                let mut env = (*known.env).clone();
                for (name, value) in published {
                    // What only some runs set to something else is not known.
                    let is_other = env.get(&name).is_some_and(|before| *before != value);
                    if is_other && step.get("if").is_some() {
                        let is_cargo =
                            |program: Option<&String>| program.is_some_and(|name| name == "cargo" || name == "cross");
                        // What cross does, it does as Cargo would.
                        if is_cargo(env.get(&name)) && is_cargo(Some(&value)) {
                            env.insert(name, "cargo".to_owned());
                        } else {
                            env.remove(&name);
                        }
                    } else {
                        env.insert(name, value);
                    }
                }
                known.env = Arc::new(env);
            }
        } else if let Some(target) = step.get("uses") {
            uses(walk, parsed, step, target, &here, &own, order, name, outer);
            toolchain_flags(target, step, known);
        } else if let Some(group) = step.get("parallel") {
            list(walk, parsed, Some(group), &here, known, order, outer);
        }
    }
}

/// Whether a later step fails the job for the failure of this one: `if: steps.lint.outcome == 'failure'`, `run: exit 1`, or
/// by its own script: `if [[ "${{ steps.lint.outcome }}" == "failure" ]]; then exit 1; fi`.
fn is_called_to_account(step: &Value, later: &[Value]) -> bool {
    let Some(id) = step.get("id").and_then(Value::as_str) else { return false };
    later.iter().any(|other| {
        let text = |key: &str| other.get(key).and_then(Value::scalar_text).unwrap_or_default();
        let condition: String = text("if").split_whitespace().collect();
        let asks =
            ["=='failure'", "!='success'"].iter().any(|end| condition.contains(&format!("steps.{id}.outcome{end}")));
        let bites = text("continue-on-error").is_empty() && !condition.contains("failure()");
        asks && text("run").contains("exit 1") || bites && fails_for(&text("run"), id)
    })
}

/// Whether a script looks at the outcome of a step, and ends with a failure where that has failed.
fn fails_for(script: &str, id: &str) -> bool {
    let is_sign = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'');
    let script: String = script.chars().filter(|letter| !is_sign(*letter)).collect();
    let outcome = format!("${{{{steps.{id}.outcome}}}}");
    script.match_indices(&outcome).any(|(at, _)| {
        let rest = &script[at + outcome.len()..];
        // What follows the next such question answers that one.
        let answer = rest.split("${{steps.").next().unwrap_or(rest);
        let asks = ["==failure", "=failure", "!=success"].iter().any(|end| rest.starts_with(end));
        asks && answer.contains("exit1")
    })
}

/// The call of this step, inside the composite action that it stands in.
fn within(outer: Option<&Call>, call: Call, around: &Around<'_>) -> Call {
    let Some(outer) = outer else { return call };
    let mut inner = call;
    inner.chain.clone_from(&outer.chain);
    inner.stack.clone_from(&outer.stack);
    let mut step = (*outer.step).clone();
    step.order = inner.step.order;
    step.triggers = around.triggers.to_vec();
    step.on_failure = around.on_failure;
    step.name = inner.step.name.clone().or(step.name);
    inner.step = Arc::new(step);
    inner
}

#[allow(clippy::too_many_arguments, reason = "a step is what it says and what holds around it")]
fn run(
    walk: &mut Walk<'_>,
    parsed: &Parsed,
    step: &Value,
    script: &Value,
    around: &Around<'_>,
    known: &Known,
    order: usize,
    name: Option<String>,
    outer: Option<&Call>,
) -> Vec<(String, String)> {
    let Some(text) = script.as_str() else { return Vec::new() };
    let excerpt = known.fill(&Excerpt::scalar(&parsed.source, script.span, text));
    let first = excerpt.text().len() - excerpt.text().trim_start().len();
    let place = excerpt.place(first..first + excerpt.text().trim_start().lines().next().unwrap_or_default().len());
    let mut call = within(outer, call(around, known, order, name, place, &BTreeMap::new()), around);
    let shell = step.get("shell").and_then(Value::as_str).or(around.shell);
    call.settings = match shell.map(|shell| known.fill_text(shell)).as_deref() {
        None | Some("sh") => Settings { errexit: true, pipefail: false },
        Some("bash") => Settings { errexit: true, pipefail: true },
        Some("pwsh" | "powershell" | "cmd") => Settings { errexit: false, pipefail: false },
        Some(custom) if custom.contains("bash") || custom.contains("sh ") || custom.contains("nix") => Settings {
            errexit: custom
                .split(' ')
                .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('e')),
            pipefail: custom.contains("pipefail"),
        },
        // Python and the like are no shell; their text names no commands.
        Some(_) => return Vec::new(),
    };
    walk.script(&excerpt, &call)
}

#[allow(clippy::too_many_arguments, reason = "a step is what it says and what holds around it")]
fn uses(
    walk: &mut Walk<'_>,
    parsed: &Parsed,
    step: &Value,
    target: &Value,
    around: &Around<'_>,
    known: &Known,
    order: &mut usize,
    name: Option<String>,
    outer: Option<&Call>,
) {
    let Some(written) = target.as_str() else { return };
    let with = inputs_of(step.get("with"), known);
    let place = Place::at(parsed.source.name(), target.span);
    let call = within(outer, call(around, known, *order, name, place.clone(), &with), around);
    let Some(local) = written.strip_prefix("./") else {
        let (name, version) = written.rsplit_once('@').unwrap_or((written, ""));
        walk.action(name, version, with.clone(), place.clone(), &call);
        walk.foreign_scan(name, &with, &place, &call);
        if !looks_at_results(step) {
            walk.foreign_suite(name, &place, &call);
        }
        walk.foreign_linter(name, &place, &call);
        if name == "cake-build/cake-action" {
            let target = with.get("target").map_or("", String::as_str);
            walk.cake(&[name.to_owned(), target.to_owned()], target, &place, &call);
        }
        if let Some(script) = RETRYING.contains(&name).then(|| step.at(&["with", "command"])).flatten()
            && let Some(text) = script.as_str()
        {
            let excerpt = known.fill(&Excerpt::scalar(&parsed.source, script.span, text));
            walk.script(&excerpt, &call);
        }
        let called = CARGO
            .contains(&name)
            .then(|| cargo_call(&with))
            .or_else(|| cypress_call(name, &with))
            .or_else(|| call_of(name, &with));
        if let Some(text) = called {
            let folder = ["working-directory", "build-root-directory", "dir", "workdir"].map(|input| with.get(input));
            let mut call = call.clone();
            call.dir = path::join(&call.dir, folder.into_iter().flatten().next().map_or("", String::as_str));
            walk.script(&Excerpt::anchored(place.path.clone(), target.span, text), &call);
        }
        if name == "pre-commit/action" {
            let extra = with.get("extra_args").map_or("--all-files", String::as_str);
            let words: Vec<String> = format!("pre-commit run {extra}").split_whitespace().map(str::to_owned).collect();
            walk.list(&words, &place, &call);
            let only = words.iter().skip(2).find(|word| !word.starts_with('-'));
            walk.hooks_of(".pre-commit-config.yaml", only.map(String::as_str), None, &[], &place, &call);
        }
        return;
    };
    let facts = walk.facts;
    let folder = path::join("", local);
    let file = ["action.yml", "action.yaml"]
        .iter()
        .map(|name| path::join(&folder, name))
        .find(|file| facts.tree.file(file).is_some());
    let Some((inner, root)) = file.and_then(|file| facts.parsed(&file)).and_then(|inner| Some((inner, inner.first()?)))
    else {
        // A step before it has brought the action from another repository.
        walk.foreign_scan(local, &with, &place, &call);
        return;
    };
    let Some(entered) = call.inside(written.to_owned(), &place, format!("action {folder}")) else { return };
    let mut values = known.clone();
    values.inputs = defaults(root.get("inputs"));
    values.inputs.extend(with);
    // Steps of a composite action name their shell themselves, and run in the folder of the job.
    let around = Around { shell: None, dir: "", ..*around };
    list(walk, inner, root.at(&["runs", "steps"]), &around, &mut values, order, Some(&entered));
}

/// Whether an action is given how the jobs before it ended, which it looks at and runs nothing.
fn looks_at_results(step: &Value) -> bool {
    let mut inputs = step.get("with").and_then(Value::as_map).into_iter().flatten();
    inputs.any(|(_, field)| {
        let text = field.value.as_str().unwrap_or_default().to_ascii_lowercase();
        text.contains("tojson(needs)")
    })
}

/// The line that an action of [`CALLING`] runs; none where its inputs ask for nothing, as where it only installs.
fn call_of(name: &str, with: &BTreeMap<String, String>) -> Option<String> {
    let (_, program, inputs) = CALLING.iter().find(|(action, ..)| action.eq_ignore_ascii_case(name))?;
    let said: Vec<&str> =
        inputs.iter().filter_map(|input| with.get(*input)).flat_map(|text| text.split_whitespace()).collect();
    (!said.is_empty()).then(|| format!("{program} {}", said.join(" ")))
}

/// What the action of Cypress runs, where it runs more than components: what `command` says, or all specs.
fn cypress_call(name: &str, with: &BTreeMap<String, String>) -> Option<String> {
    let is = |input: &str, value: &str| with.get(input).is_some_and(|given| given.trim() == value);
    let runs = name == "cypress-io/github-action" && !is("component", "true") && !is("runTests", "false");
    let own = || with.get("command").filter(|command| !command.trim().is_empty());
    runs.then(|| own().map_or_else(|| "cypress run".to_owned(), Clone::clone))
}

/// What an action that calls Cargo runs: its `command` with its `args`, a build where it names none.
fn cargo_call(with: &BTreeMap<String, String>) -> String {
    let said = |name: &str| with.get(name).map_or("", |text| text.trim());
    let is_cross = said("use-cross") == "true";
    let program = if is_cross { "cross" } else { "cargo" };
    let commands = match said("command") {
        "" => vec!["build"],
        "both" => vec!["build", "test"],
        command => vec![command],
    };
    let lines: Vec<String> = commands.iter().map(|command| format!("{program} {command} {}", said("args"))).collect();
    lines.join("\n")
}

/// `actions-rust-lang/setup-rust-toolchain` sets `RUSTFLAGS`, to `-D warnings` unless it is told otherwise.
fn toolchain_flags(target: &Value, step: &Value, known: &mut Known) {
    let named = target.as_str().is_some_and(|name| name.starts_with("actions-rust-lang/setup-rust-toolchain@"));
    if !named || known.env.contains_key("RUSTFLAGS") || known.env.contains_key("CARGO_ENCODED_RUSTFLAGS") {
        return;
    }
    let flags = step.at(&["with", "rustflags"]).and_then(Value::scalar_text).unwrap_or_else(|| "-D warnings".into());
    if !flags.is_empty() {
        let mut env = (*known.env).clone();
        env.insert("RUSTFLAGS".into(), flags);
        known.env = Arc::new(env);
    }
}

/// The input by which an action is told to do nothing of what it is for.
fn tries_out(step: &Value, known: &Known) -> Option<String> {
    const DRY: &[&str] = &["dry-run", "dry_run", "dryRun", "dryrun", "debug-only"];
    let inputs = step.get("with").filter(|_| step.get("uses").is_some())?;
    let is_on = |name: &&&str| {
        let given = inputs.get(name).and_then(Value::scalar_text);
        given.is_some_and(|given| known.fill_text(&given) == "true")
    };
    DRY.iter().find(is_on).map(|name| format!("`{name}: true`"))
}
