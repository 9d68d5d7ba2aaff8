//! What CI deploys and publishes, where to, and what follows a deploy.
//!
//! The lists stand here and not among the rules because the right place "a deploy job" needs them too.

mod image;
mod tables;
mod target;

pub use target::Target;

use super::model::Step;
use super::model::{Action, Ci, Command};
use crate::evidence::Place;
use std::sync::Arc;
use tables::{
    ANY_VERSION, BLUE_GREEN, COPY_TO_STORE, DEPLOY, DEPLOY_ACTIONS, IMAGE_ACTIONS, IMAGES, NO_ARTEFACT, NO_DEPLOYMENT,
    NO_IMAGE, NO_RELEASE, NOTIFY_ACTIONS, OF_THE_FORGE, OTHER_TASKS, OWN_CHECKS, OWN_CHECKS_ACTIONS, PUBLISH,
    PUBLISH_ACTIONS, PUSHES, ROLLBACK, ROLLING, STORES, VERIFY, VERIFY_ACTIONS, WAITING_ACTIONS, any, named,
};
use target::command_hints;

/// What a step does with the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Puts it into service.
    Deploy,
    /// Hands it to its users: an image, a package, a release.
    Publish,
}

/// One deployment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Into service, or to its users.
    pub act: Act,
    /// Where to.
    pub target: Target,
    /// The command or action.
    pub what: String,
    /// Where it stands.
    pub place: Place,
    /// The step.
    pub step: Arc<Step>,
    /// Why its failure does not fail the run.
    pub excuse: Option<String>,
    /// Its number in [`Ci::commands`], if it is a command.
    pub command: Option<usize>,
    /// Whether it is a job of another repository, in which a person may have to agree.
    pub is_elsewhere: bool,
}

impl Deployment {
    /// Whether it is one that users get.
    pub fn counts(&self) -> bool {
        !matches!(self.target, Target::Aside(_))
    }

    /// Whether it pushes an image for something else than the service, by the image's name.
    pub fn is_of_a_tool(&self) -> bool {
        matches!(&self.target, Target::Aside(why) if why.starts_with(image::CALLED))
    }

    /// Whether it goes to a platform that makes its own health checks and passes over those of an image.
    pub fn ignores_image_checks(&self) -> bool {
        let words: Vec<String> = self.what.split_whitespace().map(str::to_owned).collect();
        self.act == Act::Deploy && (any(&OWN_CHECKS, &words) || named(OWN_CHECKS_ACTIONS, &self.what))
    }
}

/// Whether what a command copies goes from here into a store: its address stands last, and one of this machine before it.
fn goes_into_a_store(words: &[String]) -> bool {
    let is_store = |word: &String| STORES.iter().any(|scheme| word.starts_with(scheme));
    let is_verb = |word: &String| matches!(word.as_str(), "cp" | "sync" | "mv" | "rsync");
    let rest = words.iter().position(is_verb).map_or(&[][..], |at| &words[at + 1..]);
    let Some(at) = rest.iter().position(is_store) else { return false };
    let has_source = rest[..at].iter().any(|word| !word.starts_with('-'));
    has_source && rest.get(at + 1).is_none_or(|next| next.starts_with('-'))
}

/// Whether a command deploys or publishes.
pub(super) fn releases(words: &[String]) -> bool {
    any(&DEPLOY, words) || any(&PUBLISH, words)
}

/// Whether an action deploys or publishes.
pub(super) fn action_releases(action: &Action) -> bool {
    named(DEPLOY_ACTIONS, &action.name) || publishes(action)
}

/// Whether an action is known to hand the product on, or says by its name and its inputs that it pushes an image.
fn publishes(action: &Action) -> bool {
    let names_image =
        || ["image", "images", "image-name", "image_name", "tags"].iter().any(|name| action.with.contains_key(*name));
    is_known_to_publish(action) || called_a_push(action) && names_image()
}

fn is_known_to_publish(action: &Action) -> bool {
    let input = |name: &str| action.with.get(name).map(String::as_str);
    let exports = |output: &str| {
        let mut parts = output.split([',', '\n']).map(|part| part.trim().trim_matches('"'));
        parts.any(|part| matches!(part, "type=registry" | "push=true"))
    };
    let sets =
        |lines: &str| lines.lines().filter_map(|line| line.split_once(".output=")).any(|(_, output)| exports(output));
    let pushes = || {
        input("push").is_some_and(|push| push != "false")
            || input("outputs").is_some_and(exports)
            || input("set").is_some_and(sets)
    };
    // The index for trying out uploads hands nothing to users.
    let is_rehearsal =
        ["repository-url", "repository_url"].into_iter().filter_map(input).any(|url| url.contains("test."));
    !is_rehearsal && (named(PUBLISH_ACTIONS, &action.name) || named(IMAGE_ACTIONS, &action.name) && pushes())
}

