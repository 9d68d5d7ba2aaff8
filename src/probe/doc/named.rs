//! What a section explains: metrics and panels by their names, tasks by when they are due.

use super::measure::{Look, is_numbered};
use super::topic::Part;
use crate::facts::documents::{Block, BlockKind, Section};
use crate::pattern::pattern;
use crate::source::Span;

// Headings of how something is brought in, which name nothing that they explain.
pattern!(
    ABOUT_USE,
    r"(?i)^\W*(?:\d+[.)]?\s*)?(?:usage|using|use|option|how|notes?|deploy\w*|install\w*|import\w*|export\w*|add\w*|creat\w*|configur\w+|updat\w+|upgrad\w+|set[ -]?up|setting up|getting started|quick ?start|prerequisites|requirements|overview|introduction|development|contributing|licen[cs]e|examples?|step|enabl\w+|run\w*|access\w*|test\w*|background|compatib\w+)\b|\bsupport$"
);
// What the first column of a table of settings is called: what they mean is no reading of a metric.
pattern!(
    SETTING,
    r"(?i)^\W*(?:config\w*\s|helm\s|chart\s)?(?:keys?|parameters?|options?|flags?|settings?|values?|variables?|env\w*|fields?|arguments?|propert(?:y|ies)|annotations?)\b"
);
// A table of alerts: what each is called, how grave it is and where its runbook would be.
pattern!(OF_ALERTS, r"(?i)^\W*(?:alerts?(?: ?names?)?|alert ?rules?|severity|runbooks?(?: ?(?:url|link)s?)?)\W*$");
// A column that says what to do about an alert, or what it means for somebody.
pattern!(
    ANSWERED,
    r"(?i)\b(?:metrics?|panels?|actions?|do|respon\w+|fix\w*|mitigat\w+|remed\w+|resol\w+|steps?|diagnos\w+|troubleshoot\w*|meaning|means|impact|causes?|why)\b"
);
// A section that speaks of something measured.
pattern!(
    MEASURED,
    r"(?i)\b(?:metrics?|panels?|alerts?|latenc(?:y|ies)|rates?|counts?|errors?|queues?|cpu|memory|disk|shows?|measur\w+|indicates?|thresholds?|spikes?|gauge|histogram|counter|lag|size)\b"
);
/// So many explained names are looked for on the dashboards, and so many found are enough.
const MOST_NAMES: usize = 200;
const ENOUGH_PANELS: usize = 10;

/// How something explained is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Row,
    Label,
    Heading,
}

