//! Puts sections together while a reader walks through the text; the same for every markup.

use super::anchors;
use super::section::{Block, BlockKind, Link, Section};
use crate::pattern::{Regex, compile, pattern};
use crate::source::Span;
use std::sync::LazyLock;

/// Marks of unfinished work. The capitals are case-sensitive: "a todo list" is prose, `TODO` is a hole.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?m)\b(?:TODO|TBD|TBC|FIXME|XXX)\b|(?i:\bcoming soon\b[\s_*]*(?:[^\w\s*]|$)|\blorem ipsum\b|\bto be (?:written|determined|completed|announced|defined|documented|added|done)[\s_*.\])]*$|\bwork in progress[\s_*.\])]*$|\bunder construction\b|\bthis (?:section|chapter) is (?:now |currently )?(?:deprecated|outdated|obsolete|out[- ]of[- ]date|no longer (?:maintained|valid|accurate|correct|up[- ]to[- ]date))\b|^\W*xxx+\W*$)|\{\{\s*[A-Za-z_$.][^{}]*\}\}";
    Regex::constant(pattern)
});

/// A numbered heading: `3. Check`, `Step 3: Check`.
pub(super) static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"^(?i:(?:step|phase|stage)\s+)?\d{1,2}\s*[.):–—-]?\s+\S|^(?i:step\s+\d{1,2})").expect("a constant pattern")
});

/// The number that a paragraph begins with: `1. Fetch the image`, `Step 1`.
static STEP: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^(?i:(?:step|phase)\s+\d{1,2}\b|\d{1,2}[.)]\s+\S)").expect("a constant pattern"));

/// The first word of a line that an operator would type.
static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::constant(
        r"^(?:[$#>%]\s+)?(?:sudo\s+)?(?:[A-Z_]+=\S*\s+)*(?:\./|/|~/)?[a-z][\w.+-]*(?:/[\w.+-]+)*(?:\s+\S|$)",
    )
});

/// Collects the sections of one document.
pub(super) struct Builder {
    sections: Vec<Section>,
    length: usize,
}

impl Builder {
    /// A builder for a text of this length; the document itself is the first section.
    pub(super) fn new(length: usize) -> Self {
        let document = Section { span: Span::new(0, length), ..Section::default() };
        Self { sections: vec![document], length }
    }

    /// Gives the document the title of its front matter.
    pub(super) fn title(&mut self, title: &str) {
        self.sections[0].title = spaced(title.trim().trim_matches(['"', '\'']));
    }

    /// Gives the document what its front matter says of it.
    pub(super) fn description(&mut self, description: &str) {
        self.sections[0].description = spaced(description.trim().trim_matches(['"', '\'']));
    }

    /// Begins a section.
    pub(super) fn heading(&mut self, level: u8, title: &str, heading: Span, id: Option<&str>) {
        let mut parent = self.sections.len() - 1;
        while self.sections[parent].level >= level.max(1) {
            parent = self.sections[parent].parent.unwrap_or(0);
        }
        let mut anchors = vec![anchors::slug(title)];
        anchors.extend(id.map(anchors::slug));
        self.sections.push(Section {
            title: spaced(title.trim()),
            level: level.max(1),
            heading,
            span: Span::new(heading.start as usize, self.length),
            parent: Some(parent),
            anchors,
            ..Section::default()
        });
    }

    fn here(&mut self) -> &mut Section {
        let last = self.sections.len() - 1;
        &mut self.sections[last]
    }

    /// Adds an anchor that is written out (`<a name="x">`).
    pub(super) fn anchor(&mut self, name: &str) {
        self.here().anchors.push(anchors::slug(name));
    }

    /// Adds prose: a paragraph, item or row; `prose` is its text without inline code, where holes are looked for.
    pub(super) fn prose(&mut self, mut block: Block, prose: &str) {
        block.text = spaced(&block.text);
        // "**1. Fetch the image**" is the item of a list that goes on below it.
        if block.kind == BlockKind::Paragraph && block.label.as_deref().is_some_and(|label| STEP.is_match(label)) {
            block.kind = BlockKind::Item { ordered: true, depth: 0 };
        }
        if block.text.trim().is_empty() && !block.commands {
            return;
        }
        let section = self.here();
        section.words += block.text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        if PLACEHOLDER.is_match(prose) {
            section.placeholders.push(block.span);
        }
        section.blocks.push(block);
    }

