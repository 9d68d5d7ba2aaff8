//! What a Dockerfile's release image is: which stages are shipped, as whom they run, and how they were built.

mod standing;

use super::dockerfile::{Dockerfile, Instruction};
use super::{Fact, Health, HealthKind, Timing};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{self, Standing};
use crate::pattern::pattern;
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
            let of_head = standing::of_head(text).filter(|_| !facts.project().is_production(&file.path));
            let own = facts.own_name();
            let standing = of_head.unwrap_or_else(|| standing::of(&own.cleared(&file.path), &parsed, &shipped, own));
            Some(Image { path: file.path.clone(), standing, file: parsed, shipped })
        })
        .collect();
    set_aside_those_of_developers(&mut images);
    let is_elsewhere =
        images.iter().any(|image| image.standing == Standing::Production && !production::is_in_tools(&image.path));
    // What its path puts aside stays there, in whichever folder.
    for image in images.iter_mut().filter(|image| {
        production::is_in_tools(&image.path)
            && !facts.project().is_production(&image.path)
            && !matches!(image.standing, Standing::Aside(_))
    }) {
        if is_elsewhere {
            image.standing =
                Standing::Uncertain("it stands in a folder of tools, and the service's image in none".into());
        } else if holds_a_program(facts, folder_of(&image.path)) {
            image.standing = Standing::Uncertain("it is that of a tool, whose program stands beside it".into());
        }
    }
    images
}

/// Puts an image aside that installs what only developers need, where another one of the tree does not.
fn set_aside_those_of_developers(images: &mut [Image]) {
    pattern!(
        FOR_DEVELOPERS,
        r"(?:^|\s)(?:-r|--requirement)[= ]?\S*?(?:\b(?:dev|development|local)[-_]requirements\.txt|\brequirements(?:/|[-_.])(?:dev|development|local)\.txt)\b"
    );
    let is_one = |image: &Image| {
        let runs = image.shipped.iter().flat_map(|&stage| &image.file.stages[stage].instructions);
        runs.filter(|one| one.keyword == "RUN").any(|one| FOR_DEVELOPERS.is_match(&one.text))
    };
    let found: Vec<bool> = images.iter().map(is_one).collect();
    let others = images.iter().zip(&found).any(|(image, is_one)| image.standing == Standing::Production && !is_one);
    for (image, is_one) in images.iter_mut().zip(found) {
        if others && is_one && image.standing == Standing::Production {
            image.standing = Standing::Aside("it installs what only developers need".into());
        }
    }
}

/// Whether a folder is that of a program, with what it needs.
pub(super) fn holds_a_program(facts: &Facts<'_>, folder: &str) -> bool {
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
pub(in crate::facts) fn may_build(path: &str) -> bool {
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
    }) && !name.rsplit_once('.').is_some_and(|(_, end)| NO_DOCKERFILE.contains(&end))
}

/// What a file of this ending is instead: a text, a template, a workflow, or source that deals with Dockerfiles.
#[rustfmt::skip]
const NO_DOCKERFILE: &[&str] = &[
    "md", "mdx", "rst", "adoc", "txt", "tmpl", "j2", "tpl", "eex", "hbs", "rs", "go", "py", "js", "mjs", "cjs", "jsx",
    "ts", "tsx", "rb", "ex", "exs", "kt", "cs", "svg", "snap", "json", "yml", "yaml", "toml",
];

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
        let named_aside =
            file.stages[index].alias.as_deref().is_some_and(|alias| standing::aside_word(alias).is_some());
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

impl Image {
    /// A place in the Dockerfile.
    pub fn at(&self, span: Span) -> Place {
        Place::at(self.path.clone(), span)
    }

    /// The stages that may be published: all that are not named after something else.
    pub fn offered(&self) -> impl Iterator<Item = usize> {
        let names = self.file.stages.iter().map(|stage| stage.alias.as_deref().unwrap_or_default());
        names.enumerate().filter(|(_, name)| standing::aside_word(name).is_none()).map(|(stage, _)| stage)
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
        // What is copied into the image decides; a build whose result stays behind says nothing about it.
        if copied.is_empty() { self.compiled(stage, super::shell::cargo_builds) } else { copied }
    }

    /// How `CMake` compiled the program of a shipped stage.
    pub fn cmake_builds(&self, stage: usize) -> Vec<Fact<Build>> {
        self.compiled(stage, super::shell::cmake_builds)
    }

    /// The builds that surely run for a shipped stage.
    fn compiled(&self, stage: usize, read: fn(&str) -> Vec<(Build, usize, bool)>) -> Vec<Fact<Build>> {
        let needed = self.file.needed(stage);
        let runs = needed.iter().flat_map(|&index| &self.file.stages[index].instructions);
        let runs = runs.filter(|each| each.keyword == "RUN");
        let found = runs.flat_map(|each| {
            let sure = read(&each.text).into_iter().filter(|(.., sure)| *sure);
            sure.map(|(build, at, _)| Fact::new(build, self.at(each.line_at(at))))
        });
        found.collect()
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
