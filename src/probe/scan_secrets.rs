//! `@scan.secrets()`: the scan for secrets that this run makes itself.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::quantity::Quantity;

/// `@scan.secrets()`
pub static PROBE: Probe = Probe {
    name: "scan.secrets",
    summary: "scans every file that a commit would carry for secrets; yields the number of leaks, a sighting for each",
    usage: "@scan.secrets()",
    arity: (0, 0),
    patterns_from: None,
    facts: &[],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, _question: &Question) -> Answer {
    let secrets = facts.secrets();
    let leaks = secrets.findings.iter().filter(|finding| finding.is_leak()).count();
    let count = Observed::Quantity(Quantity::count(leaks as f64));
    let mut answer = Answer::default();
    for finding in &secrets.findings {
        let place = Place::at(finding.path.clone(), finding.span);
        let sighting = Sighting::new(place, Strength::Measured, finding.message());
        if finding.is_leak() {
            answer.seen.push(sighting.with(count.clone()));
        } else {
            answer.notes.push(sighting);
        }
    }
    if leaks == 0 && secrets.scanned > 0 {
        let plural = if secrets.scanned == 1 { "" } else { "s" };
        let message = format!("{} file{plural} scanned, no leak", secrets.scanned);
        answer.seen.push(Sighting::new(Place::file("."), Strength::Measured, message).with(count));
    }
    answer.notes.extend(strays(facts));
    answer.blind.extend(secrets.unread.iter().cloned());
    answer
}

/// Where people keep secrets beside the project.
const STRAYS: &[&str] = &[
    ".env",
    ".env.local",
    ".env.production",
    ".env.prod",
    "secrets.yml",
    "secrets.yaml",
    ".netrc",
    ".pgpass",
    "id_rsa",
    "id_ed25519",
];

/// Files of secrets that lie in the folder and that git ignores: no commit carries them, an image build may.
fn strays(facts: &Facts<'_>) -> Vec<Sighting> {
    let root = facts.tree.root();
    let lies_there = |name: &&&str| {
        let is_file = || std::fs::symlink_metadata(root.join(name)).is_ok_and(|found| found.is_file());
        !root.as_os_str().is_empty() && facts.tree.file(name).is_none() && is_file()
    };
    let say = |name: &&str| {
        Sighting::new(
            Place::file(*name),
            Strength::Measured,
            "ignored by git and not scanned; an image build may carry it",
        )
    };
    STRAYS.iter().filter(lies_there).map(say).collect()
}
