//! What stands in a section, and whether it is enough to count.

use super::candidates::Candidate;
use super::deed;
use super::measure;
use super::named;
use super::setting::{self, Setting};
use super::topic::{Action, Needs, Part, Topic};
use crate::facts::Facts;
use crate::facts::documents::{Block, BlockKind, Document, Link, Section, Target, is_reference, resolve};
use crate::pattern::{Regex, pattern};
use crate::tree::path::{folder_of, join};

/// Words of prose that are substance by themselves.
pub(super) const ENOUGH_WORDS: usize = 60;
/// Numbered steps that are.
const ENOUGH_STEPS: usize = 3;

/// Commands, one after the other, that are a procedure.
const ENOUGH_LINES: usize = 2;

pattern!(INSTALLS_CHART, r"(?m)\bhelm\b[^\n]*\b(?:install|upgrade)\b");
// The sections of a chart's page that belong to how it is installed.
pattern!(NEEDED, r"(?i)^(?:pre-?requisites?|requirements|before you (?:begin|start))\b");
pattern!(AROUND, r"(?i)^(?:introduction|overview|verif\w+|check\w*)\b");

/// What a section holds.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent observations, each with a sentence of its own")]
pub(super) struct Weight {
    words: usize,
    /// Words of the sections beside it that belong to the same guide.
    words_beside: usize,
    steps: usize,
    commands: usize,
    /// Commands that stand in a block of their own.
    blocks: usize,
    /// The lines of these blocks, without their comments.
    lines: usize,
    /// Items of any list that say a command.
    listed: usize,
    rows: usize,
    holes: Vec<String>,
    lacks_action: bool,
    is_off_topic: bool,
    off_topic_why: &'static str,
    /// It says little and points out of the tree.
    pub(super) is_outside: bool,
    /// It is about a developer's machine, an example or a test, in these words.
    pub(super) development: Option<String>,
    /// It is about production too.
    is_uncertain: bool,
    refused: bool,
    /// What the topic is about is there in number: three symptoms with their fixes need no sixty words.
    is_counted: bool,
}

impl Weight {
    /// Whether it would count, if it were clear that it is about production.
    pub(super) fn is_uncertain_alone(&self) -> bool {
        self.is_uncertain && self.flaws().is_empty()
    }

    /// Whether what the topic is about is there in number.
    pub(super) fn is_counted(&self) -> bool {
        self.is_counted
    }

    /// Why it does not count; `None` if it does.
    pub(super) fn flaw(&self) -> Option<String> {
        let mut flaws = self.flaws();
        if self.refused {
            flaws.extend(self.development.iter().map(|word| format!("it is about {word}")));
        }
        (!flaws.is_empty()).then(|| flaws.join(", "))
    }

    /// What it lacks.
    fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        let words = self.words + self.words_beside;
        let is_thin = !self.is_counted && words < ENOUGH_WORDS && self.steps < ENOUGH_STEPS && self.rows < ENOUGH_STEPS;
        if is_thin {
            flaws.push(self.describe());
        }
        if self.lacks_action {
            flaws.push(self.missing_action());
        }
        if is_thin || self.lacks_action {
            flaws.extend(self.holes.iter().take(3).cloned());
        }
        if self.is_off_topic {
            flaws.push(self.off_topic_why.into());
        }
        flaws
    }

    fn missing_action(&self) -> String {
        match self.commands {
            0 => "no command and no numbered steps",
            _ => "commands only in passing: neither a block of commands nor three steps",
        }
        .to_owned()
    }

    /// `214 words, 5 steps, 3 commands`.
    pub(super) fn describe(&self) -> String {
        let count = |count: usize, one: &str| match count {
            0 => format!("no {one}s"),
            1 => format!("1 {one}"),
            _ => format!("{count} {one}s"),
        };
        let mut said = vec![count(self.words, "word"), count(self.steps, "step")];
        if self.commands > 0 {
            said.push(count(self.commands, "command"));
        }
        if self.rows > 0 {
            said.push(count(self.rows, "table row"));
        }
        said.join(", ")
    }
}

