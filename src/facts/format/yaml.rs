//! YAML with places: every document of a stream, aliases expanded within a budget, merge keys applied.
//!
//! A value under a local tag (`!Ref Name`, `!reference [.job, script]`) is a mapping with one entry, the tag, so that a
//! reference is never taken for the literal that it holds.

use super::{MAX_DEPTH, Problem, lenient};
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use std::collections::BTreeMap;

/// How many nodes all aliases of a file together may add.
const ALIAS_BUDGET: usize = 100_000;

/// Reads every document.
pub(super) fn parse(text: &str) -> Result<Vec<Value>, Problem> {
    read(text).or_else(|problem| lenient::forms(text).find_map(|form| read(&form).ok()).ok_or(problem))
}

fn read(text: &str) -> Result<Vec<Value>, Problem> {
    let offsets = Offsets::of(text);
    let mut reader = Reader { text, documents: Vec::new(), open: Vec::new(), anchors: BTreeMap::new(), copied: 0 };
    let mut parser = Parser::new_from_str(text).keep_tags(true);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => {
                let span = Span::new(offsets.byte(text, span.start), offsets.byte(text, span.end));
                reader.take(event, span)?;
            }
            Err(error) => {
                let at = offsets.byte(text, *error.marker());
                return Err(Problem::new(Span::new(at, at), error.info().to_owned()));
            }
        }
    }
    Ok(reader.documents)
}

/// A plain scalar that YAML 1.2 and JSON read as a number.
pub(super) fn number(text: &str) -> Option<Kind> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(digits) = unsigned.strip_prefix("0x") {
        return radix(digits, 16).filter(|_| unsigned == text);
    }
    if let Some(digits) = unsigned.strip_prefix("0o") {
        return radix(digits, 8).filter(|_| unsigned == text);
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = text.strip_prefix('+').unwrap_or(text);
        return Some(text.parse().map_or_else(|_| Kind::Big(digits.to_owned()), Kind::Int))
            .filter(|kind| !matches!(kind, Kind::Big(_)) || text.parse().is_ok_and(f64::is_finite));
    }
    match unsigned {
        ".inf" | ".Inf" | ".INF" => {
            return Some(Kind::Float(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }));
        }
        ".nan" | ".NaN" | ".NAN" => return Some(Kind::Float(f64::NAN)),
        _ => {}
    }
    let looks = unsigned.bytes().any(|byte| byte.is_ascii_digit())
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if looks { text.parse().ok().map(Kind::Float) } else { None }
}

fn radix(digits: &str, radix: u32) -> Option<Kind> {
    let number = i128::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with(['+', '-']))?;
    Some(i64::try_from(number).map_or_else(|_| Kind::Big(number.to_string()), Kind::Int))
}

/// Turns the parser's marks, which count characters, into byte offsets.
struct Offsets {
    /// The byte offset of every 64th character; empty when the text is ASCII.
    every_64th: Vec<u32>,
}

impl Offsets {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self { every_64th: Vec::new() };
        }
        Self { every_64th: text.char_indices().step_by(64).map(|(at, _)| at as u32).collect() }
    }

    fn byte(&self, text: &str, mark: Marker) -> usize {
        if self.every_64th.is_empty() {
            return mark.index().min(text.len());
        }
        let Some(&start) = self.every_64th.get(mark.index() / 64) else { return text.len() };
        let rest = &text[start as usize..];
        start as usize + rest.char_indices().nth(mark.index() % 64).map_or(rest.len(), |(at, _)| at)
    }
}

/// A finished node with how many nodes it holds, itself included.
#[derive(Clone)]
struct Node {
    value: Value,
    size: usize,
}

/// A container that is still open.
struct Open {
    span: Span,
    anchor: usize,
    tag: Option<String>,
    size: usize,
    items: Items,
}

enum Items {
    List(Vec<Value>),
    Map { done: Map, merged: Vec<Value>, key: Option<Key> },
}

/// A key that waits for its value.
struct Key {
    text: String,
    span: Span,
    merges: bool,
}

