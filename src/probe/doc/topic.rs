//! Topics of documents: data, read once from `src/rules/topics.tsk`.

use crate::tusk;
use crate::value::{Field, Map, Value};
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use indexmap::IndexMap;
use regex::Regex;
use std::sync::LazyLock;

/// The text of the topics.
const TEXT: &str = include_str!("../../rules/topics.tsk");

static TOPICS: LazyLock<Result<IndexMap<String, Topic>, String>> = LazyLock::new(|| read(TEXT));

/// What a document may be about, and what it must then hold.
#[derive(Debug, Default)]
pub struct Topic {
    /// Its name.
    pub name: String,
    titles: Option<Regex>,
    paths: GlobSet,
    not_in: GlobSet,
    /// Whether it must give a command or numbered steps.
    pub action: bool,
    /// What must be there before it counts.
    pub needs: Needs,
    /// What must occur in its text.
    pub about: Option<Regex>,
    not_about: Option<Regex>,
    /// Whether documents about the code may speak on it.
    pub code: bool,
    /// Whether a section about a developer's machine counts.
    pub development: bool,
    /// Whether forms may speak on it.
    pub templates: bool,
    /// Its parts.
    pub parts: IndexMap<String, Part>,
}

/// What must be there before a topic counts.
#[derive(Debug)]
pub enum Needs {
    /// So many of its parts.
    Some(usize),
    /// These parts.
    Named(Vec<String>),
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
    Pattern(Regex),
    /// The same, or a paragraph of this pattern.
    Prose(Regex),
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
    pub fn titled(pattern: &str) -> Result<Self, regex::Error> {
        let titles = Regex::new(&format!(r"(?i)\b(?:{pattern})\b"))?;
        Ok(Self { name: pattern.to_owned(), titles: Some(titles), ..Self::default() })
    }

    /// Whether a heading is about it.
    pub fn is_title(&self, heading: &str) -> bool {
        let short = heading.split_whitespace().count() <= 12;
        let elsewhere = || self.not_about.as_ref().is_some_and(|pattern| pattern.is_match(heading));
        short && self.titles.as_ref().is_some_and(|titles| titles.is_match(heading)) && !elsewhere()
    }

    /// Whether a document is about it by its path.
    pub fn is_path(&self, path: &str) -> bool {
        self.paths.is_match(path)
    }

    /// Whether a document never is about it.
    pub fn is_excluded(&self, path: &str) -> bool {
        self.not_in.is_match(path)
    }
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
        let topic = topic(name, &section.body).map_err(|why| format!("topics.tsk: [topic.{name}] {why}"))?;
        topics.insert(name.to_owned(), topic);
    }
    Ok(topics)
}

fn topic(name: &str, body: &Map) -> Result<Topic, String> {
    let mut topic = Topic { name: name.to_owned(), ..Topic::default() };
    for (key, Field { value, .. }) in body {
        match key.as_str() {
            "titles" => topic.titles = Some(titles(&words(value)?)?),
            "paths" => topic.paths = globs(&words(value)?)?,
            "not_in" => topic.not_in = globs(&words(value)?)?,
            "action" => topic.action = flag(value)?,
            "code" => topic.code = flag(value)?,
            "templates" => topic.templates = flag(value)?,
            "development" => topic.development = value.as_str() == Some("named"),
            "about" => topic.about = Some(pattern(value)?),
            "not_about" => topic.not_about = Some(pattern(value)?),
            "needs" => {
                topic.needs = match value.as_number() {
                    Some(count) => Needs::Some(count as usize),
                    None => Needs::Named(words(value)?),
                }
            }
            "parts" => {
                let parts = value.as_map().ok_or("parts: is no map")?;
                for (part_name, field) in parts {
                    let part = part(&field.value).map_err(|why| format!("parts.{part_name}: {why}"))?;
                    topic.parts.insert(part_name.clone(), part);
                }
            }
            _ => return Err(format!("{key}: unknown key")),
        }
    }
    Ok(topic)
}

fn part(value: &Value) -> Result<Part, String> {
    if value.as_str().is_some() {
        return Ok(Part::Pattern(pattern(value)?));
    }
    if let Some(prose) = value.get("prose") {
        return pattern(prose).map(Part::Prose);
    }
    let number = |key: &str| value.get(key).and_then(Value::as_number).unwrap_or(0.0) as usize;
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
        Some("list") => Part::List(at_least),
        other => return Err(format!("unknown measure {other:?}")),
    })
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

fn pattern(value: &Value) -> Result<Regex, String> {
    Regex::new(value.as_str().ok_or("is no text")?).map_err(|error| error.to_string())
}

/// Titles as whole words: capitals alone (RTO) as they are, since `rto` hides in `itertools`; others in any case.
fn titles(words: &[String]) -> Result<Regex, String> {
    let is_capitals = |word: &&String| word.chars().all(|c| !c.is_lowercase()) && word.chars().any(char::is_uppercase);
    let join = |words: Vec<&String>| words.iter().map(|word| regex::escape(word)).collect::<Vec<_>>().join("|");
    let capitals = join(words.iter().filter(is_capitals).collect());
    let others = join(words.iter().filter(|word| !is_capitals(word)).collect());
    let pattern = match (others.is_empty(), capitals.is_empty()) {
        (false, false) => format!(r"\b(?:{capitals}|(?i:{others}))\b"),
        (true, _) => format!(r"\b(?:{capitals})\b"),
        (_, true) => format!(r"\b(?i:{others})\b"),
    };
    Regex::new(&pattern).map_err(|error| error.to_string())
}

fn globs(words: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for word in words {
        let glob: Result<Glob, _> = GlobBuilder::new(word).literal_separator(true).case_insensitive(true).build();
        set.add(glob.map_err(|error| error.to_string())?);
    }
    set.build().map_err(|error| error.to_string())
}
