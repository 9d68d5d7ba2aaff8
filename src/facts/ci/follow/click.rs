//! `flask test`, `manage.py check_all`: commands that the project itself gives these programs.

use super::{Call, Walk};
use crate::evidence::Place;
use crate::pattern::pattern;

pattern!(FUNCTION, r"(?m)^[ \t]*def[ \t]+(?<name>\w+)[ \t]*\(");
// What runs tests where it stands in a function.
pattern!(RUNS_TESTS, r"\bpytest\.main\(|\bunittest\.(?:main|TextTestRunner)\(|\b(?:TextTestRunner|get_runner)\(");

impl Walk<'_> {
    /// Lists the tests that a command of the project runs in its own process.
    pub(super) fn own_command(&mut self, name: Option<&String>, place: &Place, call: &Call) {
        let Some(name) =
            name.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)))
        else {
            return;
        };
        let file = format!("management/commands/{name}.py");
        let runs_tests = |path: &str, text: &str| {
            if path.ends_with(&file) { RUNS_TESTS.is_match(text) } else { defines_tests(text, name) }
        };
        let mut files = self.facts.tree.files().iter().filter(|one| one.path.ends_with(".py") && one.len < 1 << 20);
        let is_found = files.any(|one| one.text().is_some_and(|source| runs_tests(&one.path, source.text())));
        if is_found {
            self.anchored(&["pytest".to_owned()], place, call);
        }
    }
}

/// Whether a text declares a command of a name whose function runs tests: `@click.command()` over `def test():`.
fn defines_tests(text: &str, name: &str) -> bool {
    if !text.contains("command") || !RUNS_TESTS.is_match(text) {
        return false;
    }
    let functions: Vec<(usize, &str)> = FUNCTION
        .captures_iter(text)
        .filter_map(|found| Some((found.get(0)?.start(), found.name("name")?.as_str())))
        .collect();
    functions.iter().enumerate().any(|(at, (start, function))| {
        let end = functions.get(at + 1).map_or(text.len(), |(next, _)| *next);
        let above = text[..*start].trim_end();
        let decorators: Vec<&str> =
            above.lines().rev().take_while(|line| line.trim_start().starts_with(['@', ')', ' '])).collect();
        let is_command = decorators.iter().any(|line| line.contains("command"));
        let is_called = function.replace('_', "-") == name.replace('_', "-")
            || decorators
                .iter()
                .any(|line| line.contains(&format!("(\"{name}\"")) || line.contains(&format!("('{name}'")));
        is_command && is_called && RUNS_TESTS.is_match(&text[*start..end])
    })
}
