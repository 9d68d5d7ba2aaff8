//! Topics of documents: data, read once from `src/rules/topics.tsk`.

use super::titles::Titles;
pub use crate::pattern::Lazy as Pattern;
use crate::pattern::{Globs, pattern};
use crate::tusk;
use crate::value::{Field, Kind, Map, Value};
use indexmap::IndexMap;
use std::sync::{Arc, LazyLock};

/// The text of the topics.
const TEXT: &str = include_str!("../../rules/topics.tsk");

static TOPICS: LazyLock<Result<IndexMap<String, Topic>, String>> = LazyLock::new(|| read(TEXT));

/// What a document may be about, and what it must then hold.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a line of the data file that a topic may have or not")]
pub struct Topic {
    /// Its name.
    pub name: String,
    titles: Titles,
    paths: Globs,
    not_in: Globs,
    even_there: Option<Pattern>,
    /// What it must tell its reader to do.
    pub action: Action,
    /// What must be there before it counts.
    pub needs: Needs,
    /// What must occur in its text.
    pub about: Option<Pattern>,
    not_about: Option<Pattern>,
    described: Option<Pattern>,
    aside: Option<Pattern>,
    not_beside: Option<Pattern>,
    of_code: Option<Pattern>,
    makes: Option<Pattern>,
    puts_up: Option<Pattern>,
    beside: Option<Pattern>,
    done_by: Option<Pattern>,
    trade: Option<Arc<Pattern>>,
    of_whole: Option<Pattern>,
    /// Whether documents about the code may speak on it.
    pub code: bool,
    /// Whether a section about a developer's machine counts.
    pub development: bool,
    /// Whether a site of documentation, outside of the tree, may well hold it.
    pub elsewhere: bool,
    /// Whether forms may speak on it.
    pub templates: bool,
    /// Whether links that are named so promise nothing.
    unpromised: bool,
    /// Links to what holds it too, as a plan for incidents says who is called after whom.
    promised: Option<Arc<Pattern>>,
    /// Its parts.
    pub parts: IndexMap<String, Part>,
}

/// What a topic must tell its reader to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// Nothing: it explains.
    #[default]
    None,
    /// A command, or numbered steps.
    Command,
    /// A block of commands, or three steps: a command that a sentence names is none of them.
    Steps,
    /// A command, or three steps that tell somebody what to do.
    Told,
    /// A command, three steps, or a sentence that tells what to do, beside what is to be seen before.
    Answered,
}

/// What must be there before a topic counts.
#[derive(Debug)]
pub enum Needs {
    /// So many of its parts.
    Some(usize),
    /// These parts.
    Named(Vec<String>),
}

impl Needs {
    /// Whether a section on the topic counts without any of its parts.
    pub fn are_none(&self) -> bool {
        matches!(self, Self::Some(0))
    }

    /// Whether a part is one of those that must be there.
    pub fn take(&self, part: &str) -> bool {
        match self {
            Self::Some(_) => true,
            Self::Named(names) => names.iter().any(|name| name == part),
        }
    }
}

impl Default for Needs {
    fn default() -> Self {
        Self::Some(0)
    }
}

/// How a part of a topic is recognised.
#[derive(Debug)]
pub enum Part {
    /// A heading, table row, label or item of this pattern.
    Pattern(Pattern),
    /// The same, or a paragraph of this pattern.
    Prose(Pattern),
    /// A heading, or the label of a row, an item or a paragraph of this pattern.
    Named(Pattern),
    /// The same as a pattern, or an address with the method that its section names.
    Operation(Pattern),
    /// Ordered steps.
    Steps {
        /// How many at least.
        at_least: usize,
        /// How many of them with a command.
        commands: usize,
        /// Whether they must end in a check.
        verified: bool,
    },
    /// A check of what was done.
    Verification,
    /// Symptoms, each with what to do.
    Entries(usize),
    /// Levels, one after the other.
    Levels(usize),
    /// Blocks of commands.
    Commands(usize),
    /// Names, each with what it means.
    Meanings(usize),
    /// The same, of what a dashboard of the tree shows.
    Panels(usize),
    /// Tasks (the part `task`), each with when it is due (the part `cadence`).
    Due(usize),
    /// Headings, items or rows.
    List(usize),
}

impl Topic {
    /// The topic of a name; a word that names none is a title itself.
    pub fn named(word: &str) -> Result<std::borrow::Cow<'static, str>, &'static Self> {
        match TOPICS.as_ref().ok().and_then(|topics| topics.get(word)) {
            Some(topic) => Err(topic),
            None => Ok(word.to_owned().into()),
        }
    }

