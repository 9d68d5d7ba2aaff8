//! Files of Rake: the tasks that they define, by their whole names, with what they need and the commands that they run.

use crate::pattern::pattern;
use crate::source::Span;

pattern!(
    HEAD,
    r#"(?m)^(?P<indent>[ \t]*)(?:multi)?task[ \t(]+(?P<name>:?["']?[A-Za-z_][\w:-]*["']?:?)(?P<rest>[^\n#\[]*(?:\[[^\]]*\][^\n#\[]*)*)"#
);
pattern!(SPACE, r#"^namespace[ \t(]+:?["']?(?P<name>[A-Za-z_][\w-]*)"#);
pattern!(TASK, r"[A-Za-z_][\w:-]*");
pattern!(BLOCK, r"\bdo\b|\{");
pattern!(
    CALL,
    r#"^(?P<before>.*?)\b(?P<how>sh|exec|system)\b[ (]+(?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>[^'\n]*)')(?P<rest>[^\n]*)"#
);
pattern!(TEXT, r"^(?P<how>sh|system)[ (]+<<[~-]?['\x22]?(?P<end>[A-Z_]+)['\x22]?(?P<rest>[^\n]*)");
pattern!(QUOTED, r"^(?P<before>(?:\w+[ \t]*=[ \t]*)?)`(?P<command>[^`\n]*)`(?P<rest>[^\n]*)");
pattern!(INVOKED, r#"^Rake::Task\[[:"']+(?P<name>[\w:-]+)["']?\]\.(?:invoke|execute)\b(?P<rest>[^\n]*)"#);
pattern!(FAILS, r"^(?:exit!?[ (]+(?:[1-9]|false|\$)|abort\b|raise\b|fail\b)");
pattern!(
    OR_FAILS,
    r"(?:\|\||\bor)[ \t]+(?:exit!?[ (]+(?:[1-9]|false|\$)|abort\b|raise\b|fail\b)|\bexception:[ \t]*true"
);
pattern!(ON_STATUS, r"\$\?|\$CHILD_STATUS");
pattern!(MODIFIER, r"[ \t](?:if|unless|while|until|rescue)[ \t]");
pattern!(LEAVES, r"^(?:next|return|break|exit|abort|raise|fail)\b");

/// What becomes of a command that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The task fails with it.
    Passed,
    /// Nothing: what it ends with is not looked at.
    Dropped,
    /// It is no command, but another task by its name.
    Invoked,
}

/// Something that a task runs.
#[derive(Debug)]
pub(super) struct Act {
    /// The command, or the name of the task.
    pub(super) span: Span,
    pub(super) outcome: Outcome,
    /// `false` where the task may pass it by, or it is not told what becomes of its failure.
    pub(super) is_sure: bool,
}

/// A definition of a task; several may bear one name.
#[derive(Debug)]
pub(super) struct Definition {
    /// The whole name: `lint:ruby`.
    pub(super) name: String,
    /// The names of the spaces around it: `lint:`.
    pub(super) space: String,
    /// The tasks that run before it, and where that is said.
    pub(super) needs: Vec<(String, Span)>,
    pub(super) acts: Vec<Act>,
    /// Whether something around it decides whether there is such a task.
    pub(super) is_conditional: bool,
}

/// The definitions of a file.
pub(super) fn definitions(text: &str) -> Vec<Definition> {
    let defined = HEAD.captures_iter(text).filter_map(|head| {
        let (indent, named, rest) = (head.name("indent")?, head.name("name")?, head.name("rest")?);
        let (space, is_conditional) = around(&text[..indent.start()], indent.as_str().len());
        let own = named.as_str().trim_matches([':', '"', '\'']);
        let block = BLOCK.find(rest.as_str());
        let listed = &rest.as_str()[..block.as_ref().map_or(rest.as_str().len(), crate::pattern::Match::start)];
        let from = if named.as_str().ends_with(':') { Some(0) } else { listed.find("=>").map(|at| at + 2) };
        let needs = from.map(|from| needs(listed, rest.start(), from)).unwrap_or_default();
        let ends_here = rest.as_str().trim_end().ends_with(" end");
        let opens = block.is_some_and(|found| found.as_str() == "do") && !ends_here;
        let acts = if opens { acts(text, rest.end(), indent.as_str()) } else { Vec::new() };
        Some(Definition { name: format!("{space}{own}"), space, needs, acts, is_conditional })
    });
    defined.collect()
}

/// The tasks that a list names behind `from`; `start` is where the list stands in the file.
fn needs(listed: &str, start: usize, from: usize) -> Vec<(String, Span)> {
    let is_sign = |at: usize, word: &str| listed[..at].ends_with('%') && matches!(word, "i" | "w" | "I" | "W");
    let found = TASK.find_iter(&listed[from..]).filter(|found| !is_sign(from + found.start(), found.as_str()));
    let named = found.map(|found| {
        let at = start + from + found.start();
        (found.as_str().trim_end_matches(':').to_owned(), Span::new(at, start + from + found.end()))
    });
    named.collect()
}

/// The spaces of names around what stands this deep, and whether a condition is among what encloses it.
fn around(before: &str, depth: usize) -> (String, bool) {
    let mut least = depth;
    let mut space = String::new();
    let mut is_conditional = false;
    for line in before.lines().rev().filter(|line| !line.trim().is_empty()) {
        let (deep, line) = (line.len() - line.trim_start().len(), line.trim_start());
        if deep >= least || line.starts_with('#') {
            continue;
        }
        least = deep;
        if let Some(name) = SPACE.captures(line).and_then(|found| found.name("name")) {
            space = format!("{}:{space}", name.as_str());
        } else if !line.starts_with("begin") {
            is_conditional = true;
        }
    }
    (space, is_conditional)
}

/// What the block of a task runs, which begins behind its head and ends with an `end` as deep as that.
fn acts(text: &str, from: usize, indent: &str) -> Vec<Act> {
    let close = format!("{indent}end");
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        let bare = line.trim_end();
        if bare.starts_with(&close) && !bare[close.len()..].starts_with(|one: char| one.is_alphanumeric()) {
            break;
        }
        let is_said = !bare.trim_start().is_empty() && !bare.trim_start().starts_with('#');
        if at > from && is_said {
            lines.push((at + bare.len() - bare.trim_start().len(), bare.trim_start()));
        }
        at += line.len();
    }
    let deep = |at: usize| at - text[..at].rfind('\n').map_or(0, |end| end + 1);
    let Some(own) = lines.first().map(|(at, _)| deep(*at)) else { return Vec::new() };
    let mut found = Vec::new();
    let mut goes_on = true;
    for (index, (at, line)) in lines.iter().enumerate() {
        let is_reached = goes_on && deep(*at) == own;
        let next = lines.get(index + 1).map_or("", |(_, next)| *next);
        found.extend(act(text, *at, line, next).map(|act| Act { is_sure: act.is_sure && is_reached, ..act }));
        let only_fails = FAILS.is_match(line) && MODIFIER.is_match(line);
        goes_on &= deep(*at) != own || !LEAVES.is_match(line) || only_fails;
    }
    found
}

