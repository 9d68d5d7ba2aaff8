//! Where a deployment goes: to production, or to a place beside it.

use super::tables::{any, named, patterns};
use crate::facts::ci::model::{Ci, Command, Event, Link, Step};
use crate::facts::ci::pattern::{Pattern, values_of};
use crate::pattern::Captures;
use crate::pattern::pattern;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Where a deployment goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Something names production.
    Production,
    /// Nothing says where; from the release branch or a tag that is what users get.
    Unmarked,
    /// A test, preview or staging place, and what says so.
    Aside(String),
}
/// Clusters that a job makes for itself.
static THROWAWAY: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "kind {create|load} …",
        "minikube start",
        "k3d cluster create",
        "k3d {create|cluster}",
        "ctlptl create",
        "microk8s …",
        "vcluster create",
        "localstack start",
        "terraform workspace new",
    ])
});

/// What takes a whole place away again.
static TAKEN_DOWN: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "aws cloudformation delete-stack",
        "{terraform|tofu|pulumi|cdk|terragrunt} destroy",
        "sam delete",
        "eksctl delete cluster",
        "kubectl delete {ns|namespace|namespaces}",
        "gcloud container clusters delete",
        "az group delete",
    ])
});

/// Words in the name of an action that makes such a cluster: `helm/kind-action`, `medyagh/setup-minikube`.
const THROWAWAY_WORDS: &[&str] = &["kind", "k3d", "k3s", "minikube", "microk8s", "localstack"];

/// Words of an environment, a job or a command that say it is not production.
const ASIDE: &[&str] = &[
    "staging",
    "stage",
    "stg",
    "dev",
    "devel",
    "development",
    "test",
    "tests",
    "testing",
    "preview",
    "previews",
    "pr",
    "prs",
    "qa",
    "uat",
    "sandbox",
    "review",
    "ephemeral",
    "demo",
    "e2e",
    "ci",
    "integration",
    "nonprod",
    "preprod",
    "canary-test",
    "kind",
    "minikube",
    "local",
    "localhost",
    "github-pages",
    "pages",
    "docs",
    "nightly",
    "benchmark",
    "benchmarking",
    "loadtest",
    "fuzz",
    "fuzzer",
    "fuzzers",
    "fuzzing",
];

/// Those of them that name what is done as often as where.
const ACTIVITIES: &[&str] = &["test", "tests", "testing", "ci", "pr", "prs", "review"];

/// What stands before the name of a place.
const LEADS_TO: &[&str] = &["deploy", "deploys", "deployment", "to", "on", "into", "in"];

/// What is done before something is tested, in a name that lists the stages of a pipeline.
const STAGES: &[&str] = &["build", "builds", "check", "compile", "format", "lint", "package", "setup"];

/// What stands after the name of a place.
const OF_A_PLACE: &[&str] = &[
    "env",
    "environment",
    "cluster",
    "namespace",
    "server",
    "site",
    "stack",
    "app",
    "apps",
    "deploy",
    "deployment",
    "account",
    "instance",
];

/// Words of what is written about the product.
const DOCUMENTS: &[&str] = &["doc", "docs", "documentation", "storybook", "mkdocs", "docusaurus", "antora", "handbook"];

/// Commands that put pages in place.
static PAGES: LazyLock<Vec<Pattern>> = LazyLock::new(|| patterns(&["{netlify|vercel|wrangler|firebase} …"]));

/// Actions that do so.
const PAGES_ACTIONS: &[&str] = &["*/vercel-action", "cloudflare/wrangler-action"];

