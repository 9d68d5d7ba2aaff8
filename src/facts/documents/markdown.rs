//! Markdown, read with byte offsets.

use super::builder::{Builder, is_inline_command, is_listed_command, label};
use super::components::with_steps;
use super::section::{Block, BlockKind, Link, Section};
use crate::source::Span;
use memchr::memmem;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};
use std::borrow::Cow;
use std::ops::Range;

/// The sections of a Markdown text.
pub(super) fn read(text: &str) -> Vec<Section> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let text = with_steps(text);
    let text = with_admonitions(&text);
    let mut reader = Reader::new(text.len());
    reader.folds = matches!(text, Cow::Owned(_));
    for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
        reader.event(event, range);
    }
    reader.builder.finish()
}

/// How `MkDocs` begins what folds, stands out or is a tab, and what takes its place: an item of the same length, so that
/// the lines below, which are indented, belong to it.
const ADMONITIONS: &[(&str, &str)] =
    &[("??? ", "-   "), ("???+ ", "-   +"), ("!!! ", "-   "), ("!!!+ ", "-   +"), ("=== \"", "-   \"")];

/// The text with what only `MkDocs` understands as lists.
fn with_admonitions(text: &str) -> Cow<'_, str> {
    if !["??? ", "???+ ", "!!! ", "=== \""].iter().any(|mark| memmem::find(text.as_bytes(), mark.as_bytes()).is_some())
    {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len());
    let mut found = false;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start_matches(' ');
        written.push_str(&line[..line.len() - bare.len()]);
        let known = ADMONITIONS.iter().find_map(|(mark, item)| Some((*item, bare.strip_prefix(mark)?)));
        let (item, rest) = known.unwrap_or(("", bare));
        found |= known.is_some();
        written.push_str(item);
        written.push_str(rest);
    }
    if found { Cow::Owned(written) } else { Cow::Borrowed(text) }
}

/// The title of an admonition: what its quotes hold.
fn admonition_title(text: &str) -> Option<&str> {
    let (kind, title) = text.trim().strip_suffix('"')?.split_once('"')?;
    let is_kind = kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" +-_".contains(&byte));
    (is_kind && kind.len() < 40 && !title.contains('"')).then_some(title)
}

/// What is being collected between a start and its end.
#[allow(clippy::struct_excessive_bools, reason = "independent states of the reader")]
struct Reader {
    builder: Builder,
    text: String,
    /// The same without inline code: what is code is no hole in the text.
    prose: String,
    start: Option<usize>,
    inline: String,
    bold: Option<String>,
    in_bold: bool,
    lists: Vec<bool>,
    in_item: bool,
    heading_id: Option<String>,
    cells: Option<Vec<String>>,
    code: Option<(String, usize)>,
    metadata: bool,
    link: Option<(String, usize, usize)>,
    /// Links of the heading that is being read: they belong to the section that it begins.
    heading_links: Option<Vec<Link>>,
    /// Whether items may be what `MkDocs` folds.
    folds: bool,
}

