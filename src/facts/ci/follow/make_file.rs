//! Reads makefiles: variables, targets, their prerequisites and recipes.

use super::super::path;
use super::make_conditions::Conditions;
use super::make_functions::{Place, call};
use crate::facts::Facts;
use crate::source::{Source, Span};
use std::collections::BTreeMap;

/// The most files that one makefile includes.
const MAX_INCLUDES: usize = 32;
/// How deep variables refer to one another.
const MAX_EXPANSION: usize = 8;

/// A makefile with what it includes.
pub(super) struct Makefile<'t> {
    pub(super) variables: BTreeMap<String, String>,
    pub(super) targets: BTreeMap<String, Target>,
    /// The lines of what `define` gives a name, which a recipe may stand for: the file and where.
    pub(super) defined: BTreeMap<String, Vec<(String, Span)>>,
    pub(super) first: Option<String>,
    pub(super) one_shell: bool,
    given: Given,
    place: Place<'t>,
}

/// The variables that make is called with.
#[derive(Default)]
pub(super) struct Given {
    /// Those on its command line, which no line of the makefile changes: `make image PUSH=true`.
    pub(super) named: BTreeMap<String, String>,
    /// Those of the command line and of the environment.
    pub(super) all: BTreeMap<String, String>,
}

impl Given {
    /// Those of an environment, as far as they are known, and of the words `NAME=value`.
    pub(super) fn new(env: &BTreeMap<String, String>, named: BTreeMap<String, String>) -> Self {
        let is_known = |(_, value): &(&String, &String)| !value.contains(['$', '\n']);
        let own = env.iter().chain(&named).filter(is_known);
        let all = own.map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { named, all }
    }
}

/// What a target needs and runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Target {
    pub(super) prerequisites: Vec<String>,
    /// Recipe lines, continued lines joined: the file and where.
    pub(super) recipe: Vec<(String, Span)>,
}

/// Reads the makefile that make is given in a folder.
pub(super) fn read<'t>(facts: &Facts<'t>, folder: &str, file: &str, given: Given) -> Makefile<'t> {
    let mut make = Makefile {
        variables: given.all.iter().chain(&given.named).map(|(name, value)| (name.clone(), value.clone())).collect(),
        given,
        targets: BTreeMap::new(),
        defined: BTreeMap::new(),
        first: None,
        one_shell: false,
        place: Place::of(facts, folder, file),
    };
    read_one(&mut make, facts, file, &mut Vec::new());
    make
}

/// Reads one file, and what it includes where it does so: the first target of all is what `make` alone makes.
fn read_one(make: &mut Makefile<'_>, facts: &Facts<'_>, file: &str, done: &mut Vec<String>) {
    if done.len() >= MAX_INCLUDES || done.iter().any(|one| one == file) {
        return;
    }
    done.push(file.to_owned());
    let Some(text) = facts.tree.text(file).map(Source::text) else { return };
    let mut current: Vec<String> = Vec::new();
    let mut defining: Option<String> = None;
    let mut conditions = Conditions::default();
    for span in logical_lines(text) {
        let line = &text[span.range()];
        if let Some(name) = &defining {
            if line.trim() == "endef" {
                defining = None;
            } else {
                make.defined.entry(name.clone()).or_default().push((file.to_owned(), span));
            }
            continue;
        }
        // Where no rule is open, make reads an indented line as its own.
        if line.starts_with('\t') && !current.is_empty() {
            if conditions.leave_out() {
                continue;
            }
            for name in &current {
                if let Some(target) = make.targets.get_mut(name) {
                    target.recipe.push((file.to_owned(), span));
                }
            }
            continue;
        }
        let plain = line.split_once('#').map_or(line, |(before, _)| before).trim();
        let word = plain.split_whitespace().next().unwrap_or_default();
        if conditions.take(plain, &make.given.all) || conditions.leave_out() {
            continue;
        }
        match word {
            "define" => {
                defining = plain.split_whitespace().nth(1).map(str::to_owned).or(Some(String::new()));
                continue;
            }
            "include" | "-include" | "sinclude" => {
                let folder = path::folder(file);
                for name in plain.split_whitespace().skip(1) {
                    let name = make.expand(name);
                    for found in [path::join("", &name), path::join(folder, &name)] {
                        read_one(make, facts, &found, done);
                    }
                }
                current.clear();
                continue;
            }
            "" | "vpath" | "unexport" => continue,
            _ => {}
        }
        // Such lines stand under a condition, which may not hold: a value that is there already stays.
        if assign(make, plain, line.starts_with('\t') && !conditions.hold()) {
            current.clear();
            continue;
        }
        current = rule(make, text, plain, span, file);
    }
}

