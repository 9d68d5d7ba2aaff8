//! What is known of CI: its jobs, and every command and action that they reach.

use super::deploy::Deployment;
use crate::evidence::{Blind, Place};
use crate::facts::own_name::OwnName;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// What CI runs, and which of it can stop a merge or a release.
#[derive(Debug, Default)]
pub struct Ci {
    /// The definitions that were read: workflow files, `.gitlab-ci.yml`, `.circleci/config.yml`.
    pub files: Vec<Place>,
    /// Their jobs.
    pub jobs: Vec<Job>,
    /// Every command that a job reaches, in order within its job.
    pub commands: Vec<Command>,
    /// Every action, orb and template that a job uses, in order within its job.
    pub actions: Vec<Action>,
    /// Definitions that should have been read and could not be.
    pub blind: Vec<Blind>,
    /// The same of jobs that only a clock or a person starts: they guard nothing.
    pub blind_aside: Vec<Blind>,
    /// Jobs that can never succeed, by index into [`Ci::jobs`], and why: whether they guard anything is not told.
    pub stopped: BTreeMap<usize, String>,
    /// Scans that are known to run: for what, and whether they fail anything, is not read.
    pub scans_unread: Vec<Blind>,
    /// Definitions of deployments in forms that are not read.
    pub deploys_unread: Vec<Blind>,
    /// Signs that (more) CI is defined where this tree does not show it.
    pub elsewhere: Vec<Blind>,
    /// Definitions that run only when files in certain places change: `paths: ["tests/antithesis/**"]`.
    pub partial: Vec<String>,
    /// What the project calls itself, which says nothing of where a deployment goes.
    pub own_name: OwnName,
    /// Which command is the first gate that builds or tests; asked for by every question about CI, when CI is read.
    pub(super) gate: OnceLock<Option<usize>>,
    /// What is deployed and published; many questions begin with it.
    pub(super) deployments: OnceLock<Vec<Deployment>>,
}

/// A job of a workflow.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its key.
    pub id: String,
    /// Its name for people, the key if it has none.
    pub name: String,
    /// The name of its workflow.
    pub workflow: String,
    /// The file and its key there.
    pub place: Place,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// The jobs that must succeed before it, by index into [`Ci::jobs`].
    pub needs: Vec<usize>,
    /// The environment that it deploys to, as it is named.
    pub environment: Option<(String, Place)>,
    /// A person must start it or let it go on: `when: manual`, `type: approval` before it.
    pub manual: Option<Place>,
    /// Whether the jobs after it wait until a person has started it.
    pub waits: bool,
    /// It is itself an approval that others wait for (CircleCI `type: approval`).
    pub is_approval: bool,
    /// Why its failure does not fail the run.
    pub excuse: Option<String>,
    /// It runs only when something before it failed.
    pub on_failure: bool,
    /// Images of the services that run beside it: `postgres:16`.
    pub services: Vec<(String, Place)>,
}

impl Job {
    /// A job that waits for nobody and whose failure fails the run; its name is its key.
    pub fn new(id: impl Into<String>, place: Place, triggers: Vec<Trigger>) -> Self {
        let id = id.into();
        Self {
            name: id.clone(),
            id,
            workflow: String::new(),
            place,
            triggers,
            needs: Vec::new(),
            environment: None,
            manual: None,
            waits: false,
            is_approval: false,
            excuse: None,
            on_failure: false,
            services: Vec::new(),
        }
    }
}

/// Something that starts a workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trigger {
    /// What.
    pub event: Event,
    /// Where it is written.
    pub place: Place,
}

/// What starts a workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A push to branches; none named means any.
    Push(Vec<String>),
    /// A pull or merge request, opened or updated.
    PullRequest,
    /// A merge queue.
    MergeQueue,
    /// A tag or a published release.
    Tag,
    /// A clock, as a cron expression.
    Schedule(String),
    /// A person.
    Manual,
    /// Another workflow calls it, or something else happens; the event's name.
    Other(String),
}

/// One step of a job, shared by what it reaches.
#[derive(Clone, Debug)]
pub struct Step {
    /// Index into [`Ci::jobs`].
    pub job: usize,
    /// Its number in the job, so that one can be told to come after another.
    pub order: usize,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its `run` or `uses` line.
    pub place: Place,
    /// Which of the job's triggers it runs on.
    pub triggers: Vec<Trigger>,
    /// It runs only when something before it failed.
    pub on_failure: bool,
    /// The environment in effect.
    pub env: Arc<BTreeMap<String, String>>,
    /// Inputs of an action step, or none.
    pub with: BTreeMap<String, String>,
}

