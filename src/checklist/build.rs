//! Sections as they were read to a checklist: ids, expectations, titles, and what is wrong with them.

use super::{Expectation, Item, Phase, Section};
use crate::diagnostic::Diagnostic;
use crate::nearest::hint;
use crate::source::{Source, Span};
use crate::value::{Kind, Map, Value};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A section before its items are understood.
#[derive(Debug)]
pub(super) struct Draft {
    /// The heading that it stands under, if the document says.
    pub(super) category: Option<String>,
    /// Its own heading.
    pub(super) title: Option<String>,
    /// Its name.
    pub(super) name: String,
    /// Where the name stands.
    pub(super) span: Span,
    /// What stands in it.
    pub(super) body: Map,
}

/// Keys of a section that are no items: the category, which holds for the sections after it too, the section's title,
/// the phase that its items are due in, and why they matter, by their path.
const RESERVED: [&str; 4] = ["$category", "$title", "$phase", "$why"];

/// How deep keys may nest; the readers stop there too.
const MAX_DEPTH: usize = 128;

/// The sections with their items, and everything that is wrong with them.
pub(super) fn build(source: &Source, drafts: Vec<Draft>) -> (Vec<Section>, Vec<Diagnostic>) {
    let mut builder = Builder { source, seen: BTreeMap::new(), diagnostics: Vec::new() };
    let mut category = String::new();
    let mut sections = Vec::new();
    for draft in drafts {
        if let Some(own) = builder.text_of(&draft.body, "$category").or(draft.category.clone()) {
            category = own;
        }
        sections.push(builder.section(draft, &category));
    }
    (sections, builder.diagnostics)
}

struct Builder<'s> {
    source: &'s Source,
    seen: BTreeMap<String, Span>,
    diagnostics: Vec<Diagnostic>,
}

/// Where in a section the builder is.
#[derive(Clone, Copy)]
struct Context<'a> {
    section: &'a str,
    category: &'a str,
    path: &'a [&'a str],
    phase: Option<Phase>,
    why: Option<&'a Value>,
}

