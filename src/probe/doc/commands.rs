//! The commands that a section gives, line by line.

use super::measure::Look;
use crate::facts::documents::{Block, BlockKind, Document, Section};
use crate::source::Span;

impl<'a> Look<'a, '_> {
    /// The commands under the one heading that has the most of them, line by line.
    pub(super) fn commands(&self) -> Vec<Span> {
        let of_section = |section: &'a Section| {
            let commands = section.blocks.iter().filter(|block| block.commands);
            commands.flat_map(|block| lines(self.candidate.document, block)).collect::<Vec<_>>()
        };
        let found = self.sections().map(|(_, section)| of_section(section));
        found.min_by_key(|lines| std::cmp::Reverse(lines.len())).unwrap_or_default()
    }
}

/// The lines of a block of commands, each with what continues it; a sentence that names a command is one.
fn lines(document: &Document, block: &Block) -> Vec<Span> {
    let text = document.source.text().get(block.span.start as usize..block.span.end as usize);
    let (Some(text), BlockKind::Command) = (text, &block.kind) else { return vec![block.span] };
    let (mut at, mut continues, mut found) = (block.span.start as usize, false, Vec::new());
    for line in text.split_inclusive('\n') {
        let typed = line.trim();
        if !continues && !typed.is_empty() && !["#", "```", "~~~"].iter().any(|mark| typed.starts_with(mark)) {
            found.push(Span::new(at, at + line.trim_end().len()));
        }
        continues = typed.ends_with('\\');
        at += line.len();
    }
    found
}
