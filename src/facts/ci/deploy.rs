//! What CI deploys and publishes, where to, and what follows a deploy.
//!
//! The lists stand here and not among the rules because the right place "a deploy job" needs them too.

use super::model::{Action, Ci, Command, Event, Step};
use super::pattern::{Pattern, glob};
use crate::evidence::Place;
use std::sync::{Arc, LazyLock};

fn patterns(list: &[&str]) -> Vec<Pattern> {
    list.iter().map(|text| Pattern::new(text)).collect()
}

static DEPLOY: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "kubectl {apply|replace} !--dry-run !--dry-run=client !--dry-run=server",
        "kubectl set image",
        "kubectl rollout restart",
        "helm {upgrade|install} !--dry-run",
        "helmfile {apply|sync}",
        "argocd app sync",
        "flux reconcile",
        "skaffold {run|deploy}",
        "aws ecs update-service",
        "aws ecs deploy",
        "ecs-deploy",
        "ecs deploy",
        "copilot deploy",
        "copilot … deploy",
        "aws deploy create-deployment",
        "aws lambda update-function-code",
        "aws cloudformation deploy",
        "aws apprunner start-deployment",
        "aws elasticbeanstalk update-environment",
        "eb deploy",
        "cargo lambda deploy",
        "cargo shuttle deploy",
        "shuttle deploy",
        "sam deploy",
        "cdk deploy",
        "{serverless|sls} deploy",
        "sst deploy",
        "{terraform|tofu|terragrunt} apply",
        "terragrunt run-all apply",
        "pulumi up",
        "gcloud run deploy",
        "gcloud run services {replace|update}",
        "gcloud deploy releases create",
        "gcloud app deploy",
        "gcloud functions deploy",
        "az webapp deploy",
        "az webapp deployment",
        "az webapp up",
        "az containerapp {update|up}",
        "az functionapp deployment",
        "{fly|flyctl} deploy",
        "heroku container:release",
        "git push … {heroku*|dokku*|*heroku.com*}",
        "railway up",
        "doctl apps {create-deployment|update}",
        "nomad {job|run} …",
        "ansible-playbook !--syntax-check !--check",
        "{kamal|mrsk} {deploy|redeploy}",
        "cap production deploy",
        "dep deploy",
        "wrangler {deploy|publish}",
        "vercel … --prod",
        "netlify deploy --prod",
        "firebase deploy",
        "docker stack deploy",
        "docker service update",
        "cf push",
        "nixos-rebuild switch",
        "deploy-rs",
        "colmena apply",
        "ssh … *{docker|systemctl|kubectl|helm|kamal|deploy}*",
        "spin {deploy|cloud}",
        "render deploys create",
        "oc {apply|rollout}",
        "kapp deploy",
        "werf converge",
        "waypoint {up|deploy}",
    ])
});

const DEPLOY_ACTIONS: &[&str] = &[
    "aws-actions/amazon-ecs-deploy-task-definition",
    "aws-actions/aws-lambda-deploy",
    "aws-actions/aws-cloudformation-github-deploy",
    "google-github-actions/deploy-cloudrun",
    "google-github-actions/deploy-appengine",
    "google-github-actions/create-cloud-deploy-release",
    "google-github-actions/deploy-cloud-functions",
    "azure/k8s-deploy",
    "azure/webapps-deploy",
    "azure/functions-action",
    "azure/container-apps-deploy-action",
    "azure/aks-*-deploy",
    "superfly/flyctl-actions",
    "digitalocean/app_action*",
    "cloudflare/wrangler-action",
    "cloudflare/pages-action",
    "helmfile/helmfile-action",
    "akhileshns/heroku-deploy",
    "einaregilsson/beanstalk-deploy",
    "appleboy/ssh-action",
    "amondnet/vercel-action",
    "serverless/github-action",
    "pulumi/actions",
    "bitovi/github-actions-deploy-*",
    "donaldpiret/ecs-deploy",
    "johnbeynon/render-deploy-action",
    "shuttle-hq/deploy-action",
    "aws-ecs/deploy-service-update",
    "aws-ecs/update-service",
    "aws-eks/update-container-image",
    "helm/upgrade-helm-chart",
    "gcp-cloud-run/deploy",
    "heroku/deploy-via-git",
    "kubernetes/create-or-update-resource",
];

