//! Settings that frameworks keep in scripts: Django's settings modules, Rails' environments. Only plain assignments are
//! read; nothing is run.

use super::flatten::push;
use super::{Held, Key, Layer, Setting, Way, conditional};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::production::{self, Stage};
use crate::pattern::compile;
use crate::source::Span;
use regex::Regex;
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
    for file in facts.code().files() {
        let Some((layer, pattern)) = classify(&file.path) else { continue };
        let (Some(code), Some(pattern)) = (file.code(facts), pattern.as_ref()) else { continue };
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
    if is_hidden || production::is_fixture(path) || production::is_example(path) {
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
            _ => (Held::Elsewhere(Way::Env(Some(name.clone())), format!("${{{name}}}")), None),
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
