//! What the commands and steps of a section do: whether anything is put up by them, and where.

use super::candidates::Candidate;
use super::symptoms;
use super::topic::Topic;
use crate::facts::Facts;
use crate::facts::documents::{Block, BlockKind, Section};
use crate::pattern::pattern;

// What only a developer starts, as the last of a block, or with settings that are a developer's.
pattern!(
    DEVELOPERS,
    r"(?i)\bmanage\.py runserver\b|\bartisan serve\b|\b(?:npm|yarn|pnpm|bun)(?: run)? (?:dev|start:dev|serve:dev)\b|\b(?:nodemon|webpack-dev-server|cargo watch)\b|\bflask\b.* --debug\b"
);
pattern!(
    DEVELOPERS_SETTINGS,
    r"(?i)\s--env-file[= ]\S*(?:\b|_)(?:dev|devel|development|local|example|sample|test)(?:\b|_)|\bcompose\b[^\n]* (?:-f|--file)[= ]\S*(?:\b|_)(?:dev|devel|development|local|example|test)(?:\b|_)"
);
// What leads to other commands and does nothing by itself.
pattern!(
    ON_THE_WAY,
    r"^(?:cd|export|set|source|echo|mkdir|ls|wget|curl|unzip|tar|cp|mv|sed|git (?:clone|checkout|pull|fetch|add|commit)|\w+=\S*$)(?:\s|$)"
);
pattern!(PROMPT, r"^(?:[$>#%] +)?(?:sudo +)?(?:\w+=\S+ +)*");
// A sentence that puts something up: "the hosts then restart it".
pattern!(
    PUTS_UP,
    r"(?i)\b(?:(?:re-?)?starts?|restarted|launch|rolls? out|rolled out|(?:re-?)?deploy(?:s|ed)?|upload(?:ed)?|upgrades?)\s+(?:it|them|the|this|that|your|our|to|on|onto|in|into|with|by)\b"
);
// What somebody is told to do who puts something up by hand.
pattern!(
    STEP,
    r"(?i)^\W*(?:(?:first|then|next|finally|now|please|optionally|once more),?\s+)?(?:(?:you (?:can|must|should|(?:will )?need to|have to)|to|let'?s)\s+)?(?:access|add|allow|apply|assign|attach|back|build|bump|change|check|checkout|choose|click|clone|configure|confirm|connect|copy|create|define|delete|deploy|disable|discard|download|drain|edit|enable|ensure|enter|execute|export|extract|fetch|fill|find|follow|fork|generate|get|give|go|import|initiali[sz]e|inspect|install|launch|load|log|make|merge|migrate|move|name|navigate|notify|obtain|open|pause|perform|pick|place|point|prepare|press|provide|provision|publish|pull|push|put|reboot|re-?build|register|release|reload|re-?set|remove|rename|replace|restart|resume|review|rotate|run|save|scale|schedule|scroll|select|send|set|set-?up|shut|sign|specify|start|stop|switch|tag|take|tell|test|try|unpack|unzip|update|upgrade|upload|use|verify|visit|wait|write)\b"
);

/// Whether a block of commands is for a developer: what it starts, or the settings that it takes, are theirs.
pub(super) fn is_developers(block: &Block) -> bool {
    let last = block.text.lines().map(str::trim).rfind(|line| !line.is_empty() && !line.starts_with('#'));
    DEVELOPERS_SETTINGS.is_match(&block.text) || last.is_some_and(|line| DEVELOPERS.is_match(line))
}

/// Whether all that a candidate's commands do is to make or publish something, and no sentence puts it up.
pub(super) fn only_makes(topic: &Topic, candidate: &Candidate<'_>) -> bool {
    if !topic.tells_making() {
        return false;
    }
    let blocks = || candidate.speaking(topic).flat_map(|(_, section)| &section.blocks);
    let commands = || blocks().filter(|block| block.kind == BlockKind::Command).flat_map(|block| commands(&block.text));
    let is_idle = |line: &str| topic.is_making(line) || ON_THE_WAY.is_match(line);
    commands().any(|line| topic.is_making(line))
        && commands().all(is_idle)
        && !blocks().any(|block| block.kind != BlockKind::Command && PUTS_UP.is_match(&block.text))
}

/// Whether all that a candidate's commands do is what the program puts up for its users: `shop bundle apply -f theirs.cue`.
/// What installs the program itself by its own name is another thing.
pub(super) fn is_of_users(facts: &Facts<'_>, topic: &Topic, candidate: &Candidate<'_>) -> bool {
    if !topic.tells_making() {
        return false;
    }
    let blocks = || candidate.speaking(topic).flat_map(|(_, section)| &section.blocks);
    let commands = || blocks().filter(|block| block.kind == BlockKind::Command).flat_map(|block| commands(&block.text));
    let is_own = |line: &str| line.split_whitespace().next().is_some_and(|word| facts.own_name().is_whole(word));
    let puts_up = |line: &str| {
        let mut words = line.split_whitespace().skip(1).take_while(|word| *word != "|").take(2);
        is_own(line) && words.any(|word| matches!(word, "apply" | "deploy"))
    };
    commands().any(puts_up) && commands().all(|line| is_own(line) || ON_THE_WAY.is_match(line))
}

/// Whether a sentence tells somebody what to do.
pub(super) fn is_told(sentence: &str) -> bool {
    STEP.is_match(sentence)
}

/// Whether steps tell somebody what to do, half of them at least: those of a program say what it does.
pub(super) fn are_told<'t>(steps: impl Iterator<Item = &'t str>) -> bool {
    let (mut all, mut told) = (0, 0);
    for step in steps {
        all += 1;
        told += usize::from(is_told(step));
    }
    told * 2 >= all
}

/// Whether one section of a page says how something shows, and another tells what to do about it.
pub(super) fn is_answered(topic: &Topic, candidate: &Candidate<'_>) -> bool {
    let titled = |is_one: fn(&str) -> bool| {
        candidate.speaking(topic).map(|(_, section)| section).filter(move |section| is_one(&section.title))
    };
    let tells = |section: &Section| section.blocks.iter().flat_map(|block| block.text.split(". ")).any(is_told);
    titled(symptoms::shows).any(|section| !section.is_bare()) && titled(symptoms::is_remedy).any(tells)
}

/// The commands of a block, without prompts, what continues them, and what they answer.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let mut continues = false;
    text.lines().map(str::trim).filter_map(move |line| {
        let is_first = !std::mem::replace(&mut continues, line.ends_with('\\'));
        let typed = PROMPT.find(line).map_or(line, |prompt| &line[prompt.end()..]);
        let is_command = typed.starts_with(|c: char| c.is_ascii_lowercase() || matches!(c, '.' | '/' | '~' | '$'));
        (is_first && is_command).then_some(typed)
    })
}
