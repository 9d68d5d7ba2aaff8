//! Compose files and platform specs: what they run, and whether production does.

use tusk_check::facts::Facts;
use tusk_check::facts::containers::{EnvValue, Fact, HealthKind, Platform, Role, Service, Timing};
use tusk_check::facts::production::Standing;
use tusk_check::tree::Tree;

fn services(files: &[(&str, &str)]) -> Vec<Service> {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, *text)));
    Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH).containers().services.clone()
}

fn one(path: &str, text: &str) -> Service {
    let mut found = services(&[(path, text)]);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

const APP: &str = "services:\n  app:\n    build: .\n    ports: ['80:80']\n";

#[test]
fn compose_is_production_by_name_or_when_it_is_all_there_is() {
    for path in [
        "compose.prod.yml",
        "docker-compose.production.yaml",
        "docker-stack.yml",
        "deploy/prod/compose.yaml",
        "compose.yaml",
    ] {
        assert_eq!(one(path, APP).standing, Standing::Production, "{path}");
    }
    for path in [
        "compose.dev.yml",
        "docker-compose.test.yml",
        "compose.override.yaml",
        "examples/compose.yaml",
        ".devcontainer/compose.yml",
    ] {
        assert!(matches!(one(path, APP).standing, Standing::Aside(_)), "{path}");
    }
    let beside = services(&[
        ("compose.yaml", APP),
        ("k8s/app.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"),
    ]);
    assert!(matches!(&beside[0].standing, Standing::Aside(why) if why.contains("k8s/app.yaml")));
}

#[test]
fn marks_of_development_in_a_plain_compose_file() {
    for marked in [
        "services:\n  app: {build: .}\n  mail: {image: axllent/mailpit}\n",
        "services:\n  app: {build: {context: ., target: dev}}\n",
        "services:\n  app: {build: {context: ., args: {PROFILE: dev}}}\n",
        "services:\n  app: {build: ., profiles: [app]}\n",
        "# for local development\nservices:\n  app: {build: .}\n",
        "services:\n  db: {image: 'postgres:16'}\n",
    ] {
        let found = services(&[("docker-compose.yml", marked)]);
        assert!(found.iter().all(|service| matches!(service.standing, Standing::Aside(_))), "{marked}");
    }
    let mounted = services(&[
        ("compose.yml", "services:\n  app:\n    build: .\n    volumes: ['.:/app']\n"),
        ("src/main.rs", "fn main() {}"),
    ]);
    assert!(matches!(&mounted[0].standing, Standing::Aside(why) if why.contains("mounts the source")));
    let settings = services(&[
        ("compose.yml", "services:\n  app:\n    build: .\n    volumes: ['./config:/etc/app:ro']\n"),
        ("config/a.yaml", ""),
    ]);
    assert_eq!(settings[0].standing, Standing::Production);
}

#[test]
fn servers_of_others_beside_a_built_image_are_for_developers() {
    let servers = "services:\n  directory: {image: 'lldap/lldap:v0.5'}\n  queue: {image: 'dragonflydb/dragonfly:v1'}\n";
    let standing = |compose: &'static str, files: &[(&'static str, &'static str)]| {
        let mut files = files.to_vec();
        files.push(("docker-compose.yaml", compose));
        services(&files).remove(0).standing
    };
    let module = ("go.mod", "module github.com/harbour-tools/quay-side\n");
    let image = ("Dockerfile", "FROM scratch\n");
    assert!(
        matches!(standing(servers, &[module, image]), Standing::Aside(why) if why.contains("nothing of the project"))
    );
    // A tree that builds nothing deploys what others built, and one without a name cannot be told from its images.
    assert_eq!(standing(servers, &[module]), Standing::Production);
    assert_eq!(standing(servers, &[image]), Standing::Production);
    for own in ["services:\n  web: {image: 'ghcr.io/harbour-tools/web:1'}\n", "services:\n  web: {image: '$IMAGE'}\n"] {
        assert_eq!(standing(own, &[module, image]), Standing::Production, "{own}");
    }
    let tests = "# Quick setups for testing the storage backends.\nservices:\n  ldap: {image: 'lldap/lldap:v0.5'}\n";
    assert!(matches!(standing(tests, &[]), Standing::Aside(why) if why.contains("for tests")));
}

