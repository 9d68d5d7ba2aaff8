//! Reads justfiles: settings, variables, recipes, imports and modules.

use super::super::path;
use crate::facts::Facts;
use crate::source::Span;
use std::collections::BTreeMap;

/// The most files that one justfile imports.
const MAX_IMPORTS: usize = 32;

/// A justfile with what it imports.
#[derive(Debug, Default)]
pub(super) struct Justfile {
    pub(super) variables: BTreeMap<String, String>,
    /// Variables that are one of two commands, as the shell would write them.
    pub(super) choices: BTreeMap<String, String>,
    /// Variables of which only the beginning is known.
    pub(super) parts: BTreeMap<String, String>,
    pub(super) recipes: BTreeMap<String, Recipe>,
    pub(super) aliases: BTreeMap<String, String>,
    pub(super) modules: BTreeMap<String, String>,
    pub(super) first: Option<String>,
    /// The words of `set shell`.
    pub(super) shell: Vec<String>,
    /// Variables that recipes see in their environment.
    pub(super) exported: Vec<String>,
}

/// A recipe.
#[derive(Clone, Debug, Default)]
pub(super) struct Recipe {
    pub(super) file: String,
    pub(super) parameters: Vec<Parameter>,
    /// What runs before, with its arguments as written.
    pub(super) dependencies: Vec<(String, Vec<String>)>,
    /// What runs after.
    pub(super) after: Vec<(String, Vec<String>)>,
    /// The lines of the body, indentation included.
    pub(super) body: Vec<Span>,
    pub(super) dir: Option<String>,
    pub(super) no_cd: bool,
}

/// A parameter of a recipe.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) default: Option<String>,
    pub(super) variadic: bool,
}

/// Reads a justfile.
pub(super) fn read(facts: &Facts<'_>, file: &str) -> Justfile {
    let mut just = Justfile::default();
    let mut files = vec![file.to_owned()];
    let mut done: Vec<String> = Vec::new();
    while let Some(file) = files.pop() {
        if done.len() >= MAX_IMPORTS || done.contains(&file) {
            continue;
        }
        if let Some(source) = facts.tree.text(&file) {
            read_one(facts, &mut just, source.text(), &file, &mut files);
        }
        done.push(file);
    }
    just
}

fn read_one(facts: &Facts<'_>, just: &mut Justfile, text: &str, file: &str, imports: &mut Vec<String>) {
    let folder = path::folder(file);
    let mut attributes: Vec<String> = Vec::new();
    let mut current: Option<String> = None;
    for span in lines(text) {
        let line = &text[span.range()];
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some(recipe) = current.as_ref().and_then(|name| just.recipes.get_mut(name)) {
                recipe.body.push(span);
            }
            continue;
        }
        current = None;
        let line = line.trim_end();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            _ if line.starts_with('#') => {}
            _ if line.starts_with('[') => attributes.push(line.to_owned()),
            "set" => setting(just, rest),
            "import" | "import?" => imports.push(path::join(folder, &unquoted(rest.trim()))),
            "mod" | "mod?" => module(facts, just, folder, rest),
            "alias" => {
                if let Some((name, target)) = rest.split_once(":=") {
                    just.aliases.insert(name.trim().to_owned(), target.trim().to_owned());
                }
            }
            _ if assignment(just, line) => {}
            _ => {
                if let Some((name, mut recipe)) = header(line) {
                    file.clone_into(&mut recipe.file);
                    let other_system =
                        attributes.iter().any(|attribute| attribute.contains("windows") && !attribute.contains("unix"));
                    for attribute in &attributes {
                        recipe.no_cd |= attribute.contains("no-cd");
                        if let Some((_, dir)) = attribute.split_once("working-directory") {
                            recipe.dir = Some(dir.trim_matches(|c: char| "():[] '\"".contains(c)).to_owned());
                        }
                    }
                    if just.first.is_none() {
                        just.first = Some(name.clone());
                    }
                    if !other_system {
                        just.recipes.insert(name.clone(), recipe);
                        current = Some(name);
                    }
                }
                attributes.clear();
            }
        }
    }
}

