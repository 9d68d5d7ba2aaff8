//! Which tests of a file pytest runs when it is told to by a mark: `-m e2e`, `-m "not e2e"`.

use super::File;
use super::runs::values;
use crate::facts::Facts;

/// Whether the marks that a command asks for, or leaves out, are not against a file.
pub(super) fn allow(facts: &Facts<'_>, words: &[&str], file: &File) -> bool {
    let asked = values(words, &["-m"]);
    let Some(asked) = asked.last().filter(|asked| !matches!(**asked, "pytest" | "coverage")) else { return true };
    let (is_wanted, name) = asked.strip_prefix("not ").map_or((true, *asked), |name| (false, name.trim()));
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // What is made of several marks, or stands in a variable, may be any of them.
    if !is_word || name.is_empty() {
        return true;
    }
    let text = facts.tree.text(&file.path).map_or("", |source| source.text());
    let mark = format!("mark.{name}");
    if is_wanted {
        return text.contains(&mark) || marks_are_added(facts);
    }
    let whole = text.lines().any(|line| line.starts_with("pytestmark") && line.contains(&mark));
    !whole && text.matches(&mark).count() < file.tests(facts).running.max(1)
}

/// Whether a plugin of the tree marks tests by where they stand.
fn marks_are_added(facts: &Facts<'_>) -> bool {
    facts
        .tree
        .files()
        .iter()
        .filter(|file| file.name() == "conftest.py")
        .any(|file| facts.tree.text(&file.path).is_some_and(|source| source.text().contains("add_marker")))
}