static PUBLISH: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "cargo {publish|release|workspaces} !--dry-run",
        "{release-plz|semantic-release|goreleaser|twine} …",
        "dist {host|publish|upload}",
        "{npm|pnpm|yarn} {publish|npm} !--dry-run !audit",
        "lerna publish",
        "changeset publish",
        "{poetry|uv|flit|pdm|hatch} publish",
        "maturin {publish|upload}",
        "docker push",
        "docker buildx build --push",
        "docker buildx bake {--push|--set=*.output=type=registry*}",
        "docker buildx bake --set *.output=type=registry*",
        "docker buildx build {--output|-o} {*type=registry*|*push=true*}",
        "docker buildx build {--output=*type=registry*|--output=*push=true*}",
        "{podman|skopeo|crane|buildah} {push|copy}",
        "helm push",
        "ko {build|publish|apply}",
        "gh release {create|upload}",
        "{mvn|mvnw|./mvnw} deploy",
        "{gradle|gradlew|./gradlew} publish*",
        "dotnet nuget push",
        "gem push",
    ])
});

const PUBLISH_ACTIONS: &[&str] = &[
    "softprops/action-gh-release",
    "ncipollo/release-action",
    "actions/create-release",
    "actions/upload-release-asset",
    "svenstaro/upload-release-action",
    "taiki-e/upload-rust-binary-action",
    "houseabsolute/actions-rust-release",
    "pypa/gh-action-pypi-publish",
    "pypi/gh-action-pypi-publish",
    "goreleaser/goreleaser-action",
    "release-plz/action",
    "marcoieni/release-plz-action",
    "katyo/publish-crates",
    "js-devtools/npm-publish",
    "changesets/action",
    "helm/chart-releaser-action",
    "redhat-actions/push-to-registry",
];

static VERIFY: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "kubectl rollout status",
        // The end of a job is the migration's more often than a check's.
        "kubectl wait --for !--for=condition=complete !--for=*delete*",
        "kubectl argo rollouts status",
        "helm {upgrade|install} {--wait|--atomic|--rollback-on-failure}",
        "helm test",
        "helmfile {test|status}",
        "argocd app wait",
        "flux reconcile …",
        "aws ecs wait services-stable",
        "aws deploy wait deployment-successful",
        "aws cloudformation wait …",
        "aws elasticbeanstalk wait …",
        "ecs-deploy !--skip-deployments-check",
        "curl {-f|--fail|--fail-with-body} …*/{health|_health|livez|live|readyz|ready|status|ping|up|alive|version|-/healthy|-/ready}*",
        "curl {-f|--fail|--fail-with-body} …*healthz*",
        "wget --spider",
        "wait-on …http*",
        "hurl --test",
        "{fly|flyctl} {checks|status}",
        "nomad {job|deployment} status",
        "newman run",
        "playwright test",
        "cypress run",
        "k6 run",
        "pytest …*{smoke|e2e|verify}*",
        "goss validate",
        "oc rollout status",
    ])
});

const VERIFY_ACTIONS: &[&str] = &[
    "jtalk/url-health-check-action",
    "cypress-io/github-action",
    "grafana/run-k6-action",
    "kicbase/*wait*",
    "schemathesis/action",
];

static ROLLBACK: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "kubectl rollout undo",
        "kubectl argo rollouts {abort|undo}",
        "helm rollback",
        "helm {upgrade|install} {--atomic|--rollback-on-failure}",
        "argocd app rollback",
        "aws deploy stop-deployment --auto-rollback-enabled",
        "aws lambda update-alias",
        "gcloud run services update-traffic --to-revisions",
        "gcloud deploy targets rollback",
        "{fly|flyctl} releases rollback",
        "{fly|flyctl} deploy --image",
        "heroku {rollback|releases:rollback}",
        "nomad job revert",
        "docker service rollback",
        "docker service update --rollback",
        "{kamal|mrsk} rollback",
        "vercel rollback",
        "wrangler rollback",
        "cf rollback",
        "oc rollout undo",
        "copilot … rollback",
        "aws ecs update-service --task-definition",
    ])
});

