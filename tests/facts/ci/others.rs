//! The smaller systems, by the marks of [`super::systems`].

use super::systems::check;

#[test]
fn bitbucket() {
    let file = "\
image: rust:1
definitions:
  steps:
    - step: &test
        name: Test
        script:
          - cargo fmt --check
          - cargo test | tee log
        after-script:
          - cargo doc
pipelines:
  default:
    - step: *test
    - parallel:
        - step:
            name: Audit
            on-fail: {strategy: ignore}
            script: [cargo audit]
  branches:
    main:
      - step: *test
      - step:
          name: Deploy
          deployment: production
          trigger: manual
          script:
            - pipe: atlassian/aws-ecs-deploy:1.0.0
              variables: {CLUSTER_NAME: shop, SERVICE_NAME: web}
    feature/*:
      - step: {name: Aside, script: [cargo build]}
  pull-requests:
    '**':
      - step: {name: Lint, script: [cargo clippy]}
  custom:
    bench:
      - step: {name: Bench, script: [cargo bench]}
";
    check(
        &[("bitbucket-pipelines.yml", file)],
        "
        + Test bitbucket-pipelines.yml:7 cargo fmt --check
        - Test bitbucket-pipelines.yml:8 cargo test
        + Test bitbucket-pipelines.yml:8 tee log
        - Test bitbucket-pipelines.yml:10 cargo doc
        - Audit bitbucket-pipelines.yml:18 cargo audit
        + Test bitbucket-pipelines.yml:7 cargo fmt --check
        - Test bitbucket-pipelines.yml:8 cargo test
        + Test bitbucket-pipelines.yml:8 tee log
        - Test bitbucket-pipelines.yml:10 cargo doc
        m Deploy bitbucket-pipelines.yml:27 aws ecs update-service --cluster shop --service web
        . Aside bitbucket-pipelines.yml:30 cargo build
        + Lint bitbucket-pipelines.yml:33 cargo clippy
        . Bench bitbucket-pipelines.yml:36 cargo bench
        ",
    );
}

#[test]
fn drone() {
    let file = "\
kind: pipeline
type: docker
name: check
steps:
  - name: test
    image: rust
    commands:
      - cargo test
  - name: audit
    image: rust
    failure: ignore
    commands: [cargo audit]
  - name: aside
    image: rust
    commands: [cargo build]
    when: {branch: [feature/*], event: [push]}
  - name: image
    image: plugins/docker
    settings: {repo: example/shop}
    when:
      ref: [refs/tags/*]
  - name: tell
    image: alpine
    commands: [curl -f https://chat.example/hook]
    when: {status: [failure]}
---
kind: pipeline
name: nightly
trigger: {event: [cron], cron: [nightly]}
steps:
  - name: bench
    image: rust
    commands: [cargo bench]
---
kind: pipeline
name: production
depends_on: [check]
trigger: {event: [promote], target: [production]}
steps:
  - name: deploy
    image: alpine
    commands: [helm upgrade shop ./chart]
---
kind: secret
name: token
";
    check(
        &[(".drone.yml", file)],
        "
        + check .drone.yml:8 cargo test
        - check .drone.yml:12 cargo audit
        . check .drone.yml:15 cargo build
        + check .drone.yml:18 docker push example/shop
        . check .drone.yml:24 curl -f https://chat.example/hook
        . nightly .drone.yml:33 cargo bench
        . production .drone.yml:42 helm upgrade shop ./chart
        ",
    );
}

#[test]
fn woodpecker() {
    let check_file = "\
when:
  - event: pull_request
  - event: push
    branch: main
services:
  db: {image: postgres:17}
steps:
  lint:
    image: rust
    commands:
      - cargo clippy
  audit:
    image: rust
    failure: ignore
    commands: cargo audit
";
    let by_hand = "\
when:
  event: manual
steps:
  - name: bench
    image: rust
    commands: [cargo bench]
";
    check(
        &[(".woodpecker/check.yaml", check_file), (".woodpecker/bench.yml", by_hand)],
        "
        . bench .woodpecker/bench.yml:6 cargo bench
        + check .woodpecker/check.yaml:11 cargo clippy
        - check .woodpecker/check.yaml:15 cargo audit
        ",
    );
}

#[test]
fn travis() {
    let file = "\
language: rust
rust: [stable, nightly]
env:
  global:
    - FLAGS=-Dwarnings
before_script:
  - rustup component add clippy
script:
  - cd crates/shop
  - cargo clippy -- $FLAGS
  - cargo build; cargo test
after_success: cargo audit
jobs:
  include:
    - stage: lint
      name: fmt
      rust: stable
      before_script: skip
      script: cargo fmt --check
    - name: miri
      rust: nightly
      before_script: skip
      script: cargo miri test
    - stage: nightly
      if: type = cron
      before_script: skip
      script: cargo bench
    - stage: ship
      if: branch = main AND type = push
      before_script: skip
      script: cargo doc
      deploy:
        provider: script
        script: helm upgrade shop ./chart
        on: {branch: main}
  allow_failures:
    - rust: nightly
";
    check(
        &[(".travis.yml", file)],
        "
        + test .travis.yml:7 rustup component add clippy
        + test .travis.yml:10 cargo clippy -- -Dwarnings
        - test .travis.yml:11 cargo build
        + test .travis.yml:11 cargo test
        - test .travis.yml:12 cargo audit
        + fmt .travis.yml:19 cargo fmt --check
        - fmt .travis.yml:12 cargo audit
        - miri .travis.yml:23 cargo miri test
        - miri .travis.yml:12 cargo audit
        . nightly 3 .travis.yml:27 cargo bench
        - nightly 3 .travis.yml:12 cargo audit
        + ship 4 .travis.yml:31 cargo doc
        - ship 4 .travis.yml:12 cargo audit
        + ship 4 .travis.yml:34 helm upgrade shop ./chart
        ",
    );
}

#[test]
fn travis_without_a_script_runs_what_its_language_does() {
    check(
        &[(".travis.yml", "language: rust\nrust:\n  - stable\n")],
        "
        + test .travis.yml:1 cargo build --verbose
        + test .travis.yml:1 cargo test --verbose
        ",
    );
}

#[test]
fn buildkite() {
    let file = "\
env: {FLAGS: -Dwarnings}
steps:
  - label: test
    command:
      - cargo test
      - cargo clippy -- $$FLAGS
    plugins:
      - docker#v5.0.0: {image: rust}
  - label: audit
    command: cargo audit
    soft_fail: true
  - label: aside
    command: cargo build
    branches: feature/*
  - label: off
    command: cargo check
    skip: true
  - command: buildkite-agent pipeline upload .buildkite/more.yml
  - wait
  - block: Release?
    branches: main
  - label: ship
    command: helm upgrade shop ./chart
    if: build.branch == 'main'
  - label: nightly
    command: cargo bench
    if: build.source == \"schedule\"
";
    check(
        &[(".buildkite/pipeline.yml", file), (".buildkite/more.yml", "- command: make lint\n"), ("Makefile", "lint:\n\tcargo fmt --check\n")],
        "
        + test .buildkite/pipeline.yml:5 cargo test
        + test .buildkite/pipeline.yml:6 cargo clippy -- -Dwarnings
        - audit .buildkite/pipeline.yml:10 cargo audit
        . aside .buildkite/pipeline.yml:13 cargo build
        + buildkite-agent pipeline upload .buildkite/more.yml .buildkite/pipeline.yml:18 buildkite-agent pipeline upload .buildkite/more.yml
        + ship .buildkite/pipeline.yml:23 helm upgrade shop ./chart
        . nightly .buildkite/pipeline.yml:26 cargo bench
        + make lint .buildkite/more.yml:1 make lint
        + make lint Makefile:2 cargo fmt --check
        ",
    );
}

#[test]
fn azure() {
    let file = "\
trigger:
  branches: {include: [main]}
schedules:
  - cron: \"0 3 * * 0\"
    branches: {include: [main]}
variables:
  - name: flags
    value: -Dwarnings
stages:
  - stage: check
    jobs:
      - job: test
        steps:
          - script: |
              cargo fmt --check
              cargo clippy -- $(flags)
          - bash: cargo test
            displayName: Tests
          - script: cargo audit
            continueOnError: true
          - script: cargo check
            enabled: false
          - template: ci/steps.yml
            parameters: {what: doc}
          - script: cargo bench
            condition: eq(variables['Build.Reason'], 'Schedule')
          - script: echo broken; kubectl rollout undo deployment/shop
            condition: failed()
          - task: DotNetCoreCLI@2
            inputs: {command: test, projects: src/Shop.Tests}
          - ${{ if eq(variables['Build.Reason'], 'Manual') }}:
              - script: cargo build
  - stage: ask
    jobs:
      - job: approve
        pool: server
        steps:
          - task: ManualValidation@0
  - stage: ship
    condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
    jobs:
      - deployment: production
        environment: production
        strategy:
          runOnce:
            deploy:
              steps:
                - task: HelmDeploy@0
                  inputs: {command: upgrade, releaseName: shop, chartName: ./chart}
  - stage: aside
    condition: startsWith(variables['Build.SourceBranch'], 'refs/heads/feature/')
    jobs:
      - job: aside
        steps: [{script: cargo run}]
";
    let template = "parameters:\n  - name: what\n    default: test\nsteps:\n  - script: cargo ${{ parameters.what }}\n";
    let by_hand = "trigger: none\npr: none\nsteps:\n  - script: cargo fuzz\n";
    check(
        &[("azure-pipelines.yml", file), ("ci/steps.yml", template), (".azuredevops/fuzz.yml", by_hand)],
        "
        . job .azuredevops/fuzz.yml:4 cargo fuzz
        - test azure-pipelines.yml:15 cargo fmt --check
        + test azure-pipelines.yml:16 cargo clippy -- -Dwarnings
        + test azure-pipelines.yml:17 cargo test
        - test azure-pipelines.yml:19 cargo audit
        + test ci/steps.yml:5 cargo doc
        . test azure-pipelines.yml:25 cargo bench
        . test azure-pipelines.yml:27 kubectl rollout undo deployment/shop
        + test azure-pipelines.yml:29 dotnet test src/Shop.Tests
        + production azure-pipelines.yml:48 helm upgrade shop ./chart
        . aside azure-pipelines.yml:54 cargo run
        ",
    );
}

#[test]
fn what_calls_itself_or_nests_without_end_ends() {
    let jenkins = "def f() { f(); f(); f() }\npipeline { stages { stage('a') { steps { f() } } } }\n";
    let deep = format!("pipeline {}", "{ a ".repeat(5000));
    let buildkite = format!("steps:\n  - command: cargo test\n    if: a{}\n", "()".repeat(2000));
    let azure = "jobs:\n".to_owned() + &"  - template: azure-pipelines.yml\n".repeat(50);
    let files = [
        ("Jenkinsfile", jenkins),
        ("ci/Jenkinsfile", &deep),
        (".buildkite/pipeline.yml", &buildkite),
        ("azure-pipelines.yml", &azure),
    ];
    check(&files, "+ cargo test .buildkite/pipeline.yml:2 cargo test");
}

#[test]
fn what_travis_runs_of_itself() {
    let file = "language: java\nafter_success:\n  - docker push shop\n";
    check(
        &[(".travis.yml", file), ("pom.xml", "<project/>"), ("shop/pom.xml", "<project/>")],
        "
        + test .travis.yml:1 mvn install -DskipTests=true -B
        + test .travis.yml:1 mvn test -B
        - test .travis.yml:3 docker push shop
        ",
    );
    let file = "language: java\ninstall: skip\nscript: ./gradlew check jacocoTestReport\n";
    check(
        &[(".travis.yml", file), ("gradlew", ""), ("build.gradle", "")],
        "+ test .travis.yml:3 ./gradlew check jacocoTestReport",
    );
}