const PRODUCTION: &[&str] = &["prod", "production", "prd", "live"];
impl Ci {
    /// Where a deployment goes: the environment that the job names decides, then the command, then names. A command that
    /// `published` something may hand out what is tagged, whatever its job is called.
    pub(super) fn target(&self, step: &Step, hints: &str, published: Option<&Command>) -> Target {
        let job = self.job(step);
        if let Some(why) = self.own_cluster(step.job) {
            return Target::Aside(why);
        }
        let updates = step
            .triggers
            .iter()
            .any(|trigger| matches!(trigger.event, Event::Push(_) | Event::Tag | Event::Manual | Event::Schedule(_)));
        if !updates && step.triggers.iter().any(|trigger| trigger.event == Event::PullRequest) {
            return Target::Aside("runs on pull requests, before anything is merged".into());
        }
        if !step.triggers.is_empty() && step.triggers.iter().all(|trigger| trigger.event.is_beside()) {
            return Target::Aside("runs on branches that nothing is released from".into());
        }
        if !step.triggers.is_empty() && step.triggers.iter().all(|trigger| trigger.event.is_unseen()) {
            return Target::Aside("what starts it is not in the tree, nor for which place".into());
        }
        let file = job.place.path.rsplit('/').next().unwrap_or_default();
        let environment = job.environment.as_ref().map_or("", |(name, _)| name.as_str());
        let says = step.with.iter().filter(|(input, _)| !OF_THE_BUILD.contains(&input.as_str()));
        let called = says.map(|(input, value)| of_the_place(input, value)).collect::<Vec<_>>().join(" ");
        let names = format!("{}, {}", job.id, job.name);
        let workflow = format!("{}, {}", job.workflow, file.rsplit_once('.').map_or(file, |(stem, _)| stem));
        let title = step.name.as_deref().unwrap_or("");
        let delivers = [title, &names, &workflow].iter().any(|text| words(&text.to_lowercase()).any(delivers));
        for (text, whose, is_name) in [
            (environment, "environment", false),
            (hints, "command", false),
            (&called, "step", false),
            (title, "step", true),
            (&names, "job", true),
            (&workflow, "workflow", true),
        ] {
            let text = self.own_name.cleared_text(text);
            let text = without_domains(&text);
            let text = STORE.replace_all(&text, |_| String::new());
            match if is_name && delivers { marked_name(&text) } else { marked(&text) } {
                Some(Ok(())) => return Target::Production,
                Some(Err(word)) if whose == "workflow" && self.is_for_users(step, &word) => {}
                Some(Err(word)) if whose == "job" && published.is_some_and(|command| is_of_the_tag(command, &word)) => {
                    return Target::Unmarked;
                }
                Some(Err(word)) => return Target::Aside(format!("its {whose} says `{word}`")),
                None => {}
            }
        }
        self.taken_down(step).map_or(Target::Unmarked, Target::Aside)
    }

    /// Whether a step speaks of a release where another one of its job is that for the place which the workflow is named for.
    fn is_for_users(&self, step: &Step, place: &str) -> bool {
        let says = |one: &Step, stem: &str| {
            let title = one.name.as_deref().unwrap_or("").to_lowercase();
            words(&title).any(|word| word.starts_with(stem))
        };
        let is_other = |one: &Step| one.job == step.job && one.order != step.order && says(one, place);
        says(step, "releas")
            && (self.actions.iter().any(|one| is_other(&one.step))
                || self.commands.iter().any(|one| is_other(&one.step)))
    }

    /// What a later step of the same job takes away again.
    fn taken_down(&self, step: &Step) -> Option<String> {
        let is_later = |other: &Step| other.job == step.job && other.order > step.order && !other.on_failure;
        let command =
            self.commands.iter().find(|command| is_later(&command.step) && any(&TAKEN_DOWN, &command.words))?;
        Some(format!("the same job takes it down again (`{}`)", command.line()))
    }