#[test]
fn a_compose_file_below_another_may_be_a_variation_of_it() {
    let below = |path: &'static str| {
        let found = services(&[("docker/compose.yml", APP), (path, APP)]);
        found.into_iter().find(|service| &*service.place.path == path).map(|service| service.standing)
    };
    assert!(
        matches!(below("docker/cluster/compose.yml"), Some(Standing::Uncertain(why)) if why.contains("docker/compose.yml"))
    );
    assert_eq!(below("docker/deploy/compose.yml"), Some(Standing::Production));
    assert_eq!(below("other/compose.yml"), Some(Standing::Production));
}

#[test]
fn a_compose_file_named_after_one_purpose_needs_a_document() {
    let named =
        |path: &'static str, readme: &'static str| services(&[(path, APP), ("README.md", readme)]).remove(0).standing;
    let deploys = "## Deployment\n\n`docker compose -f docker-compose.arm.yaml up -d`\n";
    for path in ["docker-compose.arm.yaml", "build-bin/docker-compose-eureka.yml"] {
        assert!(matches!(named(path, "# App\n"), Standing::Uncertain(_)), "{path}");
        assert!(matches!(named(path, "## Deployment\n\n`docker compose up`\n"), Standing::Uncertain(_)), "{path}");
    }
    assert_eq!(named("docker-compose.arm.yaml", deploys), Standing::Production);
    for path in ["docker-compose.deploy.yml", "compose.selfhosted.yaml", "docker-compose.yml"] {
        assert_eq!(named(path, "# App\n"), Standing::Production, "{path}");
    }
}

#[test]
fn what_documents_say_about_a_plain_compose_file() {
    let with = |readme: &str| services(&[("compose.yaml", APP), ("README.md", readme)]).remove(0).standing;
    assert!(matches!(with("# App\n\n## Local development\n\nRun `docker compose up`.\n"), Standing::Aside(_)));
    assert_eq!(with("# App\n\n## Deployment\n\nRun `docker compose up -d` on the server.\n"), Standing::Production);
    let both = "## Deployment\n\n`docker compose up -d`\n\n## Local development\n\n`docker compose up`\n";
    assert!(matches!(with(both), Standing::Uncertain(_)));
    // What changed long ago says nothing of how it is started now.
    let changes = ("CHANGELOG.md", "## 1.2\n\n- docker compose: production images\n- docker compose runs locally\n");
    let readme = ("README.md", "## Local development\n\n`docker compose up`\n");
    let standing = services(&[("compose.yaml", APP), changes, readme]).remove(0).standing;
    assert!(matches!(standing, Standing::Aside(_)), "{standing:?}");
}

#[test]
fn compose_checks_with_anchors_defaults_and_none() {
    let text = "x-check: &check\n  interval: 10s\n  timeout: 1s\nservices:\n  app:\n    build: .\n    healthcheck:\n      <<: *check\n      test: curl -f localhost\n";
    let health = one("compose.prod.yml", text).health.remove(0);
    assert_eq!(health.kind, HealthKind::Command("curl -f localhost".into()));
    assert!(matches!(health.interval, Timing::Written(fact) if (fact.value - 10.0).abs() < f64::EPSILON));
    for off in ["{disable: true}", "{test: [NONE]}", "{test: ['CMD', 'true']}", "{test: 'curl x || exit 0'}"] {
        let text = format!("services:\n  app:\n    build: .\n    healthcheck: {off}\n");
        assert_eq!(one("compose.prod.yml", &text).health[0].kind, HealthKind::Disabled, "{off}");
    }
    let bare = one("compose.prod.yml", "services:\n  app:\n    build: .\n    healthcheck: {test: [CMD, /check]}\n");
    assert_eq!(bare.health[0].timeout, Timing::Default(30.0));
}