/// Reads `targets: prerequisites ; recipe`; gives the targets.
fn rule(make: &mut Makefile<'_>, text: &str, line: &str, span: Span, file: &str) -> Vec<String> {
    let Some((names, rest)) = line.split_once(':') else { return Vec::new() };
    let rest = rest.trim_start_matches(':');
    let names: Vec<String> = make.expand(names).split_whitespace().map(str::to_owned).collect();
    if names.iter().any(|name| name == ".ONESHELL") {
        make.one_shell = true;
    }
    // `target: VARIABLE = value` belongs to the target; its recipes see it, so it is kept as a variable.
    let word = rest.trim_start().trim_start_matches("export ").trim_start();
    let name_len = word.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let operator = word[name_len..].trim_start();
    if name_len > 0 && ["=", ":=", "?=", "+=", "::="].iter().any(|sign| operator.starts_with(sign)) {
        return names;
    }
    let (needs, inline) = rest.split_once(';').map_or((rest, None), |(needs, recipe)| (needs, Some(recipe)));
    let needs: Vec<String> =
        make.expand(needs).split_whitespace().filter(|need| *need != "|").map(str::to_owned).collect();
    for name in &names {
        if make.first.is_none() && !name.starts_with('.') && !name.contains('%') {
            make.first = Some(name.clone());
        }
        let target = make.targets.entry(name.clone()).or_default();
        if target.prerequisites.len() < 1000 {
            target.prerequisites.extend(needs.iter().cloned());
        }
        if let Some(recipe) = inline.filter(|recipe| !recipe.trim().is_empty()) {
            let at = text[span.range()].find(recipe.trim()).unwrap_or(0);
            target.recipe.push((file.to_owned(), Span { start: span.start + at as u32, end: span.end }));
        }
    }
    names
}

/// Reads `NAME = value` and its kin; `perhaps` gives a value only to what has none.
fn assign(make: &mut Makefile<'_>, line: &str, perhaps: bool) -> bool {
    let line = line.strip_prefix("export ").or_else(|| line.strip_prefix("override ")).unwrap_or(line).trim_start();
    let len = line.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte)).count();
    let rest = line[len..].trim_start();
    let Some(operator) = ["::=", ":=", "?=", "+=", "!=", "="].into_iter().find(|operator| rest.starts_with(operator))
    else {
        return false;
    };
    if len == 0 {
        return false;
    }
    let value = rest[operator.len()..].trim().replace("\\\n", " ");
    if make.given.named.contains_key(&line[..len]) {
        return true;
    }
    let variable = make.variables.entry(line[..len].to_owned()).or_default();
    match operator {
        "+=" if !perhaps && variable.len() < 16_384 => {
            variable.push(' ');
            variable.push_str(&value);
        }
        _ if perhaps && !variable.is_empty() => {}
        "?=" if !variable.is_empty() => {}
        "!=" | "+=" => {}
        _ => *variable = value,
    }
    true
}

/// Lines, with those that `\` continues joined.
fn logical_lines(text: &str) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for end in memchr::memchr_iter(b'\n', bytes).chain([text.len()]) {
        let stop = if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
        if stop > start && bytes[stop - 1] == b'\\' {
            continue;
        }
        if stop > start {
            lines.push(Span::new(start, stop));
        }
        start = end + 1;
        if start > text.len() {
            break;
        }
    }
    lines
}