impl Builder<'_> {
    fn section(&mut self, draft: Draft, category: &str) -> Section {
        let title = self.text_of(&draft.body, "$title").or(draft.title).unwrap_or_else(|| in_words(&draft.name));
        let why = draft.body.get("$why").map(|field| &field.value);
        if let Some(why) = why {
            self.check_why(why, &draft.body, &[]);
        }
        let phase = self.phase_of(&draft.body);
        let mut items = Vec::new();
        let context = Context { section: &draft.name, category, path: &[], phase, why };
        self.map(&draft.body, context, &mut items);
        if items.is_empty() {
            let message = format!("section `{}` has no items", draft.name);
            self.diagnostics.push(Diagnostic::warning(draft.span, message));
        }
        Section { category: category.to_owned(), title, name: draft.name, items }
    }

    fn map(&mut self, map: &Map, context: Context<'_>, items: &mut Vec<Item>) {
        for (key, field) in map {
            if key.starts_with('$') {
                match &field.value.kind {
                    Kind::List(statements) if key == "$statements" => self.statements(statements),
                    _ if context.path.is_empty() && RESERVED.contains(&key.as_str()) => {}
                    _ => self.reserved(key, field.key),
                }
                continue;
            }
            let path: Vec<&str> = context.path.iter().copied().chain([key.as_str()]).collect();
            let inner = Context {
                path: &path,
                why: context.why.and_then(|why| why.get(key).or(why.as_str().map(|_| why))),
                ..context
            };
            match &field.value.kind {
                Kind::Map(_) if path.len() >= MAX_DEPTH => self.error(field.key, "keys nest too deep here"),
                Kind::Map(map) if map.is_empty() => self.error(field.key, format!("`{key}` has no items")),
                Kind::Map(map) => self.map(map, inner, items),
                Kind::List(list) if list.is_empty() => {
                    self.error(field.key, format!("the list `{key}` has no entries"));
                }
                Kind::List(list) => self.list(list, inner, items),
                _ => self.leaf(key, field.key, &field.value, inner, items),
            }
        }
    }

    fn list(&mut self, list: &[Value], context: Context<'_>, items: &mut Vec<Item>) {
        for value in list {
            match Expectation::of_entry(value) {
                Ok(expects) => {
                    let entry = value.scalar_text().unwrap_or_default().trim().to_owned();
                    let written = entry.clone();
                    self.item(context, Some(entry), expects, written, value.span, items);
                }
                Err(message) => self.error(value.span, message),
            }
        }
    }

    fn leaf(&mut self, key: &str, place: Span, value: &Value, context: Context<'_>, items: &mut Vec<Item>) {
        match Expectation::of_value(key, value) {
            Ok(expects) => {
                let written = match &value.kind {
                    Kind::Expr(expr) => expr.raw.clone(),
                    _ => value.scalar_text().unwrap_or_default().trim().to_owned(),
                };
                self.item(context, None, expects, written, place.to(value.span), items);
            }
            Err(message) => {
                let span = if value.span.start == value.span.end { place } else { value.span };
                self.error(span, format!("`{key}`: {message}"));
            }
        }
    }

    fn item(
        &mut self,
        context: Context<'_>,
        entry: Option<String>,
        expects: Expectation,
        expected_text: String,
        span: Span,
        items: &mut Vec<Item>,
    ) {
        let mut parts: Vec<&str> = [context.section].into_iter().chain(context.path.iter().copied()).collect();
        parts.extend(entry.as_deref());
        let id = parts.join(".");
        if let Some(first) = self.seen.get(&id) {
            let message = format!("the item `{id}` stands twice; each may stand once");
            self.diagnostics.push(Diagnostic::error(span, message).and(*first, "first stands here"));
            return;
        }
        self.seen.insert(id.clone(), span);
        items.push(Item {
            id,
            category: context.category.to_owned(),
            section: context.section.to_owned(),
            title: title(context.path, entry.as_deref()),
            why: context.why.and_then(Value::as_str).map(str::to_owned),
            entry,
            expects,
            expected_text,
            stated_phase: context.phase,
            source: self.source.clone(),
            span,
        });
    }

    fn phase_of(&mut self, body: &Map) -> Option<Phase> {
        let word = self.text_of(body, "$phase")?;
        let phase = Phase::of(&word);
        if phase.is_none() {
            let words = Phase::ALL.map(Phase::word).into_iter().collect();
            self.error(body["$phase"].value.span, format!("no phase `{word}`{}", hint(&word, &words)));
        }
        phase
    }

    /// A reserved key's text; anything else under it is an error.
    fn text_of(&mut self, body: &Map, key: &str) -> Option<String> {
        let field = body.get(key)?;
        let text = field.value.as_str().map(str::to_owned);
        if text.is_none() {
            self.error(field.value.span, format!("`{key}` expects a text"));
        }
        text
    }

    /// `$why` names items: every key of it must be one, so that a typo does not lose its sentence.
    fn check_why(&mut self, why: &Value, body: &Map, path: &[&str]) {
        let Some(map) = why.as_map() else {
            if path.is_empty() {
                self.error(why.span, "`$why` expects keys of this section, each with a sentence");
            }
            return;
        };
        for (key, field) in map {
            match body.get(key).map(|field| &field.value.kind) {
                None => {
                    let known = body.keys().filter(|key| !key.starts_with('$')).map(SmolStr::as_str).collect();
                    let message = format!("`$why` names `{key}`, which is not in its section{}", hint(key, &known));
                    self.error(field.key, message);
                }
                Some(Kind::Map(inner)) if path.len() < MAX_DEPTH => {
                    let path: Vec<&str> = path.iter().copied().chain([key.as_str()]).collect();
                    self.check_why(&field.value, inner, &path);
                }
                Some(_) if field.value.as_str().is_none() => self.error(field.value.span, "expected a sentence"),
                Some(_) => {}
            }
        }
    }

    /// Expressions that stand alone; whatever else stands alone is an error of the reader already.
    fn statements(&mut self, statements: &[Value]) {
        for statement in statements.iter().filter(|statement| matches!(statement.kind, Kind::Expr(_))) {
            self.error(statement.span, "expected items, `key: value`, and found an expression that stands alone");
        }
    }

    fn reserved(&mut self, key: &str, span: Span) {
        let message = match key {
            "$directives" => "expected items, `key: value`, and found a directive".to_owned(),
            _ => format!(
                "`{key}` is no item; the names with `$` are {}",
                RESERVED.map(|name| format!("`{name}`")).join(", ")
            ),
        };
        self.error(span, message);
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(span, message));
    }
}

/// Words that people write in capitals.
const CAPITALS: [&str; 20] = [
    "api", "ci", "cd", "cors", "cpu", "ddos", "e2e", "jwt", "pii", "rpo", "rto", "sms", "ssl", "tls", "ttl", "vpn",
    "apis", "ip", "ips", "id",
];

/// `connection_pool.max_size` in words: `Connection pool: max size`.
fn title(path: &[&str], entry: Option<&str>) -> String {
    let parts: Vec<String> = path.iter().copied().chain(entry).map(in_words).collect();
    let Some((last, parents)) = parts.split_last() else { return String::new() };
    let lower = |text: &str| match text.split(' ').next() {
        Some(first) if first.chars().filter(|c| c.is_uppercase()).count() > 1 => text.to_owned(),
        _ => text.to_lowercase(),
    };
    if parents.is_empty() { last.clone() } else { format!("{}: {}", parents.join(", "), lower(last)) }
}

/// `ssl_certificates` in words: `SSL certificates`.
fn in_words(name: &str) -> String {
    let is_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if !is_name {
        return name.to_owned();
    }
    let words = name.split(['_', '-']).filter(|word| !word.is_empty()).enumerate().map(|(at, word)| {
        let lower = word.to_lowercase();
        if CAPITALS.contains(&lower.as_str()) {
            return if let Some(singular) = lower.strip_suffix('s').filter(|short| CAPITALS.contains(short)) {
                format!("{}s", singular.to_uppercase())
            } else {
                lower.to_uppercase()
            };
        }
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if at == 0 => first.to_uppercase().chain(letters).collect(),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
