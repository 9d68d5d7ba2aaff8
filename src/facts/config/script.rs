//! Settings that frameworks keep in scripts: Django's settings modules, Rails' environments. Only plain assignments are
//! read; nothing is run.

use super::flatten::push;
use super::{Held, Key, Layer, Setting, Way, conditional};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{self, Stage};
use crate::pattern::Regex;
use crate::pattern::{compile, pattern};
use crate::source::Span;
use crate::tree::path::folder_of;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// `DEBUG = False`
static PYTHON: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"(?m)^(?<name>[A-Z][A-Z0-9_]*)[ \t]*(?::[^=\n]+)?=[ \t]*(?<value>[^=\s][^\n]*)").ok());
/// `config.log_level = :warn`
static RUBY: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"(?m)^[ \t]*config\.(?<name>[\w.]+)[ \t]*=[ \t]*(?<value>[^=\s][^\n]*)").ok());
/// A reading of the environment, and the literal beside it.
static READ: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(
        r#"(?i:env|config)\w*(?:\.\w+)*\s*[(\[]\s*["'](?<name>[A-Z][A-Z0-9_]*)["'](?:\s*,\s*(?:default\s*=\s*)?(?:["'](?<text>[^"']*)["']|(?<bare>[\w.]+)))?"#,
    )
    .ok()
});

/// Reads them.
pub(super) fn read(facts: &Facts<'_>, settings: &mut Vec<Setting>) {
    let mut computed = Vec::new();
    for file in facts.code().files() {
        let Some((layer, pattern)) = classify(&file.path) else { continue };
        let (Some(code), Some(pattern)) = (file.code(facts), pattern.as_ref()) else { continue };
        if layer == Layer::Production && file.path.ends_with(".py") {
            computed.extend(assigned(code.product()).map(|(name, span)| (name, Place::at(file.path.clone(), span))));
        }
        for found in pattern.captures_iter(code.product()) {
            let (Some(name), Some(value)) = (found.name("name"), found.name("value")) else { continue };
            let Some((held, default_in)) = held(value.as_str()) else { continue };
            push(
                settings,
                Setting {
                    name: name.as_str().to_owned(),
                    key: Key::of(name.as_str()),
                    held,
                    place: Place::at(
                        file.path.clone(),
                        Span::new(name.start(), value.start() + value.as_str().trim_end().len()),
                    ),
                    layer,
                    owner: "".into(),
                    is_variable: false,
                    is_foreign: false,
                    default_in,
                    part_of: None,
                },
            );
        }
    }
    override_literals(computed, settings);
}

/// What production computes stands over the literal that the settings it begins with hold, whatever it comes to.
fn override_literals(computed: Vec<(String, Place)>, settings: &mut Vec<Setting>) {
    for (name, place) in computed {
        let folder = folder_of(&place.path);
        let is_plain = |setting: &Setting| matches!(setting.held, Held::Plain(_));
        let begins = settings.iter().find(|setting| {
            setting.layer == Layer::Base
                && setting.name == name
                && is_plain(setting)
                && folder_of(&setting.place.path) == folder
        });
        let is_told = settings.iter().any(|setting| setting.place.path == place.path && setting.name == name);
        let Some(base) = begins.filter(|_| !is_told) else { continue };
        let held = Held::Elsewhere(Way::Computed, "computed when it starts".to_owned());
        let over = Setting { held, place, layer: Layer::Production, default_in: None, ..base.clone() };
        push(settings, over);
    }
}

/// What a module of Python assigns in any case: outside of blocks, or in every branch of one.
fn assigned(code: &str) -> impl Iterator<Item = (String, Span)> {
    pattern!(
        NAME,
        r#"(?m)^[ \t]*(?<name>[A-Z][A-Z0-9_]*)[ \t]*(?::[^=\n]+)?=[ \t]*(?:[rbu]?["'](?<text>[^"'\n])?|[^=\s])"#
    );
    // A text on one of the ways is what an attacker tries.
    let texts = NAME.captures_iter(code).filter(|found| found.name("text").is_some());
    let texts: BTreeSet<&str> = texts.filter_map(|found| Some(found.name("name")?.as_str())).collect();
    let named = NAME.captures_iter(code).filter_map(|found| found.name("name"));
    let named = named.filter(move |name| !texts.contains(name.as_str()));
    let always = named.filter(move |name| is_always(code, name.start(), name.as_str()));
    always.map(|name| (name.as_str().to_owned(), Span::new(name.start(), name.end())))
}

