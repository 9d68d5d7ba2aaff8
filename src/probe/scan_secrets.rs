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
        let message = format!("{} files scanned, no leak", secrets.scanned);
        answer.seen.push(Sighting::new(Place::file("."), Strength::Measured, message).with(count));
    }
    answer.blind.extend(secrets.unread.iter().cloned());
    answer
}
