//! What Dockerfiles ship.

use tusk_check::facts::Facts;
use tusk_check::facts::containers::image::{Build, Image};
use tusk_check::facts::containers::{HealthKind, Timing};
use tusk_check::facts::production::Standing;
use tusk_check::tree::Tree;

fn images(files: &[(&str, &str)]) -> Vec<Image> {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, *text)));
    Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH).containers().images.clone()
}

fn image(text: &str) -> Image {
    images(&[("Dockerfile", text)]).remove(0)
}

fn builds(text: &str) -> Vec<Build> {
    let image = image(text);
    image.builds(*image.shipped.last().expect("ships a stage")).into_iter().map(|fact| fact.value).collect()
}

#[test]
fn every_way_to_name_a_dockerfile() {
    let text = "FROM scratch\nCMD [\"/app\"]\n";
    let files =
        ["Dockerfile", "Containerfile", "Dockerfile.web", "web.Dockerfile", "docker/Dockerfile-web", "dockerfile"];
    let found = images(&files.map(|path| (path, text)));
    assert_eq!(found.len(), files.len());
    let none = [
        "Dockerfile.dockerignore",
        "Dockerfile.md",
        "mydockerfile",
        "src/dockerfile.rs",
        "lib/dockerfile.ex",
        ".github/workflows/dockerfile.yml",
        "Dockerfiles/readme",
    ];
    assert!(images(&none.map(|path| (path, text))).is_empty());
}

#[test]
fn what_only_runs_on_mounted_source_is_no_release_image_beside_one() {
    let compose = "services:\n  php:\n    build:\n      context: .\n      dockerfile: ./data/php.Dockerfile\n    volumes:\n      - ./:/home/shop\n";
    let image = "FROM php:8\nCMD [\"php-fpm\"]\n";
    let released = ("Dockerfile", "FROM php:8\nCOPY . .\nUSER 1001\nCMD [\"php-fpm\"]\n");
    let standing = |more: &[(&str, &str)]| {
        let mut files =
            vec![("data/php.Dockerfile", image), ("docker-compose.yml", compose), ("module/a.php", "<?php\n")];
        files.extend(more);
        images(&files).into_iter().find(|image| image.path.starts_with("data")).unwrap().standing
    };
    assert!(matches!(standing(&[released]), Standing::Aside(_)));
    // Where it is the only one, or something else builds it, production may run it.
    assert_eq!(standing(&[]), Standing::Production);
    let release = "jobs:\n  release:\n    steps:\n      - run: docker build -f data/php.Dockerfile .\n";
    assert_eq!(standing(&[released, (".github/workflows/release.yml", release)]), Standing::Production);
}

#[test]
fn what_only_tests_a_service_is_no_release_image() {
    let standing = |text: &str| image(text).standing;
    for text in [
        "FROM node:20\nENV NODE_ENV development\nENTRYPOINT [\"/app/node_modules/dredd/bin/dredd\"]\n",
        "FROM python:3\nRUN pip install locust\nCMD [\"python\", \"-m\", \"locust\", \"-f\", \"load.py\"]\n",
        "FROM grafana/k6:latest\nCOPY load.js .\nCMD [\"run\", \"load.js\"]\n",
        "FROM node:20\nCMD npx newman run shop.json\n",
    ] {
        assert!(matches!(standing(text), Standing::Aside(_)), "{text}");
    }
    for text in
        ["FROM node:20\nCMD [\"node\", \"server.js\"]\n", "FROM python:3\nCMD [\"uvicorn\", \"locust.api:app\"]\n"]
    {
        assert_eq!(standing(text), Standing::Production, "{text}");
    }
}

#[test]
fn the_head_of_a_dockerfile_may_say_that_it_is_for_developers() {
    let standing = |head: &str| {
        image(&format!("{head}\nFROM php:8.4-apache\n# For local development, mount the source.\nCOPY . /app\n"))
            .standing
    };
    for head in ["###\n### ~ Shop dev Dockerfile\n###\n", "\n# Not for production: it watches its source.\n"] {
        assert!(matches!(standing(head), Standing::Aside(why) if why.contains("first comment")), "{head}");
    }
    for head in [
        "",
        "# syntax=docker/dockerfile:1\n# This Dockerfile is designed for production, not development.\n",
        "# For local development: docker build --target dev .\n",
    ] {
        assert_eq!(standing(head), Standing::Production, "{head}");
    }
}

