//! Dockerfiles as instructions in stages, with continuations, heredocs and build arguments resolved.

use crate::source::Span;
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

/// A line of the file with its offset.
type Line<'t> = (usize, &'t str);

/// The instructions of a file, unresolved.
fn instructions(text: &str) -> Vec<Instruction> {
    let escape = escape_of(text);
    let mut offset = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let at = offset;
        offset += line.len();
        (at, line.trim_end_matches(['\n', '\r']))
    });
    let mut lines = lines.peekable();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if is_skipped(line.1) {
            continue;
        }
        let (mut instruction, text) = logical_line(line, &mut lines, escape);
        instruction.text = text;
        if matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
            take_heredocs(&mut instruction, &mut lines);
        }
        found.push(instruction);
    }
    found
}

fn is_skipped(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// The parser directive `# escape=` at the top.
fn escape_of(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim_start().strip_prefix('#'));
    let is_backtick = |line: &str| line.trim().to_lowercase().replace(' ', "") == "escape=`";
    if directives.into_iter().any(is_backtick) { '`' } else { '\\' }
}

/// One instruction from its first line and the lines that continue it, and its text without keyword and flags.
fn logical_line<'t>(
    first: Line<'t>,
    lines: &mut std::iter::Peekable<impl Iterator<Item = Line<'t>>>,
    escape: char,
) -> (Instruction, String) {
    let indent = first.1.len() - first.1.trim_start().len();
    let body = first.1.trim_start();
    let keyword_end = body.find(char::is_whitespace).unwrap_or(body.len());
    let keyword = body[..keyword_end].to_uppercase();
    let mut piece = &body[keyword_end..];
    let mut at = first.0 + indent + keyword_end;
    let mut end = first.0 + first.1.len();
    let mut text = String::new();
    let mut starts = Vec::new();
    loop {
        let trimmed = piece.trim_end();
        let continued = trimmed.strip_suffix(escape);
        starts.push((text.len(), at));
        text.push_str(continued.unwrap_or(piece));
        if continued.is_none() {
            break;
        }
        text.push(' ');
        let next = loop {
            match lines.next() {
                Some((_, line)) if is_skipped(line) => {}
                other => break other,
            }
        };
        let Some((start, line)) = next else { break };
        (piece, at, end) = (line, start, start + line.len());
    }
    let span = Span::new(first.0 + indent, end);
    let (flags, cut) = leading_flags(&text);
    let text = text[cut..].to_owned();
    // Lines that the flags used up keep their place: they fold into the start of the text.
    let lines = starts.iter().map(|&(start, at)| (start.saturating_sub(cut), at));
    let mut folded: Vec<(usize, usize)> = Vec::with_capacity(starts.len());
    for line in lines {
        match folded.last_mut() {
            Some(last) if last.0 == line.0 => *last = line,
            _ => folded.push(line),
        }
    }
    (Instruction { keyword, flags, text: String::new(), span, lines: folded }, text)
}

/// The flags `--name=value` at the start, and where they end.
fn leading_flags(text: &str) -> (Vec<(String, String)>, usize) {
    let mut flags = Vec::new();
    let mut cut = text.len() - text.trim_start().len();
    while let Some(flag) = text[cut..].strip_prefix("--") {
        let end = flag.find(char::is_whitespace).unwrap_or(flag.len());
        let (name, value) = flag[..end].split_once('=').unwrap_or((&flag[..end], ""));
        flags.push((name.to_owned(), value.trim_matches('"').to_owned()));
        let rest = &flag[end..];
        cut = text.len() - rest.trim_start().len();
    }
    (flags, cut)
}

/// Appends the bodies of `<<EOF` documents to the text.
fn take_heredocs<'t>(instruction: &mut Instruction, lines: &mut std::iter::Peekable<impl Iterator<Item = Line<'t>>>) {
    for word in heredoc_words(&instruction.text) {
        for (start, line) in lines.by_ref() {
            instruction.span.end = (start + line.len()) as u32;
            if line.trim_start_matches('\t') == word {
                break;
            }
            instruction.text.push('\n');
            instruction.lines.push((instruction.text.len(), start));
            instruction.text.push_str(line);
        }
    }
}

/// The end marks of the heredocs that a line opens.
fn heredoc_words(text: &str) -> Vec<String> {
    let openings = text.match_indices("<<").map(|(at, _)| &text[at + 2..]);
    let marks = openings.filter(|rest| !rest.starts_with('<')).map(|rest| {
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches(['"', '\'']);
        rest.chars().take_while(|&letter| is_name(letter)).collect::<String>()
    });
    // `1 << 4` in arithmetic is no document.
    marks.filter(|mark| mark.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')).collect()
}
