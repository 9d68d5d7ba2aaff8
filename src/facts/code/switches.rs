//! Code that runs only where a setting is on: `if config.audit.enabled {`, or behind `if !config.audit.enabled { return }`.

use super::callers::{calls, functions};
use super::{Code, Language, Role};
use crate::facts::Facts;
use crate::facts::config::{Held, Key, Layer, Setting};
use crate::pattern::pattern;
use crate::source::floor;
use crate::tree::path::folder_of;

/// How many lines above a place a condition is looked for.
const REACH: usize = 400;

// The first line of a branch, with what it asks for.
pattern!(
    BRANCH,
    r"^\s*(?:\}\s*)?(?:else\s+|el(?:s(?:e\s*)?)?)?(?:if|unless)\b\s*(?<condition>[^;{]{3,160}?)\s*(?:\{\s*(?:return\b[^{}]*\}?)?|:|then|return\b[^{}]*)?\s*$"
);
// What lets a view answer only where a setting is on: `enable_if_setting("API_DOCS")(`.
pattern!(
    WRAPPED,
    r#"\b(?i:enable|require|only|allow|show|serve)\w*_(?i:if|when)\w*\(\s*["'](?<condition>[A-Za-z]\w{3,79})["']\s*\)\s*\(\s*$"#
);
pattern!(LEAVES, r"^\s*(?:return|raise\s+StopIteration)\b|[\s)]return\b[^{}=]*\}?\s*$");
pattern!(LEAVES_BEHIND, r"^\s*return\b[^=]*?\b(?:if|unless)\s+(?<condition>[^;{]{3,160}?)\s*;?\s*$");
pattern!(
    FUNCTION,
    r"^\s*(?:(?:pub|async|export|public|private|protected|static|default)\b\S*\s+)*(?:fn|func|def|function|fun)\b"
);
// One setting, and nothing else: by its key, by a variable, as a field of the settings.
pattern!(
    SETTING,
    r#"^(?:\w+(?:\.|::|\[))*[\w.:]*[(\[]["'](?<key>[\w.-]{4,80})["'](?:\s*,\s*(?:false|False))?[)\]]$|^[*&(]*(?<path>\w+(?:(?:\.|::|->|\?\.)\w+)*?)(?:\.(?:GetBool|get_bool|Get|get|Bool|Value|value|as_bool)\(\)|\(\))?\)*$"#
);
pattern!(COMPARED, r#"\s*(?:={2,3}|\bis\b|\beq\b)\s*["']?(?i:(?<true>true|1|yes|on)|(?:false|0|no|off))["']?$"#);

/// How many bytes before an argument the name of what wraps it may stand.
const WRAPPER: usize = 240;

/// What a branch is taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Where,
    Unless,
}

/// Why a setting is off.
enum Off<'f> {
    /// It says so.
    Set(&'f Setting),
    /// Nothing sets it, and what is not set is off to the library that is asked.
    Unset,
}

impl Code {
    /// Why production does not come to the code at a place: a setting that a branch around it or before it asks for is off.
    pub(super) fn switched_off(&self, facts: &Facts<'_>, path: &str, offset: u32) -> Option<String> {
        let (name, off) = self.off_at(facts, path, offset)?;
        let Off::Set(Setting { place, .. }) = off else {
            return Some(format!("only where `{name}` is on, which nothing sets"));
        };
        let line = place.span.and_then(|span| Some(facts.tree.text(&place.path)?.line_col(span.start).line));
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        Some(format!("only where `{name}` is on, which is off ({}{line})", place.path))
    }

    /// Whether the setting that keeps production from the code at a place is a variable of the environment which is off
    /// only where nobody gives it.
    pub(super) fn waits_for_a_variable(&self, facts: &Facts<'_>, path: &str, offset: u32) -> bool {
        let off = self.off_at(facts, path, offset);
        off.is_some_and(|(_, off)| matches!(off, Off::Set(one) if one.is_variable && one.layer == Layer::Program))
    }

    /// The setting that keeps production from the code at a place, and why it is off.
    fn off_at<'f>(&self, facts: &'f Facts<'_>, path: &str, offset: u32) -> Option<(String, Off<'f>)> {
        let text = self.file(path).and_then(|file| file.code(facts))?;
        let before = text.product().get(..offset as usize)?;
        off_around(facts, before).or_else(|| self.never_called(facts, path, before))
    }

    /// The setting that keeps production from calling the function at the end of a text: nobody else can call it, and those
    /// who do are behind a setting that is off.
    fn never_called<'f>(&self, facts: &'f Facts<'_>, path: &str, before: &str) -> Option<(String, Off<'f>)> {
        let (name, _) = functions(before).next().filter(|(name, line)| is_private(path, name, line))?;
        // A package of Go is a folder, a module of Rust a file.
        let is_of_go = Language::of(path) == Some(Language::Go);
        let is_near = |other: &str| if is_of_go { folder_of(other) == folder_of(path) } else { other == path };
        let near = self.files.iter().filter(|file| is_near(&file.path) && file.role == Role::Product);
        let mut found = None;
        for text in near.filter_map(|file| file.code(facts)) {
            for at in calls(text.product(), name) {
                found = Some(off_around(facts, &text.product()[..at])?);
            }
        }
        found
    }
}

/// The setting that keeps production from the end of a text.
fn off_around<'f>(facts: &'f Facts<'_>, before: &str) -> Option<(String, Off<'f>)> {
    let asked = wrapped(before).into_iter().chain(conditions(before));
    asked.into_iter().find_map(|(taken, condition)| off(facts, taken, condition))
}

