//! Dockerfiles as instructions in stages, with continuations, heredocs and build arguments resolved.

mod lines;

use crate::source::Span;
use lines::instructions;
use std::collections::{BTreeMap, BTreeSet};

/// A Dockerfile as it builds without arguments from outside.
#[derive(Clone, Debug, Default)]
pub struct Dockerfile {
    /// Its stages, in the order of the text.
    pub stages: Vec<Stage>,
}

/// One stage, from its `FROM` on.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The name after `AS`, in lower case.
    pub alias: Option<String>,
    /// What it starts from: an image, or the name of an earlier stage.
    pub base: String,
    /// The earlier stage that it starts from.
    pub parent: Option<usize>,
    /// The `FROM` line.
    pub span: Span,
    /// What follows it.
    pub instructions: Vec<Instruction>,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// `RUN`, `COPY`, …, in capitals.
    pub keyword: String,
    /// `--from=builder` as `("from", "builder")`; a flag without a value has an empty one.
    pub flags: Vec<(String, String)>,
    /// The rest, continuations joined, comments dropped, heredocs appended, build arguments resolved.
    pub text: String,
    /// The whole instruction in the file.
    pub span: Span,
    /// Where each line of `text` begins in the file: (offset in `text`, offset in the file).
    lines: Vec<(usize, usize)>,
}

impl Instruction {
    /// The value of a flag.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().find(|(flag, _)| flag == name).map(|(_, value)| value.as_str())
    }

    /// The line of the file on which an offset of `text` stands, as a span within the instruction.
    pub fn line_at(&self, offset: usize) -> Span {
        let index = self.lines.partition_point(|&(start, _)| start <= offset).saturating_sub(1);
        let start = self.lines.get(index).map_or(self.span.start as usize, |&(_, at)| at);
        let end = self.lines.get(index + 1).map_or(self.span.end as usize, |&(_, at)| at);
        Span::new(start, end.max(start))
    }

    /// The words of the exec form (`["a", "b"]`); `None` in shell form.
    pub fn exec(&self) -> Option<Vec<String>> {
        let text = self.text.trim();
        if !text.starts_with('[') {
            return None;
        }
        serde_json::from_str(text).ok()
    }

    /// The command line that it runs, in one piece, whichever form it has.
    pub fn command(&self) -> String {
        self.exec().map_or_else(|| self.text.trim().to_owned(), |words| words.join(" "))
    }
}

impl Dockerfile {
    /// Reads a Dockerfile; text before the first `FROM` other than `ARG` is dropped.
    pub fn parse(text: &str) -> Self {
        Self::parse_leaving(text, &BTreeSet::new())
    }

    /// The same, with the build arguments of some names left as they are written, whatever their defaults.
    pub fn parse_leaving(text: &str, open: &BTreeSet<String>) -> Self {
        let mut file = Self::default();
        let mut global = Arguments { open: open.clone(), ..Arguments::default() };
        let mut scopes: Vec<Arguments> = Vec::new();
        for mut instruction in instructions(text) {
            if instruction.keyword == "FROM" {
                let stage = file.from(&instruction, &global);
                let fresh = || Arguments { open: open.clone(), ..Arguments::default() };
                scopes.push(stage.parent.map_or_else(fresh, |parent| scopes[parent].clone()));
                file.stages.push(stage);
                continue;
            }
            let (Some(scope), Some(stage)) = (scopes.last_mut(), file.stages.last_mut()) else {
                if instruction.keyword == "ARG" {
                    global.declare(&instruction.text, None);
                }
                continue;
            };
            instruction.resolve(scope);
            match instruction.keyword.as_str() {
                "ARG" => scope.declare(&instruction.text, Some(&global)),
                "ENV" => pairs(&instruction.text).into_iter().for_each(|(name, value)| scope.set(name, value)),
                _ => {}
            }
            stage.instructions.push(instruction);
        }
        file
    }

    fn from(&self, instruction: &Instruction, global: &Arguments) -> Stage {
        let mut words = instruction.text.split_whitespace();
        let base = global.expand(words.next().unwrap_or_default());
        let alias = match (words.next(), words.next()) {
            (Some(keyword), Some(alias)) if keyword.eq_ignore_ascii_case("as") => Some(alias.to_lowercase()),
            _ => None,
        };
        let parent = self.stage(&base);
        Stage { alias, base, parent, span: instruction.span, instructions: Vec::new() }
    }

    /// The last stage of a name, or of a number.
    pub fn stage(&self, name: &str) -> Option<usize> {
        let name = name.to_lowercase();
        let by_name = self.stages.iter().rposition(|stage| stage.alias.as_deref() == Some(name.as_str()));
        by_name.or_else(|| name.parse().ok().filter(|&index: &usize| index < self.stages.len()))
    }

    /// The stage that is built when no target is named.
    pub fn last(&self) -> Option<usize> {
        self.stages.len().checked_sub(1)
    }

    /// A stage and those that it starts from, nearest first.
    pub fn lineage(&self, stage: usize) -> Vec<usize> {
        // A parent always stands earlier in the file, so this ends.
        std::iter::successors(Some(stage), |&stage| self.stages.get(stage)?.parent).collect()
    }