    /// Why what goes to a host of pages is not the product: its step, job, workflow, or the way to it, speaks of documents.
    pub(super) fn puts_documents(&self, words: &[String], step: &Step, chain: &[Link]) -> Option<String> {
        let host = words.first().filter(|_| any(&PAGES, words) || named(PAGES_ACTIONS, &words[0]))?;
        let job = self.job(step);
        let file = job.place.path.rsplit('/').next().unwrap_or_default();
        let file = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let names = [step.name.as_deref().unwrap_or(""), &job.id, &job.name, &job.workflow, file];
        let said = names.into_iter().chain(chain.iter().map(|link| link.what.as_str())).map(|text| {
            let text = self.own_name.cleared_text(text);
            text.to_lowercase()
        });
        let is_said = said.into_iter().any(|text| self::words(&text).any(|word| DOCUMENTS.contains(&word)));
        is_said.then(|| format!("puts documents in place, and not the product (`{host}`)"))
    }

    /// Why what a job puts into a cluster is gone with the job.
    pub fn own_cluster(&self, job: usize) -> Option<String> {
        let command = self.commands.iter().find(|command| command.step.job == job && any(&THROWAWAY, &command.words));
        let makes = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| THROWAWAY_WORDS.contains(&word))
        };
        let action = self.actions.iter().find(|action| action.step.job == job && makes(&action.name));
        let what = command.map(Command::line).or_else(|| action.map(|action| action.name.clone()))?;
        Some(format!("goes to a cluster that the job makes for itself (`{what}`)"))
    }
}

/// Whether a job that is named for a place before production hands out the very version that is tagged: it runs on tags only,
/// and what it pushes bears the tag.
fn is_of_the_tag(command: &Command, place: &str) -> bool {
    const TAGS: &[&str] =
        &["CIRCLE_TAG", "CI_COMMIT_TAG", "TRAVIS_TAG", "DRONE_TAG", "BUILDKITE_TAG", "GITHUB_REF_NAME"];
    let triggers = &command.step.triggers;
    let line = command.line();
    matches!(place, "stage" | "staging" | "stg")
        && !triggers.is_empty()
        && triggers.iter().all(|trigger| trigger.event == Event::Tag)
        && TAGS.iter().any(|name| line.contains(&format!(":${name}")) || line.contains(&format!(":${{{name}}}")))
        && marked(&line).is_none()
}

/// Inputs of actions that say how something is built, not where it goes.
const OF_THE_BUILD: &[&str] = &[
    "build-args",
    "build_args",
    "build-contexts",
    "labels",
    "annotations",
    "cache-from",
    "cache-to",
    "secrets",
    "outputs",
    "file",
];

/// What the value of an input can say of the place: of the overrides of a bake file, the tags only; and of several tags
/// those that name no place beside production, if there are any: who pushes `shop-ci` and `shop` hands out the second.
fn of_the_place(input: &str, value: &str) -> String {
    if input == "tags" {
        let plain = value.split([',', '\n']).map(str::trim).filter(|tag| !tag.is_empty());
        let plain: Vec<&str> = plain.filter(|tag| !matches!(marked(tag), Some(Err(_)))).collect();
        return if plain.is_empty() { value.to_owned() } else { plain.join("\n") };
    }
    let is_tag = |line: &&str| line.split_once('=').is_none_or(|(key, _)| key.rsplit('.').next() == Some("tags"));
    if input == "set" { value.lines().filter(is_tag).collect::<Vec<_>>().join("\n") } else { value.to_owned() }
}

/// What in a command can say where it goes: its own words and the variables that name a place.
pub(super) fn command_hints(command: &Command) -> String {
    let mut hints = command.line();
    for (name, value) in command.env.iter() {
        if ["ENV", "ENVIRONMENT", "STAGE", "CLUSTER", "NAMESPACE", "WORKSPACE"].iter().any(|end| name.ends_with(end))
            && !value.contains('$')
        {
            hints.push(' ');
            hints.push_str(value);
        }
    }
    hints
}

pattern!(
    HOST,
    r"(?i)(?<before>(?:\b(?:via|with|by|using)\s+|://)?)\b(?<host>(?:[a-z0-9-]+\.)*[a-z0-9-]+)\.(?:dev|live)(?<after>\b/?)"
);

