//! `@doc.states(name…)`: quantities that documents state: `RTO: 4 hours`, a row `RPO | 1 h`.

use super::{Probe, Question, Word};
use crate::checklist::Cadence;
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::documents::{Block, BlockKind, Document};
use crate::pattern::{PatternSet, Regex, pattern};
use crate::probe::doc::outside::outside_links;
use crate::probe::doc::topic::Topic;
use crate::quantity::{Dimension, Quantity};
use crate::source::Span;
use crate::tree::path::folder_of;

/// `@doc.states`.
pub static PROBE: Probe = Probe {
    name: "doc.states",
    summary: "a time, share or cadence that a document states under a name; abbreviations in capitals match as they are; of a table by severity, the row of the highest; with `cadence`, only how often something is done, since a drill that took 38 minutes is not held every 38 minutes; with `trade_of`, nothing is told where that topic is what the program does for its users",
    usage: "@doc.states(name…) {topic: \"incident\", trade_of: \"dr\", cadence}",
    arity: (1, 32),
    patterns_from: None,
    facts: &[],
    options: &["topic", "trade_of", "cadence"],
    look,
};

pattern!(
    AMOUNT,
    r"(?i)(\d+(?:[.,]\d+)?)[\s_-]*(business\s+)?(seconds?|secs?|s|minutes?|mins?|min|m|hours?|hrs?|h|days?|d|weeks?|w|months?|quarters?|years?|%|percent)\b|(\d+(?:[.,]\d+)?)\s*%"
);
pattern!(
    CADENCE,
    r"(?i)\b(continuous(?:ly)?|hourly|daily|weekly|monthly|quarterly|semi-?annually|twice a year|half-?yearly|annually|yearly|(?:every|each|once an?|once per) (?:hour|day|week|month|quarter|half year|year))\b"
);
pattern!(HIGHEST, r"(?i)\b(?:sev-?[01]|p[01]|critical|highest|severity 1|s1|blocker)\b");
pattern!(OTHER, r"(?i)\b(?:sev-?[2-9]|p[2-9]|low|medium|minor|moderate|severity [2-9]|s[2-5])\b");
// A cadence with at most one word between it and the name.
pattern!(BEFORE, r"(?i)\b(?:hourly|daily|weekly|monthly|quarterly|half-?yearly|yearly),?\s+(?:[\w-]+,?\s+)?$");
pattern!(EVERY, r"(?i)\b(?:every|each|once in|once per)\s+$");
/// How far behind its name an amount may stand.
const REACH: usize = 80;

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let names = Names { patterns: Names::of(question.words_from(0)), wants_cadence: question.is_set("cadence") };
    let topic = question.option_text("topic").and_then(|topic| Topic::named(topic).err());
    // The times of a run of tests are no promise; how often a drill is held may well be told beside it.
    let is_promised = |document: &&Document| names.wants_cadence || !is_of_trials(&document.path);
    for document in facts.documents().of_project().filter(is_promised) {
        let is_whole = topic.is_none_or(|topic| topic.is_path(&document.path) || topic.is_title(document.title()));
        for (index, section) in document.sections.iter().enumerate() {
            let is_titled = |index: usize| topic.is_some_and(|topic| topic.is_title(&document.sections[index].title));
            if !is_whole && !is_titled(index) && !document.ancestors(index).any(is_titled) {
                continue;
            }
            // "Backup frequency and RTO" is no heading of a time.
            let is_headed = names.stand_in(&section.title) && !section.title.to_lowercase().contains(" and ");
            if is_headed && names.wants_cadence {
                stated_in_heading(document, index, &mut answer);
            }
            let mut columns: Vec<usize> = Vec::new();
            for block in &section.blocks {
                if let BlockKind::Row { cells, header } = &block.kind {
                    if *header || is_separator(cells) {
                        columns = (0..cells.len()).filter(|&at| names.stand_in(&cells[at])).collect();
                        continue;
                    }
                    stated_in_row(document, block, cells, &columns, &names, &mut answer);
                } else {
                    stated_in_text(document, block, &names, is_headed, &mut answer);
                }
            }
        }
    }
    highest_alone(&mut answer);
    let trade = question.option_text("trade_of").and_then(|topic| Topic::named(topic).err());
    if trade.is_some_and(|topic| topic.is_trade_of(facts.own_name().says())) {
        let why = "this may be the manual of what the program does for its users";
        let blind = |seen: Sighting| Blind { place: Some(seen.place), why: format!("{}: {why}", seen.message) };
        answer.blind.extend(std::mem::take(&mut answer.seen).into_iter().map(blind));
    }
    // A document of the topic that only links outside may state it there.
    if let (true, Some(topic)) = (answer.seen.is_empty(), topic) {
        answer.blind.extend(outside_links(facts, topic));
    }
    answer
}

