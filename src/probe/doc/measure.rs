//! Where a part of a topic stands in a section: steps, checks, symptoms with their fixes, levels, lists.

use super::candidates::Candidate;
use super::check::{is_check, tells_what_is_seen};
use super::deed::{are_told, is_told};
use super::setting::last_sentence;
use super::symptoms;
use super::topic::{Part, Pattern, Topic};
use super::weigh;
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::documents::{Block, BlockKind, Section};
use crate::facts::own_name::without;
use crate::pattern::pattern;
use crate::source::{Span, floor, head};

pattern!(
    FIX,
    r"(?i)\b(?:fix(?:ed)?|solution|resol(?:ve|ution)|try|run(?:ning)?|set(?:ting)?|increas\w+|decreas\w+|reduc\w+|restart\w*|check|verify|make sure|ensure|us(?:e|ing)|add(?:ing)?|remov\w+|install\w*|upgrad\w+|updat\w+|delet\w+|clear\w*|chang\w+|configur\w+|enabl\w+|disabl\w+|you (?:can|need|should|must|have to)|workaround|instead|caused by|because|means that|scale|drain|roll back|contact|re-?creat\w+|re-?run|raise|lower|free|kill|stop|start|wait|rotate|renew|grant|allow|open|close)\b"
);
// What a heading tells its reader to do, or names as what is done then.
pattern!(
    DEED,
    r"(?i)^(?:install|download|clone|create|configure|set ?up|prepare|provision|initiali[sz]e|generate|obtain|copy|upload|push|add|edit|apply|enable|start|run|build|deploy|migrate|load|restart|update|register|connect|test|verify|check|confirm)\s|^(?:pre-?requisites?|preparations?|installation|configuration|set-?up|deployment|migrations?|initiali[sz]ation|start-?up|verification)$"
);
// One way of several: "Install with Helm" stands beside "Install with Docker".
pattern!(ONE_WAY, r"(?i)^\w+(?:\s+\w+)?\s+(?:with|using|via|on|from|in|by|through|as)\b");
// Another way beside the one before it.
pattern!(OTHER_WAY, r"(?i)^(?:or\b|alternativ|option\b|optionally|if you\b|instead\b|example)");
// What comes when the steps are done.
pattern!(
    THEN,
    r"(?i)^(?:after|afterwards|once|then|next|access(?:ing)?|open(?:ing)?|first (?:log-?in|start|run|use)|done|result)\b"
);
// A sentence by which there is nothing of what its heading names.
pattern!(
    DENIES,
    r"(?i)^[^.\n]*\b(?:no longer|(?:do|does|did) not|(?:do|does)n['’]t)\s+(?:\w+\s+){0,2}?(?:ships?|bundles?|comes? with|includes?|provides?|contains?|defines?)\b|^\W*there (?:is|are) (?:currently |as yet )?(?:no|none)\b"
);
pattern!(ENDPOINT, r"(?i)^\W*(?:endpoint|url|uri|path|route)\W{1,6}/[\w{:]");
pattern!(
    METHOD,
    r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD)\W{1,3}requests?\b|\b(?i:methods?)\W{1,6}(?:GET|POST|PUT|PATCH|DELETE|HEAD)\b"
);
pattern!(QUESTIONS, r"(?i)\b(?:faqs?|frequently asked questions)\b");
pattern!(LEVEL, r"(?i)\b(?:(?:level|tier|l)[ -]?[1-9]|primary|secondary|tertiary|first line|second line|third line)\b");

