//! Where documents of the project lead out of the tree for a topic: what stands there cannot be read offline.

use super::topic::Topic;
use crate::evidence::{Blind, Place};
use crate::facts::Facts;
use crate::facts::documents::{Document, Lead, Target, resolve};
use crate::pattern::pattern;
use crate::source::Span;

pattern!(
    MOVED,
    r"(?i)\b(?:has|have|was|were|been|is|are)\s+(?:now\s+|been\s+|since\s+)*(?:moved|relocated)\s*,?(?:\s+(?:out|from|away|over|here|permanently|entirely|completely)\b[^.]{0,40})?\s+to\b"
);
// What moves without its documents: "the Shop project has moved to another registry".
pattern!(
    ANOTHER_MOVED,
    r"(?i)\b(?:(?:the|our)\s+(?:[\w-]+\s+){1,2}(?:project|organi[sz]ation|team)|images?|registr(?:y|ies))\s+(?:has|have|was|were|is|are)\s+(?:now\s+|been\s+|since\s+)*(?:moved|relocated)\b"
);
pattern!(ADDRESS, r"https?://[\w-]+\.[\w.-]+\w");

/// A link of more words is a sentence.
const WORDS: usize = 6;
/// What every project has a page on, whatever chapter it stands in.
const OF_ITS_OWN: &[&str] =
    &["security", "security policy", "vulnerabilities", "license", "code of conduct", "changelog"];
/// The parts of an address that name a repository: its owner and itself.
const NAME_OF_REPOSITORY: usize = 2;

/// Links in documents of the project that promise the topic and leave the tree.
pub(in crate::probe) fn outside_links(facts: &Facts<'_>, topic: &Topic) -> Vec<Blind> {
    let promised = facts.leads().iter().filter_map(|lead| Some((lead, promise(topic, lead)?)));
    let blind = promised.map(|(lead, what)| Blind {
        place: Some(lead.place.clone()),
        why: format!("\"{what}\" is linked outside the tree, cannot be read offline"),
    });
    blind.collect()
}

/// What a link promises of a topic, if it does.
fn promise<'l>(topic: &Topic, lead: &'l Lead) -> Option<&'l str> {
    let is_promised = |text: &str| text.split_whitespace().count() <= WORDS && topic.is_promised(text);
    let page = lead.page.as_deref().filter(|page| is_promised(page));
    let by_sentence = || {
        let spoken = lead.spoken.as_ref().filter(|_| lead.is_of_a_team || lead.is_theirs);
        spoken.is_some_and(|sentence| topic.is_spoken_of(sentence))
    };
    let by_heading =
        || lead.is_theirs && !topic.code && lead.headed.as_ref().is_some_and(|heading| topic.is_title(heading));
    // The name of a repository says less than what a link to it is called.
    let is_called_other = || lead.parts.len() <= NAME_OF_REPOSITORY && topic.is_other_title(&lead.text);
    // The chapter promises nothing of the topic where its page is on another one: `/operating/security`.
    let is_on_another = || {
        let last = lead.parts.iter().rfind(|part| !part.is_empty()).filter(|last| !topic.is_promised(last));
        last.is_some_and(|last| OF_ITS_OWN.contains(&last.to_lowercase().as_str()))
    };
    let by_path = || {
        !topic.code
            && lead.is_theirs
            && !is_called_other()
            && !is_on_another()
            && lead.parts.iter().any(|part| topic.is_promised(part))
    };
    // The description of an interface is a guide to nothing but that.
    let is_guide = !lead.text.ends_with(" API") || topic.is_promised("API");
    let by_text = || !lead.is_product && is_promised(&lead.text) && !(lead.text.contains("://") && is_on_another());
    if is_guide && (page.is_some() || by_text() || by_sentence() || by_heading() || by_path()) {
        return (!lead.is_others).then(|| page.unwrap_or(&lead.text));
    }
    (topic.elsewhere && lead.is_whole).then_some(&lead.text)
}

/// Pages on the topic that say of themselves that they have moved out of the tree.
pub(super) fn moved(facts: &Facts<'_>, topic: &Topic) -> Vec<Blind> {
    let documents = facts.documents();
    let names_it = |document: &Document| {
        let stem = document.path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
        let stem = stem.replace(['-', '_'], " ");
        topic.is_path(&document.path) || topic.is_title(document.title()) || topic.is_title(&stem)
    };
    let mut blind = Vec::new();
    for document in documents.of_project().filter(|document| names_it(document)) {
        for section in &document.sections {
            let leaves = |span: Span| {
                let links =
                    section.links.iter().filter(|link| span.start <= link.span.start && link.span.end <= span.end);
                links.into_iter().any(|link| resolve(facts.tree, documents, document, &link.url) == Target::Outside)
            };
            let says_so = |text: &str| MOVED.is_match(text) && !ANOTHER_MOVED.is_match(text);
            let has_moved = section
                .blocks
                .iter()
                .find(|block| says_so(&block.text) && (leaves(block.span) || ADDRESS.is_match(&block.text)));
            blind.extend(has_moved.map(|block| Blind {
                place: Some(Place::at(document.path.clone(), block.span)),
                why: format!("\"{}\" has moved out of the tree, cannot be read offline", document.title()),
            }));
        }
    }
    blind
}
