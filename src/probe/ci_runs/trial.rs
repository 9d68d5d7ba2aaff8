//! Commands that bring back nothing of anybody's: a job tries a program on what it has made itself.

use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::facts::ci::pattern::Pattern;

/// Why a command only tries what it does: the program is the project's own, one of `makers` has made what it is given in the
/// same job, or that stands on the machine of the job.
pub(super) fn of_command(facts: &Facts<'_>, command: &Command, makers: &[Pattern]) -> Option<String> {
    let program = command.words.first()?;
    if facts.own_name().is_whole(program) {
        return Some("it is the program of the project, which tries itself".to_owned());
    }
    let mut before = facts.ci().commands.iter().take_while(|other| !std::ptr::eq(*other, command));
    let is_made = before
        .any(|other| other.step.job == command.step.job && makers.iter().any(|maker| maker.matches(&other.words)));
    if is_made {
        return Some("what it is given is made in the same job".to_owned());
    }
    let is_here = |word: &String| ["endpoint=localhost", "endpoint=127.0.0.1"].iter().any(|here| word.contains(here));
    command.words.iter().any(is_here).then(|| "what it is given stands on the machine of the job".to_owned())
}