/// The places of a part, each with what is there; none if the part is not there.
pub(super) fn find(
    facts: &Facts<'_>,
    topic: &Topic,
    candidate: &Candidate<'_>,
    part: &Part,
    actions: bool,
) -> Vec<(Place, String)> {
    let look = Look { facts, topic, candidate, actions };
    match part {
        Part::Pattern(pattern) => look.pattern(pattern, Reach::Items),
        Part::Prose(pattern) => look.pattern(pattern, Reach::Prose),
        Part::Operation(pattern) => look.operation(pattern),
        Part::Named(pattern) => look.pattern(pattern, Reach::Labels),
        Part::Steps { at_least, commands, verified } => look.steps(*at_least, *commands, *verified),
        Part::Verification => look.verification(),
        Part::Entries(at_least) => look.at_least(*at_least, "entry with a fix", look.entries()),
        Part::Levels(at_least) => look.at_least(*at_least, "level", look.levels()),
        Part::Commands(at_least) => look.at_least(*at_least, "command", look.commands()),
        Part::Meanings(at_least) => look.at_least(*at_least, "explained name", look.meanings()),
        Part::Panels(at_least) => look.at_least(*at_least, "explained panel", look.panels()),
        Part::Due(at_least) => look.at_least(*at_least, "task with its cadence", look.due()),
        Part::List(at_least) => look.at_least(*at_least, "entry", look.list()),
    }
}

/// How far below a heading a pattern may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Where a row, an item or a paragraph is named.
    Labels,
    /// Also in the beginning of an item, in a row and in a command.
    Items,
    /// Also in prose.
    Prose,
}

/// One part of a topic, looked for in one section.
pub(super) struct Look<'a, 'f> {
    pub(super) facts: &'a Facts<'f>,
    pub(super) topic: &'a Topic,
    pub(super) candidate: &'a Candidate<'a>,
    actions: bool,
}

