//! Comments of what is not source code: settings, infrastructure, SQL, markup.

use super::language::Language;
use super::mask;
use crate::source::Span;
use std::borrow::Cow;

/// How a kind of file writes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `#` at the start of a line or after a blank: YAML, TOML, shell-like settings, Dockerfiles.
    Hash,
    /// `#` or `;`: INI.
    HashSemicolon,
    /// `#`, `//` and `/* */`: Terraform.
    Terraform,
    /// `//` and `/* */`: JSON with comments, CSS, CUE.
    Slashes,
    /// `--` and `/* */`: SQL.
    Sql,
    /// `<!-- -->`: XML, HTML, Markdown.
    Markup,
}

/// A text with its comments blanked, where its kind is known; offsets stay.
pub fn without_comments<'t>(path: &str, text: &'t str) -> Cow<'t, str> {
    if let Some(language) = Language::of(path) {
        return Cow::Owned(mask::blank(text, &mask::scan(language, text).comments));
    }
    let Some(style) = style_of(path) else { return Cow::Borrowed(text) };
    let spans = match style {
        Style::Markup => delimited(text, "<!--", "-->"),
        _ => scan(style, text),
    };
    if spans.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(mask::blank(text, &spans)) }
}

fn style_of(path: &str) -> Option<Style> {
    const NAMES: &[&str] = &["dockerfile", "containerfile", "makefile", "justfile", "gemfile", "rakefile", "procfile"];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if NAMES.iter().any(|known| name.starts_with(known)) || name.starts_with(".env") || name == "caddyfile" {
        return Some(Style::Hash);
    }
    Some(match name.rsplit_once('.')?.1 {
        "yaml" | "yml" | "toml" | "lock" | "conf" | "env" | "properties" | "mk" | "just" | "cfg" | "dockerfile" => {
            Style::Hash
        }
        "gitignore" | "dockerignore" | "rego" | "goml" | "nix" | "txt" => Style::Hash,
        "ini" | "cnf" | "service" | "timer" => Style::HashSemicolon,
        "tf" | "tfvars" | "hcl" | "nomad" => Style::Terraform,
        "jsonc" | "json5" | "cue" | "css" | "scss" | "gradle" | "groovy" | "bicep" => Style::Slashes,
        "sql" => Style::Sql,
        "xml" | "html" | "htm" | "md" | "markdown" | "csproj" | "svg" => Style::Markup,
        _ => return None,
    })
}

fn delimited(text: &str, open: &str, close: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(open) {
        let start = at + found;
        at = text[start..].find(close).map_or(text.len(), |length| start + length + close.len());
        spans.push(Span::new(start, at));
    }
    spans
}

/// One pass, line by line: a quote that does not close on its line is an apostrophe.
fn scan(style: Style, text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let at_word = at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n');
        let blank_line = || bytes[..at].iter().rev().take_while(|&&b| b != b'\n').all(u8::is_ascii_whitespace);
        let next = bytes.get(at + 1).copied();
        let line = || memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        let end = match bytes[at] {
            b'#' if at_word && !matches!(style, Style::Slashes | Style::Sql) => Some(line()),
            b';' if style == Style::HashSemicolon && at_word && blank_line() => Some(line()),
            b'-' if style == Style::Sql && next == Some(b'-') => Some(line()),
            b'/' if next == Some(b'/') && matches!(style, Style::Slashes | Style::Terraform) => Some(line()),
            b'/' if next == Some(b'*') && matches!(style, Style::Slashes | Style::Terraform | Style::Sql) => {
                Some(text[at + 2..].find("*/").map_or(bytes.len(), |length| at + 2 + length + 2))
            }
            _ => None,
        };
        if let Some(end) = end {
            spans.push(Span::new(at, end));
            at = end;
        } else if matches!(bytes[at], b'"' | b'\'') {
            at = quoted_end(bytes, at).unwrap_or(at + 1);
        } else {
            at += 1;
        }
    }
    spans
}

/// Where a quoted text that closes on its line ends.
fn quoted_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut index = at + 1;
    while let Some(&byte) = bytes.get(index).filter(|_| index < at + 4096) {
        match byte {
            b'\n' => return None,
            b'\\' if bytes[at] == b'"' => index += 1,
            _ if byte == bytes[at] => return Some(index + 1),
            _ => {}
        }
        index += 1;
    }
    None
}