    /// Adds a block of code; a command also belongs to the numbered item before it.
    pub(super) fn code(&mut self, language: &str, text: &str, span: Span) {
        if text.trim().is_empty() {
            return;
        }
        let is_command = is_shell(language, text);
        let section = self.here();
        section.words += words_beside_a_tree(text);
        if is_command {
            let item = section.blocks.iter_mut().rev().find(|block| matches!(block.kind, BlockKind::Item { .. }));
            if let Some(item) = item {
                item.commands = true;
            }
        }
        let kind = if is_command { BlockKind::Command } else { BlockKind::Code(language.to_owned()) };
        section.blocks.push(Block {
            kind,
            span,
            text: text.to_owned(),
            commands: is_command,
            inline: String::new(),
            label: None,
        });
    }

    /// Adds a link.
    pub(super) fn link(&mut self, link: Link) {
        self.here().links.push(link);
    }

    /// The finished sections: each span ends where the next heading of its level or above begins.
    pub(super) fn finish(mut self) -> Vec<Section> {
        let count = self.sections.len();
        let mut open: Vec<usize> = Vec::new();
        for index in 0..count {
            let (level, start) = (self.sections[index].level, self.sections[index].heading.start);
            while let Some(&last) = open.last() {
                if self.sections[last].level < level || self.sections[last].level == 0 {
                    break;
                }
                self.sections[last].end = index;
                self.sections[last].span.end = start;
                open.pop();
            }
            open.push(index);
        }
        for index in open {
            self.sections[index].end = count;
        }
        self.sections
    }
}

/// Whether a block of code is something an operator would type.
fn is_shell(language: &str, text: &str) -> bool {
    let word = language.split([',', ' ', '{']).next().unwrap_or("").to_ascii_lowercase();
    match word.as_str() {
        "sh" | "bash" | "shell" | "zsh" | "fish" | "console" | "shell-session" | "shellsession" | "sh-session"
        | "terminal" | "powershell" | "ps1" | "cmd" | "bat" | "sql" | "psql" | "redis" | "http" => true,
        "" | "text" | "txt" | "none" | "no-highlight" | "nohighlight" | "plaintext" | "default" | "plain" => {
            let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("# "));
            first.is_some_and(|line| COMMAND.is_match(line) && !line.ends_with([':', '{', '.', ';']))
        }
        _ => false,
    }
}

/// The words that stand beside the names in a drawing of folders: `├── api    - what the web asks for`.
fn words_beside_a_tree(text: &str) -> usize {
    let beside = text.lines().filter_map(|line| line.split_once("── "));
    let words = beside.flat_map(|(_, entry)| entry.split_whitespace().skip(1));
    words.filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// Whether inline code looks like a command: two words at least, the first of which could be a program, and no
/// assignment or prose.
pub(super) fn is_inline_command(code: &str) -> bool {
    let code = code.trim();
    let is_formula = code.contains(" = ") || code.contains(" + ");
    (code.contains(' ') || code.starts_with("./")) && COMMAND.is_match(code) && !is_formula
}

// Commands of programs that no sentence begins with in small letters.
pattern!(
    LISTED,
    r"^(?:sudo )?(?:git (?:clone|pull|checkout|fetch)|(?:npm|yarn|pnpm) (?:install|ci|run)|(?:apt|apt-get|dnf|yum|apk) (?:install|add|update|upgrade)|docker(?:[ -]compose)? (?:run|pull|up|build|exec)|systemctl \w+|kubectl \w+|helm (?:install|upgrade|repo)|pip3? install|composer install|bundle (?:install|exec)|chmod [\w+-]+|\./[\w.-]+)(?:\s+[\w.:/@=+~-]+)*$"
);

/// Whether an item is a command and nothing else, without the marks of code.
pub(super) fn is_listed_command(text: &str) -> bool {
    LISTED.is_match(text.trim())
}

/// The label of a paragraph or item: its bold beginning, or what stands before a colon within its first six words.
pub(super) fn label(bold: Option<&str>, text: &str) -> Option<String> {
    let before_colon = || {
        let (label, _) =
            text.split_once(": ").or_else(|| text.trim_end().strip_suffix(':').map(|label| (label, "")))?;
        (label.split_whitespace().count() <= 6 && !label.contains(['.', ','])).then(|| label.to_owned())
    };
    let bold = bold.map(|bold| bold.trim().trim_end_matches([':', '.']).to_owned()).filter(|bold| !bold.is_empty());
    bold.or_else(before_colon)
}

/// The text with ordinary spaces: people write "4 h" with one that does not break, and patterns know the ordinary one.
fn spaced(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ")
}
