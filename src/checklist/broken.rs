//! A checklist that cannot be used, with everything that is wrong with it.

use crate::diagnostic::{Diagnostic, visible};
use crate::source::Source;
use std::fmt::{self, Write};

/// What is wrong with a text. `Display` gives one line for each problem: `path:line:column: message`.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The text.
    pub source: Source,
    /// Its problems; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
}

/// How many problems are shown with their lines; more than that is another kind of file.
const SHOWN: usize = 20;

impl Broken {
    /// The problems as people read them, each with its line and a marker, warnings left out.
    pub fn render(&self, colour: bool) -> String {
        let errors: Vec<&Diagnostic> = self.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).collect();
        let mut text = String::new();
        for error in errors.iter().take(SHOWN) {
            text.push_str(&error.render(&self.source, colour));
            text.push_str("\n\n");
        }
        if errors.len() > SHOWN {
            let _ = writeln!(text, "error: and {} more", errors.len() - SHOWN);
        }
        text
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
        for (at, diagnostic) in errors.enumerate() {
            let start = self.source.line_col(diagnostic.span.start);
            let line_end = if at == 0 { "" } else { "\n" };
            let (name, message) = (visible(self.source.name()), visible(&diagnostic.message));
            write!(out, "{line_end}{name}:{}:{}: {message}", start.line, start.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for Broken {}
