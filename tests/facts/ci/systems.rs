//! What each CI system is taken to run: `+` on a gate and able to fail, `-` excused, `.` on no gate, `m` by hand.

use tusk_check::facts::Facts;
use tusk_check::facts::ci::Ci;
use tusk_check::facts::ci::cron::longest_gap;
use tusk_check::tree::Tree;

#[track_caller]
pub(super) fn check(files: &[(&str, &str)], expected: &str) {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let ci: &Ci = facts.ci();
    let found: Vec<String> = ci
        .commands
        .iter()
        .filter(|command| command.words[0] != "echo")
        .map(|command| {
            let job = ci.job(&command.step);
            let mark = match (&command.excuse, command.step.is_gate(), &job.manual) {
                (Some(_), ..) => '-',
                (None, _, Some(_)) => 'm',
                (None, true, None) => '+',
                (None, false, None) => '.',
            };
            let place = &command.place;
            let line = tree.text(&place.path).unwrap().line_col(place.span.unwrap().start).line;
            format!("{mark} {} {}:{line} {}", job.id, place.path, command.line())
        })
        .collect();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(found, expected, "blind: {:?}", ci.blind);
}

#[test]
fn gitlab() {
    let main = "\
include:
  - local: ci/base.yml
variables:
  FLAGS: \"-D warnings\"
stages: [check, deploy]
lint:
  extends: .rust
  stage: check
  script:
    - rustup component add clippy
    - cargo clippy -- $FLAGS
  rules:
    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
audit:
  extends: .rust
  stage: check
  script: cargo audit
  allow_failure: true
nightly:
  script: [cargo bench]
  rules:
    - if: $CI_PIPELINE_SOURCE == \"schedule\"
reuse:
  stage: check
  script:
    - !reference [.rust, before_script]
    - make all
  only: [merge_requests]
production:
  stage: deploy
  script: helm upgrade shop ./chart
  environment: production
  when: manual
off:
  script: cargo test
  when: never
";
    let base = ".rust:\n  before_script:\n    - cargo --version\n";
    let make = "all: test\n%: common-% ;\ncommon-test:\n\tcargo test\n";
    check(
        &[(".gitlab-ci.yml", main), ("ci/base.yml", base), ("Makefile", make)],
        "
        - lint ci/base.yml:3 cargo --version
        + lint .gitlab-ci.yml:10 rustup component add clippy
        + lint .gitlab-ci.yml:11 cargo clippy -- -D warnings
        - audit ci/base.yml:3 cargo --version
        - audit .gitlab-ci.yml:18 cargo audit
        . nightly .gitlab-ci.yml:21 cargo bench
        - reuse ci/base.yml:3 cargo --version
        + reuse .gitlab-ci.yml:28 make all
        + reuse Makefile:4 cargo test
        m production .gitlab-ci.yml:32 helm upgrade shop ./chart
        ",
    );
}