/// Weighs a candidate.
pub(super) fn weigh(facts: &Facts<'_>, topic: &Topic, candidate: &Candidate<'_>) -> Weight {
    let mut weight = Weight::default();
    let document = candidate.document;
    match setting::of(facts, candidate, topic) {
        Setting::Production => {}
        Setting::Uncertain(_) if facts.project().is_production(&document.path) => {}
        Setting::Development(word) => weight.development = Some(word),
        Setting::Uncertain(word) => (weight.development, weight.is_uncertain) = (Some(word), !topic.development),
    }
    weight.refused = weight.development.is_some() && !topic.development;
    let mut outside = false;
    let mut is_about = topic.about.is_none();
    for (_, section) in candidate.speaking(topic) {
        outside |= section
            .links
            .iter()
            .filter(|link| !is_reference(&link.url) && !is_endpoint(link))
            .any(|link| resolve(facts.tree, facts.documents(), document, &link.url) == Target::Outside);
        if let Some(hole) = hole(facts, document, section) {
            weight.holes.push(hole);
            continue;
        }
        add(&mut weight, topic, section);
        if let Some(about) = &topic.about {
            is_about |=
                about.is_match(&section.title) || section.blocks.iter().any(|block| about.is_match(&block.text));
        }
    }
    weight.words_beside = words_of_chart(facts, candidate);
    let numbered = numbered_headings(candidate).count();
    weight.steps = weight.steps.max(numbered);
    if topic.action == Action::Steps {
        weight.steps = weight.steps.max(measure::told_headings(topic, candidate, ENOUGH_STEPS));
    }
    weight.is_counted = match &topic.needs {
        Needs::Named(names) => names.iter().filter_map(|name| topic.parts.get(name)).any(|part| match part {
            Part::Entries(_) | Part::Levels(_) | Part::List(_) => {
                !measure::find(facts, topic, candidate, part, false).is_empty()
            }
            // One command after the other is what the topic asks for, or one that leaves nothing open where it stands.
            Part::Commands(_) => weight.lines >= ENOUGH_LINES || is_done_at_once(topic, candidate),
            _ => false,
        }),
        Needs::Some(_) => false,
    };
    let acts = match topic.action {
        Action::None => true,
        Action::Command | Action::Told => weight.commands > 0,
        Action::Steps => weight.blocks > 0 || weight.listed >= ENOUGH_STEPS,
        Action::Answered => weight.commands > 0 || deed::is_answered(topic, candidate),
    };
    let steps = || candidate.speaking(topic).flat_map(|(_, section)| section.steps()).map(|step| step.text.as_str());
    // A list of what has changed, or of what the program does by itself, is no procedure.
    let are_steps = topic.action != Action::Told || numbered >= ENOUGH_STEPS || deed::are_told(steps());
    weight.lacks_action = !acts && (weight.steps < ENOUGH_STEPS || !are_steps);
    weight.is_outside = !weight.refused
        && outside
        && weight.words < ENOUGH_WORDS
        && weight.steps == 0
        && weight.commands == 0
        && weight.rows == 0;
    let is_of_another = is_of_another(topic, document);
    let is_of_code = is_of_code(topic, candidate);
    let is_told = topic.action != Action::Steps || weight.commands > 0 || deed::are_told(steps());
    is_about &= is_told && !deed::only_makes(topic, candidate) && !deed::is_of_users(facts, topic, candidate);
    weight.is_off_topic = is_of_another || is_of_code || !is_about && (weight.words > 0 || weight.is_counted);
    weight.off_topic_why = match topic.action {
        _ if is_of_another => "its reader begins a program of their own",
        _ if is_of_code => "its commands change the code",
        Action::Steps => "nothing in it is put into operation",
        Action::Command | Action::Told | Action::Answered | Action::None => {
            "it bears the name and speaks of something else"
        }
    };
    weight
}

/// Whether one command does all that the topic is about, in a document that otherwise never is about it.
fn is_done_at_once(topic: &Topic, candidate: &Candidate<'_>) -> bool {
    let mut blocks = candidate.speaking(topic).flat_map(|(_, section)| &section.blocks);
    topic.is_excluded(&candidate.document.path)
        && blocks.any(|block| block.kind == BlockKind::Command && topic.is_done_even_there(&block.text))
}

/// Words that the page of a chart gives to what is needed for it and to what it puts up, beside the section that installs
/// it: a guide that is divided well says little in each of them.
fn words_of_chart(facts: &Facts<'_>, candidate: &Candidate<'_>) -> usize {
    let document = candidate.document;
    let chart = join(folder_of(&document.path), "Chart.yaml");
    let installs = |block: &Block| block.kind == BlockKind::Command && INSTALLS_CHART.is_match(&block.text);
    let mut blocks = candidate.tree().iter().flat_map(|section| &section.blocks);
    let is_of_chart = chart.is_some_and(|path| facts.tree.file(&path).is_some());
    if candidate.section == 0 || !is_of_chart || !blocks.any(installs) {
        return 0;
    }
    let words = |pattern: &Regex| -> usize {
        let titled = document.sections.iter().filter(|section| pattern.is_match(&section.title));
        titled.map(|section| section.words).sum()
    };
    match words(&NEEDED) {
        0 => 0,
        needed => needed + words(&AROUND),
    }
}

