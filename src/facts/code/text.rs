//! The code text of one file: comments and texts that hold code blanked, and what of it is test code or stands behind a feature.

use super::language::Language;
use super::mask::{self, Marks};
use super::rust_regions::{self, Regions};
use crate::source::Span;

/// The code of one file, at the length and the offsets of its source.
#[derive(Debug)]
pub struct CodeText {
    /// The source with its comments blanked, and the escapes of blanks in its strings.
    pub code: String,
    /// Where its strings stand.
    pub strings: Vec<Span>,
    /// Its test items and features.
    pub regions: Regions,
    product: Option<String>,
}

/// Whether a text is code of its own: of several lines, a template of a generator or an example that is shown; a piece that
/// a program looks for in others. Nothing of it runs here, while the SQL, the markup and the help that programs hold as texts say what they do.
fn holds_code(text: &str) -> bool {
    const BEGINS: &[&str] = &[
        "fn ",
        "pub ",
        "let ",
        "use ",
        "impl ",
        "struct ",
        "enum ",
        "mod ",
        "#[",
        "import ",
        "package ",
        "func ",
        "def ",
        "class ",
        "const ",
        "export ",
        "var ",
        "function ",
        "async ",
    ];
    let mut lines = text.lines();
    is_sought(text)
        || lines.next().is_some() && lines.any(|line| BEGINS.iter().any(|word| line.trim_start().starts_with(word)))
}

/// Whether a text is a piece of code that a program looks for in others, as linters and scanners do: an attribute, or a
/// text in its own quotes: `r#""net/http/pprof""#`.
fn is_sought(text: &str) -> bool {
    let mut chars = text.trim_start_matches(['r', 'b']).trim_matches('#').chars();
    let (Some(opening), Some(closing)) = (chars.next(), chars.next_back()) else { return false };
    let inner = chars.as_str();
    // Not the three quotes of Python.
    let is_in_quotes = inner.len() > 2 && inner.starts_with('"') && !inner.starts_with("\"\"") && inner.ends_with('"');
    opening == closing && (inner.starts_with("#[") || is_in_quotes)
}

impl CodeText {
    /// Masks a source.
    pub fn new(language: Language, source: &str) -> Self {
        let marks = mask::scan(language, source);
        let mut blanked = marks.comments.clone();
        blanked.extend(marks.strings.iter().filter(|span| holds_code(&source[span.range()])));
        blanked.sort_unstable();
        let code = without_escapes(mask::blank(source, &blanked), &marks.strings);
        let regions = match language {
            Language::Rust => rust_regions::find(&code, &marks),
            _ => Regions::default(),
        };
        let product = (!regions.tests.is_empty()).then(|| mask::blank(&code, &regions.tests));
        let Marks { strings, .. } = marks;
        Self { code, strings, regions, product }
    }

    /// The code without its test items.
    pub fn product(&self) -> &str {
        self.product.as_deref().unwrap_or(&self.code)
    }

    /// The test items alone; empty when there are none.
    pub fn tests(&self) -> String {
        if self.regions.tests.is_empty() { String::new() } else { mask::keep(&self.code, &self.regions.tests) }
    }

    /// The features that the code at an offset needs, outermost first.
    pub fn features_at(&self, offset: u32) -> Vec<&str> {
        around(&self.regions.features, offset)
    }

    /// The features without which alone the code at an offset exists, outermost first.
    pub fn without_at(&self, offset: u32) -> Vec<&str> {
        around(&self.regions.without, offset)
    }

    /// The string literal at or around an offset.
    pub fn string_at(&self, offset: u32) -> Option<Span> {
        let index = self.strings.partition_point(|span| span.end <= offset);
        self.strings.get(index).copied().filter(|span| span.start <= offset)
    }
}

/// A text whose strings hold blanks for the escapes of blanks: the `n` of `\n` is no letter of the word behind it.
fn without_escapes(code: String, strings: &[Span]) -> String {
    let mut bytes = code.into_bytes();
    for span in strings {
        let mut at = span.start as usize;
        let end = (span.end as usize).min(bytes.len());
        while at + 1 < end {
            let is_escape = bytes[at] == b'\\';
            if is_escape && matches!(bytes[at + 1], b'n' | b'r' | b't') {
                bytes[at..at + 2].fill(b' ');
            }
            at += if is_escape { 2 } else { 1 };
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// The names of the regions around an offset.
fn around(regions: &[(Span, String)], offset: u32) -> Vec<&str> {
    let around = |span: &Span| span.start <= offset && offset < span.end;
    regions.iter().filter(|(span, _)| around(span)).map(|(_, name)| name.as_str()).collect()
}