#[test]
fn a_program_that_was_built_outside_makes_the_image_the_projects_own() {
    let standing = |text: &str| image(text).standing;
    for text in [
        "FROM alpine\nCOPY push /usr/bin\nENTRYPOINT [\"push\"]\n",
        "FROM alpine:3.20\nCOPY --chown=65534 dist/server /server\nUSER 65534\nCMD [\"/server\", \"serve\"]\n",
    ] {
        assert_eq!(standing(text), Standing::Production, "{text}");
    }
    for text in [
        "FROM alpine\nRUN apk add curl\nCMD [\"curl\", \"http://web\"]\n",
        "FROM alpine\nCOPY wait.sh /wait.sh\nCMD [\"/wait.sh\"]\n",
        "FROM nginx\nCOPY html /usr/share/nginx/html\n",
    ] {
        assert!(matches!(standing(text), Standing::Aside(_)), "{text}");
    }
}

#[test]
fn a_release_build_is_read_through_arguments_stages_and_copies() {
    use Build::{Debug, Release};
    for (expected, text) in [
        (
            vec![Release],
            "FROM rust AS b\nRUN cargo build --release\nFROM debian\nCOPY --from=b /a/target/release/x /x\nCMD [\"/x\"]\n",
        ),
        (
            vec![Debug],
            "FROM rust AS b\nRUN cargo build\nFROM debian\nCOPY --from=b /a/target/debug/x /x\nCMD [\"/x\"]\n",
        ),
        (
            vec![Release],
            "FROM rust AS b\nARG PROFILE=release\nRUN cargo build --profile=$PROFILE\nFROM debian\nCOPY --from=b /out/x /x\nCMD [\"/x\"]\n",
        ),
        (
            vec![Debug],
            "FROM rust AS b\nARG PROFILE=dev\nRUN cargo build --profile ${PROFILE}\nFROM debian\nCOPY --from=b /out/x /x\nCMD [\"/x\"]\n",
        ),
        (vec![Debug], "FROM rust\nRUN set -eux; \\\n    # a comment inside\n    cargo build\nCMD [\"x\"]\n"),
        (vec![Release], "FROM rust\nRUN cargo install --locked --path .\nCMD [\"x\"]\n"),
        (vec![Release], "FROM rust\nRUN <<EOF\ncargo build -r --bin x\nEOF\nCMD [\"x\"]\n"),
        // Tools that are installed, dependencies that are cooked and echoes are not the program.
        (vec![], "FROM rust\nRUN cargo install cargo-chef && cargo chef cook && echo cargo build\nCMD [\"x\"]\n"),
        // A profile that only the caller knows says nothing.
        (vec![], "FROM rust\nARG PROFILE\nRUN cargo build --profile $PROFILE\nCMD [\"x\"]\n"),
        // A debug build in a stage that the shipped one does not need says nothing.
        (vec![Release], "FROM rust AS t\nRUN cargo build\nFROM rust\nRUN cargo build --release\nCMD [\"x\"]\n"),
    ] {
        assert_eq!(builds(text), expected, "{text}");
    }
}

#[test]
fn what_is_in_effect_is_inherited_and_overridden() {
    let image = image(
        "FROM debian AS base\nUSER app\nENV RUST_LOG=info MODE=\"a b\"\nHEALTHCHECK --interval=10s CMD [\"curl\", \"-f\", \"localhost\"]\n\
         FROM base\nENV RUST_LOG warn\nENTRYPOINT [\"/app\"]\nCMD [\"serve\"]\n",
    );
    let stage = image.shipped[0];
    assert_eq!(image.shipped, [1]);
    assert_eq!(image.user(stage).expect("a user").value, "app");
    assert_eq!(image.command(stage).expect("a command").value, "/app serve");
    let environment: Vec<_> = image.file.environment(stage).into_iter().map(|(name, value, _)| (name, value)).collect();
    assert_eq!(environment, [("MODE".to_owned(), "a b".to_owned()), ("RUST_LOG".to_owned(), "warn".to_owned())]);
    let health = image.health(stage).expect("a check");
    assert_eq!(health.kind, HealthKind::Command("curl -f localhost".into()));
    assert!(matches!(health.interval, Timing::Written(fact) if (fact.value - 10.0).abs() < f64::EPSILON));
    assert_eq!(health.timeout, Timing::Default(30.0));
}

