//! `AsciiDoc` and reStructuredText, read by their lines: headings, lists, blocks of code, tables and links.

use super::builder::{Builder, is_inline_command, label};
use super::section::{Block, BlockKind, Link, Section};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// The sections of an `AsciiDoc` text.
pub(super) fn asciidoc(text: &str) -> Vec<Section> {
    let lines = lines(text);
    let mut reader = Reader::new(text);
    let mut language = String::new();
    let mut in_table = false;
    let mut at = 0;
    while let Some(&(start, line)) = lines.get(at) {
        let trimmed = line.trim_end();
        if let Some(fence) = fence(trimmed) {
            reader.flush(start);
            let end = lines[at + 1..].iter().position(|(_, other)| other.trim_end() == fence);
            let end = end.map_or(lines.len(), |offset| at + 1 + offset);
            // `////` is a comment, which is never evidence.
            if !fence.starts_with("////") {
                reader.code(&language, &lines[at + 1..end]);
            }
            language.clear();
            at = end + 1;
            continue;
        }
        let level = trimmed.bytes().take_while(|&byte| byte == b'=').count();
        if trimmed.starts_with("|===") {
            reader.flush(start);
            in_table = !in_table;
        } else if in_table {
            reader.row(start, trimmed);
        } else if (1..=6).contains(&level) && trimmed[level..].starts_with(' ') {
            reader.heading(level as u8, trimmed[level..].trim(), start, trimmed.len());
        } else if let Some(id) = anchor(trimmed) {
            reader.builder.anchor(id);
        } else if let Some(attributes) = trimmed.strip_prefix("[source").and_then(|rest| rest.strip_suffix(']')) {
            attributes.trim_start_matches(',').split(',').next().unwrap_or("").trim().clone_into(&mut language);
        } else if !trimmed.starts_with("//") && !is_attribute(trimmed) {
            reader.line(start, trimmed, ItemStyle::AsciiDoc);
        }
        at += 1;
    }
    reader.flush(text.len());
    reader.builder.finish()
}

/// The anchor that a line gives to what follows it: `[[id]]`, `[#id]`, `[id='id']`.
fn anchor(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?.strip_suffix(']')?;
    let id = if let Some(id) = inner.strip_prefix('[') {
        id.strip_suffix(']')?
    } else if let Some(id) = inner.strip_prefix('#') {
        id
    } else {
        inner.strip_prefix("id=")?.trim_start_matches(['"', '\''])
    };
    id.split([',', '"', '\'']).next()
}

/// Whether a line of `AsciiDoc` only says how what follows is shown: `[role="note"]`, `:toc: left`.
fn is_attribute(line: &str) -> bool {
    let name = |rest: &str| rest.split_once(':').is_some_and(|(name, _)| !name.is_empty() && !name.contains(' '));
    line.starts_with('[') && line.ends_with(']') || line.strip_prefix(':').is_some_and(name)
}

fn fence(line: &str) -> Option<&str> {
    let is_fence = line.len() >= 4
        && ["-", ".", "/", "`"].iter().any(|mark| line.trim_matches(mark.as_bytes()[0] as char).is_empty());
    (is_fence || line.starts_with("```")).then_some(if line.starts_with("```") { "```" } else { line })
}

