//! What is wrong with a text, where, and how it is shown.
//!
//! Readers collect diagnostics and go on; only the edge decides what an error costs.

use crate::source::{Source, Span};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It reads, and is probably not what was meant.
    Warning,
    /// It cannot be read as it stands.
    Error,
}

/// One problem in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// What is wrong and what was expected: lower case, no final stop.
    pub message: String,
    /// Other places of the same text that belong to it, each with what it is.
    pub related: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, span, message: message.into(), related: Vec::new(), help: None }
    }

    /// A warning at a place.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// The same, naming another place.
    #[must_use]
    pub fn and(mut self, span: Span, what: impl Into<String>) -> Self {
        self.related.push((span, what.into()));
        self
    }

    /// The same, saying what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The problem as people read it: message, file, line, column, the line itself and a marker under the place.
    ///
    /// Control characters of the text are replaced, so that a hostile file cannot drive the terminal.
    pub fn render(&self, source: &Source, colour: bool) -> String {
        let level = if self.is_error() { Level::ERROR } else { Level::WARNING };
        let mut group = level.primary_title(visible(&self.message)).element(snippet(source, self.span, None));
        for (span, what) in &self.related {
            group = group.element(snippet(source, *span, Some(what)));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(visible(help)));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.decor_style(DecorStyle::Ascii).render(&[group])
    }
}

/// How much of a line is shown before and after the place, in bytes: minified files have lines of megabytes.
const AROUND: usize = 240;

fn snippet<'a>(source: &Source, span: Span, label: Option<&str>) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = source.text();
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (floor(span.start as usize), floor((span.end as usize).max(span.start as usize)));
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    // A place of several lines is marked on its first: that is where to look.
    let end = end.min(line_end);
    // The path line of the renderer counts from the start of what it is given, so the line is kept whole up to the
    // place and only cut after it, except where it is longer than anybody reads.
    let shown_end = floor(line_end.min(end + AROUND)).max(end);
    let before = visible(&text[line_start..start]);
    let inside = visible(&text[start..end]);
    let after = visible(text[end..shown_end].trim_end());
    let marked = before.len()..before.len() + inside.len();
    let kind = if label.is_none() { AnnotationKind::Primary } else { AnnotationKind::Context };
    let annotation = kind.span(marked).label(label.map(visible));
    Snippet::source(format!("{before}{inside}{after}"))
        .path(visible(source.name()))
        .line_start(source.line_col(span.start).line as usize)
        .annotation(annotation)
}

/// Text without anything that a terminal would obey or that would reorder what is read: each such character becomes
/// U+FFFD, a tab one blank.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\t' => ' ',
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => '\u{FFFD}',
            _ if character.is_control() => '\u{FFFD}',
            _ => character,
        })
        .collect()
}