    /// A topic that has a title and nothing else.
    pub fn titled(title: &str) -> Self {
        Self { name: title.to_owned(), titles: Titles::of([title]), ..Self::default() }
    }

    /// A topic whose titles a regular expression gives.
    pub fn matching(pattern: &str) -> Self {
        let titles = Titles::matching(Pattern::new(&format!(r"(?i)\b(?:{pattern})\b")));
        Self { name: pattern.to_owned(), titles, ..Self::default() }
    }

    /// Whether a heading is about it.
    pub fn is_title(&self, heading: &str) -> bool {
        let short = heading.split_whitespace().count() <= 12;
        short && !is_key(heading) && self.titles.matches(heading) && !self.is_other_title(heading)
    }

    /// Whether a heading says that what stands under it is about another thing.
    pub fn is_other_title(&self, heading: &str) -> bool {
        found(self.not_about.as_ref(), heading)
    }

    /// Whether a heading further down turns to something else.
    pub fn is_aside(&self, heading: &str) -> bool {
        found(self.aside.as_ref(), heading)
    }

    /// Whether a command of a document says that the whole of it is about another thing.
    pub fn is_other_command(&self, command: &str) -> bool {
        found(self.not_beside.as_ref(), command)
    }

    /// Whether it tells what changes the code from what is done with the program.
    pub fn knows_code(&self) -> bool {
        self.of_code.is_some()
    }

    /// Whether a command changes the code.
    pub fn is_of_code(&self, command: &str) -> bool {
        found(self.of_code.as_ref(), command)
    }

    /// Whether it is told which commands only make something.
    pub fn tells_making(&self) -> bool {
        self.makes.is_some()
    }

    /// Whether a command only makes something that is not put up anywhere by it.
    pub fn is_making(&self, command: &str) -> bool {
        found(self.makes.as_ref(), command)
    }

    /// Whether a command puts up the infrastructure that the page stands beside.
    pub fn is_put_up_by(&self, command: &str) -> bool {
        found(self.puts_up.as_ref(), command)
    }

    /// Whether what stands under a heading is about its counterpart, too.
    pub fn is_shared(&self, heading: &str) -> bool {
        found(self.beside.as_ref(), heading)
    }

    /// Whether a command, or what stands above it, says that it does this and not the counterpart.
    pub fn is_done_by(&self, text: &str) -> bool {
        found(self.done_by.as_ref(), text)
    }

    /// Whether a link of this text leads to what may hold it.
    pub fn is_promised(&self, text: &str) -> bool {
        !self.unpromised && self.is_title(text) || found(self.promised.as_deref(), text) && !self.is_other_title(text)
    }

    /// Whether a page that is described so is about it.
    pub fn is_description(&self, text: &str) -> bool {
        found(self.described.as_ref(), text)
    }

    /// Whether a sentence speaks of it.
    pub fn is_spoken_of(&self, sentence: &str) -> bool {
        let promised = found(self.promised.as_deref(), sentence);
        promised || !self.unpromised && self.titles.matches(sentence) && !self.is_other_title(sentence)
    }

    /// Whether there are programs that offer the very thing to their users.
    pub fn has_trade(&self) -> bool {
        self.trade.is_some()
    }

    /// Whether a program of this name and description offers the very thing to its users: its manual speaks of theirs.
    pub fn is_trade_of(&self, program: &str) -> bool {
        found(self.trade.as_deref(), program)
    }

    /// Whether a section of a page with this title and path speaks of one part of the service only: a section of a page
    /// about something else, where the topic asks for the whole.
    pub fn is_of_part(&self, title: &str, path: &str) -> bool {
        let whole = |pattern: &Pattern| !path.contains('/') || pattern.is_match(title) || pattern.is_match(path);
        self.of_whole.as_ref().is_some_and(|pattern| !whole(pattern))
    }

    /// Whether it is told which commands do what it is about.
    pub fn tells_doing(&self) -> bool {
        self.done_by.is_some()
    }

    /// Whether it is told which pages speak of the whole.
    pub fn tells_parts(&self) -> bool {
        self.of_whole.is_some()
    }

    /// Whether a document is about it by its path.
    pub fn is_path(&self, path: &str) -> bool {
        self.paths.is_match(path) || within_site(path).is_some_and(|page| self.paths.is_match(page))
    }

    /// Whether a command is so plain that its section counts in a document that otherwise never is about it.
    pub fn is_done_even_there(&self, command: &str) -> bool {
        found(self.even_there.as_ref(), command)
    }

