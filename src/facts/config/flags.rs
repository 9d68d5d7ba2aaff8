//! Defaults that a program gives to its flags and settings: `viper.SetDefault`, `flag.IntVar`, `add_argument`.

use super::{Held, Key, Layer, Setting};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::code::{Hit, Scope, written};

/// The group is the name; the expression of the default follows.
pub(crate) const FLAGS: &[&str] = &[
    r#"\b\w*(?:[vV]iper|\bv)\.SetDefault\(\s*"(?<value>[\w.-]+)"\s*,"#,
    r#"\.(?:String|Int|Int32|Int64|Uint|Uint16|Bool|Duration|Float64)(?:Var\(\s*&[\w.]+\s*,|\()\s*"(?<value>[\w.-]+)"\s*,"#,
    r#"\.(?:String|Int|Int32|Int64|Uint|Uint16|Bool|Duration|Float64)(?:VarP\(\s*&[\w.]+\s*,|P\()\s*"(?<value>[\w.-]+)"\s*,\s*"\w?"\s*,"#,
    r#"\.add_argument\(\s*(?:["']-\w["']\s*,\s*)?["']--(?<value>[\w-]+)["'][^()]{0,200}?\bdefault\s*="#,
];

/// Adds them as settings of the weakest layer.
pub(super) fn read(facts: &Facts<'_>, settings: &mut Vec<Setting>) {
    let found = facts.code().find_all(facts, Scope::Product, FLAGS);
    let mut hits: Vec<&Hit> = found.iter().flat_map(|hits| hits.iter()).collect();
    hits.sort_by(|a, b| (&a.path, a.span).cmp(&(&b.path, b.span)));
    settings.extend(hits.into_iter().filter_map(|hit| one(facts, hit)));
}

fn one(facts: &Facts<'_>, hit: &Hit) -> Option<Setting> {
    let (name, _) = hit.value.as_ref()?;
    let code = facts.code().file(&hit.path)?.code(facts)?.product();
    let text = written(code, argument(code.get(hit.span.end as usize..)?))?;
    let held = if text.is_empty() { Held::Empty } else { Held::Plain(text) };
    Some(Setting {
        name: name.clone(),
        key: Key::of(name),
        held,
        place: Place::at(hit.path.clone(), hit.span),
        layer: Layer::Program,
        owner: "".into(),
        is_variable: false,
        is_foreign: false,
        default_in: Some(name.clone()),
        part_of: None,
    })
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
