//! Tests of `@dep`, `@cargo.lint` and `@cargo.profile`.

use super::searching::{ask, places};
use tusk_check::evidence::Observed;
use tusk_check::quantity::Quantity;

#[test]
fn a_dependency_counts_by_purpose_and_features() {
    let files = [
        (
            "Cargo.toml",
            "[package]\nname = \"x\"\n[features]\ndefault = [\"json\"]\njson = [\"dep:sj\"]\n[dependencies]\ntracing-subscriber = { version = \"0.3\", features = [\"json\"] }\nsj = { version = \"1\", optional = true }\noff = { version = \"1\", optional = true }\n[dev-dependencies]\ncriterion = \"0.5\"\n",
        ),
        ("src/main.rs", ""),
    ];
    let dep = |name: &str, options: &[(&str, &str)]| places(&files, &ask(&files, "dep", &[name], options).seen);
    assert_eq!(dep("tracing-subscriber", &[("features", "^json$")]), ["Cargo.toml:7"]);
    assert_eq!(dep("tracing-subscriber", &[("features", "^ansi$")]), [""; 0]);
    assert_eq!(dep("criterion", &[]), ["Cargo.toml:11"]);
    assert_eq!(dep("criterion", &[("runtime", "true")]), [""; 0]);
    assert_eq!(dep("sj", &[("runtime", "true")]), ["Cargo.toml:8"]);
    assert_eq!(dep("off", &[]), [""; 0]);
    assert_eq!(ask(&files, "dep", &["off"], &[]).notes.len(), 1);
}

#[test]
fn a_lint_must_bind_every_crate() {
    let root = (
        "Cargo.toml",
        "[workspace]\n[workspace.lints.rust]\nwarnings = \"deny\"\n[workspace.lints.clippy]\nall = { level = \"warn\", priority = -1 }\n",
    );
    let bound = ("a/Cargo.toml", "[package]\nname = \"a\"\n[lints]\nworkspace = true\n");
    let free = ("b/Cargo.toml", "[package]\nname = \"b\"\n");
    let open = ("b/src/lib.rs", "// #![deny(warnings)]\n");
    let denies = ("b/src/lib.rs", "#![deny(unused, warnings)]\n");
    let one = [root, bound];
    assert_eq!(places(&one, &ask(&one, "cargo.lint", &["warnings", "deny"], &[]).seen), ["Cargo.toml:3"]);
    assert_eq!(ask(&one, "cargo.lint", &["clippy::all", "deny"], &[]).seen.len(), 1, "warnings hold clippy's defaults");
    assert_eq!(ask(&one, "cargo.lint", &["warnings", "forbid"], &[]).seen.len(), 0);
    let two = [root, bound, free, open];
    let answer = ask(&two, "cargo.lint", &["warnings", "deny"], &[]);
    assert_eq!((answer.seen.len(), answer.notes.len()), (0, 1), "{answer:?}");
    let three = [root, bound, free, denies];
    assert_eq!(
        places(&three, &ask(&three, "cargo.lint", &["warnings", "deny"], &[]).seen),
        ["Cargo.toml:3", "b/src/lib.rs:1"]
    );
    let other = [root, bound, free, denies, ("b/src/main.rs", "fn main() {}\n")];
    assert_eq!(ask(&other, "cargo.lint", &["warnings", "deny"], &[]).seen.len(), 0, "a root without the attribute");
}

#[test]
fn flags_of_every_build() {
    let flags = |text: &'static str| {
        let files = [("Cargo.toml", "[package]\nname = \"x\"\n"), (".cargo/config.toml", text)];
        places(&files, &ask(&files, "cargo.lint", &["warnings", "deny"], &[]).seen)
    };
    assert_eq!(flags("[build]\nrustflags = [\"-D\", \"warnings\"]\n"), [".cargo/config.toml:2"]);
    assert_eq!(flags("[build]\nrustflags = \"-Dwarnings\"\n"), [".cargo/config.toml:2"]);
    assert_eq!(flags("[build]\nwarnings = \"deny\"\n"), [".cargo/config.toml:2"]);
    assert_eq!(flags("[build]\nrustflags = [\"-W\", \"warnings\"]\n"), [""; 0]);
    assert_eq!(flags("[build]\n# rustflags = [\"-Dwarnings\"]\n"), [""; 0]);
}

#[test]
fn profiles_inherit_and_default() {
    let files = [(
        "Cargo.toml",
        "[package]\nname = \"x\"\n[profile.release]\nopt-level = \"s\"\ndebug = 1\n[profile.dist]\ninherits = \"release\"\nlto = \"fat\"\n",
    )];
    let value = |key: &str, profile: &str| {
        let answer = ask(&files, "cargo.profile", &[key], &[("profile", profile)]);
        (answer.seen[0].value.clone().unwrap(), answer.seen[0].default_of.is_some())
    };
    assert_eq!(value("opt-level", "dist"), (Observed::Word("s".into()), false));
    assert_eq!(value("lto", "dist"), (Observed::Word("fat".into()), false));
    assert_eq!(value("debug", "release"), (Observed::Quantity(Quantity::count(1.0)), false));
    assert_eq!(value("opt-level", "dev-like"), (Observed::Quantity(Quantity::count(3.0)), true));
    assert_eq!(value("overflow-checks", "release"), (Observed::Flag(false), true));
}