/// What a line runs, with the line behind it, which may look at how it ended.
fn act(text: &str, at: usize, line: &str, next: &str) -> Option<Act> {
    let spanned = |from: usize, to: usize| Span::new(at + from, at + to);
    if let Some(found) = INVOKED.captures(line) {
        let (name, rest) = (found.name("name")?, found.name("rest")?);
        let is_sure = !MODIFIER.is_match(rest.as_str());
        return Some(Act { span: spanned(name.start(), name.end()), outcome: Outcome::Invoked, is_sure });
    }
    if let Some(found) = QUOTED.captures(line) {
        let (before, command) = (found.name("before")?, found.name("command")?);
        let outcome = if looks_at_status(next) { Outcome::Passed } else { Outcome::Dropped };
        let is_sure = before.as_str().is_empty() && !MODIFIER.is_match(found.name("rest")?.as_str());
        return Some(Act { span: spanned(command.start(), command.end()), outcome, is_sure });
    }
    if let Some(found) = TEXT.captures(line) {
        let start = at + line.len() + 1;
        let mut lines = text.get(start..)?.split_inclusive('\n');
        let end = found.name("end")?.as_str();
        let length: usize = lines.by_ref().take_while(|line| line.trim() != end).map(str::len).sum();
        let (how, rest) = (found.name("how")?.as_str(), found.name("rest")?.as_str());
        let outcome = if how == "sh" || OR_FAILS.is_match(rest) { Outcome::Passed } else { Outcome::Dropped };
        return Some(Act { span: Span::new(start, start + length), outcome, is_sure: !MODIFIER.is_match(rest) });
    }
    let found = CALL.captures(line)?;
    let (before, how, rest) =
        (found.name("before")?.as_str(), found.name("how")?.as_str(), found.name("rest")?.as_str());
    let command = found.name("double").or_else(|| found.name("single"))?;
    // The words of a command one by one.
    if rest.trim_start().strip_prefix(',').is_some_and(|rest| rest.trim_start().starts_with(['"', '\'', '*'])) {
        return None;
    }
    let (outcome, is_sure) = outcome(before.trim(), how, rest, next)?;
    Some(Act { span: spanned(command.start(), command.end()), outcome, is_sure: is_sure && !MODIFIER.is_match(rest) })
}

/// What becomes of the failure of a command, by what stands around it, and whether that is told.
fn outcome(before: &str, how: &str, rest: &str, next: &str) -> Option<(Outcome, bool)> {
    let looks_on = rest.contains("|ok");
    match (before, how) {
        ("", "sh" | "exec") if !looks_on => Some((Outcome::Passed, true)),
        ("", "sh" | "exec") => Some((Outcome::Dropped, false)),
        ("", _) if OR_FAILS.is_match(rest) || looks_at_status(next) => Some((Outcome::Passed, true)),
        ("unless" | "unless(" | "if !" | "if not" | "if(!", "system") if FAILS.is_match(next) => {
            Some((Outcome::Passed, true))
        }
        ("", _) | ("unless" | "unless(" | "if !" | "if not" | "if(!", "system") => Some((Outcome::Dropped, true)),
        (_, "system") if FAILS.is_match(before) && before.ends_with("unless") => Some((Outcome::Passed, true)),
        (_, "system") if before.ends_with('=') || before.starts_with("if") => Some((Outcome::Passed, false)),
        _ => None,
    }
}

/// Whether a line fails where the command before it did: `exit 1 unless $?.success?`.
fn looks_at_status(line: &str) -> bool {
    FAILS.is_match(line) && ON_STATUS.is_match(line)
}