#[test]
fn compose_takes_the_check_of_the_projects_own_published_image() {
    let compose = "services:\n  app:\n    image: acme/watcher:2\n    ports: ['80:80']\n";
    let docker = "FROM node AS release\nHEALTHCHECK --timeout=5s CMD node check.js\nCMD [\"node\", \"app.js\"]\nFROM release AS nightly\nFROM node AS upload\nRUN ./upload.sh\n";
    let package = ("package.json", "{\"name\": \"watcher\"}");
    let health = |files: &[(&'static str, &'static str)]| {
        let found = services(&[&[package, ("compose.prod.yml", compose)], files].concat());
        found.into_iter().find(|service| service.platform == Platform::Compose).map(|service| service.health.len())
    };
    assert_eq!(health(&[("docker/dockerfile", docker)]), Some(1));
    assert_eq!(health(&[("agent/Dockerfile", docker), ("relay/Dockerfile", docker)]), Some(0), "of which of them?");
    assert_eq!(health(&[("Dockerfile", docker), ("docker/Dockerfile", docker)]), Some(0), "both stand there");
    let foreign = [package, ("compose.prod.yml", "services:\n  app:\n    image: acme/db:2\n"), ("Dockerfile", docker)];
    assert_eq!(services(&foreign)[0].health.len(), 0);
}

#[test]
fn compose_takes_the_rest_from_the_image_that_it_builds() {
    let docker = "FROM debian\nUSER app\nENV RUST_LOG=debug PORT=1\nHEALTHCHECK CMD /check\nCMD [\"/app\"]\n";
    let compose = "services:\n  app:\n    build: ./web\n    environment:\n      RUST_LOG: ${LEVEL:-info}\n      TOKEN:\n    env_file: prod.env\n";
    let files = [("compose.prod.yml", compose), ("web/Dockerfile", docker), ("prod.env", "EXTRA=1\nRUST_LOG=trace\n")];
    let app = services(&files).remove(0);
    let value = |name: &str| app.env.iter().find(|entry| entry.name == name).map(|entry| entry.value.clone());
    assert_eq!(value("RUST_LOG"), Some(EnvValue::Default("info".into())));
    assert_eq!(value("EXTRA"), Some(EnvValue::Literal("1".into())));
    assert_eq!(value("PORT"), Some(EnvValue::Literal("1".into())));
    assert!(matches!(value("TOKEN"), Some(EnvValue::Reference(_))));
    assert_eq!(app.user.expect("a user").value, "app");
    assert_eq!(app.health[0].kind, HealthKind::Command("/check".into()));
    assert_eq!(app.command.expect("a command").value, "/app");
}

#[test]
fn app_platform() {
    let text = "name: shop\nservices:\n- name: web\n  dockerfile_path: Dockerfile\n  github: {branch: main, deploy_on_push: true, repo: a/b}\n  \
                health_check:\n    http_path: /up\n  instance_size_slug: apps-s-1vcpu-0.5gb\n  envs:\n  - key: DB\n    value: ${db.PASSWORD}\n\
                jobs:\n- name: migrate\n  kind: PRE_DEPLOY\n";
    let found = services(&[("spec.yaml", text)]);
    let web = found.iter().find(|service| service.name == "web").expect("web");
    assert_eq!(web.health[0].kind, HealthKind::Http("/up".into()));
    assert_eq!((&web.health[0].interval, &web.health[0].timeout), (&Timing::Default(10.0), &Timing::Default(1.0)));
    assert!(web.autodeploy.as_ref().is_some_and(|fact| fact.value) && web.reverts.is_some());
    assert_eq!(web.memory_limit.as_ref().map(|fact| fact.value), Some(512.0 * 1024.0 * 1024.0));
    assert_eq!(web.env[0].value, EnvValue::Reference("${db.PASSWORD}".into()));
    assert!(found.iter().any(|service| service.role == Role::Job));
    assert!(matches!(
        services(&[("spec.yaml", &text.replace("name: shop", "name: shop-staging"))])[0].standing,
        Standing::Aside(_)
    ));
    // Another tool's spec.yaml, an OpenAPI document, is none.
    assert!(services(&[("spec.yaml", "openapi: 3.0.0\npaths: {}\nservices: []\n")]).is_empty());
}

