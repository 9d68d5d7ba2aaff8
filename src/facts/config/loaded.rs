//! Files of variables that the program itself reads at its start, by a name in its source: `loadEnvFile('.env.example')`.

use super::script;
use crate::facts::Facts;
use crate::facts::code::{Hit, Scope, fills_or_dumps, serves_not};
use crate::facts::format::Format;
use crate::source::enclosing;
use crate::tree::path::{folder_of, join, upwards};
use std::collections::BTreeSet;

/// How programs say which file they fill their environment from.
pub(crate) const LOADS: &[&str] = &[
    r#"\bloadEnvFile\(\s*["'`](?<value>[^"'`$\n]{1,200})["'`]"#,
    r#"\bdotenv\.config\(\s*\{[^{}]{0,200}?\bpath\s*:\s*(?:[\w.]*(?:resolve|join)\([^()"'`\n]{0,60})?["'`](?<value>[^"'`$\n]{1,200})["'`]"#,
    r#"\b(?:load_dotenv|dotenv_values)\(\s*(?:dotenv_path\s*=\s*)?["'](?<value>[^"'\n]{1,200})["']"#,
    r#"\bgodotenv\.(?:Load|Overload)\(\s*"(?<value>[^"\n]{1,200})""#,
    r#"\bdotenvy?::from_(?:filename|path)(?:_override)?\(\s*"(?<value>[^"\n]{1,200})""#,
    r#"\bDotenv\.(?:load|overload)!?\(\s*["'](?<value>[^"'\n]{1,200})["']"#,
];

/// Files that are read whatever the environment, so that what stands in them counts where nothing stronger does.
pub(super) struct Loaded(BTreeSet<String>);

impl Loaded {
    /// Finds them, from the folder of what reads them upwards: where a program is started is not written down.
    pub(super) fn read(facts: &Facts<'_>) -> Self {
        let found = facts.code().find_all(facts, Scope::Product, LOADS);
        let hits = found.iter().flat_map(|hits| hits.iter()).filter(|hit| always_runs(facts, hit));
        let paths = hits.filter_map(|hit| {
            let (name, _) = hit.value.as_ref()?;
            let candidates = upwards(folder_of(&hit.path)).filter_map(|folder| join(folder, name));
            let mut known = candidates.filter(|path| facts.tree.file(path).is_some());
            known.find(|path| Format::of(path) == Some(Format::Dotenv))
        });
        Self(paths.collect())
    }

    /// Whether a file is one of them.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.0.contains(path)
    }
}

/// Whether the service comes to a call on every start: no branch leads there, and no tool of the developers makes it.
fn always_runs(facts: &Facts<'_>, hit: &Hit) -> bool {
    let name = hit.path.rsplit('/').next().unwrap_or(&hit.path);
    let is_of_a_tool = name.contains(".config.") || script::is_aside(&hit.path) || fills_or_dumps(&hit.path);
    let Some(before) = facts.tree.text(&hit.path).and_then(|source| source.text().get(..hit.span.start as usize))
    else {
        return false;
    };
    let asks = |line: &str| {
        let line = line.trim_start().trim_start_matches(['}', ' ']);
        ["if ", "if(", "elif ", "else", "case ", "switch", "match ", "when ", "unless ", "except", "catch", "rescue"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let own = before.rsplit('\n').next().unwrap_or_default();
    let is_chosen = asks(own) && !own.contains("err") || own.contains("&&") || own.contains('?') || own.contains("||");
    !is_of_a_tool && !is_chosen && !enclosing(before).any(asks) && !serves_not(facts, &hit.path)
}
