//! Signs that CI is defined where it is not read: other systems' files, other hosts' badges, scripts that nothing calls.

use super::model::Ci;
use super::prow;
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::pattern::{Lazy, PatternSet};
use crate::source::Span;

/// CI systems whose files are not read yet: a path (or its beginning, with a closing `/`) and the system.
const UNREAD: &[(&str, &str)] = &[
    (".cirrus.star", "Cirrus CI (Starlark)"),
    (".drone.star", "Drone (Starlark)"),
    (".drone.jsonnet", "Drone (Jsonnet)"),
    (".semaphore/", "Semaphore"),
    (".teamcity/", "TeamCity"),
    (".taskcluster.yml", "Taskcluster"),
    (".zuul.yaml", "Zuul"),
    (".zuul.d/", "Zuul"),
    (".prow.yaml", "Prow"),
    ("bors.toml", "bors"),
    (".builds/", "builds.sr.ht"),
    (".build.yml", "builds.sr.ht"),
    ("wercker.yml", "Wercker"),
    ("garnix.yaml", "Garnix"),
    ("concourse/", "Concourse"),
    ("ci/pipeline.yml", "Concourse"),
];

/// Hosts whose badge in a README says that CI runs there, the system, and the file that would define it here.
const BADGES: &[(&str, &str, &[&str])] = &[
    (
        r"https?://[^\s)\]\x22>]*jenkins[^\s)\]\x22>]*(?:job|badge|buildStatus)[^\s)\]\x22>]*",
        "Jenkins",
        &["Jenkinsfile"],
    ),
    (r"https?://(?:badge\.)?buildkite\.com/[^\s)\]\x22>]+", "Buildkite", &[".buildkite/"]),
    (r"https?://[^\s)\]\x22>]*teamcity[^\s)\]\x22>]+", "TeamCity", &[".teamcity/"]),
    (r"https?://(?:api\.|app\.)?(?:travis-ci\.(?:org|com))/[^\s)\]\x22>]+", "Travis CI", &[".travis.yml"]),
    (r"https?://(?:api\.)?cirrus-ci\.com/[^\s)\]\x22>]+", "Cirrus CI", &[".cirrus.yml"]),
    (r"https?://circleci\.com/gh/[^\s)\]\x22>]+", "CircleCI", &[".circleci/config.yml"]),
    (
        r"https?://dev\.azure\.com/[^\s)\]\x22>]+/_(?:apis/)?build[^\s)\]\x22>]*",
        "Azure Pipelines",
        &["azure-pipelines.yml", ".azure-pipelines/"],
    ),
    (r"https?://(?:prow|testgrid)\.[^\s)\]\x22>]+", "Prow", &[".prow.yaml"]),
    (r"https?://ci\.appveyor\.com/[^\s)\]\x22>]+", "AppVeyor", &["appveyor.yml", ".appveyor.yml"]),
    (
        r"https?://[^\s)\]\x22>]*/concourse/[^\s)\]\x22>]+|https?://concourse\.[^\s)\]\x22>]+",
        "Concourse",
        &["ci/pipeline.yml"],
    ),
];

/// Gathers the signs.
pub(super) fn signs(facts: &Facts<'_>, ci: &Ci) -> Vec<Blind> {
    let mut found = Vec::new();
    let tree = facts.tree;
    let mut named: Vec<&str> = Vec::new();
    for file in tree.files() {
        let Some((_, system)) = UNREAD.iter().find(|(path, _)| matches_path(&file.path, path)) else { continue };
        if !named.contains(system) {
            named.push(system);
            let why = format!(
                "CI is defined for {system} here ({}), which is not read yet: give its report or attest it",
                file.path
            );
            found.push(Blind { place: Some(Place::file(file.path.clone())), why });
        }
    }
    if let Some(place) = prow::approvers(facts) {
        found.push(sign(&place.path, "Prow's owners files"));
    }
    found.extend(unstarted(ci));
    found.extend(badges(facts));
    found.extend(idle_scripts(facts, ci));
    found
}

