//! INI files and systemd units: `[section]` and `key = value`.

use super::Problem;
use crate::source::Span;
use crate::value::{Field, Kind, Map, Value};
use indexmap::IndexMap;

/// Reads every line. Keys before the first section stand at the root; a key that stands twice in a section (systemd's
/// `Environment=`) becomes a list.
pub(super) fn parse(text: &str) -> (Value, Vec<Problem>) {
    let mut reader = Reader::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        reader.line(line.trim_end_matches(['\n', '\r']), at);
        at += line.len();
    }
    let Reader { mut root, sections, problems, .. } = reader;
    for (name, section) in sections {
        let value = Value::new(Kind::Map(section.keys), section.header);
        root.insert(name, Field { key: section.name, value });
    }
    (Value::new(Kind::Map(root), Span::new(0, text.len())), problems)
}

#[derive(Default)]
struct Reader {
    root: Map,
    sections: IndexMap<String, Section>,
    /// The index of the open section.
    section: Option<usize>,
    /// The key that an indented line continues.
    last: Option<String>,
    problems: Vec<Problem>,
}

struct Section {
    name: Span,
    header: Span,
    keys: Map,
}

impl Reader {
    fn line(&mut self, line: &str, at: usize) {
        let body = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        let whole = Span::new(start, start + body.len());
        if body.is_empty() || body.starts_with(['#', ';']) {
            return;
        }
        if let Some(header) = body.strip_prefix('[') {
            match header.find(']') {
                Some(close) => self.open(&header[..close], Span::new(start + 1, start + 1 + close), whole),
                None => self.problems.push(Problem::new(whole, "a section without `]`")),
            }
            return;
        }
        let separator = body.find(['=', ':']);
        if separator.is_none() && line.starts_with([' ', '\t']) && self.last.is_some() {
            self.go_on(body, whole);
            return;
        }
        let (name, raw, value_at) = match separator {
            Some(place) => {
                let rest = &body[place + 1..];
                (body[..place].trim_end(), rest.trim_start(), start + body.len() - rest.trim_start().len())
            }
            None => (body, "", start + body.len()),
        };
        if name.is_empty() {
            self.problems.push(Problem::new(whole, "a value without a key"));
            return;
        }
        let key = Span::new(start, start + name.len());
        let kind = if separator.is_none() { Kind::Null } else { Kind::Str(content(raw).to_owned()) };
        let span = Span::new(value_at, value_at + raw.len());
        self.put(name, key, Value::new(kind, span));
    }

    fn open(&mut self, name: &str, key: Span, header: Span) {
        let entry = self.sections.entry(name.trim().to_owned());
        self.section = Some(entry.index());
        entry.or_insert_with(|| Section { name: key, header, keys: Map::default() });
        self.last = None;
    }

    fn map(&mut self) -> &mut Map {
        match self.section {
            Some(index) => &mut self.sections[index].keys,
            None => &mut self.root,
        }
    }

    fn put(&mut self, name: &str, key: Span, value: Value) {
        self.last = Some(name.to_owned());
        let map = self.map();
        match map.get_mut(name) {
            None => {
                map.insert(name.to_owned(), Field { key, value });
            }
            Some(Field { value: Value { kind: Kind::List(list), .. }, .. }) => list.push(value),
            Some(field) => {
                let first = field.value.clone();
                field.value = Value::new(Kind::List(vec![first, value]), key);
            }
        }
    }

    fn go_on(&mut self, body: &str, whole: Span) {
        let Some(key) = self.last.clone() else { return };
        let Some(field) = self.map().get_mut(&key) else { return };
        let value = match &mut field.value.kind {
            Kind::List(list) => match list.last_mut() {
                Some(value) => value,
                None => return,
            },
            _ => &mut field.value,
        };
        if let Kind::Str(text) = &mut value.kind {
            if text.ends_with('\\') {
                text.pop();
            }
            text.push('\n');
            text.push_str(body);
            value.span = value.span.to(whole);
        }
    }
}

/// The value without its quotes or the comment behind it.
fn content(raw: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    let comment = raw.find(" ;").into_iter().chain(raw.find(" #")).min();
    comment.map_or(raw, |at| raw[..at].trim_end())
}