// Where files wait on their way, whatever place they go to: `--gcs-source-staging-dir=gs://$STAGING_BUCKET`.
pattern!(STORE, r"(?i)\bstaging[-_ ]?(?:dir|directory|folder|bucket|area)\b|_staging_(?:dir|bucket)\b");

/// A text whose hosts have lost a last part that is the word of a place only by chance: a registry or an address with a
/// path behind it (`pkg.dev/shop`), a company that a sentence names (`via Depot.dev`).
fn without_domains(text: &str) -> Cow<'_, str> {
    HOST.replace_all(text, |found: &Captures<'_>| {
        if found["before"].is_empty() && found["after"].is_empty() {
            return found[0].to_owned();
        }
        format!("{}{}{}", &found["before"], &found["host"], &found["after"])
    })
}

/// Whether a text names production (`Ok`) or a place that is not (`Err` with the word).
fn marked(text: &str) -> Option<Result<(), String>> {
    let lower = text.to_lowercase();
    is_production(&lower).or_else(|| words(&lower).find(|word| ASIDE.contains(word)).map(|word| Err(word.to_owned())))
}

/// The same for the name of what delivers: "Build, test and deploy" tests on the way, "deploy to test" goes there.
fn marked_name(text: &str) -> Option<Result<(), String>> {
    let lower = text.to_lowercase().replace("continuous integration", "ci");
    let aside = || {
        lower.split([',', ';', '&', '+', '|', '/', '(', ')', ':']).flat_map(|part| part.split(" and ")).find_map(
            |part| {
                let around: Vec<&str> = words(part).filter(|word| !word.is_empty()).collect();
                let is_place = |at: usize| {
                    let before = at.checked_sub(1).and_then(|before| around.get(before));
                    // `build-test-deploy` lists what is done, one after the other.
                    let is_listed = before.is_some_and(|word| STAGES.contains(word));
                    let next = around.get(at + 1).filter(|word| !(is_listed && word.starts_with("deploy")));
                    before.is_some_and(|word| LEADS_TO.contains(word))
                        || next.is_some_and(|word| OF_A_PLACE.contains(word))
                };
                let found = around.iter().enumerate();
                let mut found = found.filter(|(_, word)| ASIDE.contains(word));
                found
                    .find(|&(at, word)| !ACTIVITIES.contains(word) || is_place(at))
                    .map(|(_, word)| Err((*word).to_owned()))
            },
        )
    };
    is_production(&lower).or_else(aside)
}

fn is_production(lower: &str) -> Option<Result<(), String>> {
    if !words(lower).any(|word| PRODUCTION.contains(&word)) {
        return None;
    }
    // `pre-prod` and `non-production` are not production.
    let before = ["pre-prod", "preprod", "non-prod", "nonprod", "pre_prod", "non_prod"];
    Some(if before.iter().any(|not| lower.contains(not)) { Err("pre-production".into()) } else { Ok(()) })
}

fn words(lower: &str) -> impl Iterator<Item = &str> {
    lower.split(|c: char| !c.is_alphanumeric()).map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// Whether a word says that something is handed over.
fn delivers(word: &str) -> bool {
    ["deploy", "releas", "publish", "deliver", "promot", "ship", "rollout", "push", "upload"]
        .iter()
        .any(|stem| word.starts_with(stem))
        || matches!(word, "cd" | "image" | "images" | "docker" | "package" | "packages")
}

/// Why what a command applies to a cluster is no product: the file holds a job, which ends by itself.
pub(super) fn starts_a_job(command: &[String]) -> Option<String> {
    let is_kubectl = command.first().is_some_and(|program| matches!(program.as_str(), "kubectl" | "oc"));
    let mut files = ["-f", "--filename"].iter().flat_map(|option| values_of(command, option)).flatten().peekable();
    let is_job = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        words(stem).any(|word| matches!(word, "job" | "jobs"))
    };
    let is_only = is_kubectl && files.peek().is_some() && files.all(is_job);
    is_only.then(|| "starts a job, and puts no service in place".to_owned())
}