/// The sections of a reStructuredText.
pub(super) fn rst(text: &str) -> Vec<Section> {
    let lines = lines(text);
    let mut reader = Reader::new(text);
    // A line above the title makes another level of the same sign.
    let mut adornments: Vec<(char, bool)> = Vec::new();
    let mut at = 0;
    while let Some(&(start, line)) = lines.get(at) {
        let trimmed = line.trim_end();
        let underline = lines.get(at + 1).and_then(|(_, next)| adornment(next));
        if let Some(mark) = underline
            && !trimmed.trim().is_empty()
            && adornment(trimmed).is_none()
            && lines[at + 1].1.trim_end().len() >= trimmed.trim().len().min(3)
        {
            let above = at.checked_sub(1).and_then(|before| adornment(lines[before].1));
            let style = (mark, above == Some(mark));
            let level = adornments.iter().position(|&known| known == style).unwrap_or_else(|| {
                adornments.push(style);
                adornments.len() - 1
            });
            reader.heading(level.min(254) as u8 + 1, trimmed.trim(), start, trimmed.len());
            at += 2;
            continue;
        }
        if let Some(language) = code_directive(trimmed) {
            let end = indented_until(&lines, at + 1);
            if !trimmed.trim_start().starts_with("..") {
                reader.line(start, trimmed.trim_end_matches(':'), ItemStyle::Rst);
            }
            reader.flush(start);
            let body = &lines[at + 1..end];
            let body = &body[body.iter().take_while(|(_, line)| line.trim_start().starts_with(':')).count()..];
            reader.code(language, body);
            at = end;
            continue;
        }
        if let Some(id) = trimmed.strip_prefix(".. _").and_then(|rest| rest.strip_suffix(':')) {
            reader.builder.anchor(id.trim_matches('`'));
        } else if trimmed.starts_with("..") {
            at = indented_until(&lines, at + 1);
            continue;
        } else if adornment(trimmed).is_none() {
            reader.line(start, trimmed, ItemStyle::Rst);
        }
        at += 1;
    }
    reader.flush(text.len());
    reader.builder.finish()
}

fn adornment(line: &str) -> Option<char> {
    let line = line.trim_end();
    let mark = line.chars().next().filter(char::is_ascii_punctuation)?;
    (line.len() >= 3 && line.chars().all(|character| character == mark)).then_some(mark)
}

/// The language of a block of code that the next, indented lines hold.
fn code_directive(line: &str) -> Option<&str> {
    let line = line.trim();
    let directive = line.strip_prefix(".. code-block::").or_else(|| line.strip_prefix(".. code::"));
    directive
        .or_else(|| line.strip_prefix(".. sourcecode::"))
        .map(str::trim)
        .or_else(|| (line.ends_with("::") && !line.starts_with("..")).then_some(""))
}

fn indented_until(lines: &[(usize, &str)], from: usize) -> usize {
    let body = lines[from.min(lines.len())..].iter();
    from + body.take_while(|(_, line)| line.trim().is_empty() || line.starts_with([' ', '\t'])).count()
}

fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let at = start;
            start += line.len();
            (at, line)
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ItemStyle {
    AsciiDoc,
    Rst,
}

static ORDERED: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^\s*(?:\d{1,3}[.)]|#\.|[a-z][.)])\s+").expect("a constant pattern"));
static BULLET: LazyLock<Regex> = LazyLock::new(|| compile(r"^\s*[*+-]\s+").expect("a constant pattern"));
static DOTTED: LazyLock<Regex> = LazyLock::new(|| compile(r"^\.{1,5}\s+").expect("a constant pattern"));
static STARRED: LazyLock<Regex> = LazyLock::new(|| compile(r"^(?:\*{1,5}|-)\s+").expect("a constant pattern"));
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    // What a picture, an included file or a condition names is no link.
    let pattern = r"\b(?:image|video|audio|icon|include|footnote|ifdef|ifndef|ifeval|endif)::?[^\s\[]*\[[^\]]*\]|xref:(?P<id>[\w{}-]+)\[(?P<it>[^\]]*)\]|(?:link:|xref:)?(?P<a>https?://[^\s\[\]<>`]+|[\w./#{}-]+)\[(?P<at>[^\]]*)\]|`(?P<rt>[^`<]+?)\s*<(?P<r>[^>`]+)>`_|<<(?P<x>[^,>]+)(?:,(?P<xt>[^>]*))?>>|(?P<bare>https?://[^\s\[\]<>`)]+)";
    compile(pattern).expect("a constant pattern")
});
static CODE: LazyLock<Regex> = LazyLock::new(|| compile(r"``?([^`]+)``?").expect("a constant pattern"));