static ANY_VERSION: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "aws lambda update-alias",
        "gcloud run services update-traffic --to-revisions",
        "{fly|flyctl} deploy --image",
        "aws ecs update-service --task-definition",
    ])
});

static BLUE_GREEN: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "kubectl patch {service|svc|ingress}",
        "kubectl patch {service/*|svc/*}",
        "kubectl set selector",
        "aws elbv2 {modify-listener|modify-rule}",
        "aws elasticbeanstalk swap-environment-cnames",
        "az webapp deployment slot swap",
        "{fly|flyctl} deploy --strategy bluegreen",
        "cf blue-green-deploy",
        "cf map-route",
        "{kamal|mrsk} {deploy|redeploy}",
    ])
});

static ROLLING: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "aws ecs update-service",
        "kubectl rollout restart",
        "kubectl set image",
        "docker service update",
        "docker stack deploy",
        "{fly|flyctl} deploy --strategy rolling",
    ])
});

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

const THROWAWAY_ACTIONS: &[&str] = &[
    "helm/kind-action",
    "engineerd/setup-kind",
    "container-tools/kind-action",
    "absaoss/k3d-action",
    "nolar/setup-k3d-k3s",
    "medyagh/setup-minikube",
    "manusa/actions-setup-minikube",
    "localstack/setup-localstack",
];

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
    "loadtest",
];
const PRODUCTION: &[&str] = &["prod", "production", "prd", "live"];

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
}

impl Deployment {
    /// Whether it is one that users get.
    pub fn counts(&self) -> bool {
        !matches!(self.target, Target::Aside(_))
    }
}

fn any(list: &[Pattern], words: &[String]) -> bool {
    list.iter().any(|pattern| pattern.matches(words))
}