impl Reader {
    fn new(length: usize) -> Self {
        Self {
            builder: Builder::new(length),
            text: String::new(),
            prose: String::new(),
            start: None,
            inline: String::new(),
            bold: None,
            in_bold: false,
            lists: Vec::new(),
            in_item: false,
            heading_id: None,
            cells: None,
            code: None,
            metadata: false,
            link: None,
            heading_links: None,
            folds: false,
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.open(tag, &range),
            Event::End(tag) => self.close(tag, &range),
            Event::Text(text) => self.push(&text, &range),
            Event::Code(code) => {
                if is_inline_command(&code) {
                    self.inline.push_str(code.trim());
                    self.inline.push('\n');
                }
                let prose = self.prose.len();
                self.push(&code, &range);
                self.prose.truncate(prose);
            }
            Event::SoftBreak | Event::HardBreak => self.push("\n", &range),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html, &range),
            _ => {}
        }
    }

    fn push(&mut self, text: &str, range: &Range<usize>) {
        self.start.get_or_insert(range.start);
        if self.in_bold
            && let Some(bold) = &mut self.bold
        {
            bold.push_str(text);
        }
        self.text.push_str(text);
        self.prose.push_str(text);
    }

    fn open(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Heading { id, .. } => {
                self.flush(range.start);
                self.heading_id = id.map(CowStr::into_string);
                self.heading_links = Some(Vec::new());
            }
            Tag::CodeBlock(kind) => {
                self.flush(range.start);
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, range.start));
            }
            Tag::List(first) => {
                self.flush(range.start);
                self.lists.push(first.is_some());
            }
            Tag::Item => {
                self.flush(range.start);
                self.in_item = true;
            }
            Tag::TableHead | Tag::TableRow => {
                self.flush(range.start);
                self.cells = Some(Vec::new());
                self.start = Some(range.start);
            }
            Tag::MetadataBlock(_) => self.metadata = true,
            Tag::Strong if self.bold.is_none() && self.text.trim().is_empty() => {
                self.bold = Some(String::new());
                self.in_bold = true;
            }
            Tag::Link { dest_url, .. } => self.link = Some((dest_url.into_string(), range.start, self.text.len())),
            Tag::Image { .. } => self.start = self.start.or(Some(range.start)),
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Heading(level) => {
                let title = std::mem::take(&mut self.text);
                self.reset();
                let id = self.heading_id.take();
                self.builder.heading(level as u8, &title, Span::new(range.start, range.end), id.as_deref());
                for link in self.heading_links.take().unwrap_or_default() {
                    self.builder.link(link);
                }
            }
            TagEnd::CodeBlock => {
                if let Some((language, start)) = self.code.take() {
                    let text = std::mem::take(&mut self.text);
                    self.reset();
                    self.builder.code(&language, &text, Span::new(start, range.end));
                }
            }
            TagEnd::List(_) => {
                self.flush(range.end);
                self.lists.pop();
                self.in_item = false;
            }
            TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(range.end),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                if let Some(cells) = &mut self.cells {
                    cells.push(cell.trim().to_owned());
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => self.row(tag == TagEnd::TableHead, range),
            TagEnd::MetadataBlock(_) => {
                let text = std::mem::take(&mut self.text);
                self.reset();
                self.metadata = false;
                let value = |key: &str| {
                    let line = text.lines().find_map(|line| line.strip_prefix(key).map(str::trim_start));
                    line.and_then(|rest| rest.strip_prefix([':', '=']))
                };
                if let Some(title) = value("title") {
                    self.builder.title(title);
                }
                if let Some(description) = value("description") {
                    self.builder.description(description);
                }
            }
            TagEnd::Strong => self.in_bold = false,
            TagEnd::Link => {
                if let Some((url, start, from)) = self.link.take() {
                    let text = self.text.get(from..).unwrap_or("").to_owned();
                    let link = Link { text, url, span: Span::new(start, range.end) };
                    match &mut self.heading_links {
                        Some(links) => links.push(link),
                        None => self.builder.link(link),
                    }
                }
            }
            _ => {}
        }
    }

    fn row(&mut self, header: bool, range: &Range<usize>) {
        let Some(cells) = self.cells.take() else { return };
        let block = Block {
            text: cells.join(" | "),
            kind: BlockKind::Row { cells, header },
            span: Span::new(range.start, range.end),
            commands: !self.inline.is_empty(),
            inline: std::mem::take(&mut self.inline),
            label: None,
        };
        let prose = std::mem::take(&mut self.prose);
        self.reset();
        self.builder.prose(block, &prose);
    }

    /// What an element says with its attributes or as the title of a fold.
    fn html(&mut self, html: &str, range: &Range<usize>) {
        for attribute in ["name=\"", "id=\""] {
            if let Some(name) = html.split(attribute).nth(1).and_then(|rest| rest.split('"').next()) {
                self.builder.anchor(name);
            }
        }
        if let Some((_, rest)) = html.split_once("<summary>") {
            let title = rest.split("</summary>").next().unwrap_or("");
            let plain = title.replace("<b>", "").replace("</b>", "").replace("<strong>", "").replace("</strong>", "");
            self.flush(range.start);
            self.bold = Some(plain.trim().to_owned());
            self.push(&plain, range);
            self.flush(range.end);
        }
    }

    /// Ends the paragraph or item that is being collected.
    fn flush(&mut self, end: usize) {
        if self.cells.is_some() || self.metadata {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let start = self.start.unwrap_or(end);
        let ordered = self.lists.last().copied();
        let kind = match ordered {
            Some(ordered) if self.in_item => BlockKind::Item { ordered, depth: (self.lists.len().min(255) - 1) as u8 },
            _ => BlockKind::Paragraph,
        };
        // Only the first paragraph of an item is the item.
        if !text.trim().is_empty() {
            self.in_item = false;
        }
        if self.inline.is_empty() && matches!(kind, BlockKind::Item { .. }) && is_listed_command(&text) {
            self.inline.clone_from(&text);
        }
        let title = admonition_title(&text).filter(|_| self.folds && matches!(kind, BlockKind::Item { .. }));
        let label = label(self.bold.as_deref().or(title), &text);
        let block = Block {
            kind,
            span: Span::new(start, end),
            text,
            commands: !self.inline.is_empty(),
            inline: std::mem::take(&mut self.inline),
            label,
        };
        let prose = std::mem::take(&mut self.prose);
        self.reset();
        self.builder.prose(block, &prose);
    }

    fn reset(&mut self) {
        self.start = None;
        self.inline.clear();
        self.bold = None;
        self.in_bold = false;
        self.text.clear();
        self.prose.clear();
    }
}
