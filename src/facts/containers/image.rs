//! What a Dockerfile's release image is: which stages are shipped, as whom they run, and how they were built.

use super::dockerfile::{Dockerfile, Instruction};
use super::{Fact, Health, HealthKind, Timing};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{self, Stage, Standing};
use crate::source::Span;
use crate::tree::path::{folder_of, within};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One Dockerfile and what it ships.
#[derive(Clone, Debug)]
pub struct Image {
    /// The Dockerfile.
    pub path: Arc<str>,
    /// Whether it builds what production runs.
    pub standing: Standing,
    /// Its stages.
    pub file: Dockerfile,
    /// The stages that are shipped: the last one, and every other that ends a line of stages and has a command.
    pub shipped: Vec<usize>,
}

/// How the program inside an image was compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Build {
    /// With optimisations: `--release`, or copied from `target/release`.
    Release,
    /// Without: `cargo build`, `cargo run`, copied from `target/debug`.
    Debug,
}

/// Stages and Dockerfiles of these names are for developers.
const ASIDE: &[&str] =
    &["debug", "builder", "base", "devcontainer", "lint", "toolchain", "cross", "bench", "loadtest", "locust", "e2e"];

/// Programs that test a service or put load on it, as commands and as images to start from.
const TESTERS: &[&str] = &[
    "dredd",
    "newman",
    "k6",
    "locust",
    "runlocust.sh",
    "artillery",
    "vegeta",
    "gatling",
    "gatling.sh",
    "jmeter",
    "wrk",
    "wrk2",
    "hey",
    "oha",
    "autocannon",
    "bombardier",
    "siege",
    "fortio",
    "ghz",
    "taurus",
    "bzt",
    "tsung",
    "cypress",
    "playwright",
    "schemathesis",
    "karate",
    "tavern-ci",
    "robot",
    "behave",
    "pytest",
    "jest",
    "mocha",
    "rspec",
    "testcafe",
    "hurl",
    "goss",
    "bats",
    "pact-verifier",
];

/// Commands that test what the image holds, or keep a container open that serves nothing; and what they do, in words.
const IDLE: &[(&str, &[&str], &str)] = &[
    ("cargo", &["test", "nextest", "bench", "clippy"], "runs the tests of its code"),
    ("go", &["test"], "runs the tests of its code"),
    ("npm", &["test", "t"], "runs the tests of its code"),
    ("yarn", &["test"], "runs the tests of its code"),
    ("pnpm", &["test"], "runs the tests of its code"),
    ("dotnet", &["test"], "runs the tests of its code"),
    ("mvn", &["test", "verify"], "runs the tests of its code"),
    ("mix", &["test"], "runs the tests of its code"),
    ("tail", &["/dev/null"], "is kept open and starts nothing"),
    ("sleep", &["infinity"], "is kept open and starts nothing"),
];

/// Reads every Dockerfile of the tree.
pub fn read(facts: &Facts<'_>) -> Vec<Image> {
    let files = facts.tree.files().iter().filter(|file| is_dockerfile(&file.path));
    let mut images: Vec<Image> = files
        .filter_map(|file| {
            let text = file.text()?.text();
            let parsed = Dockerfile::parse_leaving(text, &given_from_outside(facts, &file.path, text));
            // Without a stage it is a text that happens to bear the name.
            parsed.last()?;
            let shipped = shipped_stages(&parsed);
            let standing = standing(&facts.own_name().cleared(&file.path), &parsed, &shipped);
            Some(Image { path: file.path.clone(), standing, file: parsed, shipped })
        })
        .collect();
    let is_elsewhere =
        images.iter().any(|image| image.standing == Standing::Production && !production::is_in_tools(&image.path));
    for image in images.iter_mut().filter(|image| production::is_in_tools(&image.path)) {
        if is_elsewhere {
            image.standing =
                Standing::Uncertain("it stands in a folder of tools, and the service's image in none".into());
        } else if holds_a_program(facts, folder_of(&image.path)) {
            image.standing = Standing::Uncertain("it is that of a tool, whose program stands beside it".into());
        }
    }
    images
}

/// Whether a folder is that of a program, with what it needs.
fn holds_a_program(facts: &Facts<'_>, folder: &str) -> bool {
    let manifests =
        ["requirements.txt", "pyproject.toml", "package.json", "go.mod", "Cargo.toml", "main.py", "main.go"];
    manifests.iter().any(|name| facts.tree.file(&within(folder, name)).is_some())
}

