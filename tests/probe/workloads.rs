//! Tests of `@container` and `@k8s`.

use super::searching::{ask, places};
use tusk_check::evidence::{Observed, Sighting};

fn deployment(name: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  template:\n    metadata:\n      annotations: {{a.io/x: \"true\"}}\n    \
         spec:\n      containers:\n      - name: app\n        image: shop/{name}\n        ports: [{{containerPort: 80}}]\n{container}"
    )
}

const PROBED: &str = "        readinessProbe:\n          httpGet: {path: /ready}\n";

fn amounts(seen: &[Sighting]) -> Vec<f64> {
    let amount = |sighting: &Sighting| match &sighting.value {
        Some(Observed::Quantity(quantity)) => quantity.amount,
        other => panic!("{other:?}"),
    };
    seen.iter().map(amount).collect()
}

#[test]
fn each_own_workload_must_have_it_and_missing_names_those_without() {
    let (good, bad) = (deployment("a", PROBED), deployment("b", ""));
    let redis = deployment("cache", "").replace("shop/cache", "redis:7");
    let load = deployment("loadgenerator", "");
    let all = [("a.yaml", good.as_str()), ("b.yaml", &bad), ("c.yaml", &redis), ("d.yaml", &load)];
    let own = [("own", "true"), ("each", "true")];
    let path = ["workload", "containers[*].readinessProbe"];
    let answer = ask(&all, "k8s", &path, &own);
    assert!(answer.seen.is_empty());
    assert!(answer.notes[0].message.contains("Deployment \"b\" has no readinessProbe"), "{:?}", answer.notes);
    let missing = ask(&all, "k8s", &path, &[("own", "true"), ("missing", "true")]);
    assert_eq!(places(&all, &missing.seen), ["b.yaml:3"]);
    let without_b = [all[0], all[2], all[3]];
    assert_eq!(places(&without_b, &ask(&without_b, "k8s", &path, &own).seen), ["a.yaml:13"]);
    // Without `own` the database is asked as well.
    assert!(ask(&without_b, "k8s", &path, &[("each", "true")]).seen.is_empty());
}

#[test]
fn a_probe_of_another_container_is_not_the_services_own() {
    let sidecar = deployment(
        "a",
        &format!("      - name: side\n        image: shop/side\n        ports: [{{containerPort: 81}}]\n{PROBED}"),
    );
    let options = [("own", "true"), ("each", "true")];
    assert!(
        ask(&[("a.yaml", &sidecar)], "k8s", &["workload", "containers[*].readinessProbe"], &options).seen.is_empty()
    );
}

#[test]
fn values_are_typed_and_a_declared_object_takes_its_defaults() {
    let text = deployment(
        "a",
        &format!(
            "{PROBED}        resources: {{limits: {{memory: 128Mi, cpu: 250m}}}}\n        env: [{{name: ENABLE_PROFILER, value: \"0\"}}]\n"
        ),
    );
    let files = [("a.yaml", text.as_str())];
    let of = |path: &str, options: &[(&str, &str)]| ask(&files, "k8s", &["workload", path], options).seen;
    assert_eq!(amounts(&of("containers[*].resources.limits.memory", &[])), [128.0 * 1024.0 * 1024.0]);
    assert_eq!(amounts(&of("containers[*].resources.limits.cpu", &[])), [0.25]);
    assert_eq!(amounts(&of("env[ENABLE_*]", &[])), [0.0]);
    let period = of("containers[*].readinessProbe.periodSeconds", &[("unit", "s"), ("default", "10")]);
    assert_eq!((amounts(&period), places(&files, &period)), (vec![10.0], vec!["a.yaml:13".to_owned()]));
    assert!(of("containers[*].livenessProbe.periodSeconds", &[("default", "10")]).is_empty());
    assert_eq!(of("template.metadata.annotations[a.io/x]", &[])[0].value, Some(Observed::Flag(true)));
}

#[test]
fn what_production_does_not_apply_is_a_note_and_an_unknown_template_is_blind() {
    let text = deployment("a", PROBED);
    let staging = ask(&[("staging/a.yaml", &text)], "k8s", &["Deployment"], &[]);
    assert!(staging.seen.is_empty() && staging.notes.len() == 1);
    let chart = [
        ("chart/Chart.yaml", "name: a\n"),
        ("chart/templates/a.yaml", "kind: {{ lookup }}\napiVersion: v1\nmetadata: {name: a}\n"),
    ];
    let helm = ask(&chart, "k8s", &["Deployment"], &[]);
    assert!(helm.blind[0].why.contains("Helm"));
    // A broken file hides what it names, unless its path says that it is none of production.
    let broken = "apiVersion: apps/v1\nkind: Deployment\nmetadata: [";
    let blind = |path: &str, kind: &str| ask(&[(path, broken)], "k8s", &[kind], &[]).blind.len();
    assert_eq!(blind("k8s/a.yaml", "Deployment"), 1);
    assert_eq!(blind("k8s/a.yaml", "CronJob"), 0);
    assert_eq!(blind("cmd/testdata/a.yaml", "Deployment"), 0);
}

#[test]
fn kinds_with_groups_and_conditions() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: LoadBalancer}\n---\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: k}\nspec: {}\n---\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\nspec: {instances: 3}\n";
    let files = [("a.yaml", service)];
    let count = |words: &[&str], options: &[(&str, &str)]| ask(&files, "k8s", words, options).seen.len();
    assert_eq!(count(&["Service"], &[]), 1);
    assert_eq!(count(&["Service"], &[("where", "spec.type=LoadBalancer")]), 1);
    assert_eq!(count(&["Service"], &[("where", "spec.type=ClusterIP")]), 0);
    assert_eq!(count(&["Cluster.postgresql.cnpg.io", "spec.instances"], &[]), 1);
    assert_eq!(count(&["Cluster.other.io"], &[]), 0);
}

