//! What a scan for known vulnerabilities leaves out: one that passes over the program, or over all libraries, tells nothing of
//! what the program is built with.

use super::ci_runs::shown;
use crate::facts::Facts;
use crate::facts::ci::pattern::values_of;
use crate::facts::ci::{Action, Command};
use crate::facts::production::Standing;
use crate::tree::path::{is_at, join};
use crate::value::Value;

/// The file that Trivy takes its settings from where it is given no other.
const SETTINGS: &str = "trivy.yaml";

/// Why the scan of an action tells nothing of the libraries of the program.
pub(super) fn of_action(facts: &Facts<'_>, action: &Action) -> Option<String> {
    if action.name != "aquasecurity/trivy-action" {
        return None;
    }
    let given = |names: &[&str]| -> Vec<String> {
        let inputs = names.iter().filter_map(|name| action.with.get(*name));
        inputs.flat_map(|text| listed(text)).collect()
    };
    let settings = action.with.get("trivy-config").filter(|file| !file.is_empty()).map_or(SETTINGS, String::as_str);
    let own = Limits { kinds: given(&["vuln-type", "pkg-types"]), skipped: given(&["skip-files", "skip-dirs"]) };
    own.over(Limits::of_file(facts, "", settings)).why(facts)
}

/// Why the scan of a command tells nothing of the libraries of the program.
pub(super) fn of_command(facts: &Facts<'_>, command: &Command) -> Option<String> {
    if command.words.first().is_none_or(|program| program != "trivy") {
        return None;
    }
    let given = |names: &[&'static str]| -> Vec<String> {
        let values = names.iter().flat_map(|name| values_of(&command.words, name)).flatten();
        values.flat_map(listed).collect()
    };
    let settings = given(&["--config", "-c"]).pop().unwrap_or_else(|| SETTINGS.to_owned());
    let own =
        Limits { kinds: given(&["--vuln-type", "--pkg-types"]), skipped: given(&["--skip-files", "--skip-dirs"]) };
    own.over(Limits::of_file(facts, &command.dir, &settings)).why(facts)
}

/// The parts of a list that is written in one text.
fn listed(text: &str) -> impl Iterator<Item = String> {
    text.split([',', '\n']).map(|one| one.trim().to_owned()).filter(|one| !one.is_empty())
}

/// What a scan is limited to.
#[derive(Debug, Default)]
struct Limits {
    /// The kinds of packages that it reads; all where none is named.
    kinds: Vec<String>,
    /// The files and folders that it passes over.
    skipped: Vec<String>,
}

impl Limits {
    /// What a file of settings says.
    fn of_file(facts: &Facts<'_>, dir: &str, name: &str) -> Self {
        let parsed = join(dir, name).and_then(|path| facts.parsed(&path));
        let Some(root) = parsed.and_then(|parsed| parsed.first()) else { return Self::default() };
        let texts = |path: &[&str]| root.at(path).and_then(Value::as_list).unwrap_or_default().iter();
        let all = |paths: [&[&str]; 2]| -> Vec<String> {
            paths.into_iter().flat_map(texts).filter_map(Value::scalar_text).collect()
        };
        Self {
            kinds: all([&["pkg", "types"], &["vulnerability", "type"]]),
            skipped: all([&["scan", "skip-files"], &["scan", "skip-dirs"]]),
        }
    }

    /// These limits, and where they say nothing those of the settings.
    fn over(self, settings: Self) -> Self {
        let or = |own: Vec<String>, other: Vec<String>| if own.is_empty() { other } else { own };
        Self { kinds: or(self.kinds, settings.kinds), skipped: or(self.skipped, settings.skipped) }
    }

    /// Why what is left tells nothing of the libraries of the program.
    fn why(&self, facts: &Facts<'_>) -> Option<String> {
        if !self.kinds.is_empty() && self.kinds.iter().all(|kind| kind == "os") {
            return Some("it reads the packages of the system alone".to_owned());
        }
        let skipped = self.skipped.iter().find(|path| holds_program(facts, path))?;
        Some(format!("it leaves out `{}`, where the program is", shown(skipped)))
    }
}

/// Whether a path in an image is the program of the project, or a folder that it lies in.
fn holds_program(facts: &Facts<'_>, path: &str) -> bool {
    let path = path.trim_start_matches("**/").trim_matches('/');
    let last = path.rsplit('/').next().unwrap_or(path);
    let images = facts.containers().images.iter().filter(|image| image.standing == Standing::Production);
    let mut instructions =
        images.flat_map(|image| image.shipped.iter().flat_map(|&stage| &image.file.stages[stage].instructions));
    facts.own_name().is_whole(last)
        || instructions.any(|one| {
            let places = matches!(one.keyword.as_str(), "ENTRYPOINT" | "CMD") || one.flag("from").is_some();
            places && one.command().split_whitespace().any(|word| word.starts_with('/') && is_at(&word[1..], path))
        })
}
