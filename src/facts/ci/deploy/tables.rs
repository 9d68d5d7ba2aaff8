//! The commands and actions that deploy, publish, check, go back and tell people.

use crate::facts::ci::pattern::{Pattern, glob};
use std::sync::LazyLock;

pub(super) fn any(list: &[Pattern], words: &[String]) -> bool {
    list.iter().any(|pattern| pattern.matches(words))
}

pub(super) fn named(list: &[&str], action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    list.iter().any(|name| glob(name, &action) || action.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

pub(super) fn patterns(list: &[&str]) -> Vec<Pattern> {
    list.iter().map(|text| Pattern::new(text)).collect()
}

pub(super) static DEPLOY: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
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

pub(super) const DEPLOY_ACTIONS: &[&str] = &[
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

pub(super) static PUBLISH: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        // How that platform replaces a version is its own affair, and nothing of the tree says it.
        "fastapi deploy",
        "cargo publish !--dry-run !-n",
        "cargo release {--execute|-x}",
        "cargo {workspaces|ws} publish !--dry-run",
        "release-plz release !--dry-run",
        "semantic-release !--dry-run !-d",
        "goreleaser !check !build !healthcheck !init !--snapshot !--skip-publish !--skip=*publish*",
        "twine upload !--repository=*test* !--repository-url=*test.* !-r=*test*",
        "dist {host|publish|upload}",
        "{npm|pnpm|yarn} {publish|npm} !--dry-run !audit",
        "lerna publish",
        "changeset publish",
        "{poetry|uv|flit|pdm|hatch} publish !--dry-run",
        "maturin {publish|upload}",
        "docker push",
        "docker buildx build --push",
        "docker buildx bake {--push|--set=*.output=type=registry*}",
        "docker buildx bake --set *.output=type=registry*",
        "docker buildx build {--output|-o} {*type=registry*|*push=true*}",
        "docker buildx build {--output=*type=registry*|--output=*push=true*}",
        "{podman|skopeo|crane|buildah} {push|copy}",
        "oras {push|copy|cp}",
        "helm push",
        "ko {build|publish|apply} !--local !--push=false",
        "{gh|hub} release {create|upload}",
        "{mvn|mvnw|./mvnw} …{deploy|jib:build|*:jib-maven-plugin:build|*:jib-maven-plugin:*:build}",
        "{mvn|mvnw|./mvnw} …spring-boot:build-image -Dspring-boot.build-image.publish=true",
        "{gradle|gradlew|./gradlew} …{publish*|:*:publish*|jib|:jib|:*:jib|dockerPush|:*:dockerPush} !{publishToMavenLocal|*:publishToMavenLocal}",
        "{gradle|gradlew|./gradlew} …{bootBuildImage|:*:bootBuildImage} --publishImage",
        // What the plugin of Nebula for releases calls a release and a candidate for one.
        "{gradle|gradlew|./gradlew} …{final|candidate}",
        "dotnet nuget push",
        "nuget push",
        "gem push",
    ])
});

/// Commands that copy files to a store of objects, or from it.
pub(super) static COPY_TO_STORE: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| patterns(&["aws s3 {cp|sync|mv}", "gsutil … {cp|rsync}", "gcloud storage {cp|rsync}"]));

/// How the address of such a store begins.
pub(super) const STORES: &[&str] = &["s3://", "gs://"];

/// Words of what is put there and is not the product.
#[rustfmt::skip]
pub(super) const NO_ARTEFACT: &[&str] = &[
    "coverage", "report", "reports", "log", "logs", "cache", "test", "tests", "result", "results", "benchmark", "benchmarks", "bench",
    "doc", "docs", "documentation", "storybook", "site", "website", "blog", "screenshots", "sbom", "backup", "backups", "terraform",
    "schema", "schemas", "metrics",
];

pub(super) const PUBLISH_ACTIONS: &[&str] = &[
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
    "prometheus/promci/publish_main",
    "prometheus/promci/publish_release",
    "redhat-actions/push-to-registry",
];

pub(super) static VERIFY: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
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
        "aws cloudformation wait {stack-create-complete|stack-update-complete|stack-import-complete|stack-exists}",
        "aws elasticbeanstalk wait {environment-exists|environment-updated}",
        "ecs-deploy !--skip-deployments-check",
        "curl {-f|--fail|--fail-with-body} …*/{health|_health|livez|live|readyz|ready|status|ping|up|alive|version|-/healthy|-/ready}*",
        "curl {-f|--fail|--fail-with-body} …*healthz*",
        "wget --spider",
        "wait-on …http*",
        "hurl --test",
        "{fly|flyctl} {checks|status}",
        "nomad {job|deployment} status",
        "newman run",
        "bru run",
        "playwright test",
        "cypress run",
        "k6 run",
        "pytest …*{smoke|e2e|verify}*",
        "goss validate",
        "oc rollout status",
    ])
});

