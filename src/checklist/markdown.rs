//! A checklist in Markdown: the sections of its TuskLang fences, under the headings of the document.

use super::load::{Document, section};
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use crate::tusk::markdown::{Fence, Heading, fences};

/// The sections of a document, in order.
///
/// A fence without any section is an example of something else (settings of a service look like pairs too): it gives
/// no items, and a warning says so.
pub(super) fn sections(source: &Source) -> Document {
    let (fences, diagnostics) = fences(source);
    let mut document = Document { diagnostics, ..Document::default() };
    for Fence { category, title, document: block, span } in fences {
        if block.sections.is_empty() {
            let message = "this block has no `[section]`, so nothing of it is an item";
            document.diagnostics.push(Diagnostic::warning(span, message));
            continue;
        }
        let before = document.sections.len();
        document.add_root(block.root);
        document.sections.extend(block.sections.into_iter().map(section));
        // A heading ends the one before it, so a block without one stands under none.
        let (category, title) = (
            category.as_ref().map(Heading::words).unwrap_or_default(),
            title.as_ref().map(|title| title.words().to_owned()),
        );
        for draft in &mut document.sections[before..] {
            draft.category = Some(category.to_owned());
            draft.title.clone_from(&title);
        }
    }
    document
}
