//! Defaults that a program gives to its flags and settings: `viper.SetDefault`, `flag.IntVar`, `add_argument`.

use super::{Held, Key, Layer, Setting};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{Hit, Scope, is_of_a_client_library, is_of_another_command, serves_not, written};
use crate::facts::settings_types::tag;

/// The group is the name; the expression of the default follows.
pub(crate) const FLAGS: &[&str] = &[
    r#"\b\w*(?:[vV]iper|\bv)\.SetDefault\(\s*"(?<value>[\w.-]+)"\s*,"#,
    r"^\s*(?:\w+\.)?(?<value>[A-Z]\w{3,})\.[sS]etDefault\(",
    r#"\.(?:String|Int|Int32|Int64|Uint|Uint16|Bool|Duration|Float64)(?:Var\(\s*&[\w.]+\s*,|\()\s*"(?<value>[\w.-]+)"\s*,"#,
    r#"\.(?:String|Int|Int32|Int64|Uint|Uint16|Bool|Duration|Float64)(?:VarP\(\s*&[\w.]+\s*,|P\()\s*"(?<value>[\w.-]+)"\s*,\s*"\w?"\s*,"#,
    BOUND,
    r#"\.add_argument\(\s*(?:["']-\w["']\s*,\s*)?["']--(?<value>[\w-]+)["'][^()]{0,200}?\bdefault\s*="#,
];

/// The variable that fills a key of viper; what it is without one stands in the tag of the field of that key.
const BOUND: &str = r#"\.BindEnv\(\s*"[\w.-]+"\s*,\s*"(?<value>[A-Z][A-Z0-9_]+)""#;

/// How the patterns begin that loggers, spans and metrics match as well.
const METHOD: &str = r"\.(?:String|";

/// Adds them as settings of the weakest layer.
pub(super) fn read(facts: &Facts<'_>, settings: &mut Vec<Setting>) {
    let found = facts.code().find_all(facts, Scope::Product, FLAGS);
    let with_pattern = found.iter().zip(FLAGS).flat_map(|(hits, pattern)| hits.iter().map(move |hit| (hit, *pattern)));
    let mut hits: Vec<(&Hit, &str)> = with_pattern.collect();
    hits.sort_by(|(a, _), (b, _)| (&a.path, a.span).cmp(&(&b.path, b.span)));
    settings.extend(hits.into_iter().filter_map(|(hit, pattern)| one(facts, hit, pattern)));
}

fn one(facts: &Facts<'_>, hit: &Hit, pattern: &str) -> Option<Setting> {
    let (name, _) = hit.value.as_ref()?;
    // What people type at a program beside the service, or set where they build its client in, is none of its settings.
    let is_aside = serves_not(facts, &hit.path) || is_of_another_command(facts, &hit.path);
    if is_aside || is_of_a_client_library(facts, &hit.path) {
        return None;
    }
    let code = facts.code().file(&hit.path)?.code(facts)?.product();
    let rest = code.get(hit.span.end as usize..)?;
    let default = argument(rest);
    // `zap.Duration("retry-timeout", wait)` is a field of a log line: behind the default of a flag stands what it is for.
    let is_flag = || rest.get(default.len()..).is_some_and(|behind| behind.starts_with(','));
    if pattern.starts_with(METHOD) && !is_flag() {
        return None;
    }
    let is_bound = pattern == BOUND;
    let text = if is_bound { tagged_default(code, hit)? } else { written(code, default)? };
    let held = if text.is_empty() { Held::Empty } else { Held::Plain(text) };
    Some(Setting {
        name: name.clone(),
        key: Key::of(name),
        held,
        place: Place::at(hit.path.clone(), hit.span),
        layer: Layer::Program,
        owner: "".into(),
        is_variable: is_bound,
        is_foreign: false,
        default_in: Some(name.clone()),
        part_of: None,
    })
}

/// The default in the tag of the one field that has the key of a bound variable: `mapstructure:"host" default:"db"`.
fn tagged_default(code: &str, bound: &Hit) -> Option<String> {
    let key = code.get(bound.span.range())?.split('"').nth(1)?;
    let name = format!("mapstructure:\"{key}\"");
    let mut fields = code.lines().filter(|line| line.contains(&name));
    let field = fields.next().filter(|_| fields.next().is_none())?;
    tag(field, "default").map(str::to_owned)
}

/// An argument up to the comma or the bracket behind it.
fn argument(rest: &str) -> &str {
    let mut quote = None;
    for (at, c) in rest.char_indices().take(200) {
        match (quote, c) {
            (None, '"' | '\'' | '`') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, ',' | ')' | '\n') if !rest[..at].trim().is_empty() => return &rest[..at],
            _ => {}
        }
    }
    ""
}
