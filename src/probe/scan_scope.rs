//! What a scan of settings reads: one folder of the tree may hold nothing of what ships.

use super::ci_runs::shown;
use crate::facts::Facts;
use crate::facts::ci::{Action, Command};
use crate::facts::production::Standing;
use crate::tree::path::{is_at, join};

/// Why the scan of an action tells nothing of the manifests and images of production.
pub(super) fn of_action(facts: &Facts<'_>, action: &Action) -> Option<String> {
    let inputs = ["scan-ref", "directory", "working_directory", "working-directory"];
    let given = inputs.iter().find_map(|input| action.with.get(*input))?;
    misses(facts, "", given)
}

/// Why the scan of a command tells nothing of the manifests and images of production.
pub(super) fn of_command(facts: &Facts<'_>, command: &Command) -> Option<String> {
    let words = &command.words;
    let given = match words.first()?.as_str() {
        "checkov" => {
            words.windows(2).find(|pair| matches!(pair[0].as_str(), "-d" | "--directory")).map(|pair| &pair[1])
        }
        "tfsec" => words.get(1).filter(|word| !word.starts_with('-')),
        "trivy" => words.last().filter(|word| word.contains('/') && !word.starts_with('-')),
        _ => return None,
    };
    misses(facts, &command.dir, given.map_or("", String::as_str))
}

/// Why a scan of a folder tells nothing of what ships: all of it stands elsewhere. A path that is put together may be any.
fn misses(facts: &Facts<'_>, dir: &str, given: &str) -> Option<String> {
    if given.starts_with('/') || [dir, given].iter().any(|part| part.contains(['$', '*', '{', ':'])) {
        return None;
    }
    let folder = join(dir, given).filter(|folder| !folder.is_empty())?;
    let images = facts.containers().images.iter().filter(|image| image.standing == Standing::Production);
    let objects = facts.kubernetes().production().map(|object| &object.path);
    let mut shipped = images.map(|image| &image.path).chain(objects).peekable();
    let is_missed = shipped.peek().is_some() && !shipped.any(|path| is_at(path, &folder));
    is_missed
        .then(|| format!("it reads `{}`, where no manifest and no Dockerfile of what ships stands", shown(&folder)))
}