#[test]
fn image_health_counts_only_where_something_would_run_it() {
    let docker = ("Dockerfile", "FROM debian\nHEALTHCHECK CMD curl -f localhost/ok\nCMD [\"/app\"]\n");
    assert_eq!(ask(&[docker], "container", &["healthcheck"], &[]).seen.len(), 1);
    let kubernetes = deployment("a", "");
    assert!(ask(&[docker, ("k8s/a.yaml", &kubernetes)], "container", &["healthcheck"], &[]).seen.is_empty());
    let compose = ("compose.prod.yml", "services:\n  app:\n    build: .\n");
    let files = [docker, compose];
    assert_eq!(places(&files, &ask(&files, "container", &["healthcheck"], &[]).seen), ["Dockerfile:2"]);
    let none = ("Dockerfile", "FROM debian\nHEALTHCHECK NONE\nCMD [\"/app\"]\n");
    assert!(ask(&[none], "container", &["healthcheck"], &[]).seen.is_empty());
    assert_eq!(ask(&[none], "container", &["healthcheck_disabled"], &[]).seen.len(), 1);
}

#[test]
fn builds_users_and_watchers() {
    let files = [(
        "Dockerfile",
        "FROM rust AS b\nRUN cargo build --release\nFROM debian\nCOPY --from=b /target/release/x /x\nCMD [\"/x\"]\n",
    )];
    assert_eq!(places(&files, &ask(&files, "container", &["release_build"], &[]).seen), ["Dockerfile:4"]);
    assert!(ask(&files, "container", &["debug_build"], &[]).seen.is_empty());
    assert_eq!(ask(&files, "container", &["user"], &[]).seen[0].value, Some(Observed::Word("root".into())));
    assert!(ask(&files, "container", &["watches"], &[]).seen.is_empty());
    let watching = [
        "cargo watch -x run",
        "uvicorn app:app --reload",
        "npx nodemon index.js",
        "bacon run",
        "node --watch server.js",
        "node --env-file=.env --watch server.js",
        "bun --watch server.ts",
        "deno run --allow-net --watch main.ts",
        "nest start --debug --watch",
        "npx vite --host 0.0.0.0",
        "yarn dev:server",
        "ng serve --host 0.0.0.0",
        "dotnet watch run",
        "flask --app shop --debug run",
        "flask run --debug",
        "fastapi dev main.py",
        "air",
        "python manage.py runserver 0.0.0.0:8000",
        "sh -c 'python manage.py migrate && python manage.py runserver'",
    ];
    for command in watching {
        let text = format!("FROM rust\nCMD {command}\n");
        assert_eq!(ask(&[("Dockerfile", &text)], "container", &["watches"], &[]).seen.len(), 1, "{command}");
    }
    let resting = [
        "gunicorn --reload-extra-file x app --name baconator",
        "vite preview --host",
        "node server.js --watchdog",
        "python manage.py runserver --noreload",
        "reflex run --env prod",
        "npm run devtools-free",
        "fair",
    ];
    for command in resting {
        let text = format!("FROM rust\nCMD {command}\n");
        assert!(ask(&[("Dockerfile", &text)], "container", &["watches"], &[]).seen.is_empty(), "{command}");
    }
}

#[test]
fn a_script_that_the_image_runs_watches_for_it() {
    let package =
        ("package.json", r#"{"scripts": {"serve": "npm run watch", "watch": "tsx watch a.ts", "start": "node a.js"}}"#);
    let watches = |command: &str, script: &str| {
        let text = format!("FROM node\nCMD {command}\n");
        let files = [("app/Dockerfile", text.as_str()), package, ("docker/entrypoint.sh", script)];
        places(&files, &ask(&files, "container", &["watches"], &[]).seen)
    };
    assert_eq!(watches("npm run serve", ""), ["app/Dockerfile:2"]);
    assert!(watches("npm start", "").is_empty());
    let started = |line: &str| watches("/entrypoint.sh", &format!("#!/bin/sh\n{line}\n"));
    assert_eq!(started("exec python manage.py runserver"), ["docker/entrypoint.sh"]);
    assert!(started("if [ $DEV ]; then\n  exec python manage.py runserver\nfi\nexec gunicorn shop.wsgi").is_empty());
}

#[test]
fn compose_for_development_is_a_note_and_a_doubtful_one_is_blind() {
    let compose = ("compose.yaml", "services:\n  app:\n    build: .\n    healthcheck: {test: [CMD, /ok]}\n");
    let both =
        ("README.md", "## Deployment\n\n`docker compose up -d`\n\n## Local development\n\n`docker compose up`\n");
    let local = ("README.md", "## Local development\n\n`docker compose up`\n");
    let doubtful = ask(&[compose, both], "container", &["healthcheck"], &[]);
    assert!(doubtful.seen.is_empty() && doubtful.blind.len() == 1);
    let aside = ask(&[compose, local], "container", &["healthcheck"], &[]);
    assert!(aside.seen.is_empty() && aside.blind.is_empty() && aside.notes.len() == 1);
}

#[test]
fn environment_by_name() {
    let files = [("fly.toml", "app = 'a'\n[env]\nRUST_LOG = 'warn'\nDB = '${X}'\n")];
    let seen = ask(&files, "container", &["env", "RUST_LOG"], &[]).seen;
    assert_eq!((seen.len(), seen[0].value.clone()), (1, Some(Observed::Word("warn".into()))));
    assert!(matches!(ask(&files, "container", &["env", "DB"], &[]).seen[0].value, Some(Observed::Opaque(_))));
}