impl<'a> Look<'a, '_> {
    /// Names with an explanation: rows, labelled items, or headings with a sentence. Settings are none of them.
    pub(super) fn meanings(&self) -> Vec<Span> {
        let named = self.named();
        let of = |kind: Named| named.iter().filter(move |(of, ..)| *of == kind).map(|&(_, _, span)| span).collect();
        let found: [Vec<Span>; 3] = [of(Named::Row), of(Named::Label), of(Named::Heading)];
        found.into_iter().max_by_key(Vec::len).unwrap_or_default()
    }

    /// What is explained, by its name.
    fn named(&self) -> Vec<(Named, &'a str, Span)> {
        let words = |text: &str| text.split_whitespace().count();
        // Names beside a name explain nothing.
        let explains = |cell: &String| cell.split(',').any(|part| words(part) >= 2);
        let is_variable = |name: &str| {
            let name = name.trim_matches(['`', '*', ':', ' ']);
            name.contains('_') && !name.contains(char::is_lowercase)
        };
        let mut found = Vec::new();
        for (_, section) in self.sections() {
            let mut is_of_settings = false;
            for block in &section.blocks {
                match &block.kind {
                    BlockKind::Row { cells, header: true } => {
                        is_of_settings = lists_settings(cells) || is_list_of_alerts(cells);
                    }
                    BlockKind::Row { cells, header: false }
                        if !is_of_settings && cells.iter().skip(1).any(explains) =>
                    {
                        found.push((Named::Row, cells[0].as_str(), block.span));
                    }
                    _ => {}
                }
            }
        }
        // A numbered item is something to do.
        let steps: Vec<Span> = self.blocks().filter(|block| is_numbered(block)).map(|block| block.span).collect();
        let labelled = self.labelled().into_iter().filter(|(name, rest, _, span)| {
            !is_variable(name) && rest.iter().any(|text| words(text) >= 3) && !steps.contains(span)
        });
        found.extend(labelled.map(|(name, _, _, span)| (Named::Label, name, span)));
        let headings = self.leaves().filter(|section| {
            section.words >= 8
                && !lists_alerts(section)
                && !ABOUT_USE.is_match(&section.title)
                && (MEASURED.is_match(&section.title)
                    || section.blocks.iter().any(|block| MEASURED.is_match(&block.text)))
        });
        found.extend(headings.map(|section| (Named::Heading, section.title.as_str(), section.heading)));
        found
    }

    /// Explained names that a dashboard of the tree shows: the title of a panel, or a metric that it asks for.
    pub(super) fn panels(&self) -> Vec<Span> {
        let dashboards = self.facts.dashboards();
        let named = self.named();
        if dashboards.all.is_empty() || named.is_empty() {
            return self.meanings();
        }
        let shows = |name: &str| {
            let name = name.trim_matches(['`', '*', ':', ' ']);
            let metric =
                name.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).find(|word| word.contains('_'));
            name.len() >= 4
                && dashboards.all.iter().any(|dashboard| {
                    metric.is_some_and(|metric| dashboard.queries.iter().any(|query| query.text.contains(metric)))
                        || self.facts.tree.text(&dashboard.place.path).is_some_and(|text| {
                            text.text().match_indices(name).any(|(at, _)| is_quoted(text.text(), at, name.len()))
                        })
                })
        };
        named
            .iter()
            .take(MOST_NAMES)
            .filter(|(_, name, _)| shows(name))
            .map(|&(.., span)| span)
            .take(ENOUGH_PANELS)
            .collect()
    }

    /// Tasks that say when they are due: rows, items and paragraphs, or a heading with what stands under it.
    pub(super) fn due(&self) -> Vec<Span> {
        let pattern = |name: &str| match self.topic.parts.get(name) {
            Some(Part::Pattern(pattern) | Part::Prose(pattern) | Part::Named(pattern)) => Some(pattern),
            _ => None,
        };
        let (Some(task), Some(cadence)) = (pattern("task"), pattern("cadence")) else { return Vec::new() };
        let is_both = |text: &str| task.is_match(text) && cadence.is_match(text);
        let rows = self.rows().filter(|(block, _)| is_both(&block.text)).map(|(block, _)| block.span).collect();
        let items = self.blocks().filter(|block| matches!(block.kind, BlockKind::Item { .. }));
        let items = items.filter(|block| is_both(&block.text)).map(|block| block.span).collect();
        let headings = self.leaves().filter(|section| {
            let says = |block: &Block| matches!(block.kind, BlockKind::Paragraph) && cadence.is_match(&block.text);
            task.is_match(&section.title) && (cadence.is_match(&section.title) || section.blocks.iter().any(says))
        });
        let found: [Vec<Span>; 3] = [rows, items, headings.map(|section| section.heading).collect()];
        found.into_iter().max_by_key(Vec::len).unwrap_or_default()
    }
}

/// Whether the head of a table says that it lists what can be set.
pub(super) fn lists_settings(cells: &[String]) -> bool {
    cells.first().is_some_and(|cell| SETTING.is_match(cell))
}

/// Whether a heading row is of a bare list of alerts, which explains nothing that is measured and gives nothing to do.
fn is_list_of_alerts(cells: &[String]) -> bool {
    cells.iter().any(|cell| OF_ALERTS.is_match(cell)) && !cells.iter().any(|cell| ANSWERED.is_match(cell))
}

/// Whether a section holds nothing but such a list.
fn lists_alerts(section: &Section) -> bool {
    let is_list =
        |block: &Block| matches!(&block.kind, BlockKind::Row { cells, header: true } if is_list_of_alerts(cells));
    section.blocks.iter().any(is_list) && section.blocks.iter().all(|block| matches!(block.kind, BlockKind::Row { .. }))
}

/// Whether what begins here stands alone between quotes.
fn is_quoted(text: &str, at: usize, length: usize) -> bool {
    text[..at].ends_with('"') && text[at + length..].trim_start_matches('\\').starts_with('"')
}
