//! What the instructions of an image run, where CI builds it or starts it.

use super::systems::check;

const DOCKERFILE: &str = "\
FROM python:3.12 AS base
RUN pip install -r requirements.txt
FROM base AS test
RUN pytest tests/unit
CMD [\"pytest\", \"tests/all\"]
FROM base AS unused
RUN tox
FROM base
CMD [\"gunicorn\"]
";

fn workflow(steps: &str) -> String {
    format!("on: [pull_request]\njobs:\n  a:\n    steps:\n{steps}")
}

#[test]
fn a_stage_that_is_built_runs_its_tests() {
    let ci = workflow("      - run: docker build --target test -t app:test .\n      - run: docker run --rm app:test\n");
    check(
        &[("Dockerfile", DOCKERFILE), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 docker build --target test -t app:test .
         + a Dockerfile:4 pytest tests/unit
         + a .github/workflows/ci.yml:6 docker run --rm app:test
         + a .github/workflows/ci.yml:6 pytest tests/all",
    );
}

#[test]
fn a_stage_that_the_build_does_not_need_is_not_built() {
    let ci =
        workflow("      - run: docker build -t app .\n      - run: docker run -d app\n      - run: docker run other\n");
    check(
        &[("Dockerfile", DOCKERFILE), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 docker build -t app .
         + a .github/workflows/ci.yml:6 docker run -d app
         - a .github/workflows/ci.yml:6 gunicorn
         + a .github/workflows/ci.yml:7 docker run other",
    );
}

#[test]
fn options_that_a_variable_holds_are_no_image() {
    let ci = workflow("      - run: docker run -i $TTY $DOCKER_OPTS --rm builder sh -c 'pytest tests'\n");
    check(&[(".github/workflows/ci.yml", &ci)], "+ a .github/workflows/ci.yml:5 pytest tests");
}

#[test]
fn what_asks_for_a_terminal_is_no_image() {
    let ci = workflow(
        "      - run: docker build -t app --target test .\n      - run: docker run $(tty -s && echo -it || echo) app\n",
    );
    check(
        &[("Dockerfile", DOCKERFILE), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 docker build -t app --target test .
         + a Dockerfile:4 pytest tests/unit
         - a .github/workflows/ci.yml:6 tty -s
         + a .github/workflows/ci.yml:6 docker run $(tty -s && echo -it || echo) app
         + a .github/workflows/ci.yml:6 pytest tests/all",
    );
}

#[test]
fn an_action_builds_the_stage_too() {
    let ci = workflow("      - uses: docker/build-push-action@v6\n        with: {context: api, target: test}\n");
    check(
        &[("api/Dockerfile", DOCKERFILE), (".github/workflows/ci.yml", &ci)],
        "+ a api/Dockerfile:4 pytest tests/unit",
    );
}

#[test]
fn a_service_that_compose_runs() {
    let compose = "\
services:
  web: {build: .}
  test: {build: {context: ., target: test}}
  shell: {image: app, command: mix test}
  db: {image: postgres}
";
    let ci = workflow(
        "      - run: docker compose run --rm test\n      - run: docker compose run shell\n      - run: docker compose run test pytest -k x\n      - run: docker compose up --exit-code-from shell\n      - run: docker compose up test\n      - run: docker compose run test || true\n",
    );
    check(
        &[("Dockerfile", DOCKERFILE), ("compose.yaml", compose), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 docker compose run --rm test
         + a .github/workflows/ci.yml:5 pytest tests/all
         + a .github/workflows/ci.yml:6 docker compose run shell
         + a .github/workflows/ci.yml:6 mix test
         + a .github/workflows/ci.yml:7 pytest -k x
         + a .github/workflows/ci.yml:8 docker compose up --exit-code-from shell
         + a .github/workflows/ci.yml:8 mix test
         + a .github/workflows/ci.yml:9 docker compose up test
         - a .github/workflows/ci.yml:10 docker compose run test
         - a .github/workflows/ci.yml:10 pytest tests/all
         + a .github/workflows/ci.yml:10 true",
    );
}

#[test]
fn the_service_whose_end_ends_all() {
    let compose = "\
services:
  web: {build: .}
  seed: {image: app, command: mix test}
  client: {build: {context: client}, depends_on: [web]}
  db: {image: postgres}
";
    let client = "FROM node\nENTRYPOINT [\"npx\", \"vitest\", \"run\"]\n";
    let ci = workflow(
        "      - run: docker compose up --abort-on-container-exit\n      - run: docker compose up --exit-code-from client\n",
    );
    check(
        &[
            ("Dockerfile", "FROM node\nCMD [\"node\", \"web.js\"]\n"),
            ("client/Dockerfile", client),
            ("compose.yaml", compose),
            (".github/workflows/ci.yml", &ci),
        ],
        "+ a .github/workflows/ci.yml:5 docker compose up --abort-on-container-exit
         + a .github/workflows/ci.yml:5 vitest run
         + a .github/workflows/ci.yml:5 tests-of-a-started-service client web
         + a .github/workflows/ci.yml:6 docker compose up --exit-code-from client
         + a .github/workflows/ci.yml:6 vitest run
         + a .github/workflows/ci.yml:6 tests-of-a-started-service client web",
    );
}

#[test]
fn a_service_that_compose_runs_by_a_shell() {
    let compose = "services:\n  web: {image: app}\n  tests:\n    image: denoland/deno\n    command: >\n      sh -c \"\n      echo 'Go' &&\n      deno test tests.ts\n      \"\n";
    let ci = workflow("      - run: docker compose -f compose.tests.yml up --exit-code-from tests\n");
    check(
        &[("compose.tests.yml", compose), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 docker compose -f compose.tests.yml up --exit-code-from tests
         + a .github/workflows/ci.yml:5 deno test tests.ts",
    );
}

#[test]
fn wrappers_of_browser_tests() {
    let ci = workflow(
        "      - run: pnpm percy exec -- playwright test\n      - run: npx percy exec --parallel -- cypress run\n      - run: npx start-server-and-test 'npm start' http://localhost:3000 'playwright test'\n      - run: xvfb-run -a --server-args='-screen 0 1x1x24' cypress run\n      - run: yarn with-env playwright test\n      - run: npx dotenv -e .env.test -- playwright test\n      - run: cross-env CI=1 TZ=UTC playwright test\n      - run: pnpm cross-env-shell playwright test\n      - run: npx start-server-and-test start :3000 e2e\n      - run: turbo run lint e2e -- --ci\n      - run: nx run web:ui\n",
    );
    let package = "{\"name\": \"web\", \"scripts\": {\"with-env\": \"dotenv -e ../.env --\", \"e2e\": \"cypress run\", \"ui\": \"wdio\"}}";
    check(
        &[("package.json", package), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 pnpm percy exec -- playwright test
         + a .github/workflows/ci.yml:5 playwright test
         + a .github/workflows/ci.yml:6 cypress run
         + a .github/workflows/ci.yml:7 start-server-and-test npm start http://localhost:3000 playwright test
         + a .github/workflows/ci.yml:7 playwright test
         + a .github/workflows/ci.yml:8 cypress run
         + a .github/workflows/ci.yml:9 yarn with-env playwright test
         + a package.json:1 playwright test
         + a .github/workflows/ci.yml:10 playwright test
         + a .github/workflows/ci.yml:11 playwright test
         + a .github/workflows/ci.yml:12 pnpm cross-env-shell playwright test
         + a .github/workflows/ci.yml:12 playwright test
         + a .github/workflows/ci.yml:13 start-server-and-test start :3000 e2e
         + a package.json:1 cypress run
         + a .github/workflows/ci.yml:14 turbo run lint e2e -- --ci
         + a package.json:1 cypress run --ci
         + a .github/workflows/ci.yml:15 nx run web:ui
         + a package.json:1 wdio",
    );
}

#[test]
fn targets_of_nx() {
    let ci = workflow(
        "      - run: yarn nx affected --targets=lint,test --base origin/main\n      - run: npx nx run-many -t e2e\n      - run: nx run web:test\n      - run: nx serve catalog\n",
    );
    let catalog = "{\"name\": \"catalog\", \"targets\": {\n\"test\": {\"options\": {\"command\": \"go test ./...\"}},\n\"lint\": {\"command\": \"golangci-lint run\"},\n\"serve\": {\"command\": \"go run .\"}}}";
    let web = "{\"name\": \"web\", \"targets\": {\n\"test\": {\"executor\": \"@nx/jest:jest\"},\n\"e2e\": {\"executor\": \"@nx/playwright:playwright\"}}}";
    check(
        &[("apps/catalog/project.json", catalog), ("apps/web/project.json", web), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 yarn nx affected --targets=lint,test --base origin/main
         + a .github/workflows/ci.yml:5 nx affected --targets=lint,test --base origin/main
         + a apps/catalog/project.json:3 golangci-lint run
         + a apps/catalog/project.json:2 go test ./...
         + a .github/workflows/ci.yml:5 jest
         + a .github/workflows/ci.yml:6 nx run-many -t e2e
         + a .github/workflows/ci.yml:6 playwright test
         + a .github/workflows/ci.yml:7 nx run web:test
         + a .github/workflows/ci.yml:7 jest
         + a .github/workflows/ci.yml:8 nx serve catalog
         + a apps/catalog/project.json:4 go run .",
    );
}

#[test]
fn a_target_of_nx_is_its_projects() {
    let ci = workflow("      - run: npx nx execute e2e\n      - run: nx run load:execute\n");
    let e2e = "{\"name\": \"e2e\", \"scripts\": {\"execute\": \"cypress run\"}}";
    let load = "{\"name\": \"@shop/load-generator\", \"scripts\": {\"execute\": \"artillery run day.yml\"}}";
    check(
        &[
            ("src/e2e/package.json", e2e),
            ("src/generator/package.json", load),
            ("src/generator/project.json", "{\"name\": \"load\"}"),
            (".github/workflows/ci.yml", &ci),
        ],
        "+ a .github/workflows/ci.yml:5 nx execute e2e
         + a src/e2e/package.json:1 cypress run
         + a .github/workflows/ci.yml:6 nx run load:execute
         + a src/generator/package.json:1 artillery run day.yml",
    );
}

#[test]
fn settings_that_a_file_has() {
    let script = "#!/bin/bash\nset -e\nenv $(cat .env \"$2\" | grep -Ev '^#' | xargs) go test -race ./...\n";
    let ci = workflow("      - run: ./scripts/test.sh trainer .test.env\n");
    check(
        &[("scripts/test.sh", script), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 ./scripts/test.sh trainer .test.env
         - a scripts/test.sh:3 cat .env .test.env
         - a scripts/test.sh:3 grep -Ev ^#
         - a scripts/test.sh:3 xargs
         + a scripts/test.sh:3 go test -race ./...",
    );
}

#[test]
fn options_that_are_worked_out_on_the_spot_are_no_image() {
    let makefile = "TTY := $(shell tty -s && echo \"-t\")\nshell:\n\t@docker run -i $(TTY) --rm builder /bin/sh $(CMD)\n\ntest:\n\t@$(MAKE) shell CMD=\"-c 'go test ./...'\"\n";
    let ci = workflow("      - run: make test\n      - run: docker run $IMAGE --version\n");
    check(
        &[("Makefile", makefile), (".github/workflows/ci.yml", &ci)],
        "+ a .github/workflows/ci.yml:5 make test
         + a Makefile:6 make shell CMD=-c 'go test ./...'
         - a Makefile:3 shell tty -s
         + a Makefile:3 go test ./...
         - a .github/workflows/ci.yml:6 docker run ${IMAGE} --version",
    );
}