pub(super) const VERIFY_ACTIONS: &[&str] = &[
    "jtalk/url-health-check-action",
    "cypress-io/github-action",
    "grafana/run-k6-action",
    "kicbase/*wait*",
    "schemathesis/action",
];

/// Actions that wait for what they deploy, and the inputs that make them; without any they do so by themselves.
pub(super) const WAITING_ACTIONS: &[(&str, &[&str])] = &[
    ("aws-actions/amazon-ecs-deploy-task-definition", &["wait-for-service-stability"]),
    ("aws-ecs/deploy-service-update", &["verify-revision-is-deployed", "verify_revision_is_deployed"]),
    ("aws-ecs/update-service", &["verify-revision-is-deployed", "verify_revision_is_deployed"]),
    ("helm/upgrade-helm-chart", &["wait", "atomic"]),
    ("google-github-actions/deploy-cloudrun", &[]),
    ("azure/k8s-deploy", &[]),
];

pub(super) static ROLLBACK: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
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

pub(super) static ANY_VERSION: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "aws lambda update-alias",
        "gcloud run services update-traffic --to-revisions",
        "{fly|flyctl} deploy --image",
        "aws ecs update-service --task-definition",
    ])
});

pub(super) static BLUE_GREEN: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
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

pub(super) static ROLLING: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "aws ecs update-service",
        "kubectl rollout restart",
        "kubectl set image",
        "docker service update",
        "docker stack deploy",
        "{fly|flyctl} deploy --strategy rolling",
    ])
});

/// Deploys to a platform that asks a container what its own settings say, and never what an image says.
pub(super) static OWN_CHECKS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(&[
        "aws ecs {update-service|deploy}",
        "{ecs-deploy|ecs} …",
        "{kubectl|helm|helmfile|oc} …",
        "argocd app sync",
        "gcloud run …",
        "az containerapp …",
        "aws apprunner start-deployment",
        "{fly|flyctl} deploy",
        "heroku container:release",
    ])
});

pub(super) const OWN_CHECKS_ACTIONS: &[&str] = &[
    "aws-actions/amazon-ecs-deploy-task-definition",
    "donaldpiret/ecs-deploy",
    "aws-ecs/*",
    "google-github-actions/deploy-cloudrun",
    "gcp-cloud-run/deploy",
    "azure/k8s-deploy",
    "azure/aks-*-deploy",
    "azure/container-apps-deploy-action",
    "superfly/flyctl-actions",
    "helm/upgrade-helm-chart",
    "kubernetes/create-or-update-resource",
];

/// Words of what tells of a deployment, or puts pages and not the product into place.
pub(super) const NO_DEPLOYMENT: &[&str] = &[
    "deployments",
    "deployment-status",
    "deployment_status",
    "deploy-key",
    "deploy_key",
    "deploy key",
    "pages",
    "docs",
    "preview",
];

/// What an action releases or publishes that is not the product.
pub(super) const NO_RELEASE: &[&str] = &[
    "drafter",
    "draft",
    "notes",
    "changelog",
    "change-log",
    "test",
    "report",
    "result",
    "coverage",
    "doc",
    "label",
    "pr-",
    "info",
];

/// What the name of an action that only gets ready for a deployment, or tells of one, says of it.
#[rustfmt::skip]
pub(super) const OTHER_TASKS: &[&str] = &[
    "setup", "login", "auth", "credential", "configure", "checkout", "cache", "notify", "slack", "install", "secret", "token", "comment",
    "toolchain", "wait", "ssh-agent", "vpn", "tailscale", "envsubst", "render", "metadata", "version", "tag",
];

/// Actions of the forge and of Docker, and of the tree itself (`./…`), which are followed.
pub(super) const OF_THE_FORGE: &[&str] = &["actions/", "github/", "docker/", "."];

/// Actions that build images, Docker's own and those of who offers faster machines for them.
pub(super) const IMAGE_ACTIONS: &[&str] = &["*/build-push-action", "*/bake-action"];

/// Words of the name of an action that pushes images: what it does, with what, and what tells that it is something else.
pub(super) const PUSHES: &[&str] = &["push", "publish", "upload", "pusher"];
pub(super) const IMAGES: &[&str] = &[
    "image",
    "images",
    "docker",
    "container",
    "containers",
    "ecr",
    "gcr",
    "gar",
    "acr",
    "ghcr",
    "dockerhub",
    "registry",
];
pub(super) const NO_IMAGE: &[&str] =
    &["readme", "description", "sarif", "results", "report", "cache", "scan", "login", "logs", "artifact", "artifacts"];

/// Actions that send a message to people.
pub(super) const NOTIFY_ACTIONS: &[&str] = &[
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
