//! Tests of `@place` and `@rollout`.

use super::searching::{ask, places};
use tusk_check::evidence::{Answer, Observed};

type Files<'a> = &'a [(&'a str, &'a str)];

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: shop/web\n        ports: [{containerPort: 80}]\n";

fn place(files: Files<'_>, words: &[&str]) -> Answer {
    ask(files, "place", words, &[])
}

fn is_there(files: Files<'_>, words: &[&str]) -> bool {
    !place(files, words).seen.is_empty()
}

#[test]
fn a_workload_is_the_projects_own_and_in_production() {
    assert!(is_there(&[("k8s/web.yaml", WEB)], &["work"]));
    assert!(is_there(&[("fly.toml", "app = 'a'\n[http_service]\ninternal_port = 80\n")], &["work"]));
    assert!(is_there(&[("compose.prod.yml", "services:\n  app: {build: .}\n")], &["work"]));
    for files in [
        &[("k8s/staging/web.yaml", WEB)],
        &[("compose.dev.yml", "services:\n  app: {build: .}\n")],
        &[("compose.prod.yml", "services:\n  db: {image: 'postgres:16'}\n")],
        &[("README.md", "# We run on Kubernetes\n")],
    ] {
        let answer = place(files, &["work"]);
        assert!(answer.seen.is_empty() && answer.blind.is_empty(), "{answer:?}");
    }
    let redis = WEB.replace("shop/web", "redis:7");
    assert!(!is_there(&[("k8s/web.yaml", &redis)], &["work"]));
}

#[test]
fn what_is_not_read_yet_makes_blind_and_not_absent() {
    let terraform = ("infra/main.tf", "resource \"aws_ecs_service\" \"web\" {}\n");
    assert!(place(&[terraform], &["work"]).blind[0].why.contains("aws_ecs_service.web outside of a manifest"));
    let chart = [("chart/Chart.yaml", "name: a\n"), ("chart/templates/a.yaml", "kind: Deployment\n{{ if }}")];
    assert!(place(&chart, &["work"]).blind[0].why.contains("Helm"));
}

#[test]
fn entry_points() {
    let service =
        |kind: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\nspec: {{type: {kind}}}\n");
    assert!(is_there(&[("s.yaml", &service("LoadBalancer"))], &["edge"]));
    assert!(!is_there(&[("s.yaml", &service("ClusterIP"))], &["edge"]));
    assert!(is_there(
        &[("i.yaml", "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n")],
        &["edge"]
    ));
    assert!(is_there(&[("render.yaml", "services:\n- {type: web, name: a}\n")], &["edge"]));
}

#[test]
fn a_service_listens_and_a_library_alone_does_not() {
    let manifest = ("Cargo.toml", "[package]\nname = \"a\"\n[dependencies]\naxum = \"0.8\"\n");
    let serving = ("src/main.rs", "fn main() { axum::serve(listener, app); }\n");
    let plain = ("src/main.rs", "// axum::serve(listener, app)\nfn main() {}\n");
    assert!(is_there(&[manifest, serving], &["service", "axum"]));
    assert!(!is_there(&[manifest, plain], &["service", "axum"]));
    assert!(!is_there(&[manifest, ("tests/a.rs", serving.1), plain], &["service", "axum"]));
    assert!(!is_there(&[("Cargo.toml", "[package]\nname = \"a\"\n"), serving], &["service", "axum"]));
    assert!(is_there(
        &[("go.mod", "module a\n"), ("main.go", "func main() { http.ListenAndServe(\":80\", nil) }\n")],
        &["service", "axum"]
    ));
}

#[test]
fn manifests_locks_documents_and_clients() {
    let cargo = ("Cargo.toml", "[package]\nname = \"a\"\n[dependencies]\nsqlx = \"0.8\"\n");
    assert!(is_there(&[cargo], &["manifest", "cargo"]));
    assert!(!is_there(&[cargo], &["manifest", "npm"]));
    assert!(is_there(&[("Cargo.lock", "version = 4\n")], &["lock", "cargo"]));
    assert!(!is_there(&[cargo], &["lock"]));
    assert!(is_there(&[cargo, ("src/main.rs", "use sqlx::PgPool;\n")], &["database_client", "sqlx"]));
    assert!(!is_there(&[cargo, ("src/main.rs", "fn main() {}\n")], &["database_client", "sqlx"]));
    assert!(!is_there(&[("LICENSE", "MIT")], &["docs"]));
    assert!(!is_there(&[], &["tree"]));
}

#[test]
fn deploys_are_jobs_git_and_platforms() {
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n";
    assert!(is_there(&[("apps/a.yaml", argo)], &["deploy"]));
    let spec = |push: &str| format!("services:\n- name: web\n  http_port: 80\n  github: {{deploy_on_push: {push}}}\n");
    assert!(is_there(&[(".do/app.yaml", &spec("true"))], &["deploy"]));
    assert!(!is_there(&[(".do/app.yaml", &spec("false"))], &["deploy"]));
}

