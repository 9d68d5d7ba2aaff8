//! What CI runs, and which of it can stop a merge or a release.

mod circle;
pub mod cron;
pub mod deploy;
mod elsewhere;
pub mod excerpt;
mod follow;
mod github;
mod gitlab;
mod model;
mod path;
pub mod pattern;
pub mod shell;
pub mod tools;
pub(in crate::facts) mod wrap;

use super::Facts;
pub use model::{Action, Ci, Command, Event, Job, Link, Step, Trigger};

/// Reads them.
pub fn read(facts: &Facts<'_>) -> Ci {
    let mut walk = follow::Walk::new(facts);
    github::read(&mut walk);
    gitlab::read(&mut walk);
    circle::read(&mut walk);
    let mut ci = walk.ci;
    ci.elsewhere = elsewhere::signs(facts, &ci);
    ci
}
