//! Which builds make what users get.

use crate::facts::ci::{Ci, Command};
use crate::facts::production::is_example;
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

/// Whether a command works in a folder of documents, examples or what developers need.
pub(super) fn is_beside_product(command: &Command) -> bool {
    let given = command.words.windows(2).find(|pair| pair[0] == "-C").map_or("", |pair| pair[1].as_str());
    let mut folders = command.dir.split('/').chain(given.split('/'));
    folders.any(|folder| is_example(folder) || matches!(folder, "hack" | "website"))
}