/// Build arguments that conditions of a Dockerfile may ask for and that some file of the tree gives: the default that
/// the Dockerfile writes does not decide then.
fn given_from_outside(facts: &Facts<'_>, path: &str, text: &str) -> BTreeSet<String> {
    let asks = |text: &str| ["if [", "if test", "[ ", "[[ ", "case "].iter().any(|word| text.contains(word));
    if !asks(text) {
        return BTreeSet::new();
    }
    let declared = text.lines().filter_map(|line| line.trim_start().strip_prefix("ARG "));
    let names: BTreeSet<&str> = declared
        .flat_map(str::split_whitespace)
        .filter_map(|word| word.split('=').next())
        .filter(|name| name.len() > 1)
        .take(50)
        .collect();
    let gives = |text: &str, name: &str| {
        memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).any(|at| {
            let before = text.as_bytes()[..at].last().is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
            before && matches!(text.as_bytes().get(at + name.len()), Some(b'=' | b':'))
        })
    };
    let mut passed = BTreeSet::new();
    for file in facts.tree.files().iter().filter(|file| &*file.path != path && may_build(&file.path)) {
        let Some(source) = file.text() else { continue };
        let found = names.iter().filter(|name| gives(source.text(), name));
        passed.extend(found.map(|name| (*name).to_owned()));
    }
    passed
}

/// Files that may call a build with arguments: CI, Compose, bake files, scripts, recipes.
fn may_build(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    matches!(end, "yml" | "yaml" | "sh" | "bash" | "hcl" | "mk" | "just")
        || ["Makefile", "Justfile", "justfile", "Jenkinsfile", "docker-bake.json"].contains(&name)
}

/// `Dockerfile`, `Containerfile`, `Dockerfile.web`, `Dockerfile-web`, `web.Dockerfile`.
pub fn is_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    if name.ends_with(".dockerignore") {
        return false;
    }
    ["dockerfile", "containerfile"].iter().any(|kind| {
        let tail = name.strip_prefix(kind);
        tail.is_some_and(|tail| tail.is_empty() || tail.starts_with(['.', '-', '_']))
            || name.strip_suffix(kind).is_some_and(|head| head.ends_with(['.', '-', '_']))
    }) && !["md", "txt", "tmpl", "j2", "tpl", "rs", "go", "py", "js", "ts"]
        .iter()
        .any(|end| name.rsplit_once('.').is_some_and(|(_, found)| found == *end))
}

/// The last stage, and every other one that nothing builds upon and that has a command of its own.
fn shipped_stages(file: &Dockerfile) -> Vec<usize> {
    let Some(last) = file.last() else { return Vec::new() };
    let mut inner = vec![false; file.stages.len()];
    for (index, stage) in file.stages.iter().enumerate() {
        let copied = stage.instructions.iter().filter_map(|each| each.flag("from")).filter_map(|name| file.stage(name));
        for used in copied.chain(stage.parent).filter(|&used| used < index) {
            inner[used] = true;
        }
    }
    let ships = |&index: &usize| {
        let named_aside = file.stages[index].alias.as_deref().is_some_and(|alias| aside_word(alias).is_some());
        let runs = || file.stages[index].instructions.iter().any(is_start);
        (index == last || (!inner[index] && runs())) && !named_aside
    };
    let shipped: Vec<usize> = (0..=last).filter(ships).collect();
    // `FROM runtime AS dev` at the end: what production runs is the stage it starts from.
    if shipped.is_empty() { file.stages[last].parent.into_iter().collect() } else { shipped }
}

fn is_start(instruction: &Instruction) -> bool {
    matches!(instruction.keyword.as_str(), "CMD" | "ENTRYPOINT")
}

/// The word of a name that says it is not for production.
fn aside_word(name: &str) -> Option<&'static str> {
    let listed =
        ASIDE.iter().copied().find(|word| name.to_lowercase().split(['-', '_', '.', '/']).any(|part| part == *word));
    listed.or(match production::stage_of_path(name) {
        Stage::Never(word) => Some(word),
        _ => None,
    })
}

fn standing(path: &str, file: &Dockerfile, shipped: &[usize]) -> Standing {
    if let Some(word) = aside_word(path) {
        return Standing::Aside(format!("\"{word}\" in its path"));
    }
    if production::is_fixture(path) {
        return Standing::Aside("it serves tests".into());
    }
    if builds_packages(path, file, shipped) {
        return Standing::Aside("it builds packages of the product".into());
    }
    if shipped.is_empty() {
        return Standing::Aside("its only stages are for development".into());
    }
    if let Some(why) = tester(file, shipped) {
        return Standing::Aside(why);
    }
    let base = shipped.iter().find_map(|&stage| {
        let root = file.lineage(stage).last().copied()?;
        super::third_party_image(&file.stages[root].base)
    });
    match base {
        Some(product) if !compiles(file, shipped) && !starts_what_is_copied(file, shipped) => {
            Standing::Aside(format!("an image of {product}"))
        }
        _ => Standing::Production,
    }
}