    /// A stage and every stage that its building needs, by `FROM` or by `--from`, in the order of the file.
    pub fn needed(&self, stage: usize) -> Vec<usize> {
        let mut needed = vec![false; self.stages.len()];
        let mut open = vec![stage];
        while let Some(index) = open.pop() {
            if std::mem::replace(&mut needed[index], true) {
                continue;
            }
            let stage = &self.stages[index];
            open.extend(stage.parent);
            let copied = stage.instructions.iter().filter_map(|instruction| instruction.flag("from"));
            open.extend(copied.filter_map(|name| self.stage(name)).filter(|&from| from < index));
        }
        (0..needed.len()).filter(|&index| needed[index]).collect()
    }

    /// The last instruction of a kind that is in effect in a stage: its own, or one of the stages it starts from.
    pub fn effective(&self, stage: usize, keyword: &str) -> Option<&Instruction> {
        let lineage = self.lineage(stage);
        lineage.iter().find_map(|&index| {
            self.stages[index].instructions.iter().rev().find(|instruction| instruction.keyword == keyword)
        })
    }

    /// The environment of a stage: the last value of each name and where it was set.
    pub fn environment(&self, stage: usize) -> Vec<(String, String, Span)> {
        let mut environment: BTreeMap<String, (String, Span)> = BTreeMap::new();
        for &index in self.lineage(stage).iter().rev() {
            for instruction in self.stages[index].instructions.iter().filter(|each| each.keyword == "ENV") {
                for (name, value) in pairs(&instruction.text) {
                    let at = instruction.text.find(&name).unwrap_or(0);
                    environment.insert(name, (value, instruction.line_at(at)));
                }
            }
        }
        environment.into_iter().map(|(name, (value, span))| (name, value, span)).collect()
    }
}

/// Build arguments and environment that `$NAME` can mean at one point of the file.
#[derive(Clone, Debug, Default)]
struct Arguments {
    known: BTreeMap<String, Option<String>>,
    /// Arguments that the caller of the build may give.
    open: BTreeSet<String>,
}

/// Values longer than this are not carried along: a file could otherwise double one with every line.
const LONGEST_VALUE: usize = 4096;

impl Arguments {
    fn set(&mut self, name: String, value: String) {
        if value.len() <= LONGEST_VALUE {
            self.known.insert(name, Some(value));
        }
    }

    fn declare(&mut self, text: &str, global: Option<&Self>) {
        for word in split_words(text) {
            let (name, default) = match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word.clone(), global.and_then(|global| global.known.get(&word).cloned().flatten())),
            };
            match default.filter(|_| !self.open.contains(&name)) {
                Some(value) => self.set(name, value),
                None => drop(self.known.entry(name).or_insert(None)),
            }
        }
    }

    /// Replaces what is known; an unknown `$NAME` stays as it is.
    fn expand(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let escaped = out.ends_with('\\');
            let (raw, value) = self.variable(&rest[at..]);
            match value {
                Some(value) if !escaped && out.len() <= 64 * LONGEST_VALUE => out.push_str(&value),
                _ => out.push_str(raw),
            }
            rest = &rest[at + raw.len()..];
        }
        out.push_str(rest);
        out
    }

    /// The variable reference at the start of a text (`$NAME`, `${NAME}`, `${NAME:-default}`) and its value.
    fn variable<'t>(&self, text: &'t str) -> (&'t str, Option<String>) {
        let body = &text[1..];
        if let Some(inner) = body.strip_prefix('{') {
            let Some(close) = inner.find('}') else { return (&text[..1], None) };
            let inner = &inner[..close];
            let name_end = inner.find(|letter: char| !is_name(letter)).unwrap_or(inner.len());
            let known = self.known.get(&inner[..name_end]).cloned().flatten();
            let value = match inner[name_end..].strip_prefix(":-").or_else(|| inner[name_end..].strip_prefix('-')) {
                Some(default) => Some(known.unwrap_or_else(|| default.to_owned())),
                None if inner[name_end..].is_empty() => known,
                None => None,
            };
            return (&text[..close + 3], value);
        }
        let end = body.find(|letter: char| !is_name(letter)).unwrap_or(body.len());
        (&text[..=end], self.known.get(&body[..end]).cloned().flatten())
    }
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// `NAME=value NAME2="v w"`, or the old form `NAME value to the end`.
fn pairs(text: &str) -> Vec<(String, String)> {
    let words = split_words(text);
    match words.first() {
        Some(first) if !first.contains('=') => {
            let value = text.trim().get(first.len()..).unwrap_or_default().trim();
            vec![(first.clone(), value.trim_matches('"').to_owned())]
        }
        _ => words
            .iter()
            .filter_map(|word| word.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

/// Words of a line; quotes hold a word together and are dropped.
pub fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

impl Instruction {
    /// Replaces arguments in the text; line starts move along with what grows or shrinks.
    fn resolve(&mut self, scope: &Arguments) {
        let mut text = String::with_capacity(self.text.len());
        let mut lines = Vec::with_capacity(self.lines.len());
        for (index, &(start, at)) in self.lines.iter().enumerate() {
            let end = self.lines.get(index + 1).map_or(self.text.len(), |&(next, _)| next);
            lines.push((text.len(), at));
            text.push_str(&scope.expand(&self.text[start..end]));
        }
        self.text = text;
        self.lines = lines;
        for (_, value) in &mut self.flags {
            *value = scope.expand(value);
        }
    }
}