#[test]
fn circleci() {
    let config = "\
version: 2.1
orbs:
  node: circleci/node@5
commands:
  clippy:
    parameters:
      flags: {type: string, default: \"\"}
    steps:
      - run: cargo clippy -- << parameters.flags >>
jobs:
  test:
    docker:
      - image: rust:1
      - image: postgres:17
    steps:
      - checkout
      - run: cargo test | tee log
      - run:
          name: keep going
          command: |
            set +e
            cargo audit
            echo done
      - run: {command: kubectl rollout undo deployment/shop, when: on_fail}
      - clippy: {flags: -D warnings}
  bench:
    docker: [{image: rust:1}]
    steps:
      - run: cargo bench
  deploy:
    docker: [{image: rust:1}]
    steps:
      - run: helm upgrade shop ./chart
workflows:
  main:
    jobs:
      - test
      - ask: {type: approval, requires: [test]}
      - deploy:
          requires: [ask]
          filters: {branches: {only: main}}
  nightly:
    triggers:
      - schedule: {cron: \"0 0 * * *\", filters: {branches: {only: main}}}
    jobs: [bench]
";
    check(
        &[(".circleci/config.yml", config)],
        "
        + test .circleci/config.yml:17 cargo test
        + test .circleci/config.yml:17 tee log
        - test .circleci/config.yml:22 cargo audit
        . test .circleci/config.yml:24 kubectl rollout undo deployment/shop
        + test .circleci/config.yml:9 cargo clippy -- -D warnings
        + deploy .circleci/config.yml:33 helm upgrade shop ./chart
        . bench .circleci/config.yml:29 cargo bench
        ",
    );
}

#[test]
fn circleci_has_the_tree_where_a_job_checks_it_out() {
    let config = "\
version: 2.1
executors:
  go: {docker: [{image: go}], working_directory: /go/src/shop}
jobs:
  named:
    docker: [{image: go}]
    working_directory: shop
    steps:
      - checkout
      - run: make test
      - run: {command: make test, working_directory: web}
  nested:
    executor: go
    steps:
      - checkout
      - run: {command: make test, working_directory: /go/src/shop/web}
  below:
    docker: [{image: go}]
    working_directory: ~/shop/web
    steps:
      - checkout: {path: ~/shop}
      - run: make test
  handed:
    docker: [{image: go}]
    working_directory: ~/project/web
    steps:
      - attach_workspace: {at: ~/project}
      - run: make test
workflows:
  main:
    jobs: [named, nested, below, handed]
";
    let makefile = "test:\n\tgo test ./...\n";
    let web = "test:\n\tnpm test\n";
    check(
        &[(".circleci/config.yml", config), ("Makefile", makefile), ("web/Makefile", web)],
        "
        + named .circleci/config.yml:10 make test
        + named Makefile:2 go test ./...
        + named .circleci/config.yml:11 make test
        + named web/Makefile:2 npm test
        + nested .circleci/config.yml:16 make test
        + nested web/Makefile:2 npm test
        + below .circleci/config.yml:22 make test
        + below web/Makefile:2 npm test
        + handed .circleci/config.yml:28 make test
        + handed web/Makefile:2 npm test
        ",
    );
}

#[test]
fn github() {
    let workflow = "\
on:
  pull_request:
  push: {branches: [main]}
  schedule: [{cron: '0 1 * * 1'}]
env: {RUSTFLAGS: -Dwarnings}
jobs:
  test:
    runs-on: ${{ matrix.os }}
    continue-on-error: ${{ matrix.experimental }}
    strategy:
      matrix:
        os: [ubuntu-latest]
        command: [\"cargo test --doc\", cargo test]
    steps:
      - run: >-
          ${{ matrix.command }}
          --locked
      - run: cargo bench
        if: github.event_name == 'schedule'
      - run: kubectl rollout undo deployment/x
        if: failure()
      - run: print('cargo audit')
        shell: python
      - run: cargo audit | tee log
        shell: bash
      - run: cargo deny check | tee log
  windows:
    runs-on: windows-latest
    steps:
      - run: |
          cargo check
          cargo build
";
    check(
        &[(".github/workflows/ci.yml", workflow)],
        "
        + test .github/workflows/ci.yml:16 cargo test --doc --locked
        . test .github/workflows/ci.yml:18 cargo bench
        . test .github/workflows/ci.yml:20 kubectl rollout undo deployment/x
        + test .github/workflows/ci.yml:24 cargo audit
        + test .github/workflows/ci.yml:24 tee log
        - test .github/workflows/ci.yml:26 cargo deny check
        + test .github/workflows/ci.yml:26 tee log
        + test .github/workflows/ci.yml:16 cargo test --locked
        - windows .github/workflows/ci.yml:31 cargo check
        + windows .github/workflows/ci.yml:32 cargo build
        ",
    );
}

#[test]
fn a_matrix_of_github_is_added_to() {
    let workflow = "\
on: push
jobs:
  each:
    strategy:
      matrix:
        os: [linux, macos]
        include:
          - {os: linux, binary: shop-admin}
          - {os: windows}
    steps:
      - run: cargo build --bin ${{ matrix.binary || 'shop' }} --target ${{ matrix.os }}
  asked:
    steps:
      - run: cargo build --bin ${{ github.event.inputs.binary || 'shop' }}
  beside:
    steps:
      - parallel:
          - run: cargo test
          - run: cargo clippy
            continue-on-error: true
";
    check(
        &[(".github/workflows/ci.yml", workflow)],
        "
        + each .github/workflows/ci.yml:11 cargo build --bin shop-admin --target linux
        + each .github/workflows/ci.yml:11 cargo build --bin shop --target macos
        + each .github/workflows/ci.yml:11 cargo build --bin shop --target windows
        + asked .github/workflows/ci.yml:14 cargo build --bin ${github_event_inputs_binary_____shop_}
        + beside .github/workflows/ci.yml:18 cargo test
        - beside .github/workflows/ci.yml:19 cargo clippy
        ",
    );
}

#[test]
fn make_runs_the_programs_that_it_looks_for() {
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make check\n";
    let make = "GO ?= $(shell command -v go 2> /dev/null)\nLINT = $(shell which golangci-lint)\nALL = $(shell go list ./...)\ncheck:\n\t$(GO) vet ./...\n\t$(LINT) run\n\t$(shell pwd)/run.sh\n\t$(ALL) test\n\tdist/gotestsum -- ./...\n\tbin/gosec ./...\n\tbin/ci\n";
    check(
        &[(".github/workflows/ci.yml", workflow), ("Makefile", make)],
        "
        + a .github/workflows/ci.yml:6 make check
        + a Makefile:5 go vet ./...
        + a Makefile:6 golangci-lint run
        - a Makefile:7 shell pwd
        + a Makefile:7 $(shell pwd)/run.sh
        - a Makefile:8 shell go list ./...
        + a Makefile:8 $(shell go list ./...) test
        + a Makefile:9 gotestsum -- ./...
        + a Makefile:10 gosec ./...
        + a Makefile:11 bin/ci
        ",
    );
}

#[test]
fn tasks_of_cargo_make_are_followed() {
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: cargo +nightly make check -- --locked\n      - run: makers api\n      - run: cargo make test\n";
    let tasks = r#"
extend = [{ path = "tools/ci.toml" }]
[env]
LEVEL = { value = "warnings", condition = { env_not_set = ["LEVEL"] } }
[tasks.check]
dependencies = ["lint", { name = "shape" }]
command = "cargo"
args = ["check", "${@}"]
[tasks.api]
env = { ENGINE = "mem" }
run_task = { name = ["up", "suite"], fork = true }
[tasks.up]
script = ["docker compose up -d", "curl --fail localhost"]
"#;
    let extended = r#"
[tasks.lint]
command = "cargo"
args = ["clippy", "--", "-D", "${LEVEL}"]
[tasks.shape]
ignore_errors = true
script = """
cargo fmt --check
"""
[tasks.suite]
extend = "nextest"
[tasks.nextest]
command = "cargo"
args = ["nextest", "run", "--features", "${ENGINE}"]
[tasks.check]
command = "cargo"
args = ["build"]
[tasks.notes]
script_runner = "@duckscript"
script = "cargo bench"
"#;
    check(
        &[(".github/workflows/ci.yml", workflow), ("Makefile.toml", tasks), ("tools/ci.toml", extended)],
        "
        + a .github/workflows/ci.yml:6 cargo make check -- --locked
        + a tools/ci.toml:4 cargo clippy -- -D warnings
        - a tools/ci.toml:8 cargo fmt --check
        + a Makefile.toml:8 cargo check -- --locked
        + a .github/workflows/ci.yml:7 makers api
        + a Makefile.toml:13 docker compose up -d
        + a Makefile.toml:13 curl --fail localhost
        + a tools/ci.toml:14 cargo nextest run --features mem
        + a .github/workflows/ci.yml:8 cargo make test
        + a .github/workflows/ci.yml:8 cargo test --all-features
        ",
    );
}

#[test]
fn recipes_that_call_themselves_end() {
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make a\n      - run: just a\n      - run: ./a.sh\n      - run: npm run a\n";
    check(
        &[
            (".github/workflows/ci.yml", workflow),
            ("Makefile", "a: b\n\tmake a\nb: a\n\tcargo test\n"),
            ("justfile", "a: b\n    just a\nb: a\n    cargo build\n"),
            ("a.sh", "#!/bin/sh\n./a.sh\ncargo doc\n"),
            ("package.json", "{\"scripts\": {\"a\": \"npm run a && cargo run\"}}"),
        ],
        "
        + a .github/workflows/ci.yml:6 make a
        + a Makefile:4 cargo test
        + a Makefile:2 make a
        + a .github/workflows/ci.yml:7 just a
        + a justfile:4 cargo build
        + a justfile:2 just a
        + a .github/workflows/ci.yml:8 ./a.sh
        - a a.sh:2 ./a.sh
        + a a.sh:3 cargo doc
        + a .github/workflows/ci.yml:9 npm run a
        + a package.json:1 npm run a
        + a package.json:1 cargo run
        ",
    );
}

#[test]
fn make_finds_what_is_there() {
    let ci = "\
on: [push]
jobs:
  a:
    steps:
      - run: make cover
";
    let root = "\
ROOT := $(shell dirname $(realpath $(firstword $(MAKEFILE_LIST))))
include $(ROOT)/hack/*.mk
include $(ROOT)/hack/settings.mk
cover:
\t@$(MAKE) --no-print-directory -C $(PARTS) TASK=cover
";
    let settings = "PARTS := $(ROOT)/parts\n";
    let parts = "\
LEFT = $(filter-out $(wildcard common/), $(wildcard */))
ALL = $(dir $(LEFT))
.PHONY: all
all: $(ALL)
$(ALL):
\t@$(MAKE) --directory=$@ $(TASK)
";
    let part = "cover: main.go\n\t@go test -coverprofile=$@.out ./... $$@\n";
    let files = [
        (".github/workflows/ci.yml", ci),
        ("Makefile", root),
        ("hack/settings.mk", settings),
        ("parts/Makefile", parts),
        ("parts/api/Makefile", part),
        ("parts/web/Makefile", part),
        ("parts/common/Makefile", part),
    ];
    check(
        &files,
        "
        + a .github/workflows/ci.yml:5 make cover
        + a Makefile:5 make --no-print-directory -C //parts TASK=cover
        + a parts/Makefile:6 make --directory=api/ cover
        + a parts/api/Makefile:2 go test -coverprofile=cover.out ./... ${@}
        + a parts/Makefile:6 make --directory=web/ cover
        + a parts/web/Makefile:2 go test -coverprofile=cover.out ./... ${@}
        ",
    );
}

#[test]
fn what_make_is_not_seen_to_run_is_left_open() {
    let ci = "\
on: [push]
jobs:
  a:
    steps:
      - run: make check
      - run: make covered
      - run: make audited
      - run: make -C $SOMEWHERE lint
      - run: make main.o
";
    let tree = Tree::in_memory([
        (".github/workflows/ci.yml", ci.as_bytes()),
        ("Makefile", b"check:\n\tgo vet ./...\n".as_slice()),
    ]);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let whys: Vec<&str> = facts.ci().blind.iter().map(|blind| blind.why.as_str()).collect();
    assert_eq!(
        whys,
        [
            "what `make audited` runs cannot be told: its recipe is not found",
            "what `make -C ${SOMEWHERE} lint` runs cannot be told: its recipe is not found",
        ]
    );
    // What it tests is tested by what is not read.
    let hidden = facts.ci().commands.iter().find(|command| command.words[0] == "tests-of-another-repository");
    assert_eq!(hidden.map(|command| command.words[1..].join(" ")).as_deref(), Some("make covered"));
}

#[test]
fn the_longest_gap_between_runs() {
    let days = |expression: &str| longest_gap(expression).map(|gap| gap / 86_400.0);
    assert_eq!(days("0 0 * * *"), Some(1.0));
    assert_eq!(days("0 */6 * * *"), Some(0.25));
    assert_eq!(days("30 2 * * 1"), Some(7.0));
    assert_eq!(days("0 0 * * 1-5"), Some(3.0));
    assert_eq!(days("0 0 1 * *"), Some(31.0));
    assert_eq!(days("0 0 1 */3 *"), Some(92.0));
    assert_eq!(days("@weekly"), Some(7.0));
    assert_eq!(days("0 0 30 2 *"), None);
    assert_eq!(days("every day"), None);
    assert_eq!(days("99 99 * * *"), None);
}
