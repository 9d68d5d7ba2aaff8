//! Lock files, and what a manifest or lock file is for by its place.

use super::Ecosystem;
use crate::facts::code::{Role, folder_role};
use crate::facts::production::is_in_integration;
use crate::pattern::pattern;
use std::sync::Arc;

/// A lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Its path.
    pub path: Arc<str>,
    /// Its registry.
    pub ecosystem: Ecosystem,
    /// What it is for: only those of the product ship (ruling 27).
    pub role: Role,
}

/// The ecosystem of a lock file's name.
pub(super) fn ecosystem(name: &str) -> Option<Ecosystem> {
    Some(match name {
        "Cargo.lock" => Ecosystem::Cargo,
        "package-lock.json" | "npm-shrinkwrap.json" | "pnpm-lock.yaml" | "yarn.lock" | "bun.lock" | "bun.lockb" => {
            Ecosystem::Npm
        }
        "poetry.lock" | "uv.lock" | "Pipfile.lock" | "pdm.lock" | "pylock.toml" => Ecosystem::Pypi,
        "go.sum" => Ecosystem::Go,
        "gradle.lockfile" => Ecosystem::Jvm,
        "packages.lock.json" => Ecosystem::Nuget,
        "Gemfile.lock" => Ecosystem::Gem,
        "composer.lock" => Ecosystem::Composer,
        _ => return None,
    })
}

/// Whether a lock file locks nothing that ships: what a tool leaves where a project has no such dependency, or where it only
/// has those of its developers.
pub(super) fn is_empty(name: &str, text: &str) -> bool {
    pattern!(NO_PACKAGES, r#""packages"\s*:\s*\{\s*\}"#);
    pattern!(NO_DEFAULT, r#"(?m)^\s{0,8}"default"\s*:\s*\{\s*\}"#);
    match name {
        "package-lock.json" | "npm-shrinkwrap.json" => NO_PACKAGES.is_match(text),
        "Pipfile.lock" => NO_DEFAULT.is_match(text),
        _ => false,
    }
}

/// What a manifest or lock file is for, by the folders it stands in.
pub(super) fn role(path: &str) -> Role {
    const DOCUMENTATION: &[&str] = &["website", "site", "documentation", "book"];
    const TOOLING: &[&str] = &["tools", "tooling", "scripts", "hack", "ci", "dev", "devtools"];
    let mut role = Role::Product;
    for part in path.split('/').rev().skip(1) {
        let found = match folder_role(part) {
            Role::Product if DOCUMENTATION.contains(&part) => Role::Example,
            Role::Product if TOOLING.contains(&part) => Role::Tooling,
            found => found,
        };
        if matches!(found, Role::Vendored | Role::Generated | Role::Fixture) {
            return found;
        }
        if found != Role::Product {
            role = found;
        }
    }
    if role == Role::Product && is_in_integration(path) { Role::Test } else { role }
}