/// Whether an image is there to build packages of a system: `packaging/rpm/Dockerfile`, one that starts `rpmbuild`.
fn builds_packages(path: &str, file: &Dockerfile, shipped: &[usize]) -> bool {
    const SYSTEMS: &[&str] = &["deb", "debian", "dpkg", "rpm", "redhat", "fedora", "centos", "arch", "archlinux"];
    const PROGRAMS: &[&str] = &["rpmbuild", "dpkg-buildpackage", "debuild", "makepkg", "abuild", "nfpm", "fpm"];
    let folders: Vec<&str> = path.split('/').collect();
    let by_folder = folders
        .windows(2)
        .any(|pair| matches!(pair[0], "packaging" | "packages" | "package") && SYSTEMS.contains(&pair[1]));
    let starts = |&stage: &usize| {
        let mut starts = ["ENTRYPOINT", "CMD"].into_iter().filter_map(|keyword| file.effective(stage, keyword));
        starts.any(|each| {
            let line = each.command();
            line.split(|c: char| c.is_whitespace() || "\"',[]".contains(c)).any(|word| PROGRAMS.contains(&word))
        })
    };
    by_folder || (!shipped.is_empty() && shipped.iter().all(starts))
}

/// What every shipped stage does to test a service, its own code, or to put load on it: by what it starts, or without that
/// by what the image is made from.
fn tester(file: &Dockerfile, shipped: &[usize]) -> Option<String> {
    let known = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        TESTERS.iter().find(|tool| **tool == name).map(|tool| format!("it runs {tool}, which tests a service"))
    };
    let of_stage = |&stage: &usize| {
        let starts: Vec<&Instruction> =
            ["ENTRYPOINT", "CMD"].into_iter().filter_map(|keyword| file.effective(stage, keyword)).collect();
        let line = starts.iter().map(|each| each.command()).collect::<Vec<_>>().join(" ");
        // What runs another program stands before it: `npx k6`, `python -m locust`, `sh -c "newman run"`.
        let run = line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | ']'));
        let words: Vec<&str> = run.filter(|word| !word.is_empty() && !word.starts_with('-')).take(3).collect();
        let idle = |(program, told, what): &(&str, &[&str], &str)| {
            let is_told = words.iter().skip(1).any(|word| told.contains(word));
            (words.first() == Some(program) && is_told).then(|| format!("it {what}"))
        };
        if let Some(why) = IDLE.iter().find_map(idle) {
            return Some(why);
        }
        let mut program = words.iter().skip_while(|word| RUNNERS.contains(word));
        let root = &file.stages[*file.lineage(stage).last()?];
        let base = root.base.split(['@']).next().unwrap_or_default();
        let base = base.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(base, |(name, _)| name);
        let from_base = || known(base);
        program
            .next()
            .map_or_else(from_base, |name| known(name))
            .or_else(|| from_base().filter(|_| file.stages.len() == 1))
    };
    let mut found = shipped.iter().map(of_stage);
    let first = found.next()??;
    found.all(|why| why.is_some()).then_some(first)
}

/// What starts the program that follows it.
const RUNNERS: &[&str] = &[
    "npx",
    "pnpm",
    "yarn",
    "exec",
    "run",
    "sh",
    "bash",
    "/bin/sh",
    "/bin/bash",
    "node",
    "python",
    "python3",
    "bundle",
    "uv",
    "poetry",
    "pipenv",
];

/// Whether anything is built in the stages that the shipped ones need.
fn compiles(file: &Dockerfile, shipped: &[usize]) -> bool {
    shipped.iter().any(|&stage| file.needed(stage).len() > file.lineage(stage).len())
}

/// Whether a shipped stage starts a program that was built outside and is copied in: `COPY ntfy /usr/bin`, then
/// `ENTRYPOINT ["ntfy"]`. A script that is copied to be run has an ending.
fn starts_what_is_copied(file: &Dockerfile, shipped: &[usize]) -> bool {
    let name = |word: &str| word.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    shipped.iter().any(|&stage| {
        let start = file.effective(stage, "ENTRYPOINT").or_else(|| file.effective(stage, "CMD"));
        let program = start.and_then(|each| each.command().split_whitespace().next().map(name));
        let Some(program) = program.filter(|program| !program.contains('.')) else { return false };
        let own = |each: &&Instruction| matches!(each.keyword.as_str(), "COPY" | "ADD") && each.flag("from").is_none();
        let lineage = file.lineage(stage);
        let mut copies = lineage.iter().flat_map(|&index| &file.stages[index].instructions).filter(own);
        copies.any(|each| each.command().split_whitespace().any(|word| name(word) == program))
    })
}