impl<'a> Look<'a, '_> {
    /// The sections of the candidate that have no hole and are not about a developer's machine.
    pub(super) fn sections(&self) -> impl Iterator<Item = (usize, &'a Section)> {
        let (candidate, facts) = (self.candidate, self.facts);
        candidate
            .speaking(self.topic)
            .filter(move |(_, section)| weigh::hole(facts, candidate.document, section).is_none())
    }

    fn at(&self, span: Span) -> Place {
        Place::at(self.candidate.document.path.clone(), span)
    }

    /// The sections below the one that names the topic: neither the document nor its title.
    fn below(&self) -> impl Iterator<Item = (usize, &'a Section)> {
        let document = self.candidate.document;
        let own = self.candidate.section;
        self.sections().filter(move |&(index, section)| {
            let is_head = own == 0 && section.parent == Some(0) && section.end == document.sections.len() && index == 1;
            index != own && !is_head
        })
    }

    /// The sections below that have no sections of their own.
    pub(super) fn leaves(&self) -> impl Iterator<Item = &'a Section> {
        self.below().filter(|&(index, section)| section.end == index + 1).map(|(_, section)| section)
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &'a Block> {
        self.sections().flat_map(|(_, section)| &section.blocks)
    }

    fn pattern(&self, pattern: &Pattern, reach: Reach) -> Vec<(Place, String)> {
        let document = self.candidate.document;
        // What stands in the name of the program is no more than that.
        let own: Vec<&str> = self.facts.own_name().in_full().filter(|name| pattern.is_match(name)).collect();
        let says = |text: &str| {
            let is_more = |name: &&str| without(text, name).is_none_or(|rest| pattern.is_match(&rest));
            pattern.is_match(text) && own.iter().all(is_more)
        };
        let denies = |section: &Section| section.blocks.first().is_some_and(|block| DENIES.is_match(&block.text));
        let heading = self.below().find(|&(index, section)| {
            says(&section.title)
                && !denies(section)
                && document.tree(index).iter().any(|inner| !inner.is_bare())
                && (!self.actions || document.tree(index).iter().any(is_actionable))
        });
        if let Some((_, section)) = heading {
            return vec![(self.at(section.heading), format!("\"{}\"", section.title))];
        }
        // A lead in bold, with the commands below it.
        let led = if reach == Reach::Labels { self.labelled() } else { Vec::new() };
        if let Some((label, .., span)) = led.iter().find(|(label, _, acts, _)| *acts && says(label)) {
            return vec![(self.at(*span), format!("\"{}\"", excerpt(label)))];
        }
        let block = self.blocks().find(|block| {
            let is_labelled = || block.label.as_deref().is_some_and(says);
            let is_there = match &block.kind {
                BlockKind::Row { cells, .. } if reach == Reach::Labels => {
                    cells.first().is_some_and(|cell| !is_code_word(cell) && says(cell))
                }
                BlockKind::Item { .. } if reach == Reach::Labels && block.commands && block.label.is_none() => {
                    says(head(&block.text, 40))
                }
                _ if reach == Reach::Labels => is_labelled(),
                BlockKind::Row { cells, .. } => cells.iter().any(|cell| says(cell)),
                BlockKind::Command | BlockKind::Code(_) => {
                    block.text.lines().any(|line| !is_remark(line) && says(line))
                }
                BlockKind::Item { .. } => says_more(block) && says(beginning(&block.text)),
                BlockKind::Paragraph => is_labelled(),
            };
            (is_there || reach == Reach::Prose && says(&block.text)) && (!self.actions || acts(block))
        });
        block.map(|block| (self.at(block.span), format!("\"{}\"", excerpt(&block.text)))).into_iter().collect()
    }

    /// An operation on one line, or the address of one with its method in another sentence of the section.
    fn operation(&self, pattern: &Pattern) -> Vec<(Place, String)> {
        let found = self.pattern(pattern, Reach::Items);
        if !found.is_empty() {
            return found;
        }
        let told = self.sections().find_map(|(_, section)| {
            let address = section.blocks.iter().find(|block| ENDPOINT.is_match(&block.text))?;
            section.blocks.iter().any(|block| METHOD.is_match(&block.text)).then_some(address)
        });
        told.map(|block| (self.at(block.span), format!("\"{}\"", excerpt(&block.text)))).into_iter().collect()
    }

    /// Steps under one heading, one heading after the other, or both taken together over the whole section.
    fn steps(&self, at_least: usize, commands: usize, verified: bool) -> Vec<(Place, String)> {
        let document = self.candidate.document;
        let own = |section: &'a Section| section.steps().map(Step::of_item).collect::<Vec<_>>();
        let mut sequences: Vec<(Span, Vec<Step<'a>>, usize)> =
            self.sections().map(|(index, section)| (section.heading, own(section), index + 1)).collect();
        let last = self.candidate.tree().len() + self.candidate.section;
        let first = self.candidate.tree().first().map_or_else(Span::default, |section| section.heading);
        let numbered =
            weigh::numbered_headings(self.candidate).map(|(index, _)| Step::of_heading(document.tree(index)));
        sequences.push((first, numbered.collect(), last));
        sequences.push((first, self.commanded(), last));
        sequences.extend(self.sections().map(|(index, section)| (section.heading, led(section), index + 1)));
        sequences.extend(self.blocks().map(|block| (block.span, self.remarked(block), last)));
        sequences.push((first, self.sections().flat_map(|(_, section)| own(section)).collect(), last));
        for (heading, steps, after) in sequences {
            let with_command = steps.iter().filter(|step| step.commands).count();
            if steps.len() < at_least || with_command < commands {
                continue;
            }
            let heading = if heading.end == 0 { steps[0].span } else { heading };
            let mut places = vec![(self.at(heading), format!("{} steps, {with_command} with a command", steps.len()))];
            if verified {
                let Some((span, text)) = self.check_at_end(&steps, after) else { continue };
                places.push((self.at(span), format!("ends in a check: \"{}\"", excerpt(text))));
            }
            return places;
        }
        Vec::new()
    }

    /// Headings beside each other that each say what to do: "Install the packages", "Create a user", "Run the script".
    /// Where most of those beside them say nothing to do, they are what can be chosen, and no sequence.
    fn commanded(&self) -> Vec<Step<'a>> {
        let Some(level) = self.below().map(|(_, section)| section.level).min() else { return Vec::new() };
        let document = self.candidate.document;
        let is_step = |section: &Section| {
            section.level == level && DEED.is_match(&section.title) && !ONE_WAY.is_match(&section.title)
        };
        let beside = self.below().filter(|(_, section)| section.level == level).count();
        let steps = self.below().filter(|(_, section)| is_step(section));
        let steps: Vec<Step<'a>> = steps.map(|(index, _)| Step::of_heading(document.tree(index))).collect();
        if steps.len() * 2 < beside { Vec::new() } else { steps }
    }

    /// The sentences that a block of commands is divided by, each with the commands below it, where these do what the
    /// topic is about and one of the last two sentences asks for a check. Ways to choose from are no sequence.
    fn remarked(&self, block: &'a Block) -> Vec<Step<'a>> {
        /// A remark of fewer words only names what stands below it.
        const SENTENCE: usize = 4;
        let about = self.topic.about.as_ref().filter(|_| block.kind == BlockKind::Command);
        let mut steps: Vec<Step<'a>> = Vec::new();
        // A remark may go on in the next line.
        let (mut goes_on, mut does_it) = (false, false);
        for line in block.text.lines().map(str::trim) {
            let remark = line.strip_prefix("# ");
            let begins = !std::mem::replace(&mut goes_on, remark.is_some());
            match (remark, steps.last_mut()) {
                (Some(remark), _) if OTHER_WAY.is_match(remark) || ONE_WAY.is_match(remark) => return Vec::new(),
                (Some(remark), _) if begins && remark.split_whitespace().count() >= SENTENCE => {
                    steps.push(Step { span: block.span, texts: vec![remark], commands: false });
                }
                (None, Some(step)) if !line.is_empty() => {
                    does_it |= about.is_some_and(|about| about.is_match(line));
                    step.commands = true;
                }
                _ => {}
            }
        }
        let ends_in_check = steps.iter().rev().take(2).any(|step| is_check(step.texts[0]));
        let is_sequence = does_it && ends_in_check && are_told(steps.iter().map(|step| step.texts[0]));
        if is_sequence { steps } else { Vec::new() }
    }

    /// The check that steps end in: one of the last two steps, what stands behind them, or the section that follows.
    fn check_at_end(&self, steps: &[Step<'a>], after: usize) -> Option<(Span, &'a str)> {
        let ending = steps.iter().rev().take(2);
        if let Some(step) = ending.clone().find(|step| step.texts.iter().any(|text| is_check(text))) {
            return Some((step.span, step.texts[0]));
        }
        let sections = &self.candidate.document.sections;
        let last = steps.last()?.span.start;
        let at = sections.iter().rposition(|section| section.heading.start <= last)?;
        let end = if sections[at].heading.start == last { sections[at].end } else { at + 1 };
        // A page may go on with something else; what follows at once may be the check.
        let next = sections.get(end);
        let until = next.filter(|_| end < after).map_or(end, |next| next.end.max(end + 1));
        let behind = sections[at..until.min(sections.len())].iter().flat_map(|section| &section.blocks);
        let behind = behind.filter(|block| block.span.start > last).find(|block| is_check(&block.text));
        let titled = || next.filter(|section| is_check(&section.title) && !section.is_bare());
        // What is to be seen then may stand under a heading of its own.
        let then = || next.filter(|section| THEN.is_match(&section.title)).map(|section| &section.blocks);
        let seen = || then()?.iter().take(2).find(|block| tells_what_is_seen(&block.text));
        behind
            .or_else(seen)
            .map(|block| (block.span, block.text.as_str()))
            .or_else(|| titled().map(|section| (section.heading, section.title.as_str())))
    }

    fn verification(&self) -> Vec<(Place, String)> {
        let heading = self.below().find(|(_, section)| is_check(&section.title) && !section.is_bare());
        let heading = heading.map(|(_, section)| (section.heading, section.title.as_str()));
        let block = || self.blocks().find(|block| is_check(&block.text)).map(|block| (block.span, block.text.as_str()));
        let found = heading.or_else(block);
        found.map(|(span, text)| (self.at(span), format!("a check: \"{}\"", excerpt(text)))).into_iter().collect()
    }

    fn at_least(&self, least: usize, what: &str, found: Vec<Span>) -> Vec<(Place, String)> {
        if found.len() < least {
            return Vec::new();
        }
        let count = found.len();
        let what = match what.split_once("entry") {
            _ if count == 1 => what.to_owned(),
            Some((before, after)) => format!("{before}entries{after}"),
            None => format!("{what}s"),
        };
        let places = found.into_iter().take(least.max(1)).enumerate();
        places
            .map(|(index, span)| {
                let message = if index == 0 { format!("{count} {what}") } else { "another".to_owned() };
                (self.at(span), message)
            })
            .collect()
    }

    /// Symptoms with a fix, as headings, as rows, or as labelled paragraphs and items, whichever there are more of.
    fn entries(&self) -> Vec<Span> {
        let document = self.candidate.document;
        let own = &document.sections[self.candidate.section];
        let file = document.path.rsplit('/').next().unwrap_or_default();
        let is_faq = [own.title.as_str(), document.title(), file].into_iter().any(|name| QUESTIONS.is_match(name));
        // What another document only hands on to ("see our guide about proxies") has headings of its own matter.
        let is_titled = |title: &str| self.topic.is_title(title);
        let is_named = is_titled(&own.title) || is_titled(document.title()) || self.topic.is_path(&document.path);
        let must_name_it = is_faq || !is_named;
        let is_problem = |symptom: &str| symptoms::is_one(symptom, must_name_it);
        let is_fix = |text: &str| FIX.is_match(text) && text.split_whitespace().count() >= 4;
        let answered = self.answered();
        let of_own = std::iter::once((self.candidate.section, own));
        let steps: Vec<(usize, usize)> = of_own
            .chain(self.below())
            .filter(|(_, section)| symptoms::is_step(&section.title))
            .map(|(at, section)| (at, section.end))
            .collect();
        let is_in_step = |at: usize| steps.iter().any(|&(from, end)| (from..end).contains(&at));
        let is_within = |at: usize| answered.iter().any(|&one| (one..document.sections[one].end).contains(&at));
        let headings = self.below().filter(|&(index, section)| {
            let is_leaf = section.end == index + 1 && !is_within(index);
            let has_fix = || section.blocks.iter().any(|block| block.commands || is_fix(&block.text));
            is_problem(&section.title)
                && !is_in_step(index)
                && (answered.contains(&index) || is_leaf && (section.has_command() || has_fix()))
        });
        // Below the title itself, what a heading calls its matter may be a problem that the text tells.
        let is_own = is_titled(&own.title);
        let tells =
            |section: &Section| is_own && section.blocks.iter().any(|block| symptoms::tells_a_lack(&block.text));
        let is_in_chapter = |index: usize| {
            self.below().any(|(at, one)| at < index && index < one.end && symptoms::is_chapter(&one.title))
        };
        let is_plain =
            |index: usize, section: &Section| answered.contains(&index) || tells(section) || is_in_chapter(index);
        let headings = headings.map(|(index, section)| (&*section.title, is_plain(index, section), section.heading));
        let headings = symptoms::of_problems(headings);
        let mut of_symptoms = false;
        let rows = self.blocks().filter(|block| match &block.kind {
            BlockKind::Row { cells, header: true } => {
                of_symptoms = symptoms::is_table(cells);
                false
            }
            BlockKind::Row { cells, header: false } if of_symptoms => symptoms::is_answered(cells),
            BlockKind::Row { cells, header: false } => {
                cells.len() >= 2
                    && is_problem(&cells[0])
                    && cells.iter().any(|cell| symptoms::says_what_is_wrong(cell))
                    && cells[1..].iter().any(|cell| is_fix(cell) || block.commands)
            }
            _ => false,
        });
        let rows: Vec<Span> = rows.map(|block| block.span).collect();
        let all = self.labelled();
        let of_steps = self.sections().filter(|&(at, _)| is_in_step(at)).flat_map(|(_, section)| &section.blocks);
        let of_steps: Vec<Span> = of_steps.map(|block| block.span).collect();
        let labelled = all.iter().filter(|(label, rest, commands, span)| {
            let says_it = std::iter::once(label).chain(rest).any(|text| symptoms::says_what_is_wrong(text));
            let is_entry = is_problem(label) && !of_steps.contains(span);
            is_entry && says_it && (*commands || rest.iter().any(|text| is_fix(text)))
        });
        let labelled: Vec<Span> = labelled.map(|&(_, _, _, span)| span).collect();
        // "Problem: …" and "Solution: …", one pair after the other, are one entry each.
        let pairs = symptoms::pairs(&all);
        let labelled = if pairs.is_empty() { labelled } else { pairs };
        [headings, rows, labelled].into_iter().max_by_key(Vec::len).unwrap_or_default()
    }

    /// The sections whose own sections say what causes or mends what the heading names: "Cause", "Possible solution". One
    /// that has problems below it is a chapter of them.
    fn answered(&self) -> Vec<usize> {
        let document = self.candidate.document;
        let says_it = |index: usize| {
            let blocks = document.tree(index).iter().flat_map(|section| &section.blocks);
            blocks.into_iter().any(|block| block.commands || block.text.split_whitespace().count() >= 4)
        };
        let answers = self.below().filter(|&(index, section)| symptoms::is_answer(&section.title) && says_it(index));
        let mut found: Vec<usize> = answers.filter_map(|(_, section)| section.parent).collect();
        found.dedup();
        let is_chapter = |index: usize| {
            let mut own = document.tree(index).iter().filter(|section| section.parent == Some(index));
            own.any(|section| symptoms::names_a_problem(&section.title))
        };
        found.retain(|&index| {
            let is_below = self.below().any(|(below, _)| below == index);
            is_below && !symptoms::is_answer(&document.sections[index].title) && !is_chapter(index)
        });
        found
    }

    /// Labelled paragraphs and outer items, each with what follows it up to the next one.
    pub(super) fn labelled(&self) -> Vec<(&'a str, Vec<&'a str>, bool, Span)> {
        let mut found: Vec<(&'a str, Vec<&'a str>, bool, Span)> = Vec::new();
        for (_, section) in self.sections() {
            let first = found.len();
            for block in &section.blocks {
                let is_outer = matches!(block.kind, BlockKind::Paragraph | BlockKind::Item { depth: 0, .. });
                match &block.label {
                    Some(label) if is_outer => {
                        let rest = block.text.get(label.len().min(block.text.len())..).unwrap_or("");
                        found.push((label, vec![rest], block.commands, block.span));
                    }
                    _ => {
                        if let Some((_, rest, commands, _)) = found[first..].last_mut() {
                            rest.push(&block.text);
                            *commands |= block.commands;
                        }
                    }
                }
            }
        }
        found
    }

    fn levels(&self) -> Vec<Span> {
        let steps: Vec<Span> = self.sections().flat_map(|(_, section)| section.steps()).map(|step| step.span).collect();
        let rows: Vec<Span> = self.rows().map(|(block, _)| block.span).collect();
        let headings =
            self.below().filter(|(_, section)| LEVEL.is_match(&section.title)).map(|(_, section)| section.heading);
        let named = self.blocks().filter(|block| LEVEL.is_match(beginning(&block.text))).map(|block| block.span);
        [steps, rows, headings.collect(), named.collect()].into_iter().max_by_key(Vec::len).unwrap_or_default()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&'a Block, &'a [String])> {
        self.blocks().filter_map(|block| match &block.kind {
            BlockKind::Row { cells, header: false } => Some((block, cells.as_slice())),
            _ => None,
        })
    }

    fn list(&self) -> Vec<Span> {
        let items = self.blocks().filter(|block| matches!(block.kind, BlockKind::Item { depth: 0, .. }));
        let rows = self.rows().map(|(block, _)| block.span);
        let headings = self.leaves().map(|section| section.heading);
        let found: [Vec<Span>; 3] = [items.map(|block| block.span).collect(), rows.collect(), headings.collect()];
        found.into_iter().max_by_key(Vec::len).unwrap_or_default()
    }
}

/// How many headings beside each other say what to do and have the commands for it below them; none where most of those
/// beside them do not.
pub(super) fn told_headings(topic: &Topic, candidate: &Candidate<'_>, at_least: usize) -> usize {
    let below = || candidate.speaking(topic).skip(1).map(|(_, section)| section);
    let beside = |level: u8| below().filter(move |section| section.level == level);
    let Some(level) = (1..=6).find(|&level| beside(level).count() >= at_least) else { return 0 };
    let is_step =
        |section: &&Section| section.has_command() && is_told(&section.title) && !ONE_WAY.is_match(&section.title);
    let steps = beside(level).filter(is_step).count();
    if steps * 2 < beside(level).count() { 0 } else { steps }
}

/// Sentences that each tell what to do and lead to the command that does it: "Create the release:". Ways to choose from,
/// "Install from the registry:", are no sequence.
fn led(section: &Section) -> Vec<Step<'_>> {
    let pairs = section.blocks.iter().zip(section.blocks.iter().skip(1));
    let led = pairs.filter(|(lead, command)| {
        let sentence = last_sentence(&lead.text);
        lead.kind == BlockKind::Paragraph
            && command.kind == BlockKind::Command
            && lead.text.trim_end().ends_with(':')
            && is_told(sentence)
            && !ONE_WAY.is_match(sentence)
    });
    led.map(|(lead, command)| Step { span: lead.span, texts: vec![&lead.text, &command.text], commands: true })
        .collect()
}

