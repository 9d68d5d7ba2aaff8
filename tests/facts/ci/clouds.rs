//! The systems of clouds, and those that are read line by line, by the marks of [`super::systems`].

use super::systems::check;

#[test]
fn cloud_build_by_the_triggers_of_infrastructure_code() {
    let file = "\
substitutions:
  _REGION: europe-west1
steps:
  - id: lint
    name: rust:1
    args: [cargo, clippy, --, -D, warnings]
  - id: test
    name: rust:1
    entrypoint: bash
    args:
      - -ceu
      - |
        cargo test --workspace
        cargo build --release | tee log
  - name: gcr.io/cloud-builders/npm
    dir: web
    args: [audit]
    allowFailure: true
  - name: gcr.io/cloud-builders/docker
    args: [build, -t, 'gcr.io/$PROJECT_ID/shop', .]
  - name: gcr.io/google.com/cloudsdktool/cloud-sdk
    entrypoint: gcloud
    args: [run, deploy, shop, --region, $_REGION]
  - name: ubuntu
    script: |
      false
      cargo doc
images: ['gcr.io/$PROJECT_ID/shop']
";
    let trigger = |inner: &str| {
        format!("resource \"google_cloudbuild_trigger\" \"main\" {{\n  filename = \"cloudbuild.yaml\"\n{inner}}}\n")
    };
    let main = trigger(
        "  github {\n    owner = \"acme\"\n    name  = \"shop\"\n    push {\n      branch = \"^main$\"\n    }\n  }\n",
    );
    let expected = |mark: &str| {
        format!(
            "
        {mark} cloudbuild cloudbuild.yaml:6 cargo clippy -- -D warnings
        {mark} cloudbuild cloudbuild.yaml:13 cargo test --workspace
        - cloudbuild cloudbuild.yaml:14 cargo build --release
        {mark} cloudbuild cloudbuild.yaml:14 tee log
        - cloudbuild cloudbuild.yaml:17 npm audit
        {mark} cloudbuild cloudbuild.yaml:20 docker build -t gcr.io/${{PROJECT_ID}}/shop .
        {mark} cloudbuild cloudbuild.yaml:23 gcloud run deploy shop --region europe-west1
        - cloudbuild cloudbuild.yaml:26 false
        {mark} cloudbuild cloudbuild.yaml:27 cargo doc
        {mark} cloudbuild cloudbuild.yaml:28 docker push gcr.io/${{PROJECT_ID}}/shop
        "
        )
    };
    check(&[("cloudbuild.yaml", file), ("infra/ci.tf", &main)], &expected("+"));
    // Without a trigger, or with one of another file, nothing says when it runs.
    check(&[("cloudbuild.yaml", file)], &expected("."));
    let other = main.replace("cloudbuild.yaml", "other.yaml");
    check(&[("cloudbuild.yaml", file), ("infra/ci.tf", &other)], &expected("."));
}

#[test]
fn code_build_by_its_webhook_or_pipeline() {
    let file = "\
version: 0.2
env:
  variables:
    FLAGS: -Dwarnings
phases:
  install:
    runtime-versions: {nodejs: 22}
    commands:
      - npm ci
  pre_build:
    on-failure: CONTINUE
    commands: [cargo audit]
  build:
    commands:
      - cargo clippy -- $FLAGS
      - cargo test
    finally:
      - cargo clean
  post_build:
    commands:
      - aws ecs update-service --cluster shop --service web --force-new-deployment
";
    let project = "resource \"aws_codebuild_project\" \"shop\" {\n  name = \"shop\"\n  source {\n    type = \"GITHUB\"\n    buildspec = \"ci/buildspec.yml\"\n  }\n}\n";
    let webhook = "resource \"aws_codebuild_webhook\" \"shop\" {\n  project_name = aws_codebuild_project.shop.name\n  filter_group {\n    filter {\n      type = \"EVENT\"\n      pattern = \"PULL_REQUEST_CREATED,PULL_REQUEST_UPDATED\"\n    }\n  }\n}\n";
    let expected = |mark: &str| {
        format!(
            "
        {mark} buildspec ci/buildspec.yml:9 npm ci
        - buildspec ci/buildspec.yml:12 cargo audit
        {mark} buildspec ci/buildspec.yml:15 cargo clippy -- -Dwarnings
        {mark} buildspec ci/buildspec.yml:16 cargo test
        - buildspec ci/buildspec.yml:18 cargo clean
        {mark} buildspec ci/buildspec.yml:21 aws ecs update-service --cluster shop --service web --force-new-deployment
        "
        )
    };
    let spec = ("ci/buildspec.yml", file);
    check(&[spec, ("main.tf", &format!("{project}{webhook}"))], &expected("+"));
    check(&[spec, ("main.tf", project)], &expected("."));
    let pipeline = "resource \"aws_codepipeline\" \"shop\" {\n  stage {\n    name = \"Build\"\n    action {\n      provider = \"CodeBuild\"\n      configuration = {\n        ProjectName = \"shop\"\n      }\n    }\n  }\n}\n";
    check(&[spec, ("main.tf", &format!("{project}{pipeline}"))], &expected("+"));
}

