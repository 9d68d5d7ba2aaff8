//! Lines of text of a given width, with or without colour.

use owo_colors::{OwoColorize, Style};
use textwrap::core::display_width;

/// How a report looks on a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns; no line is wider, except where a path alone is.
    pub width: usize,
    /// Whether colours are used.
    pub colour: bool,
    /// Whether everything is shown: met items, all evidence, the reasons.
    pub verbose: bool,
}

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tone {
    Plain,
    Heading,
    Faint,
    Good,
    Bad,
    Open,
    Place,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Heading => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => Style::new().green(),
            Self::Bad => Style::new().red().bold(),
            Self::Open => Style::new().yellow(),
            Self::Place => Style::new().cyan(),
        }
    }
}

/// A text that grows line by line.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) look: Look,
    text: String,
}

impl Page {
    pub(super) fn new(look: Look) -> Self {
        Self { look, text: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Another page below this one.
    pub(super) fn append(&mut self, below: &Self) {
        self.text.push_str(&below.text);
    }

    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// One line of pieces, not wrapped.
    pub(super) fn line(&mut self, indent: usize, pieces: &[(&str, Tone)]) {
        let mut line = " ".repeat(indent);
        for (text, tone) in pieces {
            line.push_str(&self.painted(text, *tone));
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A paragraph behind a label; the lines after the first hang under its text.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, column: usize, text: &str, tone: Tone) {
        let hang = indent + column;
        let room = self.look.width.saturating_sub(hang).max(20);
        // Paths and commands are kept whole where they fit on a line.
        let options = textwrap::Options::new(room)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let lines = textwrap::wrap(text, options);
        for (at, line) in lines.iter().enumerate() {
            let padded = if at == 0 { pad(label, column) } else { " ".repeat(column) };
            let label = self.painted(&padded, Tone::Faint);
            let line = self.painted(line, tone);
            self.text.push_str(format!("{}{label}{line}", " ".repeat(indent)).trim_end());
            self.text.push('\n');
        }
    }

    /// A place behind a label: never broken, so that it can be clicked.
    pub(super) fn place(&mut self, indent: usize, label: &str, column: usize, place: &str) {
        self.line(indent, &[(&pad(label, column), Tone::Faint), (place, Tone::Place)]);
    }

    fn painted(&self, text: &str, tone: Tone) -> String {
        let plain = matches!(tone, Tone::Plain) || text.trim().is_empty();
        if self.look.colour && !plain { text.style(tone.style()).to_string() } else { text.to_owned() }
    }
}

/// A text filled with blanks up to a width, with at least one behind it.
pub(super) fn pad(text: &str, width: usize) -> String {
    if width == 0 {
        return text.to_owned();
    }
    let missing = width.saturating_sub(display_width(text)).max(1);
    format!("{text}{}", " ".repeat(missing))
}

/// A text cut to a width, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let mut columns = 1;
    let is_over = |&(_, character): &(usize, char)| {
        columns += display_width(character.encode_utf8(&mut [0; 4]));
        columns > width
    };
    let end = text.char_indices().find(is_over).map_or(text.len(), |(end, _)| end);
    format!("{}…", text[..end].trim_end())
}