impl Image {
    /// A place in the Dockerfile.
    pub fn at(&self, span: Span) -> Place {
        Place::at(self.path.clone(), span)
    }

    /// The health check in effect in a shipped stage.
    pub fn health(&self, stage: usize) -> Option<Health> {
        let check = self.file.effective(stage, "HEALTHCHECK")?;
        let text = check.text.trim();
        let place = self.at(check.span);
        let seconds = |flag: &str| match check.flag(flag) {
            None => Timing::Default(30.0),
            Some(text) => {
                super::duration(text).map_or(Timing::Unknown, |value| Timing::Written(Fact::new(value, place.clone())))
            }
        };
        let kind = match text.strip_prefix("CMD") {
            Some(command) => {
                let words: Option<Vec<String>> = serde_json::from_str(command.trim()).ok();
                super::health_command(&words.map_or_else(|| command.trim().to_owned(), |words| words.join(" ")))
            }
            None => HealthKind::Disabled,
        };
        Some(Health { kind, interval: seconds("interval"), timeout: seconds("timeout"), place })
    }

    /// The user that a shipped stage names.
    pub fn own_user(&self, stage: usize) -> Option<Fact<String>> {
        let user = self.file.effective(stage, "USER")?;
        let name = user.text.trim();
        // `0:0` is root by its number.
        let is_root = matches!(name.split(':').next(), Some("0" | "root"));
        Some(Fact::new(if is_root { "root" } else { name }.to_owned(), self.at(user.span)))
    }

    /// The user a shipped stage runs as: its own, or that of the image that it starts from, where that is known.
    pub fn user(&self, stage: usize) -> Option<Fact<String>> {
        if let Some(user) = self.own_user(stage) {
            return Some(user);
        }
        let root = &self.file.stages[self.file.lineage(stage).last().copied()?];
        super::identity::user_of_base(&root.base).map(|user| Fact::new(user.to_owned(), self.at(root.span)))
    }

    /// The command line that a shipped stage starts: entry point and command together.
    pub fn command(&self, stage: usize) -> Option<Fact<String>> {
        let entry = self.file.effective(stage, "ENTRYPOINT");
        let command = self.file.effective(stage, "CMD");
        let first = entry.or(command)?;
        let text = [entry, command].into_iter().flatten().map(Instruction::command).collect::<Vec<_>>().join(" ");
        Some(Fact::new(text, self.at(first.span)))
    }

    /// Whether a program is copied into a shipped stage from Cargo's target folder.
    pub fn copies_a_build(&self, stage: usize) -> bool {
        let needed = self.file.needed(stage);
        let mut instructions = needed.iter().flat_map(|&index| &self.file.stages[index].instructions);
        instructions.any(|each| each.keyword == "COPY" && copied_build(&each.text).is_some())
    }

    /// How the program of a shipped stage was compiled, with what shows it; empty if nothing does.
    pub fn builds(&self, stage: usize) -> Vec<Fact<Build>> {
        let needed = self.file.needed(stage);
        let instructions = || needed.iter().flat_map(|&index| &self.file.stages[index].instructions);
        let copied: Vec<Fact<Build>> = instructions()
            .filter(|each| each.keyword == "COPY")
            .filter_map(|each| Some(Fact::new(copied_build(&each.text)?, self.at(each.span))))
            .collect();
        let compiled = instructions().filter(|each| each.keyword == "RUN").flat_map(|each| {
            let found = super::shell::cargo_builds(&each.text);
            found
                .into_iter()
                .filter(|(.., sure)| *sure)
                .map(|(build, at, _)| Fact::new(build, self.at(each.line_at(at))))
        });
        // What is copied into the image decides; a build whose result stays behind says nothing about it.
        if copied.is_empty() { compiled.collect() } else { copied }
    }

    /// A build that stands in a branch which a build argument of the caller decides, where nothing else tells how the
    /// program of a stage was compiled.
    pub fn undecided_build(&self, stage: usize) -> Option<Place> {
        let needed = self.file.needed(stage);
        let runs = needed.iter().flat_map(|&index| &self.file.stages[index].instructions);
        runs.filter(|each| each.keyword == "RUN").find_map(|each| {
            let found = super::shell::cargo_builds(&each.text);
            let (_, at, _) = found.into_iter().find(|(.., sure)| !sure)?;
            Some(self.at(each.line_at(at)))
        })
    }
}

/// What a `COPY` takes from Cargo's target folder.
fn copied_build(text: &str) -> Option<Build> {
    let mut parts = text.split(['/', ' ', '"', ',']).skip_while(|part| *part != "target").skip(1);
    let profile = parts.by_ref().take(2).find(|part| ["release", "debug", "dist"].contains(part))?;
    Some(if profile == "debug" { Build::Debug } else { Build::Release })
}
