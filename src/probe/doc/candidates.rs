//! Which documents and sections are about a topic.

use super::releases;
use super::setting;
use super::topic::Topic;
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::documents::{Block, BlockKind, Document, Section, Standing, Target, resolve};
use crate::facts::own_name::without;
use crate::pattern::pattern;
use crate::source::Span;
use crate::tree::path::folder_of;
use std::collections::BTreeSet;

// Back to what was there before.
pattern!(WAY_BACK, r"(?i)^(?:how to )?(?:downgrad|restor|roll(?:ing)?[- ]?back|revert|going back)\w*\b");

// Where others keep their copies, behind the name of the program: "using Shop as your backup target".
pattern!(
    TARGET,
    r"(?i)\s+as (?:an?|the|your|their) (?:\w+ )?back-?up (?:target|destination|storage|store|repository|backend|server|location)\b"
);
// What leads to the commands that bring a copy back, below a heading that only names the copy.
pattern!(BRINGS_BACK, r"(?i)^\W*(?:(?:then|later|finally),?\s+)?to\s+(?:restore|recover)\b");

/// What stands at the root of a program, beside its page.
const MANIFESTS: &[&str] =
    &["Cargo.toml", "go.mod", "package.json", "pom.xml", "build.gradle", "build.gradle.kts", "Dockerfile", "main.go"];

/// A section, with its subsections, that is about a topic.
#[derive(Clone, Copy, Debug)]
pub(in crate::probe) struct Candidate<'f> {
    /// Its document.
    pub(in crate::probe) document: &'f Document,
    /// The section; 0 is the whole document.
    pub(in crate::probe) section: usize,
    /// The section to show when the document is meant as a whole.
    shown: usize,
}

impl<'f> Candidate<'f> {
    /// The section and its subsections.
    pub(in crate::probe) fn tree(&self) -> &'f [Section] {
        self.document.tree(self.section)
    }

    /// The section and its subsections with their indices, without those that turn to something else: to a developer's
    /// machine, unless the topic may speak of one, to what the topic leaves aside, or to a release of before.
    pub(in crate::probe) fn speaking(&self, topic: &Topic) -> impl Iterator<Item = (usize, &'f Section)> {
        let (from, development) = (self.section, topic.development || topic.code);
        let newest = releases::newest(self.tree());
        let mut aside = 0;
        self.tree().iter().enumerate().map(move |(index, section)| (index + from, section)).filter(
            move |&(index, section)| {
                let turns = || !development && setting::is_aside(&section.title) || topic.is_aside(&section.title);
                if index > from && (turns() || newest.is_after(section)) {
                    aside = aside.max(section.end);
                }
                index >= aside
            },
        )
    }

    /// Where it begins.
    pub(in crate::probe) fn place(&self) -> Place {
        match &self.document.sections[self.shown] {
            section if section.level == 0 => {
                let text = self.document.source.text();
                Place::at(self.document.path.clone(), Span::new(0, text.find('\n').unwrap_or(text.len())))
            }
            section => Place::at(self.document.path.clone(), section.heading),
        }
    }

    /// Whether it describes the program rather than how it is run: the use of a command, `RESTORE [options] <file>`, or
    /// the page of a module among its sources.
    pub(in crate::probe) fn is_of_the_code(&self, facts: &Facts<'_>) -> bool {
        let title = &self.document.sections[self.shown].title;
        if title.to_ascii_lowercase().contains("[option") || title.contains("[flags]") {
            return true;
        }
        folder_of(&self.document.path).split('/').any(|part| part == "src") && self.is_beside_sources(facts)
    }

    /// Whether it stands among the sources of a module, and not at the root of a program.
    pub(in crate::probe) fn is_beside_sources(&self, facts: &Facts<'_>) -> bool {
        let folder = folder_of(&self.document.path);
        if !folder.contains('/') && folder != "src" {
            return false;
        }
        let beside = || facts.tree.files().iter().filter(|file| folder_of(&file.path) == folder);
        let is_source =
            |name: &str| [".rs", ".go", ".java", ".kt", ".cs", ".cpp", ".c"].iter().any(|end| name.ends_with(end));
        let is_root = |name: &str| MANIFESTS.contains(&name) || name.ends_with(".csproj");
        beside().any(|file| is_source(file.name())) && !beside().any(|file| is_root(file.name()))
    }

    /// Whether its page offers the program to others as the place of their copies.
    pub(in crate::probe) fn is_for_their_copies(&self, facts: &Facts<'_>) -> bool {
        let mut blocks = self.document.sections.iter().flat_map(|section| &section.blocks);
        let own_name = facts.own_name();
        let own = |text: &str| {
            own_name.in_full().any(|name| text.to_lowercase().ends_with(name))
                || text.rsplit(|c: char| !c.is_alphanumeric()).next().is_some_and(|word| own_name.is_whole(word))
        };
        blocks.any(|block| TARGET.find_iter(&block.text).any(|found| own(&block.text[..found.start()])))
    }

    /// Whether it is a section of a page about something else, which may speak of that alone.
    pub(in crate::probe) fn is_of_part(&self, facts: &Facts<'_>, topic: &Topic) -> bool {
        self.section > 0
            && (topic.is_of_part(self.document.title(), &self.document.path)
                || topic.tells_parts() && self.is_beside_sources(facts))
    }

    /// Its heading, quoted.
    pub(in crate::probe) fn name(&self) -> String {
        let title = match &self.document.sections[self.shown].title {
            title if title.is_empty() => self.document.title(),
            title => title,
        };
        format!("\"{title}\"")
    }
}

