//! `skaffold test`: the commands that the configurations of Skaffold test an image with.

use super::super::excerpt::Excerpt;
use super::super::path;
use super::node::text_of;
use super::{Call, Walk};
use crate::evidence::Place;
use crate::value::Value;
use std::collections::BTreeSet;

/// The most configurations that one command reads.
const MAX_FILES: usize = 60;

impl Walk<'_> {
    /// Follows `skaffold test`, and `skaffold run`, which tests on its way.
    pub(super) fn skaffold(&mut self, words: &[String], place: &Place, call: &Call) {
        let tests = words.get(1).is_some_and(|verb| verb == "test" || verb == "run");
        let skips = words.iter().any(|word| word == "--skip-tests" || word == "--skip-tests=true");
        if !tests || skips {
            return;
        }
        let named = |names: &[&str]| {
            let at = words.iter().position(|word| names.contains(&word.as_str()))?;
            words.get(at + 1).cloned()
        };
        let joined = words.iter().find_map(|word| word.strip_prefix("--filename=")).map(str::to_owned);
        let first = joined.or_else(|| named(&["-f", "--filename"])).unwrap_or_else(|| "skaffold.yaml".to_owned());
        let first = path::join(&call.dir, &first);
        let mut queue = vec![first];
        let mut seen = BTreeSet::new();
        while let Some(file) = queue.pop() {
            if seen.len() >= MAX_FILES || !seen.insert(file.clone()) {
                continue;
            }
            queue.extend(self.configuration(&file, place, call));
        }
    }

    /// Walks the tests of one configuration; gives those that it requires.
    fn configuration(&mut self, file: &str, place: &Place, call: &Call) -> Vec<String> {
        let facts = self.facts;
        let Some(parsed) = facts.parsed(file) else { return Vec::new() };
        let folder = path::folder(file).to_owned();
        let mut required = Vec::new();
        for root in parsed.documents.iter().take(50) {
            for other in listed(root, "requires") {
                if let Some(other) = text_of(other.get("path")) {
                    let other = path::join(&folder, other);
                    let is_file = path::is_yaml(&other);
                    required.push(if is_file { other } else { path::join(&other, "skaffold.yaml") });
                }
            }
            for test in listed(root, "test") {
                let Some(mut inner) = call.inside(format!("test of {file}"), place, file.to_owned()) else { continue };
                inner.dir = path::join(&folder, text_of(test.get("context")).unwrap_or(""));
                for custom in listed(test, "custom") {
                    if let Some(command) = custom.get("command")
                        && let Some(text) = command.as_str()
                    {
                        self.script(&Excerpt::scalar(&parsed.source, command.span, text), &inner);
                    }
                }
            }
        }
        required
    }
}

fn listed<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_list).unwrap_or_default()
}
