//! The commands that a section gives, line by line.

use super::measure::Look;
use super::setting::last_sentence;
use crate::facts::documents::{Block, BlockKind, Document, Section};
use crate::pattern::pattern;
use crate::source::Span;

// One of several ways, each with the same command: "For a store of files:".
pattern!(ONE_CASE, r"(?i)^\W*(?:for|if|when|on|with|using|alternatively|or)\b[^.\n]*:\s*$");

// A right that is given is taken back later: both are one thing that is done on the way.
pattern!(GRANTS, r"(?i)^(?:alter (?:user|role)|grant|revoke)\s");

impl<'a> Look<'a, '_> {
    /// The commands under the one heading that has the most of them, line by line.
    pub(super) fn commands(&self) -> Vec<Span> {
        let document = self.candidate.document;
        let own = &document.sections[self.candidate.section].title;
        let is_shared =
            self.topic.is_shared(own) || self.candidate.section == 0 && self.topic.is_shared(document.title());
        let of_section = |(index, section): (usize, &'a Section)| {
            let is_head = index == self.candidate.section || section.title == document.title();
            let is_named = !is_head && self.topic.is_done_by(&section.title);
            // What leads to a command: the paragraph or item before it, and the paragraph before its list.
            let (mut above, mut lead, mut typed, mut found) = ("", "", Vec::new(), Vec::new());
            for block in &section.blocks {
                match block.kind {
                    BlockKind::Paragraph => (above, lead) = (&block.text, &block.text),
                    BlockKind::Item { .. } => lead = &block.text,
                    _ => {}
                }
                let is_meant = || {
                    !is_shared
                        || is_named
                        || self.topic.is_done_by(last_sentence(lead))
                        || self.topic.is_done_by(last_sentence(above))
                        || self.topic.is_done_by(&block.text)
                };
                if !block.commands || !is_meant() {
                    continue;
                }
                let program = program(&block.text);
                if !(ONE_CASE.is_match(lead) && typed.contains(&program)) {
                    found.extend(lines(document, block));
                }
                typed.push(program);
            }
            found
        };
        self.sections().map(of_section).min_by_key(|lines| std::cmp::Reverse(lines.len())).unwrap_or_default()
    }
}

/// What a block of one command begins with: the program and what it is to do.
fn program(text: &str) -> Vec<&str> {
    let words = text.split_whitespace().filter(|word| !["$", "sudo"].contains(word));
    words.take_while(|word| !word.starts_with('-')).take(2).collect()
}

/// The lines of a block of commands, each with what continues it; a sentence that names a command is one.
fn lines(document: &Document, block: &Block) -> Vec<Span> {
    let text = document.source.text().get(block.span.start as usize..block.span.end as usize);
    let (Some(text), BlockKind::Command) = (text, &block.kind) else { return vec![block.span] };
    let (mut at, mut continues, mut found) = (block.span.start as usize, false, Vec::new());
    let mut grants = false;
    for line in text.split_inclusive('\n') {
        let typed = line.trim();
        let is_typed = !typed.is_empty() && !["#", "```", "~~~"].iter().any(|mark| typed.starts_with(mark));
        let is_again = GRANTS.is_match(typed) && std::mem::replace(&mut grants, true);
        if !continues && is_typed && !is_again {
            found.push(Span::new(at, at + line.trim_end().len()));
        }
        continues = typed.ends_with('\\');
        at += line.len();
    }
    found
}