#[test]
fn appveyor() {
    let file = "\
environment:
  FLAGS: -Dwarnings
branches: {only: [main]}
install:
  - ps: Install-Product node 22
  - cmd: npm ci
build: off
test_script:
  - cargo clippy -- %FLAGS%
  - sh: cargo test
after_test:
  - cargo audit || true
deploy:
  - provider: GitHub
    on: {APPVEYOR_REPO_TAG: true}
  - provider: AzureWebApp
    website: shop
    on: {branch: main}
on_failure:
  - cargo clean
on_finish:
  - cargo doc
";
    check(
        &[("appveyor.yml", file)],
        "
        + appveyor appveyor.yml:5 Install-Product node 22
        + appveyor appveyor.yml:6 npm ci
        + appveyor appveyor.yml:9 cargo clippy -- %FLAGS%
        + appveyor appveyor.yml:10 cargo test
        - appveyor appveyor.yml:12 cargo audit
        + appveyor appveyor.yml:12 true
        . appveyor appveyor.yml:20 cargo clean
        - appveyor appveyor.yml:22 cargo doc
        + appveyor appveyor.yml:14 gh release create
        + appveyor appveyor.yml:16 az webapp deploy --name shop
        ",
    );
}

#[test]
fn cirrus() {
    let file = "\
env:
  FLAGS: -Dwarnings
container: {image: rust:1}
task:
  name: Test
  install_script: rustup component add clippy
  clippy_script:
    - cargo clippy -- $FLAGS
    - cargo test | tee log
  server_background_script: cargo run
  always:
    log_script: cargo tree
task:
  name: Audit
  allow_failures: true
  audit_script: cargo audit
nightly_task:
  only_if: $CIRRUS_CRON == 'nightly'
  script: cargo bench
aside_task:
  only_if: $CIRRUS_BRANCH == 'experiments/x'
  script: cargo build
ship_task:
  only_if: $CIRRUS_TAG != ''
  depends_on: [Test]
  script: cargo publish
by_hand_task:
  trigger_type: manual
  script: cargo doc
";
    check(
        &[(".cirrus.yml", file)],
        "
        + Test .cirrus.yml:6 rustup component add clippy
        + Test .cirrus.yml:8 cargo clippy -- -Dwarnings
        - Test .cirrus.yml:9 cargo test
        + Test .cirrus.yml:9 tee log
        - Test .cirrus.yml:10 cargo run
        - Test .cirrus.yml:12 cargo tree
        - Audit .cirrus.yml:16 cargo audit
        . nightly .cirrus.yml:19 cargo bench
        . aside .cirrus.yml:22 cargo build
        + ship .cirrus.yml:26 cargo publish
        m by_hand .cirrus.yml:29 cargo doc
        ",
    );
}

#[test]
fn tekton() {
    let run = "\
apiVersion: tekton.dev/v1
kind: PipelineRun
metadata:
  name: shop-pr
  annotations:
    pipelinesascode.tekton.dev/on-event: \"[pull_request]\"
    pipelinesascode.tekton.dev/on-target-branch: \"[main]\"
spec:
  pipelineSpec:
    tasks:
      - name: fetch
        taskRef: {name: git-clone}
      - name: lint
        runAfter: [fetch]
        taskRef: {name: clippy}
        params: [{name: flags, value: -Dwarnings}]
      - name: test
        taskSpec:
          steps:
            - image: rust
              script: |
                #!/usr/bin/env bash
                set -eu
                cargo test
            - image: rust
              onError: continue
              command: [cargo]
              args: [audit]
    finally:
      - name: tell
        taskSpec:
          steps: [{image: rust, script: cargo doc}]
";
    let task = "\
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: clippy}
spec:
  params: [{name: flags}]
  steps:
    - image: rust
      script: cargo clippy -- $(params.flags)
";
    let pipeline = "\
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: ship}
spec:
  tasks:
    - name: deploy
      taskSpec:
        steps: [{image: helm, command: [helm], args: [upgrade, shop, ./chart]}]
";
    check(
        &[(".tekton/pr.yaml", run), (".tekton/task.yaml", task), ("tekton/ship.yaml", pipeline)],
        "
        + lint .tekton/task.yaml:8 cargo clippy -- -Dwarnings
        + test .tekton/pr.yaml:24 cargo test
        - test .tekton/pr.yaml:27 cargo audit
        - tell .tekton/pr.yaml:32 cargo doc
        . deploy tekton/ship.yaml:8 helm upgrade shop ./chart
        ",
    );
}

#[test]
fn a_scripted_jenkinsfile_is_followed_as_far_as_it_can_be() {
    let file = "\
def lint() {
  sh 'cargo clippy -- -D warnings'
}
node('docker') {
  checkout scm
  stage('Test') {
    timeout(time: 20) {
      sh 'cargo test'
      sh \"\"\"
        cargo build --release
      \"\"\"
    }
    lint()
    sh script: 'cargo audit', returnStatus: true
    try {
      sh 'cargo deny check'
    } catch (e) {
      echo 'so what'
    }
  }
  stage('Ship') {
    if (env.BRANCH_NAME == 'main') {
      def image = docker.build('acme/shop')
      sh 'helm upgrade shop ./chart'
    } else {
      sh 'cargo doc'
    }
    if (env.BRANCH_NAME == 'experiments/x') {
      sh 'cargo bench'
    }
  }
}
";
    check(
        &[("Jenkinsfile", file)],
        "
        + Test Jenkinsfile:8 cargo test
        + Test Jenkinsfile:10 cargo build --release
        + Test Jenkinsfile:2 cargo clippy -- -D warnings
        - Test Jenkinsfile:14 cargo audit
        - Test Jenkinsfile:16 cargo deny check
        + Ship Jenkinsfile:23 docker build .
        + Ship Jenkinsfile:24 helm upgrade shop ./chart
        + Ship Jenkinsfile:26 cargo doc
        . Ship Jenkinsfile:29 cargo bench
        ",
    );
}
