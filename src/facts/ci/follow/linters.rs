//! Actions of another repository that bear the name of an analyser: `acme/actions/golangci-lint`.

use super::{Call, Walk};
use crate::evidence::Place;

/// An analyser: its name, the command that it is, and how the files begin or end that it is set by.
struct Linter {
    name: &'static str,
    command: &'static [&'static str],
    settings: &'static [&'static str],
}

const LINTERS: &[Linter] = &[
    Linter {
        name: "golangci-lint",
        command: &["golangci-lint", "run"],
        settings: &[
            ".golangci.yml",
            ".golangci.yaml",
            ".golangci.toml",
            ".golangci.json",
            "golangci.yml",
            "golangci.yaml",
        ],
    },
    Linter {
        name: "eslint",
        command: &["eslint", "."],
        settings: &[
            ".eslintrc",
            ".eslintrc.js",
            ".eslintrc.cjs",
            ".eslintrc.json",
            ".eslintrc.yml",
            ".eslintrc.yaml",
            "eslint.config.js",
            "eslint.config.mjs",
            "eslint.config.cjs",
            "eslint.config.ts",
        ],
    },
    Linter { name: "clippy", command: &["cargo", "clippy"], settings: &["clippy.toml", ".clippy.toml"] },
    Linter { name: "ruff", command: &["ruff", "check"], settings: &["ruff.toml", ".ruff.toml"] },
    Linter { name: "rubocop", command: &["rubocop"], settings: &[".rubocop.yml"] },
    Linter { name: "mypy", command: &["mypy"], settings: &["mypy.ini", ".mypy.ini"] },
    Linter { name: "phpstan", command: &["phpstan", "analyse"], settings: &["phpstan.neon", "phpstan.neon.dist"] },
];

impl Walk<'_> {
    /// Lists the analyser that an action in a folder of another repository is by its name: surely where its settings are in
    /// the tree, for they are there to be read.
    pub(in crate::facts::ci) fn foreign_linter(&mut self, name: &str, place: &Place, call: &Call) {
        let [_, _, .., folder] = name.split('/').collect::<Vec<_>>()[..] else { return };
        let Some(linter) = LINTERS.iter().find(|linter| linter.name == folder) else { return };
        let is_set = self.facts.tree.files().iter().any(|file| linter.settings.contains(&file.name()));
        let words: Vec<String> = linter.command.iter().map(|word| (*word).to_owned()).collect();
        let call = Call { sure: call.sure && is_set, ..call.clone() };
        self.list(&words, place, &call);
    }
}