pub(super) fn is_numbered(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Item { ordered: true, .. })
}

/// One step: an item, or a numbered heading with what stands under it.
struct Step<'f> {
    span: Span,
    texts: Vec<&'f str>,
    commands: bool,
}

impl<'f> Step<'f> {
    fn of_item(block: &'f Block) -> Self {
        Self { span: block.span, texts: vec![&block.text], commands: block.commands }
    }

    fn of_heading(tree: &'f [Section]) -> Self {
        let blocks = || tree.iter().flat_map(|section| &section.blocks);
        let mut texts = vec![tree[0].title.as_str()];
        texts.extend(blocks().map(|block| block.text.as_str()));
        Self { span: tree[0].heading, texts, commands: blocks().any(|block| block.commands) }
    }
}

/// Whether a section says what to do: a command, a list, or somebody to reach.
fn is_actionable(section: &Section) -> bool {
    // What a word of code means is told, and nothing to do.
    let explains = |block: &&Block| block.label.as_deref().is_some_and(is_code_word) && !block.commands;
    let blocks = || section.blocks.iter().filter(|block| !explains(block));
    let items = blocks().filter(|block| matches!(block.kind, BlockKind::Item { .. })).count();
    items >= 2 || !section.links.is_empty() || blocks().any(acts)
}