fn setting(just: &mut Justfile, rest: &str) {
    if let Some((name, value)) = rest.split_once(":=")
        && name.trim() == "shell"
    {
        just.shell =
            value.split(['[', ']', ',']).map(|word| unquoted(word.trim())).filter(|word| !word.is_empty()).collect();
    }
}

fn module(facts: &Facts<'_>, just: &mut Justfile, folder: &str, rest: &str) {
    let mut words = rest.split_whitespace();
    let Some(name) = words.next() else { return };
    let named = words.next().map(unquoted);
    let candidates: Vec<String> = match named {
        Some(named) => vec![named.clone(), format!("{named}/mod.just"), format!("{named}/justfile")],
        None => vec![
            format!("{name}.just"),
            format!("{name}/mod.just"),
            format!("{name}/justfile"),
            format!("{name}/Justfile"),
            format!("{name}/.justfile"),
        ],
    };
    let found =
        candidates.iter().map(|candidate| path::join(folder, candidate)).find(|path| facts.tree.file(path).is_some());
    if let Some(path) = found {
        just.modules.insert(name.to_owned(), path);
    }
}

fn assignment(just: &mut Justfile, line: &str) -> bool {
    let exported = line.starts_with("export ");
    let line = line.strip_prefix("export ").unwrap_or(line);
    let Some((name, value)) = line.split_once(":=") else { return false };
    let name = name.trim();
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return false;
    }
    let value = value.trim();
    if let Some(text) = evaluated(value, &just.variables, 0) {
        just.variables.insert(name.to_owned(), text);
    } else if let Some(choice) = choice(value) {
        just.choices.insert(name.to_owned(), choice);
    } else if let Some(part) = known_in_part(value, &just.variables) {
        just.parts.insert(name.to_owned(), part);
    }
    if exported {
        just.exported.push(name.to_owned());
    }
    true
}

/// How deep an expression is followed.
const MAX_DEPTH: usize = 8;

/// What an expression comes to in CI, where `CI` is set: a text, a variable, two joined by `+`, `env("NAME", "default")`, and
/// `if a == b { … } else { … }` of these.
pub(super) fn evaluated(value: &str, variables: &BTreeMap<String, String>, depth: usize) -> Option<String> {
    let value = value.trim();
    if depth > MAX_DEPTH {
        return None;
    }
    let inner = |text: &str| evaluated(text, variables, depth + 1);
    if let Some(plus) = joint(value).filter(|_| !value.starts_with("if ")) {
        return Some(inner(&value[..plus])? + &inner(&value[plus + 1..])?);
    }
    if value.starts_with(['"', '\'']) {
        // Two texts joined by `/` begin and end as one does.
        let text = unquoted(value);
        return (text != value && !text.contains(&value[..1])).then_some(text);
    }
    if let Some(rest) = value.strip_prefix("if ") {
        let open = outside_quotes(rest, '{')?;
        let close = open + closing(&rest[open..])?;
        let last = rest[close + 1..].trim_start().strip_prefix("else")?.trim();
        let condition = &rest[..open];
        let (is_same, (left, right)) = match condition.split_once("==") {
            Some(sides) => (true, sides),
            None => (false, condition.split_once("!=")?),
        };
        return if (inner(left)? == inner(right)?) == is_same {
            inner(&rest[open + 1..close])
        } else {
            inner(last.strip_prefix('{').and_then(|last| last.strip_suffix('}')).unwrap_or(last))
        };
    }
    if value == "just_executable()" {
        return Some("just".to_owned());
    }
    if let Some(rest) = value.strip_prefix("quote(") {
        return inner(rest.strip_suffix(')')?);
    }
    if value.starts_with("env") && value.ends_with(')') {
        let (_, arguments) = value.strip_suffix(')')?.split_once('(')?;
        let comma = outside_quotes(arguments, ',');
        let name = &arguments[..comma.unwrap_or(arguments.len())];
        return match (inner(name)?.as_str(), comma) {
            ("CI", _) => Some("true".to_owned()),
            (_, Some(comma)) => inner(&arguments[comma + 1..]),
            _ => None,
        };
    }
    variables.get(value).cloned()
}