/// One way into a command: a recipe, a target, a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What was called: `make lint`.
    pub what: String,
    /// Where the call stands.
    pub place: Place,
}

/// A command that a job reaches.
#[derive(Clone, Debug)]
pub struct Command {
    /// The program and its arguments, wrappers (`sudo`, `npx`, `cargo +nightly`) taken away.
    pub words: Vec<String>,
    /// The step that reaches it.
    pub step: Arc<Step>,
    /// Where it stands.
    pub place: Place,
    /// How it is reached from the step, outermost first; empty when it stands in the step itself.
    pub chain: Vec<Link>,
    /// Why its failure does not fail the run; `None` when it does.
    pub excuse: Option<String>,
    /// The environment in effect, with what scripts on the way export.
    pub env: Arc<BTreeMap<String, String>>,
    /// The folder it runs in.
    pub dir: String,
    /// `false` when it is only supposed that it is reached (a task of `cargo xtask`).
    pub sure: bool,
}

/// An action, orb job or template that a job uses.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name without the version: `rustsec/audit-check`, `github/codeql-action/analyze`.
    pub name: String,
    /// The version after `@`; empty if none is named.
    pub version: String,
    /// Its inputs.
    pub with: BTreeMap<String, String>,
    /// The step.
    pub step: Arc<Step>,
    /// Where it stands.
    pub place: Place,
    /// How it is reached from the step, outermost first.
    pub chain: Vec<Link>,
    /// Why its failure does not fail the run.
    pub excuse: Option<String>,
}

impl Event {
    /// Whether what it starts can stop a merge or a release.
    pub fn is_gate(&self) -> bool {
        matches!(self, Self::Push(_) | Self::PullRequest | Self::MergeQueue | Self::Tag) && !self.is_beside()
    }

    /// Whether only something outside of the tree knows what it is.
    pub fn is_unseen(&self) -> bool {
        matches!(self, Self::Other(name) if name.ends_with(super::elsewhere::NOT_HERE))
    }

    /// Whether it is a push to branches that nothing is released from: `feature/**`, `experiments/x`.
    pub fn is_beside(&self) -> bool {
        matches!(self, Self::Push(branches) if !branches.is_empty() && branches.iter().all(|name| is_beside(name)))
    }

    /// In words.
    pub fn name(&self) -> String {
        match self {
            Self::Push(branches) if branches.is_empty() => "push".into(),
            Self::Push(branches) => format!("push to {}", branches.join(", ")),
            Self::PullRequest => "pull request".into(),
            Self::MergeQueue => "merge queue".into(),
            Self::Tag => "tag".into(),
            Self::Schedule(cron) => format!("schedule {cron}"),
            Self::Manual => "by hand".into(),
            Self::Other(name) => name.clone(),
        }
    }
}

/// Words of a branch that say nobody releases from it.
const BESIDE: &[&str] = &[
    "feature",
    "features",
    "feat",
    "experiment",
    "experiments",
    "experimental",
    "exp",
    "wip",
    "topic",
    "topics",
    "sandbox",
    "playground",
    "try",
    "tmp",
    "temp",
    "user",
    "users",
    "dependabot",
    "renovate",
    "bugfix",
    "fix",
    "spike",
    "personal",
    "poc",
    "demo",
    "gh-pages",
];

/// Whether a branch, or a pattern of branches, stands beside what is released.
pub(super) fn is_beside(branch: &str) -> bool {
    let first = branch.split(['/', '-', '_']).next().unwrap_or(branch);
    BESIDE.contains(&first) || BESIDE.contains(&branch)
}

impl Step {
    /// Whether it runs on something that guards a merge or a release.
    pub fn is_gate(&self) -> bool {
        !self.on_failure && self.triggers.iter().any(|trigger| trigger.event.is_gate())
    }

    /// The cron expressions that start it.
    pub fn schedules(&self) -> impl Iterator<Item = (&str, &Place)> {
        self.triggers.iter().filter_map(|trigger| match &trigger.event {
            Event::Schedule(cron) => Some((cron.as_str(), &trigger.place)),
            _ => None,
        })
    }
}

impl Command {
    /// The whole command as one line.
    pub fn line(&self) -> String {
        self.words.join(" ")
    }
}