fn named(list: &[&str], action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    list.iter().any(|name| glob(name, &action) || action.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

/// Whether a command deploys or publishes.
pub(super) fn releases(words: &[String]) -> bool {
    any(&DEPLOY, words) || any(&PUBLISH, words)
}

/// Whether an action deploys or publishes.
pub(super) fn action_releases(action: &Action) -> bool {
    named(DEPLOY_ACTIONS, &action.name) || publishes(action)
}

fn publishes(action: &Action) -> bool {
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
    named(PUBLISH_ACTIONS, &action.name) || named(IMAGE_ACTIONS, &action.name) && pushes()
}

/// Actions that build images, Docker's own and those of who offers faster machines for them.
const IMAGE_ACTIONS: &[&str] = &["*/build-push-action", "*/bake-action"];

/// Whether a command checks what was deployed.
pub fn verifies(words: &[String]) -> bool {
    any(&VERIFY, words)
}

/// Whether an action checks what was deployed.
pub fn action_verifies(action: &Action) -> bool {
    named(VERIFY_ACTIONS, &action.name)
}

/// Actions that send a message to people.
const NOTIFY_ACTIONS: &[&str] = &[
    "slackapi/slack-github-action",
    "rtCamp/action-slack-notify",
    "8398a7/action-slack",
    "ravsamhq/notify-slack-action",
    "act10ns/slack",
    "archive/github-actions-slack",
    "voxmedia/github-action-slack-notify-build",
    "edge/simple-slack-notify",
    "sarisia/actions-status-discord",
    "tsickert/discord-webhook",
    "Ilshidur/action-discord",
    "jdcargile/ms-teams-notification",
    "aliencube/microsoft-teams-actions",
    "skitionek/notify-microsoft-teams",
    "appleboy/telegram-action",
    "appleboy/discord-action",
    "mattermost/action-mattermost-notify",
];

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
    /// Every deployment and publication that CI makes, in the order of its files.
    pub fn deployments(&self) -> Vec<Deployment> {
        let mut found = Vec::new();
        for (index, command) in self.commands.iter().enumerate().filter(|(_, command)| command.sure) {
            let act = if any(&DEPLOY, &command.words) {
                Act::Deploy
            } else if any(&PUBLISH, &command.words) {
                Act::Publish
            } else {
                continue;
            };
            found.push(Deployment {
                act,
                // The name of a package says nothing about where it goes.
                target: self
                    .target(&command.step, &if act == Act::Deploy { command_hints(command) } else { String::new() }),
                what: command.line(),
                place: command.place.clone(),
                step: command.step.clone(),
                excuse: command.excuse.clone(),
                command: Some(index),
            });
        }
        for action in &self.actions {
            let act = if named(DEPLOY_ACTIONS, &action.name) {
                Act::Deploy
            } else if publishes(action) {
                Act::Publish
            } else {
                continue;
            };
            let given = if act == Act::Deploy { action.with.values().cloned().collect() } else { Vec::new() };
            let hints = given.join(" ");
            found.push(Deployment {
                act,
                target: self.target(&action.step, &hints),
                what: action.name.clone(),
                place: action.place.clone(),
                step: action.step.clone(),
                excuse: action.excuse.clone(),
                command: None,
            });
        }
        found
    }

    /// Where a deployment goes: the environment that the job names decides, then the command, then names.
    fn target(&self, step: &Step, hints: &str) -> Target {
        let job = self.job(step);
        if let Some(why) = self.throwaway(step.job) {
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
        let file = job.place.path.rsplit('/').next().unwrap_or_default();
        let environment = job.environment.as_ref().map_or("", |(name, _)| name.as_str());
        let says = step.with.iter().filter(|(input, _)| !OF_THE_BUILD.contains(&input.as_str()));
        let called = says.map(|(_, value)| value.clone()).collect::<Vec<_>>().join(" ");
        let names = format!("{} {}", job.id, job.name);
        let workflow = format!("{} {}", job.workflow, file.rsplit_once('.').map_or(file, |(stem, _)| stem));
        for (text, whose) in [
            (environment, "environment"),
            (hints, "command"),
            (&called, "step"),
            (step.name.as_deref().unwrap_or(""), "step"),
            (&names, "job"),
            (&workflow, "workflow"),
        ] {
            match marked(&self.own_name.cleared_text(text)) {
                Some(Ok(())) => return Target::Production,
                Some(Err(word)) => return Target::Aside(format!("its {whose} says `{word}`")),
                None => {}
            }
        }
        Target::Unmarked
    }

    fn throwaway(&self, job: usize) -> Option<String> {
        let command = self.commands.iter().find(|command| command.step.job == job && any(&THROWAWAY, &command.words));
        let action =
            self.actions.iter().find(|action| action.step.job == job && named(THROWAWAY_ACTIONS, &action.name));
        let what = command.map(Command::line).or_else(|| action.map(|action| action.name.clone()))?;
        Some(format!("goes to a cluster that the job makes for itself (`{what}`)"))
    }
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
];

/// What in a command can say where it goes: its own words and the variables that name a place.
fn command_hints(command: &Command) -> String {
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

/// Whether a text names production (`Ok`) or a place that is not (`Err` with the word).
fn marked(text: &str) -> Option<Result<(), String>> {
    let lower = text.to_lowercase();
    let words =
        || lower.split(|c: char| !c.is_alphanumeric()).map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    if words().any(|word| PRODUCTION.contains(&word)) {
        // `pre-prod` and `non-production` are not production.
        if ["pre-prod", "preprod", "non-prod", "nonprod", "pre_prod", "non_prod"].iter().any(|not| lower.contains(not))
        {
            return Some(Err("pre-production".into()));
        }
        return Some(Ok(()));
    }
    words().find(|word| ASIDE.contains(word)).map(|word| Err(word.to_owned()))
}