/// Whether a link names where something runs, by no more than its address: `<https://shop.example/>`,
/// `<https://shop.example/api/v1/orders>`.
fn is_endpoint(link: &Link) -> bool {
    let address = link.url.trim_end_matches('/');
    let Some((_, rest)) = address.split_once("://").filter(|_| link.text.trim_end_matches('/') == address) else {
        return false;
    };
    let mut parts = rest.split('/').skip(1).peekable();
    parts.peek().is_none() || parts.any(|part| part == "api")
}

// "Commit the updated files along with the version": whoever does so changes the code.
pattern!(
    COMMITS,
    r"(?i)\bcommit (?:them|it|(?:all |both )?(?:the |these |those |your )?(?:\w+ )?(?:files?|changes?))\b"
);

/// Whether a command of a section, or a step, says that the section is about the code; only of topics that ask for it.
fn is_of_code(topic: &Topic, candidate: &Candidate<'_>) -> bool {
    let mut blocks = candidate.speaking(topic).flat_map(|(_, section)| &section.blocks);
    blocks.any(|block| match block.kind {
        BlockKind::Command => topic.is_of_code(&block.text),
        BlockKind::Item { .. } => topic.knows_code() && COMMITS.is_match(&block.text),
        _ => false,
    })
}

/// Whether a block of code of a document says that the whole of it is about another thing.
fn is_of_another(topic: &Topic, document: &Document) -> bool {
    let blocks = || document.sections.iter().flat_map(|section| &section.blocks);
    let is_code = |block: &&Block| matches!(block.kind, BlockKind::Command | BlockKind::Code(_));
    blocks().filter(is_code).any(|block| topic.is_other_command(&block.text))
}

/// Headings such as `Step 2: Migrate` that have something under them.
pub(super) fn numbered_headings<'f>(candidate: &Candidate<'f>) -> impl Iterator<Item = (usize, &'f Section)> {
    let offset = candidate.section;
    candidate
        .tree()
        .iter()
        .enumerate()
        .filter(|(_, section)| section.is_numbered() && !section.is_bare())
        .map(move |(index, section)| (index + offset, section))
}

pattern!(
    RENAMES,
    r"(?i)\b(?:replaced (?:by|with)|renamed (?:to|from)|changed (?:from|to)|(?:has|have|had) (?:to )?be(?:en)? (?:changed|removed|renamed|replaced)|is gone)\b"
);

fn add(weight: &mut Weight, topic: &Topic, section: &Section) {
    weight.words += section.words;
    weight.steps += section.steps().count();
    let (mut is_trial, mut is_of_settings) = (false, false);
    for block in &section.blocks {
        if matches!(block.kind, BlockKind::Paragraph | BlockKind::Item { .. }) {
            is_trial = !topic.development && setting::is_trial(&block.text);
        }
        match &block.kind {
            BlockKind::Command if is_trial || !topic.development && deed::is_developers(block) => {}
            BlockKind::Command => {
                weight.commands += 1;
                weight.blocks += 1;
                let lines = block.text.lines().map(str::trim);
                weight.lines += lines.filter(|line| !line.is_empty() && !line.starts_with('#')).count();
            }
            BlockKind::Row { cells, header: true } => is_of_settings = named::lists_settings(cells),
            // What can be set is no guide to doing it.
            BlockKind::Row { header: false, .. } if is_of_settings && topic.action == Action::Steps => {
                weight.words = weight.words.saturating_sub(block.text.split_whitespace().count());
            }
            BlockKind::Row { header: false, .. } => weight.rows += 1,
            // What a new release names otherwise tells nobody to run it.
            _ if topic.action == Action::Told && RENAMES.is_match(&block.text) => {}
            BlockKind::Item { .. } if block.commands => {
                weight.commands += 1;
                weight.listed += 1;
            }
            BlockKind::Paragraph if block.commands => weight.commands += 1,
            _ => {}
        }
    }
}

/// What keeps a section from counting: a placeholder in it, or a link that goes nowhere.
pub(super) fn hole(facts: &Facts<'_>, document: &Document, section: &Section) -> Option<String> {
    if let Some(&placeholder) = section.placeholders.first() {
        return Some(format!("placeholder at line {}", document.line(placeholder)));
    }
    section.links.iter().find_map(|link| match resolve(facts.tree, facts.documents(), document, &link.url) {
        Target::Broken(why) => Some(format!("link to {} at line {}: {why}", link.url, document.line(link.span))),
        _ => None,
    })
}