impl Action {
    /// Whether it is a whole job that another repository defines: a reusable workflow, a job of an orb.
    pub fn is_a_job(&self) -> bool {
        let is_one = self.name.contains("/.github/workflows/") || self.place.path.starts_with(".circleci/");
        self.step.order == 0 && is_one
    }
}

/// The system that a definition is for, told by the first part of its path: `.github`, `.travis.yml`.
fn system(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

impl Ci {
    /// Sets a job down as one that never succeeds: nor is it told what comes before guards.
    pub(super) fn stop(&mut self, job: usize, why: String) {
        self.commands.iter_mut().filter(|before| before.step.job == job).for_each(|before| before.sure = false);
        self.stopped.entry(job).or_insert(why);
    }

    /// Excuses the commands of jobs that never succeed, where the gates of another system build or test: what was left
    /// behind beside them guards nothing.
    pub(super) fn set_left_behind_aside(&mut self) {
        let gates = self.commands.iter().filter(|command| {
            command.sure
                && command.excuse.is_none()
                && command.step.is_gate()
                && super::tools::builds_or_tests(&command.words)
        });
        let live: BTreeSet<String> = gates.map(|command| system(&command.step.place.path).to_owned()).collect();
        for command in &mut self.commands {
            let Some(why) = self.stopped.get(&command.step.job) else { continue };
            let own = system(&command.step.place.path);
            if live.iter().any(|other| other != own) {
                command.sure = true;
                command.excuse.get_or_insert_with(|| why.clone());
            }
        }
    }

    /// The job of a step.
    pub fn job(&self, step: &Step) -> &Job {
        &self.jobs[step.job]
    }

    /// A gate of the tree that builds or tests: the place that makes an absence in CI a proof (`@place("ci")`). Where CI is
    /// visibly elsewhere, one that looks at a part of the tree is none, and neither is one that only releases have.
    pub fn building_gate(&self) -> Option<&Command> {
        let is_beside = |command: &Command| {
            let mut gates = command.step.triggers.iter().map(|trigger| &trigger.event).filter(|event| event.is_gate());
            let of_a_part = self.partial.iter().any(|path| **path == *command.step.place.path);
            !self.elsewhere.is_empty() && (of_a_part || gates.all(|event| matches!(event, Event::Tag)))
        };
        let is_one = |command: &Command| {
            command.excuse.is_none()
                && command.step.is_gate()
                && super::tools::builds_or_tests(&command.words)
                && !is_beside(command)
        };
        let first = self.gate.get_or_init(|| self.commands.iter().position(is_one));
        self.commands.get((*first)?)
    }

    /// Signs of CI elsewhere, when no gate of this tree builds or tests (ruling 1), and definitions that could not be read.
    pub fn unseen(&self) -> Vec<Blind> {
        self.unseen_gates().into_iter().chain(self.blind_aside.iter().cloned()).collect()
    }

    /// The same, where only a gate is asked for.
    pub fn unseen_gates(&self) -> Vec<Blind> {
        let elsewhere = if self.building_gate().is_some() { &[][..] } else { &self.elsewhere };
        self.blind.iter().chain(elsewhere).cloned().collect()
    }

    /// The same, where a deployment is asked for.
    pub fn unseen_deployments(&self) -> Vec<Blind> {
        self.unseen().into_iter().chain(self.deploys_unread.iter().cloned()).collect()
    }

    /// Whether a deploy or publish job waits for a step: it stands before the deploy in its job, or its job is needed.
    pub fn release_waits_for(&self, step: &Step) -> bool {
        self.releases().any(|release| {
            (release.job == step.job && release.order >= step.order) || self.ancestors(release.job).contains(&step.job)
        })
    }

    /// The steps that deploy or publish.
    fn releases(&self) -> impl Iterator<Item = &Step> {
        let commands = self
            .commands
            .iter()
            .filter(|command| super::deploy::releases(&command.words))
            .map(|command| &*command.step);
        let actions =
            self.actions.iter().filter(|action| super::deploy::action_releases(action)).map(|action| &*action.step);
        commands.chain(actions)
    }

    /// The jobs that a job waits for, nearest first, itself left out.
    pub fn ancestors(&self, job: usize) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        let mut queue = self.jobs[job].needs.clone();
        while let Some(next) = queue.pop() {
            if next != job && !found.contains(&next) {
                found.push(next);
                queue.extend(&self.jobs[next].needs);
            }
        }
        found
    }
}