fn words(files: Files<'_>, fact: &str) -> Vec<String> {
    let seen = ask(files, "rollout", &[fact], &[]).seen;
    seen.iter()
        .map(|sighting| match &sighting.value {
            Some(Observed::Word(word)) => word.clone(),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn strategies_by_object_and_platform() {
    assert_eq!(words(&[("w.yaml", WEB)], "strategy"), ["rolling"]);
    let recreate = WEB.replace("spec:\n  template", "spec:\n  strategy: {type: Recreate}\n  template");
    let files = [("w.yaml", recreate.as_str())];
    assert_eq!(words(&files, "strategy"), ["recreate"]);
    assert_eq!(places(&files, &ask(&files, "rollout", &["strategy"], &[]).seen), ["w.yaml:6"]);
    let rollout = |strategy: &str| {
        WEB.replace("apps/v1", "argoproj.io/v1alpha1")
            .replace("Deployment", "Rollout")
            .replace("spec:\n  template", &format!("spec:\n  strategy: {strategy}\n  template"))
    };
    assert_eq!(words(&[("w.yaml", &rollout("{blueGreen: {activeService: a}}"))], "strategy"), ["blue_green"]);
    assert_eq!(words(&[("w.yaml", &rollout("{canary: {steps: [{setWeight: 10}]}}"))], "strategy"), ["canary"]);
    assert_eq!(words(&[("w.yaml", &rollout("{canary: {}}"))], "strategy"), ["rolling"]);
    let flagger = |analysis: &str| {
        format!(
            "{WEB}---\napiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {{name: web}}\nspec:\n  targetRef: {{kind: Deployment, name: web}}\n  analysis: {analysis}\n"
        )
    };
    assert_eq!(words(&[("w.yaml", &flagger("{stepWeight: 10}"))], "strategy"), ["canary"]);
    assert_eq!(words(&[("w.yaml", &flagger("{iterations: 5}"))], "strategy"), ["blue_green"]);
    // A service that is named blue is no blue-green deployment.
    let named = WEB.replace("name: web", "name: web-blue");
    assert_eq!(words(&[("w.yaml", &named)], "strategy"), ["rolling"]);
    assert_eq!(words(&[("compose.prod.yml", "services:\n  app: {build: .}\n")], "strategy"), ["recreate"]);
    assert_eq!(
        words(&[("fly.toml", "app = 'a'\n[http_service]\n[deploy]\nstrategy = 'bluegreen'\n")], "strategy"),
        ["blue_green"]
    );
    assert!(words(&[("Procfile", "web: ./x\n")], "strategy").is_empty());
}

#[test]
fn a_rollout_that_refers_to_a_deployment_speaks_for_it() {
    let text = format!(
        "{WEB}---\napiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {{name: web}}\nspec:\n  workloadRef: {{kind: Deployment, name: web}}\n  strategy: {{blueGreen: {{activeService: web}}}}\n"
    );
    assert_eq!(words(&[("w.yaml", &text)], "strategy"), ["blue_green"]);
}

#[test]
fn automatic_abort_needs_an_analysis_that_exists() {
    let rollout = |rest: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {{name: web}}\nspec:\n  strategy: {{blueGreen: {{activeService: a{rest}}}}}\n"
        )
    };
    let analysed = rollout(", postPromotionAnalysis: {templates: [{templateName: errors}]}");
    let template = |name: &str| {
        ("t.yaml", format!("apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {{name: {name}}}\n"))
    };
    let (path, right) = template("errors");
    assert_eq!(words(&[("r.yaml", &analysed), (path, &right)], "auto_abort"), ["automatic"]);
    let (path, wrong) = template("latency");
    assert!(words(&[("r.yaml", &analysed), (path, &wrong)], "auto_abort").is_empty());
    assert!(words(&[("r.yaml", &rollout(""))], "auto_abort").is_empty());
    // A rolling update stalls, it does not go back.
    assert!(words(&[("w.yaml", WEB)], "auto_abort").is_empty());
    let release = |remediation: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: a}}\nspec: {{upgrade: {{remediation: {remediation}}}}}\n"
        )
    };
    assert_eq!(words(&[("h.yaml", &release("{retries: 3, remediateLastFailure: true}"))], "auto_abort"), ["automatic"]);
    assert!(words(&[("h.yaml", &release("{retries: 3}"))], "auto_abort").is_empty());
    assert_eq!(words(&[("h.yaml", &release("{retries: 0}"))], "no_abort"), ["manual"]);
    let spec = "services:\n- name: web\n  http_port: 80\n  health_check: {http_path: /up}\n";
    assert_eq!(words(&[(".do/app.yaml", spec)], "auto_abort"), ["automatic"]);
    assert_eq!(ask(&[(".do/app.yaml", spec)], "rollout", &["analysis"], &[]).seen.len(), 1);
}

#[test]
fn progressive_delivery_as_a_place() {
    let canary = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec:\n  strategy: {canary: {steps: [{setWeight: 10}]}}\n  template: {spec: {containers: [{name: a, image: shop/web, ports: [{containerPort: 80}]}]}}\n";
    assert!(is_there(&[("r.yaml", canary)], &["rollout", "canary"]));
    assert!(!is_there(&[("r.yaml", canary)], &["rollout", "blue_green"]));
    assert!(!is_there(&[("w.yaml", WEB)], &["rollout"]));
}

#[test]
fn a_job_that_deploys_is_a_place_and_one_for_previews_is_not() {
    let workflow = |name: &str| {
        format!(
            "on: {{push: {{branches: [main]}}}}\njobs:\n  {name}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: kubectl apply -f k8s/\n"
        )
    };
    assert!(is_there(&[(".github/workflows/release.yml", &workflow("deploy"))], &["deploy"]));
    assert!(!is_there(&[(".github/workflows/release.yml", &workflow("deploy-preview"))], &["deploy"]));
    let tested =
        "on: [pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test\n";
    assert!(is_there(&[(".github/workflows/ci.yml", tested)], &["ci"]));
    assert!(!is_there(&[(".github/workflows/ci.yml", tested)], &["sched"]));
    assert!(!is_there(&[(".github/workflows/ci.yml", tested)], &["deploy"]));
}