/// Whether an action of somebody is called after a push of images, `push-to-ecr`, `upload-docker-image`, and not told to
/// leave it.
fn called_a_push(action: &Action) -> bool {
    let name = action.name.to_ascii_lowercase();
    let words: Vec<&str> = name.rsplit('/').next().unwrap_or(&name).split(['-', '_', '.']).collect();
    let says = |list: &[&str]| words.iter().any(|word| list.contains(word));
    name.contains('/')
        && says(PUSHES)
        && says(IMAGES)
        && !says(NO_IMAGE)
        && action.with.get("push").is_none_or(|push| push != "false")
        && !named(IMAGE_ACTIONS, &name)
        && !OF_THE_FORGE.iter().any(|owner| name.starts_with(owner))
}

/// Whether an action is a whole job of another repository that is called a deployment: `deploy_env` of an orb.
fn is_job_that_deploys(action: &Action) -> bool {
    let name = action.name.to_ascii_lowercase();
    let name = name.rsplit('/').next().unwrap_or(&name);
    action.is_a_job()
        && !publishes(action)
        && name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| matches!(word, "deploy" | "deployment"))
        && !NO_DEPLOYMENT.iter().any(|other| name.contains(other))
}

/// Whether a command checks what was deployed.
pub fn verifies(words: &[String]) -> bool {
    any(&VERIFY, words)
}

/// Whether an action checks what was deployed.
pub fn action_verifies(action: &Action) -> bool {
    named(VERIFY_ACTIONS, &action.name)
}

/// Whether an action that deploys waits until what it has deployed serves, and fails where it does not.
pub fn action_waits(action: &Action) -> bool {
    let name = action.name.to_ascii_lowercase();
    let is_on = |input: &str| action.with.get(input).is_some_and(|value| value.trim() == "true");
    WAITING_ACTIONS
        .iter()
        .any(|(one, inputs)| named(&[*one], &name) && (inputs.is_empty() || inputs.iter().any(|input| is_on(input))))
}

/// Whether an action sends a message to people.
pub fn action_notifies(action: &Action) -> bool {
    named(NOTIFY_ACTIONS, &action.name)
}

/// Whether a command sends a message to people: a request to a chat's hook, a topic that people subscribe to.
pub fn notifies(words: &[String]) -> bool {
    const HOOKS: &[&str] =
        &["slack", "discord", "webhook.office", "teams", "mattermost", "chat.googleapis", "api.telegram"];
    match words.first().map(String::as_str) {
        Some("curl" | "wget" | "http" | "https" | "xh") => {
            words.iter().any(|word| HOOKS.iter().any(|hook| word.to_ascii_lowercase().contains(hook)))
        }
        Some("aws") => words.iter().any(|word| word == "sns") && words.iter().any(|word| word == "publish"),
        _ => false,
    }
}

/// Whether a command goes back to what ran before.
pub fn rolls_back(words: &[String]) -> bool {
    any(&ROLLBACK, words)
}

/// Whether a command puts a version into place, which may be the one before or the next.
pub fn puts_any_version(words: &[String]) -> bool {
    any(&ANY_VERSION, words)
}

/// The strategy that a deploy command follows by itself: `rolling`, `blue_green`.
pub fn strategy(words: &[String]) -> Option<&'static str> {
    if any(&BLUE_GREEN, words) {
        return Some("blue_green");
    }
    any(&ROLLING, words).then_some("rolling")
}
impl Ci {
    /// Actions of other repositories that say that they deploy, and of which nothing more is known.
    pub fn unknown_deployments(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(|action| {
            let name = action.name.to_ascii_lowercase();
            let (step, inputs) = (&action.step, action.with.keys());
            let says = |text: &str| {
                let lower = text.to_ascii_lowercase();
                lower.contains("deploy") && !NO_DEPLOYMENT.iter().any(|other| lower.contains(other))
            };
            let mut texts = inputs.map(String::as_str).chain(step.name.as_deref()).chain([&*name]);
            // Only its own name: a step that publishes the results of tests is on every second page.
            let releases = || {
                ["releas", "publish"].iter().any(|word| name.contains(word))
                    && !NO_RELEASE.iter().any(|other| name.contains(other))
                    || called_a_push(action)
            };
            // What pushes an image may go on to deploy it, where it says so.
            name.contains('/')
                && (texts.any(says) || !publishes(action) && releases())
                && !NO_DEPLOYMENT.iter().chain(OTHER_TASKS).any(|task| name.contains(task))
                && !OF_THE_FORGE.iter().any(|owner| name.starts_with(owner))
                && !named(DEPLOY_ACTIONS, &name)
                && !is_known_to_publish(action)
                && step.triggers.iter().any(|trigger| trigger.event.is_gate())
                && !matches!(self.target(step, "", None), Target::Aside(_))
        })
    }