/// Whether a document stands in a folder of tests or of benchmarks.
fn is_of_trials(path: &str) -> bool {
    const TRIALS: &[&str] =
        &["test", "tests", "testing", "e2e", "bench", "benchmark", "benchmarks", "benchmarking", "loadtest"];
    folder_of(path).split(['/', '-', '_', '.']).any(|word| TRIALS.contains(&word))
}

/// The names of an amount: compiled where their letters stand in a text at all, which is hardly anywhere.
struct Names {
    patterns: PatternSet,
    /// Whether only how often something is done is asked for.
    wants_cadence: bool,
}

impl Names {
    fn of<'w>(words: impl Iterator<Item = &'w Word>) -> PatternSet {
        PatternSet::new(words.map(pattern))
    }

    fn stand_in(&self, text: &str) -> bool {
        self.scans(text).any(|scan| scan.is_match(text))
    }

    /// The names that may stand in a text.
    fn scans(&self, text: &str) -> impl Iterator<Item = &Regex> {
        self.patterns.candidates(text).into_iter().filter_map(|position| self.patterns.get(position)?.scan())
    }
}

/// A name as whole words; capitals alone as they are, since `rto` hides in `itertools`.
fn pattern(word: &Word) -> String {
    let text = if word.is_pattern { word.text.to_string() } else { crate::pattern::escape(&word.text) };
    let is_capitals = !word.is_pattern && word.text.chars().all(|c| !c.is_lowercase());
    let case = if is_capitals { "" } else { "(?i)" };
    format!(r"{case}\b(?:{text})\b")
}

fn is_separator(cells: &[String]) -> bool {
    !cells.is_empty() && cells.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':' | ' ')))
}

fn stated_in_row(
    document: &Document,
    block: &Block,
    cells: &[String],
    columns: &[usize],
    names: &Names,
    answer: &mut Answer,
) {
    let by_column = columns.iter().filter_map(|&at| cells.get(at)).map(String::as_str);
    let at = cells.iter().position(|cell| names.stand_in(cell));
    let by_row = at.into_iter().flat_map(|at| &cells[at + 1..]).map(String::as_str);
    for text in by_column.chain(by_row) {
        push(document, block.span, &block.text, stated(text, names.wants_cadence, true), answer);
    }
}

/// How often something is done, in the heading of what is done then: "Monthly restore test". The heading alone says nothing.
fn stated_in_heading(document: &Document, index: usize, answer: &mut Answer) {
    let section = &document.sections[index];
    let stands_there = document.tree(index).iter().any(|one| !one.blocks.is_empty()) && section.placeholders.is_empty();
    let stated = cadence(&section.title).filter(|_| stands_there);
    push(document, section.heading, &section.title, stated, answer);
}

fn stated_in_text(document: &Document, block: &Block, names: &Names, is_headed: bool, answer: &mut Answer) {
    if matches!(block.kind, BlockKind::Command | BlockKind::Code(_)) {
        return;
    }
    for name in names.scans(&block.text) {
        for (found, _) in name.find_all(&block.text) {
            let rest = &block.text[found.end()..];
            let mut end = rest.len().min(REACH);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let sentence = before_next_label(rest[..end].split(". ").next().unwrap_or(""));
            let said = stated(sentence, names.wants_cadence, false);
            let said = said.or_else(|| said_before(&block.text[..found.start()]).filter(|_| names.wants_cadence));
            if push(document, block.span, &block.text, said, answer) {
                return;
            }
        }
    }
    if is_headed && (names.wants_cadence || amount(&block.text).is_some()) {
        push(document, block.span, &block.text, stated(&block.text, names.wants_cadence, false), answer);
    }
}

/// How often something is done, right before its name: "weekly restore tests", "a quarterly, announced drill".
fn said_before(text: &str) -> Option<(Observed, String)> {
    let found = BEFORE.find(text)?;
    cadence(found.as_str())
}