#[test]
fn the_other_platforms() {
    let fly = one(
        "fly.toml",
        "app = 'a'\n[env]\nRUST_LOG = 'warn'\n[http_service]\nforce_https = true\n[[http_service.checks]]\npath = '/ok'\ninterval = '15s'\n[[vm]]\nmemory = '256mb'\n[deploy]\nstrategy = 'bluegreen'\n",
    );
    assert_eq!(fly.health[0].kind, HealthKind::Http("/ok".into()));
    assert_eq!(
        (fly.strategy.map(|fact| fact.value), fly.reverts.is_some(), fly.tls.map(|fact| fact.value)),
        (Some("blue_green"), true, Some(true))
    );
    assert!(matches!(one("fly.staging.toml", "app = 'a'\n").standing, Standing::Aside(_)));

    let render = one("render.yaml", "services:\n- type: web\n  name: a\n  healthCheckPath: /ok\n  autoDeploy: false\n");
    assert_eq!(
        (render.health[0].kind.clone(), render.autodeploy.map(|fact| fact.value)),
        (HealthKind::Http("/ok".into()), Some(false))
    );

    let heroku = services(&[
        ("Procfile", "release: ./migrate\nweb: ./serve $PORT\n"),
        ("app.json", "{\"env\": {\"RUST_LOG\": \"info\", \"KEY\": {\"required\": true}}}"),
    ]);
    assert_eq!(heroku[1].command.as_ref().map(|fact| fact.value.as_str()), Some("./serve $PORT"));
    assert_eq!(heroku[1].env[0].value, EnvValue::Literal("info".into()));
    assert!(heroku[1].health.is_empty() && heroku[1].strategy.is_none());
    assert!(heroku[1].reverts.is_none(), "nothing says that Heroku reads this Procfile");
    let procfile = ("Procfile", "release: ./migrate\nweb: ./serve $PORT\n");
    let named = services(&[procfile, ("app.json", "{\"stack\": \"heroku-24\"}")]);
    assert!(named[1].reverts.is_some());

    let engine =
        one("app.yaml", "runtime: custom\nenv: flex\nreadiness_check:\n  path: /ready\n  check_interval_sec: 7\n");
    assert_eq!(engine.health[0].kind, HealthKind::Http("/ready".into()));

    let task = "{\"containerDefinitions\": [{\"name\": \"web\", \"image\": \"123.dkr.ecr.eu-west-1.amazonaws.com/shop:1\", \"memory\": 512, \"healthCheck\": {\"command\": [\"CMD-SHELL\", \"curl -f localhost/ok\"]}, \"secrets\": [{\"name\": \"DB\", \"valueFrom\": \"arn:x\"}]}, {\"name\": \"proxy\", \"image\": \"envoyproxy/envoy:v1\"}]}";
    let ecs = services(&[("deploy/task.json", task)]);
    assert_eq!((ecs[0].role, ecs[1].role), (Role::Serving, Role::ThirdParty));
    assert_eq!(ecs[0].health[0].timeout, Timing::Default(5.0));
    assert_eq!(ecs[0].health[0].kind, HealthKind::Command("curl -f localhost/ok".into()));
    assert_eq!(ecs[0].env[0].value, EnvValue::Reference("arn:x".into()));
}

