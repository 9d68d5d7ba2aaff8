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
    let none = ["Dockerfile.dockerignore", "Dockerfile.md", "mydockerfile", "src/dockerfile.rs", "Dockerfiles/readme"];
    assert!(images(&none.map(|path| (path, text))).is_empty());
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
