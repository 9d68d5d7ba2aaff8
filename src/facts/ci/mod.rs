//! What CI runs, and which of it can stop a merge or a release.

mod appveyor;
mod azure;
mod bitbucket;
mod buildkite;
mod circle;
mod cirrus;
mod cloud_build;
mod code_build;
pub mod codeql;
mod condition;
pub mod cron;
pub mod deploy;
mod drone;
mod elsewhere;
pub mod excerpt;
mod follow;
mod github;
mod gitlab;
mod hosted_hooks;
mod jenkins;
mod model;
mod path;
pub mod pattern;
mod plain;
pub mod prow;
pub mod shell;
mod tekton;
pub mod tools;
mod travis;
pub(in crate::facts) mod wrap;

use super::Facts;
pub use model::{Action, Ci, Command, Event, Job, Link, Step, Trigger};

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Ci {
    let mut walk = follow::Walk::new(facts);
    github::read(&mut walk);
    gitlab::read(&mut walk);
    circle::read(&mut walk);
    azure::read(&mut walk);
    buildkite::read(&mut walk);
    drone::read(&mut walk);
    travis::read(&mut walk);
    bitbucket::read(&mut walk);
    jenkins::read(&mut walk);
    appveyor::read(&mut walk);
    cloud_build::read(&mut walk);
    code_build::read(&mut walk);
    cirrus::read(&mut walk);
    tekton::read(&mut walk);
    hosted_hooks::read(&mut walk);
    let mut ci = walk.ci;
    ci.set_left_behind_aside();
    let signs = elsewhere::signs(facts, &ci);
    ci.elsewhere.extend(signs);
    ci.deploys_unread.extend(elsewhere::deployments(facts));
    ci.own_name = facts.own_name().clone();
    ci
}
