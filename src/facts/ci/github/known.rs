//! What the expressions of a workflow stand for, as far as the file says it.

use super::expression::{self, Scope};
use crate::facts::ci::excerpt::Excerpt;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known inside a job: matrix values, inputs, environment.
#[derive(Clone, Debug, Default)]
pub(in crate::facts::ci) struct Known {
    pub(super) matrix: BTreeMap<String, String>,
    pub(super) inputs: BTreeMap<String, String>,
    pub(super) env: Arc<BTreeMap<String, String>>,
}

/// How the stand-ins begin for what only a run knows.
const OPEN: &[&str] = &["${secrets_", "${needs_", "${matrix_", "${steps_", "${vars_", "${fromJson_", "${fromJSON_"];

impl Known {
    /// The value of a name, where nothing decides it that only a run knows: what a secret holds, what a job has given out, which
    /// combination of a list that is made there.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let is_open = |value: &String| OPEN.iter().any(|start| value.contains(start));
        self.written(name).filter(|value| !is_open(value)).cloned()
    }

    /// The value of a name as it is written, with stand-ins for what is not known.
    fn written(&self, name: &str) -> Option<&String> {
        // `matrix['system']` is `matrix.system`.
        let name = name.replace("['", ".").replace("']", "");
        let (space, key) = name.split_once('.')?;
        match space {
            "matrix" => self.matrix.get(key),
            "inputs" => self.inputs.get(key),
            "env" => self.env.get(key).filter(|value| !value.contains("${{")),
            _ => None,
        }
    }

    /// The text with every `${{ … }}` filled in that is known.
    pub(super) fn fill(&self, excerpt: &Excerpt) -> Excerpt {
        let text = excerpt.text();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(open) = text[at..].find("${{") {
            let start = at + open;
            let Some(close) = text[start..].find("}}") else { break };
            at = start + close + 2;
            let lookup = |name: &str| self.get(name);
            let scope = Scope { known: &lookup, event: None, failed: false };
            let inside = &text[start + 3..at - 2];
            match self.written(inside.trim()).cloned().or_else(|| expression::text(inside, &scope)) {
                Some(value) if value.len() < 65_536 => found.push((start..at, value)),
                // What is not known must stay one word for the shell.
                _ => found.push((start..at, format!("${{{}}}", name_of(inside)))),
            }
        }
        excerpt.replaced(&found)
    }

    pub(super) fn fill_text(&self, text: &str) -> String {
        if !text.contains("${{") {
            return text.to_owned();
        }
        self.fill(&Excerpt::anchored("", crate::source::Span::default(), text)).text().to_owned()
    }
}

/// A shell-safe stand-in for an expression: `${{ secrets.TOKEN }}` is `${secrets_TOKEN}`.
fn name_of(expression: &str) -> String {
    let name: String =
        expression.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}