    /// Whether something says that an action goes to the place that users reach.
    pub fn leads_to_production(&self, action: &Action) -> bool {
        self.target(&action.step, "", None) == Target::Production
    }

    /// Every deployment and publication that CI makes, in the order of its files.
    pub fn deployments(&self) -> &[Deployment] {
        self.deployments.get_or_init(|| self.all_deployments())
    }

    /// Whether a command puts what was built where users or their servers take it from, in a step or a job that says so:
    /// `aws s3 sync build/ s3://shop-releases`.
    fn puts_into_a_store(&self, command: &Command) -> bool {
        const SAYS: &[&str] = &["releas", "publish", "deploy", "deliver", "ship"];
        if !any(&COPY_TO_STORE, &command.words) || !goes_into_a_store(&command.words) {
            return false;
        }
        let job = self.job(&command.step);
        let names = [command.step.name.as_deref().unwrap_or(""), &job.id, &job.name];
        let names = names.map(str::to_lowercase);
        let line = command.line().to_lowercase();
        let words = |text: &str| text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
        let is_said =
            names.iter().flat_map(|name| words(name)).any(|word| SAYS.iter().any(|stem| word.starts_with(stem)));
        let mut all = names.iter().chain([&line]).flat_map(|text| words(text));
        is_said && !all.any(|word| NO_ARTEFACT.contains(&word.as_str()))
    }

    fn all_deployments(&self) -> Vec<Deployment> {
        let mut found = Vec::new();
        for (index, command) in self.commands.iter().enumerate().filter(|(_, command)| command.sure) {
            let act = if any(&DEPLOY, &command.words) {
                Act::Deploy
            } else if any(&PUBLISH, &command.words) || self.puts_into_a_store(command) {
                Act::Publish
            } else {
                continue;
            };
            // The name of a package says nothing about where it goes.
            let says_where = act == Act::Deploy || any(&COPY_TO_STORE, &command.words);
            let hints = if says_where { command_hints(command) } else { String::new() };
            let of_others = || self.pushes_aside(&command.words).or_else(|| self.publishes_a_client(command));
            let aside = match act {
                Act::Publish => of_others(),
                Act::Deploy => target::starts_a_job(&command.words)
                    .or_else(|| self.puts_documents(&command.words, &command.step, &command.chain)),
            };
            let published = (act == Act::Publish).then_some(command);
            found.push(Deployment {
                act,
                target: aside.map_or_else(|| self.target(&command.step, &hints, published), Target::Aside),
                what: command.line(),
                place: command.place.clone(),
                step: command.step.clone(),
                excuse: command.excuse.clone(),
                command: Some(index),
                is_elsewhere: false,
            });
        }
        for action in &self.actions {
            let is_elsewhere = is_job_that_deploys(action);
            let act = if named(DEPLOY_ACTIONS, &action.name) || is_elsewhere {
                Act::Deploy
            } else if publishes(action) {
                Act::Publish
            } else {
                continue;
            };
            let given = if act == Act::Deploy { action.with.values().cloned().collect() } else { Vec::new() };
            let hints = given.join(" ");
            let aside = match act {
                Act::Publish => self.action_pushes_aside(action),
                Act::Deploy => self.puts_documents(std::slice::from_ref(&action.name), &action.step, &action.chain),
            };
            let target = aside.map_or_else(|| self.target(&action.step, &hints, None), Target::Aside);
            // What it is called with must say that it goes to production.
            if is_elsewhere && target == Target::Unmarked {
                continue;
            }
            found.push(Deployment {
                act,
                target,
                what: action.name.clone(),
                place: action.place.clone(),
                step: action.step.clone(),
                excuse: action.excuse.clone(),
                command: None,
                is_elsewhere,
            });
        }
        found
    }
}
