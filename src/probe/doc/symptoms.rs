//! Problems beside what is done about them: tables with a column for each, and labels that say which is which.

use crate::pattern::pattern;
use crate::source::Span;

pattern!(
    SYMPTOM,
    r"(?i)^\W*(?:(?:common|typical|possible|observed|known) )?(?:symptoms?|problems?|issues?|errors?|error messages?|failures?|failure modes?|what (?:you see|goes wrong|breaks))\W*\d*\W*$"
);
pattern!(
    ANSWER,
    r"(?i)^\W*(?:(?:likely|possible|probable|root|common|suggested|recommended|quick) )?(?:causes?|reasons?|fix(?:es)?|solutions?|resolutions?|remed(?:y|ies)|workarounds?|mitigations?|recovery|actions?|what to (?:do|try|check)|how to (?:fix|resolve|solve)(?: it| this)?)(?: ?(?:/|and|&|or) ?[\w ]+)?\W*\d*\W*$"
);

/// Whether the heading row of a table has a column of symptoms and one of what causes or mends them.
pub(super) fn is_table(cells: &[String]) -> bool {
    cells.iter().any(|cell| SYMPTOM.is_match(cell)) && cells.iter().any(|cell| ANSWER.is_match(cell))
}

/// Whether a row of such a table says more than the symptom.
pub(super) fn is_answered(cells: &[String]) -> bool {
    cells.iter().filter(|cell| cell.split_whitespace().count() >= 2).count() >= 2
}

/// A label with what follows it, whether that holds a command, and where it stands.
type Labelled<'a> = (&'a str, Vec<&'a str>, bool, Span);

/// Labels of a problem that an answer follows before the next one.
pub(super) fn pairs(labelled: &[Labelled<'_>]) -> Vec<Span> {
    let mut open = None;
    let mut found = Vec::new();
    for (label, rest, commands, span) in labelled {
        if SYMPTOM.is_match(label) {
            open = Some(*span);
        } else if ANSWER.is_match(label) && (*commands || rest.iter().any(|text| text.split_whitespace().count() >= 3))
        {
            found.extend(open.take());
        }
    }
    found
}