    /// Whether a document never is about it.
    pub fn is_excluded(&self, path: &str) -> bool {
        self.not_in.is_match(path)
    }
}

/// What the path of a page is within the program that shows it: `docs/backup.mdx` of `apps/docs/backup.mdx` and of
/// `site/content/docs/backup.md`.
fn within_site(path: &str) -> Option<&str> {
    const SITES: &[&str] = &["apps", "site", "website", "www"];
    let (_, page) = path.split_once('/').filter(|(first, _)| SITES.contains(first))?;
    let page = page.strip_prefix("content/").unwrap_or(page);
    (page.starts_with("docs/") || page.starts_with("doc/")).then_some(page)
}

/// Whether a pattern that a topic may have is found in a text.
fn pattern_of(value: &Value) -> Result<Pattern, String> {
    Ok(Pattern::new(value.as_str().ok_or("is no text")?))
}

fn found(pattern: Option<&Pattern>, text: &str) -> bool {
    pattern.is_some_and(|pattern| pattern.is_match(text))
}

/// Whether a heading is the name of a setting or of a function: what stands under it says what its values mean. A file's
/// name has a short ending.
fn is_key(heading: &str) -> bool {
    pattern!(KEY, r"^[A-Za-z][\w-]*(?:\.[\w-]+)*(?:_\w+|\.[\w-]{5,})$");
    heading.contains(['_', '.']) && KEY.is_match(heading)
}

/// What is wrong with the topics, if anything.
pub fn problem() -> Option<&'static str> {
    TOPICS.as_ref().err().map(String::as_str)
}

/// The names of all topics.
pub fn names() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().flat_map(|topics| topics.keys().map(String::as_str))
}

fn read(text: &str) -> Result<IndexMap<String, Topic>, String> {
    let (document, diagnostics) = tusk::parse_text(text);
    if let Some(first) = diagnostics.first() {
        return Err(format!("topics.tsk: {first:?}"));
    }
    let mut topics = IndexMap::new();
    for section in &document.sections {
        let name = section.name();
        let name = name.strip_prefix("topic.").ok_or_else(|| format!("topics.tsk: [{name}] is no topic"))?;
        let topic = topic(name, &section.body, &topics).map_err(|why| format!("topics.tsk: [topic.{name}] {why}"))?;
        topics.insert(name.to_owned(), topic);
    }
    Ok(topics)
}

fn topic(name: &str, body: &Map, before: &IndexMap<String, Topic>) -> Result<Topic, String> {
    let mut topic = Topic { name: name.to_owned(), ..Topic::default() };
    for (key, Field { value, .. }) in body {
        match key.as_str() {
            "titles" => topic.titles = Titles::of(words(value)?.iter().map(String::as_str)),
            "like" => topic.titles.add(pattern_of(value)?),
            "paths" => topic.paths = Globs::new(words(value)?),
            "not_in" => topic.not_in = Globs::new(words(value)?),
            "even_there" => topic.even_there = Some(pattern_of(value)?),
            "action" if value.as_str() == Some("steps") => topic.action = Action::Steps,
            "action" if value.as_str() == Some("told") => topic.action = Action::Told,
            "action" if value.as_str() == Some("answered") => topic.action = Action::Answered,
            "action" => topic.action = if flag(value)? { Action::Command } else { Action::None },
            "code" => topic.code = flag(value)?,
            "elsewhere" => topic.elsewhere = flag(value)?,
            "unpromised" => topic.unpromised = flag(value)?,
            "templates" => topic.templates = flag(value)?,
            "development" => topic.development = value.as_str() == Some("named"),
            "promised" => topic.promised = Some(shared(value, before, |topic| topic.promised.as_ref())?),
            "about" => topic.about = Some(pattern_of(value)?),
            "not_about" => topic.not_about = Some(pattern_of(value)?),
            "aside" => topic.aside = Some(pattern_of(value)?),
            "described" => topic.described = Some(pattern_of(value)?),
            "beside" => topic.beside = Some(pattern_of(value)?),
            "done_by" => topic.done_by = Some(pattern_of(value)?),
            "of_code" => topic.of_code = Some(pattern_of(value)?),
            "makes" => topic.makes = Some(pattern_of(value)?),
            "puts_up" => topic.puts_up = Some(pattern_of(value)?),
            "not_beside" => topic.not_beside = Some(pattern_of(value)?),
            "of_whole" => topic.of_whole = Some(pattern_of(value)?),
            "trade" => topic.trade = Some(shared(value, before, |topic| topic.trade.as_ref())?),
            "needs" => {
                topic.needs = match whole(value) {
                    Some(count) => Needs::Some(count),
                    None => Needs::Named(words(value)?),
                }
            }
            "parts" => {
                let parts = value.as_map().ok_or("parts: is no map")?;
                for (part_name, field) in parts {
                    let part = part(&field.value).map_err(|why| format!("parts.{part_name}: {why}"))?;
                    topic.parts.insert(part_name.to_string(), part);
                }
            }
            _ => return Err(format!("{key}: unknown key")),
        }
    }
    Ok(topic)
}