/// Files of systems that deploy, whose form is not read: a beginning or an end of the path, and the system.
const DEPLOYERS: &[(&str, &str)] = &[
    ("gocd/", "GoCD"),
    (".gocd/", "GoCD"),
    (".gocd.yaml", "GoCD"),
    (".gocd.yml", "GoCD"),
    (".spinnaker/", "Spinnaker"),
    ("spinnaker/", "Spinnaker"),
    (".harness/", "Harness"),
    (".octopus/", "Octopus Deploy"),
    (".release/ci.hcl", "HashiCorp's release pipeline"),
];

/// Definitions of deployments that are not read.
pub(super) fn deployments(facts: &Facts<'_>) -> Vec<Blind> {
    let defines = |path: &str| {
        let ends = [".md", ".sh", ".lock", ".lock.json"].iter().any(|end| path.ends_with(end));
        let is_one =
            |(mark, _): &&(&str, &str)| if mark.ends_with('/') { path.starts_with(mark) } else { path.ends_with(mark) };
        DEPLOYERS.iter().find(is_one).filter(|_| !ends).map(|(_, system)| *system)
    };
    let found = facts.tree.files().iter().find_map(|file| Some((file.path.clone(), defines(&file.path)?)));
    let blind = found.map(|(path, system)| Blind {
        why: format!("{system} deploys by what stands here ({path}), which is not read yet: attest it"),
        place: Some(Place::file(path)),
    });
    blind.into_iter().collect()
}

/// Builds that are defined here and started by something that is not: on what they run, the tree does not say.
fn unstarted(ci: &Ci) -> impl Iterator<Item = Blind> {
    let jobs = ci.jobs.iter().filter_map(|job| job.triggers.iter().find(|one| one.event.is_unseen()));
    jobs.map(|trigger| Blind {
        place: Some(trigger.place.clone()),
        why: format!("it is started by {}", trigger.event.name()),
    })
}

/// How an event ends that only something outside of the tree knows.
pub(super) const NOT_HERE: &str = "that is not in the tree";

fn sign(path: &str, what: &str) -> Blind {
    let why = format!("CI seems to run elsewhere ({what}: {path}): give its report or attest it");
    Blind { place: Some(Place::file(path)), why }
}

fn matches_path(path: &str, pattern: &str) -> bool {
    if pattern.ends_with('/') { path.starts_with(pattern) } else { path == pattern }
}

fn badges(facts: &Facts<'_>) -> Vec<Blind> {
    let mut found = Vec::new();
    let Some(readme) =
        ["README.md", "readme.md", "README.rst", "README.adoc", "README"].iter().find_map(|path| facts.tree.text(path))
    else {
        return found;
    };
    let patterns = PatternSet::new(BADGES.iter().map(|(pattern, ..)| pattern));
    for position in patterns.candidates(readme.text()) {
        let (Some((_, system, files)), Some(scan)) =
            (BADGES.get(position), patterns.get(position).and_then(Lazy::scan))
        else {
            continue;
        };
        let defined =
            facts.tree.files().iter().any(|file| files.iter().any(|pattern| matches_path(&file.path, pattern)));
        let Some(badge) = scan.find(readme.text()) else { continue };
        if !defined {
            let why = format!(
                "CI seems to run elsewhere (a link to {system} in {}): give its report or attest it",
                readme.name()
            );
            found.push(Blind { place: Some(Place::at(readme.name(), Span::new(badge.start(), badge.end()))), why });
        }
    }
    found
}

/// A folder of CI scripts that no workflow of this tree reaches.
fn idle_scripts(facts: &Facts<'_>, ci: &Ci) -> Option<Blind> {
    let folders = ["ci/", ".ci/", "ci-build/"];
    let mut scripts = facts.tree.files().iter().filter(|file| {
        folders.iter().any(|folder| file.path.starts_with(folder))
            && (file.path.ends_with(".sh") || !file.name().contains('.'))
    });
    let first = scripts.next()?;
    let folder = first.path.split('/').next().unwrap_or_default();
    let reached = ci.commands.iter().any(|command| {
        command.place.path.starts_with(&format!("{folder}/"))
            || command.words.iter().any(|word| word.contains(&format!("{folder}/")))
    });
    (!reached).then(|| sign(&first.path, "scripts that no workflow here calls"))
}
