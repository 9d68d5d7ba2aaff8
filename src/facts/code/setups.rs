//! Files that a runner of tests names in its settings: what it does before the tests, and behind them, is none of the
//! product's work.

use super::{Code, Language};
use crate::facts::Facts;
use crate::pattern::pattern;
use crate::source::Source;
use crate::tree::File;
use crate::tree::path::{folder_of, join};
use std::collections::BTreeSet;

pattern!(
    NAMED,
    r#"["']?\b(?:globalSetup|globalTeardown|setupFiles|setupFilesAfterEnv)["']?\s*:\s*(?<value>\[[^\]]*\]|["'`][^"'`\n]+["'`])"#
);
pattern!(QUOTED, r#"["'`](?:<rootDir>/)?(?<value>[^"'`\n]+)["'`]"#);

/// What the settings of the runners are called, up to the first dot.
const RUNNERS: &[&str] = &["vitest", "vite", "jest", "playwright", "package"];

impl Code {
    /// Whether a runner of tests is told to run a file around the tests.
    pub(super) fn is_setup_of_tests(&self, facts: &Facts<'_>, path: &str) -> bool {
        self.setups.get_or_init(|| setups(facts)).contains(path)
    }
}

fn setups(facts: &Facts<'_>) -> BTreeSet<String> {
    let is_of_a_runner = |file: &&File| {
        let name = file.name();
        name == "package.json"
            || Language::of(&file.path) == Some(Language::JavaScript)
                && name.contains(".config.")
                && name.split('.').next().is_some_and(|runner| RUNNERS.contains(&runner))
    };
    let mut found = BTreeSet::new();
    for file in facts.tree.files().iter().filter(is_of_a_runner) {
        let Some(text) = file.text().map(Source::text) else { continue };
        for (_, value) in NAMED.find_all(text) {
            let names = value.map(|value| QUOTED.find_all(value.as_str())).into_iter().flatten();
            for name in names.filter_map(|(_, name)| join(folder_of(&file.path), name?.as_str())) {
                let written = ["", ".ts", ".js", ".mts", ".mjs"].map(|end| format!("{name}{end}"));
                found.extend(written.into_iter().find(|path| facts.tree.file(path).is_some()));
            }
        }
    }
    found
}
