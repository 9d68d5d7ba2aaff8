//! The command that a question asks for.

use super::super::nearest::Nearest;
use super::super::{Question, Word};
use super::{observed, shown, trial};
use crate::evidence::Observed;
use crate::facts::Facts;
use crate::facts::ci::pattern::{Pattern, glob, values_of};
use crate::facts::ci::{Ci, Command};
use crate::pattern::Lazy;
use crate::tree::path::folder_of;
use crate::value::Value;

/// The command that is asked for, with its further words.
pub(super) struct Wanted {
    commands: Vec<One>,
    words: Vec<Vec<One>>,
    value: Option<String>,
    unit: Option<String>,
    then: Vec<Pattern>,
    after: Vec<Pattern>,
    apart: Option<Vec<Pattern>>,
    step: Option<Lazy>,
    job: Option<Lazy>,
    /// What the file or the workflow has to be called.
    definition: Option<Lazy>,
    services: Option<Lazy>,
    beside: Vec<String>,
    says: Option<Lazy>,
    /// What the settings that it reads have to say.
    pub(super) nearest: Option<Nearest>,
}

enum One {
    Command(Pattern),
    Text(Lazy),
    Env(String, Lazy),
}

impl One {
    fn of(word: &Word) -> Self {
        if word.is_pattern {
            return Self::Text(Lazy::new(&word.text));
        }
        match word.text.split_once('~') {
            Some((name, pattern))
                if name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
                    && !name.is_empty() =>
            {
                Self::Env(name.to_owned(), Lazy::new(pattern))
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
        }
    }
}

impl Wanted {
    pub(super) fn of(question: &Question) -> Self {
        let all = |words: &[Word]| words.iter().map(One::of).collect::<Vec<_>>();
        let mut beside = question.option_texts("beside");
        let says = beside.pop().map(|text| Lazy::new(&text));
        Self {
            beside,
            says,
            nearest: Nearest::of(question),
            commands: all(question.arg(0)),
            words: question.args.iter().skip(1).map(|arg| all(arg)).collect(),
            value: question.option_text("value").map(str::to_owned),
            unit: question.option_text("unit").map(str::to_owned),
            then: strings(question.option("then")).iter().map(|text| Pattern::new(text)).collect(),
            after: strings(question.option("after")).iter().map(|text| Pattern::new(text)).collect(),
            apart: question
                .option("apart")
                .map(|list| strings(Some(list)).iter().map(|text| Pattern::new(text)).collect()),
            step: question.option_text("step").map(Lazy::new),
            job: question.option_text("job").map(Lazy::new),
            definition: question.option_text("definition").map(Lazy::new),
            services: question.option_text("services").map(Lazy::new),
        }
    }

    /// What matched beside the command itself, in words.
    pub(super) fn matches(&self, ci: &Ci, command: &Command) -> Option<String> {
        let job = ci.job(&command.step);
        if self.job.as_ref().is_some_and(|name| !name.is_match(&job.name) && !name.is_match(&job.id)) {
            return None;
        }
        let file = job.place.path.rsplit('/').next().unwrap_or_default();
        if self.definition.as_ref().is_some_and(|name| !name.is_match(file) && !name.is_match(&job.workflow)) {
            return None;
        }
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
    pub(super) fn then_missing(&self, ci: &Ci, command: &Command) -> Option<String> {
        if self.then.is_empty() {
            return None;
        }
        let mut after = ci.commands.iter().skip_while(|other| !std::ptr::eq(*other, command)).skip(1);
        let follows = after.any(|other| {
            // A script ends itself for what stands in it.
            let is_near =
                other.words.first().is_none_or(|word| word != "exit") || other.step.order == command.step.order;
            other.step.job == command.step.job
                && is_near
                && other.excuse.is_none()
                && self.then.iter().any(|pattern| pattern.matches(&other.words))
        });
        (!follows).then(|| "nothing after it fails on what it changed".to_owned())
    }

    /// Why it does not count: nothing of `after`, a command or an action, stands before it in its job.
    pub(super) fn before_missing(&self, ci: &Ci, command: &Command) -> Option<String> {
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

    /// Why it does not count: it is tried on what the job has made, as `apart` asks.
    pub(super) fn tried_only(&self, facts: &Facts<'_>, command: &Command) -> Option<String> {
        trial::of_command(facts, command, self.apart.as_deref()?)
    }

    /// Why it does not count: no file of those names beside what it runs in, the first of `beside`, says the last of it.
    pub(super) fn unsaid_beside(&self, facts: &Facts<'_>, command: &Command) -> Option<String> {
        let says = self.says.as_ref()?;
        let folder = command.dir.trim_end_matches('/');
        let mut files = facts.tree.files().iter().filter(|file| folder_of(&file.path).trim_end_matches('/') == folder);
        let is_named = |name: &str| self.beside.iter().any(|pattern| glob(pattern, name));
        let is_said =
            files.any(|file| is_named(file.name()) && file.text().is_some_and(|one| says.is_match(one.text())));
        (!is_said).then(|| "its settings say nothing of it".to_owned())
    }

    /// Whether services of the kind that is asked for run beside it.
    pub(super) fn has_services(&self, ci: &Ci, command: &Command) -> bool {
        let mut images = ci.job(&command.step).services.iter().map(|(image, _)| image);
        images.any(|image| self.services.as_ref().is_none_or(|kind| kind.is_match(image)))
    }

    /// The value of the option that is asked for; an error says why there is none.
    pub(super) fn value(&self, command: &Command) -> Option<Result<Observed, String>> {
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