#[test]
fn a_check_that_cannot_fail_is_none() {
    for check in [
        "HEALTHCHECK NONE",
        "HEALTHCHECK CMD exit 0",
        "HEALTHCHECK CMD curl localhost || true",
        "HEALTHCHECK CMD [\"true\"]",
    ] {
        let image = image(&format!("FROM debian\n{check}\nCMD [\"/x\"]\n"));
        assert_eq!(image.health(0).expect(check).kind, HealthKind::Disabled, "{check}");
    }
}

#[test]
fn files_and_stages_for_developers_are_not_production() {
    for path in [
        "Dockerfile.dev",
        "Dockerfile.debug",
        "Dockerfile.e2e-tests",
        "docker/test/Dockerfile",
        ".devcontainer/Dockerfile",
        "Dockerfile-gui-tests",
    ] {
        let found = images(&[(path, "FROM debian\nCMD [\"/x\"]\n")]);
        assert!(matches!(found[0].standing, Standing::Aside(_)), "{path}");
    }
    let image = image("FROM rust AS app\nCMD [\"/x\"]\nFROM app AS dev\nCMD [\"cargo\", \"watch\"]\n");
    assert_eq!((image.shipped.as_slice(), &image.standing), (&[0][..], &Standing::Production));
    let postgres =
        images(&[("dockerfiles/Dockerfile-db", "FROM postgres:16\nCOPY init.sql /docker-entrypoint-initdb.d/\n")]);
    assert!(matches!(&postgres[0].standing, Standing::Aside(why) if why.contains("postgres")));
}

#[test]
fn places_point_at_the_line_inside_a_long_run() {
    let text = "FROM rust\nRUN apt-get update && \\\n    cargo build --release\nCMD [\"/x\"]\n";
    let image = image(text);
    let place = image.builds(0).remove(0).place;
    let span = place.span.expect("a span");
    assert_eq!(&text[span.range()], "    cargo build --release");
}

#[test]
fn hostile_files_end() {
    let doubling = format!("FROM a\nARG X=aaaaaaaa\n{}", "ARG X=$X$X\n".repeat(200));
    for text in [
        "FROM",
        "FROM a AS a\nFROM a AS a\nCOPY --from=a x y",
        "\\",
        "FROM a\nRUN <<EOF",
        "FROM a\nRUN x \\",
        "ARG A=${",
        "FROM ${",
        &doubling,
    ] {
        images(&[("Dockerfile", text)]);
    }
}

#[test]
fn the_base_image_says_who_runs_where_nothing_else_does() {
    use tusk_check::facts::containers::dockerfile::Dockerfile;
    use tusk_check::facts::containers::image::Image;
    use tusk_check::facts::production::Standing;
    let user = |text: &str| {
        let file = Dockerfile::parse(text);
        let last = file.last().unwrap();
        let image = Image { path: "Dockerfile".into(), standing: Standing::Production, file, shipped: vec![last] };
        image.user(last).map(|fact| fact.value)
    };
    let digest = "sha256:dcf1ac1fd3a0b7ba5a5ea1c2ad28ee3a0ebd1a2b3c4d5e6f708192a3b4c5d6e7";
    for (base, expected) in [
        (format!("gcr.io/distroless/static-debian12:nonroot@{digest}"), Some("nonroot")),
        ("gcr.io/distroless/cc:debug-nonroot".to_owned(), Some("nonroot")),
        ("cgr.dev/chainguard/python:latest".to_owned(), Some("nonroot")),
        ("nginxinc/nginx-unprivileged:1".to_owned(), Some("nonroot")),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled".to_owned(), Some("nonroot")),
        (format!("gcr.io/distroless/static@{digest}"), Some("root")),
        ("debian:stable-slim".to_owned(), Some("root")),
        ("scratch".to_owned(), Some("root")),
        ("localhost:5000/nonroot/app".to_owned(), None),
        ("ghcr.io/acme/base:1".to_owned(), None),
    ] {
        assert_eq!(user(&format!("FROM {base}\n")).as_deref(), expected, "{base}");
    }
    assert_eq!(user("FROM gcr.io/distroless/cc:nonroot\nUSER 0:0\n").as_deref(), Some("root"));
    assert_eq!(user("FROM gcr.io/distroless/cc:nonroot AS base\nFROM base\n").as_deref(), Some("nonroot"));
    assert_eq!(user("FROM debian:12\nUSER 65532:65532\n").as_deref(), Some("65532:65532"));
}