struct Reader<'t> {
    builder: Builder,
    paragraph: Option<(usize, usize, BlockKind)>,
    text: &'t str,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { builder: Builder::new(text.len()), paragraph: None, text }
    }

    fn heading(&mut self, level: u8, title: &str, start: usize, length: usize) {
        self.flush(start);
        self.builder.heading(level, title, Span::new(start, start + length), None);
    }

    fn code(&mut self, language: &str, lines: &[(usize, &str)]) {
        let (Some(&(start, _)), Some(&(last, end))) = (lines.first(), lines.last()) else { return };
        let text: String = lines.iter().map(|(_, line)| line.trim_start_matches([' ', '\t'])).collect();
        self.builder.code(language, &text, Span::new(start, last + end.len()));
    }

    fn row(&mut self, start: usize, line: &str) {
        let cells: Vec<String> = line.split('|').skip(1).map(|cell| cell.trim().to_owned()).collect();
        if cells.is_empty() {
            return;
        }
        let span = Span::new(start, start + line.len());
        let kind = BlockKind::Row { cells: cells.clone(), header: false };
        self.builder.prose(
            Block { kind, span, text: cells.join(" | "), commands: false, inline: String::new(), label: None },
            line,
        );
    }

    fn line(&mut self, start: usize, line: &str, style: ItemStyle) {
        let (ordered, bullet) = match style {
            ItemStyle::AsciiDoc => (DOTTED.is_match(line) || ORDERED.is_match(line), STARRED.is_match(line)),
            ItemStyle::Rst => (ORDERED.is_match(line), BULLET.is_match(line)),
        };
        if line.trim().is_empty() || line == "+" {
            return self.flush(start);
        }
        if ordered || bullet {
            self.flush(start);
            let indented = match style {
                ItemStyle::AsciiDoc => line.starts_with("..") || line.starts_with("**"),
                ItemStyle::Rst => line.starts_with([' ', '\t']),
            };
            let kind = BlockKind::Item { ordered, depth: u8::from(indented) };
            self.paragraph = Some((start, start + line.len(), kind));
        } else if let Some((_, end, _)) = &mut self.paragraph {
            *end = start + line.len();
        } else {
            self.paragraph = Some((start, start + line.len(), BlockKind::Paragraph));
        }
    }

    fn flush(&mut self, _end: usize) {
        let Some((start, end, kind)) = self.paragraph.take() else { return };
        let raw = &self.text[start..end];
        let inline: Vec<&str> = CODE.captures_iter(raw).filter_map(|code| Some(code.get(1)?.as_str())).collect();
        let inline: String = inline.into_iter().filter(|code| is_inline_command(code)).collect::<Vec<_>>().join("\n");
        for found in LINK.captures_iter(raw) {
            let url = ["a", "r", "id", "x", "bare"].iter().find_map(|name| found.name(name));
            let text = ["at", "rt", "it", "xt"].iter().find_map(|name| found.name(name));
            // What an attribute stands for is said elsewhere.
            if let Some(url) = url.filter(|url| !url.as_str().contains('{')) {
                let url = if found.name("x").or(found.name("id")).is_some() {
                    format!("#{}", url.as_str())
                } else {
                    url.as_str().to_owned()
                };
                let text = text.map_or("", |text| text.as_str()).to_owned();
                self.builder.link(Link { text, url, span: Span::new(start + url_start(&found), end) });
            }
        }
        let text = CODE.replace_all(raw, |code| code[1].to_owned()).into_owned();
        let text = [&ORDERED, &BULLET, &DOTTED, &STARRED].iter().fold(text, |text, mark| {
            match mark.find(&text).filter(|_| kind != BlockKind::Paragraph) {
                Some(found) => [&text[..found.start()], &text[found.end()..]].concat(),
                None => text,
            }
        });
        let bold = text.strip_prefix('*').map(|rest| rest.trim_start_matches('*'));
        let bold = bold.and_then(|rest| rest.split_once('*')).map(|(bold, _)| bold.to_owned());
        let label = label(bold.as_deref(), &text);
        let block = Block { kind, span: Span::new(start, end), text, commands: !inline.is_empty(), inline, label };
        self.builder.prose(block, &CODE.replace_all(raw, |_| String::new()));
    }
}

fn url_start(found: &crate::pattern::Captures<'_>) -> usize {
    found.get(0).map_or(0, |whole| whole.start())
}