/// Whether the assignment at a place happens whichever branch its outermost block takes.
fn is_always(code: &str, at: usize, name: &str) -> bool {
    let begins = |line: &str, words: &[&str]| {
        words.iter().any(|word| line.strip_prefix(word).is_some_and(|rest| rest.starts_with([':', ' ', '('])))
    };
    let is_inside = |line: &str| line.trim().is_empty() || line.starts_with([' ', '\t']);
    let start = code[..at].rfind('\n').map_or(0, |newline| newline + 1);
    if start == at {
        return true;
    }
    let mut branches: Vec<(&str, String)> = Vec::new();
    let mut from = 0;
    for line in code.split_inclusive('\n') {
        if !is_inside(line) {
            if from > at && !begins(line, &["except", "else", "elif", "finally"]) {
                break;
            }
            if !begins(line, &["except", "else", "elif", "finally"]) {
                branches.clear();
            }
            branches.push((line, String::new()));
        } else if let Some((_, body)) = branches.last_mut() {
            body.push_str(line);
        }
        from += line.len();
    }
    let Some((header, _)) = branches.first() else { return false };
    let ends = |body: &str| {
        let is_one = |line: &str| {
            let line = line.trim_start();
            line.starts_with("raise")
                || line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', ':']))
        };
        body.lines().any(is_one)
    };
    let mut bodies = branches.iter().filter(|(header, _)| !begins(header, &["finally"]));
    match () {
        () if begins(header, &["with"]) => true,
        () if begins(header, &["try"]) => {
            bodies.filter(|(header, _)| !begins(header, &["else"])).all(|(_, body)| ends(body))
        }
        () if begins(header, &["if"]) => {
            branches.iter().any(|(header, _)| begins(header, &["else"])) && bodies.all(|(_, body)| ends(body))
        }
        () => false,
    }
}

/// Whether a script is the settings of another environment: `config/environments/development.rb`, `settings/local.py`.
/// Compiled code is not: a crate may well be called `docs_rs_database`.
pub fn is_aside(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let kept = ["settings", "environments", "config"].contains(&folder.rsplit('/').next().unwrap_or(folder));
    let script = name.rsplit_once('.').is_some_and(|(_, kind)| ["py", "rb", "js", "ts", "php", "exs"].contains(&kind));
    kept && script && matches!(production::stage_of_path(path), Stage::Never(_))
}

type Pattern = LazyLock<Option<Regex>>;

fn classify(path: &str) -> Option<(Layer, &'static Pattern)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // What begins with a dot is for editors, forges and containers of developers.
    let is_hidden = folder.split('/').any(|part| part.starts_with('.'));
    // A site that a library is tried out with.
    let is_of_a_sandbox = folder.split('/').any(|part| part == "sandbox");
    if is_hidden || is_of_a_sandbox || production::is_fixture(path) || production::is_example(path) {
        return None;
    }
    let parent = folder.rsplit('/').next().unwrap_or(folder);
    if name == "settings.py" || (parent == "settings" && name.strip_suffix(".py").is_some() && name != "__init__.py") {
        return match production::stage_of_path(path) {
            Stage::Never(_) => None,
            Stage::Production => Some((Layer::Production, &PYTHON)),
            Stage::Base | Stage::Unmarked => Some((Layer::Base, &PYTHON)),
        };
    }
    if folder.ends_with("config/environments") && name == "production.rb" {
        return Some((Layer::Production, &RUBY));
    }
    (parent == "config" && name == "application.rb").then_some((Layer::Base, &RUBY))
}

/// What the right side of an assignment holds; `None` when it would have to be run.
fn held(expression: &str) -> Option<(Held, Option<String>)> {
    let text = expression.trim();
    if let Some(read) = READ.as_ref()?.captures(text) {
        let name = read["name"].to_owned();
        let default = read.name("text").or_else(|| read.name("bare")).map(|found| found.as_str());
        let behind = read.get(0).and_then(|whole| text.get(whole.end()..)).unwrap_or("");
        let default = default.and_then(|default| conditional::in_production(default, behind));
        return Some(match default {
            Some(default) if !default.is_empty() && default != "None" && default != "nil" => {
                (Held::Plain(default), Some(name))
            }
            // `config("REDIS_URL", "")`: nobody has to give one.
            default => {
                let reference = Held::Elsewhere(Way::Env(Some(name.clone())), format!("${{{name}}}"));
                (reference, default.map(|_| name))
            }
        });
    }
    let symbol = text.strip_prefix(':').filter(|rest| rest.chars().all(|c| c.is_alphanumeric() || c == '_'));
    if let Some(symbol) = symbol {
        return Some((Held::Plain(symbol.to_owned()), None));
    }
    if text == "[]" || text == "()" {
        return Some((Held::Empty, None));
    }
    let bare = text.trim_start_matches(['r', 'b', 'u']);
    let quote = bare.chars().next().filter(|first| matches!(first, '"' | '\''));
    if let Some(quote) = quote {
        let inner = bare.strip_prefix(quote)?.strip_suffix(quote)?;
        return (!inner.contains(quote) && !inner.contains("#{")).then(|| Held::of_text(inner));
    }
    let is_plain = ["True", "False", "true", "false"].contains(&text) || text.parse::<f64>().is_ok();
    is_plain.then(|| (Held::Plain(text.to_owned()), None))
}