/// A pattern of its own, or with `{of: "incident"}` that of a topic above, compiled once for both.
fn shared<'t>(
    value: &Value,
    before: &'t IndexMap<String, Topic>,
    which: impl Fn(&'t Topic) -> Option<&'t Arc<Pattern>>,
) -> Result<Arc<Pattern>, String> {
    match value.get("of").and_then(Value::as_str) {
        Some(name) => before.get(name).and_then(which).cloned().ok_or_else(|| format!("no topic {name} above has one")),
        None => pattern_of(value).map(Arc::new),
    }
}

fn part(value: &Value) -> Result<Part, String> {
    if value.as_str().is_some() {
        return Ok(Part::Pattern(pattern_of(value)?));
    }
    if let Some(prose) = value.get("prose") {
        return pattern_of(prose).map(Part::Prose);
    }
    if let Some(named) = value.get("named") {
        return pattern_of(named).map(Part::Named);
    }
    if let Some(operation) = value.get("operation") {
        return pattern_of(operation).map(Part::Operation);
    }
    let number = |key: &str| value.get(key).and_then(whole).unwrap_or(0);
    let at_least = number("at_least").max(1);
    Ok(match value.get("measure").and_then(Value::as_str) {
        Some("steps") => Part::Steps {
            at_least,
            commands: number("commands"),
            verified: value.get("verified").and_then(Value::as_bool) == Some(true),
        },
        Some("verification") => Part::Verification,
        Some("entries") => Part::Entries(at_least),
        Some("levels") => Part::Levels(at_least),
        Some("commands") => Part::Commands(at_least),
        Some("meanings") => Part::Meanings(at_least),
        Some("panels") => Part::Panels(at_least),
        Some("due") => Part::Due(at_least),
        Some("list") => Part::List(at_least),
        other => return Err(format!("unknown measure {other:?}")),
    })
}

/// A whole number that is not negative.
pub(super) fn whole(value: &Value) -> Option<usize> {
    match value.kind {
        Kind::Int(number) => usize::try_from(number).ok(),
        _ => None,
    }
}

fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "is neither true nor false".to_owned())
}

fn words(value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_list().ok_or("is no list")?;
    list.iter()
        .map(|word| word.as_str().map(str::to_owned).ok_or_else(|| "holds something else than text".to_owned()))
        .collect()
}

/// What is wrong with the topics, patterns and globs included; for tests, since it compiles all of them.
pub fn faults() -> Vec<String> {
    let Ok(topics) = TOPICS.as_ref() else { return problem().map(str::to_owned).into_iter().collect() };
    let mut faults = Vec::new();
    for (name, topic) in topics {
        let parts = topic.parts.values().filter_map(|part| match part {
            Part::Pattern(pattern) | Part::Prose(pattern) | Part::Operation(pattern) => Some(pattern),
            _ => None,
        });
        let patterns = parts
            .chain(&topic.about)
            .chain(&topic.not_about)
            .chain(&topic.aside)
            .chain(&topic.described)
            .chain(&topic.not_beside)
            .chain(&topic.of_code)
            .chain(&topic.makes)
            .chain(&topic.puts_up)
            .chain(&topic.beside)
            .chain(&topic.done_by)
            .chain(&topic.even_there)
            .chain(topic.titles.pattern())
            .chain(topic.trade.as_deref())
            .chain(topic.promised.as_deref());
        faults.extend(patterns.filter(|pattern| pattern.scan().is_none()).map(|p| format!("{name}: {}", p.text())));
        let globs = topic.paths.broken().chain(topic.not_in.broken());
        faults.extend(globs.map(|glob| format!("{name}: {glob}")));
        if let Needs::Named(names) = &topic.needs {
            faults.extend(
                names
                    .iter()
                    .filter(|part| !topic.parts.contains_key(*part))
                    .map(|part| format!("{name}: needs {part}")),
            );
        }
    }
    faults
}