/// Whether a name is a word of code: a variable, a key, a metric.
fn is_code_word(name: &str) -> bool {
    let name = name.trim_matches(['`', '*', ':', ' ']);
    !name.contains(char::is_whitespace) && name.contains(['_', '(', '='])
}

/// Whether a block says what to do.
fn acts(block: &Block) -> bool {
    let is_row = matches!(block.kind, BlockKind::Row { header: false, .. });
    block.commands
        || is_row
        || block.text.contains('@')
        || (FIX.is_match(&block.text) && block.text.split_whitespace().count() >= 6)
}

/// Whether an item says more than a name: an entry of a table of contents promises and does not say.
fn says_more(block: &Block) -> bool {
    let words = block.text.split_whitespace().count();
    block.commands || words >= 5 || block.label.as_ref().is_some_and(|label| words > label.split_whitespace().count())
}

/// A remark inside a block of code: `// set to true if dashboards …`.
fn is_remark(line: &str) -> bool {
    ["//", "# ", "/*", "-- "].iter().any(|mark| line.trim_start().starts_with(mark))
}

/// What an item begins with: later words are asides.
fn beginning(text: &str) -> &str {
    head(text, 80)
}

fn excerpt(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or("");
    let end = floor(line, 70);
    if end < line.len() { format!("{}…", &line[..end]) } else { line.to_owned() }
}
