//! Settings inside of settings: in the values of charts, in config maps, and in the texts that stand inside of these.

use super::Facts;
use super::format::{self, Format};
use super::production::Standing;
use crate::evidence::Place;
use crate::source::{Source, Span};
use crate::value::{Kind, Value};

/// How deep settings may lie inside other values.
const MAX_DEPTH: usize = 24;

/// Where a value was read from.
pub(in crate::facts) struct Site<'s> {
    /// The place of a span.
    pub(in crate::facts) at: &'s dyn Fn(Span) -> Place,
    /// Whether production uses it.
    pub(in crate::facts) standing: Standing,
    depth: usize,
}

impl<'s> Site<'s> {
    /// A place where nothing has been walked through yet.
    pub(in crate::facts) fn new(at: &'s dyn Fn(Span) -> Place, standing: Standing) -> Self {
        Self { at, standing, depth: 0 }
    }

    fn deeper(&self, is_off: bool) -> Site<'s> {
        let standing = if is_off { Standing::Aside("it is switched off".to_owned()) } else { self.standing.clone() };
        Site { at: self.at, standing, depth: self.depth + 1 }
    }
}

/// Somebody who looks for settings of a kind.
pub(in crate::facts) trait Look {
    /// A cheap look at a text before it is parsed.
    fn may_be_in(&self, text: &str) -> bool;
    /// Takes a value with the key that it stands under; whether nobody needs to look inside any more.
    fn take(&mut self, key: &str, value: &Value, site: &Site<'_>) -> bool;
    /// A text that may hold such settings and cannot be read whole.
    fn unreadable(&mut self, text: &str, place: Place);
}

/// Shows somebody a value and all that lies below it.
pub(in crate::facts) fn walk(facts: &Facts<'_>, look: &mut impl Look, key: &str, value: &Value, site: &Site<'_>) {
    if site.depth >= MAX_DEPTH {
        return;
    }
    let is_off = value.get("enabled").and_then(Value::as_bool) == Some(false);
    let site = site.deeper(is_off);
    if look.take(key, value, &site) {
        return;
    }
    match &value.kind {
        Kind::Str(inner) if inner.len() > 40 && inner.contains('\n') => {
            let outer = (site.at)(value.span);
            text(facts, look, inner, &|line| line_of(facts, &outer, line), &site);
        }
        Kind::List(list) => list.iter().for_each(|inner| walk(facts, look, "", inner, &site)),
        Kind::Map(map) => map.iter().for_each(|(key, field)| walk(facts, look, key, &field.value, &site)),
        _ => {}
    }
}

/// Shows somebody a text that may be settings in itself; its lines have places.
pub(in crate::facts) fn text(
    facts: &Facts<'_>,
    look: &mut impl Look,
    text: &str,
    place: &dyn Fn(usize) -> Place,
    site: &Site<'_>,
) {
    if site.depth >= MAX_DEPTH || !look.may_be_in(text) {
        return;
    }
    let parsed = format::read(Format::Yaml, &Source::new("", text));
    if !parsed.problems.is_empty() {
        look.unreadable(text, place(0));
    }
    let at = |span: Span| place(text.get(..span.start as usize).map_or(0, |before| before.matches('\n').count()));
    for document in &parsed.documents {
        walk(facts, look, "", document, &Site { at: &at, standing: site.standing.clone(), depth: site.depth + 1 });
    }
}

/// The place of a line inside a text that stands in a file as a block.
fn line_of(facts: &Facts<'_>, outer: &Place, line: usize) -> Place {
    let found = outer.span.and_then(|span| {
        let source = facts.tree.text(&outer.path)?;
        let raw = source.text().get(span.range())?;
        let mut start = span.start as usize;
        let is_header = |text: &str| text.trim_start().starts_with(['|', '>']);
        let mut lines = raw.split_inclusive('\n');
        if raw.lines().next().is_some_and(is_header) {
            start += lines.next().map_or(0, str::len);
        }
        for (number, text) in lines.enumerate() {
            if number == line {
                let indent = text.len() - text.trim_start().len();
                return Some(Span::new(start + indent, start + text.trim_end().len().max(indent)));
            }
            start += text.len();
        }
        None
    });
    found.map_or_else(|| outer.clone(), |span| Place::at(outer.path.clone(), span))
}