/// The sections that are about a topic, outermost ones only.
pub(in crate::probe) fn find<'f>(facts: &'f Facts<'_>, topic: &Topic) -> Vec<Candidate<'f>> {
    let documents = facts.documents();
    let mut found: Vec<Candidate<'f>> = Vec::new();
    let mut whole: BTreeSet<&str> = BTreeSet::new();
    for document in documents.all().iter().filter(|document| may_speak(document, topic)) {
        let of_document = candidates(facts, document, topic);
        whole.extend(of_document.iter().filter(|candidate| candidate.section == 0).map(|_| &*document.path));
        found.extend(of_document);
    }
    for document in documents.all().iter().filter(|document| may_stand(document, topic)) {
        if topic.is_excluded(&document.path) {
            found.extend(ways_back(document, topic));
        }
    }
    let linked: Vec<Candidate<'f>> = found.iter().flat_map(|candidate| linked(facts, topic, candidate)).collect();
    for candidate in linked {
        if whole.insert(&candidate.document.path) {
            found.push(candidate);
        }
    }
    found
}

/// Whether a document may speak on a topic.
fn may_speak(document: &Document, topic: &Topic) -> bool {
    may_stand(document, topic) && !topic.is_excluded(&document.path)
}

/// The sections on the way back, of a document that otherwise never is about a topic, whose commands do what it is about.
fn ways_back<'f>(document: &'f Document, topic: &Topic) -> Vec<Candidate<'f>> {
    let does_it = |index: usize| {
        let blocks = document.tree(index).iter().flat_map(|section| &section.blocks);
        blocks.into_iter().any(|block| block.kind == BlockKind::Command && topic.is_done_even_there(&block.text))
    };
    let titled = |title: &str| WAY_BACK.is_match(title) && !topic.is_other_title(title);
    let found = (1..document.sections.len()).filter(|&index| titled(&document.sections[index].title) && does_it(index));
    found.map(|section| Candidate { document, section, shown: section }).collect()
}

/// Whether the standing of a document lets it speak on a topic.
fn may_stand(document: &Document, topic: &Topic) -> bool {
    match document.standing {
        Standing::Project => true,
        Standing::Code => topic.code,
        Standing::Template => topic.templates,
        Standing::Never(_) => false,
    }
}

fn candidates<'f>(facts: &Facts<'_>, document: &'f Document, topic: &Topic) -> Vec<Candidate<'f>> {
    // The largest heading, or the front matter, titles the document when everything else stands under it.
    let head = (0..document.sections.len().min(2)).find(|&index| !document.sections[index].title.is_empty());
    let is_readme = is_of_everything(document);
    let names =
        |index: usize| is_of_its_name(facts, &document.sections[index].title, topic, is_readme && Some(index) == head);
    let titled = |index: usize| {
        let title = &document.sections[index].title;
        (topic.is_title(title) || is_done_to_it(facts, title, topic))
            && !names(index)
            && !is_a_key(facts, document, index)
    };
    let is_head = head.is_some_and(|head| titled(head) && document.sections[head].end == document.sections.len());
    let is_other = head.is_some_and(|head| topic.is_other_title(&document.sections[head].title));
    let is_described = document.sections.first().is_some_and(|page| topic.is_description(&page.description));
    if ((topic.is_path(&document.path) || is_described) && !is_other) || is_head {
        let is_shown = |index: &usize| titled(*index) && document.tree(*index).iter().any(Section::acts);
        let below = (head.map_or(1, |head| head + 1)..document.sections.len()).find(is_shown);
        let shown = below.filter(|_| head.is_some()).or(head).unwrap_or(0);
        return vec![Candidate { document, section: 0, shown }];
    }
    let puts_up =
        |index: usize| is_readme && puts_up(topic, &document.sections[index]) && has_infrastructure(facts, document);
    let mut found = Vec::new();
    let mut index = 1;
    while index < document.sections.len() {
        if titled(index) || puts_up(index) || brings_back(topic, &document.sections[index]) {
            found.push(Candidate { document, section: index, shown: index });
            index = document.sections[index].end.max(index + 1);
        } else {
            index += 1;
        }
    }
    found
}