/// A command that goes on with what only `just` knows, which the shell would be given by name: `'just-cargo target=' + target`.
fn known_in_part(value: &str, variables: &BTreeMap<String, String>) -> Option<String> {
    let plus = joint(value).filter(|_| value.starts_with(['"', '\'']))?;
    let mut told = evaluated(&value[..plus], variables, 0).filter(|text| text.contains(' '))?;
    let mut rest = Some(&value[plus + 1..]);
    while let Some(text) = rest {
        let plus = joint(text);
        let part = text[..plus.unwrap_or(text.len())].trim();
        let is_name = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match evaluated(part, variables, 0) {
            Some(known) => told += &known,
            None if is_name => told.extend(["${", part, "}"]),
            None => return None,
        }
        rest = plus.map(|plus| &text[plus + 1..]);
    }
    Some(told)
}

/// Where two texts are joined by `+`, outside of quotes and brackets.
fn joint(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    text.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '{' | '(') => depth += 1,
            (None, '}' | ')') => depth = depth.saturating_sub(1),
            (None, '+') if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })
}

/// Where the bracket that a text begins with is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// `if os() == "linux" { "cargo test" } else { "echo no" }`: what the condition says is for `just` to know.
fn choice(value: &str) -> Option<String> {
    let (head, last) = value.strip_prefix("if ")?.split_once("} else {")?;
    let (first, last) = (head.split_once(" {")?.1.trim(), last.trim().strip_suffix('}')?.trim());
    let is_text = |text: &str| text.starts_with(['"', '\'']) && unquoted(text) != text;
    let written = || format!("if test \"${{just}}\"; then {}; else {}; fi", unquoted(first), unquoted(last));
    (is_text(first) && is_text(last)).then(written)
}

/// Reads `name parameters: dependencies && after`.
fn header(line: &str) -> Option<(String, Recipe)> {
    let line = line.strip_prefix('@').unwrap_or(line);
    let colon = outside_quotes(line, ':')?;
    let mut words = split(&line[..colon]).into_iter();
    let name = words.next()?;
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return None;
    }
    let parameters = words
        .map(|word| {
            let variadic = word.starts_with(['*', '+']);
            let word = word.trim_start_matches(['*', '+', '$']);
            let (name, default) =
                word.split_once('=').map_or((word, None), |(name, default)| (name, Some(unquoted(default))));
            let default = default.or_else(|| variadic.then(String::new));
            Parameter { name: name.to_owned(), default, variadic }
        })
        .collect();
    let needs = line[colon + 1..].split(" #").next().unwrap_or_default();
    let (before, after) = needs.split_once("&&").unwrap_or((needs, ""));
    let recipe = Recipe { parameters, dependencies: calls(before), after: calls(after), ..Recipe::default() };
    Some((name, recipe))
}

/// `build (test "unit") lint`
fn calls(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (call, after) = if let Some(inner) = rest.strip_prefix('(') {
            let end = outside_quotes(inner, ')').unwrap_or(inner.len());
            (&inner[..end], inner.get(end + 1..).unwrap_or(""))
        } else {
            let end = rest.find([' ', '\t', '(']).unwrap_or(rest.len());
            (&rest[..end], &rest[end..])
        };
        let mut words = split(call).into_iter();
        if let Some(name) = words.next() {
            found.push((name, words.collect()));
        }
        rest = after.trim_start();
    }
    found
}

/// Words, quoted ones whole and with their quotes.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            _ => {}
        }
        word.push(c);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == wanted => return Some(at),
            _ => {}
        }
        None
    })
}

/// A text without its quotes.
pub(super) fn unquoted(text: &str) -> String {
    let text = text.trim();
    ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
        .to_owned()
}

fn lines(text: &str) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        lines.push(Span::new(start, start + line.trim_end_matches(['\n', '\r']).len()));
        start += line.len();
    }
    lines
}