struct Reader<'t> {
    text: &'t str,
    documents: Vec<Value>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    copied: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let forced = tag.as_deref().is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                let kind = if plain && !forced { core(&text) } else { Kind::Str(text.into_owned()) };
                let value = Value::new(kind, trimmed(self.text, span, style));
                self.finish(value, 1, anchor, local(tag.as_deref()));
            }
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor) else {
                    return Err(Problem::new(span, "an alias stands inside of what it names"));
                };
                self.copied += node.size;
                if self.copied > ALIAS_BUDGET {
                    return Err(Problem::new(span, format!("aliases expand to more than {ALIAS_BUDGET} nodes")));
                }
                let node = node.clone();
                self.finish(node.value, node.size, 0, None);
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(span, anchor, local(tag.as_deref()), Items::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                let items = Items::Map { done: Map::default(), merged: Vec::new(), key: None };
                self.begin(span, anchor, local(tag.as_deref()), items)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn begin(&mut self, span: Span, anchor: usize, tag: Option<String>, items: Items) -> Result<(), Problem> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Problem::new(span, "nested too deeply"));
        }
        self.open.push(Open { span, anchor, tag, size: 1, items });
        Ok(())
    }

    fn end(&mut self, span: Span) {
        let Some(open) = self.open.pop() else { return };
        let mut whole = open.span.to(span);
        let kind = match open.items {
            Items::List(list) => {
                whole = list.last().map_or(whole, |last| tight(whole, last.span, self.text));
                Kind::List(list)
            }
            Items::Map { mut done, merged, .. } => {
                whole = done.values().last().map_or(whole, |last| tight(whole, last.value.span, self.text));
                for value in merged {
                    merge(&mut done, value);
                }
                Kind::Map(done)
            }
        };
        self.finish(Value::new(kind, whole), open.size, open.anchor, open.tag);
    }

    /// Puts a finished node where it belongs: an anchor, the open container, or the list of documents.
    fn finish(&mut self, mut value: Value, size: usize, anchor: usize, tag: Option<String>) {
        if let Some(tag) = tag {
            let span = value.span;
            let map = Map::from_iter([(tag, Field { key: span, value })]);
            value = Value::new(Kind::Map(map), span);
        }
        if anchor > 0 {
            self.anchors.insert(anchor, Node { value: value.clone(), size });
        }
        let text = self.text;
        let Some(open) = self.open.last_mut() else {
            self.documents.push(value);
            return;
        };
        open.size += size;
        match &mut open.items {
            Items::List(list) => list.push(value),
            Items::Map { done, merged, key } => match key.take() {
                None => *key = Some(as_key(value, text)),
                Some(key) if key.merges => merged.push(value),
                Some(key) => {
                    done.insert(key.text, Field { key: key.span, value });
                }
            },
        }
    }
}

fn as_key(value: Value, text: &str) -> Key {
    let raw = text.get(value.span.range()).unwrap_or("");
    let span = value.span;
    let merges = raw == "<<";
    let text = match value.kind {
        Kind::Str(text) => text,
        _ => raw.to_owned(),
    };
    Key { text, span, merges }
}

/// `<<: *base` or `<<: [*a, *b]`: what is there already wins, then the earlier of the list.
fn merge(into: &mut Map, value: Value) {
    match value.kind {
        Kind::Map(map) => {
            for (key, field) in map {
                into.or_insert_with(key, || field);
            }
        }
        Kind::List(list) => list.into_iter().for_each(|item| {
            if let Kind::Map(_) = item.kind {
                merge(into, item);
            }
        }),
        _ => {}
    }
}

/// A plain scalar by the YAML 1.2 core schema: `yes` and `on` are text.
fn core(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ => number(text).unwrap_or_else(|| Kind::Str(text.to_owned())),
    }
}

/// The tag as it is written, if it is a local one.
fn local(tag: Option<&Tag>) -> Option<String> {
    let tag = tag?;
    (tag.handle == "!" && !tag.suffix.is_empty()).then(|| format!("!{}", tag.suffix))
}

/// The parser ends block scalars and some plain ones after the line breaks that follow; evidence should not.
fn trimmed(text: &str, span: Span, style: ScalarStyle) -> Span {
    if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
        return span;
    }
    let raw = text.get(span.range()).unwrap_or("").trim_end();
    Span { start: span.start, end: span.start + raw.len() as u32 }
}

/// A block container ends where its last child does, not where the next thing begins; an alias lies elsewhere.
fn tight(whole: Span, last: Span, text: &str) -> Span {
    let closed = text.get(whole.range()).is_some_and(|raw| raw.ends_with([']', '}']));
    if closed || last.end < whole.start || last.end > whole.end { whole } else { Span { end: last.end, ..whole } }
}