/// The text up to a line that states something else: `RTO: <value>` above `RPO: 1 hour` states nothing.
fn before_next_label(text: &str) -> &str {
    let labelled = |at: usize| {
        let line = text.get(at + 1..).unwrap_or("").lines().next().unwrap_or("");
        line.split_once(':').is_some_and(|(label, _)| label.len() < 40 && !label.contains(|c: char| c.is_ascii_digit()))
    };
    let end = text.match_indices('\n').map(|(at, _)| at).find(|&at| labelled(at));
    end.map_or(text, |end| text.get(..end).unwrap_or(text))
}

/// Adds what a text states, if it states anything.
fn push(document: &Document, span: Span, text: &str, stated: Option<(Observed, String)>, answer: &mut Answer) -> bool {
    let Some((value, said)) = stated else { return false };
    let line: String = text.trim().chars().take(90).collect();
    let sighting = Sighting::new(
        Place::at(document.path.clone(), span),
        Strength::Documented,
        format!("states {said}: \"{line}\""),
    );
    if said.contains("business") || text.to_lowercase().contains("business hours") {
        let message = format!("{}, in business time only", sighting.message);
        answer.notes.push(Sighting { message, ..sighting });
        return true;
    }
    answer.seen.push(sighting.with(value));
    true
}

/// What a text states; a cell of a table needs no `every` to be a cadence.
fn stated(text: &str, wants_cadence: bool, is_cell: bool) -> Option<(Observed, String)> {
    const DAY: f64 = 86_400.0;
    let amount = amount(text);
    if !wants_cadence {
        return amount.map(|(quantity, said, _)| (Observed::Quantity(quantity), said)).or_else(|| cadence(text));
    }
    let repeats = |(quantity, said, start): (Quantity, String, usize)| {
        let is_time = quantity.dimension == Dimension::Time;
        let again = EVERY.is_match(&text[..start]) || is_cell && quantity.amount >= DAY;
        (is_time && again).then_some((Observed::Quantity(quantity), said))
    };
    cadence(text).or_else(|| amount.and_then(repeats))
}

/// The first amount of a text, as it is written, and where it begins.
fn amount(text: &str) -> Option<(Quantity, String, usize)> {
    if let Some(found) = AMOUNT.captures(text) {
        let said = found[0].to_owned();
        let number: f64 = found.get(1).or_else(|| found.get(4))?.as_str().replace(',', ".").parse().ok()?;
        let quantity = match found.get(3).map(|unit| unit.as_str().to_lowercase()) {
            None => Quantity::ratio(number / 100.0),
            Some(unit) if unit == "%" || unit == "percent" => Quantity::ratio(number / 100.0),
            Some(unit) => Quantity::parse(&format!("1{unit}"))
                .ok()
                .filter(|one| one.dimension == Dimension::Time)
                .map(|one| Quantity::seconds(number * one.amount))?,
        };
        return Some((quantity, said, found.get(0)?.start()));
    }
    None
}

fn cadence(text: &str) -> Option<(Observed, String)> {
    let found = CADENCE.find(text)?;
    let word = found.as_str().to_lowercase();
    let has = |part: &str| word.contains(part);
    let cadence = match () {
        () if has("continuous") => Cadence::Continuous,
        () if has("hour") => Cadence::Hourly,
        () if has("twice") || has("half") || has("semi") => Cadence::SemiAnnually,
        () if has("dai") || has("day") => Cadence::Daily,
        () if has("week") => Cadence::Weekly,
        () if has("month") => Cadence::Monthly,
        () if has("quarter") => Cadence::Quarterly,
        () => Cadence::Annually,
    };
    Some((Observed::Quantity(cadence.interval()), found.as_str().to_owned()))
}

/// Where rows differ by severity, the highest is what an unqualified promise means.
fn highest_alone(answer: &mut Answer) {
    if answer.seen.iter().any(|sighting| HIGHEST.is_match(&sighting.message)) {
        let (kept, others) = std::mem::take(&mut answer.seen)
            .into_iter()
            .partition(|sighting| !OTHER.is_match(&sighting.message) || HIGHEST.is_match(&sighting.message));
        answer.seen = kept;
        answer.notes.extend(others);
    }
}