impl Makefile<'_> {
    /// A text with the variables filled in that this makefile sets to plain text.
    pub(super) fn expand(&self, text: &str) -> String {
        self.expand_deep(text, 0)
    }

    fn expand_deep(&self, text: &str, depth: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (range, value) in self.references(text, depth) {
            out.push_str(&text[done..range.start]);
            out.push_str(&value);
            done = range.end;
        }
        out.push_str(&text[done..]);
        out
    }

    /// `$(NAME)` and `$$` in a recipe line with what they become; what make does not know stays for the shell.
    pub(super) fn references(&self, text: &str, depth: usize) -> Vec<(std::ops::Range<usize>, String)> {
        let mut found = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(dollar) = memchr::memchr(b'$', &bytes[at.min(bytes.len())..]) {
            let start = at + dollar;
            let closer = match bytes.get(start + 1) {
                Some(b'$') => {
                    found.push((start..start + 2, "$".to_owned()));
                    at = start + 2;
                    continue;
                }
                Some(b'(') => b')',
                Some(b'{') => b'}',
                _ => {
                    at = start + 1;
                    continue;
                }
            };
            if let Some(chosen) = self.chosen(text, start, depth).or_else(|| self.called(text, start, depth)) {
                at = chosen.0.end;
                found.push(chosen);
                continue;
            }
            let Some(len) = memchr::memchr(closer, &bytes[start + 2..]) else { break };
            let name = &text[start + 2..start + 2 + len];
            at = start + 3 + len;
            if let Some(program) = located(name) {
                found.push((start..at, program.to_owned()));
                continue;
            }
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
            if !plain {
                continue;
            }
            let value = match (name, self.variables.get(name)) {
                ("MAKE", _) => Some("make".to_owned()),
                ("MAKEFILE_LIST", None) => Some(self.place.makefiles()),
                (_, Some(value)) if depth < MAX_EXPANSION && value.len() < 16_384 => {
                    Some(self.expand_deep(value, depth + 1))
                }
                // A variable of make's environment: let the shell look it up.
                (_, None) => Some(format!("${{{}}}", name.replace(['.', '-'], "_"))),
                _ => None,
            };
            if let Some(value) = value.filter(|value| value.len() < 65_536) {
                found.push((start..at, value));
            }
        }
        found
    }

    /// What a function at `start` gives, where its arguments are known.
    fn called(&self, text: &str, start: usize, depth: usize) -> Option<(std::ops::Range<usize>, String)> {
        let (name, arguments, length) = call(&text[start..]).filter(|_| depth < MAX_EXPANSION)?;
        let arguments: Vec<String> = arguments.iter().map(|argument| self.expand_deep(argument, depth + 1)).collect();
        Some((start..start + length, self.place.value(name, &arguments)?))
    }

    /// `$(if $(NAME),then,else)` at `start`, where this makefile or the call of it sets the variable: the branch taken.
    fn chosen(&self, text: &str, start: usize, depth: usize) -> Option<(std::ops::Range<usize>, String)> {
        let inner = text[start..].strip_prefix("$(if ")?;
        let (mut open, mut parts, mut from, mut end) = (0_usize, Vec::new(), 0, None);
        for (at, byte) in inner.bytes().enumerate() {
            match byte {
                b'(' | b'{' => open += 1,
                b')' if open == 0 => {
                    end = Some(at);
                    break;
                }
                b')' | b'}' => open = open.saturating_sub(1),
                b',' if open == 0 && parts.len() < 2 => {
                    parts.push(&inner[from..at]);
                    from = at + 1;
                }
                _ => {}
            }
        }
        let end = end?;
        parts.push(&inner[from..end]);
        let condition = parts.first()?.trim();
        let name = condition.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
        let name = name.or_else(|| condition.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')))?;
        let value = self.variables.get(name).filter(|_| depth < MAX_EXPANSION)?;
        let branch = if value.trim().is_empty() { parts.get(2) } else { parts.get(1) };
        let branch = self.expand_deep(branch.map_or("", |branch| branch.trim()), depth + 1);
        Some((start..start + "$(if ".len() + end + 1, branch))
    }
}

/// The program that a call looks for on the machine, `shell command -v go 2>/dev/null`: what stands there is itself.
fn located(call: &str) -> Option<&str> {
    let mut words = call.strip_prefix("shell ")?.split_whitespace();
    let program = match words.next()? {
        "which" => words.next()?,
        "command" => words.next().filter(|word| *word == "-v").and(words.next())?,
        _ => return None,
    };
    let is_rest = words.all(|word| matches!(word, "2>" | "/dev/null" | "2>/dev/null" | "||" | "true"));
    let is_name = program.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-+".contains(&byte));
    (is_rest && is_name).then_some(program)
}