/// Whether a heading is nothing but a word of code: the key of a setting, in a reference of them.
fn is_a_key(facts: &Facts<'_>, document: &Document, index: usize) -> bool {
    let heading = document.sections[index].heading.range();
    let written = facts.tree.text(&document.path).and_then(|source| source.text().get(heading)).unwrap_or_default();
    let title = written.trim_start_matches(['#', '=']).trim();
    let word = title.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    word.is_some_and(|word| !word.contains([' ', '`']))
}

/// Whether a section on copies also gives the commands that bring one back.
fn brings_back(topic: &Topic, section: &Section) -> bool {
    let leads = |block: &Block| {
        block.kind == BlockKind::Paragraph
            && block.text.trim_end().ends_with(':')
            && BRINGS_BACK.is_match(setting::last_sentence(&block.text))
    };
    topic.is_shared(&section.title)
        && !topic.is_other_title(&section.title)
        && section.has_command()
        && section.blocks.iter().any(leads)
}

/// Whether infrastructure is declared in the folder of a document.
fn has_infrastructure(facts: &Facts<'_>, document: &Document) -> bool {
    let folder = folder_of(&document.path);
    facts.tree.files().iter().any(|file| file.path.ends_with(".tf") && folder_of(&file.path) == folder)
}

/// Whether a command under a heading puts up what is declared beside the document.
fn puts_up(topic: &Topic, section: &Section) -> bool {
    let mut commands = section.blocks.iter().filter(|block| block.kind == BlockKind::Command);
    !topic.is_other_title(&section.title) && commands.any(|block| topic.is_put_up_by(&block.text))
}

/// Whether a heading bears the name of the program, and the topic is a word of that and of nothing beside it: "Metrics
/// Server arguments", and not "Dashboards of the Metrics Server". The name alone is what a readme is titled by.
fn is_of_its_name(facts: &Facts<'_>, title: &str, topic: &Topic, is_head_of_readme: bool) -> bool {
    let is_all = |name: &str| {
        topic.is_title(name)
            && without(title, name)
                .is_some_and(|rest| !topic.is_title(&rest) && (is_head_of_readme || !rest.is_empty()))
    };
    facts.own_name().in_full().any(is_all)
}

/// Whether a heading is a title of what is done, with the name of the program behind it: "Updating Shopkeeper".
fn is_done_to_it(facts: &Facts<'_>, title: &str, topic: &Topic) -> bool {
    let mut others = facts.own_name().in_full().filter_map(|name| without(title, name));
    others.any(|rest| rest.ends_with("ing") && topic.is_title(&rest))
}

/// A section that says little itself and points into the tree hands its topic on: "see docs/deploy.md".
fn linked<'f>(facts: &'f Facts<'_>, topic: &Topic, from: &Candidate<'f>) -> Vec<Candidate<'f>> {
    let words: usize = from.tree().iter().map(|section| section.words).sum();
    if words >= super::weigh::ENOUGH_WORDS {
        return Vec::new();
    }
    let documents = facts.documents();
    let bears_its_name =
        |document: &Document| is_of_everything(document) && is_of_its_name(facts, document.title(), topic, true);
    let links = from.tree().iter().flat_map(|section| &section.links);
    let inside = links.filter_map(|link| match resolve(facts.tree, documents, from.document, &link.url) {
        Target::Inside(path) => documents.at(&path),
        _ => None,
    });
    inside
        .filter(|document| document.path != from.document.path && may_speak(document, topic))
        .filter(|document| !topic.is_other_title(document.title()) && !bears_its_name(document))
        // What a readme says on the topic stands in its sections; the rest of it speaks of everything.
        .filter(|document| !is_of_everything(document) || candidates(facts, document, topic).is_empty())
        .map(|document| Candidate { document, section: 0, shown: usize::from(document.sections.len() > 1) })
        .collect()
}

/// Whether a document introduces all there is in its folder.
fn is_of_everything(document: &Document) -> bool {
    document.path.rsplit('/').next().is_some_and(|name| name.to_ascii_lowercase().starts_with("readme."))
}

/// Whether a document is where somebody who operates the service begins: the readme, or the runbook.
pub(super) fn leads_operators(facts: &Facts<'_>, path: &str) -> bool {
    let is_runbook = |document: &Document| {
        Topic::named("runbook").is_err_and(|topic| topic.is_path(path) || topic.is_title(document.title()))
    };
    facts.documents().at(path).is_some_and(|document| document.is_readme() || is_runbook(document))
}
