//! Which stage a part of a file speaks for: a class, a table or a section of settings.

use super::{FIXTURE, NEVER, TESTS};
use crate::source::enclosing;

/// Whether a place in Python stands in a class of settings that production does not use: `class Development(Config):`,
/// `class TestingConfig(Config):`.
pub fn is_in_class_aside(path: &str, text: &str, offset: usize) -> bool {
    let Some(before) = text.get(..offset).filter(|_| path.rsplit_once('.').is_some_and(|(_, end)| end == "py")) else {
        return false;
    };
    let class = enclosing(before).find_map(|line| line.trim_start().strip_prefix("class "));
    class.is_some_and(|name| {
        let words = crate::facts::secrets::words(name.split(['(', ':']).next().unwrap_or(name));
        words.iter().any(|word| [NEVER, TESTS, FIXTURE].iter().any(|list| list.contains(&word.as_str())))
    })
}

/// Whether a place stands in a table of settings that only tests use: `'mysql_testing' => [`, `'mysql-ci' => [` of Laravel.
pub fn is_in_table_aside(path: &str, text: &str, offset: usize) -> bool {
    let before = text.get(..offset).filter(|_| path.rsplit_once('.').is_some_and(|(_, end)| end == "php"));
    before.is_some_and(|before| {
        enclosing(before).filter_map(|line| line.split_once("=>")).any(|(name, _)| {
            let name = name.trim().trim_matches(['"', '\'']);
            name.split(['_', '-']).any(|word| matches!(word, "test" | "tests" | "testing" | "ci" | "e2e" | "dusk"))
        })
    })
}

/// What the section of a file of settings is for, where a place stands in one for something else than production:
/// `test:` beside `production:` in YAML, `"development": {` in JSON. A section that another one takes over is not
/// for itself alone.
pub fn section_aside(path: &str, text: &str, offset: usize) -> Option<&'static str> {
    // `application.yml.default`, too.
    let mut ends = path.rsplit('/').next().unwrap_or(path).split('.').skip(1);
    let is_data = ends.any(|end| matches!(end, "yml" | "yaml" | "json"));
    let before = text.get(..offset).filter(|_| is_data)?;
    let heads = enclosing(before).filter_map(|line| line.trim().split_once(':'));
    let (name, rest) = heads.filter(|(name, _)| !name.is_empty() && !name.starts_with('-')).last()?;
    let name = name.trim_matches(['"', '\'', ' ']).to_ascii_lowercase();
    let is_shared = rest.trim().strip_prefix('&').is_some_and(|anchor| text.contains(&format!("*{anchor}")));
    match name.as_str() {
        "test" | "testing" => Some("in a section for tests"),
        "development" | "dev" if !is_shared => Some("in a section for development"),
        _ => None,
    }
}