#[test]
fn a_spec_behind_a_button_is_open_beside_another_declaration_of_production() {
    const FLY: (&str, &str) = ("fly.toml", "app = 'shop'\n[http_service]\ninternal_port = 80\n");
    const RENDER: (&str, &str) = ("render.yaml", "services: [{type: web, name: shop, healthCheckPath: /up}]\n");
    const CHART: (&str, &str) = ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
    let of = |platform: Platform, files: &[(&str, &str)]| {
        services(files).into_iter().find(|service| service.platform == platform).unwrap().standing
    };
    assert_eq!(of(Platform::Fly, &[FLY]), Standing::Production);
    // A compose file beside it gives way to the platform.
    assert_eq!(of(Platform::Fly, &[FLY, ("compose.yaml", APP)]), Standing::Production);
    assert_eq!(of(Platform::Fly, &[FLY, ("examples/chart/Chart.yaml", CHART.1)]), Standing::Production);
    for files in [[FLY, RENDER], [FLY, CHART]] {
        assert!(matches!(of(Platform::Fly, &files), Standing::Uncertain(why) if why.contains(files[1].0)), "{files:?}");
    }
    assert!(matches!(
        of(Platform::Render, &[RENDER, ("docker/production/compose.yml", APP)]),
        Standing::Aside(why) if why.contains("docker/production/compose.yml")
    ));
    // A path of its own that says so, and the project file, decide before others do.
    assert_eq!(of(Platform::Fly, &[("deploy/production/fly.toml", FLY.1), CHART]), Standing::Production);
    let named = [FLY, CHART, (".tusk-check/project.tsk", "production:\n  - \"fly.toml\"\n")];
    assert_eq!(of(Platform::Fly, &named), Standing::Production);
}

#[test]
fn a_spec_of_a_program_beside_that_of_the_root_says_nothing_of_the_product() {
    const IMAGE: &str = "FROM alpine\nCOPY shop /shop\nCMD [\"/shop\"]\n";
    const FLY: &str = "app = 'shop'\n[http_service]\ninternal_port = 80\n";
    let of = |files: &[(&str, &str)]| services(files).into_iter().next().unwrap().standing;
    let beside = [("Dockerfile", IMAGE), ("frame/Dockerfile", IMAGE), ("frame/fly.toml", FLY)];
    assert!(matches!(of(&beside), Standing::Uncertain(why) if why.contains("Dockerfile builds the product")));
    // The image of the root may be what is deployed from a folder without one.
    assert_eq!(of(&[("Dockerfile", IMAGE), ("deploy/fly.toml", FLY)]), Standing::Production);
    let above = format!("{FLY}[build]\ndockerfile = '../Dockerfile'\n");
    assert_eq!(
        of(&[("Dockerfile", IMAGE), ("frame/Dockerfile", IMAGE), ("frame/fly.toml", &above)]),
        Standing::Production
    );
    // Several services, each with its own.
    let both = [("Dockerfile", IMAGE), ("fly.toml", FLY), ("web/Dockerfile", IMAGE), ("web/fly.toml", FLY)];
    assert!(services(&both).iter().all(|service| service.standing == Standing::Production));
    let apart = [("api/Dockerfile", IMAGE), ("api/fly.toml", FLY), ("web/Dockerfile", IMAGE)];
    assert_eq!(of(&apart), Standing::Production);
}

const JOB: &str = r#"
variable "version" { default = "1.4.0" }
variable "key" {}