/// The setting that a wrapper asks for whose argument begins at the end of a text.
fn wrapped(before: &str) -> Option<(Taken, &str)> {
    let near = &before[floor(before, before.len().saturating_sub(WRAPPER))..];
    Some((Taken::Where, WRAPPED.captures(near)?.name("condition")?.as_str()))
}

/// Whether nothing outside of certain files can call a function, by its name and its first line.
fn is_private(path: &str, name: &str, line: &str) -> bool {
    match path.rsplit_once('.') {
        Some((_, "go")) => name.starts_with(|first: char| first.is_ascii_lowercase()) && !line.contains("func ("),
        Some((_, "rs")) => !line.trim_start().starts_with("pub") && !line.contains("self"),
        _ => false,
    }
}

/// The conditions that lead to the end of a text, as its indentation shows them: those of the branches around it, and those
/// of the branches before it that leave the function.
fn conditions(before: &str) -> Vec<(Taken, &str)> {
    let mut found = Vec::new();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = before.rsplit('\n');
    let mut depth = lines.next().map_or(0, indent);
    let mut below = "";
    for line in lines.filter(|line| !line.trim().is_empty()).take(REACH) {
        let own = indent(line);
        if own < depth && !line.trim_start().starts_with([')', ']']) {
            depth = own;
            if let Some(condition) = branch(line) {
                found.push(condition);
            }
            if depth == 0 || FUNCTION.is_match(line) {
                break;
            }
        } else if own == depth {
            if let Some(condition) =
                LEAVES_BEHIND.captures(line).and_then(|found| Some(read(line, found.name("condition")?.as_str())))
            {
                found.push(turned(condition));
            } else if LEAVES.is_match(line) || indent(below) > own && LEAVES.is_match(below) {
                found.extend(branch(line).map(turned));
            }
        }
        below = line;
    }
    found
}

fn branch(line: &str) -> Option<(Taken, &str)> {
    Some(read(line, BRANCH.captures(line)?.name("condition")?.as_str()))
}

fn read<'t>(line: &'t str, condition: &'t str) -> (Taken, &'t str) {
    let is_unless = line.split_whitespace().any(|word| word == "unless");
    (if is_unless { Taken::Unless } else { Taken::Where }, condition)
}

fn turned((taken, condition): (Taken, &str)) -> (Taken, &str) {
    (if taken == Taken::Where { Taken::Unless } else { Taken::Where }, condition)
}

/// The setting that a condition asks for and that is off, where its being off alone keeps production from what follows.
fn off<'f>(facts: &'f Facts<'_>, taken: Taken, condition: &str) -> Option<(String, Off<'f>)> {
    // All of `a && b` lead there, each of `a || b` leads away.
    let (between, other): ([&str; 2], [&str; 2]) = match taken {
        Taken::Where => (["&&", " and "], ["||", " or "]),
        Taken::Unless => (["||", " or "], ["&&", " and "]),
    };
    if other.iter().any(|word| condition.contains(word)) {
        return None;
    }
    let mut parts = condition.split(between[0]).flat_map(|part| part.split(between[1]));
    parts.find_map(|part| {
        let (is_on, name) = asked(part.trim())?;
        let off = ((taken == Taken::Where) == is_on).then(|| why_off(facts, part, &name)).flatten()?;
        Some((name, off))
    })
}

/// The setting that a condition is about, and whether it wants it on.
fn asked(part: &str) -> Option<(bool, String)> {
    let mut part = part.trim_start_matches('(').trim_start();
    let mut is_on = true;
    for not in ["!", "not "] {
        if let Some(rest) = part.strip_prefix(not) {
            (part, is_on) = (rest.trim_start(), !is_on);
        }
    }
    if let Some(compared) = COMPARED.captures(part) {
        is_on = is_on == compared.name("true").is_some();
        part = &part[..compared.whole().start()];
    }
    let part = if part.contains('(') { part } else { part.trim_end_matches(')') };
    let found = SETTING.captures(part)?;
    if let Some(key) = found.name("key") {
        return Some((is_on, key.as_str().to_owned()));
    }
    let path = found.name("path")?.as_str().replace("->", ".").replace("::", ".").replace("?.", ".");
    let (before, last) = path.rsplit_once('.').map_or(("", path.as_str()), |(before, last)| (before, last));
    if Key::of(last).words().len() > 1 {
        return Some((is_on, last.to_owned()));
    }
    // `enabled` alone says nothing; `metrics.enabled` does, `config.enabled` does not.
    let section = before.rsplit('.').next().filter(|section| before.contains('.') && section.len() > 2)?;
    (!last.is_empty()).then(|| (is_on, format!("{section}.{last}")))
}

/// Why a setting that a condition asks for is off, wherever production has it.
fn why_off<'f>(facts: &'f Facts<'_>, condition: &str, name: &str) -> Option<Off<'f>> {
    let config = facts.config();
    let matching: Vec<&Setting> = config.ending_in(name).map(|(setting, _)| setting).collect();
    let winners = config.effective(&matching).winners;
    let Some(&first) = winners.first() else {
        // Viper takes a flag that has no value for off.
        return condition.contains("GetBool(").then_some(Off::Unset);
    };
    let is_off = |held: &Held| matches!(held, Held::Plain(text) if ["false", "off", "no", "0"].iter().any(|off| text.eq_ignore_ascii_case(off)));
    winners.iter().all(|setting| is_off(&setting.held)).then_some(Off::Set(first))
}
