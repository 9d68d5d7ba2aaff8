//! Which builds make what users get.

use crate::facts::Facts;
use crate::facts::ci::pattern::values_of;
use crate::facts::ci::{Ci, Command};
use crate::facts::production::{Stage, is_example, stage_of_path};
use crate::tree::path::{folder_of, within};
use std::collections::BTreeSet;

/// How near a build stands to what users get: what is built in a job that releases comes first, and what tools, clients and
/// checks are built for comes last.
pub(super) struct Beside {
    releasing: Option<BTreeSet<usize>>,
}

impl Beside {
    pub(super) fn of(ci: &Ci, is_asked: bool) -> Self {
        let deployments = || ci.deployments().iter().filter(|deployment| deployment.counts());
        Self { releasing: is_asked.then(|| deployments().map(|deployment| deployment.step.job).collect()) }
    }

    pub(super) fn rank(&self, ci: &Ci, command: &Command) -> u8 {
        const ASIDE: &[&str] = &[
            "analyze",
            "bundle",
            "cache",
            "catalog",
            "client",
            "clientapp",
            "codeql",
            "cross",
            "debug",
            "dev",
            "docs",
            "documentation",
            "e2e",
            "gen",
            "genproto",
            "lint",
            "plugin",
            "proto",
            "protobuf",
            "sdk",
            "site",
            "storybook",
            "test",
            "tests",
            "tool",
            "toolchain",
            "tools",
            "website",
        ];
        let Some(releasing) = &self.releasing else { return 0 };
        let job = &ci.job(&command.step).name;
        let said = command.words.iter().chain([&command.dir, job]).map(String::as_str);
        let mut words = said.chain(command.chain.iter().map(|link| link.what.as_str()));
        let is_aside = words.any(|said| {
            said.to_ascii_lowercase().split(|letter: char| !letter.is_alphanumeric()).any(|word| ASIDE.contains(&word))
        });
        match (releasing.contains(&command.step.job), is_aside) {
            (true, false) => 0,
            (false, false) => 1,
            (_, true) => 2,
        }
    }
}

/// Whether a command works in a folder of documents, examples or what developers need, or builds the image that they work in.
pub(super) fn is_beside_product(facts: &Facts<'_>, command: &Command) -> bool {
    let given = command.words.windows(2).find(|pair| pair[0] == "-C").map_or("", |pair| pair[1].as_str());
    let mut folders = command.dir.split('/').chain(given.split('/'));
    folders.any(|folder| is_example(folder) || matches!(folder, "hack" | "website"))
        || builds_for_developers(facts, command)
}

/// Whether a command builds images for developers alone, by the names of their Dockerfiles: `docker build -f Dockerfile.dev .`,
/// `docker compose build app` where the service is built from `.dockerdev/Dockerfile`.
fn builds_for_developers(facts: &Facts<'_>, command: &Command) -> bool {
    const THEIRS: &[&str] =
        &["dev", "devel", "develop", "development", "local", "dockerdev", "devcontainer", "ddev", "lando"];
    let is_theirs = |path: &str| matches!(stage_of_path(path), Stage::Never(word) if THEIRS.contains(&word));
    let words = &command.words;
    let Some(at) = words.iter().take(8).position(|word| word == "build" || word == "bud") else { return false };
    if words
        .first()
        .is_none_or(|program| !matches!(program.as_str(), "docker" | "docker-compose" | "podman" | "buildah"))
    {
        return false;
    }
    if !words[..at].iter().any(|word| word == "compose" || word == "docker-compose") {
        let file = ["-f", "--file"].into_iter().find_map(|name| values_of(words, name).flatten().last());
        return file.is_some_and(is_theirs);
    }
    let files: Vec<&str> =
        ["-f", "--file"].into_iter().flat_map(|name| values_of(&words[..at], name).flatten()).collect();
    let is_read = |path: &str| {
        files.iter().any(|file| path == within(&command.dir, file))
            || files.is_empty() && folder_of(path) == command.dir
    };
    let named: Vec<&str> = words[at + 1..].iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let services =
        facts.containers().services.iter().filter(|service| {
            is_read(&service.place.path) && (named.is_empty() || named.contains(&service.name.as_str()))
        });
    let mut built = services.filter_map(|service| service.dockerfile.as_deref()).peekable();
    built.peek().is_some() && built.all(is_theirs)
}