job "shop" {
  datacenters = ["dc1"]
  update {
    max_parallel = 1
    auto_revert  = true
  }
  group "web" {
    count = 3
    network {
      port "http" { to = 8080 }
    }
    update { canary = 1 }
    service {
      port = "http"
      check {
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }
    scaling {
      min = 2
      max = 9
      policy {
        check "load" {
          query = "avg_cpu"
          strategy "target-value" { target = 70 }
        }
      }
    }
    task "migrate" {
      lifecycle { hook = "prestart" }
      config { image = "ghcr.io/acme/shop:${var.version}" }
    }
    task "server" {
      driver = "docker"
      user   = "1000"
      config {
        image   = "ghcr.io/acme/shop:${var.version}"
        command = "/shop"
        args    = ["serve", "--port", "8080"]
        logging { type = "fluentd" }
      }
      env {
        LOG_LEVEL = "info"
        API_KEY   = var.key
      }
      template {
        data = "X={{ key \"x\" }}"
        env  = true
      }
      resources {
        cpu    = 500
        memory = 256
      }
    }
  }
  group "queue" {
    task "mailer" {
      config { image = "ghcr.io/acme/mailer:1" }
    }
  }
  group "cache" {
    network {
      port "redis" { to = 6379 }
    }
    task "redis" {
      config { image = "redis:7.2" }
    }
  }
}
"#;

#[test]
fn jobs_of_nomad() {
    let found = services(&[("deploy/shop.nomad.hcl", JOB)]);
    let roles: Vec<(&str, Role)> = found.iter().map(|service| (service.name.as_str(), service.role)).collect();
    let expected =
        [("migrate", Role::Job), ("server", Role::Serving), ("mailer", Role::Worker), ("redis", Role::ThirdParty)];
    assert_eq!(roles, expected);
    let server = &found[1];
    assert_eq!((server.platform, &server.standing), (Platform::Nomad, &Standing::Production));
    assert_eq!(server.image.as_ref().unwrap().value, "ghcr.io/acme/shop:1.4.0");
    assert_eq!(server.command.as_ref().unwrap().value, "/shop serve --port 8080");
    assert_eq!(server.health.len(), 1);
    assert_eq!(server.health[0].kind, HealthKind::Http("/healthz".into()));
    assert!(matches!(&server.health[0].interval, Timing::Written(Fact { value: 10.0, .. })));
    assert_eq!(server.env.len(), 2);
    assert_eq!(server.env[0].value, EnvValue::Literal("info".into()));
    assert!(matches!(&server.env[1].value, EnvValue::Reference(_)));
    assert!(server.borrows_env);
    assert!(matches!(server.memory_limit, Some(Fact { value: 268_435_456.0, .. })));
    assert_eq!(server.log.as_ref().unwrap().value, "fluentd");
    assert_eq!(server.user.as_ref().unwrap().value, "1000");
    // The group's `update` and the job's are one.
    assert_eq!(server.strategy.as_ref().unwrap().value, "canary");
    assert!(server.reverts.as_ref().unwrap().value);
    let scale = server.scale.as_ref().unwrap();
    assert!(scale.automatic.is_some());
    assert!(matches!(scale.cpu, Some(Fact { value: 70.0, .. })));
}

#[test]
fn jobs_of_nomad_that_say_less() {
    let plain = "job \"shop\" {\n  group \"web\" {\n    network {\n      port \"http\" {}\n    }\n    task \"server\" {\n      \
                 config {\n        image = \"acme/shop:1\"\n      }\n    }\n  }\n}\n";
    let found = services(&[("shop.nomad", plain)]);
    assert_eq!((found[0].role, found[0].strategy.as_ref().unwrap().value), (Role::Serving, "rolling"));
    assert!(found[0].health.is_empty() && found[0].reverts.is_none() && found[0].memory_limit.is_none());
    // All at once; as many canaries as instances; a job that ends; a stage in the name.
    let with = |from: &str, to: &str| services(&[("jobs/shop.hcl", &plain.replace(from, to))]).remove(0);
    let update =
        |update: &str| with("    network", &format!("    count = 2\n    update {{\n{update}\n    }}\n    network"));
    assert_eq!(update("max_parallel = 0").strategy.unwrap().value, "recreate");
    assert_eq!(update("canary = 2").strategy.unwrap().value, "blue_green");
    assert!(!update("auto_revert = false").reverts.unwrap().value);
    assert_eq!(with("  group", "  type = \"batch\"\n  group").role, Role::Job);
    assert!(matches!(with("job \"shop\"", "job \"shop-staging\"").standing, Standing::Aside(_)));
    // A template of another tool is no HCL, and is said to be unread; a policy of Vault is no job.
    let tree = Tree::in_memory([("shop.nomad", "job \"[[ .name ]]\" {\n [[- if .x ]]\n}\n")]);
    assert_eq!(Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH).containers().blind.len(), 1);
    assert!(services(&[("policy.hcl", "path \"secret/*\" {\n  capabilities = [\"read\"]\n}\n")]).is_empty());
}

#[test]
fn a_broken_spec_is_named_and_not_taken_for_absent() {
    let tree = Tree::in_memory([("compose.prod.yml", "services:\n  app: {")]);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(facts.containers().blind.len(), 1);
}
