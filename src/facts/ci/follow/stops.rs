//! Commands that fail wherever this tree is built: what they ask for is not in it.

use super::{Call, Walk};
use crate::facts::ci::path;

/// Files that Compose reads beside the one that needs no name.
const OVERRIDES: &[&str] =
    &["compose.override.yaml", "compose.override.yml", "docker-compose.override.yml", "docker-compose.override.yaml"];

impl Walk<'_> {
    /// Why a command always fails: it fetches what a file says that the tree does not hold.
    pub(super) fn stops_at(&self, words: &[String]) -> Option<String> {
        let file = match (words.first()?.as_str(), words.get(1)?.as_str()) {
            ("govendor", "sync") => "vendor.json",
            ("dep", "ensure") => "Gopkg.toml",
            ("glide", "install" | "up" | "update") => "glide.yaml",
            ("godep", "restore") => "Godeps.json",
            _ => return None,
        };
        let is_here = self.facts.tree.files().iter().any(|one| one.name() == file);
        (!is_here).then(|| format!("its job cannot succeed: `{}` has no {file} here", words.join(" ")))
    }

    /// Stops a job that starts a service of Compose which none of the files has that are read for it.
    pub(super) fn stop_without_service(&mut self, files: &[String], names: &[&str], call: &Call) {
        let root = |file: &String| self.facts.parsed(file).and_then(|parsed| parsed.first());
        let is_whole = |file: &String| {
            root(file).is_some_and(|root| root.get("services").is_some() && root.get("include").is_none())
        };
        let is_sure = call.excuse.is_none() && call.sure && !call.env.contains_key("COMPOSE_FILE");
        if !is_sure || files.is_empty() || !files.iter().all(is_whole) || self.is_in_another_tree(call) {
            return;
        }
        let folder = path::folder(&files[0]);
        let beside = OVERRIDES.iter().map(|name| path::join(folder, name));
        let read: Vec<String> = files.iter().cloned().chain(beside).collect();
        let services = self.services(&read);
        let is_missing = |name: &&&str| !name.contains('$') && !services.iter().any(|service| service == *name);
        if let Some(name) = names.iter().find(is_missing) {
            let why = format!("its job cannot succeed: {} has no service `{name}`", files.join(", "));
            self.ci.stop(call.step.job, why);
        }
    }
}
