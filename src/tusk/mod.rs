//! TuskLang: checklists, rules, project files and attestations are all read by this reader.
//!
//! ```text
//! section  [name.part]                                at column 0; nests by its dots
//! pair     key: value   key = value                   dotted keys nest; nothing after the key, and nothing below it, is null
//! block    key:         deeper lines, all at one column, or dashes: `- value`, `- key: value`
//! braces   key { … }    key > … <                     statements, one a line or with `,` or `;` between them
//! value    "text" 'raw' """several lines""" <<TAG … TAG | deeper lines
//!          true false null 12 1.5 0x1f 8000-9000 [a, b] {a: 1}
//! other    @operator(…) $reference f(…) a ? b : c a + b a || b, kept as they are written; a bare word is a text
//! comment  # …   // …   /* … */                       `#name … {` at the end of its line is a directive instead
//! ```
//!
//! Three things matter here. Nothing is evaluated: an `@operator` is kept as an expression.
//! Nothing is dropped in silence: a line that cannot be read is a [`Diagnostic`], and reading goes on at the next line.
//! And every key and value keeps its byte span.
//!
//! ```
//! use tusk_check::{source::Source, tusk};
//!
//! let source = Source::new("a.tsk", "[server]\nport: 8080\nhost: @env(\"HOST\")\n");
//! let (document, diagnostics) = tusk::parse(&source);
//! assert!(diagnostics.is_empty());
//! assert_eq!(document.sections[0].name(), "server");
//! assert_eq!(document.sections[0].body["port"].value.as_number(), Some(8080.0));
//! ```

pub mod call;
pub mod de;
mod document;
mod expressions;
mod headers;
mod keys;
pub mod markdown;
mod nesting;
mod scan;
mod slip;
mod statements;
mod text;
mod values;
pub mod write;

pub use document::{Document, Section};

use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// How deep brackets, blocks and dotted names may nest.
pub const MAX_DEPTH: usize = 128;

/// How many problems are listed; a text with more is something else.
pub const MAX_DIAGNOSTICS: usize = 1000;

/// Reads a text. The document holds everything that could be read, also when there are errors.
pub fn parse(source: &Source) -> (Document, Vec<Diagnostic>) {
    parse_text(source.text())
}

/// [`parse`] for a bare text.
pub fn parse_text(text: &str) -> (Document, Vec<Diagnostic>) {
    let mut parser = scan::Parser::new(text, 0..text.len(), 0);
    let document = parser.document();
    (document, parser.into_diagnostics())
}
